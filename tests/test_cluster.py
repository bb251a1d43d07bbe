"""judging.py, cluster.py: returns judged elsewhere are judged as here, whatever becomes of those who judge."""

import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from importlib.util import find_spec
from multiprocessing import get_context

import pytest
from campaigns import NUMBERS, begun, remembered, send
from click.testing import CliRunner

import lsindicators
from lsindicators import ledger, memory, pipeline
from lsindicators.cli import main
from lsindicators.errors import UnusableInputError
from lsindicators.model import HANOI
from lsindicators.pipeline import cluster, judging, standing
from lsindicators.pipeline import read as room
from lsindicators.pipeline.campaign import read_plan

NOW = datetime(2026, 3, 25, 8, 0, tzinfo=HANOI)


class At(datetime):
    @classmethod
    def now(cls, tz=None):
        return NOW


@pytest.fixture(autouse=True)
def _settled(monkeypatch):
    monkeypatch.setattr(room, "datetime", At)
    monkeypatch.setattr(judging, "FILES", 2)
    monkeypatch.setattr(judging, "AHEAD", 3)
    monkeypatch.setattr(judging, "PATIENCE", 1.0)


@pytest.fixture(scope="module")
def _sent(tmp_path_factory):
    """Good returns and bad ones, some of them again, a copy, and what is no return."""
    folder = begun(tmp_path_factory.mktemp("cluster") / "ky")
    for n, unit in enumerate([*NUMBERS, *NUMBERS, "so-khcn", "xa-hoa-tham", "so-khcn", "phuong-ky-lua"]):
        bad = {"F12": "ba", "I12": f"lần {n}"} if n % 2 else {"I12": f"lần {n}"}
        send(folder, unit, f"{n:02d}-{unit}.xlsx", 1_774_000_000 + n, **bad)
    send(folder, "so-khcn", "ban-sao.xlsx", 1_774_000_100, I12="lần 0")
    (folder / "tra-ve" / "anh.xlsx").write_bytes(b"\x89PNG khong phai bieu")
    (folder / "tra-ve" / "rong.xlsx").write_bytes(b"")
    for name in ("anh.xlsx", "rong.xlsx"):
        os.utime(folder / "tra-ve" / name, (1_774_000_000, 1_774_000_000))
    return folder


@pytest.fixture
def campaign(_sent, tmp_path):
    return shutil.copytree(_sent, tmp_path / "ky")


@pytest.fixture
def right(_sent, tmp_path):
    """What is read in one process: the document, and the files."""
    folder = shutil.copytree(_sent, tmp_path / "day")
    received = pipeline.receive(folder)
    return received.to_json(), products(folder)


def products(campaign):
    """The bytes of all that a reading leaves, beside the database; of what is remembered what it says."""
    files = {p.relative_to(campaign): p.read_bytes() for p in campaign.rglob("*") if p.is_file()}
    return remembered(campaign), {path: body for path, body in files.items() if path.suffix not in (".sqlite", ".bin")}


@pytest.fixture
def on(monkeypatch):
    """Read with an executor, as if a scheduler had given it."""

    def read(campaign, executor, alive=lambda: True):
        engine = judging.Elsewhere(executor, alive)

        @contextmanager
        def connected(_address):
            yield engine

        monkeypatch.setattr(cluster, "connected", connected)
        return pipeline.receive(campaign, scheduler="tcp://nowhere"), engine

    return read


def assert_right(campaign, received, right):
    document, files = right
    assert received.to_json() == document
    assert any(received.slips)
    assert products(campaign) == files


# ------------------------------------------------------------------ any executor


def test_threads_judge_as_one_process_does(campaign, on, right):
    with ThreadPoolExecutor(3) as pool:
        received, engine = on(campaign, pool)
    assert not engine.lost
    assert_right(campaign, received, right)
    assert not any("máy tính phụ" in note for note in received.notes)


def test_what_is_remembered_is_not_handed_over(campaign, on, right):
    class Never(Executor):
        def submit(self, *_):
            raise AssertionError

    with ThreadPoolExecutor(3) as pool:
        on(campaign, pool)
    plan, _ = read_plan(campaign, mind := memory.Memory(campaign))
    found = standing.standing(campaign, plan, memory=mind, engine=judging.Elsewhere(Never()), whole=False)
    assert [j.receipt.order for j in found.judged] == sorted(j.receipt.order for j in found.judged)


class Failing(Executor):
    """Does so many jobs and fails at all others, in one way or another."""

    def __init__(self, good, how):
        self.left, self.how = good, how

    def submit(self, do, *given):
        future = Future()
        self.left -= 1
        if self.left >= 0:
            future.set_result(do(*given))
        elif self.how == "refuses":
            raise RuntimeError("closed")
        elif self.how == "cancels":
            future.cancel()
        elif self.how == "raises":
            future.set_exception(OSError("gone"))
        return future  # else nobody ever answers


