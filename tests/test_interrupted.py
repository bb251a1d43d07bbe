"""Commands killed, or refused by the disk, at each of their steps: the next run ends as if nothing had happened."""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from campaigns import begun, remembered, send
from click.testing import CliRunner

from lsindicators import files, ledger, memory
from lsindicators.cli import main

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")

PROGRAM = Path(__file__).parent / "interrupted.py"
DATABASE = f"{ledger.FOLDER}/{ledger.DATABASE}"
REMEMBERED = f"{ledger.FOLDER}/{memory.FILE}"


@pytest.fixture(scope="module")
def breaking() -> Iterator:
    """Runs a command of ours, broken off at a step; gives how it ended."""
    with subprocess.Popen(
        [sys.executable, PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as program:

        def run(*arguments: object, at: int = 0, how: str = "kill") -> dict:
            program.stdin.write(json.dumps({"arguments": [str(a) for a in arguments], "at": at, "how": how}) + "\n")
            program.stdin.flush()
            return json.loads(program.stdout.readline())

        yield run
        program.stdin.close()


def filled(folder: Path) -> Path:
    """The same with a clean return, one with faults, a copy, a zip, a broken file, and a slip that is needed no more."""
    sent = folder / "tra-ve"
    send(folder, "so-khcn")
    send(folder, "xa-hoa-tham", F12="ba")
    shutil.copy2(sent / "so-khcn.xlsx", sent / "so-khcn (1).xlsx")
    with zipfile.ZipFile(sent / "thu.zip", "w") as bundle:
        bundle.write(send(folder, "phuong-ky-lua"), "phuong.xlsx")
    (sent / "phuong-ky-lua.xlsx").unlink()
    (sent / "hong.xlsx").write_bytes(b"PK\x03\x04 half a download")
    (folder / "phieu-tra-lai").mkdir()
    shutil.copy2(folder / "bieu-mau" / "phuong-ky-lua.xlsx", folder / "phieu-tra-lai" / "phuong-ky-lua.xlsx")
    for path in sent.iterdir():
        os.utime(path, (1_774_000_000, 1_774_000_000))
    return folder


def tree(folder: Path) -> dict[str, object]:
    """Every file of a campaign and its bytes; of the ledger, and of what is remembered, what it says."""
    found: dict[str, object] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        found[name] = path.read_bytes() if path.is_file() and name != DATABASE else None
    if DATABASE in found:
        with closing(sqlite3.connect(folder / DATABASE)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            found[DATABASE] = list(connection.iterdump())
    if REMEMBERED in found:
        found[REMEMBERED] = remembered(folder)
    return found


def complete(folder: Path) -> bool:
    """Whether every receipt has its original, whole."""
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        receipts = connection.execute("SELECT sha256, size FROM receipt").fetchall()
    originals = {p.name: p.read_bytes() for p in (folder / ledger.FOLDER / ledger.ORIGINALS).iterdir()}
    kept = all(name == hashlib.sha256(body).hexdigest() for name, body in originals.items())
    return bool(receipts) and kept and all(len(originals[sha256]) == size for sha256, size in receipts)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory, breaking) -> Path:
    """Never read before."""
    folder = filled(begun(tmp_path_factory.mktemp("fresh") / "ky"))
    shutil.copytree(folder, folder.with_name("load"))
    assert breaking("read", folder.with_name("load"), how="here") == {"exit": 1}
    return folder


@pytest.fixture(scope="module")
def later(tmp_path_factory, fresh, breaking) -> Path:
    """Read before; then a unit sent its form again, and an original suffered."""
    folder = shutil.copytree(fresh, tmp_path_factory.mktemp("later") / "ky")
    assert breaking("read", folder)["exit"] == 1
    send(folder, "xa-hoa-tham", "xa-hoa-tham lan 2.xlsx", moment=1_774_100_000)
    damaged = folder / "so-cai" / "goc" / hashlib.sha256((folder / "tra-ve" / "so-khcn.xlsx").read_bytes()).hexdigest()
    damaged.write_bytes(damaged.read_bytes()[:100])
    return folder


def undisturbed(start: Path, folder: Path, breaking) -> tuple[dict, list[str], dict]:
    """What `read` prints and leaves behind when nothing happens, and its steps."""
    shutil.copytree(start, folder)
    done = breaking("read", folder, "--json")
    assert done["exit"] == 1, done["told"]
    return answer(done), done["steps"], tree(folder)


def answer(done: dict) -> dict:
    """What was printed; that an original was put right is told by the run that did it."""
    return {key: value for key, value in json.loads(done["out"]).items() if key != "healed"}


@pytest.mark.parametrize(
    ("how", "state", "stride"),
    [("kill", "fresh", 1), ("half", "fresh", 1), ("kill", "later", 2), ("full", "fresh", 5), ("readonly", "later", 5)],
)
def test_the_next_run_ends_as_if_nothing_had_happened(how, state, stride, request, tmp_path, breaking):
    """At every step; where it is dear, and little new can happen, at every second or fifth."""
    start = request.getfixturevalue(state)
    expected, steps, left = undisturbed(start, tmp_path / "ky", breaking)
    assert complete(tmp_path / "ky")
    assert len(steps) > 20
    for at, step in enumerate(steps, 1):
        if at % stride or (how == "half" and not step.startswith("write ")):
            continue
        shutil.rmtree(tmp_path / "ky")
        shutil.copytree(start, tmp_path / "ky")
        ended = breaking("read", tmp_path / "ky", "--json", at=at, how=how)
        if how in ("kill", "half"):
            assert ended == {"signal": 9}, step
        elif ended["exit"] == 2:
            assert ended["told"].startswith("Lỗi: "), step
            assert len(ended["told"].splitlines()) == 1, ended["told"]
            assert "ngoài dự kiến" not in ended["told"], ended["told"]
            assert "No space" not in ended["told"] and "Errno" not in ended["told"], ended["told"]
        else:
            assert ended["exit"] == 1, (step, ended["told"])
        again = breaking("read", tmp_path / "ky", "--json")
        assert again["exit"] == 1, (step, again["told"])
        assert answer(again) == expected, step
        assert tree(tmp_path / "ky") == left, step
        assert complete(tmp_path / "ky"), step


# ------------------------------------------------------------------ merge and report


PRODUCT = {"merge": "tong-hop.xlsx", "report": "bao-cao.docx"}


@pytest.fixture(scope="module")
def outdated(tmp_path_factory, fresh, breaking) -> Path:
    """Table and report are there; since they were written, a unit has sent other figures."""
    folder = shutil.copytree(fresh, tmp_path_factory.mktemp("outdated") / "ky")
    for command in ("read", *PRODUCT):
        assert breaking(command, folder, how="here") == {"exit": 1}
    send(folder, "xa-hoa-tham", "xa-hoa-tham lan 2.xlsx", moment=1_774_100_000, F12=9, F13="bốn")
    assert breaking("read", folder, how="here") == {"exit": 1}
    return folder


def done_well(command: str, start: Path, folder: Path, breaking) -> tuple[list[str], dict[str, object]]:
    """The steps of a command that nothing disturbs, and what it leaves behind."""
    shutil.copytree(start, folder)
    done = breaking(command, folder)
    assert done["exit"] == 1, done["told"]
    left = tree(folder)
    shutil.rmtree(folder)
    return done["steps"], left


@pytest.mark.parametrize(
    ("command", "how", "stride"),
    [
        *(("merge", how, 1) for how in ("kill", "half", "full", "readonly")),
        ("report", "kill", 2),
        ("report", "full", 4),
    ],
)
def test_a_product_is_the_former_one_or_the_new_one(command, how, stride, outdated, tmp_path, breaking):
    """At every step, or where it is dear at some; when the command is run again, all is as if nothing had happened."""
    former = (outdated / PRODUCT[command]).read_bytes()
    steps, left = done_well(command, outdated, tmp_path / "ky", breaking)
    new = left[PRODUCT[command]]
    assert new != former
    assert f"replace {PRODUCT[command]}" in steps
    met = set()
    for at, step in telling(steps):
        if (at % stride and not step.startswith("replace ")) or (how == "half" and not step.startswith("write ")):
            continue
        folder = shutil.copytree(outdated, tmp_path / "ky")
        ended = breaking(command, folder, at=at, how=how)
        stands = (folder / PRODUCT[command]).read_bytes()
        assert stands in (former, new), step
        if how in ("kill", "half"):
            assert ended == {"signal": 9}, step
        else:
            assert ended["exit"] in (1, 2), (step, ended)
            # of the two reports the first may be put, and the second not
            assert stands == (former if ended["exit"] == 2 else new) or (command == "report" and stands == new), step
        if ended.get("exit") == 2:
            one_sentence(ended["told"], folder, step)
            assert ended["out"] == ""
        met.add((stands == new, ended.get("exit")))
        assert breaking(command, folder)["exit"] == 1, step
        assert tree(folder) == left, step
        shutil.rmtree(folder)
    assert (False, 2 if how in ("full", "readonly") else None) in met


def telling(steps: list[str]) -> Iterator[tuple[int, str]]:
    """The steps and their numbers; of a file that is written in many pieces the first, the last and some between."""
    for at, step in enumerate(steps, 1):
        around = {*steps[max(at - 2, 0) : at - 1], *steps[at : at + 1]}
        if around != {step} or at % 97 == 0:
            yield at, step


def one_sentence(told: str, folder: Path, step: str) -> None:
    """What a person is told when a command could not do its work: one line, in Vietnamese, that names the file."""
    (line,) = told.splitlines()
    assert line.startswith("Lỗi: ") and str(folder) in line, (step, line)
    assert "ngoài dự kiến" not in line and "Errno" not in line and "No space" not in line, (step, line)


HELD = {
    "open": (PermissionError(13, "in use"), "đang mở trong Excel hoặc Word; hãy đóng rồi chạy lại"),
    "readonly": (PermissionError(13, "in use"), "chỉ cho đọc (Read-only); bỏ thuộc tính đó rồi chạy lại"),
    "folder": (OSError(30, "Read-only file system"), "bản cũ, nếu có, vẫn còn nguyên"),
}
"""How Windows and Linux refuse to put a file in the place of another, and what is said of it."""


@pytest.mark.parametrize("how", list(HELD))
@pytest.mark.parametrize("command", list(PRODUCT))
def test_a_product_that_cannot_be_replaced(command, how, outdated, tmp_path, monkeypatch):
    folder = shutil.copytree(outdated, tmp_path / "ky")
    product = folder / PRODUCT[command]
    former = product.read_bytes()
    refusal, words = HELD[how]
    replace, access = os.replace, os.access

    def refused(source, target, **more):
        if Path(target) == product:
            raise refusal
        return replace(source, target, **more)

    with monkeypatch.context() as held:
        held.setattr(os, "replace", refused)
        held.setattr(files.time, "sleep", lambda _: None)
        held.setattr(
            os,
            "access",
            lambda path, mode, **more: access(path, mode, **more) and not (how == "readonly" and path == product),
        )
        done = CliRunner().invoke(main, [command, str(folder)])
    assert done.exit_code == 2
    assert done.stdout == ""
    one_sentence(done.stderr, folder, how)
    assert PRODUCT[command] in done.stderr and words in done.stderr, done.stderr
    assert product.read_bytes() == former
    assert not [p for p in folder.rglob("*") if files.is_half_written(p)]
    assert CliRunner().invoke(main, [command, str(folder)]).exit_code == 1
    assert product.read_bytes() != former
