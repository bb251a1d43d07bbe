"""Each kind of missing, one by one: what is said, by whom, and what must then stand in every product.

The tables hold what was worked out by hand; the oracle, ``merge --json``, LibreOffice and the report must all have it.
"""

import re
from decimal import Decimal
from fractions import Fraction

import docx
import oracle
import pytest
from conftest import small_plan, variable
from office import needs_libreoffice
from oracle import ELSEWHERE, GIVEN, NONE_OCCURRED, NOT_APPLICABLE, NOT_YET, Said
from played import answered, command, played
from test_oracle import exports_agree, merge_agrees, oracle_of, report_agrees, same, table_agrees

from lsindicators.model import Aggregation, Assignment, Criterion, Kind, Method, PastFigure, Standing, Unit

YEAR = 2025
UNITS = "so-a", "so-b", "so-c", "so-d"  # the last one sends nothing

WORDS = {
    "": Said(), "chưa có": Said(None, NOT_YET), "không áp dụng": Said(None, NOT_APPLICABLE),
    "nơi khác": Said(None, ELSEWHERE), "phát sinh 0": Said(None, NONE_OCCURRED),
}  # fmt: skip
"""What may be said instead of a figure. ``sai`` types what is no number; ``–``: the unit is not asked at all."""

# the province's figure is empty where there is none; under chủ trì A and B lead, C and D coordinate
VARIABLES = """
cách tổng hợp | A | B | C | D sends nothing | toàn tỉnh | n/N
tổng | 10 | -4.5 | 30 | – | 35.5 | 3/3
tổng | 10 | | 30 | – | 40 | 2/3
tổng | 10 | chưa có | 30 | – | 40 | 2/3
tổng | 10 | không áp dụng | 30 | – | 40 | 3/3
tổng | 10 | nơi khác | 30 | – | 40 | 3/3
tổng | 10 | phát sinh 0 | 30 | – | 40 | 3/3
tổng | 10 | 0 | 30 | – | 40 | 3/3
tổng | 10 | sai | 30 | – | 40 | 2/3
tổng | 10 | -4.5 | 30 | im | 35.5 | 3/4
tổng | – | – | – | im | | 0/1
tổng | | chưa có | sai | – | | 0/3
tổng | không áp dụng | nơi khác | không áp dụng | – | | 3/3
tổng | phát sinh 0 | phát sinh 0 | phát sinh 0 | – | 0 | 3/3
tổng | phát sinh 0 | chưa có | | – | 0 | 1/3
tổng | 10 | -10 | 0 | – | 0 | 3/3
tổng | 0.1 | 0.2 | | – | 0.3 | 2/3
tổng | 12345678901234.5 | 0.01 | 0.32 | – | 12345678901234.83 | 3/3
tổng | 999999999999999 | 999999999999999 | 999999999999999 | – | 2999999999999997 | 3/3
trung bình | 10 | 20 | 60 | – | 30 | 3/3
trung bình | 10 | | 60 | – | 35 | 2/3
trung bình | 10 | chưa có | 60 | – | 35 | 2/3
trung bình | 10 | không áp dụng | 60 | – | 35 | 3/3
trung bình | 10 | nơi khác | 60 | – | 35 | 3/3
trung bình | 10 | phát sinh 0 | 60 | – | 70/3 | 3/3
trung bình | 10 | sai | 60 | – | 35 | 2/3
trung bình | 10 | 20 | 60 | im | 30 | 3/4
trung bình | | | | – | | 0/3
lớn nhất | -10 | -4.5 | -30 | – | -4.5 | 3/3
lớn nhất | -10 | | -30 | – | -10 | 2/3
lớn nhất | -10 | chưa có | -30 | – | -10 | 2/3
lớn nhất | -10 | không áp dụng | -30 | – | -10 | 3/3
lớn nhất | -10 | nơi khác | -30 | – | -10 | 3/3
lớn nhất | -10 | phát sinh 0 | -30 | – | 0 | 3/3
lớn nhất | -10 | sai | -30 | im | -10 | 2/4
lớn nhất | | | | im | | 0/4
nhỏ nhất | 10 | 4.5 | 30 | – | 4.5 | 3/3
nhỏ nhất | 10 | | 30 | – | 10 | 2/3
nhỏ nhất | 10 | chưa có | 30 | – | 10 | 2/3
nhỏ nhất | 10 | không áp dụng | 30 | – | 10 | 3/3
nhỏ nhất | 10 | nơi khác | 30 | – | 10 | 3/3
nhỏ nhất | 10 | phát sinh 0 | 30 | – | 0 | 3/3
nhỏ nhất | -10 | -4.5 | -30 | im | -30 | 3/4
chủ trì | 10 | 10 | 4 | – | 10 | 2/2
chủ trì | 10 | | 10 | – | 10 | 1/2
chủ trì | 10 | chưa có | 10 | – | 10 | 1/2
chủ trì | 10 | không áp dụng | 10 | – | 10 | 2/2
chủ trì | 10 | nơi khác | 10 | – | 10 | 2/2
chủ trì | 10 | phát sinh 0 | 10 | – | | 2/2
chủ trì | 0 | phát sinh 0 | 0 | – | 0 | 2/2
chủ trì | 10 | sai | 10 | – | 10 | 1/2
chủ trì | 10 | 10.5 | 10 | – | | 2/2
chủ trì | | | 10 | – | | 0/2
chủ trì | 10 | – | | im | 10 | 1/1
bình quân | 10 | 20 | 30 | – | 23 | 3/3
bình quân | 10 | | 30 | – | 170/7 | 2/3
bình quân | 10 | chưa có | 30 | – | 170/7 | 2/3
bình quân | 10 | không áp dụng | 30 | – | 170/7 | 3/3
bình quân | 10 | nơi khác | 30 | – | 170/7 | 3/3
bình quân | 10 | phát sinh 0 | 30 | – | 17 | 3/3
bình quân | 10 | sai | 30 | im | 170/7 | 2/4
bình quân | -10 | -20 | -30 | – | -23 | 3/3
bình quân thiếu | 10 | 20 | 30 | – | 170/7 | 2/3
bình quân thiếu | 10 | không áp dụng | 30 | – | 170/7 | 3/3
bình quân thiếu | | 20 | | – | | 0/3
bình quân nơi khác | 10 | 20 | 30 | – | 170/7 | 2/3
bình quân một số 0 | 10 | 20 | 30 | – | 170/7 | 3/3
bình quân toàn số 0 | 10 | 20 | 30 | – | | 3/3
tỷ lệ có | Có | Không | Có | – | 200/3 | 3/3
tỷ lệ có | Có | | Có | – | 100 | 2/3
tỷ lệ có | Có | chưa có | Không | – | 50 | 2/3
tỷ lệ có | Có | không áp dụng | Không | – | 50 | 3/3
tỷ lệ có | Có | nơi khác | Không | – | 50 | 3/3
tỷ lệ có | Có | phát sinh 0 | Không | – | 50 | 3/3
tỷ lệ có | Không | Không | Không | im | 0 | 3/4
tỷ lệ có | | chưa có | | – | | 0/3
tỷ lệ có | không áp dụng | phát sinh 0 | nơi khác | – | | 3/3
nối | =1+1 | bài | “Có” & <b> | – | Sở A: =1+1; Sở B: bài; Sở C: “Có” & <b> | 3/3
nối | bài | | chưa có | – | Sở A: bài | 1/3
nối | bài | không áp dụng | phát sinh 0 | im | Sở A: bài | 3/4
nối | | | | – | | 0/3
"""

