"""The variables of a plan in parts that can be compared one after the other, so that a country's table is never held whole."""

from __future__ import annotations

from collections.abc import Sequence

from lsindicators.model import Conflict, Plan, Variable


def parts(plan: Plan, most: int) -> tuple[tuple[Variable, ...], ...]:
    """The variables, in parts of which at most ``most`` figures are owed, where one alone is not more: a mean and its weights stay together.

    Rules tie nothing: they are held against totals, when all parts have been seen.
    """
    tied = _tied(plan)
    made: list[list[Variable]] = []
    room, seen = 0, set[str]()
    for v in plan.variables:
        if v.code in seen:
            continue
        seen |= tied[v.code]
        together = [plan.variable[code] for code in tied[v.code]]
        owed = sum(len(plan.assignment[w.code].units) for w in together if w.code in plan.assignment)
        if not made or owed > room:
            made.append([])
            room = most
        room -= owed
        made[-1] += together
    order = {v.code: n for n, v in enumerate(plan.variables)}
    return tuple(tuple(sorted(part, key=lambda v: order[v.code])) for part in made)


def _tied(plan: Plan) -> dict[str, set[str]]:
    """Variable -> all that weights tie it to, by however many steps; itself too."""
    tied = {v.code: {v.code} for v in plan.variables}
    for v in plan.variables:
        if v.aggregation.weight in tied:
            joined = tied[v.code] | tied[v.aggregation.weight]
            tied.update(dict.fromkeys(joined, joined))
    return tied


def in_order(plan: Plan, found: Sequence[Conflict]) -> list[Conflict]:
    """Rows of one kind, found part by part, as they stand when they are found in the whole table."""
    variables = {v.code: n for n, v in enumerate(plan.variables)}
    return sorted(found, key=lambda c: variables[c.variable])
