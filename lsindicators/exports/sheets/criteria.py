"""``Tiêu chí`` and ``Chỉ tiêu phụ``: one row a criterion, its values live formulas over the totals."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from xlsxwriter.utility import xl_rowcol_to_cell

from lsindicators import summary
from lsindicators.exports import formulas
from lsindicators.exports.book import (
    BAD,
    DOUBTFUL,
    LINKED,
    Book,
    Column,
    Page,
    Sheet,
    change_format,
    number_format,
)
from lsindicators.exports.formulas import CRITERIA, NO_FIGURE, NOT_AGREED, NOT_COMPUTABLE, Places
from lsindicators.exports.words import COLOURS, OUTCOMES, field, group_colours, top
from lsindicators.model import Result

(CODE, NAME, MEASURE, BEFORE, NOW, CHANGE, COVERAGE, STANDING, REMARK, GROUP, FIELD, OUTCOME, SHARE, MOVED) = range(14)
"""Columns of ``Tiêu chí``, counted from 0; those of the contract end with the remark."""

WAYS = {1: "Tăng", -1: "Giảm", 0: "Không đổi"}
"""Where a criterion went whose two years both rest on all units, as the report counts them."""


def write(book: Book, places: Places, results: Sequence[Result]) -> None:
    """``Tiêu chí``, with the group, what became of the criterion and its coverage in per cent behind the contract's columns."""
    year = book.plan.year
    columns = (
        Column("Mã tiêu chí", 9, centre=True),
        Column("Tên tiêu chí", 46, wrap=True),
        Column("Đơn vị tính", 13, wrap=True, centre=True),
        Column(f"Năm {year - 1}", 14),
        Column(f"Năm {year}", 14),
        Column("Tăng, giảm", 12),
        Column("Độ phủ", 8, centre=True),
        Column("Tính chất", 12, wrap=True, centre=True),
        Column("Ghi chú", 44, wrap=True),
        Column("Nhóm", 22, wrap=True),
        Column("Lĩnh vực", 28, wrap=True),
        Column("Kết quả", 14, centre=True),
        Column("Độ phủ (%)", 10),
        Column("So hai năm", 11, centre=True),
    )
    sheet = book.sheet(CRITERIA, columns, Page(frozen=2))
    sheet.note(CHANGE, f"Năm {year} trừ năm {year - 1}; với tỷ lệ % là điểm phần trăm.")
    sheet.note(MOVED, "Tăng, giảm của tiêu chí đủ số liệu của cả hai năm; để trống là chưa so sánh được.")
    sheet.note(COVERAGE, "Số đơn vị đã báo trên số đơn vị phải báo, của số liệu đầu vào có ít đơn vị báo nhất.")
    colours = group_colours(book.plan)
    for row, r in enumerate(results, 1):
        c = r.criterion
        _code(sheet, places, row, c.code, bg_color=colours[top(c)])
        sheet.text(row, NAME, c.name)
        sheet.text(row, MEASURE, c.measure)
        _computed(sheet, places, row, BEFORE, r)
        sheet.text(row, STANDING, book.plan.mark(c) or c.standing.value)
        sheet.text(row, REMARK, _remark(book, places, r))
        sheet.text(row, GROUP, top(c))
        sheet.text(row, FIELD, field(c))
        sheet.text(row, OUTCOME, OUTCOMES[r.outcome], **COLOURS[r.outcome])
        share = coverage(r)
        if share is None:
            sheet.text(row, SHARE, "")
        else:
            sheet.number(row, SHARE, share, 1, align="right")
        if summary.comparable(r):
            change = f"ROUND({xl_rowcol_to_cell(row, CHANGE)},{c.decimals})"
            ways = f'IF({change}>0,"{WAYS[1]}",IF({change}<0,"{WAYS[-1]}","{WAYS[0]}"))'
            formula = f'=IF(ISNUMBER({xl_rowcol_to_cell(row, CHANGE)}),{ways},"")'
            sheet.formula(row, MOVED, formula, WAYS[summary.direction(r)], align="center")
        else:
            sheet.text(row, MOVED, "")
    _colour(sheet, BEFORE, NOW, CHANGE)
    sheet.shares(1, max(sheet.last_row, 1), SHARE)
    sheet.raw.print_area(0, 0, max(sheet.last_row, 1), REMARK)  # what is behind it serves filters and formulas
    sheet.finish()


def write_companions(book: Book, places: Places, results: Sequence[Result]) -> None:
    """``Chỉ tiêu phụ``: second figures of criteria, such as a share or a rank."""
    year = book.plan.year
    columns = (
        Column("Mã", 10, centre=True),
        Column("Mã tiêu chí", 9, centre=True),
        Column("Tên", 46, wrap=True),
        Column("Đơn vị tính", 13, wrap=True, centre=True),
        Column(f"Năm {year - 1}", 16),
        Column(f"Năm {year}", 16),
        Column("Tăng, giảm", 14),
        Column("Độ phủ", 9, centre=True),
        Column("Tính chất", 13, wrap=True, centre=True),
        Column("Ghi chú", 44, wrap=True),
    )
    sheet = book.sheet("Chỉ tiêu phụ", columns, Page(frozen=3, mark=2))
    for row, r in enumerate(results, 1):
        c = r.criterion
        sheet.text(row, 0, c.code, bold=True)
        sheet.text(row, 1, c.parent or "", **LINKED)
        sheet.link(row, 1, f"'{CRITERIA}'!A{places.criterion_row[c.parent or ''] + 1}")
        sheet.text(row, 2, c.name)
        sheet.text(row, 3, c.measure)
        _computed(sheet, places, row, 4, r)
        sheet.text(row, 8, book.plan.mark(c) or c.standing.value)
        sheet.text(row, 9, _remark(book, places, r))
    _colour(sheet, 4, 5, 6)
    sheet.finish()


