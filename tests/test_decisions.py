"""The clerk's decisions: what they settle in a return, how dieu-chinh.xlsx asks, is filled, kept and applied again."""

import io
import json
import random
import shutil
import unicodedata
from decimal import Decimal
from pathlib import Path

import office
import openpyxl
import pytest
from campaigns import NUMBERS, answer, send
from click.testing import CliRunner
from conftest import KEY, small_plan
from msgspec.structs import replace
from test_checks import READ_AT, returned

from lsindicators import checks, decisions, files, pipeline
from lsindicators.cli import main
from lsindicators.decisions import sheets
from lsindicators.errors import OutputLockedError, UnusableInputError
from lsindicators.model import CellRef, Choice, Decision, Status

D = Decimal
PAPER = "dieu-chinh.xlsx"
UNIT = "so-khcn"
WORDS = {"keep": Choice.KEEP, "correct": Choice.CORRECT, "drop": Choice.DROP}


def decision(text):
    """``C09_A keep 50``, ``C01_A correct 120000 130``; ``-`` for no number sent; ``@2024`` behind the code."""
    code, word, sent, *value = text.split()
    code, _, year = code.partition("@")
    return Decision(
        unit=UNIT,
        variable=code,
        year=int(year or 2025),
        choice=WORDS[word],
        sent=None if sent == "-" else number(sent),
        value=number(value[0]) if value else None,
        reason="Đã hỏi lại",
        document="Công văn 12",
        at=CellRef(PAPER, "Số liệu", "L2"),
    )


def number(text):
    return D(text) if text.replace(".", "").isdigit() else text


def judged(plan, typed, decided):
    ret = returned(plan, typed)
    return checks.judge(plan, KEY, ret, READ_AT, {UNIT: [decision(d) for d in decided]})


SETTLED = [
    # what is typed, what is decided -> status, what is taken of it, codes with their severity, what is applied
    ({"F12": D(120000)}, [], "partial", {"C01_A": None}, ["unit-scale-suspect question"], 0),
    ({"F12": D(120000)}, ["C01_A keep 120000"], "accepted", {"C01_A": D(120000)}, ["unit-scale-suspect info"], 1),
    ({"F12": D(120000)}, ["C01_A keep 120001"], "partial", {"C01_A": None}, ["unit-scale-suspect question"], 0),
    ({"F12": D(120000)}, ["C01_A correct 120000 130"], "accepted", {"C01_A": D(130)}, ["unit-scale-suspect info"], 1),
    ({"F12": D(120000)}, ["C01_A correct - 130"], "accepted", {"C01_A": D(130)}, ["unit-scale-suspect info"], 1),
    ({"F12": D(120000)}, ["C01_A correct 12 130"], "partial", {"C01_A": None}, ["unit-scale-suspect question"], 0),
    ({"F12": D(120000)}, ["C01_A drop 120000"], "accepted", {"C01_A": None}, ["unit-scale-suspect info"], 1),
    ({"F12": D(300)}, ["C01_A keep 300"], "accepted", {"C01_A": D(300)}, ["large-change info"], 1),
    ({"F12": D(300)}, ["C01_A@2024 keep 300"], "partial", {"C01_A": None}, ["large-change question"], 0),
    # nothing was asked: keeping changes nothing, correcting does
    ({}, ["C01_A keep 125"], "accepted", {"C01_A": D(125)}, [], 0),
    ({}, ["C01_A correct 125 126"], "accepted", {"C01_A": D(126)}, [], 1),
    ({}, ["C01_A drop -"], "accepted", {"C01_A": None}, [], 1),
    # a cell that cannot be taken: kept never, corrected or left out
    ({"F13": "1,234"}, [], "partial", {"C01_B": None}, ["ambiguous-number question"], 0),
    ({"F13": "1,234"}, ["C01_B keep 1,234"], "partial", {"C01_B": None}, ["ambiguous-number question"], 0),
    ({"F13": "1,234"}, ["C01_B correct 1,234 1234"], "accepted", {"C01_B": D(1234)}, ["ambiguous-number info"], 1),
    ({"F13": "mười"}, ["C01_B correct mười 10"], "accepted", {"C01_B": D(10)}, ["not-a-number info"], 1),
    ({"F13": "mười"}, ["C01_B correct chín 10"], "partial", {"C01_B": None}, ["not-a-number error"], 0),
    ({"F13": None}, ["C01_B correct - 10"], "accepted", {"C01_B": D(10)}, ["missing-value info"], 1),
    ({"F13": D(-3)}, ["C01_B drop -4"], "partial", {"C01_B": None}, ["below-minimum error"], 0),
    ({"F13": D(-3)}, ["C01_B drop -"], "accepted", {"C01_B": None}, ["below-minimum info"], 1),
    ({"G13": "Không áp dụng"}, ["C01_B correct 10 12"], "accepted", {"C01_B": D(12)}, ["state-contradicts-value info"], 1),
    # last year's figure, where it was asked
    ({"E13": "chín"}, ["C01_B@2024 correct chín 9"], "accepted", {"C01_B": D(10)}, ["not-a-number info"], 1),
    ({"E13": "chín"}, ["C01_B correct - 9"], "partial", {"C01_B": D(9)}, ["not-a-number error"], 1),
    # a broken rule is settled once each of its figures is decided, or once it holds
    ({"F17": D(50)}, [], "partial", {"C09_A": None, "C09_B": None}, ["rule-broken error"], 0),
    ({"F17": D(50)}, ["C09_A keep 50"], "partial", {"C09_A": D(50), "C09_B": None}, ["rule-broken error"], 1),
    ({"F17": D(50)}, ["C09_A keep 50", "C09_B keep 20"], "accepted", {"C09_A": D(50), "C09_B": D(20)}, ["rule-broken info"], 2),
    ({"F17": D(50)}, ["C09_B correct 20 60"], "accepted", {"C09_A": D(50), "C09_B": D(60)}, ["rule-broken info"], 1),
    ({"F17": D(50)}, ["C09_B correct 20 40"], "partial", {"C09_A": None, "C09_B": D(40)}, ["rule-broken error"], 1),
    ({"F17": D(50)}, ["C09_A drop 50"], "accepted", {"C09_A": None, "C09_B": D(20)}, ["rule-broken info"], 1),
    ({}, ["C09_B correct 20 4"], "partial", {"C09_A": None, "C09_B": D(4)}, ["rule-broken error"], 1),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "decided", "status", "taken", "said", "applied"), SETTLED)
