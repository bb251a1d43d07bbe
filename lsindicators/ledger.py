"""What was received, when, from which bytes: originals by SHA-256, receipts in SQLite, and the campaign's key."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from lsindicators import files
from lsindicators.errors import UnusableInputError
from lsindicators.model import Receipt

FOLDER, DATABASE, ORIGINALS, KEY_FILE = "so-cai", "so-cai.sqlite", "goc", "khoa-ky.txt"

SCHEMA = """
CREATE TABLE IF NOT EXISTS receipt (
    "order" INTEGER PRIMARY KEY,
    file TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL,
    sent_at TEXT NOT NULL,
    read_at TEXT NOT NULL,
    UNIQUE (file, sha256)
) STRICT
"""


class Ledger:
    """The ledger of one campaign. It keeps facts only; findings and figures are formed afresh from them."""

    def __init__(self, folder: Path, connection: sqlite3.Connection) -> None:
        self._folder = folder
        self._connection = connection

    def receive(self, file: str, content: bytes, sent_at: datetime, read_at: datetime) -> Receipt:
        """File the bytes that came as ``file``; the same bytes under the same name keep their first receipt."""
        digest = files.sha256(content)
        original = self._original(digest)
        if not original.is_file():
            files.write(original, content)
        with self._connection:
            self._connection.execute(
                "INSERT OR IGNORE INTO receipt (file, sha256, size, sent_at, read_at) VALUES (?, ?, ?, ?, ?)",
                (file, digest, len(content), sent_at.isoformat(), read_at.isoformat()),
            )
        row = self._connection.execute(f"{SELECT} WHERE file = ? AND sha256 = ?", (file, digest)).fetchone()
        return _receipt(row)

    def file_original(self, content: bytes) -> str:
        """File bytes that no unit has sent, such as a version of the clerk's decisions; their SHA-256."""
        digest = files.sha256(content)
        original = self._original(digest)
        if not original.is_file():
            files.write(original, content)
        return digest

    def receipts(self) -> tuple[Receipt, ...]:
        """Every file that was ever received, in the order of reading."""
        return tuple(_receipt(row) for row in self._connection.execute(f'{SELECT} ORDER BY "order"'))

    def original(self, sha256: str) -> bytes:
        """The bytes as received. Raises ``UnusableInputError`` when they are gone or damaged."""
        path = self._original(sha256)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise UnusableInputError(
                f"{path}: không còn bản gốc đã lưu trong sổ cái; chép lại tệp từ bản sao lưu"
            ) from error
        if files.sha256(content) != sha256:
            raise UnusableInputError(f"{path}: bản gốc trong sổ cái đã bị thay đổi; chép lại tệp từ bản sao lưu")
        return content

    def _original(self, sha256: str) -> Path:
        return self._folder / ORIGINALS / sha256


SELECT = 'SELECT "order", file, sha256, size, sent_at, read_at FROM receipt'


def _receipt(row: tuple[int, str, str, int, str, str]) -> Receipt:
    order, file, sha256, size, sent_at, read_at = row
    return Receipt(
        order=order,
        file=file,
        sha256=sha256,
        size=size,
        sent_at=datetime.fromisoformat(sent_at),
        read_at=datetime.fromisoformat(read_at),
    )


@contextmanager
def opened(campaign: Path) -> Iterator[Ledger]:
    """The ledger of ``campaign``, made when there is none. Raises ``UnusableInputError`` when it is damaged."""
    folder = campaign / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    database = folder / DATABASE
    try:
        with closing(sqlite3.connect(database, timeout=10)) as connection:
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(SCHEMA)
            yield Ledger(folder, connection)
    except sqlite3.DatabaseError as error:
        raise UnusableInputError(
            f"{database}: không đọc được sổ cái ({error}); đóng các cửa sổ lệnh khác, nếu vẫn lỗi thì đổi tên thư mục "
            f"{FOLDER} rồi chạy lại lệnh read"
        ) from error


def key(campaign: Path) -> bytes:
    """The campaign's secret key of 32 bytes that signs its forms; made at first need, never put into a form."""
    path = campaign / FOLDER / KEY_FILE
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write(path, (secrets.token_hex(32) + os.linesep).encode())
    try:
        found = bytes.fromhex(path.read_text(encoding="utf-8").strip())
    except ValueError as error:
        raise UnusableInputError(f"{path}: tệp khóa của kỳ báo cáo đã bị sửa; chép lại từ bản sao lưu") from error
    if len(found) != 32:
        raise UnusableInputError(f"{path}: tệp khóa của kỳ báo cáo đã bị sửa; chép lại từ bản sao lưu")
    return found
