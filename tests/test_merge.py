"""Figures in, the province's table out: totals, coverage, conflicts, gaps."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from conftest import small_plan, variable
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from lsindicators import memory, merge, settlement
from lsindicators.model import (
    HANOI,
    Aggregation,
    Assignment,
    CellRef,
    Choice,
    Decision,
    Figure,
    Kind,
    Method,
    PastFigure,
    Settlement,
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
        (["10", "20", "30", "40"], ["1", "-3", "1", "0"], "20", 3),  # no weight is below zero
        (["10", "20", "30", "40"], ["-1", "-3", "-1", "-2"], None, 0),
        (["10", "else", "0!", "n/a"], ["1", None, "3", None], "2.5", 4),
    ],
)
def test_weighted_mean_takes_only_units_that_have_both(told, weights, total, coverage):
    found = combine(plan_of(Method.WEIGHTED), told, weights=weights)[0].totals["C01_A", 2025]
    assert found.value == (None if total is None else Decimal(total))
    assert len(found.reported) == coverage


def test_a_figure_without_a_weight_is_a_gap():
    plan, told = plan_of(Method.WEIGHTED), ["10", "20", "30", "n/a"]
    dataset, findings = combine(plan, told, weights=["1", "n/a", "-1", None], returned=set(UNITS))
    assert [(g.variable, g.unit, g.why, g.note) for g in dataset.gaps if g.variable == "C01_A"] == [
        ("C01_A", "so-b", "no-weight", "C01_B"), ("C01_A", "xa-c", "no-weight", "C01_B"),
    ]  # fmt: skip
    assert len(dataset.totals["C01_A", 2025].reported) == 2  # each that is not has a gap
    assert [f.variable for f in findings] == ["C01_A", "C01_B"]


@pytest.mark.parametrize(("threshold", "told"), [("100", True), ("75.1", True), ("75", False), ("50", False)])
def test_low_coverage_is_what_is_below_the_campaigns_threshold(threshold, told):
    plan = plan_of(Method.SUM)
    plan = replace(plan, settings=replace(plan.settings, coverage=Decimal(threshold)))
    _, findings = combine(plan, ["1", "2", "3", None], returned=set(UNITS))
    assert [f.code.word for f in findings] == (["coverage-low"] if told else [])


EACH = {
    # method -> the total where the second unit says: a true zero; not applicable; counted elsewhere; not yet; nothing
    Method.SUM: ("10", "10", "10", "10", "10"),
    Method.MEAN: ("10/3", "5", "5", "5", "5"),
    Method.MAX: ("6", "6", "6", "6", "6"),
    Method.MIN: ("0", "4", "4", "4", "4"),
    Method.WEIGHTED: ("24/7", "24/5", "24/5", "24/5", "24/5"),
}


@pytest.mark.parametrize(("method", "totals"), EACH.items())
def test_each_state_under_each_aggregation(method, totals):
    plan = plan_of(method, supporting=UNITS[2:3])
    for state, total, answered in zip(("0!", "n/a", "else", "later", None), totals, (3, 3, 3, 2, 2), strict=True):
        found = combine(plan, ["4", state, "6", None], weights=["3", "2", "2"])[0].totals["C01_A", 2025]
        assert abs(Fraction(found.value) - Fraction(total)) < Fraction(1, 10**30)
        assert (len(found.reported), len(found.expected)) == (answered, 3)


@pytest.mark.parametrize("method", [Method.SHARE_YES, Method.JOIN, Method.LEAD])
def test_each_state_of_words_gives_nothing_and_counts_as_an_answer_or_not(method):
    kind = Kind.TEXT if method is Method.JOIN else Kind.YES_NO
    for state, answered in (("0!", 2), ("n/a", 2), ("else", 2), ("later", 1), (None, 1)):
        found = combine(plan_of(method, kind, supporting=()), ["Có", state, None, None], kind)[0]
        total = found.totals["C01_A", 2025]
        assert (total.value, len(total.reported)) == (
            {Method.SHARE_YES: 100, Method.JOIN: "SO-A: Có", Method.LEAD: "Có"}[method], answered,
        )  # fmt: skip


@pytest.mark.parametrize("method", [Method.SUM, Method.MEAN, Method.MAX, Method.MIN, Method.LEAD, Method.WEIGHTED])
def test_a_word_is_no_part_of_a_number(method):
    plan = plan_of(method, supporting=())
    figures = [figure("C01_A", "so-a", "Có", kind=Kind.TEXT), figure("C01_A", "so-b", "7")]
    figures += [figure("C01_B", u, "1") for u in UNITS[:2]]
    assert merge.combine(plan, figures, {}, set())[0].totals["C01_A", 2025].value == 7


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


def settle(code="conflict", said="so-a: 12; so-b: 13", choice=Choice.TAKE, unit="so-b", value=None, year=2025):
    return Settlement(
        code=code, variable="C01_A", year=year, rule="", said=said, choice=choice, unit=unit, value=value,
        reason="Đã thống nhất", document="15/BB", dated=None, at=CellRef("dieu-chinh.xlsx", "Đối chiếu", "H2"),
    )  # fmt: skip


CORRECT = settle(choice=Choice.CORRECT, unit="", value=Decimal("12.5"))

SETTLED = [
    # the clerk's decisions, the total, whose figures it is made of; None: still open
    ([settle()], "13", ["so-b"]),
    ([settle(said=" so-a:  12; so-b: 13 ".replace(":  ", ": "))], "13", ["so-b"]),
    ([CORRECT], "12.5", []),
    ([settle(), settle(said="so-a: 11; so-b: 13", unit="so-a")], "13", ["so-b"]),  # the other is of former figures
    ([], None, None),
    ([settle(said="so-a: 12; so-b: 14")], None, None),
    ([settle(said="")], None, None),
    ([settle(unit="xa-c")], None, None),  # no lead
    ([settle(choice=Choice.ACCEPT)], None, None),  # there is no figure to accept
    ([settle(choice=Choice.CORRECT)], None, None),
    ([settle(choice=Choice.CORRECT, value="mười")], None, None),
    ([settle(), CORRECT], None, None),
    ([settle(), settle()], None, None),
    ([settle(code="totals-disagree")], None, None),
    ([settle(year=2024)], None, None),
]


@pytest.mark.parametrize(("decided", "value", "units"), SETTLED)
def test_leads_that_disagree_take_the_clerks_decision(decided, value, units):
    plan = plan_of(Method.LEAD)
    dataset, findings = combine(plan, ["12", "13", None, None], settlements=decided, returned=set(UNITS))
    total, (conflict,) = dataset.totals["C01_A", 2025], dataset.conflicts
    if value is None:
        assert (total.value, total.conflict, total.settled, conflict.settled) == (None, True, None, None)
        assert conflict.open and [f.code.word for f in findings] == ["conflict"]
    else:
        assert (total.value, total.conflict, total.complete) == (Decimal(value), False, True)
        assert total.settled is conflict.settled is decided[0]
        assert [f.unit for f in total.contributions] == units
        assert not conflict.open and findings == ()
    assert combine(plan, ["12", "13", None, None], settlements=decided[::-1], returned=set(UNITS)) == (
        dataset,
        findings,
    )


@pytest.mark.parametrize(("decided", "whose"), [(settle(), "so-b: 13"), (CORRECT, f"{merge.DECIDED}: 12,5")])
def test_the_decided_figure_is_held_against_the_sum_of_the_others(decided, whose):
    plan, told = plan_of(Method.LEAD), ["12", "13", "4", "5"]
    _, disagree = combine(plan, told, settlements=[decided])[0].conflicts
    assert settlement.said(disagree) == f"{whose}; 2 đơn vị phối hợp cộng lại: 9"
    accepted = settle("totals-disagree", settlement.said(disagree), Choice.ACCEPT, "")
    dataset, findings = combine(plan, told, settlements=[accepted, decided])
    assert [c.open for c in dataset.conflicts] == [False, False]
    assert (dataset.conflicts[1].settled, findings) == (accepted, ())
    taken = settle("totals-disagree", settlement.said(disagree), Choice.TAKE, "so-b")
    assert combine(plan, told, settlements=[taken, decided])[0].conflicts[1].open


def test_leads_that_disagreed_last_year_are_settled_with_that_year():
    figures = [figure("C01_A", "so-a", "1", 2024), figure("C01_A", "so-b", "2", 2024)]
    decided = settle(said="so-a: 1; so-b: 2", year=2024)
    dataset, _ = merge.combine(plan_of(Method.LEAD), figures, {}, set(), settlements=[decided])
    assert (dataset.totals["C01_A", 2024].value, dataset.conflicts[0].settled) == (2, decided)


def test_words_of_leads_are_settled_by_a_word():
    plan = plan_of(Method.LEAD, Kind.YES_NO)
    told, said = ["Có", "Không", None, None], "so-a: Có; so-b: Không"
    for decided, value in (
        (settle(said=said), "Không"),
        (settle(said=said, choice=Choice.CORRECT, value="Có"), "Có"),
        (settle(said=said, choice=Choice.CORRECT, value=Decimal(1)), None),
    ):
        dataset = combine(plan, told, Kind.YES_NO, settlements=[decided])[0]
        assert dataset.totals["C01_A", 2025].value == value


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


# ------------------------------------------------------------------ a figure keeps once what figures have in common

HANOI_MOMENT = datetime(2026, 3, 2, 8, tzinfo=HANOI)
A_DECISION = Decision(
    unit="so-a", variable="C01_A", year=2025, choice=Choice.CORRECT, sent=None, value=Decimal("1.0"), reason="Theo văn bản",
    document="12/SKHCN", at=CellRef("dieu-chinh.xlsx", "Số liệu", "F2"),
)  # fmt: skip
OF_A_FIGURE = {
    "variable": ("C01_A", "C01_B"),
    "unit": ("so-a", "so-b"),
    "year": (2025, 2024),
    "value": (Decimal("1.0"), Decimal("1.00"), "Có", None),
    "state": (State.GIVEN, State.NOT_YET),
    "source": ("", "Niên giám"),
    "reason": ("", "Đang tổng hợp"),
    "at": (CellRef("a.xlsx", "Số liệu", "F12"), CellRef("a.xlsx", "Số liệu", "F13"), CellRef("a.xlsx"), None),
    "sha256": ("", "0" * 64),
    "read_at": (HANOI_MOMENT, HANOI_MOMENT.astimezone(UTC), None),
    "decision": (None, A_DECISION, replace(A_DECISION, value=Decimal("1.00"))),
}


@given(st.lists(st.fixed_dictionaries({n: st.sampled_from(f) for n, f in OF_A_FIGURE.items()}), min_size=2, max_size=4))
def test_a_figure_gives_back_what_it_was_made_of(all_facts):
    """To the last digit of a number and the zone of a moment, also after others that are nearly the same."""
    figures = [Figure(**facts) for facts in all_facts]
    for f, facts in zip(figures, all_facts, strict=True):
        assert repr({name: getattr(f, name) for name in facts}) == repr(facts)
        again = memory.restored(memory.written(f))
        assert repr(again) == repr(f) and again == f and hash(again) == hash(f)
        assert repr(f._replace(**all_facts[0])) == repr(figures[0])
    for f, facts in zip(figures, all_facts, strict=True):
        assert [f == g for g in figures] == [facts == other for other in all_facts]


def test_figures_of_a_return_keep_once_what_they_have_in_common():
    """``_place`` holds what a row of many returns shares, ``_origin`` what a return's figures share."""
    one, other, same_row = figure("C01_A", "so-a", "1"), figure("C01_B", "so-a", "2"), figure("C01_A", "so-b", "3")
    assert one[1] is other[1] and one[0] is same_row[0]
