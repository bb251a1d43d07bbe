"""The sheets that hold words and no figures: ``Khó khăn, kiến nghị``, ``Hướng dẫn``, ``Nháp``."""

from __future__ import annotations

from lsindicators import layout
from lsindicators.forms import inputs, look
from lsindicators.forms.draft import Draft
from lsindicators.forms.sheet import sure
from lsindicators.values import format_value


def add(draft: Draft) -> None:
    """Write the three sheets."""
    _narrative(draft)
    _guide(draft)
    _scratch(draft)


def _narrative(draft: Draft) -> None:
    sheet = draft.sheet(layout.NARRATIVE, layout.NARRATIVE)
    roles = draft.look.roles
    for row, name in enumerate(("narrative_title", "narrative_note")):
        sheet.put(row, 0, look.fill(roles[name].text, **draft.facts), draft.role(name))
        sheet.set_row(row, roles[name].height or None)
    at = layout.NARRATIVE_HEADING_ROW
    for column, name in enumerate(("narrative_heading", "narrative_heading_input")):
        sheet.put(at, column, layout.NARRATIVE_HEADING[column], draft.role(name))
    sheet.set_row(at, roles["narrative_heading"].height or None)
    room = draft.look.sheets[layout.NARRATIVE].widths[layout.ANSWER]
    first = layout.NARRATIVE_FIRST_ROW
    for row, question in enumerate(layout.QUESTIONS, first):
        answer = format_value(draft.typed.get((question, layout.ANSWER)))
        sheet.put(row, 0, question, draft.role("question"))
        sheet.put(row, layout.ANSWER, answer, draft.open(roles["answer"].style))
        sheet.set_row(row, max(roles["answer"].height, look.height(answer, room, roles["answer"].style)))
    rule = {**inputs.TEXT, **draft.told("answer", "text")}
    sure(sheet.data_validation(first, layout.ANSWER, first + len(layout.QUESTIONS) - 1, layout.ANSWER, rule))
    sheet.set_selection(first, layout.ANSWER, first, layout.ANSWER)


def _guide(draft: Draft) -> None:
    sheet = draft.sheet(layout.GUIDE, layout.GUIDE)
    drawn = draft.look.sheets[layout.GUIDE]
    last = draft.copy(sheet, drawn.cells, drawn.widths, draft.facts) - 1
    sheet.print_area(0, 0, last, len(drawn.widths) - 1)
    sheet.fit_to_pages(1, 1)


def _scratch(draft: Draft) -> None:
    drawn = draft.look.sheets[layout.SCRATCH]
    sheet = draft.sheet(layout.SCRATCH, layout.SCRATCH, protected=False)
    draft.copy(sheet, drawn.cells, drawn.widths, draft.facts)
