"""This year against last; and last year as the province has it on record against the units' rows of that year."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from lsindicators import layout, settlement, values
from lsindicators.findings import Code
from lsindicators.model import (
    Conflict,
    Dataset,
    Method,
    Plan,
    Side,
    State,
    Total,
    Variable,
)
from lsindicators.reconcile import words
from lsindicators.reconcile.limits import ROUNDED


def changed(plan: Plan, dataset: Dataset) -> Iterator[Conflict]:
    """A total that leapt since last year, on the same units, and nobody has said why; or looks like another measure."""
    for v in words.held(plan, dataset):
        now, before = dataset.totals[v.code, plan.year], dataset.totals.get((v.code, plan.year - 1))
        if before is None or not now.same_units(before):
            continue
        if not isinstance(now.value, Decimal) or not isinstance(before.value, Decimal):
            continue
        sides = (
            Side(label=_when(before), value=before.value, figures=before.contributions),
            Side(label=_when(now), value=now.value, figures=now.contributions),
        )
        shown = f"toàn tỉnh {words.shown(now)}, năm {plan.year - 1} {words.shown(before)}"
        scale = layout.scale(before.value, now.value)
        limit = plan.settings.change if v.change is None else v.change
        if scale is not None and not _explained(dataset, v, now, before, limit, checked=True):
            times = f"gấp khoảng {values.format_number(scale)} lần" if scale > 1 else _part(1 / scale)
            yield Conflict(
                code=Code.UNIT_SCALE_SUSPECT.word,
                variable=v.code,
                year=plan.year,
                sides=sides,
                message=f"{shown}: {times}, có thể một trong hai năm nhầm đơn vị tính (đơn vị tính: {v.measure or 'không ghi'})",
                question=(
                    f"Đề nghị {words.givers(plan, [now])} kiểm tra đơn vị tính của {settlement.name(v)} cả hai năm; "
                    "số nào nhầm thì sửa, nếu đều đúng thì cho biết lý do."
                ),
                severity="warning",
            )
        if scale is None and _leaps(v, limit, before.value, now.value):
            if _explained(dataset, v, now, before, limit):
                continue
            up = now.value > before.value
            percent = abs(now.value - before.value) / abs(before.value) * 100
            yield Conflict(
                code=Code.LARGE_CHANGE.word,
                variable=v.code,
                year=plan.year,
                sides=sides,
                message=(
                    f"{shown}: {'tăng' if up else 'giảm'} {values.format_number(abs(now.value - before.value))} "
                    f"({values.format_number(percent, 1)}%), quá mức {values.format_number(limit)}% mà chưa có giải trình"
                ),
                question=(
                    f"Đề nghị {words.givers(plan, [now])} cho biết vì sao {settlement.name(v)} {'tăng' if up else 'giảm'} nhiều so với "
                    f"năm {plan.year - 1}; số nào chưa đúng thì sửa."
                ),
                severity="warning",
            )


def _when(total: Total) -> str:
    return f"Năm {total.year}" if total.expected else f"Năm {total.year} theo số đã ghi nhận của tỉnh"


def _part(times: Decimal) -> str:
    return f"chỉ bằng khoảng 1/{values.format_number(times)}"


def _leaps(v: Variable, limit: Decimal, before: Decimal, now: Decimal) -> bool:
    """As ``layout.FormRow.leaps`` of one unit: small figures say little, but where the variable has its own limit."""
    smallest = layout.SMALLEST if v.change is None else Decimal(0)
    if not before or abs(before) < smallest:
        return False
    return abs(now - before) * 100 > limit * abs(before)


def _explained(
    dataset: Dataset, v: Variable, now: Total, before: Total, limit: Decimal, *, checked: bool = False
) -> bool:
    """Whether what units have explained is the change, up to the limit; of a mean or an extreme, whether any has.

    As in a unit's own form, a true zero needs no reason; with ``checked`` a reason must say that the figure has been
    checked. A figure that is counted at another unit explains nothing: there it should be again.
    """
    answers = values.says_checked if checked else values.says_something
    answered = [f for u in now.reported if (f := dataset.figure.get((v.code, u, now.year))) is not None]
    told = [
        f
        for f in answered
        if f.state is not State.ELSEWHERE
        and (f.decision is not None or f.state is State.NONE_OCCURRED or (f.reason and answers(f.reason)))
    ]
    if now.settled is not None or (told and v.aggregation.method is not Method.SUM):
        return True
    if not isinstance(now.value, Decimal) or not isinstance(before.value, Decimal):
        return False
    change = now.value - before.value
    for f in told:
        former = dataset.figure.get((v.code, f.unit, before.year))
        change -= words.amount(f) - (words.amount(former) if former is not None else 0)
    turned = (change > 0) != (now.value > before.value)
    return bool(told) and (turned or abs(change) * 100 <= limit * abs(before.value))


def recorded(plan: Plan, dataset: Dataset) -> Iterator[Conflict]:
    """Last year's figure of the province against the sum of the units' figures of that year, both on record.

    Equal once each unit of today has one, else not less; rows of units that owe the figure no more belong to it.
    """
    year = plan.year - 1
    rows: dict[str, dict[str, Decimal]] = {}
    for p in plan.past:
        if p.year == year and p.unit is not None and isinstance(p.value, Decimal):
            rows.setdefault(p.variable, {})[p.unit] = p.value
    for v in words.held(plan, dataset):
        whole = plan.past_value.get((v.code, None, year))
        if v.aggregation.method is not Method.SUM or not isinstance(whole, Decimal):
            continue
        parts = rows.get(v.code, {}).values()
        assignment = plan.assignment.get(v.code)
        units = assignment.units if assignment is not None else ()
        own = [dataset.figure.get((v.code, u, year)) for u in units]
        complete = bool(units) and all(f is not None and f.at is None for f in own)
        summed = sum(parts, Decimal(0))
        excess = summed - whole
        if not parts or abs(excess) <= ROUNDED * max(abs(whole), abs(summed)) or (excess < 0 and not complete):
            continue
        yield Conflict(
            code=Code.TOTALS_DISAGREE.word,
            variable=v.code,
            year=year,
            sides=(
                Side(label=f"Năm {year} theo số đã ghi nhận của tỉnh", value=whole),
                Side(
                    label=f"{len(parts)} đơn vị năm {year} cộng lại",
                    value=summed,
                    figures=tuple(f for f in own if f is not None and f.at is None),
                ),
            ),
            message=(
                f"số năm {year} của tỉnh ghi nhận là {values.format_number(whole)}, {len(parts)} đơn vị cộng lại là "
                f"{values.format_number(summed)} ({'hơn' if excess > 0 else 'kém'} {values.format_number(abs(excess))})"
            ),
            question=(
                f"Đề nghị {plan.settings.compiler} và các đơn vị đối chiếu số năm {year} đã công bố của {settlement.name(v)}; "
                "số ghi nhận nào sai thì sửa ở trang Năm trước."
            ),
            severity="warning",
        )
