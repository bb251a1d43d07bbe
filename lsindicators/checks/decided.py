"""The clerk's decisions about the figures of one return: which of them hold, and what they settle.

A decision holds for what stood in the cell when it was made: another number sent later opens the question again. A
figure that is decided is taken as decided; a doubt about several figures is settled once each of them is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from lsindicators import values
from lsindicators.checks import across
from lsindicators.checks.across import Doubt, Numbers
from lsindicators.findings import Finding, Held, Severity
from lsindicators.layout import Form
from lsindicators.model import CellRef, Choice, Decision, Entry, Figure, FoundCell, Plan, Value

Place = tuple[str, int]
"""Variable and year."""

Decisions = Mapping[str, Sequence[Decision]]
"""Unit -> what was decided about its figures."""

Settled = Mapping[Place, Decision]
Taken = Mapping[Place, Figure]


def holding(form: Form, entries: Mapping[str, Entry], taken: Taken, decisions: Sequence[Decision]) -> Settled:
    """The decisions that hold for what stands in the return; ``taken`` are the figures that are good by themselves."""
    if not decisions:
        return {}
    found: dict[Place, Decision] = {}
    for d in decisions:
        row, place = form.by_code.get(d.variable), (d.variable, d.year)
        if row is None or row.variable is None or place in found or d.year not in (form.year, form.year - 1):
            continue
        if d.choice is Choice.KEEP and (place not in taken or d.sent is None):
            continue
        stands = sent(form, entries, taken, place)
        v = row.variable
        if d.sent is None or (stands is not None and values.agrees(d.sent, stands, v.kind, v.measure)):
            found[place] = d
    return found


def sent(form: Form, entries: Mapping[str, Entry], taken: Taken, place: Place) -> Value | None:
    """What stands in the return: the figure where it can be read, else what a person sees in the cell."""
    if place in taken:
        return taken[place].value
    entry = entries.get(place[0])
    return None if entry is None else _seen(_cell(entry, place[1] == form.year))


def _cell(entry: Entry, this_year: bool) -> FoundCell:
    return entry.current if this_year else entry.previous


def _seen(cell: FoundCell) -> Value | None:
    plain = cell.formula is None and not (cell.date_format or cell.percent_format)
    if plain and isinstance(cell.value, bool | None):
        return None if cell.value is None else values.seen(cell)
    return cell.value if plain and isinstance(cell.value, Value) else values.seen(cell) or None


def applied(taken: Taken, settled: Settled) -> dict[Place, Figure]:
    """The figures with those that the clerk corrected in their places, and without those that are not to be taken."""
    figures = dict(taken)
    for place, d in settled.items():
        if d.choice is not Choice.KEEP:
            figures.pop(place, None)
        if d.choice is Choice.CORRECT:
            figures[place] = d.figure
    return figures


# ------------------------------------------------------------------ across cells and years


class Outcome(Struct, frozen=True, kw_only=True):
    """What the rules across cells and years have left."""

    taken: dict[Place, Figure]
    doubts: tuple[Doubt, ...]  # those that are settled among them, as they are told
    popped: Mapping[Place, tuple[Figure, Finding]]  # figures good by themselves that are held back, and why
    used: frozenset[Place]  # where a decision to keep a figure has settled a doubt


def judge(plan: Plan, taken: Taken, settled: Settled, year: int, numbers: Callable[[Taken], Numbers]) -> Outcome:
    """Run the rules across cells and years over ``taken``; what is ``settled`` stays taken."""
    left = dict(taken)
    told: list[Doubt] = []
    popped: dict[Place, tuple[Figure, Finding]] = {}
    used: set[Place] = set()
    now = numbers(left)
    for rule in across.RULES:
        there = frozenset(left)
        doubts = tuple(rule(plan, now))
        for doubt in doubts:
            places = [p for r in doubt.untaken if (p := (r.code, year + r.lag)) in there]
            open_ = [p for p in places if p not in settled]
            used.update(p for p in places if p in settled)
            if places and not open_:
                doubt = replace(doubt, finding=_told(doubt.finding, [settled[p] for p in places]), untaken=())
            for place in open_:
                if place in left:
                    popped[place] = left.pop(place), doubt.finding
            told.append(doubt)
        for place in used & left.keys():
            left[place] = left[place]._replace(decision=settled[place])
        if used or len(left) < len(there):
            now = numbers(left)
    return Outcome(taken=left, doubts=tuple(told), popped=popped, used=frozenset(used))


def gone(former: Iterable[Doubt], now: Iterable[Doubt], settled: Settled, year: int) -> Iterator[Doubt]:
    """The doubts about what the unit sent that are no more for what the clerk decided, told as settled."""
    still = {(d.finding.code, d.finding.variable, d.about) for d in now}
    for doubt in former:
        finding = doubt.finding
        if (finding.code, finding.variable, doubt.about) not in still and finding.severity.stops:
            places = dict.fromkeys((r.code, year + r.lag) for r in doubt.untaken)
            yield replace(doubt, finding=_told(finding, [settled[p] for p in places if p in settled]), untaken=())


# ------------------------------------------------------------------ what is told


def told(findings: Iterable[Finding], settled: Settled, year: int, last_year: frozenset[CellRef]) -> Iterator[Finding]:
    """``findings`` about single cells; those about a figure that is corrected or left out are settled."""
    for f in findings:
        place = f.variable or "", year - 1 if f.at in last_year else year
        d = settled.get(place) if settled and f.severity.stops else None
        yield f if d is None or d.choice is Choice.KEEP else _told(f, [d])


def _told(finding: Finding, decisions: Sequence[Decision]) -> Finding:
    """A finding that is settled: it stays to be seen, and says by what."""
    said = "; ".join(dict.fromkeys(map(str, decisions)))
    return replace(finding, severity=Severity.INFO, message="; ".join(filter(None, (finding.message, said))))


def held(
    form: Form, entries: Mapping[str, Entry], outcome: Outcome, settled: Settled, findings: Iterable[Finding]
) -> Iterator[Held]:
    """What stands in the cells for figures and is not taken."""
    why: dict[tuple[str, bool], Finding] = {}
    last_year = {e.previous.at for e in entries.values()}
    for f in findings:
        if f.severity.stops and f.variable:
            why.setdefault((f.variable, f.at not in last_year), f)
    for code, entry in entries.items():
        for year in (form.year, form.year - 1):
            place = code, year
            if place in outcome.popped:
                popped, finding = outcome.popped[place]
                if popped.value is not None:
                    yield Held(variable=code, year=year, sent=popped.value, figure=popped, finding=finding)
            elif place not in outcome.taken and place not in settled:
                finding_, stands = why.get((code, year == form.year)), _seen(_cell(entry, year == form.year))
                if finding_ is not None and stands is not None:
                    yield Held(variable=code, year=year, sent=stands, figure=None, finding=finding_)
