"""The stages in their order, on a small campaign: what comes in, comes again, comes wrong, and what becomes of it."""

import hashlib
import importlib
import io
import json
import os
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import docx
import openpyxl
import pytest
from campaigns import NUMBERS, answer, begun, send
from conftest import small_plan
from msgspec.structs import replace

from lsindicators import assignment, files, ledger, pipeline
from lsindicators.errors import OutputLockedError, UnusableInputError
from lsindicators.model import Status


def told(received: pipeline.Received) -> dict[str, tuple[str, str | None, int, list[str]]]:
    """File -> status, unit, values, codes of findings."""
    return {
        r["file"].removeprefix("tra-ve/"): (r["status"], r["unit"], r["values"], [f["code"] for f in r["findings"]])
        for r in received.to_json()["returns"]
    }


def test_every_unit_answers_and_the_criteria_follow(campaign):
    for unit in NUMBERS:
        send(campaign, unit)
    received = pipeline.receive(campaign)
    assert told(received) == {
        "phuong-ky-lua.xlsx": ("accepted", "phuong-ky-lua", 4, []),
        "so-khcn.xlsx": ("accepted", "so-khcn", 7, []),
        "xa-hoa-tham.xlsx": ("accepted", "xa-hoa-tham", 4, []),
    }
    assert received.exit_code == 0
    merged = pipeline.compile_table(campaign)
    found = {c["code"]: (c["value"], c["status"]) for c in merged.to_json()["criteria"]}
    assert found["DV01"] == (162, "computed")
    assert found["KQ07"] == (20, "computed")
    assert found["TD26"] == (100, "computed")
    assert found["HQ02"] == (None, "missing-inputs")  # the labour force of the year before was not given
    assert merged.exit_code == 0
    assert pipeline.write_report(campaign).path.read_bytes().startswith(b"PK")


def test_a_rule_that_only_the_totals_break_is_asked_and_is_no_conflict(campaign):
    send(campaign, "so-khcn")
    send(campaign, "xa-hoa-tham", F17="30")
    send(campaign, "phuong-ky-lua", F17="20")
    assert pipeline.receive(campaign).exit_code == 0
    merged = pipeline.compile_table(campaign)
    document = merged.to_json()
    assert (document["conflicts"], [c["code"] for c in document["reconciliation"]]) == ([], ["rule-broken"])
    assert merged.exit_code == 0
    assert [c.rule for c in merged.differences if c.open] == ["R01"] and merged.waiting == 1


def test_reading_again_answers_as_before(campaign):
    for unit in NUMBERS:
        send(campaign, unit)
    send(campaign, "xa-hoa-tham", "gui lai.xlsx", moment=1_774_100_000, F12="9")
    shutil.copy(campaign / "tra-ve" / "so-khcn.xlsx", campaign / "tra-ve" / "z so-khcn (1).xlsx")
    first = pipeline.receive(campaign).to_json()
    assert pipeline.receive(campaign).to_json() == first
    assert pipeline.receive(campaign, [campaign / "tra-ve"]).to_json() == first


def test_the_same_bytes_under_another_name_are_a_duplicate(campaign):
    send(campaign, "so-khcn")
    shutil.copy(campaign / "tra-ve" / "so-khcn.xlsx", campaign / "tra-ve" / "ban sao.xlsx")
    seen = told(pipeline.receive(campaign))
    assert seen["ban sao.xlsx"][0] == "accepted"  # the first in the order of reading
    assert seen["so-khcn.xlsx"] == ("duplicate", "so-khcn", 0, ["duplicate-file"])


def test_a_later_copy_of_an_old_return_is_no_newer_answer(campaign):
    send(campaign, "xa-hoa-tham", "b lần 1.xlsx", moment=1_774_000_000)
    send(campaign, "xa-hoa-tham", "b lần 2.xlsx", moment=1_774_100_000, F13=8)
    copy = campaign / "tra-ve" / "a bản sao lần 1.xlsx"  # is read first, and was sent last
    shutil.copy(campaign / "tra-ve" / "b lần 1.xlsx", copy)
    os.utime(copy, (1_774_200_000, 1_774_200_000))
    seen = told(pipeline.receive(campaign))
    assert seen["b lần 1.xlsx"][0] == "duplicate"
    assert seen["b lần 2.xlsx"][3] == ["resubmission"]
    assert pipeline.compile_table(campaign).dataset.figure["C01_B", "xa-hoa-tham", 2025].value == 8


