"""What people and programs do to a form without doing it harm: of none of it anything is to be said."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

from lsindicators import layout
from lsindicators.model import State
from lsindicators.rehearsal.desk import Desk
from lsindicators.rehearsal.faults import Fault, Faults

if TYPE_CHECKING:
    from openpyxl import Workbook


def saved(change: Callable[[Workbook], None]) -> Fault:
    """``change`` made in a program that keeps less than Excel, and saved there."""

    def leave(desk: Desk) -> Faults:
        desk.surgery.append(change)
        yield from ()

    return leave


def typed(change: Callable[[Desk], None]) -> Fault:
    """``change`` of what is typed."""

    def leave(desk: Desk) -> Faults:
        change(desk)
        yield from ()

    return leave


def nothing(book: Workbook) -> None:
    """Opened and saved."""


# ------------------------------------------------------------------ in the workbook


def restyled(book: Workbook) -> None:
    """Another font and colour in every cell."""
    from openpyxl.styles import Font, PatternFill

    for line in book[layout.DATA].iter_rows():
        for cell in line:
            cell.font, cell.fill = Font(name="Arial", size=9, italic=True), PatternFill("solid", fgColor="FFFFFF")


def widened(book: Workbook) -> None:
    """Columns and rows of another size."""
    for column in "ABCDEFGHIJ":
        book[layout.DATA].column_dimensions[column].width = 40
    for row in range(1, 40):
        book[layout.DATA].row_dimensions[row].height = 60


def zoomed(book: Workbook) -> None:
    """Zoomed out, without grid and frozen rows."""
    for sheet in book.worksheets:
        sheet.sheet_view.zoomScale = 60
        sheet.sheet_view.showGridLines = False
        sheet.freeze_panes = None


def printed_otherwise(book: Workbook) -> None:
    """Another paper, print area and footer."""
    sheet = book[layout.DATA]
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "portrait", 8
    sheet.print_area = "A1:F20"
    sheet.HeaderFooter.oddFooter = None


def locked_again(book: Workbook) -> None:
    """Locked again under a password of the unit's own."""
    for sheet in book.worksheets:
        sheet.protection.sheet = True
        sheet.protection.password = "1234"


def shown(book: Workbook) -> None:
    """The hidden sheets shown."""
    for sheet in book.worksheets:
        sheet.sheet_state = "visible"


def reordered(book: Workbook) -> None:
    """The last sheets put first."""
    for _ in range(3):
        book.move_sheet(book.worksheets[-1], -len(book.worksheets) + 1)


def hidden_rows(book: Workbook) -> None:
    """Rows and columns hidden."""
    sheet = book[layout.DATA]
    for row in range(layout.FIRST_ROW + 1, layout.FIRST_ROW + 4):
        sheet.row_dimensions[row].hidden = True
    for column in "ADE":
        sheet.column_dimensions[column].hidden = True


def hidden_sheet(book: Workbook) -> None:
    """The sheet of figures hidden behind the guide."""
    book.active = book.index(book[layout.GUIDE])
    book[layout.DATA].sheet_state = "hidden"


def filtered(book: Workbook) -> None:
    """A filter over the table."""
    sheet = book[layout.DATA]
    sheet.auto_filter.ref = f"A{layout.HEADING_ROW + 1}:J{sheet.max_row}"


def scratched(book: Workbook) -> None:
    """The scratch sheet full of numbers, formulas and errors."""
    sheet = book[layout.SCRATCH]
    for row in range(1, 30):
        sheet.cell(row, 1).value, sheet.cell(row, 2).value = row, f"=A{row}/0"
    sheet["D1"].value = "#REF!"


def aside_deleted(book: Workbook) -> None:
    """The guide and the scratch sheet deleted."""
    for name in (layout.GUIDE, layout.SCRATCH):
        book.remove(book[name])


def unguided(book: Workbook) -> None:
    """Drop-down lists, coloured cells and names that other programs lose."""
    from openpyxl.formatting.formatting import ConditionalFormattingList

    sheet = book[layout.DATA]
    sheet.data_validations.dataValidation = []
    sheet.conditional_formatting = ConditionalFormattingList()


def other_formats(book: Workbook) -> None:
    """Numbers shown with other decimals and grouping, and as text."""
    sheet = book[layout.DATA]
    for row in range(layout.FIRST_ROW + 1, sheet.max_row + 1):
        sheet.cell(row, layout.CURRENT + 1).number_format = ("0.00", "#,##0", "@", "0.00E+00")[row % 4]


def named(book: Workbook) -> None:
    """A name for a cell."""
    from openpyxl.workbook.defined_name import DefinedName

    book.defined_names["DonVi"] = DefinedName("DonVi", attr_text=f"'{layout.DATA}'!$A$1")


# ------------------------------------------------------------------ in the cells


def _texts(desk: Desk, column: int, change: Callable[[str], str]) -> None:
    for row in desk.form.variables:
        address = layout.address(row.row, column)
        if isinstance(text := desk.cells.get(address), str):
            desk.cells[address] = change(text)


def decomposed(desk: Desk) -> None:
    """Texts as a Mac or some Vietnamese keyboards store them."""
    for column in (layout.STATE, layout.SOURCE, layout.REASON):
        _texts(desk, column, lambda text: unicodedata.normalize("NFD", text))


def with_spaces(desk: Desk) -> None:
    """Spaces before, after and between the words."""
    for column in (layout.STATE, layout.SOURCE, layout.REASON):
        _texts(desk, column, lambda text: f"  {text.replace(' ', '   ')} ")


def in_capitals(desk: Desk) -> None:
    """States and sources in capital letters."""
    _texts(desk, layout.STATE, str.upper)
    _texts(desk, layout.SOURCE, str.upper)


def said_aloud(desk: Desk) -> None:
    """``Có số liệu`` beside each number, where most units leave the state empty."""
    for row, answer in desk.rows():
        if answer.state is None and answer.value is not None:
            desk.type(row, layout.STATE, State.GIVEN.value)


def on_several_lines(desk: Desk) -> None:
    """Sources of two lines."""
    _texts(desk, layout.SOURCE, lambda text: f"{text}\nBảng 2")


def quoted(desk: Desk) -> None:
    """Sources that look like anything but a source."""
    _texts(desk, layout.SOURCE, lambda text: f"Số 15/BC ngày 10/01/2026: 12,5% & <{text}>")


def explained(desk: Desk) -> None:
    """A reason beside every value."""
    for row, answer in desk.rows():
        if answer.value is not None and not answer.reason:
            desk.type(row, layout.REASON, "Không có gì thay đổi lớn")


def narrated(desk: Desk) -> None:
    """Answers of the narrative sheet that look like formulas and numbers."""
    desk.words = {**desk.words, layout.QUESTIONS[0]: "- Thiếu người\n- Thiếu máy", layout.QUESTIONS[3]: "1.234"}


def padded(desk: Desk) -> None:
    """Whole numbers stored with decimals that are zero, as some programs do."""
    for row, value in tuple(desk.numbers()):
        if abs(value) < 10**12 and value == value.to_integral_value():
            desk.type(row, layout.CURRENT, Decimal(f"{value:f}.0") if "." not in f"{value:f}" else value)
