"""A number that is good by itself, beside the others of its form and beside last year's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import partial

from msgspec import Struct

from lsindicators import expressions
from lsindicators.forms.alone import FIRST_LINE, ZERO, Check, Line, Row
from lsindicators.forms.formula import REASON, STATE, USABLE, USABLE_PAST
from lsindicators.forms.look import fill
from lsindicators.layout import Form
from lsindicators.model import Level, Plan
from lsindicators.values import format_number

ROOM, LEVELS = 5000, 48
"""Characters and levels that the rules may take of a formula; Excel allows 8192 and 64 in all. What finds no room is
left to the reader."""


class FormRule(Struct, frozen=True):
    """A rule of the plan whose numbers all stand in one form."""

    expression: expressions.Expression
    inputs: tuple[expressions.Reference, ...]
    level: Level
    message: str


def rules(plan: Plan, form: Form) -> tuple[FormRule, ...]:
    """The rules that this form alone can judge, errors before warnings."""
    found = []
    for rule in plan.rules:
        expression = expressions.parse(rule.expression)
        inputs = expressions.references(expression)
        if inputs and all(_here(reference, form) for reference in inputs):
            found.append(FormRule(expression, inputs, rule.level, rule.message))
    return tuple(sorted(found, key=lambda rule: rule.level is not Level.ERROR))


def _here(reference: expressions.Reference, form: Form) -> bool:
    row = form.by_code.get(reference.code)
    return row is not None and row.variable is not None and row.variable.kind.numeric and reference.lag in (0, -1)


class Held(Struct, frozen=True):
    """A rule that one variable's number is held to: in Excel, and what is said of the number when it is broken."""

    rule: FormRule
    condition: str
    said: str


Holds = Mapping[str, tuple[Held, ...]]
"""Variable -> the rules that this year's figure of it is held to."""


def held(form: Form, rules: Mapping[str, Iterable[FormRule]], say: Mapping[str, str]) -> Holds:
    """The ``rules`` of each variable, as many as find room; the same for all forms of one shape."""
    line_of = {code: n for n, code in enumerate(form.by_code, FIRST_LINE)}
    conditions: dict[int, str] = {}
    found: dict[str, tuple[Held, ...]] = {}
    for code, some in rules.items():
        room, levels = ROOM, LEVELS
        taken = []
        for rule in some:
            condition = conditions.get(id(rule)) or conditions.setdefault(id(rule), _condition(rule, line_of))
            if expressions.excel_takes(condition, characters=room, levels=levels):
                room, levels = room - len(condition), levels - 1
                taken.append(Held(rule, condition, _mismatch(code, rule, say)))
        found[code] = tuple(taken)
    return found


def _condition(rule: FormRule, line_of: Mapping[str, int]) -> str:
    """Whether all numbers of a rule are there and it does not hold, in Excel."""

    def place(reference: expressions.Reference) -> str:
        return f"${USABLE_PAST if reference.lag else USABLE}${line_of[reference.code]}"

    there = ",".join(f"ISNUMBER({place(reference)})" for reference in rule.inputs)
    holds = expressions.to_excel(rule.expression, lambda reference: f"N({place(reference)})")
    return f"IFERROR(AND({there},NOT({holds})),FALSE)"


def broken(rule: FormRule, lines: Mapping[str, Line]) -> bool:
    """Whether all numbers of a rule are there and it does not hold."""

    def number(reference: expressions.Reference) -> Decimal | None:
        line = lines[reference.code]
        return line.usable_past if reference.lag else line.usable

    try:
        return expressions.evaluate(rule.expression, number) is False
    except expressions.NotComputable:
        return False


def checks(row: Row, held: Iterable[Held]) -> Iterator[Check]:
    """Whether a number goes with the others, by the rules that it is ``held`` to, and with last year's; the first is said."""
    taken = [(h.rule.level, Check(h.condition, partial(_is_against, h.rule), h.said)) for h in held]
    yield from (check for level, check in taken if level is Level.ERROR)
    said = fill(row.say["change"], limit=format_number(row.placed.change))
    yield Check(partial(_leap, row), _leaps, said)
    yield from (check for level, check in taken if level is not Level.ERROR)


def _is_against(rule: FormRule, line: Line) -> bool:
    return id(rule) in line.broken


def _leaps(line: Line) -> bool:
    if line.usable is None or line.usable_past is None or line.zero or line.reason_number:
        return False
    return line.row.placed.leaps(line.usable_past, line.usable)


def _leap(row: Row) -> str:
    now, past, placed = f"${USABLE}{row.n}", f"${USABLE_PAST}{row.n}", row.placed
    leap = f"ROUND(ABS({now}-{past})/ABS({past})*100,8)>{placed.change:f}"
    asked = f"{past}<>0,ABS({past})>={placed.change_from:f}" if placed.change_from else f"{past}<>0"
    unexplained = f"ISNUMBER({past}),${REASON}{row.n}=0,${STATE}{row.n}<>{ZERO}"
    return f"IF(AND({unexplained}),IF(AND({asked}),{leap},FALSE),FALSE)"


def _mismatch(code: str, rule: FormRule, say: Mapping[str, str]) -> str:
    others = [c for c in dict.fromkeys(r.code for r in rule.inputs) if c != code] or [code]
    named = ", ".join(others[:2]) + ("…" if len(others) > 2 else "")
    return fill(say["rule" if rule.level is Level.ERROR else "rule_hint"], codes=named)
