"""Sheet Đối chiếu of dieu-chinh.xlsx: how disagreements are asked, what is typed, what becomes of it, and that it holds."""

import io
import json
import random
import shutil
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import office
import openpyxl
import pytest
import settling
from campaigns import begun
from hypothesis import given, settings
from hypothesis import strategies as st
from settling import PAPER, fill, merged, rows, run, sent

from lsindicators import decisions, files, pipeline, settlement
from lsindicators.decisions import sheets
from lsindicators.model import DISAGREEMENTS, CellRef, Choice, Conflict, PastFigure, Side

D = Decimal
GOLDEN = Path(__file__).parent / "golden" / "dieu-chinh-cu.xlsx"


@pytest.fixture(scope="module")
def agreed(tmp_path_factory):
    return settling.campaign(tmp_path_factory.mktemp("agreed") / "ky")


@pytest.fixture
def campaign(agreed, tmp_path):
    """All have answered, and agree."""
    return shutil.copytree(agreed, tmp_path / "ky")


@pytest.fixture
def disputed(campaign):
    """One of the three leads of C14_B says something else than the others."""
    sent(campaign, "xa-hoa-tham", C14_B=431000)
    return campaign


# ------------------------------------------------------------------ what is typed

SAID = "so-khcn: 430.000; xa-hoa-tham: 431.000; phuong-ky-lua: 430.000"
TAKE = {
    "Loại": "Chủ trì báo khác nhau", "Mã số liệu": "C14_B", "Năm": 2025, "Các số đã báo": SAID, "Cần quyết định": "?",
    "Quyết định": "Lấy số của đơn vị", "Đơn vị được lấy": "xa-hoa-tham", "Lý do": "Đã họp", "Số văn bản": "15/TB",
}  # fmt: skip
CORRECT = {**TAKE, "Quyết định": "Sửa thành", "Đơn vị được lấy": None, "Giá trị": 430500}
ACCEPT = {
    **TAKE, "Loại": "Tổng không khớp", "Mã số liệu": "C09_B", "Các số đã báo": "so-khcn: 40; 2 đơn vị phối hợp cộng lại: 50",
    "Quyết định": "Chấp nhận chênh lệch", "Đơn vị được lấy": None,
}  # fmt: skip


def cells(base, **typed):
    return {**base, **{k.replace("_", " "): v for k, v in typed.items()}}


def workbook(*listed, change=lambda book: None):
    book = openpyxl.load_workbook(io.BytesIO(decisions.write(settling.plan(), decisions.Paper())))
    sheet = book[sheets.CONFLICTS]
    headings = [c.value for c in sheet[1]]
    for n, row in enumerate(listed, 2):
        for heading, value in row.items():
            sheet.cell(n, headings.index(heading) + 1).value = value
    change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def paper(*listed, **more):
    return decisions.read(workbook(*listed, **more), settling.plan())


READ = [
    # a row -> choice, unit, value, day
    (cells(TAKE), Choice.TAKE, "xa-hoa-tham", None, None),
    (cells(TAKE, Đơn_vị_được_lấy=" XA-HOA-THAM "), Choice.TAKE, "xa-hoa-tham", None, None),
    (cells(TAKE, Đơn_vị_được_lấy="UBND xã Hoa Thám"), Choice.TAKE, "xa-hoa-tham", None, None),
    (cells(TAKE, Đơn_vị_được_lấy="phường kỳ lừa"), Choice.TAKE, "phuong-ky-lua", None, None),
    (cells(TAKE, Đơn_vị_được_lấy="ky lua"), Choice.TAKE, "phuong-ky-lua", None, None),
    (cells(TAKE, Đơn_vị_được_lấy="SỞ KH&CN"), Choice.TAKE, "so-khcn", None, None),
    (cells(TAKE, Quyết_định="LAY SO CUA DON VI."), Choice.TAKE, "xa-hoa-tham", None, None),
    (cells(TAKE, Loại="chu tri bao khac nhau"), Choice.TAKE, "xa-hoa-tham", None, None),
    (cells(TAKE, Loại="conflict", Mã_số_liệu=" c14_b"), Choice.TAKE, "xa-hoa-tham", None, None),
    (cells(TAKE, Năm=None, Cần_quyết_định=None), Choice.TAKE, "xa-hoa-tham", None, None),
    (cells(CORRECT), Choice.CORRECT, "", D(430500), None),
    (cells(CORRECT, Giá_trị="430.500"), Choice.CORRECT, "", D(430500), None),
    (cells(ACCEPT), Choice.ACCEPT, "", None, None),
    (cells(ACCEPT, Ngày_văn_bản="12/3/2026"), Choice.ACCEPT, "", None, date(2026, 3, 12)),
    (cells(ACCEPT, Ngày_văn_bản="ngày 05.4.2026"), Choice.ACCEPT, "", None, date(2026, 4, 5)),
    (cells(ACCEPT, Ngày_văn_bản=datetime(2026, 3, 12)), Choice.ACCEPT, "", None, date(2026, 3, 12)),
    (cells(ACCEPT, Ngày_văn_bản=datetime(2026, 3, 12, 8, 30)), Choice.ACCEPT, "", None, date(2026, 3, 12)),
]  # fmt: skip

