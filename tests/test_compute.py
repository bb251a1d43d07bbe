"""Totals in, criteria out: value, year before, status, coverage."""

from decimal import Decimal
from fractions import Fraction

import pytest
from conftest import small_plan
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from lsindicators import compute, merge
from lsindicators.model import Aggregation, Criterion, Figure, Method, Outcome, PastFigure, Standing, State

C, P, M = Outcome.COMPUTED, Outcome.PARTIAL, Outcome.MISSING


def criterion(formula, code="DV01", parent=None):
    return Criterion(
        code=code, group="Nhóm", name="Tên", measure="%", formula=formula, decimals=2, standing=Standing.PROPOSED, parent=parent
    )  # fmt: skip


def figures(table):
    """``C01_A 5 - 7``: a variable, then what so-khcn, xa-hoa-tham and phuong-ky-lua say; ``C01_A@-1`` the year before."""
    found = []
    for line in filter(None, table.strip().splitlines()):
        name, *said = line.split()
        code, _, lag = name.partition("@")
        for unit, word in zip(("so-khcn", "xa-hoa-tham", "phuong-ky-lua"), said, strict=False):
            if word != "-":
                value = word if word in ("Có", "Không") else Decimal(word)
                year = 2025 + int(lag or 0)
                found.append(Figure(variable=code, unit=unit, year=year, value=value, state=State.GIVEN))
    return found


def results(formula, table, past=(), companions=()):
    plan = small_plan(criteria=(criterion(formula),), companions=companions, past=past)
    dataset, _ = merge.combine(plan, figures(table), {}, set())
    return compute.evaluate(plan, dataset)


FULL = "C01_A 5 6 7\nC01_B 1 1 1"

CASES = [
    # formula, figures, value, status, n/N, missing
    ("C01_A + C01_B", FULL, "21", C, "3/3", ()),
    ("C01_A / C01_B * 100", FULL, "600", C, "3/3", ()),
    ("C01_A + C01_B", "C01_A 5 6 7\nC01_B 1 - 1", "20", P, "2/3", ()),
    ("C01_A + C01_B", "C01_A 5 6 7", None, M, "0/3", ("C01_B",)),
    ("C01_A / C01_B", "C01_A 5 6 7\nC01_B 0 0 0", None, M, "3/3", ()),
    ("C01_A * 0 + C01_B * 0", "C01_A 5 6 7\nC01_B 0 0 0", "0", C, "3/3", ()),
    ("C09_A / C09_B", "C09_A 1 1 -\nC09_B 4", "0.5", P, "2/3", ()),
    ("C09_B + C01_A", "C01_A 5 6 7\nC09_B -", None, M, "0/1", ("C09_B",)),
    ("C09_B + C01_A + C01_B", "", None, M, "0/3", ("C09_B", "C01_A", "C01_B")),
    ("C43_A", "C43_A Có Không Có", Fraction(200, 3), C, "3/3", ()),
    ("C43_B + 1", "C43_B Có", None, M, "1/3", ("C43_B",)),
    ("C01_A@-1 + C01_A", FULL, None, M, "0/3", ("C01_A@-1",)),
    ("C01_A@-1 + C01_A", FULL + "\nC01_A@-1 1 - 1", "20", P, "2/3", ()),
    ("nếu(C01_A > 10; C01_A; C01_B)", "C01_A 5 6 7", "18", P, "0/3", ("C01_B",)),
    ("nếu(C01_A > 20; C01_A; C01_B)", "C01_A 5 6 7", None, M, "0/3", ("C01_B",)),
    ("round(C01_A / C01_B; 1)", "C01_A 1 0 0\nC01_B 1 1 1", "0.3", C, "3/3", ()),
    ("12 * 2", "", "24", C, "0/0", ()),
]


@pytest.mark.parametrize(("formula", "table", "value", "status", "coverage", "missing"), CASES)
def test_value_status_and_coverage(formula, table, value, status, coverage, missing):
    (found,) = results(formula, table)
    if value is None:
        assert found.value is None
    else:
        assert abs(Fraction(found.value) - Fraction(value)) < Fraction(1, 10**27)
    assert (found.outcome, f"{found.reported}/{found.expected}", found.missing) == (status, coverage, missing)


def test_division_by_zero_is_told():
    (found,) = results("C01_A / C01_B", "C01_A 5 6 7\nC01_B 0 0 0")
    assert (found.value, found.note) == (None, "mẫu số C01_B bằng 0, không tính được")
    (found,) = results("C01_A / (C01_B - 3)", FULL)
    assert found.note == compute.ZERO_DIVISOR.format(divisor="C01_B - 3")
    (found,) = results("C01_B ^ (0 - C01_A) / (" + " + ".join(["C01_B"] * 20) + ")", "C01_A 5 6 7\nC01_B 0 0 0")
    assert found.note == compute.NOT_COMPUTABLE
    (found,) = results("C01_A / C01_B", "C01_A 5 6 7")
    assert found.note == ""


