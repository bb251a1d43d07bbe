"""The reader of .ods: every stored shape of a cell, what is repeated, damaged and hostile files, calamine as second opinion."""

import io
import time
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
import sheets
from hypothesis import given, settings
from hypothesis import strategies as st
from office import convert, needs_libreoffice
from test_workbook import by_xlsxwriter

from lsindicators import layout, workbook
from lsindicators.values import clean_lines
from lsindicators.workbook import DAMAGED, WorkbookError, beside
from lsindicators.workbook.beside import Beside

SPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office", "table": "table", "text": "text", "style": "style", "number": "datastyle", "draw": "drawing",
        "meta": "meta", "manifest": "manifest",
    }.items()
) + (
    ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/"'
)  # fmt: skip
STYLES = (
    '<number:date-style style:name="N1"/><number:percentage-style style:name="N2"/>'
    '<style:style style:name="ngày" style:family="table-cell" style:data-style-name="N1"/>'
    '<style:style style:name="phần trăm" style:family="table-cell" style:data-style-name="N2"/>'
    '<style:style style:name="con" style:family="table-cell" style:parent-style-name="phần trăm"/>'
    '<style:style style:name="vòng" style:family="table-cell" style:parent-style-name="vòng"/>'
    '<style:style style:name="ẩn" style:family="table" style:master-page-name="Trang">'
    '<style:table-properties table:display="false"/></style:style>'
)


def parts(body, *, after="", meta="", styles="", **more):
    """Part name -> content of an .ods with the XML ``body`` between its sheets."""
    return {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": f"{sheets.HEAD}<office:document-content {SPACES}><office:automatic-styles>{STYLES}"
        f"</office:automatic-styles><office:body><office:spreadsheet>{body}{after}</office:spreadsheet></office:body>"
        "</office:document-content>",
        "styles.xml": f"{sheets.HEAD}<office:document-styles {SPACES}>{styles}</office:document-styles>",
        "meta.xml": f"{sheets.HEAD}<office:document-meta {SPACES}>{meta}</office:document-meta>",
        "META-INF/manifest.xml": f"<manifest:manifest {SPACES}/>",
        **more,
    }


def table(rows, attributes='table:name="Trang"', before=""):
    return f"<table:table {attributes}>{before}{rows}</table:table>"


def book(rows, **more):
    return read(parts(table(rows), **more))


def read(content, passed_over=lambda name, hidden: False):
    return workbook.read_any(sheets.zipped(content), "ods", "tệp.ods", passed_over)


def cells(rows, **more):
    found = book(rows, **more).sheets[0].cells
    return {layout.address(*place): cell for place, cell in found.items()}


def cell(attributes="", text="", tag="table-cell"):
    return f"<table:{tag} {attributes}>{text}</table:{tag}>"


def row(*found, more=""):
    return f"<table:table-row {more}>{''.join(found)}</table:table-row>"


def why(content, kind="ods"):
    with pytest.raises(WorkbookError) as caught:
        workbook.read_any(content if isinstance(content, bytes) else sheets.zipped(content), kind, "tệp.ods")
    assert caught.value.file == "tệp.ods"
    return str(caught.value)


# ------------------------------------------------------------------ one cell

FLOAT, STRING = 'office:value-type="float"', 'office:value-type="string"'


