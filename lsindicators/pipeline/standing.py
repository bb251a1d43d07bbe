"""Where a campaign stands: every receipt of the ledger judged afresh, and the return of each unit that counts."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, MutableMapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from lsindicators import decisions, ledger
from lsindicators.findings import Code, Finding, Severity, Verdict, needs_person, open_places
from lsindicators.memory import Memory, written
from lsindicators.model import (
    HANOI,
    CellRef,
    Choice,
    Conflict,
    Dataset,
    Figure,
    Figures,
    Plan,
    Receipt,
    Return,
    Sending,
    Status,
    Variable,
)
from lsindicators.pipeline import decide, judging
from lsindicators.pipeline.campaign import DECISIONS, Progress, know_formulas, quietly
from lsindicators.pipeline.judging import Engine, nothing_taken

AT_ONCE = 3_000
"""So many figures are compared at once: a province's all together, a country's in parts."""

FORGOTTEN = 100
"""After so many returns what was kept for the next one is let go of: a province has fewer."""


class Judged(Struct, frozen=True, kw_only=True):
    """One receipt and what the checks make of it."""

    receipt: Receipt
    verdict: Verdict


class Standing(Struct, frozen=True, kw_only=True):
    """Where the campaign stands: every receipt judged, and the return of each unit that counts."""

    plan: Plan
    judged: tuple[Judged, ...]
    current: Mapping[str, Judged]  # unit -> its newest return that was not rejected, else its newest one
    paper: decisions.Paper = field(default_factory=lambda: decisions.Paper())  # the clerk's decisions
    stands: decisions.States = field(default_factory=dict)  # row of a decision about figures -> what becomes of it
    differences: tuple[Conflict, ...] = ()  # what does not go together in the province's table, settled or not
    versions: tuple[decisions.Version, ...] = ()  # the returns of units that sent more than one
    told: tuple[Finding, ...] = ()  # what is wrong with the decisions, or with the store

    @property
    def counting(self) -> Mapping[str, Verdict]:
        """Unit -> the verdict on its return that counts; none where nothing was taken."""
        return {unit: j.verdict for unit, j in self.current.items() if j.verdict.status is not Status.REJECTED}

    def dataset(self) -> Dataset:
        """The province's table of the returns that count."""
        return self.combined()[0]

    def combined(self) -> tuple[Dataset, tuple[Finding, ...]]:
        """The province's table, and what was noticed on the way: made anew for each who asks, as it is large."""
        from lsindicators import merge

        return merge.combine(self.plan, *self._told(self.plan.variables))

    def rows(self, codes: Collection[str]) -> Dataset:
        """The province's table of these variables alone, and of the weights of their means: who asks for few need not
        wait for all."""
        from lsindicators import merge

        weights = {self.plan.variable[code].aggregation.weight for code in codes}
        part = [v for v in self.plan.variables if v.code in codes or v.code in weights]
        return merge.table(self.plan, part, *self._told(part))

    def _told(self, variables: Sequence[Variable]) -> tuple[Any, ...]:
        """What ``merge`` makes the table of these variables from."""
        taken, year, codes = self.counting, self.plan.year, {v.code for v in variables}
        moments = {unit: self.current[unit].receipt.read_at for unit in taken}
        figures = [f for unit, v in taken.items() for f in _as_read(v.figures, moments[unit]).of(codes)]
        figures += [d.figure for d in self.paper.decisions if d.unit not in taken and decide.holds_alone(d)]
        untaken = {(unit, variable): why for unit, v in taken.items() for variable, why in v.untaken.items()}
        dropped = (d for v in taken.values() for d in v.decisions if d.choice is Choice.DROP and d.year == year)
        left_out = {(d.unit, d.variable) for d in dropped}
        return figures, untaken, taken.keys(), left_out, self.paper.settlements

    def compared(self) -> Standing:
        """The same with what does not go together in the province's table."""
        from lsindicators import merge, reconcile

        tables = (merge.table(self.plan, part, *self._told(part)) for part in reconcile.parts(self.plan, AT_ONCE))
        return replace(self, differences=reconcile.compare_parts(self.plan, tables, self.paper.settlements))

    @property
    def disputed(self) -> tuple[Conflict, ...]:
        """What does not go together and waits for a decision."""
        return tuple(c for c in self.differences if c.open)

    def sendings(self) -> tuple[Sending, ...]:
        """How each unit that owes figures stands, in the plan's order."""
        first: dict[str, datetime] = {}  # unit -> when its first return came that was not rejected
        for j in self.judged:
            if j.verdict.unit is not None and j.verdict.status in (Status.ACCEPTED, Status.PARTIAL):
                first[j.verdict.unit] = min(j.receipt.sent_at, first.get(j.verdict.unit, j.receipt.sent_at))
        return tuple(self._sending(unit, first.get(unit)) for unit in self.plan.owed)

    def _sending(self, unit: str, sent_at: datetime | None) -> Sending:
        owed = len(self.plan.owed[unit])
        judged = self.current.get(unit)
        if judged is None:
            return Sending(unit=unit, owed=owed, status=None, values=0, open=0, sent_at=None, late=False)
        verdict = judged.verdict
        return Sending(
            unit=unit,
            owed=owed,
            status=verdict.status,
            values=verdict.values(self.plan.year),
            open=open_places(verdict.findings),
            sent_at=sent_at,
            late=sent_at is not None and sent_at.astimezone(HANOI).date() >= self.plan.settings.unit_deadline,
            file=judged.receipt.file,
        )

    def answers(self) -> dict[str, tuple[tuple[str, str, CellRef], ...]]:
        """Unit -> what it wrote of difficulties and proposals."""
        return {
            unit: judged.verdict.answers
            for unit, judged in self.current.items()
            if judged.verdict.answers and judged.verdict.status is not Status.REJECTED
        }

    @property
    def exit_code(self) -> int:
        """1 when a return that counts needs mending, or a decision; what is open between units is for who merges."""
        mending = any(j.verdict.status is not Status.ACCEPTED for j in self.current.values())
        return 1 if mending or needs_person(self.told) else 0


