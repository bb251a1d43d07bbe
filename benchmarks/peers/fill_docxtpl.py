"""Fill Word reports with docxtpl, charts drawn by matplotlib: fill_docxtpl.py TOLD.json TEMPLATE.docx FOLDER."""

import io
import json
import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import Environment
from matplotlib import pyplot

WIDTH = 162  # mm


def picture(chart: dict) -> bytes:
    """A chart of bars as a PNG."""
    rows = chart["rows"]
    figure, axes = pyplot.subplots(figsize=(WIDTH / 25.4, chart["height"] / 25.4), dpi=200)
    count = 1 if chart["stacked"] else len(chart["series"])
    ends = [0.0] * len(rows)
    for n, (name, grey, hatch, bars) in enumerate(chart["series"]):
        for row, (value, label) in enumerate(bars):
            if value is None:
                continue
            at = row + (0 if chart["stacked"] else (n - (count - 1) / 2) * 0.8 / count)
            axes.barh(at, value, 0.8 / count, left=ends[row] if chart["stacked"] else 0, color="#" + grey, hatch=hatch,
                      edgecolor="black", label=name if row == 0 else None)  # fmt: skip
            axes.annotate(label, (ends[row] + value if chart["stacked"] else value, at))
            ends[row] += value
    axes.set_yticks(range(len(rows)), rows)
    axes.invert_yaxis()
    if count > 1:
        axes.legend()
    figure.subplots_adjust(left=0.4)
    stream = io.BytesIO()
    figure.savefig(stream, format="png")
    pyplot.close(figure)
    return stream.getvalue()


def reports(told: dict, template: Path, folder: Path) -> None:
    """Both reports, from one template."""
    pyplot.rcParams["font.size"] = 7
    pictures = [picture(chart) for chart in told["charts"]]
    for name, says in told["papers"].items():
        document = DocxTemplate(template)
        for key in [key for key in says if key.startswith("charts")]:
            for chart in says[key]:
                chart["picture"] = InlineImage(document, io.BytesIO(pictures[chart["picture"]]), width=Mm(WIDTH))
        document.render(says, Environment(autoescape=True), autoescape=True)
        document.save(folder / name)


def letters(listed: list, template: Path, folder: Path) -> None:
    """A letter to each of those who are listed, from one template."""
    for name, says in listed:
        document = DocxTemplate(template)
        document.render(says, Environment(autoescape=True), autoescape=True)
        document.save(folder / name)


if __name__ == "__main__":
    source, drawn, target = map(Path, sys.argv[1:])
    reports(json.loads(source.read_text(encoding="utf-8")), drawn, target)
