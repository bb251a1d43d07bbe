"""``Tổng quan``: the groups of criteria counted, and who has sent; ``So hai năm``: the criteria in per cent; all live.

The charts of ``Biểu đồ`` draw what stands here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal

from msgspec import Struct
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from lsindicators import summary
from lsindicators.exports.book import (
    BAD,
    DOUBTFUL,
    GOOD,
    GROUPS,
    HEADING,
    LINKED,
    Book,
    Column,
    Page,
    Sheet,
    change_format,
    number_format,
)
from lsindicators.exports.formulas import CRITERIA, Places
from lsindicators.exports.sheets.criteria import (
    BEFORE,
    CHANGE,
    FIELD,
    GROUP,
    MOVED,
    NOW,
    OUTCOME,
    SHARE,
    WAYS,
    coverage,
)
from lsindicators.exports.sheets.lists import KIND, LATE, NOT_SENT, PUNCTUAL, SENDINGS, STATUS, status
from lsindicators.exports.words import COLOURS, OUTCOMES, field, group_colours, top
from lsindicators.model import Outcome, Plan, Result, Sending, Status
from lsindicators.summary import KINDS, kind

SHEET, COMPARED = "Tổng quan", "So hai năm"
WHOLE = "Cả bộ tiêu chí"
ALL_UNITS = "Tất cả đơn vị"
STATUSES = (*(s.label for s in (Status.ACCEPTED, Status.PARTIAL, Status.REJECTED)), NOT_SENT)
_USED = STATUSES[:2]
"""Of these, the statuses of a return that counts."""


_SHORT = 62
"""Letters of a criterion's name that a chart has room for."""

_BARS = 12
"""Criteria that one chart has room for."""

_NAMED = 12
"""Units that are named where they have not sent."""


class Block(Struct, frozen=True):
    """Rows of the sheet, the first and the last, with the values that a chart keeps of each column."""

    sheet: str
    first: int
    last: int
    shown: Mapping[int, tuple[object, ...]]

    def cells(self, column: int) -> str:
        """A column of the block as a chart refers to it."""
        letter = xl_col_to_name(column)
        return f"='{self.sheet}'!${letter}${self.first + 1}:${letter}${self.last + 1}"


class Overview(Struct, frozen=True):
    """Where the charts find their figures."""

    groups: Block
    kinds: Block
    percents: tuple[tuple[str, Block], ...]  # part of the criteria -> its rows
    left_out: tuple[str, ...]  # codes of criteria in per cent that no chart draws


def write(book: Book, places: Places, results: Sequence[Result], sendings: Sequence[Sending]) -> Overview:
    """``Tổng quan``, two tables below each other, the filter over the first; and ``So hai năm``."""
    columns = (
        Column("Nhóm", 42, wrap=True),
        Column("Lĩnh vực", 58, wrap=True),
        Column("Số tiêu chí", 11),
        Column(OUTCOMES[Outcome.COMPUTED], 11),
        Column(OUTCOMES[Outcome.PARTIAL], 11),
        Column(OUTCOMES[Outcome.MISSING], 11),
        Column("Độ phủ bình quân (%)", 11),
        *(Column(way, 9) for way in WAYS.values()),
    )
    sheet = book.sheet(SHEET, columns, Page(frozen=1, mark=1))
    for column in range(7, 10):
        sheet.note(column, "Chỉ đếm tiêu chí đủ số liệu của cả hai năm, như trong báo cáo.")
    groups = _groups(sheet, results)
    sheet.finish()
    kinds = _kinds(sheet, book.plan, sendings)
    percents, left_out = _percents(book, places, results)
    return Overview(groups, kinds, percents, left_out)


# ------------------------------------------------------------------ groups


def _groups(sheet: Sheet, results: Sequence[Result]) -> Block:
    """Each group of criteria, below it its parts, and last all of them."""
    colours = group_colours(sheet.book.plan)
    row = 0
    tops = list(colours)
    for group in tops:
        row += 1
        own = [r for r in results if top(r.criterion) == group]
        sheet.text(row, 0, group, bold=True, bg_color=colours[group])
        sheet.text(row, 1, "Cả nhóm", bold=True, bg_color=colours[group])
        _counted(sheet, row, len(results), own, {GROUP: 0}, bold=True, bg_color=colours[group])
    first, last = 1, row
    whole = row = row + 1
    sheet.text(whole, 0, WHOLE, bold=True)
    sheet.text(whole, 1, "", bold=True)
    _counted(sheet, whole, len(results), results, {}, bold=True)
    for group, part in dict.fromkeys((top(r.criterion), field(r.criterion)) for r in results):
        if part:
            row += 1
            own = [r for r in results if (top(r.criterion), field(r.criterion)) == (group, part)]
            sheet.text(row, 0, group, bg_color=colours[group])
            sheet.text(row, 1, part)
            _counted(sheet, row, len(results), own, {GROUP: 0, FIELD: 1})
    columns: dict[int, tuple[object, ...]] = {0: tuple(tops)}
    for column, of in enumerate(_COUNTS, 2):
        columns[column] = tuple(_plain(of(_of(results, group))) for group in tops)
    for column, outcome in ((4, Outcome.PARTIAL), (5, Outcome.MISSING)):
        rule = {"type": "cell", "criteria": ">", "value": 0, "format": sheet.book.format(**COLOURS[outcome])}
        sheet.raw.conditional_format(1, column, row, column, rule)
    sheet.shares(1, row, 6)
    return Block(SHEET, first, last, columns)


