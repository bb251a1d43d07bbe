"""The returned sheet against the form that was sent: locked cells, rows by their key, and what stands outside.

Rows may have moved up or down; each change is told once, at its address, with the old and the new text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Context, Decimal
from functools import cached_property, lru_cache
from typing import Any

from lsindicators import layout, values
from lsindicators.findings import Code, Finding, Severity
from lsindicators.layout import Form, FormRow, Stamp
from lsindicators.model import CellRef, Entry, FoundCell, Return, Value

Place = tuple[int, int]
"""Row and column, counted from 0."""

EMPTY, FORMULA = "(trống)", "công thức"
"""What a finding says of a cell without text, and of a formula of ours."""

NOWHERE = (-1, -1)
"""The place of a cell whose row was deleted."""

SHOWN = 200
"""So many characters of a text are shown."""

STRAYS = 5
"""At most so many findings about content outside the form are told of one sheet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the sheet brings: the row to read for each variable, and what was noticed of the form as a form."""

    entries: Mapping[str, Entry]
    findings: tuple[Finding, ...]
    rows: tuple[tuple[FormRow, Entry], ...]
    """Every row of a known key, also those that must not be read."""

    @property
    def entries_of(self) -> Mapping[str, Entry]:
        """The first row of each known key, also where it must not be read."""
        return {row.variable.code: entry for row, entry in reversed(self.rows) if row.variable is not None}


def compare(form: Form, ret: Return, stamp: Stamp, genuine: frozenset[str], *, current: bool) -> Found:
    """Hold ``ret`` against ``form``. ``genuine``: the stamps that are ours; ``current``: the form is of this version.

    In a form of another version only keys and labels are compared: the rest of it may rightly differ.
    """
    table = Table(form, ret, stamp, genuine)
    exchanged = tuple(years_exchanged(table))
    findings = (*exchanged, *(f for rule in (RULES if current else VERSIONED) for f in rule(table)))
    refused = {f.variable for f in findings if f.severity.stops}
    readable = {code: entries[0] for code, entries in table.by_code.items() if code not in refused and not exchanged}
    rows = tuple((form.by_code[code], entry) for code, entries in table.by_code.items() for entry in entries)
    return Found(entries=readable, findings=findings, rows=rows)


def code_of(entry: Entry) -> str:
    """The variable code that a key means."""
    return values.clean(entry.variable).upper()


# ------------------------------------------------------------------ the sheet as a grid


class Table:
    """The data sheet of a return, and where the rows and columns of the form stand in it."""

    def __init__(self, form: Form, ret: Return, stamp: Stamp, genuine: frozenset[str]) -> None:
        self.form, self.ret, self.stamp, self.genuine = form, ret, stamp, genuine
        self.sheet = ret.sheet or layout.DATA
        self.heading = (ret.heading_row or 0) - 1
        self.cells = {_place(address): cell for address, cell in ret.cells.get(self.sheet, {}).items()}
        self.everywhere = tuple(self._aligned(e) if e.key.sheet == self.sheet else e for e in ret.entries)
        self.entries = tuple(e for e in self.everywhere if e.key.sheet == self.sheet)

    def _aligned(self, entry: Entry) -> Entry:
        """``entry`` with the figures of the plan's years, also where a heading of a year was typed over.

        Merging keeps one text of many. Where several locked cells of the row still have theirs, nothing was merged:
        a program moved the rows of the sheet and left the merged ranges of the group headings behind.
        """
        row, previous, current = _row(entry), self.columns[layout.PREVIOUS], self.columns[layout.CURRENT]
        if (_column(entry.previous), _column(entry.current)) != (previous, current):
            entry = replace(
                entry, previous=self._figure(row, layout.PREVIOUS), current=self._figure(row, layout.CURRENT)
            )
        locked = (self.cells.get((row, self.columns[c])) for c in (layout.NUMBER, layout.KEY, layout.LABEL))
        if sum(cell is not None and cell.merged for cell in locked) < 2:
            return entry
        inputs = ("previous", "current", "state", "source", "reason")
        free: dict[str, Any] = {name: replace(getattr(entry, name), merged=False) for name in inputs}
        return replace(entry, **free)

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

    @cached_property
    def columns(self) -> Mapping[int, int]:
        """Layout column -> column of the sheet: by its heading, else by its distance from the key."""
        heading = ((column, cell) for (row, column), cell in sorted(self.cells.items()) if row == self.heading)
        texts = {column: _plain(_seen(cell)).casefold() for column, cell in heading}
        wanted = tuple(_plain(heading).casefold() for heading in self.form.headings)
        codes = (_place(e.key.address)[1] for e in self.ret.entries if e.key.sheet == self.sheet and e.key.address)
        key = next((c for c, text in texts.items() if text == wanted[layout.KEY]), next(codes, layout.KEY))
        columns = {}
        for column, text in enumerate(wanted):
            place = key + column - layout.KEY
            elsewhere = (c for c, found in texts.items() if found == text)
            columns[column] = place if texts.get(place) == text else next(elsewhere, place)
        return columns

    @cached_property
    def gone(self) -> frozenset[int]:
        """The layout columns that were deleted: the heading of another column stands at their place."""
        claimed = Counter(self.columns.values())
        headings = {c: self.cells.get((self.heading, place)) for c, place in self.columns.items()}
        return frozenset(
            column
            for column, place in self.columns.items()
            if claimed[place] > 1 and not _same(self.form.headings[column], headings[column])
        )

    @cached_property
    def moved(self) -> bool:
        """Whether rows or columns were put in, taken out or moved: then no place of the form is sure."""
        columns = {place - column for column, place in self.columns.items()}
        return len(columns) > 1 or any(row != place for row, place in self.rows.items())

    @cached_property
    def rows(self) -> Mapping[int, int]:
        """Row of the form -> row of the sheet. Other rows move with the variable below them, else with the one above."""
        own = {
            self.form.by_code[c].row: _row(e) for e in reversed(self.entries) if (c := code_of(e)) in self.form.by_code
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
            for row, column in [_place(address)]
        }
        for (row, column), cell in self.cells.items():
            place = texts.get((column, _seen(cell)))
            if place is not None and row > self.heading:
                return row - place
        return otherwise

    @cached_property
    def keyless(self) -> Mapping[str, int]:
        """Variable -> the row that has its name, but not its key any more."""
        label = self.columns[layout.LABEL]
        places = {code: self.rows[row.row] for code, row in self.form.by_code.items() if code not in self.by_code}
        return {c: r for c, r in places.items() if _same(self.form.by_code[c].label, self.cells.get((r, label)))}

    @cached_property
    def texts(self) -> frozenset[str]:
        """All texts that stand somewhere in the sheet."""
        return frozenset(_plain(c.value) for c in self.cells.values() if isinstance(c.value, str))

    def at(self, place: Place) -> CellRef:
        """The address of ``place``; the sheet as a whole where a column has gone."""
        inside = place[0] >= 0 and place[1] >= 0
        return CellRef(self.ret.file, self.sheet, layout.address(*place) if inside else None)

    def changed(self, place: Place, old: Value, *, variable: str | None = None) -> Finding:
        """The finding that the locked cell at ``place`` does not hold ``old`` any more."""
        new = _seen(self.cells.get(place))
        told = _from_the_difference(values.clean(values.format_value(old)), values.clean(new))
        return Code.LOCKED_CELL_CHANGED.at(
            self.at(place), variable=variable, found=new, old=told[0] or EMPTY, new=told[1] or EMPTY
        )

    def place_of(self, row: int, column: int = 0) -> Place:
        """Where a cell of the form stands that is no variable's."""
        return self.rows[row], self.columns[column]


