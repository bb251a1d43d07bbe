"""The bytes of an .xlsx or .xlsm file -> its sheets, cell by cell as stored, in one guarded pass over the raw XML.

One bad cell spoils only itself; a hostile or damaged container is a ``WorkbookError``. Nothing is computed or followed.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Context, Decimal
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import unquote
from xml.parsers import expat

from lsindicators.errors import LsindicatorsError
from lsindicators.values import clean_lines


class WorkbookError(LsindicatorsError):
    """No readable workbook; the text says why, to stand after the file's name (``file`` keeps that name)."""

    def __init__(self, why: str, file: str = "", *, inflated: int = 0) -> None:
        super().__init__(why)
        self.file = file
        self.inflated = inflated  # bytes that it would unpack to, where that is the reason


class Cell(NamedTuple):
    """One cell with content. ``value``: number, boolean or text (NFC, trimmed), ``None`` for a formula without result."""

    value: Decimal | bool | str | None
    literal: str  # as stored: the digits of a number, the untouched characters of a text
    formula: str | None = None  # "" for a further cell of a shared formula; None: no formula
    error: bool = False  # an error such as #REF!, or a cell that the file holds damaged; the text is in value
    date_format: bool = False
    percent_format: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet: its cells with content by (row, column) from 0, and what surrounds them."""

    name: str
    hidden: bool = False
    cells: Mapping[tuple[int, int], Cell] = field(default_factory=dict)
    merges: tuple[tuple[int, int, int, int], ...] = ()  # first row, first column, last row, last column
    protected: bool = False
    header_footer: str = ""  # the texts of header and footer, without format codes


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """A workbook as stored."""

    sheets: tuple[Sheet, ...]
    names: Mapping[str, str]  # defined name -> what it stands for
    properties: Mapping[str, str]  # custom document properties
    date1904: bool
    macro: bool
    external: bool  # refers to a file outside: external link, data connection, picture by link, file: or UNC target


def read(content: bytes, file: str) -> Workbook:
    """The workbook that ``content`` holds; ``file`` names it in the error. Raises ``WorkbookError``, and nothing else."""
    try:
        return _workbook(_Package(content))
    except WorkbookError as error:
        error.file = file
        raise
    except expat.ExpatError as error:
        raise WorkbookError("nội dung XML bên trong bị hỏng", file) from error
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise WorkbookError("tệp nén bị hỏng hoặc tải về chưa đủ", file) from error
    except (ValueError, LookupError, NotImplementedError, RecursionError, OverflowError, OSError) as error:
        raise WorkbookError("cấu trúc bên trong bị hỏng", file) from error


# ------------------------------------------------------------------ the container

ENTRIES, PART, WHOLE, RATIO, RATIO_FROM = 300, 64 << 20, 96 << 20, 120, 1 << 20
"""Most entries of a package; most bytes of one part and of all, unpacked; and how much a part may grow above 1 MB.
A sheet with a million formatted empty rows is legal and takes some 50 MB of XML."""

DEPTH, SHEETS, CELLS, MERGES = 200, 100, 300_000, 5_000


class _Package:
    """The parts of a zip container by name without case; each is unpacked on demand, under the limits."""

    def __init__(self, content: bytes) -> None:
        if content[:4] != b"PK\x03\x04":
            raise WorkbookError("không phải tệp .xlsx")
        self._content = content
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
        check_entries(entries)
        self._entries: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            if not entry.is_dir() and self._entries.setdefault(entry.filename.casefold(), entry) is not entry:
                raise WorkbookError("tệp nén có hai phần trùng tên")

    def names(self) -> Iterator[str]:
        return iter(self._entries)

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._entries

    def chunks(self, name: str) -> Iterator[bytes]:
        return unpack(self._content, self._entries[name.casefold()])


def check_entries(entries: list[zipfile.ZipInfo], *, most: int = ENTRIES) -> None:
    """Raise ``WorkbookError`` for a zip directory that is encrypted, oversized, overlapping or has unsafe names."""
    if len(entries) > most:
        raise WorkbookError(f"tệp nén có quá nhiều phần ({len(entries)})")
    end = 0
    for entry in sorted(entries, key=lambda e: e.header_offset):
        name = entry.filename.replace("\\", "/")
        if entry.flag_bits & 0x1:
            raise WorkbookError("tệp nén có mật khẩu")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise WorkbookError("tệp nén theo kiểu không hỗ trợ")
        if name.startswith("/") or re.match("[A-Za-z]:", name) or ".." in name.split("/") or _is_link(entry):
            raise WorkbookError("tệp nén có tên phần không an toàn")
        if entry.file_size > PART or (
            entry.file_size > RATIO_FROM and entry.file_size > RATIO * max(entry.compress_size, 1)
        ):
            raise WorkbookError("giải nén ra quá lớn", inflated=entry.file_size)
        if entry.header_offset < end:
            raise WorkbookError("tệp nén có các phần chồng lên nhau")
        end = entry.header_offset + 30 + entry.compress_size
    total = sum(e.file_size for e in entries)
    if total > WHOLE:
        raise WorkbookError("giải nén ra quá lớn", inflated=total)


def _is_link(entry: zipfile.ZipInfo) -> bool:
    return entry.create_system == 3 and entry.external_attr >> 28 == 0xA


def unpack(content: bytes, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of one entry of the zip file ``content``, in pieces; never more than its directory promised."""
    at = entry.header_offset
    if content[at : at + 4] != b"PK\x03\x04":
        raise zipfile.BadZipFile("no local header")
    start = (
        at
        + 30
        + int.from_bytes(content[at + 26 : at + 28], "little")
        + int.from_bytes(content[at + 28 : at + 30], "little")
    )
    packed = content[start : start + entry.compress_size]
    left, check = entry.file_size, 0
    inflate = zlib.decompressobj(-15) if entry.compress_type == zipfile.ZIP_DEFLATED else None
    while True:
        if inflate is None:
            piece, packed = packed[: 1 << 18], packed[1 << 18 :]
        else:
            piece = inflate.decompress(packed, 1 << 18)
            packed = inflate.unconsumed_tail
        if not piece:
            break
        left -= len(piece)
        check = zlib.crc32(piece, check)
        if left < 0:
            break
        yield piece
    if left or check != entry.CRC:
        raise zipfile.BadZipFile("size or checksum differs")


