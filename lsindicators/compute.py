"""Plan and Dataset -> Results: each criterion from the province's totals, each with the coverage it rests on; and Series.

A needed input that is missing makes the criterion missing, never smaller. (``nếu`` needs only the branch it takes.)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from msgspec.structs import replace

from lsindicators import expressions, succession
from lsindicators.expressions import Expression, Reference
from lsindicators.model import Criterion, Dataset, Outcome, Plan, Point, Result, Series, Total

NO_WEIGHT = "các quyền số cộng lại bằng 0, không tính được {inputs}"
ZERO_DIVISOR = "mẫu số {divisor} bằng 0, không tính được"
NOT_COMPUTABLE = "mẫu số bằng 0 hoặc phép tính không có kết quả, không tính được"
NOTHING_TO_GIVE = "đơn vị trả lời không có số để tính {inputs} (Không áp dụng hoặc Đã tính ở đơn vị khác)"
_SHORT = 60
"""Characters of a divisor that still find room in a note."""
UNEVEN = "tử số, mẫu số lệch phạm vi đơn vị"


def evaluate(plan: Plan, dataset: Dataset) -> tuple[Result, ...]:
    """The result of every criterion in the plan's order, each followed by its companion figures."""
    return tuple(result(plan, dataset, criterion) for criterion in _in_order(plan))


def _in_order(plan: Plan) -> Iterator[Criterion]:
    for criterion in plan.criteria:
        yield criterion
        yield from (c for c in plan.companions if c.parent == criterion.code)


def result(plan: Plan, dataset: Dataset, criterion: Criterion) -> Result:
    """What becomes of one criterion; of the table it needs the variables that its formula names, and no others."""
    formula = expressions.expand(criterion.formula, plan.formulas)
    references = expressions.references(formula)
    inputs = {str(r): _total(dataset, r) for r in references}
    value, why_not = _value(formula, dataset, plan.year)
    reported, expected = _weakest(tuple(inputs.values()))
    if value is None:
        outcome = Outcome.MISSING
    else:
        covered = all(t.covers(plan.settings.coverage) for t in inputs.values())
        outcome = Outcome.COMPUTED if covered else Outcome.PARTIAL
    on_record = plan.past_value.get((criterion.code, None, plan.year - 1))
    previous: Decimal | None
    if isinstance(on_record, Decimal):
        previous, previous_complete = on_record, True
        comparable = value is not None and all(t.complete for t in inputs.values())
    else:
        previous, _ = _value(formula, dataset, plan.year - 1)
        former = [dataset.totals.get((r.code, plan.year - 1 + r.lag)) for r in references]
        previous_complete = previous is not None and all(t is not None and t.complete for t in former)
        comparable = all(_same_units(dataset, r) for r in references)
    seam, parted = succession.breaks(plan, dataset, _of_former_years(plan, references, on_record is None))
    return Result(
        criterion=criterion,
        value=value,
        previous=previous,
        outcome=outcome,
        inputs={name: total.value for name, total in inputs.items()},
        missing=tuple(name for name, total in inputs.items() if not isinstance(total.value, Decimal)),
        reported=reported,
        expected=expected,
        previous_complete=previous_complete,
        note=why_not or _note(value, inputs, expressions.divides(formula)),
        comparable=comparable,
        seam=seam,
        parted=parted,
    )


def _of_former_years(plan: Plan, references: Sequence[Reference], compared: bool) -> Iterator[tuple[str, int]]:
    """The totals of former years that a result rests on; with ``compared`` those of its value last year too."""
    for r in references:
        if r.lag:
            yield r.code, plan.year + r.lag
        if compared:
            yield r.code, plan.year - 1 + r.lag


def _note(value: Decimal | None, inputs: Mapping[str, Total], ratio: bool) -> str:
    """What the counts do not say: units that settled an input without a figure; a ratio whose parts miss different units."""
    empty = {name: t for name, t in inputs.items() if t.value is None and t.expected and not t.conflict}
    weightless = [name for name, t in empty.items() if t.contributions]
    if value is None and weightless:
        return NO_WEIGHT.format(inputs=", ".join(weightless))
    settled = [name for name, t in empty.items() if t.complete]
    if value is None and settled:
        return NOTHING_TO_GIVE.format(inputs=", ".join(settled))
    missing = {frozenset(t.expected) - frozenset(t.reported) for name, t in inputs.items() if "@" not in name}
    return UNEVEN if value is not None and ratio and len(missing) > 1 else ""


def _same_units(dataset: Dataset, reference: Reference) -> bool:
    """Whether an input rests on the same units in the year and the year before; a province figure on record is whole."""
    now = _total(dataset, reference)
    before = dataset.totals.get((reference.code, dataset.year - 1 + reference.lag))
    return before is not None and now.same_units(before)


