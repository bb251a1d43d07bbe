"""The live formulas of ``tong-hop.xlsx``: each does over the cells of the sheets what merge and compute did."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import groupby

from xlsxwriter.utility import xl_col_to_name

from lsindicators import expressions
from lsindicators.exports.book import COLUMNS
from lsindicators.exports.parts import divided
from lsindicators.exports.stream import CELL_LIMIT
from lsindicators.expressions import Reference
from lsindicators.model import NO, YES, Choice, Criterion, Dataset, Figure, Gap, Method, Plan, Total, Value, Variable

NO_FIGURE, NOT_AGREED, NOT_COMPUTABLE = "Chưa có số liệu", "Chưa thống nhất", "Không tính được"

CRITERIA, MATRIX = "Tiêu chí", "Số liệu"
"""Names of sheets."""

TOTAL, FIRST_UNIT = 6, 7
"""Columns of a matrix sheet, counted from 0: the province's total, then one column a unit."""


class Places:
    """Where the figures stand: the matrix sheets of all years have the same rows and columns."""

    def __init__(self, plan: Plan, dataset: Dataset) -> None:
        self.plan, self.dataset = plan, dataset
        self.parts = divided(plan, tuple(plan.owed), str, COLUMNS - FIRST_UNIT)
        self.years = dataset.years
        self.criterion_row = {c.code: i for i, c in enumerate(plan.criteria, 1)}
        self._row = {v.code: i for i, v in enumerate(plan.variables, 1)}
        self._at = {
            unit: (part, i) for part, units in enumerate(self.parts) for i, unit in enumerate(units, FIRST_UNIT)
        }

    def sheet(self, year: int, part: int = 0) -> str:
        """The name of a matrix sheet of ``year``; units for which the first has no room stand on the next part."""
        name = MATRIX if year == self.plan.year else f"{MATRIX} {year}"
        return f"{name} ({part + 1})" if part else name

    @property
    def whole(self) -> bool:
        """Whether all units stand on one sheet, so that one formula can hold them."""
        return len(self.parts) == 1

    def row(self, variable: str) -> int:
        return self._row[variable]

    def column(self, unit: str) -> int:
        return self._at[unit][1]

    def part(self, unit: str) -> int:
        return self._at[unit][0]

    def cell(self, variable: str, unit: str) -> str:
        """The address of a unit's figure on its own sheet."""
        return f"{xl_col_to_name(self.column(unit))}{self._row[variable] + 1}"

    def span(self, variable: str) -> str:
        """The range of all units' figures of a variable on its own sheet, where one sheet holds them."""
        return self._range(variable, self.parts[0])

    def spans(self, variable: str, year: int) -> tuple[str, ...]:
        """The ranges of all units' figures of a variable, one a sheet, for formulas on the first of them."""
        first, *more = self.parts
        later = (f"'{self.sheet(year, n)}'!{self._range(variable, units)}" for n, units in enumerate(more, 1))
        return self._range(variable, first), *later

    def _range(self, variable: str, units: Sequence[str]) -> str:
        row, last = self._row[variable] + 1, FIRST_UNIT + max(len(units), 1) - 1
        return f"{xl_col_to_name(FIRST_UNIT)}{row}:{xl_col_to_name(last)}{row}"

    def total(self, variable: str, year: int) -> str:
        """The address of a total, for formulas on other sheets."""
        return f"'{self.sheet(year)}'!${xl_col_to_name(TOTAL)}${self._row[variable] + 1}"

    def link(self, variable: str, unit: str, year: int) -> str:
        """Where a click leads: to a unit's cell, or where it has none to the row of the variable."""
        if unit in self._at:
            return f"'{self.sheet(year, self.part(unit))}'!{self.cell(variable, unit)}"
        return f"'{self.sheet(year)}'!A{self._row[variable] + 1}"

    def told(self, variable: str, year: int) -> Mapping[str, Figure]:
        """Unit -> its figure of a variable and year."""
        of = self.dataset.figures[self._of.get(variable, slice(0))]
        return {f.unit: f for f in of if f.year == year}

    def gaps(self, variable: str) -> Mapping[str, Gap]:
        """Unit -> why its figure of the plan's year is lacking."""
        return {g.unit: g for g in self.dataset.gaps[self._lacking.get(variable, slice(0))]}

    @cached_property
    def _of(self) -> Mapping[str, slice]:
        return _slices(f.variable for f in self.dataset.figures)

    @cached_property
    def _lacking(self) -> Mapping[str, slice]:
        return _slices(g.variable for g in self.dataset.gaps)


def _slices(codes: Iterable[str]) -> Mapping[str, slice]:
    """Variable -> where it stands in a list that goes by variables."""
    found, first = {}, 0
    for code, listed in groupby(codes):
        last = first + sum(1 for _ in listed)
        found[code], first = slice(first, last), last
    return found


# ------------------------------------------------------------------ totals


def shown_total(total: Total) -> Value:
    """What the cell of a total shows."""
    if total.value is not None:
        return total.value
    return NOT_AGREED if total.conflict else NO_FIGURE


def total_formula(places: Places, v: Variable, total: Total) -> str | None:
    """The formula of a total over the units' cells; ``None`` where there is nothing to compute, or too much."""
    if not total.expected:
        return None
    formula = _over_ranges(places.spans(v.code, total.year), v.aggregation.method)
    if not places.whole and (total.settled is not None or not formula):
        return None
    if total.settled is not None:
        return _decided(places, v, total)
    if not formula:
        formula = _over_cells(places, v, total)
    return formula if formula and expressions.excel_takes(formula) else None


