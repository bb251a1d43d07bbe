"""How cost and memory grow with the number of units, and the whole country beside plain scripts: all out of the same runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks import generate, inputs, merge
from benchmarks.race import FEW, Bench, Cost, Sample, aside

COMMANDS = ("generate", "read", "merge", "report")


class Run(NamedTuple):
    """A command, what it cost, and the campaign as it left it."""

    command: str
    cost: Cost
    campaign: Path


def sizes(bench: Bench) -> Iterator[tuple[str, list[Sample]]]:
    """Four commands at three sizes in turn: the time of ten times the units, the peak of the largest, and what peers cost."""
    small, middle, large = bench.scale
    every = 1 if bench.small else generate.EVERY
    generate.recipes(bench, large, every)
    if not bench.small:
        list(_runs(bench, small))  # what is not compiled yet is compiled
    turns, written, merged = [], [], []
    for turn in bench.turns(FEW, warm=False):
        costs: dict[int, dict[str, Cost]] = {}
        for units in bench.scale:
            costs[units] = {}
            for run in _runs(bench, units):
                costs[units][run.command] = run.cost
                if units == large and run.command == "generate":
                    written.append((run.cost.per(large), _forms_beside(bench, run.campaign, every, turn.first)))
                if units == large and run.command == "merge":
                    merged.append((run.cost, _table_beside(bench, run.campaign, turn.first)))
        turns.append(costs)
    yield "generate-3400", [ours.over(peer) for ours, peer in written]
    yield "merge-3400", [ours.over(peer) for ours, peer in merged]
    yield "merge-3400-memory", [ours.peak_over(peer) for ours, peer in merged]
    for command in ("generate", "read"):
        yield f"memory-{command}-3400", [turn[large][command].peak_over(turn[small][command]) for turn in turns]
    for command in COMMANDS:
        for name, units in (("900", middle), ("3400", large)):
            grown = [tenfold(turn[units][command], units, turn[small][command], small) for turn in turns]
            yield f"scaling-{command}-{name}", grown


def _runs(bench: Bench, units: int) -> Iterator[Run]:
    """The commands at this size, one after the other; each does what it does for the first time."""
    bench.tell(f"  {units} units")
    campaign = bench.fresh(inputs.begun(bench, units))
    yield Run("generate", bench.run(bench.ours("generate", campaign)), campaign)
    sent = inputs.returned(bench, units, campaign)
    yield Run("read", bench.run(bench.ours("read", campaign, sent), (0, 1)), campaign)
    to_merge = bench.fresh(campaign)
    yield Run("merge", bench.run(bench.ours("merge", to_merge), (0, 1)), to_merge)
    yield Run("report", bench.run(bench.ours("report", campaign), (0, 1)), campaign)


def _forms_beside(bench: Bench, campaign: Path, every: int, held: bool) -> Cost:
    """What a form costs the plain script, which writes those of every tenth unit; ``held`` against ours."""
    plain = bench.empty("plain")
    cost = bench.run(bench.peer("replay_xlsxwriter", generate.recipes(bench, bench.country, every), plain))
    if held:
        aside(generate.compare, campaign, plain, every)
    return cost.per(len(list(plain.iterdir())))


def _table_beside(bench: Bench, campaign: Path, held: bool) -> Cost:
    """What the plain script costs that writes the rows of this table; ``held`` against ours."""
    cost = bench.run(merge.beside(bench, bench.country, campaign))
    if held:
        aside(merge.compare, campaign / merge.TABLE, bench.folder / merge.PLAIN)
    return cost


def tenfold(cost: Cost, units: int, small: Cost, few: int) -> Sample:
    """The time that ten times as many units take, by the cost of a unit at both sizes."""
    grown = cost.per(units).over(small.per(few))
    return Sample(10 * grown.value, 10 * (grown.processor or 0), grown.ours_mb, grown.peer_mb)