@pytest.mark.parametrize(
    ("attributes", "text", "value", "said"),
    [
        (f'{FLOAT} office:value="5"', "5", Decimal(5), ""),
        (f'{FLOAT} office:value="12.300000000000001"', "12,3", Decimal("12.3"), ""),
        (f'{FLOAT} office:value="1E+017"', "1E+17", Decimal(10) ** 17, ""),
        (f'{FLOAT} office:value="1,5"', "1,5", "1,5", ""),
        (f'{FLOAT} office:value="NaN"', "NaN", "NaN", ""),
        (f'{FLOAT} office:value=""', "5", DAMAGED, "error"),
        (FLOAT, "5", "5", ""),
        ('office:value-type="currency" office:value="12.5"', "$12.50", Decimal("12.5"), ""),
        ('office:value-type="percentage" office:value="0.125"', "12,5%", Decimal("0.125"), "percent"),
        (f'{FLOAT} office:value="0.125" table:style-name="phần trăm"', "0.125", Decimal("0.125"), "percent"),
        (f'{FLOAT} office:value="0.125" table:style-name="con"', "", Decimal("0.125"), "percent"),
        (f'{FLOAT} office:value="0.125" table:style-name="vòng"', "", Decimal("0.125"), ""),
        (f'{FLOAT} office:value="0.125"', "12.5%", Decimal("0.125"), "percent"),
        (f'{FLOAT} office:value="0.1234"', "12%", Decimal("0.1234"), "percent"),
        (f'{FLOAT} office:value="-0.125"', "-12,5%", Decimal("-0.125"), "percent"),
        (f'{FLOAT} office:value="12.345"', "1.234,5%", Decimal("12.345"), "percent"),
        (f'{FLOAT} office:value="12"', "12%", Decimal(12), ""),
        (f'{FLOAT} office:value="46113"', "01/04/2026", Decimal(46113), "date"),
        (f'{FLOAT} office:value="46113.25"', "4/1/26 6:00 AM", Decimal("46113.25"), "date"),
        (f'{FLOAT} office:value="46113"', "01.04.2026", Decimal(46113), "date"),
        (f'{FLOAT} office:value="0.5"', "12:00", Decimal("0.5"), "date"),
        (f'{FLOAT} office:value="46113" table:style-name="ngày"', "46113", Decimal(46113), "date"),
        (f'{FLOAT} office:value="46113"', "46.113", Decimal(46113), ""),
        (f'{FLOAT} office:value="5"', "5 ₫", Decimal(5), ""),
        ('office:value-type="date" office:date-value="2026-04-01"', "01/04/2026", Decimal(46113), "date"),
        ('office:value-type="date" office:date-value="2026-04-01T12:00:00.000000000"', "", Decimal("46113.5"), "date"),
        ('office:value-type="date" office:date-value="hôm nay"', "hôm nay", DAMAGED, "error"),
        ('office:value-type="date"', "hôm nay", "hôm nay", ""),
        ('office:value-type="time" office:time-value="PT012H00M00S"', "12:00", Decimal("0.5"), "date"),
        ('office:value-type="time" office:time-value="-PT36H"', "", Decimal("-1.5"), "date"),
        ('office:value-type="time" office:time-value="PT"', "", DAMAGED, "error"),
        ('office:value-type="boolean" office:boolean-value="true"', "TRUE", True, ""),
        ('office:value-type="boolean" office:boolean-value="có"', "có", DAMAGED, "error"),
        ('office:value-type="lạ"', "5", DAMAGED, "error"),
        (STRING, " đầu  giữa ", "đầu giữa", ""),
        (STRING, "=1+1", "=1+1", ""),
        (f'{STRING} office:string-value="khác"', "chữ", "khác", ""),
        (STRING, "Tha\u0302\u0301t\u00a0Khê\u200b", "Thất Khê", ""),
        ("", "không kiểu", "không kiểu", ""),
        (f'{STRING} calcext:value-type="error" office:string-value=""', "#DIV/0!", "#DIV/0!", "error"),
        (f'{STRING} table:formula="of:=1/0" office:string-value="#DIV/0!"', "#DIV/0!", "#DIV/0!", "error"),
        (STRING, "#DIV/0!", "#DIV/0!", ""),
    ],
)
def test_a_stored_cell(attributes, text, value, said):
    found = cells(row(cell(attributes, f"<text:p>{text}</text:p>")))["A1"]
    assert (found.value, type(found.value)) == (value, type(value))
    flags = {"error": found.error, "date": found.date_format, "percent": found.percent_format}
    assert flags == {name: name == said for name in flags}


