"""Slips: what came is shown again in its place, what was not taken never looks as if it were good."""

from decimal import Decimal

import pytest
from conftest import KEY
from msgspec.structs import replace

from lsindicators import forms, layout, slips
from lsindicators.findings import Code, Verdict
from lsindicators.layout import CURRENT, DATA, PREVIOUS, REASON, SOURCE, STATE
from lsindicators.model import CellRef, Entry, Figure, FoundCell, Return, State, Status

FILE, SHEET = "tra-ve/So KHCN.xlsx", "Trang tính 1"


def found(address, value=None, **more):
    return FoundCell(at=CellRef(FILE, SHEET, address), value=value, **more)


def entry(code, row, current=None, state=None, source=None, reason=None, previous=None, **more):
    """A row of a return in which every column has moved one to the right."""
    cells = {"G": current, "H": state, "I": source, "J": reason, "F": previous}
    names = dict(zip("GHIJF", ("current", "state", "source", "reason", "previous"), strict=True))
    made = {names[c]: v if isinstance(v, FoundCell) else found(f"{c}{row}", v) for c, v in cells.items()}
    return Entry(variable=code, label="", key=CellRef(FILE, SHEET, f"C{row}"), **{**made, **more})


def returned(*entries, answers=()):
    return Return(
        file=FILE,
        sha256="0" * 64,
        tokens=(),
        sheet=SHEET,
        heading_row=9,
        year_heading=2025,
        entries=entries,
        cells={},
        sheets=(SHEET,),
        protected=True,
        answers=answers,
    )


def judged(*findings, figures=()):
    return Verdict(
        file=FILE,
        sha256="0" * 64,
        unit="so-khcn",
        round=1,
        status=Status.PARTIAL,
        figures=figures,
        untaken={},
        answers=(),
        findings=findings,
    )


def figure(code, value, state=State.GIVEN, year=2025):
    return Figure(variable=code, unit="so-khcn", year=year, value=value, state=state)


@pytest.fixture
def form(plan):
    return layout.form(plan, "so-khcn")


# what stands in the cell, the figure that was taken of it -> what the slip shows
SHOWN = [
    (found("G11", Decimal(12)), None, Decimal(12)),
    (found("G11", "mười hai"), None, "mười hai"),
    (found("G11", "1.234"), None, "1.234"),
    (found("G11", "1.234,0"), Decimal(1234), Decimal(1234)),
    (found("G11", " 12  người\u200b"), None, "12 người"),
    (found("G11", "#REF!", error=True), None, "#REF!"),
    (found("G11", Decimal(99), formula="A1+1"), None, "=A1+1"),
    (found("G11", None, formula="=SUM(A1:A3)"), None, "=SUM(A1:A3)"),
    (found("G11", Decimal(46054), date_format=True), None, "01/02/2026"),
    (found("G11", Decimal("0.125"), percent_format=True), None, "12,5%"),
    (found("G11", True), None, "TRUE"),
    (found("G11", Decimal(5), merged=True), None, None),
    (found("G11", Decimal(0)), None, Decimal(0)),
    (found("G11"), None, None),
]


@pytest.mark.parametrize(("cell", "taken", "shown"), SHOWN)
def test_values_are_shown_as_typed(form, cell, taken, shown):
    figures = () if taken is None else (figure("C01_A", taken),)
    slip = slips.compose(form, returned(entry("C01_A", 11, current=cell)), judged(figures=figures))
    assert slip.typed.get(("C01_A", CURRENT)) == shown
    assert type(slip.typed.get(("C01_A", CURRENT))) is type(shown)


def test_a_dash_beside_a_state_that_says_all_is_not_shown_again(form):
    row = entry("C01_B", 12, "-", "khong phat sinh")
    slip = slips.compose(form, returned(row), judged(figures=(figure("C01_B", Decimal(0), State.NONE_OCCURRED),)))
    assert slip.typed == {("C01_B", STATE): "Không phát sinh"}


def test_digits_that_were_seen_the_other_way_round_are_not_shown(form):
    cell = found("G12", "12", literal="\u202e12")
    assert slips.compose(form, returned(entry("C01_B", 12, cell)), judged()).typed == {}


def test_of_a_rejected_return_nothing_is_shown(form):
    """Its figures may be another year's or another unit's."""
    row = entry("C01_B", 12, Decimal(7), "Có số liệu", "Báo cáo", previous=Decimal(6))
    assert slips.compose(form, returned(row), replace(judged(), status=Status.REJECTED)).typed == {}


def test_the_other_columns_and_the_answers_come_along(form):
    row = entry("C01_B", 12, Decimal(7), "có số liệu", Decimal(2025), "dòng 1\ndòng 2", Decimal(6))
    question = layout.QUESTIONS[1]
    slip = slips.compose(
        form,
        returned(row, answers=((question, "Thiếu người", CellRef(FILE, "x", "B5")),)),
        judged(figures=(figure("C01_B", Decimal(7)), figure("C01_B", Decimal(6), year=2024))),
    )
    assert slip.typed == {
        ("C01_B", CURRENT): Decimal(7),
        ("C01_B", STATE): "Có số liệu",
        ("C01_B", SOURCE): "2025",
        ("C01_B", REASON): "dòng 1\ndòng 2",
        ("C01_B", PREVIOUS): Decimal(6),
        (question, layout.ANSWER): "Thiếu người",
    }


