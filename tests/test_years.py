"""From one year to the next through the command line, with three communes merged, one split and one renamed."""

import json
import shutil
from decimal import Decimal
from pathlib import Path

import docx
import openpyxl
import pytest
from msgspec.structs import replace
from played import command

# The communes of 2025 that change, with what each reports; Xã Na Dương stays, and Xã Khuất Xá grows by a part.
COMMUNES = {
    "xa-tan-thanh": 11,
    "xa-thuy-hung": 7,
    "xa-hoang-van-thu": 5,
    "xa-mau-son": 25,
    "xa-khuat-xa": 3,
    "xa-bac-son": 8,
    "xa-na-duong": 2,
}


def lsindicators(*arguments: object, expect: int = 0) -> str:
    """What a command prints; its errors where it ends with 2."""
    code, printed = command(*arguments)
    assert code == expect, (arguments, code, printed[-3000:])
    return printed


def fill(form: Path, target: Path, number: int) -> None:
    """The same number into every row of a numeric variable, ``Có`` into every yes or no."""
    book = openpyxl.load_workbook(form)
    sheet = book["Số liệu"]
    rules = {str(v.sqref): v.type for v in sheet.data_validations.dataValidation}
    for row in range(10, sheet.max_row + 1):
        if not (sheet.cell(row, 2).value or "").startswith("C"):
            continue
        kind = rules.get(f"F{row}")
        if kind in ("whole", "decimal", "list"):
            sheet.cell(row, 6).value = "Có" if kind == "list" else number
            sheet.cell(row, 8).value = "Báo cáo năm"
    book.save(target)


def rows(sheet) -> list[dict[str, object]]:
    headings, *body = sheet.iter_rows(values_only=True)
    return [dict(zip(headings, row, strict=True)) for row in body if any(x is not None for x in row)]


def change_units(workbook: Path) -> None:
    """What the clerk types into ``Đơn vị``: three communes merged, one split, one renamed, from data year 2026 on."""
    book = openpyxl.load_workbook(workbook)
    sheet = book["Đơn vị"]
    line = {sheet.cell(r, 1).value: r for r in range(2, sheet.max_row + 1) if sheet.cell(r, 1).value}
    column = {sheet.cell(1, c).value: c for c in range(1, sheet.max_column + 1)}
    for code in ("xa-tan-thanh", "xa-thuy-hung", "xa-hoang-van-thu", "xa-mau-son", "xa-bac-son"):
        sheet.cell(line[code], column["Đến năm"]).value = 2025
    sheet.cell(line["xa-khuat-xa"], column["Kế thừa từ"]).value = "xa-mau-son 40%"
    new = [
        # the merged commune bears the name of one of the three
        ("xa-tan-thanh-2026", "Xã Tân Thành", "xa-tan-thanh; xa-thuy-hung; xa-hoang-van-thu"),
        ("xa-nui-mau", "Xã Núi Mẫu", "xa-mau-son: 0,6"),
        ("xa-khoi-nghia", "Xã Khởi Nghĩa", "xa-bac-son"),
    ]
    at = max(line.values()) + 1
    for code, name, former in new:
        cells = {"Mã đơn vị": code, "Tên đơn vị": name, "Loại": "xa", "Từ năm": 2026, "Kế thừa từ": former}
        for heading, value in cells.items():
            sheet.cell(at, column[heading]).value = value
        at += 1
    book.save(workbook)


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> Path:
    """The campaign of 2025 in which the communes have answered."""
    campaign = tmp_path_factory.mktemp("nam") / "ky-2025"
    lsindicators("init", campaign, "--year", 2025)
    plan = openpyxl.load_workbook(campaign / "phan-cong.xlsx")
    listed = {r["Mã đơn vị"] for r in rows(plan["Đơn vị"])}
    assert listed >= COMMUNES.keys()
    duties = plan["Phân công"]  # one row names a commune that will be merged, one the commune that will be split
    for r in range(2, duties.max_row + 1):
        if duties.cell(r, 1).value == "C01_A":
            duties.cell(r, 2).value, duties.cell(r, 3).value = (
                "Sở KH&CN",
                "Xã Thụy Hùng; Xã Na Dương; UBND các xã, phường",
            )
    plan.save(campaign / "phan-cong.xlsx")
    lsindicators("generate", campaign, *(x for u in COMMUNES for x in ("--unit", u)))
    for unit, number in COMMUNES.items():
        fill(campaign / "bieu-mau" / f"{unit}.xlsx", campaign / "tra-ve" / f"{unit}.xlsx", number)
    lsindicators("read", campaign)
    return campaign


