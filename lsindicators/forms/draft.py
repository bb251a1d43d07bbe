"""The workbook in the making: what all of its sheets are drawn with."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from io import BytesIO
from typing import Any

from msgspec import Struct, field
from xlsxwriter.format import Format

from lsindicators import layout
from lsindicators.findings import Finding
from lsindicators.forms import look
from lsindicators.forms.alike import Alike
from lsindicators.forms.live import Live
from lsindicators.forms.look import Drawn, Look
from lsindicators.forms.package import Book
from lsindicators.forms.sheet import Sheet
from lsindicators.forms.styles import Style
from lsindicators.forms.wording import ALARM, PROMPT, TITLE, cut
from lsindicators.layout import Form, Stamp
from lsindicators.model import Plan, Value
from lsindicators.values import format_date, format_number


class Draft(Struct, frozen=True, dict=True):
    """One form that is being written: what stands in it, and its workbook."""

    plan: Plan
    form: Form
    stamp: Stamp
    typed: Mapping[tuple[str, int], Value] = field(default_factory=dict)
    remarks: tuple[Finding, ...] = ()
    taken: int = 0  # of a slip: variables that were answered
    refused: bool = False  # of a slip: nothing was taken of what came
    late: bool = False  # of a slip: what came had come after the deadline
    known: Alike | None = None  # from a form of the same shape

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
    def alike(self) -> Alike:
        """What it has in common with all forms of its shape."""
        return self.known or Alike(self.plan, self.form, self.look)

    @cached_property
    def live(self) -> Live:
        return Live(self.plan, self.form, self.look, self.typed, self.alike)

    @cached_property
    def widths(self) -> tuple[int, ...]:
        """Pixels of the columns of the data sheet."""
        return self.look.sheets[look.STYLES].widths[: len(layout.COLUMNS)]

    # -------------------------------------------------------------- words

    @cached_property
    def _common(self) -> Mapping[str, str]:
        """The placeholders that mean the same in the forms of all units."""
        own = ("unit", "token", "round")
        return {key: value for key, value in self.facts.items() if key not in own}

    @cached_property
    def facts(self) -> Mapping[str, str]:
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
            "round": str(self.stamp.round),
            "next": str(self.form.year + 1),
        }

    def told(self, prompt: str, error: str, **facts: str) -> dict[str, str]:
        """Prompt and error message of a validation, within Excel's limits; units whose forms are alike are told the same."""
        known = {**self._common, **facts}
        told = {}
        for kind, key, limit in (("input", f"prompt_{prompt}", PROMPT), ("error", f"error_{error}", ALARM)):
            title, text = self.look.said(key)
            told[f"{kind}_title"] = cut(look.fill(title, **known), TITLE)
            told[f"{kind}_message"] = cut(look.fill(text, **known), limit)
        return told

    # -------------------------------------------------------------- formats

    @cached_property
    def _formats(self) -> dict[Hashable, Format]:
        return {}

    def format(self, style: Style, **changes: Any) -> Format:
        """The workbook's format for a drawn ``style``; locked unless ``locked=False`` is among the changes."""
        key = (id(style), *changes.items()) if changes else id(style)  # the look is loaded once: a style keeps its id
        if (known := self._formats.get(key)) is None:
            kinds = self.alike.kinds
            if (kind := kinds.get(key)) is None:
                kind = kinds[key] = self.book.kind({"locked": True, **style, **changes})
            known = self._formats[key] = self.book.drawn_as(kind)
        return known

    def open(self, style: Style, **changes: Any) -> Format:
        """The workbook's format for an input that is drawn in ``style``."""
        if changes:
            return self.format(style, locked=False, **changes)
        if (known := self._open.get(id(style))) is None:
            known = self._open[id(style)] = self.format(style, locked=False)
        return known

    @cached_property
    def _open(self) -> dict[int, Format]:
        return {}

    def role(self, name: str, **changes: Any) -> Format:
        """The workbook's format for what plays the role ``name``."""
        return self.format(self.look.roles[name].style, **changes)

    def tone(self, name: str) -> Format:
        """What a conditional format changes: fill and font colour, no more."""
        style = self.look.roles[name].style
        return self.book.add_format({key: style[key] for key in ("bg_color", "font_color") if key in style})

    # -------------------------------------------------------------- sheets

    def sheet(self, name: str, drawn: str | None, *, protected: bool = True) -> Sheet:
        """A new sheet with the widths, the page set-up and the view of the drawn one."""
        sheet: Sheet = self.book.add_worksheet(name, worksheet_class=Sheet)
        if protected:
            sheet.protect("", {"format_columns": True, "format_rows": True})
        # what is not written is locked by its column: the style Normal is not. A cell of a free sheet is unlocked, so that
        # an input stays so when it is pasted there with its format
        plain = self.format(self.look.font, locked=protected)
        if drawn is None:
            sheet.set_widths((), plain)
            return sheet
        plan = self.look.sheets[drawn]
        widths = plan.widths if drawn != look.STYLES else self.widths
        sheet.set_widths(widths, plain)
        page = plan.page
        if page.landscape:
            sheet.set_landscape()
        sheet.set_paper(page.paper)
        sheet.set_margins(**page.margins)
        header = look.fill(page.header, **self.facts)
        if self.remarks:
            header += f"&L{self.look.word('slip_header', **self.facts)}"
        if self.plan.settings.made_up:
            font = self.look.font["font_name"]
            header += f'&C&"{font},Bold"&10&KC00000{layout.MADE_UP}'
        sheet.set_header(header, {"margin": page.header_margin})
        sheet.set_footer(look.fill(page.footer, **self.facts), {"margin": page.footer_margin})
        sheet.fit_to_pages(1, 0)
        sheet.set_zoom(page.zoom)
        sheet.hide_gridlines(2)
        return sheet

    def copy(self, sheet: Sheet, cells: Iterable[Drawn], widths: Sequence[int], facts: Mapping[str, str]) -> int:
        """Write drawn cells with their placeholders filled, without the rows that have nothing to fill in.

        Returns the first row below them.
        """
        rows: dict[int, list[Drawn]] = {}
        for cell in cells:
            rows.setdefault(cell.row, []).append(cell)
        absent = [f"{{{key}}}" for key, value in facts.items() if not value]
        at = 0
        for row in range(max(rows) + 1):
            drawn = rows.get(row, [])
            if any(key in c.text for c in drawn for key in absent):
                continue
            needed = max((c.height for c in drawn), default=0.0)
            for cell in drawn:
                text = look.fill(cell.text, **facts)
                style = self.format(cell.style)
                if cell.span > 1:
                    sheet.spread(at, cell.column, cell.column + cell.span - 1, text, style)
                else:
                    sheet.put(at, cell.column, text, style)
                if cell.style.get("text_wrap"):
                    room = sum(widths[cell.column : cell.column + cell.span])
                    needed = max(needed, look.height(text, room, cell.style))
            if needed:
                sheet.set_row(at, needed)
            at += 1
        return at
