"""What a person would say of a verdict's findings: one sentence for the same trouble, every cell in it, errors first."""

import re
from decimal import Decimal

import pytest
from msgspec.structs import replace

from lsindicators import layout, told
from lsindicators.findings import Code, Finding, Severity
from lsindicators.model import CellRef
from lsindicators.values import format_value

FILE = "tra-ve/So KHCN.xlsx"

FACTS = {
    "state": "Chưa có số liệu", "where": "", "value": "mười", "wanted": "số nguyên", "example": "1234", "label": "Tên",
    "old": "a", "new": "b", "low": "0", "high": "9", "measure": "người", "first": "1", "second": "2", "number": "3",
    "allowed": "Có; Không", "length": "9", "limit": "5", "change": "60", "previous": "1", "scale": "1.000",
    "message": "Trái", "expression": "A <= B", "values": "A = 2; B = 1", "why": "", "guess": "", "origin": "",
}  # fmt: skip


def found(code, cell, variable="C01_A", value=None, sheet=layout.DATA, **facts) -> Finding:
    at = CellRef(FILE, sheet if cell or variable else None, cell or None)
    given = {**dict.fromkeys(re.findall(r"\{(\w+)", code.value.text), "x"), **FACTS, **facts}
    if code in (Code.MISSING_REASON, Code.MISSING_SOURCE):
        given["where"] = cell
    if value is not None:
        given["value"] = format_value(value) if isinstance(value, Decimal) else value
    given = {name: fact for name, fact in given.items() if name not in ("variable", "found")}
    return code.at(at, variable=variable, found=value, **given)


def said(*findings, **more) -> list[str]:
    return [t.text for t in told.group(findings, **more)]


def test_same_trouble_at_many_cells_is_one_sentence_with_ranges():
    rows = (12, 13, 14, 15, 20, 31)
    findings = [found(Code.MISSING_SOURCE, f"H{row}", f"C{row:02d}_A") for row in rows]
    assert said(*findings) == ["6 ô ở cột Nguồn số liệu chưa ghi nguồn: H12–H15, H20, H31"]


def test_headings_between_two_rows_do_not_part_a_range():
    findings = [found(Code.MISSING_SOURCE, f"H{row}", f"C{row:02d}_A") for row in (12, 15, 16, 18, 21)]
    one = "5 ô ở cột Nguồn số liệu chưa ghi nguồn: H12–H16, H18–H21"
    assert said(*findings, rows=(12, 15, 16, 17, 18, 21)) == [one]


def test_one_cell_is_named_by_code_and_short_name():
    name = "Số người làm công tác nghiên cứu khoa học và phát triển công nghệ trong năm"
    wrong = found(Code.NOT_A_NUMBER, "F12", value="mười hai")
    short = "Số người làm công tác nghiên cứu khoa học và phát triển…"
    assert said(wrong, names={"C01_A": name}) == [f"F12 (C01_A {short}): {wrong.message}"]


def test_few_cells_are_told_with_what_stood_in_them_or_whose_they_are():
    wrong = [found(Code.NOT_A_NUMBER, f"F{n}", f"C{n}_A", value) for n, value in ((12, "mười"), (20, "x y"))]
    blank = [found(Code.MISSING_VALUE, f"F{n}", f"C{n}_A") for n in (30, 32)]
    remedy, other = (f.message.partition("; ")[2] for f in (wrong[0], blank[0]))
    assert said(*wrong, *blank) == [
        f"2 ô không phải là số: F12 (“mười”), F20 (“x y”); {remedy}",
        f"2 ô chưa có số liệu: F30 (C30_A), F32 (C32_A); {other}",
    ]


def test_what_is_true_is_told_as_a_sheet_shows_it():
    wrong = [found(Code.NOT_A_NUMBER, f"F{n}", f"C{n}_A", value=True) for n in (12, 13)]
    assert "F12 (“TRUE”), F13 (“TRUE”)" in said(*wrong)[0]


def test_errors_come_first_then_questions_then_warnings_then_the_rest():
    findings = (
        found(Code.STRAY_CONTENT, "Z9", None),
        found(Code.MISSING_SOURCE, "H12"),
        found(Code.LARGE_CHANGE, "F13", "C01_B", Decimal(9)),
        found(Code.MISSING_VALUE, "F14", "C09_A"),
    )
    assert [t.severity for t in told.group(findings)] == list(Severity)
    assert [t.severity for t in told.group(reversed(findings))] == list(Severity)


def test_what_is_to_be_done_differently_is_said_apart():
    a = found(Code.NOT_A_NUMBER, "F12", value="x")
    b = found(Code.NOT_A_NUMBER, "F13", value="y", wanted="tỷ lệ %")
    assert len(said(a, b)) == 2


def test_an_example_that_differs_is_no_other_trouble():
    a = found(Code.NOT_AN_INTEGER, "F12", value=Decimal("59.5"), example="60")
    b = found(Code.NOT_AN_INTEGER, "F13", "C01_B", value=Decimal("1.2"), example="1")
    assert said(a, b) == ["2 ô chỉ nhận số nguyên mà có phần lẻ: F12 (“59,5”), F13 (“1,2”)"]


