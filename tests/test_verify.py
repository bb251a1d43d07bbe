"""`status --verify`: every damage to the store is told, by its place, with how to mend it; a sound store is sound."""

import json
import os
import shutil
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from campaigns import begun, send
from test_interrupted import tree

from lsindicators import files, ledger, pipeline
from lsindicators.cli import main
from lsindicators.errors import UnusableInputError

DATABASE = Path(ledger.FOLDER) / ledger.DATABASE


@pytest.fixture(scope="module")
def read_once(tmp_path_factory) -> Path:
    folder = begun(tmp_path_factory.mktemp("verify") / "ky")
    send(folder, "so-khcn")
    shutil.copy2(folder / "tra-ve" / "so-khcn.xlsx", folder / "tra-ve" / "z.xlsx")
    with zipfile.ZipFile(folder / "tra-ve" / "thu.zip", "w") as bundle:
        bundle.write(send(folder, "xa-hoa-tham"), "xa.xlsx")
    (folder / "tra-ve" / "xa-hoa-tham.xlsx").unlink()
    pipeline.receive(folder)
    return folder


@pytest.fixture
def campaign(read_once, tmp_path) -> Path:
    return shutil.copytree(read_once, tmp_path / "ky")


def original(campaign: Path, order: int = 1) -> Path:
    with ledger.reading(campaign) as book:
        (digest,) = {r.sha256 for r in book.receipts() if r.order == order}
    return campaign / "so-cai" / "goc" / digest


def found(campaign: Path) -> list[tuple[str, str]]:
    """Kind of trouble, and the name of what is damaged."""
    return [(t.kind, Path(t.path).name) for t in pipeline.verify(campaign).troubles]


def test_a_sound_store_is_counted(campaign):
    verified = pipeline.verify(campaign)
    assert (verified.receipts, verified.originals, verified.log, verified.exit_code) == (3, 2, 3, 0)
    size = sum(p.stat().st_size for p in (campaign / "so-cai" / "goc").iterdir())
    assert verified.to_json() == {
        "sound": True, "receipts": 3, "originals": 2, "bytes": size, "log": 3, "seals": 0, "troubles": [], "notes": [],
    }  # fmt: skip


def test_a_campaign_that_has_read_nothing_is_sound(tmp_path):
    folder = begun(tmp_path / "ky")
    assert pipeline.verify(folder).exit_code == 0
    assert not (folder / DATABASE).exists()


def test_no_campaign_is_one_sentence(tmp_path):
    with pytest.raises(UnusableInputError, match="không phải thư mục kỳ báo cáo"):
        pipeline.verify(tmp_path)