def _packed(figures: Sequence[Figure]) -> Figures:
    return figures if isinstance(figures, Figures) else Figures(figures)


def _as_read(figures: Sequence[Figure], moment: datetime) -> Figures:
    """The figures with the moment of the receipt that counts: mostly it is their own."""
    packed = _packed(figures)
    return packed if packed.moments == {moment} else Figures(_read_at(f, moment) for f in packed)


def _read_at(figure: Figure, moment: datetime) -> Figure:
    return figure if figure.read_at == moment or figure.corrected else figure._replace(read_at=moment)


Mending = MutableMapping[int, Return]
"""Receipt -> the return that came with it and needs a person, without the cells that are no entry."""


def standing(
    campaign: Path,
    plan: Plan,
    progress: Progress = quietly,
    mending: Mending | None = None,
    memory: Memory | None = None,
    engine: Engine = judging.here,
    *,
    whole: bool = True,
) -> Standing:
    """Judge every receipt of the ledger and find the return of each unit that counts.

    What needs a person is put into ``mending``, so that nobody has to open it again. ``memory`` may have judged the same
    bytes before by the same plan and decisions; the originals are held against their SHA-256 all the same. Not ``whole``,
    it is asked of each receipt by itself. ``engine`` judges the others.
    """
    know_formulas(plan, memory)
    content = decide.content(campaign)
    with ledger.reading(campaign) as book:
        receipts, unfiled = book.receipts(), book.unfiled()
        facts = _facts(campaign, plan, content, receipts, unfiled, memory)
        known = _recalled(plan, memory, facts) if whole else None
        if known is not None and (mending is None or not any(needs_person(j.verdict.findings) for j in known.judged)):
            _hold(book, receipts)
            return known
        paper = decide.read(campaign, plan, content)
        key = ledger.kept_key(campaign) if receipts else b""
        judge = _Judge(judging.Basis(plan, key, paper.by_unit), book.original, mending, memory, engine)
        found = judge.all(_as_sent(receipts), progress)
    if memory is not None:
        memory.complete = True
    result = _settled(plan, paper, found, _unfiled(unfiled))
    _remember(result, memory, facts)
    return result


