"""Sheet Cần xem lại: what an appendix left open is written, answered by the clerk, and taken by the next command."""

import io
import sys

import openpyxl
import pytest
import tables
from conftest import small_plan
from msgspec.structs import replace

from lsindicators import assignment
from lsindicators.assignment import reading, review, sheets
from lsindicators.cli import main
from lsindicators.errors import UnusableInputError
from lsindicators.model import Question, Standing

FILE = "phan-cong.xlsx"


def read(content):
    return reading.read(
        content, FILE, lambda plan, code: assignment.builtin(2025) if code.startswith(("KQ", "TD")) else None
    )


def asked(plan, **facts):
    """The plan with one question about C01_A's coordinating units, or as ``facts`` have it."""
    about = {
        "code": "ambiguous-unit-name", "severity": "question", "row": 5, "value": "xã Hoa", "message": "chưa rõ",
        "about": "DV01", "side": "Phối hợp", "candidates": ("xa-hoa-tham",),
    }  # fmt: skip
    return replace(plan, questions=(*plan.questions, Question(**{**about, **facts})))


def written(plan, variable, **texts):
    """The plan in which the assignment of ``variable`` reads otherwise."""
    return replace(
        plan, assignments=tuple(replace(a, **texts) if a.variable == variable else a for a in plan.assignments)
    )


def answered(plan, *answers):
    """What is read after the clerk typed ``answers`` on the sheet, from the first question on."""
    book = openpyxl.load_workbook(io.BytesIO(assignment.write(plan)))
    sheet = book[sheets.REVIEW.name]
    column = sheets.REVIEW.headings.index("Trả lời") + 1
    for row, answer in enumerate(answers, 2):
        sheet.cell(row, column).value = answer
    target = io.BytesIO()
    book.save(target)
    return read(target.getvalue())


def told(findings):
    return [(f.code.word, f.severity.value, f"{f.at.sheet}!{f.at.address}") for f in findings]


# ------------------------------------------------------------------ the sheet


def test_questions_make_the_way(plan):
    plan = asked(plan, answer="xa-hoa-tham", place="Bảng 2", message="dòng một\ndòng hai")
    assert read(assignment.write(plan))[0].questions == plan.questions


def test_without_questions_there_is_no_such_sheet(plan):
    assert sheets.REVIEW.name not in openpyxl.load_workbook(io.BytesIO(assignment.write(plan))).sheetnames


def test_each_row_offers_its_own_answers(plan):
    many = tuple(f"xa-so-{n:03}" for n in range(60))
    plan = asked(asked(plan), candidates=many)
    plan = asked(plan, code="unmatched-criterion", side="", candidates=("KQ08",))
    sheet = openpyxl.load_workbook(io.BytesIO(assignment.write(plan)))[sheets.REVIEW.name]
    lists = {str(v.sqref): v.formula1.strip('"').split(",") for v in sheet.data_validations.dataValidation}
    assert lists["F2"] == ["xa-hoa-tham", "bỏ qua"]
    assert lists["F3"][-1] == "bỏ qua" and len(",".join(lists["F3"])) <= 255
    assert lists["F4"] == ["KQ08", "mới", "bỏ qua"]


@pytest.mark.parametrize(("column", "typed"), [("A", "x"), ("B", "Nặng"), ("C", "Khác"), ("C", None)])
def test_a_spoilt_row_is_told_with_its_cell(plan, column, typed):
    book = openpyxl.load_workbook(io.BytesIO(assignment.write(asked(plan))))
    book[sheets.REVIEW.name][f"{column}2"] = typed
    target = io.BytesIO()
    book.save(target)
    with pytest.raises(UnusableInputError, match=f"Cần xem lại!{column}2 "):
        read(target.getvalue())


# ------------------------------------------------------------------ units

UNSURE = "Xã Hoa, Phường Kỳ Lừa"


@pytest.fixture
def unsure(plan):
    """C01_A is owed by a unit that nobody knows and by one that all know."""
    return asked(written(plan, "C01_A", supporting_written=UNSURE, supporting=("phuong-ky-lua",)), value="Xã Hoa")


def test_an_open_question_is_told_at_its_answer_once(unsure):
    plan, findings = read(assignment.write(unsure))
    assert told(findings) == [("ambiguous-unit-name", "question", "Cần xem lại!F2")]
    assert plan.assignment["C01_A"].supporting == ("phuong-ky-lua",)


