"""The summary in; out the tables of the criteria, in section II and in Phụ lục I, and the sentences above them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lsindicators import wording
from lsindicators.model import Plan, Result
from lsindicators.report import sentences
from lsindicators.report.content import notes
from lsindicators.report.content.notes import Doubts, Notes
from lsindicators.summary import Section, Summary

Content = dict[str, Any]

ROW: Content = dict.fromkeys(
    (
        *("number", "code", "name", "name_mark", "measure", "previous", "previous_mark", "value", "value_mark"),
        *("change", "change_mark", "coverage", "coverage_mark", "suppliers", "companion"),
    ),
    "",
)
ANNEX_ROW: Content = {**ROW, "group": "", "subgroup": ""}
NOTE: Content = {"mark": "", "text": ""}
PART: Content = {"number": "", "title": "", "lines": [""], "rows": [ROW], "notes": [NOTE]}
GROUP: Content = {"number": "", "title": "", "lines": [""], "parts": [PART]}

UNNAMED, REST = "Các tiêu chí", "Các tiêu chí khác của nhóm"


def groups(told: Summary, known: Doubts) -> list[Content]:
    """Section II: a group, its parts, and the table of each; a group without parts has one, without a title."""
    found = []
    numbers = numbered(told)
    for group in told.sections:
        divided = len(group.parts) > 1 or group.parts[0].title != ""
        parts = []
        for part in group.parts:
            table = Notes()
            parts.append(
                {
                    "number": part.number,
                    "title": (part.title or REST) if divided else "",
                    "lines": _lines(told, part, "Nội dung này" if divided else "Nhóm"),
                    "rows": [_row(told, r, numbers, known, table) for r in part.results],
                    "notes": table.listed(),
                }
            )
        lines = [sentences.level(group.criteria, "Nhóm", told.plan.settings.coverage)] if divided else []
        found.append({"number": group.number, "title": group.title or UNNAMED, "lines": lines, "parts": parts})
    return found


def _lines(told: Summary, section: Section, subject: str) -> list[str]:
    """What stands above a table: on how much it rests, how it moved, who gave most."""
    results = section.criteria
    rests = sentences.level(results, subject, told.plan.settings.coverage, names=True)
    said = (
        f"{rests} {sentences.lowest(results)}".strip(),
        sentences.movement(results, told.plan.year),
        sentences.contributors(told, results),
    )
    return [line for line in said if line]


def annex(told: Summary, known: Doubts) -> tuple[list[Content], list[Content]]:
    """Phụ lục I: every criterion once, under rows with the names of groups and parts; and the notes under it."""
    numbers, table = numbered(told), Notes()
    blank = dict.fromkeys(ANNEX_ROW, "")
    rows: list[Content] = []
    for g, group in enumerate(told.sections, 1):
        rows.append({**blank, "group": f"{roman(g)}. {group.title or UNNAMED}"})
        for p, part in enumerate(group.parts, 1):
            if part.title:
                rows.append({**blank, "subgroup": f"{p}. {part.title}"})
            rows.extend({**blank, **_row(told, r, numbers, known, table)} for r in part.results)
    return rows, table.listed()


def numbered(told: Summary) -> dict[str, str]:
    """Criterion -> STT, one count through the whole report."""
    return {r.criterion.code: str(i) for i, r in enumerate(told.criteria, 1)}


def _row(told: Summary, r: Result, numbers: Mapping[str, str], known: Doubts, table: Notes) -> Content:
    """A criterion's cells; their marks are given from left to right, as a reader meets them."""
    plan, criterion = told.plan, r.criterion
    companion = criterion.parent is not None
    recorded = wording.recorded(r)
    return {
        "companion": "có" if companion else "",
        "number": numbers.get(criterion.code, ""),
        "code": criterion.code,
        "name": f"- {criterion.name}" if companion else criterion.name,
        "name_mark": table.mark(notes.on_name(plan, criterion)),
        "measure": criterion.measure or wording.NO_CHANGE,
        "previous": wording.figure(r.previous, criterion),
        "previous_mark": table.mark(*notes.on_previous(plan, told.dataset, r, known)),
        "value": wording.figure(r.value, criterion),
        "value_mark": table.mark(*notes.on_value(plan, r, known)),
        "change": wording.change(r),
        "change_mark": table.mark(*notes.on_change(r)),
        "coverage": wording.coverage(r.reported, r.expected, recorded=recorded),
        "coverage_mark": table.mark(notes.RECORDED if recorded else ""),
        "suppliers": "" if companion else _suppliers(plan, criterion.code),
    }


def _suppliers(plan: Plan, code: str) -> str:
    """The leads of the criterion's variables, as the assignment writes them, each once."""
    written = (a.lead_written for v in plan.variables if v.criterion == code and (a := plan.assignment.get(v.code)))
    named = dict.fromkeys(part.strip() for text in written for part in text.split(";") if part.strip())
    return "; ".join(plan.unit[name].name if name in plan.unit else name for name in named)


_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"),
    (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


def roman(number: int) -> str:
    """``4`` -> ``IV``."""
    written = ""
    for value, letters in _ROMAN:
        written += letters * (number // value)
        number %= value
    return written
