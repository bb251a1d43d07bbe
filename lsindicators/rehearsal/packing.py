"""Workbooks, zips and e-mails as bytes that depend on their content and the moment of sending alone."""

from __future__ import annotations

import hashlib
import io
import re
import struct
import warnings
import zipfile
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from html import escape
from typing import TYPE_CHECKING, Any

from lsindicators import files, layout
from lsindicators.model import Value

if TYPE_CHECKING:
    from openpyxl import Workbook


class Formula(str):
    """A formula, with its ``=``."""

    __slots__ = ()


class Broken(str):
    """An error value such as ``#REF!``."""

    __slots__ = ()


Input = Value | date | None
"""What may be typed into a cell; ``None`` empties it. ``Formula`` and ``Broken`` are texts to Python."""

Typed = Mapping[str, Input]
"""A1 address -> what is typed there."""

_CELL = re.compile(r'<c r="([A-Z]+\d+)"((?: s="\d+")?)[^>]*?(?:/>|>.*?</c>)')
_DAY_ZERO = date(1899, 12, 30)


def typed(form: bytes, sheets: Mapping[str, Typed], sent: datetime) -> bytes:
    """The form with values typed into its cells, and all else as it was but the results of formulas, now stale."""
    with zipfile.ZipFile(io.BytesIO(form)) as archive:
        names = re.findall(r'<sheet name="([^"]+)"', archive.read("xl/workbook.xml").decode())
        styles = re.search(r'<cellXfs count="(\d+)"', archive.read("xl/styles.xml").decode())
    parts = {f"xl/worksheets/sheet{i}.xml": sheets[name] for i, name in enumerate(names, 1) if name in sheets}
    dates = any(isinstance(value, date) for cells in parts.values() for value in cells.values())
    as_date = styles[1] if styles else "0"

    def fill(name: str, part: bytes) -> bytes:
        if dates and name == "xl/styles.xml":
            return _with_date_style(part.decode(), int(as_date)).encode()
        if not name.startswith("xl/worksheets/"):
            return part
        inputs = parts.get(name, {})

        def cell(found: re.Match[str]) -> str:
            if found[1] not in inputs:
                return found[0]
            value = inputs[found[1]]
            style = f' s="{as_date}"' if isinstance(value, date) else found[2]
            return f'<c r="{found[1]}"{style}{_content(value)}'

        sheet = _CELL.sub(cell, part.decode()) if inputs else part.decode()
        return re.sub(r"(</f>)<v>[^<]*</v>", r"\1", sheet).encode()

    return rewritten(form, fill, sent)


def _content(value: Input) -> str:
    """What follows the address and the style of a cell in the XML of its sheet."""
    if value is None:
        return "/>"
    if isinstance(value, date):
        return f"><v>{(value - _DAY_ZERO).days}</v></c>"
    if isinstance(value, Formula):
        return f"><f>{escape(value.removeprefix('='), quote=False)}</f></c>"
    if isinstance(value, Broken):
        return f' t="e"><v>{escape(value, quote=False)}</v></c>'
    if isinstance(value, str):
        return f' t="inlineStr"><is><t xml:space="preserve">{escape(value, quote=False)}</t></is></c>'
    return f"><v>{value:f}</v></c>"


def _with_date_style(styles: str, count: int) -> str:
    """One style more, which shows a number as a date."""
    style = '<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    grown = styles.replace(f'<cellXfs count="{count}"', f'<cellXfs count="{count + 1}"', 1)
    return grown.replace("</cellXfs>", f"{style}</cellXfs>", 1)


def open_book(form: bytes, sheets: Mapping[str, Typed]) -> Workbook:
    """The form opened by openpyxl, with values typed into its cells."""
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl says which extensions it drops; a unit's program may drop them too
        book = openpyxl.load_workbook(io.BytesIO(form))
    for name, cells in sheets.items():
        for address, value in cells.items():
            book[name][address].value = value
    return book


def save_book(book: Workbook, sent: datetime) -> bytes:
    """The workbook's bytes, saved at the moment ``sent``: ``book.save`` would write the present time."""
    from openpyxl.writer.excel import ExcelWriter

    book.properties.modified = sent.astimezone(UTC).replace(tzinfo=None)
    stream = io.BytesIO()
    ExcelWriter(book, zipfile.ZipFile(stream, "w")).save()
    return rewritten(stream.getvalue(), lambda _, part: part, sent)


def rewritten(content: bytes, change: Callable[[str, bytes], bytes], sent: datetime | None = None) -> bytes:
    """The same zip with every part passed through ``change``."""
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        parts = [(part.filename, change(part.filename, old.read(part)), part.date_time) for part in old.infolist()]
    return _packed((name, body, sent.timetuple()[:6] if sent else time) for name, body, time in parts)


