"""trace: from a number of the province down to the cells that hold it, what was there before, what the clerk decided."""

import io
import json
import random
import re
import shutil
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import docx
import openpyxl
import pytest
from campaigns import begun, send
from click.testing import CliRunner
from conftest import small_plan, variable
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from office import convert, needs_libreoffice
from test_decisions import cells, workbook
from test_imports import loaded_after

from lsindicators import annex, expressions, files, merge, papers, pipeline, provenance, values
from lsindicators.cli import main
from lsindicators.errors import UnusableInputError
from lsindicators.memory import Memory
from lsindicators.model import (
    HANOI,
    NO,
    YES,
    Aggregation,
    Assignment,
    CellRef,
    Criterion,
    Figure,
    Kind,
    Method,
    PastFigure,
    Share,
    Standing,
    State,
    Unit,
)
from lsindicators.pipeline import asked
from lsindicators.pipeline.campaign import read_plan
from lsindicators.pipeline.origins import Origins
from lsindicators.pipeline.results import computed
from lsindicators.pipeline.standing import standing
from lsindicators.pipeline.tracing import derive, needed
from lsindicators.provenance import words

D = Decimal
EARLY = 1_773_000_000


def traced(campaign, typed):
    """The trace of a number, which is the same when it is made of the whole table."""
    made, memory = pipeline.trace(campaign, typed), Memory(campaign)
    plan, _ = read_plan(campaign, memory)
    current = standing(campaign, plan, memory=memory)
    assert made.trace == derive(Origins(campaign, current, current.dataset()), asked.understood(plan, typed))
    return made


def told(campaign, typed) -> dict:
    return traced(campaign, typed).to_json()


def original(campaign: Path, place: dict) -> bytes:
    """The bytes that a place names, by their SHA-256."""
    stored = campaign / "so-cai" / "goc" / place["sha256"]
    content = (stored if stored.exists() else campaign / place["file"]).read_bytes()
    assert files.sha256(content) == place["sha256"]
    return content


