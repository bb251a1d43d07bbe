"""The Word report: what it prints of each figure, that texts stay texts, that a faulty template is refused."""

import io
import re
import subprocess
import zipfile
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache
from pathlib import Path

import docx
import office
import pytest
from conftest import small_plan
from docx.shared import Mm, Pt
from hypothesis import given, settings
from hypothesis import strategies as st

from lsindicators import compute, layout, merge, report, values
from lsindicators.errors import UnusableInputError
from lsindicators.model import (
    CellRef,
    Conflict,
    Criterion,
    Dataset,
    Figure,
    Gap,
    Outcome,
    Result,
    Sending,
    Standing,
    State,
    Status,
    Total,
)
from lsindicators.papers import Sender, initials, printing, tags
from lsindicators.report import content, sentences

HANOI = timezone(timedelta(hours=7))
TODAY = date(2026, 4, 10)
GOLDEN = Path(__file__).parent / "golden" / "bao-cao.txt"
UNITS = ("so-khcn", "xa-hoa-tham", "phuong-ky-lua")
AT = CellRef("tra-ve/a.xlsx", layout.NARRATIVE, "B4")


def result(criterion, value, previous, outcome=Outcome.COMPUTED, **more):
    facts = {"inputs": {}, "missing": (), "reported": 3, "expected": 3, "previous_complete": previous is not None}
    number, last = (None if v is None else Decimal(v) for v in (value, previous))
    return Result(criterion=criterion, value=number, previous=last, outcome=outcome, **{**facts, **more})


def total(code, value, reported=UNITS, year=2025, **more):
    number = Decimal(value) if isinstance(value, int) else value
    return Total(variable=code, year=year, value=number, expected=UNITS, reported=reported, contributions=(), **more)


def sending(unit, status=Status.ACCEPTED, day=25, **more):
    sent = None if status in (None, Status.REJECTED) else datetime(2026, 3, day, 9, 15, tzinfo=HANOI)
    facts = {"owed": 8, "values": 8 if sent else 0, "open": 0, "late": False}
    return Sending(unit=unit, status=status, sent_at=sent, **{**facts, **more})


def province(plan=None, **changes):
    """What ``report.fill`` takes, for the small plan: one criterion full, one partial, one missing, one with no past."""
    plan = plan or small_plan(
        companions=(
            Criterion(
                code="DV01_P",
                group="Nhóm tiêu chí đầu vào",
                name="Tỷ trọng người nghiên cứu",
                measure="%",
                formula="C01_A / (C01_A + C01_B) * 100",
                decimals=1,
                standing=Standing.PROPOSED,
                parent="DV01",
            ),
        )
    )
    c = plan.criterion
    results = [
        result(c["DV01"], "1234", "1200", inputs={"C01_A": Decimal(1000), "C01_B": Decimal(234)}),
        *(result(k, "81.04", "80") for k in plan.companions),
        result(c["KQ07"], "12.345", "11.2", Outcome.PARTIAL, inputs={"C09_A": Decimal(25)}, reported=2),
        result(
            c["HQ02"],
            None,
            "6.5",
            Outcome.MISSING,
            inputs={"C14_A": None, "C14_B": Decimal(5), "C14_A@-1": None},
            missing=("C14_A", "C14_A@-1"),
            reported=0,
        ),
        result(c["TD26"], "66.666", None),
    ]
    totals = [total("C01_A", 1000), total("C01_B", 234), total("C09_A", 25, UNITS[:2]), total("C14_A", None, ())]
    totals += [total("C43_A", Decimal("66.66666")), total("C01_A", 950, year=2024), total("C43_B", "Có; " * 30)]
    dataset = Dataset(
        year=2025,
        figures=(),
        totals={(t.variable, t.year): t for t in totals},
        gaps=(
            Gap(variable="C09_A", unit="phuong-ky-lua", why="no-return"),
            Gap(variable="C14_A", unit="so-khcn", why="not-yet", note="Chờ công bố."),
        ),
        conflicts=(),
    )
    sendings = (
        sending("so-khcn", day=31),
        sending("xa-hoa-tham", Status.PARTIAL, open=2),
        sending("phuong-ky-lua", None),
    )
    answers = {
        "so-khcn": ((layout.QUESTIONS[0], "Thiếu hướng dẫn;", AT), (layout.QUESTIONS[3], "Bố trí kinh phí", AT)),
        "xa-hoa-tham": ((layout.QUESTIONS[0], "thiếu hướng dẫn", AT), (layout.QUESTIONS[1], "Không", AT)),
    }
    facts = {"plan": plan, "dataset": dataset, "results": tuple(results), "sendings": sendings, "answers": answers}
    return {**facts, "today": TODAY, **changes}


