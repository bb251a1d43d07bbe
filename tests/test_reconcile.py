"""The province's table in, the rows that do not go together out: which code, which figures against which."""

from datetime import date
from decimal import Decimal
from random import Random

import pytest
from conftest import small_plan, variable
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from lsindicators import merge, reconcile, settlement
from lsindicators.model import (
    Aggregation,
    Assignment,
    CellRef,
    CheckRule,
    Choice,
    Decision,
    Figure,
    FormerName,
    Kind,
    Level,
    Method,
    PastFigure,
    Settlement,
    State,
    Unit,
)

COMMUNES = tuple(f"xa-{i}" for i in range(10))
UNITS = ("so-a", "so-b", *COMMUNES)
STATES = {"0!": State.NONE_OCCURRED, "n/a": State.NOT_APPLICABLE, "else": State.ELSEWHERE, "later": State.NOT_YET}


def name(unit):
    return f"Sở {unit[-1].upper()}" if unit.startswith("so") else f"Xã Số {unit[-1]}"


def plan_of(owed, rules=(), past=(), kinds=None, **methods):
    """``owed``: variable -> (leads, supporting units), separated by spaces; its method is ``tổng`` unless told."""
    units = tuple(Unit(code=u, name=name(u), short=name(u), type=u.split("-")[0]) for u in UNITS)
    made = tuple(
        variable(c, f"Số {c}", "triệu đồng", (kinds or {}).get(c, Kind.WHOLE), methods.get(c, Method.SUM), criterion="DV01")
        for c in owed
    )  # fmt: skip
    named = tuple(
        Assignment(variable=c, lead=tuple(lead.split()), supporting=tuple(supporting.split()))
        for c, (lead, supporting) in owed.items()
    )
    checks = tuple(
        CheckRule(code=f"R{i:02d}", expression=text, level=level, message="Phần không thể lớn hơn tổng")
        for i, (text, level) in enumerate(rules, 1)
    )
    return small_plan(
        units=units, groups=(), criteria=(), variables=made, assignments=named, rules=checks, past=tuple(past)
    )  # fmt: skip


def figures(table):
    """``C01_A so-a=5 xa-0=else:Sở A``: what stands behind a colon is the reason; ``C01_A@-1`` is of last year."""
    found = []
    for line in filter(None, map(str.strip, table.strip().splitlines())):
        head, *told = line.split("|") if "|" in line else line.split()
        code, _, lag = head.strip().partition("@")
        for part in filter(None, map(str.strip, told)):
            unit, _, said = part.partition("=")
            word, _, reason = said.partition(":")
            state = STATES.get(word, State.GIVEN)
            value = Decimal(0) if word == "0!" else None if word in STATES else Decimal(word)
            at = CellRef(f"tra-ve/{unit}.xlsx", "Số liệu", "F12")
            year = 2025 + int(lag or 0)
            found.append(
                Figure(variable=code, unit=unit, year=year, value=value, state=state, reason=reason, at=at)
            )  # fmt: skip
    return found


def dataset(plan, table, settlements=()):
    return merge.combine(plan, figures(table), {}, set(UNITS), settlements=settlements)[0]


def rows(plan, table, settlements=()):
    """(code, variable, year, severity, the figures against each other) of each row."""
    found = reconcile.compare(plan, dataset(plan, table, settlements), settlements)
    assert all(c.question.startswith("Đề nghị ") and c.question.endswith(".") for c in found)
    return [(c.code, c.variable, c.year, c.severity, settlement.said(c)) for c in found]


def communes(*words):
    return " ".join(f"{u}={w}" for u, w in zip(COMMUNES, words, strict=False))


ALL = " ".join(COMMUNES)
ONE = {"C01_A": ("so-a", ALL)}
SOME = {"C01_A": ("so-a", " ".join(COMMUNES[:3]))}

# ------------------------------------------------------------------ parts against totals

APART = {"C01_A": ("", ALL), "C01_B": ("so-a", "")}
MIXED = {"C01_A": ("so-a", ALL), "C01_B": ("so-a", "")}
RULE = ("C01_A <= C01_B", Level.ERROR)
FULL = f"C01_A {communes(*'1111111111')}"

