"""Forms: what is locked and what is not, the stamp, limits of Excel, and formulas that show what Python computed."""

import io
import json
import re
import warnings
import zipfile
from decimal import Decimal
from pathlib import Path

import office
import openpyxl
import pytest
from conftest import KEY, small_plan, variable
from msgspec.structs import replace
from openpyxl.worksheet.worksheet import Worksheet

from lsindicators import assignment, expressions, forms, layout, workbook
from lsindicators.errors import UnusableInputError
from lsindicators.findings import Code
from lsindicators.forms import look, pages
from lsindicators.forms.alike import Alike
from lsindicators.forms.formula import ACROSS
from lsindicators.forms.live import Live
from lsindicators.layout import CHECK, CURRENT, DATA, PREVIOUS, REASON, SOURCE, STATE
from lsindicators.model import Assignment, CellRef, CheckRule, Criterion, Kind, Level, PastFigure, Standing, State

GOLDEN = Path(__file__).parent / "golden"


def written(plan, unit="so-khcn", round=1, **more) -> bytes:
    form = layout.form(plan, unit)
    return forms.write(plan, form, layout.stamp(KEY, form, round), **more)


def opened(content: bytes) -> openpyxl.Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(io.BytesIO(content))


def everywhere(ws: Worksheet):
    return (cell for row in ws.iter_rows(max_row=ws.max_row + 20, max_col=ws.max_column + 10) for cell in row)


# ------------------------------------------------------------------ places and locks


@pytest.mark.parametrize("unit", ["so-khcn", "xa-hoa-tham"])
def test_only_the_inputs_are_unlocked(plan, unit):
    form = layout.form(plan, unit)
    ws = opened(written(plan, unit))[DATA]
    expected = {layout.address(r.row, c) for r in form.variables for c in (CURRENT, STATE, SOURCE, REASON)}
    expected |= {layout.address(r.row, PREVIOUS) for r in form.variables if r.previous is None}
    assert {cell.coordinate for cell in everywhere(ws) if not cell.protection.locked} == expected
    assert ws.protection.sheet
    allowed = {"formatColumns", "formatRows"}
    forbidden = {"insertRows", "insertColumns", "deleteRows", "deleteColumns", "sort", "formatCells", "autoFilter"}
    assert {name for name in allowed | forbidden if not getattr(ws.protection, name)} == allowed
    assert not ws.protection.selectLockedCells


def test_what_is_copied_from_the_scratch_sheet_leaves_inputs_unlocked(plan):
    """Excel pastes the lock of a cell with its format."""
    content = written(plan)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        styles = package.read("xl/styles.xml").decode()
        sheets = {
            name: package.read(f"xl/worksheets/sheet{n}.xml").decode()
            for n, name in enumerate(opened(content).sheetnames, 1)
        }
    normal, cells = (re.search(f"<{tag}.*?</{tag}>", styles, re.DOTALL)[0] for tag in ("cellStyleXfs", "cellXfs"))
    assert re.findall(r'locked="(\d)"', normal)[0] == "0"
    locks = [re.search(r'locked="(\d)"', xf)[1] for xf in re.findall(r"<xf .*?</xf>", cells, re.DOTALL)]
    assert locks[0] == "1"
    for name, xml in sheets.items():
        columns = re.findall(r'<col min="(\d+)" max="(\d+)"[^>]* style="(\d+)"', xml)
        assert {locks[int(style)] for *_, style in columns} == {"0" if name == layout.SCRATCH else "1"}
        assert (columns[0][0], columns[-1][1]) == ("1", "16384")


@pytest.mark.parametrize("unit", ["so-khcn", "xa-hoa-tham"])
def test_locked_texts_stand_where_the_layout_says(plan, unit):
    form = layout.form(plan, unit)
    sheet = next(s for s in workbook.read(written(plan, unit), "x").sheets if s.name == DATA)
    found = {layout.address(row, column): cell.value for (row, column), cell in sheet.cells.items() if not cell.formula}
    token = layout.address(layout.TOKEN_ROW, 0)
    assert found.pop(token) == f"Mã biểu mẫu: {layout.stamp(KEY, form)}"
    assert found == {address: text for address, text in {**form.locked, **form.signature}.items() if text != ""}


def test_formulas_stand_where_the_layout_says_and_on_the_hidden_sheet(plan):
    form = layout.form(plan, "so-khcn")
    formulas = {s.name: {p for p, c in s.cells.items() if c.formula} for s in workbook.read(written(plan), "x").sheets}
    assert formulas.pop(layout.CALCULATION)
    assert formulas.pop(DATA) == form.formulas == {(r.row, CHECK) for r in form.variables} | {
        (layout.PROGRESS_ROW, 0), layout.LINK, layout.CONTROL, (form.signed_row, 0),
    }  # fmt: skip
    assert not any(formulas.values())


def test_sheets_and_what_is_seen_first(plan):
    book = opened(written(plan))
    assert book.sheetnames == [
        DATA, layout.NARRATIVE, layout.GUIDE, layout.SCRATCH, layout.HIDDEN, layout.CALCULATION,
    ]  # fmt: skip
    assert [ws.sheet_state for ws in book] == ["visible"] * 4 + ["veryHidden"] * 2
    assert book.active.title == DATA
    assert not book[layout.SCRATCH].protection.sheet
    assert all(
        book[name].protection.sheet for name in (layout.NARRATIVE, layout.GUIDE, layout.HIDDEN, layout.CALCULATION)
    )
    assert book[DATA].freeze_panes == "C10"
    assert book[DATA].print_title_rows == "$8:$9"
    assert book[DATA].page_setup.orientation == "landscape"
    assert book[DATA].sheet_properties.pageSetUpPr.fitToPage
    assert (book[DATA].page_setup.fitToWidth or 1, book[DATA].page_setup.fitToHeight) == (1, 0)


def test_answers_of_the_narrative_sheet_are_unlocked(plan):
    ws = opened(written(plan))[layout.NARRATIVE]
    assert [ws.cell(layout.NARRATIVE_HEADING_ROW + 1, c).value for c in (1, 2)] == list(layout.NARRATIVE_HEADING)
    rows = range(layout.NARRATIVE_FIRST_ROW + 1, layout.NARRATIVE_FIRST_ROW + 1 + len(layout.QUESTIONS))
    assert tuple(ws.cell(row, 1).value for row in rows) == layout.QUESTIONS
    assert {c.coordinate for c in everywhere(ws) if not c.protection.locked} == {f"B{row}" for row in rows}