def found(content: bytes, place: dict, v) -> Decimal | str | None:
    """What a person reads in the cell with another program than ours; a true zero by its state."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    cell = book[place["sheet"]][place["cell"]]
    if cell.value is None and place.get("state") == State.NONE_OCCURRED.value:
        assert book[place["sheet"]].cell(cell.row, cell.column + 1).value == State.NONE_OCCURRED.value
        return D(0)
    if isinstance(cell.value, str):
        number = values.parse_number(cell.value, v.kind, v.measure).number if v.kind.numeric else None
        return cell.value if number is None else number
    number = D(str(cell.value))
    return number * 100 if "%" in cell.number_format else number


def assert_leads_to_cells(campaign: Path, document: dict, plan) -> int:
    """Every place of a trace holds its value; how many places there were."""
    count = 0
    for item in document["inputs"]:
        v = plan.variable[item["code"].partition("@")[0]]
        for c in (*item["contributions"], *item["not_counted"]):
            places = [p for p in c["made_of"] if p["file"]] if "made_of" in c and c["cell"] is None else [c]
            places += c["former"]
            for place in places:
                at = found(original(campaign, place), place, v)
                assert at == (D(str(place["value"])) if isinstance(place["value"], int | float) else place["value"])
                count += 1
    return count


# ------------------------------------------------------------------ the contract


def test_the_json_of_the_contract(campaign):
    for unit in ("so-khcn", "xa-hoa-tham", "phuong-ky-lua"):
        send(campaign, unit)
    pipeline.receive(campaign)
    done = CliRunner().invoke(main, ["trace", str(campaign), "kq07", "--json"])
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert list(document)[:4] == ["code", "value", "formula", "inputs"]
    assert (document["code"], document["value"], document["formula"]) == ("KQ07", 20, "C09_A / C09_B * 100")
    first, second = document["inputs"]
    assert list(first)[:5] == ["code", "value", "aggregation", "contributions", "decisions"]
    assert (first["code"], first["value"], first["aggregation"], first["decisions"]) == ("C09_A", 8, "tổng", [])
    assert (second["code"], second["value"], second["aggregation"]) == ("C09_B", 40, "chủ trì")
    unit = first["contributions"][1]
    keys = ["unit", "value", "state", "file", "sheet", "cell", "sha256", "read_at", "former"]
    assert list(unit)[:9] == keys
    content = (campaign / "tra-ve" / "xa-hoa-tham.xlsx").read_bytes()
    assert {k: unit[k] for k in keys if k != "read_at"} == {
        "unit": "xa-hoa-tham",
        "value": 1,
        "state": "Có số liệu",
        "file": "tra-ve/xa-hoa-tham.xlsx",
        "sheet": "Số liệu",
        "cell": "F17",
        "sha256": files.sha256(content),
        "former": [],
    }
    assert datetime.fromisoformat(unit["read_at"]).utcoffset() == datetime.now(HANOI).utcoffset()
    assert [s["text"] for s in document["steps"]] == ["8 / 40 = 0,2", "0,2 × 100 = 20"]
    assert (document["status"], document["printed"], document["missing"]) == ("computed", "20,00", [])


def test_the_same_figures_as_merge_and_one_document_for_every_kind_of_number(campaign):
    for unit in ("so-khcn", "xa-hoa-tham"):
        send(campaign, unit)
    pipeline.receive(campaign)
    merged = pipeline.compile_table(campaign).to_json()
    for criterion in merged["criteria"]:
        mine = told(campaign, criterion["code"])
        assert (mine["value"], mine["status"], mine["formula"]) == (
            criterion["value"],
            criterion["status"],
            criterion["formula"],
        )
        assert {i["code"]: i["value"] for i in mine["inputs"]} == criterion["inputs"]
        assert told(campaign, f"{criterion['code']}@-1")["value"] == criterion["previous"]
    keys = list(told(campaign, "KQ07"))
    for v in merged["variables"]:
        mine = told(campaign, v["code"])
        (only,) = mine["inputs"]
        assert list(mine) == keys and mine["formula"] is None
        assert (only["expected_units"], only["reported_units"]) == (v["expected_units"], v["reported_units"])
        assert mine["value"] == only["value"] == v["value"]
    (only,) = told(campaign, "xa-hoa-tham:C01_A")["inputs"]
    assert [(c["unit"], c["value"]) for c in only["contributions"]] == [("xa-hoa-tham", 3)]


# ------------------------------------------------------------------ the demo: ten figures, and all others


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "ky"
    pipeline.play_year(folder)
    return folder


@pytest.fixture(scope="module")
def once(demo):
    """The demo computed once: its plan, its table, and what leads from a code to its trace."""
    plan, doubts = read_plan(demo)
    current = standing(demo, plan)
    merged = computed(demo, doubts, current)
    found = Origins(demo, current, merged.dataset)

    def trace(code: str) -> dict:
        return pipeline.Traced(plan=merged.plan, trace=derive(found, asked.understood(merged.plan, code))).to_json()

    return merged.plan, merged.dataset, trace


def test_ten_random_figures_of_the_demo_lead_to_cells_that_hold_them(demo, once):
    plan, dataset, trace = once
    draw = random.Random(20260410)
    units = [f"{f.unit}:{f.variable}" + ("" if f.year == plan.year else "@-1") for f in dataset.figures]
    codes = [
        *draw.sample([c.code for c in (*plan.criteria, *plan.companions)], 3),
        *draw.sample([v.code for v in plan.variables], 2),
        *draw.sample([u for u in units if "@" not in u], 3),
        *draw.sample([u for u in units if "@" in u], 2),
    ]
    assert all(assert_leads_to_cells(demo, trace(code), plan) for code in codes)


@pytest.mark.parametrize("ending", [".eml!", ".zip!"])
def test_a_form_in_an_email_or_a_zip_leads_to_the_form_itself(demo, once, ending):
    plan, dataset, trace = once
    f = next(f for f in dataset.figures if f.at and ending in f.at.workbook and f.year == plan.year)
    assert assert_leads_to_cells(demo, trace(f"{f.unit}:{f.variable}"), plan) == 1


def test_every_total_of_the_demo_is_made_of_what_its_trace_shows(once):
    plan, _, trace = once
    codes = [c.code for c in (*plan.criteria, *plan.companions, *plan.variables)]
    for item in (item for code in codes for lag in ("", "@-1") for item in trace(code + lag)["inputs"]):
        assert item["agrees"] in (True, None)
        if item["aggregation"] == "tổng" and item["contributions"]:
            assert sum(D(str(c["value"])) for c in item["contributions"]) == D(str(item["value"]))
        if item["expected_units"]:
            there, lacking = len(item["contributions"]), item["without_value"]
            assert there + len(lacking) == item["expected_units"]
            assert there + sum(w["counts_as_reported"] for w in lacking) == item["reported_units"]


# ------------------------------------------------------------------ what is not as it was sent, or not there


def test_every_number_of_the_demo_is_the_same_of_its_own_rows_and_of_the_whole_table(demo):
    plan, _ = read_plan(demo)
    current = standing(demo, plan)
    whole = Origins(demo, current, current.dataset())
    codes = [c.code for c in (*plan.criteria, *plan.companions, *plan.variables)]
    units = [f"{unit}:{owed[0].code}" for unit, owed in plan.owed.items()]
    for code in (*codes, *units):
        for lag in ("", "@-1"):
            number = asked.understood(plan, code + lag)
            rows = current.rows(needed(plan, number))
            assert len(rows.figures) < len(whole.dataset.figures)
            assert derive(Origins(demo, current, rows), number) == derive(whole, number)


def test_a_return_that_was_sent_again_shows_what_was_there(campaign):
    send(campaign, "so-khcn")
    send(campaign, "xa-hoa-tham", "cu.xlsx", moment=EARLY, F17=4)
    send(campaign, "xa-hoa-tham", "moi.xlsx", F17="7")
    pipeline.receive(campaign)
    document = told(campaign, "C09_A")
    (unit,) = (c for c in document["inputs"][0]["contributions"] if c["unit"] == "xa-hoa-tham")
    assert (unit["value"], unit["file"]) == (7, "tra-ve/moi.xlsx")
    (former,) = unit["former"]
    assert (former["value"], former["file"], former["cell"]) == (4, "tra-ve/cu.xlsx", "F17")
    assert "gửi sau" in former["why"]
    assert former["sent_at"] == datetime.fromtimestamp(EARLY, HANOI).isoformat()
    assert assert_leads_to_cells(campaign, document, small_plan()) == 3


def test_three_returns_newest_first_and_what_a_former_one_had_there_without_being_taken(campaign):
    for name, moment, typed in (("a", EARLY, "mười"), ("b", EARLY + 90000, 6), ("c", EARLY + 180000, 5)):
        send(campaign, "xa-hoa-tham", f"{name}.xlsx", moment=moment, F12=typed)
    pipeline.receive(campaign)
    (unit,) = told(campaign, "xa-hoa-tham:C01_A")["inputs"][0]["contributions"]
    assert (unit["value"], [(f["value"], f["file"]) for f in unit["former"]]) == (
        5,
        [(6, "tra-ve/b.xlsx"), ("mười", "tra-ve/a.xlsx")],
    )
    assert unit["former"][1]["state"] is None and "mười" in unit["former"][1]["why"]


def test_a_true_zero_leads_to_its_state(campaign):
    send(campaign, "xa-hoa-tham", F17=None, G17="Không phát sinh")
    pipeline.receive(campaign)
    document = told(campaign, "xa-hoa-tham:C09_A")
    assert (document["value"], document["inputs"][0]["contributions"][0]["state"]) == (0, "Không phát sinh")
    assert assert_leads_to_cells(campaign, document, small_plan()) == 1


def test_units_without_a_figure_are_listed_with_why(campaign):
    send(campaign, "so-khcn", F12=None, G12="Không áp dụng", I12="Không có người nghiên cứu")
    send(campaign, "xa-hoa-tham", F12="ba người")
    pipeline.receive(campaign)
    (item,) = told(campaign, "C01_A")["inputs"]
    assert [(w["unit"], w["why"], w["counts_as_reported"], w["cell"]) for w in item["without_value"]] == [
        ("so-khcn", None, True, "F12"),
        ("xa-hoa-tham", "needs-mending", False, "F12"),
        ("phuong-ky-lua", "no-return", False, None),
    ]
    assert item["contributions"] == [] and item["value"] is None
    assert item["without_value"][1]["sent"]["value"] == "ba người"
    assert traced(campaign, "C01_A").exit_code == 1
    told_on_screen = CliRunner().invoke(main, ["trace", str(campaign), "C01_A"])
    assert told_on_screen.exit_code == 1
    assert "Phường Kỳ Lừa: chưa gửi biểu" in told_on_screen.stdout


def decided(campaign, *rows):
    (campaign / "dieu-chinh.xlsx").write_bytes(workbook(rows))


def test_a_corrected_figure_leads_to_the_decision_and_to_what_was_sent(campaign):
    send(campaign, "so-khcn", F12=120000)
    decided(campaign, cells())
    pipeline.receive(campaign)
    document = told(campaign, "C01_A")
    (item,) = document["inputs"]
    (unit,) = item["contributions"]
    assert (unit["value"], unit["file"], unit["sheet"], unit["cell"]) == (130, "dieu-chinh.xlsx", "Số liệu", "L2")
    assert unit["read_at"] is None
    assert (unit["sent"]["value"], unit["sent"]["cell"], unit["sent"]["file"]) == (120000, "F12", "tra-ve/so-khcn.xlsx")
    assert assert_leads_to_cells(campaign, document, small_plan()) == 1
    (ruling,) = item["decisions"]
    assert {k: ruling[k] for k in ("decision", "unit", "sent", "value", "reason", "document", "cell", "file")} == {
        "decision": "Sửa thành",
        "unit": "so-khcn",
        "sent": 120000,
        "value": 130,
        "reason": "Gọi điện hỏi lại",
        "document": "12/SKHCN-CNTT",
        "cell": "L2",
        "file": "dieu-chinh.xlsx",
    }
    assert ruling["sha256"] == files.sha256((campaign / "dieu-chinh.xlsx").read_bytes())


def test_a_figure_that_stands_in_a_decision_alone(campaign):
    send(campaign, "so-khcn")
    decided(campaign, cells(Mã_đơn_vị="xa-hoa-tham", Số_đã_gửi=None, Giá_trị="1.234"))
    pipeline.receive(campaign)
    document = told(campaign, "xa-hoa-tham:C01_A")
    (unit,) = document["inputs"][0]["contributions"]
    assert (document["value"], unit["file"], unit["cell"], "sent" in unit) == (1234, "dieu-chinh.xlsx", "L2", False)
    assert assert_leads_to_cells(campaign, document, small_plan()) == 1


def test_a_figure_that_is_left_out_is_told_with_what_was_sent(campaign):
    send(campaign, "so-khcn", F12=120000)
    decided(campaign, cells(Quyết_định="Không lấy", Giá_trị=None))
    pipeline.receive(campaign)
    (item,) = told(campaign, "so-khcn:C01_A")["inputs"]
    (unit,) = item["without_value"]
    assert (unit["why"], unit["sent"]["value"], unit["sent"]["cell"]) == ("left-out", 120000, "F12")
    assert [r["decision"] for r in item["decisions"]] == ["Không lấy"]


def two_leads(**changes):
    plan = small_plan(**changes)
    return replace(
        plan,
        assignments=tuple(
            replace(a, lead=("so-khcn", "xa-hoa-tham"), supporting=(), supporting_written="", lead_written="so-khcn; xa-hoa-tham")
            if a.variable == "C09_B" else a for a in plan.assignments
        ),
    )  # fmt: skip


def test_leads_that_disagree_are_both_shown_and_nothing_is_computed(tmp_path):
    campaign = begun(tmp_path / "ky", two_leads())
    send(campaign, "so-khcn")
    send(campaign, "xa-hoa-tham", F18=50)
    pipeline.receive(campaign)
    shown = traced(campaign, "KQ07")
    document = shown.to_json()
    second = document["inputs"][1]
    assert (document["value"], second["value"], document["missing"]) == (None, None, ["C09_B"])
    assert [(c["unit"], c["value"]) for c in second["contributions"]] == [("so-khcn", 40), ("xa-hoa-tham", 50)]
    assert [c["open"] for c in document["conflicts"]] == [True]
    assert shown.exit_code == 1
    assert document["steps"][-1]["text"] == "C09_B: chưa có số"


def test_a_lead_stands_beside_its_coordinating_units(tmp_path):
    plan = small_plan()
    plan = replace(
        plan,
        variables=tuple(
            replace(v, aggregation=Aggregation(Method.LEAD)) if v.code == "C01_B" else v for v in plan.variables
        ),
    )
    campaign = begun(tmp_path / "ky", plan)
    for unit in ("so-khcn", "xa-hoa-tham", "phuong-ky-lua"):
        send(campaign, unit)
    pipeline.receive(campaign)
    shown = traced(campaign, "C01_B")
    (item,) = shown.to_json()["inputs"]
    assert [(c["unit"], c["value"]) for c in item["contributions"]] == [("so-khcn", 20)]
    assert [(c["unit"], c["value"]) for c in item["not_counted"]] == [("xa-hoa-tham", 2), ("phuong-ky-lua", 3)]
    assert shown.exit_code == 1  # 2 + 3 is not 20


# ------------------------------------------------------------------ figures on record


def test_last_years_figures_lead_to_their_rows(campaign):
    send(campaign, "so-khcn")
    pipeline.receive(campaign)
    document = told(campaign, "HQ02")
    recorded = {i["code"]: i for i in document["inputs"]}["C14_A@-1"]
    (unit,) = recorded["contributions"]
    assert (unit["value"], unit["file"], unit["sheet"], unit["read_at"]) == (
        27500000.5,
        "phan-cong.xlsx",
        "Năm trước",
        None,
    )
    assert unit["sha256"] == files.sha256((campaign / "phan-cong.xlsx").read_bytes())
    assert assert_leads_to_cells(campaign, document, small_plan()) == 3


def merged_units():
    """Last year's communes A, B and a part of D are C now, the rest of D is E; the ward is a commune with a new name."""
    plan = small_plan()
    old = tuple(
        Unit(code=f"xa-{x}", name=f"Xã {x.upper()} cũ", short=f"Xã {x.upper()}", type="xa", last=2024) for x in "abdf"
    )
    took = (Share(unit="xa-a"), Share(unit="xa-b"), Share(unit="xa-d", percent=D(40)))
    units = (
        plan.units[0],
        replace(plan.units[1], first=2025, took_over=took),
        replace(plan.units[2], first=2025, took_over=(Share(unit="xa-f"),)),
        Unit(code="xa-e", name="Xã E", short="Xã E", type="xa", first=2025, took_over=(Share(unit="xa-d", percent=D(60)),)),
    )  # fmt: skip
    past = tuple(
        PastFigure(variable="C01_A", unit=f"xa-{x}", year=2024, value=D(n))
        for x, n in {"a": 10, "b": 20, "d": 7, "f": 9}.items()
    )
    return replace(plan, units=units, inactive=old, past=(*plan.past, *past))


