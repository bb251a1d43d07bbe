"""``status --xlsx``: the Director's page says what summary counts, texts stay texts, and it prints on its pages."""

import json
from datetime import date
from pathlib import Path

import office
import openpyxl
import pytest
from campaigns import begun, send
from click.testing import CliRunner
from conftest import small_plan
from msgspec.structs import replace

from lsindicators import pipeline, summary
from lsindicators.cli import main
from lsindicators.exports import state
from lsindicators.pipeline.results import computed
from lsindicators.pipeline.standing import standing

DAY = date(2026, 3, 28)
LATE = 1_775_200_000
HOSTILE = ('=HYPERLINK("http://x";"y")', "<b>&'\"{{ x }}", "+84 " + "rất dài " * 60)


@pytest.fixture
def partly(campaign) -> Path:
    """One unit in time, one late and with a cell to mend, one absent."""
    send(campaign, "so-khcn")
    send(campaign, "xa-hoa-tham", moment=LATE, F12="ba")
    pipeline.receive(campaign)
    return campaign


def cells(campaign: Path, sheet: str) -> list[list[object]]:
    """The rows of a sheet without their empty cells."""
    book = openpyxl.load_workbook(campaign / "tinh-hinh.xlsx")
    return [found for row in book[sheet].values if (found := [value for value in row if value is not None])]


def below(rows: list[list[object]], heading: str) -> list[list[object]]:
    """The rows under the one that begins so."""
    at = next(n for n, row in enumerate(rows) if row[1:2] == [heading])
    return rows[at + 1 :]


def counted(campaign: Path) -> summary.Summary:
    from lsindicators.pipeline.campaign import read_plan

    plan, doubts = read_plan(campaign)
    merged = computed(campaign, doubts, standing(campaign, plan))
    return summary.of(plan, merged.dataset, merged.results, merged.sendings)


def test_the_first_page_says_what_summary_counts(partly):
    done = pipeline.write_state(partly, DAY)
    assert (done.path.name, done.fresh, done.state.exit_code) == ("tinh-hinh.xlsx", True, 1)
    rows = cells(partly, state.SHEET)
    c = counted(partly).collection
    assert (c.sent, c.units, c.punctual, c.late, c.absent) == (2, 3, 1, 1, 1)
    cards = next(n for n, row in enumerate(rows) if row[0] == "Còn lại")
    assert rows[cards + 1][:5] == ["3 ngày", "2/3", "1", "1", "1"]
    assert rows[cards + 2][0].startswith(f"Số liệu đã nhận {c.taken} trên {c.owed} phải báo; 1 đơn vị đã gửi còn")
    assert rows[cards + 2][0].endswith("Đã tính cả 1 biểu gửi sau ngày này.")  # that of the unit that is late
    blocks = below(rows, "Khối đơn vị")
    assert [row[1:6] for row in blocks[:3]] == [
        ["Sở, ban, ngành", 1, 1, 0, 0],
        ["Xã", 1, 0, 1, 0],
        ["Phường", 1, 0, 0, 1],
    ]
    assert blocks[3][:5] == ["Tất cả", 3, 1, 1, 1]
    assert blocks[3][6] == pytest.approx(100 * c.taken / c.owed)


def test_units_stand_by_what_they_lack(partly):
    pipeline.write_state(partly, DAY)
    rows = below(cells(partly, state.UNITS), "Đơn vị")
    lacking = [(row[1], row[-3]) for row in rows]
    assert [name for name, _ in lacking] == ["Phường Kỳ Lừa", "Xã Hoa Thám", "Sở Khoa học và Công nghệ"]
    assert sorted((n for _, n in lacking), reverse=True) == [n for _, n in lacking]
    assert rows[1][3:5] == ["Nhận một phần (quá hạn)", "03/4/2026"]
    first = below(cells(partly, state.SHEET), "Đơn vị")
    assert [row[1] for row in first] == [name for name, count in lacking if count]
    assert all(owed == taken + none + lack for owed, taken, none, lack in (row[-6:-2] for row in rows))


def test_what_does_not_apply_is_no_lack(campaign):
    send(
        campaign,
        "xa-hoa-tham",
        G21="Không áp dụng",
        I21="Xã không có hệ thống",
        F17="",
        G17="Chưa có số liệu",
        I17="Chờ xác nhận",
    )
    pipeline.receive(campaign)
    pipeline.write_state(campaign, DAY)
    (row,) = (row for row in below(cells(campaign, state.UNITS), "Đơn vị") if row[1] == "Xã Hoa Thám")
    assert row[5:8] == [5, 3, 1]