# ------------------------------------------------------------------ XML

Attributes = dict[str, str]


def _refuse_doctype(*_: object) -> None:
    raise WorkbookError("tệp có khai báo DOCTYPE, không được phép trong sổ tính")


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def _parse(
    chunks: Iterator[bytes],
    start: Callable[[str, Attributes], None],
    *,
    text: Callable[[str], None] | None = None,
    end: Callable[[str], None] | None = None,
) -> None:
    """Run expat over ``chunks``; ``start`` and ``end`` get each element's local name."""
    parser = _parser()
    depth = 0

    def enter(tag: str, attributes: Attributes) -> None:
        nonlocal depth
        depth += 1
        if depth > DEPTH:
            raise WorkbookError("nội dung XML bên trong lồng nhau quá sâu")
        start(tag if ":" not in tag else tag.rpartition(":")[2], attributes)

    def leave(tag: str) -> None:
        nonlocal depth
        depth -= 1
        if end is not None:
            end(tag if ":" not in tag else tag.rpartition(":")[2])

    parser.StartElementHandler = enter
    parser.EndElementHandler = leave
    parser.CharacterDataHandler = text
    for chunk in chunks:
        parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _nothing(_tag: str, _attributes: Attributes) -> None:
    """For a part of which only well-formedness matters."""


_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def _decoded(text: str) -> str:
    """``_xHHHH_`` as Excel writes odd characters, decoded once; ``_x005F_`` stands for an underscore."""
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text


def _local(attributes: Attributes, name: str) -> str | None:
    """The attribute ``name`` under whatever prefix, such as ``r:id``."""
    for key, value in attributes.items():
        if ":" in key and key.rpartition(":")[2] == name:
            return value
    return None


def _is_true(text: str | None) -> bool:
    return text in ("1", "true", "on")


# ------------------------------------------------------------------ the workbook


