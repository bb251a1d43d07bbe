"""Figures in, the province's table out: totals, coverage, conflicts, gaps."""

from decimal import Decimal
from random import Random

import pytest
from conftest import small_plan, variable
from hypothesis import given
from hypothesis import strategies as st

from lsindicators import merge
from lsindicators.model import (
    Aggregation,
    Assignment,
    CellRef,
    Figure,
    Kind,
    Method,
    PastFigure,
    State,
    Unit,
)

UNITS = ("so-a", "so-b", "xa-c", "xa-d")
"""The first two lead."""

WORDS = {"0!": State.NONE_OCCURRED, "n/a": State.NOT_APPLICABLE, "else": State.ELSEWHERE, "later": State.NOT_YET}


def figure(code, unit, told, year=2025, kind=Kind.DECIMAL):
    """``told``: a number or text, ``0!`` for a true zero, ``n/a``, ``else``, ``later``; ``None``: no figure."""
    state = WORDS.get(told, State.GIVEN)
    value = {"0!": Decimal(0)}.get(told) if told in WORDS else Decimal(told) if kind.numeric else told
    at = CellRef(f"tra-ve/{unit}.xlsx", "Số liệu", "F12")
    reason = "Đang tổng hợp" if state is State.NOT_YET else ""
    return Figure(variable=code, unit=unit, year=year, value=value, state=state, reason=reason, at=at)


def plan_of(method, kind=Kind.DECIMAL, lead=UNITS[:2], supporting=UNITS[2:], past=(), weight=None):
    """A plan of one variable C01_A, and C01_B as its weight when one is needed."""
    aggregation = Aggregation(method, "C01_B" if method is Method.WEIGHTED else None)
    variables = [variable("C01_A", "Số thứ nhất", "người", kind, aggregation)]
    if method is Method.WEIGHTED:
        variables.append(variable("C01_B", "Trọng số", "người", Kind.WHOLE))
    return small_plan(
        units=tuple(Unit(code=u, name=u.upper(), short=u, type=u[:2]) for u in UNITS),
        criteria=(),
        variables=tuple(variables),
        assignments=tuple(Assignment(variable=v.code, lead=lead, supporting=supporting) for v in variables),
        rules=(),
        past=past,
    )


def combine(plan, told, kind=Kind.DECIMAL, weights=(), **more):
    """``told`` and ``weights``: one word a unit, as in ``figure``."""
    figures = [figure("C01_A", u, t, kind=kind) for u, t in zip(UNITS, told, strict=True) if t is not None]
    figures += [figure("C01_B", u, w) for u, w in zip(UNITS, weights, strict=False) if w is not None]
    more = {"untaken": {}, "returned": {f.unit for f in figures}, **more}
    return merge.combine(plan, figures, **more)


NUMBERS = [
    # method, what the four units say, the total, reported of expected
    (Method.SUM, ["1", "2.5", "0!", "4"], "7.5", "4/4"),
    (Method.SUM, ["1", "n/a", "else", "later"], "1", "3/4"),
    (Method.SUM, ["0!", "0!", "0!", "0!"], "0", "4/4"),
    (Method.SUM, ["n/a", "n/a", "else", "else"], None, "4/4"),
    (Method.SUM, [None, "later", None, None], None, "0/4"),
    (Method.SUM, ["0.1", "0.2", None, None], "0.3", "2/4"),
    (Method.SUM, ["-3", "3", "0", None], "0", "3/4"),
    (Method.MEAN, ["1", "2", "0!", None], "1", "3/4"),
    (Method.MEAN, ["1", "2", "n/a", "later"], "1.5", "3/4"),
    (Method.MAX, ["-1", "-2", None, "n/a"], "-1", "3/4"),
    (Method.MIN, ["5", "0!", "7", None], "0", "3/4"),
    (Method.LEAD, ["12", "12.0", "1", "2"], "12", "2/2"),
    (Method.LEAD, ["12", None, "1", "2"], "12", "1/2"),
    (Method.LEAD, ["12", "else", "1", "2"], "12", "2/2"),
    (Method.LEAD, ["12", "13", "1", "2"], None, "2/2"),
    (Method.LEAD, ["0!", "13", None, None], None, "2/2"),
    (Method.LEAD, [None, None, "1", "2"], None, "0/2"),
]


@pytest.mark.parametrize(("method", "told", "total", "coverage"), NUMBERS)
def test_total_and_coverage(method, told, total, coverage):
    found = combine(plan_of(method), told)[0].totals["C01_A", 2025]
    assert found.value == (None if total is None else Decimal(total))
    assert f"{len(found.reported)}/{len(found.expected)}" == coverage
    assert found.complete == (coverage in ("4/4", "2/2"))


