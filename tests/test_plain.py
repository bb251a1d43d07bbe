"""The stroke and the walk: sheets and texts taken by a regular expression are what walking through the XML gives."""

import io
import random
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
import sheets
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from office import convert, needs_libreoffice

from lsindicators import forms, layout, workbook
from lsindicators.workbook import WorkbookError, cells, plain

ROOT = Path(__file__).parents[1]


def outcome(content):
    """The workbook, or why there is none."""
    try:
        return workbook.read(content, "tệp.xlsx")
    except WorkbookError as error:
        return type(error).__name__, str(error)


def both(content, monkeypatch):
    """What the stroke gives where it can, and what the walk alone gives."""
    one = outcome(content)
    with monkeypatch.context() as patch:
        patch.setattr(plain, "rows", lambda part: None)
        patch.setattr(plain, "items", lambda part: None)
        return one, outcome(content)


def strokes(content):
    """Of each sheet and of the shared texts, whether they are taken at one stroke."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {
            name: (plain.items if "sharedStrings" in name else plain.rows)(package.read(name)) is not None
            for name in package.namelist()
            if re.fullmatch(r"xl/(worksheets/[^/]*|sharedStrings)\.xml", name)
        }


def resaved(content):
    """A workbook as openpyxl writes it."""
    stream = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(content)).save(stream)
    return stream.getvalue()


TYPED = {"F12": "12", "G13": "Không phát sinh", "I12": "a < b & “c”\nd", "F14": "= 1+1 -> 2", "H15": "_x0041_"}


@pytest.fixture
def form(plan, key):
    form = layout.form(plan, "so-khcn")
    return forms.write(plan, form, layout.stamp(key, form))


# ------------------------------------------------------------------ real files


def test_our_own_forms_are_taken_at_one_stroke(plan, key, form, monkeypatch):
    assert set(strokes(form).values()) == {True}
    typed = sheets.form(plan, "so-khcn", key, TYPED)
    assert set(strokes(typed).values()) == {True}
    for content in (form, typed):
        one, other = both(content, monkeypatch)
        assert one == other and not isinstance(one, tuple)


def test_forms_saved_by_openpyxl_are_taken_at_one_stroke(form, monkeypatch):
    content = resaved(form)
    assert set(strokes(content).values()) == {True}
    one, other = both(content, monkeypatch)
    assert one == other and len(one.sheets[0].cells) > 50


@needs_libreoffice
def test_forms_saved_by_libreoffice_are_taken_at_one_stroke(form, tmp_path, monkeypatch):
    (tmp_path / "bieu.xlsx").write_bytes(form)
    content = convert(tmp_path / "bieu.xlsx", "xlsx", tmp_path).read_bytes()
    assert set(strokes(content).values()) == {True}
    one, other = both(content, monkeypatch)
    assert one == other and len(one.sheets[0].cells) > 50


@pytest.mark.parametrize(
    "path",
    [*sorted((ROOT / "examples").rglob("*.xlsx")), *sorted((ROOT / "templates").rglob("*.xlsx"))],
    ids=lambda p: p.name,
)
def test_files_that_are_shipped(path, monkeypatch):
    one, other = both(path.read_bytes(), monkeypatch)
    assert one == other and not isinstance(one, tuple)
    one, other = both(resaved(path.read_bytes()), monkeypatch)
    assert one == other and not isinstance(one, tuple)


# ------------------------------------------------------------------ shapes, plain and odd

CELLS = [
    '<c r="A1"><f t="array" ref="A1:B2">C1:D2</f><v>1</v></c><c r="B1"><v>2</v></c><c r="C1"><v>3</v></c>',
    '<c r="A1"><f ref="A1:B2" dt2D="1" t="dataTable" r1="D1"/><v>1</v></c><c r="B1" t="s"><v>0</v></c>',
    '<c r="A1"><f t="array" ref="A1">C1</f><v>1</v></c>',
    '<c r="A1"><f t="array" ref="nichts">C1</f><v>1</v></c>',
    '<c r="A1"><f t="shared" ref="A1:B1" si="0">C1</f><v>1</v></c><c r="B1"><f t="shared" si="0"/><v>2</v></c>',
    '<c r="A1"><v>5</v></c>',
    '<c r="B1" s="1"><v>46113</v></c>',
    '<c r="C1" s="2" t="n"><v>0.5</v></c>',
    '<c r="D1" t="s"><v>0</v></c>',
    '<c r="E1" s="2" t="s"><v>1</v></c>',
    '<c r="F1" t="s"><v> 2 </v></c>',
    '<c r="F1" t="s"><v>99</v></c>',
    '<c r="F1" t="s"><v>&#49;</v></c>',
    '<c r="F1" t="s"><v>&amp;#49;</v></c>',
    '<c r="F1" t="s"><v></v></c>',
    '<c r="G1" t="s"><f>A1</f><v>1</v></c>',
    '<c r="H1" t="str"><f>A1&amp;"x"</f><v>5x</v></c>',
    '<c r="H1" t="str"><f>A1&amp;"x"</f><v></v></c>',
    '<c r="I1"><f t="shared" ref="I1:I9" si="0">A1*2</f><v>10</v></c>',
    '<c r="I2"><f t="shared" si="0"/><v>10</v></c>',
    '<c r="I2"><f aca="a>b">A1</f><v /></c>',
    '<c r="J1" t="b"><v>1</v></c>',
    '<c r="K1" t="e"><v>#REF!</v></c>',
    '<c r="K1" t="d"><v>2026-04-01</v></c>',
    '<c r="K1" t="thế"><v>1</v></c>',
    '<c r="L1" t="inlineStr"><is><t xml:space="preserve"> chữ &lt; &#x1EEF; </t></is></c>',
    '<c r="L1" t="inlineStr"><is><t></t></is></c>',
    '<c r="L1" t="inlineStr"><is><t/></is></c>',
    '<c r="L1" t="inlineStr"><is><r><t>a</t></r><rPh><t>b</t></rPh></is></c>',
    '<c r="M1" t="str"><v>a_x000D_&#10;b\n\tc</v></c>',
    '<c r="M1" t="str"><v>dòng\r\nhai</v></c>',
    '<c r="M1" t="str"><v>&#13;&#13;</v></c>',
    '<c r="M1" t="str"><v>]]</v></c>',
    '<c r="M1" t="str"><v>]]></v></c>',
    '<c r="M1" t="str"><v><![CDATA[<c r="Z9"><v>1</v></c>]]></v></c>',
    '<c r="M1" t="str"><v>a<!-- b -->c</v></c>',
    '<c r="N1"><v>5</v><f>A1</f></c>',
    '<c s="1" r="N1"><v>5</v></c>',
    '<c r="N1" cm="1"><v>5</v></c>',
    "<c r='N1'><v>5</v></c>",
    '<c r="N1" ><v>5</v></c>',
    '<c r="N1"><v>5</v></c >',
    '<c r="N1">\n<v>5</v>\n</c>',
    '<c r="N1"><v xml:space="preserve"> 5</v></c>',
    '<c r="N1" r="O1"><v>5</v></c>',
    '<c r="n1"><v>5</v></c>',
    '<c r="A0"><v>5</v></c>',
    '<c r="XFE1"><v>5</v></c>',
    '<c r="XFD1048576"><v>5</v></c>',
    '<c r="A1048577"><v>5</v></c>',
    '<c r="A9999999"><v>5</v></c>',
    '<c r="A1"><v>6</v></c>',
    '<c r="O1" s="3"/>',
    '<c r="O1" a="/>x"/>',
    '<c r="O1" a="/><v>5</v>"/>',
    '<c r="O1" s="3" />',
    '<c r="O1"></c>',
    "<c/>",
    "<c><v>7</v></c>",
    '<x:c xmlns:x="u" r="P1"><x:v>5</x:v></x:c>',
    '<c r="P1"><v>5</v><extLst><ext><v>6</v></ext></extLst></c>',
    '<c r="P1"><v>&e;</v></c>',
    '<c r="P1"><v>&#0;</v></c>',
    '<c r="P1"><v>&#x110000;</v></c>',
    '<c r="P1"><v>\x01</v></c>',
    '<c r="P1"><v>\ufffe</v></c>',
    '<c r="P1" t="str"><v>thâ\u0301t 😀</v></c>',
    '<c r="P1"><v>5</v>',
    "<!-- <c r=\"Q1\"><v>1</v></c> -->",
    "<?pi <c r=\"Q1\"><v>1</v></c> ?>",
    "chữ",
]  # fmt: skip

ROWS = [
    '<row r="1">{}</row>',
    '<row r="1" spans="1:10" ht="21" customHeight="1">{}</row>',
    '<row r="1" customFormat="false" ht="15.8" hidden="false" customHeight="true" outlineLevel="0">{}</row>',
    '<row r="1" hidden="0">{}</row>',
    '<row r="1" hidden="1">{}</row>',
    '<row r="1" hidden="true">{}</row>',
    '<row r="1" a="x hidden=" hidden="1">{}</row>',
    "<row r=\"1\" a=' hidden=\"1\"'>{}</row>",
    "<row r=\"1\" hidden='1'>{}</row>",
    '<row r="1" x:hidden="1">{}</row>',
    '<row r="1" a=">">{}</row>',
    '<row r="7"/><row r="1">{}</row>',
    "<row>{}</row>",
    '<row r="3">{}</row>',
    '<row r="1"><row r="1">{}</row></row>',
    '<row r="1">{}</row>\n',
    '<x:row xmlns:x="u" r="1">{}</x:row>',
    "{}",
]  # fmt: skip

AROUND = [
    f'{sheets.HEAD}<worksheet xmlns="{sheets.MAIN}"><sheetData>{{}}</sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells></worksheet>',
    "<worksheet><sheetData>{}</sheetData></worksheet>",
    "<worksheet><sheetData >{}</sheetData></worksheet>",
    '<worksheet><cols><col min="1" hidden="1"/></cols><sheetData>{}</sheetData><sheetProtection sheet="1"/></worksheet>',
    "<worksheet><!-- <sheetData> --><sheetData>{}</sheetData></worksheet>",
    "<worksheet><!-- <sheetData>{}</sheetData> --></worksheet>",
    "<worksheet><a><![CDATA[<sheetData>{}</sheetData>]]></a></worksheet>",
    "<worksheet><a><sheetData>{}</sheetData></a></worksheet>",
    "<worksheet><sheetData><c r='Z9'><v>9</v><sheetData>{}</sheetData></c></sheetData></worksheet>",
    "<worksheet><sheetData/><sheetData>{}</sheetData></worksheet>",
    '<worksheet><sheetData>{}</sheetData><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>',
    "<worksheet><sheetData>{}</sheetData><oddHeader>&amp;Lchữ</oddHeader></worksheet>",
    "<worksheet><sheetData>{}</sheetData><oddHeader>#</oddHeader><oddFooter>&amp;Ra]]&gt;b</oddFooter></worksheet>",
    "<worksheet><sheetData>{}</sheetData><oddFooter/><oddFooter a='1'>#</oddFooter><evenFooter>chân</evenFooter></worksheet>",
    '<worksheet><sheetData>{}</sheetData><oddFooter a="1">#</oddFooter><mergeCell>#</mergeCell><oddFooter>chân</oddFooter></worksheet>',
    "<worksheet><sheetData>{}</sheetData><oddFooter>a ]]> b</oddFooter></worksheet>",
    "<worksheet><sheetData>{}</sheetData><oddFooter>a & b</oddFooter></worksheet>",
    "<worksheet><sheetData>{}</sheetData><oddFooter>a\x01b</oddFooter></worksheet>",
    "<worksheet><sheetData>{}</sheetData><oddFooter>a\rb</oddFooter></worksheet>",
    "<worksheet><sheetData>{}</sheetData><oddFooter>#</evenFooter></worksheet>",
    "<worksheet><sheetData>{}</sheetData><oddFooter>một</oddFooter><oddFooter>hai<b/></oddFooter></worksheet>",
    "<worksheet><sheetData>{}</worksheet>",
    "<worksheet><sheetData>{}</sheetData>",
    "<worksheet><sheetData>{}</sheetData></worksheet><a/>",
    '<?xml version="1.0" encoding="ISO-8859-1"?><worksheet><sheetData>{}</sheetData></worksheet>',
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e "5">]><worksheet><sheetData>{}</sheetData></worksheet>',
    "\ufeff<worksheet><sheetData>{}</sheetData></worksheet>",
    "<worksheet>" + "<a>" * 250 + "</a>" * 250 + "<sheetData>{}</sheetData></worksheet>",
    "<worksheet><a b='/>'><sheetData>{}</sheetData></a></worksheet>",
    '<worksheet><a b="/>"><sheetData>{}</sheetData></a></worksheet>',
    '<worksheet><a b="&lt;a>"><sheetData>{}</sheetData></a></worksheet>',
    '<worksheet>chữ<sheetData>{}</sheetData></worksheet>',
    '<worksheet><a></b><sheetData>{}</sheetData></worksheet>',
    '<worksheet><sheetData>{}</sheetData><x:mergeCell xmlns:x="u" ref="A1:B2"/><mergeCell ref="C3:D4">e</mergeCell></worksheet>',
    '<worksheet><sheetData>{}</sheetData><mergeCell ref="A1&#58;B2"/></worksheet>',
    "<worksheet><sheetData>{}</sheetData><mergeCell ref='A1:B2'/></worksheet>",
    '<worksheet><sheetData>{}</sheetData><a b="x>" c="mergeCell "/><mergeCell b="/>" ref="A1:B2" /></worksheet>',
    '<worksheet><sheetData>{}</sheetData><mergeCell ref="A1:B2" ref="A1:B3"/></worksheet>',
    '<worksheet><sheetData>{}</sheetData><mergeCells><mergeCell ref="A1"/><mergeCell/><mergeCell ref="B2:A1"/></mergeCells></worksheet>',
    '<worksheet><sheetData>{}</sheetData><!-- <mergeCell ref="A1:B2"/> --></worksheet>',
    '<worksheet><sheetData>{}</sheetData><a><![CDATA[<mergeCell ref="A1:B2"/>]]></a></worksheet>',
    '<worksheet><sheetData>{}</sheetData><oddFooter>&amp;C a<b/>c</oddFooter><oddHeader>a<c/>b</oddHeader><evenHeader>a > b /></evenHeader><evenFooter/><firstFooter>x\ny&#10;z</firstFooter></worksheet>',
    "<worksheet><sheetData>{}</sheetData><oddFooter>&e;</oddFooter></worksheet>",
    "<worksheet><sheetData>{}</sheetData><oddFooter>&#x11000000;</oddFooter></worksheet>",
    '<worksheet><sheetData>{}</sheetData><oddFooter>a > b /></oddFooter></worksheet>',
    '<worksheet><sheetData>{}</sheetData><sheetProtection sheet="true"/><sheetProtection sheet="0"/></worksheet>',
    '<worksheet><sheetData>{}</sheetData><sheetProtection\nsheet="1"/></worksheet>',
    '<worksheet><cols><col min="1" hidden="&#49;"/></cols><sheetData>{}</sheetData></worksheet>',
    '<worksheet><cols><col\thidden="1"/></cols><sheetData>{}</sheetData></worksheet>',
    "<x:worksheet xmlns:x='u'><x:sheetData>{}</x:sheetData></x:worksheet>",
]  # fmt: skip

ITEMS = [
    "<si><t>một</t></si>",
    '<si><t xml:space="preserve"> hai &amp; ba </t></si>',
    "<si><t>_x0041_&#10;b</t></si>",
    "<si><r><t>ch</t></r><r><rPr><b/><sz val=\"9\"/></rPr><t>ữ</t></r></si>",
    "<si><r><rPr><t/></rPr><t>a</t></r></si>",
    "<si><r><t>a</t></r><rPh><t>x</t></rPh></si>",
    "<si><t>a</t><phoneticPr/></si>",
    "<si><t/></si>",
    "<si></si>",
    "<si/>",
    "<si>\n<t>a</t></si>",
    "<si><t>a\r\nb</t></si>",
    "<si><t>a<!-- b -->c</t></si>",
    "<si><t><![CDATA[</si><si>]]></t></si>",
    "<si><t>&e;</t></si>",
    "<si><x:t>a</x:t></si>",
    "<si><t>a</si>",
    "<si><t>a & b</t></si>",
    "<si><t>a\x01b</t></si>",
    "<si><t>a ]]> b</t></si>",
    "<si><t>a\uffffb</t></si>",
    "<si><r><rPr><sz a=\"1\" a=\"2\"/></rPr><t>a</t></r></si>",
    "<!-- <si><t>a</t></si> -->",
]  # fmt: skip


def whole(sheet, texts):
    """A workbook of one sheet and shared texts."""
    parts = sheets.parts({"Trang": "x"})
    relations = parts["xl/_rels/workbook.xml.rels"].replace(
        "</Relationships>",
        f'<Relationship Id="rId9" Type="{sheets.RELATIONS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    )
    told = {"xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": texts, "xl/_rels/workbook.xml.rels": relations}
    return sheets.zipped({**parts, **told}, method=zipfile.ZIP_STORED)


SST = f'{sheets.HEAD}<sst xmlns="{sheets.MAIN}" count="3" uniqueCount="3">{{}}</sst>'


@pytest.mark.parametrize("cell", CELLS)
def test_each_shape_of_a_cell(cell, monkeypatch):
    before, after = '<c r="A1"><v>1</v></c>', '<c r="B2" t="s"><v>0</v></c>'
    texts = SST.format("".join(ITEMS[:4]))
    for body in (f'<row r="1">{cell}</row>', f'<row r="1">{before}{cell}</row><row r="2">{after}<c><v>8</v></c></row>'):
        one, other = both(whole(AROUND[0].format(body), texts), monkeypatch)
        assert one == other


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("around", AROUND)
def test_each_shape_of_a_row_and_of_a_sheet(around, row, monkeypatch):
    one, other = both(whole(around.format(row.format("".join(CELLS[:4]))), SST.format("".join(ITEMS[:4]))), monkeypatch)
    assert one == other


@pytest.mark.parametrize("item", ITEMS)
@pytest.mark.parametrize(
    "table", [SST, "<sst>{}</sst>", "<sst>\n{}</sst>", "<x:sst xmlns:x='u'>{}</x:sst>", "<sst>{}", "<sst/>"]
)
def test_each_shape_of_a_shared_text(table, item, monkeypatch):
    sheet = AROUND[0].format('<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>')
    for items in (item, ITEMS[0] + item, item + ITEMS[0]):
        one, other = both(whole(sheet, table.replace("{}", items)), monkeypatch)
        assert one == other


def test_what_is_plain_is_taken_at_one_stroke():
    """Else the tests above would hold the walk to itself."""
    plainly = [plain.rows(AROUND[0].format(f'<row r="1">{cell}</row>').encode()) is not None for cell in CELLS]
    assert sum(plainly) > 25
    assert sum(plain.written(item.removesuffix("</si>")) is not None for item in ITEMS if "&e;" not in item) >= 5


def proven(body):
    found = plain.rows(AROUND[0].format(body).encode())
    assert found is not None
    return len(found.unproven) == 2


@pytest.mark.parametrize(
    ("body", "sound"),
    [
        ('<row r="1"><c r="A1"><v>1</v></c></row><row r="2"/><row r="3"><c r="A3" s="1"/></row>', True),
        ('<row r="1"><c r="A1" t="str"><f>A2&amp;"&lt;"</f><v>a &gt; b</v></c></row>', True),
        ('<row r="1"><c r="A1" t="str"><v>a&#10;b</v></c></row>', False),
        ('<row r="1"><c r="A1" t="str"><v>a & b</v></c></row>', False),
        ('<row r="1"><c r="A1" t="str"><v>a&amp b</v></c></row>', False),
        ('<row r="1"><c r="A1" t="str"><v>a ]]> b</v></c></row>', False),
        ('<row r="1"><c r="A1" t="str"><v>a\x01b</v></c></row>', False),
        ('<row r="1"><c r="A1" t="str"><v>a\uffffb</v></c></row>', False),
        ('<row r="1" ht="1" ht="2"><c r="A1"><v>1</v></c></row>', False),
        ('<row r="1"><c r="A1"><f t="a" t="b">1</f><v>1</v></c></row>', False),
        ('<row r="1"><c r="A1"><v>1</v></c></row></row>', False),
        ('<row r="1"><row r="2"><c r="A1"><v>1</v></c></row></row>', False),
        ('<row r="1"><c r="A1"><v>1</v></c>', False),
        ('</row><row r="1"><c r="A1"><v>1</v></c>', False),
    ],
)
def test_rows_are_proven_only_where_they_are_well_formed(body, sound, monkeypatch):
    assert proven(body) is sound
    one, other = both(whole(AROUND[0].format(body), SST.format(ITEMS[0])), monkeypatch)
    assert one == other


def test_rows_of_our_own_forms_are_proven(form):
    with zipfile.ZipFile(io.BytesIO(form)) as package:
        assert all(len(plain.rows(package.read(f"xl/worksheets/sheet{n}.xml")).unproven) == 2 for n in range(1, 5))


def test_what_stands_behind_the_rows_is_gone_through_once_for_all_stamps(form):
    with zipfile.ZipFile(io.BytesIO(form)) as package:
        part = package.read("xl/worksheets/sheet1.xml")
    other = part.replace(b"LSI1-", b"LSI1-X", 1)
    assert other != part
    one, two = plain.rows(part), plain.rows(other)
    assert one.unproven == two.unproven
    assert [a.text for a in one.around] != [a.text for a in two.around]


def test_a_hidden_column_is_noticed_both_ways(monkeypatch):
    one, other = both(whole(AROUND[3].format(ROWS[0].format(CELLS[0])), SST.format(ITEMS[0])), monkeypatch)
    assert one.sheets[0].unseen and other.sheets[0].unseen


def test_what_follows_the_rows_of_a_small_sheet_may_be_nested_as_deep_as_it_likes(monkeypatch):
    """Nothing of it is walked through."""
    deep = "<worksheet><sheetData>{}</sheetData>" + "<a>" * 20_000 + "</a>" * 20_000 + "</worksheet>"
    one, other = both(whole(deep.format(ROWS[0].format(CELLS[0])), SST.format(ITEMS[0])), monkeypatch)
    assert one.sheets[0].cells and "quá sâu" in other[1]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    around=st.sampled_from(AROUND[:6]),
    rows=st.lists(st.tuples(st.sampled_from(ROWS), st.lists(st.sampled_from(CELLS), max_size=6)), max_size=4),
    items=st.lists(st.sampled_from(ITEMS), max_size=4),
)
def test_shapes_together(around, rows, items, monkeypatch):
    body = "".join(row.replace("{}", "".join(inside)) for row, inside in rows)
    one, other = both(whole(around.replace("{}", body), SST.replace("{}", "".join(items))), monkeypatch)
    assert one == other


@pytest.mark.parametrize("seed", range(60))
def test_damage(seed, plan, key, form, monkeypatch):
    """Characters of the XML changed, dropped and doubled."""
    chance = random.Random(seed)
    with zipfile.ZipFile(io.BytesIO(form)) as package:
        parts = {name: bytearray(package.read(name)) for name in package.namelist()}
    names = ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"]
    for _ in range(chance.randint(1, 3)):
        part = parts[chance.choice(names[:2] if seed % 3 else names)]
        at = chance.randrange(len(part))
        match chance.randrange(4):
            case 0:
                part[at] = chance.choice(b'<>/"=&; abr1\xc3\x00')
            case 1:
                del part[at : at + chance.randint(1, 30)]
            case 2:
                part[at:at] = part[at : at + chance.randint(1, 60)]
            case _:
                part[at:at] = chance.choice(
                    [b"<!--", b"-->", b"<c/>", b"\r", b"&amp;", b'<c r="A1"><v>3</v></c>', b"</row>"]
                )
    one, other = both(sheets.zipped({name: bytes(part) for name, part in parts.items()}), monkeypatch)
    assert one == other


# ------------------------------------------------------------------ what is kept from file to file


def test_what_is_kept_is_bounded():
    kept = (cells._kept_string, cells._kept_cell, cells._kept_formats, cells._odd_styles)
    assert all(0 < k.cache_info().maxsize <= 8192 for k in kept)


def test_nothing_of_one_file_shows_in_the_next():
    """The same numbers of styles and texts mean other things in another file."""
    days = sheets.STYLES.replace('numFmtId="10"', 'numFmtId="14"')
    sheet = AROUND[0].format('<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="2"><v>5</v></c></row>')
    for style, text, day in ((sheets.STYLES, "một", False), (days, "hai", True), (sheets.STYLES, "ba", False)):
        with zipfile.ZipFile(io.BytesIO(whole(sheet, SST.format(f"<si><t>{text}</t></si>")))) as package:
            parts = {name: package.read(name) for name in package.namelist()}
        found = workbook.read(sheets.zipped({**parts, "xl/styles.xml": style}), "").sheets[0].cells
        assert (found[0, 0].value, found[0, 1].date_format) == (text, day)