def _workbook(package: _Package) -> Workbook:
    main, macro = _main_part(package)
    sheets: list[tuple[str, bool, str]] = []
    names: dict[str, str] = {}
    date1904 = False
    name: str | None = None
    local = False
    written: list[str] = []

    def start(tag: str, attributes: Attributes) -> None:
        nonlocal date1904, name, local
        if tag == "sheet":
            hidden = attributes.get("state", "visible") != "visible"
            sheets.append((attributes.get("name", ""), hidden, _local(attributes, "id") or ""))
        elif tag == "workbookPr":
            date1904 = _is_true(attributes.get("date1904"))
        elif tag == "definedName":
            name, local = attributes.get("name", ""), "localSheetId" in attributes
            written.clear()

    def text(characters: str) -> None:
        if name is not None:
            written.append(characters)

    def end(tag: str) -> None:
        nonlocal name
        if tag == "definedName" and name is not None:
            if name not in names or not local:
                names[name] = "".join(written).strip()
            name = None

    _parse(package.chunks(main), start, text=text, end=end)
    if not sheets:
        raise WorkbookError("không có trang tính nào")
    if len(sheets) > SHEETS:
        raise WorkbookError(f"có quá nhiều trang tính ({len(sheets)})")
    relations = _relations(package, main)
    by_id = {r.id: r for r in relations}
    shared = next((r.target for r in relations if r.kind == "sharedStrings" and r.target in package), None)
    styles = next((r.target for r in relations if r.kind == "styles" and r.target in package), None)
    texts = _shared_strings(package, shared) if shared else []
    formats = _formats(package, styles) if styles else ()
    read_parts = {"[content_types].xml", main.casefold(), (shared or "").casefold(), (styles or "").casefold()}
    result: list[Sheet] = []
    for sheet, hidden, relation in sheets:
        found = by_id.get(relation)
        if found is None or found.target not in package:
            raise WorkbookError(f"thiếu nội dung của trang tính “{sheet}”")
        if found.kind != "worksheet":
            result.append(Sheet(name=sheet, hidden=hidden))
            continue
        if found.target.casefold() in read_parts:
            raise WorkbookError("hai trang tính dùng chung một nội dung")
        read_parts.add(found.target.casefold())
        result.append(_SheetReader(sheet, hidden, texts, formats, date1904).read(package.chunks(found.target)))
    external = _survey(package, read_parts)
    return Workbook(
        sheets=tuple(result),
        names=MappingProxyType(names),
        properties=MappingProxyType(_properties(package)),
        date1904=date1904,
        macro=macro,
        external=external,
    )


class _Relation(NamedTuple):
    id: str
    kind: str  # last word of the type: "worksheet", "styles"
    target: str  # part name inside the package, or the outside target as written
    external: bool


def _relations(package: _Package, part: str) -> tuple[_Relation, ...]:
    folder, _, name = part.rpartition("/")
    path = f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"
    return _read_relations(package, path, folder) if path in package else ()


def _read_relations(package: _Package, path: str, folder: str) -> tuple[_Relation, ...]:
    relations: list[_Relation] = []

    def start(tag: str, attributes: Attributes) -> None:
        if tag == "Relationship":
            external = attributes.get("TargetMode", "").casefold() == "external"
            target = attributes.get("Target", "")
            if not external:
                target = posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip("/")
            kind = attributes.get("Type", "").rpartition("/")[2]
            relations.append(_Relation(attributes.get("Id", ""), kind, target, external))

    _parse(package.chunks(path), start)
    return tuple(relations)