def sums(campaign: Path, year: int) -> dict[str, object]:
    """Variable -> the province's total, of the variables that add up."""
    book = openpyxl.load_workbook(campaign / "tong-hop.xlsx", data_only=True)
    name = "Số liệu" if f"Số liệu {year}" not in book.sheetnames else f"Số liệu {year}"
    return {r["Mã số liệu"]: r["Toàn tỉnh"] for r in rows(book[name]) if r["Cách tổng hợp"] == "tổng"}


@pytest.mark.parametrize("edited", ["the old workbook", "the new workbook"])
def test_the_next_year_stands_on_the_figures_of_the_units_that_were(first, tmp_path, edited):
    old, new = tmp_path / "ky-2025", tmp_path / "ky-2026"
    shutil.copytree(first, old)
    lsindicators("merge", old)
    before = sums(old, 2025)
    if edited == "the old workbook":
        change_units(old / "phan-cong.xlsx")
        lsindicators("merge", old)  # the old year is what it was
        assert sums(old, 2025) == before
    begun = json.loads(lsindicators("init", new, "--previous", old, "--json"))
    assert (begun["year"], begun["findings"]) == (2026, [])
    if edited == "the new workbook":
        change_units(new / "phan-cong.xlsx")
    units = ("xa-tan-thanh-2026", "xa-nui-mau", "xa-khuat-xa", "xa-khoi-nghia", "xa-na-duong")
    told = lsindicators("generate", new, *(x for u in units for x in ("--unit", u)))
    assert "“Xã Thụy Hùng” nay là Xã Tân Thành (từ năm số liệu 2026)" in told
    assert "xa-khuat-xa kế thừa đơn vị khác mà cột Từ năm để trống" in told
    assert "xa-mau-son" not in {p.stem for p in (new / "bieu-mau").glob("*.xlsx")}
    lsindicators("generate", new, "--unit", "xa-mau-son", expect=2)

    locked = {u: last_year(new / "bieu-mau" / f"{u}.xlsx") for u in units}
    assert {v for v in locked["xa-tan-thanh-2026"].values() if v is not None} == {23}
    assert {v for v in locked["xa-nui-mau"].values() if v is not None} == {15}
    assert {v for v in locked["xa-khuat-xa"].values() if v is not None} == {13}
    assert {v for v in locked["xa-khoi-nghia"].values() if v is not None} == {8, "Có"}  # a new name carries all over
    assert {v for v in locked["xa-na-duong"].values() if v is not None} == {2, "Có"}

    lsindicators("merge", new)
    assert {c: v for c, v in sums(new, 2025).items() if v != "Chưa có số liệu"} == {
        c: v for c, v in before.items() if v != "Chưa có số liệu"
    }
    data = rows(openpyxl.load_workbook(new / "tong-hop.xlsx")["Dữ liệu"])
    made = {(r["Mã đơn vị"], r["Nguồn số liệu"]) for r in data if r["Năm"] == 2025 and r["Mã số liệu"] == "C01_A"}
    assert made == {
        ("xa-tan-thanh-2026", "Cộng số năm 2025 của Xã Tân Thành cũ (11); Xã Thụy Hùng (7); Xã Hoàng Văn Thụ (5)"),
        ("xa-nui-mau", "60 % số 25 năm 2025 của Xã Mẫu Sơn"),
        ("xa-khuat-xa", "Cộng số năm 2025 của Xã Khuất Xá cũ (3); 40 % Xã Mẫu Sơn (25)"),
        ("xa-khoi-nghia", "Số năm 2025 của Xã Bắc Sơn"),
        ("xa-na-duong", None),
    }

    fill(new / "bieu-mau" / "xa-nui-mau.xlsx", new / "tra-ve" / "xa-nui-mau.xlsx", 16)
    answer = json.loads(lsindicators("read", new, "--json"))
    assert [(r["unit"], r["status"]) for r in answer["returns"]] == [("xa-nui-mau", "accepted")]
    lsindicators("report", new)
    text = "\n".join(p.text for p in docx.Document(str(new / "bao-cao.docx")).paragraphs)
    assert text.count("04 đơn vị mới sắp xếp được tính từ số của 05 đơn vị trước sắp xếp") == 1

    again = tmp_path / "ky-2027"  # and the year after: those that ended stay ended, and are kept
    lsindicators("init", again, "--previous", new)
    kept = {r["Mã đơn vị"]: r["Đến năm"] for r in rows(openpyxl.load_workbook(again / "phan-cong.xlsx")["Đơn vị"])}
    assert kept["xa-mau-son"] == 2025 and kept["xa-nui-mau"] is None