def test_a_list_with_its_own_semicolons_is_a_remedy_as_a_whole():
    cells = [found(Code.NOT_IN_LIST, f"G{n}", f"C{n}_A", "x", allowed="Có; Không") for n in (12, 14)]
    assert said(*cells) == ["2 ô không có trong danh sách: G12 (“x”), G14 (“x”); chọn một trong: Có; Không"]


def test_what_is_worded_for_a_case_of_its_own_keeps_its_words():
    """A form of another version has no such row: nobody deleted anything."""
    old = "biểu bản cũ không có dòng {0} “Tên {0}”; đề nghị điền vào phiếu trả lại"
    rows = [replace(found(Code.ROW_MISSING, None, c), message=old.format(c)) for c in ("C28_A", "C28_B")]
    assert said(rows[0]) == [old.format("C28_A")]
    assert said(*rows) == [f"2 chỗ tương tự (dòng C28_A, C28_B), ví dụ: {old.format('C28_A')}"]


def test_two_findings_at_one_cell_are_one_place():
    twice = [found(Code.MISSING_VALUE, "F12"), found(Code.MISSING_VALUE, "F12")]
    (item,) = told.group(twice)
    assert (item.places, item.text.partition(" ")[0]) == (1, "F12")


def test_a_broken_rule_at_two_cells_is_said_once():
    rule = [found(Code.RULE_BROKEN, f"F{n}", code) for n, code in ((38, "C28_A"), (39, "C28_B"))]
    assert said(*rule) == [
        "F38 (C28_A), F39 (C28_B): Trái (A <= B: A = 2; B = 1); xem lại các số này, số nào sai thì sửa"
    ]
    other = found(Code.RULE_BROKEN, "F50", "C30_A", message="Khác")
    assert len(said(*rule, other)) == 2


def test_the_file_as_a_whole_and_rows_without_a_cell():
    empty = Code.EMPTY_RETURN.at(CellRef(FILE))
    assert said(empty) == [empty.message]
    gone = [found(Code.ROW_MISSING, None, code) for code in ("C28_A", "C28_B")]
    assert said(*gone) == ["2 dòng không còn trong biểu: dòng C28_A, C28_B; điền số liệu vào phiếu trả lại"]
    assert said(gone[0]) == ["dòng C28_A “Tên” không còn trong biểu; điền số liệu vào phiếu trả lại"]


@pytest.mark.parametrize(
    ("message", "halves"),
    [
        ("“a; b” không phải là số (viết bằng chữ); nhập số nguyên, ví dụ 1", ("“a; b” không phải là số (viết bằng chữ)", "nhập số nguyên, ví dụ 1")),
        ("“a; b” không phải là số; nếu không phát sinh, xóa chữ; nếu chưa có, ghi lý do", ("“a; b” không phải là số", "nếu không phát sinh, xóa chữ; nếu chưa có, ghi lý do")),
        ("“a; b” không phải là số", ("“a; b” không phải là số", "")),
    ],
)  # fmt: skip
def test_what_is_wrong_and_how_to_mend_it(message, halves):
    """By the sentence beside the code, else at the first semicolon that is no quotation."""
    assert replace(found(Code.NOT_A_NUMBER, "F12", value="x"), message=message).halves == halves


def test_cells_of_another_sheet_are_told_with_it():
    long = [found(Code.TEXT_TOO_LONG, f"B{n}", None, "x", sheet=layout.NARRATIVE) for n in (5, 6)]
    assert said(*long)[0].startswith("2 ô có nội dung quá dài, chỉ giữ phần đầu: trang “Khó khăn, kiến nghị”, ô B5–B6")


@pytest.mark.parametrize("code", [c for c in Code if c.value.severity.stops and c in told._MANY])
def test_no_cell_of_an_error_is_left_out(code):
    """Sixty cells of one code: each is in a sentence, by its own address or inside a range."""
    rows = range(10, 130, 2)
    findings = [found(code, f"F{row}", f"C{row}_A", value=f"v{row}") for row in rows]
    items = told.group(findings)
    text = " ".join(t.text for t in items)
    assert all(f"F{row}" in text for row in rows)
    assert sorted(f.at.address for t in items for f in t.findings) == sorted(f"F{row}" for row in rows)


def test_every_finding_is_in_exactly_one_item():
    findings = [found(code, f"F{n}", f"C{n}_A", "x") for n, code in enumerate(told._MANY, 10) for _ in (1, 2)]
    findings.append(Code.WRONG_VERSION.at(CellRef(FILE)))
    items = told.group(findings)
    assert sorted(map(id, findings)) == sorted(id(f) for t in items for f in t.findings)


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        ("H12", "H12"),
        ("H12 H13", "H12–H13"),
        ("H20 H12 H13 H14", "H12–H14, H20"),
        ("H12 H12", "H12"),
        ("F9 G9 F10", "F9–F10, G9"),
        ("AA9 AA10 AB11", "AA9–AA10, AB11"),
    ],
)
def test_ranges(cells, shown):
    assert told.ranges(cells.split()) == shown


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [("ngắn", 10, "ngắn"), ("một hai ba bốn", 10, "một hai…"), ("x" * 50, 10, "x" * 9 + "…"), ("một, hai", 6, "một…")],
)
def test_short(text, limit, shown):
    assert told.short(text, limit) == shown
