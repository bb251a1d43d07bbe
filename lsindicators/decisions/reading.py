"""The bytes of ``dieu-chinh.xlsx`` -> Paper. A row that cannot be applied is told with its cell, and kept."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from lsindicators import layout, names, succession, values, workbook
from lsindicators.decisions import sheets
from lsindicators.decisions.paper import FILE, Cells, Paper, Row, Typed
from lsindicators.decisions.sheets import CHOICE, CODE, DOCUMENT, REASON, SENT, SHA256, UNIT, VALUE, YEAR, Table
from lsindicators.errors import UnusableInputError
from lsindicators.files import sha256
from lsindicators.findings import Code, Finding
from lsindicators.model import NO, YES, CellRef, Choice, Decision, FoundCell, Kind, Plan, Selection, Value, Variable

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
"""How an encrypted .xlsx begins, and an old .xls."""
_ODS = b"mimetypeapplication/vnd.oasis.opendocument"
"""What stands at the beginning of an .ods, whatever its name."""


def read(content: bytes, plan: Plan, file: str = FILE) -> Paper:
    """The decisions in ``content``; ``file`` names it in messages.

    Raises ``UnusableInputError`` when the workbook cannot be read as a whole: without its decisions nothing may be told.
    """
    try:
        book = workbook.read(content, file, own=True)
    except workbook.WorkbookError as error:
        what, mend = f"{error}" if content else "tệp rỗng", "lấy lại bản đã lưu trước đó"
        if content.startswith(_OLE):
            what, mend = "tệp có mật khẩu, hoặc ở dạng .xls cũ", "mở trong Excel, bỏ mật khẩu rồi lưu lại thành .xlsx"
        elif _ODS in content[:100]:
            what, mend = "tệp ở dạng .ods của LibreOffice", "mở ra rồi lưu lại thành .xlsx (Excel 2007-365)"
        raise UnusableInputError(
            f"{file}: không mở được tệp quyết định của đầu mối ({what}); {mend}, hoặc chuyển tệp đi nơi khác để lập tệp mới"
        ) from error
    grids = {t.name: _grid(book, t, file) for t in sheets.TABLES}
    digest = sha256(content)
    figures = _without_rivals(plan, [_figure(plan, row, digest) for row in grids[sheets.FIGURES].rows()])
    returns = [_return(plan, row) for row in grids[sheets.RETURNS].rows()]
    return Paper(
        figures=tuple(r for r, _ in figures),
        returns=tuple(r for r, _ in returns),
        findings=tuple(f for _, told in (*figures, *returns) for f in told),
        own=_own(content, book, grids),
        content=content,
    )


# ------------------------------------------------------------------ the grid


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
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
        return values.clean(values.seen(self.found(heading)))

    def fault(self, code: Code, heading: str, what: str) -> tuple[str, Finding]:
        """What is wrong with a cell: as it stands in Tình hình, and as it is told."""
        finding = Finding(
            code=code,
            at=self.at(heading),
            message=f"cột “{heading}”: {what}; quyết định ở dòng này chưa được áp dụng",
            severity=code.value.severity,
            value=self.text(heading) or None,
        )
        return f"cột “{heading}”: {what}", finding


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grid:
    """One sheet, and where its headings stand."""

    file: str
    table: Table
    sheet: workbook.Sheet
    heading: int
    columns: Mapping[str, int]

    def rows(self) -> Iterator[_Line]:
        by_row: dict[int, dict[str, workbook.Cell]] = {}
        headings = {column: heading for heading, column in self.columns.items()}
        for (row, column), cell in sorted(self.sheet.cells.items()):
            if row > self.heading and column in headings and (cell.value is not None or cell.formula is not None):
                by_row.setdefault(row, {})[headings[column]] = cell
        for row, cells in by_row.items():
            yield _Line(file=self.file, table=self.table, number=row, cells=cells, columns=self.columns)


def _grid(book: workbook.Workbook, table: Table, file: str) -> _Grid:
    sheet = next((s for s in book.sheets if names.key(s.name) == names.key(table.name)), None)
    again = "lấy lại bản đã lưu trước đó (các bản cũ nằm trong so-cai/)"
    if sheet is None:
        raise UnusableInputError(f"{file}: thiếu trang “{table.name}”; đổi lại tên trang, hoặc {again}")
    wanted = {names.key(h): h for h in table.headings}
    best: dict[str, int] = {}
    at = 0
    for row in sorted({row for row, _ in sheet.cells})[:30]:
        found: dict[str, int] = {}
        for (r, column), cell in sorted(sheet.cells.items()):
            if r == row and isinstance(cell.value, str) and (heading := wanted.get(names.key(cell.value))):
                found.setdefault(heading, column)
        if len(found) > len(best):
            best, at = found, row
    lacking = [h for h in table.headings if h not in best]
    if lacking:
        told = ", ".join(f"“{h}”" for h in lacking)
        raise UnusableInputError(f"{CellRef(file, table.name)}: không thấy cột {told}; thêm lại cột, hoặc {again}")
    return _Grid(file=file, table=table, sheet=sheet, heading=at, columns=best)


_FOREIGN = re.compile(r"comments|media/|embeddings/|charts/|vbaproject|pivot|tables/", re.IGNORECASE)
_DRAWING = re.compile(r"drawings/drawing[^/]*\.xml", re.IGNORECASE)
"""Parts of a package that none of ours holds; LibreOffice adds drawings with nothing in them."""


def _own(content: bytes, book: workbook.Workbook, grids: Mapping[str, _Grid]) -> str:
    """What the clerk has put into the workbook that we could not write again; empty: nothing."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        drawn = (n for n in package.namelist() if _DRAWING.search(n) and b"Anchor" in package.read(n))
        if any(_FOREIGN.search(name) for name in package.namelist()) or next(drawn, None):
            return "ghi chú, hình hoặc bảng riêng"
    ours = {names.key(name) for name in (sheets.GUIDE, *grids)}
    if other := next((s.name for s in book.sheets if names.key(s.name) not in ours), None):
        return f"trang “{other}”"
    guide = next((s for s in book.sheets if names.key(s.name) == names.key(sheets.GUIDE)), None)
    known = {values.clean(line) for line in (sheets.TITLE, *sheets.GUIDE_LINES)}
    for place, cell in guide.cells.items() if guide else ():
        if not isinstance(cell.value, str) or values.clean(cell.value) not in known:
            return f"nội dung ở ô {CellRef(FILE, sheets.GUIDE, layout.address(*place))}"
    for grid in grids.values():
        for place, cell in sorted(grid.sheet.cells.items()):
            outside = place[0] < grid.heading or place[1] not in grid.columns.values()
            where = CellRef(FILE, grid.table.name, layout.address(*place))
            if outside and cell.value is not None:
                return f"nội dung ngoài bảng ở ô {where}"
            if cell.formula is not None or cell.error:
                return f"công thức ở ô {where}"
        if grid.sheet.merges:
            return f"ô gộp ở trang “{grid.table.name}”"
    return ""


