"""Ten units' forms, filled in and saved by real programs, are read exactly: the same values, and nothing false is said.

What each program loses on the way is written down here, and what is said of it.
"""

import io
import zipfile
from collections import Counter
from datetime import datetime
from decimal import Decimal

import office
import programs
import pytest
from conftest import KEY
from test_ods import as_calamine, by_calamine
from test_workbook import agrees_with_openpyxl

from lsindicators import assignment, checks, forms, inbox, layout, returns, workbook
from lsindicators.model import HANOI, Status
from lsindicators.rehearsal import figures, packing
from lsindicators.rehearsal.desk import Desk

SENT = datetime(2026, 3, 20, 9, 15, tzinfo=HANOI)

UNITS = (
    "so-khcn", "so-tai-chinh", "so-nnmt", "vp-ubnd-tinh", "cong-an-tinh", "thong-ke-tinh", "cd-lang-son",
    "viettel-lang-son", "phuong-dong-kinh", "xa-hoa-tham",
)  # fmt: skip
"""Departments, the office of the province, central agencies, a college, a company, a ward, a commune."""


@pytest.fixture(scope="module")
def plan():
    return assignment.builtin(2025)


class Campaign:
    """The ten forms as they are sent, and what the units type into them."""

    def __init__(self, plan, folder):
        self.plan, self.folder = plan, folder
        told = {unit: {} for unit in plan.owed}
        for answer in figures.answers(plan, 5):
            told[answer.unit][answer.variable] = answer
        self.desks = {}
        for unit in UNITS:
            words = {q: f"Ý kiến {n} của đơn vị\n“dòng hai” & <ba>" for n, q in enumerate(layout.QUESTIONS, 1)}
            self.desks[unit] = Desk(plan=plan, form=layout.form(plan, unit), answers=told[unit], words=words)
        self.blank = {u: folder / "trong" / f"{u}.xlsx" for u in UNITS}
        self.filled = {u: folder / "day" / f"{u}.xlsx" for u in UNITS}
        for paths in (self.blank, self.filled):
            paths[UNITS[0]].parent.mkdir()
        for unit, desk in self.desks.items():
            content = forms.write(plan, desk.form, layout.stamp(KEY, desk.form))
            self.blank[unit].write_bytes(content)
            self.filled[unit].write_bytes(packing.typed(content, desk.sheets, SENT))

    def cells(self, unit):
        """What the unit types, as other programs take it."""
        return {
            sheet: {at: float(v) if isinstance(v, Decimal) else v for at, v in cells.items()}
            for sheet, cells in self.desks[unit].sheets.items()
        }

    def judged(self, path):
        content = path.read_bytes()
        kind, refused = inbox.examine(content, path.name)
        assert refused == ()
        ret, told = returns.read(content, path.name, "0" * 64, kind)
        assert ret is not None, told
        return checks.judge(self.plan, KEY, ret, SENT), told


@pytest.fixture(scope="module")
def campaign(plan, tmp_path_factory):
    return Campaign(plan, tmp_path_factory.mktemp("ky"))


def by_libreoffice(campaign, kind, folder):
    for source in campaign.filled.values():
        office.convert(source, kind, folder)
    return folder / "converted"


def by_gnumeric(campaign, kind, folder):
    programs.by_gnumeric(campaign.filled.values(), kind, folder)
    return folder


def by_openpyxl(campaign, kind, folder):
    for unit, blank in campaign.blank.items():
        book = packing.open_book(blank.read_bytes(), campaign.desks[unit].sheets)
        (folder / f"{unit}.{kind}").write_bytes(packing.save_book(book, SENT))
    return folder


def by_exceljs(campaign, kind, folder):
    programs.by_node("exceljs", [(p, folder / f"{u}.{kind}", campaign.cells(u)) for u, p in campaign.blank.items()])
    return folder


def by_sheetjs(campaign, kind, folder):
    programs.by_node("xlsx", [(p, folder / f"{u}.{kind}", campaign.cells(u)) for u, p in campaign.blank.items()])
    return folder


UNLOCKED = {("protection-removed", "info"): 1}
"""The program does not keep the protection of a sheet."""

OLD = {("unsupported-format", "info"): 1}
"""An .xls: what it holds beside values cannot be seen."""

FORMULAS = {**UNLOCKED, ("locked-cell-changed", "warning"): 1}
"""SheetJS leaves out formulas that show nothing; told once. A form where every row shows something has none."""

SAVED = {
    (by_libreoffice, "xlsx"): {},
    (by_libreoffice, "ods"): {},
    (by_libreoffice, "xls"): OLD,
    (by_gnumeric, "xlsx"): {},
    (by_gnumeric, "ods"): UNLOCKED,
    (by_gnumeric, "xls"): OLD,
    (by_openpyxl, "xlsx"): {},
    (by_exceljs, "xlsx"): {},
    (by_sheetjs, "xlsx"): FORMULAS,
    (by_sheetjs, "ods"): FORMULAS,
    (by_sheetjs, "xls"): {**OLD, **UNLOCKED},  # and texts end after 255 characters
}


def taken(verdict):
    return [(f.variable, f.year, f.value, f.state, f.source, f.reason, f.at.address) for f in verdict.figures]


def test_the_forms_differ_in_shape(campaign):
    assert len({len(d.form.rows) for d in campaign.desks.values()}) > 5


@pytest.mark.filterwarnings("ignore::UserWarning")  # openpyxl on what programs leave out
@pytest.mark.parametrize(("save", "kind"), SAVED, ids=lambda x: x if isinstance(x, str) else x.__name__)
def test_ten_forms_are_read_exactly(campaign, save, kind, tmp_path):
    folder = save(campaign, kind, tmp_path)
    for unit, desk in campaign.desks.items():
        verdict, told = campaign.judged(folder / f"{unit}.{kind}")
        plain, _ = campaign.judged(campaign.filled[unit])
        assert {(v, y): (value, state) for v, y, value, state, *_ in taken(verdict)} == desk.figures()
        assert taken(verdict) == taken(plain)
        assert [(q, a) for q, a, _ in verdict.answers] == [(q, a) for q, a, _ in plain.answers]
        assert (verdict.unit, verdict.status, verdict.control) == (unit, Status.ACCEPTED, plain.control)
        found = Counter((f.code.word, f.severity.value) for f in (*told, *verdict.findings))
        expected = dict(SAVED[save, kind])
        if all(row.variable.required for row in desk.form.variables):
            expected.pop(("locked-cell-changed", "warning"), None)
        if unit in UNITS[::5]:
            second_opinion((folder / f"{unit}.{kind}").read_bytes(), kind)
        assert found == expected, (unit, [str(f) for f in (*told, *verdict.findings)])


def second_opinion(content, kind):
    """openpyxl and calamine see the same cells with the same content, as far as they read the file at all."""
    if kind == "xlsx":
        agrees_with_openpyxl(content)
    if kind == "xls" or (kind == "ods" and b"LibreOffice" not in content_of(content, "meta.xml")):
        return  # calamine itself reads the one, and refuses the others
    assert as_calamine(workbook.read_any(content, kind, "")) == by_calamine(content)


def content_of(archive, name):
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return opened.read(name)
