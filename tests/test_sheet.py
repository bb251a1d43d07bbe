"""forms/sheet.py, package.py: every part of a workbook is as xlsxwriter writes it by itself, byte by byte."""

import gc
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from conftest import KEY
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from lsindicators import files, forms, layout, values
from lsindicators.findings import Code
from lsindicators.forms import alone, look, package, sheet
from lsindicators.forms.alike import Alike
from lsindicators.forms.formula import Formula
from lsindicators.forms.live import Live
from lsindicators.model import CellRef

OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
STYLES = (
    {"bold": True, "num_format": "#,##0", "bg_color": "#FFEE00"},
    {"italic": True, "font_size": 9.0, "border": 1, "text_wrap": True},
    {"locked": False},
)


class Plain(Worksheet):
    """Takes what our sheet takes, and leaves all else to xlsxwriter."""

    def put(self, row, column, value, style):
        if value is None or value == "":
            self.write_blank(row, column, None, style)
        elif isinstance(value, Decimal):
            self.write_number(row, column, value, style)
        else:
            self.write_string(row, column, values.unmarked(value), style)

    def formula(self, row, column, formula, style):
        result = formula.result
        if isinstance(result, Decimal):
            result = int(result) if result == result.to_integral_value() else float(result)
        self.write_formula(row, column, formula.text, style, result)

    def line(self, row, style, cells, results):
        for cell, shown in zip(cells, results, strict=True):
            if cell.formula:
                self.formula(row, cell.column, Formula(cell.formula, shown), style)
            else:
                self.put(row, cell.column, shown, style)

    def spread(self, row, first, last, value, style):
        self.merge_range(row, first, row, last, value or "", style)

    def set_widths(self, pixels, style):
        for column, width in enumerate((*pixels, None)):
            self.set_column_pixels(column, column, width, style)
        rest = self.dim_colmin, self.dim_colmax  # what stands in no cell does not count
        self.set_column(len(pixels), 16383, None, style)
        self.dim_colmin, self.dim_colmax = rest

    def guard(self, row, column, rule):
        self.data_validation(row, column, row, column, rule)

    def rich(self, row, column, first, second, small, style):
        self.write_rich_string(row, column, first, small, second, style)

    def _prepare_formula(self, formula, expand_future_functions=False):
        return formula.removeprefix("=")


class PlainBook(Workbook):
    _get_packager = package.Book._get_packager

    def parts(self):
        parts = package.Book.parts(self)
        return {**parts, package.STYLES: package.locked_explicitly(parts[package.STYLES].decode()).encode()}


def drawn(kind, sort, draw):
    """The parts of a workbook of ``kind`` with one sheet that ``draw`` fills."""
    book = kind(BytesIO(), dict(OPTIONS))
    book.set_properties({"created": datetime(2026, 1, 1)})
    page = book.add_worksheet("Trang", worksheet_class=sort)
    draw(page, [book.add_format(style) for style in (*STYLES, STYLES[0])])
    return dict(book.parts())


def alike(draw, monkeypatch):
    ours = drawn(package.Book, sheet.Sheet, draw)
    with monkeypatch.context() as patch:  # its own way with texts, too
        patch.delattr(package._Packager, "_write_shared_strings_file")
        patch.delattr(package._Packager, "_write_styles_file")
        patch.setattr(package._Packager, "_write_once", lambda self, name, write: write())
        assert ours == drawn(PlainBook, Plain, draw)


@pytest.fixture(scope="module")
def patcher():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=30).filter(
    lambda t: not t.startswith("<r>")
)
numbers = st.decimals(-(10**15), 10**15, allow_nan=False, allow_infinity=False)
formulas = st.builds(Formula, texts.map(lambda t: f"=A1&{t}x"), texts | numbers).filter(
    lambda f: not str(f.result).startswith("#") and not f.text.endswith("}")
)
cells = st.tuples(st.integers(0, 40), st.integers(0, 30), st.none() | texts | numbers | formulas, st.integers(0, 3))


@settings(max_examples=150, deadline=None)
@given(st.lists(cells, max_size=25), st.dictionaries(st.integers(0, 45), st.none() | st.floats(1, 400), max_size=4))
def test_any_cells_are_written_as_xlsxwriter_writes_them(patcher, given, heights):
    def draw(page, styles):
        for row, column, value, style in given:
            if isinstance(value, Formula):
                page.formula(row, column, value, styles[style])
            else:
                page.put(row, column, value, styles[style])
        for row, height in heights.items():
            page.set_row(row, height)

    alike(draw, patcher)


