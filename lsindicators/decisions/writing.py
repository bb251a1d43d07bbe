"""Rows of decisions -> the bytes of ``dieu-chinh.xlsx``, made to be filled in Excel."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from lsindicators import values
from lsindicators.decisions import sheets
from lsindicators.decisions.paper import Paper, Row, Typed
from lsindicators.decisions.sheets import Column, Table
from lsindicators.model import DISAGREEMENTS, Choice, Plan

_SPARE = 200
"""Rows below the last one that have drop-downs too."""

_FONT = {"font_name": "Times New Roman", "font_size": 11, "valign": "top", "text_wrap": True}
_LINES = {"border": 1, "border_color": "#BFBFBF"}
_STATES = {
    sheets.WAITING: {"bg_color": "#FFF2CC", "font_color": "#7F6000"},
    sheets.APPLIED: {"bg_color": "#E2EFDA", "font_color": "#375623"},
    sheets.NOT_APPLIED: {"bg_color": "#FBE0DD", "font_color": "#9C0006"},
    sheets.STALE: {"bg_color": "#FBE0DD", "font_color": "#9C0006"},
    sheets.COUNTED: {"bg_color": "#E2EFDA", "font_color": "#375623"},
}
_LISTED = 255
"""Characters that the list of a drop-down may have."""
_LETTERS, _LINE = 1.12, 15.0
"""Letters of our font where Excel counts one for the width of a column, and the points of a line."""


def write(plan: Plan, paper: Paper) -> bytes:
    """The workbook that ``reading.read`` turns into the same rows again; the same rows give the same bytes."""
    import xlsxwriter

    target = io.BytesIO()
    # the width of a column counts digits of the default font
    default = {"font_name": _FONT["font_name"], "font_size": _FONT["font_size"]}
    options = {"in_memory": True, "strings_to_urls": False, "default_format_properties": default}
    book = xlsxwriter.Workbook(target, options)
    book.set_properties(
        {
            "title": f"Quyết định của đầu mối, số liệu năm {plan.year}",
            "author": plan.settings.compiler,
            "company": "",
            "created": datetime(plan.year, 1, 1),
        }
    )
    book.set_size(2400, 1600)
    formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def style(**properties: Any) -> Any:
        look = tuple(sorted(properties.items()))
        if look not in formats:
            formats[look] = book.add_format(dict(look))
        return formats[look]

    _guide(book, style)
    shown = sheets.CONFLICTS if paper.conflicts and not paper.figures else sheets.FIGURES
    for table, rows in zip(sheets.TABLES, paper.tables, strict=True):
        sheet = _draw(book, style, plan, table, rows)
        if table.name == shown:
            sheet.activate()
    book.close()
    return target.getvalue()


def _guide(book: Any, style: Any) -> None:
    sheet = book.add_worksheet(sheets.GUIDE)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 84)
    sheet.set_row(0, 24)
    sheet.write_string(0, 0, sheets.TITLE, style(**{**_FONT, "bold": True, "font_size": 15}))
    for row, line in enumerate(sheets.GUIDE_LINES, 1):
        indented = line.startswith(" ")
        sheet.set_row(row, _lines(line, 80) * 16 + 4)
        sheet.write_string(
            row, 0, line.strip(), style(**{**_FONT, "font_size": 12, "align": "left", "indent": 2 if indented else 0})
        )
    sheet.set_paper(9)
    sheet.set_margins(left=0.5, right=0.5)
    sheet.fit_to_pages(1, 0)


def _draw(book: Any, style: Any, plan: Plan, table: Table, rows: tuple[Row, ...]) -> Any:
    sheet = book.add_worksheet(table.name)
    sheet.hide_gridlines(0)
    sheet.set_zoom(80)
    sheet.freeze_panes(1, 2)
    sheet.set_row(0, 48)
    head = {**_FONT, **_LINES, "bold": True, "valign": "vcenter", "align": "center"}
    for at, column in enumerate(table.columns):
        sheet.set_column(at, at, column.width, style(**_look(column)))
        fill = "#FFD966" if column.clerks else "#DDEBF7"
        sheet.write_string(0, at, column.heading, style(**{**head, "bg_color": fill}))
    for n, row in enumerate(rows, 1):
        lines = 1
        for at, column in enumerate(table.columns):
            typed = row.cells.get(column.heading)
            look = _look(column)
            if typed is not None and column.heading == sheets.STATE:
                look |= next((c for word, c in _STATES.items() if str(typed.value).startswith(word)), {})
            if typed is not None:
                lines = max(lines, _lines(str(typed.value), column.width))
            _put(sheet, style, n, at, look, typed)
        sheet.set_row(n, min(_LINE * lines + 2, 400))
    listed = len(rows) if table.name == sheets.CONFLICTS else 0  # rows with lists of their own
    if listed:
        for n, row in enumerate(rows, 1):
            _offer(sheet, table, sheets.CHOICE, [c.value for c in _choices(row)], n)
            _offer(sheet, table, sheets.TAKEN, _takeable(plan, row), n)
    _offer(sheet, table, sheets.CHOICE, [c.value for c in table.choices], listed + 1, len(rows) + _SPARE)
    sheet.autofilter(0, 0, max(len(rows), 1), len(table.columns) - 1)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    sheet.set_landscape()
    sheet.set_paper(9 if table.name == sheets.RETURNS else 8)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_header(
        f'&L&"Times New Roman,Italic"&10Quyết định của đầu mối, số liệu năm {plan.year}&R&"Times New Roman,Bold"&10&A'
    )
    sheet.set_footer('&R&"Times New Roman,Regular"&10Trang &P/&N')
    return sheet


def _offer(sheet: Any, table: Table, heading: str, words: Sequence[str], first: int, last: int | None = None) -> None:
    """A drop-down of ``words``. Where each row has its own it never refuses: rows are sorted, and names are typed."""
    if not words or len(",".join(words)) > _LISTED:
        return
    at = table.headings.index(heading)
    sheet.data_validation(
        first,
        at,
        last or first,
        at,
        {
            "validate": "list",
            "source": list(words),
            "error_type": "warning" if table.name == sheets.CONFLICTS else "stop",
            "error_title": heading,
            "error_message": f"Chọn một trong: {'; '.join(words)}."[:255],
            "show_error": heading == sheets.CHOICE,
        },
    )


def _choices(row: Row) -> tuple[Choice, ...]:
    """What may be decided about a disagreement."""
    label = row.about[0] if row.about else ""
    return sheets.choices(next((code for code in DISAGREEMENTS if label == sheets.kind(code)), label))


def _takeable(plan: Plan, row: Row) -> list[str]:
    """The units whose figure may be taken: the leads that stand against each other."""
    if row.about is None or Choice.TAKE not in _choices(row) or row.about[1] not in plan.assignment:
        return []
    said = str(row.sent or "").split("; ")
    return [u for u in plan.assignment[row.about[1]].lead if any(part.startswith(f"{u}: ") for part in said)]


def _look(column: Column) -> dict[str, Any]:
    look: dict[str, Any] = {**_FONT, **_LINES}
    if column.centre:
        look["align"] = "center"
    if column.clerks:
        look["bg_color"] = "#FFFBEB"
    if column.heading in (sheets.SENT, sheets.VALUE):
        look |= {"align": "right"}
    if column.heading in (sheets.ASKED, sheets.REASON, sheets.SAID):
        look |= {"align": "left", "indent": 1}  # apart from the number before it
    if column.heading in (sheets.REASON, sheets.DOCUMENT, sheets.DATED, sheets.SHA256):
        look["num_format"] = "@"  # 12/3 stays a number of a document and becomes no day
    return look


def _put(sheet: Any, style: Any, row: int, at: int, look: Mapping[str, Any], typed: Typed | None) -> None:
    if typed is None:
        sheet.write_blank(row, at, None, style(**look))
    elif isinstance(typed.value, bool):
        sheet.write_boolean(row, at, typed.value, style(**look))
    elif isinstance(typed.value, Decimal):
        shown = "dd/mm/yyyy" if typed.date else "0.##########%" if typed.percent else _shown(look, typed.value)
        sheet.write_number(row, at, float(typed.value), style(**{**look, "num_format": shown}))
    else:
        sheet.write_string(row, at, values.unmarked(typed.value), style(**look))


def _shown(look: Mapping[str, Any], value: Decimal) -> str:
    if look.get("align") == "center":
        return "0"
    return "#,##0" if value == value.to_integral_value() else "#,##0.##########"


def _lines(text: str, width: float) -> int:
    return sum(math.ceil(max(len(line), 1) / (width * _LETTERS)) for line in text.split("\n"))
