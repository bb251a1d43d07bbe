"""Bars and their labels in, a native chart of Word out: it prints as drawn, and Word opens its data as a workbook.

Every number that can be seen is a text of ours beside its bar, so that it reads the same on any machine; the axis of
values is not shown. The data are the figures themselves; a bar that leaves the frame is cut off by the axis alone.
"""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from msgspec import Struct

from lsindicators import files, values
from lsindicators.papers.attached import Attachment
from lsindicators.papers.markup import escape, quoteattr

if TYPE_CHECKING:
    from markupsafe import Markup

WIDTH_MM = 162
"""Between the margins of a page, with a little room to spare."""
LONGEST = 1500
"""Characters of the words for those who cannot see a chart; rows beyond them are left out."""
EXACTLY = 15
"""Digits that a spreadsheet keeps of a number."""

_EMU = 36000  # a millimetre in DrawingML
_FIRST_ID = 101  # of a drawing; templates have smaller ones
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FACES = "".join(f'<a:{script} typeface="Times New Roman"/>' for script in ("latin", "ea", "cs"))
_SHEET = "Số liệu"
_LEGEND_MM, _LEGEND_LINE = 6, 90  # high, and characters wide


class Look(Struct, frozen=True, kw_only=True):
    """How bars look, so that they differ on a black-and-white print."""

    grey: str = "FFFFFF"
    hatch: str = ""  # a pattern of DrawingML, black on ``grey``
    dark: bool = False  # what is written on it must be white


DARK = Look(grey="595959", dark=True)
MIDDLE = Look(grey="BFBFBF")
HATCHED = Look(hatch="wdUpDiag")
WHITE = Look()


class Bar(Struct, frozen=True, kw_only=True):
    """A figure as it is drawn, and what is written beside it."""

    value: Decimal
    label: str  # empty: nothing is written
    cut: bool = False  # it leaves the frame: the label stands inside its end


class Series(Struct, frozen=True, kw_only=True):
    """The bars of one name and look; None: there is no figure, and so no bar."""

    name: str
    look: Look
    bars: Sequence[Bar | None]


