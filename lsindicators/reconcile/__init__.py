"""The province's table -> what does not go together in it: one list, each row with both sources and a question to both.

It opens with the conflicts that ``merge`` found. All else is found here, over the whole province, where no unit alone could
have seen it; nothing of it changes a figure. A row that can be right as it stands is a warning.
"""

from __future__ import annotations

from collections.abc import Collection

from msgspec.structs import replace

from lsindicators import settlement
from lsindicators.model import Choice, Conflict, Dataset, Plan, Settlement
from lsindicators.reconcile.counting import counted_nowhere, counted_twice
from lsindicators.reconcile.likes import far_from_like
from lsindicators.reconcile.rules import broken_rules
from lsindicators.reconcile.years import changed, recorded

__all__ = ["compare"]


def compare(plan: Plan, dataset: Dataset, settlements: Collection[Settlement] = ()) -> tuple[Conflict, ...]:
    """All rows: the dataset's own conflicts, then those of each file of this room, in the plan's order.

    Where one unit's figure is seen to be far from its like, that is all that is asked of the change of the total.
    ``settlements``: a row that the clerk has accepted, with these very figures, stays in the list and is settled.
    """
    outliers = tuple(far_from_like(plan, dataset))
    told = {c.variable for c in outliers}
    found = (
        *broken_rules(plan, dataset),
        *(c for c in changed(plan, dataset) if c.variable not in told),
        *recorded(plan, dataset),
        *counted_twice(plan, dataset),
        *counted_nowhere(plan, dataset),
        *outliers,
    )
    return (*dataset.conflicts, *(_accepted(c, settlements) for c in found))


def _accepted(conflict: Conflict, settlements: Collection[Settlement]) -> Conflict:
    decided = settlement.holding(conflict, settlements)
    return replace(conflict, settled=decided) if decided is not None and decided.choice is Choice.ACCEPT else conflict
