"""One row of a return, cell by cell: what stands in its inputs -> figures that may be taken, and findings.

A good cell is taken even where its neighbour is wrong; a bad or doubtful one is never taken and never becomes zero.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from lsindicators import values
from lsindicators.findings import Code, Finding, needs_person
from lsindicators.layout import TEXT_LIMIT, FormRow
from lsindicators.model import NEEDS_REASON, NO, YES, Entry, Figure, FoundCell, Kind, State, Value, Variable

Make = Callable[..., Figure]
"""Makes a ``Figure`` of this return: unit, SHA-256 and moment of reading are filled in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What becomes of one row."""

    current: Figure | None
    previous: Figure | None  # of the year before, where the unit was asked for it
    findings: tuple[Finding, ...]


def read(row: FormRow, variable: Variable, entry: Entry, year: int, make: Make) -> Row:
    """Judge the inputs of ``entry``, which answers ``row`` of the form."""
    state, told_state = _state(variable, entry.state)
    value, told_value = _value(variable, entry.current)
    source, told_source = _text(variable, entry.source)
    reason, told_reason = _text(variable, entry.reason)
    answer = Answer(
        variable=variable,
        entry=entry,
        state=state,
        state_readable=not needs_person(told_state),
        value=value,
        value_readable=not needs_person(told_value),
        source=source,
        source_readable=not needs_person(told_source),
        reason=reason,
        reason_readable=not needs_person(told_reason),
    )
    core = _settled([*told_value, *told_state, *(f for rule in RULES for f in rule(answer))])
    previous, told_previous = _previous(row, variable, entry, year, make)
    return Row(
        current=None if needs_person(core) else _figure(answer, year, make),
        previous=previous,
        findings=(*told_previous, *core, *told_source, *told_reason),
    )


def is_typed(row: FormRow, entry: Entry) -> bool:
    """Whether anything stands in an input of ``entry``."""
    inputs = [entry.current, entry.state, entry.source, entry.reason]
    if row.previous is None:
        inputs.append(entry.previous)
    return any(_holds(c) for c in inputs)


def _figure(answer: Answer, year: int, make: Make) -> Figure | None:
    """The figure of an answer against which nothing speaks; ``None`` where it says nothing."""
    state, value = answer.state, answer.value
    if state in NEEDS_REASON and not answer.explained:
        return None
    if state is None and value is None:
        return None
    if state is State.NONE_OCCURRED:
        value = Decimal(0) if answer.variable.kind.numeric else None
    return make(
        variable=answer.variable.code,
        year=year,
        value=value,
        state=state or State.GIVEN,
        source=answer.source,
        reason=answer.reason,
        at=answer.entry.current.at,
    )


def _previous(
    row: FormRow, variable: Variable, entry: Entry, year: int, make: Make
) -> tuple[Figure | None, list[Finding]]:
    """Last year's figure where none is on record; an empty cell is no finding."""
    if row.previous is not None:
        return None, []
    value, told = _value(variable, entry.previous)
    findings = _settled([*told, *_beyond(variable, entry.previous, value)])
    if value is None or needs_person(findings):
        return None, findings
    return make(variable=variable.code, year=year - 1, value=value, state=State.GIVEN, at=entry.previous.at), findings


def _settled(findings: list[Finding]) -> list[Finding]:
    """Without ``number-as-text`` where the same cell is not taken: it was read, but to no avail."""
    stopped = {f.at for f in findings if f.severity.stops}
    return [f for f in findings if f.code is not Code.NUMBER_AS_TEXT or f.at not in stopped]


# ------------------------------------------------------------------ what one cell says

Told = tuple[Finding, ...]


def _holds(cell: FoundCell) -> bool:
    return cell.value is not None or cell.formula is not None


_ERROR_TEXT = re.compile(r"#(REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!|N/A|SPILL!|CALC!|GETTING_DATA)|Err:[0-9]{3}")


def _cell_error(v: Variable, cell: FoundCell) -> Finding | None:
    typed = isinstance(cell.value, str) and _ERROR_TEXT.fullmatch(cell.value)
    if not cell.error and not typed:
        return None
    return Code.CELL_ERROR.at(cell.at, variable=v.code, found=cell.value, value=cell.value)