@pytest.mark.parametrize(
    ("answer", "units", "text"),
    [
        ("xa-hoa-tham", ("phuong-ky-lua", "xa-hoa-tham"), "xa-hoa-tham, Phường Kỳ Lừa"),
        ("Xã Hoa Thám", ("phuong-ky-lua", "xa-hoa-tham"), "Xã Hoa Thám, Phường Kỳ Lừa"),
        ("Sở KH&CN; UBND xã Hoa Thám", ("phuong-ky-lua", "xa-hoa-tham"), "Sở KH&CN; UBND xã Hoa Thám, Phường Kỳ Lừa"),
        ("bỏ qua", ("phuong-ky-lua",), "Phường Kỳ Lừa"),
        ("BỎ QUA ", ("phuong-ky-lua",), "Phường Kỳ Lừa"),
    ],
)
def test_an_answer_names_the_units(unsure, answer, units, text):
    """Sở KH&CN leads C01_A, so it is no coordinating unit too."""
    plan, findings = answered(unsure, answer)
    assert findings == ()
    assert sorted(plan.assignment["C01_A"].supporting) == sorted(units)
    assert plan.assignment["C01_A"].supporting_written == text
    assert read(assignment.write(plan)) == (plan, ())


def test_an_answer_that_is_not_clear_leaves_the_question_open(unsure):
    plan, findings = answered(unsure, "xã Hoa Hồng")
    assert told(findings)[0] == ("unknown-unit-name", "question", "Cần xem lại!F2")
    assert "“xã Hoa Hồng”" in findings[0].message
    assert plan.assignment["C01_A"].supporting == ("phuong-ky-lua",)


def test_a_name_mended_by_hand_needs_no_answer(unsure):
    plan, findings = read(assignment.write(written(unsure, "C01_A", supporting_written="Xã Hoa Thám")))
    assert (plan.assignment["C01_A"].supporting, findings) == (("xa-hoa-tham",), ())


def test_a_name_is_answered_once_for_all_rows_and_an_open_phrase_for_each(plan):
    plan = written(written(plan, "C01_A", lead_written="Xã Hoa"), "C14_A", lead_written="Xã Hoa")
    plan = written(written(plan, "C01_A", supporting_written="các đơn vị liên quan"), "C14_A",
                   supporting_written="các đơn vị liên quan")  # fmt: skip
    of_c14 = plan.variable["C14_A"].criterion
    for criterion in ("DV01", of_c14):
        plan = asked(plan, value="Xã Hoa", side="Chủ trì", about=criterion)
        plan = asked(plan, value="các đơn vị liên quan", code="open-group", about=criterion)
    again, findings = answered(plan, "xa-hoa-tham", "phuong-ky-lua")
    assert again.assignment["C14_A"].lead == again.assignment["C01_A"].lead == ("xa-hoa-tham",)
    assert (again.assignment["C01_A"].supporting, again.assignment["C14_A"].supporting) == (("phuong-ky-lua",), ())
    assert told(findings) == [("open-group", "question", "Cần xem lại!F5")]


def test_an_error_stays_one_until_it_is_answered(unsure):
    unsure = replace(unsure, questions=tuple(replace(q, severity="error") for q in unsure.questions))
    assert told(read(assignment.write(unsure))[1]) == [("ambiguous-unit-name", "error", "Cần xem lại!F2")]
    assert answered(unsure, "xa-hoa-tham")[1] == ()


def test_a_missing_lead_is_answered(plan):
    plan = written(plan, "C14_A", lead_written="", lead=())
    plan = asked(plan, code="unreadable-row", about="HQ02", side="Chủ trì", value="Tổng sản phẩm", candidates=())
    assert told(read(assignment.write(plan))[1]) == [("unreadable-row", "question", "Cần xem lại!F2")]
    again, findings = answered(plan, "Phường Kỳ Lừa")
    assert (again.assignment["C14_A"].lead, again.assignment["C14_A"].lead_written) == (
        ("phuong-ky-lua",),
        "Phường Kỳ Lừa",
    )
    assert findings == ()


@pytest.mark.parametrize("side", ["Phối hợp", ""])
def test_a_remark_needs_no_answer(plan, side):
    plan = asked(plan, severity="warning", code="unknown-unit-name", side=side)
    assert read(assignment.write(plan)) == (read(assignment.write(plan))[0], ())
    assert answered(plan, "xa-hoa-tham")[0].assignments == plan.assignments


