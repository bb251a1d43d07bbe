"""The control code (``control``) as formulas of the hidden sheet, and as it is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import partial

from lsindicators import control
from lsindicators.forms.alone import Line, Row
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


def shown(name: str, totals: Sequence[int]) -> Formula:
    """The control code, after its name; ``totals`` are its two residues."""
    halves = []
    for n in (cell_of(letter, 1) for letter in (R1, R2)):
        digits = (f"INT({n}/32768)", f"MOD(INT({n}/1024),32)", f"MOD(INT({n}/32),32)", f"MOD({n},32)")
        halves.append("&".join(f'MID("{control.LETTERS}",1+{digit},1)' for digit in digits))
    return Formula(f'={quoted(name)}&{halves[0]}&"-"&{halves[1]}', name + control.written(totals))


def sums(form: Form, totals: Sequence[int]) -> Iterator[tuple[str, Formula]]:
    """The first row of the hidden sheet: (column letter, formula)."""
    seeds, count = control.seeds(form.unit.code, form.year), len(form.by_code)
    for letter, prime, seed, total in zip((R1, R2), control.PRIMES, seeds, totals, strict=True):
        yield letter, Formula(f"=MOD({seed}+SUM({column_of(letter, count)}),{prime})", Decimal(total))


def totals(form: Form, lines: Iterable[Line]) -> list[int]:
    """The two residues of the code."""
    terms = zip(control.seeds(form.unit.code, form.year), *(line.residues for line in lines), strict=True)
    return [sum(parts) % prime for parts, prime in zip(terms, control.PRIMES, strict=True)]


def parts(row: Row) -> Iterator[tuple[str, Callable[[], str], Callable[[Line, object], int]]]:
    """Sort and size of the figures of a row, and what it adds: column letter, formula, and what that shows of its line."""
    yield SORT, partial(_sort, f"${NOW}{row.n}"), lambda line, _: line.magnitude[0]
    yield SIZE, partial(_size, f"${NOW}{row.n}", f"${SORT}{row.n}"), lambda line, _: line.magnitude[1]
    if row.asked_before:
        past, sort = f"${PAST}{row.n}", f"${PAST_SORT}{row.n}"
        yield PAST_SORT, partial(_sort, past), lambda line, _: line.past_magnitude[0]
        yield PAST_SIZE, partial(_size, past, sort), lambda line, _: line.past_magnitude[1]
    yield R1, partial(_addend, row, 0), lambda line, _: line.residues[0]
    yield R2, partial(_addend, row, 1), lambda line, _: line.residues[1]


def _addend(row: Row, half: int) -> str:
    """What a row adds to one ``half`` of the code."""
    n, factors, prime = row.n, control.FACTORS[half], control.PRIMES[half]
    weight = control.weights(row.variable.code)[half]
    addends: list[str] = []
    for sort, size in ((SORT, SIZE), *(((PAST_SORT, PAST_SIZE),) if row.asked_before else ())):
        quotient = f"INT(${size}{n}/{control.SPLIT})"
        addends += [quotient, f"(${size}{n}-{quotient}*{control.SPLIT})", f"${sort}{n}"]
    terms = [f"{addend}*{factor}" for addend, factor in zip(addends, factors, strict=False)]
    terms.append(f"${STATE}{n}*{factors[-1]}")
    return f"=MOD(MOD({'+'.join(terms)},{prime})*{weight},{prime})"


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