def test_what_a_decision_settles(plan, typed, decided, status, taken, said, applied):
    verdict = judged(plan, typed, decided)
    figures = {f.variable: f.value for f in verdict.figures if f.year == 2025}
    findings = [f"{f.code.word} {f.severity.value}" for f in verdict.findings if f.code.word != "missing-source"]
    assert (verdict.status.value, {c: figures.get(c) for c in taken}, findings) == (status, taken, said)
    assert len(verdict.decisions) == applied
    for f in verdict.findings:
        assert (f.severity.value == "info") == ("đã quyết định: " in f.message)


@pytest.mark.parametrize(("typed", "decided", "status", "taken", "said", "applied"), SETTLED)
def test_the_order_of_decisions_is_no_matter(plan, typed, decided, status, taken, said, applied):
    assert judged(plan, typed, decided) == replace(
        judged(plan, typed, decided[::-1]), decisions=judged(plan, typed, decided).decisions
    )


def test_a_figure_keeps_the_decision_and_is_never_the_units_where_it_is_the_clerks(plan):
    kept = next(f for f in judged(plan, {"F12": D(120000)}, ["C01_A keep 120000"]).figures if f.variable == "C01_A")
    assert (kept.at.workbook, kept.at.address, kept.decision.document) == ("tra-ve/So KHCN.xlsx", "F12", "Công văn 12")
    assert kept.source == "Báo cáo" and not kept.corrected
    changed = next(
        f for f in judged(plan, {"F12": D(120000)}, ["C01_A correct - 130"]).figures if f.variable == "C01_A"
    )
    assert (changed.at, changed.source, changed.reason) == (
        CellRef(PAPER, "Số liệu", "L2"),
        "Công văn 12",
        "Đã hỏi lại",
    )
    assert changed.corrected and changed.read_at is None
    assert str(changed.decision) == "đã quyết định: sửa thành 130 (Công văn 12; lý do: Đã hỏi lại)"


def test_what_is_left_out_says_by_which_decision(plan):
    verdict = judged(plan, {"F12": D(120000)}, ["C01_A drop 120000"])
    assert verdict.untaken == {"C01_A": "đã quyết định: không lấy (Công văn 12; lý do: Đã hỏi lại)"}


# ------------------------------------------------------------------ the workbook as the clerk fills it


def cells(**typed):
    """A row of sheet Số liệu."""
    base = {"Mã đơn vị": UNIT, "Mã số liệu": "C01_A", "Năm": 2025, "Số đã gửi": 120000, "Cần quyết định": "?"}
    backed = {"Quyết định": "Sửa thành", "Giá trị": 130, "Lý do": "Gọi điện hỏi lại", "Số văn bản": "12/SKHCN-CNTT"}
    return {**base, **backed, **{k.replace("_", " "): v for k, v in typed.items()}}


def workbook(rows, returns=(), change=lambda book: None):
    book = openpyxl.load_workbook(io.BytesIO(decisions.write(small_plan(), decisions.Paper())))
    for name, listed in ((sheets.FIGURES, rows), (sheets.RETURNS, returns)):
        sheet = book[name]
        headings = [c.value for c in sheet[1]]
        for n, row in enumerate(listed, 2):
            for heading, value in row.items():
                sheet.cell(n, headings.index(heading) + 1).value = value
    change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def paper(*rows, **more):
    return decisions.read(workbook(rows, **more), small_plan())


READ = [
    (cells(), "correct", D(130)),
    (cells(Giá_trị="1.234"), "correct", D(1234)),
    (cells(Giá_trị=" 130 người "), "correct", D(130)),
    (cells(Quyết_định="LẤY SỐ ĐÃ GỬI ", Giá_trị=None), "keep", None),
    (cells(Quyết_định="Không lấy", Giá_trị=None), "drop", None),
    (cells(Mã_đơn_vị=" SO-KHCN", Mã_số_liệu="c01_a ", Năm=None), "correct", D(130)),
    (cells(Năm="2025"), "correct", D(130)),
    (cells(Số_văn_bản=12), "correct", D(130)),
    (cells(Mã_số_liệu="C43_A", Giá_trị="không"), "correct", "Không"),
    (cells(Mã_số_liệu="C43_B", Giá_trị="Trang thông tin"), "correct", "Trang thông tin"),
    (cells(Mã_số_liệu="C14_A", Giá_trị="28.900.000,5"), "correct", D("28900000.5")),
    (cells(Mã_số_liệu="C01_B", Năm=2024), "correct", D(130)),
]  # fmt: skip

