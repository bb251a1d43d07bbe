"""Rows and shared texts in the plain shape in which programs write them, taken by a regular expression at one stroke.

Walking through each element in Python is what reading costs. What is not plain to the last character (a prefix, a comment,
attributes in another order, a hidden row) is left to the walk: ``None``. What the expressions cannot prove to be
well-formed expat goes through as ever, without a word to Python, and refuses a DOCTYPE.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from msgspec import Struct

from lsindicators.workbook.container import DEPTH, KEPT, LONGEST, is_utf8, new_parser

LARGEST = LONGEST
"""Bytes of a part that is taken so: none of its texts can be longer than what is kept of a text."""

_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_ENTITY = re.compile("&(?:#x([0-9A-Fa-f]+)|#([0-9]+)|([a-z]+));")


def characters(written: str) -> str:
    """Character data as expat would tell it, of a part that expat has gone through."""
    return _ENTITY.sub(_character, written) if "&" in written else written


def _character(found: re.Match[str]) -> str:
    if found[3]:
        return _ENTITIES[found[3]]
    return chr(int(found[1], 16) if found[1] else int(found[2]))


_REFERENCE = re.compile("&(?!(?:amp|lt|gt|quot|apos);)")
_CONTROL = bytes(n for n in range(32) if n not in b"\t\n\r")


def _is_sound(part: bytes, text: str) -> bool:
    """Whether ``part``, which says ``text``, holds characters and entities that XML knows, and nothing that ends a CDATA."""
    if "\ufffe" in text or "\uffff" in text or ("]" in text and "]]>" in text):
        return False
    if any(map(part.__contains__, _CONTROL)):  # one byte is found faster than a set of them
        return False
    return "&" not in text or _REFERENCE.search(text) is None


@lru_cache(maxsize=4096)
def _differ(attributes: str) -> bool:
    """Whether no attribute stands twice in a tag."""
    names = re.findall(r'([^\s"=]+)="[^"]*"', attributes)
    return len(set(names)) == len(names)


def unproven(part: bytes, inside: tuple[int, int] | None) -> bytes:
    """What expat has still to go through of a ``part`` that is proven to be well-formed ``inside`` (from, to)."""
    return part if inside is None else part[: inside[0]] + part[inside[1] :]


# ------------------------------------------------------------------ the rows of a sheet

_KEEP = "+" if sys.version_info >= (3, 11, 5) else ""
"""Behind what repeats: it need never be tried with fewer. Before, the engine loses its place in a group that has this sign;
a set of characters may have it everywhere."""

_ATTRIBUTES = rf'(?: [A-Za-z][\w:.-]*+="[^"<>&]*+")*{_KEEP} ?+'
_LOOSE = rf'(?: [A-Za-z][\w:.-]*+="[^"<>]*+")*{_KEEP} ?+'
_T = rf'<t(?: xml:space="preserve")?{_KEEP}>'
_NOTHING = (
    rf'(?:<c r="[A-Z]{{1,3}}+[0-9]{{1,7}}+"(?: s="[0-9]++")?{_KEEP}(?: t="[A-Za-z]++")?{_KEEP} ?+/>'
    rf'|</row>|<row(?= r="){_ATTRIBUTES}/?+>)*{_KEEP}'
)
"""Empty cells, and where rows begin and end: a cell is found by its own reference."""
_CELL = re.compile(
    rf'{_NOTHING}(?:<c r="([A-Z]{{1,3}}+)([1-9][0-9]{{0,6}}+)"(?: s="([0-9]++)")?(?: t="([A-Za-z]++)")?>'
    rf"(<f{_ATTRIBUTES}(?:/>|>[^<]*+</f>))?(?:<v>([^<]*+)</v>|<v ?+/>|<is>{_T}([^<]*+)</t></is>)?</c>|\Z|([\s\S]+))"
)
_ROW = re.compile("</row>|<row([^>]*+)>")
"""Gives the attributes of each row, and nothing where it ends."""
_FORMULA = re.compile("<f ([^>]*+)>")
_OPEN, _CLOSE, _NAME = b"<sheetData>", b"</sheetData>", b"sheetData"

Stored = tuple[str, str, str, str, str, str, str, str]
"""Of a cell its letters, digits, style, kind, formula as an element, value, text within it; empty: not there. The last is
always empty: it is what none of all this fits."""


class Around(NamedTuple):
    """An element before or after the rows, of those that say something of the sheet."""

    tag: str
    attributes: Mapping[str, str]
    text: str  # as written


class Rows(Struct, frozen=True):
    """The cells of a sheet that are not empty, how many rows and empty cells it has, and what stands around them."""

    cells: list[Stored]
    rows: int
    empty: int
    around: list[Around]
    unproven: tuple[bytes, ...]
    """What expat has still to go through: what stands before and behind the rows, or all where these are in doubt."""


def rows(part: bytes) -> Rows | None:
    """The rows of a sheet, of which none is hidden."""
    start, end = part.find(_OPEN) + len(_OPEN), part.find(_CLOSE)
    if not len(_OPEN) <= start <= end or not is_utf8(part):
        return None
    named = part.find(_NAME), part.find(_NAME, start), part.find(_NAME, end + len(_CLOSE))
    if named != (start - len(_NAME) - 1, end + len("</"), -1):  # and nowhere else
        return None
    head, tail = part[:start], part[end:]
    try:
        text = part[start:end].decode()
        frame, notes = _framed(tail)
        around = _around(head, frame, notes)
    except UnicodeDecodeError:
        return None
    if around is None or "\r" in text or b"\r" in tail:  # expat tells this line break as another one
        return None
    cells: list[Stored] = _CELL.findall(text)
    if any(rest for *_, rest in cells[-2:]):
        return None
    while cells and not cells[-1][0]:  # the end, where no cell is
        cells.pop()
    count, hidden, sound = _tagged(text)
    if hidden:
        return None
    sound = sound and _is_sound(part[start:end], text) and all(_is_sound(note.encode(), note) for note in notes)
    unproven = _without_rows(head, frame) if sound else (part,)
    return Rows(cells, count, text.count("<c ") - len(cells), around, unproven)


def go_through(stroke: Rows) -> None:
    """Have expat say that what is unproven of a sheet is well-formed. Raises ``ExpatError``."""
    for piece in stroke.unproven:
        (_kept_pass if len(piece) <= KEPT and len(stroke.unproven) > 1 else _pass)(piece)


def _pass(part: bytes) -> None:
    new_parser().Parse(part, True)


_kept_pass = lru_cache(maxsize=64)(_pass)


def _without_rows(head: bytes, frame: bytes) -> tuple[bytes, bytes]:
    """What stands before the rows and what stands behind, each with the tags of the other that make it whole.

    ``_around`` has found that the rows are a child of the root.
    """
    root = _ROOT.search(head)
    assert root is not None
    return b"%s</sheetData></%s>" % (head, root[1]), b"<%s><sheetData>%s" % (root[1], frame)


_ROOT = re.compile(rb"<([A-Za-z]\w*)")


def _tagged(text: str) -> tuple[int, bool, bool]:
    """How many rows there are in what the expressions have matched, whether one of them is hidden, and whether their tags
    and those of formulas are well-formed: each row ends, and no attribute stands twice."""
    count, hidden, sound, inside = 0, False, True, False
    for attributes in _ROW.findall(text):
        if not attributes:  # it ends
            sound, inside = sound and inside, False
            continue
        distinct, hides, ends = _begun(attributes)
        count, hidden, sound, inside = count + 1, hidden or hides, sound and distinct and not inside, not ends
    formulas = _FORMULA.findall(text) if "<f " in text else ()
    return count, hidden, sound and not inside and all(map(_differ, formulas))


@lru_cache(maxsize=4096)
def _begun(attributes: str) -> tuple[bool, bool, bool]:
    """Of a row by its attributes: whether they are distinct, whether it is hidden, whether it ends at once."""
    hidden = re.search(' hidden="(?!false"|0")', attributes) is not None
    return _differ(attributes), hidden, attributes.endswith("/")


_HEAD = re.compile(rf"(?:<\?[^<>]*>)?\s*(?:<[A-Za-z]\w*{_LOOSE}/?>\s*|</[A-Za-z]\w*>\s*)*{_KEEP}".encode())
_TELLING = "mergeCell|sheetProtection|(?:odd|even|first)(?:Header|Footer)"
_TOLD_BEFORE = re.compile(rb"<(col)(?=[\s/>])([^<]*)(</)?")
_TOLD_AFTER = re.compile(rf"<([!?]|(?:{_TELLING})(?=[\s/>]))([^<]*)(</)?".encode())
_ODD_BEFORE, _ODD_AFTER = re.compile(f"<!|\r|{_TELLING}".encode()), re.compile(f":(?:{_TELLING})".encode())
_SAID = re.compile(rf"({_ATTRIBUTES})(?:(/>)|>([^<]*))")
_ATTRIBUTE = re.compile(r' ([A-Za-z][\w:.-]*)="([^"]*)"')


def _around(head: bytes, frame: bytes, notes: Iterable[str]) -> list[Around] | None:
    """The elements before and after the rows that say something. The rows must be a child of the root.

    Where neither comments nor CDATA nor instructions are, each ``<`` of a well-formed part begins a tag.
    """
    before = (_kept_before if len(head) <= KEPT else _before)(head)
    after = (_kept_after if len(frame) <= KEPT else _after)(frame)
    if before is None or after is None:
        return None
    texts = iter(notes)
    return [*before, *(a._replace(text=next(texts, "")) if _is_note(a) else a for a in after)]


def _before(head: bytes) -> list[Around] | None:
    depth = head.count(b"<") - 2 * head.count(b"</") - head.count(b"/>") - head.count(b"<?")
    if depth != 2 or head.count(b"</") > DEPTH // 2 or not _HEAD.fullmatch(head) or _ODD_BEFORE.search(head):
        return None
    return _all_said(_TOLD_BEFORE.findall(head))


_kept_before = lru_cache(maxsize=64)(_before)
"""Widths of columns, panes and views are the same in all forms that ask for the same."""


def _after(frame: bytes) -> list[Around] | None:
    return None if _ODD_AFTER.search(frame) else _all_said(_TOLD_AFTER.findall(frame))


_kept_after = lru_cache(maxsize=32)(_after)
"""Most of a sheet stands behind its rows, conditional formats and what may be typed where; it is the same in all forms
that ask for the same, up to the stamp in the footer."""

_NOTE = re.compile(rb"(<((?:odd|even|first)(?:Header|Footer))>)([^<]*)(?=</\2>)")


def _framed(tail: bytes) -> tuple[bytes, list[str]]:
    """What stands behind the rows with ``#`` for each text of header and footer, and these texts."""
    firsts = [at for word in (b"Header>", b"Footer>") if (at := tail.find(word)) >= 0]
    if not firsts:
        return tail, []
    start = max(0, min(firsts) - len("<first"))
    end = tail[start:]
    notes = [note for _, _, note in _NOTE.findall(end)]
    return tail[:start] + _NOTE.sub(rb"\1#", end) if notes else tail, [note.decode() for note in notes]


