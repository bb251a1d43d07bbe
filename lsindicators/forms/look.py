"""The look of a form: reads ``templates/xlsx/bieu-mau.xlsx`` once -> roles, drawn sheets, words.

Fonts, fills, borders, widths, page set-up and every Vietnamese sentence of a form are drawn there in Excel.
A cell plays a role when a defined name ``role_…`` points at it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from msgspec import Struct

from lsindicators import workbook
from lsindicators.errors import LsindicatorsError, UnusableInputError
from lsindicators.forms.styles import Drawing, Style, Styles, children, find

TEMPLATE = "bieu-mau.xlsx"
STYLES, WORDS = "Kiểu dáng", "Lời nhắc"

ROLES = {
    "title", "campaign", "unit", "deadline", "token", "control", "progress", "link", "note", "banner", "heading", "heading_input",
    "group_0", "group_1", "group_2", "number", "key", "label", "detail", "measure", "figure", "figure_text", "input_whole",
    "input_decimal", "input_percent", "input_choice", "input_list", "input_text", "check", "tone_missing",
    "tone_good", "tone_open", "tone_bad", "remark_error", "remark_question", "remark_note", "signature_date", "signature_code",
    "signature_title", "signature_note", "signature_space", "narrative_title", "narrative_note",
    "narrative_heading", "narrative_heading_input", "question", "answer", "slip_heading", "slip_error", "slip_question", "slip_note", "slip_link", "slip_text",
}  # fmt: skip
"""The roles that a form needs."""


class Drawn(Struct, frozen=True):
    """One cell of the template: its text, its style, where it stands, the height of its row (points, 0: not set)."""

    text: str
    style: Style
    row: int
    column: int
    height: float
    span: int  # columns that it covers when merged, else 1


class Page(Struct, frozen=True):
    """Print set-up and view of a sheet; ``header`` and ``footer`` in Excel's codes, with ``{token}``."""

    landscape: bool
    paper: int
    margins: Mapping[str, float]  # in inches, as xlsxwriter's set_margins takes them
    header: str
    header_margin: float
    footer: str
    footer_margin: float
    zoom: int


class Sheet(Struct, frozen=True):
    """One sheet of the template."""

    widths: tuple[int, ...]  # pixels, from column A
    cells: tuple[Drawn, ...]  # in reading order
    page: Page


class Look(Struct, frozen=True):
    """All of the template."""

    roles: Mapping[str, Drawn]
    sheets: Mapping[str, Sheet]
    words: Mapping[str, tuple[str, str]]  # key -> title, text
    font: Style  # of the style Normal

    def said(self, key: str) -> tuple[str, str]:
        """Title and text of the sentence ``key``, with its placeholders."""
        if key not in self.words:
            raise UnusableInputError(f"{TEMPLATE}: trang “{WORDS}” thiếu khóa {key}")
        return self.words[key]

    def word(self, key: str, **facts: object) -> str:
        """The sentence ``key`` with its placeholders filled."""
        return fill(self.said(key)[1], **facts)


def fill(text: str, **facts: object) -> str:
    """``text`` of the template with its placeholders filled. Raises ``UnusableInputError`` for one that has no meaning."""
    if "{" not in text:
        return text
    try:
        return text.format(**facts)
    except (KeyError, IndexError, ValueError) as error:
        known = ", ".join(f"{{{key}}}" for key in facts)
        raise UnusableInputError(f"{TEMPLATE}: không hiểu chỗ điền trong “{text}”; ở đây dùng được {known}") from error


@cache
def load() -> Look:
    """The look as drawn, read once."""
    return read((files("lsindicators.templates") / "xlsx" / TEMPLATE).read_bytes())


