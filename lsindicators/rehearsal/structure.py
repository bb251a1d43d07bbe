"""The ways in which units spoil the sheet of a form, beyond what they type into its cells; each notes what reading must say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from lsindicators import layout
from lsindicators.findings import Code
from lsindicators.rehearsal import packing
from lsindicators.rehearsal.desk import Desk, Planted, cell_of, code_of
from lsindicators.rehearsal.faults import Fault, Faults, anything
from lsindicators.rehearsal.packing import Input

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

# ------------------------------------------------------------------ the sheet


def unlocked(desk: Desk) -> Faults:
    """The lock taken off, and nothing else."""
    desk.packing.append(lambda parcel: packing.unlocked(parcel.content))
    yield Planted(code=Code.PROTECTION_REMOVED, typed="bỏ khóa trang tính")


def locked_all(desk: Desk) -> Faults:
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
    yield from unlocked(desk)


def row_deleted(desk: Desk) -> Faults:
    """The lock taken off and a row deleted, so that all below moves up."""
    if (found := desk.number(anything)) and _others(desk, found[0]):
        row = found[0]
        desk.surgery.append(_deleting(row.row + 1))
        forget(desk, row)
        yield Planted(code=Code.ROW_MISSING, variable=code_of(row), typed="xóa dòng")
        yield from unlocked(desk)


def _deleting(at: int) -> Callable[[Workbook], None]:
    return lambda book: _delete(book[layout.DATA], at)


def _merging(cells: str) -> Callable[[Workbook], None]:
    return lambda book: book[layout.DATA].merge_cells(cells)


def _delete(sheet: Worksheet, at: int) -> None:
    below = [r for r in sheet.merged_cells.ranges if r.min_row > at]
    for merged in below:
        sheet.unmerge_cells(merged.coord)
    sheet.delete_rows(at)
    for merged in below:
        merged.shift(row_shift=-1)
        sheet.merge_cells(merged.coord)


def forget(desk: Desk, row: layout.FormRow) -> None:
    """Nothing of ``row`` may be taken, of neither year."""
    desk.used.add(code_of(row))
    desk.lost |= {(code_of(row), desk.form.year), (code_of(row), desk.form.year - 1)}


def _others(desk: Desk, row: layout.FormRow) -> bool:
    """Whether the form says anything beside ``row``."""
    return any(other is not row for other, answer in desk.rows() if answer.value is not None)


def moved(desk: Desk) -> Faults:
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
        forget(desk, row)
        for column in (layout.LABEL, layout.MEASURE, layout.PREVIOUS, *layout.INPUTS):
            was, now = (locked.get(cell_of(r, column), cells.get(cell_of(r, column))) for r in (row, other))
            desk.type(row, column, now if now != "" else None)
            if column == layout.LABEL:
                yield desk.note(row, Code.ROW_MOVED, now, layout.KEY)
            elif cell_of(row, column) in locked and now != was and {now, was} != {None, ""}:
                yield desk.note(row, Code.LOCKED_CELL_CHANGED, now, column)
    yield from unlocked(desk)


def twice(desk: Desk, *, same: bool = False) -> Faults:
    """A row copied below the table, and one of the two changed."""
    if not (found := desk.number(anything)):
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
        forget(desk, row)
        yield desk.note(row, Code.ROW_DUPLICATED, value, layout.KEY)
    yield again
    yield from unlocked(desk)


def twice_same(desk: Desk) -> Faults:
    """A row copied below the table as it stands."""
    yield from twice(desk, same=True)


def stray(desk: Desk) -> Faults:
    """A remark beside the table."""
    place = layout.address(layout.FIRST_ROW + 1, layout.CHECK + 2)

    def write(book: Workbook) -> None:
        book[layout.DATA][place].value = "Đã trình lãnh đạo"

    desk.surgery.append(write)
    yield Planted(code=Code.STRAY_CONTENT, cell=place, typed="Đã trình lãnh đạo")
    yield from unlocked(desk)


NOTES, UNKNOWN = "Ghi chú", "ZZ99_Z"
"""A sheet, and the key of a row, that units put in by themselves."""


def added(desk: Desk) -> Faults:
    """A row of the unit's own below the table, and a sheet of its own."""
    below = desk.form.last_row + 1

    def write(book: Workbook) -> None:
        for column, text in ((layout.KEY, UNKNOWN), (layout.LABEL, "Số khác"), (layout.CURRENT, 5)):
            book[layout.DATA][layout.address(below, column)].value = text
        book.create_sheet(NOTES)["A1"].value = "Số liệu do văn phòng tổng hợp"

    desk.surgery.append(write)
    yield Planted(code=Code.STRAY_CONTENT, cell=layout.address(below, layout.KEY), typed=UNKNOWN)
    yield Planted(code=Code.STRAY_CONTENT, sheet=NOTES, cell="A1", typed="thêm trang tính")
    yield from unlocked(desk)