def again(campaign: Path, before: Standing, memory: Memory) -> Standing:
    """Where the campaign stands once ``ask`` has written dieu-chinh.xlsx: no return has come since ``before``."""
    content = decide.content(campaign)
    paper = decide.read(campaign, before.plan, content)
    if paper.applied or paper.findings or before.paper.applied or before.paper.findings:
        return standing(campaign, before.plan, memory=memory)
    result = replace(before, paper=paper)  # where nothing is decided it says nothing of any return
    with ledger.reading(campaign) as book:
        facts = _facts(campaign, before.plan, content, book.each(), book.unfiled(), memory)
    _remember(result, memory, facts)
    return result


# ------------------------------------------------------------------ what is remembered of it


class Gist(Struct, frozen=True, kw_only=True):
    """What ``status`` tells of where a campaign stands."""

    sendings: tuple[Sending, ...]
    disputed: tuple[Conflict, ...]
    told: tuple[Finding, ...]
    receipts: tuple[Receipt, ...] = ()  # not remembered: they stand in the ledger


def gist(campaign: Path, plan: Plan, memory: Memory) -> Gist:
    """The gist of ``standing``, remembered by itself so that who asks for no more need load no more."""
    with ledger.reading(campaign) as book:
        receipts, unfiled = book.receipts(), book.unfiled()
        facts = _facts(campaign, plan, decide.content(campaign), receipts, unfiled, memory)
        found = _recalled_gist(plan, memory, facts) if facts else None
        if found is not None:
            _hold(book, receipts)
            return replace(found, receipts=_as_sent(receipts))
    return gist_of(standing(campaign, plan, memory=memory))


_AT_A_TIME = 500
"""So many sendings are remembered in one piece: what is written of a country's at once takes megabytes."""


def _keep_gist(told: Gist, memory: Memory, facts: tuple[object, ...]) -> None:
    for start in range(0, len(told.sendings), _AT_A_TIME):
        memory.keep(told.sendings[start : start + _AT_A_TIME], "sendings", start, *facts)
    memory.keep(replace(told, receipts=(), sendings=()), "gist", *facts)


def _recalled_gist(plan: Plan, memory: Memory, facts: tuple[object, ...]) -> Gist | None:
    found: Gist | None = memory.find("gist", *facts)
    if found is None:
        return None
    starts = range(0, len(plan.owed), _AT_A_TIME)
    sendings = tuple(s for start in starts for s in memory.find("sendings", start, *facts) or ())
    return replace(found, sendings=sendings) if len(sendings) == len(plan.owed) else None


def gist_of(at: Standing) -> Gist:
    """What is told of ``at``."""
    return Gist(
        sendings=at.sendings(), disputed=at.disputed, told=at.told, receipts=tuple(j.receipt for j in at.judged)
    )


def _facts(
    campaign: Path,
    plan: Plan,
    content: bytes | None,
    receipts: Iterable[Receipt],
    unfiled: Sequence[str],
    memory: Memory | None,
) -> tuple[object, ...]:
    """All that ``standing`` follows from, where it can be remembered; else nothing."""
    digest = memory.digest(plan) if memory is not None else ""
    decided = decide.facts(campaign, content)
    return (digest, decided, _digest(receipts), unfiled) if digest and decided else ()


def _digest(receipts: Iterable[Receipt]) -> str:
    """One after the other: of thousands even what is written of them is large."""
    found = hashlib.sha256()
    for r in receipts:
        found.update(repr(r).encode())
    return found.hexdigest()


def _hold(book: ledger.Ledger, receipts: Iterable[Receipt]) -> None:
    """Hold the originals against their SHA-256. Raises ``UnusableInputError`` where one is not what was received."""
    first: dict[str, str] = {}
    for r in receipts:
        first.setdefault(r.sha256, r.file)
    for sha256, file in first.items():
        book.original(sha256, file)


def _recalled(plan: Plan, memory: Memory | None, facts: tuple[object, ...]) -> Standing | None:
    known = memory.find("standing", *facts) if memory is not None and facts else None
    return Standing(plan=plan, **known) if known is not None else None


