"""Rows that go straight into the package: each kind of cell as xlsxwriter itself writes it."""

import io
import re
import zipfile
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lsindicators.exports import stream
from lsindicators.exports.stream import Link, Pen, Row, StreamedSheet, StreamedWorkbook

TEXTS = [
    "Sở Khoa học và Công nghệ", "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " hai đầu ", "dòng\nmới", "a&b<c>\"d'", "_x000D_",
    "\x01\x1f", "http://x.vn", "mailto:a@x.vn", "<r>", "]]>", "\ufffe", "00123", "TRUE",
]  # fmt: skip
NUMBERS = [0.0, -2.5, 1 / 3, 1.2345678901234568e27, 1e-9, 46054.0, 0.1 + 0.2]
FORMULAS = [("SUM(A1:B2)", 3.5), ('IF(A1<2,"Chưa có & ""số""",A1)', "Chưa có số liệu"), ("A1&B1", ""), ("A1", "x<y")]


def ours(rows, look, links=()):
    """The package of one sheet with these rows; ``look`` is the properties of the format of all cells."""
    book = StreamedWorkbook()
    sheet = book.add_worksheet("Trang", StreamedSheet)
    xf = book.add_format(look)._get_xf_index()
    cells = {
        str: lambda value: book.pen.text(value, xf),
        float: lambda value: stream.number(value, xf),
        tuple: lambda value: stream.formula(*value, xf),
        type(None): lambda value: stream.blank(xf),
    }
    made = [Row(n, {i: cells[type(value)](value) for i, value in enumerate(row)}) for n, row in enumerate(rows)]
    sheet.rows = lambda: made
    sheet.reaches(0, 0)
    sheet.reaches(len(rows) - 1, max(map(len, rows)) - 1)
    sheet.links.extend(links)
    return packed(book)


def packed(book):
    into = io.BytesIO()
    book.pack(into)
    return into.getvalue()


def theirs(rows, look):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Trang")
    form = book.add_format(look)
    for n, row in enumerate(rows):
        for i, value in enumerate(row):
            match value:
                case str():
                    sheet.write_string(n, i, value, form)
                case float():
                    sheet.write_number(n, i, value, form)
                case None:
                    sheet.write_blank(n, i, None, form)
                case text, result:
                    sheet.write_formula(n, i, f"={text}", form, result)
    book.close()
    return out.getvalue()


def parts(content):
    """The parts of a package; the spans of rows are a hint that we leave out."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert package.testzip() is None
        found = {name: package.read(name).decode() for name in package.namelist() if "core.xml" not in name}
    return {name: re.sub(' spans="[^"]*"', "", xml) for name, xml in found.items()}


def test_every_part_is_what_xlsxwriter_writes():
    rows = [[*TEXTS], [*NUMBERS], [*FORMULAS], [None, "Sở", 1.0, None, "Sở"]]
    look = {"bold": True, "num_format": "#,##0.00", "border": 1}
    assert parts(ours(rows, look)) == parts(theirs(rows, look))


@pytest.mark.parametrize("text", ["<r></r>", "<r><t>đỏ</t></r>", "<r>&</r>"])
def test_a_text_is_never_taken_for_markup(text):
    sheet = openpyxl.load_workbook(io.BytesIO(ours([[text]], {}))).active
    assert (sheet["A1"].value, sheet["A1"].data_type) == (text, "s")


PLAIN_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


@settings(deadline=None)
@given(st.lists(st.one_of(PLAIN_TEXTS, st.floats(-1e300, 1e300), st.none()), min_size=1, max_size=8))
def test_any_text_and_number_is_written_as_xlsxwriter_writes_it(row):
    assume(not any(isinstance(value, str) and value.startswith("<r>") for value in row))
    rows = [row, ["Sở"], row]
    assert parts(ours(rows, {})) == parts(theirs(rows, {}))


def test_equal_texts_are_written_once():
    pen = Pen()
    assert pen.text("Sở", 1) == pen.text("Sở", 1) != pen.text("Sở", 2) != pen.text("Xã", 1)
    assert (pen.uses, list(pen.texts)) == (4, ["Sở", "Xã"])


def test_rows_are_asked_for_only_when_the_package_is_written():
    book = StreamedWorkbook()
    sheet = book.add_worksheet("Trang", StreamedSheet)
    sheet.reaches(0, 0)
    asked = []

    def rows():
        for n in range(3):
            asked.append(n)
            yield Row(n, {0: stream.number(n, 0)}, height=30.0 if n else None, level=n)

    sheet.rows = rows
    assert not asked
    read = openpyxl.load_workbook(io.BytesIO(packed(book))).active
    assert [c.value for c in read["A"]] == asked == [0, 1, 2]
    assert [(read.row_dimensions[n].height, read.row_dimensions[n].outlineLevel) for n in (1, 2, 3)] == [
        (None, 0), (30, 1), (30, 2),
    ]  # fmt: skip


def test_links_to_one_file_share_a_relation():
    links = [
        Link(0, 0, "tra-ve/a%20b.xlsx", "'Số liệu'!F12"),
        Link(0, 1, "", "'Số & liệu'!A1"),
        Link(0, 2, "tra-ve/a%20b.xlsx", "'Số liệu'!F13"),
        Link(0, 3, "so-cai/goc/0f", ""),
    ]
    content = ours([["a", "b", "c", "d"]], {}, links)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert [(c.hyperlink.target, c.hyperlink.location) for c in sheet[1]] == [
        ("tra-ve/a%20b.xlsx", "'Số liệu'!F12"), (None, "'Số & liệu'!A1"), ("tra-ve/a%20b.xlsx", "'Số liệu'!F13"),
        ("so-cai/goc/0f", None),
    ]  # fmt: skip
    relations = parts(content)["xl/worksheets/_rels/sheet1.xml.rels"]
    assert relations.count("<Relationship ") == relations.count('TargetMode="External"') == 2


def test_decimals_keep_the_digits_that_excel_keeps():
    value = float(Decimal("1234567890.123456"))
    assert stream.number(value, 0).partition("<v>")[2].startswith("1234567890.123456<")
