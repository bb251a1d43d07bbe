"""The ways in which units spoil a form that lies filled in on their desk; each notes what reading must say of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from lsindicators import layout, values
from lsindicators.findings import Code
from lsindicators.model import NEEDS_REASON, Kind, Level, Method, Plan, State
from lsindicators.rehearsal import rules
from lsindicators.rehearsal.desk import Desk, Planted, cell_of, code_of
from lsindicators.rehearsal.packing import Broken, Formula, Input
from lsindicators.rehearsal.rules import Bound
from lsindicators.rehearsal.tables import Way

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

Faults = Iterator[Planted]


def _any(row: layout.FormRow, value: Decimal) -> bool:
    return True


def _kind(row: layout.FormRow) -> Kind | None:
    return row.variable.kind if row.variable else None


# ------------------------------------------------------------------ one cell


def _as_text(desk: Desk) -> Faults:
    """Every number typed as text, as it is written in Vietnam."""
    for row, value in tuple(desk.numbers()):
        decimals = 0 if _kind(row) is Kind.WHOLE else max(1, -int(value.as_tuple().exponent))
        text = values.format_number(value, decimals)
        desk.type(row, layout.CURRENT, text)
        yield desk.note(row, Code.NUMBER_AS_TEXT, text)


def _not_a_number(desk: Desk) -> Faults:
    if found := desk.number(_any):
        yield desk.spoil(found[0], Code.NOT_A_NUMBER, f"khoảng {values.format_number(found[1])}")


def _ambiguous(desk: Desk) -> Faults:
    """One separator and three digits: a thousand more or less."""
    if found := desk.number(lambda _, value: 1000 <= value < 1_000_000, _any):
        row, value = found
        whole = int(value) if 1000 <= value < 1_000_000 else 1234
        separator = "," if _kind(row) is Kind.WHOLE else "."
        yield desk.spoil(row, Code.AMBIGUOUS_NUMBER, f"{whole // 1000}{separator}{whole % 1000:03d}")


def _above(desk: Desk) -> Faults:
    """Zeros too many."""

    def bounded(row: layout.FormRow, value: Decimal) -> bool:
        return row.variable is not None and row.variable.high is not None and value > 0

    if found := desk.number(lambda row, value: bounded(row, value) and _kind(row) is Kind.PERCENT, bounded):
        row, value = found
        assert row.variable is not None and row.variable.high is not None
        while value <= row.variable.high:
            value *= 10
        yield desk.spoil(row, Code.ABOVE_MAXIMUM, value)


def _below(desk: Desk) -> Faults:
    """A minus where none can be."""
    if found := desk.number(lambda row, _: row.variable is not None and row.variable.low is not None):
        row, _ = found
        assert row.variable is not None and row.variable.low is not None
        low = row.variable.low.to_integral_value("ROUND_FLOOR")
        yield desk.spoil(row, Code.BELOW_MINIMUM, low - max(Decimal(1), abs(low) // 10))


def _fraction(desk: Desk) -> Faults:
    # a workbook keeps 15 digits
    if found := desk.number(lambda row, number: _kind(row) is Kind.WHOLE and abs(number) < 10**14):
        yield desk.spoil(found[0], Code.NOT_AN_INTEGER, found[1] + Decimal("0.5"))


def _date(desk: Desk) -> Faults:
    """``1/2`` typed for a half: Excel makes a date of it."""
    if found := desk.number(_any):
        yield desk.spoil(found[0], Code.DATE_AS_NUMBER, date(desk.plan.year + 1, 2, 1))


def _blank(desk: Desk) -> Faults:
    """The first three required numbers left out, and nothing said."""
    needed = [row for row, _ in desk.numbers() if row.variable is not None and row.variable.required]
    for row in needed[:3]:
        desk.type(row, layout.STATE, None)
        yield desk.spoil(row, Code.MISSING_VALUE, None)


def _no_reason(desk: Desk) -> Faults:
    """The reasons given are struck out; a unit that gave none says ``Chưa có số liệu`` of one row."""
    silent = [row for row, a in desk.rows() if a.state in NEEDS_REASON]
    if not silent and (found := desk.number(_any)):
        desk.type(found[0], layout.CURRENT, None)
        desk.type(found[0], layout.STATE, State.NOT_YET.value)
        silent = [found[0]]
    for row in silent:
        yield desk.spoil(row, Code.MISSING_REASON, None, layout.REASON)


def _no_source(desk: Desk) -> Faults:
    if found := desk.number(_any):
        desk.type(found[0], layout.SOURCE, None)
        yield desk.note(found[0], Code.MISSING_SOURCE, None, layout.SOURCE)


def _contradiction(desk: Desk) -> Faults:
    if found := desk.number(lambda _, value: value > 0):
        desk.spoil(found[0], Code.STATE_CONTRADICTS_VALUE, State.NONE_OCCURRED.value, layout.STATE)
        yield desk.note(found[0], Code.STATE_CONTRADICTS_VALUE, f"{State.NONE_OCCURRED.value}: {found[1]:f}")


def _not_in_list(desk: Desk) -> Faults:
    if found := desk.number(_any):
        yield desk.spoil(found[0], Code.NOT_IN_LIST, "Đang rà soát", layout.STATE)


def _formula(desk: Desk) -> Faults:
    if found := desk.number(_any):
        row, value = found
        yield desk.spoil(row, Code.FORMULA_IN_INPUT, Formula(f"=SUM({value // 2},{value - value // 2})"))


def _cell_error(desk: Desk) -> Faults:
    if found := desk.number(_any):
        yield desk.spoil(found[0], Code.CELL_ERROR, Broken("#REF!"))


def _long(desk: Desk) -> Faults:
    """A whole report pasted into one cell."""
    for row, answer in desk.rows():
        text = "Kèm theo báo cáo chi tiết của đơn vị. " * (layout.TEXT_LIMIT // 30)
        column = layout.SOURCE if answer.source or not answer.reason else layout.REASON
        desk.type(row, column, text.strip())
        yield desk.note(row, Code.TEXT_TOO_LONG, text, column)
        return


def _control(desk: Desk) -> Faults:
    """Invisible characters that come along when a text is pasted from the web."""
    if found := desk.number(_any):
        text = "\u200bTrang thông tin\u00ad của đơn vị\ufeff"
        desk.type(found[0], layout.SOURCE, text)
        yield desk.note(found[0], Code.CONTROL_CHARACTERS, text, layout.SOURCE)


# ------------------------------------------------------------------ across cells and years


def _rule(desk: Desk) -> Faults:
    """A part that is larger than its whole, and the like: one figure changed so that a rule does not hold."""
    for strict in (True, False):
        for bound in desk.bound:
            if (bound.rule.level is Level.ERROR) is strict and (told := _broken(desk, bound)):
                yield from told
                return


def _broken(desk: Desk, bound: Bound) -> tuple[Planted, ...]:
    codes = list(dict.fromkeys(r.code for r in bound.references if r.lag == 0))
    if not desk.used.isdisjoint(r.code for r in bound.references) or not rules.holds(bound, desk.number_of):
        return ()
    free = {code_of(row): (row, value) for row, value in desk.numbers()}
    for code in codes:
        if code not in free or (bound.rule.level is Level.WARNING and _shared(desk.plan, code)):
            continue
        row, now = free[code]
        assert row.variable is not None
        for proposal in rules.proposals(bound, row.variable, now, desk.number_of):
            value = rules.placed(row.variable, proposal)
            if value is None or value == now or not value or not measured(desk.before(row), value):
                continue
            desk.changed[code] = value
            found = rules.broken(desk.bound, desk.number_of)
            if bound in found and desk.used.isdisjoint(r.code for b in found for r in b.references):
                desk.type(row, layout.CURRENT, value)
                desk.type(row, layout.REASON, "Số liệu theo báo cáo mới nhất")
                told = desk.breaches()
                desk.used |= {r.code for b in found for r in b.references}
                return told
            del desk.changed[code]
    return ()


def _shared(plan: Plan, code: str) -> bool:
    """Whether a figure is held against those of other units."""
    return plan.variable[code].aggregation.method is Method.LEAD


def measured(before: Decimal | None, value: Decimal) -> bool:
    """Whether nobody could take ``value`` for another measure than last year's."""
    if before is None or before < layout.SMALLEST or value <= 0:
        return True
    ratio, slack = value / before, Decimal("2.2")
    return not any(n / slack <= ratio <= n * slack for n in layout.SCALES)


