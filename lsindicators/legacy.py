"""Text in the fonts of before Unicode (TCVN3, VNI) -> Vietnamese. Told by the name of the font, never by the text alone.

In TCVN3 (``.VnTime``) one byte is one letter, and a font whose name ends in H shows capitals; in VNI (``VNI-Times``) a
mark stands as a letter of its own behind the vowel. Decode before any cleaning: U+00AD is the letter ư in TCVN3.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum, auto


class Script(Enum):
    """A way of writing Vietnamese letters that only its own fonts can show."""

    TCVN3 = auto()
    TCVN3_CAPITALS = auto()
    VNI = auto()

    @property
    def label(self) -> str:
        """How people call it."""
        return "VNI" if self is Script.VNI else "TCVN3 (ABC)"


_TCVN3 = str.maketrans(
    "µ¶·¸¹»¼½¾Æ¨©ÇÈÉÊË®ÌÎÏÐÑªÒÓÔÕÖ×ØÜÝÞßáâãä«åæçèé¬êëìíîïñòóô\u00adõö÷øùúûüýþ¡¢§£¤¥¦",
    "àảãáạằẳẵắặăâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵĂÂĐÊÔƠƯ",
)
_GRAVE, _ACUTE, _TILDE, _HOOK, _DOT, _HAT, _BREVE = "\u0300\u0301\u0303\u0309\u0323\u0302\u0306"
_VNI_MARKS = {
    "ù": _ACUTE, "ø": _GRAVE, "û": _HOOK, "õ": _TILDE, "ï": _DOT,
    "â": _HAT, "á": _HAT + _ACUTE, "à": _HAT + _GRAVE, "å": _HAT + _HOOK, "ã": _HAT + _TILDE, "ä": _HAT + _DOT,
    "ê": _BREVE, "é": _BREVE + _ACUTE, "è": _BREVE + _GRAVE, "ú": _BREVE + _HOOK, "ü": _BREVE + _TILDE,
    "ë": _BREVE + _DOT,
}  # fmt: skip
_VNI_LETTERS = {"ô": "ơ", "ö": "ư", "ñ": "đ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
_VNI_MARKS |= {letter.upper(): mark for letter, mark in _VNI_MARKS.items()}
_VNI_LETTERS |= {letter.upper(): meant.upper() for letter, meant in _VNI_LETTERS.items()}
_VNI = re.compile(f"([aeouyAEOUYôöÔÖ])([{''.join(_VNI_MARKS)}])|([{''.join(_VNI_LETTERS)}])")


def script(font: str) -> Script | None:
    """The script that a font shows; ``None`` for a font of Unicode."""
    name = font.strip().casefold()
    if name.startswith(".vn"):
        return Script.TCVN3_CAPITALS if name.endswith("h") else Script.TCVN3
    return Script.VNI if name.startswith("vni-") else None


def decode(text: str, written: Script) -> str:
    """``text`` as its font shows it, in Unicode."""
    if written is Script.VNI:
        return _VNI.sub(_vni_letter, text)
    plain = text.translate(_TCVN3)
    return plain.upper() if written is Script.TCVN3_CAPITALS else plain


def _vni_letter(found: re.Match[str]) -> str:
    if found[3]:
        return _VNI_LETTERS[found[3]]
    return unicodedata.normalize("NFC", _VNI_LETTERS.get(found[1], found[1]) + _VNI_MARKS[found[2]])
