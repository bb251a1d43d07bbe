"""A campaign of any number of units: the built-in plan with its communes multiplied, or with a few units only."""

from __future__ import annotations

from pathlib import Path

COMMUNES = ("xa", "phuong")


def build(folder: Path, units: int) -> None:
    """Begin a campaign in which so many units owe figures."""
    from msgspec.structs import replace

    from lsindicators import assignment, pipeline
    from lsindicators.pipeline.campaign import PLAN

    pipeline.begin(folder, year=2025)
    plan = assignment.builtin(2025)
    owing = [unit for unit in plan.units if unit.code in plan.owed]
    if units < len(owing):
        few = [unit for unit in owing if unit.code == "so-khcn"] + [unit for unit in owing if unit.type in COMMUNES]
        kept = (few + [unit for unit in owing if unit not in few])[:units]
        codes = {unit.code for unit in kept}
        assigned = tuple(
            replace(
                a,
                lead=tuple(u for u in a.lead if u in codes),
                supporting=tuple(u for u in a.supporting if u in codes),
                lead_written="",
                supporting_written="",
            )
            for a in plan.assignments
        )
        plan = replace(plan, units=tuple(kept), assignments=assigned, former=(), groups=())
    else:
        communes = [unit for unit in owing if unit.type in COMMUNES]
        more = tuple(
            replace(unit, code=f"{unit.code}-{n}", name=f"{unit.name} {n}", short=f"{unit.short} {n}", aliases=(),
                    email="", took_over=())
            for n, unit in ((2 + i // len(communes), communes[i % len(communes)]) for i in range(units - len(owing)))
        )  # fmt: skip
        plan = replace(plan, units=(*plan.units, *more))
    (folder / PLAN).write_bytes(assignment.write(plan))
