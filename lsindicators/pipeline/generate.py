"""``generate``: one locked form for each unit that owes figures, the letter that goes with it, and the mailing list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from lsindicators import files, layout, ledger
from lsindicators.errors import UnusableInputError
from lsindicators.findings import Finding, needs_person
from lsindicators.memory import Memory
from lsindicators.model import Plan
from lsindicators.pipeline.campaign import (
    FORMS,
    LETTERS,
    MAILING,
    PLAN,
    Progress,
    at_work,
    content,
    know_formulas,
    oddities,
    quietly,
    read_plan,
    refuse_errors,
)

if TYPE_CHECKING:
    from lsindicators.exports.mailing import Parcel


class Issued(Struct, frozen=True, kw_only=True):
    """The forms and letters of a campaign."""

    forms: tuple[tuple[str, Path, int, bool], ...]  # unit, file, variables in it, whether the file was written
    letters: tuple[tuple[str, Path, bool], ...]  # unit, file, whether it was written
    strangers: tuple[Path, ...]  # forms and letters in the folders that are of no unit of the plan any more
    mailing: Path  # the list of what is sent to whom
    parcels: tuple[Parcel, ...]  # its rows: all units that owe figures
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]  # what can be done as it stands, and is hardly meant so

    @property
    def exit_code(self) -> int:
        return 1 if needs_person(self.findings) else 0

    @property
    def unaddressed(self) -> int:
        """How many units of the list have no e-mail address."""
        return sum(1 for p in self.parcels if not p.unit.email)


def issue(campaign: Path, units: Sequence[str] = (), progress: Progress = quietly) -> Issued:
    """Write one locked form and its letter for each unit that owes figures, or for ``units`` alone; list them all.

    Raises ``UnusableInputError`` while an error of the assignment is open; questions are told and wait for an answer.
    """
    with at_work(campaign) as memory:
        return _issued(campaign, units, progress, memory)


def _issued(campaign: Path, units: Sequence[str], progress: Progress, memory: Memory) -> Issued:
    from lsindicators import exports, forms, letters

    plan, findings = read_plan(campaign, memory)
    refuse_errors(findings, "chưa lập biểu mẫu")
    know_formulas(plan, memory)
    key = ledger.key(campaign)
    units = tuple(code.lower() for code in units)  # the stamp prints codes in capitals
    for code in units:
        if code not in plan.owed:
            known = "có trong danh sách nhưng không phải gửi số liệu nào" if code in plan.unit else "không có"
            raise UnusableInputError(f"{PLAN}: đơn vị “{code}” {known}; xem trang Đơn vị và trang Phân công")
    transmittal, press = letters.transmittal(plan), forms.press(plan)
    letters.judged()  # what slips and reminders go with: better told now than when the returns are in
    issued, written = [], []
    digests: dict[str, str] = {}
    for unit in progress(tuple(dict.fromkeys(units or plan.owed)), "Lập biểu mẫu"):
        form = layout.form(plan, unit)
        stamp = layout.stamp(key, form)
        made = press.form(form, stamp)
        digests[unit] = files.sha256(made)
        path = _form_of(campaign, unit)
        issued.append((unit, path, len(form.variables), files.write(path, made)))
        letter = _letter_of(campaign, unit)
        written.append((unit, letter, files.write(letter, transmittal(form, stamp))))
    parcels = _parcels(campaign, plan, digests)
    mailing = campaign / MAILING
    files.write(mailing, exports.mailing.write(plan, parcels))
    return Issued(
        forms=tuple(issued),
        letters=tuple(written),
        strangers=_strangers(campaign, plan),
        mailing=mailing,
        parcels=parcels,
        findings=findings,
        notes=tuple(oddities(plan)),
    )


def _form_of(campaign: Path, unit: str) -> Path:
    return campaign / FORMS / f"{unit}.xlsx"


def _letter_of(campaign: Path, unit: str) -> Path:
    return campaign / LETTERS / f"{unit}.docx"


def _parcels(campaign: Path, plan: Plan, digests: Mapping[str, str]) -> tuple[Parcel, ...]:
    """What every unit of the plan is sent; of a form not made just now, the bytes that lie in the folder count."""
    from lsindicators.exports.mailing import Parcel

    parcels = []
    for code, owed in plan.owed.items():
        form, letter = _form_of(campaign, code), _letter_of(campaign, code)
        sha256 = digests.get(code) or (files.sha256(content(form)) if form.is_file() else "")
        parcels.append(
            Parcel(
                unit=plan.unit[code],
                form=form.relative_to(campaign).as_posix() if sha256 else "",
                letter=letter.relative_to(campaign).as_posix() if letter.is_file() else "",
                count=len(owed),
                sha256=sha256,
            )
        )
    return tuple(parcels)


def _strangers(campaign: Path, plan: Plan) -> tuple[Path, ...]:
    """Forms and letters of units that owe nothing any more."""
    found = (*sorted((campaign / FORMS).glob("[!~.]*.xlsx")), *sorted((campaign / LETTERS).glob("[!~.]*.docx")))
    return tuple(path for path in found if path.stem not in plan.owed)