whole = formulas | numbers | texts.filter(bool) | formulas.map(lambda f: Formula(f.text, 7))


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.sampled_from("ABCDEFGHIJKLMNOPQRST"), whole, min_size=1), st.booleans())
def test_a_line_is_written_as_its_cells_are(patcher, given, again):
    letters = sorted(given)
    told = [(v.text, v.result) if isinstance(v, Formula) else ("", v) for v in map(given.get, letters)]
    cells = [sheet.Cell.of(letter, text) for letter, (text, _) in zip(letters, told, strict=True)]

    def draw(page, styles):
        page.put(0, 25, "trên", styles[1])
        for row in (3, *[17, 18] * again):
            page.line(row, styles[0], cells, [result for _, result in told])
        page.put(4, 2, "dưới", styles[1])

    alike(draw, patcher)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3)), max_size=8))
def test_styles_that_are_known_are_as_xlsxwriter_writes_them(patcher, used):
    def draw(page, styles):
        for n, (shown, style) in enumerate(used):
            if shown:
                page.put(n, 0, "x", styles[style])
            else:
                page.conditional_format(n, 0, n, 0, {"type": "formula", "criteria": "=A1", "format": styles[style]})

    alike(draw, patcher)


def test_what_is_no_plain_cell_is_written_as_xlsxwriter_writes_it(monkeypatch):
    def draw(page, styles):
        page.rich(0, 0, " Tên & <số>", "\nđếm _x0041_ \x07 ", styles[1], styles[0])
        page.rich(1, 0, "Tên", "\nkhác", styles[1], styles[0])
        page.spread(2, 0, 4, "Gộp", styles[1])
        page.spread(5, 0, 4, "", styles[2])
        page.spread(6, 2, 30, None, styles[2])
        page.write_url(7, 1, "internal:'Trang'!A1", styles[0], "A1")
        page.write_string(8, 0, "không có dạng")
        page.set_column(0, 3, 20, styles[2])
        rule = {"validate": "decimal", "criteria": "between", "minimum": "0", "maximum": "=B1", "input_title": "<x>"}
        for row in (9, 10, 10):
            page.data_validation(row, 0, row, 0, {**rule, "input_message": f"dòng {row}", "error_message": '"&"'})
        page.data_validation(9, 0, 9, 0, {**rule, "other_cells": [[12, 0, 13, 0]]})
        page.data_validation(14, 0, 14, 0, {"validate": "list", "source": ["Có", "Không"]})
        page.guard(15, 0, {"validate": "list", "source": ["Có", "Không"]})
        page.conditional_format(
            *(0, 0, 9, 0), {"type": "formula", "criteria": '=A1="<"', "format": styles[0], "stop_if_true": True}
        )

    alike(draw, monkeypatch)
    alike(draw, monkeypatch)  # and so again, when its pieces are known


@pytest.mark.parametrize("pixels", [(), (64,), (90, 90, 64, 20)])
def test_columns_are_written_as_xlsxwriter_writes_them(monkeypatch, pixels):
    def draw(page, styles):
        page.put(2, 1, "x", styles[0])
        page.set_widths(pixels, styles[1])

    alike(draw, monkeypatch)
    alike(draw, monkeypatch)  # and so again, when they are known


def test_what_a_workbook_consists_of_is_told_of_each():
    """Parts that are kept for workbooks with the same sheets are not taken for those of others."""

    def made(kind, sort, names, hidden, company, property_):
        book = kind(BytesIO(), dict(OPTIONS))
        book.set_properties({"created": datetime(2026, 1, 1), "company": company})
        if property_:
            book.set_custom_property("dấu", property_, "text")
        for name in names:
            page = book.add_worksheet(name, worksheet_class=sort)
            page.repeat_rows(0)
            page.put(0, 0, "x" if property_ else None, book.add_format(STYLES[0]))
            if hidden and name == names[-1]:
                page.very_hidden()
        return dict(book.parts())

    drawn_ = ("_write_shared_strings_file", "_write_styles_file")
    kept = ("_write_content_types_file", "_write_root_rels_file", "_write_workbook_rels_file", "_write_app_file")
    cases = [
        (names, hidden, company, property_)
        for names in (("Một",), ("Một", "Hai"), ("Hai", "Ba"))
        for hidden in (False, len(names) > 1)
        for company in ("Sở", "")
        for property_ in ("", "mã")
    ]
    ours = [made(package.Book, sheet.Sheet, *case) for case in cases * 2]
    with pytest.MonkeyPatch.context() as patch:
        for name in (*drawn_, *kept):
            patch.delattr(package._Packager, name)
        theirs = [made(PlainBook, Plain, *case) for case in cases * 2]
    assert ours == theirs


