"""What stands in ``dieu-chinh.xlsx``: its rows as typed, and the decisions that can be read in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from msgspec import Struct

from lsindicators.decisions import sheets
from lsindicators.files import sha256
from lsindicators.findings import Finding
from lsindicators.model import Decision, Selection, Settlement, Value
from lsindicators.values import clean

FILE = "dieu-chinh.xlsx"


class Typed(Struct, frozen=True):
    """A cell as it stands, so that it can be written again."""

    value: Decimal | bool | str
    date: bool = False
    percent: bool = False


Cells = Mapping[str, Typed]
"""Heading -> the cell below it; only cells with content."""


class Row(Struct, frozen=True, kw_only=True):
    """One row of a sheet of decisions."""

    number: int  # in the sheet, from 0; -1 for a row that is new
    cells: Cells
    clerks: bool  # the clerk has put something into it, or added it
    about: tuple[str, str, int] | None = None  # unit (of Đối chiếu: Loại), variable, year, where these can be read
    sent: Value | None = None  # Số đã gửi; of Đối chiếu Các số đã báo
    decision: Decision | None = None
    selection: Selection | None = None
    settlement: Settlement | None = None
    fault: str = ""  # why it cannot be applied

    def text(self, heading: str) -> str:
        cell = self.cells.get(heading)
        return clean(cell.value) if cell is not None and isinstance(cell.value, str) else ""


class Paper(Struct, frozen=True, kw_only=True, dict=True):
    """The workbook as read."""

    figures: tuple[Row, ...] = ()
    conflicts: tuple[Row, ...] = ()
    returns: tuple[Row, ...] = ()
    findings: tuple[Finding, ...] = ()  # what cannot be applied, each with its cell
    own: str = ""  # what the clerk has put into it that we could not write again
    content: bytes = b""  # the file itself; empty: there is no such file

    @cached_property
    def sha256(self) -> str:
        """That of the file; empty where there is none."""
        return sha256(self.content) if self.content else ""

    @cached_property
    def decisions(self) -> tuple[Decision, ...]:
        return tuple(r.decision for r in self.figures if r.decision is not None)

    @cached_property
    def settlements(self) -> tuple[Settlement, ...]:
        return tuple(r.settlement for r in self.conflicts if r.settlement is not None)

    @property
    def tables(self) -> tuple[tuple[Row, ...], ...]:
        """The rows of each sheet, as ``sheets.TABLES``."""
        return self.figures, self.conflicts, self.returns

    @property
    def applied(self) -> str:
        """SHA-256 of the workbook where it decides anything, else empty."""
        return self.sha256 if self.decisions or self.settlements or self.selections else ""

    @cached_property
    def by_unit(self) -> Mapping[str, tuple[Decision, ...]]:
        """Unit -> the decisions about its figures."""
        found: dict[str, tuple[Decision, ...]] = {}
        for d in self.decisions:
            found[d.unit] = (*found.get(d.unit, ()), d)
        return found

    @cached_property
    def selections(self) -> Mapping[str, tuple[Selection, ...]]:
        """Unit -> the decisions about its returns."""
        found: dict[str, tuple[Selection, ...]] = {}
        for r in self.returns:
            if r.selection is not None:
                found[r.selection.unit] = (*found.get(r.selection.unit, ()), r.selection)
        return found

    @property
    def waiting(self) -> int:
        """Rows that wait for a decision, or for what is lacking in one."""
        return sum(
            1
            for rows in self.tables
            for r in rows
            if r.fault or (r.text(sheets.STATE).startswith(sheets.WAITING) and not r.clerks)
        )


class Version(Struct, frozen=True, kw_only=True):
    """One of several returns of a unit."""

    unit: str
    file: str
    sha256: str
    sent_at: datetime
    state: str  # what becomes of it, for Tình hình


States = Mapping[tuple[str, int], str]
"""(Sheet, number of a row) -> what becomes of its decision."""


def same(one: Paper, other: Paper) -> bool:
    """Whether the same rows stand in both, in the same order."""
    return [[dict(row.cells) for row in rows] for rows in one.tables] == [
        [dict(row.cells) for row in rows] for rows in other.tables
    ]
