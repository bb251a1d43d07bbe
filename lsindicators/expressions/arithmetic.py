"""Tree -> value over Decimal, with the results of a spreadsheet; a missing input makes it missing."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow

from lsindicators.expressions.tree import Call, Expression, Negation, Number, Operation, Reference, children


class NotComputable(ArithmeticError):  # noqa: N818  said of a value: no division by zero, no power without a result
    """All inputs are there, but there is no result: a division by zero, a root of a negative number, an overflow.

    ``divisor`` is what is zero where something is divided by it.
    """

    def __init__(self, why: str, divisor: Expression | None = None) -> None:
        super().__init__(why)
        self.divisor = divisor


CONTEXT = Context(
    prec=34,
    rounding=ROUND_HALF_UP,
    Emax=307,
    Emin=-307,
    traps=[DivisionByZero, InvalidOperation, Overflow],
)
"""34 digits, half rounded away from zero as in Excel; beyond 10^308 there is no number, as in Excel."""

_SURE = Context(prec=30, rounding=ROUND_HALF_UP, Emax=307, Emin=-307)
"""What is left of a result once the last digits, which a division cut off, are rounded away: 1 / 3 * 1.5 is one half."""

_SAME = Decimal(2) ** -48
"""Numbers that differ by less, relative to the larger, compare as equal: spreadsheets do so, and files carry such noise."""

_NOISE = Decimal("1e-30")
"""What is left of a sum or a difference, relative to its parts, where nothing should be: 1 / 3 * 3 - 1."""

HIGHEST_EXPONENT, MOST_PLACES = 1000, 300


class _Missing(Exception):  # noqa: N818  ends an evaluation, never leaves it
    pass


def evaluate(expression: Expression, lookup: Callable[[Reference], Decimal | None]) -> Decimal | bool | None:
    """The value; ``None`` as soon as one needed input is ``None``, also under min, max and sum.

    All inputs are needed, except that ``nếu`` needs its condition and the branch taken. Raises ``NotComputable`` when all
    needed inputs are there but the result is not: division by zero, 0^0, a root of a negative number, overflow.
    """
    try:
        value = _value(expression, lookup)
    except _Missing:
        return None
    except (DivisionByZero, InvalidOperation, Overflow) as error:
        raise NotComputable(str(error)) from None
    return value if isinstance(value, bool) else _SURE.plus(value)


def _value(node: Expression, lookup: Callable[[Reference], Decimal | None]) -> Decimal | bool:
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Reference):
        found = lookup(node)
        if found is None:
            raise _Missing
        return CONTEXT.plus(found)
    if isinstance(node, Call) and node.name == "if":
        condition, then, otherwise = node.arguments
        return _value(then if _value(condition, lookup) else otherwise, lookup)
    values = _operands(node, lookup)
    if isinstance(node, Negation):
        return CONTEXT.minus(values[0])
    if isinstance(node, Call):
        return _call(node.name, values)
    left, right = values
    if not isinstance(node, Operation):
        return _compare(node.sign, left, right)
    if node.sign == "/" and not right:
        raise NotComputable("division by zero", node.right)
    return _operate(node.sign, left, right)


def _operands(node: Expression, lookup: Callable[[Reference], Decimal | None]) -> list[Decimal]:
    """The values of the children. A missing one outweighs one that cannot be computed, wherever it stands."""
    values: list[Decimal] = []
    failed: ArithmeticError | None = None
    for child in children(node):
        try:
            values.append(Decimal(_value(child, lookup)))
        except ArithmeticError as error:
            failed = failed or error
    if failed is not None:
        raise failed
    return values


def _call(name: str, values: list[Decimal]) -> Decimal:
    if name == "sum":
        total = Decimal(0)
        for value in values:
            total = _operate("+", total, value)
        return total
    if name == "round":
        return _round(values[0], values[1] if len(values) > 1 else Decimal(0))
    if name == "abs":
        return CONTEXT.abs(values[0])
    return min(values) if name == "min" else max(values)


def _round(value: Decimal, places: Decimal) -> Decimal:
    if abs(places) > MOST_PLACES:
        raise NotComputable("too many places to round to")
    value = _SURE.plus(value)
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or exponent >= -int(places):
        return value
    return value.quantize(Decimal(1).scaleb(-int(places)), context=CONTEXT)


def _operate(sign: str, left: Decimal, right: Decimal) -> Decimal:
    if sign in "+-":
        total = (CONTEXT.add if sign == "+" else CONTEXT.subtract)(left, right)
        return total if abs(total) > CONTEXT.multiply(max(abs(left), abs(right)), _NOISE) else Decimal(0)
    if sign == "*":
        return CONTEXT.multiply(left, right)
    if sign == "/":
        return CONTEXT.divide(left, right)
    if abs(right) > HIGHEST_EXPONENT:
        raise NotComputable("exponent too large")
    result = CONTEXT.power(left, right)
    if not result.is_finite():  # 0^-1 is an infinity to Decimal, without a signal
        raise NotComputable("no finite power")
    return result


def _compare(sign: str, left: Decimal, right: Decimal) -> bool:
    gap = CONTEXT.subtract(left, right)
    order = 0 if abs(gap) <= CONTEXT.multiply(max(abs(left), abs(right)), _SAME) else 1 if gap > 0 else -1
    return {
        "=": order == 0,
        "<>": order != 0,
        "<": order < 0,
        "<=": order <= 0,
        ">": order > 0,
        ">=": order >= 0,
    }[sign]