def _value(formula: Expression, dataset: Dataset, year: int) -> tuple[Decimal | None, str]:
    """The formula over the totals of ``year`` and the years before it; and why it has no result though all is there."""

    def number(reference: Reference) -> Decimal | None:
        total = dataset.totals.get((reference.code, year + reference.lag))
        return total.value if total is not None and isinstance(total.value, Decimal) else None

    try:
        value = expressions.evaluate(formula, number)
    except expressions.NotComputable as error:
        return None, _why_not(error.divisor)
    return (Decimal(value) if isinstance(value, bool) else value), ""


def _why_not(divisor: Expression | None) -> str:
    text = expressions.written(divisor) if divisor is not None else ""
    return ZERO_DIVISOR.format(divisor=text) if 0 < len(text) <= _SHORT else NOT_COMPUTABLE


def _total(dataset: Dataset, reference: Reference, year: int | None = None) -> Total:
    """The input that a formula names in ``year``, or in the plan's; without any figure, an empty total that awaits today's units."""
    year = (dataset.year if year is None else year) + reference.lag
    if (reference.code, year) in dataset.totals:
        return dataset.totals[reference.code, year]
    expected = dataset.totals[reference.code, dataset.year].expected
    return Total(variable=reference.code, year=year, value=None, expected=expected, reported=(), contributions=())


def _weakest(totals: Sequence[Total]) -> tuple[int, int]:
    """n and N of the input with the lowest coverage; of equal ones, the one that awaits most units."""

    def coverage(total: Total) -> tuple[Fraction, int]:
        awaited = len(total.expected)
        share = Fraction(len(total.reported), awaited) if awaited else Fraction(total.value is not None)
        return share, -awaited

    if not totals:
        return 0, 0
    weakest = min(totals, key=coverage)
    return len(weakest.reported), len(weakest.expected)


# ------------------------------------------------------------------ over the years


def series(plan: Plan, dataset: Dataset) -> tuple[Series, ...]:
    """Every criterion and companion figure over all years that are known, in the order of ``evaluate``.

    A figure of the province on record wins over one computed from the units' figures of that year. A series begins with
    the first year that has a value and ends with the plan's own; a year between without one is there with ``None``.
    """
    first = min((*dataset.years, *(p.year for p in plan.past if p.unit is None), plan.year))
    years = range(first, plan.year + 1)
    return tuple(_series(plan, dataset, criterion, years) for criterion in _in_order(plan))


def _series(plan: Plan, dataset: Dataset, criterion: Criterion, years: Sequence[int]) -> Series:
    formula = expressions.expand(criterion.formula, plan.formulas)
    references = expressions.references(formula)
    recorded = ((year, plan.past_value.get((criterion.code, None, year))) for year in years[:-1])
    known = {year: value for year, value in recorded if isinstance(value, Decimal)}
    points = [_point(plan, dataset, formula, year, known.get(year)) for year in years]
    start = next((i for i, p in enumerate(points) if p.value is not None), len(points) - 1)
    told = [p for p in points[start:] if p.value is not None]
    later = dict(zip([p.year for p in told], told[1:], strict=False))  # year -> the next point with a value
    return Series(
        criterion=criterion,
        points=tuple(
            replace(p, seam=_seam(plan, dataset, references, p, later[p.year], known)) if p.year in later else p
            for p in points[start:]
        ),
    )


def _point(plan: Plan, dataset: Dataset, formula: Expression, year: int, recorded: Decimal | None) -> Point:
    if recorded is not None:
        return Point(year=year, value=recorded, reported=0, expected=0, on_record=True)
    value, _ = _value(formula, dataset, year)
    totals = [_total(dataset, r, year) for r in expressions.references(formula)]
    reported, expected = _weakest(totals)
    whole = year < plan.year and value is not None and bool(totals) and not any(t.expected for t in totals)
    return Point(year=year, value=value, reported=reported, expected=expected, on_record=whole)


def _seam(
    plan: Plan,
    dataset: Dataset,
    references: Sequence[Reference],
    here: Point,
    there: Point,
    known: Mapping[int, Decimal],
) -> str:
    """Why the values of two points cannot simply be compared: what only one of them lacks, and units counted otherwise."""
    told: dict[str, None] = {}
    for r in references:
        mine, other = (
            {} if p.year in known else succession.lacking(plan, dataset, r.code, p.year + r.lag) for p in (here, there)
        )
        for year, lacks, beside in ((here.year, mine, other), (there.year, other, mine)):
            alone = {unit: lack for unit, lack in lacks.items() if beside.get(unit) is not lack}
            told |= dict.fromkeys(succession.told(plan, year + r.lag, alone))
        first, last = here.year + r.lag, there.year + r.lag
        total = dataset.totals.get((r.code, first))
        if here.year in known or (total is not None and not total.expected):
            told |= dict.fromkeys(succession.counted_otherwise(plan, r.code, first, last))
    return "; ".join(told)
