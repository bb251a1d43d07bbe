"""The sheet ``Phiếu trả lại``: what was taken, and each thing that is to be mended, with the way to its cell."""

from __future__ import annotations

from collections.abc import Sequence

from lsindicators import layout
from lsindicators.findings import Finding
from lsindicators.forms import look, remarks
from lsindicators.forms.draft import Draft
from lsindicators.forms.sheet import Sheet, sure
from lsindicators.forms.wording import found, halves
from lsindicators.values import clean, sentence


def add(draft: Draft) -> None:
    """Write the sheet; it is seen first."""
    sheet = draft.sheet(layout.SLIP, layout.SLIP)
    drawn, roles, form = draft.look.sheets[layout.SLIP], draft.look.roles, draft.form
    settled = {code for code, column in draft.typed if column in (layout.CURRENT, layout.STATE)}
    open_ = {f.variable for f in draft.remarks if f.severity.stops}
    facts = {
        **draft.facts,
        "file": clean(draft.remarks[0].at.workbook.rpartition("/")[2]),
        "taken": str(len(form.by_code.keys() & (settled - open_))),
        "total": str(len(form.variables)),
        "count": str(len(draft.remarks)),
    }
    until = roles["slip_heading"].row
    at = draft.copy(sheet, (c for c in drawn.cells if c.row <= until), drawn.widths, facts)
    sheet.repeat_rows(at - 1)
    for role in remarks.GRAVITY:
        group = [f for f in draft.remarks if remarks.role(f) == role]
        if not group:
            continue
        title = roles[role.replace("remark", "slip")]
        text = look.fill(title.text, count=len(group))
        sheet.merge_range(at, 0, at, len(drawn.widths) - 1, text, draft.format(title.style))
        sheet.set_row(at, title.height or None)
        at += 1
        for remark in sorted(group, key=lambda f: _order(draft, f)):
            _remark(draft, sheet, at, remark, drawn.widths)
            at += 1
    sheet.activate()
    sheet.set_first_sheet()


def _order(draft: Draft, remark: Finding) -> tuple[int, str]:
    row = draft.form.by_code.get(remark.variable or "")
    return (row.row if row else -1), remark.at.address or ""


def _remark(draft: Draft, sheet: Sheet, at: int, remark: Finding, widths: Sequence[int]) -> None:
    row = draft.form.by_code.get(remark.variable or "")
    what = f"{remark.variable} – {row.text}" if row else remark.variable or draft.look.word("whole_file")
    why, todo = halves(remark)
    otherwise = draft.look.word(remarks.role(remark).replace("remark", "todo"))
    texts = (what, found(remark), why, todo or sentence(otherwise))
    style = draft.look.roles["slip_text"].style
    needed = 0.0
    for column, text in enumerate(texts, 1):
        sheet.put(at, column, text, draft.format(style))
        needed = max(needed, look.height(text, widths[column], style))
    if remark.at.address and remark.at.sheet in (layout.DATA, layout.NARRATIVE):
        target = f"internal:'{remark.at.sheet}'!{remark.at.address}"
        sure(sheet.write_url(at, 0, target, draft.role("slip_link"), remark.at.address))
    else:
        sheet.put(at, 0, None, draft.role("slip_link"))
    sheet.set_row(at, needed)