class Chart(Struct, frozen=True, kw_only=True):
    """Horizontal bars with the names of their rows on the left."""

    rows: tuple[str, ...]  # from the top
    series: tuple[Series, ...]  # all as long as ``rows``
    caption: str
    description: str  # for those who cannot see it
    low: Decimal = Decimal(0)
    high: Decimal
    stacked: bool = False
    whole: bool = False  # stacked, each row as long as the frame: its bars are parts of a whole
    row_mm: float = 8.5
    names: float = 0.4  # the share of the width for the names

    @property
    def height_mm(self) -> float:
        return self.row_mm * len(self.rows) + self._top_mm + 2

    @property
    def _top_mm(self) -> float:
        lines = math.ceil(sum(len(s.name) + 4 for s in self.series) / _LEGEND_LINE) if len(self.series) > 1 else 0
        return _LEGEND_MM * lines + 1

    def attachments(self, number: int, year: int) -> tuple[Attachment, ...]:
        """The parts of the package that hold the ``number``-th chart and its data."""
        part = f"word/charts/chart{number}.xml"
        link = (
            f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_OFFICE}/package" '
            f'Target="../embeddings/bieu-do-{number}.xlsx"/></Relationships>'
        )
        return (
            Attachment(
                id=f"rIdChart{number}", part=part, kind="chart", content=self._xml().encode(), content_type=_CHART_TYPE
            ),
            Attachment(
                id="",
                part=f"word/charts/_rels/chart{number}.xml.rels",
                kind="",
                content=link.encode(),
                content_type="",
            ),
            Attachment(
                id="",
                part=f"word/embeddings/bieu-do-{number}.xlsx",
                kind="",
                content=self._book(year),
                content_type=_BOOK_TYPE,
            ),
        )

    def markup(self, number: int) -> Markup:
        """The ``number``-th chart where a tag stands in the text: in a run of its own."""
        from markupsafe import Markup

        told = values.clean(self.description)
        if len(told) > LONGEST:  # a number must not be cut
            told = f"{told[:LONGEST].rpartition('; ')[0]}; …"
        return Markup(
            f'</w:t></w:r><w:r><w:drawing><wp:inline xmlns:wp="{_DRAWING}/wordprocessingDrawing" distT="0" distB="0" '
            f'distL="0" distR="0"><wp:extent cx="{WIDTH_MM * _EMU}" cy="{round(self.height_mm * _EMU)}"/>'
            f'<wp:effectExtent l="0" t="0" r="0" b="0"/><wp:docPr id="{_FIRST_ID + number}" '
            f'name="Biểu đồ {number}" descr={quoteattr(told)}/><wp:cNvGraphicFramePr/>'
            f'<a:graphic xmlns:a="{_DRAWING}/main"><a:graphicData uri="{_DRAWING}/chart"><c:chart '
            f'xmlns:c="{_DRAWING}/chart" xmlns:r="{_OFFICE}" r:id="rIdChart{number}"/></a:graphicData></a:graphic>'
            '</wp:inline></w:drawing></w:r><w:r><w:t xml:space="preserve">'
        )

    # -------------------------------------------------------------- the chart

    def _xml(self) -> str:
        """The chart's own part; the order of all elements is that of the schema, as Word refuses any other."""
        top, share = self._top_mm / self.height_mm, 0.985 - self.names
        frame = (("x", self.names), ("y", top), ("w", share), ("h", 1 - top - 1 / self.height_mm))
        layout = "".join(f'<c:{name}Mode val="edge"/>' for name in "xy")
        layout += "".join(f'<c:{name} val="{size:.4f}"/>' for name, size in frame)
        legend = ""
        if len(self.series) > 1:
            legend = f'<c:legend><c:legendPos val="t"/><c:overlay val="0"/>{_type(9)}</c:legend>'
        grouping = ("percentStacked" if self.whole else "stacked") if self.stacked else "clustered"
        overlap = '<c:overlap val="100"/>' if self.stacked else ""
        return (
            f'{_HEAD}<c:chartSpace xmlns:c="{_DRAWING}/chart" xmlns:a="{_DRAWING}/main" xmlns:r="{_OFFICE}">'
            '<c:date1904 val="0"/><c:lang val="vi-VN"/><c:roundedCorners val="0"/><c:style val="1"/>'
            '<c:chart><c:autoTitleDeleted val="1"/><c:plotArea>'
            f'<c:layout><c:manualLayout><c:layoutTarget val="inner"/>{layout}</c:manualLayout></c:layout>'
            f'<c:barChart><c:barDir val="bar"/><c:grouping val="{grouping}"/><c:varyColors val="0"/>'
            f"{''.join(self._series(n, s) for n, s in enumerate(self.series))}"
            f'<c:gapWidth val="{_GAP}"/>{overlap}<c:axId val="{_NAMES}"/><c:axId val="{_VALUES}"/></c:barChart>'
            f"{self._axes()}<c:spPr><a:noFill/></c:spPr></c:plotArea>{legend}"
            '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
            f'<c:spPr><a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill>{_line(None)}</c:spPr>{_type(8)}'
            '<c:externalData r:id="rId1"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
        )

    def _series(self, at: int, series: Series) -> str:
        last, column = len(self.rows) + 1, chr(ord("B") + at)
        points = "".join(
            f'<c:pt idx="{n}"><c:v>{_number(bar.value)}</c:v></c:pt>'
            for n, bar in enumerate(series.bars)
            if bar is not None
        )
        names = "".join(f'<c:pt idx="{n}"><c:v>{_text(name)}</c:v></c:pt>' for n, name in enumerate(self.rows))
        return (
            f'<c:ser><c:idx val="{at}"/><c:order val="{at}"/><c:tx><c:strRef><c:f>{_SHEET_REF}!${column}$1</c:f>'
            f'<c:strCache><c:ptCount val="1"/><c:pt idx="0"><c:v>{_text(series.name)}</c:v></c:pt></c:strCache>'
            f"</c:strRef></c:tx><c:spPr>{_fill(series.look)}{_line('000000')}</c:spPr>"
            f'<c:invertIfNegative val="0"/>{self._labels(series)}'
            f'<c:cat><c:strRef><c:f>{_SHEET_REF}!$A$2:$A${last}</c:f><c:strCache><c:ptCount val="{len(self.rows)}"/>'
            f"{names}</c:strCache></c:strRef></c:cat><c:val><c:numRef><c:f>{_SHEET_REF}!${column}$2:${column}${last}</c:f>"
            f'<c:numCache><c:formatCode>General</c:formatCode><c:ptCount val="{len(self.rows)}"/>{points}</c:numCache>'
            "</c:numRef></c:val></c:ser>"
        )

    def _labels(self, series: Series) -> str:
        told = []
        for n, bar in enumerate(series.bars):
            if bar is None or not bar.label:
                continue
            inside = self.stacked or bar.cut
            box = f"<c:spPr>{_fill(WHITE)}{_line(None)}</c:spPr>" if inside and series.look.hatch else ""
            where = "ctr" if self.stacked else "inEnd" if bar.cut else "outEnd"
            colour = "FFFFFF" if inside and series.look.dark else "000000"
            ink = f'b="0"><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill>{_FACES}'
            told.append(
                f'<c:dLbl><c:idx val="{n}"/><c:tx><c:rich><a:bodyPr wrap="none"/><a:p><a:pPr><a:defRPr sz="800" {ink}</a:defRPr>'
                f'</a:pPr><a:r><a:rPr lang="vi-VN" sz="800" {ink}</a:rPr><a:t>{_text(bar.label)}</a:t></a:r></a:p></c:rich>'
                f'</c:tx>{box}<c:dLblPos val="{where}"/>{_shown(True)}</c:dLbl>'
            )
        return f"<c:dLbls>{''.join(told)}{_shown(False)}</c:dLbls>"

    def _axes(self) -> str:
        scaling = '<c:scaling><c:orientation val="{}"/>{}</c:scaling><c:delete val="{}"/><c:axPos val="{}"/>'
        bounds = f'<c:max val="{_number(self.high)}"/><c:min val="{_number(self.low)}"/>'
        marks = '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="{}"/>'
        return (
            f'<c:catAx><c:axId val="{_NAMES}"/>{scaling.format("maxMin", "", 0, "l")}'
            f'<c:numFmt formatCode="General" sourceLinked="0"/>{marks.format("low")}<c:spPr>{_line("000000")}</c:spPr>'
            f'{_type(8)}<c:crossAx val="{_VALUES}"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/>'
            '<c:lblOffset val="50"/><c:tickLblSkip val="1"/><c:noMultiLvlLbl val="1"/></c:catAx>'
            f'<c:valAx><c:axId val="{_VALUES}"/>{scaling.format("minMax", bounds, 1, "t")}'
            f'<c:numFmt formatCode="#,##0" sourceLinked="0"/>{marks.format("none")}<c:crossAx val="{_NAMES}"/>'
            '<c:crosses val="autoZero"/><c:crossBetween val="between"/></c:valAx>'
        )

    # -------------------------------------------------------------- its data

    def _book(self, year: int) -> bytes:
        """The workbook that Word opens for “Edit data”: a sheet, the names on the left, a column for each series."""
        lines = [["", *(s.name for s in self.series)]]
        rows = "".join(_row(1, lines[0])) + "".join(
            _row(n, [name, *(None if bar is None else bar.value for bar in bars)])
            for n, (name, *bars) in enumerate(zip(self.rows, *(s.bars for s in self.series), strict=True), 2)
        )
        kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
        parts = {
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
            f'ContentType="{kinds}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="{kinds}.styles+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kinds}.worksheet+xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{_SHEETS}" xmlns:r="{_OFFICE}"><sheets><sheet name="{_SHEET}" sheetId="1" '
            'r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{_OFFICE}/styles" '
            'Target="styles.xml"/></Relationships>',
            "xl/styles.xml": f'<styleSheet xmlns="{_SHEETS}"><fonts count="1"><font><sz val="11"/><name val="Times New Roman"/>'
            '<family val="1"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill>'
            '<patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/>'
            '<diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
            '</cellStyleXfs><cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
            '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_SHEETS}"><cols><col min="1" max="1" width="60" '
            f'customWidth="1"/><col min="2" max="{len(self.series) + 1}" width="18" customWidth="1"/></cols>'
            f"<sheetData>{rows}</sheetData></worksheet>",
        }  # fmt: skip
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as package:
            for name, body in parts.items():
                package.writestr(files.entry(name, year), _HEAD + body)
        return stream.getvalue()


