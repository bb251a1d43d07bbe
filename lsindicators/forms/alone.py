"""One row of the hidden sheet by itself: what stands in its inputs, and each question whether that can be right."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cached_property, lru_cache, partial

from msgspec import Struct

from lsindicators import control, layout, values
from lsindicators.control import trimmed
from lsindicators.forms.formula import NOW, PAST, REASON, SOURCE, STATE, USABLE_PAST, Check, first_said, is_number
from lsindicators.forms.look import fill
from lsindicators.layout import SMALLEST, FormRow
from lsindicators.model import NEEDS_REASON, NO, YES, Kind, State, Value, Variable
from lsindicators.values import SHORTEST, bare, format_number

SETTLED, OPTIONAL = "+", "-"
"""What a row says that is settled without a number, and one that may stay empty."""

_HALF = {"Ã": "A\u0303", "Ể": "Ê\u0309"}

NUMBERS = {state: number for number, state in enumerate(State, 1)}
"""The states as the hidden sheet counts them; those that need a reason stand together."""
ZERO, FIRST_REASON, LAST_REASON = NUMBERS[State.NONE_OCCURRED], NUMBERS[NEEDS_REASON[0]], NUMBERS[NEEDS_REASON[-1]]

FIRST_LINE = 2
"""The row of the hidden sheet that the first variable has."""

CHECKED = 2
"""The number of a reason that says that the figure has been checked."""

_WORDS = bare(values.CHECKED)
CHECKED_WORDS = tuple(
    dict.fromkeys((_WORDS, unicodedata.normalize("NFD", _WORDS), re.sub("[ÃỂ]", lambda m: _HALF[m[0]], _WORDS)))
)
"""How such a reason begins: composed, with every mark apart, and with the tone alone apart as Unikey types it."""

BEGINNING = max(map(len, CHECKED_WORDS))

_SCALES = "{" + ",".join(f"{scale:f}" for scale in layout.SCALES) + "}"


class Bound(Struct, frozen=True):
    """A test of a number by itself."""

    condition: Callable[[str], str]  # the number in Excel -> the test there
    breaks: Callable[[Decimal], bool]
    said: str


class Line(Struct, frozen=True, dict=True):
    """One variable: its row in the form, its row in the hidden sheet, and what stands in its inputs."""

    row: FormRow
    variable: Variable
    n: int
    input: Callable[[int], str]  # column of the data sheet -> the input cell, seen from the hidden sheet
    say: Mapping[str, str]  # what Kiểm tra can say
    past: Value | None
    now: Value | None
    state: str
    source: str
    reason: str

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """Whether the inputs go together and the figure is good by itself; the first that holds is said."""
        return tuple(_checks(self))

    @cached_property
    def past_check(self) -> Check | None:
        """Whether last year's figure is none that the variable allows, where it was asked for."""
        if not self.asked_before or self.variable.kind is Kind.TEXT:
            return None
        is_bad = _text(self.past) != "" and _is_bad(self, self.past)
        return Check(lambda: _bad_past(self), is_bad, self.say["previous"])

    @cached_property
    def said(self) -> str:
        """What is wrong with the row by itself; empty for a number that others may be held against."""
        return first_said(self.checks, self.otherwise)

    @property
    def otherwise(self) -> str:
        """What is said when nothing is wrong with the row by itself."""
        return "" if self.numeric else SETTLED

    @property
    def numeric(self) -> bool:
        return self.variable.kind.numeric

    @cached_property
    def reason_begins(self) -> str:
        """How the reason begins, bare, as the hidden sheet has it."""
        return _NO_FILLERS.sub("", self.reason)[:BEGINNING].upper()

    @property
    def reason_number(self) -> int:
        """0: none that says anything; 1: a reason; ``CHECKED``: one that says that the figure has been checked."""
        if len(self.reason_begins) < SHORTEST:
            return 0
        return CHECKED if self.reason_begins.startswith(CHECKED_WORDS) else 1

    @cached_property
    def state_number(self) -> int:
        """0: none; 1 to 5; ``control.OTHER_STATE``."""
        return control.state_number(self.state)

    @property
    def zero(self) -> bool:
        """The state says that the figure is zero."""
        return self.state_number == ZERO

    @property
    def asked_before(self) -> bool:
        """Last year's figure is not on record, and asked for."""
        return self.row.previous is None

    @cached_property
    def usable(self) -> Decimal | None:
        """This year's number, if nothing is wrong with the row by itself; a true zero need not be typed."""
        if self.said or not self.numeric:
            return None
        return self.now if isinstance(self.now, Decimal) else Decimal(0)

    @cached_property
    def usable_past(self) -> Decimal | None:
        """Last year's number as on record, or as typed if the variable allows it."""
        past = self.past
        if not isinstance(past, Decimal):
            return None
        return None if self.asked_before and any(b.breaks(past) for b in self.bounds) else past

    @cached_property
    def typed(self) -> control.Typed:
        """What the control code is made of."""
        before = self.past if self.asked_before else None
        return control.Typed(code=self.variable.code, current=self.now, state=self.state, previous=before)

    @cached_property
    def residues(self) -> tuple[int, int]:
        """What the row adds to the control code."""
        return control.residues(self.typed)

    @property
    def bounds(self) -> tuple[Bound, ...]:
        """What may speak against a number alone."""
        v, say = self.variable, self.say
        low, high = ("" if bound is None else str(bound) for bound in (v.low, v.high))
        return _bounds(v.kind is Kind.WHOLE, low, high, say["whole"], say["low"], say["high"])

    def outside(self, x: str) -> str:
        """A condition: the number ``x`` breaks a bound."""
        return f"OR(FALSE{''.join(f',{bound.condition(x)}' for bound in self.bounds)})"


