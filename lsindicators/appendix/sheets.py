"""The sheets of an Excel appendix (.xlsx, .xlsm, .xls) as grids; merged ranges as one box."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from lsindicators import values, workbook
from lsindicators.appendix.grid import Box, Grid, lay
from lsindicators.errors import UnusableInputError

COLUMNS, ROWS, AREA = 60, 5000, 2_000_000
"""How far a table is looked for, and how many places merged ranges may cover; what lies beyond is no appendix."""

Place = tuple[int, int]
Merge = tuple[int, int, int, int]


def read(content: bytes, file: str, kind: str) -> tuple[tuple[Grid, ...], list[str]]:
    """The visible sheets of a workbook of ``kind`` ("xlsx", "xls"), and what was noticed.

    Raises ``UnusableInputError`` when it is none.
    """
    try:
        book = workbook.read_any(content, kind, file)
    except workbook.PasswordNeededError as error:
        raise UnusableInputError(
            f"{file}: tệp đang đặt mật khẩu mở; hãy mở tệp bằng Excel, bỏ mật khẩu rồi lưu lại"
        ) from error
    except workbook.WorkbookError as error:
        raise UnusableInputError(
            f"{file}: không mở được tệp Excel này ({error}); hãy mở bằng Excel rồi lưu lại thành .xlsx"
        ) from error
    grids = tuple(
        _grid(sheet.name, {at: _text(cell) for at, cell in sheet.cells.items()}, sheet.merges)
        for sheet in book.sheets
        if not sheet.hidden
    )
    notes = [f"trang “{s.name}” đang ẩn nên không được đọc" for s in book.sheets if s.hidden and s.cells]
    notes += [
        f"trang “{s.name}” có dòng hoặc cột đang ẩn; vẫn đọc như dòng, cột thường, đề nghị kiểm tra lại"
        for s in book.sheets
        if s.unseen and not s.hidden and s.cells
    ]
    return grids, notes


def _grid(name: str, texts: Mapping[Place, str], merges: Iterable[Merge]) -> Grid:
    """Only rows with content are kept; each keeps its number in the sheet."""
    filled = {at: text for at, text in texts.items() if text and at[0] < ROWS and at[1] < COLUMNS}
    used = sorted({row for row, _ in filled})
    index = {row: i for i, row in enumerate(used)}
    width = max((column for _, column in filled), default=-1) + 1
    boxes, area = [], 0
    for top, left, bottom, right in merges:
        rows = [index[r] for r in range(top, min(bottom, ROWS) + 1) if r in index]
        area += len(rows) * (min(right, width) - left + 1)
        if rows and left < width and area < AREA:
            boxes.append(Box(filled.get((top, left), ""), rows[0], left, rows[-1], min(right, width - 1)))
    boxes += [Box(text, index[r], c, index[r], c) for (r, c), text in sorted(filled.items())]
    return lay(name, boxes, [row + 1 for row in used], [1] * width)


def _text(cell: workbook.Cell) -> str:
    value = cell.value
    if cell.error or value is None:
        return ""
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, Decimal):
        if cell.date_format and (day := values.day_of(value)) is not None:
            return values.format_date(day)
        return f"{value:f}".rstrip("0").rstrip(".") if value % 1 else f"{value:.0f}"
    return values.clean_lines(value)
