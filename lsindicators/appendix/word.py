"""The tables of a .docx file, as Word shows them once all tracked changes are accepted, as grids.

Everything is read from the XML: python-docx looks a cell up in quadratic time and knows no tracked changes.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from lsindicators import legacy
from lsindicators.appendix.grid import Box, Grid, lay
from lsindicators.errors import UnusableInputError

if TYPE_CHECKING:
    from lxml.etree import _Element

PARTS, PART_SIZE, TOTAL_SIZE, COLUMNS, ROWS = 4000, 64_000_000, 400_000_000, 200, 20_000
"""Limits for a file that means harm; a plan of 100 pages has some 30 parts and 2 MB of text."""

_WRAPPERS = {"sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "body"}
_UNSEEN = {"del", "moveFrom", "delText", "instrText", "rPr", "pPr", "sdtPr", "sdtEndPr", "rt", "tcPr", "trPr", "tblPr"}
_OFF = {"0", "false", "off", "none"}


class Document(Struct, frozen=True):
    """What a Word file holds for us: its tables in order, and what was noticed on the way."""

    grids: tuple[Grid, ...]
    inner: Mapping[int, tuple[Grid, ...]]  # place in ``grids`` -> the tables nested in that table
    changed: bool  # tracked changes were there, and were read as accepted
    hidden: bool  # hidden text was there, and was left out
    struck: bool  # text crossed out by hand was there, and was kept
    scripts: tuple[str, ...] = ()  # the old scripts that were decoded, by the names of their fonts


def read(content: bytes, file: str) -> Document:
    """The tables of the Word document in ``content``. Raises ``UnusableInputError`` when it is none."""
    from lxml import etree

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            if len(parts) > PARTS or sum(p.file_size for p in parts) > TOTAL_SIZE:
                raise UnusableInputError(f"{file}: tệp Word quá lớn; hãy tách riêng phần phụ lục thành một tệp")
            main = _main_part(package, file)
            folder = posixpath.dirname(main)
            document = _xml(package, main, file)
            styles = _xml(package, posixpath.join(folder, "styles.xml"), file, required=False)
            numbering = _xml(package, posixpath.join(folder, "numbering.xml"), file, required=False)
            theme = _xml(package, posixpath.join(folder, "theme/theme1.xml"), file, required=False)
    except (zipfile.BadZipFile, zlib.error, etree.XMLSyntaxError, KeyError, NotImplementedError, RuntimeError, OSError):
        raise UnusableInputError(
            f"{file}: không mở được tệp Word này (tệp hỏng hoặc tải về chưa đủ); hãy mở bằng Word rồi lưu lại thành .docx"
        ) from None
    return _Reader(document, styles, numbering, theme).document()


def _main_part(package: zipfile.ZipFile, file: str) -> str:
    for relation in _xml(package, "_rels/.rels", file):
        if str(relation.get("Type", "")).endswith("/officeDocument"):
            return posixpath.normpath(str(relation.get("Target", ""))).lstrip("/")
    raise KeyError("officeDocument")


def _xml(package: zipfile.ZipFile, name: str, file: str, *, required: bool = True) -> _Element:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        info = package.getinfo(name)
    except KeyError:
        if required:
            raise
        return etree.Element("none")
    if info.file_size > PART_SIZE:
        raise UnusableInputError(f"{file}: tệp Word quá lớn; hãy tách riêng phần phụ lục thành một tệp")
    with package.open(info) as stream:
        root = etree.fromstring(stream.read(PART_SIZE), parser)
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnusableInputError(
            f"{file}: tệp chứa khai báo DOCTYPE, không an toàn nên không đọc; hãy lưu lại bằng Word"
        )
    return root


# ------------------------------------------------------------------ the XML, by local names (transitional and strict)


def _name(node: _Element) -> str:
    tag = node.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _child(node: _Element | None, *path: str) -> _Element | None:
    for name in path:
        node = next((c for c in node if _name(c) == name), None) if node is not None else None
    return node


def _value(node: _Element | None, attribute: str = "val") -> str | None:
    """An attribute by its local name; ``None`` without the element or the attribute."""
    if node is None:
        return None
    return next((str(v) for k, v in node.attrib.items() if str(k).rpartition("}")[2] == attribute), None)


def _integer(text: str | None, default: int = 0) -> int:
    return int(text) if text is not None and re.fullmatch(r"-?[0-9]{1,6}", text) else default


def _number(node: _Element | None, default: int = 0) -> int:
    return _integer(_value(node), default)


def _on(properties: _Element | None, name: str) -> bool | None:
    """A toggle such as ``w:b`` of a run or a style: on, off, or not said."""
    node = _child(properties, name)
    return None if node is None else (_value(node) or "1").lower() not in _OFF


def _through(node: _Element, name: str) -> Iterator[_Element]:
    """The children called ``name``, also inside content controls and accepted insertions."""
    for child in node:
        tag = _name(child)
        if tag == name:
            yield child
        elif tag in _WRAPPERS:
            yield from _through(child, name)


# ------------------------------------------------------------------ styles and list numbers


class _Styles(Struct):
    """Of each style, through the styles that it is based on: is it hidden, bold, numbered, in which font?"""

    nodes: dict[str, _Element] = field(default_factory=dict)
    theme: dict[str, str] = field(default_factory=dict)  # "minor", "major" -> font
    default: str = ""  # the font of text that says none
    plain: str | None = None  # the style of paragraphs that say none

    @classmethod
    def of(cls, root: _Element, theme: _Element) -> _Styles:
        self = cls({i: s for s in root if _name(s) == "style" and (i := _value(s, "styleId"))})
        scheme = _child(theme, "themeElements", "fontScheme")
        for kind in ("minor", "major"):
            self.theme[kind] = _value(_child(scheme, f"{kind}Font", "latin"), "typeface") or ""
        self.default = self.said(_child(root, "docDefaults", "rPrDefault", "rPr")) or ""
        for name, node in self.nodes.items():
            if _value(node, "type") == "paragraph" and (_value(node, "default") or "0").lower() not in _OFF:
                self.plain = name
        return self

    def said(self, properties: _Element | None) -> str | None:
        """The font that run properties name; ``None`` where they name none."""
        fonts = _child(properties, "rFonts")
        if fonts is None:
            return None
        for attribute in ("hAnsi", "ascii"):
            themed = _value(fonts, f"{attribute}Theme")
            if themed:
                return self.theme.get(themed[:5], "")
            if font := _value(fonts, attribute):
                return font
        return None

    def font(self, style: str | None) -> str | None:
        """The font of a style; ``None`` where neither it nor those it is based on name one."""
        return next((f for node in self._line(style) if (f := self.said(_child(node, "rPr"))) is not None), None)

    def on(self, style: str | None, toggle: str) -> bool:
        return any(said for node in self._line(style) if (said := _on(_child(node, "rPr"), toggle)) is not None)

    def numbering(self, style: str | None) -> tuple[str | None, str | None]:
        """(list, level) of a paragraph style."""
        for node in self._line(style):
            found = _child(node, "pPr", "numPr")
            if found is not None:
                return _value(_child(found, "numId")), _value(_child(found, "ilvl"))
        return None, None

    def _line(self, style: str | None) -> Iterator[_Element]:
        seen: set[str] = set()
        while style and style in self.nodes and style not in seen:
            seen.add(style)
            yield self.nodes[style]
            style = _value(_child(self.nodes[style], "basedOn"))


class _Lists(Struct):
    """Word's own counting: the STT column is often a list whose numbers stand nowhere in the text."""

    levels: dict[str, dict[int, tuple[int, str, str]]] = field(default_factory=dict)  # abstract -> level -> start, …
    lists: dict[str, str] = field(default_factory=dict)  # list -> abstract list
    restarts: dict[tuple[str, int], int] = field(default_factory=dict)
    counts: dict[str, dict[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, root: _Element, styles: _Styles) -> _Lists:
        self = cls()
        links = {}
        for node in root:
            if _name(node) == "abstractNum" and (abstract := _value(node, "abstractNumId")):
                self.levels[abstract] = dict(cls._level(lv) for lv in node if _name(lv) == "lvl")
                links[abstract] = _value(_child(node, "numStyleLink"))
        for node in root:
            if _name(node) != "num" or not (number := _value(node, "numId")):
                continue
            self.lists[number] = _value(_child(node, "abstractNumId")) or ""
            for override in (o for o in node if _name(o) == "lvlOverride"):
                start = _child(override, "startOverride")
                if start is not None:
                    self.restarts[number, _integer(_value(override, "ilvl"))] = _number(start, 1)
        for number, abstract in self.lists.items():
            if link := links.get(abstract):
                linked, _ = styles.numbering(link)
                self.lists[number] = self.lists.get(linked or "", abstract)
        return self

    @staticmethod
    def _level(node: _Element) -> tuple[int, tuple[int, str, str]]:
        shape = (_number(_child(node, "start"), 1), _value(_child(node, "numFmt")) or "decimal")
        return _integer(_value(node, "ilvl")), (*shape, _value(_child(node, "lvlText")) or "")

    def label(self, number: str, level: int) -> str:
        """The label of the next paragraph of a list; counting goes on with each call."""
        abstract = self.lists.get(number, "")
        shapes = self.levels.get(abstract, {})
        if level not in shapes:
            return ""
        counts = self.counts.setdefault(abstract, {})
        if (number, level) in self.restarts:
            counts[level] = self.restarts.pop((number, level)) - 1
        counts[level] = counts.get(level, shapes[level][0] - 1) + 1
        for deeper in [lv for lv in counts if lv > level]:
            del counts[deeper]
        _, kind, text = shapes[level]
        if kind == "bullet":
            return "-"
        if kind == "none":
            return ""

        def shown(place: re.Match[str]) -> str:
            at = int(place[1]) - 1
            start, form, _ = shapes.get(at, (1, "decimal", ""))
            return _numeral(counts.get(at, start), form)

        return re.sub(r"%([1-9])", shown, text)


def _numeral(value: int, form: str) -> str:
    if form in ("upperRoman", "lowerRoman") and 0 < value < 4000:
        signs = ("M", 1000), ("CM", 900), ("D", 500), ("CD", 400), ("C", 100), ("XC", 90), ("L", 50), ("XL", 40)
        text = ""
        for sign, worth in (*signs, ("X", 10), ("IX", 9), ("V", 5), ("IV", 4), ("I", 1)):
            text += sign * (value // worth)
            value %= worth
        return text if form == "upperRoman" else text.lower()
    if form in ("upperLetter", "lowerLetter") and value > 0:
        letter = chr(ord("A") + (value - 1) % 26) * ((value - 1) // 26 + 1)
        return letter if form == "upperLetter" else letter.lower()
    return f"{value:02d}" if form == "decimalZero" else str(value)


# ------------------------------------------------------------------ tables and text


class _Cell(Struct):
    """A cell while its table is being laid out."""

    node: _Element
    left: int
    right: int
    top: int
    bottom: int


class _Look(Struct, frozen=True):
    """How a piece of text is shown, as far as it matters."""

    hidden: bool = False
    bold: bool = False
    font: str = ""


_Pieces = list[tuple[str, _Look]]


class _Reader:
    """Walks one document; remembers what it left out."""

    def __init__(self, root: _Element, styles: _Element, numbering: _Element, theme: _Element) -> None:
        self.body = _child(root, "body")
        self.styles = _Styles.of(styles, theme)
        self.scripts: dict[str, None] = {}
        self.lists = _Lists.of(numbering, self.styles)
        self.labels: dict[_Element, str] = {}
        self.changed = self.hidden = self.struck = False

    def document(self) -> Document:
        grids: list[Grid] = []
        inner: dict[int, tuple[Grid, ...]] = {}
        if self.body is not None:
            self._count(self.body)
            for table in self._tables(self.body):
                above = self._caption(table)
                nested = [t for cell in self._cells(table) for t in self._tables(cell.node)]
                inner[len(grids)] = tuple(self._grid(t, f"Bảng {len(grids) + 1}") for t in nested)
                grids.append(replace(self._grid(table, f"Bảng {len(grids) + 1}"), above=above))
        return Document(
            tuple(grids), inner, self.changed, hidden=self.hidden, struck=self.struck, scripts=tuple(self.scripts)
        )

    def _tables(self, node: _Element) -> Iterator[_Element]:
        """The tables below ``node``, outermost only, in reading order; text boxes and content controls are entered."""
        for child in node:
            tag = _name(child)
            if tag == "tbl":
                yield child
            elif tag == "AlternateContent":
                yield from self._tables(child[0])
            elif tag not in _UNSEEN:
                yield from self._tables(child)

    def _caption(self, table: _Element) -> str:
        """The last paragraph with a text before a table, up to the table before it."""
        for node in table.itersiblings(preceding=True):
            if _name(node) == "tbl":
                break
            if _name(node) == "p":
                noticed = self.changed, self.hidden, self.struck, dict(self.scripts)
                out: _Pieces = []
                self._paragraph(node, out, _Look())
                text = " ".join(self._decoded(out).split())
                self.changed, self.hidden, self.struck, self.scripts = noticed  # of tables alone it is told
                if text:
                    return text
        return ""

    def _count(self, node: _Element) -> None:
        """Give every paragraph of a list its label, in the order of the document."""
        for child in node:
            tag = _name(child)
            if tag == "p":
                self._label(child)
            if tag == "AlternateContent":
                self._count(child[0])
            elif (
                tag not in _UNSEEN
                and not (tag == "tr" and _gone(child))
                and not (tag == "tc" and _merge(child) == "continue")
            ):
                self._count(child)

    def _label(self, paragraph: _Element) -> None:
        properties = _child(paragraph, "pPr")
        style = _value(_child(properties, "pStyle"))
        number, level = self.styles.numbering(style)
        direct = _child(properties, "numPr")
        if direct is not None:
            number, level = _value(_child(direct, "numId")) or number, _value(_child(direct, "ilvl")) or level
        if number and number != "0":
            text = self.lists.label(number, _integer(level))
            if text:
                self.labels[paragraph] = text

    def _cells(self, table: _Element) -> list[_Cell]:
        """The cells as drawn: spans and vertical merges carried out, deleted rows and cells left out."""
        cells: list[_Cell] = []
        above: dict[int, _Cell] = {}
        row = 0
        for line in _through(table, "tr"):
            if _gone(line):
                self.changed = True
                continue
            properties = _child(line, "trPr")
            if _on(properties, "hidden"):
                self.hidden = True
                continue
            if _child(properties, "ins") is not None:
                self.changed = True
            column = max(0, _number(_child(properties, "gridBefore")))
            current: dict[int, _Cell] = {}
            for node in _through(line, "tc"):
                shape = _child(node, "tcPr")
                if _child(shape, "cellDel") is not None:
                    self.changed = True
                    continue
                span = max(1, _number(_child(shape, "gridSpan"), 1))
                upper = above.get(column)
                if _merge(node) == "continue" and upper is not None:
                    upper.bottom = row
                    cell = upper
                else:
                    cell = _Cell(node, column, column + span - 1, row, row)
                    cells.append(cell)
                for place in range(column, min(column + span, COLUMNS)):
                    current[place] = cell
                column += span
            above = current
            row += 1
            if row >= ROWS:
                break
        return cells

    def _grid(self, table: _Element, place: str) -> Grid:
        cells = self._cells(table)
        rows = max((c.bottom for c in cells), default=-1) + 1
        columns = min(max((c.right for c in cells), default=-1) + 1, COLUMNS)
        raster = _child(table, "tblGrid")
        drawn = [] if raster is None else [_value(c, "w") or "" for c in raster if _name(c) == "gridCol"]
        known = [_integer(w) for w in drawn]
        widths = known if len(known) == columns and all(w > 0 for w in known) else [1] * columns
        boxes = []
        for c in cells:
            text, bold = self._text(c.node)
            boxes.append(Box(text, c.top, c.left, c.bottom, c.right, bold))
        return lay(place, boxes, range(1, rows + 1), widths)

    def _text(self, cell: _Element) -> tuple[str, bool]:
        """The visible text of a cell, a line a paragraph or line break; and whether all of it is bold."""
        out: _Pieces = []
        self._walk(cell, out, _Look(font=self.styles.default))
        lines = [re.sub(r"[ \t\xa0]+", " ", line).strip() for line in self._decoded(out).split("\n")]
        letters = [look.bold for piece, look in out if piece.strip()]
        return "\n".join(line for line in lines if line), bool(letters) and all(letters)

    def _walk(self, node: _Element, out: _Pieces, look: _Look) -> None:
        for child in node:
            tag = _name(child)
            if tag in ("del", "moveFrom"):
                self.changed = True
            elif tag in _UNSEEN:
                continue
            elif tag == "p":
                self._paragraph(child, out, look)
            elif tag == "r":
                self._run(child, out, look)
            elif tag == "tr":
                if not _gone(child):
                    self._walk(child, out, look)
                    out.append(("\n", look))
            elif tag == "AlternateContent":
                if len(child):
                    self._walk(child[0], out, look)
            elif tag == "t":
                if look.hidden:
                    self.hidden = self.hidden or bool((child.text or "").strip())
                else:
                    out.append(((child.text or "").replace("\n", " "), look))
            elif tag in ("br", "cr"):
                out.append(("\n", look))
            elif tag in ("tab", "ptab"):
                out.append((" ", look))
            elif tag == "noBreakHyphen":
                out.append(("-", look))
            else:
                self.changed = self.changed or tag in ("ins", "moveTo")
                self._walk(child, out, look)

    def _paragraph(self, node: _Element, out: _Pieces, look: _Look) -> None:
        properties = _child(node, "pPr")
        style = _value(_child(properties, "pStyle")) or self.styles.plain
        font = self.styles.font(style)
        look = _Look(
            hidden=self.styles.on(style, "vanish"),
            bold=self.styles.on(style, "b"),
            font=self.styles.default if font is None else font,
        )
        label = self.labels.get(node)
        if label:
            out.append((f"{label} ", replace(look, font="")))
        self._walk(node, out, look)
        mark = _child(properties, "rPr")
        if _child(mark, "del") is None and _child(mark, "moveFrom") is None:
            out.append(("\n", look))

    def _run(self, node: _Element, out: _Pieces, look: _Look) -> None:
        properties = _child(node, "rPr")
        style = _value(_child(properties, "rStyle"))
        direct = _on(properties, "vanish")
        said = _on(properties, "b")
        fonts = (self.styles.said(properties), self.styles.font(style), look.font)
        look = _Look(
            hidden=(look.hidden or self.styles.on(style, "vanish")) if direct is None else direct,
            bold=(look.bold or self.styles.on(style, "b")) if said is None else said,
            font=next((font for font in fonts if font is not None), ""),
        )
        before = len(out)
        self._walk(node, out, look)
        if len(out) == before:
            return
        text = "".join(piece for piece, _ in out[before:])
        if _on(properties, "strike") or _on(properties, "dstrike"):
            self.struck = self.struck or bool(text.strip())
        if _value(_child(properties, "vertAlign")) == "superscript" and re.fullmatch(r"[\d*()\[\], ]+", text):
            raised = "".join(piece for piece, _ in out[:before])[-2:]
            exponent = {"2": "²", "3": "³"}.get(text.strip()) if re.search(r"(?:^|[\s/kcdh])m$", raised) else None
            out[before:] = [(exponent, replace(look, font=""))] if exponent else []

    def _decoded(self, out: _Pieces) -> str:
        """The text of all pieces; neighbours of one old script are decoded together, as Word may cut a letter in two."""
        text = ""
        for written, pieces in groupby(out, key=lambda piece: legacy.script(piece[1].font)):
            said = "".join(piece for piece, _ in pieces)
            if written is not None and not said.isascii():
                self.scripts[written.label] = None
            text += said if written is None else legacy.decode(said, written)
        return text


def _gone(row: _Element) -> bool:
    """Whether a tracked change deletes the row."""
    return _child(row, "trPr", "del") is not None


def _merge(cell: _Element) -> str | None:
    """``restart`` or ``continue`` of a vertical merge, ``None`` outside of one."""
    shape = _child(cell, "tcPr")
    node = _child(shape, "vMerge")
    if node is not None:
        return _value(node) or "continue"
    return None
