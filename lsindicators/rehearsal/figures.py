"""Made-up figures for any plan: what each unit has to say of every variable that it owes.

The same seed gives the same figures. They keep the bounds, hold to the plan's rules, lie near the figure of the year
before, and leads and coordinating units agree, so that a form filled in with them is a good form.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from msgspec import Struct

from lsindicators import layout
from lsindicators.expressions import Reference
from lsindicators.model import NEEDS_REASON, NO, YES, Kind, Method, Plan, State, Value, Variable
from lsindicators.rehearsal import rules
from lsindicators.rehearsal.rules import Bound
from lsindicators.rehearsal.tables import Answer

NEAR = Decimal("0.18")
"""How far a figure lies from the year before at most, unless a rule leaves no choice; then a reason is given."""

SOURCES = ("Báo cáo năm {year} của đơn vị", "Sổ theo dõi năm {year}", "Phần mềm quản lý chuyên ngành, 31/12/{year}")
REASONS = {
    State.NOT_YET: "Đang rà soát, bổ sung sau",
    State.NOT_APPLICABLE: "Không thuộc chức năng của đơn vị",
    State.ELSEWHERE: "Đã có trong số liệu của {other}",
}
SILENCE = "Chưa thống nhất được cách thống kê, đang rà soát"
CHANGED = "Thay đổi do điều chỉnh phạm vi thống kê"


def answers(plan: Plan, seed: object) -> tuple[Answer, ...]:
    """What every unit has to say, by unit, in the order of its form."""
    sheets = {unit: _Sheet(plan, unit, seed) for unit in plan.owed}
    for sheet in sheets.values():
        sheet.repair()
    _agree(plan, sheets)
    for sheet in sheets.values():
        sheet.speak()
        sheet.explain()
    return tuple(row.answer(unit) for unit, sheet in sheets.items() for row in sheet.rows.values())


class Row(Struct, kw_only=True):
    """One variable on a unit's form, being filled in."""

    place: layout.FormRow
    typed: Decimal | None = None  # the year before, as the unit types it
    value: Value | None = None
    state: State | None = None
    source: str = ""
    reason: str = ""

    @property
    def variable(self) -> Variable:
        assert self.place.variable is not None
        return self.place.variable

    @property
    def known(self) -> Value | None:
        """The year before, on record."""
        return self.place.previous

    @property
    def before(self) -> Decimal | None:
        return self.known if isinstance(self.known, Decimal) else self.typed

    @property
    def number(self) -> Decimal | None:
        """What counts as this year's number; a true zero is one."""
        if not self.variable.kind.numeric:
            return None
        if self.state is State.NONE_OCCURRED:
            return Decimal(0)
        return self.value if isinstance(self.value, Decimal) else None

    def put(self, value: Decimal) -> None:
        """Give ``value``; a zero is told as a true one."""
        self.value, self.state, self.reason = value, None, ""
        if value == 0:
            self.value, self.state, self.source = None, State.NONE_OCCURRED, ""

    def say(self, state: State, reason: str = "") -> None:
        """Give no figure, and say why."""
        self.value, self.state, self.reason, self.source = None, state, reason, ""

    def answer(self, unit: str) -> Answer:
        return Answer(
            unit=unit,
            variable=self.variable.code,
            previous=self.known if self.known is not None else self.typed,
            asked=self.typed is not None,
            value=self.value,
            state=self.state,
            source=self.source,
            reason=self.reason,
        )


