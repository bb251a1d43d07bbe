"""The words of a cell that names units, and where a name may begin or end."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from lsindicators import lazily
from lsindicators.names.text import clean, folded, is_plain, key


class Token(Struct, frozen=True):
    """One word of a cell: its key, its place in the text, and what stands before it."""

    word: str
    start: int
    end: int
    soft: bool  # a comma, slash, dash or bracket before it: a name may begin here
    bracket: int  # number of the bracket it stands in; 0: none
    dash: bool = False  # what stands before it is a dash, which may also stand inside a name


_PIECES = lazily.pattern(
    r"(?P<word>[^\W_]+)|(?P<sign>[&,/()\[\]])|(?P<dash>(?:(?<=\s)|^)[-+•·*–](?=\s))|(?P<other>.)", re.S
)
_WORDS = lazily.pattern(r"[^\W_]+|&")
HARD = lazily.pattern(r"[;\n]|(?:^|(?<=\n))\s*[-+•·*]\s*")
NUMBERING = lazily.pattern(r"\s*(?:\d{1,3}\s*[.)]|[a-zđ]\))\s+", re.I)
AND = key("và")
_UBND = (key("ủy ban nhân dân").split(), ["u", "b", "n", "d"])
_UBND_BEGINS = {words[0] for words in _UBND}
_WRITTEN_OUT = {
    "bql": "ban quản lý",
    "kkt": "khu kinh tế",
    "qlkkt": "quản lý khu kinh tế",
    "bqlkkt": "ban quản lý khu kinh tế",
    "kktck": "khu kinh tế cửa khẩu",
    "vp": "văn phòng",
    "vpubnd": "văn phòng ubnd",
    "cđ": "cao đẳng",
    "bhxh": "bảo hiểm xã hội",
    "kbnn": "kho bạc nhà nước",
    "nhnn": "ngân hàng nhà nước",
    "mttq": "mặt trận tổ quốc",
}
"""Abbreviations that mean one thing in every name; they are read as if they were written out, here and in the register."""
_LONG = {folded(short): tuple(key(long).split()) for short, long in _WRITTEN_OUT.items()}


def tokens_of(text: str) -> list[Token]:
    """The words of a text, with the signs between them told at the word that follows."""
    found: list[Token] = []
    soft, dash, bracket, brackets = False, False, 0, 0
    for piece in _PIECES.finditer(text):
        if piece["word"]:
            start, end = piece.span()
            word = folded(piece["word"])
            for i, part in enumerate(_LONG.get(word, (word,))):
                found.append(Token(part, start, end, soft and i == 0, bracket, dash and i == 0))
            soft = dash = False
        elif piece["sign"] == "&":
            found.append(Token(AND, *piece.span(), soft, bracket))
            soft = False
        elif piece["sign"] in ("(", "["):
            brackets += 1
            soft, bracket = True, brackets
        elif piece["sign"] in (")", "]"):
            soft, bracket = True, 0
        elif piece["sign"] or piece["dash"]:
            soft, dash = True, not piece["sign"]
    return _with_ubnd(found)


def without_all(tokens: list[Token]) -> list[Token]:
    """The tokens without ``tất cả`` and its like before ``các``."""
    kept: list[Token] = []
    for at, token in enumerate(tokens):
        kept.append(token)
        for words in _ALL:
            before = kept[-1 - len(words) : -1]
            if token.word == EVERY and at and tuple(t.word for t in before) == words:
                kept[-1 - len(words) :] = [replace(token, start=before[0].start, soft=before[0].soft)]
    return kept


def _with_ubnd(tokens: list[Token]) -> list[Token]:
    """The words of Ủy ban nhân dân in any spelling become one word, ``ubnd``."""
    words = [t.word for t in tokens]
    joined: list[Token] = []
    at = 0
    while at < len(tokens):
        if length := _ubnd_at(words, at):
            first, last = tokens[at], tokens[at + length - 1]
            joined.append(Token("ubnd", first.start, last.end, first.soft, first.bracket, first.dash))
        else:
            joined.append(tokens[at])
        at += length or 1
    return joined


def _ubnd_at(words: list[str], at: int) -> int:
    """How many words at ``at`` spell Ủy ban nhân dân; 0 for none."""
    if words[at] not in _UBND_BEGINS:
        return 0
    return next((len(spelt) for spelt in _UBND if words[at : at + len(spelt)] == spelt), 0)


Words = tuple[str, ...]


@lru_cache(maxsize=8192)
def words_of(text: str) -> Words:
    """The keys of the words of a text: those of ``tokens_of``, without their places, for which most who ask have no use."""
    said = text if is_plain(text) else clean(text)
    words = [part for word in map(folded, _WORDS.findall(said)) for part in _LONG.get(word, (word,))]
    if _UBND_BEGINS.isdisjoint(words):
        return tuple(words)
    found: list[str] = []
    at = 0
    while at < len(words):
        length = _ubnd_at(words, at)
        found.append("ubnd" if length else words[at])
        at += length or 1
    return tuple(found)


EVERY = key("các")
_OLD = tuple(
    words_of(w)
    for w in (
        "cũ",
        "trước đây",
        "trước sắp xếp",
        "trước khi sắp xếp",
        "trước sáp nhập",
        "trước khi sáp nhập",
        "trước kia",
    )
)
_ALL = (words_of("tất cả"), words_of("toàn bộ"), words_of("toàn thể"))
"""They add nothing before ``các``."""
EXCEPT = (
    words_of("trừ"),
    words_of("ngoại trừ"),
    words_of("không gồm"),
    words_of("không bao gồm"),
    words_of("không kể"),
)


def after_any(words: Words, prefixes: Iterable[Words]) -> Words | None:
    """What follows the first of ``prefixes`` that ``words`` begin with; ``None``: they begin with none."""
    return next((words[len(p) :] for p in prefixes if words[: len(p)] == p), None)


def spells(tokens: list[Token], at: int, words: Words) -> bool:
    """Whether ``words`` stand at ``at``."""
    return len(tokens) >= at + len(words) and all(tokens[at + i].word == w for i, w in enumerate(words))


def may_end(tokens: list[Token], at: int) -> bool:
    """Whether a name may end before ``at``."""
    return at >= len(tokens) or tokens[at].soft or tokens[at].word == AND or any(spells(tokens, at, w) for w in EXCEPT)


def is_old(tokens: list[Token], at: int) -> int:
    """How many words at ``at`` say that a name is one of the past, such as ``cũ`` or ``trước sáp nhập``; 0 for none."""
    return max((len(words) for words in _OLD if spells(tokens, at, words)), default=0)


def as_written(text: str, tokens: list[Token], start: int, end: int) -> str:
    """The text of the tokens as written, with the bracket that closes after them."""
    piece = text[tokens[start].start : tokens[end - 1].end]
    return f"{piece})" if piece.count("(") > piece.count(")") else piece