@cache
def plain():
    """The report of ``province()`` as it is."""
    return report.fill(**province())


def filled(**changes):
    return docx.Document(io.BytesIO(report.fill(**province(**changes)) if changes else plain()))


def lines(document):
    """Every paragraph of the document and every cell, one a line, in reading order."""
    for block in document.iter_inner_content():
        if isinstance(block, docx.table.Table):
            for row in block.rows:
                cells = [cell.text.replace("\n", " / ") for cell in row.cells]
                yield " | ".join(dict.fromkeys(cells)) if len(set(cells)) == 1 else " | ".join(cells)
        elif block.text.strip():
            yield block.text


def text(document):
    return "\n".join(lines(document))


def row_of(document, start):
    return next(line for line in lines(document) if re.match(rf"(\d+ \| )?({re.escape(start)})", line)).split(" | ")


# ------------------------------------------------------------------ figures


def test_each_criterion_is_printed_with_its_decimals():
    annex = {row.split(" | ")[1]: row.split(" | ") for row in lines(filled()) if row.count(" | ") == 9}
    assert annex["DV01"][4:8] == ["1.200", "1.234", "+34", "3/3"]
    assert annex["DV01_P"][2:8] == ["- Tỷ trọng người nghiên cứu", "%", "80,0", "81,0", "+1,0", "3/3"]
    assert annex["KQ07"][4:8] == ["11,20", "12,35", "+1,15", "2/3"]
    assert annex["KQ07"][9] == "Năm 2025 chưa đủ đơn vị"
    assert annex["HQ02"][4:8] == ["6,50", "Chưa có số liệu", "–", "0/3"]
    assert annex["TD26"][4:8] == ["Chưa có số liệu", "66,7", "–", "3/3"]


def test_each_criterion_stands_once_in_its_group_and_once_in_the_annex():
    rows = [line.split(" | ") for line in lines(filled())]
    names = [row[1] for row in rows if len(row) == 8] + [row[2] for row in rows if len(row) == 10]
    for criterion in small_plan().criteria:
        assert sum(name.startswith(criterion.name) for name in names) == 2


def test_proposals_are_marked():
    assert row_of(filled(), "Tỷ lệ sáng chế được khai thác thương mại (đề xuất)")
    assert row_of(filled(), "Nhân lực khoa học, công nghệ (cách tính đề xuất)")


def test_a_confirmed_plan_bears_no_marks():
    plan = small_plan()
    confirmed = small_plan(
        criteria=tuple(replace(c, standing=Standing.OFFICIAL) for c in plan.criteria),
        variables=tuple(replace(v, standing=Standing.OFFICIAL) for v in plan.variables),
    )
    assert "đề xuất)" not in text(filled(**province(confirmed)))


@pytest.mark.parametrize(
    ("value", "previous", "printed"),
    [
        ("5", "4", "+1,00"),
        ("4", "5", "-1,00"),
        ("5", "5", "0,00"),
        ("5.001", "5", "0,00"),
        ("5", "5.001", "0,00"),
        ("-3.5", "1", "-4,50"),
        ("5", None, "–"),
        (None, "5", "–"),
        ("1234567.5", "0", "+1.234.567,50"),
    ],
)
def test_change_is_this_year_less_last_year(value, previous, printed):
    assert sentences.change(result(small_plan().criterion["KQ07"], value, previous)) == printed


