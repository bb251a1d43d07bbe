"""Who sends what: the faults of every kind shared out among the units of a plan, and good returns from all others.

A fault goes only where it can live; what no form of the plan can hold is said, with the reason. A fault of two units'
figures against each other is planted in what they say, so that only merging can find it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from lsindicators import layout
from lsindicators.findings import Code
from lsindicators.model import HANOI, Method, Plan, State, Variable
from lsindicators.rehearsal import catalogue, faults, figures, rules
from lsindicators.rehearsal.catalogue import CELL_FAULTS, FILE_FAULTS, HANDLED, REJECTED, SHEET_FAULTS
from lsindicators.rehearsal.desk import Desk
from lsindicators.rehearsal.tables import Act, Answer, Way

REPEATS = 3
"""A fault of a cell stands in so many units, where so many can hold it; one of a sheet or a file in one less."""

TOGETHER = 3
"""At most so many kinds of faults go into one form."""

ONCE = (Way.HUGE,)
"""Large files are sent once."""


class Disagreement(Struct, frozen=True, kw_only=True):
    """Units that contradict each other in one variable: ``conflict`` or ``totals-disagree``."""

    code: Code
    variable: str


class Cast(Struct, frozen=True, kw_only=True):
    """What a rehearsal is played from."""

    answers: tuple[Answer, ...]
    acts: tuple[Act, ...]  # in the order of sending
    disagreements: tuple[Disagreement, ...]


FORM_FAULTS = (*CELL_FAULTS, *SHEET_FAULTS)

Told = dict[str, dict[str, Answer]]  # unit -> variable -> answer


ATTEMPTS = 4
"""So often figures are drawn anew where those at hand leave no room for some kind of fault."""


def cast(plan: Plan, seed: int) -> Cast:
    """The play of ``plan`` for ``seed``: same plan and seed, same play."""
    best, most = _cast(plan, str(seed))
    for attempt in range(1, ATTEMPTS):
        if most == len(FORM_FAULTS):
            break
        other, planted = _cast(plan, f"{seed}.{attempt}")
        if planted > most:
            best, most = other, planted
    return best


def _cast(plan: Plan, seed: str) -> tuple[Cast, int]:
    """One play, and how many kinds of faults on forms are in it."""
    chance = Random(f"{seed}|cast")
    told: Told = {unit: {} for unit in plan.owed}
    for answer in figures.answers(plan, seed):
        told[answer.unit][answer.variable] = answer
    units = list(plan.owed)
    chance.shuffle(units)
    disagreements, settled = _disagreements(plan, told)
    silent = _silent(plan, units, settled)
    playing = [u for u in units if u not in silent]
    stage = _Stage(plan=plan, seed=seed, told=told, files={u: [] for u in units})
    for way in FILE_FAULTS:
        stage.whole(way, playing, 1 if way in ONCE else REPEATS - 1)
    for unit in silent[:1]:
        for way in (Way.PDF, Way.STRANGER):
            stage.whole(way, (unit,), 1)
    for unit in silent[1:]:
        stage.files[unit] = [(Way.SILENT,)]
    third = max(6, len(playing) // 3)
    for way in (*SHEET_FAULTS, *HANDLED):
        stage.form(way, playing[third:], playing, REPEATS - 1, together=1)
    for way in CELL_FAULTS:
        stage.form(way, playing[:third], playing, REPEATS, together=TOGETHER)
    for at, unit in enumerate(playing):
        stage.end(unit, chance, must=unit in settled, twice=at < REPEATS - 1)
    answers = tuple(a for rows in told.values() for a in rows.values())
    acts = tuple(_acts(plan, units, stage, chance))
    kinds = {way for act in acts for way in (act.way, *act.also)} & set(FORM_FAULTS)
    made = Cast(answers=answers, acts=acts, disagreements=disagreements)
    return made, len(kinds)


FEW = 8
"""With fewer units than this, the one that is silent is the one whose form can hold least."""


def _silent(plan: Plan, units: Sequence[str], settled: Iterable[str]) -> list[str]:
    """The units of which nothing will be taken: the first sends files that are of no use, the others none at all."""
    free = [u for u in units if u not in settled]
    if len(units) < 2 or not free:
        return []
    if len(units) < FEW:
        free.sort(key=lambda u: -len(plan.owed[u]) - len(rules.binding(plan, layout.form(plan, u))))
    return free[-max(1, len(units) // 30) :]


# ------------------------------------------------------------------ faults onto forms


@dataclass(kw_only=True)
class _Stage:
    """The files of each unit so far: for each its ways, the first of which says what the unit does."""

    plan: Plan
    seed: str
    told: Told
    files: dict[str, list[tuple[Way, ...]]]
    how: dict[str, dict[Way, str]] = field(default_factory=dict)  # unit -> which damage of each of its ways
    forms: dict[str, layout.Form] = field(default_factory=dict)

    def desk(self, unit: str) -> Desk:
        if unit not in self.forms:
            self.forms[unit] = layout.form(self.plan, unit)
        return Desk(plan=self.plan, form=self.forms[unit], answers=self.told[unit], words={})

    def whole(self, way: Way, pool: Sequence[str], times: int) -> None:
        """A file of which nothing is taken, from ``times`` units of ``pool``."""
        for unit in sorted(pool, key=self._load)[:times]:
            self._choose(unit, way)
            self.files[unit].append((way,))

    def form(self, way: Way, first: Sequence[str], pool: Sequence[str], times: int, *, together: int) -> None:
        """A form with a fault in it from ``times`` units, rather from those of ``first``."""
        preferred = set(first)
        left = times
        for unit in sorted(pool, key=lambda u: (u not in preferred, self._load(u))):
            if left and self._plant(unit, way, together):
                left -= 1

    def _plant(self, unit: str, way: Way, together: int) -> bool:
        if not self._choose(unit, way):
            return False
        files = self.files[unit]
        for at, ways in enumerate(files):
            joint = (*ways, way)
            if len(joint) <= together and all(w in CELL_FAULTS for w in joint) and self._go_together(unit, joint):
                files[at] = joint
                return True
        files.append((way,))
        return True

    def _choose(self, unit: str, way: Way) -> bool:
        """Cast the die for the damage of ``way``; whether there is one that finds a place on the form of ``unit``."""
        for damage in catalogue.of(way, Random(f"{self.seed}|{unit}|{way.name}")):
            if catalogue.spoil(self.desk(unit), (way,), {way: damage.id}) is not None:
                self.how.setdefault(unit, {})[way] = damage.id
                return True
        return False

    def _go_together(self, unit: str, ways: tuple[Way, ...]) -> bool:
        return len(set(ways)) == len(ways) and catalogue.spoil(self.desk(unit), ways, self.how[unit]) is not None

    def _load(self, unit: str) -> int:
        return sum(len(ways) for ways in self.files[unit])

    def end(self, unit: str, chance: Random, *, must: bool, twice: bool) -> None:
        """The good form at the end, as most units send one after they were told; and now and then a copy of it."""
        taken = any(ways[0] not in REJECTED for ways in self.files[unit])
        if must or not taken or chance.random() < 0.5:
            thrown = chance.random()
            way = Way.REWRITTEN if thrown < 0.08 else Way.HARMLESS if thrown < 0.4 else Way.GOOD
            if way is Way.HARMLESS:
                self._choose(unit, way)
            self.files[unit].append((way,))
        if chance.random() < 0.08 or twice:
            self.files[unit].append((Way.COPY,))


# ------------------------------------------------------------------ units against each other


def _disagreements(plan: Plan, told: Told) -> tuple[tuple[Disagreement, ...], set[str]]:
    """Change what some units say, so that they contradict each other; and the units that must be heard to the end."""
    found: list[Disagreement] = []
    settled: set[str] = set()
    for v in plan.variables:
        owed = plan.assignment.get(v.code)
        if v.aggregation.method is not Method.LEAD or owed is None or not v.kind.numeric:
            continue
        leads = [u for u in owed.lead if _number(told, u, v) is not None]
        parts = [u for u in owed.supporting if u not in owed.lead and _number(told, u, v) is not None]
        code = Code.CONFLICT if len(leads) > 1 else Code.TOTALS_DISAGREE
        if sum(1 for d in found if d.code is code) == REPEATS or not leads or (len(leads) == 1 and not parts):
            continue
        changing = leads[1] if code is Code.CONFLICT else parts[0]
        if _otherwise(plan, told, changing, v, ("1.2", "1.05", "1.5", "2", *(LESS if code is Code.CONFLICT else ()))):
            found.append(Disagreement(code=code, variable=v.code))
            settled |= {*leads, *parts}
    return tuple(found), settled


def _number(told: Told, unit: str, v: Variable) -> Decimal | None:
    value = told[unit][v.code].value if unit in told else None
    return value if isinstance(value, Decimal) else None


LESS = ("0.8", "0.5")
"""A part must grow, so that the parts are more than the whole; of two leads one may as well say less."""


def _otherwise(plan: Plan, told: Told, unit: str, v: Variable, times: Iterable[str]) -> bool:
    """Let ``unit`` say so many ``times`` what it did; whether there is a figure that does it no other harm."""
    answer = told[unit][v.code]
    assert isinstance(answer.value, Decimal)
    for factor in times:
        value = rules.placed(v, answer.value * Decimal(factor))
        if value == answer.value:
            value = rules.placed(v, value + rules.step(v))
        if not value or value == answer.value:
            continue
        changed = replace(answer, value=value, state=State.GIVEN, reason="Số liệu chốt ngày 31/12")
        desk = Desk(plan=plan, form=layout.form(plan, unit), answers={**told[unit], v.code: changed}, words={})
        row = desk.form.by_code[v.code]
        if faults.measured(desk.before(row), value) and not rules.broken(desk.bound, desk.number_of):
            told[unit][v.code] = changed
            return True
    return False


# ------------------------------------------------------------------ files and moments

SPAN, OPENS, CLOSES = 24, 8 * 60, 17 * 60
"""Days before the deadline in which units answer, and the minutes of the day in which offices send."""

NAMES = (
    "{unit}.xlsx",
    "Biểu mẫu {unit}.xlsx",
    "BM_{unit}_{year}.xlsx",
    "{unit} (1).xlsx",
    "{unit} - so lieu {year}.xlsx",
)
LAST = "zz bản sao"
"""A copy is read after what it is a copy of."""

WORDS: tuple[Mapping[str, str], ...] = (
    {},
    {},
    {layout.QUESTIONS[0]: "Chưa có cán bộ chuyên trách.", layout.QUESTIONS[3]: "Đề nghị tập huấn hằng năm."},
)


def _acts(plan: Plan, units: Sequence[str], stage: _Stage, chance: Random) -> Iterator[Act]:
    """Every file with its name and its moment: all units send their first one, then some their second, and so on."""
    files = stage.files
    order = [
        (unit, turn, files[unit][turn])
        for turn in range(max(len(f) for f in files.values()))
        for unit in units
        if turn < len(files[unit])
    ]
    for slot, (unit, turn, ways) in enumerate(order):
        way = ways[0]
        moment = None if way is Way.SILENT else _moment(plan, slot, len(order))
        name = chance.choice(NAMES).format(unit=unit, year=plan.year)
        stem, _, ending = name.rpartition(".")
        file = f"{stem} lần {turn + 1}.{'xlsm' if way is Way.MACRO else ending}"
        if way in (Way.GOOD, Way.REWRITTEN, Way.HARMLESS):
            wrapped = chance.random()
            file = (
                f"{unit} {turn}.zip!{file}"
                if wrapped < 0.08
                else f"Thư {unit} {turn}.eml!{file}"
                if wrapped < 0.16
                else file
            )
        if way is Way.COPY:
            file = f"{LAST} {unit}.{ending}"
        chosen = stage.how.get(unit, {})
        how = {w: chosen[w] for w in ways if w in chosen}
        yield Act(unit=unit, sent=moment, file=file, way=way, words=chance.choice(WORDS), also=ways[1:], how=how)
        if slot == 0 and moment is not None:
            yield Act(unit=unit, sent=moment, file=f"~${unit}.xlsx", way=Way.OPEN, words={})


def _moment(plan: Plan, slot: int, slots: int) -> datetime:
    """A minute of its own for each file, in working hours, in time."""
    day, minute = divmod(slot * SPAN * (CLOSES - OPENS) // slots, CLOSES - OPENS)
    hour, minute = divmod(OPENS + minute, 60)
    first = plan.settings.unit_deadline - timedelta(days=SPAN + 1)
    return datetime.combine(first + timedelta(days=day), time(hour, minute), HANOI)
