"""Dataset and Results -> ``tong-hop.xlsx``, the province's workbook with live formulas, and ``merge --json``.

``mailing`` writes ``danh-sach-gui.xlsx``: what is sent to whom; ``receipts`` writes ``bien-nhan.xlsx``: what came in.
"""

from __future__ import annotations

from collections.abc import Sequence

from lsindicators.exports import mailing, receipts, sheets
from lsindicators.exports.book import Book
from lsindicators.exports.formulas import Places
from lsindicators.exports.view import to_json
from lsindicators.model import Dataset, Plan, Result, Sending

__all__ = ["mailing", "receipts", "to_json", "write"]


def write(plan: Plan, dataset: Dataset, results: Sequence[Result], sendings: Sequence[Sending]) -> bytes:
    """``tong-hop.xlsx``. The first row of every sheet holds its headings; same input, same bytes."""
    book = Book(plan, f"Tổng hợp số liệu và tiêu chí năm {plan.year}, tỉnh {plan.settings.province}")
    places = Places(plan, dataset)
    criteria = [r for r in results if r.criterion.parent is None]
    companions = [r for r in results if r.criterion.parent is not None]
    sheets.criteria(book, places, criteria)
    if companions:
        sheets.companions(book, places, companions)
    for year in places.years:
        sheets.matrix(book, places, year)
    sheets.figures(book, dataset)
    sheets.conflicts(book, dataset)
    sheets.gaps(book, dataset)
    sheets.sendings(book, sendings)
    sheets.guide(book, places)
    return book.close()
