"""What the rows of all files need: what a figure counts, whether it was explained, and how they and their givers are called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from lsindicators import values
from lsindicators.expressions import Reference
from lsindicators.model import Dataset, Figure, Plan, Total, Variable
from lsindicators.reconcile.limits import NAMED


def held(plan: Plan, dataset: Dataset) -> Iterator[Variable]:
    """The variables whose totals are in ``dataset``, which may be a part of the province's table."""
    return (v for v in plan.variables if (v.code, plan.year) in dataset.totals)


def shown(total: Total) -> str:
    """The value of a total as it is printed."""
    return values.format_value(total.value)


def label(plan: Plan, reference: Reference) -> str:
    """Code and name of a variable, with the year where it is a former one."""
    year = f" năm {plan.year + reference.lag}" if reference.lag else ""
    return f"{reference.code} {plan.variable[reference.code].name}{year}"


def bare(text: str) -> str:
    """The message of a rule without what ends a sentence."""
    return values.clean(text).rstrip(" .;")


def givers(plan: Plan, totals: Iterable[Total]) -> str:
    """The units that gave the figures of totals."""
    given = {f.unit: f for t in totals for f in t.contributions}
    return units(plan, given.values()) if given else "các đơn vị báo số"


def units(plan: Plan, figures: Iterable[Figure]) -> str:
    """Whose the figures are: a few units by name, more by their number."""
    given = {f.unit for f in figures}
    named = [u.name for u in plan.units if u.code in given]
    return ", ".join(named) if len(named) <= NAMED else f"{len(named)} đơn vị"


def answered(figure: Figure) -> bool:
    """Whether the unit, or the clerk for it, has said something to its figure already."""
    return figure.decision is not None or values.says_checked(figure.reason)


def amount(figure: Figure) -> Decimal:
    """What a figure adds to a sum: nothing where it is no number."""
    return figure.value if isinstance(figure.value, Decimal) else Decimal(0)
