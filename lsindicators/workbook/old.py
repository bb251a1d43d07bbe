"""The bytes of an .xls file -> its sheets, read by calamine in a child process, which this module also is.

A file that kills the reader kills the child alone. Formats, formulas, errors and protection are added from the records
themselves; where these cannot be read, nothing is known of them.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from lsindicators import workbook
from lsindicators.values import clean_lines
from lsindicators.workbook import Cell, PasswordNeededError, Sheet, Workbook, WorkbookError

if TYPE_CHECKING:
    from lsindicators.workbook.biff import Page

SECONDS, MEMORY, TEXT = 20, 1 << 30, 32 << 20
"""What the child may take of time, and of memory where the platform can limit it; and the most characters of all cells."""

COMMAND = (sys.executable, "-P", "-m", "lsindicators.workbook.old")

_PASSWORD = 3
"""Exit code of the child for a workbook that wants a password."""


def read(content: bytes, kind: str) -> Workbook:
    """The workbook as far as it can be seen; the text of a formula cannot. Raises ``WorkbookError``."""
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
    if done.returncode != 0:
        raise WorkbookError(f"nội dung tệp .{kind} bị hỏng")
    try:
        told = json.loads(done.stdout)
        sheets = tuple(_sheet(sheet) for sheet in told["sheets"])
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise WorkbookError(f"nội dung tệp .{kind} bị hỏng") from error
    return Workbook(
        sheets=sheets,
        names={},
        properties={},
        macro="_VBA_PROJECT".encode("utf-16-le") in content,
        external=False,
        blind=not told["whole"],
    )


def _sheet(told: dict[str, Any]) -> Sheet:
    """A sheet from the child's JSON. Where its protection cannot be seen, it is not held against the unit."""
    cells: dict[tuple[int, int], Cell] = {}
    for row, column, sort, literal in told["cells"]:
        number = workbook.number(literal) if sort in ("number", "date") else None
        if number is not None:
            cells[row, column] = Cell(number, literal, date_format=sort == "date")
        elif sort == "boolean":
            cells[row, column] = Cell(literal == "1", literal)
        elif text := clean_lines(literal):
            cells[row, column] = Cell(text, literal)
    for row, column, shows, literal, formula, error in told["records"]:
        cell = cells.get((row, column), Cell(None, ""))
        number = workbook.number(literal) if literal is not None else None
        if error:
            cell = Cell(error, error, error=True)
        elif number is not None:
            cell = Cell(number, literal, date_format=shows == "date", percent_format=shows == "percent")
        if formula:
            cell = cell._replace(formula="", blank_result=cell.value is None)
        if cell.value is not None or formula:
            cells[row, column] = cell
    return Sheet(
        name=told["name"],
        hidden=told["hidden"],
        cells=cells,
        merges=tuple((r0, c0, r1, c1) for (r0, c0), (r1, c1) in told["merges"]),
        protected=told["protected"],
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
        pages = _records(content)
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
            if count > workbook.CELLS or length > TEXT:
                return 1
            hidden = facts.visible != SheetVisibleEnum.Visible
            merges = [m for m in sheet.merged_cell_ranges or () if m[0] != m[1]]
            page = pages.get(facts.name)
            records = [] if page is None else [(*place, *seen) for place, seen in page.cells.items()]
            told_numbers = [(r, c, s, None if n is None else repr(n), f, e) for r, c, s, n, f, e in records]
            count += len(records)
            sheets.append(
                {
                    "name": facts.name,
                    "hidden": hidden,
                    "cells": cells,
                    "merges": merges[: workbook.MERGES],
                    "records": told_numbers,
                    "protected": page is None or page.protected,
                }
            )
    except PasswordError:
        return _PASSWORD
    except CalamineError:
        return 1
    whole = all(sheet["name"] in pages for sheet in sheets)
    sys.stdout.buffer.write(json.dumps({"sheets": sheets, "whole": whole}).encode())
    return 0


def _records(content: bytes) -> dict[str, Page]:
    """What the records say of each sheet; nothing where they cannot be read."""
    from lsindicators.workbook import biff

    try:
        return {page.name: page for page in biff.look(content)}
    except ValueError:
        return {}


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(_be_child())
