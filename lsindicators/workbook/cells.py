"""The cells of a workbook, as stored in its raw XML: shared texts, number formats, sheets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple
from xml.parsers import expat

from msgspec import Struct, field

from lsindicators.values import clean_lines
from lsindicators.workbook import plain
from lsindicators.workbook.container import (
    DEPTH,
    EMPTY,
    KEPT,
    LAST_ROW,
    LONGEST,
    MERGES,
    TOO_DEEP,
    Allowance,
    Attributes,
    Package,
    WorkbookError,
    decoded,
    feed,
    is_true,
    more_than,
    new_parser,
    parse,
)


class Cell(NamedTuple):
    """One cell with content. ``value``: number, boolean or text (NFC, trimmed), ``None`` for a formula without result.

    A day is its number in Excel's calendar from 1900, also where the workbook counts from 1904.
    """

    value: Decimal | bool | str | None
    literal: str  # as stored: the digits of a number, the untouched characters of a text
    formula: str | None = None  # "" for a further cell of a shared formula; None: no formula
    error: bool = False  # an error such as #REF!, or a cell that the file holds damaged; the text is in value
    date_format: bool = False
    percent_format: bool = False
    blank_result: bool = False  # a formula that shows nothing; else a formula without value has no stored result


class Sheet(Struct, frozen=True, kw_only=True):
    """One sheet: its cells with content by (row, column) from 0, and what surrounds them."""

    name: str
    hidden: bool = False
    cells: Mapping[tuple[int, int], Cell] = field(default_factory=dict)
    merges: tuple[tuple[int, int, int, int], ...] = ()  # first row, first column, last row, last column
    protected: bool = False
    header_footer: str = ""  # the texts of header and footer, without format codes
    unseen: bool = False  # some rows or columns are hidden, by hand or by a filter


Texts = Mapping[str, Cell]
"""The shared strings by their numbers from 0, as cells write them; each as a cell of which nothing else is said."""


def shared_strings(package: Package, path: str) -> Texts:
    """The shared strings, rich text joined, phonetic runs left out."""
    part = package.whole(path, plain.LARGEST)
    cells = None if part is None else _plain_strings(part)
    return {str(n): cell for n, cell in enumerate(_shared_strings(package.chunks(path)) if cells is None else cells)}


def _label(text: str) -> Cell:
    stored = decoded(text)
    return Cell(clean_lines(stored) or None, stored)


_LABEL = 2_000
"""Elements up to this length are labels that come back in every file; what becomes of them is kept."""


def _plain_strings(part: bytes) -> list[Cell] | None:
    """The shared strings where all of them are written plainly."""
    found = plain.items(part)
    if found is None:
        return None
    new_parser().Parse(plain.unproven(part, found.inside), True)
    cells = []
    for item in found.items:
        cell = _kept_string(item) if len(item) <= _LABEL else _plain_string(item)
        if cell is None:
            return None
        cells.append(cell)
    return cells


def _plain_string(item: str) -> Cell | None:
    text = plain.written(item)
    return None if text is None else _label(text)


_kept_string = lru_cache(maxsize=4096)(_plain_string)


def _shared_strings(chunks: Iterator[bytes]) -> list[Cell]:
    texts: list[Cell] = []
    runs: list[str] = []
    phonetic = inside = False

    def start(tag: str, _attributes: Attributes) -> None:
        nonlocal phonetic, inside
        if tag == "si":
            runs.clear()
        elif tag == "rPh":
            phonetic = True
        elif tag == "t":
            inside = not phonetic

    def text(characters: str) -> None:
        if inside:
            runs.append(characters)

    def end(tag: str) -> None:
        nonlocal phonetic, inside
        if tag == "t":
            inside = False
        elif tag == "rPh":
            phonetic = False
        elif tag == "si":
            texts.append(_label("".join(runs)[:LONGEST]))

    parse(chunks, start, text=text, end=end)
    return texts


# ------------------------------------------------------------------ number formats

PLAIN_FORMAT, DATE, PERCENT = 0, 1, 2
DATE_IDS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
PERCENT_IDS = {9, 10}
_NOT_CODE = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]', re.DOTALL)


def format_kind(code: str) -> int:
    """Whether a format code such as ``dd/mm/yyyy`` or ``0.0%`` shows the number as a date, as a percentage or as it is."""
    bare = _NOT_CODE.sub("", code).casefold().replace("general", "").replace("standard", "")
    if re.search("[dmyhs]", bare):
        return DATE
    return PERCENT if "%" in bare else PLAIN_FORMAT


def formats(package: Package, path: str) -> tuple[int, ...]:
    """For each cell style (``cellXfs``) how it shows a number; as far as a damaged part can be read."""
    part = package.whole(path, KEPT)
    return _formats(package.chunks(path)) if part is None else _kept_formats(part)


@lru_cache(maxsize=16)
def _kept_formats(part: bytes) -> tuple[int, ...]:
    return _formats(iter((part,)))


def _formats(chunks: Iterator[bytes]) -> tuple[int, ...]:
    custom: dict[str, int] = {}
    formats: list[int] = []
    inside = False

    def start(tag: str, attributes: Attributes) -> None:
        nonlocal inside
        if tag == "numFmt":
            custom[attributes.get("numFmtId", "")] = format_kind(attributes.get("formatCode", ""))
        elif tag == "cellXfs":
            inside = True
        elif tag == "xf" and inside:
            number = attributes.get("numFmtId", "0")
            builtin = int(number) if number.isdecimal() and len(number) < 9 else 0
            known = DATE if builtin in DATE_IDS else PERCENT if builtin in PERCENT_IDS else PLAIN_FORMAT
            formats.append(custom.get(number, known))

    def end(tag: str) -> None:
        nonlocal inside
        if tag == "cellXfs":
            inside = False

    try:
        parse(chunks, start, end=end)
    except expat.ExpatError:
        return tuple(formats)
    return tuple(formats)


# ------------------------------------------------------------------ a sheet

DAMAGED = "#HỎNG!"
"""Stands in the place of a cell whose content the file holds damaged: a text that is no number, marked as an error."""

_REFERENCE = re.compile("([A-Za-z]{1,3})([0-9]{1,7})")
_LITERAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)
AS_EXCEL = Context(prec=15, rounding=ROUND_HALF_UP)
_CODES = re.compile(r'&"[^"]*"|&K[0-9A-Fa-f]{6}|&[0-9]+ ?|&[A-Za-z]|&&')
_HEADER_FOOTER = {"oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"}
_AROUND = {"sheetData", "col", "mergeCell", "sheetProtection"} | _HEADER_FOOTER
COLUMNS = 1 << 14
DAYS_TO_1904 = 1462
"""Some old workbooks count their days from 1904: told here, so that a day has one number for all who read it."""


SPREADS = 100
"""Most formulas of a sheet that fill several cells each."""


def read_sheet(
    name: str,
    hidden: bool,
    chunks: Iterator[bytes],
    texts: Texts,
    shows: tuple[int, ...],
    date1904: bool,
    left: Allowance | None = None,
    stroke: plain.Rows | None = None,
) -> Sheet:
    """One expat pass over one sheet. Empty cells are not kept, so a far or a formatted cell costs nothing.

    What it takes goes off what is ``left`` to the workbook. With ``stroke`` all is known already, and expat only says
    whether the XML is well-formed.
    """
    left = left or Allowance()
    if stroke is not None:
        return _at_one_stroke(name, hidden, texts, shows, date1904, left, stroke)
    cells: dict[tuple[int, int], Cell] = {}
    merges: list[tuple[int, int, int, int]] = []
    notes: list[str] = []
    protected = unseen = False
    keeper = _Keeper(cells, texts, shows, date1904, left)
    keep = keeper.keep

    columns: dict[str, int] = {}  # letters -> column
    row = column = -1  # where the former cell without a reference stands
    row_digits = ""
    rows = empty = depth = 0
    reference: str | None = None
    attributes: Attributes = {}
    inside = phonetic = in_cell = False
    formula: list[str] | None = None
    value: list[str] | None = None
    inline: list[str] | None = None
    note: list[str] | None = None

    parser = new_parser()

    def start(tag: str, found: Attributes) -> None:
        nonlocal row, column, row_digits, rows, reference, attributes, formula, value, inline, phonetic, in_cell, depth
        nonlocal unseen
        depth += 1
        if depth > DEPTH:
            raise WorkbookError(TOO_DEEP)
        if ":" in tag:
            tag = tag.rpartition(":")[2]
        if not inside:
            if tag in _AROUND:
                around(tag, found)
        elif tag == "c":
            attributes, formula, value, inline = found, None, None, None
            in_cell, phonetic = True, False
            former, reference = reference, found.get("r")
            if reference is None:
                before = None if former is None else place_of(former)
                column = (column if before is None else before[1]) + 1
        elif not in_cell:
            if tag == "row":
                rows += 1
                row_digits = found.get("r", "")
                unseen = unseen or is_true(found.get("hidden"))
                good = row_digits.isdecimal() and 0 < len(row_digits) < 8
                row = int(row_digits) - 1 if good else row + 1
                row_digits = str(row + 1)
                column, reference = -1, None
                if rows > left.rows:
                    raise more_than(left.most_rows, "dòng")
        elif tag == "v":
            value = [] if value is None else [*value, " | "]  # more than one: no number
            parser.CharacterDataHandler = value.append
        elif tag == "f":
            formula = []
            keeper.spread(found)
            parser.CharacterDataHandler = formula.append
        elif tag == "rPh":
            phonetic = True
        elif tag == "t" and not phonetic:
            inline = inline if inline is not None else []
            parser.CharacterDataHandler = inline.append

    def place_of(text: str) -> tuple[int, int] | None:
        column = columns.get(text.removesuffix(row_digits)) if text.endswith(row_digits) else None
        if column is not None:
            return row, column
        place = cell_place(text)
        if place is not None and place[0] == row:
            columns[text.removesuffix(row_digits)] = place[1]
        return place

    def around(tag: str, found: Attributes) -> None:
        nonlocal protected, note, inside, unseen
        if tag == "sheetData":
            inside = True
        elif tag == "col":
            unseen = unseen or is_true(found.get("hidden"))
        elif tag == "mergeCell":
            if (merge := _area(found.get("ref", ""))) is not None:
                if len(merges) >= left.merges:
                    raise more_than(MERGES, "vùng ô gộp")
                merges.append(merge)
        elif tag == "sheetProtection":
            protected = is_true(found.get("sheet"))
        else:
            note = []
            parser.CharacterDataHandler = note.append

    def end(tag: str) -> None:
        nonlocal inside, note, phonetic, in_cell, empty, depth
        depth -= 1
        if ":" in tag:
            tag = tag.rpartition(":")[2]
        if tag == "c":
            in_cell = False
            if value or formula is not None or inline:
                place = (row, column) if reference is None else place_of(reference)
                if place is not None:
                    written = None if formula is None else "".join(formula)
                    stored = "".join(value) if value else ""
                    joined = None if inline is None else "".join(inline)
                    keep(place, attributes.get("t", "n"), attributes.get("s", ""), stored, written, joined)
            else:
                empty += 1
                if empty > left.empty:
                    raise more_than(EMPTY, "ô trống đã định dạng")
        elif tag == "v" or tag == "f" or tag == "t":
            parser.CharacterDataHandler = None
        elif tag == "rPh":
            phonetic = False
        elif tag == "sheetData":
            inside = False
        elif note is not None:
            notes.append(_CODES.sub(" ", "".join(note)))
            note = parser.CharacterDataHandler = None

    def cut() -> None:
        """Leave no more of an endless text than may be kept."""
        for pieces in (value, formula, inline, note):
            if pieces is not None and len(pieces) > 32:
                whole = "".join(pieces)
                pieces[:] = [whole[:LONGEST]]

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    feed(parser, chunks, cut)
    parser.StartElementHandler = parser.EndElementHandler = None  # they hold the parser as it holds them
    return keeper.sheet(name, hidden, rows, empty, merges, protected, notes, unseen)


def _at_one_stroke(
    name: str,
    hidden: bool,
    texts: Texts,
    shows: tuple[int, ...],
    date1904: bool,
    left: Allowance,
    stroke: plain.Rows,
) -> Sheet:
    """What ``read_sheet`` gives for a sheet that is written plainly."""
    plain.go_through(stroke)
    if stroke.rows > left.rows:
        raise more_than(left.most_rows, "dòng")
    if stroke.empty > left.empty:
        raise more_than(EMPTY, "ô trống đã định dạng")
    keeper = _Keeper({}, texts, shows, date1904, left)
    keeper.take(stroke.cells)
    merges: list[tuple[int, int, int, int]] = []
    notes: list[str] = []
    protected = unseen = False
    for tag, attributes, text in stroke.around:
        if tag == "col":
            unseen = unseen or is_true(attributes.get("hidden"))
        elif tag == "mergeCell":
            if (merge := _area(attributes.get("ref", ""))) is not None:
                merges.append(merge)
        elif tag == "sheetProtection":
            protected = is_true(attributes.get("sheet"))
        else:
            notes.append(_CODES.sub(" ", plain.characters(text)))
    if len(merges) > left.merges:
        raise more_than(MERGES, "vùng ô gộp")
    return keeper.sheet(name, hidden, stroke.rows, stroke.empty, merges, protected, notes, unseen)


def cell_place(reference: str) -> tuple[int, int] | None:
    """(row, column) from 0; ``None`` for a reference that is no cell of a sheet."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        return None
    column, row = _column(found[1].upper()), int(found[2])
    return (row - 1, column) if 0 < row <= LAST_ROW and column < COLUMNS else None


