"""What it costs to be asked for next to nothing: help, the version, a wrong option; what the ledger and memory know."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from benchmarks import inputs
from benchmarks.race import MANY, Bench, Sample

CRITERION = "KQ07"


def starts(bench: Bench) -> Iterator[tuple[str, list[Sample]]]:
    """Help, the version and a usage error."""
    yield "help", _beside_click(bench, bench.ours("--help"), 0)
    yield "version", _beside_click(bench, bench.ours("--version"), 0)
    yield "usage-error", _beside_click(bench, bench.ours("read", "--no-such-option"), 2)


def questions(bench: Bench) -> Iterator[tuple[str, list[Sample]]]:
    """The state of a campaign whose returns are all read, and where one figure comes from."""
    campaign = inputs.received(bench, bench.province)
    yield "status", _beside_click(bench, bench.ours("status", campaign, "--json"), 0, 1)
    yield "trace", _beside_click(bench, bench.ours("trace", campaign, CRITERION, "--json"), 0, 1)


def _beside_click(bench: Bench, ours: list[str], *codes: int) -> list[Sample]:
    click = [sys.executable, "-c", "import click"]
    pairs = ((turn, bench.run(ours, codes), bench.run(click)) for turn in bench.turns(MANY))
    return [cost.over(peer) for turn, cost, peer in pairs if turn.counts]
