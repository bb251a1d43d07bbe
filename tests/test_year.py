"""The whole year through the command line: fill every form with known values, and find the same figures everywhere.

What is expected is worked out here from the typed numbers alone, by fractions and Python's own arithmetic.
"""

import json
import re
import subprocess
import sys
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import docx
import openpyxl
import oracle
import pytest
from office import needs_libreoffice, recalculated

from lsindicators import workbook
from lsindicators.model import HANOI
from lsindicators.rehearsal import packing

YEAR = 2025
SENT = datetime(2026, 3, 20, 9, 15, tzinfo=HANOI)
APPENDIX = Path(__file__).parent.parent / "examples" / "phu-luc.docx"

# Values that the bounds or the rules of the plan ask for; all other numbers follow from code and unit.
FIXED = {
    "C18_A": "7.25", "C18_B": "0.4", "C18_C": "6.5", "C18_D": "0.6", "C18_E": "1.75",
    "C44_A": "37.85", "C44_B": "41", "C45_A": "0.6961", "C45_B": "35", "C46_A": "0.715",
    "C13_A": "500000.5", "C13_B": "3250000.25", "C02_G": "51234567.5", "C14_A": "28765432.1", "C14_B": "431234",
    "C19_A": "4321000", "C02_E": "19876543", "C02_B": "60000", "C23_B": "60000",
}  # fmt: skip


def lsindicators(*arguments: object, expect: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "lsindicators", *map(str, arguments)], capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == expect, (arguments, done.returncode, done.stdout[-3000:], done.stderr[-3000:])
    assert "Traceback" not in done.stderr
    return done.stdout


def rows(sheet) -> list[dict[str, object]]:
    """The rows of a sheet whose first row holds the headings."""
    headings, *body = sheet.iter_rows(values_only=True)
    return [dict(zip(headings, row, strict=True)) for row in body if any(x is not None for x in row)]


def typed_value(code: str, unit_index: int, year: int) -> str:
    """A number that no rule of the plan refuses: parts are small, totals are large, each unit's differ."""
    letter = code.split("_")[1]
    if code in FIXED:
        value = Fraction(FIXED[code])
        small = value <= 100
        return FIXED[code] if year == YEAR or small else str(float(value * Fraction(9, 10)))
    size = 5000 if letter == "B" and code not in ("C10_B", "C01_B", "C04_B", "C05_B", "C06_B") else 40
    number = size + 3 * (unit_index % 17) + int(code[1:3])
    return str(number if year == YEAR else number - 5)


Inputs = dict[tuple[str, int], str]
"""(variable, year) -> the address that a unit may type into."""


def rows_of(blank: bytes, variables: dict[str, dict]) -> tuple[tuple[int, str], ...]:
    """The rows of a form: their numbers and variables. Units that owe the same have the same."""
    (sheet,) = (s for s in workbook.read(blank, "").sheets if s.name == "Số liệu")
    return tuple((row + 1, c.value) for (row, column), c in sheet.cells.items() if column == 1 and c.value in variables)


def inputs_of(sheet, variables: dict[str, dict]) -> tuple[Inputs, list[str]]:
    """Where a form takes a value, as openpyxl sees it, and where the sources stand."""
    heading = next(r for r in range(1, 40) if sheet.cell(r, 2).value == "Mã số liệu")
    column = {sheet.cell(heading, c).value: c for c in range(1, 11)}
    inputs, sources = {}, []
    for r in range(heading + 1, sheet.max_row + 1):
        code = sheet.cell(r, column["Mã số liệu"]).value
        if code in variables:
            sources.append(sheet.cell(r, column["Nguồn số liệu"]).coordinate)
            cells = {year: sheet.cell(r, column[f"Năm {year}"]) for year in (YEAR - 1, YEAR)}
            inputs |= {(code, year): c.coordinate for year, c in cells.items() if not c.protection.locked}
    return inputs, sources


