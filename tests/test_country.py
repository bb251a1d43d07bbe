"""One campaign of many provinces: names that repeat, sheets that part between two provinces, and a year of it."""

import io
import sys
from contextlib import redirect_stdout
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from conftest import small_plan
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from office import needs_libreoffice, work
from test_exports import figure
from test_table import written

from lsindicators import assignment, compute, exports, layout, names, pipeline
from lsindicators.exports import formulas
from lsindicators.exports.parts import divided, spread
from lsindicators.exports.sheets import figures
from lsindicators.findings import needs_person
from lsindicators.model import Sending, Unit
from lsindicators.names.provinces import called
from lsindicators.pipeline.status import State
from lsindicators.report import sentences
from lsindicators.report.content import sending
from lsindicators.screen.standing import show_state

sys.path.append(str(Path(__file__).parents[1]))

from benchmarks import country


def unit(code, name, short, kind, province, *aliases):
    name, short, aliases = names.printed(name, short, aliases, kind, province) if province else (name, short, aliases)
    return Unit(code=code, name=name, short=short, type=kind, aliases=aliases, province=province)


UNITS = (
    unit("so-ls", "Sở Khoa học và Công nghệ", "Sở KH&CN", "so", "Lạng Sơn", "SKHCN"),
    unit("so-hn", "Sở Khoa học và Công nghệ", "Sở KH&CN", "so", "Hà Nội", "SKHCN"),
    unit("so-hue", "Sở Khoa học và Công nghệ", "Sở KH&CN", "so", "TP. Huế", "SKHCN"),
    unit("xa-tt-ls", "Xã Tân Thanh", "Tân Thanh", "xa", "Lạng Sơn", "UBND xã Tân Thanh"),
    unit("xa-tt-hn", "Xã Tân Thanh", "Tân Thanh", "xa", "Hà Nội", "UBND xã Tân Thanh"),
    unit("p-kl-ls", "Phường Kỳ Lừa", "Kỳ Lừa", "phuong", "Lạng Sơn"),
    unit("thue-ls", "Thuế tỉnh Lạng Sơn", "Thuế tỉnh", "tw-doc", "Lạng Sơn"),
    unit("cuc", "Cục Thông tin, Thống kê", "Cục TTTK", "cuc", ""),
)


# ------------------------------------------------------------------ names


@pytest.fixture(scope="module")
def register():
    return names.Register(UNITS, small_plan().groups)


def test_a_unit_is_printed_with_its_province():
    assert [u.name for u in UNITS] == [
        "Sở Khoa học và Công nghệ tỉnh Lạng Sơn", "Sở Khoa học và Công nghệ thành phố Hà Nội",
        "Sở Khoa học và Công nghệ thành phố Huế", "Xã Tân Thanh, tỉnh Lạng Sơn", "Xã Tân Thanh, thành phố Hà Nội",
        "Phường Kỳ Lừa, tỉnh Lạng Sơn", "Thuế tỉnh Lạng Sơn", "Cục Thông tin, Thống kê",
    ]  # fmt: skip
    assert [u.short for u in UNITS[:4]] == [
        "Sở KH&CN Lạng Sơn",
        "Sở KH&CN Hà Nội",
        "Sở KH&CN Huế",
        "Tân Thanh, Lạng Sơn",
    ]


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("so-hn", ["so-hn"]),
        ("Sở Khoa học và Công nghệ tỉnh Lạng Sơn", ["so-ls"]),
        ("Sở Khoa học và Công nghệ Lạng Sơn", ["so-ls"]),
        ("Sở KH&CN thành phố Hà Nội; Thuế tỉnh Lạng Sơn", ["so-hn", "thue-ls"]),
        ("Sở KH&CN TP. Hà Nội, Sở KH&CN Huế", ["so-hn", "so-hue"]),
        ("SKHCN thành phố Huế", ["so-hue"]),
        ("Xã Tân Thanh, tỉnh Lạng Sơn", ["xa-tt-ls"]),
        ("UBND xã Tân Thanh tỉnh Lạng Sơn; xã Tân Thanh (Hà Nội)", ["xa-tt-ls", "xa-tt-hn"]),
        ("Ủy ban nhân dân xã Tân Thanh, Hà Nội", ["xa-tt-hn"]),
        ("Phường Kỳ Lừa", ["p-kl-ls"]),
        ("UBND phường Kỳ Lừa, tỉnh Lạng Sơn", ["p-kl-ls"]),
        ("UBND các xã, phường", ["xa-tt-ls", "xa-tt-hn", "p-kl-ls"]),
        ("Cục TTTK", ["cuc"]),
    ],
)
def test_a_name_with_its_province_is_one_unit(register, cell, codes):
    found = register.resolve(cell)
    assert (list(found.units), found.problems) == (codes, ())


@pytest.mark.parametrize(
    "cell", ["Sở Khoa học và Công nghệ", "SKHCN", "Xã Tân Thanh", "UBND xã Tân Thanh", "xã Tân Thanh, SKHCN Huế"]
)
def test_a_name_without_its_province_is_asked(register, cell):
    (problem, *_) = register.resolve(cell).problems
    assert problem.trouble is names.Trouble.AMBIGUOUS and len(problem.candidates) > 1