def _formula(v: Variable, cell: FoundCell) -> Finding | None:
    if cell.formula is None:
        return None
    text = values.seen(cell)
    return Code.FORMULA_IN_INPUT.at(cell.at, variable=v.code, found=text, value=f"“{text}”")


def _merged(v: Variable, cell: FoundCell) -> Finding | None:
    """No code tells of merged cells: what stood in the cells that were swallowed is lost, as behind an error."""
    if not cell.merged:
        return None
    return Code.CELL_ERROR.at(cell.at, variable=v.code, found=cell.value, value="(ô bị gộp với ô khác, cần bỏ gộp)")


def _unreadable(v: Variable, cell: FoundCell) -> Finding | None:
    return next((f for rule in SHAPES if (f := rule(v, cell)) is not None), None)


def _noticed(v: Variable, cell: FoundCell) -> Iterator[Finding]:
    """What is to be said of a text that is read all the same."""
    if isinstance(cell.value, str) and values.has_control_characters(cell.literal):
        yield Code.CONTROL_CHARACTERS.at(cell.at, variable=v.code, found=cell.value)


def _value(v: Variable, cell: FoundCell) -> tuple[Value | None, Told]:
    """The value in a cell for figures; ``None`` without a finding when it is empty."""
    if (bad := _unreadable(v, cell)) is not None:
        return None, (bad,)
    if cell.value is None:
        return None, ()
    if v.kind is Kind.TEXT:
        return _text(v, cell)
    value, finding = _choice(v, cell) if v.kind is Kind.YES_NO else _number(v, cell)
    return value, tuple(f for f in (finding, *_noticed(v, cell)) if f is not None)


def _number(v: Variable, cell: FoundCell) -> tuple[Decimal | None, Finding | None]:
    if isinstance(cell.value, Decimal) and not cell.date_format and not cell.percent_format:
        return cell.value, None
    text = values.seen(cell)
    if text.startswith("="):
        return None, Code.FORMULA_IN_INPUT.at(cell.at, variable=v.code, found=text, value=f"“{text}”")
    example = EXAMPLES[v.kind]
    day = cell.date_format and isinstance(cell.value, Decimal)
    if day or values.parse_date(text) is not None:
        return None, Code.DATE_AS_NUMBER.at(cell.at, variable=v.code, found=text, value=text, example=example)
    reading = values.parse_number(text, v.kind, v.measure)
    found = cell.value if isinstance(cell.value, bool) else text
    if reading.number is not None:
        told = values.format_number(reading.number)
        return reading.number, Code.NUMBER_AS_TEXT.at(cell.at, variable=v.code, found=found, value=text, number=told)
    if reading.code is Code.AMBIGUOUS_NUMBER:
        first, second = (values.format_number(n) for n in reading.alternatives)
        return None, Code.AMBIGUOUS_NUMBER.at(
            cell.at, variable=v.code, found=found, value=text, first=first, second=second
        )
    return None, Code.NOT_A_NUMBER.at(
        cell.at, variable=v.code, found=found, value=text[:60], wanted=v.kind.value, example=example
    )


def _choice(v: Variable, cell: FoundCell) -> tuple[str | None, Finding | None]:
    text = values.seen(cell)
    for choice in (YES, NO):
        if values.clean(text).casefold() == choice.casefold():
            return choice, None
    return None, Code.NOT_IN_LIST.at(
        cell.at, variable=v.code, found=cell.value, value=text[:60], allowed=f"{YES}; {NO}"
    )


def _state(v: Variable, cell: FoundCell) -> tuple[State | None, Told]:
    """The state that is chosen; ``None`` without a finding when the cell is empty."""
    if (bad := _unreadable(v, cell)) is not None:
        return None, (bad,)
    if cell.value is None:
        return None, ()
    text = values.seen(cell)
    for state in State:
        if values.clean(text).casefold() == state.value.casefold():
            return state, tuple(_noticed(v, cell))
    allowed = "; ".join(s.value for s in State)
    return None, (Code.NOT_IN_LIST.at(cell.at, variable=v.code, found=cell.value, value=text[:60], allowed=allowed),)


