"""Accepted figures of all units -> the province's table: totals, coverage, conflicts and gaps.

A missing figure stays missing: it lowers the coverage and is never taken for zero. Only units that the plan names for
a variable count; the order in which returns came is no matter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Context, Decimal, localcontext

from msgspec.structs import replace

from lsindicators import settlement, succession, values
from lsindicators.findings import Code, Finding, Severity
from lsindicators.model import (
    NO,
    YES,
    Assignment,
    CellRef,
    Choice,
    Conflict,
    Dataset,
    Figure,
    Gap,
    Method,
    Plan,
    Settlement,
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
Owing = Mapping[str, tuple[str, ...]]  # variable -> the units that the plan names for it, in the plan's order


def combine(
    plan: Plan,
    figures: Iterable[Figure],
    untaken: Mapping[tuple[str, str], str],
    returned: Collection[str],
    left_out: Collection[tuple[str, str]] = (),
    settlements: Collection[Settlement] = (),
) -> tuple[Dataset, tuple[Finding, ...]]:
    """The province's table and what a person should know of it.

    ``figures`` are those of all returns that count; figures on record in the plan are added and win over a figure that
    a unit typed for a former year. ``untaken``: (unit, variable) -> why what stands there was not taken. ``returned``:
    the units whose return was taken at least in part. ``left_out``: (unit, variable) that the clerk decided not to take.
    ``settlements``: what the clerk decided about figures that disagree; one holds only for those very figures.
    """
    dataset = table(plan, plan.variables, figures, untaken, returned, left_out, settlements)
    return dataset, tuple(_findings(plan, dataset, returned))


def table(
    plan: Plan,
    variables: Sequence[Variable],
    figures: Iterable[Figure],
    untaken: Mapping[tuple[str, str], str],
    returned: Collection[str],
    left_out: Collection[tuple[str, str]] = (),
    settlements: Collection[Settlement] = (),
) -> Dataset:
    """As ``combine``, the rows of some variables alone; the weights of a mean must be among them."""
    owing = {v.code: tuple(_listed(plan, _assignment(plan, v.code).units)) for v in variables}
    known, told = _known(plan, variables, owing, figures)
    on_record = {(p.variable, p.year): p.value for p in plan.past if p.unit is None and p.year < plan.year}
    years: dict[str, set[int]] = defaultdict(set)
    for code, year in (*told, *on_record):
        years[code].add(year)
    with localcontext(EXACT):
        totals: dict[tuple[str, int], Total] = {}
        clashes: dict[tuple[str, int], Conflict] = {}
        for v in variables:
            for year in sorted(years[v.code] | {plan.year}, reverse=True):
                if (v.code, year) in on_record:
                    totals[v.code, year] = _recorded(v, year, on_record[v.code, year])
                else:
                    weights = told.get((v.aggregation.weight or "", year), {})
                    total = _total(plan, v, year, owing[v.code], told.get((v.code, year), {}), weights)
                    if total.conflict:
                        clashes[v.code, year] = _clash(plan, v, total, settlements)
                        total = _decided(total, clashes[v.code, year].settled)
                    totals[v.code, year] = total
        conflicts = tuple(_conflicts(plan, variables, totals, told, clashes, settlements))
    gaps = tuple(_gaps(plan, variables, owing, told, untaken, returned, left_out))
    return Dataset(year=plan.year, figures=known, totals=totals, gaps=gaps, conflicts=conflicts)


def settled(figure: Figure | None) -> bool:
    """Whether a unit has answered for good: a value, a true zero, or a state that says that there is none to give."""
    if figure is None:
        return False
    return figure.value is not None or figure.state in (State.NONE_OCCURRED, State.NOT_APPLICABLE, State.ELSEWHERE)


# ------------------------------------------------------------------ figures


def _known(
    plan: Plan, variables: Sequence[Variable], owing: Owing, figures: Iterable[Figure]
) -> tuple[tuple[Figure, ...], dict[tuple[str, int], dict[str, Figure]]]:
    """The figures of units that the plan names, with those on record, by variable, unit and year; and as they are told.

    Of a unit that took over others, last year's figure is theirs; what it was made of stands as its source.
    """
    found: dict[str, dict[int, dict[str, Figure]]] = {v.code: defaultdict(dict) for v in variables}
    for f in figures:
        place = f.place
        if place.variable in found:
            found[place.variable][place.year][f.unit] = f
    years = sorted({p.year for p in plan.past if p.year < plan.year})
    for v in variables:
        for unit in _assignment(plan, v.code).units if years else ():
            former = bool(plan.any_unit[unit].took_over)
            for year in years:
                value, source = plan.past_value.get((v.code, unit, year)), ""
                if former:
                    known = succession.figure(plan, v.code, unit, year)
                    value, source = known.value, succession.how(plan, unit, year, known)
                if value is not None:
                    found[v.code][year][unit] = Figure(
                        variable=v.code, unit=unit, year=year, value=value, state=State.GIVEN, source=source
                    )
    return _in_order(owing, found)


def _in_order(
    owing: Owing, found: Mapping[str, Mapping[int, Told]]
) -> tuple[tuple[Figure, ...], dict[tuple[str, int], dict[str, Figure]]]:
    """The figures of the units that the plan names, by variable, unit and year; and those of each variable and year."""
    listed: list[Figure] = []
    told: dict[tuple[str, int], dict[str, Figure]] = {}
    for code, years in found.items():
        by_year = [(units, told.setdefault((code, year), {})) for year, units in sorted(years.items())]
        for unit in owing[code] if by_year else ():
            for units, kept in by_year:
                if (figure := units.get(unit)) is not None:
                    listed.append(figure)
                    kept[unit] = figure
    return tuple(listed), {place: units for place, units in told.items() if units}


def _listed(plan: Plan, units: Iterable[str]) -> list[str]:
    """``units`` in the plan's order."""
    named = set(units)
    return [unit for unit in plan.unit if unit in named]