def _main_part(package: _Package) -> tuple[str, bool]:
    """The one workbook part, the same by content types and by relationships; and whether macros are there."""
    if "[Content_Types].xml" not in package or "_rels/.rels" not in package:
        raise WorkbookError("không phải sổ tính Excel")
    typed: set[str] = set()
    macro = any(name.endswith("vbaproject.bin") for name in package.names())

    def start(tag: str, attributes: Attributes) -> None:
        nonlocal macro
        kind = attributes.get("ContentType", "").casefold()
        if tag == "Override" and kind.endswith(".main+xml"):
            if "spreadsheetml" not in kind and "ms-excel" not in kind:
                raise WorkbookError("không phải sổ tính Excel")
            typed.add(attributes.get("PartName", "").lstrip("/").casefold())
            macro = macro or "macroenabled" in kind

    _parse(package.chunks("[Content_Types].xml"), start)
    mains = {r.target for r in _read_relations(package, "_rels/.rels", "") if r.kind == "officeDocument"}
    if len(mains) != 1 or (main := mains.pop()) not in package:
        raise WorkbookError("không phải sổ tính Excel")
    if typed and typed != {main.casefold()}:
        raise WorkbookError("tệp chỉ ra hai sổ tính khác nhau")
    return main, macro


def _survey(package: _Package, already: set[str]) -> bool:
    """Look through the parts that are not read: refuse a DOCTYPE anywhere, tell whether anything points outside."""
    external = False
    for name in package.names():
        external = external or "/externallinks/" in name or name.endswith("/connections.xml")
        if name.endswith(".rels"):
            for relation in _read_relations(package, name, ""):
                web = relation.kind == "hyperlink" and not re.match(r"\\\\|//|file:", relation.target, re.IGNORECASE)
                external = external or (relation.external and not web)
        elif name.endswith((".xml", ".vml")) and name not in already:
            try:
                _parse(package.chunks(name), _nothing)
            except expat.ExpatError:
                continue  # a damaged drawing or theme spoils no figure
    return external


def _properties(package: _Package) -> dict[str, str]:
    root = _read_relations(package, "_rels/.rels", "")
    path = next((r.target for r in root if r.kind == "custom-properties"), "docProps/custom.xml")
    if path not in package:
        return {}
    properties: dict[str, str] = {}
    name: str | None = None
    written: list[str] = []

    def start(tag: str, attributes: Attributes) -> None:
        nonlocal name
        if tag == "property":
            name = attributes.get("name", "")
            written.clear()

    def end(tag: str) -> None:
        nonlocal name
        if tag == "property" and name is not None:
            properties[name] = "".join(written).strip()
            name = None

    try:
        _parse(package.chunks(path), start, text=written.append, end=end)
    except expat.ExpatError:
        return properties
    return properties


def _shared_strings(package: _Package, path: str) -> list[str]:
    texts: list[str] = []
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
            texts.append(_decoded("".join(runs)))

    _parse(package.chunks(path), start, text=text, end=end)
    return texts


# ------------------------------------------------------------------ number formats

_PLAIN_FORMAT, _DATE, _PERCENT = 0, 1, 2
_DATE_IDS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_PERCENT_IDS = {9, 10}
_NOT_CODE = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]', re.DOTALL)


def _format_kind(code: str) -> int:
    """Whether a format code such as ``dd/mm/yyyy`` or ``0.0%`` shows the number as a date, as a percentage or as it is."""
    bare = _NOT_CODE.sub("", code).casefold().replace("general", "").replace("standard", "")
    if re.search("[dmyhs]", bare):
        return _DATE
    return _PERCENT if "%" in bare else _PLAIN_FORMAT


def _formats(package: _Package, path: str) -> tuple[int, ...]:
    """For each cell style (``cellXfs``) how it shows a number; as far as a damaged part can be read."""
    custom: dict[str, int] = {}
    formats: list[int] = []
    inside = False

    def start(tag: str, attributes: Attributes) -> None:
        nonlocal inside
        if tag == "numFmt":
            custom[attributes.get("numFmtId", "")] = _format_kind(attributes.get("formatCode", ""))
        elif tag == "cellXfs":
            inside = True
        elif tag == "xf" and inside:
            number = attributes.get("numFmtId", "0")
            builtin = int(number) if number.isdecimal() and len(number) < 9 else 0
            known = _DATE if builtin in _DATE_IDS else _PERCENT if builtin in _PERCENT_IDS else _PLAIN_FORMAT
            formats.append(custom.get(number, known))

    def end(tag: str) -> None:
        nonlocal inside
        if tag == "cellXfs":
            inside = False

    try:
        _parse(package.chunks(path), start, end=end)
    except expat.ExpatError:
        return tuple(formats)
    return tuple(formats)