@pytest.mark.parametrize(
    ("xml", "literal"),
    [
        ("<text:p>một</text:p><text:p>hai</text:p>", "một\nhai"),
        ("<text:p>một<text:line-break/>hai<text:tab/>ba</text:p>", "một\nhai\tba"),
        ("<text:p>  a\n   b <text:s text:c='2'/>c<text:s/> d</text:p>", "a b   c  d"),
        ("<text:p><text:s/> a</text:p>", "  a"),
        ("<text:p><text:span>a<text:span>b</text:span></text:span><text:a xlink:href='https://a.vn'>c</text:a></text:p>", "abc"),
        ("<text:p>a<text:ruby><text:ruby-base>b</text:ruby-base><text:ruby-text>x</text:ruby-text></text:ruby></text:p>", "ab"),
        ("<office:annotation><dc:creator>Ai</dc:creator><text:p>ghi</text:p></office:annotation><text:p>a</text:p>", "a"),
        ("<draw:frame><draw:text-box><text:p>hộp</text:p></draw:text-box></draw:frame><text:p>a</text:p>", "a"),
        ("<text:p>a<draw:frame><draw:image/></draw:frame>b</text:p>", "ab"),
        ("<table:detective><table:operation/></table:detective><text:p>a</text:p>", "a"),
        ("<text:p>a</text:p><text:p/>", "a\n"),
        (f"<text:p>a<text:s text:c='{10**30}'/>b</text:p>", "a" + " " * 32768 + "b"),
    ],
)  # fmt: skip
def test_the_text_of_a_cell(xml, literal):
    assert cells(row(cell(STRING, xml)))["A1"].literal == literal


@pytest.mark.parametrize("xml", ["", "<text:p/>", "<text:p> </text:p>", "<office:annotation/>"])
def test_an_empty_cell_is_not_kept(xml):
    assert cells(row(cell("", xml), cell(STRING, xml))) == {}


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("of:=[.A1]*2", "A1*2"),
        ("of:=SUM([.A1:.B2];[$'Tính'.$K$2:.$K$54])", "SUM(A1:B2,'Tính'!$K$2:$K$54)"),
        ("of:=[$Tính.$K$2]", "Tính!$K$2"),
        ("of:='Tính'![.$K$2]", "'Tính'!$K$2"),
        ('of:=IF([.A1]=";";"[.B1]";1)', 'IF(A1=";","[.B1]",1)'),
        ("of:=[.A1]*{1;2|3;4}", "A1*{1,2;3,4}"),
        ("of:=[$'a.b]c'.B2]", "'a.b]c'!B2"),
        ("oooc:=[.A1]", "A1"),
        ("=[.A1]", "A1"),
        ("msoxl:=[1]Sheet1!A1", "[1]Sheet1!A1"),
        ("of:=[.#REF!]", "#REF!"),
    ],
)
def test_formulas_are_written_as_excel_does(formula, text):
    found = cells(row(cell(f'table:formula="{formula.replace(chr(34), "&quot;")}" {FLOAT} office:value="4"')))["A1"]
    assert (found.formula, found.value) == (text, Decimal(4))


def test_a_formula_that_shows_nothing_and_one_never_calculated():
    found = cells(row(cell(f'table:formula="of:=1" {STRING}', "<text:p/>"), cell('table:formula="of:=1"')))
    assert [(c.value, c.formula, c.blank_result) for c in found.values()] == [(None, "1", True)] * 2


def test_all_cells_of_a_matrix_formula_are_results():
    spans = 'table:number-matrix-rows-spanned="2" table:number-matrix-columns-spanned="2"'
    number = cell(f'{FLOAT} office:value="2"')
    first = cell(f'table:formula="of:=[.D1:.E2]" {spans} {FLOAT} office:value="1"')
    found = cells(row(first, number, number) + row(number, number, number))
    assert {at for at, c in found.items() if c.formula is None} == {"C1", "C2"}


# ------------------------------------------------------------------ what is repeated

FIVE = cell(f'{FLOAT} office:value="5" table:number-columns-repeated="2"')


def test_what_is_repeated_stands_in_each_place():
    empty = cell('table:number-columns-repeated="3"')
    rows = row(empty, FIVE, more='table:number-rows-repeated="2"') + row(empty, more='table:number-rows-repeated="5"')
    found = cells(rows + row(cell("", "", "covered-table-cell"), cell(STRING, "<text:p>cuối</text:p>")))
    assert {a: str(c.value) for a, c in found.items()} == {"D1": "5", "E1": "5", "D2": "5", "E2": "5", "B8": "cuối"}