REFUSED = [
    # what is typed -> cell, code, a word of the sentence
    (cells(Lý_do=None), "M2", "missing-reason", "thiếu lý do"),
    (cells(Lý_do="-"), "M2", "missing-reason", "thiếu lý do"),
    (cells(Số_văn_bản=None), "N2", "missing-source", "thiếu số văn bản"),
    (cells(Số_văn_bản="…"), "N2", "missing-source", "thiếu số văn bản"),
    (cells(Giá_trị=None), "L2", "missing-value", "cần một giá trị"),
    (cells(Giá_trị="mười"), "L2", "not-a-number", "“mười”"),
    (cells(Giá_trị="1,234"), "L2", "ambiguous-number", "1,234 hoặc 1.234"),
    (cells(Giá_trị=1.5), "L2", "not-an-integer", "phần lẻ"),
    (cells(Giá_trị=-1), "L2", "below-minimum", "thấp nhất cho phép là 0"),
    (cells(Giá_trị=10**10), "L2", "above-maximum", "cao nhất cho phép là 1.000.000.000"),
    (cells(Giá_trị="=1+1"), "L2", "formula-in-input", "công thức"),
    (cells(Giá_trị="15/3/2026"), "L2", "date-as-number", "ngày tháng"),
    (cells(Mã_số_liệu="C43_A", Giá_trị="có lẽ"), "L2", "not-in-list", "Có hoặc Không"),
    (cells(Quyết_định="Lấy số đã gửi"), "L2", "state-contradicts-value", "chỉ ghi khi chọn"),
    (cells(Quyết_định="Lấy số đã gửi", Giá_trị=None, Số_đã_gửi=None), "I2", "missing-value", "ghi đúng số"),
    (cells(Quyết_định="Bỏ"), "K2", "not-in-list", "“Bỏ”"),
    (cells(Quyết_định=None), "K2", "missing-value", "chưa chọn"),
    (cells(Mã_đơn_vị=None), "A2", "missing-value", "trang Đối chiếu"),
    (cells(Mã_đơn_vị="xa-nao"), "A2", "unknown-unit-name", "“xa-nao”"),
    (cells(Mã_số_liệu=None), "C2", "missing-value", "ghi mã"),
    (cells(Mã_số_liệu="C99_A"), "C2", "not-in-list", "“C99_A”"),
    (cells(Mã_đơn_vị="xa-hoa-tham", Mã_số_liệu="C09_B"), "C2", "not-in-list", "không được phân công"),
    (cells(Năm=2023), "E2", "not-in-list", "chỉ ghi 2025 hoặc 2024"),
    (cells(Năm=2024), "E2", "not-in-list", "trang Năm trước của phan-cong.xlsx"),
    (dict.fromkeys(("Mã đơn vị",), UNIT), "C2", "missing-value", "ghi mã"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "word", "value"), READ)
def test_what_is_typed_is_read(row, word, value):
    read = paper(row)
    assert read.findings == ()
    (found,) = read.decisions
    assert (found.choice, found.value, found.reason) == (WORDS[word], value, "Gọi điện hỏi lại")
    assert found.at == CellRef(PAPER, "Số liệu", "L2" if word == "correct" else "K2")


@pytest.mark.parametrize(("row", "cell", "code", "word"), REFUSED)
def test_what_cannot_be_applied_is_told_with_its_cell_and_not_applied(row, cell, code, word):
    read = paper(row)
    assert read.decisions == ()
    at = {f.at: f for f in read.findings}[CellRef(PAPER, "Số liệu", cell)]
    assert word in at.message and at.message.endswith("quyết định ở dòng này chưa được áp dụng")
    assert at.severity.stops
    assert code == at.code.word
    assert read.figures[0].fault


@pytest.mark.parametrize(
    ("one", "other", "rivals"),
    [
        (cells(), cells(Giá_trị=131), True),
        (cells(), cells(Số_đã_gửi=None), True),
        (cells(), cells(Số_đã_gửi="120.000"), True),
        (cells(Số_đã_gửi=0), cells(Số_đã_gửi=0), True),
        (cells(Số_đã_gửi="mười"), cells(Số_đã_gửi=" MƯỜI"), True),
        (cells(), cells(Số_đã_gửi=12), False),
        (cells(), cells(Mã_số_liệu="C01_B"), False),
        (cells(Mã_số_liệu="C01_B"), cells(Mã_số_liệu="C01_B", Năm=2024), False),
    ],
)
def test_two_decisions_about_one_figure_are_none(one, other, rivals):
    for rows in ((one, other), (other, one)):
        read = paper(*rows)
        assert len(read.decisions) == (0 if rivals else 2)
        assert [f.at.address for f in read.findings] == (["L2", "L3"] if rivals else [])


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "tệp rỗng"),
        (b"PK\x03\x04 half", "không mở được"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"x" * 600, "mật khẩu"),
        (b"PK\x03\x04" + b"\0" * 26 + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "lưu lại thành .xlsx"),
        (workbook([], change=lambda b: setattr(b["Số liệu"], "title", "So lieu cu")), "thiếu trang “Số liệu”"),
        (workbook([], change=lambda b: b["Số liệu"].delete_cols(11)), "không thấy cột “Quyết định”"),
    ],
)
def test_a_file_that_cannot_be_read_stops_with_a_sentence(content, word):
    with pytest.raises(UnusableInputError, match=word):
        decisions.read(content, small_plan())


# ------------------------------------------------------------------ end to end


@pytest.fixture
def campaign(campaign) -> Path:
    """A campaign whose three units have answered; so-khcn has a figure a thousand times too large."""
    wrong(campaign)
    send(campaign, "xa-hoa-tham")
    send(campaign, "phuong-ky-lua")
    return campaign