def _text(v: Variable, cell: FoundCell) -> tuple[str, Told]:
    """The text in a cell, cut at the limit; empty when there is none or it cannot be read."""
    if (bad := _unreadable(v, cell)) is not None:
        return "", (bad,)
    text = values.seen(cell)
    told = list(_noticed(v, cell))
    if len(text) > TEXT_LIMIT:
        long = Code.TEXT_TOO_LONG.at(cell.at, variable=v.code, found=text, length=len(text), limit=TEXT_LIMIT)
        told.append(long)
    return text[:TEXT_LIMIT].rstrip(), tuple(told)


EXAMPLES = {Kind.WHOLE: "1234", Kind.DECIMAL: "1234,5", Kind.PERCENT: "12,5"}
SHAPES = (_cell_error, _formula, _merged)
"""What makes a cell unreadable; the first that applies is told."""

# ------------------------------------------------------------------ how the cells of a row go together


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The cells of a row as read; a cell that is not readable has its own finding already."""

    variable: Variable
    entry: Entry
    state: State | None
    state_readable: bool
    value: Value | None
    value_readable: bool
    source: str
    source_readable: bool
    reason: str
    reason_readable: bool

    @property
    def gives(self) -> bool:
        """Whether a value, if there is one, is meant to count as it stands."""
        return self.state in (None, State.GIVEN)

    @property
    def explained(self) -> bool:
        """Whether the reason is one."""
        return values.says_something(self.reason)


def missing_value(a: Answer) -> Iterator[Finding]:
    """``Có số liệu`` and no value, or a required row left empty."""
    if a.value is not None or not a.value_readable or not a.state_readable:
        return
    if a.state is State.GIVEN or (a.state is None and a.variable.required):
        yield Code.MISSING_VALUE.at(a.entry.current.at, variable=a.variable.code)


def missing_reason(a: Answer) -> Iterator[Finding]:
    """A state that must be explained, and is not."""
    if a.state in NEEDS_REASON and a.reason_readable and not a.explained and a.value is None and a.value_readable:
        at = a.entry.reason.at
        yield Code.MISSING_REASON.at(at, variable=a.variable.code, state=a.state.value, where=at.address)


def missing_source(a: Answer) -> Iterator[Finding]:
    """A number, and no word on where it comes from."""
    if a.gives and a.variable.kind.numeric and a.value is not None and a.source_readable and not a.source:
        at = a.entry.source.at
        yield Code.MISSING_SOURCE.at(at, variable=a.variable.code, where=at.address)


def state_contradicts_value(a: Answer) -> Iterator[Finding]:
    """A value beside a state that says that there is none."""
    if a.state is None or a.gives or a.value is None:
        return
    if a.state is State.NONE_OCCURRED and a.value == 0:
        return
    told = values.format_value(a.value)[:60]
    found = a.entry.current.value
    at = a.entry.current.at
    yield Code.STATE_CONTRADICTS_VALUE.at(at, variable=a.variable.code, found=found, state=a.state.value, value=told)


def limits(a: Answer) -> Iterator[Finding]:
    """A value that the variable does not allow. The bounds guard against slips: a zero that is told as one is none."""
    if a.gives:
        yield from _beyond(a.variable, a.entry.current, a.value)


def _beyond(v: Variable, cell: FoundCell, value: Value | None) -> Iterator[Finding]:
    if not v.kind.numeric or not isinstance(value, Decimal):
        return
    told = values.format_number(value)
    found = value if cell.value is None else cell.value
    if v.kind is Kind.WHOLE and value != value.to_integral_value():
        example = f"{value:.0f}"
        yield Code.NOT_AN_INTEGER.at(cell.at, variable=v.code, found=found, value=told, example=example)
    elif v.low is not None and value < v.low:
        low = values.format_number(v.low)
        yield Code.BELOW_MINIMUM.at(cell.at, variable=v.code, found=found, value=told, low=low, measure=v.measure)
    elif v.high is not None and value > v.high:
        high = values.format_number(v.high)
        yield Code.ABOVE_MAXIMUM.at(cell.at, variable=v.code, found=found, value=told, high=high, measure=v.measure)


RULES = (missing_value, state_contradicts_value, limits, missing_reason, missing_source)
