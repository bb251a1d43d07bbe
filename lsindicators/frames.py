"""Dataset and Series -> pandas frames for analysts: tidy, wide, the province's totals, the criteria over the years.

A frame is a view: the figures stay the very ``Decimal`` objects of the dataset, and nothing signed is computed in it.
pandas is loaded when a frame is asked for, never before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from lsindicators.model import HANOI, Dataset, Figure, Gap, Plan, Series, State, Value

if TYPE_CHECKING:
    import pandas as pd

WHY = ("no-return", "not-reported", "not-yet", "needs-mending", "left-out", "no-weight", "not-assigned")
"""All that ``why`` can be, as ``Gap.why``."""

CODED: dict[str, Any] = {"variable": "category", "unit": "category", "year": "int64"}
VALUED: dict[str, Any] = {"value": "object", "number": "float64", "text": "string"}

TIDY: dict[str, Any] = {
    **CODED,
    **VALUED,
    "state": "category",
    "why": "category",
    **dict.fromkeys(("source", "reason", "note", "decision", "file", "sheet", "cell", "sha256"), "string"),
    "read_at": "datetime64[us, UTC+07:00]",
}
"""Column -> dtype of ``tidy``."""

NAMED: dict[str, Any] = {
    "variable_name": "string",
    "measure": "string",
    "method": "category",
    "criterion": "category",
    "unit_name": "string",
    "unit_type": "category",
}
"""The columns that ``tidy`` adds where a plan is given."""

TOTALS: dict[str, Any] = {
    "variable": "category",
    "year": "int64",
    **VALUED,
    "expected": "int64",
    "reported": "int64",
    **dict.fromkeys(("on_record", "conflict", "decided"), "bool"),
}
"""Column -> dtype of ``totals``."""

OVER_YEARS: dict[str, Any] = {
    "criterion": "category",
    "year": "int64",
    "value": "object",
    "number": "float64",
    "reported": "int64",
    "expected": "int64",
    "on_record": "bool",
    "seam": "string",
}
"""Column -> dtype of ``over_years``."""


def tidy(dataset: Dataset, plan: Plan | None = None) -> pd.DataFrame:
    """Every figure of every unit and year, and every figure that is owed and lacking: one row a value.

    ========== ==================== ==========================================================================
    column     dtype                what
    ========== ==================== ==========================================================================
    variable   category             code, the categories in the plan's order
    unit       category             code, likewise; missing where a variable is assigned to nobody
    year       int64                data year
    value      object               the figure itself: ``Decimal``, ``str``, or ``None`` where there is none
    number     float64              ``value`` where it is a number, else NaN: for arithmetic that nobody signs
    text       string               ``value`` where it is a text (``có/không``, ``văn bản``), else missing
    state      category             ``Tình trạng`` as the unit gave it; missing where it gave nothing
    why        category             why a figure that is owed is lacking (``Gap.why``); missing where it is not
    source     string               ``Nguồn số liệu``; of a figure derived from former units how it was made
    reason     string               ``Giải trình``
    note       string               of a lacking figure: the unit's reason, or what must be mended
    decision   string               the clerk's decision by which it was taken, in words
    file       string               where the figure stands; missing for a figure on record in ``Năm trước``
    sheet      string               likewise
    cell       string               likewise, an A1 address
    sha256     string               of that file
    read_at    datetime64, +07:00   when the file was read
    ========== ==================== ==========================================================================

    With a ``plan`` also ``variable_name``, ``measure``, ``method`` (``Cách tổng hợp``), ``criterion``, ``unit_name`` and
    ``unit_type``. Rows by variable, unit and year; a variable that is assigned to nobody has its row last of its kind.
    """
    gaps = {(g.variable, g.unit, dataset.year): g for g in dataset.gaps}
    rows = [_row(f, gaps.pop((f.variable, f.unit, f.year), None)) for f in dataset.figures]
    rows += [_gap_row(g, dataset.year) for g in gaps.values()]
    variables, units = _variables(dataset, plan), _units(dataset, plan)
    place = {code: i for codes in (variables, units) for i, code in enumerate(codes)}
    rows.sort(key=lambda r: (place[r[0]], place.get(r[1], len(place)), r[2]))
    categories = {"variable": variables, "unit": units, "state": [s.value for s in State], "why": list(WHY)}
    frame = _frame(rows, TIDY, categories)
    return frame if plan is None else _named(frame, plan)


def wide(dataset: Dataset, year: int | None = None, plan: Plan | None = None) -> pd.DataFrame:
    """The figures of one year, the dataset's own where none is named: variables down, units across, both as codes.

    Plain indexes named ``variable`` and ``unit``, in the plan's order: every variable, and every unit that is awaited or
    has a figure in any year. dtype object: ``Decimal``, ``str``, or ``None`` where there is no figure; ``tidy`` says why.
    """
    import pandas as pd

    at = dataset.year if year is None else year
    variables, units = _variables(dataset, plan), _units(dataset, plan)
    column = {unit: i for i, unit in enumerate(units)}
    rows: dict[str, list[Value | None]] = {code: [None] * len(units) for code in variables}
    for f in dataset.figures:
        if f.year == at:
            rows[f.variable][column[f.unit]] = f.value
    index, columns = pd.Index(variables, name="variable", dtype=object), pd.Index(units, name="unit", dtype=object)
    return pd.DataFrame(list(rows.values()), index=index, columns=columns, dtype=object)


def totals(dataset: Dataset) -> pd.DataFrame:
    """The province's figure of every variable and year: columns and dtypes as in ``TOTALS``.

    ``value``, ``number`` and ``text`` as in ``tidy``; ``expected`` and ``reported`` count units; ``on_record``: it stands
    in ``Năm trước``; ``conflict``: leads disagree, so there is no figure; ``decided``: the clerk gave it.
    """
    rows = [
        (t.variable, t.year, *_values(t.value), len(t.expected), len(t.reported),
         t.year < dataset.year and t.value is not None and not t.expected, t.conflict, t.settled is not None)
        for t in sorted(dataset.totals.values(), key=lambda t: t.year)
    ]  # fmt: skip
    variables = _variables(dataset, None)
    place = {code: i for i, code in enumerate(variables)}
    rows.sort(key=lambda r: place[r[0]])
    return _frame(rows, TOTALS, {"variable": variables})


def over_years(series: Sequence[Series]) -> pd.DataFrame:
    """The criteria over the years, one row a criterion and year: columns and dtypes as in ``OVER_YEARS``.

    ``value`` is exact (``Decimal`` or ``None``), ``number`` the same as float64; ``reported`` of ``expected`` units of the
    weakest input; ``seam`` says why a value cannot simply be compared with the next one, and is missing where it can.
    """
    rows = [
        (s.criterion.code, p.year, p.value, _number(p.value), p.reported, p.expected, p.on_record, p.seam or None)
        for s in series
        for p in s.points
    ]
    return _frame(rows, OVER_YEARS, {"criterion": [s.criterion.code for s in series]})


def criteria(series: Sequence[Series]) -> pd.DataFrame:
    """Criteria down, years across (plain indexes ``criterion`` and ``year``): exact values, ``None`` where there is none."""
    import pandas as pd

    years = sorted({p.year for s in series for p in s.points})
    known = [{p.year: p.value for p in s.points} for s in series]
    index = pd.Index([s.criterion.code for s in series], name="criterion", dtype=object)
    columns = pd.Index(years, name="year", dtype="int64")
    return pd.DataFrame([[k.get(y) for y in years] for k in known], index=index, columns=columns, dtype=object)


# ------------------------------------------------------------------ rows


def _row(f: Figure, gap: Gap | None) -> tuple[Any, ...]:
    at, why, note = f.at, gap.why if gap else None, gap.note if gap else ""
    return (
        *(f.variable, f.unit, f.year, *_values(f.value), f.state.value, why),
        *(text or None for text in (f.source, f.reason, note, str(f.decision or ""))),
        *((at.workbook, at.sheet, at.address) if at is not None else (None, None, None)),
        f.sha256 or None,
        f.read_at,
    )


def _gap_row(gap: Gap, year: int) -> tuple[Any, ...]:
    row = dict.fromkeys(TIDY) | {
        "variable": gap.variable,
        "unit": gap.unit or None,
        "year": year,
        "number": float("nan"),
    }
    return tuple((row | {"why": gap.why, "note": gap.note or None}).values())


def _values(value: Value | None) -> tuple[Value | None, float, str | None]:
    return value, _number(value), value if isinstance(value, str) else None


def _number(value: Value | None) -> float:
    return float(value) if isinstance(value, Decimal) else float("nan")


# ------------------------------------------------------------------ order and dtypes


def _variables(dataset: Dataset, plan: Plan | None) -> list[str]:
    """All variables in the plan's order, in which the dataset holds its totals."""
    return [v.code for v in plan.variables] if plan else list(dict.fromkeys(code for code, _ in dataset.totals))


