"""A plan -> its appendix in Word -> the same plan: who owes what, as written."""

import io
import zipfile
from datetime import date
from pathlib import Path

import docx
import office
import pytest
import tables
from conftest import small_plan
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from lsindicators import appendix, assignment, expressions, names
from lsindicators.model import Assignment, Standing

CATALOGUE = assignment.builtin(2025)
REGISTER = names.Register(CATALOGUE.units, CATALOGUE.groups, CATALOGUE.former)
EXAMPLE = Path(__file__).parent.parent / "examples" / "phu-luc.docx"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def back(plan, catalogue, path):
    """The printed ``plan``, read against ``catalogue``: the plan and what was asked."""
    if not path.exists():
        path.write_bytes(appendix.print_out(plan))
    register = names.Register(catalogue.units, catalogue.groups, catalogue.former)
    found, _, doubts = appendix.assign(appendix.read(path), catalogue, register)
    return found, doubts


def owed(plan):
    """Variable -> who owes it, and as written."""
    return {
        a.variable: (set(a.lead), set(a.supporting) - set(a.lead), a.lead_written, a.supporting_written)
        for a in plan.assignments
    }


def criteria(plan):
    return [(c.code, c.name, c.group, c.standing, c.formula) for c in plan.criteria]


@pytest.mark.parametrize("plan", [CATALOGUE, small_plan()], ids=["built-in", "small"])
def test_word_out_word_in(plan, tmp_path):
    found, doubts = back(plan, plan, tmp_path / "phu-luc.docx")
    assert doubts == ()
    assert owed(found) == owed(plan)
    assert criteria(found) == criteria(plan)
    assert found.variables == plan.variables


@office.needs_libreoffice
def test_saved_by_libreoffice_it_reads_the_same(tmp_path):
    path = tmp_path / "phu-luc.docx"
    path.write_bytes(appendix.print_out(CATALOGUE))
    saved = office.convert(office.convert(path, "odt", tmp_path), "docx", tmp_path)
    found, doubts = back(CATALOGUE, CATALOGUE, saved)
    assert doubts == ()
    assert owed(found) == owed(CATALOGUE)
    assert criteria(found) == criteria(CATALOGUE)


def test_plan_with_a_criterion_of_its_own(tmp_path):
    """Against its own plan nothing is asked; against the built-in one the new criterion is."""
    text = "STT | Tiêu chí | Đơn vị tính | Cơ quan chủ trì | Thời hạn\n1 | Số chuyến đò | chuyến | Sở Y tế | Quý I\n"
    text += f"2 | {CATALOGUE.criteria[0].name} | người | UBND các xã, phường |"
    path = tmp_path / "a.docx"
    path.write_bytes(tables.docx(text))
    plan, _, _ = appendix.assign(appendix.read(path), CATALOGUE, REGISTER)
    assert [c.code for c in plan.criteria] == ["TC01", "DV01"]
    for catalogue, asked in ((plan, []), (CATALOGUE, ["unmatched-criterion"])):
        found, doubts = back(plan, catalogue, tmp_path / f"{len(asked)}.docx")
        assert [d.code.word for d in doubts] == asked
        assert owed(found) == owed(plan)
        assert [(c.code, c.standing) for c in found.criteria] == [
            ("TC01", Standing.PROPOSED),
            ("DV01", Standing.OFFICIAL),
        ]
    assert plan.assignment["TC01_A"].note == found.assignment["TC01_A"].note == "Thời hạn: Quý I"


ITEMS = ("Sở Y tế", "Sở KH&CN", "Sở Văn hóa, Thể thao và Du lịch", "UBND các xã, phường", "Các sở, ban, ngành",
         "Báo và Phát thanh, Truyền hình Lạng Sơn", "Các doanh nghiệp viễn thông", "Công an tỉnh Lạng Sơn",
         "Các trường cao đẳng", "UBND xã Đồng Đăng", "Thuế tỉnh")  # fmt: skip
SIDE = st.lists(st.sampled_from(ITEMS), max_size=3, unique=True).map("; ".join)


def units(written):
    return REGISTER.resolve(written).units if written else ()