def test_numbers_have_no_percent_format_and_texts_stay_texts(plan):
    form = layout.form(plan, "so-khcn")
    ws = opened(written(plan))[DATA]
    for row in form.variables:
        for column in (CURRENT, STATE, SOURCE, REASON):
            shown = ws.cell(row.row + 1, column + 1).number_format
            numeric = column == CURRENT and row.variable.kind.numeric
            assert shown.startswith("#,##0") and "%" not in shown if numeric else shown == "@"


# ------------------------------------------------------------------ identity


def test_the_stamp_stands_in_five_places_and_nowhere_different(plan):
    form = layout.form(plan, "so-khcn")
    token = str(layout.stamp(KEY, form))
    content = written(plan)
    book = workbook.read(content, "x")
    data, hidden = (next(s for s in book.sheets if s.name == name) for name in (DATA, layout.HIDDEN))
    assert token in data.cells[layout.TOKEN_ROW, 0].value
    assert token in data.header_footer
    assert book.names[layout.TOKEN_NAME] == f"'{DATA}'!$A${layout.TOKEN_ROW + 1}"
    assert book.names[layout.TOKEN_CONSTANT] == f'"{token}"'
    assert token in {cell.value for cell in hidden.cells.values()}
    assert book.properties[layout.TOKEN_PROPERTY] == token
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        texts = "".join(package.read(name).decode() for name in package.namelist() if name.endswith(".xml"))
    assert set(re.findall(r"LSI1-[0-9A-Z-]+", texts)) == {token}


def test_same_input_same_bytes(plan):
    assert written(plan) == written(small_plan())
    assert written(plan) != written(plan, round=2)


def test_properties_are_ours(plan):
    properties = opened(written(plan)).properties
    assert properties.creator == plan.settings.compiler
    assert properties.created.year == plan.year + 1


def test_made_up_figures_are_told_on_screen_and_on_paper(plan):
    made_up = replace(plan, settings=replace(plan.settings, made_up=True))
    book = opened(written(made_up))
    assert layout.MADE_UP in book[DATA].cell(layout.NOTE_ROW + 1, 1).value
    assert book[DATA].cell(layout.NOTE_ROW + 1, 1).fill.fill_type == "solid"
    assert all(layout.MADE_UP in ws.oddHeader.center.text for ws in book if ws.sheet_state == "visible")


# ------------------------------------------------------------------ limits of Excel


def wordy_plan():
    """Names, explanations and rules far over every limit of Excel's prompts."""
    long = "Tổng giá trị hợp đồng chuyển giao công nghệ 😀 có quyết toán trong năm báo cáo " * 40
    low, high = Decimal("-123456789012345.5"), Decimal("123456789012345.5")
    plan = small_plan()
    variables = tuple(
        replace(v, name=long.strip(), explanation=long, source=long, low=low, high=high) for v in plan.variables
    )
    rules = tuple(replace(plan.rules[0], code=f"R{n}", message=long) for n in range(5))
    return replace(plan, variables=variables, rules=rules)


@pytest.mark.parametrize("make", [small_plan, wordy_plan])
def test_prompts_messages_and_rows_keep_within_the_limits(make):
    for ws in opened(written(make())):
        for rule in ws.data_validations.dataValidation:
            assert all(utf16(text or "") <= 255 for text in (rule.prompt, rule.formula1))
            assert utf16(rule.error) <= 224
            assert all(0 < utf16(text) <= 32 for text in (rule.promptTitle, rule.errorTitle))
            assert rule.prompt and rule.error
        assert all((row.height or 0) <= 409 for row in ws.row_dimensions.values())


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def test_every_input_is_validated_by_its_kind(plan):
    form = layout.form(plan, "so-khcn")
    ws = opened(written(plan))[DATA]

    def rule(row, column):
        found = [v for v in ws.data_validations.dataValidation if layout.address(row, column) in v.sqref]
        assert len(found) == 1
        return found[0].type, found[0].formula1, found[0].formula2

    of = {code: row.row for code, row in form.by_code.items()}
    assert rule(of["C01_A"], CURRENT) == ("whole", "0", "1000000000")
    assert rule(of["C14_A"], CURRENT) == ("decimal", "0", "1000000000")
    assert rule(of["C43_A"], CURRENT) == ("list", '"Có,Không"', None)
    assert rule(of["C43_B"], CURRENT) == ("textLength", str(layout.TEXT_LIMIT), None)
    assert rule(of["C01_B"], PREVIOUS) == ("whole", "0", "1000000000")
    states = '"Có số liệu,Không phát sinh,Chưa có số liệu,Không áp dụng,Đã tính ở đơn vị khác"'
    for row in of.values():
        assert rule(row, STATE) == ("list", states, None)
        assert rule(row, SOURCE)[0] == rule(row, REASON)[0] == "textLength"


def taken(rule, value):
    """Whether a validation lets ``value`` be typed: what Excel does with the rules that forms use."""
    if rule.type == "list":
        return value in rule.formula1.strip('"').split(",")
    if rule.type == "textLength":
        return rule.operator == "lessThanOrEqual" and len(str(value)) <= int(rule.formula1)
    if not isinstance(value, Decimal) or (rule.type == "whole" and value != int(value)):
        return False
    return rule.operator in (None, "between") and Decimal(rule.formula1) <= value <= Decimal(rule.formula2)


def good_and_bad(v, column):
    """What may be typed into an input of ``v``, and what may not."""
    if column == STATE:
        return [s.value for s in State], ["Không biết", Decimal(5)]
    if column in (SOURCE, REASON) or v.kind is Kind.TEXT:
        return ["BC 15", "x" * layout.TEXT_LIMIT], ["x" * (layout.TEXT_LIMIT + 1)]
    if v.kind is Kind.YES_NO:
        return ["Có", "Không"], ["có lẽ", Decimal(1)]
    step = Decimal(1) if v.kind is Kind.WHOLE else Decimal("0.01")
    edges = [(v.low, -step), (v.high, step)]
    good = [edge for edge, _ in edges if edge is not None]
    bad = [edge + beyond for edge, beyond in edges if edge is not None]
    return good, ["mười", *bad, *([good[0] + Decimal("0.5")] if v.kind is Kind.WHOLE else [])]


