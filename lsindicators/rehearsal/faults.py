"""The ways in which units spoil a form that lies filled in on their desk; each notes what reading must say of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

from lsindicators import layout, values
from lsindicators.findings import Code
from lsindicators.model import NEEDS_REASON, Kind, Level, Method, Plan, State
from lsindicators.rehearsal import rules
from lsindicators.rehearsal.desk import Desk, Planted, code_of
from lsindicators.rehearsal.packing import Broken, Formula
from lsindicators.rehearsal.rules import Bound

Faults = Iterator[Planted]
Fault = Callable[[Desk], Faults]
"""Spoils a form and tells what reading must say of it; tells nothing, and leaves the form alone, where it finds no place."""


def anything(row: layout.FormRow, value: Decimal) -> bool:
    """Any row with a number will do."""
    return True


def kind(row: layout.FormRow) -> Kind | None:
    """The kind of the variable of a row."""
    return row.variable.kind if row.variable else None


# ------------------------------------------------------------------ one cell


def not_a_number(desk: Desk) -> Faults:
    """``khoảng 125`` in place of the number."""
    if found := desk.number(anything):
        yield desk.spoil(found[0], Code.NOT_A_NUMBER, f"khoảng {values.format_number(found[1])}")


def ambiguous(desk: Desk) -> Faults:
    """One separator and three digits: a thousand more or less."""
    if found := desk.number(lambda _, value: 1000 <= value < 1_000_000, anything):
        row, value = found
        whole = int(value) if 1000 <= value < 1_000_000 else 1234
        separator = "," if kind(row) is Kind.WHOLE else "."
        yield desk.spoil(row, Code.AMBIGUOUS_NUMBER, f"{whole // 1000}{separator}{whole % 1000:03d}")


def above(desk: Desk) -> Faults:
    """Zeros too many."""

    def bounded(row: layout.FormRow, value: Decimal) -> bool:
        return row.variable is not None and row.variable.high is not None and value > 0

    if found := desk.number(lambda row, value: bounded(row, value) and kind(row) is Kind.PERCENT, bounded):
        row, value = found
        assert row.variable is not None and row.variable.high is not None
        while value <= row.variable.high:
            value *= 10
        yield desk.spoil(row, Code.ABOVE_MAXIMUM, value)


def below(desk: Desk) -> Faults:
    """A minus where none can be."""
    if found := desk.number(lambda row, _: row.variable is not None and row.variable.low is not None):
        row, _ = found
        assert row.variable is not None and row.variable.low is not None
        low = row.variable.low.to_integral_value("ROUND_FLOOR")
        yield desk.spoil(row, Code.BELOW_MINIMUM, low - max(Decimal(1), abs(low) // 10))


def fraction(desk: Desk) -> Faults:
    """Half a person."""
    # a workbook keeps 15 digits
    if found := desk.number(lambda row, number: kind(row) is Kind.WHOLE and abs(number) < 10**14):
        yield desk.spoil(found[0], Code.NOT_AN_INTEGER, found[1] + Decimal("0.5"))


def a_date(desk: Desk) -> Faults:
    """``1/2`` typed for a half: Excel makes a date of it."""
    if found := desk.number(anything):
        yield desk.spoil(found[0], Code.DATE_AS_NUMBER, date(desk.plan.year + 1, 2, 1))


def blank(desk: Desk) -> Faults:
    """The first three required numbers left out, and nothing said."""
    needed = [row for row, _ in desk.numbers() if row.variable is not None and row.variable.required]
    for row in needed[:3]:
        desk.type(row, layout.STATE, None)
        yield desk.spoil(row, Code.MISSING_VALUE, None)


def no_reason(desk: Desk) -> Faults:
    """The reasons given are struck out; a unit that gave none says ``Chưa có số liệu`` of one row."""
    silent = [row for row, a in desk.rows() if a.state in NEEDS_REASON]
    if not silent and (found := desk.number(anything)):
        desk.type(found[0], layout.CURRENT, None)
        desk.type(found[0], layout.STATE, State.NOT_YET.value)
        silent = [found[0]]
    for row in silent:
        yield desk.spoil(row, Code.MISSING_REASON, None, layout.REASON)


def no_source(desk: Desk) -> Faults:
    """A number, and no word on where it comes from."""
    if found := desk.number(anything):
        desk.type(found[0], layout.SOURCE, None)
        yield desk.note(found[0], Code.MISSING_SOURCE, None, layout.SOURCE)


def contradiction(desk: Desk) -> Faults:
    """``Không phát sinh`` beside a number."""
    if found := desk.number(lambda _, value: value > 0):
        desk.spoil(found[0], Code.STATE_CONTRADICTS_VALUE, State.NONE_OCCURRED.value, layout.STATE)
        yield desk.note(found[0], Code.STATE_CONTRADICTS_VALUE, f"{State.NONE_OCCURRED.value}: {found[1]:f}")


def not_in_list(desk: Desk) -> Faults:
    """A state of the unit's own making."""
    if found := desk.number(anything):
        yield desk.spoil(found[0], Code.NOT_IN_LIST, "Đang rà soát", layout.STATE)


