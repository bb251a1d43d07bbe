"""A table as it is drawn, whatever file it came from: boxes on a grid, merged cells as one box."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct


class Box(Struct, frozen=True):
    """One cell as drawn; a merged cell is one box over several places. Places count from 0, ends included."""

    text: str  # lines as typed, joined by "\n"
    top: int
    left: int
    bottom: int
    right: int
    bold: bool = False


class Grid(Struct, frozen=True):
    """A table: for each row and each column of the finest raster, the box that lies there."""

    place: str  # how a person finds it: "Bảng 2" of a Word file, the name of a sheet
    rows: tuple[tuple[Box | None, ...], ...]
    numbers: tuple[int, ...]  # the number of each row as a person counts it, from 1
    widths: tuple[int, ...]  # of each column, in any one measure
    above: str = ""  # the last text before the table

    def boxes(self, row: int) -> tuple[Box, ...]:
        """The boxes of a row from left to right, each once."""
        return tuple(dict.fromkeys(box for box in self.rows[row] if box is not None))


def lay(place: str, boxes: Iterable[Box], numbers: Sequence[int], widths: Sequence[int], above: str = "") -> Grid:
    """The grid on which ``boxes`` lie; where two overlap the first one stays."""
    cells: list[list[Box | None]] = [[None] * len(widths) for _ in numbers]
    for box in boxes:
        for row in range(box.top, min(box.bottom + 1, len(numbers))):
            for column in range(box.left, min(box.right + 1, len(widths))):
                if cells[row][column] is None:
                    cells[row][column] = box
    return Grid(place=place, rows=tuple(map(tuple, cells)), numbers=tuple(numbers), widths=tuple(widths), above=above)