_REMEMBERED_WHOLE = 500
"""Up to so many receipts are remembered in one piece too: of a country's it would take more memory than reading it."""


def _remember(result: Standing, memory: Memory | None, facts: tuple[object, ...]) -> None:
    """Remember where the campaign stands, if it still does when the command ends."""
    if memory is None or not facts:
        return

    if len(result.judged) > _REMEMBERED_WHOLE:  # its gist is made now: nothing else of it is held until then
        told = replace(gist_of(result), receipts=())
        memory.at_last = lambda: _keep_gist(told, memory, facts)
        return

    def kept() -> None:
        fields = {name: getattr(result, name) for name in Standing.__struct_fields__ if name != "plan"}
        memory.keep(fields, "standing", *facts)
        _keep_gist(gist_of(result), memory, facts)

    memory.at_last = kept


# ------------------------------------------------------------------ how it is found


def stand(
    plan: Plan, paper: decisions.Paper, receipts: Iterable[Receipt], key: bytes, original: Callable[[str, str], bytes]
) -> Standing:
    """Where a campaign stands, or stood, by exactly these receipts and decisions; ``original`` gives the bytes of one."""
    basis = judging.Basis(plan, key, paper.by_unit)
    return _settled(plan, paper, _Judge(basis, original).all(_as_sent(receipts)))


class _Judge(Struct, frozen=True):
    """Judges receipts, each as it was judged before or else by ``engine``."""

    basis: judging.Basis
    original: Callable[[str, str], bytes]  # SHA-256, name -> the bytes as received
    mending: Mending | None = None
    memory: Memory | None = None
    engine: Engine = judging.here

    def all(self, receipts: Sequence[Receipt], progress: Progress = quietly) -> tuple[Judged, ...]:
        """Every receipt with its verdict; the same bytes again are a duplicate of the first."""
        original: dict[str, Receipt] = {}
        for r in receipts:
            original.setdefault(r.sha256, r)
        verdicts = self._verdicts(original.values())
        first: dict[str, Judged] = {}
        judged = []
        for r in progress(receipts, "Kiểm tra từng ô"):
            if (known := first.get(r.sha256)) is not None:
                found = Judged(receipt=r, verdict=_duplicate(r, known.receipt, known.verdict))
            else:
                found = first[r.sha256] = Judged(receipt=r, verdict=next(verdicts))
            judged.append(found)
            if not len(judged) % FORGOTTEN:
                _forget(_OF_CELLS)
        return tuple(judged)

    def _verdicts(self, receipts: Iterable[Receipt]) -> Iterator[Verdict]:
        for asked, (verdict, mending, record) in self.engine(self.basis, map(self._asked, receipts)):
            verdict = _kept(verdict)
            if self.mending is not None and mending is not None:
                self.mending[asked.receipt.order] = mending
            if self.memory is not None and asked.verdict is None:
                self._keep(self.memory, asked.receipt, verdict, record)
            yield verdict

    def _asked(self, receipt: Receipt) -> judging.Asked:
        """The bytes, or the verdict out of ``memory`` unless the return itself is wanted for ``mending``."""
        content = self.original(receipt.sha256, receipt.file)
        known = None if self.memory is None else self._known(self.memory, receipt)
        if known is not None:
            decided, verdict = known
            if decided == self.basis.decided(verdict.unit) and (
                self.mending is None or not needs_person(verdict.findings)
            ):
                return judging.Asked(receipt, b"", verdict)
        return judging.Asked(receipt, content)

    def _known(self, memory: Memory, receipt: Receipt) -> tuple[str, Verdict] | None:
        facts = self._about(memory, receipt)
        found: tuple[str, Verdict] | None = memory.find(*facts) if facts else None
        return found

    def _keep(self, memory: Memory, receipt: Receipt, verdict: Verdict, record: bytes) -> None:
        facts, now = self._about(memory, receipt), (self.basis.decided(verdict.unit), verdict)
        if facts and memory.find(*facts) != now:
            memory.keep_record(record or written(now), *facts)

    def _about(self, memory: Memory, receipt: Receipt) -> tuple[str, ...]:
        """All that a verdict follows from beside the decisions; none where the plan is not known by its bytes."""
        digest = memory.digest(self.basis.plan)
        return (digest, receipt.file, receipt.sha256, receipt.read_at.isoformat()) if digest else ()


