"""dieu-chinh.xlsx, the clerk's own decisions: read and kept, questions added, and what becomes of each told."""

from __future__ import annotations

from lsindicators.decisions import sheets
from lsindicators.decisions.asking import States, Version, pinned, renew, stand
from lsindicators.decisions.paper import FILE, Paper
from lsindicators.decisions.reading import read
from lsindicators.decisions.writing import write

__all__ = ["FILE", "Paper", "States", "Version", "pinned", "read", "renew", "same", "sheets", "stand", "write"]


def same(one: Paper, other: Paper) -> bool:
    """Whether the same rows stand in both, in the same order."""
    return [[dict(row.cells) for row in rows] for rows in one.tables] == [
        [dict(row.cells) for row in rows] for rows in other.tables
    ]
