"""The lines of a paper in, which element of Nghị định 30 each of them is out.

They are told by what they say and where they stand, so that a paper that somebody wrote freely in Word is judged too;
the names of our own styles help only where a text alone does not tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum, unique
from itertools import pairwise

from msgspec import Struct, field

from lsindicators.decree.paper import Line, Paper


@unique
class Part(Enum):
    """An element of a paper, as an official calls it."""

    COUNTRY = "Quốc hiệu"
    MOTTO = "Tiêu ngữ"
    PARENT = "Tên cơ quan chủ quản"
    ORGAN = "Tên cơ quan ban hành"
    NUMBER = "Số, ký hiệu"
    DATE = "Địa danh và thời gian ban hành"
    SUBJECT = "Trích yếu công văn (V/v)"
    TYPE = "Tên loại văn bản"
    ABSTRACT = "Trích yếu nội dung"
    ADDRESSED = "Kính gửi"
    ADDRESSEE = "Danh sách nơi kính gửi"
    BASIS = "Căn cứ ban hành"
    CHAPTER = "Phần, chương"
    SECTION = "Tiêu đề mục (I., II.)"
    CLAUSE = "Tiêu đề khoản (1., 2.)"
    BODY = "Nội dung"
    RECIPIENTS = "Chữ “Nơi nhận”"
    RECIPIENT = "Danh sách nơi nhận"
    AUTHORITY = "Quyền hạn, chức vụ người ký"
    SIGNER = "Họ tên người ký"
    ANNEX = "Chữ “Phụ lục”"
    ANNEX_TITLE = "Tên phụ lục"
    ANNEX_REFERENCE = "Dòng “(Kèm theo …)”"
    CELL = "Chữ trong bảng"
    OTHER = "Chữ khác"


TYPES = {
    "NGHỊ QUYẾT": "NQ",
    "QUYẾT ĐỊNH": "QĐ",
    "CHỈ THỊ": "CT",
    "QUY CHẾ": "QC",
    "QUY ĐỊNH": "QyĐ",
    "THÔNG CÁO": "TC",
    "THÔNG BÁO": "TB",
    "HƯỚNG DẪN": "HD",
    "CHƯƠNG TRÌNH": "CTr",
    "KẾ HOẠCH": "KH",
    "PHƯƠNG ÁN": "PA",
    "ĐỀ ÁN": "ĐA",
    "DỰ ÁN": "DA",
    "BÁO CÁO": "BC",
    "BIÊN BẢN": "BB",
    "TỜ TRÌNH": "TTr",
    "HỢP ĐỒNG": "HĐ",
    "CÔNG ĐIỆN": "CĐ",
    "BẢN GHI NHỚ": "BGN",
    "BẢN THỎA THUẬN": "BTT",
    "GIẤY ỦY QUYỀN": "GUQ",
    "GIẤY MỜI": "GM",
    "GIẤY GIỚI THIỆU": "GGT",
    "GIẤY NGHỈ PHÉP": "GNP",
    "PHIẾU GỬI": "PG",
    "PHIẾU CHUYỂN": "PC",
    "PHIẾU BÁO": "PB",
}
"""The types of paper and what stands for them in a symbol (Phụ lục III of the decree)."""

_COUNTRY = re.compile("c[ộô]ng h(?:òa|oà) xã hội chủ nghĩa việt nam$", re.IGNORECASE)
_MOTTO = re.compile(r"^độc lập\W+tự do\W+hạnh phúc\W*$", re.IGNORECASE)
_NUMBER = re.compile(r"^số\s*:?[\s\d…._]*/|^số\s*:", re.IGNORECASE)
_DATE = re.compile(r"^[^,]{0,60},?\s*ngày[\s\d…._]*tháng[\s\d…._]*năm[\s\d…._]*$", re.IGNORECASE)
_SUBJECT = re.compile(r"^v\s*/\s*v\b", re.IGNORECASE)
_ADDRESSED = re.compile("^kính gửi", re.IGNORECASE)
_RECIPIENTS = re.compile(r"^nơi nhận\W*$", re.IGNORECASE)
_ANNEX = re.compile(r"^phụ lục(?: (?:số )?(?:[IVXL]+|\d+))?\W*$", re.IGNORECASE)
_ATTACHED = re.compile(r"^\(?\s*kèm theo ", re.IGNORECASE)
_CHAPTER = re.compile(r"^(?:phần|chương) (?:[IVXL]+|\d+|thứ .{2,12})\W*$", re.IGNORECASE)
_SECTION = re.compile(r"^[IVXL]+\s*[.\-)/]\s*\S")
_CLAUSE = re.compile(r"^\d{1,2}(?:\.\d{1,2}){0,3}\s*[.)/]?\s+\S")
_BASIS = re.compile(r"^căn cứ .*[;.,]$", re.IGNORECASE | re.DOTALL)
_ASIDE = re.compile(
    r"^(?:ghi chú|chú thích|nguồn|quy ước|hình|biểu đồ|bảng|biểu|đơn vị tính) ?\d*\s*[.:]", re.IGNORECASE
)
_DASHED = re.compile(r"^[-–—_=*.…]{3,}$")
_TITLES = ("GIÁM ĐỐC", "CHỦ TỊCH", "CHÁNH VĂN PHÒNG", "BỘ TRƯỞNG", "THỨ TRƯỞNG", "TRƯỞNG PHÒNG", "TRƯỞNG BAN")


class Elements(Struct):
    """The lines of a paper, each with the element that it is; and where parts of it begin."""

    lines: Sequence[Line]
    part: dict[int, Part] = field(default_factory=dict)  # index of a line -> what it is
    main: range = range(0)  # the lines of the paper itself, without its appendices
    annexes: list[int] = field(default_factory=list)  # where each appendix begins

    def of(self, *parts: Part) -> Iterator[Line]:
        """The lines that are one of ``parts``, in their order."""
        return (self.lines[n] for n in sorted(self.part) if self.part[n] in parts)

    def places(self, *parts: Part) -> list[int]:
        return [n for n in sorted(self.part) if self.part[n] in parts]

    @property
    def annex_only(self) -> bool:
        """Whether the file is an appendix by itself."""
        return bool(self.annexes) and not any(self.lines[n].text for n in self.main)


def recognised(paper: Paper) -> Elements:
    """What each line of ``paper`` is. Lines without text are nothing."""
    lines = paper.lines
    found = Elements(lines)
    found.annexes = [
        n for n, x in enumerate(lines) if x.table is None and not x.boxed and _ANNEX.match(x.text) and _centred(x)
    ]
    found.main = range(found.annexes[0] if found.annexes else len(lines))
    _head(found)
    _foot(found)
    _title(found)
    _body(found)
    for begin, end in pairwise([*found.annexes, len(lines)]):
        _annex(found, begin, end)
    return found


def _centred(line: Line) -> bool:
    return line.shape.align == "center" or line.upper or line.style == "LS Phụ lục"


def _head(found: Elements) -> None:
    lines = found.lines
    country = next((n for n in found.main if _COUNTRY.search(lines[n].text)), None)
    if country is not None:
        found.part[country] = Part.COUNTRY
    for n in found.main[:40]:
        text = lines[n].text
        for kind, pattern in (
            (Part.MOTTO, _MOTTO),
            (Part.NUMBER, _NUMBER),
            (Part.DATE, _DATE),
            (Part.SUBJECT, _SUBJECT),
        ):
            if n not in found.part and pattern.match(text) and not any(p is kind for p in found.part.values()):
                found.part[n] = kind
                if kind is Part.SUBJECT:
                    _following(found, n)
                break
    if country is None or lines[country].table is None:
        return
    table, own = lines[country].table, lines[country].cell
    organs = [
        n
        for n in found.main
        if lines[n].table is table and lines[n].row is lines[country].row and lines[n].cell is not own
        and lines[n].text and n not in found.part and not _DASHED.match(lines[n].text)
    ]  # fmt: skip
    committee = bool(organs) and lines[organs[0]].text.upper().startswith(("ỦY BAN NHÂN DÂN", "UỶ BAN NHÂN DÂN"))
    parents = 0 if committee or len(organs) < 2 else 1
    bold = [n for n in organs if lines[n].is_("bold")]
    if not committee and bold and bold[-1] == organs[-1]:  # several lines may name either body
        parents = max(parents, len(organs) - len(bold)) if len(organs) > 1 else 0
    for at, n in enumerate(organs):
        found.part[n] = Part.PARENT if at < parents else Part.ORGAN


def _following(found: Elements, begin: int) -> None:
    """The other lines of a subject that was written in several paragraphs of one cell."""
    for n in range(begin + 1, len(found.lines)):
        line, first = found.lines[n], found.lines[begin]
        if line.table is None or line.cell is not first.cell or not line.text or _DASHED.match(line.text):
            return
        found.part[n] = Part.SUBJECT


def _foot(found: Elements) -> None:
    lines = found.lines
    begin = next((n for n in reversed(found.main) if _RECIPIENTS.match(lines[n].text)), None)
    if begin is None:
        return
    found.part[begin] = Part.RECIPIENTS
    first = lines[begin]
    for n in range(begin + 1, found.main.stop):
        line = lines[n]
        if not line.text or n in found.part:
            continue
        if first.table is None:
            if line.table is not None or not line.text.startswith(("-", "–", "+")):
                break
            found.part[n] = Part.RECIPIENT
        elif line.cell is first.cell:
            found.part[n] = Part.RECIPIENT
    signing = [
        n
        for n in found.main
        if lines[n].text and n not in found.part and not _DASHED.match(lines[n].text)
        and (lines[n].table is first.table and lines[n].cell is not first.cell if first.table is not None
             else n > begin and lines[n].upper and any(t in lines[n].text for t in _TITLES))
    ]  # fmt: skip
    last = signing[-1] if signing else None
    for n in signing:
        name = n == last and not (lines[n].upper and any(title in lines[n].text for title in _TITLES))
        found.part[n] = Part.SIGNER if name and len(signing) > 1 else Part.AUTHORITY


def _title(found: Elements) -> None:
    lines = found.lines
    begin = next(
        (n for n in found.main if lines[n].table is None and lines[n].text.upper().rstrip(" .:") in TYPES), None
    )
    if begin is None or found.part.get(begin) is not None:
        return
    found.part[begin] = Part.TYPE
    for n in range(begin + 1, min(begin + 6, found.main.stop)):
        line = lines[n]
        told = any(part is Part.ABSTRACT for part in found.part.values())
        if not line.text or _DASHED.match(line.text) or line.drawn:
            if told:
                return
            continue
        if line.table is not None or _ADDRESSED.match(line.text) or line.text.startswith("(") or n in found.part:
            return
        if told and not (line.shape.align == "center" and line.is_("bold")):
            return
        found.part[n] = Part.ABSTRACT


_NOTES = ("LS Chú thích bảng", "LS Chú thích bảng (nối dòng sau)")
_ASIDES = (*_NOTES, "LS Mã biểu", "LS Tên hình", "LS Hình", "LS Giả định", "LS Giả định (thân văn bản)")


def _body(found: Elements) -> None:
    """What stands between head and foot, each line by its first characters."""
    lines = found.lines
    begun = listed = headed = False
    end = next((n for n in found.places(Part.RECIPIENTS)), found.main.stop)
    for n in found.main:
        line = lines[n]
        if n in found.part or not line.text:
            continue
        if line.boxed or (_DASHED.match(line.text) and line.table is None):
            found.part[n] = Part.OTHER
        elif line.table is not None:
            found.part[n] = Part.CELL
        elif _ADDRESSED.match(line.text) and not begun:
            found.part[n] = Part.ADDRESSED
            listed = len(line.text) < 11
        elif listed and line.text.startswith(("-", "–")):
            found.part[n] = Part.ADDRESSEE
        else:
            listed = False
            part = _kind(line, headed) if n < end and (begun or not _mark(line)) else Part.OTHER
            begun = begun or part is not Part.OTHER
            headed = headed or part in (Part.SECTION, Part.CLAUSE, Part.CHAPTER)
            found.part[n] = part


def _mark(line: Line) -> bool:
    """Whether a line before the text is a mark that somebody set there: in the middle, and bold."""
    return line.shape.align == "center" and line.is_("bold") is True


def _kind(line: Line, headed: bool) -> Part:
    text = line.text
    if line.style in _ASIDES or _ASIDE.match(text) or (text.startswith("(") and line.shape.align == "center"):
        return Part.OTHER
    if line.placeholder or text.startswith("["):
        return Part.OTHER
    if _CHAPTER.match(text):
        return Part.CHAPTER
    if _SECTION.match(text) and (line.upper or line.is_("bold") is not False):
        return Part.SECTION
    if _CLAUSE.match(text) and line.is_("bold"):
        return Part.CLAUSE
    if not headed and _BASIS.match(text) and text.endswith(";"):
        return Part.BASIS
    return Part.BODY


def _annex(found: Elements, begin: int, end: int) -> None:
    lines = found.lines
    found.part[begin] = Part.ANNEX
    head, titled = True, False
    for n in range(begin + 1, end):
        line = lines[n]
        if not line.text:
            continue
        if line.table is not None:
            head = False
            found.part[n] = Part.CELL
        elif head and _ATTACHED.match(line.text):
            found.part[n] = Part.ANNEX_REFERENCE
            head = False
        elif head and (line.upper or not titled) and not line.text.startswith("("):
            found.part[n] = Part.ANNEX_TITLE
            titled = True
        else:
            head = False
            found.part[n] = Part.OTHER
