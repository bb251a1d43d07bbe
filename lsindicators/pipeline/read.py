"""``read``: returned files into the ledger, every cell judged, a slip for each unit that has to mend."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from lsindicators import files, layout, ledger
from lsindicators.errors import UnusableInputError
from lsindicators.findings import Finding, needs_person, tally
from lsindicators.model import HANOI, Plan, Receipt, Status
from lsindicators.pipeline.campaign import RETURNS, SLIPS, Json, Progress, at_work, quietly, read_plan
from lsindicators.pipeline.receipts import counting, keep_log, write_receipts
from lsindicators.pipeline.standing import Judged, Standing, nothing_taken, standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What became of the files that were read."""

    plan: Plan
    returns: tuple[Judged, ...]
    slips: Mapping[int, str]  # order of a receipt -> its slip, relative to the campaign
    findings: tuple[Finding, ...]  # of the plan
    standing: Standing  # where the campaign stands after it
    receipts: Mapping[int, Receipt]  # order -> the receipt as filed, of the files that were read
    book: str | None  # bien-nhan.xlsx, all receipts; None where it could not be written
    healed: tuple[str, ...]  # SHA-256 of damaged originals that are whole again
    notes: tuple[str, ...]  # what else the clerk should hear

    @property
    def summary(self) -> dict[Status, int]:
        return {s: sum(1 for j in self.returns if j.verdict.status is s) for s in Status}

    @property
    def exit_code(self) -> int:
        bad = self.summary[Status.REJECTED] or self.summary[Status.PARTIAL]
        return 1 if bad or needs_person(self.findings) else 0

    def to_json(self) -> Json:
        counts = counting(self.standing)
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
                    "sent_at": self.receipts.get(j.receipt.order, j.receipt).sent_at.isoformat(),
                    "read_at": j.receipt.read_at.isoformat(),
                    "round": j.verdict.round,
                    "current": j.receipt.order in counts,
                    "counts": tally_json(j.verdict.findings),
                    "findings": [finding_json(f) for f in j.verdict.findings],
                }
                for j in self.returns
            ],
            "summary": {status.value: count for status, count in self.summary.items()},
            "receipts": self.book,
            "healed": list(self.healed),
        }


def tally_json(findings: Iterable[Finding]) -> dict[str, int]:
    """The findings counted by severity, as other programs read it."""
    return {severity.value: count for severity, count in tally(findings).items()}


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
    """Read returned files, file them in the ledger, judge every cell, and write a slip for each that needs mending.

    Killed at any moment it leaves what the next run makes whole; raises ``BusyError`` while another command is at work.
    """
    with at_work(campaign):
        return _received(campaign, paths, progress)


def _received(campaign: Path, paths: Sequence[Path], progress: Progress) -> Received:
    from lsindicators import inbox

    plan, findings = read_plan(campaign)
    sources = tuple(paths) or (campaign / RETURNS,)
    vanished = not (campaign / RETURNS).is_dir()
    (campaign / RETURNS).mkdir(exist_ok=True)
    for path in paths:
        if not path.exists():
            raise UnusableInputError(f"{path}: không có tệp hoặc thư mục này")
    now = datetime.now(HANOI).replace(microsecond=0)
    unread: list[Judged] = []
    filed: dict[int, Receipt] = {}
    with ledger.opened(campaign) as book:
        for a in inbox.collect(sources, campaign):  # one at a time: thousands need no more memory than one
            if a.content:
                receipt = book.receive(a.file, a.content, a.sent_at, now)
                filed[receipt.order] = receipt
            else:  # nothing to file: an empty file, or one that another program holds
                receipt = Receipt(order=0, file=a.file, sha256="", size=0, sent_at=a.sent_at, read_at=now)
                unread.append(Judged(receipt=receipt, verdict=nothing_taken(receipt, Status.REJECTED, a.findings)))
    current = standing(campaign, plan, progress)
    judged = {j.receipt.order: j for j in current.judged}
    slips = _write_slips(campaign, current, progress)
    keep_log(campaign, current, now)
    written, trouble = write_receipts(campaign, current)
    notes = (*_found_nothing(current, vanished, bool(paths or filed or unread)), *trouble)
    return Received(
        plan=plan,
        returns=(*(judged[order] for order in filed), *unread),
        slips=slips,
        findings=findings,
        standing=current,
        receipts=filed,
        book=written,
        healed=tuple(dict.fromkeys(book.healed)),
        notes=notes,
    )


def _found_nothing(current: Standing, vanished: bool, found: bool) -> Iterable[str]:
    """A word about a folder of returns that is gone or empty."""
    if not found:
        gone = "không thấy nên đã tạo lại" if vanished else "không có tệp nào"
        kept = len(current.judged)
        still = f"; sổ cái vẫn giữ {kept} tệp đã nhận từ trước và vẫn tính theo đó" if kept else ""
        yield f"thư mục {RETURNS}/ {gone}{still}"


def _write_slips(campaign: Path, at: Standing, progress: Progress) -> dict[int, str]:
    """One slip for each unit whose return needs mending; a slip that is no longer needed is taken away."""
    from lsindicators import returns, slips

    key = ledger.key(campaign)
    needed = {u: j for u, j in at.current.items() if u in at.plan.owed and needs_person(j.verdict.findings)}
    written: dict[int, str] = {}
    with ledger.reading(campaign) as book:
        for unit, judged in progress(tuple(needed.items()), "Lập phiếu trả lại"):
            from lsindicators import forms, inbox

            content = book.original(judged.receipt.sha256)
            kind, _ = inbox.examine(content, judged.receipt.file)
            ret, _ = returns.read(content, judged.receipt.file, judged.receipt.sha256, kind)
            if ret is None:
                continue
            form = layout.form(at.plan, unit)
            slip = slips.compose(form, ret, judged.verdict)
            stamp = layout.stamp(key, form, judged.verdict.round + 1)
            body = forms.write(at.plan, form, stamp, typed=slip.typed, remarks=slip.remarks)
            name = f"{SLIPS}/{unit}.xlsx"
            files.write(campaign / name, body)
            written[judged.receipt.order] = name
    for old in (campaign / SLIPS).glob("*.xlsx"):
        if old.stem in at.plan.unit and f"{SLIPS}/{old.name}" not in written.values():
            old.unlink()
    return written