def test_a_later_return_replaces_the_former_as_a_whole(campaign):
    send(campaign, "xa-hoa-tham", "b.xlsx")
    pipeline.receive(campaign)
    send(campaign, "xa-hoa-tham", "a.xlsx", moment=1_774_100_000, F12=None, G12="Không phát sinh", F13=8)
    seen = told(pipeline.receive(campaign))
    assert seen["b.xlsx"] == ("accepted", "xa-hoa-tham", 4, [])
    assert seen["a.xlsx"] == ("accepted", "xa-hoa-tham", 4, ["resubmission"])
    dataset = pipeline.compile_table(campaign).dataset
    assert dataset.figure["C01_A", "xa-hoa-tham", 2025].value == 0
    assert dataset.figure["C01_B", "xa-hoa-tham", 2025].value == 8
    message = pipeline.receive(campaign).returns[0].verdict.findings[0].message
    assert "b.xlsx" in message
    assert "C01_A 3 → 0" in message


def test_an_older_return_read_later_does_not_replace_the_newer(campaign):
    send(campaign, "xa-hoa-tham", "b.xlsx", moment=1_774_100_000)
    pipeline.receive(campaign)
    send(campaign, "xa-hoa-tham", "a.xlsx", moment=1_774_000_000, F13=8)
    seen = told(pipeline.receive(campaign))
    assert seen["a.xlsx"][3] == []
    assert seen["b.xlsx"][3] == ["resubmission"]
    assert pipeline.compile_table(campaign).dataset.figure["C01_B", "xa-hoa-tham", 2025].value == 2


def test_a_rejected_return_never_replaces_one_that_was_taken(campaign):
    send(campaign, "xa-hoa-tham")
    empty = campaign / "tra-ve" / "trong.xlsx"
    shutil.copy(campaign / "bieu-mau" / "xa-hoa-tham.xlsx", empty)
    os.utime(empty, (1_775_000_000, 1_775_000_000))
    seen = told(pipeline.receive(campaign))
    assert seen["trong.xlsx"][0] == "rejected"
    assert seen["trong.xlsx"][3] == ["empty-return"]
    assert pipeline.compile_table(campaign).dataset.figure["C01_A", "xa-hoa-tham", 2025].value == 3


def test_a_slip_is_mended_and_counts_over_a_later_form(campaign):
    send(campaign, "xa-hoa-tham", moment=1_774_900_000, F12="ba người")
    received = pipeline.receive(campaign)
    (row,) = received.to_json()["returns"]
    assert (row["status"], row["slip"]) == ("partial", "phieu-tra-lai/xa-hoa-tham.xlsx")
    assert [(f["cell"], f["code"], f["variable"]) for f in row["findings"]] == [("F12", "not-a-number", "C01_A")]
    slip = campaign / row["slip"]
    book = openpyxl.load_workbook(slip)
    sheet = book["Số liệu"]
    assert sheet["F12"].value == "ba người"
    assert sheet["F13"].value == 2
    sheet["F12"].value = 3
    mended = campaign / "tra-ve" / "da sua.xlsx"
    book.save(mended)
    os.utime(mended, (1_774_000_000, 1_774_000_000))  # the clock of that machine is wrong: the round decides
    seen = told(pipeline.receive(campaign))
    assert seen["da sua.xlsx"] == ("accepted", "xa-hoa-tham", 4, ["resubmission"])
    assert not slip.exists()
    assert pipeline.compile_table(campaign).dataset.figure["C01_A", "xa-hoa-tham", 2025].value == 3


