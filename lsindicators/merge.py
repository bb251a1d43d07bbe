"""Accepted figures of all units -> the province's table: totals, coverage, conflicts and gaps.

A missing figure stays missing: it lowers the coverage and is never taken for zero. Only units that the plan names for
a variable count; the order in which returns came is no matter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Context, Decimal, localcontext

from lsindicators import succession, values
from lsindicators.findings import Code, Finding
from lsindicators.model import (
    NO,
    YES,
    Assignment,
    CellRef,
    Conflict,
    Dataset,
    Figure,
    Gap,
    Method,
    Plan,
    Side,
    State,
    Total,
    Value,
    Variable,
)

EXACT = Context(prec=34)
"""Decimal arithmetic far beyond the digits of any figure of a province."""

TOLERANCE = Decimal("1e-9")
"""Relative difference up to which a sum of parts equals its whole."""

Told = Mapping[str, Figure]  # unit -> its figure of one variable and year


def combine(
    plan: Plan,
    figures: Iterable[Figure],
    untaken: Mapping[tuple[str, str], str],
    returned: Collection[str],
    left_out: Collection[tuple[str, str]] = (),
) -> tuple[Dataset, tuple[Finding, ...]]:
    """The province's table and what a person should know of it.

    ``figures`` are those of all returns that count; figures on record in the plan are added and win over a figure that
    a unit typed for a former year. ``untaken``: (unit, variable) -> why what stands there was not taken. ``returned``:
    the units whose return was taken at least in part. ``left_out``: (unit, variable) that the clerk decided not to take.
    """
    known = _known(plan, figures)
    told: dict[tuple[str, int], dict[str, Figure]] = defaultdict(dict)
    for f in known:
        told[f.variable, f.year][f.unit] = f
    on_record = {(p.variable, p.year): p.value for p in plan.past if p.unit is None and p.year < plan.year}
    with localcontext(EXACT):
        totals = {}
        for v in plan.variables:
            years = {year for code, year in (*told, *on_record) if code == v.code} | {plan.year}
            for year in sorted(years, reverse=True):
                if (v.code, year) in on_record:
                    totals[v.code, year] = _recorded(v, year, on_record[v.code, year])
                else:
                    weights = told.get((v.aggregation.weight or "", year), {})
                    totals[v.code, year] = _total(plan, v, year, told.get((v.code, year), {}), weights)
        conflicts = tuple(_conflicts(plan, totals, told))
    gaps = tuple(_gaps(plan, told, untaken, returned, left_out))
    dataset = Dataset(year=plan.year, figures=known, totals=totals, gaps=gaps, conflicts=conflicts)
    return dataset, tuple(_findings(plan, dataset, returned))


def settled(figure: Figure | None) -> bool:
    """Whether a unit has answered for good: a value, a true zero, or a state that says that there is none to give."""
    if figure is None:
        return False
    return figure.value is not None or figure.state in (State.NONE_OCCURRED, State.NOT_APPLICABLE, State.ELSEWHERE)


# ------------------------------------------------------------------ figures


def _known(plan: Plan, figures: Iterable[Figure]) -> tuple[Figure, ...]:
    """The figures of units that the plan names, with those on record, by variable, unit and year.

    Of a unit that took over others, last year's figure is theirs; what it was made of stands as its source.
    """
    found = {(f.variable, f.unit, f.year): f for f in figures}
    years = sorted({p.year for p in plan.past if p.year < plan.year})
    for v in plan.variables:
        for unit in _assignment(plan, v.code).units:
            for year in years:
                known = succession.figure(plan, v.code, unit, year)
                if known.value is not None:
                    source = succession.how(plan, unit, year, known)
                    found[v.code, unit, year] = Figure(
                        variable=v.code, unit=unit, year=year, value=known.value, state=State.GIVEN, source=source
                    )
    place = {
        (v.code, unit): (i, j)
        for i, v in enumerate(plan.variables)
        for j, unit in enumerate(_assignment(plan, v.code).units)
    }
    order = {u.code: i for i, u in enumerate(plan.units)}
    named = (f for f in found.values() if (f.variable, f.unit) in place)
    return tuple(sorted(named, key=lambda f: (place[f.variable, f.unit][0], order[f.unit], f.year)))


def _assignment(plan: Plan, variable: str) -> Assignment:
    nobody = Assignment(variable=variable, lead=(), supporting=())
    return plan.assignment.get(variable, nobody)


# ------------------------------------------------------------------ totals


def _recorded(v: Variable, year: int, value: Value) -> Total:
    """A figure on record of the province as a whole: nobody is awaited any more."""
    return Total(variable=v.code, year=year, value=value, expected=(), reported=(), contributions=())


def _total(plan: Plan, v: Variable, year: int, told: Told, weights: Told) -> Total:
    assignment = _assignment(plan, v.code)
    leads_only = v.aggregation.method is Method.LEAD
    awaited = set(assignment.lead if leads_only else assignment.units)
    expected = tuple(u.code for u in plan.units if u.code in awaited)
    entering = tuple(told[u] for u in expected if u in told and _enters(v, told[u], weights.get(u)))
    agreed = len({f.value for f in entering}) == 1
    conflict = leads_only and len(entering) > 1 and not agreed
    return Total(
        variable=v.code,
        year=year,
        value=None if conflict or not entering else _aggregate(plan, v, entering, weights),
        expected=expected,
        reported=tuple(u for u in expected if settled(told.get(u)) and not _lacks_weight(v, told[u], weights.get(u))),
        contributions=entering,
        conflict=conflict,
    )


def _enters(v: Variable, figure: Figure, weight: Figure | None) -> bool:
    """Whether a figure is part of the total; a true zero of a row that holds no number has nothing to give."""
    if figure.value is None or isinstance(figure.value, Decimal) is not v.kind.numeric:
        return False
    match v.aggregation.method:
        case Method.LEAD | Method.JOIN:
            return True
        case Method.SHARE_YES:
            return figure.value in (YES, NO)
        case Method.WEIGHTED:
            return v.kind.numeric and not _lacks_weight(v, figure, weight)
        case _:
            return v.kind.numeric


def _lacks_weight(v: Variable, figure: Figure, weight: Figure | None) -> bool:
    if v.aggregation.method is not Method.WEIGHTED or figure.value is None:
        return False
    return weight is None or not isinstance(weight.value, Decimal)


def _aggregate(plan: Plan, v: Variable, entering: Sequence[Figure], weights: Told) -> Value | None:
    """One value of the figures that enter, at least one."""
    numbers = [f.value for f in entering if isinstance(f.value, Decimal)]
    match v.aggregation.method:
        case Method.SUM:
            return _sum(numbers)
        case Method.MEAN:
            return _sum(numbers) / len(numbers)
        case Method.MAX:
            return max(numbers)
        case Method.MIN:
            return min(numbers)
        case Method.LEAD:
            return entering[0].value
        case Method.WEIGHTED:
            heavy = [w.value for f in entering if isinstance((w := weights[f.unit]).value, Decimal)]
            whole = _sum(heavy)
            return _sum(n * w for n, w in zip(numbers, heavy, strict=True)) / whole if whole else None
        case Method.SHARE_YES:
            return Decimal(100 * sum(f.value == YES for f in entering)) / len(entering)
        case Method.JOIN:
            return "\n".join(f"{plan.unit[f.unit].name}: {values.format_value(f.value)}" for f in entering)


def _sum(numbers: Iterable[Decimal]) -> Decimal:
    return sum(numbers, Decimal(0))


# ------------------------------------------------------------------ conflicts


def _conflicts(
    plan: Plan, totals: Mapping[tuple[str, int], Total], told: Mapping[tuple[str, int], Told]
) -> Iterator[Conflict]:
    for v in plan.variables:
        if v.aggregation.method is not Method.LEAD:
            continue
        for year in sorted({y for code, y in totals if code == v.code}, reverse=True):
            total = totals[v.code, year]
            if total.conflict:
                listed = "; ".join(_said(plan, f) for f in total.contributions)
                when = "" if year == plan.year else f"năm {year}: "
                message = Code.CONFLICT.value.text.format(figures=when + listed)
                sides = tuple(
                    Side(label=plan.unit[f.unit].name, value=f.value, figures=(f,)) for f in total.contributions
                )
                yield Conflict(code=Code.CONFLICT.word, variable=v.code, year=year, sides=sides, message=message)
        yield from _parts_against_whole(plan, v, totals[v.code, plan.year], told.get((v.code, plan.year), {}))


def _said(plan: Plan, figure: Figure) -> str:
    return f"{plan.unit[figure.unit].name} {values.format_value(figure.value)}"


def _parts_against_whole(plan: Plan, v: Variable, total: Total, told: Told) -> Iterator[Conflict]:
    """The lead's figure held against the sum of the supporting units': equal once all have answered, else not less."""
    assignment = _assignment(plan, v.code)
    supporting = [u.code for u in plan.units if u.code in set(assignment.supporting) - set(assignment.lead)]
    parts = [told[u] for u in supporting if u in told and isinstance(told[u].value, Decimal)]
    if not parts or not isinstance(total.value, Decimal):
        return
    whole, summed = total.value, _sum(f.value for f in parts if isinstance(f.value, Decimal))
    excess = summed - whole
    if abs(excess) <= TOLERANCE * max(abs(whole), abs(summed)):
        return
    if excess > 0 or all(settled(told.get(u)) for u in supporting):
        shown = {"sum": values.format_number(summed), "lead": values.format_number(whole)}
        message = Code.TOTALS_DISAGREE.value.text.format(**shown)
        lead = Side(label=_named(plan, total.contributions), value=whole, figures=total.contributions)
        rest = Side(label=f"{len(parts)} đơn vị phối hợp cộng lại", value=summed, figures=tuple(parts))
        yield Conflict(
            code=Code.TOTALS_DISAGREE.word,
            variable=v.code,
            year=plan.year,
            sides=(lead, rest),
            message=message,
            severity="question",
        )


def _named(plan: Plan, figures: Iterable[Figure]) -> str:
    return "; ".join(plan.unit[f.unit].name for f in figures)


# ------------------------------------------------------------------ gaps and findings


def _gaps(
    plan: Plan,
    told: Mapping[tuple[str, int], Told],
    untaken: Mapping[tuple[str, str], str],
    returned: Collection[str],
    left_out: Collection[tuple[str, str]],
) -> Iterator[Gap]:
    """Every figure of the year that is owed without a settled answer, by variable, then unit."""
    for v in plan.variables:
        assignment = _assignment(plan, v.code)
        if not assignment.units or (v.aggregation.method is Method.LEAD and not assignment.lead):
            yield Gap(variable=v.code, unit="", why="not-assigned")
        answers = told.get((v.code, plan.year), {})
        named = set(assignment.units)
        for unit in (u.code for u in plan.units if u.code in named):
            figure = answers.get(unit)
            if settled(figure):
                continue
            if (unit, v.code) in untaken:
                why = "left-out" if (unit, v.code) in left_out else "needs-mending"
                yield Gap(variable=v.code, unit=unit, why=why, note=untaken[unit, v.code])
            elif unit not in returned:
                yield Gap(variable=v.code, unit=unit, why="no-return")
            elif figure is not None and figure.state is State.NOT_YET:
                yield Gap(variable=v.code, unit=unit, why="not-yet", note=figure.reason)
            else:
                yield Gap(variable=v.code, unit=unit, why="not-reported")


def _findings(plan: Plan, dataset: Dataset, returned: Collection[str]) -> Iterator[Finding]:
    """A line for each conflict, each unit that sent nothing and each variable that is not complete."""
    for conflict in dataset.conflicts:
        code = Code.CONFLICT if conflict.code == Code.CONFLICT.word else Code.TOTALS_DISAGREE
        at = next((f.at for f in conflict.figures if f.at), CellRef(conflict.variable))
        yield Finding(
            code=code, at=at, message=conflict.message, severity=code.value.severity, variable=conflict.variable
        )
    for unit in plan.owed:
        if unit not in returned:
            yield Code.NO_RETURN.at(CellRef(plan.unit[unit].name), found=unit)
    for v in plan.variables:
        total = dataset.totals[v.code, plan.year]
        if not total.complete:
            at, n, of = CellRef(f"{v.code} {v.name}"), len(total.reported), len(total.expected)
            yield Code.COVERAGE_LOW.at(at, variable=v.code, reported=n, expected=of)
