"""Write a form, fill it as people do, read it back: the same values in the same cells."""

import io
import warnings
from decimal import Decimal

import office
import openpyxl
import pytest
from conftest import KEY
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lsindicators import forms, layout, returns, values
from lsindicators.layout import CURRENT, PREVIOUS, REASON, SOURCE, STATE
from lsindicators.model import State

FILLED = {
    ("C01_A", CURRENT): Decimal(131),
    ("C01_A", SOURCE): "Báo cáo số 15/BC-SKHCN ngày 10/01/2026",
    ("C01_B", PREVIOUS): Decimal(40),
    ("C01_B", CURRENT): Decimal(42),
    ("C01_B", STATE): State.GIVEN.value,
    ("C01_B", SOURCE): "Quyết định giao biên chế",
    ("C09_A", STATE): State.NONE_OCCURRED.value,
    ("C09_B", CURRENT): Decimal(17),
    ("C09_B", SOURCE): "Cục Sở hữu trí tuệ",
    ("C14_A", CURRENT): Decimal("28875000.75"),
    ("C14_A", SOURCE): "Niên giám",
    ("C14_B", STATE): State.NOT_YET.value,
    ("C14_B", REASON): "Chờ Thống kê tỉnh công bố, dự kiến 20/4",
    ("C43_A", CURRENT): "Có",
    ("C43_A", SOURCE): "Trục liên thông",
    ("C43_B", CURRENT): "=liên kết, 00123",
}
ANSWERS = {question: f"Ý kiến thứ {n}" for n, question in enumerate(layout.QUESTIONS, 1)}
TEXTS = {"current": CURRENT, "state": STATE, "source": SOURCE, "reason": REASON, "previous": PREVIOUS}


def read(content, kind="xlsx"):
    ret, findings = returns.read(content, "tra-ve/a.xlsx", "0" * 64, kind)
    assert findings == ()
    return ret


def found(form, ret):
    """(variable, column) -> value, of all inputs with content; and that each stands in its own cell."""
    values_found = {}
    for entry in ret.entries:
        row = form.by_code[entry.variable]
        for name, column in TEXTS.items():
            cell = getattr(entry, name)
            assert cell.at.address == layout.address(row.row, column)
            if cell.value is not None and not (column == PREVIOUS and row.previous is not None):
                values_found[entry.variable, column] = cell.value
    return values_found


def fill_with_openpyxl(form, content, filled, answers):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(content))
    for (code, column), value in filled.items():
        cell = book[layout.DATA].cell(form.by_code[code].row + 1, column + 1)
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"
    for n, answer in enumerate(answers.values()):
        book[layout.NARRATIVE].cell(layout.NARRATIVE_FIRST_ROW + 1 + n, layout.ANSWER + 1).value = answer
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.fixture
def form(plan):
    return layout.form(plan, "so-khcn")


@pytest.fixture
def blank(plan, form):
    return forms.write(plan, form, layout.stamp(KEY, form))


def test_an_empty_form_comes_back_empty_and_whole(form, blank):
    ret = read(blank)
    assert found(form, ret) == {}
    assert [e.variable for e in ret.entries] == [r.variable.code for r in form.variables]
    assert [e.label for e in ret.entries] == [r.text for r in form.variables]
    assert (ret.heading_row, ret.year_heading, ret.protected) == (layout.HEADING_ROW + 1, form.year, True)
    assert {t.place for t in ret.tokens} == {"cell", "hidden", "footer", "name", "property"}
    assert {layout.find_stamp(t.text) for t in ret.tokens} == {layout.stamp(KEY, form)}
    assert ret.answers == ()


def test_what_openpyxl_fills_in_is_read_back(form, blank):
    ret = read(fill_with_openpyxl(form, blank, FILLED, ANSWERS))
    assert found(form, ret) == FILLED
    assert {question: answer for question, answer, _ in ret.answers} == ANSWERS


def test_what_forms_write_themselves_is_read_back(plan, form):
    typed = {**FILLED, **{(question, layout.ANSWER): answer for question, answer in ANSWERS.items()}}
    ret = read(forms.write(plan, form, layout.stamp(KEY, form), typed=typed))
    assert found(form, ret) == FILLED
    assert {question: answer for question, answer, _ in ret.answers} == ANSWERS


numbers = st.decimals(min_value=Decimal(-(10**12)), max_value=Decimal(10**12), places=3, allow_nan=False)
texts = st.text(max_size=60).map(values.clean_lines).filter(None)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=numbers, source=texts, reason=texts)
def test_any_number_and_any_text_come_back_as_they_were(plan, form, number, source, reason):
    typed = {("C14_A", CURRENT): number, ("C14_A", SOURCE): source, ("C14_A", REASON): reason}
    assert found(form, read(forms.write(plan, form, layout.stamp(KEY, form), typed=typed))) == typed


@pytest.mark.libreoffice
def test_what_is_typed_in_libreoffice_is_read_back(tmp_path, form, blank):
    source = tmp_path / "bieu.xlsx"
    source.write_bytes(blank)
    numbers_and_texts = {**FILLED, ("C43_B", CURRENT): "liên kết, 00123"}
    entered = [
        (layout.DATA, layout.address(form.by_code[code].row, column), float(v) if isinstance(v, Decimal) else v)
        for (code, column), v in numbers_and_texts.items()
    ]
    entered += [
        (layout.NARRATIVE, layout.address(layout.NARRATIVE_FIRST_ROW + n, layout.ANSWER), answer)
        for n, answer in enumerate(ANSWERS.values())
    ]
    saved = office.type_into(source, tmp_path / "gui.xlsx", entered, tmp_path).read_bytes()
    ret = read(saved)
    assert found(form, ret) == numbers_and_texts
    assert {question: answer for question, answer, _ in ret.answers} == ANSWERS
    assert {layout.find_stamp(t.text) for t in ret.tokens} == {layout.stamp(KEY, form)}
    assert ret.protected
    shown = {cell.at.address: cell.value for cell in ret.cells[layout.DATA].values() if cell.formula}
    assert shown[layout.address(form.by_code["C01_A"].row, layout.CHECK)] == "Đạt"
    assert shown[layout.address(layout.PROGRESS_ROW, 0)].startswith("Đã nhập 8/8 số liệu; còn 0 ô cần xem lại")


@pytest.mark.libreoffice
@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls"])
def test_a_filled_form_survives_another_program(tmp_path, plan, form, kind):
    source = tmp_path / "bieu.xlsx"
    source.write_bytes(forms.write(plan, form, layout.stamp(KEY, form), typed=FILLED))
    ret = read(office.convert(source, kind, tmp_path).read_bytes(), kind)
    assert found(form, ret) == FILLED
    assert layout.stamp(KEY, form) in {layout.find_stamp(t.text) for t in ret.tokens}
