"""What the report says in words: levels, changes, contributors, notes under tables, who gave what, what is wanting."""

import io
from datetime import date
from decimal import Decimal

import docx
import pytest
from conftest import small_plan
from msgspec.structs import replace
from reports import AT, UNITS, filled, lines, province, result, row_of, sending, tables, text, total

from lsindicators import layout, merge, report, summary
from lsindicators.model import (
    CellRef,
    Choice,
    Conflict,
    Dataset,
    Decision,
    Figure,
    Gap,
    Outcome,
    PastFigure,
    Settlement,
    Standing,
    State,
    Status,
)
from lsindicators.papers import Sender
from lsindicators.report import content, sentences
from lsindicators.report.content import criteria, notes, opinions
from lsindicators.report.content import sending as sent

KQ07 = small_plan().criterion["KQ07"]
DV01 = small_plan().criterion["DV01"]


# ------------------------------------------------------------------ level, change


def test_a_change_is_told_in_points_or_in_its_measure():
    assert sentences.moved(result(KQ07, "12", "10.5")) == "tăng 1,50 điểm phần trăm"
    assert sentences.moved(result(DV01, "1234", "1200")) == "tăng 34 người (2,8%)"
    assert sentences.moved(result(DV01, "900", "1200")) == "giảm 300 người (25,0%)"
    assert sentences.moved(result(DV01, "5", "0")) == "tăng 5 người"
    assert sentences.moved(result(DV01, "5", "-5")) == "tăng 10 người"
    assert sentences.moved(result(DV01, "5.2", "5")) == "không thay đổi"
    index = replace(DV01, measure="giá trị 0-1", decimals=4)
    assert sentences.moved(result(index, "0.5", "0.4")) == "tăng 0,1000 (25,0%)"
    assert sentences.moved(result(replace(DV01, measure="lần"), "3", "2")) == "tăng 1 (50,0%)"
    assert sentences.moved(result(replace(DV01, measure="hạng"), "21", "23")) == "giảm 2 hạng"


def test_only_full_years_are_compared():
    told = sentences.movement(
        [
            result(KQ07, "2", "1"),
            result(KQ07, "2", "1", Outcome.PARTIAL),
            result(KQ07, "2", "1", previous_complete=False),
            result(KQ07, "2", "1", comparable=False),
        ],
        2025,
    )
    assert told == (
        "So với năm 2024, “Tỷ lệ sáng chế được khai thác thương mại” (KQ07) là 2,00%, tăng 1,00 điểm phần trăm."
    )
    assert sentences.movement([result(KQ07, "2", "1", Outcome.PARTIAL)], 2025) == ""


def test_of_many_the_counts_and_the_largest_moves_are_told():
    codes = [replace(KQ07, code=f"KQ1{i}", name=f"Tỷ lệ {i}") for i in range(6)]
    both = [result(c, v, "10") for c, v in zip(codes, ("11", "13", "10", "8", "13.001", "9"), strict=True)]
    assert sentences.movement(both, 2025) == (
        "So với năm 2024, trong 06 tiêu chí có đủ số liệu của hai năm, có 03 tiêu chí tăng, 02 tiêu chí giảm và "
        "01 tiêu chí không thay đổi. Trong số đó, xét các tiêu chí tính bằng %, tăng nhiều nhất là “Tỷ lệ 4” (KQ14) từ 10,00% lên "
        "13,00% (tăng 3,00 điểm phần trăm) và “Tỷ lệ 1” (KQ11) từ 10,00% lên 13,00% (tăng 3,00 điểm phần trăm); giảm "
        "nhiều nhất là “Tỷ lệ 3” (KQ13) từ 10,00% xuống 8,00% (giảm 2,00 điểm phần trăm)."
    )
    fallen = [result(replace(DV01, code=f"D{i}"), "1", "2") for i in range(5)]
    told = sentences.movement(fallen, 2025)
    assert told == "So với năm 2024, cả 05 tiêu chí có đủ số liệu của hai năm đều giảm."


