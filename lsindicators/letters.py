"""Plan and a unit's form in, out the letter that goes with it: a công văn in the form of Nghị định 30/2020/NĐ-CP.

What it says is drawn in ``templates/docx/``. A template is compiled once; of each letter only its text is made anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lsindicators import papers, values
from lsindicators.errors import UnusableInputError
from lsindicators.layout import Form, Stamp
from lsindicators.model import Plan, Unit

TRANSMITTAL = "cong-van-gui-bieu.docx"

TAGS: dict[str, Any] = {
    **papers.FIELDS,
    **dict.fromkeys(("symbol", "sign_year", "year", "deadline", "addressee", "count", "file", "token"), ""),
}
"""Every tag that the template of a transmittal may use."""

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
