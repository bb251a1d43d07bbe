"""The sheet ``Số liệu``: head, table, signatures, and where the paper turns."""

from __future__ import annotations

from decimal import Decimal

from xlsxwriter.format import Format

from lsindicators import layout
from lsindicators.forms import inputs, look, pages
from lsindicators.forms.alike import Locked
from lsindicators.forms.draft import Draft
from lsindicators.forms.sheet import Sheet, sure
from lsindicators.forms.styles import Style
from lsindicators.layout import FormRow
from lsindicators.model import Value, Variable


def add(draft: Draft) -> None:
    """Write the sheet; it is seen first unless a slip is."""
    form = draft.form
    sheet = draft.sheet(layout.DATA, look.STYLES)
    _head(draft, sheet)
    for row in form.rows:
        if row.variable is None:
            role = draft.look.roles[f"group_{row.level}"]
            sheet.spread(row.row, 0, layout.CHECK, row.text, draft.format(role.style))
            sheet.set_row(row.row, max(role.height, look.height(row.text, sum(draft.widths), role.style)))
        else:
            _line(draft, sheet, row, row.variable)
    inputs.guard(draft, sheet)
    inputs.colour(draft, sheet)
    end = _signature(draft, sheet)
    sheet.freeze_panes(layout.FIRST_ROW, layout.LABEL)  # a phone has no room for the names as well
    first = form.variables[0].row
    sheet.set_selection(first, layout.CURRENT, first, layout.CURRENT)
    sheet.repeat_rows(layout.TOKEN_ROW, layout.HEADING_ROW)
    sheet.print_area(0, 0, end, layout.CHECK)
    sheet.set_h_pagebreaks(_page_breaks(draft, sheet, end))
    # no green corners of Excel in a form that is right: TT is text, and each check is a formula of its own
    texts, checks = (
        f"{layout.address(layout.FIRST_ROW, start)}:{layout.address(form.last_row, end)}"
        for start, end in ((layout.NUMBER, layout.REASON), (layout.CHECK, layout.CHECK))
    )
    sure(sheet.ignore_errors({"number_stored_as_text": texts, "formula_differs": checks, "formula_range": checks}))
    if not draft.remarks:
        sheet.activate()


def _head(draft: Draft, sheet: Sheet) -> None:
    roles = {
        layout.TITLE_ROW: "title",
        layout.CAMPAIGN_ROW: "campaign",
        layout.UNIT_ROW: "unit",
        layout.NOTE_ROW: "banner" if draft.plan.settings.made_up else "note",
    }
    for row, name in roles.items():
        role = draft.look.roles[name]
        style = draft.format(role.style)
        sheet.put(row, 0, draft.form.head[row], style)
        if "bg_color" in role.style:
            for column in range(1, len(layout.COLUMNS)):
                sheet.put(row, column, None, style)
        sheet.set_row(row, role.height or None)
    token = draft.look.roles["token"]
    sheet.put(layout.TOKEN_ROW, 0, look.fill(token.text, token=draft.stamp), draft.format(token.style))
    sheet.set_row(layout.TOKEN_ROW, token.height or None)
    line = draft.look.roles["progress"]
    sheet.formula(layout.PROGRESS_ROW, 0, draft.live.progress(line.text), draft.format(line.style))
    sheet.set_row(layout.PROGRESS_ROW, line.height or None)
    sheet.formula(*layout.LINK, draft.live.link(), draft.role("link"))
    sheet.formula(*layout.CONTROL, draft.live.control_code, draft.role("control"))
    _wide(draft, sheet, layout.DEADLINE_ROW, "deadline")
    sheet.set_row(layout.ORIGIN_ROW, 6)
    if layout.ORIGIN_ROW in draft.form.head:
        _wide(draft, sheet, layout.ORIGIN_ROW, "note")
    for column, heading in enumerate(draft.form.headings):
        sheet.put(layout.HEADING_ROW, column, heading, draft.role(_heading(draft, column)))
    sheet.set_row(layout.HEADING_ROW, draft.look.roles["heading"].height or None)


def _wide(draft: Draft, sheet: Sheet, row: int, name: str) -> None:
    """A text of the head that may need several lines."""
    role, text = draft.look.roles[name], draft.form.head[row]
    sheet.spread(row, 0, layout.CHECK, text, draft.role(name, text_wrap=True, valign="top"))
    sheet.set_row(row, max(role.height, look.height(text, sum(draft.widths), role.style)))


def _heading(draft: Draft, column: int) -> str:
    asked = column == layout.PREVIOUS and all(row.previous is None for row in draft.form.variables)
    return "heading_input" if asked or column in layout.INPUTS else "heading"