def _typed(line: _Line) -> Cells:
    return {
        heading: Typed(cell.value, date=cell.date_format, percent=cell.percent_format)
        for heading, cell in line.cells.items()
        if cell.value is not None
    }


# ------------------------------------------------------------------ one row

Told = tuple[Row, tuple[Finding, ...]]
_Fault = tuple[str, Finding]


def _row(line: _Line) -> Row:
    typed = any(h in line.cells for h in line.table.inputs)
    return Row(number=line.number, cells=_typed(line), clerks=typed or line.table.ours not in line.cells)


def _figure(plan: Plan, line: _Line, digest: str) -> Told:
    row = _row(line)
    about, faults = _about(plan, line)
    choice, told = _choice(line, must=row.clerks)
    faults += told
    variable = plan.variable.get(about[1]) if about else None
    sent = _sent(line)
    value: Value | None = None
    if choice is not None:
        faults += _backed(line)
        if choice is Choice.CORRECT and variable is not None:
            value, told = _value(line, variable)
            faults += told
        elif choice is not Choice.CORRECT and VALUE in line.cells:
            what = f"chỉ ghi khi chọn “{Choice.CORRECT.value}”; xóa ô này hoặc chọn lại Quyết định"
            faults.append(line.fault(Code.STATE_CONTRADICTS_VALUE, VALUE, what))
        if choice is Choice.KEEP and sent is None:
            what = f"ghi đúng số đơn vị đã gửi; “{choice.value}” chỉ có hiệu lực với số đó"
            faults.append(line.fault(Code.MISSING_VALUE, SENT, what))
    row = replace(row, about=about, sent=sent, fault=faults[0][0] if faults else "")
    if not row.clerks:
        return replace(row, fault=""), ()
    if about is not None and choice is not None and not faults:
        decision = Decision(
            unit=about[0],
            variable=about[1],
            year=about[2],
            choice=choice,
            sent=sent,
            value=value,
            reason=line.text(REASON),
            document=line.text(DOCUMENT),
            at=line.at(VALUE if choice is Choice.CORRECT else CHOICE),
            sha256=digest,
        )
        row = replace(row, decision=decision)
    return row, tuple(finding for _, finding in faults)