RULES = [
    # owed, rule, figures, who is told
    (APART, RULE, FULL + "\nC01_B so-a=9", "question"),
    (APART, ("C01_A <= C01_B", Level.WARNING), FULL + "\nC01_B so-a=9", "warning"),
    (APART, RULE, FULL + "\nC01_B so-a=10", None),
    (APART, RULE, f"C01_A {communes(*'111111111')}\nC01_B so-a=1", None),  # not complete
    (APART, RULE, FULL, None),
    (APART, RULE, f"C01_A {communes(*'999999999')} xa-9=n/a\nC01_B so-a=80", "question"),
    (APART, ("C01_A * C01_B <= 50", Level.ERROR), FULL + "\nC01_B so-a=9", "question"),  # meant for the province alone
    (APART, ("C01_A / C01_B <= 1", Level.ERROR), FULL + "\nC01_B so-a=0", None),  # cannot be told
    (MIXED, RULE, FULL + " so-a=2\nC01_B so-a=9", "question"),  # so-a has checked its own part alone
    (MIXED, RULE, FULL + " so-a=2\nC01_B so-a=12", None),
    (MIXED, ("C01_A * C01_B <= 50", Level.ERROR), FULL + " so-a=2\nC01_B so-a=9", None),  # may not be added up
    (MIXED, ("C01_A <= 11 + C01_B * 0", Level.ERROR), FULL + " so-a=2\nC01_B so-a=9", None),
    ({"C01_A": ("so-a", ALL), "C01_B": ("so-a", ALL)}, RULE, FULL + " so-a=1\n" + FULL.replace("_A", "_B") + " so-a=0", None),
]  # fmt: skip


@pytest.mark.parametrize(("owed", "rule", "table", "severity"), RULES)
def test_a_rule_that_no_unit_could_check_is_held_against_the_totals(owed, rule, table, severity):
    found = rows(plan_of(owed, [rule]), table)
    assert [(c, s) for c, _, _, s, _ in found] == ([("rule-broken", severity)] if severity else [])


def test_a_mean_is_no_part_of_a_rule():
    plan = plan_of(APART, [RULE], C01_A=Method.MEAN)
    assert rows(plan, f"C01_A {communes(*'9999999999')}\nC01_B so-a=1") == []


def test_a_broken_rule_tells_the_totals_and_how_far_apart_they_are():
    (row,) = reconcile.compare(plan := plan_of(APART, [RULE]), dataset(plan, FULL + "\nC01_B so-a=9"))
    assert (row.rule, row.variable) == ("R01", "C01_A")
    assert settlement.said(row) == "C01_A Số C01_A: 10; C01_B Số C01_B: 9"
    assert "lệch 1" in row.message


@pytest.mark.parametrize(
    ("kind", "lead", "told"), [(Kind.DECIMAL, "10.005", False), (Kind.DECIMAL, "10.5", True), (Kind.WHOLE, "11", True)]
)
def test_what_rounding_leaves_is_no_broken_rule(kind, lead, told):
    plan = plan_of(APART, [("C01_A = C01_B", Level.ERROR)], kinds={"C01_A": kind, "C01_B": kind})
    assert bool(rows(plan, FULL + f"\nC01_B so-a={lead}")) is told


def test_a_rule_between_years_is_held_against_both():
    plan = plan_of(APART, [("C01_A >= C01_B@-1", Level.WARNING)])
    table = FULL + "\nC01_B so-a=12\nC01_B@-1 so-a=11"
    assert [(c, v, s) for c, v, _, s, _ in rows(plan, table)] == [("rule-broken", "C01_A", "warning")]


# ------------------------------------------------------------------ this year against last

SUM3 = "xa-0={} xa-1={} xa-2={} so-a={}"


def years(now, before):
    lines = (("C01_A", now), ("C01_A@-1", before))
    four = ("xa-0", "xa-1", "xa-2", "so-a")
    return "\n".join("|".join([head, *(f"{u}={w}" for u, w in zip(four, told, strict=True))]) for head, told in lines)