@lru_cache(maxsize=1024)  # by the texts of the bounds: 0 and 0.0 are equal, and written otherwise
def _bounds(whole: bool, lowest: str, highest: str, say_whole: str, say_low: str, say_high: str) -> tuple[Bound, ...]:
    found = [Bound(lambda x: f"{x}<>INT({x})", lambda n: n != n.to_integral_value(), say_whole)] if whole else []
    if lowest:
        low = Decimal(lowest)
        said = fill(say_low, low=format_number(low))
        found.append(Bound(lambda x: f"{x}<{low:f}", lambda n: n < low, said))
    if highest:
        high = Decimal(highest)
        said = fill(say_high, high=format_number(high))
        found.append(Bound(lambda x: f"{x}>{high:f}", lambda n: n > high, said))
    return tuple(found)


def line(
    row: FormRow, n: int, input_: Callable[[int], str], say: Mapping[str, str], typed: Mapping[tuple[str, int], Value]
) -> Line:
    """The line ``n`` of the hidden sheet, for a variable's ``row`` with what is ``typed`` into it."""
    v = row.variable
    assert v is not None
    code = v.code
    state, source, reason = (_text(typed.get((code, c))) for c in (layout.STATE, layout.SOURCE, layout.REASON))
    past = _given(typed.get((code, layout.PREVIOUS))) if row.previous is None else row.previous
    return Line(row, v, n, input_, say, past, _given(typed.get((code, layout.CURRENT))), state, source, reason)


