"""One row of a return, cell by cell: what stands in its inputs -> figures that may be taken, and findings.

A good cell is taken even where its neighbour is wrong; a bad or doubtful one is never taken and never becomes zero.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from lsindicators import values
from lsindicators.findings import Code, Finding, NoNumber, Severity, needs_person
from lsindicators.layout import TEXT_LIMIT, FormRow, example
from lsindicators.model import NEEDS_REASON, NO, YES, CellRef, Entry, Figure, FoundCell, Kind, State, Value, Variable
from lsindicators.values import Empty

Make = Callable[..., Figure]
"""Makes a ``Figure`` of this return: unit, SHA-256 and moment of reading are filled in."""


class Row(Struct, frozen=True):
    """What becomes of one row."""

    current: Figure | None
    previous: Figure | None  # of the year before, where the unit was asked for it
    findings: tuple[Finding, ...]


def read(row: FormRow, variable: Variable, entry: Entry, year: int, make: Make) -> Row:
    """Judge the inputs of ``entry``, which answers ``row`` of the form."""
    answer, (told_value, told_state, told_source, told_reason) = _plain(variable, entry) or _answer(variable, entry)
    noticed = (rule(answer) for rule in RULES)
    core = _settled([*told_value, *told_state, *(f for f in noticed if f is not None)])
    previous, told_previous = _previous(row, variable, entry, year, make)
    return Row(
        current=None if needs_person(core) else _figure(answer, year, make),
        previous=previous,
        findings=(*told_previous, *core, *told_source, *told_reason),
    )


def _answer(variable: Variable, entry: Entry) -> tuple[Answer, tuple[Told, Told, Told, Told]]:
    """What the inputs of ``entry`` say, and what is to be said of value, state, source and reason as they stand."""
    state, told_state = _state(variable, entry.state)
    value, told_value = _agreeing(variable, entry.current, state) or _value(variable, entry.current)
    source, told_source = _text(variable, entry.source)
    reason, told_reason = _text(variable, entry.reason)
    answer = Answer(
        *(variable, entry),
        *(state, _readable(told_state)),
        *(value, _readable(told_value)),
        *(source, _readable(told_source)),
        *(reason, _readable(told_reason)),
    )
    return answer, (told_value, told_state, told_source, told_reason)


def _plain(v: Variable, entry: Entry) -> tuple[Answer, tuple[Told, Told, Told, Told]] | None:
    """The same of a row of whose cells nothing is to be said, as most are: a number, a source, nothing else. ``None``:
    they must be read one by one."""
    _, number, _, error, formula, date_format, percent_format, merged = entry.current
    odd = error or merged or formula is not None or date_format or percent_format
    if odd or not v.kind.numeric or not isinstance(number, Decimal):
        return None
    _, reason, _, error, formula, _, _, merged = entry.reason
    if error or merged or formula is not None or reason is not None:
        return None
    _, state, literal, error, formula, _, _, merged = entry.state
    if error or merged or formula is not None or not (state is None or state == literal == State.GIVEN.value):
        return None
    _, source, literal, error, formula, _, _, merged = entry.source
    if error or merged or formula is not None or not isinstance(source, str) or source.startswith(_ERRORS):
        return None
    if len(source) > TEXT_LIMIT or not literal.isprintable():
        return None
    said = None if state is None else State.GIVEN
    return Answer(v, entry, said, True, number, True, source.rstrip(), True, "", True), _NOTHING_TOLD


_NOTHING_TOLD: tuple[Told, Told, Told, Told] = ((), (), (), ())


def _readable(told: Told) -> bool:
    return not told or not needs_person(told)


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
    cell = entry.previous
    if row.previous is not None or not (_holds(cell) or cell.error or cell.merged):
        return None, []
    value, told = _value(variable, entry.previous, past=True)
    beyond = _beyond(variable, entry.previous, value)
    findings = _settled([*told, *((beyond,) if beyond is not None else ())])
    if value is None or needs_person(findings):
        return None, findings
    return make(variable=variable.code, year=year - 1, value=value, state=State.GIVEN, at=entry.previous.at), findings


def _settled(findings: list[Finding]) -> list[Finding]:
    """Without ``number-as-text`` where the same cell is not taken: it was read, but to no avail."""
    if not findings:
        return findings
    stopped = {f.at for f in findings if f.severity.stops}
    return [f for f in findings if f.code is not Code.NUMBER_AS_TEXT or f.at not in stopped]


# ------------------------------------------------------------------ what one cell says

Told = tuple[Finding, ...]


def _holds(cell: FoundCell) -> bool:
    return cell.value is not None or cell.formula is not None


_ERROR_TEXT = re.compile(r"#(REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!|N/A|SPILL!|CALC!|GETTING_DATA)|Err:[0-9]{3}")


_ERRORS = ("#", "Err:")


def _cell_error(v: Variable, cell: FoundCell) -> Finding | None:
    typed = isinstance(cell.value, str) and _ERROR_TEXT.fullmatch(cell.value)
    if not cell.error and not typed:
        return None
    return Code.CELL_ERROR.at(cell.at, variable=v.code, found=cell.value, value=values.short(str(cell.value)))


def _formula(v: Variable, cell: FoundCell) -> Finding | None:
    if cell.formula is None:
        return None
    text = values.seen(cell)
    return Code.FORMULA_IN_INPUT.at(cell.at, variable=v.code, found=text, value=f"“{values.short(text)}”")


def _merged(v: Variable, cell: FoundCell) -> Finding | None:
    """No code tells of merged cells: what stood in the cells that were swallowed is lost, as behind an error."""
    if not cell.merged:
        return None
    found = Code.CELL_ERROR.at(cell.at, variable=v.code, found=cell.value, value="")
    return replace(
        found, message="ô bị gộp với ô khác nên không rõ nội dung là của ô nào; gõ lại nội dung của riêng ô này"
    )


def _unreadable(v: Variable, cell: FoundCell) -> Finding | None:
    odd = cell.formula is not None or cell.error or cell.merged
    if not odd and not (isinstance(cell.value, str) and cell.value.startswith(_ERRORS)):
        return None
    return next((f for rule in SHAPES if (f := rule(v, cell)) is not None), None)


def _noticed(v: Variable, cell: FoundCell) -> Iterator[Finding]:
    """What is to be said of a text that is read all the same."""
    if isinstance(cell.value, str) and values.has_control_characters(cell.literal):
        yield Code.CONTROL_CHARACTERS.at(cell.at, variable=v.code, found=cell.value)


_SAYS = {
    State.NONE_OCCURRED: (Empty.MARK, Empty.NONE),
    State.NOT_YET: (Empty.MARK, Empty.NOT_YET, Empty.NOT_AVAILABLE, Empty.UNKNOWN),
    State.NOT_APPLICABLE: (Empty.MARK, Empty.NOT_APPLICABLE, Empty.NOT_AVAILABLE),
    State.ELSEWHERE: (Empty.MARK,),
}
"""What may stand in a number cell beside a state, and says the same."""


def _agreeing(v: Variable, cell: FoundCell, state: State | None) -> tuple[None, Told] | None:
    """No value and no error, where a word or a dash beside a state only says again what the state says."""
    if not v.kind.numeric or not isinstance(cell.value, str) or _unreadable(v, cell) is not None:
        return None
    if state is None or values.empty_word(cell.value) not in _SAYS.get(state, ()):
        return None
    told = Code.NUMBER_AS_TEXT.at(
        cell.at, variable=v.code, found=cell.value, severity=Severity.INFO, value=cell.value, number=""
    )
    says = f"“{values.short(cell.value)}” được hiểu theo Tình trạng “{state.value}”; lần sau để trống ô này"
    return None, (replace(told, message=says), *_noticed(v, cell))


def _value(v: Variable, cell: FoundCell, *, past: bool = False) -> tuple[Value | None, Told]:
    """The value in a cell for figures; ``None`` without a finding when it is empty. ``past``: it is last year's."""
    if (bad := _unreadable(v, cell)) is not None:
        return None, (bad,)
    if cell.value is None:
        return None, ()
    if v.kind is Kind.TEXT:
        return _text(v, cell)
    value, finding = _choice(v, cell) if v.kind is Kind.YES_NO else _number(v, cell, past)
    return value, tuple(f for f in (finding, *_noticed(v, cell)) if f is not None)


