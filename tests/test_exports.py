"""tong-hop.xlsx: what stands where, and that LibreOffice recalculates what Python computed.

What is expected is worked out here from what the units said, by fractions and Python's own arithmetic.
"""

import io
import json
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from html import unescape
from random import Random

import openpyxl
import pytest
from conftest import small_plan, variable
from msgspec.structs import replace
from office import convert, needs_libreoffice

from lsindicators import compute, exports, merge, reconcile
from lsindicators.exports.formulas import Places, criterion_formula
from lsindicators.layout import MADE_UP
from lsindicators.model import (
    Aggregation,
    Assignment,
    CellRef,
    Choice,
    Criterion,
    Figure,
    Kind,
    Method,
    PastFigure,
    Sending,
    Settlement,
    Standing,
    State,
    Status,
    Unit,
)

UNITS = ("so-a", "so-b", "xa-c", "xa-d", "xa-e", "xa-f")
STATES = {"n/a": State.NOT_APPLICABLE, "else": State.ELSEWHERE, "later": State.NOT_YET, "0!": State.NONE_OCCURRED}
SENT = datetime(2026, 3, 28, 2, 15, tzinfo=UTC)


def figure(code, unit, word, year=2025, numeric=True):
    state = STATES.get(word, State.GIVEN)
    value = Decimal(0) if word == "0!" else None if word in STATES else Decimal(word) if numeric else word
    return Figure(
        variable=code,
        unit=unit,
        year=year,
        value=value,
        state=state,
        source="Báo cáo",
        at=CellRef(f"tra-ve/{unit}.xlsx", "Số liệu", "F12"),
        sha256="0f" * 32,
        read_at=SENT,
    )


def workbook(plan, figures, sendings=(), *, folder=None, untaken=None):
    """What the stages make of ``figures``: dataset, results, and the workbook's formulas and stored values."""
    dataset, _ = merge.combine(plan, figures, untaken or {}, {f.unit for f in figures})
    results = compute.evaluate(plan, dataset)
    content = exports.write(plan, dataset, results, sendings)
    if folder is not None:
        (folder / "tong-hop.xlsx").write_bytes(content)
    formulas = openpyxl.load_workbook(io.BytesIO(content))
    values = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    return dataset, results, formulas, values


def rows(sheet):
    headings, *body = sheet.iter_rows(values_only=True)
    return [dict(zip(headings, row, strict=True)) for row in body]


# ------------------------------------------------------------------ a wide plan for every aggregation

METHODS = (Method.SUM, Method.MEAN, Method.MAX, Method.MIN, Method.LEAD, Method.WEIGHTED, Method.SHARE_YES, Method.JOIN)
EACH = 9


class MissingError(Exception):
    pass


def share(get):
    return get("CA1_A") / get("CA2_A") * 100


FORMULAS = [
    # the criterion's formula, and what it means in Python
    ("CA1_A / CA2_A * 100", share),
    ("CA1_A + CB1_A - CC1_A * 2", lambda g: g("CA1_A") + g("CB1_A") - g("CC1_A") * 2),
    ("(CA3_A / CA4_A / (CA3_A@-1 / CA4_A@-1) - 1) * 100",
     lambda g: (g("CA3_A") / g("CA4_A") / (g("CA3_A", -1) / g("CA4_A", -1)) - 1) * 100),
    ("CA5_A / (CA5_A - CA5_A)", lambda g: g("CA5_A") / (g("CA5_A") - g("CA5_A"))),
    ("CE1_A + CE2_A@-1", lambda g: g("CE1_A") + g("CE2_A", -1)),
    ("CE3_A - CE3_A@-1", lambda g: g("CE3_A") - g("CE3_A", -1)),
    ("CF1_A * CG1_A / 100", lambda g: g("CF1_A") * g("CG1_A") / 100),
    ("CF2_A + CG2_A", lambda g: g("CF2_A") + g("CG2_A")),
    ("CH1_A + 1", lambda g: g("CH1_A") + 1),
    ("nếu(CA6_A > 0, CB2_A, CC2_A) + abs(-CD1_A)",
     lambda g: (g("CB2_A") if g("CA6_A") > 0 else g("CC2_A")) + abs(-g("CD1_A"))),
    ("nếu(CA7_A >= 0, CB9_A, CZ9_A)", lambda g: g("CB9_A") if g("CA7_A") >= 0 else g("CZ9_A")),
    ("nếu(CA7_A < 0, CB9_A, CZ9_A)", lambda g: g("CB9_A") if g("CA7_A") < 0 else g("CZ9_A")),
    ("nếu(CA7_A >= 0, CB9_A / 0, 1)", lambda g: g("CB9_A") / 0 if g("CA7_A") >= 0 else 1),
    ("min(CB3_A, CC3_A, CD3_A) + max(CB3_A; CC3_A) + sum(CB3_A, 2)",
     lambda g: min(g("CB3_A"), g("CC3_A"), g("CD3_A")) + max(g("CB3_A"), g("CC3_A")) + g("CB3_A") + 2),
    ("-CA8_A ^ 2 - (CB4_A - (CC4_A - CD4_A))", lambda g: -(g("CA8_A") ** 2) - (g("CB4_A") - (g("CC4_A") - g("CD4_A")))),
    ("CZ9_A + CA1_A", lambda g: g("CZ9_A") + g("CA1_A")),
    ("CZ9_A@-1 + CZ9_A@-2", lambda g: g("CZ9_A", -1) + g("CZ9_A", -2)),
    ("CY1_A + CY1_A@-1", lambda g: g("CY1_A") + g("CY1_A", -1)),
    ("42 / 5", lambda g: Fraction(42, 5)),
    ("TC000 / 2 - CA1_A", lambda g: share(g) / 2 - g("CA1_A")),
    ("TC000 - TC000@-1", lambda g: share(g) - g("CA1_A", -1) / g("CA2_A", -1) * 100),
    ("CA6_A > CA7_A", lambda g: int(g("CA6_A") > g("CA7_A"))),
    ("nếu(TC000 > 0, PHU1 * 2, TC001)", lambda g: share(g) * 2 if share(g) > 0 else FORMULAS[1][1](g)),
    *((f"C{letter}{i}_A", lambda g, code=f"C{letter}{i}_A": g(code)) for letter in "ABCDEFG" for i in range(1, EACH)),
]  # fmt: skip


