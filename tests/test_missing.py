"""Each kind of missing in a rule of the unit, in the province's total and in a formula: the table of docs/design.md."""

from decimal import Decimal

import pytest
from conftest import small_plan
from msgspec.structs import replace
from test_checks import judge, returned, told
from test_compute import criterion

from lsindicators import compute, merge
from lsindicators.model import Aggregation, CheckRule, Figure, Kind, Level, Method, Outcome, State

GIVEN, ZERO, NOT_YET = State.GIVEN, State.NONE_OCCURRED, State.NOT_YET
NOT_APPLICABLE, ELSEWHERE = State.NOT_APPLICABLE, State.ELSEWHERE
BLANK = None
C, P, M = Outcome.COMPUTED, Outcome.PARTIAL, Outcome.MISSING


# ------------------------------------------------------------------ a rule between the unit's figures


@pytest.mark.parametrize(
    ("state", "broken"),
    [
        (GIVEN, True),  # C01_A is 3
        (ZERO, True),  # C01_A is 0
        (NOT_YET, False),
        (NOT_APPLICABLE, False),
        (ELSEWHERE, False),
        (BLANK, False),
    ],
)
@pytest.mark.parametrize("rule", ["C01_B <= C01_A", "C01_A - C01_B >= 0", "max(C01_A; C01_B) <= C01_A"])
def test_a_rule_is_judged_over_a_true_zero_and_says_nothing_where_a_figure_is_missing(state, broken, rule):
    plan = small_plan(rules=(CheckRule(code="R01", expression=rule, level=Level.ERROR, message="Không khớp"),))
    reason = "Xã khác đã báo" if state in (NOT_YET, NOT_APPLICABLE, ELSEWHERE) else None
    cells = {"F12": Decimal(3) if state is GIVEN else None, "G12": state and state.value, "I12": reason}
    verdict = judge(plan, returned(plan, {**cells, "I13": "Đã kiểm tra, giảm biên chế"}))
    assert ("rule-broken" in [code for _, code in told(verdict)]) is broken


@pytest.mark.parametrize(("year_before", "broken"), [(Decimal(200), True), (BLANK, False)])
def test_a_rule_over_the_year_before_says_nothing_where_that_is_missing(year_before, broken):
    rule = CheckRule(code="R01", expression="C01_B >= C01_B@-1", level=Level.WARNING, message="Giảm")
    plan = small_plan(rules=(rule,))
    verdict = judge(plan, returned(plan, {"E13": year_before, "I13": "Giảm biên chế"}))
    assert ("rule-broken" in [code for _, code in told(verdict)]) is broken


# ------------------------------------------------------------------ the total, and a formula over it

TOTALS = [
    # what so-khcn says beside the 6 and 8 of two communes, aggregation -> total, n of 3 (or of the one lead)
    (GIVEN, "tổng", "17", "3/3"),
    (ZERO, "tổng", "14", "3/3"),
    (NOT_APPLICABLE, "tổng", "14", "3/3"),
    (ELSEWHERE, "tổng", "14", "3/3"),
    (NOT_YET, "tổng", "14", "2/3"),
    (BLANK, "tổng", "14", "2/3"),
    (GIVEN, "trung bình", "5.666", "3/3"),
    (ZERO, "trung bình", "4.666", "3/3"),
    (NOT_APPLICABLE, "trung bình", "7", "3/3"),
    (ELSEWHERE, "trung bình", "7", "3/3"),
    (NOT_YET, "trung bình", "7", "2/3"),
    (BLANK, "trung bình", "7", "2/3"),
    (GIVEN, "nhỏ nhất", "3", "3/3"),
    (ZERO, "nhỏ nhất", "0", "3/3"),
    (NOT_APPLICABLE, "nhỏ nhất", "6", "3/3"),
    (ELSEWHERE, "nhỏ nhất", "6", "3/3"),
    (NOT_YET, "nhỏ nhất", "6", "2/3"),
    (BLANK, "nhỏ nhất", "6", "2/3"),
    (ZERO, "lớn nhất", "8", "3/3"),
    (NOT_APPLICABLE, "lớn nhất", "8", "3/3"),
    (NOT_YET, "lớn nhất", "8", "2/3"),
    (GIVEN, "chủ trì", "3", "1/1"),
    (ZERO, "chủ trì", "0", "1/1"),
    (NOT_APPLICABLE, "chủ trì", None, "1/1"),
    (ELSEWHERE, "chủ trì", None, "1/1"),
    (NOT_YET, "chủ trì", None, "0/1"),
    (BLANK, "chủ trì", None, "0/1"),
    (GIVEN, "bình quân theo", "6.25", "3/3"),  # weights 1, 1, 2
    (ZERO, "bình quân theo", "5.5", "3/3"),
    (NOT_APPLICABLE, "bình quân theo", "7.333", "3/3"),
    (ELSEWHERE, "bình quân theo", "7.333", "3/3"),
    (NOT_YET, "bình quân theo", "7.333", "2/3"),
    (BLANK, "bình quân theo", "7.333", "2/3"),
]