def _place(address: str) -> Place:
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


def _row(entry: Entry) -> int:
    return _place(entry.key.address or "A1")[0]


def _column(cell: FoundCell) -> int | None:
    return _place(cell.at.address)[1] if cell.at.address else None


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    """The text without its spaces: they are no tampering."""
    return "".join(values.clean(text).split())


def _seen(cell: FoundCell | None) -> str:
    if cell is None:
        return ""
    plain = cell.formula is None and not (cell.date_format or cell.percent_format)
    return values.format_number(cell.value) if plain and isinstance(cell.value, Decimal) else values.seen(cell)


_AS_EXCEL = Context(prec=15)
_CONTROL = re.compile(r".{0,40}\b[0-9A-Z]{4}-[0-9A-Z]{4}")
"""The control code after its name: it is another in each return, and may stand elsewhere where rows were put in."""
_NUMERAL = re.compile(r"[0-9]+(?:\.[0-9]+)?")


def _same(expected: Value, cell: FoundCell | None) -> bool:
    """Whether a cell still holds what was written: texts without regard to spaces, numbers as Excel keeps them."""
    if cell is None:
        return expected == ""
    if cell.formula is not None or cell.error:
        return False
    if isinstance(expected, Decimal):
        return isinstance(cell.value, Decimal) and _AS_EXCEL.plus(expected) == _AS_EXCEL.plus(cell.value)
    if isinstance(cell.value, Decimal):  # a program may turn the text "1.10" into the number 1.1
        return _NUMERAL.fullmatch(expected) is not None and Decimal(expected) == cell.value
    return _plain(_seen(cell)) == _plain(expected)


