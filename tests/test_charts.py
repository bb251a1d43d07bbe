"""The charts of the report, read back from what Word will read: figures, labels, words for those who cannot see them."""

import io
import re
import subprocess
import zipfile
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import docx
import office
import pytest
from conftest import small_plan
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from msgspec.structs import replace
from openpyxl import load_workbook
from reports import HOSTILE, province, result, sending

from lsindicators import report, summary, values
from lsindicators.model import Dataset, Figure, Gap, Outcome, State, Total
from lsindicators.papers import chart as native
from lsindicators.report import charts

PLAN = small_plan()
RATE, COUNT = PLAN.criterion["KQ07"], PLAN.criterion["DV01"]
NOTHING = Dataset(year=2025, figures=(), totals={}, gaps=(), conflicts=())
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def rates(*pairs, group="Nhóm kết quả", prefix="T", **more):
    """A result in % for each pair of this year and last, with two decimals."""
    return [
        result(
            replace(RATE, code=f"{prefix}{n:02}", name=f"Tỷ lệ {n}", group=group),
            *pair,
            Outcome.MISSING if pair[0] is None else Outcome.COMPUTED,
            **more,
        )
        for n, pair in enumerate(pairs, 1)
    ]


def drawn(results=(), plan=PLAN, dataset=NOTHING, sendings=()):
    return charts.draw(summary.of(plan, dataset, results, sendings))


@dataclass
class Seen:
    """A chart as Word reads it."""

    rows: list
    bars: dict  # name of a series -> its values, in order
    labels: dict  # name of a series -> its labels, in order
    sheet: list  # of the embedded workbook: its rows
    xml: etree._Element


def seen(chart, number=1):
    parts = {a.part: a.content for a in chart.attachments(number, 2025)}
    xml = etree.fromstring(parts[f"word/charts/chart{number}.xml"])
    rows = [v.text for v in xml.find(f".//{C}cat").iter(f"{C}v")]
    bars, labels = {}, {}
    for series in xml.iter(f"{C}ser"):
        name = series.findtext(f"{C}tx//{C}v")
        points = {int(p.get("idx")): Decimal(p.findtext(f"{C}v")) for p in series.find(f"{C}val").iter(f"{C}pt")}
        told = {
            int(label.find(f"{C}idx").get("val")): "".join(label.itertext()).strip()
            for label in series.iter(f"{C}dLbl")
        }
        bars[name], labels[name] = ([found.get(n) for n in range(len(rows))] for found in (points, told))
    book = load_workbook(io.BytesIO(parts[f"word/embeddings/bieu-do-{number}.xlsx"]))
    sheet = [list(row) for row in book.active.iter_rows(values_only=True)]
    return Seen(rows, bars, labels, sheet, xml)


# ------------------------------------------------------------------ the criteria of a group


def test_what_is_drawn_is_what_was_computed():
    third = Decimal(100) / 3
    results = [*rates(("12.345", "11.2"), ("66.666", None), (None, "6.5"), ("0", "-4"))]
    results.append(result(replace(RATE, code="T05", group="Nhóm kết quả"), third, "1"))
    (chart,) = drawn(results).groups
    told = seen(chart)
    wanted = {"Năm 2024": [r.previous for r in results], "Năm 2025": [r.value for r in results]}
    exactly = {
        name: [v and Decimal(f"{v:.15g}") if v is not None else None for v in column] for name, column in wanted.items()
    }
    assert told.bars == exactly
    assert told.sheet[0] == [None, "Năm 2024", "Năm 2025"]
    for n, (name, last, this) in enumerate(told.sheet[1:]):
        assert name == told.rows[n]
        for cell, column in ((last, "Năm 2024"), (this, "Năm 2025")):
            assert (cell is None) == (exactly[column][n] is None)
            assert cell is None or Decimal(str(cell)) == exactly[column][n]


def test_labels_are_texts_in_vietnamese_form_with_the_decimals_of_the_criterion():
    results = rates(("12.345", "11.2"), ("1234.5", "0"))
    results[1] = replace(results[1], criterion=replace(results[1].criterion, decimals=1))
    told = seen(drawn(results).groups[0])
    assert told.labels == {"Năm 2024": ["11,20", "0,0"], "Năm 2025": ["12,35", "1.234,5"]}


