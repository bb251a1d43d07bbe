"""Rows and shared texts in the plain shape in which programs write them, taken by a regular expression at one stroke.

Walking through each element in Python is what reading costs. What is not plain to the last character (a prefix, a comment,
attributes in another order, a hidden row) is left to the walk: ``None``. Nothing here tells whether the XML is well-formed:
expat goes through the same bytes, without a word to Python, and refuses a DOCTYPE as ever.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from lsindicators.workbook.container import DEPTH, LONGEST, is_utf8

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


# ------------------------------------------------------------------ the rows of a sheet

_ATTRIBUTES = r'(?: [A-Za-z][\w:.-]*="[^"<>&]*")*+ ?'
_LOOSE = r'(?: [A-Za-z][\w:.-]*="[^"<>]*")*+ ?'
_T = r'<t(?: xml:space="preserve")?>'
_NOTHING = r'(?:<c r="[^<>/]*+/>|</row>|<row r="[^<>]*+>)*+'
"""Empty cells, and where rows begin and end: a cell is found by its own reference."""
_CELL = re.compile(
    rf'{_NOTHING}<c r="([A-Z]{{1,3}})([1-9][0-9]{{0,6}})"(?: s="([0-9]+)")?(?: t="([A-Za-z]+)")?>'
    rf"(<f{_ATTRIBUTES}(?:/>|>[^<]*+</f>))?(?:<v>([^<]*+)</v>|<v ?/>|<is>{_T}([^<]*+)</t></is>)?</c>"
)
_REST = re.compile(_NOTHING)
_OPEN, _CLOSE, _NAME = b"<sheetData>", b"</sheetData>", b"sheetData"

Stored = tuple[str, str, str | None, str | None, str | None, str | None, str | None]
"""Of a cell its letters, digits, style, kind, formula as an element, value, text within it; ``None``: not there."""


class Around(NamedTuple):
    """An element before or after the rows, of those that say something of the sheet."""

    tag: str
    attributes: dict[str, str]
    text: str


class Rows(NamedTuple):
    """The cells of a sheet that are not empty, how many rows and empty cells it has, and what stands around them."""

    cells: list[Stored]
    rows: int
    empty: int
    around: list[Around]


def rows(part: bytes) -> Rows | None:
    """The rows of a sheet, of which none is hidden."""
    start, end = part.find(_OPEN) + len(_OPEN), part.find(_CLOSE)
    if not len(_OPEN) <= start <= end or part.count(_NAME) != 2 or not is_utf8(part):
        return None
    try:
        text = part[start:end].decode()
        around = _around(part[:start], part[end:])
    except UnicodeDecodeError:
        return None
    hidden = text.count(" hidden=")
    if around is None or (hidden and hidden != text.count(' hidden="false"') + text.count(' hidden="0"')):
        return None
    if "\r" in text:  # expat tells this line break as another one
        return None
    cells: list[Stored] = []
    at = 0
    while found := _CELL.match(text, at):
        at = found.end()
        cells.append(found.groups())  # type: ignore[arg-type]  # as many groups as Stored has
    if not _REST.fullmatch(text, at):
        return None
    return Rows(cells, text.count("<row "), text.count("<c ") - len(cells), around)


_HEAD = re.compile(rf"(?:<\?[^<>]*>)?\s*(?:<[A-Za-z]\w*{_LOOSE}/?>\s*|</[A-Za-z]\w*>\s*)*+".encode())
_TELLING = "mergeCell|sheetProtection|(?:odd|even|first)(?:Header|Footer)"
_TOLD_BEFORE, _TOLD_AFTER = (re.compile(rf"<({tags})(?=[\s/>])([^<]*)".encode()) for tags in ("col", _TELLING))
_ELSEWHERE = re.compile(f"[<:](?:{_TELLING})".encode()), re.compile(f":(?:{_TELLING})".encode())
_SAID = re.compile(rf"({_ATTRIBUTES})(?:/>|>([^<>]*))")
_ATTRIBUTE = re.compile(r' ([A-Za-z][\w:.-]*)="([^"]*)"')


def _around(head: bytes, tail: bytes) -> list[Around] | None:
    """The elements before and after the rows that say something. The rows must be a child of the root.

    Where neither comments nor CDATA nor instructions are, each ``<`` of a well-formed part begins a tag.
    """
    depth = head.count(b"<") - 2 * head.count(b"</") - head.count(b"/>") - head.count(b"<?")
    odd = b"<!" in head or b"<!" in tail or b"<?" in tail or b"\r" in head or b"\r" in tail
    odd = odd or any(tags.search(where) for tags, where in zip(_ELSEWHERE, (head, tail), strict=True))
    if odd or depth != 2 or head.count(b"</") > DEPTH // 2 or not _HEAD.fullmatch(head):
        return None
    found = []
    for tag, rest in (*_TOLD_BEFORE.findall(head), *_TOLD_AFTER.findall(tail)):
        said = _SAID.match(rest.decode())
        if said is None:
            return None
        found.append(Around(tag.decode(), dict(_ATTRIBUTE.findall(said[1])), characters(said[2] or "")))
    return found


def formula(element: str) -> str:
    """The text of an element ``f`` that ``rows`` has given."""
    return characters(element[element.index(">") + 1 : -4]) if element.endswith("</f>") else ""


# ------------------------------------------------------------------ shared texts

_TABLE = re.compile(rf"(?:<\?[^<>]*>)?\s*<sst{_ATTRIBUTES}>((?:<si>.*</si>)?)</sst>\s*", re.DOTALL)
_RUN = rf"<r>(?:<rPr>(?:<[A-Za-z]\w*{_ATTRIBUTES}/>)*+</rPr>)?{_T}[^<]*+</t></r>"
_ITEM = re.compile(rf"<si>(?:{_T}[^<]*+</t>|(?:{_RUN})++)?")
_TEXTS = re.compile(rf"{_T}([^<]*+)</t>")


def items(part: bytes) -> list[str] | None:
    """The elements ``si`` of the shared texts, without their ends."""
    if not is_utf8(part):
        return None
    try:
        found = _TABLE.fullmatch(part.decode())
    except UnicodeDecodeError:
        return None
    if found is None or "\r" in found[1]:
        return None
    *items, rest = found[1].split("</si>")
    return None if rest else items


def written(item: str) -> str | None:
    """The text of one of ``items``, its runs joined."""
    return characters("".join(_TEXTS.findall(item))) if _ITEM.fullmatch(item) else None