def test_figures_of_former_units_lead_to_all_their_rows(tmp_path):
    campaign = begun(tmp_path / "ky", merged_units())
    pipeline.receive(campaign)
    document = told(campaign, "C01_A@-1")
    (item,) = document["inputs"]
    by_unit = {c["unit"]: c for c in item["contributions"]}
    assert {u: c["value"] for u, c in by_unit.items()} == {
        "so-khcn": 120,
        "xa-hoa-tham": 33,
        "phuong-ky-lua": 9,
        "xa-e": 4,
    }
    assert [(p["unit"], p["percent"], p["value"]) for p in by_unit["xa-hoa-tham"]["made_of"]] == [
        ("xa-a", 100, 10),
        ("xa-b", 100, 20),
        ("xa-d", 40, 7),
    ]
    renamed = by_unit["phuong-ky-lua"]
    assert renamed["cell"] is not None and by_unit["xa-hoa-tham"]["cell"] is None
    assert assert_leads_to_cells(campaign, document, merged_units()) == 6
    (old,) = told(campaign, "xa-d:C01_A@-1")["inputs"]
    assert [(c["unit"], c["value"]) for c in old["contributions"]] == [("xa-d", 7)]


def test_a_figure_of_the_province_on_record_is_its_own_row(tmp_path):
    plan = small_plan()
    past = (
        PastFigure(variable="KQ07", unit=None, year=2024, value=D("11.2")),
        PastFigure(variable="C09_A", unit=None, year=2024, value=D(21)),
    )
    campaign = begun(tmp_path / "ky", replace(plan, past=(*plan.past, *past)))
    send(campaign, "so-khcn")
    pipeline.receive(campaign)
    document = told(campaign, "KQ07@-1")
    assert (document["value"], document["inputs"], document["steps"]) == (11.2, [], [])
    record = document["on_record"]
    assert found(original(campaign, record), record, plan.variable["C14_A"]) == D("11.2")
    document = told(campaign, "C09_A@-1")
    (unit,) = document["inputs"][0]["contributions"]
    assert (unit["unit"], unit["value"], document["inputs"][0]["expected_units"]) == (None, 21, 0)
    assert assert_leads_to_cells(campaign, document, plan) == 1
    shown = CliRunner().invoke(main, ["trace", str(campaign), "KQ07@-1"])
    assert shown.exit_code == 0 and "phan-cong.xlsx › Năm trước!D" in shown.stdout