@dataclass(slots=True)
class _Sheet:
    """One unit's form, being filled in."""

    plan: Plan
    unit: str
    seed: object
    rows: dict[str, Row] = field(init=False)
    bound: tuple[Bound, ...] = field(init=False)
    form: layout.Form = field(init=False)

    def __post_init__(self) -> None:
        self.form = layout.form(self.plan, self.unit)
        self.bound = rules.binding(self.plan, self.form)
        self.rows = {code: self._row(row) for code, row in self.form.by_code.items()}

    # -------------------------------------------------------------- one row by itself

    def chance(self, *about: str) -> Random:
        return Random("|".join((str(self.seed), self.unit, *about)))

    def _row(self, place: layout.FormRow) -> Row:
        assert place.variable is not None
        v = place.variable
        row = Row(place=place)
        chance = self.chance(v.code)
        if not v.kind.numeric:
            self._words(row, chance)
            return row
        figure = _size(v, chance)
        if row.known is None and figure is not None and chance.random() < 0.6 and not _several_leads(self.plan, v):
            row.typed = figure
        value = figure if row.before is None else _near(row.place, row.before, chance)
        luck = chance.random()
        if value is None:
            row.say(State.NOT_APPLICABLE, REASONS[State.NOT_APPLICABLE])
        elif row.before is None and luck < 0.05:
            row.say(State.NONE_OCCURRED)
        elif luck < 0.11:
            state = NEEDS_REASON[chance.randrange(len(NEEDS_REASON))]
            row.say(state, REASONS[state].format(other=self.plan.settings.compiler))
        elif v.required or chance.random() < 0.75:
            row.put(value)
        return row

    def _words(self, row: Row, chance: Random) -> None:
        v = row.variable
        if not v.required and chance.random() < 0.4:
            return
        if chance.random() < 0.06:
            row.say(State.NOT_YET, REASONS[State.NOT_YET])
        elif v.kind is Kind.YES_NO:
            row.value = YES if chance.random() < 0.7 else NO
        else:
            row.value = f"Văn bản số {chance.randint(2, 400)}/BC ngày {chance.randint(10, 28)}/12/{self.plan.year}"

    # -------------------------------------------------------------- rows among each other

    def number(self, reference: Reference) -> Decimal | None:
        row = self.rows[reference.code]
        return row.number if reference.lag == 0 else row.before if reference.lag == -1 else None

    def fits(self, code: str, value: Decimal, *, near: bool = True) -> bool:
        """Whether ``value`` may stand at ``code`` beside all the others."""
        row = self.rows[code]
        if rules.placed(row.variable, value) != value or not _plausible(row.place, row.known, value, near=near):
            return False
        return not self._broken(code, value)

    def _broken(self, code: str, value: Decimal) -> int:
        """How many rules about ``code`` would not hold if it were ``value``."""

        def instead(r: Reference) -> Decimal | None:
            return value if r == Reference(code) else self.number(r)

        return sum(1 for b in self.bound if b.names(code) and not rules.holds(b, instead))

    def repair(self) -> None:
        """Move figures until every rule holds; where nothing helps, a figure is given up with a reason."""
        for _ in range(4 * len(self.bound) + 4):
            open_ = rules.broken(self.bound, self.number)
            if not open_:
                return
            if not any(self._moved(b, near=near) for near in (True, False) for b in open_):
                self._give_up(open_[0])
        for b in rules.broken(self.bound, self.number):
            self._give_up(b)

    def _moved(self, bound: Bound, *, near: bool) -> bool:
        """Whether one figure of ``bound`` could be moved so that fewer rules are broken."""
        codes = list(dict.fromkeys(r.code for r in bound.references if r.lag == 0))
        self.chance(bound.rule.code).shuffle(codes)
        for code in codes:
            row = self.rows[code]
            now = row.number
            if now is None:
                continue
            best, choice = self._broken(code, now), None
            for proposal in rules.proposals(bound, row.variable, now, self.number):
                value = rules.placed(row.variable, proposal)
                if value is None or not _plausible(row.place, row.known, value, near=near):
                    continue
                worse = self._broken(code, value)
                if worse < best:
                    best, choice = worse, value
                if not worse:
                    break
            if choice is not None:
                row.put(choice)
                return True
        return False

    def _give_up(self, bound: Bound) -> None:
        """Leave out one figure that ``bound`` needs, rather one that is not required; last, one of the year before."""
        given = [r.code for r in bound.references if r.lag == 0 and self.rows[r.code].number is not None]
        for code in sorted(given, key=lambda c: self.rows[c].variable.required):
            self.rows[code].say(State.NOT_YET, SILENCE)
            return
        for r in bound.references:
            self.rows[r.code].typed = None

    # -------------------------------------------------------------- the last strokes

    def explain(self) -> None:
        """Name the source of every number, say why one lies far from the year before, and mark some as given."""
        for code, row in self.rows.items():
            chance = self.chance(code, "source")
            if row.value is not None and row.variable.kind.numeric:
                row.source = chance.choice(SOURCES).format(year=self.plan.year)
            if row.value is not None and row.state is None and chance.random() < 0.3:
                row.state = State.GIVEN
            self._retype(code, row)
            number = row.number
            if number is not None and not _plausible(row.place, row.before, number, near=True):
                row.reason = CHANGED

    def _retype(self, code: str, row: Row) -> None:
        """Let the year before that the unit types lie near a figure that was moved away from it."""
        typed, number = row.typed, row.number
        if typed is None or number is None or _plausible(row.place, typed, number, near=True):
            return
        row.typed = _near(row.place, number, self.chance(code, "before"))
        lagging = [b for b in self.bound if Reference(code, -1) in b.references]
        if rules.broken(lagging, self.number):
            row.typed = typed

    def speak(self) -> None:
        """A form with nothing in it at all would be no answer."""
        if all(r.value is None and r.state is None and r.typed is None for r in self.rows.values()):
            next(iter(self.rows.values())).say(State.NONE_OCCURRED)


# ------------------------------------------------------------------ sizes


