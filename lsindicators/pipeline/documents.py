"""Findings, decisions and disagreements as other programs read them, in the ``--json`` of several commands."""

from __future__ import annotations

from collections.abc import Iterable

from lsindicators.findings import Finding, tally
from lsindicators.model import Conflict, Decision
from lsindicators.pipeline.campaign import Json


def tally_json(findings: Iterable[Finding]) -> dict[str, int]:
    """The findings counted by severity, as other programs read it."""
    return {severity.value: count for severity, count in tally(findings).items()}


def finding_json(finding: Finding) -> Json:
    """A finding as other programs read it."""
    from lsindicators import values

    return {
        "code": finding.code.word,
        "severity": finding.severity.value,
        "sheet": finding.at.sheet,
        "cell": finding.at.address,
        "variable": finding.variable,
        "value": values.plain(finding.value),
        "message": finding.message,
    }


def decision_json(decision: Decision) -> Json:
    """A decision of the clerk as other programs read it."""
    from lsindicators import values

    return {
        "unit": decision.unit,
        "variable": decision.variable,
        "year": decision.year,
        "decision": decision.choice.value,
        "sent": values.plain(decision.sent),
        "value": values.plain(decision.value),
        "reason": decision.reason,
        "document": decision.document,
        "dated": decision.dated.isoformat() if decision.dated else None,
        "file": decision.at.workbook,
        "sheet": decision.at.sheet,
        "cell": decision.at.address,
    }


def conflict_json(conflict: Conflict) -> Json:
    """What does not go together, as other programs read it."""
    return {
        "code": conflict.code,
        "variable": conflict.variable,
        "year": conflict.year,
        "severity": conflict.severity,
        "message": conflict.message,
        "open": conflict.open,
    }
