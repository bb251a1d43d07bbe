"""The frames hold what the dataset holds, no more and no less, each column with the dtype that is promised."""

import re
import subprocess
import sys
from datetime import datetime
from decimal import Decimal

import pandas as pd
import pytest
from conftest import small_plan
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from test_compute import criterion, figures

from lsindicators import compute, frames, merge
from lsindicators.model import HANOI, CellRef, Figure, Kind, PastFigure, State

PLAN = small_plan()
READ = datetime(2026, 3, 28, 9, 15, tzinfo=HANOI)

numbers = st.decimals(-(10**12), 10**12, places=4).map(Decimal) | st.integers(0, 10**9).map(Decimal)
texts = st.sampled_from(["https://a.vn", "=1+1", "dòng một\ndòng hai"])


def value_of(kind):
    return {Kind.YES_NO: st.sampled_from(["Có", "Không"]), Kind.TEXT: texts}.get(kind, numbers)


@st.composite
def answers(draw):
    """What units say: a value, a true zero, a state without a figure, or nothing; this year and last."""
    found = []
    for a in PLAN.assignments:
        kind = PLAN.variable[a.variable].kind
        for unit in a.units:
            for year in (2024, 2025):
                state = draw(st.sampled_from([None, None, *State]))
                if state is None:
                    continue
                value = draw(value_of(kind)) if state is State.GIVEN else None
                if state is State.NONE_OCCURRED:
                    value = Decimal(0)
                found.append(
                    Figure(
                        variable=a.variable, unit=unit, year=year, value=value, state=state,
                        source=draw(st.sampled_from(["", "Báo cáo năm"])),
                        reason="lý do" if value is None else "",
                        at=CellRef(f"tra-ve/{unit}.xlsx", "Số liệu", "F12"), sha256="ab" * 32, read_at=READ,
                    )
                )  # fmt: skip
    return found


def dataset_of(found, plan=PLAN):
    untaken = {("xa-hoa-tham", "C01_B"): "nhập lại số"}
    return merge.combine(plan, found, untaken, {"so-khcn", "xa-hoa-tham"})[0]


@settings(deadline=None)
@given(answers())
def test_a_tidy_frame_is_the_figures_and_the_gaps(found):
    dataset = dataset_of(found)
    frame = dataset.to_frame(PLAN)
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == {
        name: str(dtype) for name, dtype in (frames.TIDY | frames.NAMED).items()
    }
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    back = {
        (r["variable"], r["unit"], r["year"]): (
            r["value"],
            r["state"],
            r["source"] or "",
            r["reason"] or "",
            r["read_at"],
        )
        for r in rows
        if r["state"] is not None
    }
    assert back == {
        (f.variable, f.unit, f.year): (f.value, f.state.value, f.source, f.reason, f.read_at) for f in dataset.figures
    }
    assert all(type(r["value"]) in (Decimal, str, type(None)) for r in rows)
    lacking = {(r["variable"], r["unit"] or "", r["why"], r["note"] or "") for r in rows if r["why"] is not None}
    assert lacking == {(g.variable, g.unit, g.why, g.note) for g in dataset.gaps}
    assert len(rows) == len({(r["variable"], r["unit"], r["year"]) for r in rows})
    for r in rows:
        assert r["number"] == (float(r["value"]) if isinstance(r["value"], Decimal) else None)
        assert r["text"] == (r["value"] if isinstance(r["value"], str) else None)
        assert r["measure"] == PLAN.variable[r["variable"]].measure


@settings(deadline=None)
@given(answers(), st.sampled_from([None, 2024, 2025]))
def test_a_wide_frame_is_the_figures_of_one_year(found, year):
    dataset = dataset_of(found)
    frame = dataset.to_wide(year, PLAN)
    assert (list(frame.index), list(frame.columns)) == ([v.code for v in PLAN.variables], [u.code for u in PLAN.units])
    assert (frame.index.name, frame.columns.name, set(frame.dtypes)) == (
        "variable",
        "unit",
        {pd.Series(dtype=object).dtype},
    )
    held = {
        (v, u): x
        for v, row in zip(frame.index, frame.to_numpy(), strict=True)
        for u, x in zip(frame.columns, row, strict=True)
        if x is not None
    }
    assert held == {
        (f.variable, f.unit): f.value for f in dataset.figures if f.year == (year or 2025) and f.value is not None
    }


@settings(deadline=None)
@given(answers())
def test_order_of_figures_is_no_matter(found):
    one, two = (dataset_of(x).to_frame() for x in (found, list(reversed(found))))
    pd.testing.assert_frame_equal(one, two)


