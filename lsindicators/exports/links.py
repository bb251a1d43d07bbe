"""Where a figure comes from, as links: the file that the unit sent, and its untouched original in the ledger.

A link is relative to the campaign folder, where ``tong-hop.xlsx`` lies. The texts of the cells stay texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import quote

from lsindicators.model import CellRef, Figure

LIMIT = 65_530
"""Links that Excel takes on one sheet."""

_LENGTH = 2_000
"""Characters of an address up to which Excel follows it, with some room to spare."""

RECORD = CellRef("phan-cong.xlsx", "Năm trước")
"""Where a figure on record stands."""

Present = Mapping[str, str] | None
"""The files that lie in the campaign folder: their names as recorded -> as they are spelt on the disk, where letters with
marks may be written in two ways. ``None``: all are taken to be there."""

_ORIGINALS, _KEPT = "so-cai/goc", "so-cai/dieu-chinh"
"""Where the ledger keeps what was received, and each version of the clerk's decisions."""

_DECISIONS = "dieu-chinh.xlsx"


def at(f: Figure) -> CellRef:
    """The cell of a figure; of one on record the sheet."""
    return f.at or RECORD


@lru_cache(maxsize=1_024)
def place(sheet: str, address: str | None) -> str:
    """A cell as a link names it; of a sheet as a whole its first one."""
    return f"'{sheet.replace(chr(39), chr(39) * 2)}'!{address or 'A1'}"


def to_file(f: Figure, present: Present = None) -> tuple[str, str] | None:
    """Address and place of the file as the clerk has it; ``None`` where it cannot be opened by a click.

    A workbook inside of a .zip or .eml cannot, nor one outside of the campaign folder or no longer there, nor, by an
    oddity of Excel, one with ``#`` in its name.
    """
    where = at(f)
    path = where.workbook
    if present is not None and path not in (RECORD.workbook, _DECISIONS):
        path = present.get(path, "")
    if not path or path.startswith(("/", "../")) or any(mark in path for mark in ":!#\\"):
        return None
    return _within(_quoted(path), place(where.sheet, where.address) if where.sheet else "")


def to_original(f: Figure) -> tuple[str, str] | None:
    """Address and place of the bytes as received, in the ledger; ``None`` for a figure on record.

    An original has no ending, for its name is its SHA-256: the system asks once by which program it is opened.
    """
    if not f.sha256:
        return None
    if f.at is not None and f.at.workbook == _DECISIONS:
        kept = f"{_KEPT}/{f.sha256}.xlsx"
        return kept, place(f.at.sheet, f.at.address) if f.at.sheet else ""
    return f"{_ORIGINALS}/{f.sha256}", ""


_quoted = lru_cache(maxsize=1_024)(quote)
"""All figures of a return lead to the same file."""


def _within(address: str, inside: str) -> tuple[str, str] | None:
    return (address, inside) if len(address) + len(inside) <= _LENGTH else None
