"""Files, folders, .zip and .eml as they came -> workbooks that are safe to open, or the finding why not.

What is opened is told by its content, never by its name. One bad file never stops the others.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
import struct
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from lsindicators import lazily
from lsindicators.findings import Code, Finding
from lsindicators.model import HANOI, CellRef

if TYPE_CHECKING:
    import zipfile
    from email.message import Message

LARGEST, LARGEST_CONTAINER, UNPACKED, MEMBERS = 10 << 20, 32 << 20, 48 << 20, 1_000
"""Most bytes of a workbook, of a .zip or .eml, of all that it unpacks to, and most members of either."""

DEEPEST = 32
"""Levels of folders that are looked through."""


class Arrival(Struct, frozen=True, kw_only=True):
    """One file that came in. With findings that hold an error it is not to be opened further."""

    file: str  # below the campaign folder with "/"; "outer.zip!inner.xlsx" inside a container
    content: bytes
    sent_at: datetime  # the e-mail's date, else the file's modification time; +07:00
    kind: str  # "xlsx", "xls", "ods"; "" when it is not to be opened
    findings: tuple[Finding, ...] = ()


def collect(paths: Sequence[Path], root: Path) -> Iterator[Arrival]:
    """All files below ``paths``, folders looked through in the order of names; ``root`` is the campaign folder."""
    bases = _bases(root)
    for path in paths:
        yield from _walk(path, bases, given=True)


def listed(folder: Path, root: Path) -> Iterator[tuple[str, int]]:
    """The files below ``folder`` that look like returns, by their names: each as ``collect`` names it, and its size."""
    bases = _bases(root)
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if not _SKIPPED.fullmatch(f))
        for name in sorted(names):
            path = Path(place) / name
            if path.suffix.casefold() in _RETURNS and not _SKIPPED.fullmatch(name) and path.is_file():
                yield _below(path, bases), path.stat().st_size


def passed_over(paths: Sequence[Path], root: Path) -> Iterator[str]:
    """A sentence on every file below ``paths`` that is no return, but tells of one: what Excel leaves beside a workbook
    that is open, and what a browser leaves of a download that did not end."""
    for path in paths:
        for folder, _, names in os.walk(path):
            there = {unicodedata.normalize("NFC", name).casefold(): name for name in names}
            for name in sorted(names):
                if told := _left_over(unicodedata.normalize("NFC", name), there):
                    yield f"{_shown(Path(folder) / name, root)}: {told}"


_LOCK = lazily.pattern(r"~\$(.+)|\.~lock\.(.+)#")


def _left_over(name: str, there: Mapping[str, str]) -> str:
    if (lock := _LOCK.fullmatch(name) if "~" in name[:2] else None) is not None:
        opened = there.get((lock[1] or lock[2]).casefold())
        if opened is None:
            return "" if lock[2] else "đây là tệp tạm của Excel, không phải biểu mẫu; bỏ qua"
        return f"{_printable(opened)} đang mở trong Excel hoặc LibreOffice, có thể chưa lưu; lưu, đóng rồi đọc lại"
    if name.casefold().endswith((".crdownload", ".part", ".partial", ".download")):
        return "tệp tải về chưa xong nên chưa đọc; tải lại cho đủ rồi đọc lại"
    return ""


def examine(content: bytes, file: str) -> tuple[str, tuple[Finding, ...]]:
    """What ``content`` is, from its bytes alone: ("xlsx" | "xls" | "ods", ()) or ("", the finding why not)."""
    return _judged(content, _sort_safely(content), file)


def _sort_safely(content: bytes) -> _Sort:
    try:
        return _sort(content)
    except Exception as error:  # whatever is wrong with one file must not stop the others
        return _Sort("", unreadable=f"nội dung bị hỏng: {type(error).__name__}")


def _judged(content: bytes, sort: _Sort, file: str) -> tuple[str, tuple[Finding, ...]]:
    limit = LARGEST_CONTAINER if sort.container else LARGEST
    if len(content) > limit:
        return "", (_too_large(file, len(content), sort.container),)
    if sort.kind:
        return sort.kind, ()
    return "", (_refusal(content, sort, file),)


def _refusal(content: bytes, sort: _Sort, file: str) -> Finding:
    """Why a file that is no workbook is not opened."""
    at = CellRef(file)
    if sort.encrypted:
        return Code.ENCRYPTED_FILE.at(at)
    if sort.unreadable:
        return Code.UNREADABLE_FILE.at(at, why=sort.unreadable)
    if sort.name == _TEXT and file.casefold().endswith(_WORKBOOKS):
        return Code.UNREADABLE_FILE.at(at, why="nội dung chỉ là văn bản hoặc CSV, không phải sổ tính")
    if sort.container and "!" in file:
        return Code.UNSUPPORTED_FORMAT.at(at, kind=f"{sort.name} nằm trong một tệp nén hay thư khác")
    if sort.container:
        bundle = _unpacked(content, sort)
        if bundle.encrypted:
            return Code.ENCRYPTED_FILE.at(at)
        if bundle.problem:
            others = "; các phần còn lại vẫn được đọc" if bundle.members else ""
            return Code.UNREADABLE_FILE.at(at, why=bundle.problem + others)
        return Code.UNSUPPORTED_FORMAT.at(at, kind=f"{sort.name} không kèm biểu mẫu nào")
    return Code.UNSUPPORTED_FORMAT.at(at, kind=sort.name)


def _too_large(file: str, length: int, container: bool) -> Finding:
    how = "; tệp nén hay thư thì lấy từng biểu mẫu ra rồi đọc" if container else ""
    return Code.TOO_LARGE.at(CellRef(file), size=_size(length) + how)


def _size(length: int) -> str:
    return f"{length / (1 << 20):.1f} MB".replace(".", ",")


# ------------------------------------------------------------------ files and folders

_RETURNS = frozenset((".xlsx", ".xlsm", ".xls", ".ods", ".zip", ".eml"))

_SKIPPED = lazily.pattern(
    r"~\$.*|\..*|.*\.(?:tmp|temp|crdownload|part|partial|download)|thumbs\.db|desktop\.ini|__macosx", re.IGNORECASE
)


def _walk(path: Path, bases: tuple[Path, ...], *, given: bool = False, level: int = 0) -> Iterator[Arrival]:
    """The arrivals at or below ``path``. A link is followed only where the clerk named it and it leads to a folder."""
    if _SKIPPED.fullmatch(path.name) and not (given and path.is_dir()):
        return
    name = _below(path, bases)
    try:
        facts = path.lstat()
        if stat.S_ISDIR(facts.st_mode) or (given and path.is_dir()):
            if level >= DEEPEST:
                raise OSError("thư mục lồng nhau quá sâu")
            inside = sorted(path.iterdir(), key=lambda p: (unicodedata.normalize("NFC", p.name), p.name))
        elif not stat.S_ISREG(facts.st_mode):
            yield _unread(name, _not_regular(facts.st_mode), facts)
            return
        elif facts.st_size > LARGEST_CONTAINER:
            found = _too_large(name, facts.st_size, container=True)
            moment = datetime.fromtimestamp(facts.st_mtime, HANOI)
            yield Arrival(file=name, content=b"", sent_at=moment, kind="", findings=(found,))
            return
        else:
            with path.open("rb") as stream:
                content = stream.read(facts.st_size + 1)  # to ask for the most at once would make room for it each time
                if len(content) > facts.st_size:  # it grows
                    content += stream.read(LARGEST_CONTAINER + 1 - len(content))
            yield from _arrivals(name, content, datetime.fromtimestamp(facts.st_mtime, HANOI))
            return
    except (OSError, ValueError, OverflowError) as error:
        yield _unread(name, _reason(error))
        return
    found_inside = (arrival for child in inside for arrival in _walk(child, bases, level=level + 1))
    if given or not path.name.casefold().endswith(_WORKBOOKS):
        yield from found_inside
        return
    good = [arrival for arrival in found_inside if arrival.kind]
    yield from good or (_unread(name, "đây là một thư mục mang tên tệp, không phải tệp"),)


def _not_regular(mode: int) -> str:
    if stat.S_ISLNK(mode):
        return "đây chỉ là đường dẫn liên kết; hãy chép tệp thật vào thư mục này"
    return "đây là ống dẫn hoặc thiết bị của hệ thống, không phải tệp"


def _reason(error: Exception) -> str:
    if isinstance(error, PermissionError):
        return "không có quyền đọc, hoặc tệp đang mở trong chương trình khác"
    return str(error) if isinstance(error, OSError) and error.errno is None and str(error) else "lỗi khi đọc từ ổ đĩa"


def _unread(name: str, why: str, facts: os.stat_result | None = None) -> Arrival:
    """A file of which no byte was read."""
    moment = datetime.fromtimestamp(facts.st_mtime if facts else 0, HANOI)
    found = Code.UNREADABLE_FILE.at(CellRef(name), why=why)
    return Arrival(file=name, content=b"", sent_at=moment, kind="", findings=(found,))


def _shown(path: Path, root: Path) -> str:
    """How ``path`` is named in messages: below ``root`` where it lies there, with "/", always printable."""
    return _below(path, _bases(root))


def _below(path: Path, bases: tuple[Path, ...]) -> str:
    whole = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links
    for base in bases:
        with contextlib.suppress(ValueError):
            return _printable(whole.relative_to(base).as_posix())
    return _printable(whole.as_posix())


def _bases(root: Path) -> tuple[Path, ...]:
    return tuple(dict.fromkeys((Path(os.path.abspath(root)), root.resolve())))  # noqa: PTH100


def _printable(name: str) -> str:
    """A file name as NFC text without control characters and undecodable bytes."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if text.isprintable() and unicodedata.is_normalized("NFC", text):
        return text
    return "".join(c if c.isprintable() else "\ufffd" for c in unicodedata.normalize("NFC", text))