def _ruled(desk: Desk, row: layout.FormRow) -> bool:
    return any(b.names(code_of(row)) for b in desk.bound)


def _scale(desk: Desk) -> Faults:
    """A thousand times the figure: thousands of đồng where millions are asked, and the like."""

    def roomy(row: layout.FormRow, value: Decimal) -> bool:
        high = row.variable.high if row.variable else None
        before = desk.before(row)
        near = before is not None and before >= 100 and before * Decimal("0.6") < value < before * Decimal("1.6")
        return near and (high is None or value * 1000 <= high)

    if found := desk.number(lambda row, value: roomy(row, value) and not _ruled(desk, row), roomy):
        yield desk.spoil(found[0], Code.UNIT_SCALE_SUSPECT, found[1] * 1000)


def _change(desk: Desk) -> Faults:
    """More than three times last year's figure, and not a word on why."""

    def leapt(row: layout.FormRow) -> Decimal | None:
        before = desk.before(row)
        if before is None or before < 100 or row.variable is None or _ruled(desk, row):
            return None
        value = rules.placed(row.variable, before * max(Decimal("3.2"), row.change * Decimal("0.013")))
        good = value is not None and value > before * 3 and row.leaps(before, value) and measured(before, value)
        return value if good else None

    if found := desk.number(lambda row, _: leapt(row) is not None):
        desk.type(found[0], layout.REASON, None)
        yield desk.spoil(found[0], Code.LARGE_CHANGE, leapt(found[0]))