def _kept(verdict: Verdict) -> Verdict:
    """The same, to be kept beside thousands of others: its figures packed, and once what many verdicts say alike."""
    return replace(
        verdict,
        figures=_packed(verdict.figures),
        untaken=verdict.untaken or _NONE,
        answers=tuple((_same(question), _same(answer), _alike(at)) for question, answer, at in verdict.answers),
    )


_NONE: Mapping[str, str] = {}
_same = lru_cache(maxsize=1024)(str)


def _alike(at: CellRef) -> CellRef:
    return CellRef(at.workbook, at.sheet and _same(at.sheet), at.address and _same(at.address))


def _forget(rooms: tuple[str, ...]) -> None:
    """Let go of what was kept in ``rooms`` because it comes again and again: of a country as much as its figures."""
    for name, module in tuple(sys.modules.items()):
        if name.startswith(rooms):
            for thing in vars(module).values():
                if isinstance(thing, _Cache):
                    thing.cache_clear()


_Cache = type(lru_cache(maxsize=1)(str))
_OF_CELLS = tuple(f"lsindicators.{room}" for room in ("workbook", "returns", "values", "layout", "checks", "control"))
_OF_NAMES = ("lsindicators.names",)


def _settled(plan: Plan, paper: decisions.Paper, found: Sequence[Judged], unfiled: Iterable[Finding] = ()) -> Standing:
    """Of judged receipts the one of each unit that counts, and the province's table of these."""
    result, told = _chosen(plan, paper, found)
    result = result.compared()
    while (held := decisions.pinned(result.paper, result.differences)) is not result.paper:
        result = replace(result, paper=held).compared()  # what was hidden by a figure before may come to light
    stands, stale = decisions.stand(plan, result.paper, result.counting, result.dataset, result.differences)
    if len(found) > FORGOTTEN:
        _forget((*_OF_CELLS, *_OF_NAMES))
    return replace(
        result,
        stands=stands,
        told=(*paper.findings, *unfiled, *told, *decide.unmatched(paper, result.versions), *stale),
    )


def _chosen(plan: Plan, paper: decisions.Paper, found: Sequence[Judged]) -> tuple[Standing, tuple[Finding, ...]]:
    """Which return of each unit counts, before anything is compared; and what is to be said of the decisions about it."""
    queues: dict[str, list[Judged]] = {}
    for j in found:
        if j.verdict.unit is not None and j.verdict.status is not Status.DUPLICATE:
            queues.setdefault(j.verdict.unit, []).append(j)
    known = {j.receipt.order: j for j in found}
    current: dict[str, Judged] = {}
    versions: list[decisions.Version] = []
    told: list[Finding] = []
    for unit, queue in queues.items():
        queue.sort(key=lambda j: (j.verdict.round, j.receipt.sent_at, j.receipt.order))
        taken = [j for j in queue if j.verdict.status is not Status.REJECTED]
        for former, newer in pairwise(taken):
            known[newer.receipt.order] = replace(newer, verdict=_resubmitted(plan, former, newer))
        chosen = decide.choose(plan, unit, [(j.receipt, known[j.receipt.order].verdict) for j in queue], paper)
        for order, verdict in chosen.verdicts.items():
            known[order] = replace(known[order], verdict=verdict)
        versions += chosen.versions
        told += chosen.findings
        if chosen.counts is not None:
            current[unit] = known[chosen.counts.order]
    judged = tuple(known[j.receipt.order] for j in found)
    counts = {u: current[u] for u in plan.unit if u in current}
    return Standing(plan=plan, judged=judged, current=counts, paper=paper, versions=tuple(versions)), tuple(told)