def test_forms_of_another_campaign_and_forged_ones_are_rejected(campaign, tmp_path):
    other = begun(tmp_path / "khac")
    answer(other / "bieu-mau" / "so-khcn.xlsx", campaign / "tra-ve" / "ky khac.xlsx", NUMBERS["so-khcn"])
    book = openpyxl.load_workbook(send(campaign, "so-khcn", "sua ma.xlsx"))
    content = io.BytesIO()
    token = book["Số liệu"]["A8"].value
    forged = token.replace("SO-KHCN", "XA-HOA-THAM")
    for sheet in book:
        for line in sheet.iter_rows():
            for cell in line:
                if isinstance(cell.value, str) and "LSI1-" in cell.value:
                    cell.value = forged
        sheet.oddFooter.left.text = forged.partition(": ")[2]
    for name in list(book.defined_names):
        del book.defined_names[name]
    book.custom_doc_props.props.clear()
    book.save(content)
    (campaign / "tra-ve" / "sua ma.xlsx").write_bytes(content.getvalue())
    seen = told(pipeline.receive(campaign))
    assert seen["ky khac.xlsx"][0::3] == ("rejected", ["wrong-campaign"])
    assert seen["sua ma.xlsx"][0::3] == ("rejected", ["forged-form"])
    assert pipeline.receive(campaign).exit_code == 1


def test_a_unit_that_owes_nothing_any_more_is_unknown(campaign):
    send(campaign, "phuong-ky-lua")
    plan = small_plan()
    fewer = tuple(
        type(a)(variable=a.variable, lead=a.lead, supporting=(), lead_written=a.lead_written) for a in plan.assignments
    )
    (campaign / "phan-cong.xlsx").write_bytes(assignment.write(small_plan(assignments=fewer)))
    assert told(pipeline.receive(campaign))["phuong-ky-lua.xlsx"][3] == ["unknown-unit"]


def test_files_without_bytes_are_told_each_and_never_filed(campaign):
    (campaign / "tra-ve" / "a.xlsx").write_bytes(b"")
    (campaign / "tra-ve" / "b.xlsx").write_bytes(b"")
    seen = told(pipeline.receive(campaign))
    assert seen == {name: ("rejected", None, 0, ["unreadable-file"]) for name in ("a.xlsx", "b.xlsx")}
    with ledger.opened(campaign) as book:
        assert book.receipts() == ()


def test_originals_are_kept_and_returns_left_as_they_are(campaign):
    path = send(campaign, "so-khcn")
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    (judged,) = pipeline.receive(campaign).returns
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    path.unlink()
    with ledger.opened(campaign) as book:
        assert book.original(judged.receipt.sha256) == before[0]
    assert pipeline.compile_table(campaign).dataset.figure["C09_B", "so-khcn", 2025].value == 40


def test_gaps_say_why(campaign):
    send(campaign, "so-khcn", F12=None, G12="Chưa có số liệu", I12="Đang rà soát", F13="mười")
    pipeline.receive(campaign)
    merged = pipeline.compile_table(campaign)
    why = {(g["variable"], g["unit"]): g["why"] for g in merged.to_json()["missing"]}
    assert why["C01_A", "so-khcn"] == "not-yet"
    assert why["C01_B", "so-khcn"] == "needs-mending"
    assert why["C01_A", "xa-hoa-tham"] == "no-return"
    variables = {v["code"]: v for v in merged.to_json()["variables"]}
    assert variables["C01_A"]["value"] is None
    assert (variables["C09_A"]["expected_units"], variables["C09_A"]["reported_units"]) == (3, 1)
    outcomes = {c["code"]: c["status"] for c in merged.to_json()["criteria"]}
    assert outcomes == {
        "DV01": "missing-inputs", "KQ07": "partial-coverage", "HQ02": "missing-inputs", "TD26": "partial-coverage",
    }  # fmt: skip


