"""How the letters and lines of each element must look: fonts, sizes, bold and italic, case, place on the line, spacing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from lsindicators.decree.elements import Elements, Part
from lsindicators.decree.gathered import Remark
from lsindicators.decree.paper import Line, Paper
from lsindicators.decree.styles import Look
from lsindicators.findings import Code, Severity

FONT = "Times New Roman"


class Wanted(Struct, frozen=True, kw_only=True):
    """What the decree asks of an element; ``None``: nothing."""

    low: float
    high: float
    size: float  # that of the decree's sample
    bold: bool | None = None
    italic: bool | None = None
    upper: bool | None = None
    align: str | None = None


_U: dict[str, Any] = {"bold": False, "italic": False}
_B: dict[str, Any] = {"bold": True, "italic": False}

WANTED: dict[Part, Wanted] = {
    Part.COUNTRY: Wanted(low=12, high=13, size=12, **_B, upper=True, align="center"),
    Part.MOTTO: Wanted(low=13, high=14, size=13, **_B, upper=False, align="center"),
    Part.PARENT: Wanted(low=12, high=13, size=12, **_U, upper=True, align="center"),
    Part.ORGAN: Wanted(low=12, high=13, size=12, **_B, upper=True, align="center"),
    Part.NUMBER: Wanted(low=13, high=13, size=13, **_U, align="center"),
    Part.DATE: Wanted(low=13, high=14, size=13, bold=False, italic=True, upper=False, align="center"),
    Part.SUBJECT: Wanted(low=12, high=13, size=12, **_U, upper=False, align="center"),
    Part.TYPE: Wanted(low=13, high=14, size=14, **_B, upper=True, align="center"),
    Part.ABSTRACT: Wanted(low=13, high=14, size=14, **_B, upper=False, align="center"),
    Part.ADDRESSED: Wanted(low=13, high=14, size=14, **_U, upper=False),
    Part.ADDRESSEE: Wanted(low=13, high=14, size=14, **_U),
    Part.BASIS: Wanted(low=13, high=14, size=14, bold=False, italic=True),
    Part.CHAPTER: Wanted(low=13, high=14, size=14, **_B, align="center"),
    Part.SECTION: Wanted(low=13, high=14, size=14, **_B, upper=True),
    Part.CLAUSE: Wanted(low=13, high=14, size=14, bold=True),
    Part.BODY: Wanted(low=13, high=14, size=14, **_U, align="both"),
    Part.RECIPIENTS: Wanted(low=12, high=12, size=12, bold=True, italic=True),
    Part.RECIPIENT: Wanted(low=11, high=11, size=11, **_U),
    Part.AUTHORITY: Wanted(low=13, high=14, size=14, **_B, upper=True, align="center"),
    Part.SIGNER: Wanted(low=13, high=14, size=14, **_B, upper=False, align="center"),
    Part.ANNEX: Wanted(low=14, high=14, size=14, **_B, align="center"),
    Part.ANNEX_TITLE: Wanted(low=13, high=14, size=14, **_B, upper=True, align="center"),
    Part.ANNEX_REFERENCE: Wanted(low=13, high=14, size=14, bold=False, italic=True, align="center"),
}
"""Sections 2 and 4 of the decree's first appendix."""

PARTLY = {Part.BODY, Part.ADDRESSED, Part.ADDRESSEE, Part.RECIPIENT, Part.ANNEX_REFERENCE, Part.BASIS, Part.CLAUSE}
"""Elements in which single words may be set off."""

ONE_LINE = 75
"""Characters that surely stand on one line: justified or not, it looks the same."""

TABLE_LOW, TABLE_HIGH = 11, 13
"""Sizes that are usual in tables; the decree names none."""


def font(paper: Paper, elements: Elements) -> Iterator[Remark]:
    """Whether every letter is of Times New Roman, and black."""
    heads = [x for s in paper.sections for lines in (*s.heads.values(), *s.feet.values()) for x in lines]
    plain: dict[Look, bool] = {}  # a paper has few looks and thousands of lines
    for number, line in enumerate([*elements.lines, *dict.fromkeys(heads), *paper.notes]):
        part = elements.part.get(number, Part.OTHER) if number < len(elements.lines) else Part.OTHER
        for text, look in line.looks:
            if look not in plain:
                plain[look] = not look.colour and not _odd(look)
            if plain[look] or not said(text):
                continue
            if odd := _odd(look):
                facts = {"what": part.value, "seen": odd[0], "how": f"chọn đoạn, Home › Font › {FONT}"}
                yield Remark(Code.FORMAT_FONT, line.place, facts, text=line.text)
            if look.colour and "KHẨN" not in line.text and "HỎA TỐC" not in line.text:
                facts = {"what": part.value, "seen": f"màu #{look.colour}", "wanted": "màu đen"}
                how = {"how": "chọn đoạn, Home › Font Color › Automatic (Đen)"}
                yield Remark(Code.FORMAT_STYLE, line.place, {**facts, **how}, text=line.text)


def _odd(look: Look) -> list[str]:
    return [name for name in look.fonts if name.casefold() != FONT.casefold()]


def said(text: str) -> bool:
    """Whether a text has a letter or a digit, so that its look is seen."""
    return any(c.isalnum() for c in text)