CHANGES = [
    # this year, last year, what is told
    (("9", "9", "9", "9"), ("5", "5", "5", "5"), "large-change"),  # each too small to be asked by itself
    (("6", "6", "6", "6"), ("5", "5", "5", "5"), None),
    (("7", "7", "8", "8"), ("5", "5", "5", "5"), None),  # just the limit
    (("2", "2", "2", "2"), ("5", "5", "5", "5"), "large-change"),
    (("9", "9", "0!", "9"), ("5", "5", "5", "later"), None),  # other units
    (("2", "2", "2", "2"), ("1", "1", "1", "1"), None),  # below 10 a change says little
    (("90:mở rộng", "9", "5", "5"), ("5", "5", "5", "5"), None),
    (("90:–", "9", "5", "5"), ("5", "5", "5", "5"), "large-change"),
    (("6:mở rộng", "20", "20", "5"), ("5", "5", "5", "5"), "large-change"),  # what is explained is not what happened
    (("0!", "0!", "0!", "5"), ("5", "5", "5", "5"), None),
    (("n/a:thôi", "n/a:thôi", "n/a:thôi", "5"), ("5", "5", "5", "5"), None),
    (("else:nơi khác", "else:nơi khác", "else:nơi khác", "5"), ("5", "5", "5", "5"), "large-change"),
    (("5000", "5000", "5000", "5000"), ("5", "5", "5", "5"), "unit-scale-suspect"),
    (("20000:mở rộng", "5", "5", "5"), ("5", "5", "5", "5"), "unit-scale-suspect"),
    (("20000:Đã kiểm tra, tăng", "5", "5", "5"), ("5", "5", "5", "5"), None),
    (("5", "5", "5", "5"), ("5000", "5000", "5000", "5000"), "unit-scale-suspect"),
]


@pytest.mark.parametrize(("now", "before", "code"), CHANGES)
def test_a_total_that_leapt_is_asked_where_nobody_has_said_why(now, before, code):
    found = rows(plan_of(SOME), years(now, before))
    assert [(c, y, s) for c, _, y, s, _ in found] == ([(code, 2025, "warning")] if code else [])


def test_a_change_by_the_clerks_decision_is_explained():
    decided = Decision(
        unit="xa-0", variable="C01_A", year=2025, choice=Choice.CORRECT, sent=None, value=Decimal(90),
        reason="Theo biên bản", document="01/BB", at=CellRef("dieu-chinh.xlsx", "Số đơn vị", "G2"),
    )  # fmt: skip
    plan = plan_of(SOME)
    told = [f._replace(decision=decided) if f.value == 90 else f for f in figures(years(("90", "5", "5", "5"), "5555"))]
    assert reconcile.compare(plan, merge.combine(plan, told, {}, set(UNITS))[0]) == ()


@pytest.mark.parametrize(
    ("past", "now", "code"),
    [(40, "9 9 9 9", None), (20, "9 9 9 9", "large-change"), (20, "9 9 9 later", None), (36000, "9 9 9 9", "unit-scale-suspect")],
)  # fmt: skip
def test_a_province_figure_on_record_rests_on_all_units(past, now, code):
    plan = plan_of(SOME, past=[PastFigure(variable="C01_A", unit=None, year=2024, value=Decimal(past))])
    found = rows(plan, f"C01_A {SUM3.format(*now.split())}")
    assert [c for c, *_ in found] == ([code] if code else [])


@pytest.mark.parametrize(("limit", "told"), [(None, False), ("10", True), ("25", False)])
def test_a_variables_own_limit_goes_for_its_total_too(limit, told):
    plan = plan_of(SOME)
    own = replace(plan.variables[0], change=None if limit is None else Decimal(limit))
    found = rows(replace(plan, variables=(own,)), years(("3", "3", "3", "3"), ("2", "2", "3", "3")))
    assert bool(found) is told


# ------------------------------------------------------------------ last year on record


@pytest.mark.parametrize(
    ("whole", "parts", "told"),
    [
        (40, (10, 10, 10, 10), False),
        (50, (10, 10, 10, 10), True),
        (30, (10, 10, 10, 10), True),
        (50, (10, 10, 10, None), False),  # the others may have had the rest
        (20, (10, 10, 10, None), True),
        (40010, (10000, 10000, 10000, 10000), False),  # made public as a round number
    ],
)
def test_last_years_figure_is_held_against_the_units_of_that_year(whole, parts, told):
    past = [PastFigure(variable="C01_A", unit=None, year=2024, value=Decimal(whole))]
    past += [
        PastFigure(variable="C01_A", unit=u, year=2024, value=Decimal(n))
        for u, n in zip(("so-a", *COMMUNES), parts, strict=False)
        if n is not None
    ]
    found = rows(plan_of(SOME, past=past), "")
    assert [(c, y, s) for c, _, y, s, _ in found] == ([("totals-disagree", 2024, "warning")] if told else [])