@lru_cache(maxsize=1024)
def _column(letters: str) -> int:
    """The column of capital letters, from 0."""
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column - 1


@lru_cache(maxsize=4096)
def _area(reference: str) -> tuple[int, int, int, int] | None:
    """The corners of a merged range; ``None`` where it is no range of several cells."""
    first, _, last = reference.partition(":")
    begin, end = cell_place(first), cell_place(last or first)
    if begin is None or end is None or begin == end:
        return None
    return min(begin[0], end[0]), min(begin[1], end[1]), max(begin[0], end[0]), max(begin[1], end[1])


class _Keeper:
    """Turns what was stored into cells; what is damaged becomes a damaged cell, what is empty none."""

    def __init__(
        self,
        cells: dict[tuple[int, int], Cell],
        texts: Texts,
        shows: tuple[int, ...],
        date1904: bool,
        left: Allowance,
    ) -> None:
        self._cells, self._texts, self._date1904, self._left = cells, texts, date1904, left
        self._shows = _odd_styles(shows)
        self._spreads: list[tuple[int, int, int, int]] = []

    def take(self, stored: Sequence[plain.Stored]) -> None:
        """Keep the cells that were written plainly."""
        shows, date1904, put, cells = self._shows, self._date1904, self._put, self._cells
        room = len(cells) + len(stored) <= self._left.cells
        texts, columns, characters = self._texts, dict[str, int](), 0
        row, row_digits = -1, ""
        for letters, digits, style, kind, element, value, inline, _ in stored:
            text = texts.get(value) if kind == "s" and not element and style not in shows else None
            if text is not None:  # most cells are of this kind
                characters += len(value)
                cell = text
            elif value or inline or element:
                if element.startswith("<f "):
                    self.spread(plain.attributes(element))
                characters += len(value) * (2 if kind == "str" else 1) + len(inline)
                shown = shows.get(style, PLAIN_FORMAT)
                if kind == "s":
                    cell = self._plainly_shared(element, value, shown)
                else:
                    make = _kept_cell if len(value) + len(inline) + len(element) <= _LABEL else _plain_cell
                    cell = make(kind or "n", value, inline, element, shown, date1904)
            else:
                continue
            if digits != row_digits:  # cells of a row follow each other
                row, row_digits = int(digits) - 1, digits
            column = columns.get(letters)
            if column is None:
                column = columns[letters] = _column(letters)
            place = row, column
            if place in cells or cell.value is None or not room or row >= LAST_ROW or column >= COLUMNS:
                put(place, cell)
            else:
                cells[place] = cell
        self._left.characters -= characters
        self._check()

    def keep(
        self, place: tuple[int, int], kind: str, style: str, raw: str, formula: str | None, inline: str | None
    ) -> None:
        """Keep one cell."""
        self._left.characters -= len(raw) * (2 if kind == "str" else 1) + len(inline or "")
        self._check()
        shown = self._shows.get(style, PLAIN_FORMAT)
        if kind == "s":
            self._put(place, self._shared(raw, formula, shown))
        else:
            self._put(place, _cell(kind, raw, inline, formula, shown, self._date1904))

    def spread(self, formula: Mapping[str, str]) -> None:
        """Note the range that a formula fills, by its attributes."""
        if formula.get("t") in ("array", "dataTable") and (area := _area(formula.get("ref", ""))) is not None:
            self._spreads.append(area)
            if len(self._spreads) > SPREADS:
                raise more_than(SPREADS, "công thức mảng")

    def sheet(
        self,
        name: str,
        hidden: bool,
        rows: int,
        empty: int,
        merges: Sequence[tuple[int, int, int, int]],
        protected: bool,
        notes: Iterable[str],
        unseen: bool,
    ) -> Sheet:
        """The sheet of what was kept; what it has taken goes off the allowance."""
        left = self._left
        left.rows, left.empty, left.merges = left.rows - rows, left.empty - empty, left.merges - len(merges)
        left.cells -= len(self._cells)
        self._mark_spreads()
        return Sheet(
            name=name,
            hidden=hidden,
            cells=MappingProxyType(self._cells),
            merges=tuple(merges),
            protected=protected,
            header_footer=clean_lines("\n".join(notes)),
            unseen=unseen,
        )

    def _mark_spreads(self) -> None:
        """Mark the further cells of formulas that fill a range: they have none of their own, and nobody typed them."""
        for top, first, bottom, last in self._spreads:
            for (row, column), cell in self._cells.items():
                if top <= row <= bottom and first <= column <= last and cell.formula is None:
                    self._cells[row, column] = cell._replace(formula="")

    def _check(self) -> None:
        if self._left.characters < 0:
            raise more_than(self._left.most_characters, "ký tự trong các ô")

    def _plainly_shared(self, element: str, value: str, shown: int) -> Cell:
        return self._shared(plain.characters(value), plain.formula(element) if element else None, shown)

    def _shared(self, raw: str, formula: str | None, shown: int) -> Cell:
        index = raw.strip()
        if not (index.isdecimal() and len(index) < 9 and int(index) < len(self._texts)):
            return Cell(DAMAGED if index else None, raw, formula, bool(index))
        text = self._texts[str(int(index))]
        if formula is None and shown == PLAIN_FORMAT:
            return text
        return Cell(text.value, text.literal, formula, False, shown == DATE, shown == PERCENT)

    def _put(self, place: tuple[int, int], cell: Cell) -> None:
        if not (0 <= place[0] < LAST_ROW and place[1] < COLUMNS) or (cell.value is None and cell.formula is None):
            return
        if place in self._cells:
            other = self._cells[place]
            if other != cell:
                cell = Cell(DAMAGED, f"{other.literal} | {cell.literal}", None, True)
        elif len(self._cells) >= self._left.cells:
            raise more_than(self._left.most_cells, "ô có nội dung")
        self._cells[place] = cell


