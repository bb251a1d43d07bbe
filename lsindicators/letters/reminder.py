"""Plan, occasion and what a unit still owes in, out the letter that reminds it; and one letter with a list of all units."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from enum import Enum, unique
from typing import Any

from msgspec import Struct

from lsindicators import papers, told, values
from lsindicators.findings import Code, Finding
from lsindicators.layout import Form
from lsindicators.letters.occasion import Occasion
from lsindicators.letters.page import FIELDS, addressee, common, copied, fitting, height, room, usable
from lsindicators.letters.returned import grouped
from lsindicators.model import HANOI, Conflict, Plan, Unit, Variable

REMINDER, REMINDER_OF_ALL = "cong-van-don-doc.docx", "cong-van-don-doc-chung.docx"


@unique
class Why(Enum):
    """Why a unit is reminded: what weighs most."""

    NO_RETURN = "no-return"
    UNUSABLE = "unusable"  # what came could not be used
    INCOMPLETE = "incomplete"  # places to mend, or figures that are required and blank
    DISPUTED = "disputed"  # all is there, and does not go with what another unit has said

    @property
    def label(self) -> str:
        """The words that officials read."""
        return _LABELS[self.value]

    @property
    def wants(self) -> str:
        """What is to be done with the figures."""
        return "cung cấp" if self in (Why.NO_RETURN, Why.UNUSABLE) else "hoàn thiện"


_LABELS = {
    "no-return": "Chưa gửi biểu",
    "unusable": "Gửi tệp chưa dùng được",
    "incomplete": "Gửi chưa đầy đủ",
    "disputed": "Chưa thống nhất số liệu",
}


class Reminded(Struct, frozen=True, kw_only=True):
    """A unit that is reminded, and all that it still owes."""

    unit: Unit
    why: Why
    owed: int  # figures in its form
    answered: int  # of these, by a figure or by a state that says why there is none
    missing: tuple[Variable, ...]  # figures that are lacking and not excused
    promised: tuple[Variable, ...] = ()  # Chưa có số liệu, with a reason
    remarks: tuple[Finding, ...] = ()  # what must be mended, at cells of the slip
    blanks: tuple[Variable, ...] = ()  # required figures left blank of which no remark speaks
    disputes: tuple[Conflict, ...] = ()  # what it and other units have said against each other
    sent_at: datetime | None = None
    file: str = ""

    @property
    def open(self) -> int:
        """How many places need mending, a figure, or an agreement."""
        return told.places(told.group(self.remarks)) + len(self.blanks) + len(self.disputes)

    @property
    def fresh(self) -> bool:
        """Whether it begins anew: nothing of it counts."""
        return self.why in (Why.NO_RETURN, Why.UNUSABLE)


SHARED_TAGS: dict[str, Any] = {
    **FIELDS,
    **dict.fromkeys(("subject", "month", "today", "days", "overdue", "last_day", "cited", "by", "round", "asks"), ""),
}

REMINDER_TAGS: dict[str, Any] = {
    **SHARED_TAGS,
    **dict.fromkeys(
        ("you", "why", "owed", "answered", "open", "names", "others", "sent", "file", "more", "disputed", "answer"), ""
    ),
    "items": [""],
}
"""Every tag that the template of the letter to one unit may use."""

ALL_TAGS: dict[str, Any] = {
    **SHARED_TAGS,
    **dict.fromkeys(("units", "complete", "absent", "unusable", "incomplete", "disputed"), ""),
    "rows": [dict.fromkeys(("number", "unit", "state", "missing", "note"), "")],
}
"""Every tag that the template of the letter to all of them may use."""


def reminder(
    plan: Plan, at: Occasion, template: bytes | None = None, *, name: str = REMINDER
) -> Callable[[Form, Reminded], bytes]:
    """What writes the letter to one unit, as a .docx of one page; same input, same bytes.

    Raises ``UnusableInputError`` with file and place when the template cannot be used.
    """
    content = usable(papers.shipped(name) if template is None else template, name, REMINDER_TAGS)
    drawn = papers.ready(content, name, plan, f"Công văn đôn đốc cung cấp số liệu năm {plan.year}")
    shared = _shared(plan, at)

    def write(form: Form, one: Reminded) -> bytes:
        for characters in ROOMS:  # what is named at length on an empty page is named in short on a full one
            facts = papers.plain({**shared, **_facts(plan, at, one, characters)})
            items = [(text, places, height(f"- {text}")) for text, places in _items(plan, form, one, characters)]
            letter = drawn.filled({**facts, "more": "99" if len(items) > 1 else ""})
            left = room(letter, facts)
            if left >= (items[0][2] if items else 0):
                break
        if not items:
            return letter
        rest = sum(places for _, places, _ in items[ITEMS:])
        free = left + height("") if len(items) > 1 and not rest else left  # the line on others is in the letter
        said, more = fitting(items[:ITEMS], free)
        more += rest
        return drawn.filled({**facts, "items": papers.plain(said), "more": _some(more)})

    return write


def reminder_of_all(
    plan: Plan, at: Occasion, listed: Sequence[Reminded], template: bytes | None = None, *, name: str = REMINDER_OF_ALL
) -> bytes:
    """One letter to all units that are reminded, with their list as its annex. Raises as ``reminder``."""
    content = usable(papers.shipped(name) if template is None else template, name, ALL_TAGS)
    drawn = papers.ready(content, name, plan, f"Công văn đôn đốc cung cấp số liệu năm {plan.year}")
    counts = {why: sum(1 for one in listed if one.why is why) for why in Why}
    wants = tuple(dict.fromkeys(one.why.wants for one in listed))
    facts = {
        "addressee": "Các cơ quan, đơn vị tại danh sách kèm theo",
        "subject": at.subject(plan.year, sorted(wants)),
        "asks": _asks_all(at, [one.unit for one in listed]),
        "units": _two(len(plan.owed)),
        "complete": _some(len(plan.owed) - len(listed)),
        "absent": _some(counts[Why.NO_RETURN]),
        "unusable": _some(counts[Why.UNUSABLE]),
        "incomplete": _some(counts[Why.INCOMPLETE]),
        "disputed": _some(counts[Why.DISPUTED]),
        "rows": [{"number": str(n), **_row(one)} for n, one in enumerate(listed, 1)],
    }
    return drawn.filled(papers.plain({**_shared(plan, at), **facts}))


def _shared(plan: Plan, at: Occasion) -> dict[str, Any]:
    """What stands in all letters of the occasion."""
    return {
        **common(plan, at.sender),
        "sign_year": str(at.day.year),
        "month": values.long_date(at.day).partition(" tháng ")[2].partition(" ")[0],
        "today": values.format_date(at.day),
        "days": _two(-at.left if at.overdue else at.left),
        "overdue": _yes(at.overdue),
        "last_day": _yes(at.left == 0),
        "cited": at.cited,
        "by": at.by,
        "round": str(at.round),
        "recipients": papers.recipients(_recipients(plan, at)),
    }


def _facts(plan: Plan, at: Occasion, one: Reminded, characters: int) -> dict[str, Any]:
    """What stands in the letter to one unit alone."""
    of_committee = at.sender is papers.Sender.COMMITTEE
    whom = addressee(one.unit, "" if of_committee else plan.settings.compiler)
    names, others = _named(one.missing if one.why is Why.NO_RETURN else (), characters)
    return {
        "addressee": whom,
        "you": "cơ quan, đơn vị" if of_committee else "Quý cơ quan, đơn vị",
        "subject": at.subject(plan.year, (one.why.wants,)),
        "asks": _asks(at, one.unit),
        "why": one.why.value,
        "owed": _two(len(one.missing) if one.why is Why.NO_RETURN else one.owed),
        "answered": _two(one.answered),
        "open": _two(one.open),
        "names": names,
        "others": _some(others),
        "sent": _day(one),
        "file": told.short(told.file_name(one.file), 50),
        "disputed": _yes(bool(one.disputes)),
        "answer": f"{one.unit.code}.xlsx",
        "items": [],
        "more": "",
    }


ITEMS, ROOMS = 8, (300, 150, 70)
"""Most sentences on what must be mended; characters of each, and of the names of the figures that a unit owes: the letter
is short, slip and form have all."""

SIDES = 3
"""Most units of which a sentence on a disagreement tells what they have said."""


def _items(plan: Plan, form: Form, one: Reminded, characters: int) -> Iterable[tuple[str, int]]:
    """What must be mended, a sentence each, and of how many places it speaks."""
    for c in one.disputes:
        yield values.sentence(told.short(values.clean(_against(plan, c, characters)), max(characters, ROOMS[1]))), 1
    for t in grouped(form, one.remarks):
        apart = (t,) if t.code is Code.RULE_BROKEN else (grouped(form, (f,))[0] for f in t.findings)
        for place in apart:
            what = place.findings[0].halves[0]
            said = told.short(values.clean(f"{place.where}: {what}" if place.where else what), characters)
            yield values.sentence(said), place.places
    if one.blanks:
        names, others = _named(one.blanks, characters)
        more = f" và {others} số liệu khác" if others else ""
        yield f"Chưa có số liệu: {names}{more}.", len(one.blanks)


def _against(plan: Plan, conflict: Conflict, characters: int) -> str:
    """Who has said what; of a rule that is broken what it says. The name of the figure gives way to the figures."""
    v = plan.variable.get(conflict.variable)
    if v is None or conflict.rule or any(side.value is None for side in conflict.sides):
        said = f": {conflict.message}"
    else:
        what = ", ".join(filter(None, (f"năm {conflict.year}", v.measure)))
        listed = "; ".join(f"{side.label} báo {values.format_value(side.value)}" for side in conflict.sides[:SIDES])
        more = f"; và {len(conflict.sides) - SIDES} đơn vị khác" if len(conflict.sides) > SIDES else ""
        said = f" ({what}): {listed}{more}"
    name = f" {told.short(values.clean(v.name), max(30, characters - len(said)))}" if v is not None else ""
    return f"{conflict.variable}{name}{said}"


def _row(one: Reminded) -> dict[str, str]:
    """A unit's line in the list."""
    names, others = _named(one.missing, ROOMS[1])
    missing = names + (f" và {others} số liệu khác" if others else "")
    if one.fresh:
        missing = f"{'Toàn bộ ' if len(one.missing) == one.owed else ''}{_two(len(one.missing))} số liệu"
    notes = []
    if one.why is Why.UNUSABLE:
        notes += [f.halves[0] for f in one.remarks[:1]]
    if one.disputes:
        notes.append(f"chưa thống nhất với đơn vị khác: {', '.join(c.variable for c in one.disputes)}")
    if one.promised:
        notes.append(f"đã báo chưa có số liệu: {', '.join(v.code for v in one.promised)}")
    return {
        "unit": values.clean(one.unit.name),
        "state": _state(one),
        "missing": missing or "Không thiếu",
        "note": values.sentence("; ".join(notes)),
    }


