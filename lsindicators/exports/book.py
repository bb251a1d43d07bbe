"""How our workbook looks: one xlsxwriter workbook, its sheets with headings, print set-up and cell formats."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from lsindicators.layout import MADE_UP
from lsindicators.model import HANOI, Plan, Value

Look = dict[str, Any]
"""Properties of a cell format, in the words of xlsxwriter."""

CELL_LIMIT = 32_767
"""Characters that Excel holds in one cell."""

LETTERS = 1.2
"""Letters of our font that fit, with some room to spare, where Excel counts one for the width of a column."""

LINE = 14.5
"""Height of a line of text, in points."""

FONT: Look = {"font_name": "Times New Roman", "font_size": 11}
HEADING: Look = {
    **FONT,
    "bold": True,
    "font_color": "#FFFFFF",
    "bg_color": "#1F4E79",
    "border": 1,
    "border_color": "#9DB4CC",
    "align": "center",
    "valign": "vcenter",
    "text_wrap": True,
}
BODY: Look = {**FONT, "border": 1, "border_color": "#BFBFBF", "valign": "vcenter"}

GOOD: Look = {"bg_color": "#E2EFDA", "font_color": "#375623"}
DOUBTFUL: Look = {"bg_color": "#FFF2CC", "font_color": "#7F6000"}
BAD: Look = {"bg_color": "#FBE0DD", "font_color": "#9C0006"}
QUIET: Look = {"font_color": "#7F7F7F", "italic": True}
GREY: Look = {"bg_color": "#EDEDED"}
GROUPS = ("#DDEBF7", "#E2EFDA", "#FFF2CC", "#FCE4D6", "#E4DFEC", "#D9E1F2")
"""Soft fills that tell the groups of criteria apart."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet: its heading, its width in characters, and whether its text is wrapped or centred."""

    heading: str
    width: float
    wrap: bool = False
    centre: bool = False
    upright: bool = False  # the heading stands upright