def test_an_empty_sheet(monkeypatch):
    alike(lambda page, styles: None, monkeypatch)
    alike(lambda page, styles: page.set_row(3, 40), monkeypatch)


# ------------------------------------------------------------------ the package


@settings(max_examples=50, deadline=None)
@given(st.lists(st.binary(max_size=40) | st.integers(0, package.SMALL * 2).map(lambda n: b"ab" * n), max_size=6))
def test_a_package_is_as_zipfile_writes_it(parts):
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as plain:
        for n, part in enumerate(parts):
            plain.writestr(files.entry(f"xl/{n}.xml", 1980), part)
    assert package.pack({f"xl/{n}.xml": part for n, part in enumerate(parts)}) == stream.getvalue()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, package.SMALL * 2).map(lambda n: b"ab" * n), max_size=4))
def test_a_package_that_is_compressed_quickly_holds_the_same(parts):
    told = {f"xl/{n}.xml": part for n, part in enumerate(parts)}
    with ZipFile(BytesIO(package.pack(told, package.QUICKLY))) as quick:
        assert {name: quick.read(name) for name in quick.namelist()} == told


# ------------------------------------------------------------------ many forms of one plan


def shown(form, n):
    """Something in every input, another in each form."""
    codes = list(form.by_code)
    numbers = {(code, layout.CURRENT): Decimal(10 * n + i) for i, code in enumerate(codes)}
    return numbers | {(codes[0], layout.CURRENT): "mười", (codes[-1], layout.REASON): f"Đã kiểm tra {n}"}


def remark(form, n):
    """One thing to be mended, another in each form, and none in some."""
    row = form.variables[n % len(form.variables)]
    column = layout.CURRENT if row.previous is not None or n % 2 else layout.PREVIOUS
    at = CellRef(f"{form.unit.code}.xlsx", layout.DATA, layout.address(row.row, column))
    return (
        [
            Code.NOT_A_NUMBER.at(
                at, variable=row.variable.code, found="mười", value="mười", why="", wanted="số", example="12"
            )
        ]
        if n % 4
        else []
    )


def test_one_writer_writes_what_each_alone_writes(plan):
    writer = forms.Writer(plan)
    for n in range(3):
        for i, unit in enumerate(plan.owed):
            form = layout.form(plan, unit)
            stamp = layout.stamp(KEY, form, n + 1)
            told = {"typed": shown(form, n), "remarks": remark(form, n + i)}
            assert writer.write(form, stamp, **told) == forms.write(plan, form, stamp, **told)
    assert len(writer._alike) < 3 * len(plan.owed)


def test_what_forms_of_a_shape_share_says_the_same_as_that_of_each(plan):
    """The questions, formulas and rules that were made for one unit answer what is typed by another."""
    one, other = (layout.form(plan, unit) for unit in ("so-khcn", "xa-hoa-tham"))
    of_other = replace(other, unit=one.unit)  # another unit with a form of the same shape
    for n in range(3):
        shared = Alike(plan, other, look.load())
        for form in (other, of_other):
            own, known = (Live(plan, form, look.load(), shown(form, n), alike) for alike in (None, shared))
            assert {c: own.results(c) for c in form.by_code} == {c: known.results(c) for c in form.by_code}
            assert own.alike.cells == shared.cells
            assert dict(own.shown) == dict(known.shown)


def test_nothing_of_a_slip_waits_for_the_collector(plan):
    """A form refers to itself nowhere once it is written: of hundreds no more than one is in memory."""
    writer, form = forms.Writer(plan), layout.form(plan, "so-khcn")
    told = {"typed": shown(form, 1), "remarks": remark(form, 1)}
    gc.collect()
    writer.write(form, layout.stamp(KEY, form), **told)
    gc.collect()
    gc.disable()
    try:
        writer.write(form, layout.stamp(KEY, form), **told)
        left = gc.collect()
    finally:
        gc.enable()
    assert left < 20


def test_bounds_that_are_equal_are_written_as_each_is():
    said = "từ {low}", "đến {high}"
    one, other = (alone._bounds(False, low, "9", "nguyên", *said) for low in ("0", "0.0"))
    assert [bound.condition("x") for bound in (*one, *other)] == ["x<0", "x>9", "x<0.0", "x>9"]
