"""The look of a form: read from the template as drawn, as openpyxl and as LibreOffice save it; openpyxl as second opinion."""

import colorsys
from importlib.resources import files
from io import BytesIO
from xml.etree import ElementTree

import openpyxl
import pytest
import sheets
from office import convert, needs_libreoffice
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.colors import COLOR_INDEX, Color

from lsindicators.errors import UnusableInputError
from lsindicators.forms import look

SHIPPED = (files("lsindicators.templates") / "xlsx" / look.TEMPLATE).read_bytes()


def resaved(change=lambda book: None):
    """The template as openpyxl saves it after a change."""
    book = openpyxl.load_workbook(BytesIO(SHIPPED))
    change(book)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


# ------------------------------------------------------------------ as saved by programs


@pytest.mark.parametrize("content", [SHIPPED, resaved()], ids=["as shipped", "saved by openpyxl"])
def test_the_look_is_what_openpyxl_sees(content):
    assert look.read(content) == second_opinion(content) == look.load()


@needs_libreoffice
def test_the_look_that_libreoffice_saves(tmp_path):
    (tmp_path / look.TEMPLATE).write_bytes(SHIPPED)
    found = look.read(content := convert(tmp_path / look.TEMPLATE, "xlsx", tmp_path).read_bytes())
    assert found == second_opinion(content)
    assert found.words == look.load().words
    assert found.roles.keys() == look.load().roles.keys()


# ------------------------------------------------------------------ as restyled by hand


def restyle(book):
    ws = book["Kiểu dáng"]
    fonts = [
        Font(name="Arial", sz=9.5, b=True, i=True, u="double", strike=True, color=Color(theme=4, tint=0.4)),
        Font(name="Arial", color=Color(theme=1, tint=-0.25), u="single"),
        Font(name="Arial", color=Color(indexed=10)),
        Font(name="Arial", color=Color(indexed=64)),
    ]
    edge = Border(
        left=Side("thin"), right=Side("slantDashDot", color=Color(theme=0, tint=-0.5)), top=Side("hair", "00FF00")
    )
    for row, font in enumerate(fonts, 1):
        ws.cell(row, 1).font = font
        ws.cell(row, 1).border = edge
        ws.cell(row, 1).fill = PatternFill("solid", fgColor=Color(theme=row + 1, tint=0.7999))
    ws["A5"].fill = PatternFill("darkGrid", fgColor="FF0000")
    for row, number in enumerate(("0%", "mm-dd-yy", "@", '#,##0 "đồng"'), 1):
        ws.cell(row, 2).number_format = number
    ws["A6"].alignment = Alignment("distributed", "distributed", wrap_text=True, indent=3, text_rotation=90)
    ws.merge_cells("A30:C31")
    ws["A30"].border, ws["C31"].border = (
        Border(left=Side("thin")),
        Border(right=Side("thick", "FF0000"), bottom=Side("thin")),
    )
    ws["D30"] = "một\nhai & <ba>"
    ws["D30"].font = fonts[0]
    ws.row_dimensions[30].height = 33.5
    ws.column_dimensions["C"].width = 12.5
    ws.page_margins.left, ws.page_setup.orientation, ws.page_setup.paperSize = 0.1, "portrait", 8
    ws.oddHeader.center.text, ws.oddHeader.center.font, ws.oddHeader.center.size = "Trang &P", "Arial,Bold", 14
    ws.oddFooter.left.text = "{token}"
    ws.sheet_view.zoomScale = 120


def test_a_template_that_a_clerk_has_restyled(monkeypatch):
    content = resaved(restyle)
    found = look.read(content)
    assert found == second_opinion(content) != look.load()
    title = found.roles["title"].style
    assert (title["font_name"], title["font_size"], title["underline"]) == ("Arial", 9.5, 2)
    assert title["font_color"] != title["bg_color"] != "#000000"


@needs_libreoffice
def test_a_restyled_template_that_libreoffice_saves(tmp_path):
    (tmp_path / look.TEMPLATE).write_bytes(resaved(restyle))
    content = convert(tmp_path / look.TEMPLATE, "xlsx", tmp_path).read_bytes()
    assert look.read(content) == second_opinion(content)


def with_parts(**changes):
    """The template with some of its XML replaced: part -> (old, new)."""
    import zipfile

    with zipfile.ZipFile(BytesIO(SHIPPED)) as package:
        parts = {name: package.read(name).decode() for name in package.namelist()}
    for name, (old, new) in changes.items():
        path = next(p for p in parts if name in p)
        assert old in parts[path]
        parts[path] = parts[path].replace(old, new)
    return sheets.zipped(parts)


