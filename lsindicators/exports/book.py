"""How our workbook looks: one xlsxwriter workbook, its sheets with headings, print set-up and cell formats."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, BinaryIO

from msgspec import Struct
from xlsxwriter.utility import xl_rowcol_to_cell

from lsindicators.exports import stream
from lsindicators.exports.stream import Link, Row, StreamedSheet, StreamedWorkbook, cut
from lsindicators.layout import MADE_UP
from lsindicators.model import HANOI, Plan, Value

Look = dict[str, Any]
"""Properties of a cell format, in the words of xlsxwriter."""

A4, A3 = 9, 8
"""Sizes of paper, by their numbers in Excel."""

ROWS, COLUMNS = 1_048_576, 16_384
"""The size of a sheet."""

_EPOCH = datetime(1899, 12, 30)
"""The day 0 of Excel's calendar."""

LETTERS = 1.1
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
CORRECTED: Look = {"bg_color": "#E4DFEC", "font_color": "#3F3151"}
LINKED: Look = {"font_color": "#0563C1", "underline": 1}
GREY: Look = {"bg_color": "#EDEDED"}
GROUPS = ("#DDEBF7", "#E2EFDA", "#FFF2CC", "#FCE4D6", "#E4DFEC", "#D9E1F2")
"""Soft fills that tell the groups of criteria apart."""
BANDS = ("#1F4E79", "#375623", "#7F6000", "#7B2C2C", "#44546A", "#595959")
"""Fills of headings that tell the kinds of units apart, dark enough for white letters."""


class Column(Struct, frozen=True):
    """One column of a sheet: its heading, its width in characters, and whether its text is wrapped or centred."""

    heading: str
    width: float
    wrap: bool = False
    centre: bool = False
    upright: bool = False  # the heading stands upright
    band: str = ""  # the fill of its heading; empty: as all have it
    level: int = 0  # of the outline


class Page(Struct, frozen=True):
    """How a sheet stands on the screen and on paper."""

    frozen: int = 1  # columns that stay in sight
    repeated: int = 1  # columns that a tiled sheet prints on each page
    paper: int = A4
    tiled: bool = False  # over as many pages as the columns need, not one page wide
    scale: int = 0  # in per cent; 0: as wide as the page
    portrait: bool = False
    zoom: int = 100
    mark: int = 1  # the column whose heading tells that figures are made up