@pytest.mark.parametrize(
    ("typed", "full"),
    [
        ("Lạng Sơn", "tỉnh Lạng Sơn"), ("tỉnh Lạng Sơn", "tỉnh Lạng Sơn"), ("Hà Nội", "thành phố Hà Nội"),
        ("TP. Hồ Chí Minh", "thành phố Hồ Chí Minh"), ("TP Cần Thơ", "thành phố Cần Thơ"), ("Huế", "thành phố Huế"),
    ],
)  # fmt: skip
def test_a_province_is_called_by_what_it_is(typed, full):
    assert called(typed)[0] == full


# ------------------------------------------------------------------ phan-cong.xlsx


def read_again(plan, path):
    path.write_bytes(assignment.write(plan))
    return assignment.read(path)


def test_the_column_comes_back_and_is_not_there_where_nobody_needs_it(tmp_path):
    plan = replace(country.plan(68), groups=())
    found, _ = read_again(plan, tmp_path / "phan-cong.xlsx")
    again, _ = read_again(found, tmp_path / "phan-cong.xlsx")
    assert again.units == found.units and {u.province for u in found.units} == set(country.PROVINCES)
    headings = [c.value for c in openpyxl.load_workbook(tmp_path / "phan-cong.xlsx")["Đơn vị"][1]]
    assert headings[:6] == ["Mã đơn vị", "Tên đơn vị", "Tên viết tắt", "Loại", "Tên gọi khác", "Thư điện tử"]
    assert headings[-1] == "Tỉnh"
    book = openpyxl.load_workbook(io.BytesIO(assignment.write(assignment.builtin(2025))))
    assert "Tỉnh" not in [c.value for c in book["Đơn vị"][1]]


def test_a_unit_of_the_campaigns_own_province_keeps_its_name(tmp_path):
    plan = assignment.builtin(2025)
    own = replace(plan, units=tuple(replace(u, province="lạng sơn") for u in plan.units))
    found, _ = read_again(own, tmp_path / "phan-cong.xlsx")
    assert [u.name for u in found.units] == [u.name for u in plan.units]
    assert found.assignments == plan.assignments


# ------------------------------------------------------------------ sheets


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from("abcde"), max_size=40), st.integers(1, 12))
def test_every_row_is_there_once_and_a_province_is_whole_where_it_fits(homes, room):
    units = tuple(Unit(code=str(n), name="", short="", type="xa", province=p) for n, p in enumerate(homes))
    plan = small_plan(units=units)
    listed = [u.code for u in units]
    sheets = divided(plan, listed, str, room)
    assert sorted(c for sheet in sheets for c in sheet) == sorted(listed)
    assert all(len(sheet) <= room for sheet in sheets) and (len(sheets) == 1 or all(sheets))
    for place in set(homes):
        own = [c for c, home in zip(listed, homes, strict=True) if home == place]
        on = [n for n, sheet in enumerate(sheets) if set(own) & set(sheet)]
        kept = [c for sheet in sheets for c in sheet if c in own]
        assert kept == own or len(listed) <= room
        if len(own) <= room:
            assert len(on) == 1
    if len(listed) <= room:
        assert list(sheets[0]) == listed


def test_without_provinces_a_sheet_is_filled_to_the_last_row():
    plan = small_plan()
    listed = ["so-khcn"] * 5
    assert [len(s) for s in divided(plan, listed, str, 2)] == [2, 2, 1]
    told = spread(plan, ["A", "A (2)", "A (3)"], divided(plan, listed, str, 2), str)
    assert str(told) == "Nhiều hơn một trang tính của Excel chứa được, nên chia ra các trang: A, A (2), A (3)."
    assert spread(plan, ["A"], divided(plan, listed, str, 9), str) is None


@pytest.fixture
def table(monkeypatch):
    """A table of two provinces, of which a sheet holds three figures and three units."""
    units = tuple(u for u in UNITS if u.province in ("Lạng Sơn", "Hà Nội") and u.type in ("so", "xa"))
    plan = small_plan(units=units, past=())
    everybody = tuple(u.code for u in units)
    plan = replace(plan, assignments=tuple(replace(a, lead=everybody, supporting=()) for a in plan.assignments))
    told = [figure("C01_A", u, str(n)) for n, u in enumerate(everybody, 1)]
    monkeypatch.setattr(figures, "ROWS", 4)
    monkeypatch.setattr(formulas, "COLUMNS", 10)
    return plan, *written(plan, told, ())


def test_the_workbook_parts_between_two_provinces_and_says_so(table):
    plan, content, dataset, _ = table
    book = openpyxl.load_workbook(io.BytesIO(content))
    for name in ("Dữ liệu", "Dữ liệu (2)"):
        assert len({plan.unit[row[0].value].province for row in book[name].iter_rows(min_row=2)}) == 1
    heads = [[c.value for c in book[name][1]][7:] for name in ("Số liệu", "Số liệu (2)")]
    assert [[("Lạng Sơn" in name) for name in head] for head in heads] == [[True, True], [False, False]]
    told = [str(s) for s in exports.spreads(plan, dataset)]
    assert told[0].endswith("chia theo tỉnh. Số liệu: Lạng Sơn; Số liệu (2): Hà Nội.")
    assert told[1].endswith("chia theo tỉnh. Dữ liệu: Lạng Sơn; Dữ liệu (2): Hà Nội.")
    said = [row[1].value for row in book["Giải thích"].iter_rows(min_row=2)]
    assert set(told) <= set(said)


