"""``report``: the Word papers of the year, from the same figures as ``tong-hop.xlsx``, and their PDF when that is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lsindicators import files, papers
from lsindicators.memory import Memory
from lsindicators.pipeline.campaign import REPORTS, Json, Progress, at_work, content, quietly
from lsindicators.pipeline.results import Merged, counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One report: that of the compiler to the province's committee, or the committee's to the ministry."""

    sender: papers.Sender
    path: Path
    fresh: bool  # it was not there already, byte by byte
    pdf: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """The reports of a campaign, in the order of the chain."""

    written: tuple[Written, ...]
    merged: Merged

    @property
    def path(self) -> Path:
        """The report that the compiler sends."""
        return self.written[0].path

    @property
    def exit_code(self) -> int:
        return self.merged.exit_code

    def to_json(self) -> Json:
        return {
            "year": self.merged.plan.year,
            "files": [
                {
                    "path": str(w.path),
                    "sender": w.sender.value,
                    "written": w.fresh,
                    "pdf": None if w.pdf is None else str(w.pdf),
                }
                for w in self.written
            ],
        }


def write_report(
    campaign: Path, template: Path | None = None, pdf: bool = False, progress: Progress = quietly
) -> Reported:
    """Fill the reports of the chain from the same figures as ``tong-hop.xlsx``, and print them to PDF when asked."""
    with at_work(campaign) as memory:
        return _reported(campaign, template, pdf, progress, memory)


def _reported(campaign: Path, template: Path | None, pdf: bool, progress: Progress, memory: Memory) -> Reported:
    from lsindicators import report
    from lsindicators.papers import printing

    merged = counted(campaign, progress, memory)
    drawn = report.shipped_template() if template is None else report.usable(content(template), template.name)
    name = report.SHIPPED if template is None else template.name
    of = merged.plan, merged.dataset, merged.results, merged.sendings, merged.answers
    today = merged.plan.settings.report_deadline
    made = [(s, report.fill(*of, today, drawn, name=name, sender=s)) for s in REPORTS]  # all of them, before any is put
    put = [(s, campaign / REPORTS[s], files.write(campaign / REPORTS[s], body)) for s, body in made]
    printed = printing.to_pdf([path for _, path, _ in put], campaign) if pdf else {}
    written = tuple(Written(sender=s, path=path, fresh=fresh, pdf=printed.get(path)) for s, path, fresh in put)
    return Reported(written=written, merged=merged)


def check_template(template: Path | None) -> papers.Judgement:
    """What is wrong with a report template, and what is worth a look; the shipped one when none is given."""
    from lsindicators import report

    if template is None:
        return report.judge(report.shipped_template(), report.SHIPPED)
    return report.judge(content(template), template.name)
