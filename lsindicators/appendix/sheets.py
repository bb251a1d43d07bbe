"""The sheets of an Excel appendix (.xlsx, .xlsm, .xls) as grids; merged ranges as one box."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from lsindicators import values, workbook
from lsindicators.appendix.grid import Box, Grid, lay
from lsindicators.errors import UnusableInputError

COLUMNS, ROWS = 60, 5000
"""How far a table is looked for; what lies beyond is no appendix."""

Place = tuple[int, int]
Merge = tuple[int, int, int, int]


def read(content: bytes, file: str) -> tuple[Grid, ...]:
    """The visible sheets of an .xlsx or .xlsm workbook. Raises ``UnusableInputError`` when it is none."""
    try:
        book = workbook.read(content, file)
    except workbook.WorkbookError as error:
        raise UnusableInputError(
            f"{file}: không mở được tệp Excel này ({error}); hãy mở bằng Excel rồi lưu lại"
        ) from error
    return tuple(
        _grid(sheet.name, {at: _text(cell, book.date1904) for at, cell in sheet.cells.items()}, sheet.merges)
        for sheet in book.sheets
        if not sheet.hidden
    )


def read_old(content: bytes, file: str) -> tuple[Grid, ...]:
    """The visible sheets of an .xls workbook."""
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        grids = []
        for known in book.sheets_metadata:
            if known.visible is not SheetVisibleEnum.Visible:
                continue
            sheet = book.get_sheet_by_name(known.name)
            lines = sheet.to_python(skip_empty_area=False, nrows=ROWS)
            cells = {(r, c): _plain(v) for r, line in enumerate(lines) for c, v in enumerate(line[:COLUMNS])}
            merges = [(*start, *end) for start, end in sheet.merged_cell_ranges or ()]
            grids.append(_grid(known.name, cells, merges))
    except (CalamineError, OSError, ValueError) as error:
        raise UnusableInputError(
            f"{file}: không mở được tệp Excel này; hãy mở bằng Excel rồi lưu lại thành .xlsx"
        ) from error
    return tuple(grids)


def _grid(name: str, texts: Mapping[Place, str], merges: Iterable[Merge]) -> Grid:
    """Only rows with content are kept; each keeps its number in the sheet."""
    filled = {at: text for at, text in texts.items() if text and at[0] < ROWS and at[1] < COLUMNS}
    used = sorted({row for row, _ in filled})
    index = {row: i for i, row in enumerate(used)}
    width = max((column for _, column in filled), default=-1) + 1
    boxes, covered = [], set()
    for top, left, bottom, right in merges:
        if left >= width or bottom - top > ROWS:
            continue
        rows = [index[r] for r in range(top, bottom + 1) if r in index]
        if rows:
            right = min(right, width - 1)
            boxes.append(Box(filled.get((top, left), ""), rows[0], left, rows[-1], right))
            covered |= {(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)}
    for (row, column), text in sorted(filled.items()):
        if (row, column) not in covered:
            boxes.append(Box(text, index[row], column, index[row], column))
    return lay(name, boxes, [row + 1 for row in used], [1] * width)


def _text(cell: workbook.Cell, date1904: bool) -> str:
    value = cell.value
    if cell.error or value is None:
        return ""
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, Decimal):
        if cell.date_format and 0 < value < 2958466:
            start = date(1904, 1, 1) if date1904 else date(1899, 12, 30)
            return values.format_date(start + timedelta(days=int(value)))
        return _digits(value)
    return values.clean_lines(value)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, datetime):
        return values.format_date(value.date())
    if isinstance(value, date):
        return values.format_date(value)
    if isinstance(value, int | float):
        return _digits(Decimal(str(value)))
    return values.clean_lines(str(value))


def _digits(value: Decimal) -> str:
    """A number of the STT column: 13, not 13.0."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
