"""What is prepared for all tools alike: a campaign, its forms, and returns that are filled in with made-up figures."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from benchmarks.race import PROVINCE, Bench, FailedError, aside

YEAR = 2025


def begun(bench: Bench, units: int) -> Path:
    """A campaign of so many units, without forms."""
    make = _begin_province if units == PROVINCE else _begin_country
    return bench.made(f"begun-{units}", lambda path: aside(make, path, units))


def issued(bench: Bench, units: int) -> Path:
    """The same with its forms."""

    def make(path: Path) -> None:
        bench.fresh(begun(bench, units)).rename(path)
        bench.run(bench.ours("generate", path))

    return bench.made(f"issued-{units}", make)


def returned(bench: Bench, units: int, forms: Path | None = None) -> Path:
    """A folder with one clean return of each unit, no two alike. ``forms``: a campaign that has its forms already."""
    return bench.made(f"returned-{units}", lambda path: aside(fill, forms or issued(bench, units), path))


def received(bench: Bench, units: int) -> Path:
    """A campaign whose returns are all read."""

    def make(path: Path) -> None:
        bench.fresh(issued(bench, units)).rename(path)
        bench.run(bench.ours("read", path, returned(bench, units)), codes=(0, 1))

    return bench.made(f"received-{units}", make)


def _begin_province(campaign: Path, units: int) -> None:
    from lsindicators import assignment, pipeline

    pipeline.begin(campaign, year=YEAR)
    owing = len(assignment.builtin(YEAR).owed)
    if owing != units:
        raise FailedError(f"{owing} units of the built-in province owe figures, not {units}")


def _begin_country(campaign: Path, units: int) -> None:
    from benchmarks import country

    country.build(campaign, units)


def fill(campaign: Path, folder: Path, spoilt: bool = False) -> None:
    """A return of every unit; ``spoilt``: with a word where one number should be, so that each needs a slip."""
    from lsindicators import layout
    from lsindicators.model import HANOI
    from lsindicators.pipeline.campaign import FORMS, read_plan
    from lsindicators.rehearsal import figures, packing
    from lsindicators.rehearsal.desk import Desk

    plan, _ = read_plan(campaign)
    folder.mkdir()
    told: dict = {unit: {} for unit in plan.owed}
    for answer in figures.answers(plan, 1):
        told[answer.unit][answer.variable] = answer
    words = {layout.QUESTIONS[0]: "Khó khăn về số liệu"}
    for unit in plan.owed:
        desk = Desk(plan=plan, form=layout.form(plan, unit), answers=told[unit], words=words)
        if spoilt:
            row = next(r for r in desk.form.variables if r.variable and r.variable.kind.numeric)
            desk.type(row, layout.CURRENT, "mười hai")
        blank = (campaign / FORMS / f"{unit}.xlsx").read_bytes()
        sent = datetime(YEAR + 1, 1, 2, 8, tzinfo=HANOI)
        (folder / f"{unit}.xlsx").write_bytes(packing.typed(blank, desk.sheets, sent))
