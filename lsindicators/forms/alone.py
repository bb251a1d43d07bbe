"""One row of the hidden sheet by itself: each question whether its inputs can be right, and what stands in them.

The questions are the same in all forms of one shape (``Row``), their answers follow from what is typed (``Line``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from decimal import Decimal
from functools import cached_property, lru_cache, partial

from msgspec import Struct

from lsindicators import control, layout, values
from lsindicators.control import trimmed
from lsindicators.forms.formula import NOW, PAST, REASON, SOURCE, STATE, USABLE_PAST, is_number, quoted
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


class Check(Struct, frozen=True):
    """One question to a row: in Excel, its answer for a form, and what is said when it is yes.

    Its text in Excel is made when it is asked for.
    """

    asked: str | Callable[[], str]
    holds: Callable[[Line], bool] | None  # None: only a workbook that came back may hold what is asked for
    said: str

    @property
    def condition(self) -> str:
        """The question in Excel."""
        return self.asked if isinstance(self.asked, str) else self.asked()


def first_said(checks: Iterable[Check], line: Line, otherwise: str) -> str:
    """What the first check that holds says."""
    for check in checks:
        if check.holds is not None and check.holds(line):
            return check.said
    return otherwise


def first_that_holds(checks: Iterable[Check], otherwise: str) -> str:
    """``first_said`` in Excel; ``otherwise`` is a formula."""
    parts = [f"IF({check.condition},{quoted(check.said)}," for check in checks]
    return f"{''.join(parts)}{otherwise}{')' * len(parts)}"


class Row(Struct, frozen=True, dict=True):
    """One variable: its row in the form, its row in the hidden sheet, and what is asked of its inputs.

    Of ``placed`` nothing is used that is of one unit alone: forms of one shape share their rows.
    """

    placed: FormRow
    variable: Variable
    n: int
    input: Callable[[int], str]  # column of the data sheet -> the input cell, seen from the hidden sheet
    say: Mapping[str, str]  # what Kiểm tra can say

    @cached_property
    def numeric(self) -> bool:
        return self.variable.kind.numeric

    @cached_property
    def asked_before(self) -> bool:
        """Last year's figure is not on record, and asked for."""
        return self.placed.previous is None

    @property
    def has_number_before(self) -> bool:
        """A number of last year is on record."""
        return isinstance(self.placed.previous, Decimal)

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """Whether the inputs go together and the figure is good by itself; the first that holds is said."""
        return tuple(_checks(self))

    @cached_property
    def past_check(self) -> Check | None:
        """Whether last year's figure is none that the variable allows, where it was asked for."""
        if not self.asked_before or self.variable.kind is Kind.TEXT:
            return None
        return Check(lambda: _bad_past(self), _is_past_bad, self.say["previous"])

    @property
    def otherwise(self) -> str:
        """What is said when nothing is wrong with the row by itself."""
        return "" if self.numeric else SETTLED

    @cached_property
    def bounds(self) -> tuple[Bound, ...]:
        """What may speak against a number alone."""
        v, say = self.variable, self.say
        low, high = ("" if bound is None else str(bound) for bound in (v.low, v.high))
        return _bounds(v.kind is Kind.WHOLE, low, high, say["whole"], say["low"], say["high"])

    def outside(self, x: str) -> str:
        """A condition: the number ``x`` breaks a bound."""
        return f"OR(FALSE{''.join(f',{bound.condition(x)}' for bound in self.bounds)})"