def _size(v: Variable, chance: Random) -> Decimal | None:
    """A modest number within the bounds; small numbers are as likely as large ones."""
    low = float(v.low) if v.low is not None else 0.0
    high = float(v.high) if v.high is not None else max(low, 0.0) + 1e6
    top = min(high, 95.0) if v.kind is Kind.PERCENT else min(high, max(low, 0.0) * 20 + 4000.0)
    bottom = max(low, min(5.0, top))
    if bottom > 0 and top > 20 * bottom:
        figure = math.exp(chance.uniform(math.log(bottom), math.log(top)))
    else:
        figure = chance.uniform(bottom, top)
    return rules.placed(v, Decimal(repr(figure)))


def _span(place: layout.FormRow) -> Decimal:
    """How far, as a part of it, a figure may lie from the year before without a word."""
    return min(NEAR, place.change / 100)


def _near(place: layout.FormRow, before: Decimal, chance: Random) -> Decimal | None:
    """A number as last year's, a little more or less; last year's own where that is too coarse."""
    assert place.variable is not None
    share = 1 + _span(place) * Decimal(repr(round(chance.uniform(-0.8, 0.8), 4)))
    moved = rules.placed(place.variable, before * share)
    good = moved is not None and _plausible(place, before, moved, near=True)
    return moved if good else rules.placed(place.variable, before)


_FAR = 400
"""More than so many times last year's figure looks like another measure."""


def _plausible(place: layout.FormRow, before: Value | None, value: Decimal, *, near: bool) -> bool:
    if not isinstance(before, Decimal):
        return True
    if near:
        return abs(value - before) <= abs(before) * _span(place)
    if before <= 0 or value <= 0:
        return True
    return before / _FAR < value < before * _FAR


# ------------------------------------------------------------------ units among each other


def _several_leads(plan: Plan, v: Variable) -> bool:
    owed = plan.assignment.get(v.code)
    return v.aggregation.method is Method.LEAD and owed is not None and len(owed.lead) > 1


def _agree(plan: Plan, sheets: Mapping[str, _Sheet]) -> None:
    """Under ``chủ trì`` the leads say the same, and it is what the coordinating units have together."""
    for v in plan.variables:
        owed = plan.assignment.get(v.code)
        if v.aggregation.method is not Method.LEAD or owed is None:
            continue
        leads = [sheets[u] for u in owed.lead if u in sheets]
        others = [sheets[u] for u in owed.supporting if u in sheets and u not in owed.lead]
        if not leads:
            continue
        if v.kind.numeric:
            _same_whole(v.code, leads, others, plan)
        else:
            for sheet in leads[1:]:
                first, row = leads[0].rows[v.code], sheet.rows[v.code]
                row.value, row.state, row.reason = first.value, first.state, first.reason


def _same_whole(code: str, leads: list[_Sheet], others: list[_Sheet], plan: Plan) -> None:
    parts = [s for s in others if s.rows[code].number is not None]
    for whole in _wholes(code, leads, parts):
        saying = [s for s in leads if s.rows[code].number is not None]
        agreeing = [s for s in saying if any(s.fits(code, whole, near=near) for near in (True, False))]
        if not agreeing:
            continue
        shares = _shares(code, whole, parts)
        if shares is None:
            continue
        for sheet, share in zip(parts, shares, strict=True):
            sheet.rows[code].put(share)
        for sheet in saying:
            if sheet in agreeing:
                sheet.rows[code].put(whole)
            else:
                sheet.rows[code].say(State.NOT_YET, SILENCE)
        return
    if any(s.rows[code].number is not None for s in leads):
        reason = REASONS[State.ELSEWHERE].format(other=plan.unit[leads[0].unit].name)
        for sheet in parts:
            sheet.rows[code].say(State.ELSEWHERE, reason)
        for sheet in leads[1:]:
            sheet.rows[code].say(State.ELSEWHERE, reason)


def _wholes(code: str, leads: Iterable[_Sheet], parts: Iterable[_Sheet]) -> Iterator[Decimal]:
    """Figures that the leads may give: the sum of the parts, else what each of them has."""
    numbers = [n for s in parts if (n := s.rows[code].number) is not None]
    if numbers:
        yield sum(numbers, Decimal(0))
    yield from (n for s in leads if (n := s.rows[code].number) is not None)


def _shares(code: str, whole: Decimal, parts: list[_Sheet]) -> list[Decimal] | None:
    """``whole`` shared out as the parts are now; ``None`` where a part cannot be what it would have to be."""
    numbers = [n for s in parts if (n := s.rows[code].number) is not None]
    total = sum(numbers, Decimal(0))
    if total == whole or not numbers:
        return numbers
    v = parts[0].rows[code].variable
    shares = [(whole * n / total if total else whole / len(numbers)).quantize(rules.step(v)) for n in numbers]
    shares[0] += whole - sum(shares, Decimal(0))
    good = all(
        any(s.fits(code, share, near=near) for near in (True, False)) for s, share in zip(parts, shares, strict=True)
    )
    return shares if good else None
