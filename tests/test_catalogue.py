"""Every damage of the catalogue, each alone on a small form: the right code at the right cell, no wrong value, no false alarm.

The first table says it of what a rehearsal does by itself; ``damages`` of what other programs do.
"""

import re
from collections import Counter
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace

import damages
import office
import programs
import pytest
from conftest import KEY, small_plan
from drawn import drawn_plan
from msgspec.structs import replace
from test_rehearsal import VALUES, act, answers, send_forms

from lsindicators import assignment, checks, inbox, layout, ledger, pipeline, rehearsal, returns
from lsindicators.findings import OF_PAPERS, Code, Severity
from lsindicators.model import HANOI, Unit
from lsindicators.rehearsal import catalogue, figures, packing
from lsindicators.rehearsal.catalogue import CATALOGUE
from lsindicators.rehearsal.desk import Desk

SENT = datetime(2026, 3, 20, 9, 15, tzinfo=HANOI)

REHEARSED = """
    damage                       | what reading says | what is not taken
    rule-part                    | F17 rule-broken | C09_A C09_B
    rule-whole                   | F17 rule-broken | C09_A C09_B
    scale-3                      | F21 unit-scale-suspect | C14_A
    scale-6                      | F12 unit-scale-suspect | C01_A
    scale-minus-3                | F21 unit-scale-suspect | C14_A
    change-up                    | F21 large-change | C14_A
    change-down                  | F22 large-change | C14_B
    measure-scaled               | * protection-removed; D13 locked-cell-changed; E13 unit-scale-suspect; F13 unit-scale-suspect | C01_B C01_B@-1
    above                        | F12 above-maximum | C01_A
    above-a-little               | F12 above-maximum | C01_A
    above-as-text                | F17 above-maximum | C09_A
    below                        | F18 below-minimum | C09_B
    below-a-little               | F21 below-minimum | C14_A
    below-as-text                | F12 below-minimum | C01_A
    fraction                     | F12 not-an-integer | C01_A
    fraction-small               | F12 not-an-integer | C01_A
    fraction-as-text             | F18 not-an-integer | C09_B
    ambiguous                    | F18 ambiguous-number | C09_B
    ambiguous-short              | F18 ambiguous-number | C09_B
    ambiguous-zero               | F18 ambiguous-number | C09_B
    ambiguous-spaces             | F17 ambiguous-number | C09_A
    about                        | F22 not-a-number | C14_B
    more-than                    | F22 not-a-number | C14_B
    from-to                      | F12 not-a-number | C01_A
    preliminary                  | F12 not-a-number | C01_A
    in-words                     | F22 not-a-number | C14_B
    question-mark                | F17 not-a-number | C09_A
    gathering                    | F18 not-a-number | C09_B
    two-commas                   | F13 not-a-number | C01_B
    letter-o                     | F12 not-a-number | C01_A
    sum-in-text                  | F22 not-a-number | C14_B
    date                         | F12 date-as-number | C01_A
    date-text                    | F17 date-as-number | C09_A
    date-in-words                | F12 date-as-number | C01_A
    date-iso                     | F12 date-as-number | C01_A
    contradiction                | F18 state-contradicts-value | C09_B
    contradiction-not-yet        | F12 state-contradicts-value | C01_A
    contradiction-not-applicable | F18 state-contradicts-value | C09_B
    contradiction-elsewhere      | F21 state-contradicts-value | C14_A
    not-in-list                  | G12 not-in-list | C01_A
    not-in-list-number           | G12 not-in-list | C01_A
    not-in-list-two              | G12 not-in-list | C01_A
    not-in-list-choice           | F24 not-in-list | C43_A
    formula                      | F12 formula-in-input | C01_A
    formula-cell                 | F22 formula-in-input | C14_B
    formula-scratch              | F22 formula-in-input | C14_B
    formula-as-text              | F18 formula-in-input | C09_B
    formula-state                | G12 formula-in-input | C01_A
    formula-source               | H12 formula-in-input
    cell-error                   | F13 cell-error | C01_B
    cell-error-division          | F18 cell-error | C09_B
    cell-error-value             | F18 cell-error | C09_B
    cell-error-name              | F12 cell-error | C01_A
    cell-error-text              | F18 cell-error | C09_B
    cell-error-state             | G12 cell-error | C01_A
    cell-error-source            | H12 cell-error
    no-source                    | H22 missing-source
    no-source-spaces             | H13 missing-source
    control                      | H18 control-characters
    control-direction            | H13 control-characters
    control-number               | F13 control-characters; F13 number-as-text
    control-state                | G13 control-characters
    long                         | H17 text-too-long
    long-reason                  | I25 text-too-long
    no-reason                    | I21 missing-reason | C14_A
    no-reason-not-applicable     | I21 missing-reason | C14_A
    no-reason-elsewhere          | I22 missing-reason | C14_B
    blank                        | F17 missing-value; F18 missing-value; F21 missing-value | C09_A C09_B C14_A
    blank-given                  | F12 missing-value | C01_A
    blank-spaces                 | F12 missing-value | C01_A
    blank-invisible              | F21 missing-value | C14_A
    as-text                      | F12 number-as-text; F13 number-as-text; F17 number-as-text; F18 number-as-text; F21 number-as-text; F22 number-as-text
    as-text-measure              | F12 number-as-text
    as-text-spaces               | F21 number-as-text
    as-text-american             | F22 number-as-text
    as-text-wide                 | F12 number-as-text
    as-text-plus                 | F13 number-as-text
    as-text-nbsp                 | F12 number-as-text
    unlocked                     | * protection-removed
    measure-rewritten            | * protection-removed; D22 locked-cell-changed
    label-rewritten              | * protection-removed; C18 locked-cell-changed
    number-rewritten             | * protection-removed; A21 locked-cell-changed
    record-rewritten             | * protection-removed; E17 locked-cell-changed
    title-rewritten              | * protection-removed; A1 locked-cell-changed
    unit-rewritten               | * protection-removed; A3 locked-cell-changed
    heading-rewritten            | * protection-removed; H9 locked-cell-changed
    year-rewritten               | * protection-removed; F9 locked-cell-changed
    signature-rewritten          | * protection-removed; H28 locked-cell-changed
    check-typed-over             | * protection-removed; J21 locked-cell-changed
    row-deleted                  | * protection-removed; * row-missing | C01_A
    rows-deleted                 | * protection-removed; * row-missing | C01_A C14_B
    key-cleared                  | * protection-removed; * row-missing; B12 locked-cell-changed | C01_A
    key-rewritten                | * protection-removed; * row-missing; B21 locked-cell-changed | C14_A
    sorted                       | * protection-removed; B18 row-moved; D18 locked-cell-changed; E18 locked-cell-changed; B21 row-moved; D21 locked-cell-changed; E21 locked-cell-changed | C09_B C14_A
    twice                        | * protection-removed; B12 row-duplicated; B26 row-duplicated | C01_A
    twice-same                   | * protection-removed; B26 row-duplicated
    stray                        | * protection-removed; L11 stray-content
    stray-below                  | * protection-removed; B33 stray-content
    stray-total                  | * protection-removed; C26 stray-content; F26 stray-content
    stray-far                    | * protection-removed; AB3 stray-content; Z40 stray-content
    locked-all                   | * protection-removed; A8 locked-cell-changed; D9 locked-cell-changed; A10 locked-cell-changed; C12 locked-cell-changed; E12 locked-cell-changed; J12 locked-cell-changed
    added                        | * protection-removed; Ghi chú!A1 stray-content; B26 stray-content
    own-sheet                    | Chi tiết!A1 stray-content; Chi tiết!A2 stray-content; Chi tiết!B1 stray-content; Chi tiết!B2 stray-content
    merged                       | * protection-removed; F12 cell-error; G12 cell-error | C01_A
    merged-down                  | * protection-removed; F21 cell-error; F22 cell-error | C14_A C14_B
    merged-beside                | * protection-removed; H12 cell-error; I12 cell-error
    no-narrative                 | * sheet-missing
    no-sheet                     | * sheet-missing | all
    no-headings                  | * sheet-missing | all
    renamed                      | * sheet-renamed
    renamed-ascii                | * sheet-renamed
    renamed-narrative            | * sheet-renamed
    blank-form                   | * empty-return | all
    blank-form-saved             | * empty-return | all
    blank-form-spaces            | * empty-return | all
    other-campaign               | * wrong-campaign | all
    last-year                    | * wrong-campaign | all
    other-province               | * wrong-campaign | all
    forged                       | * forged-form | all
    forged-unit                  | * forged-form | all
    forged-round                 | * forged-form | all
    forged-cut                   | * forged-form | all
    stranger                     | * not-a-form | all
    copied-by-hand               | * not-a-form | all
    no-cells                     | * not-a-form | all
    pdf                          | * unsupported-format | all
    word                         | * unsupported-format | all
    photo                        | * unsupported-format | all
    screenshot                   | * unsupported-format | all
    rtf                          | * unsupported-format | all
    rar                          | * unsupported-format | all
    html                         | * unsupported-format | all
    shortcut                     | * unsupported-format | all
    xlsb                         | * unsupported-format | all
    torn                         | * unreadable-file | all
    torn-early                   | * unreadable-file | all
    zeroed                       | * unreadable-file | all
    no-part                      | * unreadable-file | all
    part-cut                     | * unreadable-file | all
    doctype                      | * unreadable-file | all
    csv                          | * unreadable-file | all
    head-alone                   | * unreadable-file | all
    nobody                       | * unknown-unit | all
    nobody-new                   | * unknown-unit | all
    nobody-second                | * unknown-unit | all
    encrypted                    | * encrypted-file | all
    encrypted-ods                | * encrypted-file | all
    huge                         | * too-large | all
    swollen                      | * too-large | all
    large-scan                   | * too-large | all
    old-version                  | * wrong-version
    old-version-head             | * wrong-version
    old-version-title            | * wrong-version
    macro                        | * macro-present
    macro-in-xlsx                | * macro-present
    macro-kind                   | * macro-present
    link                         | * external-link
    connection                   | * external-link
    resaved
    restyled
    widened
    zoomed
    printed-otherwise
    locked-again
    shown
    reordered
    hidden-rows
    hidden-sheet
    filtered
    scratched
    aside-deleted
    unguided
    other-formats
    named
    decomposed
    with-spaces
    in-capitals
    said-aloud
    on-several-lines
    quoted
    explained
    narrated
    padded
    no-properties
    no-footer
    no-names
    no-dimension
"""
"""``C01_A`` stands in row 12, ``C01_B`` 13, ``C09_A`` 17, ``C09_B`` 18, ``C14_A`` 21, ``C14_B`` 22, ``C43_A`` 24, ``C43_B`` 25;
last year's figure in E, this year's in F, then state, source, reason and check. Which row is spoilt hangs on the unit."""