REFUSED = [
    # a row -> cell, code, a word of the sentence
    (cells(TAKE, Lý_do=None), "K2", "missing-reason", "thiếu lý do"),
    (cells(TAKE, Lý_do="=A1"), "K2", "formula-in-input", "công thức"),
    (cells(TAKE, Số_văn_bản=None), "L2", "missing-source", "thiếu số văn bản"),
    (cells(TAKE, Ngày_văn_bản="hôm qua"), "M2", "not-in-list", "“hôm qua” không phải là một ngày"),
    (cells(TAKE, Ngày_văn_bản="30/2/2026"), "M2", "not-in-list", "không phải là một ngày"),
    (cells(TAKE, Ngày_văn_bản=12), "M2", "not-in-list", "không phải là một ngày"),
    (cells(TAKE, Ngày_văn_bản="12/3/2206"), "M2", "not-in-list", "sửa lại năm"),
    (cells(TAKE, Ngày_văn_bản="=TODAY()"), "M2", "not-in-list", "không phải là một ngày"),
    (cells(TAKE, Đơn_vị_được_lấy=None), "I2", "missing-value", "chọn một trong: so-khcn; xa-hoa-tham; phuong-ky-lua"),
    (cells(TAKE, Đơn_vị_được_lấy="xa-nao"), "I2", "unknown-unit-name", "“xa-nao”"),
    (cells(TAKE, Đơn_vị_được_lấy="các xã, phường"), "I2", "unknown-unit-name", "không cho biết một đơn vị"),
    (cells(TAKE, Đơn_vị_được_lấy="=B2"), "I2", "unknown-unit-name", "không cho biết một đơn vị"),
    (cells(TAKE, Mã_số_liệu="C14_A"), "I2", "not-in-list", "Xã Hoa Thám không chủ trì số liệu C14_A"),
    (cells(TAKE, Giá_trị=5), "J2", "state-contradicts-value", "chỉ ghi khi chọn “Sửa thành”"),
    (cells(TAKE, Quyết_định="Chấp nhận chênh lệch"), "H2", "not-in-list", "Lấy số của đơn vị; Sửa thành"),
    (cells(ACCEPT, Quyết_định="Sửa thành", Giá_trị=5), "H2", "not-in-list", "chọn một trong: Chấp nhận chênh lệch"),
    (cells(TAKE, Quyết_định=None), "H2", "missing-value", "chưa chọn"),
    (cells(CORRECT, Quyết_định=None), "H2", "missing-value", "chưa chọn"),
    (cells(CORRECT, Đơn_vị_được_lấy="so-khcn"), "I2", "state-contradicts-value", "chỉ ghi khi chọn “Lấy số của đơn vị”"),
    (cells(CORRECT, Giá_trị=None), "J2", "missing-value", "cần một giá trị"),
    (cells(CORRECT, Giá_trị="nhiều"), "J2", "not-a-number", "“nhiều”"),
    (cells(CORRECT, Giá_trị=1.5), "J2", "not-an-integer", "phần lẻ"),
    (cells(CORRECT, Giá_trị=-1), "J2", "below-minimum", "thấp nhất"),
    (cells(CORRECT, Giá_trị="=430000+1"), "J2", "formula-in-input", "công thức"),
    (cells(ACCEPT, Giá_trị=5), "J2", "state-contradicts-value", "chỉ ghi khi chọn"),
    (cells(ACCEPT, Đơn_vị_được_lấy="so-khcn"), "I2", "state-contradicts-value", "chỉ ghi khi chọn"),
    (cells(TAKE, Loại=None), "A2", "not-in-list", "ghi một trong: Chủ trì báo khác nhau"),
    (cells(TAKE, Loại="Khác"), "A2", "not-in-list", "“Khác” không có trong các loại"),
    (cells(TAKE, Mã_số_liệu=None), "B2", "missing-value", "ghi mã"),
    (cells(TAKE, Mã_số_liệu="C99_A"), "B2", "not-in-list", "“C99_A”"),
    (cells(TAKE, Năm="năm nay"), "D2", "not-in-list", "ghi 2025 hoặc năm trước đó"),
    (cells(TAKE, Năm=2031), "D2", "not-in-list", "ghi 2025 hoặc năm trước đó"),
    ({"Lý do": "Đã họp"}, "A2", "not-in-list", "còn để trống"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "choice", "unit", "value", "day"), READ)