def test_a_figure_on_record_that_was_typed_as_text_is_read_as_people_read_it(campaign):
    book = openpyxl.load_workbook(campaign / "phan-cong.xlsx")
    sheet = book["Năm trước"]
    sheet["D2"].value, sheet["D2"].number_format = "1.234", "General"
    book.save(campaign / "phan-cong.xlsx")
    document = told(campaign, "so-khcn:C01_A@-1")
    assert (document["value"], document["inputs"][0]["contributions"][0]["cell"]) == (1234, "D2")
    assert assert_leads_to_cells(campaign, document, small_plan()) == 1


# ------------------------------------------------------------------ other kinds of files


@needs_libreoffice
@pytest.mark.parametrize("kind", ["ods", "xls"])
def test_a_cell_of_another_kind_of_file(campaign, tmp_path, kind):
    from python_calamine import CalamineWorkbook

    sent = send(campaign, "xa-hoa-tham")
    other = convert(sent, kind, tmp_path)
    sent.unlink()
    shutil.copy(other, campaign / "tra-ve" / f"gui.{kind}")
    pipeline.receive(campaign)
    (unit,) = told(campaign, "xa-hoa-tham:C01_A")["inputs"][0]["contributions"]
    content = original(campaign, unit)
    rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(content))
        .get_sheet_by_name(unit["sheet"])
        .to_python(skip_empty_area=False)
    )
    letter, row = re.fullmatch(r"([A-Z])(\d+)", unit["cell"]).groups()
    assert rows[int(row) - 1][ord(letter) - ord("A")] == unit["value"] == 3


