"""``status --verify``: the store of a campaign as an auditor goes through it. Nothing is written, nothing is mended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from msgspec import Struct

from lsindicators import files, ledger
from lsindicators.errors import LsindicatorsError, UnusableInputError, UnwritableError, reason
from lsindicators.memory import FILE as MEMORY
from lsindicators.memory import Memory
from lsindicators.model import Receipt, Told
from lsindicators.pipeline import sealed
from lsindicators.pipeline.campaign import RETURNS, SEALS, Json, read_plan, require
from lsindicators.pipeline.standing import gist, gist_of, standing

_SLACK = timedelta(days=1)
"""Clocks of other machines may be wrong by so much before it is worth a word."""

_EXPECTED = {
    ledger.DATABASE,
    f"{ledger.DATABASE}-journal",
    ledger.ORIGINALS,
    ledger.DECISIONS,
    ledger.KEY_FILE,
    ledger.LOCK,
    MEMORY,
}

_HALF = "tệp ghi dở của một lần chạy bị ngắt; lần chạy lsindicators read tới sẽ dọn"


class Trouble(Struct, frozen=True, kw_only=True):
    """One thing that is not as it was filed: what kind of thing, where, and the sentence that says how to mend it."""

    kind: str
    path: str
    message: str
    sha256: str | None = None
    files: tuple[str, ...] = ()  # that came with these bytes


class Verified(Struct, frozen=True, kw_only=True):
    """The store of a campaign, gone through."""

    receipts: int
    originals: int  # different files among them
    bytes: int
    log: int
    troubles: tuple[Trouble, ...]
    notes: tuple[str, ...]  # odd, and nothing to mend
    seals: int = 0  # packages of sealed reports

    @property
    def exit_code(self) -> int:
        return 1 if self.troubles else 0

    def to_json(self) -> Json:
        return {
            "sound": not self.troubles,
            "receipts": self.receipts,
            "originals": self.originals,
            "bytes": self.bytes,
            "log": self.log,
            "seals": self.seals,
            "troubles": [
                {
                    "kind": t.kind,
                    "path": t.path,
                    "sha256": t.sha256,
                    "files": list(t.files),
                    "message": t.message,
                }
                for t in self.troubles
            ],
            "notes": list(self.notes),
        }


def verify(campaign: Path) -> Verified:
    """Hold every receipt against its original, and the store against itself."""
    require(campaign)
    receipts: tuple[Receipt, ...] = ()
    log: tuple[Told, ...] = ()
    troubles: list[Trouble] = []
    database = f"{ledger.FOLDER}/{ledger.DATABASE}"
    try:
        with ledger.reading(campaign) as book:
            troubles += [
                Trouble(
                    kind="database-damaged",
                    path=database,
                    message=f"{database}: SQLite báo tệp sổ cái bị hỏng ({what}); chép lại từ bản sao lưu",
                )
                for what in book.check()
            ]
            receipts, log = book.receipts(), book.told()
    except (UnusableInputError, UnwritableError) as error:
        troubles.append(Trouble(kind="database-damaged", path=database, message=str(error)))
    troubles += _key(campaign)
    troubles += _originals(campaign, receipts)
    troubles += _decisions(campaign, log)
    if not any(t.kind == "database-damaged" for t in troubles):
        troubles += _foreign(campaign, {r.sha256 for r in receipts})
    if not troubles:
        troubles += _memory(campaign)
    damaged = any(t.kind == "database-damaged" for t in troubles)
    seals = sealed.SealsVerified(checked=()) if damaged else sealed.verify_all(campaign)
    troubles += _seals(seals)
    sizes = {r.sha256: r.size for r in receipts}
    return Verified(
        receipts=len(receipts),
        originals=len(sizes),
        bytes=sum(sizes.values()),
        log=len(log),
        troubles=tuple(troubles),
        notes=(*_odd_times(receipts), *(f"{c.path.name}: {note}" for c in seals.checked for note in c.notes)),
        seals=len(seals.checked),
    )


def _seals(seals: sealed.SealsVerified) -> Iterator[Trouble]:
    """What is wrong with sealed reports."""
    for c in seals.checked:
        name = f"{SEALS}/{c.path.name}"
        for f in c.faults:
            yield Trouble(kind=f.kind, path=name, message=f"{name}: {f.message}")
    for f in seals.troubles:
        yield Trouble(kind=f.kind, path=f.member, message=f.message)


def _key(campaign: Path) -> Iterator[Trouble]:
    try:
        ledger.kept_key(campaign)
    except LsindicatorsError as error:
        yield Trouble(kind="key-damaged", path=f"{ledger.FOLDER}/{ledger.KEY_FILE}", message=str(error))


def _memory(campaign: Path) -> Iterator[Trouble]:
    """What is remembered of the returns is what is made of them when each is judged anew."""
    memory = Memory(campaign)
    try:
        plan, _ = read_plan(campaign)
        remembered_plan, _ = read_plan(campaign, memory)
        remembered = standing(campaign, remembered_plan, memory=memory)
        one_by_one = standing(campaign, remembered_plan, memory=memory, whole=False)
        told = gist(campaign, remembered_plan, memory)
        afresh = standing(campaign, plan)
    except UnusableInputError:
        return  # nothing can be judged, and whatever asks for it says so
    if (plan, afresh, afresh, gist_of(afresh)) != (remembered_plan, remembered, one_by_one, told):
        path = f"{ledger.FOLDER}/{MEMORY}"
        message = f"{path}: phần nhớ tạm không khớp với bản gốc; xóa tệp này (không chứa số liệu nào khác), rồi chạy lại các lệnh"
        yield Trouble(kind="memory-damaged", path=path, message=message)


def _originals(campaign: Path, receipts: Sequence[Receipt]) -> Iterator[Trouble]:
    """Every receipt's original is there, of the size that was filed, and has its SHA-256."""
    by_digest: dict[str, list[Receipt]] = {}
    for r in receipts:
        by_digest.setdefault(r.sha256, []).append(r)
    for digest, came in by_digest.items():
        name = f"{ledger.FOLDER}/{ledger.ORIGINALS}/{digest}"
        path = campaign / name
        kind = "original-damaged"
        if path.is_symlink():
            what = "là đường dẫn liên kết, không phải bản gốc"
        elif not path.is_file():
            kind, what = "original-missing", "không còn"
        else:
            try:
                content = path.read_bytes()
            except OSError as error:
                what = f"không mở được ({reason(error)})"
            else:
                if files.sha256(content) == digest and all(r.size == len(content) for r in came):
                    continue
                size = came[0].size
                what = "đã bị thay đổi" + (
                    f" (dài {len(content)} byte, biên nhận ghi {size})" if len(content) != size else ""
                )
        names = tuple(r.file for r in came)
        yield Trouble(
            kind=kind,
            path=name,
            message=f"{name}: bản gốc của {names[0]} {what}; {_mending(campaign, digest, names)}",
            sha256=digest,
            files=names,
        )


