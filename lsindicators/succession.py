"""Units that merged, split or took a new name: what their figures of former years are, from their predecessors' rows.

Nothing of this is stored. A figure of a former year is worked out from ``Năm trước`` when the plan is used.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Context, Decimal, localcontext
from enum import Enum, unique
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from lsindicators import values
from lsindicators.model import Dataset, Kind, Method, Plan, Unit, Value

_EXACT = Context(prec=100)
"""No product of a figure and a share, and no sum of them, loses a digit."""

_WHOLE = Decimal(100)
_NAMED = 3
"""Up to so many units are named one by one."""


class Source(Struct, frozen=True, kw_only=True):
    """A former unit, the part of it that counts, and its whole figure."""

    unit: str
    percent: Decimal | None  # None: nobody has measured the part
    value: Value | None


class Known(NamedTuple):
    """What is on record of a unit's figure of a former year, directly or through its predecessors."""

    value: Value | None
    sources: tuple[Source, ...] = ()  # empty: the row of the unit itself, or nothing at all
    adds_up: bool = True  # False: a variable of which several units' figures make none together

    @property
    def estimated(self) -> bool:
        """Whether only a part of a former unit entered."""
        return self.value is not None and any(s.percent != _WHOLE for s in self.sources)


def figure(plan: Plan, variable: str, unit: str, year: int) -> Known:
    """What is on record of ``unit`` in ``year``, a year before the plan's.

    A unit without predecessors in that year has its own row or nothing. A row of a unit that was not there yet was
    recorded for it on purpose, and wins. A unit that was there already, and took others over later, was a smaller one:
    its own row is one part among theirs. One predecessor that went over whole, to nobody else, only changed its name:
    any figure is carried over. Else the parts are summed where the variable adds up and all of them are known.

    Whole numbers stay whole: the parts of a split figure are rounded down, and the ones that are left go to the
    largest fractions (largest remainder; of equal ones the first in the plan). So a form never shows half a person,
    and the parts make the former figure again to the last one. Other numbers are multiplied out exactly.
    """
    with localcontext(_EXACT):
        return _figure(plan, variable, unit, year)


def _figure(plan: Plan, variable: str, unit: str, year: int) -> Known:
    own = plan.past_value.get((variable, unit, year))
    former = before(plan, unit, year)
    if not former or (own is not None and not was_there(plan, unit, year)):
        return Known(value=own)
    parts = [(code, percent, _figure(plan, variable, code, year)) for code, percent in former]
    if was_there(plan, unit, year):
        parts.insert(0, (unit, _WHOLE, Known(value=own)))
    sources = tuple(_scaled(s, percent) for code, percent, known in parts for s in _sources(code, known))
    code, percent, known = parts[0]
    if len(parts) == 1 and percent == _WHOLE and len(plan.successors[code]) == 1:
        return Known(value=known.value, sources=sources, adds_up=known.adds_up)
    v = plan.variable.get(variable)
    if v is None or v.aggregation.method is not Method.SUM or not v.kind.numeric:
        return Known(value=None, sources=sources, adds_up=False)
    summed: Decimal | None = Decimal(0)
    for code, percent, known in parts:
        if summed is None or percent is None or not isinstance(known.value, Decimal):
            summed = None
        elif code == unit or percent == _WHOLE:
            summed += known.value
        else:
            summed += _part(plan, v.kind, code, unit, known.value)
    return Known(value=None if summed is None else _plain(summed), sources=sources)


def _sources(code: str, known: Known) -> tuple[Source, ...]:
    """The units that a part goes back to: itself, or what it was made of."""
    return known.sources or (Source(unit=code, percent=_WHOLE, value=known.value),)


def _scaled(source: Source, percent: Decimal | None) -> Source:
    if percent is None or source.percent is None:
        return replace(source, percent=None)
    return replace(source, percent=_plain((source.percent * percent).scaleb(-2)))


