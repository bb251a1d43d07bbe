"""Write a form, fill it as people do, read it back: the same values in the same cells."""

import io
import warnings
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import office
import openpyxl
import pytest
from conftest import KEY
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from test_forms import boundary_plan

from lsindicators import checks, forms, layout, returns, slips, values
from lsindicators.findings import Code
from lsindicators.forms import look
from lsindicators.forms.live import Live
from lsindicators.layout import CURRENT, PREVIOUS, REASON, SOURCE, STATE
from lsindicators.model import Kind, State, Status

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
    assert [f.code for f in findings] == ([Code.UNSUPPORTED_FORMAT] if kind == "xls" else [])
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
    assert [e.label for e in ret.entries] == [r.label for r in form.variables]
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
texts = st.text(max_size=60).map(values.clean_lines).filter(bool)


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
    saved = office.type_into(source, tmp_path / "gui.xlsx", entered).read_bytes()
    ret = read(saved)
    assert found(form, ret) == numbers_and_texts
    assert {question: answer for question, answer, _ in ret.answers} == ANSWERS
    assert {layout.find_stamp(t.text) for t in ret.tokens} == {layout.stamp(KEY, form)}
    assert ret.protected
    shown = {cell.at.address: cell.value for cell in ret.cells[layout.DATA].values() if cell.formula}
    assert shown[layout.address(form.by_code["C01_A"].row, layout.CHECK)] == "Đạt"
    assert shown[layout.address(layout.PROGRESS_ROW, 0)].startswith("Đã nhập 8/8, còn 0 ô cần xem")


@pytest.mark.libreoffice
@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls"])
def test_a_filled_form_survives_another_program(tmp_path, plan, form, kind):
    source = tmp_path / "bieu.xlsx"
    source.write_bytes(forms.write(plan, form, layout.stamp(KEY, form), typed=FILLED))
    ret = read(office.convert(source, kind, tmp_path).read_bytes(), kind)
    assert found(form, ret) == FILLED
    assert layout.stamp(KEY, form) in {layout.find_stamp(t.text) for t in ret.tokens}


# ------------------------------------------------------------------ the live check and the reader say the same


def judged(plan, form, content):
    return checks.judge(plan, KEY, read(content), datetime(2026, 3, 28, 9, 15, tzinfo=timezone(timedelta(hours=7))))


def quiet(said):
    """Whether ``Kiểm tra`` asks for nothing to be mended."""
    return said in ("", "Đạt", "Thiếu nguồn") or said.startswith("Xem lại với")


def stopped(verdict):
    return {f.variable for f in verdict.findings if f.severity.stops and f.variable}


def told_apart(plan, form, typed):
    """The variables over which the form and the reader disagree. A number typed as text may still be read."""
    shown = Live(plan, form, look.load(), typed).shown
    verdict = judged(plan, form, forms.write(plan, form, layout.stamp(KEY, form), typed=typed))
    assert {f.code for f in verdict.findings if f.variable is None} <= {Code.EMPTY_RETURN}
    if Code.EMPTY_RETURN in {f.code for f in verdict.findings}:
        return set()
    bad = stopped(verdict) | set(verdict.untaken)
    apart = {code for code in form.by_code if quiet(shown[code]) == (code in bad)}
    read_all_the_same = {f.variable for f in verdict.findings if f.code is Code.NUMBER_AS_TEXT}
    return apart - read_all_the_same


def test_form_and_reader_agree_at_every_boundary():
    plan, typed, _ = boundary_plan()
    form = layout.form(plan, "so-khcn")
    # the reader leaves a rule unsaid whose other number it cannot read; the form waits for a number as well
    assert told_apart(plan, form, typed) == set()


