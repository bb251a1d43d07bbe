"""Figures that were pasted some rows or one column off: last year's figures, or the neighbouring cells, give it away.

Of such a block nothing is taken: each figure stands beside the key of another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from lsindicators import values
from lsindicators.checks.grid import row_of
from lsindicators.findings import Code, Finding
from lsindicators.layout import SMALLEST, Form, FormRow
from lsindicators.model import Entry, FoundCell, State

EVIDENCE = 4
"""So many rows with figures of their own must say so."""

FURTHEST = 12
"""Blocks that were pasted further off than this many rows are not looked for."""


def shifted(form: Form, entries: Mapping[str, Entry]) -> tuple[Finding, ...]:
    """What tells that figures do not stand in their own row or column; each finding's row is not to be read."""
    beside = tuple(_columns(form, entries))
    moved = {f.variable for f in beside}
    return (*beside, *_rows(form, {code: e for code, e in entries.items() if code not in moved}))


# ------------------------------------------------------------------ rows


class Line(Struct, frozen=True):
    """A row with what may witness for it."""

    place: int  # row of the sheet
    row: FormRow
    entry: Entry
    now: Decimal | None  # this year's figure, where nobody has explained it
    before: Decimal | None  # last year's


def _rows(form: Form, entries: Mapping[str, Entry]) -> Iterator[Finding]:
    if sum(_leaps(form.by_code[code], e) for code, e in entries.items()) < EVIDENCE:
        return
    lines = sorted((_line(form.by_code[code], e) for code, e in entries.items()), key=lambda line: line.place)
    if sum(_fits(line.before, line, _LOOSE) is False for line in lines) < EVIDENCE:
        return
    free = list(lines)
    while (block := _best_block(free)) is not None:
        inside, by, fit = block
        told = _extended(free, inside, fit)
        why = _why(told, by, fit)
        yield from (_told(line, why) for line in told if line.entry.current.value is not None)
        first, last = told[0].place, told[-1].place
        free = [line for line in free if not first <= line.place <= last]


def _leaps(row: FormRow, entry: Entry) -> bool:
    """Whether this year's figure does not go with last year's, explained or not."""
    before = _before(row, entry)
    return before is not None and _goes(before, _number(row, entry.current), _LOOSE) is False


def _before(row: FormRow, entry: Entry) -> Decimal | None:
    before = row.previous if row.previous is not None else _number(row, entry.previous)
    return before if isinstance(before, Decimal) else None


def _line(row: FormRow, entry: Entry) -> Line:
    explained = entry.reason.value is not None or entry.reason.formula is not None
    settled = (explained and values.says_something(values.seen(entry.reason))) or (
        isinstance(entry.state.value, str) and values.fold(entry.state.value) != _GIVEN
    )
    return Line(
        place=row_of(entry),
        row=row,
        entry=entry,
        now=None if settled else _number(row, entry.current),
        before=_before(row, entry),
    )


def _number(row: FormRow, cell: FoundCell) -> Decimal | None:
    v = row.variable
    if v is None or not v.kind.numeric or cell.formula is not None or cell.error or cell.date_format:
        return None
    if isinstance(cell.value, str):
        return values.parse_number(cell.value, v.kind, v.measure).number
    return cell.value if isinstance(cell.value, Decimal) and not cell.percent_format else None


_GIVEN = values.fold(State.GIVEN.value)
_CLOSE, _LOOSE = Decimal("1.5"), Decimal("2.5")
"""A figure goes with last year's up to so many times more or less of it."""


def _fits(before: Decimal | None, line: Line, times: Decimal) -> bool | None:
    """Whether a line's figure goes with ``before``; ``None``: nobody can tell."""
    return _goes(before, line.now, times)


def _goes(before: Decimal | None, now: Decimal | None, times: Decimal) -> bool | None:
    if before is None or now is None or abs(before) < SMALLEST:
        return None
    return now / times <= before <= now * times if now > 0 else now * times <= before <= now / times


Counterpart = Callable[[Line], Line | None]
"""The line whose figure would stand in a given line, if the block was pasted so many rows off."""


def _counterparts(lines: Sequence[Line]) -> Iterator[tuple[int, Counterpart]]:
    """Rows off, counted as rows of the sheet and, for a list without the headings, as rows of figures."""
    by_place = {line.place: line for line in lines}
    order = {line.place: n for n, line in enumerate(lines)}

    def of_sheet(by: int) -> Counterpart:
        return lambda line: by_place.get(line.place - by)

    def of_list(by: int) -> Counterpart:
        return lambda line: lines[n] if 0 <= (n := order[line.place] - by) < len(lines) else None

    for distance in range(1, FURTHEST + 1):
        for by in (distance, -distance):
            yield by, of_sheet(by)
            yield by, of_list(by)


def _best_block(lines: Sequence[Line]) -> tuple[Sequence[Line], int, Counterpart] | None:
    """The longest block that goes with last year's figures some rows off and not where it stands."""
    best: tuple[int, Sequence[Line], int, Counterpart] | None = None
    for by, counterpart in _counterparts(lines):
        found = _block(lines, counterpart)
        if found is not None and (best is None or found[0] > best[0]):
            best = (*found, by, counterpart)
    return best and best[1:]