# ------------------------------------------------------------------ the sheet


def _unlocked(desk: Desk) -> Faults:
    """The lock taken off, and nothing else."""
    desk.unlocked = True
    yield Planted(code=Code.PROTECTION_REMOVED, typed="bỏ khóa trang tính")


def _locked(desk: Desk) -> Faults:
    """The lock taken off and a đơn vị tính rewritten."""
    if found := desk.number(_any):
        desk.type(found[0], layout.MEASURE, "nghìn lượt")
        yield desk.note(found[0], Code.LOCKED_CELL_CHANGED, "nghìn lượt", layout.MEASURE)
        yield from _unlocked(desk)


def _locked_all(desk: Desk) -> Faults:
    """Other locked texts rewritten, the stamp rubbed out, and a formula of ours typed over."""
    group = next((r for r in desk.form.rows if r.variable is None), None)
    row = next((r for r in desk.form.variables if code_of(r) not in desk.used), None)
    if row is None:
        return
    changes: list[tuple[int, int, Input]] = [
        (layout.HEADING_ROW, layout.MEASURE, "ĐVT"),
        (layout.TOKEN_ROW, layout.NUMBER, None),
    ]
    if len(desk.form.variables) > 1:  # where the last formula has gone, the file may come from a program without any
        changes.append((row.row, layout.CHECK, "Đã kiểm tra"))
    known = next((r for r in desk.form.variables if isinstance(r.previous, Decimal)), None)
    changes.append((row.row, layout.LABEL, "Tên số liệu do đơn vị sửa"))
    if known is not None and isinstance(known.previous, Decimal):
        changes.append((known.row, layout.PREVIOUS, known.previous + 1))
    if group is not None:
        changes.append((group.row, layout.NUMBER, "Nội dung khác"))
    for at, column, text in changes:
        place = layout.address(at, column)
        desk.cells[place] = text
        yield Planted(code=Code.LOCKED_CELL_CHANGED, cell=place, typed="(trống)" if text is None else str(text))
    yield from _unlocked(desk)


