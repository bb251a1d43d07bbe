"""What every letter shares: its head and foot, to whom it goes, and how much fits on its page."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lsindicators import papers, values
from lsindicators.errors import UnusableInputError
from lsindicators.model import Plan, Unit

BLANK = "…" * 12
"""Stands where the assignment leaves open who signs."""

NO_OFFICE, NO_PLAN = "………", "……/KH-UBND ngày ……/……/……"
"""Stand in a symbol where the office that drafts the letter is not known, and where the plan's number is not."""

FIELDS: dict[str, Any] = {**papers.FIELDS, **dict.fromkeys(("sign_year", "year", "deadline", "plan", "addressee"), "")}
"""The tags that the template of every letter may use."""


def common(plan: Plan, sender: papers.Sender = papers.Sender.COMPILER) -> dict[str, Any]:
    """What stands in every letter that ``sender`` sends in the campaign."""
    settings = plan.settings
    told = papers.lines(settings, sender)
    return {
        **told,
        "symbol": f"{told['symbol']}-{(settings.drafter if not told['of_committee'] else '') or NO_OFFICE}",
        "plan": cited("Kế hoạch số", settings.plan_document or NO_PLAN),
        "sign_year": str(settings.unit_deadline.year),
        "year": str(plan.year),
        "deadline": values.long_date(settings.unit_deadline),
        "contact": settings.contact.rstrip(" .;"),
        "signer": told["signer"] or BLANK,
        "signature": told["signature"] or [BLANK],
        "recipients": papers.recipients(copied(plan, settings.recipients)),
    }


def copied(plan: Plan, names: Iterable[str]) -> list[str]:
    """``Nơi nhận`` without the groups of units: each of these gets a letter of its own."""
    groups = {values.clean(phrase).casefold() for g in plan.groups for phrase in (g.phrase, *g.aliases)}
    return [r for r in names if values.clean(r).strip(" -.;").casefold() not in groups]


def cited(kind: str, text: str) -> str:
    """A document as a text cites it, by what the clerk typed: ``85/KH-UBND ngày 20/3/2026`` -> ``Kế hoạch số 85/…``."""
    text = values.clean(text).rstrip(" .;,")
    if text.casefold().startswith("số "):
        text = text[3:]
    word = kind.removesuffix(" số").casefold()
    if text.casefold().startswith((word, f"các {word}")):
        return text[:1].upper() + text[1:] if text.casefold().startswith(word) else text
    return f"{kind} {text}"


def usable(template: bytes, name: str, known: Mapping[str, Any]) -> bytes:
    """``template``, judged: it prints what a signed paper needs. Raises ``UnusableInputError`` with its first fault and place."""
    faults = papers.lint(template, known, name, papers.NEEDED)
    if faults:
        more = f" (và {len(faults) - 1} lỗi khác)" if len(faults) > 1 else ""
        raise UnusableInputError(f"{faults[0]}{more}")
    return template


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


# ------------------------------------------------------------------ how much fits on a page

LINE = 76
"""Characters of the letter's text that a line surely holds."""

GAP = 0.45
"""The space between two paragraphs, in lines."""


def lines(text: str, characters: int = LINE) -> int:
    """How many lines ``text`` takes at so many characters a line."""
    return max(1, -(-len(text) // characters))


def around(common: Mapping[str, Any], whom: str) -> float:
    """Lines that head and foot take beyond those of an office with a short name and one recipient."""
    used = [lines(common["contact"], LINE - 30) + GAP] if common["contact"] else []
    used += [lines(common["compiler"], 24) * 2.0, lines(whom, LINE - 20)]
    used += [lines(common["organ"], 26), lines(common["parent"], 26)]
    used += [0.85 * max(0, len(common["recipients"]) - 5), float(len(common["signature"]))]
    used += [2.0] if common["made_up"] else []
    return sum(used)


PAGE, WIDTH, INDENT = 48.0, 82, 8
"""Lines of 13 points that an A4 page surely holds, characters of such a line, and those that the first one is indented by."""


def room(letter: bytes, said: Mapping[str, Any]) -> float:
    """Lines that are left on the page of a ``letter`` that says ``said``."""
    body = sum(height(text) for text in paragraphs(letter))
    upper = sum(lines(text, 26) for text in (said["parent"], *said["organ_lines"]) if text) + lines(said["subject"], 28)
    head = 3.3 + 0.92 * upper
    copied = sum(lines(name, 44) for name in said["recipients"])
    return PAGE - body - head - max(5.2 + 1.1 * len(said["signature"]), 1.0 + 0.85 * copied)


def height(text: str) -> float:
    """Lines that a paragraph takes with the space behind it."""
    return lines(" " * INDENT + text, WIDTH) + GAP


_TABLE = re.compile(r"<w:tbl>.*?</w:tbl>", re.DOTALL)
_PARAGRAPH = re.compile(r"<w:p(?: [^>]*)?>.*?</w:p>", re.DOTALL)
_PIECE = re.compile(r"<w:t(?: [^>]*)?>([^<]*)</w:t>")


def paragraphs(letter: bytes) -> list[str]:
    """The paragraphs of a letter of ours, without those of its head and its foot, which stand in tables."""
    with zipfile.ZipFile(io.BytesIO(letter)) as package:
        xml = package.read("word/document.xml").decode()
    texts = ("".join(_PIECE.findall(p)) for p in _PARAGRAPH.findall(_TABLE.sub("", xml)))
    return [text for text in (values.clean(html.unescape(t)) for t in texts) if text]


def fitting(items: Sequence[tuple[str, int, float]], room: float) -> tuple[list[str], int]:
    """The sentences that fit into so many lines, the first in any case, and how many places that must be mended are in the others.

    ``items``: a sentence, how many such places it speaks of, and the lines that it takes.
    """
    if sum(height for *_, height in items) <= room:
        return [text for text, *_ in items], 0
    shown, left, room = [], 0, room - 1 - GAP
    for n, (text, places, height) in enumerate(items):
        if height <= room or n == 0:
            shown.append(text)
            room -= height
        else:
            left += places
    return shown, left
