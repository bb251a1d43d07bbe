"""The look of a form: reads ``templates/xlsx/bieu-mau.xlsx`` once -> roles, drawn sheets, words.

Fonts, fills, borders, widths, page set-up and every Vietnamese sentence of a form are drawn there in Excel.
A cell plays a role when a defined name ``role_…`` points at it.
"""

from __future__ import annotations

import colorsys
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from lsindicators.errors import UnusableInputError

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.styles.colors import Color
    from openpyxl.worksheet.header_footer import HeaderFooterItem
    from openpyxl.worksheet.worksheet import Worksheet

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

Style = Mapping[str, Any]
"""Properties of a cell in the words of ``xlsxwriter.Workbook.add_format``."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One cell of the template: its text, its style, where it stands, the height of its row (points, 0: not set)."""

    text: str
    style: Style
    row: int
    column: int
    height: float
    span: int  # columns that it covers when merged, else 1


@dataclass(frozen=True, slots=True)
class Page:
    """Print set-up and view of a sheet; ``header`` and ``footer`` in Excel's codes, with ``{token}``."""

    landscape: bool
    paper: int
    margins: Mapping[str, float]  # in inches, as xlsxwriter's set_margins takes them
    header: str
    header_margin: float
    footer: str
    footer_margin: float
    zoom: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of the template."""

    widths: tuple[int, ...]  # pixels, from column A
    cells: tuple[Drawn, ...]  # in reading order
    page: Page


@dataclass(frozen=True, slots=True)
class Look:
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
    from openpyxl import load_workbook

    try:
        book = load_workbook(BytesIO(content))
    except Exception as error:
        raise UnusableInputError(f"{TEMPLATE}: không mở được mẫu trình bày biểu mẫu ({error})") from error
    theme = _theme(book.loaded_theme)
    sheets = {ws.title: _sheet(ws, theme) for ws in book.worksheets}
    by_place = {(name, c.row, c.column): c for name, sheet in sheets.items() for c in sheet.cells}
    roles: dict[str, Drawn] = {}
    for name, defined in book.defined_names.items():
        if name.startswith("role_"):
            for title, address in defined.destinations:
                cell = book[title][address.replace("$", "")]
                roles[name.removeprefix("role_")] = by_place[title, cell.row - 1, cell.column - 1]
    missing = sorted(ROLES - roles.keys())
    if missing:
        raise UnusableInputError(f"{TEMPLATE}: thiếu ô mẫu mang tên role_{missing[0]}")
    words = {
        str(key): (str(title or ""), str(text or ""))
        for key, title, text in book[WORDS].iter_rows(min_row=2, max_col=3, values_only=True)
        if key
    }
    normal = book["Nháp"]["Z99"].font
    return Look(roles, sheets, words, {"font_name": normal.name, "font_size": normal.sz})


# ------------------------------------------------------------------ openpyxl's words -> xlsxwriter's words

_BORDERS = (
    None, "thin", "medium", "dashed", "dotted", "thick", "double", "hair", "mediumDashed", "dashDot",
    "mediumDashDot", "dashDotDot", "mediumDashDotDot", "slantDashDot",
)  # fmt: skip
_UNDERLINES = {None: 0, "single": 1, "double": 2, "singleAccounting": 33, "doubleAccounting": 34}
_VERTICAL = {"center": "vcenter", "justify": "vjustify", "distributed": "vdistributed"}


def _sheet(ws: Worksheet, theme: tuple[str, ...]) -> Sheet:
    from openpyxl.cell.cell import Cell
    from openpyxl.utils import get_column_letter

    spans = {(m.min_row, m.min_col): m.max_col - m.min_col + 1 for m in ws.merged_cells.ranges}
    cells = tuple(
        Drawn(
            "" if cell.value is None else str(cell.value),
            _style(cell, theme),
            row,
            column,
            ws.row_dimensions[row + 1].height or 0,
            spans.get((row + 1, column + 1), 1),
        )
        for row, line in enumerate(ws.iter_rows())
        for column, cell in enumerate(line)
        if isinstance(cell, Cell) and cell.has_style
    )
    widths = []
    for column in range(1, ws.max_column + 1):
        letter = get_column_letter(column)
        drawn = ws.column_dimensions[letter].width if letter in ws.column_dimensions else 9.14
        widths.append(int(drawn * 7 + 0.5))
    return Sheet(tuple(widths), cells, _page(ws))


def _page(ws: Worksheet) -> Page:
    margins = ws.page_margins
    return Page(
        landscape=ws.page_setup.orientation == "landscape",
        paper=int(ws.page_setup.paperSize or 9),
        margins={side: float(getattr(margins, side)) for side in ("left", "right", "top", "bottom")},
        header=_band(ws.oddHeader),
        header_margin=float(margins.header),
        footer=_band(ws.oddFooter),
        footer_margin=float(margins.footer),
        zoom=int(ws.sheet_view.zoomScale or 100),
    )


def _band(band: HeaderFooterItem | None) -> str:
    if band is None:
        return ""
    codes = ""
    for letter, part in (("L", band.left), ("C", band.center), ("R", band.right)):
        if part is not None and part.text:
            font = f'&"{part.font}{"" if "," in part.font else ",Regular"}"' if part.font else ""
            size = f"&{part.size}" if part.size else ""
            codes += f"&{letter}{font}{size}{part.text}"
    return codes


def _style(cell: Cell, theme: tuple[str, ...]) -> Style:
    font, align = cell.font, cell.alignment
    style: dict[str, Any] = {
        "font_name": font.name,
        "font_size": font.sz,
        "bold": bool(font.b),
        "italic": bool(font.i),
        "font_strikeout": bool(font.strike),
        "underline": _UNDERLINES[font.u],
        "font_color": _colour(font.color, theme),
        "num_format": cell.number_format,
        "align": align.horizontal,
        "valign": _VERTICAL.get(align.vertical or "", align.vertical),
        "text_wrap": bool(align.wrap_text),
        "indent": int(align.indent or 0),
        "rotation": int(align.text_rotation or 0),
    }
    if cell.fill.fill_type == "solid":
        style["bg_color"] = _colour(cell.fill.fgColor, theme)
    for side in ("left", "right", "top", "bottom"):
        edge = getattr(cell.border, side)
        if edge is not None and edge.style:
            style[side] = _BORDERS.index(edge.style)
            style[f"{side}_color"] = _colour(edge.color, theme)
    return {key: value for key, value in style.items() if value not in (None, False, 0, "General", "general")}


def _colour(color: Color | None, theme: tuple[str, ...]) -> str | None:
    from openpyxl.styles.colors import COLOR_INDEX

    if color is None:
        return None
    if color.type == "theme":
        red, green, blue = (int(theme[color.theme][i : i + 2], 16) / 255 for i in (0, 2, 4))
        hue, light, saturation = colorsys.rgb_to_hls(red, green, blue)
        tint = float(color.tint or 0)
        light = light * (1 + tint) if tint < 0 else light * (1 - tint) + tint
        return "#" + "".join(f"{round(part * 255):02X}" for part in colorsys.hls_to_rgb(hue, light, saturation))
    if color.type == "indexed":
        return "#" + COLOR_INDEX[color.indexed][-6:] if color.indexed < len(COLOR_INDEX) else None
    return "#" + str(color.rgb)[-6:]


def _theme(xml: bytes | None) -> tuple[str, ...]:
    """The twelve theme colours in the order in which cells number them: light before dark."""
    if not xml:
        return ("FFFFFF", "000000", "E7E6E6", "44546A", *["4472C4"] * 8)
    space = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
    scheme = ElementTree.fromstring(xml).find(f".//{space}clrScheme")
    colours = [part[0].get("lastClr") or part[0].get("val") or "000000" for part in (() if scheme is None else scheme)]
    return (colours[1], colours[0], colours[3], colours[2], *colours[4:])


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