def _about(plan: Plan, line: _Line) -> tuple[tuple[str, str, int] | None, list[_Fault]]:
    """Unit, variable and year of a row; or why they are none."""
    unit, faults = _unit(plan, line)
    code = line.text(CODE).upper()
    if not code:
        faults.append(line.fault(Code.MISSING_VALUE, CODE, "còn để trống; ghi mã như C01_A"))
    elif code not in plan.variable:
        faults.append(line.fault(Code.NOT_IN_LIST, CODE, f"“{code[:60]}” không có ở trang Số liệu của phan-cong.xlsx"))
    elif unit and code not in {v.code for v in plan.owed.get(unit, ())}:
        name = plan.unit[unit].name
        faults.append(line.fault(Code.NOT_IN_LIST, CODE, f"{name} không được phân công số liệu {code}"))
    typed = line.text(YEAR)
    year = int(typed) if re.fullmatch("[0-9]{4}", typed) else plan.year if not typed else 0
    if year not in (plan.year, plan.year - 1):
        faults.append(line.fault(Code.NOT_IN_LIST, YEAR, f"“{typed}”: chỉ ghi {plan.year} hoặc {plan.year - 1}"))
    elif unit and code in plan.variable and year < plan.year and _on_record(plan, code, unit, year):
        what = (
            f"số năm {year} đã có trong hồ sơ, không hỏi đơn vị; muốn sửa thì sửa ở trang Năm trước của phan-cong.xlsx"
        )
        faults.append(line.fault(Code.NOT_IN_LIST, YEAR, what))
    return (None if faults else (unit, code, year)), faults


def _on_record(plan: Plan, code: str, unit: str, year: int) -> bool:
    return succession.figure(plan, code, unit, year).value is not None


def _unit(plan: Plan, line: _Line) -> tuple[str, list[_Fault]]:
    text = line.text(UNIT)
    code = text.lower()
    if not code:
        what = "còn để trống; quyết định chung của tỉnh (không theo đơn vị) chưa dùng được, ghi mã đơn vị"
        return "", [line.fault(Code.MISSING_VALUE, UNIT, what)]
    if code not in plan.unit:
        what = f"“{text[:60]}” không phải là mã đơn vị ở trang Đơn vị của phan-cong.xlsx; ghi mã, như so-khcn"
        return "", [line.fault(Code.UNKNOWN_UNIT_NAME, UNIT, what)]
    return code, []


def _choice(line: _Line, *, must: bool) -> tuple[Choice | None, list[_Fault]]:
    text = line.text(CHOICE)
    found = next((c for c in line.table.choices if names.key(c.value) == names.key(text)), None)
    offered = "; ".join(c.value for c in line.table.choices)
    if not text and must:
        return None, [line.fault(Code.MISSING_VALUE, CHOICE, f"chưa chọn; chọn một trong: {offered}")]
    if text and found is None:
        return None, [line.fault(Code.NOT_IN_LIST, CHOICE, f"“{text[:60]}” không dùng được; chọn một trong: {offered}")]
    return found, []


