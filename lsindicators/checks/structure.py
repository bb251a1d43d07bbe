"""The returned sheet against the form that was sent: locked cells, rows by their key, and what stands outside.

Rows may have moved up or down; each change is told once, at its address, with the old and the new text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from lsindicators import layout, values
from lsindicators.checks.grid import EMPTY, SHOWN, Place, Table, by_place, code_of, place_at, plain, row_of, same, seen
from lsindicators.findings import Code, Finding, Severity
from lsindicators.layout import Form, FormRow, Stamp
from lsindicators.model import CellRef, Entry, FoundCell, Return, Value

FORMULA = "công thức"
"""What a finding says of a formula of ours."""

NOWHERE = (-1, -1)
"""The place of a cell whose row was deleted."""

_CONTROL = re.compile(r".{0,40}\b[0-9A-Z]{4}-[0-9A-Z]{4}")
"""The control code after its name: it is another in each return, and may stand elsewhere where rows were put in."""

STRAYS = 5
"""At most so many findings about content outside the form are told of one sheet."""


class Found(Struct, frozen=True, kw_only=True):
    """What the sheet brings: the row to read for each variable, and what was noticed of the form as a form."""

    entries: Mapping[str, Entry]
    findings: tuple[Finding, ...]
    rows: tuple[tuple[FormRow, Entry], ...]
    """Every row of a known key, also those that must not be read."""
    measures: Mapping[str, str]
    """Variable -> the measure beside its figure, where it counts otherwise than the form's: đồng for triệu đồng."""

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
    rules = VERSIONED if not current else WHEN_UNTOUCHED if table.untouched else RULES
    findings = (*exchanged, *(f for rule in rules for f in rule(table)))
    refused = {f.variable for f in findings if f.severity.stops}
    readable = {code: entries[0] for code, entries in table.by_code.items() if code not in refused and not exchanged}
    rows = tuple((form.by_code[code], entry) for code, entries in table.by_code.items() for entry in entries)
    measures = {} if current and table.untouched else dict(_other_measures(table, readable))
    return Found(entries=readable, findings=findings, rows=rows, measures=measures)


def _other_measures(table: Table, entries: Mapping[str, Entry]) -> Iterator[tuple[str, str]]:
    if layout.MEASURE in table.gone:
        return
    for code, entry in entries.items():
        v, cell = table.form.by_code[code].variable, table.cells.get((row_of(entry), table.columns[layout.MEASURE]))
        if v is None or not v.kind.numeric or cell is None or not isinstance(cell.value, str):
            continue
        (own, base), (other, found) = values.scale_of(v.measure), values.scale_of(cell.value)
        if base == found and own != other:
            yield code, cell.value


# ------------------------------------------------------------------ rules: the sheet as a whole


def renamed(table: Table) -> Iterator[Finding]:
    """The data sheet goes by another name."""
    if plain(table.sheet).casefold() != plain(layout.DATA).casefold():
        at = CellRef(table.ret.file, table.sheet)
        yield Code.SHEET_RENAMED.at(at, found=table.sheet, name=layout.DATA)


def narrative(table: Table) -> Iterator[Finding]:
    """The sheet for difficulties and proposals has gone, or goes by another name. No figure stands there."""
    ret = table.ret
    others = (n for n in ret.sheets if n != table.sheet and not _is_aside(n))
    pages = [n for n in others if _is_narrative(n, ret.cells.get(n, {}))]
    if not pages:
        told = f"không còn trang tính “{layout.NARRATIVE}”; nếu đơn vị có khó khăn, kiến nghị thì gửi lại cả trang này"
        gone = Code.SHEET_MISSING.at(CellRef(ret.file), name=layout.NARRATIVE, severity=Severity.WARNING)
        yield replace(gone, message=told)
    elif all(plain(n).casefold() != plain(layout.NARRATIVE).casefold() for n in pages):
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
            found = table.changed((table.keyless[code], table.columns[layout.KEY]), code, variable=code)
            yield replace(found, message=f"{found.halves[0]}; không còn mã nên không lấy số của dòng này")
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
    """One key in several rows of the sheet: with the same values the first is read, with others none."""
    for code, entries in table.by_code.items():
        first, *more = (e for e in entries if e.key.sheet == entries[0].key.sheet)
        if not more:
            continue
        same = all(_given(e) == _given(first) for e in more)
        for entry in more if same else (first, *more):
            yield Code.ROW_DUPLICATED.at(
                entry.key,
                variable=code,
                found=seen(entry.current) or None,
                severity=Severity.WARNING if same else None,
                how="cùng một số" if same else "với số khác nhau nên không lấy số",
            )


