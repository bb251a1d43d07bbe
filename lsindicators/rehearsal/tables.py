"""The two tables that a rehearsal is played from: what units have to say, and what they do with their forms."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import Enum, unique
from pathlib import Path
from typing import TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from lsindicators import layout
from lsindicators.errors import UnusableInputError
from lsindicators.findings import Code
from lsindicators.model import HANOI, Kind, PastFigure, Plan, State, Value

E = TypeVar("E", bound=Enum)


@unique
class Way(Enum):
    """``Cách điền``: what a unit does with its form."""

    GOOD = "đúng"
    REWRITTEN = "lưu bằng chương trình khác"  # nothing wrong, but saved by a program that keeps less than Excel
    SAVED = "tệp lưu sẵn"  # returned through another program; the file lies ready in the examples
    SILENT = "không gửi"
    EMPTY = "để trống cả biểu"
    COPY = "gửi trùng"  # the very bytes that the unit sent before, under another name
    # faults of a cell
    AS_TEXT = "gõ số dạng chữ"
    NOT_A_NUMBER = "chữ trong ô số"
    AMBIGUOUS = "số đọc được hai cách"
    ABOVE = "quá mức cao nhất"
    FRACTION = "số lẻ trong ô số nguyên"
    DATE = "ngày trong ô số"
    BLANK = "bỏ trống ô bắt buộc"
    NO_REASON = "thiếu giải trình"
    CONTRADICTION = "tình trạng trái số liệu"
    NOT_IN_LIST = "tình trạng ngoài danh sách"
    FORMULA = "công thức trong ô nhập"
    CELL_ERROR = "ô báo lỗi"
    # faults across cells and years, faults of the sheet
    RULE = "tử số lớn hơn mẫu số"
    SCALE = "sai đơn vị tính"
    LOCKED = "sửa ô khóa"
    ROW = "xóa dòng"
    # faults of the file
    OTHER_CAMPAIGN = "biểu của kỳ khác"
    FORGED = "sửa mã nhận dạng"
    STRANGER = "bảng tính khác"
    PDF = "PDF đổi đuôi"
    TORN = "tệp hỏng"
    OPEN = "tệp khóa tạm"  # what Excel leaves beside an open file; it is to be passed over
    # what only `rehearse` plays: faults of a cell
    BELOW = "dưới mức thấp nhất"
    NO_SOURCE = "thiếu nguồn số liệu"
    LONG = "nội dung quá dài"
    CONTROL = "ký tự điều khiển"
    CHANGE = "thay đổi lớn không giải trình"
    # of the sheet
    MEASURE = "đổi đơn vị tính"
    MOVED = "sắp xếp lệch dòng"
    TWICE = "chép trùng dòng, khác số"
    TWICE_SAME = "chép trùng dòng, cùng số"
    UNLOCKED = "bỏ khóa trang tính"
    STRAY = "ghi chú ngoài ô nhập"
    LOCKED_ALL = "sửa tiêu đề, mã biểu, công thức kiểm tra"
    ADDED = "thêm dòng và trang tính"
    MERGED = "gộp ô"
    RENAMED = "đổi tên trang tính"
    NO_SHEET = "xóa trang Số liệu"
    NO_NARRATIVE = "xóa trang Khó khăn, kiến nghị"
    # of the file
    OLD_VERSION = "biểu bản cũ"
    NOBODY = "mã của đơn vị không có trong phân công"
    MACRO = "có macro"
    LINK = "có liên kết ngoài"
    ENCRYPTED = "đặt mật khẩu mở"
    HUGE = "tệp quá lớn"
    HARMLESS = "trình bày khác, không sai gì"


class Answer(Struct, frozen=True, kw_only=True):
    """What a unit has to say of one variable."""

    unit: str
    variable: str
    previous: Value | None  # the year before
    asked: bool  # the year before is not on record and typed by the unit
    value: Value | None
    state: State | None
    source: str
    reason: str


class Act(Struct, frozen=True, kw_only=True):
    """One file that a unit sends: when, under which name, filled in how."""

    unit: str
    sent: datetime | None  # None for a unit that never sends
    file: str  # below the folder of returns; "outer.zip!inner.xlsx" for a file in a container
    way: Way
    words: Mapping[str, str]  # question of the narrative sheet -> the unit's answer
    also: tuple[Way, ...] = ()  # further faults of cells in the same form
    how: Mapping[Way, str] = field(default_factory=dict)  # which damage of the catalogue; else the first of its way


class Expected(Struct, frozen=True, kw_only=True):
    """A planted fault: reading must find ``code`` in ``file``, at ``cell`` unless it is about the whole file or sheet."""

    file: str
    cell: str | None
    code: Code
    sheet: str | None = None  # of the cell
    variable: str | None = None
    typed: str = ""  # what was put there, for people


Figures = Mapping[tuple[str, int], tuple[Value | None, State]]
"""(variable, year) -> value and state."""


class Sent(Struct, frozen=True, kw_only=True):
    """One file that came back: what reading must say of it, and the figures that it must give."""

    file: str  # below the campaign's folder, as reading names it
    unit: str
    expected: tuple[Expected, ...]
    figures: Figures
    taken: bool  # at least something is taken of it: it is not rejected, and no copy


# ------------------------------------------------------------------ the tables

ANSWER_COLUMNS = (
    "Mã đơn vị",
    "Mã số liệu",
    "Năm trước",
    "Tự điền năm trước",
    "Giá trị",
    "Tình trạng",
    "Nguồn số liệu",
    "Giải trình",
)
"""Headings of the table of answers; numbers with a decimal point."""

ACT_COLUMNS = ("Mã đơn vị", "Thời điểm gửi", "Tên tệp", "Cách điền")
WORDS = {
    "Khó khăn": layout.QUESTIONS[0],
    "Giải pháp": layout.QUESTIONS[2],
    "Kiến nghị": layout.QUESTIONS[3],
    "Mô hình": layout.QUESTIONS[4],
}
"""Headings of the table of acts; the words go into the narrative sheet under the question named beside them."""


def read_answers(path: Path, plan: Plan) -> tuple[Answer, ...]:
    """The table of answers. Raises ``UnusableInputError`` naming the line that does not fit ``plan``."""
    found = []
    for place, line in _table(path, ANSWER_COLUMNS):
        unit, code = line["Mã đơn vị"], line["Mã số liệu"]
        if not any(v.code == code for v in plan.owed.get(unit, ())):
            raise UnusableInputError(f"{place}: đơn vị {unit} không phải gửi số liệu {code} theo bản phân công")
        kind = plan.variable[code].kind
        found.append(
            Answer(
                unit=unit,
                variable=code,
                previous=_value(line["Năm trước"], kind, place),
                asked=bool(line["Tự điền năm trước"]),
                value=_value(line["Giá trị"], kind, place),
                state=_one_of(State, line["Tình trạng"], place) if line["Tình trạng"] else None,
                source=line["Nguồn số liệu"],
                reason=line["Giải trình"],
            )
        )
    return tuple(found)


def read_acts(path: Path) -> tuple[Act, ...]:
    """The table of acts, in the order in which the files are sent. File names are kept letter for letter."""
    found = []
    for place, line in _table(path, (*ACT_COLUMNS, *WORDS)):
        sent = line["Thời điểm gửi"]
        try:
            moment = datetime.fromisoformat(sent).replace(tzinfo=HANOI) if sent else None
        except ValueError as error:
            raise UnusableInputError(f"{place}: thời điểm “{sent}” không đọc được, ví dụ 2026-03-25 09:15") from error
        way = _one_of(Way, line["Cách điền"], place)
        words = {question: line[heading] for heading, question in WORDS.items() if line[heading]}
        found.append(Act(unit=line["Mã đơn vị"], sent=moment, file=line["Tên tệp"], way=way, words=words))
    never = datetime.max.replace(tzinfo=HANOI)
    return tuple(sorted(found, key=lambda act: act.sent or never))


def _table(path: Path, columns: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        lines = csv.DictReader(stream)
        missing = [c for c in columns if c not in (lines.fieldnames or ())]
        if missing:
            raise UnusableInputError(f"{path}: thiếu cột {', '.join(missing)}")
        for line in lines:
            yield f"{path}, dòng {lines.line_num}", {c: line[c] or "" for c in columns}


def _value(text: str, kind: Kind, place: str) -> Value | None:
    if not text or not kind.numeric:
        return text or None
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise UnusableInputError(f"{place}: “{text}” không phải là số, ví dụ 1234.5") from error


def _one_of(choices: type[E], text: str, place: str) -> E:
    try:
        return choices(text)
    except ValueError as error:
        raise UnusableInputError(f"{place}: “{text}” không nằm trong: {', '.join(c.value for c in choices)}") from error


def staged(plan: Plan, answers: Iterable[Answer]) -> Plan:
    """``plan`` marked as made up, with the year before of ``answers`` on record."""
    past = tuple(
        PastFigure(variable=a.variable, unit=a.unit, year=plan.year - 1, value=a.previous)
        for a in answers
        if a.previous is not None and not a.asked
    )
    settings = replace(plan.settings, made_up=True)
    return replace(plan, settings=settings, past=past)
