"""Tree -> what is wrong with it whatever the figures are: no result, or always the same one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from lsindicators.expressions.arithmetic import HIGHEST_EXPONENT, MOST_PLACES, NotComputable, evaluate
from lsindicators.expressions.tree import (
    Call,
    Comparison,
    Expression,
    Number,
    Operation,
    Reference,
    children,
    walk,
    with_children,
)


def constant(expression: Expression) -> Decimal | bool | None:
    """The value that does not depend on any figure: of ``2 * 50``, ``A - A``, ``A * 0``; ``None`` where there is none."""
    return Constants().of(expression)


class Constants:
    """The constant values of the parts of a tree, each found out once."""

    def __init__(self) -> None:
        self._known: dict[int, Decimal | bool | None] = {}

    def of(self, node: Expression) -> Decimal | bool | None:
        """As ``constant``; ``node`` must live as long as this does."""
        if id(node) not in self._known:
            self._known[id(node)] = self._found(node)
        return self._known[id(node)]

    def _found(self, node: Expression) -> Decimal | bool | None:
        match node:
            case Number(value):
                return value
            case Reference():
                return None
            case Call("if", (condition, then, otherwise)):
                holds = self.of(condition)
                return None if holds is None else self.of(then if holds else otherwise)
            case Comparison(sign, left, right) if left == right:
                return sign in ("=", "<=", ">=")
        known = [self.of(part) for part in children(node)]
        if isinstance(node, Operation) and _is_zero(node, known):
            return Decimal(0)
        numbers = tuple(Number(Decimal(k)) for k in known if k is not None)
        if len(numbers) < len(known):
            return None
        try:
            return evaluate(with_children(node, numbers), lambda _: None)
        except NotComputable:
            return None

    def all_of(self, nodes: Iterable[Expression]) -> bool:
        """Whether all of them are constant."""
        return all(self.of(node) is not None for node in nodes)


def _is_zero(node: Operation, known: Sequence[Decimal | bool | None]) -> bool:
    """Whether an operation is zero for its form: nothing times anything, something less itself."""
    none = [k is not None and k == 0 for k in known]
    match node.sign:
        case "*":
            return any(none)
        case "-":
            return node.left == node.right
        case "/":
            return none[0] and known[1] is None
    return False


def impossible(expression: Expression) -> Iterator[tuple[Expression, Expression | None]]:
    """The parts that have no result whatever the figures are, each with the divisor that is always zero, if one is."""
    constants = Constants()
    for node, _ in walk(expression):
        if isinstance(node, Operation) and node.sign == "/" and constants.of(node.right) == 0:
            yield node, node.right
        elif (
            _may_fail(node)
            and (_beyond(node, constants) or constants.all_of(children(node)))
            and constants.of(node) is None
        ):
            yield node, None


def _beyond(node: Expression, constants: Constants) -> bool:
    """Whether an exponent, or the places of a rounding, are beyond what is ever computed."""
    match node:
        case Operation("^", _, last):
            most = HIGHEST_EXPONENT
        case Call("round", (_, last)):
            most = MOST_PLACES
        case _:
            return False
    size = constants.of(last)
    return isinstance(size, Decimal) and abs(size) > most


def _may_fail(node: Expression) -> bool:
    """Whether it may fail over constants: not ``nếu``, which may leave aside the branch that fails."""
    return isinstance(node, Operation | Call) and not (isinstance(node, Call) and node.name == "if")


def dotted(expression: Expression) -> Iterator[tuple[Number, bool]]:
    """Literals such as ``1.000`` and ``25.400``, which look like thousands as Vietnam writes them and are not; and
    whether they can be meant so only: nobody writes a last zero behind a decimal point."""
    for node, _ in walk(expression):
        if isinstance(node, Number) and node.value >= 1 and node.value.as_tuple().exponent == -_GROUP:
            yield node, node.value.as_tuple().digits[-1] == 0


_GROUP = 3
"""Digits between two dots."""


def settled(rule: Expression) -> bool | None:
    """Whether a rule always holds or never, whatever the figures are; ``None`` where it depends on them."""
    found = constant(rule)
    return found if isinstance(found, bool) else None
