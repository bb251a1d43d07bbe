"""The sheets of ``dieu-chinh.xlsx``: their columns, the words of the clerk and ours, and what the guide says."""

from __future__ import annotations

from msgspec import Struct

from lsindicators.model import DISAGREEMENTS, Choice

GUIDE, FIGURES, RETURNS, CONFLICTS = "Hướng dẫn", "Số liệu", "Bản gửi", "Đối chiếu"

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
DATED = "Ngày văn bản"
SHA256, SENT_AT = "SHA-256", "Gửi lúc"
KIND, SAID, TAKEN = "Loại", "Các số đã báo", "Đơn vị được lấy"

OF_FIGURES = (Choice.KEEP, Choice.CORRECT, Choice.DROP)
OF_RETURNS = (Choice.PICK, Choice.LEAVE)
OF_LEADS = (Choice.TAKE, Choice.CORRECT)
OF_OTHERS = (Choice.ACCEPT,)

LEADS = "conflict"
"""The word of the one disagreement that leaves the province without a figure."""

DIGITS = 12
"""Digits of a SHA-256 that are shown."""


class Column(Struct, frozen=True, kw_only=True):
    """One column: its heading, its width in characters, and whether the clerk fills it."""

    heading: str
    width: float
    clerks: bool = False
    centre: bool = False
    optional: bool = False  # files written before it was there are read without it


class Table(Struct, frozen=True, kw_only=True):
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
        Column(heading=DATED, width=11, clerks=True, centre=True, optional=True),
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
        Column(heading=DATED, width=12, clerks=True, centre=True, optional=True),
        Column(heading=STATE, width=34),
    ),
    choices=OF_RETURNS,
    ours=SENT_AT,
)
CONFLICTS_TABLE = Table(
    name=CONFLICTS,
    columns=(
        Column(heading=KIND, width=14),
        Column(heading=CODE, width=8, centre=True),
        Column(heading=NAME, width=18),
        Column(heading=YEAR, width=6, centre=True),
        Column(heading=MEASURE, width=9, centre=True),
        Column(heading=SAID, width=26),
        Column(heading=ASKED, width=46),
        Column(heading=CHOICE, width=15, clerks=True),
        Column(heading=TAKEN, width=14, clerks=True),
        Column(heading=VALUE, width=11, clerks=True),
        Column(heading=REASON, width=22, clerks=True),
        Column(heading=DOCUMENT, width=15, clerks=True),
        Column(heading=DATED, width=11, clerks=True, centre=True, optional=True),
        Column(heading=STATE, width=20),
    ),
    choices=(*OF_LEADS, *OF_OTHERS),
    ours=ASKED,
)
TABLES = (FIGURES_TABLE, CONFLICTS_TABLE, RETURNS_TABLE)


def kind(code: str, rule: str = "") -> str:
    """What stands in Loại."""
    return " ".join(filter(None, (DISAGREEMENTS.get(code, code), rule)))


def choices(code: str) -> tuple[Choice, ...]:
    """What may be decided about a disagreement: where leads differ somebody must say which figure it is."""
    return OF_LEADS if code == LEADS else OF_OTHERS


# ------------------------------------------------------------------ what stands in Tình hình

WAITING = "chờ quyết định"
APPLIED = "đang áp dụng"
NOT_NEEDED = "không còn cần"
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
    "1. Trang Số liệu (số của từng đơn vị) và trang Đối chiếu (các số không khớp nhau): mỗi dòng một câu hỏi còn mở. Chọn "
    "ở cột Quyết định, ghi Lý do và Số văn bản (hai cột này bắt buộc), nên ghi cả Ngày văn bản (như 12/3/2026), lưu, đóng "
    "tệp rồi chạy lại: lsindicators read hoặc lsindicators merge.",
    "2. Trang Số liệu:",
    "    Lấy số đã gửi: số đơn vị gửi là đúng. Chỉ có hiệu lực với đúng số ở cột Số đã gửi; đơn vị gửi số khác thì hỏi lại.",
    "    Sửa thành: lấy số ở cột Giá trị thay cho số đã gửi. Số đã gửi để trống thì luôn có hiệu lực, kể cả khi đơn vị "
    "chưa gửi biểu (số biết qua văn bản giấy).",
    "    Không lấy: số này không được tính; số liệu coi như chưa có.",
    "    Muốn quyết định về một số không có câu hỏi: thêm một dòng, ghi Mã đơn vị, Mã số liệu, Năm (để trống là năm báo "
    "cáo), Số đã gửi, rồi Quyết định, Giá trị, Lý do, Số văn bản.",
    "3. Trang Đối chiếu:",
    "    Lấy số của đơn vị: các đơn vị chủ trì báo khác nhau, lấy số của đơn vị ghi ở cột Đơn vị được lấy (chọn mã, hoặc gõ "
    "tên, tên viết tắt).",
    "    Sửa thành: không lấy số của đơn vị nào mà lấy số ở cột Giá trị.",
    "    Chấp nhận chênh lệch: đã biết vì sao các số không khớp, giữ nguyên mọi số. Muốn sửa số của một đơn vị thì sửa ở "
    "trang Số liệu.",
    "    Quyết định chỉ có hiệu lực với đúng các số ở cột Các số đã báo; một đơn vị gửi số khác thì hỏi lại. Lưu ý (không có "
    "ở đây) cũng chấp nhận được: thêm một dòng, ghi Loại, Mã số liệu, Năm, để trống Các số đã báo.",
    "4. Trang Bản gửi: các biểu của đơn vị gửi nhiều lần. Không ghi gì thì bản mới nhất được tính; chọn Tính bản này "
    "hoặc Bỏ bản này để làm khác đi.",
    "5. Cột Tình hình do công cụ ghi: chờ quyết định; đang áp dụng; không còn khớp (đơn vị đã gửi số khác); chưa áp dụng "
    "(còn thiếu hoặc sai, xem lời nhắc); không còn cần.",
    "6. Các dòng đã ghi được giữ nguyên; câu hỏi mới được thêm ở cuối, dòng chưa ghi gì mà câu hỏi không còn thì bỏ đi. "
    "Đừng thêm trang, cột hay ghi chú riêng: khi có, công cụ để nguyên tệp và không thêm câu hỏi mới.",
    "7. Các bản trước của tệp này được lưu trong so-cai/.",
)

FORMER_LINES = frozenset(
    (
        "c2b0dd30f1b6", "8295d5e8e866", "6858d3a8a66a", "bcde0907c971", "dd25090c4521", "cef25535b60b", "a8bde0fef42f",
        "ab505f20f58a", "08ec851f8f2c", "39194d880295",
    )
)  # fmt: skip
"""How the SHA-256 of each line begins that a guide of ours once had; one that is reworded is added here."""
