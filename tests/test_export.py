"""What others get: open data that says what it is, the ministry's sheet, the units' results; the same figures in all."""

import csv
import hashlib
import io
import json
import re
import sqlite3
import statistics
import subprocess
import sys
import zipfile
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import settling
from campaigns import begun, send
from conftest import small_plan, variable
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from office import needs_libreoffice, soffice
from test_frames import answers, dataset_of

from lsindicators import compute, files, merge, pipeline, values
from lsindicators.errors import OutputLockedError, UnusableInputError
from lsindicators.exports import database, ministry, package, tables, unit
from lsindicators.exports.tables import Field, Table, open_to_all
from lsindicators.layout import MADE_UP
from lsindicators.model import (
    Assignment,
    CellRef,
    Choice,
    Decision,
    Figure,
    Kind,
    Method,
    PastFigure,
    State,
    Unit,
)

PLAN = small_plan()
KEPT = replace(
    PLAN.settings, made_up=True, contact="Bà Lê Thị Hồng, 0205 3812 345, hong@langson.gov.vn", signer="Nguyễn Văn Nam"
)
MAILED = tuple(replace(u, email=f"{u.code}@langson.gov.vn") for u in PLAN.units)


@pytest.fixture(scope="module")
def campaign(tmp_path_factory):
    """Two of three units have answered; one with a formula, addresses and a line break in its texts."""
    past = (*PLAN.past, PastFigure(variable="DV01", unit=None, year=2022, value=Decimal("99.5")))
    folder = begun(tmp_path_factory.mktemp("xuat") / "ky-2025", replace(PLAN, settings=KEPT, units=MAILED, past=past))
    typed = {"H12": '+84 mẫu, "ngoặc"', "I12": "-1 so với\nnăm trước; hỏi anh An, an.nguyen@abc.vn hoặc 0912 345 678"}
    send(folder, "so-khcn", **typed, H13="@SUM(1+1)")
    send(folder, "xa-hoa-tham")
    pipeline.receive(folder)
    pipeline.export(folder)
    return folder


def read_csv(campaign, name):
    """The rows of a CSV file as dicts of texts, with the defusing undone."""
    content = (campaign / "xuat" / "du-lieu" / f"{name}.csv").read_bytes()
    text = content.decode("utf-8-sig")
    return [{k: undone(v) for k, v in row.items()} for row in csv.DictReader(io.StringIO(text, newline=""))]


def undone(text):
    """What the guide says: of a text that begins with = + - @ behind apostrophes, take one apostrophe away."""
    return text[1:] if re.match(r"'[\s']*[=+\-@＝＋－＠\t\r\n]", text) else text


def merged(campaign):
    done = pipeline.compile_table(campaign)
    return done.plan, done.dataset, done.results, compute.series(done.plan, done.dataset)


# ------------------------------------------------------------------ the CSV files


def test_every_figure_and_every_gap_is_a_row(campaign):
    plan, dataset, _, _ = merged(campaign)
    rows = {(r["ma_so_lieu"], r["ma_don_vi"], int(r["nam"])): r for r in read_csv(campaign, "du-lieu")}
    for f in dataset.figures:
        row = rows[f.variable, f.unit, f.year]
        assert (Decimal(row["gia_tri_so"]) if row["gia_tri_so"] else row["gia_tri_chu"] or None) == f.value
        assert (row["tinh_trang"], row["nguon_so_lieu"]) == (f.state.value, f.source)
        place = (f.at.workbook, f.at.address, f.sha256) if f.at else ("", "", "")
        assert (row["tep"], row["o"], row["sha256"]) == place
        assert (datetime.fromisoformat(row["thoi_diem_doc"]) if f.read_at else None) == f.read_at
    gaps = {(g.variable, g.unit, plan.year) for g in dataset.gaps}
    assert gaps and {k for k, r in rows.items() if r["vi_sao_thieu"]} == gaps
    assert len(rows) == len(gaps | {(f.variable, f.unit, f.year) for f in dataset.figures})
    assert {r["vi_sao_thieu"] for (_, u, y), r in rows.items() if (u, y) == ("phuong-ky-lua", 2025)} == {"Chưa gửi"}
    assert {r["luu_y"] for r in rows.values()} == {MADE_UP}