def table(text):
    """Damage -> what is said, what is not taken."""
    lines = [re.split(r" *\| *", line.strip()) for line in text.strip().split("\n")[1:]]
    return {line[0]: SimpleNamespace(says=(*line, "")[1], loses=(*line, "", "")[2]) for line in lines}


WANTED = table(REHEARSED)
OTHERS = {d.id: d for found in damages.BY_PROGRAM.values() for d in found}


# ------------------------------------------------------------------ the campaign


class Campaign:
    """The small plan with one unit for each damage; all of them owe every variable and say the same."""

    def __init__(self, folder, ids):
        plan = small_plan()
        units = tuple(Unit(code=f"u-{i}", name=f"Đơn vị {i}", short=i, type="xa") for i in ids)
        lead, *others = (u.code for u in units)
        named = {
            "lead": (lead,),
            "supporting": tuple(others),
            "lead_written": lead,
            "supporting_written": "; ".join(others),
        }
        owed = tuple(replace(a, **named) for a in plan.assignments)
        plan = replace(plan, units=units, groups=(), assignments=owed, past=())
        self.answers = answers(plan)
        self.plan, self.folder = rehearsal.staged(plan, self.answers), folder
        self.forms = send_forms(self.plan, folder / "bieu-mau")
        self.sources, self.returns = folder / "nguon", folder / "tra-ve"
        self.sources.mkdir()
        self.returns.mkdir()

    def desk(self, damage):
        """The form of a damage's unit, filled in well."""
        told = {a.variable: a for a in self.answers if a.unit == f"u-{damage}"}
        return Desk(plan=self.plan, form=layout.form(self.plan, f"u-{damage}"), answers=told, words={})

    def filled(self, damage):
        """The path of that form."""
        path = self.sources / f"{damage}.xlsx"
        form = (self.forms / f"u-{damage}.xlsx").read_bytes()
        path.write_bytes(packing.typed(form, self.desk(damage).sheets, SENT))
        return path

    def received(self):
        """What reading says of the folder of returns."""
        (self.folder / "phan-cong.xlsx").write_bytes(assignment.write(self.plan))
        (self.folder / ledger.FOLDER).mkdir()
        (self.folder / ledger.FOLDER / ledger.KEY_FILE).write_text(KEY.hex(), encoding="utf-8")
        return pipeline.receive(self.folder).returns

    def read(self):
        """Damage -> the verdict on its file."""
        return {re.sub(r"tra-ve/|\.[a-z]+$", "", r.receipt.file): r.verdict for r in self.received()}


