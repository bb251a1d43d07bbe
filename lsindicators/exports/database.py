"""The tables -> ``du-lieu.sqlite``: one SQLite database with keys, types and the words that say what stands where."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from lsindicators.exports.tables import Cell, Field, Table
from lsindicators.layout import MADE_UP
from lsindicators.model import Plan

_TYPES = {"integer": "INTEGER", "number": "REAL", "boolean": "INTEGER"}
_STRICT_SINCE = (3, 37)


def to_sqlite(plan: Plan, tables: Sequence[Table]) -> bytes:
    """The database: a table each with ``_`` for ``-`` in its name, and ``mo_ta``, which explains every column.

    Numbers are REAL, as the CSV files and the JSON hold all their digits; true is 1; moments are ISO 8601.
    """
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        for pragma in ("foreign_keys = ON", "page_size = 4096", "application_id = 0x4C534931"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(f"PRAGMA user_version = {plan.year}")
        connection.execute("BEGIN")
        for table in tables:
            connection.execute(_statement(table))
            places = ", ".join("?" * len(table.fields))
            rows = ([_stored(cell) for cell in row] for row in table.rows)
            connection.executemany(f"INSERT INTO {_name(table.name)} VALUES ({places})", rows)
        connection.execute(
            f"CREATE TABLE mo_ta (bang TEXT NOT NULL, cot TEXT, ten TEXT NOT NULL, mo_ta TEXT){_strict()}"
        )
        connection.executemany("INSERT INTO mo_ta VALUES (?, ?, ?, ?)", _words(plan, tables))
        connection.execute("COMMIT")
        return connection.serialize()
    finally:
        connection.close()


def _statement(table: Table) -> str:
    parts = [_column(f) for f in table.fields]
    parts.append(f"PRIMARY KEY ({', '.join(table.key)})")
    parts += [
        f"FOREIGN KEY ({', '.join(link.fields)}) REFERENCES {_name(link.table)} ({', '.join(link.to)}) "
        "DEFERRABLE INITIALLY DEFERRED"
        for link in table.links
    ]
    return f"CREATE TABLE {_name(table.name)} (" + ", ".join(parts) + f"){_strict()}"


def _column(f: Field) -> str:
    limits = " NOT NULL" if f.needed else ""
    if f.words:
        limits += f" CHECK ({f.name} IN ({', '.join(_quoted(w) for w in f.words)}))"
    elif f.kind == "boolean":
        limits += f" CHECK ({f.name} IN (0, 1))"
    return f"{f.name} {_TYPES.get(f.kind, 'TEXT')}{limits}"


def _strict() -> str:
    return " STRICT" if sqlite3.sqlite_version_info >= _STRICT_SINCE else ""


def _name(table: str) -> str:
    return table.replace("-", "_")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _stored(cell: Cell) -> str | int | float | None:
    match cell:
        case Decimal():
            return float(cell)
        case datetime():
            return cell.isoformat(timespec="seconds")
        case str():
            return cell.encode("utf-8", "replace").decode()
        case _:
            return cell


def _words(plan: Plan, tables: Sequence[Table]) -> Iterator[tuple[str, str | None, str, str | None]]:
    if plan.settings.made_up:
        yield "", None, "Lưu ý", MADE_UP
    for table in tables:
        yield _name(table.name), None, table.title, table.description
        for f in table.fields:
            yield _name(table.name), f.name, f.title, f.description or None