def read(content: bytes) -> Look:
    """The look that a template holds. Raises ``UnusableInputError`` when it cannot be opened or a role is gone."""
    try:
        book, parts = workbook.read(content, TEMPLATE), workbook.drawn(content, TEMPLATE)
        theme = ElementTree.fromstring(parts.theme) if parts.theme else None
        styles = Styles(ElementTree.fromstring(parts.styles), theme)
        sheets = {s.name: _sheet(ElementTree.fromstring(parts.sheets[s.name]), s, styles) for s in book.sheets}
    except (LsindicatorsError, ElementTree.ParseError, ValueError, LookupError) as error:
        raise UnusableInputError(f"{TEMPLATE}: không mở được mẫu trình bày biểu mẫu ({error})") from error
    by_place = {(name, c.row, c.column): c for name, sheet in sheets.items() for c in sheet.cells}
    roles: dict[str, Drawn] = {}
    for name, target in book.names.items():
        if name.startswith("role_") and (found := _TARGET.fullmatch(target)):
            place = found[1].removeprefix("'").removesuffix("'").replace("''", "'"), *_place(found[2], found[3])
            if place in by_place:
                roles[name.removeprefix("role_")] = by_place[place]
    missing = sorted(ROLES - roles.keys())
    if missing:
        raise UnusableInputError(f"{TEMPLATE}: thiếu ô mẫu mang tên role_{missing[0]}")
    said = next((s for s in book.sheets if s.name == WORDS), None)
    if said is None:
        raise UnusableInputError(f"{TEMPLATE}: thiếu trang “{WORDS}”")
    rows = sorted(row for row, column in said.cells if column == 0 and row > 0)
    words = {_text(said, r, 0): (_text(said, r, 1), _text(said, r, 2)) for r in rows if _text(said, r, 0)}
    return Look(roles, sheets, words, styles.normal)


# ------------------------------------------------------------------ the XML of a sheet

_TARGET = re.compile(r"(.+)!\$?([A-Z]{1,3})\$?([0-9]+)", re.DOTALL)
_CODES = re.compile(r'&"(?P<font>[^"]*)"|&K(?P<colour>[0-9A-Fa-f]{6})|&(?P<size>[0-9]+) ?')
_BANDS = re.compile("(?:&L(.+?))?(?:&C(.+?))?(?:&R(.+?))?$", re.DOTALL)


def _place(letters: str, digits: str) -> tuple[int, int]:
    """Row and column from 0."""
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(digits) - 1, column - 1


def _text(sheet: workbook.Sheet, row: int, column: int) -> str:
    """What stands in a cell, to the letter."""
    cell = sheet.cells.get((row, column))
    if cell is None:
        return ""
    if cell.formula is not None:
        return f"={cell.formula}"
    return cell.literal if isinstance(cell.value, str) else str(cell.value)


def _sheet(root: Element, sheet: workbook.Sheet, styles: Styles) -> Sheet:
    drawn: dict[tuple[int, int], Drawing] = {}
    heights: dict[int, float] = {}
    row = -1
    for line in children(find(root, "sheetData")):
        row, column = int(line.get("r") or row + 2) - 1, -1
        heights[row] = float(line.get("ht") or 0)
        for cell in line:
            at = re.fullmatch("([A-Z]+)([0-9]+)", cell.get("r", ""))
            column = _place(at[1], at[2])[1] if at else column + 1
            drawn[row, column] = styles[cell.get("s")]
    merged = {(r0, c0): (r1, c1) for r0, c0, r1, c1 in sheet.merges}
    within = {(r, c) for (r0, c0), (r1, c1) in merged.items() for r in range(r0, r1 + 1) for c in range(c0, c1 + 1)}
    cells = tuple(
        Drawn(
            _text(sheet, row, column),
            drawing.whole(drawn.get(merged.get((row, column), (-1, -1)))),
            row,
            column,
            heights[row],
            merged.get((row, column), (row, column))[1] - column + 1,
        )
        for (row, column), drawing in sorted(drawn.items())
        if not drawing.plain and ((row, column) in merged or (row, column) not in within)
    )
    last = max((column for _, column in (*drawn, *within)), default=0)
    return Sheet(_widths(root, last), cells, _page(root))


