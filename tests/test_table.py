"""tong-hop.xlsx on a desk: links, charts, overview, differences, series, print; and where Excel has its limits."""

import io
import re
import unicodedata
import zipfile
from datetime import date
from decimal import Decimal
from html import unescape
from urllib.parse import unquote

import openpyxl
import pytest
from conftest import small_plan
from msgspec.structs import replace
from office import convert, needs_libreoffice
from test_exports import SENDINGS, figure, rows, said, told_plan, wide_plan

from lsindicators import compute, exports, ledger, merge, summary
from lsindicators.exports import formulas, links
from lsindicators.exports.sheets import charts, figures
from lsindicators.model import CellRef, Choice, Conflict, Figure, Point, Series, Settlement, Side, Unit
from lsindicators.pipeline.results import lying


def written(plan, figures_, sendings=SENDINGS, **more):
    """The bytes of the workbook, and the dataset and results behind it."""
    dataset, _ = merge.combine(plan, figures_, {}, {f.unit for f in figures_})
    if "change" in more:
        dataset = more.pop("change")(dataset)
    results = compute.evaluate(plan, dataset)
    return exports.write(plan, dataset, results, sendings, **more), dataset, results


def opened(content, **more):
    return openpyxl.load_workbook(io.BytesIO(content), **more)


def settlement(choice, unit="", value=None):
    return Settlement(
        code="conflict", variable="C09_B", year=2025, rule="", said="200; 201", choice=choice, unit=unit, value=value,
        reason="Theo sổ theo dõi", document="12/SKHCN", dated=date(2026, 4, 3), at=CellRef("dieu-chinh.xlsx", "Đối chiếu", "F2"),
    )  # fmt: skip


def parted(plan):
    """The small plan with two leads of C09_B, who disagree: 200 against 201."""
    both = tuple(
        replace(a, lead=("so-khcn", "xa-hoa-tham"), supporting=()) if a.variable == "C09_B" else a
        for a in plan.assignments
    )
    return replace(plan, assignments=both), [*told_plan(plan), figure("C09_B", "xa-hoa-tham", "201")]


# ------------------------------------------------------------------ live


@needs_libreoffice
def test_libreoffice_recalculates_every_formula_of_every_sheet(tmp_path):
    plan = wide_plan()
    told = said(plan, 11)
    figures_ = [figure(c, u, w, y, plan.variable[c].kind.numeric) for (c, u, y), w in told.items()]
    sendings = tuple(replace(SENDINGS[i % 3], unit=u.code) for i, u in enumerate(plan.units))
    path = tmp_path / "tong-hop.xlsx"
    points = (
        Point(year=2024, value=Decimal("11.25"), reported=0, expected=0, on_record=True),
        Point(year=2025, value=None, reported=0, expected=6),
    )
    content, dataset, results = written(plan, figures_, sendings)
    points = tuple(replace(p, value=results[2].value) if p.year == 2025 else p for p in points)
    content = exports.write(
        plan, dataset, results, sendings, series=(Series(criterion=results[2].criterion, points=points),)
    )
    path.write_bytes(content)
    asked, stored = opened(content), opened(content, data_only=True)
    again = openpyxl.load_workbook(convert(path, "xlsx", tmp_path), data_only=True)
    counted = {}
    for sheet in asked:
        for line in sheet.iter_rows():
            for cell in line:
                if cell.data_type == "f":
                    found, kept = (book[sheet.title][cell.coordinate].value for book in (again, stored))
                    same = found == pytest.approx(kept, rel=1e-9, abs=1e-9) if isinstance(kept, int | float) else None
                    assert same or (found or "") == (kept or ""), (
                        sheet.title,
                        cell.coordinate,
                        cell.value,
                        found,
                        kept,
                    )
                    counted[sheet.title] = counted.get(sheet.title, 0) + 1
    assert counted.keys() >= {"Tiêu chí", "Tổng quan", "So hai năm", "Số liệu", "Số liệu 2024", "Chuỗi năm"}


