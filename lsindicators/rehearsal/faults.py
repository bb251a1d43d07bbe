"""A form on a unit's desk: filled in as it should be, and then spoilt in one of the ways that units know."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from lsindicators import layout, values
from lsindicators.findings import Code
from lsindicators.model import NEEDS_REASON, Kind, Level, Plan, State, Value
from lsindicators.rehearsal.packing import Typed
from lsindicators.rehearsal.tables import Answer, Way

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet


def filled(form: layout.Form, answers: Mapping[str, Answer], words: Mapping[str, str]) -> Mapping[str, Typed]:
    """What a unit types into its form: sheet -> A1 address -> value, numbers as numbers."""
    data: dict[str, Value] = {}
    for row in form.variables:
        assert row.variable is not None
        answer = answers.get(row.variable.code)
        if answer is None:
            continue
        columns: dict[int, Value | None] = {
            layout.PREVIOUS: answer.previous if row.previous is None else None,
            layout.CURRENT: answer.value,
            layout.STATE: answer.state.value if answer.state else None,
            layout.SOURCE: answer.source or None,
            layout.REASON: answer.reason or None,
        }
        data |= {layout.address(row.row, c): value for c, value in columns.items() if value is not None}
    told: dict[str, Value] = {
        layout.address(layout.NARRATIVE_FIRST_ROW + i, layout.ANSWER): words[question]
        for i, question in enumerate(layout.QUESTIONS)
        if question in words
    }
    return {layout.DATA: data, layout.NARRATIVE: told}


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A form that is filled in and lies open."""

    plan: Plan
    form: layout.Form
    sheet: Worksheet
    answers: Mapping[str, Answer]

    def type(self, row: layout.FormRow, column: int, value: object) -> None:
        """Put ``value`` into one cell; a text that starts with ``=`` is a formula, ``#REF!`` an error."""
        self.sheet.cell(row.row + 1, column + 1).value = value  # type: ignore[assignment]

    def numbers(self) -> Iterator[tuple[layout.FormRow, Decimal]]:
        """The rows that hold a number this year, from a row that differs from unit to unit."""
        rows = self.form.variables
        start = sum(self.form.unit.code.encode()) % len(rows)
        for row in (*rows[start:], *rows[:start]):
            assert row.variable is not None
            answer = self.answers.get(row.variable.code)
            if row.variable.kind.numeric and answer is not None and isinstance(answer.value, Decimal):
                yield row, answer.value

    def number(self, *wishes: Callable[[layout.FormRow, Decimal], bool]) -> tuple[layout.FormRow, Decimal] | None:
        """The first row with a number that meets the first of ``wishes`` that any row meets."""
        for wish in wishes:
            for row, value in self.numbers():
                if wish(row, value):
                    return row, value
        return None


def _cell(row: layout.FormRow, column: int = layout.CURRENT) -> str:
    return layout.address(row.row, column)


def _any(row: layout.FormRow, value: Decimal) -> bool:
    return True


def _as_text(desk: Desk) -> Iterator[tuple[str, Code]]:
    """Every number typed as text, as it is written in Vietnam."""
    for row, value in desk.numbers():
        assert row.variable is not None
        decimals = 0 if row.variable.kind is Kind.WHOLE else max(1, -int(value.as_tuple().exponent))
        desk.type(row, layout.CURRENT, values.format_number(value, decimals))
        yield _cell(row), Code.NUMBER_AS_TEXT


def _not_a_number(desk: Desk) -> Iterator[tuple[str, Code]]:
    if found := desk.number(_any):
        desk.type(found[0], layout.CURRENT, f"khoảng {values.format_number(found[1])}")
        yield _cell(found[0]), Code.NOT_A_NUMBER


def _ambiguous(desk: Desk) -> Iterator[tuple[str, Code]]:
    """One separator and three digits: a thousand more or less."""
    if found := desk.number(lambda _, value: 1000 <= value < 1_000_000, _any):
        row, value = found
        assert row.variable is not None
        whole = int(value) if value >= 1000 else 1234
        separator = "," if row.variable.kind is Kind.WHOLE else "."
        desk.type(row, layout.CURRENT, f"{whole // 1000}{separator}{whole % 1000:03d}")
        yield _cell(row), Code.AMBIGUOUS_NUMBER


def _above(desk: Desk) -> Iterator[tuple[str, Code]]:
    """Zeros too many."""

    def bounded(row: layout.FormRow, value: Decimal) -> bool:
        return row.variable is not None and row.variable.high is not None and value > 0

    if found := desk.number(lambda row, value: bounded(row, value) and _kind(row) is Kind.PERCENT, bounded):
        row, value = found
        assert row.variable is not None and row.variable.high is not None
        while value <= row.variable.high:
            value *= 10
        desk.type(row, layout.CURRENT, value)
        yield _cell(row), Code.ABOVE_MAXIMUM


def _kind(row: layout.FormRow) -> Kind | None:
    return row.variable.kind if row.variable else None


def _fraction(desk: Desk) -> Iterator[tuple[str, Code]]:
    if found := desk.number(lambda row, _: _kind(row) is Kind.WHOLE):
        desk.type(found[0], layout.CURRENT, found[1] + Decimal("0.5"))
        yield _cell(found[0]), Code.NOT_AN_INTEGER


def _date(desk: Desk) -> Iterator[tuple[str, Code]]:
    """``1/2`` typed for a half: Excel makes a date of it."""
    if found := desk.number(_any):
        desk.type(found[0], layout.CURRENT, date(desk.plan.year + 1, 2, 1))
        yield _cell(found[0]), Code.DATE_AS_NUMBER