def _checks(line: Line) -> Iterator[Check]:
    say, v, now, n = line.say, line.variable, line.now, line.n
    x, state = f"${NOW}{n}", f"${STATE}{n}"
    empty = _text(now) == ""
    yield Check(lambda: f"ISERROR(${PAST}{n}&{x}&{state}&${SOURCE}{n}&${REASON}{n})", False, say["error"])
    yield Check(lambda: _has_formula(line), False, say["formula"])
    explain = f"AND({state}>={FIRST_REASON},{state}<={LAST_REASON})"
    explained = FIRST_REASON <= line.state_number <= LAST_REASON
    yield Check(lambda: f'AND({explain},TRIM({x})<>"")', explained and not empty, say["contradiction"])
    yield Check(lambda: f"AND({explain},${REASON}{n}=0)", explained and not line.reason_number, say["reason"])
    yield Check(explain, explained, SETTLED)
    contradicts = line.zero and not empty and not (line.numeric and now == 0)
    some = f'IF({is_number(x)},{x}<>0,TRIM({x})<>"")' if line.numeric else f'TRIM({x})<>""'
    yield Check(lambda: f"AND({state}={ZERO},{some})", contradicts, say["contradiction"])
    yield Check(lambda: f"{state}={control.OTHER_STATE}", line.state_number == control.OTHER_STATE, say["state"])
    if not v.required:
        yield Check(lambda: f'AND(TRIM({x})="",{state}=0)', empty and line.state_number == 0, OPTIONAL)
    yield Check(lambda: f'AND(TRIM({x})="",{state}<>{ZERO})', empty and not line.zero, say["missing"])
    if v.kind is Kind.YES_NO:
        wrong = not line.zero and _is_bad(line, now)
        yield Check(f'AND({state}<>{ZERO},TRIM({x})<>"{YES}",TRIM({x})<>"{NO}")', wrong, say["choice"])
    if line.numeric:
        yield from _number_checks(line, x, f"{state}<>{ZERO}")


def _has_formula(line: Line) -> str:
    columns = (*layout.INPUTS, *((layout.PREVIOUS,) if line.asked_before else ()))
    formulas = ",".join(f"_xlfn.ISFORMULA({line.input(column)})" for column in columns)
    return f"IFERROR(OR({formulas}),FALSE)"


def _bad_past(line: Line) -> str:
    past = f"${PAST}{line.n}"
    bad = f"IF({is_number(past)},{line.outside(past)},TRUE)"
    if line.variable.kind is Kind.YES_NO:
        bad = f'AND(TRIM({past})<>"{YES}",TRIM({past})<>"{NO}")'
    return f'IF(TRIM({past})="",FALSE,{bad})'


def _number_checks(line: Line, x: str, given: str) -> Iterator[Check]:
    number = line.now if isinstance(line.now, Decimal) and not line.zero else None
    wrong = not line.zero and not isinstance(line.now, Decimal)
    yield Check(lambda: f"AND({given},NOT({is_number(x)}))", wrong, line.say["number"])
    for bound in line.bounds:
        broken = number is not None and bound.breaks(number)
        yield Check(partial(_breaks, bound, x, given), broken, bound.said)
    before = line.usable_past
    scaled = number is not None and before is not None and layout.scale(before, number) is not None
    scaled = scaled and line.reason_number != CHECKED
    yield Check(lambda: _is_scaled(line.n, x), scaled, line.say["scale"])


def _breaks(bound: Bound, x: str, given: str) -> str:
    return f"AND({given},{bound.condition(f'N({x})')})"


def _is_scaled(n: int, x: str) -> str:
    past = f"${USABLE_PAST}{n}"
    near = f"SUMPRODUCT(--(ABS(N({x})/{past}/{_SCALES}-1.25)<=0.75))>0"
    asked = f"${REASON}{n}<>{CHECKED},{past}>={SMALLEST},N({x})>0"
    return f"IF(ISNUMBER({past}),IF(AND({asked}),{near}))"


def _is_bad(line: Line, value: Value | None) -> bool:
    """Whether a value is none that the variable allows."""
    if line.variable.kind is Kind.YES_NO:
        return _text(value).casefold() not in (YES.casefold(), NO.casefold())
    return not isinstance(value, Decimal) or any(bound.breaks(value) for bound in line.bounds)


_NO_FILLERS = re.compile(f"[{re.escape(values.FILLERS)}\xa0\x00-\x1f\u200b]")
_UNSEEN = re.compile("[\x00-\x1f\u200b]")


def _given(value: Value | None) -> Value | None:
    """What stands in a cell; nothing where nobody sees anything."""
    blank = isinstance(value, str) and not trimmed(_UNSEEN.sub("", value.replace("\xa0", " ")))
    return None if blank else value


def _text(value: Value | None) -> str:
    """A cell's text as ``TRIM`` leaves it."""
    given = _given(value)
    return "" if given is None else trimmed(str(given))
