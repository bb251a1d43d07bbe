"""The data sheet of a return as a grid: where the rows and columns of the form stand in it, and what a cell shows.

Rows and columns may have moved, been put in or taken out; keys and headings tell.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Context, Decimal
from functools import cached_property, lru_cache

from lsindicators import layout, values
from lsindicators.findings import Code, Finding
from lsindicators.layout import Form, FormRow, Stamp
from lsindicators.model import CellRef, Entry, FoundCell, Return, SheetCells, StoredCell, Value

Place = tuple[int, int]
"""Row and column, counted from 0."""

EMPTY = "(trống)"
"""What a finding says of a cell without text."""

SHOWN = 200
"""So many characters of a text are shown."""


_NOTHING = FoundCell(CellRef(""), None)


class _ByPlace(Mapping[Place, FoundCell]):
    """The cells of a sheet by place; each is made when somebody looks."""

    def __init__(self, cells: SheetCells) -> None:
        self._cells = cells

    def __getitem__(self, place: Place) -> FoundCell:
        if place not in self._cells.stored:
            raise KeyError(place)
        return self._cells.at(*place)

    def __iter__(self) -> Iterator[Place]:
        return iter(self._cells.stored)

    def __len__(self) -> int:
        return len(self._cells.stored)


def by_place(cells: Mapping[str, FoundCell]) -> Mapping[Place, FoundCell]:
    """The cells of a sheet by place."""
    if isinstance(cells, SheetCells):
        return _ByPlace(cells)
    return {place_at(address): cell for address, cell in cells.items()}


def stored(cells: Mapping[str, FoundCell]) -> Mapping[Place, StoredCell]:
    """What stands in the cells of a sheet, by place."""
    return cells.stored if isinstance(cells, SheetCells) else by_place(cells)


class Table:
    """The data sheet of a return, and where the rows and columns of the form stand in it."""

    def __init__(self, form: Form, ret: Return, stamp: Stamp, genuine: frozenset[str]) -> None:
        self.form, self.ret, self.stamp, self.genuine = form, ret, stamp, genuine
        self.sheet = ret.sheet or layout.DATA
        self.heading = (ret.heading_row or 0) - 1
        found = ret.cells.get(self.sheet, {})
        self.cells = by_place(found)
        self.stored = stored(found)
        self._years = self.columns[layout.PREVIOUS], self.columns[layout.CURRENT]
        self.everywhere = tuple(self._aligned(e) if e.key.sheet == self.sheet else e for e in ret.entries)
        self.entries = tuple(e for e in self.everywhere if e.key.sheet == self.sheet)

    def _aligned(self, entry: Entry) -> Entry:
        """``entry`` with the figures of the plan's years, also where a heading of a year was typed over.

        Merging keeps one text of many. Where several locked cells of the row still have theirs, nothing was merged:
        a program moved the rows of the sheet and left the merged ranges of the group headings behind.
        """
        row = row_of(entry)
        if (_column(entry.previous), _column(entry.current)) != self._years:
            entry = entry._replace(
                previous=self._figure(row, layout.PREVIOUS), current=self._figure(row, layout.CURRENT)
            )
        e = entry
        if not (e.current.merged or e.state.merged or e.source.merged or e.reason.merged or e.previous.merged):
            return entry
        locked = (self.cells.get((row, self.columns[c])) for c in (layout.NUMBER, layout.KEY, layout.LABEL))
        if sum(cell is not None and cell.merged for cell in locked) < 2:
            return entry
        inputs = ("previous", "current", "state", "source", "reason")
        return entry._replace(**{name: getattr(entry, name)._replace(merged=False) for name in inputs})

    def _figure(self, row: int, column: int) -> FoundCell:
        """The cell of a layout column in ``row``, also when it is empty; nothing where another column took its place."""
        place = row, self.columns[column]
        found = None if column in self.gone else self.cells.get(place)
        return found or FoundCell(at=self.at(place), value=None)

    @cached_property
    def by_code(self) -> Mapping[str, list[Entry]]:
        """The rows of each variable of the form, on whichever sheet, in the order of the file."""
        found: dict[str, list[Entry]] = {code: [] for code in self.form.by_code}
        for entry in self.everywhere:
            if (code := code_of(entry)) in found:
                found[code].append(entry)
        return {code: entries for code, entries in found.items() if entries}

    def entries_on(self, sheet: str) -> tuple[Entry, ...]:
        """The rows of a sheet, where it is the data sheet or a copy that was filled in."""
        return self._by_sheet.get(sheet, ())

    @cached_property
    def _by_sheet(self) -> Mapping[str | None, tuple[Entry, ...]]:
        found: dict[str | None, tuple[Entry, ...]] = {}
        for entry in self.everywhere:
            found[entry.key.sheet] = (*found.get(entry.key.sheet, ()), entry)
        return found

    @cached_property
    def columns(self) -> Mapping[int, int]:
        """Layout column -> column of the sheet: by its heading, else by its distance from the key."""
        heading = sorted(column for row, column in self.stored if row == self.heading)
        texts = {column: plain(seen(self.cells[self.heading, column])).casefold() for column in heading}
        wanted = tuple(plain(heading).casefold() for heading in self.form.headings)
        codes = (place_at(e.key.address)[1] for e in self.ret.entries if e.key.sheet == self.sheet and e.key.address)
        key = next((c for c, text in texts.items() if text == wanted[layout.KEY]), next(codes, layout.KEY))
        columns = {}
        for column, text in enumerate(wanted):
            place = key + column - layout.KEY
            elsewhere = (c for c, found in texts.items() if found == text)
            columns[column] = place if texts.get(place) == text else next(elsewhere, place)
        return columns

    @cached_property
    def variable_at(self) -> Mapping[int, FormRow]:
        """Row of the form, counted from 0 -> the variable's row that was issued there."""
        return {row.row: row for row in self.form.variables}

    @cached_property
    def gone(self) -> frozenset[int]:
        """The layout columns that were deleted: the heading of another column stands at their place."""
        claimed = Counter(self.columns.values())
        headings = {c: self.cells.get((self.heading, place)) for c, place in self.columns.items()}
        return frozenset(
            column
            for column, place in self.columns.items()
            if claimed[place] > 1 and not same(self.form.headings[column], headings[column])
        )

    @cached_property
    def moved(self) -> bool:
        """Whether rows or columns were put in, taken out or moved: then no place of the form is sure."""
        columns = {place - column for column, place in self.columns.items()}
        return len(columns) > 1 or any(row != place for row, place in self.rows.items())

    @cached_property
    def untouched(self) -> bool:
        """Whether every locked cell stands in its place just as it was sent, with nothing but inputs between them.

        Then no rule about locked cells has anything to tell: most returns are of this kind, and need not go through them.
        """
        form, stored = self.form, self.stored
        if self.heading != layout.HEADING_ROW or not len(self.everywhere) == len(self.by_code) == len(form.by_code):
            return False
        shape = form.shape
        texts = {place: cell.value for place, cell in stored.items() if cell.formula is None and not cell.error}
        if not shape.locked.items() <= texts.items():
            return False
        own: dict[Place, Value] = {(row, 0): text for row, text in form.head.items()}
        own |= {(layout.HEADING_ROW, column): text for column, text in enumerate(form.headings)}
        own |= {place_at(address): text for address, text in form.signature.items()}
        own |= {(r.row, layout.PREVIOUS): r.previous for r in form.variables if r.previous is not None}
        if not all(_as_sent(text, stored.get(place)) for place, text in own.items()):
            return False
        for place, formula in shape.checks.items():
            if stored.get(place, _NOTHING).formula != formula:
                return False
        for place in shape.summaries:
            if f"'{layout.CALCULATION}'!" not in (stored.get(place, _NOTHING).formula or ""):
                return False
        token = stored.get((layout.TOKEN_ROW, 0))
        if token is None or not isinstance(token.value, str) or layout.find_stamp(token.value) != self.stamp:
            return False
        typed = (
            stored.keys() - shape.locked.keys() - own.keys() - form.formulas - {(layout.TOKEN_ROW, 0)} - shape.inputs
        )
        asked = {(row.row, layout.PREVIOUS) for row in form.variables if row.previous is None}
        return str(self.stamp) in self.genuine and typed <= asked

    @cached_property
    def rows(self) -> Mapping[int, int]:
        """Row of the form -> row of the sheet. Other rows move with the variable below them, else with the one above."""
        own = {
            self.form.by_code[c].row: row_of(e)
            for e in reversed(self.entries)
            if (c := code_of(e)) in self.form.by_code
        }
        shift = self.heading - layout.HEADING_ROW
        placed: dict[int, int] = {}
        above: list[int] = []
        for row in range(layout.FIRST_ROW, self.form.last_row + 1):
            above.append(row)
            if row in own:
                shift = own[row] - row
                placed.update((r, r + shift) for r in above)
                above = []
        placed.update((r, r + shift) for r in above)
        below = range(self.form.last_row + 1, self.form.last_row + 8)
        shift = self._shift_of_signature(shift)
        placed.update((r, r + shift) for r in below)
        head = self.heading - layout.HEADING_ROW
        placed.update((r, r + head) for r in range(layout.FIRST_ROW))
        return placed

    def _shift_of_signature(self, otherwise: int) -> int:
        """By how many rows the signature block has moved: the last row of the table may have gone, and so tell nothing."""
        texts = {
            (self.columns[column], text): row
            for address, text in self.form.signature.items()
            for row, column in [place_at(address)]
        }
        for (row, column), cell in self.cells.items():
            place = texts.get((column, seen(cell)))
            if place is not None and row > self.heading:
                return row - place
        return otherwise

    @cached_property
    def keyless(self) -> Mapping[str, int]:
        """Variable -> the row that has its name, but not its key any more."""
        label = self.columns[layout.LABEL]
        places = {code: self.rows[row.row] for code, row in self.form.by_code.items() if code not in self.by_code}
        return {c: r for c, r in places.items() if same(self.form.by_code[c].label, self.cells.get((r, label)))}

    @cached_property
    def texts(self) -> frozenset[str]:
        """All texts that stand somewhere in the sheet."""
        return frozenset(plain(c.value) for c in self.cells.values() if isinstance(c.value, str))

    def at(self, place: Place) -> CellRef:
        """The address of ``place``; the sheet as a whole where a column has gone."""
        inside = place[0] >= 0 and place[1] >= 0
        return CellRef(self.ret.file, self.sheet, layout.address(*place) if inside else None)

    def changed(self, place: Place, old: Value, *, variable: str | None = None) -> Finding:
        """The finding that the locked cell at ``place`` does not hold ``old`` any more."""
        new = seen(self.cells.get(place))
        told = _from_the_difference(values.clean(values.format_value(old)), values.clean(new))
        return Code.LOCKED_CELL_CHANGED.at(
            self.at(place), variable=variable, found=new, old=told[0] or EMPTY, new=told[1] or EMPTY
        )

    def place_of(self, row: int, column: int = 0) -> Place:
        """Where a cell of the form stands that is no variable's."""
        return self.rows[row], self.columns[column]