def copied_sheets(table: Table) -> Iterator[Finding]:
    """The keys again on another sheet that was filled in: told once, and each row whose answers differ."""
    pairs: dict[str, list[tuple[str, Entry, Entry]]] = {}
    for code, (first, *more) in table.by_code.items():
        for entry in more:
            if entry.key.sheet != first.key.sheet:
                pairs.setdefault(entry.key.sheet or "", []).append((code, first, entry))
    for name, rows in pairs.items():
        differ = [(code, first, entry) for code, first, entry in rows if _given(entry) != _given(first)]
        at = CellRef(table.ret.file, name)
        both = f"hai trang tính cùng được điền: “{table.sheet}” và “{name}”"
        if not differ:
            told = f"{both}, số liệu giống nhau; đã lấy ở trang “{table.sheet}”, đề nghị xóa trang thừa"
            severity = Severity.WARNING
        else:
            codes = ", ".join(code for code, _, _ in differ[:SHOWN_CODES]) + ("…" if differ[SHOWN_CODES:] else "")
            told = f"{both}, {len(differ)} dòng khác nhau ({codes}) nên không lấy số các dòng đó; xóa trang thừa rồi gửi lại"
            severity = Severity.ERROR
        found = Code.ROW_DUPLICATED.at(at, found=name, severity=severity, how="")
        yield replace(found, message=told)
        for code, first, entry in differ:
            one, two = (f"ô {e.current.at.address} trang “{e.key.sheet}” là “{_answer(e)}”" for e in (first, entry))
            found = Code.ROW_DUPLICATED.at(first.key, variable=code, found=seen(first.current) or None, how="")
            yield replace(found, message=f"mã {code} được điền hai nơi: {one}, {two}; chỉ giữ lại một trang")


SHOWN_CODES = 5
"""So many codes of rows that differ are named in one sentence."""


def _answer(entry: Entry) -> str:
    """What a row says, in short."""
    return values.short(", ".join(filter(None, (seen(entry.current), seen(entry.state)))) or EMPTY)


def _given(entry: Entry) -> tuple[object, ...]:
    inputs = (entry.previous, entry.current, entry.state, entry.source, entry.reason)
    return tuple((c.value, c.formula) for c in inputs)


def labels(table: Table) -> Iterator[Finding]:
    """The name beside a key witnesses that the row is whole."""
    if layout.LABEL in table.gone:  # told at its heading
        return
    names = {plain(row.text) for row in table.form.variables}
    for code, entries in table.by_code.items():
        row = table.form.by_code[code]
        for entry in entries:
            if plain(entry.label) == plain(row.label) or _cut(entry.label, row.label):
                continue
            name = _name(entry.label)
            if plain(name) in names - {plain(row.text)}:
                moved = Code.ROW_MOVED.at(entry.key, variable=code, found=values.short(name, SHOWN), label=row.text)
                yield replace(moved, value=name)
            elif entry.key.sheet == table.sheet:
                yield table.changed((row_of(entry), table.columns[layout.LABEL]), row.label, variable=code)


_SHORTEST_TEXT = 255
"""Some programs cut the texts of an .xls after so many characters."""


def _cut(label: str, whole: str) -> bool:
    """Whether a program has cut a label of ours, and nobody has touched what is left."""
    left = plain(label)
    return len(label) >= _SHORTEST_TEXT - 5 and len(label) <= _SHORTEST_TEXT and plain(whole).startswith(left)


