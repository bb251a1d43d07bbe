"""Two commands at once on one campaign, in real processes: the second waits, or says so in one sentence."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from campaigns import send
from test_interrupted import tree

from lsindicators import ledger, pipeline
from lsindicators.errors import BusyError

BUSY = "một lệnh lsindicators khác đang chạy trên kỳ báo cáo này"

HOLDER = """
import sys
from pathlib import Path
from lsindicators import ledger
with ledger.alone(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""

IMPATIENT = """
import sys
from lsindicators import cli, ledger
ledger.PATIENCE = 0.2
cli.main(sys.argv[1:])
"""


@pytest.fixture
def campaign(campaign) -> Path:
    for unit in ("so-khcn", "xa-hoa-tham"):
        send(campaign, unit)
    return campaign


@pytest.fixture
def holder(campaign):
    """A process that is at work on the campaign until it is told to end."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, campaign], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        if process.poll() is None:
            process.kill()


def impatient(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", IMPATIENT, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.mark.parametrize("command", ["read", "merge", "report", "generate", "remind"])
def test_a_command_that_writes_says_that_another_is_at_work(command, campaign, holder):
    before = tree(campaign)
    done = impatient(command, campaign)
    assert done.returncode == 2, done.stdout
    assert done.stderr.startswith("Lỗi: ") and BUSY in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""
    assert tree(campaign) == before


def test_status_works_while_another_command_is_at_work(campaign, holder):
    before = tree(campaign)
    done = impatient("status", campaign, "--date", "20/3/2026", "--json")
    assert done.returncode == 0, done.stderr
    assert '"missing": 3' in done.stdout
    assert tree(campaign) == before


def test_the_system_lets_go_when_the_holder_is_killed(campaign, holder):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger, "PATIENCE", 0.1)
        with pytest.raises(BusyError, match=BUSY):
            pipeline.receive(campaign)
    holder.kill()
    holder.wait()
    assert len(pipeline.receive(campaign).returns) == 2


def test_the_second_command_waits_for_the_first(campaign, holder):
    patient = IMPATIENT.replace("0.2", "300")
    command = [sys.executable, "-c", patient, "read", str(campaign), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as second:
        time.sleep(2)
        assert second.poll() is None  # however fast or slow the machine: it cannot end before the first lets go
        holder.communicate("")
        out, told = second.communicate(timeout=300)
    assert second.returncode == 0, told
    assert '"accepted": 2' in out


def test_two_readings_at_once_leave_what_one_would(campaign, tmp_path):
    command = [sys.executable, "-m", "lsindicators", "read", str(campaign), "--json"]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    ended = [process.communicate(timeout=120) for process in both]
    codes = [process.returncode for process in both]
    assert 0 in codes and set(codes) <= {0, 2}
    for code, (_, told) in zip(codes, ended, strict=True):
        assert code == 0 or BUSY in told
    with ledger.reading(campaign) as book:
        assert [r.file for r in book.receipts()] == ["tra-ve/so-khcn.xlsx", "tra-ve/xa-hoa-tham.xlsx"]
        assert len(book.told()) == 2
    assert not list(campaign.rglob("*.tmp"))