WEIGHTS = {
    "bình quân": ("QS_A", ["2", "3", "5"]), "bình quân thiếu": ("QS_B", ["2", "", "5"]),
    "bình quân nơi khác": ("QS_C", ["2", "nơi khác", "5"]),
    "bình quân một số 0": ("QS_D", ["2", "phát sinh 0", "5"]), "bình quân toàn số 0": ("QS_E", ["0", "phát sinh 0", "0"]),
}  # fmt: skip

# P 35,5 whole; Z zero, whole; N nobody; M 40 of 2/3; D 2,675; E 0,285; F 1,005; G 0,3; H 0,1+0,2; K conflict; X không áp dụng
# Y last year: 7 on record, 5 typed, one silent; W last year: 100 of the province on record; V last year: nothing
INPUTS = {
    "P": ["10", "-4.5", "30"], "Z": ["0", "phát sinh 0", "0"], "N": ["", "chưa có", ""], "M": ["10", "", "30"],
    "D": ["2.675", "phát sinh 0", "0"], "E": ["0.285", "0", "0"], "F": ["1.005", "0", "0"], "G": ["0.3", "0", "0"],
    "H": ["0.1", "0.2", "0"], "X": ["không áp dụng", "không áp dụng", "nơi khác"], "Y": ["8", "6", "1"],
    "W": ["1", "2", "3"], "V": ["1", "2", "3"], "K": ["1", "2", "3"], "B": ["12345678901234", "0.5", "0"],
}  # fmt: skip
LAST_YEAR = {"Y": [None, "5", None]}
ON_RECORD = [("Y", "so-a", "7"), ("W", None, "100"), ("W", "so-a", "1"), ("W", "so-b", "2")]

