"""What a formula is once it is read: a tree of numbers, references, operations, comparisons and calls."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from msgspec import Struct


class Number(Struct, frozen=True):
    """A literal, never negative."""

    value: Decimal


class Reference(Struct, frozen=True):
    """A variable of the plan; ``lag`` is 0 for the campaign's year, -1 for the year before."""

    code: str
    lag: int = 0

    def __str__(self) -> str:
        return f"{self.code}@{self.lag}" if self.lag else self.code


class Negation(Struct, frozen=True):
    """``-a``."""

    operand: Expression


class Operation(Struct, frozen=True):
    """``a + b`` and the like; ``sign`` is one of ``+ - * / ^``."""

    sign: str
    left: Expression
    right: Expression


class Comparison(Struct, frozen=True):
    """``a <= b`` and the like; ``sign`` is one of ``= <> < <= > >=``."""

    sign: str
    left: Expression
    right: Expression


class Call(Struct, frozen=True):
    """A function over its arguments; ``name`` is a key of ``FUNCTIONS``."""

    name: str
    arguments: tuple[Expression, ...]


Expression = Number | Reference | Negation | Operation | Comparison | Call

FUNCTIONS = {"if": (3, 3), "min": (1, 99), "max": (1, 99), "round": (1, 2), "abs": (1, 1), "sum": (1, 99)}
"""English name -> fewest and most arguments; ``nếu`` is read as ``if``."""


def compares(expression: Expression) -> bool:
    """Whether it says yes or no (a rule) and not a number (a criterion's formula)."""
    if isinstance(expression, Call) and expression.name == "if":
        return compares(expression.arguments[1])
    return isinstance(expression, Comparison)


def divides(expression: Expression) -> bool:
    """Whether anything in it is divided: a ratio of figures, not a sum of them."""
    return any(isinstance(node, Operation) and node.sign == "/" for node, _ in walk(expression))


def branches(expression: Expression) -> bool:
    """Whether ``nếu`` stands anywhere in it: then not all that it names is always needed."""
    return any(isinstance(node, Call) and node.name == "if" for node, _ in walk(expression))


def references(expression: Expression) -> tuple[Reference, ...]:
    """The variables that it names, each once, in the order of writing."""
    return tuple(dict.fromkeys(node for node, _ in walk(expression) if isinstance(node, Reference)))


def children(node: Expression) -> tuple[Expression, ...]:
    """Its operands or arguments, in the order of writing."""
    if isinstance(node, Operation | Comparison):
        return node.left, node.right
    if isinstance(node, Call):
        return node.arguments
    return (node.operand,) if isinstance(node, Negation) else ()


def with_children(node: Expression, new: tuple[Expression, ...]) -> Expression:
    """The same node over other operands or arguments."""
    if all(a is b for a, b in zip(children(node), new, strict=True)):
        return node
    if isinstance(node, Operation | Comparison):
        return type(node)(node.sign, *new)
    return Call(node.name, new) if isinstance(node, Call) else Negation(*new)


def walk(expression: Expression) -> Iterator[tuple[Expression, int]]:
    """Every node with its depth, in the order of writing; without recursion, for no depth is refused before this."""
    waiting = [(expression, 1)]
    while waiting:
        node, depth = waiting.pop()
        yield node, depth
        waiting.extend((child, depth + 1) for child in reversed(children(node)))


_RANK = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 3}


def weaker(operand: Expression, sign: str, *, left: bool) -> bool:
    """Whether ``operand`` needs brackets beside ``sign``. A minus always does: in Excel it binds stronger than ``^``."""
    if isinstance(operand, Negation):
        return True
    if not isinstance(operand, Operation) or sign not in _RANK:
        return False
    own, outer = _RANK[operand.sign], _RANK[sign]
    return own < outer or (own == outer and (not left or sign == "^"))
