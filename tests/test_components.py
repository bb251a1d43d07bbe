"""Rows below a criterion that name one of its variables each -> who owes that variable, and what must be asked."""

import pytest
import tables

from lsindicators import appendix, assignment, names
from lsindicators.model import Standing

HEAD = "STT | Tiêu chí | Đơn vị tính | Cơ quan chủ trì | Cơ quan phối hợp | Ghi chú\n"
DV02 = "Đầu tư cho khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số"
BUDGET = "Chi ngân sách nhà nước cho khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số (chi thường xuyên)"
INVESTED = "Chi đầu tư phát triển từ ngân sách nhà nước cho khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số"
SPENT = "Kinh phí đã giải ngân trong năm (từ C02_A + C02_B)"
GRANTS = "Chi từ nguồn khác (nước ngoài, tài trợ)"
DV01 = "Nhân lực khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số"
KQ02 = "Số lượng đơn đăng ký sáng chế, giải pháp hữu ích của tổ chức, cá nhân Việt Nam"


@pytest.fixture(scope="module")
def catalogue():
    return assignment.builtin(2025)


@pytest.fixture
def assign(tmp_path, catalogue):
    """A text table -> plan, (row, criterion, lead), {variable: leads}, [(code, row, candidates)]."""
    register = names.Register(catalogue.units, catalogue.groups, catalogue.former)

    def assign(text, build=tables.docx):
        path = tmp_path / f"phu-luc.{build.__name__.removeprefix('by_python_')}"
        path.write_bytes(build(text))
        plan, triples, doubts = appendix.assign(appendix.read(path), catalogue, register)
        owed = {a.variable: a.lead for a in plan.assignments}
        asked = [(d.code.word, d.row, d.candidates) for d in doubts]
        return plan, [(t.row, t.criterion, *t.lead) for t in triples], owed, asked

    return assign


def only(lead, owed, *prefixes):
    return {code for code, units in owed.items() if units == lead and code.startswith(prefixes or "C")}


@pytest.mark.parametrize("build", [tables.docx, tables.by_python_docx, tables.xlsx])
@pytest.mark.parametrize("numbers", ["2.1 2.2", "2a 2b", "a) b)", "– –", "(1) (2)", "1. 2.", "2.1. 2.2.", "+ +"])
def test_rows_below_a_criterion_name_its_variables(assign, numbers, build):
    one, two = numbers.split()
    plan, triples, owed, asked = assign(
        HEAD + f"2 | {DV02} | triệu đồng | | |\n{one} | {BUDGET} | triệu đồng | Sở Tài chính | Sở Y tế |\n"
        f"{two} | {INVESTED} | | Sở Nội vụ | |\nII | NHÓM KẾT QUẢ | < | < | < | <\n3 | {KQ02} | đơn | Sở KH&CN | |",
        build,
    )
    assert triples == [(3, "DV02", "so-tai-chinh"), (4, "DV02", "so-noi-vu"), (6, "KQ02", "so-khcn")]
    assert [c.code for c in plan.criteria] == ["DV02", "KQ02"]
    assert plan.criterion["DV02"].standing is Standing.OFFICIAL
    assert plan.assignment["C02_A"].supporting == ("so-y-te",)
    assert (owed["C02_A"], owed["C02_B"], owed["C04_A"]) == (("so-tai-chinh",), ("so-noi-vu",), ("so-khcn",))
    assert only((), owed, "C02") == {"C02_C", "C02_D", "C02_E", "C02_F", "C02_G"}
    assert asked == [("unreadable-row", 2, ())]  # the variables that no row names


def test_bullets_in_the_names_of_rows_below_a_criterion(assign):
    _, triples, owed, _ = assign(
        HEAD + f"1 | {KQ02} | đơn | | |\n | - Số đơn đăng ký sáng chế | | Sở Y tế | |\n"
        " | - Số đơn đăng ký giải pháp hữu ích | | Sở Nội vụ | |"
    )
    assert triples == [(3, "KQ02", "so-y-te"), (4, "KQ02", "so-noi-vu")]
    assert owed == {"C04_A": ("so-y-te",), "C04_B": ("so-noi-vu",)}


