"""``remind``: who has not answered, or not fully, by the ledger; a letter and an e-mail for each, and one letter to all.

Letters lie in a folder of their day and round, ``don-doc/2026-03-27-lan-1/``. What a person has changed is never written
over; what is as we made it follows the ledger, and goes when the unit has answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from lsindicators import files, layout
from lsindicators.errors import OutputLockedError, UnusableInputError
from lsindicators.findings import Finding, needs_person
from lsindicators.memory import Memory
from lsindicators.model import HANOI, Conflict, Plan, Return, Sending, Status, Variable
from lsindicators.pipeline.campaign import (
    FORMS,
    REMINDERS,
    SLIPS,
    Json,
    Progress,
    at_work,
    quietly,
    read_plan,
)
from lsindicators.pipeline.standing import Standing, standing
from lsindicators.pipeline.status import unread

if TYPE_CHECKING:
    from lsindicators.letters import Occasion, Reminded

ALL = "cong-van-don-doc.docx"
"""The one letter to all units, beside those to each."""

FEW = 3
"""Units on a side of a disagreement up to which each is written to; who coordinates more of them is asked alone."""


class Nudge(Struct, frozen=True, kw_only=True):
    """A unit that is reminded, and what was made for it; paths below the campaign's folder."""

    reminded: Reminded
    letter: str
    mail: str
    attached: str  # the slip or the form; empty: none is needed, or none is there
    lacks: str = ""  # the slip or the form that should be attached and is not there
    addressed: bool = True  # its Thư điện tử can be used

    def to_json(self) -> Json:
        one = self.reminded
        return {
            "unit": one.unit.code,
            "name": one.unit.name,
            "why": one.why.value,
            "missing": [v.code for v in one.missing],
            "open": one.open,
            "conflicts": [c.variable for c in one.disputes],
            "letter": self.letter,
            "mail": self.mail,
            "attached": self.attached or None,
        }


class Reminding(Struct, frozen=True, kw_only=True):
    """The reminders of a day."""

    plan: Plan
    at: Occasion
    folder: str  # below the campaign's folder
    nudges: tuple[Nudge, ...]
    promised: tuple[tuple[str, tuple[Variable, ...]], ...]  # units in peace that have said Chưa có số liệu, and of what
    unasked: tuple[Conflict, ...]  # open between so many units that no letter speaks of it
    kept: tuple[str, ...]  # files that somebody has changed: they stayed as they were
    stale: tuple[str, ...]  # files that somebody has changed, of units that have answered since
    removed: int  # files of ours of units that have answered since
    held: tuple[str, ...]  # a sentence on each file that another program has open
    told: tuple[Finding, ...]  # of the plan, the decisions, the store
    unread: tuple[Finding, ...]  # returns that nobody has read
    earlier: str = ""  # the latest former folder of the same round

    @property
    def at_peace(self) -> int:
        """Units that owe figures and are not reminded."""
        return len(self.plan.owed) - len(self.nudges)

    @property
    def later(self) -> int:
        """Reminded units whose return came after the day of the letter: it would tell of what had not happened yet."""
        came = (n.reminded.sent_at for n in self.nudges)
        return sum(1 for moment in came if moment and moment.astimezone(HANOI).date() > self.at.day)

    @property
    def exit_code(self) -> int:
        waits = self.kept or self.stale or self.held or self.unread or any(n.lacks for n in self.nudges)
        misspelt = any(n.reminded.unit.email and not n.addressed for n in self.nudges)
        return 1 if waits or misspelt or needs_person(self.told) else 0

    def to_json(self) -> Json:
        return {
            "date": self.at.day.isoformat(),
            "round": self.at.round,
            "sender": self.at.sender.value,
            "until": self.at.until.isoformat(),
            "folder": self.folder if self.nudges else None,
            "letter": f"{self.folder}/{ALL}" if self.nudges else None,
            "units": [n.to_json() for n in self.nudges],
            "at_peace": self.at_peace,
            "promised": [{"unit": u, "missing": [v.code for v in missing]} for u, missing in self.promised],
            "kept": list(self.kept),
            "stale": list(self.stale),
            "held": list(self.held),
        }


def remind(campaign: Path, day: date, progress: Progress = quietly) -> Reminding:
    """Write the reminders of ``day``: nothing where nobody needs one.

    Raises ``UnusableInputError`` where no forms have gone out, or a template cannot be used.
    """
    with at_work(campaign) as memory:
        return _reminded(campaign, day, progress, memory)