def _row(desk: Desk) -> Faults:
    """The lock taken off and a row deleted, so that all below moves up."""
    if (found := desk.number(_any)) and _others(desk, found[0]):
        row = found[0]
        desk.surgery.append(lambda book: _delete(book[layout.DATA], row.row + 1))
        _forget(desk, row)
        yield Planted(code=Code.ROW_MISSING, variable=code_of(row), typed="xóa dòng")
        yield from _unlocked(desk)


def _delete(sheet: Worksheet, at: int) -> None:
    below = [r for r in sheet.merged_cells.ranges if r.min_row > at]
    for merged in below:
        sheet.unmerge_cells(merged.coord)
    sheet.delete_rows(at)
    for merged in below:
        merged.shift(row_shift=-1)
        sheet.merge_cells(merged.coord)


def _forget(desk: Desk, row: layout.FormRow) -> None:
    """Nothing of ``row`` may be taken, of neither year."""
    desk.used.add(code_of(row))
    desk.lost |= {(code_of(row), desk.form.year), (code_of(row), desk.form.year - 1)}


def _others(desk: Desk, row: layout.FormRow) -> bool:
    """Whether the form says anything beside ``row``."""
    return any(other is not row for other, answer in desk.rows() if answer.value is not None)


def _moved(desk: Desk) -> Faults:
    """Two rows sorted without their keys: names and figures stand beside the key of the other."""
    rows = [row for row, _ in desk.numbers()]
    for first in rows:
        second = next((r for r in rows if r is not first and r.text != first.text), None)
        if second is not None:
            break
    else:
        return
    locked, cells = desk.form.locked, dict(desk.cells)
    for row, other in ((first, second), (second, first)):
        _forget(desk, row)
        for column in (layout.LABEL, layout.MEASURE, layout.PREVIOUS, *layout.INPUTS):
            was, now = (locked.get(cell_of(r, column), cells.get(cell_of(r, column))) for r in (row, other))
            desk.type(row, column, now if now != "" else None)
            if column == layout.LABEL:
                yield desk.note(row, Code.ROW_MOVED, now, layout.KEY)
            elif cell_of(row, column) in locked and now != was and {now, was} != {None, ""}:
                yield desk.note(row, Code.LOCKED_CELL_CHANGED, now, column)
    yield from _unlocked(desk)


def _twice(desk: Desk, *, same: bool = False) -> Faults:
    """A row copied below the table, and one of the two changed."""
    if not (found := desk.number(_any)):
        return
    row, value = found
    more = value if same else value + 1
    below = desk.form.last_row + 1

    def copy(book: Workbook) -> None:
        sheet = book[layout.DATA]
        for column in range(len(layout.COLUMNS)):
            content: object = sheet.cell(row.row + 1, column + 1).value
            sheet.cell(below + 1, column + 1).value = more if column == layout.CURRENT else content  # type: ignore[assignment]

    desk.surgery.append(copy)
    again = Planted(
        code=Code.ROW_DUPLICATED, cell=layout.address(below, layout.KEY), variable=code_of(row), typed=f"{more:f}"
    )
    if same:
        desk.used.add(code_of(row))
    else:
        _forget(desk, row)
        yield desk.note(row, Code.ROW_DUPLICATED, value, layout.KEY)
    yield again
    yield from _unlocked(desk)


def _twice_same(desk: Desk) -> Faults:
    yield from _twice(desk, same=True)


def _stray(desk: Desk) -> Faults:
    """A remark beside the table."""
    place = layout.address(layout.FIRST_ROW + 1, layout.CHECK + 2)

    def write(book: Workbook) -> None:
        book[layout.DATA][place].value = "Đã trình lãnh đạo"

    desk.surgery.append(write)
    yield Planted(code=Code.STRAY_CONTENT, cell=place, typed="Đã trình lãnh đạo")
    yield from _unlocked(desk)


NOTES, UNKNOWN = "Ghi chú", "ZZ99_Z"
"""A sheet, and the key of a row, that units put in by themselves."""