def test_status_counts_days_and_late_units(campaign):
    send(campaign, "so-khcn", moment=1_774_000_000)  # 20/3/2026
    send(campaign, "xa-hoa-tham", moment=1_775_100_000)  # 02/4/2026
    pipeline.receive(campaign)
    state = pipeline.state(campaign, date(2026, 3, 25))
    assert state.days_left == 6
    document = json.loads(json.dumps(state.to_json()))
    seen = {u["unit"]: (u["status"], u["late"]) for u in document["units"]}
    assert seen == {
        "so-khcn": ("accepted", False), "xa-hoa-tham": ("accepted", True), "phuong-ky-lua": ("missing", False),
    }  # fmt: skip
    assert document["summary"]["missing"] == 1
    assert pipeline.state(campaign, date(2026, 4, 1)).days_left == -1


def test_next_year_starts_from_this_one(campaign, tmp_path):
    for unit in NUMBERS:
        send(campaign, unit)
    pipeline.receive(campaign)
    begun = pipeline.begin(tmp_path / "ky-2026", year=2026, previous=campaign)
    plan, findings = assignment.read(begun.path)
    assert findings == ()
    assert plan.year == 2026
    assert plan.settings.unit_deadline == date(2027, 4, 1)
    assert plan.past_value["C14_A", "so-khcn", 2025] == Decimal("29000000.5")
    assert plan.past_value["C01_A", "so-khcn", 2024] == 120
    assert plan.past_value["C01_A", None, 2025] == 137  # what the province reported stays, whoever owes it next year
    assert plan.past_value["C43_A", None, 2025] == 100  # a share of yes, which units that merge could not give again
    assert ledger.key(tmp_path / "ky-2026") != ledger.key(campaign)
    assert pipeline.begin(tmp_path / "ky-sau", previous=campaign).plan.year == 2026
    with pytest.raises(UnusableInputError, match="không trước năm 2025"):
        pipeline.begin(tmp_path / "ky-2025b", year=2025, previous=campaign)


def test_a_form_for_an_unknown_unit_is_refused(campaign):
    with pytest.raises(UnusableInputError, match="“ubnd-xyz” không có"):
        pipeline.issue(campaign, ["ubnd-xyz"])


def mailing(campaign: Path) -> dict[str, dict[str, object]]:
    """``danh-sach-gui.xlsx``: unit -> heading -> cell."""
    heading, *rows = openpyxl.load_workbook(campaign / "danh-sach-gui.xlsx").active.iter_rows(values_only=True)
    return {row[1]: dict(zip(heading, row, strict=True)) for row in rows}


def test_every_form_has_its_letter_and_its_row_in_the_list(campaign):
    listed = mailing(campaign)
    assert list(listed) == ["so-khcn", "xa-hoa-tham", "phuong-ky-lua"]
    for unit, row in listed.items():
        form, letter = campaign / str(row["Biểu mẫu"]), campaign / str(row["Công văn"])
        assert form == campaign / "bieu-mau" / f"{unit}.xlsx"
        assert letter == campaign / "cong-van" / f"{unit}.docx"
        assert row["SHA-256"] == hashlib.sha256(form.read_bytes()).hexdigest()
        text = docx.Document(str(letter)).element.xpath("string(.)")
        assert f"{unit}.xlsx" in text
        assert openpyxl.load_workbook(form)["Số liệu"]["A8"].value.rpartition(" ")[2] in text  # the form's own stamp
    assert [row["Số liệu phải gửi"] for row in listed.values()] == [8, 5, 5]
    assert {row["Thư điện tử"] for row in listed.values()} == {"chưa có địa chỉ"}


def test_issuing_again_writes_nothing(campaign):
    products = [p for p in campaign.rglob("*") if p.suffix in (".docx", ".xlsx")]
    before = {p: p.stat().st_mtime_ns for p in products}
    issued = pipeline.issue(campaign)
    assert not any(written for *_, written in (*issued.forms, *issued.letters))
    assert {p: p.stat().st_mtime_ns for p in products} == before
    assert issued.unaddressed == 3