@lru_cache(maxsize=16)
def _odd_styles(shows: tuple[int, ...]) -> Mapping[str, int]:
    """The styles that show a number otherwise than it is."""
    return {str(style): shown for style, shown in enumerate(shows) if shown != PLAIN_FORMAT}


def _cell(kind: str, raw: str, inline: str | None, formula: str | None, shown: int, date1904: bool) -> Cell:
    """A cell that names no shared text; ``inline``: the text of its element ``is``, where it has one."""
    date, percent = shown == DATE, shown == PERCENT
    if kind == "n":
        literal = raw.strip()
        value = number(literal)
        if value is None:
            return Cell(clean_lines(literal) or None, raw, formula, False, date, percent)
        if date and date1904:
            value += DAYS_TO_1904
        return Cell(value, literal, formula, False, date, percent)
    if kind == "inlineStr" or kind == "str":
        text = decoded(inline if kind == "inlineStr" and inline is not None else raw)
        shown_text = clean_lines(text) or None
        blank = kind == "str" and formula is not None and shown_text is None
        return Cell(shown_text, text, formula, False, date, percent, blank)
    if kind == "b":
        word = raw.strip().casefold()
        if word in ("0", "1", "true", "false"):
            return Cell(word in ("1", "true"), raw, formula, False, date, percent)
    elif kind == "e":
        return Cell(clean_lines(raw) or DAMAGED, raw, formula, True, date, percent)
    elif kind == "d":
        serial = serial_of(raw.strip())
        if serial is not None:
            return Cell(serial, raw, formula, False, True)
    return Cell(DAMAGED if raw else None, raw, formula, bool(raw))


