"""The tables -> CSV, JSON, and ``datapackage.json``, which says of each file what stands in it (Frictionless Data).

CSV as in RFC 4180: commas, CRLF, UTF-8 with a byte order mark, by which Excel knows the letters; a point before the
decimals. https://specs.frictionlessdata.io/data-package/, …/table-schema/, …/csv-dialect/
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from lsindicators import files, values
from lsindicators.exports.tables import Cell, Field, Table, open_to_all
from lsindicators.exports.view import to_json
from lsindicators.layout import MADE_UP
from lsindicators.model import HANOI, Conflict, Dataset, Figure, Plan, Result, Sending, Series, Total

DESCRIPTOR, DATA_JSON, DATABASE = "datapackage.json", "du-lieu.json", "du-lieu.sqlite"
PUBLIC_JSON = "cong-khai.json"

MOMENT = "%Y-%m-%dT%H:%M:%S%z"
"""How a moment is written; the default of Table Schema is UTC."""

_LIVE = re.compile(r"[\s']*[=+\-@＝＋－＠\t\r\n]")
"""How a text begins that a spreadsheet would take for a formula, with or without the sign that says it is none."""


def to_csv(table: Table) -> bytes:
    """The table as CSV: true and false, numbers with all their digits, moments as ISO 8601; an empty cell for nothing.

    A text that a spreadsheet would run as a formula is given a leading apostrophe; see ``defused``.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([f.name for f in table.fields])
    writer.writerows([_written(cell) for cell in row] for row in table.rows)
    return stream.getvalue().encode("utf-8-sig", "replace")


def defused(text: str) -> str:
    """``text`` so that no spreadsheet takes it for a formula: behind an apostrophe where it begins like one.

    A text that already begins so behind apostrophes gets one more: take one away, and you have what was typed.
    """
    return f"'{text}" if _LIVE.match(text) else text