# ------------------------------------------------------------------ rules: the sheet as a whole


def renamed(table: Table) -> Iterator[Finding]:
    """The data sheet goes by another name."""
    if _plain(table.sheet).casefold() != _plain(layout.DATA).casefold():
        at = CellRef(table.ret.file, table.sheet)
        yield Code.SHEET_RENAMED.at(at, found=table.sheet, name=layout.DATA)


def narrative(table: Table) -> Iterator[Finding]:
    """The sheet for difficulties and proposals has gone, or goes by another name. No figure stands there."""
    ret = table.ret
    others = (n for n in ret.sheets if n != table.sheet and not _is_aside(n))
    pages = [n for n in others if _is_narrative(n, ret.cells.get(n, {}).values())]
    if not pages:
        yield Code.SHEET_MISSING.at(CellRef(ret.file), name=layout.NARRATIVE, severity=Severity.WARNING)
    elif all(_plain(n).casefold() != _plain(layout.NARRATIVE).casefold() for n in pages):
        yield Code.SHEET_RENAMED.at(CellRef(ret.file, pages[0]), found=pages[0], name=layout.NARRATIVE)


def unprotected(table: Table) -> Iterator[Finding]:
    """The data sheet has lost its protection."""
    if not table.ret.protected:
        yield Code.PROTECTION_REMOVED.at(CellRef(table.ret.file, table.sheet))


# ------------------------------------------------------------------ rules: keys


def missing_rows(table: Table) -> Iterator[Finding]:
    """A variable of the form has no row any more; where only its key was overwritten, that cell is told too."""
    for code, row in table.form.by_code.items():
        if code in table.by_code:
            continue
        if code in table.keyless:
            yield table.changed((table.keyless[code], table.columns[layout.KEY]), code, variable=code)
        at = CellRef(table.ret.file, table.sheet)
        yield Code.ROW_MISSING.at(at, variable=code, label=row.text)


def rows_not_there(table: Table) -> Iterator[Finding]:
    """What ``missing_rows`` finds in a form of another version, where nobody need have deleted anything."""
    for found in missing_rows(table):
        if found.code is Code.ROW_MISSING and found.variable is not None:
            label = table.form.by_code[found.variable].text
            told = f"biểu bản cũ không có dòng {found.variable} “{label}”; đề nghị điền vào phiếu trả lại hoặc biểu mẫu mới"
            found = replace(found, message=told)
        yield found


def duplicated_rows(table: Table) -> Iterator[Finding]:
    """One key in several rows: with the same values the first is read, with others none."""
    for code, entries in table.by_code.items():
        first, *more = entries
        if not more:
            continue
        same = all(_given(e) == _given(first) for e in more)
        for entry in more if same else entries:
            yield Code.ROW_DUPLICATED.at(
                entry.key,
                variable=code,
                found=_seen(entry.current) or None,
                severity=Severity.WARNING if same else None,
                how="cùng một số" if same else "với số khác nhau nên không lấy số",
            )


