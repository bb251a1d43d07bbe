"""What stands on the sheets of a workbook without being in a cell: comments, pictures, shapes, charts, embedded objects."""

from __future__ import annotations

from typing import NamedTuple

COMMENT, PICTURE, CHART, SHAPE, OBJECT = "comment", "picture", "chart", "shape", "object"

MOST = 5_000
"""Most annotations that are kept of one workbook."""


class Beside(NamedTuple):
    """One thing beside the cells. ``text``: what a comment or a text box says, NFC and trimmed; else empty."""

    sheet: str
    place: tuple[int, int] | None  # row and column from 0 of the cell where it begins; None: it hangs on no cell
    kind: str
    text: str = ""
