"""The raw workbook reader: every stored shape of a cell, damaged and hostile containers, openpyxl as second opinion."""

import io
import random
import zipfile
import zlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from xml.parsers import expat

import pytest
import sheets
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from office import convert, needs_libreoffice

from lsindicators import layout, workbook
from lsindicators.workbook import DAMAGED, Cell, WorkbookError, container
from lsindicators.workbook.cells import number as read_number

GOOD = sheets.parts({"Trang": "a | 5"})


def cells(content):
    """A1 address -> value of the first sheet."""
    sheet = workbook.read(content, "tệp.xlsx").sheets[0]
    return {layout.address(*place): cell for place, cell in sheet.cells.items()}


def raw(body, **more):
    """The cells of a sheet with the XML ``body`` inside its sheetData."""
    parts = sheets.parts({"Trang": sheets.sheet_xml(body)})
    return cells(sheets.zipped({**parts, **more}))


def why(content):
    """The reason that the reader gives, which is never anything but a WorkbookError."""
    with pytest.raises(WorkbookError) as caught:
        workbook.read(content, "tệp.xlsx")
    assert caught.value.file == "tệp.xlsx"
    return str(caught.value)


# ------------------------------------------------------------------ one cell


@pytest.mark.parametrize(
    ("xml", "value"),
    [
        ('<c r="A1"><v>5</v></c>', Decimal(5)),
        ('<c r="A1" t="n"><v> 5.50 </v></c>', Decimal("5.5")),
        ('<c r="A1"><v>-0</v></c>', Decimal(0)),
        ('<c r="A1"><v>1E3</v></c>', Decimal(1000)),
        ('<c r="A1"><v>1.5E-3</v></c>', Decimal("0.0015")),
        ('<c r="A1"><v>12.300000000000001</v></c>', Decimal("12.3")),
        ('<c r="A1"><v>0.30000000000000004</v></c>', Decimal("0.3")),
        ('<c r="A1"><v>27500000.499999996</v></c>', Decimal("27500000.5")),
        ('<c r="A1"><v>123456789012345</v></c>', Decimal(123456789012345)),
        ('<c r="A1"><v>1,5</v></c>', "1,5"),
        ('<c r="A1"><v>abc</v></c>', "abc"),
        ('<c r="A1"><v>NaN</v></c>', "NaN"),
        ('<c r="A1"><v>Infinity</v></c>', "Infinity"),
        ('<c r="A1"><v>1_000</v></c>', "1_000"),
        ('<c r="A1"><v>１２</v></c>', "１２"),
        ('<c r="A1"><v>1E999</v></c>', "1E999"),
        ('<c r="A1"><v>1E999999999</v></c>', "1E999999999"),
        ('<c r="A1" t="b"><v>1</v></c>', True),
        ('<c r="A1" t="b"><v>true</v></c>', True),
        ('<c r="A1" t="b"><v>0</v></c>', False),
        ('<c r="A1" t="b"><v>2</v></c>', DAMAGED),
        ('<c r="A1" t="e"><v>#REF!</v></c>', "#REF!"),
        ('<c r="A1" t="str"><v>chữ</v></c>', "chữ"),
        ('<c r="A1" t="inlineStr"><is><t>chữ</t></is></c>', "chữ"),
        ('<c r="A1" t="inlineStr"><is><r><t>ch</t></r><rPh><t>x</t></rPh><r><t>ữ</t></r></is></c>', "chữ"),
        ('<c r="A1" t="inlineStr"><v>chữ</v></c>', "chữ"),
        ('<c r="A1" t="str"><v>a_x000D_&#10;b_x005F_x0041_</v></c>', "a\nb_x0041_"),
        ('<c r="A1" t="str"><v> Tha\u0302\u0301t\u00a0 Khê\u200b </v></c>', "Thất Khê"),
        ('<c r="A1" t="str"><v>=1+1</v></c>', "=1+1"),
        ('<c r="A1" t="s"><v>0</v></c>', DAMAGED),
        ('<c r="A1" t="s"><v>-1</v></c>', DAMAGED),
        ('<c r="A1" t="s"><v>x</v></c>', DAMAGED),
        ('<c r="A1" t="thế nào"><v>5</v></c>', DAMAGED),
        ('<c r="A1" t="d"><v>2026-04-01</v></c>', Decimal(46113)),
        ('<c r="A1" t="d"><v>2026-04-01T12:00:00</v></c>', Decimal("46113.5")),
        ('<c r="A1" t="d"><v>hôm nay</v></c>', DAMAGED),
        ('<c r="a1"><v>5</v></c>', Decimal(5)),
        ('<x:c xmlns:x="u" r="A1"><x:v>5</x:v></x:c>', Decimal(5)),
        ('<c r="A1" s="99"><v>5</v></c>', Decimal(5)),
        ('<c r="A1" s="-1"><v>5</v></c>', Decimal(5)),
    ],
)
def test_a_stored_cell(xml, value):
    found = raw(f'<row r="1">{xml}</row>')["A1"]
    assert (found.value, type(found.value)) == (value, type(value))
    assert found.error == (value in (DAMAGED, "#REF!"))


