"""What was received, when, from which bytes: originals by SHA-256, receipts in SQLite, and the campaign's key.

Beside them a log of what was told of each receipt: history for people, read by no computation.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from lsindicators import files, lazily
from lsindicators.errors import BusyError, LsindicatorsError, UnusableInputError, UnwritableError, reason
from lsindicators.model import HANOI, Receipt, Sealed, Status, Told

FOLDER, DATABASE, ORIGINALS, KEY_FILE, LOCK = "so-cai", "so-cai.sqlite", "goc", "khoa-ky.txt", "dang-chay.lock"
DECISIONS = "dieu-chinh"
FORMS = "bieu-mau"  # beside the ledger: what its key has signed

PATIENCE = 5.0
"""Seconds that a command waits for another one on the same campaign to end."""

SCHEMA = (
    """
CREATE TABLE IF NOT EXISTS receipt (
    "order" INTEGER PRIMARY KEY,
    file TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL,
    sent_at TEXT NOT NULL,
    read_at TEXT NOT NULL,
    UNIQUE (file, sha256)
) STRICT
""",
    """
CREATE TABLE IF NOT EXISTS told (
    receipt INTEGER NOT NULL REFERENCES receipt ("order"),
    told_at TEXT NOT NULL,
    tool TEXT NOT NULL,
    plan TEXT NOT NULL,
    decisions TEXT NOT NULL,
    unit TEXT,
    round INTEGER NOT NULL,
    status TEXT NOT NULL,
    counts INTEGER NOT NULL,
    "values" INTEGER NOT NULL,
    errors INTEGER NOT NULL,
    questions INTEGER NOT NULL,
    warnings INTEGER NOT NULL,
    infos INTEGER NOT NULL,
    control TEXT NOT NULL,
    figures TEXT NOT NULL
) STRICT
""",
    """
