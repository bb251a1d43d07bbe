"""The sheets of ``dieu-chinh.xlsx``: their columns, the words of the clerk and ours, and what the guide says."""

from __future__ import annotations

from dataclasses import dataclass

from lsindicators.model import Choice

GUIDE, FIGURES, RETURNS = "Hướng dẫn", "Số liệu", "Bản gửi"

UNIT, UNIT_NAME, CODE, NAME, YEAR, MEASURE = (
    "Mã đơn vị",
    "Tên đơn vị",
    "Mã số liệu",
    "Số liệu",
    "Năm",
    "Đơn vị tính",
)
FILE, CELL, SENT, ASKED = "Tệp", "Ô", "Số đã gửi", "Cần quyết định"
CHOICE, VALUE, REASON, DOCUMENT, STATE = "Quyết định", "Giá trị", "Lý do", "Số văn bản", "Tình hình"
SHA256, SENT_AT = "SHA-256", "Gửi lúc"

OF_FIGURES = (Choice.KEEP, Choice.CORRECT, Choice.DROP)
OF_RETURNS = (Choice.PICK, Choice.LEAVE)

DIGITS = 12
"""Digits of a SHA-256 that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its heading, its width in characters, and whether the clerk fills it."""

    heading: str
    width: float
    clerks: bool = False
    centre: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One sheet of decisions."""

    name: str
    columns: tuple[Column, ...]
    choices: tuple[Choice, ...]
    ours: str  # a column that only rows of ours fill

    @property
    def headings(self) -> tuple[str, ...]:
        return tuple(c.heading for c in self.columns)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The headings of what the clerk fills."""
        return tuple(c.heading for c in self.columns if c.clerks)


FIGURES_TABLE = Table(
    name=FIGURES,
    columns=(
        Column(heading=UNIT, width=11),
        Column(heading=UNIT_NAME, width=17),
        Column(heading=CODE, width=8, centre=True),
        Column(heading=NAME, width=19),
        Column(heading=YEAR, width=6, centre=True),
        Column(heading=MEASURE, width=8, centre=True),
        Column(heading=FILE, width=13),
        Column(heading=CELL, width=6, centre=True),
        Column(heading=SENT, width=11),
        Column(heading=ASKED, width=34),
        Column(heading=CHOICE, width=13, clerks=True),
        Column(heading=VALUE, width=11, clerks=True),
        Column(heading=REASON, width=22, clerks=True),
        Column(heading=DOCUMENT, width=15, clerks=True),
        Column(heading=STATE, width=18),
    ),
    choices=OF_FIGURES,
    ours=ASKED,
)
RETURNS_TABLE = Table(
    name=RETURNS,
    columns=(
        Column(heading=UNIT, width=16),
        Column(heading=UNIT_NAME, width=28),
        Column(heading=FILE, width=38),
        Column(heading=SHA256, width=16),
        Column(heading=SENT_AT, width=17, centre=True),
        Column(heading=CHOICE, width=16, clerks=True),
        Column(heading=REASON, width=30, clerks=True),
        Column(heading=DOCUMENT, width=20, clerks=True),
        Column(heading=STATE, width=34),
    ),
    choices=OF_RETURNS,
    ours=SENT_AT,
)
TABLES = (FIGURES_TABLE, RETURNS_TABLE)

# ------------------------------------------------------------------ what stands in Tình hình

WAITING = "chờ quyết định"
APPLIED = "đang áp dụng"
NOT_NEEDED = "không còn cần: số này đã được nhận"
STALE = "không còn khớp"
NOT_APPLIED = "chưa áp dụng"
COUNTED = "đang được tính"
NOT_COUNTED = "không tính: đã có bản khác"
"""How the words begin that we put there."""

# ------------------------------------------------------------------ the guide

TITLE = "Quyết định của đầu mối"
GUIDE_LINES = (
    "Tệp này giữ các quyết định của đầu mối về số liệu đơn vị đã gửi. Mỗi lần chạy lsindicators read, status, merge, "
    "report, các quyết định ở đây được áp dụng lại.",
    "1. Trang Số liệu: mỗi dòng một câu hỏi còn mở. Chọn ở cột Quyết định, ghi Lý do và Số văn bản (hai cột này bắt "
    "buộc), lưu, đóng tệp rồi chạy lại: lsindicators read.",
    "    Lấy số đã gửi: số đơn vị gửi là đúng. Chỉ có hiệu lực với đúng số ở cột Số đã gửi; đơn vị gửi số khác thì hỏi lại.",
    "    Sửa thành: lấy số ở cột Giá trị thay cho số đã gửi. Số đã gửi để trống thì luôn có hiệu lực, kể cả khi đơn vị "
    "chưa gửi biểu (số biết qua văn bản giấy).",
    "    Không lấy: số này không được tính; số liệu coi như chưa có.",
    "2. Muốn quyết định về một số không có câu hỏi: thêm một dòng, ghi Mã đơn vị, Mã số liệu, Năm (để trống là năm báo "
    "cáo), Số đã gửi, rồi Quyết định, Giá trị, Lý do, Số văn bản.",
    "3. Trang Bản gửi: các biểu của đơn vị gửi nhiều lần. Không ghi gì thì bản mới nhất được tính; chọn Tính bản này "
    "hoặc Bỏ bản này để làm khác đi.",
    "4. Cột Tình hình do công cụ ghi: chờ quyết định; đang áp dụng; không còn khớp (đơn vị đã gửi số khác); chưa áp dụng "
    "(còn thiếu hoặc sai, xem lời nhắc).",
    "5. Các dòng đã ghi được giữ nguyên; câu hỏi mới được thêm ở cuối, dòng chưa ghi gì mà câu hỏi không còn thì bỏ đi. "
    "Đừng thêm trang, cột hay ghi chú riêng: khi có, công cụ để nguyên tệp và không thêm câu hỏi mới.",
    "6. Các bản trước của tệp này được lưu trong so-cai/.",
)
