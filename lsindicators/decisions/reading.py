"""The bytes of ``dieu-chinh.xlsx`` -> Paper. A row that cannot be applied is told with its cell, and kept."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from lsindicators import layout, lazily, names, succession, values, workbook
from lsindicators.decisions import disagreements, sheets
from lsindicators.decisions import line as rows
from lsindicators.decisions.line import Fault, Line, Told
from lsindicators.decisions.paper import FILE, Paper, Row
from lsindicators.decisions.sheets import CHOICE, CODE, DATED, DOCUMENT, REASON, SENT, SHA256, VALUE, YEAR, Table
from lsindicators.errors import UnusableInputError
from lsindicators.files import sha256
from lsindicators.findings import Code
from lsindicators.model import CellRef, Choice, Decision, Plan, Selection, Value

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
    grids = _grids(book, file)
    digest = sha256(content)

    def lines(name: str) -> Iterator[Line]:
        return grids[name].rows() if name in grids else iter(())

    figures = _without_rivals(plan, [_figure(plan, row, digest) for row in lines(sheets.FIGURES)])
    conflicts = disagreements.read(plan, tuple(lines(sheets.CONFLICTS)), digest)
    returns = [_return(plan, row) for row in lines(sheets.RETURNS)]
    return Paper(
        figures=tuple(r for r, _ in figures),
        conflicts=tuple(r for r, _ in conflicts),
        returns=tuple(r for r, _ in returns),
        findings=tuple(f for _, told in (*figures, *conflicts, *returns) for f in told),
        own=_own(content, book, grids),
        content=content,
    )


# ------------------------------------------------------------------ the grid


class _Grid(Struct, frozen=True, kw_only=True):
    """One sheet, and where its headings stand."""

    file: str
    table: Table
    sheet: workbook.Sheet
    heading: int
    columns: Mapping[str, int]

    def rows(self) -> Iterator[Line]:
        by_row: dict[int, dict[str, workbook.Cell]] = {}
        headings = {column: heading for heading, column in self.columns.items()}
        for (row, column), cell in sorted(self.sheet.cells.items()):
            if row > self.heading and column in headings and (cell.value is not None or cell.formula is not None):
                by_row.setdefault(row, {})[headings[column]] = cell
        for row, cells in by_row.items():
            yield Line(file=self.file, table=self.table, number=row, cells=cells, columns=self.columns)


_AGAIN = "lấy lại bản đã lưu trước đó (các bản cũ nằm trong so-cai/)"


def _grids(book: workbook.Workbook, file: str) -> dict[str, _Grid]:
    """The sheets of decisions. A file from before there was a sheet Đối chiếu has no dates of documents either."""
    found: dict[str, _Grid] = {}
    for table in sheets.TABLES:
        sheet = next((s for s in book.sheets if names.key(s.name) == names.key(table.name)), None)
        if sheet is not None:
            found[table.name] = _grid(sheet, table, file)
        elif table.name != sheets.CONFLICTS or DATED in found[sheets.FIGURES].columns:
            raise UnusableInputError(f"{file}: thiếu trang “{table.name}”; đổi lại tên trang, hoặc {_AGAIN}")
    return found


def _grid(sheet: workbook.Sheet, table: Table, file: str) -> _Grid:
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
        if len(best) == len(wanted):
            break
    lacking = [c.heading for c in table.columns if c.heading not in best and not c.optional]
    if lacking:
        told = ", ".join(f"“{h}”" for h in lacking)
        raise UnusableInputError(f"{CellRef(file, table.name)}: không thấy cột {told}; thêm lại cột, hoặc {_AGAIN}")
    return _Grid(file=file, table=table, sheet=sheet, heading=at, columns=best)


_FOREIGN = lazily.pattern(r"comments|media/|embeddings/|charts/|vbaproject|pivot|tables/", re.IGNORECASE)
_DRAWING = lazily.pattern(r"drawings/drawing[^/]*\.xml", re.IGNORECASE)
"""Parts of a package that none of ours holds; LibreOffice adds drawings with nothing in them."""


def _own(content: bytes, book: workbook.Workbook, grids: Mapping[str, _Grid]) -> str:
    """What the clerk has put into the workbook that we could not write again; empty: nothing."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        drawn = (n for n in package.namelist() if _DRAWING.search(n) and b"Anchor" in package.read(n))
        if any(_FOREIGN.search(name) for name in package.namelist()) or next(drawn, None):
            return "ghi chú, hình hoặc bảng riêng"
    ours = {names.key(name) for name in (sheets.GUIDE, *(t.name for t in sheets.TABLES))}
    if other := next((s.name for s in book.sheets if names.key(s.name) not in ours), None):
        return f"trang “{other}”"
    guide = next((s for s in book.sheets if names.key(s.name) == names.key(sheets.GUIDE)), None)
    for place, cell in guide.cells.items() if guide else ():
        if not isinstance(cell.value, str) or not _is_guide(values.clean(cell.value)):
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