NOTES = ("", "Thời hạn: Quý I", "Ghi nhớ; Thời hạn: Trước 20/3")
CHOSEN = st.lists(st.sampled_from([c.code for c in CATALOGUE.criteria]), min_size=1, max_size=8)
WAYS = st.lists(st.tuples(SIDE, SIDE, st.sampled_from(NOTES)), min_size=1, max_size=3)
PICKS = st.lists(st.integers(0, 2), min_size=1, max_size=20)


def made(chosen, ways, picks):
    """``chosen`` criteria of the catalogue with all that their formulas need, owed in ``ways``, as ``picks`` say."""
    chosen = set(chosen)
    while True:
        formulas = [expressions.parse(CATALOGUE.criterion[c].formula) for c in chosen]
        wanted = {CATALOGUE.variable[r.code].criterion for f in formulas for r in expressions.references(f)}
        if wanted <= chosen:
            break
        chosen |= wanted
    variables = tuple(v for v in CATALOGUE.variables if v.criterion in chosen)
    assignments = []
    for i, v in enumerate(variables):
        lead, supporting, note = ways[picks[i % len(picks)] % len(ways)]
        assignments.append(
            Assignment(
                variable=v.code,
                lead=units(lead),
                supporting=units(supporting),
                lead_written=lead,
                supporting_written=supporting,
                note=note,
            )
        )
    kept = tuple(c for c in CATALOGUE.criteria if c.code in chosen)
    whole = {"criteria": kept, "variables": variables, "assignments": tuple(assignments)}
    return replace(CATALOGUE, companions=(), rules=(), **whole)