class Line(Struct, frozen=True, dict=True):
    """A row and what stands in its inputs; only what takes longer than to keep it is kept."""

    row: Row
    past: Value | None
    now: Value | None
    state: str
    source: str
    reason: str
    state_number: int  # 0: none; 1 to 5; ``control.OTHER_STATE``
    broken: AbstractSet[int]  # ids of the rules that the form breaks

    @cached_property
    def said(self) -> str:
        """What is wrong with the row by itself; empty for a number that others may be held against."""
        return first_said(self.row.checks, self, self.row.otherwise)

    @property
    def reason_begins(self) -> str:
        """How the reason begins, bare, as the hidden sheet has it."""
        return _NO_FILLERS.sub("", self.reason)[:BEGINNING].upper() if self.reason else ""

    @property
    def reason_number(self) -> int:
        """0: none that says anything; 1: a reason; ``CHECKED``: one that says that the figure has been checked."""
        if len(self.reason_begins) < SHORTEST:
            return 0
        return CHECKED if self.reason_begins.startswith(CHECKED_WORDS) else 1

    @property
    def empty(self) -> bool:
        """Nobody sees anything where this year's figure should stand."""
        return _text(self.now) == ""

    @property
    def zero(self) -> bool:
        """The state says that the figure is zero."""
        return self.state_number == ZERO

    @property
    def explained(self) -> bool:
        """The state says why there is no figure."""
        return FIRST_REASON <= self.state_number <= LAST_REASON

    @cached_property
    def usable(self) -> Decimal | None:
        """This year's number, if nothing is wrong with the row by itself; a true zero need not be typed."""
        if self.said or not self.row.numeric:
            return None
        return self.now if isinstance(self.now, Decimal) else Decimal(0)

    @cached_property
    def usable_past(self) -> Decimal | None:
        """Last year's number as on record, or as typed if the variable allows it."""
        past = self.past
        if not isinstance(past, Decimal):
            return None
        return None if self.row.asked_before and any(b.breaks(past) for b in self.row.bounds) else past

    @property
    def typed(self) -> control.Typed:
        """What the control code is made of."""
        before = self.past if self.row.asked_before else None
        return control.Typed(code=self.row.variable.code, current=self.now, state=self.state, previous=before)

    @property
    def magnitude(self) -> tuple[int, int]:
        """This year's figure as the control code takes it."""
        return control.magnitude(self.now)

    @property
    def past_magnitude(self) -> tuple[int, int]:
        """Last year's figure as the control code takes it."""
        return control.magnitude(self.past)

    @cached_property
    def residues(self) -> tuple[int, int]:
        """What the row adds to the control code."""
        return control.residues(self.typed)


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


def line(row: Row, previous: Value | None, typed: Mapping[tuple[str, int], Value], broken: AbstractSet[int]) -> Line:
    """The line of a ``row`` with what is ``typed`` into it; ``previous`` is last year's figure on record."""
    code = row.variable.code
    state, source, reason = (_text(typed.get((code, c))) for c in (layout.STATE, layout.SOURCE, layout.REASON))
    past = _given(typed.get((code, layout.PREVIOUS))) if row.asked_before else previous
    now, number = _given(typed.get((code, layout.CURRENT))), control.state_number(state)
    return Line(row, past, now, state, source, reason, number, broken)


# ------------------------------------------------------------------ what is asked


def _checks(row: Row) -> Iterator[Check]:
    say, v, n = row.say, row.variable, row.n
    x, state = f"${NOW}{n}", f"${STATE}{n}"
    yield Check(lambda: f"ISERROR(${PAST}{n}&{x}&{state}&${SOURCE}{n}&${REASON}{n})", None, say["error"])
    yield Check(lambda: _has_formula(row), None, say["formula"])
    explain = f"AND({state}>={FIRST_REASON},{state}<={LAST_REASON})"
    yield Check(lambda: f'AND({explain},TRIM({x})<>"")', lambda a: a.explained and not a.empty, say["contradiction"])
    yield Check(lambda: f"AND({explain},${REASON}{n}=0)", lambda a: a.explained and not a.reason_number, say["reason"])
    yield Check(explain, lambda a: a.explained, SETTLED)
    some = f'IF({is_number(x)},{x}<>0,TRIM({x})<>"")' if row.numeric else f'TRIM({x})<>""'
    yield Check(lambda: f"AND({state}={ZERO},{some})", _is_no_zero, say["contradiction"])
    other = control.OTHER_STATE
    yield Check(lambda: f"{state}={other}", lambda a: a.state_number == other, say["state"])
    if not v.required:
        yield Check(lambda: f'AND(TRIM({x})="",{state}=0)', lambda a: a.state_number == 0 and a.empty, OPTIONAL)
    yield Check(lambda: f'AND(TRIM({x})="",{state}<>{ZERO})', lambda a: not a.zero and a.empty, say["missing"])
    if v.kind is Kind.YES_NO:
        choice = f'AND({state}<>{ZERO},TRIM({x})<>"{YES}",TRIM({x})<>"{NO}")'
        yield Check(choice, lambda a: not a.zero and _is_bad(row, a.now), say["choice"])
    if row.numeric:
        yield from _number_checks(row, x, f"{state}<>{ZERO}")