def _is_note(around: Around) -> bool:
    """Whether it is a header or footer whose text was taken out."""
    return around.text == "#" and not around.attributes and around.tag.endswith(("Header", "Footer"))


def _all_said(told: Iterable[tuple[bytes, bytes, bytes]]) -> list[Around] | None:
    """The elements that an expression has found; ``None`` where one of them is not plain."""
    found = []
    for tag, rest, end in told:
        said = (_kept_said if len(rest) < _SHORT else _said)(tag, rest, end)
        if said is None:
            return None
        found.append(said)
    return found


_SHORT = 200


def _said(tag: bytes, rest: bytes, end: bytes) -> Around | None:
    """The element ``tag`` with what stands up to the next tag; it may have no elements within it."""
    found = _SAID.match(rest.decode())
    if found is None or tag in b"!?" or not (end or found[2]):
        return None
    return Around(tag.decode(), dict(_ATTRIBUTE.findall(found[1])), found[3] or "")


_kept_said = lru_cache(maxsize=2048)(_said)


def formula(element: str) -> str:
    """The text of an element ``f`` that ``rows`` has given."""
    return characters(element[element.index(">") + 1 : -4]) if element.endswith("</f>") else ""


def attributes(element: str) -> dict[str, str]:
    """The attributes of an element that ``rows`` has given."""
    return dict(_ATTRIBUTE.findall(element[: element.index(">")]))


