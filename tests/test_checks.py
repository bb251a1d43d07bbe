"""What a return is worth: gates, structure, cells, rules. Asserts on where and which code, not on wording."""

import io
import re
import warnings
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from functools import partial
from itertools import product

import pytest
import sheets
from conftest import KEY, small_plan, variable
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from office import convert, needs_libreoffice

from lsindicators import checks, layout, returns
from lsindicators.findings import Code, Severity
from lsindicators.model import (
    CellRef,
    CheckRule,
    Entry,
    Figure,
    FoundCell,
    Kind,
    Level,
    PastFigure,
    Return,
    State,
    Status,
    Token,
    Variable,
)
from lsindicators.values import clean

D = Decimal
FILE = "tra-ve/So KHCN.xlsx"
READ_AT = datetime(2026, 3, 28, 9, 15, tzinfo=timezone(timedelta(hours=7)))
UNIT = "so-khcn"
OTHER_KEY = bytes(32)
NOT_YET, NONE_OCCURRED = State.NOT_YET.value, State.NONE_OCCURRED.value


# ------------------------------------------------------------------ a return made in code


def cell(address, text, sheet=layout.DATA):
    """A found cell in the notation of ``sheets``: a Decimal is a number, ``=…`` a formula, ``@n`` a date, ``%n`` a percentage."""
    at = CellRef(FILE, sheet, address)
    if text is None or text == "":
        return FoundCell(at=at, value=None)
    if isinstance(text, bool):
        return FoundCell(at=at, value=text, literal=str(int(text)))
    if isinstance(text, int | float | Decimal):
        return FoundCell(at=at, value=D(str(text)), literal=str(text))
    if text.startswith('"='):
        return FoundCell(at=at, value=text.strip('"'), literal=text)
    if text.startswith("="):
        return FoundCell(at=at, value=D(7), literal="7", formula=text[1:])
    if text.startswith("#") and text.endswith(("!", "?")):
        return FoundCell(at=at, value=text, literal=text, error=True)
    if text[0] in "@%" and sheets.NUMBER.fullmatch(text[1:]):
        return FoundCell(
            at=at, value=D(text[1:]), literal=text[1:], date_format=text[0] == "@", percent_format=text[0] == "%"
        )
    return FoundCell(at=at, value=clean(text) or None, literal=text)


def grid(plan, unit=UNIT, key=KEY, round=1):
    """Address -> text of the empty form of ``unit``."""
    form = layout.form(plan, unit)
    cells = {a: t for a, t in {**form.locked, **form.signature}.items() if t != ""}
    cells[layout.address(layout.TOKEN_ROW, 0)] = f"Mã biểu mẫu: {layout.stamp(key, form, round)}"
    cells[layout.address(layout.PROGRESS_ROW, 0)] = "Đã nhập 0/8"
    shown = (layout.CONTROL, (form.signed_row, layout.NUMBER))
    cells |= dict.fromkeys((layout.address(*place) for place in shown), "Mã kiểm soát: 0000-0000")
    return cells


CODES = ("G8", "A27")
"""Where the control code stands in the small plan's form of ``so-khcn``."""


def split(address):
    letters, digits = re.fullmatch("([A-Z]+)([0-9]+)", address).groups()
    return letters, int(digits)


def gathered(cells, *, tokens=None, name=layout.DATA, protected=True, answers=(), merged=(), more=None, alone=False):
    """The Return of a sheet with ``cells`` (address -> text in cell notation); ``more``: further sheets.

    ``alone``: without the sheet for difficulties and proposals.
    """
    found = {a: c._replace(merged=a in merged) for a, t in cells.items() if (c := cell(a, t, name)).value is not None}
    heading = next((split(a)[1] for a, t in cells.items() if t == "Mã số liệu"), None)
    rows = sorted(split(a)[1] for a, t in cells.items() if heading and a[0] == "B" and split(a)[1] > heading and t)

    def beside(letter, row):
        a = f"{letter}{row}"
        return found.get(a) or FoundCell(at=CellRef(FILE, name, a), value=None, merged=a in merged)

    entries = tuple(
        Entry(
            variable=str(cells[f"B{row}"]),
            label=str(cells.get(f"C{row}", "")),
            key=CellRef(FILE, name, f"B{row}"),
            previous=beside("E", row),
            current=beside("F", row),
            state=beside("G", row),
            source=beside("H", row),
            reason=beside("I", row),
        )
        for row in rows
    )
    if tokens is None:
        tokens = [t.split(": ")[-1] for t in cells.values() if isinstance(t, str) and "LSI1-" in t] * 2
    others = {n: {a: cell(a, t, n) for a, t in c.items()} for n, c in (more or {}).items()}
    return Return(
        file=FILE,
        sha256="ab" * 32,
        tokens=tuple(Token(text=t, place="cell") for t in tokens),
        sheet=name if heading else None,
        heading_row=heading,
        year_heading=2025 if heading else None,
        entries=entries,
        cells={name: found, **others},
        sheets=tuple(dict.fromkeys((name, *others) if alone else (name, layout.NARRATIVE, *others))),
        protected=protected,
        answers=tuple(answers),
    )


GOOD = {
    "F12": D(125), "H12": "Báo cáo", "F13": D(10), "H13": "Báo cáo", "F17": D(5), "H17": "Báo cáo", "F18": D(20),
    "H18": "Báo cáo", "F21": D("28900000.5"), "H21": "Niên giám", "F22": D(450000), "H22": "Niên giám", "F24": "Có",
}  # fmt: skip
"""A whole and flawless answer of ``so-khcn`` to the small plan."""


def returned(plan, typed=None, *, good=True, unit=UNIT, key=KEY, round=1, **more):
    """A filled return: the good answers with ``typed`` in their place; ``None`` empties a cell."""
    cells = {**grid(plan, unit, key, round), **(GOOD if good else {}), **(typed or {})}
    return gathered({a: t for a, t in cells.items() if t is not None}, **more)


def judge(plan, ret, key=KEY):
    return checks.judge(plan, key, ret, READ_AT)


def told(verdict):
    return [(f.at.address, f.code.word) for f in verdict.findings]


def figures(verdict, year=2025):
    return {f.variable: f.value for f in verdict.figures if f.year == year}


# ------------------------------------------------------------------ the good case


ANY_CELL = [
    None,
    "",
    5,
    5.5,
    -1,
    10**10,
    True,
    "5",
    "1,5",
    "-",
    "Có",
    "#REF!",
    "Err:502",
    "=A1",
    "@45000",
    "%0.5",
    "x\x07y",
    "x" * 2001,
]
ANY_ROW = {
    layout.CURRENT: ANY_CELL,
    layout.STATE: [*(s.value for s in State), " có số liệu", "Có\u200b số liệu", *ANY_CELL],
    layout.SOURCE: ["Sổ theo dõi", "Sổ theo dõi  ", "Sổ\ntheo dõi", *ANY_CELL],
    layout.REASON: ["vì thế", *ANY_CELL],
    layout.PREVIOUS: [4, 4.5, "bốn", -4, *ANY_CELL],
}


@pytest.mark.parametrize("kind", Kind)
def test_a_row_that_is_read_at_one_stroke_reads_the_same_cell_by_cell(kind, monkeypatch):
    """A good row, and each of its cells exchanged, merged, or both."""
    v = variable("C01_A", "Số tổ chức", "tổ chức", kind)
    good = {
        layout.CURRENT: 5,
        layout.STATE: State.GIVEN.value,
        layout.SOURCE: "Sổ",
        layout.REASON: None,
        layout.PREVIOUS: 4,
    }
    rows = [good, *({**good, column: value} for column, found in ANY_ROW.items() for value in found)]
    rows += [{**row, layout.STATE: None} for row in rows]
    at_one_stroke = 0
    for row, merged, previous in product(rows, (None, *ANY_ROW), (None, D(4))):
        cells = {c: cell(layout.address(9, c), text)._replace(merged=c == merged) for c, text in row.items()}
        entry = Entry("C01_A", "Số tổ chức", CellRef(FILE, layout.DATA, "B10"), *(cells[c] for c in INPUTS))
        form_row = layout.FormRow(row=9, level=None, text="Số tổ chức", variable=v, previous=previous)
        make = partial(Figure, unit=UNIT)
        one = checks.cells.read(form_row, v, entry, 2025, make)
        at_one_stroke += checks.cells._plain(v, entry) is not None
        with monkeypatch.context() as patch:
            patch.setattr(checks.cells, "_plain", lambda *_: None)
            assert repr(checks.cells.read(form_row, v, entry, 2025, make)) == repr(one), (row, merged)
    assert bool(at_one_stroke) is kind.numeric


INPUTS = (layout.PREVIOUS, layout.CURRENT, layout.STATE, layout.SOURCE, layout.REASON)


def test_a_good_return_is_accepted_whole(plan):
    verdict = judge(plan, returned(plan, answers=[("Nguyên nhân", "Thiếu người", CellRef(FILE, "Khó khăn", "B5"))]))
    assert told(verdict) == []
    assert (verdict.status, verdict.unit, verdict.round, verdict.values(2025)) == (Status.ACCEPTED, UNIT, 1, 7)
    assert figures(verdict) == {
        "C01_A": 125, "C01_B": 10, "C09_A": 5, "C09_B": 20, "C14_A": D("28900000.5"), "C14_B": 450000, "C43_A": "Có",
    }  # fmt: skip
    first = verdict.figures[0]
    assert (first.unit, first.source, first.reason, first.state) == (UNIT, "Báo cáo", "", State.GIVEN)
    assert (first.at, first.sha256, first.read_at) == (CellRef(FILE, "Số liệu", "F12"), "ab" * 32, READ_AT)
    assert verdict.answers[0][1] == "Thiếu người" and verdict.untaken == {}
    assert (verdict.file, verdict.sha256) == (FILE, "ab" * 32)


# ------------------------------------------------------------------ gates


def stamp(plan, unit=UNIT, key=KEY, round=1, year=2025):
    form = layout.form(plan, unit)
    return str(layout.stamp(key, replace(form, year=year), round))


def forged(text):
    return text[:-1] + ("0" if text[-1] != "0" else "1")


def test_no_stamp_is_no_form(plan):
    for ret in (gathered({"A1": "Danh sách"}), returned(plan, tokens=[])):
        verdict = judge(plan, ret)
        assert (told(verdict), verdict.status, verdict.unit) == ([(None, "not-a-form")], Status.REJECTED, None)
        assert verdict.figures == () and verdict.round == 0


