"""Plan + one unit's form -> that unit's locked workbook; with what came back and the findings: its return slip.

The look and every sentence are drawn in ``templates/xlsx/bieu-mau.xlsx`` (``look``); places come from ``layout``.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from io import BytesIO
from typing import Any

from xlsxwriter.format import Format

from lsindicators import layout
from lsindicators.findings import Finding, Severity
from lsindicators.forms import look, pages
from lsindicators.forms.live import Formula, Live
from lsindicators.forms.look import Drawn, Look, Style
from lsindicators.forms.package import Book, Parts, pack
from lsindicators.forms.press import Press
from lsindicators.forms.sheet import Sheet, sure
from lsindicators.forms.wording import cut, found, halves, length
from lsindicators.layout import Form, FormRow, Stamp
from lsindicators.model import NO, YES, Kind, Plan, State, Value, Variable
from lsindicators.values import clean, format_date, format_number, format_value, sentence

PROMPT, ALARM, TITLE = 255, 224, 32
"""Excel's limits for the text of a prompt, the text of an error message, and the title of either."""

_FARTHEST = Decimal(10) ** 15
"""Bound of a number whose variable has none: beyond it Excel keeps no whole numbers."""


def write(
    plan: Plan,
    form: Form,
    stamp: Stamp,
    *,
    typed: Mapping[tuple[str, int], Value] | None = None,
    remarks: Sequence[Finding] = (),
) -> bytes:
    """The workbook of ``form`` as .xlsx; the same input gives the same bytes.

    ``typed``: (variable code, layout column) -> what the input cell shows; a question of the narrative sheet with
    ``layout.ANSWER`` -> its answer. ``remarks``: findings whose ``at`` is a cell of this form, or the file as a
    whole; with any, the sheet ``Phiếu trả lại`` stands first.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return pack(_Book(plan, form, stamp, typed or {}, tuple(remarks)).parts())


def press(plan: Plan) -> Press:
    """Writes the empty forms of ``plan``: the same bytes as ``write`` gives, faster for many."""

    def written(form: Form, stamp: Stamp) -> Parts:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return _Book(plan, form, stamp, {}, ()).parts()

    return Press(written)


@dataclass(frozen=True)
class _Book:
    plan: Plan
    form: Form
    stamp: Stamp
    typed: Mapping[tuple[str, int], Value]
    remarks: tuple[Finding, ...]

    def parts(self) -> Parts:
        if self.remarks:
            self._slip()
        self._data()
        self._narrative()
        self._guide()
        self._scratch()
        self._hidden()
        self._calculation()
        self._identity()
        return self.book.parts()

    # -------------------------------------------------------------- ground

    @cached_property
    def look(self) -> Look:
        return look.load()

    @cached_property
    def book(self) -> Book:
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_format_properties": dict(self.look.font),
        }
        return Book(BytesIO(), options)

    @cached_property
    def facts(self) -> dict[str, str]:
        """The placeholders that any drawn text may hold."""
        settings = self.plan.settings
        return {
            "unit": self.form.unit.name,
            "year": str(self.form.year),
            "previous": str(self.form.year - 1),
            "deadline": format_date(settings.unit_deadline),
            "compiler": settings.compiler,
            "contact": settings.contact,
            "token": str(self.stamp),
            "limit": format_number(Decimal(layout.TEXT_LIMIT)),
        }

    @cached_property
    def _formats(self) -> dict[tuple[int, tuple[tuple[str, Any], ...]], Format]:
        return {}

    def format(self, style: Style, **changes: Any) -> Format:
        """The workbook's format for a drawn ``style``; locked unless ``locked=False`` is among the changes."""
        key = id(style), tuple(changes.items())  # the look is loaded once and stays: a style keeps its id
        if key not in self._formats:
            self._formats[key] = self.book.add_format({"locked": True, **style, **changes})
        return self._formats[key]

    def role(self, name: str, **changes: Any) -> Format:
        return self.format(self.look.roles[name].style, **changes)

    def tone(self, name: str) -> Format:
        """What a conditional format changes: fill and font colour, no more."""
        style = self.look.roles[name].style
        return self.book.add_format({key: style[key] for key in ("bg_color", "font_color") if key in style})

    def sheet(self, name: str, drawn: str | None, *, protected: bool = True) -> Sheet:
        """A new sheet with the widths, the page set-up and the view of the drawn one."""
        sheet: Sheet = self.book.add_worksheet(name, worksheet_class=Sheet)
        if protected:
            sheet.protect("", {"format_columns": True, "format_rows": True})
        # what is not written is locked by its column: the style Normal is not
        locked = self.format(self.look.font) if protected else None
        if drawn is None:
            sheet.set_rest(0, locked)
            return sheet
        plan = self.look.sheets[drawn]
        widths = plan.widths if drawn != look.STYLES else self.widths
        for column, pixels in enumerate(widths):
            sure(sheet.set_column_pixels(column, column, pixels, locked))
        sheet.set_rest(len(widths), locked)
        page = plan.page
        if page.landscape:
            sheet.set_landscape()
        sheet.set_paper(page.paper)
        sheet.set_margins(**page.margins)
        header = look.fill(page.header, **self.facts)
        if self.plan.settings.made_up:
            font = self.look.font["font_name"]
            header += f'&C&"{font},Bold"&10&KC00000{layout.MADE_UP}'
        sheet.set_header(header, {"margin": page.header_margin})
        sheet.set_footer(look.fill(page.footer, **self.facts), {"margin": page.footer_margin})
        sheet.fit_to_pages(1, 0)
        sheet.set_zoom(page.zoom)
        sheet.hide_gridlines(2)
        return sheet

    def _copy(self, sheet: Sheet, cells: Iterable[Drawn], widths: Sequence[int], facts: Mapping[str, str]) -> int:
        """Write drawn cells with their placeholders filled, without the rows that have nothing to fill in.

        Returns the first row below them.
        """
        rows: dict[int, list[Drawn]] = {}
        for cell in cells:
            rows.setdefault(cell.row, []).append(cell)
        at = 0
        for row in range(max(rows) + 1):
            drawn = rows.get(row, [])
            if any(f"{{{key}}}" in c.text for c in drawn for key, value in facts.items() if not value):
                continue
            needed = max((c.height for c in drawn), default=0.0)
            for cell in drawn:
                text = look.fill(cell.text, **facts)
                style = self.format(cell.style)
                if cell.span > 1:
                    sheet.merge_range(at, cell.column, at, cell.column + cell.span - 1, text, style)
                else:
                    sheet.put(at, cell.column, text, style)
                if cell.style.get("text_wrap"):
                    room = sum(widths[cell.column : cell.column + cell.span])
                    needed = max(needed, look.height(text, room, cell.style))
            if needed:
                sheet.set_row(at, needed)
            at += 1
        return at

    # -------------------------------------------------------------- Số liệu

    @cached_property
    def live(self) -> Live:
        return Live(self.plan, self.form, self.look, self.typed)

    @cached_property
    def widths(self) -> tuple[int, ...]:
        return self.look.sheets[look.STYLES].widths[: len(layout.COLUMNS)]

    def _data(self) -> None:
        form = self.form
        sheet = self.sheet(layout.DATA, look.STYLES)
        self._head(sheet)
        for row in form.rows:
            if row.variable is None:
                role = self.look.roles[f"group_{row.level}"]
                sheet.merge_range(row.row, 0, row.row, layout.CHECK, row.text, self.format(role.style))
                sheet.set_row(row.row, max(role.height, look.height(row.text, sum(self.widths), role.style)))
            else:
                self._line(sheet, row, row.variable)
        self._validations(sheet)
        self._colours(sheet)
        end = self._signature(sheet)
        sheet.freeze_panes(layout.FIRST_ROW, layout.LABEL + 1)
        first = form.variables[0].row
        sheet.set_selection(first, layout.CURRENT, first, layout.CURRENT)
        sheet.repeat_rows(layout.TOKEN_ROW, layout.HEADING_ROW)
        sheet.print_area(0, 0, end, layout.CHECK)
        sheet.set_h_pagebreaks(self._page_breaks(sheet, end))
        # no green corners of Excel in a form that is right: TT is text, and each check is a formula of its own
        table = [
            f"{layout.address(layout.FIRST_ROW, c)}:{layout.address(form.last_row, c)}"
            for c in (0, layout.REASON, layout.CHECK)
        ]
        texts = f"{table[0].partition(':')[0]}:{table[1].partition(':')[2]}"
        sure(
            sheet.ignore_errors(
                {"number_stored_as_text": texts, "formula_differs": table[2], "formula_range": table[2]}
            )
        )
        if not self.remarks:
            sheet.activate()

    def _page_breaks(self, sheet: Sheet, end: int) -> list[int]:
        """Rows before which a new page begins: headings stay with what they head, the signatures with the last figure."""
        form = self.form
        bound = {r.row for r in form.rows if r.variable is None} | set(range(form.last_row, end))
        repeated = sum(sheet.heights[row] for row in (layout.TOKEN_ROW, layout.HEADING_ROW))
        room = pages.capacity(self.look.sheets[look.STYLES].page, self.widths)
        return pages.breaks(sheet.heights, frozenset(bound), layout.FIRST_ROW, end, repeated, room)

    def _head(self, sheet: Sheet) -> None:
        roles = {
            layout.TITLE_ROW: "title",
            layout.CAMPAIGN_ROW: "campaign",
            layout.UNIT_ROW: "unit",
            layout.DEADLINE_ROW: "deadline",
            layout.NOTE_ROW: "banner" if self.plan.settings.made_up else "note",
        }
        for row, name in roles.items():
            role = self.look.roles[name]
            style = self.format(role.style)
            sheet.put(row, 0, self.form.head[row], style)
            if "bg_color" in role.style:
                for column in range(1, len(layout.COLUMNS)):
                    sheet.put(row, column, None, style)
            sheet.set_row(row, role.height or None)
        token = self.look.roles["token"]
        sheet.put(layout.TOKEN_ROW, 0, look.fill(token.text, token=self.stamp), self.format(token.style))
        sheet.set_row(layout.TOKEN_ROW, token.height or None)
        line = self.look.roles["progress"]
        sheet.formula(layout.PROGRESS_ROW, 0, self.live.progress(line.text), self.format(line.style))
        sheet.set_row(layout.PROGRESS_ROW, line.height or None)
        sheet.formula(*layout.LINK, self.live.link(), self.role("link"))
        sheet.formula(*layout.CONTROL, self.live.control_code(), self.role("control"))
        origin = self.form.head.get(layout.ORIGIN_ROW, "")
        if origin:
            style = {**self.look.roles["note"].style, "text_wrap": True, "valign": "top"}
            sheet.merge_range(
                layout.ORIGIN_ROW, 0, layout.ORIGIN_ROW, layout.CHECK, origin, self.book.add_format(style)
            )
        sheet.set_row(layout.ORIGIN_ROW, look.height(origin, sum(self.widths), style) if origin else 6)
        for column, heading in enumerate(self.form.headings):
            sheet.put(layout.HEADING_ROW, column, heading, self.role(self._heading(column)))
        sheet.set_row(layout.HEADING_ROW, self.look.roles["heading"].height or None)

    def _heading(self, column: int) -> str:
        asked = column == layout.PREVIOUS and all(row.previous is None for row in self.form.variables)
        return "heading_input" if asked or column in layout.INPUTS else "heading"

    def _line(self, sheet: Sheet, row: FormRow, v: Variable) -> None:
        """One variable: its locked texts, its inputs, its check; high enough for the longest of them."""
        at = row.row
        wrapped: list[tuple[int, str, Style]] = []

        def text(column: int, value: str, role: str) -> None:
            style = self.look.roles[role].style
            sheet.put(at, column, value, self.format(style))
            wrapped.append((column, value, style))

        text(layout.NUMBER, row.number, "number")
        text(layout.KEY, v.code, "key")
        label, detail = self.look.roles["label"].style, self.look.roles["detail"].style
        if row.detail:
            sheet.rich(at, layout.LABEL, row.text, f"\n{row.detail}", self.format(detail), self.format(label))
        else:
            sheet.put(at, layout.LABEL, row.text, self.format(label))
        text(layout.MEASURE, v.measure, "measure")
        if isinstance(row.previous, Decimal):
            # a share has more places than a figure that somebody reported: rather small digits than ####
            style = self.role("figure", num_format=_ANY_PLACES, shrink=True, text_wrap=False)
            sheet.put(at, layout.PREVIOUS, row.previous, style)
        elif row.previous is not None:
            text(layout.PREVIOUS, row.previous, "figure_text")
        for column, role in self._inputs(row, v).items():
            value = self.typed.get((v.code, column))
            style = self.look.roles[role].style
            changes: dict[str, Any] = {"locked": False}
            if isinstance(value, Decimal) and value != value.to_integral_value():
                changes["num_format"] = _exactly(value)  # 12,5 among whole numbers must not look like 13
            sheet.put(at, column, value, self.format(style, **changes))
            if isinstance(value, str):
                wrapped.append((column, value, style))
        check = self.live.check(v.code)
        sheet.formula(at, layout.CHECK, check, self.role("check"))
        wrapped.append((layout.CHECK, self.live.longest(row), self.look.roles["check"].style))
        needed = max(look.height(value, self.widths[column], style) for column, value, style in wrapped)
        width = self.widths[layout.LABEL]
        explained = look.height(row.text, width, label) + (look.height(row.detail, width, detail) if row.detail else 0)
        sheet.set_row(at, max(self.look.roles["label"].height, needed, explained))

    def _inputs(self, row: FormRow, v: Variable) -> dict[int, str]:
        """The unlocked columns of a row, and the role that each plays."""
        figure = {
            Kind.WHOLE: "input_whole",
            Kind.DECIMAL: "input_decimal",
            Kind.PERCENT: "input_percent",
            Kind.YES_NO: "input_choice",
            Kind.TEXT: "input_text",
        }[v.kind]
        roles = {
            layout.CURRENT: figure,
            layout.STATE: "input_list",
            layout.SOURCE: "input_text",
            layout.REASON: "input_text",
        }
        return {layout.PREVIOUS: figure, **roles} if row.previous is None else roles

    # -------------------------------------------------------------- help while typing

    def _validations(self, sheet: Sheet) -> None:
        for row in self.form.variables:
            if row.variable is not None:
                self._validate_figures(sheet, row, row.variable)
        rules = {
            layout.STATE: {"validate": "list", "source": [s.value for s in State], **self._said("state", "state")},
            layout.SOURCE: {**_LENGTH, **self._said("source", "text")},
            layout.REASON: {**_LENGTH, **self._said("reason", "text")},
        }
        for column, rule in rules.items():
            plain = [r.row for r in self.form.variables if (r.row, column) not in self._remarked]
            blocks = _blocks(plain)
            if blocks:
                first, *others = blocks
                more = [[start, column, end, column] for start, end in others]
                sure(sheet.data_validation(first[0], column, first[1], column, {**rule, "other_cells": more}))
            for r in self.form.variables:
                if (r.row, column) in self._remarked:
                    told = {**rule, **self._remarked[r.row, column]}
                    sure(sheet.data_validation(r.row, column, r.row, column, told))

    def _validate_figures(self, sheet: Sheet, row: FormRow, v: Variable) -> None:
        facts = {**self.facts, "code": v.code, "measure": v.measure or "–", "range": self._range(v)}
        kind = v.kind.name.lower()
        rule: dict[str, Any] = {
            Kind.WHOLE: {"validate": "integer", **_bounds(v)},
            Kind.DECIMAL: {"validate": "decimal", **_bounds(v)},
            Kind.PERCENT: {"validate": "decimal", **_bounds(v)},
            Kind.YES_NO: {"validate": "list", "source": [YES, NO]},
            Kind.TEXT: _LENGTH,
        }[v.kind]
        rule = {**rule, **self._said(kind, kind, facts)}
        notes = (sentence(r.message) for r in self.live.rules_of.get(v.code, ()))
        message = " ".join([rule["input_message"], *notes])
        now = {**rule, "input_message": cut(message, PROMPT), **self._remarked.get((row.row, layout.CURRENT), {})}
        sure(sheet.data_validation(row.row, layout.CURRENT, row.row, layout.CURRENT, now))
        if row.previous is None:
            before = {**rule, **self._said("previous", kind, facts)}
            if row.origin:
                before["input_message"] = cut(f"{sentence(row.origin)} {before['input_message']}", PROMPT)
            before |= self._remarked.get((row.row, layout.PREVIOUS), {})
            sure(sheet.data_validation(row.row, layout.PREVIOUS, row.row, layout.PREVIOUS, before))
        elif row.origin:  # a locked figure: no rule, only where it comes from
            title = self._said("previous", kind, facts)["input_title"]
            told = {"validate": "any", "input_title": title, "input_message": cut(sentence(row.origin), PROMPT)}
            sure(sheet.data_validation(row.row, layout.PREVIOUS, row.row, layout.PREVIOUS, told))

    def _said(self, prompt: str, error: str, facts: Mapping[str, str] | None = None) -> dict[str, str]:
        """Prompt and error message of a validation, within Excel's limits."""
        facts = facts or self.facts
        told = {}
        for kind, key, limit in (("input", f"prompt_{prompt}", PROMPT), ("error", f"error_{error}", ALARM)):
            title, text = self.look.said(key)
            told[f"{kind}_title"] = cut(look.fill(title, **facts), TITLE)
            told[f"{kind}_message"] = cut(look.fill(text, **facts), limit)
        return told

    def _range(self, v: Variable) -> str:
        """“ từ 0 đến 100” as it stands in a prompt; empty when all numbers are allowed."""
        if v.low is None and v.high is None:
            return ""
        key = (
            "range_both"
            if v.low is not None and v.high is not None
            else "range_low"
            if v.high is None
            else "range_high"
        )
        return self.look.word(key, low=_number(v.low), high=_number(v.high))

    # -------------------------------------------------------------- colours

    def _colours(self, sheet: Sheet) -> None:
        """Colours that follow what is typed: the check, required cells that are empty, cells that came back."""
        form, word = self.form, self.look.word
        for remark, (row, column) in self._drawn_remarks:
            value = self._shown(row, column)
            rule = {
                "type": "formula",
                "criteria": _still(row, column, value),
                "format": self.tone(_remark_role(remark)),
            }
            sure(sheet.conditional_format(row, column, row, column, rule))
        first, last = form.variables[0].row, form.last_row
        check = f"${layout.address(first, layout.CHECK)}"
        tones = [(f"OR({','.join(self.live.says(check, tone))})", tone) for tone in self.live.tones]
        for criteria, tone in (*tones, (f'{check}<>""', "tone_bad")):
            rule = {"type": "formula", "criteria": f"={criteria}", "format": self.tone(tone), "stop_if_true": True}
            sure(sheet.conditional_format(first, layout.CHECK, last, layout.CHECK, rule))
        missing = {
            "type": "formula",
            "criteria": f'={check}="{word("check_missing")}"',
            "format": self.tone("tone_missing"),
        }
        sure(sheet.conditional_format(first, layout.CURRENT, last, layout.CURRENT, missing))
        # a number without a fraction shows no bare decimal comma
        fractional = [r.row for r in form.variables if r.variable and r.variable.kind in (Kind.DECIMAL, Kind.PERCENT)]
        for start, end in _blocks(fractional):
            current = layout.address(start, layout.PREVIOUS)
            whole = {
                "type": "formula",
                "criteria": f"=IF(ISNUMBER({current}),{current}=INT({current}))",
                "format": self.book.add_format({"num_format": "#,##0"}),
            }
            sure(sheet.conditional_format(start, layout.PREVIOUS, end, layout.CURRENT, whole))

    def _shown(self, row: int, column: int) -> Value | None:
        return next(
            (self.typed.get((r.variable.code, column)) for r in self.form.variables if r.variable and r.row == row),
            None,
        )

    def _signature(self, sheet: Sheet) -> int:
        """The block that is signed on paper. Returns its last row."""
        roles = ("signature_date", "signature_title", "signature_note")
        top = self.form.signed_row
        texts = self.form.signature
        sheet.merge_range(top, layout.NUMBER, top, layout.LABEL, "", self.role("signature_code"))
        sheet.formula(top, layout.NUMBER, self.live.control_code(), self.role("signature_code"))
        for row, role in enumerate(roles, top):
            style = self.role(role)
            for start, end in ((layout.NUMBER, layout.LABEL), (layout.SOURCE, layout.CHECK)):
                if text := texts.get(layout.address(row, start)):
                    sheet.merge_range(row, start, row, end, text, style)
            sheet.set_row(row, self.look.roles[role].height or None)
        sheet.set_row(top - 1, 15)
        sheet.set_row(top + len(roles), self.look.roles["signature_space"].height or None)
        return top + len(roles)

    # -------------------------------------------------------------- the other sheets

    def _narrative(self) -> None:
        sheet = self.sheet(layout.NARRATIVE, layout.NARRATIVE)
        roles = self.look.roles
        for row, name in enumerate(("narrative_title", "narrative_note")):
            sheet.put(row, 0, look.fill(roles[name].text, **self.facts), self.role(name))
            sheet.set_row(row, roles[name].height or None)
        at = layout.NARRATIVE_HEADING_ROW
        for column, name in enumerate(("narrative_heading", "narrative_heading_input")):
            sheet.put(at, column, layout.NARRATIVE_HEADING[column], self.role(name))
        sheet.set_row(at, roles["narrative_heading"].height or None)
        room = self.look.sheets[layout.NARRATIVE].widths[layout.ANSWER]
        for row, question in enumerate(layout.QUESTIONS, layout.NARRATIVE_FIRST_ROW):
            answer = format_value(self.typed.get((question, layout.ANSWER)))
            sheet.put(row, 0, question, self.role("question"))
            sheet.put(row, layout.ANSWER, answer, self.role("answer", locked=False))
            sheet.set_row(row, max(roles["answer"].height, look.height(answer, room, roles["answer"].style)))
        last = layout.NARRATIVE_FIRST_ROW + len(layout.QUESTIONS) - 1
        rule = {**_LENGTH, **self._said("answer", "text")}
        sure(sheet.data_validation(layout.NARRATIVE_FIRST_ROW, layout.ANSWER, last, layout.ANSWER, rule))
        sheet.set_selection(layout.NARRATIVE_FIRST_ROW, layout.ANSWER, layout.NARRATIVE_FIRST_ROW, layout.ANSWER)

    def _guide(self) -> None:
        sheet = self.sheet(layout.GUIDE, layout.GUIDE)
        drawn = self.look.sheets[layout.GUIDE]
        last = self._copy(sheet, drawn.cells, drawn.widths, self.facts) - 1
        sheet.print_area(0, 0, last, len(drawn.widths) - 1)
        sheet.fit_to_pages(1, 1)

    def _scratch(self) -> None:
        drawn = self.look.sheets[layout.SCRATCH]
        sheet = self.sheet(layout.SCRATCH, layout.SCRATCH, protected=False)
        self._copy(sheet, drawn.cells, drawn.widths, self.facts)

    def _hidden(self) -> None:
        """What the form says of itself to a program, and the lists that its cells choose from."""
        sheet = self.sheet(layout.HIDDEN, None)
        plain = self.format(self.look.font)
        told = {
            "token": str(self.stamp),
            "template": self.form.digest,
            "layout": layout.LAYOUT_VERSION,
            "year": str(self.form.year),
            "unit": self.form.unit.code,
            "round": str(self.stamp.round),
        }
        for row, (key, value) in enumerate(told.items()):
            sheet.put(row, 0, key, plain)
            sheet.put(row, 1, value, plain)
        for column, choices in ((3, [s.value for s in State]), (4, [YES, NO])):
            for row, choice in enumerate(choices):
                sheet.put(row, column, choice, plain)
        sheet.very_hidden()

    def _calculation(self) -> None:
        """The hidden sheet of the live checks."""
        sheet = self.sheet(layout.CALCULATION, None)
        plain = self.format(self.look.font)
        lines = [self.live.sums(), *(self.live.line(code) for code in self.form.by_code)]
        for row, line in enumerate(lines):
            for letter, content in line:
                column = ord(letter) - ord("A")
                if isinstance(content, Formula):
                    sheet.formula(row, column, content, plain)
                else:
                    sheet.put(row, column, content, plain)
        sheet.very_hidden()

    def _identity(self) -> None:
        """The stamp where people do not see it, and the properties of the document."""
        token, book = str(self.stamp), self.book
        place = f"'{layout.DATA}'!$A${layout.TOKEN_ROW + 1}"
        sure(book.define_name(layout.TOKEN_NAME, f"={place}"))
        sure(book.define_name(layout.TOKEN_CONSTANT, f'="{token}"'))
        sure(book.set_custom_property(layout.TOKEN_PROPERTY, token, "text"))
        settings = self.plan.settings
        book.set_properties(
            {
                "title": self.look.word("document_title", **self.facts)[:PROMPT],
                "author": settings.compiler,
                "company": settings.issuer,
                "comments": layout.MADE_UP if settings.made_up else "",
                "created": datetime(self.form.year + 1, 1, 1),
            }
        )

    # -------------------------------------------------------------- Phiếu trả lại

    @cached_property
    def _drawn_remarks(self) -> tuple[tuple[Finding, tuple[int, int]], ...]:
        """The remarks that stand at an input of this form, the gravest first."""
        inputs = {
            layout.address(r.row, column): (r.row, column)
            for r in self.form.variables
            if r.variable is not None
            for column in self._inputs(r, r.variable)
        }
        drawn = [
            (f, inputs[f.at.address]) for f in self.remarks if f.at.sheet == layout.DATA and f.at.address in inputs
        ]
        return tuple(sorted(drawn, key=lambda pair: _GRAVITY.index(_remark_role(pair[0]))))

    @cached_property
    def _remarked(self) -> Mapping[tuple[int, int], dict[str, str]]:
        """Input cell -> the prompt that tells what is the matter with it."""
        told: dict[tuple[int, int], list[str]] = {}
        for remark, place in self._drawn_remarks:
            told.setdefault(place, []).append(sentence(clean(remark.message)))
        title = cut(self.look.word("remark_title"), TITLE)
        return {
            place: {"input_title": title, "input_message": cut(" ".join(texts), PROMPT)}
            for place, texts in told.items()
        }

    def _slip(self) -> None:
        sheet = self.sheet(layout.SLIP, layout.SLIP)
        drawn, roles = self.look.sheets[layout.SLIP], self.look.roles
        settled = {code for code, column in self.typed if column in (layout.CURRENT, layout.STATE)}
        open_ = {f.variable for f in self.remarks if f.severity.stops}
        facts = {
            **self.facts,
            "file": clean(self.remarks[0].at.workbook.rpartition("/")[2]),
            "taken": str(sum(1 for r in self.form.variables if r.variable and r.variable.code in settled - open_)),
            "total": str(len(self.form.variables)),
            "count": str(len(self.remarks)),
        }
        until = roles["slip_heading"].row
        at = self._copy(sheet, (c for c in drawn.cells if c.row <= until), drawn.widths, facts)
        sheet.repeat_rows(at - 1)
        for role in _GRAVITY:
            group = [f for f in self.remarks if _remark_role(f) == role]
            if not group:
                continue
            title = roles[role.replace("remark", "slip")]
            text = look.fill(title.text, count=len(group))
            sheet.merge_range(at, 0, at, len(drawn.widths) - 1, text, self.format(title.style))
            sheet.set_row(at, title.height or None)
            at += 1
            for remark in sorted(group, key=self._order):
                self._remark(sheet, at, remark, drawn.widths)
                at += 1
        sheet.activate()
        sheet.set_first_sheet()

    def _order(self, remark: Finding) -> tuple[int, str]:
        row = self.form.by_code.get(remark.variable or "")
        return (row.row if row else -1), remark.at.address or ""

    def _remark(self, sheet: Sheet, at: int, remark: Finding, widths: Sequence[int]) -> None:
        row = self.form.by_code.get(remark.variable or "")
        what = f"{remark.variable} – {row.text}" if row else remark.variable or self.look.word("whole_file")
        why, todo = halves(remark)
        otherwise = self.look.word(_remark_role(remark).replace("remark", "todo"))
        texts = (what, found(remark), why, todo or sentence(otherwise))
        needed = 0.0
        for column, text in enumerate(texts, 1):
            style = self.look.roles["slip_text"].style
            sheet.put(at, column, text, self.format(style))
            needed = max(needed, look.height(text, widths[column], style))
        link = self.look.roles["slip_link"].style
        if remark.at.address and remark.at.sheet in (layout.DATA, layout.NARRATIVE):
            target = f"internal:'{remark.at.sheet}'!{remark.at.address}"
            sure(sheet.write_url(at, 0, target, self.format(link), remark.at.address))
        else:
            sheet.put(at, 0, None, self.format(link))
        sheet.set_row(at, needed)