# ------------------------------------------------------------------ what a file is


class _Sort(Struct, frozen=True):
    """What a content is: a workbook of ``kind``, a container, or something else with a Vietnamese name."""

    kind: str
    name: str = ""
    container: bool = False
    encrypted: bool = False
    unreadable: str = ""


_ZIP, _TEXT = "tệp nén .zip", "tệp văn bản hoặc CSV"
_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
"""Plain text under such a name is no document of another kind, but a workbook that got lost on the way."""
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")

_MAGIC = (
    (b"%PDF", "tệp PDF"),
    (b"Rar!\x1a\x07", "tệp nén RAR (giải nén ra rồi đọc lại)"),
    (b"7z\xbc\xaf\x27\x1c", "tệp nén 7z (giải nén ra rồi đọc lại)"),
    (b"\x1f\x8b", "tệp nén gzip"),
    (b"\x89PNG", "ảnh PNG"),
    (b"\xff\xd8\xff", "ảnh JPEG"),
    (b"GIF8", "ảnh GIF"),
    (b"BM", "ảnh BMP"),
    (b"II*\x00", "ảnh TIFF"),
    (b"MM\x00*", "ảnh TIFF"),
    (b"{\\rtf", "văn bản RTF"),
    (b"\x78\x9f\x3e\x22", "tệp winmail.dat của Outlook (mở thư bằng Outlook, lưu tệp đính kèm ra)"),
    (b"L\0\0\0\x01\x14\x02\0", "lối tắt của Windows, không chứa số liệu"),
    (b"[InternetShortcut]", "lối tắt trang web, không chứa số liệu"),
    (b"SQLite format 3", "cơ sở dữ liệu SQLite"),
)