class Formats:
    """A workbook of xlsxwriter with what it says of itself, and its cell formats, each made once."""

    def __init__(self, raw: Any, plan: Plan, title: str) -> None:
        self.plan = plan
        self._book = raw
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        settings = plan.settings
        raw.set_properties(
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


class Book(Formats):
    """A workbook in memory. Texts are always written as texts, so that none can become a formula or a link."""

    def __init__(self, plan: Plan, title: str) -> None:
        streamed = StreamedWorkbook(FONT)
        super().__init__(streamed, plan, title)
        self.pen = streamed.pen

    def look(self, **properties: Any) -> int:
        """The number of the cell format with these properties."""
        return int(self.format(**properties)._get_xf_index())

    def sheet(self, name: str, columns: Sequence[Column], page: Page | None = None) -> Sheet:
        """A new sheet with its headings in row 1."""
        return Sheet(self, self._book.add_worksheet(name, StreamedSheet), name, columns, page or Page())

    def chart(self, kind: dict[str, str]) -> Any:
        """A native chart, to be put on a sheet."""
        return self._book.add_chart(kind)

    def close(self) -> bytes:
        """The bytes of the workbook."""
        into = io.BytesIO()
        self.save(into)
        return into.getvalue()

    def save(self, into: BinaryIO) -> None:
        """Write the workbook to a stream; what ``later`` promised is made now."""
        self._book.pack(into)


class Sheet:
    """One sheet: a table whose first row holds the headings."""

    def __init__(self, book: Book, raw: StreamedSheet, name: str, columns: Sequence[Column], page: Page) -> None:
        self.book, self.raw, self.name, self.columns = book, raw, name, columns
        self.last_row = 0
        self._pen = book.pen
        self._rows: dict[int, dict[int, str]] = {}
        self._at, self._cells = -1, dict[int, str]()  # the row that is being written
        self._looks: dict[tuple[Any, ...], int] = {}  # what was asked of ``look`` -> its number
        self._numbers: dict[tuple[int, int], int] = {}  # column and places of a number -> its format
        self._figures: dict[tuple[int, int], int] = {}  # the same of a figure
        self._lines: dict[int, int] = {}  # row -> lines of its longest wrapped text, where more than one
        self._levels: dict[int, int] = {}
        self._moments: dict[tuple[int, datetime], str] = {}
        self._later: Iterator[object] = iter(())
        raw.rows = self._written
        made_up = book.plan.settings.made_up
        for i, column in enumerate(columns):
            raw.set_column(i, i, column.width, None, {"level": column.level} if column.level else {})
            look: Look = HEADING | ({"bg_color": column.band} if column.band else {})
            if column.upright:
                look |= {"rotation": 90, "valign": "bottom", "text_wrap": True, "font_size": 10}
            if made_up and i == page.mark:
                # shown behind the heading, while the cell itself holds the heading alone
                look["num_format"] = f'@" ({MADE_UP})"'
            self._put(0, i, self._pen.text(column.heading, book.look(**look)))
        self._heading_height = 170.0 if any(c.upright for c in columns) else 48.0 if made_up else 33.0
        raw.set_row(0, self._heading_height)
        self._set_up(page)

    def _set_up(self, page: Page) -> None:
        """What stays in sight on the screen, and how the sheet is printed."""
        raw, settings = self.raw, self.book.plan.settings
        raw.freeze_panes(1, page.frozen)
        raw.hide_gridlines(2)
        raw.set_zoom(page.zoom)
        if not page.portrait:
            raw.set_landscape()
        raw.set_paper(page.paper)
        raw.set_margins(left=0.4, right=0.4, top=0.75, bottom=0.6)
        raw.repeat_rows(0)
        if page.tiled:
            raw.repeat_columns(0, page.repeated - 1)
            raw.set_print_scale(60)
            raw.print_across()
        elif page.scale:
            raw.set_print_scale(page.scale)
        else:
            raw.fit_to_pages(1, 0)
        title = f"&B{_code(self.name)} – năm {self.book.plan.year}, tỉnh {_code(settings.province)}&B"
        font = f'&"{FONT["font_name"]},Regular"'  # it also keeps a size apart from a name that begins with a digit
        raw.set_header(f"&C&11{font}{title}" + (f"\n&10{font}{MADE_UP}" if settings.made_up else ""))
        raw.set_footer(f"&L&9{font}{_code(settings.compiler)}&R&9{font}Trang &P/&N")
        if settings.made_up:
            raw.set_tab_color("#C00000")

    # -------------------------------------------------------------- cells

    def look(self, column: int, **more: Any) -> int:
        """The number of the format of a cell in ``column``; ``more`` wins."""
        key = (column, *more.items()) if more else (column,)
        found = self._looks.get(key)
        if found is None:
            of = self.columns[column]
            wrapped = {"text_wrap": True, "indent": 1} if of.wrap and not of.centre else {"text_wrap": of.wrap}
            centred = {"align": "center"} if of.centre else {}
            found = self._looks[key] = self.book.look(**{**BODY, **wrapped, **centred, **more})
        return found

    def _put(self, row: int, column: int, cell: str) -> None:
        if row != self._at:
            self._at = row
            self._cells = self._rows.setdefault(row, {})
            self.last_row = max(self.last_row, row)
        self._cells[column] = cell

    def text(self, row: int, column: int, text: str, **more: Any) -> None:
        """Write ``text`` as it is; more than Excel holds is cut."""
        look = self.look(column, **more) if more else self.look(column)
        if not text:
            self._put(row, column, stream.blank(look))
            return
        of = self.columns[column]
        if more.get("text_wrap", of.wrap) and (len(text) > of.width - 1 or "\n" in text):
            self._lines[row] = max(self._lines.get(row, 1), lines_of(text, of.width - 1))
        self._put(row, column, self._pen.text(text, look))

    def number(self, row: int, column: int, value: Decimal | int, decimals: int = 0, **more: Any) -> None:
        """Write a number that is shown with ``decimals`` places."""
        look = None if more else self._numbers.get((column, decimals))
        if look is None:
            look = self.look(column, **{"num_format": number_format(decimals), **more})
            if not more:
                self._numbers[column, decimals] = look
        self._put(row, column, stream.number(float(value), look))

    def year(self, row: int, column: int, year: int, **more: Any) -> None:
        """Write a year, which has no separator of thousands."""
        self._put(row, column, stream.number(year, self.look(column, num_format="0", **more)))

    def moment(self, row: int, column: int, when: datetime | None) -> None:
        """Write a point in time as the clocks of Vietnam show it."""
        if when is None:
            self.text(row, column, "")
            return
        cell = self._moments.get((column, when))
        if cell is None:
            days = (when.astimezone(HANOI).replace(tzinfo=None) - _EPOCH) / timedelta(days=1)
            cell = stream.number(days, self.look(column, num_format="dd/mm/yyyy hh:mm", align="center"))
            self._moments[column, when] = cell
        self._put(row, column, cell)

    def formula(self, row: int, column: int, formula: str, result: Value, **more: Any) -> None:
        """Write a live formula together with its true result."""
        shown = float(result) if isinstance(result, Decimal) else result
        self._put(row, column, stream.formula(formula.removeprefix("="), shown, self.look(column, **more)))

    def value(self, row: int, column: int, value: Value | None, **more: Any) -> None:
        """Write a figure: a number with the places that it has, a text, or nothing."""
        if isinstance(value, Decimal):
            places = places_of(value)
            look = None if more else self._figures.get((column, places))
            if look is None:
                look = self.look(column, **{"num_format": number_format(places), "align": "right", **more})
                if not more:
                    self._figures[column, places] = look
            self._put(row, column, stream.number(float(value), look))
        else:
            self.text(row, column, value or "", **more)

    def link(self, row: int, column: int, place: str, target: str = "") -> None:
        """Let a click on a cell lead to ``place`` in this workbook, or in the file at the relative ``target``."""
        self.raw.links.append(Link(row, column, target, place))

    def shares(self, first: int, last: int, column: int) -> None:
        """Colour coverages in per cent: enough, too little for the campaign, none."""
        needed = f"{self.book.plan.settings.coverage.normalize():f}"
        rules = (("==", "0", BAD), ("<", needed, DOUBTFUL), (">=", needed, GOOD))
        blank = {"type": "blanks", "stop_if_true": True, "format": None}
        self.raw.conditional_format(first, column, last, column, blank)
        for criteria, value, colour in rules:
            rule = {"type": "cell", "criteria": criteria, "value": value, "format": self.book.format(**colour)}
            self.raw.conditional_format(first, column, last, column, rule | {"stop_if_true": True})

    def note(self, column: int, text: str, row: int = 0) -> None:
        """A note that opens over a cell of ``column``, its heading where no row is named."""
        self.raw.write_comment(row, column, cut(text), {"x_scale": 2, "author": "", "font_size": 9})

    def level(self, row: int, level: int) -> None:
        """Put a row on a level of the outline."""
        self._levels[row] = level

    # -------------------------------------------------------------- the whole

    def later(self, rows: Iterator[object], last: int) -> None:
        """Let ``rows`` write the rows up to ``last``, one at each step, when the sheet goes into the package."""
        self._later, self.last_row = rows, max(self.last_row, last)

    def _written(self) -> Iterator[Row]:
        yield from self._taken()
        for _ in self._later:
            yield from self._taken()

    def _taken(self) -> Iterator[Row]:
        """The rows that are ready; they are kept no longer."""
        rows, self._rows, self._at = self._rows, {}, -1
        for number in sorted(rows):
            lines = self._lines.pop(number, 0)
            height = None if not lines else LINE * min(lines, 8) + 2
            yield Row(number, rows[number], height if number else self._heading_height, self._levels.get(number, 0))

    def finish(self) -> None:
        """Put the filter over the table; to be called once all rows are written, or promised by ``later``."""
        columns, last = len(self.columns), max(self.last_row, 1)
        self.raw.reaches(last, columns - 1)
        self.raw.autofilter(0, 0, last, columns - 1)
        corner = xl_rowcol_to_cell(last, columns - 1)
        self.raw.ignore_errors({"number_stored_as_text": f"A1:{corner}", "two_digit_text_year": "A1:XFD1048576"})


def number_format(decimals: int) -> str:
    """The format that shows ``decimals`` places; the program's language chooses comma and dot."""
    return "#,##0." + "0" * decimals if decimals else "#,##0"


def change_format(decimals: int) -> str:
    """As ``number_format``, with a sign."""
    shown = number_format(decimals)
    return f"+{shown};-{shown};{shown}"


@lru_cache(maxsize=2_048)
def places_of(value: Decimal) -> int:
    """The places after the comma that a figure needs, at most six."""
    exponent = value.normalize().as_tuple().exponent
    return min(max(-exponent, 0), 6) if isinstance(exponent, int) else 0


def lines_of(text: str, width: float) -> int:
    """How many lines ``text`` takes in a column of ``width``; programs do not all find that out by themselves."""
    room = width * LETTERS
    return sum([math.ceil(max(len(line), 1) / room) for line in text.split("\n")])


def _code(text: str) -> str:
    """``text`` for a header or footer, where & begins a code and all has at most 255 characters."""
    text = cut(text)
    return (text if len(text) <= 80 else text[:79] + "…").replace("&", "&&")
