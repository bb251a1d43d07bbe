"""Numbers and dates as people type them in Vietnam: one right answer for each shape."""

import sys
import unicodedata
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsindicators import values
from lsindicators.findings import Code, NoNumber
from lsindicators.model import CellRef, FoundCell, Kind

# text typed | in a whole-number row | in a decimal row | in a percent row; once where all say the same; the measure is
# "người", "triệu đồng", "%". A number; "? a b": which of two; "NO why": none, and what is said of it
TABLE = """
0                 | 0
5                 | 5
 12               | 12
00123             | 123
000               | 0
1234              | 1234
1234567           | 1234567
+7                | 7
-5                | -5
-0                | 0
−5                | -5
–5                | -5
‑5                | -5
－5                | -5
１２３               | 123
１．２３４，５           | 1234.5
１，５               | 1.5
1.234             | 1234 | ? 1.234 1234 | ? 1.234 1234
1,234             | ? 1.234 1234 | 1.234 | 1.234
-1.234            | -1234 | ? -1.234 -1234 | ? -1.234 -1234
-1,234            | ? -1.234 -1234 | -1.234 | -1.234
12.345            | 12345 | ? 12.345 12345 | ? 12.345 12345
12,345            | ? 12.345 12345 | 12.345 | 12.345
123.456           | 123456 | ? 123.456 123456 | ? 123.456 123456
123,456           | ? 123.456 123456 | 123.456 | 123.456
1.000             | 1000 | ? 1.000 1000 | ? 1.000 1000
1,000             | ? 1.000 1000 | 1.000 | 1.000
1234.567          | 1234.567
1234,567          | 1234.567
0.234             | 0.234
0,234             | 0.234
-0,234            | -0.234
0.000             | 0.000
001.234           | ? 1.234 1234
12.5              | 12.5
12,5              | 12.5
12,50             | 12.50
12.3456           | 12.3456
12,3456           | 12.3456
1.5               | 1.5
1,0               | 1.0
,5                | 0.5
.5                | 0.5
,500              | 0.500
5.                | NO separators
5,                | NO separators
.                 | NO nothing
,                 | NO nothing
1.234,5           | 1234.5
1.234,567         | 1234.567
12.345,6          | 12345.6
1.234.567,8       | 1234567.8
-1.234,5          | -1234.5
1,234.5           | 1234.5
1,234.567         | 1234.567
1,234,567.8       | 1234567.8
1.234.567         | 1234567
12.345.678        | 12345678
1,234,567         | 1234567
1.000.000.000     | 1000000000
1.234.5           | NO separators
1.234.56          | NO separators
1.234.5678        | NO separators
12.34.567         | NO separators
1234.567.890      | NO separators
0.123.456         | NO separators
1,23.5            | NO separators
1.23,5            | NO separators
1234.567,8        | NO separators
0.234,5           | NO separators
1.234,567.8       | NO separators
1,234.567,8       | NO separators
1.234,5,6         | NO separators
1.234,            | NO separators
,1.234            | NO separators
1..234            | NO separators
1,,5              | NO separators
1.,5              | NO separators
1 234             | 1234
1\u00a0234        | 1234
1\u202f234        | 1234
1\u2009234\u2009567 | 1234567
1  234            | 1234
12 345,6          | 12345.6
12 345.6          | 12345.6
1 234,567         | ? 1234.567 1234567 | 1234.567 | 1234.567
1 234.567         | ? 1234.567 1234567
12 34             | NO separators
1 2               | NO separators
1234 567          | NO separators
0 234             | NO separators
1 234 5           | NO separators
1 234.567,8       | NO separators
1 234,            | NO separators
- 5               | NO signs
--5               | NO signs
5-                | NO signs
(5)               | NO signs
5 người           | 5 | NO measure | NO measure
5người            | 5 | NO measure | NO measure
1.234 người       | 1234 | NO measure | NO measure
5 NGƯỜI           | 5 | NO measure | NO measure
5 ngu\u031bo\u031b\u0300i | 5 | NO measure | NO measure
5 người người     | NO measure
người             | NO words
5 nghìn người     | NO measure
12,5 triệu đồng   | NO measure | 12.5 | NO measure
12,5 triệu  đồng  | NO measure | 12.5 | NO measure
12,5 triệu        | NO measure
12,5 tỷ đồng      | NO measure
1.234 triệu đồng  | NO measure | ? 1.234 1234 | NO measure
12 đồng           | NO measure
12,5%             | NO percent | NO percent | 12.5
12,5 %            | NO percent | NO percent | 12.5
12.5%             | NO percent | NO percent | 12.5
12,5％             | NO percent | NO percent | 12.5
100%              | NO percent | NO percent | 100
1.234%            | NO percent | NO percent | ? 1.234 1234
12,5%%            | NO percent | NO percent | NO signs
%                 | NO words
%5                | NO percent | NO percent | NO signs
\u200b5\ufeff     | 5
\u200e1.234,5     | 1234.5
5\u0000           | 5
5\t               | 5
5\u20286          | NO several
-                 | NO nothing
–                 | NO nothing
—                 | NO nothing
…                 | NO nothing
...               | NO nothing
x                 | NO words
không             | NO nothing
Không             | NO nothing
không có          | NO nothing
N/A               | NO nothing
chưa có           | NO nothing
mười hai          | NO words
12 (mười hai)     | NO measure
khoảng 12         | NO about
~12               | NO about
>12               | NO about
10-12             | NO several
10 - 12           | NO several
1/2               | NO fraction
12; 13            | NO several
1e5               | NO power
1.2E+05           | NO power
0x10              | NO measure
1_000             | NO separators
1'000             | NO separators
NaN               | NO words
Infinity          | NO words
TRUE              | NO words
=1+1              | NO several
#REF!             | NO words
15/3/2026         | NO fraction
2026-03-15        | NO fraction
٣                 | NO strange-digits
½                 | NO fraction
5²                | NO strange-digits
l2                | NO measure
1O                | NO measure
12345678901234567890123456789 | NO too-long
05                | 5
+0                | 0
+1.234,5          | 1234.5
00,5              | 0.5
0,0               | 0.0
0.0               | 0.0
12.               | NO separators
12.500            | 12500 | ? 12.500 12500 | ? 12.500 12500
12,500            | ? 12.500 12500 | 12.500 | 12.500
12;               | NO separators
12:               | NO separators
12!               | NO separators
-12,              | NO signs
12,000            | ? 12.000 12000 | 12.000 | 12.000
1,234,56          | NO separators
12,000,000        | 12000000
12,000,000.00     | 12000000.00
1.000.000,00      | 1000000.00
1,000.00          | 1000.00
1.000,00          | 1000.00
1.000.00          | NO separators
12,345.678        | 12345.678
12.345,678        | 12345.678
100.000           | 100000 | ? 100.000 100000 | ? 100.000 100000
999.999           | 999999 | ? 999.999 999999 | ? 999.999 999999
1000.000          | 1000.000
0012.5            | 12.5
1.23              | 1.23
1,23              | 1.23
1.2345            | 1.2345
1,2345            | 1.2345
12.345.6789       | NO separators
1234567,89        | 1234567.89
1234567.89        | 1234567.89
9999999999999999999999999999 | 9999999999999999999999999999
9999999999999999999999999999999 | NO too-long
0,0000000001      | 0.0000000001
1\u2007234        | 1234
1\u3000234        | 1234
12\u00a0345,6     | 12345.6
1 234 567,89      | 1234567.89
1\u200b234        | 1234
12\u00ad34        | 1234
1\u2060234        | 1234
\u202b1.234,5\u202c | 1234.5
\u202e12          | NO reversed
\u202e5           | 5
1\u2028234        | NO several
1\t234            | NO several
５，６７８             | ? 5.678 5678 | 5.678 | 5.678
＋５                | 5
１２％               | NO percent | NO percent | 12
'12               | 12
'1.234            | 1234 | ? 1.234 1234 | ? 1.234 1234
'không            | NO nothing
’12               | NO separators
1'234             | NO separators
1’234             | NO separators
1`234             | NO separators
1·5               | NO separators
1٫5               | NO several
1‚5               | NO several
12*               | NO signs
12¹               | NO strange-digits
12+               | NO signs
12+3              | NO several
3x4               | NO measure
3 x 4 = 12        | NO several
= 12              | NO separators
+12+              | NO signs
-(5)              | NO signs
(1.234)           | NO signs
[5]               | NO signs
--                | NO nothing
---               | NO nothing
- -               | NO nothing
_                 | NO nothing
/                 | NO nothing
?                 | NO nothing
???               | NO nothing
——                | NO nothing
―                 | NO nothing
·                 | NO nothing
x x               | NO words
xx                | NO words
0 (không)         | NO measure
0 người           | 0 | NO measure | NO measure
0%                | NO percent | NO percent | 0
không (0)         | NO measure
Không có.         | NO nothing
KHÔNG CÓ          | NO nothing
khong co          | NO nothing
Kho\u0302ng co\u0301 | NO nothing
ko                | NO nothing
K                 | NO nothing
không phát sinh   | NO nothing
Không phát sinh trong năm | NO words
chưa              | NO nothing
Chưa có số liệu   | NO nothing
chưa thống kê     | NO nothing
không áp dụng     | NO nothing
không rõ          | NO nothing
n/a               | NO nothing
NA                | NO nothing
#N/A              | NO nothing
nil               | NO nothing
None              | NO nothing
null              | NO nothing
trống             | NO nothing
(trống)           | NO nothing
XII               | NO words
iv                | NO words
IIII              | NO words
một               | NO words
Mười hai          | NO words
12 (12)           | NO several
mười 2            | NO measure
12 mười           | NO measure
hai mươi lăm phẩy ba | NO words
≈12               | NO about
≈ 12              | NO about
~ 12              | NO about
± 5               | NO about
<5                | NO about
≤ 5               | NO about
≥ 12              | NO about
trên 12           | NO about
hơn 12            | NO about
gần 12            | NO about
dưới 12           | NO about
tầm 12            | NO about
ước 12            | NO about
ước đạt 12        | NO about
tối đa 12         | NO about
Khoảng 12 người   | NO about
12 (ước)          | NO measure
12-15             | NO several
12 – 15           | NO several
12 đến 15         | NO several
từ 12 đến 15      | NO several
12/15             | NO fraction
12 / 15           | NO fraction
3/4               | NO fraction
1 1/2             | NO fraction
1⁄2               | NO fraction
¼                 | NO fraction
1½                | NO fraction
12 và 15          | NO several
12, 15            | NO several
12 ,15            | NO several
12; 15; 18        | NO several
12\\15            | NO several
12 hoặc 15        | NO several
nam 5, nữ 7       | NO several
1e3               | NO power
1E3               | NO power
1e-3              | NO power
1,2E+05           | NO power
10^3              | NO power
10^ 3             | NO power
1.2x10^3          | NO power
12,5e2            | NO power
12h30             | NO time
12:30             | NO time
12:30:15          | NO time
8h                | NO time
8 giờ             | NO time
15/3              | NO fraction
12/2025           | NO fraction
15/3/26           | NO fraction
31.12.2025        | NO separators
1-2               | NO several
quý 4             | NO measure
Q4                | NO measure
2025              | 2025
năm 2025          | NO measure
0912345678        | NO phone
+84912345678      | NO phone
0912 345 678      | NO phone
0912.345.678      | NO phone
0205 3812 345     | NO phone
0205.3812.345     | NO phone
(0205) 3812345    | NO phone
1900 1234         | NO separators
5 nguoi           | 5 | NO measure | NO measure
5 Nguoi.          | 5 | NO measure | NO measure
5 người.          | 5 | NO measure | NO measure
5 người;          | 5 | NO measure | NO measure
5 (người)         | NO measure
5người/năm        | NO measure
người 5           | NO measure
5 ng              | NO measure
5 ngừơi           | 5 | NO measure | NO measure
12 lượt người     | NO measure
12 trieu dong     | NO measure | 12 | NO measure
12,5 TRIỆU ĐỒNG   | NO measure | 12.5 | NO measure
12,5triệu đồng    | NO measure | 12.5 | NO measure
12,5 triệu đồng.  | NO measure | 12.5 | NO measure
1,2 tỷ đồng       | NO measure
1,2 tỉ đồng       | NO measure
1,2 tỷ            | NO measure
12 triệu          | NO measure
12 nghìn          | NO measure
12 ngàn           | NO measure
12k               | NO measure
12K               | NO measure
1,2M              | NO measure
1tr2              | NO measure
12tr              | NO measure
12 trđ            | NO measure
12 tr.đ           | NO measure
5đ                | NO measure
5 đ               | NO measure
5.000đ            | NO measure
5.000.000 đồng    | NO measure
5 VND             | NO measure
5$                | NO measure
$5                | NO measure
€5                | NO measure
5 USD             | NO measure
5 %               | NO percent | NO percent | 5
5 phần trăm       | NO measure | NO measure | 5
5 phần trăm.      | NO measure | NO measure | 5
12,5%.            | NO percent | NO percent | 12.5
12,5 điểm phần trăm | NO measure
12,5‰             | NO measure
12,5 % %          | NO percent | NO percent | NO signs
0,125%            | NO percent | NO percent | 0.125
-5%               | NO percent | NO percent | -5
5%-7%             | NO percent | NO percent | NO signs
5% người          | NO measure
5 m2              | NO measure
5 m²              | NO measure
5 km              | NO measure
5 kg CO2          | NO measure
10 km2 rừng       | NO measure
١٢                | NO strange-digits
१२                | NO strange-digits
①                 | NO strange-digits
Ⅻ                 | NO strange-digits
²                 | NO strange-digits
10³               | NO strange-digits
𝟏𝟐                | NO strange-digits
Ⅷ 5               | NO strange-digits
五                 | NO strange-digits
1O0               | NO measure
l00               | NO measure
O                 | NO words
o                 | NO words
12a               | NO measure
A12               | NO measure
12A/QĐ            | NO measure
Số 12             | NO measure
Số: 12            | NO measure
No.12             | NO measure
#12               | NO separators
12#               | NO separators
STT 5             | NO measure
F12               | NO measure
xem phụ lục       | NO words
theo báo cáo 12/BC-UBND | NO measure
https://langson.gov.vn/12 | NO measure
a@b.vn            | NO words
FALSE             | NO words
Có                | NO words
=SUM(A1:A2)       | NO measure
=12               | NO separators
{5}               | NO separators
<b>5</b>          | NO measure
{{ 5 }}           | NO separators
5;6               | NO several
1.234.567.890.123 | 1234567890123
1 000 000 000 000 | 1000000000000
1,000,000,000,000.5 | 1000000000000.5
"""