def _given(entry: Entry) -> tuple[object, ...]:
    inputs = (entry.previous, entry.current, entry.state, entry.source, entry.reason)
    return tuple((c.value, c.formula) for c in inputs)


def labels(table: Table) -> Iterator[Finding]:
    """The name beside a key witnesses that the row is whole."""
    if layout.LABEL in table.gone:  # told at its heading
        return
    names = {_plain(row.text) for row in table.form.variables}
    for code, entries in table.by_code.items():
        row = table.form.by_code[code]
        for entry in entries:
            if _plain(entry.label) == _plain(row.label):
                continue
            name = _name(entry.label)
            if _plain(name) in names - {_plain(row.text)}:
                yield Code.ROW_MOVED.at(entry.key, variable=code, found=name, label=row.text)
            elif entry.key.sheet == table.sheet:
                yield table.changed((_row(entry), table.columns[layout.LABEL]), row.label, variable=code)


def _name(label: str) -> str:
    """The name in a cell of the column Số liệu; what explains it stands on further lines."""
    return label.partition("\n")[0]


def other_labels(table: Table) -> Iterator[Finding]:
    """What ``labels`` finds in a form of another version, where the plan may have renamed the variable."""
    for found in labels(table):
        if found.code is Code.LOCKED_CELL_CHANGED and found.variable is not None:
            old = _name(table.by_code[found.variable][0].label)
            new = table.form.by_code[found.variable].text
            if _plain(old) == _plain(new):  # only what explains it is worded otherwise
                continue
            told = f"tên ở biểu bản cũ là “{old or EMPTY}”, nay là “{new}”; số liệu vẫn lấy theo mã số liệu"
            found = replace(found, message=told)
        yield found


def unknown_keys(table: Table) -> Iterator[Finding]:
    """A row whose key is none of this form's."""
    told_already = set(table.keyless.values())
    for entry in table.entries:
        if code_of(entry) not in table.form.by_code and _row(entry) not in told_already:
            told = " ".join(filter(None, (entry.variable, entry.label, _seen(entry.current))))
            yield Code.STRAY_CONTENT.at(entry.key, found=entry.variable, value=told[:200])


# ------------------------------------------------------------------ rules: locked cells


def locked_cells(table: Table) -> Iterator[Finding]:
    """Number, key, measure and last year's figure of each row, as they were sent."""
    for column in (layout.NUMBER, layout.KEY, layout.MEASURE, layout.PREVIOUS):
        compared, changed = 0, []
        for entry in table.entries:
            row = table.form.by_code.get(code_of(entry))
            expected = _locked(row, column) if row is not None else None
            if row is None or row.variable is None or expected is None:
                continue
            place = (_row(entry), table.columns[column])
            compared += expected != ""
            if not _same(expected, table.cells.get(place)):
                changed.append(table.changed(place, expected, variable=row.variable.code))
        heading = table.cells.get((table.heading, table.columns[column]))
        gone = len(changed) == compared > 3 and not _same(table.form.headings[column], heading)
        yield from () if gone else changed  # a column that has gone is told at its heading


def _locked(row: FormRow, column: int) -> Value | None:
    """What was written into a locked column of a variable's row; ``None`` where the unit may type."""
    assert row.variable is not None
    if column == layout.PREVIOUS:
        return row.previous
    return {layout.NUMBER: row.number, layout.KEY: row.variable.code}.get(column, row.variable.measure)


def headings(table: Table) -> Iterator[Finding]:
    """The headings of the columns; a column that was moved as a whole is no change."""
    for column, text in enumerate(table.form.headings):
        place = (table.heading, table.columns[column])
        if not _same(text, table.cells.get(place)):
            yield table.changed(place, text)


