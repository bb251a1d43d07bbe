"""One raw text as people in Vietnam write it -> number, date or clean text; and numbers and dates back into print."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import Enum, auto, unique
from functools import lru_cache

from msgspec import Struct

from lsindicators import lazily
from lsindicators.findings import Code, NoNumber
from lsindicators.model import FoundCell, Kind, Value

# ------------------------------------------------------------------ text

_BREAK = lazily.pattern("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_INVISIBLE = lazily.pattern(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_WRONG_D = str.maketrans("ÐðƉɖ", "ĐđĐđ")


_LABEL = 600
"""Texts up to this length are labels, states and headings that come back in every file; what becomes of them is kept."""


def clean(text: str) -> str:
    """``text`` on one line: NFC, the right Đ, no invisible or control characters, single plain spaces, trimmed."""
    return _clean_label(text) if len(text) <= _LABEL else " ".join(_visible(text).split())


@lru_cache(maxsize=8192)
def _clean_label(text: str) -> str:
    return " ".join(_visible(text).split())


def clean_lines(text: str) -> str:
    """As ``clean``, but the line breaks that somebody typed are kept, as ``\\n``."""
    if text.isprintable():  # no line break is
        return clean(text)
    return "\n".join(map(clean, _BREAK.split(text))).strip("\n")


def unmarked(text: str) -> str:
    """``text`` as xlsxwriter may be given it: what it would take for its own markup of rich text gets a blank at the end."""
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """What spellings of one word have in common: without accents, case, and the punctuation at its end."""
    parts = unicodedata.normalize("NFD", clean(text).casefold())
    return parts.translate(_UNACCENTED).replace("đ", "d").rstrip(" .,;:!")


class _Unaccented(dict[int, "int | None"]):
    """A table for ``str.translate`` that drops accents; it grows by the characters that are met."""

    def __missing__(self, character: int) -> int | None:
        found = None if unicodedata.category(chr(character)) == "Mn" else character
        return self.setdefault(character, found)


_UNACCENTED = _Unaccented()


def short(text: str, limit: int = 60) -> str:
    """``text`` on one line, with ``…`` for what is beyond ``limit`` characters: what is quoted in a sentence."""
    plain = clean(text[: 10 * limit])
    return plain if len(plain) <= limit else plain[:limit].rstrip() + "…"


def sentence(text: str) -> str:
    """``text`` with a capital letter and a full stop; an empty text stays empty."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if not text or text.endswith((".", "!", "?", "…")) else ".")


FILLERS = ' -–.…,:?/_*+"“'
"""What says nothing by itself. A form takes the same characters out of a reason, so they are few."""

SHORTEST, CHECKED = 3, "Đã kiểm tra"
"""Characters of a reason that says something, and how one begins that confirms a figure against all appearance."""

_NO_FILLERS = str.maketrans(dict.fromkeys(FILLERS))


def bare(text: str) -> str:
    """What is left of a reason without fillers and spaces, in capitals."""
    return clean(text).translate(_NO_FILLERS).upper()


def says_something(text: str) -> bool:
    """Whether a reason is one: “-”, “.”, “x” are none."""
    return len(bare(text)) >= SHORTEST


def says_checked(text: str) -> bool:
    """Whether a reason begins with ``CHECKED``, whatever stands between its words and before them."""
    return bare(text).startswith(_CHECKED)


def has_control_characters(text: str) -> bool:
    """Whether ``clean`` would drop an invisible or control character; line breaks and tabs are none."""
    return _INVISIBLE.search(text) is not None


def _visible(text: str) -> str:
    if not text.isprintable():  # all that is printable is neither a line break nor invisible
        text = _INVISIBLE.sub("", _BREAK.sub("\n", text))
    text = unicodedata.normalize("NFC", text)
    return text.translate(_WRONG_D) if any(d in text for d in "ÐðƉɖ") else text


_CHECKED = bare(CHECKED)


# ------------------------------------------------------------------ numbers in


class Reading(Struct, frozen=True):
    """What a typed text says: a number; or why it says none, and between which numbers it leaves the choice."""

    number: Decimal | None
    code: Code | None = None  # NOT_A_NUMBER or AMBIGUOUS_NUMBER
    alternatives: tuple[Decimal, ...] = ()
    why: NoNumber | None = None  # of NOT_A_NUMBER


