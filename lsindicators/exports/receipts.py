"""``bien-nhan.xlsx``: every file that came in, when, whose, what was taken of it, and its SHA-256."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from msgspec import Struct

from lsindicators.exports.book import BAD, DOUBTFUL, GOOD, QUIET, Book, Column, Look, Page, Sheet
from lsindicators.findings import Severity, Verdict, tally
from lsindicators.model import Plan, Receipt, Status

SHEET = "Biên nhận"
NOBODY, COUNTS, IDLE = "chưa rõ đơn vị", "có", "không"

COLUMNS = (
    Column("Số thứ tự", 6, centre=True),
    Column("Thời điểm nhận", 15, centre=True),
    Column("Ngày gửi", 15, centre=True),
    Column("Đơn vị", 26, wrap=True),
    Column("Mã đơn vị", 16, wrap=True),
    Column("Tệp", 30, wrap=True),
    Column("Kết quả", 15, wrap=True, centre=True),
    Column("Số liệu đã lấy", 8, centre=True),
    Column("Lỗi", 6, centre=True),
    Column("Cần hỏi lại", 7, centre=True),
    Column("Lưu ý", 6, centre=True),
    Column("Lần (vòng)", 8, centre=True),
    Column("Mã kiểm soát", 13, centre=True),
    Column("SHA-256", 30, wrap=True),
    Column("Đang tính (có/không)", 12, centre=True),
)
(
    _NUMBER, _RECEIVED, _SENT, _NAME, _CODE, _FILE, _STATUS, _VALUES, _ERRORS, _QUESTIONS, _WARNINGS, _ROUND, _CONTROL,
    _SHA256, _COUNTS,
) = range(len(COLUMNS))  # fmt: skip

_LOOK: dict[Status, Look] = {
    Status.ACCEPTED: GOOD,
    Status.PARTIAL: DOUBTFUL,
    Status.REJECTED: BAD,
    Status.DUPLICATE: QUIET,
}
_SEVERITIES = ((_ERRORS, Severity.ERROR), (_QUESTIONS, Severity.QUESTION), (_WARNINGS, Severity.WARNING))


class Row(Struct, frozen=True, kw_only=True):
    """One receipt, what the checks make of it, and whether it counts for its unit."""

    receipt: Receipt
    verdict: Verdict
    counts: bool


def save(into: BinaryIO, plan: Plan, rows: Iterable[Row], count: int) -> None:
    """Write the workbook, one row a receipt in the order of reading, to a stream. Same input, same bytes.

    There are ``count`` rows; each is asked for when it is written, so that no list of them need be held.
    """
    book = Book(plan, f"Biên nhận tệp số liệu năm {plan.year}, tỉnh {plan.settings.province}")
    sheet = book.sheet(SHEET, COLUMNS, Page(frozen=_NAME + 1, mark=_NAME))
    sheet.later(_rows(sheet, rows), count)
    sheet.finish()
    book.save(into)


def _rows(sheet: Sheet, rows: Iterable[Row]) -> Iterator[None]:
    plan = sheet.book.plan
    for row, of in enumerate(rows, 1):
        unit, found = of.verdict.unit, tally(of.verdict.findings)
        known = plan.any_unit.get(unit or "")
        sheet.number(row, _NUMBER, of.receipt.order)
        sheet.moment(row, _RECEIVED, of.receipt.read_at)
        sheet.moment(row, _SENT, of.receipt.sent_at)
        sheet.text(row, _NAME, known.name if known else NOBODY, **({} if known else QUIET))
        sheet.text(row, _CODE, unit or "")
        sheet.text(row, _FILE, of.receipt.file)
        sheet.text(row, _STATUS, of.verdict.status.label, **_LOOK[of.verdict.status])
        sheet.number(row, _VALUES, of.verdict.values(plan.year))
        for column, severity in _SEVERITIES:
            sheet.number(row, column, found[severity])
        if of.verdict.round:
            sheet.number(row, _ROUND, of.verdict.round)
        else:
            sheet.text(row, _ROUND, "")
        sheet.text(row, _CONTROL, of.verdict.control)
        sheet.text(row, _SHA256, of.receipt.sha256, font_size=9)
        sheet.text(row, _COUNTS, COUNTS if of.counts else IDLE, **({"bold": True} if of.counts else {}))
        yield