def _reminded(campaign: Path, day: date, progress: Progress, memory: Memory) -> Reminding:
    from lsindicators import letters

    plan, doubts = read_plan(campaign, memory)
    if plan.owed and not any((campaign / FORMS).glob("*.xlsx")):
        raise UnusableInputError(
            f"{campaign / FORMS}: chưa có biểu mẫu nào; lập và gửi biểu trước: lsindicators generate"
        )
    mending: dict[int, Return] = {}
    current = standing(campaign, plan, progress, mending, memory)
    listed, promised, unasked = owing(current, mending)
    at = letters.occasion(plan.settings, day)
    folder = f"{REMINDERS}/{day.isoformat()}-lan-{at.round}"
    desk = _Desk(campaign, folder, plan.year)
    nudges = []
    if listed:
        write = letters.reminder(plan, at)
        desk.put(ALL, letters.reminder_of_all(plan, at, listed), desk.is_our_letter)
        for one in progress(listed, "Lập công văn đôn đốc"):
            unit = one.unit.code
            letter = write(layout.form(plan, unit), one)
            wanted = _attachment(current, one)
            content = _content(campaign / wanted) if wanted else None
            attached = {} if content is None else {f"{unit}.xlsx": content}
            desk.put(f"{unit}.docx", letter, desk.is_our_letter)
            desk.put(f"{unit}.eml", letters.draft(plan, at, one, letter, attached), letters.is_untouched)
            nudges.append(
                Nudge(
                    reminded=one,
                    letter=f"{folder}/{unit}.docx",
                    mail=f"{folder}/{unit}.eml",
                    attached=wanted if attached else "",
                    lacks="" if attached else wanted,
                    addressed=bool(letters.addresses(one.unit.email)),
                )
            )
    desk.clear({n.reminded.unit.code for n in nudges}, plan, letters.is_untouched)
    return Reminding(
        plan=plan,
        at=at,
        folder=folder,
        nudges=tuple(nudges),
        promised=promised,
        unasked=unasked,
        kept=tuple(desk.kept),
        stale=tuple(desk.stale),
        removed=desk.removed,
        held=tuple(desk.held),
        told=(*doubts, *current.told),
        unread=tuple(unread(campaign, [j.receipt for j in current.judged])),
        earlier=_earlier(campaign, folder),
    )


# ------------------------------------------------------------------ who owes what

Promised = tuple[tuple[str, tuple[Variable, ...]], ...]


def owing(
    current: Standing, mending: Mapping[int, Return]
) -> tuple[tuple[Reminded, ...], Promised, tuple[Conflict, ...]]:
    """The units that are reminded, in the plan's order; those in peace that promise a figure; what no letter speaks of."""
    plan = current.plan
    gaps: dict[str, dict[str, list[Variable]]] = {}
    for gap in current.dataset().gaps:
        if gap.unit:
            gaps.setdefault(gap.unit, {}).setdefault(gap.why, []).append(plan.variable[gap.variable])
    disputes, unasked = _disputes(current)
    listed, promised = [], []
    for sending in current.sendings():
        by_why = gaps.get(sending.unit, {})
        one = _owing(current, sending, by_why, disputes.get(sending.unit, ()), mending)
        if one is not None:
            listed.append(one)
        elif later := by_why.get("not-yet"):
            promised.append((sending.unit, tuple(later)))
    return tuple(listed), tuple(promised), unasked


def _owing(
    current: Standing,
    sending: Sending,
    gaps: Mapping[str, list[Variable]],
    disputes: tuple[Conflict, ...],
    mending: Mapping[int, Return],
) -> Reminded | None:
    """What a unit still owes; ``None`` where it is left in peace."""
    from lsindicators.letters import Reminded, Why

    plan, unit = current.plan, sending.unit
    judged = current.current.get(unit)
    blank = [v for v in gaps.get("not-reported", ()) if v.required]
    lacking = {v.code for v in (*gaps.get("no-return", ()), *gaps.get("needs-mending", ()), *blank)}
    remarks: tuple[Finding, ...] = ()
    if judged is None:
        why = Why.NO_RETURN if lacking else None
    elif sending.status is Status.REJECTED:
        why = Why.UNUSABLE if lacking else None
        remarks = _remarks(current, unit, mending) if lacking else ()
    else:
        why = Why.INCOMPLETE if sending.open or lacking else None
        remarks = _remarks(current, unit, mending) if sending.open else ()
    if why is None and not disputes:
        return None
    spoken_of = {f.variable for f in remarks}
    later = gaps.get("not-yet", [])
    unanswered = {v.code for listed in gaps.values() for v in listed} - {
        v.code for v in (*later, *gaps.get("no-weight", ()))
    }
    return Reminded(
        unit=plan.unit[unit],
        why=why or Why.DISPUTED,
        owed=sending.owed,
        answered=sending.owed - len(unanswered),
        missing=tuple(v for v in plan.owed[unit] if v.code in lacking),
        promised=tuple(later),
        remarks=remarks,
        blanks=tuple(v for v in blank if v.code not in spoken_of) if why is Why.INCOMPLETE else (),
        disputes=disputes,
        sent_at=judged.receipt.sent_at if judged else None,
        file=judged.receipt.file if judged else "",
    )


