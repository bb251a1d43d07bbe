"""The bytes of an .ods file -> its sheets, cell by cell as stored, in one guarded pass over its XML.

What is repeated is counted and not written out, unless it is content. Nothing is computed or followed.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from xml.parsers import expat

from lsindicators.values import clean_lines, day_of, parse_date
from lsindicators.workbook import beside
from lsindicators.workbook.beside import Beside
from lsindicators.workbook.cells import AS_EXCEL, COLUMNS, DAMAGED, Cell, Sheet, number, serial_of
from lsindicators.workbook.container import (
    CELLS,
    EMPTY,
    LAST_ROW,
    MERGES,
    ROWS,
    SHEETS,
    Attributes,
    Package,
    PasswordNeededError,
    WorkbookError,
    check,
    more_than,
    parse,
)

CONTENT, STYLES, META, MANIFEST = "content.xml", "styles.xml", "meta.xml", "META-INF/manifest.xml"

Parts = tuple[tuple[Sheet, ...], Mapping[str, str], Mapping[str, str], bool, bool, tuple[Beside, ...]]
"""Sheets, defined names, custom properties, whether there are macros, whether anything points outside, annotations."""


def read(content: bytes, passed_over: Callable[[str, bool], bool]) -> Parts:
    """What the file holds; a sheet that is ``passed_over`` has no cells. Raises ``WorkbookError`` or a stray exception
    of the zip and XML libraries, as the reader of .xlsx does."""
    if content[:4] != b"PK\x03\x04":
        raise WorkbookError("không phải tệp .ods")
    package = Package(content)
    if MANIFEST in package and _is_encrypted(package):
        raise PasswordNeededError("tệp đang đặt mật khẩu mở")
    if CONTENT not in package:
        raise WorkbookError("thiếu nội dung của sổ tính")
    styles = _Styles()
    headers: Mapping[str, str] = {}
    if STYLES in package:
        headers = _headers(package, styles)
    book = _Content(styles, headers, passed_over)
    parse(package.chunks(CONTENT), book.start, text=book.text, end=book.end)
    if not book.sheets:
        raise WorkbookError("không có trang tính nào")
    for name in package.names():
        if name.endswith((".xml", ".rdf")) and name not in (CONTENT, STYLES, META):
            try:
                check(package, name)
            except expat.ExpatError:
                continue  # a damaged drawing spoils no figure
    macro = book.macro or any(n.startswith(("basic/", "scripts/")) and not n.endswith("/") for n in package.names())
    properties = _properties(package) if META in package else {}
    return (
        tuple(book.sheets),
        MappingProxyType({**book.local_names, **book.names}),
        MappingProxyType(properties),
        macro,
        book.external,
        tuple(book.beside),
    )


def _is_encrypted(package: Package) -> bool:
    found = False

    def start(tag: str, _attributes: Attributes) -> None:
        nonlocal found
        found = found or tag == "encryption-data"

    parse(package.chunks(MANIFEST), start)
    return found


def _properties(package: Package) -> dict[str, str]:
    """The custom properties, as far as a damaged part can be read."""
    properties: dict[str, str] = {}
    name: str | None = None
    written: list[str] = []

    def start(tag: str, attributes: Attributes) -> None:
        nonlocal name
        if tag == "user-defined":
            name = attributes.get("meta:name", "")
            written.clear()

    def end(tag: str) -> None:
        nonlocal name
        if tag == "user-defined" and name is not None:
            properties[name] = "".join(written).strip()
            name = None

    try:
        parse(package.chunks(META), start, text=written.append, end=end)
    except expat.ExpatError:
        return properties
    return properties


# ------------------------------------------------------------------ styles

_DATE, _PERCENT = "date", "percent"
_SHOWS = {"date-style": _DATE, "time-style": _DATE, "percentage-style": _PERCENT}


class _Styles:
    """What is needed of the styles: hidden sheets, their page, and which cells show dates or percentages."""

    def __init__(self) -> None:
        self.hidden: set[str] = set()  # styles of sheets
        self.pages: dict[str, str] = {}  # style of a sheet -> master page
        self._data: dict[str, str] = {}  # data style -> what it shows
        self._cells: dict[str, tuple[str, str]] = {}  # style of a cell -> its data style, its parent
        self._inside = ""

    def start(self, tag: str, attributes: Attributes) -> None:
        """Take in one element of a style."""
        if tag == "style":
            name, family = attributes.get("style:name", ""), attributes.get("style:family")
            self._inside = name if family == "table" else ""
            if family == "table":
                self.pages[name] = attributes.get("style:master-page-name", "")
            elif family == "table-cell":
                told = attributes.get("style:data-style-name", ""), attributes.get("style:parent-style-name", "")
                self._cells[name] = told
        elif tag == "table-properties":
            if self._inside and attributes.get("table:display") == "false":
                self.hidden.add(self._inside)
        elif tag in _SHOWS:
            self._data[attributes.get("style:name", "")] = _SHOWS[tag]

    def shows(self, style: str | None) -> str | None:
        """Whether cells of ``style`` show dates or percentages."""
        for _ in range(8):  # styles that are each other's parents must not go on for ever
            if style is None or style not in self._cells:
                return None
            data, style = self._cells[style]
            if data:
                return self._data.get(data)
        return None


_FIELDS = {"page-number", "page-count", "sheet-name", "date", "time", "title", "file-name"}
_HEADERS = {"header", "footer", "header-left", "footer-left", "header-first", "footer-first"}


def _headers(package: Package, styles: _Styles) -> dict[str, str]:
    """Master page -> the texts of its header and footer, as far as a damaged part can be read; fills in ``styles``."""
    found: dict[str, list[str]] = {}
    page = ""
    inside: list[str] = []  # open headers and fields

    def start(tag: str, attributes: Attributes) -> None:
        nonlocal page
        styles.start(tag, attributes)
        if tag == "master-page":
            page = attributes.get("style:name", "")
        elif tag in _HEADERS or (inside and tag in _FIELDS):
            inside.append(tag)
        elif tag == "p" and inside:
            found.setdefault(page, []).append("\n")

    def text(characters: str) -> None:
        if inside and inside[-1] in _HEADERS:
            found.setdefault(page, []).append(characters)

    def end(tag: str) -> None:
        if inside and inside[-1] == tag:
            inside.pop()

    with contextlib.suppress(expat.ExpatError):
        parse(package.chunks(STYLES), start, text=text, end=end)
    return {name: clean_lines("".join(texts)) for name, texts in found.items()}


# ------------------------------------------------------------------ sheets

_SPACE = re.compile("[ \t\r\n]+")
_OUTSIDE = re.compile(r"\\\\|//|file:|[a-z]:[\\/]", re.IGNORECASE)
_ELSEWHERE = re.compile(r"'[a-z]+:.*'#\$", re.IGNORECASE)
_ERRORS = re.compile(r"#(?:REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!|N/A|[A-ZỌ-ỹ_/]+[!?])|Err:[0-9]{3}")
_CELL_TAGS = ("table-cell", "covered-table-cell")
_HIDES = ("collapse", "filter")


class _Content:
    """The handlers of the one pass over ``content.xml``."""

    def __init__(self, styles: _Styles, headers: Mapping[str, str], passed_over: Callable[[str, bool], bool]) -> None:
        self.sheets: list[Sheet] = []
        self.names: dict[str, str] = {}
        self.local_names: dict[str, str] = {}
        self.beside: list[Beside] = []
        self.external = self.macro = False
        self._styles, self._headers, self._passed_over = styles, headers, passed_over
        self._count = self._empty = self._rows = 0
        self._spreadsheet = self._linked = False
        # the sheet that is open
        self._table = 0  # how many tables are open
        self._name = self._style = ""
        self._hidden = self._protected = self._dull = self._unseen = False
        self._kept = False  # no sheet, but what LibreOffice keeps of one in another file
        self._cells: dict[tuple[int, int], Cell] = {}
        self._merges: list[tuple[int, int, int, int]] = []
        self._matrices: list[tuple[int, int, int, int]] = []
        self._row = self._column = 0
        # the row that is open
        self._row_repeat = 0  # how often it is repeated; 0: none is open
        self._row_cells: list[tuple[int, int, Cell]] = []  # column, how often, cell
        self._row_spans: list[tuple[int, int, int, bool]] = []  # column, rows, columns, whether of a matrix
        # the cell that is open
        self._cell: Attributes | None = None
        self._paragraphs: list[list[str]] = []
        self._inside = 0  # elements open inside a paragraph of the cell, the paragraph counted
        self._silent = 0  # elements open inside something whose text is not the cell's
        # what is open beside the cells
        self._aside = 0
        self._aside_kind = ""
        self._aside_place: tuple[int, int] | None = None
        self._aside_text: list[list[str]] = []
        self._aside_paragraph = 0
        self._shapes = False

    # -------------------------------------------------------------- elements

    def start(self, tag: str, attributes: Attributes) -> None:
        if self._aside:
            self._start_aside(tag, attributes)
        elif self._cell is not None:
            self._start_in_cell(tag, attributes)
        elif tag in _CELL_TAGS:
            if self._table:
                self._start_cell(attributes)
        elif tag == "table-row":
            self._start_row(attributes)
        elif tag == "table":
            self._start_table(attributes)
        elif tag == "table-column":
            self._unseen = self._unseen or attributes.get("table:visibility") in _HIDES
        else:
            self._start_other(tag, attributes)

    def _start_other(self, tag: str, attributes: Attributes) -> None:
        if self._shapes:
            self._open_aside(tag, attributes, None)
        elif tag == "shapes":
            self._shapes = self._table > 0
        elif tag in ("named-range", "named-expression"):
            name = attributes.get("table:name", "")
            meaning = attributes.get("table:cell-range-address")
            meaning = _reference(meaning) if meaning is not None else _formula(attributes.get("table:expression", ""))
            names = self.local_names if self._table else self.names
            names.setdefault(name, meaning)
        elif tag == "dde-links":
            self.external = self._linked = True
        elif tag in ("table-source", "dde-source", "cell-range-source"):
            self.external = True
        elif tag in ("event-listener", "script"):
            self.macro = True
        elif tag == "spreadsheet":
            self._spreadsheet = True
        else:
            self._styles.start(tag, attributes)

    def text(self, characters: str) -> None:
        if self._aside:
            if self._aside_paragraph:
                _write(self._aside_text[-1], characters)
        elif self._inside and not self._silent:
            _write(self._paragraphs[-1], characters)

    def end(self, tag: str) -> None:
        if self._aside:
            self._end_aside()
        elif self._cell is not None:
            self._end_in_cell(tag)
        elif tag == "table-row":
            self._end_row()
        elif tag == "table":
            self._end_table()
        elif tag == "shapes":
            self._shapes = False
        elif tag == "dde-links":
            self._linked = False

    # -------------------------------------------------------------- a sheet

    def _start_table(self, attributes: Attributes) -> None:
        if not self._spreadsheet or self._linked:
            return
        self._table += 1
        if self._table > 1:
            raise WorkbookError("trang tính lồng trong trang tính")
        if len(self.sheets) >= SHEETS:
            raise WorkbookError(f"có quá nhiều trang tính ({len(self.sheets) + 1})")
        self._name = attributes.get("table:name", "")
        self._style = attributes.get("table:style-name", "")
        self._hidden = self._style in self._styles.hidden or attributes.get("table:display") == "false"
        self._protected = attributes.get("table:protected") == "true"
        self._kept = _ELSEWHERE.match(self._name) is not None
        self._dull = self._kept or self._passed_over(self._name, self._hidden)
        self._unseen, self._cells, self._merges, self._matrices = False, {}, [], []
        self._row = 0

    def _end_table(self) -> None:
        if not self._table:
            return
        self._table -= 1
        if self._kept:
            self.external = True
            return
        if self._matrices:
            self._mark_matrices()
        self.sheets.append(
            Sheet(
                name=self._name,
                hidden=self._hidden,
                cells=MappingProxyType(self._cells),
                merges=tuple(self._merges),
                protected=self._protected and not self._dull,
                header_footer="" if self._dull else self._headers.get(self._styles.pages.get(self._style, ""), ""),
                unseen=self._unseen and not self._dull,
            )
        )

    def _mark_matrices(self) -> None:
        """The further cells of a formula that fills several are results, too."""
        for (row, column), cell in self._cells.items():
            if cell.formula is None and any(
                r0 <= row <= r1 and c0 <= column <= c1 for r0, c0, r1, c1 in self._matrices
            ):
                self._cells[row, column] = cell._replace(formula="")

    # -------------------------------------------------------------- a row

    def _start_row(self, attributes: Attributes) -> None:
        if self._row_repeat:
            raise WorkbookError("dòng lồng trong dòng")
        self._rows += 1
        if self._rows > ROWS:
            raise more_than(ROWS, "dòng")
        self._row_repeat = _times(attributes.get("table:number-rows-repeated"))
        self._row_cells, self._row_spans, self._column = [], [], 0
        self._unseen = self._unseen or attributes.get("table:visibility") in _HIDES

    def _end_row(self) -> None:
        times, self._row_repeat = self._row_repeat, 0
        if not self._table:
            return
        if self._row_cells:
            self._count += times * sum(repeat for _, repeat, _ in self._row_cells)
            if self._count > CELLS:
                raise more_than(CELLS, "ô có nội dung")
            if self._row + times > LAST_ROW:
                raise WorkbookError("có quá nhiều dòng")
            for column, repeat, cell in self._row_cells:
                for row in range(self._row, self._row + times):
                    for place in range(column, column + repeat):
                        self._cells[row, place] = cell
        for column, rows, columns, matrix in self._row_spans:
            spans = self._matrices if matrix else self._merges
            if len(spans) + times > MERGES:
                raise more_than(MERGES, "vùng ô gộp")
            spans.extend(
                (row, column, row + rows - 1, column + columns - 1) for row in range(self._row, self._row + times)
            )
        self._row = min(self._row + times, LAST_ROW)

    # -------------------------------------------------------------- a cell

    def _start_cell(self, attributes: Attributes) -> None:
        if not self._row_repeat:
            raise WorkbookError("có ô không nằm trong dòng nào")
        self._cell, self._paragraphs, self._inside, self._silent = attributes, [], 0, 0

    def _start_in_cell(self, tag: str, attributes: Attributes) -> None:
        if self._inside or self._silent:
            self._start_in_paragraph(tag, attributes)
        elif tag == "p":
            self._inside = 1
            self._paragraphs.append([])
        elif tag in ("detective", "event-listeners"):
            self._silent = 1
        elif tag in ("cell-range-source", "dde-source"):
            self.external = True
            self._silent = 1
        else:
            self._open_aside(tag, attributes, (self._row, self._column))

    def _start_in_paragraph(self, tag: str, attributes: Attributes) -> None:
        if self._silent:
            self._silent += 1
        elif tag == "annotation" or tag in _DRAWN:
            self._open_aside(tag, attributes, (self._row, self._column))
        elif tag in ("ruby-text", "note"):
            self._silent = 1
        else:
            self._inside += 1
            _special(self._paragraphs[-1], tag, attributes)
            if tag == "a" and _OUTSIDE.match(attributes.get("xlink:href", "")):
                self.external = True

    def _end_in_cell(self, tag: str) -> None:
        if self._silent:
            self._silent -= 1
        elif self._inside:
            self._inside -= 1
        elif tag in _CELL_TAGS:
            self._end_cell()

    def _end_cell(self) -> None:
        attributes = self._cell or {}
        self._cell = None
        column, repeat = self._column, _times(attributes.get("table:number-columns-repeated"))
        self._column = min(column + repeat, COLUMNS + 1)
        formula = attributes.get("table:formula")
        if formula is not None and "'file:" in formula:
            self.external = True
        if self._dull:
            return
        spans = ("table:number-rows-spanned", "table:number-columns-spanned")
        if spans[1] in attributes or spans[0] in attributes:
            self._span(column, attributes, spans, matrix=False)
        if formula is not None:
            self._span(
                column,
                attributes,
                ("table:number-matrix-rows-spanned", "table:number-matrix-columns-spanned"),
                matrix=True,
            )
        if formula is None and not self._paragraphs and "office:value-type" not in attributes:
            self._empty += 1
            if self._empty > EMPTY:
                raise more_than(EMPTY, "ô trống đã định dạng")
            return
        cell = _cell(attributes, self._paragraphs, formula, self._styles)
        if cell.value is None and formula is None:
            return
        if column + repeat > COLUMNS:
            raise WorkbookError("có quá nhiều cột")
        self._row_cells.append((column, repeat, cell))

    def _span(self, column: int, attributes: Attributes, names: tuple[str, str], *, matrix: bool) -> None:
        rows, columns = (min(_times(attributes.get(name)), LAST_ROW) for name in names)
        if rows * columns > 1:
            self._row_spans.append((column, rows, columns, matrix))

    # -------------------------------------------------------------- beside the cells

    def _open_aside(self, tag: str, attributes: Attributes, place: tuple[int, int] | None) -> None:
        self._aside = 1
        self._aside_kind = beside.COMMENT if tag == "annotation" else beside.SHAPE
        self._aside_place, self._aside_text, self._aside_paragraph = place, [], 0
        self._depict(tag, attributes)

    def _start_aside(self, tag: str, attributes: Attributes) -> None:
        self._aside += 1
        if self._aside_paragraph:
            self._aside_paragraph += 1
            _special(self._aside_text[-1], tag, attributes)
        elif tag == "p":
            self._aside_paragraph = 1
            self._aside_text.append([])
        self._depict(tag, attributes)

    def _depict(self, tag: str, attributes: Attributes) -> None:
        """Note what kind of thing a drawing turns out to be, and whether it lies outside."""
        if tag == "image" and self._aside_kind == beside.SHAPE:
            self._aside_kind = beside.PICTURE
        elif tag in ("object", "object-ole", "plugin"):
            chart = "draw:notify-on-update-of-ranges" in attributes
            self._aside_kind = beside.CHART if chart else beside.OBJECT
        target = attributes.get("xlink:href", "")
        web = tag == "a" and not _OUTSIDE.match(target)
        if not web and re.match(r"[a-z][a-z0-9+.-]*:|\\\\|//|\.\./", target, re.IGNORECASE):
            self.external = True

    def _end_aside(self) -> None:
        self._aside -= 1
        if self._aside_paragraph:
            self._aside_paragraph -= 1
        if self._aside or self._dull or len(self.beside) >= beside.MOST:
            return
        text = clean_lines("\n".join("".join(p) for p in self._aside_text))
        self.beside.append(Beside(self._name, self._aside_place, self._aside_kind, text))


_DRAWN = {
    "frame", "rect", "line", "polyline", "polygon", "regular-polygon", "path", "circle", "ellipse", "g", "measure",
    "caption", "connector", "control", "custom-shape",
}  # fmt: skip


def _times(text: str | None) -> int:
    """How often something is repeated; once where the file does not say it rightly."""
    if text is None or not (text.isascii() and text.isdecimal()):
        return 1
    return max(1, int(text)) if len(text) < 9 else 10**8


def _write(paragraph: list[str], characters: str) -> None:
    """Character data as it counts: any white space is one space, and none begins a paragraph or follows another."""
    text = _SPACE.sub(" ", characters)
    if text.startswith(" ") and (not paragraph or paragraph[-1].endswith(" ")):
        text = text[1:]
    if text:
        paragraph.append(text)


_MOST_SPACES = 1 << 15


def _special(paragraph: list[str], tag: str, attributes: Attributes) -> None:
    """The characters that have elements of their own."""
    if tag == "s":
        # the empty text behind them tells that they are no white space to be put together
        paragraph += (" " * min(_times(attributes.get("text:c")), _MOST_SPACES), "")
    elif tag == "tab":
        paragraph.append("\t")
    elif tag == "line-break":
        paragraph.append("\n")


# ------------------------------------------------------------------ what a cell holds

_DURATION = re.compile(
    r"(-?)P(?:([0-9]{1,7})D)?(?:T(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9}(?:[.,][0-9]{1,12})?)S)?)?"
)
_NUMBERS = {"float": "office:value", "percentage": "office:value", "currency": "office:value"}


def _cell(attributes: Attributes, paragraphs: list[list[str]], formula: str | None, styles: _Styles) -> Cell:
    shown = "\n".join("".join(p) for p in paragraphs)
    written = None if formula is None else _formula(formula)
    kind = attributes.get("office:value-type", "")
    if attributes.get("calcext:value-type") == "error":
        return Cell(clean_lines(shown) or DAMAGED, shown, written, True)
    if kind in _NUMBERS:
        literal = attributes.get(_NUMBERS[kind])
        if literal is None:
            return _text(shown, written)
        value = number(literal.strip())
        if value is None:
            return Cell(clean_lines(literal) or DAMAGED, literal, written, not literal.strip())
        as_what = _PERCENT if kind == "percentage" else styles.shows(attributes.get("table:style-name"))
        if as_what is None and kind == "float":
            as_what = _as_shown(value, shown)
        return Cell(value, literal.strip(), written, False, as_what == _DATE, as_what == _PERCENT)
    if kind in ("date", "time"):
        literal = attributes.get(f"office:{kind}-value")
        if literal is None:
            return _text(shown, written)
        serial = serial_of(literal.strip()) if kind == "date" else _duration(literal.strip())
        if serial is None:
            return Cell(DAMAGED, literal, written, True)
        return Cell(serial, literal, written, False, True)
    if kind == "boolean":
        word = attributes.get("office:boolean-value", shown).strip().casefold()
        if word in ("true", "false", "1", "0"):
            return Cell(word in ("true", "1"), word, written)
        return Cell(DAMAGED, word, written, True)
    if kind not in ("string", "", "void"):
        return Cell(DAMAGED, shown or kind, written, True)
    text = attributes.get("office:string-value", shown) if kind == "string" else shown
    return _text(text, written)


def _text(text: str, formula: str | None) -> Cell:
    cleaned = clean_lines(text) or None
    error = formula is not None and cleaned is not None and _ERRORS.fullmatch(cleaned) is not None
    return Cell(cleaned, text, formula, error, blank_result=formula is not None and cleaned is None)


def _duration(literal: str) -> Decimal | None:
    """An ISO duration as a part of a day."""
    found = _DURATION.fullmatch(literal)
    if found is None or not any(found.groups()[1:]):
        return None
    days, hours, minutes, seconds = (Decimal((part or "0").replace(",", ".")) for part in found.groups()[1:])
    length = AS_EXCEL.divide(((days * 24 + hours) * 60 + minutes) * 60 + seconds, Decimal(86400))
    return -length if found[1] else length


_SHOWN_PERCENT = re.compile(r"([-+−]?[0-9][0-9.,\s]*)%")
_SHOWN_DATE = re.compile(
    r"[0-9]{1,4}([/-])[0-9]{1,2}\1[0-9]{1,4}(?:[ T,]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?: ?[AP]M)?)?"
    r"|[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?: ?[AP]M)?",
    re.IGNORECASE,
)


def _as_shown(value: Decimal, shown: str) -> str | None:
    """What the shown text makes of a number where the program has kept no format: some write no styles at all."""
    text = clean_lines(shown)
    if found := _SHOWN_PERCENT.fullmatch(text):
        digits = _plain(found[1])
        # a per cent sign behind the number itself says nothing
        return _PERCENT if digits is not None and abs(digits - value * 100) < abs(digits - value) else None
    day = parse_date(text)
    if _SHOWN_DATE.fullmatch(text) or (day is not None and day == day_of(value)):
        return _DATE
    return None


def _plain(text: str) -> Decimal | None:
    """The number in a shown text, whichever sign it has before its decimals."""
    body = re.sub(r"\s", "", text).replace("−", "-")
    head, separator, tail = body.replace(",", ".").rpartition(".")
    return number(f"{head.replace('.', '')}.{tail}" if separator else body)


# ------------------------------------------------------------------ formulas

_PIECE = re.compile(r'"(?:[^"]|"")*"|\[(?:\'(?:[^\']|\'\')*\'|[^\]\'])*\]|[;|]')
_PLACE = re.compile(r"(?:\$?('(?:[^']|'')*'|[^\s.:'#$]+))?\.(\$?[A-Za-z]{0,3}\$?[0-9]*)")
_LANGUAGE = re.compile(r"([A-Za-z]+:)?=?")


def _formula(text: str) -> str:
    """A formula as Excel would write it, as far as references and separators go."""
    language = _LANGUAGE.match(text)
    body = text[language.end() :] if language else text
    if language and language[1] == "msoxl:":
        return body
    return _PIECE.sub(lambda m: _piece(m[0]), body)


def _piece(text: str) -> str:
    if text.startswith("["):
        return _reference(text[1:-1])
    return {";": ",", "|": ";"}.get(text, text)


def _reference(text: str) -> str:
    """A reference as Excel writes it; one into another file as it is."""
    if "'#" in text:
        return text
    return _PLACE.sub(lambda m: f"{m[1]}!{m[2]}" if m[1] else m[2], text)