@given(st.decimals(-(10**9), 10**9, places=6), st.integers(0, 6))
@settings(deadline=None)
def test_a_printed_value_has_exactly_its_decimals(value, decimals):
    criterion = replace(small_plan().criteria[0], decimals=decimals)
    _, _, fraction = sentences.figure(value, criterion).partition(",")
    assert len(fraction) == decimals


def test_variables_show_totals_and_coverage():
    rows = {row.split(" | ")[1]: row.split(" | ") for row in lines(filled()) if row.count(" | ") == 6}
    assert rows["C01_A"][4:] == ["950", "1.000", "3/3"]
    assert rows["C09_A"][5:] == ["25", "2/3"]
    assert rows["C14_A"][4:] == ["Chưa có số liệu", "Chưa có số liệu", "0/3"]
    assert rows["C43_A"][3:] == ["% đơn vị có", "Chưa có số liệu", "66,67", "3/3"]
    assert rows["C09_B"][5:] == ["Chưa có số liệu", "0/1"]


def test_figures_come_through_merge_and_compute():
    plan = small_plan()
    given = {
        ("so-khcn", "C09_A"): "3",
        ("xa-hoa-tham", "C09_A"): "4",
        ("phuong-ky-lua", "C09_A"): "0",
        ("so-khcn", "C09_B"): "11",
    }
    figures = [
        Figure(variable=v, unit=u, year=2025, value=Decimal(n), state=State.GIVEN) for (u, v), n in given.items()
    ]
    dataset, _ = merge.combine(plan, figures, {}, UNITS)
    results = compute.evaluate(plan, dataset)
    told = docx.Document(io.BytesIO(report.fill(plan, dataset, results, (), {}, TODAY)))
    assert row_of(told, "KQ07")[5] == "63,64"
    assert row_of(told, "DV01")[5] == "Chưa có số liệu"
    assert row_of(told, "C09_A")[5:] == ["7", "3/3"]


@pytest.mark.parametrize(
    ("outcome", "facts", "told"),
    [
        (Outcome.COMPUTED, {}, ""),
        (Outcome.PARTIAL, {"reported": 2}, "Năm 2025 chưa đủ đơn vị"),
        (Outcome.PARTIAL, {"reported": 2, "previous_complete": False}, "Năm 2024 và 2025 chưa đủ đơn vị"),
        (Outcome.MISSING, {"note": "mẫu số bằng 0"}, "Xem Phụ lục IV; mẫu số bằng 0"),
    ],
)
def test_notes_tell_what_a_figure_rests_on(outcome, facts, told):
    assert sentences.note(result(small_plan().criterion["KQ07"], "2", "1", outcome, **facts), 2025) == told


# ------------------------------------------------------------------ sentences, units, gaps


def test_collection_counts_units():
    told = text(filled())
    assert "Có 2/3 đơn vị đã gửi số liệu (đạt 66,7%), gồm 02 đơn vị gửi đúng hạn; còn 01 đơn vị chưa gửi." in told
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
    assert told[start + 1 : start + 6] == [
        "1 | Phường Kỳ Lừa | 8 | 0 | Chưa gửi | Tệp đã gửi chưa sử dụng được",
        "B. Gửi quá hạn: 01 đơn vị",
        "1 | Sở Khoa học và Công nghệ | 8 | 8 | 25/3/2026 | Còn 01 ô cần sửa, làm rõ",
        "C. Gửi đúng hạn, còn số liệu cần bổ sung, làm rõ",
        "Không có.",
    ]


def test_a_rejected_file_counts_as_not_sent():
    told = sentences.collection([sending("a"), sending("b", Status.REJECTED)])[0]
    assert "1/2 đơn vị" in told
    assert "01 đơn vị đã gửi tệp nhưng chưa sử dụng được" in told


