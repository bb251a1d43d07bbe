"""What our Word papers share: a template is judged before it is filled, runs in a sandbox, and gets plain texts only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from lsindicators import values
from lsindicators.model import Plan, Sender
from lsindicators.papers import compiled, sound, tags
from lsindicators.papers.attached import Attachment
from lsindicators.papers.compiled import Compiled
from lsindicators.papers.head import FIELDS, NEEDED, initials, lines, recipients
from lsindicators.papers.tags import Judgement

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

__all__ = [
    "FIELDS",
    "NEEDED",
    "Attachment",
    "Compiled",
    "Judgement",
    "Sender",
    "environment",
    "initials",
    "judge",
    "lines",
    "lint",
    "plain",
    "ready",
    "recipients",
    "shipped",
    "sign",
]


def shipped(name: str) -> bytes:
    """The Word template ``name`` of the package."""
    return (resources.files("lsindicators.templates") / "docx" / name).read_bytes()


def lint(
    template: bytes, known: Mapping[str, Any], name: str, required: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """What is wrong with the Word file ``name``, a Vietnamese sentence each with its place; empty when nothing is.

    ``known`` holds every tag that it may use: a text, a list (one example inside) or a group of named texts;
    ``required`` what it must print: ``groups.parts.rows.value`` -> what that is in Vietnamese.
    """
    if sound.fingerprint(template, known, required) in sound.SHIPPED:
        return ()
    return judge(template, known, name, required).faults


def judge(
    template: bytes,
    known: Mapping[str, Any],
    name: str,
    required: Mapping[str, str] | None = None,
    controls: Iterable[str] = (),
) -> Judgement:
    """The faults of a template as ``lint`` tells them, and what is worth a look though it does no harm.

    ``controls`` are the content controls that it should hold, by their tags: places for people's own words.
    """
    judged = tags.judge(template, known, required, controls)
    return Judgement(*(tuple(f"{name}: {said}" for said in told) for told in (judged.faults, judged.notes)))


def ready(template: bytes, name: str, plan: Plan, title: str) -> Compiled:
    """The Word template ``name``, compiled once to be filled many times."""
    return compiled.compile(template, name, plan, title, environment())


@cache
def environment() -> SandboxedEnvironment:
    """Where a template is filled: values are escaped, a name without a value is an error, and no code can run."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    return SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)


def plain(told: Any) -> Any:
    """``told`` with every text on one line and free of control characters: the only kinds of value left are plain."""
    match told:
        case dict():
            return {key: plain(value) for key, value in told.items()}
        case list():
            return [plain(value) for value in told]
        case _:
            return values.clean(told)


def sign(document: Any, plan: Plan, title: str) -> None:
    """The properties of a Word document: whose it is and what; the dates are those of the plan, never of the clock."""
    properties = document.core_properties
    properties.author = properties.last_modified_by = plan.settings.compiler[:255]  # the longest that Word takes
    properties.title = title
    properties.created = properties.modified = datetime(plan.year, 1, 1)
    properties.revision = 1