def wrong(campaign, moment=1_774_000_000, name="so-khcn", **numbers):
    form, target = campaign / "bieu-mau" / "so-khcn.xlsx", campaign / "tra-ve" / f"{name}.xlsx"
    return answer(form, target, {**NUMBERS[UNIT], "C01_A": 120000, **numbers}, moment)


def run(*arguments):
    """(exit code, what is printed) of a command; a line that is broken on the screen is one line."""
    done = CliRunner().invoke(main, [*map(str, arguments)])
    return done.exit_code, done.stdout if "--json" in arguments else " ".join(done.output.split())


def read(campaign):
    code, said = run("read", campaign, "--json")
    found = json.loads(said)
    return code, {r["file"].removeprefix("tra-ve/").removesuffix(".xlsx"): r for r in found["returns"]}


def rows(campaign, name=sheets.FIGURES):
    sheet = openpyxl.load_workbook(campaign / PAPER)[name]
    headings, *listed = sheet.values
    return [dict(zip(headings, row, strict=True)) for row in listed if any(row)]


def fill(campaign, at, name=sheets.FIGURES, **typed):
    """The clerk types into row ``at`` (2: the first), beside the reason and the document."""
    path = campaign / PAPER
    book = openpyxl.load_workbook(path)
    sheet = book[name]
    headings = [c.value for c in sheet[1]]
    typed = {"Lý_do": "Gọi điện hỏi lại", "Số_văn_bản": "12/SKHCN", **typed}
    for heading, value in typed.items():
        sheet.cell(at, headings.index(heading.replace("_", " ")) + 1).value = value
    book.save(path)


def total(campaign, code="C01_A"):
    exit_code, said = run("merge", campaign, "--json")
    return exit_code, next(v["value"] for v in json.loads(said)["variables"] if v["code"] == code)


def test_a_question_is_asked_answered_and_the_answer_is_kept(campaign):
    code, found = read(campaign)
    assert (code, found[UNIT]["status"]) == (1, "partial")
    (asked,) = rows(campaign)
    assert [asked[h] for h in ("Mã đơn vị", "Mã số liệu", "Năm", "Tệp", "Ô", "Số đã gửi", "Tình hình")] == [
        UNIT, "C01_A", 2025, "tra-ve/so-khcn.xlsx", "F12", 120000, "chờ quyết định",
    ]  # fmt: skip
    assert asked["Cần quyết định"].startswith("120.000 gấp khoảng 1.000 lần năm trước (120)")
    assert "Giải trình" not in asked["Cần quyết định"]  # that is for the unit
    assert total(campaign) == (1, 7)

    fill(campaign, 2, Quyết_định="Sửa thành", Giá_trị=120)
    code, found = read(campaign)
    assert (code, found[UNIT]["status"], found[UNIT]["slip"]) == (0, "accepted", None)
    said = next(f for f in found[UNIT]["findings"] if f["code"] == "unit-scale-suspect")
    assert said["severity"] == "info"
    assert said["message"].endswith("đã quyết định: sửa thành 120 (12/SKHCN; lý do: Gọi điện hỏi lại)")
    assert [d["value"] for d in found[UNIT]["decisions"]] == [120]
    assert rows(campaign)[0]["Tình hình"] == "đang áp dụng"
    assert total(campaign) == (0, 127)
    assert run("status", campaign, "--date", "2026-03-25")[0] == 0

    before = (campaign / PAPER).read_bytes()
    assert read(campaign)[0] == 0
    assert (campaign / PAPER).read_bytes() == before

    # another number opens the question again, and the former decision is told and kept
    wrong(campaign, 1_775_000_000, name="hai", C01_A=130000)
    code, found = read(campaign)
    assert (code, found["hai"]["status"]) == (1, "partial")
    kept, new = rows(campaign)
    assert (kept["Giá trị"], kept["Lý do"]) == (120, "Gọi điện hỏi lại")
    assert kept["Tình hình"] == "không còn khớp: đơn vị đã gửi số khác (130.000)"
    assert (new["Số đã gửi"], new["Tình hình"]) == (130000, "chờ quyết định")
    assert total(campaign) == (1, 7)
    _, said = run("read", campaign)
    assert "dieu-chinh.xlsx › Số liệu!L2" in said and "không còn khớp" in said


def test_the_table_says_what_is_the_clerks(campaign):
    read(campaign)
    fill(campaign, 2, Quyết_định="Sửa thành", Giá_trị=120)
    read(campaign)
    run("merge", campaign)
    headings, *listed = openpyxl.load_workbook(campaign / "tong-hop.xlsx")["Dữ liệu"].values
    found = [dict(zip(headings, row, strict=True)) for row in listed]
    row = next(r for r in found if (r["Mã đơn vị"], r["Mã số liệu"], r["Năm"]) == (UNIT, "C01_A", 2025))
    assert (row["Giá trị"], row["Tệp"], row["Trang tính"], row["Ô"]) == (120, PAPER, "Số liệu", "L2")
    assert row["SHA-256"] == files.sha256((campaign / PAPER).read_bytes())
    assert row["Nguồn số liệu"] == "12/SKHCN"
    assert row["Giải trình"] == ("đã quyết định: sửa thành 120 (12/SKHCN; lý do: Gọi điện hỏi lại); đơn vị gửi 120.000")


