"""One row below the headings of a sheet of decisions: its cells as typed, and what is wrong with each of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from lsindicators import layout, values, workbook
from lsindicators.decisions.paper import Cells, Row, Typed
from lsindicators.decisions.sheets import CHOICE, DATED, DOCUMENT, REASON, UNIT, VALUE, Table
from lsindicators.findings import Code, Finding
from lsindicators.model import NO, YES, CellRef, Choice, Decision, FoundCell, Kind, Plan, Settlement, Value, Variable

Told = tuple[Row, tuple[Finding, ...]]
"""A row, and what is wrong with it."""

Fault = tuple[str, Finding]
"""What is wrong with a cell: as it stands in Tình hình, and as it is told."""


class Line(Struct, frozen=True, kw_only=True):
    """One row below the headings."""

    file: str
    table: Table
    number: int
    cells: Mapping[str, workbook.Cell]
    columns: Mapping[str, int]

    def at(self, heading: str) -> CellRef:
        return CellRef(self.file, self.table.name, layout.address(self.number, self.columns[heading]))

    def found(self, heading: str) -> FoundCell:
        """The cell below ``heading`` as in a return."""
        cell = self.cells.get(heading)
        if cell is None:
            return FoundCell(at=self.at(heading), value=None)
        return FoundCell(
            at=self.at(heading),
            value=cell.value,
            literal=cell.literal,
            error=cell.error,
            formula=cell.formula,
            date_format=cell.date_format,
            percent_format=cell.percent_format,
        )

    def text(self, heading: str) -> str:
        return values.clean(values.seen(self.found(heading))) if heading in self.columns else ""

    def fault(self, code: Code, heading: str, what: str) -> Fault:
        finding = Finding(
            code=code,
            at=self.at(heading),
            message=f"cột “{heading}”: {what}; quyết định ở dòng này chưa được áp dụng",
            severity=code.value.severity,
            value=self.text(heading) or None,
        )
        return f"cột “{heading}”: {what}", finding

    @property
    def row(self) -> Row:
        """The row as typed: it is ours as long as the clerk has put nothing into it."""
        typed = any(h in self.cells for h in self.table.inputs)
        return Row(number=self.number, cells=self._typed, clerks=typed or self.table.ours not in self.cells)

    @property
    def _typed(self) -> Cells:
        return {
            heading: Typed(cell.value, date=cell.date_format, percent=cell.percent_format)
            for heading, cell in self.cells.items()
            if cell.value is not None
        }


# ------------------------------------------------------------------ the cells that several sheets have


def unit(plan: Plan, line: Line) -> tuple[str, list[Fault]]:
    """The unit whose code stands in the row."""
    text = line.text(UNIT)
    code = text.lower()
    if not code:
        return "", [
            line.fault(
                Code.MISSING_VALUE,
                UNIT,
                "còn để trống; ghi mã đơn vị (các đơn vị báo khác nhau thì quyết định ở trang Đối chiếu)",
            )
        ]
    if code not in plan.unit:
        what = f"“{text[:60]}” không phải là mã đơn vị ở trang Đơn vị của phan-cong.xlsx; ghi mã, như so-khcn"
        return "", [line.fault(Code.UNKNOWN_UNIT_NAME, UNIT, what)]
    return code, []


def variable(plan: Plan, line: Line, heading: str) -> tuple[str, list[Fault]]:
    """The code of a variable of the plan."""
    code = line.text(heading).upper()
    if not code:
        return "", [line.fault(Code.MISSING_VALUE, heading, "còn để trống; ghi mã như C01_A")]
    if code not in plan.variable:
        what = f"“{code[:60]}” không có ở trang Số liệu của phan-cong.xlsx"
        return "", [line.fault(Code.NOT_IN_LIST, heading, what)]
    return code, []


def choice(line: Line, offered: Sequence[Choice], *, must: bool) -> tuple[Choice | None, list[Fault]]:
    """What is chosen in Quyết định, one of ``offered`` in any spelling; it ``must`` be there in a row of the clerk's."""
    text = line.text(CHOICE)
    found = next((c for c in offered if values.fold(c.value) == values.fold(text)), None)
    listed = "; ".join(c.value for c in offered)
    if not text and must:
        return None, [line.fault(Code.MISSING_VALUE, CHOICE, f"chưa chọn; chọn một trong: {listed}")]
    if text and found is None:
        return None, [line.fault(Code.NOT_IN_LIST, CHOICE, f"“{text[:60]}” không dùng được; chọn một trong: {listed}")]
    return found, []


def backed(plan: Plan, line: Line) -> tuple[date | None, list[Fault]]:
    """A decision says why, and by which document; the date of the document where it is told."""
    faults = []
    if not values.says_something(line.text(REASON)):
        faults.append(line.fault(Code.MISSING_REASON, REASON, "thiếu lý do; ghi vì sao quyết định như vậy"))
    if not any(c.isalnum() for c in line.text(DOCUMENT)):
        what = "thiếu số văn bản; ghi số, ngày văn bản hoặc thư làm căn cứ"
        faults.append(line.fault(Code.MISSING_SOURCE, DOCUMENT, what))
    faults = [(told, replace(f, severity=Code.MISSING_VALUE.value.severity)) for told, f in faults]
    for heading in (REASON, DOCUMENT):
        cell = line.found(heading)
        if cell.formula is not None or cell.error:
            faults.append(line.fault(Code.FORMULA_IN_INPUT, heading, "ô đang chứa công thức hoặc lỗi; gõ thẳng chữ"))
    day, told = _dated(plan, line)
    return day, [*faults, *told]


