"""A reporting year with openpyxl, frictionless, pandas, docxtpl and matplotlib: year.py GIVEN FOLDER."""

import json
import sys
import warnings
from pathlib import Path

import fill_docxtpl
import fill_template
import pandas
import read_frictionless

SHEET, HEADING_ROW, CODE, VALUE = "Số liệu", 9, 1, 5


def figures(path: Path) -> pandas.DataFrame:
    """The rows of a return that have a code."""
    frame = pandas.read_excel(path, sheet_name=SHEET, header=None, skiprows=HEADING_ROW, engine="calamine")
    frame = frame[frame[CODE].notna() & frame[VALUE].notna()]
    told = pandas.DataFrame({"unit": path.stem, "code": frame[CODE], "value": frame[VALUE]})
    told["number"] = pandas.to_numeric(told["value"], errors="coerce")
    return told


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # openpyxl names the extensions that it drops
    given, folder = map(Path, sys.argv[1:])
    for name in ("bieu-mau", "don-doc"):
        (folder / name).mkdir()
    fill_template.fill(given / "template.xlsx", given / "cells.jsonl", folder / "bieu-mau")
    returned = sorted((given / "returned").iterdir())
    objections = {path.stem: read_frictionless.objections(path) for path in returned}
    merged = pandas.concat([figures(path) for path in returned])
    with pandas.ExcelWriter(folder / "tong-hop.xlsx") as book:
        merged.to_excel(book, sheet_name="Dữ liệu", index=False)
        merged.groupby("code")["number"].agg(["sum", "count"]).to_excel(book, sheet_name="Số liệu")
        merged.pivot_table(index="code", columns="unit", values="number").to_excel(book, sheet_name="Đơn vị")
        told = [(unit, *place) for unit, places in objections.items() for place in places]
        pandas.DataFrame(told, columns=["unit", "row", "column"]).to_excel(book, sheet_name="Lỗi", index=False)
    told = json.loads((given / "told.json").read_text(encoding="utf-8"))
    fill_docxtpl.reports(told, given / "report.docx", folder)
    listed = json.loads((given / "letters.json").read_text(encoding="utf-8"))
    fill_docxtpl.letters(listed, given / "letter.docx", folder / "don-doc")