def wide_plan():
    """Nine variables for each aggregation, two leads and four supporting units, and criteria over them all."""
    variables = []
    for letter, method in zip("ABCDEFGH", METHODS, strict=True):
        for i in range(1, EACH + 1):
            code = f"C{letter}{i}_A"
            kind = {Method.SHARE_YES: Kind.YES_NO, Method.JOIN: Kind.TEXT}.get(method, Kind.DECIMAL)
            weight = f"C{letter}{i}_W" if method is Method.WEIGHTED else None
            variables.append(variable(code, f"Số {code}", "người", kind, Aggregation(method, weight), criterion="DV01"))
            if weight:
                variables.append(variable(weight, f"Trọng số {code}", "người", Kind.DECIMAL, criterion="DV01"))
    lead_words = variable("CX1_A", "Lời của chủ trì", "", Kind.YES_NO, Method.LEAD, criterion="DV01")
    nobody = variable("CZ9_A", "Không ai báo", "người", Kind.DECIMAL, criterion="DV01")
    whole = variable("CY1_A", "Có số toàn tỉnh", "người", Kind.DECIMAL, criterion="DV01")
    variables += [lead_words, nobody, whole]
    criteria = tuple(
        Criterion(
            code=f"TC{i:03}",
            group=f"Nhóm {i % 3}",
            name=f"Tiêu chí {i}",
            measure="%",
            formula=formula,
            decimals=i % 4,
            standing=Standing.PROPOSED if i % 2 else Standing.OFFICIAL,
        )
        for i, (formula, _) in enumerate(FORMULAS)
    )
    return small_plan(
        units=tuple(Unit(code=u, name=f"Đơn vị {u}", short=u, type=u[:2]) for u in UNITS),
        criteria=criteria,
        companions=(replace(criteria[0], code="PHU1", parent="TC000", name="Chỉ tiêu phụ"),),
        variables=tuple(variables),
        assignments=tuple(
            Assignment(
                variable=v.code, lead=() if v is nobody else UNITS[:2], supporting=() if v is nobody else UNITS[2:]
            )
            for v in variables
        ),
        rules=(),
        past=(
            PastFigure(variable="TC001", unit=None, year=2024, value=Decimal("11.25")),
            PastFigure(variable="CY1_A", unit=None, year=2024, value=Decimal("70.5")),
            *(PastFigure(variable="CA3_A", unit=u, year=2023, value=Decimal(i + 1)) for i, u in enumerate(UNITS)),
            *(PastFigure(variable="CA4_A", unit=u, year=2023, value=Decimal(2 * i + 1)) for i, u in enumerate(UNITS)),
        ),
    )


