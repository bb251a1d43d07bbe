"""The zip container of a workbook and the XML inside it, opened under limits: nothing here trusts what it reads."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from xml.parsers import expat

from lsindicators.errors import LsindicatorsError


class WorkbookError(LsindicatorsError):
    """No readable workbook; the text says why, to stand after the file's name (``file`` keeps that name)."""

    def __init__(self, why: str, file: str = "", *, inflated: int = 0) -> None:
        super().__init__(why)
        self.file = file
        self.inflated = inflated  # bytes that it would unpack to, where that is the reason


class PasswordNeededError(WorkbookError):
    """A workbook that can only be opened with a password."""


# ------------------------------------------------------------------ the container

ENTRIES, PART, WHOLE, RATIO, RATIO_FROM = 300, 128 << 20, 160 << 20, 120, 1 << 20
"""Most entries of a package; most bytes of one part and of all, unpacked; and how much a part may grow above 1 MB.
A sheet whose million rows are all formatted is legal, and takes 100 MB of XML."""

DEPTH, SHEETS, ROWS, CELLS, EMPTY, MERGES = 200, 100, 1 << 20, 300_000, 2_000_000, 5_000
"""Most levels of XML, sheets; and in a sheet rows, cells with content, formatted empty cells, merged ranges."""

KEPT = 1 << 16
"""What was found in a part of up to so many bytes is kept for the next file that holds the same one: styles, relations."""

TOO_DEEP, TOO_MANY = "nội dung XML bên trong lồng nhau quá sâu", "có quá nhiều ô"


class Package:
    """The parts of a zip container by name without case; each is unpacked on demand, under the limits."""

    def __init__(self, content: bytes) -> None:
        if content[:4] != b"PK\x03\x04":
            raise WorkbookError("không phải tệp .xlsx")
        self._content = content
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
        check_entries(entries)
        self._entries: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            if not entry.is_dir() and self._entries.setdefault(entry.filename.casefold(), entry) is not entry:
                raise WorkbookError("tệp nén có hai phần trùng tên")

    def names(self) -> Iterator[str]:
        return iter(self._entries)

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._entries

    def size(self, name: str) -> int:
        return self._entries[name.casefold()].file_size

    def chunks(self, name: str) -> Iterator[bytes]:
        return unpack(self._content, self._entries[name.casefold()])

    def whole(self, name: str, most: int) -> bytes | None:
        """The bytes of a part at once; ``None`` where they are more than ``most`` or damaged, and so go piece by piece."""
        if self.size(name) > most:
            return None
        try:
            return b"".join(self.chunks(name))
        except (zipfile.BadZipFile, zlib.error, EOFError):
            return None


def check_entries(entries: list[zipfile.ZipInfo], *, most: int = ENTRIES) -> None:
    """Raise ``WorkbookError`` for a zip directory that is encrypted, oversized, overlapping or has unsafe names."""
    if len(entries) > most:
        raise WorkbookError(f"tệp nén có quá nhiều phần ({len(entries)})")
    end = 0
    for entry in sorted(entries, key=lambda e: e.header_offset):
        name = entry.filename.replace("\\", "/")
        if entry.flag_bits & 0x1:
            raise WorkbookError("tệp nén có mật khẩu")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise WorkbookError("tệp nén theo kiểu không hỗ trợ")
        if name.startswith("/") or re.match("[A-Za-z]:", name) or ".." in name.split("/") or _is_link(entry):
            raise WorkbookError("tệp nén có tên phần không an toàn")
        if entry.file_size > PART or (
            entry.file_size > RATIO_FROM and entry.file_size > RATIO * max(entry.compress_size, 1)
        ):
            raise WorkbookError("giải nén ra quá lớn", inflated=entry.file_size)
        if entry.header_offset < end:
            raise WorkbookError("tệp nén có các phần chồng lên nhau")
        end = entry.header_offset + 30 + entry.compress_size
    total = sum(e.file_size for e in entries)
    if total > WHOLE:
        raise WorkbookError("giải nén ra quá lớn", inflated=total)


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
    packed = content[start : start + entry.compress_size]
    left, check = entry.file_size, 0
    inflate = zlib.decompressobj(-15) if entry.compress_type == zipfile.ZIP_DEFLATED else None
    while True:
        if inflate is None:
            piece, packed = packed[: 1 << 18], packed[1 << 18 :]
        else:
            piece = inflate.decompress(packed, 1 << 18)
            packed = inflate.unconsumed_tail
        if not piece:
            break
        left -= len(piece)
        check = zlib.crc32(piece, check)
        if left < 0:
            break
        yield piece
    if left or check != entry.CRC:
        raise zipfile.BadZipFile("size or checksum differs")


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


def parse(
    chunks: Iterator[bytes],
    start: Callable[[str, Attributes], None],
    *,
    text: Callable[[str], None] | None = None,
    end: Callable[[str], None] | None = None,
) -> None:
    """Run expat over ``chunks``; ``start`` and ``end`` get each element's local name."""
    parser = new_parser()
    depth = 0

    def enter(tag: str, attributes: Attributes) -> None:
        nonlocal depth
        depth += 1
        if depth > DEPTH:
            raise WorkbookError(TOO_DEEP)
        start(tag if ":" not in tag else tag.rpartition(":")[2], attributes)

    def leave(tag: str) -> None:
        nonlocal depth
        depth -= 1
        if end is not None:
            end(tag if ":" not in tag else tag.rpartition(":")[2])

    parser.StartElementHandler = enter
    parser.EndElementHandler = leave
    parser.CharacterDataHandler = text
    for chunk in chunks:
        parser.Parse(chunk, False)
    parser.Parse(b"", True)


def check(package: Package, name: str) -> None:
    """Go through a part of which nothing is read: it must hold no DOCTYPE, and must not be nested without end."""
    if package.size(name) > RATIO_FROM:
        parse(package.chunks(name), lambda _tag, _attributes: None)
        return
    part = package.whole(name, RATIO_FROM)
    if part is not None and not may_declare(part):
        return
    parser = new_parser()
    for chunk in package.chunks(name):
        parser.Parse(chunk, False)
    parser.Parse(b"", True)


_BEGINNING = re.compile(
    rb"""<\?xml version=["']1\.0["'](?: encoding=["'](?:UTF-8|utf-8)["'])?(?: standalone=["'](?:yes|no)["'])? ?\?>|<[A-Za-z]"""
)


def is_utf8(part: bytes) -> bool:
    """Whether the beginning of ``part`` makes it UTF-8 to expat; ``False`` also where it is too odd to tell."""
    return _BEGINNING.match(part) is not None


def may_declare(part: bytes) -> bool:
    """Whether expat could meet a DOCTYPE in ``part``."""
    return b"<!DOCTYPE" in part or not is_utf8(part)


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