# ------------------------------------------------------------------ small change

_LENGTH: dict[str, Any] = {"validate": "length", "criteria": "<=", "value": layout.TEXT_LIMIT}

_GRAVITY = ("remark_error", "remark_question", "remark_note")


def _remark_role(remark: Finding) -> str:
    return {Severity.ERROR: "remark_error", Severity.QUESTION: "remark_question"}.get(remark.severity, "remark_note")


def _bounds(v: Variable) -> dict[str, Any]:
    low = -_FARTHEST if v.low is None else v.low
    high = _FARTHEST if v.high is None else v.high
    return {"criteria": "between", "minimum": _literal(low), "maximum": _literal(high)}


def _literal(value: Decimal) -> str:
    """``value`` in a formula, as short and as exact as in a cell."""
    return f"{float(value):.16G}"


def _number(value: Decimal | None) -> str:
    return "" if value is None else format_number(value)


_ANY_PLACES = "#,##0.##########"
"""A figure on record with all its places."""


def _exactly(value: Decimal) -> str:
    """The number format that shows all places of a figure on record, and no bare decimal comma."""
    places = max(0, -int(value.normalize().as_tuple().exponent))
    return "#,##0" + ("." + "0" * min(places, 10) if places else "")


def _still(row: int, column: int, value: Value | None) -> str:
    """True as long as a cell holds what came back in it: the colour goes when it is mended."""
    cell = layout.address(row, column)
    if value is None or value == "":
        return f'={cell}=""'
    if isinstance(value, Decimal):
        return f"={cell}={_literal(value)}"
    formula = f'=EXACT({cell},"{value.replace(chr(34), chr(34) * 2)}")'
    return formula if length(formula) <= PROMPT else f'={cell}<>""'


def _blocks(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Runs of neighbouring rows: first and last of each."""
    blocks: list[tuple[int, int]] = []
    for row in rows:
        if blocks and blocks[-1][1] == row - 1:
            blocks[-1] = (blocks[-1][0], row)
        else:
            blocks.append((row, row))
    return blocks