def _number(v: Variable, cell: FoundCell, past: bool) -> tuple[Decimal | None, Finding | None]:
    if isinstance(cell.value, Decimal) and not cell.date_format and not cell.percent_format:
        return cell.value, None
    text = values.seen(cell)
    if text.startswith("="):
        shown = values.short(text)
        return None, Code.FORMULA_IN_INPUT.at(cell.at, variable=v.code, found=text, value=f"“{shown}”")
    if cell.date_format and isinstance(cell.value, Decimal):
        return None, _date(v, cell, text, values.day_of(cell.value))
    if values.parse_date(text) is not None:
        return None, _date(v, cell, text, None)
    typed = cell.literal if isinstance(cell.value, str) and cell.literal else text
    reading = values.parse_number(typed, v.kind, v.measure)
    found = cell.value if isinstance(cell.value, bool) else text
    if reading.number is not None:
        told = values.format_number(reading.number)
        return reading.number, Code.NUMBER_AS_TEXT.at(
            cell.at, variable=v.code, found=found, value=values.short(text), number=told
        )
    if reading.code is Code.AMBIGUOUS_NUMBER:
        first, second = (values.format_number(n) for n in reading.alternatives)
        return None, Code.AMBIGUOUS_NUMBER.at(
            cell.at, variable=v.code, found=found, value=values.short(text), first=first, second=second
        )
    return None, _no_number(v, cell.at, found, text, reading.why or NoNumber.WORDS, past)


