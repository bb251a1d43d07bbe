"""The zip container of a workbook and the XML inside it, opened under limits: nothing here trusts what it reads."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from xml.parsers import expat

from lsindicators.errors import LsindicatorsError


class WorkbookError(LsindicatorsError):
    """No readable workbook; the text says why, to stand after the file's name (``file`` keeps that name)."""

    def __init__(self, why: str, file: str = "") -> None:
        super().__init__(why)
        self.file = file


class TooLargeError(WorkbookError):
    """More of something than any form has, so that it is not looked through; the text says of what."""


class PasswordNeededError(WorkbookError):
    """A workbook that can only be opened with a password."""


# ------------------------------------------------------------------ the container

ENTRIES, PART, WHOLE, RATIO, RATIO_FROM = 300, 160 << 20, 192 << 20, 120, 1 << 20
"""Most entries of a package; most bytes of one part and of all, unpacked; and how much a part may grow above 1 MB.
A sheet whose million rows are all formatted is legal, and takes 100 to 150 MB of XML; nothing else comes near."""

OTHER, RELATIONS, ELEMENTS, TAG = 16 << 20, 1 << 20, 150_000, 1 << 20
"""Of what is no sheet: most bytes of a part that is read, and of one that holds relations, most elements of a part.
And most bytes of one tag or comment anywhere: expat starts anew at its beginning with each piece that it is fed."""

DEPTH, SHEETS = 200, 100
"""Most levels of XML, and most sheets of a workbook."""

ROWS, CELLS, EMPTY, MERGES, CHARACTERS, LONGEST = 100_000, 40_000, 300_000, 5_000, 16 << 20, 1 << 18
"""Of all sheets of a workbook: most rows, cells with content, formatted empty cells, merged ranges, characters of texts
in cells; and of one cell what is kept of its text. Runs of empty rows do not count: ``without_blank_rows``."""

LAST_ROW = 1 << 20

KEPT = 1 << 16
"""What was found in a part of up to so many bytes is kept for the next file that holds the same one: styles, relations."""

TOO_DEEP = "nội dung XML bên trong lồng nhau quá sâu"


class Allowance:
    """What may still be taken from the sheets of one workbook."""

    def __init__(self, times: int = 1) -> None:
        self.most_rows, self.most_cells, self.most_characters = ROWS * times, CELLS * times, CHARACTERS * times
        self.rows, self.cells, self.characters = self.most_rows, self.most_cells, self.most_characters
        self.empty, self.merges = EMPTY, MERGES


OWN = 100
"""So many times more than in a file of others may stand in a workbook of the clerk: years of figures of every unit."""


def more_than(most: int, of: str) -> TooLargeError:
    """There is more of something than may be: ``more_than(5000, "ô gộp")``."""
    return TooLargeError(f"có hơn {most:,} {of}".replace(",", "."))


def _unpacks_to(size: int) -> TooLargeError:
    return TooLargeError(f"giải nén ra tới {max(1, size >> 20):,} MB".replace(",", "."))


class Package:
    """The parts of a zip container by name without case; each is unpacked on demand, under the limits."""

    def __init__(self, content: bytes) -> None:
        if content[:4] != b"PK\x03\x04":
            raise WorkbookError("không phải tệp .xlsx")
        self._content = content
        entries = directory(content, ENTRIES)
        check_entries(entries)
        if min((e.header_offset for e in entries), default=0) > 0:
            raise WorkbookError("tệp nén có dữ liệu lạ đứng trước")
        self._entries: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            name = entry.filename.replace("\\", "/").casefold()  # as some programs write it, and all read it
            if not entry.is_dir() and self._entries.setdefault(name, entry) is not entry:
                raise WorkbookError("tệp nén có hai phần trùng tên")

    def names(self) -> Iterator[str]:
        return iter(self._entries)

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._entries

    def size(self, name: str) -> int:
        return self._entries[name.casefold()].file_size

    def chunks(self, name: str, most: int = OTHER) -> Iterator[bytes]:
        """The bytes of a part in pieces; ``TooLargeError`` where there are more than ``most``."""
        entry = self._entries[name.casefold()]
        if entry.file_size > most:
            raise _unpacks_to(entry.file_size)
        return unpack(self._content, entry)

    def whole(self, name: str, most: int) -> bytes | None:
        """The bytes of a part at once; ``None`` where they are more than ``most`` or damaged, and so go piece by piece."""
        if self.size(name) > most:
            return None
        try:
            return b"".join(self.chunks(name))
        except (zipfile.BadZipFile, zlib.error, EOFError):
            return None


_END, _END_64, _PLACE_64, _LISTED = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07", b"PK\x01\x02"