@pytest.mark.parametrize(
    ("made", "formula", "value"),
    [
        (settlement(Choice.TAKE, unit="xa-hoa-tham"), '=IF(COUNT(I5)=0,"Chưa có số liệu",I5)', 201),
        (settlement(Choice.CORRECT, value=Decimal("200.5")), 200.5, 200.5),
    ],
)
def test_a_total_that_the_clerk_decided_is_live_or_names_its_document(plan, made, formula, value):
    plan, told = parted(plan)

    def decide(dataset):
        total = dataset.totals["C09_B", 2025]
        taken = tuple(f for f in total.contributions if made.choice is Choice.TAKE and f.unit == made.unit)
        new = replace(total, value=Decimal(str(value)), contributions=taken, conflict=False, settled=made)
        return replace(dataset, totals={**dataset.totals, ("C09_B", 2025): new})

    content, *_ = written(plan, told, change=decide)
    cell = opened(content)["Số liệu"]["G5"]
    assert cell.value == formula
    assert opened(content, data_only=True)["Số liệu"]["G5"].value == value
    assert "12/SKHCN ngày 03/04/2026" in cell.comment.text and "Theo sổ theo dõi" in cell.comment.text


def test_the_threshold_of_coverage_colours_and_is_explained(plan):
    plan = replace(plan, settings=replace(plan.settings, coverage=Decimal(60)))
    book = opened(written(plan, told_plan(plan))[0])
    rules = [r for of in book["Tiêu chí"].conditional_formatting for r in of.rules if "M" in str(of.sqref)]
    assert [(r.operator, r.formula) for r in rules if r.type == "cellIs"] == [
        ("equal", ["0"]), ("lessThan", ["60"]), ("greaterThanOrEqual", ["60"]),
    ]  # fmt: skip
    assert any("60%" in str(c.value) for c in book["Giải thích"]["B"])


def test_n_of_n_is_told_also_where_the_criterion_counts_as_whole(plan):
    dataset, _ = merge.combine(plan, told_plan(plan), {}, {"so-khcn"})
    results = tuple(
        replace(r, outcome=compute.Outcome.COMPUTED) if r.value is not None else r
        for r in compute.evaluate(plan, dataset)
    )
    table = {r["Mã tiêu chí"]: r for r in rows(opened(exports.write(plan, dataset, results, ()))["Tiêu chí"])}
    assert table["KQ07"]["Kết quả"] == "Đã tính" and "Tính trên 1/3 đơn vị" in table["KQ07"]["Ghi chú"]


# ------------------------------------------------------------------ links


def at(file, sheet="Số liệu", cell="F12", sha256="0f" * 32, decision=None):
    where = CellRef(file, sheet, cell) if file else None
    return Figure(variable="C01_A", unit="so-khcn", year=2025, value=Decimal(1), state=None, at=where, sha256=sha256)


@pytest.mark.parametrize(
    ("found", "address", "place"),
    [
        (at("tra-ve/Sở A&B 100%.xlsx"), "tra-ve/Sở A&B 100%.xlsx", "'Số liệu'!F12"),
        (at("tra-ve/a.xls", "It's"), "tra-ve/a.xls", "'It''s'!F12"),
        (at("tra-ve/a.xlsx", None, None), "tra-ve/a.xlsx", ""),
        (at(None, sha256=""), "phan-cong.xlsx", "'Năm trước'!A1"),
        (at("dieu-chinh.xlsx", "Điều chỉnh", "G5"), "dieu-chinh.xlsx", "'Điều chỉnh'!G5"),
    ],
)
def test_a_link_opens_the_file_at_the_cell(found, address, place):
    target, inside = links.to_file(found)
    assert (unquote(target), inside) == (address, place)
    assert re.fullmatch(r"[A-Za-z0-9%/._~-]+", target)


@pytest.mark.parametrize(
    "file",
    ["tra-ve/a.zip!b.xlsx", "tra-ve/thu.eml!b.xlsx", "/tmp/a.xlsx", "../a.xlsx", "C:/a.xlsx", "tra-ve/so #1.xlsx",
     "http://x.vn/a.xlsx", "\\\\may\\a.xlsx", "tra-ve/" + "á" * 400 + ".xlsx"],
)  # fmt: skip
def test_what_no_click_can_open_has_no_link(file):
    assert links.to_file(at(file)) is None
    assert links.to_original(at(file)) == (f"{ledger.FOLDER}/{ledger.ORIGINALS}/" + "0f" * 32, "")