_NAMES, _VALUES = 111111111, 222222222  # the axes
_GAP = 35
_SHEET_REF = f"'{_SHEET}'"


def _row(number: int, cells: Sequence[str | Decimal | None]) -> str:
    told = []
    for n, cell in enumerate(cells):
        at = f'r="{chr(ord("A") + n)}{number}"'
        if isinstance(cell, Decimal):
            told.append(f"<c {at}><v>{_number(cell)}</v></c>")
        elif cell:
            told.append(f'<c {at} t="inlineStr"><is><t>{_text(cell)}</t></is></c>')
    return f'<row r="{number}">{"".join(told)}</row>'


def _number(value: Decimal) -> str:
    """``value`` as a spreadsheet keeps it."""
    return f"{value:.{EXACTLY}g}"


def _text(text: str) -> str:
    return escape(values.clean(text))


def _fill(look: Look) -> str:
    if not look.hatch:
        return f'<a:solidFill><a:srgbClr val="{look.grey}"/></a:solidFill>'
    return (
        f'<a:pattFill prst="{look.hatch}"><a:fgClr><a:srgbClr val="000000"/></a:fgClr>'
        f'<a:bgClr><a:srgbClr val="{look.grey}"/></a:bgClr></a:pattFill>'
    )


def _line(colour: str | None) -> str:
    if colour is None:
        return "<a:ln><a:noFill/></a:ln>"
    return f'<a:ln w="6350"><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill></a:ln>'


def _type(size: int) -> str:
    """Times New Roman in ``size`` points, black."""
    return (
        f'<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="{size}00" b="0"><a:solidFill><a:srgbClr val="000000"/>'
        f'</a:solidFill>{_FACES}</a:defRPr></a:pPr><a:endParaRPr lang="vi-VN"/></a:p></c:txPr>'
    )


def _shown(value: bool) -> str:
    """What a label shows: its own text in place of the value, and nothing else."""
    others = "".join(f'<c:show{what} val="0"/>' for what in ("CatName", "SerName", "Percent", "BubbleSize"))
    return f'<c:showLegendKey val="0"/><c:showVal val="{int(value)}"/>{others}'
