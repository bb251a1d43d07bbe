"""phan-cong.xlsx: what was written is read again, whoever saved it in between; and every error names its cell."""

import io
import re
import sys
import unicodedata
import warnings
import zipfile
from datetime import date, datetime
from decimal import Decimal
from functools import cache

import openpyxl
import pytest
from conftest import small_plan
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from office import convert, needs_libreoffice

from lsindicators import assignment, values
from lsindicators.assignment import reading, sheets
from lsindicators.errors import UnusableInputError
from lsindicators.model import FormerName, PastFigure, Question, UnitGroup

FILE = "phan-cong.xlsx"


def read(content):
    return reading.read(content, FILE)


def known(plan):
    """The plan without the texts of Kỳ báo cáo as typed."""
    return replace(plan, settings=replace(plan.settings, raw={}))


@cache
def small():
    return assignment.write(small_plan())


def edited(change, plan=None):
    """The bytes of the workbook of ``plan`` after ``change(book)`` by openpyxl."""
    book = openpyxl.load_workbook(io.BytesIO(assignment.write(plan) if plan else small()))
    change(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def put(sheet, address, value):
    def change(book):
        book[sheet][address] = value

    return edited(change)


def told(content):
    with pytest.raises(UnusableInputError) as error:
        read(content)
    return str(error.value).splitlines()


# ------------------------------------------------------------------ there and back


def test_what_is_written_is_read_again():
    plan = small_plan()
    again, findings = read(assignment.write(plan))
    assert known(again) == plan
    assert findings == ()
    assert read(assignment.write(again)) == (again, ())


def test_every_sheet_makes_the_way(plan):
    full = replace(
        plan,
        groups=(*plan.groups, UnitGroup(phrase="Các doanh nghiệp", aliases=("doanh nghiệp",), note="hỏi lại")),
        companions=(
            replace(plan.criteria[1], code="KQ07_SL", name="Số sáng chế", formula="C09_A", parent="KQ07", basis=""),
        ),
        past=(
            *plan.past,
            PastFigure(variable="C43_A", unit="so-khcn", year=2024, value="Có"),
            PastFigure(variable="KQ07", unit=None, year=2024, value=Decimal("11.25")),
            PastFigure(variable="C14_A", unit=None, year=2023, value=Decimal("123456789012345678.25")),
        ),
        former=(
            FormerName(name="Xã Tân Thanh", district="Huyện Văn Lãng", unit="xa-hoa-tham", whole=False, note="một nửa"),
            FormerName(name="Sở TT&TT", aliases=("STTTT",), unit="so-khcn"),
        ),
    )
    assert known(read(assignment.write(full))[0]) == full


def test_the_same_plan_gives_the_same_bytes(plan):
    assert assignment.write(plan) == assignment.write(small_plan())


LETTERS = st.sampled_from("aAêĐđươộ1.,:?<>&'\"=+-%()“” \n_x0041/") | st.characters(codec="utf-8")
LINE = st.text(LETTERS, min_size=1, max_size=30).map(values.clean).filter(bool)
TEXT = st.text(LETTERS, max_size=60).map(values.clean_lines)
NUMBERS = st.decimals(min_value=-(10**12), max_value=10**12, places=4).map(lambda d: d.normalize() + 0)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=LINE, explanation=TEXT, note=TEXT, message=LINE, low=NUMBERS, value=NUMBERS, decimals=st.integers(0, 6))
def test_any_text_and_number_comes_back(name, explanation, note, message, low, value, decimals):
    plan = small_plan()
    plan = replace(
        plan,
        criteria=(replace(plan.criteria[0], name=name, basis=explanation, decimals=decimals), *plan.criteria[1:]),
        variables=(
            replace(plan.variables[0], name=name, explanation=explanation, low=low, high=None),
            *plan.variables[1:],
        ),
        assignments=(replace(plan.assignments[0], note=note), *plan.assignments[1:]),
        rules=(replace(plan.rules[0], message=message),),
        past=(PastFigure(variable="C14_A", unit="so-khcn", year=2024, value=value),),
    )
    assert known(read(assignment.write(plan))[0]) == plan


