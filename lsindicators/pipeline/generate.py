"""``generate``: one locked form for each unit that owes figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lsindicators import files, layout, ledger
from lsindicators.errors import UnusableInputError
from lsindicators.findings import Finding, Severity, needs_person
from lsindicators.pipeline.campaign import FORMS, PLAN, Progress, oddities, quietly, read_plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """The forms of a campaign."""

    forms: tuple[tuple[str, Path, int, bool], ...]  # unit, file, variables in it, whether the file was written
    strangers: tuple[Path, ...]  # forms in the folder that no unit of the plan owes any more
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]  # what can be done as it stands, and is hardly meant so

    @property
    def exit_code(self) -> int:
        return 1 if needs_person(self.findings) else 0


def issue(campaign: Path, units: Sequence[str] = (), progress: Progress = quietly) -> Issued:
    """Write one locked form for each unit that owes figures, or for ``units`` alone.

    Raises ``UnusableInputError`` while an error of the assignment is open; questions are told and wait for an answer.
    """
    from lsindicators import forms

    plan, findings = read_plan(campaign)
    errors = [f for f in findings if f.severity is Severity.ERROR]
    if errors:
        told = "\n".join(str(f) for f in errors)
        raise UnusableInputError(f"chưa lập biểu mẫu vì còn {len(errors)} lỗi trong {PLAN}:\n{told}")
    key = ledger.key(campaign)
    for code in units:
        if code not in plan.owed:
            known = "có trong danh sách nhưng không phải gửi số liệu nào" if code in plan.unit else "không có"
            raise UnusableInputError(f"{PLAN}: đơn vị “{code}” {known}; xem trang Đơn vị và trang Phân công")
    issued = []
    for unit in progress(tuple(dict.fromkeys(units or plan.owed)), "Lập biểu mẫu"):
        form = layout.form(plan, unit)
        path = campaign / FORMS / f"{unit}.xlsx"
        written = files.write(path, forms.write(plan, form, layout.stamp(key, form)))
        issued.append((unit, path, len(form.variables), written))
    strangers = tuple(p for p in sorted((campaign / FORMS).glob("[!~.]*.xlsx")) if p.stem not in plan.owed)
    return Issued(forms=tuple(issued), strangers=strangers, findings=findings, notes=tuple(oddities(plan)))