_EARLIEST, _AHEAD = 1990, 5
"""Years of a document: anything else is a slip of the hand."""


def _dated(plan: Plan, line: Line) -> tuple[date | None, list[Fault]]:
    text = line.text(DATED)
    if not text:
        return None, []
    cell = line.found(DATED)
    day = None
    if isinstance(cell.value, Decimal):
        day = values.day_of(cell.value) if cell.date_format and cell.formula is None else None
    elif cell.formula is None and isinstance(cell.value, str):
        day = values.parse_date(re.sub("^ngày ", "", text, flags=re.IGNORECASE))
    if day is None:
        what = f"“{text[:60]}” không phải là một ngày; ghi như 12/3/2026, hoặc để trống"
        return None, [line.fault(Code.NOT_IN_LIST, DATED, what)]
    if not _EARLIEST <= day.year <= plan.year + _AHEAD:
        what = f"{values.format_date(day)} khó là ngày của văn bản; sửa lại năm, hoặc để trống"
        return None, [line.fault(Code.NOT_IN_LIST, DATED, what)]
    return day, []


def no_value(line: Line) -> list[Fault]:
    """Why a value that stands in the row is one too many."""
    if VALUE not in line.cells:
        return []
    what = f"chỉ ghi khi chọn “{Choice.CORRECT.value}”; xóa ô này hoặc chọn lại Quyết định"
    return [line.fault(Code.STATE_CONTRADICTS_VALUE, VALUE, what)]


def value(line: Line, v: Variable) -> tuple[Value | None, list[Fault]]:
    """The figure in the column Giá trị, by the kind and the bounds of its variable."""
    cell, text = line.found(VALUE), line.text(VALUE)

    def refused(code: Code, what: str) -> tuple[None, list[Fault]]:
        return None, [line.fault(code, VALUE, what)]

    if cell.formula is not None:
        return refused(Code.FORMULA_IN_INPUT, "ô đang chứa công thức; gõ thẳng kết quả")
    if cell.error:
        return refused(Code.CELL_ERROR, f"ô đang báo lỗi {text}; xóa ô rồi gõ lại")
    if not text:
        return refused(Code.MISSING_VALUE, f"còn để trống; “{Choice.CORRECT.value}” cần một giá trị")
    if v.kind is Kind.TEXT:
        return text, []
    if v.kind is Kind.YES_NO:
        word = next((w for w in (YES, NO) if w.casefold() == text.casefold()), None)
        return (word, []) if word else refused(Code.NOT_IN_LIST, f"“{text[:60]}”: ghi {YES} hoặc {NO}")
    number = cell.value if isinstance(cell.value, Decimal) else None
    if (cell.date_format and number is not None) or values.parse_date(text) is not None:
        return refused(Code.DATE_AS_NUMBER, f"ô đang là ngày tháng ({text}), không phải số; gõ lại số")
    if number is None or cell.percent_format:
        reading = values.parse_number(text, v.kind, v.measure)
        if reading.code is Code.AMBIGUOUS_NUMBER:
            either = " hoặc ".join(values.format_number(n) for n in reading.alternatives)
            return refused(
                Code.AMBIGUOUS_NUMBER, f"“{text}” có thể đọc là {either}; gõ lại số, không dùng dấu ngăn cách nghìn"
            )
        number = reading.number
    if number is None:
        return refused(Code.NOT_A_NUMBER, f"“{text[:60]}” không phải là {v.kind.value}; gõ lại số")
    told = values.format_number(number)
    if v.kind is Kind.WHOLE and number != number.to_integral_value():
        return refused(Code.NOT_AN_INTEGER, f"{told} có phần lẻ; số liệu này chỉ nhận số nguyên")
    if v.low is not None and number < v.low:
        return refused(Code.BELOW_MINIMUM, f"{told} nhỏ hơn mức thấp nhất cho phép là {values.format_number(v.low)}")
    if v.high is not None and number > v.high:
        return refused(Code.ABOVE_MAXIMUM, f"{told} lớn hơn mức cao nhất cho phép là {values.format_number(v.high)}")
    return number, []


# ------------------------------------------------------------------ rows beside each other

Decided = Decision | Settlement


def without_rivals(
    rows: Sequence[Told], decided: Callable[[Row], Decided | None], rivals: Callable[[Row, Row], bool], what: str
) -> list[Told]:
    """Two decisions about one thing, ``what``, are none, in whatever order they stand: both are told."""
    result = []
    deciding = [(row, d) for row, _ in rows if (d := decided(row)) is not None]
    for row, told in rows:
        d = decided(row)
        others: Iterable[Decided] = () if d is None else [o for r, o in deciding if r is not row and rivals(row, r)]
        places = ", ".join(str(o.at.address) for o in others)
        if d is not None and places:
            why = f"có quyết định khác cho cùng {what} ở ô {places}; chỉ giữ một dòng"
            finding = Finding(
                code=Code.CONFLICT,
                at=d.at,
                message=f"{why}; chưa quyết định nào được áp dụng",
                severity=Code.CONFLICT.value.severity,
                variable=d.variable,
            )
            row, told = replace(row, decision=None, settlement=None, fault=why), (*told, finding)
        result.append((row, told))
    return result
