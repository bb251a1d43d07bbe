"""Every number that both reports print is in ``merge --json``, read from the finished papers by a reader of its own.

What is no figure is a short list (``printed.NO_FIGURE``, the row's own number, dates of the campaign, and words of others:
names, reasons, opinions, addresses). A number beside something that the JSON names must be that thing's own.
"""

import dataclasses
import io
import json
import re
import zipfile
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from functools import cache

import pytest
from conftest import small_plan
from msgspec.structs import replace
from printed import Json, Known, Line, explained, figures, lines, said, unexplained, vietnamese
from reports import AT, province

from lsindicators import assignment, compute, exports, layout, merge, report, values
from lsindicators.model import HANOI, NEEDS_REASON, Figure, PastFigure, Sending, Share, State, Status, Total
from lsindicators.papers import Sender
from lsindicators.rehearsal import figures as made_up

BOTH = (Sender.COMPILER, Sender.COMMITTEE)


@cache
def whole_province():
    """The built-in criteria with made-up figures: some units are absent, some late, some figures wait for mending."""
    plan = assignment.builtin(2025)
    absent = {unit for n, unit in enumerate(plan.owed) if n % 13 == 5}
    taken, untaken = [], {}
    for n, a in enumerate(made_up.answers(plan, 7)):
        if a.unit in absent:
            continue
        if a.asked:
            taken.append(Figure(variable=a.variable, unit=a.unit, year=2024, value=a.previous, state=State.GIVEN))
        state = a.state or State.GIVEN
        value = Decimal(0) if state is State.NONE_OCCURRED else None if state in NEEDS_REASON else a.value
        if n % 97 == 0:
            untaken[a.unit, a.variable] = "12,5 tỷ đồng"
        elif a.value is not None or a.state is not None:
            reason = f"{a.reason}, xem công văn số 15/BC ngày 05/01/2026, còn 7 hồ sơ" if state is State.NOT_YET else ""
            taken.append(Figure(variable=a.variable, unit=a.unit, year=2025, value=value, state=state, reason=reason))
    dataset, _ = merge.combine(plan, taken, untaken, set(plan.owed) - absent)
    given = Counter(f.unit for f in taken if f.year == 2025 and f.value is not None)
    mending = Counter(unit for unit, _ in untaken)
    sendings = tuple(
        Sending(
            unit=unit, owed=len(owed), values=given[unit], open=mending[unit], late=n % 9 == 2,
            status=None if unit in absent else Status.PARTIAL if mending[unit] else Status.ACCEPTED,
            sent_at=None if unit in absent else datetime(2026, 4 if n % 9 == 2 else 3, 1 + n % 28, 9, tzinfo=HANOI),
        )
        for n, (unit, owed) in enumerate(plan.owed.items())
    )  # fmt: skip
    answers = {
        unit: ((layout.QUESTIONS[n % 5], f"Còn {n + 31} máy tính cũ, kinh phí 1.234,5 triệu đồng năm {1990 + n}", AT),)
        for n, unit in enumerate(plan.owed)
        if n % 6 == 0
    }
    facts = {"plan": plan, "dataset": dataset, "results": compute.evaluate(plan, dataset), "sendings": sendings}
    return {**facts, "answers": answers, "today": date(2026, 4, 10)}


def first_year():
    """The same without a figure of the year before."""
    facts = whole_province()
    old = {key: total for key, total in facts["dataset"].totals.items() if key[1] == 2025}
    dataset = replace(facts["dataset"], totals=old)
    plan = replace(facts["plan"], past=())
    return {**facts, "plan": plan, "dataset": dataset, "results": compute.evaluate(plan, dataset)}


def nobody():
    """Not one unit has sent."""
    plan = whole_province()["plan"]
    dataset, _ = merge.combine(plan, [], {}, set())
    sendings = tuple(
        replace(s, status=None, values=0, open=0, sent_at=None, late=False) for s in whole_province()["sendings"]
    )
    return {
        **whole_province(),
        "dataset": dataset,
        "results": compute.evaluate(plan, dataset),
        "sendings": sendings,
        "answers": {},
    }


def small():
    """The small province of the report's own tests, with a total of each variable, as merging gives it."""
    facts = province()
    empty = {
        (a.variable, 2025): Total(
            variable=a.variable, year=2025, value=None, expected=a.units, reported=(), contributions=()
        )
        for a in facts["plan"].assignments
    }
    return {**facts, "dataset": replace(facts["dataset"], totals=empty | facts["dataset"].totals)}