def _part(plan: Plan, kind: Kind, former: str, heir: str, value: Decimal) -> Decimal:
    """The part of ``value``, a figure of ``former``, that falls to ``heir``."""
    claims = [(code, value * share.scaleb(-2)) for code, share in plan.successors[former] if share is not None]
    if kind is not Kind.WHOLE or value != value.to_integral_value():
        return dict(claims)[heir]
    claims.append(("", value - sum((claim for _, claim in claims), Decimal(0))))  # what nobody measured comes last
    floors = {code: claim // 1 if claim >= 0 else -(-claim // 1) for code, claim in claims}
    left = value - sum(floors.values(), Decimal(0))
    step = Decimal(1 if left > 0 else -1)
    most = sorted(claims, key=lambda c: -abs(c[1] - floors[c[0]]))
    for code, _ in most[: int(abs(left))]:
        floors[code] += step
    return floors[heir]


def _plain(number: Decimal) -> Decimal:
    """Without zeros behind the comma that only the multiplication made."""
    if number == number.to_integral_value():
        return number.quantize(Decimal(1))
    return number.normalize()


def before(plan: Plan, unit: str, year: int) -> tuple[tuple[str, Decimal | None], ...]:
    """The predecessors of ``unit`` that are part of it in the plan's year and were not yet in ``year``, with their shares."""
    if unit not in plan.any_unit:
        return ()
    found = []
    for share in plan.any_unit[unit].took_over:
        former = plan.any_unit.get(share.unit)
        if former is not None and former.last is not None and year <= former.last < plan.year:
            found.append((share.unit, share.percent))
    return tuple(found)


def was_there(plan: Plan, unit: str, year: int) -> bool:
    """Whether a unit with predecessors was there in ``year`` beside them, as a smaller one.

    Where ``Từ năm`` is left open, it was if any figure of its own is on record from that year or before.
    """
    first = plan.any_unit[unit].first
    if first is None:
        first = plan.recorded_since.get(unit)
    return first is not None and first <= year


# ------------------------------------------------------------------ words


def made_of(plan: Plan, unit: str, sources: Iterable[Source], *, figures: bool = False) -> str:
    """``Xã A; Xã B; 40 % Xã D``; with ``figures`` each with its own whole figure in brackets."""
    told = [
        _share(s.percent)
        + _name(plan, unit, s.unit)
        + (f" ({values.format_value(s.value)})" if figures and s.value is not None else "")
        for s in sources
    ]
    return "; ".join(told)


def how(plan: Plan, unit: str, year: int, known: Known) -> str:
    """Where a derived figure comes from, or why there is none; empty for a unit's own row."""
    if not known.sources:
        return ""
    if known.value is not None:
        if len(known.sources) > 1:
            return f"Cộng số năm {year} của {made_of(plan, unit, known.sources, figures=True)}"
        (source,) = known.sources
        if source.percent == _WHOLE:
            return f"Số năm {year} của {made_of(plan, unit, known.sources)}"
        return f"{_share(source.percent)}số {values.format_value(source.value)} năm {year} của {_name(plan, unit, source.unit)}"
    start = f"Chưa lập được số năm {year} từ số của {made_of(plan, unit, known.sources)}"
    if not known.adds_up:
        return f"{start}: số liệu này không cộng được giữa các đơn vị"
    lacking = [s for s in known.sources if s.value is None]
    if len(lacking) == len(known.sources):
        return f"Chưa có số năm {year} của {made_of(plan, unit, known.sources)}"
    if lacking:
        return f"{start}: thiếu số năm {year} của {'; '.join(_name(plan, unit, s.unit) for s in lacking)}"
    parts = dict.fromkeys(_name(plan, unit, s.unit) for s in known.sources if s.percent is None)
    return f"{start}: chưa biết nhận bao nhiêu phần của {'; '.join(parts)}"


def origin(plan: Plan, unit: str, year: int) -> str:
    """The former units of ``unit`` in ``year``, as ``made_of`` says it; empty where it has none."""
    return made_of(plan, unit, _roots(plan, unit, year)) if before(plan, unit, year) else ""


def _roots(plan: Plan, unit: str, year: int) -> tuple[Source, ...]:
    former = before(plan, unit, year)
    own = (Source(unit=unit, percent=_WHOLE, value=None),) if not former or was_there(plan, unit, year) else ()
    with localcontext(_EXACT):
        return (*own, *(_scaled(s, p) for code, p in former for s in _roots(plan, code, year)))


def _share(percent: Decimal | None) -> str:
    if percent is None:
        return "một phần "
    return "" if percent == _WHOLE else f"{values.format_number(percent)} % "


def _name(plan: Plan, heir: str, code: str) -> str:
    """A former unit by name; told apart from the unit of today that bears the same name, or is the same."""
    name = plan.any_unit[code].name
    return f"{name} cũ" if code == heir or any(u.name == name and u.code != code for u in plan.units) else name


# ------------------------------------------------------------------ breaks in the series


def heirs(plan: Plan, year: int) -> tuple[Unit, ...]:
    """The units of the plan whose figures of ``year`` are those of other units."""
    return tuple(u for u in plan.units if before(plan, u.code, year))


def is_whole(plan: Plan, year: int) -> bool:
    """Whether every unit that ended since ``year`` went over to the units of today, to the last per cent."""
    ended = (u.code for u in plan.inactive if u.last is not None and year <= u.last < plan.year)
    return all(
        sum((p for _, p in plan.successors.get(code, ()) if p is not None), Decimal(0)) == _WHOLE for code in ended
    )


@unique
class Lack(Enum):
    """What the province's total of a former year lacks of a unit's former units, and the words for it."""

    WHOLE = "năm {year} chưa có số của {units} (mới sắp xếp)"
    REST = "số năm {year} của {units} ước theo tỷ lệ chia tách, phần còn lại không có trong tổng"
    NONE = "số năm {year} của {units} ước theo tỷ lệ chia tách"  # all parts are in the total again


_UNIT_BY_UNIT = (Method.MEAN, Method.MAX, Method.MIN, Method.SHARE_YES)


def breaks(plan: Plan, dataset: Dataset, inputs: Iterable[tuple[str, int]]) -> tuple[str, str]:
    """What must be said of totals, by (variable, year), that rest on figures derived from former units.

    First what changes the province's figure: a part that could not be carried over. Then what was only estimated: the
    parts of a split unit by their shares, which all together are in the total again. Sums of whole units need no word.
    """
    found: dict[Lack, dict[int, dict[str, None]]] = {kind: {} for kind in Lack}
    for variable, year in inputs:
        for unit, kind in _derived(plan, dataset, variable, year):
            found[kind].setdefault(year, {})[unit] = None
    matters, told = (
        [
            kind.value.format(year=year, units=_listed(plan, units))
            for kind in kinds
            for year, units in found[kind].items()
        ]
        for kinds in ((Lack.WHOLE, Lack.REST), (Lack.NONE,))
    )
    return "; ".join(matters), "; ".join(told)


def lacking(plan: Plan, dataset: Dataset, variable: str, year: int) -> Mapping[str, Lack]:
    """Unit of today -> how the province's total of a former year lacks what its former units had."""
    return {unit: kind for unit, kind in _derived(plan, dataset, variable, year) if kind is not Lack.NONE}


def told(plan: Plan, year: int, lacks: Mapping[str, Lack]) -> Iterator[str]:
    """What ``lacking`` found, in words."""
    for kind in (Lack.WHOLE, Lack.REST):
        units = [unit for unit, found in lacks.items() if found is kind]
        if units:
            yield kind.value.format(year=year, units=_listed(plan, units))


def counted_otherwise(plan: Plan, variable: str, first: int, last: int) -> Iterator[str]:
    """Why a province's figure on record of ``first`` was counted over other units than that of ``last``.

    Only where each unit counts as one (a mean, a largest or smallest figure, a share of yes) and any of them merged or
    split in between; a sum of merged units is what it was, and so is a mean that is weighted by a sum.
    """
    v, assigned = plan.variable.get(variable), plan.assignment.get(variable)
    if v is None or assigned is None or v.aggregation.method not in _UNIT_BY_UNIT:
        return
    gone = {u.code for u in plan.inactive if u.last is not None and first <= u.last < last}
    units = [
        u
        for u in assigned.units
        if (former := [c for c, _ in before(plan, u, first) if c in gone])
        and (len(former) > 1 or was_there(plan, u, first) or len(plan.successors[former[0]]) > 1)
    ]
    if units:
        yield f"sau năm {first} {_listed(plan, units)} được sắp xếp lại, mà số này tính theo từng đơn vị"


def _derived(plan: Plan, dataset: Dataset, variable: str, year: int) -> Iterator[tuple[str, Lack]]:
    """The units of which a total of ``year`` holds figures that were derived, or should hold them."""
    total = dataset.totals.get((variable, year))
    if year >= plan.year or (total is not None and not total.expected):
        return  # this year's own, or the province's figure is on record
    assigned = plan.assignment.get(variable)
    for unit in total.expected if total is not None else assigned.units if assigned is not None else ():
        if not before(plan, unit, year):
            continue
        known = figure(plan, variable, unit, year)
        if known.estimated:
            entered = {f.unit for f in total.contributions} if total is not None else set()
            split = [code for code, percent in before(plan, unit, year) if percent != _WHOLE]
            yield unit, Lack.NONE if all(_again_whole(plan, code, entered) for code in split) else Lack.REST
        elif _lost(known) and (variable, unit, year) not in dataset.figure:
            yield unit, Lack.WHOLE


def _again_whole(plan: Plan, former: str, entered: Collection[str]) -> bool:
    """Whether all of a unit's figure is in a total to which the units ``entered`` contribute."""
    heirs = plan.successors.get(former, ())
    whole = sum((percent for _, percent in heirs if percent is not None), Decimal(0)) == _WHOLE
    return whole and all(code in entered or _again_whole(plan, code, entered) for code, _ in heirs)


def _lost(known: Known) -> bool:
    """Whether former units had figures that could not be carried over."""
    return known.value is None and any(s.value is not None for s in known.sources)


def _listed(plan: Plan, units: Iterable[str]) -> str:
    named = [plan.any_unit[u].name for u in units]
    return ", ".join(named) if len(named) <= _NAMED else f"{len(named):02d} đơn vị"


def notes(plan: Plan) -> Iterator[str]:
    """What the clerk should know of units that ended, merged or split: each can stand, and may not be meant so."""
    recorded = plan.recorded_since
    for unit in (*plan.units, *plan.inactive):
        if unit.last is None or unit.last < plan.year - 1:
            continue  # what ended long ago has been told
        heirs = plan.successors.get(unit.code, ())
        years = f"số các năm đến {unit.last} của đơn vị này"
        if not heirs and unit.last < plan.year and unit.code in recorded:
            yield f"{unit.name} ({unit.code}) đã kết thúc mà chưa ghi đơn vị nào kế thừa: {years} không vào số của đơn vị nào"
        measured = sum((p for _, p in heirs if p is not None), Decimal(0))
        if heirs and all(p is not None for _, p in heirs) and measured < _WHOLE:
            rest = values.format_number(_WHOLE - measured)
            yield (
                f"{unit.name} ({unit.code}) mới chia {values.format_number(measured)} % cho các đơn vị kế thừa: "
                f"{rest} % của {years} không vào số của đơn vị nào"
            )
        if heirs and unit.last >= plan.year:
            named = ", ".join(plan.any_unit[code].name for code, _ in heirs)
            yield f"{unit.name} ({unit.code}) còn hoạt động đến năm {unit.last}; {named} kế thừa từ năm {unit.last + 1}"
    for unit in plan.units:
        former = before(plan, unit.code, plan.year - 1)
        if former and unit.first is None:
            named = ", ".join(plan.any_unit[code].name for code, _ in former)
            if was_there(plan, unit.code, plan.year - 1):
                how = f"số năm trước của chính {unit.name} được cộng với số của {named}"
                mend = "nếu số đã ghi là của đơn vị mới thì ghi Từ năm"
            else:
                how = f"{unit.name} được hiểu là đơn vị mới, số năm trước lấy từ {named}"
                mend = f"nếu {unit.name} đã có từ trước thì ghi Từ năm"
            yield f"{unit.code} kế thừa đơn vị khác mà cột Từ năm để trống: {how}; {mend} ở trang Đơn vị"
