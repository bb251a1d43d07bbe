"""A form on a unit's desk: filled in, and what has been spoilt on it so far; what reading must say and take of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from lsindicators import layout, values
from lsindicators.expressions import Reference
from lsindicators.findings import Code
from lsindicators.model import NEEDS_REASON, Level, Plan, State, Value
from lsindicators.rehearsal import rules
from lsindicators.rehearsal.packing import Input, Typed
from lsindicators.rehearsal.rules import Bound
from lsindicators.rehearsal.tables import Answer, Figures

if TYPE_CHECKING:
    from openpyxl import Workbook


class Planted(Struct, frozen=True, kw_only=True):
    """One thing that reading must say: the code, and the cell unless it is about the whole file or sheet."""

    code: Code
    cell: str | None = None
    sheet: str = layout.DATA
    variable: str | None = None
    typed: str = ""


class Parcel(Struct, frozen=True, kw_only=True):
    """A form that is filled in and ready to be sent."""

    content: bytes
    blank: bytes  # the same form as it was issued
    form: layout.Form
    key: bytes  # of the campaign
    sent: datetime


@dataclass(kw_only=True)
class Desk:
    """A form that is filled in and lies open. What is spoilt on it is noted beside it."""

    plan: Plan
    form: layout.Form
    answers: Mapping[str, Answer]
    words: Mapping[str, str]
    cells: dict[str, Input] = field(default_factory=dict)  # of the data sheet, as typed
    used: set[str] = field(default_factory=set)  # variables whose rows are spoilt already
    lost: set[tuple[str, int]] = field(default_factory=set)  # (variable, year) of which nothing may be taken
    changed: dict[str, Decimal] = field(default_factory=dict)  # variable -> another figure that is taken as it stands
    useless: bool = False  # nothing of the file may be taken
    surgery: list[Callable[[Workbook], None]] = field(default_factory=list)  # what needs the workbook itself
    packing: list[Callable[[Parcel], bytes]] = field(
        default_factory=list
    )  # what befalls the file, once it is filled in

    def __post_init__(self) -> None:
        for row in self.form.variables:
            answer = self.answers.get(code_of(row))
            if answer is not None:
                columns: dict[int, Value | None] = {
                    layout.PREVIOUS: answer.previous if row.previous is None else None,
                    layout.CURRENT: answer.value,
                    layout.STATE: answer.state.value if answer.state else None,
                    layout.SOURCE: answer.source or None,
                    layout.REASON: answer.reason or None,
                }
                self.cells |= {layout.address(row.row, c): value for c, value in columns.items() if value is not None}

    @property
    def sheets(self) -> Mapping[str, Typed]:
        """What the unit types into its form: sheet -> A1 address -> value."""
        told: dict[str, Input] = {
            layout.address(layout.NARRATIVE_FIRST_ROW + i, layout.ANSWER): self.words[question]
            for i, question in enumerate(layout.QUESTIONS)
            if question in self.words
        }
        return {layout.DATA: self.cells, layout.NARRATIVE: told}

    # -------------------------------------------------------------- spoiling

    def type(self, row: layout.FormRow, column: int, value: Input) -> None:
        """Put ``value`` into one cell; ``None`` empties it."""
        self.cells[cell_of(row, column)] = value

    def spoil(self, row: layout.FormRow, code: Code, value: Input, column: int = layout.CURRENT) -> Planted:
        """Put ``value`` into one cell, so that this year's figure of the row is lost."""
        self.type(row, column, value)
        self.lost.add((code_of(row), self.form.year))
        return self.note(row, code, value, column)

    def note(self, row: layout.FormRow, code: Code, value: object, column: int = layout.CURRENT) -> Planted:
        """What must be said of one cell of ``row``; the row is used from now on."""
        self.used.add(code_of(row))
        shown = (
            values.format_number(value) if isinstance(value, Decimal) else "(trống)" if value is None else str(value)
        )
        return Planted(code=code, cell=cell_of(row, column), variable=code_of(row), typed=shown[:100])

    # -------------------------------------------------------------- finding a row

    def rows(self) -> Iterator[tuple[layout.FormRow, Answer]]:
        """The rows that the unit answers and nobody has spoilt yet, from a row that differs from unit to unit."""
        rows = self.form.variables
        start = sum(self.form.unit.code.encode()) % len(rows)
        for row in (*rows[start:], *rows[:start]):
            answer = self.answers.get(code_of(row))
            if answer is not None and code_of(row) not in self.used:
                yield row, answer

    def numbers(self) -> Iterator[tuple[layout.FormRow, Decimal]]:
        """Those of them that hold a number this year."""
        for row, answer in self.rows():
            if row.variable is not None and row.variable.kind.numeric and isinstance(answer.value, Decimal):
                yield row, answer.value

    def number(self, *wishes: Callable[[layout.FormRow, Decimal], bool]) -> tuple[layout.FormRow, Decimal] | None:
        """The first row with a number that meets the first of ``wishes`` that any row meets."""
        for wish in wishes:
            for row, value in self.numbers():
                if wish(row, value):
                    return row, value
        return None

    def before(self, row: layout.FormRow) -> Decimal | None:
        """The number of the year before, on record or as the unit types it."""
        answer = self.answers.get(code_of(row))
        known = row.previous if row.previous is not None else answer.previous if answer else None
        return known if isinstance(known, Decimal) else None

    # -------------------------------------------------------------- what is left to take

    @cached_property
    def bound(self) -> tuple[Bound, ...]:
        return rules.binding(self.plan, self.form)

    def number_of(self, reference: Reference) -> Decimal | None:
        """The number that goes into a rule."""
        code, year = reference.code, self.form.year
        if reference.lag == -1:
            row = self.form.by_code[code]
            return None if row.previous is None and (code, year - 1) in self.lost else self.before(row)
        answer = self.answers.get(code)
        if reference.lag or answer is None or (code, year) in self.lost:
            return None
        numeric = self.form.by_code[code].variable
        if answer.state is State.NONE_OCCURRED and numeric is not None and numeric.kind.numeric:
            return Decimal(0)
        value = self.changed.get(code, answer.value)
        return value if isinstance(value, Decimal) and answer.state in (None, State.GIVEN) else None

    def breaches(self) -> tuple[Planted, ...]:
        """The rules that the numbers as they are now do not hold; the figures of a strict one are lost."""
        found = rules.broken(self.bound, self.number_of)
        told = tuple(
            Planted(
                code=Code.RULE_BROKEN,
                cell=cell_of(self.form.by_code[b.first]),
                variable=b.first,
                typed=b.rule.expression,
            )
            for b in found
        )
        strict = [r for b in found if b.rule.level is Level.ERROR for r in b.references]
        self.lost |= {(r.code, self.form.year + r.lag) for r in strict}
        return told

    def figures(self) -> Figures:
        """What reading must take: (variable, year) -> value and state."""
        if self.useless:
            return {}
        year = self.form.year
        found: dict[tuple[str, int], tuple[Value | None, State]] = {}
        for row in self.form.variables:
            code, answer = code_of(row), self.answers.get(code_of(row))
            if answer is None:
                continue
            state, value = answer.state, self.changed.get(code, answer.value)
            if state in NEEDS_REASON:
                found[code, year] = (None, state)
            elif state is State.NONE_OCCURRED:
                zero = row.variable is not None and row.variable.kind.numeric
                found[code, year] = (Decimal(0) if zero else None, state)
            elif value is not None:
                found[code, year] = (value, State.GIVEN)
            if row.previous is None and answer.previous is not None:
                found[code, year - 1] = (answer.previous, State.GIVEN)
        return {place: figure for place, figure in found.items() if place not in self.lost}


def code_of(row: layout.FormRow) -> str:
    """The code of the row's variable."""
    assert row.variable is not None
    return row.variable.code


def cell_of(row: layout.FormRow, column: int = layout.CURRENT) -> str:
    """The address of a cell of the row."""
    return layout.address(row.row, column)
