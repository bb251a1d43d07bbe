"""The sheets of ``tong-hop.xlsx``, one function each: what stands in which column."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from lsindicators.exports import formulas
from lsindicators.exports.book import (
    BAD,
    DOUBTFUL,
    GOOD,
    GREY,
    GROUPS,
    QUIET,
    Book,
    Column,
    Look,
    Sheet,
    change_format,
    number_format,
    places_of,
)
from lsindicators.exports.formulas import NO_FIGURE, NOT_AGREED, NOT_COMPUTABLE, Places
from lsindicators.findings import Code
from lsindicators.layout import MADE_UP
from lsindicators.model import (
    Conflict,
    Criterion,
    Dataset,
    Figure,
    Outcome,
    Result,
    Sending,
    State,
    Status,
    Variable,
)
from lsindicators.values import format_value

GAPS = {
    "no-return": "Chưa gửi",
    "needs-mending": "Cần sửa",
    "left-out": "Không lấy",
    "not-yet": State.NOT_YET.value,
    "no-weight": "Thiếu quyền số",
    "not-reported": "Để trống",
    "not-assigned": "Chưa giao",
}
"""``Gap.why`` -> the words that stand in a unit's cell and in ``Còn thiếu``."""

RECORD = ("phan-cong.xlsx", "Năm trước")
"""Where a figure on record stands."""


# ------------------------------------------------------------------ criteria


def criteria(book: Book, places: Places, results: Sequence[Result]) -> None:
    """``Tiêu chí``: one row a criterion, its values live formulas over the totals."""
    year = book.plan.year
    columns = (
        Column("Mã tiêu chí", 9, centre=True),
        Column("Tên tiêu chí", 46, wrap=True),
        Column("Đơn vị tính", 13, wrap=True, centre=True),
        Column(f"Năm {year - 1}", 16),
        Column(f"Năm {year}", 16),
        Column("Tăng, giảm", 14),
        Column("Độ phủ", 9, centre=True),
        Column("Tính chất", 13, wrap=True, centre=True),
        Column("Ghi chú", 44, wrap=True),
    )
    sheet = book.sheet("Tiêu chí", columns, frozen=2)
    sheet.note(5, f"Năm {year} trừ năm {year - 1}; với tỷ lệ % là điểm phần trăm.")
    sheet.note(6, "Số đơn vị đã báo trên số đơn vị phải báo, của số liệu đầu vào có ít đơn vị báo nhất.")
    colours = group_colours(book)
    for row, r in enumerate(results, 1):
        c = r.criterion
        sheet.text(row, 0, c.code, bold=True, bg_color=colours[_top(c)])
        sheet.text(row, 1, c.name)
        sheet.text(row, 2, c.measure)
        _computed(sheet, places, row, 3, r)
        sheet.text(row, 7, book.plan.mark(c) or c.standing.value)
        sheet.text(row, 8, _remark(book, places, r))
    _warn_of_gaps(sheet, 3, 4)
    sheet.finish()


def companions(book: Book, places: Places, results: Sequence[Result]) -> None:
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
    sheet = book.sheet("Chỉ tiêu phụ", columns, frozen=3, mark=2)
    for row, r in enumerate(results, 1):
        c = r.criterion
        sheet.text(row, 0, c.code, bold=True)
        sheet.text(row, 1, c.parent or "")
        sheet.text(row, 2, c.name)
        sheet.text(row, 3, c.measure)
        _computed(sheet, places, row, 4, r)
        sheet.text(row, 8, book.plan.mark(c) or c.standing.value)
        sheet.text(row, 9, _remark(book, places, r))
    _warn_of_gaps(sheet, 4, 5)
    sheet.finish()


def group_colours(book: Book) -> dict[str, str]:
    """A soft fill for each group of criteria, in the plan's order."""
    groups = dict.fromkeys(_top(c) for c in book.plan.criteria)
    return {group: GROUPS[i % len(GROUPS)] for i, group in enumerate(groups)}


def _top(criterion: Criterion) -> str:
    return criterion.group.split(" / ")[0]


def _computed(sheet: Sheet, places: Places, row: int, column: int, r: Result) -> None:
    """Last year, this year, the change and the coverage, from ``column`` on."""
    from xlsxwriter.utility import xl_rowcol_to_cell

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
    colour = {Outcome.COMPUTED: GOOD, Outcome.PARTIAL: DOUBTFUL, Outcome.MISSING: BAD}[r.outcome]
    sheet.text(row, column + 3, f"{r.reported}/{r.expected}", **colour)


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