def _added(desk: Desk) -> Faults:
    """A row of the unit's own below the table, and a sheet of its own."""
    below = desk.form.last_row + 1

    def write(book: Workbook) -> None:
        for column, text in ((layout.KEY, UNKNOWN), (layout.LABEL, "Số khác"), (layout.CURRENT, 5)):
            book[layout.DATA][layout.address(below, column)].value = text
        book.create_sheet(NOTES)["A1"].value = "Số liệu do văn phòng tổng hợp"

    desk.surgery.append(write)
    yield Planted(code=Code.STRAY_CONTENT, cell=layout.address(below, layout.KEY), typed=UNKNOWN)
    yield Planted(code=Code.STRAY_CONTENT, sheet=NOTES, cell="A1", typed="thêm trang tính")
    yield from _unlocked(desk)


def _merged(desk: Desk) -> Faults:
    """A figure merged with the cell beside it: nobody knows what stood there."""
    if found := desk.number(_any):
        row, value = found
        first, last = cell_of(row, layout.CURRENT), cell_of(row, layout.STATE)
        desk.surgery.append(lambda book: book[layout.DATA].merge_cells(f"{first}:{last}"))
        yield desk.spoil(row, Code.CELL_ERROR, value)
        yield desk.note(row, Code.CELL_ERROR, "(gộp ô)", layout.STATE)
        yield from _unlocked(desk)


def _no_narrative(desk: Desk) -> Faults:
    """The sheet of difficulties deleted by a unit that has none."""
    desk.surgery.append(lambda book: book.remove(book[layout.NARRATIVE]))
    yield Planted(code=Code.SHEET_MISSING, typed=f"xóa trang {layout.NARRATIVE}")


def _no_sheet(desk: Desk) -> Faults:
    """The sheet of figures deleted, or moved into a file of its own."""
    desk.surgery.append(lambda book: book.remove(book[layout.DATA]))
    yield Planted(code=Code.SHEET_MISSING, typed=f"xóa trang {layout.DATA}")


Fault = Callable[[Desk], Faults]

CELL_FAULTS: Mapping[Way, Fault] = {
    Way.RULE: _rule,
    Way.SCALE: _scale,
    Way.CHANGE: _change,
    Way.ABOVE: _above,
    Way.BELOW: _below,
    Way.FRACTION: _fraction,
    Way.AMBIGUOUS: _ambiguous,
    Way.NOT_A_NUMBER: _not_a_number,
    Way.DATE: _date,
    Way.CONTRADICTION: _contradiction,
    Way.NOT_IN_LIST: _not_in_list,
    Way.FORMULA: _formula,
    Way.CELL_ERROR: _cell_error,
    Way.NO_SOURCE: _no_source,
    Way.CONTROL: _control,
    Way.LONG: _long,
    Way.NO_REASON: _no_reason,
    Way.BLANK: _blank,
    Way.AS_TEXT: _as_text,
}
"""Faults in the cells of a form, several of which go together; in the order in which they are made: those that find
few rows to live in come first."""

SHEET_FAULTS: Mapping[Way, Fault] = {
    Way.UNLOCKED: _unlocked,
    Way.LOCKED: _locked,
    Way.ROW: _row,
    Way.MOVED: _moved,
    Way.TWICE: _twice,
    Way.TWICE_SAME: _twice_same,
    Way.STRAY: _stray,
    Way.LOCKED_ALL: _locked_all,
    Way.ADDED: _added,
    Way.MERGED: _merged,
    Way.NO_NARRATIVE: _no_narrative,
    Way.NO_SHEET: _no_sheet,
}
"""Faults of the sheet as a whole."""

REJECTED = frozenset((Way.NO_SHEET,))
"""Those of them after which nothing of the form is taken."""

FORM_FAULTS: Mapping[Way, Fault] = {**CELL_FAULTS, **SHEET_FAULTS}


def spoil(desk: Desk, ways: tuple[Way, ...]) -> tuple[Planted, ...]:
    """Make the faults of ``ways`` on one form; empty where one of them finds no place on it."""
    planted: list[Planted] = []
    for way in sorted(ways, key=list(FORM_FAULTS).index):
        made = tuple(FORM_FAULTS[way](desk))
        if not made:
            return ()
        planted += made
    return tuple(dict.fromkeys(planted))
