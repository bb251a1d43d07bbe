"""Numbers of rows, Roman, lettered, dotted -> how deep a row stands, and which one stands below which."""

from __future__ import annotations

import re

_ROMAN = re.compile(r"(?=[IVXL])X{0,3}(?:IX|IV|V?I{0,3})|XL|L")
_LEADING = re.compile(
    r"^\s*((?:[IVXL]+|\d+)(?:\.\d+)*|[A-ZĐ]|\d+[a-zđ])(?:[.):]|\s+[-–]|(?<=\d\.\d)|(?<=\d\.\d\d))\s*(?=\S)"
)


def split_number(text: str) -> tuple[str, str]:
    """(number, rest) of a text that starts with its own number: "II.1. Đánh giá …" -> "II.1", "Đánh giá …"."""
    found = _LEADING.match(text)
    return (found[1], text[found.end() :].strip()) if found else ("", text.strip())


def _parts(number: str) -> list[str]:
    """ "II.1" -> II, 1; "1a" -> 1, a; "(1)" -> (1)."""
    bare = number.strip().rstrip(".):;").strip()
    if bare.startswith("("):
        return [bare + ")"]
    pieces = []
    for piece in re.split(r"[.\-_/]+", bare):
        found = re.fullmatch(r"(\d+)([a-zđ])", piece)
        pieces += [found[1], found[2]] if found else [piece]
    return [p for p in pieces if p]


def rank(number: str) -> int | None:
    """How deep a number stands: A < I < II.1 < 1 < 1.1 < (1) < a < -; ``None`` for no number."""
    if number.strip() in {"-", "+", "•", "–", "*"}:
        return 60
    parts = _parts(number)
    if not parts:
        return None
    first = parts[0]
    if _ROMAN.fullmatch(first):
        base = 10
    elif re.fullmatch("[A-ZĐ]", first):
        base = 0
    elif first.startswith("("):
        base = 35
    elif re.fullmatch("[a-zđ]", first):
        base = 45
    else:
        base = 20
    return base + min(len(parts), 9) - 1


def below(upper: str, lower: str) -> bool:
    """Whether a row numbered ``lower`` stands under a heading numbered ``upper``."""
    above, below = rank(upper), rank(lower)
    if above is None or below is None:
        return False
    a, b = _parts(upper), _parts(lower)
    if len(b) > len(a) and b[: len(a)] == a:
        return True
    if len(a) == len(b) == 1 and a[0].isdigit() and b[0].isdigit():
        return int(b[0]) == 1 or (len(b[0]) > len(a[0]) and b[0].startswith(a[0]) and a[0].startswith("0"))
    return below > above


def carries_on(upper: str, lower: str) -> bool:
    """Whether ``lower`` numbers a part of the row numbered ``upper``: 2 and 2.1, 1 and 1a, 3 and a) or -."""
    above, below = rank(upper), rank(lower)
    if above is None or below is None or below <= above:
        return False
    a, b = _parts(upper), _parts(lower)
    return below >= _LETTERS or b[: len(a)] == a


_LETTERS = 35
"""From here on a number, (1), a or -, does not repeat that of the row it belongs to."""
