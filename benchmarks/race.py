"""Whole processes in turn: what each took, and the ratio of each pair."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

PROVINCE = 94
"""Units of the built-in province that owe figures: the rows of "90 units"."""

SCALE = (90, 900, 3400)
"""Sizes in units at which the cost of a unit is held against each other; the last is the whole country."""

PAIRS, FEW, MANY = 5, 3, 15
"""Pairs of a row of the province, of the country, and of a start that takes a moment only."""

SMALL_PROVINCE, SMALL_SCALE = 3, (3, 4, 6)
"""The same at small size, where one pair shows that everything runs."""

PEERS = Path(__file__).parent / "peers"
STAGES = Path(__file__).parent / "stages"

COMPILED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""An installed program keeps what was compiled: without this all of it would be compiled at each start."""


class FailedError(Exception):
    """A script failed, or ours and the peer's results are not the same: the row says nothing."""


class SkippedError(Exception):
    """Something that the row needs is not on the machine."""


# ------------------------------------------------------------------ costs and ratios


@dataclass(frozen=True, slots=True)
class Sample:
    """What one turn gave for a row: its value, and of a race the ratio of processor times and both peaks in MB."""

    value: float
    processor: float | None = None
    ours_mb: float | None = None
    peer_mb: float | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """A whole process: seconds on the clock, seconds of the processor, peak memory in MB, and what it printed."""

    seconds: float
    processor: float
    peak: float
    said: str = ""

    def over(self, peer: Cost) -> Sample:
        """The ratio of times to the peer's."""
        return Sample(self.seconds / peer.seconds, self.processor / peer.processor, self.peak, peer.peak)

    def peak_over(self, peer: Cost) -> Sample:
        """The ratio of peak memories."""
        return Sample(self.peak / peer.peak, None, self.peak, peer.peak)

    def per(self, units: int) -> Cost:
        """The cost of one of so many units; memory is not shared out."""
        return Cost(self.seconds / units, self.processor / units, self.peak)

    def minus(self, other: Cost) -> Cost:
        """What this process did on top of another."""
        return Cost(self.seconds - other.seconds, self.processor - other.processor, self.peak)


def middle(samples: Sequence[Sample]) -> float:
    """The median of the values."""
    return median(sample.value for sample in samples)


# ------------------------------------------------------------------ running


def aside(work: Callable[..., Any], *args: Any) -> Any:
    """Do some work in a process of its own: what it loads would count as memory of every process to come."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(sender, work, args))
    process.start()
    sender.close()
    try:
        failure, result = receiver.recv()
    except EOFError:
        failure, result = "it died", None
    process.join()
    if failure:
        raise FailedError(f"{work.__module__}.{work.__qualname__}: {failure}")
    return result


def _answer(sender: Connection, work: Callable[..., Any], args: tuple[Any, ...]) -> None:
    try:
        sender.send(("", work(*args)))
    except Exception:
        sender.send((traceback.format_exc(), None))


def same(ours: object, peers: object, where: object) -> None:
    """Raise ``FailedError`` where both are not the same."""
    if ours != peers:
        raise FailedError(f"not the same in both: {where}: {ours!r:.300} and {peers!r:.300}")


class Turn(NamedTuple):
    """One turn: in the first results are held against each other."""

    first: bool
    counts: bool


@dataclass(kw_only=True)
class Bench:
    """A place to work in, how large everything is, and what was prepared already."""

    folder: Path
    small: bool = False
    asked: int | None = None  # pairs
    tell: Callable[[str], object] = str
    racing: str = ""  # the rows that are measured now
    prepared: dict[str, Path] = field(default_factory=dict)

    @property
    def province(self) -> int:
        return SMALL_PROVINCE if self.small else PROVINCE

    @property
    def scale(self) -> tuple[int, int, int]:
        return SMALL_SCALE if self.small else SCALE

    @property
    def country(self) -> int:
        return self.scale[-1]

    def pairs(self, usual: int = PAIRS) -> int:
        """How many pairs are run where so many are usual."""
        return self.asked or (1 if self.small else usual)

    def turns(self, usual: int = PAIRS, warm: bool = True) -> Iterator[Turn]:
        """So many turns after one in which what is not compiled yet is compiled; at small size that one counts.

        ``warm``: whether there is such a turn.
        """
        begin, end = 0 if self.small or not warm else -1, self.pairs(usual)
        for n in range(begin, end):
            self.tell(f"{self.racing}: {f'pair {n + 1} of {end}' if n >= 0 else 'a turn that does not count'}")
            yield Turn(first=n == begin, counts=n >= 0)

    # -------------------------------------------------------------- commands

    def ours(self, *args: object) -> list[str]:
        """The command ``lsindicators`` with these words, as it is installed beside this Python."""
        script = shutil.which("lsindicators", path=sysconfig.get_path("scripts"))
        return [*([script] if script else [sys.executable, "-m", "lsindicators"]), *map(str, args)]

    def peer(self, name: str, *args: object) -> list[str]:
        """A script of the other tools."""
        return [sys.executable, str(PEERS / f"{name}.py"), *map(str, args)]

    def stage(self, name: str, *args: object) -> list[str]:
        """A script that does one stage of ours, where that is raced and no whole command."""
        return [sys.executable, str(STAGES / f"{name}.py"), *map(str, args)]

    def run(self, command: Sequence[str], codes: Sequence[int] = (0,)) -> Cost:
        """Run a whole process. Raises ``FailedError`` where it ends with another code."""
        with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complained:
            begun = perf_counter()
            process = subprocess.Popen(command, stdout=said, stderr=complained, env=COMPILED, cwd=self.folder)
            _, status, usage = os.wait4(process.pid, 0)
            seconds = perf_counter() - begun
            process.returncode = os.waitstatus_to_exitcode(status)
            said.seek(0), complained.seek(0)
            if process.returncode not in codes:
                told = complained.read().decode(errors="replace").strip()[-2000:]
                raise FailedError(f"{' '.join(command)} ended with {process.returncode}: {told}")
            unit = 1 if sys.platform == "darwin" else 1024
            return Cost(
                seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1024**2, said.read().decode()
            )

    # -------------------------------------------------------------- files

    def made(self, name: str, make: Callable[[Path], object]) -> Path:
        """The file or folder of this name, made where nobody has needed it before."""
        if name not in self.prepared:
            path = self.folder / name
            self.tell(f"preparing {name}")
            make(path)
            self.prepared[name] = path
        return self.prepared[name]

    def fresh(self, source: Path) -> Path:
        """A copy of a folder that a command may change, all on the disk; the copy before it goes.

        Else a command that settles its files on the disk would wait for the copy too.
        """
        target = self.folder / f"{source.name}-copy"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target)
        os.sync()
        return target

    def empty(self, name: str) -> Path:
        """An empty folder of this name."""
        target = self.folder / name
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        return target
