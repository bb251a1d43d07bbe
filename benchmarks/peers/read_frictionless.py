"""Validate the data sheet of forms with frictionless: read_frictionless.py FOLDER. Prints how many cells it objects to."""

import sys
from pathlib import Path

from frictionless import Checklist, Dialect, Resource, Schema, formats

SHEET, HEADING_ROW = "Số liệu", 9
KINDS = ["string"] * 4 + ["number"] * 2 + ["string"] * 4
SCHEMA = Schema.from_descriptor({"fields": [{"name": f"c{n}", "type": kind} for n, kind in enumerate(KINDS)]})
LAID_OUT = ["incorrect-label", "extra-label", "extra-cell", "blank-row"]
"""A form has group headings between its rows, and signatures below."""


def objections(path: Path) -> list[tuple[int, int]]:
    """Row and column, from 1, of every cell that is not of its column's type."""
    dialect = Dialect(header_rows=[HEADING_ROW], controls=[formats.ExcelControl(sheet=SHEET)])
    resource = Resource(path=path.name, basepath=str(path.parent), dialect=dialect, schema=SCHEMA)
    report = resource.validate(Checklist(skip_errors=LAID_OUT))
    return [(row, column) for row, column, kind in report.flatten(["rowNumber", "fieldNumber", "type"]) if column]


if __name__ == "__main__":
    print(sum(len(objections(path)) for path in sorted(Path(sys.argv[1]).iterdir())))
