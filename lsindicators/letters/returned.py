"""Plan and a return that must be mended in, out the letter that goes with its slip: what is to be mended, on one page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from lsindicators import layout, papers, told, values
from lsindicators.errors import UnusableInputError
from lsindicators.findings import Finding
from lsindicators.layout import Form, Stamp
from lsindicators.letters.page import FIELDS, GAP, LINE, addressee, around, common, fitting, lines, usable
from lsindicators.model import HANOI, Plan

RETURNED = "cong-van-tra-lai.docx"

RETURNED_TAGS: dict[str, Any] = {
    **FIELDS,
    **dict.fromkeys(
        (
            *("sent", "file", "control", "taken", "total", "count"),
            *("refused", "more", "slip", "answer", "round", "by"),
        ),
        "",
    ),
    "items": [""],
}
"""Every tag that the template of the letter with a return slip may use."""


class Sent(Struct, frozen=True, kw_only=True):
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

    The template is judged where it cannot be filled, and before the forms go out (``judged``). Raises ``UnusableInputError`` with its fault.
    """
    content = papers.shipped(name) if template is None else template
    title = f"Công văn trả lại biểu mẫu cung cấp số liệu năm {plan.year}"
    try:
        drawn, shared = papers.ready(content, name, plan, title), common(plan)
    except UnusableInputError:
        usable(content, name, RETURNED_TAGS)
        raise

    def write(form: Form, stamp: Stamp, sent: Sent) -> bytes:
        said = papers.plain({**shared, **_asked(plan, form, stamp, sent, shared)})
        try:
            return drawn.filled(said)
        except UnusableInputError:
            usable(content, name, RETURNED_TAGS)
            raise

    return write


def _asked(plan: Plan, form: Form, stamp: Stamp, sent: Sent, shared: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in the letter with the slip of ``form`` alone."""
    settings = plan.settings
    day = sent.sent_at.astimezone(HANOI).date()
    until = values.long_date(settings.unit_deadline)
    late = day >= settings.unit_deadline
    said = grouped(form, sent.remarks)
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
    used = around(shared, facts["addressee"]) + lines(facts["file"], 2 * LINE) + lines(facts["by"], LINE - 20)
    items, left = fitting([_sentence(t) for t in said], ROOM - used)
    return {**facts, "items": items, "more": str(left) if left else ""}


ROOM = 29.0
"""Lines that a page holds between its head and its foot, an office with a short name and one recipient."""


def grouped(form: Form, remarks: Sequence[Finding]) -> tuple[told.Told, ...]:
    """What a person would say of ``remarks`` at cells of ``form``."""
    names = {code: row.text for code, row in form.by_code.items()}
    return told.group(remarks, names, (row.row + 1 for row in form.variables))


def _sentence(item: told.Told) -> tuple[str, int, float]:
    """What the letter says of ``item``, how many places of it must be mended, and the lines that it takes."""
    text = values.sentence(item.text) if item.severity.stops else f"Nên xem lại: {item.text}."
    return text, item.places if item.severity.stops else 0, lines(text) + GAP
