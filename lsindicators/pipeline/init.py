"""``init``: a campaign's folder and its assignment workbook, built in, from an appendix, or from the year before."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from lsindicators import files, ledger, succession
from lsindicators.errors import UnusableInputError
from lsindicators.findings import Code, Severity, unclear_name
from lsindicators.model import LEAD, SUPPORTING, Dataset, PastFigure, Plan, Question
from lsindicators.pipeline.campaign import FORMS, PLAN, RETURNS, Json, oddities, read_plan, today
from lsindicators.pipeline.standing import standing

if TYPE_CHECKING:
    from lsindicators import names
    from lsindicators.appendix import Doubt
    from lsindicators.assignment import Change


class Begun(Struct, frozen=True, kw_only=True):
    """A campaign folder with its assignment workbook."""

    path: Path
    plan: Plan
    source: str
    written: bool
    assignments: tuple[Json, ...]
    questions: tuple[Question, ...]
    notes: tuple[str, ...]  # what was left aside or read in a way that the clerk should know
    rows: int = 0  # of the appendix that became criteria; 0: there was no appendix
    new: int = 0  # criteria among them that the catalogue does not have
    previous: Path | None = None
    changes: tuple[Change, ...] = ()  # of the former campaign's plan, where an appendix made another of it

    @property
    def exit_code(self) -> int:
        return 1 if any(Severity(q.severity).stops for q in self.questions) else 0

    def to_json(self) -> Json:
        return {
            "year": self.plan.year,
            "source": self.source,
            "assignments": list(self.assignments),
            "findings": [_question_json(q) for q in self.questions],
        }


def begin(
    campaign: Path, *, year: int | None = None, appendix_file: Path | None = None, previous: Path | None = None
) -> Begun:
    """Make the campaign's folder and its ``phan-cong.xlsx``; a workbook that was edited since is never overwritten."""
    from lsindicators import assignment, names

    if year is not None and not 2000 <= year <= 2100:
        raise UnusableInputError(f"Năm số liệu {year} không dùng được; gõ một năm như 2025")
    plan = assignment.builtin(year or today().year - 1) if previous is None else following(previous, year, campaign)
    known = plan.criterion
    changes: tuple[Change, ...] = ()
    register = names.Register(plan.units, plan.groups, plan.former, plan.inactive)
    if appendix_file is None:
        source = "bo-tieu-chi.xlsx" if previous is None else f"{previous}/{PLAN}"
        rows = {c.code: i for i, c in enumerate(plan.criteria, 1)}
        assignments = tuple(_owed_by_criterion(plan, code, row) for code, row in rows.items())
        questions = tuple(_open_names(plan, register)) if previous is not None else ()
        notes: tuple[str, ...] = ()
    else:
        from lsindicators import appendix

        source = appendix_file.name
        read = appendix.read(appendix_file)
        notes = read.notes
        former = plan
        plan, matched, found = appendix.assign(read, plan, register)
        changes = assignment.compare(former, plan) if previous is not None else ()
        assignments = tuple(
            {
                "criterion": m.criterion,
                "name": m.name,
                "row": m.row,
                "lead": list(m.lead),
                "supporting": list(m.supporting),
            }
            for m in matched
        )
        questions = tuple(_question(d) for d in found)
    plan = replace(plan, questions=questions)
    content = assignment.write(plan)
    path = campaign / PLAN
    if path.is_file() and path.read_bytes() != content:
        raise UnusableInputError(
            f"{path}: đã có bản phân công của kỳ này, có thể anh/chị đã sửa nên không ghi đè; "
            "muốn lập lại từ đầu thì đổi tên hoặc chuyển tệp đó đi rồi chạy lại"
        )
    with ledger.alone(campaign):
        written = files.write(path, content)
        for folder in (FORMS, RETURNS):
            (campaign / folder).mkdir(exist_ok=True)
        ledger.key(campaign)
    return Begun(
        path=path,
        plan=plan,
        source=source,
        written=written,
        assignments=assignments,
        questions=questions,
        notes=(*notes, *oddities(plan)),
        rows=0 if appendix_file is None else len(assignments),
        new=sum(1 for c in plan.criteria if c.code not in known),
        previous=previous,
        changes=changes,
    )


