"""``report`` beside a plain docxtpl and matplotlib script that fills in the same.

The script is given what both reports say, and what their charts draw, in a file of JSON: it draws the charts as pictures and
fills our template twice. Printing is held against ``report`` and one call of LibreOffice for both documents.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import inputs
from benchmarks.race import FEW, Bench, Cost, Sample, SkippedError, aside, same

if TYPE_CHECKING:
    from docx.document import Document

TOLD, TEMPLATE = "told.json", "report.docx"


def documents(bench: Bench) -> Iterator[tuple[str, list[Sample]]]:
    """Both documents of a province, once and again."""
    received = inputs.received(bench, bench.province)
    folder = bench.made("report", lambda path: aside(prepare, bench.fresh(received), path))
    peer = bench.peer("fill_docxtpl", folder / TOLD, folder / TEMPLATE, bench.empty("plain"))
    found, again = [], []
    for turn in bench.turns():
        campaign = bench.fresh(received)
        one, other = bench.run(bench.ours("report", campaign), (0, 1)), bench.run(peer)
        once_more = bench.run(bench.ours("report", campaign), (0, 1))
        if turn.first:
            aside(compare, campaign, bench.folder / "plain")
        if turn.counts:
            found.append(one.over(other))
            again.append(once_more.over(one))
    yield "report", found
    yield "report-again", again


def printed(bench: Bench) -> Iterator[tuple[str, list[Sample]]]:
    """Both documents, and both as PDF."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        raise SkippedError("LibreOffice is not on this machine")
    campaign = inputs.received(bench, bench.province)
    ours, plain = bench.ours("report", campaign), bench.empty("plain")
    bench.run(ours, (0, 1))
    papers = sorted(map(str, campaign.glob("bao-cao*.docx")))
    profile = bench.folder / "profile"
    convert = [office, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", "pdf"]
    found = []
    for _ in bench.turns(FEW, warm=False):
        shutil.rmtree(profile, ignore_errors=True)  # as the command has it: begun anew
        both = bench.run([*ours, "--pdf"], (0, 1))
        apart, call = bench.run(ours, (0, 1)), bench.run([*convert, "--outdir", str(plain), *papers])
        together = Cost(apart.seconds + call.seconds, apart.processor + call.processor, max(apart.peak, call.peak))
        found.append(both.over(together))
        same(sorted(p.name for p in campaign.glob("*.pdf")), sorted(p.name for p in plain.iterdir()), "PDF files")
    yield "report-pdf", found


# ------------------------------------------------------------------ the same content


def prepare(campaign: Path, folder: Path) -> None:
    """What the reports of a campaign say and draw as a file, and the template."""
    from lsindicators import pipeline, report

    folder.mkdir()
    told = json.dumps(said(pipeline.compile_table(campaign)), ensure_ascii=False)
    (folder / TOLD).write_text(told, encoding="utf-8")
    (folder / TEMPLATE).write_bytes(report.shipped_template())


def said(merged: Any) -> dict[str, Any]:
    """What both reports say and draw, in plain values."""
    from lsindicators import papers, summary
    from lsindicators.pipeline.campaign import REPORTS
    from lsindicators.report import charts, content

    of = merged.plan, merged.dataset, merged.results, merged.sendings
    drawn = charts.draw(summary.of(*of))
    today = merged.plan.settings.report_deadline
    told = {}
    for sender, name in REPORTS.items():
        told[name] = papers.plain(content.gather(*of, merged.answers, today, sender))
        number = 0
        for key, listed in drawn.told().items():
            told[name][key] = [{"picture": number + n, "caption": c["caption"]} for n, c in enumerate(listed)]
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
    return {"papers": told, "charts": pictures}


def compare(campaign: Path, plain: Path) -> None:
    """Hold the paragraphs and cells of both documents to those of the peer."""
    from docx import Document

    from lsindicators.pipeline.campaign import REPORTS

    for name in REPORTS.values():
        one, other = ([" ".join(t.split()) for t in texts(Document(str(f / name)))] for f in (campaign, plain))
        same(one, other, next(((name, a, b) for a, b in zip(one, other, strict=False) if a != b), name))


def texts(document: Document) -> list[str]:
    """Every paragraph and cell."""
    body = [p.text for p in document.paragraphs]
    return body + [cell.text for t in document.tables for row in t.rows for cell in row.cells]