CREATE TABLE IF NOT EXISTS seal (
    number INTEGER PRIMARY KEY,
    file TEXT NOT NULL,
    code TEXT NOT NULL,
    sealed_at TEXT NOT NULL
) STRICT
""",
    *(
        f"CREATE TRIGGER IF NOT EXISTS {table}_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE (ABORT, '{table} is only ever added to'); END"
        for table in ("receipt", "told", "seal")
        for verb in ("UPDATE", "DELETE")
    ),
)

_NAMES = Told.__struct_fields__
_COLUMNS = ", ".join(f'"{name}"' for name in _NAMES)


class Ledger:
    """The ledger of one campaign. It keeps facts only; findings and figures are formed afresh from them."""

    def __init__(self, folder: Path, connection: sqlite3.Connection) -> None:
        self._folder = folder
        self._connection = connection
        self._unsettled: list[Path] = []
        self.healed: list[str] = []  # SHA-256 of originals that were gone or damaged, and are whole again

    def receive(self, file: str, content: bytes, sent_at: datetime, read_at: datetime) -> Receipt:
        """File the bytes that came as ``file``; the same bytes under the same name keep their first receipt.

        An original that is gone or is not these bytes any more, whatever befell it, is put right.
        """
        digest = files.sha256(content)
        original = self._original(digest)
        if original.is_symlink():
            original.unlink()  # the bytes of another place are not kept here
        if files.write(original, content, settled=False):
            self._unsettled.append(original)
            if digest in self._received:
                self.healed.append(digest)
        self._connection.execute(
            "INSERT OR IGNORE INTO receipt (file, sha256, size, sent_at, read_at) VALUES (?, ?, ?, ?, ?)",
            (file, digest, len(content), sent_at.isoformat(), read_at.isoformat()),
        )
        row = self._connection.execute(f"{SELECT} WHERE file = ? AND sha256 = ?", (file, digest)).fetchone()
        return self._receipt(row)

    def file_decisions(self, content: bytes) -> None:
        """Keep a version of the clerk's decisions, named by its SHA-256."""
        files.write(self._folder / DECISIONS / f"{files.sha256(content)}.xlsx", content)

    def settle(self, meanwhile: Callable[[], object] | None = None) -> None:
        """Make sure that the originals filed so far outlive a power failure; see ``files.settle``."""
        files.settle(self._unsettled, meanwhile)
        self._unsettled.clear()

    def receipts(self) -> tuple[Receipt, ...]:
        """Every file that was ever received, in the order of reading."""
        return tuple(self.each())

    def each(self) -> Iterator[Receipt]:
        """As ``receipts``, for who needs one at a time: of a country they are many."""
        if self._has("receipt"):
            yield from map(self._receipt, self._connection.execute(f'{SELECT} ORDER BY "order"'))

    def log(self, told: Iterable[Told]) -> None:
        """Add what was told, of each receipt whose outcome is another than that of its last line."""
        last = {line.receipt: line.outcome for line in self.told()}
        for line in told:
            if last.get(line.receipt) != line.outcome:
                row = tuple(_stored(getattr(line, name)) for name in _NAMES)
                places = ", ".join("?" * len(row))
                self._connection.execute(f"INSERT INTO told ({_COLUMNS}) VALUES ({places})", row)

    def told(self) -> tuple[Told, ...]:
        """The log, oldest line first."""
        if not self._has("told"):
            return ()
        rows = self._connection.execute(f"SELECT {_COLUMNS} FROM told ORDER BY rowid")
        try:
            return tuple(_told(row) for row in rows)
        except ValueError as error:
            raise _damaged(self._folder / DATABASE, error) from error

    def file_seal(self, seal: Sealed) -> None:
        """Note that a report was sealed; a number that is noted already stays as it is."""
        row = seal.number, seal.file, seal.code, seal.sealed_at.isoformat()
        self._connection.execute("INSERT OR IGNORE INTO seal (number, file, code, sealed_at) VALUES (?, ?, ?, ?)", row)

    def seals(self) -> tuple[Sealed, ...]:
        """Every report that was sealed, in order."""
        if not self._has("seal"):
            return ()
        rows = self._connection.execute("SELECT number, file, code, sealed_at FROM seal ORDER BY number").fetchall()
        try:
            return tuple(
                Sealed(number=number, file=file, code=code, sealed_at=datetime.fromisoformat(moment))
                for number, file, code, moment in rows
            )
        except ValueError as error:
            raise _damaged(self._folder / DATABASE, error) from error

    def original(self, sha256: str, file: str = "") -> bytes:
        """The bytes as received, as ``file``. Raises ``UnusableInputError`` when they are gone or damaged."""
        path = self._original(sha256)
        of = f" của {file}" if file else ""
        try:
            content = path.read_bytes()
        except OSError as error:
            raise UnusableInputError(
                f"{path}: không mở được bản gốc{of} trong sổ cái ({reason(error)}); {MEND}"
            ) from error
        if files.sha256(content) != sha256:
            raise UnusableInputError(f"{path}: bản gốc{of} trong sổ cái đã bị thay đổi; {MEND}")
        return content

    def check(self) -> tuple[str, ...]:
        """What SQLite finds wrong with its own file, in its own words."""
        rows = self._connection.execute("PRAGMA integrity_check(20)").fetchall()
        return tuple(str(row[0]) for row in rows if row[0] != "ok")

    def unfiled(self) -> tuple[str, ...]:
        """Originals without a receipt: a reading was broken off, or the database is older than they are."""
        known = {r.sha256 for r in self.each()}
        return tuple(name for name in _originals(self._folder) if name not in known)

    def _original(self, sha256: str) -> Path:
        return self._folder / ORIGINALS / sha256

    @cached_property
    def _received(self) -> frozenset[str]:
        """The SHA-256 of everything received by former readings."""
        return frozenset(row[0] for row in self._connection.execute("SELECT sha256 FROM receipt"))

    def _has(self, table: str) -> bool:
        """Whether the database knows the table yet: it may be older, or just made."""
        found = self._connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,))
        return found.fetchone() is not None

    def _receipt(self, row: tuple[int, str, str, int, str, str]) -> Receipt:
        order, file, sha256, size, sent_at, read_at = row
        try:
            if not DIGEST.fullmatch(sha256):
                raise ValueError(sha256)
            sent, read = _moment(sent_at), _moment(read_at)
            if sent.tzinfo is None or read.tzinfo is None:
                raise ValueError(sent_at, read_at)
        except ValueError as error:
            raise _damaged(self._folder / DATABASE, f"biên nhận số {order}") from error
        return Receipt(order=order, file=file, sha256=sha256, size=size, sent_at=sent, read_at=read)


