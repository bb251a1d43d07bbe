"""The control code (``control``) as formulas of the hidden sheet, and as it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from lsindicators import control
from lsindicators.forms.alone import Line
from lsindicators.forms.formula import (
    NOW,
    PAST,
    PAST_SIZE,
    PAST_SORT,
    R1,
    R2,
    SIZE,
    SORT,
    STATE,
    Formula,
    cell_of,
    column_of,
    quoted,
)
from lsindicators.layout import Form


def shown(name: str, form: Form, lines: Iterable[Line]) -> Formula:
    """The control code, after its name."""
    halves = []
    for n in (cell_of(letter, 1) for letter in (R1, R2)):
        digits = (f"INT({n}/32768)", f"MOD(INT({n}/1024),32)", f"MOD(INT({n}/32),32)", f"MOD({n},32)")
        halves.append("&".join(f'MID("{control.LETTERS}",1+{digit},1)' for digit in digits))
    return Formula(f'={quoted(name)}&{halves[0]}&"-"&{halves[1]}', name + control.written(_totals(form, lines)))


def sums(form: Form, lines: Sequence[Line]) -> Iterator[tuple[str, Formula]]:
    """The first row of the hidden sheet: (column letter, formula)."""
    seeds, totals = control.seeds(form.unit.code, form.year), _totals(form, lines)
    for letter, prime, seed, total in zip((R1, R2), control.PRIMES, seeds, totals, strict=True):
        yield letter, Formula(f"=MOD({seed}+SUM({column_of(letter, len(lines))}),{prime})", Decimal(total))


def _totals(form: Form, lines: Iterable[Line]) -> list[int]:
    terms = zip(control.seeds(form.unit.code, form.year), *(line.residues for line in lines), strict=True)
    return [sum(parts) % prime for parts, prime in zip(terms, control.PRIMES, strict=True)]


def parts(line: Line) -> Iterator[tuple[str, Formula]]:
    """Sort and size of the figures of a row, and what it adds: (column letter, formula)."""
    code, typed, n = line.variable.code, line.typed, line.n
    addends: list[str] = []
    figures = [(NOW, SORT, SIZE, typed.current)]
    if line.asked_before:
        figures.append((PAST, PAST_SORT, PAST_SIZE, typed.previous))
    for figure, sort, size, value in figures:
        found = control.magnitude(value)
        yield sort, Formula(_sort(f"${figure}{n}"), Decimal(found[0]))
        yield size, Formula(_size(f"${figure}{n}", f"${sort}{n}"), Decimal(found[1]))
        quotient = f"INT(${size}{n}/{control.SPLIT})"
        addends += [quotient, f"(${size}{n}-{quotient}*{control.SPLIT})", f"${sort}{n}"]
    drawn = zip((R1, R2), control.FACTORS, control.PRIMES, control.weights(code), line.residues, strict=True)
    for letter, factors, prime, weight, residue in drawn:
        terms = [f"{addend}*{factor}" for addend, factor in zip(addends, factors, strict=False)]
        terms.append(f"${STATE}{n}*{factors[-1]}")
        yield letter, Formula(f"=MOD(MOD({'+'.join(terms)},{prime})*{weight},{prime})", Decimal(residue))


def _sort(x: str) -> str:
    """The sort of a cell."""
    number = f"IF(ABS({x})<{control.LARGE:f},IF({x}<0,{control.NEGATIVE},{control.POSITIVE}),"
    number += f"IF({x}<0,{control.LARGE_NEGATIVE},{control.LARGE_POSITIVE}))"
    other = f'IF(ISNUMBER({x}),{number},IF(TRIM({x})="",{control.BLANK},{control.TEXT}))'
    # LibreOffice takes TRUE for a number as well
    return f"=IF(ISERROR({x}),{control.ERROR},IF(ISLOGICAL({x}),{control.LOGICAL},{other}))"


def _size(x: str, sort: str) -> str:
    """The size of a cell, once its sort is known."""
    n = control.CHARACTERS
    characters = f'UNICODE(MID(LEFT(TRIM({x})&REPT(" ",{n}),{n}),ROW($1:${n}),1))'
    text = f"IF({sort}={control.TEXT},SUMPRODUCT(_xlfn.{characters}*ROW($1:${n})),0)"
    places = f"ROUND(ABS({x}),{control.PLACES})"  # first: 21.27275*10000 is no half any more
    small = f"IF({sort}<={control.NEGATIVE},ROUND({places}*{10**control.PLACES},0)"
    large = f"IF({sort}<={control.LARGE_NEGATIVE},MIN(ROUND(ABS({x}),0),{control.MOST}),"
    return f"=IF({sort}={control.BLANK},0,{small},{large}IF({sort}={control.LOGICAL},N({x}),{text}))))"
