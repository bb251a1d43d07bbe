"""Plan and a unit's form in, out the letter that goes with it: a công văn in the form of Nghị định 30/2020/NĐ-CP.

What it says is drawn in ``templates/docx/``. A template is compiled once; of each letter only its text is made anew.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lsindicators import files, papers, values
from lsindicators.errors import UnusableInputError
from lsindicators.layout import Form, Stamp
from lsindicators.model import Plan, Unit

if TYPE_CHECKING:
    from jinja2 import Template

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
    drawn = _compile(papers.shipped(name) if template is None else template, name, plan)
    common = _common(plan)

    def write(form: Form, stamp: Stamp) -> bytes:
        return drawn.filled({**common, **_facts(plan, form, stamp)})

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


# ------------------------------------------------------------------ a template, compiled once

_FILLED = re.compile(r"word/(document|header\d*|footer\d*|footnotes)\.xml")
"""Parts of a Word file that may hold tags."""


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A template that is ready to be filled."""

    name: str
    year: int
    base: bytes  # the package without the parts that have tags, so that all else is packed once
    parts: tuple[tuple[str, Template], ...]

    def filled(self, told: dict[str, Any]) -> bytes:
        """The letter that says ``told``."""
        from jinja2 import TemplateError

        plain = papers.plain(told)
        stream = io.BytesIO(self.base)
        with zipfile.ZipFile(stream, "a") as package:
            for place, part in self.parts:
                try:
                    text = part.render(plain)
                except (TemplateError, ValueError, TypeError) as error:
                    raise _unfillable(self.name, error) from error
                package.writestr(files.entry(place, self.year), text)
        return stream.getvalue()


def _compile(template: bytes, name: str, plan: Plan) -> _Drawn:
    faults = papers.lint(template, TAGS, name)
    if faults:
        more = f" (và {len(faults) - 1} lỗi khác)" if len(faults) > 1 else ""
        raise UnusableInputError(f"{faults[0]}{more}")
    import docx
    from docxtpl import DocxTemplate
    from jinja2 import TemplateError

    document = docx.Document(io.BytesIO(template))
    papers.sign(document, plan, f"Công văn gửi biểu mẫu cung cấp số liệu năm {plan.year}")
    signed, base = io.BytesIO(), io.BytesIO()
    document.save(signed)
    patched = DocxTemplate(signed).patch_xml  # the markup of a part -> what Jinja takes
    environment = papers.environment()
    parts = []
    with zipfile.ZipFile(signed) as source, zipfile.ZipFile(base, "w") as target:
        for item in source.infolist():
            content = source.read(item)
            if _FILLED.fullmatch(item.filename) and b"{" in content:
                try:
                    parts.append((item.filename, environment.from_string(patched(content.decode()))))
                except TemplateError as error:
                    raise _unfillable(name, error) from error
            else:
                target.writestr(files.entry(item.filename, plan.year), content)
    return _Drawn(name, plan.year, base.getvalue(), tuple(parts))


def _unfillable(name: str, error: Exception) -> UnusableInputError:
    return UnusableInputError(f"{name}: không điền được vào tệp mẫu ({error})")
