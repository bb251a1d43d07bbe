"""``merge --json``: the province's table as other programs read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lsindicators import summary, values
from lsindicators.model import Conflict, Dataset, Figure, Gap, Plan, Result, Sending, Settlement


def to_json(
    plan: Plan,
    dataset: Dataset,
    results: Sequence[Result],
    differences: Sequence[Conflict] = (),
    sendings: Sequence[Sending] = (),
) -> dict[str, Any]:
    """The document of ``merge --json``; companion figures stand apart from the criteria."""
    told = summary.of(plan, dataset, results, sendings)
    return {
        "year": plan.year,
        "criteria": [_result(r) for r in results if r.criterion.parent is None],
        "variables": [_variable(plan, dataset, v.code) for v in plan.variables],
        "conflicts": [_conflict(c) for c in dataset.conflicts],
        "missing": [_gap(g) for g in dataset.gaps],
        "companions": [_result(r) for r in results if r.criterion.parent is not None],
        "reconciliation": [_difference(c) for c in differences],
        "summary": told.to_json(),
        "sendings": [_delivery(plan, d) for d in told.deliveries],
    }


def _result(r: Result) -> dict[str, Any]:
    return {
        "code": r.criterion.code,
        "name": r.criterion.name,
        "unit": r.criterion.measure,
        "value": values.plain(r.value),
        "previous": values.plain(r.previous),
        "status": r.outcome.value,
        "coverage": {"reported": r.reported, "expected": r.expected},
        "formula": r.criterion.formula,
        "inputs": {name: values.plain(value) for name, value in r.inputs.items()},
        "decimals": r.criterion.decimals,
        "change": values.plain(r.change),
        "comparable": r.comparable,
        "whole": r.whole,
        "previous_complete": r.previous_complete,
        "notes": [text for text in (r.note, r.seam, r.parted) if text],
        "parent": r.criterion.parent,
    }


def _variable(plan: Plan, dataset: Dataset, code: str) -> dict[str, Any]:
    total, last = dataset.totals[code, plan.year], dataset.totals.get((code, plan.year - 1))
    told = {
        "code": code,
        "value": values.plain(total.value),
        "expected_units": len(total.expected),
        "reported_units": len(total.reported),
        "aggregation": str(plan.variable[code].aggregation),
        "name": plan.variable[code].name,
        "unit": plan.variable[code].measure,
        "contributing_units": len(total.contributions),
        "previous": values.plain(last.value) if last else None,
        "previous_expected_units": len(last.expected) if last else 0,
        "previous_reported_units": len(last.reported) if last else 0,
    }
    return told if total.settled is None else {**told, "decision": _settlement(total.settled)}


def _delivery(plan: Plan, d: summary.Delivery) -> dict[str, Any]:
    s, unit = d.sending, plan.unit.get(d.sending.unit)
    return {
        "unit": s.unit,
        "name": unit.name if unit else s.unit,
        "short": unit.short if unit else "",
        "status": s.status.value if s.status else "missing",
        "owed": s.owed,
        "taken": s.values,
        "answered": d.answered,
        "without_figure": d.without_figure,
        "missing": d.missing,
        "open": s.open,
        "sent_at": s.sent_at.isoformat() if s.sent_at else None,
        "late": s.late,
    }


def _conflict(c: Conflict) -> dict[str, Any]:
    return {
        "code": c.code,
        "variable": c.variable,
        "values": [_figure(f) for f in c.figures],
        "message": c.message,
        "year": c.year,
        "settled": c.settled is not None,
        "decision": None if c.settled is None else _settlement(c.settled),
    }


def _difference(c: Conflict) -> dict[str, Any]:
    return {
        "code": c.code,
        "variable": c.variable,
        "year": c.year,
        "rule": c.rule or None,
        "severity": c.severity,
        "sides": [
            {"label": s.label, "value": values.plain(s.value), "units": list(dict.fromkeys(f.unit for f in s.figures))}
            for s in c.sides
        ],
        "message": c.message,
        "question": c.question,
        "settled": c.settled is not None,
        "decision": None if c.settled is None else _settlement(c.settled),
    }


def _settlement(s: Settlement) -> dict[str, Any]:
    return {
        "decision": s.choice.value,
        "unit": s.unit or None,
        "value": values.plain(s.value),
        "reason": s.reason,
        "document": s.document,
        "dated": s.dated.isoformat() if s.dated else None,
        "cell": s.at.address,
    }


def _figure(f: Figure) -> dict[str, Any]:
    return {
        "unit": f.unit,
        "year": f.year,
        "value": values.plain(f.value),
        "file": f.at.workbook if f.at else None,
        "sheet": f.at.sheet if f.at else None,
        "cell": f.at.address if f.at else None,
    }


def _gap(g: Gap) -> dict[str, Any]:
    return {"variable": g.variable, "unit": g.unit or None, "why": g.why}
