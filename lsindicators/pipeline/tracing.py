"""``trace``: a criterion, a variable or a unit's figure -> how it was computed, from which cells of which files.

It starts from the same figures as ``merge``, and writes nothing but the Word annex where one is asked for.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from msgspec import Struct

from lsindicators import compute, expressions, files, provenance, values
from lsindicators.errors import UnusableInputError
from lsindicators.expressions import Reference
from lsindicators.findings import Finding
from lsindicators.memory import Memory
from lsindicators.model import Conflict, Criterion, Method, Plan, Variable
from lsindicators.pipeline.asked import Asked, understood
from lsindicators.pipeline.campaign import Json, Progress, quietly, read_plan
from lsindicators.pipeline.documents import conflict_json
from lsindicators.pipeline.origins import Origins
from lsindicators.pipeline.standing import standing
from lsindicators.provenance import Aggregated, Contribution, Former, Input, Part, Record, Ruling, Step, Trace


class Traced(Struct, frozen=True, kw_only=True):
    """What was asked for, and the annex where one was written."""

    plan: Plan
    trace: Trace
    path: Path | None = None
    told: tuple[Finding, ...] = ()  # what is wrong with the clerk's decisions, or with the store

    @property
    def exit_code(self) -> int:
        """1 where a person must do something before this number stands: there is none, or what it rests on is open."""
        open_ = any(c.outstanding for c in self.trace.conflicts)
        mending = any(c.why == "needs-mending" for i in self.trace.inputs for c in i.lacking)
        return 1 if self.trace.value is None or open_ or mending else 0

    def to_json(self) -> Json:
        t = self.trace
        return {
            "code": t.code,
            "value": values.plain(t.value),
            "formula": t.formula or None,
            "inputs": [_input(i) for i in t.inputs],
            "asked": t.asked,
            "name": t.name,
            "measure": t.measure,
            "year": t.year,
            "unit": t.unit or None,
            "status": t.outcome.value if t.outcome else None,
            "reported_units": t.reported,
            "expected_units": t.expected,
            "printed": None if t.decimals is None or not isinstance(t.value, Decimal) else provenance.words.rounded(t),
            "on_record": _record(t.record),
            "steps": [_step(s) for s in t.steps],
            "missing": list(t.missing),
            "note": t.note or None,
            "conflicts": [conflict_json(c) for c in t.conflicts],
        }


def trace(campaign: Path, typed: str, docx: Path | None = None, progress: Progress = quietly) -> Traced:
    """Where the number comes from that ``typed`` names, and the Word annex at ``docx`` where that is given.

    Raises ``UnusableInputError`` for what is no code, and where ``docx`` cannot be written without losing another file.
    """
    memory = Memory(campaign)
    plan, _ = read_plan(campaign, memory)
    asked = understood(plan, typed)
    if docx is not None and docx.suffix.lower() != ".docx":
        raise UnusableInputError(f"{docx}: phụ lục truy nguyên là tệp Word; đặt tên tệp có đuôi .docx")
    current = standing(campaign, plan, progress, memory=memory)
    found = derive(Origins(campaign, current, current.rows(needed(plan, asked))), asked)
    if docx is not None:
        from lsindicators import annex

        files.write_new(docx, annex.write(plan, found))
    return Traced(plan=plan, trace=found, path=docx, told=current.told)


def needed(plan: Plan, asked: Asked) -> frozenset[str]:
    """The variables that a number is made of: of a criterion all that its formula names, by however many steps."""
    if asked.criterion is not None:
        return frozenset(expressions.codes(asked.criterion.formula, plan.formulas))
    assert asked.variable is not None
    return frozenset((asked.variable.code,))


def derive(origins: Origins, asked: Asked) -> Trace:
    """What the number rests on that is ``asked`` for."""
    if asked.criterion is not None:
        return _criterion(origins, asked.criterion, asked.lag)
    assert asked.variable is not None
    if asked.unit:
        return _figure(origins, asked.code, asked.variable, asked.unit, asked.lag)
    return _variable(origins, asked.variable, asked.lag)


# ------------------------------------------------------------------ the three kinds of numbers


def _criterion(origins: Origins, criterion: Criterion, lag: int) -> Trace:
    plan, dataset = origins.plan, origins.dataset
    result = compute.result(plan, dataset, criterion)
    year = plan.year + lag
    formula = provenance.shifted(expressions.expand(criterion.formula, plan.formulas), lag)
    record = origins.record(criterion.code, None, year) if lag else None
    inputs = tuple(_input_of(origins, r) for r in expressions.references(formula))

    def value(reference: Reference) -> Decimal | None:
        total = dataset.totals.get((reference.code, plan.year + reference.lag))
        return total.value if total is not None and isinstance(total.value, Decimal) else None

    return Trace(
        asked="criterion",
        code=criterion.code + (f"@{lag}" if lag else ""),
        name=criterion.name,
        measure=criterion.measure,
        year=year,
        decimals=criterion.decimals,
        value=result.previous if lag else result.value,
        formula=criterion.formula,
        expanded=provenance.written(formula),
        inputs=() if record is not None else inputs,
        steps=() if record is not None else provenance.worked(formula, value),
        record=record,
        outcome=None if lag else result.outcome,
        reported=0 if lag else result.reported,
        expected=0 if lag else result.expected,
        note="; ".join(filter(None, (result.seam, result.parted) if lag else (result.note,))),
        mark=plan.mark(criterion),
    )


def _variable(origins: Origins, v: Variable, lag: int) -> Trace:
    whole = _input_of(origins, Reference(v.code, lag))
    return Trace(
        asked="variable",
        code=whole.code,
        name=v.name,
        measure="%" if v.aggregation.method is Method.SHARE_YES else v.measure,
        year=whole.year,
        decimals=None,
        value=whole.value,
        formula="",
        expanded="",
        inputs=(whole,),
        reported=whole.reported,
        expected=whole.expected,
    )


def _figure(origins: Origins, code: str, v: Variable, unit: str, lag: int) -> Trace:
    """The figure of one unit, whether it is part of the province's or not."""
    year = origins.plan.year + lag
    f = origins.dataset.figure.get((v.code, unit, year))
    known: Contribution | None = None
    if f is not None and f.value is not None:
        known = origins.figure(f)
    elif lag:
        known = origins.on_record(v, unit, year)
    of_unit = known or origins.absent(v, unit, year)
    value = of_unit.value
    told = f"số của {of_unit.name}: {provenance.words.figure(value)}" if known else f"{of_unit.name} chưa có số"
    one = Input(
        code=str(Reference(v.code, lag)),
        variable=v,
        year=year,
        value=value,
        total=None,
        expected=1,
        reported=int(of_unit.counts),
        aggregated=Aggregated(told, None),
        contributions=(known,) if known else (),
        lacking=() if known else (of_unit,),
        rulings=origins.rulings(v.code, year, (unit,)),
        conflicts=tuple(c for c in _doubts(origins, v, year) if any(g.unit == unit for g in c.figures)),
    )
    return Trace(
        asked="figure",
        code=code,
        name=v.name,
        measure=v.measure,
        year=year,
        decimals=None,
        value=value,
        formula="",
        expanded="",
        inputs=(one,),
        reported=one.reported,
        expected=1,
        unit=unit,
    )