def _remarks(current: Standing, unit: str, mending: Mapping[int, Return]) -> tuple[Finding, ...]:
    """What a unit must mend, at the cells of its slip."""
    from lsindicators import slips

    judged = current.current[unit]
    found: Iterable[Finding] = judged.verdict.findings
    if (ret := mending.get(judged.receipt.order)) is not None:
        found = slips.compose(layout.form(current.plan, unit), ret, judged.verdict).remarks
    return tuple(f for f in found if f.severity.stops)


def _disputes(current: Standing) -> tuple[dict[str, tuple[Conflict, ...]], tuple[Conflict, ...]]:
    """Unit -> what it and others have said against each other; and what is open between too many to write to."""
    by_unit: dict[str, tuple[Conflict, ...]] = {}
    unasked = []
    for conflict in current.disputed:
        sides = [{f.unit for f in side.figures if not f.corrected} for side in conflict.sides]
        asked = [unit for units in sides if len(units) <= FEW for unit in units]
        for unit in dict.fromkeys(asked):
            by_unit[unit] = (*by_unit.get(unit, ()), conflict)
        if not asked:
            unasked.append(conflict)
    return by_unit, tuple(unasked)


def _attachment(current: Standing, one: Reminded) -> str:
    """What goes with the e-mail: the slip of who must mend, the form of who has sent nothing, else nothing."""
    from lsindicators.letters import Why

    unit = one.unit.code
    judged = current.current.get(unit)
    if one.why is Why.DISPUTED:
        return ""
    if judged is not None and (one.remarks or judged.verdict.status is Status.PARTIAL):
        return f"{SLIPS}/{unit}.xlsx"
    return f"{FORMS}/{unit}.xlsx"


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


# ------------------------------------------------------------------ the folder of a day


class _Desk:
    """The folder of the reminders of a day: what is ours there is written anew, what a person has changed is not."""

    def __init__(self, campaign: Path, folder: str, year: int) -> None:
        self.campaign, self.folder, self.year = campaign, folder, year
        self.kept: list[str] = []
        self.stale: list[str] = []
        self.held: list[str] = []
        self.removed = 0

    def is_our_letter(self, content: bytes) -> bool:
        """Whether no program has saved a letter since we wrote it."""
        return files.is_steady(content, self.year)

    def put(self, name: str, content: bytes, ours: Callable[[bytes], bool]) -> None:
        """Write a file, unless somebody has changed the one that is there."""
        path = self.campaign / self.folder / name
        there = _content(path)
        if there is not None and there != content and not ours(there):
            self.kept.append(f"{self.folder}/{name}")
            return
        try:
            files.write(path, content)
        except OutputLockedError as error:
            self.held.append(str(error))

    def clear(self, reminded: set[str], plan: Plan, is_our_mail: Callable[[bytes], bool]) -> None:
        """Take away what was made for units that have answered since; tell of what somebody has changed."""
        for path in sorted((self.campaign / self.folder).glob("*")):
            of_all = path.name == ALL
            if not of_all and (path.suffix not in (".docx", ".eml") or path.stem not in plan.any_unit):
                continue
            if path.stem in reminded or (of_all and reminded):
                continue
            content, ours = _content(path), is_our_mail if path.suffix == ".eml" else self.is_our_letter
            if content is None or not ours(content):
                self.stale.append(f"{self.folder}/{path.name}")
                continue
            try:
                path.unlink()
                self.removed += 1
            except PermissionError:
                self.held.append(f"{path}: không còn cần nhưng đang mở trong Word; đóng lại rồi chạy lại để xóa")


def _earlier(campaign: Path, folder: str) -> str:
    """The latest folder of a former day and the same round: perhaps its letters have gone out, and nobody has said so."""
    round_ = folder[-len("-lan-1") :]
    return max((name for name in _folders(campaign) if name.endswith(round_) and name < folder), default="")


def _folders(campaign: Path) -> Iterator[str]:
    for path in (campaign / REMINDERS).glob("*-lan-*"):
        if path.is_dir() and any(path.glob("*.docx")):
            yield f"{REMINDERS}/{path.name}"