def test_what_is_typed_is_read(row, choice, unit, value, day):
    read = paper(row)
    assert read.findings == ()
    (found,) = read.settlements
    assert (found.choice, found.unit, found.value, found.dated, found.said) == (
        choice,
        unit,
        value,
        day,
        row["Các số đã báo"],
    )
    cell = "J2" if choice is Choice.CORRECT else "H2"  # the figure of the clerk stands there
    assert (found.at, found.sha256) == (CellRef(PAPER, "Đối chiếu", cell), read.sha256)
    assert read.applied == read.sha256


@pytest.mark.parametrize(("row", "cell", "code", "word"), REFUSED)
def test_what_cannot_be_applied_is_told_with_its_cell(row, cell, code, word):
    read = paper(row)
    assert (read.settlements, read.applied) == ((), "")
    at = {f.at: f for f in read.findings}[CellRef(PAPER, "Đối chiếu", cell)]
    assert word in at.message and at.message.endswith("quyết định ở dòng này chưa được áp dụng")
    assert (at.code.word, at.severity.stops) == (code, True)
    assert read.conflicts[0].fault and read.waiting == 1


@pytest.mark.parametrize("rule", ["R01", "r01"])
def test_a_broken_rule_is_known_by_its_code(rule):
    read = paper(cells(ACCEPT, Loại=f"Trái ràng buộc {rule}"))
    (found,) = read.settlements
    assert (found.code, found.rule) == ("rule-broken", "R01")


@pytest.mark.parametrize(
    ("one", "other", "rivals"),
    [
        (TAKE, CORRECT, True),
        (TAKE, TAKE, True),
        (TAKE, cells(TAKE, Các_số_đã_báo=None), True),
        (TAKE, cells(TAKE, Các_số_đã_báo=SAID.replace("; ", ";\n")), True),
        (TAKE, cells(TAKE, Các_số_đã_báo="so-khcn: 1; xa-hoa-tham: 2"), False),
        (TAKE, cells(TAKE, Năm=2024), False),
        (TAKE, ACCEPT, False),
        (cells(ACCEPT, Loại="Trái ràng buộc R01"), cells(ACCEPT, Loại="Trái ràng buộc R02"), False),
    ],
)
def test_two_decisions_about_one_disagreement_are_none(one, other, rivals):
    for listed in ((one, other), (other, one)):
        read = paper(*listed)
        assert len(read.settlements) == (0 if rivals else 2)
        cells_ = [f"{'J' if row['Quyết định'] == 'Sửa thành' else 'H'}{n}" for n, row in enumerate(listed, 2)]
        assert [(f.at.address, f.code.word) for f in read.findings] == (
            [(cell, "conflict") for cell in cells_] if rivals else []
        )


def test_a_decision_is_told_with_document_and_date():
    dated = {"Ngày_văn_bản": "12/3/2026"}
    taken, corrected, accepted = (str(paper(cells(b, **dated)).settlements[0]) for b in (TAKE, CORRECT, ACCEPT))
    assert taken == "đã quyết định: lấy số của đơn vị xa-hoa-tham (15/TB ngày 12/3/2026; lý do: Đã họp)"
    assert corrected == "đã quyết định: sửa thành 430.500 (15/TB ngày 12/3/2026; lý do: Đã họp)"
    assert accepted == "đã quyết định: chấp nhận chênh lệch (15/TB ngày 12/3/2026; lý do: Đã họp)"
    assert str(paper(ACCEPT).settlements[0]) == "đã quyết định: chấp nhận chênh lệch (15/TB; lý do: Đã họp)"


# ------------------------------------------------------------------ from the conflict to the decided figure


def test_nothing_is_asked_where_all_agree(campaign):
    assert (merged(campaign)[:2], rows(campaign)) == ((0, 430000), [])