def other_texts(table: Table) -> Iterator[Finding]:
    """Head, group headings and signature block: at their place, or anywhere in a sheet whose rows have moved."""
    form = table.form
    expected = {table.place_of(row): text for row, text in form.head.items() if text}
    expected |= {table.place_of(r.row): r.text for r in form.rows if r.variable is None}
    signature = {table.place_of(*_place(address)): text for address, text in form.signature.items()}
    ours = {_plain(text) for text in (*form.head.values(), *form.headings, *(r.text for r in form.rows))}
    for place, text in (expected | signature).items():
        cell = table.cells.get(place)
        elsewhere = (table.moved or place in signature) and _plain(text) in table.texts
        if place[1] >= 0 and not elsewhere and not _same(text, cell):
            # where rows have moved and another text of ours has taken the place, the row was deleted
            deleted = table.moved and cell is not None and (_is_ours(cell) or _plain(_seen(cell)) in ours)
            yield table.changed(NOWHERE if deleted else place, text)


def visible_stamp(table: Table) -> Iterator[Finding]:
    """The stamp that people see at the head of the sheet."""
    for cell in table.cells.values():
        if isinstance(cell.value, str) and (stamp := layout.find_stamp(cell.value)) and str(stamp) in table.genuine:
            return
    yield table.changed(table.place_of(layout.TOKEN_ROW), str(table.stamp))


def overwritten_formulas(table: Table) -> Iterator[Finding]:
    """Formulas of ours that were typed over; some files do not show formulas at all, and then nothing is known."""
    column = table.columns[layout.CHECK]
    cells = {e: table.cells.get((_row(e), column)) for e in table.entries if code_of(e) in table.form.by_code}
    if not any(c is not None and c.formula is not None for c in cells.values()):
        return
    for entry, cell in cells.items():
        if not _is_ours(cell, table.form.shown[code_of(entry)]):
            yield table.changed((_row(entry), column), FORMULA, variable=code_of(entry))
    rows = {_row(e) for e in cells}
    beside = {place[1] for place, c in table.cells.items() if place[0] not in rows and c.formula is not None}
    moved = table.heading != layout.HEADING_ROW
    for row, own in sorted(table.form.formulas):
        place = table.place_of(row, own)
        elsewhere = moved and place[1] in beside  # a row was put into the head of the form
        if own != layout.CHECK and place[1] >= 0 and not elsewhere and not _is_ours(table.cells.get(place)):
            yield table.changed(place, FORMULA)


def _is_ours(cell: FoundCell | None, whole: str = "") -> bool:
    """Whether a formula is still one of ours: it shows the cell ``whole`` of the hidden sheet, or counts on that sheet."""
    if cell is None or cell.formula is None:
        return False
    text, shown = _bare(cell.formula), _bare(whole)
    if not text:  # a further cell of a formula that several share
        return True
    return text == shown if shown else _counts(cell)


def _counts(cell: FoundCell) -> bool:
    """Whether a formula counts on the hidden sheet."""
    return cell.formula is not None and _bare(f"{layout.CALCULATION}!") in _bare(cell.formula)


def _bare(formula: str) -> str:
    """A formula without what programs write in their own way: quotes of sheet names, ``$``, spaces, letter case; and
    without the workbook to which a sheet that was copied alone still refers."""
    return re.sub(r"\[[^\]]*\]|['$\s]", "", values.clean(formula)).removeprefix("=").casefold()


# ------------------------------------------------------------------ rules: what stands outside


def strays(table: Table) -> Iterator[Finding]:
    """Content of the data sheet outside the form."""
    form = table.form
    ours = {table.place_of(row) for row in range(layout.HEADING_ROW)}
    ours |= {table.place_of(r.row) for r in form.rows if r.variable is None}
    ours |= {table.place_of(*_place(address)) for address in form.signature}
    ours |= {table.place_of(row, column) for row, column in form.formulas if column != layout.CHECK}
    ours |= {(r, c) for r in table.keyless.values() for k, c in table.columns.items() if k not in layout.INPUTS}
    known = {_plain(t) for t in (*form.head.values(), *(r.text for r in form.rows if r.variable is None))}
    known |= {_plain(t) for t in form.signature.values()}
    outside = _outside(table, {table.heading, *(_row(e) for e in table.entries)} - set(table.keyless.values()))
    strange = (c for place, c in outside if place not in ours and _plain(_seen(c)) not in known and not _counts(c))
    yield from _told(c for c in strange if not (isinstance(c.value, str) and _CONTROL.fullmatch(c.value)))