ROWS = ((Kind.WHOLE, "người"), (Kind.DECIMAL, "triệu đồng"), (Kind.PERCENT, "%"))


def cases():
    """One case for each text and kind of row."""
    for line in TABLE.strip("\n").split("\n"):
        text, *expected = line.split("|")
        text = text.rstrip(" ")
        for (kind, measure), wanted in zip(ROWS, expected * 3 if len(expected) == 1 else expected, strict=True):
            yield pytest.param(text, kind, measure, wanted.split(), id=f"{text!r} {kind.value}")


def test_each_text_stands_in_the_table_once():
    texts = [line.split("|")[0].rstrip(" ") for line in TABLE.strip("\n").split("\n")]
    assert len(texts) == len(set(texts)) >= 400


@pytest.mark.parametrize(("text", "kind", "measure", "wanted"), list(cases()))
def test_what_a_typed_text_says(text, kind, measure, wanted):
    reading = values.parse_number(text, kind, measure)
    if wanted[0] == "NO":
        why = NoNumber[wanted[1].upper().replace("-", "_")]
        assert reading == values.Reading(None, Code.NOT_A_NUMBER, why=why)
    elif wanted[0] == "?":
        assert reading.code is Code.AMBIGUOUS_NUMBER
        assert reading.number is None
        assert reading.alternatives == tuple(Decimal(n) for n in wanted[1:])
    else:
        assert reading == values.Reading(Decimal(wanted[0]))
        assert str(reading.number) != "-0"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1\n234", NoNumber.SEVERAL),
        ("5\n6", NoNumber.SEVERAL),
        ("1\t234", NoNumber.SEVERAL),
        ("1\r\n234\r\n", NoNumber.SEVERAL),
        ("5 |6", NoNumber.SEVERAL),
        ("12|15", NoNumber.SEVERAL),
        ("không\ncó", NoNumber.NOTHING),
        ("12\n", Decimal(12)),
        ("\n 1.234.567 \n\n", Decimal(1234567)),
        ("57\nngười", Decimal(57)),
    ],
)
def test_figures_on_several_lines_are_several(text, wanted):
    reading = values.parse_number(text, Kind.WHOLE, "người")
    assert wanted in (reading.number, reading.why)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("-", "MARK"), ("—", "MARK"), ("- -", "MARK"), ("...", "MARK"), ("/", "MARK"), ("?", "UNKNOWN"),
        ("không", "NONE"), ("KHÔNG CÓ.", "NONE"), ("(không)", "NONE"), ("Khong phat sinh", "NONE"), ("ko", "NONE"),
        ("chưa có", "NOT_YET"), ("Chưa có số liệu", "NOT_YET"), ("không áp dụng", "NOT_APPLICABLE"),
        ("N/A", "NOT_AVAILABLE"), ("không có số liệu", "UNKNOWN"),
        ("", None), ("%", None), ("x", None), ("0", None), ("không (0)", None), ("mười", None), ("có", None),
    ],
)  # fmt: skip
def test_what_stands_there_instead_of_a_number(text, wanted):
    assert values.empty_word(text) is (wanted and values.Empty[wanted])