class Book:
    """A workbook in memory. Texts are always written as texts, so that none can become a formula or a link."""

    def __init__(self, plan: Plan, title: str, normal: Look | None = None) -> None:
        self.plan = plan
        self._stream = io.BytesIO()
        options = {"default_format_properties": dict(normal)} if normal else {}  # widths are counted in its letters
        self._book = xlsxwriter.Workbook(self._stream, {"in_memory": True, **options})
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        settings = plan.settings
        self._book.set_properties(
            {
                "title": title,
                "author": settings.compiler,
                "company": settings.compiler,
                "comments": MADE_UP if settings.made_up else "",
                "created": datetime(plan.year, 1, 1),
            }
        )

    def format(self, **properties: Any) -> Any:
        """The cell format with these properties of xlsxwriter, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(dict(key))
        return self._formats[key]

    def sheet(
        self,
        name: str,
        columns: Sequence[Column],
        *,
        frozen: int = 1,
        paper: int = 9,
        mark: int = 1,
        tall: bool = False,
    ) -> Sheet:
        """A new sheet with its headings in row 1.

        ``frozen`` columns stay in sight; ``paper`` is 9 for A4, 8 for A3; made-up figures are told on the heading of
        column ``mark``; ``tall`` prints over as many pages as the columns need.
        """
        return Sheet(self, self._book.add_worksheet(name), name, columns, frozen, paper, mark, tall)

    def blank(self, name: str) -> Any:
        """A new sheet of xlsxwriter with nothing on it, for a paper that is no table from its first row on."""
        return self._book.add_worksheet(name)

    def close(self) -> bytes:
        """The bytes of the workbook."""
        self._book.close()
        return self._stream.getvalue()


class Sheet:
    """One sheet: a table whose first row holds the headings."""

    def __init__(
        self,
        book: Book,
        raw: Any,
        name: str,
        columns: Sequence[Column],
        frozen: int,
        paper: int,
        mark: int,
        over_many_pages: bool,
    ) -> None:
        self.book, self.raw, self.name, self.columns = book, raw, name, columns
        self.last_row = 0
        self._looks: dict[tuple[Any, ...], Any] = {}  # what was asked of ``look`` -> its format
        self._lines: dict[int, int] = {}  # row -> lines of its longest wrapped text, where more than one
        made_up = book.plan.settings.made_up
        for i, column in enumerate(columns):
            raw.set_column(i, i, column.width)
            look: dict[str, Any] = dict(HEADING)
            if column.upright:
                look |= {"rotation": 90, "valign": "bottom", "text_wrap": True, "font_size": 10}
            if made_up and i == mark:
                # shown behind the heading, while the cell itself holds the heading alone
                look["num_format"] = f'@" ({MADE_UP})"'
            raw.write_string(0, i, _safe(column.heading), book.format(**look))
        raw.set_row(0, 170 if any(c.upright for c in columns) else 48 if made_up else 33)
        raw.freeze_panes(1, frozen)
        raw.hide_gridlines(2)
        raw.set_landscape()
        raw.set_paper(paper)
        raw.set_margins(left=0.4, right=0.4, top=0.75, bottom=0.6)
        raw.repeat_rows(0)
        if over_many_pages:
            raw.repeat_columns(0, frozen - 1)
            raw.set_print_scale(60)
        else:
            raw.fit_to_pages(1, 0)
        settings = book.plan.settings
        title = f"&B{_code(name)} – năm {book.plan.year}, tỉnh {_code(settings.province)}&B"
        font = f'&"{FONT["font_name"]},Regular"'  # it also keeps a size apart from a name that begins with a digit
        raw.set_header(f"&C&11{font}{title}" + (f"\n&10{font}{MADE_UP}" if made_up else ""))
        raw.set_footer(f"&L&9{font}{_code(settings.compiler)}&R&9{font}Trang &P/&N")
        if made_up:
            raw.set_tab_color("#C00000")

    def look(self, column: int, **more: Any) -> Any:
        """The format of a cell in ``column``; ``more`` wins."""
        key = (column, *more.items())
        if key not in self._looks:
            of = self.columns[column]
            wrapped = {"text_wrap": True} if of.wrap else {}
            centred = {"align": "center"} if of.centre else {}
            self._looks[key] = self.book.format(**{**BODY, **wrapped, **centred, **more})
        return self._looks[key]

    def text(self, row: int, column: int, text: str, **more: Any) -> None:
        """Write ``text`` as it is; more than Excel holds is cut."""
        self.last_row = max(self.last_row, row)
        form = self.look(column, **more)
        if self.columns[column].wrap and (len(text) > self.columns[column].width or "\n" in text):
            self._lines[row] = max(self._lines.get(row, 1), lines_of(text, self.columns[column].width))
        if text:
            self.raw.write_string(row, column, cut(_safe(text)), form)
        else:
            self.raw.write_blank(row, column, None, form)

    def number(self, row: int, column: int, value: Decimal | int, decimals: int = 0, **more: Any) -> None:
        """Write a number that is shown with ``decimals`` places."""
        self.last_row = max(self.last_row, row)
        shown = number_format(decimals)
        self.raw.write_number(row, column, float(value), self.look(column, **{"num_format": shown, **more}))

    def moment(self, row: int, column: int, when: datetime | None) -> None:
        """Write a point in time as the clocks of Vietnam show it."""
        if when is None:
            self.text(row, column, "")
            return
        self.last_row = max(self.last_row, row)
        local = when.astimezone(HANOI).replace(tzinfo=None)
        self.raw.write_datetime(row, column, local, self.look(column, num_format="dd/mm/yyyy hh:mm", align="center"))

    def formula(self, row: int, column: int, formula: str, result: Value, **more: Any) -> None:
        """Write a live formula together with its true result."""
        self.last_row = max(self.last_row, row)
        shown = float(result) if isinstance(result, Decimal) else cut(_safe(result))
        self.raw.write_formula(row, column, formula, self.look(column, **more), shown)

    def value(self, row: int, column: int, value: Value | None, **more: Any) -> None:
        """Write a figure: a number with the places that it has, a text, or nothing."""
        if isinstance(value, Decimal):
            self.number(row, column, value, places_of(value), **{"align": "right", **more})
        else:
            self.text(row, column, value or "", **more)

    def note(self, column: int, text: str) -> None:
        """A note that opens over the heading of ``column``."""
        self.raw.write_comment(0, column, _safe(text), {"x_scale": 2, "author": "", "font_size": 9})

    def finish(self) -> None:
        """Give the rows their heights and put the filter over the table; to be called once all rows are written."""
        for row, lines in self._lines.items():
            self.raw.set_row(row, LINE * min(lines, 8) + 2)
        self.raw.autofilter(0, 0, max(self.last_row, 1), len(self.columns) - 1)
        self.raw.ignore_errors(
            {"number_stored_as_text": f"A1:{_last_cell(self)}", "two_digit_text_year": "A1:XFD1048576"}
        )


def number_format(decimals: int) -> str:
    """The format that shows ``decimals`` places; the program's language chooses comma and dot."""
    return "#,##0." + "0" * decimals if decimals else "#,##0"


def change_format(decimals: int) -> str:
    """As ``number_format``, with a sign."""
    shown = number_format(decimals)
    return f"+{shown};-{shown};{shown}"


def places_of(value: Decimal) -> int:
    """The places after the comma that a figure needs, at most six."""
    exponent = value.normalize().as_tuple().exponent
    return min(max(-exponent, 0), 6) if isinstance(exponent, int) else 0


def lines_of(text: str, width: float) -> int:
    """How many lines ``text`` takes in a column of ``width``; programs do not all find that out by themselves."""
    return sum(math.ceil(max(len(line), 1) / (width * LETTERS)) for line in text.split("\n"))


def cut(text: str) -> str:
    """``text``, cut where Excel's cells end."""
    return text if len(text) <= CELL_LIMIT else text[: CELL_LIMIT - 1] + "…"


def _safe(text: str) -> str:
    """``text`` without halves of surrogate pairs, such as a file name may hold."""
    return text.encode("utf-8", "replace").decode()


def _code(text: str) -> str:
    """``text`` for a header or footer, where & begins a code and all has at most 255 characters."""
    text = _safe(text)
    return (text if len(text) <= 80 else text[:79] + "…").replace("&", "&&")


def _last_cell(sheet: Sheet) -> str:
    from xlsxwriter.utility import xl_rowcol_to_cell

    return str(xl_rowcol_to_cell(max(sheet.last_row, 1), len(sheet.columns) - 1))