def test_for_one_unit_the_list_still_holds_all(campaign):
    forms, letters = campaign / "bieu-mau", campaign / "cong-van"
    whole = (campaign / "danh-sach-gui.xlsx").read_bytes()
    (letters / "so-khcn.docx").unlink()
    issued = pipeline.issue(campaign, ["so-khcn"])
    assert [(unit, written) for unit, _, written in issued.letters] == [("so-khcn", True)]
    assert (campaign / "danh-sach-gui.xlsx").read_bytes() == whole
    (forms / "xa-hoa-tham.xlsx").write_bytes(b"another")
    (forms / "phuong-ky-lua.xlsx").unlink()
    (letters / "phuong-ky-lua.docx").unlink()
    pipeline.issue(campaign, ["so-khcn"])
    assert not (letters / "phuong-ky-lua.docx").exists()
    listed = mailing(campaign)
    assert listed["xa-hoa-tham"]["SHA-256"] == hashlib.sha256(b"another").hexdigest()
    missing = listed["phuong-ky-lua"]
    assert [missing[c] for c in ("Biểu mẫu", "Công văn", "SHA-256")] == ["chưa lập"] * 3


def test_forms_and_letters_of_units_that_owe_nothing_any_more_are_told(campaign):
    leads = tuple(replace(a, supporting=(), supporting_written="") for a in small_plan().assignments)
    (campaign / "phan-cong.xlsx").write_bytes(assignment.write(small_plan(assignments=leads)))
    (campaign / "cong-van" / "~$so-khcn.docx").write_bytes(b"held by Word")
    issued = pipeline.issue(campaign)
    assert [p.relative_to(campaign).as_posix() for p in issued.strangers] == [
        "bieu-mau/phuong-ky-lua.xlsx", "bieu-mau/xa-hoa-tham.xlsx",
        "cong-van/phuong-ky-lua.docx", "cong-van/xa-hoa-tham.docx",
    ]  # fmt: skip
    assert list(mailing(campaign)) == ["so-khcn"]


@pytest.mark.parametrize("name", ["so-khcn.docx", "danh-sach-gui.xlsx"])
def test_a_letter_or_list_open_in_office_stops_with_a_sentence(campaign, monkeypatch, name):
    (campaign / "phan-cong.xlsx").write_bytes(
        assignment.write(small_plan(settings=replace(small_plan().settings, compiler="Sở A", signer="Nguyễn Văn A")))
    )
    monkeypatch.setattr(files, "WAITS", (0,))
    replaced = type(campaign).replace

    def locked(self, target):
        if target.name == name:
            raise PermissionError(13, "in use")
        return replaced(self, target)

    monkeypatch.setattr(type(campaign), "replace", locked)
    with pytest.raises(OutputLockedError, match=name):
        pipeline.issue(campaign)


def test_a_faulty_template_of_letters_stops_before_anything_is_written(campaign, monkeypatch):
    monkeypatch.setattr(importlib.import_module("lsindicators.letters.transmittal"), "TAGS", {"year": ""})
    shutil.rmtree(campaign / "bieu-mau")
    with pytest.raises(UnusableInputError, match=r"cong-van-gui-bieu.docx: .* không có thẻ tên"):
        pipeline.issue(campaign)
    assert not (campaign / "bieu-mau").exists()


def test_the_next_step_names_the_list_and_the_letters(campaign):
    told = pipeline.next_step(campaign)
    assert "danh-sach-gui.xlsx" in told and "cong-van/" in told


def test_what_is_left_open_in_the_plan_is_told(campaign):
    book = openpyxl.load_workbook(campaign / "phan-cong.xlsx")
    duties = book["Phân công"]
    duties["B2"] = duties["C2"] = None
    duties["B5"], duties["C5"] = None, "Xã Hoa Thám"
    book["Kỳ báo cáo"]["B4"], book["Kỳ báo cáo"]["B5"] = "01/4/2025", "10/3/2025"
    book.save(campaign / "phan-cong.xlsx")
    (campaign / "bieu-mau" / "~$so-khcn.xlsx").write_bytes(b"held by Excel")
    issued = pipeline.issue(campaign, ["so-khcn", "SO-KHCN"])
    assert [(u, s) for u, _, _, s in issued.forms] == [("so-khcn", True)]
    assert issued.strangers == ()
    assert [note.partition(";")[0] for note in issued.notes] == [
        "chưa giao cho đơn vị nào: C01_A",
        "cách tổng hợp là “chủ trì” nhưng cột Chủ trì để trống: C09_B",
        "Hạn đơn vị gửi 01/4/2025 chưa qua năm số liệu 2025",
        "Hạn báo cáo 10/3/2025 chưa qua năm số liệu 2025",
        "Hạn báo cáo trước Hạn đơn vị gửi",
    ]