@pytest.mark.parametrize("unit", ["so-khcn", "xa-hoa-tham"])
def test_every_input_of_the_real_forms_tells_what_it_takes_and_refuses_the_rest(unit):
    plan = assignment.builtin(2025)
    form = layout.form(plan, unit)
    rules = {}
    for rule in opened(written(plan, unit))[DATA].data_validations.dataValidation:
        assert rule.showInputMessage and rule.promptTitle and rule.prompt
        for block in rule.sqref.ranges:
            for row, column in block.cells:
                assert (row - 1, column - 1) not in rules
                rules[row - 1, column - 1] = rule
    for row in form.variables:
        for column in (*layout.INPUTS, *((PREVIOUS,) if row.previous is None else ())):
            rule = rules[row.row, column]
            assert rule.showErrorMessage and rule.errorStyle in (None, "stop") and rule.errorTitle and rule.error
            good, bad = good_and_bad(row.variable, column)
            assert bad and all(taken(rule, value) for value in good), (row.variable.code, column)
            assert not [value for value in bad if taken(rule, value)], (row.variable.code, column)


def test_a_row_is_as_high_as_its_longest_text():
    ws = opened(written(wordy_plan()))[DATA]
    first = layout.form(wordy_plan(), "so-khcn").variables[0].row + 1
    assert ws.row_dimensions[first].height > 200
    plain = opened(written(small_plan()))[DATA]
    assert 25 < plain.row_dimensions[first].height < 40


@pytest.mark.parametrize("text", ["=1+1", "{=A1}", "http://example.org", "00123", "TRUE", "@x", "+84"])
def test_typed_texts_stay_texts(plan, text):
    content = written(plan, typed={("C43_B", CURRENT): text, ("C01_A", SOURCE): text, ("C01_A", CURRENT): text})
    row = layout.form(plan, "so-khcn").by_code
    cells = workbook.read(content, "x").sheets[0].cells
    for place in ((row["C43_B"].row, CURRENT), (row["C01_A"].row, SOURCE), (row["C01_A"].row, CURRENT)):
        assert (cells[place].value, cells[place].formula) == (text, None)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert not [name for name in package.namelist() if "sheet" in name and name.endswith(".rels")]


# ------------------------------------------------------------------ the look


def redrawn(change) -> bytes:
    """The template after somebody changed it in Excel."""
    book = opened((Path(look.__file__).parents[2] / "templates" / "xlsx" / look.TEMPLATE).read_bytes())
    change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_clerk_restyles_forms_in_excel(plan, monkeypatch):
    from openpyxl.styles import Border, Font, PatternFill, Side
    from openpyxl.styles.colors import Color

    def change(book):
        ws = book[look.STYLES]
        ws["A1"].font = Font(name="Arial", size=20, color=Color(theme=4), underline="double")
        ws["A1"].fill = PatternFill("solid", fgColor=Color(theme=0, tint=-0.5))
        ws["C13"].border = Border(left=Side(style="mediumDashed", color=Color(indexed=10)))
        ws.column_dimensions["C"].width = 60
        ws.page_margins.left = 1.25

    drawn = look.read(redrawn(change))
    monkeypatch.setattr(look, "load", lambda: drawn)
    ws = opened(written(plan))[DATA]
    assert (ws["A1"].font.name, ws["A1"].font.sz, ws["A1"].font.u) == ("Arial", 20, "double")
    assert ws["A1"].font.color.rgb == "FF4F81BD"
    assert ws["A1"].fill.fgColor.rgb in ("FF7F7F7F", "FF808080")
    first = layout.form(plan, "so-khcn").variables[0].row + 1
    assert ws.cell(first, layout.LABEL + 1).border.left.style == "mediumDashed"
    assert ws.cell(first, layout.LABEL + 1).border.left.color.rgb == "FFFF0000"
    assert ws.column_dimensions["C"].width == pytest.approx(60, abs=0.2)
    assert ws.page_margins.left == 1.25


def test_a_spoilt_template_is_named_in_one_sentence(plan, monkeypatch):
    with pytest.raises(UnusableInputError, match=r"bieu-mau\.xlsx"):
        look.read(b"PK nothing")

    def without_role(book):
        del book.defined_names["role_answer"]

    with pytest.raises(UnusableInputError, match="role_answer"):
        look.read(redrawn(without_role))

    def misspelt(book):
        book[layout.GUIDE]["A1"] = "Năm {nam}"

    drawn = look.read(redrawn(misspelt))
    monkeypatch.setattr(look, "load", lambda: drawn)
    with pytest.raises(UnusableInputError, match=r"Năm \{nam\}"):
        written(plan)


def test_every_variable_is_explained_below_its_name(plan):
    told = {"explanation": "tính tại 31/12", "source": "Sổ theo dõi"}
    explained = replace(plan, variables=tuple(replace(v, **told) for v in plan.variables))
    form = layout.form(explained, "so-khcn")
    labels = {
        code: opened(written(explained))[DATA].cell(row.row + 1, layout.LABEL + 1).value
        for code, row in form.by_code.items()
    }
    assert labels["C01_A"] == (
        "Số người nghiên cứu\nTính tại 31/12. Nguồn: Sổ theo dõi. Ví dụ: 1.234 người thì gõ 1234."
    )
    assert labels["C14_A"].endswith("Ví dụ: 1.234,5 triệu đồng thì gõ 1234,5.")
    assert labels["C43_A"].endswith("Chọn Có hoặc Không.") and labels["C43_B"].endswith("Không bắt buộc.")
    assert all(label.startswith(f"{plan.variable[code].name}\n") for code, label in labels.items())


@pytest.mark.parametrize(
    ("kind", "low", "high", "expected"),
    [
        (Kind.WHOLE, 0, 1000000, "1234"),
        (Kind.WHOLE, 0, 30, "12"),
        (Kind.WHOLE, 2000, 3000, None),
        (Kind.DECIMAL, 0, 1, "0.75"),
        (Kind.DECIMAL, None, 0, "-0.5"),
        (Kind.PERCENT, 0, 100, "12.5"),
        (Kind.TEXT, None, None, None),
    ],
)
def test_an_example_is_one_that_may_be_typed(kind, low, high, expected):
    bounds = {"low": None if low is None else Decimal(low), "high": None if high is None else Decimal(high)}
    found = layout.example(variable("C01_A", "Tên", "người", kind, **bounds))
    assert found == (None if expected is None else Decimal(expected))