def _input_of(origins: Origins, reference: Reference) -> Input:
    """A variable of the province in the year that ``reference`` names, seen from the plan's year."""
    plan, dataset = origins.plan, origins.dataset
    v, year = plan.variable[reference.code], plan.year + reference.lag
    total = dataset.totals.get((v.code, year))
    expected = (total or dataset.totals[v.code, plan.year]).expected
    weight = v.aggregation.weight
    weights = {u: f for (code, u, y), f in dataset.figure.items() if (code, y) == (weight, year)} if weight else {}
    how = (
        provenance.aggregated(plan, v, total, weights)
        if total is not None
        else Aggregated(f"chưa có số năm {year}", None)
    )
    assigned = plan.assignment.get(v.code)
    return Input(
        code=str(reference),
        variable=v,
        year=year,
        value=total.value if total is not None else None,
        total=total,
        expected=len(expected),
        reported=len(total.reported) if total is not None else 0,
        aggregated=how,
        contributions=origins.entered(v, total, year),
        lacking=origins.lacking(v, expected, total, year),
        beside=origins.beside(v, expected, total, year),
        rulings=origins.rulings(v.code, year, assigned.units if assigned else ()),
        conflicts=_doubts(origins, v, year),
    )


def _doubts(origins: Origins, v: Variable, year: int) -> tuple[Conflict, ...]:
    """What does not go together with a variable in a year, its own figures or another's."""
    return tuple(
        c
        for c in origins.current.differences
        if c.year == year and (c.variable == v.code or any(f.variable == v.code for f in c.figures))
    )


