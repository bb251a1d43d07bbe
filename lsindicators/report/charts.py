"""Results in, pictures out: the criteria in %, this year beside last year, drawn to be read on a black-and-white print."""

from __future__ import annotations

import io
import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from lsindicators import values
from lsindicators.model import Outcome, Plan, Result
from lsindicators.report import sentences

MOST = 18
"""Criteria in one picture: more of them go on another page."""
WIDTH_MM = 165
DPI = 200
_MM = 1 / 25.4
_ROW_MM, _FOOT_MM = 11.0, 16.0
_THIS, _LAST = ("0.35", ""), ("white", "/////")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A picture with its caption and the words for those who cannot see it."""

    png: bytes
    caption: str
    description: str


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
        partial = False
        low, high = _span(shown)
        for at, r in enumerate(shown):
            for offset, value, (grey, hatch), kept in (
                (-0.19, r.previous, _LAST, r.previous_complete),
                (0.19, r.value, _THIS, r.outcome is Outcome.COMPUTED),
            ):
                if value is not None:
                    axes.barh(
                        at + offset,
                        float(value),
                        height=0.34,
                        facecolor=grey,
                        hatch=hatch,
                        edgecolor="black",
                        linewidth=0.6,
                    )
                star = "" if kept or value is None else "*"
                partial = partial or bool(star)
                axes.annotate(
                    "chưa có số liệu" if value is None else values.format_number(value, r.criterion.decimals) + star,
                    (0 if value is None else float(value), at + offset),
                    xytext=(-2 if value is not None and value < 0 else 2, 0),
                    textcoords="offset points",
                    va="center",
                    ha="right" if value is not None and value < 0 else "left",
                    fontsize=6.5,
                    fontstyle="italic" if value is None else "normal",
                )
        axes.set_ylim(len(shown) - 0.5, -0.5)
        axes.set_xlim(low, high)
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
        if partial:
            figure.text(0.01, 0.5 / height, "* Tính trên số liệu của một phần số đơn vị", fontsize=6.5, va="bottom")
        figure.text(0.985, 0.5 / height, "Đơn vị: %", fontsize=7, va="bottom", ha="right")
        stream = io.BytesIO()
        figure.savefig(stream, format="png", dpi=DPI, metadata={"Software": None})
    return stream.getvalue()


def _label(r: Result) -> str:
    """Code and name on at most two lines."""
    return "\n".join(
        textwrap.wrap(values.clean(f"{r.criterion.code}. {r.criterion.name}"), 44, max_lines=2, placeholder=" …")
    )


def _span(shown: Sequence[Result]) -> tuple[float, float]:
    """The axis from the smallest to the largest value, with room for the labels at both ends."""
    numbers = [float(v) for r in shown for v in (r.value, r.previous) if v is not None]
    low, high = min(0.0, *numbers), max(0.0, *numbers)
    room = (high - low or 1.0) * 0.17
    return (low - room if low < 0 else 0.0, high + room)