_PLAIN = str.maketrans("０１２３４５６７８９．，＋－％−‐‑–﹣", "0123456789.,+-%-----")
_SIGNED = lazily.pattern(r"([+-]?)([0-9.,]+(?: [0-9.,]+)*)")
_GROUPED = {
    separator: lazily.pattern(rf"[1-9][0-9]{{0,2}}(?:{re.escape(separator)}[0-9]{{3}})+")
    for separator in (".", ",", " ")
}
_DIGITS = 28
"""More digits than this are no figure of a province, and more than Decimal adds without rounding."""
_LINES = lazily.pattern("[\t\n\r\x0b\x0c\x85\u2028\u2029]")
_PHONE = lazily.pattern(r"(?:\+84|0)[0-9]{9,10}")


def parse_number(text: str, kind: Kind, measure: str) -> Reading:
    """Read ``text`` typed into a row of ``kind`` and ``measure`` by the strict Vietnamese rules.

    One dot before exactly three digits groups thousands in a whole-number row and is a question elsewhere; one comma
    before exactly three digits is the decimal comma, and a question in a whole-number row.
    """
    plain = clean(text).translate(_PLAIN)
    if (why := _no_figure(text, plain)) is not None:
        return _no_number(why)
    # the mark of a text cell, which some programs keep with the text
    body = _without_measure(re.sub(r"^'(?=[+-]?[0-9])", "", plain), kind, measure)
    signed = _SIGNED.fullmatch(body)
    numbers = _meanings(signed[2], kind) if signed is not None else ()
    if signed is None or not numbers:
        return _no_number(_why(plain, kind))
    if signed[1] == "-":
        numbers = tuple(-n if n else n for n in numbers)
    if len(numbers) > 1:
        return Reading(None, Code.AMBIGUOUS_NUMBER, numbers)
    return Reading(numbers[0])


def agrees(said: Value, sent: Value, kind: Kind, measure: str) -> bool:
    """Whether what somebody ``said`` of a figure is what was ``sent``: the same number, or the same text."""
    if isinstance(sent, Decimal):
        return sent == (said if isinstance(said, Decimal) else parse_number(said, kind, measure).number)
    return isinstance(said, str) and clean(said).casefold() == clean(sent).casefold()


def _no_number(why: NoNumber) -> Reading:
    return Reading(None, Code.NOT_A_NUMBER, why=why)


def turns_round(text: str) -> bool:
    """Whether a character shows what follows from right to left, so that 12 is seen as 21."""
    return "\u202e" in text


def _no_figure(text: str, plain: str) -> NoNumber | None:
    """Why digits that could be read are none that somebody meant as one figure."""
    if turns_round(text) and sum(c.isdigit() for c in plain) > 1:
        return NoNumber.REVERSED
    if sum(any(c.isdigit() for c in line) for line in _LINES.split(text)) > 1:
        return NoNumber.SEVERAL
    if _PHONE.fullmatch(plain):
        return NoNumber.PHONE
    return NoNumber.TOO_LONG if sum(c.isdigit() for c in plain) > _DIGITS else None


_PERCENT = ("%", "phantram")


def _without_measure(body: str, kind: Kind, measure: str) -> str:
    """``body`` without the row's own measure behind the number, or without ``%`` in a percent row."""
    if re.search(r"[^\W0-9_][.,;]$|%[.,;]$", body):  # a full stop after the measure
        body = body[:-1]
    own = _measure_key(measure.translate(_PLAIN))
    # a measure such as "1.000 đồng" cannot be told from the number before it
    wanted = {own} if own and not own[0].isdigit() else set()
    wanted |= set(_PERCENT) if kind is Kind.PERCENT or own == "%" else set()
    for n in range(1, len(body)):
        if not body[n].isdigit() and body[n - 1] in "0123456789 " and _measure_key(body[n:]) in wanted:
            return body[:n].rstrip()
    return body


@lru_cache(maxsize=1024)
def _measure_key(measure: str) -> str:
    """What spellings of one measure have in common: accents, case, spaces, m² and m2, tỷ and tỉ."""
    return fold(unicodedata.normalize("NFKC", measure)).replace(" ", "").replace("y", "i")


