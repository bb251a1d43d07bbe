"""What is told of each receipt: in `read --json`, in bien-nhan.xlsx, in the log, and by `read --explain`."""

import io
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest
from campaigns import send
from conftest import small_plan
from test_interrupted import tree

from lsindicators import assignment, files, ledger, pipeline
from lsindicators.cli import main
from lsindicators.errors import OutputLockedError, UnusableInputError


@pytest.fixture
def campaign(campaign) -> Path:
    """Two versions of a unit's return, a return with a fault, a copy of it, and a file that is no form."""
    folder = campaign
    send(folder, "xa-hoa-tham", "lan 1.xlsx", moment=1_774_000_000)
    send(folder, "xa-hoa-tham", "lan 2.xlsx", moment=1_774_100_000, F12="9", F13=None, G13="Không phát sinh")
    send(folder, "so-khcn", F13="mười")
    shutil.copy2(folder / "tra-ve" / "so-khcn.xlsx", folder / "tra-ve" / "so-khcn (1).xlsx")
    (folder / "tra-ve" / "anh.xlsx").write_bytes(b"\x89PNG no form")
    pipeline.receive(folder)
    return folder


def rows(campaign: Path) -> dict[str, dict]:
    return {r["file"].removeprefix("tra-ve/"): r for r in pipeline.receive(campaign).to_json()["returns"]}


def test_every_return_tells_its_times_its_round_and_whether_it_counts(campaign):
    seen = {
        name: (r["status"], r["current"], r["round"], r["sent_at"], list(r["counts"].values()))
        for name, r in rows(campaign).items()
    }
    first, second = "2026-03-20T16:46:40+07:00", "2026-03-21T20:33:20+07:00"
    changed = "2026-03-20T16:46:40+07:00"
    sent = rows(campaign)["anh.xlsx"]["sent_at"]
    assert seen == {
        "anh.xlsx": ("rejected", False, 0, sent, [1, 0, 0, 0]),
        "lan 1.xlsx": ("accepted", False, 1, first, [0, 0, 0, 0]),
        "lan 2.xlsx": ("accepted", True, 1, second, [0, 0, 1, 1]),
        "so-khcn (1).xlsx": ("partial", True, 1, changed, [1, 0, 0, 0]),
        "so-khcn.xlsx": ("duplicate", False, 1, changed, [0, 0, 0, 1]),
    }
    assert list(rows(campaign)["anh.xlsx"]["counts"]) == ["error", "question", "warning", "info"]


# ------------------------------------------------------------------ bien-nhan.xlsx

HEADINGS = [
    "Số thứ tự", "Thời điểm nhận", "Ngày gửi", "Đơn vị", "Mã đơn vị", "Tệp", "Kết quả", "Số liệu đã lấy", "Lỗi", "Cần hỏi lại",
    "Lưu ý", "Lần (vòng)", "Mã kiểm soát", "SHA-256", "Đang tính (có/không)",
]  # fmt: skip


def receipts(campaign: Path) -> list[list]:
    book = openpyxl.load_workbook(io.BytesIO((campaign / "bien-nhan.xlsx").read_bytes()))
    sheet = book["Biên nhận"]
    assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.paperSize == 9
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_the_book_of_receipts_has_a_row_for_everything_that_ever_came(campaign):
    (campaign / "tra-ve" / "lan 1.xlsx").unlink()
    pipeline.receive(campaign)
    heading, *found = receipts(campaign)
    assert heading == HEADINGS
    picked = [[row[HEADINGS.index(h)] for h in ("Số thứ tự", "Mã đơn vị", "Tệp", "Kết quả", "Số liệu đã lấy", "Lỗi", HEADINGS[-1])] for row in found]  # fmt: skip
    assert picked == [
        [1, None, "tra-ve/anh.xlsx", "Không nhận", 0, 1, "không"],
        [2, "xa-hoa-tham", "tra-ve/lan 1.xlsx", "Đã nhận", 4, 0, "không"],
        [3, "xa-hoa-tham", "tra-ve/lan 2.xlsx", "Đã nhận", 4, 0, "có"],
        [4, "so-khcn", "tra-ve/so-khcn (1).xlsx", "Nhận một phần", 6, 1, "có"],
        [5, "so-khcn", "tra-ve/so-khcn.xlsx", "Trùng tệp đã nhận", 0, 0, "không"],
    ]
    assert found[0][3] == "chưa rõ đơn vị"
    assert found[2][3] == "Xã Hoa Thám"
    assert all(len(row[HEADINGS.index("SHA-256")]) == 64 for row in found)