def _warn_of_gaps(sheet: Sheet, first: int, last: int) -> None:
    """Colour the words that stand where a number should be."""
    form = sheet.book.format(**BAD, italic=True, bold=False)
    for words in (NO_FIGURE, NOT_AGREED, NOT_COMPUTABLE):
        rule = {"type": "cell", "criteria": "==", "value": f'"{words}"', "format": form}
        sheet.raw.conditional_format(1, first, max(sheet.last_row, 1), last, rule)


# ------------------------------------------------------------------ variable x unit


def matrix(book: Book, places: Places, year: int) -> None:
    """``Số liệu``, or ``Số liệu 2024``: one row a variable, one column a unit, totals as live formulas."""
    plan = book.plan
    columns = (
        Column("Mã số liệu", 9, centre=True),
        Column("Số liệu", 40, wrap=True),
        Column("Đơn vị tính", 11, wrap=True, centre=True),
        Column("Cách tổng hợp", 13, wrap=True, centre=True),
        Column("Số đơn vị phải báo", 8, centre=True),
        Column("Số đơn vị đã báo", 8, centre=True),
        Column("Toàn tỉnh", 16),
        *(Column(plan.unit[unit].name, 11, upright=True) for unit in places.units),
    )
    sheet = book.sheet(places.sheet(year), columns, frozen=2, paper=8, tall=True)
    waiting = {(g.variable, g.unit): GAPS[g.why] for g in places.dataset.gaps} if year == plan.year else {}
    for v in plan.variables:
        row = places.row(v.code)
        sheet.text(row, 0, v.code, bold=True)
        sheet.text(row, 1, v.name)
        sheet.text(row, 2, v.measure)
        sheet.text(row, 3, str(v.aggregation))
        _province(sheet, places, v, year)
        for unit in plan.assignment[v.code].units if v.code in plan.assignment else ():
            figure = places.dataset.figure.get((v.code, unit, year))
            _unit_cell(sheet, row, places.column(unit), v, figure, waiting.get((v.code, unit), ""))
    _warn_of_gaps(sheet, formulas.TOTAL, formulas.TOTAL)
    if places.units:
        grey = {"type": "blanks", "format": book.format(**GREY)}
        sheet.raw.conditional_format(1, formulas.FIRST_UNIT, max(sheet.last_row, 1), len(columns) - 1, grey)
    sheet.finish()


def _province(sheet: Sheet, places: Places, v: Variable, year: int) -> None:
    """The coverage of a variable and its total."""
    row, total = places.row(v.code), places.dataset.totals.get((v.code, year))
    look: Look = {"bold": True, "bg_color": "#F2F7FC", "align": "right"}
    if total is None:
        sheet.text(row, 4, "")
        sheet.text(row, 5, "")
        sheet.text(row, formulas.TOTAL, NO_FIGURE, **look)
        return
    short = {} if total.complete else DOUBTFUL if total.reported else BAD
    sheet.number(row, 4, len(total.expected))
    sheet.number(row, 5, len(total.reported), **short)
    shown = formulas.shown_total(total)
    formula = formulas.total_formula(places, v, total)
    if formula is None:
        sheet.value(row, formulas.TOTAL, shown, **look)
        return
    decimals = min(places_of(shown), 4) if isinstance(shown, Decimal) else 0
    if isinstance(total.value, str):
        look |= {"align": "left", "valign": "top"}
    sheet.formula(row, formulas.TOTAL, formula, shown, **look, num_format=number_format(decimals))


def _unit_cell(sheet: Sheet, row: int, column: int, v: Variable, figure: Figure | None, waiting: str) -> None:
    """A unit's figure, or in words why there is none; an empty grey cell is owed by nobody."""
    if figure is not None and figure.value is not None and isinstance(figure.value, Decimal) is v.kind.numeric:
        sheet.value(row, column, figure.value, **({} if v.kind.numeric else {"font_size": 9}))
    elif figure is not None and figure.state is not State.NOT_YET:
        sheet.text(row, column, figure.state.value, **QUIET, font_size=8, align="center")
    else:
        sheet.text(row, column, waiting, **(BAD if waiting else GREY), font_size=8, align="center")


# ------------------------------------------------------------------ lists


