"""The province's table -> what does not go together in it: one list, each row with both sources and a question to both.

It opens with the conflicts that ``merge`` found. All else is found here, over the whole province, where no unit alone could
have seen it; nothing of it changes a figure. A row that can be right as it stands is a warning.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import cache
from itertools import chain

from msgspec.structs import replace

from lsindicators import names, settlement
from lsindicators.model import Choice, Conflict, Dataset, Plan, Settlement
from lsindicators.reconcile.counting import counted_nowhere, counted_twice
from lsindicators.reconcile.likes import far_from_like
from lsindicators.reconcile.parting import in_order, parts
from lsindicators.reconcile.rules import Whole, broken_rules, wholes
from lsindicators.reconcile.years import changed, recorded

__all__ = ["compare", "compare_parts", "parts"]


def compare(plan: Plan, dataset: Dataset, settlements: Collection[Settlement] = ()) -> tuple[Conflict, ...]:
    """All rows: the dataset's own conflicts, then those of each file of this room, in the plan's order.

    Where one unit's figure is seen to be far from its like, that is all that is asked of the change of the total.
    ``settlements``: a row that the clerk has accepted, with these very figures, stays in the list and is settled.
    """
    return compare_parts(plan, (dataset,), settlements)


def compare_parts(
    plan: Plan, tables: Iterable[Dataset], settlements: Collection[Settlement] = ()
) -> tuple[Conflict, ...]:
    """As ``compare``, of a table that comes in ``parts``: no more of them than one need be held."""
    register = cache(lambda: names.Register(plan.units, plan.groups, plan.former, plan.inactive))
    own: list[Conflict] = []
    kinds: tuple[list[Conflict], ...] = tuple([] for _ in range(5))
    ruled: dict[tuple[str, int], Whole] = {}
    for table in tables:
        own += table.conflicts
        ruled.update(wholes(plan, table))
        for kind, found in zip(kinds, _found(plan, table, register), strict=True):
            kind += found
        del table  # before the next one is made
    rows = chain(broken_rules(plan, ruled), *(in_order(plan, kind) for kind in kinds))
    return (*in_order(plan, own), *(_accepted(c, settlements) for c in rows))


def _found(plan: Plan, dataset: Dataset, register: Callable[[], names.Register]) -> tuple[Iterable[Conflict], ...]:
    """What each file of this room finds in a part of the table; ``rules`` needs several of them."""
    outliers = tuple(far_from_like(plan, dataset))
    told = {c.variable for c in outliers}
    return (
        (c for c in changed(plan, dataset) if c.variable not in told),
        recorded(plan, dataset),
        counted_twice(plan, dataset),
        counted_nowhere(plan, dataset, register),
        outliers,
    )


def _accepted(conflict: Conflict, settlements: Collection[Settlement]) -> Conflict:
    decided = settlement.holding(conflict, settlements)
    return replace(conflict, settled=decided) if decided is not None and decided.choice is Choice.ACCEPT else conflict