def test_a_unit_that_owes_it_no_more_was_part_of_last_years_figure():
    parts = {"so-a": 10, "xa-0": 10, "xa-1": 10, "xa-2": 10, "so-b": 20}
    past = [PastFigure(variable="C01_A", unit=u, year=2024, value=Decimal(n)) for u, n in parts.items()]
    past += [PastFigure(variable="C01_A", unit=None, year=2024, value=Decimal(60))]
    assert rows(plan_of(SOME, past=past), "") == []
    assert rows(plan_of(SOME, past=past, C01_A=Method.LEAD), "") == []  # no sum of anything


# ------------------------------------------------------------------ counted twice, or not at all

TWICE = [
    ("C01_A so-a=60 " + communes("20", "30", "10"), True),
    ("C01_A so-a=61 " + communes("20", "30", "10"), False),
    ("C01_A so-a=60 " + communes("30", "30"), False),  # of two others it may be an accident
    ("C01_A so-a=60 " + communes("30", "30", "0!", "0"), False),
    ("C01_A so-a=6 " + communes("2", "3", "1"), False),  # so may it of small figures
    ("C01_A|so-a=60:Chỉ của sở|xa-0=20|xa-1=30|xa-2=10", True),
    ("C01_A|so-a=60:Đã kiểm tra, chỉ của sở|xa-0=20|xa-1=30|xa-2=10", False),
    ("C01_A " + communes("20", "30", "60", "10"), True),  # whoever it is
]


@pytest.mark.parametrize(("table", "told"), TWICE)
def test_a_figure_that_is_the_sum_of_all_others(table, told):
    found = rows(plan_of(ONE), table)
    assert [(c, s) for c, _, _, s, _ in found] == ([("totals-disagree", "warning")] if told else [])


def test_a_lead_may_be_the_sum_of_the_others():
    assert rows(plan_of(ONE, C01_A=Method.LEAD), "C01_A so-a=60 " + communes("20", "30", "10")) == []


ELSEWHERE = "Đã tính ở đơn vị khác"

NOWHERE = [
    ("C01_A|so-a=0!|xa-0=else:Đã tính ở Sở A", f"xa-0: {ELSEWHERE}; so-a: 0"),
    (
        "C01_A|so-a=n/a:không|xa-0=else:Sở A báo|xa-1=else:số của Sở A",
        f"Xã Số 0, Xã Số 1: {ELSEWHERE}; so-a: Không áp dụng",
    ),
    ("C01_A|so-a=5|xa-0=else:Đã tính ở Sở A", None),
    ("C01_A|xa-0=else:Đã tính ở Sở A", None),  # Sở A is still awaited
    ("C01_A|so-a=later|xa-0=else:Đã tính ở Sở A", None),
    ("C01_A|so-a=0!|xa-0=else:ở cơ quan trung ương", None),
    ("C01_A|so-a=0!|xa-0=else:Sở A hoặc Sở B", None),
    ("C01_A|so-a=5|xa-0=else:Đã tính ở Sở B", f"xa-0: {ELSEWHERE}; Sở B:"),  # it is not asked
    ("C01_A|so-a=0!|xa-0=else:tính tại so-a", f"xa-0: {ELSEWHERE}; so-a: 0"),
    ("C01_A|so-a=else:Xã Số 0|xa-0=else:Sở A", f"xa-0: {ELSEWHERE}; so-a: {ELSEWHERE}"),
    ("C01_A|so-a=else:Xã Số 1|xa-0=else:Sở A|xa-1=7", None),  # it is there, by a second step
    ("C01_A|so-a=5|xa-0=else:Xã Số 0 đã tính", f"xa-0: {ELSEWHERE}"),  # itself
]


@pytest.mark.parametrize(("table", "said"), NOWHERE)
def test_a_figure_that_is_counted_at_a_unit_which_has_none(table, said):
    found = rows(plan_of(ONE), table)
    assert found == ([("totals-disagree", "C01_A", 2025, "warning", said)] if said else [])


def test_a_former_name_is_no_unit_that_could_have_the_figure():
    plan = replace(plan_of(ONE), former=(FormerName(name="Sở C", unit="so-a"),))
    assert rows(plan, "C01_A|so-a=0!|xa-0=else:Sở C") == []


# ------------------------------------------------------------------ a unit far from its like

LIKE = [
    (["20"] * 9 + ["20000"], True),
    (["20"] * 9 + ["7000"], True),
    (["20"] * 9 + ["5000"], False),
    (["20"] * 9 + ["20000000"], True),
    (["20"] * 9 + ["1500000"], False),  # some 75,000 times: neither this nor that
    (["2"] * 9 + ["2000"], False),  # small figures differ as they like
    (["20"] * 6 + ["20000", "0", "0", "later"], False),  # too few to know what is usual
    (["20"] * 8 + ["20000", "else"], True),
    (["20"] * 9 + ["20"], False),
]


