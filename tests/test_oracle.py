"""An oracle agrees: with ``merge --json``, LibreOffice's recalculation of ``tong-hop.xlsx``, the report, the open data.

``LSI_FUZZ=2000 pytest tests/test_oracle.py`` draws that many campaigns instead of a few.
"""

import csv
import os
import re
import sqlite3
import tempfile
from collections import Counter
from contextlib import closing
from fractions import Fraction
from pathlib import Path

import docx
import openpyxl
import oracle
import pytest
from drawn_year import years
from hypothesis import HealthCheck, Phase, given, settings
from office import needs_libreoffice, recalculated
from oracle import Oracle
from played import answered, command, played

DRAWN = int(os.environ.get("LSI_FUZZ", "12"))


def drawn(share: float = 1.0):
    """Settings of a test that plays campaigns, which are too dear for a failure to be made smaller."""
    return settings(
        max_examples=max(2, round(DRAWN * share)),
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=(Phase.explicit, Phase.generate),
    )


# ------------------------------------------------------------------ what must agree


def same(found: object, wanted: oracle.Value | None, slack: Fraction | None = None) -> bool:
    """Whether a figure is what it must be; a number to the last digits of a float, or up to ``slack``."""
    if not isinstance(wanted, Fraction):
        return found == wanted
    if isinstance(found, bool) or not isinstance(found, int | float):
        return False
    return abs(Fraction(found) - wanted) <= (abs(wanted) / 10**15 if slack is None else slack)


def merge_agrees(wanted: Oracle, merged: dict) -> None:
    plan = wanted.plan
    assert [v["code"] for v in merged["variables"]] == list(plan.variables)
    for v in merged["variables"]:
        total = wanted.total(v["code"], plan.year)
        assert same(v["value"], total.value), (v, total)
        assert v["expected_units"] == len(total.expected), (v, total)
        assert v["reported_units"] == len(total.reported), (v, total)
        assert v["aggregation"] == plan.variables[v["code"]]["Cách tổng hợp"]
    found = [*merged["criteria"], *merged["companions"]]
    assert sorted(c["code"] for c in found) == sorted(plan.criteria)
    for c in found:
        code = c["code"]
        assert same(c["value"], wanted.value(code)), (c, wanted.value(code))
        assert same(c["previous"], wanted.value(code, plan.year - 1)), (c, wanted.value(code, plan.year - 1))
        assert c["status"] == wanted.status(code), (c, wanted.inputs(code))
        inputs = wanted.inputs(code)
        assert c["inputs"].keys() == inputs.keys(), c
        for name, total in inputs.items():
            assert same(c["inputs"][name], total.value), (c, name, total)


def table_agrees(wanted: Oracle, table: Path) -> None:
    """LibreOffice's own recalculation, and the results that lie in the file."""
    plan = wanted.plan
    anew = recalculated(table, "Số liệu", "Tiêu chí", "Chỉ tiêu phụ")
    stored = openpyxl.load_workbook(table, data_only=True)
    for book in (anew, stored):
        for row in _by_code(book["Số liệu"], "Mã số liệu"):
            code = row["Mã số liệu"]
            assert stands(row["Toàn tỉnh"], wanted.total(code, plan.year).value, wanted.blur(code, plan.year)), row
        seen = set()
        for row in [*_by_code(book["Tiêu chí"], "Mã tiêu chí"), *_by_code(_sheet(book, "Chỉ tiêu phụ"), "Mã")]:
            code = row.get("Mã") or row["Mã tiêu chí"]
            seen.add(code)
            for year in (plan.year, plan.year - 1):
                slack = wanted.slack(code, year)
                if slack is not None:
                    assert stands(row[f"Năm {year}"], wanted.value(code, year), slack), (row, wanted.value(code, year))
            assert row["Độ phủ"] in wanted.coverage(code)[1], (row, wanted.inputs(code))
        assert seen == plan.criteria.keys()
    said = [_words(wanted, book) for book in (anew, stored)]
    assert said[0] == said[1]


def _by_code(sheet, heading: str) -> list[dict[str, object]]:
    """The rows of a sheet that have a code; others are headings and totals of groups."""
    return [row for row in oracle.rows(sheet) if row[heading]] if sheet else []


def _sheet(book, name: str):
    return book[name] if name in book.sheetnames else None


def stands(shown: object, wanted: oracle.Value | None, slack: Fraction) -> bool:
    """Whether a cell shows what it must: a number or a text, or in place of a number that is not known, words."""
    return not isinstance(shown, int | float) if wanted is None else same(shown, wanted, slack)