def test_rows_count_as_the_appendix_does(plan):
    commune = layout.form(plan, "xa-hoa-tham")
    assert [r.number for r in commune.variables] == ["1.1", "1.2", "2.1", "4.1", "4.2"]
    whole = {r.variable.code: r.number for r in layout.form(plan, "so-khcn").variables}
    assert {r.variable.code: r.number for r in commune.variables}.items() <= whole.items()
    assert [r.text for r in commune.rows if r.level == 2] == [
        "1. Nhân lực khoa học, công nghệ (DV01, cách tính đề xuất)",
        "2. Tỷ lệ sáng chế được khai thác thương mại (KQ07, đề xuất)",
        "4. Có dữ liệu dùng chung được kết nối (TD26, đề xuất)",
    ]


def test_the_guide_is_one_page(plan):
    ws = opened(written(plan))[layout.GUIDE]
    assert (ws.page_setup.fitToWidth or 1, ws.page_setup.fitToHeight or 1) == (1, 1)
    texts = " ".join(str(cell) for row in ws.iter_rows(values_only=True) for cell in row if cell)
    assert "trước ngày 01/4/2026" in texts
    assert "{" not in texts
    assert "Đầu mối" not in texts  # there is none in this plan
    contact = replace(plan, settings=replace(plan.settings, contact="Bà Nông Thị Lan, 0205 3 812 345"))
    texts = " ".join(str(c.value) for c in everywhere(opened(written(contact))[layout.GUIDE]) if c.value)
    assert "Bà Nông Thị Lan" in texts


# ------------------------------------------------------------------ the live check

KINDS = dict(zip("WNDPYT", (Kind.WHOLE, *Kind), strict=True))
"""N: a whole number that is never zero."""

JUDGED = """
    kind | required | value      | state                 | source | reason   -> check
    W    | yes      |            |                       |        |          -> Thiếu số liệu
    W    | no       |            |                       |        |          ->
    W    | no       |            | Có số liệu            |        |          -> Thiếu số liệu
    W    | yes      | "   "      |                       |        |          -> Thiếu số liệu
    W    | yes      | 5          |                       | BC 1   |          -> Đạt
    W    | yes      | 5          |                       |        |          -> Thiếu nguồn
    W    | yes      | 5          | có số liệu            | BC 1   |          -> Đạt
    W    | yes      | "5"        |                       | BC 1   |          -> Sai kiểu: không phải số
    W    | yes      | mười       |                       | BC 1   |          -> Sai kiểu: không phải số
    W    | yes      | 5.5        |                       | BC 1   |          -> Sai kiểu: phải là số nguyên
    W    | yes      | 0          |                       | BC 1   |          -> Đạt
    W    | yes      | -1         |                       | BC 1   |          -> Ngoài khoảng: nhỏ hơn 0
    W    | yes      | 1000       |                       | BC 1   |          -> Đạt
    W    | yes      | 1001       |                       | BC 1   |          -> Ngoài khoảng: lớn hơn 1.000
    P    | yes      | 100        |                       | BC 1   |          -> Đạt
    P    | yes      | 100.01     |                       | BC 1   |          -> Ngoài khoảng: lớn hơn 100
    P    | yes      | 12.5       |                       |        |          -> Thiếu nguồn
    D    | yes      | 1000.25    |                       | BC 1   |          -> Ngoài khoảng: lớn hơn 1.000
    D    | yes      | 0.1        |                       | BC 1   |          -> Đạt
    D    | yes      | -0.0001    |                       | BC 1   |          -> Ngoài khoảng: nhỏ hơn 0
    Y    | yes      | Có         |                       | BC 1   |          -> Đạt
    Y    | yes      | không      |                       | BC 1   |          -> Đạt
    Y    | yes      | chắc có    |                       | BC 1   |          -> Sai kiểu: chọn Có hoặc Không
    Y    | yes      | 1          |                       | BC 1   |          -> Sai kiểu: chọn Có hoặc Không
    Y    | yes      |            |                       |        |          -> Thiếu số liệu
    Y    | yes      | Có         |                       |        |          -> Đạt
    T    | no       | Minh chứng |                       |        |          -> Đạt
    N    | yes      |            | Không phát sinh       |        |          -> Đạt
    N    | yes      | 0          | Không phát sinh       |        |          -> Đạt
    T    | no       | Minh chứng |                       | BC 1   |          -> Đạt
    T    | yes      |            |                       |        |          -> Thiếu số liệu
    W    | yes      |            | Không phát sinh       |        |          -> Đạt
    W    | yes      | 0          | Không phát sinh       |        |          -> Đạt
    W    | yes      | 3          | Không phát sinh       |        |          -> Trái Tình trạng
    W    | yes      | ba         | Không phát sinh       |        |          -> Trái Tình trạng
    W    | yes      |            | Chưa có số liệu       |        |          -> Cần giải trình
    W    | yes      |            | Chưa có số liệu       |        | Chờ chốt -> Đạt
    W    | yes      | 7          | Chưa có số liệu       |        | Chờ chốt -> Trái Tình trạng
    W    | yes      |            | Không áp dụng         |        |          -> Cần giải trình
    W    | yes      |            | Không áp dụng         |        | Không có -> Đạt
    W    | yes      |            | Đã tính ở đơn vị khác |        |          -> Cần giải trình
    W    | yes      |            | Đã tính ở đơn vị khác |        | Sở X     -> Đạt
    W    | yes      | 7          | Không biết            |        |          -> Chọn lại Tình trạng
    W    | no       |            | Không biết            |        |          -> Chọn lại Tình trạng
"""

RULED = """
    first | state           | second | level     -> check of the first row
    3     |                 | 5      | lỗi       -> Đạt
    5     |                 | 5      | lỗi       -> Đạt
    6     |                 | 5      | lỗi       -> Trái ràng buộc với {second}
    6     |                 | 5      | cảnh báo  -> Xem lại với {second}
    6     |                 |        | lỗi       -> Đạt
    6     |                 | năm    | lỗi       -> Đạt
          | Không phát sinh | 5      | lỗi       -> Đạt
    5     |                 | -      | lỗi       -> Trái ràng buộc với {second}
"""