@pytest.mark.parametrize(
    "xml",
    [
        '<c r="A1"/>',
        '<c r="A1" s="1"/>',
        '<c r="A1"><v></v></c>',
        '<c r="A1"><v> </v></c>',
        '<c r="A1" t="str"><v></v></c>',
        '<c r="A1" t="s"><v></v></c>',
        '<c r="A1" t="inlineStr"><is><t> </t></is></c>',
        '<c r="A0"><v>5</v></c>',
        '<c r="XFE1"><v>5</v></c>',
        '<c r="A1048577"><v>5</v></c>',
        '<c r="1A"><v>5</v></c>',
        '<c r=""><v>5</v></c>',
        '<c r="A99999999999"><v>5</v></c>',
    ],
)
def test_an_empty_cell_or_one_outside_every_sheet_is_not_kept(xml):
    assert raw(f'<row r="1">{xml}</row>') == {}


def test_formulas_keep_text_and_stored_result():
    found = raw(
        '<row r="1"><c r="A1"><f>B1*2</f><v>4</v></c><c r="B1"><f>1/0</f></c>'
        '<c r="C1" t="str"><f>"a"&amp;"b"</f><v>ab</v></c><c r="D1" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
        '<c r="E1"><f t="shared" ref="E1:F1" si="0">A1+1</f><v>5</v></c><c r="F1"><f t="shared" si="0"/><v>6</v></c></row>'
    )
    assert {a: (c.formula, c.value, c.error) for a, c in found.items()} == {
        "A1": ("B1*2", Decimal(4), False),
        "B1": ("1/0", None, False),
        "C1": ('"a"&"b"', "ab", False),
        "D1": ("1/0", "#DIV/0!", True),
        "E1": ("A1+1", Decimal(5), False),
        "F1": ("", Decimal(6), False),
    }


def test_cells_and_rows_without_a_reference_follow_each_other():
    found = raw(
        "<row><c><v>1</v></c><c/><c><v>3</v></c></row>"
        '<row><c r="E2"><v>4</v></c><c><v>5</v></c></row>'
        '<row r="9"><c><v>6</v></c></row><row><c><v>7</v></c></row>'
    )
    assert {a: int(c.value) for a, c in found.items()} == {"A1": 1, "C1": 3, "E2": 4, "F2": 5, "A9": 6, "A10": 7}


def test_a_cell_counts_where_its_own_reference_says():
    found = raw(
        '<row r="2"><c r="A12"><v>1</v></c></row><row r="3"><c r="A13"><v>2</v></c><c r="A3"><v>3</v></c></row>'
        '<row r="12"><c r="AB12"><v>4</v></c><c r="A12"><v>1</v></c></row><row r="13"><c r="AB13"><v>5</v></c></row>'
    )
    assert {a: int(c.value) for a, c in found.items()} == {"A12": 1, "A13": 2, "A3": 3, "AB12": 4, "AB13": 5}


