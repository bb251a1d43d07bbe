"""Workbooks, zips and e-mails as bytes that depend on their content and the moment of sending alone."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from lsindicators import files, layout
from lsindicators.model import Value

if TYPE_CHECKING:
    from openpyxl import Workbook


Typed = Mapping[str, Value]
"""A1 address -> what is typed there."""

_CELL = re.compile(r'<c r="([A-Z]+\d+)"((?: s="\d+")?)[^>]*?(?:/>|>.*?</c>)')


def typed(form: bytes, sheets: Mapping[str, Typed], sent: datetime) -> bytes:
    """The form with values typed into its cells, and all else as it was but the results of formulas, now stale."""
    with zipfile.ZipFile(io.BytesIO(form)) as archive:
        names = re.findall(r'<sheet name="([^"]+)"', archive.read("xl/workbook.xml").decode())
    parts = {f"xl/worksheets/sheet{i}.xml": sheets[name] for i, name in enumerate(names, 1) if name in sheets}

    def fill(name: str, part: bytes) -> bytes:
        def cell(found: re.Match[str]) -> str:
            value = parts[name].get(found[1])
            if value is None:
                return found[0]
            if isinstance(value, str):
                return f'<c r="{found[1]}"{found[2]} t="inlineStr"><is><t>{escape(value)}</t></is></c>'
            return f'<c r="{found[1]}"{found[2]}><v>{value:f}</v></c>'

        if not parts.get(name):
            return part
        return re.sub(r"(</f>)<v>[^<]*</v>", r"\1", _CELL.sub(cell, part.decode())).encode()

    return _rewritten(form, fill, sent)


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
    return _rewritten(stream.getvalue(), lambda _, part: part, sent)


def _rewritten(content: bytes, change: Callable[[str, bytes], bytes], sent: datetime | None = None) -> bytes:
    """The same zip with every part passed through ``change``."""
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        parts = [(part.filename, change(part.filename, old.read(part)), part.date_time) for part in old.infolist()]
    return _packed((name, body, sent.timetuple()[:6] if sent else time) for name, body, time in parts)


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

    return _rewritten(content, swap)


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


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
"""An empty document, as a scanner would save it under a wrong name."""