def test_what_is_above_the_threshold_is_not_said_to_be_whole():
    threshold = Decimal("66.6")
    enough = result(KQ07, "2", "1", reported=2)
    few = result(KQ07, "2", "1", Outcome.PARTIAL, reported=1)
    assert sentences.level([result(KQ07, "2", "1"), enough, few], "Nhóm", threshold) == (
        "Nhóm có 03 tiêu chí: 01 tiêu chí được tính trên số liệu của đủ các đơn vị được phân công, 01 tiêu chí được tính "
        "trên số liệu của chưa đủ các đơn vị nhưng từ 66,6% trở lên và 01 tiêu chí mới được tính trên số liệu của một phần "
        "số đơn vị."
    )
    assert summary.moves([enough]).comparable == 0
    assert sentences.shortfall([enough], threshold).startswith(
        "Còn 01 tiêu chí tính trên số liệu của chưa đủ các đơn vị nhưng từ 66,6% trở lên;"
    )
    assert sentences.shortfall([result(KQ07, "2", "1")]) == "Các tiêu chí đều đã có đủ số liệu để tính."


def test_the_lowest_coverage_and_what_is_missing_are_named():
    low, other = (
        result(replace(KQ07, code=c, name=c), "1", None, Outcome.PARTIAL, reported=n) for c, n in (("A", 1), ("B", 2))
    )
    gone = result(replace(KQ07, code="C", name="Thiếu"), None, None, Outcome.MISSING, reported=0)
    assert sentences.lowest([other, gone, low]) == "Độ phủ thấp nhất là “A” (A, 1/3 đơn vị)."
    assert sentences.lowest([other, gone]) == ""
    assert sentences.level([other, gone], "Nhóm", names=True) == (
        "Nhóm có 02 tiêu chí: 01 tiêu chí mới được tính trên số liệu của một phần số đơn vị là “B” (B, 2/3 đơn vị) và "
        "01 tiêu chí chưa đủ số liệu để tính là “Thiếu” (C)."
    )
    assert sentences.level([other], "Nhóm", names=True) == (
        "Nhóm có 01 tiêu chí, mới được tính trên số liệu của một phần số đơn vị (2/3 đơn vị)."
    )
    assert sentences.level([gone], "Nhóm", names=True) == "Nhóm có 01 tiêu chí, chưa đủ số liệu để tính."


@pytest.mark.parametrize("length", [10, 300, 3000])
def test_a_long_name_is_cut_between_words(length):
    told = sentences.named(replace(KQ07, name="chỉ số " * (length // 7)))
    assert len(told) < sentences.LONGEST + 12
    assert told.endswith(" (KQ07)")
    assert "chỉ…" in told or "số…" in told or length == 10


def test_a_sentence_is_said_once():
    told = [line for line in lines(filled()) if line.startswith("So với năm")]
    assert len(told) == len(set(told)) == 1
    said = [line for line in lines(filled()) if len(line.split()) > 12 and " | " not in line and line[0] != "("]
    assert len(said) == len(set(said))


# ------------------------------------------------------------------ contributors


def summed(plan, given, code="C01_A"):
    """A summary of the small plan where units gave ``code``."""
    figures = [Figure(variable=code, unit=u, year=2025, value=Decimal(n), state=State.GIVEN) for u, n in given.items()]
    dataset, _ = merge.combine(plan, figures, {}, given)
    c = plan.criterion["DV01"]
    return summary.of(plan, dataset, [result(c, "9", "8")], ())


def test_the_largest_contributors_are_told_with_their_shares():
    plan = small_plan()
    told = summed(plan, {"so-khcn": "600", "xa-hoa-tham": "390", "phuong-ky-lua": "10"})
    assert sentences.contributors(told, told.results) == (
        "Về “Số người nghiên cứu” (C01_A), số do các đơn vị cung cấp lớn nhất là: Sở Khoa học và Công nghệ 600 người (60,0%) và Xã Hoa Thám "
        "390 người (39,0%)."
    )


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("50", "25", "25"), ": Sở Khoa học và Công nghệ 50 người (50,0%), Xã Hoa Thám 25 người (25,0%) và Phường"),
        (("0", "0", "0"), ""),
        (("-5", "10", "10"), ""),
        (("0", "10", "0"), "cung cấp lớn nhất là: Xã Hoa Thám 10 người (100,0%)."),
    ],
)
def test_shares_are_told_of_amounts_alone(given, told):
    units = ("so-khcn", "xa-hoa-tham", "phuong-ky-lua")
    found = summed(small_plan(), dict(zip(units, given, strict=True)))
    assert told in sentences.contributors(found, found.results)
    assert bool(told) is bool(sentences.contributors(found, found.results))