# ------------------------------------------------------------------ criteria


@pytest.fixture
def strange():
    """A plan with one criterion that was typed from a row of the appendix."""
    plan = small_plan()
    known = plan.criteria[0]
    own = replace(known, code="TC01", name="Số hợp đồng chuyển giao", formula="TC01_A", standing=Standing.PROPOSED)
    variable = replace(plan.variables[0], code="TC01_A", criterion="TC01", name=own.name)
    owed = replace(plan.assignments[0], variable="TC01_A", lead=("so-khcn",), lead_written="Sở KH&CN",
                   supporting=("xa-hoa-tham",), supporting_written="xã Hoa Thám", note="Thời hạn: 01/4")  # fmt: skip
    plan = replace(
        plan,
        criteria=(plan.criteria[0], own, *plan.criteria[1:]),
        variables=(plan.variables[0], variable, *plan.variables[1:]),
        assignments=(plan.assignments[0], owed, *plan.assignments[1:]),
    )
    return asked(plan, code="unmatched-criterion", about="TC01", side="", candidates=("KQ08",), value=own.name)


def test_an_unmatched_criterion_is_open_until_it_is_answered_or_confirmed(strange):
    assert told(read(assignment.write(strange))[1]) == [("unmatched-criterion", "question", "Cần xem lại!F2")]
    assert answered(strange, "mới")[1] == ()
    confirmed = tuple(replace(c, standing=Standing.OFFICIAL) if c.code == "TC01" else c for c in strange.criteria)
    assert read(assignment.write(replace(strange, criteria=confirmed)))[1] == ()


def test_a_criterion_of_the_catalogue_brings_all_it_has(strange):
    plan, findings = answered(strange, "kq08")
    catalogue = assignment.builtin(2025)
    assert findings == ()
    assert [c.code for c in plan.criteria] == ["DV01", "KQ08", *(c.code for c in strange.criteria[2:])]
    taken = plan.criterion["KQ08"]
    assert (taken.name, taken.formula, taken.standing) == ("Số hợp đồng chuyển giao", "C10_A", Standing.OFFICIAL)
    own = [v for v in catalogue.variables if v.criterion == "KQ08"]
    assert [v for v in plan.variables if v.criterion == "KQ08"] == own
    assert [v.code for v in plan.variables][1 : 1 + len(own)] == [v.code for v in own]
    for v in own:
        owed = plan.assignment[v.code]
        assert (owed.lead, owed.supporting, "Thời hạn: 01/4" in owed.note) == (("so-khcn",), ("xa-hoa-tham",), True)
    assert {r.expression for r in plan.rules} >= {
        r.expression for r in catalogue.rules if "C10_A" in r.expression and "C10_B" in r.expression
    }
    assert read(assignment.write(plan)) == (plan, ())


def test_a_formula_brings_the_variables_it_needs(strange):
    """TD16 divides by the GRDP, which the small plan has under its own criterion already."""
    plan, _ = answered(strange, "TD16")
    assert [v.code for v in plan.variables if v.criterion == "TD16"] == ["C33_A"]
    assert [v.code for v in plan.variables].count("C14_A") == 1


def test_a_row_may_be_left_out(strange):
    plan, findings = answered(strange, "bỏ qua")
    assert "TC01" not in plan.criterion and "TC01_A" not in plan.variable and findings == ()


def test_a_row_may_be_one_figure_of_a_criterion(strange):
    plan, findings = answered(strange, "C09_B")
    assert "TC01" not in plan.criterion and findings == ()
    owed = plan.assignment["C09_B"]
    assert (owed.lead, owed.supporting, owed.note) == (("so-khcn",), ("xa-hoa-tham",), "Thời hạn: 01/4")
    assert read(assignment.write(plan)) == (plan, ())


@pytest.mark.parametrize("formula", ["TC01 * 2", "TC01_A + C09_A", "KQ07 + 1"])
@pytest.mark.parametrize("answer", ["bỏ qua", "C09_B", "KQ08"])
def test_what_other_formulas_rest_on_is_not_taken_away(strange, formula, answer):
    """HQ02 rests on TC01: by itself, by its variable, or through KQ07."""
    formulas = {"HQ02": formula, "KQ07": "TC01_A" if "KQ07" in formula else "C09_A"}
    criteria = tuple(replace(c, formula=formulas.get(c.code, c.formula)) for c in strange.criteria)
    with pytest.raises(UnusableInputError, match=r"công thức của (KQ07, )?HQ02 đang dùng tiêu chí TC01"):
        answered(replace(strange, criteria=criteria), answer)