def test_a_covered_cell_may_hold_something():
    assert list(cells(row(cell(), cell(STRING, "<text:p>che</text:p>", "covered-table-cell")))) == ["B1"]


@pytest.mark.parametrize("times", ["1048576", "99999999", "9" * 40])
def test_empty_cells_cost_nothing_however_often_they_are_repeated(times):
    empty = cell(f'table:number-columns-repeated="{times}"')
    started = time.process_time()
    assert cells(row(empty, more=f'table:number-rows-repeated="{times}"') * 50) == {}
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        (row(FIVE, more='table:number-rows-repeated="1048576"'), "40.000 ô"),
        (row(cell(f'{FLOAT} office:value="5" table:number-columns-repeated="{"9" * 40}"')), "quá nhiều cột"),
        (row(cell('table:number-columns-repeated="16384"'), FIVE), "quá nhiều cột"),
        (row(more='table:number-rows-repeated="1048576"') + row(FIVE), "quá nhiều dòng"),
        (row(FIVE, more='table:number-rows-repeated="1000"') * 151, "40.000 ô"),
        (row(cell('table:number-columns-spanned="2"'), more='table:number-rows-repeated="5001"'), "ô gộp"),
        (table(""), "lồng trong trang tính"),
        (row(FIVE, row(FIVE)), "lồng trong dòng"),
        (row(FIVE) + FIVE, "không nằm trong dòng"),
    ],
)
def test_what_is_too_much_is_refused(rows, word):
    assert word in why(parts(table(rows)))


@pytest.mark.parametrize("times", ["0", "-3", "x", "", "²"])
def test_a_number_of_times_that_is_none_counts_once(times):
    assert list(cells(row(cell(f'{FLOAT} office:value="5" table:number-columns-repeated="{times}"')))) == ["A1"]


# ------------------------------------------------------------------ around the cells


def test_what_stands_around_the_cells():
    styles = (
        '<office:master-styles><style:master-page style:name="Trang"><style:footer><text:p>MÃ-1</text:p><text:p>Trang '
        "<text:page-number>7</text:page-number></text:p></style:footer></style:master-page></office:master-styles>"
    )
    names = (
        '<table:named-expressions><table:named-range table:name="Ô" table:cell-range-address="$\'Một\'.$A$1"/>'
        '<table:named-expression table:name="HẰNG" table:expression="&quot;MÃ-1&quot;"/></table:named-expressions>'
    )
    local = (
        '<table:named-expressions><table:named-range table:name="Ô" table:cell-range-address="$B.$B$2"/>'
        '<table:named-range table:name="RIÊNG" table:cell-range-address="$B.$B$3"/></table:named-expressions>'
    )
    merged = cell('table:number-columns-spanned="3" table:number-rows-spanned="2"', "<text:p>gộp</text:p>")
    one = table(row(merged), 'table:name="Một" table:protected="true"')
    two = table(row(more='table:visibility="collapse"') + local, 'table:name="Hai" table:style-name="ẩn"')
    content = parts(
        one + two, after=names, styles=styles, meta='<meta:user-defined meta:name="Mã">MÃ-1</meta:user-defined>'
    )
    found = read(content)
    first, second = found.sheets
    assert (first.name, first.hidden, first.protected, first.merges) == ("Một", False, True, ((0, 0, 1, 2),))
    assert (second.name, second.hidden, second.protected, second.unseen) == ("Hai", True, False, True)
    assert (first.header_footer, second.header_footer) == ("", "MÃ-1\nTrang")
    assert found.names == {"Ô": "'Một'!$A$1", "HẰNG": '"MÃ-1"', "RIÊNG": "B!$B$3"}
    assert (found.properties, found.macro, found.external) == ({"Mã": "MÃ-1"}, False, False)


