"""A small province of which the report can be filled, and the text of what comes out; for the tests of the report."""

import io
import re
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache

import docx
from conftest import small_plan
from docx.oxml.ns import qn
from msgspec.structs import replace

from lsindicators import layout, report
from lsindicators.model import (
    CellRef,
    Criterion,
    Dataset,
    Figure,
    Gap,
    Outcome,
    Result,
    Sending,
    Standing,
    State,
    Status,
    Total,
)

HANOI = timezone(timedelta(hours=7))
TODAY = date(2026, 4, 10)
UNITS = ("so-khcn", "xa-hoa-tham", "phuong-ky-lua")
HOSTILE = "{{ 7*7 }} {% for x in y %} <b>&amp;</b> \"'\x00\x07\x0b $x^2$ ]]> {_{"
AT = CellRef("tra-ve/a.xlsx", layout.NARRATIVE, "B4")


def result(criterion, value, previous, outcome=Outcome.COMPUTED, **more):
    facts = {"inputs": {}, "missing": (), "reported": 3, "expected": 3, "previous_complete": previous is not None}
    number, last = (None if v is None else Decimal(v) for v in (value, previous))
    return Result(criterion=criterion, value=number, previous=last, outcome=outcome, **{**facts, **more})


def total(code, value, reported=UNITS, year=2025, **more):
    number = Decimal(value) if isinstance(value, int) else value
    return Total(variable=code, year=year, value=number, expected=UNITS, reported=reported, contributions=(), **more)


def sending(unit, status=Status.ACCEPTED, day=25, **more):
    sent = None if status in (None, Status.REJECTED) else datetime(2026, 3, day, 9, 15, tzinfo=HANOI)
    facts = {"owed": 8, "values": 8 if sent else 0, "open": 0, "late": False}
    return Sending(unit=unit, status=status, sent_at=sent, **{**facts, **more})


def province(plan=None, **changes):
    """What ``report.fill`` takes, for the small plan: one criterion full, one partial, one missing, one with no past."""
    plan = plan or small_plan(
        companions=(
            Criterion(
                code="DV01_P",
                group="Nhóm tiêu chí đầu vào",
                name="Tỷ trọng người nghiên cứu",
                measure="%",
                formula="C01_A / (C01_A + C01_B) * 100",
                decimals=1,
                standing=Standing.PROPOSED,
                parent="DV01",
            ),
        )
    )
    c = plan.criterion
    results = [
        result(c["DV01"], "1234", "1200", inputs={"C01_A": Decimal(1000), "C01_B": Decimal(234)}),
        *(result(k, "81.04", "80") for k in plan.companions),
        result(c["KQ07"], "12.345", "11.2", Outcome.PARTIAL, inputs={"C09_A": Decimal(25)}, reported=2),
        result(
            c["HQ02"],
            None,
            "6.5",
            Outcome.MISSING,
            inputs={"C14_A": None, "C14_B": Decimal(5), "C14_A@-1": None},
            missing=("C14_A", "C14_A@-1"),
            reported=0,
        ),
        result(c["TD26"], "66.666", None),
    ]
    given = {"C01_A": (600, 300, 100), "C01_B": (200, 30, 4), "C09_A": (20, 5), "C43_A": ("Có", "Có", "Không")}
    figures = tuple(
        Figure(variable=v, unit=u, year=2025, value=n if isinstance(n, str) else Decimal(n), state=State.GIVEN)
        for v, answers in given.items()
        for u, n in zip(UNITS, answers, strict=False)
    )
    totals = [total("C01_A", 1000), total("C01_B", 234), total("C09_A", 25, UNITS[:2]), total("C14_A", None, ())]
    totals += [total("C43_A", Decimal("66.66666")), total("C01_A", 950, year=2024), total("C43_B", "Có; " * 30)]
    dataset = Dataset(
        year=2025,
        figures=figures,
        totals={
            (t.variable, t.year): replace(
                t, contributions=tuple(f for f in figures if (f.variable, f.year) == (t.variable, t.year))
            )
            for t in totals
        },
        gaps=(
            Gap(variable="C09_A", unit="phuong-ky-lua", why="no-return"),
            Gap(variable="C14_A", unit="so-khcn", why="not-yet", note="Chờ công bố."),
        ),
        conflicts=(),
    )
    sendings = (
        sending("so-khcn", day=31),
        sending("xa-hoa-tham", Status.PARTIAL, open=2),
        sending("phuong-ky-lua", None),
    )
    answers = {
        "so-khcn": ((layout.QUESTIONS[0], "Thiếu hướng dẫn;", AT), (layout.QUESTIONS[3], "Bố trí kinh phí", AT)),
        "xa-hoa-tham": ((layout.QUESTIONS[0], "thiếu hướng dẫn", AT), (layout.QUESTIONS[1], "Không", AT)),
    }
    facts = {"plan": plan, "dataset": dataset, "results": tuple(results), "sendings": sendings, "answers": answers}
    return {**facts, "today": TODAY, **changes}


@cache
def plain():
    """The report of ``province()`` as it is."""
    return report.fill(**province())


def filled(**changes):
    return docx.Document(io.BytesIO(report.fill(**province(**changes)) if changes else plain()))


def written(paragraph):
    """The text of a paragraph's element, in content controls too; of a line break a new line."""
    kinds = {qn("w:t"): lambda e: e.text or "", qn("w:br"): lambda e: "\n", qn("w:tab"): lambda e: "\t"}
    return "".join(kinds[e.tag](e) for e in paragraph.iter(*kinds))


def lines(document):
    """Every paragraph of the document and every cell, one a line, in reading order."""
    for block in document.element.body.iter(qn("w:p"), qn("w:tbl")):
        if block.tag == qn("w:tbl"):
            for row in docx.table.Table(block, document).rows:
                cells = [" / ".join(map(written, cell._tc.iter(qn("w:p")))) for cell in row.cells]
                yield " | ".join(dict.fromkeys(cells)) if len(set(cells)) == 1 else " | ".join(cells)
        elif next(block.iterancestors(qn("w:tbl")), None) is None:
            told = written(block)
            if told.strip():
                yield told


def text(document):
    return "\n".join(lines(document))


def row_of(document, start):
    return next(line for line in lines(document) if re.match(rf"(\d* \| )?({re.escape(start)})", line)).split(" | ")


def bare(cell):
    """A cell without the marks of its notes."""
    return re.sub(r"\([a-z,]+\)$", "", cell)


def tables(document):
    """Code -> its row in section II (8 cells), Phụ lục I (9) and Phụ lục II (8), without the marks of notes."""
    second, first, variables = {}, {}, {}
    for line in lines(document):
        row = [bare(cell) for cell in line.split(" | ")]
        if len(row) == 9:
            first[row[1]] = row
        elif len(row) == 8:
            (variables if re.fullmatch(r"C\d+_\w", row[1]) else second)[row[1] or row[2]] = row
    return second, first, variables