def _words(wanted: Oracle, book) -> dict[tuple[str, str], str]:
    """The texts of both tables by code and heading: the same, whoever computes.

    Excel tells the first of two errors, so where ``nếu`` takes a branch that lacks a figure and divides by zero too,
    the words for it may differ.
    """
    plan = wanted.plan
    years = {f"Năm {year}": year for year in (plan.year, plan.year - 1)}
    rows = [*_by_code(book["Số liệu"], "Mã số liệu"), *_by_code(book["Tiêu chí"], "Mã tiêu chí")]
    said = {}
    for row in rows:
        code = row.get("Mã số liệu") or row["Mã tiêu chí"]
        for heading, text in row.items():
            twofold = heading in years and "nếu" in str(plan.criteria.get(code, {}).get("Công thức"))
            unsure = heading in years and code in plan.criteria and wanted.slack(code, years[heading]) is None
            if isinstance(text, str) and not twofold and not unsure:
                said[code, heading] = text
    return said


def report_agrees(wanted: Oracle, report: Path) -> None:
    plan = wanted.plan
    table = oracle.annex(docx.Document(str(report)).tables)
    assert table.keys() == plan.criteria.keys()
    for code, row in table.items():
        for year in (plan.year, plan.year - 1):
            value, printed = wanted.value(code, year), row[f"Năm {year}"]
            if value is None:
                assert not any(c.isdigit() for c in printed), row
            else:
                decimals = plan.criteria[code]["Số lẻ"]
                assert printed == oracle.vietnamese(value, int(decimals)), (row, value)
        printed = row["Độ phủ (n/N)"]
        assert ("0/0" if printed in ("Chưa phân công", "–") else printed) in wanted.coverage(code)[1], row


def exports_agree(wanted: Oracle, folder: Path) -> None:
    """The open data, as CSV and as SQLite: every figure, total and criterion."""
    plan = wanted.plan
    database = sqlite3.connect(f"{(folder / 'du-lieu.sqlite').as_uri()}?mode=ro", uri=True)
    with closing(database):
        for name in ("du-lieu", "so-lieu", "tieu-chi"):
            lines = (folder / f"{name}.csv").read_text("utf-8-sig").splitlines(keepends=True)
            written = list(csv.DictReader(lines))
            filed = database.execute(f"SELECT * FROM {name.replace('-', '_')}")
            columns = [column for column, *_ in filed.description]
            rows = [dict(zip(columns, row, strict=True)) for row in filed]
            assert len(rows) == len(written)
            for row in (*written, *rows):
                exported_row_agrees(wanted, name, row)
    seen = {(r["ma_so_lieu"], r["ma_don_vi"], int(r["nam"])) for r in _csv(folder / "du-lieu.csv")}
    assert {key for key, said in wanted.typed.items() if said.value is not None} <= seen
    assert {r["ma_tieu_chi"] for r in _csv(folder / "tieu-chi.csv")} == set(plan.criteria)


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def exported_row_agrees(wanted: Oracle, name: str, row: dict) -> None:
    """One row of the open data; numbers of SQLite are floats, those of CSV have all their digits."""
    year = int(row["nam"])
    if name == "tieu-chi":
        value = wanted.value(row["ma_tieu_chi"], year) if wanted.plan.year - year < 2 else None
        found = row["gia_tri"]
        if wanted.plan.year - year < 2:
            places = int(wanted.plan.criteria[row["ma_tieu_chi"]]["Số lẻ"])
            printed = "" if value is None else oracle.vietnamese(value, places).replace(".", "").replace(",", ".")
            shown = row["gia_tri_in"]
            assert shown == (printed if isinstance(shown, str) or not printed else float(printed)) or (
                shown is None and not printed
            ), (row, value)
    elif name == "so-lieu":
        total = wanted.total(row["ma_so_lieu"], year)
        value, found = total.value, row["gia_tri_so"]
        assert (int(row["so_don_vi_phai_bao"]), int(row["so_don_vi_da_bao"])) == (
            len(total.expected),
            len(total.reported),
        )
    else:
        said = wanted.said(row["ma_so_lieu"], row["ma_don_vi"], year)
        zero = said.state == oracle.NONE_OCCURRED and said.value is None and wanted.plan.numeric(row["ma_so_lieu"])
        value, found = Fraction(0) if zero else said.value, row["gia_tri_so"]
    if isinstance(value, Fraction):
        assert found not in (None, ""), (row, value)
        exactly = Fraction(found) if isinstance(found, str) else None
        assert same(found, value) if exactly is None else abs(exactly - value) <= abs(value) / 10**28, (row, value)
    elif name != "tieu-chi" or wanted.plan.year - year < 2:
        assert found in (None, ""), (row, value)