def value_of(code: str, variable: dict, unit_index: int, year: int) -> object:
    kind = variable["Kiểu"]
    if kind == "có/không":
        return "Có" if unit_index % 3 else "Không"
    if kind == "văn bản":
        return f"Nội dung {unit_index}"
    # a figure of the lead and its parts must agree: whoever gives it, it is the same
    text = typed_value(code, 0 if variable["Cách tổng hợp"] == "chủ trì" else unit_index, year)
    value = int(float(text)) if kind == "số nguyên" else float(text)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def fill(
    path: Path, target: Path, variables: dict[str, dict], unit_index: int, known: dict
) -> dict[tuple[str, int], str]:
    """Type a known value into every input of a form; gives (variable, year) -> what was typed.

    The first form with some rows is opened and saved by openpyxl; into the others like it, which would take minutes,
    the same cells are typed as they stand.
    """
    blank = path.read_bytes()
    alike = rows_of(blank, variables)
    book = openpyxl.load_workbook(path) if alike not in known else None
    if book is not None:
        known[alike] = inputs_of(book["Số liệu"], variables)
    inputs, sources = known[alike]
    values = {key: value_of(key[0], variables[key[0]], unit_index, key[1]) for key in inputs}
    cells = dict.fromkeys(sources, "Báo cáo của đơn vị") | {inputs[key]: value for key, value in values.items()}
    if book is not None:
        for address, value in cells.items():
            book["Số liệu"][address].value = value
        book.save(target)
    else:
        plain = {a: v if isinstance(v, str) else Decimal(str(v)) for a, v in cells.items()}
        target.write_bytes(packing.typed(blank, {"Số liệu": plain}, SENT))
    return {key: str(value) for key, value in values.items()}


@pytest.fixture(scope="module")
def year(tmp_path_factory):
    """A campaign on the example appendix of 46 criteria in Word, in which every unit answered everything."""
    campaign = tmp_path_factory.mktemp("nam") / "ky-2025"
    lsindicators("init", campaign, "--year", YEAR, "--appendix", APPENDIX)
    lsindicators("generate", campaign)
    plan = openpyxl.load_workbook(campaign / "phan-cong.xlsx")
    variables = {r["Mã số liệu"]: r for r in rows(plan["Số liệu"])}
    criteria = rows(plan["Tiêu chí"])
    typed: dict[tuple[str, str, int], str] = {}
    forms = sorted((campaign / "bieu-mau").glob("*.xlsx"))
    known: dict = {}
    for i, form in enumerate(forms):
        for (code, at), value in fill(form, campaign / "tra-ve" / form.name, variables, i, known).items():
            typed[code, form.stem, at] = value
    read = json.loads(lsindicators("read", campaign, "--json"))
    merged = json.loads(lsindicators("merge", campaign, "--json"))
    lsindicators("report", campaign)
    return {
        "campaign": campaign, "variables": variables, "criteria": criteria, "typed": typed, "forms": forms,
        "read": read, "merged": merged,
        "leads": {r["Mã số liệu"]: r["Chủ trì"] for r in rows(plan["Phân công"])},
        "names": {
            r["Mã đơn vị"]: {r["Tên đơn vị"], r["Tên viết tắt"], *(r["Tên gọi khác"] or "").split("|")}
            for r in rows(plan["Đơn vị"])
        },
    }  # fmt: skip


def total(year, code: str, at: int) -> Fraction | None:
    """The province's figure of a variable, from the typed numbers alone."""
    how = year["variables"][code]["Cách tổng hợp"]
    units = {unit: v for (c, unit, y), v in year["typed"].items() if c == code and y == at}
    if not units:
        return None
    if how == "tỷ lệ có":
        return Fraction(sum(v == "Có" for v in units.values()) * 100, len(units))
    if how == "chủ trì":
        lead = [u for u in units if year["leads"][code] in year["names"][u]]
        assert len(lead) == 1, (code, year["leads"][code])
        return Fraction(units[lead[0]])
    assert how == "tổng", how
    return sum((Fraction(v) for v in units.values()), Fraction(0))


def expected(year, formula: str, at: int) -> Fraction | None:
    """A criterion from the typed numbers, by Python's arithmetic over fractions."""
    inputs: dict[str, Fraction] = {}

    def name(match: re.Match[str]) -> str:
        code, lag = match[1], int(match[2] or 0)
        found = total(year, code, at + lag)
        if found is None:
            raise KeyError(code)
        inputs[f"x{len(inputs)}"] = found
        return f"x{len(inputs) - 1}"

    try:
        text = re.sub(r"(C\d\d_[A-Z])(?:@(-\d))?", name, formula).replace("^", "**")
    except KeyError:
        return None
    return eval(re.sub(r"(?<![x\d.])(\d+(?:\.\d+)?)", r"Fraction('\1')", text), {"Fraction": Fraction}, dict(inputs))