def said(plan, seed):
    """(variable, unit, year) -> what a unit said: a number, a text, a state; some say nothing, one never sends."""
    dice = Random(seed)
    told = {}
    for v in plan.variables:
        scarce = dice.choice([0, 0.1, 0.6])
        for year in (2024, 2025):
            for unit in UNITS[:-1]:
                if v.code == "CZ9_A" or dice.random() < scarce:
                    continue
                number = dice.choice(
                    ["0", "-2.5", f"{dice.randrange(10**6)}.{dice.randrange(1000):03}", str(dice.randrange(50))]
                )
                if v.aggregation.method is Method.LEAD and dice.random() < 0.7:
                    number = "12.5"
                word = {Kind.YES_NO: dice.choice(["Có", "Không"]), Kind.TEXT: f"=1+{dice.randrange(9)} “bài”"}.get(
                    v.kind, number
                )
                if year == 2025 and dice.random() < 0.25:
                    word = dice.choice(list(STATES))
                told[v.code, unit, year] = word
    for unit in UNITS[:-1]:
        told["CA7_A", unit, 2025] = told["CB9_A", unit, 2025] = "3.5"
    for unit, word in zip(UNITS, ["Có", "n/a", "Không"], strict=False):
        told["CX1_A", unit, 2025] = word
    return told


def number(word):
    return Fraction(0) if word == "0!" else None if word in STATES else Fraction(word)


def total(plan, told, code, year):
    """The province's figure from what was said: a fraction, a text, ``None``, or ``"Chưa thống nhất"``."""
    v = plan.variable[code]
    past = {p.unit: Fraction(p.value) for p in plan.past if (p.variable, p.year) == (code, year)}
    if None in past:
        return past[None]
    words = {u: told[code, u, year] for u in UNITS if (code, u, year) in told}
    method = v.aggregation.method
    if v.kind is Kind.YES_NO:
        answers = {u: w for u, w in words.items() if w in ("Có", "Không")}
        if method is Method.SHARE_YES:
            return Fraction(100 * list(answers.values()).count("Có"), len(answers)) if answers else None
        leads = {w for u, w in answers.items() if u in UNITS[:2]}
        return leads.pop() if len(leads) == 1 else "Chưa thống nhất" if leads else None
    if v.kind is Kind.TEXT:
        return "\n".join(f"Đơn vị {u}: {w}" for u, w in words.items() if w not in STATES) or None
    numbers = {u: n for u, w in words.items() if (n := number(w)) is not None} | past
    if method is Method.LEAD:
        numbers = {u: n for u, n in numbers.items() if u in UNITS[:2]}
        return None if not numbers else numbers.popitem()[1] if len(set(numbers.values())) == 1 else "Chưa thống nhất"
    if method is Method.WEIGHTED:
        weights = {u: number(w) for (c, u, y), w in told.items() if c == v.aggregation.weight and y == year}
        both = [(n, w) for u, n in numbers.items() if (w := weights.get(u)) is not None and w >= 0]
        whole = sum(w for _, w in both)
        return sum(n * w for n, w in both) / whole if whole else None
    if not numbers:
        return None
    plain = list(numbers.values())
    return {
        Method.SUM: sum(plain), Method.MEAN: sum(plain) / len(plain), Method.MAX: max(plain), Method.MIN: min(plain),
    }[method]  # fmt: skip


def criterion(plan, told, meaning, year):
    """A criterion from what was said: a fraction, or the words that stand in its place."""

    def get(code, lag=0):
        found = total(plan, told, code, year + lag)
        if not isinstance(found, Fraction | int):
            raise MissingError
        return Fraction(found)

    try:
        return meaning(get)
    except MissingError:
        return "Chưa có số liệu"
    except ZeroDivisionError:
        return "Không tính được"


def same(found, wanted):
    if isinstance(wanted, Fraction | int):
        return isinstance(found, int | float) and found == pytest.approx(float(wanted), rel=1e-9, abs=1e-9)
    return found == (wanted or "Chưa có số liệu")


