"""A figure of the province's table -> where it stands: the cell in the ledger's original, in ``Năm trước``, in the
clerk's decisions; what other returns of the unit have there; what the clerk decided about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

from lsindicators import files, merge, succession
from lsindicators.decisions import sheets
from lsindicators.findings import Verdict
from lsindicators.model import (
    CellRef,
    Dataset,
    Decision,
    Figure,
    Method,
    PastFigure,
    Selection,
    Settlement,
    State,
    Status,
    Total,
    Value,
    Variable,
)
from lsindicators.pipeline.campaign import DECISIONS, PLAN
from lsindicators.pipeline.standing import Judged, Standing, advantage, rivals, unruled
from lsindicators.provenance import Contribution, Former, Part, Record, Ruling


class Origins:
    """Finds the cells behind the figures of one campaign; ``dataset`` is its table, or the rows in question of it."""

    def __init__(self, campaign: Path, current: Standing, dataset: Dataset) -> None:
        self._campaign = campaign
        self.current = current
        self.plan = current.plan
        self.dataset = dataset
        self._bare: dict[int, Verdict] = {}
        self._why = {(g.variable, g.unit): g for g in dataset.gaps}

    # -------------------------------------------------------------- figures

    def entered(self, v: Variable, total: Total | None, year: int) -> tuple[Contribution, ...]:
        """The figures that entered a total, in the plan's order of units."""
        if total is None:
            return ()
        if not total.expected and total.value is not None:
            return tuple(self._of_province(v.code, year))
        if total.settled is not None and not total.contributions:
            return (self._settled(total.settled),)
        return tuple(self.figure(f) for f in total.contributions)

    def lacking(self, v: Variable, expected: Iterable[str], total: Total | None, year: int) -> tuple[Contribution, ...]:
        """The units that are awaited and whose figure did not enter, each with why."""
        entered = {f.unit for f in total.contributions} if total else set()
        rest = [u for u in expected if u not in entered]
        if total is not None and total.settled is not None:
            rest = [u for u in rest if (v.code, u, year) not in self.dataset.figure]
        return tuple(self.absent(v, unit, year) for unit in rest)

    def beside(self, v: Variable, expected: Iterable[str], total: Total | None, year: int) -> tuple[Contribution, ...]:
        """Figures that did not enter: those of coordinating units under ``chủ trì``, and those that were not chosen."""
        if v.aggregation.method is not Method.LEAD or (total is not None and not total.expected):
            return ()
        entered = {f.unit for f in total.contributions} if total else set()
        assigned = self.plan.assignment.get(v.code)
        named = [u for u in (assigned.units if assigned else ()) if u not in entered]
        chosen = total is not None and total.settled is not None
        others = [u for u in named if chosen or u not in expected]
        return tuple(
            self.figure(f) for u in others if (f := self.dataset.figure.get((v.code, u, year))) and f.value is not None
        )

    def figure(self, f: Figure) -> Contribution:
        """Where the figure of a unit stands."""
        if f.at is None:
            return self._on_record(f.variable, f.unit, f.year, f)
        judged = None if f.corrected else self.current.current.get(f.unit)
        return Contribution(
            unit=f.unit,
            name=self._name(f.unit),
            value=f.value,
            state=f.state,
            at=f.at,
            sha256=f.sha256,
            sent_at=judged.receipt.sent_at if judged else None,
            read_at=f.read_at if judged else None,
            source=f.source,
            reason=f.reason,
            note="số do đầu mối sửa, không phải số đơn vị gửi" if f.corrected else "",
            weight=self._weight(f),
            sent=self._sent(f.variable, f.unit, f.year) if f.corrected else None,
            former=self.former(f.variable, f.unit, f.year),
        )

    def absent(self, v: Variable, unit: str, year: int) -> Contribution:
        """A unit without a figure in a total, and why."""
        f = self.dataset.figure.get((v.code, unit, year))
        gap = self._why.get((v.code, unit)) if year == self.plan.year else None
        judged = self.current.current.get(unit)
        stands = self._held(v.code, unit, year)
        no_weight = f is not None and f.value is not None and v.aggregation.weight is not None
        why, note = "not-reported", ""
        if gap is not None:
            why, note = gap.why, gap.note
        elif no_weight:
            why, note = "no-weight", v.aggregation.weight or ""
        elif f is not None and merge.settled(f):
            why, note = "", f.reason
        elif year != self.plan.year:
            known = succession.figure(self.plan, v.code, unit, year)
            why, note = "not-on-record", succession.how(self.plan, unit, year, known)
        return Contribution(
            unit=unit,
            name=self._name(unit),
            value=None,
            state=f.state if f else None,
            at=(f.at if f else None) or (stands.at if stands else None),
            sha256=(f.sha256 if f else "") or (stands.sha256 if stands else ""),
            sent_at=judged.receipt.sent_at if judged and (f or stands) else None,
            read_at=judged.receipt.read_at if judged and (f or stands) else None,
            source=f.source if f else "",
            reason=f.reason if f else "",
            counts=not why,
            why=why,
            note=note,
            sent=stands,
            former=self.former(v.code, unit, year),
        )

    def _weight(self, f: Figure) -> Figure | None:
        weight = self.plan.variable[f.variable].aggregation.weight
        return self.dataset.figure.get((weight, f.unit, f.year)) if weight else None

    def _settled(self, s: Settlement) -> Contribution:
        return Contribution(
            unit=None,
            name="Đầu mối quyết định",
            value=s.value,
            state=None,
            at=s.at,
            sha256=s.sha256,
            source=s.cited,
            reason=s.reason,
        )

    # -------------------------------------------------------------- figures on record

    @cached_property
    def _plan_sha256(self) -> str:
        return files.sha256((self._campaign / PLAN).read_bytes())

    @cached_property
    def _past(self) -> dict[tuple[str, str | None, int], PastFigure]:
        return {(p.variable, p.unit, p.year): p for p in self.plan.past}

    def record(self, variable: str, unit: str | None, year: int) -> Record | None:
        """The row of ``Năm trước`` with a figure."""
        past = self._past.get((variable, unit, year))
        if past is None:
            return None
        return Record(at=past.at or CellRef(PLAN, "Năm trước"), sha256=self._plan_sha256, value=past.value)

    def _of_province(self, variable: str, year: int) -> Iterator[Contribution]:
        record = self.record(variable, None, year)
        if record is not None:
            yield Contribution(
                unit=None,
                name="Toàn tỉnh",
                value=record.value,
                state=State.GIVEN,
                at=record.at,
                sha256=record.sha256,
                note="số của toàn tỉnh đã ghi ở trang Năm trước",
            )

    def on_record(self, v: Variable, unit: str, year: int) -> Contribution | None:
        """The figure on record of a unit that may be no unit of today; ``None`` where there is none."""
        record = self.record(v.code, unit, year)
        if record is None:
            return None
        return Contribution(
            unit=unit,
            name=self._name(unit),
            value=record.value,
            state=State.GIVEN,
            at=record.at,
            sha256=record.sha256,
        )

    def _on_record(self, variable: str, unit: str, year: int, f: Figure) -> Contribution:
        """A figure on record: the unit's own row, or the rows of the units that it took over."""
        known = succession.figure(self.plan, variable, unit, year)
        own = self.record(variable, unit, year)
        parts = tuple(
            Part(unit=s.unit, name=self._name(s.unit), percent=s.percent, record=self.record(variable, s.unit, year))
            for s in known.sources
        )
        if len(parts) == 1 and parts[0].record is not None and parts[0].record.value == f.value:
            own = parts[0].record
        elif parts:
            own = None
        return Contribution(
            unit=unit,
            name=self._name(unit),
            value=f.value,
            state=f.state,
            at=own.at if own else None,
            sha256=own.sha256 if own else self._plan_sha256,
            source=f.source,
            parts=parts,
        )

    # -------------------------------------------------------------- other returns

    def former(self, variable: str, unit: str, year: int) -> tuple[Former, ...]:
        """What the other returns of a unit have in this place, newest first."""
        counts = self.current.current.get(unit)
        if counts is None:
            return ()
        others = [j for j in reversed(rivals(self.current, counts)) if j.receipt.order != counts.receipt.order]
        found = []
        for j in others:
            why = f"đã có bản thay thế, {advantage(counts, j)}"
            stands = self._stands(j, variable, year, why)
            if stands is not None:
                found.append(stands)
        return tuple(found)

    def _sent(self, variable: str, unit: str, year: int) -> Former | None:
        """What the unit itself has sent, where the clerk decided otherwise."""
        counts = self.current.current.get(unit)
        if counts is None or counts.verdict.status is Status.REJECTED:
            return None
        return self._stands(counts, variable, year, f"đầu mối đã quyết định khác trong {DECISIONS}")

    def _held(self, variable: str, unit: str, year: int) -> Former | None:
        """What stands in the return of a unit and is not taken."""
        counts = self.current.current.get(unit)
        if counts is None or (variable, unit, year) in self.dataset.figure:
            return None
        why = counts.verdict.untaken.get(variable, "") if year == self.plan.year else ""
        return self._stands(counts, variable, year, why)

    def _stands(self, judged: Judged, variable: str, year: int, why: str) -> Former | None:
        """What stands in a return, as if the clerk had decided nothing."""
        verdict = self._unruled(judged)
        figure = next((f for f in verdict.figures if (f.variable, f.year) == (variable, year)), None)
        held = next((h for h in verdict.held if (h.variable, h.year) == (variable, year)), None)
        if figure is not None:
            value, state, at = figure.value, figure.state, figure.at
        elif held is not None:
            value, state, at = held.sent, None, held.figure.at if held.figure else held.finding.at
            why = "; ".join(filter(None, (held.finding.message if held.finding.message not in why else "", why)))
        else:
            return None
        receipt = judged.receipt
        return Former(
            value=value,
            state=state,
            at=at or CellRef(receipt.file),
            sha256=receipt.sha256,
            sent_at=receipt.sent_at,
            read_at=receipt.read_at,
            why=why,
        )

    def _unruled(self, judged: Judged) -> Verdict:
        order = judged.receipt.order
        if not judged.verdict.decisions:
            return judged.verdict
        if order not in self._bare:
            self._bare[order] = unruled(self._campaign, self.plan, judged.receipt)
        return self._bare[order]

    # -------------------------------------------------------------- decisions

    def rulings(self, variable: str, year: int, units: Iterable[str]) -> tuple[Ruling, ...]:
        """Every row of ``dieu-chinh.xlsx`` about a variable in a year, or about a return of one of ``units``."""
        asked = set(units)
        current = self.current
        paper, stands = current.paper, current.stands
        settled = [
            _ruling(s, s.unit, year, s.said or None, s.value, stands.get((sheets.CONFLICTS, r.number), ""), s.sha256)
            for r in paper.conflicts
            if (s := r.settlement) is not None and (s.variable, s.year) == (variable, year)
        ]
        decided = [
            _ruling(d, d.unit, year, d.sent, d.value, stands.get((sheets.FIGURES, r.number), ""), d.sha256)
            for r in paper.figures
            if (d := r.decision) is not None and (d.variable, d.year) == (variable, year) and d.unit in asked
        ]
        states = {(v.unit, v.file): v.state for v in current.versions}
        chosen = [
            _ruling(s, s.unit, None, s.file, None, states.get((s.unit, s.file), ""), paper.sha256)
            for unit, selections in paper.selections.items()
            for s in selections
            if unit in asked
        ]
        return (*settled, *decided, *chosen)

    def _name(self, unit: str) -> str:
        known = self.plan.any_unit.get(unit)
        return known.name if known else unit


def _ruling(
    row: Decision | Settlement | Selection,
    unit: str,
    year: int | None,
    sent: Value | None,
    value: Value | None,
    state: str,
    sha256: str,
) -> Ruling:
    return Ruling(
        what=row.at.sheet or "",
        unit=unit,
        year=year,
        choice=row.choice,
        sent=sent,
        value=value,
        reason=row.reason,
        document=row.document,
        dated=row.dated,
        state=state,
        at=row.at,
        sha256=sha256,
    )