def _locked(draft: Draft, row: FormRow, v: Variable) -> Locked:
    roles, wide = draft.look.roles, draft.widths
    label, detail, check = roles["label"].style, roles["detail"].style, roles["check"].style
    narrow = [
        (layout.NUMBER, row.number, "", roles["number"].style),
        (layout.KEY, v.code, "", roles["key"].style),
        (layout.MEASURE, v.measure, "", roles["measure"].style),
    ]
    if isinstance(row.previous, str):
        narrow.append((layout.PREVIOUS, row.previous, "", roles["figure_text"].style))
    needed = [look.height(text, wide[column], style) for column, text, _, style in narrow]
    explained = [(row.text, label), *([(row.detail, detail)] if row.detail else [])]
    needed.append(sum(look.height(text, wide[layout.LABEL], style) for text, style in explained))
    needed.append(look.height(draft.alike.longest[v.code], wide[layout.CHECK], check))
    texts = (*narrow[: layout.LABEL], (layout.LABEL, row.text, row.detail, label), *narrow[layout.LABEL :])
    opened = tuple((column, roles[role].style) for column, role in inputs.roles(row, v).items())
    return Locked(texts, opened, max(roles["label"].height, *needed))


def _line(draft: Draft, sheet: Sheet, row: FormRow, v: Variable) -> None:
    """One variable: its locked texts, its inputs, its check; high enough for the longest of them."""
    at, known = row.row, draft.alike.locked
    locked = known[at] if at in known else known.setdefault(at, _locked(draft, row, v))
    for column, text, detail, style in locked.texts:
        if detail:
            sheet.rich(at, column, text, f"\n{detail}", draft.role("detail"), draft.format(style))
        else:
            sheet.put(at, column, text, draft.format(style))
    if isinstance(row.previous, Decimal):
        # a share has more places than a figure that somebody reported: rather small digits than ####
        style = draft.role("figure", num_format=_ANY_PLACES, shrink=True, text_wrap=False)
        sheet.put(at, layout.PREVIOUS, row.previous, style)
    needed = locked.height
    for column, style in locked.inputs:
        value = draft.typed.get((v.code, column))
        sheet.put(at, column, value, _open(draft, v, column, value, style))
        if isinstance(value, str):
            needed = max(needed, look.height(value, draft.widths[column], style))
    sheet.formula(at, layout.CHECK, draft.live.check(v.code), draft.role("check"))
    sheet.set_row(at, needed)


def _open(draft: Draft, v: Variable, column: int, value: Value | None, style: Style) -> Format:
    """The format of an input that shows ``value``."""
    if isinstance(value, Decimal) and value != value.to_integral_value():
        return draft.open(style, num_format=_exactly(value))  # 12,5 among whole numbers must not look like 13
    if isinstance(value, str) and column in (layout.PREVIOUS, layout.CURRENT) and v.kind.numeric:
        # a text in the place of a number is seen from its beginning
        return draft.open(style, text_wrap=True, align="left")
    return draft.open(style)


_ANY_PLACES = "#,##0.##########"
"""A figure on record with all its places."""


def _exactly(value: Decimal) -> str:
    """The number format that shows all places of a figure on record, and no bare decimal comma."""
    places = max(0, -int(value.normalize().as_tuple().exponent))
    return "#,##0" + ("." + "0" * min(places, 10) if places else "")


def _signature(draft: Draft, sheet: Sheet) -> int:
    """The block that is signed on paper. Returns its last row."""
    roles = ("signature_date", "signature_title", "signature_note")
    top = draft.form.signed_row
    texts = draft.form.signature
    code = draft.role("signature_code")
    sheet.spread(top, layout.NUMBER, layout.LABEL, None, code)
    sheet.formula(top, layout.NUMBER, draft.live.control_code, code)
    for row, role in enumerate(roles, top):
        style = draft.role(role)
        for start, end in ((layout.NUMBER, layout.LABEL), (layout.SOURCE, layout.CHECK)):
            if text := texts.get(layout.address(row, start)):
                sheet.spread(row, start, end, text, style)
        sheet.set_row(row, draft.look.roles[role].height or None)
    sheet.set_row(top - 1, 15)
    sheet.set_row(top + len(roles), draft.look.roles["signature_space"].height or None)
    return top + len(roles)


def _page_breaks(draft: Draft, sheet: Sheet, end: int) -> list[int]:
    """Rows before which a new page begins: headings stay with what they head, the signatures with the last figure."""
    form = draft.form
    bound = {r.row for r in form.rows if r.variable is None} | set(range(form.last_row, end))
    repeated = sum(sheet.heights[row] for row in (layout.TOKEN_ROW, layout.HEADING_ROW))
    room = pages.capacity(draft.look.sheets[look.STYLES].page, draft.widths)
    return pages.breaks(sheet.heights, frozenset(bound), layout.FIRST_ROW, end, repeated, room)