@pytest.mark.parametrize("damage", ["gone", "empty", "half", "one bit", "longer", "folder", "link"])
def test_a_damaged_original_is_told_with_its_file_and_healed_by_reading(campaign, damage):
    path = original(campaign)
    body = path.read_bytes()
    path.unlink()
    match damage:
        case "empty":
            path.write_bytes(b"")
        case "half":
            path.write_bytes(body[: len(body) // 2])
        case "one bit":
            path.write_bytes(body[:99] + bytes([body[99] ^ 1]) + body[100:])
        case "longer":
            path.write_bytes(body + b" ")
        case "folder":
            path.mkdir()
        case "link":
            path.symlink_to(campaign / "tra-ve" / "so-khcn.xlsx")
    verified = pipeline.verify(campaign)
    kind = "original-missing" if damage in ("gone", "folder") else "original-damaged"
    assert [(t.kind, t.sha256, t.files) for t in verified.troubles] == [
        (kind, path.name, ("tra-ve/so-khcn.xlsx", "tra-ve/z.xlsx"))
    ]
    assert "tra-ve/so-khcn.xlsx vẫn còn nguyên: chạy lsindicators read" in verified.troubles[0].message
    if damage == "folder":
        path.rmdir()  # what is no file is not ours to take away
    assert pipeline.receive(campaign).healed == (path.name,)
    assert path.read_bytes() == body and not path.is_symlink()
    assert found(campaign) == []


def test_where_the_bytes_can_be_had_again_is_told(campaign):
    inside, outside = original(campaign, 2), original(campaign)
    inside.unlink()
    outside.unlink()
    told = {t.sha256: t.message for t in pipeline.verify(campaign).troubles}
    assert "lấy lại từ tra-ve/thu.zip" in told[inside.name]
    shutil.rmtree(campaign / "tra-ve")
    told = {t.sha256: t.message for t in pipeline.verify(campaign).troubles}
    assert "từ bản sao lưu" in told[inside.name] and "từ bản sao lưu" in told[outside.name]


def test_files_that_nothing_speaks_of_are_told(campaign):
    store = campaign / "so-cai"
    (store / "goc" / "ghi chu.txt").write_text("x")
    (store / "goc" / ".~lsi-abc.tmp").write_bytes(b"half")
    (store / "goc" / files.sha256(b"orphan")).write_bytes(b"orphan")
    (store / "goc" / ("a" * 64)).write_bytes(b"not what its name says")
    (store / "so-cai (1).sqlite").write_bytes(b"")
    assert sorted(found(campaign)) == sorted(
        [
            ("foreign-file", "so-cai (1).sqlite"),
            ("half-written-file", ".~lsi-abc.tmp"),
            ("original-without-receipt", files.sha256(b"orphan")),
            ("foreign-file", "a" * 64),
            ("foreign-file", "ghi chu.txt"),
        ]
    )


def test_a_damaged_database_is_told_and_the_rest_is_still_looked_at(campaign):
    path = campaign / DATABASE
    path.write_bytes(b"no database" * 1000)
    (campaign / "so-cai" / "khoa-ky.txt").write_text("xyz")
    assert found(campaign) == [("database-damaged", "so-cai.sqlite"), ("key-damaged", "khoa-ky.txt")]


def test_what_cannot_be_opened_is_told_and_the_rest_is_still_looked_at(campaign, monkeypatch):
    real, closed = Path.read_text, campaign / "so-cai" / "khoa-ky.txt"

    def read_text(path, *arguments, **more):
        if path == closed:
            raise PermissionError(13, "Permission denied")
        return real(path, *arguments, **more)

    def connect(*arguments, **more):
        error = sqlite3.OperationalError("unable to open database file")
        error.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
        raise error

    monkeypatch.setattr(Path, "read_text", read_text)
    monkeypatch.setattr(sqlite3, "connect", connect)
    assert found(campaign) == [("database-damaged", "so-cai.sqlite"), ("key-damaged", "khoa-ky.txt")]
    assert "không mở được tệp khóa của kỳ báo cáo (không có quyền" in pipeline.verify(campaign).troubles[1].message


def test_a_torn_page_of_the_database_is_found_by_sqlite(campaign):
    path = campaign / DATABASE
    body = bytearray(path.read_bytes())
    with closing(sqlite3.connect(path)) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'told'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    body[(root - 1) * size : root * size] = b"\xff" * size
    path.write_bytes(bytes(body))
    assert ("database-damaged", "so-cai.sqlite") in found(campaign)


def test_a_lost_key_is_told(campaign):
    (campaign / "so-cai" / "khoa-ky.txt").unlink()
    assert found(campaign) == [("key-damaged", "khoa-ky.txt")]


def test_times_that_cannot_all_be_right_are_noted(campaign):
    with closing(sqlite3.connect(campaign / DATABASE)) as connection:
        connection.execute("DROP TRIGGER receipt_update")
        connection.execute("UPDATE receipt SET sent_at = '2099-01-01T00:00:00+07:00' WHERE \"order\" = 2")
        connection.execute("UPDATE receipt SET read_at = '2026-01-01T00:00:00+07:00' WHERE \"order\" = 3")
        connection.commit()
    verified = pipeline.verify(campaign)
    assert verified.exit_code == 0
    assert ["biên nhận 2" in n or "biên nhận 3" in n for n in verified.notes] == [True] * len(verified.notes)
    assert any("01/01/2099" in n for n in verified.notes) and any("chỉnh lùi" in n for n in verified.notes)


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_verifying_changes_nothing_and_prints_a_sentence_a_trouble(campaign, options, capsys):
    original(campaign).write_bytes(b"")
    before = tree(campaign), {p: p.stat().st_mtime_ns for p in campaign.rglob("*")}
    with pytest.raises(SystemExit) as end:
        main(["status", str(campaign), "--verify", *options])
    out = capsys.readouterr().out
    assert end.value.code == 1
    if options:
        assert [t["kind"] for t in json.loads(out)["troubles"]] == ["original-damaged"]
    else:
        assert out.splitlines()[0].startswith("Hỏng: so-cai/goc/")
        assert out.splitlines()[-1].startswith("Đã kiểm tra 3 biên nhận, 2 bản gốc (")
        assert out.splitlines()[-1].endswith("1 chỗ hỏng.")
    assert (tree(campaign), {p: p.stat().st_mtime_ns for p in campaign.rglob("*")}) == before


# ------------------------------------------------------------------ the clerk's commands on a store that suffered


@pytest.mark.parametrize(
    ("command", "damage"),
    [
        (command, damage)
        for command in ("read", "status", "merge", "report")
        for damage in ("original", "database", "key", "no database")
        if (command, damage)
        != ("read", "no database")  # it makes one anew, and tells what that does not hold: see below
    ],
)
def test_a_damaged_store_stops_with_one_sentence_that_says_how_to_mend(campaign, command, damage, capsys):
    shutil.rmtree(campaign / "tra-ve")
    match damage:
        case "original":
            original(campaign).write_bytes(b"damaged")
        case "database":
            (campaign / DATABASE).write_bytes(b"no database" * 100)
        case "no database":
            (campaign / DATABASE).unlink()
        case "key":
            (campaign / "so-cai" / "khoa-ky.txt").unlink()
    with pytest.raises(SystemExit) as end:
        main([command, str(campaign)])
    told = capsys.readouterr().err
    assert end.value.code == 2
    assert told.startswith("Lỗi: ") and len(told.splitlines()) == 1
    assert "sao lưu" in told
    if damage == "original":
        assert "tra-ve/so-khcn.xlsx" in told


def figures(campaign):
    """What merge tells, but for when the returns came: with the database that is lost."""
    told = pipeline.compile_table(campaign).to_json()
    for unit in told["sendings"]:
        del unit["sent_at"], unit["late"]
    for counted in (told["summary"]["collection"], *told["summary"]["kinds"]):
        for count in ("late", "punctual"):
            del counted[count]
    return told


def test_a_lost_database_is_made_again_from_the_originals(campaign):
    before = figures(campaign)
    shutil.rmtree(campaign / "tra-ve")
    (campaign / DATABASE).unlink()
    assert found(campaign) == [("database-damaged", "so-cai.sqlite")]
    assert "--verify" in pipeline.next_step(campaign)
    for told in (pipeline.receive(campaign).findings, pipeline.state(campaign, pipeline.today()).told):
        assert [str(f) for f in told if f.severity.stops and "2 bản gốc chưa có biên nhận" in f.message]
    received = pipeline.receive(campaign, [campaign / "so-cai" / "goc"])
    assert sorted(r["unit"] for r in received.to_json()["returns"]) == ["so-khcn", "xa-hoa-tham"]
    assert figures(campaign) == before
    assert found(campaign) == []


def test_a_folder_of_returns_that_vanished_or_is_empty_is_told(campaign):
    shutil.rmtree(campaign / "tra-ve")
    received = pipeline.receive(campaign)
    assert received.to_json()["returns"] == []
    assert received.notes == (
        "thư mục tra-ve/ không thấy nên đã tạo lại; sổ cái vẫn giữ 3 tệp đã nhận từ trước và vẫn tính theo đó",
    )
    assert "không có tệp nào" in pipeline.receive(campaign).notes[0]
    assert len(pipeline.receive(campaign).standing.current) == 2


def test_reading_commands_need_no_writing(campaign, monkeypatch):
    """On a disk that can only be read, what changes nothing still works."""

    def refused(*arguments, **more):
        raise OSError(30, "Read-only file system")

    before = tree(campaign)
    for name in ("mkdir", "unlink", "replace", "rename", "chmod", "utime"):
        monkeypatch.setattr(os, name, refused)
    monkeypatch.setattr("tempfile.mkstemp", refused)
    assert len(pipeline.state(campaign, pipeline.today()).sendings) == 3
    assert pipeline.explain(campaign, "so-khcn.xlsx").exit_code == 0
    assert pipeline.verify(campaign).exit_code == 0
    monkeypatch.undo()
    assert tree(campaign) == before


def test_hundreds_of_files_are_read_in_the_order_of_names(tmp_path):
    """Files are taken up one at a time, and all receipts of a run in one step."""
    folder = begun(tmp_path / "ky")
    for i in range(300):
        (folder / "tra-ve" / f"{i:04}.txt").write_bytes(f"note {i}".encode())
    received = pipeline.receive(folder)
    assert [j.receipt.order for j in received.returns] == list(range(1, 301))
    assert {j.verdict.status.value for j in received.returns} == {"rejected"}
    assert pipeline.verify(folder).to_json()["originals"] == 300