def _plain_cell(kind: str, value: str, inline: str, element: str, shown: int, date1904: bool) -> Cell:
    """``_cell`` of one that was written plainly, its XML as it was written."""
    formula = plain.formula(element) if element else None
    text = plain.characters(inline) if inline else None
    return _cell(kind, plain.characters(value), text, formula, shown, date1904)


_kept_cell = lru_cache(maxsize=8192)(_plain_cell)


def serial_of(literal: str) -> Decimal | None:
    """An ISO date as Excel's number of its day."""
    try:
        moment = datetime.fromisoformat(literal).replace(tzinfo=None)
    except ValueError:
        return None
    elapsed = moment - datetime(1899, 12, 30)
    return Decimal(elapsed.days) + AS_EXCEL.divide(Decimal(elapsed.seconds), Decimal(86400))


@lru_cache(maxsize=4_096)
def number(literal: str) -> Decimal | None:
    """The number of a stored literal to the 15 digits that Excel keeps; ``None`` when it is none.

    Small numbers come again and again in the returns of a province: each is one object.
    """
    if len(literal) <= 15 and literal.isdigit() and literal.isascii():  # as most are written
        return Decimal(literal)
    if len(literal) > 400 or _LITERAL.fullmatch(literal) is None:
        return None
    number = Decimal(literal)
    if len(literal) > 15:
        number = AS_EXCEL.plus(number)
    if not number:
        return Decimal(0)
    if abs(number.adjusted()) > 307:
        return None
    if literal.isdigit():
        return number
    return Decimal(int(number)) if number == number.to_integral_value() else number.normalize()