@pytest.mark.parametrize("status", [None, Status.REJECTED])
def test_nobody_has_sent(status):
    sendings = tuple(sending(u, status) for u in UNITS)
    nothing = tuple(
        result(c, None, None, Outcome.MISSING, reported=0, previous_complete=False) for c in small_plan().criteria
    )
    empty = Dataset(year=2025, figures=(), totals={}, gaps=(), conflicts=())
    told = text(filled(results=nothing, dataset=empty, sendings=sendings, answers={}))
    assert "Chưa có đơn vị nào" in told
    assert "tất cả chưa đủ số liệu để tính" in told
    assert not filled(results=nothing, dataset=empty, sendings=sendings, answers={}).inline_shapes


def test_everything_there():
    c = small_plan().criteria
    told = text(filled(results=tuple(result(k, "2", "1") for k in c), sendings=tuple(sending(u) for u in UNITS)))
    assert "Các tiêu chí đều đã có đủ số liệu để tính." in told
    assert "Không có: các tiêu chí đều đã đủ số liệu." in told
    assert "đạt 100,0%" in told


def test_only_full_years_are_compared():
    c = small_plan().criterion["KQ07"]
    told = sentences.movement(
        [result(c, "2", "1"), result(c, "2", "1", Outcome.PARTIAL), result(c, "2", "1", previous_complete=False)], 2025
    )
    assert (
        told == "So với năm 2024, có 01 tiêu chí đủ số liệu của cả hai năm để so sánh: KQ07 tăng 1,00 điểm phần trăm."
    )


def test_what_is_above_the_threshold_is_not_said_to_be_whole():
    c, threshold = small_plan().criterion["KQ07"], Decimal("66.6")
    enough = result(c, "2", "1", reported=2)
    few = result(c, "2", "1", Outcome.PARTIAL, reported=1)
    assert sentences.level([result(c, "2", "1"), enough, few], "Nhóm", threshold) == (
        "Nhóm có 03 tiêu chí: 01 tiêu chí tính được từ số liệu của đủ các đơn vị, 01 tiêu chí tính trên số liệu của chưa đủ "
        "các đơn vị nhưng từ 66,6% trở lên và 01 tiêu chí tính trên số liệu của một phần số đơn vị."
    )
    assert sentences.note(enough, 2025) == "Năm 2025 chưa đủ đơn vị"
    assert sentences.comparable([enough]) == []
    assert sentences.shortfall([enough], threshold) == (
        "Còn 01 tiêu chí tính trên số liệu của chưa đủ các đơn vị nhưng từ 66,6% trở lên (chi tiết tại Phụ lục IV)."
    )
    assert sentences.shortfall([result(c, "2", "1")]) == "Các tiêu chí đều đã có đủ số liệu để tính."


def test_all_moved_one_way():
    c = small_plan().criterion["DV01"]
    told = sentences.movement([result(c, "1", "2"), result(c, "1", "3")], 2025)
    assert told == "So với năm 2024, cả 02 tiêu chí có đủ số liệu của hai năm đều giảm."


def test_the_strongest_moves_are_named_in_percentage_points():
    c = small_plan().criterion
    both = [result(c["KQ07"], "12", "10.5"), result(c["HQ02"], "3", "4"), result(c["DV01"], "900", "1")]
    told = sentences.movement(both, 2025)
    assert "tăng nhiều nhất là KQ07 (tăng 1,50 điểm phần trăm)" in told
    assert "giảm nhiều nhất là HQ02 (giảm 1,00 điểm phần trăm)" in told


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
        f"{'; '.join(u.name for u in units[2:10])}; và 02 đơn vị khác.",
    ]


def test_what_leads_in_a_list_stays_with_it():
    for opinions in (p for p in filled().paragraphs if p.text.endswith("đơn vị):")):
        assert opinions.style.paragraph_format.keep_with_next


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


def test_equal_opinions_are_gathered_and_empty_ones_left_out():
    told = list(lines(filled()))
    assert "- Sở Khoa học và Công nghệ; Xã Hoa Thám: Thiếu hướng dẫn." in told
    assert "- Sở Khoa học và Công nghệ: Bố trí kinh phí." in told
    assert not any(line.startswith("Nguyên nhân do các đơn vị") for line in told)