def table(text):
    for line in text.strip("\n").split("\n")[1:]:
        left, _, right = line.partition("->")
        yield [cell.strip() for cell in left.split("|")], right.strip()


def value(text):
    if re.fullmatch(r"-?[0-9.]+", text):
        return Decimal(text)
    return text.strip('"') or None


def boundary_plan():
    """A unit with one row for every line of the tables above: plan, what is typed, and what each check must say."""
    variables, typed, expected, rules = [], {}, {}, []

    def add(letter, required, values):
        kind = KINDS[letter]
        code = f"C01_{chr(65 + len(variables) // 26)}{chr(65 + len(variables) % 26)}"
        high = None if not kind.numeric else Decimal(100) if kind is Kind.PERCENT else Decimal(1000)
        low = Decimal(1) if letter == "N" else Decimal(0) if kind.numeric else None
        variables.append(variable(code, f"Dòng {code}", "người", kind, required=required, low=low, high=high))
        given = {(code, column): value(text) for column, text in values.items() if value(text) is not None}
        typed.update(given)
        return code

    for (kind, required, *texts), said in table(JUDGED):
        code = add(kind, required == "yes", dict(zip((CURRENT, STATE, SOURCE, REASON), texts, strict=True)))
        expected[code] = said
    for (first, state, second, level), said in table(RULED):
        one = add("W", True, {CURRENT: first, STATE: state, SOURCE: "BC 1"})
        nothing = {STATE: "Không phát sinh"} if second == "-" else {}
        other = add("D", False, {CURRENT: second.strip("-"), SOURCE: "BC 1", **nothing})
        rules.append(
            CheckRule(code=f"R{one}", expression=f"{one} <= {other}", level=Level(level), message="Không khớp")
        )
        expected[one] = said.format(second=other)
    criterion = Criterion(
        code="DV01", group="Nhóm", name="Tiêu chí", measure="", formula="1", decimals=0, standing=Standing.PROPOSED
    )
    plan = small_plan(
        criteria=(criterion,),
        variables=tuple(variables),
        assignments=tuple(Assignment(variable=v.code, lead=("so-khcn",), supporting=()) for v in variables),
        rules=tuple(rules),
        past=(),
    )
    return plan, typed, expected


def test_check_says_what_the_tables_say():
    plan, typed, expected = boundary_plan()
    form = layout.form(plan, "so-khcn")
    live = Live(plan, form, look.load(), typed)
    assert {code: live.shown[code] for code in expected} == expected


def row_is_asked(plan, code):
    return layout.form(plan, "so-khcn").by_code[code].previous is None


@pytest.mark.parametrize(
    ("code", "before", "said"),
    [
        ("C01_B", Decimal(7), "Đạt"),
        ("C01_B", Decimal("7.5"), "Xem lại số năm 2024"),
        ("C01_B", Decimal(-7), "Xem lại số năm 2024"),
        ("C01_B", "bảy", "Xem lại số năm 2024"),
        ("C43_A", "Có", "Đạt"),
        ("C43_A", "có lẽ", "Xem lại số năm 2024"),
        ("C43_B", "một đường dẫn", "Đạt"),
        ("C01_A", "is on record", "Đạt"),
    ],
)
def test_figures_asked_for_the_year_before_are_looked_at(plan, code, before, said):
    form = layout.form(plan, "so-khcn")
    value = "Có" if code.startswith("C43") else Decimal(5) if row_is_asked(plan, code) else Decimal(130)
    typed = {(code, PREVIOUS): before, (code, CURRENT): value, (code, SOURCE): "BC"}
    assert Live(plan, form, look.load(), typed).shown[code] == said


def test_rules_with_figures_of_last_year_or_of_other_units(plan):
    rules = tuple(
        CheckRule(code=code, expression=expression, level=Level.ERROR, message="Sai")
        for code, expression in [
            ("R1", "C01_A >= C01_A@-1"),
            ("R2", "C01_A <= C09_B"),
            ("R3", "C14_B <= C14_B@-1"),
            ("R4", "C01_A >= C01_A@-2"),  # no form knows that year
        ]
    )
    ruled = replace(plan, rules=rules)
    commune = layout.form(ruled, "xa-hoa-tham")
    assert [r.inputs[0].code for r in Live(ruled, commune, look.load()).rules] == ["C01_A"]
    office_form = layout.form(ruled, "so-khcn")

    def said(code, typed):
        return Live(ruled, office_form, look.load(), typed).shown[code]

    typed = {("C01_A", CURRENT): Decimal(119), ("C01_A", SOURCE): "BC"}
    assert said("C01_A", typed) == "Trái ràng buộc với C01_A"  # 120 on record
    asked = {("C14_B", CURRENT): Decimal(9), ("C14_B", SOURCE): "BC", ("C14_B", PREVIOUS): Decimal(8)}
    assert said("C14_B", asked) == "Trái ràng buộc với C14_B"
    assert said("C14_B", {**asked, ("C14_B", PREVIOUS): Decimal(9)}) == "Đạt"


def test_a_rule_names_two_others_at_most_and_errors_come_first(plan):
    rules = tuple(
        CheckRule(code=f"R{n}", expression=expression, level=level, message="Sai")
        for n, (expression, level) in enumerate(
            [("C01_A < 200", Level.WARNING), ("C01_A + C01_B + C09_A + C09_B > 999", Level.ERROR)]
        )
    )
    ruled = replace(plan, rules=rules)
    form = layout.form(ruled, "so-khcn")
    typed = {(code, CURRENT): Decimal(100) for code in ("C01_A", "C01_B", "C09_A", "C09_B")}
    live = Live(ruled, form, look.load(), typed)
    assert [rule.level for rule in live.rules] == [Level.ERROR, Level.WARNING]
    assert live.shown["C01_A"] == "Trái ràng buộc với C01_B, C09_A…"


