"""A sealed package: its members and facts -> the bytes of a .zip; the bytes -> its members, or each thing that is wrong.

``niem-phong.json`` names every member with its SHA-256 and size, and the SHA-256 of the former package's
``niem-phong.json``: whoever holds the last one holds the whole chain. Nothing is ever unpacked to a disk.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from lsindicators import files, values

FORMAT = "lsindicators-niem-phong-1"
MANIFEST, SUMS, SIGNATURE, READ_ME = "niem-phong.json", "SHA256SUMS.txt", "xac-thuc.txt", "DOC-TRUOC.txt"

MEMBERS, MEMBER, WHOLE = 500, 256 * 2**20, 512 * 2**20
"""How many members a package may have, and how many bytes one of them, and all together."""

_NAME = re.compile(r"[^/\\:*?\"<>|\x00-\x1f]+(/[^/\\:*?\"<>|\x00-\x1f]+)*")
_DIGEST = re.compile(r"[0-9a-f]{64}")

Json = dict[str, Any]


class Fault(Struct, frozen=True, kw_only=True):
    """One thing that is wrong with a package: what kind of thing, of which member, and the sentence that says so."""

    kind: str
    member: str  # empty: the package as a whole
    message: str


class Package(Struct, frozen=True, kw_only=True):
    """A package as it was opened."""

    name: str
    manifest: Json
    code: str  # SHA-256 of niem-phong.json: the mark by which the whole package is known
    members: Mapping[str, bytes]  # name -> content, of those that are whole
    signature: str  # of the campaign's key; empty: there is none

    @property
    def number(self) -> int:
        return int(self.manifest["number"])

    @property
    def is_addendum(self) -> bool:
        return bool(self.manifest["kind"] == "addendum")

    @property
    def sealed_at(self) -> datetime:
        return datetime.fromisoformat(self.manifest["sealed_at"])

    @property
    def documents(self) -> Mapping[str, str]:
        """Sender -> number and date of the signed document; none where they were not told."""
        return {sender: text for sender, text in self.manifest["documents"].items() if text}

    @property
    def previous(self) -> str:
        """The code of the package before; empty: this is the first."""
        former = self.manifest["previous"]
        return str(former["sha256"]) if former else ""

    @property
    def digests(self) -> Mapping[str, str]:
        """Member -> the SHA-256 that the manifest names."""
        return {m["name"]: m["sha256"] for m in self.manifest["members"]}


def pack(facts: Mapping[str, Any], members: Mapping[str, bytes], key: bytes, year: int) -> bytes:
    """The bytes of a package: ``facts`` go into its manifest; the campaign's ``key`` signs it. Same input, same bytes."""
    sums = "".join(f"{files.sha256(content)}  {name}\n" for name, content in sorted(members.items()))
    listed = {**members, SUMS: sums.encode()}
    manifest = {
        "format": FORMAT,
        **facts,
        "members": [
            {"name": name, "size": len(content), "sha256": files.sha256(content)}
            for name, content in sorted(listed.items())
        ],
    }
    told = (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")
    listed |= {MANIFEST: told, SIGNATURE: f"{_signature(told, key)}\n".encode()}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in sorted(listed.items()):
            package.writestr(files.entry(name, year), content)
    return stream.getvalue()


def _signature(manifest: bytes, key: bytes) -> str:
    return hmac.new(key, b"lsindicators seal\n" + manifest, hashlib.sha256).hexdigest()


def is_signed(package: Package, key: bytes, manifest: bytes) -> bool:
    """Whether the campaign with this key has sealed it."""
    return hmac.compare_digest(_signature(manifest, key), package.signature)


# ------------------------------------------------------------------ opening


class SpoiltError(Exception):
    """What stops the opening; its text is the sentence, its kind the word."""

    def __init__(self, kind: str, message: str, member: str = "") -> None:
        super().__init__(message)
        self.fault = Fault(kind=kind, member=member, message=message)


def opened(content: bytes, name: str) -> tuple[Package | None, tuple[Fault, ...]]:
    """The package with what is wrong with it; none where it cannot be told what it should hold."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            listed = _listed(package)
            told = _content(package, listed.get(MANIFEST), MANIFEST)
            manifest = _manifest(told)
            members, faults = _members(package, listed, manifest)
            signature = _content(package, listed[SIGNATURE], SIGNATURE) if SIGNATURE in listed else b""
    except SpoiltError as spoilt:
        return None, (spoilt.fault,)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError):
        what = "không phải là một tệp .zip còn nguyên (bị cắt ngắn, hỏng, hoặc là tệp khác); lấy lại bản sao khác"
        return None, (Fault(kind="not-a-package", member="", message=what),)
    return (
        Package(
            name=name,
            manifest=manifest,
            code=files.sha256(told),
            members={**members, MANIFEST: told},
            signature=signature.decode("ascii", "replace").strip(),
        ),
        tuple(faults),
    )


def _listed(package: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Every member by its name, before anything is unpacked."""
    items = package.infolist()
    if len(items) > MEMBERS or sum(i.file_size for i in items) > WHOLE or any(i.file_size > MEMBER for i in items):
        raise SpoiltError(
            "package-too-large",
            f"khai {len(items)} tệp, {sum(i.file_size for i in items)} byte sau khi giải nén, vượt mức cho phép; không mở",
        )
    listed: dict[str, zipfile.ZipInfo] = {}
    for item in items:
        if not _NAME.fullmatch(item.filename) or {".", ".."} & set(item.filename.split("/")):
            shown = values.short(values.clean(item.orig_filename))
            raise SpoiltError(
                "unsafe-name", f"có tên tệp dẫn ra ngoài gói hoặc không hợp lệ ({shown}); không mở", item.filename
            )
        if item.filename in listed:
            raise SpoiltError("duplicate-member", f"có hai tệp cùng tên {item.filename}; không mở", item.filename)
        listed[item.filename] = item
    return listed


def _content(package: zipfile.ZipFile, item: zipfile.ZipInfo | None, name: str) -> bytes:
    if item is None:
        raise SpoiltError("not-a-package", f"không có {name}, nên không phải là gói niêm phong của công cụ này")
    return package.read(item)


def _manifest(told: bytes) -> Json:
    """The manifest, every field of the kind that is asked for."""
    try:
        found = json.loads(told)
        sound = (
            found["format"] == FORMAT
            and found["number"] >= 1
            and found["kind"] in ("report", "addendum")
            and datetime.fromisoformat(found["sealed_at"]).tzinfo is not None
            and all(text is None or isinstance(text, str) for text in found["documents"].values())
            and (found["previous"] is None or _DIGEST.fullmatch(found["previous"]["sha256"]))
            and all(isinstance(text, str) for text in found["versions"].values())
            and all(
                isinstance(m["name"], str) and isinstance(m["size"], int) and _DIGEST.fullmatch(m["sha256"])
                for m in found["members"]
            )
        )
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError):
        sound = False
    if not sound:
        raise SpoiltError(
            "manifest-damaged", f"{MANIFEST} không đọc được hoặc đã bị sửa: không biết gói phải có gì", MANIFEST
        )
    return dict(found)