@pytest.mark.parametrize("good", [0, 1, 3])
@pytest.mark.parametrize("how", ["refuses", "cancels", "raises", "is silent"])
def test_what_an_executor_loses_is_judged_here(campaign, on, right, good, how, monkeypatch):
    monkeypatch.setattr(judging, "PATIENCE", 0.01)
    received, engine = on(campaign, Failing(good, how), lambda: False)
    assert engine.lost
    assert_right(campaign, received, right)
    assert any("máy tính phụ" in note for note in received.notes)


def test_one_that_works_for_long_is_waited_for(campaign, on, right, monkeypatch):
    monkeypatch.setattr(judging, "PATIENCE", 0.01)

    class Slow(ThreadPoolExecutor):
        def submit(self, do, *given):
            return super().submit(lambda: (time.sleep(0.1), do(*given))[1])

    with Slow(1) as pool:
        received, engine = on(campaign, pool)
    assert not engine.lost
    assert_right(campaign, received, right)


def test_other_processes_judge_as_one_does(campaign, on, right):
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        received, engine = on(campaign, pool)
    assert not engine.lost
    assert_right(campaign, received, right)


def test_a_worker_of_another_version_judges_nothing(campaign, on, monkeypatch):
    class Older(Executor):
        def submit(self, do, _version, *given):
            future = Future()
            try:
                future.set_result(do("0.0.1", *given))
            except UnusableInputError as error:
                future.set_exception(error)
            return future

    with pytest.raises(UnusableInputError, match="cùng một phiên bản"):
        on(campaign, Older())
    assert pipeline.receive(campaign).exit_code == 1  # the next reading makes it whole


# ------------------------------------------------------------------ a scheduler

dask = pytest.mark.skipif(find_spec("distributed") is None, reason="dask.distributed is not installed (extra: cluster)")


@pytest.fixture
def office(tmp_path):
    """A scheduler and two workers: its address, and the three processes."""
    with Office(tmp_path) as found:
        yield found


class Office:
    def __init__(self, folder):
        self.folder = folder
        self.told = folder / "scheduler.json"
        self.processes = []

    def __enter__(self):
        self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file")
        self._wait(self.told.is_file)
        for n in range(2):
            self._start(
                "worker", "--no-nanny", "--nthreads", "1", "--no-dashboard", "--name", f"w{n}", "--scheduler-file"
            )
        from distributed import Client

        with Client(scheduler_file=str(self.told), timeout=60, set_as_default=False) as client:
            self.address = client.scheduler.address
            client.wait_for_workers(2, timeout=120)
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.kill()
            process.wait()

    def kill(self, *which):
        for n in which:
            self.processes[n].send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)

    def _start(self, role, *options):
        command = [sys.executable, "-m", "dask", role, *options, str(self.told)]
        if role == "worker":
            command += ["--local-directory", str(self.folder / f"w{len(self.processes)}")]
        quiet = subprocess.DEVNULL
        self.processes.append(subprocess.Popen(command, stdout=quiet, stderr=quiet, cwd=self.folder))

    def _wait(self, there, seconds=120):
        end = time.monotonic() + seconds
        while not there():
            assert time.monotonic() < end
            time.sleep(0.1)


def midway(office, *which):
    """A progress bar that kills processes of the office once some returns are judged."""

    def progress(steps, label):
        for n, step in enumerate(steps):
            if label == "Kiểm tra từng ô" and n == 3:
                office.kill(*which)
            yield step

    return progress


@dask
def test_machines_judge_as_one_does(campaign, office, right):
    received = pipeline.receive(campaign, scheduler=office.address)
    assert_right(campaign, received, right)
    assert not any("máy tính phụ" in note for note in received.notes)


@dask
@pytest.mark.parametrize("which", [(1,), (1, 2), (0,)], ids=["a worker", "all workers", "the scheduler"])
def test_nothing_is_lost_with_a_machine(campaign, office, right, which):
    received = pipeline.receive(campaign, progress=midway(office, *which), scheduler=office.address)
    assert_right(campaign, received, right)


@dask
def test_workers_of_another_version_are_refused(campaign, office, monkeypatch):
    theirs = lsindicators.__version__
    monkeypatch.setattr(lsindicators, "__version__", "0.0.1")
    told = run(campaign, office.address)
    assert told.exit_code == 2
    assert f"lsindicators {theirs}" in told.stderr and "lsindicators 0.0.1" in told.stderr
    assert untouched(campaign)


@dask
def test_a_scheduler_that_does_not_answer(campaign, monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT", 1)
    for address in ("tcp://127.0.0.1:1", "không phải địa chỉ", "xyz://a:1"):
        told = run(campaign, address)
        assert told.exit_code == 2
        assert address in told.stderr and "không nối được" in told.stderr
    assert untouched(campaign)


def test_without_dask_it_is_said_what_to_install(campaign, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    told = run(campaign, "tcp://127.0.0.1:8786")
    assert told.exit_code == 2
    assert "lsindicators[cluster]" in told.stderr
    assert untouched(campaign)


def run(campaign, address):
    return CliRunner().invoke(main, ["read", str(campaign), "--scheduler", address])


def untouched(campaign):
    return not (campaign / ledger.FOLDER / ledger.DATABASE).exists()
