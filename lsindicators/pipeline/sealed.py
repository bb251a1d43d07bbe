"""``niem-phong/``: the sealed reports of a campaign, held against the store they were made from; nothing is written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from lsindicators import files, ledger, sealing
from lsindicators.errors import LsindicatorsError, UnusableInputError, reason
from lsindicators.model import Receipt, Sealed, Status
from lsindicators.pipeline.campaign import DECISIONS, PLAN, SEALS, Json, is_campaign, require
from lsindicators.pipeline.results import Merged, computed
from lsindicators.pipeline.standing import Standing, stand

DATA, RECEIPTS, SIGNED = "du-lieu.json", "bien-nhan.json", "ban-ky"
"""Members of a package: the figures, the receipts they came from, and the folder of what was signed."""

_NUMBERED = re.compile(r"(\d{2,})-.+\.zip")

LARGEST = 256 * 2**20
"""Bytes of a package that is looked into."""

MEND = "chép lại từ bản sao lưu, hoặc lấy bản đã gửi lưu trữ"


def packages(campaign: Path, known: Iterable[Sealed] = ()) -> dict[int, Path]:
    """The packages that lie in ``niem-phong/``, by their numbers; of two with one number the one that the ledger names."""
    names = {s.file for s in known}
    numbered = [(int(found[1]), path) for path in _lying(campaign) if (found := _NUMBERED.fullmatch(path.name))]
    return dict(sorted(numbered, key=lambda of: (of[0], of[1].name in names)))


def _lying(campaign: Path) -> list[Path]:
    folder = campaign / SEALS
    return sorted(folder.iterdir()) if folder.is_dir() else []


def noted(campaign: Path) -> tuple[Sealed, ...]:
    """What the ledger knows of sealings."""
    with ledger.reading(campaign) as book:
        return book.seals()


def latest(campaign: Path) -> sealing.Package | None:
    """The newest sealing of a campaign; ``None`` where nothing was sealed.

    Raises ``UnusableInputError`` where it is gone or not whole: then nobody can tell what was signed.
    """
    listed = noted(campaign)
    lying, known = packages(campaign, listed), {s.number: s for s in listed}
    number = max((*lying, *known), default=0)
    if not number:
        return None
    if number not in lying:
        raise UnusableInputError(f"{campaign / SEALS / known[number].file}: không còn gói niêm phong này; {MEND}")
    package, faults = _opened(lying[number])
    faults = (*faults, *(_belonging(package, ledger.kept_key(campaign), known.get(number)) if package else ()))
    if package is None or faults:
        raise UnusableInputError(f"{lying[number]}: {faults[0].message}; {MEND}")
    return package


def _opened(path: Path) -> tuple[sealing.Package | None, tuple[sealing.Fault, ...]]:
    try:
        size = path.stat().st_size
        content = b"" if size > LARGEST else path.read_bytes()
    except OSError as error:
        what = f"không mở được ({reason(error)})"
        return None, (sealing.Fault(kind="not-a-package", member="", message=what),)
    if size > LARGEST:
        what = f"dài {size} byte, vượt mức cho phép; không mở"
        return None, (sealing.Fault(kind="package-too-large", member="", message=what),)
    return sealing.opened(content, path.name)


def _belonging(package: sealing.Package, key: bytes, known: Sealed | None) -> Iterator[sealing.Fault]:
    """Whether this campaign sealed the package, and just so."""
    if not sealing.is_signed(package, key, package.members[sealing.MANIFEST]):
        what = f"{sealing.MANIFEST} không mang dấu của khóa kỳ báo cáo này: đã bị sửa sau khi niêm phong, hoặc là gói của kỳ khác"
        yield sealing.Fault(kind="seal-forged", member=sealing.MANIFEST, message=what)
    elif known is not None and known.code != package.code:
        what = f"không phải là gói mà sổ cái ghi (mã niêm phong trong sổ cái: {known.code})"
        yield sealing.Fault(kind="seal-replaced", member="", message=what)


def entry(package: sealing.Package) -> Sealed:
    """What the ledger notes of a package."""
    return Sealed(number=package.number, file=package.name, code=package.code, sealed_at=package.sealed_at)


def signed_digests(path: Path) -> frozenset[str]:
    """The SHA-256 of the signed files that a package holds."""
    package, _ = _opened(path)
    digests = {} if package is None else package.digests
    return frozenset(digest for name, digest in digests.items() if name.startswith(f"{SIGNED}/"))


# ------------------------------------------------------------------ the figures as a document


def document(merged: Merged) -> Json:
    """``du-lieu.json``: the document of ``merge --json`` with every figure of the units, and all digits of the results."""
    from lsindicators.exports import package

    told = merged.to_json()
    results = {r.criterion.code: (r.value, r.previous) for r in merged.results}
    for item in (*told["criteria"], *told["companions"]):
        value, previous = results[item["code"]]
        item["exact"] = {"value": _digits(value), "previous": _digits(previous)}
    for item in told["variables"]:
        item["exact"] = {"value": _digits(merged.dataset.totals[item["code"], merged.plan.year].value)}
    return {**told, "figures": [package.figure(f) for f in merged.dataset.figures]}


def _digits(value: object) -> str | None:
    return f"{value:f}" if isinstance(value, Decimal) else None


def json_bytes(told: Json | list[Json]) -> bytes:
    """A document as a member of a package."""
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def as_read(told: Json) -> Json:
    """A document as it is once it was written and read again."""
    found: Json = json.loads(json.dumps(told), parse_float=Decimal)
    return found


def data(package: sealing.Package) -> Json:
    """The figures as they were sealed. Raises ``KeyError`` where they are not whole."""
    found: Json = json.loads(package.members[DATA], parse_float=Decimal)
    return found


def remade(campaign: Path, package: sealing.Package) -> Json:
    """The figures of a package, made anew from the originals: by its plan, its decisions and the receipts it names alone.

    Raises ``LsindicatorsError`` where that cannot be done.
    """
    from lsindicators import assignment, decisions

    plan, doubts = assignment.understand(package.members[PLAN], campaign / PLAN)
    content = package.members.get(DECISIONS)
    paper = decisions.Paper() if content is None else decisions.read(content, plan)
    with ledger.reading(campaign) as book:
        current = stand(plan, paper, receipts(package), ledger.kept_key(campaign), book.original)
    return as_read(document(computed(campaign, doubts, current)))


def receipts(package: sealing.Package) -> tuple[Receipt, ...]:
    """The receipts that a package names. Raises ``UnusableInputError`` where they cannot be read."""
    try:
        told = json.loads(package.members[RECEIPTS])
        return tuple(
            Receipt(
                order=int(r["order"]),
                file=str(r["file"]),
                sha256=str(r["sha256"]),
                size=int(r["size"]),
                sent_at=datetime.fromisoformat(r["sent_at"]),
                read_at=datetime.fromisoformat(r["read_at"]),
            )
            for r in told
        )
    except (TypeError, ValueError) as error:
        raise UnusableInputError(f"{package.name}: không đọc được {RECEIPTS} trong gói") from error


def listed(current: Standing, filed: Iterable[Receipt]) -> list[Json]:
    """``bien-nhan.json``: every receipt as filed, whose it is, what became of it, and whether it counts."""
    judged = {j.receipt.order: j.verdict for j in current.judged}
    counts = {j.receipt.order for j in current.current.values() if j.verdict.status is not Status.REJECTED}
    return [
        {
            "order": r.order,
            "file": r.file,
            "sha256": r.sha256,
            "size": r.size,
            "sent_at": r.sent_at.isoformat(),
            "read_at": r.read_at.isoformat(),
            "unit": judged[r.order].unit,
            "status": judged[r.order].status.value,
            "counts": r.order in counts,
        }
        for r in filed
    ]


# ------------------------------------------------------------------ verifying


class Checked(Struct, frozen=True, kw_only=True):
    """One package, gone through."""

    path: Path
    package: sealing.Package | None  # none: it cannot be told what it should hold
    faults: tuple[sealing.Fault, ...]
    figures: int | None  # values that were made anew and held against the sealed ones; none: could not be made
    notes: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        return 1 if self.faults else 0

    def to_json(self) -> Json:
        p = self.package
        return {
            "path": str(self.path),
            "sound": not self.faults,
            "number": p.number if p else None,
            "kind": p.manifest["kind"] if p else None,
            "code": p.code if p else None,
            "sealed_at": p.manifest["sealed_at"] if p else None,
            "documents": dict(p.manifest["documents"]) if p else {},
            "versions": dict(p.manifest["versions"]) if p else {},
            "figures": self.figures,
            "troubles": [{"kind": f.kind, "member": f.member or None, "message": f.message} for f in self.faults],
            "notes": list(self.notes),
        }


class SealsVerified(Struct, frozen=True, kw_only=True):
    """Packages, gone through, and what else is wrong with the chain."""

    checked: tuple[Checked, ...]
    troubles: tuple[sealing.Fault, ...] = ()  # of the chain and of the sealed files that lie in the campaign

    @property
    def exit_code(self) -> int:
        return 1 if self.troubles or any(c.faults for c in self.checked) else 0

    def to_json(self) -> Json:
        return {
            "sound": not self.exit_code,
            "packages": [c.to_json() for c in self.checked],
            "troubles": [{"kind": t.kind, "file": t.member or None, "message": t.message} for t in self.troubles],
        }


def verify_package(campaign: Path, path: Path) -> SealsVerified:
    """Go through one package, wherever it lies; with the campaign that sealed it its figures are made anew.

    Raises ``UnusableInputError`` where there is no such file.
    """
    if not path.is_file():
        raise UnusableInputError(f"{path}: không có tệp gói niêm phong này")
    if is_campaign(campaign):
        known = {s.code: s for s in noted(campaign)}
        return SealsVerified(checked=(_checked(campaign, path, known.values()),))
    package, faults = _opened(path)
    alone = (
        "không có kỳ báo cáo bên cạnh nên chỉ kiểm tra được gói còn nguyên như bản khai của nó; đối chiếu mã niêm phong với mã "
        "ghi trong hồ sơ lưu; muốn tính lại số liệu thì chạy lệnh này với thư mục kỳ báo cáo",
    )
    return SealsVerified(
        checked=(Checked(path=path, package=package, faults=faults, figures=None, notes=alone if package else ()),)
    )


def verify_all(campaign: Path) -> SealsVerified:
    """Go through every package of a campaign, the chain that they make, and the sealed files that lie beside."""
    require(campaign)
    known = noted(campaign)
    lying = packages(campaign, known)
    checked = tuple(_checked(campaign, path, known) for path in lying.values())
    troubles = [
        sealing.Fault(
            kind="package-missing",
            member=s.file,
            message=f"{SEALS}/{s.file}: không còn gói niêm phong số {s.number} mà sổ cái ghi; {MEND}",
        )
        for s in known
        if s.number not in lying
    ]
    troubles += [
        sealing.Fault(
            kind="foreign-file",
            member=path.name,
            message=f"{SEALS}/{path.name}: tệp lạ hoặc bản chép trùng số; chuyển ra khỏi thư mục {SEALS}",
        )
        for path in _lying(campaign)
        if path not in lying.values()
    ]
    troubles += _chain([c.package for c in checked if c.package is not None])
    newest = checked[-1].package if checked else None
    if newest is not None:
        troubles += edited(campaign, newest)
    return SealsVerified(checked=checked, troubles=tuple(troubles))


def _chain(chain: Sequence[sealing.Package]) -> Iterator[sealing.Fault]:
    """Each package names the one before."""
    by_number = {p.number: p for p in chain}
    for p in chain:
        former = by_number.get(p.number - 1)
        if p.number == 1 and p.previous:
            what = "là gói đầu tiên mà lại ghi có gói trước"
        elif p.number > 1 and former is not None and p.previous != former.code:
            what = f"không nối với gói trước ({former.name}): mã niêm phong của gói đó không phải là mã ghi ở đây"
        elif p.number > 1 and former is None:
            what = f"không có gói số {p.number - 1} đứng trước trong {SEALS}/; {MEND}"
        else:
            continue
        yield sealing.Fault(kind="chain-broken", member=p.name, message=f"{SEALS}/{p.name}: {what}")


def edited(campaign: Path, newest: sealing.Package) -> Iterator[sealing.Fault]:
    """Sealed documents in the campaign's folder that are not any more what was sealed."""
    for name in newest.manifest["documents"]:
        path = campaign / name
        digest = newest.digests.get(name)
        if digest is None:
            continue
        if not path.is_file():
            what = f"đã niêm phong ({newest.name}) mà nay không còn trong thư mục kỳ; lấy lại từ gói đó"
            yield sealing.Fault(kind="sealed-file-deleted", member=name, message=f"{name}: {what}")
        elif _digest(path) != digest:
            what = f"đã bị sửa hoặc lưu lại sau khi niêm phong ({newest.name}); bản đã ký nằm trong gói đó"
            yield sealing.Fault(kind="sealed-file-edited", member=name, message=f"{name}: {what}")