@lru_cache(maxsize=64)
def _moment(text: str) -> datetime:
    """A moment as it was stored. All files of one reading share theirs, and all moments of Vietnam their zone."""
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=HANOI) if found.tzinfo == HANOI else found


SELECT = 'SELECT "order", file, sha256, size, sent_at, read_at FROM receipt'
DIGEST = lazily.pattern(r"[0-9a-f]{64}")
MEND = (
    "bỏ lại đúng tệp đó vào tra-ve/ rồi chạy lsindicators read, hoặc chép lại từ bản sao lưu; "
    "xem tất cả chỗ hỏng: lsindicators status --verify"
)


def _stored(value: object) -> object:
    match value:
        case Status():
            return value.value
        case datetime():
            return value.isoformat()
        case _:
            return value


def _told(row: Sequence[Any]) -> Told:
    facts = dict(zip(_NAMES, row, strict=True))
    facts["told_at"] = datetime.fromisoformat(facts["told_at"])
    facts["status"] = Status(facts["status"])
    facts["counts"] = bool(facts["counts"])
    return Told(**facts)


@contextmanager
def opened(campaign: Path) -> Iterator[Ledger]:
    """The ledger of ``campaign`` to write in, made when there is none; all or nothing of what is written stays.

    Raises ``UnusableInputError`` when it is damaged, ``UnwritableError`` when the disk refuses it.
    """
    folder = campaign / FOLDER
    database = folder / DATABASE
    with _understood(database):
        _made(folder)
        with closing(sqlite3.connect(database, timeout=2 * PATIENCE, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            for statement in SCHEMA:
                connection.execute(statement)
            book = Ledger(folder, connection)
            yield book
            book.settle()  # no receipt outlives its original
            connection.execute("COMMIT")  # where it is not reached, closing rolls back


@contextmanager
def reading(campaign: Path) -> Iterator[Ledger]:
    """The ledger of ``campaign`` as it stands; nothing is made, nothing written, also where there is none.

    Raises ``UnusableInputError`` when it is damaged or lost: without it all returns would be gone in silence.
    """
    folder = campaign / FOLDER
    database = folder / DATABASE
    if is_lost(campaign):
        raise _damaged(database, f"tệp này không còn, mà {ORIGINALS}/ có {len(_originals(folder))} bản gốc")
    with _understood(database):
        there = database if database.is_file() else ":memory:"
        with closing(sqlite3.connect(there, timeout=2 * PATIENCE, isolation_level=None)) as connection:
            connection.execute("PRAGMA query_only = ON")
            yield Ledger(folder, connection)


@contextmanager
def alone(campaign: Path) -> Iterator[None]:
    """Be the only command that writes in ``campaign``; the system lets go of it when the process ends, however.

    A lock of SQLite on a file of its own: it works alike on every system, and no child process inherits it.
    Raises ``BusyError`` when another command is still at work after ``PATIENCE`` seconds.
    """
    lock = campaign / FOLDER / LOCK
    with _understood(lock):
        _made(lock.parent)
        with closing(sqlite3.connect(lock, timeout=PATIENCE, isolation_level=None)) as connection:
            try:
                connection.execute("BEGIN EXCLUSIVE")
            except sqlite3.DatabaseError as error:
                if _primary(error) == sqlite3.SQLITE_NOTADB:
                    raise UnusableInputError(
                        f"{lock}: tệp này đã bị sửa; xóa tệp này rồi chạy lại (nó không chứa số liệu)"
                    ) from error
                raise
            yield


def is_lost(campaign: Path) -> bool:
    """Whether the database is gone, and something was received."""
    folder = campaign / FOLDER
    return not (folder / DATABASE).is_file() and bool(_originals(folder))


def _originals(folder: Path) -> list[str]:
    """The names of what the store ``folder`` holds as originals."""
    try:
        with os.scandir(folder / ORIGINALS) as entries:
            return sorted(entry.name for entry in entries if DIGEST.fullmatch(entry.name))
    except FileNotFoundError:
        return []


def _made(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritableError(f"{folder}: không tạo được thư mục ({reason(error)})") from error


@contextmanager
def _understood(database: Path) -> Iterator[None]:
    """What SQLite complains of, as one of our sentences."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _sentence(database, error) from error


def _primary(error: sqlite3.Error) -> int:
    """The code of SQLite without its details; 0 where there is none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _sentence(database: Path, error: sqlite3.DatabaseError) -> LsindicatorsError:
    match _primary(error):
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return BusyError(
                f"{database.parent.parent}: một lệnh lsindicators khác đang chạy trên kỳ báo cáo này; "
                "chờ lệnh đó xong rồi chạy lại"
            )
        case sqlite3.SQLITE_FULL:
            return UnwritableError(f"{database}: không ghi được (ổ đĩa đã đầy); những gì đã lưu vẫn còn nguyên")
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            why = "ổ đĩa hoặc thư mục chỉ cho đọc, hoặc không có quyền"
            return UnwritableError(f"{database}: không mở hoặc không ghi được ({why}); những gì đã lưu vẫn còn nguyên")
        case sqlite3.SQLITE_IOERR:
            return UnwritableError(f"{database}: lỗi ổ đĩa khi đọc hoặc ghi; những gì đã lưu vẫn còn nguyên")
        case _:
            return _damaged(database, error)


def _damaged(database: Path, what: object) -> UnusableInputError:
    return UnusableInputError(
        f"{database}: không đọc được sổ cái ({what}); chép lại tệp này từ bản sao lưu. Không có bản sao lưu thì đổi tên "
        f"tệp này (nếu còn), giữ nguyên {ORIGINALS}/ và {KEY_FILE}, rồi chạy lsindicators read; biểu không còn trong tra-ve/ "
        f"thì đọc lại từ bản gốc: {files.command('read', database.parent.parent, database.parent / ORIGINALS)}"
    )


def newest_decisions(campaign: Path) -> Path | None:
    """The version of the clerk's decisions that was kept last."""
    kept = (campaign / FOLDER / DECISIONS).glob("*.xlsx")
    return max(kept, key=lambda path: (path.stat().st_mtime_ns, path.name), default=None)


# ------------------------------------------------------------------ the key

_NO_KEY = "không còn tệp khóa của kỳ báo cáo, nên không nhận ra biểu mẫu của kỳ này; chép lại từ bản sao lưu"


def key(campaign: Path) -> bytes:
    """The campaign's secret key of 32 bytes that signs its forms; made at first need, never put into a form.

    Where forms have been made or returns received a lost key is not made anew: they would all pass for forged.
    """
    path = campaign / FOLDER / KEY_FILE
    if not path.exists():
        with reading(campaign) as book:
            received = bool(book.receipts())
        issued = any((campaign / FORMS).glob("*.xlsx"))
        if issued and not received:
            unsent = f"chưa gửi biểu nào cho đơn vị thì xóa {FORMS}/ rồi chạy lại lsindicators generate"
            raise UnusableInputError(f"{path}: {_NO_KEY}; {unsent}")
        if not received:
            import secrets

            files.write(path, (secrets.token_hex(32) + os.linesep).encode())
    return kept_key(campaign)


def kept_key(campaign: Path) -> bytes:
    """The key as it lies there. Raises ``UnusableInputError`` when it is gone or damaged."""
    path = campaign / FOLDER / KEY_FILE
    try:
        text = path.read_text(encoding="utf-8-sig")  # Notepad may have put a mark before it
    except FileNotFoundError as error:
        raise UnusableInputError(f"{path}: {_NO_KEY}") from error
    except OSError as error:
        raise UnusableInputError(f"{path}: không mở được tệp khóa của kỳ báo cáo ({reason(error)})") from error
    except ValueError:
        text = ""
    found = b""
    with suppress(ValueError):
        found = bytes.fromhex(text.strip())
    if len(found) != 32:
        raise UnusableInputError(f"{path}: tệp khóa của kỳ báo cáo đã bị sửa; chép lại từ bản sao lưu")
    return found
