"""One returned workbook -> Return: every input cell as found, its address, its stamps. Nothing is judged here.

.xlsx, .xlsm and .ods are read from their raw XML; of .xls the texts of formulas and what is drawn cannot be seen.
"""

from __future__ import annotations

import re
from collections.abc import ItemsView, Iterator, Mapping, Sequence, ValuesView
from decimal import Decimal
from functools import cached_property, lru_cache

from msgspec import Struct
from msgspec.structs import replace

from lsindicators import layout, workbook
from lsindicators.findings import BLIND_FORMAT, OLD_FORMAT, Code, Finding, Severity
from lsindicators.model import NO, YES, Beside, CellRef, Entry, FoundCell, Return, SheetCells, Token
from lsindicators.values import clean, format_number
from lsindicators.workbook import Sheet, Workbook, WorkbookError


def read(content: bytes, file: str, sha256: str, kind: str) -> tuple[Return | None, tuple[Finding, ...]]:
    """The return that ``content`` of ``kind`` ("xlsx", "xls", "ods") holds, and what is noticed of the file as a whole.

    ``None`` with an error where the file cannot be read. Never raises for what stands in the file.
    """
    at = CellRef(file)
    try:
        book = workbook.read_any(content, kind, file, _is_dull)
        return _return(book, file, sha256), _whole(book, at, kind)
    except workbook.PasswordNeededError:
        return None, (Code.ENCRYPTED_FILE.at(at),)
    except workbook.TooLargeError as error:
        return None, (Code.TOO_LARGE.at(at, size=str(error)),)
    except WorkbookError as error:
        return None, (Code.UNREADABLE_FILE.at(at, why=str(error)),)
    except Exception as error:  # a file that nobody foresaw must not stop the others
        return None, (Code.UNREADABLE_FILE.at(at, why=f"nội dung bị hỏng: {type(error).__name__}"),)


def _is_dull(sheet: str, hidden: bool) -> bool:
    """Whether nothing on a sheet is ever read: the scratch sheet, and our own calculations."""
    name = _folded(sheet)
    return name == _folded(layout.SCRATCH) or (hidden and name == _folded(layout.CALCULATION))


def _whole(book: Workbook, at: CellRef, kind: str) -> tuple[Finding, ...]:
    noticed = ((book.macro, Code.MACRO_PRESENT), (book.external, Code.EXTERNAL_LINK))
    told = tuple(code.at(at) for there, code in noticed if there)
    if kind == "xls":
        old = Code.UNSUPPORTED_FORMAT.at(at, severity=Severity.INFO, kind=".xls")
        told = (*told, replace(old, message=BLIND_FORMAT if book.blind else OLD_FORMAT))
    return told


# ------------------------------------------------------------------ from workbook to return


def _return(book: Workbook, file: str, sha256: str) -> Return:
    if len({s.name for s in book.sheets}) < len(book.sheets):
        raise WorkbookError("có hai trang tính trùng tên")
    open_sheets = tuple(s for s in book.sheets if _folded(s.name) != _folded(layout.SCRATCH))
    tables = [_FoundSheet(sheet, file) for sheet in open_sheets]
    with_heading = [t for t in tables if t.heading is not None and _folded(t.sheet.name) != _folded(layout.SLIP)]
    main = max(with_heading, key=_standing, default=None)
    entries: list[Entry] = []
    if main is not None:
        entries.extend(main.entries)
        # a copy of the sheet that somebody filled in must come to light as well
        entries.extend(e for t in with_heading if t is not main for e in t.entries if _is_filled(e))
    return Return(
        file=file,
        sha256=sha256,
        tokens=_tokens(book, tables),
        sheet=main.sheet.name if main else None,
        heading_row=main.heading.row + 1 if main and main.heading else None,
        year_heading=main.heading.year if main and main.heading else None,
        entries=tuple(entries),
        cells={t.sheet.name: t.found for t in tables},
        sheets=tuple(s.name for s in book.sheets),
        protected=main.sheet.protected if main else False,
        answers=_answers(tables, file),
        blind=book.blind,
        beside=_beside(book, file),
    )


def _beside(book: Workbook, file: str) -> tuple[Beside, ...]:
    """What stands beside the cells of the sheets that are read."""
    found = (b for b in book.beside if _folded(b.sheet) != _folded(layout.SCRATCH))
    return tuple(
        Beside(CellRef(file, b.sheet, layout.address(*b.place) if b.place else None), b.kind, b.text) for b in found
    )


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    return clean(text).casefold()


def _standing(table: _FoundSheet) -> tuple[int, bool, bool]:
    """Which of several sheets with the heading row is the form: the one filled in most, then the one of its name."""
    filled = sum(1 for e in table.entries if _is_filled(e))
    return filled, _folded(table.sheet.name) == _folded(layout.DATA), not table.sheet.hidden


def _is_filled(entry: Entry) -> bool:
    return any(c.value is not None or c.formula is not None for c in (entry.current, entry.state))


# ------------------------------------------------------------------ stamps

