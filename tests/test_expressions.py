"""The formula language: what it reads, what it refuses, and that Python and a spreadsheet agree on every result."""

import subprocess
import sys
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from office import convert, needs_libreoffice

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
        ("a^(b^c)", "A^(B^C)"),
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
    """The Excel text of a tree is a text of our own language too, once its brackets say what binds."""
    return expressions.to_excel(tree, str)


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


def steady(tree, inputs):
    """The value, or None where binary numbers would lose it: near-ties, cancellation, half-way roundings, overflow."""

    def shaken(by):
        return expressions.evaluate(tree, lambda r: inputs[str(r)] * (1 + by))

    try:
        exact, *others = (shaken(D(by)) for by in ("0", "1E-13", "-1E-13", "3E-13"))
    except NotComputable:
        return None
    if exact == 0 or not D("1E-200") < abs(exact) < D("1E200"):
        return None
    return exact if all(abs(o - exact) <= abs(exact) * D("1E-10") for o in others) else None


@needs_libreoffice
def test_libreoffice_computes_the_same(tmp_path):
    import openpyxl

    cases = []

    @given(TREES, INPUTS)
    @settings(max_examples=400, deadline=None, database=None, derandomize=True)
    def collect(tree, inputs):
        expected = steady(tree, inputs)
        assume(expected is not None)
        cases.append((tree, inputs, expected))

    collect()
    assert len(cases) > 200
    columns = dict(zip(CODES, "ABCD", strict=True))
    book = openpyxl.Workbook()
    sheet = book.active
    for row, (tree, inputs, _) in enumerate(cases, 1):
        for code, column in columns.items():
            sheet[f"{column}{row}"] = float(inputs[code])
        sheet[f"E{row}"] = "=" + expressions.to_excel(tree, lambda r, row=row: f"{columns[str(r)]}{row}")
    fixed = [
        "-2^2",
        "(-2)^2",
        "2^-1",
        "--2",
        "10-4-3",
        "100/10/5",
        "round(-2.5)",
        "round(2.675, 2)",
        "2 * -3^2",
        "(2^3)^2",
    ]
    for row, text in enumerate(fixed, 1):
        sheet[f"G{row}"] = "=" + expressions.to_excel(expressions.parse(text), str)
    book.save(tmp_path / "cases.xlsx")
    found = openpyxl.load_workbook(convert(tmp_path / "cases.xlsx", "xlsx", tmp_path), data_only=True).active
    for row, (tree, inputs, expected) in enumerate(cases, 1):
        computed = found[f"E{row}"].value
        assert computed == pytest.approx(float(expected), rel=1e-9), (in_our_words(tree), inputs)
    assert [found[f"G{row}"].value for row in range(1, len(fixed) + 1)] == [float(value(text)) for text in fixed]


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