def test_a_figure_without_a_weight_is_told_before_the_forms_go_out(campaign):
    book = openpyxl.load_workbook(campaign / "phan-cong.xlsx")
    heads = {c.value: c.column for c in book["Số liệu"][1]}
    for row in book["Số liệu"].iter_rows(min_row=2):
        if row[0].value == "C01_A":
            row[heads["Cách tổng hợp"] - 1].value = "bình quân theo C14_B"
    book.save(campaign / "phan-cong.xlsx")
    (note,) = pipeline.issue(campaign, ["so-khcn"]).notes[:1]
    assert note.startswith("Xã Hoa Thám, Phường Kỳ Lừa báo C01_A mà không báo quyền số C14_B")


def test_an_output_open_in_excel_leaves_all_as_it_was(campaign, monkeypatch):
    send(campaign, "so-khcn")
    pipeline.receive(campaign)
    before = pipeline.compile_table(campaign).path.read_bytes()
    send(campaign, "so-khcn", moment=1_774_200_000, F12=131)
    pipeline.receive(campaign)
    monkeypatch.setattr(files, "WAITS", (0,))

    def locked(self, target):
        raise PermissionError(13, "in use")

    monkeypatch.setattr(type(campaign), "replace", locked)
    with pytest.raises(OutputLockedError, match="tong-hop"):
        pipeline.compile_table(campaign)
    assert (campaign / "tong-hop.xlsx").read_bytes() == before


def test_statuses_are_counted(campaign):
    send(campaign, "so-khcn", F12="x")
    assert pipeline.receive(campaign).summary == {
        Status.ACCEPTED: 0, Status.PARTIAL: 1, Status.REJECTED: 0, Status.DUPLICATE: 0,
    }  # fmt: skip


def test_each_return_is_opened_once(campaign, monkeypatch):
    """Also one that gets a slip, or that came twice."""
    from lsindicators import returns

    opened = []

    def read(content, file, sha256, kind):
        opened.append(file)
        return really(content, file, sha256, kind)

    really = returns.read
    monkeypatch.setattr(returns, "read", read)
    send(campaign, "xa-hoa-tham", F12="mười hai")
    path = send(campaign, "so-khcn")
    shutil.copy(path, campaign / "tra-ve" / "ban-sao.xlsx")
    found = pipeline.receive(campaign)
    assert len(found.returns) == 3 and len(found.slips) == 1
    assert sorted(opened) == ["tra-ve/ban-sao.xlsx", "tra-ve/xa-hoa-tham.xlsx"]


def test_exchanged_years_are_never_read(campaign):
    send(campaign, "xa-hoa-tham", E9="Năm 2025", F9="Năm 2024")
    ((status, unit, count, codes),) = told(pipeline.receive(campaign)).values()
    assert (status, unit, count) == ("partial", "xa-hoa-tham", 0)
    assert "locked-cell-changed" in codes
    assert not [f for f in pipeline.compile_table(campaign).dataset.figures if f.unit == "xa-hoa-tham"]


def test_a_missing_folder_of_returns_is_made(campaign):
    (campaign / "tra-ve").rmdir()
    assert told(pipeline.receive(campaign)) == {}
    assert (campaign / "tra-ve").is_dir()


# ------------------------------------------------------------------ the signed paper and the file


def codes(campaign):
    return {r["file"].removeprefix("tra-ve/"): r["control"] for r in pipeline.receive(campaign).to_json()["returns"]}


