"""The findings that a slip shows at its input cells: the gravest first, each a colour and a prompt."""

from __future__ import annotations

from collections.abc import Mapping

from lsindicators import layout
from lsindicators.findings import Finding, Severity
from lsindicators.forms.draft import Draft
from lsindicators.forms.wording import PROMPT, TITLE, cut
from lsindicators.values import clean, sentence

GRAVITY = ("remark_error", "remark_question", "remark_note")
"""The roles of remarks, the gravest first."""

Prompts = Mapping[tuple[int, int], Mapping[str, str]]
"""Input cell -> the prompt that tells what is the matter with it."""


def role(remark: Finding) -> str:
    """The role that a remark plays."""
    return {Severity.ERROR: "remark_error", Severity.QUESTION: "remark_question"}.get(remark.severity, "remark_note")


def placed(draft: Draft) -> list[tuple[Finding, tuple[int, int]]]:
    """The remarks that stand at an input of the form, and its row and column; the gravest first."""
    inputs = {
        layout.address(r.row, column): (r.row, column)
        for r in draft.form.variables
        for column in (layout.PREVIOUS, *layout.INPUTS)
        if column != layout.PREVIOUS or r.previous is None
    }
    drawn = [(f, inputs[f.at.address]) for f in draft.remarks if f.at.sheet == layout.DATA and f.at.address in inputs]
    return sorted(drawn, key=lambda pair: GRAVITY.index(role(pair[0])))


def prompts(draft: Draft) -> Prompts:
    """What the cells with remarks say when they are chosen."""
    told: dict[tuple[int, int], list[str]] = {}
    for remark, place in placed(draft):
        told.setdefault(place, []).append(sentence(clean(remark.message)))
    title = cut(draft.look.word("remark_title"), TITLE)
    return {
        place: {"input_title": title, "input_message": cut(" ".join(texts), PROMPT)} for place, texts in told.items()
    }
