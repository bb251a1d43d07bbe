"""The plan's rules from the unit's side: which of them its figures break, and which value would keep or break one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal

from msgspec import Struct

from lsindicators import expressions, layout
from lsindicators.expressions import Comparison, Expression, NotComputable, Reference
from lsindicators.model import CheckRule, Kind, Plan, Variable

Lookup = Callable[[Reference], Decimal | None]


class Bound(Struct, frozen=True, kw_only=True):
    """A rule that binds one unit: every variable that it names stands in the unit's form."""

    rule: CheckRule
    expression: Expression
    references: tuple[Reference, ...]

    def names(self, code: str) -> bool:
        return any(r.code == code and r.lag == 0 for r in self.references)

    @property
    def first(self) -> str:
        """The variable at whose cell a breach is told."""
        return next((r for r in self.references if r.lag == 0), self.references[0]).code


def binding(plan: Plan, form: layout.Form) -> tuple[Bound, ...]:
    """The rules that bind the unit of ``form``."""
    found = []
    for rule in plan.rules:
        expression = expressions.parse(rule.expression)
        named = expressions.references(expression)
        if named and all(r.code in form.by_code for r in named):
            found.append(Bound(rule=rule, expression=expression, references=named))
    return tuple(found)


def holds(bound: Bound, lookup: Lookup) -> bool:
    """Whether nothing speaks against the numbers: a rule with a number missing says nothing."""
    try:
        return expressions.evaluate(bound.expression, lookup) is not False
    except NotComputable:
        return True


def broken(rules: Iterable[Bound], lookup: Lookup) -> tuple[Bound, ...]:
    """Those of ``rules`` that the numbers do not hold."""
    return tuple(b for b in rules if not holds(b, lookup))


# ------------------------------------------------------------------ values that a variable may take


def step(v: Variable) -> Decimal:
    """The last place to which a figure of ``v`` is given."""
    if v.kind is Kind.WHOLE:
        return Decimal(1)
    narrow = v.low is not None and v.high is not None and v.high - v.low <= 10
    return Decimal("0.001") if narrow else Decimal("0.1")


def placed(v: Variable, value: Decimal) -> Decimal | None:
    """``value`` to the places of ``v`` and within its bounds; ``None`` where there is no such number."""
    value = value.quantize(step(v), ROUND_HALF_UP)
    if v.low is not None and value < v.low:
        value = v.low if v.kind is not Kind.WHOLE else v.low.to_integral_value("ROUND_CEILING")
    if v.high is not None and value > v.high:
        value = v.high if v.kind is not Kind.WHOLE else v.high.to_integral_value("ROUND_FLOOR")
    inside = (v.low is None or value >= v.low) and (v.high is None or value <= v.high)
    return value if inside else None


MARGINS = tuple(Decimal(m) for m in ("0.6", "0.9", "1.1", "1.6", "0.3", "2.5"))
"""How far from the border of a rule a credible figure lies, as parts of that border; the first that serves is taken."""


def proposals(bound: Bound, v: Variable, value: Decimal, lookup: Lookup) -> Iterator[Decimal]:
    """Values of ``v`` for which ``bound`` may come out otherwise than for ``value``, the credible ones first."""
    border = _border(bound.expression, v, value, lookup)
    if border is not None:
        yield from (border * m for m in MARGINS)
        yield border
        yield from (border + step(v) * n for n in (1, -1, 10, -10))
    yield from (value * m for m in (Decimal("0.5"), Decimal(2), Decimal("0.1"), Decimal(10)))
    yield from (b for b in (v.low, v.high) if b is not None)
    if v.low is not None and v.high is not None:
        yield from (v.low + (v.high - v.low) * n / 12 for n in range(1, 12))
    yield from (Decimal(n) for n in (0, 1, -1))


def _border(expression: Expression, v: Variable, value: Decimal, lookup: Lookup) -> Decimal | None:
    """Where the two sides of a comparison are equal: by the secant, else by bisection between the bounds of ``v``."""
    if not isinstance(expression, Comparison):
        return None
    sides = expression

    def gap(x: Decimal) -> Decimal | None:
        def instead(r: Reference) -> Decimal | None:
            return x if r == Reference(v.code) else lookup(r)

        try:
            left, right = (expressions.evaluate(side, instead) for side in (sides.left, sides.right))
        except NotComputable:
            return None
        return None if left is None or right is None else Decimal(left) - Decimal(right)

    x0, x1 = value, value + max(Decimal(1), abs(value) / 10)
    for _ in range(6):
        g0, g1 = gap(x0), gap(x1)
        if g0 is None or g1 is None or g0 == g1:
            break
        x0, x1 = x1, x1 - g1 * (x1 - x0) / (g1 - g0)
        if x0 == x1 or abs(x1 - x0) <= abs(x1) * Decimal("1e-12"):
            return x1
    if v.low is None or v.high is None:
        return None
    low, high = v.low, v.high
    at_low, at_high = gap(low), gap(high)
    if at_low is None or at_high is None or (at_low > 0) == (at_high > 0):
        return None
    for _ in range(60):
        middle = (low + high) / 2
        found = gap(middle)
        if found is None:
            return None
        low, high = (middle, high) if (found > 0) == (at_low > 0) else (low, middle)
    return (low + high) / 2
