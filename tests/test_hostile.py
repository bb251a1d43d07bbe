"""The catalogue of hostile.py, a group at a time in a process of its own: what is told, and what it may cost.

The limit is the memory; a time fails a case only where it is stopped as a hang. ``LSI_HOSTILE=all`` takes in the cases
that take long to be made.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import hostile
import pytest
from click.testing import CliRunner

from lsindicators import assignment
from lsindicators.cli import main

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="each case runs in a process of its own")

QUICK = () if os.environ.get("LSI_HOSTILE") == "all" else ("--quick",)
MEGABYTES = 100
LARGE = {"33 MB", "32 MB of text", "60 MB together", "a form of 11 MB", "400,000 members told", "100 forms"}


@pytest.mark.parametrize("group", hostile.GROUPS)
def test_each_is_told_what_it_is_and_the_good_form_beside_it_is_read(group):
    done = subprocess.run(
        [sys.executable, "hostile.py", group, "--json", *QUICK],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=True,
    )
    runs = json.loads(done.stdout)
    assert {name: wrong for name, wrong, *_ in runs if wrong} == {}
    assert {name: size for name, _, _, size in runs if size > MEGABYTES} == {}
    assert len(runs) > 10


def test_read_goes_through_all_of_them_without_a_stop(tmp_path):
    """The command itself, over whatever small files there are: an answer to each, one document, no traceback."""
    folder = tmp_path / "ky"
    (folder / "tra-ve").mkdir(parents=True)
    (folder / "so-cai").mkdir()
    (folder / "so-cai" / "khoa-ky.txt").write_text(hostile.KEY.hex())
    (folder / "phan-cong.xlsx").write_bytes(assignment.write(hostile.PLAN))
    (folder / "tra-ve" / hostile.GOOD).write_bytes(hostile.form(**{"docProps/app.xml": "<a/>"}))
    for number, case in enumerate(c for c in hostile.CASES if c.group in ("package", "content", "bundle")):
        made = case.make() if case.name not in LARGE else {}
        if isinstance(made, bytes):
            (folder / "tra-ve" / f"{number}-{case.file}").write_bytes(made)
    (folder / "tra-ve" / f"~${hostile.GOOD}").write_bytes(b"x")
    done = CliRunner().invoke(main, ["read", str(folder), "--json"])
    assert done.exit_code == 1 and isinstance(done.exception, SystemExit)
    returns = {r["file"].partition("!")[0]: r for r in json.loads(done.stdout)["returns"]}
    assert returns.keys() >= {f"tra-ve/{f.name}" for f in (folder / "tra-ve").iterdir() if "~$" not in f.name}
    assert returns[f"tra-ve/{hostile.GOOD}"]["values"] == len(hostile.EXPECTED)
    assert f"{hostile.GOOD} đang mở" in done.stderr


def test_the_catalogue_is_as_large_as_it_should_be():
    names = [(c.group, c.name) for c in hostile.CASES]
    assert len(names) == len(set(names)) >= 140
    assert {c.name for c in hostile.CASES} >= hostile.HEAVY | LARGE
