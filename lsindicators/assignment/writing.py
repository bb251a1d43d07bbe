"""Plan -> the bytes of phan-cong.xlsx, made to be edited in Excel."""

from __future__ import annotations

import io
import textwrap
import warnings
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from msgspec.structs import replace

from lsindicators import values
from lsindicators.assignment import shares, sheets
from lsindicators.assignment.sheets import Column, Table
from lsindicators.model import Assignment, Plan, Question, Value

_SPARE = 200
"""Rows below the last one that have drop-downs too."""

_LIST = 255
"""Characters of a list in a drop-down that Excel takes."""

_FONT = {"font_name": "Times New Roman", "font_size": 11, "valign": "top", "text_wrap": True}
_LINES = {"border": 1, "border_color": "#BFBFBF"}

Row = Sequence[Value | int | None]


def write(plan: Plan) -> bytes:
    """The workbook that ``reading.read`` turns into ``plan`` again; the same plan gives the same bytes."""
    import xlsxwriter

    target = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_urls": False})
        author = plan.settings.compiler
        book.set_properties(
            {
                "title": f"Phân công cung cấp số liệu năm {plan.year}",
                "author": author,
                "company": "",
                "created": datetime(plan.year, 1, 1),
            }
        )
        book.set_size(2400, 1600)
        painter = _Painter(book, plan)
        rows = _rows(plan)
        for table in sheets.TABLES:
            if table is not sheets.REVIEW or plan.questions:
                painter.draw(*_shown(table, rows[table.name]))
        book.close()
    return target.getvalue()