def test_leads_that_differ_are_asked_decided_and_asked_anew_when_one_says_something_else(disputed):
    code, value, conflicts = merged(disputed)
    assert (code, value, [c["code"] for c in conflicts]) == (1, None, ["conflict"])
    (asked,) = rows(disputed)
    told = {h: asked[h] for h in ("Loại", "Mã số liệu", "Số liệu", "Năm", "Đơn vị tính", "Các số đã báo", "Tình hình")}
    assert told == {
        "Loại": "Chủ trì báo khác nhau", "Mã số liệu": "C14_B", "Số liệu": "Số lao động bình quân", "Năm": 2025,
        "Đơn vị tính": "người", "Các số đã báo": SAID.replace("; ", ";\n"), "Tình hình": "chờ quyết định",
    }  # fmt: skip
    assert asked["Cần quyết định"].startswith("Các đơn vị chủ trì báo khác nhau: ")
    assert (run("report", disputed)[0], "Cần thống nhất: C14_B" in run("status", disputed)[1]) == (1, True)
    (told,) = json.loads(run("status", disputed, "--json")[1])["conflicts"]
    assert (told["code"], told["variable"], told["open"]) == ("conflict", "C14_B", True)

    fill(disputed, Quyết_định="Lấy số của đơn vị", Đơn_vị_được_lấy="xa-hoa-tham", Ngày_văn_bản="12/3/2026")
    assert merged(disputed)[:2] == (0, 431000)
    assert rows(disputed)[0]["Tình hình"] == "đang áp dụng"
    assert (run("report", disputed)[0], "Cần thống nhất" in run("status", disputed)[1]) == (0, False)

    code, told = sent(disputed, "xa-hoa-tham", C14_B=432000)
    assert (code, run("status", disputed)[0], run("trace", disputed, "C14_B")[0]) == (
        0,
        0,
        1,
    )  # the returns are in order
    assert "dieu-chinh.xlsx › Đối chiếu!H2" in told and "không còn khớp: các số đã thay đổi" in told
    former, new = rows(disputed)
    assert former["Tình hình"].startswith(
        "không còn khớp: các số đã thay đổi, nay là so-khcn: 430.000; xa-hoa-tham: 432.000"
    )
    assert (former["Lý do"], former["Ngày văn bản"]) == ("Đã họp thống nhất", "12/3/2026")
    assert (new["Các số đã báo"].count("432.000"), new["Quyết định"], new["Tình hình"]) == (1, None, "chờ quyết định")
    assert merged(disputed)[:2] == (1, None)

    # the former figure comes back: the decision about it holds again, and the question about the other goes
    sent(disputed, "xa-hoa-tham", 1_777_000_000, "ba", C14_B=431000, C01_B=3)
    assert merged(disputed)[:2] == (0, 431000)
    assert [r["Tình hình"] for r in rows(disputed)] == ["đang áp dụng"]


def test_each_row_offers_what_makes_sense_and_refuses_nothing_that_is_typed(campaign):
    sent(campaign, "xa-hoa-tham", C14_B=431000, C09_B=30)
    sent(campaign, "phuong-ky-lua", 1_776_000_000, "trống", C14_B="")
    sheet = openpyxl.load_workbook(campaign / PAPER)[sheets.CONFLICTS]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["Tổng không khớp", "Chủ trì báo khác nhau"]
    offered = {
        str(v.sqref): (v.formula1, v.errorStyle, bool(v.showErrorMessage))
        for v in sheet.data_validations.dataValidation
    }
    everything = "Lấy số của đơn vị,Sửa thành,Chấp nhận chênh lệch"
    assert offered == {
        "H2": ('"Chấp nhận chênh lệch"', "warning", True),
        "H3": ('"Lấy số của đơn vị,Sửa thành"', "warning", True),
        "I3": ('"so-khcn,xa-hoa-tham"', "warning", False),  # Kỳ Lừa has given none
        "H4:H203": (f'"{everything}"', "warning", True),
    }


def test_merge_asks_as_read_does_and_report_and_status_only_look(campaign):
    sent(campaign, "xa-hoa-tham", C14_B=431000)
    asked = (campaign / PAPER).read_bytes()
    (campaign / PAPER).unlink()
    for command in ("status", "report"):
        run(command, campaign)
        assert not (campaign / PAPER).exists()
    assert merged(campaign)[0] == 1
    assert (campaign / PAPER).read_bytes() == asked


def test_a_figure_of_the_clerks_own(disputed):
    fill(disputed, Quyết_định="Sửa thành", Giá_trị=430500)
    assert merged(disputed)[:2] == (0, 430500)


def test_a_lead_that_said_nothing_cannot_be_taken(campaign):
    sent(campaign, "xa-hoa-tham", C14_B=431000)
    sent(campaign, "phuong-ky-lua", name="trong", C14_B="")
    fill(campaign, Quyết_định="Lấy số của đơn vị", Đơn_vị_được_lấy="phuong-ky-lua")
    code, told = run("merge", campaign)
    assert code == 1
    assert "Đối chiếu!H2" in told and "Phường Kỳ Lừa không có số trong các số đã báo" in told
    assert rows(campaign)[0]["Tình hình"].startswith("chưa áp dụng: Phường Kỳ Lừa")
    assert len(rows(campaign)) == 1 and merged(campaign)[1] is None


