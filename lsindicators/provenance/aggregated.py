"""The units' figures that entered a total -> how they became it, in words, and the same sum done once more by itself.

The second sum goes over fractions and shares nothing with ``merge``, so that a slip in one of them would show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from msgspec import Struct

from lsindicators import values
from lsindicators.model import YES, Choice, Figure, Method, Plan, Total, Value, Variable
from lsindicators.provenance.worked import shown

FEW = 6
"""So many figures stand in the sentence; all of them are in the table."""

_SAME = Fraction(1, 10**25)


class Aggregated(Struct, frozen=True):
    """How a total came about."""

    text: str  # "tổng của 63 đơn vị: 1 + 4 + … = 25"
    agrees: bool | None  # the sum done once more gives the total; None: there is nothing to be summed


def aggregated(plan: Plan, v: Variable, total: Total, weights: Mapping[str, Figure]) -> Aggregated:
    """How ``total`` of ``v`` came about; ``weights``: unit -> its figure of the weight in the same year."""
    figures = total.contributions
    if total.settled is not None:
        s = total.settled
        what = f"lấy số của {_name(plan, s.unit)}" if s.choice is Choice.TAKE else s.choice.value.lower()
        return Aggregated(
            f"{what} {_told(total.value)}, theo quyết định của đầu mối ({s.cited}; lý do: {s.reason})", None
        )
    if total.conflict:
        told = "; ".join(f"{_name(plan, f.unit)} {values.format_value(f.value)}" for f in figures)
        return Aggregated(
            f"các cơ quan chủ trì báo khác nhau ({told}): chưa có số cho đến khi đầu mối quyết định", None
        )
    if not total.expected and total.value is not None:
        return Aggregated(f"số của toàn tỉnh đã ghi ở trang Năm trước: {values.format_value(total.value)}", None)
    if not total.expected and not figures:
        nobody = "chưa có cơ quan chủ trì" if v.aggregation.method is Method.LEAD else "chưa giao cho đơn vị nào"
        return Aggregated(f"{nobody} (trang Phân công của phan-cong.xlsx)", None)
    if not figures:
        return Aggregated("chưa đơn vị nào có số", None)
    again = _again(v, figures, weights)
    agrees = again == total.value if not isinstance(again, Fraction) else _same(again, total.value)
    summed = v.aggregation.method is not Method.JOIN
    return Aggregated(_words(plan, v, total, weights), agrees if summed else None)


def _words(plan: Plan, v: Variable, total: Total, weights: Mapping[str, Figure]) -> str:
    figures, method = total.contributions, v.aggregation.method
    n = len(figures)
    came = f" = {_told(total.value)}"
    numbers = [f.value for f in figures if isinstance(f.value, Decimal)]
    match method:
        case Method.SUM:
            return f"tổng của {n} đơn vị: {_list(numbers, ' + ')}{came if n > 1 else ''}"
        case Method.MEAN:
            return f"trung bình của {n} đơn vị: ({_list(numbers, ' + ')}) / {n}{came}"
        case Method.MAX | Method.MIN:
            whose = [_name(plan, f.unit) for f in figures if f.value == total.value] or ["đơn vị nào không rõ"]
            more = f" và {len(whose) - 1} đơn vị khác" if len(whose) > 1 else ""
            return f"{method.value} trong {n} đơn vị: {_told(total.value)} của {whose[0]}{more}"
        case Method.LEAD:
            who = "; ".join(_name(plan, f.unit) for f in figures)
            return f"số của cơ quan chủ trì ({who}): {_told(total.value)}"
        case Method.WEIGHTED:
            heavy = [w for f in figures if isinstance(w := weights[f.unit].value, Decimal)]
            pairs = [f"{shown(x)} × {shown(w)}" for x, w in zip(numbers, heavy, strict=True)]
            above = " + ".join(pairs[: FEW // 2]) + (" + …" if n > FEW // 2 else "")
            result = came if total.value is not None else ": tổng quyền số bằng 0, không tính được"
            return f"{v.aggregation} của {n} đơn vị: ({above}) / ({_list(heavy, ' + ')}){result}"
        case Method.SHARE_YES:
            yes = sum(f.value == YES for f in figures)
            return f"{yes} trên {n} đơn vị trả lời “{YES}”: {yes} / {n} × 100{came}"
        case Method.JOIN:
            return f"ghép câu trả lời của {n} đơn vị"


def _again(v: Variable, figures: Sequence[Figure], weights: Mapping[str, Figure]) -> Fraction | Value | None:
    """The total, computed once more; a text where the method gives one."""
    parts = [Fraction(f.value) for f in figures if isinstance(f.value, Decimal)]
    match v.aggregation.method:
        case Method.SUM:
            return sum(parts, Fraction(0))
        case Method.MEAN:
            return sum(parts, Fraction(0)) / len(parts)
        case Method.MAX:
            return max(parts)
        case Method.MIN:
            return min(parts)
        case Method.LEAD:
            return figures[0].value
        case Method.WEIGHTED:
            heavy = [Fraction(w) for f in figures if isinstance(w := weights[f.unit].value, Decimal)]
            whole = sum(heavy, Fraction(0))
            return sum((x * w for x, w in zip(parts, heavy, strict=True)), Fraction(0)) / whole if whole else None
        case Method.SHARE_YES:
            return Fraction(100 * sum(f.value == YES for f in figures), len(figures))
        case Method.JOIN:
            return None


def _same(again: Fraction, value: Value | None) -> bool:
    if not isinstance(value, Decimal):
        return False
    gap, most = abs(again - Fraction(value)), max(abs(again), Fraction(1))
    return gap <= _SAME * most


def _list(numbers: Sequence[Decimal], sign: str) -> str:
    told = [f"({shown(x)})" if x < 0 else shown(x) for x in numbers[:FEW]]
    return sign.join([*told, *(["…"] if len(numbers) > FEW else [])])


def _told(value: Value | None) -> str:
    return shown(value) if isinstance(value, Decimal) else values.format_value(value)


def _name(plan: Plan, unit: str) -> str:
    return plan.any_unit[unit].name if unit in plan.any_unit else unit
