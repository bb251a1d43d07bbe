"""What both Word reports cost beside a plain docxtpl and matplotlib script that fills in the same: ratios, never seconds.

    python benchmarks/bench_report.py [PAIRS] [PDF PAIRS]

The built-in province with 90 returns, all read. Ours is the whole command ``lsindicators report``, from the ledger to both
documents. The peer is given what they say, and what their charts draw, in a file of JSON: it draws the charts as pictures
and fills our template twice. Whole processes, in turn. matplotlib and docxtpl are the peer's alone
(``pip install matplotlib docxtpl``). Printing is held against ``report`` and one call of LibreOffice for both documents.
"""

import json
import shutil
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from bench_generate import aside, run
from bench_read import begin, fill

UNITS = 90

PLAIN = """
import io
import json
import sys
from os.path import join

import matplotlib

matplotlib.use("Agg")
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import Environment
from matplotlib import pyplot

source, template, target = sys.argv[1:]
with open(source, encoding="utf-8") as stream:
    told = json.load(stream)
pyplot.rcParams["font.size"] = 7


def picture(chart):
    rows = chart["rows"]
    figure, axes = pyplot.subplots(figsize=(162 / 25.4, chart["height"] / 25.4), dpi=200)
    count = 1 if chart["stacked"] else len(chart["series"])
    ends = [0.0] * len(rows)
    for n, (name, grey, hatch, bars) in enumerate(chart["series"]):
        for row, (value, label) in enumerate(bars):
            if value is None:
                continue
            at = row + (0 if chart["stacked"] else (n - (count - 1) / 2) * 0.8 / count)
            axes.barh(at, value, 0.8 / count, left=ends[row] if chart["stacked"] else 0, color="#" + grey, hatch=hatch,
                      edgecolor="black", label=name if row == 0 else None)
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
    stream.seek(0)
    return stream


pictures = [picture(chart).getvalue() for chart in told["charts"]]
for name, says in told["papers"].items():
    document = DocxTemplate(template)
    for key in [key for key in says if key.startswith("charts")]:
        for chart in says[key]:
            chart["picture"] = InlineImage(document, io.BytesIO(pictures[chart["picture"]]), width=Mm(162))
    document.render(says, Environment(autoescape=True), autoescape=True)
    document.save(join(target, name))
"""


# ------------------------------------------------------------------ the same content for both


def prepare(campaign: Path, sent: Path, told: Path, template: Path) -> None:
    """A campaign with its returns, and what its reports say and draw as a file."""
    from lsindicators import papers, pipeline, report, summary
    from lsindicators.pipeline.campaign import REPORTS
    from lsindicators.report import charts, content

    begin(campaign)
    fill(campaign, sent, UNITS)
    pipeline.receive(campaign, (sent,))
    merged = pipeline.compile_table(campaign)
    of = merged.plan, merged.dataset, merged.results, merged.sendings
    drawn = charts.draw(summary.of(*of))
    today = merged.plan.settings.report_deadline
    said = {}
    for sender, name in REPORTS.items():
        said[name] = papers.plain(content.gather(*of, merged.answers, today, sender))
        number = 0
        for key, listed in drawn.told().items():
            said[name][key] = [{"picture": number + n, "caption": c["caption"]} for n, c in enumerate(listed)]
            number += len(listed)
    pictures = [
        {
            "rows": c.rows,
            "height": c.height_mm,
            "stacked": c.stacked,
            "series": [
                (s.name, s.look.grey, "//" if s.look.hatch else "", [(float(b.value), b.label) if b else (None, "") for b in s.bars])
                for s in c.series
            ],
        }
        for c in (*drawn.coverage, *drawn.groups, *drawn.units)
    ]  # fmt: skip
    told.write_text(json.dumps({"papers": said, "charts": pictures}, ensure_ascii=False), encoding="utf-8")
    template.write_bytes(report.shipped_template())


def compare(campaign: Path, plain: Path) -> None:
    """Hold the paragraphs and cells of both documents to those of the peer."""
    from docx import Document

    from lsindicators.pipeline.campaign import REPORTS

    lines = 0
    for name in REPORTS.values():
        one, other = ([" ".join(t.split()) for t in texts(Document(str(f / name)))] for f in (campaign, plain))
        assert one == other, next((a, b) for a, b in zip(one, other, strict=False) if a != b)
        lines += len(one)
    print(f"{lines} paragraphs and cells, the same in both", flush=True)


def texts(document) -> list[str]:
    body = [p.text for p in document.paragraphs]
    return body + [cell.text for t in document.tables for row in t.rows for cell in row.cells]


# ------------------------------------------------------------------ the race


def race(pairs: int, printed: int) -> None:
    """Run both in turn and print the medians of the ratios of each pair."""
    if find_spec("matplotlib") is None or find_spec("docxtpl") is None:
        raise SystemExit("the peer needs matplotlib and docxtpl: pip install matplotlib docxtpl")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        campaign, sent, told, template, plain = (
            folder / part for part in ("ky", "sent", "told.json", "mau.docx", "plain")
        )
        plain.mkdir()
        aside(prepare, campaign, sent, told, template)
        script = folder / "plain.py"
        script.write_text(PLAIN, encoding="utf-8")
        ours = [sys.executable, "-m", "lsindicators", "report", str(campaign)]
        peer = [sys.executable, str(script), str(told), str(template), str(plain)]
        run(ours), run(peer)  # what is not compiled yet is compiled now
        aside(compare, campaign, plain)
        found: dict[str, list[float]] = {}
        for _ in range(pairs):
            (first, work, peak, _), (other, other_work, other_peak, _) = run(ours), run(peer)
            for what, value in {
                "report / docxtpl and matplotlib, both documents": first / other,
                "the same, time of the processor": work / other_work,
                "peak memory of report, MB": peak,
                "peak memory of the peer, MB": other_peak,
            }.items():
                found.setdefault(what, []).append(value)
        office = shutil.which("soffice") or shutil.which("libreoffice")
        documents = sorted(map(str, campaign.glob("bao-cao*.docx")))
        for _ in range(printed if office else 0):
            profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
            shutil.rmtree(folder / "profile", ignore_errors=True)  # as the command has it: begun anew
            both = run([*ours, "--pdf"])[0]
            apart = run(ours)[0]
            apart += run([office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(plain), *documents])[0]
            found.setdefault("report --pdf / report and one call of LibreOffice", []).append(both / apart)
        print(f"{UNITS} units, median of {pairs} pairs (least to most)")
        for what, values in found.items():
            aim = f"   aim: {TARGETS[what]}" if what in TARGETS else ""
            print(f"{what:55} {median(values):7.2f} ({min(values):.2f} to {max(values):.2f}){aim}", flush=True)


TARGETS = {
    "report / docxtpl and matplotlib, both documents": "0.4 (must: 1.3)",
    "report --pdf / report and one call of LibreOffice": "must: 1.2",
}

if __name__ == "__main__":
    asked = list(map(int, sys.argv[1:]))
    race(asked[0] if asked else 5, asked[1] if len(asked) > 1 else 3)
