"""The sheets of an Excel appendix (.xlsx, .xlsm, .xls) as grids; merged ranges as one box."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal

from lsindicators import values, workbook
from lsindicators.appendix.grid import Box, Grid, lay
from lsindicators.errors import UnusableInputError

COLUMNS, ROWS, AREA = 60, 5000, 2_000_000
"""How far a table is looked for, and how many places merged ranges may cover; what lies beyond is no appendix."""

SECONDS, PASSWORD = 60, 3
"""How long a child may read; and its exit code for a workbook that wants a password."""

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
    """The visible sheets of an .xls workbook; read in a child process, as a broken file can end its reader."""
    command = [sys.executable, "-P", "-m", "lsindicators.appendix.old"]
    try:
        done = subprocess.run(
            command,
            input=content,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except subprocess.TimeoutExpired as error:
        raise UnusableInputError(f"{file}: mở tệp quá lâu; hãy mở bằng Excel rồi lưu lại thành .xlsx") from error
    if done.returncode == PASSWORD:
        raise UnusableInputError(f"{file}: tệp đang đặt mật khẩu mở; hãy mở tệp bằng Excel, bỏ mật khẩu rồi lưu lại")
    if done.returncode != 0:
        raise UnusableInputError(f"{file}: không mở được tệp Excel này; hãy mở bằng Excel rồi lưu lại thành .xlsx")
    return tuple(
        _grid(
            sheet["name"],
            {(r, c): values.clean_lines(text) for r, c, text in sheet["cells"]},
            [(*start, *end) for start, end in sheet["merges"]],
        )
        for sheet in json.loads(done.stdout)
    )


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
        return digits(value)
    return values.clean_lines(value)


def digits(value: Decimal) -> str:
    """A number of the STT column: 13, not 13.0."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
