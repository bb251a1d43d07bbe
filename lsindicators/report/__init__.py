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

__all__ = ["SHIPPED", "Change", "Revised", "Stale", "Written", "fill", "lint", "revise", "shipped_template"]

SHIPPED = "bao-cao.docx"


def shipped_template() -> bytes:
    """The template of the package."""
    return papers.shipped(SHIPPED)


@lru_cache(maxsize=2)
def lint(template: bytes, name: str) -> tuple[str, ...]:
    """What is wrong with the Word file ``name``, a Vietnamese sentence each with its place; empty when nothing is."""
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
    faults = lint(drawn, name)
    if faults:
        more = f" (và {len(faults) - 1} lỗi khác; xem lsindicators report --check)" if len(faults) > 1 else ""
        raise UnusableInputError(f"{faults[0]}{more}")
    told = papers.plain(content.gather(plan, dataset, results, sendings, answers, today, sender))
    pictures = charts.draw(summary.of(plan, dataset, results, sendings))
    told.update(pictures.told())
    title = f"Báo cáo kết quả thực hiện Bộ tiêu chí năm {plan.year}"
    paper = papers.ready(drawn, name, plan, title).filled(told, pictures.attachments(plan.year))
    return draft.stamped(paper, told, plan.year)