def _over_ranges(spans: Sequence[str], method: Method) -> str:
    """The formula of a total that any number of ranges can have, on however many sheets; empty for other methods."""
    function = {Method.SUM: "SUM", Method.MEAN: "AVERAGE", Method.MAX: "MAX", Method.MIN: "MIN"}.get(method)
    if function is not None:
        ranges = ",".join(spans)
        return f'=IF(COUNT({ranges})=0,"{NO_FIGURE}",{function}({ranges}))'
    if method is Method.SHARE_YES:
        yes, no = ("+".join(f'COUNTIF({span},"{answer}")' for span in spans) for answer in (YES, NO))
        share = f"{yes}*100" if len(spans) == 1 else f"({yes})*100"
        return f'=IF({yes}+{no}=0,"{NO_FIGURE}",{share}/({yes}+{no}))'
    return ""


def _over_cells(places: Places, v: Variable, total: Total) -> str:
    """The formula of a total that names its units' cells, or holds ranges against each other: on one sheet alone."""
    match v.aggregation.method:
        case Method.WEIGHTED:
            span, weights = places.span(v.code), places.span(v.aggregation.weight or v.code)
            whole = f"SUMPRODUCT(ISNUMBER({span})*({weights}>=0),{weights})"
            return f'=IF({whole}=0,"{NO_FIGURE}",SUMPRODUCT(({weights}>=0)*1,{span},{weights})/{whole})'
        case Method.LEAD:
            return _lead(places, v, total)
        case Method.JOIN:
            return _joined(places, v, total)
    return ""


def _lead(places: Places, v: Variable, total: Total) -> str:
    """The leads' figure, as long as they agree."""
    if not v.kind.numeric:
        cells = [places.cell(v.code, f.unit) for f in total.contributions]
        if len(cells) < 2:
            return f"={cells[0]}" if cells else ""
        same = ",".join(f"EXACT({cells[0]},{other})" for other in cells[1:])
        return f'=IF(AND({same}),{cells[0]},"{NOT_AGREED}")'
    cells = [places.cell(v.code, unit) for unit in total.expected]
    if len(cells) == 1:
        return f'=IF(COUNT({cells[0]})=0,"{NO_FIGURE}",{cells[0]})'
    leads = ",".join(cells)
    agreed = f'IF(MAX({leads})=MIN({leads}),MAX({leads}),"{NOT_AGREED}")'
    return f'=IF(COUNT({leads})=0,"{NO_FIGURE}",{agreed})'


def _decided(places: Places, v: Variable, total: Total) -> str | None:
    """The figure of the unit that the clerk chose; a figure of the clerk's own stands there as it is."""
    if total.settled is None or total.settled.choice is not Choice.TAKE or not total.contributions:
        return None
    cell = places.cell(v.code, total.contributions[0].unit)
    return f'=IF(COUNT({cell})=0,"{NO_FIGURE}",{cell})' if v.kind.numeric else f"={cell}"


def _joined(places: Places, v: Variable, total: Total) -> str:
    """The units' texts, each behind the unit's name that stands in the heading."""
    if v.kind.numeric or not isinstance(total.value, str) or len(total.value) > CELL_LIMIT:
        return ""
    cells = [(xl_col_to_name(places.column(f.unit)), places.row(v.code) + 1) for f in total.contributions]
    return "=" + "&CHAR(10)&".join(f'{letter}$1&": "&{letter}{row}' for letter, row in cells)


# ------------------------------------------------------------------ criteria


def criterion_formula(places: Places, criterion: Criterion, year: int) -> str | None:
    """The formula of a criterion in ``year`` over the totals; ``None`` where a year that it needs has no sheet."""
    parsed = expressions.expand(criterion.formula, places.plan.formulas)
    references = expressions.references(parsed)
    if any(year + r.lag not in places.years for r in references):
        return None

    def place(reference: Reference) -> str:
        return places.total(reference.code, year + reference.lag)

    def needed(reference: Reference) -> str:
        return f"IF(ISNUMBER({place(reference)}),{place(reference)},NA())"

    def number(place: Callable[[Reference], str]) -> str:
        text = expressions.to_excel(parsed, place)
        return f"N({text})" if expressions.compares(parsed) else text  # else a yes would stand there as TRUE, not as 1

    if expressions.branches(parsed):
        # only the branch that is taken needs its inputs
        text = number(needed)
        formula = f'=IF(ISNA({text}),"{NO_FIGURE}",IFERROR({text},"{NOT_COMPUTABLE}"))'
    else:
        cells = ",".join(place(r) for r in references)
        text = f'IFERROR({number(place)},"{NOT_COMPUTABLE}")'
        formula = f'=IF(COUNT({cells})<{len(references)},"{NO_FIGURE}",{text})' if references else f"={text}"
    return formula if expressions.excel_takes(formula) else None


def shown_criterion(places: Places, criterion: Criterion, value: Decimal | None, year: int) -> Value:
    """What the cell of a criterion shows: its value, or why there is none."""
    if value is not None:
        return value

    def number(reference: Reference) -> Decimal | None:
        total = places.dataset.totals.get((reference.code, year + reference.lag))
        return total.value if total is not None and isinstance(total.value, Decimal) else None

    try:
        expressions.evaluate(expressions.expand(criterion.formula, places.plan.formulas), number)
    except expressions.NotComputable:
        return NOT_COMPUTABLE
    return NO_FIGURE
