"""Results, sendings, totals in; counts, rankings and shares out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import pairwise

from lsindicators import values
from lsindicators.model import Criterion, Method, Outcome, Plan, Result, Sending, Status, Total
from lsindicators.summary.nouns import (
    PERCENT,
    Band,
    Block,
    Collection,
    Contribution,
    Delivery,
    Moves,
    Suppliers,
    Tally,
)

COMMUNES = ("xa", "phuong")
"""Types of the units that are counted together, for there are too many to be told one by one."""

NAMED = 6
"""Up to so many units that give a variable are told one by one."""

ANSWERED = (Decimal(90), Decimal(50))
"""Percent of what a unit owes: where the classes between all and nothing begin."""

_KINDS = {
    "Sở, ban, ngành": ("so", "cq-ngang-so", "ban", "ubnd-tinh", "cq-hdnd"),
    "Xã": ("xa",),
    "Phường": ("phuong",),
    "Đảng, Mặt trận, đoàn thể": ("dang", "mttq", "to-chuc-ctxh", "hoi"),
    "Cơ quan Trung ương, tư pháp, lực lượng vũ trang": ("tw-doc", "tu-phap", "luc-luong-vu-trang"),
}
_OTHERS = "Đơn vị sự nghiệp, doanh nghiệp, đơn vị khác"
KINDS = (*_KINDS, _OTHERS)
"""Kinds of units, in the order in which they are shown."""


def kind(unit_type: str) -> str:
    """The kind of units that a type (``Loại``) belongs to."""
    return next((name for name, types in _KINDS.items() if unit_type in types), _OTHERS)


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
