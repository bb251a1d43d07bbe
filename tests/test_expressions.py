"""The formula language: what it reads, what it refuses, what comes out; ``test_agreement.py`` holds it against LibreOffice."""

import re
import subprocess
import sys
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsindicators import expressions
from lsindicators.errors import ExpressionError
from lsindicators.expressions import Call, Comparison, Negation, NotComputable, Number, Operation, Reference

D = Decimal


def value(text, **numbers):
    """The value of ``text``; ``C14_A@-1`` is given as ``C14_A_1``."""

    def lookup(r):
        found = numbers[r.code if not r.lag else f"{r.code}_{-r.lag}"]
        return None if found is None else D(str(found))

    return expressions.evaluate(expressions.parse(text), lookup)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 4 - 3", 3),
        ("100 / 10 / 5", 2),
        ("10 - (4 - 3)", 9),
        ("2^3", 8),
        ("-2^2", -4),
        ("(-2)^2", 4),
        ("2^-1", D("0.5")),
        ("2 * -3", -6),
        ("--2", 2),
        ("+2", 2),
        ("0.1 + 0.2", D("0.3")),
        ("25 / 200 * 100", D("12.5")),
        ("min(3, 1, 2)", 1),
        ("MAX(3; 1; 2)", 3),
        ("sum(1, 2, 3)", 6),
        ("abs(0 - 7)", 7),
        ("round(2.675, 2)", D("2.68")),
        ("round(-2.5)", -3),
        ("round(1250, -2)", 1300),
        ("round(-50, -2)", -100),
        ("nếu(2 > 1; 10; 20)", 10),
        ("NẾU(2 < 1, 10, 20)", 20),
        ("if(1 = 2, 1 / 0, 3)", 3),
        ("2 ≤ 3", True),
        ("2 ≥ 3", False),
        ("2 ≠ 3", True),
        ("2 <> 2", False),
        ("(2 < 3)", True),
        ("if(1 > 0, 2 < 1, 1 = 1)", False),
        ("1 / 3 * 3 = 1", True),
        ("12.300000000000001 <= 12.3", True),
        ("12.3001 <= 12.3", False),
        ("6 × 7 − 2", 40),
        ("8 ÷ 4", 2),
        ("8 ∕ 4 ∗ 3", 6),
        ("7 — 2 ‑ 1", 4),
        ("2 =< 3", True),
        ("2 => 3", False),
        ("2 != 3", True),
        ("2 == 2", True),
        ("1 / 3 * 3 - 1", 0),
        ("1 - 1 / 3 - 1 / 3 - 1 / 3", 0),
        ("sum(1, -1 / 3, -1 / 3, -1 / 3)", 0),
        ("123456789012345678.25 - 123456789012345678", D("0.25")),
    ],
)
def test_value(text, expected):
    found = value(text)
    assert found == expected and type(found) is (bool if isinstance(expected, bool) else Decimal)


def test_codes_in_any_case_and_the_year_before():
    tree = expressions.parse("(c14_a / C14_B / (C14_A@-1 / C14_B@-1) - 1) * 100 + c14_a + TC01_A")
    named = [str(r) for r in expressions.references(tree)]
    assert named == ["C14_A", "C14_B", "C14_A@-1", "C14_B@-1", "TC01_A"]
    assert expressions.references(tree)[2] == Reference("C14_A", -1)
    assert value("(C14_A / C14_B / (C14_A@-1 / C14_B@-1) - 1) * 100", C14_A=121, C14_B=1, C14_A_1=110, C14_B_1=1) == 10


def test_the_function_name_may_be_typed_with_loose_accents():
    assert value("nê\u0301u(1 = 1; 2; 3)") == 2


@pytest.mark.parametrize(
    "text",
    [
        "A + B",
        "min(A, B)",
        "max(A; B)",
        "sum(A; B)",
        "A <= B",
        "if(B > 0; 1; 2)",
        "if(A > 0; B; 2)",
        "1 / 0 + B",
        "B + 1 / 0",
    ],
)
def test_missing_input_makes_the_result_missing(text):
    assert value(text, A=1, B=None) is None


def test_if_needs_only_the_branch_taken():
    assert value("if(A > 0; A; B)", A=1, B=None) == 1
    assert value("if(A > 0; B; A)", A=0, B=None) == 0


@pytest.mark.parametrize(
    "text",
    [
        "1 / 0",
        "1 / (A - A)",
        "1 / (1 / 3 * 3 - 1)",
        "0^0",
        "(-8)^0.5",
        "0^-1",
        "10^307 * 1000",
        "2^99999",
        "round(1.5, 5000)",
        "if(1/0 > 1, 1, 2)",
    ],
)
def test_not_computable(text):
    with pytest.raises(NotComputable):
        value(text, A=1)
    assert issubclass(NotComputable, ArithmeticError)