def test_the_same_receipts_make_the_same_bytes(campaign):
    before = (campaign / "bien-nhan.xlsx").read_bytes()
    (campaign / "bien-nhan.xlsx").unlink()
    pipeline.receive(campaign)
    assert (campaign / "bien-nhan.xlsx").read_bytes() == before


def test_a_book_of_receipts_that_is_open_elsewhere_stops_nothing(campaign, monkeypatch, capsys):
    send(campaign, "phuong-ky-lua")
    real, before = files.write_by, (campaign / "bien-nhan.xlsx").read_bytes()

    def write_by(path, make, **how):
        if path.name == "bien-nhan.xlsx":
            raise OutputLockedError(f"{path}: tệp đang mở trong Excel hoặc Word")
        return real(path, make, **how)

    monkeypatch.setattr(files, "write_by", write_by)
    with pytest.raises(SystemExit) as end:
        main(["read", str(campaign), "--json"])
    out, told = capsys.readouterr()
    assert end.value.code == 1
    assert json.loads(out)["receipts"] is None
    assert told.startswith("Lưu ý: ") and "bien-nhan.xlsx: tệp đang mở" in told
    assert (campaign / "bien-nhan.xlsx").read_bytes() == before
    with ledger.reading(campaign) as book:
        assert len(book.receipts()) == 6


# ------------------------------------------------------------------ the log


def log(campaign: Path) -> list[tuple]:
    with ledger.reading(campaign) as book:
        return [(t.receipt, t.unit, t.status.value, t.counts, t.values, t.errors) for t in book.told()]


FIRST = [
    (1, None, "rejected", False, 0, 1),
    (2, "xa-hoa-tham", "accepted", False, 4, 0),
    (3, "xa-hoa-tham", "accepted", True, 4, 0),
    (4, "so-khcn", "partial", True, 6, 1),
    (5, "so-khcn", "duplicate", False, 0, 0),
]


def test_the_log_grows_by_what_is_told_otherwise(campaign):
    pipeline.receive(campaign)
    assert log(campaign) == FIRST
    with ledger.reading(campaign) as book:
        assert {t.decisions for t in book.told()} == {""}  # questions that wait decide nothing
    plan = small_plan()
    fewer = tuple(v if v.code != "C01_A" else v.__class__(**{f: getattr(v, f) for f in v.__slots__} | {"high": 5}) for v in plan.variables)  # fmt: skip
    (campaign / "phan-cong.xlsx").write_bytes(assignment.write(small_plan(variables=fewer)))
    decide(campaign, "lan 2.xlsx", "Bỏ bản này")
    pipeline.receive(campaign)
    assert [entry for entry in log(campaign)[5:] if entry[0] in (2, 3)] == [
        (2, "xa-hoa-tham", "accepted", True, 4, 0),
        (3, "xa-hoa-tham", "partial", False, 3, 1),
    ]
    with ledger.reading(campaign) as book:
        told = book.told()
    assert told[-1].plan == files.sha256((campaign / "phan-cong.xlsx").read_bytes()) != told[0].plan
    (kept,) = (p.stem for p in (campaign / "so-cai" / "dieu-chinh").iterdir() if p.stem == told[-1].decisions)
    assert (told[0].decisions, told[-1].decisions) == ("", kept)


def decide(campaign: Path, file: str, choice: str, unit: str | None = None) -> None:
    """Let the clerk decide about a return in dieu-chinh.xlsx."""
    path = campaign / "dieu-chinh.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["Bản gửi"]
    heading = {cell.value: cell.column for cell in sheet[1]}
    if unit:  # a row that was not asked
        sheet.append([unit, None, f"tra-ve/{file}"])
    (row,) = (r for r in range(2, sheet.max_row + 1) if str(sheet.cell(r, heading["Tệp"]).value).endswith(file))
    for name, text in (("Quyết định", choice), ("Lý do", "gửi nhầm"), ("Số văn bản", "12/CV")):
        sheet.cell(row, heading[name]).value = text
    book.save(path)


