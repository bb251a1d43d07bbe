"""Plan + one Return -> its Verdict: the gates, then structure, then cell by cell, then across cells and years.

Pure: sees no path, no workbook and no clock. A new rule is a function, a code, and a place in a tuple of rules.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from functools import partial

from msgspec.structs import replace

from lsindicators import control, layout, values
from lsindicators.checks import cells, decided, gates, shifts, structure
from lsindicators.checks.across import Doubt, Numbers
from lsindicators.checks.decided import Decisions
from lsindicators.checks.grid import seen
from lsindicators.findings import HIDDEN_ERROR, Code, Finding, Verdict, needs_person
from lsindicators.layout import Form, Stamp
from lsindicators.model import CellRef, Choice, Entry, Figure, FoundCell, Plan, Return, State, Status, Value

__all__ = ["Decisions", "judge"]

NOTHING_DECIDED: Decisions = {}


def judge(plan: Plan, key: bytes, ret: Return, read_at: datetime, decisions: Decisions = NOTHING_DECIDED) -> Verdict:
    """What becomes of ``ret``: its status, the figures to take, what is not taken and why, and all findings.

    ``key`` is the campaign's; ``read_at`` goes into the figures as it is; ``decisions`` are the clerk's.
    """
    identity = gates.identify(plan, key, ret)
    stamp, form = identity.stamp, identity.form
    if stamp is None or form is None:
        return _rejected(plan, ret, stamp, identity.findings)
    found = structure.compare(form, ret, stamp, gates.genuine_texts(key, ret), current=stamp.digest == form.digest)
    shifted = shifts.shifted(form, found.entries)
    entries = {code: e for code, e in found.entries.items() if code not in {f.variable for f in shifted}}
    noticed = (*identity.findings, *found.findings, *shifted)
    if not ret.answers and not any(cells.is_typed(row, entry) for row, entry in found.rows):
        return _rejected(plan, ret, stamp, (*noticed, _nothing(ret, keys=bool(found.rows))))
    make = partial(Figure, unit=stamp.unit, sha256=ret.sha256, read_at=read_at)
    rows = tuple(
        cells.read(row, row.variable, entries[code], form.year, make)
        for code, row in form.by_code.items()
        if code in entries and row.variable is not None
    )
    taken = {(f.variable, f.year): f for row in rows for f in (row.current, row.previous) if f is not None}
    settled = decided.holding(form, found.entries, taken, decisions.get(stamp.unit, ()))
    numbers = partial(_numbers, form, found.entries, found.measures)
    final = decided.applied(taken, settled)
    outcome = decided.judge(plan, final, settled, form.year, numbers)
    doubts = list(outcome.doubts)
    if final != taken:
        former = decided.judge(plan, taken, {}, form.year, numbers)
        doubts += decided.gone(former.doubts, outcome.doubts, settled, form.year)
    answers, told_answers = _answers(ret)
    last_year = frozenset(e.previous.at for e in found.entries.values())
    single = decided.told((*noticed, *(f for row in rows for f in row.findings)), settled, form.year, last_year)
    findings = (*single, *(d.finding for d in doubts), *told_answers)
    findings = (*findings, *_words_alone(found.entries, final, findings, form.year))
    if ret.blind:
        findings = tuple(map(_hinted, findings))
    order = [(code, year) for code in form.by_code for year in (form.year, form.year - 1)]
    dropped = {code: str(d) for (code, y), d in settled.items() if y == form.year and d.choice is Choice.DROP}
    return Verdict(
        file=ret.file,
        sha256=ret.sha256,
        unit=stamp.unit,
        round=stamp.round,
        status=Status.PARTIAL if needs_person(findings) else Status.ACCEPTED,
        figures=tuple(outcome.taken[place] for place in order if place in outcome.taken),
        untaken={**_untaken(form, last_year, outcome.taken, findings, doubts), **dropped},
        answers=answers,
        findings=findings,
        control=_control(form, found.entries_of),
        held=tuple(decided.held(form, found.entries, outcome, settled, findings)),
        decisions=tuple(d for p, d in settled.items() if d.choice is not Choice.KEEP or p in outcome.used),
    )


def _nothing(ret: Return, *, keys: bool) -> Finding:
    """Why nothing can be read; without a single key left nobody knows whether the form was filled in."""
    at = CellRef(ret.file)
    if keys:
        return Code.EMPTY_RETURN.at(at)
    return Code.SHEET_MISSING.at(at, name=f"{layout.DATA}” với cột “{layout.COLUMNS[layout.KEY]}")


def _control(form: Form, entries: Mapping[str, Entry]) -> str:
    """The control code of the rows as they stand, whatever is wrong with them: the paper shows the same."""
    rows = []
    for code, entry in entries.items():
        now, before = entry.current, entry.previous if form.by_code[code].previous is None else _NOT_ASKED
        state = str(_stored(entry.state) or "")
        rows.append(control.Typed(code, _stored(now), state, _stored(before), now.error, before.error))
    return control.compute(rows, form.unit.code, form.year)


_NOT_ASKED = FoundCell(at=CellRef(""), value=None)
"""Stands for last year's cell where its figure was on record when the form was made."""