def test_a_cell_that_stands_twice_with_different_values_is_damaged():
    found = raw(
        '<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c><c r="B1"><v>3</v></c><c r="B1"><v>3</v></c></row>'
    )
    assert (found["A1"].value, found["A1"].error, found["B1"].value) == (DAMAGED, True, Decimal(3))


def test_a_far_cell_is_one_cell():
    assert list(raw('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')) == ["XFD1048576"]


def test_shared_strings_join_runs_and_skip_phonetic_ones():
    strings = (
        f'{sheets.HEAD}<sst xmlns="{sheets.MAIN}"><si><t>một</t></si><si><r><t xml:space="preserve">ha </t></r>'
        "<r><t>i</t></r><rPh><t>x</t></rPh></si><si/></sst>"
    )
    parts = sheets.parts(
        {
            "Trang": sheets.sheet_xml(
                '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c>'
                '<c r="D1" t="s"><v>3</v></c></row>'
            )
        }
    )
    relations = parts["xl/_rels/workbook.xml.rels"].replace(
        "</Relationships>",
        f'<Relationship Id="rId9" Type="{sheets.RELATIONS}/sharedStrings" Target="/xl/texts.xml"/></Relationships>',
    )
    found = cells(sheets.zipped({**parts, "xl/texts.xml": strings, "xl/_rels/workbook.xml.rels": relations}))
    assert {a: c.value for a, c in found.items()} == {"A1": "một", "B1": "ha i", "D1": DAMAGED}
    assert found["B1"].literal == "ha i"


@pytest.mark.parametrize(
    ("code", "shows"),
    [
        ("General", ""),
        ("#,##0", ""),
        ("#,##0.##", ""),
        ("@", ""),
        ('#,##0 "đồng"', ""),
        ('0 "ngày"', ""),
        ("[Red]-0", ""),
        ("0\\d", ""),
        ("_-* #,##0_d", ""),
        ("[$-42A]General", ""),
        ("dd/mm/yyyy", "date"),
        ("[$-42A]d mmmm yyyy", "date"),
        ("h:mm", "date"),
        ("[h]:mm:ss", "date"),
        ("[hh]", "date"),
        ("yyyy", "date"),
        ('"Ngày" dd', "date"),
        ("0%", "percent"),
        ("0.0%;[Red]-0.0%", "percent"),
        ('0"%"', ""),
    ],
)
def test_what_a_number_format_shows(code, shows):
    styles = sheets.STYLES.replace("dd/mm/yyyy", code.replace('"', "&quot;"))
    found = raw('<row r="1"><c r="A1" s="1"><v>5</v></c></row>', **{"xl/styles.xml": styles})["A1"]
    assert (found.date_format, found.percent_format) == (shows == "date", shows == "percent")


@pytest.mark.parametrize(
    ("number", "shows"), [(0, ""), (4, ""), (14, "date"), (22, "date"), (9, "percent"), (47, "date")]
)
def test_what_a_builtin_number_format_shows(number, shows):
    styles = sheets.STYLES.replace('numFmtId="10"', f'numFmtId="{number}"')
    found = raw('<row r="1"><c r="A1" s="2"><v>5</v></c></row>', **{"xl/styles.xml": styles})["A1"]
    assert (found.date_format, found.percent_format) == (shows == "date", shows == "percent")


# ------------------------------------------------------------------ around the cells


