"""One return judged: a pure function of its bytes, the plan and the decisions, mapped over many here or on an engine.

An engine is a ``concurrent.futures.Executor`` of somebody else's making. What it gives back is what would have been worked
out here; what it fails to give back is worked out here.
"""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

import lsindicators
from lsindicators import memory
from lsindicators.errors import UnusableInputError
from lsindicators.findings import Finding, Verdict, needs_person
from lsindicators.model import Decision, Plan, Receipt, Return, Status

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

FILES, BYTES = 25, 4 << 20
"""Most returns of one job, and about how many bytes: what a lost worker has to do again."""

AHEAD = 64
"""So many jobs are handed over before the first of them is waited for."""

PATIENCE = 20.0
"""Seconds after which somebody looks whether anybody is still at work."""


class Basis(Struct, frozen=True):
    """All that returns are judged by, beside what stands in them."""

    plan: Plan
    key: bytes
    decisions: Mapping[str, tuple[Decision, ...]]  # unit -> the clerk's decisions

    def decided(self, unit: str | None) -> str:
        """The decisions by which a return of ``unit`` is judged."""
        return repr(self.decisions.get(unit or "", ()))


class Asked(NamedTuple):
    """A receipt and its bytes; of one that is judged already only the verdict."""

    receipt: Receipt
    content: bytes
    verdict: Verdict | None = None


class Outcome(NamedTuple):
    """A verdict, and the return itself where it needs a person, without the cells that are no entry."""

    verdict: Verdict
    mending: Return | None = None
    record: bytes = b""
    """Verdict and decisions as ``memory`` keeps them, where they come from elsewhere."""


def judge(basis: Basis, receipt: Receipt, content: bytes) -> Outcome:
    """The verdict on the return that came as ``content``."""
    from lsindicators import checks, inbox, returns

    kind, gate = inbox.examine(content, receipt.file)
    ret, told = (None, ()) if needs_person(gate) else returns.read(content, receipt.file, receipt.sha256, kind)
    if ret is None:
        return Outcome(nothing_taken(receipt, Status.REJECTED, (*gate, *told)))
    verdict = checks.judge(basis.plan, basis.key, ret, receipt.read_at, basis.decisions)
    verdict = replace(verdict, findings=(*gate, *told, *verdict.findings))
    return Outcome(verdict, replace(ret, cells={}) if needs_person(verdict.findings) else None)


def nothing_taken(receipt: Receipt, status: Status, findings: tuple[Finding, ...]) -> Verdict:
    """The verdict on a file of which nothing is taken."""
    return Verdict(
        file=receipt.file,
        sha256=receipt.sha256,
        unit=None,
        round=0,
        status=status,
        figures=(),
        untaken={},
        answers=(),
        findings=findings,
    )


Engine = Callable[[Basis, Iterable[Asked]], Iterator[tuple[Asked, Outcome]]]
"""Gives each that is asked with its outcome, in the same order."""


def here(basis: Basis, asked: Iterable[Asked]) -> Iterator[tuple[Asked, Outcome]]:
    """One after the other, in this process; no more than one is in memory."""
    for a in asked:
        yield a, Outcome(a.verdict) if a.verdict is not None else judge(basis, a.receipt, a.content)


# ------------------------------------------------------------------ elsewhere


class OtherVersionError(UnusableInputError):
    """A worker has another version of the program, and might judge otherwise."""


class Elsewhere(Struct):
    """Hands the returns to an executor, some at a time; what it loses for good is judged here."""

    executor: Executor
    alive: Callable[[], bool] = lambda: True  # whether anybody is left to do the work
    lost: str = ""  # what went wrong with the executor

    def __call__(self, basis: Basis, asked: Iterable[Asked]) -> Iterator[tuple[Asked, Outcome]]:
        packed = pickle.dumps(basis)
        jobs: deque[tuple[list[Asked], Future[list[tuple[bytes, bytes]]] | None]] = deque()
        for chunk in _chunks(asked):
            jobs.append((chunk, self._handed(packed, chunk)))
            if len(jobs) >= AHEAD:
                yield from self._got(basis, *jobs.popleft())
        while jobs:
            yield from self._got(basis, *jobs.popleft())

    def _handed(self, packed: bytes, chunk: list[Asked]) -> Future[list[tuple[bytes, bytes]]] | None:
        unknown = [(a.receipt, a.content) for a in chunk if a.verdict is None]
        if self.lost or not unknown:
            return None
        try:
            return self.executor.submit(job, lsindicators.__version__, packed, unknown)
        except Exception as error:  # whatever becomes of the connection
            self.lost = type(error).__name__
            return None

    def _got(
        self, basis: Basis, chunk: list[Asked], future: Future[list[tuple[bytes, bytes]]] | None
    ) -> Iterator[tuple[Asked, Outcome]]:
        """The outcomes of a chunk, from elsewhere where they have come."""
        found = iter(self._waited(future) or ())
        for a in chunk:
            if a.verdict is not None:
                yield a, Outcome(a.verdict)
            elif (outcome := next(found, None)) is not None:
                record, mending = outcome
                verdict = memory.restored(record)[1]
                yield a, Outcome(verdict, memory.restored(mending) if mending else None, record)
            else:
                yield a, judge(basis, a.receipt, a.content)

    def _waited(self, future: Future[list[tuple[bytes, bytes]]] | None) -> list[tuple[bytes, bytes]] | None:
        while future is not None and not self.lost:
            try:
                return future.result(PATIENCE)
            except OtherVersionError:
                raise
            except Exception as error:  # whatever an executor tells of workers that are gone
                if isinstance(error, TimeoutError) and not future.done() and self._is_alive():
                    continue
                self.lost = type(error).__name__
        return None

    def _is_alive(self) -> bool:
        try:
            return self.alive()
        except Exception:  # nobody answers any more
            return False


def _chunks(asked: Iterable[Asked]) -> Iterator[list[Asked]]:
    chunk: list[Asked] = []
    files = size = 0
    for a in asked:
        chunk.append(a)
        files, size = files + (a.verdict is None), size + len(a.content)
        if files >= FILES or size >= BYTES or len(chunk) >= 10 * FILES:
            yield chunk
            chunk, files, size = [], 0, 0
    if chunk:
        yield chunk


def job(version: str, packed: bytes, unknown: list[tuple[Receipt, bytes]]) -> list[tuple[bytes, bytes]]:
    """What a worker does: of each return its record, and the return itself where it needs a person."""
    if version != lsindicators.__version__:
        raise OtherVersionError(other_version(lsindicators.__version__))
    basis = _basis(packed)
    done = []
    for receipt, content in unknown:
        verdict, mending, _ = judge(basis, receipt, content)
        record = memory.written((basis.decided(verdict.unit), verdict))
        done.append((record, b"" if mending is None else memory.written(mending)))
    return done


@lru_cache(maxsize=2)
def _basis(packed: bytes) -> Basis:
    """The plan comes with each job and is unpacked once."""
    found: Basis = pickle.loads(packed)
    return found


def other_version(theirs: str | None) -> str:
    """What the clerk is told of a worker that would judge by another program."""
    has = f"lsindicators {theirs}" if theirs else "không có lsindicators"
    return (
        f"máy tính phụ {has}, máy này có lsindicators {lsindicators.__version__}; cài cùng một phiên bản trên mọi máy "
        "rồi chạy lại, hoặc bỏ --scheduler. Chưa có gì bị mất"
    )