def test_the_one_number_that_is_left_is_offered_not_taken(assign):
    text = (
        HEAD
        + f"1 | {KQ02} | đơn | | |\n1.1 | Số đơn đăng ký sáng chế | | Sở Y tế | |\n1.2 | Số đơn khác | | Sở Y tế | |"
    )
    _, triples, owed, asked = assign(text)
    assert [t[1] for t in triples] == ["KQ02", "TC01"]
    assert asked == [("unreadable-row", 2, ()), ("unmatched-criterion", 4, ("C04_B",))]
    assert owed["C04_B"] == ()


@pytest.mark.parametrize("between", ["", " | Trong đó: | | | |\n", " | Bao gồm: | | | |\n"])
@pytest.mark.parametrize("name", ["Trong tổng số: số nữ", "Trong đó có: Số nữ", "số nữ"])
def test_words_that_only_join_the_rows_below_to_their_criterion(assign, between, name):
    _, triples, owed, _ = assign(
        HEAD + f"1 | {DV01} | người | Sở KH&CN | |\n{between}– | {name} | người | Sở Nội vụ | |"
    )
    assert triples == [(2, "DV01", "so-khcn"), (4 if between else 3, "DV01", "so-noi-vu")]
    assert only(("so-noi-vu",), owed) == {"C01_H"}


def test_units_of_the_criterion_hold_for_what_no_row_below_names(assign):
    _, triples, owed, asked = assign(
        HEAD + f"2 | {DV02} | triệu đồng | Sở KH&CN | |\n2.1 | {BUDGET} | triệu đồng | Sở Tài chính | |"
    )
    assert triples == [(2, "DV02", "so-khcn"), (3, "DV02", "so-tai-chinh")]
    assert only(("so-tai-chinh",), owed) == {"C02_A"}
    assert len(only(("so-khcn",), owed)) == 6
    assert asked == []


def test_lead_merged_over_a_criterion_and_the_rows_below(assign):
    _, _, owed, asked = assign(
        HEAD
        + f"2 | {DV02} | triệu đồng | Sở KH&CN | |\n2.1 | {BUDGET} | triệu đồng | ^ | |\n3 | {KQ02} | | Sở Y tế | |"
    )
    assert len(only(("so-khcn",), owed, "C02")) == 7
    assert asked == []


def test_units_of_the_criterion_that_get_no_figure_are_told(assign):
    text = (
        HEAD + f"2 | {KQ02} | đơn | {{}} | |\n2.1 | Số đơn đăng ký sáng chế | đơn | Sở Y tế | |\n"
        "2.2 | Số đơn đăng ký giải pháp hữu ích | đơn | Sở Nội vụ | |"
    )
    _, _, owed, asked = assign(text.format("Sở KH&CN"))
    assert owed == {"C04_A": ("so-y-te",), "C04_B": ("so-noi-vu",)}
    assert asked == [("unreadable-row", 2, ())]
    assert assign(text.format("Sở Y tế"))[3] == []


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("Chi mua bản quyền", "?"),  # near to nothing
        (BUDGET.replace("khoa học, công nghệ", "KH, CN"), "C02_A"),  # an abbreviation
        (BUDGET.replace(" (chi thường xuyên)", ""), "?"),  # of which of the two is not said
        (GRANTS.replace("nước ngoài", "trong nước"), "?"),  # a word that turns the meaning
        (GRANTS + " trong năm", "C02_D"),  # a word that changes nothing
    ],
)
def test_wording_of_a_row_below_a_criterion(assign, name, variable):
    plan, triples, owed, asked = assign(
        HEAD
        + f"2 | {DV02} | triệu đồng | | |\n2.1 | {SPENT} | | Sở Y tế | |\n2.2 | {name} | triệu đồng | Sở Tài chính | |"
    )
    if variable == "?":
        assert triples[1:] == [(4, "TC01", "so-tai-chinh")]
        assert plan.criterion["TC01"].group == DV02
        ((_, _, candidates),) = [a for a in asked if a[0] == "unmatched-criterion"]
        assert candidates and set(candidates) <= set(owed)
    else:
        assert triples[1:] == [(4, "DV02", "so-tai-chinh")]
        assert only(("so-tai-chinh",), owed) == {variable}


def test_variable_named_twice_is_joined_and_told(assign):
    _, _, owed, asked = assign(
        HEAD + f"2 | {DV02} | | Sở KH&CN | |\na) | {BUDGET} | | Sở Tài chính | |\nb) | {BUDGET} | | Sở Y tế | |"
    )
    assert owed["C02_A"] == ("so-tai-chinh", "so-y-te")
    assert asked == [("unreadable-row", 4, ("C02_A",))]