@pytest.mark.parametrize(
    ("counts_from", "day"), [("", 44651), ('<workbookPr date1904="0"/>', 44651), ('<workbookPr date1904="1"/>', 46113)]
)
def test_a_day_has_one_number_whatever_the_workbook_counts_from(counts_from, day):
    book = GOOD["xl/workbook.xml"].replace("<sheets>", f"{counts_from}<sheets>")
    styles = '<styleSheet><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'
    body = '<row r="1"><c r="A1" s="1"><v>44651</v></c><c r="B1"><v>44651</v></c><c r="C1" t="d"><v>2026-04-01</v></c></row>'
    found = raw(body, **{"xl/workbook.xml": book, "xl/styles.xml": styles})
    assert [found[at].value for at in ("A1", "B1", "C1")] == [day, 44651, 46113]


def test_what_stands_around_the_cells():
    content = sheets.workbook(
        {
            "Một": sheets.sheet(
                "a", merges=("A1:B2", "C3"), protected=True, footer='&L&"Arial,Bold"&8MÃ-1&RTrang &P/&N'
            ),
            "Hai": "b",
        },
        hidden=("Hai",),
        names={"HẰNG": '"MÃ-1"', "Ô": "'Một'!$A$1"},
        properties={"Mã": "MÃ-1"},
    )
    book = workbook.read(content, "tệp.xlsx")
    one, two = book.sheets
    assert (one.name, one.hidden, one.merges, one.protected) == ("Một", False, ((0, 0, 1, 1),), True)
    assert "MÃ-1" in one.header_footer and "Arial" not in one.header_footer and "&" not in one.header_footer
    assert (two.name, two.hidden, two.merges, two.protected) == ("Hai", True, (), False)
    assert book.names == {"HẰNG": '"MÃ-1"', "Ô": "'Một'!$A$1"}
    assert book.properties == {"Mã": "MÃ-1"}
    assert (book.macro, book.external) == (False, False)


def test_a_name_of_the_whole_workbook_counts_before_one_of_a_sheet():
    book = GOOD["xl/workbook.xml"].replace(
        "</sheets>",
        "</sheets><definedNames><definedName name='X'>1</definedName><definedName name='X' localSheetId='0'>2</definedName>"
        "<definedName name='Y' localSheetId='0'>3</definedName></definedNames>",
    )
    assert workbook.read(sheets.zipped({**GOOD, "xl/workbook.xml": book}), "").names == {"X": "1", "Y": "3"}


@pytest.mark.parametrize(("flag", "kept"), [("1", True), ("true", True), ("0", False), ("false", False)])
def test_protection_needs_its_flag(flag, kept):
    xml = sheets.sheet_xml("", f'<sheetProtection password="83AF" sheet="{flag}"/>')
    assert workbook.read(sheets.workbook({"Trang": xml}), "").sheets[0].protected is kept


def test_prefixed_names_and_strict_namespaces_are_read():
    parts = sheets.parts({"Trang": "5"})
    strict = {
        name: text.replace(sheets.MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main").replace(
            sheets.RELATIONS, "http://purl.oclc.org/ooxml/officeDocument/relationships"
        )
        for name, text in parts.items()
    }
    assert cells(sheets.zipped(strict))["A1"].value == 5