def _units(dataset: Dataset, plan: Plan | None) -> list[str]:
    """The units that are awaited or have a figure, in the plan's order; without a plan as the totals name them first."""
    awaited = dict.fromkeys(u for t in dataset.totals.values() for u in t.expected)
    seen = (
        awaited | dict.fromkeys(f.unit for f in dataset.figures) | dict.fromkeys(g.unit for g in dataset.gaps if g.unit)
    )
    return [u.code for u in plan.units if u.code in seen] if plan else list(seen)


def _frame(
    rows: Sequence[tuple[Any, ...]], dtypes: dict[str, Any], categories: Mapping[str, Sequence[str]]
) -> pd.DataFrame:
    """The rows under these columns, each with its dtype; ``categories`` of a column are there whether they occur or not."""
    import pandas as pd

    columns = list(zip(*rows, strict=True)) if rows else [()] * len(dtypes)
    return pd.DataFrame(
        {name: _column(cells, dtypes[name], categories.get(name)) for name, cells in zip(dtypes, columns, strict=True)}
    )


def _column(cells: Iterable[Any], dtype: Any, categories: Sequence[str] | None) -> pd.Series[Any]:
    import pandas as pd

    column: pd.Series[Any]
    if categories is not None:
        return pd.Series(pd.Categorical(list(cells), categories=list(categories)))
    if str(dtype).startswith("datetime64"):
        moments = pd.DatetimeIndex(pd.to_datetime(pd.Series(list(cells), dtype=object), utc=True))
        column = pd.Series(moments.tz_convert(HANOI).as_unit("us"))
        return column
    column = pd.Series(list(cells), dtype=dtype)
    return column


def _named(frame: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """``frame`` with what the plan says of its variables and units."""
    variables = [plan.variable[code] for code in frame["variable"]]
    units = [plan.any_unit.get(code) for code in frame["unit"].astype(object).where(frame["unit"].notna(), "")]
    added: dict[str, list[Any]] = {
        "variable_name": [v.name for v in variables],
        "measure": [v.measure for v in variables],
        "method": [str(v.aggregation) for v in variables],
        "criterion": [v.criterion for v in variables],
        "unit_name": [u.name if u else None for u in units],
        "unit_type": [u.type if u else None for u in units],
    }
    ordered = {
        "method": list(dict.fromkeys(str(v.aggregation) for v in plan.variables)),
        "criterion": list(plan.criterion),
        "unit_type": list(dict.fromkeys(u.type for u in (*plan.units, *plan.inactive))),
    }
    return frame.assign(**{name: _column(cells, NAMED[name], ordered.get(name)) for name, cells in added.items()})