def test_the_log_is_history_and_no_input(campaign):
    before = (
        pipeline.receive(campaign).to_json(),
        pipeline.compile_table(campaign).to_json(),
        (campaign / "tong-hop.xlsx").read_bytes(),
    )
    with closing(sqlite3.connect(campaign / "so-cai" / "so-cai.sqlite")) as connection:
        connection.execute("DROP TABLE told")
        connection.commit()
    after = (
        pipeline.receive(campaign).to_json(),
        pipeline.compile_table(campaign).to_json(),
        (campaign / "tong-hop.xlsx").read_bytes(),
    )
    assert after == before


# ------------------------------------------------------------------ read --explain


def explained(campaign: Path, asked: object) -> dict:
    return pipeline.explain(campaign, str(asked)).to_json()


def test_a_file_is_known_by_every_name_and_by_its_digits(campaign, tmp_path, monkeypatch):
    path = campaign / "tra-ve" / "so-khcn.xlsx"
    digest = files.sha256(path.read_bytes())
    elsewhere = shutil.copy2(path, tmp_path / "thu muc khac.xlsx")
    monkeypatch.chdir(tmp_path)
    asked = (
        path, "ky/tra-ve/so-khcn.xlsx", "tra-ve/so-khcn.xlsx", "so-khcn.xlsx", "so-khcn (1).xlsx", elsewhere, digest,
        digest[:8], digest[:12].upper(), f"{digest[:10]}…",
    )  # fmt: skip
    for name in asked:
        (found,) = explained(campaign, name)["files"]
        assert found["sha256"] == digest
        assert [r["file"] for r in found["receipts"]] == ["tra-ve/so-khcn (1).xlsx", "tra-ve/so-khcn.xlsx"]
    path.unlink()  # the ledger still knows
    assert explained(campaign, "so-khcn.xlsx")["files"][0]["unit"] == "so-khcn"


def test_what_replaced_a_return_and_what_changed(campaign):
    (found,) = explained(campaign, "lan 2.xlsx")["files"]
    assert (found["unit"], found["status"], found["round"], found["current"]) == ("xa-hoa-tham", "accepted", 1, True)
    assert found["replaced_file"] == "tra-ve/lan 1.xlsx"
    assert "gửi sau" in found["why"] and "lan 1.xlsx" in found["why"]
    values = {v["variable"]: (v["former"], v["value"], v["state"], v["cell"], v["changed"]) for v in found["values"]}
    assert values == {
        "C01_A": (3, 9, "Có số liệu", "F12", True),
        "C01_B": (2, 0, "Không phát sinh", "F13", True),
        "C09_A": (1, 1, "Có số liệu", "F17", False),
        "C43_A": ("Có", "Có", "Có số liệu", "F20", False),
    }
    assert [entry["current"] for entry in found["log"]] == [True]
    assert found["stamps"] and all(s["text"].startswith("LSI1-") for s in found["stamps"])

    (former,) = explained(campaign, "lan 1.xlsx")["files"]
    assert (former["status"], former["current"], former["current_file"]) == ("accepted", False, "tra-ve/lan 2.xlsx")
    assert "không được tính" in former["why"] and "gửi sau" in former["why"]


def test_a_higher_round_counts_before_a_later_date(campaign):
    send(campaign, "so-khcn", "moi hon.xlsx", moment=1_774_300_000)
    slip = campaign / "phieu-tra-lai" / "so-khcn.xlsx"
    book = openpyxl.load_workbook(slip)
    book["Số liệu"]["F13"].value = 10
    book.save(campaign / "tra-ve" / "phieu da sua.xlsx")
    pipeline.receive(campaign)
    (found,) = explained(campaign, "moi hon.xlsx")["files"]
    assert (found["current"], found["current_file"]) == (False, "tra-ve/phieu da sua.xlsx")
    assert "vòng 2" in found["why"]


