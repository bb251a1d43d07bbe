"""Write one-sheet workbooks with xlsxwriter: write_slips.py ROWS.jsonl FOLDER. A line of ROWS is a file and its rows."""

import sys
from json import loads
from pathlib import Path

from xlsxwriter import Workbook

if __name__ == "__main__":
    source, folder = sys.argv[1:]
    with Path(source).open(encoding="utf-8") as stream:
        for line in stream:
            name, rows = loads(line)
            book = Workbook(f"{folder}/{name}", {"in_memory": True})
            sheet = book.add_worksheet()
            for n, row in enumerate(rows):
                sheet.write_row(n, 0, row)
            book.close()