def test_a_slip_shows_what_the_unit_sent_and_no_settled_question(campaign):
    wrong(campaign, C01_B="mười")
    read(campaign)
    fill(campaign, 2, Quyết_định="Sửa thành", Giá_trị=120)
    code, found = read(campaign)
    assert (code, found[UNIT]["status"]) == (1, "partial")
    slip = openpyxl.load_workbook(campaign / found[UNIT]["slip"])
    assert slip["Số liệu"]["F12"].value == 120000
    asked = [str(c.value) for row in slip["Phiếu trả lại"].iter_rows() for c in row if c.value]
    assert any(t.startswith("C01_B") for t in asked) and not any(t.startswith("C01_A") for t in asked)


def test_a_figure_beside_another_measure_may_be_taken_as_it_was_sent(campaign):
    send(campaign, UNIT, D13="nghìn người")
    code, found = read(campaign)
    assert (code, found[UNIT]["status"]) == (1, "partial")
    (asked,) = rows(campaign)
    assert (asked["Mã số liệu"], asked["Ô"]) == ("C01_B", "F13") and "“nghìn người”" in asked["Cần quyết định"]
    fill(campaign, 2, Quyết_định="Lấy số đã gửi")
    code, found = read(campaign)
    assert (code, found[UNIT]["status"], rows(campaign)[0]["Tình hình"]) == (0, "accepted", "đang áp dụng")


def test_a_figure_known_from_a_paper_needs_no_return(campaign):
    (campaign / "tra-ve" / "phuong-ky-lua.xlsx").unlink()
    read(campaign)
    fill(campaign, 3, Mã_đơn_vị="phuong-ky-lua", Mã_số_liệu="C01_A", Quyết_định="Sửa thành", Giá_trị=9)
    read(campaign)
    assert total(campaign) == (1, 12)  # 3 of Hoa Thám, 9 from the paper
    added = rows(campaign)[1]
    assert (added["Tên đơn vị"], added["Năm"], added["Tình hình"]) == ("Phường Kỳ Lừa", 2025, "đang áp dụng")
    _, said = run("merge", campaign, "--json")
    missing = {(m["variable"], m["unit"]) for m in json.loads(said)["missing"]}
    assert ("C01_B", "phuong-ky-lua") in missing and ("C01_A", "phuong-ky-lua") not in missing


def test_a_figure_that_is_left_out_is_told_as_such(campaign):
    read(campaign)
    fill(campaign, 2, Quyết_định="Không lấy")
    assert read(campaign)[0] == 0
    _, said = run("merge", campaign, "--json")
    gap = next(m for m in json.loads(said)["missing"] if (m["variable"], m["unit"]) == ("C01_A", UNIT))
    assert gap["why"] == "left-out"
    run("merge", campaign)
    texts = [c for row in openpyxl.load_workbook(campaign / "tong-hop.xlsx")["Còn thiếu"].values for c in row]
    assert "Không lấy" in texts


def test_a_bad_row_is_told_by_every_command(campaign):
    read(campaign)
    fill(campaign, 2, Quyết_định="Sửa thành", Giá_trị="mười hai")
    for command in (("read",), ("status", "--date", "2026-03-25"), ("merge",)):
        code, said = run(command[0], campaign, *command[1:])
        assert code == 1
        assert "dieu-chinh.xlsx › Số liệu!L2: cột “Giá trị”: “mười hai” không phải là số nguyên" in said
        told = CliRunner().invoke(main, [command[0], str(campaign), *command[1:], "--json"]).stderr
        assert "Số liệu!L2" in told  # the code 1 has its reason also where a program reads the rest
    assert rows(campaign)[0]["Tình hình"].startswith("chưa áp dụng: cột “Giá trị”")
    assert rows(campaign)[0]["Giá trị"] == "mười hai"
    found = json.loads(run("read", campaign, "--json")[1])["decisions"]
    assert (found["waiting"], [f["cell"] for f in found["findings"]]) == (1, ["L2"])


def test_a_file_that_cannot_be_read_stops_every_command(campaign):
    read(campaign)
    (campaign / PAPER).write_bytes(b"PK\x03\x04")
    for command in ("read", "status", "merge"):
        code, said = run(command, campaign)
        assert (code, said.count("Lỗi:")) == (2, 1)
        assert said.startswith("Lỗi: dieu-chinh.xlsx: không mở được tệp quyết định của đầu mối")


def test_a_file_that_is_gone_stops_every_command_until_its_kept_version_is_back(campaign):
    read(campaign)
    (campaign / PAPER).unlink()
    assert read(campaign)[0] == 1  # nothing was decided in it: it is made anew
    fill(campaign, 2, Quyết_định="Sửa thành", Giá_trị=120)
    read(campaign)
    (campaign / PAPER).unlink()
    for command in ("read", "status", "merge", "report"):
        code, said = run(command, campaign)
        assert (code, said.count("Lỗi:")) == (2, 1)
        assert not (campaign / PAPER).exists()
    kept = campaign / "so-cai" / "dieu-chinh" / Path(said.partition("dieu-chinh/")[2].partition(" ")[0])
    shutil.copy(kept, campaign / PAPER)
    assert (read(campaign)[0], total(campaign)) == (0, (0, 127))


@pytest.mark.parametrize("ending", ["ods", "xls", "xlsm"])
def test_the_same_file_in_another_format_beside_it_is_told(campaign, ending):
    read(campaign)
    (campaign / f"dieu-chinh.{ending}").write_bytes(b"")
    for command in ("read", "merge"):
        assert f"có dieu-chinh.{ending} không được đọc" in run(command, campaign)[1]
    (campaign / f"dieu-chinh.{ending}").unlink()
    assert "không được đọc" not in run("merge", campaign)[1]