def test_a_figure_on_record_is_not_typed_again(form):
    slip = slips.compose(form, returned(entry("C01_A", 11, Decimal(7), previous=Decimal(120))), judged())
    assert slip.typed == {("C01_A", CURRENT): Decimal(7)}


@pytest.mark.parametrize("code", [Code.ROW_MOVED, Code.ROW_DUPLICATED])
def test_figures_beside_a_foreign_key_are_not_shown(form, code):
    facts = {"variable": "C01_A", "found": None}
    at = CellRef(FILE, SHEET, "C11")
    wrong = replace(Code.MISSING_VALUE.at(at, **facts), code=code)
    slip = slips.compose(form, returned(entry("C01_A", 11, Decimal(7), source="BC")), judged(wrong))
    assert slip.typed == {}
    assert [(f.at.sheet, f.at.address) for f in slip.remarks] == [(DATA, address(form, "C01_A", CURRENT))]


def address(form, code, column):
    return layout.address(form.by_code[code].row, column)


def test_remarks_stand_at_the_cells_of_the_fresh_form(form):
    ret = returned(entry("C01_A", 31, "x"), entry("C01_B", 32, state="Chưa có số liệu"))

    def at(cell, code=Code.MISSING_VALUE, variable="C01_A"):
        return code.at(CellRef(FILE, SHEET, cell), variable=variable)

    protection = Code.PROTECTION_REMOVED.at(CellRef(FILE, SHEET))
    version = Code.WRONG_VERSION.at(CellRef(FILE))
    missing_row = Code.ROW_MISSING.at(CellRef(FILE, SHEET), variable="C43_A", label="x")
    stray = Code.STRAY_CONTENT.at(CellRef(FILE, SHEET, "Z9"), found="ghi chú", value="ghi chú")
    findings = (at("G31"), at("J32", variable="C01_B"), protection, version, missing_row, stray)
    slip = slips.compose(form, ret, judged(*findings))
    assert [(f.code.word, f.at.workbook, f.at.sheet, f.at.address) for f in slip.remarks] == [
        ("missing-value", FILE, DATA, address(form, "C01_A", CURRENT)),
        ("missing-value", FILE, DATA, address(form, "C01_B", REASON)),
        ("wrong-version", FILE, None, None),
        ("row-missing", FILE, DATA, address(form, "C43_A", CURRENT)),
    ]  # neither the missing protection nor the content outside is the unit's to mend


def test_a_sentence_names_the_cell_of_the_fresh_form(form):
    at = CellRef(FILE, SHEET, "J32")
    reason = Code.MISSING_REASON.at(at, variable="C01_B", state="Chưa có số liệu", where="J32")
    slip = slips.compose(form, returned(entry("C01_B", 32, state="Chưa có số liệu")), judged(reason))
    assert f"(ô {address(form, 'C01_B', REASON)})" in slip.remarks[0].message


def test_a_row_that_this_unit_does_not_owe_is_left_out(plan):
    form = layout.form(plan, "xa-hoa-tham")
    slip = slips.compose(form, returned(entry("C14_A", 11, Decimal(7)), entry("C01_A", 12, Decimal(3))), judged())
    assert slip.typed == {("C01_A", CURRENT): Decimal(3)}


def test_what_is_composed_can_be_written(plan, form):
    odd = "x\u0007\ud800\ufffe" + "ỗ" * 4000
    row = entry("C01_A", 11, odd, odd, odd, odd)
    bad = Code.NOT_A_NUMBER.at(row.current.at, variable="C01_A", found=odd, value=odd, why="", wanted="số", example="1")
    slip = slips.compose(form, returned(row, answers=((layout.QUESTIONS[0], odd, CellRef(FILE)),)), judged(bad))
    content = forms.write(plan, form, layout.stamp(KEY, form, 2), typed=slip.typed, remarks=slip.remarks)
    assert content[:2] == b"PK"


def test_a_broken_rule_is_marked_at_every_cell_that_it_names(form):
    ret = returned(entry("C09_A", 31, Decimal(9)), entry("C09_B", 32, Decimal(5)))
    facts = {"message": "Trái, xem C14_A", "expression": "C09_A <= C09_B", "values": "C09_A = 9; C09_B = 5"}
    broken = Code.RULE_BROKEN.at(CellRef(FILE, SHEET, "G31"), variable="C09_A", found=Decimal(9), **facts)
    verdict = replace(judged(broken), untaken={"C09_A": broken.message, "C09_B": broken.message, "C14_A": "y"})
    slip = slips.compose(form, ret, verdict)
    assert [(f.variable, f.at.address, f.value) for f in slip.remarks] == [
        ("C09_A", address(form, "C09_A", CURRENT), Decimal(9)),
        ("C09_B", address(form, "C09_B", CURRENT), Decimal(5)),
    ]
