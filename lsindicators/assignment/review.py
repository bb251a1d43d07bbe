"""The clerk's answers on sheet Cần xem lại -> the plan with the answers in it, and what is still open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from lsindicators import expressions, names, values
from lsindicators.assignment import sheets
from lsindicators.findings import Code, Finding, Severity
from lsindicators.model import CellRef, Criterion, Plan, Question, Standing, Variable

Catalogue = Callable[[Plan, str], Plan | None]
"""(the plan at hand, the code of a criterion) -> a plan that knows this criterion."""


def unknown(plan: Plan, code: str) -> None:
    """The catalogue that knows no criterion."""


Place = tuple[str, str, str]
"""Criterion or variable, side, key of the words asked about."""

_SAME_EVERYWHERE = ("unknown-unit-name", "ambiguous-unit-name")
"""Words that mean one unit wherever they stand; an open phrase may mean others in each row."""

_SKIP, _AS_NEW, _SEEN = (names.key(word) for word in (sheets.SKIP, sheets.AS_NEW, sheets.SEEN))


class Asked(Struct, frozen=True):
    """A question as it stands on the sheet, and the cell of its answer."""

    question: Question
    at: CellRef

    @property
    def answer(self) -> str:
        """The key of the answer; empty where there is none."""
        return names.key(self.question.answer)

    def finding(self, message: str = "", severity: Severity | None = None) -> Finding:
        """The question as a finding at the cell of its answer."""
        q = self.question
        code = next(c for c in Code if c.word == q.code)
        where = f"{q.place}, dòng {q.row}" if q.place else f"dòng {q.row}"
        told = message or f"phụ lục, {where}: {q.message}; trả lời ở ô này"
        return Finding(
            code=code, at=self.at, message=told, severity=severity or Severity(q.severity), value=q.value or None
        )


# ------------------------------------------------------------------ units


class UnitAnswers:
    """Reads the unit names of Phân công, with the answers in place of what the appendix left unclear."""

    def __init__(self, asked: Sequence[Asked], register: names.Register) -> None:
        self._register = register
        self.findings: list[Finding] = []
        self._by_place: dict[Place, Asked] = {}
        self._by_words: dict[str, Asked] = {}
        for a in asked:
            q = a.question
            if q.side and a.answer and q.severity != Severity.WARNING.value:
                self._by_place.setdefault((q.about, q.side, names.key(q.value)), a)
                if q.code in _SAME_EVERYWHERE:
                    self._by_words.setdefault(names.key(q.value), a)
        self._open = {
            (q.about, q.side, names.key(q.value)): a
            for a in asked
            if (q := a.question).side and not a.answer and q.severity != Severity.WARNING.value
        }
        self._read = {id(a): self._resolved(a) for a in self._by_place.values()}

    def _resolved(self, asked: Asked) -> names.Resolution:
        """What an answer says; one that is no clearer than the question is told, and leaves it open."""
        if asked.answer == _SKIP:
            return names.Resolution()
        resolution = self._register.resolve(asked.question.answer)
        for problem in resolution.problems:
            code = next(c for c in Code if c.word == problem.trouble.value)
            message = (
                f"câu trả lời “{problem.text}” vẫn chưa rõ đơn vị nào; ghi mã đơn vị như ở cột Gợi ý hoặc trang Đơn vị"
            )
            self.findings.append(replace(asked.finding(message), code=code, value=problem.text))
        return resolution

    def read(self, variable: Variable | None, side: str, written: str) -> tuple[str, names.Resolution]:
        """(the text with the answers in it, the units it names and what is still open) of one cell of Phân công."""
        if not written.strip():
            return self._whole_cell(variable, side)
        first = self._register.resolve(written)
        units, left, text = list(first.units), [], written
        for problem in first.problems:
            asked = self._asked(self._by_place, variable, side, problem.text)
            if asked is None and problem.trouble is not names.Trouble.OPEN:
                asked = self._by_words.get(names.key(problem.text))
            if asked is None or self._read[id(asked)].problems:
                left.append(problem)
                continue
            units += self._read[id(asked)].units
            text = text.replace(problem.text, "" if asked.answer == _SKIP else asked.question.answer, 1)
        resolution = replace(first, units=tuple(dict.fromkeys(units)), problems=tuple(left))
        if left == list(first.problems):
            return written, resolution
        text = _tidy(text)
        again = self._register.resolve(text)
        if set(again.units) == set(resolution.units) and again.problems == resolution.problems:
            return text, again
        # the answer changed how the names after it are read
        return "; ".join([*(self._register.name(u) for u in resolution.units), *(p.text for p in left)]), resolution

    @staticmethod
    def _asked(questions: Mapping[Place, Asked], variable: Variable | None, side: str, text: str) -> Asked | None:
        """The question about ``text``: of the row of this variable alone, else of its criterion."""
        if variable is None:
            return None
        places = ((about, side, names.key(text)) for about in (variable.code, variable.criterion))
        return next((questions[place] for place in places if place in questions), None)

    def _whole_cell(self, variable: Variable | None, side: str) -> tuple[str, names.Resolution]:
        """A cell that the appendix left empty, and that an answer fills."""
        for (about, asked_side, _), a in self._by_place.items():
            if variable is None or about not in (variable.code, variable.criterion) or asked_side != side:
                continue
            if a.question.code == Code.UNREADABLE_ROW.word:
                resolution = self._read[id(a)]
                if a.answer != _SKIP and not resolution.problems:
                    return a.question.answer, resolution
        return "", names.Resolution()

    def asked(self, variable: Variable | None, side: str, problem: names.Problem) -> Asked | None:
        """The question, still without an answer, about what is unclear in a cell of Phân công."""
        return self._asked(self._open, variable, side, problem.text)


def _tidy(text: str) -> str:
    """A list of names without the separators that a name left behind."""
    parts = (values.clean(part).strip(" ,") for part in text.replace("\n", ";").split(";"))
    return "; ".join(p.removesuffix(" và").strip(" ,") for p in parts if p and names.key(p) != names.key("và"))


# ------------------------------------------------------------------ criteria


def settle(
    plan: Plan, asked: Iterable[Asked], catalogue: Catalogue
) -> tuple[Plan, tuple[Finding, ...], tuple[str, ...]]:
    """(``plan`` with the answers about criteria in it, what is still open, answers that cannot be used)."""
    findings: list[Finding] = []
    errors: list[str] = []
    for a in asked:
        q = a.question
        gone = q.about and q.about not in plan.criterion and q.about not in plan.variable
        if q.severity == Severity.WARNING.value or gone:
            continue  # nothing to answer, or what it is about was taken out of the plan by hand
        if not a.answer:
            if _still_open(plan, q):
                findings.append(a.finding())
            continue
        told: Plan | str = plan
        if q.code == Code.UNMATCHED_CRITERION.word and q.about not in q.candidates:
            told = _about_criterion(plan, a, catalogue)
        elif not q.side and a.answer not in (_SEEN, names.key(q.about)):
            told = f"chỗ này chỉ cần ghi “{sheets.SEEN}”; muốn đổi điều gì thì sửa ở các trang khác"
        if isinstance(told, Plan):
            plan = told
        else:
            errors.append(f"{a.at} (cột “Trả lời”): “{q.answer}” chưa dùng được: {told}")
    return plan, tuple(findings), tuple(errors)


def _still_open(plan: Plan, q: Question) -> bool:
    """Whether a question without an answer still matters; names of units are asked where they stand, in Phân công."""
    if q.code == Code.UNMATCHED_CRITERION.word:
        return q.about in q.candidates or plan.criterion[q.about].standing is Standing.PROPOSED
    if q.code != Code.UNREADABLE_ROW.word:
        return False
    if not q.side:
        return True
    return any(not plan.assignment[v.code].lead for v in plan.variables if q.about in (v.code, v.criterion))


def _about_criterion(plan: Plan, asked: Asked, catalogue: Catalogue) -> Plan | str:
    """The plan after the answer about one criterion; or why the answer cannot be used."""
    q = asked.question
    code = values.clean(q.answer).upper()
    if asked.answer == _AS_NEW or code == q.about:
        return plan
    gone = _gone(plan, q.about)
    others = [c.code for c in plan.criteria if c.code not in gone and _uses(c.formula, plan, gone)]
    if others:
        return f"công thức của {', '.join(others)} đang dùng tiêu chí {q.about} hoặc số liệu của nó; sửa công thức ấy trước"
    if asked.answer == _SKIP:
        return without(plan, q.about)
    if code in plan.variable:
        return given(plan, q.about, code)
    if code in plan.criterion:
        return (
            f"tiêu chí {code} đã có trong bản phân công này; chọn tiêu chí khác, “{sheets.AS_NEW}” hoặc “{sheets.SKIP}”"
        )
    known = catalogue(plan, code)
    if known is None:
        return f"không có tiêu chí mã này; ghi một mã như ở cột Gợi ý, “{sheets.AS_NEW}” hoặc “{sheets.SKIP}”"
    return adopted(plan, q.about, known, code)


def without(plan: Plan, criterion: str) -> Plan:
    """``plan`` without a criterion, its variables, and what rests on these."""
    gone = _gone(plan, criterion)
    return replace(
        plan,
        criteria=tuple(c for c in plan.criteria if c.code != criterion),
        companions=tuple(c for c in plan.companions if c.code not in gone and not _uses(c.formula, plan, gone)),
        variables=tuple(v for v in plan.variables if v.code not in gone),
        assignments=tuple(a for a in plan.assignments if a.variable not in gone),
        rules=tuple(r for r in plan.rules if not gone & set(expressions.codes(r.expression))),
        past=tuple(p for p in plan.past if p.variable not in gone),
    )


def _gone(plan: Plan, criterion: str) -> set[str]:
    """All codes that go with a criterion: its own, those of its companions and of its variables."""
    companions = {c.code for c in plan.companions if c.parent == criterion}
    return {criterion, *companions, *(v.code for v in plan.variables if v.criterion == criterion)}


def _uses(formula: str, plan: Plan, gone: set[str]) -> bool:
    """Whether a formula names any of ``gone``, itself or through other criteria."""
    return not gone.isdisjoint((*expressions.codes(formula), *expressions.codes(formula, plan.formulas)))


def given(plan: Plan, own: str, variable: str) -> Plan:
    """``plan`` in which the row that was typed as the criterion ``own`` says who owes ``variable``."""
    owed = next(plan.assignment[v.code] for v in plan.variables if v.criterion == own)
    rest = without(plan, own)
    note = plan.assignment[variable].note
    return replace(
        rest,
        assignments=tuple(
            replace(owed, variable=variable, note="; ".join(dict.fromkeys(t for t in (note, owed.note) if t)))
            if a.variable == variable
            else a
            for a in rest.assignments
        ),
    )


def adopted(plan: Plan, own: str, catalogue: Plan, code: str) -> Plan:
    """``plan`` in which the criterion ``own``, typed from a row of the appendix, is the catalogue's ``code``.

    Name and group stay the appendix's; variables, formula, companions and rules come from the catalogue, and the units
    of the row owe each of the variables.
    """
    row, known = plan.criterion[own], catalogue.criterion[code]
    owed = next(plan.assignment[v.code] for v in plan.variables if v.criterion == own)
    named = "đề xuất" in row.name.casefold()
    criterion = replace(
        known,
        name=row.name,
        group=row.group,
        basis=row.basis,
        standing=Standing.PROPOSED if named else Standing.OFFICIAL,
    )
    rest = without(plan, own)
    absent = {c: formula for c, formula in catalogue.formulas.items() if c != code and c not in rest.formulas}
    new = [v for v in _brought(criterion, catalogue, absent) if v.code not in rest.variable]
    variables = _in_place(rest.variables, new, plan, own)
    present = {v.code for v in variables}
    held = {r.code for r in rest.rules}
    companions = [
        replace(c, group=criterion.group, standing=criterion.standing)
        for c in catalogue.companions
        if c.parent == code and set(expressions.codes(c.formula, catalogue.formulas)) <= present
    ]
    absent = {c: formula for c, formula in absent.items() if c not in {a.code for a in companions}}
    criterion, *companions = (
        replace(c, formula=expressions.inlined(c.formula, absent)) for c in (criterion, *companions)
    )
    owes = {
        v.code: replace(owed, variable=v.code, note="; ".join(t for t in (_note(catalogue, v.code), owed.note) if t))
        for v in new
    }
    return replace(
        rest,
        criteria=tuple(criterion if c.code == own else c for c in plan.criteria),
        companions=(*rest.companions, *companions),
        variables=variables,
        assignments=tuple(owes.get(v.code) or rest.assignment[v.code] for v in variables),
        rules=(
            *rest.rules,
            *(
                r
                for r in catalogue.rules
                if r.code not in held
                and set(expressions.codes(r.expression)) <= present
                and set(expressions.codes(r.expression)) & set(owes)
            ),
        ),
        past=(*rest.past, *(p for p in catalogue.past if p.variable in owes or p.variable == code)),
    )


def _brought(criterion: Criterion, catalogue: Plan, absent: Mapping[str, str]) -> Iterator[Variable]:
    """The variables that a criterion brings along: its own, then those its formula and their weights need."""
    own = [v for v in catalogue.variables if v.criterion == criterion.code]
    wanted = [v.code for v in own] + [
        code for code in expressions.codes(criterion.formula, absent) if code in catalogue.variable
    ]
    wanted += [w for code in wanted if (w := catalogue.variable[code].aggregation.weight)]
    for code in dict.fromkeys(wanted):
        yield replace(catalogue.variable[code], criterion=criterion.code)


def _in_place(rest: Sequence[Variable], new: Sequence[Variable], plan: Plan, own: str) -> tuple[Variable, ...]:
    """The variables with ``new`` where those of the criterion ``own`` stood."""
    before = 0
    for v in plan.variables:
        if v.criterion == own:
            break
        before += 1
    return (*rest[:before], *new, *rest[before:])


def _note(catalogue: Plan, variable: str) -> str:
    former = catalogue.assignment.get(variable)
    return former.note if former else ""