@settings(deadline=None)
@given(answers())
def test_totals_are_those_of_the_dataset(found):
    dataset = dataset_of(found)
    frame = frames.totals(dataset)
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == {k: str(v) for k, v in frames.TOTALS.items()}
    back = {(r.variable, r.year): (r.value, r.expected, r.reported, r.conflict) for r in frame.itertuples()}
    assert back == {key: (t.value, len(t.expected), len(t.reported), t.conflict) for key, t in dataset.totals.items()}


def test_rows_stand_in_the_plans_order():
    plan = replace(PLAN, past=())
    dataset = merge.combine(plan, list(reversed(figures("C01_A 5 6 7\nC01_A@-1 1 2 3\nC43_A Có - Không"))), {}, set())[
        0
    ]
    frame = dataset.to_frame(plan)
    told = [(r.variable, r.unit, r.year) for r in frame[frame.state.notna()].itertuples()]
    assert told == [
        *(("C01_A", u, y) for u in ("so-khcn", "xa-hoa-tham", "phuong-ky-lua") for y in (2024, 2025)),
        ("C43_A", "so-khcn", 2025), ("C43_A", "phuong-ky-lua", 2025),
    ]  # fmt: skip
    assert list(frame.sort_values(["variable", "unit"], kind="stable").index) == list(frame.index)


def test_a_variable_of_nobody_has_a_row_without_unit():
    plan = replace(PLAN, assignments=tuple(replace(a, lead=(), supporting=()) for a in PLAN.assignments))
    dataset = merge.combine(plan, [], {}, set())[0]
    frame = dataset.to_frame(plan)
    assert frame["unit"].isna().all() and set(frame["why"]) == {"not-assigned"}
    assert dataset.to_wide(plan=plan).shape == (8, 0)


def test_a_figure_on_record_has_no_cell():
    (row,) = (r for r in dataset_of([]).to_frame().itertuples() if r.variable == "C14_A" and r.year == 2024)
    assert (row.value, row.number, row.file, row.cell) == (Decimal("27500000.5"), 27500000.5, pd.NA, pd.NA)
    assert row.read_at is pd.NaT


def test_an_empty_campaign_has_the_same_columns():
    nobody = replace(PLAN, past=(), assignments=(), variables=(), criteria=(), rules=())
    dataset = merge.combine(nobody, [], {}, set())[0]
    assert {n: str(d) for n, d in dataset.to_frame(nobody).dtypes.items()} == {
        n: str(d) for n, d in (frames.TIDY | frames.NAMED).items()
    }
    assert frames.totals(dataset).empty and frames.over_years(()).empty and frames.criteria(()).empty


def test_criteria_over_the_years():
    past = (PastFigure(variable="DV01", unit=None, year=2023, value=Decimal("9.5")),)
    plan = small_plan(criteria=(criterion("C01_A / 3"), criterion("C01_B", code="KQ07")), past=past)
    dataset = merge.combine(plan, figures("C01_A 1 - -\nC01_B 4 5 6"), {}, set())[0]
    series = compute.series(plan, dataset)
    frame = frames.over_years(series)
    assert {n: str(d) for n, d in frame.dtypes.items()} == {n: str(d) for n, d in frames.OVER_YEARS.items()}
    assert [
        tuple(r) for r in frame[["criterion", "year", "value", "reported", "expected", "on_record"]].to_numpy()
    ] == [
        ("DV01", 2023, Decimal("9.5"), 0, 0, True),
        ("DV01", 2024, None, 0, 3, False),
        ("DV01", 2025, series[0].points[2].value, 1, 3, False),
        ("KQ07", 2025, Decimal(15), 3, 3, False),
    ]
    across = frames.criteria(series)
    assert (list(across.index), list(across.columns)) == (["DV01", "KQ07"], [2023, 2024, 2025])
    assert list(across.loc["KQ07"]) == [None, None, Decimal(15)]


@pytest.mark.parametrize("columns", [frames.TIDY, frames.NAMED])
def test_every_column_is_documented(columns):
    assert set(columns) <= set(re.findall(r"\w+", frames.tidy.__doc__))


def test_a_noun_loads_pandas_only_when_it_is_asked_for_a_frame():
    code = (
        "import sys; from lsindicators.model import Dataset\n"
        "d = Dataset(year=2025, figures=(), totals={}, gaps=(), conflicts=())\n"
        "assert not {'pandas', 'lsindicators.frames'} & set(sys.modules)\n"
        "d.to_frame(); assert 'pandas' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