def test_groups_and_criteria_are_those_of_summary(partly):
    pipeline.write_state(partly, DAY)
    told = counted(partly)
    groups = below(cells(partly, state.GROUPS), "Nhóm, lĩnh vực")
    t = told.tally
    assert groups[-2][:6] == ["Cả bộ tiêu chí", t.total, t.whole, t.enough, t.partial, t.missing]
    assert [row[0] for row in groups[:-2]] == ["1", "2", "2.1", "3"]
    listed = [row for row in below(cells(partly, state.CRITERIA), "Mã") if len(row) > 2]
    assert [(row[1], row[4]) for row in listed] == [
        (r.criterion.code, f"{r.reported}/{r.expected}") for r in told.criteria
    ]
    assert listed[0][6] == "Xã Hoa Thám, Phường Kỳ Lừa"
    assert listed[2][3:] == ["Chưa tính được", "0/1", 0, "chưa có số năm trước: C14_B"]


def test_the_same_day_gives_the_same_bytes_and_another_day_another_count(partly):
    assert pipeline.write_state(partly, DAY).fresh
    assert not pipeline.write_state(partly, DAY).fresh
    pipeline.write_state(partly, date(2026, 4, 3))
    assert [row[0] for row in cells(partly, state.SHEET) if row[0] in ("Đã quá hạn", "3 ngày")] == [
        "Đã quá hạn",
        "3 ngày",
    ]


@pytest.mark.parametrize("sent", [(), ("so-khcn", "xa-hoa-tham", "phuong-ky-lua")], ids=["nobody", "all"])
def test_nobody_or_all_have_sent(campaign, sent):
    for unit in sent:
        send(campaign, unit, **{"F25" if unit == "so-khcn" else "F21": "Biên bản"})
    pipeline.receive(campaign)
    pipeline.write_state(campaign, DAY)
    rows = cells(campaign, state.SHEET)
    cards = next(n for n, row in enumerate(rows) if row[0] == "Còn lại")
    assert rows[cards + 1][1] == f"{len(sent)}/3"
    assert bool(["Không đơn vị nào còn thiếu số liệu."] in rows) is bool(sent)


def hostile(tmp_path: Path) -> Path:
    plan = small_plan()
    units = tuple(replace(u, name=name) for u, name in zip(plan.units, HOSTILE, strict=True))
    criteria = (replace(plan.criteria[0], name=HOSTILE[0]), *plan.criteria[1:])
    folder = begun(tmp_path / "ky", replace(plan, units=units, criteria=criteria))
    send(folder, "so-khcn")
    pipeline.receive(folder)
    return folder


def test_a_name_never_becomes_a_formula(tmp_path):
    folder = hostile(tmp_path)
    pipeline.write_state(folder, DAY)
    book = openpyxl.load_workbook(folder / "tinh-hinh.xlsx")
    found = [cell for sheet in book for row in sheet for cell in row if cell.value is not None]
    assert {cell.data_type for cell in found} == {"s", "n"}
    assert not [cell for cell in found if cell.hyperlink]
    assert HOSTILE[0] in {cell.value for cell in found}


def test_the_first_sheet_is_one_page_and_the_others_repeat_their_headings(partly):
    pipeline.write_state(partly, DAY)
    book = openpyxl.load_workbook(partly / "tinh-hinh.xlsx")
    first, *others = book
    assert (first.page_setup.fitToWidth, first.page_setup.fitToHeight) in ((None, None), (1, 1))
    assert len(first._charts) == 1
    for sheet in others:
        assert sheet.print_title_rows and sheet.page_setup.paperSize == 9 and sheet.freeze_panes


@office.needs_libreoffice
def test_libreoffice_prints_the_first_sheet_on_one_page(tmp_path):
    folder = hostile(tmp_path)
    pipeline.write_state(folder, DAY)
    printed = office.convert(folder / "tinh-hinh.xlsx", "pdf", tmp_path).read_bytes()
    assert printed.count(b"/Type/Page/") == 4 or printed.count(b"/Type /Page\n") == 4


def test_the_command_writes_the_page_and_json_stays_as_it_was(partly):
    run = CliRunner()
    asked = ["status", str(partly), "--date", "28/3/2026"]
    plain = run.invoke(main, [*asked, "--json"])
    assert not (partly / "tinh-hinh.xlsx").exists()
    done = run.invoke(main, [*asked, "--json", "--xlsx"])
    assert (done.exit_code, json.loads(done.stdout)) == (plain.exit_code, json.loads(plain.stdout))
    assert (partly / "tinh-hinh.xlsx").exists()
    again = run.invoke(main, [*asked, "--xlsx"])
    assert again.output.splitlines()[-1].startswith("Không đổi: ")
    assert run.invoke(main, ["status", str(partly), "--xlsx", "--verify"]).exit_code == 2
