"""``Biểu đồ``: native charts over the cells of ``Tổng quan`` and ``So hai năm``, told apart in grey print too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from lsindicators.exports.book import FONT, Book, Column, Page
from lsindicators.exports.sheets.overview import COMPARED, STATUSES, Block, Overview
from lsindicators.exports.sheets.overview import SHEET as SOURCE
from lsindicators.exports.words import OUTCOMES

SHEET = "Biểu đồ"

_WIDTH = 970
_ROW = 20
"""Sizes in pixels: of a chart, of a row of the sheet."""

_DARK, _LIGHT = "#1F4E79", "#BFBFBF"
_SHADES = ("#1F4E79", "#8EA9C8", "#404040", "#FFFFFF")
"""Fills from left to right in a stacked bar; each is another grey on paper."""

_PATTERNS = (None, None, None, "wide_upward_diagonal")


class _Drawing(Struct, frozen=True):
    """A chart, how high it is, and what is said of it to those who cannot see it."""

    chart: Any
    height: int
    told: str


def write(book: Book, overview: Overview) -> None:
    """``Biểu đồ``, the charts below each other, each on one page with as many as fit."""
    heading = f"Biểu đồ năm {book.plan.year} (số liệu ở trang {SOURCE} và {COMPARED})"
    sheet = book.sheet(SHEET, (Column(heading, 140),), Page(frozen=0, mark=0, portrait=True, scale=68))
    row, used = 1, 0
    page = 1350  # pixels of a portrait page at the width of the charts
    breaks = []
    for drawing in _drawings(book, overview):
        if used and used + drawing.height > page:
            breaks.append(row)
            used = 0
        options = {"x_offset": 6, "y_offset": 6, "description": drawing.told, "object_position": 2}
        drawing.chart.set_size({"width": _WIDTH, "height": drawing.height})
        sheet.raw.insert_chart(row, 0, drawing.chart, options)
        row += drawing.height // _ROW + 2
        used += drawing.height + 2 * _ROW
    if overview.left_out:
        codes = ", ".join(overview.left_out)
        sheet.text(row, 0, f"Không vẽ vì năm nay chưa có số hoặc ngoài khoảng 0–100%: {codes}", italic=True)
        row += 1
    sheet.raw.set_h_pagebreaks(breaks)
    sheet.raw.print_area(0, 0, row, 0)


def _drawings(book: Book, overview: Overview) -> Iterator[_Drawing]:
    year = book.plan.year
    groups, kinds = overview.groups, overview.kinds
    if groups.shown[0]:
        names = [OUTCOMES[o] for o in OUTCOMES]
        title = f"Kết quả tính tiêu chí theo nhóm, năm {year} (số tiêu chí)"
        yield _stacked(book, groups, title, {3 + i: name for i, name in enumerate(names)})
        yield _coverage(book, groups, f"Độ phủ bình quân theo nhóm tiêu chí, năm {year} (%)")
    if kinds.shown[0]:
        title = f"Tình hình gửi biểu theo khối đơn vị, năm {year} (số đơn vị)"
        yield _stacked(book, kinds, title, {3 + i: name for i, name in enumerate(STATUSES)})
    for part, block in overview.percents:
        yield _years(book, block, part, year)


def _chart(book: Book, subtype: str | None, title: str) -> Any:
    chart = book.chart({"type": "bar", **({"subtype": subtype} if subtype else {})})
    chart.set_title({"name": title, "name_font": _font(13, bold=True), "overlay": False})
    chart.set_legend({"position": "bottom", "font": _font(10)})
    chart.set_y_axis({"reverse": True, "crossing": "max", "num_font": _font(10), "line": {"color": "#7F7F7F"}})
    chart.set_chartarea({"border": {"color": "#BFBFBF"}})
    return chart


def _font(size: int, **more: object) -> dict[str, object]:
    return {"name": FONT["font_name"], "size": size, "bold": False, **more}


def _series(block: Block, column: int, labels: int, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "categories": block.cells(labels),
        "categories_data": list(block.shown[labels]),
        "values": block.cells(column),
        "values_data": list(block.shown[column]),
    }


def _stacked(book: Book, block: Block, title: str, columns: dict[int, str]) -> _Drawing:
    """How many there are of each kind, the parts of a bar in shades that differ in grey too."""
    chart = _chart(book, "stacked", title)
    for n, (column, name) in enumerate(columns.items()):
        letters = "#FFFFFF" if n in (0, 2) else "#000000"
        look: dict[str, Any] = {"border": {"color": "#404040", "width": 0.75}, "gap": 50}
        if _PATTERNS[n]:
            look["pattern"] = {"pattern": _PATTERNS[n], "fg_color": "#7F7F7F", "bg_color": _SHADES[n]}
        else:
            look["fill"] = {"color": _SHADES[n]}
        label = {"value": True, "num_format": "#,##0;;", "font": _font(10, color=letters, bold=True)}
        chart.add_series(_series(block, column, 0, name) | look | {"data_labels": label})
    chart.set_x_axis({"num_format": "0", "num_font": _font(9), "major_gridlines": {"visible": False}, "min": 0})
    said = "; ".join(
        f"{label}: " + ", ".join(f"{name.lower()} {block.shown[column][i]}" for column, name in columns.items())
        for i, label in enumerate(block.shown[0])
    )
    return _Drawing(chart, 140 + 44 * len(block.shown[0]), f"{title}. {said}")


def _coverage(book: Book, block: Block, title: str) -> _Drawing:
    chart = _chart(book, None, title)
    look = {"fill": {"color": _DARK}, "gap": 60}
    label = {"value": True, "num_format": "0.0", "font": _font(10)}
    chart.add_series(_series(block, 6, 0, "Độ phủ bình quân (%)") | look | {"data_labels": label})
    chart.set_legend({"none": True})
    _per_cent(chart)
    told = "; ".join(f"{label} {_told(value)}" for label, value in zip(block.shown[0], block.shown[6], strict=True))
    return _Drawing(chart, 130 + 40 * len(block.shown[0]), f"{title}. {told}")


def _years(book: Book, block: Block, part: str, year: int) -> _Drawing:
    """This year against the last, of criteria in per cent alone."""
    title = f"{part}: năm {year} so với năm {year - 1} (%)"
    chart = _chart(book, None, title)
    label = {"value": True, "num_format": "0.0", "font": _font(9)}
    for column, of, fill in ((3, year - 1, _LIGHT), (4, year, _DARK)):
        look = {"fill": {"color": fill}, "border": {"color": "#595959", "width": 0.5}, "gap": 45, "overlap": 0}
        chart.add_series(_series(block, column, 1, f"Năm {of}") | look | {"data_labels": label})
    _per_cent(chart)
    said = "; ".join(
        f"{name} {_told(before)} → {_told(now)}"
        for name, before, now in zip(block.shown[1], block.shown[3], block.shown[4], strict=True)
    )
    return _Drawing(chart, 150 + 52 * len(block.shown[1]), f"{title}. {said}")


def _per_cent(chart: Any) -> None:
    grid = {"visible": True, "line": {"color": "#D9D9D9"}}
    axis = {"min": 0, "max": 100, "major_unit": 20, "num_format": "0", "num_font": _font(9), "major_gridlines": grid}
    chart.set_x_axis(axis)


def _told(value: object) -> str:
    return f"{float(value):.1f}".replace(".", ",") + "%" if isinstance(value, int | float) else str(value) or "chưa có"
