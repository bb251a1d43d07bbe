"""``Đối chiếu``: the values that do not go together, a row a side, what both sides are asked and what was decided."""

from __future__ import annotations

from collections.abc import Sequence

from lsindicators.exports.book import A3, BAD, DOUBTFUL, GOOD, LINKED, Book, Column, Look, Page, Sheet
from lsindicators.exports.formulas import Places
from lsindicators.exports.links import Present, to_file
from lsindicators.exports.sheets.figures import origin
from lsindicators.exports.words import decided
from lsindicators.model import DISAGREEMENTS, Choice, Conflict, Figure, Side, Value

OPEN, LOOK_AT, DECIDED = "Cần quyết định", "Cần xem lại", "Đã quyết định"

COLUMNS = (
    Column("Loại", 16, wrap=True),
    Column("Mã số liệu", 8, centre=True),
    Column("Số liệu", 30, wrap=True),
    Column("Đơn vị tính", 10, wrap=True, centre=True),
    Column("Nội dung", 36, wrap=True),
    Column("Mã đơn vị", 15),
    Column("Tên đơn vị", 26, wrap=True),
    Column("Vai trò", 9, centre=True),
    Column("Năm", 7, centre=True),
    Column("Giá trị", 13),
    Column("Tệp", 24, wrap=True),
    Column("Trang tính", 9),
    Column("Ô", 6, centre=True),
    Column("Chênh lệch", 12),
    Column("Câu hỏi cho hai bên", 38, wrap=True),
    Column("Tình trạng", 14, wrap=True, centre=True),
    Column("Quyết định", 34, wrap=True),
)
(KIND, CODE, NAME, MEASURE, MESSAGE, UNIT, UNIT_NAME, ROLE, YEAR, VALUE, FILE, _, _, DIFFERENCE, QUESTION, STATE,
 DECISION) = range(len(COLUMNS))  # fmt: skip

_BANDS: tuple[Look, ...] = ({}, {"bg_color": "#F2F2F2"})
_LEVEL = 1


def write(book: Book, places: Places, rows: Sequence[Conflict], present: Present = None) -> None:
    """``Đối chiếu``, in the order given. A side of several figures has a row for its sum, and theirs folded under it."""
    sheet = book.sheet("Đối chiếu", COLUMNS, Page(frozen=3, paper=A3, mark=4))
    row = 0
    for n, c in enumerate(rows):
        first = row + 1
        for side in c.sides:
            row = _side(sheet, places, row + 1, c, side, _BANDS[n % 2], present)
        for each in range(first, row + 1):
            _about(sheet, places, each, c, _BANDS[n % 2], told=each == first)
    sheet.finish()


def _about(sheet: Sheet, places: Places, row: int, c: Conflict, band: Look, told: bool) -> None:
    """What all rows of a difference share; ``told`` on its first one, in the others in pale letters."""
    v = places.plan.variable[c.variable]
    pale: Look = {} if told else {"font_color": "#7F7F7F"}
    sheet.text(row, KIND, " ".join(filter(None, (DISAGREEMENTS[c.code], c.rule))), **_colour(c))
    sheet.text(row, CODE, v.code, **{**band, **LINKED})
    sheet.link(row, CODE, places.link(v.code, "", c.year))
    sheet.text(row, NAME, v.name, **band, **pale)
    sheet.text(row, MEASURE, v.measure, **band, **pale)
    sheet.text(row, MESSAGE, c.message, **band, **pale)
    sheet.year(row, YEAR, c.year, **band)
    gap = _difference(c)
    sheet.value(row, DIFFERENCE, gap if told else None, **band)
    sheet.text(row, QUESTION, c.question, **band, **pale)
    sheet.text(row, STATE, DECIDED if c.settled else OPEN if c.open else LOOK_AT, **_colour(c))
    sheet.text(
        row, DECISION, decided(places.plan, c.settled) if c.settled and told else "", **(GOOD if c.settled else band)
    )


def _side(sheet: Sheet, places: Places, row: int, c: Conflict, side: Side, band: Look, present: Present) -> int:
    """The rows of one side from ``row`` on; the last of them."""
    if len(side.figures) == 1:
        _figure(sheet, places, row, c, side.figures[0], band, present)
        return row
    sheet.text(row, UNIT, "", **band)
    sheet.text(row, UNIT_NAME, side.label, bold=True, **band)
    sheet.text(row, ROLE, "", **band)
    sheet.value(row, VALUE, side.value, bold=True, **band)
    for column in range(FILE, DIFFERENCE):
        sheet.text(row, column, "", **band)
    for f in side.figures:
        row += 1
        _figure(sheet, places, row, c, f, band, present)
        sheet.level(row, _LEVEL)
    return row


def _figure(sheet: Sheet, places: Places, row: int, c: Conflict, f: Figure, band: Look, present: Present) -> None:
    plan = places.plan
    taken = c.settled is not None and c.settled.choice is Choice.TAKE and c.settled.unit == f.unit
    sheet.text(row, UNIT, f.unit, **{**band, **LINKED})
    sheet.link(row, UNIT, places.link(f.variable, f.unit, f.year))
    sheet.text(row, UNIT_NAME, plan.any_unit[f.unit].name, **band)
    role = "Chủ trì" if f.unit in plan.assignment[f.variable].lead else "Phối hợp"
    sheet.text(row, ROLE, role, **band)
    sheet.value(row, VALUE, f.value, **(GOOD | {"bold": True} if taken else band))
    origin(sheet, row, FILE, f, to_file(f, present), **band)


def _difference(c: Conflict) -> Value | None:
    """The greatest of the values less the least, where both are numbers."""
    numbers = [side.value for side in c.sides if not isinstance(side.value, str | None)]
    return max(numbers) - min(numbers) if len(numbers) > 1 else None


def _colour(c: Conflict) -> Look:
    if c.settled is not None:
        return GOOD
    return BAD if c.severity == "error" else DOUBTFUL