def _is_no_zero(line: Line) -> bool:
    """Whether something stands beside the word that the figure is zero."""
    return line.zero and not line.empty and not (line.row.numeric and line.now == 0)


def _has_formula(row: Row) -> str:
    columns = (*layout.INPUTS, *((layout.PREVIOUS,) if row.asked_before else ()))
    formulas = ",".join(f"_xlfn.ISFORMULA({row.input(column)})" for column in columns)
    return f"IFERROR(OR({formulas}),FALSE)"


def _bad_past(row: Row) -> str:
    past = f"${PAST}{row.n}"
    bad = f"IF({is_number(past)},{row.outside(past)},TRUE)"
    if row.variable.kind is Kind.YES_NO:
        bad = f'AND(TRIM({past})<>"{YES}",TRIM({past})<>"{NO}")'
    return f'IF(TRIM({past})="",FALSE,{bad})'


def _is_past_bad(line: Line) -> bool:
    return _text(line.past) != "" and _is_bad(line.row, line.past)


def _number_checks(row: Row, x: str, given: str) -> Iterator[Check]:
    yield Check(lambda: f"AND({given},NOT({is_number(x)}))", _is_no_number, row.say["number"])
    for bound in row.bounds:
        yield Check(partial(_breaks, bound, x, given), partial(_is_beyond, bound), bound.said)
    yield Check(lambda: _is_scaled(row.n, x), _has_other_scale, row.say["scale"])


def _is_no_number(line: Line) -> bool:
    return not line.zero and not isinstance(line.now, Decimal)


def _is_beyond(bound: Bound, line: Line) -> bool:
    return not line.zero and isinstance(line.now, Decimal) and bound.breaks(line.now)


def _has_other_scale(line: Line) -> bool:
    before = line.usable_past
    if line.zero or before is None or not isinstance(line.now, Decimal):
        return False
    return layout.scale(before, line.now) is not None and line.reason_number != CHECKED


def _breaks(bound: Bound, x: str, given: str) -> str:
    return f"AND({given},{bound.condition(f'N({x})')})"


def _is_scaled(n: int, x: str) -> str:
    past = f"${USABLE_PAST}{n}"
    near = f"SUMPRODUCT(--(ABS(N({x})/{past}/{_SCALES}-1.25)<=0.75))>0"
    asked = f"${REASON}{n}<>{CHECKED},{past}>={SMALLEST},N({x})>0"
    return f"IF(ISNUMBER({past}),IF(AND({asked}),{near}))"


def _is_bad(row: Row, value: Value | None) -> bool:
    """Whether a value is none that the variable allows."""
    if row.variable.kind is Kind.YES_NO:
        return _text(value).casefold() not in (YES.casefold(), NO.casefold())
    return not isinstance(value, Decimal) or any(bound.breaks(value) for bound in row.bounds)


_NO_FILLERS = re.compile(f"[{re.escape(values.FILLERS)}\xa0\x00-\x1f\u200b]")
_UNSEEN = re.compile("[\x00-\x1f\u200b]")


def _given(value: Value | None) -> Value | None:
    """What stands in a cell; nothing where nobody sees anything."""
    return None if isinstance(value, str) and not _seen(value) else value


def _text(value: Value | None) -> str:
    """A cell's text as ``TRIM`` leaves it; empty where nobody sees anything."""
    if isinstance(value, str):
        return _seen(value)
    return "" if value is None else str(value)


@lru_cache(maxsize=2048)  # many rows have one source
def _seen(text: str) -> str:
    return trimmed(text) if trimmed(_UNSEEN.sub("", text.replace("\xa0", " "))) else ""
