"""Files, folders, .zip and .eml as they came -> workbooks that are safe to open, or the finding why not.

What is opened is told by its content, never by its name. One bad file never stops the others.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import stat
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from lsindicators import workbook
from lsindicators.findings import Code, Finding
from lsindicators.model import HANOI, CellRef

if TYPE_CHECKING:
    from email.message import EmailMessage

LARGEST, LARGEST_CONTAINER, MEMBERS = 10 << 20, 64 << 20, 1_000
"""Most bytes of a workbook, most bytes of a .zip or .eml and of all it unpacks to, most members of either."""

DEEPEST = 32
"""Levels of folders that are looked through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One file that came in. With findings that hold an error it is not to be opened further."""

    file: str  # below the campaign folder with "/"; "outer.zip!inner.xlsx" inside a container
    content: bytes
    sent_at: datetime  # the e-mail's date, else the file's modification time; +07:00
    kind: str  # "xlsx", "xls", "ods"; "" when it is not to be opened
    findings: tuple[Finding, ...] = ()


def collect(paths: Sequence[Path], root: Path) -> Iterator[Arrival]:
    """All files below ``paths``, folders looked through in the order of names; ``root`` is the campaign folder."""
    for path in paths:
        yield from _walk(path, root, given=True)


def examine(content: bytes, file: str) -> tuple[str, tuple[Finding, ...]]:
    """What ``content`` is, from its bytes alone: ("xlsx" | "xls" | "ods", ()) or ("", the finding why not)."""
    try:
        sort = _sort(content)
    except Exception as error:  # whatever is wrong with one file must not stop the others
        sort = _Sort("", unreadable=f"nội dung bị hỏng: {type(error).__name__}")
    limit = LARGEST_CONTAINER if sort.container else LARGEST
    if len(content) > limit:
        return "", (Code.TOO_LARGE.at(CellRef(file), size=_size(len(content))),)
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
            return Code.UNREADABLE_FILE.at(at, why=bundle.problem)
        return Code.UNSUPPORTED_FORMAT.at(at, kind=f"{sort.name} không kèm biểu mẫu nào")
    return Code.UNSUPPORTED_FORMAT.at(at, kind=sort.name)


def _size(length: int) -> str:
    return f"{length / (1 << 20):.1f} MB".replace(".", ",")


# ------------------------------------------------------------------ files and folders

_SKIPPED = re.compile(
    r"~\$.*|\..*|.*\.(?:tmp|temp|crdownload|part|partial|download)|thumbs\.db|desktop\.ini|__macosx", re.IGNORECASE
)


def _walk(path: Path, root: Path, *, given: bool = False, level: int = 0) -> Iterator[Arrival]:
    """The arrivals at or below ``path``. A link is followed only where the clerk named it and it leads to a folder."""
    if _SKIPPED.fullmatch(path.name) and not (given and path.is_dir()):
        return
    name = _shown(path, root)
    try:
        facts = path.lstat()
        if stat.S_ISDIR(facts.st_mode) or (given and path.is_dir()):
            if level >= DEEPEST:
                raise OSError("thư mục lồng nhau quá sâu")
            inside = sorted(path.iterdir(), key=lambda p: (unicodedata.normalize("NFC", p.name), p.name))
        elif not stat.S_ISREG(facts.st_mode):
            yield _unread(name, "đây là đường dẫn liên kết hoặc thiết bị, không phải tệp", facts)
            return
        else:
            with path.open("rb") as stream:
                content = stream.read(LARGEST_CONTAINER + 1)
            yield from _arrivals(name, content, datetime.fromtimestamp(facts.st_mtime, HANOI))
            return
    except (OSError, ValueError, OverflowError) as error:
        yield _unread(name, _reason(error))
        return
    for child in inside:
        yield from _walk(child, root, level=level + 1)


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
    whole = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links
    name = whole.as_posix()
    for base in (Path(os.path.abspath(root)), root.resolve()):  # noqa: PTH100
        if whole.is_relative_to(base):
            name = whole.relative_to(base).as_posix()
            break
    return _printable(name)


def _printable(name: str) -> str:
    """A file name as NFC text without control characters and undecodable bytes."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(c if c.isprintable() else "\ufffd" for c in unicodedata.normalize("NFC", text))


# ------------------------------------------------------------------ what a file is


class _Sort(NamedTuple):
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
    (b"Rar!\x1a\x07", "tệp nén RAR"),
    (b"7z\xbc\xaf\x27\x1c", "tệp nén 7z"),
    (b"\x1f\x8b", "tệp nén gzip"),
    (b"\x89PNG", "ảnh PNG"),
    (b"\xff\xd8\xff", "ảnh JPEG"),
    (b"GIF8", "ảnh GIF"),
    (b"BM", "ảnh BMP"),
    (b"II*\x00", "ảnh TIFF"),
    (b"MM\x00*", "ảnh TIFF"),
    (b"{\\rtf", "văn bản RTF"),
    (b"\x78\x9f\x3e\x22", "tệp winmail.dat của Outlook"),
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