def province(state, method, formula="C01_A", kind=Kind.WHOLE, values=("3", "6", "8")):
    """(total of C01_A, result of ``formula``) where so-khcn says ``state`` of C01_A and all else is given."""
    plan = small_plan(criteria=(criterion(formula),), past=())
    weight = "C01_B" if method is Method.WEIGHTED else None
    plan = replace(
        plan,
        variables=tuple(
            replace(v, kind=kind, aggregation=Aggregation(method, weight)) if v.code == "C01_A" else v
            for v in plan.variables
        ),
    )
    mine, *others = (Decimal(v) if kind is Kind.WHOLE else v for v in values)
    said = {GIVEN: mine, ZERO: Decimal(0)}
    figures = [] if state is BLANK else [figure("so-khcn", "C01_A", said.get(state), state)]
    figures += [figure(u, "C01_A", n) for u, n in zip(("xa-hoa-tham", "phuong-ky-lua"), others, strict=True)]
    weights = zip(("so-khcn", "xa-hoa-tham", "phuong-ky-lua"), (1, 1, 2), strict=True)
    figures += [figure(u, "C01_B", Decimal(n)) for u, n in weights]
    dataset, _ = merge.combine(plan, figures, {}, {"so-khcn", "xa-hoa-tham", "phuong-ky-lua"})
    (result,) = compute.evaluate(plan, dataset)
    return dataset.totals["C01_A", 2025], result


def figure(unit, code, value, state=GIVEN):
    return Figure(variable=code, unit=unit, year=2025, value=value, state=state)


def counted(total):
    return f"{len(total.reported)}/{len(total.expected)}"


@pytest.mark.parametrize(("state", "method", "expected", "coverage"), TOTALS)
def test_what_a_missing_figure_does_to_the_total_and_to_a_formula(state, method, expected, coverage):
    total, result = province(state, Method(method))
    assert counted(total) == coverage
    if expected is None:
        assert (total.value, result.value, result.outcome, result.missing) == (None, None, M, ("C01_A",))
        return
    assert abs(total.value - Decimal(expected)) < Decimal("0.001")
    assert result.value == pytest.approx(total.value)
    complete = coverage in ("3/3", "1/1")
    assert result.outcome is (C if complete else P)


@pytest.mark.parametrize(
    ("state", "expected", "coverage"),
    [(GIVEN, 100, "3/3"), (ZERO, 100, "3/3"), (NOT_APPLICABLE, 100, "3/3"), (NOT_YET, 100, "2/3"), (BLANK, 100, "2/3")],
)
def test_a_share_of_yes_counts_only_who_said_yes_or_no(state, expected, coverage):
    total, _ = province(state, Method.SHARE_YES, kind=Kind.YES_NO, values=("Có", "Có", "Có"))
    assert (total.value, counted(total)) == (expected, coverage)


FORMULAS = [
    # over a total that nobody gave: all inputs are needed, but for nếu, which needs the branch that it takes
    ("C01_A + C01_B", None),
    ("C01_A * 0", None),
    ("sum(C01_A; C01_B)", None),
    ("min(C01_A; C01_B)", None),
    ("C01_B / C01_A", None),
    ("C01_A / 0 + C01_B", None),
    ("nếu(C01_A > 0; 1; 2)", None),
    ("nếu(C01_B > 0; C01_A; 2)", None),
    ("nếu(C01_B > 0; C01_B; C01_A)", 4),
]


@pytest.mark.parametrize("state", [NOT_YET, NOT_APPLICABLE, ELSEWHERE, BLANK])
@pytest.mark.parametrize(("formula", "value"), FORMULAS)
def test_a_formula_over_a_total_that_nobody_gave(state, formula, value):
    _, result = province(state, Method.LEAD, formula)
    assert result.value == value
    assert result.missing == ("C01_A",)
    settled = state in (NOT_APPLICABLE, ELSEWHERE)
    assert result.note == (compute.NOTHING_TO_GIVE.format(inputs="C01_A") if settled and value is None else "")


@pytest.mark.parametrize(
    ("formula", "value", "note"),
    [
        ("C01_A + C01_B", 4, ""),
        ("C01_B / C01_A", None, "mẫu số C01_A bằng 0, không tính được"),
        ("C01_A / C01_B", 0, ""),
    ],
)
def test_a_true_zero_is_a_number_in_a_formula(formula, value, note):
    _, result = province(ZERO, Method.LEAD, formula)
    assert (result.value, result.note, result.missing) == (value, note, ())