def test_a_text_that_looks_like_an_escape_stays_a_text(plan):
    odd = replace(plan, variables=(replace(plan.variables[0], name="mã _x0041_ và =A1"), *plan.variables[1:]))
    assert read(assignment.write(odd))[0].variables[0].name == "mã _x0041_ và =A1"


def test_openpyxl_may_save_it():
    plan = assignment.builtin(2025)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        content = edited(lambda book: None, plan)
    assert read(content) == (plan, ())


@needs_libreoffice
def test_libreoffice_may_save_it(tmp_path):
    plan = assignment.builtin(2025)
    source = tmp_path / FILE
    source.write_bytes(assignment.write(plan))
    assert read(convert(source, "xlsx", tmp_path).read_bytes()) == (plan, ())


def test_reading_needs_no_openpyxl(tmp_path):
    import subprocess

    path = tmp_path / FILE
    path.write_bytes(assignment.write(small_plan()))
    code = (
        "import sys, pathlib; from lsindicators import assignment\n"
        f"assignment.read(pathlib.Path({str(path)!r}))\n"
        "print(sorted({'openpyxl', 'xlsxwriter', 'pandas', 'rapidfuzz', 'docx'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# ------------------------------------------------------------------ what people do to it


def test_sheets_and_columns_may_stand_anywhere(plan):
    def shuffle(book):
        for sheet in list(book):
            book.move_sheet(sheet, -book.index(sheet))
        book.create_sheet("Ghi nhớ", 0)["A1"] = "của tôi"
        sheet = book["Số liệu"]
        sheet.insert_cols(1)
        sheet["A1"] = "Cột thêm"
        sheet["A2"] = "x"
        sheet.insert_rows(1, 2)
        sheet["A1"] = "Danh mục số liệu"
        sheet.insert_rows(6, 2)
        sheet.move_range("D3:D20", cols=14)  # the name now stands last

    again, findings = read(edited(shuffle))
    assert known(again) == plan
    assert findings == ()


def test_optional_sheets_may_be_missing(plan):
    def drop(book):
        for name in ("Ràng buộc", "Năm trước", "Chỉ tiêu phụ", "Tên cũ"):
            del book[name]

    assert known(read(edited(drop))[0]) == replace(plan, rules=(), past=())


@pytest.mark.parametrize("name", ["Kỳ báo cáo", "Đơn vị", "Tiêu chí", "Số liệu", "Phân công"])
def test_a_needed_sheet_that_is_missing_is_told(name):
    lines = told(edited(lambda book: book.remove(book[name])))
    assert f"{FILE}: thiếu trang “{name}”" in lines


def row_of(key):
    return list(sheets.KEYS).index(key) + 2


@pytest.mark.parametrize(
    "typed",
    [
        "01/4/2026",
        "1/4/2026",
        "01-04-2026",
        "2026-04-01",
        "ngày 01 tháng 4 năm 2026",
        date(2026, 4, 1),
        datetime(2026, 4, 1),
    ],
)
def test_a_deadline_in_any_form(typed):
    content = put("Kỳ báo cáo", f"B{row_of('Hạn đơn vị gửi')}", typed)
    assert read(content)[0].settings.unit_deadline == date(2026, 4, 1)


@pytest.mark.parametrize("typed", [2025, "2025", " 2025 ", 2025.0])
def test_a_year_in_any_form(typed):
    assert read(put("Kỳ báo cáo", f"B{row_of('Năm số liệu')}", typed))[0].year == 2025


@pytest.mark.parametrize(
    ("sheet", "address", "typed", "field", "expected"),
    [
        ("Số liệu", "E2", "Số Nguyên", "kind", "số nguyên"),
        ("Số liệu", "E2", unicodedata.normalize("NFD", "số nguyên"), "kind", "số nguyên"),
        ("Số liệu", "E2", " số  nguyên ", "kind", "số nguyên"),
        ("Số liệu", "F2", "1.000", "low", Decimal(1000)),
        ("Số liệu", "G2", "1.000.000", "high", Decimal(1000000)),
        ("Số liệu", "G2", 2e9, "high", Decimal(2000000000)),
        ("Số liệu", "G2", None, "high", None),
        ("Số liệu", "H2", "Không", "required", False),
        ("Số liệu", "H2", None, "required", False),
        ("Số liệu", "H2", True, "required", True),
        ("Số liệu", "I2", "TỔNG", "aggregation", "tổng"),
        ("Số liệu", "I2", "Bình quân theo C14_B", "aggregation", "bình quân theo C14_B"),
        ("Số liệu", "A2", " C01_A ", "code", "C01_A"),
        ("Số liệu", "D2", 2025, "measure", "2025"),
        ("Số liệu", "L2", None, "standing", "đề xuất"),
        ("Số liệu", "M2", "12,5", "change", Decimal("12.5")),
        ("Số liệu", "M2", 200, "change", Decimal(200)),
        ("Số liệu", "M2", None, "change", None),
    ],
)
def test_a_cell_of_a_variable_as_people_type_it(sheet, address, typed, field, expected):
    found = getattr(read(put(sheet, address, typed))[0].variables[0], field)
    assert getattr(found, "value", found) == expected or str(found) == expected


@pytest.mark.parametrize(
    ("sheet", "cell", "found"),
    [
        ("Số liệu", "M2", lambda plan: plan.variables[0].change),
        ("Số liệu", "G2", lambda plan: plan.variables[0].high),
        ("Kỳ báo cáo", f"B{row_of(sheets.CHANGE)}", lambda plan: plan.settings.change),
    ],
)
def test_a_percentage_is_what_is_seen(sheet, cell, found):
    """Excel makes 0.3 shown as 30% of what is typed as 30%."""

    def change(book):
        book[sheet][cell] = 0.3
        book[sheet][cell].number_format = "0%"

    assert str(found(read(edited(change))[0])) == "30"


@pytest.mark.parametrize(("typed", "limit"), [("30", 30), (12.5, Decimal("12.5")), (None, 50)])
def test_the_limit_of_change(typed, limit):
    assert read(put("Kỳ báo cáo", f"B{row_of(sheets.CHANGE)}", typed))[0].settings.change == limit


@pytest.mark.parametrize(
    ("typed", "threshold"), [("90", 90), (66.5, Decimal("66.5")), (100, 100), (None, 100), ("12,5", Decimal("12.5"))]
)
def test_the_threshold_of_coverage(typed, threshold):
    assert read(put("Kỳ báo cáo", f"B{row_of(sheets.COVERAGE)}", typed))[0].settings.coverage == threshold


@pytest.mark.parametrize("typed", [0, -5, 100.5, "nhiều", 900])
def test_a_threshold_that_cannot_be_is_told_with_its_cell(typed):
    at = f"Kỳ báo cáo!B{row_of(sheets.COVERAGE)}"
    assert any(at in line for line in told(put("Kỳ báo cáo", at.partition("!")[2], typed)))


def test_an_older_workbook_has_no_threshold(plan):
    def drop(book):
        book["Kỳ báo cáo"].delete_rows(row_of(sheets.COVERAGE))

    assert read(edited(drop))[0].settings.coverage == 100


def test_the_threshold_goes_on_to_the_next_year(plan):
    kept = replace(plan, settings=replace(plan.settings, coverage=Decimal(90)))
    following = read(assignment.write(assignment.for_year(kept, 2026)))[0]
    assert (following.year, following.settings.coverage) == (2026, 90)


@pytest.mark.parametrize(("sheet", "column"), [("Kỳ báo cáo", "B"), ("Số liệu", "M")])
def test_no_change_at_all_is_no_limit(sheet, column):
    row = row_of(sheets.CHANGE) if sheet == "Kỳ báo cáo" else 2
    assert any(f"{sheet}!{column}{row}" in line for line in told(put(sheet, f"{column}{row}", 0)))


@pytest.mark.parametrize("typed", ["=C01_A+C01_B", "C01_A + C01_B", " = C01_A + C01_B"])
def test_a_formula_may_begin_with_an_equals_sign(typed):
    assert read(put("Tiêu chí", "E2", typed))[0].criteria[0].formula.replace(" ", "") == "C01_A+C01_B"


def test_a_province_figure_may_be_of_a_criterion(plan):
    def add(book):
        book["Năm trước"].append(["KQ07", None, "2024", "12,5"])

    assert read(edited(add))[0].past[-1] == PastFigure(variable="KQ07", unit=None, year=2024, value=Decimal("12.5"))


def test_own_keys_of_the_clerk_are_kept():
    content = put("Kỳ báo cáo", "A20", "Số công văn")
    assert "Số công văn" in read(content)[0].settings.raw


def test_units_by_code_name_abbreviation_and_phrase():
    plan, findings = read(put("Phân công", "C2", "xa-hoa-tham, P. Kỳ Lừa; Sở KH&CN"))
    assert plan.assignments[0].lead == ("so-khcn",)
    assert plan.assignments[0].supporting == ("xa-hoa-tham", "phuong-ky-lua")
    assert findings == ()


def test_a_variable_without_a_row_is_nobodys(plan):
    def drop(book):
        book["Phân công"].delete_rows(9)

    last = read(edited(drop))[0].assignments[-1]
    assert (last.variable, last.units) == ("C43_B", ())


# ------------------------------------------------------------------ doubts


@pytest.mark.parametrize(
    ("typed", "code", "value"),
    [
        ("Sở Vũ trụ; UBND xã Hoa Thám", "unknown-unit-name", "Sở Vũ trụ"),
        ("các đơn vị liên quan; xã Hoa Thám", "open-group", "các đơn vị liên quan"),
        ("xã Hoa Thám; hoa ky lua", "unknown-unit-name", "hoa ky lua"),
    ],
)
def test_a_doubtful_name_is_a_finding_at_its_cell(typed, code, value):
    plan, findings = read(put("Phân công", "C4", typed))
    assert [(str(f.at), f.code.word, f.value, f.variable) for f in findings] == [
        (f"{FILE} › Phân công!C4", code, value, "C09_A")
    ]
    assert plan.assignments[2].supporting == ("xa-hoa-tham",)


def test_a_tie_is_a_finding_that_names_both():
    def add(book):
        book["Phân công"]["C4"] = "xã Tân Thanh"
        book["Tên cũ"].append(["Xã Tân Thanh", "Huyện Văn Lãng", "xa-hoa-tham", "một phần"])
        book["Tên cũ"].append(["Xã Tân Thanh", "Huyện Văn Lãng", "phuong-ky-lua", "một phần"])

    _, (finding,) = read(edited(add))
    assert finding.code.word == "ambiguous-unit-name"
    assert "Xã Hoa Thám" in finding.message
    assert "Phường Kỳ Lừa" in finding.message


# ------------------------------------------------------------------ errors


@pytest.mark.parametrize(
    ("sheet", "address", "typed"),
    [
        ("Kỳ báo cáo", f"B{row_of('Năm số liệu')}", "hai nghìn"),
        ("Kỳ báo cáo", f"B{row_of('Năm số liệu')}", 25),
        ("Kỳ báo cáo", f"B{row_of('Năm số liệu')}", None),
        ("Kỳ báo cáo", f"B{row_of('Hạn báo cáo')}", "tháng tư"),
        ("Kỳ báo cáo", f"A{row_of('Địa danh')}", "Tỉnh"),
        ("Đơn vị", "A2", "Sở KHCN"),
        ("Đơn vị", "A3", "so-khcn"),
        ("Đơn vị", "A2", None),
        ("Đơn vị", "B2", None),
        ("Nhóm đơn vị", "B2", "xa; phuon"),
        ("Nhóm đơn vị", "B2", "xã, phường"),
        ("Nhóm đơn vị", "B2", "xa; xa-hoa-thamm"),
        ("Tiêu chí", "A3", "DV01"),
        ("Tiêu chí", "E2", "C01_A + "),
        ("Tiêu chí", "E2", "C01_A + C99_Z"),
        ("Tiêu chí", "E2", "C43_B * 2"),
        ("Tiêu chí", "E2", None),
        ("Tiêu chí", "F2", "hai"),
        ("Tiêu chí", "F2", 1.5),
        ("Tiêu chí", "F2", None),
        ("Tiêu chí", "G2", "tạm"),
        ("Số liệu", "A3", "C01_A"),
        ("Số liệu", "A3", "c01_a"),
        ("Số liệu", "A9", "KQ07"),
        ("Số liệu", "A2", "C01 A"),
        ("Số liệu", "B2", "XX99"),
        ("Số liệu", "C2", None),
        ("Số liệu", "E2", "abc"),
        ("Số liệu", "E2", None),
        ("Số liệu", "F2", "không"),
        ("Số liệu", "F6", "1.234"),  # a decimal row: 1234 or 1,234?
        ("Số liệu", "F2", date(2025, 1, 1)),
        ("Số liệu", "F2", 10**10),  # higher than the highest
        ("Số liệu", "H2", "có lẽ"),
        ("Số liệu", "I2", "cộng"),
        ("Số liệu", "I2", "nối"),
        ("Số liệu", "I2", "bình quân theo C99_Z"),
        ("Số liệu", "I2", "bình quân theo C43_A"),
        ("Số liệu", "I8", "tổng"),
        ("Số liệu", "K2", "=1+"),
        ("Phân công", "A2", "C99_Z"),
        ("Phân công", "A3", "C01_A"),
        ("Ràng buộc", "B2", "C09_A <="),
        ("Ràng buộc", "B2", "C09_A <= C99_Z"),
        ("Ràng buộc", "B2", "C09_A + C09_B"),
        ("Ràng buộc", "B2", "C43_A = 1"),
        ("Ràng buộc", "C2", "nặng"),
        ("Năm trước", "A2", "C99_Z"),
        ("Năm trước", "A2", "KQ07"),
        ("Năm trước", "B2", "so-khong"),
        ("Năm trước", "C2", 20244),
        ("Năm trước", "C2", 2025),
        ("Năm trước", "D2", "nhiều"),
        ("Năm trước", "D2", None),
    ],
)
def test_an_error_names_its_cell(sheet, address, typed):
    (first, *_) = told(put(sheet, address, typed))
    assert first.startswith(f"{FILE} › {sheet}!{address} (cột “")


def test_all_errors_are_told_together_up_to_twenty():
    def spoil(book):
        for row in range(2, 10):
            for column in "BEI":
                book["Số liệu"][f"{column}{row}"] = "sai"

    lines = told(edited(spoil))
    assert len(lines) == 21
    assert len(set(lines)) == 21
    assert lines[-1].startswith("… và ")


def test_a_missing_column_is_told():
    (line,) = told(put("Số liệu", "E1", "Loại hình"))
    assert line.startswith(f"{FILE} › Số liệu: không thấy cột “Kiểu” ở dòng tiêu đề (dòng 1)")


@pytest.mark.parametrize(("sheet", "column"), [("Số liệu", 6), ("Số liệu", 10), ("Tiêu chí", 8), ("Đơn vị", 5)])
def test_a_column_that_was_deleted_is_told_even_where_its_cells_may_be_empty(sheet, column):
    heading = next(t for t in sheets.TABLES if t.name == sheet).headings[column - 1]
    (line,) = told(edited(lambda book: book[sheet].delete_cols(column)))
    assert line.startswith(f"{FILE} › {sheet}: không thấy cột “{heading}” ở dòng tiêu đề (dòng 1)")


@pytest.mark.parametrize(
    ("sheet", "address", "typed", "asked"),
    [
        ("Nhóm đơn vị", "B2", "xa; xa-hoa-thamm", "có phải là “xa-hoa-tham”?"),
        ("Phân công", "A2", "C01A", "có phải là “C01_A”?"),
        ("Tiêu chí", "E2", "C01A + C01_B", "có phải là “C01_A”?"),
        ("Năm trước", "B2", "Sở KH&CN", "ghi mã “so-khcn”"),
        ("Số liệu", "I2", "bình quân", "bình quân theo Cxx_y;"),
    ],
)
def test_an_error_says_what_was_meant(sheet, address, typed, asked):
    (line,) = told(put(sheet, address, typed))
    assert asked in line


@pytest.mark.parametrize("code", ["P", "GRDP", "C" + "1" * 32])
def test_a_code_that_is_no_key_in_a_form_is_refused(code):
    def around(book):
        book["Số liệu"]["A2"] = book["Phân công"]["A2"] = code
        book["Tiêu chí"]["E2"] = f"{code} + C01_B"
        book["Năm trước"]["A2"] = code

    (line, *_) = told(edited(around))
    assert line == f"{FILE} › Số liệu!A2 (cột “Mã số liệu”): mã “{code}” không dùng được; mã có dạng như C09_A"


def test_a_formula_that_comes_back_to_itself_is_told():
    def around(book):
        sheet = book["Tiêu chí"]
        sheet["E2"], sheet["E3"] = "KQ07 + 1", "C09_A + DV01"

    lines = told(edited(around))
    assert [line.split(":")[0] for line in lines] == [f"{FILE} › Tiêu chí!E{r} (cột “Công thức”)" for r in (2, 3)]
    assert "DV01 (Tiêu chí!E2) → KQ07 (Tiêu chí!E3) → DV01" in lines[0]
    assert "KQ07 (Tiêu chí!E3) → DV01 (Tiêu chí!E2) → KQ07" in lines[1]
    (line,) = told(put("Tiêu chí", "E2", "DV01 * 2"))
    assert "DV01 (Tiêu chí!E2) → DV01" in line
    (line,) = told(put("Số liệu", "I2", "bình quân theo C01_A"))
    assert "quyền số của chính nó" in line


def test_two_leads_of_a_figure_that_is_the_leads_own_are_told():
    _, findings = read(put("Phân công", "B5", "Sở KH&CN; xã Hoa Thám"))
    assert [(str(f.at), f.code.word, f.severity.value, f.variable) for f in findings] == [
        (f"{FILE} › Phân công!B5", "conflict", "warning", "C09_B")
    ]
    assert read(put("Phân công", "B2", "Sở KH&CN; xã Hoa Thám"))[1] == ()  # each gives its part


@pytest.mark.parametrize("sheet", ["Tiêu chí", "Số liệu", "Đơn vị"])
@pytest.mark.parametrize("act", ["remove", "empty"])
def test_a_sheet_that_lacks_is_told_once(sheet, act):
    def change(book):
        if act == "remove":
            book.remove(book[sheet])
        else:
            book[sheet].delete_rows(2, 200)

    (line,) = told(edited(change))
    assert f"“{sheet}”" in line or f"› {sheet}: chưa có dòng nào" in line


@pytest.mark.parametrize("sheet", ["Số liệu", "Ràng buộc", "Năm trước"])
def test_a_renamed_sheet_is_asked_for(sheet):
    def rename(book):
        book[sheet].title = f"{sheet} (sửa)"

    (line,) = told(edited(rename))
    assert f"nếu là trang “{sheet} (sửa)” thì đổi lại tên thành “{sheet}”" in line


def test_an_error_value_is_told_once():
    def spoil(book):
        for sheet, address in (("Tiêu chí", "E2"), ("Số liệu", "I2"), ("Ràng buộc", "B2")):
            book[sheet][address] = "#N/A"

    assert ["đang báo lỗi #N/A" in line for line in told(edited(spoil))] == [True] * 3


def test_codes_and_types_are_the_same_in_capitals(plan):
    def shout(book):
        book["Phân công"]["A2"] = "c01_a"
        book["Năm trước"]["A2"] = "c01_a"
        book["Năm trước"]["B2"] = "SO-KHCN"
        book["Nhóm đơn vị"]["B2"] = "XA; Phuong"

    assert known(read(edited(shout))[0]) == plan


def test_what_is_merged_down_a_column_counts_in_every_row(plan):
    def merge(book):
        sheet = book["Phân công"]
        sheet.merge_cells("B2:B4")
        assert sheet["B3"].value is None

    assert [a.lead for a in read(edited(merge))[0].assignments] == [a.lead for a in plan.assignments]


def test_a_formula_that_shows_nothing_is_a_blank_and_one_never_computed_is_told():
    source = put("Phân công", "C2", '=IF(1=1,"","Sở Tài chính")')
    assert any("công thức chưa có kết quả" in line for line in told(source))
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():  # as Excel stores an empty text
            new.writestr(name, re.sub(rb'<c r="C2"([^>]*)><f>IF', rb'<c r="C2"\1 t="str"><f>IF', old.read(name)))
    assert read(target.getvalue())[0].assignments[0].supporting == ()


def test_a_smaller_province_needs_no_other_change():
    plan = assignment.builtin(2025)
    kept = ("so-khcn", "so-tai-chinh", "xa-hoa-tham", "phuong-ky-lua")

    def shrink(book):
        for name in ("Đơn vị", "Tiêu chí", "Số liệu", "Phân công", "Ràng buộc"):
            sheet = book[name]
            for row in range(sheet.max_row, 1, -1):
                text = " ".join(str(c.value) for c in sheet[row][:2])
                if not any(code in text.split() for code in (*kept, "DV01", "C01_B")) or "C01_A" in text:
                    sheet.delete_rows(row)
        book["Tiêu chí"]["E2"] = "C01_B"
        book["Ràng buộc"].delete_rows(2, 100)
        book["Số liệu"].delete_rows(3, 100)

    again, _ = read(edited(shrink, plan))
    assert [u.code for u in again.units] == list(kept)
    assert (again.companions, again.assignments[0].units) == ((), kept)
    assert {f.unit for f in again.former} <= set(kept)


def test_what_is_no_workbook_is_told(tmp_path):
    path = tmp_path / FILE
    path.write_bytes(b"PK nothing")
    with pytest.raises(UnusableInputError, match=FILE):
        assignment.read(path)
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2000))
    with pytest.raises(UnusableInputError, match="mật khẩu"):
        assignment.read(path)
    path.write_bytes(b"")
    with pytest.raises(UnusableInputError, match="tệp rỗng"):
        assignment.read(path)
    with pytest.raises(UnusableInputError, match="init"):
        assignment.read(tmp_path / "khong-co.xlsx")


