"""What was worked out of given bytes, remembered so that the next command need not do it again.

A convenience and never a source: each thing stands under a digest of all that it was worked out from, the program's own
files among them. What does not fit is worked out anew; whoever deletes the file changes no figure (a test does).
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import io
import os
import pickle
import sys
import weakref
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cached_property, lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, cast

from lsindicators import files, ledger
from lsindicators.errors import LsindicatorsError
from lsindicators.model import Plan, Share

if TYPE_CHECKING:
    from typing_extensions import Buffer

FILE = "nho-tam.bin"
"""Beside the ledger."""

_DIGEST = 32  # bytes
_LENGTH = 8


Place = tuple[int, int]
"""Where a record begins in a file, and its length."""


class Memory:
    """What is remembered in one campaign, and what was worked out since; nothing is written before ``settle``.

    The records stay on the disk: thousands need no more memory than one.
    """

    def __init__(self, campaign: Path) -> None:
        self._path = campaign / ledger.FOLDER / FILE
        self._secret = _secret(campaign)
        self._used: set[bytes] = set()  # the keys of what was asked for and is kept already
        self._new: dict[bytes, Place] = {}  # of what was worked out since, in the file beside
        self._beside: BinaryIO | None = None
        self._changed = False
        self.complete = False  # all that is still of use was asked for: the rest can go
        self.at_last: Callable[[], None] | None = None  # keeps what is true only if nothing changes until the end
        self._known: tuple[Plan, str] | None = None

    @cached_property
    def _kept(self) -> Mapping[bytes, Place]:
        """What stands on the disk."""
        return _places(self._path) if self._secret else {}

    def find(self, *facts: object) -> Any:
        """What was worked out from ``facts``; ``None`` where nothing is remembered, or not whole any more."""
        key = self._key(facts)
        record = memoryview(self._record(key))  # of a country's plan no copy is made
        if not record or not hmac.compare_digest(record[:_DIGEST], self._seal(key, record[_DIGEST:])):
            return None
        try:
            found = restored(record[_DIGEST:])
        except Exception:  # whatever an unpickler may raise: it is worked out anew
            return None
        self._used.add(key)
        return found

    def keep(self, thing: object, *facts: object) -> None:
        """Remember ``thing``, which was worked out from ``facts`` and nothing else."""
        self._keep_by(lambda stream: pickle.dump(thing, stream, PROTOCOL), facts)

    def keep_record(self, record: bytes, *facts: object) -> None:
        """As ``keep``, of a thing as it was ``written``."""
        self._keep_by(lambda stream: stream.write(record), facts)

    def _keep_by(self, write: Callable[[_Sealing], object], facts: tuple[object, ...]) -> None:
        """Remember what ``write`` writes, piece by piece: of a country it is large."""
        if not self._secret:
            return
        import tempfile  # of no use to who only asks

        key = self._key(facts)
        with contextlib.suppress(OSError):  # where there is no room it is worked out again
            if self._beside is None:
                self._beside = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - it lives as long as the memory
                weakref.finalize(self, self._beside.close)
            start = self._beside.seek(0, os.SEEK_END)
            self._beside.write(bytes(_DIGEST))
            record = _Sealing(self._beside, hashlib.blake2b(key, key=self._secret, digest_size=_DIGEST))
            write(record)
            end = self._beside.tell()
            self._beside.seek(start)
            self._beside.write(record.seal.digest())
            self._new[key] = start, end - start
            self._changed = True

    def stays(self, *facts: object) -> None:
        """What was worked out from ``facts`` is of use, though it is not asked for just now."""
        if (key := self._key(facts)) in self._kept:
            self._used.add(key)

    def knows(self, plan: Plan, digest: str) -> None:
        """Note that ``plan`` was read from the bytes with this SHA-256, and from nothing else."""
        self._known = plan, digest

    def digest(self, plan: Plan) -> str:
        """The SHA-256 of the bytes from which ``plan`` itself was read; empty for any other plan."""
        return self._known[1] if self._known is not None and self._known[0] is plan else ""

    def settle(self) -> None:
        """Write what is remembered. That it cannot be written is no matter."""
        if self.at_last is not None:
            self.at_last()
            self.at_last = None
        keys = sorted({*(self._used if self.complete else self._kept), *self._new})
        if not self._secret or not (self._changed or len(keys) < len(self._kept)):
            return

        def records(stream: BinaryIO) -> None:
            for key in keys:
                if record := self._record(key):
                    stream.write(key + len(record).to_bytes(_LENGTH, "big"))
                    stream.write(record)  # by itself: of a country's plan no copy is made

        with contextlib.suppress(LsindicatorsError):
            files.write_by(self._path, records)
        self._new, self._changed, self.complete = {}, False, False
        self.__dict__.pop("_kept", None)  # looked up again if anything more is asked for: mostly the command ends

    def _record(self, key: bytes) -> bytes:
        """The record under ``key``, whole or not; empty where there is none."""
        with contextlib.suppress(OSError):
            if key in self._new and self._beside is not None:
                start, length = self._new[key]
                self._beside.seek(start)
                return self._beside.read(length)
            if key in self._kept:
                start, length = self._kept[key]
                with self._path.open("rb") as stream:  # not held open: on Windows nobody could replace it
                    stream.seek(start)
                    return stream.read(length)
        return b""

    def _key(self, facts: tuple[object, ...]) -> bytes:
        return hashlib.blake2b(repr((_program(), facts)).encode(), digest_size=_DIGEST).digest()

    def _seal(self, key: bytes, body: bytes | memoryview) -> bytes:
        seal = hashlib.blake2b(key, key=self._secret, digest_size=_DIGEST)
        seal.update(body)
        return seal.digest()


class _Sealing(NamedTuple):
    """A stream beside which the seal is made of what goes into it."""

    stream: BinaryIO
    seal: hashlib.blake2b

    def write(self, piece: Buffer) -> int:
        self.seal.update(piece)
        return self.stream.write(piece)


def _secret(campaign: Path) -> bytes:
    """The campaign's key; empty where it has none yet: then nothing is remembered."""
    try:
        return ledger.kept_key(campaign)
    except LsindicatorsError:
        return b""


