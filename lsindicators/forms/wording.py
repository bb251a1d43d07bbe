"""Small Vietnamese: a text within a limit, a message as a sentence, a finding's sentence in two halves."""

from __future__ import annotations

from lsindicators.findings import Finding
from lsindicators.values import clean, format_value, sentence

PROMPT, ALARM, TITLE = 255, 224, 32
"""Excel's limits for the text of a prompt, the text of an error message, and the title of either."""

LONGEST_SHOWN = 255
"""Characters of a returned cell that a slip repeats."""


def length(text: str) -> int:
    """Characters as Excel counts them: an emoji is two."""
    return len(text.encode("utf-16-le")) // 2


def cut(text: str, limit: int) -> str:
    """``text`` within ``limit`` of Excel's characters, ended at a word with “…” when it is longer."""
    if length(text) <= limit:
        return text
    return text.encode("utf-16-le")[: 2 * limit - 2].decode("utf-16-le", "ignore").rsplit(" ", 1)[0] + "…"


def found(remark: Finding) -> str:
    """What stood in the cell, as the unit saw it."""
    if isinstance(remark.value, bool):
        return str(remark.value).upper()
    return clean(format_value(remark.value))[:LONGEST_SHOWN]


def halves(remark: Finding) -> tuple[str, str]:
    """A finding's sentence in two, each a sentence of its own."""
    why, todo = remark.halves
    return sentence(clean(why)), sentence(clean(todo))
