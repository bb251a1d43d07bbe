"""What people wrote in a Word paper -> plain markup that is at home in another: texts, tables and a few formats.

Nothing that points out of it stays: no picture, link, comment, field, revision or style that the other has not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from lsindicators.papers.markup import escape, quoteattr
from lsindicators.papers.opened import Opened, UnreadablePaperError, W
from lsindicators.papers.wording import DELETED, INSERTED, TBL, TC, TR, P, R, T, bare, cells, rows

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_FORMATS = ("b", "i", "strike", "highlight", "u", "vertAlign")
"""Formats of a text that are kept, as the schema orders them."""
_TOGGLES = {"b", "i", "strike"}
_OFF = {"0", "false", "off", "none", "baseline"}
_BREAKS = {f"{W}br": "\n", f"{W}cr": "\n", f"{W}tab": "\t", f"{W}noBreakHyphen": "\u2011", f"{W}softHyphen": "\u00ad"}
_MARKUP = {"\n": "<w:br/>", "\t": "<w:tab/>", "\u2011": "<w:noBreakHyphen/>", "\u00ad": "<w:softHyphen/>"}
_BLANKS = {ord("\n"): " ", ord("\r"): " ", ord("\t"): " "}
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
TRACKED, COMMENTS = "sửa đổi theo dõi (Track Changes)", "ý kiến bên lề"
_LOST = {
    f"{W}drawing": "hình",
    f"{W}pict": "hình",
    f"{W}object": "đối tượng nhúng",
    f"{W}footnoteReference": "cước chú",
    f"{W}endnoteReference": "cước chú",
    f"{W}commentReference": COMMENTS,
    f"{W}sym": "ký hiệu của phông riêng",
    _MATH: "công thức",
}
"""What cannot be carried over, and what it is called."""
_OF_ROW = ("cantSplit", "tblHeader")
_OF_CELL = ("tcW", "gridSpan", "vMerge", "tcBorders", "shd", "vAlign")
_GRID = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_DEEPEST = 40


class Words(Struct, frozen=True):
    """What stands in a place: markup that is safe to put anywhere, and the same as text, a line each paragraph."""

    markup: str
    lines: tuple[str, ...]
    lost: tuple[str, ...] = ()  # what could not be kept, by its name

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


class _Style(Struct, frozen=True):
    name: str
    kind: str
    based_on: str
    next: str
    formats: Mapping[str, str]
    list: tuple[str, str] | None  # numId, ilvl


class Styles:
    """The named styles of a paper: by id, and id by name."""

    def __init__(self, paper: Opened) -> None:
        tree = paper.tree("word/styles.xml")
        self.by_id: dict[str, _Style] = {}
        self.default = ""  # what a paragraph without a style has
        for style in () if tree is None else tree.iterchildren(f"{W}style"):
            text, id = style.find(f"{W}rPr"), _value(style, "styleId")
            self.by_id[id] = found = _Style(
                name=_value(style.find(f"{W}name")).casefold(),
                kind=_value(style, "type"),
                based_on=_value(style.find(f"{W}basedOn")),
                next=_value(style.find(f"{W}next")),
                formats={} if text is None else _formats(text),
                list=_list(style.find(f"{W}pPr")),
            )
            if found.kind == "paragraph" and _value(style, "default") in ("1", "true"):
                self.default = id
        self._by_name = {(s.kind, s.name): id for id, s in self.by_id.items()}

    def chain(self, id: str) -> list[_Style]:
        """A style and what it is based on, the nearest first."""
        found: list[_Style] = []
        while (style := self.by_id.get(id)) is not None and len(found) < _DEEPEST:
            found.append(style)
            id = style.based_on
        return found

    def next(self, id: str) -> str:
        """The style that Word gives to the paragraph after one of style ``id``."""
        return (self.by_id[id].next if id in self.by_id else "") or id

    def same(self, id: str, of: Styles) -> str:
        """The style here that has the name of ``id`` there; empty where there is none."""
        theirs = of.by_id.get(id)
        return "" if theirs is None else self._by_name.get((theirs.kind, theirs.name), "")


class Cleaner:
    """Takes contents out of ``paper`` so that they can be put into one that has ``styles``."""

    def __init__(self, paper: Opened, styles: Styles) -> None:
        self._own, self._there = Styles(paper), styles
        self._levels = _numbering(paper)
        self._lost: dict[str, None] = {}
        self._counts: dict[tuple[str, int], int] = {}

    def blocks(self, elements: Iterable[Element], body: str, without: str = "") -> Words:
        """Paragraphs and tables; a paragraph whose style is not at home there gets the style ``body``, and so does one
        of the style ``without``, that of what nobody has filled in yet."""
        self._lost, self._counts = {}, {}
        markup, lines = [], []
        joined: list[tuple[str, str]] = []  # the text of paragraphs whose mark was deleted: the next one begins with it
        for element in elements:
            if element.tag == P:
                joined += self._runs(element)
                if _ends_deleted(element):
                    continue
                prefix, style = self._style(element, body, without)
                pieces = [*prefix, *joined]
                markup.append(_paragraph(style, pieces))
                lines.append("".join(text for _, text in pieces))
                joined = []
            elif element.tag == TBL:
                table, told = self._table(element, body, 0)
                markup.append(table)
                lines += told
            else:
                self._lost["nội dung chèn từ tệp khác"] = None
        if joined:
            markup.append(_paragraph(f"<w:pStyle w:val={quoteattr(body)}/>" if body else "", joined))
            lines.append("".join(text for _, text in joined))
        return Words("".join(markup), tuple(lines), tuple(self._lost))

    def runs(self, element: Element) -> Words:
        """The texts of a place inside a paragraph."""
        self._lost = {}
        pieces = self._runs(element)
        return Words(_runs(pieces), ("".join(text for _, text in pieces),), tuple(self._lost))

    # ------------------------------------------------------------------ paragraphs

    def _style(self, paragraph: Element, body: str, without: str) -> tuple[list[tuple[str, str]], str]:
        """What its list puts before a paragraph, and its properties."""
        properties = paragraph.find(f"{W}pPr")
        own = _value(None if properties is None else properties.find(f"{W}pStyle")) or self._own.default
        style = self._there.same(own, self._own)
        numbered = _list(properties)
        if style in ("", without, self._there.default):
            numbered = numbered or next((s.list for s in self._own.chain(own) if s.list), None)
            style = body
        aligned = None if properties is None else properties.find(f"{W}jc")
        if _value(aligned) in ("left", "start"):  # LibreOffice says it of every paragraph
            aligned = None
        prefix = [("", before)] if numbered and (before := self._number(*numbered)) else []
        return prefix, (f"<w:pStyle w:val={quoteattr(style)}/>" if style else "") + _copied(aligned)

    def _number(self, number: str, level: str) -> str:
        """``- `` or ``2. ``: what Word prints before the next paragraph of a list."""
        kind, pattern = self._levels.get((number, level), ("", ""))
        if not kind or kind == "none":
            return ""
        at = int(level) if level.isdecimal() else 0
        for key in [k for k in self._counts if k[0] == number and k[1] > at]:
            del self._counts[key]
        self._counts[number, at] = count = self._counts.get((number, at), 0) + 1
        written = _NUMERALS[kind](count) if kind in _NUMERALS else ""
        return f"{pattern.replace(f'%{at + 1}', written)} " if written and pattern.count("%") == 1 else "- "

    def _runs(self, paragraph: Element) -> list[tuple[str, str]]:
        """The texts of a paragraph with their formats; neighbours of one format are one."""
        properties = paragraph.find(f"{W}pPr")
        own = _value(None if properties is None else properties.find(f"{W}pStyle"))
        around = {} if self._there.same(own, self._own) else self._of_style(own)
        found: list[tuple[str, str]] = []
        for run in self._found(paragraph, 0):
            if run.find(f"{W}rPr/{W}vanish") is not None:
                self._lost["chữ ẩn"] = None
                continue
            text = "".join(self._texts(run))
            formats = _written({**around, **self._direct(run)}) if text else ""
            if text and found and found[-1][0] == formats:
                found[-1] = formats, found[-1][1] + text
            elif text:
                found.append((formats, text))
        return found

    def _found(self, element: Element, depth: int) -> Iterator[Element]:
        """The runs of a paragraph as they are with every revision accepted."""
        if depth > _DEEPEST:
            raise UnreadablePaperError("nội dung bên trong lồng nhau quá sâu")
        for child in element:
            if child.tag == R:
                yield child
            elif child.tag in DELETED:
                self._lost[TRACKED] = None
            elif child.tag == _MATH:
                self._lost[_LOST[_MATH]] = None
                yield child
            else:
                if child.tag in INSERTED:
                    self._lost[TRACKED] = None
                yield from self._found(child, depth + 1)

    def _texts(self, run: Element) -> Iterator[str]:
        if run.tag == _MATH:
            yield run.text or ""
        for child in run:
            if child.tag == T:
                yield (child.text or "").translate(_BLANKS)
            elif child.tag in _BREAKS:
                yield _BREAKS[child.tag]
            elif child.tag in _LOST:
                self._lost[_LOST[child.tag]] = None
            elif str(child.tag).endswith("}AlternateContent"):
                self._lost["hình"] = None

    def _direct(self, run: Element) -> dict[str, str]:
        properties = run.find(f"{W}rPr")
        if properties is None:
            return {}
        named = properties.find(f"{W}rStyle")
        return {**({} if named is None else self._of_style(_value(named))), **_formats(properties)}

    def _of_style(self, id: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for style in reversed(self._own.chain(id)):
            found |= style.formats
        return found

    # ------------------------------------------------------------------ tables

    def _table(self, table: Element, body: str, depth: int) -> tuple[str, list[str]]:
        if depth > 5:
            raise UnreadablePaperError("có bảng lồng nhau quá nhiều lớp")
        properties = table.find(f"{W}tblPr")
        named = None if properties is None else properties.find(f"{W}tblStyle")
        style = self._there.same(_value(named), self._own)
        width = _picked(properties, ("tblW", "jc"))
        borders = _picked(properties, ("tblBorders",)) or ("" if style else f"<w:tblBorders>{_GRID}</w:tblBorders>")
        look = _picked(properties, ("tblLayout", "tblLook"))
        kept = f"{f'<w:tblStyle w:val={quoteattr(style)}/>' if style else ''}{width}{borders}{look}"
        grid = table.find(f"{W}tblGrid")
        columns = "" if grid is None else "".join(_copied(c) for c in grid if c.tag == f"{W}gridCol")
        made, told = [], []
        for row in rows(table):
            of_row = row.find(f"{W}trPr")
            if of_row is not None and of_row.find(f"{W}del") is not None:
                self._lost[TRACKED] = None
                continue
            written, said = [], []
            for cell in cells(row):
                inside, lines = self._cell(cell, body, depth)
                written.append(f"<w:tc><w:tcPr>{_picked(cell.find(f'{W}tcPr'), _OF_CELL)}</w:tcPr>{inside}</w:tc>")
                said.append(" ".join(lines))
            if written:
                made.append(f"<w:tr><w:trPr>{_picked(of_row, _OF_ROW)}</w:trPr>{''.join(written)}</w:tr>")
                told.append("\t".join(said))
        if not made:
            return "", []
        return f"<w:tbl><w:tblPr>{kept}</w:tblPr><w:tblGrid>{columns}</w:tblGrid>{''.join(made)}</w:tbl>", told

    def _cell(self, cell: Element, body: str, depth: int) -> tuple[str, list[str]]:
        made, lines = [], []
        for element in _of_cell(cell, 0):
            if element.tag == P:
                pieces = self._runs(element)
                prefix, style = self._style(element, body, "")
                made.append(_paragraph(style, [*prefix, *pieces]))
                lines.append("".join(text for _, text in [*prefix, *pieces]))
            else:
                table, told = self._table(element, body, depth + 1)
                made.append(table)
                lines += told
        if not made or not made[-1].endswith("</w:p>"):
            made.append("<w:p/>")
        return "".join(made), lines


def _of_cell(parent: Element, depth: int) -> Iterator[Element]:
    for child in parent:
        if child.tag in (P, TBL):
            yield child
        elif child.tag not in (TC, TR, *DELETED) and depth < _DEEPEST:
            yield from _of_cell(child, depth + 1)


def _ends_deleted(paragraph: Element) -> bool:
    mark = paragraph.find(f"{W}pPr/{W}rPr")
    return mark is not None and any(mark.find(tag) is not None for tag in DELETED)


# ------------------------------------------------------------------ markup


def _paragraph(properties: str, pieces: Iterable[tuple[str, str]]) -> str:
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{_runs(pieces)}</w:p>"


def _runs(pieces: Iterable[tuple[str, str]]) -> str:
    return "".join(f"<w:r>{f'<w:rPr>{f}</w:rPr>' if f else ''}{_text(text)}</w:r>" for f, text in pieces)


def _text(text: str) -> str:
    return "".join(_MARKUP.get(piece) or _told(piece) for piece in re.split(f"([{''.join(_MARKUP)}])", text) if piece)


def _told(plain: str) -> str:
    return f'<w:t xml:space="preserve">{escape(plain)}</w:t>'


def _formats(properties: Element) -> dict[str, str]:
    return {
        name: _value(found) or ("1" if name in _TOGGLES else "single")
        for name in _FORMATS
        if (found := properties.find(f"{W}{name}")) is not None
    }


def _written(formats: Mapping[str, str]) -> str:
    return "".join(
        f"<w:{name}/>" if name in _TOGGLES else f"<w:{name} w:val={quoteattr(formats[name])}/>"
        for name in _FORMATS
        if formats.get(name, "none").casefold() not in _OFF
    )


def _value(element: Element | None, name: str = "val") -> str:
    return "" if element is None else str(element.get(f"{W}{name}") or "")


def _picked(properties: Element | None, names: Iterable[str]) -> str:
    return "" if properties is None else "".join(_copied(properties.find(f"{W}{name}")) for name in names)


def _copied(element: Element | None, depth: int = 0) -> str:
    """An element of properties with its own attributes and those in it; nothing of any other kind."""
    if element is None or depth > 2 or not str(element.tag).startswith(W):
        return ""
    own = "".join(
        f" w:{str(name).removeprefix(W)}={quoteattr(str(value))}"
        for name, value in element.attrib.items()
        if str(name).startswith(W)
    )
    name = str(element.tag).removeprefix(W)
    return f"<w:{name}{own}>{''.join(_copied(child, depth + 1) for child in element)}</w:{name}>"


# ------------------------------------------------------------------ lists


def _list(properties: Element | None) -> tuple[str, str] | None:
    numbered = None if properties is None else properties.find(f"{W}numPr")
    if numbered is None:
        return None
    number, level = _value(numbered.find(f"{W}numId")), _value(numbered.find(f"{W}ilvl"))
    return (number, level or "0") if number not in ("", "0") else None


def _numbering(paper: Opened) -> dict[tuple[str, str], tuple[str, str]]:
    """Number of a list and level -> the kind of its numerals and how they are written: ``decimal``, ``%1.``."""
    tree = paper.tree("word/numbering.xml")
    if tree is None:
        return {}
    levels = {
        _value(a, "abstractNumId"): [
            (_value(x, "ilvl"), _value(x.find(f"{W}numFmt")), _value(x.find(f"{W}lvlText")))
            for x in a.iterchildren(f"{W}lvl")
        ]
        for a in tree.iterchildren(f"{W}abstractNum")
    }
    return {
        (_value(number, "numId"), level): (kind, pattern)
        for number in tree.iterchildren(f"{W}num")
        for level, kind, pattern in levels.get(_value(number.find(f"{W}abstractNumId")), ())
    }


def _letter(count: int) -> str:
    return "abcdefghijklmnopqrstuvwxyz"[(count - 1) % 26] * ((count - 1) // 26 + 1)


def _roman(count: int) -> str:
    pairs = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
    made = ""
    for value, numeral in pairs:
        made, count = made + numeral * (count // value), count % value
    return made


_NUMERALS: Mapping[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda n: f"{n:02d}",
    "lowerLetter": _letter,
    "upperLetter": lambda n: _letter(n).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda n: _roman(n).upper(),
}


def says_nothing(words: Words) -> bool:
    """Whether nobody would see anything of it."""
    return not any(map(bare, words.lines))
