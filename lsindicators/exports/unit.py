"""Dataset and Results -> a unit's own result sheet: its figures, the province's, its place among like units.

For use inside the unit. No figure of another single unit is on it: of like units only their number, a rank, and where
there are enough of them the median and the middle half.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from lsindicators import expressions, values
from lsindicators.exports.book import Look, change_format, places_of
from lsindicators.exports.paper import Paper, PaperBook, shown
from lsindicators.exports.tables import printed
from lsindicators.exports.words import GAPS
from lsindicators.model import YES, Dataset, Figure, Kind, Method, Plan, Result, State, Unit, Value, Variable

FOLDER = "ket-qua"

RANKED_FROM = 3
"""Like units with a figure from which on a rank means something."""
SPREAD_FROM = 5
"""Like units with a figure from which on the median and the quartiles are shown: of fewer they would tell too much."""

_CENTRE: Look = {"align": "center"}
_SMALL: Look = {"font_size": 10}


class Spread(NamedTuple):
    """First quartile, median, third quartile."""

    low: Decimal
    middle: Decimal
    high: Decimal


class Peers:
    """What all units of a type report of a variable this year; to be made once for all units."""

    def __init__(self, plan: Plan, dataset: Dataset, results: Sequence[Result]) -> None:
        self.plan, self.dataset, self.results = plan, dataset, results
        self.gaps = {(g.variable, g.unit): g for g in dataset.gaps}
        self._numbers: dict[tuple[str, str], list[Decimal]] = {}
        self._yes: dict[tuple[str, str], tuple[int, int]] = {}
        types = {u.code: u.type for u in plan.units}
        for f in dataset.figures:
            if f.year != plan.year:
                continue
            key = (f.variable, types[f.unit])
            v = plan.variable[f.variable]
            if v.kind is Kind.YES_NO and f.value is not None:
                yes, told = self._yes.get(key, (0, 0))
                self._yes[key] = (yes + (f.value == YES), told + 1)
            elif v.kind.numeric and isinstance(f.value, Decimal) and v.aggregation.method is not Method.LEAD:
                self._numbers.setdefault(key, []).append(f.value)
        for numbers in self._numbers.values():
            numbers.sort()

    def rank(self, variable: str, unit: Unit, value: Value | None) -> tuple[int, int] | None:
        """k and N: place of ``value`` from the greatest down among the N like units with a figure; equal ones share it."""
        numbers = self._numbers.get((variable, unit.type), [])
        if not isinstance(value, Decimal) or len(numbers) < RANKED_FROM:
            return None
        return len(numbers) - bisect_right(numbers, value) + 1, len(numbers)

    def spread(self, variable: str, unit: Unit) -> Spread | None:
        """Quartiles of the like units with a figure, interpolated as QUARTILE.INC of Excel does."""
        numbers = self._numbers.get((variable, unit.type), [])
        if len(numbers) < SPREAD_FROM:
            return None
        return Spread(*(_quantile(numbers, quarter) for quarter in (1, 2, 3)))

    def yes(self, variable: str, unit: Unit) -> tuple[int, int] | None:
        """How many like units say yes, of those that say anything."""
        yes, told = self._yes.get((variable, unit.type), (0, 0))
        return (yes, told) if told >= RANKED_FROM else None

    @cached_property
    def fed(self) -> dict[str, tuple[Result, ...]]:
        """Variable -> the results whose formula names it."""
        found: dict[str, list[Result]] = {}
        for r in self.results:
            for code in dict.fromkeys(x.code for x in expressions.references(expressions.parse(r.criterion.formula))):
                found.setdefault(code, []).append(r)
        return {code: tuple(of) for code, of in found.items()}


def _quantile(numbers: Sequence[Decimal], quarter: int) -> Decimal:
    whole, rest = divmod((len(numbers) - 1) * quarter, 4)
    low = numbers[whole]
    return low if not rest else low + (numbers[whole + 1] - low) * rest / 4


def write(peers: Peers, unit: str) -> bytes:
    """``ket-qua/<unit>.xlsx`` of a unit that owes figures."""
    plan, of = peers.plan, peers.plan.unit[unit]
    book = PaperBook(plan, f"Kết quả của {of.name} năm {plan.year}")
    paper = Paper(book, "Số liệu", (7, 38, 11, 13, 13, 12, 14, 13, 19, 9, 25))
    settings = plan.settings
    signed = settings.report_deadline.year
    paper.head(
        ((settings.compiler.upper(), True),),
        f"{settings.place}, ngày      tháng      năm {signed}",
        (f"KẾT QUẢ SỐ LIỆU CỦA {of.name.upper()} NĂM {plan.year}",),
        f"(Gửi {of.name} để theo dõi, đánh giá kết quả trong nội bộ đơn vị)",
    )
    owed = plan.owed[unit]
    _figures(paper, peers, of, owed)
    paper.hold()
    paper.line(6, keep=True)
    paper.paragraph(_reading(plan), font_size=10, italic=True)
    paper.finish()
    after = Paper(book, "Tiêu chí", (10, 52, 14, 16, 16, 14, 12, 30, 30))
    _lacking(after, peers, of, owed)
    _criteria(after, peers, owed)
    after.finish()
    return book.close()


def _reading(plan: Plan) -> str:
    return (
        f"Đơn vị cùng loại: các đơn vị có cùng Loại trong bản phân công và có báo số đó năm {plan.year}, kể cả đơn vị này. Hạng tính từ "
        f"số lớn nhất; bằng nhau thì cùng hạng; từ {RANKED_FROM} đơn vị trở lên mới xếp. Hạng chỉ nói số lớn hay nhỏ, không "
        f"nói tốt hay kém. Trung vị và khoảng giữa (nửa số đơn vị nằm trong khoảng này) chỉ ghi từ {SPREAD_FROM} đơn vị trở "
        "lên. Không có số của riêng đơn vị nào khác."
    )


# ------------------------------------------------------------------ the unit's figures


def _figures(paper: Paper, peers: Peers, unit: Unit, owed: Sequence[Variable]) -> None:
    plan, dataset = peers.plan, peers.dataset
    paper.paragraph("I. SỐ LIỆU CỦA ĐƠN VỊ", keep=True, bold=True, font_size=12)
    headings = ("TT", "Số liệu", "Đơn vị tính", f"Năm {plan.year - 1}", f"Năm {plan.year}", "Tăng, giảm", "Toàn tỉnh")
    paper.headings(
        (*headings, "Trung vị đơn vị cùng loại", "Khoảng giữa đơn vị cùng loại", "Hạng", "Ghi chú"), repeat=True
    )
    criterion = ""
    for v in owed:
        if v.criterion != criterion:
            criterion = v.criterion
            of = plan.criterion.get(criterion)
            paper.band(f"{criterion}. {of.name}" if of else criterion)
        now = dataset.figure.get((v.code, unit.code, plan.year))
        before = dataset.figure.get((v.code, unit.code, plan.year - 1))
        total = dataset.totals.get((v.code, plan.year))
        said = now.value if now else None
        paper.cells(
            (
                (plan.number.get(v.code, v.code), _CENTRE),
                (f"{v.name} ({v.code})", {}),
                (v.measure, _CENTRE),
                _value(before.value if before else None),
                _bold(_value(said)),
                _change(said, before.value if before else None),
                _whole(v, total.value if total else None),
                *_like(peers, v, unit),
                (_rank(peers.rank(v.code, unit, said)), _CENTRE),
                (_remark(peers, v, unit, now), _SMALL),
            )
        )


def _value(value: Value | None) -> tuple[str | Decimal | None, Look]:
    if isinstance(value, Decimal):
        return shown(value, places_of(value))
    return (value, _CENTRE) if value and len(value) < 20 else (values.short(value or "", 200), _SMALL)


def _bold(cell: tuple[str | Decimal | None, Look]) -> tuple[str | Decimal | None, Look]:
    content, look = cell
    return (content, look) if look == _SMALL else (content, {**look, "bold": True})


def _change(now: Value | None, before: Value | None) -> tuple[str | Decimal | None, Look]:
    if not isinstance(now, Decimal) or not isinstance(before, Decimal):
        return "", {}
    change = now - before
    return change, {"num_format": change_format(places_of(change)), "align": "right"}


def _whole(v: Variable, value: Value | None) -> tuple[str | Decimal | None, Look]:
    """The province's figure; of texts that are put one below the other none, as they are the units' own."""
    if v.aggregation.method is Method.JOIN:
        return "", {}
    if isinstance(value, Decimal):
        by_division = v.aggregation.method in (Method.MEAN, Method.WEIGHTED, Method.SHARE_YES)
        value = values.rounded(value, 2) if by_division else value
        number, look = shown(value, places_of(value))
        if v.kind is Kind.YES_NO:
            return number, {**look, "num_format": f'{look["num_format"]}"% có"'}
        return number, look
    return value or "", _CENTRE


def _like(peers: Peers, v: Variable, unit: Unit) -> Iterator[tuple[str | Decimal | None, Look]]:
    """Median and middle half of like units; of yes or no how many say yes."""
    yes, spread = peers.yes(v.code, unit), peers.spread(v.code, unit)
    if spread is not None:
        low, middle, high = (values.rounded(x, min(places_of(x), 2)) for x in spread)
        yield shown(middle, places_of(middle))
        yield f"{values.format_number(low)} – {values.format_number(high)}", _CENTRE
    else:
        yield (f"{yes[0]}/{yes[1]} có" if yes else ""), _CENTRE
        yield "", {}


def _rank(rank: tuple[int, int] | None) -> str:
    return f"{rank[0]}/{rank[1]}" if rank else ""


def _remark(peers: Peers, v: Variable, unit: Unit, figure: Figure | None) -> str:
    told = []
    gap = peers.gaps.get((v.code, unit.code))
    if gap is not None:
        told.append(GAPS[gap.why])
    elif figure is not None and figure.state is not State.GIVEN:
        told.append(figure.state.value)
    if figure is not None and figure.decision is not None:
        told.append(f"theo quyết định của đầu mối ({figure.decision.document})")
    if v.aggregation.method is Method.LEAD and unit.code not in peers.plan.assignment[v.code].lead:
        told.append("số của đơn vị chủ trì là số của tỉnh; số này để đối chiếu")
    text = "; ".join(told)
    return text[:1].upper() + text[1:]


# ------------------------------------------------------------------ what becomes of them


def _criteria(paper: Paper, peers: Peers, owed: Sequence[Variable]) -> None:
    plan = peers.plan
    codes = {r.criterion.code for v in owed for r in peers.fed.get(v.code, ())}
    fed = [r for r in peers.results if r.criterion.code in codes]
    paper.line(8)
    paper.paragraph("III. TIÊU CHÍ CỦA TỈNH CÓ DÙNG SỐ LIỆU CỦA ĐƠN VỊ", keep=True, bold=True, font_size=12)
    if not fed:
        paper.paragraph("Không có.")
        return
    headings = ("Mã", "Tiêu chí", "Đơn vị tính", f"Năm {plan.year - 1}", f"Năm {plan.year}", "Tăng, giảm", "Độ phủ")
    paper.headings((*headings, "Số liệu của đơn vị", "Ghi chú"), repeat=True)
    own = {v.code for v in owed}
    for r in fed:
        c = r.criterion
        mark = plan.mark(c) if c.parent is None else ""
        used = [x.code for x in expressions.references(expressions.parse(c.formula)) if x.code in own]
        change = r.change if r.comparable else None
        paper.cells(
            (
                (c.code, _CENTRE),
                (f"{c.name}{f' ({mark})' if mark else ''}", {}),
                (c.measure, _CENTRE),
                shown(printed(r.previous, c), c.decimals, "Chưa có"),
                _bold(shown(printed(r.value, c), c.decimals, "Chưa có")),
                ("–", _CENTRE)
                if change is None
                else (printed(change, c), {"num_format": change_format(c.decimals), "align": "right"}),
                (f"{r.reported}/{r.expected}" if r.expected else "–", _CENTRE),
                (", ".join(dict.fromkeys(used)), {}),
                (r.note[:1].upper() + r.note[1:], _SMALL),
            )
        )


def _lacking(paper: Paper, peers: Peers, unit: Unit, owed: Sequence[Variable]) -> None:
    paper.paragraph("II. SỐ LIỆU CÒN THIẾU CỦA ĐƠN VỊ", keep=True, bold=True, font_size=12)
    gaps = [(v, peers.gaps[v.code, unit.code]) for v in owed if (v.code, unit.code) in peers.gaps]
    if not gaps:
        paper.paragraph("Không có: đơn vị đã báo đủ.")
    elif len(gaps) == len(owed) and all(g.why == "no-return" for _, g in gaps):
        paper.paragraph(f"Đơn vị chưa gửi biểu: còn thiếu cả {len(owed)} số liệu ở mục I.")
    else:
        for v, gap in gaps:
            paper.paragraph(f"– {v.code} {v.name}: {GAPS[gap.why].lower()}{f' ({gap.note})' if gap.note else ''}.")