@pytest.mark.parametrize(
    ("told", "weights", "total", "coverage"),
    [
        (["10", "20", "30", "40"], ["1", "1", "2", "0!"], "22.5", 4),
        (["10", "20", "30", "40"], ["1", "3", None, "n/a"], "17.5", 2),
        (["10", "n/a", "later", None], ["1", None, "5", "5"], "10", 2),
        (["10", "20", None, None], ["0!", "0!", None, None], None, 2),
        (["10", "20", None, None], [None, None, "4", "4"], None, 0),
    ],
)
def test_weighted_mean_takes_only_units_that_have_both(told, weights, total, coverage):
    found = combine(plan_of(Method.WEIGHTED), told, weights=weights)[0].totals["C01_A", 2025]
    assert found.value == (None if total is None else Decimal(total))
    assert len(found.reported) == coverage


@pytest.mark.parametrize(
    ("told", "total", "reported"),
    [
        (["Có", "Có", "Không", "Có"], "75", 4),
        (["Có", "n/a", None, "later"], "100", 2),
        (["Không", "Không", "0!", None], "0", 3),
        (["n/a", None, None, None], None, 1),
    ],
)
def test_share_of_yes_is_a_percentage_of_those_who_said_yes_or_no(told, total, reported):
    found = combine(plan_of(Method.SHARE_YES, Kind.YES_NO), told, Kind.YES_NO)[0].totals["C01_A", 2025]
    assert found.value == (None if total is None else Decimal(total))
    assert len(found.reported) == reported


def test_texts_are_joined_in_the_plans_order_of_units():
    plan = plan_of(Method.JOIN, Kind.TEXT)
    figures = [figure("C01_A", u, f"bài của {u}", kind=Kind.TEXT) for u in ("xa-d", "so-b")]
    found = merge.combine(plan, figures, {}, set())[0].totals["C01_A", 2025]
    assert found.value == "SO-B: bài của so-b\nXA-D: bài của xa-d"


def test_leads_that_disagree_leave_no_figure_and_a_conflict():
    dataset, findings = combine(plan_of(Method.LEAD), ["12", "13", "100", "2"])
    assert dataset.totals["C01_A", 2025].conflict
    assert [(c.code, [f.unit for f in c.figures]) for c in dataset.conflicts] == [("conflict", ["so-a", "so-b"])]
    assert [f.code.word for f in findings] == ["conflict"]


def test_leads_that_give_different_words_disagree_too():
    found = combine(plan_of(Method.LEAD, Kind.YES_NO), ["Có", "Không", None, None], Kind.YES_NO)[0]
    assert found.totals["C01_A", 2025].conflict
    same = combine(plan_of(Method.LEAD, Kind.YES_NO), ["Có", "Có", None, None], Kind.YES_NO)[0]
    assert same.totals["C01_A", 2025].value == "Có"


@pytest.mark.parametrize(
    ("told", "disagrees"),
    [
        (["10", None, "4", "6"], False),
        (["10", None, "4", "5"], True),
        (["10", None, "4", "7"], True),
        (["10", None, "4", None], False),  # the others may still bring the rest
        (["10", None, "11", None], True),
        (["10", None, "11", "later"], True),
        (["10", None, "9", "n/a"], True),  # all have answered
        (["10", None, "n/a", "n/a"], False),  # nobody gave a figure
        (["10", None, "0!", "0!"], True),
        (["10", None, "4", "6.000000001"], False),  # within 1e-9
        (["10", None, "4", "6.0000001"], True),
        ([None, None, "4", "6"], False),
        (["0!", None, "0!", "0!"], False),
        (["10", "11", "4", "5"], False),  # the leads must agree first
    ],
)
def test_sum_of_supporting_units_is_held_against_the_leads_figure(told, disagrees):
    conflicts = combine(plan_of(Method.LEAD), told)[0].conflicts
    assert any(c.code == "totals-disagree" for c in conflicts) == disagrees


def test_totals_disagree_only_under_chu_tri():
    assert combine(plan_of(Method.SUM), ["10", "1", "4", "5"])[0].conflicts == ()


def test_every_gap_says_why():
    plan = plan_of(Method.SUM)
    dataset, findings = combine(
        plan,
        ["later", None, None, "n/a"],
        untaken={("so-b", "C01_A"): "không phải là số"},
        returned={"so-a", "so-b", "xa-d"},
    )
    assert [(g.unit, g.why, g.note) for g in dataset.gaps] == [
        ("so-a", "not-yet", "Đang tổng hợp"),
        ("so-b", "needs-mending", "không phải là số"),
        ("xa-c", "no-return", ""),
    ]
    assert [(f.code.word, f.variable) for f in findings] == [("no-return", None), ("coverage-low", "C01_A")]
    dataset, _ = combine(plan, ["1", None, "2", "3"], returned=set(UNITS))
    assert [(g.unit, g.why) for g in dataset.gaps] == [("so-b", "not-reported")]