# ------------------------------------------------------------------ campaigns drawn by lot


def oracle_of(campaign: Path, said: oracle.Typed) -> Oracle:
    return Oracle(oracle.Plan.read(campaign / "phan-cong.xlsx"), said)


@given(years())
@drawn()
def test_any_campaign_is_merged_as_the_oracle_says(year):
    plan, said, silent = year
    with tempfile.TemporaryDirectory() as folder:
        campaign = played(Path(folder) / "ky", plan, said, silent)
        merge_agrees(oracle_of(campaign, said), answered("merge", campaign))


@needs_libreoffice
@given(years())
@drawn(0.5)
def test_any_table_is_recalculated_as_the_oracle_says(year):
    plan, said, silent = year
    with tempfile.TemporaryDirectory() as folder:
        campaign = played(Path(folder) / "ky", plan, said, silent)
        command("merge", campaign)
        table_agrees(oracle_of(campaign, said), campaign / "tong-hop.xlsx")


@given(years())
@drawn(0.25)
def test_any_report_prints_what_the_oracle_says(year):
    plan, said, silent = year
    with tempfile.TemporaryDirectory() as folder:
        campaign = played(Path(folder) / "ky", plan, said, silent)
        assert command("report", campaign)[0] in (0, 1)
        report_agrees(oracle_of(campaign, said), campaign / "bao-cao.docx")


# ------------------------------------------------------------------ the demo


ANSWERS = Path(__file__).parent.parent / "examples" / "so-lieu-gia-dinh.csv"


def typed_in_the_demo(campaign: Path) -> dict[tuple[str, str, int], oracle.Said]:
    """What the units of the demo typed, without what ``read`` says that it did not take."""
    plan = oracle.Plan.read(campaign / "phan-cong.xlsx")
    refused: dict[str, set[tuple[str, int]]] = {}
    for r in answered("read", campaign)["returns"]:
        if r["current"] and r["status"] in ("accepted", "partial"):
            stops = [f for f in r["findings"] if f["severity"] in ("error", "question") and f["variable"]]
            refused[r["unit"]] = {
                (code, plan.year - 1 if str(f["cell"]).startswith("E") else plan.year)
                for f in stops
                for code in (re.findall(r"\bC\w+", f["message"]) if f["code"] == "rule-broken" else [f["variable"]])
            }
    said = {}
    with ANSWERS.open(encoding="utf-8-sig", newline="") as lines:
        for line in csv.DictReader(lines):
            code, unit = line["Mã số liệu"], line["Mã đơn vị"]
            if unit not in refused:
                continue
            read = Fraction if plan.numeric(code) else str
            if (code, plan.year) not in refused[unit] and (line["Giá trị"] or line["Tình trạng"]):
                value = read(line["Giá trị"]) if line["Giá trị"] else None
                said[code, unit, plan.year] = oracle.Said(value, line["Tình trạng"])
            if (code, plan.year - 1) not in refused[unit] and line["Tự điền năm trước"] and line["Năm trước"]:
                said[code, unit, plan.year - 1] = oracle.Said(read(line["Năm trước"]))
    return said


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    campaign = tmp_path_factory.mktemp("demo") / "ky"
    assert command("demo", campaign)[0] == 1
    return campaign, oracle_of(campaign, typed_in_the_demo(campaign))


def test_the_demo_is_merged_as_the_oracle_says(demo):
    campaign, wanted = demo
    merge_agrees(wanted, answered("merge", campaign))
    statuses = Counter(wanted.status(code) for code in wanted.plan.criteria)
    assert statuses["computed"] > 5 and statuses["partial-coverage"] > 5


@needs_libreoffice
def test_the_demo_is_recalculated_as_the_oracle_says(demo):
    campaign, wanted = demo
    table_agrees(wanted, campaign / "tong-hop.xlsx")


def test_the_demos_report_prints_what_the_oracle_says(demo):
    campaign, wanted = demo
    report_agrees(wanted, campaign / "bao-cao.docx")


def test_the_demos_open_data_are_as_the_oracle_says(demo):
    campaign, wanted = demo
    assert command("export", campaign)[0] in (0, 1)
    exports_agree(wanted, campaign / "xuat" / "du-lieu")