def test_the_file_is_named_as_it_is_spelt_on_the_disk():
    spelt = "tra-ve/Sở.xlsx"
    assert unquote(links.to_file(at("tra-ve/Sở.xlsx"), {"tra-ve/Sở.xlsx": spelt})[0]) == spelt
    assert links.to_file(at("tra-ve/Sở.xlsx"), {}) is None
    assert links.to_file(at(None), {}) is not None


def test_names_on_the_disk_are_found_by_the_names_in_the_ledger(tmp_path):
    spelt = unicodedata.normalize("NFD", "Sở Y tế.xlsx")
    (tmp_path / "tra-ve" / "xã").mkdir(parents=True)
    for name in (spelt, "xã/a.xlsx"):
        (tmp_path / "tra-ve" / name).touch()
    there = lying(tmp_path)
    assert (tmp_path / there["tra-ve/Sở Y tế.xlsx"]).is_file() and there["tra-ve/xã/a.xlsx"] == "tra-ve/xã/a.xlsx"
    assert lying(tmp_path / "khong-co") == {}


def test_a_decision_leads_to_its_own_version_of_the_decisions():
    target = links.to_original(at("dieu-chinh.xlsx", "Điều chỉnh", "G5"))
    assert target == (f"{ledger.FOLDER}/{ledger.DECISIONS}/{'0f' * 32}.xlsx", "'Điều chỉnh'!G5")


def test_figures_lead_to_file_and_original_and_stay_texts(plan):
    sheet = opened(written(plan, told_plan(plan))[0])["Dữ liệu"]
    second = sheet[3]
    assert [(c.value, c.data_type) for c in second[9:13]] == [
        ("tra-ve/so-khcn.xlsx", "s"), ("Số liệu", "s"), ("F12", "s"), ("0f" * 32, "s"),
    ]  # fmt: skip
    assert [(c.hyperlink.target, c.hyperlink.location) if c.hyperlink else None for c in second[9:13]] == [
        ("tra-ve/so-khcn.xlsx", "'Số liệu'!F12"), None, ("tra-ve/so-khcn.xlsx", "'Số liệu'!F12"), ("so-cai/goc/" + "0f" * 32, None),
    ]  # fmt: skip
    assert sheet["J2"].hyperlink.target == "phan-cong.xlsx"


def test_beyond_excels_number_of_links_each_file_keeps_its_first(plan, monkeypatch):
    monkeypatch.setattr(links, "LIMIT", 10)
    book = opened(written(plan, told_plan(plan))[0])
    linked = {c.row: c.value for c in book["Dữ liệu"]["J"] if c.hyperlink}
    files = [c.value for c in book["Dữ liệu"]["J"]][1:]
    assert linked == {files.index(name) + 2: name for name in dict.fromkeys(files)}
    assert any("chỉ dòng đầu của mỗi tệp" in str(c.value) for c in book["Giải thích"]["B"])


def test_links_never_pass_excels_number(plan, monkeypatch):
    monkeypatch.setattr(links, "LIMIT", 7)
    sheet = opened(written(plan, told_plan(plan))[0])["Dữ liệu"]
    assert 0 < sum(bool(c.hyperlink) for row in sheet.iter_rows() for c in row) <= 7


def test_links_within_the_workbook_lead_to_what_they_say(plan):
    plan, told = parted(plan)
    book = opened(written(plan, told)[0])
    seen = {}
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.hyperlink and not cell.hyperlink.target:
                    name, address = cell.hyperlink.location.rsplit("!", 1)
                    seen.setdefault((sheet.title, cell.column_letter), []).append(
                        (cell.value, book[name.strip("'")], address)
                    )
    assert {code: target[address].value for code, target, address in seen["Tiêu chí", "A"]} == {
        "DV01": "C01_A", "KQ07": "C09_A", "HQ02": "C14_A", "TD26": "C43_A",
    }  # fmt: skip
    for code, target, address in seen["Số liệu", "A"]:
        assert target[address].value == plan.variable[code].criterion
    for unit, target, address in seen["Còn thiếu", "D"] + seen["Đối chiếu", "F"]:
        letter = re.match("[A-Z]+", address)[0]
        assert target[f"{letter}1"].value == plan.unit[unit].name
    assert {code for code, *_ in seen["Đối chiếu", "B"]} == {"C09_B"}