def test_a_paper_is_found_by_its_control_code(campaign):
    send(campaign, "so-khcn")
    send(campaign, "xa-hoa-tham")
    found = codes(campaign)
    assert len(set(found.values())) == 2
    code = found["so-khcn.xlsx"]
    for paper in (
        code,
        code.lower(),
        code.replace("-", " "),
        f"Mã kiểm soát: {code}",
        code.replace("0", "O"),
        f"“{code.replace('-', chr(0x2011))}”",
    ):
        held = pipeline.hold(campaign, paper)
        assert [(j.receipt.file, counts) for j, counts in held.returns] == [("tra-ve/so-khcn.xlsx", True)]
        assert held.exit_code == 0


def test_a_paper_of_a_former_return_is_told_as_such(campaign):
    send(campaign, "so-khcn")
    former = codes(campaign)["so-khcn.xlsx"]
    send(campaign, "so-khcn", "lần 2.xlsx", 1_774_100_000, F12=131)
    newer = codes(campaign)["lần 2.xlsx"]
    assert newer != former
    held = pipeline.hold(campaign, former)
    assert [(j.receipt.file, counts) for j, counts in held.returns] == [("tra-ve/so-khcn.xlsx", False)]
    assert (held.exit_code, pipeline.hold(campaign, newer).exit_code) == (1, 0)


def test_a_copy_of_the_file_is_as_good_as_the_file(campaign):
    path = send(campaign, "so-khcn")
    shutil.copy2(path, path.with_name("bản sao.xlsx"))
    held = pipeline.hold(campaign, codes(campaign)["so-khcn.xlsx"])
    assert {(j.receipt.file, counts) for j, counts in held.returns} == {
        ("tra-ve/so-khcn.xlsx", True),
        ("tra-ve/bản sao.xlsx", True),
    }


def test_no_return_has_another_code_and_no_other_text_is_one(campaign):
    send(campaign, "so-khcn")
    pipeline.receive(campaign)
    assert pipeline.hold(campaign, "0000-0000").exit_code == 1
    for paper in ("", "K7Q2", "K7Q2-M9XDD", "mười hai"):
        with pytest.raises(UnusableInputError, match="mã kiểm soát"):
            pipeline.hold(campaign, paper)


def test_what_is_no_form_has_no_control_code(campaign):
    (campaign / "tra-ve" / "khác.xlsx").write_bytes(b"PK no")
    shutil.copy2(campaign / "bieu-mau" / "so-khcn.xlsx", campaign / "tra-ve" / "trống.xlsx")
    assert codes(campaign) == {"khác.xlsx": None, "trống.xlsx": None}


# ------------------------------------------------------------------ issuing again


@pytest.fixture
def making(campaign, monkeypatch):
    """Units whose form or letter is made, and not found to lie there already."""
    pipeline.issue(campaign)
    made = []
    desk = importlib.import_module("lsindicators.pipeline.generate")._Desk
    for kind in ("form", "letter"):
        true = getattr(desk, kind)

        def make(self, unit, kind=kind, true=true):
            made.append((kind, unit))
            return true(self, unit)

        monkeypatch.setattr(desk, kind, make)
    return made


def _issued_files(campaign):
    products = (*(campaign / "bieu-mau").iterdir(), *(campaign / "cong-van").iterdir(), campaign / "danh-sach-gui.xlsx")
    return {p.relative_to(campaign).as_posix(): p.read_bytes() for p in products}


def test_issuing_again_makes_nothing(campaign, making, monkeypatch):
    whole = _issued_files(campaign)
    monkeypatch.setattr(importlib.import_module("lsindicators.letters"), "judged", lambda: pytest.fail("judged again"))
    pipeline.issue(campaign)
    assert (making, _issued_files(campaign)) == ([], whole)