def test_each_verdict_has_one_colour(plan):
    """Excel goes on to the next colour unless it is told to stop: what is right would be red as well."""
    sheet = openpyxl.load_workbook(io.BytesIO(written(plan)))[DATA]
    rules = [r for c in sheet.conditional_formatting for r in c.rules if str(c.sqref).startswith("J12:")]
    assert [rule.stopIfTrue for rule in sorted(rules, key=lambda rule: rule.priority)] == [True] * 3


def test_an_input_tells_the_rules_that_hold_it(plan):
    form = layout.form(plan, "so-khcn")
    sheet = openpyxl.load_workbook(io.BytesIO(written(plan)))[DATA]
    told = {str(cell): rule.prompt for rule in sheet.data_validations.dataValidation for cell in rule.sqref.ranges}
    for code in ("C09_A", "C09_B"):
        assert told[layout.address(form.by_code[code].row, CURRENT)].endswith(f" {plan.rules[0].message}.")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({CURRENT: Decimal(300), SOURCE: "BC"}, "Cần giải trình: tăng, giảm quá 50%"),
        ({CURRENT: Decimal(180), SOURCE: "BC"}, "Đạt"),
        ({CURRENT: Decimal(300), SOURCE: "BC", REASON: "Thêm đơn vị"}, "Đạt"),
        ({STATE: "Không phát sinh"}, "Đạt"),
    ],
)
def test_a_great_change_wants_a_reason_and_a_true_zero_none(plan, typed, said):
    free = replace(plan, rules=())
    form = layout.form(free, "so-khcn")  # 120 on record
    assert Live(free, form, look.load(), {("C01_A", c): v for c, v in typed.items()}).shown["C01_A"] == said


def shown(content: bytes) -> dict[tuple[str, str], object]:
    """What every formula of a workbook shows."""
    found = {}
    for sheet in workbook.read(content, "x").sheets:
        for place, cell in sheet.cells.items():
            if cell.formula is not None:
                found[sheet.name, layout.address(*place)] = cell.value or ""
    return found


BEFORE = {
    ("C01_A", CURRENT): Decimal(120000),
    ("C14_B", CURRENT): Decimal(7),
    ("C14_B", PREVIOUS): Decimal(3500),
    ("C01_B", PREVIOUS): Decimal(40),
    ("C09_A", PREVIOUS): Decimal("4.5"),
    ("C09_B", PREVIOUS): "bốn",
    ("C14_A", PREVIOUS): Decimal(-1),
    ("C43_A", PREVIOUS): "có lẽ",
    ("C43_A", CURRENT): "Có",
    ("C43_B", PREVIOUS): "một đường dẫn",
}


@pytest.mark.libreoffice
def test_stored_results_are_what_libreoffice_computes(tmp_path):
    plan, typed, _ = boundary_plan()
    past = (PastFigure(variable="C01_A", unit="so-khcn", year=2024, value=Decimal(120)),)
    for name, made, entered in [
        ("day", plan, typed),
        ("trong", plan, {}),
        ("mot", small_plan(past=past), BEFORE),
    ]:
        content = written(made, typed=entered)
        assert (name == "mot") == ("Xem lại đơn vị tính" in shown(content).values())
        source = tmp_path / f"{name}.xlsx"
        source.write_bytes(content)
        assert shown(office.convert(source, "xlsx", tmp_path).read_bytes()) == shown(content)


def test_too_many_rules_for_a_formula_are_left_to_the_reader(plan):
    def formula(expression, count):
        many = tuple(replace(plan.rules[0], code=f"R{n}", expression=expression.format(n)) for n in range(count))
        crowded = replace(plan, rules=many)
        form = layout.form(crowded, "so-khcn")
        assert written(crowded)
        cells = Alike(crowded, form, look.load()).cells["C09_A"]
        return next(cell.formula for cell in cells if cell.letter == ACROSS)

    def deep(levels):
        return "abs(" * levels + "C09_A" + ")" * levels + " <= C09_B + {}"

    for expression, count in (("C09_A <= C09_B + {}", 200), (deep(35), 30), (deep(90), 1)):
        assert expressions.excel_takes(formula(expression, count), characters=8191, levels=64)
    assert "ABS(ABS(" in formula(deep(35), 1)
    assert "ABS(ABS(" not in formula(deep(90), 1)


def test_progress_counts_answers_and_what_is_wrong(plan):
    form = layout.form(plan, "so-khcn")
    line = look.load().roles["progress"].text
    at = {code: row.row for code, row in form.by_code.items()}

    def said(typed):
        live = Live(plan, form, look.load(), typed)
        return live.progress(line).result, live.link().result

    def cell(code, column=CURRENT):
        return layout.address(at[code], column)

    first = f"Đến ô cần xem đầu tiên: {cell('C01_A')}"
    assert said({}) == ("Đã nhập 0/8, còn 7 ô cần xem", first)
    typed = {(code, CURRENT): Decimal(125) if code == "C01_A" else Decimal(28000000) for code in ("C01_A", "C14_A")}
    assert said({**typed, ("C01_B", CURRENT): "mười"}) == (
        "Đã nhập 3/8, còn 5 ô cần xem",
        f"Đến ô cần xem đầu tiên: {cell('C01_B')}",
    )
    typed |= {(code, STATE): "Không phát sinh" for code in ("C01_B", "C09_A", "C09_B", "C43_A")}
    typed |= {("C14_B", STATE): "Chưa có số liệu"}
    assert said(typed) == ("Đã nhập 7/8, còn 1 ô cần xem", f"Đến ô cần xem đầu tiên: {cell('C14_B', REASON)}")
    typed |= {("C14_B", REASON): "Chờ công bố"}
    done = "Đã nhập 7/8, còn 0 ô cần xem – đã đủ, mời gửi biểu"
    assert said(typed) == (done, f"Đến dòng chưa ghi nguồn: {cell('C01_A', SOURCE)}")
    typed |= {(code, SOURCE): "BC 1" for code in ("C01_A", "C14_A")}
    assert said(typed) == (done, "")