def _name(label: str) -> str:
    """The name in a cell of the column Số liệu; what explains it stands on further lines."""
    return label.partition("\n")[0]


def other_labels(table: Table) -> Iterator[Finding]:
    """What ``labels`` finds in a form of another version, where the plan may have renamed the variable."""
    for found in labels(table):
        if found.code is Code.LOCKED_CELL_CHANGED and found.variable is not None:
            old = _name(table.by_code[found.variable][0].label)
            new = table.form.by_code[found.variable].text
            if plain(old) == plain(new):  # only what explains it is worded otherwise
                continue
            told = f"tên ở biểu bản cũ là “{old or EMPTY}”, nay là “{new}”; số liệu vẫn lấy theo mã số liệu"
            found = replace(found, message=told)
        yield found


def unknown_keys(table: Table) -> Iterator[Finding]:
    """A row whose key is none of this form's."""
    told_already = set(table.keyless.values())
    for entry in table.entries:
        if code_of(entry) not in table.form.by_code and row_of(entry) not in told_already:
            told = " ".join(filter(None, (entry.variable, entry.label, seen(entry.current))))
            yield Code.STRAY_CONTENT.at(entry.key, found=entry.variable, value=told[:200])


# ------------------------------------------------------------------ rules: locked cells


def locked_cells(table: Table) -> Iterator[Finding]:
    """Number, key, measure and last year's figure of each row, as they were sent."""
    exchanged = any(years_exchanged(table))  # told at the heading
    for column in (layout.NUMBER, layout.KEY, layout.MEASURE, *(() if exchanged else (layout.PREVIOUS,))):
        compared, changed = 0, []
        for entry in table.entries:
            row = table.form.by_code.get(code_of(entry))
            expected = _locked(row, column) if row is not None else None
            if row is None or row.variable is None or expected is None:
                continue
            place = (row_of(entry), table.columns[column])
            compared += expected != ""
            cell, owner = table.cells.get(place), _owner(table, entry)
            if not same(expected, cell) and not (owner is not None and _holds(owner, column, cell)):
                changed.append(table.changed(place, expected, variable=row.variable.code))
        heading = table.cells.get((table.heading, table.columns[column]))
        gone = len(changed) == compared > 3 and not same(table.form.headings[column], heading)
        yield from () if gone else changed  # a column that has gone is told at its heading


def _owner(table: Table, entry: Entry) -> FormRow | None:
    """The row of the form that stands at the place of ``entry`` under its own name, and with the key of another."""
    row = table.variable_at.get(row_of(entry))
    if row is None or row.variable is None or row.variable.code == code_of(entry):
        return None
    return row if plain(entry.label) == plain(row.label) else None


def _holds(owner: FormRow, column: int, cell: FoundCell | None) -> bool:
    """Whether a cell beside an exchanged key is what it was: the key changed, and is told."""
    issued = _locked(owner, column)
    return issued is None or same(issued, cell)


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
        if not same(text, table.cells.get(place)):
            yield table.changed(place, text)


