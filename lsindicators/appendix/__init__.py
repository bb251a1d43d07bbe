"""The appendix as issued (Word, Excel) -> rows: criterion, lead, supporting, as written; and, with the built-in
catalogue and the register of names, a Plan and the questions that the text leaves open.

``grid`` is a table as drawn; ``word`` and ``sheets`` make grids of files; ``matrix`` turns a matrix of marks into a table
as others write it; ``table`` makes rows of grids; ``wording`` compares names; ``match`` makes a plan of rows.
``printing`` is the way back: a plan -> its appendix.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from msgspec import Struct

from lsindicators.appendix import sheets, table, word
from lsindicators.appendix.grid import Grid
from lsindicators.appendix.match import AppendixAssignment, Doubt, assign
from lsindicators.appendix.printing import print_out
from lsindicators.appendix.table import AppendixRow
from lsindicators.errors import UnusableInputError, reason
from lsindicators.findings import Finding

__all__ = ["Appendix", "AppendixAssignment", "AppendixRow", "Doubt", "assign", "print_out", "read"]

LARGEST = 60_000_000
"""Bytes of a file that is still opened."""


class Appendix(Struct, frozen=True, kw_only=True):
    """What an appendix says, as written, and what was noticed while reading it."""

    source: str  # name of the file
    rows: tuple[AppendixRow, ...]
    findings: tuple[Finding, ...]  # address of the cell: the number of the row
    notes: tuple[str, ...] = ()  # how the file was read: tracked changes, hidden text, tables left aside

    @property
    def assigning(self) -> tuple[AppendixRow, ...]:
        """The rows that are criteria; those of task lists only where the appendix has nothing else."""
        return tuple(r for r in self.rows if not r.task) or self.rows


def read(path: Path) -> Appendix:
    """The rows of the appendix in ``path`` (.docx, .docm, .xlsx, .xlsm, .xls, told by content).

    Raises ``UnusableInputError`` with one sentence when the file cannot be read or holds no such table.
    """
    file = path.name
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= LARGEST else b""
    except OSError as error:
        raise UnusableInputError(f"{path}: không mở được tệp ({reason(error)}); kiểm tra lại đường dẫn") from error
    if size > LARGEST:
        raise UnusableInputError(f"{file}: tệp quá lớn; hãy tách riêng phần phụ lục thành một tệp rồi chạy lại")
    if not content:
        raise UnusableInputError(f"{file}: tệp rỗng; hãy lấy lại phụ lục từ văn bản gốc")
    kind = _kind(content, file)
    if kind == "docx":
        document = word.read(content, file)
        return _appendix(file, *_word_tables(document, file), _word_notes(document))
    grids, notes = sheets.read(content, file, kind)
    return _appendix(file, grids, table.take(grids, file), notes)


def _word_tables(document: word.Document, file: str) -> tuple[Sequence[Grid], table.Taken]:
    """The tables of a document; where none of the outer ones serves, those that are nested in them."""
    taken = table.take(document.grids, file)
    if taken.rows:
        return document.grids, taken
    nested = [grid for index in range(len(document.grids)) for grid in document.inner[index]]
    return nested, table.take(nested, file)


def _word_notes(document: word.Document) -> list[str]:
    notes = []
    if document.changed:
        notes.append("văn bản còn vết sửa (Track Changes); đã đọc như khi chấp nhận tất cả sửa đổi")
    if document.hidden:
        notes.append("văn bản có chữ ẩn; phần ẩn không được đọc")
    if document.struck:
        notes.append("văn bản có chữ gạch ngang; vẫn đọc như chữ thường, đề nghị kiểm tra lại")
    if document.scripts:
        notes.append(
            f"văn bản có chữ gõ bằng phông chữ cũ ({', '.join(document.scripts)}); đã chuyển sang Unicode theo tên phông "
            "chữ, đề nghị kiểm tra lại tên tiêu chí và tên đơn vị"
        )
    return notes


def _appendix(file: str, grids: Sequence[Grid], taken: table.Taken, notes: list[str]) -> Appendix:
    if not taken.rows:
        what = "bảng nào" if grids else "bảng"
        raise UnusableInputError(
            f"{file}: không thấy {what} có cột tiêu chí (hoặc nhiệm vụ) và cột cơ quan chủ trì; "
            "kiểm tra lại tệp hoặc đặt tên cột là “Tiêu chí”, “Cơ quan chủ trì”, “Cơ quan phối hợp”"
        )
    tasks = [r for r in taken.rows if r.task]
    if tasks and len(tasks) < len(taken.rows):
        places = ", ".join(dict.fromkeys(r.place for r in tasks))
        notes.append(
            f"{places}: bảng nhiệm vụ, {len(tasks)} dòng; chỉ lấy những dòng trùng tên với tiêu chí trong bộ tiêu chí"
        )
    return Appendix(source=file, rows=taken.rows, findings=taken.findings, notes=tuple(notes))


# ------------------------------------------------------------------ what kind of file

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE_WORD = "hãy mở bằng Word, chọn Lưu thành (Save As) › Word Document (.docx) rồi chạy lại với tệp đó"


def _kind(content: bytes, file: str) -> str:
    """``docx``, ``xlsx`` or ``xls``, told by content. Raises with one sentence for anything else."""
    if content.startswith(_OLE):
        return _ole_kind(content, file)
    if content.startswith(b"PK\x03\x04"):
        return _zip_kind(content, file)
    head = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"%pdf"):
        raise UnusableInputError(f"{file}: đây là tệp PDF; cần tệp Word (.docx) hoặc Excel (.xlsx) của phụ lục")
    if head.startswith(b"{\\rtf"):
        raise UnusableInputError(f"{file}: đây là tệp RTF; {_SAVE_WORD}")
    if head.startswith((b"<", b"mime-version", b"content-type")):
        raise UnusableInputError(f"{file}: đây là trang web hoặc tệp XML, không phải tệp Word; {_SAVE_WORD}")
    raise UnusableInputError(f"{file}: không phải tệp Word hay Excel; phụ lục cần ở dạng .docx, .xlsx hoặc .xls")


def _ole_kind(content: bytes, file: str) -> str:
    def holds(name: str) -> bool:
        return name.encode("utf-16-le") in content

    if holds("EncryptedPackage"):
        raise UnusableInputError(
            f"{file}: tệp đang đặt mật khẩu mở; hãy mở tệp, bỏ mật khẩu (Tệp › Thông tin › Bảo vệ tài liệu) rồi lưu lại"
        )
    if holds("WordDocument"):
        raise UnusableInputError(f"{file}: đây là tệp Word kiểu cũ (.doc); {_SAVE_WORD}")
    if holds("Workbook") or holds("Book"):
        return "xls"
    raise UnusableInputError(f"{file}: không phải tệp Word hay Excel; phụ lục cần ở dạng .docx, .xlsx hoặc .xls")


def _zip_kind(content: bytes, file: str) -> str:
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            names = set(package.namelist())
            mime = package.read("mimetype")[:80] if "mimetype" in names else b""
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError) as error:
        raise UnusableInputError(
            f"{file}: tệp hỏng hoặc tải về chưa đủ; hãy lấy lại tệp, mở bằng Word hoặc Excel rồi lưu lại"
        ) from error
    if b"opendocument.text" in mime:
        raise UnusableInputError(f"{file}: đây là tệp OpenDocument (.odt); {_SAVE_WORD}")
    if b"opendocument" in mime:
        raise UnusableInputError(f"{file}: đây là tệp OpenDocument; hãy lưu lại thành .xlsx rồi chạy lại với tệp đó")
    if any(n.startswith("word/") for n in names):
        return "docx"
    if any(n.startswith("xl/") for n in names):
        return "xlsx"
    raise UnusableInputError(f"{file}: không phải tệp Word hay Excel; phụ lục cần ở dạng .docx, .xlsx hoặc .xls")