def _sort_zip(content: bytes) -> _Sort:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {entry.filename: entry for entry in archive.infolist()}
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
        return _Sort("", unreadable="tệp nén bị hỏng hoặc tải về chưa đủ")
    folded = {name.casefold() for name in names}
    if "[content_types].xml" in folded:
        if any(name.startswith("word/") for name in folded):
            return _Sort("", "văn bản Word")
        if any(name.startswith("ppt/") for name in folded):
            return _Sort("", "bài trình chiếu PowerPoint")
        if "xl/workbook.bin" in folded:
            return _Sort("", "sổ tính nhị phân .xlsb")
        return _Sort("xlsx")
    if "mimetype" in names and names["mimetype"].file_size < 200:
        declared = b"".join(workbook.unpack(content, names["mimetype"])).decode("ascii", "replace")
        if "opendocument.spreadsheet" in declared:
            listed = names.get("META-INF/manifest.xml")
            locked = listed is not None and b"encryption-data" in b"".join(workbook.unpack(content, listed))
            return _Sort("" if locked else "ods", encrypted=locked)
        return _Sort("", "văn bản OpenDocument" if "opendocument" in declared else "sách điện tử")
    if any(name.startswith("index/") and name.endswith(".iwa") for name in folded) or "index.zip" in folded:
        return _Sort("", "tệp Numbers của Apple")
    return _Sort("", _ZIP, container=True)


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


_WORKBOOK_START, _FILE_PASS = re.compile(rb"\x09\x08[\x08\x10]\x00\x00[\x05\x06]\x05\x00"), 0x2F


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


_HEADER = re.compile(rb"(?:[!-9;-~]+:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){2,}")
_MAIL = re.compile(
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
    header = _HEADER.match(content.lstrip(b"\r\n"))
    if header is not None and len(_MAIL.findall(header[0])) >= 2:
        if re.search(rb"^content-type:\s*multipart/related", header[0], re.I | re.M) and b"Saved by" in header[0]:
            return _Sort("", "trang web một tệp (MHTML)")
        return _Sort("", "thư điện tử", container=True)
    odd = sum(1 for c in head if c == "\ufffd" or (not c.isprintable() and c not in "\t\r\n"))
    if odd <= len(head) // 5 and "\0" not in head:
        return _Sort("", _TEXT)
    return _Sort("", unreadable="nội dung không phải sổ tính, hoặc đã bị hỏng")


# ------------------------------------------------------------------ containers


class _Member(NamedTuple):
    name: str
    content: bytes
    sent_at: datetime | None


class _Bundle(NamedTuple):
    """What a container holds: members, and what is wrong with those that could not be taken out."""

    members: tuple[_Member, ...]
    problem: str = ""
    encrypted: bool = False


def _arrivals(name: str, content: bytes, moment: datetime) -> Iterator[Arrival]:
    """The file itself, or what a container holds; and the container too where something in it could not be had."""
    kind, findings = examine(content, name)
    sort = _sort_safely(content)
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


def _sort_safely(content: bytes) -> _Sort:
    try:
        return _sort(content)
    except Exception:  # examine has already said so
        return _Sort("", unreadable="nội dung bị hỏng")


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
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
    if len(entries) > MEMBERS:
        return _Bundle((), problem=f"tệp nén có quá nhiều phần ({len(entries)})")
    if sum(e.file_size for e in entries) > 2 * LARGEST_CONTAINER:
        return _Bundle((), problem="giải nén ra quá lớn")
    members: list[_Member] = []
    problem, encrypted, end = "", False, 0
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
        name = unicodedata.normalize("NFC", raw.decode("cp1258"))
    except UnicodeDecodeError:
        return entry.filename
    letters = any(c in "đĐăĂơƠưƯ" or "\u1ea0" <= c <= "\u1ef9" for c in name)
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


def _from_mail(content: bytes) -> _Bundle:
    """The attachments of an e-mail; pictures in its text, the text itself and signatures are left out."""
    import email
    import email.policy

    message = email.message_from_bytes(content, policy=email.policy.default)
    sent = _mail_date(message)
    members: list[_Member] = []
    for number, part in enumerate(message.walk()):
        if number > MEMBERS:
            return _Bundle(tuple(members), problem="thư có quá nhiều phần")
        if part.is_multipart():
            continue
        name = _attachment_name(part)
        inline = part.get_content_maintype() == "image" and (
            part.get_content_disposition() != "attachment" or part.get("Content-ID") is not None
        )
        if inline or (name is None and part.get_content_maintype() in ("text", "image")):
            continue
        body = part.get_payload(decode=True)
        if isinstance(body, bytes) and not _SKIPPED.fullmatch(name or ""):
            members.append(_Member(name or f"tệp đính kèm {len(members) + 1}", body, sent))
    return _Bundle(tuple(members))


def _attachment_name(part: EmailMessage) -> str | None:
    try:
        name = part.get_filename()
    except Exception:  # the header parser of the standard library fails on some malformed names
        return None
    return re.split(r"[\\/]", name)[-1] if name else None


def _mail_date(message: EmailMessage) -> datetime | None:
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(str(message["Date"]))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(HANOI)
    except (TypeError, ValueError, OverflowError, IndexError, LookupError, AttributeError):
        return None