def test_of_units_that_gave_as_much_none_is_left_out():
    plan = small_plan()
    more = tuple(replace(plan.units[1], code=f"xa-{i}", name=f"Xã {i}") for i in range(2))
    units = (*plan.units, *more)
    assigned = tuple(replace(a, supporting=tuple(u.code for u in units[1:])) for a in plan.assignments)
    plan = replace(plan, units=units, assignments=assigned)
    told = summed(plan, {"so-khcn": "40", **{u.code: "15" for u in units[1:]}})
    assert sentences.contributors(told, told.results).endswith(
        "lớn nhất là: Sở Khoa học và Công nghệ 40 người (40,0%)."
    )
    even = summed(plan, {u.code: "20" for u in units})
    assert sentences.contributors(even, even.results) == ""


def test_many_that_rose_as_much_are_counted():
    codes = [replace(KQ07, code=f"KQ1{i}", name=f"Tỷ lệ {i}") for i in range(6)]
    told = sentences.movement([result(c, "11", "10") for c in codes], 2025)
    assert told.endswith("(tăng 1,00 điểm phần trăm) và 03 tiêu chí khác cùng mức.")


@pytest.mark.parametrize(
    ("criterion", "now", "before", "told"),
    [
        (KQ07, "10.006", "10.004", "gần như không thay đổi"),
        (KQ07, "150", "20", "tăng 130,00 điểm phần trăm"),
        (DV01, "18", "0", "tăng 18 người"),
        (DV01, "3", "-3", "tăng 6 người"),
        (DV01, "200001", "200000", "tăng 1 người"),
        (DV01, "0", "4", "giảm 4 người (100,0%)"),
    ],
)
def test_a_move_is_told_without_more_than_can_be_said(criterion, now, before, told):
    assert sentences.moved(result(criterion, now, before)) == told


def test_a_sum_of_too_few_units_names_no_largest_one():
    told = summed(small_plan(), {"so-khcn": "600", "xa-hoa-tham": "390"})
    assert sentences.contributors(told, told.results) == ""  # 2 of 3 units


def test_of_a_sum_of_most_units_it_is_said_that_some_are_lacking():
    plan = small_plan()
    more = tuple(replace(plan.units[1], code=f"xa-{i}", name=f"Xã {i}") for i in range(7))
    all_units = (*plan.units, *more)
    assigned = tuple(replace(a, supporting=tuple(u.code for u in all_units[1:])) for a in plan.assignments)
    plan = replace(plan, units=all_units, assignments=assigned)
    told = summed(plan, {"so-khcn": "600", **{u.code: "10" for u in all_units[2:]}})
    assert sentences.contributors(told, told.results).startswith(
        "Về “Số người nghiên cứu” (C01_A), trong số đã báo của 9/10 đơn vị, số do các đơn vị cung cấp lớn nhất là: Sở Khoa học và Công nghệ"
    )
    even = summed(plan, {u.code: "10" for u in all_units})
    assert sentences.contributors(even, even.results) == ""  # nobody stands out


# ------------------------------------------------------------------ notes under the tables


def noted(document_text, code):
    """The notes to which the row of a criterion in section II refers, in the order of its marks."""
    told = list(document_text)
    at, row = next((i, line) for i, line in enumerate(told) if line.count(" | ") == 7 and f" {code} | " in line)
    listed = {}
    for line in told[at + 1 :]:
        if line.startswith("("):
            mark, _, note = line.partition(" ")
            listed[mark.strip("()")] = note
        elif " | " not in line:
            break
    marks = [m for cell in row.split(" | ") if cell.endswith(")") for m in cell[cell.rindex("(") + 1 : -1].split(",")]
    return [listed[m] for m in marks]


