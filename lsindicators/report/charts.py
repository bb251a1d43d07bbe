"""Results in, pictures out: the criteria in %, this year beside last year, drawn to be read on a black-and-white print."""

from __future__ import annotations

import io
import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from lsindicators import values
from lsindicators.model import Plan, Result
from lsindicators.papers import Attachment
from lsindicators.report import sentences

if TYPE_CHECKING:
    from markupsafe import Markup

MOST = 18
"""Criteria in one picture: more of them go on another page."""
OUT_OF_SCALE = 4
"""So many times what most bars reach, a bar is cut off."""
WIDTH_MM = 165
DPI = 200
_MM = 1 / 25.4
_EMU = 36000  # a millimetre in DrawingML
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_ROW_MM, _FOOT_MM = 11.0, 16.0
_THIS, _LAST = ("0.35", ""), ("white", "/////")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A picture with its caption and the words for those who cannot see it."""

    png: bytes
    caption: str
    description: str
    rows: int  # criteria in it

    def attachment(self, number: int) -> Attachment:
        """The part of the package that holds the ``number``-th picture."""
        return Attachment(
            id=f"rIdChart{number}",
            part=f"word/media/bieu-do-{number}.png",
            kind="image",
            content=self.png,
            content_type="image/png",
        )

    def markup(self, number: int) -> Markup:
        """The drawing in a run of its own, with its words for those who cannot see it."""
        from markupsafe import Markup

        height = _ROW_MM * self.rows + _FOOT_MM
        size = f'cx="{WIDTH_MM * _EMU}" cy="{round(height * _EMU)}"'
        named = f"name={quoteattr(f'Biểu đồ {number}')} descr={quoteattr(self.description)}"
        return Markup(
            f'</w:t></w:r><w:r><w:drawing><wp:inline xmlns:wp="{_DRAWING}/wordprocessingDrawing" distT="0" distB="0" '
            f'distL="0" distR="0"><wp:extent {size}/><wp:docPr id="{number}" {named}/><a:graphic xmlns:a="{_DRAWING}/main">'
            f'<a:graphicData uri="{_DRAWING}/picture"><pic:pic xmlns:pic="{_DRAWING}/picture"><pic:nvPicPr>'
            f'<pic:cNvPr id="{number}" {named}/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>'
            f'<a:blip xmlns:r="{_LINKS}" r:embed="rIdChart{number}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
            f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
            "</pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
            '<w:r><w:t xml:space="preserve">'
        )


def draw(plan: Plan, results: Sequence[Result]) -> tuple[Chart, ...]:
    """One or more bar charts of all criteria in % that have a figure; none when fewer than two have."""
    shown = [
        r
        for r in results
        if r.criterion.parent is None and r.criterion.measure == "%" and (r.value is not None or r.previous is not None)
    ]
    if len(shown) < 2:
        return ()
    pages = math.ceil(len(shown) / MOST)
    size = math.ceil(len(shown) / pages)
    return tuple(
        _chart(plan, shown[i : i + size], f"Biểu đồ {i // size + 1}" if pages > 1 else "Biểu đồ", pages > 1)
        for i in range(0, len(shown), size)
    )


def _chart(plan: Plan, shown: Sequence[Result], title: str, several: bool) -> Chart:
    year = plan.year
    codes = f" ({shown[0].criterion.code} đến {shown[-1].criterion.code})" if several else ""
    told = "; ".join(
        f"{r.criterion.code}: {sentences.figure(r.value, r.criterion)} (năm {year - 1}: {sentences.figure(r.previous, r.criterion)})"
        for r in shown
    )
    return Chart(
        png=_picture(plan, shown),
        caption=f"{title}. Các tiêu chí tính bằng %, năm {year - 1} và năm {year}{codes}",
        rows=len(shown),
        description=values.clean(f"Biểu đồ cột ngang, đơn vị %, năm {year} so với năm {year - 1}. {told}."),
    )


def _picture(plan: Plan, shown: Sequence[Result]) -> bytes:
    from matplotlib import rc_context
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    height = _ROW_MM * len(shown) + _FOOT_MM
    with rc_context(
        {"font.family": "DejaVu Sans", "hatch.linewidth": 0.5, "axes.unicode_minus": False, "text.parse_math": False}
    ):
        figure = Figure(figsize=(WIDTH_MM * _MM, height * _MM), dpi=DPI)
        axes = figure.add_axes((0.385, (_FOOT_MM - 5) / height, 0.595, 1 - _FOOT_MM / height))
        partial = cut = False
        low, high = _bounds(shown)
        for at, r in enumerate(shown):
            for offset, value, (grey, hatch), kept in (
                (-0.19, r.previous, _LAST, r.previous_complete),
                (0.19, r.value, _THIS, r.whole),
            ):
                drawn = 0.0 if value is None else min(max(float(value), low), high)
                beyond = value is not None and drawn != float(value)
                cut = cut or beyond
                if value is not None:
                    axes.barh(
                        at + offset,
                        drawn,
                        height=0.34,
                        facecolor=grey,
                        hatch=hatch,
                        edgecolor="black",
                        linewidth=0.6,
                    )
                star = "" if kept or value is None else "*"
                partial = partial or bool(star)
                printed = sentences.figure(value, r.criterion)
                axes.annotate(
                    printed.lower() if value is None else f"{'» ' if beyond else ''}{printed}{star}",
                    (max(drawn, 0), at + offset),
                    xytext=(2, 0),
                    textcoords="offset points",
                    va="center",
                    fontsize=6.5,
                    fontstyle="italic" if value is None else "normal",
                )
        axes.set_ylim(len(shown) - 0.5, -0.5)
        room = (high - low) * 0.17
        axes.set_xlim(low, high + room)
        axes.axvline(0, color="black", linewidth=0.6)
        axes.set_yticks(range(len(shown)), [_label(r) for r in shown], fontsize=7)
        axes.tick_params(axis="x", labelsize=7)
        axes.tick_params(axis="y", length=0)
        axes.xaxis.set_major_formatter(lambda tick, _: f"{tick:,.10g}".translate(str.maketrans(",.", ".,")))
        axes.grid(axis="x", color="0.8", linewidth=0.4)
        axes.set_axisbelow(True)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        keys = [
            Patch(facecolor=grey, hatch=hatch, edgecolor="black", linewidth=0.6, label=f"Năm {year}")
            for (grey, hatch), year in ((_LAST, plan.year - 1), (_THIS, plan.year))
        ]
        figure.legend(
            handles=keys,
            loc="upper center",
            ncols=2,
            fontsize=8,
            frameon=False,
            borderaxespad=0.1,
        )
        marks = ["* Tính trên số liệu của một phần số đơn vị"] if partial else []
        marks += ["» Cột vượt khung, xem số ghi ở đầu cột"] if cut else []
        figure.text(0.01, 0.5 / height, "; ".join(marks), fontsize=6.5, va="bottom")
        figure.text(0.985, 0.5 / height, "Đơn vị: %", fontsize=7, va="bottom", ha="right")
        stream = io.BytesIO()
        figure.savefig(stream, format="png", dpi=DPI, metadata={"Software": None})
    return stream.getvalue()


def _label(r: Result) -> str:
    """Code and name on at most two lines."""
    return "\n".join(
        textwrap.wrap(values.clean(f"{r.criterion.code}. {r.criterion.name}"), 44, max_lines=2, placeholder=" …")
    )


def _bounds(shown: Sequence[Result]) -> tuple[float, float]:
    """From the smallest to the largest value; a few that are far out of scale are cut off, so that the rest can be read."""
    numbers = sorted(float(v) for r in shown for v in (r.value, r.previous) if v is not None)
    usual = sorted(abs(n) for n in numbers)[math.ceil(len(numbers) * 0.8) - 1]
    limit = usual * 1.5 if usual and max(abs(numbers[0]), abs(numbers[-1])) > usual * OUT_OF_SCALE else math.inf
    low, high = max(min(0.0, numbers[0]), -limit), min(max(0.0, numbers[-1]), limit)
    return (low, high) if low < high else (0.0, 1.0)