def _unfiled(originals: Collection[str]) -> Iterator[Finding]:
    """Returns that were received, and of which the ledger knows nothing."""
    if originals:
        what = (
            f"{len(originals)} bản gốc chưa có biên nhận nên không được tính (lần đọc bị ngắt, hoặc sổ cái là bản cũ); "
            "chạy lsindicators read, nếu vẫn còn thì xem từng tệp: lsindicators status --verify"
        )
        at = CellRef(f"{ledger.FOLDER}/{ledger.ORIGINALS}")
        yield Finding(code=Code.STRAY_CONTENT, at=at, message=what, severity=Severity.ERROR)


def _as_sent(receipts: Iterable[Receipt]) -> tuple[Receipt, ...]:
    """The receipts with the moment at which their bytes were first sent: a copy that comes later is no newer answer,
    also where its name lets it be read before the original."""
    listed = tuple(receipts)
    sent: dict[str, datetime] = {}
    for r in listed:
        sent[r.sha256] = min(r.sent_at, sent.get(r.sha256, r.sent_at))
    return tuple(r if r.sent_at is sent[r.sha256] else replace(r, sent_at=sent[r.sha256]) for r in listed)


def unruled(campaign: Path, plan: Plan, receipt: Receipt) -> Verdict:
    """The verdict on one receipt as if the clerk had decided nothing."""
    with ledger.reading(campaign) as book:
        content = book.original(receipt.sha256, receipt.file)
    return judging.judge(judging.Basis(plan, ledger.kept_key(campaign), {}), receipt, content).verdict


def rivals(current: Standing, judged: Judged | None) -> list[Judged]:
    """The returns of the same unit from which values can be taken, oldest first."""
    if judged is None or judged.verdict.unit is None:
        return []
    unit, idle = judged.verdict.unit, (Status.DUPLICATE, Status.REJECTED)
    return sorted((j for j in current.judged if j.verdict.unit == unit and j.verdict.status not in idle), key=_rank)


def _rank(judged: Judged) -> tuple[object, ...]:
    """The order in which one return replaces another."""
    return judged.verdict.round, judged.receipt.sent_at, judged.receipt.order


def advantage(winner: Judged, loser: Judged) -> str:
    """Why one return counts and another of its unit does not."""
    won, lost = winner.receipt, loser.receipt
    if _rank(winner) < _rank(loser):
        return f"theo quyết định của đầu mối trong {DECISIONS}"
    if winner.verdict.round > loser.verdict.round:
        return f"vì là vòng {winner.verdict.round}, bản kia là vòng {loser.verdict.round}"
    if won.sent_at > lost.sent_at:
        return f"vì gửi sau ({won.sent_at:%d/%m/%Y %H:%M}, bản kia {lost.sent_at:%d/%m/%Y %H:%M})"
    return "vì cùng vòng, cùng ngày gửi mà được đọc sau"


def _duplicate(receipt: Receipt, original: Receipt, verdict: Verdict) -> Verdict:
    found = Code.DUPLICATE_FILE.at(CellRef(receipt.file), other=original.file)
    nothing = nothing_taken(receipt, Status.DUPLICATE, (found,))
    return replace(nothing, unit=verdict.unit, round=verdict.round, control=verdict.control)


def _resubmitted(plan: Plan, former: Judged, newer: Judged) -> Verdict:
    """The newer verdict, with a word on which values changed."""
    from lsindicators import values

    old = {(f.variable, f.year): (f.value, f.state) for f in former.verdict.figures}
    new = {(f.variable, f.year): (f.value, f.state) for f in newer.verdict.figures}
    changed = [
        f"{code} {values.format_value(old.get((code, year), (None,))[0]) or 'trống'}"
        f" → {values.format_value(new.get((code, year), (None,))[0]) or 'trống'}"
        for code, year in sorted(old.keys() | new.keys())
        if old.get((code, year)) != new.get((code, year))
    ]
    told = f"thay đổi {len(changed)} số liệu: {'; '.join(changed)}" if changed else "không số liệu nào thay đổi"
    found = Code.RESUBMISSION.at(CellRef(newer.receipt.file), other=former.receipt.file, changes=told)
    return replace(newer.verdict, findings=(found, *newer.verdict.findings))
