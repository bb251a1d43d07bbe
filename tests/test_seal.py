"""`report --seal`: what was signed is frozen whole, verifies, is made again to the same figures, and is never overwritten."""

import io
import json
import os
import shutil
import sqlite3
import sys
import time
import zipfile
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import docx
import drafts
import openpyxl
import pytest
from campaigns import begun, send
from click.testing import CliRunner
from conftest import small_plan
from docx.enum.style import WD_STYLE_TYPE
from msgspec.structs import replace
from test_interrupted import breaking  # noqa: F401  # a fixture

from lsindicators import files, ledger, pipeline, sealing
from lsindicators.cli import main
from lsindicators.errors import UnusableInputError
from lsindicators.pipeline import sealed
from lsindicators.sealing import addendum, word

NOW = datetime(2026, 4, 9, 8, 30, tzinfo=UTC)
MAY = datetime(2026, 5, 15, 2, 0, tzinfo=UTC)
SIGNED, CORRECTED = "12/BC-SKHCN ngày 09/4/2026", "20/BC-SKHCN ngày 15/5/2026"
FIRST, SECOND = "01-12-BC-SKHCN.zip", "02-20-BC-SKHCN.zip"
REPORT, ADDENDUM = "bao-cao.docx", "bao-cao-bo-sung-1.docx"


@pytest.fixture(scope="module")
def reported(tmp_path_factory) -> Path:
    """A campaign whose report lies there; nothing is sealed."""
    folder = begun(tmp_path_factory.mktemp("reported") / "ky")
    for unit in ("so-khcn", "xa-hoa-tham", "phuong-ky-lua"):
        send(folder, unit)
    pipeline.receive(folder)
    pipeline.compile_table(folder)
    pipeline.write_report(folder)
    return folder


@pytest.fixture(scope="module")
def sealed_once(reported, tmp_path_factory) -> Path:
    """The same, sealed on 09/4/2026."""
    folder = shutil.copytree(reported, tmp_path_factory.mktemp("sealed") / "ky")
    pipeline.seal(folder, (SIGNED,), now=NOW)
    return folder


@pytest.fixture(scope="module")
def corrected(sealed_once, tmp_path_factory) -> Path:
    """The same, after a unit has sent again and the addendum was written."""
    folder = shutil.copytree(sealed_once, tmp_path_factory.mktemp("corrected") / "ky")
    resend(folder)
    pipeline.write_report(folder)
    return folder


def resend(folder: Path, **cells: object) -> None:
    """xa-hoa-tham finds that it had 5 researchers, not 3."""
    send(folder, "xa-hoa-tham", "xa-hoa-tham lan 2.xlsx", moment=1_778_500_000, **(cells or {"F12": 5}))
    pipeline.receive(folder)


@pytest.fixture
def campaign(sealed_once, tmp_path) -> Path:
    return shutil.copytree(sealed_once, tmp_path / "ky")


@pytest.fixture
def may(corrected, tmp_path) -> Path:
    return shutil.copytree(corrected, tmp_path / "ky")


def package(campaign: Path, name: str = FIRST) -> Path:
    return campaign / "niem-phong" / name


def kinds(verified: pipeline.SealsVerified) -> list[tuple[str, str]]:
    """What is wrong: kind and member."""
    faults = [f for c in verified.checked for f in c.faults]
    return [(f.kind, f.member) for f in (*faults, *verified.troubles)]


def said(path: Path) -> list[str]:
    document = docx.Document(path)
    cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
    return [p.text for p in document.paragraphs] + cells


def rows(path: Path) -> list[tuple[str, ...]]:
    """Rows of the addendum's tables of figures: signed, corrected, difference, reason."""
    told = word.read(path.read_bytes(), path.name).rows
    return [row[3:] for row in told if len(row) == 7 and row[0].isdigit()]


