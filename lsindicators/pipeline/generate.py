"""``generate``: one locked form for each unit that owes figures, the letter that goes with it, and the mailing list."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
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
    ISSUED,
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
    from lsindicators.forms.press import Press
    from lsindicators.layout import Form, Stamp


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
    plan, findings = read_plan(campaign, memory)
    refuse_errors(findings, "chưa lập biểu mẫu")
    know_formulas(plan, memory)
    key = ledger.key(campaign)
    units = tuple(code.lower() for code in units)  # the stamp prints codes in capitals
    for code in units:
        if code not in plan.owed:
            known = "có trong danh sách nhưng không phải gửi số liệu nào" if code in plan.unit else "không có"
            raise UnusableInputError(f"{PLAN}: đơn vị “{code}” {known}; xem trang Đơn vị và trang Phân công")
    desk, made = _Desk(plan, key), _Made(campaign, plan, memory)
    if not made.before:
        desk.ready()  # a fault of a template is better told before anything is written
    issued, written = [], []
    digests: dict[str, str] = {}
    for unit in progress(tuple(dict.fromkeys(units or plan.owed)), "Lập biểu mẫu"):
        path, letter = _form_of(campaign, unit), _letter_of(campaign, unit)
        digests[unit], fresh = made.put(path, partial(desk.form, unit))
        issued.append((unit, path, len(plan.owed[unit]), fresh))
        written.append((unit, letter, made.put(letter, partial(desk.letter, unit))[1]))
    parcels = _parcels(campaign, plan, digests)
    mailing = campaign / MAILING
    made.put(mailing, lambda: _listed(plan, parcels), repr([(p.form, p.letter, p.sha256) for p in parcels]))
    made.settle()
    return Issued(
        forms=tuple(issued),
        letters=tuple(written),
        strangers=_strangers(campaign, plan),
        mailing=mailing,
        parcels=parcels,
        findings=findings,
        notes=tuple(oddities(plan)),
    )


class _Desk:
    """Makes forms and letters; what is needed for the first of them is loaded then."""

    def __init__(self, plan: Plan, key: bytes) -> None:
        self._plan, self._key = plan, key
        self._stamped: tuple[Form, Stamp] | None = None

    def ready(self) -> None:
        """Raise ``UnusableInputError`` where a template has a fault, of what is sent later as well."""
        from lsindicators import letters

        _ = self._letters, self._press
        letters.judged()

    def form(self, unit: str) -> bytes:
        return self._press.form(*self._of(unit))

    def letter(self, unit: str) -> bytes:
        return self._letters(*self._of(unit))

    def _of(self, unit: str) -> tuple[Form, Stamp]:
        """The form of ``unit`` and its stamp, which its letter names as well."""
        if self._stamped is None or self._stamped[0].unit.code != unit:
            form = layout.form(self._plan, unit)
            self._stamped = form, layout.stamp(self._key, form)
        return self._stamped

    @cached_property
    def _letters(self) -> Callable[[Form, Stamp], bytes]:
        from lsindicators import letters

        return letters.transmittal(self._plan)

    @cached_property
    def _press(self) -> Press:
        from lsindicators import forms

        return forms.press(self._plan)


class _Made:
    """The files of a campaign that follow from the bytes of its plan: what they were when they were made last.

    They are remembered by their SHA-256 alone. What lies there with the right one need not be made to be compared.
    """

    def __init__(self, campaign: Path, plan: Plan, memory: Memory) -> None:
        self._campaign, self._memory = campaign, memory
        self._facts = (ISSUED, digest) if (digest := memory.digest(plan)) else ()
        self.before: Mapping[str, tuple[str, str]] = (memory.find(*self._facts) if self._facts else None) or {}
        self._now: dict[str, tuple[str, str]] = {}
        self._unsettled: list[Path] = []

    def put(self, path: Path, make: Callable[[], bytes], of: str = "") -> tuple[str, bool]:
        """Have what ``make`` makes at ``path``: its SHA-256, and whether it was written.

        ``of`` tells from what it is made besides the plan.
        """
        name = path.relative_to(self._campaign).as_posix()
        known, digest = self.before.get(name, ("", ""))
        if digest and known == of and digest == _digest(path):
            return digest, False
        content = make()
        digest = files.sha256(content)
        self._now[name] = of, digest
        written = files.write(path, content, settled=not files.TOGETHER)
        if written and files.TOGETHER:
            self._unsettled.append(path)
        return digest, written

    def settle(self) -> None:
        """Have all that was written outlive a power failure, then remember it."""
        files.settle(self._unsettled)
        if self._now and self._facts:
            self._memory.keep({**self.before, **self._now}, *self._facts)


def _digest(path: Path) -> str:
    """The SHA-256 of the file at ``path``; empty where there is none that can be read."""
    try:
        return files.sha256(path.read_bytes())
    except OSError:
        return ""


def _listed(plan: Plan, parcels: Sequence[Parcel]) -> bytes:
    from lsindicators import exports

    return exports.mailing.write(plan, parcels)


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