def _assignment(plan: Plan, variable: str) -> Assignment:
    nobody = Assignment(variable=variable, lead=(), supporting=())
    return plan.assignment.get(variable, nobody)


# ------------------------------------------------------------------ totals


def _recorded(v: Variable, year: int, value: Value) -> Total:
    """A figure on record of the province as a whole: nobody is awaited any more."""
    return Total(variable=v.code, year=year, value=value, expected=(), reported=(), contributions=())


def _total(plan: Plan, v: Variable, year: int, owing: tuple[str, ...], told: Told, weights: Told) -> Total:
    leads_only = v.aggregation.method is Method.LEAD
    expected = tuple(_listed(plan, _assignment(plan, v.code).lead)) if leads_only else owing
    given = {u: f for u in expected if (f := told.get(u)) is not None}
    answered = {u for u, f in given.items() if settled(f)}
    holds = Decimal if v.kind.numeric else str
    entering = tuple(f for f in given.values() if isinstance(f.value, holds))
    if v.aggregation.method is Method.WEIGHTED:
        answered -= {u for u, f in given.items() if _lacks_weight(f, weights.get(u))}
        entering = tuple(f for f in entering if f.unit in answered)
    elif v.aggregation.method is Method.SHARE_YES:
        entering = tuple(f for f in entering if f.value in (YES, NO))
    elif v.aggregation.method not in (Method.LEAD, Method.JOIN) and not v.kind.numeric:
        entering = ()
    conflict = leads_only and len(entering) > 1 and len({f.value for f in entering}) > 1
    return Total(
        variable=v.code,
        year=year,
        value=None if conflict or not entering else _aggregate(plan, v, entering, weights),
        expected=expected,
        reported=tuple(u for u in expected if u in answered),
        contributions=entering,
        conflict=conflict,
    )


def _lacks_weight(figure: Figure, weight: Figure | None) -> bool:
    """Whether a figure cannot enter a weighted mean; below zero there is no weight."""
    if figure.value is None:
        return False
    return weight is None or not isinstance(weight.value, Decimal) or weight.value < 0


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


def _clash(plan: Plan, v: Variable, total: Total, settlements: Collection[Settlement]) -> Conflict:
    """Leads that disagree, and the clerk's decision where one holds for these very figures."""
    when = "" if total.year == plan.year else f"năm {total.year}: "
    listed = "; ".join(_said(plan, f) for f in total.contributions)
    found = Conflict(
        code=Code.CONFLICT.word,
        variable=v.code,
        year=total.year,
        sides=tuple(Side(label=plan.unit[f.unit].name, value=f.value, figures=(f,)) for f in total.contributions),
        message=Code.CONFLICT.value.text.format(figures=when + listed),
        question=(
            f"Đề nghị {_named(plan, total.contributions)} đối chiếu, thống nhất một số {settlement.name(v)} năm {total.year}, "
            "gửi lại biểu kèm căn cứ của số đó."
        ),
    )
    decided = settlement.holding(found, settlements)
    return replace(found, settled=decided if decided is not None and _gives_value(v, total, decided) else None)


def _gives_value(v: Variable, total: Total, decided: Settlement) -> bool:
    """Whether a decision says which figure is the province's; that leads differ cannot just be accepted."""
    if decided.choice is Choice.TAKE:
        return any(f.unit == decided.unit for f in total.contributions)
    fitting = decided.value is not None and isinstance(decided.value, Decimal) is v.kind.numeric
    return decided.choice is Choice.CORRECT and fitting


def _decided(total: Total, decided: Settlement | None) -> Total:
    """The total with the clerk's decision in it: a lead's figure, or the clerk's own that no unit has sent."""
    if decided is None:
        return total
    taken = tuple(f for f in total.contributions if decided.choice is Choice.TAKE and f.unit == decided.unit)
    value = taken[0].value if taken else decided.value
    return replace(total, value=value, contributions=taken, conflict=False, settled=decided)