_STAMP = re.compile(r"LSI1-[0-9A-Z-]{8,}", re.IGNORECASE)


def _tokens(book: Workbook, tables: Sequence[_FoundSheet]) -> tuple[Token, ...]:
    """Every stamp text with the place where it was found, each once, also where it is too damaged to be one."""

    def texts() -> Iterator[tuple[str, str]]:
        for table in tables:
            place = "hidden" if table.sheet.hidden else "cell"
            stamped = [text for text in table.texts.values() if "1-" in text and "lsi1-" in text.casefold()]
            yield from ((text, place) for text in stamped)
        for table in tables:
            yield table.sheet.header_footer, "footer"
        for text in book.names.values():
            yield text, "name"
        for text in book.properties.values():
            yield text, "property"

    found = (Token(text=m[0], place=place) for text, place in texts() for m in _STAMP.finditer(text))
    return tuple(dict.fromkeys(found))


# ------------------------------------------------------------------ the data sheet

_YEAR = re.compile(r"năm ([0-9]{4})")
_CODE = re.compile(r"(?=.*[0-9_])[A-Za-z][A-Za-z0-9_.]{0,31}")
_LONGEST_HEADING = 60
_TEXT_COLUMNS = tuple(c for c in range(len(layout.COLUMNS)) if c not in (layout.PREVIOUS, layout.CURRENT))


class _Heading(Struct, frozen=True):
    """The heading row of a form: its row from 0, and where each layout column stands."""

    row: int
    year: int | None
    columns: Mapping[int, int]


_EMPTY = workbook.Cell(None, "")

_new = tuple.__new__
"""Makes a named tuple of all its fields in their order. Its own constructor is a function of Python, and a return has
hundreds of cells."""


class _FoundCells(SheetCells):
    """The cells of a sheet by A1 address, made when somebody first looks: most sheets are only looked through."""

    def __init__(self, sheet: Sheet, file: str) -> None:
        self._sheet, self._file = sheet, file
        self.stored = sheet.cells
        self._made: dict[tuple[int, int], FoundCell] = {}

    @cached_property
    def _cells(self) -> dict[str, FoundCell]:
        return {layout.address(row, column): self.at(row, column) for row, column in self._sheet.cells}

    def __getitem__(self, address: str) -> FoundCell:
        return self._cells[address]

    def __iter__(self) -> Iterator[str]:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._sheet.cells)

    def items(self) -> ItemsView[str, FoundCell]:
        return self._cells.items()

    def values(self) -> ValuesView[FoundCell]:
        return self._cells.values()

    def at(self, row: int, column: int) -> FoundCell:
        """What stands in a cell, empty or not."""
        place = row, column
        found = self._made.get(place)
        if found is None:
            at = _new(CellRef, (self._file, self._sheet.name, layout.address(row, column)))
            spans = self._merges.get(row)  # the merged ranges that cover the row
            merged = spans is not None and any(first <= column <= last for first, last in spans)
            value, literal, formula, error, date, percent, _ = self._sheet.cells.get(place, _EMPTY)
            found = self._made[place] = _new(FoundCell, (at, value, literal, error, formula, date, percent, merged))
        return found

    @cached_property
    def _merges(self) -> Mapping[int, list[tuple[int, int]]]:
        """Row -> columns from, to, of the merged ranges that cover it; of the rows in which anything stands."""
        rows = {row for row, _ in self._sheet.cells}
        found: dict[int, list[tuple[int, int]]] = {}
        for top, left, bottom, right in self._sheet.merges:
            for row in range(top, bottom + 1) if bottom - top < len(rows) else (r for r in rows if top <= r <= bottom):
                found.setdefault(row, []).append((left, right))
        return found


class _FoundSheet:
    """One sheet with its cells, its heading row, if any, and the rows below it."""

    def __init__(self, sheet: Sheet, file: str) -> None:
        self.sheet, self._file = sheet, file
        self.found = _FoundCells(sheet, file)
        self.texts = {place: cell.value for place, cell in sheet.cells.items() if isinstance(cell.value, str)}
        self.heading = _heading(sheet, self.texts)
        self.entries = tuple(self._entries(self.heading)) if self.heading else ()

    def _entries(self, heading: _Heading) -> Iterator[Entry]:
        columns, cells, at = heading.columns, self.sheet.cells, self.found.at
        key_column, label = columns[layout.KEY], columns.get(layout.LABEL)
        inputs = [columns.get(column) for column in _INPUTS]
        nowhere = FoundCell(at=CellRef(self._file, self.sheet.name), value=None)
        for row in sorted([row for row, column in cells if column == key_column and row > heading.row]):
            key = cells[row, key_column].value
            if isinstance(key, str) and _CODE.fullmatch(key := clean(key)):
                name = "" if label is None else _as_text(_value(self.sheet, row, label))
                place = CellRef(self._file, self.sheet.name, layout.address(row, key_column))
                found = [nowhere if column is None else at(row, column) for column in inputs]
                yield _new(Entry, (key, name, place, *found))


