"""Summary in, ``tom-tat.docx`` out: two pages for people who will not read the report."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from lsindicators import papers, values, wording
from lsindicators.errors import UnusableInputError
from lsindicators.release import content, words
from lsindicators.summary import Summary

SHIPPED = "tom-tat.docx"

_LETTERS, _MOST = 54, 2
"""Letters of a criterion's name in a line of its table, and its most lines."""
_ROOM, _LINE, _ROW = 380, 4, 1
"""What two pages have for the rows of all tables, what a line takes of it, and what each row takes besides."""
_DOUBTFUL = "†"
"""Stands here for ``words.PROVISIONAL``, which has no room beside a figure."""
_GAPS = 4
"""So many criteria are told with what they lack; the rest is counted."""

_TEXTS = ("title", "year", "previous", "updated", "overview", "moved", "collected", "contact", "proposed")
"""What the web page says in the same words."""

TAGS: content.Content = {
    **papers.FIELDS,
    **dict.fromkeys((*_TEXTS, "lacking", "unshown"), ""),
    "open": [""],
    "cards": {name: {"value": "", "label": ""} for name in ("criteria", "whole", "missing", "sent", "comparable")},
    "tables": [
        {
            "heading": "",
            "sentence": "",
            "rows": [dict.fromkeys(("code", "name", "previous", "value", "change"), "")],
        }
    ],
    "gaps": [""],
}
"""Every tag that the template may use."""


def write(told: Summary, provisional: Collection[str]) -> bytes:
    """The summary; same input, same bytes. Raises ``UnusableInputError`` where the template cannot be used."""
    plan, template = told.plan, papers.shipped(SHIPPED)
    if faults := papers.lint(template, TAGS, SHIPPED):
        raise UnusableInputError(faults[0])
    title = f"Tóm tắt kết quả thực hiện Bộ tiêu chí năm {plan.year}"
    said = papers.plain(_gather(told, provisional))
    return papers.ready(template, SHIPPED, plan, title).filled(said)


def _gather(told: Summary, provisional: Collection[str]) -> content.Content:
    said = content.gather(told, provisional)
    rows = [[row for part in group["parts"] for row in part["rows"]] for group in said["groups"]]
    lines, shown = _room([row for members in rows for row in members])
    tables, left = [], shown
    for group, members in zip(said["groups"], rows, strict=True):
        tables.append(
            {
                "heading": values.short(f"{group['number']}. {group['title']}", _LETTERS),
                "sentence": f"{group['level']} {group['moved']}",
                "rows": [_row(row, lines) for row in members[:left]],
            }
        )
        left -= min(left, len(members))
    total = sum(map(len, rows))
    missing = [g for g in said["gaps"] if g["state_words"] == wording.NO_FIGURE]
    return {
        **papers.lines(told.plan.settings),
        **{name: said[name] for name in _TEXTS},
        "contact": values.short(said["contact"], 3 * _LETTERS),
        "open": [
            values.short(line.replace(f"“{words.PROVISIONAL}”", _DOUBTFUL), 3 * _LETTERS)
            for line in said["provisional"]
        ],
        "cards": {card["name"]: {"value": card["value"], "label": card["label"]} for card in said["cards"]},
        "tables": [t for t in tables if t["rows"]],
        "unshown": f"Còn {words.count(total - shown)} tiêu chí khác, xem trang công khai." if total > shown else "",
        "gaps": [f"{g['code']}: {values.short(g['why'], 2 * _LETTERS)}" for g in missing[:_GAPS]],
        "lacking": _lacking(len(missing), len(said["gaps"]) - len(missing)),
    }


def _room(rows: Sequence[content.Content]) -> tuple[int, int]:
    """How many lines a criterion's name may have, and how many criteria find room at all."""
    needed = sum(_ROW + _LINE * -(-len(_name(row, _MOST)) // _LETTERS) for row in rows)
    return (_MOST if needed <= _ROOM else 1), min(len(rows), _ROOM // (_ROW + _LINE))


def _name(row: content.Content, lines: int) -> str:
    """The criterion and its measure, in so many lines."""
    measure = values.short(row["measure"], _LETTERS // 3)
    return f"{values.short(row['name'], lines * _LETTERS - len(measure) - 4)}\u00a0({measure})"


def _row(row: content.Content, lines: int) -> content.Content:
    sign = "*" * (row["state"] in ("partial", "enough")) + _DOUBTFUL * (words.PROVISIONAL in row["marks"])
    return {
        "code": row["code"],
        "name": _name(row, lines),
        "previous": row["previous"],
        "value": f"{row['value']}{sign}",
        "change": row["change"],
    }


def _lacking(missing: int, partly: int) -> str:
    """How much is wanting, in one sentence; what is not told line by line is on the page."""
    if not missing and not partly:
        return "Các tiêu chí đều đã có đủ số liệu của các đơn vị."
    parts = [
        f"{words.count(number)} tiêu chí {text}"
        for number, text in ((missing, "chưa có số liệu"), (partly, "mới tính trên một phần số đơn vị (ghi *)"))
        if number
    ]
    more = f" Dưới đây nêu {words.count(_GAPS)} tiêu chí; đủ cả ở trang công khai." if missing > _GAPS else ""
    return f"Còn {wording.listing(parts)}.{more}"