def _members(
    package: zipfile.ZipFile, listed: Mapping[str, zipfile.ZipInfo], manifest: Json
) -> tuple[dict[str, bytes], list[Fault]]:
    """The members that are as the manifest names them, and what is wrong with the others."""
    members, faults = {}, []
    awaited = {m["name"]: m for m in manifest["members"]}
    for name, facts in awaited.items():
        if name not in listed:
            faults.append(Fault(kind="member-missing", member=name, message=f"thiếu {name}"))
            continue
        try:
            content = package.read(listed[name])
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, NotImplementedError):
            faults.append(Fault(kind="member-damaged", member=name, message=f"{name} bị hỏng, không giải nén được"))
            continue
        if len(content) != facts["size"] or files.sha256(content) != facts["sha256"]:
            told = f"{name} đã bị thay đổi (SHA-256 không khớp với {MANIFEST})"
            faults.append(Fault(kind="member-damaged", member=name, message=told))
            continue
        members[name] = content
    faults += _strangers(listed, awaited)
    return members, faults


def _strangers(listed: Mapping[str, object], awaited: Mapping[str, object]) -> Iterator[Fault]:
    for name in listed:
        if name not in awaited and name not in (MANIFEST, SIGNATURE):
            yield Fault(kind="member-foreign", member=name, message=f"có tệp lạ {name}, không do công cụ niêm phong")
