"""The bytes of an .xls file of Excel 97 to 2003 -> its sheets, record by record. Of a formula only its result is seen.

Whatever is odd raises ``ValueError``: then another reader tells what it can.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import NamedTuple

from lsindicators.values import clean_lines
from lsindicators.workbook.cells import (
    DAMAGED,
    DATE,
    DATE_IDS,
    DAYS_TO_1904,
    PERCENT,
    PERCENT_IDS,
    PLAIN_FORMAT,
    Cell,
    Sheet,
    format_kind,
    number,
)
from lsindicators.workbook.container import (
    CELLS,
    CHARACTERS,
    MERGES,
    SHEETS,
    PasswordNeededError,
    WorkbookError,
    more_than,
)

ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip


class Found(NamedTuple):
    """What the records say."""

    sheets: tuple[Sheet, ...]
    macro: bool  # a sheet or a module of macros
    external: bool  # formulas that look into another file


def read(content: bytes, passed_over: Callable[[str, bool], bool]) -> Found:
    """The BIFF8 workbook in a compound file; a sheet that is ``passed_over`` has no cells."""
    try:
        return _Book(_stream(content), passed_over).found()
    except (struct.error, IndexError) as error:
        raise ValueError("damaged") from error


# ------------------------------------------------------------------ the compound file

_LAST = 0xFFFFFFFA
"""Sector numbers from here on mean something else than a sector."""


def _stream(content: bytes) -> bytes:
    """The stream of the workbook, which hangs on the root: an embedded workbook has one of its own."""
    shift, cutoff = struct.unpack_from("<H", content, 30)[0], struct.unpack_from("<I", content, 56)[0]
    directory, difat, difats = (struct.unpack_from("<I", content, at)[0] for at in (48, 68, 72))
    if shift not in (9, 12):
        raise ValueError("odd sectors")
    size = 1 << shift

    def sector(number: int) -> bytes:
        return content[(number + 1) << shift : (number + 2) << shift]

    tables = [n for n in struct.unpack_from("<109I", content, 76) if n < _LAST]
    while difats and difat < _LAST and len(tables) <= len(content) >> shift:
        *more, difat = struct.unpack(f"<{size // 4}I", sector(difat))
        tables += [n for n in more if n < _LAST]
        difats -= 1
    if len(set(tables)) != len(tables):
        raise ValueError("a table twice")
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
    at = _below_root(entries, "workbook") * 128
    start, length = struct.unpack_from("<II", entries, at + 116)
    if length >= cutoff:
        return chain(start)[:length]
    small = chain(struct.unpack_from("<I", entries, 116)[0])
    table = chain(struct.unpack_from("<I", content, 60)[0])
    return _small(small, struct.unpack(f"<{len(table) // 4}I", table), start)[:length]


def _below_root(entries: bytes, wanted: str) -> int:
    """The number of the entry that is called so and hangs on the first one."""
    left: list[int] = [*struct.unpack_from("<I", entries, 76)]
    seen = {0}
    while left:
        entry = left.pop()
        if entry in seen or entry >= _LAST:
            continue
        seen.add(entry)
        at = entry * 128
        left += struct.unpack_from("<II", entries, at + 68)
        if entries[at : at + 64].decode("utf-16-le", "replace").partition("\0")[0].casefold() == wanted:
            return entry
    raise ValueError("no stream of its own")


def _small(content: bytes, table: tuple[int, ...], number: int) -> bytes:
    """A stream of the part for short ones, in pieces of 64 bytes."""
    pieces: list[bytes] = []
    while number < _LAST:
        if len(pieces) * 64 > len(content):
            raise ValueError("a chain without end")
        pieces.append(content[number * 64 : number * 64 + 64])
        number = table[number]
    return b"".join(pieces)


# ------------------------------------------------------------------ records

_BOF, _EOF, _CONTINUE, _FILE_PASS = 0x809, 0x0A, 0x3C, 0x2F
_SHEET, _FORMAT, _XF, _DATEMODE, _TEXTS, _BOOKS = 0x85, 0x41E, 0xE0, 0x22, 0xFC, 0x1AE
_PROTECT, _COLUMNS, _ROW, _MERGED = 0x12, 0x7D, 0x208, 0xE5
_FORMULA, _RESULT, _NUMBER, _RK, _MULRK, _BOOLERR = 0x06, 0x207, 0x203, 0x27E, 0xBD, 0x205
_LABEL, _RICH_LABEL, _SHARED = 0x204, 0xD6, 0xFD
_CELL = {_FORMULA, _NUMBER, _RK, _BOOLERR, _LABEL, _RICH_LABEL, _SHARED}
_SELF, _ADD_IN = b"\x01\x04", b"\x01\x3a"
_MACROS, _MODULE = 1, 6

MOST = 1_000_000
"""Most records of all sheets: empty cells with a format, and whatever else."""


def _unpacked(packed: int) -> float:
    """A number in four bytes: a whole one, or the upper half of a float, perhaps times a hundred."""
    whole = packed >> 2
    number = float(whole - (1 << 30) if whole >> 29 else whole)
    if not packed & 2:
        number = struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))[0]
    return number / 100 if packed & 1 else number


class _Pieces:
    """The bytes of a record and of those that continue it. A text that is cut says in each of them anew how wide it is."""

    def __init__(self, pieces: list[bytes], at: int = 0) -> None:
        self._pieces, self._piece, self._at = pieces, 0, at

    def is_empty(self) -> bool:
        return self._piece == len(self._pieces) - 1 and self._at >= len(self._pieces[-1])

    def take(self, length: int) -> bytes:
        taken: list[bytes] = []
        while length > 0:
            if self._at >= len(self._pieces[self._piece]):
                self._piece, self._at = self._piece + 1, 0
            taken.append(self._pieces[self._piece][self._at : self._at + length])
            self._at += len(taken[-1])
            length -= len(taken[-1])
        return b"".join(taken)

    def text(self, size: int = 2) -> str:
        """A text with its length before it, in ``size`` bytes."""
        count, flags = int.from_bytes(self.take(size), "little"), self.take(1)[0]
        after = int.from_bytes(self.take(2), "little") * 4 if flags & 8 else 0
        after += int.from_bytes(self.take(4), "little") if flags & 4 else 0
        read: list[str] = []
        while count > 0:
            if self._at >= len(self._pieces[self._piece]):
                self._piece, self._at = self._piece + 1, 1
                flags = self._pieces[self._piece][0]
            width = 1 + (flags & 1)
            part = self._pieces[self._piece][self._at : self._at + count * width]
            if len(part) < width:
                raise ValueError("a character cut in two")
            part = part[: len(part) // width * width]
            read.append(part.decode("utf-16-le" if width == 2 else "latin-1", "replace"))
            self._at += len(part)
            count -= len(part) // width
        self.take(after)
        return "".join(read)


class _Book:
    """One pass over the stream."""

    def __init__(self, stream: bytes, passed_over: Callable[[str, bool], bool]) -> None:
        self._stream, self._passed_over = stream, passed_over
        self._custom: dict[int, int] = {}
        self._styles: list[int] = []
        self._texts: list[str] = []
        self._labels: dict[int, Cell] = {}
        self._days = 0
        self._left, self._characters, self._records = CELLS, CHARACTERS, MOST

    def found(self) -> Found:
        sheets: list[tuple[str, bool, int]] = []
        macro = external = False
        for kind, pieces in self._walk(0):
            body = pieces[0]
            if kind == _SHEET:
                macro = macro or body[5] in (_MACROS, _MODULE)
                hidden = body[4] & 3 != 0
                sheets.append((_Pieces(pieces, 6).text(1), hidden, struct.unpack_from("<I", body)[0]))
            elif kind == _FORMAT:
                self._custom[struct.unpack_from("<H", body)[0]] = format_kind(_Pieces(pieces, 2).text())
            elif kind == _XF:
                self._styles.append(struct.unpack_from("<H", body, 2)[0])
            elif kind == _DATEMODE:
                self._days = DAYS_TO_1904 if body[:2] == b"\1\0" else 0
            elif kind == _TEXTS:
                told = _Pieces(pieces, 8)
                while len(self._texts) < struct.unpack_from("<I", body, 4)[0] and not told.is_empty():
                    self._texts.append(told.text())
            elif kind == _BOOKS:
                external = external or body[2:4] not in (_SELF, _ADD_IN)
            elif kind == _FILE_PASS:
                raise PasswordNeededError("tệp đang đặt mật khẩu mở")
        if len(sheets) > SHEETS:
            raise more_than(SHEETS, "trang tính")
        if not sheets:
            raise ValueError("no sheets")
        if len({start for *_, start in sheets}) < len(sheets):
            raise WorkbookError("hai trang tính dùng chung một nội dung")
        return Found(tuple(self._sheet(*sheet) for sheet in sheets), macro, external)

    def _walk(self, at: int) -> Iterator[tuple[int, list[bytes]]]:
        """The records of the substream that begins at ``at``, each with those that continue it, without those of
        substreams inside it."""
        stream, depth = self._stream, 0
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind != _BOF or stream[at + 4 : at + 6] != b"\0\6":
            raise ValueError("another version")
        while True:
            self._records -= 1
            if self._records < 0:
                raise more_than(MOST, "mục trong các trang tính")
            pieces = [stream[at + 4 : at + 4 + length]]
            at += 4 + length
            told = kind
            kind, length = struct.unpack_from("<HH", stream, at) if told != _EOF or depth > 1 else (_EOF, 0)
            while kind == _CONTINUE:
                pieces.append(stream[at + 4 : at + 4 + length])
                at += 4 + length
                kind, length = struct.unpack_from("<HH", stream, at)
            if told == _BOF:
                depth += 1
            elif told == _EOF:
                depth -= 1
                if depth <= 0:
                    return
            elif depth == 1:
                yield told, pieces

    def _sheet(self, name: str, hidden: bool, start: int) -> Sheet:
        if self._passed_over(name, hidden):
            return Sheet(name=name, hidden=hidden)
        cells: dict[tuple[int, int], Cell] = {}
        merges: list[tuple[int, int, int, int]] = []
        protected = unseen = False
        waiting: tuple[tuple[int, int], int] | None = None  # a formula whose result is a text that follows
        for kind, pieces in self._walk(start):
            body = pieces[0]
            if kind in _CELL:
                row, column, style = struct.unpack_from("<HHH", body)
                shown = self._shows(style)
                waiting = (
                    ((row, column), shown) if kind == _FORMULA and body[12:14] == b"\xff\xff" and not body[6] else None
                )
                if (cell := self._cell(kind, pieces, shown)) is not None:
                    self._put(cells, (row, column), cell)
            elif kind == _RESULT and waiting is not None:
                place, shown = waiting
                waiting = None
                del cells[place]
                self._put(cells, place, self._read(_Pieces(pieces), shown, ""))
            elif kind == _MULRK:
                row, column = struct.unpack_from("<HH", body)
                for n in range((len(body) - 6) // 6):
                    style, packed = struct.unpack_from("<HI", body, 4 + 6 * n)
                    self._put(cells, (row, column + n), self._number(_unpacked(packed), self._shows(style)))
            elif kind == _PROTECT:
                protected = struct.unpack_from("<H", body)[0] != 0
            elif kind == _ROW:
                unseen = unseen or body[12] & 0x20 != 0
            elif kind == _COLUMNS:
                unseen = unseen or body[8] & 1 != 0
            elif kind == _MERGED:
                for n in range(struct.unpack_from("<H", body)[0]):
                    top, bottom, left, right = struct.unpack_from("<HHHH", body, 2 + 8 * n)
                    if (top, left) != (bottom, right):
                        merges.append((top, left, bottom, right))
                if len(merges) > MERGES:
                    raise more_than(MERGES, "vùng ô gộp")
        return Sheet(
            name=name,
            hidden=hidden,
            cells=MappingProxyType(cells),
            merges=tuple(merges),
            protected=protected,
            unseen=unseen,
        )

    def _put(self, cells: dict[tuple[int, int], Cell], place: tuple[int, int], cell: Cell) -> None:
        if cell.value is None and cell.formula is None:
            return
        other = cells.get(place)
        if other is not None and other != cell:
            cell = Cell(DAMAGED, f"{other.literal} | {cell.literal}", None, True)
        self._left -= 1
        if self._left < 0:
            raise more_than(CELLS, "ô có nội dung")
        cells[place] = cell

    def _shows(self, style: int) -> int:
        shown = self._styles[style] if style < len(self._styles) else 0
        known = DATE if shown in DATE_IDS else PERCENT if shown in PERCENT_IDS else PLAIN_FORMAT
        return self._custom.get(shown, known)

    def _cell(self, kind: int, pieces: list[bytes], shown: int) -> Cell | None:
        body = pieces[0]
        if kind == _SHARED:
            return self._label(struct.unpack_from("<I", body, 6)[0], shown)
        if kind in (_LABEL, _RICH_LABEL):
            return self._read(_Pieces(pieces, 6), shown, None)
        if kind == _RK:
            return self._number(_unpacked(struct.unpack_from("<I", body, 6)[0]), shown)
        if kind == _NUMBER:
            return self._number(struct.unpack_from("<d", body, 6)[0], shown)
        if kind == _BOOLERR:
            return _coded(body[7], body[6], None)
        if body[12:14] != b"\xff\xff":
            return self._number(struct.unpack_from("<d", body, 6)[0], shown, "")
        return _coded(body[6] - 1, body[8], "") if body[6] in (1, 2) else Cell(None, "", "", blank_result=True)

    def _label(self, index: int, shown: int) -> Cell:
        if index >= len(self._texts):
            return Cell(DAMAGED, str(index), None, True)
        self._spend(len(self._texts[index]))
        cell = self._labels.get(index)
        if cell is None:
            cell = self._labels[index] = _text(self._texts[index], PLAIN_FORMAT, None)
        if shown == PLAIN_FORMAT:
            return cell
        return cell._replace(date_format=shown == DATE, percent_format=shown == PERCENT)

    def _read(self, told: _Pieces, shown: int, formula: str | None) -> Cell:
        text = told.text()
        self._spend(len(text))
        return _text(text, shown, formula)

    def _spend(self, characters: int) -> None:
        self._characters -= characters
        if self._characters < 0:
            raise more_than(CHARACTERS, "ký tự trong các ô")

    def _number(self, told: float, shown: int, formula: str | None = None) -> Cell:
        value = number(repr(told))
        if value is None:
            return Cell(DAMAGED, repr(told), formula, True)
        if shown == DATE:
            value += self._days
        return Cell(value, repr(told), formula, False, shown == DATE, shown == PERCENT)


def _text(text: str, shown: int, formula: str | None) -> Cell:
    value = clean_lines(text) or None
    blank = formula is not None and value is None
    return Cell(value, text, formula, False, shown == DATE, shown == PERCENT, blank)


def _coded(sort: int, code: int, formula: str | None) -> Cell:
    """A boolean, or with ``sort`` an error."""
    if not sort:
        return Cell(code != 0, str(code), formula)
    return Cell(ERRORS.get(code, "#N/A"), ERRORS.get(code, "#N/A"), formula, True)
