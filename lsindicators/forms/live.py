"""The live column ``Kiểm tra`` and the progress line: as Excel formulas, and as their true results in Python.

Formulas refer to cells through ranges that begin and end in locked cells, ``INDEX(F$9:F$81,5)``: an input that
is cut and pasted elsewhere does not drag them along. They use no function younger than Excel 2007.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from lsindicators import expressions, layout
from lsindicators.forms.look import Look, fill
from lsindicators.layout import FormRow
from lsindicators.model import NEEDS_REASON, NO, YES, Kind, Level, Plan, State, Value, Variable
from lsindicators.values import format_number

SAYINGS = (
    "missing", "number", "whole", "low", "high", "choice", "state", "contradiction", "reason", "error", "rule",
    "rule_hint", "scale", "source", "previous", "good",
)  # fmt: skip
"""What ``Kiểm tra`` can say: keys of the template's sentences, without ``check_``."""

SCALES, SMALLEST = tuple(Decimal(10) ** n for n in (3, 6, 9, -3, -6, -9)), 10
"""So many times last year's figure, if that is not below ``SMALLEST``, looks like another measure: đồng for triệu đồng.
The same is asked of a return, and a test holds the two together."""

_SCALES = "{" + ",".join(f"{scale:f}" for scale in SCALES) + "}"

ROOM, LEVELS = 5000, 48
"""Characters and levels that the rules may take of a formula; Excel allows 8192 and 64 in all. What finds no room is
left to the reader."""

Typed = Mapping[tuple[str, int], Value]
"""(variable code, column of the data sheet) -> what stands in the input cell."""


@dataclass(frozen=True, slots=True)
class FormRule:
    """A rule of the plan whose numbers all stand in one form."""

    expression: expressions.Expression
    inputs: tuple[expressions.Reference, ...]
    level: Level
    message: str


def rules(plan: Plan, form: layout.Form) -> tuple[FormRule, ...]:
    """The rules that this form alone can judge, errors before warnings."""
    found = []
    for rule in plan.rules:
        expression = expressions.parse(rule.expression)
        inputs = expressions.references(expression)
        if inputs and all(_here(reference, form) for reference in inputs):
            found.append(FormRule(expression, inputs, rule.level, rule.message))
    return tuple(sorted(found, key=lambda rule: rule.level is not Level.ERROR))


def _here(reference: expressions.Reference, form: layout.Form) -> bool:
    row = form.by_code.get(reference.code)
    return row is not None and row.variable is not None and row.variable.kind.numeric and reference.lag in (0, -1)


@dataclass(frozen=True, slots=True)
class Check:
    """One question to a row: in Excel, in Python, and what ``Kiểm tra`` says when the answer is yes."""

    condition: str
    holds: Callable[[Typed], bool]
    said: str


@dataclass(frozen=True, slots=True)
class Bound:
    """A test of a number by itself."""

    condition: str
    breaks: Callable[[Decimal], bool]
    said: str