@needs_libreoffice
def test_libreoffice_recalculates_every_total_and_criterion(tmp_path):
    plan = wide_plan()
    told = said(plan, 7)
    figures = [figure(c, u, w, y, plan.variable[c].kind.numeric) for (c, u, y), w in told.items()]
    _, results, formulas, stored = workbook(plan, figures, folder=tmp_path)
    recalculated = openpyxl.load_workbook(convert(tmp_path / "tong-hop.xlsx", "xlsx", tmp_path), data_only=True)
    seen = set()
    for year, name in ((2025, "Số liệu"), (2024, "Số liệu 2024"), (2023, "Số liệu 2023")):
        for cells, shown, asked in zip(rows(recalculated[name]), rows(stored[name]), rows(formulas[name]), strict=True):
            code, wanted = cells["Mã số liệu"], total(plan, told, cells["Mã số liệu"], year)
            assert same(cells["Toàn tỉnh"], wanted), (name, code, cells["Toàn tỉnh"], wanted)
            assert same(shown["Toàn tỉnh"], wanted), (name, code, shown["Toàn tỉnh"], wanted)
            live = str(asked["Toàn tỉnh"]).startswith("=")
            assert live == (code != "CZ9_A" and (code, year) != ("CY1_A", 2024) and (live or wanted is not None)), code
            seen.add(wanted if wanted is None or isinstance(wanted, str) else "number")
    assert {None, "number", "Chưa thống nhất"} < seen
    met = set()
    for sheet in (recalculated["Tiêu chí"], stored["Tiêu chí"]):
        for cells, (formula, meaning), result in zip(
            rows(sheet), FORMULAS, [r for r in results if r.criterion.parent is None], strict=True
        ):
            now = criterion(plan, told, meaning, 2025)
            before = Fraction("11.25") if cells["Mã tiêu chí"] == "TC001" else criterion(plan, told, meaning, 2024)
            assert same(cells["Năm 2025"], now), (formula, cells, now)
            assert same(cells["Năm 2024"], before), (formula, cells, before)
            known = not isinstance(now, str) and not isinstance(before, str)
            assert same(cells["Tăng, giảm"], now - before) if known else cells["Tăng, giảm"] in (None, ""), cells
            for value, wanted in ((result.value, now), (result.previous, before)):
                assert (value is None) == isinstance(wanted, str)
                assert value is None or float(value) == pytest.approx(float(wanted), rel=1e-14, abs=1e-14)
            met |= {x if isinstance(x, str) else "number" for x in (now, before)}
    assert met == {"number", "Chưa có số liệu", "Không tính được"}
    (extra,) = rows(recalculated["Chỉ tiêu phụ"])
    assert same(extra["Năm 2025"], criterion(plan, told, share, 2025))


def test_a_criterion_that_compares_is_one_or_none_to_excel_too():
    """Excel would show TRUE, and count no TRUE where it takes last year's from this year's; LibreOffice does."""
    plan = small_plan()
    plan = replace(plan, criteria=(replace(plan.criteria[0], formula="C01_A > 5"),))
    places = Places(plan, merge.combine(plan, (), {}, ())[0])
    assert ",IFERROR(N('Số liệu'!" in criterion_formula(places, plan.criteria[0], 2025)


# ------------------------------------------------------------------ what stands where


def told_plan(plan):
    """The small plan with figures of two units; the third sent nothing."""
    lines = {
        ("C01_A", "so-khcn"): "100", ("C01_A", "xa-hoa-tham"): "0!", ("C01_B", "so-khcn"): "later",
        ("C01_B", "xa-hoa-tham"): "else", ("C09_A", "so-khcn"): "25", ("C09_B", "so-khcn"): "200",
        ("C14_A", "so-khcn"): "30000000.25", ("C43_A", "so-khcn"): "Có", ("C43_A", "xa-hoa-tham"): "Không",
        ("C43_B", "so-khcn"): "=HYPERLINK(\"http://x\",\"xem\")",
    }  # fmt: skip
    return [figure(c, u, w, numeric=plan.variable[c].kind.numeric) for (c, u), w in lines.items()]


SENDINGS = (
    Sending(
        unit="so-khcn", owed=8, status=Status.PARTIAL, values=6, open=1, sent_at=SENT, late=False, file="tra-ve/a.xlsx"
    ),
    Sending(
        unit="xa-hoa-tham", owed=5, status=Status.ACCEPTED, values=2, open=0, sent_at=SENT, late=True, file="=b.xlsx"
    ),
    Sending(unit="phuong-ky-lua", owed=5, status=None, values=0, open=0, sent_at=None, late=False),
)

HEADINGS = {
    "Tiêu chí": "Mã tiêu chí|Tên tiêu chí|Đơn vị tính|Năm 2024|Năm 2025|Tăng, giảm|Độ phủ|Tính chất|Ghi chú",
    "Dữ liệu": "Mã đơn vị|Tên đơn vị|Mã số liệu|Số liệu|Năm|Giá trị|Tình trạng|Nguồn số liệu|Giải trình|Tệp|Trang tính|Ô|"
    "SHA-256|Thời điểm đọc",
}


@pytest.mark.parametrize("made_up", [False, True])
def test_headings_stand_in_the_first_row_letter_for_letter(plan, made_up):
    plan = replace(plan, settings=replace(plan.settings, made_up=made_up))
    book = workbook(plan, told_plan(plan), SENDINGS)[3]
    assert book.sheetnames == [
        "Tiêu chí", "Tổng quan", "So hai năm", "Biểu đồ", "Số liệu", "Số liệu 2024", "Dữ liệu", "Đối chiếu", "Còn thiếu",
        "Tình hình gửi", "Giải thích",
    ]  # fmt: skip
    for name, headings in HEADINGS.items():
        assert [c.value for c in book[name][1]][: headings.count("|") + 1] == headings.split("|")
    assert [c.value for c in book["Số liệu"][1]][6:] == ["Toàn tỉnh", *(u.name for u in plan.units)]