def test_the_province_and_the_criteria(campaign):
    _, dataset, results, series = merged(campaign)
    totals = {(r["ma_so_lieu"], int(r["nam"])): r for r in read_csv(campaign, "so-lieu")}
    assert totals.keys() == dataset.totals.keys()
    for key, t in dataset.totals.items():
        if isinstance(t.value, Decimal):
            assert Decimal(totals[key]["gia_tri_so"]) == t.value
        counts = totals[key]["so_don_vi_phai_bao"], totals[key]["so_don_vi_da_bao"]
        assert counts == (str(len(t.expected)), str(len(t.reported)))
    rows = read_csv(campaign, "tieu-chi")
    assert [(r["ma_tieu_chi"], int(r["nam"]), r["gia_tri"]) for r in rows] == [
        (s.criterion.code, p.year, "" if p.value is None else f"{p.value:f}") for s in series for p in s.points
    ]
    assert [(r["nam"], r["da_cong_bo"]) for r in rows if r["ma_tieu_chi"] == "DV01"] == [
        ("2022", "true"), ("2023", "false"), ("2024", "false"), ("2025", "false"),
    ]  # fmt: skip
    of = {r.criterion.code: r for r in results}
    for row in (r for r in rows if r["nam"] == "2025" and r["gia_tri"]):
        r = of[row["ma_tieu_chi"]]
        assert row["gia_tri_in"] == values.format_number(r.value, r.criterion.decimals).replace(".", "").replace(
            ",", "."
        )
        assert row["trang_thai"] == tables.OUTCOMES[r.outcome]


@settings(deadline=None)
@given(answers())
def test_the_tables_and_the_frame_hold_the_same(found):
    dataset = dataset_of(found)
    (table,) = (t for t in tables.tables(PLAN, dataset, (), ()) if t.name == tables.FIGURES)
    rows = [dict(zip((f.name for f in table.fields), row, strict=True)) for row in table.rows]
    frame = dataset.to_frame(PLAN)
    frame = frame[frame["unit"].notna()].astype(object)
    frame = frame.where(frame.notna(), None)
    assert [
        (
            *(r["ma_so_lieu"], r["ma_don_vi"], r["nam"], r["tinh_trang"], r["vi_sao_thieu"]),
            r["gia_tri_so"] if r["gia_tri_chu"] is None else r["gia_tri_chu"],
        )
        for r in rows
    ] == [
        (r["variable"], r["unit"], r["year"], r["state"], r["why"] and tables.GAPS[r["why"]], r["value"])
        for r in frame.to_dict("records")
    ]


