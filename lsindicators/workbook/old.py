"""The bytes of an .xls file -> its sheets: from its records; else by calamine in a child process, which this module also is.

Calamine reads what came before Excel 97 and much of what is damaged, but sees neither formats, formulas, errors nor
protection. A file that kills it kills the child alone.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from lsindicators import workbook
from lsindicators.values import clean_lines
from lsindicators.workbook import Cell, PasswordNeededError, Sheet, TooLargeError, Workbook, WorkbookError, biff
from lsindicators.workbook.container import CELLS, MERGES, SHEETS

SECONDS, MEMORY, TEXT = 20, 160 << 20, 4 << 20
"""What the child may take of time, and of memory where the platform can limit it; and the most characters of all cells."""

COMMAND = (sys.executable, "-P", "-m", "lsindicators.workbook.old")

_PASSWORD, _TOO_MUCH = 3, 4
"""Exit codes of the child for a workbook that wants a password, and for one that holds too much."""


def read(content: bytes, passed_over: Callable[[str, bool], bool]) -> Workbook:
    """The workbook as far as it can be seen; the text of a formula cannot. Raises ``WorkbookError``."""
    macro = "_VBA_PROJECT".encode("utf-16-le") in content
    try:
        found = biff.read(content, passed_over)
    except ValueError:
        sheets = _by_calamine(content)
        return Workbook(sheets=sheets, names={}, properties={}, macro=macro, external=False, blind=True)
    return Workbook(sheets=found.sheets, names={}, properties={}, macro=macro or found.macro, external=found.external)


def _by_calamine(content: bytes) -> tuple[Sheet, ...]:
    try:
        done = subprocess.run(
            COMMAND,
            input=content,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except subprocess.TimeoutExpired as error:
        raise WorkbookError("mở quá lâu") from error
    if done.returncode == _PASSWORD:
        raise PasswordNeededError("tệp đang đặt mật khẩu mở")
    if done.returncode == _TOO_MUCH:
        raise TooLargeError("có quá nhiều nội dung")
    if done.returncode != 0:
        raise WorkbookError("nội dung tệp .xls bị hỏng")
    try:
        return tuple(_sheet(sheet) for sheet in json.loads(done.stdout)["sheets"])
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise WorkbookError("nội dung tệp .xls bị hỏng") from error


def _sheet(told: dict[str, Any]) -> Sheet:
    """A sheet from the child's JSON. Its protection cannot be seen, and is not held against the unit."""
    cells: dict[tuple[int, int], Cell] = {}
    for row, column, sort, literal in told["cells"]:
        number = workbook.number(literal) if sort in ("number", "date") else None
        if number is not None:
            cells[row, column] = Cell(number, literal, date_format=sort == "date")
        elif sort == "boolean":
            cells[row, column] = Cell(literal == "1", literal)
        elif text := clean_lines(literal):
            cells[row, column] = Cell(text, literal)
    return Sheet(
        name=told["name"],
        hidden=told["hidden"],
        cells=cells,
        merges=tuple((r0, c0, r1, c1) for (r0, c0), (r1, c1) in told["merges"]),
        protected=True,
    )


def _be_child() -> int:
    """Read a workbook from stdin and print its cells as JSON; the exit code says how it went."""
    import io
    from datetime import date, datetime, time, timedelta

    _limit_memory()
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

    def told(value: object) -> tuple[str, str]:
        match value:
            case bool():
                return "boolean", "1" if value else "0"
            case int() | float():
                return "number", repr(value)
            case datetime():
                return "date", str((value - datetime(1899, 12, 30)) / timedelta(days=1))
            case date():
                return "date", str((value - date(1899, 12, 30)).days)
            case time():
                return "date", str(timedelta(hours=value.hour, minutes=value.minute) / timedelta(days=1))
            case timedelta():
                return "date", str(value / timedelta(days=1))
            case _:
                return "text", str(value)

    sheets: list[dict[str, object]] = []
    count = length = 0
    try:
        content = sys.stdin.buffer.read()
        book = CalamineWorkbook.from_object(io.BytesIO(content))
        if len(book.sheets_metadata) > SHEETS:
            return _TOO_MUCH
        for facts in book.sheets_metadata:
            sheet = book.get_sheet_by_name(facts.name)
            top, left = sheet.start or (0, 0)
            cells = []
            for row, values in enumerate(sheet.to_python(skip_empty_area=True), top):
                for column, value in enumerate(values, left):
                    if value != "":
                        cells.append((row, column, *told(value)))
            count += len(cells)
            length += sum(len(literal) for *_, literal in cells)
            if count > CELLS or length > TEXT:
                return _TOO_MUCH
            hidden = facts.visible != SheetVisibleEnum.Visible
            merges = [m for m in sheet.merged_cell_ranges or () if m[0] != m[1]][:MERGES]
            sheets.append({"name": facts.name, "hidden": hidden, "cells": cells, "merges": merges})
    except PasswordError:
        return _PASSWORD
    except CalamineError:
        return 1
    sys.stdout.buffer.write(json.dumps({"sheets": sheets}).encode())
    return 0


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(_be_child())
