"""More than a sheet of Excel holds goes on several sheets: between two provinces where the units have provinces."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from msgspec import Struct

from lsindicators.model import Plan

Thing = TypeVar("Thing")


class Spread(Struct, frozen=True):
    """One table on several sheets."""

    sheets: tuple[str, ...]
    provinces: tuple[tuple[str, ...], ...]  # those of each sheet; empty tuples where the units have none

    def __str__(self) -> str:
        if not any(self.provinces):
            return f"Nhiều hơn một trang tính của Excel chứa được, nên chia ra các trang: {', '.join(self.sheets)}."
        told = "; ".join(f"{sheet}: {', '.join(of)}" for sheet, of in zip(self.sheets, self.provinces, strict=True))
        return f"Nhiều hơn một trang tính của Excel chứa được, nên chia theo tỉnh. {told}."


def divided(
    plan: Plan, listed: Sequence[Thing], unit: Callable[[Thing], str], room: int
) -> tuple[Sequence[Thing], ...]:
    """``listed`` in its order where ``room`` holds it; else province after province, each whole on a sheet that has room
    for it. ``unit`` gives the code of a thing's unit."""
    if len(listed) <= room:
        return (listed,)
    by_province: dict[str, list[Thing]] = {place: [] for place in provinces(plan)}
    home = {u.code: u.province for u in plan.units}
    for thing in listed:
        by_province[home[unit(thing)]].append(thing)
    sheets: list[list[Thing]] = [[]]
    for things in by_province.values():
        if sheets[-1] and len(sheets[-1]) + len(things) > room:
            sheets.append([])
        taken = room - len(sheets[-1])
        sheets[-1] += things[:taken]
        sheets += [things[at : at + room] for at in range(taken, len(things), room)]
    return tuple(sheets)


def provinces(plan: Plan) -> tuple[str, ...]:
    """The provinces of the units, as they first come in the plan; empty for the campaign's own."""
    return tuple(dict.fromkeys(u.province for u in plan.units))


def spread(
    plan: Plan, sheets: Sequence[str], parts: Sequence[Sequence[Thing]], unit: Callable[[Thing], str]
) -> Spread | None:
    """On which of ``sheets`` the provinces stand; ``None`` where there is one sheet."""
    if len(parts) < 2:
        return None
    home = {u.code: u.province or plan.settings.province for u in plan.units}
    several = len(provinces(plan)) > 1
    told = (tuple(dict.fromkeys(home[unit(thing)] for thing in part)) if several else () for part in parts)
    return Spread(tuple(sheets), tuple(told))
