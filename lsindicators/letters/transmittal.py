"""Plan and a unit's form in, out the letter that goes with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lsindicators import papers
from lsindicators.layout import Form, Stamp
from lsindicators.letters.page import FIELDS, addressee, common, usable
from lsindicators.model import Plan

TRANSMITTAL = "cong-van-gui-bieu.docx"

TAGS: dict[str, Any] = {
    **FIELDS,
    **dict.fromkeys(("count", "file", "token"), ""),
}
"""Every tag that the template of a transmittal may use."""


def transmittal(
    plan: Plan, template: bytes | None = None, *, name: str = TRANSMITTAL
) -> Callable[[Form, Stamp], bytes]:
    """What writes the letter that goes with a form, as a .docx; same input, same bytes.

    ``name`` is the template's, for messages. Raises ``UnusableInputError`` with file and place when it cannot be used.
    """
    content = usable(papers.shipped(name) if template is None else template, name, TAGS)
    drawn = papers.ready(content, name, plan, f"Công văn gửi biểu mẫu cung cấp số liệu năm {plan.year}")
    shared = common(plan)

    def write(form: Form, stamp: Stamp) -> bytes:
        return drawn.filled(papers.plain({**shared, **_facts(plan, form, stamp)}))

    return write


def _facts(plan: Plan, form: Form, stamp: Stamp) -> dict[str, Any]:
    """What stands in the letter that goes with ``form`` alone."""
    return {
        "addressee": addressee(form.unit, plan.settings.compiler),
        "count": f"{len(form.variables):02d}",
        "file": f"{form.unit.code}.xlsx",
        "token": str(stamp),
    }