def test_what_is_lacking_is_said_and_not_drawn():
    results = rates(("5", "4"), (None, "3"), ("2", None), (None, None))
    told = seen(drawn(results).groups[0])
    assert [name.partition(" (")[2] for name in told.rows] == [
        "",
        "năm 2025: chưa có số liệu)",
        "năm 2024: chưa có số liệu)",
        "năm 2024 và 2025: chưa có số liệu)",
    ]
    assert told.bars["Năm 2025"] == [5, None, 2, None]
    assert told.labels["Năm 2025"] == ["5,00", None, "2,00", None]


def test_partial_figures_bear_a_star_that_the_caption_explains():
    part = rates(("5", "4"), ("6", "3"), reported=2)
    part[1] = replace(part[1], reported=3, previous_complete=False)
    (chart,) = drawn(part).groups
    assert seen(chart).labels == {"Năm 2024": ["4,00", "3,00*"], "Năm 2025": ["5,00*", "6,00"]}
    assert "* tính trên số liệu của một phần số đơn vị" in chart.caption
    assert "*" not in drawn(rates(("5", "4"), ("6", "3"))).groups[0].caption


def test_a_first_year_shows_no_former_one():
    (chart,) = drawn(rates(("5", None), ("6", None))).groups
    told = seen(chart)
    assert list(told.bars) == ["Năm 2025"]
    assert told.rows == ["T01. Tỷ lệ 1", "T02. Tỷ lệ 2"]
    assert "2024" not in chart.caption
    assert told.xml.find(f".//{C}legend") is None


@pytest.mark.parametrize(
    ("number", "sizes"),
    [(0, []), (1, []), (2, [2]), (charts.MOST, [10]), (charts.MOST + 1, [6, 5]), (46, [10, 10, 10, 10, 6])],
)
def test_a_group_of_many_criteria_is_split_evenly(number, sizes):
    found = drawn(rates(*[("5", "4")] * number)).groups
    assert [len(c.rows) for c in found] == sizes


def test_a_part_without_any_figure_is_left_out():
    results = rates(*[(None, None)] * charts.MOST, ("5", "4"), ("6", None))
    (chart,) = drawn(results).groups
    assert [name[:3] for name in chart.rows][-2:] == ["T11", "T12"]


def test_only_criteria_in_percent_stand_in_a_chart_and_each_group_has_its_own():
    results = [
        *rates(("1", "2"), ("3", "4")),
        result(COUNT, "5", "6"),
        *rates(("7", "8"), ("9", "1"), group="B / C", prefix="B"),
    ]
    found = drawn(results).groups
    assert [c.caption.partition(":")[0] for c in found] == ["Nhóm kết quả", "B"]
    assert [seen(c).bars["Năm 2025"] for c in found] == [[1, 3], [7, 9]]


@pytest.mark.parametrize("pairs", [[("5", "4")], [("5", "4"), (None, "3")], [(None, "4"), (None, "3")]])
def test_no_chart_with_fewer_than_two_figures_of_the_year(pairs):
    assert drawn(rates(*pairs)).groups == ()


def test_what_is_far_out_of_scale_is_cut_off_and_says_so():
    (chart,) = drawn(rates(("1000000000000", "5"), ("4", "6"), ("7", "3"))).groups
    told = seen(chart)
    assert told.bars["Năm 2025"][0] == 10**12, "its figure stays what it is"
    assert told.labels["Năm 2025"] == ["» 1.000.000.000.000,00", "4,00", "7,00"]
    assert Decimal(told.xml.find(f".//{C}max").get("val")) < 20
    label = next(told.xml.iter(f"{C}ser")).getnext().find(f".//{C}dLbl")
    assert label.find(f"{C}dLblPos").get("val") == "inEnd"
    assert "» cột vượt khung" in chart.caption


numbers = st.decimals(-(10**12), 10**12, places=3)


@given(st.lists(numbers, min_size=1, max_size=40))
@settings(deadline=None)
def test_the_axis_holds_every_bar_that_is_not_cut(figures):
    low, high, limit = charts._bounds(figures)
    assert low <= 0 <= high
    assert low < high
    assert all(low <= v <= high for v in figures if abs(v) <= limit)
    assert sum(abs(v) > limit for v in figures) <= len(figures) * 0.2


