"""``Dữ liệu``: one row a figure of a unit, with the cell where it was found and links that lead there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lsindicators.exports import links
from lsindicators.exports.book import A3, LINKED, QUIET, ROWS, Book, Column, Page, Sheet
from lsindicators.exports.parts import Spread, divided, spread
from lsindicators.model import Dataset, Figure, Plan, State
from lsindicators.values import format_value

SHEET = "Dữ liệu"

(UNIT, UNIT_NAME, CODE, NAME, YEAR, VALUE, STATE, SOURCE, REASON, FILE, SHEET_NAME, CELL, SHA256, READ_AT) = range(14)
COLUMNS = (
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

_LINKS = 3
"""Links of a row where every row has its own."""


def write(book: Book, dataset: Dataset, present: links.Present = None) -> None:
    """``Dữ liệu``; more figures than Excel has rows go on a second sheet, and so on."""
    for part, listed in enumerate(parts(book.plan, dataset)):
        _sheet(book, named(part), listed, present)


def parts(plan: Plan, dataset: Dataset) -> tuple[Sequence[Figure], ...]:
    """The figures of each sheet."""
    return divided(plan, dataset.figures, _unit, ROWS - 1)


def spread_of(plan: Plan, dataset: Dataset) -> Spread | None:
    """On which sheet the figures of a province stand; ``None`` where one holds all."""
    if len(dataset.figures) < ROWS:
        return None
    listed = parts(plan, dataset)
    return spread(plan, [named(n) for n in range(len(listed))], listed, _unit)


def named(part: int) -> str:
    """The name of a sheet, from 0."""
    return f"{SHEET} ({part + 1})" if part else SHEET


def _unit(figure: Figure) -> str:
    return figure.unit


def every_row_linked(count: int) -> bool:
    """Whether each of so many figures has its own links, or only the first of each file: Excel takes so many a sheet."""
    return count * _LINKS <= links.LIMIT


def _sheet(book: Book, name: str, listed: Sequence[Figure], present: links.Present) -> None:
    sheet = book.sheet(name, COLUMNS, Page(frozen=3, paper=A3, mark=3))
    sheet.later(_rows(sheet, listed, present), len(listed))
    sheet.finish()


def _rows(sheet: Sheet, listed: Sequence[Figure], present: links.Present) -> Iterator[None]:
    plan = sheet.book.plan
    each, room, seen = every_row_linked(len(listed)), links.LIMIT, set[tuple[str, str]]()
    for row, f in enumerate(listed, 1):
        sheet.text(row, UNIT, f.unit)
        sheet.text(row, UNIT_NAME, plan.unit[f.unit].name)
        sheet.text(row, CODE, f.variable)
        sheet.text(row, NAME, plan.variable[f.variable].name)
        sheet.year(row, YEAR, f.year)
        sheet.value(row, VALUE, f.value)
        if f.state is State.GIVEN:
            sheet.text(row, STATE, f.state.value)
        else:
            sheet.text(row, STATE, f.state.value, **QUIET)
        sheet.text(row, SOURCE, f.source)
        sheet.text(row, REASON, explained(f))
        file = links.at(f).workbook, f.sha256
        linked = each or (file not in seen and room >= _LINKS)
        room -= 0 if each or not linked else _LINKS
        seen.add(file)
        origin(sheet, row, FILE, f, links.to_file(f, present) if linked else None)
        original = links.to_original(f) if linked else None
        sheet.text(row, SHA256, f.sha256, **(LINKED if original else {}))
        if original:
            sheet.link(row, SHA256, original[1], original[0])
        sheet.moment(row, READ_AT, f.read_at)
        yield


def origin(sheet: Sheet, row: int, column: int, f: Figure, target: tuple[str, str] | None, **more: str) -> None:
    """File, sheet and cell of a figure from ``column`` on; a click on the file or the cell opens ``target``."""
    where = links.at(f)
    look = {**more, **LINKED} if target else more
    sheet.text(row, column, where.workbook, **look)
    sheet.text(row, column + 1, where.sheet or "", **more)
    sheet.text(row, column + 2, where.address or "", **(look if where.address else more))
    if target:
        sheet.link(row, column, target[1], target[0])
        if where.address:
            sheet.link(row, column + 2, target[1], target[0])


def explained(f: Figure) -> str:
    """A unit's reason, and by which decision the figure was taken; of a figure of the clerk's what was sent instead."""
    if f.decision is None:
        return f.reason
    if not f.corrected:
        return "; ".join(filter(None, (f.reason, str(f.decision))))
    sent = "đơn vị chưa gửi số" if f.decision.sent is None else f"đơn vị gửi {format_value(f.decision.sent)}"
    return f"{f.decision}; {sent}"