@pytest.mark.parametrize(
    ("tokens", "word"),
    [
        (lambda p: [forged(stamp(p))], "forged-form"),
        (lambda p: [stamp(p).replace("SO-KHCN", "XA-HOA-THAM")], "forged-form"),
        (lambda p: [stamp(p).replace("-R1-", "-R2-")], "forged-form"),
        (lambda p: [stamp(p).replace("2025", "2024")], "forged-form"),
        (lambda p: ["LSI1-0000"], "forged-form"),
        (lambda p: [stamp(p, key=OTHER_KEY)], "wrong-campaign"),
        (lambda p: [stamp(p, key=OTHER_KEY), forged(stamp(p))], "forged-form"),
        (lambda p: [stamp(p, year=2024)], "wrong-campaign"),
        (lambda p: [stamp(p), stamp(p, "xa-hoa-tham")], "forged-form"),
    ],
)
def test_stamp_that_stops_a_return(plan, tokens, word):
    verdict = judge(plan, returned(plan, tokens=tokens(plan)))
    assert (told(verdict), verdict.status, verdict.figures) == ([(None, word)], Status.REJECTED, ())


def test_two_units_are_both_named(plan):
    tokens = [stamp(plan), stamp(plan, "xa-hoa-tham")]
    (finding,) = judge(plan, returned(plan, tokens=tokens)).findings
    assert all(t in finding.message for t in tokens)


def test_one_genuine_stamp_among_damaged_ones_is_enough(plan):
    """The others are named, each with the place where it stands."""
    ret = returned(plan, tokens=[stamp(plan)])
    broken = (Token(text=forged(stamp(plan)), place="footer"), Token(text="LSI1-XXXX-XXXX", place="name"))
    verdict = judge(plan, replace(ret, tokens=(*broken, *ret.tokens)))
    assert (told(verdict), verdict.status, verdict.values(2025)) == ([(None, "forged-form")], Status.ACCEPTED, 7)
    (finding,) = verdict.findings
    assert finding.severity is Severity.WARNING
    assert f"chân trang in ghi “{forged(stamp(plan))}”" in finding.message
    assert "vùng đặt tên ghi “LSI1-XXXX-XXXX”" in finding.message and "mã còn đúng ở ô nhìn thấy" in finding.message


@pytest.mark.parametrize("place", ["cell", "footer", "name", "hidden", "property"])
def test_any_one_genuine_stamp_is_enough_and_missing_ones_are_no_finding(plan, place):
    ret = replace(returned(plan), tokens=(Token(text=stamp(plan), place=place),))
    assert (told(judge(plan, ret)), judge(plan, ret).values(2025)) == ([], 7)


def test_a_sheet_of_another_campaign_in_this_years_workbook(plan):
    """The hidden sheet is genuine, the figures are last year's, or another province's."""
    for theirs in (stamp(plan, key=OTHER_KEY, year=2024), stamp(plan, key=OTHER_KEY), stamp(plan, year=2024)):
        cells = {"A8": f"Mã biểu mẫu: {theirs}", "E9": "Năm 2023", "F9": "Năm 2024"}
        verdict = judge(plan, returned(plan, cells, tokens=[theirs, stamp(plan)]))
        assert (told(verdict), verdict.status, verdict.figures) == ([(None, "wrong-campaign")], Status.REJECTED, ())
        assert theirs in verdict.findings[0].message


def test_last_years_sheet_kept_beside_this_years_is_no_other_campaign(plan):
    theirs = stamp(plan, key=OTHER_KEY, year=2024)
    ret = returned(plan, tokens=[stamp(plan), theirs], more={"Năm ngoái": {"A8": f"Mã: {theirs}"}})
    assert told(judge(plan, ret)) == [("A8", "stray-content")] and judge(plan, ret).values(2025) == 7


@pytest.mark.parametrize("name", ["Xã Hoa Thám", "UBND xã Hoa Thám", "XÃ HOA THÁM.", "Xa Hoa Tham"])
def test_a_form_on_which_another_unit_wrote_its_name_is_not_taken(plan, name):
    verdict = judge(plan, returned(plan, {"A3": f"Đơn vị: {name}"}))
    assert (told(verdict), verdict.status, verdict.unit) == ([("A3", "locked-cell-changed")], Status.REJECTED, None)
    (finding,) = verdict.findings
    assert finding.severity is Severity.ERROR
    assert "Sở Khoa học và Công nghệ" in finding.message and "Xã Hoa Thám" in finding.message


@pytest.mark.parametrize("name", ["Sở KH&CN", "Phòng Kinh tế xã Hoa Thám", "Xã Hoa", "", "SỞ KHOA HỌC VÀ CÔNG NGHỆ"])
def test_a_unit_may_word_its_own_name_otherwise(plan, name):
    verdict = judge(plan, returned(plan, {"A3": f"Đơn vị: {name}"}))
    assert (told(verdict), verdict.values(2025)) == ([("A3", "locked-cell-changed")], 7)
    assert verdict.status is Status.ACCEPTED


def answers_to_identity(plan):
    """What each of the files that are not this year's form of a unit, filled in, is told."""
    newer = replace(plan, settings=replace(plan.settings, compiler="Sở KH&CN"))
    last_year = replace(plan, settings=replace(plan.settings, year=2024))
    return {
        "blank form": judge(plan, returned(plan, good=False)),
        "last year's": judge(plan, gathered({**grid(last_year, key=OTHER_KEY), **GOOD}), key=KEY),
        "last year's, same key": judge(plan, gathered({**grid(last_year), **GOOD})),
        "another unit's": judge(plan, returned(plan, tokens=[stamp(plan), stamp(plan, "xa-hoa-tham")])),
        "another campaign's": judge(plan, returned(plan, key=OTHER_KEY)),
        "older version": judge(newer, returned(plan)),
        "tampered stamp": judge(plan, returned(plan, tokens=[forged(stamp(plan))])),
        "no form": judge(plan, gathered({"A1": "Danh sách"})),
    }


def test_each_doubt_of_identity_has_its_own_answer(plan):
    found = answers_to_identity(plan)
    assert {name: [f.code.word for f in v.findings] for name, v in found.items()} == {
        "blank form": ["empty-return"],
        "last year's": ["wrong-campaign"],
        "last year's, same key": ["wrong-campaign"],
        "another unit's": ["forged-form"],
        "another campaign's": ["wrong-campaign"],
        "older version": ["wrong-version"],
        "tampered stamp": ["forged-form"],
        "no form": ["not-a-form"],
    }
    assert {n for n, v in found.items() if v.status is not Status.REJECTED} == {"older version"}
    assert found["older version"].values(2025) == 7
    opening = {n: v.findings[0].message[:40] for n, v in found.items() if n != "last year's, same key"}
    assert len(set(opening.values())) == len(opening)
    assert "biểu mẫu năm 2024, của kỳ báo cáo trước" in found["last year's"].findings[0].message
    assert "năm 2025 do nơi khác cấp" in found["another campaign's"].findings[0].message
    both = found["another unit's"].findings[0].message
    assert "Sở Khoa học và Công nghệ" in both and "Xã Hoa Thám" in both and "ô nhìn thấy" in both
    for name, verdict in found.items():
        if name != "older version":
            assert "đề nghị" in verdict.findings[0].message or "gửi lại" in verdict.findings[0].message


def test_a_damaged_stamp_in_the_sheet_is_told_at_its_cell(plan):
    spoilt = forged(stamp(plan))
    for text in (f"Mã biểu mẫu: {spoilt}", None):
        verdict = judge(plan, returned(plan, {"A8": text}, tokens=[stamp(plan)]))
        assert (told(verdict), verdict.status) == ([("A8", "locked-cell-changed")], Status.ACCEPTED)


def test_the_highest_round_counts(plan):
    verdict = judge(plan, returned(plan, round=3, tokens=[stamp(plan), stamp(plan, round=3)]))
    assert (verdict.round, told(verdict)) == (3, [])


def test_a_unit_that_owes_nothing_any_more(plan):
    fewer = replace(plan, assignments=tuple(replace(a, lead=("xa-hoa-tham",)) for a in plan.assignments))
    verdict = judge(fewer, returned(plan))
    assert (told(verdict), verdict.status, verdict.unit) == ([(None, "unknown-unit")], Status.REJECTED, UNIT)


def test_a_genuine_stamp_without_the_sheet(plan):
    verdict = judge(plan, gathered({"A1": "Mã biểu mẫu"}, tokens=[stamp(plan)]))
    assert (told(verdict), verdict.status, verdict.unit) == ([(None, "sheet-missing")], Status.REJECTED, UNIT)


def test_an_older_version_is_read_by_key(plan):
    """The plan was edited after the forms went out: another measure, a variable more, a variable gone."""
    extra = variable("C01_C", "Số kỹ thuật viên", "người", Kind.WHOLE)
    shorter = tuple(v for v in plan.variables if v.code != "C43_B")
    newer = replace(
        plan,
        variables=(
            *(replace(v, measure="tỷ đồng") if v.code == "C14_A" else v for v in shorter[:2]),
            extra,
            *shorter[2:],
        ),
        assignments=(*plan.assignments, replace(plan.assignments[0], variable="C01_C")),
    )
    verdict = judge(newer, returned(plan))
    assert told(verdict) == [(None, "wrong-version"), (None, "row-missing"), ("B25", "stray-content")]
    assert verdict.status is Status.PARTIAL and len(figures(verdict)) == 7
    assert verdict.findings[0].severity is Severity.WARNING and verdict.untaken == {}


def test_an_older_version_blames_nobody_for_what_the_plan_changed(plan):
    """A variable more and another name: the unit has neither deleted a row nor typed over a label."""
    extra = variable("C01_C", "Số kỹ thuật viên", "người", Kind.WHOLE)
    first, *others = plan.variables
    newer = replace(
        plan,
        variables=(replace(first, name="Nhân lực nghiên cứu"), *others, extra),
        assignments=(*plan.assignments, replace(plan.assignments[0], variable="C01_C")),
    )
    verdict = judge(newer, returned(plan))
    assert [(f.code.word, f.message) for f in verdict.findings][1:] == [
        (
            "row-missing",
            "biểu bản cũ không có dòng C01_C “Số kỹ thuật viên”; đề nghị điền vào phiếu trả lại hoặc biểu mẫu mới",
        ),
        (
            "locked-cell-changed",
            "tên ở biểu bản cũ là “Số người nghiên cứu”, nay là “Nhân lực nghiên cứu”; số liệu vẫn lấy theo mã số liệu",
        ),
    ]
    assert len(figures(verdict)) == len(figures(judge(plan, returned(plan))))


def test_an_older_version_may_explain_a_variable_otherwise(plan):
    first, *others = plan.variables
    newer = replace(plan, variables=(replace(first, explanation="Tính cả người kiêm nhiệm"), *others))
    assert told(judge(newer, returned(plan))) == [(None, "wrong-version")]


def test_what_is_told_of_an_older_version_all_the_same(plan):
    newer = replace(plan, settings=replace(plan.settings, compiler="Sở KH&CN"))
    cells = swapped(filled(plan, {"D13": "lượt", "L12": "x"}), 17, 18, "CDEFGHI")
    cells |= {f"{c}30": t for c in "BCDEFGHI" if (t := cells.get(f"{c}12")) is not None}
    ret = gathered(cells, name="Biểu", protected=False, more={"Riêng": {"A1": "y"}})
    assert [(f.at.sheet, f.at.address, f.code.word) for f in judge(newer, ret).findings] == [
        (None, None, "wrong-version"),
        ("Biểu", None, "sheet-renamed"),
        ("Biểu", None, "protection-removed"),
        ("Biểu", "B30", "row-duplicated"),
        ("Biểu", "B17", "row-moved"),
        ("Biểu", "B18", "row-moved"),
        ("Biểu", "L12", "stray-content"),
        ("Riêng", "A1", "stray-content"),
    ]