def test_the_version_that_was_applied_is_kept_also_when_the_file_changes_meanwhile(campaign, monkeypatch):
    read(campaign)
    fill(campaign, 2, Quyết_định="Lấy số đã gửi")
    applied = [files.sha256((campaign / PAPER).read_bytes())]
    real = pipeline.decide.keep

    def keep(*arguments):
        applied.append(files.sha256((campaign / PAPER).read_bytes()))  # merge has told there what became of it
        fill(campaign, 2, Quyết_định="Không lấy")
        real(*arguments)

    monkeypatch.setattr(pipeline.decide, "keep", keep)
    run("merge", campaign)
    assert {p.stem for p in (campaign / "so-cai" / "dieu-chinh").iterdir()} == set(applied)


def test_former_and_applied_versions_are_kept(campaign):
    read(campaign)
    versions = [(campaign / PAPER).read_bytes()]
    fill(campaign, 2, Quyết_định="Lấy số đã gửi")
    versions.append((campaign / PAPER).read_bytes())
    read(campaign)
    versions.append((campaign / PAPER).read_bytes())
    run("merge", campaign)
    kept = {p.name for p in (campaign / "so-cai" / "dieu-chinh").iterdir()}
    _, filled, applied = (f"{files.sha256(v)}.xlsx" for v in versions)
    assert kept == {filled, applied}  # the first was filled in, and held no decision


def test_the_next_step_names_what_waits(campaign):
    read(campaign)
    assert pipeline.next_step(campaign).startswith("1 dòng trong dieu-chinh.xlsx chờ quyết định")
    fill(campaign, 2, Quyết_định="Không lấy", Lý_do="")
    read(campaign)
    assert pipeline.next_step(campaign).startswith("1 dòng")
    fill(campaign, 2, Quyết_định="Không lấy")
    read(campaign)
    assert "dieu-chinh" not in pipeline.next_step(campaign)


# ------------------------------------------------------------------ nothing of the clerk's is lost

OWN = {
    "sheet": (lambda b: b.create_sheet("Ghi chép"), "trang “Ghi chép”"),
    "column": (lambda b: b["Số liệu"].__setitem__("R1", "Người phụ trách"), "Số liệu!R1"),
    "note": (lambda b: setattr(b["Số liệu"]["A2"], "comment", openpyxl.comments.Comment("hỏi chị Lan", "x")), "ghi chú"),
    "formula": (lambda b: b["Số liệu"].__setitem__("L2", "=1+1"), "công thức ở ô"),
    "guide": (lambda b: b["Hướng dẫn"].__setitem__("A30", "Nhớ gọi lại"), "Hướng dẫn!A30"),
    "merge": (lambda b: b["Số liệu"].merge_cells("M2:N2"), "ô gộp"),
}  # fmt: skip


@pytest.mark.parametrize("what", OWN)
def test_a_file_with_something_that_we_would_lose_is_left_alone(campaign, what):
    read(campaign)
    change, word = OWN[what]
    book = openpyxl.load_workbook(campaign / PAPER)
    change(book)
    book.save(campaign / PAPER)
    wrong(campaign, C01_B="1,234")  # a new question
    before = (campaign / PAPER).read_bytes()
    _, said = run("read", campaign)
    assert "được để nguyên" in said and word in said
    assert (campaign / PAPER).read_bytes() == before


def test_a_file_that_is_open_is_left_alone(campaign, monkeypatch):
    read(campaign)
    before = (campaign / PAPER).read_bytes()
    wrong(campaign, C01_B="1,234")
    for lock in ("~$dieu-chinh.xlsx", ".~lock.dieu-chinh.xlsx#"):
        (campaign / lock).write_text("x")
        code, said = run("read", campaign)
        assert (code, "đang mở trong chương trình khác" in said) == (1, True)
        assert (campaign / PAPER).read_bytes() == before
        (campaign / lock).unlink()
    real = files.write

    def held(path, content, **more):
        if path.name == PAPER:
            raise OutputLockedError(str(path))
        return real(path, content, **more)

    monkeypatch.setattr(files, "write", held)
    _, said = run("read", campaign)
    assert "đang mở trong chương trình khác" in said
    assert (campaign / PAPER).read_bytes() == before


def test_a_file_saved_in_the_meantime_is_left_alone(campaign, monkeypatch):
    read(campaign)
    wrong(campaign, C01_B="1,234")
    real = pipeline.decide.decisions.renew

    def renew(*arguments):
        fill(campaign, 2, Quyết_định="Không lấy")
        return real(*arguments)

    monkeypatch.setattr(pipeline.decide.decisions, "renew", renew)
    _, said = run("read", campaign)
    assert "vừa được lưu" in said
    assert rows(campaign)[0]["Quyết định"] == "Không lấy"


def test_rows_without_an_answer_go_with_their_question(campaign):
    wrong(campaign, C01_B="1,234")
    read(campaign)
    assert [r["Mã số liệu"] for r in rows(campaign)] == ["C01_A", "C01_B"]
    assert "1,234 hoặc 1.234" in rows(campaign)[1]["Cần quyết định"]
    wrong(campaign, 1_775_000_000, name="hai", C01_A=125, C01_B="2,345")
    read(campaign)
    assert [(r["Mã số liệu"], r["Số đã gửi"]) for r in rows(campaign)] == [("C01_B", "2,345")]