def test_every_mark_has_its_note_and_every_note_its_mark():
    told = list(lines(filled()))
    assert noted(told, "DV01") == [notes.METHOD_PROPOSED]
    assert noted(told, "KQ07") == [
        notes.PROPOSED,
        "Năm 2025: tính trên số liệu của một phần số đơn vị được phân công, ghi ở cột Độ phủ.",
        notes.SAME_PART,
    ]
    assert noted(told, "HQ02") == [notes.PROPOSED, notes.MISSING]
    gathered = content.gather(**province())
    for table in (gathered["criteria_table"], *(p["rows"] for g in gathered["groups"] for p in g["parts"])):
        used = {m for r in table for k in r if k.endswith("_mark") for m in r[k].strip("()").split(",") if m}
        assert used  # each table of the province has some


def test_a_confirmed_plan_bears_no_marks_of_proposals():
    plan = small_plan()
    confirmed = small_plan(
        criteria=tuple(replace(c, standing=Standing.OFFICIAL) for c in plan.criteria),
        variables=tuple(replace(v, standing=Standing.OFFICIAL) for v in plan.variables),
    )
    assert "đề xuất:" not in text(filled(**province(confirmed)))
    assert "đề xuất:" in text(filled())


def note_texts(plan, r, dataset=None):
    facts = province(plan, results=(r,), **({"dataset": dataset} if dataset else {}))
    return [n["text"] for n in content.gather(**facts)["criteria_notes"]]


def test_a_corrected_figure_is_noted_with_its_document():
    plan = small_plan()
    decided = Decision(
        unit="so-khcn",
        variable="C01_A",
        year=2025,
        choice=Choice.CORRECT,
        sent=Decimal(1),
        value=Decimal(2),
        reason="gõ nhầm",
        document="12/SKHCN",
        at=CellRef("dieu-chinh.xlsx"),
        dated=date(2026, 4, 5),
    )
    dataset, _ = merge.combine(plan, [decided.figure], {}, UNITS)
    r = result(plan.criterion["DV01"], "2", "1", inputs={"C01_A": Decimal(2)})
    found = note_texts(plan, r, dataset)
    assert "Có số liệu thành phần được sửa theo quyết định tại văn bản 12/SKHCN ngày 05/4/2026." in found
    kept = replace(decided, choice=Choice.KEEP)
    figure = Figure(variable="C01_A", unit="so-khcn", year=2025, value=Decimal(1), state=State.GIVEN, decision=kept)
    dataset, _ = merge.combine(plan, [figure], {}, UNITS)
    assert not any("12/SKHCN" in n for n in note_texts(plan, r, dataset))


def settlement(choice):
    return Settlement(
        code="conflict",
        variable="C01_A",
        year=2025,
        rule="",
        said="5; 6",
        choice=choice,
        unit="so-khcn",
        value=None,
        reason="đã đối chiếu",
        document="34/SKHCN",
        dated=date(2026, 4, 6),
        at=CellRef("dieu-chinh.xlsx"),
    )


@pytest.mark.parametrize("settled", [False, True])
def test_what_disagrees_is_noted_until_it_is_settled(settled):
    plan = small_plan()
    conflict = Conflict(
        code="totals-disagree",
        variable="C01_A",
        year=2025,
        sides=(),
        message="…",
        severity="question",
        settled=settlement(Choice.ACCEPT) if settled else None,
    )
    totals = {("C01_A", 2025): total("C01_A", 5)}
    dataset = Dataset(year=2025, figures=(), totals=totals, gaps=(), conflicts=(conflict,))
    r = result(plan.criterion["DV01"], "2", "1", inputs={"C01_A": Decimal(5)})
    noted_ = "Có số liệu thành phần đang được đối chiếu, làm rõ (tổng không khớp)."
    assert (noted_ in note_texts(plan, r, dataset)) is not settled


def test_a_figure_chosen_among_the_leads_is_noted_with_its_document():
    plan = small_plan()
    totals = {("C01_A", 2025): total("C01_A", 5, settled=settlement(Choice.TAKE))}
    dataset = Dataset(year=2025, figures=(), totals=totals, gaps=(), conflicts=())
    r = result(plan.criterion["DV01"], "2", "1", inputs={"C01_A": Decimal(5)})
    assert (
        "Các đơn vị chủ trì báo số khác nhau; lấy số theo quyết định tại văn bản 34/SKHCN ngày 06/4/2026."
        in note_texts(plan, r, dataset)
    )