def test_an_empty_return_is_rejected(plan):
    verdict = judge(plan, returned(plan, good=False))
    assert (told(verdict), verdict.status, verdict.unit) == ([(None, "empty-return")], Status.REJECTED, UNIT)


@pytest.mark.parametrize("address", ["F12", "G12", "H12", "I12", "E13"])
def test_one_filled_input_makes_a_return(plan, address):
    verdict = judge(plan, returned(plan, {address: "x"}, good=False))
    assert verdict.status is Status.PARTIAL and "empty-return" not in dict(map(reversed, told(verdict)))


def test_a_form_whose_keys_have_all_gone_is_not_said_to_be_empty(plan):
    keys = {layout.address(r.row, layout.KEY): None for r in layout.form(plan, UNIT).variables}
    verdict = judge(plan, returned(plan, keys))
    assert verdict.status is Status.REJECTED
    (stop,) = (f for f in verdict.findings if f.severity.stops and f.variable is None)
    assert stop.code is Code.SHEET_MISSING and "“Số liệu” với cột “Mã số liệu”" in stop.message


def test_narrative_answers_alone_are_not_lost(plan):
    answers = [("Nguyên nhân", "Chưa có số", CellRef(FILE, layout.NARRATIVE, "B5"))]
    verdict = judge(plan, returned(plan, good=False, answers=answers))
    assert verdict.status is Status.PARTIAL and len(verdict.answers) == 1


# ------------------------------------------------------------------ one cell


A, B = "người", "triệu đồng"
KINDS = {"whole": "C01_B", "decimal": "C14_A", "percent": "C02_P", "choice": "C43_A", "text": "C43_B"}


def one_row(kind, low=0, high=10**9, required=True):
    """A plan with one variable of ``kind`` for one unit, no figure on record: its inputs stand in row 12."""
    plan = small_plan(rules=(), past=())
    numeric = kind.numeric
    v = Variable(
        code="C01_B",
        criterion="DV01",
        name="Số",
        measure="%" if kind is Kind.PERCENT else "người",
        kind=kind,
        low=D(str(low)) if numeric else None,
        high=D(100 if kind is Kind.PERCENT else high) if numeric else None,
        required=required,
        aggregation=plan.variables[0].aggregation,
    )
    return replace(plan, variables=(v,), assignments=(replace(plan.assignments[1], supporting=()),))


def row(kind, current=None, state=None, source="Nguồn", reason=None, *, previous=None, **more):
    """What is told of one row typed as given, and the figure taken of it."""
    typed = {"E12": previous, "F12": current, "G12": state, "H12": source, "I12": reason}
    verdict = judge(one_row(kind, **more), returned(one_row(kind, **more), typed, good=False))
    assert verdict.status is not Status.REJECTED
    figure = next((f for f in verdict.figures if f.year == 2025), None)
    return told(verdict), figure and (figure.value, figure.state.value)


W, DEC, PCT, YN, TXT = Kind.WHOLE, Kind.DECIMAL, Kind.PERCENT, Kind.YES_NO, Kind.TEXT
GIVEN = "Có số liệu"


@pytest.mark.parametrize(
    ("kind", "typed", "words", "value"),
    [
        (W, 57, [], 57),
        (W, 0, [], 0),
        (W, D("57.0"), [], 57),
        (W, "57", ["number-as-text"], 57),
        (W, "1.234", ["number-as-text"], 1234),
        (W, "1.234.567", ["number-as-text"], 1234567),
        (W, "57 người", ["number-as-text"], 57),
        (W, "１２", ["number-as-text"], 12),
        (W, "1,234", ["ambiguous-number"], None),
        (W, "1.234,5", ["not-an-integer"], None),
        (W, D("3.5"), ["not-an-integer"], None),
        (W, D("3.00000001"), ["not-an-integer"], None),
        (W, "mười hai", ["not-a-number"], None),
        (W, "-", ["not-a-number"], None),
        (W, "…", ["not-a-number"], None),
        (W, "không", ["not-a-number"], None),
        (W, "12%", ["not-a-number"], None),
        (W, True, ["not-a-number"], None),
        (W, "@46054", ["date-as-number"], None),
        (W, "15/3/2026", ["date-as-number"], None),
        (W, "#REF!", ["cell-error"], None),
        (W, "#N/A", ["cell-error"], None),
        (W, "Err:502", ["cell-error"], None),
        (W, "=1+6", ["formula-in-input"], None),
        (W, '"=1+6"', ["formula-in-input"], None),
        (W, -1, ["below-minimum"], None),
        (W, "-1", ["below-minimum"], None),
        (W, 10**9, [], 10**9),
        (W, 10**9 + 1, ["above-maximum"], None),
        (W, "%0.125", ["not-a-number"], None),
        (DEC, D("1234.5"), [], D("1234.5")),
        (DEC, "1.234,5", ["number-as-text"], D("1234.5")),
        (DEC, "1,234", ["number-as-text"], D("1.234")),
        (DEC, "1.234", ["ambiguous-number"], None),
        (DEC, "@46054.5", ["date-as-number"], None),
        (DEC, D("0.1"), [], D("0.1")),
        (PCT, D("12.5"), [], D("12.5")),
        (PCT, "12,5%", ["number-as-text"], D("12.5")),
        (PCT, "12,5 %", ["number-as-text"], D("12.5")),
        (PCT, "%0.125", ["number-as-text"], D("12.5")),
        (PCT, "%1", ["number-as-text"], D(100)),
        (PCT, D("0.125"), [], D("0.125")),
        (PCT, D("100.01"), ["above-maximum"], None),
        (YN, "Có", [], "Có"),
        (YN, " không", [], "Không"),
        (YN, "CO\u0301", [], "Có"),
        (YN, "co", [], "Có"),
        (YN, "KHONG.", [], "Không"),
        (YN, "x", ["not-in-list"], None),
        (YN, "ko", ["not-in-list"], None),
        (YN, "không có", ["not-in-list"], None),
        (YN, "-", ["not-in-list"], None),
        (YN, "Có/Không", ["not-in-list"], None),
        (YN, True, ["not-in-list"], None),
        (YN, 1, ["not-in-list"], None),
        (YN, "=TRUE()", ["formula-in-input"], None),
        (TXT, "https://langson.gov.vn", [], "https://langson.gov.vn"),
        (TXT, 2025, [], "2025"),
        (TXT, "@46054", [], "01/02/2026"),
        (TXT, "=1+1", ["formula-in-input"], None),
        (TXT, "#REF!", ["cell-error"], None),
    ],
)
def test_one_typed_value(kind, typed, words, value):
    found, figure = row(kind, typed)
    assert found == [("F12", word) for word in words]
    assert figure == (None if value is None else (value, GIVEN))


@pytest.mark.parametrize(
    ("kind", "current", "state", "reason", "expected", "figure"),
    [
        # nothing typed but a source
        (W, None, None, None, [("F12", "missing-value")], None),
        (W, None, GIVEN, None, [("F12", "missing-value")], None),
        # a true zero
        (W, None, NONE_OCCURRED, None, [], (0, NONE_OCCURRED)),
        (W, 0, NONE_OCCURRED, None, [], (0, NONE_OCCURRED)),
        (W, "0", NONE_OCCURRED, None, [("F12", "number-as-text")], (0, NONE_OCCURRED)),
        (W, 5, NONE_OCCURRED, None, [("F12", "state-contradicts-value")], None),
        (W, "5", NONE_OCCURRED, None, [("F12", "state-contradicts-value")], None),
        # a word or a dash that says again what the state says, or something else
        (W, "không có", NONE_OCCURRED, None, [("F12", "number-as-text")], (0, NONE_OCCURRED)),
        (W, "-", NONE_OCCURRED, None, [("F12", "number-as-text")], (0, NONE_OCCURRED)),
        (W, "Không phát sinh", NONE_OCCURRED, None, [("F12", "number-as-text")], (0, NONE_OCCURRED)),
        (W, "-", GIVEN, None, [("F12", "not-a-number")], None),
        (W, "-", None, None, [("F12", "not-a-number")], None),
        (W, "Không phát sinh", None, None, [("F12", "not-a-number")], None),
        (W, "chưa có", NONE_OCCURRED, None, [("F12", "not-a-number")], None),
        (W, "N/A", NONE_OCCURRED, None, [("F12", "not-a-number")], None),
        (W, "?", NONE_OCCURRED, None, [("F12", "not-a-number")], None),
        (W, "khoảng 0", NONE_OCCURRED, None, [("F12", "not-a-number")], None),
        (W, "chưa có", NOT_YET, "Chờ", [("F12", "number-as-text")], (None, NOT_YET)),
        (W, "-", NOT_YET, "Chờ", [("F12", "number-as-text")], (None, NOT_YET)),
        (W, "N/A", NOT_YET, "Chờ", [("F12", "number-as-text")], (None, NOT_YET)),
        (W, "-", NOT_YET, None, [("F12", "number-as-text"), ("I12", "missing-reason")], None),
        (W, "không có", NOT_YET, "Chờ", [("F12", "not-a-number")], None),
        (W, "-", "Không áp dụng", "Xã vùng cao", [("F12", "number-as-text")], (None, "Không áp dụng")),
        (W, "-", "Đã tính ở đơn vị khác", "Sở Y tế", [("F12", "number-as-text")], (None, "Đã tính ở đơn vị khác")),
        (
            W,
            "-\u200b",
            NONE_OCCURRED,
            None,
            [("F12", "number-as-text"), ("F12", "control-characters")],
            (0, NONE_OCCURRED),
        ),
        (W, "#N/A", NOT_YET, "Chờ", [("F12", "cell-error")], None),
        (YN, "-", NONE_OCCURRED, None, [("F12", "not-in-list")], None),
        (YN, "Có", NONE_OCCURRED, None, [("F12", "state-contradicts-value")], None),
        # states without a number
        (W, None, NOT_YET, "Chưa tổng hợp", [], (None, NOT_YET)),
        (W, None, NOT_YET, None, [("I12", "missing-reason")], None),
        (W, None, NOT_YET, "  ", [("I12", "missing-reason")], None),
        (W, None, NOT_YET, "=A1", [("I12", "formula-in-input")], None),
        (W, None, "Không áp dụng", "Xã vùng cao", [], (None, "Không áp dụng")),
        (W, None, "Không áp dụng", None, [("I12", "missing-reason")], None),
        (W, None, "Đã tính ở đơn vị khác", "Sở Tài chính", [], (None, "Đã tính ở đơn vị khác")),
        (W, None, "Đã tính ở đơn vị khác", None, [("I12", "missing-reason")], None),
        (W, 7, NOT_YET, "Chưa tổng hợp", [("F12", "state-contradicts-value")], None),
        (W, 0, NOT_YET, "Chưa tổng hợp", [("F12", "state-contradicts-value")], None),
        (W, 7, NOT_YET, None, [("F12", "state-contradicts-value")], None),
        (W, "=1+1", NOT_YET, "Chưa tổng hợp", [("F12", "formula-in-input")], None),
        # the state as people type it
        (W, 7, GIVEN, None, [], (7, GIVEN)),
        (W, 7, "có  SỐ liệu ", None, [], (7, GIVEN)),
        (W, 7, "Co\u0301 s\u00f4\u0301 li\u00ea\u0323u", None, [], (7, GIVEN)),
        (W, 7, "Co so lieu", None, [], (7, GIVEN)),
        (W, 7, "CÓ SỐ LIỆU.", None, [], (7, GIVEN)),
        (W, None, "Không phát sinh.", None, [], (0, NONE_OCCURRED)),
        (W, None, "  khong  phat sinh ;", None, [], (0, NONE_OCCURRED)),
        (W, None, "Kho\u0302ng phát sinh", None, [], (0, NONE_OCCURRED)),
        (W, None, "CHUA CO SO LIEU", "Chờ", [], (None, NOT_YET)),
        (W, None, "da tinh o don vi khac", "Sở Y tế", [], (None, "Đã tính ở đơn vị khác")),
        (W, 7, "Có", None, [("G12", "not-in-list")], None),
        (W, None, "Không", None, [("G12", "not-in-list")], None),
        (W, None, "Khôngphátsinh", None, [("G12", "not-in-list")], None),
        (W, 7, True, None, [("G12", "not-in-list")], None),
        (W, 7, "Đang rà soát", None, [("G12", "not-in-list")], None),
        (W, None, "Đang rà soát", None, [("G12", "not-in-list")], None),
        (W, 7, 1, None, [("G12", "not-in-list")], None),
        (W, 7, "=H12", None, [("G12", "formula-in-input")], None),
        (W, 7, "#NAME?", None, [("G12", "cell-error")], None),
        # both wrong: each is told
        (W, "x", "x", None, [("F12", "not-a-number"), ("G12", "not-in-list")], None),
        # a bad neighbour does not spoil a good number
        (W, 7, None, "#REF!", [("I12", "cell-error")], (7, GIVEN)),
    ],
)
def test_value_and_state(kind, current, state, reason, expected, figure):
    assert row(kind, current, state, reason=reason) == (expected, figure)