@pytest.mark.parametrize("values_", [["-5", "-7"], ["5", "5"], ["0", "0"], ["0.000001", "900000"], ["-1", "1"]])
def test_any_figures_give_a_sound_chart(values_):
    told = seen(drawn(rates(*[(v, v) for v in values_])).groups[0])
    assert told.bars["Năm 2025"] == [Decimal(v) for v in values_]


# ------------------------------------------------------------------ coverage, units, contributions


def test_coverage_counts_the_criteria_of_each_group():
    results = [*rates(("1", "2"), ("3", "4")), *rates(("5", "6"), (None, "6"), group="B", prefix="B", reported=2)]
    results[2] = replace(results[2], outcome=Outcome.PARTIAL)
    (chart,) = drawn(results).coverage
    told = seen(chart)
    assert told.rows == ["Nhóm kết quả (2 tiêu chí)", "B (2 tiêu chí)"]
    assert told.bars == {"Đủ các đơn vị": [2, 0], "Một phần số đơn vị": [0, 1], "Chưa tính được": [0, 1]}
    assert told.labels == {
        "Đủ các đơn vị": ["2", None],
        "Một phần số đơn vị": [None, "1"],
        "Chưa tính được": [None, "1"],
    }
    assert told.xml.find(f".//{C}grouping").get("val") == "stacked"


def test_each_unit_shows_what_it_has_answered():
    gaps = [
        Gap(variable="C01_A", unit="xa-hoa-tham", why="not-yet"),
        Gap(variable="C01_B", unit="phuong-ky-lua", why="no-return"),
    ]
    sendings = (sending("so-khcn"), sending("xa-hoa-tham", values=5), sending("phuong-ky-lua", None))
    (chart,) = drawn(dataset=replace(NOTHING, gaps=tuple(gaps)), sendings=sendings).units
    told = seen(chart)
    assert told.rows == ["Sở Khoa học và Công nghệ", "Xã Hoa Thám", "Phường Kỳ Lừa (chưa gửi)"]
    assert told.bars == {"Có số liệu": [8, 5, 0], "Đã trả lời, không có số riêng": [0, 2, 0], "Chưa có": [0, 1, 8]}
    assert told.xml.find(f".//{C}grouping").get("val") == "percentStacked"


def many(communes, answered):
    """A plan of an office and so many communes, each owing ten figures, and what they sent of it."""
    unit = PLAN.unit["xa-hoa-tham"]
    units = tuple(replace(unit, code=f"xa-{n}", name=f"Xã {n}") for n in range(communes))
    plan = small_plan(units=(*PLAN.units, *units))
    given_ = [answered(n) for n in range(communes)]
    sendings = [
        sending(u.code, None if n is None else "accepted", owed=10, values=n or 0)
        for u, n in zip(units, given_, strict=True)
    ]
    gaps = tuple(
        Gap(variable=f"V{i}", unit=u.code, why="not-reported")
        for u, n in zip(units, given_, strict=True)
        for i in range(10 - (n or 0))
    )
    return plan, replace(NOTHING, gaps=gaps), sendings


def test_many_communes_are_counted_by_classes():
    given_ = [10, 10, 9, 8, 5, 4, 1, 0, None]
    plan, dataset, sendings = many(45, lambda n: given_[n % 9])
    (chart,) = drawn(plan=plan, dataset=dataset, sendings=sendings).units
    told = seen(chart)
    assert dict(zip(told.rows, told.bars["Số xã, phường"], strict=True)) == {
        "Đã trả lời đủ": 10,
        "Từ 90% đến dưới 100%": 5,
        "Từ 50% đến dưới 90%": 10,
        "Dưới 50%": 10,
        "Chưa gửi, hoặc chưa trả lời số liệu nào": 10,
    }
    assert told.labels["Số xã, phường"] == ["10", "5", "10", "10", "10"]
    assert "45 xã, phường" in chart.caption


