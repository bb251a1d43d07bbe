"""The summary in; out Phụ lục II: every variable of the province with those who gave it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from lsindicators import values, wording
from lsindicators.model import Figure, Kind, Method, State, Total, Value, Variable
from lsindicators.report.content import notes
from lsindicators.report.content.notes import Doubts, Notes
from lsindicators.summary import COMMUNES, Block, Summary

Content = dict[str, Any]

ROW: Content = dict.fromkeys(
    (
        *(
            "heading",
            "heading_mark",
            "number",
            "code",
            "name",
            "measure",
            "previous",
            "previous_mark",
            "value",
            "value_mark",
        ),
        *("coverage", "units"),
    ),
    "",
)

LONGEST = 60
"""Characters of a text that still find room in a cell; of a longer one it is told how many units gave it."""
_SAID = {
    State.NOT_APPLICABLE: "không áp dụng",
    State.ELSEWHERE: "đã tính ở đơn vị khác",
    State.NONE_OCCURRED: "không phát sinh",
}


def table(told: Summary, known: Doubts) -> tuple[list[Content], list[Content]]:
    """A row for each variable under one for its criterion, and the notes under the table."""
    plan, marks = told.plan, Notes()
    rows: list[Content] = []
    criterion = None
    for number, v in enumerate(plan.variables, 1):
        if v.criterion != criterion:
            criterion = v.criterion
            of = plan.criterion.get(criterion)
            mark = marks.mark(notes.on_name(plan, of)) if of else ""
            rows.append({**ROW, "heading": f"{criterion}. {of.name}" if of else criterion, "heading_mark": mark})
        rows.append({**ROW, "number": str(number), **_row(told, v, known, marks)})
    return rows, marks.listed()


def _row(told: Summary, v: Variable, known: Doubts, marks: Notes) -> Content:
    plan, year = told.plan, told.plan.year
    this, last = told.dataset.totals.get((v.code, year)), told.dataset.totals.get((v.code, year - 1))
    assigned = plan.assignment[v.code].units if v.code in plan.assignment else ()
    share = v.aggregation.method is Method.SHARE_YES
    return {
        "code": v.code,
        "name": v.name,
        "measure": "% đơn vị có" if share else v.measure or wording.NO_CHANGE,
        "previous": _total(last, v) if last else _past(plan.past_value.get((v.code, None, year - 1))),
        "previous_mark": marks.mark(*_on_previous(last, known, v, year - 1)),
        "value": _total(this, v),
        "value_mark": marks.mark(*known.told([(v.code, year)])),
        "coverage": wording.coverage(len(this.reported) if this else 0, len(this.expected if this else assigned)),
        "units": "; ".join(_units(told, v, this)) if this else "",
    }


def _on_previous(last: Total | None, known: Doubts, v: Variable, year: int) -> Iterator[str]:
    if last is not None and last.value is not None:
        if not last.expected:
            yield notes.on_record(year)
        elif not last.complete:
            yield f"Năm {year}: tổng hợp từ số liệu của một phần số đơn vị được phân công."
    yield from known.told([(v.code, year)])


def _past(value: Value | None) -> str:
    return wording.NO_FIGURE if value is None else values.format_value(value)


def _total(total: Total | None, v: Variable) -> str:
    """The province's figure: sums as exact as they are, means and shares with two decimals, texts as a count."""
    if total is None or total.value is None:
        return wording.NO_FIGURE
    if isinstance(total.value, str) and v.kind is Kind.TEXT and len(total.value) > LONGEST:
        return f"{len(total.contributions)} đơn vị có nội dung"
    if isinstance(total.value, Decimal) and v.aggregation.method in (Method.MEAN, Method.WEIGHTED, Method.SHARE_YES):
        return values.format_number(total.value, 2)
    return values.format_value(total.value)


# ------------------------------------------------------------------ who gave it


def _units(told: Summary, v: Variable, total: Total) -> Iterator[str]:
    """``Sở Y tế: 34``, some units one by one, then the others together."""
    given = told.suppliers[v.code]
    alone = len(total.expected) == 1
    for code in given.named:
        answer = _answer(told.dataset.figure.get((v.code, code, total.year)), v)
        unit = told.plan.unit[code]
        name = unit.name if unit.type in COMMUNES else unit.short or unit.name
        yield name if alone and code in total.reported and answer[:1].isdigit() else f"{name}: {answer}"
    yield from map(_block, given.blocks)


def _answer(figure: Figure | None, v: Variable) -> str:
    """What a unit gave, in a cell."""
    if figure is None:
        return "chưa có số liệu"
    if isinstance(figure.value, Decimal):
        return values.format_number(figure.value)
    if figure.value:
        return figure.value if v.kind is Kind.YES_NO else "có nội dung"
    return _SAID.get(figure.state, "chưa có số liệu")


def _block(block: Block) -> str:
    units = "xã, phường" if block.communes else "đơn vị khác"
    told = f"{block.reported}/{block.expected} {units}"
    return told if block.value is None else f"{told}: {values.format_number(block.value)}"