@pytest.mark.parametrize(
    ("typed", "guess"),
    [
        ("Khôngphátsinh", "Không phát sinh"),
        ("Không phat sin", "Không phát sinh"),
        ("không PS", None),
        ("Không", None),
        ("Có", "Có số liệu"),
        ("Có số liêu rồi", "Có số liệu"),
        ("Chưa có", "Chưa có số liệu"),
        ("Không có số liệu", "Chưa có số liệu"),
        ("Có phát sinh", None),
        ("Phát sinh", None),
        ("Áp dụng", None),
        ("Đã tính ở đơn vị", "Đã tính ở đơn vị khác"),
        ("Đang rà soát", None),
        ("125", None),
    ],
)
def test_a_state_that_is_none_is_asked_and_never_turned_round(typed, guess):
    plan = one_row(W)
    (found,) = judge(plan, returned(plan, {"F12": 7, "G12": typed, "H12": "x"}, good=False)).findings
    assert (f"có phải “{guess}”?" in found.message) if guess else ("có phải" not in found.message)


@pytest.mark.parametrize(
    ("typed", "guess"),
    [
        ("x", "Có"),
        (True, "Có"),
        (1, "Có"),
        (False, "Không"),
        (0, "Không"),
        ("ko", "Không"),
        ("-", None),
        ("có lẽ", None),
    ],
)
def test_yes_or_no_is_asked(typed, guess):
    plan = one_row(YN)
    (found,) = judge(plan, returned(plan, {"F12": typed, "H12": "x"}, good=False)).findings
    assert (f"có phải “{guess}”?" in found.message) if guess else ("có phải" not in found.message)


def message(kind, typed, **more):
    """The sentence told of one cell."""
    plan = one_row(kind, **more)
    return judge(plan, returned(plan, {"F12": typed, "H12": "x"}, good=False)).findings[0].message


@pytest.mark.parametrize(
    ("kind", "typed", "said"),
    [
        (W, "không có", "chọn Tình trạng “Không phát sinh”; nếu chưa có số, xóa chữ, chọn “Chưa có số liệu”"),
        (W, "khoảng 12", "“khoảng 12” không phải là số (chỉ là số ước chừng); nhập số nguyên, ví dụ 1234"),
        (W, "12-15", "(nhiều số trong một ô)"),
        (W, "5 nghìn người", "(có chữ đi kèm); nhập số nguyên theo đơn vị tính người, ví dụ 1234"),
        (W, "12%", "có dấu %, mà ô này không tính theo %"),
        (W, "%0.125", "“12,5%” không phải là số (có dấu %"),
        (DEC, "1e5", "viết dạng lũy thừa"),
        (DEC, "1.234.5", "đặt sai chỗ); nhập số thực, ví dụ 1234,5"),
        (W, "@46054", "đang là ngày tháng (01/02/2026), có thể Excel đã đổi từ “1/2”, không phải số"),
        (W, "15/3/2026", "đang là ngày tháng (15/3/2026), không phải số"),
    ],
)
def test_what_is_said_of_a_cell_that_is_no_number(kind, typed, said):
    assert said in message(kind, typed)


def test_the_example_is_one_that_may_be_typed():
    assert message(W, "mười", high=20).endswith("ví dụ 12")
    assert message(W, "mười", high=0).endswith("ví dụ 0")
    assert message(DEC, "mười", low=-1, high=1).endswith("ví dụ 0,75")


def test_last_years_word_asks_for_no_state(plan):
    (found,) = judge(plan, returned(plan, {"E13": "không có"})).findings
    assert found.at.address == "E13" and "Tình trạng" not in found.message and "để trống" in found.message


def test_a_text_is_read_as_it_was_typed_not_as_it_was_cleaned():
    """Lines and marks that turn digits round are gone from the cleaned value."""
    assert row(W, "1\n234") == ([("F12", "not-a-number")], None)
    assert row(W, "\u202e12") == ([("F12", "not-a-number"), ("F12", "control-characters")], None)


def test_a_row_that_is_not_required_may_stay_empty():
    """A source without a figure is only listed."""
    assert row(Kind.WHOLE, required=False) == ([("H12", "stray-content")], None)
    assert row(Kind.WHOLE, None, GIVEN, required=False) == ([("F12", "missing-value")], None)


def test_bounds_are_inclusive_and_let_a_true_zero_pass():
    assert row(Kind.WHOLE, 1, low=1) == ([], (1, GIVEN))
    assert row(Kind.WHOLE, 0, low=1) == ([("F12", "below-minimum")], None)
    assert row(Kind.WHOLE, None, NONE_OCCURRED, low=1) == ([], (0, NONE_OCCURRED))
    assert row(Kind.YES_NO, None, NONE_OCCURRED) == ([], (None, NONE_OCCURRED))
    assert row(Kind.WHOLE, -5, low=-5) == ([], (-5, GIVEN))


@pytest.mark.parametrize(
    ("kind", "current", "state", "expected"),
    [
        (W, 7, None, [("H12", "missing-source")]),
        (W, 0, GIVEN, [("H12", "missing-source")]),
        (W, None, NONE_OCCURRED, []),
        (YN, "Có", None, []),
        (TXT, "abc", None, []),
        (W, "x", None, [("F12", "not-a-number")]),
    ],
)
def test_missing_source(kind, current, state, expected):
    assert row(kind, current, state, source=None)[0] == expected


def test_a_source_that_cannot_be_read_is_told_once():
    assert row(Kind.WHOLE, 7, source="#REF!") == ([("H12", "cell-error")], (7, GIVEN))
    assert row(Kind.WHOLE, 7, source="=A1") == ([("H12", "formula-in-input")], (7, GIVEN))


def test_found_value_and_variable_stand_in_the_finding():
    plan = one_row(Kind.WHOLE)
    verdict = judge(plan, returned(plan, {"F12": D("3.14159"), "H12": "x"}, good=False))
    (finding,) = verdict.findings
    assert (finding.variable, finding.value) == ("C01_B", D("3.14159")) and "3,14159" in finding.message
    assert verdict.untaken == {"C01_B": finding.message}


def test_long_texts_are_cut_and_told():
    plan = one_row(Kind.TEXT)
    long = "ă" * (layout.TEXT_LIMIT + 1)
    verdict = judge(plan, returned(plan, {"F12": long, "H12": long, "I12": long}, good=False))
    assert told(verdict) == [(f"{c}12", "text-too-long") for c in "FHI"]
    figure = verdict.figures[0]
    assert {len(figure.value), len(figure.source), len(figure.reason)} == {layout.TEXT_LIMIT}


def test_control_characters_are_told_and_the_text_is_read():
    assert row(Kind.WHOLE, "12\u200b") == ([("F12", "number-as-text"), ("F12", "control-characters")], (12, GIVEN))
    assert row(Kind.WHOLE, 12, source="Báo\x07 cáo") == ([("H12", "control-characters")], (12, GIVEN))


def test_merged_inputs_are_not_read(plan):
    verdict = judge(plan, returned(plan, {"F13": None}, merged=("F12", "F13")))
    assert told(verdict) == [("F12", "cell-error"), ("F13", "cell-error")]
    assert "C01_A" not in figures(verdict) and set(verdict.untaken) == {"C01_A", "C01_B"}


def test_merged_ranges_left_behind_by_a_program_swallow_nothing(plan):
    """openpyxl moves cells, but not the merged ranges of the headings."""
    ret = returned(plan, merged=tuple(f"{c}12" for c in "ABCDEFGHIJ"))
    assert told(judge(plan, ret)) == [] and judge(plan, ret).values(2025) == 7
    person = returned(plan, {"C12": None, "F12": None, "H12": None}, merged=tuple(f"{c}12" for c in "BCDEFGHI"))
    assert "C01_A" not in figures(judge(plan, person)) and judge(plan, person).status is Status.PARTIAL


# ------------------------------------------------------------------ last year


def test_last_years_figure_is_taken_where_none_is_on_record(plan):
    verdict = judge(plan, returned(plan, {"E13": 9, "E17": "4", "E24": "không"}))
    assert told(verdict) == [("E17", "number-as-text")]
    assert figures(verdict, 2024) == {"C01_B": 9, "C09_A": 4, "C43_A": "Không"}
    assert verdict.values(2025) == 7
    last = next(f for f in verdict.figures if f.year == 2024)
    assert last.at == CellRef(FILE, "Số liệu", "E13") and last.state is State.GIVEN


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("x", "not-a-number"),
        (D("1.5"), "not-an-integer"),
        (-1, "below-minimum"),
        ("=1", "formula-in-input"),
        ("1,234", "ambiguous-number"),
    ],
)
def test_errors_of_last_years_figure_stand_at_its_cell_and_leave_this_years_alone(plan, typed, word):
    verdict = judge(plan, returned(plan, {"E13": typed}))
    assert told(verdict) == [("E13", word)]
    assert figures(verdict)["C01_B"] == 10 and figures(verdict, 2024) == {} and verdict.untaken == {}
    assert verdict.status is Status.PARTIAL


