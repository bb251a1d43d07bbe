"""Units of many provinces in one campaign: their names repeat, so each is printed with its province, and read by it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from lsindicators import values
from lsindicators.names.text import key
from lsindicators.names.tokens import Words, words_of

_CITIES = {key(name) for name in ("Hà Nội", "Huế", "Hải Phòng", "Đà Nẵng", "Hồ Chí Minh", "Cần Thơ")}
"""The provinces that are cities."""

_LEVELS = {"tỉnh": "tỉnh", "thành phố": "thành phố", "tp.": "thành phố", "tp": "thành phố"}
_COMMUNES = ("xa", "phuong", "dac-khu")


def called(province: str) -> tuple[str, str]:
    """``TP. Huế`` -> ("thành phố Huế", "Huế"): a province as it stands behind a name, and its bare name."""
    bare = values.clean(province)
    for written, level in _LEVELS.items():
        if bare.casefold().startswith(written) and (rest := bare[len(written) :].strip()):
            return f"{level} {rest}", rest
    return f"{'thành phố' if key(bare) in _CITIES else 'tỉnh'} {bare}", bare


def printed(
    name: str, short: str, aliases: Sequence[str], kind: str, province: str
) -> tuple[str, str, tuple[str, ...]]:
    """Name, abbreviation and other names of a unit of ``province``: it stands behind the first two where they do not
    say it themselves, and what was typed is one of the others."""
    full, bare = called(province)
    comma = "," if kind in _COMMUNES else ""
    said = full if comma else bare  # a commune may bear the name of a province
    typed = dict.fromkeys((name, short, *aliases))
    if not _says(name, said):
        name = f"{name}{comma} {full}"
    if not _says(short, bare):
        short = f"{short}{comma} {bare}"
    return name, short, tuple(alias for alias in typed if alias not in (name, short))


def _says(name: str, place: str) -> bool:
    return f" {key(place)} " in f" {key(name)} "


@lru_cache(maxsize=64)
def endings(province: str) -> tuple[Words, ...]:
    """The words with which a name may end that is meant of ``province``; none for the campaign's own."""
    if not province:
        return ()
    full, bare = map(words_of, called(province))
    return full, bare, ("tp", *bare)
