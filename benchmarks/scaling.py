"""How cost and memory grow with the number of units."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import inputs
from benchmarks.race import FEW, Bench, Cost, Sample

COMMANDS = ("generate", "read", "merge", "report")


def sizes(bench: Bench) -> Iterator[tuple[str, list[Sample]]]:
    """Four commands at three sizes in turn: the time of ten times the units, and the peak of the largest size."""
    small, middle, large = bench.scale
    for units in bench.scale:
        inputs.received(bench, units)
    turns = [{units: _turn(bench, units) for units in bench.scale} for _ in range(bench.pairs(FEW))]
    for command in COMMANDS:
        for name, units in (("900", middle), ("3400", large)):
            grown = [tenfold(turn[units][command], units, turn[small][command], small) for turn in turns]
            yield f"scaling-{command}-{name}", grown
    for command in ("generate", "read"):
        yield f"memory-{command}-3400", [turn[large][command].peak_over(turn[small][command]) for turn in turns]


def _turn(bench: Bench, units: int) -> dict[str, Cost]:
    """What each command costs at this size; forms and returns are made and read anew."""
    bench.tell(f"  a turn of {units} units")
    campaign = bench.fresh(inputs.begun(bench, units))
    anew = {
        "generate": bench.run(bench.ours("generate", campaign)),
        "read": bench.run(bench.ours("read", campaign, inputs.returned(bench, units)), (0, 1)),
    }
    known = inputs.received(bench, units)
    return anew | {command: bench.run(bench.ours(command, known), (0, 1)) for command in ("merge", "report")}


def tenfold(cost: Cost, units: int, small: Cost, few: int) -> Sample:
    """The time that ten times as many units take, by the cost of a unit at both sizes."""
    grown = cost.per(units).over(small.per(few))
    return Sample(10 * grown.value, 10 * (grown.processor or 0), grown.ours_mb, grown.peer_mb)