def directory(content: bytes, most: int) -> list[zipfile.ZipInfo]:
    """What the zip file ``content`` lists, counted before it is read: a list of a million entries is a bomb by itself."""
    plain = content[-22:-18] == _END and content.endswith(b"\0\0")
    end = len(content) - 22 if plain else content.rfind(_END)
    begin = end - int.from_bytes(content[end + 12 : end + 16], "little")
    if content[max(0, end - 20) : end].startswith(_PLACE_64):
        large = content[max(0, end - 76) : end - 20]  # another end record, with another length
        begin = end - 76 - int.from_bytes(large[40:48], "little") if large.startswith(_END_64) else 0
    begin = max(0, begin)
    if end > 0 and content.count(_LISTED, begin, end) > most:
        raise more_than(most, "phần bên trong tệp nén")
    return _entries(content)


@lru_cache(maxsize=1)
def _entries(content: bytes) -> list[zipfile.ZipInfo]:
    """The list of a zip file; the gate asks for it, and then the reader."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.infolist()


def check_entries(entries: list[zipfile.ZipInfo]) -> None:
    """Raise ``WorkbookError`` for a zip directory that is encrypted, oversized, overlapping or has unsafe names."""
    end = 0
    for entry in sorted(entries, key=lambda e: e.header_offset):
        name = entry.filename.replace("\\", "/")
        if entry.flag_bits & 0x1:
            raise PasswordNeededError("tệp nén có mật khẩu")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise WorkbookError("tệp nén theo kiểu không hỗ trợ")
        absolute = name.startswith("/") or re.match("[A-Za-z]:", name)
        if absolute or ".." in name.split("/") or "\0" in entry.orig_filename or _is_link(entry):
            raise WorkbookError("tệp nén có tên phần không an toàn")
        if entry.file_size > PART or (
            entry.file_size > RATIO_FROM and entry.file_size > RATIO * max(entry.compress_size, 1)
        ):
            raise _unpacks_to(entry.file_size)
        if entry.header_offset < end:
            raise WorkbookError("tệp nén có các phần chồng lên nhau")
        end = entry.header_offset + 30 + entry.compress_size
    total = sum(e.file_size for e in entries)
    if total > WHOLE:
        raise _unpacks_to(total)


def _is_link(entry: zipfile.ZipInfo) -> bool:
    return entry.create_system == 3 and entry.external_attr >> 28 == 0xA


def unpack(content: bytes, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of one entry of the zip file ``content``, in pieces; never more than its directory promised."""
    at = entry.header_offset
    if content[at : at + 4] != b"PK\x03\x04":
        raise zipfile.BadZipFile("no local header")
    start = (
        at
        + 30
        + int.from_bytes(content[at + 26 : at + 28], "little")
        + int.from_bytes(content[at + 28 : at + 30], "little")
    )
    packed = memoryview(content)[start : start + entry.compress_size]
    left, check = entry.file_size, 0
    if entry.compress_type == zipfile.ZIP_DEFLATED and left <= _SMALL and len(packed) <= _SMALL_PACKED:
        pieces: Iterable[bytes] = _inflated_at_once(packed, left)
    else:
        pieces = _inflated(packed) if entry.compress_type == zipfile.ZIP_DEFLATED else _pieces(packed)
    for piece in pieces:
        left -= len(piece)
        check = zlib.crc32(piece, check)
        if left < 0:
            break
        yield piece
    if left or check != entry.CRC:
        raise zipfile.BadZipFile("size or checksum differs")


_PIECE = 1 << 18

_SMALL, _SMALL_PACKED = 1 << 19, 1 << 15
"""Bytes of a part that is unpacked at once, unpacked and packed: in one buffer it takes two thirds of the time. Whatever its
directory promises, so few packed bytes hold at most 33 MB."""


def _pieces(packed: memoryview) -> Iterator[bytes]:
    for at in range(0, len(packed), _PIECE):
        yield bytes(packed[at : at + _PIECE])


def _inflated_at_once(packed: memoryview, size: int) -> Iterable[bytes]:
    """What is packed, of which ``size`` bytes are promised."""
    try:
        return (zlib.decompress(packed, -15, size),)
    except zlib.error:  # told where it stands in the end: some programs do not end what they pack
        return _inflated(packed)


def _inflated(packed: memoryview) -> Iterator[bytes]:
    inflate = zlib.decompressobj(-15)
    for given in _pieces(packed):
        while not inflate.eof:
            piece = inflate.decompress(given, _PIECE)
            if piece:
                yield piece
            given = inflate.unconsumed_tail
            if not given and len(piece) < _PIECE:
                break


# ------------------------------------------------------------------ XML

Attributes = dict[str, str]


def _refuse_doctype(*_: object) -> None:
    raise WorkbookError("tệp có khai báo DOCTYPE, không được phép trong sổ tính")