@pytest.mark.parametrize(
    "text", ["=cmd|'/c calc'!A1", "+1", "-1", "@SUM(1)", "\t=1", "<r><t>=1</t></r>", "http://x.vn", "internal:A1"]
)
def test_texts_stay_texts(plan, text):
    told = [
        figure("C01_A", "so-khcn", "1")._replace(source=text, reason=text, at=CellRef(text, text, text)),
        figure("C43_B", "so-khcn", text, numeric=False),
    ]
    sendings = [replace(SENDINGS[0], file=text)]
    content, *_ = written(plan, told, sendings)
    book = opened(content)
    held = [c for sheet in book for row in sheet.iter_rows() for c in row if c.value == text]
    assert {c.parent.title for c in held} == {"Số liệu", "Dữ liệu", "Tình hình gửi"}
    assert {c.data_type for c in held} == {"s"}
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        relations = "".join(package.read(n).decode() for n in package.namelist() if n.endswith(".rels"))
    assert not re.search(r"http://x|file:|cmd", relations)


# ------------------------------------------------------------------ overview and charts


def test_the_overview_counts_groups_and_units(plan):
    book = opened(written(plan, told_plan(plan))[0], data_only=True)
    lines = [[c.value for c in row] for row in book["Tổng quan"].iter_rows()]
    groups = {row[0]: row[2:7] for row in lines[1:5] if row[1] in ("Cả nhóm", None)}
    inputs, results_, impact = dict.fromkeys(c.group.split(" / ")[0] for c in plan.criteria)
    assert groups == {
        inputs: [1, 0, 0, 1, pytest.approx(100 / 3)],
        results_: [1, 0, 1, 0, pytest.approx(100 / 3)],
        impact: [2, 0, 1, 1, pytest.approx(100 / 3)],
        "Cả bộ tiêu chí": [4, 0, 2, 2, pytest.approx(100 / 3)],
    }
    head = next(i for i, row in enumerate(lines) if row[0] == "Khối đơn vị")
    assert {row[0]: row[2:9] for row in lines[head + 1 :]} == {
        "Sở, ban, ngành": [1, 0, 1, 0, 0, 100, 0],
        "Xã": [1, 1, 0, 0, 0, 100, 1],
        "Phường": [1, 0, 0, 0, 1, 0, 0],
        "Tất cả đơn vị": [3, 1, 1, 0, 1, pytest.approx(200 / 3), 1],
    }
    assert [row[1] for row in lines if row[0] == "Phường"] == ["Phường Kỳ Lừa"]


def test_the_overview_says_as_the_report_what_rose_and_fell(plan):
    every = ("so-khcn", "xa-hoa-tham", "phuong-ky-lua")
    told = [figure(c, u, y - 2000, y) for c in ("C01_A", "C01_B") for u in every for y in (2024, 2025)]
    told += [figure("C09_A", u, 5, 2024) for u in every] + [figure("C09_A", "so-khcn", 9, 2025)]  # not all units
    told += [figure("C09_B", "so-khcn", 50, y) for y in (2024, 2025)]
    content, _, results = written(replace(plan, past=()), told)
    moves = summary.moves(results)
    assert [r.criterion.code for r in moves.risen] == ["DV01"] and moves.comparable == 1
    assert sum(r.change is not None for r in results) == 2
    lines = [[c.value for c in row] for row in opened(content, data_only=True)["Tổng quan"].iter_rows()]
    assert next(row[7:10] for row in lines if row[0] == "Cả bộ tiêu chí") == [1, 0, 0]


def parts(content, pattern):
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return [package.read(n).decode() for n in sorted(package.namelist()) if re.search(pattern, n)]


