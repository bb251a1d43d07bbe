"""``Chuỗi năm``: criterion x years, live where the year's units stand in this workbook, with the breaks marked."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.utility import xl_rowcol_to_cell

from lsindicators.exports import formulas
from lsindicators.exports.book import DOUBTFUL, GREY, LINKED, Book, Column, Look, Page, Sheet, number_format
from lsindicators.exports.formulas import CRITERIA, Places
from lsindicators.exports.sheets.criteria import warn_of_gaps
from lsindicators.exports.words import group_colours, top
from lsindicators.model import Criterion, Point, Series

SHEET = "Chuỗi năm"
_FIRST = 3
"""The column of the first year, counted from 0; the small lines come behind the last one."""

_DRAWN = 3
"""Years from which on a line says more than the figures."""


def write(book: Book, places: Places, rows: Sequence[Series]) -> bool:
    """``Chuỗi năm``, and whether there is one: no sheet where only one year is known."""
    years = sorted({p.year for s in rows for p in s.points})
    if len(years) < 2:
        return False
    columns = (
        Column("Mã tiêu chí", 9, centre=True),
        Column("Tên tiêu chí", 46, wrap=True),
        Column("Đơn vị tính", 13, wrap=True, centre=True),
        *(Column(f"Năm {year}", 16) for year in years),
        *((Column("Diễn biến", 22),) if len(years) >= _DRAWN else ()),
        Column("Ghi chú", 60, wrap=True),
    )
    sheet = book.sheet(SHEET, columns, Page(frozen=2))
    at = {year: _FIRST + i for i, year in enumerate(years)}
    line = _FIRST + len(years) if len(years) >= _DRAWN else None
    if line:
        sheet.note(line, "Đường nối các năm có số; thang riêng cho từng dòng, không so giữa các dòng.")
    colours = group_colours(book.plan)
    for row, s in enumerate(rows, 1):
        c = s.criterion
        fill = {"bg_color": colours[top(c)]} if top(c) in colours else {}
        home = places.criterion_row.get(c.code)
        sheet.text(row, 0, c.code, bold=True, **fill, **(LINKED if home else {}))
        if home:
            sheet.link(row, 0, f"'{CRITERIA}'!A{home + 1}")
        sheet.text(row, 1, c.name)
        sheet.text(row, 2, c.measure)
        points = {p.year: p for p in s.points}
        for year, column in at.items():
            if year in points:
                _point(sheet, places, row, column, c, points[year])
            else:
                sheet.text(row, column, "", **GREY)
        sheet.text(row, len(columns) - 1, _remarks(s))
        if line:
            sheet.text(row, line, "")
            _line(sheet, row, line)
    warn_of_gaps(sheet, _FIRST, _FIRST + len(years) - 1)
    sheet.finish()
    return True


def _point(sheet: Sheet, places: Places, row: int, column: int, c: Criterion, p: Point) -> None:
    """One year of a criterion: a live formula, or the figure on record as it is; a break has its own colour and note."""
    look: Look = {"num_format": number_format(c.decimals), "align": "right", "text_wrap": True}
    if p.seam:
        look = look | DOUBTFUL
        sheet.note(column, p.seam[:1].upper() + p.seam[1:], row)
    if p.year == places.plan.year:
        look = look | {"bold": True}
    shown = formulas.shown_criterion(places, c, p.value, p.year)
    formula = None if p.on_record else formulas.criterion_formula(places, c, p.year)
    if formula is None:
        sheet.value(row, column, shown, **look)
    else:
        sheet.formula(row, column, formula, shown, **look)


def _remarks(s: Series) -> str:
    told = []
    for p in s.points:
        if p.seam:
            told.append(f"Năm {p.year}: {p.seam}")
        elif p.value is not None and p.reported < p.expected:
            told.append(f"Năm {p.year}: tính trên {p.reported}/{p.expected} đơn vị")
    recorded = [str(p.year) for p in s.points if p.on_record]
    if recorded:
        told.append(f"Theo số đã công bố: {', '.join(recorded)}")
    return ". ".join(told)


def _line(sheet: Sheet, row: int, column: int) -> None:
    """A small line over the years before ``column``."""
    first, last = (xl_rowcol_to_cell(row, at) for at in (_FIRST, column - 1))
    options = {
        "range": f"'{SHEET}'!{first}:{last}",
        "markers": True,
        "last_point": True,
        "series_color": "#1F4E79",
        "last_color": "#C00000",
        "weight": 1.5,
    }
    sheet.raw.add_sparkline(row, column, options)
