"""``danh-sach-gui.xlsx``: to whom which form and which letter are sent, and the form's bytes by their SHA-256."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from lsindicators.exports.book import BAD, DOUBTFUL, Book, Column, Page
from lsindicators.model import Plan, Unit

SHEET = "Danh sách gửi"
NO_ADDRESS, NOT_MADE = "chưa có địa chỉ", "chưa lập"

COLUMNS = (
    Column("TT", 5, centre=True),
    Column("Mã đơn vị", 20, wrap=True),
    Column("Tên đơn vị", 40, wrap=True),
    Column("Thư điện tử", 31, wrap=True),
    Column("Biểu mẫu", 30, wrap=True),
    Column("Công văn", 30, wrap=True),
    Column("Số liệu phải gửi", 9, centre=True),
    Column("SHA-256", 35, wrap=True),
)
_NUMBER, _CODE, _NAME, _EMAIL, _FORM, _LETTER, _COUNT, _SHA256 = range(len(COLUMNS))


class Parcel(Struct, frozen=True, kw_only=True):
    """What one unit is sent; the paths are those below the campaign's folder, empty where there is no file yet."""

    unit: Unit
    form: str  # "bieu-mau/so-khcn.xlsx"
    letter: str  # "cong-van/so-khcn.docx"
    count: int  # figures that the unit owes
    sha256: str  # of the form's bytes


def write(plan: Plan, parcels: Sequence[Parcel]) -> bytes:
    """The workbook, one row a unit; the first row holds the headings. Same input, same bytes."""
    book = Book(plan, f"Danh sách gửi biểu mẫu cung cấp số liệu năm {plan.year}, tỉnh {plan.settings.province}")
    sheet = book.sheet(SHEET, COLUMNS, Page(frozen=_NAME + 1, mark=_NAME))
    for row, parcel in enumerate(parcels, 1):
        sheet.number(row, _NUMBER, row)
        sheet.text(row, _CODE, parcel.unit.code)
        sheet.text(row, _NAME, parcel.unit.name)
        sheet.text(row, _EMAIL, parcel.unit.email or NO_ADDRESS, **({} if parcel.unit.email else BAD))
        for column, text in ((_FORM, parcel.form), (_LETTER, parcel.letter), (_SHA256, parcel.sha256)):
            sheet.text(row, column, text or NOT_MADE, **({} if text else DOUBTFUL))
        sheet.number(row, _COUNT, parcel.count)
    sheet.finish()
    return book.close()
