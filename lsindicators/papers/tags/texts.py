"""A part of a Word template in, its texts out: paragraph by paragraph, with the place as a person counts it in Word.

Paragraphs are counted outside tables, tables apart from them; what stands in a cell is told by table and row.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct, field

from lsindicators.papers.package import W

LONGEST = 80
"""Characters of a paragraph that a message quotes."""

_P, _R, _T, _TBL, _TR, _SDT = (f"{W}{name}" for name in ("p", "r", "t", "tbl", "tr", "sdt"))
_OWN, _DELETED, _BOX, _FIELD, _SIMPLE = (
    f"{W}{name}" for name in ("rPr", "delText", "txbxContent", "fldChar", "fldSimple")
)
_CODES = (f"{W}instrText", f"{W}delInstrText")
_SKIPPED = {f"{W}{name}" for name in ("pPr", "rPr", "sectPr", "tblPr", "tblGrid", "trPr", "tcPr", "sdtPr", "sdtEndPr")}
_AROUND = {f"{W}{name}": name for name in ("ins", "del", "moveFrom", "moveTo", "hyperlink", "fldSimple", "sdt")}
_MARKS = {
    **{f"{W}{name}": "dấu trang (bookmark)" for name in ("bookmarkStart", "bookmarkEnd")},
    **{f"{W}{name}": "bình luận" for name in ("commentRangeStart", "commentRangeEnd", "commentReference")},
    **{f"{W}{name}": "dấu Tab hoặc ngắt dòng" for name in ("tab", "br", "cr", "ptab")},
}
_TRACELESS = {f"{W}{name}" for name in ("lang", "noProof", "webHidden")}


class Piece(Struct, frozen=True):
    """Text of one run, and what holds it."""

    text: str
    run: Any
    around: tuple[tuple[str, int], ...] = ()  # what encloses it within its paragraph, outermost first
    follows: frozenset[str] = frozenset()  # what lies between it and the piece before

    @property
    def look(self) -> str:
        """Its own formatting, as one text; parts of a tag that look different are told."""
        own = _own(self.run)
        said = () if own is None else (f"{e.tag}{sorted(e.attrib.items())}" for e in own if e.tag not in _TRACELESS)
        return "".join(sorted(said))

    @property
    def hidden(self) -> bool:
        """Whether nobody sees it."""
        own = _own(self.run)
        vanish = None if own is None else own.find(f"{W}vanish")
        return vanish is not None and vanish.get(f"{W}val", "1") not in ("0", "false", "off")


class Paragraph(Struct):
    """One paragraph of a part, with its own text, not that of text boxes in it."""

    element: Any
    place: str
    row: Any  # the row and the table that it stands in; None outside of tables
    table: Any
    boxed: bool  # in a text box
    pieces: list[Piece] = field(default_factory=list)
    deleted: str = ""  # what is struck out under Track Changes
    fields: list[str] = field(default_factory=list)  # the codes of fields that begin here
    open_fields: int = 0  # fields begun here and not ended here, or the other way round
    text: str = ""

    @property
    def where(self) -> str:
        """The place with the text, which can be looked for in Word."""
        text = " ".join((self.text or self.deleted)[: 4 * LONGEST].split())
        return f"{self.place} “{text if len(text) <= LONGEST else f'{text[: LONGEST - 1]}…'}”" if text else self.place


class _Count(Struct):
    paragraphs: int = 0
    tables: int = 0


def paragraphs(root: Any, where: str) -> list[Paragraph]:
    """Every paragraph of a part, in reading order; ``where`` names the part, empty for the text itself."""
    found: list[Paragraph] = []
    for story, name in _stories(root, where):
        _walk(story, _Count(), f"{name}, " if name else "", None, found)
    return found


def _stories(root: Any, where: str) -> Iterator[tuple[Any, str]]:
    """Each footnote and comment is a text by itself."""
    kind = root.tag.rpartition("}")[2]
    if kind in ("footnotes", "endnotes", "comments"):
        for number, note in enumerate((n for n in root if n.get(f"{W}type") in (None, "normal")), 1):
            yield note, f"{where} {number}"
    else:
        yield root, where


def _walk(
    element: Any, count: _Count, prefix: str, cell: tuple[Any, Any, str] | None, found: list[Paragraph], boxed: str = ""
) -> None:
    """Put every paragraph below ``element`` into ``found``; ``cell``: its row, its table, and how the row is told."""
    for child in element:
        tag = child.tag
        if tag == _P:
            if cell is None and not boxed:
                count.paragraphs += 1
            place = boxed or (cell[2] if cell else f"{prefix}đoạn {count.paragraphs}")
            row, table = (cell[0], cell[1]) if cell else (None, None)
            paragraph = Paragraph(child, place, row, table, bool(boxed))
            found.append(paragraph)
            boxes = () if _plain(child, paragraph) else _collect(child, paragraph)
            paragraph.text = "".join(piece.text for piece in paragraph.pieces)
            for box in boxes:
                _walk(box, count, prefix, None, found, f"{place.removesuffix(', hộp văn bản')}, hộp văn bản")
        elif tag == _TBL:
            if cell is None and not boxed:
                count.tables += 1
            rows = (row for row in child.iter(_TR) if above(row, "tbl") is child)
            for number, row in enumerate(rows, 1):
                told = boxed or (cell[2] if cell else f"{prefix}bảng {count.tables}, hàng {number}")
                _walk(row, count, prefix, (row, child, told), found, boxed)
        elif isinstance(tag, str) and tag not in _SKIPPED:
            _walk(child, count, prefix, cell, found, boxed)


def _plain(element: Any, into: Paragraph) -> bool:
    """Read a paragraph that holds nothing but runs of plain text, as nearly all do; whether it is one.

    What ``_collect`` would find in it, found in a third of the time.
    """
    pieces = []
    for run in element:
        if run.tag == _R:
            for child in run:
                if child.tag == _T:
                    if child.text:
                        pieces.append(Piece(child.text, run))
                elif child.tag not in _SKIPPED:
                    return False
        elif run.tag not in _SKIPPED:
            return False
    into.pieces = pieces
    return True


def _collect(element: Any, into: Paragraph) -> list[Any]:
    """Read the runs of a paragraph; the text boxes that hang in it."""
    boxes: list[Any] = []
    between: set[str] = set()
    codes: list[str] = []  # of the fields that are open: the code so far
    shown: list[int] = []  # of the fields whose result is being shown: their numbers
    numbers = itertools.count(1)

    def piece(text: str, run: Any, around: tuple[tuple[str, int], ...]) -> None:
        within = (*around, *(("field", number) for number in shown))
        into.pieces.append(Piece(text, run, within, frozenset(between)))
        between.clear()

    def mark(node: Any) -> None:
        kind = node.get(f"{W}fldCharType")
        into.open_fields += {"begin": 1, "end": -1}.get(kind, 0)
        between.add("trường (field)")
        if kind == "begin":
            codes.append("")
        elif kind == "separate" and codes and not codes[-1].strip().upper().startswith("HYPERLINK"):
            shown.append(next(numbers))
        if kind == "end" and codes:
            into.fields.append(codes.pop())
            del shown[len(codes) :]

    def enter(node: Any, around: tuple[tuple[str, int], ...]) -> None:
        for child in node:
            tag = child.tag
            if tag == _T:
                if (child.text or "") and not any(kind in ("del", "moveFrom") for kind, _ in around):
                    piece(child.text, node, around)
                else:
                    into.deleted += child.text or ""
            elif tag == _DELETED:
                into.deleted += child.text or ""
            elif tag in _CODES:
                if codes:
                    codes[-1] += child.text or ""
                else:
                    into.fields.append(child.text or "")
            elif tag == _FIELD:
                mark(child)
            elif tag in _MARKS:
                between.add(_MARKS[tag])
            elif tag == _BOX:
                boxes.append(child)
            elif tag in _AROUND:
                if tag == _SIMPLE:
                    into.fields.append(child.get(f"{W}instr", ""))
                enter(child, (*around, (_kind(child), next(numbers))))
            elif isinstance(tag, str) and tag not in _SKIPPED:
                enter(child, around)

    enter(element, ())
    into.fields.extend(codes)
    return boxes


def _kind(node: Any) -> str:
    if node.tag == _SDT and node.find(f"{W}sdtPr/{W}dataBinding") is not None:
        return "bound"
    return _AROUND[node.tag]


def _own(run: Any) -> Any:
    """The formatting that a run has of its own."""
    return run.find(_OWN) if run.tag == _R else None


def above(element: Any, name: str) -> Any:
    """The nearest element of that name around ``element``."""
    return next(element.iterancestors(f"{W}{name}"), None)


# ------------------------------------------------------------------ the tags of a text

STRAY = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")
_ENDS = {"{{": "}}", "{%": "%}", "{#": "#}"}


def tags(text: str) -> Iterator[tuple[int, int, str]]:
    """(begin, end, fault) of every tag of ``text``; of a brace without its fellow the fault, and where it stands."""
    opened: re.Match[str] | None = None
    for brace in STRAY.finditer(text):
        if brace[0] in _ENDS:
            if opened is not None:
                yield opened.start(), opened.end(), _ALONE.format(opened[0])
            opened = brace
        elif opened is not None and _ENDS[opened[0]] == brace[0]:
            yield opened.start(), brace.end(), ""
            opened = None
        elif opened is None or opened[0] != "{#":
            yield brace.start(), brace.end(), _ALONE.format(brace[0])
    if opened is not None:
        yield opened.start(), opened.end(), _ALONE.format(opened[0])


_ALONE = "dấu {} lẻ; thẻ phải mở và đóng trong cùng một đoạn, không lồng thẻ trong thẻ"
