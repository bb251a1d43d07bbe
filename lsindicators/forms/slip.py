"""The sheet ``Phiếu trả lại``: what was taken, and each thing that is to be mended, with the way to its cell.

What is wrong at many cells is said once above them, and each of them keeps its line and its link; what is only to be
looked at has one line for all its cells.
"""

from __future__ import annotations

from collections.abc import Sequence

from lsindicators import layout, told
from lsindicators.findings import Finding
from lsindicators.forms import look, remarks
from lsindicators.forms.draft import Draft
from lsindicators.forms.sheet import Sheet, sure
from lsindicators.forms.wording import found, halves
from lsindicators.told import Told
from lsindicators.values import sentence


def add(draft: Draft) -> None:
    """Write the sheet; it is seen first."""
    sheet = draft.sheet(layout.SLIP, layout.SLIP)
    drawn, roles, form = draft.look.sheets[layout.SLIP], draft.look.roles, draft.form
    items = told.group(
        sorted(draft.remarks, key=lambda f: _order(draft, f)),
        {code: row.text for code, row in form.by_code.items()},
        (row.row + 1 for row in form.variables),
    )
    until = roles["slip_heading"].row
    at = draft.copy(
        sheet, (c for c in drawn.cells if c.row <= until), drawn.widths, {**draft.facts, **_facts(draft, items)}
    )
    sheet.repeat_rows(at - 1)
    for role in remarks.GRAVITY:
        group = [t for t in items if remarks.role(t.findings[0]) == role]
        if not group:
            continue
        title = roles[role.replace("remark", "slip")]
        text = look.fill(title.text, count=told.places(group))
        sheet.spread(at, 0, len(drawn.widths) - 1, text, draft.format(title.style))
        sheet.set_row(at, title.height or None)
        at += 1
        for item in group:
            at = _item(draft, sheet, at, item, drawn.widths)
    sheet.activate()
    sheet.set_first_sheet()


def _facts(draft: Draft, items: Sequence[Told]) -> dict[str, str]:
    """What stands in the head of the sheet alone; a line with an empty one is left out."""
    file = told.file_name(draft.remarks[0].at.workbook)
    until = draft.look.word("until_late" if draft.late else "until", **draft.facts)
    marked = told.places([t for t in items if t.severity.stops])
    return {
        "file": "" if draft.refused else file,
        "refused": file if draft.refused else "",
        "taken": str(draft.taken),
        "total": str(len(draft.form.variables)),
        "marked": "" if draft.refused else str(marked),
        "until": until,
        "fresh": until if draft.refused else "",
    }


def _order(draft: Draft, remark: Finding) -> tuple[int, str]:
    row = draft.form.by_code.get(remark.variable or "")
    return (row.row if row else -1), remark.at.address or ""


# ------------------------------------------------------------------ the lines


def _item(draft: Draft, sheet: Sheet, at: int, item: Told, widths: Sequence[int]) -> int:
    """Write all lines of ``item`` from row ``at`` on; the first row below them."""
    otherwise = sentence(draft.look.word(remarks.role(item.findings[0]).replace("remark", "todo")))
    if not item.severity.stops:
        why, todo = halves(item.findings[0])
        if len(item.findings) > 1:
            why, todo = sentence(item.text), remarks.example(draft, item.findings[0])
        texts = (_what(draft, item.findings), _all_found(item), why, todo or otherwise)
        _line(draft, sheet, at, item.findings[0], texts, widths)
        return at + 1
    many = len(item.findings) > told.FEW
    if many:
        style = draft.look.roles["slip_text"].style
        sheet.spread(at, 0, len(widths) - 1, sentence(item.text), draft.format(style, bold=True))
        sheet.set_row(at, look.height(item.text, sum(widths), {**style, "bold": True}))
        at += 1
    said_above = many and len({halves(f)[0] for f in item.findings}) == 1
    for remark in item.findings:
        why, todo = halves(remark)
        example = remarks.example(draft, remark)
        todo = example or todo or otherwise if many else " ".join(filter(None, (todo or otherwise, example)))
        _line(
            draft, sheet, at, remark, (_what(draft, (remark,)), found(remark), "" if said_above else why, todo), widths
        )
        at += 1
    return at


def _what(draft: Draft, findings: Sequence[Finding]) -> str:
    """Which figures a line speaks of."""
    codes = tuple(dict.fromkeys(f.variable for f in findings if f.variable))
    if len(codes) == 1:
        row = draft.form.by_code.get(codes[0])
        return f"{codes[0]} – {row.text}" if row else codes[0]
    return ", ".join(codes) or draft.look.word("whole_file")


def _all_found(item: Told) -> str:
    return found(item.findings[0]) if len(item.findings) == 1 else ""


def _line(draft: Draft, sheet: Sheet, at: int, remark: Finding, texts: Sequence[str], widths: Sequence[int]) -> None:
    """One line: the way to a cell, and four texts."""
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
