"""What else units type into the cells of a form, as rows of the catalogue are made of: a code, a text, the rows it suits."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from lsindicators import layout, values
from lsindicators.findings import Code
from lsindicators.model import Kind, State
from lsindicators.rehearsal import rules
from lsindicators.rehearsal.desk import Desk, code_of
from lsindicators.rehearsal.faults import Fault, Faults, anything, kind, measured, ruled
from lsindicators.rehearsal.packing import Input

Wish = Callable[[layout.FormRow, Decimal], bool]
"""Whether a row with this number will do."""

Shape = Callable[[layout.FormRow, Decimal], Input]
"""What is typed into a row that has this number."""


def figure(code: Code, text: str | Shape, *wishes: Wish) -> Fault:
    """Something else in place of this year's figure, which is lost.

    A ``text`` is typed as it stands, with ``{n}`` for the number as it is written in Vietnam.
    """

    def spoil(desk: Desk) -> Faults:
        if found := desk.number(*wishes or (anything,)):
            row, value = found
            typed = text.format(n=grouped(row, value)) if isinstance(text, str) else text(row, value)
            yield desk.spoil(row, code, typed)

    return spoil


def same(text: str | Shape, *wishes: Wish, also: tuple[Code, ...] = ()) -> Fault:
    """This year's figure typed as a text that says the same number: it is taken, and told."""

    def spoil(desk: Desk) -> Faults:
        if found := desk.number(*wishes or (anything,)):
            row, value = found
            typed = text.format(n=grouped(row, value)) if isinstance(text, str) else text(row, value)
            desk.type(row, layout.CURRENT, typed)
            for code in (Code.NUMBER_AS_TEXT, *also):
                yield desk.note(row, code, typed)

    return spoil


def all_as_text(desk: Desk) -> Faults:
    """Every number typed as a text, as it is written in Vietnam."""
    for row, value in tuple(desk.numbers()):
        desk.type(row, layout.CURRENT, grouped(row, value))
        yield desk.note(row, Code.NUMBER_AS_TEXT, grouped(row, value))


def state(
    code: Code, typed: Input, reason: str | None = None, *, value: bool = True, column: int = layout.CURRENT
) -> Fault:
    """A state chosen beside a number that stays, or goes where ``value`` is not set; the figure is lost."""

    def spoil(desk: Desk) -> Faults:
        if found := desk.number(lambda _, number: number > 0):
            row, number = found
            desk.type(row, layout.STATE, typed)
            desk.type(row, layout.REASON, reason)
            desk.type(row, layout.CURRENT, number if value else None)
            desk.lost.add((code_of(row), desk.form.year))
            yield desk.note(row, code, typed, column)

    return spoil


def beside(code: Code, column: int, typed: Input) -> Fault:
    """Something wrong in a cell beside the figure, which is taken all the same."""

    def spoil(desk: Desk) -> Faults:
        if found := desk.number(anything):
            desk.type(found[0], column, typed)
            yield desk.note(found[0], code, typed, column)

    return spoil


def choice(typed: Input) -> Fault:
    """Neither ``Có`` nor ``Không``."""

    def spoil(desk: Desk) -> Faults:
        for row, answer in desk.rows():
            if kind(row) is Kind.YES_NO and answer.value is not None:
                yield desk.spoil(row, Code.NOT_IN_LIST, typed)
                return

    return spoil


def emptied(typed: Input, state: State | None = None) -> Fault:
    """A required number left out, with ``typed`` in its place and ``state`` beside it."""

    def spoil(desk: Desk) -> Faults:
        if found := desk.number(lambda row, _: row.variable is not None and row.variable.required):
            desk.type(found[0], layout.STATE, state.value if state else None)
            yield desk.spoil(found[0], Code.MISSING_VALUE, typed)

    return spoil


def scaled(factor: Decimal) -> Fault:
    """``factor`` times the figure: another measure than was asked for."""

    def other(desk: Desk, row: layout.FormRow, value: Decimal) -> Decimal | None:
        before = desk.before(row)
        if before is None or row.variable is None or ruled(desk, row) or before < layout.SMALLEST:
            return None
        near = before * Decimal("0.6") < value < before * Decimal("1.6")
        typed = rules.placed(row.variable, value * factor) if near else None
        return typed if typed and layout.scale(before, typed) == factor and typed < 10**14 else None

    def spoil(desk: Desk) -> Faults:
        if found := desk.number(lambda row, value: other(desk, row, value) is not None):
            yield desk.spoil(found[0], Code.UNIT_SCALE_SUSPECT, other(desk, *found))

    return spoil