def _of(results: Sequence[Result], group: str) -> list[Result]:
    return [r for r in results if top(r.criterion) == group]


def _plain(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else value or None if isinstance(value, str) else value


def _mean(results: Sequence[Result]) -> Decimal | str:
    shares = [share for r in results if (share := coverage(r)) is not None]
    return sum(shares, Decimal(0)) / len(shares) if shares else ""


def _moved(way: int) -> Callable[[Sequence[Result]], int]:
    return lambda results: sum(summary.comparable(r) and summary.direction(r) == way for r in results)


def _became(outcome: Outcome) -> Callable[[Sequence[Result]], int]:
    return lambda results: sum(r.outcome is outcome for r in results)


_COUNTS: tuple[Callable[[Sequence[Result]], int | Decimal | str], ...] = (
    len, _became(Outcome.COMPUTED), _became(Outcome.PARTIAL), _became(Outcome.MISSING), _mean,
    *map(_moved, WAYS),
)  # fmt: skip


def _counted(sheet: Sheet, row: int, last: int, own: Sequence[Result], by: Mapping[int, int], **look: object) -> None:
    """The counts of one row: ``by`` column of ``Tiêu chí`` -> the column of this sheet that it must equal."""

    def column(of: int) -> str:
        letter = xl_col_to_name(of)
        return f"'{CRITERIA}'!${letter}$2:${letter}${max(last, 1) + 1}"

    mine = "*".join(f"({column(of)}={xl_rowcol_to_cell(row, at, col_abs=True)})" for of, at in by.items()) or "1"
    each = f'{mine}*({column(GROUP)}<>"")'
    formulas = (
        f"=SUMPRODUCT({each})",
        *(f'=SUMPRODUCT({mine}*({column(OUTCOME)}="{OUTCOMES[o]}"))' for o in Outcome),
        f'=IF(SUMPRODUCT({mine}*ISNUMBER({column(SHARE)}))=0,"",'
        f"SUMPRODUCT({mine}*{column(SHARE)})/SUMPRODUCT({mine}*ISNUMBER({column(SHARE)})))",
        *(f'=SUMPRODUCT({mine}*({column(MOVED)}="{way}"))' for way in WAYS.values()),
    )
    shown = [of(own) for of in _COUNTS]
    for at, (formula, value) in enumerate(zip(formulas, shown, strict=True), 2):
        decimals = 1 if at == 6 else 0
        result = Decimal(value) if isinstance(value, int) else value
        sheet.formula(row, at, formula, result, num_format=number_format(decimals), align="right", **look)


# ------------------------------------------------------------------ who has sent


def _kinds(sheet: Sheet, plan: Plan, sendings: Sequence[Sending]) -> Block:
    """Kind of units x how their returns stand."""
    head = sheet.last_row + 2
    titles = ("Khối đơn vị", "Đơn vị chưa gửi", "Số đơn vị", *STATUSES, "Đã gửi (%)", LATE)
    _heading(sheet, head, titles)
    of = {s.unit: kind(plan.unit[s.unit].type) for s in sendings}
    present = [k for k in KINDS if k in of.values()]
    first = row = head + 1
    columns: dict[int, list[object]] = {at: [] for at in range(9)}
    for row, name in enumerate([*present, ALL_UNITS], first):
        own = [s for s in sendings if name in (of[s.unit], ALL_UNITS)]
        bold = {"bold": True} if name == ALL_UNITS else {}
        sheet.text(row, 0, name, **bold)
        sheet.text(row, 1, _absent(plan, own) if name != ALL_UNITS else "", **bold)
        counts = _sent(sheet, row, len(sendings), own, name == ALL_UNITS, **bold)
        for at, value in enumerate([name, "", *counts]):
            columns[at].append(value)
    last = row
    red = {"type": "cell", "criteria": ">", "value": 0}
    sheet.raw.conditional_format(first, 6, last, 6, red | {"format": sheet.book.format(**BAD)})
    sheet.raw.conditional_format(first, 4, last, 5, red | {"format": sheet.book.format(**DOUBTFUL)})
    green = {"type": "cell", "criteria": ">=", "value": 100, "format": sheet.book.format(**GOOD)}
    sheet.raw.conditional_format(first, 7, last, 7, green)
    kept = {at: tuple(values[:-1]) for at, values in columns.items()}
    return Block(SHEET, first, max(last - 1, first), kept)


def _absent(plan: Plan, own: Sequence[Sending]) -> str:
    names = [plan.unit[s.unit].name for s in own if s.status is None]
    more = f" và {len(names) - _NAMED} đơn vị khác" if len(names) > _NAMED else ""
    return "; ".join(names[:_NAMED]) + more


def _sent(sheet: Sheet, row: int, count: int, own: Sequence[Sending], whole: bool, **look: object) -> Iterator[object]:
    """The counts of one kind of units, live over ``Tình hình gửi``."""

    def column(of: int) -> str:
        letter = xl_col_to_name(of)
        return f"'{SENDINGS}'!${letter}$2:${letter}${max(count, 1) + 1}"

    mine = f'({column(KIND)}<>"")' if whole else f"({column(KIND)}={xl_rowcol_to_cell(row, 0, col_abs=True)})"
    statuses = Counter(map(status, own))
    total, used = xl_rowcol_to_cell(row, 2), "+".join(xl_rowcol_to_cell(row, 3 + STATUSES.index(s)) for s in _USED)
    sent = Decimal(100 * sum(statuses[s] for s in _USED)) / len(own) if own else ""
    cells: tuple[tuple[str, int | Decimal | str], ...] = (
        (f"=SUMPRODUCT({mine}*1)", len(own)),
        *((f'=SUMPRODUCT({mine}*({column(STATUS)}="{s}"))', statuses[s]) for s in STATUSES),
        (f'=IF({total}=0,"",({used})*100/{total})', sent),
        (f'=SUMPRODUCT({mine}*({column(PUNCTUAL)}="{LATE}"))', sum(s.late for s in own)),
    )
    for at, (formula, value) in enumerate(cells, 2):
        result = Decimal(value) if isinstance(value, int) else value
        decimals = 1 if at == 3 + len(STATUSES) else 0
        sheet.formula(row, at, formula, result, num_format=number_format(decimals), align="right", **look)
        yield value


# ------------------------------------------------------------------ criteria in per cent


def _percents(
    book: Book, places: Places, results: Sequence[Result]
) -> tuple[tuple[tuple[str, Block], ...], tuple[str, ...]]:
    """``So hai năm``: the criteria in per cent, both years beside each other, by groups; only those have one scale."""
    year = places.plan.year
    mine = [r for r in results if r.criterion.measure == "%"]
    parts: dict[str, list[Result]] = {}
    for r in mine:
        if _drawable(r):
            parts.setdefault(_part(r, sum(top(other.criterion) == top(r.criterion) for other in mine)), []).append(r)
    columns = (
        Column("Lĩnh vực", 54, wrap=True),
        Column("Tiêu chí tính bằng %", 66),
        Column("Mã tiêu chí", 11, centre=True),
        Column(f"Năm {year - 1}", 12),
        Column(f"Năm {year}", 12),
        Column("Tăng, giảm", 12),
    )
    blocks, row = [], 0
    sheet = book.sheet(COMPARED, columns, Page(frozen=2, mark=1))
    for n, (part, own) in enumerate(parts.items()):
        first = row + 1
        for row, r in enumerate(own, first):
            _percent(sheet, places, row, part, r, GROUPS[n % len(GROUPS)])
        shown = {
            1: tuple(map(_label, own)),
            3: tuple(_number(r.previous) for r in own),
            4: tuple(_number(r.value) for r in own),
        }
        blocks.append((part, Block(COMPARED, first, row, shown)))
    sheet.finish()
    return tuple(blocks), tuple(r.criterion.code for r in mine if not _drawable(r))


def _part(r: Result, count: int) -> str:
    """Which chart a criterion belongs to: its group's, or where the group has too many that of its part."""
    return top(r.criterion) if count <= _BARS else field(r.criterion) or top(r.criterion)


def _drawable(r: Result) -> bool:
    """Whether a bar from 0 to 100 can show it."""
    known = [x for x in (r.value, r.previous) if x is not None]
    return r.value is not None and all(0 <= x <= 100 for x in known)


def _number(value: Decimal | None) -> object:
    return None if value is None else float(value)


def _label(r: Result) -> str:
    text = f"{r.criterion.code}. {r.criterion.name}"
    return text if len(text) <= _SHORT else text[:_SHORT].rsplit(" ", 1)[0].rstrip(",;") + "…"


def _percent(sheet: Sheet, places: Places, row: int, part: str, r: Result, fill: str) -> None:
    c = r.criterion
    sheet.text(row, 0, part, bg_color=fill)
    sheet.text(row, 1, _label(r))
    sheet.text(row, 2, c.code, **LINKED)
    sheet.link(row, 2, f"'{CRITERIA}'!A{places.criterion_row[c.code] + 1}")
    for at, of, value in ((3, BEFORE, r.previous), (4, NOW, r.value), (5, CHANGE, r.change)):
        if value is None:
            sheet.text(row, at, "")  # an empty cell draws no bar
            continue
        formula = f"='{CRITERIA}'!{xl_rowcol_to_cell(places.criterion_row[c.code], of)}"
        shown = change_format(c.decimals) if of == CHANGE else number_format(c.decimals)
        sheet.formula(row, at, formula, value, num_format=shown, align="right")


def _heading(sheet: Sheet, row: int, titles: Sequence[str]) -> None:
    for column, title in enumerate(titles):
        sheet.text(row, column, title, **HEADING)