# ------------------------------------------------------------------ as other programs read it


def _input(i: Input) -> Json:
    return {
        "code": i.code,
        "value": values.plain(i.value),
        "aggregation": str(i.variable.aggregation),
        "contributions": [_contribution(c) for c in i.contributions],
        "decisions": [_ruling(r) for r in i.rulings],
        "name": i.variable.name,
        "measure": i.variable.measure,
        "year": i.year,
        "expected_units": i.expected,
        "reported_units": i.reported,
        "aggregated": i.aggregated.text,
        "agrees": i.aggregated.agrees,
        "without_value": [{**_contribution(c), **_why(c)} for c in i.lacking],
        "not_counted": [_contribution(c) for c in i.beside],
    }


def _contribution(c: Contribution) -> Json:
    weight = c.weight
    return {
        "unit": c.unit,
        "value": values.plain(c.value),
        "state": c.state.value if c.state else None,
        "file": c.at.workbook if c.at else None,
        "sheet": c.at.sheet if c.at else None,
        "cell": c.at.address if c.at else None,
        "sha256": c.sha256 or None,
        "read_at": c.read_at.isoformat() if c.read_at else None,
        "former": [_former(f) for f in c.former],
        "name": c.name,
        "sent_at": c.sent_at.isoformat() if c.sent_at else None,
        "source": c.source or None,
        "reason": c.reason or None,
        "note": c.note or None,
        **({"sent": _former(c.sent)} if c.sent else {}),
        **({"made_of": [_part(p) for p in c.parts]} if c.parts else {}),
        **(
            {
                "weight": {
                    "code": weight.variable,
                    "value": values.plain(weight.value),
                    "file": weight.at.workbook if weight.at else None,
                    "sheet": weight.at.sheet if weight.at else None,
                    "cell": weight.at.address if weight.at else None,
                    "sha256": weight.sha256 or None,
                }
            }
            if weight
            else {}
        ),
    }


def _why(c: Contribution) -> Json:
    return {"why": c.why or None, "counts_as_reported": c.counts}


def _former(f: Former) -> Json:
    return {
        "value": values.plain(f.value),
        "state": f.state.value if f.state else None,
        "file": f.at.workbook,
        "sheet": f.at.sheet,
        "cell": f.at.address,
        "sha256": f.sha256,
        "sent_at": f.sent_at.isoformat(),
        "read_at": f.read_at.isoformat(),
        "why": f.why or None,
    }


def _part(p: Part) -> Json:
    return {
        "unit": p.unit,
        "name": p.name,
        "percent": values.plain(p.percent),
        **(_record(p.record) or {"value": None, "file": None, "sheet": None, "cell": None, "sha256": None}),
    }


def _record(r: Record | None) -> Json | None:
    if r is None:
        return None
    at = r.at
    return {
        "value": values.plain(r.value),
        "file": at.workbook,
        "sheet": at.sheet,
        "cell": at.address,
        "sha256": r.sha256,
    }


def _ruling(r: Ruling) -> Json:
    return {
        "decision": r.choice.value,
        "unit": r.unit or None,
        "year": r.year,
        "sent": values.plain(r.sent),
        "value": values.plain(r.value),
        "reason": r.reason,
        "document": r.document,
        "dated": r.dated.isoformat() if r.dated else None,
        "state": r.state or None,
        "file": r.at.workbook,
        "sheet": r.at.sheet,
        "cell": r.at.address,
        "sha256": r.sha256 or None,
    }


def _step(s: Step) -> Json:
    result: object = values.plain(s.result) if isinstance(s.result, Decimal) else s.result
    return {"expression": s.expression, "numbers": s.numbers, "result": result, "text": str(s)}
