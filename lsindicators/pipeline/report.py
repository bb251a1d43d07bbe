"""``report``: the Word papers of the year, from the same figures as ``tong-hop.xlsx``, and their PDF when that is asked for.

What people wrote into a former report is taken over; a former report that holds more than that is kept beside the new one.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from lsindicators import files, papers, values
from lsindicators.errors import UnusableInputError, reason
from lsindicators.findings import Code, Finding, Severity
from lsindicators.memory import Memory
from lsindicators.pipeline import amend
from lsindicators.pipeline.campaign import REPORTS, Json, Progress, at_work, content, quietly
from lsindicators.pipeline.documents import finding_json, tally_json
from lsindicators.pipeline.results import Merged, counted

if TYPE_CHECKING:
    from lsindicators.report import Revised
    from lsindicators.report import Written as Words


class Written(Struct, frozen=True, kw_only=True):
    """One report: that of the compiler to the province's committee, or the committee's to the ministry."""

    sender: papers.Sender
    path: Path
    fresh: bool  # it was not there already, byte by byte
    revised: Revised  # what was taken over from the former one, and what is not as it was there
    aside: Path | None = None  # where the former one is kept whole
    pdf: Path | None = None
    form: tuple[Finding, ...] = ()  # what is not as Nghị định 30 wants it

    @property
    def misformed(self) -> bool:
        """Whether it breaks a rule of the decree."""
        return any(f.severity is Severity.ERROR for f in self.form)

    @property
    def blanks(self) -> tuple[Finding, ...]:
        """What nobody has written yet, beside the words for which places are open."""
        prompts = [values.clean(w.words) for w in self.revised.open]
        return tuple(
            f
            for f in self.form
            if f.code is Code.FORMAT_BLANK
            and not any(prompt.startswith(str(f.value or "?").rstrip("…")) for prompt in prompts)
        )

    def to_json(self) -> Json:
        r = self.revised
        return {
            "path": str(self.path),
            "sender": self.sender.value,
            "written": self.fresh,
            "pdf": None if self.pdf is None else str(self.pdf),
            "kept": [{"place": w.tag, "title": w.title, "words": w.words} for w in r.kept],
            "open": [_place(w) for w in r.open],
            "deleted": [_place(w) for w in r.deleted],
            "compared": r.compared,
            "changed": [{"code": c.code, "name": c.name, "former": c.former, "now": c.now} for c in r.changed],
            "changed_paragraphs": r.paragraphs,
            "changed_cells": r.cells,
            "stale": [
                {"place": s.tag, "text": s.text, "code": s.code, "former": s.former, "now": s.now} for s in r.stale
            ],
            "by_hand": list(r.by_hand),
            "removed_lines": r.removed,
            "lost": list(r.lost),
            "set_aside": None if self.aside is None else str(self.aside),
            "format": {"findings": [finding_json(f) for f in self.form], "summary": tally_json(self.form)},
        }


def _place(words: Words) -> Json:
    return {"place": words.tag, "title": words.title}


class Reported(Struct, frozen=True, kw_only=True):
    """The reports of a campaign, in the order of the chain."""

    written: tuple[Written, ...]
    merged: Merged
    after: amend.AfterSeal  # what became of reports that were sealed, and so are not written

    @property
    def path(self) -> Path:
        """The report that the compiler sends."""
        return self.after.answers[0].path if self.after.answers else self.written[0].path

    @property
    def to_look_at(self) -> bool:
        """Whether a person must look: words name a figure that is no more, or are not in the new report, or have not the
        form that the decree wants."""
        return any(w.revised.stale or w.aside or w.misformed for w in self.written)

    @property
    def exit_code(self) -> int:
        return 1 if self.to_look_at else self.merged.exit_code

    def to_json(self) -> Json:
        return {
            "year": self.merged.plan.year,
            "files": [w.to_json() for w in self.written],
            "sealed": self.after.to_json(),
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
    after = amend.after(campaign, merged, memory, pdf)
    made = []  # all of them, before any is put
    for sender in (s for s in REPORTS if s not in after.senders):
        path = campaign / REPORTS[sender]
        former = _former(path)
        body = report.fill(*of, today, drawn, name=name, sender=sender)
        revised = report.revise(body, former)
        made.append((sender, path, former, revised, _form(revised.content, path.name, memory)))
    put = []
    for sender, path, former, revised, form in made:
        aside = _set_aside(path, former) if former is not None and revised.aside else None
        fresh = files.write(path, revised.content)
        put.append(Written(sender=sender, path=path, fresh=fresh, revised=revised, aside=aside, form=form))
    printed = printing.to_pdf([w.path for w in put], campaign) if pdf and put else {}
    written = tuple(replace(w, pdf=printed.get(w.path)) for w in put)
    return Reported(written=written, merged=merged, after=after)


def _form(content: bytes, name: str, memory: Memory) -> tuple[Finding, ...]:
    """What in a finished report is not as the decree wants it: of the same bytes it is worked out once."""
    from lsindicators import decree

    facts = "decree", name, files.sha256(content)
    found: tuple[Finding, ...] | None = memory.find(*facts)
    if found is None:
        found = decree.check(content, name)
        memory.keep(found, *facts)
    return found


def _former(path: Path) -> bytes | None:
    """The report that lies there. Raises ``UnusableInputError`` where one does, and cannot be read: it may hold words."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnusableInputError(
            f"{path}: không đọc được báo cáo đã có ({reason(error)}) nên không ghi đè; đóng tệp trong Word, hoặc chuyển "
            "tệp đi chỗ khác, rồi chạy lại"
        ) from error


def _set_aside(path: Path, former: bytes) -> Path:
    """Keep a former report beside ``path``, under a name that is free; where it is kept already, that is its place."""
    number = 1
    while True:
        aside = path.with_name(f"{path.stem} (bản đã sửa {number}){path.suffix}")
        if not aside.exists() or (aside.is_file() and aside.read_bytes() == former):
            files.write(aside, former)
            return aside
        number += 1


def check_template(template: Path | None) -> papers.Judgement:
    """What is wrong with a report template, and what is worth a look; the shipped one when none is given."""
    from lsindicators import report

    if template is None:
        return report.judge(report.shipped_template(), report.SHIPPED)
    return report.judge(content(template), template.name)