def test_a_file_inside_a_zip_is_named_and_stored_by_itself(campaign):
    import zipfile

    sent = send(campaign, "xa-hoa-tham")
    with zipfile.ZipFile(campaign / "tra-ve" / "thu.zip", "w") as package:
        package.write(sent, "trong.xlsx")
    sent.unlink()
    pipeline.receive(campaign)
    document = told(campaign, "xa-hoa-tham:C01_A")
    assert document["inputs"][0]["contributions"][0]["file"] == "tra-ve/thu.zip!trong.xlsx"
    assert assert_leads_to_cells(campaign, document, small_plan()) == 1


# ------------------------------------------------------------------ how units' figures become the province's

UNITS = ("so-khcn", "xa-hoa-tham", "phuong-ky-lua")


def method_plan(method, kind=Kind.DECIMAL):
    weight = variable("C01_B", "Quyền số", "người", Kind.WHOLE)
    by = Aggregation(method, "C01_B" if method is Method.WEIGHTED else None)
    v = variable("C01_A", "Số liệu", "", kind, by)
    shared = tuple(Assignment(variable=c, lead=UNITS[:1], supporting=UNITS[1:]) for c in ("C01_A", "C01_B"))
    return small_plan(variables=(v, weight), assignments=shared, criteria=(), rules=(), past=()), v


def combined(plan, told_, weights=None):
    figures = [
        Figure(variable="C01_A", unit=u, year=2025, value=x, state=State.GIVEN, at=CellRef("a.xlsx", "Số liệu", "F12"))
        for u, x in zip(UNITS, told_, strict=False)
    ]
    figures += [
        Figure(variable="C01_B", unit=u, year=2025, value=w, state=State.GIVEN)
        for u, w in zip(UNITS, weights or (), strict=False)
    ]
    dataset, _ = merge.combine(plan, figures, {}, UNITS)
    total = dataset.totals["C01_A", 2025]
    heavy = {f.unit: f for f in dataset.figures if f.variable == "C01_B"}
    return dataset, total, provenance.aggregated(plan, plan.variables[0], total, heavy)


@pytest.mark.parametrize(
    ("method", "told_", "weights", "text"),
    [
        (Method.SUM, (D(1), D("2.5"), D(-4)), None, "tổng của 3 đơn vị: 1 + 2,5 + (-4) = -0,5"),
        (Method.SUM, (D(7),), None, "tổng của 1 đơn vị: 7"),
        (Method.MEAN, (D(1), D(2)), None, "trung bình của 2 đơn vị: (1 + 2) / 2 = 1,5"),
        (Method.MAX, (D(1), D(3), D(3)), None, "lớn nhất trong 3 đơn vị: 3 của Xã Hoa Thám và 1 đơn vị khác"),
        (Method.MIN, (D(1), D(3)), None, "nhỏ nhất trong 2 đơn vị: 1 của Sở Khoa học và Công nghệ"),
        (Method.LEAD, (D(9),), None, "số của cơ quan chủ trì (Sở Khoa học và Công nghệ): 9"),
        (
            Method.WEIGHTED,
            (D(10), D(20)),
            (D(1), D(3)),
            "bình quân theo C01_B của 2 đơn vị: (10 × 1 + 20 × 3) / (1 + 3) = 17,5",
        ),
        (Method.WEIGHTED, (D(10),), (D(0),), "bình quân theo C01_B của 1 đơn vị: (10 × 0) / (0): tổng quyền số bằng 0"),
        (Method.SHARE_YES, (YES, NO, YES), None, "2 trên 3 đơn vị trả lời “Có”: 2 / 3 × 100 = 66,6666666667"),
        (Method.JOIN, ("a", "b"), None, "ghép câu trả lời của 2 đơn vị"),
    ],
)
def test_how_a_total_is_told(method, told_, weights, text):
    kind = {Method.SHARE_YES: Kind.YES_NO, Method.JOIN: Kind.TEXT}.get(method, Kind.DECIMAL)
    plan, _ = method_plan(method, kind)
    _, _, how = combined(plan, told_, weights)
    assert how.text.startswith(text)
    assert how.agrees is not False


NUMBERS = st.decimals(min_value=-(10**9), max_value=10**9, places=3, allow_nan=False)


@given(
    method=st.sampled_from([Method.SUM, Method.MEAN, Method.MAX, Method.MIN, Method.WEIGHTED]),
    rows=st.lists(st.tuples(NUMBERS, st.integers(0, 10**6)), min_size=1, max_size=3),
)
def test_the_second_sum_finds_what_the_first_found_and_nothing_else(method, rows):
    plan, v = method_plan(method)
    heavy = [D(w) for _, w in rows]
    _, total, how = combined(plan, [x for x, _ in rows], heavy)
    assert how.agrees is True or (total.value is None and how.agrees)
    if isinstance(total.value, Decimal):
        wrong = replace(total, value=total.value + D("0.001"))
        weights = {
            u: Figure(variable="C01_B", unit=u, year=2025, value=w, state=State.GIVEN)
            for u, w in zip(UNITS, heavy, strict=False)
        }
        assert provenance.aggregated(plan, v, wrong, weights).agrees is False


def test_a_weight_leads_to_its_own_cell(tmp_path):
    plan = small_plan()
    variables = tuple(
        replace(v, aggregation=Aggregation(Method.WEIGHTED, "C01_B")) if v.code == "C01_A" else v
        for v in plan.variables
    )
    campaign = begun(tmp_path / "ky", replace(plan, variables=variables))
    for unit in UNITS[1:]:
        send(campaign, unit)
    pipeline.receive(campaign)
    (item,) = told(campaign, "C01_A")["inputs"]
    assert [(c["value"], c["weight"]["value"], c["weight"]["cell"]) for c in item["contributions"]] == [
        (3, 2, "F13"),
        (4, 3, "F13"),
    ]
    assert item["agrees"] is True and item["value"] == 3.6