def test_charts_draw_cells_of_one_measure_and_say_what_they_show(plan):
    told = [*told_plan(plan), figure("C43_A", "so-khcn", "Có", 2024, numeric=False)]
    content, *_ = written(plan, told)
    book = opened(content, data_only=True)
    drawn = parts(content, r"charts/chart\d+\.xml")
    assert len(drawn) == 5  # two of groups, one of units, two groups with criteria in per cent
    for xml in drawn:
        title = "".join(re.findall("<a:t>([^<]*)</a:t>", xml))
        assert "2025" in title
        for kind, ref, cache in re.findall(r"<c:(cat|val)>.*?<c:f>([^<]*)</c:f>(.*?)</c:\1>", xml, re.DOTALL):
            name, cells = unescape(ref).rsplit("!", 1)
            values = [c.value for row in book[name.strip("'")][cells.replace("$", "")] for c in (row if isinstance(row, tuple) else (row,))] \
                if ":" in cells else [book[name.strip("'")][cells.replace("$", "")].value]  # fmt: skip
            kept = [unescape(v) for v in re.findall("<c:v>([^<]*)</c:v>", cache)]
            known = [v for v in values if v is not None]
            assert [float(v) for v in kept] == pytest.approx(known) if kind == "val" else kept == known != []
            if kind == "val" and "so với" in title:
                assert name == "'So hai năm'" and all(0 <= v <= 100 for v in known)
    codes = [r["Mã tiêu chí"] for r in rows(book["So hai năm"])]
    assert codes == ["KQ07", "TD26"] and {plan.criterion[c].measure for c in codes} == {"%"}
    (drawing,) = parts(content, r"drawings/drawing\d+\.xml")
    described = [unescape(text) for text in re.findall('descr="([^"]*)"', drawing)]
    assert len(described) == 5 and all(len(text) > 40 for text in described)
    assert any("đã nhận 1" in text for text in described)


def test_a_criterion_beyond_the_common_scale_is_named_not_drawn(plan):
    told = [*told_plan(plan), figure("C09_A", "xa-hoa-tham", "900")]
    book = opened(written(plan, told)[0])
    assert [r["Mã tiêu chí"] for r in rows(book["So hai năm"])] == ["TD26"]
    assert any("KQ07" in str(c.value) for c in book["Biểu đồ"]["A"])


# ------------------------------------------------------------------ differences and series


def side(label, value, *figures_):
    return Side(label=label, value=Decimal(value), figures=figures_)


def test_differences_have_a_row_a_side_and_what_was_decided(plan):
    lead, commune, ward = (
        figure("C09_B", u, n) for u, n in (("so-khcn", "200"), ("xa-hoa-tham", "90"), ("phuong-ky-lua", "95"))
    )
    made = settlement(Choice.TAKE, unit="so-khcn")
    given = (
        Conflict(code="totals-disagree", variable="C09_B", year=2025, severity="question", message="khác nhau 15",
                 sides=(side("Sở", 200, lead), side("2 đơn vị phối hợp cộng lại", 185, commune, ward)), question="Số nào đúng?"),
        Conflict(code="conflict", variable="C09_A", year=2025, message="khác nhau", settled=made,
                 sides=(side("Sở", 200, lead), side("Xã", 90, commune))),
        Conflict(code="large-change", variable="C01_A", year=2025, message="tăng", severity="warning",
                 sides=(side("Năm 2024 theo số đã công bố", 100), side("Xã", 90, commune))),
    )  # fmt: skip
    sheet = opened(written(plan, told_plan(plan), differences=given)[0])["Đối chiếu"]
    found = rows(sheet)
    assert [(r["Mã số liệu"], r["Mã đơn vị"], r["Giá trị"], r["Chênh lệch"], r["Tình trạng"]) for r in found] == [
        ("C09_B", "so-khcn", 200, 15, "Cần quyết định"),
        ("C09_B", None, 185, None, "Cần quyết định"),
        ("C09_B", "xa-hoa-tham", 90, None, "Cần quyết định"),
        ("C09_B", "phuong-ky-lua", 95, None, "Cần quyết định"),
        ("C09_A", "so-khcn", 200, 110, "Đã quyết định"),
        ("C09_A", "xa-hoa-tham", 90, None, "Đã quyết định"),
        ("C01_A", None, 100, 10, "Cần xem lại"),
        ("C01_A", "xa-hoa-tham", 90, None, "Cần xem lại"),
    ]
    assert found[1]["Tên đơn vị"] == "2 đơn vị phối hợp cộng lại" and found[0]["Câu hỏi cho hai bên"] == "Số nào đúng?"
    assert found[4]["Quyết định"].startswith(
        "Lấy số của đơn vị Sở Khoa học và Công nghệ. Lý do: Theo sổ theo dõi (12/SKHCN"
    )
    assert [sheet.row_dimensions[n].outlineLevel for n in range(2, 7)] == [0, 0, 1, 1, 0]
    green, yellow = sheet["P6"].fill.fgColor.rgb, sheet["P2"].fill.fgColor.rgb
    assert (green, yellow) == ("FFE2EFDA", "FFFFF2CC")


