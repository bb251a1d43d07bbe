"""phan-cong.xlsx <-> Plan: criteria, variables, rules, units, and who owes what; and the difference of two plans."""

from __future__ import annotations

from datetime import date
from importlib import resources
from pathlib import Path

from msgspec.structs import replace

from lsindicators import names
from lsindicators.assignment import reading, sheets, writing
from lsindicators.assignment.compare import Change, Section, compare, summary
from lsindicators.errors import UnusableInputError
from lsindicators.findings import Finding
from lsindicators.model import Assignment, Plan

__all__ = [
    "Change",
    "Section",
    "builtin",
    "compare",
    "for_year",
    "load",
    "read",
    "stands_alone",
    "summary",
    "understand",
    "write",
]

BUILTIN = "bo-tieu-chi.xlsx"


def builtin(year: int) -> Plan:
    """The shipped plan, the 46 criteria and the units of Lạng Sơn, for the figures of ``year``."""
    content = (resources.files("lsindicators.templates") / "xlsx" / BUILTIN).read_bytes()
    plan, _ = reading.read(content, BUILTIN)
    return for_year(plan, year)


def for_year(plan: Plan, year: int) -> Plan:
    """``plan`` for the figures of ``year``, with its deadlines as many years later as the year is.

    Units that end before it become inactive, others begin; who owes what is read again from what is written.
    """
    former, later = plan.settings, year - plan.year
    moved = replace(
        former,
        year=year,
        unit_deadline=_moved(former.unit_deadline, later),
        report_deadline=_moved(former.report_deadline, later),
        reminded=() if later else former.reminded,
    )
    known = writing.settings_texts(replace(plan, settings=moved))
    plan = replace(plan, settings=replace(moved, raw=known))
    listed = (*plan.units, *plan.inactive)
    units = tuple(u for u in listed if u.exists(year))
    if units == plan.units:
        return plan
    inactive = tuple(u for u in listed if not u.exists(year))
    register = names.Register(units, plan.groups, plan.former, inactive)
    assignments = tuple(_read_again(plan, a, register) for a in plan.assignments)
    return replace(plan, units=units, inactive=inactive, assignments=assignments)


def _read_again(plan: Plan, assignment: Assignment, register: names.Register) -> Assignment:
    lead_written, supporting_written = writing.written(plan, assignment)
    lead = register.resolve(lead_written).units
    supporting = tuple(u for u in register.resolve(supporting_written).units if u not in lead)
    return replace(
        assignment,
        lead=lead,
        supporting=supporting,
        lead_written=lead_written,
        supporting_written=supporting_written,
    )


def _moved(day: date, years: int) -> date:
    leap = day.month == 2 and day.day == 29
    return day.replace(year=day.year + years, day=28 if leap else day.day)


def write(plan: Plan) -> bytes:
    """phan-cong.xlsx, to be edited in Excel; ``read`` gives the same plan again, and the same plan the same bytes."""
    return writing.write(plan)


def read(path: Path) -> tuple[Plan, tuple[Finding, ...]]:
    """The plan of an assignment workbook with the clerk's answers in it, and what is still open, each with its cell.

    Raises ``UnusableInputError`` that names sheet, row and column of all that must be mended first.
    """
    return understand(load(path), path)


def load(path: Path) -> bytes:
    """The bytes of an assignment workbook. Raises ``UnusableInputError`` when it is not there or cannot be opened."""
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise UnusableInputError(f"{path}: chưa có bản phân công; lập bằng lệnh lsindicators init") from error
    except OSError as error:
        raise UnusableInputError(f"{path}: không đọc được tệp này; đóng tệp nếu đang mở rồi chạy lại") from error


def understand(content: bytes, path: Path) -> tuple[Plan, tuple[Finding, ...]]:
    """As ``read``, of the bytes of the workbook at ``path``."""
    return reading.read(content, path.name, lambda plan, code: _catalogue(path, plan, code))


def stands_alone(plan: Plan) -> bool:
    """Whether its workbook alone has made the plan: no answer in it may have looked into a former campaign's."""
    return not (plan.settings.raw.get(sheets.PREVIOUS) and any(q.answer for q in plan.questions))


def _catalogue(path: Path, plan: Plan, code: str) -> Plan | None:
    """The plan that knows a criterion which an answer names: last year's, else the built-in one."""
    former = plan.settings.raw.get(sheets.PREVIOUS, "")
    if former:
        try:
            previous, _ = read(path.parent / former / path.name)
        except UnusableInputError:
            previous = None  # moved away or spoilt: the built-in plan may still know the code
        if previous is not None and code in previous.criterion:
            return previous
    known = builtin(plan.year)
    return known if code in known.criterion else None