def a_sum(desk: Desk) -> Faults:
    """The parts of the number added up in the cell."""
    if found := desk.number(anything):
        row, value = found
        yield desk.spoil(row, Code.FORMULA_IN_INPUT, Formula(f"=SUM({value // 2},{value - value // 2})"))


def cell_error(desk: Desk) -> Faults:
    """A reference that leads nowhere."""
    if found := desk.number(anything):
        yield desk.spoil(found[0], Code.CELL_ERROR, Broken("#REF!"))


def too_long(desk: Desk) -> Faults:
    """A whole report pasted into one cell."""
    for row, answer in desk.rows():
        text = "Kèm theo báo cáo chi tiết của đơn vị. " * (layout.TEXT_LIMIT // 30)
        column = layout.SOURCE if answer.source or not answer.reason else layout.REASON
        desk.type(row, column, text.strip())
        yield desk.note(row, Code.TEXT_TOO_LONG, text, column)
        return


def invisible(desk: Desk) -> Faults:
    """Invisible characters that come along when a text is pasted from the web."""
    if found := desk.number(anything):
        text = "\u200bTrang thông tin\u00ad của đơn vị\ufeff"
        desk.type(found[0], layout.SOURCE, text)
        yield desk.note(found[0], Code.CONTROL_CHARACTERS, text, layout.SOURCE)


# ------------------------------------------------------------------ across cells and years


def rule_broken(desk: Desk, *, last: bool = False) -> Faults:
    """A part that is larger than its whole, and the like: one figure changed so that a rule does not hold."""
    for strict in (True, False):
        for bound in desk.bound:
            if (bound.rule.level is Level.ERROR) is strict and (told := _broken(desk, bound, last)):
                yield from told
                return


def rule_broken_by_the_whole(desk: Desk) -> Faults:
    """The same with the figure changed that the rule names last: a whole that is smaller than its part."""
    yield from rule_broken(desk, last=True)


def _broken(desk: Desk, bound: Bound, last: bool) -> tuple[Planted, ...]:
    codes = list(dict.fromkeys(r.code for r in bound.references if r.lag == 0))
    if last:
        codes.reverse()
    if not desk.used.isdisjoint(r.code for r in bound.references) or not rules.holds(bound, desk.number_of):
        return ()
    free = {code_of(row): (row, value) for row, value in desk.numbers()}
    for code in codes:
        if code not in free or (bound.rule.level is Level.WARNING and _shared(desk.plan, code)):
            continue
        row, now = free[code]
        assert row.variable is not None
        for proposal in rules.proposals(bound, row.variable, now, desk.number_of):
            value = rules.placed(row.variable, proposal)
            if value is None or value == now or not value or not measured(desk.before(row), value):
                continue
            desk.changed[code] = value
            found = rules.broken(desk.bound, desk.number_of)
            if bound in found and desk.used.isdisjoint(r.code for b in found for r in b.references):
                desk.type(row, layout.CURRENT, value)
                desk.type(row, layout.REASON, "Số liệu theo báo cáo mới nhất")
                told = desk.breaches()
                desk.used |= {r.code for b in found for r in b.references}
                return told
            del desk.changed[code]
    return ()


def _shared(plan: Plan, code: str) -> bool:
    """Whether a figure is held against those of other units."""
    return plan.variable[code].aggregation.method is Method.LEAD


def measured(before: Decimal | None, value: Decimal) -> bool:
    """Whether nobody could take ``value`` for another measure than last year's."""
    if before is None or before < layout.SMALLEST or value <= 0:
        return True
    ratio, slack = value / before, Decimal("2.2")
    return not any(n / slack <= ratio <= n * slack for n in layout.SCALES)


def ruled(desk: Desk, row: layout.FormRow) -> bool:
    """Whether a rule binds the row."""
    return any(b.names(code_of(row)) for b in desk.bound)


def thousandfold(desk: Desk) -> Faults:
    """A thousand times the figure: thousands of đồng where millions are asked, and the like."""

    def roomy(row: layout.FormRow, value: Decimal) -> bool:
        high = row.variable.high if row.variable else None
        before = desk.before(row)
        near = before is not None and before >= 100 and before * Decimal("0.6") < value < before * Decimal("1.6")
        return near and (high is None or value * 1000 <= high)

    if found := desk.number(lambda row, value: roomy(row, value) and not ruled(desk, row), roomy):
        yield desk.spoil(found[0], Code.UNIT_SCALE_SUSPECT, found[1] * 1000)


def large_change(desk: Desk) -> Faults:
    """More than three times last year's figure, and not a word on why."""

    def leapt(row: layout.FormRow) -> Decimal | None:
        before = desk.before(row)
        if before is None or before < 100 or row.variable is None or ruled(desk, row):
            return None
        value = rules.placed(row.variable, before * max(Decimal("3.2"), row.change * Decimal("0.013")))
        good = value is not None and value > before * 3 and row.leaps(before, value) and measured(before, value)
        return value if good else None

    if found := desk.number(lambda row, _: leapt(row) is not None):
        desk.type(found[0], layout.REASON, None)
        yield desk.spoil(found[0], Code.LARGE_CHANGE, leapt(found[0]))