def test_every_form_is_read_whole(year):
    assert [r["findings"] for r in year["read"]["returns"] if r["findings"]] == []
    assert year["read"]["summary"] == {"accepted": len(year["forms"]), "partial": 0, "rejected": 0, "duplicate": 0}
    values = sum(r["values"] for r in year["read"]["returns"])
    assert values == sum(1 for *_, at in year["typed"] if at == YEAR)


def test_every_unit_that_owes_figures_has_a_form_with_its_variables(year):
    assert 85 <= len(year["forms"]) <= 113
    assert len(year["criteria"]) == 46


def test_json_has_each_criterion_as_worked_out_by_hand(year):
    assert [c["code"] for c in year["merged"]["criteria"]] == [c["Mã tiêu chí"] for c in year["criteria"]]
    for criterion, found in zip(year["criteria"], year["merged"]["criteria"], strict=True):
        for at, key in ((YEAR, "value"), (YEAR - 1, "previous")):
            wanted = expected(year, criterion["Công thức"], at)
            assert (found[key] is None) == (wanted is None), (found["code"], key)
            if wanted is not None:
                assert found[key] == pytest.approx(float(wanted), rel=1e-12), (found["code"], key)
        assert found["status"] == "computed", found


@needs_libreoffice
def test_recalculated_table_has_the_same_figures(year):
    book = recalculated(year["campaign"] / "tong-hop.xlsx", "Tiêu chí")
    table = {r["Mã tiêu chí"]: r for r in rows(book["Tiêu chí"]) if r["Mã tiêu chí"]}
    for criterion in year["criteria"]:
        row = table[criterion["Mã tiêu chí"]]
        wanted = expected(year, criterion["Công thức"], YEAR)
        before = expected(year, criterion["Công thức"], YEAR - 1)
        assert row[f"Năm {YEAR}"] == pytest.approx(float(wanted), rel=1e-9), row
        if before is not None:
            assert row[f"Năm {YEAR - 1}"] == pytest.approx(float(before), rel=1e-9), row
            assert row["Tăng, giảm"] == pytest.approx(float(wanted - before), rel=1e-6, abs=1e-9), row


def vietnamese(value: Fraction, decimals: int) -> str:
    """A figure as it must be printed, rounded half away from zero."""
    scaled = abs(value) * 10**decimals
    whole = scaled.numerator // scaled.denominator
    if (scaled - whole) * 2 >= 1:
        whole += 1
    digits = str(whole).rjust(decimals + 1, "0")
    head, tail = (digits[:-decimals], digits[-decimals:]) if decimals else (digits, "")
    head = re.sub(r"(?<=\d)(?=(\d{3})+$)", ".", head)
    return ("-" if value < 0 and whole else "") + head + ("," + tail if decimals else "")


def test_report_prints_each_figure_with_its_decimals(year):
    document = docx.Document(str(year["campaign"] / "bao-cao.docx"))
    cells = [[oracle.unmarked(c) for c in row.cells] for t in document.tables for row in t.rows]
    for criterion in year["criteria"]:
        wanted = vietnamese(expected(year, criterion["Công thức"], YEAR), int(criterion["Số lẻ"]))
        name = criterion["Tên tiêu chí"]
        found = [row for row in cells if any(c.startswith(name) for c in row)]
        assert found, name
        assert any(wanted in row for row in found), (criterion["Mã tiêu chí"], wanted, found)


def test_running_again_gives_the_same_bytes(year):
    campaign = year["campaign"]
    products = ["tong-hop.xlsx", "bao-cao.docx", "bieu-mau/so-khcn.xlsx", "phan-cong.xlsx"]
    before = {p: (campaign / p).read_bytes() for p in products}
    lsindicators("init", campaign, "--year", YEAR, "--appendix", APPENDIX)
    lsindicators("generate", campaign, "--unit", "so-khcn")
    assert json.loads(lsindicators("read", campaign, "--json")) == year["read"]
    lsindicators("merge", campaign)
    lsindicators("report", campaign)
    assert {p: (campaign / p).read_bytes() for p in products} == before