@given(st.lists(st.integers(0, 10) | st.none(), max_size=60))
@settings(deadline=None, max_examples=40)
def test_every_commune_is_in_one_class(answered):
    plan, dataset, sendings = many(len(answered), lambda n: answered[n])
    told = summary.of(plan, dataset, (), sendings)
    bands = summary.bands(told.communes)
    assert sum(b.units for b in bands) == len(answered)
    assert bands[0].units == sum(a == 10 for a in answered)
    assert bands[-1].units == sum(not a for a in answered)


def summed(code, *given_, reported=None):
    figures = tuple(
        Figure(variable=code, unit=unit, year=2025, value=Decimal(v), state=State.GIVEN)
        for unit, v in zip(("so-khcn", "xa-hoa-tham", "phuong-ky-lua", "d", "e", "f", "g", "h"), given_, strict=False)
    )
    units = tuple(f.unit for f in figures)
    return {
        (code, 2025): Total(
            variable=code, year=2025, value=sum(f.value for f in figures), expected=units,
            reported=units if reported is None else units[:reported], contributions=figures,
        )
    }  # fmt: skip


def test_who_gave_most_is_drawn_with_number_and_share():
    totals = summed("C01_A", 5, 40, 10, 1, 20, 4, 12, 8)
    (chart,) = drawn(dataset=replace(NOTHING, totals=totals)).units
    told = seen(chart)
    assert told.rows == ["Xã Hoa Thám", "e", "g", "Phường Kỳ Lừa", "h", "3 đơn vị khác"]
    assert told.bars["Số do đơn vị cung cấp (người)"] == [40, 20, 12, 10, 8, 10]
    assert told.labels["Số do đơn vị cung cấp (người)"][0] == "40 (40,0%)"
    assert told.labels["Số do đơn vị cung cấp (người)"][5] == "10 (10,0%)"
    assert "8/8 đơn vị" in chart.caption


def test_complete_sums_come_first_and_one_of_a_criterion():
    totals = summed("C01_A", 5, 4, 3, 2, reported=3) | summed("C01_B", 1, 2, 3) | summed("C09_A", 3, 2, 1, reported=2)
    found = drawn(dataset=replace(NOTHING, totals=totals)).units
    assert [c.caption.partition(".")[0] for c in found] == ["C01_B", "C09_A"]


@pytest.mark.parametrize("given_", [(5, 4), (5, 0, 0), (0, 0, 0)])
def test_a_sum_of_one_or_two_units_is_not_drawn(given_):
    assert drawn(dataset=replace(NOTHING, totals=summed("C01_A", *given_))).units == ()


def test_nothing_is_drawn_where_nobody_has_sent():
    nothing = [result(c, None, "5", Outcome.MISSING, reported=0) for c in PLAN.criteria]
    found = drawn(nothing, sendings=[sending(u.code, None) for u in PLAN.units])
    assert (found.coverage, found.groups, found.units) == ((), (), ())


# ------------------------------------------------------------------ what Word and people need

ORDER = {
    "chartSpace": "date1904 lang roundedCorners style chart spPr txPr externalData",
    "chart": "autoTitleDeleted plotArea legend plotVisOnly dispBlanksAs",
    "plotArea": "layout barChart catAx valAx spPr",
    "barChart": "barDir grouping varyColors ser gapWidth overlap axId",
    "ser": "idx order tx spPr invertIfNegative dLbls cat val",
    "dLbls": "dLbl showLegendKey showVal showCatName showSerName showPercent showBubbleSize",
    "dLbl": "idx tx spPr dLblPos showLegendKey showVal showCatName showSerName showPercent showBubbleSize",
    "catAx": "axId scaling delete axPos numFmt majorTickMark minorTickMark tickLblPos spPr txPr crossAx crosses auto lblAlgn "
    "lblOffset tickLblSkip noMultiLvlLbl",
    "valAx": "axId scaling delete axPos numFmt majorTickMark minorTickMark tickLblPos crossAx crosses crossBetween",
    "scaling": "orientation max min",
    "legend": "legendPos overlay txPr",
}
"""The elements in the order of the schema (ISO/IEC 29500): Word calls a file broken that has another."""


