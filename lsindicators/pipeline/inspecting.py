"""``report --format``: a finished Word paper as Nghị định 30/2020/NĐ-CP sees it. No campaign is needed, nothing is written."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from lsindicators.findings import Finding, Severity
from lsindicators.pipeline.campaign import Json, content
from lsindicators.pipeline.documents import finding_json, tally_json


class Inspected(Struct, frozen=True, kw_only=True):
    """A Word paper, and what in it is not as the decree wants it."""

    path: Path
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> int:
        return sum(1 for f in self.findings if f.severity is Severity.ERROR)

    @property
    def exit_code(self) -> int:
        return 1 if self.errors else 0

    def to_json(self) -> Json:
        return {
            "file": str(self.path),
            "findings": [finding_json(f) for f in self.findings],
            "summary": tally_json(self.findings),
        }


def inspect(path: Path) -> Inspected:
    """Hold the Word paper at ``path`` against the decree. Raises ``UnusableInputError`` where it cannot be read."""
    from lsindicators import decree

    return Inspected(path=path, findings=decree.check(content(path), path.name))
