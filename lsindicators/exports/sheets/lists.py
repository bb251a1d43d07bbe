"""``Còn thiếu`` and ``Tình hình gửi``: what is not there, and how each unit stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lsindicators.exports.book import BAD, DOUBTFUL, GOOD, LINKED, Book, Column, Page, Sheet
from lsindicators.exports.formulas import CRITERIA, Places
from lsindicators.exports.words import GAPS
from lsindicators.model import Dataset, Gap, Sending, Status
from lsindicators.summary import kind

SENDINGS = "Tình hình gửi"
STATUS, KIND, PUNCTUAL = 2, 9, 7
"""Columns of ``Tình hình gửi``, counted from 0."""

NOT_SENT, LATE = GAPS["no-return"], "Quá hạn"


def write_gaps(book: Book, places: Places, dataset: Dataset) -> None:
    """``Còn thiếu``: every figure that is owed and not there; its code leads to its row, its unit to its cell."""
    columns = (
        Column("Mã số liệu", 9, centre=True),
        Column("Số liệu", 50, wrap=True),
        Column("Mã tiêu chí", 9, centre=True),
        Column("Mã đơn vị", 18),
        Column("Tên đơn vị", 36, wrap=True),
        Column("Bắt buộc", 9, centre=True),
        Column("Lý do", 17),
        Column("Ghi chú", 50, wrap=True),
    )
    sheet = book.sheet("Còn thiếu", columns)
    sheet.later(_gaps(sheet, places, dataset.gaps), len(dataset.gaps))
    sheet.finish()


def _gaps(sheet: Sheet, places: Places, listed: Sequence[Gap]) -> Iterator[None]:
    plan = places.plan
    for row, g in enumerate(listed, 1):
        v = plan.variable[g.variable]
        linked = LINKED if row <= _LINKED_ROWS else {}
        sheet.text(row, 0, v.code, **linked)
        sheet.text(row, 1, v.name)
        criterion = places.criterion_row.get(v.criterion)
        sheet.text(row, 2, v.criterion, **(linked if criterion else {}))
        sheet.text(row, 3, g.unit, **(linked if g.unit else {}))
        sheet.text(row, 4, plan.unit[g.unit].name if g.unit else "")
        sheet.text(row, 5, "có" if v.required else "không")
        sheet.text(row, 6, GAPS[g.why], **(BAD if g.why in ("no-return", "not-assigned") else DOUBTFUL))
        sheet.text(row, 7, g.note)
        if linked:
            sheet.link(row, 0, places.link(v.code, "", plan.year))
            if criterion:
                sheet.link(row, 2, f"'{CRITERIA}'!A{criterion + 1}")
            if g.unit:
                sheet.link(row, 3, places.link(v.code, g.unit, plan.year))
        yield


_LINKED_ROWS = 2_000
"""Rows that have links: more nobody clicks through, and Excel takes 65,530 links a sheet."""


def write_sendings(book: Book, rows: Sequence[Sending]) -> None:
    """``Tình hình gửi``: how each unit stands with its return."""
    columns = (
        Column("Mã đơn vị", 20),
        Column("Tên đơn vị", 40, wrap=True),
        Column("Tình hình", 16),
        Column("Số liệu phải báo", 10, centre=True),
        Column("Số liệu đã nhận", 10, centre=True),
        Column("Ô cần sửa", 9, centre=True),
        Column("Thời điểm gửi", 18),
        Column("Đúng hạn", 11, centre=True),
        Column("Tệp", 50, wrap=True),
        Column("Khối đơn vị", 30, wrap=True),
    )
    sheet = book.sheet(SENDINGS, columns, Page(frozen=2))
    sheet.later(_sendings(sheet, rows), len(rows))
    sheet.finish()


def _sendings(sheet: Sheet, rows: Sequence[Sending]) -> Iterator[None]:
    colours = {Status.ACCEPTED: GOOD, Status.PARTIAL: DOUBTFUL, Status.DUPLICATE: DOUBTFUL}
    plan = sheet.book.plan
    for row, s in enumerate(rows, 1):
        sheet.text(row, 0, s.unit)
        sheet.text(row, 1, plan.unit[s.unit].name)
        sheet.text(row, STATUS, status(s), **(colours.get(s.status, BAD) if s.status else BAD))
        sheet.number(row, 3, s.owed)
        sheet.number(row, 4, s.values)
        sheet.number(row, 5, s.open, **(DOUBTFUL if s.open else {}))
        sheet.moment(row, 6, s.sent_at)
        punctual = "" if s.sent_at is None else LATE if s.late else "Đúng hạn"
        sheet.text(row, PUNCTUAL, punctual, **(DOUBTFUL if s.late else {}))
        sheet.text(row, 8, s.file)
        sheet.text(row, KIND, kind(plan.unit[s.unit].type))
        yield


def status(s: Sending) -> str:
    """How a unit stands, in a word."""
    return s.status.label if s.status else NOT_SENT