def test_breaks_and_figures_on_record_are_noted():
    plan = small_plan()
    seam = "năm 2024 chưa có số của Xã A (mới sắp xếp)"
    found = note_texts(plan, result(plan.criterion["DV01"], "2", "1", comparable=False, seam=seam))
    assert {"Năm 2024 chưa có số của Xã A (mới sắp xếp).", notes.UNLIKE} <= set(found)
    past = (PastFigure(variable="DV01", unit=None, year=2024, value=Decimal(1)),)
    found = note_texts(replace(plan, past=past), result(plan.criterion["DV01"], "2", "1"))
    assert notes.on_record(2024) in found


def test_what_rests_on_figures_on_record_awaits_nobody():
    plan = small_plan()
    recorded = result(plan.criterion["DV01"], "2", "1", inputs={"C01_A@-1": Decimal(1)}, reported=0, expected=0)
    unassigned = result(
        plan.criterion["KQ07"], None, None, Outcome.MISSING, inputs={"C09_A": None}, missing=("C09_A",), reported=0,
        expected=0,
    )  # fmt: skip
    gathered = content.gather(**province(plan, results=(recorded, unassigned)))
    of = {row["code"]: row for row in gathered["criteria_table"] if row["code"]}
    assert (of["DV01"]["coverage"], bool(of["DV01"]["coverage_mark"])) == ("–", True)
    assert (of["KQ07"]["coverage"], of["KQ07"]["coverage_mark"]) == ("Chưa phân công", "")


def test_many_notes_have_letters_of_their_own():
    table = notes.Notes()
    marks = [table.mark(f"ghi chú {i}") for i in range(60)]
    assert marks[:2] + marks[25:28] == ["(a)", "(b)", "(z)", "(aa)", "(ab)"]
    assert len(set(marks)) == 60
    assert table.mark("ghi chú 1", "", "ghi chú 30") == "(b,ae)"
    assert table.mark("") == ""


# ------------------------------------------------------------------ who gave what


def test_many_suppliers_are_told_in_blocks():
    plan = small_plan()
    offices = tuple(
        replace(plan.units[0], code=f"so-{i}", name=f"Sở số {i}", short=f"Sở {i}", type="so") for i in range(1, 9)
    )
    communes = tuple(replace(plan.units[1], code=f"xa-{i}", name=f"Xã {i}", short=f"{i}") for i in range(4))
    units = (*offices, *communes)
    assigned = tuple(
        replace(a, lead=(units[0].code,), supporting=tuple(u.code for u in units[1:])) for a in plan.assignments
    )
    plan = replace(plan, units=units, assignments=assigned)
    given = {f"so-{i}": i * 100 for i in range(1, 9)} | {"xa-0": 5, "xa-2": 1020}
    figures = [
        Figure(variable="C01_A", unit=u, year=2025, value=Decimal(n), state=State.GIVEN) for u, n in given.items()
    ]
    dataset, _ = merge.combine(plan, figures, {}, given)
    facts = province(plan, dataset=dataset, results=())
    row = next(r for r in content.gather(**facts)["variables_table"] if r["code"] == "C01_A")
    assert row["units"] == (
        "Sở 8: 800; Sở 7: 700; Sở 6: 600; Sở 5: 500; Sở 4: 400; Sở 3: 300; 2/2 đơn vị khác: 300; 2/4 xã, phường: 1.025"
    )
    told = summary.of(plan, dataset, (), ()).to_json()["suppliers"]["C01_A"]["blocks"]
    assert told[-1] == {"communes": True, "expected": 4, "reported": 2, "value": 1025}


def test_units_without_a_figure_are_told_why():
    plan = small_plan()
    figures = [
        Figure(variable="C01_A", unit="so-khcn", year=2025, value=None, state=State.NOT_APPLICABLE),
        Figure(variable="C01_A", unit="xa-hoa-tham", year=2025, value=Decimal(0), state=State.NONE_OCCURRED),
    ]
    dataset, _ = merge.combine(plan, figures, {}, UNITS)
    _, _, rows = tables(filled(**province(plan, dataset=dataset)))
    assert rows["C01_A"][7] == "Sở KH&CN: không áp dụng; Xã Hoa Thám: 0; Phường Kỳ Lừa: chưa có số liệu"