def _block(lines: Sequence[Line], counterpart: Counterpart) -> tuple[int, Sequence[Line]] | None:
    """The lines from the first to the last that go with their counterparts, and how strongly they say so."""
    weights = [_weight(line, counterpart(line)) for line in lines]
    best, start, total = (0, 0, 0), 0, 0
    for n, weight in enumerate(weights):
        if total <= 0:
            start, total = n, 0
        total += weight
        best = max(best, (total, start, n), key=lambda span: span[0])
    total, start, end = best
    while start < end and weights[start] <= 0:
        start += 1
    inside = lines[start : end + 1]
    agreeing = {c.before for line in inside if _weight(line, c := counterpart(line)) > 0 and c is not None}
    against = sum(weight < 0 for weight in weights[start : end + 1])
    if len(agreeing) < EVIDENCE or against * 6 > len(agreeing):
        return None
    return total, inside


def _weight(line: Line, other: Line | None) -> int:
    """What a line says of a shift: 1 for it, -1 against it, 0 nothing."""
    here = _fits(line.before, line, _LOOSE)
    there = _fits(other.before if other is not None else None, line, _CLOSE)
    if there:
        return 1 if here is False else 0
    return -1 if here or there is False else 0


def _extended(lines: Sequence[Line], inside: Sequence[Line], counterpart: Counterpart) -> Sequence[Line]:
    """The block with the lines beside it that say nothing against the shift."""
    first, last = lines.index(inside[0]), lines.index(inside[-1])
    while first > 0 and _weight(lines[first - 1], counterpart(lines[first - 1])) >= 0:
        first -= 1
    while last + 1 < len(lines) and _weight(lines[last + 1], counterpart(lines[last + 1])) >= 0:
        last += 1
    filled = [n for n in range(first, last + 1) if lines[n].entry.current.value is not None]
    return lines[filled[0] : filled[-1] + 1]


def _why(block: Sequence[Line], by: int, counterpart: Counterpart) -> str:
    """The sentence about a whole block: how far off it is, and one of the figures that say so."""
    witness = next(line for line in block if _weight(line, counterpart(line)) > 0)
    other = counterpart(witness)
    assert other is not None and witness.now is not None and other.before is not None and witness.before is not None
    now, before, own = (values.format_number(n) for n in (witness.now, other.before, witness.before))
    first, last, at = (line.entry.current.at.address for line in (block[0], block[-1], witness))
    way = f"{abs(by)} dòng {'xuống dưới' if by > 0 else 'lên trên'}"
    return (
        f"có vẻ số liệu từ {first} đến {last} bị dán lệch {way} nên không lấy số: chẳng hạn ở {at} là {now}, gần với "
        f"số năm trước của “{values.short(other.row.text)}” ({before}) hơn là của dòng này ({own}); "
        "điền lại cho đúng dòng, nếu số đã gửi vẫn đúng thì ghi thêm lý do ở cột Giải trình cùng dòng"
    )


def _told(line: Line, why: str) -> Finding:
    assert line.row.variable is not None
    current = line.entry.current
    code = line.row.variable.code
    found = Code.ROW_MOVED.at(current.at, variable=code, found=values.seen(current), label=line.row.text)
    return replace(found, message=why)


# ------------------------------------------------------------------ columns


def _columns(form: Form, entries: Mapping[str, Entry]) -> Iterator[Finding]:
    """Figures in Tình trạng, or states in the column of this year: the block was pasted one column off."""
    right = [(code, e) for code, e in entries.items() if e.current.value is None and _is_figure(e.state)]
    left = [
        (code, e)
        for code, e in entries.items()
        if (_is_state(e.current) or (e.current.value is None and form.by_code[code].previous is None))
        and (_is_figure(e.previous) or _is_state(e.current))
        and isinstance(e.state.value, str)
        and not _is_state(e.state)
    ]
    for rows, way in ((right, "phải"), (left, "trái")):
        for code, entry in rows:
            cell, beside = (entry.state, entry.source) if way == "phải" else (entry.current, entry.current)
            if len(rows) >= EVIDENCE or _is_state(beside):
                found = Code.ROW_MOVED.at(
                    cell.at, variable=code, found=values.seen(cell), label=form.by_code[code].text
                )
                told = (
                    f"có vẻ dòng này bị dán lệch một cột sang {way} nên không lấy số; điền lại sao cho số nằm ở "
                    f"cột “Năm {form.year}”, tình trạng ở cột “Tình trạng”"
                )
                yield replace(found, message=told)


_STATES = frozenset(values.fold(s.value) for s in State)


def _is_state(cell: FoundCell) -> bool:
    return isinstance(cell.value, str) and values.fold(cell.value) in _STATES


def _is_figure(cell: FoundCell) -> bool:
    return isinstance(cell.value, Decimal) and cell.formula is None
