"""``read``: returned files into the ledger, every cell judged, a slip for each unit that has to mend."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from lsindicators import files, layout, ledger
from lsindicators.errors import LsindicatorsError, OutputLockedError, UnusableInputError
from lsindicators.findings import Finding, needs_person
from lsindicators.memory import Memory
from lsindicators.model import HANOI, Plan, Receipt, Return, Status
from lsindicators.pipeline import decide, judging
from lsindicators.pipeline.campaign import DECISIONS, RETURNS, SLIPS, Json, Progress, at_work, quietly, read_plan
from lsindicators.pipeline.judging import Elsewhere, nothing_taken
from lsindicators.pipeline.receipts import counting, keep_log, write_receipts
from lsindicators.pipeline.standing import Judged, Standing, again, standing

LOST = "các máy tính phụ ngừng trả lời giữa chừng nên phần còn lại đã được kiểm tra trên máy này; kết quả vẫn đủ"
"""What the clerk is told where a scheduler or its workers have gone while they were at work."""


class Received(Struct, frozen=True, kw_only=True):
    """What became of the files that were read."""

    plan: Plan
    returns: tuple[Judged, ...]
    slips: Mapping[int, str]  # order of a receipt -> its slip, relative to the campaign
    held: tuple[str, ...]  # slips and letters that another program has open: they stayed as they were
    findings: tuple[Finding, ...]  # of the plan, and of the clerk's decisions
    standing: Standing  # where the campaign stands after it
    sent: Mapping[int, datetime]  # order of a receipt -> when that file was sent, of the files that were read
    book: str | None  # bien-nhan.xlsx, all receipts; None where it could not be written
    healed: tuple[str, ...]  # SHA-256 of damaged originals that are whole again
    notes: tuple[str, ...]  # what else the clerk should hear
    waiting: int = 0  # rows of dieu-chinh.xlsx that wait for the clerk

    @property
    def summary(self) -> dict[Status, int]:
        return {s: sum(1 for j in self.returns if j.verdict.status is s) for s in Status}

    @property
    def exit_code(self) -> int:
        bad = self.summary[Status.REJECTED] or self.summary[Status.PARTIAL]
        return 1 if bad or self.held or needs_person(self.findings) else 0

    def to_json(self) -> Json:
        from lsindicators.pipeline.documents import decision_json, finding_json, tally_json

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
                    "sent_at": self.sent.get(j.receipt.order, j.receipt.sent_at).isoformat(),
                    "read_at": j.receipt.read_at.isoformat(),
                    "round": j.verdict.round,
                    "current": j.receipt.order in counts,
                    "counts": tally_json(j.verdict.findings),
                    "decisions": [decision_json(d) for d in j.verdict.decisions],
                    "findings": [finding_json(f) for f in j.verdict.findings],
                }
                for j in self.returns
            ],
            "summary": {status.value: count for status, count in self.summary.items()},
            "decisions": {
                "waiting": self.waiting,
                "findings": [
                    {"file": f.at.workbook, **finding_json(f)} for f in self.findings if f.at.workbook == DECISIONS
                ],
            },
            "receipts": self.book,
            "healed": list(self.healed),
            "held": list(self.held),
        }


def receive(
    campaign: Path, paths: Sequence[Path] = (), progress: Progress = quietly, scheduler: str | None = None
) -> Received:
    """Read returned files, file them in the ledger, judge every cell, and write a slip for each that needs mending.

    Killed at any moment it leaves what the next run makes whole; raises ``BusyError`` while another command is at work.
    With the address of a ``scheduler`` the cells are judged on its machines.
    """
    if scheduler is None:
        with at_work(campaign) as memory:
            return _received(campaign, paths, progress, memory)
    from lsindicators.pipeline import cluster

    with cluster.connected(scheduler) as engine, at_work(campaign) as memory:
        return _received(campaign, paths, progress, memory, engine)


def _received(
    campaign: Path, paths: Sequence[Path], progress: Progress, memory: Memory, cluster: Elsewhere | None = None
) -> Received:
    from lsindicators import inbox

    plan, findings = read_plan(campaign, memory)
    sources = tuple(paths) or (campaign / RETURNS,)
    vanished = not (campaign / RETURNS).is_dir()
    (campaign / RETURNS).mkdir(exist_ok=True)
    for path in paths:
        if not path.exists():
            raise UnusableInputError(f"{path}: không có tệp hoặc thư mục này")
    now = datetime.now(HANOI).replace(microsecond=0)
    unread: list[Judged] = []
    filed: dict[int, datetime] = {}
    with ledger.opened(campaign) as book:
        for a in inbox.collect(sources, campaign):  # one at a time: thousands need no more memory than one
            if a.content:
                receipt = book.receive(a.file, a.content, a.sent_at, now)
                filed[receipt.order] = receipt.sent_at
            else:  # nothing to file: an empty file, or one that another program holds
                receipt = Receipt(order=0, file=a.file, sha256="", size=0, sent_at=a.sent_at, read_at=now)
                unread.append(Judged(receipt=receipt, verdict=nothing_taken(receipt, Status.REJECTED, a.findings)))
        book.settle(meanwhile=_load)
    mending: dict[int, Return] = {}
    current = standing(campaign, plan, progress, mending, memory, cluster or judging.here)
    judged = {j.receipt.order: j for j in current.judged}
    decide.keep(campaign, current.paper)
    slips, held = _write_slips(campaign, current, mending, progress)
    asked = decide.ask(campaign, current)
    if asked.written:  # the next command finds the file as it stands now
        with suppress(LsindicatorsError):
            again(campaign, current, memory)
    keep_log(campaign, current, now)
    written, trouble = write_receipts(campaign, current)
    notes = (
        *inbox.passed_over(sources, campaign),
        *_found_nothing(current, vanished, bool(paths or filed or unread)),
        *trouble,
        *([f"{LOST} ({cluster.lost})"] if cluster is not None and cluster.lost else ()),
    )
    return Received(
        plan=plan,
        returns=(*(judged[order] for order in filed), *unread),
        slips=slips,
        held=held,
        findings=(*findings, *current.told, *asked.findings),
        standing=current,
        sent=filed,
        book=written,
        healed=tuple(dict.fromkeys(book.healed)),
        notes=notes,
        waiting=asked.waiting,
    )


def _load() -> None:
    """Load the rooms in which what has come is read, judged, compared and listed."""
    from lsindicators import checks, merge, reconcile, returns  # noqa: F401
    from lsindicators.exports import receipts  # noqa: F401


def _found_nothing(current: Standing, vanished: bool, found: bool) -> Iterable[str]:
    """A word about a folder of returns that is gone or empty."""
    if not found:
        gone = "không thấy nên đã tạo lại" if vanished else "không có tệp nào"
        kept = len(current.judged)
        still = f"; sổ cái vẫn giữ {kept} tệp đã nhận từ trước và vẫn tính theo đó" if kept else ""
        yield f"thư mục {RETURNS}/ {gone}{still}"


def _write_slips(
    campaign: Path, at: Standing, mending: Mapping[int, Return], progress: Progress
) -> tuple[dict[int, str], tuple[str, ...]]:
    """One slip and its letter for each unit whose return needs mending; what is no longer needed is taken away.

    Gives receipt -> slip, and a sentence for each file that another program holds: it stays as it was.
    """
    from lsindicators import slips

    needed = {u: j for u, j in at.current.items() if u in at.plan.owed and needs_person(j.verdict.findings)}
    written: dict[int, str] = {}
    held: list[str] = []
    fresh: list[Path] = []
    letter = writer = None
    key = ledger.key(campaign) if needed else b""
    for unit, judged in progress(tuple(needed.items()), "Lập phiếu trả lại"):
        from lsindicators import forms, letters

        receipt, verdict = judged.receipt, judged.verdict
        if (ret := mending.get(receipt.order)) is None:  # nothing in it could be read
            continue
        form = layout.form(at.plan, unit)
        slip = slips.compose(form, ret, verdict)
        stamp = layout.stamp(key, form, verdict.round + 1)
        late = receipt.sent_at.astimezone(HANOI).date() >= at.plan.settings.unit_deadline
        writer = writer or forms.Writer(at.plan)
        body = writer.write(
            *(form, stamp),
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
        if _put(campaign / name, body, held, fresh):
            written[receipt.order] = name
        _put(campaign / SLIPS / f"{unit}.docx", letter(form, stamp, sent), held, fresh)
    files.settle(fresh)
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


def _put(path: Path, content: bytes, held: list[str], fresh: list[Path]) -> bool:
    """Write ``content`` to ``path``; where another program holds that file, say so in ``held`` and leave it whole.

    What is yet to be settled goes into ``fresh``.
    """
    try:
        if files.write(path, content, settled=not files.TOGETHER) and files.TOGETHER:
            fresh.append(path)
    except OutputLockedError as error:
        held.append(str(error))
        return False
    return True