def _stored(cell: FoundCell) -> Value | bool | None:
    """What a cell holds, a text with all its characters."""
    return cell.literal or cell.value if isinstance(cell.value, str) else cell.value


def _rejected(plan: Plan, ret: Return, stamp: Stamp | None, findings: tuple[Finding, ...]) -> Verdict:
    """The verdict on a return of which nothing is taken."""
    return Verdict(
        file=ret.file,
        sha256=ret.sha256,
        unit=stamp.unit if stamp is not None and stamp.unit in plan.unit else None,
        round=stamp.round if stamp is not None else 0,
        status=Status.REJECTED,
        figures=(),
        untaken={},
        answers=(),
        findings=findings,
    )


def _numbers(
    form: Form, entries: Mapping[str, Entry], measures: Mapping[str, str], taken: Mapping[tuple[str, int], Figure]
) -> Numbers:
    """The numbers that go into the rules: this year's as taken, last year's as on record or else as taken."""
    now: dict[str, Decimal] = {}
    before: dict[str, Decimal] = {}
    for code, row in form.by_code.items():
        if row.variable is None or not row.variable.kind.numeric:
            continue
        this, last = taken.get((code, form.year)), taken.get((code, form.year - 1))
        if this is not None and isinstance(this.value, Decimal):
            now[code] = this.value
        previous = row.previous if row.previous is not None else last and last.value
        if isinstance(previous, Decimal):
            before[code] = previous
    this_year = {code: f for (code, year), f in taken.items() if year == form.year}
    settled = {code for code, f in this_year.items() if f.state is not State.GIVEN or _explained(f)}
    checked = {code: f.reason for code, f in this_year.items() if f.reason and values.says_checked(f.reason)}
    cells = {code: e.current.at for code, e in entries.items()}
    return Numbers(
        form=form,
        now=now,
        before=before,
        cells=cells,
        cells_before={code: entries[code].previous.at for code in measures},
        settled=frozenset(settled),
        checked=checked,
        measures=measures,
    )


def _explained(figure: Figure) -> bool:
    """Whether somebody has said why a figure is what it is, or decided that it is."""
    return figure.decision is not None or values.says_something(figure.reason)


def _answers(ret: Return) -> tuple[tuple[tuple[str, str, CellRef], ...], tuple[Finding, ...]]:
    """The narrative answers within the limit of a text, and the findings of those that were cut."""
    kept = tuple((question, answer[: layout.TEXT_LIMIT].rstrip(), at) for question, answer, at in ret.answers)
    long = tuple(
        Code.TEXT_TOO_LONG.at(at, found=answer, length=len(answer), limit=layout.TEXT_LIMIT)
        for _, answer, at in ret.answers
        if len(answer) > layout.TEXT_LIMIT
    )
    return kept, long


def _words_alone(
    entries: Mapping[str, Entry], taken: Mapping[tuple[str, int], Figure], findings: Iterable[Finding], year: int
) -> Iterator[Finding]:
    """Sources and reasons in rows without figure and state: nothing else is said of them, and no figure carries them."""
    told = {f.variable for f in findings if f.variable and f.severity.stops} | {f.at for f in findings}
    for code, entry in entries.items():
        if (code, year) in taken or code in told or entry.current.value is not None or entry.state.value is not None:
            continue
        for cell in (entry.source, entry.reason):
            if cell.at not in told and cell.value is not None:
                found = Code.STRAY_CONTENT.at(cell.at, variable=code, found=cell.value, value=seen(cell)[:100])
                yield replace(found, message=f"{found.message}: ô số liệu và ô Tình trạng của dòng này để trống")


def _hinted(finding: Finding) -> Finding:
    """A missing value of a file that does not show errors: one may stand there."""
    missing = finding.code is Code.MISSING_VALUE
    return replace(finding, message=finding.message + HIDDEN_ERROR) if missing else finding


_BLANK = (Code.MISSING_VALUE, Code.ROW_MISSING)
"""Where these are told nothing stands that could have been taken."""


def _untaken(
    form: Form,
    last_year: Collection[CellRef],
    taken: Mapping[tuple[str, int], Figure],
    findings: Iterable[Finding],
    doubts: Iterable[Doubt],
) -> dict[str, str]:
    """Variable -> why what stands there for this year was not taken; ``last_year`` are the cells of last year's."""
    why: dict[str, str] = {}
    for f in findings:
        if f.variable and f.severity.stops and f.code not in _BLANK and f.at not in last_year:
            why.setdefault(f.variable, f.message)
    for doubt in doubts:
        for code in (r.code for r in doubt.untaken if r.lag == 0):
            why.setdefault(code, doubt.finding.message)
    return {code: why[code] for code in form.by_code if code in why and (code, form.year) not in taken}