@pytest.mark.parametrize(
    ("text", "divisor"),
    [
        ("1 / (A - 1)", "A - 1"),
        ("2 + 1 / (A * 0) * 3", "A * 0"),
        ("1 / 0", "0"),
        ("0 / 0", "0"),
        ("0^0", None),
        ("0^-1", None),
    ],
)
def test_what_is_zero_below_a_line_is_named(text, divisor):
    with pytest.raises(NotComputable) as refused:
        value(text, A=1)
    found = refused.value.divisor
    assert (None if found is None else expressions.written(found)) == divisor


@pytest.mark.parametrize(
    ("text", "place", "word"),
    [
        ("", "", "trống"),
        ("   ", "", "trống"),
        ("C01_A +", "ở cuối", "chưa viết xong"),
        ("(C01_A", "ở cuối", "ngoặc"),
        ("C01_A)", "ký tự thứ 6", "“)”"),
        ("C01_A C01_B", "ký tự thứ 7", "“C01_B”"),
        ("1 < A < 3", "ký tự thứ 7", "nối tiếp"),
        ("A = B = C", "ký tự thứ 7", "nối tiếp"),
        ("2^3^2", "ký tự thứ 4", "ngoặc"),
        ("0,5 * A", "ký tự thứ 2", "dấu chấm"),
        ("A; B", "ký tự thứ 2", "đối số"),
        ("max(0,5; 3)", "ký tự thứ 8", "dấu chấm"),
        ("1.234.567", "ký tự thứ 6", "“.”"),
        (".5", "ký tự thứ 1", "“.”"),
        ("1e5", "ký tự thứ 2", "“e5”"),
        ("= A", "ký tự thứ 1", "ở đầu"),
        ("A % B", "ký tự thứ 3", "“%”"),
        ("A * 10%", "ký tự thứ 7", "“%”"),
        ("Số_người + 1", "ký tự thứ 1", "mã số liệu"),
        ("C01__A", "ký tự thứ 1", "mã số liệu"),
        ("_A", "ký tự thứ 1", "mã số liệu"),
        ("average(A)", "ký tự thứ 1", "không có hàm “average”"),
        ("abs(A, B)", "ký tự thứ 1", "1 đối số"),
        ("if(A > 1; 2)", "ký tự thứ 1", "3 đối số"),
        ("min()", "ký tự thứ 5", "“)”"),
        ("if(A; 1; 2)", "ký tự thứ 4", "điều kiện"),
        ("if(A > 1; A > 2; 2)", "ký tự thứ 18", "cùng"),
        ("1 + (A > 1)", "ký tự thứ 6", "cần một số"),
        ("min(A, B > 1)", "ký tự thứ 8", "cần một số"),
        ("-(A > 1)", "ký tự thứ 3", "cần một số"),
        ("A@1", "ký tự thứ 2", "@-1"),
        ("A@-10", "ký tự thứ 2", "@-1"),
        ("A@", "ký tự thứ 2", "“@”"),
        ("1" * 40, "ký tự thứ 1", "chữ số"),
        ("-" * 300 + "1", "ký tự thứ 1", "bậc"),
    ],
)
def test_refused_with_the_text_and_the_place(text, place, word):
    with pytest.raises(ExpressionError) as refused:
        expressions.parse(text)
    told = str(refused.value)
    assert place in told and word in told
    assert not text.strip() or f"“{text}”" in told


def test_very_long_text_is_refused_and_only_its_beginning_quoted():
    with pytest.raises(ExpressionError, match="dài quá") as refused:
        expressions.parse("1 + " * 1000 + "1")
    assert len(str(refused.value)) < 120


def test_a_long_sum_is_no_deep_nesting():
    assert value(" + ".join(["1"] * 120)) == 120
    assert value("(" * 200 + "1" + ")" * 200) == 1


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("C09_A / C09_B * 100", "C09_A/C09_B*100"),
        ("a / (b * c)", "A/(B*C)"),
        ("a - (b - c)", "A-(B-C)"),
        ("(a + b) * c", "(A+B)*C"),
        ("-a^2", "-(A^2)"),
        ("(-a)^2", "(-A)^2"),
        ("(a^2)^3", "(A^2)^3"),
        ("(a^2)^2", "(A^2)^2"),
        ("a^b", "IF(AND(A=0,B=0),1/0,A^B)"),
        ("a^0", "IF(AND(A=0,0=0),1/0,A^0)"),
        ("2 * -a", "2*(-A)"),
        ("nếu(a >= 0.50; round(a); C14_A@-1)", "IF(A>=0.50,ROUND(A,0),C14_A@-1)"),
        ("a ≠ b + 1", "A<>B+1"),
    ],
)
def test_excel_formula(text, formula):
    assert expressions.to_excel(expressions.parse(text), str) == formula