def test_a_variable_of_nobody_is_a_gap_and_has_no_total():
    dataset, _ = combine(plan_of(Method.SUM, lead=(), supporting=()), ["1", None, None, None])
    assert [(g.variable, g.unit, g.why) for g in dataset.gaps] == [("C01_A", "", "not-assigned")]
    total = dataset.totals["C01_A", 2025]
    assert (total.value, total.expected, dataset.figures) == (None, (), ())


def test_without_a_lead_there_is_no_figure_under_chu_tri():
    dataset, _ = combine(plan_of(Method.LEAD, lead=()), [None, None, "1", "2"])
    assert dataset.totals["C01_A", 2025].value is None
    assert [(g.unit, g.why) for g in dataset.gaps] == [("", "not-assigned")]


def test_a_figure_on_record_wins_over_one_typed_for_that_year():
    past = (
        PastFigure(variable="C01_A", unit="so-a", year=2024, value=Decimal(7)),
        PastFigure(variable="C01_A", unit="so-a", year=2023, value=Decimal(5)),
        PastFigure(variable="C01_A", unit="so-a", year=2025, value=Decimal(999)),
    )
    typed = [figure("C01_A", "so-a", "8", 2024), figure("C01_A", "so-b", "1", 2024), figure("C01_A", "so-a", "9")]
    dataset, _ = merge.combine(plan_of(Method.SUM, past=past), typed, {}, set())
    assert {y: dataset.totals["C01_A", y].value for y in dataset.years} == {2025: 9, 2024: 8, 2023: 5}
    assert dataset.figure["C01_A", "so-a", 2024].at is None
    assert not dataset.totals["C01_A", 2024].complete


def test_a_province_figure_on_record_is_the_whole_total_of_its_year():
    past = (PastFigure(variable="C01_A", unit=None, year=2024, value=Decimal(70)),)
    dataset, _ = merge.combine(plan_of(Method.SUM, past=past), [figure("C01_A", "so-b", "1", 2024)], {}, set())
    total = dataset.totals["C01_A", 2024]
    assert (total.value, total.complete) == (Decimal(70), True)


def test_leads_that_disagreed_about_the_year_before_are_told_with_that_year():
    figures = [figure("C01_A", "so-a", "1", 2024), figure("C01_A", "so-b", "2", 2024)]
    dataset, _ = merge.combine(plan_of(Method.LEAD), figures, {}, set())
    (conflict,) = dataset.conflicts
    assert "năm 2024" in conflict.message
    assert dataset.totals["C01_A", 2024].value is None


def test_years_without_any_figure_have_no_total(plan):
    dataset, _ = merge.combine(plan, [], {}, set())
    assert [v for v, year in dataset.totals if year == 2025] == [v.code for v in plan.variables]
    assert [v for v, year in dataset.totals if year == 2024] == ["C01_A", "C14_A"]
    assert all(t.value is None for (_, year), t in dataset.totals.items() if year == 2025)


words = st.one_of(
    st.none(),
    st.sampled_from(sorted(WORDS)),
    st.decimals(min_value=-(10**12), max_value=10**12, places=3).map(str),
)


@given(
    st.sampled_from([m for m in Method if m not in (Method.SHARE_YES, Method.JOIN)]),
    st.lists(words, min_size=4, max_size=4),
    st.lists(words, min_size=4, max_size=4),
    st.integers(),
)
def test_the_order_of_returns_is_no_matter(method, told, weights, seed):
    plan = plan_of(method)
    figures = [figure("C01_A", u, t) for u, t in zip(UNITS, told, strict=True) if t is not None]
    if method is Method.WEIGHTED:
        figures += [figure("C01_B", u, w) for u, w in zip(UNITS, weights, strict=True) if w is not None]
    shuffled = Random(seed).sample(figures, len(figures))
    assert merge.combine(plan, shuffled, {}, set()) == merge.combine(plan, figures, {}, set())


@given(st.sampled_from(Method), st.lists(st.sampled_from([None, "later"]), min_size=4, max_size=4))
def test_what_nobody_reported_is_never_zero(method, told):
    kind = {Method.SHARE_YES: Kind.YES_NO, Method.JOIN: Kind.TEXT}.get(method, Kind.DECIMAL)
    total = combine(plan_of(method, kind), told, kind)[0].totals["C01_A", 2025]
    assert (total.value, total.reported) == (None, ())