def test_many_opinions_go_to_an_annex():
    many = tuple((layout.QUESTIONS[3], f"Kiến nghị số {i}", AT) for i in range(content.FEW + 1))
    told = list(lines(filled(answers={"so-khcn": many})))
    assert "Phụ lục V" in told
    assert f"{content.FEW + 1} | Sở Khoa học và Công nghệ | Kiến nghị số {content.FEW}." in told
    assert "Phụ lục V" not in list(lines(filled()))


def test_head_and_signature():
    plan = small_plan()
    signed = replace(plan.settings, authority="KT. GIÁM ĐỐC", position="PHÓ GIÁM ĐỐC", signer="Nguyễn Văn A")
    tables = filled(**province(small_plan(settings=signed))).tables
    head = [c.text for row in tables[0].rows for c in row.cells]
    assert head[0].split("\n")[:2] == ["UBND TỈNH LẠNG SƠN", "SỞ KHOA HỌC VÀ CÔNG NGHỆ"]
    assert head[2].endswith("/BC-SKHCN")
    assert values.clean(head[3]) == "Lạng Sơn, ngày tháng năm 2026"
    signature = next(t for t in tables if t.rows[0].cells[0].text.startswith("Nơi nhận"))
    left, right = signature.rows[0].cells
    assert left.text.split("\n") == ["Nơi nhận:", "- Như trên;", "- Lưu: VT."]
    assert right.text.split("\n") == ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "Nguyễn Văn A"]


@pytest.mark.parametrize(
    ("names", "printed"),
    [
        ((), ["- Như trên;", "- Lưu: VT."]),
        (("- Như trên;", " Lưu: VT."), ["- Như trên;", "- Lưu: VT."]),
        (("Lãnh đạo Sở", "", "Lưu: VT"), ["- Như trên;", "- Lãnh đạo Sở;", "- Lưu: VT."]),
    ],
)
def test_recipients(names, printed):
    plan = small_plan()
    told = content.gather(**province(small_plan(settings=replace(plan.settings, recipients=names))))
    assert told["recipients"] == printed


@pytest.mark.parametrize(
    ("name", "short"),
    [("Sở Khoa học và Công nghệ", "SKHCN"), ("Ủy ban nhân dân tỉnh", "UBNDT"), ("Đài Phát thanh", "ĐPT")],
)
def test_the_symbol_is_made_of_initials(name, short):
    assert initials(name) == short


# ------------------------------------------------------------------ form by Nghị định 30/2020/NĐ-CP


def test_page_and_fonts():
    document = filled()
    for section in document.sections:
        assert sorted((round(section.page_width.mm), round(section.page_height.mm))) == [210, 297]
        assert (section.top_margin, section.bottom_margin) == (pytest.approx(Mm(20), 0.01),) * 2
        assert section.left_margin == pytest.approx(Mm(30), 0.01)
        assert Mm(14.9) <= section.right_margin <= Mm(20.1)
        assert section.different_first_page_header_footer
        assert "PAGE" in section.header._element.xml
        assert "PAGE" not in section.first_page_header._element.xml
    used = {p.style.name for p in document.paragraphs}
    assert used
    for name in used:
        assert name.startswith("LS "), name
        assert document.styles[name].font.name == "Times New Roman"
    for name, size, bold in (("LS Tên loại", 14, True), ("LS Nội dung", 14, False), ("LS Cơ quan chủ quản", 12, False)):
        assert (document.styles[name].font.size, document.styles[name].font.bold) == (Pt(size), bold)


def test_tables_repeat_their_heading_and_rows_do_not_split():
    for table in filled().tables[1:]:
        rows = table._tbl.tr_lst
        assert all(r.trPr is not None and r.trPr.find(docx.oxml.ns.qn("w:cantSplit")) is not None for r in rows)
        if len(table.columns) > 2:
            assert rows[0].trPr.find(docx.oxml.ns.qn("w:tblHeader")) is not None