def test_only_the_comparison_compares():
    told = [
        expressions.compares(expressions.parse(t)) for t in ("a", "a < b", "if(a > b; a < 1; b < 1)", "if(a > b; a; b)")
    ]
    assert told == [False, True, True, False]


def test_importing_the_room_does_not_import_lark():
    code = "import sys, lsindicators.expressions; print('lark' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


# ------------------------------------------------------------------ laws

CODES = ("A", "B", "C", "A@-1")
NUMBERS = st.decimals(0, 999, places=2).map(lambda d: Number(abs(d)))
LEAVES = NUMBERS | st.sampled_from([Reference("A"), Reference("B"), Reference("C"), Reference("A", -1)])


def bigger(inner):
    comparison = st.builds(Comparison, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), inner, inner)
    return st.one_of(
        st.builds(Negation, inner),
        st.builds(Operation, st.sampled_from("+-*/"), inner, inner),
        st.builds(Operation, st.just("^"), inner, st.integers(0, 4).map(lambda n: Number(D(n)))),
        st.builds(Call, st.sampled_from(["min", "max", "sum"]), st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Call, st.just("abs"), st.tuples(inner)),
        st.builds(Call, st.just("round"), st.tuples(inner, st.integers(0, 3).map(lambda n: Number(D(n))))),
        st.builds(Call, st.just("if"), st.tuples(comparison, inner, inner)),
    )


TREES = st.recursive(LEAVES, bigger, max_leaves=8)
INPUTS = st.fixed_dictionaries({code: st.decimals(-1000, 1000, places=2) for code in CODES})


def in_our_words(tree):
    return expressions.written(tree)


@given(TREES)
@settings(max_examples=100, deadline=None)
def test_what_is_written_is_parsed_as_the_same_tree(tree):
    text = expressions.written(tree)
    assert len(text) > 1000 or expressions.parse(text) == tree


@given(TREES, INPUTS)
@settings(max_examples=150, deadline=None)
def test_printing_and_parsing_gives_the_value_back(tree, inputs):
    def result(e):
        try:
            return expressions.evaluate(e, lambda r: inputs[str(r)])
        except NotComputable:
            return "not computable"

    assert result(expressions.parse(in_our_words(tree))) == result(tree)


@given(TREES, INPUTS, st.sampled_from(CODES))
@settings(max_examples=100, deadline=None)
def test_a_result_without_one_input_is_missing_or_does_not_depend_on_it(tree, inputs, absent):
    def result(lookup):
        try:
            return expressions.evaluate(tree, lookup)
        except NotComputable:
            return "not computable"

    without = result(lambda r: None if str(r) == absent else inputs[str(r)])
    assert without is None or without == result(lambda r: inputs[str(r)])


@given(st.text(alphabet="AB0123456789.,;()+-*/^<>=@ _minếu\u0301", max_size=40))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused_with_its_own_error(text):
    try:
        tree = expressions.parse(text)
    except ExpressionError as error:
        assert "biểu thức" in str(error)
        return
    assert expressions.parse(in_our_words(tree).replace("@", " @ ")) is not None


def test_comparisons_do_not_contradict_each_other():
    numbers = ["1", "1.00000000000000001", "1.0000001", "2"]
    for low, high in pairwise(numbers):
        signs = [s for s in ("<", "=", ">") if value(f"{low} {s} {high}")]
        assert len(signs) == 1
        assert value(f"{low} <= {high}") and value(f"{low} <> {high}") == (signs != ["="])


@pytest.mark.parametrize(
    ("formula", "taken"),
    [
        ("=ABS(A1)", True),
        ("ABS(" * 60 + "A1" + ")" * 60, True),
        ("ABS(" * 61 + "A1" + ")" * 61, False),
        (f"SUM({','.join(['A1'] * 255)})", True),
        (f"SUM({','.join(['A1'] * 256)})", False),
        ("SUM(A1,A2)+" * 300 + "1", True),
        ('IF(A1="' + "(,)" * 200 + '",1,2)', True),
        ("A" * 8001, False),
    ],
)
def test_what_has_room_in_excel(formula, taken):
    assert expressions.excel_takes(formula) is taken


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("C09_A / C09_B * 1.5", "0.5"),
        ("round(C09_A / C09_B * 1.5, 0)", "1"),
        ("C09_B / 7 * 3.5 - 1", "0.5"),
        ("round(-C09_A / C09_B * 1.5)", "-1"),
    ],
)
def test_what_a_division_cuts_off_moves_no_half(formula, expected):
    assert value(formula, C09_A=1, C09_B=3) == D(expected)