def _places(path: Path) -> Mapping[bytes, Place]:
    """Key -> where its record stands; of a file that is not whole what can be read of it."""
    found: dict[bytes, Place] = {}
    with contextlib.suppress(OSError), path.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        while len(head := stream.read(_DIGEST + _LENGTH)) == _DIGEST + _LENGTH:
            start = stream.tell()
            length = min(int.from_bytes(head[_DIGEST:], "big"), size - start)
            found[head[:_DIGEST]] = start, length
            stream.seek(start + length)
    return found


@lru_cache(maxsize=1)
def _program() -> str:
    """What the program is at present: its files with their sizes and times, Python, and when a package last changed."""
    folders = [Path(__file__).parent, *map(Path, import_module("lsindicators.templates").__path__)]
    listed = []
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name != "__pycache__":
                        folders.append(Path(entry.path))
                else:
                    stat = entry.stat()
                    listed.append((entry.path, stat.st_size, stat.st_mtime_ns))
    packages = (Path(p) for p in sys.path if p.endswith("-packages"))
    installed = sorted((str(p), p.stat().st_mtime_ns) for p in packages if p.is_dir())
    return hashlib.sha256(f"{sys.version} {installed} {sorted(listed)}".encode()).hexdigest()


# ------------------------------------------------------------------ there and back

_ROOMS = (
    "lsindicators.model",
    "lsindicators.findings",
    "lsindicators.expressions.tree",
    "lsindicators.decisions.paper",
    "lsindicators.pipeline.standing",
)
"""Whose nouns may be remembered; each is loaded when a record first names it."""

_NAMED: Any = Share(unit="").__reduce__()[0]  # with what msgspec makes a noun whose fields go by their names
_ATOMS = {(a.__module__, a.__name__): a for a in (Decimal, date, datetime, timedelta, timezone, _NAMED)}


class _Reader(pickle.Unpickler):
    """Makes nothing but our nouns, numbers and times: a file that somebody tampered with can run no code."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _ATOMS:
            return _ATOMS[module, name]
        found = getattr(import_module(module), name, None) if module in _ROOMS else None
        if isinstance(found, type) and found.__module__ == module:
            return found
        raise pickle.UnpicklingError(f"{module}.{name}")


PROTOCOL = 5
"""The version of pickle in which things are written."""


def written(thing: object) -> bytes:
    """Nouns as bytes."""
    return pickle.dumps(thing, PROTOCOL)


def restored(record: bytes | memoryview) -> Any:
    """The nouns that were ``written``. Whatever bytes may be given, no code of others runs; any exception may come."""
    return _Reader(io.BytesIO(record)).load()