def test_a_criterion_of_the_catalogue_that_names_others_brings_what_they_rest_on(strange):
    catalogue = assignment.builtin(2025)
    named = {"KQ08": "KQ09 / KQ07 * DV02_X", "KQ09": "C11_A + KQ09_B", "KQ09_B": "C12_A"}
    other = replace(catalogue.companions[0], code="KQ09_B", parent="KQ09", formula="C12_A")
    own = replace(catalogue.companions[0], code="DV02_X", parent="KQ08", formula="KQ09 * 2")
    catalogue = replace(
        catalogue,
        criteria=tuple(replace(c, formula=named.get(c.code, c.formula)) for c in catalogue.criteria),
        companions=(*catalogue.companions, other, own),
    )
    plan = review.adopted(strange, "TC01", catalogue, "KQ08")
    assert plan.criterion["KQ08"].formula == "(C11_A + C12_A) / KQ07 * DV02_X"
    assert {c.code: c.formula for c in plan.companions} == {"DV02_X": "(C11_A + C12_A) * 2"}
    assert {"C11_A", "C12_A", "C10_A"} <= set(plan.variable)
    assert read(assignment.write(plan))[0].formulas == plan.formulas


def test_rows_of_one_criterion_are_answered_each(plan):
    """Two figures of one criterion, each with its own row and the same open words."""
    words = "các đơn vị liên quan"
    for variable in ("C01_A", "C01_B"):
        plan = written(plan, variable, supporting_written=words)
        plan = asked(plan, value=words, code="open-group", about=variable)
    again, findings = answered(plan, "xa-hoa-tham", "phuong-ky-lua")
    assert [again.assignment[v].supporting for v in ("C01_A", "C01_B")] == [("xa-hoa-tham",), ("phuong-ky-lua",)]
    assert findings == ()


@pytest.mark.parametrize("answer", ["KQ07", "XX99", "có lẽ"])
def test_an_answer_that_is_no_criterion_is_told(strange, answer):
    with pytest.raises(UnusableInputError, match=r"Cần xem lại!F2 \(cột “Trả lời”\)"):
        answered(strange, answer)


def test_a_question_about_a_criterion_that_is_gone_is_gone(strange):
    plan = replace(
        strange,
        criteria=tuple(c for c in strange.criteria if c.code != "TC01"),
        variables=tuple(v for v in strange.variables if v.criterion != "TC01"),
        assignments=tuple(a for a in strange.assignments if a.variable != "TC01_A"),
    )
    assert read(assignment.write(plan))[1] == ()


def test_a_row_to_be_looked_at_is_open_until_it_was_seen(plan):
    plan = asked(plan, code="unreadable-row", side="", about="")
    assert told(read(assignment.write(plan))[1]) == [("unreadable-row", "question", "Cần xem lại!F2")]
    assert answered(plan, "đã xem")[1] == ()


# ------------------------------------------------------------------ through the commands

APPENDIX = """
STT | Tên tiêu chí | Đơn vị tính | Cơ quan chủ trì | Cơ quan phối hợp
1 | Số lượng hợp đồng chuyển giao công nghệ | hợp đồng | Sở Khoa hoc và Công nghệ | UBND xã Tân Thanh; các đơn vị liên quan
2 | Số mô hình nông nghiệp xanh | mô hình | Sở Nông nghiệp và Môi trường |
3 | Tỷ lệ sáng chế được đem ra khai thác thương mại hóa | % | Sở KH&CN |
"""


def run(monkeypatch, capsys, *words):
    monkeypatch.setattr(sys, "argv", ["lsindicators", *map(str, words)])
    with pytest.raises(SystemExit) as stop:
        main()
    out = capsys.readouterr()
    return stop.value.code, out.out, out.err


