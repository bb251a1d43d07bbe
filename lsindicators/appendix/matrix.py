"""A matrix of responsibilities (units as columns, marks such as CT and PH in the rows) -> a table as others write it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from lsindicators import names
from lsindicators.appendix.grid import Box, Grid, lay

_LEAD = {"ct", "c", "ctr", "chu tri", "don vi chu tri", "co quan chu tri"}
_WITH = {"ph", "p", "phoi hop", "don vi phoi hop", "co quan phoi hop"}
_TICKS = {"x", "v", "✓", "✔", "√", "☑", "☒", "●", "•", "+", "*", "1"}
_TOTALS = {"cong", "tong cong", "tong so", "tong"}
_DEEPEST, _FIRST_ROWS = 3, 40

LEAD, SUPPORTING, BOTH = "Cơ quan chủ trì", "Cơ quan phối hợp", "Cơ quan chủ trì, phối hợp"


def _mark(text: str) -> str | None:
    """``lead``, ``with`` or ``tick``; empty for nothing, ``None`` for any other text."""
    key = names.ascii_key(text).strip()
    if not text.strip() or text.strip() in {"-", "–", "—"}:
        return ""
    if key in _LEAD:
        return "lead"
    if key in _WITH:
        return "with"
    return "tick" if (key or text.strip()) in _TICKS else None


def unfold(grid: Grid, named: Callable[[str], bool], known: Callable[[str], bool]) -> Grid | None:
    """``grid`` with three columns of units for its columns of marks; ``None`` when it is no matrix.

    ``named`` tells the heading of a column of criteria, ``known`` one that means something else than a unit.
    """
    for last in range(min(len(grid.rows), _FIRST_ROWS)):
        heads = [box.text if box is not None else "" for box in grid.rows[last]]
        if not any(named(text) for text in heads):
            continue
        last = max((b.bottom for b in grid.boxes(last) if b.text and named(b.text)), default=last)
        heads = [box.text if box is not None else "" for box in grid.rows[last]]
        units = [c for c, text in enumerate(heads) if text and not known(text) and _marked(grid, last, c)]
        if len(units) >= 2:
            return _unfolded(grid, last, units)
    return None


def _marked(grid: Grid, last: int, column: int) -> bool:
    """Whether the cells below a heading hold marks and nothing else, the merged rows of groups aside."""
    below = [row[column] for row in grid.rows[last + 1 :] if not _counts(row)]
    marks = [_mark(box.text) for box in below if box is not None and not _is_group(grid, box)]
    return any(marks) and None not in marks


def _counts(row: Sequence[Box | None]) -> bool:
    """Whether a row counts the marks above it."""
    return any(box is not None and names.ascii_key(box.text) in _TOTALS for box in row)


def _is_group(grid: Grid, box: Box) -> bool:
    return box.right - box.left + 1 > 1 and (box.right - box.left + 1) * 2 > len(grid.widths)


def _unfolded(grid: Grid, last: int, units: Sequence[int]) -> Grid:
    kept = [c for c in range(len(grid.widths)) if c not in units]
    place = {column: i for i, column in enumerate(kept)}
    width = len(kept)
    boxes: list[Box] = []
    for drawn in dict.fromkeys(b for row in grid.rows for b in row if b is not None):
        mine = [place[c] for c in range(drawn.left, drawn.right + 1) if c in place]
        if mine:
            over = len(mine) < drawn.right - drawn.left + 1 and _is_group(grid, drawn)
            right = width + 2 if over else max(mine)
            boxes.append(Box(drawn.text, drawn.top, min(mine), drawn.bottom, right, drawn.bold))
    for i, text in enumerate((LEAD, SUPPORTING, BOTH)):
        boxes.append(Box(text, last, width + i, last, width + i))
    for at in range(last + 1, len(grid.rows)):
        sides: dict[str, list[str]] = {"lead": [], "with": [], "tick": []}
        for column in units if not _counts(grid.rows[at]) else ():
            box = grid.rows[at][column]
            mark = _mark(box.text) if box is not None and not _is_group(grid, box) else ""
            if mark:
                side = _above(grid, last, column) if mark == "tick" else mark
                sides[side].append(_unit(grid, last, column))
        for i, side in enumerate(("lead", "with", "tick")):
            if sides[side]:
                boxes.append(Box("\n".join(f"- {unit}" for unit in sides[side]), at, width + i, at, width + i))
    widths = [grid.widths[c] for c in kept] + [max(grid.widths)] * 3
    return lay(grid.place, boxes, grid.numbers, widths, grid.above)


def _unit(grid: Grid, last: int, column: int) -> str:
    box = grid.rows[last][column]
    return re.sub(r"\s+", " ", box.text).strip() if box is not None else ""


def _above(grid: Grid, last: int, column: int) -> str:
    """What a tick means: told by a heading over several columns of units, else left open."""
    for at in range(last - 1, max(last - _DEEPEST, -1), -1):
        box = grid.rows[at][column]
        key = names.ascii_key(box.text) if box is not None else ""
        if "chu tri" in key and "phoi hop" not in key:
            return "lead"
        if "phoi hop" in key and "chu tri" not in key:
            return "with"
    return "tick"
