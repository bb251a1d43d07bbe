"""``status``, ``merge`` and ``report``: all start from the returns that count, none from what another wrote."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from lsindicators import control, files, summary
from lsindicators.errors import UnusableInputError
from lsindicators.findings import Code, Finding, Severity, needs_person
from lsindicators.memory import Memory
from lsindicators.model import CellRef, Conflict, Dataset, Plan, Result, Sending, Status
from lsindicators.pipeline import advice, decide
from lsindicators.pipeline.campaign import (
    RETURNS,
    STATE,
    TABLE,
    Json,
    Progress,
    at_work,
    quietly,
    read_plan,
)
from lsindicators.pipeline.read import conflict_json
from lsindicators.pipeline.standing import Judged, Standing, standing


class State(Struct, frozen=True, kw_only=True):
    """Who has sent what, on a given day."""

    plan: Plan
    today: date
    sendings: tuple[Sending, ...]
    told: tuple[Finding, ...] = ()  # what is wrong with the clerk's decisions
    disputed: tuple[Conflict, ...] = ()  # what units have said against each other, and nobody has decided

    @property
    def days_left(self) -> int:
        """Days until the last day on which a return is in time (the day before the deadline); negative: late."""
        return (self.plan.settings.unit_deadline - self.today).days - 1

    @property
    def exit_code(self) -> int:
        open_ = any(s.status in (Status.PARTIAL, Status.REJECTED) for s in self.sendings)
        return 1 if open_ or needs_person(self.told) else 0

    @property
    def summary(self) -> dict[str, int]:
        counts = {s.value: sum(1 for x in self.sendings if x.status is s) for s in Status if s is not Status.DUPLICATE}
        missing = sum(1 for s in self.sendings if s.status is None)
        late = sum(1 for s in self.sendings if s.late)
        return {"units": len(self.sendings), **counts, "missing": missing, "late": late}

    def to_json(self) -> Json:
        return {
            "year": self.plan.year,
            "date": self.today.isoformat(),
            "deadline": self.plan.settings.unit_deadline.isoformat(),
            "days_left": self.days_left,
            "units": [
                {
                    "unit": s.unit,
                    "name": self.plan.unit[s.unit].name,
                    "status": s.status.value if s.status else "missing",
                    "values": s.values,
                    "owed": s.owed,
                    "open": s.open,
                    "sent_at": s.sent_at.isoformat() if s.sent_at else None,
                    "late": s.late,
                    "file": s.file or None,
                }
                for s in self.sendings
            ],
            "summary": self.summary,
            "conflicts": [conflict_json(c) for c in self.disputed],
        }


def state(campaign: Path, today: date) -> State:
    """How the units of a campaign stand on the day ``today``."""
    memory = Memory(campaign)
    plan, _ = read_plan(campaign, memory)
    current = standing(campaign, plan, memory=memory)
    told = (*current.told, *unread(campaign, current))
    return State(plan=plan, today=today, sendings=current.sendings(), told=told, disputed=current.disputed)


class Stated(Struct, frozen=True, kw_only=True):
    """How the units stand, and the page that says so."""

    state: State
    path: Path
    fresh: bool  # it was not there already, byte by byte


def write_state(campaign: Path, today: date, progress: Progress = quietly) -> Stated:
    """As ``state``, and write ``tinh-hinh.xlsx``, the page that the Director looks at."""
    from lsindicators.exports import state as page

    with at_work(campaign) as memory:
        plan, doubts = read_plan(campaign, memory)
        current = standing(campaign, plan, progress, memory=memory)
        told = (*current.told, *unread(campaign, current))
        stands = State(plan=plan, today=today, sendings=current.sendings(), told=told, disputed=current.disputed)
        merged = computed(campaign, doubts, current)
        of = plan, merged.dataset, merged.results, merged.sendings, today, stands.days_left
        path = campaign / STATE
        return Stated(state=stands, path=path, fresh=files.write(path, page.write(page.Page(*of))))


def unread(campaign: Path, current: Standing) -> Iterator[Finding]:
    """A word on returns that lie there and were not read: their figures are not in what is told or made now."""
    names = advice.unread(campaign, [j.receipt for j in current.judged])
    if names:
        what = f"{len(names)} tệp chưa đọc nên chưa được tính: {', '.join(names[:_NAMED])}"
        more = f" và {len(names) - _NAMED} tệp khác" if len(names) > _NAMED else ""
        what += f"{more}; chạy lsindicators read trước"
        yield Finding(code=Code.STRAY_CONTENT, at=CellRef(f"{RETURNS}/"), message=what, severity=Severity.WARNING)


_NAMED = 3
"""So many files are named."""


class Held(Struct, frozen=True, kw_only=True):
    """The returns that hold what a signed paper shows: its control code is theirs."""

    plan: Plan
    code: str
    returns: tuple[tuple[Judged, bool], ...]  # a return, and whether it is the one that counts for its unit

    @property
    def exit_code(self) -> int:
        return 0 if any(counts for _, counts in self.returns) else 1

    def to_json(self) -> Json:
        return {
            "year": self.plan.year,
            "code": self.code,
            "returns": [
                {
                    "file": j.receipt.file,
                    "sha256": j.receipt.sha256,
                    "unit": j.verdict.unit,
                    "status": j.verdict.status.value,
                    "sent_at": j.receipt.sent_at.isoformat(),
                    "counts": counts,
                }
                for j, counts in self.returns
            ],
        }


def hold(campaign: Path, paper: str) -> Held:
    """The returns whose control code stands on ``paper``. Raises ``UnusableInputError`` for what is no such code."""
    code = control.typed(paper)
    if code is None:
        raise UnusableInputError(f"“{paper}” không phải là mã kiểm soát; mã gồm 8 chữ và số, ví dụ K7Q2-M9XD")
    memory = Memory(campaign)
    plan, _ = read_plan(campaign, memory)
    current = standing(campaign, plan, memory=memory)
    counting = {j.receipt.sha256 for j in current.current.values() if j.verdict.status is not Status.REJECTED}
    found = (j for j in current.judged if j.verdict.control == code)
    return Held(plan=plan, code=code, returns=tuple((j, j.receipt.sha256 in counting) for j in found))


class Merged(Struct, frozen=True, kw_only=True):
    """The province's table, computed."""

    path: Path
    plan: Plan
    dataset: Dataset
    results: tuple[Result, ...]
    sendings: tuple[Sending, ...]
    findings: tuple[Finding, ...]
    answers: Mapping[str, tuple[tuple[str, str, CellRef], ...]]
    mending: bool  # a return that counts needs mending, or a decision, or the plan has an open question
    told: tuple[Finding, ...] = ()  # what is wrong with the clerk's decisions
    differences: tuple[Conflict, ...] = ()  # what does not go together: the dataset's conflicts, then all else
    waiting: int = 0  # rows of dieu-chinh.xlsx that wait for the clerk

    @property
    def made(self) -> bool:
        """Whether tong-hop.xlsx is there to be looked into."""
        return self.path.is_file()

    @property
    def exit_code(self) -> int:
        return 1 if self.mending or any(c.outstanding for c in self.differences) else 0

    @property
    def collection(self) -> summary.Collection:
        """How the units have answered."""
        return summary.collection(self.sendings)

    def to_json(self) -> Json:
        from lsindicators import exports

        return exports.to_json(self.plan, self.dataset, self.results, self.differences, self.sendings)


