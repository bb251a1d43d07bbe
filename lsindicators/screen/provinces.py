"""Thousands of units on the screen: counted province by province, where there are several."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lsindicators.model import Plan

MANY = 200
"""So many units of several provinces are listed one by one."""


def too_many(plan: Plan, units: Collection[str]) -> bool:
    """Whether ``units`` are rather counted than listed."""
    return len(units) > MANY and len({plan.unit[u].province for u in units}) > 1


def counted(plan: Plan, units: Collection[str]) -> Mapping[str, int]:
    """Province -> how many of ``units`` are there, in the plan's order."""
    return Counter(home(plan, unit) for unit in units)


def home(plan: Plan, unit: str) -> str:
    """The province of a unit."""
    return plan.unit[unit].province or plan.settings.province