figures = st.sampled_from(
    [
        None,
        "mười",
        "Có",
        "không",
        "1.234",
        "\xa0",
        *map(Decimal, ["0", "1", "-1", "7", "7.5", "59", "60", "240000", "1E9", "1E10"]),
    ]
)
states = st.sampled_from([None, *(s.value for s in State), "có số liệu", "Không biết"])
words = st.sampled_from([None, "BC 15", "Sở Tài chính"])
inputs = {CURRENT: figures, STATE: states, SOURCE: words, REASON: words, PREVIOUS: figures}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.tuples(st.sampled_from(["C01_A", "C01_B", "C14_A", "C43_A", "C43_B"]), st.sampled_from(list(inputs))),
        st.none(),
    ).flatmap(lambda places: st.fixed_dictionaries({place: inputs[place[1]] for place in places}))
)
def test_form_and_reader_agree_on_whatever_is_typed(plan, form, typed):
    known = {place for place in typed if place[1] == PREVIOUS and form.by_code[place[0]].previous is not None}
    given_values = {place: v for place, v in typed.items() if v is not None and place not in known}
    assert told_apart(plan, form, given_values) == set()


@pytest.mark.parametrize(
    "times", ["499", "500", "1000", "2000", "2001", "0.002", "0.0005", "0.00049", "1E6", "2.1E6", "4E8"]
)
def test_form_and_reader_agree_on_another_measure(plan, form, times):
    typed = {("C01_A", CURRENT): Decimal(120000) * Decimal(times), ("C01_A", SOURCE): "BC"}
    past = tuple(replace(p, value=Decimal(120000)) if p.variable == "C01_A" else p for p in plan.past)
    wide = tuple(replace(v, high=None, kind=Kind.DECIMAL) for v in plan.variables)
    made = replace(plan, past=past, variables=wide)
    assert told_apart(made, layout.form(made, "so-khcn"), typed) == set()


# ------------------------------------------------------------------ slips


MESSY = {
    **FILLED,
    ("C01_A", CURRENT): "mười hai",
    ("C01_B", CURRENT): Decimal("42.5"),
    ("C01_B", PREVIOUS): "bốn mươi",
    ("C09_A", STATE): "Không phát sinh",
    ("C09_A", CURRENT): Decimal(18),
    ("C09_B", CURRENT): "1.234,5",
    ("C14_A", CURRENT): "1.234",
    ("C43_A", CURRENT): "có lẽ",
}


def slip_of(plan, form, content, round=2):
    verdict = judged(plan, form, content)
    slip = slips.compose(form, read(content), verdict)
    return verdict, forms.write(plan, form, layout.stamp(KEY, form, round), typed=slip.typed, remarks=slip.remarks)


def mending(verdict):
    return sorted((f.code.word, f.variable or "", f.at.address or "") for f in verdict.findings if f.severity.stops)


def test_a_slip_sent_back_as_it_is_earns_the_same_findings(plan, form, blank):
    first, slip = slip_of(plan, form, fill_with_openpyxl(form, blank, MESSY, ANSWERS))
    second, _ = slip_of(plan, form, slip, 3)
    assert first.status is second.status is Status.PARTIAL
    assert mending(second) == mending(first) != []
    assert {(f.variable, f.year, f.value) for f in second.figures} == {
        (f.variable, f.year, f.value) for f in first.figures
    }
    assert [(q, a) for q, a, _ in second.answers] == list(ANSWERS.items())
    assert second.round == 2


def test_mending_the_marked_cells_of_a_slip_is_enough(plan, form, blank):
    verdict, slip = slip_of(plan, form, fill_with_openpyxl(form, blank, MESSY, ANSWERS))
    marked = {f.at.address for f in verdict.findings if f.severity.stops}
    changed = {place for place in MESSY if MESSY[place] != FILLED.get(place)}
    assert marked <= {layout.address(form.by_code[code].row, column) for code, column in changed}
    mended = {place: FILLED.get(place) for place in changed}
    book = fill_with_openpyxl(form, slip, {p: v for p, v in mended.items() if v is not None or p[1] == CURRENT}, {})
    again = judged(plan, form, book)
    assert mending(again) == []
    assert again.status is Status.ACCEPTED
    assert [f.code.word for f in again.findings if f.code.value.severity.stops] == []
    assert found(form, read(book)) == FILLED