def strays_beside(table: Table) -> Iterator[Finding]:
    """Content of a data sheet of another version: whatever stands in the columns of the table may belong there."""
    rows = {row for row, _ in table.cells}
    yield from _told(cell for _, cell in _outside(table, rows))


def _outside(table: Table, rows: set[int]) -> Iterator[tuple[Place, FoundCell]]:
    """The cells that do not stand in ``rows`` within the columns of the table."""
    columns = set(table.columns.values())
    for place, cell in sorted(table.cells.items()):
        if place[0] not in rows or place[1] not in columns:
            yield place, cell


def other_sheets(table: Table) -> Iterator[Finding]:
    """Content of sheets that are not ours, and beside the answers of the narrative."""
    answers = {at for _, _, at in table.ret.answers}
    copies = {e.key.sheet for e in table.ret.entries}
    for name in table.ret.sheets:
        if name == table.sheet or name in copies or _is_aside(name):
            continue
        cells = table.ret.cells.get(name, {})
        placed = sorted((_place(address), cell) for address, cell in cells.items())
        if _is_narrative(name, cells.values()):
            texts = {_plain(t) for t in (*layout.QUESTIONS, *layout.NARRATIVE_HEADING)}
            placed = [
                (place, cell)
                for place, cell in placed
                if place[1] >= layout.ANSWER and cell.at not in answers and _plain(_seen(cell)) not in texts
            ]
        yield from _told(cell for _, cell in placed)


@lru_cache(maxsize=256)
def _is_aside(name: str) -> bool:
    """Whether a sheet of ours holds nothing that a unit has to say."""
    aside = (layout.SCRATCH, layout.HIDDEN, layout.CALCULATION, layout.GUIDE, layout.SLIP)
    return _plain(name).casefold() in {_plain(n).casefold() for n in aside}


def _is_narrative(name: str, cells: Iterable[FoundCell]) -> bool:
    if _plain(name).casefold() == _plain(layout.NARRATIVE).casefold():
        return True
    texts = {_plain(c.value) for c in cells if isinstance(c.value, str)}
    return all(_plain(heading) in texts for heading in layout.NARRATIVE_HEADING)


def _told(cells: Iterable[FoundCell]) -> Iterator[Finding]:
    """A handful of findings for one sheet; the last one counts the rest."""
    found = [(c, _seen(c)) for c in cells]
    for n, (cell, text) in enumerate(found[:STRAYS], 1):
        rest = len(found) - STRAYS if n == STRAYS else 0
        shown = text[:100] + (f" … (và {rest} ô khác)" if rest > 0 else "")
        yield Code.STRAY_CONTENT.at(cell.at, found=text, value=shown)


def years_exchanged(table: Table) -> Iterator[Finding]:
    """The two headings of years have changed places: then nobody knows which figure is whose, and none is read."""
    previous, current = table.columns[layout.PREVIOUS], table.columns[layout.CURRENT]
    if previous > current:
        at = table.at((table.heading, current))
        old, new = table.form.headings[layout.PREVIOUS], table.form.headings[layout.CURRENT]
        found = Code.LOCKED_CELL_CHANGED.at(at, found=new, severity=Severity.ERROR, old=old, new=new)
        told = f"cột “{old}” và cột “{new}” đã đổi chỗ nên không lấy số nào; điền lại vào biểu mẫu gốc"
        yield replace(found, message=told)


RULES = (
    renamed,
    narrative,
    unprotected,
    missing_rows,
    duplicated_rows,
    labels,
    locked_cells,
    headings,
    other_texts,
    visible_stamp,
    overwritten_formulas,
    unknown_keys,
    strays,
    other_sheets,
)
VERSIONED = (
    renamed,
    narrative,
    unprotected,
    rows_not_there,
    duplicated_rows,
    other_labels,
    unknown_keys,
    strays_beside,
    other_sheets,
)
"""What can be said of a form of another version."""
