"""The appendix with one thing in it that a clerk must be asked about, for each kind of such things."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from lsindicators import values
from lsindicators.findings import Code
from lsindicators.model import Assignment, Criterion, Plan

ROWS = 6
"""So many criteria an appendix has at most: enough to be one, and read in a moment."""

STRANGER = "Ban Quản lý Khu bảo tồn Sao Hỏa"
OPEN = ("các cơ quan, đơn vị liên quan", "các đơn vị có liên quan", "các doanh nghiệp", "các bệnh viện")
UNHEARD = "Số giờ nắng đo được tại các trạm khí tượng thủy văn"


class Doubtful(Struct, frozen=True, kw_only=True):
    """An appendix to be printed from ``plan``, and what must be asked of one row of it."""

    code: Code
    criterion: str
    name: str  # what stands in the row
    typed: str
    plan: Plan
    sound: Plan  # the same without the fault: what is asked of it anyhow is no false alarm


def doubtful(plan: Plan, seed: int) -> tuple[Doubtful, ...]:
    """One appendix for each kind of doubt that the plan's own names allow."""
    known = [c for c in plan.criteria if any(v.criterion == c.code for v in plan.variables)]
    lead = next((plan.unit[u].name for a in plan.assignments for u in a.lead), None)
    if lead is None:
        return ()
    chance = Random(f"{seed}|appendix")
    chance.shuffle(known)
    chosen = known[:ROWS]
    sound = _short(plan, [c for c in plan.criteria if c in chosen])
    made = []
    for i, (code, text) in enumerate(_doubts(plan)):
        if code is Code.UNREADABLE_ROW and len(chosen) < 2:
            continue
        criterion = chosen[i % len(chosen)]
        well = _assigned(sound, criterion, lead)
        name, ill = criterion.name, _assigned(sound, criterion, text)
        if code is Code.UNMATCHED_CRITERION:
            name, ill = text, _renamed(well, criterion, text)
        made.append(
            Doubtful(
                code=code,
                criterion=criterion.code,
                name=values.clean(name),
                typed=text or "(trống cơ quan chủ trì)",
                plan=ill,
                sound=well,
            )
        )
    return tuple(made)


def _doubts(plan: Plan) -> Iterator[tuple[Code, str]]:
    """Kind of doubt, and what stands in the column of the lead; of a criterion nobody knows its name."""
    yield Code.UNKNOWN_UNIT_NAME, STRANGER
    if shared := _shared_name(plan):
        yield Code.AMBIGUOUS_UNIT_NAME, shared
    closed = {_key(p) for g in plan.groups if g.members for p in (g.phrase, *g.aliases)}
    if phrase := next((p for p in OPEN if _key(p) not in closed), None):
        yield Code.OPEN_GROUP, phrase
    yield Code.UNMATCHED_CRITERION, UNHEARD
    yield Code.UNREADABLE_ROW, ""


def _shared_name(plan: Plan) -> str:
    """A name of the past that two units of today may answer to, and none of today has."""
    heirs: dict[str, set[str]] = {}
    for old in plan.former:
        heirs.setdefault(old.name, set()).add(old.unit)
    today = {_key(u.name) for u in plan.units}
    shared = (name for name, units in heirs.items() if len(units) > 1 and _key(name) not in today)
    return next(shared, "")


def _key(text: str) -> str:
    return values.clean(text).casefold()


def _short(plan: Plan, criteria: list[Criterion]) -> Plan:
    return replace(plan, criteria=tuple(criteria), questions=())


def _assigned(plan: Plan, criterion: Criterion, lead: str) -> Plan:
    """The plan with all of ``criterion`` led by ``lead`` alone, as it is written."""
    own = {v.code for v in plan.variables if v.criterion == criterion.code}
    owed = (
        Assignment(variable=a.variable, lead=(), supporting=(), lead_written=lead) if a.variable in own else a
        for a in plan.assignments
    )
    return replace(plan, assignments=tuple(owed))


def _renamed(plan: Plan, criterion: Criterion, name: str) -> Plan:
    criteria = (replace(c, name=name) if c == criterion else c for c in plan.criteria)
    return replace(plan, criteria=tuple(criteria))
