"""What a formula counts, from the measures of what it names: where đồng meets triệu đồng, and what is no error at all."""

import re

import pytest
from conftest import small_plan, variable
from hypothesis import given
from hypothesis import strategies as st

from lsindicators import assignment, expressions
from lsindicators.assignment import formulas
from lsindicators.assignment.formulas import Written
from lsindicators.findings import Finding
from lsindicators.model import CellRef, Kind, Method

MEASURES = {
    "D": "đồng",
    "N": "nghìn đồng",
    "TR": "triệu đồng",
    "TY": "tỷ đồng",
    "USD": "nghìn USD",
    "NG": "người",
    "NN": "nghìn người",
    "HO": "hộ",
    "DAN": "dân",
    "PT": "%",
    "LAN": "lần",
    "DIEM": "điểm",
    "VB": "văn bằng",
    "BANG": "bằng",
    "KG": "kgOE",
    "NSLD": "triệu đồng/người",
    "MAT": "người/1.000 dân",
    "TRONG": "",
}
"""Code -> measure, of the tables below."""


def look(code):
    return expressions.scale(MEASURES[code])


def clashes(text):
    found = expressions.unlike(expressions.parse(text), look)
    return [
        f"{expressions.to_excel(c.left, str)} 10^{c.power} {expressions.to_excel(c.right, str)}"
        + ("" if c.certain else "?")
        for c in found
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TR + D", ["TR 10^6 D"]),
        ("D + TR", ["D 10^-6 TR"]),
        ("TR - N", ["TR 10^3 N"]),
        ("TY + TR + TR", ["TY 10^3 TR"]),
        ("TR + TR + TY", ["TR+TR 10^-3 TY"]),
        ("TR <= TY", ["TR 10^-3 TY"]),
        ("sum(TR, TY, D)", ["TR 10^-3 TY", "TR 10^6 D"]),
        ("max(TR; TY)", ["TR 10^-3 TY"]),
        ("nếu(NG > 0; TR; TY)", ["TR 10^-3 TY"]),
        ("nếu(TR > TY; 1; 2)", ["TR 10^-3 TY"]),
        ("abs(TR - D) / NG", ["TR 10^6 D"]),
        ("-TR + D", ["-TR 10^6 D"]),
        ("TR * 2 + TY", ["TR*2 10^-3 TY"]),
        ("TR / NG + D / NG", ["TR/NG 10^6 D/NG"]),
        ("NSLD * NG + D", ["NSLD*NG 10^6 D"]),
        ("NG + NN", ["NG 10^-3 NN"]),
        ("TR^2 + D^2", ["TR^2 10^12 D^2"]),
        ("TR@-1 + D", ["TR@-1 10^6 D"]),
        ("TR / 100 + TR", ["TR/100 10^2 TR?"]),
        ("TR / TY + D / D", ["TR/TY 10^-3 D/D"]),
        ("PT + NG / NG", ["PT 10^-2 NG/NG?"]),
        ("DIEM * 1000 + DIEM", ["DIEM*1000 10^-3 DIEM?"]),
        ("TR * 1000 + TR", ["TR*1000 10^-3 TR"]),
        ("TR <= TR@-1 * 1000", ["TR 10^3 TR@-1*1000?"]),  # a limit, which converts nothing
        ("TY <= TR@-1 / 1000000", ["TY 10^-3 TR@-1/1000000"]),
    ],
)
def test_what_counts_the_same_by_another_power_of_ten_is_told(text, expected):
    assert clashes(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "TR + TR",
        "TR + D / 1000000",
        "TR + D / 10^6",
        "TR + D / (1000 * 1000)",
        "TR * 1000000 + D",
        "1000000 * TR + D",
        "TR / 1000 + TY",
        "TR + 5",
        "TR > 0",
        "nếu(TR > 0; TR; 0)",
        "max(TR; 0)",
        "NG + HO",  # unlike quantities: nothing is said of them
        "TR + USD",
        "VB + BANG",
        "TRONG + TR",
        "TRONG * TR + D",
        "DIEM * 0.1 + DIEM * 0.9",  # weights
        "(DIEM + DIEM + DIEM) / 3",
        "(TR + TR) / 2",
        "TR / TR + D / D",
        "TR / TY / 1000 + D / D",
        "PT - NG / NG * 100",
        "(NG / NG - 1) * 100 + PT",
        "MAT + NG / DAN * 1000",
        "USD * 25400 / 1000 + TR",
        "TR * 12 + TR",
        "2^TR + D",
        "TR^0.5 + D",
        "1 / TR + 1 / TR",
    ],
)
def test_what_is_in_order_is_left_alone(text):
    assert clashes(text) == []