def _is_guide(line: str) -> bool:
    """Whether a line of the guide is ours, of today or of a former version."""
    today = {values.clean(text) for text in (sheets.TITLE, *sheets.GUIDE_LINES)}
    return line in today or sha256(line.encode())[: sheets.DIGITS] in sheets.FORMER_LINES


# ------------------------------------------------------------------ one row


def _figure(plan: Plan, line: Line, digest: str) -> Told:
    row = line.row
    about, faults = _about(plan, line)
    choice, told = rows.choice(line, sheets.OF_FIGURES, must=row.clerks)
    faults += told
    variable = plan.variable.get(about[1]) if about else None
    sent = _sent(line)
    value: Value | None = None
    dated = None
    if choice is not None:
        dated, told = rows.backed(plan, line)
        faults += told
        if choice is Choice.CORRECT and variable is not None:
            value, told = rows.value(line, variable)
            faults += told
        elif choice is not Choice.CORRECT:
            faults += rows.no_value(line)
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
            dated=dated,
            at=line.at(VALUE if choice is Choice.CORRECT else CHOICE),
            sha256=digest,
        )
        row = replace(row, decision=decision)
    return row, tuple(finding for _, finding in faults)


def _about(plan: Plan, line: Line) -> tuple[tuple[str, str, int] | None, list[Fault]]:
    """Unit, variable and year of a row; or why they are none."""
    unit, faults = rows.unit(plan, line)
    code, told = rows.variable(plan, line, CODE)
    faults += told
    if unit and code and code not in {v.code for v in plan.owed.get(unit, ())}:
        name = plan.unit[unit].name
        faults.append(line.fault(Code.NOT_IN_LIST, CODE, f"{name} không được phân công số liệu {code}"))
    typed = line.text(YEAR)
    year = int(typed) if re.fullmatch("[0-9]{4}", typed) else plan.year if not typed else 0
    if year not in (plan.year, plan.year - 1):
        faults.append(line.fault(Code.NOT_IN_LIST, YEAR, f"“{typed}”: chỉ ghi {plan.year} hoặc {plan.year - 1}"))
    elif unit and code and year < plan.year and _on_record(plan, code, unit, year):
        what = (
            f"số năm {year} đã có trong hồ sơ, không hỏi đơn vị; muốn sửa thì sửa ở trang Năm trước của phan-cong.xlsx"
        )
        faults.append(line.fault(Code.NOT_IN_LIST, YEAR, what))
    return (None if faults else (unit, code, year)), faults


def _on_record(plan: Plan, code: str, unit: str, year: int) -> bool:
    return succession.figure(plan, code, unit, year).value is not None


def _sent(line: Line) -> Value | None:
    """What the row says was sent."""
    cell = line.found(SENT)
    if isinstance(cell.value, Decimal) and not (cell.date_format or cell.percent_format or cell.formula):
        return cell.value
    return line.text(SENT) or None


def _without_rivals(plan: Plan, listed: list[Told]) -> list[Told]:
    def rivals(one: Row, other: Row) -> bool:
        return one.decision is not None and other.decision is not None and _rivals(plan, one.decision, other.decision)

    return rows.without_rivals(listed, lambda row: row.decision, rivals, "số này")


def _rivals(plan: Plan, one: Decision, other: Decision) -> bool:
    """Whether both may be meant for the same figure."""
    if (one.unit, one.variable, one.year) != (other.unit, other.variable, other.year):
        return False
    if one.sent is None or other.sent is None:
        return True
    v = plan.variable[one.variable]
    pairs = ((one.sent, other.sent), (other.sent, one.sent))
    return any(values.agrees(said, sent, v.kind, v.measure) for said, sent in pairs)


def _return(plan: Plan, line: Line) -> Told:
    row = line.row
    unit, faults = rows.unit(plan, line)
    choice, told = rows.choice(line, sheets.OF_RETURNS, must=row.clerks)
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
    dated = None
    if choice is not None:
        dated, told = rows.backed(plan, line)
        faults += told
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
            dated=dated,
            at=line.at(CHOICE),
        )
        row = replace(row, selection=selection)
    return replace(row, fault=faults[0][0] if faults else ""), tuple(finding for _, finding in faults)