def _open_names(plan: Plan, register: names.Register) -> Iterator[Question]:
    """What last year's assignment names and is no unit of this year, or none that is clear."""
    asked: set[tuple[str, str]] = set()
    for row, owed in enumerate(plan.assignments, 2):
        for side, written in ((LEAD, owed.lead_written), (SUPPORTING, owed.supporting_written)):
            for p in register.resolve(written).problems:
                told = ", ".join(f"{register.name(unit)} ({unit})" for unit in p.candidates)
                code, severity, message = unclear_name(p.trouble.value, p.text, told, p.why, p.gone)
                key = (p.text, "" if code is not Code.OPEN_GROUP else owed.variable)
                if key not in asked:  # a name is answered once for all rows
                    asked.add(key)
                    yield Question(
                        code=code.word,
                        severity=severity.value,
                        row=row,
                        value=p.text,
                        message=message,
                        place="Phân công",
                        about=owed.variable,
                        side=side,
                        candidates=p.candidates,
                    )


def following(previous: Path, year: int | None, campaign: Path) -> Plan:
    """The plan of ``year``, or of the next one, from the campaign in ``previous``: its figures become last year's.

    ``campaign`` is the folder that the plan is for.
    """
    from lsindicators import assignment
    from lsindicators.assignment.sheets import PREVIOUS

    former, _ = read_plan(previous)
    year = former.year + 1 if year is None else year
    if former.year >= year:
        raise UnusableInputError(
            f"{previous / PLAN}: năm số liệu của kỳ cũ là {former.year}, không trước năm {year}; dùng --year để chọn năm"
        )
    dataset = standing(previous, former).dataset()
    plan = assignment.for_year(former, year)
    settings = replace(plan.settings, raw={**plan.settings.raw, PREVIOUS: _way(campaign, previous)})
    return replace(plan, settings=settings, past=tuple(_on_record(former, dataset)), questions=())


def _on_record(former: Plan, dataset: Dataset) -> Iterable[PastFigure]:
    """What the former campaign had on record, and what came in with it, of its own year and of those before.

    What was worked out for a unit from the rows of others is not among it: it will be again. The province's figure is
    there where it is whole, or where the clerk decided it: units may merge before the next campaign, and then only a sum
    could be made from theirs.
    """
    past = {(p.variable, p.unit, p.year): p for p in former.past}
    for f in dataset.figures:
        if f.value is not None and f.at is not None:
            past[f.variable, f.unit, f.year] = PastFigure(variable=f.variable, unit=f.unit, year=f.year, value=f.value)
    for (code, year), total in dataset.totals.items():
        complete = total.complete and total.contributions and not succession.lacking(former, dataset, code, year)
        if isinstance(total.value, Decimal) and (complete or total.settled is not None):
            past[code, None, year] = PastFigure(variable=code, unit=None, year=year, value=total.value)
    return past.values()


def _way(start: Path, target: Path) -> str:
    """The path from one folder to another; whole where they lie on two drives."""
    try:
        return Path(os.path.relpath(target, start)).as_posix()
    except ValueError:
        return str(target.resolve())


def _owed_by_criterion(plan: Plan, criterion: str, row: int) -> Json:
    owed = [plan.assignment[v.code] for v in plan.variables if v.criterion == criterion and v.code in plan.assignment]
    lead = dict.fromkeys(unit for a in owed for unit in a.lead)
    supporting = dict.fromkeys(unit for a in owed for unit in a.supporting if unit not in lead)
    return {
        "criterion": criterion,
        "name": plan.criterion[criterion].name,
        "row": row,
        "lead": list(lead),
        "supporting": list(supporting),
    }


def _question(doubt: Doubt) -> Question:
    return Question(
        code=doubt.code.word,
        severity=doubt.severity.value,
        row=doubt.row,
        value=doubt.value,
        message=doubt.message,
        place=doubt.place,
        about=doubt.about,
        side=doubt.side,
        candidates=doubt.candidates,
    )


def _question_json(question: Question) -> Json:
    return {
        "code": question.code,
        "severity": question.severity,
        "place": question.place,
        "row": question.row,
        "value": question.value,
        "candidates": list(question.candidates),
        "message": question.message,
    }