def code_of(entry: Entry) -> str:
    """The variable code that a key means."""
    return _code(entry.variable)


@lru_cache(maxsize=4096)
def _code(key: str) -> str:
    return values.clean(key).upper()


@lru_cache(maxsize=8192)
def place_at(address: str) -> Place:
    """Row and column of an A1 address."""
    letters, digits = re.fullmatch(r"([A-Z]+)([0-9]+)", address).groups()  # type: ignore[union-attr]  # always A1
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(digits) - 1, column - 1


def _from_the_difference(old: str, new: str) -> tuple[str, str]:
    """Two texts; long ones are cut so that what differs in them is seen."""
    alike = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    start = max(0, alike - SHOWN // 4) if max(len(old), len(new)) > SHOWN else 0
    first, second = (
        ("…" if start else "") + text[start : start + SHOWN] + ("…" if text[start + SHOWN :] else "")
        for text in (old, new)
    )
    return first, second


def row_of(entry: Entry) -> int:
    """The row in which a key stands."""
    return place_at(entry.key.address or "A1")[0]


def _column(cell: FoundCell) -> int | None:
    return place_at(cell.at.address)[1] if cell.at.address else None


def _as_sent(text: Value, cell: StoredCell | None) -> bool:
    """Whether a locked cell holds ``text`` to the letter."""
    if cell is None:
        return text == ""
    return type(cell.value) is type(text) and cell.value == text and _is_plain(cell)


def _is_plain(cell: StoredCell) -> bool:
    """Whether what a cell shows was written into it."""
    return cell.formula is None and not cell.error


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """The text without its spaces: they are no tampering."""
    return "".join(values.clean(text).split())


def seen(cell: FoundCell | None) -> str:
    """What a cell shows, a number in Vietnamese form."""
    if cell is None:
        return ""
    number = cell.formula is None and not (cell.date_format or cell.percent_format)
    return values.format_number(cell.value) if number and isinstance(cell.value, Decimal) else values.seen(cell)


_AS_EXCEL = Context(prec=15)
_NUMERAL = re.compile(r"[0-9]+(?:\.[0-9]+)?")


def same(expected: Value, cell: FoundCell | None) -> bool:
    """Whether a cell still holds what was written: texts without regard to spaces, numbers as Excel keeps them."""
    if cell is None:
        return expected == ""
    if cell.formula is not None or cell.error:
        return False
    if isinstance(expected, Decimal):
        return isinstance(cell.value, Decimal) and _AS_EXCEL.plus(expected) == _AS_EXCEL.plus(cell.value)
    if isinstance(cell.value, Decimal):  # a program may turn the text "1.10" into the number 1.1
        return _NUMERAL.fullmatch(expected) is not None and Decimal(expected) == cell.value
    return plain(seen(cell)) == plain(expected)