def compile_table(campaign: Path, progress: Progress = quietly) -> Merged:
    """Merge all returns that count, compute the criteria, and write ``tong-hop.xlsx``."""
    from lsindicators import compute, exports

    with at_work(campaign) as memory:
        merged = counted(campaign, progress, memory, asking=True)
        series = compute.series(merged.plan, merged.dataset)
        of = merged.plan, merged.dataset, merged.results, merged.sendings, merged.differences, series
        files.write_by(merged.path, lambda stream: exports.save(stream, *of, present=lying(campaign)))
    return merged


def lying(campaign: Path) -> Mapping[str, str]:
    """The files that lie in ``tra-ve/``: their names as the ledger has them -> as they are spelt on the disk."""
    paths = (path.relative_to(campaign).as_posix() for path in (campaign / RETURNS).rglob("*"))
    return {unicodedata.normalize("NFC", path): path for path in sorted(paths)}


def counted(campaign: Path, progress: Progress, memory: Memory, *, asking: bool = False) -> Merged:
    """The province's table, for who is alone at work; with ``asking`` what is open in it is put into dieu-chinh.xlsx first."""
    plan, doubts = read_plan(campaign, memory)
    current = standing(campaign, plan, progress, memory=memory)
    asked = decide.ask(campaign, current) if asking else decide.Asked()
    if asked.written:  # figures say in which cell they were decided: as the file stands now
        current = standing(campaign, plan, memory=memory)
    decide.keep(campaign, current.paper)
    merged = computed(campaign, doubts, current)
    told = (*merged.told, *asked.findings, *unread(campaign, current))
    return replace(merged, told=told, waiting=asked.waiting)


def computed(campaign: Path, doubts: tuple[Finding, ...], current: Standing) -> Merged:
    """The province's table of the returns that count; ``doubts`` are open in its plan. Nothing is written."""
    from lsindicators import compute

    plan = current.plan
    dataset, findings = current.combined()
    return Merged(
        path=campaign / TABLE,
        plan=plan,
        dataset=dataset,
        results=compute.evaluate(plan, dataset),
        sendings=current.sendings(),
        findings=(*doubts, *findings),
        answers=current.answers(),
        mending=bool(current.exit_code) or needs_person(doubts),
        told=current.told,
        differences=current.differences,
    )
