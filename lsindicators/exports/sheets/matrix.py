"""``Số liệu``: variable x unit, a sheet a year, the province's totals as live formulas over the units' cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from lsindicators.exports import formulas
from lsindicators.exports.book import (
    A3,
    BAD,
    BANDS,
    CORRECTED,
    DOUBTFUL,
    GREY,
    LINKED,
    QUIET,
    Book,
    Column,
    Look,
    Page,
    Sheet,
    number_format,
    places_of,
)
from lsindicators.exports.formulas import CRITERIA, FIRST_UNIT, NO_FIGURE, TOTAL, Places
from lsindicators.exports.sheets.criteria import warn_of_gaps
from lsindicators.exports.words import GAPS, decided
from lsindicators.model import Figure, Gap, State, Total, Value, Variable
from lsindicators.summary import KINDS, kind

_NARROW, _WIDE = 6.0, 14.0
"""Widths between which the column of a unit lies."""

_COMMUNES = ("xa", "phuong")


def write(book: Book, places: Places, year: int) -> None:
    """The sheet of ``year``; more units than Excel has columns go on a second one, and so on."""
    for part, units in enumerate(places.parts):
        _sheet(book, places, year, part, units)


def _sheet(book: Book, places: Places, year: int, part: int, units: Sequence[str]) -> None:
    plan = book.plan
    widths = _widths(places, year, units)
    columns = (
        Column("Mã số liệu", 8, centre=True),
        Column("Số liệu", 36, wrap=True),
        Column("Đơn vị tính", 10, wrap=True, centre=True),
        Column("Cách tổng hợp", 11, wrap=True, centre=True),
        Column("Số đơn vị phải báo", 7, centre=True),
        Column("Số đơn vị đã báo", 7, centre=True),
        Column("Toàn tỉnh", 15),
        *(
            Column(
                plan.unit[unit].name,
                widths[unit],
                upright=True,
                band=BANDS[KINDS.index(kind(plan.unit[unit].type)) % len(BANDS)],
                level=int(plan.unit[unit].type in _COMMUNES),
            )
            for unit in units
        ),
    )
    page = Page(frozen=FIRST_UNIT, repeated=2, paper=A3, tiled=True, zoom=85)
    sheet = book.sheet(places.sheet(year, part), columns, page)
    _tell_of_decisions(sheet, places, year)

    def rows() -> Iterator[None]:
        for v in plan.variables:
            _head(sheet, places, v, year, part)
            row, told = places.row(v.code), places.told(v.code, year)
            gaps = places.gaps(v.code) if year == plan.year else {}
            for unit in plan.assignment[v.code].units if v.code in plan.assignment else ():
                if places.part(unit) == part:
                    _unit_cell(sheet, row, places.column(unit), v, told.get(unit), gaps.get(unit))
            yield

    sheet.later(rows(), len(plan.variables))
    warn_of_gaps(sheet, TOTAL, TOTAL)
    if units:
        grey = {"type": "blanks", "format": book.format(**GREY)}
        sheet.raw.conditional_format(1, FIRST_UNIT, max(sheet.last_row, 1), len(columns) - 1, grey)
    sheet.finish()


def _widths(places: Places, year: int, units: Sequence[str]) -> Mapping[str, float]:
    """Unit -> a width that shows all its numbers."""
    longest = dict.fromkeys(units, 0)
    for f in places.dataset.figures:
        if f.year == year and isinstance(f.value, Decimal) and f.unit in longest:
            longest[f.unit] = max(longest[f.unit], _length(f.value))
    return {unit: min(max(length + 1.5, _NARROW), _WIDE) for unit, length in longest.items()}


def _length(value: Decimal) -> int:
    """Characters of a number with its separators of thousands and its decimals."""
    decimals = places_of(value)
    whole = max(value.adjusted(), 0) + 1
    return whole + (whole - 1) // 3 + (decimals + 1 if decimals else 0) + value.is_signed()


def _head(sheet: Sheet, places: Places, v: Variable, year: int, part: int) -> None:
    """What a variable is, its coverage and its total."""
    row = places.row(v.code)
    criterion = places.criterion_row.get(v.criterion)
    sheet.text(row, 0, v.code, bold=True, **(LINKED if criterion else {}))
    if criterion:
        sheet.link(row, 0, f"'{CRITERIA}'!A{criterion + 1}")
    sheet.text(row, 1, v.name)
    sheet.text(row, 2, v.measure)
    sheet.text(row, 3, str(v.aggregation))
    total = places.dataset.totals.get((v.code, year))
    look: Look = {"bold": True, "bg_color": "#F2F7FC", "align": "right"}
    if total is None:
        sheet.text(row, 4, "")
        sheet.text(row, 5, "")
        sheet.text(row, TOTAL, NO_FIGURE, **look)
        return
    short = {} if total.complete else DOUBTFUL if total.reported else BAD
    sheet.number(row, 4, len(total.expected))
    sheet.number(row, 5, len(total.reported), **short)
    _province(sheet, places, v, total, look, part)


def _province(sheet: Sheet, places: Places, v: Variable, total: Total, look: Look, part: int) -> None:
    """The total: computed on the first sheet of the year, and only shown again on the next ones."""
    row, shown = places.row(v.code), formulas.shown_total(total)
    if total.settled is not None:
        look = look | CORRECTED
    formula = formulas.total_formula(places, v, total)
    if formula is None:
        sheet.value(row, TOTAL, shown, **look)
        return
    if part:
        formula = f"={places.total(v.code, total.year)}"
    decimals = min(places_of(shown), 4) if isinstance(shown, Decimal) else 0
    if isinstance(total.value, str):
        look = look | {"align": "left", "valign": "top"}
    sheet.formula(row, TOTAL, formula, shown, **look, num_format=number_format(decimals))


def _tell_of_decisions(sheet: Sheet, places: Places, year: int) -> None:
    """A note on each total that the clerk decided, with the document that says so."""
    for v in places.plan.variables:
        total = places.dataset.totals.get((v.code, year))
        if total is None or total.settled is None:
            continue
        sheet.note(TOTAL, decided(places.plan, total.settled), places.row(v.code))


def _unit_cell(sheet: Sheet, row: int, column: int, v: Variable, figure: Figure | None, gap: Gap | None) -> None:
    """A unit's figure, or in words why there is none; an empty grey cell is owed by nobody."""
    if figure is not None and _fits(v, figure.value):
        look: Look = {} if v.kind.numeric else _words(str(figure.value))
        if figure.corrected:
            look = look | CORRECTED
        sheet.value(row, column, figure.value, **look)
    elif figure is not None and figure.state is not State.NOT_YET:
        sheet.text(row, column, figure.state.value, **_SMALL, **QUIET)
    else:
        sheet.text(row, column, GAPS[gap.why] if gap else "", **_SMALL, **(BAD if gap else GREY))


def _words(text: str) -> Look:
    """A text stays in its cell and never runs over the grey ones beside it."""
    return {"font_size": 9, "align": "fill" if len(text) > _NARROW else "center"}


_SMALL: Look = {"font_size": 8, "align": "center", "shrink": True}


def _fits(v: Variable, value: Value | None) -> bool:
    return value is not None and isinstance(value, Decimal) is v.kind.numeric
