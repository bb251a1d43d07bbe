"""``read``: returned files into the ledger, every cell judged, a slip for each unit that has to mend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from lsindicators import files, layout, ledger
from lsindicators.errors import OutputLockedError, UnusableInputError
from lsindicators.findings import Finding, needs_person
from lsindicators.model import HANOI, Plan, Receipt, Status
from lsindicators.pipeline.campaign import RETURNS, SLIPS, Json, Progress, quietly, read_plan
from lsindicators.pipeline.standing import Judged, Standing, nothing_taken, standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What became of the files that were read."""

    plan: Plan
    returns: tuple[Judged, ...]
    slips: Mapping[int, str]  # order of a receipt -> its slip, relative to the campaign
    held: tuple[str, ...]  # slips and letters that another program has open: they stayed as they were
    findings: tuple[Finding, ...]  # of the plan
    standing: Standing  # where the campaign stands after it

    @property
    def summary(self) -> dict[Status, int]:
        return {s: sum(1 for j in self.returns if j.verdict.status is s) for s in Status}

    @property
    def exit_code(self) -> int:
        bad = self.summary[Status.REJECTED] or self.summary[Status.PARTIAL]
        return 1 if bad or self.held or needs_person(self.findings) else 0

    def to_json(self) -> Json:
        return {
            "year": self.plan.year,
            "returns": [
                {
                    "file": j.receipt.file,
                    "sha256": j.receipt.sha256,
                    "unit": j.verdict.unit,
                    "status": j.verdict.status.value,
                    "values": j.verdict.values(self.plan.year),
                    "control": j.verdict.control or None,
                    "slip": self.slips.get(j.receipt.order),
                    "findings": [finding_json(f) for f in j.verdict.findings],
                }
                for j in self.returns
            ],
            "summary": {status.value: count for status, count in self.summary.items()},
        }


def finding_json(finding: Finding) -> Json:
    """A finding as other programs read it."""
    return {
        "code": finding.code.word,
        "severity": finding.severity.value,
        "sheet": finding.at.sheet,
        "cell": finding.at.address,
        "variable": finding.variable,
        "value": number(finding.value) if isinstance(finding.value, Decimal) else finding.value,
        "message": finding.message,
    }


def number(value: Decimal) -> int | float:
    """A number as JSON has it: whole where it is whole."""
    return int(value) if value == value.to_integral_value() else float(value)


def receive(campaign: Path, paths: Sequence[Path] = (), progress: Progress = quietly) -> Received:
    """Read returned files, file them in the ledger, judge every cell, and write a slip for each that needs mending."""
    from lsindicators import inbox

    plan, findings = read_plan(campaign)
    sources = tuple(paths) or (campaign / RETURNS,)
    (campaign / RETURNS).mkdir(exist_ok=True)
    for path in paths:
        if not path.exists():
            raise UnusableInputError(f"{path}: không có tệp hoặc thư mục này")
    now = datetime.now(HANOI).replace(microsecond=0)
    unread: list[Judged] = []
    orders: dict[int, None] = {}
    with ledger.opened(campaign) as book:
        for a in progress(tuple(inbox.collect(sources, campaign)), "Nhận tệp"):
            if a.content:
                orders[book.receive(a.file, a.content, a.sent_at, now).order] = None
            else:  # nothing to file: an empty file, or one that another program holds
                receipt = Receipt(order=0, file=a.file, sha256="", size=0, sent_at=a.sent_at, read_at=now)
                unread.append(Judged(receipt=receipt, verdict=nothing_taken(receipt, Status.REJECTED, a.findings)))
    current = standing(campaign, plan, progress)
    slips, held = _write_slips(campaign, current, progress)
    judged = {j.receipt.order: j for j in current.judged}
    return Received(
        plan=plan,
        returns=(*(judged[order] for order in orders), *unread),
        slips=slips,
        held=held,
        findings=findings,
        standing=current,
    )


def _write_slips(campaign: Path, at: Standing, progress: Progress) -> tuple[dict[int, str], tuple[str, ...]]:
    """One slip and its letter for each unit whose return needs mending; what is no longer needed is taken away.

    Gives receipt -> slip, and a sentence for each file that another program holds: it stays as it was.
    """
    from lsindicators import inbox, returns, slips

    key = ledger.key(campaign)
    needed = {u: j for u, j in at.current.items() if u in at.plan.owed and needs_person(j.verdict.findings)}
    written: dict[int, str] = {}
    held: list[str] = []
    letter = None
    with ledger.opened(campaign) as book:
        for unit, judged in progress(tuple(needed.items()), "Lập phiếu trả lại"):
            from lsindicators import forms, letters

            receipt, verdict = judged.receipt, judged.verdict
            content = book.original(receipt.sha256)
            kind, _ = inbox.examine(content, receipt.file)
            ret, _ = returns.read(content, receipt.file, receipt.sha256, kind)
            if ret is None:
                continue
            form = layout.form(at.plan, unit)
            slip = slips.compose(form, ret, verdict)
            stamp = layout.stamp(key, form, verdict.round + 1)
            late = receipt.sent_at.astimezone(HANOI).date() >= at.plan.settings.unit_deadline
            body = forms.write(
                *(at.plan, form, stamp),
                typed=slip.typed,
                remarks=slip.remarks,
                taken=slip.taken,
                refused=slip.refused,
                late=late,
            )
            letter = letter or letters.returned(at.plan)
            sent = letters.Sent(
                file=receipt.file,
                sent_at=receipt.sent_at,
                control=verdict.control,
                taken=slip.taken,
                refused=slip.refused,
                remarks=slip.remarks,
            )
            name = f"{SLIPS}/{unit}.xlsx"
            if _put(campaign / name, body, held):
                written[receipt.order] = name
            _put(campaign / SLIPS / f"{unit}.docx", letter(form, stamp, sent), held)
    for ending in ("xlsx", "docx"):
        for old in sorted((campaign / SLIPS).glob(f"*.{ending}")):
            if old.stem in at.plan.any_unit and old.stem not in needed:
                try:
                    old.unlink()
                except PermissionError:
                    held.append(
                        f"{old}: không còn cần nhưng đang mở trong Excel hoặc Word; đóng lại rồi chạy lại để xóa"
                    )
    return written, tuple(held)


def _put(path: Path, content: bytes, held: list[str]) -> bool:
    """Write ``content`` to ``path``; where another program holds that file, say so in ``held`` and leave it whole."""
    try:
        files.write(path, content)
    except OutputLockedError as error:
        held.append(str(error))
        return False
    return True
