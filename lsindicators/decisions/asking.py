"""What is to stand in ``dieu-chinh.xlsx``: the clerk's rows as they are, and a row for each question that is open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from msgspec.structs import replace

from lsindicators import settlement, values
from lsindicators.decisions import sheets
from lsindicators.decisions.paper import Cells, Paper, Row, States, Typed, Version
from lsindicators.findings import Code, Finding, Held, Severity, Verdict
from lsindicators.model import HANOI, Choice, Conflict, Dataset, Decision, Plan, Settlement, Value

ASKED = (Code.UNIT_SCALE_SUSPECT, Code.OTHER_MEASURE, Code.LARGE_CHANGE, Code.AMBIGUOUS_NUMBER, Code.RULE_BROKEN)
"""What the clerk may decide in the unit's place; all else the unit must mend, or the clerk adds a row."""


# ------------------------------------------------------------------ how the decisions stand


def stand(
    plan: Plan,
    paper: Paper,
    counting: Mapping[str, Verdict],
    dataset: Callable[[], Dataset],
    differences: Sequence[Conflict],
) -> tuple[States, tuple[Finding, ...]]:
    """What becomes of each decision, and what a person should know of it.

    ``counting``: unit -> the verdict on its return that counts; units of which nothing was taken are not in it.
    ``dataset`` and ``differences``: the province's table made with these decisions, for who needs it, and all that
    disagrees in it.
    """
    states: dict[tuple[str, int], str] = {}
    findings = []
    for row in (*paper.figures, *paper.conflicts):
        if row.decision is not None:
            place, outcome = sheets.FIGURES, _outcome(plan, row.decision, counting.get(row.decision.unit))
        elif row.settlement is not None:
            place, outcome = sheets.CONFLICTS, _settled(plan, row.settlement, dataset, differences)
        else:
            continue
        states[place, row.number], finding = outcome
        if finding is not None:
            findings.append(finding)
    return states, tuple(findings)


def pinned(paper: Paper, differences: Sequence[Conflict]) -> Paper:
    """The paper with each decision about a disagreement held to the figures for which it is made.

    A row that the clerk has added says not what stands against what; it is meant for what does now, and no later one.
    """
    found = []
    for row in paper.conflicts:
        s = row.settlement
        meant = [c for c in differences if s is not None and not s.said and settlement.about(s, c)]
        if s is not None and len(meant) == 1:
            row = replace(row, settlement=replace(s, said=settlement.said(meant[0])))
        found.append(row)
    return paper if found == list(paper.conflicts) else replace(paper, conflicts=tuple(found))


def _outcome(plan: Plan, d: Decision, verdict: Verdict | None) -> tuple[str, Finding | None]:
    if verdict is None:
        if d.choice is Choice.CORRECT and d.sent is None:
            return sheets.APPLIED, None
        return f"{sheets.STALE}: đơn vị chưa có biểu nào được nhận", None
    if d in verdict.decisions:
        return sheets.APPLIED, None
    held = next((h for h in verdict.held if (h.variable, h.year) == (d.variable, d.year)), None)
    figure = next((f for f in verdict.figures if (f.variable, f.year) == (d.variable, d.year)), None)
    sent = held.sent if held else figure.value if figure else None
    v = plan.variable[d.variable]
    same = sent is not None and d.sent is not None and values.agrees(d.sent, sent, v.kind, v.measure)
    if d.choice is Choice.KEEP and same and held is None:
        return f"{sheets.NOT_NEEDED}: số này đã được nhận", None
    shown = values.format_value(sent)
    if d.choice is Choice.KEEP and same:
        what = (
            f"{sheets.NOT_APPLIED}: “{shown}” không đọc được thành một số; chọn “{Choice.CORRECT.value}” và ghi Giá trị"
        )
        return what, _told(d, Code.NOT_A_NUMBER, what, Severity.ERROR)
    now = f"đơn vị đã gửi số khác ({shown})" if shown else "ô của đơn vị nay để trống"
    what = f"{sheets.STALE}: {now}"
    said = values.format_value(d.sent)
    return what, _told(d, Code.RESUBMISSION, f"quyết định về số {said} {what}; xem lại dòng này", Severity.WARNING)