_TIMES = {
    "chục": 1, "trăm": 2, "nghìn": 3, "nghin": 3, "ngàn": 3, "vạn": 4, "triệu": 6, "trieu": 6, "tr": 6,
    "tỉ": 9, "ti": 9, "tỷ": 9, "ty": 9,
}  # fmt: skip
"""With their accents, for "văn bằng" counts no tens of thousands, and "trạm" no hundreds."""
_NO_TIMES = {"le", "suat", "trong", "so", "gia"}
"""What makes another word of the one before it: tỷ lệ, tỷ trọng, tỷ giá."""
_BASES = {"d": "dong", "vnd": "dong"}
_JOINED = {"trd": ("tr", "d"), "tyd": ("ty", "d"), "tid": ("ti", "d")}


@lru_cache(maxsize=1024)
def scale_of(measure: str) -> tuple[Decimal, str]:
    """How many of what a measure counts at once: ``triệu đồng`` is (10^6, "dong"), ``người/1.000 dân`` (10^-3, "nguoi/dan")."""
    factor, bases = Decimal(1), []
    plain = clean(unicodedata.normalize("NFKC", measure)).casefold().rstrip(" .,;:!")
    for n, part in enumerate(plain.split("/")):
        times, base = _scale_of(part)
        factor = factor / times if n else factor * times
        bases.append(base)
    return factor, "/".join(bases)


def _scale_of(part: str) -> tuple[Decimal, str]:
    number = re.match(r"\s*([0-9]{1,3}(?:[. ]?[0-9]{3})*)\s*(?=[^\W\d])", part)
    times = Decimal(re.sub("[. ]", "", number[1])) if number and number[1].strip("0. ") else Decimal(1)
    words = re.findall(r"[^\W\d_]+", part) or [part.strip()]
    words = [w for word in words for w in _JOINED.get(fold(word), (word,))]
    while len(words) > 1 and words[0] in _TIMES and fold(words[1]) not in _NO_TIMES:
        times = times.scaleb(_TIMES[words.pop(0)])
    return times, " ".join(_BASES.get(word, word) for word in map(fold, words))


def _meanings(body: str, kind: Kind) -> tuple[Decimal, ...]:
    """The numbers that digits with separators may mean: none, one, or the two between which we must ask."""
    if " " in body:
        return _spaced(body, kind)
    dots, commas = body.count("."), body.count(",")
    if dots and commas:
        decimal = "." if body.rindex(".") > body.rindex(",") else ","
        whole, _, fraction = body.rpartition(decimal)
        thousands = "," if decimal == "." else "."
        good = _GROUPED[thousands].fullmatch(whole) and fraction.isdigit()
        return (Decimal(f"{whole.replace(thousands, '')}.{fraction}"),) if good else ()
    if dots + commas > 1:
        separator = "." if dots else ","
        return (Decimal(body.replace(separator, "")),) if _GROUPED[separator].fullmatch(body) else ()
    if dots + commas == 0:
        return (Decimal(body),)
    separator = "." if dots else ","
    whole, _, fraction = body.partition(separator)
    if not fraction:
        return ()
    return _one_separator(whole, separator, fraction, kind)


def _one_separator(whole: str, separator: str, fraction: str, kind: Kind) -> tuple[Decimal, ...]:
    fractional = Decimal(f"{whole or '0'}.{fraction}")
    if len(fraction) != 3 or not 1 <= len(whole) <= 3 or whole == "0":
        return (fractional,)
    grouped = Decimal(whole + fraction)
    if whole.startswith("0"):
        return fractional, grouped
    if kind is Kind.WHOLE:
        return (grouped,) if separator == "." else (fractional, grouped)
    return (fractional,) if separator == "," else (fractional, grouped)


def _spaced(body: str, kind: Kind) -> tuple[Decimal, ...]:
    """Thousands grouped by spaces, and perhaps one separator after them."""
    parts = re.fullmatch(r"([0-9 ]+)(?:([.,])([0-9]+))?", body)
    if parts is None or _GROUPED[" "].fullmatch(parts[1]) is None:
        return ()
    whole = parts[1].replace(" ", "")
    if parts[2] is None:
        return (Decimal(whole),)
    fractional = Decimal(f"{whole}.{parts[3]}")
    if len(parts[3]) != 3 or (parts[2] == "," and kind is not Kind.WHOLE):
        return (fractional,)
    return fractional, Decimal(whole + parts[3])


# ------------------------------------------------------------------ texts that are no number