# ------------------------------------------------------------------ who has sent


def test_collection_counts_units():
    told = text(filled())
    assert "Có 2/3 đơn vị đã gửi số liệu (đạt 66,7%), gồm 02 đơn vị gửi đúng hạn; còn 01 đơn vị chưa gửi." in told
    assert "Số liệu đã nhận là 16/24 số liệu phải cung cấp." in told
    assert row_of(filled(), "Xã Hoa Thám")[2:] == ["8", "8", "25/3/2026", "Còn 02 ô cần sửa, làm rõ"]
    assert row_of(filled(), "Phường Kỳ Lừa")[4] == "Chưa gửi"


def test_the_annex_sorts_units_by_what_is_wanting():
    sendings = (
        sending("so-khcn", late=True, open=1),
        sending("xa-hoa-tham"),
        sending("phuong-ky-lua", Status.REJECTED),
    )
    told = list(lines(filled(sendings=sendings)))
    start = told.index("A. Chưa gửi, hoặc tệp gửi chưa sử dụng được: 01 đơn vị")
    assert told[start + 1 : start + 8] == [
        "1 | Phường Kỳ Lừa | 8 | 0 | Chưa gửi | Tệp đã gửi chưa sử dụng được",
        "B. Gửi quá hạn: 01 đơn vị",
        "1 | Sở Khoa học và Công nghệ | 8 | 8 | 25/3/2026 | Còn 01 ô cần sửa, làm rõ",
        "C. Gửi đúng hạn, còn số liệu cần bổ sung, làm rõ",
        "Không có.",
        "D. Gửi đúng hạn, không còn số liệu phải sửa, làm rõ: 01 đơn vị",
        "Xã Hoa Thám.",
    ]


def test_a_rejected_file_counts_as_not_sent():
    told = sentences.collection(summary.collection([sending("a"), sending("b", Status.REJECTED)]))[0]
    assert "1/2 đơn vị" in told
    assert "01 đơn vị đã gửi tệp nhưng chưa sử dụng được" in told


@pytest.mark.parametrize("status", [None, Status.REJECTED])
def test_nobody_has_sent(status):
    sendings = tuple(sending(u, status) for u in UNITS)
    nothing = tuple(
        result(c, None, None, Outcome.MISSING, reported=0, previous_complete=False) for c in small_plan().criteria
    )
    empty = Dataset(year=2025, figures=(), totals={}, gaps=(), conflicts=())
    document = filled(results=nothing, dataset=empty, sendings=sendings, answers={})
    told = text(document)
    assert "Chưa có đơn vị nào" in told
    assert "đều chưa đủ số liệu để tính" in told
    assert "So với năm" not in told
    assert not document.inline_shapes


def test_everything_there():
    c = small_plan().criteria
    told = text(filled(results=tuple(result(k, "2", "1") for k in c), sendings=tuple(sending(u) for u in UNITS)))
    assert "Các tiêu chí đều đã có đủ số liệu để tính." in told
    assert "Không có: các tiêu chí đều đã đủ số liệu." in told
    assert "đạt 100,0%" in told
    assert "chưa gửi." not in told


def test_the_first_year_compares_nothing():
    c = small_plan().criteria
    told = text(filled(results=tuple(result(k, "2", None) for k in c)))
    assert "So với năm" not in told
    assert told.count("Năm 2024 chưa có số liệu nên chưa có căn cứ đánh giá tăng, giảm.") == 1
    _, annex, _ = tables(filled(results=tuple(result(k, "2", None) for k in c)))
    assert {annex[k.code][4] for k in c} == {"Chưa có số liệu"}
    assert {annex[k.code][6] for k in c} == {"–"}


def test_reminders_and_the_plan_are_cited():
    plan = small_plan()
    cited = replace(
        plan.settings,
        plan_document="Kế hoạch số 85/KH-UBND ngày 20/3/2026",
        reminded=("123/SKHCN-QLCN ngày 26/3/2026",),
    )
    told = text(filled(**province(small_plan(settings=cited))))
    assert "; Kế hoạch số 85/KH-UBND ngày 20/3/2026 của Ủy ban nhân dân tỉnh Lạng Sơn về việc" in told
    assert "đã được đôn đốc tại Công văn số 123/SKHCN-QLCN ngày 26/3/2026." in told
    assert "……" not in told
    assert "Kế hoạch số ……/KH-UBND ngày …… tháng …… năm 2026 của" in text(filled())


