"""One return and its verdict -> what its slip shows: the values as they came, the remarks at cells of a fresh form.

A slip that is sent back as it is must earn the same findings again: what was not taken is shown as it was typed,
or not at all where it would look good in its new place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from lsindicators import layout
from lsindicators.findings import REFILL, Code, Finding, Severity, Verdict
from lsindicators.model import CellRef, Entry, Figure, FoundCell, Kind, Return, State, Status, Value, Variable
from lsindicators.values import clean, clean_lines, seen, turns_round


class Slip(Struct, frozen=True):
    """What ``forms.write`` draws."""

    typed: Mapping[tuple[str, int], Value]
    """(variable code, column), or (question, ``layout.ANSWER``) -> what the input cell shows."""
    remarks: tuple[Finding, ...]
    """``at`` is a cell of the fresh form, or the file as a whole."""
    taken: int
    """Variables of the form that were answered: by a figure, or by a state that says why there is none."""
    refused: bool
    """Nothing was taken of the return: the slip is an empty form with the reason."""


def compose(form: layout.Form, ret: Return, verdict: Verdict) -> Slip:
    """The slip that answers ``ret``: its values and answers in their places in ``form``, and what is to be mended."""
    told = tuple(f for f in verdict.findings if f.severity is not Severity.INFO and not _of_a_copy(f))
    answers = {(question, layout.ANSWER): clean_lines(answer) for question, answer, _ in ret.answers}
    rejected = verdict.status is Status.REJECTED
    if rejected or any(map(_exchanges_years, told)):  # what stands in it may be of another year, or of nobody
        whole = (f for f in told if f.severity.stops and f.variable is None)
        # no more than why: what is to be done is to fill in this slip
        reasons = tuple(replace(_at(f, None, None), message=f.halves[0], value=None) for f in whole)
        return Slip({} if rejected else answers, reasons, 0, refused=True)
    anew = {f.variable for f in told if f.code in _ANEW and f.severity.stops}
    remarks = tuple(_placed(form, ret, f) for f in told if f.severity.stops or f.variable not in anew)
    typed: dict[tuple[str, int], Value] = {**answers}
    taken = {(f.variable, f.year): f for f in verdict.figures if not f.corrected}  # the unit's own alone
    for entry in ret.entries:
        code = _code(entry)
        row = form.by_code.get(code)
        if row is None or row.variable is None or code in anew:
            continue
        now, before = taken.get((code, form.year)), taken.get((code, form.year - 1))
        typed.update(((code, column), shown) for column, shown in _row(row.variable, entry, now))
        if row.previous is None and (shown := _figure(row.variable, entry.previous, before)) is not None:
            typed[code, layout.PREVIOUS] = shown
    answered = {f.variable for f in verdict.figures if f.year == form.year and f.variable in form.by_code}
    return Slip(typed, (*remarks, *_partners(form, verdict, remarks, typed)), len(answered), refused=False)


# ------------------------------------------------------------------ what the inputs show

_ROWS = (Code.ROW_MISSING, Code.ROW_MOVED, Code.ROW_DUPLICATED)
_ANEW = (*_ROWS, Code.OTHER_MEASURE)
"""Rows that are filled in anew: figures beside a key or a measure that is not theirs would pass for good ones in a fresh
form."""


def _exchanges_years(finding: Finding) -> bool:
    """Whether nobody knows which figures of the sheet are of this year."""
    return finding.code is Code.LOCKED_CELL_CHANGED and finding.severity.stops


def _code(entry: Entry) -> str:
    """The variable code that a key means."""
    return clean(entry.variable).upper()


def _row(v: Variable, entry: Entry, taken: Figure | None) -> Iterator[tuple[int, Value]]:
    """Column -> what it shows, for the columns that hold something."""
    if (current := _figure(v, entry.current, taken)) is not None:
        yield layout.CURRENT, current
    if state := _text(entry.state):
        yield layout.STATE, taken.state.value if taken else state
    for column, cell in ((layout.SOURCE, entry.source), (layout.REASON, entry.reason)):
        if cell.formula is None and (text := _text(cell)):
            yield column, text


def _figure(v: Variable, cell: FoundCell, taken: Figure | None) -> Value | None:
    """The value that was taken, else what stands in the cell, never in a shape that would now be taken."""
    if taken is not None and taken.state is State.GIVEN:
        return taken.value
    if isinstance(cell.value, str) and (taken is not None or turns_round(cell.literal)):
        return None  # a dash beside a state that says all; digits that were seen the other way round
    if cell.merged or (v.kind is Kind.TEXT and cell.formula is not None):
        return None
    plain = isinstance(cell.value, Decimal) and not (cell.formula or cell.date_format or cell.percent_format)
    if plain and v.kind.numeric and isinstance(cell.value, Decimal):
        return cell.value
    return _text(cell) or None


def _text(cell: FoundCell) -> str:
    """What a person sees in the cell, as far as a text is kept; of a formula its text."""
    return clean_lines(seen(cell))[: layout.TEXT_LIMIT]


# ------------------------------------------------------------------ where the remarks stand


def _of_a_copy(finding: Finding) -> bool:
    """Whether it tells of two filled sheets as a whole: a slip has one, and each row that differs is told."""
    return finding.code is Code.ROW_DUPLICATED and finding.severity.stops and finding.variable is None


def _placed(form: layout.Form, ret: Return, finding: Finding) -> Finding:
    """``finding`` with its cell in the fresh form, which may stand elsewhere in the file that came."""
    place = finding.at.sheet, finding.at.address
    for question, _, at in ret.answers:
        if (at.sheet, at.address) == place and question in layout.QUESTIONS:
            row_ = layout.NARRATIVE_FIRST_ROW + layout.QUESTIONS.index(question)
            return _at(finding, layout.NARRATIVE, layout.address(row_, layout.ANSWER))
    for entry in ret.entries:
        row = form.by_code.get(_code(entry))
        cells = {
            layout.PREVIOUS: entry.previous,
            layout.CURRENT: entry.current,
            layout.STATE: entry.state,
            layout.SOURCE: entry.source,
            layout.REASON: entry.reason,
        }
        for column, cell in cells.items():
            if row is not None and (cell.at.sheet, cell.at.address) == place:
                shown = layout.CURRENT if finding.code in _ROWS else column
                return _at(finding, layout.DATA, layout.address(row.row, shown))
    if finding.severity.stops and (row := form.by_code.get(finding.variable or "")):
        address = layout.address(row.row, layout.CURRENT)
        placed = _at(finding, layout.DATA, address)
        return _refilled(ret, placed, row) if finding.code in _ROWS else placed
    return _at(finding, None, None)


def _refilled(ret: Return, finding: Finding, row: layout.FormRow) -> Finding:
    """A finding about a whole row: it is empty in the fresh form, and is filled in there."""
    told = replace(finding, message=f"{finding.halves[0]}; {REFILL} (ô {finding.at.address})")
    if finding.code is not Code.ROW_MOVED or row.variable is None:
        return told
    entry = next((e for e in ret.entries if _code(e) == finding.variable), None)
    return replace(told, value=entry and _figure(row.variable, entry.current, None))


def _partners(
    form: layout.Form, verdict: Verdict, remarks: tuple[Finding, ...], typed: Mapping[tuple[str, int], Value]
) -> Iterator[Finding]:
    """The broken rule again at each further variable that it names: none of its cells was taken."""
    told = {f.variable for f in remarks if f.severity.stops}
    for code, why in verdict.untaken.items():
        rule = next((f for f in remarks if f.code is Code.RULE_BROKEN and f.message == why), None)
        if rule is not None and code not in told and (row := form.by_code.get(code)):
            found = typed.get((code, layout.CURRENT))
            placed = _at(rule, layout.DATA, layout.address(row.row, layout.CURRENT))
            yield replace(placed, variable=code, value=found)


def _at(finding: Finding, sheet: str | None, address: str | None) -> Finding:
    """``finding`` at another cell; its sentence names that cell as well."""
    old, message = finding.at.address, finding.message
    if old and address:
        message = message.replace(f"(ô {old})", f"(ô {address})")
    return replace(finding, at=CellRef(finding.at.workbook, sheet, address), message=message)
