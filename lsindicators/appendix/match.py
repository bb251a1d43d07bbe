"""Rows of an appendix + the catalogue + the register of names -> the plan, and what a person must settle.

Nothing is guessed: a row gets a criterion of the catalogue only where the wording leaves no choice, or where number
and wording agree; a near miss is a question with its candidates, and the row becomes a criterion of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from lsindicators import expressions, names, values
from lsindicators.appendix.matching import Match, Place, recognize
from lsindicators.appendix.measures import fits, known_measures, same_measure, shape, split_measure
from lsindicators.appendix.wording import PREFIX, Words
from lsindicators.findings import Code, Severity, unclear_name
from lsindicators.model import (
    LEAD,
    SUPPORTING,
    Aggregation,
    Assignment,
    Criterion,
    Kind,
    Plan,
    Standing,
    Variable,
)

if TYPE_CHECKING:
    from lsindicators.appendix import Appendix
    from lsindicators.appendix.table import AppendixRow


class AppendixAssignment(Struct, frozen=True, kw_only=True):
    """Who owes a criterion, as read from one row."""

    criterion: str
    name: str  # as in the appendix
    row: int
    lead: tuple[str, ...]  # unit codes
    supporting: tuple[str, ...]


class Doubt(Struct, frozen=True, kw_only=True):
    """What a person must settle in one row of the appendix."""

    code: Code
    row: int
    value: str  # the appendix's own words
    candidates: tuple[str, ...]  # codes of units or criteria
    message: str
    severity: Severity = Severity.QUESTION  # a warning where the units were found, but under an old name
    place: str = ""  # "Bảng 2", or the name of the sheet
    about: str = ""  # the criterion that the row gave, or the variable that it names alone; empty: neither
    side: str = ""  # "Chủ trì", "Phối hợp" where units are asked for


def assign(
    appendix: Appendix, catalogue: Plan, register: names.Register
) -> tuple[Plan, tuple[AppendixAssignment, ...], tuple[Doubt, ...]]:
    """The plan that ``appendix`` makes of ``catalogue``: its criteria alone, in its order, owed by its units.

    A criterion found in the catalogue keeps code, formula, variables, companions and rules; its name is the
    appendix's and therefore ``chính thức``, unless the row says that it is a proposal; its variables stay proposals.
    A row below a criterion that names one of its variables assigns that variable alone. Any other row becomes a
    criterion of its own with one variable, both proposals. A variable that a formula needs, but whose criterion is
    not in the appendix, is kept with the criterion that needs it.
    """
    rows = tuple(_without_headings(row, catalogue) for row in appendix.rows)
    measures = known_measures(catalogue)
    settled = {
        (row.place, str(at)) for row, old in zip(rows, appendix.rows, strict=True) if row != old for at, _ in old.tails
    }
    found, heads = recognize(rows, catalogue)
    listed = {id(row) for row, old in zip(rows, appendix.rows, strict=True) if old in appendix.assigning}
    making = _Making(catalogue, register, appendix.source)
    odd: list[Doubt] = []
    for index, row in enumerate(rows):
        match = found[index]
        if match.code is None and id(row) not in listed:
            continue  # a task beside a table of criteria
        if row.head is not None and (row.head.place, row.head.row) in heads:
            making.head(row.head, heads[row.head.place, row.head.row])
        making.add(replace(row, measure=row.measure or split_measure(row.name, measures)[1]), match)
        if match.code is not None and (other := _other_code(row, match.code, catalogue)):
            odd.append(_codes_disagree(row, match.code, other, catalogue))
    plan, assignments, more = making.plan()
    doubts = [
        Doubt(
            code=f.code,
            row=int(f.at.address or 0),
            value=str(f.value or ""),
            candidates=(),
            message=f.message,
            place=f.at.sheet or "",
            about=about,
            side=LEAD if leaderless else "",
        )
        for f in appendix.findings
        if (f.at.sheet or "", f.at.address) not in settled
        for about, leaderless in [making.at(f.at.sheet or "", int(f.at.address or 0), str(f.value or ""))]
    ]
    order = {place: i for i, place in enumerate(dict.fromkeys(row.place for row in rows))}
    doubts = sorted([*doubts, *odd, *more], key=lambda d: (order.get(d.place, 0), d.row))
    return plan, assignments, tuple(doubts)


def _other_code(row: AppendixRow, code: str, catalogue: Plan) -> str:
    """The code of another criterion that stands in the row, if one does."""
    said = {names.key(c): c for c in catalogue.criterion}.get(names.key(row.code), "") if row.code else ""
    return said if said != code else ""


def _codes_disagree(row: AppendixRow, code: str, other: str, catalogue: Plan) -> Doubt:
    ours, theirs = (f"{c} “{PREFIX.sub('', catalogue.criterion[c].name)}”" for c in (code, other))
    return Doubt(
        code=Code.UNMATCHED_CRITERION,
        row=row.row,
        value=row.name,
        candidates=(code, other),
        message=f"“{row.name}”: phụ lục ghi mã {row.code}, trong bộ tiêu chí là {theirs}; đã theo tên gọi, lấy {ours}; "
        "đề nghị kiểm tra lại mã và tên",
        place=row.place,
        about=code,
    )


def _without_headings(row: AppendixRow, catalogue: Plan) -> AppendixRow:
    """``row`` without the headings below it that were read as the rest of its name: the catalogue knows the name."""
    if not row.tails:
        return row
    name = row.name
    for _, text in reversed(row.tails):
        name = name.removesuffix(text).rstrip()
    words = Words()
    known = {words.key(c.name) for c in catalogue.criteria}
    if name == row.name or words.key(row.name) in known or words.key(name) not in known:
        return row
    return replace(row, name=name, tails=())


# ------------------------------------------------------------------ rows and the catalogue


# ------------------------------------------------------------------ measures


# ------------------------------------------------------------------ the plan


class _Making(Struct):
    """A plan in the making: criteria in the order of the appendix."""

    catalogue: Plan
    register: names.Register
    source: str
    criteria: list[Criterion] = field(default_factory=list)
    variables: list[Variable] = field(default_factory=list)
    owed: dict[str, Assignment] = field(default_factory=dict)  # criterion -> who owes it, note of the appendix
    assignments: list[AppendixAssignment] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    rows: dict[str, AppendixRow] = field(default_factory=dict)  # criterion or variable -> the row that names it
    parts: dict[str, Assignment] = field(default_factory=dict)  # variable -> who owes it, where a row names it alone
    split: dict[str, AppendixRow] = field(default_factory=dict)  # criteria that have rows below -> their own row
    headed: set[Place] = field(default_factory=set)
    places: dict[Place, tuple[str, AppendixRow]] = field(default_factory=dict)  # what each row gave

    def at(self, place: str, row: int, value: str) -> tuple[str, bool]:
        """(the code that a row gave, whether it names no lead and a doubt about ``value`` says so)."""
        code, found = self.places.get((place, row), ("", None))
        return code, found is not None and not found.lead and value == found.name

    def head(self, row: AppendixRow, code: str) -> None:
        """Take in a criterion that is a heading, before the rows below it."""
        if (row.place, row.row) not in self.headed:
            self.headed.add((row.place, row.row))
            self.split.setdefault(code, row)
            self.add(row, Match(code), heading=True)

    def add(self, row: AppendixRow, match: Match, *, heading: bool = False) -> None:
        """Take one row in."""
        code = match.code
        again = code is not None and code in self.owed
        if code is None:
            code = self._new(row, match)
        elif match.variable is None and not again:
            self._known(row, code)
        about = match.variable or code
        lead, lead_written = self._units(row, row.lead, about, LEAD)
        supporting, supporting_written = self._units(row, row.supporting, about, SUPPORTING)
        owed = Assignment(
            variable=match.variable or "",
            lead=lead,
            supporting=tuple(u for u in supporting if u not in lead),
            lead_written=lead_written,
            supporting_written=supporting_written,
            note=_note(row),
        )
        self.places[row.place, row.row] = about, row
        if match.variable is not None:
            self._part(row, code, owed)
        elif again:
            if owed.units or not heading:
                self.owed[code] = self._again(row, f"tiêu chí “{row.name}”", code, self.owed[code], owed)
        else:
            self.rows[code] = row
            self.owed[code] = owed
        if owed.units or not heading:
            self.assignments.append(
                AppendixAssignment(
                    criterion=code, name=row.name, row=row.row, lead=owed.lead, supporting=owed.supporting
                )
            )

    def _part(self, row: AppendixRow, code: str, owed: Assignment) -> None:
        """A row that names one variable of the criterion ``code``."""
        variable = self.catalogue.variable[owed.variable]
        if row.head is not None:
            if code not in self.owed:
                self.head(row.head, code)
            self.split.setdefault(code, row.head)
        if variable.code in self.parts:
            self.parts[variable.code] = self._again(
                row, f"số liệu “{row.name}”", variable.code, self.parts[variable.code], owed
            )
            return
        self.rows[variable.code] = row
        self.parts[variable.code] = owed
        if not same_measure(row.measure, variable.measure):
            message = (
                f"“{row.name}”: phụ lục ghi đơn vị tính “{row.measure}”, số liệu {variable.code} trong bộ tiêu chí "
                f"tính bằng “{variable.measure}”; kiểm tra Đơn vị tính ở trang Số liệu"
            )
            self._doubt(Code.UNMATCHED_CRITERION, row, row.measure, (variable.code,), message, variable.code)

    def _again(self, row: AppendixRow, what: str, code: str, former: Assignment, owed: Assignment) -> Assignment:
        """What the appendix names twice: its units are joined, and that is told."""
        leads = tuple(dict.fromkeys((*former.lead, *owed.lead)))
        why = f"{what} đã có ở dòng {self.rows[code].row}; các đơn vị của hai dòng được gộp lại, đề nghị kiểm tra"
        self._doubt(Code.UNREADABLE_ROW, row, row.name, (code,), Code.UNREADABLE_ROW.value.text.format(why=why), code)
        return replace(
            former,
            lead=leads,
            supporting=tuple(u for u in dict.fromkeys((*former.supporting, *owed.supporting)) if u not in leads),
            lead_written=_joined(former.lead_written, owed.lead_written),
            supporting_written=_joined(former.supporting_written, owed.supporting_written),
        )

    def _tell_unnamed(self) -> None:
        """Ask for the variables that no row below a criterion names, where its own row names nobody; and tell of
        units of its own row that are left without a figure, because the rows below name them all."""
        for code, row in self.split.items():
            own = [v for v in self.catalogue.variables if v.criterion == code]
            unnamed = [v for v in own if v.code not in self.parts]
            owed = self.owed[code]
            if unnamed and not owed.units:
                listed = "; ".join(f"{v.code} “{v.name}”" for v in unnamed)
                message = f"“{row.name}”: chưa dòng nào ghi cơ quan cho {listed}"
                self._doubt(Code.UNREADABLE_ROW, row, row.name, (), message, code, side=LEAD)
            named = {unit for v in own if v.code in self.parts for unit in self.parts[v.code].units}
            idle = [self.register.name(unit) for unit in owed.units if unit not in named]
            if idle and not unnamed:
                message = (
                    f"“{row.name}”: các dòng con đã nêu đủ số liệu, nên không giao số nào cho {', '.join(idle)} "
                    "ghi ở dòng tiêu chí; nếu cần thì thêm ở trang Phân công"
                )
                self._doubt(Code.UNREADABLE_ROW, row, row.name, (), message, code)

    def _known(self, row: AppendixRow, code: str) -> None:
        criterion = self.catalogue.criterion[code]
        basis = f"Theo phụ lục {self.source}, dòng {row.row}"
        self.criteria.append(
            replace(
                criterion,
                name=row.name,
                group=self._group(row) or criterion.group,
                standing=Standing.PROPOSED if proposed(row) else Standing.OFFICIAL,
                basis="; ".join(t for t in (basis, criterion.basis) if t),
            )
        )
        if not fits(row.measure, criterion, self.catalogue):
            message = (
                f"“{row.name}”: phụ lục ghi đơn vị tính “{row.measure}”, công thức trong bộ tiêu chí cho ra "
                f"“{criterion.measure}”; kiểm tra Đơn vị tính và Công thức ở trang Tiêu chí"
            )
            self._doubt(Code.UNMATCHED_CRITERION, row, row.measure, (code,), message, code)

    def _new(self, row: AppendixRow, match: Match) -> str:
        taken = {*self.catalogue.criterion, *(c.code for c in self.criteria)}
        number = 1 + sum(1 for c in self.criteria if c.code not in self.catalogue.criterion)
        while (code := f"TC{number:02d}") in taken or f"{code}_A" in self.catalogue.variable:
            number += 1
        kind, method, low, high = shape(row)
        measure = row.measure or ("%" if kind is Kind.PERCENT else "")
        self.criteria.append(
            Criterion(
                code=code,
                group=self._group(row) or "Tiêu chí khác",
                name=row.name,
                measure="%" if kind is Kind.YES_NO else measure,
                formula=f"{code}_A",
                decimals=0 if kind is Kind.WHOLE else 2,
                standing=Standing.PROPOSED,
                basis=f"Theo phụ lục {self.source}, dòng {row.row}; không có trong bộ 46 tiêu chí",
            )
        )
        self.variables.append(
            Variable(
                code=f"{code}_A",
                criterion=code,
                name=row.name,
                measure=measure,
                kind=kind,
                low=low,
                high=high,
                required=True,
                aggregation=Aggregation(method),
                source=row.source,
            )
        )
        message = Code.UNMATCHED_CRITERION.value.text.format(value=row.name)
        if match.candidates:
            known = {v.code: v.name for v in self.catalogue.variables}
            known |= {c.code: c.name for c in self.catalogue.criteria}
            near = "; ".join(f"{c} “{PREFIX.sub('', known[c])}”" for c in match.candidates)
            part = any(c in self.catalogue.variable for c in match.candidates)
            message += f"; có thể là số liệu đã có: {near}" if part else f"; gần giống: {near}"
        self._doubt(Code.UNMATCHED_CRITERION, row, row.name, match.candidates, message, code)
        return code

    def _group(self, row: AppendixRow) -> str:
        """The headings above a row; one that the catalogue knows is written as there."""
        known: dict[str, str] = {}
        for criterion in self.catalogue.criteria:
            for part in criterion.group.split(" / "):
                known.setdefault(names.key(_bare_group(part)), _bare_group(part))
        return " / ".join(known.get(names.key(g), g.replace(" / ", "/")) for g in row.groups)

    # -- units

    def _units(self, row: AppendixRow, text: str, about: str, side: str) -> tuple[tuple[str, ...], str]:
        """(unit codes, the text as it goes into Phân công); what cannot be resolved becomes a doubt, and stays."""
        if not text.strip():
            return (), ""
        tried = [(self.register.resolve(variant), variant) for variant in variants(text) or (values.clean(text),)]
        resolution, written = min(tried, key=lambda t: (len(t[0].problems), -len(t[0].units)))
        for problem in resolution.problems:
            told = ", ".join(f"{self.register.name(unit)} ({unit})" for unit in problem.candidates)
            code, severity, message = unclear_name(problem.trouble.value, problem.text, told, problem.why, problem.gone)
            self._doubt(code, row, problem.text, problem.candidates, message, about, severity, side)
        for note in resolution.notes:
            self._doubt(Code.UNKNOWN_UNIT_NAME, row, values.clean(text), (), note, about, Severity.WARNING, side)
        return resolution.units, written

    def _doubt(
        self,
        code: Code,
        row: AppendixRow,
        value: str,
        candidates: Iterable[str],
        message: str,
        about: str,
        severity: Severity = Severity.QUESTION,
        side: str = "",
    ) -> None:
        told = Doubt(
            code=code,
            row=row.row,
            value=value,
            candidates=tuple(candidates),
            message=message,
            severity=severity,
            place=row.place,
            about=about,
            side=side,
        )
        if told not in self.doubts:
            self.doubts.append(told)

    # -- the whole

    def plan(self) -> tuple[Plan, tuple[AppendixAssignment, ...], tuple[Doubt, ...]]:
        """The plan of all rows taken in."""
        self._tell_unnamed()
        catalogue = self.catalogue
        own = {
            c.code: [v for v in (*catalogue.variables, *self.variables) if v.criterion == c.code] for c in self.criteria
        }
        present = {v.code for listed in own.values() for v in listed}
        borrowed: dict[str, str] = {}  # variable -> the criterion that it was lent to
        for criterion in self.criteria:
            for code in self._needed(criterion.formula, own[criterion.code]):
                if code not in present and code in catalogue.variable:
                    present.add(code)
                    borrowed[code] = criterion.code
                    own[criterion.code].append(replace(catalogue.variable[code], criterion=criterion.code))
        variables = tuple(v for c in self.criteria for v in own[c.code])
        kept = {c.code: c for c in self.criteria}
        companions = [
            replace(c, group=kept[c.parent].group, standing=kept[c.parent].standing)
            for c in catalogue.companions
            if c.parent in kept and set(expressions.codes(c.formula, catalogue.formulas)) <= present
        ]
        there = {*kept, *(c.code for c in companions)}
        absent = {code: formula for code, formula in catalogue.formulas.items() if code not in there}
        plan = replace(
            catalogue,
            criteria=tuple(replace(c, formula=expressions.inlined(c.formula, absent)) for c in self.criteria),
            companions=tuple(replace(c, formula=expressions.inlined(c.formula, absent)) for c in companions),
            variables=variables,
            assignments=tuple(self._owed(v, borrowed) for v in variables),
            rules=tuple(r for r in catalogue.rules if set(expressions.codes(r.expression)) <= present),
            past=tuple(p for p in catalogue.past if p.variable in present or p.variable in kept),
        )
        return plan, tuple(self.assignments), tuple(self.doubts)

    def _needed(self, formula: str, own: Sequence[Variable]) -> list[str]:
        """The variables that a formula names, and the weights of these and of the criterion's own, in order."""
        named = expressions.codes(formula, self.catalogue.formulas)
        wanted = [*named, *(v.aggregation.weight for v in own if v.aggregation.weight)]
        for code in list(wanted):
            known = self.catalogue.variable.get(code)
            if known is not None and known.aggregation.weight:
                wanted.append(known.aggregation.weight)
        return list(dict.fromkeys(wanted))

    def _owed(self, variable: Variable, borrowed: Mapping[str, str]) -> Assignment:
        owed = self.parts.get(variable.code) or self.owed[variable.criterion]
        former = self.catalogue.assignment.get(variable.code)
        hint = former.note if former is not None else ""
        hints = [hint]
        if variable.code in borrowed:
            home = self.catalogue.variable[variable.code].criterion
            hints.append(
                f"số liệu của tiêu chí {home} không có trong phụ lục, cần cho công thức của {variable.criterion}"
            )
        said = "" if owed.note in hint else owed.note  # the same appendix, or last year's, read again
        return replace(owed, variable=variable.code, note="; ".join(t for t in (*hints, said) if t))


