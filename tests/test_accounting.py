"""Every cell with content in a returned file is ours and unchanged, taken, or told of: nothing is lost in silence.

openpyxl walks through the cells as an independent opinion; what a cell is accounted by is worked out here anew.
"""

import io
import re
from datetime import datetime
from decimal import Decimal
from functools import cache

import openpyxl
import pytest
from conftest import KEY, small_plan

from lsindicators import assignment, checks, forms, layout, returns
from lsindicators.findings import Code
from lsindicators.model import HANOI
from lsindicators.rehearsal import faults, figures, packing
from lsindicators.rehearsal.desk import Desk
from lsindicators.values import clean_lines, seen

SENT = datetime(2026, 3, 20, 9, 15, tzinfo=HANOI)
UNITS = ("so-khcn", "thong-ke-tinh", "xa-hoa-tham")


PROVINCE = assignment.builtin(2025)
SMALL = small_plan()


@cache
def answers(province):
    return figures.answers(PROVINCE if province else SMALL, 7)


def desk(plan, unit):
    words = {question: f"Ý kiến {n}" for n, question in enumerate(layout.QUESTIONS, 1)}
    told = {a.variable: a for a in answers(plan is PROVINCE) if a.unit == unit}
    return Desk(plan=plan, form=layout.form(plan, unit), answers=told, words=words)


@cache
def blank(province, unit):
    plan = PROVINCE if province else SMALL
    form = layout.form(plan, unit)
    return forms.write(plan, form, layout.stamp(KEY, form))


@cache
def ours_of(province, unit):
    return contents(blank(province, unit))


