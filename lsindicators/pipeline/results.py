"""``merge``, and what all products are made of: they start from the returns that count, none from what another wrote."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from lsindicators import control, files, summary
from lsindicators.errors import UnusableInputError
from lsindicators.findings import Finding, needs_person
from lsindicators.memory import Memory
from lsindicators.model import CellRef, Conflict, Dataset, Plan, Result, Sending, Status
from lsindicators.pipeline import decide
from lsindicators.pipeline.campaign import RETURNS, TABLE, Json, Progress, at_work, quietly, read_plan
from lsindicators.pipeline.standing import Judged, Standing, again, standing
from lsindicators.pipeline.status import unread


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
    spread: tuple[str, ...] = ()  # what of the table stands on several sheets, and on which

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
    return replace(merged, spread=tuple(map(str, exports.spreads(merged.plan, merged.dataset))))


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
        current = again(campaign, current, memory)
    decide.keep(campaign, current.paper)
    merged = computed(campaign, doubts, current)
    told = (*merged.told, *asked.findings, *unread(campaign, [j.receipt for j in current.judged]))
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
