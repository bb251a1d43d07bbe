"""Settings in, out what stands at the head and the foot of a paper in the form of Nghị định 30/2020/NĐ-CP."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from lsindicators import layout
from lsindicators.model import Sender, Settings, Signature

FIELDS: dict[str, Any] = {
    **dict.fromkeys(
        (
            *("parent", "organ", "place", "province", "compiler", "issuer", "contact", "signer", "made_up"),
            *("sender", "of_committee", "symbol", "plan_document"),
        ),
        "",
    ),
    "organ_lines": [""],
    "signature": [""],
    "recipients": [""],
}
"""The tags that every template may use, shaped as ``lines`` gives them."""


NEEDED: dict[str, str] = {
    "parent": "tên cơ quan chủ quản",
    "organ|organ_lines": "tên cơ quan ban hành",
    "symbol": "ký hiệu văn bản",
    "place": "địa danh",
    "addressee": "nơi kính gửi",
    "signature": "quyền hạn, chức vụ người ký",
    "signer": "họ tên người ký",
    "recipients": "nơi nhận",
    "made_up": "dấu hiệu số liệu giả định",
}
"""What every paper that is signed must print, as ``lint`` takes it."""


def lines(settings: Settings, sender: Sender = Sender.COMPILER) -> dict[str, Any]:
    """What stands in the head and the signature block of a paper, and how its text calls who sends it.

    ``organ_lines`` are the lines of the issuing body; of the committee, which has no body above it, ``parent`` is empty.
    ``symbol`` is the sender's abbreviation; a type of paper or a drafting office goes before or behind it.
    """
    committee = sender is Sender.COMMITTEE
    signed = settings.committee if committee else _of_compiler(settings)
    return {
        "parent": "" if committee else _short(settings.issuer).upper(),
        "organ": (settings.issuer if committee else settings.compiler).upper(),
        "organ_lines": _committee_lines(settings.issuer) if committee else [settings.compiler.upper()],
        "sender": settings.issuer if committee else settings.compiler,
        "of_committee": "có" if committee else "",
        "symbol": "UBND" if committee else initials(settings.compiler),
        "plan_document": settings.plan_document,
        "place": settings.place,
        "province": settings.province,
        "compiler": settings.compiler,
        "issuer": settings.issuer,
        "contact": settings.contact,
        "signer": signed.signer,
        "made_up": layout.MADE_UP if settings.made_up else "",
        "signature": [
            line.upper() for line in (*signed.authority.split("\n"), *signed.position.split("\n")) if line.strip()
        ],
        "recipients": recipients(signed.recipients),
    }


def _of_compiler(settings: Settings) -> Signature:
    return Signature(
        authority=settings.authority,
        position=settings.position,
        signer=settings.signer,
        recipients=settings.recipients,
    )


def _committee_lines(name: str) -> list[str]:
    """``ỦY BAN NHÂN DÂN`` and under it the province, as in the head of a committee's paper."""
    found = re.match(r"((?:ủy|uỷ) ban nhân dân)\s+(.+)", name.strip(), re.IGNORECASE)
    return [part.upper() for part in found.groups()] if found else [name.upper()]


def initials(name: str) -> str:
    """The abbreviation in a document's symbol: ``Sở Khoa học và Công nghệ`` -> ``SKHCN``."""
    letters = "".join(word[0] for word in re.findall(r"\w+", name) if word.lower() != "và").upper()
    return "".join(c for c in unicodedata.normalize("NFD", letters) if not unicodedata.combining(c))


def _short(name: str) -> str:
    """``Ủy ban nhân dân tỉnh Lạng Sơn`` -> ``UBND tỉnh Lạng Sơn``, as it stands in a head block."""
    return re.sub(r"^(ủy|uỷ) ban nhân dân\b", "UBND", name, flags=re.IGNORECASE)


def recipients(names: Sequence[str]) -> list[str]:
    """``Nơi nhận``, each on its line; a paper that is addressed to somebody begins with ``Như trên``."""
    bare = [name.strip().lstrip("-–").strip().rstrip(";.").strip() for name in names]
    bare = [name for name in bare if name] or ["Lưu: VT"]
    if bare[0].casefold() != "như trên":
        bare.insert(0, "Như trên")
    return [f"- {name}{';' if i < len(bare) else '.'}" for i, name in enumerate(bare, 1)]