def test_criteria_are_live_and_say_what_they_rest_on(plan):
    _, _, formulas, values = workbook(plan, told_plan(plan))
    table = {r["Mã tiêu chí"]: r for r in rows(values["Tiêu chí"])}
    assert {code: (r["Năm 2025"], r["Độ phủ"]) for code, r in table.items()} == {
        "DV01": ("Chưa có số liệu", "1/3"),
        "KQ07": (12.5, "1/3"),
        "HQ02": ("Chưa có số liệu", "0/1"),
        "TD26": (50, "2/3"),
    }
    assert [table[c]["Tính chất"] for c in ("DV01", "KQ07")] == ["cách tính đề xuất", "đề xuất"]
    assert "C01_B" in table["DV01"]["Ghi chú"] and "1/3" in table["KQ07"]["Ghi chú"]
    assert formulas["Tiêu chí"]["E3"].value.startswith("=IF(COUNT('Số liệu'!$G$")
    assert formulas["Tiêu chí"]["E3"].number_format == "#,##0.00"


def test_units_cells_tell_zero_states_and_gaps_apart(plan):
    values = workbook(plan, told_plan(plan), untaken={("so-khcn", "C14_B"): "không phải là số"})[3]
    table = {r["Mã số liệu"]: r for r in rows(values["Số liệu"])}
    science, commune, ward = (u.name for u in plan.units)
    assert [table["C01_A"][u] for u in (science, commune, ward)] == [100, 0, "Chưa gửi"]
    assert [table["C01_B"][u] for u in (science, commune, ward)] == [
        "Chưa có số liệu",
        "Đã tính ở đơn vị khác",
        "Chưa gửi",
    ]
    assert [table["C14_B"][u] for u in (science, commune, ward)] == ["Cần sửa", None, None]
    assert table["C43_B"][commune] == "Để trống"
    assert [(r["Số đơn vị phải báo"], r["Số đơn vị đã báo"]) for r in table.values()][:2] == [(3, 2), (3, 1)]
    assert {r["Mã số liệu"]: r["Toàn tỉnh"] for r in rows(values["Số liệu 2024"])}["C01_A"] == 120


def test_every_figure_leads_back_to_its_cell(plan):
    found = rows(workbook(plan, told_plan(plan))[3]["Dữ liệu"])
    assert found[0] | {"Giá trị": 120, "Tệp": "phan-cong.xlsx", "Trang tính": "Năm trước", "Ô": None} == found[0]
    wanted = {
        "Giá trị": 100,
        "Năm": 2025,
        "Tệp": "tra-ve/so-khcn.xlsx",
        "Ô": "F12",
        "Thời điểm đọc": datetime(2026, 3, 28, 9, 15),
    }
    assert found[1] | wanted == found[1]
    assert [(r["Giá trị"], r["Tình trạng"]) for r in found if r["Mã số liệu"] == "C01_B"] == [
        (None, "Chưa có số liệu"), (None, "Đã tính ở đơn vị khác"),
    ]  # fmt: skip


def test_gaps_conflicts_and_sendings_are_listed(plan):
    both = tuple(
        replace(a, lead=("so-khcn", "xa-hoa-tham"), supporting=()) if a.variable == "C09_B" else a
        for a in plan.assignments
    )
    plan = replace(plan, assignments=both)
    figures = [*told_plan(plan), figure("C09_B", "xa-hoa-tham", "201")]
    _, _, _, values = workbook(plan, figures, SENDINGS)
    assert [(r["Mã số liệu"], r["Mã đơn vị"], r["Vai trò"], r["Giá trị"]) for r in rows(values["Đối chiếu"])] == [
        ("C09_B", "so-khcn", "Chủ trì", 200), ("C09_B", "xa-hoa-tham", "Chủ trì", 201),
    ]  # fmt: skip
    gaps = {(r["Mã số liệu"], r["Mã đơn vị"]): r["Lý do"] for r in rows(values["Còn thiếu"])}
    assert gaps["C01_A", "phuong-ky-lua"] == "Chưa gửi"
    assert gaps["C01_B", "so-khcn"] == "Chưa có số liệu"
    sent = rows(values["Tình hình gửi"])
    assert [(r["Tình hình"], r["Đúng hạn"], r["Số liệu đã nhận"]) for r in sent] == [
        ("Nhận một phần", "Đúng hạn", 6), ("Đã nhận", "Quá hạn", 2), ("Chưa gửi", None, 0),
    ]  # fmt: skip
    table = {r["Mã tiêu chí"]: r for r in rows(values["Tiêu chí"])}
    assert "chưa thống nhất" in table["KQ07"]["Ghi chú"]
    assert {r["Mã số liệu"]: r["Toàn tỉnh"] for r in rows(values["Số liệu"])}["C09_B"] == "Chưa thống nhất"