def changed(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same zip with one part passed through ``change``."""
    return rewritten(content, lambda part_name, part: change(part) if part_name == name else part)


def without(content: bytes, gone: Callable[[str], bool]) -> bytes:
    """The same zip without the parts of whose name ``gone`` is true."""
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        return _packed((p.filename, old.read(p), p.date_time) for p in old.infolist() if not gone(p.filename))


def _packed(parts: Iterable[tuple[str, bytes, tuple[int, ...]]]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as new:
        for name, body, time in parts:
            info = zipfile.ZipInfo(name, time)  # type: ignore[arg-type]
            info.external_attr = 0o644 << 16
            new.writestr(info, body, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def zipped(parts: Iterable[tuple[str, bytes, datetime]]) -> bytes:
    """A zip of ``parts``: name, content, and the moment at which each was saved."""
    return _packed((name, body, sent.timetuple()[:6]) for name, body, sent in parts)


def letter(name: str, parts: Iterable[tuple[str, bytes, datetime]], sent: datetime) -> bytes:
    """An e-mail as a mail program saves it, with ``parts`` attached."""
    from email.message import EmailMessage
    from email.utils import format_datetime

    mail: Any = EmailMessage()
    mail["From"] = "van-thu@don-vi.example"
    mail["To"] = "tong-hop@so-khcn.example"
    mail["Subject"] = "V/v gửi biểu mẫu số liệu"
    mail["Date"] = format_datetime(sent)
    mail.set_content("Kính gửi biểu mẫu số liệu của đơn vị (tệp kèm theo).\n")
    for inner, body, _ in parts:
        mail.add_attachment(
            body,
            maintype="application",
            subtype="vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            filename=inner,
        )
    mail.set_boundary(f"=_{files.sha256(name.encode())[:24]}")
    return bytes(mail)


def restamped(content: bytes, change: Callable[[str], str]) -> bytes:
    """The same workbook with its stamp changed wherever it stands."""

    def swap(_: str, part: bytes) -> bytes:
        found = layout.find_stamp(part.decode("utf-8", "replace"))
        return part.replace(str(found).encode(), change(str(found)).encode()) if found else part

    return rewritten(content, swap)


def forge(stamp: str) -> str:
    """A stamp with the last letter of its signature changed."""
    return stamp[:-1] + ("0" if stamp[-1] != "0" else "1")


def stranger(sent: datetime) -> bytes:
    """A workbook of the unit's own."""
    import openpyxl

    book = openpyxl.Workbook()
    book.properties.created = sent.replace(tzinfo=None)
    sheet = book.worksheets[0]
    for line in (("TT", "Nội dung", "Số lượng"), (1, "Máy tính xách tay", 12), (2, "Máy in", 4)):
        sheet.append(line)
    return save_book(book, sent)


# ------------------------------------------------------------------ what else becomes of a form on its way


def unlocked(content: bytes) -> bytes:
    """The same workbook with the protection taken off every sheet."""
    return rewritten(content, lambda _, part: re.sub(rb"<sheetProtection[^>]*/>", b"", part))


def renamed(content: bytes, sheet: str, name: str) -> bytes:
    """The same workbook with ``sheet`` called ``name``, also where formulas and names refer to it."""
    quoted = f"'{sheet}'!".encode()

    def change(part_name: str, part: bytes) -> bytes:
        part = part.replace(quoted, f"'{name}'!".encode())
        if part_name == "xl/workbook.xml":
            part = part.replace(f'<sheet name="{sheet}"'.encode(), f'<sheet name="{name}"'.encode())
        return part

    return rewritten(content, change)


def with_macro(content: bytes) -> bytes:
    """The same workbook as an .xlsm with a macro in it."""

    def change(name: str, part: bytes) -> bytes:
        if name != "[Content_Types].xml":
            return part
        kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
        macro = b'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
        part = part.replace(kind, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")
        return part.replace(b"<Override ", macro + b"<Override ", 1)

    return with_part(rewritten(content, change), "xl/vbaProject.bin", b"Sub Auto_Open()")


_LINK = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" \
Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath" \
Target="file:///D:/So%20lieu/tong-hop.xlsx" TargetMode="External"/></Relationships>"""


def with_link(content: bytes) -> bytes:
    """The same workbook with a link to another one left in it."""
    return with_part(content, "xl/externalLinks/_rels/externalLink1.xml.rels", _LINK.encode())


def huge(content: bytes) -> bytes:
    """The same workbook with a photograph of more than 10 MB put in."""
    return with_part(content, "xl/media/image1.bmp", bytes(11 << 20), zipfile.ZIP_STORED)


def with_part(content: bytes, name: str, body: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The same zip with one part more."""
    stream = io.BytesIO(content)
    with zipfile.ZipFile(stream, "a") as book:
        info = zipfile.ZipInfo(name, book.infolist()[0].date_time)
        info.external_attr = 0o644 << 16
        book.writestr(info, body, method)
    return stream.getvalue()


_SECTOR, _FREE, _END, _NO_STREAM = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF


def encrypted(content: bytes) -> bytes:
    """A workbook saved with a password to open it: a compound file whose stream nobody can read without."""
    body = hashlib.sha512(content).digest() * 128
    sectors = len(body) // _SECTOR
    table = [_END, 0xFFFFFFFD, *range(3, 2 + sectors), _END]
    table += [_FREE] * (_SECTOR // 4 - len(table))
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 0, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<109I", 1, *[_FREE] * 108)
    directory = _entry("Root Entry", 5, 1, _END, 0) + _entry("EncryptedPackage", 2, _NO_STREAM, 2, len(body))
    directory += 2 * (bytes(68) + struct.pack("<III", *[_NO_STREAM] * 3) + bytes(48))
    return header + directory + struct.pack(f"<{len(table)}I", *table) + body


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    """One line of the directory of a compound file."""
    raw = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<III", _NO_STREAM, _NO_STREAM, child)
    return (
        raw.ljust(64, b"\0")
        + struct.pack("<HBB", len(raw), kind, 1)
        + links
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )


def pdf(note: str) -> bytes:
    """An empty document, as a scanner would save it under a wrong name; ``note`` tells one from another."""
    start = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    return start + f"% {note}\n".encode() + b"trailer<</Root 1 0 R>>\n%%EOF\n"
