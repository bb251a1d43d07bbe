"""Plan and a unit's form in, out the letter that goes with it: a công văn in the form of Nghị định 30/2020/NĐ-CP.

One letter goes with a form, another with a return slip: it says what must be mended, on one page.

What it says is drawn in ``templates/docx/``. A template is compiled once; of each letter only its text is made anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lsindicators import layout, papers, told, values
from lsindicators.errors import UnusableInputError
from lsindicators.findings import Finding
from lsindicators.layout import Form, Stamp
from lsindicators.model import HANOI, Plan, Unit

TRANSMITTAL, RETURNED = "cong-van-gui-bieu.docx", "cong-van-tra-lai.docx"

TAGS: dict[str, Any] = {
    **papers.FIELDS,
    **dict.fromkeys(("symbol", "sign_year", "year", "deadline", "addressee", "count", "file", "token"), ""),
}
"""Every tag that the template of a transmittal may use."""

RETURNED_TAGS: dict[str, Any] = {
    **papers.FIELDS,
    **dict.fromkeys(
        (
            *("symbol", "sign_year", "year", "addressee", "sent", "file", "control", "taken", "total", "count"),
            *("refused", "more", "slip", "answer", "round", "by"),
        ),
        "",
    ),
    "items": [""],
}
"""Every tag that the template of the letter with a return slip may use."""

BLANK = "…" * 12
"""Stands where the assignment leaves open who signs."""


def transmittal(
    plan: Plan, template: bytes | None = None, *, name: str = TRANSMITTAL
) -> Callable[[Form, Stamp], bytes]:
    """What writes the letter that goes with a form, as a .docx; same input, same bytes.

    ``name`` is the template's, for messages. Raises ``UnusableInputError`` with file and place when it cannot be used.
    """
    content = _usable(papers.shipped(name) if template is None else template, name, TAGS)
    drawn = papers.ready(content, name, plan, f"Công văn gửi biểu mẫu cung cấp số liệu năm {plan.year}")
    common = _common(plan)

    def write(form: Form, stamp: Stamp) -> bytes:
        return drawn.filled(papers.plain({**common, **_facts(plan, form, stamp)}))

    return write


def _common(plan: Plan) -> dict[str, Any]:
    """What stands in every letter of the campaign."""
    settings = plan.settings
    told = papers.lines(settings)
    return {
        **told,
        "symbol": papers.initials(settings.compiler),
        "sign_year": str(settings.unit_deadline.year),
        "year": str(plan.year),
        "deadline": values.long_date(settings.unit_deadline),
        "contact": settings.contact.rstrip(" .;"),
        "signer": settings.signer or BLANK,
        "signature": told["signature"] or [BLANK],
        "recipients": papers.recipients(_copied(plan)),
    }


def _copied(plan: Plan) -> list[str]:
    """``Nơi nhận`` without the groups of units: each of these gets a letter of its own."""
    groups = {values.clean(phrase).casefold() for g in plan.groups for phrase in (g.phrase, *g.aliases)}
    return [r for r in plan.settings.recipients if values.clean(r).strip(" -.;").casefold() not in groups]


def _facts(plan: Plan, form: Form, stamp: Stamp) -> dict[str, Any]:
    """What stands in the letter that goes with ``form`` alone."""
    return {
        "addressee": addressee(form.unit, plan.settings.compiler),
        "count": f"{len(form.variables):02d}",
        "file": f"{form.unit.code}.xlsx",
        "token": str(stamp),
    }


# ------------------------------------------------------------------ the letter that goes with a return slip


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A return that must be mended, as the letter speaks of it."""

    file: str
    sent_at: datetime
    control: str  # empty where nothing could be read
    taken: int  # variables of the form that were answered
    refused: bool  # nothing was taken
    remarks: Sequence[Finding]  # as in the slip: at cells of the fresh form


def returned(
    plan: Plan, template: bytes | None = None, *, name: str = RETURNED
) -> Callable[[Form, Stamp, Sent], bytes]:
    """What writes the letter that goes with a return slip, as a .docx of one page; same input, same bytes.

    The template is judged where it cannot be filled, and by ``judged``. Raises ``UnusableInputError`` with its fault.
    """
    content = papers.shipped(name) if template is None else template
    title = f"Công văn trả lại biểu mẫu cung cấp số liệu năm {plan.year}"
    try:
        drawn, common = papers.ready(content, name, plan, title), _common(plan)
    except UnusableInputError:
        _usable(content, name, RETURNED_TAGS)
        raise

    def write(form: Form, stamp: Stamp, sent: Sent) -> bytes:
        said = papers.plain({**common, **_asked(plan, form, stamp, sent, common)})
        try:
            return drawn.filled(said)
        except UnusableInputError:
            _usable(content, name, RETURNED_TAGS)
            raise

    return write