@pytest.mark.parametrize(("told", "asked"), LIKE)
def test_a_unit_far_from_its_like_is_asked(told, asked):
    found = rows(plan_of(ONE), f"C01_A {communes(*told)}")
    assert [(c, s) for c, _, _, s, _ in found] == ([("unit-scale-suspect", "warning")] if asked else [])


def test_a_unit_is_known_by_its_own_last_year_or_has_been_asked():
    usual = communes(*["20"] * 9)
    assert rows(plan_of(ONE), f"C01_A {usual} xa-9=20000\nC01_A@-1 xa-9=19000") == []
    assert rows(plan_of(ONE), f"C01_A|{usual.replace(' ', '|')}|xa-9=20000:Đã kiểm tra, đúng") == []
    assert rows(plan_of(ONE), f"C01_A {usual} so-a=20000") == []  # of another type


def test_shares_are_not_compared_by_size():
    assert rows(plan_of(ONE, kinds={"C01_A": Kind.PERCENT}), f"C01_A {communes(*['10.0'] * 9, '10000')}") == []


def test_one_row_tells_of_one_figure():
    past = [PastFigure(variable="C01_A", unit=None, year=2024, value=Decimal(200))]
    plan = plan_of({"C01_A": ("", ALL)}, past=past)
    assert [c for c, *_ in rows(plan, f"C01_A {communes(*['20'] * 9, '20000')}")] == ["unit-scale-suspect"]


# ------------------------------------------------------------------ the list, and what the clerk accepts

LEADS = {"C01_A": ("so-a so-b", ALL), "C01_B": ("", ALL), "C09_A": ("so-b", "")}
DOUBTS = f"""
C01_A so-a=5 so-b=6 {communes(*"1111111111")}
C01_B {communes(*["20"] * 9, "20000")}
C09_A so-b=1
"""
CHECKS = [("C01_B <= C09_A", Level.ERROR)]


def test_the_list_opens_with_the_conflicts():
    plan = plan_of(LEADS, CHECKS, C01_A=Method.LEAD)
    table = dataset(plan, DOUBTS)
    found = reconcile.compare(plan, table)
    assert found[: len(table.conflicts)] == table.conflicts
    assert [(c.code, c.open) for c in found] == [
        ("conflict", True), ("rule-broken", True), ("unit-scale-suspect", False),
    ]  # fmt: skip


def settle(row, choice=Choice.ACCEPT, **changes):
    facts = {
        "code": row.code, "variable": row.variable, "year": row.year, "rule": row.rule, "said": settlement.said(row),
        "choice": choice, "unit": "", "value": None, "reason": "Đã làm việc", "document": "12/BB", "dated": date(2026, 4, 2),
        "at": CellRef("dieu-chinh.xlsx", "Đối chiếu", "H2"),
    }  # fmt: skip
    return Settlement(**{**facts, **changes})


def test_what_is_accepted_stays_in_the_list_and_is_open_no_more():
    plan = plan_of(LEADS, CHECKS, C01_A=Method.LEAD)
    before = reconcile.compare(plan, dataset(plan, DOUBTS))
    decided = (settle(before[0], Choice.TAKE, unit="so-b"), *map(settle, before[1:]))
    table = dataset(plan, DOUBTS, decided)
    after = reconcile.compare(plan, table, decided)
    assert table.totals["C01_A", 2025].value == 6
    taken, disagrees, *rest = after
    assert (taken.settled, disagrees.code, disagrees.open) == (decided[0], "totals-disagree", True)  # 10 against 6
    assert [c.settled for c in rest] == list(decided[1:])
    decided = (*decided, settle(disagrees))
    assert not any(c.open for c in reconcile.compare(plan, dataset(plan, DOUBTS, decided), decided))


@pytest.mark.parametrize(
    "changes", [{"said": "C01_B Số C01_B: 1; C09_A Số C09_A: 1"}, {"rule": "R02"}, {"year": 2024}, {"choice": Choice.TAKE}]
)  # fmt: skip
def test_a_decision_about_other_figures_accepts_nothing(changes):
    plan = plan_of(LEADS, CHECKS, C01_A=Method.LEAD)
    table = dataset(plan, DOUBTS)
    broken = reconcile.compare(plan, table)[1]
    assert reconcile.compare(plan, table, (settle(broken),))[1].settled
    assert not reconcile.compare(plan, table, (settle(broken, **changes),))[1].settled