_INPUTS = (layout.PREVIOUS, layout.CURRENT, layout.STATE, layout.SOURCE, layout.REASON)
"""The columns of an entry's cells, in its order."""


def _heading(sheet: Sheet, texts: Mapping[tuple[int, int], str]) -> _Heading | None:
    """The first row that holds ``Mã số liệu`` and another heading that tells it from a mere mention.

    Where a heading text was overwritten, also that one, its column follows from the others, if none of them has moved.
    """
    wanted = _folded(layout.COLUMNS[layout.KEY])
    length = len(wanted)
    candidates = sorted(
        [place for place, text in texts.items() if -4 < len(text) - length < 4 and _folded(text) == wanted]
    )
    for row, key_column in candidates or _without_key(sheet):
        beside = {column: _folded(text) for (at, column), text in texts.items() if at == row}
        columns = _columns(beside, key_column)
        years = _years(beside)
        if not years and layout.STATE not in columns:
            continue
        shift = key_column - layout.KEY
        unmoved = all(place == column + shift for column, place in columns.items())
        year = years[-1][0] if years else None
        if len(years) > 1:
            columns[layout.PREVIOUS] = years[-2][1]
        if unmoved and [place for _, place in years] == [layout.PREVIOUS + shift]:
            year = None  # the heading of this year was overwritten; what is left is last year's
        elif years:
            columns[layout.CURRENT] = years[-1][1]
        if unmoved:
            for column in range(len(layout.COLUMNS)):
                columns.setdefault(column, column + shift)
        return _Heading(row, year, {column: place for column, place in columns.items() if place >= 0})
    return None


def _without_key(sheet: Sheet) -> Iterator[tuple[int, int]]:
    """Rows with all headings but ``Mã số liệu`` and the years, each at its distance from the others, and a code below:
    row, and the column of the codes."""
    first = _folded(layout.COLUMNS[layout.NUMBER])
    others = [(column, _folded(layout.COLUMNS[column])) for column in _TEXT_COLUMNS if column != layout.KEY]
    starts = (
        p
        for p, c in sheet.cells.items()
        if isinstance(c.value, str) and len(c.value) < _LONGEST_HEADING and _folded(c.value) == first
    )
    for row, start in sorted(starts):
        beside = ((sheet.cells.get((row, start + column)), text) for column, text in others)
        codes = (c.value for (at, column), c in sheet.cells.items() if column == start + layout.KEY and at > row)
        if all(c is not None and _folded(_as_text(c.value)) == text for c, text in beside) and any(
            isinstance(code, str) and _CODE.fullmatch(clean(code)) for code in codes
        ):
            yield row, start + layout.KEY


def _columns(texts: Mapping[int, str], key_column: int) -> dict[int, int]:
    """Layout column -> column of the sheet, by heading text; the leftmost where a heading stands twice."""
    columns = {layout.KEY: key_column}
    for column in _TEXT_COLUMNS:
        heading = _folded(layout.COLUMNS[column])
        place = next((at for at in sorted(texts) if texts[at] == heading), None)
        if place is not None and column != layout.KEY:
            columns[column] = place
    return columns


def _years(texts: Mapping[int, str]) -> list[tuple[int, int]]:
    """(year, column) of the headings ``Năm NNNN``, ascending; the leftmost where a year stands twice."""
    by_year: dict[int, int] = {}
    for column in sorted(texts):
        if year := _YEAR.fullmatch(texts[column]):
            by_year.setdefault(int(year[1]), column)
    return sorted(by_year.items())


# ------------------------------------------------------------------ the narrative sheet


def _answers(tables: Sequence[_FoundSheet], file: str) -> tuple[tuple[str, str, CellRef], ...]:
    """Question, answer and place of the answer, for every question that was answered."""
    heading = tuple(_folded(text) for text in layout.NARRATIVE_HEADING)
    for table in tables:
        sheet = table.sheet
        starts = [
            row
            for (row, column), text in table.texts.items()
            if column == 0
            and _folded(text) == heading[0]
            and _folded(_as_text(_value(sheet, row, layout.ANSWER))) == heading[1]
        ]
        named = _folded(sheet.name) == _folded(layout.NARRATIVE)
        if not starts and not named:
            continue
        first = min(starts) + 1 if starts else layout.NARRATIVE_FIRST_ROW
        rows = sorted(row for row, column in sheet.cells if column == layout.ANSWER and row >= first)
        told = ((row, _as_text(_value(sheet, row, 0)), _as_text(_value(sheet, row, layout.ANSWER))) for row in rows)
        return tuple(
            (clean(question), answer, CellRef(file, sheet.name, layout.address(row, layout.ANSWER)))
            for row, question, answer in told
            if question and answer
        )
    return ()


def _value(sheet: Sheet, row: int, column: int) -> Decimal | bool | str | None:
    cell = sheet.cells.get((row, column))
    return cell.value if cell is not None else None


def _as_text(value: Decimal | bool | str | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    return format_number(value) if isinstance(value, Decimal) else value