def contents(content):
    """(sheet, address) -> what openpyxl sees there, of all cells with content; formulas by their text."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    found = {}
    for sheet in book.worksheets:
        for line in sheet.iter_rows():
            for cell in line:
                value = clean_lines(cell.value) or None if isinstance(cell.value, str) else cell.value
                if value is not None:
                    found[sheet.title, cell.coordinate] = value
    return found


def unaccounted(plan, unit, content):
    """The cells of which reading neither takes nor says anything, though they are not as we sent them."""
    ret, noticed = returns.read(content, "a.xlsx", "0" * 64, "xlsx")
    verdict = checks.judge(plan, KEY, ret, SENT)
    findings = (*noticed, *verdict.findings)
    ours = ours_of(plan is PROVINCE, unit)
    texts = {}
    for (sheet, _), value in ours.items():
        texts.setdefault(sheet, set()).add(str(value))
    taken = set()
    by_code = {f.variable: f for f in verdict.figures if f.year == plan.year}
    stopped = {f.variable for f in findings if f.variable and f.severity.stops} | set(verdict.untaken)
    previous = {f.at.address for f in verdict.figures if f.year == plan.year - 1}
    for e in ret.entries:
        figure = by_code.get(e.variable)
        row = {c.at.address: c for c in (e.current, e.state, e.source, e.reason)}
        if figure is not None and figure.at == e.current.at:
            kept = {str(figure.value), figure.state.value, figure.source, figure.reason}
            taken |= {
                (e.key.sheet, at)
                for at, c in row.items()
                if seen(c) in kept or str(c.value) in kept or any(f.at == c.at for f in findings)
            }
            if figure.value is not None:
                taken.add((e.key.sheet, e.current.at.address))
        elif e.variable in stopped:
            taken |= {(e.key.sheet, at) for at in row}
        if e.previous.at.address in previous:
            taken.add((e.key.sheet, e.previous.at.address))
    for _, _, at in verdict.answers:  # with its question
        taken |= {(at.sheet, at.address), (at.sheet, "A" + at.address[1:])}
    taken |= {(f.at.sheet, f.at.address) for f in findings}
    more = {}
    for f in findings:
        if counted := re.search(r"\(và (\d+) ô khác", f.message):
            more[f.at.sheet] = more.get(f.at.sheet, 0) + int(counted[1])
    own = {value: address[1:] for (sheet, address), value in ours.items() if sheet == D and address[0] == "B"}
    seen_now = contents(content)
    whole = {(f.at.sheet, row_of(f.at.address)): f for f in findings if f.at.address and f.code in ROWS}

    def is_ours(sheet, address, value):
        """Whether the cell holds what we sent there: in its row, wherever that stands now; or a text that has moved."""
        column, row = re.fullmatch("([A-Z]+)([0-9]+)", address).groups()
        key = seen_now.get((sheet, f"B{row}")) if sheet in {e.key.sheet for e in ret.entries} else None
        if key in own:
            return ours.get((D, f"{column}{own[key]}")) == value
        return ours.get((sheet, address)) == value or str(value) in texts.get(sheet, ())

    def is_told(sheet, address, value):
        f = whole.get((sheet, row_of(address)))
        return f is not None and (f.code is not Code.STRAY_CONTENT or str(value) in f.message)

    left = []
    for (sheet, address), value in seen_now.items():
        if sheet == layout.SCRATCH or (sheet, address) in taken:
            continue
        if is_ours(sheet, address, value) or is_told(sheet, address, value):
            continue
        if more.get(sheet, 0) > 0:
            more[sheet] -= 1
            continue
        left.append((sheet, address, value))
    return left


D, N = layout.DATA, layout.NARRATIVE
ROWS = (Code.ROW_MOVED, Code.ROW_DUPLICATED, Code.STRAY_CONTENT)
"""Told at the key of a row, they speak of the row."""


def row_of(address):
    return re.search("[0-9]+", address)[0]


def filled(desk, change=None):
    """The form as the unit sends it; ``change`` works on the open book, in which no cells of ours are merged."""
    book = packing.open_book(blank(desk.plan is PROVINCE, desk.form.unit.code), desk.sheets)
    for spoil in desk.surgery:
        spoil(book)
    if change is not None:
        for sheet in book.worksheets:
            for merge in list(sheet.merged_cells.ranges):
                sheet.unmerge_cells(str(merge))
        change(book)
    return packing.save_book(book, SENT)


@pytest.mark.parametrize("unit", UNITS)
def test_a_good_form_is_accounted_for(unit):
    assert unaccounted(PROVINCE, unit, filled(desk(PROVINCE, unit))) == []


@pytest.mark.parametrize("way", [w for w in faults.FORM_FAULTS if w not in faults.REJECTED], ids=lambda w: w.name)
def test_a_faulty_form_is_accounted_for(way):
    desks = (desk(PROVINCE, unit) for unit in UNITS)
    at = next(at for at in desks if faults.spoil(at, (way,)))
    assert unaccounted(PROVINCE, at.form.unit.code, filled(at)) == []


# ------------------------------------------------------------------ what people put where nothing is asked


def places(form):
    """Name -> sheet and address of a cell where nothing is asked."""
    group = next(r for r in form.rows if r.variable is None)
    row = form.variables[0].row
    return {
        "right of the head": (D, "L2"),
        "right of a row": (D, layout.address(row, layout.CHECK + 1)),
        "far to the right": (D, "ZZ40"),
        "in the head": (D, "B2"),
        "in the row of progress": (D, "C5"),
        "in the row of the stamp": (D, "I8"),
        "in a group heading": (D, layout.address(group.row, layout.CURRENT)),
        "beside a group heading": (D, layout.address(group.row, layout.CHECK + 3)),
        "below the table": (D, layout.address(form.last_row + 1, layout.CURRENT)),
        "among the signatures": (D, layout.address(form.signed_row + 1, layout.CURRENT)),
        "under the signature": (D, layout.address(form.signed_row + 5, layout.SOURCE)),
        "far below": (D, "A900"),
        "beside the questions": (N, "C5"),
        "below the questions": (N, "A20"),
        "below the answers": (N, "B20"),
        "above the questions": (N, "D1"),
        "beside the guide": (layout.GUIDE, "H3"),
        "below the guide": (layout.GUIDE, "A60"),
    }


NAMES = tuple(places(layout.form(SMALL, "so-khcn")))


@pytest.mark.parametrize("value", ["ghi thêm", 1234, Decimal("0.5"), "=1+1"], ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_what_is_put_beside_the_form_is_told(name, value):
    unit = "so-khcn"
    at = desk(SMALL, unit)
    sheet, address = places(at.form)[name]

    def change(book):
        book[sheet][address].value = value

    content = filled(at, change)
    assert unaccounted(SMALL, unit, content) == []
    verdict = checks.judge(SMALL, KEY, returns.read(content, "a.xlsx", "0" * 64, "xlsx")[0], SENT)
    assert [f.at.address for f in verdict.findings if f.code in (Code.STRAY_CONTENT, Code.LOCKED_CELL_CHANGED)] == [
        address
    ]


def test_many_things_in_many_places():
    at = desk(SMALL, "xa-hoa-tham")

    def change(book):
        for sheet, address in places(at.form).values():
            book[sheet][address].value = "ghi thêm"
        for n in range(2, 40):
            book[D][f"M{n}"].value = n

    assert unaccounted(SMALL, "xa-hoa-tham", filled(at, change)) == []


def test_sheets_that_units_put_in():
    at = desk(SMALL, "xa-hoa-tham")

    def change(book):
        for name, state in (("Ghi chú", "visible"), ("Ẩn", "hidden"), ("Rất ẩn", "veryHidden")):
            sheet = book.create_sheet(name)
            sheet.sheet_state = state
            for n in range(1, 12):
                sheet[f"C{n}"].value = f"dòng {n}"
        book["Nháp"]["A1"].value = "không ai đọc"

    content = filled(at, change)
    assert unaccounted(SMALL, "xa-hoa-tham", content) == []
    assert ("Nháp", "A1") in contents(content)


@pytest.mark.parametrize("other", [False, True])
def test_a_copy_of_the_sheet(other):
    at = desk(SMALL, "xa-hoa-tham")

    def change(book):
        copy = book.copy_worksheet(book[D])
        copy["M3"].value = "ghi thêm"
        if other:
            copy[layout.address(at.form.variables[3].row, layout.CURRENT)].value = 987654

    content = filled(at, change)
    copied = {place for place in contents(content) if place[0] != D}
    left = unaccounted(SMALL, "xa-hoa-tham", content)
    original = contents(content)
    assert copied
    assert [c for c in left if original.get((D, c[1])) != c[2]] == []


@pytest.mark.parametrize("column", [layout.SOURCE, layout.REASON])
def test_a_word_in_a_row_without_figure_and_state(column):
    """A row that need not be filled in, and of which a source or a reason alone is given."""
    at = desk(SMALL, "so-khcn")
    row = next(r for r in at.form.variables if not r.variable.required)
    for c in (layout.PREVIOUS, *layout.INPUTS):
        at.cells.pop(layout.address(row.row, c), None)
    place = layout.address(row.row, column)
    at.cells[place] = "xem công văn số 5"
    assert unaccounted(SMALL, "so-khcn", filled(at)) == []