def _widths(root: Element, last: int) -> tuple[int, ...]:
    """Pixels of the columns up to ``last``."""
    widths = [9.14] * (last + 1)
    for col in children(find(root, "cols")):
        for column in range(int(col.get("min", "1")) - 1, min(int(col.get("max", "1")), last + 1)):
            widths[column] = float(col.get("width") or 13)
    return tuple(int(width * 7 + 0.5) for width in widths)


def _page(root: Element) -> Page:
    margins, setup, view = find(root, "pageMargins"), find(root, "pageSetup"), find(root, "sheetViews", "sheetView")
    said = margins.attrib if margins is not None else {}
    usual = {"left": 0.75, "right": 0.75, "top": 1.0, "bottom": 1.0}
    return Page(
        landscape=setup is not None and setup.get("orientation") == "landscape",
        paper=int((setup.get("paperSize") if setup is not None else None) or 9),
        margins={side: float(said.get(side, width)) for side, width in usual.items()},
        header=_band(find(root, "headerFooter", "oddHeader")),
        header_margin=float(said.get("header", 0.5)),
        footer=_band(find(root, "headerFooter", "oddFooter")),
        footer_margin=float(said.get("footer", 0.5)),
        zoom=int((view.get("zoomScale") if view is not None else None) or 100),
    )


def _band(band: Element | None) -> str:
    """A header or footer in Excel's codes: of each part its text, with one font and one size before it."""
    codes = ""
    parts = _BANDS.match((band.text or "").strip() if band is not None else "")
    for letter, part in zip("LCR", parts.groups() if parts else (), strict=False):
        if not part:
            continue
        found = {key: value for m in _CODES.finditer(part) for key, value in m.groupdict().items() if value}
        text, name, size = _CODES.sub("", part), found.get("font"), int(found.get("size", 0))
        font = f'&"{name}{"" if "," in name else ",Regular"}"' if name else ""
        codes += f"&{letter}{font}{f'&{size}' if size else ''}{text}" if text else ""
    return codes


# ------------------------------------------------------------------ how high a row must be

_WIDTHS = {
    letter: width
    for width, letters in {
        250: " ,.\n",
        278: "/:;ijlt'",
        333: "!()-Ifr[]`",
        389: "Jsz",
        444: 'aceyz?“”"',
        500: "bdghknopquvxđ0123456789#$*_–",
        556: "FPS",
        565: "+<=>≤≥",
        611: "ELTZ",
        667: "BCR",
        722: "ADGHKNOQUVXYwĐ&",
        780: "m%",
        900: "MW@",
        1000: "…—",
    }.items()
    for letter in letters
}
"""Advance widths of Times New Roman in thousandths of the size; base letters stand for accented ones."""

_LINE = 1.34
"""Height of a line in font sizes, as Excel sets rows in Times New Roman."""


def height(text: str, pixels: int, style: Style) -> float:
    """Points that ``text`` needs when wrapped into ``pixels`` in ``style``; generous, for Excel and LibreOffice differ."""
    room = pixels - 8 - 9 * int(style.get("indent", 0))
    return _height(text, room, float(style.get("font_size", 11)), bool(style.get("bold")))


@lru_cache(maxsize=4096)
def _height(text: str, room: int, size: float, bold: bool) -> float:
    scale = size * 96 / 72 / 1000 * (1.12 if bold else 1.1)
    lines = 0
    for paragraph in text.split("\n"):
        lines += 1
        at = 0.0
        for word in paragraph.split(" "):
            width = sum(map(_width, word)) * scale
            if at and at + width > room:
                lines += 1
                at = 0.0
            if width > room:
                lines += int(width // room)
                width %= room
            at += width + 250 * scale
    return round(lines * size * _LINE + 2, 2)


@cache
def _width(letter: str) -> int:
    return _WIDTHS.get(letter) or _WIDTHS.get(unicodedata.normalize("NFD", letter)[0], 722)