def test_columns_that_are_drawn_together():
    one = '<col width="18" customWidth="1" min="1" max="1"/><col width="34" customWidth="1" min="2" max="2"/>'
    found = look.read(with_parts(sheet6=(one, '<col width="18" min="1" max="2"/>')))
    assert found.sheets[look.WORDS].widths[:2] == (126, 126)


def test_what_is_not_said_is_as_usual():
    margins = '<pageMargins left="0.75" right="0.75" top="1" bottom="1" header="0.5" footer="0.5"/>'
    assert look.read(with_parts(sheet6=(margins, ""))) == look.load()
    assert look.read(with_parts(sheet1=(' zoomScale="85"', ""))).sheets[look.STYLES].page.zoom == 100


# ------------------------------------------------------------------ what is no template


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "không mở được"),
        (b"PK\x03\x04" + b"x" * 50, "không mở được"),
        (with_parts(workbook=("role_title", "vai_title")), "role_title"),
        (with_parts(workbook=(f'name="{look.WORDS}"', 'name="Khác"')), look.WORDS),
        (with_parts(styles=("<styleSheet", "<!DOCTYPE a []><styleSheet")), "DOCTYPE"),
        (with_parts(styles=("</styleSheet>", "")), "không mở được"),
    ],
)
def test_what_is_no_template_is_told(content, word):
    with pytest.raises(UnusableInputError, match=word):
        look.read(content)


# ------------------------------------------------------------------ the second opinion


def second_opinion(content):
    """The look that openpyxl finds in a template."""
    book = openpyxl.load_workbook(BytesIO(content))
    theme = _theme(book.loaded_theme)
    sheets = {ws.title: _sheet(ws, theme) for ws in book.worksheets}
    by_place = {(name, c.row, c.column): c for name, sheet in sheets.items() for c in sheet.cells}
    roles = {}
    for name, defined in book.defined_names.items():
        if name.startswith("role_"):
            for title, address in defined.destinations:
                cell = book[title][address.replace("$", "")]
                roles[name.removeprefix("role_")] = by_place[title, cell.row - 1, cell.column - 1]
    words = {
        str(key): (str(title or ""), str(text or ""))
        for key, title, text in book[look.WORDS].iter_rows(min_row=2, max_col=3, values_only=True)
        if key
    }
    normal = book["Nháp"]["Z99"].font
    return look.Look(roles, sheets, words, {"font_name": normal.name, "font_size": normal.sz})


_BORDERS = (
    None, "thin", "medium", "dashed", "dotted", "thick", "double", "hair", "mediumDashed", "dashDot",
    "mediumDashDot", "dashDotDot", "mediumDashDotDot", "slantDashDot",
)  # fmt: skip
_UNDERLINES = {None: 0, "single": 1, "double": 2, "singleAccounting": 33, "doubleAccounting": 34}
_VERTICAL = {"center": "vcenter", "justify": "vjustify", "distributed": "vdistributed"}


def _sheet(ws, theme):

    spans = {(m.min_row, m.min_col): m.max_col - m.min_col + 1 for m in ws.merged_cells.ranges}
    cells = tuple(
        look.Drawn(
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
        said = [d.width for d in ws.column_dimensions.values() if d.min <= column <= d.max]  # one may speak of several
        widths.append(int((said[0] if said else 9.14) * 7 + 0.5))
    return look.Sheet(tuple(widths), cells, _page(ws))


def _page(ws):
    margins = ws.page_margins
    return look.Page(
        landscape=ws.page_setup.orientation == "landscape",
        paper=int(ws.page_setup.paperSize or 9),
        margins={side: float(getattr(margins, side)) for side in ("left", "right", "top", "bottom")},
        header=_band(ws.oddHeader),
        header_margin=float(margins.header),
        footer=_band(ws.oddFooter),
        footer_margin=float(margins.footer),
        zoom=int(ws.sheet_view.zoomScale or 100),
    )


def _band(band):
    if band is None:
        return ""
    codes = ""
    for letter, part in (("L", band.left), ("C", band.center), ("R", band.right)):
        if part is not None and part.text:
            font = f'&"{part.font}{"" if "," in part.font else ",Regular"}"' if part.font else ""
            size = f"&{part.size}" if part.size else ""
            codes += f"&{letter}{font}{size}{part.text}"
    return codes


def _style(cell, theme):
    font, align = cell.font, cell.alignment
    style = {
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


def _colour(color, theme):
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


def _theme(xml):
    """The twelve theme colours in the order in which cells number them: light before dark."""
    if not xml:
        return ("FFFFFF", "000000", "E7E6E6", "44546A", *["4472C4"] * 8)
    space = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
    scheme = ElementTree.fromstring(xml).find(f".//{space}clrScheme")
    colours = [part[0].get("lastClr") or part[0].get("val") or "000000" for part in (() if scheme is None else scheme)]
    return (colours[1], colours[0], colours[3], colours[2], *colours[4:])