def test_texts_of_units_never_become_formulas_or_links(plan):
    _, _, formulas, _ = workbook(plan, told_plan(plan), SENDINGS)
    cells = [c for sheet in formulas for row in sheet.iter_rows() for c in row if str(c.value).startswith("=")]
    assert {c.data_type for c in cells if "HYPERLINK" in c.value or "b.xlsx" in c.value} == {"s"}
    links = [c for sheet in formulas for row in sheet.iter_rows() for c in row if c.hyperlink]
    assert links
    assert not any("http" in str(c.hyperlink.target) or "b.xlsx" in str(c.hyperlink.target) for c in links)


def test_made_up_figures_are_told_on_every_sheet(plan):
    plan = replace(plan, settings=replace(plan.settings, made_up=True))
    _, _, formulas, _ = workbook(plan, told_plan(plan), SENDINGS)
    for sheet in formulas:
        assert MADE_UP in sheet.oddHeader.center.text
        assert any(MADE_UP in c.number_format for c in sheet[1])
    assert all("Số liệu giả định" in r["Ghi chú"] for r in rows(formulas["Tiêu chí"]))
    assert formulas["Giải thích"]["B2"].value == MADE_UP


def test_odd_texts_and_numbers_are_written_all_the_same(plan):
    odd = [
        figure("C43_B", "so-khcn", "dài " * 20_000, numeric=False)._replace(source="\x01 a\udc80b", reason="_x000D_"),
        figure("C43_B", "xa-hoa-tham", "b", numeric=False),
        figure("C01_A", "so-khcn", "1234567890123456789012345678"),
    ]
    values = workbook(plan, odd)[3]
    table = {r["Mã số liệu"]: r["Toàn tỉnh"] for r in rows(values["Số liệu"])}
    assert len(table["C43_B"]) == 32_767
    assert table["C01_A"] == pytest.approx(1.2345678901234568e27)
    assert rows(values["Dữ liệu"])[-2]["Giải trình"] == "_x000D_"


@pytest.mark.parametrize(("compiler", "told"), [("3 Sở A&B", "3 Sở A&&B"), ("Sở & " * 60, "Sở && " * 15)])
def test_headers_and_footers_keep_within_the_limits(plan, compiler, told):
    plan = replace(plan, settings=replace(plan.settings, compiler=compiler, province="Lạng & Sơn " * 40, made_up=True))
    dataset, _ = merge.combine(plan, [], {}, set())
    content = exports.write(plan, dataset, compute.evaluate(plan, dataset), ())
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
    for band in ("oddHeader", "oddFooter"):
        assert 0 < len(unescape(sheet.partition(f"<{band}>")[2].partition("<")[0])) <= 255
    assert f'&9&"Times New Roman,Regular"{told}' in unescape(sheet)


def test_what_excel_would_not_take_as_a_formula_is_a_value(plan):
    deep = "abs(" * 70 + "C09_A" + ")" * 70
    plan = replace(plan, criteria=(replace(plan.criteria[0], formula=deep), *plan.criteria[1:]))
    figures = [
        *(figure("C43_B", unit, "dài " * 5_000, numeric=False) for unit in ("so-khcn", "xa-hoa-tham")),
        figure("C09_A", "so-khcn", "5"),
    ]
    _, results, formulas, _ = workbook(plan, figures)
    assert formulas["Tiêu chí"]["E2"].value == results[0].value
    table = {r["Mã số liệu"]: r["Toàn tỉnh"] for r in rows(formulas["Số liệu"])}
    assert not table["C43_B"].startswith("=") and len(table["C43_B"]) == 32_767


def test_an_empty_campaign_still_gives_a_table(plan):
    plan = replace(plan, past=(), assignments=())
    _, _, _, values = workbook(plan, [])
    assert {r["Năm 2025"] for r in rows(values["Tiêu chí"])} == {"Chưa có số liệu"}
    assert {r["Lý do"] for r in rows(values["Còn thiếu"])} == {"Chưa giao"}


