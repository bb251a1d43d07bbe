"""A Word file in, what stands in it out: its paragraphs, and the rows of its tables."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from lsindicators import values
from lsindicators.errors import UnusableInputError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TEXT, _STYLES = "word/document.xml", "word/styles.xml"
LIMIT = 64 * 2**20


class Told(Struct, frozen=True):
    """What a Word file says: every paragraph outside of tables, and every row of a table with its cells."""

    paragraphs: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def read(content: bytes, name: str) -> Told:
    """What the Word file ``name`` says, without marks of notes, which stand raised behind a figure.

    Raises ``UnusableInputError`` where it is none.
    """
    from xml.etree import ElementTree

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = [part for part in (_TEXT, _STYLES) if part == _TEXT or part in package.namelist()]
            if any(package.getinfo(part).file_size > LIMIT for part in parts):
                raise ValueError(name)
            root, *styles = (ElementTree.fromstring(package.read(part)) for part in parts)
    except (
        zipfile.BadZipFile,
        zlib.error,
        KeyError,
        ElementTree.ParseError,
        ValueError,
        RuntimeError,
        EOFError,
    ) as error:
        raise UnusableInputError(f"{name}: không đọc được tệp Word này (hỏng, hoặc không phải .docx)") from error
    raised = {s.get(f"{_W}styleId") for part in styles for s in part.iter(f"{_W}style") if _is_raised(s)}
    rows = tuple(tuple(_cell(cell, raised) for cell in row.iter(f"{_W}tc")) for row in root.iter(f"{_W}tr"))
    return Told(tuple(filter(None, (_text(p, raised) for p in _outside(root)))), rows)


def _is_raised(element: Element) -> bool:
    """Whether the properties of a style or a run raise its text."""
    found = element.find(f"{_W}rPr/{_W}vertAlign")
    return found is not None and found.get(f"{_W}val") == "superscript"


def _outside(element: Element) -> Iterator[Element]:
    """The paragraphs that stand in no table."""
    for child in element:
        if child.tag == f"{_W}p":
            yield child
        elif child.tag != f"{_W}tbl":
            yield from _outside(child)


def _cell(cell: Element, raised: Collection[str | None]) -> str:
    return " ".join(filter(None, (_text(p, raised) for p in cell.iter(f"{_W}p"))))


def _text(paragraph: Element, raised: Collection[str | None]) -> str:
    parts = []
    for run in paragraph.iter(f"{_W}r"):
        style = run.find(f"{_W}rPr/{_W}rStyle")
        if _is_raised(run) or (style is not None and style.get(f"{_W}val") in raised):
            continue
        for element in run:
            if element.tag == f"{_W}t":
                parts.append(element.text or "")
            elif element.tag in (f"{_W}tab", f"{_W}br"):
                parts.append(" ")
    return values.clean("".join(parts))


_NUMBER = re.compile(r"[Ss]ố ?: ?(\d+) ?/ ?(\S+)")
_DAY = re.compile(r"ngày (\d{1,2}) tháng (\d{1,2}) năm (\d{4})$")


def numbered(told: Told) -> str:
    """Number and date in the head of a paper, as ``12/BC-SKHCN ngày 09/4/2026``; empty where one is blank."""
    for row in told.rows:
        numbers = [m for text in row if (m := _NUMBER.fullmatch(text))]
        days = [m for text in row if (m := _DAY.search(text))]
        if numbers and days:
            day, month, year = days[0].groups()
            return f"{numbers[0][1]}/{numbers[0][2]} ngày {day}/{month}/{year}"
    return ""


def knows(told: Told, names: Iterable[str]) -> bool:
    """Whether some row of a table holds one of ``names``."""
    cells = {text for row in told.rows for text in row}
    return any(values.clean(name) in cells for name in names if name)


def lacking(
    told: Told, rows: Iterable[Mapping[str, str]], keys: Sequence[str], needed: Sequence[str]
) -> tuple[str, ...]:
    """Which of ``rows`` no table shows: a row that holds one of its ``keys`` and beside it all other texts of it.

    What is not ``needed`` is asked for only where some row shows it: a table may have no such column.
    """
    tables = [(frozenset(row), Counter(row)) for row in told.rows]
    found: list[tuple[str, list[Counter[str]], dict[str, str]]] = []
    for row in rows:
        plain = {name: values.clean(text) for name, text in row.items()}
        names = [plain[key] for key in keys if plain[key]]
        mine = next((m for name in names if (m := [count for cells, count in tables if name in cells])), [])
        found.append((names[0], mine, {n: t for n, t in plain.items() if n not in keys and t}))
    seen = {n for _, mine, texts in found for n, text in texts.items() if any(count[text] for count in mine)}
    shown = seen | set(needed)
    return tuple(name for name, mine, texts in found if not any(_shows(count, texts, shown) for count in mine))


def _shows(row: Counter[str], texts: Mapping[str, str], fields: Iterable[str]) -> bool:
    wanted = Counter(texts[name] for name in fields if name in texts)
    return all(row[text] >= times for text, times in wanted.items())


def changed(before: Told, after: Told) -> tuple[tuple[str, str], ...]:
    """Paragraphs that differ: as they were, and as they are; empty where there was, or is, none."""
    from difflib import SequenceMatcher

    pairs: list[tuple[str, str]] = []
    of = SequenceMatcher(None, before.paragraphs, after.paragraphs, autojunk=False)
    for kind, a, b, c, d in of.get_opcodes():
        if kind != "equal":
            old, new = before.paragraphs[a:b], after.paragraphs[c:d]
            pairs += [
                (old[i] if i < len(old) else "", new[i] if i < len(new) else "") for i in range(max(len(old), len(new)))
            ]
    return tuple(pairs)