CRITERIA = """
công thức | số lẻ | giá trị | in | tình trạng | năm trước
P | 1 | 35.5 | 35,5 | computed |
P | 0 | 35.5 | 36 | computed |
-P | 0 | -35.5 | -36 | computed |
M | 2 | 40 | 40,00 | partial-coverage |
N | 2 | | | missing-inputs |
X | 2 | | | missing-inputs |
K | 2 | | | missing-inputs |
P / Z | 2 | | | missing-inputs |
Z / P * 100 | 2 | 0 | 0,00 | computed |
Z / Z | 2 | | | missing-inputs |
N / Z | 2 | | | missing-inputs |
P / N | 2 | | | missing-inputs |
P / Z + N | 2 | | | missing-inputs |
N + P / Z | 2 | | | missing-inputs |
P + N | 2 | | | missing-inputs |
N * Z | 2 | | | missing-inputs |
P / M * 100 | 3 | 88.75 | 88,750 | partial-coverage |
P + K | 2 | | | missing-inputs |
nếu(P > 0; P; N) | 1 | 35.5 | 35,5 | partial-coverage |
nếu(P < 0; P; N) | 1 | | | missing-inputs |
nếu(N > 0; P; 1) | 1 | | | missing-inputs |
nếu(Z <> 0; P / Z; 0) | 1 | 0 | 0,0 | computed |
nếu(Z = 0; P / Z; 0) | 1 | | | missing-inputs |
nếu(P > 0; P / Z + N; 1) | 1 | | | missing-inputs |
nếu(P > 0; N + P / Z; 1) | 1 | | | missing-inputs |
nếu(P / Z > 0; N; 1) | 1 | | | missing-inputs |
min(P; N) | 1 | | | missing-inputs |
max(P; M; Z) | 1 | 40 | 40,0 | partial-coverage |
sum(P; M) + abs(-P) | 1 | 111 | 111,0 | partial-coverage |
D | 2 | 2.675 | 2,68 | computed |
-D | 2 | -2.675 | -2,68 | computed |
E | 2 | 0.285 | 0,29 | computed |
F | 2 | 1.005 | 1,01 | computed |
F * 100 | 0 | 100.5 | 101 | computed |
round(D; 2) | 3 | 2.68 | 2,680 | computed |
round(-D; 2) | 2 | -2.68 | -2,68 | computed |
round(E; 2) | 2 | 0.29 | 0,29 | computed |
round(F; 2) | 2 | 1.01 | 1,01 | computed |
round(F * 100; 0) | 0 | 101 | 101 | computed |
round(P / 10; 0) | 0 | 4 | 4 | computed |
H - G | 2 | 0 | 0,00 | computed |
P / (H - G) | 2 | | | missing-inputs |
nếu(H = G; 1; 2) | 0 | 1 | 1 | computed |
Z * -1 | 1 | 0 | 0,0 | computed |
-Z | 0 | 0 | 0 | computed |
Z - E / 100 | 2 | -0.00285 | 0,00 | computed |
P / 3 | 6 | 71/6 | 11,833333 | computed |
P / 3 * 3 | 1 | 35.5 | 35,5 | computed |
B | 1 | 12345678901234.5 | 12.345.678.901.234,5 | computed |
B * 1000 | 0 | 12345678901234500 | 12.345.678.901.234.500 | computed |
-P ^ 2 | 2 | -1260.25 | -1.260,25 | computed |
42 / 5 | 1 | 8.4 | 8,4 | computed |
Y | 0 | 15 | 15 | computed | 12
Y@-1 | 0 | 12 | 12 | partial-coverage |
Y / Y@-1 * 100 - 100 | 1 | 25 | 25,0 | partial-coverage |
W | 0 | 6 | 6 | computed | 100
W@-1 + P | 1 | 135.5 | 135,5 | computed |
V@-1 | 0 | | | missing-inputs |
V + Z | 0 | 6 | 6 | computed |
"""


