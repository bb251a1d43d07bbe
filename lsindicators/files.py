"""Atomic writes that survive an output open in Excel: the former file stays whole until the new one is complete.

``steady`` gives a package the same bytes whenever it is made.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, BinaryIO

from lsindicators.errors import OutputLockedError, UnusableInputError, UnwritableError, reason

if TYPE_CHECKING:
    import zipfile

WAITS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.0)
"""Seconds between tries while a virus scanner, OneDrive or Excel holds the file."""


_HALF_WRITTEN = ".~lsi-", ".tmp"
"""How the name of a file begins and ends that is not complete yet, beside the one it is to become."""


def write(path: Path, content: bytes, *, settled: bool = True) -> bool:
    """Put ``content`` at ``path`` in one step; a file that already holds these bytes is left alone.

    Not ``settled``, it outlives the process at once, and a power failure after ``settle``: for many files in a row.
    Returns whether the file was written. Raises ``OutputLockedError`` when another program holds it, and
    ``UnwritableError`` when the disk refuses it.
    """
    if _holds(path, content):
        return False
    return write_by(path, lambda stream: stream.write(content), settled=settled)


def write_by(path: Path, make: Callable[[BinaryIO], object], *, settled: bool = True) -> bool:
    """As ``write``, of what ``make`` writes to a stream, so that nothing need hold all of it."""
    try:
        return _put(path, make, settled)
    except OSError as error:
        raise UnwritableError(
            f"{path}: không ghi được tệp ({reason(error)}); bản cũ, nếu có, vẫn còn nguyên"
        ) from error


def write_new(path: Path, content: bytes) -> None:
    """Put ``content`` at ``path`` where no other file is. Raises ``UnusableInputError`` where one is, and as ``write``."""
    if path.exists() and (path.is_dir() or path.read_bytes() != content):
        raise UnusableInputError(
            f"{path}: đã có tệp này nên không ghi đè, có thể đó là văn bản anh/chị đã sửa; hãy chọn tên tệp khác"
        )
    write(path, content)


def _holds(path: Path, content: bytes) -> bool:
    with contextlib.suppress(OSError):  # what cannot be read is written anew, or told then
        return path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content
    return False


def _put(path: Path, make: Callable[[BinaryIO], object], settled: bool) -> bool:
    handle, temporary = _begun(path)
    try:
        with os.fdopen(handle, "wb") as stream:
            make(stream)
            stream.flush()
            if settled:
                os.fsync(stream.fileno())
        if path.is_file() and _same(temporary, path):
            temporary.unlink()
            return False
        temporary.chmod(0o644)
        _replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    return True


def _begun(path: Path) -> tuple[int, Path]:
    """A new file beside ``path``, open to be written; where the folder is not there yet it is made."""
    import tempfile

    start, end = _HALF_WRITTEN
    try:
        handle, name = tempfile.mkstemp(prefix=start, suffix=end, dir=path.parent)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=start, suffix=end, dir=path.parent)
    return handle, Path(name)


def _same(one: Path, other: Path) -> bool:
    import filecmp

    return filecmp.cmp(one, other, shallow=False)


def sweep(folder: Path) -> None:
    """Take away what a killed command left half written in ``folder``. Only for who is alone at work there."""
    start, end = _HALF_WRITTEN
    for path in folder.glob(f"{start}*{end}"):
        with contextlib.suppress(OSError):  # another program may look into it; the next command will do
            path.unlink()


def is_half_written(path: Path) -> bool:
    """Whether a killed command left ``path`` before it was complete."""
    start, end = _HALF_WRITTEN
    return path.name.startswith(start) and path.name.endswith(end)


TOGETHER = sys.platform == "linux"
"""Whether ``settle`` is better than to settle each file as it is written. Elsewhere it opens each again, which a virus
scanner may forbid."""


def settle(paths: Iterable[Path], meanwhile: Callable[[], object] | None = None) -> None:
    """Make sure that files which were just written outlive a power failure.

    Linux settles all at once in a thirtieth of the time, and ``meanwhile``, what has to be done anyway, is done while the
    disk is at work. Raises ``UnwritableError`` where the disk has lost one of them.
    """
    written = tuple(paths)
    if TOGETHER and len(written) > 4:
        disk = Thread(target=os.sync)
        disk.start()
        try:
            if meanwhile is not None:
                meanwhile()
        finally:
            disk.join()
        return
    for path in written:
        try:
            with path.open("rb+") as stream:
                os.fsync(stream.fileno())
        except OSError as error:
            raise UnwritableError(f"{path}: không ghi được tệp ({reason(error)})") from error


def _replace(temporary: Path, path: Path) -> None:
    for wait in (*WAITS, None):
        try:
            temporary.replace(path)
            return
        except PermissionError as error:
            if wait is None:
                why = "tệp đang mở trong Excel hoặc Word; hãy đóng rồi chạy lại"
                if not os.access(path, os.W_OK):  # Windows replaces no file that is marked Read-only
                    why = "tệp được đặt chỉ cho đọc (Read-only); bỏ thuộc tính đó rồi chạy lại"
                raise OutputLockedError(f"{path}: {why} (bản cũ vẫn còn nguyên)") from error
            time.sleep(wait)


def command(name: str, *paths: Path) -> str:
    """A command of ours as it is typed: a path with a blank in it stands in quotes."""
    return " ".join(("lsindicators", name, *(f'"{path}"' if " " in str(path) else str(path) for path in paths)))


def sha256(content: bytes) -> str:
    """The SHA-256 of ``content`` in lower-case hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def steady(package: bytes, year: int) -> bytes:
    """The same zip package with fixed times of ``year``, so that the same content has the same bytes."""
    import zipfile

    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.infolist():
            target.writestr(entry(item.filename, year), source.read(item))
    return stream.getvalue()


def is_steady(package: bytes, year: int) -> bool:
    """Whether all parts of a zip package have the times that ``steady`` gives them: a program that saves it sets its own."""
    import zipfile

    try:
        with zipfile.ZipFile(io.BytesIO(package)) as source:
            return all(item.date_time == entry("", year).date_time for item in source.infolist())
    except (zipfile.BadZipFile, OSError):
        return False


def entry(name: str, year: int) -> zipfile.ZipInfo:
    """The place of a part in a zip package, with the fixed time that ``steady`` gives it."""
    import zipfile

    fixed = zipfile.ZipInfo(name, (max(year, 1980), 1, 1, 0, 0, 0))
    fixed.compress_type = zipfile.ZIP_DEFLATED
    return fixed