@unique
class Empty(Enum):
    """What a word or a mark says that stands where a number should: that there is none, and in which way."""

    MARK = auto()  # a dash or dots: no number, whatever the reason
    NONE = auto()  # nothing occurred
    NOT_YET = auto()
    NOT_APPLICABLE = auto()
    NOT_AVAILABLE = auto()  # N/A: not yet there, or not applicable
    UNKNOWN = auto()  # there is no figure, for one reason or another


_EMPTY = {
    **dict.fromkeys(
        (
            "khong",
            "khong co",
            "ko",
            "ko co",
            "k",
            "k co",
            "hong",
            "khong phat sinh",
            "ko phat sinh",
            "nil",
            "none",
            "null",
        ),
        Empty.NONE,
    ),
    **dict.fromkeys(
        ("chua", "chua co", "chua co so", "chua co so lieu", "chua thong ke", "chua tong hop", "dang tong hop"),
        Empty.NOT_YET,
    ),
    **dict.fromkeys(("khong ap dung", "ko ap dung"), Empty.NOT_APPLICABLE),
    **dict.fromkeys(("n/a", "na", "#n/a", "n.a"), Empty.NOT_AVAILABLE),
    **dict.fromkeys(
        ("khong co so lieu", "khong co so", "ko co so lieu", "khong ro", "trong", "de trong"), Empty.UNKNOWN
    ),
}


_MARKS = frozenset(" -‐‑‒–—―−﹣－_.…·,;:/\\|*'\"“”()[]")


def empty_word(text: str) -> Empty | None:
    """What ``text`` says instead of a number; ``None`` where it says something else."""
    plain = clean(text)
    if plain and not any(c.isalnum() or c == "%" for c in plain):
        return Empty.MARK if _MARKS.issuperset(plain) else Empty.UNKNOWN
    return _EMPTY.get(fold(plain.strip("()[]'\"“” ")))


_ABOUT = lazily.pattern(
    r"[~≈≃≅≤≥±]|[<>]=? ?[0-9]|(?:khoang|gan|hon|tren|duoi|tam|uoc|xap xi|chung|it nhat|nhieu nhat|toi da|toi thieu)\b"
)
_POWER = lazily.pattern(r"[+-]?[0-9]+(?:[.,][0-9]+)?(?:e[+-]?[0-9]+| ?[x×*.]? ?(?:10)?\^ ?[+-]?[0-9]+)")
_TIME = lazily.pattern(r"[0-9]{1,2} ?(?:[:h] ?[0-9]{2}(?::[0-9]{2})?|h|gio)(?: ?[0-9]{1,2}(?: ?phut)?)?")
_SPACED_PHONE = lazily.pattern(r"\(?(?:\+84|0)[0-9]{0,3}\)?[ .-]?(?:[0-9]{2,4}[ .-]?){2,3}")


_PARTS = lazily.pattern(r"[+-]?[0-9]+(?: [0-9]+)? ?[/⁄] ?[0-9]+|[0-9]{1,4}(?: ?[/-] ?[0-9]{1,4}){2}")


_FIGURE = lazily.pattern(r"(?<![^\W_])[0-9](?:(?:[0-9.'’_·`]|,(?! )| (?!,))*[0-9])?")


def _why(plain: str, kind: Kind) -> NoNumber:
    """Why ``plain`` is no number, as far as one can tell."""
    folded = fold(plain)
    if empty_word(plain) is not None:
        return NoNumber.NOTHING
    if any(c.isnumeric() and not c.isascii() for c in re.sub(r"(?<=[^\W\d_])[²³]", "", plain)):
        fraction = any(unicodedata.decomposition(c).startswith("<fraction>") for c in plain)
        return NoNumber.FRACTION if fraction else NoNumber.STRANGE_DIGITS
    if not any(c.isdigit() for c in plain):
        return NoNumber.WORDS
    if _ABOUT.match(folded):
        return NoNumber.ABOUT
    if _POWER.fullmatch(folded):
        return NoNumber.POWER
    if _PARTS.fullmatch(plain):
        return NoNumber.FRACTION
    if _TIME.fullmatch(folded):
        return NoNumber.TIME
    if _SPACED_PHONE.fullmatch(plain) and sum(c.isdigit() for c in plain) in (10, 11):
        return NoNumber.PHONE
    if "%" in plain and not any(c.isalpha() for c in plain):
        return NoNumber.SIGNS if kind is Kind.PERCENT else NoNumber.PERCENT
    if len(_FIGURE.findall(plain)) > 1:
        return NoNumber.SEVERAL
    if any(c.isalpha() or c == "‰" or unicodedata.category(c) == "Sc" for c in plain):
        return NoNumber.MEASURE
    return NoNumber.SIGNS if re.search(r"[-+()\[\]*]", plain) else NoNumber.SEPARATORS


