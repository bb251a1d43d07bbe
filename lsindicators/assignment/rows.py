"""The rows and cells of phan-cong.xlsx, as a clerk left them -> texts, numbers, codes, words; errors with their cell."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import TypeVar

from msgspec import Struct

from lsindicators import names, values, workbook
from lsindicators.assignment import sheets
from lsindicators.assignment.sheets import Table
from lsindicators.model import CellRef, Kind

UNIT_CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
CODE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")
VARIABLE_CODE = re.compile(rf"(?=.{{1,32}}$)(?=.*[0-9_]){CODE.pattern}")
"""The key of a row in a form: a word without digits might stand in that column by itself."""

Word = TypeVar("Word", bound=Enum)


class Row(Struct, frozen=True):
    """One row of a table: the cells by heading."""

    number: int  # counted from 0
    cells: Mapping[str, workbook.Cell]
    columns: Mapping[str, int]


class Reader:
    """Reads the rows of a table and their cells, and notes every error with its cell."""

    def __init__(self, book: workbook.Workbook, file: str) -> None:
        self.errors: list[str] = []
        self._file = file
        self._sheets = {names.key(s.name): s for s in reversed(book.sheets)}
        self._table = sheets.SETTINGS
        self._lacking: set[str] = set()  # tables that could not be read: what they should hold is not missed again

    def _rows(self, table: Table) -> Iterator[Row]:
        """The rows of ``table`` with any content, below its heading row wherever that stands."""
        self._table = table
        sheet = self._sheets.get(names.key(table.name))
        if sheet is None:
            renamed = self._renamed(table)
            if renamed or not table.optional:
                self._lacking.add(table.name)
                meant = f"; nếu là trang “{renamed}” thì đổi lại tên thành “{table.name}”" if renamed else ""
                self.errors.append(f"{self._file}: thiếu trang “{table.name}”{meant}")
            return
        by_row = _cells_by_row(sheet)
        wanted = {names.key(c.heading): c.heading for c in table.columns}
        needed = {c.heading for c in table.columns if c.needed}
        columns: dict[str, int] = {}
        start = 0
        for row in sorted(by_row)[:30]:
            found: dict[str, int] = {}
            for column, cell in sorted(by_row[row].items()):
                heading = wanted.get(names.key(cell.value)) if isinstance(cell.value, str) else None
                if heading is not None:
                    found.setdefault(heading, column)
            if len(found) > len(columns):
                columns, start = found, row
            if needed <= found.keys():
                break
        missing = [c.heading for c in table.columns if c.needed and c.heading not in columns]
        if missing:
            told = ", ".join(f"“{heading}”" for heading in missing)
            mend = "; thêm lại cột, hoặc lấy lại bản đã lưu trước đó"
            self._lacking.add(table.name)
            self.errors.append(
                f"{CellRef(self._file, table.name)}: không thấy cột {told} ở dòng tiêu đề (dòng {start + 1}){mend}"
            )
            return
        content = {c.heading for c in table.columns if not c.grey}
        empty = True
        for row in sorted(by_row):
            if row <= start:
                continue
            cells = {h: by_row[row][c] for h, c in columns.items() if c in by_row[row]}
            if any(h in content and (c.value is not None or c.formula) for h, c in cells.items()):
                empty = False
                yield Row(row, cells, columns)
        if empty and not table.optional:
            self._lacking.add(table.name)
            self.errors.append(f"{CellRef(self._file, table.name)}: chưa có dòng nào dưới dòng tiêu đề")

    def _renamed(self, table: Table) -> str:
        """The sheet that seems to be ``table`` under another name, where no other table claims it."""
        wanted, others = names.key(table.name), {names.key(t.name) for t in sheets.TABLES}
        free = [k for k in self._sheets if k not in others]
        close = [k for k in free if wanted in k] or difflib.get_close_matches(wanted, free, 1, 0.8)
        return self._sheets[close[0]].name if close else ""

    def _place(self, row: Row, heading: str) -> CellRef:
        return CellRef(self._file, self._table.name, _address(row.number, row.columns.get(heading, 0)))

    def _fail(self, row: Row, heading: str, what: str) -> None:
        self.errors.append(f"{self._place(row, heading)} (cột “{heading}”): {what}")

    def _text(self, row: Row, heading: str) -> str:
        """The cell as text; numbers as they would be typed. Errors and formulas without a result are told."""
        cell = row.cells.get(heading)
        if cell is None:
            return ""
        if cell.error:
            self._fail(row, heading, f"ô đang báo lỗi {cell.value}; xóa ô rồi gõ lại")
            return ""
        if cell.value is None:
            if cell.formula is not None and not cell.blank_result:
                self._fail(row, heading, "ô chứa công thức chưa có kết quả; gõ thẳng nội dung")
            return ""
        if isinstance(cell.value, bool):
            return sheets.YES if cell.value else sheets.NO
        if isinstance(cell.value, Decimal):
            return f"{cell.value:f}"
        return cell.value

    def _expression(self, row: Row, heading: str) -> str:
        """A formula as text, also where it was typed with "=" so that Excel took it for one of its own."""
        cell = row.cells.get(heading)
        text = ""
        if cell is not None and cell.formula and (cell.error or not isinstance(cell.value, str)):
            text = cell.formula
        else:
            text = self._needed(row, heading)
        return values.clean(text).removeprefix("=").strip()

    def _needed(self, row: Row, heading: str) -> str:
        before = len(self.errors)
        text = self._text(row, heading)
        if not text and len(self.errors) == before:
            self._fail(row, heading, "còn để trống")
        return text

    def _code(self, row: Row, heading: str, shape: re.Pattern[str], example: str) -> str:
        typed = values.clean(self._needed(row, heading))
        code = typed.lower() if shape is UNIT_CODE else typed.upper()
        if code and not shape.fullmatch(code):
            self._fail(row, heading, f"mã “{code}” không dùng được; mã có dạng như {example}")
            return ""
        return code

    def _new_code(
        self, row: Row, heading: str, shape: re.Pattern[str], example: str, known: Mapping[str, object]
    ) -> str:
        code = self._code(row, heading, shape, example)
        if code in known:
            self._fail(row, heading, f"mã “{code}” đã có ở dòng trên; mỗi mã chỉ một dòng")
            return ""
        return code

    def _word(self, row: Row, heading: str, words: type[Word], default: Word | None = None) -> Word | None:
        text = self._text(row, heading)
        if not text:
            if default is None:
                self._fail(row, heading, f"còn để trống; dùng một trong: {_listed(words)}")
            return default
        wanted = names.key(text)
        for word in words:
            if names.key(word.value) == wanted:
                return word
        self._fail(row, heading, f"“{text}” không dùng được; dùng một trong: {_listed(words)}")
        return default

    def _yes(self, row: Row, heading: str) -> bool:
        text = self._text(row, heading)
        if not text or names.key(text) == names.key(sheets.NO):
            return False
        if names.key(text) in (names.key(sheets.YES), "x"):
            return True
        self._fail(row, heading, f"“{text}” không dùng được; dùng một trong: {sheets.YES}; {sheets.NO}")
        return False

    def _number(self, row: Row, heading: str, kind: Kind) -> Decimal | None:
        cell = row.cells.get(heading)
        if cell is not None and isinstance(cell.value, Decimal) and not cell.error:
            if cell.date_format:
                self._fail(row, heading, "ô đang là ngày tháng, không phải số; đổi định dạng ô rồi gõ lại số")
            # 30% is typed and seen, and stored as 0.3
            return workbook.number(f"{cell.value * 100:f}") if cell.percent_format else cell.value
        text = self._text(row, heading)
        if not text:
            return None
        reading = values.parse_number(text, kind, "")
        if reading.number is None:
            asked = " hoặc ".join(values.format_number(n) for n in reading.alternatives)
            what = f"“{text}” có thể đọc là {asked}" if asked else f"“{text}” không phải là số"
            self._fail(row, heading, f"{what}; gõ lại thành số")
        return reading.number

    def _limit(self, row: Row, heading: str, most: Decimal | None = None) -> Decimal | None:
        """A percentage above 0, and not above ``most``; ``None`` where the cell is empty."""
        number = self._number(row, heading, Kind.PERCENT)
        if number is not None and (number <= 0 or (most is not None and number > most)):
            upto = "" if most is None else f", không quá {values.format_number(most)}"
            self._fail(row, heading, f"{values.format_number(number)}: cần số lớn hơn 0{upto}, hoặc để trống")
            return None
        return number

    def _whole(self, row: Row, heading: str, low: int, high: int) -> int:
        before = len(self.errors)
        number = self._number(row, heading, Kind.WHOLE)
        if number is None or number != number.to_integral_value() or not low <= number <= high:
            if len(self.errors) == before:
                self._fail(row, heading, f"{self._text(row, heading) or 'ô trống'}: cần số nguyên từ {low} đến {high}")
            return low
        return int(number)

    def _known(self, row: Row, heading: str, known: Mapping[str, object], sheet: Table) -> str:
        """The code of a criterion or variable that stands on another sheet."""
        code = values.clean(self._needed(row, heading)).upper()
        if code and code not in known:
            self._unknown(row, heading, code, known, sheet)
            return ""
        return code

    def _unknown(self, row: Row, heading: str, code: str, known: Iterable[str], sheet: Table) -> None:
        if sheet.name not in self._lacking:
            self._fail(row, heading, f"mã “{code}” không có ở trang {sheet.name}{perhaps(code, known)}")

    def _date_cell(self, row: Row, heading: str) -> date | None:
        cell = row.cells.get(heading)
        if cell is None or not cell.date_format or not isinstance(cell.value, Decimal) or cell.error:
            return None
        return values.day_of(cell.value)

    def _day(self, rows: Mapping[str, Row], raw: Mapping[str, str], key: str, default: date) -> date:
        text = raw.get(key, "")
        if not text:
            return default
        day = values.parse_date(text)
        if day is None:
            self._fail(rows[key], "Giá trị", f"“{text}” không phải là ngày; ghi dạng {values.format_date(default)}")
        return day or default


def _cells_by_row(sheet: workbook.Sheet) -> dict[int, dict[int, workbook.Cell]]:
    """The cells of each row by column; what is merged down a column stands in every row of it, as people see it."""
    by_row: dict[int, dict[int, workbook.Cell]] = {}
    for (row, column), cell in sheet.cells.items():
        by_row.setdefault(row, {})[column] = cell
    last = max(by_row, default=0)
    for top, left, bottom, right in sheet.merges:
        shown = by_row.get(top, {}).get(left)
        if shown is not None and left == right:
            for row in range(top + 1, min(bottom, last) + 1):
                by_row.setdefault(row, {}).setdefault(left, shown)
    return by_row


def perhaps(typed: str, known: Iterable[str], likeness: float = 0.85) -> str:
    """The end of a sentence that asks whether one of ``known`` was meant; empty where none is near."""
    close = difflib.get_close_matches(typed, known, 1, likeness)
    return f"; có phải là “{close[0]}”?" if close else ""


def parts(text: str, separator: str) -> tuple[str, ...]:
    """The pieces of a text between separators, trimmed, each once."""
    return tuple(dict.fromkeys(part for piece in text.split(separator) if (part := values.clean(piece))))


def _listed(words: Iterable[Enum]) -> str:
    return "; ".join(str(word.value) for word in words)


def _address(row: int, column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"
