"""A finished Word file in, what Nghị định 30 speaks of out: its sections, and its paragraphs as they look."""

from __future__ import annotations

import unicodedata
from functools import cached_property
from typing import Any

from msgspec import Struct, field

from lsindicators.decree.styles import TWIP, Look, Shape, Styles, number
from lsindicators.papers.package import DOCUMENT, Package, W
from lsindicators.papers.tags import texts

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_DRAWN = (f"{W}drawing", f"{W}pict", f"{W}object")
_P, _TC, _SDT, _SHOWN, _BREAK = f"{W}p", f"{W}tc", f"{W}sdt", f"{W}sdtPr/{W}showingPlcHdr", f"{W}pPr/{W}sectPr"


class Line(Struct, eq=False):
    """A paragraph as a reader sees it."""

    text: str  # in one writing of Unicode, single spaces
    place: str
    style: str
    shape: Shape
    looks: tuple[tuple[str, Look], ...]  # each stretch of text that is seen
    table: Any  # None outside of tables
    row: Any
    cell: Any
    section: int
    boxed: bool = False
    drawn: bool = False  # a picture or a drawn line hangs here
    fields: tuple[str, ...] = ()
    placeholder: bool = False  # Word shows it grey until somebody writes there

    def is_(self, trait: str) -> bool | None:
        """Whether all its letters are ``bold``, ``italic`` …; ``None``: some are."""
        found = {bool(getattr(look, trait)) for _, look in self.looks}
        return found.pop() if len(found) == 1 else None if found else False

    @property
    def upper(self) -> bool:
        return self.text == self.text.upper() or self.is_("capitals") is True


class Section(Struct):
    """A section: its paper, its margins in millimetres, and what stands at the head of its pages."""

    width: float
    height: float
    top: float
    bottom: float
    left: float
    right: float
    own_first: bool  # its first page has a head of its own
    start: int | None  # the number of its first page; None: it counts on
    digits: str  # decimal, lowerRoman …
    heads: dict[str, list[Line]] = field(default_factory=dict)  # default, first, even
    feet: dict[str, list[Line]] = field(default_factory=dict)

    @property
    def landscape(self) -> bool:
        return self.width > self.height


class Paper:
    """A finished Word file. Raises ``PackageError`` where it cannot be read."""

    def __init__(self, content: bytes) -> None:
        self._package = Package(content)
        self._styles = Styles(self._package)
        root = self._package.tree(DOCUMENT)
        body = root.find(f"{W}body")
        self.lines: list[Line] = []
        self.sections: list[Section] = []
        if body is None:
            return
        before = None
        marked = _Marked(root)
        for paragraph in texts.paragraphs(root, ""):
            self.lines.append(self._line(paragraph, len(self.sections), marked))
            ends = paragraph.element.find(_BREAK) if paragraph.table is None else None
            if ends is not None:
                before = self._section(ends, before)
                self.sections.append(before)
        last = body.find(f"{W}sectPr")
        if last is not None or not self.sections:
            self.sections.append(self._section(last, before))

    @cached_property
    def notes(self) -> list[Line]:
        """The footnotes."""
        name = "word/footnotes.xml"
        if name not in self._package:
            return []
        return self._beside(name, "cước chú")

    @cached_property
    def even_heads(self) -> bool:
        """Whether pages with an even number have a head of their own."""
        if "word/settings.xml" not in self._package:
            return False
        said = self._package.tree("word/settings.xml").find(f"{W}evenAndOddHeaders")
        return said is not None and said.get(f"{W}val") not in ("0", "false", "off")

    def _beside(self, name: str, where: str) -> list[Line]:
        """The lines of a part beside the text."""
        root = self._package.tree(name)
        marked = _Marked(root)
        return [self._line(p, 0, marked) for p in texts.paragraphs(root, where)]

    def _line(self, paragraph: texts.Paragraph, section: int, marked: _Marked) -> Line:
        element, table = paragraph.element, paragraph.table
        named = self._styles.named(element, table)
        looks = []
        for piece in paragraph.pieces:
            look = self._styles.look(piece.run, named)
            if not look.hidden:
                looks.append((piece.text, look))
        return Line(
            text=plain("".join([text for text, _ in looks])),
            place=paragraph.place,
            style=self._styles.name(named),
            shape=self._styles.shape(named),
            looks=tuple([(text, look) for text, look in looks if text and not text.isspace()]),
            table=table,
            row=paragraph.row,
            cell=None if table is None else _cell(element),
            section=section,
            boxed=paragraph.boxed,
            drawn=element in marked.drawn,
            fields=tuple(paragraph.fields),
            placeholder=element in marked.placeholders,
        )

    def _section(self, said: Any, before: Section | None) -> Section:
        size, margins = (None if said is None else said.find(f"{W}{name}") for name in ("pgSz", "pgMar"))
        counted = None if said is None else said.find(f"{W}pgNumType")
        first = None if said is None else said.find(f"{W}titlePg")

        def mm(element: Any, name: str, otherwise: int) -> float:
            return number(None if element is None else element.get(f"{W}{name}"), otherwise) * TWIP

        start = None if counted is None else counted.get(f"{W}start")
        section = Section(
            width=mm(size, "w", 12240),
            height=mm(size, "h", 15840),
            top=abs(mm(margins, "top", 1440)),
            bottom=abs(mm(margins, "bottom", 1440)),
            left=mm(margins, "left", 1440) + mm(margins, "gutter", 0),
            right=mm(margins, "right", 1440),
            own_first=first is not None and first.get(f"{W}val") not in ("0", "false", "off"),
            start=None if start is None else number(start, 1),
            digits="decimal" if counted is None else counted.get(f"{W}fmt", "decimal"),
            heads={} if before is None else dict(before.heads),
            feet={} if before is None else dict(before.feet),
        )
        if said is not None:
            links = self._package.relations()
            for kind, parts, where in (("header", section.heads, "đầu trang"), ("footer", section.feet, "chân trang")):
                for reference in said.findall(f"{W}{kind}Reference"):
                    _, part = links.get(reference.get(_R, ""), ("", ""))
                    if part in self._package:
                        parts[reference.get(f"{W}type", "default")] = self._beside(part, where)
        return section


def _cell(paragraph: Any) -> Any:
    above = paragraph.getparent()
    return above if above.tag == _TC else next(paragraph.iterancestors(_TC), None)


class _Marked:
    """The paragraphs of a part in which something is drawn, and those that Word shows grey: few, so they are looked for
    from what marks them."""

    def __init__(self, root: Any) -> None:
        self.drawn = {p for drawn in root.iter(*_DRAWN) for p in drawn.iterancestors(_P)}
        grey = [control for control in root.iter(_SDT) if control.find(_SHOWN) is not None]
        self.placeholders = {p for control in grey for p in control.iter(_P) if next(p.iterancestors(_SDT)) is control}


def plain(text: str) -> str:
    """A text in one writing of Unicode, with single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())