@given(CHOSEN, WAYS, PICKS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_assignment_comes_back(tmp_path, chosen, ways, picks):
    plan = made(chosen, ways, picks)
    path = tmp_path / "phu-luc.docx"
    path.unlink(missing_ok=True)
    found, doubts = back(plan, CATALOGUE, path)
    assert owed(found) == owed(plan)
    assert criteria(found) == criteria(plan)
    silent = {a.variable for a in plan.assignments if not a.lead}
    assert bool(doubts) == bool(silent), doubts  # only what nobody leads is asked


def test_the_example_appendix_is_that_of_the_built_in_plan(tmp_path):
    """In the midst of a plan, with merged cells, and rows for single variables."""
    remake = "bản phân công đã đổi, lập lại phụ lục: python examples/lap_phu_luc.py"
    fresh = tmp_path / EXAMPLE.name
    fresh.write_bytes(appendix.print_out(CATALOGUE))
    found, printed = appendix.read(EXAMPLE), appendix.read(fresh)
    assert [replace(r, place="", head=None) for r in found.rows] == [
        replace(r, place="", head=None) for r in printed.rows
    ], remake
    plan, doubts = back(CATALOGUE, CATALOGUE, EXAMPLE)
    assert doubts == ()
    assert owed(plan) == owed(CATALOGUE), remake
    assert criteria(plan) == criteria(CATALOGUE), remake
    whole = docx.Document(str(EXAMPLE))
    assert len(whole.tables) == 3
    assert "VÍ DỤ MINH HỌA" in "".join(p.text for p in whole.paragraphs)
    assert sum(1 for _ in whole.tables[2]._tbl.iter(f"{W}vMerge")) > 40


# ------------------------------------------------------------------ how it looks


def document(plan):
    return docx.Document(io.BytesIO(appendix.print_out(plan)))


def cells(plan):
    """The texts of the table's rows, a merged cell once, those it goes on in as ^."""
    rows = []
    for row in document(plan).tables[0]._tbl.tr_lst:
        texts = []
        for cell in row.tc_lst:
            goes_on = cell.vMerge == "continue"
            assert not (goes_on and cell.xpath("string(.)"))
            texts.append("^" if goes_on else cell.xpath("string(.)"))
        rows.append(" | ".join(texts))
    return rows


def test_rows_of_the_small_plan():
    assert cells(small_plan()) == [
        "STT | Tên tiêu chí | Đơn vị tính | Cơ quan chủ trì | Cơ quan phối hợp | Thời hạn gửi số liệu | Ghi chú",
        "I. Nhóm tiêu chí đầu vào",
        "1 | Nhân lực khoa học, công nghệ | người | Sở KH&CN | UBND các xã, phường | Trước ngày 01/4 hằng năm | ",
        "II. Nhóm tiêu chí kết quả",
        "II.1. Chuyển giao",
        "2 | Tỷ lệ sáng chế được khai thác thương mại | % |  |  | Trước ngày 01/4 hằng năm | đề xuất",
        "2.1 | Số sáng chế được khai thác | sáng chế | Sở KH&CN | UBND các xã, phường | ^ | đề xuất",
        "2.2 | Tổng số sáng chế còn hiệu lực | sáng chế | ^ |  | ^ | đề xuất",
        "III. Nhóm tiêu chí tác động",
        "3 | Tốc độ tăng năng suất lao động | % | Sở KH&CN |  | Trước ngày 01/4 hằng năm | đề xuất",
        "4 | Có dữ liệu dùng chung được kết nối | % | ^ | UBND các xã, phường | ^ | đề xuất",
    ]


def test_codes_are_printed_as_names_and_what_nobody_wrote_by_name():
    plan = small_plan()
    first, second = plan.assignments[:2]
    codes = replace(first, lead_written="so-khcn", supporting_written="UBND các xã, phường; xa-hoa-tham")
    bare = replace(second, lead_written="", supporting_written="")
    plan = replace(plan, assignments=(codes, bare, *plan.assignments[2:]))
    assert [row.split(" | ")[3:5] for row in cells(plan)[3:5]] == [
        ["Sở Khoa học và Công nghệ", "UBND các xã, phường; Xã Hoa Thám"],
        ["^", "Xã Hoa Thám; Phường Kỳ Lừa"],
    ]


def test_page_and_heading_lines():
    found = document(CATALOGUE)
    (section,) = found.sections
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (297, 210)
    assert 20 <= round(section.top_margin.mm) <= 25 and 30 <= round(section.left_margin.mm) <= 35
    assert 15 <= round(section.right_margin.mm) <= 20 and 20 <= round(section.bottom_margin.mm) <= 25
    assert section.different_first_page_header_footer
    assert "PAGE" in section.header._element.xpath("string(.)")
    assert section.first_page_header._element.xpath("string(.)") == ""
    texts = [p.text for p in found.paragraphs if p.text]
    assert texts[0] == "PHỤ LỤC"
    assert "46 TIÊU CHÍ" in texts[1] and texts[1].endswith("NĂM 2025")
    assert texts[2].endswith("năm 2026 của Ủy ban nhân dân tỉnh Lạng Sơn)")
    assert len(texts) == 3
    heading = found.tables[0].rows[0]._tr
    assert heading.xpath("w:trPr/w:tblHeader")
    assert "{{" not in found.element.xpath("string(.)")
    sizes = {int(s.get(f"{W}val")) for s in found.tables[0]._tbl.iter(f"{W}sz")}
    assert sizes <= {22, 23, 24, 25, 26}


def test_example_is_marked():
    plan = replace(small_plan(), settings=replace(small_plan().settings, made_up=True))
    assert "VÍ DỤ MINH HỌA" in document(plan).element.xpath("string(.)")


def test_long_cells_may_break_and_control_characters_do_no_harm():
    plan = small_plan()
    long = replace(plan.criteria[0], name="Rất dài\x0b " * 60)
    rows = document(replace(plan, criteria=(long, *plan.criteria[1:]))).tables[0]._tbl.tr_lst
    assert not rows[2].xpath("w:trPr/w:cantSplit")
    assert rows[3].xpath("w:trPr/w:cantSplit")


def test_same_plan_same_bytes():
    content = appendix.print_out(CATALOGUE)
    assert appendix.print_out(CATALOGUE) == content
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert {i.date_time[:3] for i in package.infolist()} == {(2025, 1, 1)}


def test_time_of_the_plan_moves_with_its_deadline():
    plan = small_plan()
    later = replace(plan, settings=replace(plan.settings, unit_deadline=date(2027, 3, 20)))
    assert "Trước ngày 20/3 hằng năm" in cells(later)[2]