# ------------------------------------------------------------------ what is wanting


def test_gaps_name_unit_and_reason():
    told = text(filled())
    assert "C09_A (Số sáng chế được khai thác): 01 đơn vị chưa gửi biểu: Phường Kỳ Lừa." in told
    assert "01 đơn vị báo chưa có số liệu: Sở Khoa học và Công nghệ (lý do: Chờ công bố)." in told
    assert "C14_A (GRDP theo giá so sánh): chưa có số liệu năm 2024." in told


def test_equal_gaps_are_told_once():
    plan = small_plan()
    r = result(plan.criterion["DV01"], "1", "1", Outcome.PARTIAL, inputs={"C01_A": Decimal(1), "C01_B": Decimal(1)})
    units = tuple(replace(plan.units[0], code=f"xa-{i:02d}", name=f"Xã {i:02d}") for i in range(12))
    plan = replace(plan, units=(*plan.units, *units))
    gaps = [Gap(variable=code, unit=u.code, why="no-return") for code in r.inputs for u in units[:4]]
    gaps += [Gap(variable="C01_A", unit=u.code, why="not-yet", note="Chờ thống kê") for u in units[4:6]]
    gaps += [Gap(variable="C01_B", unit=u.code, why="not-reported") for u in units[2:]]
    dataset = Dataset(year=2025, figures=(), totals={}, gaps=tuple(gaps), conflicts=())
    (row,) = content.gather(**province(plan, dataset=dataset, results=(r,)))["gaps_table"]
    assert row["reasons"] == [
        "C01_A, C01_B: 04 đơn vị chưa gửi biểu (xem mục A Phụ lục III).",
        f"C01_A ({plan.variable['C01_A'].name}): 02 đơn vị báo chưa có số liệu: Xã 04, Xã 05 (lý do: Chờ thống kê).",
        f"C01_B ({plan.variable['C01_B'].name}): 10 đơn vị gửi biểu nhưng để trống: "
        f"{', '.join(u.name for u in units[2 : 2 + sent.NAMED])}; và 02 đơn vị khác.",
    ]


def test_a_partial_former_year_is_told():
    facts = province()
    dataset, results = facts["dataset"], list(facts["results"])
    results[3] = replace(results[3], missing=("C14_A",), outcome=Outcome.PARTIAL)
    totals = {**dataset.totals, ("C14_A", 2024): total("C14_A", 5, UNITS[:1], 2024)}
    told = text(filled(results=results, dataset=replace(dataset, totals=totals)))
    assert "C14_A (GRDP theo giá so sánh): năm 2024 mới có 1/3 đơn vị." in told


def test_a_conflict_is_told():
    facts = province()
    t = replace(total("C14_A", None), conflict=True)
    facts["dataset"] = Dataset(
        year=2025,
        figures=(),
        totals={("C14_A", 2025): t},
        gaps=(),
        conflicts=(Conflict(code="conflict", variable="C14_A", year=2025, sides=(), message="…"),),
    )
    assert "các đơn vị chủ trì báo số khác nhau, chờ thống nhất" in text(
        docx.Document(io.BytesIO(report.fill(**facts)))
    )


# ------------------------------------------------------------------ what the units say


def test_equal_opinions_are_gathered_and_empty_ones_left_out():
    told = list(lines(filled()))
    assert "- Thiếu hướng dẫn (Sở Khoa học và Công nghệ; Xã Hoa Thám)." in told
    assert "- Bố trí kinh phí (Sở Khoa học và Công nghệ)." in told
    assert not any(line.startswith("Nguyên nhân do các đơn vị") for line in told)