# ------------------------------------------------------------------ rows and columns that people put in or take out


def handled(plan, form, content, change):
    """What is told of a filled form after ``change`` of its data sheet: the verdict, and its findings of weight."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book[layout.DATA]
    for merge in list(sheet.merged_cells.ranges):  # openpyxl leaves them behind
        sheet.unmerge_cells(str(merge))
    change(sheet)
    stream = io.BytesIO()
    book.save(stream)
    verdict = judged(plan, form, stream.getvalue())
    return verdict, [(f.at.address, f.code) for f in verdict.findings if f.severity.value != "info"]


def taken(verdict):
    return [(f.variable, f.year, f.value, f.state) for f in verdict.figures]


@pytest.fixture
def whole(form, blank):
    """Filled, and nothing to say against it."""
    typed = {**FILLED, ("C01_A", REASON): "Sáp nhập", ("C43_A", STATE): State.GIVEN.value}
    return fill_with_openpyxl(form, blank, typed, {})


@pytest.mark.parametrize("column", range(1, 12))
def test_a_column_put_in_anywhere_is_no_change(plan, form, whole, column):
    verdict, told = handled(plan, form, whole, lambda sheet: sheet.insert_cols(column))
    assert (told, taken(verdict)) == ([], taken(judged(plan, form, whole)))
    assert [f.code for f in verdict.findings] == []


@pytest.mark.parametrize("row", [1, 5, 6, 8, 9, 10, 12])
def test_a_row_put_in_anywhere_is_no_change(plan, form, whole, row):
    verdict, _ = handled(plan, form, whole, lambda sheet: sheet.insert_rows(row))
    assert (list(verdict.findings), taken(verdict)) == ([], taken(judged(plan, form, whole)))


@pytest.mark.parametrize(
    ("column", "told"),
    [
        (1, [(None, Code.LOCKED_CELL_CHANGED)] * 2),  # its heading, and the stamp
        (3, [("C9", Code.LOCKED_CELL_CHANGED)]),
        (4, [("D9", Code.LOCKED_CELL_CHANGED)]),
        (10, [("J9", Code.LOCKED_CELL_CHANGED)]),
    ],
)
def test_a_column_taken_out_is_told_once(plan, form, whole, column, told):
    verdict, found = handled(plan, form, whole, lambda sheet: sheet.delete_cols(column))
    assert (found, taken(verdict)) == (told, taken(judged(plan, form, whole)))


@pytest.mark.parametrize("row", [1, 2, 4, 6, 10, 11])
def test_a_row_of_text_taken_out_is_not_told_at_another_text(plan, form, whole, row):
    verdict, found = handled(plan, form, whole, lambda sheet: sheet.delete_rows(row))
    assert (found, taken(verdict)) == ([(None, Code.LOCKED_CELL_CHANGED)], taken(judged(plan, form, whole)))
    (finding,) = (f for f in verdict.findings if f.severity.value != "info")
    assert "(trống)" in finding.message


@pytest.mark.parametrize("text", ["sửa lại", 7, None])
def test_the_heading_of_the_codes_may_be_overwritten(plan, form, whole, text):
    def change(sheet):
        sheet["B9"] = text

    verdict, found = handled(plan, form, whole, change)
    assert (found, taken(verdict)) == ([("B9", Code.LOCKED_CELL_CHANGED)], taken(judged(plan, form, whole)))


def test_a_sheet_copied_alone_into_a_new_workbook_refers_to_the_old_one(plan, form, whole):
    def change(sheet):
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    cell.value = cell.value.replace("'Tính'!", "[1]Tính!")

    verdict, found = handled(plan, form, whole, change)
    assert (found, taken(verdict)) == ([], taken(judged(plan, form, whole)))
