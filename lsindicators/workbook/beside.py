"""What stands on the sheets of a workbook without being in a cell: comments, pictures, shapes, charts, embedded objects."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple
from xml.parsers import expat

from lsindicators.values import clean_lines
from lsindicators.workbook.cells import cell_place
from lsindicators.workbook.container import Attributes, Package, decoded, parse

COMMENT, PICTURE, CHART, SHAPE, OBJECT = "comment", "picture", "chart", "shape", "object"

MOST = 5_000
"""Most annotations that are kept of one workbook."""


class Beside(NamedTuple):
    """One thing beside the cells. ``text``: what a comment or a text box says, NFC and trimmed; else empty."""

    sheet: str
    place: tuple[int, int] | None  # row and column from 0 of the cell where it begins; None: it hangs on no cell
    kind: str
    text: str = ""


# ------------------------------------------------------------------ in an .xlsx

RelationsOf = Callable[[str], Iterable[tuple[str, str]]]
"""Part -> what it refers to: the last word of the kind, and the part."""


def find(package: Package, sheets: Iterable[tuple[str, str]], relations_of: RelationsOf) -> tuple[Beside, ...]:
    """What stands beside the cells of ``sheets`` (name, part), as far as damaged parts can be read."""
    found: list[Beside] = []
    for sheet, part in sheets:
        folder, _, name = part.rpartition("/")
        if f"{folder}/_rels/{name}.rels" not in package:
            continue
        parts: dict[str, list[str]] = {}
        for kind, target in relations_of(part):
            parts.setdefault(kind, []).append(target)
        found += (Beside(sheet, *told) for told in _of_sheet(package, parts))
    return tuple(found[:MOST])


Told = tuple[tuple[int, int] | None, str, str]
"""Place, kind and text."""


def _of_sheet(package: Package, parts: Mapping[str, list[str]]) -> Iterator[Told]:
    def there(kind: str) -> Iterator[str]:
        return (part for part in parts.get(kind, ()) if part in package)

    threads = [told for part in there("threadedComment") for told in _read(package, part, _Threads())]
    yield from threads
    for part in there("comments"):
        comments = _Comments(without_threads=bool(threads))
        yield from _read(package, part, comments)
    for part in there("drawing"):
        yield from _read(package, part, _Drawing())
    legacy = [told for part in there("vmlDrawing") for told in _read(package, part, _Legacy())]
    yield from legacy
    if not any(kind == OBJECT for _, kind, _ in legacy) and any(k in parts for k in ("oleObject", "package")):
        yield None, OBJECT, ""
    if any(there("image")):
        yield None, PICTURE, ""


class _Part:
    """The handlers of one pass over a part; what it tells is in ``found``."""

    def __init__(self) -> None:
        self.found: list[Told] = []
        self.texts: list[str] | None = None

    def start(self, tag: str, attributes: Attributes) -> None:
        """An element begins."""

    def text(self, characters: str) -> None:
        if self.texts is not None:
            self.texts.append(characters)

    def end(self, tag: str) -> None:
        """An element ends."""

    def said(self) -> str:
        """The text so far, which is then done with."""
        text = clean_lines(decoded("".join(self.texts or ())))
        self.texts = None
        return text


def _read(package: Package, part: str, handlers: _Part) -> list[Told]:
    with contextlib.suppress(expat.ExpatError):
        parse(package.chunks(part), handlers.start, text=handlers.text, end=handlers.end)
    return handlers.found


class _Comments(_Part):
    """``comments1.xml``. Where Excel keeps conversations elsewhere, it repeats them here for older programs."""

    def __init__(self, *, without_threads: bool) -> None:
        super().__init__()
        self._without_threads = without_threads
        self._authors: list[str] = []
        self._at: str | None = None
        self._written: list[str] = []
        self._repeated = self._phonetic = False

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "author":
            self.texts = []
        elif tag == "comment":
            self._at, self._written = attributes.get("ref", ""), []
            author = attributes.get("authorId", "")
            known = author.isdecimal() and len(author) < 6 and int(author) < len(self._authors)
            self._repeated = self._without_threads and known and self._authors[int(author)].startswith("tc=")
        elif tag == "rPh":
            self._phonetic = True
        elif tag == "t" and self._at is not None and not self._phonetic:
            self.texts = self._written

    def end(self, tag: str) -> None:
        if tag == "author":
            self._authors.append(self.said())
        elif tag == "t":
            self.texts = None
        elif tag == "rPh":
            self._phonetic = False
        elif tag == "comment" and self._at is not None:
            self.texts = self._written
            text = self.said()
            if not self._repeated:
                self.found.append((cell_place(self._at), COMMENT, text))
            self._at = None


class _Threads(_Part):
    """``threadedComment1.xml``: each remark of a conversation."""

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "threadedComment":
            self.found.append((cell_place(attributes.get("ref", "")), COMMENT, ""))
        elif tag == "text" and self.found:
            self.texts = []

    def end(self, tag: str) -> None:
        if tag == "text" and self.found:
            self.found[-1] = (self.found[-1][0], COMMENT, self.said())


_ANCHORS = ("twoCellAnchor", "oneCellAnchor", "absoluteAnchor")
_SHAPES = {"pic": PICTURE, "graphicFrame": OBJECT, "sp": SHAPE, "cxnSp": SHAPE, "contentPart": SHAPE}


class _Drawing(_Part):
    """``drawing1.xml``: each anchor is one thing."""

    def __init__(self) -> None:
        super().__init__()
        self._kind: str | None = None
        self._place: dict[str, int] = {}
        self._written: list[str] = []
        self._inside = self._from = False
        self._other = 0  # inside what stands there for programs that do not know the thing itself

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag in _ANCHORS:
            self._kind, self._place, self._written, self._inside = None, {}, [], True
        elif tag == "Fallback":
            self._other += 1
        elif not self._inside or self._other:
            return
        elif tag == "from":
            self._from = True
        elif tag in ("col", "row") and self._from:
            self.texts = []
        elif tag in _SHAPES:
            self._kind = self._kind or _SHAPES[tag]
        elif tag == "chart" and self._kind == OBJECT:
            self._kind = CHART
        elif tag == "t":
            self.texts = self._written
        elif tag == "p":
            self._written.append("\n")

    def end(self, tag: str) -> None:
        if tag == "from":
            self._from = False
        elif tag == "Fallback":
            self._other -= 1
        elif tag in ("col", "row") and self._from and self.texts is not None:
            number = self.said()
            if number.isdecimal() and len(number) < 8:
                self._place[tag] = int(number)
        elif tag == "t":
            self.texts = None
        elif tag in _ANCHORS and self._inside:
            self._inside = False
            self.texts = self._written
            at = (self._place["row"], self._place["col"]) if len(self._place) == 2 else None
            self.found.append((at, self._kind or SHAPE, self.said()))


class _Legacy(_Part):
    """``vmlDrawing1.vml``: shapes of old programs and controls; those that only show a comment are none."""

    def __init__(self) -> None:
        super().__init__()
        self._kind = ""
        self._anchor: list[str] = []
        self._written: list[str] = []

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "shape":
            self._kind, self._anchor, self._written = "", [], []
        elif tag == "textbox":
            self.texts = self._written
        elif tag == "ClientData":
            self._kind = attributes.get("ObjectType", "")
        elif tag == "Anchor":
            self.texts = self._anchor

    def end(self, tag: str) -> None:
        if tag in ("textbox", "Anchor"):
            self.texts = None
        elif tag == "shape" and self._kind not in ("", "Note"):
            corner = [number.strip() for number in "".join(self._anchor).split(",")]
            whole = len(corner) >= 3 and all(n.isdecimal() and len(n) < 8 for n in (corner[0], corner[2]))
            self.texts = self._written
            kind = OBJECT if self._kind == "Pict" else SHAPE
            self.found.append(((int(corner[2]), int(corner[0])) if whole else None, kind, self.said()))