def test_a_difference_is_accepted_and_no_figure_changes(campaign):
    sent(campaign, "xa-hoa-tham", C09_B=30)
    code, value, _ = merged(campaign, "C09_B")
    assert (code, value) == (1, 40)
    (asked,) = rows(campaign)
    assert (asked["Loại"], asked["Các số đã báo"]) == (
        "Tổng không khớp",
        "so-khcn: 40;\n2 đơn vị phối hợp cộng lại: 50",
    )
    fill(campaign, Quyết_định="Chấp nhận chênh lệch")
    code, value, conflicts = merged(campaign, "C09_B")
    assert (code, value, [c["settled"] for c in conflicts]) == (0, 40, [True])
    # mended after all: nothing is left to accept
    sent(campaign, "xa-hoa-tham", 1_776_000_000, "bốn")
    assert merged(campaign, "C09_B")[:2] == (0, 40)
    assert rows(campaign)[0]["Tình hình"] == "không còn cần: các số không còn khác nhau"


@pytest.mark.parametrize(
    ("typed", "state", "told"),
    [
        ({"Quyết định": "Sửa thành", "Giá trị": 430000}, "không còn cần", False),
        ({"Quyết định": "Lấy số của đơn vị", "Đơn vị được lấy": "so-khcn"}, "không còn cần", False),
        ({"Quyết định": "Sửa thành", "Giá trị": 430500}, "không còn khớp", True),
        ({"Quyết định": "Lấy số của đơn vị", "Đơn vị được lấy": "xa-hoa-tham"}, "không còn khớp", True),
    ],
)
def test_when_all_agree_after_all_what_was_decided_otherwise_is_told(disputed, typed, state, told):
    fill(disputed, **typed)
    assert merged(disputed)[0] == 0
    sent(disputed, "xa-hoa-tham", 1_776_000_000, "bốn")
    code, shown = run("merge", disputed)
    cell = "J2" if "Giá trị" in typed else "H2"
    assert (code, f"Đối chiếu!{cell}" in shown) == (0, told)
    assert merged(disputed)[1] == 430000
    assert rows(disputed)[0]["Tình hình"].startswith(state)


def test_a_row_that_the_clerk_adds_is_held_to_the_figures_of_today(disputed):
    book = openpyxl.load_workbook(disputed / PAPER)
    book[sheets.CONFLICTS].delete_rows(2)
    book.save(disputed / PAPER)
    fill(
        disputed, 5, Loại="chủ trì báo khác nhau", Mã_số_liệu="c14_b", Quyết_định="Lấy số của đơn vị", Đơn_vị_được_lấy="Hoa Thám"
    )  # fmt: skip
    assert merged(disputed)[:2] == (0, 431000)
    (row,) = rows(disputed)
    assert (row["Các số đã báo"], row["Số liệu"], row["Năm"]) == (
        SAID.replace("; ", ";\n"),
        "Số lao động bình quân",
        2025,
    )
    before = (disputed / PAPER).read_bytes()
    assert (merged(disputed)[:2], (disputed / PAPER).read_bytes()) == ((0, 431000), before)
    sent(disputed, "xa-hoa-tham", 1_776_000_000, "bốn", C14_B=432000)
    assert merged(disputed)[:2] == (1, None)


def test_a_row_that_the_clerk_adds_and_cannot_be_applied_is_asked_but_once(disputed):
    fill(disputed, Loại="chủ trì báo khác nhau", Các_số_đã_báo=None, Cần_quyết_định=None, Quyết_định="Sửa thành")
    assert merged(disputed)[:2] == (1, None)
    assert [r["Tình hình"].partition(":")[0] for r in rows(disputed)] == ["chưa áp dụng"]
    fill(disputed, Giá_trị=430500)
    assert merged(disputed)[:2] == (0, 430500)


def test_a_row_about_nothing_that_disagrees_is_told(campaign):
    fill(campaign, 2, Loại="Chủ trì báo khác nhau", Mã_số_liệu="C14_B", Quyết_định="Sửa thành", Giá_trị=5)
    _, told = run("merge", campaign)
    assert "Đối chiếu!J2" in told and "nay không có chênh lệch như vậy, số của tỉnh là 430.000" in told
    assert merged(campaign)[1] == 430000


def test_a_warning_is_not_asked_but_can_be_accepted(tmp_path):
    past = (*settling.plan().past, PastFigure(variable="C01_A", unit=None, year=2024, value=D(100)))
    campaign = settling.campaign(tmp_path / "ky", past=past)

    def found():
        standing = pipeline.read.standing(campaign, settling.plan(past=past))
        return [(c.code, c.variable, c.year, c.severity, c.settled is not None) for c in standing.differences]

    warned = "totals-disagree", "C01_A", 2024, "warning"  # the units' figures of 2024 are more than the province's
    assert (rows(campaign), found()) == ([], [(*warned, False)])
    fill(campaign, 2, Loại="tổng không khớp", Mã_số_liệu="C01_A", Năm=2024, Quyết_định="Chấp nhận chênh lệch")
    assert run("merge", campaign)[0] == 0
    assert (rows(campaign)[0]["Tình hình"], found()) == ("đang áp dụng", [(*warned, True)])