def run(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(main, [str(a) for a in arguments])
    return done.exit_code, done.output


# ------------------------------------------------------------------ sealing


def test_the_package_holds_what_lies_there_and_what_it_rests_on(campaign):
    with zipfile.ZipFile(package(campaign)) as held:
        assert sorted(held.namelist()) == [
            "DOC-TRUOC.txt", "SHA256SUMS.txt", "bao-cao-ubnd.docx", "bao-cao.docx", "bien-nhan.json",
            "dieu-chinh.xlsx", "du-lieu.json",
            "niem-phong.json", "phan-cong.xlsx", "tong-hop.xlsx", "xac-thuc.txt",
        ]  # fmt: skip
        for name in (REPORT, "phan-cong.xlsx"):
            assert held.read(name) == (campaign / name).read_bytes()
        manifest = json.loads(held.read("niem-phong.json"))
        receipts = json.loads(held.read("bien-nhan.json"))
        for line in held.read("SHA256SUMS.txt").decode().splitlines():
            digest, name = line.split("  ", 1)
            assert files.sha256(held.read(name)) == digest
    assert manifest["sealed_at"] == "2026-04-09T15:30:00+07:00"
    assert manifest["documents"] == {REPORT: SIGNED}
    assert manifest["previous"] is None
    assert [(r["unit"], r["counts"]) for r in receipts] == [
        ("phuong-ky-lua", True), ("so-khcn", True), ("xa-hoa-tham", True),
    ]  # fmt: skip
    assert {r["sha256"] for r in receipts} == {p.name for p in (campaign / "so-cai" / "goc").iterdir()}


def test_neither_originals_nor_the_key_are_in_the_package(campaign):
    key = (campaign / "so-cai" / "khoa-ky.txt").read_bytes().strip()
    originals = {p.read_bytes() for p in (campaign / "so-cai" / "goc").iterdir()}
    with zipfile.ZipFile(package(campaign)) as held:
        for name in held.namelist():
            assert key not in held.read(name)
            assert held.read(name) not in originals


def test_the_figures_are_those_of_merge(campaign):
    with zipfile.ZipFile(package(campaign)) as held:
        told = json.loads(held.read("du-lieu.json"))
    told.pop("figures")
    for item in (*told["criteria"], *told["companions"], *told["variables"]):
        exact = item.pop("exact")
        assert exact["value"] is None or Decimal(exact["value"]) == Decimal(str(item["value"]))
    assert told == pipeline.compile_table(campaign).to_json()


def test_a_fresh_seal_verifies_and_is_made_again(campaign):
    verified = pipeline.verify_all(campaign)
    assert (kinds(verified), verified.exit_code) == ([], 0)
    assert verified.checked[0].figures > 20
    whole = pipeline.verify(campaign)
    assert (whole.troubles, whole.seals) == ((), 1)


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
def test_the_same_inputs_have_the_same_bytes_wherever_they_are_sealed(reported, tmp_path, monkeypatch, zone):
    expected = None
    for at in ("UTC", zone):
        monkeypatch.setenv("TZ", at)
        time.tzset()
        folder = shutil.copytree(reported, tmp_path / at.replace("/", "-") / "ky")
        pipeline.seal(folder, (SIGNED,), now=NOW)
        expected = expected or package(folder).read_bytes()
        assert package(folder).read_bytes() == expected
        assert kinds(pipeline.verify_all(folder)) == []
    monkeypatch.undo()
    time.tzset()


def test_sealing_again_with_nothing_changed_writes_nothing(campaign):
    before = package(campaign).read_bytes()
    again = pipeline.seal(campaign, now=MAY)
    assert (again.fresh, again.package.number) == (False, 1)
    assert [p.name for p in (campaign / "niem-phong").iterdir()] == [FIRST]
    assert package(campaign).read_bytes() == before


def test_a_scan_that_comes_later_is_the_next_link(campaign, tmp_path):
    scan = tmp_path / "Báo cáo đã ký.pdf"
    scan.write_bytes(b"%PDF-1.7 signed")
    done = pipeline.seal(campaign, signed=(scan,), now=MAY)
    assert (done.fresh, done.path.name, done.package.is_addendum) == (True, "02-2026-05-15.zip", False)
    assert done.package.members["ban-ky/Báo cáo đã ký.pdf"] == scan.read_bytes()
    assert not pipeline.seal(campaign, signed=(scan,)).fresh
    assert kinds(pipeline.verify_all(campaign)) == []


def test_words_that_people_wrote_are_sealed_as_they_are(reported, tmp_path):
    folder = shutil.copytree(reported, tmp_path / "ky")
    document = docx.Document(folder / REPORT)
    document.paragraphs[-1].insert_paragraph_before("Lời của Giám đốc Sở.")
    document.save(folder / REPORT)
    done = pipeline.seal(folder, (SIGNED,), now=NOW)
    assert done.package.members[REPORT] == (folder / REPORT).read_bytes()
    assert "Lời của Giám đốc Sở." in word.read(done.package.members[REPORT], REPORT).paragraphs


# ------------------------------------------------------------------ what stops a sealing


def refused(campaign: Path, *documents: str, **more: object) -> str:
    before = sorted(p.name for p in (campaign / "niem-phong").glob("*"))
    with pytest.raises(UnusableInputError) as error:
        pipeline.seal(campaign, documents, now=NOW, **more)
    assert sorted(p.name for p in (campaign / "niem-phong").glob("*")) == before
    return str(error.value)


@pytest.fixture
def unsealed(reported, tmp_path) -> Path:
    return shutil.copytree(reported, tmp_path / "ky")


def test_no_report_is_no_seal(unsealed):
    (unsealed / REPORT).unlink()
    assert "lsindicators report" in refused(unsealed)


def test_a_return_that_lies_unread_stops_it(unsealed):
    send(unsealed, "xa-hoa-tham", "moi.xlsx", moment=1_775_500_000, F12=9)
    assert "tra-ve/moi.xlsx" in refused(unsealed)


def test_a_report_older_than_the_figures_stops_it(unsealed):
    resend(unsealed)
    told = refused(unsealed)
    assert "C01_A" in told and "DV01" in told and "KQ07" not in told
    pipeline.write_report(unsealed)
    assert pipeline.seal(unsealed, now=NOW).fresh


def test_a_figure_typed_over_in_word_stops_it(unsealed):
    document = docx.Document(unsealed / REPORT)
    cell = next(
        c for t in document.tables for r in t.rows for c in r.cells[5:6] if "C01_A" in [x.text for x in r.cells]
    )
    cell.paragraphs[0].runs[0].text = "999"
    document.save(unsealed / REPORT)
    assert "C01_A" in refused(unsealed)


def test_a_template_of_ones_own_may_leave_out_the_parts(unsealed):
    document = docx.Document(unsealed / REPORT)
    for table in document.tables:
        if "C01_A" in [c.text for row in table.rows for c in row.cells]:
            table._element.getparent().remove(table._element)
    document.save(unsealed / REPORT)
    assert pipeline.seal(unsealed, now=NOW).fresh


def test_a_report_without_its_criteria_is_none(unsealed):
    docx.Document().save(unsealed / REPORT)
    assert "DV01" in refused(unsealed)


def test_a_year_in_which_nobody_answered_can_be_sealed(tmp_path):
    folder = begun(tmp_path / "ky")
    pipeline.write_report(folder)
    pipeline.seal(folder, now=NOW)
    assert kinds(pipeline.verify_all(folder)) == []


def test_the_number_in_the_head_and_what_is_unwritten_or_of_wrong_form_are_told(unsealed):
    path = unsealed / REPORT
    number, day = (f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>' for text in (" 09", "ngày 09 tháng 4 năm 2026"))
    body = drafts.write(drafts.write(path.read_bytes(), drafts.NUMBER, number), drafts.DAY, day)
    small = drafts.typed("Đạt khá").replace("<w:r>", '<w:r><w:rPr><w:sz w:val="22"/></w:rPr>')
    path.write_bytes(drafts.write(body, "loi-noi-bat", small))
    done = pipeline.seal(unsealed, now=NOW)
    assert done.to_json()["documents"] == {REPORT: "09/BC-SKHCN ngày 09/4/2026"}
    told = " | ".join(done.notes)
    assert "bao-cao.docx: còn 6 chỗ trong ngoặc vuông chưa ai viết: [Ghi văn bản" in told
    assert "bao-cao.docx: 1 chỗ chưa đúng thể thức (xem lsindicators report --format bao-cao.docx)" in told
    assert "khác số đã khai" not in told
    other = pipeline.seal(unsealed, (SIGNED,), now=MAY)
    assert f"bao-cao.docx ghi số 09/BC-SKHCN ngày 09/4/2026, khác số đã khai là {SIGNED}" in other.notes


def test_a_sealed_report_that_broke_since_is_told_in_a_sentence(campaign):
    body = (campaign / REPORT).read_bytes()
    (campaign / REPORT).write_bytes(body[:-400])
    with pytest.raises(UnusableInputError, match=r"bao-cao\.docx: không đọc được tệp Word này"):
        pipeline.seal(campaign, (CORRECTED,), now=MAY)


def test_a_pdf_older_than_its_report_is_told(unsealed):
    (unsealed / "bao-cao.pdf").write_bytes(b"%PDF")
    os.utime(unsealed / "bao-cao.pdf", (1, 1))
    done = pipeline.seal(unsealed, now=NOW)
    assert [n for n in done.notes if n.startswith("bao-cao.pdf")]
    assert done.package.members["bao-cao.pdf"] == b"%PDF"


def test_a_report_that_is_open_in_word_stops_it(unsealed):
    (unsealed / "~$o-cao.docx").write_bytes(b"")
    assert "~$o-cao.docx" in refused(unsealed)


def test_leads_that_disagree_stop_it(tmp_path):
    plan = small_plan()
    two = tuple(
        a.__class__(variable=a.variable, lead=("so-khcn", "xa-hoa-tham"), supporting=(), lead_written="", supporting_written="")
        if a.variable == "C09_B" else a for a in plan.assignments
    )  # fmt: skip
    folder = begun(tmp_path / "ky", small_plan(assignments=two))
    for unit in ("so-khcn", "phuong-ky-lua"):
        send(folder, unit)
    from campaigns import NUMBERS, answer

    answer(
        folder / "bieu-mau" / "xa-hoa-tham.xlsx", folder / "tra-ve" / "xa.xlsx", {**NUMBERS["xa-hoa-tham"], "C09_B": 41}
    )
    pipeline.receive(folder)
    pipeline.write_report(folder)
    assert "C09_B" in refused(folder)


@pytest.mark.parametrize("text", ["12", "BC-SKHCN", "12/BC-SKHCN hôm qua", ""])
def test_a_document_that_cannot_be_understood_stops_it(unsealed, text):
    assert "--document" in refused(unsealed, text)


def test_an_assignment_saved_while_sealing_stops_it(unsealed, monkeypatch):
    from lsindicators import assignment

    plan = small_plan()
    other = (replace(plan.criteria[0], formula="C01_A * 2"), *plan.criteria[1:])
    changed = assignment.write(replace(plan, criteria=other))
    room = sys.modules["lsindicators.pipeline.sealing"]  # the package has a function of this name
    monkeypatch.setattr(room, "content", lambda p: changed if p.name == "phan-cong.xlsx" else p.read_bytes())
    assert "phan-cong.xlsx" in refused(unsealed)


def test_a_signed_file_that_is_not_there_stops_it(unsealed, tmp_path):
    assert "--signed" in refused(unsealed, signed=(tmp_path / "x.pdf",))


# ------------------------------------------------------------------ tampering


def rewritten(path: Path, change) -> None:
    """The package again, as plain zip, with its members changed."""
    with zipfile.ZipFile(path) as held:
        members = {name: held.read(name) for name in held.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w") as target:
        for name, content in members.items():
            target.writestr(name, content)


def edit(name: str, old: bytes, new: bytes):
    def change(members: dict[str, bytes]) -> None:
        assert old in members[name]
        members[name] = members[name].replace(old, new)

    return change


def forged(members: dict[str, bytes]) -> None:
    """Another figure, with all sums and the manifest made to fit: only the key tells it."""
    members["du-lieu.json"] = members["du-lieu.json"].replace(b'"year": 2025', b'"year": 2024', 1)
    digest = files.sha256(members["du-lieu.json"])
    manifest = json.loads(members["niem-phong.json"])
    next(m for m in manifest["members"] if m["name"] == "du-lieu.json")["sha256"] = digest
    members["niem-phong.json"] = json.dumps(manifest).encode()


TAMPERINGS = {
    "member changed": (edit("tong-hop.xlsx", b"PK", b"KP"), [("member-damaged", "tong-hop.xlsx")]),
    "figures changed": (
        edit("du-lieu.json", b'"year": 2025', b'"year": 2024'),
        [("member-damaged", "du-lieu.json"), ("not-remade", "du-lieu.json")],
    ),
    "member removed": (lambda m: m.pop("bao-cao.docx"), [("member-missing", "bao-cao.docx")]),
    "member added": (lambda m: m.update({"them.txt": b"x"}), [("member-foreign", "them.txt")]),
    "manifest edited": (edit("niem-phong.json", b"12/BC-SKHCN", b"13/BC-SKHCN"), [("seal-forged", "niem-phong.json")]),
    "manifest made to fit": (forged, [("seal-forged", "niem-phong.json")]),
    "manifest no JSON": (
        lambda m: m.update({"niem-phong.json": b"{" * 100_000}), [("manifest-damaged", "niem-phong.json")],
    ),
    "manifest of another kind": (
        lambda m: m.update({"niem-phong.json": b'{"format": "x"}'}), [("manifest-damaged", "niem-phong.json")],
    ),
    "no manifest": (lambda m: m.pop("niem-phong.json"), [("not-a-package", "")]),
    "no signature": (lambda m: m.pop("xac-thuc.txt"), [("seal-forged", "niem-phong.json")]),
    "path out of the package": (lambda m: m.update({"../../x.txt": b"x"}), [("unsafe-name", "../../x.txt")]),
    "absolute path": (lambda m: m.update({"/etc/x": b"x"}), [("unsafe-name", "/etc/x")]),
    "path of Windows": (lambda m: m.update({"C:\\x": b"x"}), [("unsafe-name", "C:\\x")]),
}  # fmt: skip


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_a_tampered_package_is_told(campaign, tampering):
    change, expected = TAMPERINGS[tampering]
    rewritten(package(campaign), change)
    found = kinds(pipeline.verify_all(campaign))
    assert [f for f in found if f[0] != "sealed-file-deleted"] == expected
    code, told = run("report", campaign, "--verify")
    assert (code, told.count("Hỏng: ")) == (1, len(found))
    assert run("status", campaign, "--verify")[0] == 1


def bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("0.bin", bytes(2**22))
    return stream.getvalue()


def doubled() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as target, pytest.warns(UserWarning, match="Duplicate"):
        target.writestr("a", b"1")
        target.writestr("a", b"2")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (lambda whole: whole[: len(whole) // 2], "not-a-package"),
        (lambda whole: b"", "not-a-package"),
        (lambda whole: b"Khong phai zip" * 100, "not-a-package"),
        (lambda whole: bomb(), "package-too-large"),
        (lambda whole: doubled(), "duplicate-member"),
    ],
    ids=["cut", "empty", "other file", "bomb", "two of a name"],
)
def test_what_is_no_package_is_told_in_a_sentence(campaign, tmp_path, monkeypatch, body, kind):
    monkeypatch.setattr("lsindicators.sealing.package.MEMBER", 2**21)
    other = tmp_path / "goi.zip"
    other.write_bytes(body(package(campaign).read_bytes()))
    before = sorted(tmp_path.rglob("*"))
    assert [k for k, _ in kinds(pipeline.verify_package(campaign, other))] == [kind]
    assert sorted(tmp_path.rglob("*")) == before


def test_every_cut_and_many_flipped_bytes_are_told(campaign, tmp_path):
    whole = package(campaign).read_bytes()
    other = tmp_path / "goi.zip"
    step = len(whole) // 60
    for at in range(0, len(whole), step):
        for body in (whole[:at], whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :]):
            opened, faults = sealing.opened(body, other.name)
            same = opened is not None and not faults and opened.members == sealing.opened(whole, "")[0].members
            assert faults or same  # a flipped bit in a time of the directory changes nothing that is sealed


def test_figures_that_do_not_come_from_the_originals_are_named(campaign, reported, tmp_path):
    """Who holds the key can seal anything; the originals still say otherwise."""
    key = ledger.kept_key(campaign)
    held = sealing.opened(package(campaign).read_bytes(), FIRST)[0]
    facts = {k: v for k, v in held.manifest.items() if k not in ("format", "members")}
    members = {n: c for n, c in held.members.items() if n not in ("niem-phong.json", "SHA256SUMS.txt")}
    told = json.loads(members["du-lieu.json"])
    told["criteria"][0]["value"] += 1
    members["du-lieu.json"] = json.dumps(told).encode()
    facts["versions"] = {**facts["versions"], "python": "3.99.0"}
    body = sealing.pack(facts, members, key, 2025)
    unsealed = shutil.copytree(reported, tmp_path / "unsealed")
    other = unsealed / "khac.zip"
    other.write_bytes(body)
    (checked,) = pipeline.verify_package(unsealed, other).checked
    assert [f.kind for f in checked.faults] == ["figures-differ"]
    assert "DV01" in checked.faults[0].message and "3.99.0" in checked.faults[0].message
    package(campaign).write_bytes(body)
    assert ("seal-replaced", "") in kinds(pipeline.verify_all(campaign))


def test_a_package_that_is_gone_is_told_and_the_report_stays(campaign):
    package(campaign).unlink()
    assert kinds(pipeline.verify_all(campaign)) == [("package-missing", FIRST)]
    before = (campaign / REPORT).read_bytes()
    for refuse in (pipeline.write_report, pipeline.seal):
        with pytest.raises(UnusableInputError, match="01-12-BC-SKHCN"):
            refuse(campaign)
    assert (campaign / REPORT).read_bytes() == before


def test_a_second_file_of_a_number_is_told_and_changes_nothing(campaign):
    shutil.copy2(package(campaign), campaign / "niem-phong" / "01-khac.zip")
    (campaign / "niem-phong" / "ghi chu.txt").write_bytes(b"x")
    assert kinds(pipeline.verify_all(campaign)) == [("foreign-file", "01-khac.zip"), ("foreign-file", "ghi chu.txt")]
    assert not pipeline.seal(campaign).fresh


def test_a_lost_original_is_told(campaign):
    next((campaign / "so-cai" / "goc").iterdir()).unlink()
    assert [k for k, _ in kinds(pipeline.verify_all(campaign))] == ["not-remade"]


def test_a_receipt_that_says_otherwise_is_told(campaign):
    with closing(sqlite3.connect(campaign / "so-cai" / "so-cai.sqlite")) as connection:
        connection.execute("DROP TRIGGER receipt_update")
        connection.execute("UPDATE receipt SET sent_at = '2026-04-02T00:00:00+07:00' WHERE \"order\" = 1")
        connection.commit()
    assert [k for k, _ in kinds(pipeline.verify_all(campaign))] == ["receipt-differs"]


def test_sealed_reports_that_were_edited_or_deleted_are_told(campaign):
    document = docx.Document(campaign / REPORT)
    document.save(campaign / REPORT)
    assert kinds(pipeline.verify_all(campaign)) == [("sealed-file-edited", REPORT)]
    (campaign / REPORT).unlink()
    assert kinds(pipeline.verify_all(campaign)) == [("sealed-file-deleted", REPORT)]
    again = pipeline.write_report(campaign)
    assert not (campaign / REPORT).exists() and len(again.after.notes) == 1


def test_a_third_party_without_the_campaign_holds_the_hashes(campaign, tmp_path):
    alone = tmp_path / "kiem-toan"
    alone.mkdir()
    shutil.copy2(package(campaign), alone / FIRST)
    (checked,) = pipeline.verify_package(alone, alone / FIRST).checked
    assert (checked.faults, checked.figures, len(checked.notes)) == ((), None, 1)
    assert checked.package.code == files.sha256(checked.package.members["niem-phong.json"])


def test_another_campaign_does_not_own_it(campaign, tmp_path):
    other = begun(tmp_path / "ky-khac")
    assert kinds(pipeline.verify_package(other, package(campaign))) == [("seal-forged", "niem-phong.json")]


# ------------------------------------------------------------------ after the seal


def test_report_leaves_a_sealed_report_alone(campaign):
    before = (campaign / REPORT).stat().st_mtime_ns
    done = pipeline.write_report(campaign)
    assert [(a.path.name, a.addendum) for a in done.after.answers] == [(REPORT, None)]
    assert [w.path.name for w in done.written] == ["bao-cao-ubnd.docx"]  # the committee has signed nothing yet
    assert (campaign / REPORT).stat().st_mtime_ns == before


def test_a_unit_that_sends_again_makes_an_addendum_of_just_that(may):
    assert (may / REPORT).read_bytes() == sealing.opened(package(may).read_bytes(), "")[0].members[REPORT]
    why = "Xã Hoa Thám gửi lại số liệu ngày 11/5/2026"
    assert rows(may / ADDENDUM) == [("162", "164", "+2", why), ("137", "139", "+2", why)]
    told = " ".join(said(may / ADDENDUM))
    assert "Báo cáo số 12/BC-SKHCN ngày 09 tháng 4 năm 2026" in told
    assert "Số liệu của 03 tiêu chí còn lại (trong 04 tiêu chí) không thay đổi." in told
    assert "01 đơn vị gửi lại" in told
    assert "{" not in told


def test_the_addendum_is_the_next_link_and_both_make_their_own_figures(may):
    done = pipeline.seal(may, (CORRECTED,), now=MAY)
    assert (done.path.name, done.package.is_addendum, done.package.number) == (SECOND, True, 2)
    assert done.package.manifest["documents"] == {REPORT: SIGNED, ADDENDUM: CORRECTED}
    verified = pipeline.verify_all(may)
    assert kinds(verified) == []
    first, second = (sealed.data(c.package)["criteria"][0]["value"] for c in verified.checked)
    assert (first, second) == (162, 164)
    assert verified.checked[1].package.previous == verified.checked[0].package.code
    before = (may / ADDENDUM).read_bytes()
    assert pipeline.write_report(may).after.answers[0].addendum is None
    assert not pipeline.seal(may).fresh
    assert (may / ADDENDUM).read_bytes() == before


def test_the_second_addendum_starts_from_the_first(may):
    pipeline.seal(may, (CORRECTED,), now=MAY)
    send(may, "xa-hoa-tham", "lan 3.xlsx", moment=1_779_500_000, F12=7)
    pipeline.receive(may)
    (answer,) = pipeline.write_report(may).after.answers
    assert answer.addendum.name == "bao-cao-bo-sung-2.docx"
    assert [r[:3] for r in rows(answer.addendum)] == [("164", "166", "+2"), ("139", "141", "+2")]
    assert CORRECTED in " ".join(said(answer.addendum))


def test_a_chain_with_a_link_taken_out_or_changed_is_told(may):
    pipeline.seal(may, (CORRECTED,), now=MAY)
    body = package(may).read_bytes()
    package(may).unlink()
    assert kinds(pipeline.verify_all(may)) == [("package-missing", FIRST), ("chain-broken", SECOND)]
    package(may).write_bytes(body)
    held = sealing.opened(body, FIRST)[0]
    facts = {k: v for k, v in held.manifest.items() if k not in ("format", "members")} | {"open": ["x"]}
    members = {n: c for n, c in held.members.items() if n not in ("niem-phong.json", "SHA256SUMS.txt")}
    package(may).write_bytes(sealing.pack(facts, members, ledger.kept_key(may), 2025))
    assert kinds(pipeline.verify_all(may)) == [("seal-replaced", ""), ("chain-broken", SECOND)]


def test_figures_that_differ_are_not_sealed_without_their_addendum(may):
    (may / ADDENDUM).unlink()
    assert ADDENDUM in refused(may)


def test_an_addendum_older_than_the_figures_is_not_sealed(may):
    send(may, "xa-hoa-tham", "lan 3.xlsx", moment=1_779_500_000, F12=7)
    pipeline.receive(may)
    assert ADDENDUM in refused(may)


def test_a_decision_is_the_reason_with_its_document(campaign):
    pipeline.compile_table(campaign)
    path = campaign / "dieu-chinh.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["Số liệu"]
    heads = {c.value: c.column for c in sheet[1]}
    row = {"Mã đơn vị": "xa-hoa-tham", "Mã số liệu": "C01_B", "Năm": 2025, "Quyết định": "Sửa thành", "Giá trị": 4,
           "Lý do": "Đếm lại cùng xã", "Số văn bản": "45/SKHCN-QLKH"}  # fmt: skip
    at = sheet.max_row + 1
    for name, value in row.items():
        sheet.cell(at, heads[name], value)
    book.save(path)
    (answer,) = pipeline.write_report(campaign).after.answers
    assert [r[:3] for r in rows(answer.addendum)] == [("162", "164", "+2"), ("25", "27", "+2")]
    assert "45/SKHCN-QLKH" in rows(answer.addendum)[0][3] and "Đếm lại cùng xã" in rows(answer.addendum)[0][3]


def test_words_changed_after_signing_are_an_addendum_too(campaign):
    document = docx.Document(campaign / REPORT)
    paragraph = next(p for p in document.paragraphs if p.text.startswith("Trên đây là báo cáo"))
    paragraph.insert_paragraph_before("Đính chính & bổ sung <một> ý: {{ x }}")
    document.save(campaign / REPORT)
    before = (campaign / REPORT).read_bytes()
    (answer,) = pipeline.write_report(campaign).after.answers
    assert answer.corrected == (0, 0, 1)
    assert (campaign / REPORT).read_bytes() == before
    assert "Đính chính & bổ sung <một> ý: {{ x }}" in said(answer.addendum)
    done = pipeline.seal(campaign, (CORRECTED,), now=MAY)
    assert done.package.is_addendum and pipeline.write_report(campaign).after.answers[0].addendum is None
    assert kinds(pipeline.verify_all(campaign)) == []


def test_words_in_a_draft_addendum_are_never_lost(may):
    document = docx.Document(may / ADDENDUM)
    document.paragraphs[-1].insert_paragraph_before("Ý kiến của lãnh đạo.")
    document.save(may / ADDENDUM)
    written = (may / ADDENDUM).read_bytes()
    (answer,) = pipeline.write_report(may).after.answers
    assert (answer.fresh, answer.put_aside) == (False, None)
    assert (may / ADDENDUM).read_bytes() == written  # it shows the figures: nothing to be done
    send(may, "xa-hoa-tham", "lan 3.xlsx", moment=1_779_500_000, F12=7)
    pipeline.receive(may)
    (answer,) = pipeline.write_report(may).after.answers
    assert answer.fresh and answer.put_aside.read_bytes() == written
    assert [r[:2] for r in rows(answer.addendum)] == [("162", "166"), ("137", "141")]


def test_the_committees_report_is_sealed_when_it_is_signed(campaign):
    other = "bao-cao-ubnd.docx"
    done = pipeline.seal(campaign, ("45/BC-UBND ngày 14/4/2026",), now=MAY)
    assert (done.path.name, done.package.is_addendum) == ("02-45-BC-UBND.zip", False)
    resend(campaign)
    before = (campaign / other).read_bytes()
    answers = pipeline.write_report(campaign).after.answers
    assert [a.addendum.name for a in answers] == [ADDENDUM, "bao-cao-ubnd-bo-sung-1.docx"]
    assert (campaign / other).read_bytes() == before
    told = " ".join(said(answers[1].addendum))
    assert "45/BC-UBND" in told and "Bộ Khoa học và Công nghệ" in told


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_sealing_killed_leaves_nothing_half(reported, tmp_path, breaking):  # noqa: F811
    folder = tmp_path / "ky"
    shutil.copytree(reported, folder)
    assert breaking("report", folder, "--seal", how="here")["exit"] == 0
    shutil.rmtree(folder)
    shutil.copytree(reported, folder)
    steps = breaking("report", folder, "--seal")["steps"]
    ours = [
        n
        for n, step in enumerate(steps, 1)
        if "niem-phong" in step or ".~lsi" in step or ".zip" in step or "sql" in step
    ]
    assert len(ours) > 4
    for at in ours[-6::2]:
        shutil.rmtree(folder)
        shutil.copytree(reported, folder)
        assert breaking("report", folder, "--seal", at=at) == {"signal": 9}, steps[at - 1]
        assert breaking("report", folder, "--seal")["exit"] == 0
        assert len(list((folder / "niem-phong").iterdir())) == 1, steps[at - 1]
        assert kinds(pipeline.verify_all(folder)) == []
        assert len(sealed.noted(folder)) == 1


# ------------------------------------------------------------------ the rooms


def test_between_tells_what_is_not_said_any_more():
    before = {"year": 2025, "criteria": [{"code": "A", "value": Decimal(1), "unit": "%"}, {"code": "B", "value": None}]}
    after = {"year": 2025, "criteria": [{"code": "A", "value": Decimal("1.5"), "unit": "%", "new": 1}], "more": []}
    assert [(s.key, dict(s.fields)) for s in sealing.between(before, after)] == [
        (("A",), {"value": (Decimal(1), Decimal("1.5"))}),
        (("B",), {"": ({"code": "B", "value": None}, None)}),
    ]
    assert sealing.between(before, before) == ()


def test_none_is_never_zero():
    assert sealing.between({"criteria": [{"code": "A", "value": 0}]}, {"criteria": [{"code": "A", "value": None}]})
    assert sealing.between({"criteria": [{"code": "A", "value": 0}]}, {"criteria": [{"code": "A", "value": False}]})


def test_a_row_counts_only_with_all_its_figures():
    told = word.Told((), (("1", "DV01", "12", "13"), ("2", "KQ07", "5", "5")))
    rows = [{"code": "DV01", "previous": "12", "value": "12"}, {"code": "KQ07", "previous": "5", "value": "5"}]
    assert word.lacking(told, rows, ("code",), ()) == ("DV01",)
    other = [{"code": "DV01", "value": "99"}]
    assert (word.lacking(told, other, ("code",), ()), word.lacking(told, other, ("code",), ("value",))) == (
        (),
        ("DV01",),
    )


def test_a_mark_of_a_note_is_no_digit_of_the_figure():
    document = docx.Document()
    row = document.add_table(1, 2).rows[0]
    row.cells[0].text = "DV01"
    figure = row.cells[1].paragraphs[0]
    figure.add_run("2")
    figure.add_run("1").font.superscript = True
    style = document.styles.add_style("LsDau", WD_STYLE_TYPE.CHARACTER)
    style.font.superscript = True
    figure.add_run("3", style="LsDau")
    stream = io.BytesIO()
    document.save(stream)
    assert word.read(stream.getvalue(), "").rows == (("DV01", "2"),)


@pytest.mark.parametrize(
    ("text", "number", "day"),
    [
        ("12/BC-SKHCN ngày 09/4/2026", "12/BC-SKHCN", "2026-04-09"),
        ("Số 12/BC-SKHCN, ngày 9 tháng 4 năm 2026", "12/BC-SKHCN", "2026-04-09"),
        ("báo cáo số 05/BC-UBND", "05/BC-UBND", None),
    ],
)
def test_documents_as_people_write_them(text, number, day):
    found = addendum.parsed(text)
    assert found is not None and (found[0], found[1] and found[1].isoformat()) == (number, day)


# ------------------------------------------------------------------ the command


def test_the_command_says_the_code_and_the_next_step(unsealed):
    code, told = run("report", unsealed, "--seal", "--document", SIGNED)
    assert code == 0
    held = sealing.opened(package(unsealed).read_bytes(), "")[0]
    assert held.code in told and "--verify" in told
    assert run("report", unsealed, "--verify")[0] == 0
    assert run("report", "--verify", unsealed)[0] == 0
    assert run("report", unsealed, "--verify", package(unsealed))[0] == 0
    code, told = run("report", unsealed, "--json")
    assert json.loads(told)["sealed"]["reports"][0]["addendum"] is None
    code, told = run("report", unsealed, "--verify", "--json")
    assert json.loads(told)["packages"][0]["code"] == held.code


@pytest.mark.parametrize(
    "arguments",
    [
        ("--seal", "--verify"),
        ("--seal", "--pdf"),
        ("--verify", "--check"),
        ("--document", "1/BC"),
        ("--signed", "a.pdf"),
        ("--verify", "khong-co.zip"),
    ],
)
def test_what_does_not_go_together_is_refused(unsealed, arguments):
    first, *rest = arguments
    assert run("report", unsealed, first, *rest)[0] == 2