def test_a_decision_of_the_clerk_is_why(campaign):
    decide(campaign, "lan 2.xlsx", "Bỏ bản này")
    pipeline.receive(campaign)
    (left,) = explained(campaign, "lan 2.xlsx")["files"]
    (counts,) = explained(campaign, "lan 1.xlsx")["files"]
    assert (left["current"], left["current_file"], counts["current"]) == (False, "tra-ve/lan 1.xlsx", True)
    assert "quyết định của đầu mối" in left["why"] and "quyết định của đầu mối" in counts["why"]
    # an empty form beside it replaces nothing, however late it came
    shutil.copy(campaign / "bieu-mau" / "so-khcn.xlsx", campaign / "tra-ve" / "trong.xlsx")
    decide(campaign, "so-khcn (1).xlsx", "Bỏ bản này", unit="so-khcn")
    pipeline.receive(campaign)
    (left_out,) = explained(campaign, "so-khcn (1).xlsx")["files"]
    assert (left_out["current_file"], left_out["why"]) == (
        None,
        "không được tính: không còn bản nào của đơn vị được tính",
    )
    (empty,) = explained(campaign, "trong.xlsx")["files"]
    assert (empty["status"], empty["why"]) == ("rejected", "không lấy được số liệu nào từ tệp này")
    assert pipeline.verify(campaign).troubles == ()
    (version,) = (campaign / "so-cai" / "dieu-chinh").glob(f"{left['log'][-1]['decisions_sha256']}.xlsx")
    version.write_bytes(b"damaged")
    assert [t.kind for t in pipeline.verify(campaign).troubles] == ["decisions-damaged"]
    version.unlink()
    assert [t.kind for t in pipeline.verify(campaign).troubles] == ["decisions-missing"]


def test_of_a_rejected_file_the_reason_is_told_and_no_value(campaign):
    (found,) = explained(campaign, "anh.xlsx")["files"]
    assert (found["unit"], found["status"], found["values"], found["current"]) == (None, "rejected", [], False)
    assert [f["code"] for f in found["findings"]] == ["unsupported-format"]
    assert "không lấy được số liệu nào" in found["why"]


def test_what_was_never_read_is_told_so(campaign):
    newer = send(campaign, "phuong-ky-lua")
    explained_ = pipeline.explain(campaign, str(newer))
    assert explained_.exit_code == 1
    assert explained_.known[0].receipts == () and "chưa được đọc" in explained_.known[0].why
    # the name is known with other bytes: both are told
    send(campaign, "so-khcn", F13="99")
    both = pipeline.explain(campaign, "tra-ve/so-khcn.xlsx")
    assert (both.exit_code, [len(k.receipts) for k in both.known]) == (1, [0, 2])


@pytest.mark.parametrize("asked", ["khong-co.xlsx", "abc1234", "ffffffff", "", "tra-ve", "x" * 5000])
def test_what_leads_nowhere_is_one_sentence(campaign, asked):
    with pytest.raises(UnusableInputError, match=r"không có tệp này|đây là thư mục"):
        pipeline.explain(campaign, asked)


def test_a_container_is_explained_by_what_it_holds(campaign):
    import zipfile

    with zipfile.ZipFile(campaign / "tra-ve" / "thu.zip", "w") as bundle:
        bundle.write(send(campaign, "phuong-ky-lua"), "a.xlsx")
        bundle.writestr("b.xlsx", b"PK\x03\x04 broken")
        bundle.writestr("c.xlsx", b"")
    (campaign / "tra-ve" / "phuong-ky-lua.xlsx").unlink()
    pipeline.receive(campaign)
    for asked in ("thu.zip", "tra-ve/thu.zip"):
        assert [f["receipts"][0]["file"] for f in explained(campaign, asked)["files"]] == [
            "tra-ve/thu.zip!a.xlsx",
            "tra-ve/thu.zip!b.xlsx",
        ]
        told = pipeline.explain(campaign, asked)
        assert ([f.at.workbook for f in told.empty], told.exit_code) == (["tra-ve/thu.zip!c.xlsx"], 1)
    for asked in ("thu.zip!a.xlsx", "tra-ve/thu.zip!a.xlsx", "a.xlsx"):
        assert [f["unit"] for f in explained(campaign, asked)["files"]] == ["phuong-ky-lua"]


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_explaining_changes_nothing_on_disk(campaign, options, capsys):
    before = tree(campaign), {p: p.stat().st_mtime_ns for p in campaign.rglob("*")}
    with pytest.raises(SystemExit) as end:
        main(["read", str(campaign), "--explain", "lan 2.xlsx", *options])
    assert end.value.code == 0
    out = capsys.readouterr().out
    assert "LSI1-" in out and "xa-hoa-tham" in out
    if not options:
        assert "Nhật ký" in out and "thay cho tra-ve/lan 1.xlsx" in out and "Số người nghiên cứu" in out
    assert (tree(campaign), {p: p.stat().st_mtime_ns for p in campaign.rglob("*")}) == before


def test_explain_goes_with_no_other_path(campaign, capsys):
    with pytest.raises(SystemExit) as end:
        main(["read", str(campaign), "tra-ve", "--explain", "lan 2.xlsx"])
    assert end.value.code == 2
    assert "--explain dùng riêng" in capsys.readouterr().err