def table(text):
    """The lines of a table, without its headings."""
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()[1:]]


def worked_out(text, numeric=True):
    return (Fraction(text) if numeric else text.replace("; Sở", "\nSở")) if text else None


CASES = [(f"V{n:02d}_A", *row) for n, row in enumerate(table(VARIABLES))]
RESULTS = [(f"TC{n:02d}", *row) for n, row in enumerate(table(CRITERIA))]
INPUT = re.compile(r"\b[A-Z]\b")
"""A letter in a formula; the code of its variable is ``P_A``."""

METHODS = {
    "tổng": Method.SUM, "trung bình": Method.MEAN, "lớn nhất": Method.MAX, "nhỏ nhất": Method.MIN, "chủ trì": Method.LEAD,
    "tỷ lệ có": Method.SHARE_YES, "nối": Method.JOIN,
}  # fmt: skip


def rows():
    """(code, kind, aggregation, what the four units say) of every variable."""
    for code, how, *words, _value, _n in CASES:
        kind = {"tỷ lệ có": Kind.YES_NO, "nối": Kind.TEXT}.get(how, Kind.DECIMAL)
        weight = WEIGHTS[how][0] if how in WEIGHTS else None
        yield code, kind, Aggregation(Method.WEIGHTED, weight) if weight else Aggregation(METHODS[how]), words
    for code, words in WEIGHTS.values():
        yield code, Kind.DECIMAL, Aggregation(Method.SUM), [*words, "–"]
    for code, words in INPUTS.items():
        method = Method.LEAD if code == "K" else Method.SUM
        yield f"{code}_A", Kind.DECIMAL, Aggregation(method), [*words, "–"]


def the_plan():
    drawn = list(rows())
    named = {code: [u for u, w in zip(UNITS, words, strict=True) if w != "–"] for code, *_, words in drawn}
    weight = {code for code, _ in WEIGHTS.values()}
    return small_plan(
        units=tuple(Unit(code=u, name=f"Sở {u[-1].upper()}", short=u, type="so") for u in UNITS),
        groups=(), rules=(),
        criteria=tuple(
            Criterion(code=code, group="Nhóm", name=f"Tiêu chí {code}", measure="%", formula=INPUT.sub(r"\g<0>_A", formula),
                      decimals=int(places), standing=Standing.OFFICIAL)
            for code, formula, places, *_ in RESULTS
        ),
        variables=tuple(
            variable(code, f"Số liệu {code}", "người", kind, how, criterion="TC00", required=False,
                     low=Decimal(0) if code in weight else None, high=None)
            for code, kind, how, _ in drawn
        ),
        assignments=tuple(
            Assignment(variable=code, lead=_of(named[code], UNITS[:2]), supporting=_of(named[code], UNITS[2:])) for code, *_ in drawn
        ),
        past=tuple(PastFigure(variable=f"{v}_A", unit=u, year=YEAR - 1, value=Decimal(x)) for v, u, x in ON_RECORD),
    )  # fmt: skip