# ------------------------------------------------------------------ criteria that name criteria

FORMULAS = {
    "KQ01": "A + B",
    "KQ02": "KQ01 / KQ01@-1 * 100",
    "KQ03": "(KQ01 + KQ02) / 2",
    "R1": "R2 + 1",
    "R2": "R3",
    "R3": "R1 * 2",
    "SELF": "SELF@-1 + A",
    "FAR": "A@-9",
    "BAD": "A +",
    "MANY": "A > 5",
    **{f"X{n}": f"X{n + 1} + X{n + 1}" for n in range(40)},
    "X40": "A",
    **{f"L{n}": f"L{n + 1} + A" for n in range(140)},
    "L140": "A",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A / B", "A/B"),
        ("KQ01 * 2", "(A+B)*2"),
        ("KQ01@-1", "A@-1+B@-1"),
        ("KQ02@-2", "(A@-2+B@-2)/(A@-3+B@-3)*100"),
        ("KQ03", "(A+B+(A+B)/(A@-1+B@-1)*100)/2"),
        ("-KQ01^2", "-((A+B)^2)"),
        ("nếu(KQ01 > C; KQ01; 0)", "IF(A+B>C,A+B,0)"),
        ("kq01 + a@-1", "A+B+A@-1"),
        ("X38", "A+A+(A+A)"),
        ("L30", "A" + "+A" * 110),
        ("MANY", "A > 5"),
    ],
)
def test_a_criterion_named_stands_for_its_formula(text, expected):
    tree = expressions.expand(text, FORMULAS)
    assert tree == expressions.parse(expected)
    assert not {r.code for r in expressions.references(tree)} & set(FORMULAS)


def test_a_formula_without_criteria_is_the_parsed_tree_itself():
    assert expressions.expand("A / B", FORMULAS) is expressions.parse("A / B")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("R1", "R1 → R2 → R3 → R1"),
        ("A + R3", "R3 → R1 → R2 → R3"),
        ("SELF", "SELF → SELF"),
        ("FAR@-1", "9 năm"),
        ("X0", "quá dài"),
        ("X20", "quá dài"),
        ("BAD + 1", "chưa viết xong"),
        ("MANY + 1", "“MANY” là một phép so sánh"),  # else A > 5 + 1
        ("-MANY", "“MANY” là một phép so sánh"),
        ("nếu(B > 0; MANY; 0)", "“MANY” là một phép so sánh"),
    ],
)
def test_formulas_that_cannot_be_put_together(text, words):
    with pytest.raises(ExpressionError, match=words):
        expressions.expand(text, FORMULAS)


def test_circles_and_codes():
    assert expressions.circle("R2", FORMULAS) == ("R2", "R3", "R1", "R2")
    assert expressions.circle("SELF", FORMULAS) == ("SELF", "SELF")
    assert [expressions.circle(code, FORMULAS) for code in ("KQ03", "X0", "BAD", "L0")] == [()] * 4
    assert expressions.codes("KQ02 + C", FORMULAS) == ("A", "B", "C")
    assert expressions.codes("KQ02 + C") == ("KQ02", "C")


def test_a_formula_for_a_plan_without_the_criteria_that_it_names():
    assert expressions.inlined("KQ02 * 2", {"KQ02": FORMULAS["KQ02"]}) == "KQ01 / KQ01@-1 * 100 * 2"
    assert expressions.inlined("a  /  B", FORMULAS) == "a  /  B"


@given(TREES, TREES, INPUTS)
@settings(max_examples=100, deadline=None)
def test_a_criterion_named_has_its_own_value(outer, inner, inputs):
    """Computed step by step, or put together and computed at once: the same."""

    def result(tree, lookup):
        try:
            return expressions.evaluate(tree, lookup)
        except NotComputable:
            return "not computable"

    formulas = {"B": re.sub(r"\bB\b", "A", in_our_words(inner))}
    inner_value = result(expressions.parse(formulas["B"]), lambda r: inputs[str(r)])
    text = in_our_words(outer)
    if len(text) > 1000 or inner_value == "not computable" or "A@-1" in text:
        return
    try:
        whole = expressions.expand(text, formulas)
    except ExpressionError:
        return
    steps = result(expressions.parse(text), lambda r: inner_value if r.code == "B" else inputs[str(r)])
    found = result(whole, lambda r: inputs[str(r)])
    if isinstance(steps, D) and isinstance(found, D):
        assert abs(found - steps) <= max(abs(found), abs(steps), D(1)) * D("1E-20")
    else:
        assert found == steps
