"""The cell styles of ``bieu-mau.xlsx`` in the words of ``xlsxwriter.Workbook.add_format``, as Excel or LibreOffice saved them."""

from __future__ import annotations

import colorsys
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

Style = Mapping[str, Any]
"""Properties of a cell in the words of ``xlsxwriter.Workbook.add_format``."""

_BORDERS = (
    "none", "thin", "medium", "dashed", "dotted", "thick", "double", "hair", "mediumDashed", "dashDot",
    "mediumDashDot", "dashDotDot", "mediumDashDotDot", "slantDashDot",
)  # fmt: skip
_UNDERLINES = {"none": 0, "single": 1, "double": 2, "singleAccounting": 33, "doubleAccounting": 34}
_VERTICAL = {"center": "vcenter", "justify": "vjustify", "distributed": "vdistributed"}
_SIDES = ("left", "right", "top", "bottom")

_NUMBERS = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?",
    13: "# ??/??", 14: "mm-dd-yy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM",
    20: "h:mm", 21: "h:mm:ss", 22: "m/d/yy h:mm", 37: "#,##0_);(#,##0)", 38: "#,##0_);[Red](#,##0)",
    39: "#,##0.00_);(#,##0.00)", 40: "#,##0.00_);[Red](#,##0.00)", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mmss.0",
    48: "##0.0E+0", 49: "@",
}  # fmt: skip
"""The number formats that a file names by their number alone."""

_BASIC = "000000 FFFFFF FF0000 00FF00 0000FF FFFF00 FF00FF 00FFFF"
_PALETTE = f"""{_BASIC} {_BASIC}
800000 008000 000080 808000 800080 008080 C0C0C0 808080 9999FF 993366 FFFFCC CCFFFF 660066 FF8080 0066CC CCCCFF
000080 FF00FF FFFF00 00FFFF 800080 800000 008080 0000FF 00CCFF CCFFFF CCFFCC FFFF99 99CCFF FF99CC CC99FF FFCC99
3366FF 33CCCC 99CC00 FFCC00 FF9900 FF6600 666699 969696 003366 339966 003300 333300 993300 993366 333399 333333""".split()
"""The colours of Excel that go by an index."""

_THEME = ("FFFFFF", "000000", "E7E6E6", "44546A", *["4472C4"] * 8)


class Edge(NamedTuple):
    """One side of a border; without ``line`` there is none."""

    line: int
    colour: str | None


class Drawing(NamedTuple):
    """A style of a cell: ``plain`` where it says nothing at all."""

    style: Style
    edges: Mapping[str, Edge]
    plain: bool

    def whole(self, corner: Drawing | None = None) -> Style:
        """All of the style; of merged cells the right and the lower edge may be said at the last one, ``corner``."""
        edges = dict(self.edges)
        for side in ("right", "bottom") if corner is not None else ():
            if corner is not None and not edges[side].line:
                edges[side] = corner.edges[side]
        drawn: dict[str, Any] = dict(self.style)
        for side, edge in edges.items():
            if edge.line:
                drawn |= {side: edge.line, f"{side}_color": edge.colour}
        return {key: value for key, value in drawn.items() if value not in (None, False, 0, "General", "general")}