class _Painter:
    """Draws one table a sheet."""

    def __init__(self, book: Any, plan: Plan) -> None:
        self._book = book
        self._plan = plan
        self._rows = {name: len(rows) for name, rows in _rows(plan).items()}
        self._heading = book.add_format(
            {**_FONT, "bold": True, "bg_color": "#DDEBF7", "valign": "vcenter", "align": "center", "border": 1}
        )
        self._text = book.add_format({**_FONT, **_LINES, "num_format": "@"})
        self._key = book.add_format({**_FONT, **_LINES, "num_format": "@", "bold": True})
        self._number = book.add_format({**_FONT, **_LINES, "num_format": "#,##0.##########"})
        self._whole = book.add_format({**_FONT, **_LINES, "num_format": "#,##0"})
        self._plain = book.add_format({**_FONT, **_LINES, "num_format": "0"})
        self._centred = book.add_format({**_FONT, **_LINES, "align": "center"})
        self._answer = book.add_format({**_FONT, **_LINES, "num_format": "@", "bold": True, "bg_color": "#FFF2CC"})
        self._grey = book.add_format({**_FONT, **_LINES, "font_color": "#7F7F7F", "italic": True})
        self._amber = book.add_format({"font_color": "#9C5700", "bg_color": "#FFF2CC"})

    def draw(self, table: Table, rows: Sequence[Row]) -> None:
        sheet = self._book.add_worksheet(table.name)
        sheet.set_tab_color(table.colour)
        sheet.freeze_panes(1, 1)
        sheet.hide_gridlines(0)
        last = len(table.columns) - 1
        sheet.set_row(0, 32)
        for at, column in enumerate(table.columns):
            sheet.set_column(at, at, column.width, self._grey if column.grey else self._style(column, None))
            sheet.write_string(0, at, column.heading, self._heading)
            sheet.write_comment(
                0,
                at,
                column.note,
                {
                    "width": 300,
                    "height": 24 + 19 * (len(column.note) // 40 + 1),
                    "font_name": "Times New Roman",
                    "font_size": 11,
                    "color": "#FFFFE1",
                },
            )
        sheet.set_comments_author(self._plan.settings.compiler)
        for row, cells in enumerate(rows, 1):
            sheet.set_row(row, _height(table, cells))
            for at, (column, value) in enumerate(zip(table.columns, cells, strict=True)):
                self._put(sheet, row, at, column, value, first=at == 0)
        if table.name == sheets.REVIEW.name:
            sheet.activate()
        for at, column in enumerate(table.columns):
            self._offer(sheet, at, column, len(rows))
        if table.name != sheets.SETTINGS.name:
            sheet.autofilter(0, 0, max(len(rows), 1), last)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        title = f"Phân công cung cấp số liệu năm {self._plan.year}"
        sheet.set_header(f'&L&"Times New Roman,Italic"&10{title}&R&"Times New Roman,Bold"&10&A')
        sheet.set_footer('&R&"Times New Roman,Regular"&10Trang &P/&N')

    def _style(self, column: Column, value: Value | int | None, *, first: bool = False) -> Any:
        if column.grey:
            return self._grey
        if column.centred:
            return self._centred
        if isinstance(value, int) or (column.number and value is None):
            return self._plain
        if isinstance(value, Decimal):
            return self._whole if value == value.to_integral_value() else self._number
        return self._key if first else self._text

    def _put(self, sheet: Any, row: int, at: int, column: Column, value: Value | int | None, *, first: bool) -> None:
        style = self._style(column, value, first=first)
        if column.looked_up:
            formula = f"=IFERROR(VLOOKUP(A{row + 1},'{sheets.VARIABLES.name}'!$A:$L,{column.looked_up},FALSE),\"\")"
            sheet.write_formula(row, at, formula, style, value or "")
        elif value is None or value == "":
            sheet.write_blank(row, at, None, style)
        elif isinstance(value, str):
            sheet.write_string(row, at, values.unmarked(value), style)
        elif isinstance(value, int) or (Decimal(repr(float(value))) == value and len(value.as_tuple().digits) <= 15):
            sheet.write_number(row, at, value if isinstance(value, int) else float(value), style)
        else:  # more digits than Excel keeps
            sheet.write_string(row, at, values.format_number(value), self._text)

    def _offer(self, sheet: Any, at: int, column: Column, rows: int) -> None:
        """Drop-downs below the heading, and a colour for what is not confirmed."""
        last = rows + _SPARE
        if column.suggested:
            for row, question in enumerate(self._plan.questions, 1):
                self._suggest(sheet, row, at, question)
        elif column.choices:
            sheet.data_validation(
                1,
                at,
                last,
                at,
                {
                    "validate": "list",
                    "source": list(column.choices),
                    "show_error": column.strict,
                    "error_title": column.heading,
                    "error_message": f"Chọn một trong: {'; '.join(column.choices)}.",
                },
            )
        elif column.codes_of:
            sheet.data_validation(
                1,
                at,
                last,
                at,
                {
                    "validate": "list",
                    "source": f"='{column.codes_of}'!$A$2:$A${self._rows[column.codes_of] + _SPARE + 1}",
                    "error_type": "warning",
                    "error_title": column.heading,
                    "error_message": f"Mã này chưa có ở trang {column.codes_of}. Hãy thêm vào trang đó trước.",
                },
            )
        if column.heading == "Tính chất":
            sheet.conditional_format(
                1, at, last, at, {"type": "cell", "criteria": "==", "value": '"đề xuất"', "format": self._amber}
            )

    def _suggest(self, sheet: Any, row: int, at: int, question: Question) -> None:
        """The cell of an answer: the words that may stand there, as many as Excel takes; others may be typed."""
        if question.severity == "warning":
            return
        offered: list[str] = []
        for word in reversed(answers(question)):
            if len(",".join([*offered, word])) <= _LIST:
                offered.insert(0, word)
        sheet.data_validation(row, at, row, at, {"validate": "list", "source": offered, "show_error": False})
        if question.answer:
            sheet.write_string(row, at, values.unmarked(question.answer), self._answer)
        else:
            sheet.write_blank(row, at, None, self._answer)


def _shown(table: Table, rows: Sequence[Row]) -> tuple[Table, Sequence[Row]]:
    """The table without the columns that are shown only where something stands in them."""
    kept = [at for at, c in enumerate(table.columns) if not c.sparse or any(row[at] for row in rows)]
    if len(kept) == len(table.columns):
        return table, rows
    columns = tuple(table.columns[at] for at in kept)
    return replace(table, columns=columns), [[row[at] for at in kept] for row in rows]


def _height(table: Table, cells: Row) -> float:
    """Points for the cell of a row that takes most lines; Excel alone would do this by itself."""
    lines = max(
        sum(max(1, len(textwrap.wrap(line, round(column.width * 1.12)))) for line in value.split("\n"))
        for column, value in zip(table.columns, ("" if not isinstance(v, str) else v for v in cells), strict=True)
    )
    return min(15.0 * lines + 2, 400)


# ------------------------------------------------------------------ the rows of each sheet


def _rows(plan: Plan) -> Mapping[str, Sequence[Row]]:
    told = {v.code: (v.name, str(v.aggregation)) for v in plan.variables}
    return {
        sheets.SETTINGS.name: [(k, v, sheets.KEYS.get(k, "")) for k, v in settings_texts(plan).items()],
        sheets.REVIEW.name: [_question(plan, q) for q in plan.questions],
        sheets.UNITS.name: [
            (
                u.code,
                u.name,
                u.short,
                u.type,
                "|".join(u.aliases),
                u.email,
                u.first,
                u.last,
                shares.written(u.took_over),
                u.province,
            )
            for u in (*plan.units, *plan.inactive)
        ],
        sheets.GROUPS.name: [("|".join((g.phrase, *g.aliases)), "; ".join(g.members), g.note) for g in plan.groups],
        sheets.CRITERIA.name: [
            (c.code, c.group, c.name, c.measure, c.formula, c.decimals, c.standing.value, c.basis)
            for c in plan.criteria
        ],
        sheets.COMPANIONS.name: [(c.code, c.parent, c.name, c.measure, c.formula, c.decimals) for c in plan.companions],
        sheets.VARIABLES.name: [
            (
                v.code,
                v.criterion,
                v.name,
                v.measure,
                v.kind.value,
                v.low,
                v.high,
                sheets.YES if v.required else sheets.NO,
                str(v.aggregation),
                v.explanation,
                v.source,
                v.standing.value,
                v.change,
            )
            for v in plan.variables
        ],
        sheets.ASSIGNMENTS.name: [
            (a.variable, *written(plan, a), a.note, *told.get(a.variable, ("", ""))) for a in plan.assignments
        ],
        sheets.RULES.name: [(r.code, r.expression, r.level.value, r.message) for r in plan.rules],
        sheets.PAST.name: [(p.variable, p.unit, p.year, p.value) for p in plan.past],
        sheets.FORMER.name: [
            (
                "|".join((f.name, *f.aliases)),
                f.district,
                f.unit,
                sheets.WHOLE_UNIT if f.whole else sheets.PART_UNIT,
                f.note,
            )
            for f in plan.former
        ],
    }


def written(plan: Plan, assignment: Assignment) -> tuple[str, str]:
    """Leads and supporting units as somebody wrote them, else by name."""
    return (
        assignment.lead_written or "; ".join(plan.any_unit[code].name for code in assignment.lead),
        assignment.supporting_written or "; ".join(plan.any_unit[code].name for code in assignment.supporting),
    )


def _question(plan: Plan, q: Question) -> Row:
    told = {x.code: x.name for listed in (plan.units, plan.criteria, plan.variables) for x in listed}
    return (
        q.row,
        sheets.LEVEL_LABELS[q.severity],
        sheets.PROBLEM_LABELS[q.code],
        q.value,
        q.message,
        q.answer,
        "\n".join(f"{code} {told.get(code, '')}".strip() for code in q.candidates),
        q.about,
        q.side,
        q.place,
    )


def answers(q: Question) -> tuple[str, ...]:
    """What the drop-down of an answer offers; any other unit may be typed."""
    if q.code == "unmatched-criterion" and q.about not in q.candidates:
        return (*q.candidates, sheets.AS_NEW, sheets.SKIP)
    if q.side:
        return (*q.candidates, sheets.SKIP)
    return (sheets.SEEN,)


def settings_texts(plan: Plan) -> dict[str, str]:
    """The rows of Kỳ báo cáo: the known keys with what holds now, then the clerk's own."""
    s = plan.settings
    known = {
        sheets.PROVINCE: s.province,
        sheets.YEAR: str(s.year),
        sheets.UNIT_DEADLINE: values.format_date(s.unit_deadline),
        sheets.REPORT_DEADLINE: values.format_date(s.report_deadline),
        sheets.ISSUER: s.issuer,
        sheets.COMPILER: s.compiler,
        sheets.PLACE: s.place,
        sheets.AUTHORITY: s.authority,
        sheets.POSITION: s.position,
        sheets.SIGNER: s.signer,
        sheets.RECIPIENTS: "; ".join(s.recipients),
        sheets.CONTACT: s.contact,
        sheets.PLAN_DOCUMENT: s.plan_document,
        sheets.DRAFTER: s.drafter,
        sheets.COMMITTEE_AUTHORITY: "; ".join(s.committee.authority.split("\n")),
        sheets.COMMITTEE_POSITION: s.committee.position,
        sheets.COMMITTEE_SIGNER: s.committee.signer,
        sheets.COMMITTEE_RECIPIENTS: "; ".join(s.committee.recipients),
        **dict(zip_longest(sheets.REMINDED, s.reminded, fillvalue="")),
        sheets.CHANGE: values.format_number(s.change),
        sheets.COVERAGE: values.format_number(s.coverage),
        sheets.MADE_UP: sheets.YES if s.made_up else sheets.NO,
    }
    return {**known, **{k: v for k, v in s.raw.items() if k not in known}}
