"""An opened Word paper -> what it says, a line for each paragraph and table row, so that two of them can be compared.

Word, LibreOffice and others cut a text into other runs, move it into other parts and add blanks; none of that counts.
"""

from __future__ import annotations

import base64
import hashlib
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct, field

from lsindicators.papers.opened import Opened, UnreadablePaperError, W

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

P, R, T, TBL, TR, TC = (f"{W}{name}" for name in ("p", "r", "t", "tbl", "tr", "tc"))
SDT, CONTENT, PROPERTIES, PART = f"{W}sdt", f"{W}sdtContent", f"{W}sdtPr", f"{W}sectPr"
INSERTED, DELETED = (f"{W}ins", f"{W}moveTo"), (f"{W}del", f"{W}moveFrom")
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BOX, _FIELD, _SIMPLE, _HYPHEN = f"{W}txbxContent", f"{W}fldChar", f"{W}fldSimple", f"{W}noBreakHyphen"
_UNUSUAL = (_BOX, FALLBACK, _FIELD, _SIMPLE, _HYPHEN, SDT, *DELETED)
_WRAPPERS = (SDT, CONTENT, f"{W}customXml", f"{W}smartTag", *INSERTED)
_DEEPEST = 40
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))


class Line(Struct, frozen=True):
    """A paragraph or a table row: a short key of what it says, and the text for people."""

    key: str
    text: str


class Block(Struct):
    """A paragraph or table of the text, and the content controls that it lies in, the outermost first."""

    element: Element
    controls: tuple[Element, ...]
    lines: tuple[Line, ...] = ()
    place: str = ""  # the tag of the place that it belongs to
    marked: bool = field(default=False)  # by a control or bookmark, not by what stands around it


class Wording:
    """What a paper says. ``without`` are elements inside of paragraphs that say nothing here."""

    def __init__(self, paper: Opened, without: Iterable[Element] = ()) -> None:
        self._without = frozenset(without)
        self._unusual: set[Element] = set()  # paragraphs with more than plain runs
        body = paper.root.find(f"{W}body")
        if body is None:
            raise UnreadablePaperError("không phải tệp Word .docx")
        self._look_for_unusual(paper.root)
        self._boxes = next(paper.root.iter(_BOX), None) is not None
        self.blocks = [b for b in _blocks(body, ()) if b.element.tag != PART]
        for block in self.blocks:
            block.lines = tuple(self._lines(block.element))
        self.beside = tuple(sorted({line.key: line for line in self._beside(paper)}.values(), key=lambda x: x.key))
        """What stands in text boxes, footnotes, headers and footers, each once."""

    def _look_for_unusual(self, root: Element) -> None:
        for element in root.iter(*_UNUSUAL):
            for above in element.iterancestors(P):
                self._unusual.add(above)

    def _lines(self, element: Element) -> Iterator[Line]:
        if element.tag == P:
            yield from _line([self.text(element)])
        elif element.tag == TBL:
            for row in rows(element):
                yield from _line(
                    ["\n".join(map(self.text, self._paragraphs(cell))) for cell in cells(row)], of_row=True
                )

    def _paragraphs(self, cell: Element) -> Iterator[Element]:
        """The paragraphs of a cell, those of tables in it too, but not those of its boxes."""
        every = cell.iter(P)
        return (p for p in every if next(p.iterancestors(_BOX, TC)).tag == TC) if self._boxes else every

    def text(self, paragraph: Element) -> str:
        """What a paragraph says, without what stands in a box, is computed by a field, or was deleted."""
        if paragraph not in self._unusual:
            return "".join([t.text or "" for t in paragraph.iter(T)])
        return text(paragraph, self._without)

    def _beside(self, paper: Opened) -> Iterator[Line]:
        for box in paper.root.iter(_BOX):
            if next(box.iterancestors(FALLBACK), None) is None:
                yield from self._all(box)
        for name in paper.names(r"word/(header|footer|footnotes|endnotes)\d*\.xml"):
            tree = paper.tree(name)
            if tree is not None:
                self._look_for_unusual(tree)
                yield from self._all(tree)

    def _all(self, element: Element) -> Iterator[Line]:
        for paragraph in element.iter(P):
            yield from _line([self.text(paragraph)])


def text(paragraph: Element, without: Collection[Element] = ()) -> str:
    """What a paragraph says, and not what the elements ``without`` in it say."""
    return "".join(_pieces(paragraph, without, [0]))


def _pieces(element: Element, without: Collection[Element], fields: list[int]) -> Iterator[str]:
    """``fields``: how many are open."""
    for child in element:
        tag = child.tag
        if tag == T:
            if not fields[0]:
                yield child.text or ""
        elif tag == _HYPHEN:
            yield "-"
        elif tag == _FIELD:
            fields[0] += {"begin": 1, "end": -1}.get(child.get(f"{W}fldCharType", ""), 0)
        elif tag not in (_BOX, FALLBACK, _SIMPLE, *DELETED) and child not in without:
            yield from _pieces(child, without, fields)


def _blocks(parent: Element, controls: tuple[Element, ...], depth: int = 0) -> Iterator[Block]:
    """The paragraphs and tables of a text; what else stands there and could say something is a block without lines."""
    if depth > _DEEPEST:
        raise UnreadablePaperError("nội dung bên trong lồng nhau quá sâu")
    for child in parent:
        if child.tag in _WRAPPERS:
            yield from _blocks(child, (*controls, child) if child.tag == SDT else controls, depth + 1)
        elif child.tag in (P, TBL, PART, f"{W}altChunk"):
            yield Block(child, controls)


def rows(table: Element) -> Iterator[Element]:
    """The rows of a table itself, not of one inside it."""
    return _inside(table, TR)


def cells(row: Element) -> Iterator[Element]:
    """The cells of a row."""
    return _inside(row, TC)


def _inside(parent: Element, tag: str, depth: int = 0) -> Iterator[Element]:
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in _WRAPPERS and depth < _DEEPEST:
            yield from _inside(child, tag, depth + 1)


def _line(texts: list[str], *, of_row: bool = False) -> Iterator[Line]:
    keys = [key(said) for said in texts]
    if any(keys):
        yield Line(".".join(keys) + ("." if of_row else ""), " | ".join(filter(None, texts)))


def bare(text: str) -> str:
    """``text`` without blanks and what is not seen, its accents in one form."""
    return "".join(unicodedata.normalize("NFC", text).translate(_UNSEEN).split())


@lru_cache(maxsize=8192)
def key(text: str) -> str:
    """Eight letters that stand for what a text says; none where it says nothing."""
    said = bare(text)
    return base64.urlsafe_b64encode(hashlib.blake2b(said.encode(), digest_size=6).digest()).decode() if said else ""