class Live:
    """The ``Kiểm tra`` of one form."""

    def __init__(self, plan: Plan, form: layout.Form, look: Look) -> None:
        self.form = form
        self.rules = rules(plan, form)
        self._look = look
        self._word = {key: look.said(f"check_{key}")[1] for key in SAYINGS}
        self._word["previous"] = fill(self._word["previous"], previous=form.year - 1)
        self._known: dict[str, tuple[Check, ...]] = {}
        self._first, self._last = layout.HEADING_ROW + 1, form.last_row + 2

    # -------------------------------------------------------------- one row

    def formula(self, row: FormRow) -> str:
        """What stands in ``Kiểm tra`` of ``row``."""
        tests = self._tests(row)
        parts = "".join(f"IF({test.condition},{_quoted(test.said)}," for test in tests)
        return "=" + parts + _quoted(self._word["good"]) + ")" * len(tests)

    def result(self, row: FormRow, typed: Typed) -> str:
        """What the formula of ``row`` shows for what is ``typed``."""
        return next((test.said for test in self._tests(row) if test.holds(typed)), self._word["good"])

    def _tests(self, row: FormRow) -> tuple[Check, ...]:
        """What is asked of a row, in this order: the first that holds is said."""
        v = _variable(row)
        if v.code not in self._known:
            self._known[v.code] = (*self._of_state(row, v), *self._of_figure(row, v))
        return self._known[v.code]

    def _of_state(self, row: FormRow, v: Variable) -> Iterator[Check]:
        """Whether the cells of the row go together; after them the row holds a figure or a true zero."""
        say = self._word
        before, x, state, source, reason = (self._cell(row.row, c) for c in (layout.PREVIOUS, *layout.INPUTS))

        def text(typed: Typed, column: int) -> str:
            return _text(typed.get((v.code, column)))

        def explained(typed: Typed) -> bool:
            return any(_same(text(typed, layout.STATE), s.value) for s in NEEDS_REASON)

        def zero(typed: Typed) -> bool:
            return _same(text(typed, layout.STATE), State.NONE_OCCURRED.value)

        explain = f"OR(TRIM({state})={{{','.join(_quoted(s.value) for s in NEEDS_REASON)}}})"
        is_zero = f'TRIM({state})="{State.NONE_OCCURRED.value}"'
        yield Check(f"ISERROR({before}&{x}&{state}&{source}&{reason})", lambda typed: False, say["error"])
        if row.previous is None and v.kind is not Kind.TEXT:
            number = (
                f"IF(ISNUMBER({before}),OR(FALSE{''.join(f',{t.condition}' for t in self._bounds(v, before))}),TRUE)"
            )
            choice = f'AND(TRIM({before})<>"{YES}",TRIM({before})<>"{NO}")'
            yield Check(
                f'IF(TRIM({before})="",FALSE,{choice if v.kind is Kind.YES_NO else number})',
                lambda typed: (
                    text(typed, layout.PREVIOUS) != "" and self._is_bad(v, typed.get((v.code, layout.PREVIOUS)))
                ),
                say["previous"],
            )
        yield Check(
            f'AND({explain},TRIM({x})<>"")',
            lambda typed: explained(typed) and text(typed, layout.CURRENT) != "",
            say["contradiction"],
        )
        yield Check(
            f'AND({explain},TRIM({reason})="")',
            lambda typed: explained(typed) and not text(typed, layout.REASON),
            say["reason"],
        )
        yield Check(explain, explained, say["good"])
        some = f'IF(ISNUMBER({x}),{x}<>0,TRIM({x})<>"")' if v.kind.numeric else f'TRIM({x})<>""'
        yield Check(
            f"AND({is_zero},{some})",
            lambda typed: (
                zero(typed)
                and text(typed, layout.CURRENT) != ""
                and (not v.kind.numeric or typed[v.code, layout.CURRENT] != 0)
            ),
            say["contradiction"],
        )
        yield Check(
            f'AND(TRIM({state})<>"",TRIM({state})<>"{State.GIVEN.value}",NOT({is_zero}))',
            lambda typed: (
                text(typed, layout.STATE) != ""
                and not _same(text(typed, layout.STATE), State.GIVEN.value)
                and not zero(typed)
            ),
            say["state"],
        )
        if not v.required:
            yield Check(
                f'AND(TRIM({x})="",TRIM({state})="")',
                lambda typed: not text(typed, layout.CURRENT) and not text(typed, layout.STATE),
                "",
            )
        yield Check(
            f'AND(TRIM({x})="",NOT({is_zero}))',
            lambda typed: not text(typed, layout.CURRENT) and not zero(typed),
            say["missing"],
        )

    def _of_figure(self, row: FormRow, v: Variable) -> Iterator[Check]:
        """Whether the figure is good; a true zero need not be typed, and needs no source."""
        say = self._word
        x, state, source = (self._cell(row.row, c) for c in (layout.CURRENT, layout.STATE, layout.SOURCE))
        reference = expressions.Reference(v.code, 0)

        def given(typed: Typed) -> bool:
            return not _same(_text(typed.get((v.code, layout.STATE))), State.NONE_OCCURRED.value)

        def figure(typed: Typed) -> Value | None:
            return typed.get((v.code, layout.CURRENT))

        is_given = f'TRIM({state})<>"{State.NONE_OCCURRED.value}"'
        if v.kind is Kind.YES_NO:
            choice = f'AND({is_given},TRIM({x})<>"{YES}",TRIM({x})<>"{NO}")'
            yield Check(choice, lambda typed: given(typed) and self._is_bad(v, figure(typed)), say["choice"])
        if not v.kind.numeric:
            return
        yield Check(
            f"AND({is_given},NOT(ISNUMBER({x})))",
            lambda typed: given(typed) and not isinstance(figure(typed), Decimal),
            say["number"],
        )
        number = f"N({x})"
        for bound in self._bounds(v, number):
            broken = _at_number(bound.breaks, lambda typed: self._number(reference, typed) if given(typed) else None)
            yield Check(f"AND({is_given},{bound.condition})", broken, bound.said)
        previous = self._cell(row.row, layout.PREVIOUS)
        near = f"SUMPRODUCT(--(ABS({number}/{previous}/{_SCALES}-1.25)<=0.75))>0"
        scaled = f"IF(ISNUMBER({previous}),IF(AND({previous}>={SMALLEST},{number}>0),{near}))"
        yield Check(scaled, lambda typed: self._is_scaled(v, typed), say["scale"])
        yield from self._checked.get(v.code, ())
        yield Check(
            f'AND({is_given},TRIM({source})="")',
            lambda typed: given(typed) and not _text(typed.get((v.code, layout.SOURCE))),
            say["source"],
        )

    def _bounds(self, v: Variable, x: str) -> Iterator[Bound]:
        """What may speak against the number ``x`` alone."""
        low, high = v.low, v.high
        if v.kind is Kind.WHOLE:
            yield Bound(f"{x}<>INT({x})", lambda n: n != n.to_integral_value(), self._word["whole"])
        if low is not None:
            said = fill(self._word["low"], low=format_number(low))
            yield Bound(f"{x}<{low:f}", lambda n: n < low, said)
        if high is not None:
            said = fill(self._word["high"], high=format_number(high))
            yield Bound(f"{x}>{high:f}", lambda n: n > high, said)

    def _is_bad(self, v: Variable, value: Value | None) -> bool:
        """Whether a value is none that the variable allows."""
        if v.kind is Kind.YES_NO:
            return not (_same(_text(value), YES) or _same(_text(value), NO))
        return not isinstance(value, Decimal) or any(bound.breaks(value) for bound in self._bounds(v, ""))

    def _is_scaled(self, v: Variable, typed: Typed) -> bool:
        now = self._number(expressions.Reference(v.code, 0), typed)
        before = self._number(expressions.Reference(v.code, -1), typed)
        if now is None or before is None or before < SMALLEST or now <= 0:
            return False
        return any(s / 2 <= now / before <= s * 2 for s in SCALES)

    # -------------------------------------------------------------- rules

    @cached_property
    def rules_of(self) -> Mapping[str, tuple[FormRule, ...]]:
        """Variable -> the rules that hold this year's figure of it."""
        found: dict[str, list[FormRule]] = {}
        for rule in self.rules:
            for code in dict.fromkeys(r.code for r in rule.inputs if r.lag == 0):
                found.setdefault(code, []).append(rule)
        return {code: tuple(rules) for code, rules in found.items()}

    @cached_property
    def _checked(self) -> Mapping[str, tuple[Check, ...]]:
        """Variable -> tests of its rules, as many as find room in a formula."""
        conditions = {id(rule): self._broken(rule) for rule in self.rules}
        checked = {}
        for code, rules in self.rules_of.items():
            room = ROOM
            kept: list[Check] = []
            for rule in rules:
                condition = conditions[id(rule)]
                if expressions.excel_takes(condition, characters=room, levels=LEVELS - len(kept)):
                    room -= len(condition)
                    kept.append(Check(condition, self._breaks(rule), self._mismatch(code, rule)))
            checked[code] = tuple(kept)
        return checked

    def _mismatch(self, code: str, rule: FormRule) -> str:
        others = [c for c in dict.fromkeys(r.code for r in rule.inputs) if c != code] or [code]
        named = ", ".join(others[:2]) + ("…" if len(others) > 2 else "")
        return fill(self._word["rule" if rule.level is Level.ERROR else "rule_hint"], codes=named)

    def _broken(self, rule: FormRule) -> str:
        """True where all numbers of ``rule`` are there and it does not hold."""
        there = ",".join(self._is_there(r) for r in rule.inputs)
        return f"IFERROR(AND({there},NOT({expressions.to_excel(rule.expression, self._place)})),FALSE)"

    def _breaks(self, rule: FormRule) -> Callable[[Typed], bool]:
        def breaks(typed: Typed) -> bool:
            try:
                return expressions.evaluate(rule.expression, lambda r: self._number(r, typed)) is False
            except expressions.NotComputable:
                return False

        return breaks

    def _is_there(self, reference: expressions.Reference) -> str:
        row = self.form.by_code[reference.code].row
        if reference.lag:
            return f"ISNUMBER({self._cell(row, layout.PREVIOUS)})"
        state = f'TRIM({self._cell(row, layout.STATE)})="{State.NONE_OCCURRED.value}"'
        return f"OR(ISNUMBER({self._cell(row, layout.CURRENT)}),{state})"

    def _place(self, reference: expressions.Reference) -> str:
        """The number of a reference; an empty cell is 0, for only ``Không phát sinh`` lets it come so far."""
        row = self.form.by_code[reference.code].row
        return f"N({self._cell(row, layout.PREVIOUS if reference.lag else layout.CURRENT)})"

    def _number(self, reference: expressions.Reference, typed: Typed) -> Decimal | None:
        """The number of a reference for what is ``typed``; ``None`` while it is not there."""
        row = self.form.by_code[reference.code]
        if reference.lag:
            past = row.previous if row.previous is not None else typed.get((reference.code, layout.PREVIOUS))
            return past if isinstance(past, Decimal) else None
        value = typed.get((reference.code, layout.CURRENT))
        if isinstance(value, Decimal):
            return value
        none_occurred = _same(_text(typed.get((reference.code, layout.STATE))), State.NONE_OCCURRED.value)
        return Decimal(0) if none_occurred else None

    def _cell(self, row: int, column: int) -> str:
        letter = layout.address(0, column)[:-1]
        return f"INDEX({letter}${self._first}:{letter}${self._last},{row - layout.HEADING_ROW + 1})"

    # -------------------------------------------------------------- the progress line

    @property
    def hints(self) -> tuple[str, ...]:
        """Beginnings of what ``Kiểm tra`` says without wanting anything to be mended."""
        return self._word["source"], self._word["rule_hint"].partition("{")[0]

    def progress(self, text: str) -> str:
        """The formula of the line that counts; ``text`` holds ``{n}``, ``{total}`` and ``{m}``."""
        letter = layout.address(0, layout.CHECK)[:-1]
        checks = f"{letter}${layout.FIRST_ROW + 1}:{letter}${self.form.last_row + 1}"
        missing, good = _quoted(self._word["missing"]), _quoted(self._word["good"])
        given = f'({checks}<>"")*({checks}<>{missing})'
        wrong = given + f"*({checks}<>{good})"
        wrong += "".join(f"*(LEFT({checks},{len(hint)})<>{_quoted(hint)})" for hint in self.hints)
        counted = {
            "n": f'"&SUMPRODUCT({given})&"',
            "total": str(len(self.form.variables)),
            "m": f'"&SUMPRODUCT({wrong})&"',
        }
        line = fill(text.replace('"', '""'), **counted)
        done = _quoted(self._look.word("progress_done"))
        return f'="{line}"&IF(SUMPRODUCT({wrong})+COUNTIF({checks},{missing})=0,{done},"")'

    def progress_result(self, text: str, results: list[str]) -> str:
        """What that line shows when ``Kiểm tra`` shows ``results``."""
        missing, good = self._word["missing"], self._word["good"]
        given = [r for r in results if r and r != missing]
        wrong = [r for r in given if r != good and not r.startswith(self.hints)]
        line = fill(text, n=len(given), total=len(self.form.variables), m=len(wrong))
        return line if wrong or missing in results else line + self._look.word("progress_done")


def _at_number(breaks: Callable[[Decimal], bool], number: Callable[[Typed], Decimal | None]) -> Callable[[Typed], bool]:
    def holds(typed: Typed) -> bool:
        value = number(typed)
        return value is not None and breaks(value)

    return holds


def _variable(row: FormRow) -> Variable:
    assert row.variable is not None
    return row.variable


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _text(value: Value | None) -> str:
    """A cell's text as ``TRIM`` sees it."""
    return "" if value is None else str(value).strip(" ")


def _same(one: str, other: str) -> bool:
    """Equal as Excel compares texts: without regard to case."""
    return one.casefold() == other.casefold()