def _digest(path: Path) -> str:
    try:
        return files.sha256(path.read_bytes())
    except OSError:
        return ""


def _checked(campaign: Path, path: Path, known: Iterable[Sealed]) -> Checked:
    package, faults = _opened(path)
    if package is None:
        return Checked(path=path, package=None, faults=faults, figures=None)
    row = next((s for s in known if s.number == package.number), None)
    try:
        foreign = tuple(_belonging(package, ledger.kept_key(campaign), row))
    except LsindicatorsError as error:
        foreign = (sealing.Fault(kind="key-damaged", member="", message=str(error)),)
    if foreign:
        return Checked(path=path, package=package, faults=(*faults, *foreign), figures=None)
    found, figures, notes = [*faults], None, []
    try:
        found += _receipts(campaign, package)
        shifts, figures = _compared(campaign, package)
    except KeyError as error:
        what = f"không tính lại được số liệu vì {error.args[0]} trong gói không còn nguyên"
        found.append(sealing.Fault(kind="not-remade", member=str(error.args[0]), message=what))
    except LsindicatorsError as error:
        what = f"không tính lại được số liệu: {error}"
        found.append(sealing.Fault(kind="not-remade", member="", message=what))
    else:
        tools = _tools(package.manifest["versions"])
        found += (
            sealing.Fault(kind="figures-differ", member=DATA, message=f"{shift}{tools if n == 0 else ''}")
            for n, shift in enumerate(shifts)
        )
        if not shifts and tools:
            notes.append(f"số liệu tính lại vẫn như đã niêm phong{tools}")
    return Checked(path=path, package=package, faults=tuple(found), figures=figures, notes=tuple(notes))