def test_last_years_error_is_no_reason_why_this_years_figure_is_not_there(plan):
    verdict = judge(plan, returned(plan, {"E13": "x", "F13": None}))
    assert told(verdict) == [("E13", "not-a-number"), ("F13", "missing-value")] and verdict.untaken == {}


def test_a_figure_on_record_is_never_read_as_an_input(plan):
    verdict = judge(plan, returned(plan, {"E12": D(999)}))
    assert told(verdict) == [("E12", "locked-cell-changed")]
    assert verdict.findings[0].variable == "C01_A" and figures(verdict, 2024) == {}


# ------------------------------------------------------------------ across cells and years


@pytest.mark.parametrize(
    ("previous", "now", "suspect"),
    [
        (120, 120_000, True),
        (120, 60_000, True),
        (120, 59_999, False),
        (120, 240_000, True),
        (120, 240_001, False),
        (120, 120_000_000, True),
        (27_500_000, 27_500, True),
        (27_500_000, 28, True),
        (120, 1_200, False),
        (120, 130, False),
        (120, 0, False),
        (10, 10_000, True),
        (9, 9_000, False),
        (0, 9_000, False),
    ],
)
def test_unit_scale(plan, previous, now, suspect):
    past = (PastFigure(variable="C01_A", unit=UNIT, year=2024, value=D(previous)),)
    on_record = judge(
        replace(plan, past=past), returned(replace(plan, past=past), {"F12": now, "E21": 28_900_000, "I12": WHY})
    )
    typed = judge(replace(plan, past=()), returned(replace(plan, past=()), {"E12": previous, "F12": now, "I12": WHY}))
    for verdict in (on_record, typed):
        assert told(verdict) == ([("F12", "unit-scale-suspect")] if suspect else [])
        assert ("C01_A" in figures(verdict)) is not suspect and ("C01_A" in verdict.untaken) is suspect


WHY = "Tách thêm hai trung tâm"


@pytest.mark.parametrize(
    ("previous", "now", "limit", "told_of"),
    [
        (120, 180, None, False),  # 50% are allowed where the clerk has set nothing
        (120, 181, None, True),
        (120, 60, None, False),
        (120, 59, None, True),
        (120, 0, None, True),
        (1000, 1504, None, True),  # by less than a half percent
        (9, 400, None, False),  # too small to mean much
        (10, 16, None, True),
        (0, 400, None, False),
        (120, 133, 10, True),  # the variable's own limit
        (120, 132, 10, False),
        (9, 10, 10, True),  # which asks of small figures too
        (120, 400, 300, False),
    ],
)
def test_large_change(plan, previous, now, limit, told_of):
    if limit is not None:
        changed = tuple(replace(v, change=D(limit)) if v.code == "C01_A" else v for v in plan.variables)
        plan = replace(plan, variables=changed)
    known = replace(plan, past=(PastFigure(variable="C01_A", unit=UNIT, year=2024, value=D(previous)),))
    asked = replace(plan, past=())
    for made, more in ((known, {"E21": 28_900_000}), (asked, {"E12": previous})):
        verdict = judge(made, returned(made, {"F12": now, **more}))
        assert told(verdict) == ([("F12", "large-change")] if told_of else [])
        assert ("C01_A" in figures(verdict)) is not told_of and ("C01_A" in verdict.untaken) is told_of
        assert all((" tăng " if now > previous else " giảm ") in finding.message for finding in verdict.findings)
        explained = judge(made, returned(made, {"F12": now, "I12": WHY, **more}))
        assert told(explained) == [] and "C01_A" in figures(explained)


def test_the_limit_of_change_is_the_campaigns_where_a_variable_has_none(plan):
    strict = replace(plan, settings=replace(plan.settings, change=D("5.5")))
    assert told(judge(strict, returned(strict, {"F12": 127}))) == [("F12", "large-change")]
    assert told(judge(plan, returned(plan, {"F12": 127}))) == []


@pytest.mark.parametrize(
    ("now", "told_of"), [("15.01", "tăng 50,1%"), ("15.06", "tăng 51%"), ("4.999999", "giảm 50,00001%")]
)
def test_a_change_just_beyond_the_limit_is_told_as_beyond_it(plan, now, told_of):
    first = replace(plan.variables[0], kind=Kind.DECIMAL)
    past = (PastFigure(variable="C01_A", unit=UNIT, year=2024, value=D(10)),)
    made = replace(plan, variables=(first, *plan.variables[1:]), past=past)
    (finding,) = judge(made, returned(made, {"F12": D(now), "E21": 28_900_000})).findings
    assert finding.code is Code.LARGE_CHANGE and told_of in finding.message and "quá mức 50%" in finding.message


def test_a_true_zero_is_no_change_to_explain(plan):
    assert told(judge(plan, returned(plan, {"F12": None, "G12": NONE_OCCURRED}))) == []


def asked_about(plan, previous, now, kind=Kind.WHOLE):
    """The sentence told of a figure of ``C01_A`` beside last year's; empty where nothing is told."""
    first = replace(plan.variables[0], kind=kind, high=D(100) if kind is Kind.PERCENT else D(10) ** 9)
    past = (PastFigure(variable="C01_A", unit=UNIT, year=2024, value=D(previous)),)
    made = replace(plan, variables=(first, *plan.variables[1:]), past=past)
    verdict = judge(made, returned(made, {"F12": D(now), "E21": 28_900_000}))
    assert ("C01_A" in verdict.untaken) is bool(verdict.findings)
    explained = judge(made, returned(made, {"F12": D(now), "E21": 28_900_000, "I12": WHY}))
    assert "C01_A" in figures(explained) or Code.UNIT_SCALE_SUSPECT in {f.code for f in explained.findings}
    return "".join(f.message for f in verdict.findings)


@pytest.mark.parametrize(
    ("low", "high", "typed", "example"),
    [
        (0, 10**9, D("125.5"), "1234"),
        (None, None, D("-0.4"), "1234"),
        (0, 10, "mười", "3"),
        (2000, 2100, "mười", "2000"),
        (None, -5, "mười", "-5"),
    ],
)
def test_an_example_is_one_that_may_be_typed(plan, low, high, typed, example):
    first = replace(plan.variables[0], low=low if low is None else D(low), high=high if high is None else D(high))
    made = replace(plan, variables=(first, *plan.variables[1:]))
    (message,) = (f.message for f in judge(made, returned(made, {"F12": typed})).findings)
    assert message.endswith(f" số nguyên, ví dụ {example}")


@pytest.mark.parametrize(
    ("previous", "now", "kind", "said"),
    [
        (120, 1200, W, "(gấp khoảng 10 lần, có thể thừa một số 0); kiểm tra lại số"),
        (120, 1310, W, "thừa một số 0"),
        (120, 11, W, "(chỉ bằng khoảng 1/10, có thể thiếu một số 0)"),
        (120, 12500, W, "thừa hai số 0"),
        (27_500_000, 500, W, "500 giảm 99,998% so với năm trước"),  # by 100 % would be to nothing
        (120, 0, W, "0 giảm 100% so với năm trước"),
        (1200, 12, W, "thiếu hai số 0"),
        (120, 46054, W, "46054 trong Excel cũng là ngày 01/02/2026, có thể do gõ “1/2”"),
        (46, 46054, W, "46.054 gấp khoảng 1.000 lần năm trước (46), có thể là 46 người"),
        (46, 46054, W, "có thể do gõ “1/2”"),
        (120_000, 120, W, "120 chỉ bằng khoảng 1/1.000 năm trước (120.000), có thể là 120.000 người;"),
        ("12.5", "0.125", PCT, "nếu là 12,5% thì gõ 12,5, không kèm dấu %"),
        ("5", "0.06", PCT, "nếu là 6% thì gõ 6"),
        ("80", "1", PCT, "nếu là 100% thì gõ 100"),
        ("80", "8.5", PCT, "thiếu một số 0"),
    ],
)
def test_a_likely_slip_is_named(plan, previous, now, kind, said):
    assert said in asked_about(plan, previous, now, kind)


@pytest.mark.parametrize(
    ("previous", "now", "kind"),
    [
        (45800, 46054, W),  # a figure of that size, near last year's
        ("0.6", "0.5", PCT),
        ("0.9", "0.01", PCT),
        ("5", "0.9", PCT),
        ("5", "0.01", PCT),
        ("0.05", "0.06", DEC),
        ("5", "0.05", DEC),
    ],
)
def test_what_is_no_slip_is_not_asked(plan, previous, now, kind):
    assert asked_about(plan, previous, now, kind) == ""


def test_a_day_beyond_the_maximum_is_named():
    assert "có thể do gõ “1/2”" in message(W, 46054, high=1000)
    assert "có thể do gõ" not in message(W, 44054, high=1000)
    assert row(W, 46054) == ([], (46054, GIVEN))  # without last year's figure nobody knows


def test_a_broken_rule_takes_none_of_its_cells(plan):
    verdict = judge(plan, returned(plan, {"F17": 25, "F18": 20}))
    assert told(verdict) == [("F17", "rule-broken")]
    assert set(verdict.untaken) == {"C09_A", "C09_B"} and verdict.values(2025) == 5
    (finding,) = verdict.findings
    assert (finding.variable, finding.value, finding.severity) == ("C09_A", 25, Severity.ERROR)
    assert "C09_A = 25; C09_B = 20" in finding.message


def ruled(plan, expression, level=Level.ERROR):
    return replace(plan, rules=(CheckRule(code="R", expression=expression, level=level, message="sai"),))


def test_a_warning_rule_is_told_and_all_is_taken(plan):
    verdict = judge(ruled(plan, "C09_A <= C09_B", Level.WARNING), returned(plan, {"F17": 25}))
    assert told(verdict) == [("F17", "rule-broken")] and verdict.values(2025) == 7
    assert (verdict.status, verdict.findings[0].severity) == (Status.ACCEPTED, Severity.WARNING)