def fallen(desk: Desk) -> Faults:
    """A small part of last year's figure, and nothing but spaces to say why."""

    def part(row: layout.FormRow) -> Decimal | None:
        before = desk.before(row)
        if before is None or before < 100 or row.variable is None or row.change >= 80 or ruled(desk, row):
            return None
        value = rules.placed(row.variable, before * Decimal("0.15"))
        good = value is not None and value > 0 and row.leaps(before, value) and measured(before, value)
        return value if good else None

    if found := desk.number(lambda row, _: part(row) is not None):
        desk.type(found[0], layout.REASON, "   ")
        yield desk.spoil(found[0], Code.LARGE_CHANGE, part(found[0]))


def long_reason(desk: Desk) -> Faults:
    """A whole report pasted into the column of reasons."""
    for row, _ in desk.rows():
        text = "Nguyên nhân thay đổi đã nêu tại báo cáo. " * (layout.TEXT_LIMIT // 30)
        desk.type(row, layout.REASON, text)
        yield desk.note(row, Code.TEXT_TOO_LONG, text, layout.REASON)
        return


# ------------------------------------------------------------------ numbers as they are written


def grouped(row: layout.FormRow, value: Decimal) -> str:
    """``1.234,5``, with a decimal comma wherever one may stand, so that it can be read in one way alone."""
    decimals = 0 if kind(row) is Kind.WHOLE else max(1, -int(value.as_tuple().exponent))
    return values.format_number(value, decimals)


def spaced(row: layout.FormRow, value: Decimal) -> str:
    """Thousands grouped by spaces."""
    return grouped(row, value).replace(".", " ")


def american(row: layout.FormRow, value: Decimal) -> str:
    """``1,234.50``."""
    return f"{value:,.2f}"


def wide(row: layout.FormRow, value: Decimal) -> str:
    """The digits of an East Asian keyboard."""
    return grouped(row, value).translate({ord(d): 0xFF10 + int(d) for d in "0123456789"})


def with_measure(row: layout.FormRow, value: Decimal) -> str:
    """The measure behind the number."""
    assert row.variable is not None
    return f"{grouped(row, value)} {row.variable.measure}"


def has_measure(row: layout.FormRow, value: Decimal) -> bool:
    """Whether the measure is a word."""
    return row.variable is not None and row.variable.measure[:1].isalpha()


def thousands(row: layout.FormRow, value: Decimal) -> bool:
    """Whether the number is large enough to be grouped, and has no more than two decimals."""
    return value >= 1000 and int(value.as_tuple().exponent) >= -2


def positive(row: layout.FormRow, value: Decimal) -> bool:
    """Whether the number is above zero."""
    return value > 0


def whole(row: layout.FormRow, value: Decimal) -> bool:
    """Whether only whole numbers may stand there; a workbook keeps 15 digits."""
    return kind(row) is Kind.WHOLE and abs(value) < 10**13


def doubtful(text: str) -> Shape:
    """``text`` with, in place of ``|``, the separator of which nobody knows what it means in a row of this kind."""
    return lambda row, _: text.replace("|", "," if kind(row) is Kind.WHOLE else ".")


# ------------------------------------------------------------------ beyond the bounds


def has_high(row: layout.FormRow, value: Decimal) -> bool:
    """Whether there is a highest value that a workbook keeps exactly."""
    return row.variable is not None and row.variable.high is not None and abs(row.variable.high) < 10**13


def has_low(row: layout.FormRow, value: Decimal) -> bool:
    """Whether there is a lowest value that a workbook keeps exactly."""
    return row.variable is not None and row.variable.low is not None and abs(row.variable.low) < 10**13


def over(row: layout.FormRow, value: Decimal) -> Decimal:
    """A little more than may be."""
    assert row.variable is not None and row.variable.high is not None
    high = row.variable.high.to_integral_value("ROUND_FLOOR") if kind(row) is Kind.WHOLE else row.variable.high
    return high + rules.step(row.variable)


def under(row: layout.FormRow, value: Decimal) -> Decimal:
    """A little less than may be."""
    assert row.variable is not None and row.variable.low is not None
    low = row.variable.low.to_integral_value("ROUND_CEILING") if kind(row) is Kind.WHOLE else row.variable.low
    return low - rules.step(row.variable)


def over_as_text(row: layout.FormRow, value: Decimal) -> str:
    """``over`` as it is written in Vietnam."""
    return grouped(row, over(row, value))


def under_as_text(row: layout.FormRow, value: Decimal) -> str:
    """``under`` as it is written in Vietnam."""
    return grouped(row, under(row, value))
