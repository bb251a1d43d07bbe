"""The reader of .xls: calamine's values, with formats, formulas, errors and protection from the records themselves."""

import json
import struct
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from office import convert, needs_libreoffice

from lsindicators import returns, workbook
from lsindicators.workbook import biff, old


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


@needs_libreoffice
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damage_gives_pages_or_an_error(saved, data):
    content = bytearray(saved[1])
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    content = content[: data.draw(st.sampled_from([len(content), len(content) // 2, 600, 40]))]
    try:
        biff.look(bytes(content))
    except ValueError as error:
        assert str(error)


@pytest.mark.parametrize("packed", [0.0, 1.0, -1.0, 0.125, 1024.0])
def test_packed_numbers(packed):
    upper = struct.unpack("<Q", struct.pack("<d", packed))[0] >> 32
    assert biff._unpacked(upper & 0xFFFFFFFC) == packed
    assert biff._unpacked(5 << 2 | 2) == 5
    assert biff._unpacked(((1 << 30) - 5) << 2 | 2) == -5
    assert biff._unpacked(1234 << 2 | 3) == 12.34


def test_where_the_records_cannot_be_read_the_file_is_blind(monkeypatch):
    assert old._records(b"\xd0\xcf\x11\xe0" + bytes(2000)) == {}
    told = {
        "name": "a",
        "hidden": False,
        "cells": [[0, 0, "date", "5"]],
        "merges": [],
        "records": [],
        "protected": True,
    }
    answer = json.dumps({"sheets": [told], "whole": False})
    monkeypatch.setattr(old, "COMMAND", (sys.executable, "-c", f"print({answer!r})"))
    ret, noticed = returns.read(b"x", "a.xls", "0" * 64, "xls")
    assert ret is not None and ret.blind
    assert ["phần trăm" in f.message for f in noticed] == [True]
