"""Plan, Dataset, Results and Sendings in; out the counts, rankings and shares that every paper tells: one source for all.

The report, the release for the public, the Director's page and ``merge --json`` say the same because they all ask here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from msgspec import Struct

from lsindicators import succession
from lsindicators.model import Dataset, Method, Plan, Result, Sending
from lsindicators.summary.counts import (
    COMMUNES,
    KINDS,
    NAMED,
    bands,
    collection,
    comparable,
    contributions,
    direction,
    kind,
    levels,
    moves,
    relative,
    suppliers,
    tally,
)
from lsindicators.summary.nouns import (
    PERCENT,
    Band,
    Block,
    Collection,
    Contribution,
    Delivery,
    Moves,
    Section,
    Suppliers,
    Tally,
)

__all__ = [
    "COMMUNES",
    "KINDS",
    "NAMED",
    "PERCENT",
    "Band",
    "Block",
    "Collection",
    "Contribution",
    "Delivery",
    "Moves",
    "Section",
    "Summary",
    "Suppliers",
    "Tally",
    "bands",
    "collection",
    "comparable",
    "contributions",
    "direction",
    "kind",
    "moves",
    "of",
    "relative",
    "suppliers",
    "tally",
]


class Summary(Struct, frozen=True, kw_only=True, dict=True):
    """All that is counted and ranked of a campaign's year."""

    plan: Plan
    dataset: Dataset
    results: tuple[Result, ...]
    sendings: tuple[Sending, ...]

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The groups of criteria, in the plan's order."""
        return tuple(
            Section(
                number=str(g),
                title=title,
                results=tuple(r for members in parts.values() for r in members),
                parts=tuple(
                    Section(number=f"{g}.{p}", title=subtitle, results=tuple(members))
                    for p, (subtitle, members) in enumerate(parts.items(), 1)
                ),
            )
            for g, (title, parts) in enumerate(_by_level(self.results).items(), 1)
        )

    @cached_property
    def criteria(self) -> tuple[Result, ...]:
        """All results without companions."""
        return tuple(r for r in self.results if r.criterion.parent is None)

    @cached_property
    def tally(self) -> Tally:
        return tally(self.criteria)

    @cached_property
    def moves(self) -> Moves:
        return moves(self.criteria)

    @cached_property
    def collection(self) -> Collection:
        return collection(self.sendings)

    @cached_property
    def kinds(self) -> Mapping[str, Collection]:
        """The same of each kind of units that owe figures."""
        of = {s.unit: kind(unit.type if (unit := self.plan.unit.get(s.unit)) else "") for s in self.sendings}
        present = [k for k in KINDS if k in of.values()]
        return {k: collection([s for s in self.sendings if of[s.unit] == k]) for k in present}

    @cached_property
    def contributions(self) -> Mapping[str, tuple[Contribution, ...]]:
        """Summed variable -> its units, the largest first; only where several units make up one figure."""
        found = {}
        for v in self.plan.variables:
            total = self.dataset.totals.get((v.code, self.plan.year))
            if v.aggregation.method is Method.SUM and total is not None and (shares := contributions(total)):
                found[v.code] = shares
        return found

    @cached_property
    def suppliers(self) -> Mapping[str, Suppliers]:
        """Variable -> who gives it."""
        return {
            v.code: suppliers(self.plan, total, v.aggregation.method)
            for v in self.plan.variables
            if (total := self.dataset.totals.get((v.code, self.plan.year))) is not None
        }

    @cached_property
    def deliveries(self) -> tuple[Delivery, ...]:
        """What has come of each unit, in the order of the sendings."""
        lacking = Counter(g.unit for g in self.dataset.gaps if g.why != "no-weight")  # that figure is there
        return tuple(
            Delivery(sending=s, answered=0 if s.sent_at is None else max(s.owed - lacking[s.unit], s.values))
            for s in self.sendings
        )

    @cached_property
    def communes(self) -> tuple[Delivery, ...]:
        """Of these the communes' and wards'."""
        return tuple(d for d in self.deliveries if self._of_commune(d))

    @cached_property
    def offices(self) -> tuple[Delivery, ...]:
        """And all others'."""
        return tuple(d for d in self.deliveries if not self._of_commune(d))

    def _of_commune(self, delivery: Delivery) -> bool:
        unit = self.plan.unit.get(delivery.sending.unit)
        return unit is not None and unit.type in COMMUNES

    @cached_property
    def succession(self) -> Mapping[str, int]:
        """Units that merged, split or were renamed: how many, of how many former ones, how many by estimated shares."""
        year = self.plan.year - 1
        parts = [succession.before(self.plan, u.code, year) for u in succession.heirs(self.plan, year)]
        return {
            "units": len(parts),
            "former_units": len({code for shares in parts for code, _ in shares}),
            "estimated": sum(1 for shares in parts if any(percent != 100 for _, percent in shares)),
        }

    @cached_property
    def gaps(self) -> Mapping[tuple[str, str], int]:
        """Variable and why -> units of which a figure is lacking; in the dataset's order."""
        return Counter((g.variable, g.why) for g in self.dataset.gaps if g.unit)

    def to_json(self) -> dict[str, Any]:
        """What is told in words, for ``merge --json``: every count that the papers print can be found there."""
        from lsindicators.summary import document

        return document.of(self)


def of(plan: Plan, dataset: Dataset, results: Sequence[Result], sendings: Sequence[Sending]) -> Summary:
    """The summary of a year; nothing is worked out before it is asked for."""
    return Summary(plan=plan, dataset=dataset, results=tuple(results), sendings=tuple(sendings))


def _by_level(results: Sequence[Result]) -> dict[str, dict[str, list[Result]]]:
    """Group -> part -> its results; a companion figure stays with the criterion that it explains."""
    tree: dict[str, dict[str, list[Result]]] = {}
    of_criterion = {r.criterion.code: levels(r.criterion) for r in results}
    for r in results:
        group, part = of_criterion.get(r.criterion.parent or "", of_criterion[r.criterion.code])
        tree.setdefault(group, {}).setdefault(part, []).append(r)
    return tree
