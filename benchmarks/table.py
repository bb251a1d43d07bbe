"""The rows: what is raced against what, how it may come out, and what the peer leaves out, feature for feature."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks import generate, merge, read, report, scaling, start, year
from benchmarks.race import Bench, Sample

Race = Callable[[Bench], Iterator[tuple[str, list[Sample]]]]
"""Measures one or more rows, and gives each row's name with its samples."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table. Values above ``must`` fail a release; at ``first_rate`` is the aim."""

    name: str
    operation: str
    peer: str
    must: float | None = None
    first_rate: float | None = None
    leaves_out: str
    measure: str = ""  # "MB"; empty: a ratio
    needs: tuple[str, ...] = ()  # what the peer imports beyond what we need ourselves
    race: Race


NOTHING = "Nothing: it is another run of ours."
IMPORT = "`python -c 'import click'`"
EVERYTHING = "Everything: it imports the library with which our command line is made, and ends."

ROWS: tuple[Row, ...] = (
    Row(
        name="help", operation="`--help`", peer=IMPORT, must=2.0, first_rate=1.4, race=start.starts,
        leaves_out=EVERYTHING,
    ),
    Row(
        name="version", operation="`--version`", peer=IMPORT, must=2.0, first_rate=1.4, race=start.starts,
        leaves_out=EVERYTHING,
    ),
    Row(
        name="usage-error", operation="a usage error", peer=IMPORT, must=2.0, first_rate=1.4, race=start.starts,
        leaves_out=EVERYTHING,
    ),
    Row(
        name="status", operation="`status --json`, 90 returns read", peer=IMPORT, must=4.0, first_rate=2.5,
        race=start.questions, leaves_out=EVERYTHING,
    ),
    Row(
        name="trace", operation=f"`trace {start.CRITERION} --json`, 90 returns read", peer=IMPORT, must=4.0,
        first_rate=2.5, race=start.questions, leaves_out=EVERYTHING,
    ),
    Row(
        name="generate-90", operation="`generate`, 90 forms", peer="xlsxwriter in memory, the same forms", must=1.0,
        first_rate=0.45, race=generate.province,
        leaves_out="The assignment is not read and no layout worked out (every call stands in a file), no letter goes with a "
        "form, no mailing list, no seal, no comparison with what lies there.",
    ),
    Row(
        name="generate-3400", operation="`generate`, 3,400 forms", first_rate=0.2, must=1.0,
        peer=f"xlsxwriter in memory, the forms of every {generate.EVERY}th unit, times {generate.EVERY}", race=scaling.sizes,
        leaves_out="As `generate-90`; it writes the forms of every 10th unit alone, which owe as many figures as all do on "
        "average, within 1 %.",
    ),
    Row(
        name="generate-again", operation="`generate` again, nothing changed (no file is rewritten, which is checked)",
        peer="the first run", first_rate=0.5, race=generate.province, leaves_out=NOTHING,
    ),
    Row(
        name="generate-template", operation="`generate`, 90 forms", peer="openpyxl, a template loaded for each form",
        race=generate.template,
        leaves_out="As `generate-90`; besides, row styles, drop-down lists and rules of the template stay where they are "
        "whatever a unit's rows, the guide and the hidden sheets are not fitted to the unit, and openpyxl drops what it does "
        "not know.",
    ),
    Row(
        name="form-size", operation="a form's size", peer="the same form saved by openpyxl", must=1.5, first_rate=1.15,
        race=generate.sizes, leaves_out="openpyxl drops the parts of a form that it does not know.",
    ),
    Row(
        name="check", operation="check of a form, inside one process", peer="calamine, bare read of every sheet", must=4.0,
        first_rate=3.2, race=read.inside,
        leaves_out="Formulas, styles, protection and what stands beside the cells are not seen; nothing is judged; the far "
        "cell that ends its process is not survived.",
    ),
    Row(
        name="read-pandas", operation="`read`, 90 clean returns, ledger included",
        peer="pandas with calamine, values only", must=1.0, first_rate=0.5, race=read.province,
        leaves_out="No check of any cell, no formulas, styles or protection, no ledger, no receipt list, no summary.",
    ),
    Row(
        name="read-frictionless", operation="`read`, 90 clean returns, ledger included",
        peer="frictionless, one sheet, types alone", must=0.3, first_rate=0.15, needs=("frictionless",),
        race=read.validators,
        leaves_out="Of six sheets it validates one, for types of columns only: no bounds, states, reasons, rules, last year, "
        "locked cells, stamps; no ledger.",
    ),
    Row(
        name="slip", operation="`read`, each slip on top", peer="xlsxwriter, a one-sheet file of the same rows", must=3.0,
        first_rate=1.5, race=read.slips,
        leaves_out="One bare sheet of six: no marks, messages, locks, lists, formulas or widths, and no Word letter with it.",
    ),
    Row(
        name="far-cell", operation="`read`, one form of 90 with a value in XFD1048576 (the others are read, which is checked)",
        peer="`read`, the same without it", first_rate=1.05, race=read.far_cell, leaves_out=NOTHING,
    ),
    Row(
        name="far-cell-memory", operation="the same, peak memory", peer="`read`, the same without it", must=1.5,
        race=read.far_cell, leaves_out=NOTHING,
    ),
    Row(
        name="read-again", operation="`read` again, same bytes", peer="the first read", must=0.6, first_rate=0.4,
        race=read.province, leaves_out=NOTHING,
    ),
    Row(
        name="merge-90", operation="`merge`, 90 units, every sheet, live formulas",
        peer="pandas.to_excel, data sheet only", must=0.9, first_rate=0.6, race=merge.province,
        leaves_out="One sheet of all, of ready rows: nothing is merged, judged or computed; no formulas, conflicts, gaps, "
        "links, styles.",
    ),
    Row(
        name="merge-3400", operation="`merge`, 3,400 units, every sheet, live formulas",
        peer="pandas.to_excel, data sheet only", must=0.9, first_rate=0.65, race=scaling.sizes,
        leaves_out="As `merge-90`.",
    ),
    Row(
        name="merge-3400-memory", operation="the same, peak memory", peer="pandas.to_excel, data sheet only", must=0.5,
        first_rate=0.25, race=scaling.sizes, leaves_out="As `merge-90`.",
    ),
    Row(
        name="merge-3400-stage", operation="the stage alone: 3,400 units, 60 figures each, from figures to the workbook",
        peer="pandas.to_excel, data sheet only", must=0.9, first_rate=0.65, race=merge.stage,
        leaves_out="As `merge-90`; ours is spared the ledger and the returns here.",
    ),
    Row(
        name="report", operation="`report`, 90 units, both documents", peer="docxtpl and matplotlib", must=1.3,
        first_rate=0.4, needs=("docxtpl", "matplotlib"), race=report.documents,
        leaves_out="It is given what the reports say: no figure is computed, ranked or worded; charts are pictures, where ours "
        "can be edited in Word; words of people in a former report are not kept; no check by Nghị định 30.",
    ),
    Row(
        name="report-again", operation="`report` again, nothing changed", peer="the first run",
        needs=("docxtpl", "matplotlib"), race=report.documents, leaves_out=NOTHING,
    ),
    Row(
        name="report-pdf", operation="`report --pdf`, both documents", peer="`report` and one call of LibreOffice", must=1.2,
        first_rate=1.05, race=report.printed, leaves_out="Nothing: it is the same work in two commands.",
    ),
    Row(
        name="memory-generate-90", operation="`generate`, 90 forms, peak memory in MB", peer="–", measure="MB", must=100,
        first_rate=60, race=generate.province, leaves_out="There is no peer.",
    ),
    Row(
        name="memory-read-90", operation="`read`, 90 returns, peak memory in MB", peer="–", measure="MB", must=100,
        first_rate=60, race=read.province, leaves_out="There is no peer.",
    ),
    *(
        Row(
            name=f"memory-{command}-3400", operation=f"`{command}`, 3,400 units, peak memory", peer=f"`{command}`, 90 units",
            must=1.5, first_rate=1.2, race=scaling.sizes, leaves_out=NOTHING,
        )
        for command in ("generate", "read")
    ),
    *(
        Row(
            name=f"scaling-{command}-{name}", operation=f"`{command}`, {told} units, the time of 10 times as many units",
            peer=f"`{command}`, 90 units", must=12, first_rate=10.5, race=scaling.sizes, leaves_out=NOTHING,
        )
        for command in scaling.COMMANDS
        for name, told in (("900", "900"), ("3400", "3,400"))
    ),
    Row(
        name="year", operation="the year (`demo`, 90 units)",
        peer="openpyxl template, frictionless, pandas, docxtpl and matplotlib", must=0.5, first_rate=0.3,
        needs=("frictionless", "docxtpl", "matplotlib"), race=year.year,
        leaves_out="The returns are given to it, as is all that its papers say, where the demo plays the units, too. No "
        "appendix is read; forms are as under `generate-template`; no letters with forms and no mailing list; types alone are "
        "checked, of one sheet; files that are no .xlsx, zips and e-mails are left aside; no ledger, no slips with their "
        "letters, no receipts, no decision sheet; no criteria, conflicts, gaps or sources of figures in the table; no e-mail "
        "drafts; no page for the public, no summary, no open data; no figure can be traced; no paper is checked by Nghị định "
        "30.",
    ),
)  # fmt: skip


def named(words: tuple[str, ...]) -> tuple[Row, ...]:
    """The rows that bear one of these names or begin with it; all without any word. Raises ``KeyError`` with a wrong word."""
    for word in words:
        if not any(_is_meant(row, word) for row in ROWS):
            raise KeyError(word)
    return tuple(row for row in ROWS if not words or any(_is_meant(row, word) for word in words))


def _is_meant(row: Row, word: str) -> bool:
    return row.name == word or row.name.startswith(f"{word}-")