def test_without_differences_the_conflicts_of_the_dataset_are_shown(plan):
    plan, told = parted(plan)
    book = opened(written(plan, told)[0])
    assert [r["Mã đơn vị"] for r in rows(book["Đối chiếu"])] == ["so-khcn", "xa-hoa-tham"]
    assert book["Đối chiếu"]["A2"].fill.fgColor.rgb == "FFFBE0DD"


def test_series_are_live_where_the_year_has_its_sheet_and_mark_breaks(plan):
    c = plan.criteria[1]
    points = (
        Point(year=2023, value=Decimal("9.5"), reported=0, expected=0, on_record=True),
        Point(year=2024, value=None, reported=0, expected=3, seam="Xã A sáp nhập vào xã B"),
        Point(year=2025, value=Decimal("12.5"), reported=1, expected=3),
    )
    content, *_ = written(plan, told_plan(plan), series=(Series(criterion=c, points=points),))
    sheet = opened(content)["Chuỗi năm"]
    assert [x.value for x in sheet[1]] == [
        "Mã tiêu chí", "Tên tiêu chí", "Đơn vị tính", "Năm 2023", "Năm 2024", "Năm 2025", "Diễn biến", "Ghi chú",
    ]  # fmt: skip
    assert sheet["D2"].value == 9.5
    assert sheet["E2"].value.startswith("=IF(COUNT('Số liệu 2024'!") and sheet["F2"].value.startswith(
        "=IF(COUNT('Số liệu'!"
    )
    assert "sáp nhập" in sheet["E2"].comment.text and sheet["E2"].fill.fgColor.rgb == "FFFFF2CC"
    assert (
        "sáp nhập" in sheet["H2"].value and "2025: tính trên 1/3" in sheet["H2"].value and "2023" in sheet["H2"].value
    )
    (xml,) = [x for x in parts(content, r"worksheets/sheet\d+\.xml") if "sparkline" in x]
    assert re.findall("<xm:(f|sqref)>([^<]*)<", xml) == [("f", "'Chuỗi năm'!D2:F2"), ("sqref", "G2")]


def test_two_years_need_no_line_and_one_year_no_sheet(plan):
    c = plan.criteria[1]
    two = tuple(Point(year=y, value=Decimal(1), reported=0, expected=0, on_record=True) for y in (2024, 2025))
    sheet = opened(written(plan, told_plan(plan), series=(Series(criterion=c, points=two),))[0])["Chuỗi năm"]
    assert "Diễn biến" not in [x.value for x in sheet[1]]
    one = Series(criterion=c, points=two[1:])
    assert "Chuỗi năm" not in opened(written(plan, told_plan(plan), series=(one,))[0]).sheetnames


# ------------------------------------------------------------------ screen, paper, limits