def _backed(line: _Line) -> list[_Fault]:
    """A decision says why, and by which document."""
    faults = []
    if not values.says_something(line.text(REASON)):
        faults.append(line.fault(Code.MISSING_REASON, REASON, "thiếu lý do; ghi vì sao quyết định như vậy"))
    if not any(c.isalnum() for c in line.text(DOCUMENT)):
        what = "thiếu số văn bản; ghi số, ngày văn bản hoặc thư làm căn cứ"
        faults.append(line.fault(Code.MISSING_SOURCE, DOCUMENT, what))
    return [(told, replace(f, severity=Code.MISSING_VALUE.value.severity)) for told, f in faults]


def _sent(line: _Line) -> Value | None:
    """What the row says was sent."""
    cell = line.found(SENT)
    if isinstance(cell.value, Decimal) and not (cell.date_format or cell.percent_format or cell.formula):
        return cell.value
    return line.text(SENT) or None


def _value(line: _Line, v: Variable) -> tuple[Value | None, list[_Fault]]:
    """The figure in the column Giá trị, by the kind and the bounds of its variable."""
    cell, text = line.found(VALUE), line.text(VALUE)

    def refused(code: Code, what: str) -> tuple[None, list[_Fault]]:
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


def _without_rivals(plan: Plan, rows: list[Told]) -> list[Told]:
    """Two decisions about one figure are none, in whatever order they stand: both are told."""
    result = []
    for row, told in rows:
        d = row.decision
        rivals = (
            []
            if d is None
            else [o for o, _ in rows if o.decision is not None and o is not row and _rivals(plan, d, o.decision)]
        )
        if d is not None and rivals:
            places = ", ".join(str(o.decision.at.address) for o in rivals if o.decision is not None)
            what = f"có quyết định khác cho cùng số này ở ô {places}; chỉ giữ một dòng"
            finding = Finding(
                code=Code.CONFLICT,
                at=d.at,
                message=f"{what}; chưa quyết định nào được áp dụng",
                severity=Code.CONFLICT.value.severity,
                variable=d.variable,
            )
            row, told = replace(row, decision=None, fault=what), (*told, finding)
        result.append((row, told))
    return result


def _rivals(plan: Plan, one: Decision, other: Decision) -> bool:
    """Whether both may be meant for the same figure."""
    if (one.unit, one.variable, one.year) != (other.unit, other.variable, other.year):
        return False
    if one.sent is None or other.sent is None:
        return True
    v = plan.variable[one.variable]
    pairs = ((one.sent, other.sent), (other.sent, one.sent))
    return any(values.agrees(said, sent, v.kind, v.measure) for said, sent in pairs)


def _return(plan: Plan, line: _Line) -> Told:
    row = _row(line)
    unit, faults = _unit(plan, line)
    choice, told = _choice(line, must=row.clerks)
    faults += told
    shown = line.text(SHA256).casefold().rstrip("….")
    if shown.isdigit():
        shown = shown.zfill(sheets.DIGITS)  # a program took it for a number
    file = line.text(sheets.FILE)
    if not file and not shown:
        faults.append(
            line.fault(Code.MISSING_VALUE, sheets.FILE, "còn để trống; ghi tệp như ở cột Tệp hoặc mã SHA-256")
        )
    elif shown and not re.fullmatch("[0-9a-f]{8,64}", shown):
        faults.append(line.fault(Code.NOT_IN_LIST, SHA256, "không phải mã SHA-256; chép 12 chữ số đầu, hoặc để trống"))
    if choice is not None:
        faults += _backed(line)
    if not row.clerks:
        return row, ()
    if choice is not None and not faults:
        selection = Selection(
            unit=unit,
            file=file,
            sha256=shown,
            choice=choice,
            reason=line.text(REASON),
            document=line.text(DOCUMENT),
            at=line.at(CHOICE),
        )
        row = replace(row, selection=selection)
    return replace(row, fault=faults[0][0] if faults else ""), tuple(finding for _, finding in faults)
