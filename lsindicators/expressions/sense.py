"""Tree -> what is wrong with it whatever the figures are: no result, or always the same one."""

from __future__ import annotations

from collections.abc import Iterator
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
    if isinstance(expression, Number):
        return expression.value
    if isinstance(expression, Reference):
        return None
    if isinstance(expression, Call) and expression.name == "if":
        condition, then, otherwise = expression.arguments
        holds = constant(condition)
        return None if holds is None else constant(then if holds else otherwise)
    parts = children(expression)
    known = [constant(part) for part in parts]
    if isinstance(expression, Operation):
        if expression.sign == "*" and any(k is not None and k == 0 for k in known):
            return Decimal(0)
        if expression.sign == "-" and parts[0] == parts[1]:
            return Decimal(0)
        if expression.sign == "/" and known[0] is not None and known[0] == 0 and known[1] is None:
            return Decimal(0)
    if isinstance(expression, Comparison) and parts[0] == parts[1]:
        return expression.sign in ("=", "<=", ">=")
    numbers = tuple(Number(Decimal(k)) for k in known if k is not None)
    if len(numbers) < len(parts):
        return None
    try:
        return evaluate(with_children(expression, numbers), lambda _: None)
    except NotComputable:
        return None


def impossible(expression: Expression) -> Iterator[tuple[Expression, Expression | None]]:
    """The parts that have no result whatever the figures are, each with the divisor that is always zero, if one is."""
    for node, _ in walk(expression):
        if isinstance(node, Operation) and node.sign == "/" and constant(node.right) == 0:
            yield node, node.right
        elif _beyond(node) or (_of_constants(node) and constant(node) is None):
            yield node, None


def _beyond(node: Expression) -> bool:
    """Whether an exponent, or the places of a rounding, are beyond what is ever computed."""
    match node:
        case Operation("^", _, last):
            most = HIGHEST_EXPONENT
        case Call("round", (_, last)):
            most = MOST_PLACES
        case _:
            return False
    size = constant(last)
    return isinstance(size, Decimal) and abs(size) > most


def _of_constants(node: Expression) -> bool:
    if isinstance(node, Call) and node.name == "if":
        return False
    return isinstance(node, Operation | Call) and all(constant(part) is not None for part in children(node))


def settled(rule: Expression) -> bool | None:
    """Whether a rule always holds or never, whatever the figures are; ``None`` where it depends on them."""
    found = constant(rule)
    return found if isinstance(found, bool) else None