@pytest.mark.parametrize(
    ("row", "value", "entered", "beside", "text"),
    [
        (
            {"Quyết định": "Lấy số của đơn vị", "Đơn vị được lấy": "xa-hoa-tham"},
            50,
            [("xa-hoa-tham", 50, "tra-ve/xa-hoa-tham.xlsx")],
            [("so-khcn", 40)],
            "lấy số của Xã Hoa Thám 50",
        ),
        (
            {"Quyết định": "Sửa thành", "Giá trị": 45},
            45,
            [(None, 45, "dieu-chinh.xlsx")],
            [("so-khcn", 40), ("xa-hoa-tham", 50)],
            "sửa thành 45",
        ),
    ],
)
def test_a_settled_total_leads_to_the_decision(tmp_path, row, value, entered, beside, text):
    campaign = begun(tmp_path / "ky", two_leads())
    send(campaign, "so-khcn")
    send(campaign, "xa-hoa-tham", F18=50)
    pipeline.receive(campaign)
    pipeline.compile_table(campaign)
    book = openpyxl.load_workbook(campaign / "dieu-chinh.xlsx")
    sheet = book["Đối chiếu"]
    headings = [c.value for c in sheet[1]]
    for heading, typed in {
        **row,
        "Lý do": "Đã rà soát hồ sơ",
        "Số văn bản": "15/BC",
        "Ngày văn bản": "02/4/2026",
    }.items():
        sheet.cell(2, headings.index(heading) + 1).value = typed
    book.save(campaign / "dieu-chinh.xlsx")
    shown = traced(campaign, "C09_B")
    document = shown.to_json()
    (item,) = document["inputs"]
    assert document["value"] == value
    assert [(c["unit"], c["value"], c["file"]) for c in item["contributions"]] == entered
    assert [(c["unit"], c["value"]) for c in item["not_counted"]] == beside
    assert (item["without_value"], item["reported_units"]) == ([], 2)
    assert item["aggregated"] == f"{text}, theo quyết định của đầu mối (15/BC ngày 02/4/2026; lý do: Đã rà soát hồ sơ)"
    (ruling,) = item["decisions"]
    assert (ruling["decision"], ruling["dated"], ruling["sent"]) == (
        row["Quyết định"], "2026-04-02", "so-khcn: 40; xa-hoa-tham: 50"
    )  # fmt: skip
    assert ruling["state"] and ruling["sha256"] == files.sha256((campaign / "dieu-chinh.xlsx").read_bytes())
    assert shown.exit_code == 0
    assert [c["open"] for c in document["conflicts"]] == [False]
    assert assert_leads_to_cells(campaign, document, two_leads()) == len(entered) + len(beside)


# ------------------------------------------------------------------ the calculation step by step


def steps(formula, **numbers):
    known = {k.replace("_1", "@-1"): D(str(v)) for k, v in numbers.items()}
    return [str(step) for step in provenance.worked(expressions.parse(formula), lambda r: known.get(str(r)))]


@pytest.mark.parametrize(
    ("formula", "numbers", "worked"),
    [
        ("A / B * 100", {"A": 25, "B": 200}, ["25 / 200 = 0,125", "0,125 × 100 = 12,5"]),
        ("A / B * 100", {"A": 1, "B": 3}, ["1 / 3 ≈ 0,333333333333", "0,333333333333 × 100 ≈ 33,3333333333"]),
        ("A + B - C - 2", {"A": 1, "B": -2, "C": 3}, ["1 + (-2) - 3 - 2 = -6"]),
        ("(A + B) * (A - B)", {"A": 5, "B": 3}, ["5 + 3 = 8", "5 - 3 = 2", "8 × 2 = 16"]),
        ("A - (B - C)", {"A": 5, "B": 3, "C": 1}, ["3 - 1 = 2", "5 - 2 = 3"]),
        ("A", {"A": 5}, []),
        ("-A * 2", {"A": 5}, ["(-5) × 2 = -10"]),
        ("A ^ 2", {"A": -3}, ["(-3) ^ 2 = 9"]),
        ("min(A; B + 1)", {"A": 5, "B": 3}, ["3 + 1 = 4", "min(5; 4) = 4"]),
        ("round(A / 3; 2)", {"A": 1}, ["1 / 3 ≈ 0,333333333333", "round(0,333333333333; 2) ≈ 0,33"]),
        ("A / B@-1", {"A": 5, "B_1": 4}, ["5 / 4 = 1,25"]),
        (
            "nếu(B > 0; A / B; 0)",
            {"A": 5, "B": 4},
            ["4 > 0: đúng", "nếu(B > 0; A / B; 0): điều kiện đúng nên lấy kết quả thứ nhất: A / B", "5 / 4 = 1,25"],
        ),
        (
            "nếu(B > 0; A / B; 0)",
            {"A": 5, "B": 0},
            ["0 > 0: sai", "nếu(B > 0; A / B; 0): điều kiện sai nên lấy kết quả thứ hai: 0"],
        ),
        ("A / B * 100", {"A": 5, "B": 0}, ["5 / 0: mẫu số bằng 0, không tính được"]),
        ("A / B * 100", {"A": 5}, ["B: chưa có số"]),
        ("A / B * 100", {"B": 0}, ["A: chưa có số"]),
    ],
)
def test_a_calculation_is_written_down(formula, numbers, worked):
    assert steps(formula, **numbers) == worked


@pytest.mark.parametrize("formula", ["A + B * C", "(A + B) / (C - A)", "-(A - B)^2", "A - (B - C)", "A / (B / C)",
                                     "max(A, nếu(B >= 1, C, A))"])  # fmt: skip