_OLD_EXCEL = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00", b"\x09\x08\x10\x00")


def _sort(content: bytes) -> _Sort:
    if not content:
        return _Sort("", unreadable="tệp rỗng, không có nội dung")
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _sort_zip(content)
    if content.startswith(_OLE):
        return _sort_ole(content)
    if content.startswith(_OLD_EXCEL):
        return _Sort("", "sổ tính Excel đời cũ (trước Excel 97)")
    for magic, name in _MAGIC:
        if content.startswith(magic):
            return _Sort("", name)
    if content[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1"):
        return _Sort("", "ảnh HEIC")
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _Sort("", "ảnh WebP")
    return _sort_text(content)


_LIST_END, _LISTED = struct.Struct("<4s6xH2LH"), struct.Struct("<4s2xH20x3H12x")
"""Of what ends the list of a zip file: mark, entries, bytes, place, bytes of the comment; of an entry in it: mark, version
that unpacks it, bytes of its name, its extra fields, its comment."""


def _plain_names(content: bytes) -> list[str] | None:
    """The names that a zip file lists, where it lists them as plainly as programs do for a workbook; else ``None``.

    ``zipfile`` finds the same names, but makes an object of each entry, and every file that comes is sorted twice.
    """
    end = len(content) - _LIST_END.size
    if end < 0:
        return None
    mark, count, length, at, comment = _LIST_END.unpack_from(content, end)
    if mark != b"PK\x05\x06" or comment or at + length != end or count > MEMBERS:
        return None
    if content.startswith(b"PK\x06\x07", end - 20):  # another list holds
        return None
    names = []
    for _ in range(count):
        if at + _LISTED.size > end:
            return None
        mark, version, length, extra, comment = _LISTED.unpack_from(content, at)
        at += _LISTED.size + length
        name = content[at - length : at].decode("ascii", "replace")
        if (
            mark != b"PK\x01\x02"
            or version > _VERSION
            or extra
            or comment
            or not (name.isascii() and name.isprintable())
        ):
            return None
        names.append(name)
    return names if at == end else None


_VERSION = 63
"""``zipfile`` refuses what needs a newer one."""


def _sort_zip(content: bytes) -> _Sort:
    if "xl/workbook.xml" in (_plain_names(content) or ()):  # as of most files that come
        return _Sort("xlsx")
    import zipfile

    from lsindicators import workbook

    try:
        names = {entry.filename: entry for entry in workbook.directory(content, MEMBERS)}
    except workbook.WorkbookError as error:
        return _Sort("", unreadable=str(error))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
        return _Sort("", unreadable="tệp nén bị hỏng hoặc tải về chưa đủ")
    folded = {name.casefold() for name in names}
    if "xl/workbook.xml" in folded or "xl\\workbook.xml" in folded:
        return _Sort("xlsx")
    if "[content_types].xml" in folded:
        if any(name.startswith("word/") for name in folded):
            return _Sort("", "văn bản Word")
        if any(name.startswith("ppt/") for name in folded):
            return _Sort("", "bài trình chiếu PowerPoint")
        if "xl/workbook.bin" in folded:
            return _Sort("", "sổ tính nhị phân .xlsb")
        return _Sort("xlsx")
    told = names.get("mimetype" if "mimetype" in names else "META-INF/manifest.xml" if "content.xml" in names else "")
    if told is not None:
        declared = _part(content, told)[:4096].decode("ascii", "replace")
        if "opendocument.spreadsheet" in declared:
            listed = names.get("META-INF/manifest.xml")
            locked = listed is not None and b"encryption-data" in _part(content, listed)
            return _Sort("" if locked else "ods", encrypted=locked)
        return _Sort("", "văn bản OpenDocument" if "opendocument" in declared else "sách điện tử")
    if any(name.startswith("index/") and name.endswith(".iwa") for name in folded) or "index.zip" in folded:
        return _Sort("", "tệp Numbers của Apple")
    return _Sort("", _ZIP, container=True)


def _part(content: bytes, entry: zipfile.ZipInfo) -> bytes:
    """A part that tells what a file is, where it can be had; such parts are small."""
    import zipfile
    import zlib

    from lsindicators import workbook

    try:
        workbook.check_entries([entry])
        return b"".join(workbook.unpack(content, entry)) if entry.file_size <= 1 << 20 else b""
    except (workbook.WorkbookError, zipfile.BadZipFile, zlib.error):
        return b""


def _sort_ole(content: bytes) -> _Sort:
    """Compound files of older Office, told by the names of their streams."""
    if _has_stream(content, "EncryptedPackage"):
        return _Sort("", encrypted=True)
    if _has_stream(content, "Workbook") or _has_stream(content, "Book"):
        locked = _wants_password(content)
        return _Sort("" if locked else "xls", encrypted=locked)
    for stream, name in (
        ("WordDocument", "văn bản Word 97"),
        ("PowerPoint Document", "bài trình chiếu PowerPoint 97"),
        ("__properties_version1.0", "thư Outlook .msg (mở thư, lưu tệp đính kèm ra)"),
        ("HwpSummaryInformation", "văn bản HWP"),
    ):
        if _has_stream(content, stream):
            return _Sort("", name)
    return _Sort("", unreadable="tệp Office đời cũ bị hỏng")


_WORKBOOK_START, _FILE_PASS = lazily.pattern(rb"\x09\x08[\x08\x10]\x00\x00[\x05\x06]\x05\x00"), 0x2F


def _wants_password(content: bytes) -> bool:
    """Whether an .xls is encrypted: a record FILEPASS among the first ones of the workbook's stream."""
    start = next((m.start() for m in _WORKBOOK_START.finditer(content) if m.start() % 64 == 0), None)
    if start is None:
        return False
    for _ in range(8):
        record, length = content[start : start + 2], content[start + 2 : start + 4]
        if int.from_bytes(record, "little") == _FILE_PASS:
            return True
        start += 4 + int.from_bytes(length, "little")
    return False


def _has_stream(content: bytes, name: str) -> bool:
    """Whether a directory entry is called ``name``: 128 bytes, 64 of them the name, its length in the next two."""
    raw = name.encode("utf-16-le") + b"\0\0"
    length = len(raw).to_bytes(2, "little")
    at = content.find(raw)
    while at >= 0:
        if at % 128 == 0 and content[at + 64 : at + 66] == length:
            return True
        at = content.find(raw, at + 1)
    return False


_HEADER = lazily.pattern(rb"(?:[!-9;-~]+:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){2,}")
_MAIL = lazily.pattern(
    rb"^(?:from|to|date|subject|mime-version|received|return-path|delivered-to|message-id):",
    re.IGNORECASE | re.MULTILINE,
)


def _sort_text(content: bytes) -> _Sort:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = content[:4096].decode("utf-16", "replace")
    else:
        head = content[:4096].removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    start = head.lstrip().casefold()
    if "urn:schemas-microsoft-com:office:spreadsheet" in start and start.startswith("<?xml"):
        return _Sort("", "sổ tính XML 2003")
    if start.startswith(("<!doctype html", "<html", "<table", "<meta", "<head", "<body")) or "<html" in start[:1000]:
        return _Sort("", "trang web (HTML) mang đuôi tệp bảng tính")
    if start.startswith(("<?xml", "<office:document")):
        return _Sort("", "OpenDocument dạng XML (.fods)" if "opendocument" in start else "tệp XML")
    if start.startswith("{") and '"' in start:
        return _Sort("", "lối tắt Google Trang tính, không chứa số liệu" if "doc_id" in start else "tệp JSON")
    header = _HEADER.match(content[: 1 << 16].lstrip(b"\r\n"))
    if header is not None and len(_MAIL.findall(header[0])) >= 2:
        if re.search(rb"^content-type:\s*multipart/related", header[0], re.I | re.M) and b"Saved by" in header[0]:
            return _Sort("", "trang web một tệp (MHTML)")
        return _Sort("", "thư điện tử", container=True)
    odd = sum(1 for c in head if c == "\ufffd" or (not c.isprintable() and c not in "\t\r\n"))
    if odd <= len(head) // 5 and "\0" not in head:
        return _Sort("", _TEXT)
    return _Sort("", unreadable="nội dung không phải sổ tính, hoặc đã bị hỏng")


# ------------------------------------------------------------------ containers


class _Member(Struct, frozen=True):
    name: str
    content: bytes
    sent_at: datetime | None


class _Bundle(Struct, frozen=True):
    """What a container holds: members, and what is wrong with those that could not be taken out."""

    members: tuple[_Member, ...]
    problem: str = ""
    encrypted: bool = False


def _arrivals(name: str, content: bytes, moment: datetime) -> Iterator[Arrival]:
    """The file itself, or what a container holds; and the container too where something in it could not be had."""
    sort = _sort_safely(content)
    kind, findings = _judged(content, sort, name)
    if not sort.container or len(content) > LARGEST_CONTAINER:
        yield Arrival(file=name, content=content, sent_at=moment, kind=kind, findings=findings)
        return
    bundle = _unpacked(content, sort)
    given = 0
    for member in bundle.members:
        inner = f"{name}!{_printable(member.name)}"
        inner_kind, inner_findings = examine(member.content, inner)
        if not inner_kind and not _looks_like_document(member):
            continue
        sent = member.sent_at if member.sent_at is not None else moment
        if sort.name == _ZIP and sent > moment:
            sent = moment
        given += 1
        yield Arrival(file=inner, content=member.content, sent_at=sent, kind=inner_kind, findings=inner_findings)
    if bundle.problem or bundle.encrypted or not given:
        yield Arrival(file=name, content=content, sent_at=moment, kind="", findings=findings)


def _looks_like_document(member: _Member) -> bool:
    """Whether the clerk must hear of a member that is no workbook: not of read-me texts and calendar entries."""
    ending = member.name.casefold().rpartition(".")[2]
    return ending not in ("txt", "md", "ics", "vcf", "p7s", "asc", "sig", "url", "lnk", "log")


def _unpacked(content: bytes, sort: _Sort) -> _Bundle:
    try:
        return _from_zip(content) if sort.name == _ZIP else _from_mail(content)
    except Exception as error:  # whatever is wrong with one file must not stop the others
        return _Bundle((), problem=f"nội dung bị hỏng: {type(error).__name__}")


def _from_zip(content: bytes) -> _Bundle:
    from lsindicators import workbook

    entries = workbook.directory(content, MEMBERS)
    if sum(e.file_size for e in entries) > UNPACKED:
        return _Bundle((), problem="giải nén ra quá lớn")
    members: list[_Member] = []
    first = min((e.header_offset for e in entries), default=0)
    problem, encrypted, end = "tệp nén có dữ liệu lạ đứng trước" if first else "", False, 0
    for entry in sorted(entries, key=lambda e: e.header_offset):
        name = zip_name(entry)
        parts = name.replace("\\", "/").split("/")
        overlaps = entry.header_offset < end
        end = max(end, entry.header_offset + 30 + entry.compress_size)
        if entry.is_dir() or any(_SKIPPED.fullmatch(part) for part in parts if part not in ("..", ".")):
            continue
        if entry.flag_bits & 0x1:
            encrypted = True
            continue
        try:
            workbook.check_entries([entry])
            if overlaps:
                raise workbook.WorkbookError("tệp nén có các phần chồng lên nhau")
            if entry.file_size > LARGEST:
                raise workbook.WorkbookError(f"phần “{_printable(name)}” quá lớn ({_size(entry.file_size)})")
            body = b"".join(workbook.unpack(content, entry))
        except workbook.WorkbookError as error:
            problem = problem or str(error)
            continue
        except Exception:  # a damaged member must not hide its neighbours
            problem = problem or f"phần “{_printable(name)}” bị hỏng"
            continue
        members.append(_Member(name, body, _zip_time(entry)))
    members.sort(key=lambda m: m.name)
    return _Bundle(tuple(members), problem, encrypted)


def zip_name(entry: zipfile.ZipInfo) -> str:
    """The name of a zip member as its author saw it, NFC: UTF-8 with or without the flag, cp1258, or cp437."""
    if entry.flag_bits & 0x800:
        return unicodedata.normalize("NFC", entry.filename)
    try:
        raw = entry.orig_filename.encode("cp437")
    except UnicodeEncodeError:  # the name came from the Unicode path field
        return unicodedata.normalize("NFC", entry.filename)
    if raw.isascii():
        return entry.filename
    with contextlib.suppress(UnicodeDecodeError):
        return unicodedata.normalize("NFC", raw.decode("utf-8"))
    try:
        apart = raw.decode("cp1258")
    except UnicodeDecodeError:
        return entry.filename
    name = unicodedata.normalize("NFC", apart)
    marks = any(map(unicodedata.combining, apart)) and not any(map(unicodedata.combining, name))
    letters = marks or any(c in "đĐăĂơƠưƯ" or "\u1ea0" <= c <= "\u1ef9" for c in name)
    odd = any(c in "\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0152\u2022\u02dc\u2122" for c in name)
    return name if letters and not odd else entry.filename


def _zip_time(entry: zipfile.ZipInfo) -> datetime | None:
    """When a member was last changed, as far as the archive says."""
    extra = entry.extra
    while len(extra) >= 4:
        tag, length = int.from_bytes(extra[:2], "little"), int.from_bytes(extra[2:4], "little")
        if tag == 0x5455 and length >= 5 and extra[4] & 1:
            return datetime.fromtimestamp(int.from_bytes(extra[5:9], "little", signed=True), HANOI)
        extra = extra[4 + length :]
    if entry.date_time[0] <= 1980:
        return None
    try:
        return datetime(*entry.date_time, tzinfo=HANOI)
    except ValueError:
        return None


MAIL_LINES, MAIL_PARTS, MAIL_DEPTH, HEADER = 300_000, 4_000, 16, 4_096
"""Most lines of an e-mail outside of its large attachments, boundaries, mails within mails, and characters of a header
that describes a part."""

_BLOB = lazily.pattern(rb"(\n\r?\n)([A-Za-z0-9+/][A-Za-z0-9+/\r\n]{16384,}+)")
_BLOB_PLACE = lazily.pattern("\x01([0-9]{1,9})\x01")
_UUENCODED = lazily.pattern(rb"\nbegin [0-7]{3,4} [^\r\n]+\r?\nM")
_ABOUT_A_PART = lazily.pattern(rb"\n[Cc][Oo][Nn][Tt][Ee][Nn][Tt]-[^\n]*+(?:\n[ \t][^\n]*+)*")


def _from_mail(content: bytes) -> _Bundle:
    """The attachments of an e-mail, also of one that is passed on in it; pictures in its text, the text itself and
    signatures are left out. Large attachments are taken out of it before it is parsed, which needs a fifth of the room."""
    import email

    blobs: list[memoryview] = []

    def set_aside(blob: re.Match[bytes]) -> bytes:
        begin, end = blob.span(2)
        end -= len(content[end - 2 : end]) - len(content[end - 2 : end].rstrip(b"\r\n"))
        blobs.append(memoryview(content)[begin:end])
        return blob[1] + b"\x01%d\x01" % (len(blobs) - 1) + content[end : blob.end(2)]

    if content.count(b"\n") > 3 * MAIL_LINES:
        return _Bundle((), problem="thư có quá nhiều dòng")
    rest = _BLOB.sub(set_aside, content)
    lines = rest.count(b"\n") + rest.count(b"\r") - rest.count(b"\r\n")
    if lines > MAIL_LINES or rest.count(b"\n--") > MAIL_PARTS:
        return _Bundle((), problem="thư có quá nhiều phần")
    rest = _ABOUT_A_PART.sub(lambda header: header[0][:HEADER], b"\n" + rest.lstrip(b"\r\n"))
    message = email.message_from_string(rest[1:].decode("latin-1"))  # a character a byte: nothing is replaced
    members: list[_Member] = []
    left, problem = UNPACKED, ""
    if _UUENCODED.search(rest):
        problem = "thư có tệp đính kèm kiểu cũ (uuencode); mở thư, lưu tệp đính kèm ra rồi đọc lại"
    for number, (part, sent) in enumerate(_parts(message, None, MAIL_DEPTH)):
        if number > MEMBERS:
            return _Bundle(tuple(members), problem="thư có quá nhiều phần")
        name = _attachment_name(part)
        inline = part.get_content_maintype() == "image" and (
            part.get_content_disposition() != "attachment" or part.get("Content-ID") is not None
        )
        if inline or (name is None and part.get_content_maintype() in ("text", "image", "multipart", "message")):
            continue
        if _SKIPPED.fullmatch(name or ""):
            continue
        name = name or f"tệp đính kèm {len(members) + 1}"
        body = _body(part, blobs)
        left -= len(body)
        if left < 0:
            return _Bundle(tuple(members), problem="các tệp đính kèm quá lớn")
        if len(body) > LARGEST:
            problem = problem or f"phần “{_printable(name)}” quá lớn ({_size(len(body))})"
            continue
        members.append(_Member(name, body, sent))
    return _Bundle(tuple(members), problem)


def _parts(message: Message, sent: datetime | None, levels: int) -> Iterator[tuple[Message, datetime | None]]:
    """The parts of an e-mail that hold something, each with the date of the mail that it was first sent in."""
    dated = _mail_date(message) if message["Date"] is not None else None
    sent = dated if dated is not None and (sent is None or dated < sent) else sent
    if not message.is_multipart():
        yield message, sent
        return
    packed = message.get_content_type() == "message/rfc822" and _encoding(message) == "base64"
    for part in message.get_payload():
        if packed and not isinstance(part, str):
            yield _as_file(message, part), sent
        elif levels and not isinstance(part, str):
            yield from _parts(part, sent, levels - 1)


def _as_file(message: Message, inner: Message) -> Message:
    """A mail within a mail that was packed like a file: against the rules, but some programs pass one on like that.

    The parser takes its base64 for the text of a mail without headers, which is ``inner``.
    """
    inner["Content-Type"] = "application/octet-stream"
    for header in ("Content-Disposition", "Content-Transfer-Encoding"):
        if message[header] is not None:
            inner[header] = message[header]
    return inner


def _encoding(part: Message) -> str:
    return str(part.get("Content-Transfer-Encoding", "")).strip().casefold()


def _body(part: Message, blobs: list[memoryview]) -> bytes:
    """The content of a part; what was set aside is put back in its place, once."""
    payload = part.get_payload()
    pieces = _BLOB_PLACE.split(payload) if isinstance(payload, str) else []
    for at in range(1, len(pieces), 2):
        number = int(pieces[at])
        if number < len(blobs):
            pieces[at], blobs[number] = blobs[number], memoryview(b"")
    whole = b"".join(p.encode("latin-1") if isinstance(p, str) else p for p in pieces)
    encoding = _encoding(part)
    import binascii

    with contextlib.suppress(binascii.Error):
        if encoding == "base64":
            return binascii.a2b_base64(whole)
        if encoding == "quoted-printable":
            return binascii.a2b_qp(whole)
    return whole


def _attachment_name(part: Message) -> str | None:
    """The name of an attachment as its author saw it, in whatever way it was written; never more than a name."""
    from email.header import decode_header
    from email.utils import collapse_rfc2231_value

    try:
        written = part.get_param("filename", None, "content-disposition") or part.get_param("name")
        if isinstance(written, tuple):  # the charset is told beside the name
            name = collapse_rfc2231_value(written)
        elif written and "=?" in written:
            words = decode_header(re.sub(r"\?=\s+=\?", "?==?", written))
            name = "".join(_decoded(w, c or "utf-8") if isinstance(w, bytes) else w for w, c in words)
        else:
            name = _decoded((written or "").encode("latin-1"), "utf-8")
    except Exception:  # the header parser of the standard library fails on some malformed names
        return None
    return re.split(r"[\\/]", name)[-1].strip() or None


def _decoded(raw: bytes, charset: str) -> str:
    """Bytes of a name, NFC: as ``charset`` says, else in the ways that are used without saying so."""
    for encoding in (charset, "utf-8", "cp1258"):
        with contextlib.suppress(UnicodeDecodeError, LookupError):
            return unicodedata.normalize("NFC", raw.decode(encoding))
    return raw.decode("latin-1")


def _mail_date(message: Message) -> datetime | None:
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(str(message["Date"])[:200])
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(HANOI)
    except (TypeError, ValueError, OverflowError, IndexError, LookupError, AttributeError):
        return None