@pytest.mark.parametrize("seed", range(3))
def test_every_decision_is_kept_over_many_readings_in_any_order(campaign, seed):
    die = random.Random(seed)
    read(campaign)
    typed = []
    for n in range(5):
        fill(campaign, 2 + len(typed), Quyết_định="Lấy số đã gửi", Lý_do=f"Lý do thứ {n}")
        typed.append(f"Lý do thứ {n}")
        book = openpyxl.load_workbook(campaign / PAPER)
        sheet = book[sheets.FIGURES]
        listed = [[c.value for c in row] for row in sheet.iter_rows(min_row=2, max_row=1 + len(typed))]
        die.shuffle(listed)
        for at, row in enumerate(listed, 2):
            for column, value in enumerate(row, 1):
                sheet.cell(at, column).value = value
        book.save(campaign / PAPER)
        order = [row[12] for row in listed]
        numbers = {"C01_A": 120000 + n + 1}
        wrong(campaign, 1_775_000_000 + n, name=f"lan-{n}", **numbers)
        code, _ = read(campaign)
        assert code == 1
        kept = [r["Lý do"] for r in rows(campaign)]
        assert kept == [*order, None]  # the new question stands last
        states = {r["Lý do"]: r["Tình hình"] for r in rows(campaign)}
        assert all(states[t].startswith("không còn khớp") for t in typed)
    # the first number comes back: its decision holds again
    wrong(campaign, 1_776_000_000, name="cuoi", C43_A="Không")
    assert read(campaign)[0] == 1  # of the returns that no longer count
    assert {r["Lý do"]: r["Tình hình"] for r in rows(campaign)} == {
        t: "đang áp dụng" if t == typed[0] else "không còn khớp: đơn vị đã gửi số khác (120.000)" for t in typed
    }
    assert total(campaign) == (0, 120007)


@pytest.mark.libreoffice
def test_a_file_saved_by_libreoffice_says_the_same(campaign, tmp_path):
    wrong(campaign, C01_B="1,234")
    read(campaign)
    fill(campaign, 2, Quyết_định="Lấy số đã gửi", Số_văn_bản="00123")
    path = campaign / PAPER
    shutil.copy(office.convert(path, "xlsx", tmp_path), path)
    code, found = read(campaign)
    assert (code, [d["document"] for d in found[UNIT]["decisions"]]) == (1, ["00123"])
    states = [(r["Mã số liệu"], r["Tình hình"]) for r in rows(campaign)]
    assert states == [("C01_A", "đang áp dụng"), ("C01_B", "chờ quyết định")]
    # what it saves again without a change is left as it is
    shutil.copy(office.convert(path, "xlsx", tmp_path), path)
    before = path.read_bytes()
    read(campaign)
    assert path.read_bytes() == before


# ------------------------------------------------------------------ which return counts


@pytest.fixture
def twice(campaign):
    """A unit that sent two returns, read."""
    wrong(campaign, C01_A=125)
    wrong(campaign, 1_775_000_000, name="hai", C01_A=126)
    read(campaign)
    return campaign


def test_a_unit_that_sent_twice_is_listed(twice):
    assert [(r["Mã đơn vị"], r["Tệp"], r["Tình hình"]) for r in rows(twice, sheets.RETURNS)] == [
        (UNIT, "tra-ve/so-khcn.xlsx", "không tính: đã có bản khác"),
        (UNIT, "tra-ve/hai.xlsx", "đang được tính"),
    ]
    assert total(twice) == (0, 133)


@pytest.mark.parametrize(("at", "choice"), [(2, "Tính bản này"), (3, "Bỏ bản này")])
def test_the_clerk_says_which_return_counts(twice, at, choice):
    fill(twice, at, sheets.RETURNS, Quyết_định=choice)
    code, found = read(twice)
    assert code == 0
    assert total(twice) == (0, 132)
    told = [f["message"] for r in found.values() for f in r["findings"] if "đã quyết định" in f["message"]]
    assert told == [f"bản gửi này đã quyết định: {choice[0].lower()}{choice[1:]} (12/SKHCN; lý do: Gọi điện hỏi lại)"]
    assert (
        rows(twice, sheets.RETURNS)[at - 2]["Tình hình"]
        == f"đang áp dụng: {'tính' if at == 2 else 'không tính'} bản này"
    )
    before = (twice / PAPER).read_bytes()
    read(twice)
    assert (twice / PAPER).read_bytes() == before


def test_a_newer_return_after_the_chosen_one_is_told_until_the_clerk_has_seen_it(twice):
    fill(twice, 2, sheets.RETURNS, Quyết_định="Tính bản này")
    read(twice)
    wrong(twice, 1_776_000_000, name="ba", C01_A=127)
    for command in ("read", "read", "merge", "status"):
        code, said = run(command, twice)
        assert (code, "đơn vị đã gửi bản mới hơn (tra-ve/ba.xlsx)" in said) == (1, True)
    assert total(twice) == (1, 132)
    listed = rows(twice, sheets.RETURNS)
    assert [r["Tệp"] for r in listed] == [f"tra-ve/{n}.xlsx" for n in ("so-khcn", "hai", "ba")]
    assert [r["Tình hình"].partition(":")[0] for r in listed] == ["đang áp dụng", "không tính", "chờ quyết định"]
    assert pipeline.next_step(twice).startswith("1 dòng trong dieu-chinh.xlsx chờ quyết định")
    fill(twice, 4, sheets.RETURNS, Quyết_định="Bỏ bản này")
    code, said = run("read", twice)
    assert (code, "bản mới hơn" in said, total(twice)) == (0, False, (0, 132))
    assert "dieu-chinh" not in pipeline.next_step(twice)


