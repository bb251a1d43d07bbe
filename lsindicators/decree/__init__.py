"""A finished Word paper in, what in it is not as Nghị định 30/2020/NĐ-CP wants it out: findings, each with its place.

An error is a rule that the decree states; a warning is practice, or what may be meant so; an info is left to a person.
"""

from __future__ import annotations

from lsindicators.decree import elements, gathered, looks, pages, words
from lsindicators.decree.paper import Paper
from lsindicators.errors import UnusableInputError
from lsindicators.findings import Finding
from lsindicators.papers.package import PackageError

__all__ = ["check"]

RULES = (
    pages.size,
    pages.margins,
    pages.numbers,
    words.present,
    looks.font,
    looks.size,
    looks.style,
    looks.spacing,
    words.symbol,
    words.dates,
    words.addressed,
    words.recipients,
    words.ending,
    words.signed,
    words.ruled,
    words.annexes,
    words.blanks,
)


def check(content: bytes, name: str) -> tuple[Finding, ...]:
    """What is not as the decree wants it in the Word file ``name``; empty where nothing is.

    The same fault at many places is told once. Raises ``UnusableInputError`` where the file cannot be read.
    """
    try:
        paper = Paper(content)
        found = elements.recognised(paper)
        return tuple(gathered.findings(name, (remark for rule in RULES for remark in rule(paper, found))))
    except PackageError as error:
        raise UnusableInputError(f"{name}: {error}") from error