@pytest.mark.parametrize(
    ("typed", "column"),
    [
        ({STATE: "Không biết"}, STATE),
        ({PREVIOUS: "bảy", CURRENT: Decimal(5)}, PREVIOUS),
        ({STATE: "Không áp dụng"}, REASON),
        ({CURRENT: Decimal(500), SOURCE: "BC", PREVIOUS: Decimal(100)}, REASON),
        ({CURRENT: "năm"}, CURRENT),
        ({CURRENT: Decimal(500)}, SOURCE),
    ],
)
def test_the_link_leads_to_the_column_that_wants_a_hand(plan, typed, column):
    lonely = replace(plan, variables=(plan.variables[1],), assignments=(plan.assignments[1],), rules=())
    form = layout.form(lonely, "so-khcn")
    live = Live(lonely, form, look.load(), {("C01_B", c): value for c, value in typed.items()})
    assert live.go["C01_B"] == layout.address(form.variables[0].row, column)
    assert live.link().result.endswith(live.go["C01_B"])


OLD_FUNCTIONS = {
    "IF", "OR", "AND", "NOT", "TRIM", "INDEX", "ISERROR", "ISNUMBER", "INT", "ABS", "IFERROR", "SUMPRODUCT", "COUNTIF", "LEFT", "N",
    "CLEAN", "SUBSTITUTE", "ISLOGICAL", "ROUND", "MOD", "MIN", "SUM", "COUNT", "MID", "REPT", "ROW", "HYPERLINK",
    "LEN", "UPPER",
}  # fmt: skip


def test_formulas_use_ranges_that_end_in_locked_cells_and_no_young_function(plan):
    form = layout.form(plan, "so-khcn")
    for name, formulas in all_formulas(written(plan)).items():
        for formula in formulas:
            outside = re.sub(r'"[^"]*"', "", formula)
            assert (
                set(re.findall(r"([A-Z]+)\(", re.sub(r"_xlfn\.(UNICODE|ISFORMULA)\(", "(", outside))) <= OLD_FUNCTIONS
            )
            assert len(formula) < 8192
            cells = re.findall(rf"'{DATA}'!([A-Z])\$(\d+):([A-Z])\$(\d+)", outside)
            assert outside.count(DATA) == len(cells)  # the inputs are looked at as ranges alone
            for first, start, last, end in cells:
                assert first == last and (int(start), int(end)) == (layout.HEADING_ROW + 1, form.last_row + 2)
            if name == DATA:
                assert not re.search(
                    r"(?<!!)(?<![A-Z$])\$?[A-Z]{1,2}\$?\d", re.sub(r"'Tính'!\$\w+\$\w+(:\$\w+\$\w+)?", "", outside)
                )


def all_formulas(content):
    return {s.name: [c.formula for c in s.cells.values() if c.formula] for s in workbook.read(content, "x").sheets}


# ------------------------------------------------------------------ the return slip


def finding(code, sheet=DATA, address=None, variable=None, found=None, **facts):
    """``facts`` that the sentence of ``code`` wants and that do not matter are made up."""
    wanted = set(re.findall(r"\{(\w+)", code.value.text)) - {"variable", "found"}
    at = CellRef("tra-ve/a.xlsx", sheet, address)
    return code.at(at, variable=variable, found=found, **{**dict.fromkeys(wanted, "x"), **facts})


def slip(plan):
    form = layout.form(plan, "so-khcn")
    where = {code: row.row for code, row in form.by_code.items()}
    typed = {("C01_A", CURRENT): "mười", ("C01_B", CURRENT): Decimal("2.5"), ("C09_A", CURRENT): Decimal(4)}
    remarks = (
        finding(Code.WRONG_VERSION, sheet=None),
        finding(
            Code.NOT_A_NUMBER,
            address=layout.address(where["C01_A"], CURRENT),
            variable="C01_A",
            found="mười",
            value="mười",
            why="",
            wanted="số nguyên",
            example="120",
        ),
        finding(
            Code.LARGE_CHANGE,
            address=layout.address(where["C01_B"], CURRENT),
            variable="C01_B",
            found=Decimal("2.5"),
            previous="1",
            value="2,5",
            how="tăng",
            change="150",
            limit="50",
        ),
    )
    return written(plan, round=2, typed=typed, remarks=remarks, taken=1), where


def test_the_slip_comes_first_and_leads_to_the_cells(plan):
    content, where = slip(plan)
    book = opened(content)
    ws = book[layout.SLIP]
    assert book.sheetnames[0] == book.active.title == layout.SLIP
    rows = [row for row in ws.iter_rows(values_only=True) if any(row)]
    links = {c.value: c.hyperlink.location for row in ws.iter_rows() for c in row if c.hyperlink}
    addresses = [layout.address(where[code], CURRENT) for code in ("C01_A", "C01_B")]
    assert links == {address: f"'{DATA}'!{address}" for address in addresses}
    groups = [row[0] for row in rows if row[0] and row[0].isupper() is False and "(" in row[0]]
    told = [row[0] for row in rows]
    assert told.index("PHẢI SỬA (1)") < told.index(addresses[0]) < told.index(addresses[1])
    assert len(groups) == 2  # to be answered, to be looked at
    error = rows[told.index(addresses[0])]
    assert error[1].startswith("C01_A – ") and error[2] == "mười"
    assert error[3] == "“mười” không phải là số." and error[4] == "Nhập số nguyên, ví dụ 120."
    head = " ".join(row[0] for row in rows[:5] if row[0])
    assert "1/8 số liệu" in head and "a.xlsx" in head and "01/4/2026" in head


def test_a_slip_marks_its_cells_and_is_no_form_itself(plan):
    content, where = slip(plan)
    ws = opened(content)[DATA]
    at = layout.address(where["C01_A"], CURRENT)
    prompt = next(v for v in ws.data_validations.dataValidation if at in v.sqref)
    assert prompt.promptTitle == "Phiếu trả lại" and "không phải là số" in prompt.prompt
    marked = {str(block.sqref): block.rules[0].formula[0] for block in ws.conditional_formatting}
    assert marked[at] == f'EXACT({at},"mười")'
    leapt, reason = (layout.address(where["C01_B"], column) for column in (CURRENT, REASON))
    assert marked[leapt] == f"AND({leapt}=2.5,LEN(TRIM({reason}))<3)"
    assert ws[at].value == "mười"
    fractional = ws[layout.address(where["C01_B"], CURRENT)]
    assert (fractional.value, fractional.number_format) == (2.5, "#,##0.0")
    assert not {"Mã số liệu"} & {c.value for row in opened(content)[layout.SLIP].iter_rows() for c in row}