# ------------------------------------------------------------------ a sheet

DAMAGED = "#HỎNG!"
"""Stands in the place of a cell whose content the file holds damaged: a text that is no number, marked as an error."""

_REFERENCE = re.compile("([A-Za-z]{1,3})([0-9]{1,7})")
_LITERAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)
_AS_EXCEL = Context(prec=15)
_CODES = re.compile(r'&"[^"]*"|&K[0-9A-Fa-f]{6}|&[0-9]+ ?|&[A-Za-z]|&&')
_ROWS, _COLUMNS = 1 << 20, 1 << 14


class _SheetReader:
    """One expat pass over one sheet. Empty cells are not kept, so a far or a formatted cell costs nothing."""

    def __init__(self, name: str, hidden: bool, texts: list[str], formats: tuple[int, ...], date1904: bool) -> None:
        self._name, self._hidden = name, hidden
        self._texts, self._formats, self._date1904 = texts, formats, date1904
        self._cells: dict[tuple[int, int], Cell] = {}
        self._merges: list[tuple[int, int, int, int]] = []
        self._protected = False
        self._notes: list[str] = []
        self._columns: dict[str, int] = {}

    def read(self, chunks: Iterator[bytes]) -> Sheet:
        row = column = -1  # where the next cell without a reference follows
        depth = 0
        place: tuple[int, int] | None = None
        attributes: Attributes = {}
        inside = phonetic = in_cell = False
        formula: list[str] | None = None
        value: list[str] | None = None
        inline: list[str] | None = None
        sink: list[str] | None = None

        def start(tag: str, found: Attributes) -> None:
            nonlocal row, column, place, attributes, inside, formula, value, inline, sink, phonetic, in_cell, depth
            depth += 1
            if depth > DEPTH:
                raise WorkbookError("nội dung XML bên trong lồng nhau quá sâu")
            if ":" in tag:
                tag = tag.rpartition(":")[2]
            if inside:
                if tag == "c":
                    attributes, formula, value, inline = found, None, None, None
                    in_cell, phonetic = True, False
                    reference = found.get("r")
                    place = (row, column + 1) if reference is None else self._place(reference)
                    if place is not None:
                        column = place[1]
                elif not in_cell:
                    if tag == "row":
                        number = found.get("r", "")
                        row = int(number) - 1 if number.isdecimal() and 0 < len(number) < 8 else row + 1
                        column = -1
                elif tag == "v":
                    sink = value = []
                elif tag == "f":
                    sink = formula = []
                elif tag == "rPh":
                    phonetic = True
                elif tag == "t" and not phonetic:
                    inline = inline if inline is not None else []
                    sink = inline
            elif tag == "sheetData":
                inside = True
            elif tag == "mergeCell":
                self._merge(found.get("ref", ""))
            elif tag == "sheetProtection":
                self._protected = _is_true(found.get("sheet"))
            elif tag in ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"):
                sink = []

        def text(characters: str) -> None:
            if sink is not None:
                sink.append(characters)

        def end(tag: str) -> None:
            nonlocal inside, sink, phonetic, in_cell, depth
            depth -= 1
            if ":" in tag:
                tag = tag.rpartition(":")[2]
            if tag == "c":
                in_cell = False
                if value or formula is not None or inline:
                    self._keep(place, attributes, value, formula, inline)
            elif tag == "rPh":
                phonetic = False
            elif tag == "sheetData":
                inside = False
            elif sink is not None:
                if not inside:
                    self._notes.append(_CODES.sub(" ", "".join(sink)))
                sink = None

        parser = _parser()
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = text
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
        return Sheet(
            name=self._name,
            hidden=self._hidden,
            cells=MappingProxyType(self._cells),
            merges=tuple(self._merges),
            protected=self._protected,
            header_footer=clean_lines("\n".join(self._notes)),
        )

    def _place(self, reference: str) -> tuple[int, int] | None:
        """(row, column) from 0; ``None`` for a reference that is no cell of a sheet."""
        found = _REFERENCE.fullmatch(reference)
        if found is None:
            return None
        letters, digits = found.groups()
        column = self._columns.get(letters)
        if column is None:
            column = 0
            for letter in letters.upper():
                column = column * 26 + ord(letter) - 64
            self._columns[letters] = column
        row = int(digits)
        return (row - 1, column - 1) if 0 < row <= _ROWS and column <= _COLUMNS else None

    def _merge(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        begin, end = self._place(first), self._place(last or first)
        if begin is None or end is None or begin == end:
            return
        if len(self._merges) >= MERGES:
            raise WorkbookError("có quá nhiều ô gộp")
        self._merges.append((*begin, *end))

    def _keep(
        self,
        place: tuple[int, int] | None,
        attributes: Attributes,
        value: list[str] | None,
        formula: list[str] | None,
        inline: list[str] | None,
    ) -> None:
        if place is None or place[0] < 0 or place[0] >= _ROWS or place[1] >= _COLUMNS:
            return
        kind = attributes.get("t", "n")
        raw = "".join(value or ())
        style = attributes.get("s")
        shown = _PLAIN_FORMAT
        if style is not None and style.isdecimal() and len(style) < 7 and int(style) < len(self._formats):
            shown = self._formats[int(style)]
        cell = self._cell(kind, raw, inline, "".join(formula) if formula is not None else None, shown)
        if cell.value is None and cell.formula is None:
            return
        other = self._cells.get(place)
        if other is not None and other != cell:
            cell = Cell(DAMAGED, f"{other.literal} | {cell.literal}", None, True)
        elif other is None and len(self._cells) >= CELLS:
            raise WorkbookError("có quá nhiều ô")
        self._cells[place] = cell

    def _cell(self, kind: str, raw: str, inline: list[str] | None, formula: str | None, shown: int) -> Cell:
        date, percent = shown == _DATE, shown == _PERCENT
        if kind == "s":
            index = raw.strip()
            if not (index.isdecimal() and len(index) < 9 and int(index) < len(self._texts)):
                return Cell(DAMAGED if index else None, raw, formula, bool(index))
            text = self._texts[int(index)]
            return Cell(clean_lines(text) or None, text, formula, False, date, percent)
        if kind == "n":
            literal = raw.strip()
            value = number(literal)
            if value is None:
                return Cell(clean_lines(literal) or None, raw, formula, False, date, percent)
            return Cell(value, literal, formula, False, date, percent)
        if kind == "inlineStr" or kind == "str":
            text = _decoded("".join(inline) if kind == "inlineStr" and inline is not None else raw)
            return Cell(clean_lines(text) or None, text, formula, False, date, percent)
        if kind == "b":
            word = raw.strip().casefold()
            if word in ("0", "1", "true", "false"):
                return Cell(word in ("1", "true"), raw, formula, False, date, percent)
        elif kind == "e":
            return Cell(clean_lines(raw) or DAMAGED, raw, formula, True, date, percent)
        elif kind == "d":
            serial = self._serial(raw.strip())
            if serial is not None:
                return Cell(serial, raw, formula, False, True)
        return Cell(DAMAGED if raw else None, raw, formula, bool(raw))

    def _serial(self, literal: str) -> Decimal | None:
        """An ISO date as the day number of this workbook."""
        try:
            moment = datetime.fromisoformat(literal).replace(tzinfo=None)
        except ValueError:
            return None
        elapsed = moment - (datetime(1904, 1, 1) if self._date1904 else datetime(1899, 12, 30))
        return Decimal(elapsed.days) + _AS_EXCEL.divide(Decimal(elapsed.seconds), Decimal(86400))


def number(literal: str) -> Decimal | None:
    """The number of a stored literal to the 15 digits that Excel keeps; ``None`` when it is none."""
    if _LITERAL.fullmatch(literal) is None:
        return None
    number = Decimal(literal)
    if len(literal) > 15:
        number = _AS_EXCEL.plus(number)
    if not number:
        return Decimal(0)
    if abs(number.adjusted()) > 308:
        return None
    if literal.isdigit():
        return number
    return Decimal(int(number)) if number == number.to_integral_value() else number.normalize()
