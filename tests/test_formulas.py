"""Formulas and rules of phan-cong.xlsx that cannot be used, or hardly: which cell, and what is said of it."""

from decimal import Decimal

import pytest
from conftest import small_plan, variable
from msgspec.structs import replace
from test_assignment import FILE, edited, read, told

from lsindicators.model import Aggregation, Criterion, Kind, Method, PastFigure, Standing

MONEY = (
    variable("C14_C", "Chi ngân sách", "triệu đồng", Kind.DECIMAL, criterion="HQ02"),
    variable("C14_D", "Chi khác", "đồng", Kind.DECIMAL, criterion="HQ02"),
)


def criterion(code, formula, measure="", parent=None):
    return Criterion(
        code=code, group="", name=code, measure=measure, formula=formula, decimals=0, standing=Standing.OFFICIAL, parent=parent
    )  # fmt: skip


def with_formulas(*formulas, rule="", measure="", companions=()):
    """The workbook of the small plan with two money variables; its first criteria have ``formulas``, its rule ``rule``."""
    plan = small_plan()
    more = tuple(f for f in formulas if f is not None)
    criteria = tuple(
        replace(c, formula=more[n], measure=measure) if n < len(more) else c for n, c in enumerate(plan.criteria)
    )

    def change(book):
        if rule:
            book["Ràng buộc"]["B2"] = rule

    full = replace(plan, criteria=criteria, variables=(*plan.variables, *MONEY), companions=companions)
    return edited(change, full)


def doubts(content):
    """(cell, sentence) of each finding."""
    return [(str(f.at).removeprefix(f"{FILE} › "), f.code.word, f.message) for f in read(content)[1]]


STOPS = [
    # formula, words that are told
    ("C99_Z + 1", "“C99_Z” không có ở trang Số liệu"),
    ("C01A + 1", "có phải là “C01_A”?"),
    ("KQ70 + 1", "có phải là “KQ07”?"),
    ("C43_B * 2", "“C43_B” không cho ra số"),
    ("C01_A / 0", "“C01_A / 0” chia cho số luôn bằng 0"),
    ("C01_A / (1 - 1)", "“C01_A / (1 - 1)” chia cho số luôn bằng 0 (“1 - 1”)"),
    ("C01_A / (C01_B - C01_B)", "chia cho số luôn bằng 0 (“C01_B - C01_B”)"),
    ("C01_A / (C01_B * 0)", "luôn bằng 0"),
    ("nếu(C01_B > 0; C01_A / 0; 1)", "luôn bằng 0"),
    ("C01_A / min(0; 0)", "luôn bằng 0"),
    ("C01_A + 0^0", "“0^0” không có kết quả"),
    ("(0 - 8)^0.5 * C01_A", "không có kết quả"),
    ("C01_A + 10^300 * 10^300", "không có kết quả"),
    ("C01_A ^ 99999", "không có kết quả"),
    ("round(C01_A; 999)", "không có kết quả"),
    ("C14_C + C14_D", "không cộng được C14_C (triệu đồng) với C14_D (đồng); ghi “C14_D / 1000000”"),
    ("C14_D - C14_C", "không trừ được C14_D (đồng) với C14_C (triệu đồng); ghi “C14_D / 1000000”"),
    ("max(C14_C; C14_D * 2)", "“C14_D * 2” (C14_D tính bằng đồng); ghi “C14_D * 2 / 1000000”"),
    ("C14_C + (C14_D + C14_D)", "ghi “(C14_D + C14_D) / 1000000”"),
    ("DV01 + 1", "công thức đi vòng: DV01 (Tiêu chí!E2) → DV01"),
    ("C01_A ∑ 1", "không dùng được ký tự “∑”"),
    ("С01_A + 1", "“С” chỉ nhìn giống chữ La-tinh"),  # the first letter is Cyrillic
    ("sum(C01_A:C01_B)", "không ghi khoảng như C01_A:C01_D"),
    ("C01_A x 2", "phép nhân viết là “*”"),
    ("C01_A / 1.000", "“1.000” là 1, dấu chấm là dấu thập phân; số nghìn viết liền: 1000"),
    ("C01_A / 12.500 * 100", "“12.500” là 12,5, dấu chấm là dấu thập phân; số nghìn viết liền: 12500"),
    ("C01_A * 100%", "muốn ra % thì nhân với 100"),
]


@pytest.mark.parametrize(("formula", "words"), STOPS)
def test_a_formula_that_cannot_be_used_names_its_cell(formula, words):
    (line,) = told(with_formulas(formula))
    assert line.startswith(f"{FILE} › Tiêu chí!E2 (cột “Công thức”): ") and words in line


RULE_STOPS = [
    ("1 < 2", "luôn đúng"),
    ("2 < 1", "không bao giờ đúng"),
    ("C01_A = C01_A", "luôn đúng"),
    ("C01_A < C01_A", "không bao giờ đúng"),
    ("C01_A * 0 <= 5", "luôn đúng"),
    ("C09_A <= DV01", "“DV01” là mã tiêu chí"),
    ("C43_A = 1", "kiểu “có/không”"),
    ("C43_B = 1", "kiểu “văn bản”"),
    ("C09_A <= C09_C", "có phải là “C09_"),
    ("C09_A / 0 <= 1", "luôn bằng 0"),
    ("C01_A@-1 <= C01_B@-1", "cần ít nhất một số của năm báo cáo"),
    ("C01_A <= C01_A@-2 * 10", "“C01_A@-2”: biểu của đơn vị chỉ có số năm báo cáo và năm trước"),
    ("C14_D <= C14_C", "không so sánh được C14_D (đồng) với C14_C (triệu đồng)"),
    ("C01_A <= C01_B và C01_B > 0", "tách thành hai dòng"),
]