# ------------------------------------------------------------------ nothing is lost, nothing changes by itself


def test_the_same_decisions_give_the_same_bytes(disputed):
    fill(disputed, Quyết_định="Lấy số của đơn vị", Đơn_vị_được_lấy="so-khcn", Ngày_văn_bản="12/3/2026")
    fill(disputed, 4, sheets.FIGURES, Mã_đơn_vị="so-khcn", Mã_số_liệu="C01_A", Quyết_định="Sửa thành", Giá_trị=131)
    products = [disputed / PAPER, disputed / "tong-hop.xlsx"]
    assert merged(disputed)[:2] == (0, 430000)
    first = [p.read_bytes() for p in products]
    for command in ("merge", "read", "merge", "report"):
        run(command, disputed)
        assert [p.read_bytes() for p in products] == first
    texts = [c for row in openpyxl.load_workbook(disputed / "tong-hop.xlsx")["Dữ liệu"].values for c in row]
    assert files.sha256(first[0]) in texts  # the decision is told by the file as it stands
    paper = decisions.read((disputed / PAPER).read_bytes(), settling.plan())
    assert decisions.write(settling.plan(), paper) == decisions.write(settling.plan(), paper) == first[0]


@pytest.mark.parametrize("seed", range(3))
def test_rows_may_be_sorted_and_decide_the_same(campaign, seed):
    die = random.Random(seed)
    sent(campaign, "xa-hoa-tham", C14_B=431000, C09_B=30)
    fill(campaign, 2, Quyết_định="Chấp nhận chênh lệch")
    fill(campaign, 3, Quyết_định="Lấy số của đơn vị", Đơn_vị_được_lấy="xa-hoa-tham")
    merged(campaign)
    sent(campaign, "xa-hoa-tham", 1_776_000_000, "bốn", C14_B=433000, C09_B=31)
    book = openpyxl.load_workbook(campaign / PAPER)
    sheet = book[sheets.CONFLICTS]
    listed = [[c.value for c in row] for row in sheet.iter_rows(min_row=2, max_row=5)]
    die.shuffle(listed)
    for at, row in enumerate(listed, 2):
        for column, value in enumerate(row, 1):
            sheet.cell(at, column).value = value
    book.save(campaign / PAPER)
    code, value, _ = merged(campaign)
    assert (code, value) == (1, None)
    states = sorted(r["Tình hình"].partition(":")[0] for r in rows(campaign))
    assert states == ["chờ quyết định", "chờ quyết định", "không còn khớp", "không còn khớp"]
    for at, row in enumerate(rows(campaign), 2):
        if row["Tình hình"] == "chờ quyết định":
            chosen = {"Quyết định": "Chấp nhận chênh lệch"}
            if row["Mã số liệu"] == "C14_B":
                chosen = {"Quyết định": "Lấy số của đơn vị", "Đơn vị được lấy": "so-khcn"}
            fill(campaign, at, **chosen)
    assert merged(campaign)[:2] == (0, 430000)


def test_an_open_row_goes_when_the_units_agree(disputed):
    assert len(rows(disputed)) == 1
    sent(disputed, "xa-hoa-tham", 1_776_000_000, "bốn")
    assert merged(disputed)[:2] == (0, 430000)
    assert rows(disputed) == []


def test_the_next_step_counts_what_waits(disputed):
    assert pipeline.next_step(disputed).startswith("1 dòng trong dieu-chinh.xlsx chờ quyết định")
    fill(disputed, Quyết_định="Sửa thành")
    merged(disputed)
    assert pipeline.next_step(disputed).startswith("1 dòng")
    fill(disputed, Quyết_định="Sửa thành", Giá_trị=430000)
    merged(disputed)
    assert "dieu-chinh" not in pipeline.next_step(disputed)


def test_what_is_applied_is_kept_and_a_file_that_is_gone_stops_every_command(disputed):
    fill(disputed, Quyết_định="Sửa thành", Giá_trị=430500)
    filled = files.sha256((disputed / PAPER).read_bytes())
    merged(disputed)
    assert f"{filled}.xlsx" in {p.name for p in (disputed / "so-cai" / "dieu-chinh").iterdir()}
    (disputed / PAPER).unlink()
    for command in ("read", "status", "merge", "report"):
        code, told = run(command, disputed)
        assert (code, told.count("Lỗi:")) == (2, 1)
    shutil.copy(
        disputed / "so-cai" / "dieu-chinh" / told.partition("dieu-chinh/")[2].partition(" ")[0], disputed / PAPER
    )
    assert merged(disputed)[:2] == (0, 430500)