def test_a_sheet_that_is_passed_over_has_no_cells():
    picture = "<draw:frame><draw:image xlink:href='https://a.vn/x.png'/></draw:frame>"
    content = parts(table(row(FIVE, cell("", picture)), 'table:name="Nháp"') + table(row(FIVE)))
    found = read(content, lambda name, hidden: name == "Nháp")
    assert [(s.name, len(s.cells)) for s in found.sheets] == [("Nháp", 0), ("Trang", 2)]
    assert (found.beside, found.external) == ((), True)


@pytest.mark.parametrize(
    ("xml", "kind", "text"),
    [
        ("<office:annotation><dc:creator>Ai</dc:creator><text:p>một</text:p><text:p>hai</text:p></office:annotation>",
         beside.COMMENT, "một\nhai"),
        ("<draw:frame><draw:image xlink:href='Pictures/a.png'><text:p/></draw:image></draw:frame>", beside.PICTURE, ""),
        ("<draw:frame><draw:object draw:notify-on-update-of-ranges='A1:A3' xlink:href='./Object 1'/><draw:image/></draw:frame>",
         beside.CHART, ""),
        ("<draw:frame><draw:object xlink:href='./Object 1'/></draw:frame>", beside.OBJECT, ""),
        ("<draw:custom-shape><text:p>hộp <text:span>chữ</text:span></text:p></draw:custom-shape>", beside.SHAPE, "hộp chữ"),
        ("<draw:a xlink:href='https://a.vn'><draw:rect/></draw:a>", beside.SHAPE, ""),
    ],
)  # fmt: skip
def test_what_stands_beside_the_cells(xml, kind, text):
    found = book(
        row(more='table:number-rows-repeated="2"') + row(cell('table:number-columns-repeated="2"'), cell("", xml))
    )
    assert found.beside == (Beside("Trang", (2, 2), kind, text),)
    assert not found.external
    page = read(parts(table(row(FIVE), before=f"<table:shapes>{xml}</table:shapes>")))
    assert page.beside == (Beside("Trang", None, kind, text),)


@pytest.mark.parametrize(
    "xml",
    [
        "<text:p><text:a xlink:href='file:///D:/a.xlsx'>a</text:a></text:p>",
        "<draw:frame><draw:image xlink:href='https://a.vn/a.png'/></draw:frame>",
        r"<draw:frame><draw:image xlink:href='\\may\a.png'/></draw:frame>",
        "<draw:frame><draw:object xlink:href='../a.ods'/></draw:frame>",
        "<table:cell-range-source xlink:href='a.ods'/>",
    ],
)
def test_what_points_outside(xml):
    assert book(row(cell("", xml))).external


def test_links_of_sheets_and_formulas_point_outside():
    assert book("<table:table-source xlink:href='../a.ods'/>" + row(FIVE)).external
    assert book(row(cell("table:formula=\"of:=['file:///D:/a.ods'#$B.A1]\""))).external
    assert read(parts(table(row(FIVE)), after="<table:dde-links><table:dde-link/></table:dde-links>")).external
    assert not book(row(cell("", "<text:p><text:a xlink:href='#B.A1'>a</text:a></text:p>"))).external


def test_what_is_kept_of_another_file_is_no_sheet():
    source = "<table:table-source xlink:href='../b.ods' table:table-name='B' table:mode='copy-results-only'/>"
    kept = table(source + row(FIVE), 'table:name="\'file:///D:/b.ods\'#$B" table:style-name="ta_extref"')
    dde = (
        "<table:dde-links><table:dde-link><office:dde-source/>"
        + table(row(FIVE), "")
        + "</table:dde-link></table:dde-links>"
    )
    for content in (parts(table(row(FIVE)) + kept), parts(dde + table(row(FIVE))), parts(table(row(FIVE)), after=dde)):
        found = read(content)
        assert [(s.name, len(s.cells)) for s in found.sheets] == [("Trang", 2)]
        assert found.external


@pytest.mark.parametrize("part", ["Basic/Standard/Module1.xml", "Scripts/python/a.py"])
def test_macros_are_noticed(part):
    assert book(row(FIVE), **{part: "<a/>"}).macro
    assert not book(row(FIVE), **{"Configurations2/accelerator/current.xml": "<a/>"}).macro