@pytest.mark.parametrize("same", ["THIẾU  hướng dẫn.", "- Thiếu hướng dẫn ;", "thieu huong dan", "Thiếu, hướng dẫn!"])
def test_opinions_that_say_the_same_are_one(same):
    question = layout.QUESTIONS[0]
    answers = {"so-khcn": ((question, "Thiếu hướng dẫn", AT),), "xa-hoa-tham": ((question, same, AT),)}
    told = content.gather(**province(answers=answers))["difficulties"]
    assert told["said"] == [{"text": "Thiếu hướng dẫn", "units": "Sở Khoa học và Công nghệ; Xã Hoa Thám"}]
    assert told["lines"] == ["Khó khăn, vướng mắc do các đơn vị nêu (02 đơn vị):"]


def test_many_holders_of_an_opinion_are_told_by_kind():
    plan = small_plan()
    communes = tuple(replace(plan.units[1], code=f"xa-{i}", name=f"Xã Tân {i}") for i in range(4))
    plan = replace(plan, units=(*plan.units, *communes))
    codes = [u.code for u in communes]
    assert sentences.units(plan, ["so-khcn", *codes]) == ("Sở Khoa học và Công nghệ; 04 xã: Tân 0, Tân 1, Tân 2, Tân 3")
    assert sentences.units(plan, [*codes[:2], "phuong-ky-lua", "la"]) == "la; Xã Tân 0; Xã Tân 1; Phường Kỳ Lừa"


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("Đề nghị Bộ Khoa học và Công nghệ ban hành hướng dẫn", "proposals_ministry"),
        ("Chính phủ sớm bố trí vốn", "proposals_ministry"),
        ("Đề nghị UBND tỉnh bố trí kinh phí", "proposals_province"),
        ("Sở Khoa học và Công nghệ tập huấn", "proposals_province"),
        ("Đề nghị Bộ KH&CN và UBND tỉnh cùng hướng dẫn", "proposals"),
        ("Cán bộ còn thiếu, đề nghị tăng biên chế", "proposals"),
    ],
)
def test_proposals_go_to_whom_they_speak(said, place):
    answers = {"xa-hoa-tham": ((layout.QUESTIONS[3], said, AT),)}
    told = content.gather(**province(answers=answers))
    assert [p for p in opinions.PLACES if told[p]["said"]] == [place]
    own = content.gather(**province(answers=answers), sender=Sender.COMMITTEE)
    assert bool(own[place]["said"]) is (place != "proposals_province")


def test_many_opinions_go_to_an_annex():
    many = tuple((layout.QUESTIONS[3], f"Kiến nghị số {i}", AT) for i in range(opinions.FEW + 1))
    told = list(lines(filled(answers={"so-khcn": many})))
    assert "Phụ lục V" in told
    assert f"{opinions.FEW + 1} | Kiến nghị số {opinions.FEW}. | Sở Khoa học và Công nghệ" in told
    assert "Phụ lục V" not in list(lines(filled()))


def test_what_leads_in_a_list_stays_with_it():
    leads = [p for p in filled().paragraphs if p.text.endswith("đơn vị):")]
    assert leads
    for opinions_ in leads:
        assert opinions_.style.paragraph_format.keep_with_next


# ------------------------------------------------------------------ plans of every shape


def test_a_plan_without_groups_has_one_section():
    plan = small_plan()
    flat = replace(plan, criteria=tuple(replace(c, group="") for c in plan.criteria))
    results = tuple(result(c, "2", "1") for c in flat.criteria)
    told = list(lines(filled(**province(flat, results=results))))
    assert "1. Các tiêu chí" in told
    assert "I. Các tiêu chí" in told
    assert len([line for line in told if line.startswith("STT | Mã | Tiêu chí")]) == 2


def test_forty_groups_are_numbered():
    plan = small_plan()
    many = tuple(replace(KQ07, code=f"T{i:02d}", group=f"Nhóm {i}") for i in range(1, 46))
    results = tuple(result(c, "2", "1") for c in many)
    facts = {**province(), "plan": replace(plan, criteria=many), "results": results}
    told = list(lines(docx.Document(io.BytesIO(report.fill(**facts)))))
    assert {"40. Nhóm 40", "XL. Nhóm 40", "XLV. Nhóm 45"} <= set(told)
    assert [criteria.roman(n) for n in (4, 9, 14, 40, 99, 400)] == ["IV", "IX", "XIV", "XL", "XCIX", "CD"]