def test_a_criterion_may_rest_on_others():
    criteria = (
        criterion("KQ07 / DV01_B * 100", "DV01"),
        criterion("C01_A + C01_B", "KQ07"),
        criterion("KQ07 - KQ07@-1", "HQ02"),
    )
    companions = (criterion("KQ07 * 2", "DV01_B", "DV01"),)
    plan = small_plan(criteria=criteria, companions=companions, past=())
    dataset, _ = merge.combine(plan, figures(FULL + "\nC01_A@-1 1 1 1\nC01_B@-1 2 2 -"), {}, set())
    found = {r.criterion.code: r for r in compute.evaluate(plan, dataset)}
    assert {code: r.value for code, r in found.items()} == {"DV01": 50, "DV01_B": 42, "KQ07": 21, "HQ02": 14}
    assert dict(found["DV01"].inputs) == {"C01_A": 18, "C01_B": 3}
    assert dict(found["HQ02"].inputs) == {"C01_A": 18, "C01_B": 3, "C01_A@-1": 3, "C01_B@-1": 4}
    assert (found["HQ02"].outcome, f"{found['HQ02'].reported}/{found['HQ02'].expected}") == (P, "2/3")
    assert found["DV01"].criterion.formula == "KQ07 / DV01_B * 100"


def test_inputs_are_named_as_in_the_formula():
    (found,) = results("C01_A / C01_A@-1 + C43_B", FULL + "\nC43_B Có")
    assert found.inputs == {"C01_A": 18, "C01_A@-1": None, "C43_B": "Sở Khoa học và Công nghệ: Có"}


@pytest.mark.parametrize(
    ("formula", "table", "previous", "complete"),
    [
        ("C01_A", "C01_A@-1 5 6 7", "18", True),
        ("C01_A", "C01_A@-1 5 - 7", "12", False),
        ("C01_A", "C01_A 5 6 7", None, False),
        ("C01_A / C01_A@-1", "C01_A@-1 4 4 4\nC01_A@-2 1 1 1", "4", True),
        ("C01_A / C01_A@-1", "C01_A 4 4 4\nC01_A@-1 1 1 1", None, False),
        ("C01_A / C01_B", "C01_A@-1 4 4 4\nC01_B@-1 0 0 0", None, False),
    ],
)
def test_the_year_before_is_the_formula_shifted_by_a_year(formula, table, previous, complete):
    (found,) = results(formula, table)
    assert found.previous == (None if previous is None else Decimal(previous))
    assert found.previous_complete == complete


def test_a_criterion_on_record_is_last_years_value():
    past = (PastFigure(variable="DV01", unit=None, year=2024, value=Decimal("11.2")),)
    (found,) = results("C01_A", "C01_A 5 6 7\nC01_A@-1 1 1 1", past)
    assert (found.previous, found.previous_complete, found.change) == (Decimal("11.2"), True, Decimal("6.8"))


def test_companions_follow_their_criterion():
    companions = (criterion("C01_B", "DV01_B", "DV01"), criterion("C01_A * 2", "DV01_A", "DV01"))
    assert [(r.criterion.code, r.value) for r in results("C01_A", FULL, companions=companions)] == [
        ("DV01", 18), ("DV01_B", 3), ("DV01_A", 36),
    ]  # fmt: skip


def test_leads_that_disagree_leave_the_criterion_without_value(plan):
    both = tuple(
        replace(a, lead=("so-khcn", "xa-hoa-tham"), supporting=()) if a.variable == "C09_B" else a
        for a in plan.assignments
    )
    plan = replace(plan, assignments=both, criteria=(criterion("C09_B"),))
    dataset, _ = merge.combine(plan, figures("C09_B 4 5"), {}, set())
    (found,) = compute.evaluate(plan, dataset)
    assert (found.value, found.outcome, found.missing) == (None, M, ("C09_B",))


numbers = st.decimals(min_value=0, max_value=10**9, places=2)


@given(st.lists(st.one_of(st.none(), numbers), min_size=3, max_size=3), st.lists(numbers, min_size=3, max_size=3))
def test_a_share_is_the_ratio_of_the_sums(parts, wholes):
    said = " ".join("-" if p is None else f"{p}" for p in parts)
    (found,) = results("C01_A / C01_B * 100", f"C01_A {said}\nC01_B {' '.join(map(str, wholes))}")
    part = sum((Fraction(p) for p in parts if p is not None), Fraction(0))
    whole = sum(map(Fraction, wholes))
    if all(p is None for p in parts) or not whole:
        assert found.value is None
    else:
        assert abs(Fraction(found.value) - part / whole * 100) <= abs(part / whole) * Fraction(1, 10**26)