def place(sheet, address, code):
    """How a finding is written in the tables."""
    where = "*" if address is None else address if sheet == layout.DATA else f"{sheet}!{address}"
    return f"{where} {code.word}"


def taken(figures):
    """``C01_A`` or ``C01_A@-1`` -> value and state."""
    return {f"{code}{'@-1' if year == 2024 else ''}": figure for (code, year), figure in figures.items()}


def held(wanted, verdict, clean):
    """What a damage came to, beside what it should: findings that weigh something or are named, and figures."""
    said = {f.strip() for f in wanted.says.split(";") if f.strip()}
    found = {
        told
        for f in verdict.findings
        if (told := place(f.at.sheet, f.at.address, f.code)) in said or f.severity is not Severity.INFO
    }
    figures = {} if wanted.loses == "all" else {k: v for k, v in clean.items() if k not in wanted.loses.split()}
    got = taken({(f.variable, f.year): (f.value, f.state) for f in verdict.figures})
    return (found, got), (said, figures)


# ------------------------------------------------------------------ what the rehearsal does


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory):
    campaign = Campaign(tmp_path_factory.mktemp("ky"), [d.id for d in CATALOGUE])
    acts = [replace(act(f"u-{d.id}", d.way, f"{d.id}.xlsx"), how={d.way: d.id}) for d in CATALOGUE]
    sent = rehearsal.send(campaign.plan, campaign.forms, campaign.answers, acts, campaign.returns, key=KEY)
    return campaign, {d.id: s for d, s in zip(CATALOGUE, sent, strict=True)}, campaign.read()