def _of(named, side):
    return tuple(u for u in named if u in side)


def what_is_typed():
    """(variable, unit, year) -> what is typed; and the same without what is no number."""
    typed = {}
    for code, kind, _, words in rows():
        for unit, word in zip(UNITS[:3], words, strict=False):
            if word and word != "–":
                given = word if word == "sai" or not kind.numeric else None
                said = WORDS.get(word) or Said(given or Fraction(word), GIVEN)
                typed[code, unit, YEAR] = said
    for code, words in LAST_YEAR.items():
        for unit, word in zip(UNITS, words, strict=False):
            if word:
                typed[f"{code}_A", unit, YEAR - 1] = Said(Fraction(word))
    return typed, {key: said for key, said in typed.items() if said.value != "sai"}


@pytest.fixture(scope="module")
def year(tmp_path_factory):
    """The campaign, what was merged, and what the oracle says."""
    typed, taken = what_is_typed()
    campaign = played(tmp_path_factory.mktemp("thieu") / "ky", the_plan(), typed, silent=UNITS[3:])
    merged = answered("merge", campaign)
    return campaign, merged, oracle_of(campaign, taken)


@pytest.fixture(scope="module")
def report(year):
    campaign, *_ = year
    assert command("report", campaign)[0] in (0, 1)
    return oracle.annex(docx.Document(str(campaign / "bao-cao.docx")).tables)


@pytest.mark.parametrize(
    ("code", "how", "a", "b", "c", "d", "value", "share"), CASES, ids=lambda x: x.replace(" ", "-") or "∅"
)
def test_a_total_of_what_was_said(code, how, a, b, c, d, value, share, year):
    _, merged, wanted = year
    found = next(v for v in merged["variables"] if v["code"] == code)
    expected = worked_out(value, how != "nối")
    assert wanted.total(code, YEAR).value == expected, "the oracle"
    assert same(found["value"], expected), found
    assert f"{found['reported_units']}/{found['expected_units']}" == share


@pytest.mark.parametrize(
    ("code", "formula", "places", "value", "printed", "status", *["before"]),
    [r if len(r) == 7 else (*r, "") for r in RESULTS],
)
def test_a_criterion_of_such_totals(code, formula, places, value, printed, status, before, year, report):
    _, merged, wanted = year
    found = next(c for c in merged["criteria"] if c["code"] == code)
    assert wanted.value(code) == worked_out(value), "the oracle"
    assert same(found["value"], worked_out(value)), found
    assert found["status"] == status
    assert report[code][f"Năm {YEAR}"] == (printed or "Chưa có số liệu")
    if before:
        assert same(found["previous"], Fraction(before)), found


def test_all_of_it_is_as_the_oracle_says(year):
    campaign, merged, wanted = year
    merge_agrees(wanted, merged)
    assert command("report", campaign)[0] in (0, 1)
    report_agrees(wanted, campaign / "bao-cao.docx")


WHY = {"": "not-reported", "chưa có": "not-yet", "sai": "needs-mending", "im": "no-return"}


def test_whatever_is_missing_is_listed_with_its_reason(year):
    _, merged, wanted = year
    found = {(m["variable"], m["unit"]): m["why"] for m in merged["missing"]}
    asked = {
        (code, unit): WHY[word]
        for code, _, _, words in rows()
        for unit, word in zip(UNITS, words, strict=True)
        if word in WHY
    }
    without_weight = {key for key, why in found.items() if why not in WHY.values()}
    assert {key: why for key, why in found.items() if key not in without_weight} == asked
    assert {wanted.plan.variables[code]["Cách tổng hợp"][:9] for code, _ in without_weight} <= {"bình quân"}


@needs_libreoffice
def test_libreoffice_finds_the_same(year):
    campaign, _, wanted = year
    table_agrees(wanted, campaign / "tong-hop.xlsx")


def test_the_open_data_hold_the_same(year):
    campaign, _, wanted = year
    assert command("export", campaign)[0] in (0, 1)
    exports_agree(wanted, campaign / "xuat" / "du-lieu")