# ------------------------------------------------------------------ dates in

_DATES = (
    lazily.pattern(r"(?P<d>[0-9]{1,2}) ?([/.-]) ?(?P<m>[0-9]{1,2}) ?\2 ?(?P<y>[0-9]{4})"),
    lazily.pattern(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})(?:[ T]00:00(?::00(?:\.0+)?)?)?"),
    lazily.pattern(r"(?:ngày )?(?P<d>[0-9]{1,2}) tháng (?P<m>[0-9]{1,2}),? năm (?P<y>[0-9]{4})"),
)


def parse_date(text: str) -> date | None:
    """A whole date, day before month, as in ``01/4/2026``, ``2026-04-01`` or ``ngày 01 tháng 4 năm 2026``; else None."""
    body = clean(text).translate(_PLAIN).casefold()
    for pattern in _DATES:
        if found := pattern.fullmatch(body):
            try:
                return date(int(found["y"]), int(found["m"]), int(found["d"]))
            except ValueError:
                return None
    return None


_DAY_ZERO, _LAST_SERIAL = date(1899, 12, 30), 2_958_465
"""Day 0 of Excel's calendar, and the serial number of its last day."""


def day_of(serial: Decimal) -> date | None:
    """The day that a workbook stores as ``serial``; ``None`` for a mere time of day, and beyond Excel's calendar."""
    return _DAY_ZERO + timedelta(days=int(serial)) if 1 <= serial < _LAST_SERIAL + 1 else None


# ------------------------------------------------------------------ out

_VIETNAMESE = str.maketrans(",.", ".,")
_EXACT = Context(prec=400, rounding=ROUND_HALF_UP)


def rounded(value: Decimal, decimals: int) -> Decimal:
    """``value`` with ``decimals`` places, half rounded up, as it is printed; never a zero with a sign."""
    return _EXACT.plus(value.quantize(Decimal(1).scaleb(-decimals), context=_EXACT))


def format_number(value: Decimal, decimals: int | None = None) -> str:
    """``1.234,5``: with ``decimals`` places, half rounded up; or with as many as ``value`` needs."""
    if decimals is not None:
        value = rounded(value, decimals)
    written = f"{value:,f}"
    if decimals is None and "." in written:
        written = written.rstrip("0").rstrip(".")
    if not value:
        written = written.removeprefix("-")
    return written.translate(_VIETNAMESE)


def format_value(value: Value | None) -> str:
    """A figure as text: a number in Vietnamese form, a text as it is, nothing as an empty text."""
    if value is None:
        return ""
    return format_number(value) if isinstance(value, Decimal) else value


def plain(value: Value | bool | None) -> int | float | str | None:
    """A figure as JSON has it: a number whole where it is whole."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def format_date(day: date) -> str:
    """``01/4/2026``: days below 10 and the months 1 and 2 with a leading zero (Nghị định 30/2020/NĐ-CP)."""
    return f"{day.day:02d}/{_month(day)}/{day.year}"


def long_date(day: date) -> str:
    """``ngày 01 tháng 4 năm 2026``, with leading zeros as in ``format_date``."""
    return f"ngày {day.day:02d} tháng {_month(day)} năm {day.year}"


def seen(cell: FoundCell) -> str:
    """What a person sees in ``cell``; of a formula its text, of a plain number all its digits without grouping."""
    value = cell.value
    if cell.formula is not None:
        return f"={cell.formula.removeprefix('=') or '…'}"
    if isinstance(value, bool):
        return str(value).upper()
    if not isinstance(value, Decimal):
        return value or ""
    if cell.date_format and (day := day_of(value)) is not None:
        return format_date(day)
    shown = value * 100 if cell.percent_format else value
    return f"{shown.normalize():f}".replace(".", ",") + ("%" if cell.percent_format else "")


def _month(day: date) -> str:
    return f"{day.month:02d}" if day.month < 3 else str(day.month)