def everything():
    """A report with each kind of chart; a name that has every kind of trouble in it."""
    troubled = rates(("5", "4"), ("6", "300"), ("-1", "2"), ("7", None), ("4", "3"), group=f"A {HOSTILE}", reported=2)
    troubled[0] = replace(troubled[0], criterion=replace(troubled[0].criterion, name=f"Tên {HOSTILE} " * 9))
    results = [*troubled, result(COUNT, "5", "4")]
    results += rates(("5", "4"), ("2000000000000.25", "7"), group="Nhóm tác động", prefix="D")
    facts = province()
    dataset = replace(facts["dataset"], totals=facts["dataset"].totals | summed("C01_A", 1000, 200, 34))
    return province(results=tuple(results), dataset=dataset)


@pytest.fixture(scope="module")
def package():
    return zipfile.ZipFile(io.BytesIO(report.fill(**everything())))


def test_elements_stand_in_the_order_that_word_demands(package):
    names = [n for n in package.namelist() if re.fullmatch(r"word/charts/chart\d+\.xml", n)]
    assert len(names) == 5
    for name in names:
        for element in etree.fromstring(package.read(name)).iter():
            order = ORDER.get(etree.QName(element).localname, "").split()
            found = [etree.QName(child).localname for child in element] if order and element.tag.startswith(C) else []
            assert set(found) <= set(order), (name, element.tag)
            assert found == sorted(found, key=order.index), (name, element.tag)


def test_labels_stand_where_their_kind_of_bar_lets_them(package):
    for name in (n for n in package.namelist() if n.startswith("word/charts/chart")):
        chart = etree.fromstring(package.read(name))
        places = {e.get("val") for e in chart.iter(f"{C}dLblPos")}
        stacked = chart.find(f".//{C}grouping").get("val") != "clustered"
        assert places <= ({"ctr"} if stacked else {"outEnd", "inEnd"})


def test_every_part_is_known_and_named(package):
    types = etree.fromstring(package.read("[Content_Types].xml"))
    typed = {t.get("PartName"): t.get("ContentType") for t in types if t.get("PartName")}
    links = etree.fromstring(package.read("word/_rels/document.xml.rels"))
    ids = [link.get("Id") for link in links]
    assert len(ids) == len(set(ids))
    target = {link.get("Id"): link.get("Target") for link in links}
    body = package.read("word/document.xml").decode()
    named = re.findall(r'r:id="(rIdChart\d+)"', body)
    assert len(named) == len(set(named)) == 5
    for n, link in enumerate(named, 1):
        part = f"word/{target[link]}"
        assert part == f"word/charts/chart{n}.xml"
        assert typed[f"/{part}"].endswith("drawingml.chart+xml")
        (own,) = etree.fromstring(package.read(f"word/charts/_rels/chart{n}.xml.rels"))
        assert own.get("Type").endswith("/package")
        book = "word/" + own.get("Target").removeprefix("../")
        assert typed[f"/{book}"].endswith("spreadsheetml.sheet")
        assert load_workbook(io.BytesIO(package.read(book))).sheetnames == ["Số liệu"]
    drawings = re.findall(r'<wp:docPr id="(\d+)" name="([^"]+)"', body)
    assert len({i for i, _ in drawings}) == len({n for _, n in drawings}) == 5


def test_the_data_that_word_opens_are_where_the_chart_says(package):
    for n in range(1, 6):
        chart = etree.fromstring(package.read(f"word/charts/chart{n}.xml"))
        sheet = load_workbook(io.BytesIO(package.read(f"word/embeddings/bieu-do-{n}.xlsx"))).active
        for reference in (*chart.iter(f"{C}strRef"), *chart.iter(f"{C}numRef")):
            where = reference.findtext(f"{C}f").removeprefix("'Số liệu'!").replace("$", "")
            cells = [c for row in (sheet[where] if ":" in where else ((sheet[where],),)) for c in row]
            kept = {int(p.get("idx")): p.findtext(f"{C}v") for p in reference.iter(f"{C}pt")}
            for at, cell in enumerate(cells):
                wanted = kept.get(at)
                assert (cell.value is None) == (wanted is None)
                if isinstance(cell.value, str):
                    assert cell.value == wanted
                elif cell.value is not None:
                    assert Decimal(str(cell.value)) == Decimal(wanted)