def new_parser() -> expat.XMLParserType:
    """An expat parser that refuses a DOCTYPE, and so entities."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def feed(parser: expat.XMLParserType, chunks: Iterable[bytes], between: Callable[[], None] = lambda: None) -> None:
    """Give ``chunks`` to ``parser``, and call ``between`` after each. A tag that does not end is refused."""
    fed = 0
    for chunk in chunks:
        parser.Parse(chunk, False)
        fed += len(chunk)
        if fed - parser.CurrentByteIndex > TAG + len(chunk):
            raise WorkbookError("nội dung XML bên trong có một thẻ quá dài")
        between()
    parser.Parse(b"", True)


def parse(
    chunks: Iterator[bytes],
    start: Callable[[str, Attributes], None],
    *,
    text: Callable[[str], None] | None = None,
    end: Callable[[str], None] | None = None,
) -> None:
    """Run expat over ``chunks``; ``start`` and ``end`` get each element's local name."""
    parser = new_parser()
    depth = elements = 0

    def enter(tag: str, attributes: Attributes) -> None:
        nonlocal depth, elements
        depth += 1
        elements += 1
        if depth > DEPTH:
            raise WorkbookError(TOO_DEEP)
        if elements > ELEMENTS:
            raise more_than(ELEMENTS, "mục trong một phần bên trong tệp")
        start(tag if ":" not in tag else tag.rpartition(":")[2], attributes)

    def leave(tag: str) -> None:
        nonlocal depth
        depth -= 1
        if end is not None:
            end(tag if ":" not in tag else tag.rpartition(":")[2])

    parser.StartElementHandler = enter
    parser.EndElementHandler = leave
    parser.CharacterDataHandler = text
    feed(parser, chunks)


def check(package: Package, name: str) -> None:
    """Go through a part of which nothing is read: it must be whole, and hold no DOCTYPE, which can only stand before
    the first element."""
    part = package.whole(name, RATIO_FROM)
    if part is not None and not may_declare(part):
        return
    parser = new_parser()
    begun = False

    def enter(_tag: str, _attributes: Attributes) -> None:
        nonlocal begun
        begun = True

    parser.StartElementHandler = enter
    seen = 0
    for chunk in package.chunks(name, PART):
        if not begun and seen < TAG:
            parser.Parse(chunk, False)
            seen += len(chunk)


_ROW, _CELL = b'<row r="', b'<c r="'
_HIDDEN = (b'hidden="1"', b'hidden="true"', b"hidden='")


def without_blank_rows(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The XML of a sheet without long runs of rows in which nothing stands.

    A form whose million rows are all formatted has 100 MB of them. A run is left out only where each of its tags is a
    row or a cell with a reference, and each is closed, so that it holds neither a value nor the end of anything. Of
    hidden rows one is left.
    """
    kept = b""
    for chunk in chunks:
        held = kept + chunk if kept else chunk
        first, last = held.find(_ROW), held.rfind(_ROW)
        if last <= first or not _is_blank(held, first, last):
            yield held
            kept = b""
            continue
        yield held[:first]
        if any(held.find(mark, first, last) >= 0 for mark in _HIDDEN):
            yield _ROW + b'1" hidden="1"/>'
        kept = held[last:]
    yield kept


def _is_blank(held: bytes, first: int, last: int) -> bool:
    tags, rows, closed = held.count(b"<", first, last), held.count(_ROW, first, last), held.count(b"/>", first, last)
    if tags == rows == closed:
        return True
    ends = held.count(b"</row>", first, last)
    cells, cell_ends = held.count(_CELL, first, last), 0
    if tags != rows + ends + cells:
        cell_ends = held.count(b"</c>", first, last)
    return tags == rows + ends + cells + cell_ends and rows + cells == closed + ends + cell_ends


_BEGINNING = re.compile(
    rb"""<\?xml version=["']1\.0["'](?: encoding=["'](?:UTF-8|utf-8)["'])?(?: standalone=["'](?:yes|no)["'])? ?\?>|<[A-Za-z]"""
)


_AT_ONCE = re.compile(rb"(?:<\?xml[^<>]*\?>)?\s*<[A-Za-z]")
"""The first element, with nothing but the declaration before it: a DOCTYPE can no more follow."""


def is_utf8(part: bytes) -> bool:
    """Whether the beginning of ``part`` makes it UTF-8 to expat; ``False`` also where it is too odd to tell."""
    return _BEGINNING.match(part) is not None


def may_declare(part: bytes) -> bool:
    """Whether expat could meet a DOCTYPE in ``part``."""
    return not is_utf8(part) or (_AT_ONCE.match(part) is None and b"<!DOCTYPE" in part)


_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def decoded(text: str) -> str:
    """``_xHHHH_`` as Excel writes odd characters, decoded once; ``_x005F_`` stands for an underscore."""
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text


def prefixed(attributes: Attributes, name: str) -> str | None:
    """The attribute ``name`` under whatever prefix, such as ``r:id``."""
    for key, value in attributes.items():
        if ":" in key and key.rpartition(":")[2] == name:
            return value
    return None


def is_true(text: str | None) -> bool:
    """Whether an attribute says yes, in any of the ways that programs write it."""
    return text in ("1", "true", "on")