def test_what_the_new_year_leaves_open_is_asked_at_once(first, tmp_path):
    old = tmp_path / "ky-2025"
    shutil.copytree(first, old)
    change_units(old / "phan-cong.xlsx")
    book = openpyxl.load_workbook(old / "phan-cong.xlsx")
    book["Phân công"]["C2"] = "Xã Mẫu Sơn; Xã Na Dương"
    book.save(old / "phan-cong.xlsx")
    begun = json.loads(lsindicators("init", tmp_path / "ky-2026", "--previous", old, "--json", expect=1))
    (asked,) = begun["findings"]
    assert (asked["code"], asked["row"], asked["value"]) == ("ambiguous-unit-name", 2, "Xã Mẫu Sơn")
    assert set(asked["candidates"]) == {"xa-khuat-xa", "xa-nui-mau"}
    owed = {u for a in begun["assignments"] for u in (*a["lead"], *a["supporting"])}
    assert "xa-khoi-nghia" in owed and not owed & {"xa-mau-son", "xa-bac-son"}


def last_year(form: Path) -> dict[str, object]:
    """Variable -> what stands locked in the column of last year."""
    sheet = openpyxl.load_workbook(form)["Số liệu"]
    found = {}
    for row in range(10, sheet.max_row + 1):
        code, cell = sheet.cell(row, 2).value, sheet.cell(row, 5)
        if code:
            assert cell.protection.locked == (cell.value is not None)
            found[code] = cell.value
    return found


def test_a_name_that_two_took_over_is_asked_and_a_deleted_unit_is_told(first, tmp_path):
    old, new = first, tmp_path / "ky-2026"
    lsindicators("init", new, "--previous", old)
    change_units(new / "phan-cong.xlsx")
    book = openpyxl.load_workbook(new / "phan-cong.xlsx")
    book["Phân công"]["C2"] = "Xã Mẫu Sơn; Xã Na Dương"
    book.save(new / "phan-cong.xlsx")
    told = lsindicators("generate", new, "--unit", "xa-na-duong", expect=1)
    assert "Phân công!C2" in told and "xa-nui-mau" in told and "xa-khuat-xa" in told
    units = book["Đơn vị"]
    row = next(r for r in range(2, units.max_row + 1) if units.cell(r, 1).value == "xa-na-duong")
    units.delete_rows(row)
    book.save(new / "phan-cong.xlsx")
    told = lsindicators("generate", new, expect=2)
    (line,) = [line for line in told.split("\n") if "xa-na-duong" in line]
    assert "Năm trước!B" in line and "dòng khác" in line and "ghi Đến năm, không xóa" in line


def test_a_figure_that_the_clerk_decided_is_the_provinces_next_year(campaign, monkeypatch, tmp_path):
    """Leads differed, and the clerk gave a figure that no unit has sent: it is on record, and both leads' own are too."""
    from types import SimpleNamespace

    from lsindicators import merge
    from lsindicators.model import CellRef, Choice, Figure, Settlement, State
    from lsindicators.pipeline import init
    from lsindicators.pipeline.campaign import read_plan

    former, _ = read_plan(campaign)
    both = tuple(
        replace(a, lead=("so-khcn", "xa-hoa-tham"), supporting=()) if a.variable == "C09_B" else a
        for a in former.assignments
    )
    former = replace(former, assignments=both)
    told = [
        Figure(
            variable="C09_B",
            unit=u,
            year=former.year,
            value=Decimal(n),
            state=State.GIVEN,
            at=CellRef(f"tra-ve/{u}.xlsx", "Số liệu", "F12"),
        )
        for u, n in (("so-khcn", 5), ("xa-hoa-tham", 6))
    ]
    decided = Settlement(
        code="conflict", variable="C09_B", year=former.year, rule="", said="so-khcn: 5; xa-hoa-tham: 6",
        choice=Choice.CORRECT, unit="", value=Decimal(7), reason="Đã thống nhất", document="15/BB", dated=None,
        at=CellRef("dieu-chinh.xlsx", "Đối chiếu", "H2"),
    )  # fmt: skip
    for settlements, on_record in (((), None), ((decided,), 7)):
        dataset, _ = merge.combine(former, told, {}, set(), settlements=settlements)
        monkeypatch.setattr(init, "read_plan", lambda *_: (former, ()))
        monkeypatch.setattr(init, "standing", lambda *_, dataset=dataset: SimpleNamespace(dataset=lambda: dataset))
        past = init.following(campaign, None, tmp_path / "ky-2026").past_value
        assert past.get(("C09_B", None, former.year)) == on_record
        assert past["C09_B", "so-khcn", former.year] == 5