def test_the_clerk_answers_and_the_next_command_takes_it(tmp_path, monkeypatch, capsys):
    campaign, source = tmp_path / "ky", tmp_path / "phu-luc.docx"
    source.write_bytes(tables.docx(APPENDIX))
    code, out, _ = run(monkeypatch, capsys, "init", campaign, "--appendix", source, "--year", "2025")
    assert code == 1
    assert "3 dòng giao nhiệm vụ; 1 tiêu chí khớp với bộ tiêu chí, 2 tiêu chí mới" in out
    assert "Cần xem lại (5 cần hỏi lại)" in out
    code, out, _ = run(monkeypatch, capsys, "generate", campaign, "--unit", "so-khcn")
    assert code == 1
    assert [f"Cần xem lại!F{row}" in out for row in range(2, 8)] == [True] * 5 + [False]
    book = openpyxl.load_workbook(campaign / FILE)
    sheet = book[sheets.REVIEW.name]
    answers = {
        "Sở Khoa hoc và Công nghệ": "so-khcn",
        "UBND xã Tân Thanh": "xa-tan-thanh",
        "các đơn vị liên quan": "bỏ qua",
        "Số mô hình nông nghiệp xanh": "mới",
        "Tỷ lệ sáng chế được đem ra khai thác thương mại hóa": "KQ07",
    }
    for row in range(2, sheet.max_row + 1):
        sheet[f"F{row}"] = answers.pop(sheet[f"D{row}"].value)
    assert not answers
    book.save(campaign / FILE)
    code, out, _ = run(monkeypatch, capsys, "generate", campaign)
    assert (code, "Cần xem lại" in out) == (0, False)
    assert sorted(p.stem for p in (campaign / "bieu-mau").glob("*.xlsx")) == ["so-khcn", "so-nnmt", "xa-tan-thanh"]
    plan, _ = assignment.read(campaign / FILE)
    assert [c.code for c in plan.criteria] == ["KQ08", "TC01", "KQ07"]
    code, out, _ = run(monkeypatch, capsys, "init", tmp_path / "sau", "--previous", campaign)
    assert code == 0
    following, findings = assignment.read(tmp_path / "sau" / FILE)
    assert (following.questions, findings) == ((), ())
    assert [(a.lead, a.supporting) for a in following.assignments] == [(a.lead, a.supporting) for a in plan.assignments]


def test_no_form_is_made_while_an_error_is_open(tmp_path, monkeypatch, capsys):
    campaign = tmp_path / "ky"
    plan = asked(written(small_plan(), "C01_A", supporting_written=UNSURE), value="Xã Hoa", severity="error")
    campaign.mkdir()
    (campaign / FILE).write_bytes(assignment.write(plan))
    code, _, err = run(monkeypatch, capsys, "generate", campaign)
    assert code == 2
    assert "Cần xem lại!F2" in err and not (campaign / "bieu-mau").exists()


def test_an_answer_may_name_a_criterion_of_last_years_campaign(tmp_path, monkeypatch, capsys):
    first, second, source = tmp_path / "cu", tmp_path / "moi", tmp_path / "phu-luc.docx"
    head = "STT | Tên tiêu chí | Đơn vị tính | Cơ quan chủ trì | Cơ quan phối hợp\n"
    source.write_bytes(tables.docx(head + "1 | Số mô hình nông nghiệp xanh | mô hình | Sở KH&CN |"))
    assert run(monkeypatch, capsys, "init", first, "--appendix", source, "--year", "2024")[0] == 1
    source.write_bytes(tables.docx(head + "1 | Số mô hình nông nghiệp sạch, xanh, tuần hoàn | mô hình | Sở KH&CN |"))
    assert run(monkeypatch, capsys, "init", second, "--appendix", source, "--previous", first)[0] == 1
    book = openpyxl.load_workbook(second / FILE)
    sheet = book[sheets.REVIEW.name]
    assert (sheet["H2"].value, sheet["G2"].value.split()[0]) == ("TC02", "TC01")
    sheet["F2"] = "TC01"
    book.save(second / FILE)
    plan, findings = assignment.read(second / FILE)
    assert ([c.code for c in plan.criteria], [v.code for v in plan.variables], findings) == (["TC01"], ["TC01_A"], ())
    first.rename(tmp_path / "dau-do")
    with pytest.raises(UnusableInputError, match="Cần xem lại!F2"):
        assignment.read(second / FILE)


@pytest.mark.parametrize(("code", "about"), [("unreadable-row", ""), ("unmatched-criterion", "KQ07")])
def test_an_answer_that_nothing_can_be_done_with_is_told_and_not_taken_for_seen(plan, code, about):
    plan = asked(plan, code=code, side="", about=about, candidates=(about,) if about else ())
    with pytest.raises(UnusableInputError, match=r"Cần xem lại!F2 \(cột “Trả lời”\): “KQ08” chưa dùng được"):
        answered(plan, "KQ08")