@pytest.mark.parametrize(
    ("expression", "typed", "expected"),
    [
        ("C09_A <= C09_B", {"F18": None, "G18": NOT_YET, "I18": "Chờ"}, []),  # a number is missing
        ("C09_A <= C09_B", {"F18": "x"}, [("F18", "not-a-number")]),  # a number was not taken
        ("C09_A <= C09_B", {"F18": None, "G18": NONE_OCCURRED}, [("F17", "rule-broken")]),  # a true zero counts
        ("C09_A / C09_B < 2", {"F18": 0}, []),  # cannot be computed
        ("C09_A <= C99_Z", {}, []),  # not owed by this unit
        ("C01_A <= C01_A@-1 * 1.5", {"F12": 200}, [("F12", "rule-broken")]),  # the year before, on record
        ("C01_B@-1 >= C01_B", {}, []),  # the year before is unknown
        ("C01_B@-1 >= C01_B", {"E13": 9}, [("F13", "rule-broken")]),  # the year before, typed
        ("C01_A@-2 > C01_A", {}, []),
        ("nếu(C09_B > 0; C09_A <= C09_B; 1 = 1)", {"F17": 30}, [("F18", "rule-broken")]),
    ],
)
def test_rules(plan, expression, typed, expected):
    assert told(judge(ruled(plan, expression), returned(plan, typed))) == expected


def test_a_broken_rule_with_last_years_typed_figure_takes_neither(plan):
    verdict = judge(ruled(plan, "C01_B@-1 >= C01_B"), returned(plan, {"E13": 9}))
    assert figures(verdict, 2024) == {} and "C01_B" not in figures(verdict) and set(verdict.untaken) == {"C01_B"}


def test_broken_rules_do_not_depend_on_their_order(plan):
    rules = [
        CheckRule(code=f"R{i}", expression=e, level=Level.ERROR, message="sai")
        for i, e in enumerate(["C09_A <= C09_B", "C09_B <= C01_B", "C01_B <= C01_A"])
    ]
    verdicts = [judge(replace(plan, rules=tuple(r)), returned(plan, {"F17": 25})) for r in (rules, rules[::-1])]
    assert figures(verdicts[0]) == figures(verdicts[1])
    assert sorted(told(verdicts[0])) == sorted(told(verdicts[1])) == [("F17", "rule-broken"), ("F18", "rule-broken")]


def test_a_row_in_doubt_is_no_part_of_a_rule(plan):
    verdict = judge(ruled(plan, "C01_A <= C01_B"), returned(plan, {"F12": 120_000}))
    assert told(verdict) == [("F12", "unit-scale-suspect")]


# ------------------------------------------------------------------ structure


def test_a_long_text_is_told_where_it_differs(plan):
    first = replace(plan.variables[0], explanation="Tính cả người làm việc một phần thời gian. " * 20)
    made = replace(plan, variables=(first, *plan.variables[1:]))
    label = layout.form(made, UNIT).by_code["C01_A"].label
    changed = label.replace("Ví dụ: 1.234", "Ví dụ: 5.678")
    verdict = judge(made, returned(made, {"C12": changed}))
    (finding,) = (f for f in verdict.findings if f.code is Code.LOCKED_CELL_CHANGED)
    assert finding.at.address == "C12"
    assert "1.234 người" in finding.message and "5.678 người" in finding.message and "\n" not in finding.message


@pytest.mark.parametrize("address", [a for a in grid(small_plan()) if a not in ("A5", "A8", *CODES)])
@pytest.mark.parametrize("text", ["sửa lại", None])
def test_every_locked_cell_that_changes_is_told_at_its_address(plan, address, text):
    ret = returned(plan, {address: text}, tokens=[stamp(plan)])
    if address == "B9":  # without the heading of the keys there is no table
        assert told(judge(plan, ret)) == [(None, "sheet-missing")]
        return
    verdict = judge(plan, ret)
    changed = [f for f in verdict.findings if f.at.address == address]
    assert [f.code for f in changed] == [Code.LOCKED_CELL_CHANGED]
    assert changed[0].value == (text or "")
    is_key = address[0] == "B" and split(address)[1] > 9
    others = {"row-missing"} if is_key else set()
    assert {f.code.word for f in verdict.findings} - {"locked-cell-changed", "stray-content"} == others
    assert verdict.values(2025) == 7 - (is_key and address != "B25")


@pytest.mark.parametrize(
    "text",
    ["Số  người nghiên cứu ", "S\u00f4\u0301 ng\u01b0\u01a1\u0300i nghi\u00ean c\u01b0\u0301u", "Sốngười nghiên cứu"],
)
def test_spaces_and_composition_are_no_change(plan, text):
    detail = grid(plan)["C12"].partition("\n")[2]
    for between in ("\n", " ", " \n "):
        assert told(judge(plan, returned(plan, {"C12": f"{text}{between}{detail}"}))) == []
    assert told(judge(plan, returned(plan, {"C12": text}))) == [("C12", "locked-cell-changed")]
    assert told(judge(plan, returned(plan, {"C12": f"{text}\nTính thế nào cũng được"}))) == [
        ("C12", "locked-cell-changed")
    ]


@pytest.mark.parametrize(
    ("address", "text"), [("A12", D("1.1")), ("E12", D("120.0")), ("B12", "c01_a"), ("E21", D("27500000.50"))]
)
def test_numbers_are_compared_as_numbers(plan, address, text):
    expected = [("B12", "locked-cell-changed")] if address == "B12" else []
    verdict = judge(plan, returned(plan, {address: text}))
    assert told(verdict) == expected and verdict.values(2025) == 7


def test_the_tenth_figure_of_a_criterion_may_become_a_number(plan):
    more = [variable(f"C01_{letter}", f"Số {letter}", "người", Kind.WHOLE) for letter in "CDEFGHIJ"]
    owed = [replace(plan.assignments[0], variable=v.code) for v in more]
    long = replace(plan, variables=(*plan.variables, *more), assignments=(*plan.assignments, *owed))
    row = layout.form(long, UNIT).by_code["C01_J"]
    at = layout.address(row.row, layout.NUMBER)
    assert row.number == "1.10"
    assert at not in [place for place, _ in told(judge(long, returned(long, {at: D("1.1")})))]
    assert (at, "locked-cell-changed") in told(judge(long, returned(long, {at: D("1.2")})))


def test_a_formula_in_a_locked_cell_is_a_change(plan):
    assert told(judge(plan, returned(plan, {"E12": "=120", "D12": "=D13"}))) == [
        ("D12", "locked-cell-changed"),
        ("E12", "locked-cell-changed"),
    ]


def moved(cells, first, by):
    """All rows from ``first`` on moved by ``by`` rows; what they are moved onto is gone."""
    result = {}
    for address, text in cells.items():
        letters, number = split(address)
        if by < 0 and first + by <= number < first:
            continue
        result[f"{letters}{number + by if number >= first else number}"] = text
    return result


def filled(plan, typed=None):
    return {**grid(plan), **GOOD, **(typed or {})}


@pytest.mark.parametrize(("first", "by"), [(1, 2), (9, 1), (10, 3), (12, 1), (17, 1), (24, 2), (27, 1)])
def test_inserted_rows_change_nothing(plan, first, by):
    verdict = judge(plan, gathered(moved(filled(plan), first, by)))
    assert (told(verdict), verdict.values(2025)) == ([], 7)


def test_a_figure_keeps_the_address_at_which_it_was_found(plan):
    verdict = judge(plan, gathered(moved(filled(plan), 12, 1)))
    assert verdict.figures[0].at == CellRef(FILE, "Số liệu", "F13")


@pytest.mark.parametrize("row", [12, 13, 17, 22, 24])
def test_a_deleted_row_is_told_once(plan, row):
    cells = moved(filled(plan), row + 1, -1)
    verdict = judge(plan, gathered(cells))
    code = filled(plan)[f"B{row}"]
    assert [(f.at.address, f.code.word, f.variable) for f in verdict.findings] == [(None, "row-missing", code)]
    assert verdict.status is Status.PARTIAL and verdict.values(2025) == 6 and verdict.untaken == {}


def test_a_deleted_group_heading_is_told_where_it_stood(plan):
    verdict = judge(plan, gathered(moved(filled(plan), 15, -1)))
    assert [w for _, w in told(verdict)] == ["locked-cell-changed"] and verdict.values(2025) == 7


def swapped(cells, one, two, letters):
    """Two rows exchanged in some columns."""
    pairs = {f"{c}{one}": f"{c}{two}" for c in letters}
    pairs |= {b: a for a, b in pairs.items()}
    return {pairs.get(a, a): t for a, t in cells.items()}


def test_rows_sorted_with_their_keys_are_read_by_key(plan):
    verdict = judge(plan, gathered(swapped(filled(plan), 17, 18, "ABCDEFGHIJ")))
    assert told(verdict) == [] and figures(verdict)["C09_A"] == 5


def test_rows_sorted_without_their_keys_are_not_taken(plan):
    verdict = judge(plan, gathered(swapped(filled(plan), 17, 18, "CDEFGHI")))
    assert told(verdict) == [("B17", "row-moved"), ("B18", "row-moved")]
    assert set(verdict.untaken) == {"C09_A", "C09_B"} and verdict.values(2025) == 5


def test_a_row_twice_with_the_same_values_is_taken_and_told(plan):
    copy = {f"{c}30": t for c in "BCDEFGHI" if (t := filled(plan).get(f"{c}12")) is not None}
    verdict = judge(plan, gathered({**filled(plan), **copy, "A30": "1.1"}))
    assert told(verdict) == [("B30", "row-duplicated")] and verdict.findings[0].severity is Severity.WARNING
    assert figures(verdict)["C01_A"] == 125 and verdict.status is Status.ACCEPTED


def test_a_row_twice_with_other_values_is_not_taken(plan):
    copy = {f"{c}30": t for c in "BCDEFGHI" if (t := filled(plan).get(f"{c}12")) is not None}
    verdict = judge(plan, gathered({**filled(plan), **copy, "A30": "1.1", "F30": D(126)}))
    assert told(verdict) == [("B12", "row-duplicated"), ("B30", "row-duplicated")]
    assert "C01_A" in verdict.untaken and verdict.status is Status.PARTIAL


def with_copy(plan, **typed):
    """A return with a second filled sheet, in which ``typed`` was put in place."""
    main, copy = gathered(filled(plan)), gathered(filled(plan, typed), name="Số liệu (2)")
    return replace(
        main,
        entries=(*main.entries, *(e for e in copy.entries if e.current.value is not None)),
        cells={**main.cells, **copy.cells},
        sheets=(*main.sheets, *copy.sheets),
    )


def test_a_filled_copy_of_the_sheet_with_the_same_answers_is_told_once(plan):
    verdict = judge(plan, with_copy(plan))
    (finding,) = verdict.findings
    assert (finding.code, finding.severity) == (Code.ROW_DUPLICATED, Severity.WARNING)
    assert (finding.at.sheet, finding.at.address, finding.variable) == ("Số liệu (2)", None, None)
    assert "“Số liệu” và “Số liệu (2)”" in finding.message
    assert verdict.values(2025) == 7 and verdict.status is Status.ACCEPTED


