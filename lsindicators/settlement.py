"""Figures that disagree, as they stand against each other in one line of text; and the clerk's decision that holds for them.

``merge`` and ``reconcile`` ask for the decision, ``decisions`` writes the line into ``dieu-chinh.xlsx`` and reads it again.
"""

from __future__ import annotations

from collections.abc import Iterable

from lsindicators import values
from lsindicators.model import Conflict, Settlement, Side, Variable


def said(conflict: Conflict) -> str:
    """``so-khcn: 25; so-tc: 27``: what stands against what; a decision holds only as long as this is the same.

    A side that is one unit's figure goes by the unit's code, any other by its label; so do all of them where the codes
    would not tell them apart.
    """
    names = [_code(side) for side in conflict.sides]
    if len(set(names)) < len(names) or len({f.variable for f in conflict.figures}) > 1:
        names = [side.label for side in conflict.sides]
    parts = zip(names, conflict.sides, strict=True)
    return values.clean("; ".join(f"{name}: {_value(side)}" for name, side in parts))


def _code(side: Side) -> str:
    return side.figures[0].unit if len(side.figures) == 1 else side.label


def _value(side: Side) -> str:
    if side.value is None and len({f.state for f in side.figures}) == 1:
        return side.figures[0].state.value
    return values.format_value(side.value)


def name(variable: Variable) -> str:
    """What the figures are called in a question to units, who know it by its name."""
    return f"“{values.short(variable.name, 90)}” ({variable.code})"


def decided(settlement: Settlement) -> str:
    """A decision as people read it: what, and who says so."""
    what = settlement.choice.value[:1].lower() + settlement.choice.value[1:]
    told = settlement.unit or values.format_value(settlement.value)
    return f"{what}{f' {told}' if told else ''} ({settlement.cited}; lý do: {settlement.reason})"


def about(settlement: Settlement, conflict: Conflict) -> bool:
    """Whether a decision is about this row, be its figures the same or not."""
    mine = settlement.code, settlement.variable, settlement.year, settlement.rule
    return mine == (conflict.code, conflict.variable, conflict.year, conflict.rule)


def fits(settlement: Settlement, conflict: Conflict) -> bool:
    """Whether a decision is about this row, and the figures are those for which it was made."""
    return about(settlement, conflict) and values.clean(settlement.said) == said(conflict)


def holding(conflict: Conflict, settlements: Iterable[Settlement]) -> Settlement | None:
    """The one decision that fits; two of them are none, so that the order of rows is no matter."""
    found = [s for s in settlements if fits(s, conflict)]
    return found[0] if len(found) == 1 else None
