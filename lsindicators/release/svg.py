"""Results in, charts out as measures alone: where each bar begins and ends. The web page's template draws them.

A chart is ``WIDTH`` units wide, so that its letters can still be read on a phone; beside each stands the table of its figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from lsindicators import summary, values, wording
from lsindicators.model import Result
from lsindicators.release import words
from lsindicators.summary import Section

Chart = dict[str, Any]

WIDTH = 360
_RIGHT = 58  # room for the number behind a bar
_BAR, _LABEL, _GAP = 12, 17, 12
_NAME = 46  # letters of a criterion's name that find room above its bars
_STEPS = (1, 2, 5, 10, 20, 50, 100)
_TOP = 100


def years(results: Sequence[Result], year: int, title: str) -> Chart | None:
    """This year beside last year of the criteria in per cent, up to 100; ``None`` where fewer than two have a figure."""
    rates = [r for r in results if r.criterion.measure == summary.PERCENT and r.value is not None]
    drawn = [r for r in rates if all(v is None or abs(v) <= _TOP for v in (r.value, r.previous))]
    if len(drawn) < 2:
        return None
    found = [v for r in drawn for v in (r.value, r.previous) if v is not None]
    high, low = _reach(max(found)), -_reach(-min(found))
    if high == low:
        high = 1
    room = WIDTH - _RIGHT

    def at(value: Decimal) -> float:
        return float(round((value - low) * room / (high - low), 1))

    zero = at(Decimal(0))
    bars, y = [], 4
    for r in drawn:
        bars.append(
            {
                "y": y + _BAR,
                "label": f"{r.criterion.code} {values.short(r.criterion.name, _NAME)}",
                "years": [
                    {**_bar(zero, at(value), y + _LABEL + n * (_BAR + 2)), "value": wording.figure(value, r.criterion), "which": which}
                    for n, (which, value) in enumerate((("now", r.value), ("before", r.previous)))
                    if value is not None
                ],
            }
        )  # fmt: skip
        y += _LABEL + 2 * (_BAR + 2) + _GAP
    return {
        "title": f"{values.clean(title)}: năm {year} so với năm {year - 1}",
        "desc": (
            f"Biểu đồ thanh ngang, tính bằng %. Mỗi tiêu chí có thanh trên là năm {year}, thanh dưới là năm {year - 1}. "
            + "; ".join(_said(r, year) for r in drawn)
            + "."
        ),
        "width": WIDTH,
        "height": y,
        "zero": zero,
        "bars": bars,
        "left_out": wording.listing([r.criterion.code for r in rates if r not in drawn]),
    }


def _reach(value: Decimal) -> int:
    """The end of the axis: the next round number from ``value`` on, 0 where nothing lies on that side."""
    return next(step for step in (*_STEPS, _TOP) if value <= step or step == _TOP) if value > 0 else 0


def _bar(zero: float, end: float, y: int) -> dict[str, float]:
    x, width = min(zero, end), round(abs(end - zero), 1)
    return {"x": x, "y": y, "width": width, "height": _BAR, "text": round(max(zero, end) + 4, 1), "base": y + _BAR - 2}


def _said(r: Result, year: int) -> str:
    before = wording.figure(r.previous, r.criterion)
    return f"{r.criterion.code}: năm {year} {wording.figure(r.value, r.criterion)}, năm {year - 1} {before}"


def coverage(sections: Sequence[Section]) -> Chart:
    """The criteria of each group by what they rest on: one bar a group, cut into as many parts."""
    bars, y = [], 4
    for s in sections:
        tally, x, parts = summary.tally(s.criteria), 0.0, []
        for name in words.STATES:
            number = getattr(tally, name)
            if number:
                width = round(WIDTH * number / tally.total, 1)
                parts.append(
                    {
                        "x": x,
                        "width": width,
                        "middle": round(x + width / 2, 1),
                        "value": words.count(number),
                        "which": name,
                    }
                )
                x = round(x + width, 1)
        bars.append(
            {
                "y": y + 14,
                "top": y + 19,
                "base": y + 35,
                "height": 22,
                "label": f"{s.number}. {_named(s)} ({words.count(tally.total)})",
                "parts": parts,
            }
        )
        y += 54
    told = "; ".join(f"{_named(s)}: {_parts(summary.tally(s.criteria))}" for s in sections)
    return {
        "title": "Tiêu chí theo độ phủ số liệu của từng nhóm",
        "desc": f"Biểu đồ thanh chồng, mỗi nhóm một thanh. {told}.",
        "width": WIDTH,
        "height": y,
        "bars": bars,
    }  # fmt: skip


def _parts(tally: summary.Tally) -> str:
    return ", ".join(f"{text.lower()} {words.count(getattr(tally, name))}" for name, text in words.STATES.items())


def _named(section: Section) -> str:
    return values.short(section.title, _NAME) or "Các tiêu chí"