def test_no_formatting_by_hand_in_the_template():
    document = docx.Document(io.BytesIO(report.shipped_template()))
    xml = document.element.body.xml
    assert "<w:rPr>" not in xml
    assert "<w:jc " not in xml


def test_made_up_figures_are_marked_on_every_page_and_under_the_title():
    plan = small_plan()
    document = filled(**province(small_plan(settings=replace(plan.settings, made_up=True))))
    for section in document.sections:
        for header in (section.header, section.first_page_header):
            assert layout.MADE_UP in "\n".join(p.text for p in header.paragraphs)
    assert f"({layout.MADE_UP})" in text(document)
    honest = filled()
    assert layout.MADE_UP not in text(honest)
    assert all(layout.MADE_UP not in p.text for p in honest.sections[0].first_page_header.paragraphs)


# ------------------------------------------------------------------ texts stay texts

HOSTILE = "{{ 7*7 }} {% for x in y %} <b>&amp;</b> \"'\x00\x07\x0b $x^2$ ]]> {_{"


def test_hostile_texts_stay_text():
    plan = small_plan()
    named = small_plan(
        criteria=tuple(replace(c, name=f"{c.name} {HOSTILE}", group=f"{c.group} {HOSTILE}") for c in plan.criteria),
        variables=tuple(replace(v, name=HOSTILE, measure=HOSTILE) for v in plan.variables),
        units=tuple(replace(u, name=f"{u.name} {HOSTILE}") for u in plan.units),
        settings=replace(plan.settings, signer=HOSTILE, place=HOSTILE, recipients=(HOSTILE,)),
    )
    answers = {"so-khcn": tuple((q, f"{i} {HOSTILE}\nhai", AT) for i, q in enumerate((*layout.QUESTIONS, HOSTILE)))}
    document = docx.Document(io.BytesIO(report.fill(**{**province(named), "answers": answers})))
    told = text(document)
    assert told.count("{{ 7*7 }}") > 20
    assert "49" not in told.replace("749", "")
    assert "<b>&amp;</b>" in told
    assert document.inline_shapes


@given(st.text(max_size=60))
@settings(deadline=None, max_examples=15)
def test_any_answer_gives_a_sound_document(answer):
    told = text(filled(answers={"so-khcn": ((layout.QUESTIONS[3], answer, AT),)}))
    assert "KIẾN NGHỊ, ĐỀ XUẤT" in told


# ------------------------------------------------------------------ the package


def test_same_input_same_bytes():
    assert report.fill(**province()) == plain()


def test_package_bears_no_clock():
    with zipfile.ZipFile(io.BytesIO(plain())) as package:
        assert {i.date_time for i in package.infolist()} == {(2025, 1, 1, 0, 0, 0)}
    assert filled().core_properties.author == "Sở Khoa học và Công nghệ"


def test_a_compiler_of_any_length_signs_the_package():
    plan = small_plan()
    plan = replace(plan, settings=replace(plan.settings, compiler="Sở Khoa học và Công nghệ " * 20))
    assert len(filled(plan=plan).core_properties.author) == 255


# ------------------------------------------------------------------ the template


def test_the_shipped_template_is_clean():
    assert report.lint(report.shipped_template(), "bao-cao.docx") == ()


def fits(told, wanted):
    """Whether ``told`` has the shape that templates are judged by; an empty list has any."""
    match wanted:
        case dict():
            return (
                isinstance(told, dict) and told.keys() == wanted.keys() and all(fits(told[k], wanted[k]) for k in told)
            )
        case list():
            return isinstance(told, list) and all(fits(item, wanted[0]) for item in told)
        case _:
            return isinstance(told, str)


def test_what_is_gathered_has_the_shape_that_templates_are_judged_by():
    told = content.gather(**province())
    assert fits(told, content.TAGS)


def test_no_tag_is_hidden_by_a_method_of_dict():
    def names(told):
        if isinstance(told, dict):
            yield from told
        for inner in told.values() if isinstance(told, dict) else told if isinstance(told, list) else ():
            yield from names(inner)

    assert not [name for name in names(content.TAGS) if hasattr(dict, name)]