def test_a_formula_is_written_so_that_it_reads_the_same(formula):
    tree = expressions.parse(formula)
    assert expressions.parse(provenance.written(tree)) == tree


@given(a=NUMBERS, b=NUMBERS, c=NUMBERS)
def test_the_last_step_is_the_value(a, b, c):
    tree = expressions.parse("(A + B) * C / (A - 7) + nếu(A < B; min(B; C); abs(C) * 2)")
    known = {"A": a, "B": b, "C": c}
    try:
        value = expressions.evaluate(tree, lambda r: known[r.code])
    except expressions.NotComputable:
        value = None
    worked = provenance.worked(tree, lambda r: known[r.code])
    assert worked[-1].result == value


# ------------------------------------------------------------------ how it is asked


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("KQ07", "KQ07"),
        (" kq07 ", "KQ07"),
        ("c09_a", "C09_A"),
        ("C14_A@-1", "C14_A@-1"),
        ("c14_a @ -1", "C14_A@-1"),
        ("hq02@–1", "HQ02@-1"),
        ("so-khcn:C09_A", "so-khcn:C09_A"),
        ("SO-KHCN : c09_a@-1", "so-khcn:C09_A@-1"),
        ("Sở KH&CN:C09_A", "so-khcn:C09_A"),
        ("Sở Khoa học và Công nghệ:C09_A", "so-khcn:C09_A"),
        ("UBND xã Hoa Thám:C09_A", "xa-hoa-tham:C09_A"),
        ("hoa thám:C09_A", "xa-hoa-tham:C09_A"),
        ("C09_A:so-khcn", "so-khcn:C09_A"),
    ],
)
def test_what_is_typed_is_understood(plan, typed, code):
    assert asked.understood(plan, typed).code == code


@pytest.mark.parametrize(
    ("typed", "words_"),
    [
        ("KQ08", "gần giống: KQ07"),
        ("C09_C", "C09_A"),
        ("???", "mã tiêu chí có dạng DV01"),
        ("", "mã tiêu chí có dạng DV01"),
        ("HQ02@-2", "năm nay và năm trước"),
        ("so-khcn:KQ07", "so-khcn:C09_A"),
        ("xa-hoa-thamm:C09_A", "xa-hoa-tham"),
        ("Sở Y tế:C09_A", "không rõ “Sở Y tế”"),
        ("xa-hoa-tham:C14_A", "không được giao"),
    ],
)
def test_what_is_not_understood_says_what_is_near(plan, typed, words_):
    with pytest.raises(UnusableInputError, match=re.escape(words_)):
        asked.understood(plan, typed)


def test_without_a_folder_the_campaign_is_the_current_one(campaign, monkeypatch):
    send(campaign, "so-khcn")
    pipeline.receive(campaign)
    monkeypatch.chdir(campaign)
    for arguments in (["KQ07"], [".", "KQ07"], [str(campaign), "KQ07"]):
        done = CliRunner().invoke(main, ["trace", *arguments, "--json"])
        assert json.loads(done.stdout)["code"] == "KQ07"


@pytest.mark.parametrize(
    ("arguments", "words_"),
    [([], "còn thiếu [KY] MÃ"), (["."], "còn thiếu [KY] MÃ"), ([".", "KQ07", "KQ08"], "thừa tham số KQ08"),
     ([".", "KQ7"], "gần giống"), (["khong-co", "KQ07"], "không phải thư mục kỳ báo cáo")],
)  # fmt: skip
def test_a_wrong_call_is_one_sentence(campaign, monkeypatch, arguments, words_):
    monkeypatch.chdir(campaign)
    done = CliRunner().invoke(main, ["trace", *arguments])
    assert (done.exit_code, done.stdout) == (2, "")
    assert words_ in done.stderr and done.stderr.count("\n") == 1


def test_nothing_is_written_and_no_library_for_documents_is_loaded(campaign):
    send(campaign, "so-khcn")
    pipeline.receive(campaign)
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in campaign.rglob("*") if p.is_file()}
    loaded = loaded_after("trace", str(campaign), "KQ07")
    assert loaded & {"openpyxl", "pandas", "docx", "docxtpl", "xlsxwriter", "rapidfuzz"} == set()
    assert before == {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in campaign.rglob("*") if p.is_file()}


def test_the_screen_keeps_to_a_hundred_columns(demo):
    done = CliRunner().invoke(main, ["trace", str(demo), "DV02"])
    assert done.exit_code == 1  # the lead and its coordinating unit disagree
    assert max(map(len, done.stdout.splitlines())) <= 100
    assert "C02_D = tổng của" in done.stdout and "tính lại từ bảng: khớp" in re.sub(r"\s+", " ", done.stdout)


# ------------------------------------------------------------------ the Word annex


def paragraphs(content: bytes) -> str:
    body = docx.Document(io.BytesIO(content)).element.body
    w = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    return "\n".join("".join(t.text or "" for t in p.iter(f"{w}t")) for p in body.iter(f"{w}p"))


def test_the_annex_holds_every_place_and_the_whole_sha256(campaign, tmp_path):
    send(campaign, "so-khcn", F12=120000)
    send(campaign, "xa-hoa-tham", "cu.xlsx", moment=EARLY, F12=8)
    send(campaign, "xa-hoa-tham", "moi.xlsx")
    decided(campaign, cells())
    pipeline.receive(campaign)
    target = tmp_path / "phu-luc.docx"
    done = CliRunner().invoke(main, ["trace", str(campaign), "DV01", "--docx", str(target)])
    assert done.exit_code in (0, 1), done.output
    text = paragraphs(target.read_bytes())
    for said in ("TRUY NGUYÊN SỐ LIỆU DV01 NĂM 2025", "C01_A + C01_B", "Số liệu!F13", "Số liệu!L2", "12/SKHCN-CNTT",
                 "Bản khác: 8 ở tra-ve/cu.xlsx", "Phường Kỳ Lừa: chưa gửi biểu"):  # fmt: skip
        assert said in text
    for name in ("so-khcn.xlsx", "cu.xlsx", "moi.xlsx"):
        assert files.sha256((campaign / "tra-ve" / name).read_bytes()) in text
    assert files.sha256((campaign / "dieu-chinh.xlsx").read_bytes()) in text