def other_texts(table: Table) -> Iterator[Finding]:
    """Head, group headings and signature block: at their place, or anywhere in a sheet whose rows have moved."""
    form = table.form
    expected = {table.place_of(row): text for row, text in form.head.items() if text}
    expected |= {table.place_of(r.row): r.text for r in form.rows if r.variable is None}
    signature = {table.place_of(*place_at(address)): text for address, text in form.signature.items()}
    ours = {plain(text) for text in (*form.head.values(), *form.headings, *(r.text for r in form.rows))}
    for place, text in (expected | signature).items():
        cell = table.cells.get(place)
        elsewhere = (table.moved or place in signature) and plain(text) in table.texts
        if place[1] >= 0 and not elsewhere and not same(text, cell):
            # where rows have moved and another text of ours has taken the place, the row was deleted
            deleted = table.moved and cell is not None and (_is_ours(cell) or plain(seen(cell)) in ours)
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
    cells = {e: table.cells.get((row_of(e), column)) for e in table.entries if code_of(e) in table.form.by_code}
    shown = {e: table.form.shown[_code_at(table, e)] for e in cells}
    kept_whole = {code_of(e) for e, c in cells.items() if _is_ours(c, shown[e])}
    # a copy of a row has a formula, or none, of its own
    cells = {
        e: c
        for e, c in cells.items()
        if len(table.by_code[code_of(e)]) == 1 or code_of(e) not in kept_whole or _is_ours(c, shown[e])
    }
    if not any(c is not None and c.formula is not None for c in cells.values()):
        kept = same(table.form.headings[layout.CHECK], table.cells.get((table.heading, column)))
        if kept and any(_counts(cell) for cell in table.cells.values()):  # other formulas of ours are there
            gone = f"công thức của cả cột “{layout.COLUMNS[layout.CHECK]}” đã bị xóa"
            told = table.changed((table.heading, column), FORMULA)
            yield replace(told, message=f"{gone}; số liệu vẫn được kiểm tra lại từng ô")
        return
    emptied = [(row_of(e), column) for e, c in cells.items() if c is None]
    if len(emptied) > 1:  # nothing was typed there: some programs leave out a formula that shows nothing
        found = table.changed(emptied[0], FORMULA)
        more = f" (và {len(emptied) - 1} ô khác của cột {layout.COLUMNS[layout.CHECK]})"
        yield replace(found, message=found.message.replace("”;", f"”{more};", 1))
    for entry, cell in cells.items():
        if not _is_ours(cell, shown[entry]) and (cell is not None or len(emptied) == 1):
            yield table.changed((row_of(entry), column), FORMULA, variable=code_of(entry))
    rows = {row_of(e) for e in cells}
    beside = {place[1] for place, c in table.cells.items() if place[0] not in rows and c.formula is not None}
    moved = table.heading != layout.HEADING_ROW
    for row, own in sorted(table.form.formulas):
        place = table.place_of(row, own)
        elsewhere = moved and place[1] in beside  # a row was put into the head of the form
        if own != layout.CHECK and place[1] >= 0 and not elsewhere and not _is_ours(table.cells.get(place)):
            yield table.changed(place, FORMULA)


def _code_at(table: Table, entry: Entry) -> str:
    """The variable whose formula stands beside ``entry``: that of its key, or of its place where the key was exchanged."""
    owner = _owner(table, entry)
    return owner.variable.code if owner is not None and owner.variable is not None else code_of(entry)


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
    ours |= {table.place_of(*place_at(address)) for address in form.signature}
    ours |= {table.place_of(row, column) for row, column in form.formulas if column != layout.CHECK}
    ours |= {(r, c) for r in table.keyless.values() for k, c in table.columns.items() if k not in layout.INPUTS}
    known = {plain(t) for t in (*form.head.values(), *(r.text for r in form.rows if r.variable is None))}
    known |= {plain(t) for t in form.signature.values()}
    outside = _outside(table, {table.heading, *(row_of(e) for e in table.entries)} - set(table.keyless.values()))
    yield from _told(c for place, c in outside if place not in ours and not _is_known(c, known))


def _is_known(cell: FoundCell, texts: Collection[str]) -> bool:
    """Whether a cell holds one of our ``texts``, a formula of ours or the control code, wherever it stands."""
    if cell.formula is None and not isinstance(cell.value, str):
        return False
    if plain(seen(cell)) in texts or _counts(cell):
        return True
    return isinstance(cell.value, str) and _CONTROL.fullmatch(cell.value) is not None


def strays_beside(table: Table) -> Iterator[Finding]:
    """Content of a data sheet of another version: whatever stands in the columns of the table may belong there."""
    rows = {row for row, _ in table.cells}
    yield from _told(cell for _, cell in _outside(table, rows))


