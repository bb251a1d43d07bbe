"""The records of an .xls that calamine does not show: number formats, formulas, errors, protection. No text is read here.

Runs in the guarded child. Whatever is odd raises ``ValueError``: then only what calamine sees is known.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from lsindicators.workbook.cells import _format_kind

PLAIN, DATE, PERCENT = "number", "date", "percent"

ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip


class Seen(NamedTuple):
    """What the records say of one cell."""

    shows: str
    number: float | None = None
    formula: bool = False
    error: str = ""


class Page(NamedTuple):
    """What the records say of one sheet."""

    name: str
    protected: bool
    cells: dict[tuple[int, int], Seen]


def look(content: bytes) -> list[Page]:
    """The sheets of a BIFF8 workbook in a compound file."""
    try:
        return list(_pages(_stream(content)))
    except (struct.error, IndexError) as error:
        raise ValueError("damaged") from error


# ------------------------------------------------------------------ the compound file

_LAST = 0xFFFFFFFA
"""Sector numbers from here on mean something else than a sector."""
_MOST_TABLES = 64
"""Most sectors with further tables: so many serve some gigabytes."""


def _stream(content: bytes) -> bytes:
    """The stream of the workbook."""
    shift, cutoff = struct.unpack_from("<H", content, 30)[0], struct.unpack_from("<I", content, 56)[0]
    directory, difat, difats = (struct.unpack_from("<I", content, at)[0] for at in (48, 68, 72))
    if shift not in (9, 12) or difats > _MOST_TABLES:
        raise ValueError("odd sectors")
    size = 1 << shift

    def sector(number: int) -> bytes:
        return content[(number + 1) << shift : (number + 2) << shift]

    tables = [n for n in struct.unpack_from("<109I", content, 76) if n < _LAST]
    while difats and difat < _LAST:
        *more, difat = struct.unpack(f"<{size // 4}I", sector(difat))
        tables += [n for n in more if n < _LAST]
        difats -= 1
    fat = [n for table in tables for n in struct.unpack(f"<{size // 4}I", sector(table))]

    def chain(number: int) -> bytes:
        pieces: list[bytes] = []
        while number < _LAST:
            if len(pieces) > len(fat):
                raise ValueError("a chain without end")
            pieces.append(sector(number))
            number = fat[number]
        return b"".join(pieces)

    entries = chain(directory)
    for at in range(0, len(entries), 128):
        name = entries[at : at + 64].decode("utf-16-le", "replace").partition("\0")[0]
        start, length = struct.unpack_from("<II", entries, at + 116)
        if name.casefold() == "workbook" and length >= cutoff:
            return chain(start)[:length]
        if name.casefold() == "workbook":
            small = chain(struct.unpack_from("<I", entries, 116)[0])
            table = chain(struct.unpack_from("<I", content, 60)[0])
            return _small(small, struct.unpack(f"<{len(table) // 4}I", table), start)[:length]
    raise ValueError("no stream of its own")


def _small(content: bytes, table: tuple[int, ...], number: int) -> bytes:
    """A stream of the part for short ones, in pieces of 64 bytes."""
    pieces: list[bytes] = []
    while number < _LAST:
        if len(pieces) > len(table):
            raise ValueError("a chain without end")
        pieces.append(content[number * 64 : number * 64 + 64])
        number = table[number]
    return b"".join(pieces)


# ------------------------------------------------------------------ records

_BOF, _EOF, _SHEET, _FORMAT, _XF, _DATEMODE = 0x809, 0x0A, 0x85, 0x41E, 0xE0, 0x22
_DAYS_TO_1904 = 1462
_FORMULA, _NUMBER, _RK, _MULRK, _BOOLERR, _PROTECT = 0x06, 0x203, 0x27E, 0xBD, 0x205, 0x12
_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records of the substream that begins at ``at``, without those of substreams inside it."""
    depth = 0
    while True:
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _text(raw: bytes, count: int, flags: int) -> str:
    return raw[: count * 2].decode("utf-16-le", "replace") if flags & 1 else raw[:count].decode("latin-1")


def _pages(stream: bytes) -> Iterator[Page]:
    sheets: list[tuple[str, int]] = []
    custom: dict[int, str] = {}
    styles: list[int] = []
    from_1904 = False
    for kind, body in _records(stream, 0):
        if kind == _SHEET:
            sheets.append((_text(body[8:], body[6], body[7]), struct.unpack_from("<I", body)[0]))
        elif kind == _FORMAT:
            number, count, flags = struct.unpack_from("<HHB", body)
            custom[number] = (PLAIN, DATE, PERCENT)[_format_kind(_text(body[5:], count, flags))]
        elif kind == _XF:
            styles.append(struct.unpack_from("<H", body, 2)[0])
        elif kind == _DATEMODE:
            from_1904 = body[:2] == b"\1\0"

    def shows(style: int) -> str:
        number = styles[style] if style < len(styles) else 0
        known = DATE if number in _DATES else PERCENT if number in (9, 10) else PLAIN
        return custom.get(number, known)

    for name, start in sheets:
        cells: dict[tuple[int, int], Seen] = {}
        protected = False
        for kind, body in _records(stream, start):
            if kind == _PROTECT:
                protected = struct.unpack_from("<H", body)[0] != 0
            elif kind == _MULRK:
                row, column = struct.unpack_from("<HH", body)
                for n in range((len(body) - 6) // 6):
                    style, packed = struct.unpack_from("<HI", body, 4 + 6 * n)
                    cells[row, column + n] = Seen(shows(style), _unpacked(packed))
            elif kind in (_FORMULA, _NUMBER, _RK, _BOOLERR):
                row, column, style = struct.unpack_from("<HHH", body)
                cells[row, column] = _cell(kind, body, shows(style))
        yield Page(name, protected, {p: _from_1900(c) for p, c in cells.items()} if from_1904 else cells)


def _cell(kind: int, body: bytes, shown: str) -> Seen:
    if kind == _RK:
        return Seen(shown, _unpacked(struct.unpack_from("<I", body, 6)[0]))
    if kind == _NUMBER:
        return Seen(shown, struct.unpack_from("<d", body, 6)[0])
    if kind == _BOOLERR:
        return Seen(shown, error=ERRORS.get(body[6], "#N/A") if body[7] else "")
    if body[12:14] == b"\xff\xff":
        return Seen(shown, formula=True, error=ERRORS.get(body[8], "#N/A") if body[6] == 2 else "")
    return Seen(shown, struct.unpack_from("<d", body, 6)[0], formula=True)


def _from_1900(cell: Seen) -> Seen:
    """A day has one number for all who read it."""
    day = cell.shows == DATE and cell.number is not None
    return cell._replace(number=cell.number + _DAYS_TO_1904) if day and cell.number is not None else cell


def _unpacked(packed: int) -> float:
    """A number in four bytes: a whole one, or the upper half of a float, perhaps times a hundred."""
    whole = packed >> 2
    number = float(whole - (1 << 30) if whole >> 29 else whole)
    if not packed & 2:
        number = struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))[0]
    return number / 100 if packed & 1 else number