def test_same_input_same_bytes(plan):
    dataset, _ = merge.combine(plan, told_plan(plan), {}, {"so-khcn"})
    results = compute.evaluate(plan, dataset)
    first, second = (exports.write(plan, dataset, results, SENDINGS) for _ in range(2))
    assert first == second
    core = zipfile.ZipFile(io.BytesIO(first)).read("docProps/core.xml").decode()
    assert "2025-01-01" in core and plan.settings.compiler in core


# ------------------------------------------------------------------ merge --json


def test_json_is_the_contracts(plan):
    both = tuple(
        replace(a, lead=("so-khcn", "xa-hoa-tham"), supporting=()) if a.variable == "C14_B" else a
        for a in plan.assignments
    )
    plan = replace(plan, assignments=both, companions=(replace(plan.criteria[1], code="KQ07_X", parent="KQ07"),))
    figures = [*told_plan(plan), figure("C14_B", "so-khcn", "5"), figure("C14_B", "xa-hoa-tham", "6")]
    dataset, _ = merge.combine(plan, figures, {}, {"so-khcn", "xa-hoa-tham"})
    document = exports.to_json(plan, dataset, compute.evaluate(plan, dataset))
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert list(document) == [
        *("year", "criteria", "variables", "conflicts", "missing"),
        *("companions", "reconciliation", "summary", "sendings"),
    ]
    assert document["criteria"][1] == {
        "code": "KQ07",
        "name": "Tỷ lệ sáng chế được khai thác thương mại",
        "unit": "%",
        "value": 12.5,
        "previous": None,
        "status": "partial-coverage",
        "coverage": {"reported": 1, "expected": 3},
        "formula": "C09_A / C09_B * 100",
        "inputs": {"C09_A": 25, "C09_B": 200},
        "decimals": 2,
        "change": None,
        "comparable": False,
        "whole": False,
        "previous_complete": False,
        "notes": ["tử số, mẫu số lệch phạm vi đơn vị"],
        "parent": None,
    }
    assert list(document["criteria"][1])[:9] == [
        "code", "name", "unit", "value", "previous", "status", "coverage", "formula", "inputs",
    ]  # fmt: skip
    assert document["variables"][2] == {
        "code": "C09_A", "value": 25, "expected_units": 3, "reported_units": 1, "aggregation": "tổng",
        "name": "Số sáng chế được khai thác", "unit": "sáng chế", "contributing_units": 1,
        "previous": None, "previous_expected_units": 0, "previous_reported_units": 0,
    }  # fmt: skip
    assert isinstance(document["variables"][2]["value"], int)
    assert document["variables"][4]["value"] == 30000000.25
    assert document["missing"][0] == {"variable": "C01_A", "unit": "phuong-ky-lua", "why": "no-return"}
    (conflict,) = document["conflicts"]
    assert (conflict["code"], conflict["variable"], [v["value"] for v in conflict["values"]]) == (
        "conflict",
        "C14_B",
        [5, 6],
    )
    assert conflict["values"][0] == {
        "unit": "so-khcn", "year": 2025, "value": 5, "file": "tra-ve/so-khcn.xlsx", "sheet": "Số liệu", "cell": "F12",
    }  # fmt: skip
    assert [c["code"] for c in document["companions"]] == ["KQ07_X"]


def test_json_tells_what_is_settled_and_what_does_not_go_together(plan):
    both = tuple(
        replace(a, lead=("so-khcn", "xa-hoa-tham"), supporting=()) if a.variable == "C14_B" else a
        for a in plan.assignments
    )
    plan = replace(plan, assignments=both)
    figures = [figure("C14_B", "so-khcn", "5"), figure("C14_B", "xa-hoa-tham", "6"), figure("C09_B", "so-khcn", "1")]
    figures += [figure("C09_A", u, "2") for u in ("so-khcn", "xa-hoa-tham", "phuong-ky-lua")]
    decided = Settlement(
        code="conflict", variable="C14_B", year=2025, rule="", said="so-khcn: 5; xa-hoa-tham: 6", choice=Choice.TAKE,
        unit="xa-hoa-tham", value=None, reason="Số đã đối chiếu", document="15/BB", dated=date(2026, 4, 2),
        at=CellRef("dieu-chinh.xlsx", "Đối chiếu", "H2"),
    )  # fmt: skip
    dataset, _ = merge.combine(plan, figures, {}, set(), settlements=[decided])
    rows = reconcile.compare(plan, dataset, [decided])
    document = exports.to_json(plan, dataset, compute.evaluate(plan, dataset), rows)
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    told = {
        "decision": "Lấy số của đơn vị", "unit": "xa-hoa-tham", "value": None, "reason": "Số đã đối chiếu",
        "document": "15/BB", "dated": "2026-04-02", "cell": "H2",
    }  # fmt: skip
    variables = {v["code"]: v for v in document["variables"]}
    assert (variables["C14_B"]["value"], variables["C14_B"]["decision"]) == (6, told)
    assert "decision" not in variables["C09_B"]
    (conflict,) = document["conflicts"]
    assert (conflict["settled"], conflict["decision"], len(conflict["values"])) == (True, told, 2)
    first, broken = document["reconciliation"]
    assert (first["code"], first["settled"], first["decision"]) == ("conflict", True, told)
    assert broken == {
        "code": "rule-broken", "variable": "C09_A", "year": 2025, "rule": "R01", "severity": "question",
        "sides": [
            {"label": "C09_A Số sáng chế được khai thác", "value": 6, "units": ["so-khcn", "xa-hoa-tham", "phuong-ky-lua"]},
            {"label": "C09_B Tổng số sáng chế còn hiệu lực", "value": 1, "units": ["so-khcn"]},
        ],
        "message": broken["message"], "question": broken["question"], "settled": False, "decision": None,
    }  # fmt: skip