def test_a_row_stays_on_the_page_of_what_is_said_below_it(campaign):
    send(campaign, "so-khcn")
    send(campaign, "xa-hoa-tham", "cu.xlsx", moment=EARLY, F12=8)
    send(campaign, "xa-hoa-tham", "moi.xlsx")
    pipeline.receive(campaign)
    shown = traced(campaign, "C01_A")
    table = docx.Document(io.BytesIO(annex.write(shown.plan, shown.trace))).tables[1]
    kept = {
        row.cells[1].text: all(c.paragraphs[0].paragraph_format.keep_with_next for c in row.cells) for row in table.rows
    }
    assert kept["Xã Hoa Thám"] and not kept["Sở Khoa học và Công nghệ"]


def test_a_share_of_answers_is_in_per_cent(campaign):
    send(campaign, "so-khcn")
    pipeline.receive(campaign)
    shown = traced(campaign, "C43_A")
    assert words.printed(shown.trace) == "100 %"
    assert (shown.to_json()["measure"], shown.to_json()["inputs"][0]["measure"]) == ("%", "Có/Không")
    assert words.printed(traced(campaign, "so-khcn:C43_A").trace) == "Có"


def test_the_annex_has_the_same_bytes_again_and_never_overwrites_another_file(campaign, tmp_path):
    send(campaign, "so-khcn")
    pipeline.receive(campaign)
    target = tmp_path / "phu-luc.docx"
    pipeline.trace(campaign, "KQ07", target)
    first = target.read_bytes()
    pipeline.trace(campaign, "KQ07", target)
    assert target.read_bytes() == first
    with pytest.raises(UnusableInputError, match="không ghi đè"):
        pipeline.trace(campaign, "DV01", target)
    assert target.read_bytes() == first
    with pytest.raises(UnusableInputError, match="docx"):
        pipeline.trace(campaign, "DV01", tmp_path / "a.pdf")


def test_the_template_is_sound_and_a_faulty_one_is_told(campaign):
    assert papers.lint(papers.shipped(annex.TEMPLATE), annex.TAGS, annex.TEMPLATE) == ()
    send(campaign, "so-khcn")
    pipeline.receive(campaign)
    shown = traced(campaign, "KQ07")
    faulty = docx.Document()
    faulty.add_paragraph("{{ cod }}")
    stream = io.BytesIO()
    faulty.save(stream)
    with pytest.raises(UnusableInputError, match="có phải “code”"):
        annex.write(shown.plan, shown.trace, stream.getvalue())


def test_what_units_typed_stays_text(campaign):
    send(campaign, "so-khcn", "{{ code }} <b>.xlsx")
    pipeline.receive(campaign)
    shown = traced(campaign, "so-khcn:C01_A")
    assert "tra-ve/{{ code }} <b>.xlsx" in paragraphs(annex.write(shown.plan, shown.trace))


def test_a_variable_that_nobody_owes_says_so(tmp_path):
    plan = small_plan()
    nobody = tuple(
        replace(a, lead=(), supporting=(), lead_written="", supporting_written="")
        if a.variable in ("C01_A", "C09_B")
        else a
        for a in plan.assignments
    )
    campaign = begun(tmp_path / "ky", replace(plan, assignments=nobody))
    (item,) = told(campaign, "C01_A")["inputs"]
    assert item["aggregated"].startswith("chưa giao cho đơn vị nào") and item["expected_units"] == 0
    assert told(campaign, "C09_B")["inputs"][0]["aggregated"].startswith("chưa có cơ quan chủ trì")


def test_words_of_a_missing_criterion(campaign):
    shown = traced(campaign, "KQ07")
    told_ = "\n".join(words.calculation(shown.trace))
    assert "Thiếu C09_A nên không tính được" in told_
    assert words.printed(shown.trace) == "Chưa có số liệu"


def test_a_criterion_that_names_another_is_worked_out_down_to_the_variables(tmp_path):
    plan = small_plan()
    criteria = tuple(replace(c, formula="KQ07 / 2 + KQ07 + C01_A") if c.code == "DV01" else c for c in plan.criteria)
    campaign = begun(tmp_path / "ky", replace(plan, criteria=criteria))
    send(campaign, "so-khcn")
    pipeline.receive(campaign)
    document = told(campaign, "DV01")
    assert (document["formula"], document["value"]) == ("KQ07 / 2 + KQ07 + C01_A", 148.75)
    assert [i["code"] for i in document["inputs"]] == ["C09_A", "C09_B", "C01_A"]
    assert [s["text"] for s in document["steps"]] == [
        "5 / 40 = 0,125",
        "0,125 × 100 = 12,5",
        "12,5 / 2 = 6,25",
        "6,25 + 12,5 + 130 = 148,75",
    ]


def test_a_companion_is_traced_like_a_criterion(tmp_path):
    companion = Criterion(
        code="KQ07_SL", group="Nhóm tiêu chí kết quả / Chuyển giao", name="Số lượng", measure="sáng chế", formula="C09_A",
        decimals=0, standing=Standing.PROPOSED, parent="KQ07",
    )  # fmt: skip
    campaign = begun(tmp_path / "ky", small_plan(companions=(companion,)))
    send(campaign, "so-khcn")
    pipeline.receive(campaign)
    assert told(campaign, "kq07_sl")["value"] == 5
