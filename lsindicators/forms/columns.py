"""The columns of a variable's row on the hidden sheet ``Tính``: the formula of each, and what it shows for what is typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from msgspec import Struct

from lsindicators import control, layout
from lsindicators.forms import control_code
from lsindicators.forms.alone import (
    BEGINNING,
    CHECKED,
    CHECKED_WORDS,
    NUMBERS,
    OPTIONAL,
    SETTLED,
    ZERO,
    Check,
    Line,
    Row,
    first_that_holds,
)
from lsindicators.forms.formula import (
    ACROSS,
    GO,
    NOW,
    ORDER,
    OWN,
    PAST,
    REASON,
    SAID,
    SHOWN,
    SOURCE,
    STATE,
    USABLE,
    USABLE_PAST,
    Result,
    bare,
    is_blank,
    is_number,
    quoted,
)
from lsindicators.model import State
from lsindicators.values import SHORTEST

LATER = 10000
"""The turn of a number without a source comes after all that must be mended."""

PLACES = {
    "state": layout.STATE,
    "reason": layout.REASON,
    "change": layout.REASON,
    "previous": layout.PREVIOUS,
    "source": layout.SOURCE,
}
"""What ``Kiểm tra`` says -> the column that wants a hand, where it is not this year's figure; a later one wins."""


class Answer(NamedTuple):
    """What a form says of one row."""

    across: str  # what is wrong with its number beside others
    shown: str  # Kiểm tra
    go: str  # the cell that wants a hand; empty: none
    turn: int | str  # the turn of that cell; empty: none


class Column(Struct, frozen=True):
    """One cell of a row."""

    letter: str
    formula: Callable[[], str] | None  # from its "=" on; None: it holds no formula
    shows: Callable[[Line, Answer], Result]


def columns(row: Row, beside: Sequence[Check]) -> Iterator[Column]:
    """All cells of ``row``, from column A; ``beside`` is what is asked of its number beside others."""
    n, code = row.n, row.variable.code
    yield Column("A", None, lambda line, answer: code)
    if row.asked_before:
        copied = partial(_copied, row, layout.PREVIOUS)
        yield Column(PAST, copied, lambda line, answer: "" if line.past is None else line.past)
    copied = partial(_copied, row, layout.CURRENT)
    yield Column(NOW, copied, lambda line, answer: "" if line.now is None else line.now)
    yield Column(STATE, lambda: _state(row.input(layout.STATE)), lambda line, answer: line.state_number)
    source = row.input(layout.SOURCE)
    yield Column(SOURCE, lambda: f"=IF({is_blank(source)},0,1)", lambda line, answer: 1 if line.source else 0)
    reason = row.input(layout.REASON)
    yield Column(SAID, lambda: f"={bare(reason, BEGINNING)}", lambda line, answer: line.reason_begins)
    yield Column(REASON, lambda: _reason(f"${SAID}{n}"), lambda line, answer: line.reason_number)
    own = partial(first_that_holds, row.checks, quoted(row.otherwise))
    yield Column(OWN, lambda: f"={own()}", lambda line, answer: line.said)
    if row.numeric:
        yield from _number(row, beside)
    yield Column(SHOWN, lambda: _shown(row), lambda line, answer: answer.shown)
    yield Column(GO, lambda: _go(row), lambda line, answer: answer.go)
    yield Column(ORDER, lambda: _turn(row), lambda line, answer: answer.turn)
    for letter, formula, shows in control_code.parts(row):
        yield Column(letter, formula, shows)


def _number(row: Row, beside: Sequence[Check]) -> Iterator[Column]:
    """The numbers that rules may use, and what they say."""
    n = row.n
    yield Column(
        USABLE,
        lambda: f'=IF(${OWN}{n}="",N(${NOW}{n}),"")',
        lambda line, answer: "" if line.usable is None else line.usable,
    )
    past = None if row.has_number_before else partial(_usable_past, row)  # of one on record the number itself
    yield Column(USABLE_PAST, past, lambda line, answer: "" if line.usable_past is None else line.usable_past)
    yield Column(ACROSS, lambda: _across(row, beside), lambda line, answer: answer.across)


# ------------------------------------------------------------------ the formulas


def _copied(row: Row, column: int) -> str:
    found = row.input(column)
    return f'=IF({is_blank(found)},"",{found})'


def _state(found: str) -> str:
    known = f"(TRIM({found})={{{','.join(quoted(s.value) for s in State)}}})"
    numbers = f"SUMPRODUCT({known}*{{{','.join(map(str, NUMBERS.values()))}}})"
    other = f"IF({numbers}=0,{control.OTHER_STATE},{numbers})"
    return f"=IF(ISERROR({found}),{control.OTHER_STATE},IF({is_blank(found)},0,{other}))"


def _reason(said: str) -> str:
    checked = ",".join(f"LEFT({said},{len(words)})={quoted(words)}" for words in CHECKED_WORDS)
    return f"=IF(LEN({said})<{SHORTEST},0,IF(OR({checked}),{CHECKED},1))"


def _usable_past(row: Row) -> str:
    past = f"${PAST}{row.n}"
    return f'=IF({is_number(past)},IF({row.outside(past)},"",{past}),"")'


def _across(row: Row, beside: Sequence[Check]) -> str:
    return f'=IF(ISNUMBER(${USABLE}{row.n}),{first_that_holds(beside, quoted(""))},"")'


def _shown(row: Row) -> str:
    n, good = row.n, quoted(row.say["good"])
    rest = good
    if row.numeric:
        source = f"IF(AND(${STATE}{n}<>{ZERO},${SOURCE}{n}=0),{quoted(row.say['source'])},{good})"
        rest = f'IF(${ACROSS}{n}<>"",${ACROSS}{n},{source})'
    rest = f'IF(${OWN}{n}="{SETTLED}",{good},IF(${OWN}{n}="{OPTIONAL}","",{rest}))'
    if row.past_check is not None:
        rest = first_that_holds((row.past_check,), rest)
    return f'=IF(OR(${OWN}{n}="",${OWN}{n}="{SETTLED}",${OWN}{n}="{OPTIONAL}"),{rest},${OWN}{n})'


def _go(row: Row) -> str:
    said = f"${SHOWN}{row.n}"
    hint = beginning(row.say, "rule_hint")
    closed = f'{said}="",{said}={quoted(row.say["good"])},LEFT({said},{len(hint)})={quoted(hint)}'
    at = row.placed.row
    where = quoted(layout.address(at, layout.CURRENT))
    for key, column in PLACES.items():
        begin = beginning(row.say, key)
        where = f'IF(LEFT({said},{len(begin)})={quoted(begin)},"{layout.address(at, column)}",{where})'
    return f'=IF(OR({closed}),"",{where})'


def _turn(row: Row) -> str:
    n = row.n
    source = f"${SHOWN}{n}={quoted(row.say['source'])}"
    return f'=IF(${GO}{n}="","",IF({source},{LATER + n - 1},{n - 1}))'


def beginning(say: Mapping[str, str], key: str) -> str:
    """How what ``Kiểm tra`` says begins, before what differs from row to row."""
    return say[key].partition("{")[0]
