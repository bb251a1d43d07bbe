"""Results in, the Word report out: content and charts are put into a Word template that a clerk can edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache

from lsindicators import papers, summary
from lsindicators.errors import UnusableInputError
from lsindicators.model import CellRef, Dataset, Plan, Result, Sending
from lsindicators.report import charts, content, draft
from lsindicators.report.draft import Change, Revised, Stale, Written, revise

__all__ = [
    "CONTROLS",
    "NEEDED",
    "SHIPPED",
    "Change",
    "Revised",
    "Stale",
    "Written",
    "fill",
    "judge",
    "lint",
    "revise",
    "shipped_template",
    "usable",
]

SHIPPED = "bao-cao.docx"


NEEDED: dict[str, str] = {
    **papers.NEEDED,
    "year": "năm số liệu",
    "collection": "tình hình cung cấp số liệu",
    "groups.parts.rows.name": "tên tiêu chí trong bảng của từng nhóm",
    "groups.parts.rows.value": "giá trị tiêu chí trong bảng của từng nhóm",
    "criteria_table.name": "tên tiêu chí ở Phụ lục I",
    "criteria_table.value": "giá trị tiêu chí ở Phụ lục I",
    "variables_table.value": "giá trị số liệu ở Phụ lục II",
    "sending_table.unit": "tên đơn vị ở Phụ lục III",
    "gaps_table.reasons": "lý do chưa đủ số liệu ở Phụ lục IV",
}
"""What a template of the report must print."""

CONTROLS = (
    *("loi-chi-dao", "loi-noi-bat", "loi-han-che", "loi-nguyen-nhan", "loi-giai-phap", "loi-kien-nghi-bo"),
    "loi-kien-nghi-ubnd",
)
"""The content controls in which people write, by their tags."""


def shipped_template() -> bytes:
    """The template of the package."""
    return papers.shipped(SHIPPED)


@lru_cache(maxsize=2)
def lint(template: bytes, name: str) -> tuple[str, ...]:
    """What is wrong with the Word file ``name``, a Vietnamese sentence each with its place; empty when nothing is."""
    return judge(template, name).faults


def judge(template: bytes, name: str) -> papers.Judgement:
    """All that can be said of the Word file ``name`` as a template of the report, before anything is filled in."""
    return papers.judge(template, content.TAGS, name, NEEDED, CONTROLS)


def usable(template: bytes, name: str) -> bytes:
    """``template``, where it prints all that a report must. Raises ``UnusableInputError`` with its first fault."""
    _refuse(lint(template, name))
    return template


def _refuse(faults: Sequence[str]) -> None:
    if faults:
        more = f" (và {len(faults) - 1} lỗi khác; xem lsindicators report --check)" if len(faults) > 1 else ""
        raise UnusableInputError(f"{faults[0]}{more}")


@lru_cache(maxsize=2)
def _fillable(template: bytes, name: str) -> tuple[str, ...]:
    """What keeps a template from being filled; it may print less than a report must. Both papers are filled from one."""
    return papers.lint(template, content.TAGS, name)


def fill(
    plan: Plan,
    dataset: Dataset,
    results: Sequence[Result],
    sendings: Sequence[Sending],
    answers: Mapping[str, tuple[tuple[str, str, CellRef], ...]],
    today: date,
    template: bytes | None = None,
    *,
    name: str = SHIPPED,
    sender: papers.Sender = papers.Sender.COMPILER,
) -> bytes:
    """The report of ``sender`` as a .docx; same input, same bytes. ``name`` is the template's, for messages.

    The compiler reports to the province's committee, and the committee to the ministry: from one table, in one form.
    Raises ``UnusableInputError`` with file and place when the template cannot be used.
    """
    drawn = shipped_template() if template is None else template
    _refuse(_fillable(drawn, name))
    told = papers.plain(content.gather(plan, dataset, results, sendings, answers, today, sender))
    pictures = charts.draw(summary.of(plan, dataset, results, sendings))
    told.update(pictures.told())
    title = f"Báo cáo kết quả thực hiện Bộ tiêu chí năm {plan.year}"
    paper = papers.ready(drawn, name, plan, title).filled(told, pictures.attachments(plan.year))
    return draft.stamped(paper, told, plan.year)
