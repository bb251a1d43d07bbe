"""Fill a template with openpyxl, loaded anew for each form: fill_template.py TEMPLATE.xlsx CELLS.jsonl FOLDER."""

import json
import sys
import warnings
from pathlib import Path

from openpyxl import load_workbook


def fill(template: Path, cells: Path, folder: Path) -> None:
    with cells.open(encoding="utf-8") as stream:
        for line in stream:
            name, sheet, changed = json.loads(line)
            book = load_workbook(template)
            page = book[sheet]
            for address, value in changed.items():
                page[address].value = value
            book.save(folder / name)


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # openpyxl names the extensions that it drops
    fill(*map(Path, sys.argv[1:]))
