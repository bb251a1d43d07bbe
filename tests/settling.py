"""A campaign in which three units lead together: what they say against each other, and how the clerk fills dieu-chinh.xlsx."""

import json
from pathlib import Path

import openpyxl
from campaigns import NUMBERS, answer, begun
from click.testing import CliRunner
from conftest import small_plan
from msgspec.structs import replace

from lsindicators.cli import main
from lsindicators.decisions import sheets
from lsindicators.model import Assignment

PAPER = "dieu-chinh.xlsx"
UNITS = ("so-khcn", "xa-hoa-tham", "phuong-ky-lua")


def plan(**changes):
    """The small plan, in which all units lead C14_B, and C09_B has a lead and two that add up; with ``changes``."""
    small = small_plan()
    named = {
        "C14_B": Assignment(variable="C14_B", lead=UNITS, supporting=()),
        "C09_B": Assignment(variable="C09_B", lead=UNITS[:1], supporting=UNITS[1:]),
    }
    return replace(small, assignments=tuple(named.get(a.variable, a) for a in small.assignments), **changes)


def campaign(folder: Path, **changes) -> Path:
    """All units have answered, and agree; what they sent is read."""
    campaign = begun(folder, plan(**changes))
    for unit in UNITS:
        said(campaign, unit)
    run("read", campaign)
    return campaign


def sent(campaign, unit, moment=1_775_000_000, name="hai", **numbers):
    """A unit says something else, and that is read."""
    said(campaign, unit, moment, name, **numbers)
    return run("read", campaign)


def said(campaign, unit, moment=1_774_000_000, name=None, **numbers):
    """What a unit sends; C14_B is 430000 and C09_B 40, by the communes 20 each, unless told otherwise."""
    agreed = {"C14_B": 430000, "C09_B": 40 if unit == "so-khcn" else 20}
    target = campaign / "tra-ve" / f"{name or unit}.xlsx"
    return answer(campaign / "bieu-mau" / f"{unit}.xlsx", target, {**NUMBERS[unit], **agreed, **numbers}, moment)


def run(*arguments):
    """(exit code, what is printed) of a command; a line that is broken on the screen is one line."""
    done = CliRunner().invoke(main, [*map(str, arguments)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout if "--json" in arguments else " ".join(done.output.split())


def merged(campaign, variable="C14_B"):
    """(exit code, the province's figure, the conflicts) of merge."""
    code, told = run("merge", campaign, "--json")
    found = json.loads(told)
    value = next(v["value"] for v in found["variables"] if v["code"] == variable)
    return code, value, found["conflicts"]


def rows(campaign, name=sheets.CONFLICTS):
    sheet = openpyxl.load_workbook(campaign / PAPER)[name]
    headings, *listed = sheet.values
    return [dict(zip(headings, row, strict=True)) for row in listed if any(row)]


def fill(campaign, at=2, name=sheets.CONFLICTS, **typed):
    """The clerk types into row ``at`` (2: the first), beside the reason and the document."""
    book = openpyxl.load_workbook(campaign / PAPER)
    sheet = book[name]
    headings = [c.value for c in sheet[1]]
    for heading, value in {"Lý do": "Đã họp thống nhất", "Số văn bản": "15/TB-SKHCN", **typed}.items():
        sheet.cell(at, headings.index(heading.replace("_", " ")) + 1).value = value
    book.save(campaign / PAPER)