def test_a_filled_copy_of_the_sheet_that_says_otherwise(plan):
    """Both sheets are named, and each row that differs; what they agree on is taken."""
    verdict = judge(plan, with_copy(plan, F12=D(126), G13=GIVEN))
    assert [(f.at.sheet, f.at.address, f.variable, f.severity) for f in verdict.findings] == [
        ("Số liệu (2)", None, None, Severity.ERROR),
        ("Số liệu", "B12", "C01_A", Severity.ERROR),
        ("Số liệu", "B13", "C01_B", Severity.ERROR),
    ]
    whole, first, _ = (f.message for f in verdict.findings)
    assert "“Số liệu” và “Số liệu (2)”" in whole and "2 dòng khác nhau (C01_A, C01_B)" in whole
    assert "F12 trang “Số liệu” là “125”" in first and "F12 trang “Số liệu (2)” là “126”" in first
    assert verdict.values(2025) == 5 and set(verdict.untaken) == {"C01_A", "C01_B"}


def test_a_key_that_was_typed_over(plan):
    verdict = judge(plan, returned(plan, {"B12": "C01"}))
    assert told(verdict) == [
        ("B12", "locked-cell-changed"), (None, "row-missing"), ("F12", "stray-content"), ("H12", "stray-content"),
    ]  # fmt: skip
    assert verdict.values(2025) == 6


def test_unknown_keys_are_told_once(plan):
    verdict = judge(plan, returned(plan, {"B30": "C99_Z", "C30": "Số khác", "F30": 12}))
    assert told(verdict) == [("B30", "stray-content")] and verdict.status is Status.ACCEPTED


def test_renamed_sheet_and_lost_protection(plan):
    verdict = judge(plan, returned(plan, name="So lieu 2025", protected=False))
    assert told(verdict) == [(None, "sheet-renamed"), (None, "protection-removed")]
    assert verdict.status is Status.ACCEPTED and verdict.figures[0].at.sheet == "So lieu 2025"
    assert all(f.severity is Severity.INFO and f.at.sheet == "So lieu 2025" for f in verdict.findings)


def test_the_narrative_sheet_is_missed_but_costs_no_figure(plan):
    verdict = judge(plan, returned(plan, alone=True))
    assert [(f.code, f.severity, f.at.sheet) for f in verdict.findings] == [
        (Code.SHEET_MISSING, Severity.WARNING, None)
    ]
    assert (verdict.status, verdict.values(2025)) == (Status.ACCEPTED, len(judge(plan, returned(plan)).figures))
    page = {"A3": "Nội dung", "B3": "Ý kiến của đơn vị", "A4": layout.QUESTIONS[0]}
    verdict = judge(plan, returned(plan, more={"Y kien": page}, alone=True))
    assert [(f.code, f.at.sheet) for f in verdict.findings] == [(Code.SHEET_RENAMED, "Y kien")]


def test_content_outside_the_form_is_listed_but_not_at_length(plan):
    outside = {"L12": "ghi chú", "A40": "x", "C16": "y", **{f"N{i}": D(i) for i in range(50, 70)}}
    more = {"Bảng tính riêng": {"A1": "nháp", "B2": D(3)}, layout.GUIDE: {"A1": "x"}, "DANH MỤC": {"A1": "x"}}
    verdict = judge(plan, returned(plan, outside, more=more))
    strays = [(f.at.sheet, f.at.address) for f in verdict.findings]
    assert strays[:3] == [("Số liệu", "L12"), ("Số liệu", "C16"), ("Số liệu", "A40")]
    assert strays[-2:] == [("Bảng tính riêng", "A1"), ("Bảng tính riêng", "B2")]
    assert len(strays) == 7 and {f.code for f in verdict.findings} == {Code.STRAY_CONTENT}
    assert "18 ô khác" in verdict.findings[4].message and verdict.status is Status.ACCEPTED


def test_narrative_answers_are_no_strays_but_notes_beside_them_are(plan):
    at = CellRef(FILE, layout.NARRATIVE, "B4")
    page = {
        "A3": "Nội dung",
        "B3": "Ý kiến của đơn vị",
        "A4": layout.QUESTIONS[0],
        "B4": "Thiếu người",
        "C4": "xem thêm",
    }
    answers = [(layout.QUESTIONS[0], "Thiếu người", at)]
    verdict = judge(plan, returned(plan, more={"Y kien": page}, answers=[]))
    assert told(verdict) == [("B4", "stray-content"), ("C4", "stray-content")]
    verdict = judge(plan, returned(plan, more={layout.NARRATIVE: page}, answers=answers))
    assert told(verdict) == [("C4", "stray-content")]


def test_the_control_code_counts_the_characters_of_a_text_that_reading_drops(plan):
    at = layout.address(layout.form(plan, UNIT).by_code["C43_B"].row, layout.CURRENT)
    plain, odd = (judge(plan, returned(plan, {at: text})) for text in ("đường dẫn", "đường\u200b dẫn"))
    assert plain.control and odd.control and plain.control != odd.control


def test_the_control_code_counts_last_years_figure_only_where_it_was_asked(plan):
    def code(plan, **cells):
        return judge(plan, returned(plan, cells)).control

    assert code(plan) == code(plan, E12=130)  # on record
    asked = replace(plan, past=())
    assert code(asked, E12=120) != code(asked, E12=130)


def test_the_control_code_counts_the_row_of_the_form_and_no_copy_of_it(plan):
    cells = filled(plan)
    copy = {f"{letter}30": t for letter in "BCDEFGHI" if (t := cells.get(f"{letter}12")) is not None}
    ret = gathered({**cells, **copy, "F30": 126})
    assert judge(plan, ret).control == judge(plan, gathered(cells)).control != ""


def test_overwritten_check_formulas_are_told_where_formulas_can_be_seen(plan):
    form = layout.form(plan, UNIT)
    formulas = {layout.address(r.row, layout.CHECK): f"={form.shown[code]}" for code, r in form.by_code.items()}
    formulas |= dict.fromkeys(("A5", "G5", *CODES), "=\"Đã nhập \"&COUNT('Tính'!$M$2:$M$9)")
    assert told(judge(plan, returned(plan, formulas))) == []
    as_saved = {a: text.replace("'", "").replace("$", "").lower() for a, text in formulas.items()}
    assert told(judge(plan, returned(plan, as_saved))) == []
    assert told(judge(plan, returned(plan, {**formulas, "J13": "="}))) == []  # a further cell of a shared formula
    for other in ('="Đạt"', "=K2", formulas["J13"]):
        verdict = judge(plan, returned(plan, {**formulas, "J12": other, "G5": "=HYPERLINK(A1)"}))
        assert told(verdict) == [("J12", "locked-cell-changed"), ("G5", "locked-cell-changed")]
    verdict = judge(plan, returned(plan, {**formulas, "A5": "Xong", "J12": "Đạt", "J13": None, "G8": "0000-0000"}))
    assert told(verdict) == [(a, "locked-cell-changed") for a in ("J12", "J13", "A5", "G8")]
    assert told(judge(plan, returned(plan, dict.fromkeys(formulas, "Đạt")))) == []
    # the whole column emptied, while other formulas of ours are still there
    others = {a: t for a, t in formulas.items() if a[0] != "J"}
    verdict = judge(plan, returned(plan, others))
    assert told(verdict) == [("J9", "locked-cell-changed")] and "cả cột “Kiểm tra”" in verdict.findings[0].message
    assert told(judge(plan, returned(plan, {**others, "J9": None}))) == [("J9", "locked-cell-changed")]
    for at in (5, 7, 9):  # a row put into the head: the formulas above it stay, those below it go down
        verdict = judge(plan, gathered(moved({**filled(plan), **formulas}, at, 1)))
        assert "locked-cell-changed" not in [code for _, code in told(verdict)]


def test_a_deleted_column_is_told_at_its_heading_alone(plan):
    cells = {a: t for a, t in filled(plan).items() if a[0] != "D" or split(a)[1] < 9}
    assert told(judge(plan, gathered(cells))) == [("D9", "locked-cell-changed")]


# ------------------------------------------------------------------ laws

TYPED = st.one_of(
    st.none(),
    st.integers(-3, 10**10),
    st.decimals(-5, 10**6, places=3),
    st.booleans(),
    st.sampled_from(
        ["mười", "1.234", "1,234", "1.234,5", "12,5%", "5 người", "-", "0", "", "=1+1", "#REF!", "@46054", "%0.5", "Có",
         "Không", "không", "KHÔNG PHÁT SINH", "12\u200b3", "1 234", "15/3/2026", "x" * 2100],
    ),
    st.text(max_size=8),
)  # fmt: skip
STATES = st.one_of(st.none(), st.sampled_from([s.value for s in State]), st.sampled_from(["x", "=1", "có số liệu"]))
ROWS = (12, 13, 17, 18, 21, 22, 24, 25)
FORM = st.fixed_dictionaries(
    {
        **{f"F{r}": TYPED for r in ROWS},
        **{f"E{r}": TYPED for r in ROWS if r not in (12, 21)},
        **{f"G{r}": STATES for r in ROWS},
        **{f"{c}{r}": st.none() | st.text(max_size=5) | st.just("=A1") for c in "HI" for r in ROWS},
    }
)


def by_place(verdict):
    return {f.at.address: f for f in verdict.figures}


@given(FORM)
@settings(max_examples=200, deadline=None)
def test_nothing_is_lost_and_nothing_becomes_zero(typed):
    plan = small_plan()
    ret = returned(plan, typed, good=False)
    verdict = judge(plan, ret)
    if verdict.status is Status.REJECTED:
        assert told(verdict) == [(None, "empty-return")]
        assert not any(c.value is not None for e in ret.entries for c in (e.current, e.state, e.source, e.reason))
        return
    taken = by_place(verdict)
    places = {}
    for f in verdict.findings:
        places.setdefault(f.at.address, []).append(f)
        assert f.variable is not None or f.at.address is None
    for entry in ret.entries:
        number = entry.current.at.address[1:]
        for c in (entry.current, entry.previous):
            address = c.at.address
            figure = taken.get(address)
            if c.value is None or (address == "E12" or address == "E21"):
                continue
            stops = [f for f in places.get(address, []) if f.severity.stops]
            of_row = [f for a in (address, f"G{number}") for f in places.get(a, []) if f.severity.stops]
            in_rule = entry.variable in verdict.untaken
            assert figure is not None or of_row or in_rule, (address, c)
            if figure is None:
                continue
            assert not stops and c.formula is None and not c.error
            texts = {f.code for f in places.get(address, [])}
            numeric = plan.variable[entry.variable].kind.numeric
            if numeric and isinstance(c.value, D) and Code.NUMBER_AS_TEXT not in texts:
                assert figure.value == c.value
            elif numeric:
                assert Code.NUMBER_AS_TEXT in texts
            if figure.value == 0 and numeric:
                assert figure.state is State.NONE_OCCURRED or re.search("0", c.literal)
        if entry.current.value is None and (figure := taken.get(entry.current.at.address)) is not None:
            true_zero = figure.state is State.NONE_OCCURRED and plan.variable[entry.variable].kind.numeric
            assert figure.state is not State.GIVEN and (figure.value == 0) is true_zero
    for variable_code, why in verdict.untaken.items():
        assert why and variable_code not in figures(verdict)
    assert (verdict.status is Status.PARTIAL) == any(f.severity.stops for f in verdict.findings)