def coverage(r: Result) -> Decimal | None:
    """The coverage of a result in per cent; ``None`` where nobody is awaited and nothing is known."""
    if r.expected:
        return Decimal(100 * r.reported) / r.expected
    return Decimal(100) if r.value is not None else None


def _code(sheet: Sheet, places: Places, row: int, code: str, **look: str) -> None:
    """The code of a criterion, which leads to its first variable."""
    first = next((v.code for v in places.plan.variables if v.criterion == code), None)
    if first is None:
        sheet.text(row, CODE, code, bold=True, **look)
        return
    sheet.text(row, CODE, code, bold=True, **LINKED, **look)
    sheet.link(row, CODE, places.link(first, "", places.plan.year))


def _computed(sheet: Sheet, places: Places, row: int, column: int, r: Result) -> None:
    """Last year, this year, the change and the coverage, from ``column`` on."""
    year, c = places.plan.year, r.criterion
    look = {"num_format": number_format(c.decimals), "align": "right", "text_wrap": True}
    on_record = isinstance(places.plan.past_value.get((c.code, None, year - 1)), Decimal)
    for at, when, value in ((column, year - 1, r.previous), (column + 1, year, r.value)):
        shown = formulas.shown_criterion(places, c, value, when)
        formula = None
        if not (on_record and when < year):
            formula = formulas.criterion_formula(places, c, when)
        weight = {"bold": True} if when == year else {}
        if formula is None:
            sheet.value(row, at, shown, **{**look, **weight})
        else:
            sheet.formula(row, at, formula, shown, **look, **weight)
    before, now = (xl_rowcol_to_cell(row, at) for at in (column, column + 1))
    sheet.formula(
        row,
        column + 2,
        f'=IF(COUNT({before},{now})<2,"",{now}-{before})',
        "" if r.change is None else r.change,
        num_format=change_format(c.decimals),
        align="right",
    )
    sheet.text(
        row,
        column + 3,
        f"{r.reported}/{r.expected}",
        **(DOUBTFUL if r.value is not None and not r.whole else COLOURS[r.outcome]),
    )


def _remark(book: Book, places: Places, r: Result) -> str:
    """What a reader must know of the value."""
    year, told = book.plan.year, []
    if r.value is None:
        parted = [name for name in r.missing if _in_conflict(places, name)]
        absent = [name for name in r.missing if name not in parted]
        if absent:
            told.append(f"Thiếu số liệu {', '.join(absent)}")
        if parted:
            told.append(f"Các đơn vị chủ trì chưa thống nhất {', '.join(parted)}")
    if r.note:
        told.append(r.note[:1].upper() + r.note[1:])
    if r.value is not None and not r.whole:
        told.append(f"Tính trên {r.reported}/{r.expected} đơn vị")
    if (r.criterion.code, None, year - 1) in book.plan.past_value:
        told.append(f"Năm {year - 1} theo số đã công bố")
    elif r.previous is not None and not r.previous_complete:
        told.append(f"Năm {year - 1} chưa đủ đơn vị")
    if r.change is not None and not r.comparable:
        told.append("Hai năm không cùng phạm vi đơn vị, tăng giảm chỉ để tham khảo")
    shares = r.parted if r.previous is not None else ""
    told += [text[:1].upper() + text[1:] for text in (r.seam, shares) if text]
    if book.plan.settings.made_up:
        told.append("Số liệu giả định")
    return ". ".join(told)


def _in_conflict(places: Places, name: str) -> bool:
    code, _, lag = name.partition("@")
    total = places.dataset.totals.get((code, places.plan.year + int(lag or 0)))
    return total is not None and total.conflict


def _colour(sheet: Sheet, first: int, last: int, change: int) -> None:
    """Colour the words that stand where a number should be, and the direction of the change."""
    warn_of_gaps(sheet, first, last)
    end = max(sheet.last_row, 1)
    cell = xl_rowcol_to_cell(1, change, col_abs=True)
    for sign, colour in ((">", "#1F4E79"), ("<", "#9C5700")):
        rule = {
            "type": "formula",
            "criteria": f"=AND(ISNUMBER({cell}),{cell}{sign}0)",
            "format": sheet.book.format(font_color=colour),
        }
        sheet.raw.conditional_format(1, change, end, change, rule)


def warn_of_gaps(sheet: Sheet, first: int, last: int) -> None:
    """Colour the words that stand where a number should be."""
    form = sheet.book.format(**BAD, italic=True, bold=False)
    for words in (NO_FIGURE, NOT_AGREED, NOT_COMPUTABLE):
        rule = {"type": "cell", "criteria": "==", "value": f'"{words}"', "format": form}
        sheet.raw.conditional_format(1, first, max(sheet.last_row, 1), last, rule)
