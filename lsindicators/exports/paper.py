"""A worksheet that is printed and signed: head and signatures by Nghị định 30/2020/NĐ-CP, tables between, pages broken by us."""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter

from lsindicators import values
from lsindicators.exports.book import FONT, LINE, Formats, Look, lines_of, number_format
from lsindicators.exports.stream import cut
from lsindicators.layout import MADE_UP
from lsindicators.model import Plan

TOP = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")

HEADING: Look = {**FONT, "bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True}
HEADING |= {"bg_color": "#E7EDF4"}
CELL: Look = {**FONT, "border": 1, "valign": "vcenter", "text_wrap": True}
GROUP: Look = {**CELL, "bold": True, "bg_color": "#F2F2F2", "text_wrap": False}
PLAIN: Look = {**FONT, "valign": "vcenter", "text_wrap": True}

_PIXELS = 25.4 / 96  # millimetres
_WIDE, _HIGH = 297 - 20 - 15, 210 - 20 - 18  # of A4 across, in millimetres between the margins
_POINT = 25.4 / 72
_FILLED = 0.85  # of a column's width, beside the indent and what does not fit at the end of a line
_SPARE = 0.96
"""Programs and printers measure rows a little differently: a page is not filled to the last point."""


class PaperBook(Formats):
    """A workbook of such sheets, whose widths are counted in the letters of its own font."""

    def __init__(self, plan: Plan, title: str) -> None:
        self._stream = io.BytesIO()
        options = {"in_memory": True, "default_format_properties": dict(FONT)}  # xlsxwriter alters what it is given
        super().__init__(xlsxwriter.Workbook(self._stream, options), plan, title)

    def blank(self, name: str) -> Any:
        """A new sheet with nothing on it."""
        return self._book.add_worksheet(name)

    def chart(self, kind: dict[str, str]) -> Any:
        """A native chart, to be put on a sheet."""
        return self._book.add_chart(kind)

    def close(self) -> bytes:
        """The bytes of the workbook."""
        self._book.close()
        return self._stream.getvalue()


class Paper:
    """One sheet of A4 across, written from the top; texts are written as texts, never as formulas or links."""

    def __init__(self, book: PaperBook, name: str, widths: Sequence[float]) -> None:
        self.book, self.widths, self.row = book, widths, 0
        self.raw = raw = book.blank(name)
        self._cells: dict[tuple[tuple[str, Any], ...], Any] = {}  # what a cell's own look is in full
        self._heights: list[float] = []
        self._kept: set[int] = set()  # rows that stand on one page with the next
        self._repeated: int | None = None
        for i, width in enumerate(widths):
            raw.set_column(i, i, width)
        wide = sum(int(7 * w + 5) for w in widths) * _PIXELS
        self._scale = min(100, int(100 * _WIDE / wide))
        raw.set_landscape()
        raw.set_paper(9)
        raw.set_margins(left=20 / 25.4, right=15 / 25.4, top=20 / 25.4, bottom=18 / 25.4)
        raw.fit_to_pages(1, 0)
        raw.hide_gridlines(2)
        made_up = book.plan.settings.made_up
        font = f'&"{FONT["font_name"]},Regular"'
        raw.set_header(f"&C&11{font}&P" + (f"&R&9{font}{MADE_UP}" if made_up else ""))
        raw.set_footer(f"&R&9{font}{name.replace('&', '&&')}")
        if made_up:
            raw.set_tab_color("#C00000")

    # -------------------------------------------------------------- rows

    def line(self, height: float, *, keep: bool = False) -> int:
        """Begin a row of this height; ``keep`` it on one page with the next. Its number."""
        self.raw.set_row(self.row, height)
        self._heights.append(height)
        if keep:
            self._kept.add(self.row)
        self.row += 1
        return self.row - 1

    def span(self, row: int, first: int, last: int, text: str, look: Look) -> None:
        """A text over the columns from ``first`` to ``last``."""
        form = self.book.format(**look)
        if first == last:
            self.raw.write_string(row, first, values.unmarked(cut(text)), form)
        else:
            self.raw.merge_range(row, first, row, last, "", form)
            self.raw.write_string(row, first, values.unmarked(cut(text)), form)

    def count(self, row: int, first: int, last: int, number: int, look: Look) -> None:
        """A whole number over the columns from ``first`` to ``last``."""
        form = self.book.format(**look)
        if first != last:
            self.raw.merge_range(row, first, row, last, "", form)
        self.raw.write_number(row, first, number, form)

    def cells(self, cells: Sequence[tuple[str | Decimal | None, Look]], *, keep: bool = False) -> int:
        """A row of a table: a text or a number (with its ``num_format``) in each column; as high as its longest text."""
        lines = [
            lines_of(text, width * _FILLED)
            for (text, _), width in zip(cells, self.widths, strict=True)
            if isinstance(text, str)
        ]
        row = self.line(max(20.0, LINE * max(lines, default=1) + 4), keep=keep)
        for column, (content, look) in enumerate(cells):
            form = self._cell(look)
            if isinstance(content, Decimal):
                self.raw.write_number(row, column, float(content), form)
            elif content:
                self.raw.write_string(row, column, values.unmarked(cut(content)), form)
            else:
                self.raw.write_blank(row, column, None, form)
        return row

    def _cell(self, look: Look) -> Any:
        key = tuple(look.items())
        form = self._cells.get(key)
        if form is None:
            indent = {} if look.get("align") == "center" else {"indent": 1}
            form = self._cells[key] = self.book.format(**{**CELL, **indent, **look})
        return form

    def band(self, text: str, **look: Any) -> None:
        """A row of a table with one text over all columns: the name of a group."""
        row = self.line(LINE * lines_of(text, sum(self.widths)) + 6, keep=True)
        self.span(row, 0, len(self.widths) - 1, text, {**GROUP, **look})

    def headings(self, texts: Sequence[str], *, repeat: bool = False) -> None:
        """The headings of a table; ``repeat`` them on every page that follows."""
        lines = max(lines_of(text, width * _FILLED) for text, width in zip(texts, self.widths, strict=True))
        row = self.line(LINE * lines + 8, keep=True)
        for column, text in enumerate(texts):
            self.raw.write_string(row, column, text, self.book.format(**HEADING))
        if repeat:
            self.raw.repeat_rows(row)
            self._repeated = row

    def paragraph(self, text: str, *, keep: bool = False, **look: Any) -> None:
        """A text over the whole width."""
        row = self.line(LINE * lines_of(text, sum(self.widths)) + 3, keep=keep)
        self.span(row, 0, len(self.widths) - 1, text, {**PLAIN, **look})

    def hold(self) -> None:
        """Keep the row before on one page with what follows."""
        self._kept.add(self.row - 1)

    # -------------------------------------------------------------- head and foot

    def head(self, left: Sequence[tuple[str, bool]], place: str, title: Sequence[str], below: str) -> None:
        """Who issues the paper (each line bold or not), the country's name, place and date, the title."""
        last, middle = len(self.widths) - 1, self._middle()
        centred = {**PLAIN, "align": "center", "font_size": 12}
        right: list[tuple[str, Look]] = [
            (TOP[0], {"bold": True}),
            (TOP[1], {"bold": True, "font_size": 13, "underline": 1}),
        ]
        for i in range(2):
            row = self.line(18, keep=True)
            if i < len(left):
                text, bold = left[i]
                self.span(row, 0, middle, text, {**centred, "bold": bold, "underline": 1 if i == len(left) - 1 else 0})
            self.span(row, middle + 1, last, right[i][0], {**centred, **right[i][1]})
        row = self.line(24, keep=True)
        self.span(row, middle + 1, last, place, {**centred, "italic": True, "font_size": 13})
        self.line(6, keep=True)
        for text in title:
            self.paragraph(text, keep=True, bold=True, align="center", font_size=14)
        self.paragraph(below, keep=True, italic=True, align="center", font_size=12)
        if self.book.plan.settings.made_up:
            self.paragraph(MADE_UP, keep=True, bold=True, align="center", font_color="#C00000")
        self.line(8, keep=True)

    def signatures(self, places: Sequence[tuple[int, int, Sequence[str], str]]) -> None:
        """Where it is signed: first and last column, the lines above, the name below; all on one page with what stands before."""
        self.hold()
        self.line(10, keep=True)
        look = {**PLAIN, "align": "center", "font_size": 12}
        for i in range(max(len(lines) for _, _, lines, _ in places)):
            row = self.line(17, keep=True)
            for first, last, lines, _ in places:
                if i < len(lines):
                    signing = lines[i].startswith("(")
                    self.span(row, first, last, lines[i], {**look, "bold": not signing, "italic": signing})
        self.line(58, keep=True)
        row = self.line(18)
        for first, last, _, name in places:
            if name:
                self.span(row, first, last, name, {**look, "bold": True})

    def _middle(self) -> int:
        """The last column of the left half."""
        half, taken = sum(self.widths) * 0.45, 0.0
        for i, width in enumerate(self.widths):
            taken += width
            if taken >= half:
                return i
        return len(self.widths) - 2

    def finish(self) -> None:
        """Break the pages so that rows which belong together stay together; to be called once all rows are written."""
        room = _HIGH / _POINT / (self._scale / 100) * _SPARE
        repeated = self._heights[self._repeated] if self._repeated is not None else 0.0
        breaks: list[int] = []
        taken, start, row = 0.0, 0, 0
        while row < self.row:
            end = row
            while end in self._kept and end + 1 < self.row:
                end += 1
            block = sum(self._heights[row : end + 1])
            if taken + block > room and row > start:
                breaks.append(row)
                start, taken = row, repeated if self._repeated is not None and row > self._repeated else 0.0
            taken += block
            row = end + 1
        self.raw.set_h_pagebreaks(breaks)
        self.raw.print_area(0, 0, self.row - 1, len(self.widths) - 1)


def shown(value: Decimal | None, decimals: int, nothing: str = "") -> tuple[Decimal | str, Look]:
    """A number cell that shows ``decimals`` places, or the words that stand where there is none."""
    if value is None:
        return nothing, {"align": "center", "italic": True, "font_color": "#7F7F7F"}
    return value, {"num_format": number_format(decimals), "align": "right"}