@pytest.mark.parametrize(
    ("text", "stated", "expected"),
    [
        ("TR + TR", "tỷ đồng", (-3, True)),
        ("(TR + TR) / 1000", "tỷ đồng", (0, False)),
        ("TY", "triệu đồng", (3, True)),
        ("NN", "người", (3, True)),
        ("TR / TY * 100", "%", (-3, True)),
        ("NG / NG", "%", (2, False)),
        ("NG / NG * 100", "%", (0, False)),
        ("NG / NG * 100", "lần", (-2, False)),
        ("NG / NG", "lần", (0, False)),
        ("KG / TR", "kgOE/triệu đồng", (0, False)),
        ("KG / D", "kgOE/triệu đồng", (6, True)),
        ("NG / DAN * 1000", "người/1.000 dân", (0, False)),
        ("NG / DAN", "người/1.000 dân", (3, True)),
        ("NG / HO * 100", "%", (0, False)),
        ("NG / HO", "%", (0, False)),
        ("DIEM / 1000", "điểm", (3, False)),
        ("TR", "", (0, False)),
        ("TR", "hạng", (0, False)),
        ("12", "triệu đồng", (0, False)),
        ("PT", "%", (0, False)),
        ("TR * PT / 100", "triệu đồng", (0, False)),
    ],
)
def test_a_result_beside_its_measure(text, stated, expected):
    found = expressions.misstated(expressions.parse(text), look, expressions.scale(stated))
    assert found == expected


@given(st.sampled_from(["D", "N", "TR", "TY"]), st.sampled_from(["D", "N", "TR", "TY"]), st.sampled_from("+-"))
def test_the_mending_that_is_told_mends(one, other, sign):
    """What the sentence says to write instead is in order."""
    plan = small_plan(variables=tuple(variable(c, c, m, Kind.DECIMAL, criterion="DV01") for c, m in MEASURES.items()))
    told = list(of_criterion(plan, f"{one} {sign} {other}", "triệu đồng"))
    if one == other:
        assert len(told) == (one != "TR")
        return
    (line,) = told
    small, by = re.search(r"ghi “(\w+) / (\d+)”", line).groups()
    mended = (
        f"{one} {sign} {other}".replace(small, f"{small} / {by}", 1) if small == one else f"{one} {sign} {small} / {by}"
    )
    assert clashes(mended) == []


def of_criterion(plan, text, measure):
    at = CellRef("phan-cong.xlsx", "Tiêu chí", "E2")
    written = Written(at=at, heading="Công thức", code="DV01", text=text, measure=measure)
    return formulas.of_criteria([written], plan.variable, lambda *_: False, plan.year)


def test_the_shipped_plan_mixes_nothing():
    plan = assignment.builtin(2025)
    for c in (*plan.criteria, *plan.companions):
        assert list(of_criterion(plan, c.formula, c.measure)) == [], c.code
    for rule in plan.rules:
        written = Written(at=CellRef("x"), heading="", code=rule.code, text=rule.expression)
        assert list(formulas.of_rule(written, plan.variable, ())) == []


def test_a_share_of_yes_is_a_percentage():
    plan = small_plan()
    assert plan.variable["C43_A"].aggregation.method is Method.SHARE_YES
    assert list(of_criterion(plan, "C43_A", "%")) == []
    (doubt,) = of_criterion(plan, "C43_A / 100", "%")
    assert isinstance(doubt, Finding)