TEXTS = [
    ("=1+1", "'=1+1"), ("+84", "'+84"), ("-", "'-"), ("@a", "'@a"), ("\t=1", "'\t=1"), ("\r=1", "'\r=1"), ("\n=1", "'\n=1"),
    ("＝1", "'＝1"), (" =1", "' =1"), ("'=1", "''=1"), ("'" "'=1", "'" "''=1"), ("'quoted'", "'quoted'"), ("a=1", "a=1"),
    ("", ""), ("5", "5"), ("xã A", "xã A"), ("'", "'"), ("' =", "'' ="), (" ' '=1", "' ' '=1"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_a_text_like_a_formula_is_defused(text, expected):
    assert package.defused(text) == expected


@settings(deadline=None)
@given(st.text("=+-@'\t\r\n a1＝"))
def test_defusing_can_be_undone(text):
    found = package.defused(text)
    assert undone(found) == text
    assert not re.match(r"[=+\-@＝\t\r\n]", found)


def test_a_csv_file_is_as_rfc_4180_wants_it():
    fields = (Field("a", "A"), Field("b", "B", "number"), Field("c", "C", "boolean"))
    rows = (('hai\r\ndòng, "ngoặc"', Decimal("-5.10"), True), (None, None, None), ("-5", Decimal("1E+3"), False))
    found = package.to_csv(Table(name="t", title="", description="", fields=fields, key=("a",), rows=rows))
    assert found == '\ufeffa,b,c\r\n"hai\r\ndòng, ""ngoặc""",-5.10,true\r\n,,\r\n\'-5,1000,false\r\n'.encode()


@needs_libreoffice
@pytest.mark.parametrize("name", ["du-lieu", "tieu-chi"])
def test_libreoffice_opens_the_csv(campaign, tmp_path, name):
    source = tmp_path / f"{name}.csv"
    source.write_bytes((campaign / "xuat" / "du-lieu" / f"{name}.csv").read_bytes())
    # what its dialogue proposes for a file with a byte order mark: UTF-8, and here a point before the decimals
    options = [
        f"-env:UserInstallation={(tmp_path / 'user').as_uri()}",
        "--headless",
        "--infilter=CSV:44,34,76,1,,1033,false,true",
    ]
    command = [soffice(), *options, "--convert-to", "xlsx", "--outdir", str(tmp_path), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    headings, *found = openpyxl.load_workbook(source.with_suffix(".xlsx")).active.iter_rows()
    names = [c.value for c in headings]
    wanted = list(csv.reader(io.StringIO(source.read_bytes().decode("utf-8-sig"), newline="")))
    assert names == wanted[0]
    numbers = {i for i, n in enumerate(names) if n in ("gia_tri_so", "gia_tri", "gia_tri_in", "nam")}
    for row, texts in zip(found, wanted[1:], strict=True):
        for i, (cell, text) in enumerate(zip(row, texts, strict=True)):
            assert cell.data_type != "f"
            if i in numbers and text:
                assert float(cell.value) == float(text)
            elif i not in numbers and names[i] != "thoi_diem_doc" and text not in ("true", "false"):
                assert str(cell.value if cell.value is not None else "") == text


# ------------------------------------------------------------------ the package


CASTS = {
    "string": str, "integer": int, "number": Decimal, "datetime": datetime.fromisoformat,
    "boolean": {"true": True, "false": False}.__getitem__,
}  # fmt: skip


def faults(folder):
    """What is wrong between a data package and its files: the rules of Data Package and Table Schema, by hand."""
    document = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    names = [r["name"] for r in document["resources"]]
    assert all(re.fullmatch(r"[a-z0-9._-]+", n) for n in (document["name"], *names)) and len(set(names)) == len(names)
    held = {}
    for r in document["resources"]:
        content = (folder / r["path"]).read_bytes()
        if (r["bytes"], r["hash"]) != (len(content), f"sha256:{hashlib.sha256(content).hexdigest()}"):
            yield f"{r['path']}: bytes"
        if r["format"] != "csv":
            continue
        heading, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        fields = r["schema"]["fields"]
        if heading != [f["name"] for f in fields]:
            yield f"{r['path']}: fields"
        if any(len(row) != len(fields) for row in rows):
            yield f"{r['path']}: width"
        for i, f in enumerate(fields):
            limits = f.get("constraints", {})
            for text in {row[i] for row in rows}:
                if text in r["schema"]["missingValues"]:
                    if limits.get("required"):
                        yield f"{r['path']}: {f['name']} is empty"
                    continue
                CASTS[f["type"]](text)
                if f["type"] == "datetime":
                    datetime.strptime(text, f["format"])
                if text not in limits.get("enum", [text]):
                    yield f"{r['path']}: {f['name']} {text}"
        held[r["name"]] = {f["name"]: [row[i] for row in rows] for i, f in enumerate(fields)}
        keys = list(zip(*(held[r["name"]][k] for k in r["schema"]["primaryKey"]), strict=True))
        if len(set(keys)) != len(keys):
            yield f"{r['path']}: key"
    for r in document["resources"]:
        for link in r.get("schema", {}).get("foreignKeys", ()):
            other = held[link["reference"]["resource"] or r["name"]]
            known = set(zip(*(other[k] for k in link["reference"]["fields"]), strict=True))
            for key in set(zip(*(held[r["name"]][k] for k in link["fields"]), strict=True)):
                if key not in known and any(key):
                    yield f"{r['path']}: {link['fields']} {key}"


def test_the_descriptor_fits_its_files(campaign):
    folder = campaign / "xuat" / "du-lieu"
    assert list(faults(folder)) == []
    document = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert {r["path"] for r in document["resources"]} | {"datapackage.json"} == {p.name for p in folder.iterdir()}
    assert document["title"].startswith(MADE_UP) and "licenses" not in document
    fields = [f for r in document["resources"] for f in r.get("schema", {}).get("fields", ())]
    assert all(f["title"] for f in fields) and {f["decimalChar"] for f in fields if f["type"] == "number"} == {"."}


def test_a_file_that_was_changed_does_not_fit(campaign, tmp_path):
    for path in (campaign / "xuat" / "du-lieu").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    path = tmp_path / "danh-muc-don-vi.csv"
    path.write_bytes(path.read_bytes().replace(b"xa-hoa-tham", b"xa-khac-lam"))
    assert {f.partition(":")[0] for f in faults(tmp_path)} == {
        "danh-muc-don-vi.csv", "danh-muc-phan-cong.csv", "du-lieu.csv",
    }  # fmt: skip


def test_the_database_is_whole_and_holds_the_same(campaign):
    folder = campaign / "xuat" / "du-lieu"
    connection = sqlite3.connect(f"{(folder / 'du-lieu.sqlite').as_uri()}?mode=ro", uri=True)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("PRAGMA foreign_key_list(du_lieu)").fetchall()
        for table in tables.tables(*merged(campaign)):
            kept = connection.execute(f"SELECT * FROM {table.name.replace('-', '_')}").fetchall()
            rows = read_csv(campaign, table.name)
            assert len(kept) == len(rows)
            for row, texts in zip(kept, rows, strict=True):
                for f, cell in zip(table.fields, row, strict=True):
                    text = texts[f.name]
                    if f.kind == "number":
                        assert cell == (float(text) if text else None)
                    elif f.kind == "boolean":
                        assert cell == (text == "true")
                    else:
                        assert str(cell if cell is not None else "") == text
        words = connection.execute("SELECT cot FROM mo_ta WHERE bang = 'du_lieu' AND cot IS NOT NULL").fetchall()
        assert [w for (w,) in words] == list(read_csv(campaign, "du-lieu")[0])
        assert connection.execute("SELECT mo_ta FROM mo_ta WHERE bang = ''").fetchall() == [(MADE_UP,)]
    finally:
        connection.close()


def test_an_old_sqlite_gets_tables_without_strict(monkeypatch):
    dataset = dataset_of([])
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 0))
    content = database.to_sqlite(PLAN, tables.tables(PLAN, dataset, (), ()))
    assert b"STRICT" not in content and content.startswith(b"SQLite format 3")


def test_the_json_holds_what_merge_tells_and_every_figure(campaign):
    _, dataset, _, series = merged(campaign)
    document = json.loads((campaign / "xuat" / "du-lieu" / "du-lieu.json").read_text(encoding="utf-8"))
    told = pipeline.compile_table(campaign).to_json()
    assert {k: document[k] for k in told} == told
    assert document["notice"] == MADE_UP
    assert [(f["variable"], f["unit"], f["year"], f["value"], f["cell"]) for f in document["figures"]] == [
        (f.variable, f.unit, f.year, float(f.value) if isinstance(f.value, Decimal) else f.value, f.at and f.at.address)
        for f in dataset.figures
    ]
    assert [(s["code"], [p["year"] for p in s["points"]]) for s in document["series"]] == [
        (s.criterion.code, [p.year for p in s.points]) for s in series
    ]


ATOMS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()


@given(st.dictionaries(st.text(), ATOMS | st.lists(ATOMS | st.dictionaries(st.text(), ATOMS, max_size=2), max_size=3)))
def test_the_json_is_indented_as_python_itself_would(document):
    usual = (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")
    assert package._json(document) == usual


def test_a_text_with_half_a_letter_stays_json():
    odd = {"a\ud800": ["\x7f\u2028\x00\n", 1e300, 1e-7, {}, []]}
    assert package._json(odd) == (json.dumps(odd, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def test_the_json_holds_what_does_not_go_together(tmp_path):
    folder = settling.campaign(tmp_path / "ky-2025")
    settling.sent(folder, "phuong-ky-lua", C09_B=21, C14_B=430001)
    settling.run("merge", folder)
    at = next(n for n, row in enumerate(settling.rows(folder), 2) if row["Mã số liệu"] == "C14_B")
    settling.fill(folder, at, Quyết_định="Sửa thành", Giá_trị=430002, Ngày_văn_bản="05/04/2026")
    _, told = settling.run("merge", folder, "--json")
    settling.run("export", folder)
    document = json.loads((folder / "xuat" / "du-lieu" / "du-lieu.json").read_text(encoding="utf-8"))
    assert {r["code"] for r in document["reconciliation"]} == {"conflict", "totals-disagree"}
    assert {k: document[k] for k in json.loads(told)} == json.loads(told)
    (total,) = (r for r in read_csv(folder, "so-lieu") if (r["ma_so_lieu"], r["nam"]) == ("C14_B", "2025"))
    assert (total["gia_tri_so"], total["ghi_chu"]) == (
        "430002",
        "Theo quyết định của đầu mối (15/TB-SKHCN ngày 05/4/2026)",
    )
    (hq02,) = (row for row in cells(folder / "xuat" / ministry.NAME, "Biểu tiêu chí") if row[1].value == "HQ02")
    assert "C14_B theo quyết định của Sở Khoa học và Công nghệ (15/TB-SKHCN ngày 05/4/2026)" in hq02[9].value


# ------------------------------------------------------------------ what must not go out


def test_no_address_of_a_person_goes_out(campaign):
    for path in sorted((campaign / "xuat").rglob("*.*")):
        content = path.read_bytes()
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as archive:
                content = b"".join(archive.read(n) for n in archive.namelist())
        text = content.decode("utf-8", "replace")
        for secret in ("@langson.gov.vn", "@abc.vn", "0912 345 678", "0205 3812 345", "Lê Thị Hồng"):
            assert secret not in text, path
        assert ("Nguyễn Văn Nam" in text) == (path.name == "bieu-bo-khcn.xlsx")
    (row,) = (
        r for r in read_csv(campaign, "du-lieu") if (r["o"], r["ma_don_vi"], r["nam"]) == ("F12", "so-khcn", "2025")
    )
    assert row["giai_trinh"].endswith("hỏi anh An, [thư điện tử] hoặc [số điện thoại]")
    assert (row["giai_trinh"][0], row["nguon_so_lieu"]) == ("-", '+84 mẫu, "ngoặc"')


CONTACTS = [
    ("an@b.vn", "[thư điện tử]"), ("gửi An.N+x@mail.b.gov.vn.", "gửi [thư điện tử]."), ("ĐT: 0912345678", "ĐT: [số điện thoại]"),
    ("+84 912 345 678", "[số điện thoại]"), ("0205.3812.345", "[số điện thoại]"), ("Số 0912345678/BC", "Số 0912345678/BC"),
    ("1234567890", "1234567890"), ("0,0912345678", "0,0912345678"), ("ab0912345678cd", "ab0912345678cd"),
    ("(0205) 3812 345", "[số điện thoại]"), ("(ĐT 0205.3 812 345)", "(ĐT [số điện thoại])"), ("ĐT0912345678", "ĐT[số điện thoại]"),
    ("0912345678/0987 654 321", "[số điện thoại]/[số điện thoại]"), ("0912\u00a0345\u00a0678", "[số điện thoại]"),
    ("+84 (205) 3812 345", "[số điện thoại]"), ("a" * 54 + "0912345678", "a" * 54 + "0912345678"),
    ("28/3/2026", "28/3/2026"), ("01-2025", "01-2025"), ("@SUM(1)", "@SUM(1)"), ("", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CONTACTS)
def test_addresses_and_telephone_numbers_are_taken_out(text, expected):
    assert open_to_all(text) == expected


def test_no_text_of_the_plan_and_no_end_of_a_source_that_is_cut_keeps_an_address():
    mailed = f"{'Theo báo cáo của Sở Khoa học và Công nghệ gửi về '.ljust(70, '.')}nguyen.van.an@langson.gov.vn"
    plan = replace(PLAN, variables=tuple(replace(v, explanation=f"Hỏi {mailed}") for v in PLAN.variables))
    found = [Figure(variable="C01_A", unit="so-khcn", year=2025, value=Decimal(1), state=State.GIVEN, source=mailed)]
    dataset, _ = merge.combine(plan, found, {}, {"so-khcn"})
    told = [
        cell for t in tables.tables(plan, dataset, (), ()) for row in t.rows for cell in row if isinstance(cell, str)
    ]
    told.append(ministry._supplied(plan, dataset, plan.criterion["DV01"]))
    assert sum("[thư điện tử]" in text for text in told) > len(PLAN.variables)
    assert not any("nguyen.van" in text for text in told)


# ------------------------------------------------------------------ the same again


def contents(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*.*")) if p.is_file()}


def test_the_same_input_gives_the_same_bytes(campaign, tmp_path):
    first = contents(campaign / "xuat")
    assert not any(p.written for p in pipeline.export(campaign).products)
    done = pipeline.export(campaign, tmp_path / "nơi khác")
    assert contents(tmp_path / "nơi khác") == first
    assert {p.path.relative_to(done.folder).as_posix(): p.sha256 for p in done.products} == {
        name: hashlib.sha256(content).hexdigest() for name, content in first.items()
    }


@settings(deadline=None)
@given(st.permutations(range(8)))
def test_the_order_of_the_figures_is_no_matter(order):
    found = [
        Figure(variable=c, unit=u, year=2025, value=Decimal(i), state=State.GIVEN)
        for i, (c, u) in enumerate(
            (c, u) for c in ("C01_A", "C01_B", "C09_A", "C14_B") for u in ("so-khcn", "xa-hoa-tham")
        )
    ]

    def made(figures):
        dataset = dataset_of(figures)
        results, series = compute.evaluate(PLAN, dataset), compute.series(PLAN, dataset)
        listed = tables.tables(PLAN, dataset, results, series)
        return [*(package.to_csv(t) for t in listed), package.to_document(PLAN, dataset, results, series)]

    assert made([found[i] for i in order]) == made(found)


# ------------------------------------------------------------------ the ministry's sheet


def cells(path, sheet):
    return [list(row) for row in openpyxl.load_workbook(path)[sheet].iter_rows()]


def printed(cell):
    """What a Vietnamese Excel shows of a number cell."""
    decimals = len(cell.number_format.partition(".")[2])
    return values.format_number(Decimal(repr(cell.value)), decimals)


def test_the_ministry_reads_what_the_report_prints(campaign):
    plan, _, results, _ = merged(campaign)
    rows = cells(campaign / "xuat" / ministry.NAME, "Biểu tiêu chí")
    at = {row[1].value: row for row in rows}
    for r in results:
        c, row = r.criterion, at[r.criterion.code]
        for cell, value in ((row[4], r.previous), (row[5], r.value)):
            if value is None:
                assert cell.value == "Chưa có số liệu"
            else:
                assert printed(cell) == values.format_number(value, c.decimals)
                assert Decimal(repr(cell.value)) == values.rounded(value, c.decimals)
        assert row[6].value == f"{r.reported}/{r.expected}"
        assert row[2].value == c.name + (f" ({plan.mark(c)})" if plan.mark(c) else "")
    joined = "\n".join(str(c.value) for row in rows for c in row if c.value is not None)
    for wanted in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "ỦY BAN NHÂN DÂN TỈNH LẠNG SƠN", MADE_UP, "NĂM 2025", "gửi Bộ Khoa học và Công nghệ",
        "NGƯỜI LẬP BIỂU", "SỞ KHOA HỌC VÀ CÔNG NGHỆ", "GIÁM ĐỐC", "TM. ỦY BAN NHÂN DÂN", "(đề xuất)", "Nhóm tiêu chí đầu vào",
    ):  # fmt: skip
        assert wanted in joined
    assert not any(c.data_type == "f" for row in rows for c in row)
    assert at["DV01"][7].value.startswith("Sở Khoa học và Công nghệ và 02 đơn vị phối hợp. Nguồn: ")
    assert at["DV01"][9].value.startswith("Tính trên 2/3 đơn vị")


def test_the_evidence_of_a_criterion_leads_to_the_files(campaign):
    _, dataset, _, _ = merged(campaign)
    evidence = {row[0].value: row for row in cells(campaign / "xuat" / ministry.NAME, "Minh chứng")[3:]}
    (dv01,) = (row for row in cells(campaign / "xuat" / ministry.NAME, "Biểu tiêu chí") if row[1].value == "DV01")
    assert dv01[8].value == "Biểu số 1–2"
    found = {(evidence[n][2].value, evidence[n][3].value.replace("\n", "")) for n in ("1", "2")}
    totals = [dataset.totals[c, 2025] for c in ("C01_A", "C01_B")]
    assert found == {(f.at.workbook, f.sha256) for t in totals for f in t.contributions}
    assert "DV01" in evidence["1"][6].value


def test_a_criterion_that_names_others_rests_on_their_figures(tmp_path):
    criteria = tuple(replace(c, formula="KQ07 + DV01") if c.code == "TD26" else c for c in PLAN.criteria)
    folder = begun(tmp_path / "ky-2025", replace(PLAN, criteria=criteria))
    send(folder, "so-khcn")
    send(folder, "xa-hoa-tham")
    pipeline.receive(folder)
    pipeline.compile_table(folder)
    pipeline.export(folder)
    (row,) = (r for r in cells(folder / "xuat" / ministry.NAME, "Biểu tiêu chí") if r[1].value == "TD26")
    assert row[7].value.startswith("Sở Khoa học và Công nghệ và 02 đơn vị phối hợp. Nguồn: Báo cáo năm")
    assert row[8].value == "Biểu số 1–2"
    criteria = cells(folder / "xuat" / "ket-qua" / "xa-hoa-tham.xlsx", "Tiêu chí")
    (row,) = (r for r in criteria if r[0].value == "TD26")
    assert row[7].value == "C09_A, C01_A, C01_B"


def test_a_figure_of_the_clerk_is_no_return_of_the_unit():
    decision = Decision(
        unit="so-khcn", variable="C01_A", year=2025, choice=Choice.CORRECT, sent=None, value=Decimal(5), reason="Đã rà soát",
        document="15/BC", at=CellRef("dieu-chinh.xlsx", "Số liệu", "L2"), sha256="0" * 64,
    )  # fmt: skip
    dataset, _ = merge.combine(PLAN, [decision.figure], {}, {"so-khcn"})
    book = openpyxl.load_workbook(io.BytesIO(ministry.write(PLAN, dataset, compute.evaluate(PLAN, dataset))))
    (row,) = (r for r in book["Minh chứng"].iter_rows(values_only=True) if r[0] == "1")
    assert row[1:3] == ("Sở Khoa học và Công nghệ", "dieu-chinh.xlsx (quyết định của đầu mối)")


@pytest.mark.parametrize(("numbers", "told"), [((1, 2, 3, 5), "1–3, 5"), ((4,), "4"), ((1, 3, 4), "1, 3–4"), ((), "")])
def test_numbers_of_files_are_told_in_runs(numbers, told):
    assert ", ".join(ministry._runs(numbers)) == told


# ------------------------------------------------------------------ a unit's own result

COMMUNES = tuple(f"xa-{x}" for x in "abcdefg")


def communes(numbers, method=Method.SUM, kind=Kind.WHOLE, lead=()):
    """A plan of seven communes and two departments with one variable, and what each says (``None``: nothing)."""
    names = (*COMMUNES, "so-x", "so-y")
    units = tuple(Unit(code=u, name=f"Đơn vị {u}", short=u, type=u.split("-")[0]) for u in names)
    plan = small_plan(
        units=units, rules=(), past=(), criteria=(replace(PLAN.criteria[0], formula="C01_A"),),
        variables=(variable("C01_A", "Số người", "người", kind, method),),
        assignments=(Assignment(variable="C01_A", lead=lead, supporting=tuple(u for u in names if u not in lead)),),
    )  # fmt: skip
    found = [
        Figure(variable="C01_A", unit=u, year=2025, value=n if isinstance(n, str) else Decimal(n), state=State.GIVEN)
        for u, n in zip(names, numbers, strict=False)
        if n is not None
    ]
    dataset, _ = merge.combine(plan, found, {}, {f.unit for f in found})
    return plan, dataset, unit.Peers(plan, dataset, compute.evaluate(plan, dataset))


RANKS = [
    # what seven communes and two departments say, rank of each
    ((7, 9, 8, 1, 2, 3, 4), "3/7 1/7 2/7 7/7 6/7 5/7 4/7"),
    ((7, 9, 9, 1, 9, None, 0), "4/6 1/6 1/6 5/6 1/6 - 6/6"),
    ((5, 5, 5), "1/3 1/3 1/3 - - - -"),
    ((5, 6), "- - - - - - -"),  # too few
    ((5, 6, None, None, None, None, None, 7, 8), "- - - - - - - - -"),  # departments are no like units
    ((None,) * 7, "- - - - - - -"),
]


@pytest.mark.parametrize(("numbers", "expected"), RANKS)
def test_a_rank_counts_the_like_units_that_reported(numbers, expected):
    plan, dataset, peers = communes(numbers)
    for u, told in zip(plan.units, expected.split(), strict=False):
        f = dataset.figure.get(("C01_A", u.code, 2025))
        rank = peers.rank("C01_A", u, f.value if f else None)
        assert (f"{rank[0]}/{rank[1]}" if rank else "-") == told


def test_the_leads_figure_and_words_have_no_rank():
    plan, _, peers = communes((7, 9, 8, 1, 2, 3, 4), Method.LEAD, lead=("so-x",))
    assert peers.rank("C01_A", plan.units[0], Decimal(7)) is None
    plan, _, peers = communes(("Có", "Không", "Có", "Có"), Method.SHARE_YES, Kind.YES_NO)
    assert (peers.rank("C01_A", plan.units[0], "Có"), peers.yes("C01_A", plan.units[0])) == (None, (3, 4))


@settings(deadline=None)
@given(st.lists(st.integers(0, 10**6), min_size=5, max_size=7))
def test_quartiles_are_those_of_the_textbook(numbers):
    plan, _, peers = communes(numbers)
    found = peers.spread("C01_A", plan.units[0])
    assert [float(x) for x in found] == statistics.quantiles(numbers, method="inclusive")


def test_four_units_show_no_spread():
    plan, _, peers = communes((7, 9, 8, 1))
    assert peers.spread("C01_A", plan.units[0]) is None


def test_a_unit_sees_no_figure_of_another():
    numbers = (111111, 222222, 333333, 444444, 555555, 666666)
    _, dataset, peers = communes(numbers)
    found = {}
    for code in ("xa-a", "xa-g"):
        book = openpyxl.load_workbook(io.BytesIO(unit.write(peers, code)))
        found[code] = {c.value for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None}
    assert {111111, dataset.totals["C01_A", 2025].value, 388888.5, "6/6"} <= found["xa-a"]
    assert not any(str(n) in str(text).replace(".", "") for n in numbers[1:] for text in found["xa-a"])
    assert not any(str(n) in str(text).replace(".", "") for n in numbers for text in found["xa-g"])
    assert "Đơn vị chưa gửi biểu: còn thiếu cả 1 số liệu ở mục I." in found["xa-g"]


def test_a_units_sheet_tells_its_figures_and_what_they_feed(campaign):
    rows = cells(campaign / "xuat" / "ket-qua" / "so-khcn.xlsx", "Số liệu")
    (row,) = (r for r in rows if "C01_A" in str(r[1].value))
    assert [c.value for c in row[3:7]] == [120, 130, 10, 133]
    assert row[5].number_format == "+#,##0;-#,##0;#,##0"
    texts = {c.value for r in rows for c in r}
    assert {"KẾT QUẢ SỐ LIỆU CỦA SỞ KHOA HỌC VÀ CÔNG NGHỆ NĂM 2025", MADE_UP} <= texts
    criteria = cells(campaign / "xuat" / "ket-qua" / "so-khcn.xlsx", "Tiêu chí")
    (dv01,) = (r for r in criteria if r[0].value == "DV01")
    assert (dv01[4].value, dv01[6].value, dv01[7].value) == (155, "2/3", "C01_A, C01_B")


# ------------------------------------------------------------------ the command


def lsindicators(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "lsindicators", *map(str, arguments)], capture_output=True, text=True, encoding="utf-8"
    )


def test_the_command_lists_what_it_wrote(campaign, tmp_path):
    done = lsindicators("export", campaign, "--to", tmp_path / "ra", "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, document["year"]) == (lsindicators("merge", campaign).returncode, 2025)
    listed = {f["path"]: (f["bytes"], f["sha256"], f["written"]) for f in document["files"]}
    assert listed == {
        name: (len(content), hashlib.sha256(content).hexdigest(), True)
        for name, content in contents(tmp_path / "ra").items()
    }
    assert {f["what"] for f in document["files"]} == {"data", "package", "ministry", "unit"}
    told = lsindicators("export", campaign).stdout
    assert "3 phiếu kết quả của đơn vị" in told and "(0 tệp mới hoặc thay đổi)" in told


@pytest.mark.parametrize("kept", ["tra-ve", "tra-ve/con", "so-cai", "bieu-mau", "phan-cong.xlsx"])
def test_what_is_not_ours_is_left_alone(campaign, kept):
    before = contents(campaign)
    with pytest.raises(UnusableInputError):
        pipeline.export(campaign, campaign / kept)
    assert contents(campaign) == before


def test_a_sheet_of_a_unit_that_is_no_more_is_told(campaign, tmp_path):
    stray = tmp_path / "ket-qua" / "xa-cu.xlsx"
    stray.parent.mkdir()
    stray.write_bytes(b"")
    assert pipeline.export(campaign, tmp_path).strangers == (stray,)
    assert stray.exists()


def test_a_product_that_is_open_stays_whole(campaign, tmp_path, monkeypatch):
    pipeline.export(campaign, tmp_path)
    (tmp_path / ministry.NAME).write_bytes(b"mo trong Excel")
    before = contents(tmp_path)

    def held(path, target):
        raise PermissionError(13, "held", str(target))

    monkeypatch.setattr(files, "WAITS", ())
    monkeypatch.setattr(Path, "replace", held)
    with pytest.raises(OutputLockedError, match=ministry.NAME):
        pipeline.export(campaign, tmp_path)
    assert contents(tmp_path) == before


# ------------------------------------------------------------------ the data dictionary

DICTIONARY = Path(__file__).parent.parent / "docs" / "du-lieu.md"
WORDS = {"string": "chữ", "integer": "số nguyên", "number": "số", "boolean": "true/false", "datetime": "thời điểm"}


def dictionary():
    """The part of the data dictionary that the tables themselves say."""
    for table in tables.tables(PLAN, dataset_of([]), (), ()):
        yield f"### {table.name}.csv: {table.title}\n\n{table.description} Khóa: {', '.join(f'`{k}`' for k in table.key)}.\n\n"
        yield "| cột | tên | kiểu | nghĩa |\n|---|---|---|---|\n"
        for f in table.fields:
            link = next((x.table for x in table.links if x.fields == (f.name,)), "")
            told = [
                f.description,
                f"Một trong: {'; '.join(f.words)}." if f.words else "",
                f"Theo `{link}`." if link else "",
            ]
            yield f"| `{f.name}` | {f.title} | {WORDS[f.kind]} | {' '.join(filter(None, told))} |\n"
        yield "\n"


def test_the_data_dictionary_is_true():
    assert DICTIONARY.read_text(encoding="utf-8").endswith("## Các bảng\n\n" + "".join(dictionary()).rstrip() + "\n")


if __name__ == "__main__":  # rewrite it
    head, mark, _ = DICTIONARY.read_text(encoding="utf-8").partition("## Các bảng\n\n")
    DICTIONARY.write_text(head + mark + "".join(dictionary()).rstrip() + "\n", encoding="utf-8")
