"""Settings in, out what stands at the head and the foot of a paper in the form of Nghị định 30/2020/NĐ-CP."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from lsindicators import layout
from lsindicators.model import Settings

FIELDS: dict[str, Any] = {
    **dict.fromkeys(("parent", "organ", "place", "province", "compiler", "issuer", "contact", "signer", "made_up"), ""),
    "signature": [""],
    "recipients": [""],
}
"""The tags that every template may use, shaped as ``lines`` gives them."""


def lines(settings: Settings) -> dict[str, Any]:
    """What stands in the head and the signature block of a paper that the compiler sends."""
    return {
        "parent": _short(settings.issuer).upper(),
        "organ": settings.compiler.upper(),
        "place": settings.place,
        "province": settings.province,
        "compiler": settings.compiler,
        "issuer": settings.issuer,
        "contact": settings.contact,
        "signer": settings.signer,
        "made_up": layout.MADE_UP if settings.made_up else "",
        "signature": [
            line.upper() for line in (*settings.authority.split("\n"), *settings.position.split("\n")) if line.strip()
        ],
        "recipients": recipients(settings.recipients),
    }


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
