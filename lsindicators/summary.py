"""Plan, Dataset, Results and Sendings in; out the counts, rankings and shares that every paper tells: one source for all.

The report, the release for the public, the Director's page and ``merge --json`` say the same because they all ask here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Any

from lsindicators import succession, values
from lsindicators.model import Criterion, Dataset, Method, Outcome, Plan, Result, Sending, Status, Total

PERCENT = "%"

COMMUNES = ("xa", "phuong")
"""Types of the units that are counted together, for there are too many to be told one by one."""

NAMED = 6
"""Up to so many units that give a variable are told one by one."""

ANSWERED = (Decimal(90), Decimal(50))
"""Percent of what a unit owes: where the classes between all and nothing begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Criteria by what they rest on; companions are not counted."""

    whole: int  # on all units that are awaited
    enough: int  # on fewer, but on as many as the campaign's threshold asks
    partial: int  # on fewer than that
    missing: int  # not computed

    @property
    def total(self) -> int:
        return self.whole + self.enough + self.partial + self.missing

    @property
    def computed(self) -> int:
        """Criteria with a figure, on however many units."""
        return self.total - self.missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """The criteria whose two years both rest on all units, by where they went; each in the plan's order."""

    risen: tuple[Result, ...]
    fallen: tuple[Result, ...]
    same: tuple[Result, ...]  # not moved as far as the criterion's decimals show

    @property
    def comparable(self) -> int:
        return len(self.risen) + len(self.fallen) + len(self.same)

    @property
    def ranked(self) -> tuple[Result, ...]:
        """Those in %, from the largest rise to the largest fall (điểm phần trăm): they alone can be ranked."""
        rates = [r for r in (*self.risen, *self.same, *self.fallen) if r.criterion.measure == PERCENT]
        return tuple(sorted(rates, key=lambda r: r.change or Decimal(0), reverse=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A group of criteria, or a part of one, as the report numbers it."""

    number: str  # "1", "4.2"
    title: str  # empty: the group has no parts, or a part has no name
    results: tuple[Result, ...]  # with companions, each behind the criterion that it explains
    parts: tuple[Section, ...] = ()  # of a group: its parts, at least one; of a part: none

    @property
    def criteria(self) -> tuple[Result, ...]:
        """The results without companions."""
        return tuple(r for r in self.results if r.criterion.parent is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """What one unit gave to a summed variable."""

    unit: str
    value: Decimal  # in the variable's measure
    percent: Decimal  # of the province's figure, not rounded


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Units that give a variable and are told together."""

    communes: bool  # xã, phường; False: the other units beside those that are told one by one
    expected: int
    reported: int
    value: Decimal | None  # what they gave together; None where the variable is no sum, or none of them gave a number


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppliers:
    """Who gives a variable of the province: some units one by one, the others in blocks."""

    named: tuple[str, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """How the units have answered."""

    units: int  # that owe figures
    sent: int  # of these, whose return could be used
    late: int  # of these, on or after the deadline
    unusable: int  # sent something, and nothing of it could be used; counted as absent too
    to_mend: int  # sent, with cells that wait for mending or an answer
    owed: int  # figures, over all units
    taken: int  # of these, the figures taken

    @property
    def punctual(self) -> int:
        return self.sent - self.late

    @property
    def absent(self) -> int:
        return self.units - self.sent

    @property
    def percent(self) -> Decimal | None:
        """Units that sent, of all, not rounded."""
        return Decimal(self.sent) * 100 / self.units if self.units else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What has come of what one unit owes."""

    sending: Sending
    answered: int  # variables with a settled answer, be it a figure or that there is none

    @property
    def owed(self) -> int:
        return self.sending.owed

    @property
    def figures(self) -> int:
        return self.sending.values

    @property
    def without_figure(self) -> int:
        """Answers that there is none: not applicable, counted elsewhere."""
        return self.answered - self.figures

    @property
    def missing(self) -> int:
        return self.owed - self.answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Units that have answered at least so many percent of what they owe, and less than so many."""

    least: Decimal  # 100: all; 0: some
    below: Decimal | None  # None: all; 0: nothing
    units: int


@dataclass(frozen=True, kw_only=True)
class Summary:
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

    def _given(self, variable: str, unit: str) -> Decimal | None:
        figure = self.dataset.figure.get((variable, unit, self.plan.year))
        return figure.value if figure is not None and isinstance(figure.value, Decimal) else None

    def to_json(self) -> dict[str, Any]:
        """What is told in words, for ``merge --json``: every count that the papers print can be found there."""
        return {
            "threshold": values.plain(self.plan.settings.coverage),
            "criteria": _tally_json(self.tally),
            "moves": _moves_json(self.moves),
            "collection": {
                **{name: getattr(self.collection, name) for name in Collection.__dataclass_fields__},
                "punctual": self.collection.punctual,
                "absent": self.collection.absent,
                "percent": _six(self.collection.percent),
            },
            "delivery": {"communes": _bands_json(self.communes), "offices": _bands_json(self.offices)},
            "gaps": [{"variable": v, "why": why, "units": units} for (v, why), units in self.gaps.items()],
            "succession": dict(self.succession),
            "groups": [_section_json(s) for s in self.sections],
            "contributions": {
                code: [{"unit": c.unit, "value": values.plain(c.value), "percent": _six(c.percent)} for c in shares]
                for code, shares in self.contributions.items()
            },
            "suppliers": {
                code: {
                    "named": list(given.named),
                    "values": [values.plain(self._given(code, unit)) for unit in given.named],
                    "blocks": [
                        {
                            "communes": b.communes,
                            "expected": b.expected,
                            "reported": b.reported,
                            "value": values.plain(b.value),
                        }
                        for b in given.blocks
                    ],
                }
                for code, given in self.suppliers.items()
            },
        }


def of(plan: Plan, dataset: Dataset, results: Sequence[Result], sendings: Sequence[Sending]) -> Summary:
    """The summary of a year; nothing is worked out before it is asked for."""
    return Summary(plan=plan, dataset=dataset, results=tuple(results), sendings=tuple(sendings))


def tally(results: Iterable[Result]) -> Tally:
    """Criteria by what they rest on."""
    counts = {"whole": 0, "enough": 0, "partial": 0, "missing": 0}
    for r in results:
        if r.outcome is Outcome.MISSING:
            counts["missing"] += 1
        elif r.outcome is Outcome.PARTIAL:
            counts["partial"] += 1
        else:
            counts["whole" if r.whole else "enough"] += 1
    return Tally(**counts)


def comparable(result: Result) -> bool:
    """Whether its two years both rest on all units, the same ones."""
    return result.whole and result.previous_complete and result.comparable and result.change is not None


def direction(result: Result) -> int:
    """1 for a rise, -1 for a fall, 0 where nothing of the change is left at the criterion's decimals."""
    moved = values.rounded(result.change or Decimal(0), result.criterion.decimals)
    return (moved > 0) - (moved < 0)


def moves(results: Iterable[Result]) -> Moves:
    """The comparable criteria by where they went."""
    by: dict[int, list[Result]] = {1: [], -1: [], 0: []}
    for r in results:
        if comparable(r):
            by[direction(r)].append(r)
    return Moves(risen=tuple(by[1]), fallen=tuple(by[-1]), same=tuple(by[0]))


def collection(sendings: Sequence[Sending]) -> Collection:
    """How the units have answered; a file that could not be used counts as not sent."""
    sent = [s for s in sendings if s.sent_at is not None]
    return Collection(
        units=len(sendings),
        sent=len(sent),
        late=sum(1 for s in sent if s.late),
        unusable=sum(1 for s in sendings if s.sent_at is None and s.status is not None),
        to_mend=sum(1 for s in sent if s.open or s.status is Status.PARTIAL),
        owed=sum(s.owed for s in sendings),
        taken=sum(s.values for s in sendings),
    )


def bands(deliveries: Iterable[Delivery]) -> tuple[Band, ...]:
    """Units by how much of what they owe they have answered: from all to nothing, each class though nobody be in it."""
    limits = (Decimal(100), *ANSWERED, Decimal(0))
    found: Counter[int] = Counter()
    for d in deliveries:
        nothing = not d.answered and d.owed
        at = next(n for n, least in enumerate(limits) if 100 * d.answered >= least * d.owed)
        found[len(limits) if nothing else at] += 1
    between = [Band(least=low, below=high, units=found[n]) for n, (high, low) in enumerate(pairwise(limits), 1)]
    return (
        Band(least=limits[0], below=None, units=found[0]),
        *between,
        Band(least=Decimal(0), below=Decimal(0), units=found[len(limits)]),
    )


def contributions(total: Total) -> tuple[Contribution, ...]:
    """What each unit gave to a sum, the largest first; empty where it is no sum of several figures of at least 0."""
    parts = [(f.unit, f.value) for f in total.contributions if isinstance(f.value, Decimal)]
    if not isinstance(total.value, Decimal) or total.value <= 0 or len(parts) < 2 or any(v < 0 for _, v in parts):
        return ()
    listed = [Contribution(unit=u, value=v, percent=v * 100 / total.value) for u, v in parts]
    return tuple(sorted(listed, key=lambda c: c.value, reverse=True))


def relative(result: Result) -> Decimal | None:
    """The change in per cent of last year's figure; ``None`` for a rate, and where last year's is no amount above zero."""
    if result.change is None or result.criterion.measure == PERCENT or not result.previous or result.previous < 0:
        return None
    return result.change * 100 / result.previous


def suppliers(plan: Plan, total: Total, method: Method) -> Suppliers:
    """Who gives a total of the plan's year: up to ``NAMED`` units one by one, the largest of a sum, the others in blocks."""
    if len(total.expected) <= NAMED:
        return Suppliers(named=total.expected, blocks=())
    communes = [u for u in total.expected if plan.unit[u].type in COMMUNES]
    others = [u for u in total.expected if plan.unit[u].type not in COMMUNES]
    given = {f.unit: f.value for f in total.contributions if isinstance(f.value, Decimal)}
    if method is Method.SUM:
        others.sort(key=lambda u: given.get(u, Decimal(-1)), reverse=True)
    named = tuple(others[:NAMED])
    blocks = []
    for kind, members in ((False, others[NAMED:]), (True, communes)):
        if members:
            numbers = [given[u] for u in members if u in given] if method is Method.SUM else []
            blocks.append(
                Block(
                    communes=kind,
                    expected=len(members),
                    reported=len(set(members) & set(total.reported)),
                    value=sum(numbers, Decimal(0)) if numbers else None,
                )
            )
    return Suppliers(named=named, blocks=tuple(blocks))


def levels(criterion: Criterion) -> tuple[str, str]:
    """Group and part of a criterion; a third level stays with the second."""
    group, _, part = criterion.group.partition(" / ")
    return group.strip(), part.strip()


def _by_level(results: Sequence[Result]) -> dict[str, dict[str, list[Result]]]:
    """Group -> part -> its results; a companion figure stays with the criterion that it explains."""
    tree: dict[str, dict[str, list[Result]]] = {}
    of_criterion = {r.criterion.code: levels(r.criterion) for r in results}
    for r in results:
        group, part = of_criterion.get(r.criterion.parent or "", of_criterion[r.criterion.code])
        tree.setdefault(group, {}).setdefault(part, []).append(r)
    return tree


def _tally_json(t: Tally) -> dict[str, int]:
    return {"total": t.total, "whole": t.whole, "enough": t.enough, "partial": t.partial, "missing": t.missing}


def _moves_json(m: Moves) -> dict[str, Any]:
    return {
        "risen": [r.criterion.code for r in m.risen],
        "fallen": [r.criterion.code for r in m.fallen],
        "same": [r.criterion.code for r in m.same],
        "ranked": [r.criterion.code for r in m.ranked],
        "relative": {
            r.criterion.code: _six(percent) for r in (*m.risen, *m.fallen) if (percent := relative(r)) is not None
        },
    }


def _six(number: Decimal | None) -> Any:
    return None if number is None else values.plain(round(number, 6))


def _bands_json(deliveries: Sequence[Delivery]) -> list[dict[str, Any]]:
    return [
        {"from": values.plain(b.least), "below": values.plain(b.below), "units": b.units} for b in bands(deliveries)
    ]


def _section_json(s: Section) -> dict[str, Any]:
    told: dict[str, Any] = {
        "number": s.number,
        "title": s.title,
        "criteria": _tally_json(tally(s.criteria)),
        "moves": _moves_json(moves(s.criteria)),
        "codes": [r.criterion.code for r in s.results],
    }
    return {**told, "parts": [_section_json(p) for p in s.parts]} if s.parts else told