def test_a_total_over_two_sheets_is_live(table):
    _, content, dataset, _ = table
    book = openpyxl.load_workbook(io.BytesIO(content))
    cell = book["Số liệu"]["G2"].value
    assert cell == "=IF(COUNT(H2:I2,'Số liệu (2)'!H2:I2)=0,\"Chưa có số liệu\",SUM(H2:I2,'Số liệu (2)'!H2:I2))"
    assert dataset.totals["C01_A", 2025].value == 10
    assert book["Số liệu (2)"]["G2"].value == "='Số liệu'!$G$2"  # the ranges above are told from the first sheet


# ------------------------------------------------------------------ the year


@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    """A campaign of 34 provinces with two units each, whose returns are all read, and what reading them gave."""
    ky = tmp_path_factory.mktemp("country") / "ky"
    country.build(ky, 68)
    pipeline.issue(ky)
    country.answer(ky, ky / "tra-ve")
    return ky, pipeline.receive(ky)


def test_a_country_of_34_provinces(answered):
    ky, received = answered
    assert len(list((ky / "bieu-mau").glob("*.xlsx"))) == 68
    assert {j.verdict.status.value for j in received.returns} == {"accepted"} and len(received.returns) == 68
    assert not any(needs_person(j.verdict.findings) for j in received.returns)
    merged = pipeline.compile_table(ky)
    assert len(merged.sendings) == 68 and merged.spread == ()
    assert compute.evaluate(merged.plan, merged.dataset) == merged.results
    form = openpyxl.load_workbook(next((ky / "bieu-mau").glob("xa-*-lang-son.xlsx")))[layout.DATA]
    assert any("tỉnh Lạng Sơn" in str(c.value) for row in form.iter_rows(max_row=8) for c in row)


@needs_libreoffice
def test_libreoffice_recalculates_what_is_spread_over_sheets(answered, monkeypatch):
    """25 units and 700 figures a sheet: every formula gives what is stored, and no sheet has a total of its own."""
    monkeypatch.setattr(figures, "ROWS", 701)
    monkeypatch.setattr(formulas, "COLUMNS", formulas.FIRST_UNIT + 25)
    assert len(pipeline.compile_table(answered[0]).spread) == 2
    path = answered[0] / "tong-hop.xlsx"
    asked, stored = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    matrix = ["Số liệu", "Số liệu (2)", "Số liệu (3)"]
    assert {*matrix, "Số liệu 2024 (3)", "Dữ liệu (6)"} < {*asked.sheetnames}
    typed = [("put", matrix[1], "H2", 1_000_000), *(("values", name) for name in matrix)]
    *seen, _, first, second, third = work(path, [*(("values", name) for name in asked.sheetnames), *typed])
    differ = [
        (sheet.title, cell.coordinate, cell.value, found, kept)
        for sheet, values in zip(asked, seen, strict=True)
        for line in sheet
        for cell in line
        if cell.data_type == "f"
        for found, kept in [(values[cell.row - 1][cell.column - 1], stored[sheet.title][cell.coordinate].value)]
        if (found or "") != (pytest.approx(kept) if isinstance(kept, int | float) and kept else kept or "")
    ]
    assert differ == []
    total = pytest.approx(stored[matrix[0]]["G2"].value + 1_000_000)  # the cell was empty
    assert [sheet[1][6] for sheet in (first, second, third)] == [total, total, total]


def test_a_country_is_told_by_provinces(tmp_path):
    """Thousands of units: no list of them in the report, on the screen or among the charts."""
    plan = country.plan(1700)
    plan, _ = read_again(plan, tmp_path / "phan-cong.xlsx")
    sendings = tuple(
        Sending(unit=u, owed=len(v), status=None, values=0, open=0, sent_at=None, late=False)
        for u, v in plan.owed.items()
    )
    rows = sending.table(plan, sendings)
    assert [r["unit"] for r in rows if r["number"]] == [
        f"{place}: {sum(1 for u in plan.owed if plan.unit[u].province == place)} đơn vị" for place in country.PROVINCES
    ]
    assert sum(int(r["owed"]) for r in rows if r["number"]) == sum(map(len, plan.owed.values()))
    told = sentences.units(plan, list(plan.owed))  # who holds an opinion
    assert told.startswith("Hà Nội: 50 đơn vị; Huế: 50 đơn vị; ") and told.count(";") == len(country.PROVINCES) - 1
    with redirect_stdout(io.StringIO()) as printed:
        show_state(State(plan=plan, today=date(2026, 3, 1), sendings=sendings))
    assert printed.getvalue().count("\n") < 60 and "1700 đơn vị" in printed.getvalue()
