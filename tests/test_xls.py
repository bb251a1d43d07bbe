"""The reader of .xls: every record of a cell, what is odd, damaged and hostile; where calamine has to help."""

import json
import random
import struct
import sys
from decimal import Decimal

import pytest
import xls
from office import convert, needs_libreoffice
from xls import DAY, PERCENT, Formula, Styled, record

from lsindicators import returns, workbook
from lsindicators.findings import Code
from lsindicators.workbook import DAMAGED, TooLargeError, WorkbookError, biff, old


def odd(folder):
    """A workbook with everything that calamine cannot tell apart in an .xls."""
    import xlsxwriter

    path = folder / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Số liệu")
    percent, day = book.add_format({"num_format": "0.0%"}), book.add_format({"num_format": "dd/mm/yyyy"})
    odd = book.add_format({"num_format": "#,##0.##########"})
    for row, value in enumerate((0.125, 5, -3, 12.34, 1e12, 0.1 + 0.2, -0.01, 536870912, 7.5)):
        sheet.write_number(row, 0, value)
        sheet.write_number(row, 1, value, percent)
        sheet.write_number(row, 2, value, odd)
    sheet.write_number("D1", 46113, day)
    sheet.write_number("D2", 46113.25, day)
    sheet.write_formula("D3", "=1/0", None, "#DIV/0!")
    sheet.write_formula("D4", "=A2*2", None, 10)
    sheet.write_formula("D5", '="a"&"b"', None, "ab")
    sheet.write_string("D6", "chữ")
    sheet.write_string("D7", "x" * 30)
    sheet.protect()
    book.add_worksheet("Trang hai").write("A1", "hai")
    book.close()
    return path


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("xls")
    source = odd(folder)
    return source.read_bytes(), convert(source, "xls", folder).read_bytes()


def facts(book):
    return {
        (s.name, place): (
            c.value if c.formula is None or c.error else None,
            c.error,
            c.formula is not None,
            c.date_format,
            c.percent_format,
        )
        for s in book.sheets
        for place, c in s.cells.items()
    }


@needs_libreoffice
def test_an_xls_says_the_same_as_the_xlsx(saved):
    before, content = saved
    book = workbook.read_any(content, "xls", "a.xls")
    assert facts(book) == facts(workbook.read(before, "a.xlsx"))
    assert [s.protected for s in book.sheets] == [True, False]
    assert not book.blind


@pytest.mark.parametrize("packed", [0.0, 1.0, -1.0, 0.125, 1024.0])
def test_packed_numbers(packed):
    upper = struct.unpack("<Q", struct.pack("<d", packed))[0] >> 32
    assert biff._unpacked(upper & 0xFFFFFFFC) == packed
    assert biff._unpacked(5 << 2 | 2) == 5
    assert biff._unpacked(((1 << 30) - 5) << 2 | 2) == -5
    assert biff._unpacked(1234 << 2 | 3) == 12.34


def read(content, passed_over=lambda name, hidden: False):
    return workbook.read_any(content, "xls", "tệp.xls", passed_over)


def only(cells, **more):
    """The cells of a workbook with one sheet."""
    return dict(read(xls.book({"Trang": cells}, **more)).sheets[0].cells)


def at(row, column, style=0):
    return struct.pack("<HHH", row, column, style)


# ------------------------------------------------------------------ one cell


