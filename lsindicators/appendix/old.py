"""The child process that reads an .xls appendix: workbook on stdin -> the texts of its visible sheets as JSON."""

from __future__ import annotations

import io
import json
import sys
from datetime import date, datetime
from decimal import Decimal

from lsindicators import values
from lsindicators.appendix.sheets import COLUMNS, PASSWORD, ROWS, digits


def main() -> int:
    """The exit code: 0, or why the workbook could not be read."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

    told = []
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
        for known in book.sheets_metadata:
            if known.visible == SheetVisibleEnum.Visible:
                sheet = book.get_sheet_by_name(known.name)
                lines = sheet.to_python(skip_empty_area=False, nrows=ROWS)
                cells = [
                    (row, column, text)
                    for row, line in enumerate(lines)
                    for column, value in enumerate(line[:COLUMNS])
                    if (text := _text(value))
                ]
                told.append({"name": known.name, "cells": cells, "merges": sheet.merged_cell_ranges or []})
    except PasswordError:
        return PASSWORD
    except CalamineError:
        return 1
    sys.stdout.buffer.write(json.dumps(told).encode())
    return 0


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, datetime):
        return values.format_date(value.date())
    if isinstance(value, date):
        return values.format_date(value)
    if isinstance(value, int | float):
        return digits(Decimal(str(value)))
    return str(value)


if __name__ == "__main__":
    sys.exit(main())