@pytest.mark.parametrize("change", ["title", "delete", "column"])
def test_a_sheet_that_is_gone_stops_every_command(disputed, change):
    fill(disputed, Quyết_định="Sửa thành", Giá_trị=430500)
    book = openpyxl.load_workbook(disputed / PAPER)
    if change == "title":
        book[sheets.CONFLICTS].title = "Doi chieu cu"
    elif change == "delete":
        del book[sheets.CONFLICTS]
    else:
        book[sheets.CONFLICTS].delete_cols(6)
    book.save(disputed / PAPER)
    for command in ("read", "merge", "status"):
        code, told = run(command, disputed)
        assert (code, told.count("Lỗi:"), "Đối chiếu" in told) == (2, 1, True)


@pytest.mark.parametrize("lock", ["~$dieu-chinh.xlsx", ".~lock.dieu-chinh.xlsx#"])
def test_a_file_that_is_open_is_left_alone_and_its_decisions_hold(disputed, lock):
    fill(disputed, Quyết_định="Sửa thành", Giá_trị=430500)
    (disputed / lock).write_text("x")
    before = (disputed / PAPER).read_bytes()
    code, told = run("merge", disputed)
    assert "đang mở trong chương trình khác" in told
    assert (code, merged(disputed)[:2]) == (0, (0, 430500))
    assert (disputed / PAPER).read_bytes() == before


def test_merged_cells_leave_the_file_alone(disputed):
    book = openpyxl.load_workbook(disputed / PAPER)
    book[sheets.CONFLICTS].merge_cells("A2:A3")
    book.save(disputed / PAPER)
    before = (disputed / PAPER).read_bytes()
    sent(disputed, "xa-hoa-tham", 1_776_000_000, "bốn", C14_B=432000)
    _, told = run("merge", disputed)
    assert "ô gộp ở trang “Đối chiếu”" in told
    assert (disputed / PAPER).read_bytes() == before


@pytest.mark.libreoffice
def test_a_file_saved_by_libreoffice_decides_the_same(disputed, tmp_path):
    fill(disputed, Quyết_định="Lấy số của đơn vị", Đơn_vị_được_lấy="xa-hoa-tham", Ngày_văn_bản=datetime(2026, 3, 12))
    path = disputed / PAPER
    shutil.copy(office.convert(path, "xlsx", tmp_path), path)
    assert merged(disputed)[:2] == (0, 431000)
    assert rows(disputed)[0]["Tình hình"] == "đang áp dụng"
    assert rows(disputed)[0]["Ngày văn bản"] == datetime(2026, 3, 12)
    shutil.copy(office.convert(path, "xlsx", tmp_path), path)
    before = path.read_bytes()
    assert (merged(disputed)[:2], path.read_bytes()) == ((0, 431000), before)


texts = st.text(st.sampled_from("aÂđ 0.,;:=\n\t'\"“-–%&<x\u00a0\u0301"), max_size=30)
numbers = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=3)
disputes = st.builds(
    Conflict,
    code=st.sampled_from([*DISAGREEMENTS, "not-known-yet"]),
    variable=st.sampled_from(["C14_B", "C09_B", "C43_B"]),
    year=st.sampled_from([2025, 2024]),
    sides=st.lists(st.builds(Side, label=texts, value=st.none() | numbers | texts), min_size=1, max_size=4).map(tuple),
    message=texts.map("Không khớp {}".format),
    question=texts,
    severity=st.sampled_from(["error", "question", "warning"]),
)


@settings(max_examples=20, deadline=None)
@given(st.lists(disputes, max_size=5, unique_by=lambda c: (c.code, c.variable, c.year, settlement.said(c))))
def test_what_is_asked_is_found_again_whatever_it_says(found):
    plan = settling.plan()
    asked = decisions.renew(plan, decisions.Paper(), {}, found, {}, ())
    content = decisions.write(plan, asked)
    read = decisions.read(content, plan)
    assert (read.own, read.findings, len(read.conflicts), read.waiting) == (
        "",
        (),
        len(asked.conflicts),
        len(asked.conflicts),
    )
    assert decisions.same(read, decisions.renew(plan, read, {}, found, {}, ()))
    open_ = [c for c in found if c.open]
    assert [row.about for row in read.conflicts] == [(sheets.kind(c.code), c.variable, c.year) for c in open_]
    assert [row.sent or "" for row in read.conflicts] == [settlement.said(c) for c in open_]
    assert decisions.renew(plan, read, {}, [], {}, ()).conflicts == ()