def template(*paragraphs, table=(), header="", title=""):
    """A Word file with these paragraphs and, if any, a table of one column with these rows."""
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if table:
        grid = document.add_table(rows=0, cols=1)
        for row in table:
            grid.add_row().cells[0].text = row
    document.sections[0].header.paragraphs[0].text = header
    document.core_properties.title = title
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    "good",
    [
        ["{{ province }} {{ province|upper }} {{year}}"],
        ["{%p for g in groups %}", "{{ g.title }}: {{ loop.index }}", "{%p endfor %}"],
        [
            "{%p if made_up and not marked %}",
            "{{ made_up }}",
            "{%p elif marked == “có” %}",
            "x",
            "{%p else %}",
            "{%p endif %}",
        ],
        ["{% if made_up %}a{% else %}b{% endif %}", "{# ghi chú #}"],
        ["{{ recipients|join(', ') }}", "{{ groups|length }}"],
    ],
)
def test_good_templates_pass_and_are_filled(good):
    drawn = template(*good)
    assert tags.problems(drawn, content.TAGS) == ()
    assert report.fill(**province(), template=drawn)


@pytest.mark.parametrize(
    ("bad", "place", "told"),
    [
        (["x", "{{ provinse }}"], "đoạn 2 “{{ provinse }}”", "có phải “province”?"),
        (["{{ settings.signer }}"], "đoạn 1", "không có thẻ tên “settings”"),
        (["{{ groups.name }}"], "đoạn 1", "“groups.name” không có"),
        (["{{ groups }}"], "đoạn 1", "không in trực tiếp được"),
        (["{%p for g in groups %}", "{{ g.titel }}", "{%p endfor %}"], "đoạn 2", "có phải “title”?"),
        (["{%p for g in groups %}", "{{ g.title }}"], "đoạn 1", "chưa có thẻ đóng endfor"),
        (["{%p for c in province %}", "{%p endfor %}"], "đoạn 1", "không phải danh sách"),
        (["{%p for g in groups %}", "{%p endif %}"], "đoạn 2", "không có thẻ mở if"),
        (["{%p endfor %}"], "đoạn 1", "không có thẻ mở for"),
        (["{%p if made_up %}", "{% endif %}"], "đoạn 2", "phải cùng loại và cùng chỗ"),
        (["{% if made_up %}", "{% endif %}"], "đoạn 2", "phải cùng loại và cùng chỗ"),
        (["{%p if made_up %} chữ bị mất", "{%p endif %}"], "đoạn 1", "đứng một mình"),
        (["{{ province "], "đoạn 1", "dấu {{ lẻ"),
        (["province }}"], "đoạn 1", "dấu }} lẻ"),
        (["{{ }}"], "đoạn 1", "thẻ"),
        (["{{ province | safe }}"], "đoạn 1", "bộ lọc “safe” không được phép"),
        (["{{ province.__class__ }}"], "đoạn 1", "không có"),
        (["{{ ''.__class__.__mro__ }}"], "đoạn 1", "không có"),
        (["{{ groups.append(1) }}"], "đoạn 1", "biểu thức không được phép"),
        (["{{ range(9999999) }}"], "đoạn 1", "biểu thức không được phép"),
        (["{{ 'a' * 999999999 }}"], "đoạn 1", "biểu thức không được phép"),
        (["{{ groups[0] }}"], "đoạn 1", "biểu thức không được phép"),
        (["{{ province ~ province }}"], "đoạn 1", "biểu thức không được phép"),
        (["{% set x = 1 %}"], "đoạn 1", "“set” không được phép"),
        (["{% include 'x' %}"], "đoạn 1", "“include” không được phép"),
        (["{%p for a, b in groups %}", "{%p endfor %}"], "đoạn 1", "vòng lặp phải viết"),
        (["{{ province !! }}"], "đoạn 1", "cú pháp"),
        (["{%tr for r in groups %}", "{%tr endfor %}"], "đoạn 1", "phải nằm trong một hàng"),
        (["{%tc if made_up %}"], "đoạn 1", "không được hỗ trợ"),
    ],
)
def test_faults_are_found_where_they_stand(bad, place, told):
    drawn = template(*bad)
    problems = report.lint(drawn, "mau.docx")
    assert any(p.startswith(f"mau.docx: {place}") and told in p for p in problems), problems
    with pytest.raises(UnusableInputError, match=r"mau\.docx: đoạn"):
        report.fill(**province(), template=drawn, name="mau.docx")