def test_hostile_names_stay_text():
    told = seen(drawn(everything()["results"]).groups[0])
    assert told.rows[0].startswith("T01. Tên {{ 7*7 }} {% for x in y %} <b>&amp;</b> \"'")
    assert len(told.rows[0]) <= 2 * charts.LINE + 1
    assert told.sheet[1][0] == told.rows[0]
    assert docx.Document(io.BytesIO(report.fill(**everything())))


def test_captions_are_numbered_through_and_stand_under_their_chart():
    document = docx.Document(io.BytesIO(report.fill(**everything())))
    paragraphs = document.paragraphs
    drawings = [n for n, p in enumerate(paragraphs) if p._p.xpath(".//w:drawing")]
    assert len(drawings) == 5
    for n, at in enumerate(drawings, 1):
        caption = paragraphs[at + 1]
        assert caption.text.startswith(f"Biểu đồ {n}. ")
        assert caption.style.name == "LS Tên hình"
        assert paragraphs[at].style.paragraph_format.keep_with_next
        assert f"Biểu đồ {n}" in paragraphs[at]._p.xpath(".//wp:docPr/@name")


def test_the_words_for_those_who_cannot_see_a_chart_say_what_it_shows():
    document = docx.Document(io.BytesIO(report.fill(**everything())))
    words = [w for p in document.paragraphs for w in p._p.xpath(".//wp:docPr/@descr")]
    assert len(words) == 5
    assert "T02 (năm 2024: » 300,00, năm 2025: 6,00*)" in words[1]
    assert "T04 (năm 2024: chưa có số liệu, năm 2025: 7,00*)" in words[1]
    assert "Xã Hoa Thám (có số liệu: 8)" in words[3]
    huge = replace(
        drawn(rates(("5", "4"), ("6", "3"))).groups[0], description="Biểu đồ. " + "Xã (năm 2025: 12,34); " * 999
    )
    told = re.search(r' descr="([^"]*)"', huge.markup(1))[1]
    assert native.LONGEST - 40 < len(told) <= native.LONGEST
    assert told.endswith("Xã (năm 2025: 12,34); …")


def test_looks_differ_on_a_black_and_white_print():
    for chart in (c for _, found in drawn(everything()["results"])._named() for c in found):
        looks = [(s.look.grey, s.look.hatch) for s in chart.series]
        assert len(set(looks)) == len(looks)
        greys = sorted(int(grey[:2], 16) for grey, hatch in looks if not hatch)
        assert all(b - a >= 48 for a, b in pairwise(greys))
        assert all(grey == grey[:2] * 3 for grey, _ in looks)


def test_only_times_new_roman_is_used(package):
    for name in (n for n in package.namelist() if n.startswith("word/charts/chart")):
        chart = etree.fromstring(package.read(name))
        faces = [e for e in chart.iter() if e.get("typeface")]
        assert {e.get("typeface") for e in faces} == {"Times New Roman"}
        assert {etree.QName(e).localname for e in faces} == {"latin", "ea", "cs"}


def test_the_same_figures_give_the_same_bytes():
    assert report.fill(**everything()) == report.fill(**everything())
    book = seen(drawn(rates(("5", "4"), ("6", "3"))).groups[0])
    assert book.sheet == seen(drawn(rates(("5", "4"), ("6", "3"))).groups[0]).sheet


@office.needs_libreoffice
def test_libreoffice_prints_every_label_on_the_page_of_its_caption(tmp_path):
    source = tmp_path / "bieu-do.docx"
    source.write_bytes(report.fill(**everything()))
    printed = office.convert(source, "pdf", tmp_path)
    told = subprocess.run(
        ["pdftotext", "-layout", str(printed), "-"], capture_output=True, text=True, check=True
    ).stdout
    pages = [values.clean(page).replace(" ", "") for page in told.split("\f")]
    with zipfile.ZipFile(source) as found:
        for n in range(1, 6):
            (page,) = [p for p in pages if f"Biểuđồ{n}." in p]
            chart = etree.fromstring(found.read(f"word/charts/chart{n}.xml"))
            for label in chart.iter(f"{A}t"):
                assert label.text.replace(" ", "") in page, (n, label.text)
