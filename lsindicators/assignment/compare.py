"""Two plans -> what a clerk must know of their difference: criteria, variables, who owes what, units, rules.

Codes decide what is the same; a name that differs under one code is a new name. Nothing is said of the year, its
deadlines and its past figures, which differ every year.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from enum import Enum, unique
from typing import TypeVar

from msgspec import Struct

from lsindicators import names, values
from lsindicators.model import Assignment, Criterion, Plan, Unit, Variable


@unique
class Section(Enum):
    """What a change is about, in the order in which changes are told."""

    CRITERIA = "Tiêu chí"
    COMPANIONS = "Chỉ tiêu phụ"
    VARIABLES = "Số liệu"
    ASSIGNMENTS = "Phân công"
    OWING = "Đơn vị phải gửi biểu"
    UNITS = "Đơn vị"
    GROUPS = "Nhóm đơn vị"
    RULES = "Ràng buộc"
    SETTINGS = "Kỳ báo cáo"


class Change(Struct, frozen=True, kw_only=True):
    """One difference between two plans, for all the codes that it holds for."""

    section: Section
    action: str  # "added", "removed", "renamed", "changed"
    codes: tuple[str, ...]
    message: str  # in Vietnamese, without the codes
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        return f"{', '.join(self.codes)}: {self.message}" if self.codes else self.message


def compare(former: Plan, plan: Plan) -> tuple[Change, ...]:
    """What is otherwise in ``plan`` than in ``former``; empty when a clerk has nothing to know."""
    return (
        *_criteria(former, plan),
        *_listed(Section.COMPANIONS, former.companions, plan.companions, _criterion_facts),
        *_variables(former, plan),
        *_assignments(former, plan),
        *_owing(former, plan),
        *_listed(Section.UNITS, former.units, plan.units, lambda u: {"loại": u.type}),
        *_groups(former, plan),
        *_rules(former, plan),
        *_settings(former, plan),
    )


# ------------------------------------------------------------------ what has a code and a name


_Thing = TypeVar("_Thing", Criterion, Variable, Unit)


def _listed(
    section: Section, before: Sequence[_Thing], after: Sequence[_Thing], facts: Callable[[_Thing], dict[str, str]]
) -> Iterator[Change]:
    """Things added, removed, renamed under their code, or changed in one of their ``facts``."""
    old, new = {x.code: x for x in before}, {x.code: x for x in after}
    for code, thing in new.items():
        if code not in old:
            yield Change(
                section=section, action="added", codes=(code,), message=f"thêm “{thing.name}”", after=thing.name
            )
            continue
        was = old[code]
        if was.name != thing.name:
            yield Change(
                section=section,
                action="renamed",
                codes=(code,),
                message=f"đổi tên “{was.name}” thành “{thing.name}”",
                before=was.name,
                after=thing.name,
            )
        yield from _changed(section, code, facts(was), facts(thing))
    for code, thing in old.items():
        if code not in new:
            yield Change(
                section=section, action="removed", codes=(code,), message=f"bỏ “{thing.name}”", before=thing.name
            )


def _changed(section: Section, code: str, was: dict[str, str], now: dict[str, str]) -> Iterator[Change]:
    for what, text in now.items():
        if was[what] != text:
            yield Change(
                section=section,
                action="changed",
                codes=(code,),
                message=f"{what}: {was[what] or 'để trống'} → {text or 'để trống'}",
                before=was[what],
                after=text,
            )


def _criterion_facts(criterion: Criterion) -> dict[str, str]:
    return {
        "nhóm": criterion.group,
        "đơn vị tính": criterion.measure,
        "công thức": criterion.formula,
        "số lẻ": str(criterion.decimals),
        "tính chất": criterion.standing.value,
    }


def _variable_facts(variable: Variable) -> dict[str, str]:
    return {
        "tiêu chí": variable.criterion,
        "đơn vị tính": variable.measure,
        "kiểu": variable.kind.value,
        "nhỏ nhất": _number(variable.low),
        "lớn nhất": _number(variable.high),
        "biến động": _number(variable.change),
        "bắt buộc": "có" if variable.required else "không",
        "cách tổng hợp": str(variable.aggregation),
        "tính chất": variable.standing.value,
    }


def _number(value: Decimal | None) -> str:
    return "" if value is None else values.format_number(value)


def _criteria(former: Plan, plan: Plan) -> Iterator[Change]:
    return _listed(Section.CRITERIA, former.criteria, plan.criteria, _criterion_facts)


def _variables(former: Plan, plan: Plan) -> Iterator[Change]:
    """Those of criteria that came or went as a whole are told with their criterion."""
    return _listed(
        Section.VARIABLES,
        [v for v in former.variables if v.criterion in plan.criterion or v.code in plan.variable],
        [v for v in plan.variables if v.criterion in former.criterion or v.code in former.variable],
        _variable_facts,
    )


# ------------------------------------------------------------------ who owes what


def _assignments(former: Plan, plan: Plan) -> Iterator[Change]:
    """Changes of units, one for all variables that they hold for."""
    told: dict[tuple[str, str, str], list[str]] = {}
    for variable in plan.variables:
        code = variable.code
        if code not in former.variable:
            continue
        was = former.assignment.get(code) or Assignment(variable=code, lead=(), supporting=())
        now = plan.assignment.get(code) or Assignment(variable=code, lead=(), supporting=())
        sides = (
            ("Chủ trì", (was.lead_written, was.lead), (now.lead_written, now.lead)),
            ("Phối hợp", (was.supporting_written, was.supporting), (now.supporting_written, now.supporting)),
        )
        parts = [
            f"{role}: {difference}"
            for role, (old_text, old_units), (new_text, new_units) in sides
            if (difference := _difference(former, plan, old_text, old_units, new_text, new_units))
        ]
        if parts:
            told.setdefault((". ".join(parts), _told(former, was), _told(plan, now)), []).append(code)
    for (message, before, after), codes in told.items():
        yield Change(
            section=Section.ASSIGNMENTS,
            action="changed",
            codes=tuple(codes),
            message=message,
            before=before,
            after=after,
        )


def _items(plan: Plan, written: str, units: Sequence[str]) -> dict[str, str]:
    """Key -> text of each item of a cell, as written; codes and cells that nobody wrote by name."""
    texts = [values.clean(t) for t in written.split(";")] if written.strip() else list(units)
    shown = [plan.unit[t].name if t in plan.unit else t for t in texts if t]
    return {names.key(t): t for t in shown}


def _difference(
    former: Plan, plan: Plan, old_text: str, old_units: Sequence[str], new_text: str, new_units: Sequence[str]
) -> str:
    """What came to one side of an assignment and what left it: as written, else unit by unit; "" for nothing."""
    if old_units and set(old_units) == set(new_units):
        return ""  # at most written in another way
    old, new = _items(former, old_text, old_units), _items(plan, new_text, new_units)
    came = [text for key, text in new.items() if key not in old]
    left = [text for key, text in old.items() if key not in new]
    if not came and not left:  # a phrase stands for other units than it did
        came = [plan.unit[u].name for u in new_units if u not in old_units]
        left = [former.unit[u].name for u in old_units if u not in new_units]
    parts = [f"thêm {_several(came)}" if came else "", f"bớt {_several(left)}" if left else ""]
    return "; ".join(p for p in parts if p)


def _told(plan: Plan, owed: Assignment) -> str:
    lead = "; ".join(_items(plan, owed.lead_written, owed.lead).values())
    supporting = "; ".join(_items(plan, owed.supporting_written, owed.supporting).values())
    return f"Chủ trì: {lead or 'để trống'} | Phối hợp: {supporting or 'để trống'}"


_SHOWN = 6


def _several(texts: Sequence[str]) -> str:
    """Some of many names, and how many more there are."""
    more = f" và {len(texts) - _SHOWN} đơn vị khác" if len(texts) > _SHOWN + 1 else ""
    return ", ".join(texts[:_SHOWN] if more else texts) + more


def _owing(former: Plan, plan: Plan) -> Iterator[Change]:
    """Units that get a form now and got none, and the other way round."""
    came = [u for u in plan.owed if u not in former.owed]
    left = [u for u in former.owed if u not in plan.owed]
    if came:
        told = _several([plan.unit[u].name for u in came])
        yield Change(
            section=Section.OWING, action="added", codes=(), message=f"nay phải gửi: {told}", after="; ".join(came)
        )
    if left:
        told = _several([former.unit[u].name for u in left])
        yield Change(
            section=Section.OWING,
            action="removed",
            codes=(),
            message=f"không còn phải gửi: {told}",
            before="; ".join(left),
        )


# ------------------------------------------------------------------ groups and rules


def _groups(former: Plan, plan: Plan) -> Iterator[Change]:
    yield from _texts(
        Section.GROUPS,
        {g.phrase: "; ".join(g.members) for g in former.groups},
        {g.phrase: "; ".join(g.members) for g in plan.groups},
    )


def _rules(former: Plan, plan: Plan) -> Iterator[Change]:
    yield from _texts(
        Section.RULES,
        {r.code: f"{r.expression} ({r.level.value})" for r in former.rules},
        {r.code: f"{r.expression} ({r.level.value})" for r in plan.rules},
    )


def _settings(former: Plan, plan: Plan) -> Iterator[Change]:
    """The one setting that decides what units are asked."""
    before, after = (values.format_number(p.settings.change) for p in (former, plan))
    if before != after:
        message = f"biến động phải giải trình (%): {before} → {after}"
        yield Change(section=Section.SETTINGS, action="changed", codes=(), message=message, before=before, after=after)


def _texts(section: Section, old: dict[str, str], new: dict[str, str]) -> Iterator[Change]:
    for code, text in new.items():
        if code not in old:
            yield Change(
                section=section, action="added", codes=(code,), message=f"thêm: {text or 'để trống'}", after=text
            )
        elif old[code] != text:
            yield from _changed(section, code, {"nay là": old[code]}, {"nay là": text})
    for code, text in old.items():
        if code not in new:
            yield Change(
                section=section, action="removed", codes=(code,), message=f"bỏ: {text or 'để trống'}", before=text
            )


def summary(changes: Iterable[Change]) -> str:
    """How many changes there are in each section, on one line."""
    count: dict[Section, int] = {}
    for change in changes:
        count[change.section] = count.get(change.section, 0) + max(1, len(change.codes))
    return ", ".join(f"{section.value.lower()} {n}" for section, n in count.items())
