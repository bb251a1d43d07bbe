"""dieu-chinh.xlsx, the clerk's own decisions: read and kept, questions added, and what becomes of each told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsindicators import lazily

if TYPE_CHECKING:
    from lsindicators.decisions import sheets
    from lsindicators.decisions.asking import pinned, renew, stand
    from lsindicators.decisions.paper import FILE, Paper, States, Version, same
    from lsindicators.decisions.reading import read
    from lsindicators.decisions.writing import write

__all__ = ["FILE", "Paper", "States", "Version", "pinned", "read", "renew", "same", "sheets", "stand", "write"]

__getattr__ = lazily.loader(
    __name__,
    {
        "asking": "pinned renew stand",
        "paper": "FILE Paper States Version same",
        "reading": "read",
        "sheets": "",
        "writing": "write",
    },
)