@pytest.mark.parametrize(
    ("stored", "value", "said"),
    [
        (5, Decimal(5), ""),
        (0.1 + 0.2, Decimal("0.3"), ""),
        (-1e17, Decimal(-10) ** 17, ""),
        (float("nan"), DAMAGED, "error"),
        (float("-inf"), DAMAGED, "error"),
        (Styled(46000, DAY), Decimal(46000), "date"),
        (Styled(25e12, DAY), Decimal(25 * 10**12), "date"),
        (Styled(0.125, PERCENT), Decimal("0.125"), "percent"),
        ("chữ", "chữ", ""),
        ("=1+1", "=1+1", ""),
        ("125", "125", ""),
        (" ", None, ""),
        ("#REF!", "#REF!", "error"),
        (True, True, ""),
        (Formula(2), Decimal(2), "formula"),
        (Formula("hai"), "hai", "formula"),
        (Formula(""), None, "formula blank"),
        (Formula("#N/A"), "#N/A", "error formula"),
        (record(0x06, at(0, 0) + struct.pack("<BxBxxxHHIH", 1, 1, 0xFFFF, 0, 0, 0)), True, "formula"),
        (record(0x27E, at(0, 0) + struct.pack("<I", 5 << 2 | 2)), Decimal(5), ""),
        (record(0xBD, struct.pack("<HHHIHIH", 0, 0, 0, 5 << 2 | 2, 2, 1234 << 2 | 3, 1)), Decimal(5), ""),
        (record(0x204, at(0, 0) + xls.string("nhãn")), "nhãn", ""),
        (record(0x204, at(0, 0) + struct.pack("<HB", 3, 0) + b"abc"), "abc", ""),
        (record(0xD6, at(0, 0) + struct.pack("<HBH", 2, 9, 1) + "đỏ".encode("utf-16-le") + bytes(4)), "đỏ", ""),
        (record(0xFD, at(0, 0) + struct.pack("<I", 9_999)), DAMAGED, "error"),
        (record(0x201, at(0, 0)), None, ""),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_stored_cell(stored, value, said):
    cell = only({(0, 0): stored}).get((0, 0), workbook.Cell(None, ""))
    assert (cell.value, type(cell.value)) == (value, type(value))
    flags = {
        "error": cell.error,
        "date": cell.date_format,
        "percent": cell.percent_format,
        "formula": cell.formula is not None,
        "blank": cell.blank_result,
    }
    assert {name for name, there in flags.items() if there} == set(said.split())


def test_several_numbers_in_one_record():
    several = record(0xBD, struct.pack("<HHHIHIH", 3, 1, 0, 5 << 2 | 2, PERCENT, 1234 << 2 | 3, 2))
    found = only({(3, 1): several})
    assert {place: (c.value, c.percent_format) for place, c in found.items()} == {
        (3, 1): (Decimal(5), False),
        (3, 2): (Decimal("12.34"), True),
    }


@pytest.mark.parametrize("split", [1, 2, 3, 7, 100, 4_000])
def test_texts_cut_over_several_records(split):
    texts = ["", "a", "Xã Hoa Thám", "x" * 199 + "đ", "cuối"]
    found = only({(n, 0): text for n, text in enumerate(texts)} | {(9, 0): 7}, split=split)
    assert {place: c.literal for place, c in found.items()} == {
        **{(n, 0): text for n, text in enumerate(texts) if text},
        (9, 0): "7.0",
    }


def test_a_text_cut_where_its_width_changes():
    told = struct.pack("<IIHB", 2, 2, 6, 0) + b"abc"
    pieces = [told, b"\1" + "đệđ".encode("utf-16-le") + struct.pack("<HB", 2, 0) + b"x", b"\0y"]
    assert [biff._Pieces(pieces, 8).text()] == ["abcđệđ"]
    reader = biff._Pieces(pieces, 8)
    assert [reader.text(), reader.text(), reader.is_empty()] == ["abcđệđ", "xy", True]


def test_days_from_1904():
    found = only({(0, 0): Styled(44000, DAY), (0, 1): 44000}, date1904=True)
    assert [c.value for c in found.values()] == [Decimal(45462), Decimal(44000)]


def test_a_cell_told_twice_is_damaged_where_the_two_differ():
    twice = record(0x203, at(0, 0) + struct.pack("<d", 5)) + record(0x203, at(0, 0) + struct.pack("<d", 50))
    alike = record(0x203, at(0, 0) + struct.pack("<d", 5)) * 2
    assert only({(0, 0): twice})[0, 0].error
    assert only({(0, 0): alike})[0, 0].value == 5


# ------------------------------------------------------------------ around the cells


def test_what_stands_around_the_cells():
    extras = record(0x208, struct.pack("<HHHHHHI", 2, 0, 1, 255, 0, 0, 0x20))
    book = read(
        xls.book(
            {"Một": {(0, 0): 5, (1, 0): extras}, "Hai": {(0, 0): "ẩn"}, "Đồ thị": {}},
            hidden=("Hai",),
            protected=("Một",),
            merges={"Một": [(0, 0, 1, 2), (5, 5, 5, 5)]},
            kinds={"Đồ thị": xls.CHART},
        )
    )
    assert [(s.name, s.hidden, s.protected, s.unseen, s.merges, len(s.cells)) for s in book.sheets] == [
        ("Một", False, True, True, ((0, 0, 1, 2),), 1),
        ("Hai", True, False, False, (), 1),
        ("Đồ thị", False, False, False, (), 0),
    ]
    assert (book.macro, book.external, book.blind) == (False, False, False)


def test_a_sheet_that_is_passed_over_has_no_cells():
    pages = {"Nháp": {(n, 0): n for n in range(50_000)}, "Trang": {(0, 0): 5}}
    book = read(xls.book(pages), lambda name, hidden: name == "Nháp")
    assert [(s.name, len(s.cells)) for s in book.sheets] == [("Nháp", 0), ("Trang", 1)]


def test_sheets_of_macros_are_noticed():
    assert read(xls.book({"Trang": {(0, 0): 5}, "Vĩ lệnh": {}}, kinds={"Vĩ lệnh": xls.MACROS})).macro


@pytest.mark.parametrize(("path", "external"), [(b"\x01\x04", False), (b"\x01\x3a", False), (b"\x04\0\0a.xl", True)])
def test_links_to_another_file_are_noticed(path, external):
    assert read(xls.book({"Trang": {(0, 0): 5}}, more=record(0x1AE, b"\1\0" + path))).external is external


def test_a_cell_far_away_costs_nothing():
    assert [c.value for c in only({(0, 0): 5, (65_535, 255): 6}).values()] == [5, 6]


# ------------------------------------------------------------------ files that are not taken


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (lambda: xls.book({"Trang": {(n // 100, n % 100): n for n in range(40_001)}}), "40.000 ô"),
        (lambda: xls.book({f"T{n}": {} for n in range(101)}), "100 trang tính"),
        (lambda: xls.book({"Trang": {(0, 0): record(0x201) * 1_000_001}}), "1.000.000 mục"),
        (lambda: xls.book({"Trang": {}}, merges={"Trang": [(n, 0, n, 1) for n in range(1_000)] * 6}), "vùng ô gộp"),
    ],
)
def test_what_is_too_much_is_refused(content, word):
    with pytest.raises(TooLargeError, match=word):
        read(content())


def test_one_content_for_two_sheets_is_refused():
    with pytest.raises(WorkbookError, match="dùng chung"):
        read(xls.book({"Một": {(0, 0): 5}, "Hai": {(0, 0): 6}}, listed=[("Ba", 1)]))


def test_a_password_within_is_told():
    with pytest.raises(workbook.PasswordNeededError):
        read(xls.book({"Trang": {(0, 0): 5}}, more=record(0x2F, bytes(54))))


def test_damage_gives_a_workbook_or_an_error():
    """No exception but one of ours, and ``ValueError``, after which calamine is asked."""
    whole = xls.book({"Trang": {(0, 0): 5, (0, 1): "chữ" * 50, (1, 0): Formula("a"), (2, 0): Styled(3, DAY)}}, split=20)
    rng, taken = random.Random(5), 0
    for _ in range(3_000):
        content = bytearray(whole)
        for _ in range(rng.randint(1, 6)):
            content[rng.randrange(len(content))] = rng.randrange(256)
        content = content[: rng.choice([len(content), len(content), len(content) // 2, 600, 40])]
        try:
            taken += bool(biff.read(bytes(content), lambda name, hidden: False))
        except (ValueError, WorkbookError) as error:
            assert str(error)
    assert 100 < taken < 2_900


# ------------------------------------------------------------------ where calamine has to help


def test_a_file_of_another_make_is_read_as_far_as_calamine_sees_it():
    content = xls.compound(
        xls.stream({"Trang": {(0, 0): 5, (0, 1): "chữ", (0, 2): True, (0, 3): Styled(46000, DAY)}}), below_root=False
    )
    book = read(content)
    assert book.blind
    assert [c.value for c in book.sheets[0].cells.values()] == [5, "chữ", True, 46000]
    assert [f.code for f in returns.read(content, "a.xls", "0" * 64, "xls")[1]] == [Code.UNSUPPORTED_FORMAT]


@pytest.mark.parametrize(
    "pages",
    [{"Trang": {(n // 100, n % 100): n for n in range(40_001)}}, {f"T{n}": {} for n in range(101)}],
    ids=["cells", "sheets"],
)
def test_too_much_is_told_as_such_by_the_child_too(pages):
    with pytest.raises(TooLargeError):
        read(xls.compound(xls.stream(pages), below_root=False))


def test_where_the_records_cannot_be_read_the_file_is_blind(monkeypatch):
    told = {"name": "a", "hidden": False, "cells": [[0, 0, "date", "5"]], "merges": []}
    answer = json.dumps({"sheets": [told]})
    monkeypatch.setattr(old, "COMMAND", (sys.executable, "-c", f"print({answer!r})"))
    ret, noticed = returns.read(b"x", "a.xls", "0" * 64, "xls")
    assert ret is not None and ret.blind
    assert ["phần trăm" in f.message for f in noticed] == [True]