def _told(d: Decision, code: Code, what: str, severity: Severity) -> Finding:
    name = f"{d.unit}, {d.variable}"
    return Finding(code=code, at=d.at, message=f"{name}: {what}", severity=severity, variable=d.variable)


def _settled(
    plan: Plan, s: Settlement, dataset: Callable[[], Dataset], differences: Sequence[Conflict]
) -> tuple[str, Finding | None]:
    """What becomes of a decision about figures that disagree."""
    now = [c for c in differences if settlement.about(s, c)]
    if any(c.settled == s for c in now):
        return sheets.APPLIED, None
    if any(settlement.fits(s, c) for c in now):
        why = (
            f"{plan.unit[s.unit].name} không có số trong các số đã báo"
            if s.unit
            else "không dùng được cho chênh lệch này"
        )
        what = f"{sheets.NOT_APPLIED}: {why}"
        return what, _about(s, Code.NOT_IN_LIST, what, Severity.ERROR)
    if now:
        what = f"{sheets.STALE}: các số đã thay đổi, nay là {'; hoặc '.join(map(settlement.said, now))}"
        return what, _about(s, Code.RESUBMISSION, f"quyết định {what}; xem lại dòng này", Severity.WARNING)
    total = dataset().totals.get((s.variable, s.year))
    stands = None if total is None else total.value
    if s.choice is Choice.ACCEPT or (stands is not None and _gives(s, stands)):
        return f"{sheets.NOT_NEEDED}: các số không còn khác nhau", None
    what = (
        f"{sheets.STALE}: nay không có chênh lệch như vậy, số của tỉnh là {values.format_value(stands) or '(chưa có)'}"
    )
    return what, _about(s, Code.RESUBMISSION, f"quyết định {what}; xem lại dòng này", Severity.WARNING)


def _gives(s: Settlement, stands: Value) -> bool:
    """Whether a decision says of itself what ``stands`` without it."""
    if s.choice is Choice.CORRECT:
        return s.value == stands
    return f"{s.unit}: {values.format_value(stands)}" in s.said.split("; ")


def _about(s: Settlement, code: Code, what: str, severity: Severity) -> Finding:
    message = f"{sheets.kind(s.code, s.rule)}, {s.variable}: {what}"
    return Finding(code=code, at=s.at, message=message, severity=severity, variable=s.variable)


# ------------------------------------------------------------------ the rows


def renew(
    plan: Plan,
    paper: Paper,
    counting: Mapping[str, Verdict],
    differences: Iterable[Conflict],
    states: States,
    versions: Sequence[Version],
) -> Paper:
    """The rows as they are to stand now; the rows of the clerk are kept in their order, new questions come last."""
    return replace(
        paper,
        figures=tuple(_figures(plan, paper, counting, states)),
        conflicts=tuple(_conflicts(plan, paper, differences, states)),
        returns=tuple(_returns(plan, paper, versions)),
    )


def _figures(plan: Plan, paper: Paper, counting: Mapping[str, Verdict], states: States) -> list[Row]:
    wanted = [(unit, held) for unit in plan.unit if unit in counting for held in _open(counting[unit])]
    figures: list[Row] = []
    matched: set[tuple[str, str, int]] = set()
    by_place = {(unit, h.variable, h.year): h for unit, h in wanted}
    for row in paper.figures:
        held = by_place.get(row.about) if row.about else None
        if held is not None and row.about is not None and not _asks(plan, row, held):
            held = None
        if row.clerks:
            figures.append(_with_state(_named(plan, row), _state(row, sheets.FIGURES, states)))
        elif held is not None and row.about is not None and row.about not in matched:
            figures.append(_question(plan, row.about[0], held, row.number))
        else:
            continue
        if held is not None and row.about is not None:
            matched.add(row.about)
    figures += [_question(plan, unit, h) for unit, h in wanted if (unit, h.variable, h.year) not in matched]
    return figures


def _open(verdict: Verdict) -> Iterator[Held]:
    return (h for h in verdict.held if h.finding.code in ASKED and h.finding.severity.stops)