def test_every_sheet_is_set_up_for_screen_and_paper(plan):
    two = tuple(Point(year=y, value=Decimal(1), reported=0, expected=0, on_record=True) for y in (2024, 2025))
    plan = replace(plan, companions=(replace(plan.criteria[1], code="KQ07_X", parent="KQ07"),))
    series = (Series(criterion=plan.criteria[1], points=two),)
    book = opened(written(plan, told_plan(plan), series=series)[0])
    assert len(book.sheetnames) == 13
    for sheet in book:
        assert sheet.freeze_panes and sheet.freeze_panes.endswith("2"), sheet.title
        assert sheet.print_title_rows == "$1:$1", sheet.title
        assert "năm 2025" in sheet.oddHeader.center.text and "&P/&N" in sheet.oddFooter.right.text
        wide = sheet.sheet_properties.pageSetUpPr
        assert (wide and wide.fitToPage) or sheet.page_setup.scale in (60, 68), sheet.title
        if sheet.title != charts.SHEET:
            assert sheet.auto_filter.ref.startswith("A1:"), sheet.title
    assert book["Số liệu"].freeze_panes == "H2" and book["Số liệu"].print_title_cols == "$A:$B"
    assert str(book["Tiêu chí"].print_area).replace("$", "") == "'Tiêu chí'!A1:I5"


def test_columns_of_communes_fold_and_kinds_of_units_differ(plan):
    sheet = opened(written(plan, told_plan(plan))[0])["Số liệu"]
    assert [bool(sheet.column_dimensions[x].outlineLevel) for x in "HI"] == [False, True]
    fills = [sheet[f"{x}1"].fill.fgColor.rgb for x in "HIJ"]
    assert len(set(fills)) == 3


def test_a_column_is_as_wide_as_its_longest_number(plan):
    sheet = opened(written(plan, told_plan(plan))[0])["Số liệu"]
    science, commune = (sheet.column_dimensions[x].width for x in "HI")
    assert science > 13 > 8 > commune


def test_more_rows_than_excel_has_go_on_a_second_sheet(plan, monkeypatch):
    monkeypatch.setattr(figures, "ROWS", 6)
    book = opened(written(plan, told_plan(plan))[0])
    names = [n for n in book.sheetnames if n.startswith("Dữ liệu")]
    assert names == ["Dữ liệu", "Dữ liệu (2)", "Dữ liệu (3)"]
    listed = [r["Mã số liệu"] for n in names for r in rows(book[n])]
    assert len(listed) == 12 and book["Dữ liệu"].max_row == 6


def test_more_units_than_excel_has_columns_go_on_a_second_sheet(plan, monkeypatch):
    monkeypatch.setattr(formulas, "COLUMNS", 9)
    book = opened(written(plan, told_plan(plan))[0])
    assert [n for n in book.sheetnames if n.startswith("Số liệu")] == [
        "Số liệu", "Số liệu (2)", "Số liệu 2024", "Số liệu 2024 (2)",
    ]  # fmt: skip
    assert [c.value for c in book["Số liệu"][1]][7:] == [u.name for u in plan.units[:2]]
    assert [c.value for c in book["Số liệu (2)"][1]][7:] == [plan.units[2].name]
    assert book["Số liệu"]["G2"].value == (
        "=IF(COUNT(H2:I2,'Số liệu (2)'!H2:H2)=0,\"Chưa có số liệu\",SUM(H2:I2,'Số liệu (2)'!H2:H2))"
    )


def test_a_wide_matrix_keeps_its_figures_in_their_columns():
    units = tuple(Unit(code=f"xa-{n}", name=f"Xã số {n}", short=f"Xã {n}", type="xa") for n in range(100))
    plan = small_plan(units=units, assignments=tuple(
        replace(a, lead=tuple(u.code for u in units), supporting=()) for a in small_plan().assignments
    ), past=())  # fmt: skip
    told = [figure("C01_A", u.code, str(n)) for n, u in enumerate(units)]
    sheet = opened(written(plan, told, ())[0])["Số liệu"]
    assert [c.value for c in sheet[2]][7:] == list(range(100))
    assert [c.value for c in sheet[1]][7:] == [u.name for u in units]


def test_every_public_sheet_writes_the_same_bytes_again(plan):
    assert written(plan, told_plan(plan))[0] == written(plan, told_plan(plan))[0]