def _receipts(campaign: Path, package: sealing.Package) -> Iterator[sealing.Fault]:
    """The ledger still knows every receipt that the package names, as it names it."""
    with ledger.reading(campaign) as book:
        filed = {(r.file, r.sha256): r for r in book.receipts()}
    for r in receipts(package):
        mine = filed.get((r.file, r.sha256))
        if mine is None or replace(mine, order=r.order) != r:
            what = "không còn trong sổ cái" if mine is None else "trong sổ cái ghi khác"
            told = f"biên nhận {r.order}, {r.file}: {what} (gói ghi SHA-256 {r.sha256})"
            yield sealing.Fault(kind="receipt-differs", member=RECEIPTS, message=told)


def _compared(campaign: Path, package: sealing.Package) -> tuple[tuple[sealing.Shift, ...], int]:
    sealed = data(package)
    shifts = sealing.between(sealed, remade(campaign, package))
    return shifts, sum(len(sealed[name]) for name in ("criteria", "companions", "variables", "figures"))


def versions() -> Mapping[str, str]:
    """What computes and draws: none of it must matter, so it is noted."""
    import platform
    from importlib import metadata

    from lsindicators import __version__

    told = {"lsindicators": __version__, "python": platform.python_version()}
    for name in ("lark", "python-calamine", "rapidfuzz", "xlsxwriter", "jinja2"):
        try:
            told[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return told


def _tools(sealed: Mapping[str, Any]) -> str:
    """Both versions, where they are not the same."""
    now = versions()
    return "" if dict(sealed) == dict(now) else f" (niêm phong bằng {_named(sealed)}; nay là {_named(now)})"


def _named(of: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {version}" for name, version in of.items())