@pytest.mark.parametrize(
    "texts",
    [
        (
            "Không phát sinh",
            "khong phat sinh",
            "KHÔNG  PHÁT SINH",
            "Không phát sinh.",
            " không phát sinh;",
            "Kho\u0302ng phát sinh",
        ),
        ("Đã tính ở đơn vị khác", "da tinh o don vi khac", "Ðã tính ở đơn vị khác"),
    ],
)
def test_spellings_of_one_word(texts):
    assert {values.fold(text) for text in texts} == {values.fold(texts[0])}


def test_what_is_quoted_is_short_and_plain():
    assert values.short("mười\n hai\u202e\x07") == "mười hai"
    assert values.short("a" * 61) == "a" * 60 + "…"
    assert values.short("a" * 40000, 5) == "aaaaa…"


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
        ("5 m2", "m²", Decimal(5)),
        ("5m2.", "m²", Decimal(5)),
        ("5 m3", "m²", None),
        ("1,2 tỉ đồng", "tỷ đồng", Decimal("1.2")),
        ("12 triệu đồng", "đồng", None),
        ("12 nghìn USD", "USD", None),
        ("1,2 tỷ đồng", "triệu đồng", None),
        ("12,5%", "%", Decimal("12.5")),
        ("12,5 phần trăm", "%", Decimal("12.5")),
        ("12,5 điểm phần trăm", "%", None),
        ("5 người/1.000 dân", "người/1.000 dân", Decimal(5)),
        ("1.5.người", "người", None),
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


