"""Templates of the letters that are made once the returns are in, judged before the forms go out."""

from __future__ import annotations

from lsindicators import papers
from lsindicators.letters.page import usable
from lsindicators.letters.reminder import ALL_TAGS, REMINDER, REMINDER_OF_ALL, REMINDER_TAGS
from lsindicators.letters.returned import RETURNED, RETURNED_TAGS

LATER = {RETURNED: RETURNED_TAGS, REMINDER: REMINDER_TAGS, REMINDER_OF_ALL: ALL_TAGS}
"""The template -> the tags that it may use."""


def judged() -> None:
    """Raise ``UnusableInputError`` where a shipped template has a fault."""
    for name, known in LATER.items():
        usable(papers.shipped(name), name, known)