def _conflicts(
    plan: Plan,
    variables: Sequence[Variable],
    totals: Mapping[tuple[str, int], Total],
    told: Mapping[tuple[str, int], Told],
    clashes: Mapping[tuple[str, int], Conflict],
    settlements: Collection[Settlement],
) -> Iterator[Conflict]:
    for v in variables:
        if v.aggregation.method is not Method.LEAD:
            continue
        for year in sorted({y for code, y in clashes if code == v.code}, reverse=True):
            yield clashes[v.code, year]
        for found in _parts_against_whole(plan, v, totals[v.code, plan.year], told.get((v.code, plan.year), {})):
            decided = settlement.holding(found, settlements)
            accepted = decided is not None and decided.choice is Choice.ACCEPT
            yield replace(found, settled=decided if accepted else None)


def _said(plan: Plan, figure: Figure) -> str:
    return f"{plan.unit[figure.unit].name} {values.format_value(figure.value)}"


def _parts_against_whole(plan: Plan, v: Variable, total: Total, told: Told) -> Iterator[Conflict]:
    """The lead's figure held against the sum of the supporting units': equal once all have answered, else not less."""
    assignment = _assignment(plan, v.code)
    supporting = _listed(plan, set(assignment.supporting) - set(assignment.lead))
    parts = [told[u] for u in supporting if u in told and isinstance(told[u].value, Decimal)]
    if not parts or not isinstance(total.value, Decimal):
        return
    whole, summed = total.value, _sum(f.value for f in parts if isinstance(f.value, Decimal))
    excess = summed - whole
    if abs(excess) <= TOLERANCE * max(abs(whole), abs(summed)):
        return
    if excess > 0 or all(settled(told.get(u)) for u in supporting):
        shown = {"sum": values.format_number(summed), "lead": values.format_number(whole)}
        apart = f" ({'hơn' if excess > 0 else 'kém'} {values.format_number(abs(excess))})"
        leads = _named(plan, total.contributions) or DECIDED
        alone = plan.unit[parts[0].unit].name if len(parts) == 1 else ""
        rest, others = alone or f"{len(parts)} đơn vị phối hợp cộng lại", alone or "các đơn vị phối hợp"
        yield Conflict(
            code=Code.TOTALS_DISAGREE.word,
            variable=v.code,
            year=plan.year,
            sides=(
                Side(label=leads, value=whole, figures=total.contributions),
                Side(label=rest, value=summed, figures=tuple(parts)),
            ),
            message=Code.TOTALS_DISAGREE.value.text.format(**shown) + apart,
            question=(
                f"Đề nghị {leads if total.contributions else 'đơn vị chủ trì'} và {others} cho biết {settlement.name(v)} "
                f"năm {plan.year} tính những gì, vì sao lệch {values.format_number(abs(excess))}; số nào chưa đúng thì sửa."
            ),
            severity="question",
        )


DECIDED = "Số đã quyết định"
"""Whose a figure of the province is that the clerk has put in place of the leads'."""


def _named(plan: Plan, figures: Iterable[Figure]) -> str:
    return "; ".join(plan.unit[f.unit].name for f in figures)


# ------------------------------------------------------------------ gaps and findings


def _gaps(
    plan: Plan,
    variables: Sequence[Variable],
    owing: Owing,
    told: Mapping[tuple[str, int], Told],
    untaken: Mapping[tuple[str, str], str],
    returned: Collection[str],
    left_out: Collection[tuple[str, str]],
) -> Iterator[Gap]:
    """Every figure of the year that is owed without a settled answer, by variable, then unit."""
    for v in variables:
        assignment = _assignment(plan, v.code)
        if not assignment.units or (v.aggregation.method is Method.LEAD and not assignment.lead):
            yield Gap(variable=v.code, unit="", why="not-assigned")
        answers = told.get((v.code, plan.year), {})
        weighted = v.aggregation.method is Method.WEIGHTED
        weights = told.get((v.aggregation.weight or "", plan.year), {})
        for unit in owing[v.code]:
            figure = answers.get(unit)
            if figure is not None and settled(figure):
                if weighted and _lacks_weight(figure, weights.get(unit)):
                    yield Gap(variable=v.code, unit=unit, why="no-weight", note=v.aggregation.weight or "")
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
    """A line for each open conflict, each unit that sent nothing and each variable below the campaign's coverage."""
    for conflict in dataset.conflicts:
        if not conflict.open:
            continue
        code = Code.CONFLICT if conflict.code == Code.CONFLICT.word else Code.TOTALS_DISAGREE
        at = next((f.at for f in conflict.figures if f.at), CellRef(conflict.variable))
        severity = Severity(conflict.severity)
        yield Finding(code=code, at=at, message=conflict.message, severity=severity, variable=conflict.variable)
    for unit in plan.owed:
        if unit not in returned:
            yield Code.NO_RETURN.at(CellRef(plan.unit[unit].name), found=unit)
    for v in plan.variables:
        total = dataset.totals[v.code, plan.year]
        if not total.covers(plan.settings.coverage):
            at, n, of = CellRef(f"{v.code} {v.name}"), len(total.reported), len(total.expected)
            yield Code.COVERAGE_LOW.at(at, variable=v.code, reported=n, expected=of)
