"""What people see after ``report --format``: what to mend in a Word paper, the gravest first, and what is left blank."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from lsindicators.findings import Code, Finding, Severity

if TYPE_CHECKING:
    from lsindicators.pipeline import Inspected


def show_inspected(inspected: Inspected) -> None:
    """Print what in a paper is not as Nghị định 30/2020/NĐ-CP wants it."""
    for line in faults(inspected.findings):
        click.echo(line)
    for f in inspected.findings:
        if f.code is Code.FORMAT_BLANK:
            click.echo(f"Cần người ghi: {f.at.sheet}: {f.message}")
    if inspected.errors:
        click.echo(f"{inspected.path}: {inspected.errors} chỗ chưa đúng thể thức theo Nghị định 30/2020/NĐ-CP.")
    else:
        click.echo(f"{inspected.path}: đúng thể thức theo Nghị định 30/2020/NĐ-CP ở những điều đọc được trong tệp.")


def faults(findings: Sequence[Finding]) -> Iterator[str]:
    """What is not as it has to be, the gravest first; what is left blank is not among it."""
    for severity in Severity:
        for f in findings:
            if f.severity is severity and f.code is not Code.FORMAT_BLANK:
                yield f"{severity.label}: {_place(f)}{f.message}"


def _place(finding: Finding) -> str:
    """Where a finding is, with the words by which that is found in Word."""
    if not finding.at.sheet:
        return ""
    return f"{finding.at.sheet} “{finding.value}”: " if finding.value else f"{finding.at.sheet}: "