# ------------------------------------------------------------------ danh-sach-gui.xlsx


def parcels(*units: tuple[str, str], sha256: str = "0" * 64) -> list[exports.mailing.Parcel]:
    """A parcel for each name and e-mail address."""
    return [
        exports.mailing.Parcel(
            unit=Unit(code=f"u{i}", name=name, short="", type="so", email=email),
            form=f"bieu-mau/u{i}.xlsx" if sha256 else "",
            letter=f"cong-van/u{i}.docx" if sha256 else "",
            count=10 * i,
            sha256=sha256,
        )
        for i, (name, email) in enumerate(units, 1)
    ]


def mailing_sheet(rows, plan=None):
    return openpyxl.load_workbook(io.BytesIO(exports.mailing.write(plan or small_plan(), rows))).active


def test_mailing_list():
    sheet = mailing_sheet(parcels(("Sở A", "a@x.vn"), ("Sở B", "")))
    assert [[c.value for c in row] for row in sheet.iter_rows()] == [
        ["TT", "Mã đơn vị", "Tên đơn vị", "Thư điện tử", "Biểu mẫu", "Công văn", "Số liệu phải gửi", "SHA-256"],
        [1, "u1", "Sở A", "a@x.vn", "bieu-mau/u1.xlsx", "cong-van/u1.docx", 10, "0" * 64],
        [2, "u2", "Sở B", "chưa có địa chỉ", "bieu-mau/u2.xlsx", "cong-van/u2.docx", 20, "0" * 64],
    ]
    plain, marked = sheet["D2"].fill, sheet["D3"].fill
    assert plain.fill_type is None
    assert (marked.fill_type, marked.fgColor.rgb) == ("solid", "FFFBE0DD")


def test_a_form_that_is_not_made_is_marked_in_the_mailing_list():
    sheet = mailing_sheet(parcels(("Sở A", "a@x.vn"), sha256=""))
    for cell in ("E2", "F2", "H2"):
        assert (sheet[cell].value, sheet[cell].fill.fill_type) == ("chưa lập", "solid")


def test_texts_of_the_mailing_list_never_become_formulas_or_links():
    odd = ["=1+1", "{=1}", "http://x.vn", "mailto:a@x.vn", "+1", "@SUM(1)"]
    content = exports.mailing.write(small_plan(), parcels(*((text, text) for text in odd)))
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert [sheet.cell(r, 3).value for r in range(2, 8)] == [sheet.cell(r, 4).value for r in range(2, 8)] == odd
    assert {sheet.cell(r, c).data_type for r in range(2, 8) for c in (3, 4)} == {"s"}
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        text = package.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in text and "hyperlink" not in text


def test_mailing_list_in_print_and_on_the_screen():
    sheet = mailing_sheet(parcels(*((f"Sở {i}", "") for i in range(100))))
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.freeze_panes == "D2"
    assert sheet.auto_filter.ref == "A1:H101"
    assert MADE_UP not in sheet.oddHeader.center.text
    made_up = replace(small_plan().settings, made_up=True)
    assert MADE_UP in mailing_sheet(parcels(("Sở A", "")), small_plan(settings=made_up)).oddHeader.center.text


def test_mailing_list_has_the_same_bytes_each_time():
    rows = parcels(("Sở A", "a@x.vn"))
    content = exports.mailing.write(small_plan(), rows)
    assert exports.mailing.write(small_plan(), rows) == content
    found = openpyxl.load_workbook(io.BytesIO(content)).properties
    assert found.title == "Danh sách gửi biểu mẫu cung cấp số liệu năm 2025, tỉnh Lạng Sơn"
    assert found.created.year == 2025