def _date(v: Variable, cell: FoundCell, text: str, day: date | None) -> Finding:
    """A date where a number should be: ``1/2`` is what people type for a half, and what makes a date of it."""
    origin = "" if day is None else f", có thể Excel đã đổi từ “{day.day}/{day.month}”"
    return Code.DATE_AS_NUMBER.at(
        cell.at, variable=v.code, found=text, value=values.short(text), origin=origin, example=_example(v)
    )


def _no_number(v: Variable, at: CellRef, found: bool | str, text: str, why: NoNumber, past: bool) -> Finding:
    """A text that is no number, and what to type instead."""
    measured = f" theo đơn vị tính {values.short(v.measure)}" if v.measure and why is NoNumber.MEASURE else ""
    finding = Code.NOT_A_NUMBER.at(
        at,
        variable=v.code,
        found=found,
        value=values.short(text),
        why=f" ({why.value})" if why.value else "",
        wanted=f"{v.kind.value}{measured}",
        example=_example(v),
    )
    if why is not NoNumber.NOTHING:
        return finding
    said = f"“{values.short(text)}” không phải là số"
    if past:
        return replace(finding, message=f"{said}; nếu năm trước không có số thì xóa chữ, để trống ô này")
    none, unknown = State.NONE_OCCURRED.value, State.NOT_YET.value
    how = (
        f"nếu đúng là không phát sinh, xóa chữ và chọn Tình trạng “{none}”; "
        f"nếu chưa có số, xóa chữ, chọn “{unknown}” và ghi lý do ở cột Giải trình"
    )
    return replace(finding, message=f"{said}; {how}")


def _example(v: Variable) -> str:
    """A number that may be typed, as it is typed."""
    # a bound, where it allows none of the usual ones
    number = next(n for n in (example(v), v.low, v.high) if n is not None)
    return f"{number:f}".replace(".", ",")


def _choice(v: Variable, cell: FoundCell) -> tuple[str | None, Finding | None]:
    text = values.seen(cell)
    if isinstance(cell.value, str):
        for choice in (YES, NO):
            if values.fold(text) == values.fold(choice):
                return choice, None
    guess = YES if values.fold(text) in _LIKE_YES else NO if values.fold(text) in _LIKE_NO else ""
    return None, _not_in_list(v, cell, text, guess, (YES, NO))


_LIKE_YES = ("x", "1", "true", "yes", "y", "v", "roi", "da co", "co roi", "dung", "✓", "✔")
_LIKE_NO = ("0", "false", "no", "n", "ko", "k", "khong co", "chua", "chua co", "sai")
"""What may mean the one or the other, and is asked."""


def _not_in_list(v: Variable, cell: FoundCell, text: str, guess: str, allowed: Iterable[str]) -> Finding:
    return Code.NOT_IN_LIST.at(
        cell.at,
        variable=v.code,
        found=cell.value,
        value=values.short(text),
        guess=f" (có phải “{guess}”?)" if guess else "",
        allowed="; ".join(allowed),
    )


_STATES = {values.fold(s.value): s for s in State}


def _state(v: Variable, cell: FoundCell) -> tuple[State | None, Told]:
    """The state that is chosen; ``None`` without a finding when the cell is empty."""
    if (bad := _unreadable(v, cell)) is not None:
        return None, (bad,)
    if cell.value is None:
        return None, ()
    text = values.seen(cell)
    folded = values.fold(text)
    if isinstance(cell.value, str) and folded in _STATES:
        return _STATES[folded], tuple(_noticed(v, cell))
    guess = _likely_state(folded)
    return None, (_not_in_list(v, cell, text, guess.value if guess else "", (s.value for s in State)),)


_DENIALS = ("khong", "chua", "ko ", "k ")