def _state(one: Reminded) -> str:
    if one.why is Why.NO_RETURN:
        return one.why.label
    what = {
        Why.UNUSABLE: "tệp chưa dùng được",
        Why.INCOMPLETE: f"còn {_two(one.open)} chỗ cần bổ sung, sửa hoặc làm rõ",
        Why.DISPUTED: f"còn {_two(one.open)} số liệu chưa thống nhất",
    }[one.why]
    return f"Đã gửi ngày {_day(one)}, {what}"


def _named(variables: Sequence[Variable], room: int) -> tuple[str, int]:
    """The names of the first figures, in so many characters, and how many there are besides."""
    named: list[str] = []
    for v in variables:
        name = _name(v)
        if named and len("; ".join((*named, name))) > room:
            break
        named.append(name)
    return "; ".join(named), len(variables) - len(named)


def _name(v: Variable) -> str:
    return f"{v.code} {told.short(values.clean(v.name), 160)}"


def _day(one: Reminded) -> str:
    return values.format_date(one.sent_at.astimezone(HANOI).date()) if one.sent_at else ""


def _two(number: int) -> str:
    """A number in a text of an office: below 10 with a leading zero."""
    return f"{number:02d}"


def _some(number: int) -> str:
    return _two(number) if number else ""


def _yes(said: bool) -> str:
    return "có" if said else ""