def _asks(plan: Plan, row: Row, held: Held) -> bool:
    """Whether a row is about what stands in the return now."""
    if row.sent is None:
        return True
    v = plan.variable[held.variable]
    return values.agrees(row.sent, held.sent, v.kind, v.measure)


def _state(row: Row, sheet: str, states: States) -> str:
    return f"{sheets.NOT_APPLIED}: {row.fault}" if row.fault else states.get((sheet, row.number), "")


def _with_state(row: Row, state: str) -> Row:
    cells = {h: c for h, c in row.cells.items() if h != sheets.STATE}
    return replace(row, cells={**cells, sheets.STATE: Typed(state)} if state else cells)


def _named(plan: Plan, row: Row) -> Row:
    """A row that the clerk has added, with the names that its codes stand for where these cells are empty."""
    if row.about is None:
        return row
    unit, code, year = row.about
    v = plan.variable[code]
    known = _cells(
        {
            sheets.UNIT_NAME: plan.unit[unit].name,
            sheets.NAME: v.name,
            sheets.YEAR: Decimal(year),
            sheets.MEASURE: v.measure,
        }
    )
    return replace(row, cells={**known, **row.cells})


def _question(plan: Plan, unit: str, held: Held, number: int = -1) -> Row:
    v = plan.variable[held.variable]
    at = held.figure.at if held.figure is not None and held.figure.at is not None else held.finding.at
    cells = _cells(
        {
            sheets.UNIT: unit,
            sheets.UNIT_NAME: plan.unit[unit].name,
            sheets.CODE: v.code,
            sheets.NAME: v.name,
            sheets.YEAR: Decimal(held.year),
            sheets.MEASURE: v.measure,
            sheets.FILE: at.workbook,
            sheets.CELL: at.address,
            sheets.SENT: held.sent,
            sheets.ASKED: _asked(held.finding),
            sheets.STATE: sheets.WAITING,
        }
    )
    return Row(number=number, cells=cells, clerks=False, about=(unit, v.code, held.year), sent=held.sent)


def _asked(finding: Finding) -> str:
    """The sentence of a question without what the unit would have to do."""
    head, _, tail = finding.code.value.text.rpartition("; ")
    start = f"; {tail.partition('{')[0]}" if head else ""
    asked = finding.message.rpartition(start)[0] if start and start in finding.message else finding.message
    if finding.code is Code.AMBIGUOUS_NUMBER:
        return f"{values.sentence(asked)} Chọn “{Choice.CORRECT.value}” và ghi số đúng ở cột {sheets.VALUE}."
    return values.sentence(asked)


def _cells(found: Mapping[str, Value | None]) -> Cells:
    """Cells with content, as they will be read again; a number with more digits than Excel keeps is a text."""
    cells = {}
    for heading, value in found.items():
        if isinstance(value, Decimal) and len(value.normalize().as_tuple().digits) > 15:
            value = values.format_number(value)
        if value is not None and (value := values.clean_lines(value) if isinstance(value, str) else value) != "":
            cells[heading] = Typed(value)
    return cells


def _conflicts(plan: Plan, paper: Paper, differences: Iterable[Conflict], states: States) -> list[Row]:
    """The rows of sheet Đối chiếu."""
    wanted = {_place(c): c for c in differences if c.open}
    mine = {_place_of(row) for row in paper.conflicts if row.clerks}
    answered = {place for place in wanted if place in mine or _only(place, wanted) in mine}
    found: list[Row] = []
    for row in paper.conflicts:
        place = _place_of(row)
        if row.clerks:
            found.append(_with_state(_described(plan, row), _state(row, sheets.CONFLICTS, states)))
        elif place in wanted and place not in answered:
            found.append(_dispute(plan, wanted[place], row.number))
            answered.add(place)
    return found + [_dispute(plan, c) for place, c in wanted.items() if place not in answered]


def _only(place: _Place, wanted: Iterable[_Place]) -> _Place | None:
    """How a row speaks of a disagreement without its figures, where it is the only one that can be meant."""
    return (place[0], "") if [p[0] for p in wanted].count(place[0]) == 1 else None