def size(paper: Paper, elements: Elements) -> Iterator[Remark]:
    """Whether each element has the size that the decree gives it."""
    for number, part in sorted(elements.part.items()):
        line, wanted = elements.lines[number], WANTED.get(part)
        if wanted is not None and (odd := _outside(line, wanted.low, wanted.high)):
            asked = f"cỡ {points(wanted.low)}" + (f" đến {points(wanted.high)}" if wanted.high > wanted.low else "")
            facts = {"what": part.value, "seen": ", ".join(map(points, odd)), "wanted": asked}
            how = {"how": f"chọn đoạn, Home › Font › cỡ {points(wanted.size)}"}
            yield Remark(Code.FORMAT_SIZE, line.place, {**facts, **how}, text=line.text)
        elif part is Part.CELL and (odd := _outside(line, TABLE_LOW, TABLE_HIGH)):
            facts = {"what": part.value, "seen": ", ".join(map(points, odd))}
            asked = f"cỡ {TABLE_LOW} đến {TABLE_HIGH} như thường dùng (Nghị định không quy định)"
            how = {"wanted": asked, "how": f"chọn bảng, Home › Font › cỡ {TABLE_LOW}"}
            yield Remark(Code.FORMAT_SIZE, line.place, {**facts, **how}, Severity.INFO, line.text)


def _outside(line: Line, low: float, high: float) -> list[float]:
    """The sizes of letters that are less than ``low`` or more than ``high``."""
    return sorted({look.size for text, look in line.looks if not low <= look.size <= high and said(text)})


def points(size: float) -> str:
    """A size as Word shows it in Vietnamese: ``13,5``."""
    return f"{size:g}".replace(".", ",")


_TRAITS = (
    ("bold", "chữ đậm", "chữ không đậm", "Home › B (Ctrl+B)"),
    ("italic", "chữ nghiêng", "chữ đứng", "Home › I (Ctrl+I)"),
)
_PLACES = {"center": "canh giữa", "both": "canh đều hai lề", "left": "canh trái", "right": "canh phải"}
_KEYS = {"center": "Ctrl+E", "both": "Ctrl+J"}


def style(paper: Paper, elements: Elements) -> Iterator[Remark]:
    """Whether each element is bold, slanted, in capitals and placed as the decree asks."""
    for number, part in sorted(elements.part.items()):
        line, wanted = elements.lines[number], WANTED.get(part)
        if wanted is None:
            continue
        for trait, yes, no, key in _TRAITS:
            asked, is_ = getattr(wanted, trait), line.is_(trait)
            if asked is not None and is_ is not asked and not (is_ is None and part in PARTLY):
                yield _told(line, part, "không phải " + yes if asked else "là " + yes, yes if asked else no, key)
        if wanted.upper is True and not line.upper:
            yield _told(line, part, "chưa in hoa", "chữ in hoa", "gõ lại, hoặc Home › Aa › UPPERCASE")
        if wanted.upper is False and line.text == line.text.upper() and any(c.isalpha() for c in line.text):
            yield _told(line, part, "là chữ in hoa", "chữ in thường", "gõ lại bằng chữ in thường")
        align = line.shape.align
        short = wanted.align == "both" and align == "left" and len(line.text) <= ONE_LINE
        if wanted.align and align != wanted.align and not short:
            how = f"chọn đoạn, {_KEYS[wanted.align]}"
            yield _told(line, part, _PLACES.get(align, align), _PLACES[wanted.align], how)


def _told(line: Line, part: Part, found: str, wanted: str, how: str) -> Remark:
    how = how if how.startswith(("chọn", "gõ")) else f"chọn đoạn, {how}"
    return Remark(
        Code.FORMAT_STYLE,
        line.place,
        {"what": part.value, "seen": found, "wanted": wanted, "how": how},
        text=line.text,
    )


INDENTS = (10.0, 12.7)
"""Of the first line, in millimetres."""


def spacing(paper: Paper, elements: Elements) -> Iterator[Remark]:
    """Whether the lines of the text are indented and spaced as the decree asks."""
    how = "chọn đoạn, Home › Paragraph › "
    before: Line | None = None
    for number in elements.main:
        part, line = elements.part.get(number), elements.lines[number]
        if part is not Part.BODY:
            before = line if part in (Part.SECTION, Part.CLAUSE) else None
            continue
        if not INDENTS[0] - 0.3 <= line.shape.first_line <= INDENTS[1] + 0.3:
            found = f"lùi đầu dòng {points(round(line.shape.first_line / 10, 2))} cm"
            yield _told(line, part, found, "1 cm hoặc 1,27 cm", f"{how}Special › First line › 1,27 cm")
        if line.shape.line and not 0.99 <= line.shape.line <= 1.51:
            found = f"giãn dòng {points(round(line.shape.line, 2))} dòng"
            yield _told(line, part, found, "từ đơn (1,0) đến 1,5 dòng", f"{how}Line spacing › Single")
        if before is not None:
            close = before.style == line.style and (before.shape.close or line.shape.close)
            if close or before.shape.after + line.shape.before < 6:
                yield _told(line, part, "cách đoạn trước dưới 6 pt", "ít nhất 6 pt", f"{how}Spacing › Before › 6 pt")
        before = line