def figures(book: Book, dataset: Dataset) -> None:
    """``Dữ liệu``: one row a figure of a unit, with the cell where it was found."""
    plan = book.plan
    columns = (
        Column("Mã đơn vị", 17),
        Column("Tên đơn vị", 32),
        Column("Mã số liệu", 9, centre=True),
        Column("Số liệu", 44),
        Column("Năm", 7, centre=True),
        Column("Giá trị", 17),
        Column("Tình trạng", 20),
        Column("Nguồn số liệu", 26, wrap=True),
        Column("Giải trình", 26, wrap=True),
        Column("Tệp", 30),
        Column("Trang tính", 11),
        Column("Ô", 7, centre=True),
        Column("SHA-256", 16),
        Column("Thời điểm đọc", 17),
    )
    sheet = book.sheet("Dữ liệu", columns, frozen=3, paper=8, mark=3)
    for row, f in enumerate(dataset.figures, 1):
        sheet.text(row, 0, f.unit)
        sheet.text(row, 1, plan.unit[f.unit].name)
        sheet.text(row, 2, f.variable)
        sheet.text(row, 3, plan.variable[f.variable].name)
        sheet.raw.write_number(row, 4, f.year, sheet.look(4, num_format="0"))
        sheet.value(row, 5, f.value)
        sheet.text(row, 6, f.state.value, **({} if f.state is State.GIVEN else QUIET))
        sheet.text(row, 7, f.source)
        sheet.text(row, 8, _explained(f))
        _place(sheet, row, 9, f)
        sheet.text(row, 12, f.sha256)
        sheet.moment(row, 13, f.read_at)
    sheet.finish()


def _explained(f: Figure) -> str:
    """A unit's reason, and by which decision the figure was taken; of a figure of the clerk's what was sent instead."""
    if f.decision is None:
        return f.reason
    if not f.corrected:
        return "; ".join(filter(None, (f.reason, str(f.decision))))
    sent = "đơn vị chưa gửi số" if f.decision.sent is None else f"đơn vị gửi {format_value(f.decision.sent)}"
    return f"{f.decision}; {sent}"


def _place(sheet: Sheet, row: int, column: int, f: Figure) -> None:
    """File, sheet and cell of a figure."""
    file, name = (f.at.workbook, f.at.sheet or "") if f.at else RECORD
    sheet.text(row, column, file)
    sheet.text(row, column + 1, name)
    sheet.text(row, column + 2, (f.at.address or "") if f.at else "")


CONFLICTS = {
    Code.CONFLICT.word: "Đơn vị chủ trì báo khác nhau",
    Code.TOTALS_DISAGREE.word: "Tổng phối hợp khác số chủ trì",
}


def conflicts(book: Book, dataset: Dataset) -> None:
    """``Đối chiếu``: the figures that contradict each other, one row a figure."""
    plan = book.plan
    columns = (
        Column("Loại", 18, wrap=True),
        Column("Mã số liệu", 9, centre=True),
        Column("Số liệu", 40, wrap=True),
        Column("Đơn vị tính", 12, wrap=True, centre=True),
        Column("Nội dung", 44, wrap=True),
        Column("Mã đơn vị", 17),
        Column("Tên đơn vị", 30, wrap=True),
        Column("Vai trò", 10, centre=True),
        Column("Năm", 7, centre=True),
        Column("Giá trị", 16),
        Column("Tệp", 30, wrap=True),
        Column("Trang tính", 11),
        Column("Ô", 7, centre=True),
    )
    sheet = book.sheet("Đối chiếu", columns, frozen=2, mark=4)
    row = 0
    for c in dataset.conflicts:
        v = plan.variable[c.variable]
        for f in c.figures:
            row += 1
            sheet.text(row, 0, CONFLICTS[c.code], **(BAD if _blocks(c) else DOUBTFUL))
            sheet.text(row, 1, v.code)
            sheet.text(row, 2, v.name)
            sheet.text(row, 3, v.measure)
            sheet.text(row, 4, c.message)
            sheet.text(row, 5, f.unit)
            sheet.text(row, 6, plan.unit[f.unit].name)
            sheet.text(row, 7, "Chủ trì" if f.unit in plan.assignment[v.code].lead else "Phối hợp")
            sheet.raw.write_number(row, 8, f.year, sheet.look(8, num_format="0"))
            sheet.value(row, 9, f.value)
            _place(sheet, row, 10, f)
    sheet.finish()


def _blocks(conflict: Conflict) -> bool:
    return conflict.code == Code.CONFLICT.word


def gaps(book: Book, dataset: Dataset) -> None:
    """``Còn thiếu``: every figure that is owed and not there."""
    plan = book.plan
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
    sheet = book.sheet("Còn thiếu", columns, frozen=1)
    for row, g in enumerate(dataset.gaps, 1):
        v = plan.variable[g.variable]
        sheet.text(row, 0, v.code)
        sheet.text(row, 1, v.name)
        sheet.text(row, 2, v.criterion)
        sheet.text(row, 3, g.unit)
        sheet.text(row, 4, plan.unit[g.unit].name if g.unit else "")
        sheet.text(row, 5, "có" if v.required else "không")
        sheet.text(row, 6, GAPS[g.why], **(BAD if g.why in ("no-return", "not-assigned") else DOUBTFUL))
        sheet.text(row, 7, g.note)
    sheet.finish()