_Place = tuple[tuple[str, str, int] | None, str]


def _place(conflict: Conflict) -> _Place:
    about = sheets.kind(conflict.code, conflict.rule), conflict.variable, conflict.year
    return about, settlement.said(conflict)


def _place_of(row: Row) -> _Place:
    said = row.settlement.said if row.settlement is not None else str(row.sent or "")
    return row.about, said


def _described(plan: Plan, row: Row) -> Row:
    """A row that the clerk has added, with what its codes stand for, and the figures to which it is held."""
    if row.about is None:
        return row
    _, code, year = row.about
    v = plan.variable[code]
    said = row.settlement.said if row.settlement is not None else ""
    told: dict[str, Value | None] = {
        sheets.NAME: v.name,
        sheets.YEAR: Decimal(year),
        sheets.MEASURE: v.measure,
        sheets.SAID: _lines(said),
    }
    known = _cells(told)
    return replace(row, cells={**known, **row.cells})


def _lines(said: str) -> str:
    """A line a side: read again it is one line."""
    return said.replace("; ", ";\n")


def _dispute(plan: Plan, conflict: Conflict, number: int = -1) -> Row:
    v = plan.variable[conflict.variable]
    about, said = _place(conflict)
    asked = (values.sentence(text) for text in (conflict.message, conflict.question) if text)
    cells = _cells(
        {
            sheets.KIND: sheets.kind(conflict.code, conflict.rule),
            sheets.CODE: v.code,
            sheets.NAME: v.name,
            sheets.YEAR: Decimal(conflict.year),
            sheets.MEASURE: v.measure,
            sheets.SAID: _lines(said),
            sheets.ASKED: "\n".join(asked),
            sheets.STATE: sheets.WAITING,
        }
    )
    return Row(number=number, cells=cells, clerks=False, about=about, sent=said)


def _returns(plan: Plan, paper: Paper, versions: Iterable[Version]) -> Iterator[Row]:
    known = {(v.unit, v.sha256[: sheets.DIGITS]): v for v in versions}
    listed: set[tuple[str, str]] = set()
    for row in paper.returns:
        place = row.text(sheets.UNIT).lower(), row.text(sheets.SHA256)
        meant = [v for v in known.values() if _selects(row, v)]
        version = known.get(place) or (meant[0] if len(meant) == 1 else None)
        if row.clerks:
            if len(meant) == 1 and not row.text(sheets.SHA256):  # so that it is not meant for a later one of that name
                row = replace(row, cells={**row.cells, sheets.SHA256: Typed(meant[0].sha256[: sheets.DIGITS])})
            yield _with_state(row, _state(row, sheets.RETURNS, {}) or _fate(row, version, len(meant)))
        elif version is not None and place not in listed:
            yield _version(plan, version, row.number)
        if version is not None:
            listed.add((version.unit, version.sha256[: sheets.DIGITS]))
    yield from (_version(plan, v) for place, v in known.items() if place not in listed)


def _fate(row: Row, version: Version | None, meant: int) -> str:
    """What becomes of a decision of the clerk about a return."""
    if version is not None:
        return version.state
    if meant:
        return f"{sheets.NOT_APPLIED}: {meant} bản gửi khớp với dòng này; ghi đủ mã {sheets.SHA256}"
    return f"{sheets.STALE}: không có bản gửi nào như vậy" if row.selection is not None else ""


def _selects(row: Row, version: Version) -> bool:
    s = row.selection
    if s is None or s.unit != version.unit:
        return False
    return version.sha256.startswith(s.sha256) if s.sha256 else s.file == version.file


def _version(plan: Plan, v: Version, number: int = -1) -> Row:
    cells = _cells(
        {
            sheets.UNIT: v.unit,
            sheets.UNIT_NAME: plan.unit[v.unit].name,
            sheets.FILE: v.file,
            sheets.SHA256: v.sha256[: sheets.DIGITS],
            sheets.SENT_AT: f"{v.sent_at.astimezone(HANOI):%d/%m/%Y %H:%M}",
            sheets.STATE: v.state,
        }
    )
    return Row(number=number, cells=cells, clerks=False)
