"""``status``: who has sent what, on a given day."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path

from msgspec import Struct

from lsindicators import files
from lsindicators.findings import Code, Finding, Severity, needs_person
from lsindicators.memory import Memory
from lsindicators.model import CellRef, Conflict, Plan, Receipt, Sending, Status
from lsindicators.pipeline import advice
from lsindicators.pipeline.campaign import RETURNS, STATE, Json, Progress, at_work, quietly, read_plan
from lsindicators.pipeline.documents import conflict_json
from lsindicators.pipeline.standing import gist, standing


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
    at = gist(campaign, plan, memory)
    told = (*at.told, *unread(campaign, at.receipts))
    return State(plan=plan, today=today, sendings=at.sendings, told=told, disputed=at.disputed)


class Stated(Struct, frozen=True, kw_only=True):
    """How the units stand, and the page that says so."""

    state: State
    path: Path
    fresh: bool  # it was not there already, byte by byte


def write_state(campaign: Path, today: date, progress: Progress = quietly) -> Stated:
    """As ``state``, and write ``tinh-hinh.xlsx``, the page that the Director looks at."""
    from lsindicators.exports import state as page
    from lsindicators.pipeline.results import computed

    with at_work(campaign) as memory:
        plan, doubts = read_plan(campaign, memory)
        current = standing(campaign, plan, progress, memory=memory)
        told = (*current.told, *unread(campaign, [j.receipt for j in current.judged]))
        stands = State(plan=plan, today=today, sendings=current.sendings(), told=told, disputed=current.disputed)
        merged = computed(campaign, doubts, current)
        of = plan, merged.dataset, merged.results, merged.sendings, today, stands.days_left
        path = campaign / STATE
        return Stated(state=stands, path=path, fresh=files.write(path, page.write(page.Page(*of))))


def unread(campaign: Path, receipts: Collection[Receipt]) -> Iterator[Finding]:
    """A word on returns that lie there and were not read: their figures are not in what is told or made now."""
    names = advice.unread(campaign, receipts)
    if names:
        what = f"{len(names)} tệp chưa đọc nên chưa được tính: {', '.join(names[:_NAMED])}"
        more = f" và {len(names) - _NAMED} tệp khác" if len(names) > _NAMED else ""
        what += f"{more}; chạy lsindicators read trước"
        yield Finding(code=Code.STRAY_CONTENT, at=CellRef(f"{RETURNS}/"), message=what, severity=Severity.WARNING)


_NAMED = 3
"""So many files are named."""