# ------------------------------------------------------------------ files of before


def test_a_file_from_before_there_was_a_sheet_or_a_date_is_read_and_renewed():
    """Written by the version before; one figure is decided, another one asked."""
    plan = settling.small_plan()
    paper = decisions.read(GOLDEN.read_bytes(), plan)
    assert (paper.own, paper.findings, paper.conflicts, len(paper.decisions)) == ("", (), (), 1)
    again = decisions.read(decisions.write(plan, paper), plan)
    assert decisions.same(paper, again)
    assert [replaced(d) for d in again.decisions] == [replaced(d) for d in paper.decisions]


def test_a_file_of_before_is_renewed_once_a_row_changes_and_loses_nothing(tmp_path):
    campaign = begun(tmp_path / "ky")
    sent(campaign, "so-khcn", C01_A=120000)
    former = openpyxl.load_workbook(GOLDEN)
    former[sheets.FIGURES].delete_rows(3)
    former[sheets.RETURNS].delete_rows(2, 2)
    former.save(campaign / PAPER)
    kept = (campaign / PAPER).read_bytes()
    assert run("read", campaign)[0] == 0
    assert (campaign / PAPER).read_bytes() == kept  # nothing has changed: it stays as it is
    shutil.copy(GOLDEN, campaign / PAPER)  # with a question that is no more
    assert run("read", campaign)[0] == 0
    (row,) = rows(campaign, sheets.FIGURES)
    assert (row["Giá trị"], row["Lý do"], row["Ngày văn bản"], row["Tình hình"]) == (
        120,
        "Gọi điện hỏi lại",
        None,
        "đang áp dụng",
    )
    assert openpyxl.load_workbook(campaign / PAPER).sheetnames == [
        sheets.GUIDE,
        sheets.FIGURES,
        sheets.CONFLICTS,
        sheets.RETURNS,
    ]


def replaced(decision):
    return (
        decision.unit,
        decision.variable,
        decision.choice,
        decision.value,
        decision.reason,
        decision.document,
        decision.dated,
    )


def test_a_file_without_dates_stays_as_it_is_until_a_row_changes(disputed):
    book = openpyxl.load_workbook(disputed / PAPER)
    for name in (sheets.FIGURES, sheets.CONFLICTS, sheets.RETURNS):
        headings = [c.value for c in book[name][1]]
        if name != sheets.FIGURES:
            book[name].delete_cols(headings.index("Ngày văn bản") + 1)
    book.save(disputed / PAPER)
    before = (disputed / PAPER).read_bytes()
    assert "Ngày văn bản" not in run("merge", disputed)[1]
    assert (disputed / PAPER).read_bytes() == before
    fill(disputed, Quyết_định="Sửa thành", Giá_trị=430500)
    assert merged(disputed)[:2] == (0, 430500)
    assert "Ngày văn bản" in rows(disputed)[0]


def test_every_line_of_the_guide_is_known_as_ours_also_when_it_is_reworded():
    book = openpyxl.load_workbook(io.BytesIO(decisions.write(settling.plan(), decisions.Paper())))
    lines = [c.value for row in book[sheets.GUIDE].iter_rows() for c in row if c.value]
    assert lines[1:] == [line.strip() for line in sheets.GUIDE_LINES]
    former = openpyxl.load_workbook(GOLDEN)[sheets.GUIDE]
    known = {
        files.sha256(c.value.encode())[: sheets.DIGITS] for row in former.iter_rows(min_row=2) for c in row if c.value
    }
    assert known == sheets.FORMER_LINES


# ------------------------------------------------------------------ dates, everywhere


def test_the_date_of_a_document_is_told_with_a_units_figure(campaign):
    sent(campaign, "so-khcn", C01_A=120000)
    fill(campaign, 2, sheets.FIGURES, Quyết_định="Sửa thành", Giá_trị=120, Ngày_văn_bản="12/3/2026")
    code, told = run("read", campaign, "--json")
    found = next(d for r in json.loads(told)["returns"] for d in r["decisions"])
    assert (code, found["document"], found["dated"]) == (0, "15/TB-SKHCN", "2026-03-12")
    assert merged(campaign, "C01_A")[:2] == (0, 127)
    texts = [c for row in openpyxl.load_workbook(campaign / "tong-hop.xlsx")["Dữ liệu"].values for c in row]
    assert "15/TB-SKHCN ngày 12/3/2026" in texts
    fill(campaign, 2, sheets.FIGURES, Ngày_văn_bản="tháng ba")
    code, told = run("merge", campaign)
    assert code == 1 and "Số liệu!O2: cột “Ngày văn bản”: “tháng ba” không phải là một ngày" in told
