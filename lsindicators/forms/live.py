"""The live column ``Kiểm tra`` and the progress line: as Excel formulas, and as their true results in Python.

Formulas refer to cells through ranges that begin and end in locked cells, ``INDEX(F$9:F$81,5)``: an input that
is cut and pasted elsewhere does not drag them along. They use no function younger than Excel 2007.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

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


class Live:
    """The ``Kiểm tra`` of one form."""

    def __init__(self, plan: Plan, form: layout.Form, look: Look) -> None:
        self.form = form
        self.rules = rules(plan, form)
        self._look = look
        self._word = {key: look.said(f"check_{key}")[1] for key in SAYINGS}
        self._word["previous"] = fill(self._word["previous"], previous=form.year - 1)
        self._said = {key: _quoted(text) for key, text in self._word.items()}
        self._first, self._last = layout.HEADING_ROW + 1, form.last_row + 2

    # -------------------------------------------------------------- one row

    def rules_of(self, code: str) -> Iterator[tuple[FormRule, str]]:
        """The rules that hold this year's ``code``, each with what ``Kiểm tra`` says when it is broken."""
        for rule in self.rules:
            codes = tuple(dict.fromkeys(r.code for r in rule.inputs))
            if expressions.Reference(code, 0) in rule.inputs:
                others = [c for c in codes if c != code] or [code]
                named = ", ".join(others[:2]) + ("…" if len(others) > 2 else "")
                key = "rule" if rule.level is Level.ERROR else "rule_hint"
                yield rule, fill(self._word[key], codes=named)

    def formula(self, row: FormRow) -> str:
        """What stands in ``Kiểm tra`` of ``row``."""
        v = _variable(row)
        say = self._said
        x, state, source, reason = (self._cell(row.row, column) for column in layout.INPUTS)
        needs_reason = ",".join(f'TRIM({state})="{s.value}"' for s in NEEDS_REASON)
        zero = f'IF(ISNUMBER({x}),{x}=0,TRIM({x})="")'
        true_zero = _quoted(self._beyond(v, Decimal(0)) or self._word["good"])
        blank = say["missing"] if v.required else f'IF(TRIM({state})="","",{say["missing"]})'
        return self._with_previous(
            row,
            f"IF(ISERROR({x}&{state}&{source}&{reason}),{say['error']},"
            f'IF(OR({needs_reason}),IF(TRIM({x})<>"",{say["contradiction"]},IF(TRIM({reason})="",{say["reason"]},{say["good"]})),'
            f'IF(TRIM({state})="{State.NONE_OCCURRED.value}",IF({zero},{true_zero},{say["contradiction"]}),'
            f'IF(AND(TRIM({state})<>"",TRIM({state})<>"{State.GIVEN.value}"),{say["state"]},'
            f'IF(TRIM({x})="",{blank},{self._value(v, x, source)})))))',
        )

    def _value(self, v: Variable, x: str, source: str) -> str:
        """The part of the formula for a cell that holds something."""
        tests: list[tuple[str, str]] = []  # condition, what is said when it is true
        if v.kind is Kind.YES_NO:
            tests.append((f'AND(TRIM({x})<>"{YES}",TRIM({x})<>"{NO}")', self._word["choice"]))
        if v.kind.numeric:
            tests.append((f"NOT(ISNUMBER({x}))", self._word["number"]))
            tests += self._bounds(v, x)
            tests.append(
                (self._scaled(x, self._cell(self.form.by_code[v.code].row, layout.PREVIOUS)), self._word["scale"])
            )
            tests += [(self._broken(rule), said) for rule, said in self.rules_of(v.code)]
            tests.append((f'TRIM({source})=""', self._word["source"]))
        parts = "".join(f"IF({condition},{_quoted(said)}," for condition, said in tests)
        return parts + _quoted(self._word["good"]) + ")" * len(tests)

    def _bounds(self, v: Variable, x: str) -> list[tuple[str, str]]:
        """What speaks against the number ``x`` alone: condition, and what is said when it is true."""
        tests = [(f"{x}<>INT({x})", self._word["whole"])] if v.kind is Kind.WHOLE else []
        if v.low is not None:
            tests.append((f"{x}<{v.low:f}", self._low(v.low)))
        if v.high is not None:
            tests.append((f"{x}>{v.high:f}", self._high(v.high)))
        return tests

    def _with_previous(self, row: FormRow, check: str) -> str:
        """``check``, and before it a look at last year's figure where the unit is asked for it."""
        v = _variable(row)
        x = self._cell(row.row, layout.PREVIOUS)
        if row.previous is not None or v.kind is Kind.TEXT:
            return f"={check}"
        if v.kind is Kind.YES_NO:
            wrong = f'AND(TRIM({x})<>"{YES}",TRIM({x})<>"{NO}")'
        else:
            wrong = ",".join(["FALSE", *(condition for condition, _ in self._bounds(v, x))])
            wrong = f"IF(ISNUMBER({x}),OR({wrong}),TRUE)"
        return f'=IF(ISERROR({x}),{self._said["previous"]},IF(IF(TRIM({x})="",FALSE,{wrong}),{self._said["previous"]},{check}))'

    @staticmethod
    def _scaled(x: str, previous: str) -> str:
        """True where ``x`` is half to double of a scale times last year's figure."""
        scales = ",".join(f"{scale:f}" for scale in SCALES)
        near = f"SUMPRODUCT(--(ABS({x}/{previous}/{{{scales}}}-1.25)<=0.75))>0"
        return f"IF(ISNUMBER({previous}),IF(AND({previous}>={SMALLEST},{x}>0),{near}))"

    def _broken(self, rule: FormRule) -> str:
        """True where all numbers of ``rule`` are there and it does not hold."""
        numbers = ",".join(f"ISNUMBER({self._place(r)})" for r in rule.inputs)
        return f"IFERROR(AND({numbers},NOT({expressions.to_excel(rule.expression, self._place)})),FALSE)"

    def _place(self, reference: expressions.Reference) -> str:
        row = self.form.by_code[reference.code].row
        if reference.lag:
            return self._cell(row, layout.PREVIOUS)
        current, state = self._cell(row, layout.CURRENT), self._cell(row, layout.STATE)
        return f'IF(TRIM({state})="{State.NONE_OCCURRED.value}",0,{current})'

    def _cell(self, row: int, column: int) -> str:
        letter = layout.address(0, column)[:-1]
        return f"INDEX({letter}${self._first}:{letter}${self._last},{row - layout.HEADING_ROW + 1})"

    def result(self, row: FormRow, typed: Typed) -> str:
        """What the formula of ``row`` shows for what is ``typed``."""
        v = _variable(row)
        say = self._word
        before = typed.get((v.code, layout.PREVIOUS))
        if row.previous is None and v.kind is not Kind.TEXT and _text(before) and self._alone(v, before):
            return say["previous"]
        x = typed.get((v.code, layout.CURRENT))
        state, source, reason = (_text(typed.get((v.code, c))) for c in (layout.STATE, layout.SOURCE, layout.REASON))
        if any(_same(state, s.value) for s in NEEDS_REASON):
            if _text(x):
                return say["contradiction"]
            return say["good"] if reason else say["reason"]
        if _same(state, State.NONE_OCCURRED.value):
            if _text(x) and x != 0:
                return say["contradiction"]
            return self._beyond(v, Decimal(0)) or say["good"]
        if state and not _same(state, State.GIVEN.value):
            return say["state"]
        if not _text(x):
            return say["missing"] if v.required or state else ""
        wrong = (
            self._alone(v, x) or self._against_last_year(row, v, x, typed) or next(self._against_rules(v, typed), None)
        )
        if wrong or source or not v.kind.numeric:
            return wrong or say["good"]
        return say["source"]

    def _alone(self, v: Variable, x: Value | None) -> str | None:
        """What speaks against a value by itself."""
        if v.kind is Kind.YES_NO:
            return None if _same(_text(x), YES) or _same(_text(x), NO) else self._word["choice"]
        if not v.kind.numeric:
            return None
        return self._beyond(v, x) if isinstance(x, Decimal) else self._word["number"]

    def _beyond(self, v: Variable, x: Decimal) -> str | None:
        if v.kind is Kind.WHOLE and x != x.to_integral_value():
            return self._word["whole"]
        if v.low is not None and x < v.low:
            return self._low(v.low)
        if v.high is not None and x > v.high:
            return self._high(v.high)
        return None

    def _against_last_year(self, row: FormRow, v: Variable, x: Value | None, typed: Typed) -> str | None:
        before = self._lookup(typed)(expressions.Reference(v.code, -1)) if v.kind.numeric else None
        if before is None or before < SMALLEST or not isinstance(x, Decimal) or x <= 0:
            return None
        return self._word["scale"] if any(s / 2 <= x / before <= s * 2 for s in SCALES) else None

    def _against_rules(self, v: Variable, typed: Typed) -> Iterator[str]:
        for rule, said in self.rules_of(v.code) if v.kind.numeric else ():
            try:
                if expressions.evaluate(rule.expression, self._lookup(typed)) is False:
                    yield said
            except expressions.NotComputable:
                continue

    def _lookup(self, typed: Typed) -> Callable[[expressions.Reference], Decimal | None]:
        def number(reference: expressions.Reference) -> Decimal | None:
            row = self.form.by_code[reference.code]
            if reference.lag:
                past = row.previous if row.previous is not None else typed.get((reference.code, layout.PREVIOUS))
                return past if isinstance(past, Decimal) else None
            if _same(_text(typed.get((reference.code, layout.STATE))), State.NONE_OCCURRED.value):
                return Decimal(0)
            value = typed.get((reference.code, layout.CURRENT))
            return value if isinstance(value, Decimal) else None

        return number

    def _low(self, low: Decimal) -> str:
        return fill(self._word["low"], low=format_number(low))

    def _high(self, high: Decimal) -> str:
        return fill(self._word["high"], high=format_number(high))

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