word = st.sampled_from(("0!", "1", "7", "10", "30", "60", "20000", "n/a", "later", "else:Sở A", "else:Sở B", None))


@settings(max_examples=60, deadline=None)
@given(st.lists(word, min_size=12, max_size=12), st.lists(word, min_size=12, max_size=12), st.integers())
def test_no_order_is_of_any_matter(now, before, seed):
    chance = Random(seed)
    plan = plan_of({"C01_A": ("so-a so-b", ALL), "C01_B": ("so-a", ""), "C09_A": ("so-b", ALL)}, CHECKS)
    told = [("C01_A", now), ("C01_A@-1", before), ("C09_A", before), ("C01_B", now[:1])]
    table = "\n".join(
        f"{head}|" + "|".join(f"{u}={w}" for u, w in zip(UNITS, words, strict=False) if w) for head, words in told
    )
    found = figures(table)
    rows = reconcile.compare(plan, merge.combine(plan, found, {}, set(UNITS))[0])
    decided = [settle(c) for c in rows]
    first = merge.combine(plan, found, {}, set(UNITS), settlements=decided)[0]
    again = merge.combine(
        plan, chance.sample(found, len(found)), {}, set(UNITS), settlements=chance.sample(decided, len(decided))
    )[0]
    assert reconcile.compare(plan, again, chance.sample(decided, len(decided))) == reconcile.compare(
        plan, first, decided
    )
    one_by_one = [merge.table(plan, part, found, {}, set(UNITS), (), decided) for part in reconcile.parts(plan, 0)]
    assert reconcile.compare_parts(plan, one_by_one, decided) == reconcile.compare(plan, first, decided)
    turned = replace(
        plan,
        assignments=tuple(reversed(plan.assignments)),
        variables=tuple(reversed(plan.variables)),
        rules=tuple(reversed(plan.rules)),
    )
    other = reconcile.compare(turned, merge.combine(turned, found, {}, set(UNITS), settlements=decided)[0], decided)
    assert set(other) == set(reconcile.compare(plan, first, decided))


def test_a_mean_and_its_weights_stay_in_one_part():
    owed = {f"C{n:02d}_A": ("", ALL) for n in range(1, 7)}
    plan = plan_of(owed, [("C01_A >= C04_A", Level.ERROR)])
    weighted = replace(plan.variables[1], aggregation=Aggregation(Method.WEIGHTED, weight="C05_A"))
    plan = replace(plan, variables=(plan.variables[0], weighted, *plan.variables[2:]))

    def parted(most):
        return [[v.code[1:3] for v in part] for part in reconcile.parts(plan, most)]

    assert parted(0) == [["01"], ["02", "05"], ["03"], ["04"], ["06"]]
    assert parted(3 * len(COMMUNES)) == [["01", "02", "05"], ["03", "04", "06"]]
    assert parted(10_000) == [["01", "02", "03", "04", "05", "06"]]


def test_a_weight_that_is_no_variable_ties_nothing():
    plan = plan_of({"C01_A": ("", ALL), "C02_A": ("", ALL)})
    weighted = replace(plan.variables[0], aggregation=Aggregation(Method.WEIGHTED, weight="C99_Z"))
    odd = replace(plan, variables=(weighted, plan.variables[1]))
    assert [len(part) for part in reconcile.parts(odd, 0)] == [1, 1]


@pytest.mark.parametrize(("owed", "rule", "table", "severity"), RULES)
def test_a_rule_holds_for_totals_that_are_seen_one_after_the_other(owed, rule, table, severity):
    plan = plan_of(owed, [rule])
    parts = [merge.table(plan, (v,), figures(table), {}, set(UNITS)) for v in plan.variables]
    assert reconcile.compare_parts(plan, parts) == reconcile.compare(plan, dataset(plan, table))


def test_a_rule_that_names_what_is_no_variable_is_held_against_nothing():
    plan = small_plan()
    rule = CheckRule(code="RX", expression="C01_A <= C99_Z", level=Level.WARNING, message="x")
    odd = replace(plan, rules=(*plan.rules, rule))
    table = merge.combine(odd, (), {}, set())[0]
    assert reconcile.compare(odd, table) == reconcile.compare(plan, table)