def merged_units():
    """Three communes went over into one and a half into another: last year's figures are theirs."""
    plan = small_plan()
    former = [replace(plan.units[1], code=f"xa-cu-{n}", name=f"Xã Cũ {n}", last=2024) for n in range(4)]
    heirs = {
        "xa-hoa-tham": tuple(Share(unit=f"xa-cu-{n}") for n in range(3)),
        "phuong-ky-lua": (Share(unit="xa-cu-3", percent=Decimal(50)),),
    }
    units = tuple(replace(u, took_over=heirs[u.code], first=2025) if u.code in heirs else u for u in plan.units)
    past = tuple(PastFigure(variable="C01_A", unit=u.code, year=2024, value=Decimal(7)) for u in former)
    plan = replace(plan, units=units, inactive=tuple(former), past=past)
    dataset, _ = merge.combine(plan, [], {}, set())
    return {**small(), "plan": plan, "dataset": dataset, "results": compute.evaluate(plan, dataset)}


PROVINCES = {
    "small": small,
    "merged units": merged_units,
    "whole": whole_province,
    "first year": first_year,
    "nobody": nobody,
}


@cache
def told(name):
    facts = PROVINCES[name]()
    document = exports.to_json(facts["plan"], facts["dataset"], facts["results"], (), facts["sendings"])
    return Json(json.loads(json.dumps(document), parse_float=Decimal))


@cache
def paper(name, sender):
    return report.fill(**PROVINCES[name](), sender=sender)


@cache
def words(name):
    """What others have worded: names, reasons, opinions, addresses. Digits in it are no figures of the report."""
    facts = PROVINCES[name]()
    plan, settings = facts["plan"], facts["plan"].settings
    worded = [settings.contact, settings.plan_document, settings.signer, settings.drafter, *settings.reminded]
    worded += [*settings.recipients, *settings.committee.recipients, layout.MADE_UP]
    worded += [text for u in (*plan.units, *plan.inactive) for text in (u.name, u.short)]
    worded += [text for c in (*plan.criteria, *plan.companions) for text in (c.name, c.basis, *c.group.split(" / "))]
    worded += [text for v in plan.variables for text in (v.name, v.measure)]
    worded += [text for a in plan.assignments for text in (a.lead_written, a.supporting_written)]
    worded += [r.note for r in facts["results"]] + [r.seam for r in facts["results"]]
    worded += [gap.note.rstrip(" .;") for gap in facts["dataset"].gaps]
    worded += [t.value for t in facts["dataset"].totals.values() if isinstance(t.value, str)]
    for unit in facts["answers"].values():
        worded += [line.strip(" -.;") for _, answer, _ in unit for line in answer.splitlines()]
    return [values.clean(text) for text in worded if text]


def beside(name):
    """What stands in the campaign's settings, and how many units wrote an opinion: no figures of the province."""
    facts = PROVINCES[name]()
    settings = facts["plan"].settings
    known = Known(days={settings.unit_deadline, settings.report_deadline})
    asked = Counter(question for answers in facts["answers"].values() for question, _, _ in answers)
    known.count("đơn vị", *asked.values())
    return known


# ------------------------------------------------------------------ every number


@pytest.mark.parametrize("sender", BOTH)
@pytest.mark.parametrize("name", PROVINCES)
def test_every_number_of_the_reports_is_in_the_json(name, sender):
    wanting = unexplained(paper(name, sender), told(name), words(name), beside(name))
    assert not wanting, "\n".join(wanting)


def test_many_numbers_are_looked_at():
    """So that the test above cannot pass for having read nothing."""
    kinds = Counter(n.kind for _, n, _ in said(paper("whole", Sender.COMPILER), told("whole"), words("whole")))
    assert kinds["number"] > 600
    assert kinds["pair"] > 150
    assert kinds["day"] > 5


# ------------------------------------------------------------------ the annex of criteria


def annex(document):
    """The rows of Phụ lục I, each as column -> text."""
    inside = False
    for line in lines(document):
        if line.where == "đoạn văn" and re.match(r"Phụ lục\b", line.text):
            inside = line.text == "Phụ lục I"
        if inside and line.row and line.row != line.head and line.column == 0 and len(line.row) == len(line.head):
            yield dict(zip(line.head, line.row, strict=True))


NOTES = r"\([a-zđ]{1,2}(?:, ?[a-zđ]{1,2})*\)$"
"""What leads from a figure to the note below its table."""


