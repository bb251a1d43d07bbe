"""Dataset and Results -> ``tong-hop.xlsx``, the province's workbook with live formulas."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import BinaryIO

from lsindicators.exports.book import Book
from lsindicators.exports.formulas import Places
from lsindicators.exports.links import Present
from lsindicators.exports.parts import Spread, spread
from lsindicators.exports.sheets import charts, criteria, figures, guide, lists, matrix, overview
from lsindicators.exports.sheets import differences as conflicts
from lsindicators.exports.sheets import series as chain
from lsindicators.model import Conflict, Dataset, Plan, Result, Sending, Series


def write(
    plan: Plan,
    dataset: Dataset,
    results: Sequence[Result],
    sendings: Sequence[Sending],
    differences: Sequence[Conflict] = (),
    series: Sequence[Series] = (),
    present: Present = None,
) -> bytes:
    """The bytes of ``tong-hop.xlsx``: see ``save``."""
    into = io.BytesIO()
    save(into, plan, dataset, results, sendings, differences, series, present)
    return into.getvalue()


def save(
    into: BinaryIO,
    plan: Plan,
    dataset: Dataset,
    results: Sequence[Result],
    sendings: Sequence[Sending],
    differences: Sequence[Conflict] = (),
    series: Sequence[Series] = (),
    present: Present = None,
) -> None:
    """Write ``tong-hop.xlsx`` to a stream. The first row of every sheet holds its headings; same input, same bytes.

    ``differences`` are the rows of ``Đối chiếu``, where none are given the dataset's conflicts; ``series`` those of
    ``Chuỗi năm``; ``present`` tells which of the files that units sent can be opened by a link.
    """
    book = Book(plan, f"Tổng hợp số liệu và tiêu chí năm {plan.year}, tỉnh {plan.settings.province}")
    places = Places(plan, dataset)
    own = [r for r in results if r.criterion.parent is None]
    companions = [r for r in results if r.criterion.parent is not None]
    criteria.write(book, places, own)
    if companions:
        criteria.write_companions(book, places, companions)
    charts.write(book, overview.write(book, places, own, sendings))
    has_series = chain.write(book, places, series)
    for year in places.years:
        matrix.write(book, places, year)
    figures.write(book, dataset, present)
    conflicts.write(book, places, differences or dataset.conflicts, present)
    lists.write_gaps(book, places, dataset)
    lists.write_sendings(book, sendings)
    guide.write(book, dataset, has_series, spreads(plan, dataset))
    book.save(into)


def spreads(plan: Plan, dataset: Dataset) -> tuple[Spread, ...]:
    """The tables that stand on several sheets of ``tong-hop.xlsx``, because one of Excel's does not hold them."""
    places = Places(plan, dataset)
    names = [places.sheet(plan.year, n) for n in range(len(places.parts))]
    found = spread(plan, names, places.parts, str), figures.spread_of(plan, dataset)
    return tuple(s for s in found if s is not None)