def sendings(book: Book, rows: Sequence[Sending]) -> None:
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
    )
    sheet = book.sheet("Tình hình gửi", columns, frozen=2)
    colours = {Status.ACCEPTED: GOOD, Status.PARTIAL: DOUBTFUL, Status.DUPLICATE: DOUBTFUL}
    for row, s in enumerate(rows, 1):
        status = s.status.label if s.status else GAPS["no-return"]
        sheet.text(row, 0, s.unit)
        sheet.text(row, 1, book.plan.unit[s.unit].name)
        sheet.text(row, 2, status, **(colours.get(s.status, BAD) if s.status else BAD))
        sheet.number(row, 3, s.owed)
        sheet.number(row, 4, s.values)
        sheet.number(row, 5, s.open, **(DOUBTFUL if s.open else {}))
        sheet.moment(row, 6, s.sent_at)
        punctual = "" if s.sent_at is None else "Quá hạn" if s.late else "Đúng hạn"
        sheet.text(row, 7, punctual, **(DOUBTFUL if s.late else {}))
        sheet.text(row, 8, s.file)
    sheet.finish()


# ------------------------------------------------------------------ how to read it all


def guide(book: Book, places: Places) -> None:
    """``Giải thích``: what each sheet shows, what the words and colours mean."""
    year = book.plan.year
    sheet = book.sheet("Giải thích", (Column("Mục", 30, wrap=True), Column("Giải thích", 110, wrap=True)))
    rows: list[tuple[str, str, Look]] = []
    if book.plan.settings.made_up:
        rows.append(("Lưu ý", MADE_UP, BAD))
    rows += [
        (
            "Trang Tiêu chí",
            "Mỗi dòng một tiêu chí. Giá trị là công thức Excel tính từ cột Toàn tỉnh của trang Số liệu.",
            {},
        ),
        *(
            (f"Nhóm màu: {group}", _codes(book, group), {"bg_color": fill})
            for group, fill in group_colours(book).items()
        ),
        (
            "Độ phủ",
            "Số đơn vị đã báo trên số đơn vị phải báo, của số liệu đầu vào có ít đơn vị báo nhất. "
            "Xanh: đủ; vàng: tính trên một phần đơn vị; đỏ: chưa tính được.",
            {},
        ),
        (
            "Tính chất",
            "Đề xuất: tên tiêu chí chưa được công bố chính thức. Cách tính đề xuất: tên đã chính thức, "
            "cách tính và số liệu thành phần còn là đề xuất.",
            {},
        ),
        (
            "Trang Số liệu",
            f"Số liệu năm {year} của từng đơn vị; cột Toàn tỉnh là công thức theo Cách tổng hợp. "
            "Ô xám: đơn vị không phải báo. Các năm trước ở trang cùng tên có ghi năm.",
            {},
        ),
        (
            "Số 0 và ô chưa có số",
            "Số 0 là đơn vị báo không phát sinh. Ô chưa có số không bao giờ được tính là 0.",
            {},
        ),
        (
            "Đã báo",
            "Có số liệu, Không phát sinh, Không áp dụng, Đã tính ở đơn vị khác. Chưa có số liệu và ô để trống là chưa báo.",
            {},
        ),
        (NO_FIGURE, "Chưa đơn vị nào báo, hoặc thiếu số liệu đầu vào.", BAD),
        (NOT_AGREED, "Các đơn vị chủ trì báo khác nhau; xem trang Đối chiếu.", BAD),
        (NOT_COMPUTABLE, "Đủ số liệu nhưng phép tính không có kết quả, ví dụ mẫu số bằng 0.", BAD),
        ("Trang Dữ liệu", "Mỗi dòng một số của một đơn vị, kèm tệp, trang tính và ô đã đọc.", {}),
        ("Trang Đối chiếu", "Các số mâu thuẫn nhau, cần thống nhất trước khi báo cáo.", {}),
        ("Trang Còn thiếu", "Số liệu phải báo mà chưa có, và lý do.", {}),
        ("Trang Tình hình gửi", "Đơn vị nào đã gửi, nhận được bao nhiêu số liệu, đúng hạn hay không.", {}),
    ]
    for row, (word, text, colour) in enumerate(rows, 1):
        sheet.text(row, 0, word, **{"bold": True, **colour})
        sheet.text(row, 1, text)
    sheet.finish()


def _codes(book: Book, group: str) -> str:
    codes = [c.code for c in book.plan.criteria if _top(c) == group]
    return f"{len(codes)} tiêu chí: {', '.join(codes)}"