def _likely_state(folded: str) -> State | None:
    """The state that a text may mean, to be asked; never one that says the opposite."""
    denies = folded.startswith(_DENIALS)
    alike = {text: s for text, s in _STATES.items() if text.startswith(_DENIALS) is denies}
    begun = [s for text, s in alike.items() if len(folded) > 1 and text.startswith(f"{folded} ")]
    if len(begun) == 1:
        return begun[0]
    import difflib  # of use in few returns

    near = difflib.get_close_matches(folded[:60], alike, 1, 0.7)
    return alike[near[0]] if near else None


def _text(v: Variable, cell: FoundCell) -> tuple[str, Told]:
    """The text in a cell, cut at the limit; empty when there is none or it cannot be read."""
    if (bad := _unreadable(v, cell)) is not None:
        return "", (bad,)
    if cell.value is None:
        return "", ()
    text = values.seen(cell)
    told = list(_noticed(v, cell))
    if len(text) > TEXT_LIMIT:
        long = Code.TEXT_TOO_LONG.at(cell.at, variable=v.code, found=text, length=len(text), limit=TEXT_LIMIT)
        told.append(long)
    return text[:TEXT_LIMIT].rstrip(), tuple(told)


SHAPES = (_cell_error, _formula, _merged)
"""What makes a cell unreadable; the first that applies is told."""

# ------------------------------------------------------------------ how the cells of a row go together


class Answer(Struct, frozen=True):
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


def missing_value(a: Answer) -> Finding | None:
    """``Có số liệu`` and no value, or a required row left empty."""
    if a.value is not None or not a.value_readable or not a.state_readable:
        return None
    if a.state is State.GIVEN or (a.state is None and a.variable.required):
        return Code.MISSING_VALUE.at(a.entry.current.at, variable=a.variable.code)
    return None


def missing_reason(a: Answer) -> Finding | None:
    """A state that must be explained, and is not."""
    if (
        a.state not in NEEDS_REASON
        or not a.reason_readable
        or a.explained
        or a.value is not None
        or not a.value_readable
    ):
        return None
    at = a.entry.reason.at
    return Code.MISSING_REASON.at(at, variable=a.variable.code, state=a.state.value, where=at.address)


def missing_source(a: Answer) -> Finding | None:
    """A number, and no word on where it comes from."""
    if not a.gives or a.source or not a.variable.kind.numeric or a.value is None or not a.source_readable:
        return None
    at = a.entry.source.at
    return Code.MISSING_SOURCE.at(at, variable=a.variable.code, where=at.address)


def state_contradicts_value(a: Answer) -> Finding | None:
    """A value beside a state that says that there is none."""
    if a.state is None or a.gives or a.value is None:
        return None
    if a.state is State.NONE_OCCURRED and a.value == 0:
        return None
    told = values.short(values.format_value(a.value))
    found = a.entry.current.value
    at = a.entry.current.at
    return Code.STATE_CONTRADICTS_VALUE.at(at, variable=a.variable.code, found=found, state=a.state.value, value=told)


def limits(a: Answer) -> Finding | None:
    """A value that the variable does not allow. The bounds guard against slips: a zero that is told as one is none."""
    return _beyond(a.variable, a.entry.current, a.value) if a.gives else None


def _beyond(v: Variable, cell: FoundCell, value: Value | None) -> Finding | None:
    if not v.kind.numeric or not isinstance(value, Decimal):
        return None
    broken = v.kind is Kind.WHOLE and value != value.to_integral_value()
    below, above = v.low is not None and value < v.low, v.high is not None and value > v.high
    if not (broken or below or above):
        return None
    told = values.format_number(value)
    found = value if cell.value is None else cell.value
    if broken:
        return Code.NOT_AN_INTEGER.at(cell.at, variable=v.code, found=found, value=told, example=_example(v))
    if below:
        assert v.low is not None
        low = values.format_number(v.low)
        low = f"{low} {v.measure}".rstrip()
        return Code.BELOW_MINIMUM.at(cell.at, variable=v.code, found=found, value=told, low=low)
    assert v.high is not None
    high = values.format_number(v.high)
    high = f"{high} {v.measure}".rstrip()
    day = like_a_day(value)
    return Code.ABOVE_MAXIMUM.at(cell.at, variable=v.code, found=found, value=told, high=high, hint=day)


def like_a_day(number: Decimal) -> str:
    """What to say of a number that is out of place, if it is a day of these years: ``1/2`` typed as a number."""
    if number != number.to_integral_value() or not _DAYS[0] <= number <= _DAYS[1]:
        return ""
    day = values.day_of(number)
    assert day is not None
    return f" ({number:f} trong Excel cũng là ngày {values.format_date(day)}, có thể do gõ “{day.day}/{day.month}”)"


_DAYS = (Decimal(45000), Decimal(47000))


RULES = (missing_value, state_contradicts_value, limits, missing_reason, missing_source)