def _outside(table: Table, rows: set[int]) -> Iterator[tuple[Place, FoundCell]]:
    """The cells that do not stand in ``rows`` within the columns of the table."""
    columns = set(table.columns.values())
    for place in sorted(table.cells):
        if place[0] not in rows or place[1] not in columns:
            yield place, table.cells[place]


Cells = Mapping[Place, FoundCell]


def other_sheets(table: Table) -> Iterator[Finding]:
    """Content of sheets that are not ours, and what does not belong to those that are."""
    for name in table.ret.sheets:
        if name != table.sheet:
            cells = by_place(table.ret.cells.get(name, {}))
            belongs = _belonging(table, name, cells)
            yield from _told(_without_ours(table.form, [cells[p] for p in sorted(cells) if not belongs(p)]))


def _belonging(table: Table, name: str, cells: Cells) -> Callable[[Place], bool]:
    """Of another sheet than the data sheet: whether what stands at a place is ours, or read as an answer."""
    entries = table.entries_on(name)
    if entries:  # a copy of the data sheet
        inputs = {c.at for e in entries for c in (e.previous, e.current, e.state, e.source, e.reason)}
        return lambda place: cells[place].at in inputs or seen(cells[place]) == seen(table.cells.get(place))
    for ours, belonging in _OWN_SHEETS.items():
        if plain(name).casefold() == plain(ours).casefold():
            return belonging(cells)
    if not _is_narrative(name, cells):
        return lambda place: False
    answers = {at for _, _, at in table.ret.answers}
    answered = {row for (row, _), cell in cells.items() if cell.at in answers}
    texts = {plain(t) for t in (*layout.QUESTIONS, *layout.NARRATIVE_HEADING)}
    heading = _first_row(cells, layout.NARRATIVE_HEADING[0])

    def belongs(place: Place) -> bool:
        question = place[1] == 0 and (place[0] < heading or place[0] in answered)
        return question or cells[place].at in answers or plain(seen(cells[place])) in texts

    return belongs


def _first_row(cells: Cells, text: str) -> int:
    """The first row whose first column holds ``text``."""
    return min((row for (row, column), c in cells.items() if column == 0 and plain(seen(c)) == plain(text)), default=0)


def _block(cells: Cells, first: int, columns: int) -> Callable[[Place], bool]:
    """Whether a place stands in the first ``columns``, above the first empty row after row ``first``."""
    rows = {row for row, column in cells if column < columns}
    end = first
    while end in rows:
        end += 1
    return lambda place: place[1] < columns and place[0] < end


def _everything(_cells: Cells) -> Callable[[Place], bool]:
    return lambda place: True


_OWN_SHEETS: Mapping[str, Callable[[Cells], Callable[[Place], bool]]] = {
    layout.SCRATCH: _everything,  # never read
    layout.CALCULATION: _everything,
    layout.HIDDEN: lambda cells: lambda place: place[1] in (0, 1, 3, 4) and place[0] < len(layout.IDENTITY),
    layout.GUIDE: lambda cells: _block(cells, min((row for row, _ in cells), default=0), 1),
    layout.SLIP: lambda cells: _block(cells, _first_row(cells, "Ô"), 5),
}
"""Sheets of ours that hold nothing a unit has to say, and whether a cell of them is ours."""


def _without_ours(form: Form, cells: list[FoundCell]) -> Iterable[FoundCell]:
    """The cells of a sheet that a unit has filled; of an empty copy of our own sheet there are none."""
    texts = {plain(cell.value) for cell in cells if isinstance(cell.value, str)}
    if not all(plain(heading) in texts for heading in form.headings):
        return cells
    ours = {plain(values.format_value(v)) for v in (*form.locked.values(), *form.signature.values())}
    return [
        cell
        for cell in cells
        if plain(seen(cell)) not in ours
        and not _counts(cell)
        and layout.find_stamp(seen(cell)) is None
        and not (isinstance(cell.value, str) and _CONTROL.fullmatch(cell.value))
    ]


@lru_cache(maxsize=256)
def _is_aside(name: str) -> bool:
    """Whether a sheet of ours holds nothing that a unit has to say."""
    return plain(name).casefold() in {plain(n).casefold() for n in _OWN_SHEETS}