# ------------------------------------------------------------------ files that are not taken

DOCTYPE = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e "x">]><a/>'
GOOD = parts(table(row(FIVE)))


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"content.xml": None}, "thiếu nội dung"),
        ({"content.xml": "<a>"}, "bị hỏng"),
        ({"content.xml": "<a/>"}, "không có trang tính"),
        ({"content.xml": parts(table("") * 101)["content.xml"]}, "quá nhiều trang"),
        ({"content.xml": DOCTYPE}, "DOCTYPE"),
        ({"styles.xml": DOCTYPE}, "DOCTYPE"),
        ({"meta.xml": DOCTYPE}, "DOCTYPE"),
        ({"settings.xml": DOCTYPE}, "DOCTYPE"),
        ({"META-INF/manifest.xml": DOCTYPE}, "DOCTYPE"),
        ({"Object 1/content.xml": DOCTYPE}, "DOCTYPE"),
        ({"content.xml": "<a>" * 300 + "</a>" * 300}, "quá sâu"),
        ({"META-INF/manifest.xml": "<a><b:encryption-data xmlns:b='x'/></a>"}, "mật khẩu"),
        ({"../a.xml": "<a/>"}, "không an toàn"),
        ({"Pictures/a": b"\0" * (4 << 20)}, "giải nén ra tới"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_file_that_is_not_taken(changes, word):
    assert word in why({name: body for name, body in {**GOOD, **changes}.items() if body is not None})


def test_other_content_is_no_ods():
    assert "không phải tệp .ods" in why(b"nothing")


@pytest.mark.parametrize("part", ["styles.xml", "meta.xml", "settings.xml", "Object 1/content.xml"])
def test_a_damaged_part_that_holds_no_figure_spoils_none(part):
    assert len(read({**GOOD, part: "<a><b>"}).sheets[0].cells) == 2


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="<>/=\"'& ptabcel:-5.", max_size=60))
def test_any_xml_gives_a_workbook_or_an_error(body):
    try:
        cells(row(cell(f'{FLOAT} office:value="5"', body)))
    except WorkbookError as error:
        assert str(error)


# ------------------------------------------------------------------ calamine as the second opinion


def by_calamine(content):
    """Sheet -> place -> value, as calamine sees it: texts without spaces, of which it loses some; days as their number;
    errors and empty cells not at all."""
    from python_calamine import CalamineWorkbook

    def plain(value):
        value = clean_lines(value) if isinstance(value, str) else value
        if isinstance(value, bool) or not isinstance(value, int | float | date | timedelta):
            return "".join(value.split()) if isinstance(value, str) else value
        if isinstance(value, datetime):
            value = (value - datetime(1899, 12, 30)) / timedelta(days=1)
        elif isinstance(value, date):
            value = (value - date(1899, 12, 30)).days
        elif isinstance(value, timedelta):
            value = value / timedelta(days=1)
        return float(f"{float(value):.15g}")

    read_by = CalamineWorkbook.from_object(io.BytesIO(content))
    found = {}
    for name in read_by.sheet_names:
        lines = read_by.get_sheet_by_name(name).to_python(skip_empty_area=False)
        placed = {(r, c): plain(v) for r, line in enumerate(lines) for c, v in enumerate(line)}
        found[name] = {place: value for place, value in placed.items() if value != ""}
    return found


def as_calamine(book):
    return {
        s.name: {
            place: float(c.value)
            if isinstance(c.value, Decimal)
            else "".join(c.value.split())
            if isinstance(c.value, str)
            else c.value
            for place, c in s.cells.items()
            if c.value is not None and not c.error
        }
        for s in book.sheets
    }


@needs_libreoffice
def test_calamine_sees_the_same_in_a_file_saved_by_libreoffice(tmp_path):
    source = tmp_path / "a.xlsx"
    source.write_bytes(by_xlsxwriter())
    content = convert(source, "ods", tmp_path).read_bytes()
    assert as_calamine(workbook.read_any(content, "ods", "a.ods")) == by_calamine(content)