@pytest.mark.parametrize("damage", [d.id for d in CATALOGUE])
def test_a_damage_of_the_rehearsal(rehearsed, damage):
    campaign, sent, verdicts = rehearsed
    clean = taken(campaign.desk(damage).figures())
    assert clean.keys() == {*VALUES, "C01_B@-1"}
    found, wanted = held(WANTED[damage], verdicts[damage], clean)
    assert found == wanted
    known = {place(e.sheet, e.cell, e.code) for e in sent[damage].expected}
    assert (known, taken(sent[damage].figures)) == wanted  # the rehearsal itself expects the same


def test_what_is_harmless_is_done_all_the_same(rehearsed):
    """Nothing is to be said of it, so that a damage which does nothing any more would pass unseen."""
    campaign, _, _ = rehearsed
    for d in catalogue.of(rehearsal.Way.HARMLESS):
        form, sheets = (campaign.forms / f"u-{d.id}.xlsx").read_bytes(), campaign.desk(d.id).sheets
        as_filled = [packing.typed(form, sheets, SENT)]
        if d.id != "resaved":
            as_filled.append(packing.save_book(packing.open_book(form, sheets), SENT))
        assert (campaign.returns / f"{d.id}.xlsx").read_bytes() not in as_filled, d.id


@pytest.mark.parametrize("number", [5, 8])
def test_each_damage_on_a_plan_drawn_by_lot(tmp_path, number):
    plan = drawn_plan(number)
    acts = [
        replace(act(unit, d.way, f"{unit}/{d.id}.xlsx"), how={d.way: d.id})
        for unit in plan.owed
        for d in CATALOGUE
        if d.way is not rehearsal.Way.HUGE
    ]
    told = figures.answers(plan, number)
    wrong = []
    for s in rehearsal.send(plan, send_forms(plan, tmp_path / "bieu-mau"), told, acts, tmp_path / "tra-ve", key=KEY):
        found, got = judged(plan, (tmp_path / s.file).read_bytes(), s.file)
        said = {place(e.sheet, e.cell, e.code) for e in s.expected if e.code is not Code.RESUBMISSION}
        weighty = {place(f.at.sheet, f.at.address, f.code) for f in found if f.severity is not Severity.INFO}
        missed = said - {place(f.at.sheet, f.at.address, f.code) for f in found}
        if missed or weighty - said or got != s.figures:
            wrong.append((s.file, missed, weighty - said))
    assert wrong == []