COMPARED = [
    ("C01_A", FULL + "\nC01_A@-1 1 1 1", True, ""),
    ("C01_A", "C01_A 5 6 -\nC01_A@-1 1 1 1", False, ""),  # one unit fewer than the year before
    ("C01_A", "C01_A 5 6 -\nC01_A@-1 1 1 -", True, ""),  # the same two units in both years
    ("C01_A", FULL, False, ""),
    ("C01_A / C01_B", "C01_A 5 6 -\nC01_B 1 1 -", False, ""),
    ("C01_A / C01_B", "C01_A 5 6 -\nC01_B 1 1 1", False, compute.UNEVEN),
    ("C09_A / C09_B", "C09_A 1 1 -\nC09_B 4", False, compute.UNEVEN),
    ("C01_A + C01_B", "C01_A 5 6 -\nC01_B 1 1 1", False, ""),  # a sum is lower, and says so by its coverage
]


@pytest.mark.parametrize(("formula", "table", "comparable", "uneven"), COMPARED)
def test_years_and_parts_that_rest_on_different_units_are_told(formula, table, comparable, uneven):
    (found,) = results(formula, table)
    assert found.comparable is comparable
    assert found.note == uneven


def test_an_input_that_no_unit_has_a_figure_for_is_told():
    plan = small_plan(criteria=(criterion("C09_A / C09_B"),))
    nothing = Figure(variable="C09_B", unit="so-khcn", year=2025, value=None, state=State.NOT_APPLICABLE)
    dataset, _ = merge.combine(plan, [*figures("C09_A 1 1 1"), nothing], {}, set())
    (found,) = compute.evaluate(plan, dataset)
    assert (found.outcome, found.missing, f"{found.reported}/{found.expected}") == (M, ("C09_B",), "3/3")
    assert found.note == compute.NOTHING_TO_GIVE.format(inputs="C09_B")


def test_a_criterion_on_record_is_compared_with_a_full_year():
    past = (PastFigure(variable="DV01", unit=None, year=2024, value=Decimal(10)),)
    assert [r.comparable for r in results("C01_A", FULL, past)] == [True]
    assert [r.comparable for r in results("C01_A", "C01_A 5 6 -", past)] == [False]


THRESHOLD = [
    # threshold, figures, status, whole
    ("100", "C01_A 5 6 7\nC01_B 1 1 1", C, True),
    ("100", "C01_A 5 6 -\nC01_B 1 1 1", P, False),
    ("66.67", "C01_A 5 6 -\nC01_B 1 1 1", P, False),  # two of three are less
    ("66.6", "C01_A 5 6 -\nC01_B 1 1 1", C, False),
    ("66.6", "C01_A 5 6 -\nC01_B 1 - -", P, False),  # the weakest input counts
    ("1", "C01_A 5 6 -", M, False),
    ("0.5", "C01_A 5 6 7\nC01_B 1 1 1", C, True),
]


@pytest.mark.parametrize(("threshold", "table", "status", "whole"), THRESHOLD)
def test_a_criterion_counts_as_computed_from_the_campaigns_threshold_on(threshold, table, status, whole):
    plan = small_plan(criteria=(criterion("C01_A + C01_B"),))
    plan = replace(plan, settings=replace(plan.settings, coverage=Decimal(threshold)))
    (found,) = compute.evaluate(plan, merge.combine(plan, figures(table), {}, set())[0])
    assert (found.outcome, found.whole) == (status, whole)
    assert found.whole == (found.value is not None and found.reported == found.expected)


def test_a_lower_threshold_makes_years_of_different_units_no_more_comparable():
    past = (PastFigure(variable="DV01", unit=None, year=2024, value=Decimal(10)),)
    plan = small_plan(criteria=(criterion("C01_A"),), past=past)
    plan = replace(plan, settings=replace(plan.settings, coverage=Decimal(50)))
    (found,) = compute.evaluate(plan, merge.combine(plan, figures("C01_A 5 6 -"), {}, set())[0])
    assert (found.outcome, found.comparable) == (C, False)


@pytest.mark.parametrize(
    ("formula", "value", "note"),
    [
        ("C01_A", None, compute.NO_WEIGHT.format(inputs="C01_A")),
        ("nếu(C01_B > 0; C01_A; 5)", 5, ""),  # the branch taken needs no mean
    ],
)
def test_weights_that_come_to_zero_are_told(formula, value, note):
    plan = small_plan(criteria=(criterion(formula),))
    by_weight = replace(plan.variables[0], aggregation=Aggregation(Method.WEIGHTED, "C01_B"))
    plan = replace(plan, variables=(by_weight, *plan.variables[1:]))
    (found,) = compute.evaluate(plan, merge.combine(plan, figures("C01_A 5 6 7\nC01_B 0 0 0"), {}, set())[0])
    assert (found.value, found.outcome, found.note) == (value, M if value is None else C, note)
