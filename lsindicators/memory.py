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
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

from lsindicators import files, ledger
from lsindicators.errors import LsindicatorsError
from lsindicators.model import Plan, Share

FILE = "nho-tam.bin"
"""Beside the ledger."""

_DIGEST = 32  # bytes
_LENGTH = 8

Record = bytes | memoryview
"""Seal and content; of the file as it was found a view, for there may be thousands."""


class Memory:
    """What is remembered in one campaign, and what was worked out since; nothing is written before ``settle``."""

    def __init__(self, campaign: Path) -> None:
        self._path = campaign / ledger.FOLDER / FILE
        self._secret = _secret(campaign)
        self._kept = dict(_records(self._path)) if self._secret else {}
        self._used: dict[bytes, Record] = {}  # key -> record
        self._changed = False
        self.complete = False  # all that is still of use was asked for: the rest can go
        self.at_last: Callable[[], None] | None = None  # keeps what is true only if nothing changes until the end
        self._known: tuple[Plan, str] | None = None

    def find(self, *facts: object) -> Any:
        """What was worked out from ``facts``; ``None`` where nothing is remembered, or not whole any more."""
        key = self._key(facts)
        record = self._used.get(key) or self._kept.get(key)
        if record is None or not hmac.compare_digest(record[:_DIGEST], self._seal(key, record[_DIGEST:])):
            return None
        try:
            found = restored(record[_DIGEST:])
        except Exception:  # whatever an unpickler may raise: it is worked out anew
            return None
        self._used[key] = record
        return found

    def keep(self, thing: object, *facts: object) -> None:
        """Remember ``thing``, which was worked out from ``facts`` and nothing else."""
        self.keep_record(written(thing), *facts)

    def keep_record(self, record: bytes, *facts: object) -> None:
        """As ``keep``, of a thing as it was ``written``."""
        if self._secret:
            key = self._key(facts)
            self._used[key] = self._seal(key, record) + record
            self._changed = True

    def stays(self, *facts: object) -> None:
        """What was worked out from ``facts`` is of use, though it is not asked for just now."""
        if (record := self._kept.get(key := self._key(facts))) is not None:
            self._used.setdefault(key, record)

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
        records = sorted((self._used if self.complete else {**self._kept, **self._used}).items())
        if not self._secret or not (self._changed or len(records) < len(self._kept)):
            return
        content = b"".join(k + len(r).to_bytes(_LENGTH, "big") + r for k, r in records)
        with contextlib.suppress(LsindicatorsError):
            files.write(self._path, content)
        self._kept, self._changed = dict(records), False

    def _key(self, facts: tuple[object, ...]) -> bytes:
        return hashlib.blake2b(repr((_program(), facts)).encode(), digest_size=_DIGEST).digest()

    def _seal(self, key: bytes, body: Record) -> bytes:
        return hashlib.blake2b(key + body, key=self._secret, digest_size=_DIGEST).digest()


def _secret(campaign: Path) -> bytes:
    """The campaign's key; empty where it has none yet: then nothing is remembered."""
    try:
        return ledger.kept_key(campaign)
    except LsindicatorsError:
        return b""


def _records(path: Path) -> Mapping[bytes, Record]:
    """Key -> record; of a file that is not whole what can be read of it."""
    try:
        content = path.read_bytes()
    except OSError:
        return {}
    found: dict[bytes, Record] = {}
    whole, at = memoryview(content), 0
    while at + _DIGEST + _LENGTH <= len(content):
        key, at = content[at : at + _DIGEST], at + _DIGEST
        length, at = int.from_bytes(content[at : at + _LENGTH], "big"), at + _LENGTH
        found[key] = whole[at : at + length]
        at += length
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


def written(thing: object) -> bytes:
    """Nouns as bytes."""
    return pickle.dumps(thing, protocol=5)


def restored(record: Record) -> Any:
    """The nouns that were ``written``. Whatever bytes may be given, no code of others runs; any exception may come."""
    return _Reader(io.BytesIO(record)).load()
