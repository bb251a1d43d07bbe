"""A formula and what it shows; the columns of the hidden sheet ``Tính``, and how formulas name their cells."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from lsindicators import layout
from lsindicators.values import FILLERS

(
    PAST, NOW, STATE, SOURCE, REASON, OWN, USABLE, USABLE_PAST, ACROSS, GO, ORDER, SORT, SIZE, PAST_SORT, PAST_SIZE, R1, R2, SAID,
) = "BCDEFGHIJLMNOPQRST"  # fmt: skip
SHOWN = layout.SHOWN
"""Columns of the hidden sheet, below the codes in column A: what stands in the inputs (last year's figure, this year's,
the number of the state, whether there is a source, whether there is a reason and whether it says that the figure has been checked); what is wrong with the figure by itself; the figures that
rules may use; what is wrong with it beside others; what Kiểm tra shows; the cell that wants a hand, and its turn; the parts of the control
code; how the reason begins, bare. Its first row holds the sums of the last two columns."""

Result = Decimal | int | str
"""What a formula shows."""


class Formula(Struct, frozen=True):
    """A formula, from its ``=`` on, and what it shows."""

    text: str
    result: Result


def cell_of(letter: str, line: int) -> str:
    """A cell of the hidden sheet, seen from another sheet."""
    return f"'{layout.CALCULATION}'!${letter}${line}"


def column_of(letter: str, count: int) -> str:
    """The cells of all ``count`` variables in one column of the hidden sheet."""
    return f"${letter}$2:${letter}${count + 1}"


def is_number(x: str) -> str:
    """Whether ``x`` is a number; LibreOffice takes TRUE for one as well."""
    return f"AND(ISNUMBER({x}),NOT(ISLOGICAL({x})))"


def is_blank(x: str) -> str:
    """Whether nothing stands in ``x`` but what nobody sees: spaces, no-break and zero-width ones, line breaks, tabs."""
    return f'TRIM({_visible(x)})=""'


def _visible(x: str) -> str:
    return f'CLEAN(SUBSTITUTE(SUBSTITUTE({x},"\u00a0"," "),"\u200b",""))'


def bare(x: str, length: int) -> str:
    """The first characters of a text without fillers and spaces, in capitals."""
    text = _visible(x)
    for filler in FILLERS:
        text = f'SUBSTITUTE({text},{quoted(filler)},"")'
    return f"UPPER(LEFT({text},{length}))"


def quoted(text: str) -> str:
    """A text in a formula."""
    return '"' + text.replace('"', '""') + '"'