def test_no_printable_character_is_a_line_break_or_invisible():
    """Printable texts, which most are, are cleaned without looking for these."""
    odd = [c for c in map(chr, range(sys.maxunicode + 1)) if values._INVISIBLE.search(c) or values._BREAK.search(c)]
    assert len(odd) > 2000 and not any(c.isprintable() for c in odd)


def test_what_accents_leave_is_the_same_for_every_letter():
    letters = [c for c in map(chr, range(0x3000)) if c.isprintable() and c not in " .,;:!"]
    for letter in letters:
        parts = unicodedata.normalize("NFD", values.clean(letter).casefold())
        bare = "".join(c for c in parts if unicodedata.category(c) != "Mn").replace("đ", "d")
        assert values.fold(f"a{letter}b") == f"a{bare}b"


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


# ------------------------------------------------------------------ measures


@pytest.mark.parametrize(
    ("measure", "times", "base"),
    [
        ("đồng", 1, "dong"),
        ("triệu đồng", 10**6, "dong"),
        ("Triệu  Đồng", 10**6, "dong"),
        ("tr.đồng", 10**6, "dong"),
        ("trđ", 10**6, "dong"),
        ("tỷ đồng", 10**9, "dong"),
        ("tỉ đồng", 10**9, "dong"),
        ("nghìn tỷ đồng", 10**12, "dong"),
        ("ngàn đồng", 1000, "dong"),
        ("1.000 đồng", 1000, "dong"),
        ("1000đ", 1000, "dong"),
        ("triệu VNĐ", 10**6, "dong"),
        ("nghìn USD", 1000, "usd"),
        ("người", 1, "nguoi"),
        ("nghìn người", 1000, "nguoi"),
        ("người/1.000 dân", "0.001", "nguoi/dan"),
        ("kgOE/triệu đồng", "0.000001", "kgoe/dong"),
        ("%", 1, "%"),
        ("triệu", 1, "trieu"),
        ("giá trị 0-1", 1, "gia tri"),
        ("vạn người", 10**4, "nguoi"),
        ("văn bằng", 1, "van bang"),
        ("trạm y tế", 1, "tram y te"),
        ("chức danh", 1, "chuc danh"),
        ("ngân hàng", 1, "ngan hang"),
        ("tỷ lệ", 1, "ty le"),
        ("trieu dong", 10**6, "dong"),
        ("", 1, ""),
    ],
)
def test_how_many_a_measure_counts_at_once(measure, times, base):
    assert values.scale_of(measure) == (Decimal(times), base)