@pytest.mark.parametrize(
    ("code", "typed", "formula"),
    [
        (Code.MISSING_VALUE, {}, 'AND(F12="",OR(TRIM(G12)="",TRIM(G12)="Có số liệu"))'),
        (Code.UNIT_SCALE_SUSPECT, {CURRENT: Decimal(9)}, 'AND(F12=9,ISERROR(SEARCH("Đã kiểm tra",I12)))'),
        (Code.LARGE_CHANGE, {CURRENT: Decimal(9), REASON: "-"}, "AND(F12=9,LEN(TRIM(I12))<3)"),
        (
            Code.STATE_CONTRADICTS_VALUE,
            {CURRENT: Decimal(9), STATE: "Không phát sinh"},
            'AND(F12=9,TRIM(G12)="Không phát sinh")',
        ),
        (Code.ABOVE_MAXIMUM, {CURRENT: Decimal(9), STATE: "Không phát sinh"}, "F12=9"),
    ],
)
def test_a_mark_goes_where_another_cell_of_the_row_mends_it(plan, code, typed, formula):
    remark = finding(code, address="F12", variable="C01_A")
    content = written(plan, typed={("C01_A", column): value for column, value in typed.items()}, remarks=[remark])
    marked = {str(block.sqref): block.rules[0].formula[0] for block in opened(content)[DATA].conditional_formatting}
    assert marked["F12"] == formula


@pytest.mark.parametrize("value", ["😀" * 130, '"' * 130, "x" * 255, Decimal("1E+300"), Decimal("-1E-300")])
def test_what_a_slip_repeats_keeps_within_the_limits(plan, value):
    form = layout.form(plan, "so-khcn")
    at = layout.address(form.by_code["C01_A"].row, CURRENT)
    told = {"value": str(value), "why": "không phải là số"}
    remark = finding(Code.NOT_A_NUMBER, address=at, variable="C01_A", found=value, **told)
    ws = opened(written(plan, typed={("C01_A", CURRENT): value}, remarks=[remark]))[DATA]
    marked = {str(block.sqref): block.rules[0].formula[0] for block in ws.conditional_formatting}
    assert utf16(marked[at]) <= 255
    prompt = next(v for v in ws.data_validations.dataValidation if at in v.sqref)
    assert 0 < utf16(prompt.prompt) <= 255


def test_a_slip_shows_answers_again(plan):
    answers = {(question, layout.ANSWER): f"Trả lời {n}" for n, question in enumerate(layout.QUESTIONS)}
    ws = opened(written(plan, typed=answers))[layout.NARRATIVE]
    assert [ws.cell(4 + n, 2).value for n in range(5)] == [f"Trả lời {n}" for n in range(5)]


# ------------------------------------------------------------------ golden


def dump(content: bytes) -> str:
    """One cell a line: sheet!address, lock, value or formula with what it shows."""
    lines = []
    results = shown(content)
    for ws in opened(content):
        lines.append(f"== {ws.title} ({ws.sheet_state}{', khóa' if ws.protection.sheet else ''})")
        for row in ws.iter_rows():
            for cell in row:
                unlocked = not cell.protection.locked
                if cell.value is None and not unlocked:
                    continue
                lock = "mở " if unlocked else "khóa"
                text = json.dumps(cell.value, ensure_ascii=False, default=str)
                result = results.get((ws.title, cell.coordinate))
                lines.append(f"{ws.title}!{cell.coordinate} {lock} {text}" + (f" -> {result}" if result else ""))
    return "\n".join(lines) + "\n"


def test_the_form_is_as_it_was(plan):
    golden = GOLDEN / "bieu-mau.txt"
    assert dump(written(plan)) == golden.read_text(encoding="utf-8"), "look at it, then: python tests/test_forms.py"


if __name__ == "__main__":
    (GOLDEN / "bieu-mau.txt").write_text(dump(written(small_plan())), encoding="utf-8")


# ------------------------------------------------------------------ pages


def test_a_long_contact_gets_the_lines_that_it_needs(plan):
    def height(contact):
        told = replace(plan, settings=replace(plan.settings, contact=contact))
        sheet = openpyxl.load_workbook(io.BytesIO(written(told)))[DATA]
        assert str(sheet.merged_cells).split()[0] == "A4:J4"
        return sheet.row_dimensions[4].height

    one = "Bà Nguyễn Thị Hạnh, Phòng Quản lý công nghệ, điện thoại 0205 3 812 345, hanhnt.skhcn@langson.gov.vn"
    assert height("") == height(one) < height(f"{one}; {one}") / 1.5


@pytest.mark.parametrize(
    ("heights", "bound", "room", "expected"),
    [
        ([10, 10, 10, 10, 10], [], 50, []),
        ([10, 10, 10, 10, 10], [], 40, [4]),
        ([10, 10, 10, 10, 10], [3], 40, [3]),  # a heading goes with what it heads
        ([10, 10, 10, 10, 10], [2, 3, 4], 30, [2]),
        ([10, 99, 10, 10, 10], [], 40, [2]),  # higher than a page: no page stays empty before it
        ([10, 10, 10, 10, 10], [], 24, [2, 3, 4]),  # 5 points are repeated on each page
    ],
)
def test_pages_end_where_nothing_is_parted(heights, bound, room, expected):
    rows = dict(enumerate(heights))
    assert pages.breaks(rows, frozenset(bound), 1, len(heights) - 1, 5, room) == expected


def test_a_page_holds_no_more_than_the_paper(plan):
    page = look.load().sheets[look.STYLES].page
    assert page.landscape
    inner = [
        side - 72 * (page.margins[a] + page.margins[b])
        for side, a, b in ((595.3, "top", "bottom"), (841.9, "left", "right"))
    ]
    for share in (0.5, 1.0, 2.0):
        width = round(inner[1] * share / 0.75)  # pixels
        assert 0.9 < pages.capacity(page, [width]) / (inner[0] * max(1.0, share)) < 1


def test_the_version_of_a_form_hangs_on_no_form_before_it():
    """5 and 5.0 are equal numbers, and what is kept of one row must not answer for the other."""

    def digest(value):
        past = (PastFigure(variable="C01_A", unit="so-khcn", year=2024, value=Decimal(value)),)
        return layout.form(small_plan(past=past), "so-khcn").digest

    first = digest("5.0")
    assert digest("5") != first
    assert digest("5.0") == first
