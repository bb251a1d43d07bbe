"""The control code of a filled form: eight letters computed from what is typed, on paper by Excel and here from the file.

The same whole-number arithmetic on both sides, far below 2^53, so that no program and no language setting changes it.
It guards against a paper and a file that went different ways, not against forgery. Blank rows add nothing and the order
of rows is no matter; ``forms`` prints it as formulas.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from operator import mul

from msgspec import Struct

from lsindicators.model import State

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Base 32 in letters that are not mistaken for each other."""

MISREAD = str.maketrans("OIL", "011")
"""What people read for them all the same."""

PRIMES = (1048573, 1048571)
"""A residue to each of these makes four letters of the code."""

PLACES = 4
"""Decimal places of a number that count."""

LARGE = Decimal(10) ** 10
"""From here on a number counts as a whole number: a spreadsheet has no room for more places."""

MOST = 10**14 - 1
"""A number beyond this counts as this."""

SPLIT = 10**7
"""A magnitude is taken in two parts, its quotient and its remainder by this."""

FACTORS = ((70241, 90697, 15773, 82301, 61403, 27701, 48611), (84653, 57089, 33391, 94109, 22291, 76103, 65537))
"""For each prime: the factors of this year's quotient, remainder and sort, of last year's, and of the state."""

CHARACTERS = 200
"""Of a text so many characters count."""

BLANK, POSITIVE, NEGATIVE, LARGE_POSITIVE, LARGE_NEGATIVE, ERROR, TEXT, LOGICAL = range(8)
"""Sorts of a cell."""

OTHER_STATE = 9
"""The state of a row whose ``Tình trạng`` is none of the five."""


class Typed(Struct, frozen=True):
    """What stands in the cells of one row: the values as stored, texts untouched."""

    code: str
    current: Decimal | bool | str | None
    state: str
    previous: Decimal | bool | str | None = None  # only where the unit was asked for last year's figure
    current_is_error: bool = False
    previous_is_error: bool = False


def typed(text: str) -> str | None:
    """The code that somebody copied from paper, in its proper spelling; ``None`` where it is none."""
    letters = re.sub(r"[\W_]", "", text.upper().rpartition(":")[2]).translate(MISREAD)
    return f"{letters[:4]}-{letters[4:]}" if re.fullmatch(f"[{LETTERS}]{{8}}", letters) else None


def compute(rows: Iterable[Typed], unit: str, year: int) -> str:
    """The code of a form of ``unit`` that holds ``rows``, as ``K7Q2-M9XD``."""
    terms = [residues(row) for row in rows]
    sums = zip(seeds(unit, year), *terms, strict=True)
    return written([sum(parts) % prime for parts, prime in zip(sums, PRIMES, strict=True)])


def written(residues: Iterable[int]) -> str:
    """The letters of the two residues."""
    return "-".join("".join(LETTERS[n >> shift & 31] for shift in (15, 10, 5, 0)) for n in residues)


def residues(row: Typed) -> tuple[int, int]:
    """What one row adds to each residue."""
    if (
        row.current is None
        and row.previous is None
        and not (row.state or row.current_is_error or row.previous_is_error)
    ):
        return 0, 0
    now = magnitude(row.current, error=row.current_is_error)
    parts = [*divmod(now[1], SPLIT), now[0]]
    if row.previous is not None or row.previous_is_error or row.state:  # what is blank adds nothing
        before = magnitude(row.previous, error=row.previous_is_error)
        parts += (*divmod(before[1], SPLIT), before[0], state_number(row.state))
    one, other = weights(row.code)
    first, second = PRIMES
    return (
        sum(map(mul, parts, FACTORS[0])) % first * one % first,
        sum(map(mul, parts, FACTORS[1])) % second * other % second,
    )


def magnitude(value: Decimal | bool | str | None, *, error: bool = False) -> tuple[int, int]:
    """The sort of a cell, and a whole number from 0 to ``MOST`` that stands for its value."""
    if error:
        return ERROR, 0
    if value is None:
        return BLANK, 0
    if isinstance(value, bool):
        return LOGICAL, int(value)
    if isinstance(value, Decimal):
        return _magnitude(value)
    text = trimmed(value)
    if not text:
        return BLANK, 0
    padded = text[:CHARACTERS].ljust(CHARACTERS)
    return TEXT, sum(map(mul, map(ord, padded), _PLACES))


@lru_cache(maxsize=4096)
def _magnitude(number: Decimal) -> tuple[int, int]:
    size = abs(_AS_EXCEL.plus(number))
    if size < LARGE:
        return (NEGATIVE if number < 0 else POSITIVE), _whole(size * 10**PLACES)
    return (LARGE_NEGATIVE if number < 0 else LARGE_POSITIVE), min(_whole(size), MOST)


_PLACES = range(1, CHARACTERS + 1)


def trimmed(text: str) -> str:
    """``text`` as a spreadsheet's TRIM leaves it."""
    return " ".join(part for part in text.split(" ") if part)


@lru_cache(maxsize=256)
def state_number(state: str) -> int:
    """0 for none, 1 to 5 for the states in their order, ``OTHER_STATE`` for any other text."""
    text = trimmed(state).casefold()
    return _STATES.get(text, OTHER_STATE) if text else 0


_STATES = {state.value.casefold(): number for number, state in enumerate(State, 1)}


@lru_cache(maxsize=4096)
def weights(code: str) -> tuple[int, int]:
    """A variable's factor for each prime."""
    return _drawn(f"số liệu {code}")


def seeds(unit: str, year: int) -> tuple[int, int]:
    """What the code of a unit's empty form begins with."""
    return _drawn(f"đơn vị {unit} năm {year}")


def _drawn(text: str) -> tuple[int, int]:
    digest = hashlib.sha256(text.encode()).digest()
    first, second = (
        1 + int.from_bytes(part, "big") % (prime - 1)
        for part, prime in zip((digest[:8], digest[8:16]), PRIMES, strict=True)
    )
    return first, second


_AS_EXCEL = Context(prec=15, rounding=ROUND_HALF_UP)


def _whole(number: Decimal) -> int:
    return int(number.to_integral_value(ROUND_HALF_UP))
