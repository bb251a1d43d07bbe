"""What ``trace`` is asked for: ``KQ07``, ``C09_A``, ``C14_A@-1``, ``so-khcn:C09_A``, as people type it -> whose number."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator

from msgspec import Struct

from lsindicators import lazily, values
from lsindicators.errors import UnusableInputError
from lsindicators.model import Criterion, Plan, Variable

_LAG = lazily.pattern(r"(.*?)\s*@\s*[-−–]\s*([0-9]+)")
_NEAR = 5


class Asked(Struct, frozen=True, kw_only=True):
    """Whose number is asked for."""

    criterion: Criterion | None
    variable: Variable | None
    unit: str  # code; empty: the province
    lag: int  # 0 for the plan's year, -1 for the year before

    @property
    def code(self) -> str:
        """As a formula names it, with the unit before it."""
        thing = self.criterion or self.variable
        assert thing is not None
        return (f"{self.unit}:" if self.unit else "") + thing.code + (f"@{self.lag}" if self.lag else "")


def understood(plan: Plan, typed: str) -> Asked:
    """The number that ``typed`` names, in any letter case. Raises ``UnusableInputError`` that tells what is near."""
    text = values.clean(typed)
    who, colon, code = text.rpartition(":")
    if colon and values.clean(who).upper() in plan.variable and code.upper() not in plan.variable:
        who, code = code, who  # the other way round
    found = _LAG.fullmatch(code)
    code, lag = (found[1], -int(found[2])) if found else (code, 0)
    code = values.clean(code).upper()
    criterion = next((c for c in (*plan.criteria, *plan.companions) if c.code == code), None)
    variable = plan.variable.get(code)
    if criterion is None and variable is None:
        raise UnusableInputError(_unknown(plan, text, code, who if colon else text))
    if not colon:
        if criterion is not None and lag < -1:
            raise UnusableInputError(f"{text}: của tiêu chí chỉ truy nguyên được năm nay và năm trước (@-1)")
        return Asked(criterion=criterion, variable=None if criterion else variable, unit="", lag=lag)
    if variable is None or criterion is not None:
        raise UnusableInputError(
            f"{text}: {code} là tiêu chí của toàn tỉnh; của từng đơn vị chỉ có số liệu, ví dụ {_unit(plan, who)}:{_own(plan, code)}"
        )
    return Asked(criterion=None, variable=variable, unit=_owing(plan, variable, _unit(plan, who), lag), lag=lag)


def _unknown(plan: Plan, text: str, code: str, who: str) -> str:
    """Why ``text`` names no number: its code is none; ``who`` may be a unit that stands there alone."""
    if not code or text == who:
        with contextlib.suppress(UnusableInputError):
            unit = _unit(plan, who)
            owed = [v.code for v in plan.owed.get(unit, ())]
            example = f", ví dụ {unit}:{owed[0]}" if owed else ""
            return f"“{text}” là một đơn vị; ghi thêm dấu hai chấm và mã số liệu{example}"
    return f"không có tiêu chí hay số liệu nào mang mã “{code or text}”{_near(plan, code)}"


def _near(plan: Plan, code: str) -> str:
    """The end of a sentence: the codes that may be meant."""
    known = [c.code for c in (*plan.criteria, *plan.companions)] + [v.code for v in plan.variables]
    import difflib

    near = difflib.get_close_matches(code, known, _NEAR, 0.6)
    if not near:
        near = [k for k in known if code and k.startswith(code[:2])][:_NEAR]
    if near:
        return f"; gần giống: {', '.join(near)}"
    return f"; mã tiêu chí có dạng {plan.criteria[0].code}, mã số liệu có dạng {plan.variables[0].code}"


def _own(plan: Plan, criterion: str) -> str:
    """A variable of a criterion, for an example."""
    mine = [v.code for v in plan.variables if v.criterion == criterion]
    return mine[0] if mine else plan.variables[0].code


def _unit(plan: Plan, typed: str) -> str:
    """The code of the unit that is called so: by its code, its name, its abbreviation or another name of it."""
    text = values.clean(typed)
    if text.lower() in plan.any_unit:
        return text.lower()
    import difflib

    from lsindicators import names

    wanted = names.key(text)
    for unit in plan.any_unit.values():
        if wanted and wanted in (names.key(n) for n in (unit.name, unit.short, *unit.aliases)):
            return unit.code
    known = names.Register(plan.units, plan.groups, plan.former, plan.inactive).resolve(text)
    if len(known.units) == 1 and not known.problems:
        return known.units[0]
    meant = list(dict.fromkeys((*known.units, *(c for p in known.problems for c in p.candidates))))[:_NEAR]
    if not meant:
        meant = difflib.get_close_matches(text.lower(), plan.any_unit, _NEAR, 0.5)
    told = ", ".join(f"{code} ({plan.any_unit[code].name})" for code in meant if code in plan.any_unit)
    raise UnusableInputError(
        f"không rõ “{text}” là đơn vị nào" + (f"; có thể là: {told}" if told else "; ghi mã ở trang Đơn vị")
    )


def _owing(plan: Plan, variable: Variable, unit: str, lag: int) -> str:
    """``unit``, if there can be a figure of it."""
    assigned = plan.assignment.get(variable.code)
    named = assigned.units if assigned else ()
    if unit in named or (variable.code, unit, plan.year + lag) in plan.past_value:
        return unit
    owed = [v.code for v in plan.owed.get(unit, ())]
    told = f"; đơn vị này gửi: {', '.join(_first(owed))}" if owed else "; đơn vị này không phải gửi số liệu nào"
    raise UnusableInputError(f"{plan.any_unit[unit].name} ({unit}) không được giao số liệu {variable.code}{told}")


def _first(codes: Iterable[str], most: int = 12) -> Iterator[str]:
    listed = list(codes)
    yield from listed[:most]
    if len(listed) > most:
        yield f"… ({len(listed)} số liệu)"
