"""``dieu-chinh.xlsx``: the clerk's decisions, read at every run; ``read`` and ``merge`` add what is to be decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from lsindicators import decisions, files, ledger
from lsindicators.errors import OutputLockedError, UnusableInputError, reason
from lsindicators.findings import Code, Finding, Severity, Verdict
from lsindicators.model import CellRef, Choice, Decision, Plan, Receipt, Selection, Status
from lsindicators.pipeline.campaign import DECISIONS

if TYPE_CHECKING:
    from lsindicators.pipeline.standing import Standing


def read(campaign: Path, plan: Plan, content: bytes | None) -> decisions.Paper:
    """The decisions of the clerk in ``content``; none where there never were any. Nothing is written.

    Raises ``UnusableInputError`` where the file is gone and the version kept last decides anything: without it figures
    would change in silence.
    """
    if content is not None:
        paper = decisions.read(content, plan)
        return replace(paper, findings=(*paper.findings, *_beside(campaign)))
    kept = ledger.newest_decisions(campaign)
    if kept is not None and _decides(kept, plan):
        raise UnusableInputError(
            f"{campaign / DECISIONS}: không còn tệp này, mà bản đã lưu có quyết định của đầu mối; chép {kept} thành {DECISIONS} "
            "trong thư mục kỳ rồi chạy lại (quyết định nào không còn dùng thì xóa dòng đó trong tệp)"
        )
    return decisions.Paper()


def _beside(campaign: Path) -> Iterator[Finding]:
    """A word on the same file in another format: LibreOffice offers to save it so, and we do not read it."""
    for name in (f"{Path(DECISIONS).stem}.{ending}" for ending in ("ods", "xls", "xlsm")):
        if (campaign / name).is_file():
            what = f"bên cạnh có {name} không được đọc; nếu quyết định ghi ở đó thì mở ra, lưu đè thành {DECISIONS}, rồi xóa {name}"
            yield Finding(code=Code.UNSUPPORTED_FORMAT, at=CellRef(DECISIONS), message=what, severity=Severity.WARNING)


def _decides(kept: Path, plan: Plan) -> bool:
    try:
        return bool(decisions.read(kept.read_bytes(), plan).applied)
    except (OSError, UnusableInputError):
        return False  # what cannot be read now cannot be told from none; status --verify says so


def keep(campaign: Path, paper: decisions.Paper) -> None:
    """Keep the version of the file that was applied in the ledger, for who asks later what was decided by whom."""
    if paper.applied:
        with ledger.opened(campaign) as book:
            book.file_decisions(paper.content)


def facts(campaign: Path, content: bytes | None) -> tuple[object, ...]:
    """What else than the plan ``read`` follows from, with ``content`` in the file; nothing where that is not easily told."""
    if content is None:
        return () if ledger.newest_decisions(campaign) is not None else ("",)
    return files.sha256(content), tuple(_beside(campaign))


def content(campaign: Path) -> bytes | None:
    """The bytes of dieu-chinh.xlsx; ``None`` where there is no such file."""
    path = campaign / DECISIONS
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnusableInputError(f"{path}: không đọc được tệp quyết định của đầu mối ({reason(error)})") from error


def holds_alone(decision: Decision) -> bool:
    """Whether a decision gives a figure without any return: one that is known from a paper."""
    return decision.choice is Choice.CORRECT and decision.sent is None


# ------------------------------------------------------------------ which of several returns counts


class Chosen(Struct, frozen=True, kw_only=True):
    """Which return of a unit counts, and what is to be said of it."""

    counts: Receipt | None  # None: none of them is to count
    verdicts: Mapping[int, Verdict]  # those that say something more
    versions: tuple[decisions.Version, ...]
    findings: tuple[Finding, ...]


Queue = Sequence[tuple[Receipt, Verdict]]


def choose(plan: Plan, unit: str, queue: Queue, paper: decisions.Paper) -> Chosen:
    """The return of a unit that counts: the newest of ``queue``, which is in order, unless the clerk says otherwise."""
    findings: list[Finding] = []
    typed: dict[int, Selection] = {}
    for s in paper.selections.get(unit, ()):
        meant = [r for r, _ in queue if _is_meant(s, r)]
        if len(meant) > 1:
            what = f"{len(meant)} bản gửi khớp với dòng này; ghi đủ mã SHA-256 của bản muốn nói"
            findings.append(_conflict(s, f"{what}, chưa quyết định nào về các bản gửi của đơn vị này được áp dụng"))
            continue
        for receipt in meant:
            if receipt.order in typed and typed[receipt.order].choice is not s.choice:
                findings.append(_conflict(s, "có quyết định khác cho cùng bản này; chỉ giữ một dòng"))
            typed[receipt.order] = s
    decided = {} if findings else typed
    left = [(r, v) for r, v in queue if r.order not in decided or decided[r.order].choice is not Choice.LEAVE]
    taken = [(r, v) for r, v in left if v.status is not Status.REJECTED]
    picked = [(r, v) for r, v in taken if r.order in decided]
    if len(picked) > 1:
        findings += [
            _conflict(decided[r.order], "đã chọn hơn một bản của cùng đơn vị; chỉ chọn một") for r, _ in picked
        ]
        picked = []
    applied = {r.order for r, _ in picked} | {n for n, s in decided.items() if s.choice is Choice.LEAVE}
    order = {r.order: n for n, (r, _) in enumerate(queue)}
    eligible = picked or taken or left
    newest = eligible[-1][0] if eligible else None
    sheets = decisions.sheets
    seen = {r.text(sheets.SHA256) for r in paper.returns if not r.text(sheets.STATE).startswith(sheets.WAITING)}
    newer = set()
    for receipt, verdict in queue:
        mine = decided.get(receipt.order)
        if mine is not None and mine.choice is Choice.PICK and verdict.status is Status.REJECTED:
            findings.append(_conflict(mine, "bản này không nhận được nên không thể tính; chọn bản khác"))
        new = mine is None and receipt.sha256[: sheets.DIGITS] not in seen and verdict.status is not Status.REJECTED
        if new and picked and newest is not None and order[receipt.order] > order[newest.order]:
            newer.add(receipt.order)
            what = (
                f"đơn vị đã gửi bản mới hơn ({receipt.file}) sau bản được chọn; chọn “{Choice.LEAVE.value}” ở dòng của bản "
                "mới, hoặc chọn bản mới thay cho dòng này"
            )
            findings.append(replace(_conflict(decided[newest.order], what), severity=Severity.QUESTION))
    several = len([1 for _, v in queue if v.status is not Status.REJECTED]) > 1 or bool(typed)
    versions = tuple(
        decisions.Version(
            unit=unit,
            file=r.file,
            sha256=r.sha256,
            sent_at=r.sent_at,
            state=_newer() if r.order in newer else _state(r, newest, typed.get(r.order), applies=r.order in applied),
        )
        for r, v in queue
        if several and (v.status is not Status.REJECTED or r.order in typed)
    )
    said = {
        r.order: replace(v, findings=(_said(decided[r.order], r), *v.findings)) for r, v in queue if r.order in applied
    }
    return Chosen(counts=newest, verdicts=said, versions=versions, findings=tuple(findings))


def _is_meant(s: Selection, sent: Receipt | decisions.Version) -> bool:
    return sent.sha256.startswith(s.sha256) if s.sha256 else sent.file == s.file


def _said(s: Selection, receipt: Receipt) -> Finding:
    at = CellRef(receipt.file)
    return Finding(code=Code.RESUBMISSION, at=at, message=f"bản gửi này {s}", severity=Severity.INFO)


def _conflict(s: Selection, what: str) -> Finding:
    return Finding(code=Code.CONFLICT, at=s.at, message=f"{s.unit}: {what}", severity=Severity.ERROR)


def _newer() -> str:
    return f"{decisions.sheets.WAITING}: gửi sau bản được chọn, đang không tính"


def _state(receipt: Receipt, newest: Receipt | None, s: Selection | None, *, applies: bool) -> str:
    """What stands in Tình hình of a return."""
    if s is None:
        counts = newest is not None and receipt.order == newest.order
        return decisions.sheets.COUNTED if counts else decisions.sheets.NOT_COUNTED
    if not applies:
        return f"{decisions.sheets.NOT_APPLIED}: xem lời nhắc khi chạy lsindicators read"
    return f"{decisions.sheets.APPLIED}: {'không tính' if s.choice is Choice.LEAVE else 'tính'} bản này"


def unmatched(paper: decisions.Paper, versions: Sequence[decisions.Version]) -> Iterator[Finding]:
    """Decisions about returns that nobody has sent."""
    for s in (s for listed in paper.selections.values() for s in listed):
        mine = [v for v in versions if v.unit == s.unit]
        if not any(_is_meant(s, v) for v in mine):
            what = "không có bản gửi nào của đơn vị khớp với tệp và mã SHA-256 này; xem lại dòng này"
            yield replace(_conflict(s, what), code=Code.NOT_IN_LIST)


# ------------------------------------------------------------------ what is to be decided


class Asked(Struct, frozen=True, kw_only=True):
    """What became of ``dieu-chinh.xlsx``."""

    waiting: int = 0  # rows that wait for the clerk
    written: bool = False  # it stands otherwise than it was read
    findings: tuple[Finding, ...] = ()  # why it was left alone, if it was


def ask(campaign: Path, at: Standing) -> Asked:
    """Put what is to be decided into dieu-chinh.xlsx, where it says something else than what was read."""
    if not at.paper.sha256 and not at.current:
        return Asked()
    renewed = decisions.renew(at.plan, at.paper, at.counting, at.differences, at.stands, at.versions)
    if at.paper.content and decisions.same(at.paper, renewed):
        return Asked(waiting=renewed.waiting)
    why = tuple(_put(campaign, at.plan, at.paper, renewed))
    return Asked(waiting=renewed.waiting, written=not why, findings=why)


def _put(campaign: Path, plan: Plan, paper: decisions.Paper, renewed: decisions.Paper) -> Iterator[Finding]:
    """Put ``renewed`` into the file; or say why it is left alone."""
    path = campaign / DECISIONS
    again = "đóng lại rồi chạy lại lệnh này"
    if paper.own:
        yield _left_alone(
            f"có {paper.own} nên được để nguyên, câu hỏi mới không được thêm; chuyển phần riêng sang tệp khác"
        )
    elif lock := next((n for n in (f"~${DECISIONS}", f".~lock.{DECISIONS}#") if (campaign / n).exists()), None):
        yield _left_alone(f"đang mở trong chương trình khác (có tệp {lock}) nên được để nguyên; {again}")
    elif (content(campaign) or b"") != paper.content:
        yield _left_alone("vừa được lưu trong lúc đọc nên được để nguyên; chạy lại lệnh này")
    else:
        if paper.content:
            with ledger.opened(campaign) as book:
                book.file_decisions(paper.content)
        try:
            files.write(path, decisions.write(plan, renewed))
        except OutputLockedError:
            yield _left_alone(f"đang mở trong chương trình khác nên được để nguyên; {again}")


def _left_alone(why: str) -> Finding:
    return Finding(code=Code.STRAY_CONTENT, at=CellRef(DECISIONS), message=f"tệp {why}", severity=Severity.WARNING)