def judged(name: str = RETURNED) -> None:
    """Raise ``UnusableInputError`` when the shipped template ``name`` of the letter with a slip has a fault."""
    _usable(papers.shipped(name), name, RETURNED_TAGS)


def _asked(plan: Plan, form: Form, stamp: Stamp, sent: Sent, common: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in the letter with the slip of ``form`` alone."""
    settings = plan.settings
    day = sent.sent_at.astimezone(HANOI).date()
    until = values.long_date(settings.unit_deadline)
    late = day >= settings.unit_deadline
    names = {code: row.text for code, row in form.by_code.items()}
    said = told.group(sent.remarks, names, (row.row + 1 for row in form.variables))
    facts = {
        "addressee": addressee(form.unit, settings.compiler),
        "sent": values.format_date(day),
        "file": told.short(told.file_name(sent.file), 80),
        "control": sent.control,
        "taken": str(sent.taken),
        "total": str(len(form.variables)),
        "count": str(told.places(t for t in said if t.severity.stops)),
        "refused": "1" if sent.refused else "",
        "slip": layout.SLIP,
        "answer": f"{form.unit.code}.xlsx",
        "round": str(stamp.round),
        "by": f"trong thời gian sớm nhất, vì đã quá hạn gửi (trước {until})" if late else f"trước {until}",
    }
    items, left = _fitting(said, _room(facts, common))
    return {**facts, "items": items, "more": str(left) if left else ""}


LINE = 76
"""Characters of the letter's text that a line surely holds."""

ROOM = 29.0
"""Lines that a page holds between its head and its foot, an office with a short name and one recipient."""

GAP = 0.45
"""The space between two paragraphs, in lines."""


def _room(facts: Mapping[str, str], common: Mapping[str, Any]) -> float:
    """Lines that are left for what must be mended."""
    used = [lines(common["contact"], LINE - 30) + GAP] if common["contact"] else []
    used += [lines(facts["file"], 2 * LINE), lines(facts["by"], LINE - 20), lines(common["compiler"], 24) * 2.0]
    used += [lines(facts["addressee"], LINE - 20), lines(common["organ"], 26), lines(common["parent"], 26)]
    used += [0.85 * max(0, len(common["recipients"]) - 5), float(len(common["signature"]))]
    used += [2.0] if common["made_up"] else []
    return ROOM - sum(used)


def _fitting(items: Sequence[told.Told], room: float) -> tuple[list[str], int]:
    """The sentences that fit into so many lines, and how many places that must be mended are in the others."""
    texts = [values.sentence(t.text) if t.severity.stops else f"Nên xem lại: {t.text}." for t in items]
    needed = [lines(text, LINE) + GAP for text in texts]
    if sum(needed) <= room:
        return texts, 0
    shown, left, room = [], 0, room - 1 - GAP
    for item, text, height in zip(items, texts, needed, strict=True):
        if height <= room:
            shown.append(text)
            room -= height
        elif item.severity.stops:
            left += item.places
    return shown, left


def lines(text: str, characters: int) -> int:
    """How many lines ``text`` takes at so many characters a line."""
    return max(1, -(-len(text) // characters))


# ------------------------------------------------------------------ to whom


_COMMUNES = {"xa": "xã", "phuong": "phường"}


def addressee(unit: Unit, compiler: str) -> str:
    """Whom a letter to ``unit`` is addressed to: of a commune its people's committee, of the sender its own offices."""
    name = values.clean(unit.name)
    if name.casefold() == values.clean(compiler).casefold():
        return f"Các phòng, đơn vị thuộc {name}"
    level = _COMMUNES.get(unit.type)
    if level is None:
        return name
    for committee in ("UBND ", "Ủy ban nhân dân ", "Uỷ ban nhân dân "):
        if name.casefold().startswith(committee.casefold()):
            name = name[len(committee) :]
    if name.casefold().startswith(f"{level} "):
        name = name[len(level) + 1 :]
    return f"Ủy ban nhân dân {level} {name}"


def _usable(template: bytes, name: str, known: Mapping[str, Any]) -> bytes:
    """``template``, judged. Raises ``UnusableInputError`` with its first fault and the place of it."""
    faults = papers.lint(template, known, name)
    if faults:
        more = f" (và {len(faults) - 1} lỗi khác)" if len(faults) > 1 else ""
        raise UnusableInputError(f"{faults[0]}{more}")
    return template