def _decisions(campaign: Path, log: Sequence[Told]) -> Iterator[Trouble]:
    """Every version of the clerk's decisions that the log names is kept, and what is kept is whole."""
    folder = campaign / ledger.FOLDER / ledger.DECISIONS
    kept = sorted(p.name for p in folder.iterdir()) if folder.is_dir() else []
    named = (f"{line.decisions}.xlsx" for line in log if line.decisions)
    for file in dict.fromkeys((*kept, *named)):
        name, path = f"{ledger.FOLDER}/{ledger.DECISIONS}/{file}", folder / file
        if files.is_half_written(path):
            yield Trouble(kind="half-written-file", path=name, message=f"{name}: {_HALF}")
        elif file not in kept:
            what = "không còn bản quyết định của đầu mối đã dùng khi đọc; chép lại từ bản sao lưu"
            yield Trouble(kind="decisions-missing", path=name, message=f"{name}: {what}")
        elif not _is_whole(path, path.stem):
            what = "bản quyết định của đầu mối đã bị thay đổi, hoặc không do công cụ lưu; chép lại từ bản sao lưu"
            yield Trouble(kind="decisions-damaged", path=name, message=f"{name}: {what}")


def _mending(campaign: Path, digest: str, names: Iterable[str]) -> str:
    """Where the bytes can be had again."""
    for name in names:
        path = campaign / name
        try:
            if path.is_file() and files.sha256(path.read_bytes()) == digest:
                return f"{name} vẫn còn nguyên: chạy lsindicators read để chép lại"
            outer = campaign / name.partition("!")[0]
            if "!" in name and outer.is_file():
                return f"chạy lsindicators read để lấy lại từ {name.partition('!')[0]}"
        except OSError:
            continue
    return f"chép lại tệp này từ bản sao lưu, hoặc bỏ đúng tệp đơn vị đã gửi vào {RETURNS}/ rồi chạy lsindicators read"


def _foreign(campaign: Path, known: set[str]) -> Iterator[Trouble]:
    """Files in the store that nothing speaks of."""
    store = campaign / ledger.FOLDER
    inside = [p for folder in (store, store / ledger.ORIGINALS) if folder.is_dir() for p in sorted(folder.iterdir())]
    for path in inside:
        name = path.relative_to(campaign).as_posix()
        if path.parent == store and path.name in _EXPECTED:
            continue
        if path.parent != store and path.name in known:
            continue  # held against its receipt already
        if files.is_half_written(path):
            kind, what = "half-written-file", _HALF
        elif path.parent != store and _is_whole(path, path.name):
            kind = "original-without-receipt"
            what = (
                "bản gốc chưa có biên nhận (lần đọc bị ngắt, hoặc sổ cái là bản cũ); chạy lsindicators read, nếu vẫn còn thì "
                f"đọc chính tệp này: {files.command('read', campaign, path)}"
            )
        else:
            kind, what = "foreign-file", "tệp lạ, không do công cụ lưu; chuyển ra khỏi thư mục sổ cái"
        yield Trouble(kind=kind, path=name, message=f"{name}: {what}")


def _is_whole(path: Path, digest: str) -> bool:
    try:
        return files.sha256(path.read_bytes()) == digest
    except OSError:
        return False


def _odd_times(receipts: Sequence[Receipt]) -> Iterator[str]:
    """Moments that cannot all be right. They are what clocks said, and are kept as they are."""
    late = [r for r in receipts if r.sent_at > r.read_at + _SLACK]
    for r in late:
        yield (
            f"biên nhận {r.order}, {r.file}: ngày gửi {_said(r.sent_at)} sau thời điểm nhận {_said(r.read_at)}; "
            "đồng hồ của máy gửi hoặc ngày của tệp sai, có thể làm bản này bị coi là mới hơn"
        )
    for earlier, later in pairwise(receipts):
        if later.read_at < earlier.read_at:
            yield (
                f"biên nhận {later.order}, {later.file}: nhận {_said(later.read_at)}, trước biên nhận {earlier.order} "
                f"({_said(earlier.read_at)}); đồng hồ của máy này đã bị chỉnh lùi"
            )


def _said(moment: datetime) -> str:
    return f"{moment:%d/%m/%Y %H:%M}"