# ------------------------------------------------------------------ who may ask what of whom

_SUBORDINATE = frozenset(("so", "cq-ngang-so", "ban", "xa", "phuong", "don-vi-su-nghiep", "truong-cao-dang"))
"""Types of units that are under the province's committee; of all others it asks as of its equals."""


def _asks(at: Occasion, unit: Unit) -> str:
    """``yêu cầu`` from the committee to a body under it, else ``đề nghị``."""
    commands = at.sender is papers.Sender.COMMITTEE and unit.type in _SUBORDINATE
    return "yêu cầu" if commands else "đề nghị"


def _asks_all(at: Occasion, units: Iterable[Unit]) -> str:
    words = {_asks(at, unit) for unit in units}
    if len(words) == 1:
        return f"{words.pop()} các cơ quan, đơn vị có tên trong danh sách"
    return (
        "yêu cầu các sở, ban, ngành, Ủy ban nhân dân các xã, phường và đề nghị các cơ quan, đơn vị khác có tên trong "
        "danh sách"
    )


def _recipients(plan: Plan, at: Occasion) -> list[str]:
    """Who gets a copy: with the second letter the committee too, with the committee's its heads and who drafted it."""
    settings = plan.settings
    if at.sender is papers.Sender.COMMITTEE:
        given = copied(plan, settings.committee.recipients) or ["Chủ tịch, các PCT UBND tỉnh (b/c)", "Lưu: VT"]
        return _put(given, settings.compiler, len(given) - 1)
    given = copied(plan, settings.recipients) or ["Lưu: VT"]
    if settings.drafter and values.clean(given[-1]).strip(" -.;") == "Lưu: VT":
        given[-1] = f"Lưu: VT, {settings.drafter}"
    return _put(given, "UBND tỉnh (b/c)", int(_word(given[0]) == "như trên")) if at.round > 1 else given


def _put(names: list[str], name: str, at: int) -> list[str]:
    """``names`` with ``name`` before the one ``at`` this place; where it is not there already."""
    there = any(_word(n).startswith(_word(name.removesuffix(" (b/c)"))) for n in names)
    return names if there else [*names[:at], name, *names[at:]]


def _word(name: str) -> str:
    return values.clean(name).strip(" -–.;").casefold()