def test_what_was_changed_or_taken_away_is_made_anew_and_nothing_else(campaign, making):
    whole = _issued_files(campaign)
    (campaign / "bieu-mau" / "so-khcn.xlsx").write_bytes(b"edited")
    (campaign / "cong-van" / "phuong-ky-lua.docx").unlink()
    (campaign / "danh-sach-gui.xlsx").write_bytes(b"edited")
    issued = pipeline.issue(campaign)
    assert making == [("form", "so-khcn"), ("letter", "phuong-ky-lua")]
    assert [(u, w) for u, _, _, w in issued.forms if w] == [("so-khcn", True)]
    assert [(u, w) for u, _, w in issued.letters if w] == [("phuong-ky-lua", True)]
    assert _issued_files(campaign) == whole


def test_of_another_plan_program_or_key_all_is_made_anew(campaign, making, monkeypatch):
    whole = _issued_files(campaign)
    book = campaign / "phan-cong.xlsx"
    former = book.read_bytes()
    book.write_bytes(assignment.write(small_plan(settings=replace(small_plan().settings, contact="ông A"))))
    pipeline.issue(campaign)
    assert (len(making), _issued_files(campaign) == whole) == (6, False)
    book.write_bytes(former)
    pipeline.issue(campaign)  # what these bytes gave before is still known, and does not lie there any more
    assert (len(making), _issued_files(campaign)) == (12, whole)
    pipeline.issue(campaign)
    assert len(making) == 12
    monkeypatch.setattr(importlib.import_module("lsindicators.memory"), "_program", lambda: "another")
    pipeline.issue(campaign)
    assert (len(making), _issued_files(campaign)) == (18, whole)
    (campaign / ledger.FOLDER / ledger.KEY_FILE).write_text("ab" * 32)
    pipeline.issue(campaign)
    assert (len(making), _issued_files(campaign) == whole) == (24, False)


def test_without_what_is_remembered_the_same_is_made(campaign, making):
    whole = _issued_files(campaign)
    (campaign / ledger.FOLDER / "nho-tam.bin").unlink()
    shutil.rmtree(campaign / "bieu-mau")
    pipeline.issue(campaign)
    assert (len(making), _issued_files(campaign)) == (6, whole)


def test_what_is_made_of_one_unit_is_remembered_beside_the_others(campaign, making):
    (campaign / "bieu-mau" / "so-khcn.xlsx").unlink()
    pipeline.issue(campaign, ["so-khcn"])
    pipeline.issue(campaign, ["xa-hoa-tham"])
    pipeline.issue(campaign)
    assert making == [("form", "so-khcn")]


def test_of_a_plan_that_does_not_stand_alone_nothing_is_remembered(campaign, making, monkeypatch):
    monkeypatch.setattr(assignment, "stands_alone", lambda plan: False)
    (campaign / ledger.FOLDER / "nho-tam.bin").unlink()
    for n in (1, 2):
        pipeline.issue(campaign)
        assert len(making) == 6 * n


@pytest.mark.parametrize("together", [True, False])
def test_forms_letters_and_slips_outlive_a_power_failure(campaign, monkeypatch, together):
    """Each written file is settled, at the end or as it is written; what was not written is left alone."""
    settled, alone = [], []
    monkeypatch.setattr(files, "TOGETHER", together)
    monkeypatch.setattr(files, "settle", lambda paths, meanwhile=None: settled.extend(p.name for p in paths))
    monkeypatch.setattr(os, "fsync", alone.append)
    (campaign / "bieu-mau" / "so-khcn.xlsx").unlink()
    (campaign / "cong-van" / "so-khcn.docx").unlink()
    (campaign / "danh-sach-gui.xlsx").unlink()
    pipeline.issue(campaign)
    assert sorted(settled) == (["danh-sach-gui.xlsx", "so-khcn.docx", "so-khcn.xlsx"] if together else [])
    assert len(alone) == (1 if together else 4)  # what is remembered is always settled by itself
    settled.clear()
    send(campaign, "so-khcn", F12="ba")
    pipeline.receive(campaign)
    slips = [name for name in settled if name.startswith("so-khcn.")]
    assert slips == (["so-khcn.xlsx", "so-khcn.docx"] if together else [])
