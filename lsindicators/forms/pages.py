"""Where the printed data sheet turns its pages: no heading is left at the foot of one, no signature stands alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lsindicators.forms.look import Page

A4 = (595.3, 841.9)
"""Width and height of the paper in points, upright."""

_SPARE = 0.97
"""Programs and printers measure rows a little differently: a page is not filled to the last point."""


def capacity(page: Page, widths: Sequence[int]) -> float:
    """Points of rows that a page holds when all columns (pixels) are fitted to its width."""
    width, height = reversed(A4) if page.landscape else A4
    margins = {side: inches * 72 for side, inches in page.margins.items()}
    room = width - margins["left"] - margins["right"]
    scale = min(1.0, int(100 * room / (sum(widths) * 0.75)) / 100)
    return (height - margins["top"] - margins["bottom"]) / scale * _SPARE


def breaks(
    heights: Mapping[int, float], bound: frozenset[int], first: int, last: int, repeated: float, room: float
) -> list[int]:
    """The rows, counted from 0, before which a new page begins.

    ``heights``: points of each row; ``bound``: rows that must stand on the page of the row below them; ``first`` to
    ``last`` may be parted, all above stands on the first page; ``repeated``: points of the rows printed on every page.
    """
    found: list[int] = []
    used = sum(heights.get(row, 0.0) for row in range(first))
    start = row = first
    while row <= last:
        end = row
        while end in bound and end < last:
            end += 1
        block = sum(heights.get(r, 0.0) for r in range(row, end + 1))
        if used + block > room and row > start:
            found.append(row)
            used, start = repeated, row
        used += block
        row = end + 1
    return found