# ------------------------------------------------------------------ another year, and the looks


def test_another_year_moves_the_deadlines_along(plan):
    moved = assignment.for_year(replace(plan, settings=replace(plan.settings, unit_deadline=date(2024, 2, 29))), 2026)
    assert (moved.year, moved.settings.unit_deadline) == (2026, date(2025, 2, 28))
    assert moved.settings.report_deadline == date(2027, 4, 10)
    again, _ = read(assignment.write(moved))
    assert known(again) == known(moved)


def test_it_is_pleasant_to_edit(plan):
    question = Question(code="open-group", severity="question", row=3, value="x", message="y", candidates=("so-khcn",))
    book = openpyxl.load_workbook(io.BytesIO(assignment.write(replace(plan, questions=(question,)))))
    assert book.sheetnames == [t.name for t in sheets.TABLES]
    for table in sheets.TABLES:
        sheet = book[table.name]
        assert tuple(c.value for c in sheet[1]) == tuple(c.heading for c in table.columns if not c.sparse)
        assert all(0 < len(c.comment.text) <= 255 for c in sheet[1])
        assert sheet.freeze_panes == "B2"
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.paperSize == 9
        assert sheet.print_title_rows == "$1:$1"
        offered = {str(v.sqref).split(":")[0] for v in sheet.data_validations.dataValidation}
        chosen = {
            f"{c}2"
            for c, column in zip("ABCDEFGHIJKL", table.columns, strict=False)
            if column.choices or column.codes_of or column.suggested
        }
        assert offered == chosen
    rows = {r[0].value: r for r in book["Phân công"].iter_rows(min_row=2)}
    assert rows["C01_A"][2].value == "UBND các xã, phường"