def merged(desk: Desk) -> Faults:
    """A figure merged with the cell beside it: nobody knows what stood there."""
    if found := desk.number(anything):
        row, value = found
        first, last = cell_of(row, layout.CURRENT), cell_of(row, layout.STATE)
        desk.surgery.append(_merging(f"{first}:{last}"))
        yield desk.spoil(row, Code.CELL_ERROR, value)
        yield desk.note(row, Code.CELL_ERROR, "(gộp ô)", layout.STATE)
        yield from unlocked(desk)


def no_narrative(desk: Desk) -> Faults:
    """The sheet of difficulties deleted by a unit that has none."""
    desk.surgery.append(lambda book: book.remove(book[layout.NARRATIVE]))
    yield Planted(code=Code.SHEET_MISSING, typed=f"xóa trang {layout.NARRATIVE}")


def no_sheet(desk: Desk) -> Faults:
    """The sheet of figures deleted, or moved into a file of its own."""
    desk.surgery.append(lambda book: book.remove(book[layout.DATA]))
    desk.useless = True
    yield Planted(code=Code.SHEET_MISSING, typed=f"xóa trang {layout.DATA}")


# ------------------------------------------------------------------ more of the same


def _unlocking(*changes: Callable[[Desk], Faults]) -> Fault:
    """``changes`` of a sheet from which the lock was taken off; none of them where the first finds no place."""

    def spoil(desk: Desk) -> Faults:
        for change in changes:
            made = tuple(change(desk))
            if not made:
                return
            yield from made
        yield from unlocked(desk)

    return spoil


def relabelled(column: int, text: str) -> Fault:
    """A locked text of a row with a number rewritten."""

    def change(desk: Desk) -> Faults:
        if found := desk.number(anything):
            desk.type(found[0], column, text)
            yield desk.note(found[0], Code.LOCKED_CELL_CHANGED, text, column)

    return _unlocking(change)


def _measured(desk: Desk) -> Faults:
    """Another measure written beside a figure: triệu đồng becomes đồng, người becomes nghìn người."""

    def unknown(row: layout.FormRow, value: Decimal) -> bool:
        return bool(value and row.previous is None and row.variable and row.variable.measure.isalpha())

    if found := desk.number(unknown):
        row, value = found
        assert row.variable is not None
        text = f"nghìn {row.variable.measure}"
        desk.type(row, layout.MEASURE, text)
        yield desk.note(row, Code.LOCKED_CELL_CHANGED, text, layout.MEASURE)
        yield desk.spoil(row, Code.OTHER_MEASURE, value)
        if before := desk.before(row):
            desk.lost.add((code_of(row), desk.form.year - 1))
            yield desk.note(row, Code.OTHER_MEASURE, before, layout.PREVIOUS)


measured = _unlocking(_measured)


def typed_over(row: int, column: int, text: str) -> Fault:
    """A locked text of the head or of a heading rewritten."""

    def change(desk: Desk) -> Faults:
        place = layout.address(row, column)
        desk.cells[place] = text
        yield Planted(code=Code.LOCKED_CELL_CHANGED, cell=place, typed=text)

    return _unlocking(change)


def _record(desk: Desk) -> Faults:
    """Last year's figure on record put right by the unit."""
    for row, _ in desk.numbers():
        if isinstance(row.previous, Decimal) and abs(row.previous) < 10**13:
            desk.type(row, layout.PREVIOUS, row.previous + 1)
            yield desk.note(row, Code.LOCKED_CELL_CHANGED, row.previous + 1, layout.PREVIOUS)
            return


record = _unlocking(_record)


def _signature(desk: Desk) -> Faults:
    """The words of the signature block rewritten."""
    place = layout.address(desk.form.signed_row + 1, layout.SOURCE)
    desk.cells[place] = "CHỦ TỊCH"
    yield Planted(code=Code.LOCKED_CELL_CHANGED, cell=place, typed="CHỦ TỊCH")


