"""Tree and measures -> what a formula counts, and where figures meet that count the same thing by different powers of ten.

A figure is so many times its measure: ``triệu đồng`` is 10^6 đồng. Multiplied by 1000 it counts in thousandths of that.
What cannot be told, an empty measure or a price of 25400, says nothing and is never held against anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, DecimalException
from functools import lru_cache
from typing import Literal, NamedTuple

from msgspec import Struct

from lsindicators import values
from lsindicators.expressions.sense import Constants
from lsindicators.expressions.tree import (
    Call,
    Comparison,
    Expression,
    Negation,
    Operation,
    Reference,
    children,
    walk,
)

_RATIOS = {"%": Decimal("0.01"), "phan tram": Decimal("0.01"), "‰": Decimal("0.001"), "phan nghin": Decimal("0.001")}
_RATIOS |= {"lan": Decimal(1)}
"""Measures of a share, which is without any base."""

_CERTAIN = 3
"""From a thousand on two powers of ten are told apart for sure; 10 and 100 may be weights or points of another scale."""

_BOUNDS = ("<", "<=", ">", ">=")

_ONE = Decimal(1)

_LARGEST = 18
"""Further apart than đồng and tỷ tỷ đồng no two measures are; such a power of ten has another meaning."""


class Scale(NamedTuple):
    """What one unit of a number counts: ``factor`` times the bases, each with its exponent; without bases a share."""

    factor: Decimal
    bases: frozenset[tuple[str, int]]
    worded: bool  # a measure that it comes from says nghìn, triệu, tỷ


class Clash(Struct, frozen=True):
    """Two parts that are added or compared and count the same by different powers of ten."""

    sign: str  # of the operation or comparison, or the name of the function
    left: Expression
    right: Expression
    power: int  # one unit of the left is 10^power of the right
    certain: bool  # else the scales may be meant so: weights, points, limits


Look = Callable[[str], Scale | None]
"""Code -> what its figures count, where that is known."""

_Found = Scale | Literal["free"] | None
"""``free``: a number without any variable, which goes with every measure."""


@lru_cache(maxsize=1024)
def scale(measure: str) -> Scale | None:
    """What ``triệu đồng``, ``người/1.000 dân`` or ``%`` counts; ``None`` where nothing can be said of it."""
    key = values.fold(measure)
    if key in _RATIOS:
        return Scale(_RATIOS[key], frozenset(), worded=False)
    if "%" in key or not key:
        return None
    factor, base = values.scale_of(measure)
    exponents: dict[str, int] = {}
    for n, name in enumerate(base.split("/")):
        exponents[name] = exponents.get(name, 0) + (-1 if n else 1)
    if not all(any(c.isalpha() for c in name) for name in exponents):
        return None
    return Scale(factor, _bases(exponents), worded=factor != 1)


def unlike(expression: Expression, look: Look) -> tuple[Clash, ...]:
    """Where figures are added, compared or chosen between that count the same by different powers of ten."""
    if not any(isinstance(n, Operation | Comparison | Call) for n, _ in walk(expression)):
        return ()
    reading = _Reading(look)
    reading.scale(expression)
    return tuple(reading.clashes)


def misstated(expression: Expression, look: Look, stated: Scale | None) -> tuple[int, bool]:
    """(power of ten, certainly): the result must be multiplied by 10^power to count as ``stated``; 0: nothing to say."""
    found = _Reading(look).scale(expression)
    if found is None or found == "free" or stated is None:
        return 0, False
    return _apart(found, stated)


class _Reading:
    """Goes through a tree from the inside out and notes every clash."""

    def __init__(self, look: Look, *, converting: bool = True) -> None:
        self._look, self._converting = look, converting
        self._constants = Constants()
        self.clashes: list[Clash] = []

    def scale(self, node: Expression) -> _Found:
        if isinstance(node, Reference):
            return self._look(node.code)
        found = [self.scale(child) for child in children(node)]
        if all(part == "free" for part in found):
            return "free"
        match node:
            case Negation():
                return found[0]
            case Operation(sign, left, right) if sign in "*/":
                numbers = (self._constants.of(left), self._constants.of(right)) if self._converting else (_ONE, _ONE)
                return _times(found[0], numbers[0], found[1], numbers[1], 1 if sign == "*" else -1)
            case Operation("^", _, exponent):
                return _power(found[0], self._constants.of(exponent))
            case Operation(sign, left, right) | Comparison(sign, left, right):
                alike = self._alike(sign, [(left, found[0]), (right, found[1])])
                return alike if isinstance(node, Operation) else None
            case Call("abs" | "round", _):
                return found[0]
            case Call("if", (_, then, otherwise)):
                return self._alike("if", [(then, found[1]), (otherwise, found[2])])
            case Call(name, arguments):
                return self._alike(name, list(zip(arguments, found, strict=True)))
        return "free"  # a number, and there is no other node

    def _alike(self, sign: str, parts: list[tuple[Expression, _Found]]) -> _Found:
        """The scale that the parts share. Unlike quantities, persons and households, share none and are no error."""
        known = [(node, found) for node, found in parts if isinstance(found, Scale)]
        if not known:
            return "free" if all(found == "free" for _, found in parts) else None
        (first, scale), *others = known
        shared = True
        for node, found in others:
            power, certain = _apart(scale, found)
            if power:
                certain = certain and not (sign in _BOUNDS and self._alike_as_measured(first, node))
                self.clashes.append(Clash(sign, first, node, power, certain))
            shared = shared and found[:2] == scale[:2]
        return scale if shared else None

    def _alike_as_measured(self, left: Expression, right: Expression) -> bool:
        """Whether they count the same before literals: of ``A <= A@-1 * 1000`` the literal is a limit, no conversion."""
        found = [_Reading(self._look, converting=False).scale(node) for node in (left, right)]
        return found[0] == found[1]


def _apart(left: Scale, right: Scale) -> tuple[int, bool]:
    """(k, certainly): one unit of the left is 10^k of the right; 0 where they count other things, or agree."""
    if left.bases != right.bases:
        return 0, False
    ratio = (left.factor / right.factor).normalize()
    power = ratio.adjusted()
    if ratio != Decimal(1).scaleb(power) or abs(power) > _LARGEST:
        return 0, False
    return power, abs(power) >= _CERTAIN and (left.worded or right.worded)


def _times(left: _Found, number: object, right: _Found, other: object, exponent: int) -> _Found:
    """The scale of a product, or with ``exponent`` -1 of a quotient."""
    if isinstance(left, Scale) and isinstance(right, Scale):
        exponents = dict(left.bases)
        for base, n in right.bases:
            exponents[base] = exponents.get(base, 0) + exponent * n
        return Scale(left.factor * right.factor**exponent, _bases(exponents), left.worded or right.worded)
    if isinstance(left, Scale) and right == "free":
        return _converted(left, other, exponent)
    if isinstance(right, Scale) and left == "free":
        turned = right if exponent == 1 else _power(right, Decimal(-1))
        return _converted(turned, number, 1) if isinstance(turned, Scale) else None
    return "free" if left == right == "free" else None


def _converted(scale: Scale, number: object, exponent: int) -> Scale | None:
    """What a number counts once it was multiplied by a literal: by 1000 in another measure, by 2 or 0.1 in the same."""
    if not isinstance(number, Decimal) or not number:
        return None
    size, power = abs(number.normalize()), number.adjusted()
    if size == Decimal(1).scaleb(power) and abs(power) > 1:
        return scale._replace(factor=scale.factor.scaleb(-power * exponent))
    return scale if Decimal("0.01") < size < 100 else None


def _power(found: _Found, exponent: object) -> _Found:
    if not isinstance(found, Scale) or not isinstance(exponent, Decimal) or abs(exponent) > 9 or exponent % 1:
        return None
    bases = _bases({base: n * int(exponent) for base, n in found.bases})
    try:
        return Scale(found.factor ** int(exponent), bases, found.worded)
    except DecimalException:
        return None


def _bases(exponents: Mapping[str, int]) -> frozenset[tuple[str, int]]:
    return frozenset((base, n) for base, n in exponents.items() if n)
