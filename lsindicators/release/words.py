"""A figure, a count, a criterion's state in, the words that everybody understands out."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from lsindicators import provenance, summary, values
from lsindicators.model import Method, Result, Value
from lsindicators.wording import NO_FIGURE, listing

STATES = {
    "whole": "Đủ đơn vị",
    "enough": "Đạt ngưỡng độ phủ",
    "partial": "Một phần đơn vị",
    "missing": NO_FIGURE,
}
"""What a criterion rests on, by the names of ``summary.Tally``."""

PROVISIONAL, CORRECTED, BROKEN = "Tạm tính", "Có điều chỉnh", "Đứt chuỗi"


def state(result: Result) -> str:
    """Which of ``STATES`` a criterion is in."""
    tally = summary.tally([result])
    return next(name for name in STATES if getattr(tally, name))


def count(number: int) -> str:
    """``1.200``."""
    return values.format_number(Decimal(number), 0)


def points(result: Result) -> str:
    """In what a change is measured."""
    return "điểm %" if result.criterion.measure == summary.PERCENT else result.criterion.measure


def total(value: Value | None, method: Method) -> str:
    """A figure of the province as the report prints it: means and shares with two decimals, all else as it is."""
    if not isinstance(value, Decimal):
        return value or NO_FIGURE
    if method in (Method.MEAN, Method.WEIGHTED, Method.SHARE_YES):
        return values.format_number(value, 2)
    return provenance.shown(value)


HOW = {
    Method.SUM: "cộng số của các đơn vị",
    Method.MEAN: "trung bình của các đơn vị",
    Method.MAX: "số lớn nhất trong các đơn vị",
    Method.MIN: "số nhỏ nhất trong các đơn vị",
    Method.LEAD: "theo cơ quan chủ trì",
    Method.WEIGHTED: "bình quân có quyền số",
    Method.SHARE_YES: "tỷ lệ đơn vị trả lời Có",
    Method.JOIN: "câu trả lời của các đơn vị",
}
"""How the province's figure comes about."""


def level(tally: summary.Tally, threshold: Decimal) -> str:
    """On what the criteria of a group rest."""
    ways = [
        (number, words)
        for number, words in (
            (tally.whole, "tính trên đủ các đơn vị"),
            (tally.enough, f"tính trên ít nhất {values.format_number(threshold)}% số đơn vị"),
            (tally.partial, "tính trên một phần số đơn vị"),
            (tally.missing, "chưa có số liệu"),
        )
        if number
    ]
    return f"{count(tally.total)} tiêu chí{_listed(ways)}."


def moved(moves: summary.Moves, year: int) -> str:
    """How many of those that can be compared rose, fell, stayed."""
    if not moves.comparable:
        return f"Chưa có tiêu chí nào đủ số liệu của cả hai năm để so sánh với năm {year - 1}."
    ways = [
        (len(found), words)
        for found, words in ((moves.risen, "tăng"), (moves.fallen, "giảm"), (moves.same, "không đổi"))
        if found
    ]
    return f"So với năm {year - 1}, {count(moves.comparable)} tiêu chí đủ số liệu của cả hai năm để so sánh{_listed(ways)}."


def _listed(ways: Sequence[tuple[int, str]]) -> str:
    """How a number of criteria falls into parts, behind the words that say how many they are."""
    if len(ways) == 1:
        number, words = ways[0]
        return f", tất cả {words}" if number > 1 else f", {words}"
    return f": {listing([f'{count(number)} {words}' for number, words in ways])}"