def _is_narrative(name: str, cells: Mapping[Any, FoundCell]) -> bool:
    if plain(name).casefold() == plain(layout.NARRATIVE).casefold():
        return True
    texts = {plain(c.value) for c in cells.values() if isinstance(c.value, str)}
    return all(plain(heading) in texts for heading in layout.NARRATIVE_HEADING)


_BESIDE = {
    "comment": "ghi chú: {text}",
    "picture": "một hình ảnh",
    "chart": "một biểu đồ",
    "shape": "một hình vẽ",
    "object": "một đối tượng nhúng",
}


def beside_cells(table: Table) -> Iterator[Finding]:
    """Comments, pictures and other things that stand on a sheet without being in a cell. No form of ours has any."""
    by_sheet: dict[str | None, list[tuple[CellRef, str, str]]] = {}
    for b in table.ret.beside:
        shown = _BESIDE[b.kind].format(text=b.text)
        if b.text and b.kind != "comment":
            shown = f"{shown} có chữ: {b.text}"
        by_sheet.setdefault(b.at.sheet, []).append((b.at, b.text or shown, shown))
    for found in by_sheet.values():
        yield from _listed(found, len(found))


def _told(cells: Iterable[FoundCell]) -> Iterator[Finding]:
    found = list(cells)
    return _listed([(c.at, text, text) for c in found[:STRAYS] for text in [seen(c)]], len(found))


def _listed(found: Sequence[tuple[CellRef, str, str]], count: int) -> Iterator[Finding]:
    """A handful of findings for one sheet, each with its text as found and as shown; the last one tells the rest of the
    ``count`` there are."""
    for n, (at, text, told) in enumerate(found[:STRAYS], 1):
        rest = count - STRAYS if n == STRAYS else 0
        shown = told[:100] + (f" … (và {rest} ô khác)" if rest > 0 else "")
        yield Code.STRAY_CONTENT.at(at, found=text, value=shown)


def years_exchanged(table: Table) -> Iterator[Finding]:
    """The heading of this year stands over another column: then nobody knows which figure is whose, and none is read."""
    columns, headings = table.columns, table.form.headings
    previous, current = columns[layout.PREVIOUS], columns[layout.CURRENT]
    there = [column for column, place in columns.items() if place == current and column != layout.CURRENT]
    if layout.CURRENT in table.gone:
        there = []  # it is this year's column that was deleted
    if there == [layout.PREVIOUS] and columns[layout.STATE] == current + 1:
        there = []  # the column of last year was deleted, and the others have closed up
    if previous > current or there:
        old, new = headings[there[0] if there else layout.PREVIOUS], headings[layout.CURRENT]
        at = table.at((table.heading, current))
        found = Code.LOCKED_CELL_CHANGED.at(at, found=new, severity=Severity.ERROR, old=old, new=new)
        how = f"cột “{old}” nay mang tiêu đề “{new}”" if there else f"cột “{old}” và cột “{new}” đã đổi chỗ"
        yield replace(found, message=f"{how} nên không rõ số của năm nào, không lấy số nào; điền vào phiếu trả lại")


_ABOUT_SHEETS = (renamed, narrative, unprotected, copied_sheets)
_ABOUT_LOCKED_CELLS = (
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
)
_ABOUT_THE_REST = (other_sheets, beside_cells)
WHEN_UNTOUCHED = (*_ABOUT_SHEETS, *_ABOUT_THE_REST)
"""The rules without those about locked cells and rows, which can tell nothing of a sheet whose ``Table.untouched`` holds."""
RULES = (*_ABOUT_SHEETS, *_ABOUT_LOCKED_CELLS, *_ABOUT_THE_REST)
VERSIONED = (
    *_ABOUT_SHEETS,
    rows_not_there,
    duplicated_rows,
    other_labels,
    unknown_keys,
    strays_beside,
    *_ABOUT_THE_REST,
)
"""What can be said of a form of another version."""