class Styles:
    """The styles of a workbook, by the number that a cell names."""

    def __init__(self, root: Element, theme: Element | None) -> None:
        self._theme = _theme(theme)
        own = [e.get("rgb", "")[-6:] for e in children(find(root, "colors", "indexedColors"))]
        self._palette = own or _PALETTE
        codes = {e.get("numFmtId", ""): e.get("formatCode", "General") for e in children(find(root, "numFmts"))}
        self._codes = {str(number): code for number, code in _NUMBERS.items()} | codes
        self._fonts = [self._font(e) for e in children(find(root, "fonts"))]
        self._fills = [self._fill(e) for e in children(find(root, "fills"))]
        self._borders = [self._border(e) for e in children(find(root, "borders"))]
        self._drawings = [self._drawing(e) for e in children(find(root, "cellXfs"))]

    @property
    def normal(self) -> Style:
        """Name and size of the font of a cell of which nothing is said."""
        first = self._fonts[0]
        return {"font_name": first["font_name"], "font_size": first["font_size"]}

    def __getitem__(self, number: str | None) -> Drawing:
        return self._drawings[int(number or 0)]

    def _drawing(self, xf: Element) -> Drawing:
        font, fill, border = (int(xf.get(key) or 0) for key in ("fontId", "fillId", "borderId"))
        number = self._codes.get(xf.get("numFmtId", "0"), "General")
        align, lock = find(xf, "alignment"), find(xf, "protection")
        said: Mapping[str, str] = align.attrib if align is not None else {}
        style = {
            **self._fonts[font],
            "num_format": number,
            "align": said.get("horizontal"),
            "valign": _VERTICAL.get(said.get("vertical", ""), said.get("vertical")),
            "text_wrap": _yes(said.get("wrapText")),
            "indent": int(float(said.get("indent") or 0)),
            "rotation": int(said.get("textRotation") or 0),
            **self._fills[fill],
        }
        numbers = ("indent", "relativeIndent", "textRotation", "readingOrder")
        aligned = any(value != "0" for key, value in said.items() if key in numbers) or bool(said.keys() - {*numbers})
        locked = lock is None or (_yes(lock.get("locked", "1")) and not _yes(lock.get("hidden")))
        more = any(xf.get(key, "0") not in ("0", "false") for key in ("pivotButton", "quotePrefix", "xfId"))
        plain = not (font or fill or border or aligned or more) and number == "General" and locked
        return Drawing(style, self._borders[border], plain)

    def _font(self, font: Element) -> Style:
        said = {local(e): e for e in font}
        size, name, line = said.get("sz"), said.get("name"), said.get("u")
        return {
            "font_name": None if name is None else name.get("val"),
            "font_size": None if size is None else float(size.get("val", "11")),
            "bold": "b" in said and _yes(said["b"].get("val", "1")),
            "italic": "i" in said and _yes(said["i"].get("val", "1")),
            "font_strikeout": "strike" in said and _yes(said["strike"].get("val", "1")),
            "underline": 0 if line is None else _UNDERLINES.get(line.get("val", "single"), 0),
            "font_color": self._colour(said.get("color")),
        }

    def _fill(self, fill: Element) -> Style:
        pattern = find(fill, "patternFill")
        if pattern is None or pattern.get("patternType") != "solid":
            return {}
        return {"bg_color": self._colour(find(pattern, "fgColor")) or "#000000"}

    def _border(self, border: Element) -> Mapping[str, Edge]:
        edges = {}
        for side, other in zip(_SIDES, ("start", "end", "", ""), strict=True):
            edge = next((e for e in (find(border, side), find(border, other)) if e is not None), None)
            line = _BORDERS.index(edge.get("style", "none")) if edge is not None else 0
            edges[side] = Edge(line, self._colour(find(edge, "color")) if line else None)
        return edges

    def _colour(self, color: Element | None) -> str | None:
        """A colour as ``#RRGGBB``; ``None`` for the one that the system takes of itself."""
        if color is None:
            return None
        if (theme := color.get("theme")) is not None:
            return _tinted(self._theme[int(theme)], float(color.get("tint") or 0))
        if (index := color.get("indexed")) is not None:
            return f"#{self._palette[int(index)]}" if int(index) < len(self._palette) else None
        return f"#{color.get('rgb', '000000')[-6:]}"


def _tinted(colour: str, tint: float) -> str:
    """A colour made lighter, or darker by a negative tint."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4))
    hue, light, saturation = colorsys.rgb_to_hls(red, green, blue)
    light = light * (1 + tint) if tint < 0 else light * (1 - tint) + tint
    return "#" + "".join(f"{round(part * 255):02X}" for part in colorsys.hls_to_rgb(hue, light, saturation))


def _theme(root: Element | None) -> tuple[str, ...]:
    """The twelve theme colours in the order in which cells number them: light before dark."""
    scheme = None if root is None else next((e for e in root.iter() if local(e) == "clrScheme"), None)
    if scheme is None or len(scheme) < 12:
        return _THEME
    colours = [next(iter(part)) for part in scheme]
    told = [c.get("lastClr") or c.get("val") or "000000" for c in colours]
    return (told[1], told[0], told[3], told[2], *told[4:])


# ------------------------------------------------------------------ XML without its namespaces


def local(element: Element) -> str:
    """The name of an element, whatever its namespace."""
    return element.tag.rpartition("}")[2]


def find(element: Element | None, *path: str) -> Element | None:
    """The element at ``path`` below ``element``; ``None`` where there is none."""
    for name in path:
        element = next((e for e in children(element) if local(e) == name), None)
    return element


def children(element: Element | None) -> Iterator[Element]:
    """The elements within ``element``; none where that is not there."""
    return iter(element) if element is not None else iter(())


def _yes(text: str | None) -> bool:
    return text in ("1", "true", "on")