def test_all_returns_left_out_are_no_return(twice):
    for at in (2, 3):
        fill(twice, at, sheets.RETURNS, Quyết_định="Bỏ bản này")
    read(twice)
    assert total(twice) == (0, 7)
    _, said = run("status", twice, "--json", "--date", "2026-03-25")
    assert next(u for u in json.loads(said)["units"] if u["unit"] == UNIT)["status"] == "missing"


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ({2: "Tính bản này", 3: "Tính bản này"}, "đã chọn hơn một bản"),
        ({2: "Xóa"}, "chọn một trong: Tính bản này; Bỏ bản này"),
    ],
)
def test_a_choice_that_cannot_be_applied_is_told(twice, typed, word):
    for at, choice in typed.items():
        fill(twice, at, sheets.RETURNS, Quyết_định=choice)
    code, said = run("read", twice)
    assert (code, word in said) == (1, True)
    assert total(twice) == (1, 133)
    assert not any("đang áp dụng" in r["Tình hình"] for r in rows(twice, sheets.RETURNS))


def test_a_choice_of_a_return_that_nobody_sent_is_told(twice):
    fill(twice, 4, sheets.RETURNS, Mã_đơn_vị=UNIT, Tệp="tra-ve/bốn.xlsx", Quyết_định="Bỏ bản này")
    code, said = run("read", twice)
    assert (code, "không có bản gửi nào của đơn vị khớp" in said) == (1, True)


@pytest.mark.parametrize(("choice", "counted"), [("Bỏ bản này", 127), ("Tính bản này", 126)])
def test_a_choice_by_the_name_of_a_file_is_for_the_return_of_that_name_and_no_later_one(twice, choice, counted):
    fill(twice, 3, sheets.RETURNS, Quyết_định=choice, **{"SHA-256": None})
    sha256 = files.sha256((twice / "tra-ve" / "hai.xlsx").read_bytes())
    read(twice)
    assert rows(twice, sheets.RETURNS)[1]["SHA-256"] == sha256[:12]
    wrong(twice, 1_776_000_000, name="hai", C01_A=127)
    read(twice)
    assert total(twice) == (int(choice == "Tính bản này"), counted + 7)  # 1: the newer one is to be seen


def test_a_choice_by_a_name_that_two_returns_bear_is_told_and_not_applied(twice):
    fill(twice, 3, sheets.RETURNS, Quyết_định="Bỏ bản này", **{"SHA-256": None})
    wrong(twice, 1_776_000_000, name="hai", C01_A=127)
    code, said = run("read", twice)
    assert (code, "2 bản gửi khớp với dòng này; ghi đủ mã SHA-256" in said) == (1, True)
    assert total(twice) == (1, 134)
    states = [r["Tình hình"].partition(":")[0] for r in rows(twice, sheets.RETURNS)]
    assert states == ["không tính", "chưa áp dụng", "không tính", "đang được tính"]


def test_reading_nothing_makes_no_file(tmp_path):
    pipeline.begin(tmp_path / "ky", year=2025)
    pipeline.receive(tmp_path / "ky")
    assert not (tmp_path / "ky" / PAPER).exists()
    assert pipeline.receive(tmp_path / "ky").standing.counting == {}


# ------------------------------------------------------------------ the unit's own answer

REASONS = [
    # what stands in Giải trình -> whether it explains a large change, whether it confirms a figure of another scale
    ("", False, False),
    ("-", False, False),
    ("…", False, False),
    (" . . . ", False, False),
    ("x", False, False),
    ("–/–", False, False),
    ("có", False, False),
    ("Sáp nhập hai đơn vị", True, False),
    ("2 xã", True, False),
    ("Đã kiểm tra", True, True),
    ("Đã kiểm tra, sáp nhập hai đơn vị", True, True),
    ("đã KIỂM tra: đúng", True, True),
    ("- Đã kiểm tra.", True, True),
    ("“Đã kiểm tra”", True, True),
    ("Đa\u0303 kiê\u0309m tra lại", True, True),
    (unicodedata.normalize("NFD", "Đã kiểm tra lại"), True, True),
    ("Đã\u00a0kiểm\u00a0tra", True, True),
    ("Đã kiểm", True, False),
    ("Chưa kiểm tra", True, False),
    ("Số này đã kiểm tra", True, False),
]


@pytest.mark.parametrize(("reason", "explains", "confirms"), REASONS)
def test_what_a_unit_says_settles_or_does_not(plan, reason, explains, confirms):
    def asked(number, reason):
        verdict = checks.judge(plan, KEY, returned(plan, {"F12": D(number), "I12": reason or None}), READ_AT)
        return verdict, [f for f in verdict.findings if f.code.word in ("large-change", "unit-scale-suspect")]

    verdict, found = asked(300, reason)
    assert (verdict.status is Status.ACCEPTED, found == []) == (explains, explains)
    verdict, (found,) = asked(120000, reason)
    assert (verdict.status is Status.ACCEPTED, found.severity.value == "info") == (confirms, confirms)
    assert "ghi ở cột Giải trình cùng dòng: Đã kiểm tra" in found.message
    assert ("đơn vị trả lời: " in found.message) == confirms


@pytest.mark.parametrize("state", ["Chưa có số liệu", "Không áp dụng", "Đã tính ở đơn vị khác"])
@pytest.mark.parametrize(("reason", "explains"), [(r, e) for r, e, _ in REASONS])
def test_a_state_needs_a_reason_that_says_something(plan, state, reason, explains):
    typed = {"F13": None, "H13": None, "G13": state, "I13": reason or None}
    verdict = checks.judge(plan, KEY, returned(plan, typed), READ_AT)
    codes = [] if explains else [("I13", "missing-reason")]
    assert [(f.at.address, f.code.word) for f in verdict.findings] == codes
    assert [f.state.value for f in verdict.figures if f.variable == "C01_B"] == ([state] if explains else [])
