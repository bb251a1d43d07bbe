"""A plan -> its appendix as a Word document, as it is attached to next year's plan: reading it gives the plan again.

What it looks like is drawn in ``templates/docx/phu-luc.docx``: a table whose rows are, from the top, the heading, a
group, a group within a group, a criterion, and one variable of a criterion. Formulas, bounds and companion figures are
no part of an appendix.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from datetime import datetime
from importlib import resources
from typing import Any

from msgspec import Struct

from lsindicators import files, values
from lsindicators.errors import UnusableInputError
from lsindicators.model import Assignment, Criterion, Plan, Standing, Variable

TEMPLATE = "phu-luc.docx"
_HEADING, _GROUP, _SUBGROUP, _CRITERION, _PART = range(5)
_NUMBER, _NAME, _MEASURE, _LEAD, _SUPPORTING, _DEADLINE, _NOTE = range(7)
_MERGED = (_LEAD, _SUPPORTING, _DEADLINE)
"""Columns whose equal neighbours become one cell, as an office would have it."""

_SHORT = 400
"""Letters of a cell in a row that is not broken over pages."""

PROPOSED = "đề xuất"
MADE_UP = "VÍ DỤ MINH HỌA, KHÔNG PHẢI VĂN BẢN ĐÃ BAN HÀNH"


class _Line(Struct, frozen=True):
    """A row to be printed: which row of the template it looks like, and its texts; of a group only the first."""

    kind: int
    texts: tuple[str, ...]


def print_out(plan: Plan) -> bytes:
    """The appendix of ``plan`` as a .docx: who leads and who supports, as written; same plan, same bytes."""
    import docx

    document = docx.Document(io.BytesIO((resources.files("lsindicators.templates") / "docx" / TEMPLATE).read_bytes()))
    if not document.tables or len(document.tables[0].rows) <= _PART:
        raise UnusableInputError(f"{TEMPLATE}: mẫu phụ lục thiếu bảng có 5 dòng mẫu; cài lại công cụ")
    _fill_paragraphs(document, plan)
    _fill_table(document.tables[0], tuple(_lines(plan)))
    properties = document.core_properties
    properties.author = properties.last_modified_by = plan.settings.compiler[:255]
    properties.title = f"Phụ lục phân công cung cấp số liệu năm {plan.year}"
    properties.created = properties.modified = datetime(plan.year, 1, 1)
    stream = io.BytesIO()
    document.save(stream)
    return files.steady(stream.getvalue(), plan.year)


# ------------------------------------------------------------------ what is printed


def _lines(plan: Plan) -> Iterator[_Line]:
    """All rows below the heading: groups, criteria, and the variables of criteria that several answer for."""
    opened: list[str] = []
    count: list[int] = []
    for number, criterion in enumerate(plan.criteria, 1):
        groups = [values.clean(g) for g in criterion.group.split(" / ") if g.strip()]
        for depth, group in enumerate(groups):
            if opened[: depth + 1] == groups[: depth + 1]:
                continue
            opened = [*opened[:depth], group]
            count = [*count[: depth + 1], *[0] * (depth + 1 - len(count))]
            count[depth] += 1
            numeral = ".".join([_roman(count[0]), *map(str, count[1 : depth + 1])])
            yield _Line(_SUBGROUP if depth else _GROUP, (f"{numeral}. {group}",))
        yield from _criterion(plan, criterion, number)


def _criterion(plan: Plan, criterion: Criterion, number: int) -> Iterator[_Line]:
    """One row where all variables are owed alike, else one for each of them below that of the criterion."""
    own = [v for v in plan.variables if v.criterion == criterion.code]
    owed = [_owed(plan, v) for v in own]
    alike = len(set(owed)) <= 1
    lead, supporting, deadline = owed[0] if owed and alike else ("", "", _deadline(plan, ""))
    if not alike and len({o[2] for o in owed}) == 1:
        deadline = owed[0][2]
    note = PROPOSED if criterion.standing is Standing.PROPOSED else ""
    name, measure = values.clean(criterion.name), values.clean(criterion.measure)
    yield _Line(_CRITERION, (str(number), name, measure, lead, supporting, deadline, note))
    if not alike:
        for i, (variable, (lead, supporting, deadline)) in enumerate(zip(own, owed, strict=True), 1):
            note = PROPOSED if variable.standing is Standing.PROPOSED else ""
            name, measure = values.clean(variable.name), values.clean(variable.measure)
            yield _Line(_PART, (f"{number}.{i}", name, measure, lead, supporting, deadline, note))


def _owed(plan: Plan, variable: Variable) -> tuple[str, str, str]:
    """Lead, supporting units and time of one variable, as they are printed."""
    owed = plan.assignment.get(variable.code) or Assignment(variable=variable.code, lead=(), supporting=())
    lead = _units(plan, owed.lead_written, owed.lead)
    return lead, _units(plan, owed.supporting_written, owed.supporting), _deadline(plan, owed.note)


def _units(plan: Plan, written: str, units: Sequence[str]) -> str:
    """Units as somebody wrote them, phrases kept, codes by name; where nobody did, all by name."""
    items = [values.clean(t) for t in written.split(";")] if written.strip() else list(units)
    return "; ".join(plan.unit[t].name if t in plan.unit else t for t in items if t)


_DEADLINES = re.compile(r"(?:^|;)\s*Thời hạn:\s*([^;]+)")


def _deadline(plan: Plan, note: str) -> str:
    """The time that the former appendix gave this row, else that of the plan; without a year, so that it stays right."""
    given = _DEADLINES.findall(note)
    day = plan.settings.unit_deadline
    return values.clean(given[-1]) if given else f"Trước ngày {values.format_date(day).rpartition('/')[0]} hằng năm"


_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


def _roman(number: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        text += letters * (number // value)
        number %= value
    return text


# ------------------------------------------------------------------ into the template


def _fill_paragraphs(document: Any, plan: Plan) -> None:
    facts = {
        "count": str(len(plan.criteria)),
        "year": str(plan.year),
        "issued": str(plan.settings.unit_deadline.year),
        "issuer": values.clean(plan.settings.issuer),
        "made_up": MADE_UP if plan.settings.made_up else "",
    }
    for paragraph in document.paragraphs:
        for run in paragraph.runs:
            run.text = _filled(run.text, facts)
        if not plan.settings.made_up and not paragraph.text and paragraph.runs and paragraph.runs[0].bold:
            paragraph._p.getparent().remove(paragraph._p)  # the mark of an example


_TAG = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def _filled(text: str, facts: dict[str, str]) -> str:
    return _TAG.sub(lambda tag: facts.get(tag[1], tag[0]), text)


def _fill_table(table: Any, lines: Sequence[_Line]) -> None:
    """Replace the sample rows by ``lines``; equal neighbours below each other become one cell."""
    samples = [row._tr for row in table.rows]
    rows = [deepcopy(samples[line.kind]) for line in lines]
    for line, row in zip(lines, rows, strict=True):
        for cell, text in zip(row.tc_lst, line.texts, strict=True):
            _write(cell, text)
        if max(map(len, line.texts)) > _SHORT:
            for mark in row.trPr.xpath("w:cantSplit"):
                row.trPr.remove(mark)
    for column in _MERGED:
        _merge(lines, rows, column)
    for sample in samples[_GROUP:]:
        table._tbl.remove(sample)
    for row in rows:
        table._tbl.append(row)


def _write(cell: Any, text: str) -> None:
    """Put ``text`` into the first run of a sample cell; what else stands there goes."""
    runs = cell.xpath("w:p/w:r")
    for extra in runs[1:]:
        extra.getparent().remove(extra)
    runs[0].text = text


def _merge(lines: Sequence[_Line], rows: Sequence[Any], column: int) -> None:
    """Merge runs of equal cells of ``column``; a group's row ends a run, and empty cells stay by themselves."""
    first = 0
    for i in range(1, len(lines) + 1):
        text = _text(lines[first], column)
        if i < len(lines) and text and _text(lines[i], column) == text:
            continue
        if i - first > 1:
            for at in range(first, i):
                cell = rows[at].tc_lst[column]
                cell.vMerge = "restart" if at == first else "continue"
                if at > first:
                    _write(cell, "")
        first = i


def _text(line: _Line, column: int) -> str:
    return line.texts[column] if len(line.texts) > column else ""