def _written(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case Decimal():
            return f"{cell:f}"
        case datetime():
            return cell.isoformat(timespec="seconds")
        case str():
            return defused(cell)
        case _:
            return str(cell)


# ------------------------------------------------------------------ JSON


def to_document(
    plan: Plan,
    dataset: Dataset,
    results: Sequence[Result],
    series: Sequence[Series],
    differences: Sequence[Conflict] = (),
    sendings: Sequence[Sending] = (),
) -> bytes:
    """``du-lieu.json``: the document of ``merge --json`` with every figure, every year's total and the series."""
    document: dict[str, Any] = {
        "notice": MADE_UP if plan.settings.made_up else None,
        "province": plan.settings.province,
        **to_json(plan, dataset, results, differences, sendings),
        "figures": [figure(f) for f in dataset.figures],
        "totals": [total(t) for t in sorted(dataset.totals.values(), key=lambda t: t.year)],
        "series": [
            {
                "code": s.criterion.code,
                "points": [
                    {
                        "year": p.year,
                        "value": values.plain(p.value),
                        "reported_units": p.reported,
                        "expected_units": p.expected,
                        "on_record": p.on_record,
                        "seam": p.seam or None,
                    }
                    for p in s.points
                ],
            }
            for s in series
        ],
    }
    return to_json_file(document)


def to_json_file(document: Mapping[str, Any]) -> bytes:
    """A document as a file for everybody: without the addresses and telephone numbers that somebody typed into a text."""
    return _json(_without_contacts(document))


def total(t: Total) -> dict[str, Any]:
    """A variable of the province in one year, as the documents for others tell it."""
    return {
        "variable": t.variable,
        "year": t.year,
        "value": values.plain(t.value),
        "expected_units": len(t.expected),
        "reported_units": len(t.reported),
    }


def figure(f: Figure) -> dict[str, Any]:
    """A figure of a unit as JSON has it."""
    return {
        "variable": f.variable,
        "unit": f.unit,
        "year": f.year,
        "value": values.plain(f.value),
        "state": f.state.value,
        "source": f.source or None,
        "reason": f.reason or None,
        "decision": str(f.decision) if f.decision is not None else None,
        "file": f.at.workbook if f.at else None,
        "sheet": f.at.sheet if f.at else None,
        "cell": f.at.address if f.at else None,
        "sha256": f.sha256 or None,
        "read_at": f.read_at.astimezone(HANOI).isoformat() if f.read_at else None,
    }


def _without_contacts(told: Any) -> Any:
    match told:
        case dict():
            return {key: _without_contacts(value) for key, value in told.items()}
        case list():
            return [_without_contacts(value) for value in told]
        case str():
            return open_to_all(told) or ""
        case _:
            return told


def _json(document: Mapping[str, Any]) -> bytes:
    """What ``json.dumps(…, indent=1)`` writes, which has no help of C where it indents."""
    return msgspec.json.format(json.dumps(document, ensure_ascii=False).encode("utf-8", "replace"), indent=1) + b"\n"


# ------------------------------------------------------------------ the descriptor


APOSTROPHE = "Chữ bắt đầu bằng dấu = + - @ có thêm dấu nháy đơn ở trước để bảng tính không coi là công thức."
_ABOUT = (
    "Số liệu các đơn vị báo, số liệu toàn tỉnh và các tiêu chí tính được. Ô trống là chưa có số, không phải số 0. "
    + APOSTROPHE
)
_OTHERS = (
    (DATA_JSON, "json", "application/json", "Toàn bộ số liệu dạng JSON"),
    (DATABASE, "sqlite", "application/vnd.sqlite3", "Toàn bộ các bảng trong một cơ sở dữ liệu SQLite"),
    (PUBLIC_JSON, "json", "application/json", "Tiêu chí và số liệu toàn tỉnh dạng JSON"),
)


def describe(plan: Plan, tables: Sequence[Table], contents: Mapping[str, bytes], about: str = _ABOUT) -> bytes:
    """``datapackage.json``; ``contents``: name of a file of the package -> its bytes; ``about``: what they hold.

    It names no licence: under which one the data may be passed on, only who owns them can say.
    """
    settings = plan.settings
    subject = (
        f"Bộ tiêu chí khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số năm {plan.year}, tỉnh {settings.province}"
    )
    notice = f"{MADE_UP}. " if settings.made_up else ""
    document = {
        "profile": "data-package",
        "name": f"bo-tieu-chi-khcn-{plan.year}",
        "title": f"{notice}{subject}",
        "description": f"{notice}{about}",
        "contributors": [{"title": settings.compiler, "role": "wrangler"}],
        "resources": [
            *(_tabular(table, contents[f"{table.name}.csv"]) for table in tables),
            *(
                {
                    "name": f"{path.partition('.')[0]}-{form}",
                    "path": path,
                    "title": title,
                    "format": form,
                    "mediatype": media,
                    **_stamp(contents[path]),
                }
                for path, form, media, title in _OTHERS
                if path in contents
            ),
        ],
    }
    return _json(document)


def _tabular(table: Table, content: bytes) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": f"{table.name}.csv",
        "title": table.title,
        "description": table.description,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        **_stamp(content),
        "schema": {
            "fields": [_field(f) for f in table.fields],
            "missingValues": [""],
            "primaryKey": list(table.key),
            **({"foreignKeys": [_link(table, *link) for link in table.links]} if table.links else {}),
        },
    }


def _stamp(content: bytes) -> dict[str, Any]:
    return {"bytes": len(content), "hash": f"sha256:{files.sha256(content)}"}


def _field(f: Field) -> dict[str, Any]:
    limits: dict[str, Any] = {"required": True} if f.needed else {}
    if f.words:
        limits["enum"] = list(f.words)
    return {
        "name": f.name,
        "title": f.title,
        "type": f.kind,
        **({"format": MOMENT} if f.kind == "datetime" else {}),
        **({"decimalChar": "."} if f.kind == "number" else {}),
        **({"trueValues": ["true"], "falseValues": ["false"]} if f.kind == "boolean" else {}),
        **({"description": f.description} if f.description else {}),
        **({"constraints": limits} if limits else {}),
    }


def _link(table: Table, fields: Sequence[str], to: str, keys: Sequence[str]) -> dict[str, Any]:
    """A foreign key; an empty name of a resource is the table itself."""
    return {"fields": list(fields), "reference": {"resource": "" if to == table.name else to, "fields": list(keys)}}
