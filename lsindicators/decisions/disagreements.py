"""The rows of sheet ``Đối chiếu``: what the clerk decided about figures of several units that disagree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from lsindicators import names, values
from lsindicators.decisions import line as rows
from lsindicators.decisions import sheets
from lsindicators.decisions.line import Fault, Line, Told
from lsindicators.decisions.paper import Row
from lsindicators.decisions.sheets import CHOICE, CODE, DOCUMENT, KIND, REASON, SAID, TAKEN, VALUE, YEAR
from lsindicators.findings import Code
from lsindicators.model import DISAGREEMENTS, Choice, Plan, Settlement, Value


def read(plan: Plan, lines: Iterable[Line], digest: str) -> list[Told]:
    """Each row with what it decides; ``digest`` is the SHA-256 of the file."""
    reader = _Reader(plan=plan, digest=digest)
    listed = [reader.row(line) for line in lines]
    return rows.without_rivals(listed, lambda row: row.settlement, _rivals, "chênh lệch này")


class _Reader(Struct, frozen=True, kw_only=True, dict=True):
    plan: Plan
    digest: str

    def row(self, line: Line) -> Told:
        row = line.row
        code, rule, faults = _kind(self.plan, line)
        variable, told = rows.variable(self.plan, line, CODE)
        year, more = _year(self.plan, line)
        faults += [*told, *more]
        about = (sheets.kind(code, rule), variable, year) if code and variable and year else None
        row = replace(row, about=about, sent=line.text(SAID) or None)
        if not row.clerks:
            return row, ()
        choice, told = rows.choice(line, sheets.choices(code) if code else line.table.choices, must=True)
        faults += told
        if choice is None:
            return _faulty(row, faults)
        dated, told = rows.backed(self.plan, line)
        unit, value, more = self._answer(line, choice, variable)
        faults += [*told, *more]
        if faults:
            return _faulty(row, faults)
        settlement = Settlement(
            code=code,
            variable=variable,
            year=year,
            rule=rule,
            said=line.text(SAID),
            choice=choice,
            unit=unit,
            value=value,
            reason=line.text(REASON),
            document=line.text(DOCUMENT),
            dated=dated,
            at=line.at(VALUE if choice is Choice.CORRECT else CHOICE),
            sha256=self.digest,
        )
        return replace(row, settlement=settlement), ()

    def _answer(self, line: Line, choice: Choice, variable: str) -> tuple[str, Value | None, list[Fault]]:
        """Whose figure is taken, or which; or why neither can be."""
        unit, value = "", None
        faults: list[Fault] = []
        if choice is Choice.TAKE:
            unit, faults = self._unit(line, variable) if variable else ("", [])
        elif TAKEN in line.cells:
            what = f"chỉ ghi khi chọn “{Choice.TAKE.value}”; xóa ô này hoặc chọn lại Quyết định"
            faults = [line.fault(Code.STATE_CONTRADICTS_VALUE, TAKEN, what)]
        if choice is not Choice.CORRECT:
            faults += rows.no_value(line)
        elif variable:
            value, told = rows.value(line, self.plan.variable[variable])
            faults += told
        return unit, value, faults

    def _unit(self, line: Line, variable: str) -> tuple[str, list[Fault]]:
        """The unit in Đơn vị được lấy, by its code or by any name that it has."""
        text = line.text(TAKEN)
        leads = self.plan.assignment[variable].lead if variable in self.plan.assignment else ()
        listed = f"chọn một trong: {'; '.join(leads)}" if leads else "số liệu này không có đơn vị chủ trì"
        if not text:
            what = f"còn để trống; “{Choice.TAKE.value}” cần một đơn vị, {listed}"
            return "", [line.fault(Code.MISSING_VALUE, TAKEN, what)]
        found = self._named(text, leads)
        if len(found) != 1:
            what = f"“{text[:60]}” không cho biết một đơn vị nào; {listed}"
            return "", [line.fault(Code.UNKNOWN_UNIT_NAME, TAKEN, what)]
        if found[0] not in leads:
            what = f"{self.plan.unit[found[0]].name} không chủ trì số liệu {variable}; {listed}"
            return "", [line.fault(Code.NOT_IN_LIST, TAKEN, what)]
        return found[0], []

    def _named(self, text: str, leads: Sequence[str]) -> tuple[str, ...]:
        """The units that a text names: one of the ``leads`` in any spelling, else what everybody calls so."""
        units = [self.plan.unit[code] for code in leads]
        wanted = names.ascii_key(text)
        among = [u for u in units if wanted in map(names.ascii_key, (u.code, u.name, u.short, *u.aliases))]
        if len(among) == 1:
            return (among[0].code,)
        if (code := text.lower()) in self.plan.unit:
            return (code,)
        found = self._register.resolve(text)
        return () if found.problems else found.units

    @cached_property
    def _register(self) -> names.Register:
        return names.Register(self.plan.units, self.plan.groups, self.plan.former, self.plan.inactive)


def _faulty(row: Row, faults: list[Fault]) -> Told:
    return replace(row, fault=faults[0][0]), tuple(finding for _, finding in faults)


def _kind(plan: Plan, line: Line) -> tuple[str, str, list[Fault]]:
    """The word of the disagreement in Loại and the code of its rule; both empty where that says nothing."""
    text = line.text(KIND)
    words = text.split()
    for code, label in DISAGREEMENTS.items():
        for name in (label, code):
            length = len(name.split())
            if values.fold(" ".join(words[:length])) == values.fold(name):
                rest = " ".join(words[length:])
                rule = next((r.code for r in plan.rules if values.fold(r.code) == values.fold(rest)), rest)
                return code, rule, []
    if re.fullmatch("[a-z]+(-[a-z]+)+", text):  # of a later version: kept by its word
        return text, "", []
    listed = "; ".join(DISAGREEMENTS.values())
    what = f"“{text[:60]}” không có trong các loại" if text else "còn để trống"
    return "", "", [line.fault(Code.NOT_IN_LIST, KIND, f"{what}; ghi một trong: {listed}")]


def _year(plan: Plan, line: Line) -> tuple[int, list[Fault]]:
    text = line.text(YEAR)
    if not text:
        return plan.year, []
    if re.fullmatch("[0-9]{4}", text) and int(text) <= plan.year:
        return int(text), []
    return 0, [line.fault(Code.NOT_IN_LIST, YEAR, f"“{text[:60]}”: ghi {plan.year} hoặc năm trước đó")]


def _rivals(one: Row, other: Row) -> bool:
    """Whether both may be meant for the same figures."""
    if one.about != other.about or one.settlement is None or other.settlement is None:
        return False
    said = {one.settlement.said, other.settlement.said}
    return len(said) == 1 or "" in said