@pytest.mark.parametrize(("rule", "words"), RULE_STOPS)
def test_a_rule_that_cannot_be_used_names_its_cell(rule, words):
    lines = told(with_formulas(rule=rule))
    assert all(line.startswith(f"{FILE} › Ràng buộc!B2 (cột “Biểu thức”): ") for line in lines)
    assert words in lines[0]


DOUBTS = [
    # formula, measure, words that are told; none: nothing
    ("C01_A / C01_B", "%", "là tỷ số chưa nhân 100"),
    ("C01_A / C01_B * 100", "%", ""),
    ("C01_A / C01_B", "lần", ""),
    ("C01_A + C01_B", "", ""),
    ("12 * 2", "người", "không dùng số liệu nào"),
    ("C01_A / C01_A@-2", "", "cần số năm 2023, biểu chỉ hỏi năm 2025 và năm 2024"),
    ("C01_A / C01_A@-1", "", ""),
    ("c01_a + C09_B", "người", ""),
    ("C14_C", "triệu đồng", ""),
    ("C14_C * 100", "triệu đồng", "có thể kết quả"),
    ("C01_A * 1.225", "", "“1.225” là 1,225"),
    ("C01_A * 0.125 + C01_B * 1.25", "", ""),
]


@pytest.mark.parametrize(("formula", "measure", "words"), DOUBTS)
def test_a_formula_that_is_used_and_told(formula, measure, words):
    found = doubts(with_formulas(formula, measure=measure))
    assert [(at, word) for at, word, _ in found] == ([("Tiêu chí!E2", "formula-doubtful")] if words else [])
    assert not words or words in found[0][2]


def test_a_total_in_another_measure_than_its_criterion():
    (line,) = told(with_formulas("C14_C + C14_C", measure="tỷ đồng"))
    assert "phải chia cả công thức cho 1000 mới ra tỷ đồng; ghi “(C14_C + C14_C) / 1000”" in line
    (line,) = told(with_formulas("C14_C", measure="nghìn đồng"))
    assert "nhân cả công thức với 1000" in line
    assert doubts(with_formulas("(C14_C + C14_C) / 1000", measure="tỷ đồng")) == []


def test_criteria_may_name_criteria_and_companions():
    companions = (criterion("HQ02_B", "KQ07 * 2", "%", "HQ02"),)
    plan, found = read(with_formulas("KQ07 / HQ02_B@-1", companions=companions))
    assert (plan.criteria[0].formula, found) == ("KQ07 / HQ02_B@-1", ())


def test_a_criterion_of_last_year_is_worked_out_and_not_looked_up():
    past = tuple(PastFigure(variable="KQ07", unit=None, year=y, value=Decimal(9)) for y in (2023, 2024))
    plan = small_plan(past=past)
    criteria = (replace(plan.criteria[0], formula="KQ07 - KQ07@-1", measure=""), *plan.criteria[1:])
    ((at, word, message),) = doubts(edited(lambda book: None, replace(plan, criteria=criteria)))
    assert (at, word) == ("Tiêu chí!E2", "formula-doubtful")
    assert "“KQ07@-1” được tính lại từ số liệu năm 2024, không lấy số KQ07 năm 2024" in message


def test_a_circle_through_a_companion_names_every_cell_of_it():
    companions = (criterion("HQ02_B", "KQ07 * 2", "%", "HQ02"),)
    lines = told(with_formulas("KQ07 + 1", "HQ02_B + 1", companions=companions))
    assert len(lines) == 2
    assert "KQ07 (Tiêu chí!E3) → HQ02_B (Chỉ tiêu phụ!E2) → KQ07" in lines[0]
    assert "HQ02_B (Chỉ tiêu phụ!E2) → KQ07 (Tiêu chí!E3) → HQ02_B" in lines[1]


def test_criteria_that_double_each_other_are_too_long_and_told_at_once():
    def change(book):
        sheet = book["Tiêu chí"]
        for n in range(40):
            sheet.append([f"X{n}", "", f"x{n}", "", f"X{n + 1} + X{n + 1}" if n < 39 else "C01_A", 0, "đề xuất"])

    lines = told(edited(change))
    assert len(lines) == 21 and all("quá dài khi thay mã tiêu chí" in line for line in lines[:-1])


def test_a_criterion_in_another_measure_is_told_by_its_code():
    plan = small_plan()
    criteria = (
        replace(plan.criteria[0], formula="C14_C / 1000", measure="tỷ đồng"),
        replace(plan.criteria[1], formula="DV01 + C14_C", measure=""),
        *plan.criteria[2:],
    )
    full = replace(plan, criteria=criteria, variables=(*plan.variables, *MONEY))
    (line,) = told(edited(lambda book: None, full))
    assert "Tiêu chí!E3" in line and "không cộng được DV01 (tỷ đồng) với C14_C (triệu đồng); ghi “C14_C / 1000”" in line


def test_weights_in_a_circle_are_told_with_their_cells():
    plan = small_plan()
    weighs = {"C01_A": "C01_B", "C01_B": "C09_A", "C09_A": "C01_A"}
    variables = tuple(
        replace(v, aggregation=Aggregation(Method.WEIGHTED, weighs[v.code])) if v.code in weighs else v
        for v in plan.variables
    )
    lines = told(edited(lambda book: None, replace(plan, variables=variables)))
    assert len(lines) == 3
    assert "Số liệu!I2" in lines[0] and "C01_A (I2) → C01_B (I3) → C09_A (I4) → C01_A" in lines[0]


def test_a_weight_that_is_not_there_is_asked_for():
    from test_assignment import put

    (line,) = told(put("Số liệu", "I2", "bình quân theo C01B"))
    assert "“C01B” không có ở trang này; có phải là “C01_B”?" in line
