"""From figures to the province's table: merge_rows.py PLAN.pickle ROWS.pickle TARGET.xlsx.

What ``lsindicators merge`` does once the returns have been judged: merge, criteria, every sheet of the workbook.
"""

import gc
import pickle
import sys
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from lsindicators import compute, exports, merge
from lsindicators.model import CellRef, Figure, State

exactly = lru_cache(maxsize=4_096)(Decimal)  # as workbooks are read
STATES = {state.value: state for state in State}


def figures(rows: list) -> Iterator[Figure]:
    rows.reverse()
    while rows:
        unit, _, code, _, year, value, state, origin, reason, file, sheet, cell, digest, read_at = rows.pop()
        number = None if value is None else exactly(repr(value))
        at = CellRef(file, sheet, cell)
        yield Figure(code, unit, year, number, STATES[state], origin, reason, at, digest, read_at)


if __name__ == "__main__":
    gc.set_threshold(50_000, 20, 100)  # as every command of ours does
    with Path(sys.argv[1]).open("rb") as stream:
        plan, sendings = pickle.load(stream)
    with Path(sys.argv[2]).open("rb") as stream:
        _, told = pickle.load(stream)
    dataset, _ = merge.combine(plan, figures(told), {}, {s.unit for s in sendings if s.status})
    with Path(sys.argv[3]).open("wb") as stream:
        exports.save(stream, plan, dataset, compute.evaluate(plan, dataset), sendings)