# ------------------------------------------------------------------ shared texts

_TABLE = re.compile(rf"(?:<\?[^<>]*>)?\s*<sst{_ATTRIBUTES}>((?:<si>.*</si>)?)</sst>\s*", re.DOTALL)
_RUN = rf"<r>(?:<rPr>(?:<[A-Za-z]\w*{_ATTRIBUTES}/>)*{_KEEP}</rPr>)?{_T}[^<]*+</t></r>"
_ITEM = re.compile(rf"<si>(?:{_T}[^<]*+</t>|(?:{_RUN})+{_KEEP})?")
_TEXTS = re.compile(rf"{_T}([^<]*+)</t>")
_FONT = re.compile("<[A-Za-z]\\w*( [^>]*)>")


class Items(Struct, frozen=True):
    """The elements ``si`` of the shared texts, without their ends."""

    items: list[str]
    inside: tuple[int, int] | None
    """From where to where the bytes are well-formed, once ``written`` has taken every item."""


def items(part: bytes) -> Items | None:
    """The shared texts."""
    if not is_utf8(part):
        return None
    try:
        found = _TABLE.fullmatch(part.decode())
    except UnicodeDecodeError:
        return None
    if found is None or "\r" in found[1]:
        return None
    *items, rest = found[1].split("</si>")
    if rest:
        return None
    first, end = part.find(b"<si>"), part.rfind(b"</sst>")
    sound = items and _is_sound(part[first:end], found[1])
    return Items(items, (first, end) if sound else None)


def written(item: str) -> str | None:
    """The text of one of ``items``, its runs joined."""
    if not _ITEM.fullmatch(item) or not all(map(_differ, _FONT.findall(item))):
        return None
    return characters("".join(_TEXTS.findall(item)))