def _blank(desk: Desk) -> Iterator[tuple[str, Code]]:
    """The first three required numbers left out, and nothing said."""
    needed = [row for row, _ in desk.numbers() if row.variable is not None and row.variable.required]
    for row in needed[:3]:
        desk.type(row, layout.CURRENT, None)
        desk.type(row, layout.STATE, None)
        yield _cell(row), Code.MISSING_VALUE


def _no_reason(desk: Desk) -> Iterator[tuple[str, Code]]:
    """The reasons given are struck out; a unit that gave none says ``Chưa có số liệu`` of one row."""
    rows = [(r, a) for r in desk.form.variables if r.variable and (a := desk.answers.get(r.variable.code))]
    silent = [row for row, a in rows if a.state in NEEDS_REASON]
    if not silent and (found := desk.number(_any)):
        desk.type(found[0], layout.CURRENT, None)
        desk.type(found[0], layout.STATE, State.NOT_YET.value)
        silent = [found[0]]
    for row in silent:
        desk.type(row, layout.REASON, None)
        yield _cell(row, layout.REASON), Code.MISSING_REASON


def _contradiction(desk: Desk) -> Iterator[tuple[str, Code]]:
    if found := desk.number(lambda _, value: value > 0):
        desk.type(found[0], layout.STATE, State.NONE_OCCURRED.value)
        yield _cell(found[0]), Code.STATE_CONTRADICTS_VALUE


def _not_in_list(desk: Desk) -> Iterator[tuple[str, Code]]:
    if found := desk.number(_any):
        desk.type(found[0], layout.STATE, "Đang rà soát")
        yield _cell(found[0], layout.STATE), Code.NOT_IN_LIST


def _formula(desk: Desk) -> Iterator[tuple[str, Code]]:
    if found := desk.number(_any):
        row, value = found
        desk.type(row, layout.CURRENT, f"=SUM({value // 2},{value - value // 2})")
        yield _cell(row), Code.FORMULA_IN_INPUT


def _cell_error(desk: Desk) -> Iterator[tuple[str, Code]]:
    if found := desk.number(_any):
        desk.type(found[0], layout.CURRENT, "#REF!")
        yield _cell(found[0]), Code.CELL_ERROR


_AT_MOST = re.compile(r"\s*(\w+)\s*<=\s*(\w+)\s*")


def _rule(desk: Desk) -> Iterator[tuple[str, Code]]:
    """A part that is larger than its whole."""
    held = {row.variable.code: (row, value) for row, value in desk.numbers() if row.variable}
    for rule in desk.plan.rules:
        sides = _AT_MOST.fullmatch(rule.expression)
        if rule.level is Level.ERROR and sides and sides[1] in held and sides[2] in held:
            row, whole = held[sides[1]][0], held[sides[2]][1]
            desk.type(row, layout.CURRENT, whole + max(Decimal(1), whole // 20))
            yield _cell(row), Code.RULE_BROKEN
            return


def _scale(desk: Desk) -> Iterator[tuple[str, Code]]:
    """A thousand times the figure: thousands of đồng where millions are asked, and the like."""
    ruled = " ".join(rule.expression for rule in desk.plan.rules)

    def roomy(row: layout.FormRow, value: Decimal) -> bool:
        high = row.variable.high if row.variable else None
        known = isinstance(row.previous, Decimal) and row.previous >= 100
        return known and value > 0 and (high is None or value * 1000 <= high)

    if found := desk.number(
        lambda row, value: roomy(row, value) and row.variable is not None and row.variable.code not in ruled, roomy
    ):
        desk.type(found[0], layout.CURRENT, found[1] * 1000)
        yield _cell(found[0]), Code.UNIT_SCALE_SUSPECT


def _locked(desk: Desk) -> Iterator[tuple[str | None, Code]]:
    """The lock taken off and a đơn vị tính rewritten."""
    desk.sheet.protection.disable()
    row = next(iter(desk.numbers()))[0]
    desk.type(row, layout.MEASURE, "nghìn lượt")
    yield _cell(row, layout.MEASURE), Code.LOCKED_CELL_CHANGED
    yield None, Code.PROTECTION_REMOVED


def _row(desk: Desk) -> Iterator[tuple[str | None, Code]]:
    """The lock taken off and a row deleted, so that all below moves up."""
    desk.sheet.protection.disable()
    at = next(iter(desk.numbers()))[0].row + 1
    below = [r for r in desk.sheet.merged_cells.ranges if r.min_row > at]
    for merged in below:
        desk.sheet.unmerge_cells(merged.coord)
    desk.sheet.delete_rows(at)
    for merged in below:
        merged.shift(row_shift=-1)
        desk.sheet.merge_cells(merged.coord)
    yield None, Code.ROW_MISSING
    yield None, Code.PROTECTION_REMOVED


CELL_FAULTS: Mapping[Way, Callable[[Desk], Iterable[tuple[str | None, Code]]]] = {
    Way.AS_TEXT: _as_text,
    Way.NOT_A_NUMBER: _not_a_number,
    Way.AMBIGUOUS: _ambiguous,
    Way.ABOVE: _above,
    Way.FRACTION: _fraction,
    Way.DATE: _date,
    Way.BLANK: _blank,
    Way.NO_REASON: _no_reason,
    Way.CONTRADICTION: _contradiction,
    Way.NOT_IN_LIST: _not_in_list,
    Way.FORMULA: _formula,
    Way.CELL_ERROR: _cell_error,
    Way.RULE: _rule,
    Way.SCALE: _scale,
    Way.LOCKED: _locked,
    Way.ROW: _row,
}
