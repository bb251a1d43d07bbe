"""A formula and its inputs -> the calculation as a person would write it down, one operation a step."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from decimal import Context, Decimal

from msgspec import Struct

from lsindicators import expressions, values
from lsindicators.expressions import Call, Expression, Negation, Number, Operation, Reference
from lsindicators.expressions.tree import children, weaker, with_children

DIGITS = 12
"""Digits of a number that are written down; the arithmetic goes on with all of them."""

YES, NO, UNKNOWN = "đúng", "sai", "chưa có số"
BY_ZERO, NO_RESULT = "mẫu số bằng 0, không tính được", "không có kết quả"

Lookup = Callable[[Reference], Decimal | None]


class Step(Struct, frozen=True):
    """One operation: what the formula says, the same with numbers, and what comes of it."""

    expression: str  # "C09_A / C09_B"
    numbers: str  # "25 / 200"
    result: Decimal | bool | None  # None: it cannot be had
    note: str = ""
    direct: bool = False  # its operands stand in the formula as they are, none is the result of another step

    def __str__(self) -> str:
        told = self.numbers
        if isinstance(self.result, bool):
            told += f": {YES if self.result else NO}"
        elif self.result is not None:
            about = "≈" if "≈" in self.note or _cut(self.result) else "="
            told += f" {about} {shown(self.result)}"
        note = self.note.removeprefix("≈")
        return f"{told}: {note}" if note and self.result is None else f"{told}; {note}" if note else told


def shown(value: Decimal) -> str:
    """A number as it is written down: at most ``DIGITS`` digits."""
    return values.format_number(Context(prec=DIGITS).plus(value) if _cut(value) else value)


def _cut(value: Decimal) -> bool:
    return Context(prec=DIGITS).plus(value) != value


def shifted(node: Expression, lag: int) -> Expression:
    """``node`` with every variable of ``lag`` years further back (``lag`` is negative); what it shares stays shared."""
    ready: dict[int, Expression] = {}

    def moved(part: Expression) -> Expression:
        if id(part) not in ready:
            if isinstance(part, Reference):
                ready[id(part)] = Reference(part.code, part.lag + lag)
            else:
                ready[id(part)] = with_children(part, tuple(map(moved, children(part))))
        return ready[id(part)]

    return moved(node) if lag else node


class _Ended(Exception):  # noqa: N818  nothing can be computed beyond this step
    pass


def worked(expression: Expression, lookup: Lookup) -> tuple[Step, ...]:
    """Every operation of ``expression`` in the order in which a person works it out; of ``nếu`` the branch taken alone.

    What has no number ends the calculation with a step that says which. A formula that is one input has no steps.
    """
    steps: list[Step] = []
    with suppress(_Ended):
        _Worker(lookup, steps).value(expression)
    return tuple(steps)


class _Worker:
    """Takes a tree apart from the inside out."""

    def __init__(self, lookup: Lookup, steps: list[Step]) -> None:
        self._lookup = lookup
        self._steps = steps
        self._known: dict[int, tuple[str, bool]] = {}  # a part that stands in several places is worked out once

    def value(self, node: Expression) -> tuple[str, bool]:
        """What ``node`` comes to, as written down, and whether digits were left out; its operations become steps."""
        if isinstance(node, Number):
            return shown(node.value), False
        if isinstance(node, Reference):
            found = self._lookup(node)
            if found is None:
                self._end(Step(str(node), str(node), None, UNKNOWN, direct=True))
            assert found is not None
            return shown(found), _cut(found)
        if id(node) not in self._known:
            branches = isinstance(node, Call) and node.name == "if"
            self._known[id(node)] = self._branch(node) if branches else self._operation(node)
        return self._known[id(node)]

    def _branch(self, node: Expression) -> tuple[str, bool]:
        condition, then, otherwise = children(node)
        self.value(condition)
        holds = self._result(condition)
        taken, which = (then, "thứ nhất") if holds else (otherwise, "thứ hai")
        said = f"điều kiện {YES if holds else NO} nên lấy kết quả {which}: {written(taken)}"
        self._steps.append(Step(written(node), written(node), None, said))
        return self.value(taken)

    def _operation(self, node: Expression) -> tuple[str, bool]:
        terms = _terms(node)
        told = [self.value(term) for term, _ in terms]
        result = self._result(node)
        places = {id(term): text for (term, _), (text, _) in zip(terms, told, strict=True)}
        numbers = written(node, lambda n: _bracketed(places[id(n)]) if id(n) in places else None)
        cut = any(c for _, c in told)
        if result is None:
            divides = isinstance(node, Operation) and node.sign == "/"
            self._end(Step(written(node), numbers, None, BY_ZERO if divides else NO_RESULT))
        assert result is not None
        if isinstance(node, Negation) and isinstance(node.operand, Number | Reference):
            return shown(Decimal(result)), cut
        direct = all(isinstance(term, Number | Reference) for term, _ in terms)
        about = "≈" if cut and not isinstance(result, bool) else ""
        self._steps.append(Step(written(node), numbers, result, about, direct))
        return ("", False) if isinstance(result, bool) else (shown(result), cut or _cut(result))

    def _result(self, node: Expression) -> Decimal | bool | None:
        try:
            return expressions.evaluate(node, self._lookup)
        except expressions.NotComputable:
            return None

    def _end(self, step: Step) -> None:
        self._steps.append(step)
        raise _Ended


def _terms(node: Expression) -> list[tuple[Expression, str]]:
    """The operands of ``node``; a chain of sums is one operation."""
    if isinstance(node, Operation) and node.sign in "+-":
        left = _terms(node.left) if _is_sum(node.left) else [(node.left, "+")]
        return [*left, (node.right, node.sign)]
    return [(child, "") for child in children(node)]


def _is_sum(node: Expression) -> bool:
    return isinstance(node, Operation) and node.sign in "+-"


# ------------------------------------------------------------------ a tree as people write it

_SIGNS = {"*": "×", "<=": "≤", ">=": "≥", "<>": "≠"}
_NAMES = {"if": "nếu"}


def written(node: Expression, place: Callable[[Expression], str | None] = lambda _: None) -> str:
    """``node`` with the signs and numbers of a Vietnamese paper; ``place`` may give what stands for a part of it."""
    known = place(node)
    if known is not None:
        return known
    if isinstance(node, Number):
        return values.format_number(node.value)
    if isinstance(node, Reference):
        return str(node)
    if isinstance(node, Negation):
        return f"-{_operand(node.operand, place, isinstance(node.operand, Operation | Negation))}"
    if isinstance(node, Call):
        return f"{_NAMES.get(node.name, node.name)}({'; '.join(written(a, place) for a in node.arguments)})"
    left = _operand(node.left, place, weaker(node.left, node.sign, left=True))
    right = _operand(node.right, place, weaker(node.right, node.sign, left=False))
    return f"{left} {_SIGNS.get(node.sign, node.sign)} {right}"


def _operand(node: Expression, place: Callable[[Expression], str | None], brackets: bool) -> str:
    text = written(node, place)
    return f"({text})" if brackets and place(node) is None else text


def _bracketed(number: str) -> str:
    """A negative number as it stands among others."""
    return f"({number})" if number.startswith("-") else number