def test_faults_in_tables_headers_and_properties():
    assert "bảng 1, hàng 2" in tags.problems(template(table=["a", "{{ nope }}"]), content.TAGS)[0]
    assert "đầu trang" in tags.problems(template(header="{{ nope }}"), content.TAGS)[0]
    assert "title" in tags.problems(template(title="{{ 7*7 }}"), content.TAGS)[0]
    lost = tags.problems(template(table=["{%tr for r in groups %}", "{{ r.title }}"]), content.TAGS)
    assert "bảng 1, hàng 1" in lost[0]


def test_a_tag_split_by_word_into_runs_is_read_whole():
    document = docx.Document()
    paragraph = document.add_paragraph("{{ pro")
    paragraph.add_run("vince").bold = True
    paragraph.add_run(" }}")
    stream = io.BytesIO()
    document.save(stream)
    assert tags.problems(stream.getvalue(), content.TAGS) == ()
    filled_in = docx.Document(io.BytesIO(report.fill(**province(), template=stream.getvalue())))
    assert "Lạng Sơn" in filled_in.paragraphs[0].text


@pytest.mark.parametrize("content_", [b"", b"PK\x03\x04", b"<html>", b"\xd0\xcf\x11\xe0" * 100])
def test_what_is_no_word_file_is_refused(content_):
    with pytest.raises(UnusableInputError, match=r"mau\.docx: không phải tệp Word"):
        report.fill(**province(), template=content_, name="mau.docx")


@pytest.mark.parametrize(
    ("part", "added"),
    [
        ("word/vbaProject.bin", b"x"),
        (
            "word/_rels/settings.xml.rels",
            b'<Relationship Id="a" Type="t/attachedTemplate" Target="http://x" TargetMode="External"/>',
        ),
    ],
)
def test_macros_and_links_to_other_files_are_refused(part, added):
    stream = io.BytesIO(template("{{ province }}"))
    with zipfile.ZipFile(stream, "a") as package:
        package.writestr(part, added)
    assert len(tags.problems(stream.getvalue(), content.TAGS)) == 1


# ------------------------------------------------------------------ the whole


def dump(document):
    return "\n".join(values.clean(line) for line in lines(document)) + "\n"


def test_golden_text():
    assert dump(filled()) == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.libreoffice
def test_it_prints(tmp_path):
    office.soffice()
    source = tmp_path / "bao-cao.docx"
    source.write_bytes(plain())
    printed = printing.to_pdf([source], tmp_path)[source]
    told = subprocess.run(
        ["pdftotext", "-layout", str(printed), "-"], capture_output=True, text=True, check=True
    ).stdout
    pages = told.split("\f")
    assert len(pages) - 1 >= 7
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in pages[0]
    assert re.match(r"\s*2\n", pages[1])
    assert sum(p.lstrip().startswith("Phụ lục") for p in pages) == 4
    assert "12,35" in told


def test_the_committee_reports_in_its_own_name():
    document = docx.Document(io.BytesIO(report.fill(**province(), sender=Sender.COMMITTEE)))
    told = text(document)
    assert "Kính gửi: Bộ Khoa học và Công nghệ." in told
    head = [cell.text for cell in document.tables[0].rows[1].cells]
    assert head[0].endswith("/BC-UBND")
    assert "TM. ỦY BAN NHÂN DÂN" in "".join(c.text for t in document.tables for r in t.rows for c in r.cells)
