"""``init`` with a campaign that is already there: its assignment as a Word appendix, or beside that of another year."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from lsindicators import files
from lsindicators.errors import UnusableInputError
from lsindicators.findings import Finding
from lsindicators.model import Plan
from lsindicators.pipeline.campaign import PLAN, Json, read_plan

if TYPE_CHECKING:
    from lsindicators.assignment import Change


class Printed(Struct, frozen=True, kw_only=True):
    """The appendix of a campaign as a Word document."""

    path: Path
    plan: Plan
    findings: tuple[Finding, ...]  # doubts about unit names, which were printed as written

    @property
    def exit_code(self) -> int:
        return 1 if any(f.severity.stops for f in self.findings) else 0

    def to_json(self) -> Json:
        return {
            "year": self.plan.year,
            "file": str(self.path),
            "criteria": len(self.plan.criteria),
            "findings": [
                {"code": f.code.word, "severity": f.severity.value, "sheet": f.at.sheet, "cell": f.at.address,
                 "value": f.value, "message": f.message}
                for f in self.findings
            ],
        }  # fmt: skip


def print_appendix(campaign: Path, target: Path) -> Printed:
    """Write the assignment of ``campaign`` as a Word appendix to ``target``; a file that is there is not replaced."""
    from lsindicators import appendix

    plan, findings = read_plan(campaign)
    if target.suffix.lower() != ".docx":
        raise UnusableInputError(f"{target}: phụ lục được in ra tệp Word; đặt tên tệp có đuôi .docx")
    content = appendix.print_out(plan)
    files.write_new(target, content)
    return Printed(path=target, plan=plan, findings=findings)


class Compared(Struct, frozen=True, kw_only=True):
    """The plans of two campaigns, and what is otherwise in the later."""

    former: Plan
    plan: Plan
    changes: tuple[Change, ...]

    @property
    def exit_code(self) -> int:
        return 0

    def to_json(self) -> Json:
        return {
            "year": self.plan.year,
            "former_year": self.former.year,
            "changes": [
                {"section": c.section.value, "action": c.action, "codes": list(c.codes), "before": c.before,
                 "after": c.after, "message": c.message}
                for c in self.changes
            ],
        }  # fmt: skip


def compare(campaign: Path, former: Path) -> Compared:
    """What the assignment of ``campaign`` has otherwise than that of the campaign ``former``."""
    from lsindicators import assignment

    if (campaign / PLAN).resolve() == (former / PLAN).resolve():
        raise UnusableInputError(f"{campaign}: hai kỳ cần so sánh là cùng một thư mục; ghi hai thư mục kỳ khác nhau")
    plan, _ = read_plan(campaign)
    before, _ = read_plan(former)
    return Compared(former=before, plan=plan, changes=assignment.compare(before, plan))


def told(changes: Sequence[Change], most: int | None = None) -> list[str]:
    """The changes as lines under a heading for each section; of many the first ``most``, and how many more there are."""
    from lsindicators import assignment

    if not changes:
        return ["  không có gì khác."]
    lines = [f"  ({assignment.summary(changes)})"]
    section = None
    for change in changes[:most]:
        if change.section is not section:
            section = change.section
            lines.append(f"  {section.value}")
        lines.append(f"    {change}")
    if most is not None and len(changes) > most:
        lines.append(f"    … và {len(changes) - most} thay đổi khác.")
    return lines