def variants(text: str) -> tuple[str, ...]:
    """A cell on one line, in the ways in which its line breaks can be meant: as a wrapped name, or between names."""
    items: list[str] = []
    for line in (values.clean(t) for t in text.split("\n")):
        bullet = re.match(r"[-+•–*]\s*(?=\S)", line)
        bare = line[bullet.end() :] if bullet else line
        if items and not bullet and not re.search(r"[;.]$", items[-1]):
            items[-1] += "\n" + bare
        elif bare:
            items.append(bare)
    bare_items = [item.strip(" ;,.\n") for item in items]
    wrapped = "; ".join(item.replace("\n", " ") for item in bare_items)
    listed = "; ".join(re.sub(r"\n", "; ", re.sub(r",\n", ", ", item)) for item in bare_items)
    apart = "; ".join(re.sub(r",?\n", "; ", item) for item in bare_items)
    return tuple(dict.fromkeys(t for t in (wrapped, listed, apart) if t))


def _joined(one: str, other: str) -> str:
    return "; ".join(dict.fromkeys(t for t in (one, other) if t))


def _bare_group(text: str) -> str:
    return re.sub(r"\s*\((?:tên nhóm )?chưa xác minh\)$", "", text)


_PROPOSALS = {names.key(t) for t in ("đề xuất", "tên đề xuất", "chưa chính thức", "đề xuất, chưa chính thức")}
_BRACKETED = re.compile(r"\[([^\]]*)\]|\(([^()]*)\)\s*$")


def proposed(row: AppendixRow) -> bool:
    """Whether a row says of itself that its name is a proposal, in its note or in brackets about its name."""
    told = [*re.split(r"[;.\n]", row.note), *("".join(found) for found in _BRACKETED.findall(row.name))]
    return any(names.key(text) in _PROPOSALS for text in told)


def _note(row: AppendixRow) -> str:
    remarks = [t.strip() for t in re.split(r"[;.\n]", row.note)] if proposed(row) else [row.note]
    parts = [
        *(t for t in remarks if names.key(t) not in _PROPOSALS),
        f"Thời hạn: {row.deadline}" if row.deadline else "",
        f"Nguồn: {row.source}" if row.source else "",
        f"Sản phẩm: {row.product}" if row.product else "",
    ]
    return "; ".join(p for p in parts if p)
