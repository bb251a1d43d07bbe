"""A criterion's figure, its change and its coverage as every paper prints them: said once, so that no two differ."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from lsindicators import summary, values
from lsindicators.model import Criterion, Result

NO_FIGURE = "Chưa có số liệu"
NO_CHANGE = "–"
"""Stands for the change where a year has no figure, or the two rest on different units."""
UNASSIGNED = "Chưa phân công"


def listing(parts: Sequence[str]) -> str:
    """``a, b và c``."""
    return f"{', '.join(parts[:-1])} và {parts[-1]}" if len(parts) > 1 else "".join(parts)


def figure(value: Decimal | None, criterion: Criterion) -> str:
    """A criterion's value with exactly its decimals; where there is none, these words and never a zero."""
    return NO_FIGURE if value is None else values.format_number(value, criterion.decimals)


def change(result: Result) -> str:
    """This year less last year with its sign; a dash where the two cannot be compared."""
    if result.change is None or not result.comparable:
        return NO_CHANGE
    written = values.format_number(result.change, result.criterion.decimals)
    return f"+{written}" if summary.direction(result) > 0 else written


def coverage(reported: int, expected: int, *, recorded: bool = False) -> str:
    """``63/65``; a dash where nobody is awaited, as all is on record; where nobody was named, these words."""
    if expected:
        return f"{reported}/{expected}"
    return NO_CHANGE if recorded else UNASSIGNED


def recorded(result: Result) -> bool:
    """Whether all that it rests on are the province's figures on record, so that no unit is awaited."""
    return not result.expected and bool(result.inputs) and not result.missing
