"""What was signed is never overwritten: what differs from it afterwards goes into an addendum, to be signed in its turn."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from lsindicators import files, papers, sealing
from lsindicators.memory import Memory
from lsindicators.papers import printing
from lsindicators.pipeline import sealed
from lsindicators.pipeline.campaign import REPORTS, Json, content
from lsindicators.pipeline.results import Merged
from lsindicators.pipeline.standing import Standing, standing
from lsindicators.sealing import addendum, word

# ------------------------------------------------------------------ what was signed, and what is so no more


class Due(Struct, frozen=True, kw_only=True):
    """A sealed report that is not any more what it was signed as: an addendum has to say so."""

    sender: papers.Sender
    file: str  # of the addendum
    correction: addendum.Correction
    reference: addendum.Reference


def due(campaign: Path, newest: sealing.Package, current: Standing, merged: Merged) -> tuple[Due, ...]:
    """The addenda that are needed, in the order of the chain; none where all stands as it was signed."""
    counting = {u: j.receipt for u, j in current.current.items() if u in current.counting}
    told = sealed.as_read(sealed.document(merged))
    now = addendum.Now(plan=merged.plan, dataset=merged.dataset, document=told, sent=counting)
    signed = sealed.data(newest)
    found = []
    for sender in signed_by(newest):
        of = addendum.correction(signed, now, _words(campaign, newest, REPORTS[sender]))
        if not of.is_empty:
            former = _addenda(newest, sender)
            name = f"{Path(REPORTS[sender]).stem}-bo-sung-{len(former) + 1}.docx"
            document = newest.documents.get(REPORTS[sender], "")
            numbers = [newest.documents[n] for n in former if n in newest.documents]
            reference = addendum.Reference(document=document, former=numbers)
            found.append(Due(sender=sender, file=name, correction=of, reference=reference))
    return tuple(found)


def signed_by(newest: sealing.Package | None) -> tuple[papers.Sender, ...]:
    """Whose report has been sealed."""
    return tuple(s for s, name in REPORTS.items() if newest is not None and name in newest.manifest["documents"])


def _addenda(newest: sealing.Package, sender: papers.Sender) -> list[str]:
    """The addenda to a report that have been sealed, in order."""
    of = re.compile(rf"{re.escape(Path(REPORTS[sender]).stem)}-bo-sung-(\d+)\.docx")
    found = {int(m[1]): name for name in newest.manifest["documents"] if (m := of.fullmatch(name))}
    return [found[n] for n in sorted(found)]


def _words(campaign: Path, newest: sealing.Package, name: str) -> tuple[tuple[str, str], ...]:
    """Paragraphs of a report that lies there which are not those that were sealed."""
    path = campaign / name
    if not path.is_file() or files.sha256(lying := content(path)) == newest.digests.get(name):
        return ()
    return word.changed(word.read(newest.members[name], f"{newest.name}: {name}"), word.read(lying, str(path)))


# ------------------------------------------------------------------ report, after a sealing


class Answer(Struct, frozen=True, kw_only=True):
    """What ``report`` did for a sealed report, which it left alone."""

    sender: papers.Sender
    path: Path
    document: str  # number and date; empty: not told
    addendum: Path | None = None  # none: all stands as it was signed
    fresh: bool = False  # the addendum was written now
    put_aside: Path | None = None  # a former draft of it in which a person had written
    corrected: tuple[int, int, int] = (0, 0, 0)  # criteria, figures, paragraphs
    pdf: Path | None = None

    def to_json(self) -> Json:
        return {
            "path": str(self.path),
            "document": self.document or None,
            "addendum": None if self.addendum is None else str(self.addendum),
            "written": self.fresh,
            "put_aside": None if self.put_aside is None else str(self.put_aside),
            "corrected": dict(zip(("criteria", "figures", "paragraphs"), self.corrected, strict=True)),
            "pdf": None if self.pdf is None else str(self.pdf),
        }


class AfterSeal(Struct, frozen=True, kw_only=True):
    """What became of the sealed reports; ``senders`` are those whose report must not be written any more."""

    package: str = ""  # the newest one; empty: nothing was sealed
    answers: tuple[Answer, ...] = ()
    notes: tuple[str, ...] = ()  # sealed files that were edited or deleted

    @property
    def senders(self) -> frozenset[papers.Sender]:
        return frozenset(a.sender for a in self.answers)

    def to_json(self) -> Json:
        return {
            "package": self.package or None,
            "reports": [a.to_json() for a in self.answers],
            "notes": list(self.notes),
        }


def after(campaign: Path, merged: Merged, memory: Memory, pdf: bool = False) -> AfterSeal:
    """What ``report`` does for reports that were sealed: nothing, or it writes an addendum. For who is alone at work."""
    newest = sealed.latest(campaign)
    if newest is None:
        return AfterSeal()
    current = standing(campaign, merged.plan, memory=memory)
    wanted = {d.sender: d for d in due(campaign, newest, current, merged)}
    answers = [_answered(campaign, newest, sender, wanted.get(sender), merged) for sender in signed_by(newest)]
    written = [a.addendum for a in answers if a.addendum is not None]
    printed = printing.to_pdf(written, campaign) if pdf and written else {}
    return AfterSeal(
        package=newest.name,
        answers=tuple(_printed(a, printed) for a in answers),
        notes=tuple(f.message for f in sealed.edited(campaign, newest)),
    )


def _printed(answer: Answer, printed: Mapping[Path, Path]) -> Answer:
    return answer if answer.addendum is None else replace(answer, pdf=printed.get(answer.addendum))


def _answered(
    campaign: Path, newest: sealing.Package, sender: papers.Sender, due: Due | None, merged: Merged
) -> Answer:
    path = campaign / REPORTS[sender]
    document = newest.documents.get(path.name, "")
    if due is None:
        return Answer(sender=sender, path=path, document=document)
    target = campaign / due.file
    year = merged.plan.settings.report_deadline.year
    body = addendum.fill(merged.plan, due.correction, due.reference, sender, year)
    aside = None
    if target.is_file() and not addendum.is_untouched(former := content(target)):
        if not lacks(former, target, due):
            return Answer(sender=sender, path=path, document=document, addendum=target, corrected=_corrected(due))
        aside = _aside(target, former)
        files.write(aside, former)
    fresh = files.write(target, body)
    return Answer(
        sender=sender,
        path=path,
        document=document,
        addendum=target,
        fresh=fresh,
        put_aside=aside,
        corrected=_corrected(due),
    )


def _aside(target: Path, former: bytes) -> Path:
    """A name beside ``target`` that is free, or where these bytes are kept already."""
    n = 1
    while (path := target.with_name(f"{target.stem} (bản đã sửa {n}).docx")).exists() and content(path) != former:
        n += 1
    return path


def _corrected(due: Due) -> tuple[int, int, int]:
    c = due.correction
    return len(c.criteria), len(c.variables), len(c.words)


def lacks(document: bytes, path: Path, due: Due) -> tuple[str, ...]:
    """The rows of an addendum that the one which lies there does not show."""
    told = word.read(document, str(path))
    c = due.correction
    rows = [{f: row[f] for f in ("name", "signed", "corrected")} for row in (*c.criteria, *c.variables)]
    lacking = word.lacking(told, rows, ("name",), ("signed", "corrected"))
    texts = {text for row in told.rows for text in row}
    return (*lacking, *(f"đoạn “{row['corrected'][:30]}…”" for row in c.words if row["corrected"] not in texts))
