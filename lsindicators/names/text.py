"""Text made comparable: ``clean`` mends what nobody can want, ``key`` compares, ``ascii_key`` proposes."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from lsindicators import lazily, values

SIGNS = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—―⁃−﹘﹣－", "-"),
        **dict.fromkeys("‘’‚‛", "'"),
        **dict.fromkeys("“”„‟", '"'),
        "；": ";",
        "，": ",",
        "＆": "&",
    }
)
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_IY = lazily.pattern("(?:h|k|l|m|s|t|v|qu)?[iy]")
_WORD = lazily.pattern(r"[^\W\d_]+")
_PLAIN = lazily.pattern("[ 0-9A-Za-zÀ-ÃÈ-ÊÌÍÒ-ÕÙÚÝà-ãè-êìíò-õùúýĂăĐđĨĩŨũƠơƯưẠ-ỹ]*")
_PUNCTUATION = lazily.pattern(r"[-_/.,;:()'\"]+")


def clean(text: str) -> str:
    """``text`` on one line as ``values.clean`` has it, with plain hyphens and quotation marks."""
    return values.clean(text.replace("_x000D_", " ")).translate(SIGNS)


def key(text: str) -> str:
    """What two spellings of one name have in common: case, tone placement, y or i and punctuation are folded."""
    words = _PUNCTUATION.sub(" ", clean(text).casefold().replace("&", " và "))
    return " ".join(_WORD.sub(lambda found: _word_key(found.group()), words).split())


def ascii_key(text: str) -> str:
    """``key`` without any accent: only to propose a name to a person, as different names fall together."""
    parts = unicodedata.normalize("NFD", key(text))
    return "".join(c for c in parts if unicodedata.category(c) != "Mn").replace("đ", "d")


def _word_key(word: str) -> str:
    """``word`` with its tone at the end, and i for a y that is the whole vowel after h k l m s t v qu."""
    if word.isascii():
        return word[:-1] + "i" if _IY.fullmatch(word) else word
    parts = unicodedata.normalize("NFD", word)
    tone = "".join(c for c in parts if c in _TONES)
    base = unicodedata.normalize("NFC", "".join(c for c in parts if c not in _TONES))
    return (base[:-1] + "i" if _IY.fullmatch(base) else base) + tone


def is_plain(text: str) -> bool:
    """Whether there are but blanks, figures and letters of the alphabet in ``text``: ``clean`` leaves them as they are."""
    return _PLAIN.fullmatch(text) is not None


@lru_cache(maxsize=4096)
def folded(word: str) -> str:
    """``key`` of one word; the words of a register come again and again."""
    return _word_key(word.casefold()) if word.isalpha() and is_plain(word) else key(word)


_PREFIX = lazily.pattern(
    r"(?:\d{1,3}\s*[.)/-]\s*)?"
    r"(?:(?:u\.?\s?b\.?\s?n\.?\s?d\.?|(?:ủy|uỷ) ban nhân dân)\s*)?"
    r"(?:(?P<kind>xã|x\.|phường|p\.|thị trấn|tt\.|quận|q\.|huyện|h\.|thành phố|tp\.)\s*)?(?P<rest>.*)"
)
_PREFIX_KINDS = {"xã": "xa", "x.": "xa", "phường": "phuong", "p.": "phuong"}


def split_prefix(text: str) -> tuple[str | None, str]:
    """``UBND P.Kỳ Lừa`` -> ("phuong", "kỳ lừa"); the kind is "gone" for a level that is no more, or ``None``."""
    found = _PREFIX.fullmatch(clean(text).casefold())
    assert found is not None  # the last group takes anything
    kind = found["kind"]
    return (None if kind is None else _PREFIX_KINDS.get(kind, "gone")), found["rest"]
