"""Numbers and dates as people type them in Vietnam: one right answer for each shape."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsindicators import values
from lsindicators.findings import Code
from lsindicators.model import CellRef, FoundCell, Kind

# text typed | in a whole-number row | in a decimal row | in a percent row; the measure is "người", "triệu đồng", "%"
TABLE = """
0                 | 0            | 0            | 0
5                 | 5            | 5            | 5
 12               | 12           | 12           | 12
00123             | 123          | 123          | 123
000               | 0            | 0            | 0
1234              | 1234         | 1234         | 1234
1234567           | 1234567      | 1234567      | 1234567
+7                | 7            | 7            | 7
-5                | -5           | -5           | -5
-0                | 0            | 0            | 0
−5                | -5           | -5           | -5
–5                | -5           | -5           | -5
‑5                | -5           | -5           | -5
－5               | -5           | -5           | -5
１２３            | 123          | 123          | 123
１．２３４，５    | 1234.5       | 1234.5       | 1234.5
１，５            | 1.5          | 1.5          | 1.5
1.234             | 1234         | ? 1.234 1234 | ? 1.234 1234
1,234             | ? 1.234 1234 | 1.234        | 1.234
-1.234            | -1234        | ? -1.234 -1234 | ? -1.234 -1234
-1,234            | ? -1.234 -1234 | -1.234     | -1.234
12.345            | 12345        | ? 12.345 12345 | ? 12.345 12345
12,345            | ? 12.345 12345 | 12.345     | 12.345
123.456           | 123456       | ? 123.456 123456 | ? 123.456 123456
123,456           | ? 123.456 123456 | 123.456  | 123.456
1.000             | 1000         | ? 1.000 1000 | ? 1.000 1000
1,000             | ? 1.000 1000 | 1.000        | 1.000
1234.567          | 1234.567     | 1234.567     | 1234.567
1234,567          | 1234.567     | 1234.567     | 1234.567
0.234             | 0.234        | 0.234        | 0.234
0,234             | 0.234        | 0.234        | 0.234
-0,234            | -0.234       | -0.234       | -0.234
0.000             | 0            | 0            | 0
001.234           | ? 1.234 1234 | ? 1.234 1234 | ? 1.234 1234
12.5              | 12.5         | 12.5         | 12.5
12,5              | 12.5         | 12.5         | 12.5
12,50             | 12.5         | 12.5         | 12.5
12.3456           | 12.3456      | 12.3456      | 12.3456
12,3456           | 12.3456      | 12.3456      | 12.3456
1.5               | 1.5          | 1.5          | 1.5
1,0               | 1            | 1            | 1
,5                | 0.5          | 0.5          | 0.5
.5                | 0.5          | 0.5          | 0.5
,500              | 0.5          | 0.5          | 0.5
5.                | NO           | NO           | NO
5,                | NO           | NO           | NO
.                 | NO           | NO           | NO
,                 | NO           | NO           | NO
1.234,5           | 1234.5       | 1234.5       | 1234.5
1.234,567         | 1234.567     | 1234.567     | 1234.567
12.345,6          | 12345.6      | 12345.6      | 12345.6
1.234.567,8       | 1234567.8    | 1234567.8    | 1234567.8
-1.234,5          | -1234.5      | -1234.5      | -1234.5
1,234.5           | 1234.5       | 1234.5       | 1234.5
1,234.567         | 1234.567     | 1234.567     | 1234.567
1,234,567.8       | 1234567.8    | 1234567.8    | 1234567.8
1.234.567         | 1234567      | 1234567      | 1234567
12.345.678        | 12345678     | 12345678     | 12345678
1,234,567         | 1234567      | 1234567      | 1234567
1.000.000.000     | 1000000000   | 1000000000   | 1000000000
1.234.5           | NO           | NO           | NO
1.234.56          | NO           | NO           | NO
1.234.5678        | NO           | NO           | NO
12.34.567         | NO           | NO           | NO
1234.567.890      | NO           | NO           | NO
0.123.456         | NO           | NO           | NO
1,23.5            | NO           | NO           | NO
1.23,5            | NO           | NO           | NO
1234.567,8        | NO           | NO           | NO
0.234,5           | NO           | NO           | NO
1.234,567.8       | NO           | NO           | NO
1,234.567,8       | NO           | NO           | NO
1.234,5,6         | NO           | NO           | NO
1.234,            | NO           | NO           | NO
,1.234            | NO           | NO           | NO
1..234            | NO           | NO           | NO
1,,5              | NO           | NO           | NO
1.,5              | NO           | NO           | NO
1 234             | 1234         | 1234         | 1234
1\u00a0234        | 1234         | 1234         | 1234
1\u202f234        | 1234         | 1234         | 1234
1\u2009234\u2009567 | 1234567    | 1234567      | 1234567
1  234            | 1234         | 1234         | 1234
12 345,6          | 12345.6      | 12345.6      | 12345.6
12 345.6          | 12345.6      | 12345.6      | 12345.6
1 234,567         | ? 1234.567 1234567 | 1234.567 | 1234.567
1 234.567         | ? 1234.567 1234567 | ? 1234.567 1234567 | ? 1234.567 1234567
12 34             | NO           | NO           | NO
1 2               | NO           | NO           | NO
1234 567          | NO           | NO           | NO
0 234             | NO           | NO           | NO
1 234 5           | NO           | NO           | NO
1 234.567,8       | NO           | NO           | NO
1 234,            | NO           | NO           | NO
- 5               | NO           | NO           | NO
--5               | NO           | NO           | NO
5-                | NO           | NO           | NO
(5)               | NO           | NO           | NO
5 người           | 5            | NO           | NO
5người            | 5            | NO           | NO
1.234 người       | 1234         | NO           | NO
5 NGƯỜI           | 5            | NO           | NO
5 ngu\u031bo\u031b\u0300i | 5     | NO           | NO
5 người người     | NO           | NO           | NO
người             | NO           | NO           | NO
5 nghìn người     | NO           | NO           | NO
12,5 triệu đồng   | NO           | 12.5         | NO
12,5 triệu  đồng  | NO           | 12.5         | NO
12,5 triệu        | NO           | NO           | NO
12,5 tỷ đồng      | NO           | NO           | NO
1.234 triệu đồng  | NO           | ? 1.234 1234 | NO
12 đồng           | NO           | NO           | NO
12,5%             | NO           | NO           | 12.5
12,5 %            | NO           | NO           | 12.5
12.5%             | NO           | NO           | 12.5
12,5％            | NO           | NO           | 12.5
100%              | NO           | NO           | 100
1.234%            | NO           | NO           | ? 1.234 1234
12,5%%            | NO           | NO           | NO
%                 | NO           | NO           | NO
%5                | NO           | NO           | NO
\u200b5\ufeff     | 5            | 5            | 5
\u200e1.234,5     | 1234.5       | 1234.5       | 1234.5
5\u0000           | 5            | 5            | 5
5\t               | 5            | 5            | 5
5\u20286         | NO           | NO           | NO
-                 | NO           | NO           | NO
–                 | NO           | NO           | NO
—                 | NO           | NO           | NO
…                 | NO           | NO           | NO
...               | NO           | NO           | NO
x                 | NO           | NO           | NO
không             | NO           | NO           | NO
Không             | NO           | NO           | NO
không có          | NO           | NO           | NO
N/A               | NO           | NO           | NO
chưa có           | NO           | NO           | NO
mười hai          | NO           | NO           | NO
12 (mười hai)     | NO           | NO           | NO
khoảng 12         | NO           | NO           | NO
~12               | NO           | NO           | NO
>12               | NO           | NO           | NO
10-12             | NO           | NO           | NO
10 - 12           | NO           | NO           | NO
1/2               | NO           | NO           | NO
12; 13            | NO           | NO           | NO
1e5               | NO           | NO           | NO
1.2E+05           | NO           | NO           | NO
0x10              | NO           | NO           | NO
1_000             | NO           | NO           | NO
1'000             | NO           | NO           | NO
NaN               | NO           | NO           | NO
Infinity          | NO           | NO           | NO
TRUE              | NO           | NO           | NO
=1+1              | NO           | NO           | NO
#REF!             | NO           | NO           | NO
15/3/2026         | NO           | NO           | NO
2026-03-15        | NO           | NO           | NO
٣                 | NO           | NO           | NO
½                 | NO           | NO           | NO
5²                | NO           | NO           | NO
l2                | NO           | NO           | NO
1O                | NO           | NO           | NO
12345678901234567890123456789 | NO | NO         | NO
"""

ROWS = ((Kind.WHOLE, "người"), (Kind.DECIMAL, "triệu đồng"), (Kind.PERCENT, "%"))


def cases():
    """One case for each text and kind of row; NO: no number, "? a b": ask which."""
    for line in TABLE.strip("\n").split("\n"):
        text, *expected = line.split("|")
        text = text.rstrip(" ")
        for (kind, measure), wanted in zip(ROWS, expected, strict=True):
            yield pytest.param(text, kind, measure, wanted.split(), id=f"{text!r} {kind.value}")


@pytest.mark.parametrize(("text", "kind", "measure", "wanted"), list(cases()))
def test_what_a_typed_text_says(text, kind, measure, wanted):
    reading = values.parse_number(text, kind, measure)
    if wanted == ["NO"]:
        assert reading == values.Reading(None, Code.NOT_A_NUMBER)
    elif wanted[0] == "?":
        assert reading.code is Code.AMBIGUOUS_NUMBER
        assert reading.number is None
        assert reading.alternatives == tuple(Decimal(n) for n in wanted[1:])
    else:
        assert reading == values.Reading(Decimal(wanted[0]))
        assert str(reading.number) != "-0"


@pytest.mark.parametrize(
    ("text", "measure", "wanted"),
    [
        ("", "", None),
        ("   ", "người", None),
        ("5", "", Decimal(5)),
        ("5 Bằng", "bằng", Decimal(5)),
        ("5 kgOE", "kgoe", Decimal(5)),
        ("5 nghìn USD", "nghìn USD", Decimal(5)),
        ("51.000 đồng", "1.000 đồng", None),
        ("5 hồ sơ", "hồ  sơ", Decimal(5)),
        ("5 m²", "m²", Decimal(5)),
    ],
)
def test_the_measure_behind_the_number(text, measure, wanted):
    assert values.parse_number(text, Kind.DECIMAL, measure).number == wanted


def test_a_percent_row_takes_its_own_longer_measure_too():
    assert values.parse_number("12,5 % GRDP", Kind.PERCENT, "% GRDP").number == Decimal("12.5")
    assert values.parse_number("12,5%", Kind.PERCENT, "% GRDP").number == Decimal("12.5")


@given(st.text(max_size=30), st.sampled_from(list(Kind)), st.sampled_from(["", "người", "%", "1.000 đồng"]))
def test_any_text_is_a_number_or_a_finding(text, kind, measure):
    reading = values.parse_number(text, kind, measure)
    assert (reading.number is None) == (reading.code is not None)
    assert len(reading.alternatives) == (2 if reading.code is Code.AMBIGUOUS_NUMBER else 0)


@given(st.text(alphabet="0123456789., -", max_size=14), st.sampled_from([k for k in Kind if k.numeric]))
def test_a_number_keeps_the_digits_that_were_typed(text, kind):
    reading = values.parse_number(text, kind, "")
    for number in (reading.number, *reading.alternatives):
        if number is not None:
            typed = "".join(c for c in text if c.isdigit())
            assert f"{abs(number):f}".replace(".", "").lstrip("0") == typed.lstrip("0")


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12))
def test_what_is_printed_is_read_back(number):
    """Whole numbers in whole-number rows, fractions in decimal rows: the same value comes back."""
    kind = Kind.WHOLE if number == number.to_integral_value() else Kind.DECIMAL
    assert values.parse_number(values.format_number(number), kind, "").number == number


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_a_whole_number_printed_into_a_decimal_row_is_never_another(number):
    reading = values.parse_number(values.format_number(Decimal(number)), Kind.DECIMAL, "")
    assert reading.number == number or number in reading.alternatives


@pytest.mark.parametrize(
    ("number", "decimals", "wanted"),
    [
        ("0", None, "0"),
        ("-0", None, "0"),
        ("0.00", None, "0"),
        ("5", None, "5"),
        ("1234.5", None, "1.234,5"),
        ("1234567.80", None, "1.234.567,8"),
        ("-1234.5", None, "-1.234,5"),
        ("12.500", None, "12,5"),
        ("1E+3", None, "1.000"),
        ("1E-7", None, "0,0000001"),
        ("999", None, "999"),
        ("1000", None, "1.000"),
        ("2.5", 0, "3"),
        ("0.5", 0, "1"),
        ("-0.5", 0, "-1"),
        ("-0.4", 0, "0"),
        ("1.005", 2, "1,01"),
        ("2.675", 2, "2,68"),
        ("12", 2, "12,00"),
        ("0", 1, "0,0"),
        ("999.995", 2, "1.000,00"),
        ("12345678901234567890.125", 2, "12.345.678.901.234.567.890,13"),
        ("123456789012345678901234567890.5", 0, "123.456.789.012.345.678.901.234.567.891"),
        ("33.333333333333333333", 3, "33,333"),
    ],
)
def test_how_a_number_is_printed(number, decimals, wanted):
    assert values.format_number(Decimal(number), decimals) == wanted


def test_how_a_figure_is_printed():
    assert [values.format_value(v) for v in (None, Decimal("1234.5"), "Có")] == ["", "1.234,5", "Có"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("01/4/2026", date(2026, 4, 1)),
        ("1/4/2026", date(2026, 4, 1)),
        ("1-4-2026", date(2026, 4, 1)),
        ("01.04.2026", date(2026, 4, 1)),
        (" 01 / 04 / 2026 ", date(2026, 4, 1)),
        ("2026-04-01", date(2026, 4, 1)),
        ("2026-04-01 00:00:00", date(2026, 4, 1)),
        ("ngày 01 tháng 4 năm 2026", date(2026, 4, 1)),
        ("Ngày 1 tháng 04, năm 2026", date(2026, 4, 1)),
        ("１/４/２０２６", date(2026, 4, 1)),
        ("29/02/2028", date(2028, 2, 29)),
        ("29/02/2026", None),
        ("31/4/2026", None),
        ("4/13/2026", None),
        ("1/4/26", None),
        ("1/4-2026", None),
        ("tháng 4 năm 2026", None),
        ("2026", None),
        ("46113", None),
        ("", None),
    ],
)
def test_dates_as_written(text, wanted):
    assert values.parse_date(text) == wanted


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ({"value": None}, ""),
        ({"value": True}, "TRUE"),
        ({"value": "mười"}, "mười"),
        ({"value": Decimal("1234.50")}, "1234,5"),
        ({"value": Decimal("1E+3")}, "1000"),
        ({"value": Decimal("1"), "percent_format": True}, "100%"),
        ({"value": Decimal("0"), "percent_format": True}, "0%"),
        ({"value": Decimal("0.125"), "percent_format": True}, "12,5%"),
        ({"value": Decimal("46113.5"), "date_format": True}, "01/4/2026"),
        ({"value": Decimal("0.5"), "date_format": True}, "0,5"),
        ({"value": Decimal("2958466"), "date_format": True}, "2958466"),
        ({"value": Decimal("7"), "formula": "1+6"}, "=1+6"),
        ({"value": Decimal("7"), "formula": ""}, "=…"),
    ],
)
def test_what_a_person_sees_in_a_cell(cell, wanted):
    assert values.seen(FoundCell(at=CellRef("tệp.xlsx", "Số liệu", "F10"), **cell)) == wanted


def test_dates_in_print():
    assert values.format_date(date(2026, 4, 1)) == "01/4/2026"
    assert values.format_date(date(2026, 2, 9)) == "09/02/2026"
    assert values.format_date(date(2026, 12, 31)) == "31/12/2026"
    assert values.long_date(date(2026, 4, 1)) == "ngày 01 tháng 4 năm 2026"
    assert values.long_date(date(2026, 1, 12)) == "ngày 12 tháng 01 năm 2026"


@given(st.dates(min_value=date(1000, 1, 1)))
def test_a_printed_date_is_read_back(day):
    assert values.parse_date(values.format_date(day)) == day
    assert values.parse_date(values.long_date(day)) == day


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("  xã  Thất\u00a0Khê ", "xã Thất Khê"),
        ("\ufeffxã Thất Khê\u200b", "xã Thất Khê"),
        ("xã Thâ\u0301t Khê", "xã Thất Khê"),
        ("e\u0323\u0302", "ệ"),
        ("e\u200b\u0301", "é"),
        ("Ðồng Ðăng", "Đồng Đăng"),
        ("a\r\nb\tc\x0bd\u2028e", "a b c d e"),
        ("a\x00b\x1fc\x7fd", "abcd"),
        ("\ud800a\uffff", "a"),
        ("\u202eabc\u202c", "abc"),
        ("co\u00adoperation", "cooperation"),
        ("", ""),
        ("plain", "plain"),
    ],
)
def test_clean_text(text, wanted):
    assert values.clean(text) == wanted


def test_clean_lines_keeps_the_breaks_that_were_typed():
    assert values.clean_lines(" a \r\n\r\n  b\x0bc \n") == "a\n\nb\nc"


@given(st.text(max_size=40))
def test_cleaning_twice_changes_nothing_more(text):
    assert values.clean(values.clean(text)) == values.clean(text)
    assert values.clean_lines(values.clean_lines(text)) == values.clean_lines(text)
    assert values.clean(values.clean_lines(text)) == values.clean(text)
    assert not values.has_control_characters(values.clean(text))


@pytest.mark.parametrize(("text", "wanted"), [("a\nb\tc", False), ("a\x07", True), ("a\u200bb", True), ("Thất", False)])
def test_control_characters_are_noticed(text, wanted):
    assert values.has_control_characters(text) is wanted