def judged(plan, content, file):
    """All findings about one file, and the figures taken of it."""
    kind, found = inbox.examine(content, file)
    if not kind:
        return found, {}
    ret, more = returns.read(content, file, "0" * 64, kind)
    if ret is None:
        return more, {}
    verdict = checks.judge(plan, KEY, ret, SENT)
    return (*more, *verdict.findings), {(f.variable, f.year): (f.value, f.state) for f in verdict.figures}


# ------------------------------------------------------------------ what other programs do


def by_libreoffice(campaign, found):
    for d in found:
        save = ("save", (campaign.returns / f"{d.id}.{d.kind}").as_uri(), d.kind, d.password)
        office.work(campaign.filled(d.id), [*d.do, save])


def by_gnumeric(campaign, found):
    for d in found:
        source = campaign.filled(d.id)
        book = packing.open_book(source.read_bytes(), {layout.DATA: d.do[0]} if d.do else {})
        source.write_bytes(packing.save_book(book, SENT))
        programs.by_gnumeric([source], d.kind, campaign.returns)


def by_openpyxl(campaign, found):
    for d in found:
        book = packing.open_book(campaign.filled(d.id).read_bytes(), {})
        for change in d.do:
            change(book)
        (campaign.returns / f"{d.id}.xlsx").write_bytes(packing.save_book(book, SENT))


def by_node(program):
    def run(campaign, found):
        jobs = []
        for d in found:
            cells = {a: float(v) if isinstance(v, Decimal) else v for a, v in campaign.desk(d.id).cells.items()}
            blank, saved = campaign.forms / f"u-{d.id}.xlsx", campaign.returns / f"{d.id}.{d.kind}"
            jobs.append((blank, saved, {layout.DATA: {**cells, **d.do[0]}}))
        programs.by_node(program, jobs)

    return run


RUN = {
    "libreoffice": by_libreoffice,
    "gnumeric": by_gnumeric,
    "openpyxl": by_openpyxl,
    "exceljs": by_node("exceljs"),
    "sheetjs": by_node("xlsx"),
}


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """Program -> the campaign that it spoilt, and the verdicts; each program runs once, when it is first asked for."""
    kept = {}

    def by(program):
        if program not in kept:
            campaign = Campaign(tmp_path_factory.mktemp(program), [d.id for d in damages.BY_PROGRAM[program]])
            RUN[program](campaign, damages.BY_PROGRAM[program])
            kept[program] = campaign, campaign.read()
        return kept[program]

    return by


MARKS = {"libreoffice": pytest.mark.libreoffice}


