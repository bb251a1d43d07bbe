"""Run as a program: commands of ours in children that are broken off at a chosen step that changes the disk.

Stdin holds one JSON list of arguments a line with ``at`` (number of the step, from 1; 0: never) and ``how``:

- ``kill``: the child ends itself with SIGKILL before the step;
- ``half``: where the step is a write, half of the bytes are written first;
- ``full``, ``readonly``: from the step on the system refuses whatever takes room on the disk;
- ``here``: nothing is broken off, and no child is made: what the command loads is there for all later ones.

Stdout gets one JSON object a line: how the child ended, what it printed, and the names of its steps. A step is a call
that changes a folder, a file or the database. Everything is imported once, and each command runs in a fork.
"""

import builtins
import errno
import gc
import io
import json
import os
import signal
import sqlite3
import sys
import tempfile
from datetime import datetime
from pathlib import Path

import lsindicators.pipeline.read
from lsindicators.cli import main


class Clock(datetime):
    """A clock that stands still, so that two readings differ in nothing."""

    @classmethod
    def now(cls, tz=None):
        return cls(2026, 3, 28, 9, 15, tzinfo=tz)


lsindicators.pipeline.read.datetime = Clock

GROWING = ("open", "write", "mkdir", "sql", "fsync", "replace")
"""Steps that a full disk refuses; what takes away may go on."""


class Breaker:
    """Counts the steps, and breaks off at one of them."""

    def __init__(self, at: int, how: str) -> None:
        self.at, self.how, self.steps = at, how, []

    def step(self, kind: str, what: object, half=None) -> None:
        self.steps.append(f"{kind} {Path(str(what)).name}")
        number = len(self.steps)
        if self.at == 0 or number < self.at:
            return
        if self.how in ("full", "readonly"):
            if kind in GROWING:
                if half is not None:
                    half()
                self._refuse(kind, what)
        elif number == self.at:
            if self.how == "half" and half is not None:
                half()
            os.kill(os.getpid(), signal.SIGKILL)

    def _refuse(self, kind: str, what: object) -> None:
        if kind == "sql":
            full = self.how == "full"
            error = sqlite3.OperationalError(
                "database or disk is full" if full else "attempt to write a readonly database"
            )
            error.sqlite_errorcode = sqlite3.SQLITE_FULL if full else sqlite3.SQLITE_READONLY
            raise error
        number = errno.ENOSPC if self.how == "full" else errno.EROFS
        raise OSError(number, os.strerror(number), *(() if kind in ("write", "fsync") else (str(what),)))


class Stream:
    """A file that is written to, through the breaker."""

    def __init__(self, inner, name: str, breaker: Breaker) -> None:
        self._inner, self._name, self._breaker = inner, name, breaker

    def write(self, content) -> int:
        def half() -> None:
            self._inner.write(content[: len(content) // 2])
            self._inner.flush()

        self._breaker.step("write", self._name, half)
        return self._inner.write(content)

    def __getattr__(self, name: str):
        return getattr(self._inner, name)

    def __enter__(self):
        return self

    def __exit__(self, *raised) -> None:
        self._inner.close()


def watch(breaker: Breaker) -> None:
    """Let every step that changes the disk go through ``breaker``, in this process from now on."""

    def counted(kind: str, real, place: int = 0):
        def call(*arguments, **more):
            breaker.step(kind, arguments[place])
            return real(*arguments, **more)

        return call

    os.replace = counted("replace", os.replace, 1)
    os.rename = counted("replace", os.rename, 1)
    os.mkdir = counted("mkdir", os.mkdir)
    os.unlink = counted("unlink", os.unlink)
    os.remove = counted("unlink", os.remove)
    os.rmdir = counted("unlink", os.rmdir)
    os.chmod = counted("chmod", os.chmod)
    os.utime = counted("utime", os.utime)
    os.fsync = counted("fsync", lambda _: None)  # a killed program loses nothing that it had written, waited for or not
    os.sync = lambda: None
    opened, fdopened, built = os.open, os.fdopen, io.open
    names = {}

    def os_open(path, flags, *more, **named):
        if flags & os.O_CREAT:
            breaker.step("open", path)
        handle = opened(path, flags, *more, **named)
        names[handle] = path
        return handle

    def io_open(file, mode="r", *more, **named):
        writes = isinstance(mode, str) and set(mode) & set("wax+")
        if writes and not isinstance(file, int):
            breaker.step("open", file)
        inner = built(file, mode, *more, **named)
        return Stream(inner, file if not isinstance(file, int) else names.get(file, "?"), breaker) if writes else inner

    os.open, io.open, builtins.open = os_open, io_open, io_open
    os.fdopen = lambda handle, mode="r", *more, **named: (
        Stream(fdopened(handle, mode, *more, **named), names.get(handle, "?"), breaker)
        if set(mode) & set("wa+")
        else fdopened(handle, mode, *more, **named)
    )
    tempfile._io.open = io_open

    class Connection(sqlite3.Connection):
        """A connection whose statements that change something are steps."""

        def execute(self, sql, *more):
            if sql.split(maxsplit=1)[0].upper() not in ("SELECT", "PRAGMA"):
                breaker.step("sql", " ".join(sql.split()[:3]))
            return super().execute(sql, *more)

        def commit(self) -> None:
            breaker.step("sql", "commit")
            super().commit()

    connect = sqlite3.connect

    def connected(database, *more, **named):
        if not Path(str(database)).exists():
            breaker.step("open", database)
        return connect(database, *more, **{"factory": Connection, **named})

    sqlite3.connect = connected


def run(arguments: list[str], at: int, how: str) -> dict:
    """Run a command in a fork; how it ended."""
    read_end, write_end = os.pipe()
    gc.freeze()  # else the collector of each child would copy all that is loaded
    child = os.fork()
    if child == 0:
        os.close(read_end)
        out, told = io.StringIO(), io.StringIO()
        sys.stdout, sys.stderr = out, told
        breaker = Breaker(at, how)
        write = os.write
        watch(breaker)
        code = 0
        try:
            main(arguments)
        except SystemExit as end:
            code = end.code
        answer = {"exit": code, "out": out.getvalue(), "told": told.getvalue(), "steps": breaker.steps}
        rest = json.dumps(answer).encode()
        while rest:
            rest = rest[write(write_end, rest) :]
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as stream:
        answer = stream.read()
    _, ended = os.waitpid(child, 0)
    return json.loads(answer) if answer else {"signal": os.WTERMSIG(ended)}


def here(arguments: list[str]) -> dict:
    """Run a command in this process."""
    stdout, sys.stdout = sys.stdout, io.StringIO()
    try:
        main(arguments)
    except SystemExit as end:
        return {"exit": end.code}
    finally:
        sys.stdout = stdout
    return {}


if __name__ == "__main__":
    for line in sys.stdin:
        job = json.loads(line)
        ended = here(job["arguments"]) if job["how"] == "here" else run(job["arguments"], job["at"], job["how"])
        sys.stdout.write(json.dumps(ended) + "\n")
        sys.stdout.flush()