signature = _unlocking(_signature)


def _check(desk: Desk) -> Faults:
    """The formula of Kiểm tra typed over."""
    if (found := desk.number(anything)) and len(desk.form.variables) > 1:
        desk.type(found[0], layout.CHECK, "Đạt")
        yield desk.note(found[0], Code.LOCKED_CELL_CHANGED, "Đạt", layout.CHECK)


check = _unlocking(_check)


def _key(text: str | None) -> Callable[[Desk], Faults]:
    def change(desk: Desk) -> Faults:
        if (found := desk.number(anything)) and _others(desk, found[0]):
            row = found[0]
            desk.type(row, layout.KEY, text)
            forget(desk, row)
            yield desk.note(row, Code.LOCKED_CELL_CHANGED, text, layout.KEY)
            yield Planted(code=Code.ROW_MISSING, variable=code_of(row), typed="mất mã số liệu")

    return change


key_cleared, key_rewritten = _unlocking(_key(None)), _unlocking(_key("ZZ98_Z"))


def _rows_deleted(desk: Desk) -> Faults:
    """The last two rows of the table deleted, one after the other."""
    gone = [row for row, _ in desk.numbers()][-2:]
    if len(gone) < 2 or len(list(desk.numbers())) < 3:
        return
    for row in sorted(gone, key=lambda r: -r.row):
        desk.surgery.append(_deleting(row.row + 1))
        forget(desk, row)
        yield Planted(code=Code.ROW_MISSING, variable=code_of(row), typed="xóa dòng")


rows_deleted = _unlocking(_rows_deleted)


def strays(texts: Mapping[str, Input]) -> Fault:
    """What a unit writes outside the form; an address may count from the row below the table, as ``A+2``."""

    def change(desk: Desk) -> Faults:
        for address, text in texts.items():
            column, _, below = address.partition("+")
            place = f"{column}{desk.form.last_row + 2 + int(below)}" if below else address

            def write(book: Workbook, place: str = place, text: Input = text) -> None:
                book[layout.DATA][place].value = text

            desk.surgery.append(write)
            yield Planted(code=Code.STRAY_CONTENT, cell=place, typed=str(text))

    return _unlocking(change)


def own_sheet(desk: Desk) -> Faults:
    """A sheet of the unit's own, with a table in it."""

    def write(book: Workbook) -> None:
        sheet = book.create_sheet("Chi tiết")
        for line in (("Phòng", "Số người"), ("Phòng A", 5)):
            sheet.append(line)

    desk.surgery.append(write)
    for cell in ("A1", "B1", "A2", "B2"):
        yield Planted(code=Code.STRAY_CONTENT, sheet="Chi tiết", cell=cell, typed="thêm trang tính")


def _merged_down(desk: Desk) -> Faults:
    """This year's figures of two neighbouring rows merged into one cell."""
    rows = [row for row, _ in desk.numbers()]
    first = next((r for r in rows if any(o.row == r.row + 1 for o in rows)), None)
    if first is None:
        return
    second = next(o for o in rows if o.row == first.row + 1)
    desk.surgery.append(_merging(f"{cell_of(first)}:{cell_of(second)}"))
    for row in (first, second):
        desk.lost.add((code_of(row), desk.form.year))
        yield desk.note(row, Code.CELL_ERROR, "(gộp ô)")


merged_down = _unlocking(_merged_down)


def _merged_beside(desk: Desk) -> Faults:
    """The source of a figure merged with the column of reasons, where none is given: the figure itself is whole."""
    for row, _ in desk.numbers():
        if desk.answers[code_of(row)].reason:
            continue
        first, last = cell_of(row, layout.SOURCE), cell_of(row, layout.REASON)
        desk.surgery.append(_merging(f"{first}:{last}"))
        yield desk.note(row, Code.CELL_ERROR, "(gộp ô)", layout.SOURCE)
        yield desk.note(row, Code.CELL_ERROR, "(gộp ô)", layout.REASON)
        return


merged_beside = _unlocking(_merged_beside)


def no_headings(desk: Desk) -> Faults:
    """The row of headings emptied: nobody can tell the columns any more."""
    for column in range(len(layout.COLUMNS)):
        desk.cells[layout.address(layout.HEADING_ROW, column)] = None
    desk.useless = True
    yield Planted(code=Code.SHEET_MISSING, typed="xóa dòng tiêu đề")