@given(FORM, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_the_rows_is_no_matter(typed, chance):
    plan = small_plan()
    ret = returned(plan, typed, good=False)
    order = list(ret.entries)
    chance.shuffle(order)
    one, two = judge(plan, ret), judge(plan, replace(ret, entries=tuple(order)))
    assert one.figures == two.figures and one.status is two.status and one.untaken == two.untaken
    assert sorted(map(str, one.findings)) == sorted(map(str, two.findings))


# ------------------------------------------------------------------ what follows is left unsaid


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        # a blank: nothing of its source, its rules, its change since last year
        ({"F12": None, "H12": None}, [("F12", "missing-value")]),
        ({"F17": None, "H17": None, "G17": GIVEN}, [("F17", "missing-value")]),
        ({"F12": None, "G12": NOT_YET, "H12": None, "I12": None}, [("I12", "missing-reason")]),
        # a bad cell: neither bounds, nor source, nor rule, nor change
        ({"F12": "khoảng 9000", "H12": None}, [("F12", "not-a-number")]),
        ({"F17": "=30", "H17": None}, [("F17", "formula-in-input")]),
        ({"F17": "30;31"}, [("F17", "not-a-number")]),
        ({"F12": D("-9000.5")}, [("F12", "not-an-integer")]),
        # a bad state: the number beside it is not judged, and no value is missed
        ({"F17": 30, "G17": "Xong"}, [("G17", "not-in-list")]),
        ({"F17": None, "G17": "Xong", "H17": None}, [("G17", "not-in-list")]),
        # a contradiction: no reason, no source, no rule is asked for
        ({"F17": 30, "G17": NOT_YET, "H17": None, "I17": None}, [("F17", "state-contradicts-value")]),
        # another measure or a broken rule before a change to explain
        ({"F12": 120_000}, [("F12", "unit-scale-suspect")]),
        ({"F17": 5000}, [("F17", "rule-broken")]),
        # a true zero needs neither source nor reason
        ({"F12": None, "G12": NONE_OCCURRED, "H12": None}, []),
    ],
)
def test_what_follows_from_another_thing_is_not_told(plan, typed, expected):
    assert told(judge(plan, returned(plan, typed))) == expected


# ------------------------------------------------------------------ sentences bear whatever stood in the file

ODD = st.text(
    st.sampled_from("a1ộ{}%“”'\"<&\u202e\u200f\u0007\u2028\t \n=+-@\U0001f600\x85"), min_size=1, max_size=12
).map(lambda text: text * 90)
ODD_CELLS = (
    "A3",
    "A8",
    "A11",
    "B13",
    "C12",
    "C17",
    "D12",
    "E12",
    "F9",
    "F12",
    "F24",
    "F25",
    "G13",
    "H12",
    "I12",
    "J12",
    "L12",
)


@given(
    st.dictionaries(st.sampled_from(ODD_CELLS), ODD, min_size=1), st.sampled_from([layout.DATA, "Số {liệu} \u202e%"])
)
@settings(max_examples=60, deadline=None)
def test_sentences_are_short_and_on_one_line_whatever_was_typed(typed, name):
    plan = small_plan()
    verdict = judge(plan, returned(plan, typed, name=name, tokens=[stamp(plan)]))
    for f in verdict.findings:
        assert f.message.isprintable() and len(f.message) < 700, f.message
        assert f.message == f.message.strip() and "{" not in f.code.value.text.format_map(Anything())


class Anything(dict):
    def __missing__(self, key):
        return ""


# ------------------------------------------------------------------ with real files


def typed_into(plan, values, **more):
    """A form of ours as a person fills it in: ``values`` (address -> value) by openpyxl, then read back."""
    import openpyxl

    from lsindicators import forms

    form = layout.form(plan, UNIT)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl says what it drops; the programs of units drop things too
        book = openpyxl.load_workbook(io.BytesIO(forms.write(plan, form, layout.stamp(KEY, form))))
    for address, value in values.items():
        book[layout.DATA][address] = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read(content, kind="xlsx"):
    ret, noticed = returns.read(content, FILE, "ab" * 32, kind)
    assert ret is not None and [f.code for f in noticed] == ([Code.UNSUPPORTED_FORMAT] if kind == "xls" else [])
    return ret


NUMBERS = {a: float(t) if isinstance(t, D) else t for a, t in GOOD.items()}


def test_a_form_of_ours_comes_back_clean(plan):
    from lsindicators import forms

    form = layout.form(plan, UNIT)
    empty = forms.write(plan, form, layout.stamp(KEY, form))
    assert told(judge(plan, read(empty))) == [(None, "empty-return")]
    verdict = judge(plan, read(typed_into(plan, NUMBERS)))
    assert (told(verdict), verdict.values(2025), verdict.status) == ([], 7, Status.ACCEPTED)
    assert figures(verdict)["C14_A"] == D("28900000.5")


@pytest.mark.parametrize(
    "headings",
    [{"F9": None}, {"F9": "Năm 2024"}, {"F9": "Năm 2026"}, {"E9": None}, {"E9": "Năm 2025"}, {"E9": "Năm 2026"}],
)
def test_last_years_figures_never_pass_for_this_years(plan, headings):
    verdict = judge(plan, read(typed_into(plan, {**NUMBERS, **headings})))
    assert told(verdict) == [(a, "locked-cell-changed") for a in headings]
    assert figures(verdict)["C01_A"] == 125 and verdict.values(2025) == 7


@pytest.mark.parametrize(
    "headings",
    [
        {"E9": "Năm 2025", "F9": "Năm 2026"},
        {"E9": "Năm 2025", "F9": "Thực hiện"},
        {"E9": "Năm 2025", "F9": "Năm 2024"},
        {"D9": "Năm 2025", "F9": "Năm 2026"},
        {"A9": "Năm 2025", "F9": None},
    ],
)
def test_no_figure_is_read_where_this_years_heading_stands_over_another_column(plan, headings):
    """Somebody has brought the headings up to date: the figures on record would count as this year's."""
    verdict = judge(plan, read(typed_into(plan, {**NUMBERS, **headings})))
    assert (verdict.values(2025), verdict.figures) == (0, ())
    stops = [f for f in verdict.findings if f.severity.stops]
    assert {f.code for f in stops} == {Code.LOCKED_CELL_CHANGED} and "không lấy số nào" in stops[0].message


MONEY = layout.address(20, layout.MEASURE), layout.address(20, layout.CURRENT)


@pytest.mark.parametrize("measure", ["đồng", "tỷ đồng", "Nghìn đồng", "1.000 đồng", "đ"])
def test_a_figure_beside_a_measure_of_another_scale_is_asked(plan, measure):
    """Who writes another measure has counted by it: a million times too much would be signed."""
    beside, at = MONEY
    new = replace(plan, past=())  # nothing on record that would tell
    verdict = judge(new, read(typed_into(new, {**NUMBERS, beside: measure})))
    assert told(verdict) == [(beside, "locked-cell-changed"), (at, "unit-scale-suspect")]
    assert "C14_A" not in figures(verdict) and verdict.values(2025) == 6 and "C14_A" in verdict.untaken
    assert (
        f"“{measure}”" in verdict.findings[-1].message and "gõ lại số theo triệu đồng" in verdict.findings[-1].message
    )


def test_last_years_figure_tells_by_which_measure_a_figure_was_given(plan):
    beside, at = MONEY
    verdict = judge(plan, read(typed_into(plan, {**NUMBERS, beside: "đồng"})))
    assert told(verdict) == [(beside, "locked-cell-changed")] and verdict.values(2025) == 7
    verdict = judge(plan, read(typed_into(plan, {**NUMBERS, beside: "đồng", at: 28900000.5e6})))
    assert "C14_A" not in figures(verdict)


@pytest.mark.parametrize("measure", ["Triệu  đồng", "tr. đồng", "triệu VND", "số tiền", "người", "", 5.0])
def test_a_measure_in_other_words_is_a_changed_cell_alone(plan, measure):
    new = replace(plan, past=())
    verdict = judge(new, read(typed_into(new, {**NUMBERS, MONEY[0]: measure})))
    assert {w for _, w in told(verdict)} <= {"locked-cell-changed"} and verdict.values(2025) == 7


def test_a_form_of_another_version_may_have_asked_by_another_measure(plan):
    old = replace(plan, past=())
    variables = tuple(replace(v, measure="tỷ đồng") if v.code == "C14_A" else v for v in plan.variables)
    verdict = judge(replace(old, variables=variables), read(typed_into(old, NUMBERS)))
    assert {w for _, w in told(verdict)} == {"wrong-version", "unit-scale-suspect"}
    assert "C14_A" not in figures(verdict) and verdict.values(2025) == 6


def test_the_column_of_last_year_may_be_deleted(plan):
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(typed_into(plan, NUMBERS)))
    book[layout.DATA].delete_cols(layout.PREVIOUS + 1)
    stream = io.BytesIO()
    book.save(stream)
    verdict = judge(plan, read(stream.getvalue()))
    assert (verdict.values(2025), figures(verdict)["C01_A"]) == (7, 125)


@pytest.mark.parametrize("row", [12, 17, 22])
def test_a_row_deleted_by_a_program_costs_no_other_row(plan, row):
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(typed_into(plan, NUMBERS)))
    book[layout.DATA].delete_rows(row)
    stream = io.BytesIO()
    book.save(stream)
    verdict = judge(plan, read(stream.getvalue()))
    assert told(verdict) == [(None, "row-missing")] and verdict.values(2025) == 6


def test_the_last_row_deleted_by_a_program_moves_the_signatures(plan):
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(typed_into(plan, NUMBERS)))
    book[layout.DATA].delete_rows(layout.form(plan, UNIT).last_row + 1)
    stream = io.BytesIO()
    book.save(stream)
    assert told(judge(plan, read(stream.getvalue()))) == [(None, "row-missing")]


@needs_libreoffice
def test_a_form_saved_by_libreoffice_is_no_tampering(plan, tmp_path):
    source = tmp_path / "so-khcn.xlsx"
    source.write_bytes(typed_into(plan, NUMBERS))
    for kind in ("xlsx", "ods", "xls"):
        saved = convert(source, kind, tmp_path).read_bytes()
        verdict = judge(plan, read(saved, kind))
        assert [(w, a) for a, w in told(verdict)] == [] and verdict.values(2025) == 7, kind


def test_another_columns_cells_are_never_read_for_a_deleted_one(plan):
    import openpyxl

    typed = {"F12": 125, "G13": "Không phát sinh", "F25": "Trục liên thông", "G25": "Có số liệu"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(typed_into(plan, typed)))
    book[layout.DATA].delete_cols(6)
    stream = io.BytesIO()
    book.save(stream)
    verdict = judge(plan, read(stream.getvalue()))
    assert [(f.variable, f.value) for f in verdict.figures] == [("C01_B", D(0))]
    assert ("F9", "locked-cell-changed") in told(verdict) and verdict.status is Status.PARTIAL