@pytest.mark.parametrize(
    ("program", "damage"),
    [
        pytest.param(program, d.id, marks=MARKS.get(program, ()))
        for program, found in damages.BY_PROGRAM.items()
        for d in found
    ],
)
def test_a_damage_by_another_program(done, program, damage):
    campaign, verdicts = done(program)
    found, wanted = held(OTHERS[damage], verdicts[damage], taken(campaign.desk(damage).figures()))
    assert found == wanted


# ------------------------------------------------------------------ a file that comes again


SENT_AGAIN = [
    # first file, then another -> what is said of the second one
    ("a.xlsx", "a.xlsx", "b.xlsx", "a.xlsx", {"duplicate-file"}),
    ("a.xlsx", "a.xlsx", "thư mục/a.xlsx", "a.xlsx", {"duplicate-file"}),
    ("a.xlsx", "a.xlsx", "tep.zip!a.xlsx", "a.xlsx", {"duplicate-file"}),
    ("a.xlsx", "a.xlsx", "b.xlsx", "other", {"resubmission"}),
    ("a.xlsx", "a.xlsx", "thu.eml!b.xlsx", "other", {"resubmission"}),
    ("a.xlsx", "other", "b.xlsx", "a.xlsx", {"resubmission"}),
]


@pytest.mark.parametrize(("first", "one", "second", "two", "codes"), SENT_AGAIN)
def test_a_file_that_comes_again(tmp_path, first, one, second, two, codes):
    campaign = Campaign(tmp_path, ["lai"])
    way = {"a.xlsx": rehearsal.Way.GOOD, "other": rehearsal.Way.REWRITTEN}
    again = rehearsal.Way.COPY if two == one else way[two]
    acts = [act("u-lai", way[one], first), act("u-lai", again, second, 21)]
    rehearsal.send(campaign.plan, campaign.forms, campaign.answers, acts, campaign.returns, key=KEY)
    found = {r.receipt.file: {f.code.word for f in r.verdict.findings} for r in campaign.received()}
    assert found == {f"tra-ve/{first}": set(), f"tra-ve/{second}": codes}


# ------------------------------------------------------------------ the catalogue as a whole

BY_MERGING = {
    Code.CONFLICT, Code.TOTALS_DISAGREE, Code.NO_RETURN, Code.COVERAGE_LOW, Code.UNKNOWN_UNIT_NAME,
    Code.AMBIGUOUS_UNIT_NAME, Code.OPEN_GROUP, Code.UNMATCHED_CRITERION, Code.UNREADABLE_ROW, Code.FORMULA_DOUBTFUL,
    *OF_PAPERS,
}  # fmt: skip
"""Of several returns together, of the appendix and the assignment: no one form can hold them; ``rehearse`` plants them elsewhere."""

MANY = 3
"""Every code comes about in so many ways."""


def test_every_damage_is_in_one_table():
    assert list(WANTED) == [d.id for d in CATALOGUE]
    every = [*WANTED, *(d.id for found in damages.BY_PROGRAM.values() for d in found)]
    assert len(every) == len(set(every)) >= 120
    assert set(damages.BY_PROGRAM) == set(RUN)


def test_every_code_comes_about_in_several_ways():
    found = Counter()
    for d in (*WANTED.values(), *OTHERS.values()):
        found.update({told.split()[-1] for told in d.says.split(";") if told.strip()})
    for *_, codes in SENT_AGAIN:
        found.update(codes)
    for code in set(Code) - BY_MERGING:
        assert found[code.word] >= MANY, code


def test_twenty_damages_and_more_are_none():
    assert sum(not d.says and not d.loses for d in (*WANTED.values(), *OTHERS.values())) >= 20


def test_the_rehearsal_knows_each_way():
    ways = {*catalogue.CELL_FAULTS, *catalogue.SHEET_FAULTS, *catalogue.FILE_FAULTS, *catalogue.HANDLED}
    assert set(catalogue.ORDER) == ways | {rehearsal.Way.HARMLESS}