def test_macros_are_noticed_by_part_or_by_type():
    parts = sheets.parts({"Trang": "5"})
    assert workbook.read(sheets.zipped({**parts, "xl/vbaProject.bin": "x"}), "").macro
    typed = parts["[Content_Types].xml"].replace(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    assert workbook.read(sheets.zipped({**parts, "[Content_Types].xml": typed}), "").macro


@pytest.mark.parametrize(
    ("kind", "target", "external"),
    [
        ("hyperlink", "https://langson.gov.vn", False),
        ("hyperlink", "mailto:a@langson.gov.vn", False),
        ("hyperlink", r"\\maychu\chung\a.xlsx", True),
        ("hyperlink", "file:///C:/a.xlsx", True),
        ("image", "https://example.org/a.png", True),
        ("externalLinkPath", "a.xlsx", True),
    ],
)
def test_what_points_outside(kind, target, external):
    relation = (
        f'{sheets.HEAD}<Relationships xmlns="{sheets.PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{sheets.RELATIONS}/{kind}" Target="{target}" TargetMode="External"/></Relationships>'
    )
    parts = {**sheets.parts({"Trang": "5"}), "xl/worksheets/_rels/sheet1.xml.rels": relation}
    assert workbook.read(sheets.zipped(parts), "").external is external


@pytest.mark.parametrize("part", ["xl/externalLinks/externalLink1.xml", "xl/connections.xml"])
def test_links_and_connections_point_outside(part):
    assert workbook.read(sheets.zipped({**sheets.parts({"Trang": "5"}), part: "<a/>"}), "").external


@pytest.mark.parametrize(
    "part", ["xl/styles.xml", "docProps/custom.xml", "xl/drawings/drawing1.xml", "xl/theme/theme1.xml"]
)
def test_a_damaged_part_that_holds_no_figure_spoils_none(part):
    content = sheets.zipped({**sheets.parts({"Trang": "5"}), part: "<a><b>"})
    assert cells(content)["A1"].value == 5


# ------------------------------------------------------------------ containers that are not taken

DOCTYPE = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e "x">]>'


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"[Content_Types].xml": None}, "không phải sổ tính"),
        ({"_rels/.rels": None}, "không phải sổ tính"),
        ({"xl/workbook.xml": None}, "không phải sổ tính"),
        ({"xl/worksheets/sheet1.xml": None}, "thiếu nội dung"),
        ({"xl/_rels/workbook.xml.rels": None}, "thiếu nội dung"),
        ({"xl/workbook.xml": "<workbook/>"}, "không có trang tính"),
        ({"xl/workbook.xml": "<workbook>"}, "bị hỏng"),
        ({"xl/worksheets/sheet1.xml": "<worksheet><sheetData>"}, "bị hỏng"),
        ({"xl/worksheets/sheet1.xml": ""}, "bị hỏng"),
        ({"xl/worksheets/sheet1.xml": "<a>" * 300 + "</a>" * 300}, "quá sâu"),
        ({"xl/worksheets/sheet1.xml": f"{DOCTYPE}<worksheet/>"}, "DOCTYPE"),
        ({"xl/workbook.xml": f"{DOCTYPE}<workbook/>"}, "DOCTYPE"),
        ({"xl/styles.xml": f"{DOCTYPE}<styleSheet/>"}, "DOCTYPE"),
        ({"docProps/core.xml": f"{DOCTYPE}<a/>"}, "DOCTYPE"),
        ({"docProps/core.xml": f"{DOCTYPE}<a/>".encode("utf-16")}, "DOCTYPE"),
        ({"../xl/theme.xml": "<a/>"}, "không an toàn"),
        ({"/xl/theme.xml": "<a/>"}, "không an toàn"),
        ({"C:/theme.xml": "<a/>"}, "không an toàn"),
        ({"xl\\..\\..\\theme.xml": "<a/>"}, "không an toàn"),
        ({"XL/WORKBOOK.XML": "<a/>"}, "trùng tên"),
        ({f"xl/media/{i}": "" for i in range(300)}, "phần bên trong"),
        ({"xl/media/a": b"\0" * (4 << 20)}, "giải nén ra tới"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_container_that_is_not_taken(changes, word):
    content = sheets.zipped({name: body for name, body in {**GOOD, **changes}.items() if body is not None})
    assert word in why(content)


def test_other_content_is_no_workbook():
    assert "không phải tệp .xlsx" in why(b"")
    assert "không phải tệp .xlsx" in why(b"TT,Ma so lieu\n")
    assert "hỏng" in why(b"PK\x03\x04" + b"x" * 100)


def test_two_main_workbooks_are_refused():
    types = GOOD["[Content_Types].xml"].replace("/xl/workbook.xml", "/xl/other.xml")
    assert "hai sổ tính" in why(sheets.zipped({**GOOD, "[Content_Types].xml": types}))


def test_a_word_document_is_no_workbook():
    types = GOOD["[Content_Types].xml"].replace("spreadsheetml.sheet.main", "wordprocessingml.document.main")
    assert "không phải sổ tính" in why(sheets.zipped({**GOOD, "[Content_Types].xml": types}))


def test_two_sheets_over_one_part_are_refused():
    parts = sheets.parts({"Một": "a", "Hai": "b"})
    relations = parts["xl/_rels/workbook.xml.rels"].replace("sheet2.xml", "sheet1.xml")
    assert "dùng chung" in why(sheets.zipped({**parts, "xl/_rels/workbook.xml.rels": relations}))


def deflated(content, **more):
    """A zip file's entry that holds ``content`` packed as ``more`` has it, and its bytes."""
    packing = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packing.compress(content) + packing.flush(more.pop("flush", zlib.Z_FINISH))
    entry = zipfile.ZipInfo("xl/styles.xml")
    facts = {"CRC": zlib.crc32(content), "file_size": len(content), "compress_size": len(packed), **more}
    for name, value in {**facts, "compress_type": zipfile.ZIP_DEFLATED, "header_offset": 0}.items():
        setattr(entry, name, value)
    return entry.FileHeader() + packed, entry


@pytest.mark.parametrize("size", [20 << 20, 50 << 20])
def test_a_size_in_the_directory_is_not_believed(size):
    """Where the directory promises 10 bytes and the data holds 50 MB, little is unpacked before it is refused."""
    pieces = []
    with pytest.raises(zipfile.BadZipFile):
        pieces.extend(workbook.unpack(*deflated(b"\0" * size, file_size=10)))
    assert sum(map(len, pieces)) <= 10


@pytest.mark.parametrize("size", [0, 1, 1 << 16, 1 << 19, (1 << 19) + 1])
@pytest.mark.parametrize("flush", [zlib.Z_FINISH, zlib.Z_SYNC_FLUSH])
def test_what_is_packed_comes_out_whole_also_where_the_packing_was_not_ended(size, flush):
    content = random.Random(1).randbytes(min(size, 1000)) * (size // 1000 + 1)
    assert b"".join(workbook.unpack(*deflated(content[:size], flush=flush))) == content[:size]
    for wrong in ({"CRC": 1}, {"file_size": size + 1}):
        with pytest.raises(zipfile.BadZipFile):
            list(workbook.unpack(*deflated(content[:size], flush=flush, **wrong)))


def test_a_changed_byte_is_noticed_by_the_checksum():
    content = sheets.zipped(GOOD, method=zipfile.ZIP_STORED)
    assert "bị hỏng" in why(content.replace(b"<v>5</v>", b"<v>6</v>"))


def test_overlapping_entries_are_refused():
    content = bytearray(sheets.zipped(GOOD))
    directory = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", directory + 4)
    content[second + 42 : second + 46] = content[directory + 42 : directory + 46]
    assert "chồng" in why(bytes(content))


def test_a_password_on_the_container_is_told():
    content = bytearray(sheets.zipped(GOOD))
    directory = content.index(b"PK\x01\x02")
    content[directory + 8] |= 1
    assert "mật khẩu" in why(bytes(content))


def test_too_many_merges_and_cells_are_refused():
    many = "".join(f'<mergeCell ref="A{i}:B{i}"/>' for i in range(1, 5002))
    assert "ô gộp" in why(sheets.workbook({"Trang": sheets.sheet_xml("", f"<mergeCells>{many}</mergeCells>")}))
    crowd = "".join(f'<row r="{r}">' + "<c><v>1</v></c>" * 6000 + "</row>" for r in range(1, 52))
    assert "40.000 ô" in why(sheets.zipped(sheets.parts({"Trang": sheets.sheet_xml(crowd)}), method=zipfile.ZIP_STORED))


def test_many_formatted_empty_rows_are_no_content():
    body = "".join(f'<row r="{r}" s="{r % 3}" customFormat="1"><c r="A{r}" s="1"/></row>' for r in range(1, 50_001))
    assert raw(f'{body}<row r="50001"><c r="A50001"><v>1</v></c></row>') == {"A50001": Cell(Decimal(1), "1")}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_damage_gives_a_workbook_or_an_error(data):
    content = bytearray(
        sheets.zipped(GOOD, method=data.draw(st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])))
    )
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    content = content[: data.draw(st.integers(len(content) // 2, len(content)))]
    try:
        workbook.read(bytes(content), "tệp.xlsx")
    except WorkbookError as error:
        assert str(error)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet='<>/="& rcvfstn5A1!?-[]', max_size=60))
def test_any_sheet_xml_gives_a_workbook_or_an_error(body):
    try:
        raw(f'<row r="1"><c r="A1">{body}</c></row>')
    except WorkbookError as error:
        assert str(error)


# ------------------------------------------------------------------ openpyxl as the second opinion

SAMPLE = [
    ["Số liệu", 5, 12.5, -0.25, 1e15, 0.1 + 0.2],
    ["  đầu và cuối ", "1.234,5", "=1+1 là chữ", True, False, "dòng\nhai"],
    [date(2026, 4, 1), datetime(2026, 4, 1, 6), "a & b < c", "_x_", "ệ", 100000000000000000000.0],
]


def by_xlsxwriter():
    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("Số liệu")
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for r, line in enumerate(SAMPLE):
        for c, value in enumerate(line):
            if isinstance(value, date):
                sheet.write_datetime(r, c, value, day)
            else:
                sheet.write(r, c, value)
    sheet.write_rich_string(5, 0, "a", book.add_format({"bold": True}), "b ", "c")
    sheet.write_formula(5, 1, "=B1*2", None, 10)
    sheet.write_formula(5, 2, "=1/0", None, "#DIV/0!")
    sheet.write_blank(6, 0, None, day)
    sheet.merge_range("A9:B10", "gộp")
    book.close()
    return stream.getvalue()


def by_openpyxl():
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    for line in SAMPLE:
        sheet.append(line)
    sheet["C2"].data_type = "s"
    sheet["A6"] = "=B1*2"
    sheet.merge_cells("A9:B10")
    sheet["A9"] = "gộp"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def agrees_with_openpyxl(content):
    """Every cell that openpyxl sees with content is seen the same here, and no other."""
    import openpyxl

    from lsindicators.values import clean_lines

    stored = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    formulas = openpyxl.load_workbook(io.BytesIO(content))
    book = workbook.read(content, "tệp.xlsx")
    assert [s.name for s in book.sheets] == stored.sheetnames
    for sheet in book.sheets:
        seen = {}
        for line in stored[sheet.name].iter_rows():
            for cell in line:
                formula = formulas[sheet.name][cell.coordinate]
                is_formula = formula.data_type == "f"
                value = cell.value
                if isinstance(value, datetime):
                    value = (value.replace(tzinfo=UTC) - datetime(1899, 12, 30, tzinfo=UTC)) / timedelta(days=1)
                if isinstance(value, str):
                    value = clean_lines(value) or None
                if value is not None or is_formula:
                    seen[cell.row - 1, cell.column - 1] = (value, is_formula, cell.data_type == "e", cell.is_date)
        mine = {
            place: (
                float(f"{c.value:.15g}") if isinstance(c.value, Decimal) else c.value,
                c.formula is not None,
                c.error,
                c.date_format and isinstance(c.value, Decimal),
            )
            for place, c in sheet.cells.items()
        }
        theirs = {
            place: (float(f"{v:.15g}") if isinstance(v, int | float) and not isinstance(v, bool) else v, *rest)
            for place, (v, *rest) in seen.items()
        }
        assert mine == theirs
        ranges = {(r.min_row - 1, r.min_col - 1, r.max_row - 1, r.max_col - 1) for r in stored[sheet.name].merged_cells}
        assert set(sheet.merges) == ranges


@pytest.mark.parametrize("make", [by_xlsxwriter, by_openpyxl])
def test_openpyxl_sees_the_same(make):
    agrees_with_openpyxl(make())


@needs_libreoffice
def test_openpyxl_sees_the_same_in_a_file_saved_by_libreoffice(tmp_path):
    source = tmp_path / "a.xlsx"
    source.write_bytes(by_xlsxwriter())
    agrees_with_openpyxl(convert(source, "xlsx", tmp_path).read_bytes())


@pytest.mark.parametrize(("literal", "number"), [("9E+307", Decimal("9E+307")), ("5E+308", None), ("1E-400", None)])
def test_a_number_that_excel_cannot_hold_is_none(literal, number):
    assert read_number(literal) == number


def test_the_digits_that_excel_does_not_show_are_rounded_as_it_does():
    assert read_number("41560898473120.25") == Decimal("41560898473120.3")
    assert read_number("-0.30000000000000004") == Decimal("-0.3")


BLANK = '<row r="{0}" s="1" customFormat="1" hidden="{1}"><c r="A{0}" s="1"/></row>'


@pytest.mark.parametrize("hidden", ["0", "1"])
def test_a_multitude_of_formatted_rows_is_passed_over_and_what_stands_among_them_is_read(hidden):
    blank = "".join(BLANK.format(i, hidden) for i in range(3, 200_000))
    body = f'<row r="2"><c r="A2"><v>1</v></c></row>{blank}<row r="1000001"><c><v>2</v></c></row>'
    (sheet,) = workbook.read(sheets.workbook({"Trang": sheets.sheet_xml(body)}), "").sheets
    assert {at: c.value for at, c in sheet.cells.items()} == {(1, 0): 1, (1_000_000, 0): 2}
    assert sheet.unseen == (hidden == "1")


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([BLANK.format(7, 0), '<row r="8"/>', '<row r="9">', "</row>", "<!-- <row r=", "<v/>"])))
def test_nothing_but_closed_rows_without_content_is_passed_over(pieces):
    """What is left reads as the whole does."""
    body = "".join(pieces)

    def read(chunks):
        parser, seen = expat.ParserCreate(), []
        parser.StartElementHandler = lambda tag, _: seen.append(tag) if tag not in ("row", "c") else None
        try:
            parser.Parse(b"<a>", False)
            for chunk in chunks:
                parser.Parse(chunk, False)
            parser.Parse(b"</a>", True)
        except expat.ExpatError:
            return None
        return seen

    whole = read([body.encode()])
    assert whole is None or read(container.without_blank_rows([body.encode()])) == whole


def test_more_than_a_workbook_holds_is_told_as_a_size():
    rows = "".join(f'<row  r="{i}"/>' for i in range(1, container.ROWS + 2))
    with pytest.raises(workbook.TooLargeError, match=r"100\.000 dòng"):
        workbook.read(sheets.workbook({"Trang": sheets.sheet_xml(rows)}), "")


# ------------------------------------------------------------------ formulas that fill a range


def test_further_cells_of_a_formula_that_fills_a_range_were_not_typed():
    rows = (
        '<row r="12"><c r="F12"><f t="array" ref="F12:F13">{5;6}</f><v>5</v></c></row>'
        '<row r="13"><c r="F13"><v>6</v></c><c r="G13"><v>7</v></c></row>'
    )
    sheet = f'{sheets.HEAD}<worksheet xmlns="{sheets.MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    content = sheets.zipped({**sheets.parts({"Trang": "x"}), "xl/worksheets/sheet1.xml": sheet})
    found = workbook.read(content, "tệp.xlsx").sheets[0].cells
    assert [found[place].formula for place in ((11, 5), (12, 5), (12, 6))] == ["{5;6}", "", None]
