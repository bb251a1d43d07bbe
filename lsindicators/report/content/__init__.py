"""Plan, Dataset and Results in; what the Word template may name out: plain texts and lists of them, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from lsindicators import papers, summary, values
from lsindicators.model import Dataset, Plan, Result, Sending, Settings
from lsindicators.report import sentences
from lsindicators.report.content import criteria, notes, opinions, sending, variables
from lsindicators.report.content.opinions import Answers

__all__ = ["MINISTRY", "TAGS", "Answers", "Content", "gather"]

Content = dict[str, Any]

MINISTRY = "Bộ Khoa học và Công nghệ"
"""To whom a province's committee reports."""

_CHART = {"picture": "", "caption": ""}

TAGS: Content = {
    **papers.FIELDS,
    **dict.fromkeys(
        (
            *(
                "addressee",
                "speaker",
                "plan_cited",
                "year",
                "previous",
                "sign_year",
                "unit_deadline",
                "report_deadline",
            ),
            *("marked", "assigned", "reminders", "overview", "comparison", "shortfall", "sending_summary"),
        ),
        "",
    ),
    "collection": [""],
    "groups": [criteria.GROUP],
    "charts_coverage": [_CHART],
    "charts_groups": [_CHART],
    "charts_units": [_CHART],
    **dict.fromkeys(opinions.PLACES, opinions.OPINIONS),
    "criteria_table": [criteria.ANNEX_ROW],
    "criteria_notes": [criteria.NOTE],
    "variables_table": [variables.ROW],
    "variables_notes": [criteria.NOTE],
    "sending_table": [sending.SENDING_ROW],
    "gaps_table": [sending.GAPS_ROW],
    "opinions_table": [opinions.ROW],
}
"""Every tag that a template may use: a text, a list (one example inside) or a group of named texts.

``docs/mau-bao-cao.md`` tells clerks what each of them prints.
"""


def gather(
    plan: Plan,
    dataset: Dataset,
    results: Sequence[Result],
    sendings: Sequence[Sending],
    answers: Answers,
    today: date,
    sender: papers.Sender = papers.Sender.COMPILER,
) -> Content:
    """All that the template may print, shaped as ``TAGS``; the charts are left empty for the caller to fill."""
    told = summary.of(plan, dataset, results, sendings)
    committee = sender is papers.Sender.COMMITTEE
    settings, year, known = plan.settings, plan.year, notes.doubts(dataset)
    groups = criteria.groups(told, known)
    criteria_table, criteria_notes = criteria.annex(told, known)
    variables_table, variables_notes = variables.table(told, known)
    said, opinions_table = opinions.gathered(plan, answers, by_committee=committee)
    head = papers.lines(settings, sender)
    return {
        **head,
        "recipients": _recipients(settings, head["recipients"], committee=committee),
        "symbol": f"BC-{head['symbol']}",
        "addressee": MINISTRY if committee else settings.issuer,
        "speaker": "UBND tỉnh" if committee else settings.compiler,
        "plan_cited": _plan_cited(settings, today),
        "year": str(year),
        "previous": str(year - 1),
        "sign_year": str(today.year),
        "unit_deadline": values.format_date(settings.unit_deadline),
        "report_deadline": values.format_date(settings.report_deadline),
        "marked": "có" if any(plan.mark(c) for c in plan.criteria) else "",
        "assigned": sentences.assigned(plan, by_committee=committee),
        "reminders": sentences.reminders(plan),
        "collection": sentences.collection(told.collection),
        "overview": sentences.level(told.criteria, "Bộ tiêu chí áp dụng tại tỉnh", settings.coverage),
        "comparison": _comparison(told, groups),
        "shortfall": sentences.shortfall(told.criteria, settings.coverage),
        "groups": groups,
        "charts_coverage": [],
        "charts_groups": [],
        "charts_units": [],
        **said,
        "criteria_table": criteria_table,
        "criteria_notes": criteria_notes,
        "variables_table": variables_table,
        "variables_notes": variables_notes,
        "sending_summary": sentences.counted(plan),
        "sending_table": sending.table(plan, told.sendings),
        "gaps_table": sending.gaps(told, criteria.numbered(told)),
        "opinions_table": opinions_table,
    }


def _plan_cited(settings: Settings, today: date) -> str:
    """The plan that gives the units their shares; with dots to be filled in by hand only where it is not on record."""
    number = sentences.bare_number(settings.plan_document)
    return f"Kế hoạch số {number or f'……/KH-UBND ngày …… tháng …… năm {today.year}'}"


def _recipients(settings: Settings, printed: list[str], *, committee: bool) -> list[str]:
    """``Nơi nhận``; where the campaign names nobody, those who get such a paper everywhere."""
    if settings.committee.recipients if committee else settings.recipients:
        return printed
    filed = f"Lưu: VT, {settings.drafter}" if settings.drafter and not committee else "Lưu: VT"
    copies = (
        "Thường trực Tỉnh ủy (b/c)",
        "Thường trực HĐND tỉnh (b/c)",
        "Chủ tịch, các Phó Chủ tịch UBND tỉnh",
        "C, PCVP UBND tỉnh",
        settings.compiler,
    )
    return papers.recipients((*(copies if committee else ()), filed))


def _comparison(told: summary.Summary, groups: Sequence[Content]) -> str:
    """Section III.1: how the criteria moved over all; nothing that section II has said already, word for word."""
    moved = sentences.movement(told.criteria, told.plan.year, most=sentences.TOP)
    before = {line for g in groups for lines in (g["lines"], *(p["lines"] for p in g["parts"])) for line in lines}
    said = (
        moved or sentences.no_former_year(told.criteria, told.plan.year),
        sentences.carried(told.plan, told.results),
    )
    return " ".join(sentence for sentence in said if sentence and sentence not in before)