@pytest.mark.parametrize("sender", BOTH)
@pytest.mark.parametrize("name", PROVINCES)
def test_each_criterion_stands_once_in_the_annex_just_as_the_json_has_it(name, sender):
    wanted = {r["name"]: r for r in (*told(name).document["criteria"], *told(name).document["companions"])}
    number, found = 0, Counter()
    for row in annex(paper(name, sender)):
        printed = next(text for column, text in row.items() if column.startswith("Tiêu chí"))
        result = wanted[max((n for n in wanted if printed.removeprefix("- ").startswith(n)), key=len)]
        found[result["code"]] += 1
        if result["parent"] is None:
            number += 1
            assert row["STT"] == str(number)
        places, year = result["decimals"], told(name).document["year"]
        for column, value in ((f"Năm {year - 1}", result["previous"]), (f"Năm {year}", result["value"])):
            text = re.sub(NOTES, "", row[column])
            assert text == ("Chưa có số liệu" if value is None else vietnamese(value, places))
            assert value is None or len(text.partition(",")[2]) == places
        change = vietnamese(result["change"], places) if result["change"] is not None and result["comparable"] else "–"
        moved = re.sub(NOTES, "", row["Tăng, giảm"])
        assert moved.lstrip("+") == change
        assert moved.startswith("+") == (change not in ("–",) and change[0] != "-" and bool(re.search("[1-9]", change)))
        coverage = result["coverage"]
        (column,) = [c for c in row if c.startswith("Độ phủ")]
        assert re.sub(NOTES, "", row[column]) == f"{coverage['reported']}/{coverage['expected']}"
    assert found == Counter({r["code"]: 1 for r in wanted.values()})


# ------------------------------------------------------------------ the test itself


def planted(document, where, old, new):
    """The report with ``new`` in place of the first ``old`` behind ``where``."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as source, zipfile.ZipFile(stream, "w") as target:
        for item in source.infolist():
            content = source.read(item).decode() if item.filename.endswith(".xml") else source.read(item)
            if item.filename == where[0]:
                head, found, tail = content.partition(where[1])
                assert found
                assert old in tail
                content = head + found + tail.replace(old, new, 1)
            target.writestr(item, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("where", "old", "new"),
    [
        (("word/document.xml", "Phụ lục I<"), "1.234<", "1.235<"),
        (("word/document.xml", "Phụ lục I<"), "+1,15<", "+1,25<"),
        (("word/document.xml", "Phụ lục I<"), "2/3<", "1/3<"),
        (("word/document.xml", "Phụ lục II<"), ">950<", ">951<"),
        (("word/document.xml", "Phụ lục III<"), "25/3/2026", "26/3/2026"),
        (("word/document.xml", "(đạt "), "66,7%", "67,7%"),
        (("word/document.xml", "Phụ lục I<"), "12,35<", "81,04<"),
        (("word/document.xml", "<w:body>"), "gồm 02 đơn vị", "gồm 09 đơn vị"),
        (("word/document.xml", "<w:body>"), "có 04 tiêu chí", "có 07 tiêu chí"),
        (("word/charts/chart1.xml", "<c:ser>"), "<a:t>1</a:t>", "<a:t>7</a:t>"),
    ],
)  # fmt: skip
def test_a_wrong_number_is_found(where, old, new):
    document = planted(paper("small", Sender.COMPILER), where, old, new)
    wanting = unexplained(document, told("small"), words("small"), beside("small"))
    assert len(wanting) == 1
    assert re.search(r"[\d.,/+]*\d", new)[0] in wanting[0]


def wrong(text):
    """The number with another last digit."""
    return text[:-1] + str((int(text[-1]) + 3) % 10)


def test_hardly_a_wrong_number_escapes():
    """Each number of the report is made wrong in turn: hardly any is then the right one of the same thing."""
    missed, tried = Counter(), Counter()
    for line, number, known in said(paper("whole", Sender.COMPILER), told("whole"), words("whole")):
        bad = number._replace(text=number.text[:-1] + str((int(number.text[-1]) + 3) % 10))
        sort = "figure in a row" if line.row and set(number.text) & set(",./") else "all else"
        tried[sort] += 1
        missed[sort] += explained(bad, dataclasses.replace(line, text=line.text.replace(number.text, bad.text)), known)
    assert missed["figure in a row"] <= 0.01 * tried["figure in a row"]
    assert missed["all else"] <= 0.3 * tried["all else"], "counts are small and alike"


@pytest.mark.parametrize(
    ("listed", "doubtful"), [("03 xã: Ba Sơn, Tân Tri, Vũ Lễ", []), ("04 xã: Ba Sơn, Tân Tri", ["04"])]
)
def test_a_count_before_names_is_the_number_of_names(listed, doubtful):
    assert [n.text for n in figures(Line("đoạn văn", f"- Thiếu máy (Sở Y tế; {listed})."))] == doubtful


def test_a_line_reads_as_people_read_it():
    line = Line(
        "đoạn văn",
        "2.1. Có 86/94 đơn vị (đạt 91,5%), theo Quyết định số 2244/QĐ-TTg ngày 13/10/2025, năm 2024 có 4G và 05 xã",
    )
    assert list(figures(line)) == [("pair", "86/94", ""), ("number", "91,5", ""), ("number", "05", "đơn vị")]