def test_unit_of_measure_of_another_kind_is_told(assign):
    _, _, owed, asked = assign(HEAD + f"2 | {DV02} | | Sở KH&CN | |\na) | {BUDGET} | tỷ đồng | Sở Tài chính | |")
    assert owed["C02_A"] == ("so-tai-chinh",)
    assert asked == [("unmatched-criterion", 3, ("C02_A",))]


@pytest.mark.parametrize("number", ["3", "4.1", "1.1", ""])
def test_number_that_does_not_carry_on_is_no_part(assign, number):
    """A row of the same depth, of another number or of none belongs to no criterion above it."""
    _, triples, owed, asked = assign(
        HEAD + f"2 | {KQ02} | đơn | Sở KH&CN | |\n{number} | Số đơn đăng ký sáng chế | đơn | Sở Y tế | |"
    )
    assert [t[1] for t in triples] == ["KQ02", "TC01"]
    assert owed["C04_A"] == owed["C04_B"] == ("so-khcn",)
    assert [a[:2] for a in asked] == [("unmatched-criterion", 3)]


def test_two_near_wordings_of_one_variable_are_both_asked(assign):
    one, two = GRANTS + " trong năm", GRANTS + " hằng năm"
    _, triples, owed, asked = assign(
        HEAD + f"2 | {DV02} | | Sở KH&CN | |\na) | {one} | | Sở Y tế | |\nb) | {two} | | Sở Nội vụ | |"
    )
    assert [t[1] for t in triples] == ["DV02", "TC01", "TC02"]
    assert owed["C02_D"] == ("so-khcn",)
    assert [a[:2] for a in asked] == [("unmatched-criterion", 3), ("unmatched-criterion", 4)]


def test_criterion_with_rows_that_are_none_of_its_variables_is_kept_and_asked(assign):
    plan, _, owed, asked = assign(HEAD + f"2 | {KQ02} | đơn | | |\n2.1 | Số chuyến đò | chuyến | Sở Y tế | |")
    assert [c.code for c in plan.criteria] == ["KQ02", "TC01"]
    assert (owed["C04_A"], owed["TC01_A"]) == ((), ("so-y-te",))
    assert [a[:2] for a in asked] == [("unreadable-row", 2), ("unmatched-criterion", 3)]


@pytest.mark.parametrize(
    ("name", "note", "standing"),
    [
        (KQ02, "", Standing.OFFICIAL),
        (KQ02, "đề xuất", Standing.PROPOSED),
        (KQ02, "Hằng năm; Đề xuất", Standing.PROPOSED),
        (KQ02, "Sở KH&CN đề xuất bổ sung", Standing.OFFICIAL),
        (f"[ĐỀ XUẤT - CHƯA CHÍNH THỨC] {KQ02}", "", Standing.PROPOSED),
        (f"{KQ02} (đề xuất)", "", Standing.PROPOSED),
    ],
)
def test_row_that_calls_itself_a_proposal_stays_one(assign, name, note, standing):
    plan, triples, _, asked = assign(HEAD + f"4 | {name} | đơn | Sở KH&CN | | {note}")
    assert [t[1] for t in triples] == ["KQ02"], asked
    assert plan.criterion["KQ02"].standing is standing
    assert "đề xuất" not in plan.assignment["C04_B"].note.lower().replace("sở kh&cn đề xuất", "")


def test_heading_of_a_task_table_beside_the_criteria_is_none(assign):
    plan, triples, _, asked = assign(
        f"STT | Nhiệm vụ | Cơ quan chủ trì\n1 | {DV02} | \n1.1 | Họp bàn | Sở Y tế\n# sau\n{HEAD}2 | {DV02} | | Sở KH&CN | |"
    )
    assert ([c.code for c in plan.criteria], triples, asked) == (["DV02"], [(2, "DV02", "so-khcn")], [])


def test_rows_below_what_may_be_a_criterion_are_asked_with_it(assign):
    near = KQ02.replace("giải pháp hữu ích", "kiểu dáng")  # too far from the name to be taken
    plan, _, _, asked = assign(HEAD + f"1 | {near} | đơn | | |\n1a | Số đơn sáng chế | | Sở Y tế | |")
    assert [c.code for c in plan.criteria] == ["TC01"]
    assert asked == [("unmatched-criterion", 3, ("KQ02",))]
