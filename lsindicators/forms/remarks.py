"""The findings that a slip shows at its input cells: the gravest first, each a colour and a prompt."""

from __future__ import annotations

from collections.abc import Mapping
from string import ascii_uppercase

from lsindicators import layout
from lsindicators.findings import Code, Finding, Severity
from lsindicators.forms.draft import Draft
from lsindicators.forms.wording import PROMPT, TITLE, cut
from lsindicators.model import Kind, State, Variable
from lsindicators.values import clean, format_number, sentence

GRAVITY = ("remark_error", "remark_question", "remark_note")
"""The roles of remarks, the gravest first."""

Prompts = Mapping[tuple[int, int], Mapping[str, str]]
"""Input cell -> the prompt that tells what is the matter with it."""


def role(remark: Finding) -> str:
    """The role that a remark plays."""
    return {Severity.ERROR: "remark_error", Severity.QUESTION: "remark_question"}.get(remark.severity, "remark_note")


def placed(draft: Draft) -> list[tuple[Finding, tuple[int, int]]]:
    """The remarks that stand at an input of the form, and its row and column; the gravest first."""
    named = (f.at.address for f in draft.remarks if f.at.sheet == layout.DATA and f.at.address)
    rows = {address.lstrip(ascii_uppercase) for address in named}
    inputs = {
        layout.address(r.row, column): (r.row, column)
        for r in draft.form.variables
        if str(r.row + 1) in rows
        for column in (layout.PREVIOUS, *layout.INPUTS)
        if column != layout.PREVIOUS or r.previous is None
    }
    drawn = [(f, inputs[f.at.address]) for f in draft.remarks if f.at.sheet == layout.DATA and f.at.address in inputs]
    return sorted(drawn, key=lambda pair: GRAVITY.index(role(pair[0])))


def prompts(draft: Draft) -> Prompts:
    """What the cells with remarks say when they are chosen."""
    told: dict[tuple[int, int], list[str]] = {}
    remarks = placed(draft)
    for remark, place in remarks:
        told.setdefault(place, []).append(sentence(clean(remark.message)))
    for remark, place in remarks:
        told[place] = list(dict.fromkeys([*told[place], example(draft, remark)]))
    title = cut(draft.look.word("remark_title"), TITLE)
    return {
        place: {"input_title": title, "input_message": cut(" ".join(texts), PROMPT)} for place, texts in told.items()
    }


def example(draft: Draft, remark: Finding) -> str:
    """What may be typed at the cell of ``remark``; empty where its sentence shows an example, or nothing fits."""
    row = draft.form.by_code.get(remark.variable or "")
    if row is None or row.variable is None or remark.at.address is None or "ví dụ" in remark.message:
        return ""
    if remark.code is Code.RULE_BROKEN:  # how a number is typed is known there
        return ""
    column = remark.at.address.rstrip("0123456789")
    words = {
        layout.column_letters(layout.STATE): "example_state",
        layout.column_letters(layout.SOURCE): "example_source",
        layout.column_letters(layout.REASON): "example_reason",
    }
    if remark.code is Code.LARGE_CHANGE:
        return draft.look.word("example_change", **draft.facts)
    if column in words:
        return draft.look.word(words[column], **draft.facts, state=State.GIVEN.value)
    return _number(draft, row.variable)


def _number(draft: Draft, v: Variable) -> str:
    """How a figure of ``v`` is typed, and what it then means."""
    if v.kind is Kind.YES_NO:
        return draft.look.word("example_choice")
    number = layout.example(v)
    if number is None:
        return ""
    measure = "%" if v.kind is Kind.PERCENT or v.measure == "%" else f" {v.measure}"
    typed = f"{number:f}".replace(".", ",")
    return draft.look.word("example_number", typed=typed, number=f"{format_number(number)}{measure}".rstrip())
