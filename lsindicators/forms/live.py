"""The live checks of a form: the hidden sheet ``Tính``, ``Kiểm tra``, the progress line, the link and the control code.

Each is a formula and, beside it, its true result in Python. The hidden sheet alone looks at the inputs, through ranges
that begin and end in locked cells, ``INDEX(F$9:F$81,5)``: an input that is cut and pasted elsewhere does not drag them
along. Its rows hold one variable each; all else refers to its cells, which nobody can move. No function is younger than
Excel 2007 but ``UNICODE`` (2013), which only a text needs, and ``ISFORMULA`` (2013), without which nothing is lost but
one remark.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from lsindicators import control, expressions, layout
from lsindicators.control import trimmed
from lsindicators.forms.look import Look, fill
from lsindicators.layout import SMALLEST, FormRow
from lsindicators.model import NEEDS_REASON, NO, YES, Kind, Level, Plan, State, Value, Variable
from lsindicators.values import format_number

SAYINGS = (
    "missing", "number", "whole", "low", "high", "choice", "state", "contradiction", "reason", "change", "error", "formula", "rule",
    "rule_hint", "scale", "source", "previous", "good",
)  # fmt: skip
"""What ``Kiểm tra`` can say: keys of the template's sentences, without ``check_``."""

SCALES = tuple(Decimal(10) ** n for n in (3, 6, 9, -3, -6, -9))
"""So many times last year's figure, if that is not below ``SMALLEST``, looks like another measure: đồng for triệu đồng.
The same is asked of a return, and a test holds the two together."""

_SCALES = "{" + ",".join(f"{scale:f}" for scale in SCALES) + "}"

ROOM, LEVELS = 5000, 48
"""Characters and levels that the rules may take of a formula; Excel allows 8192 and 64 in all. What finds no room is
left to the reader."""

Typed = Mapping[tuple[str, int], Value]
"""(variable code, column of the data sheet) -> what stands in the input cell."""

Result = Decimal | str
"""What a formula shows."""

(
    PAST, NOW, STATE, SOURCE, REASON, OWN, USABLE, USABLE_PAST, ACROSS, SHOWN, GO, ORDER, SORT, SIZE, PAST_SORT, PAST_SIZE, R1, R2,
) = "BCDEFGHIJKLMNOPQRS"  # fmt: skip
"""Columns of the hidden sheet, below the codes in column A: what stands in the inputs (last year's figure, this year's,
the number of the state, whether there is a source, a reason); what is wrong with the figure by itself; the figures that
rules may use; what is wrong with it beside others; what Kiểm tra shows; the cell that wants a hand, and its turn; the parts of the control
code. Its first row holds the sums of the last two columns."""

LATER = 10000
"""The turn of a number without a source comes after all that must be mended."""

SETTLED, OPTIONAL = "+", "-"
"""What the own check says of a row that is settled without a number, and of one that may stay empty."""


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
class Formula:
    """A formula and what it shows."""

    text: str
    result: Result


@dataclass(frozen=True, slots=True)
class Check:
    """One question to a row: in Excel, its answer, and what is said when it is yes."""

    condition: str
    holds: bool
    said: str


@dataclass(frozen=True, slots=True)
class Bound:
    """A test of a number by itself."""

    condition: str
    breaks: Callable[[Decimal], bool]
    said: str


_NUMBER = {state: number for number, state in enumerate(State, 1)}
ZERO, FIRST_REASON, LAST_REASON = _NUMBER[State.NONE_OCCURRED], _NUMBER[NEEDS_REASON[0]], _NUMBER[NEEDS_REASON[-1]]
"""The states as the hidden sheet counts them; those that need a reason stand together."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What stands in the inputs of one row."""

    past: Value | None
    now: Value | None
    state: int  # 0: none; 1 to 5; control.OTHER_STATE
    source: bool
    reason: bool

    @property
    def explained_away(self) -> bool:
        """The state says why there is no figure."""
        return FIRST_REASON <= self.state <= LAST_REASON

    @property
    def zero(self) -> bool:
        return self.state == ZERO


class Live:
    """The live formulas of one form, and what they show for what is ``typed`` into it."""

    def __init__(self, plan: Plan, form: layout.Form, look: Look, typed: Typed | None = None) -> None:
        self.form, self.typed = form, typed or {}
        self.rules = rules(plan, form)
        self._look = look
        self._word = {key: look.said(f"check_{key}")[1] for key in SAYINGS}
        self._word["previous"] = fill(self._word["previous"], previous=form.year - 1)
        self._first, self._last = layout.HEADING_ROW + 1, form.last_row + 2
        self._line = {code: line for line, code in enumerate(form.by_code, 2)}  # its row in the hidden sheet
        self._facts = {code: self._found(row) for code, row in form.by_code.items()}

    # -------------------------------------------------------------- what others show

    def check(self, code: str) -> Formula:
        """``Kiểm tra`` of a variable."""
        return Formula(f"='{layout.CALCULATION}'!${SHOWN}${self._line[code]}", self.shown[code])

    def progress(self, text: str) -> Formula:
        """The line that counts; ``text`` holds ``{n}``, ``{total}`` and ``{m}``."""
        shown, order = (self._column(letter) for letter in (SHOWN, ORDER))
        open_ = f'COUNTIF({order},"<{LATER}")'
        missing, done = _quoted(self._word["missing"]), self._look.word("progress_done")
        counted = {
            "n": f'"&SUMPRODUCT(({shown}<>"")*({shown}<>{missing}))&"',
            "total": str(len(self.form.variables)),
            "m": f'"&{open_}&"',
        }
        formula = f'="{fill(text.replace(chr(34), chr(34) * 2), **counted)}"'
        formula += f'&IF({open_}=0,{_quoted(done)},"")'
        given = sum(1 for said in self.shown.values() if said and said != self._word["missing"])
        waiting = sum(1 for order in self.order.values() if order < LATER)
        line = fill(text, n=given, total=len(self.form.variables), m=waiting)
        return Formula(formula, line if waiting else line + done)

    def link(self) -> Formula:
        """The link to the first cell that wants a hand, else to the first number without a source, else nothing."""
        go, order = self._column(GO), self._column(ORDER)
        first, address = f"MIN({order})", f"INDEX({go},MOD(MIN({order}),{LATER}))"
        told = f"IF({first}>{LATER},{_quoted(self._look.word('link_source'))},{_quoted(self._look.word('link_open'))})"
        formula = f'=IF(COUNT({order})=0,"",HYPERLINK("#\'{layout.DATA}\'!"&{address},{told}&{address}))'
        if not self.order:
            return Formula(formula, "")
        code = min(self.order, key=lambda code: self.order[code])
        key = "link_source" if self.order[code] > LATER else "link_open"
        return Formula(formula, self._look.word(key) + self.go[code])

    def control_code(self) -> Formula:
        """The control code, after its name."""
        sums = [f"'{layout.CALCULATION}'!${letter}$1" for letter in (R1, R2)]
        halves = []
        for n in sums:
            digits = (f"INT({n}/32768)", f"MOD(INT({n}/1024),32)", f"MOD(INT({n}/32),32)", f"MOD({n},32)")
            halves.append("&".join(f'MID("{control.LETTERS}",1+{digit},1)' for digit in digits))
        name = self._look.word("control")
        rows = [self._typed(code) for code in self.form.by_code]
        return Formula(
            f'={_quoted(name)}&{halves[0]}&"-"&{halves[1]}',
            name + control.compute(rows, self.form.unit.code, self.form.year),
        )

    def longest(self, row: FormRow) -> str:
        """The longest text that ``Kiểm tra`` of ``row`` may show."""
        v = _variable(row)
        said = [check.said for check in self._own_checks(row, v, self._facts[v.code], 0)]
        if v.kind.numeric:
            said += [check.said for check in self._across_checks(row, v, self._facts[v.code], 0)]
        return max(said, key=len)

    def says(self, cell: str, tone: str) -> Iterator[str]:
        """Conditions, one of which holds where ``cell`` says something in ``tone``."""
        for text in self.tones[tone]:
            begin = text.removesuffix("…")
            yield f"{cell}={_quoted(text)}" if begin == text else f"LEFT({cell},{len(begin)})={_quoted(begin)}"

    @property
    def tones(self) -> Mapping[str, tuple[str, ...]]:
        """Tone -> what ``Kiểm tra`` says in it: whole texts, and as ``text…`` beginnings."""
        hint = self._beginning("rule_hint")
        return {
            "tone_good": (self._word["good"],),
            "tone_open": (self._word["missing"], self._word["source"], f"{hint}…"),
        }

    # -------------------------------------------------------------- the hidden sheet

    def sums(self) -> Iterator[tuple[str, Formula]]:
        """The first row of the hidden sheet: (column letter, formula)."""
        seeds = control.seeds(self.form.unit.code, self.form.year)
        rows = [control.residues(self._typed(code)) for code in self.form.by_code]
        for i, letter in enumerate((R1, R2)):
            prime, total = control.PRIMES[i], seeds[i] + sum(row[i] for row in rows)
            formula = f"=MOD({seeds[i]}+SUM({self._column(letter, sheet=False)}),{prime})"
            yield letter, Formula(formula, Decimal(total % prime))

    def line(self, code: str) -> Iterator[tuple[str, Formula | Result]]:
        """The row of a variable: (column letter, formula or constant), from column A."""
        row, facts, n = self.form.by_code[code], self._facts[code], self._line[code]
        v = _variable(row)
        yield "A", code
        asked = ((PAST, layout.PREVIOUS, facts.past),) if row.previous is None else ()
        for letter, column, value in (*asked, (NOW, layout.CURRENT, facts.now)):
            cell = self._cell(row.row, column)
            yield letter, Formula(f'=IF(ISBLANK({cell}),"",{cell})', "" if value is None else value)
        cell = self._cell(row.row, layout.STATE)
        known = f"(TRIM({cell})={{{','.join(_quoted(s.value) for s in State)}}})"
        numbers = f"SUMPRODUCT({known}*{{{','.join(map(str, _NUMBER.values()))}}})"
        other = f"IF({numbers}=0,{control.OTHER_STATE},{numbers})"
        formula = f'=IF(ISERROR({cell}),{control.OTHER_STATE},IF(TRIM({cell})="",0,{other}))'
        yield STATE, Formula(formula, Decimal(facts.state))
        for letter, column, there in ((SOURCE, layout.SOURCE, facts.source), (REASON, layout.REASON, facts.reason)):
            cell = self._cell(row.row, column)
            yield letter, Formula(f'=IF(TRIM({cell})="",0,1)', Decimal(int(there)))
        checks = tuple(self._own_checks(row, v, facts, n))
        end = "" if v.kind.numeric else SETTLED
        yield OWN, Formula(_first_that_holds(checks, end), self.own[code])
        if v.kind.numeric:
            usable = self._usable(code)
            formula = f'=IF(${OWN}{n}="",N(${NOW}{n}),"")'
            yield USABLE, Formula(formula, "" if usable is None else usable)
            past = self._usable_past(code)
            if isinstance(row.previous, Decimal):
                yield USABLE_PAST, row.previous
            else:
                bounds = "".join(f",{b.condition}" for b in self._bounds(v, f"${PAST}{n}"))
                formula = f'=IF({_is_number(f"${PAST}{n}")},IF(OR(FALSE{bounds}),"",${PAST}{n}),"")'
                yield USABLE_PAST, Formula(formula, "" if past is None else past)
            formula = _first_that_holds(tuple(self._across_checks(row, v, facts, n)), "")
            yield ACROSS, Formula(f'=IF(ISNUMBER(${USABLE}{n}),{formula[1:]},"")', self.across[code])
        yield SHOWN, Formula(self._shown_formula(v, n), self.shown[code])
        yield GO, Formula(self._go_formula(row, n), self.go[code])
        source = f"${SHOWN}{n}={_quoted(self._word['source'])}"
        turn = f'=IF(${GO}{n}="","",IF({source},{LATER + n - 1},{n - 1}))'
        yield ORDER, Formula(turn, Decimal(self.order[code]) if code in self.order else "")
        yield from self._control_line(row, facts, n)

    def _shown_formula(self, v: Variable, n: int) -> str:
        good = _quoted(self._word["good"])
        rest = good
        if v.kind.numeric:
            source = f"IF(AND(${STATE}{n}<>{ZERO},${SOURCE}{n}=0),{_quoted(self._word['source'])},{good})"
            rest = f'IF(${ACROSS}{n}<>"",${ACROSS}{n},{source})'
        own = f'IF(${OWN}{n}="{SETTLED}",{good},IF(${OWN}{n}="{OPTIONAL}","",${OWN}{n}))'
        return f'=IF(${OWN}{n}<>"",{own},{rest})'

    def _go_formula(self, row: FormRow, n: int) -> str:
        said = f"${SHOWN}{n}"
        hint = self._beginning("rule_hint")
        closed = f'{said}="",{said}={_quoted(self._word["good"])},LEFT({said},{len(hint)})={_quoted(hint)}'
        where = _quoted(_letter(layout.CURRENT))
        for key, column in _PLACES.items():
            begin = self._beginning(key)
            where = f'IF(LEFT({said},{len(begin)})={_quoted(begin)},"{_letter(column)}",{where})'
        return f'=IF(OR({closed}),"",{where}&ROW({self._cell(row.row, layout.CURRENT)}))'

    def _beginning(self, key: str) -> str:
        return self._word[key].partition("{")[0]

    def _control_line(self, row: FormRow, facts: Facts, n: int) -> Iterator[tuple[str, Formula]]:
        """The parts of the control code: sort and size of the figures, and what the row adds."""
        code = _variable(row).code
        typed = self._typed(code)
        parts: list[str] = []
        sorts = [(NOW, SORT, SIZE, typed.current)]
        if row.previous is None:
            sorts.append((PAST, PAST_SORT, PAST_SIZE, typed.previous))
        for cell, sort, size, value in sorts:
            found = control.magnitude(value)
            yield sort, Formula(_sort_formula(f"${cell}{n}"), Decimal(found[0]))
            yield size, Formula(_size_formula(f"${cell}{n}", f"${sort}{n}"), Decimal(found[1]))
            parts += [f"INT(${size}{n}/{control.SPLIT})"]
            parts += [f"(${size}{n}-INT(${size}{n}/{control.SPLIT})*{control.SPLIT})", f"${sort}{n}"]
        for i, letter in enumerate((R1, R2)):
            factors, prime, weight = control.FACTORS[i], control.PRIMES[i], control.weights(code)[i]
            terms = [f"{part}*{factor}" for part, factor in zip(parts, factors, strict=False)]
            terms.append(f"${STATE}{n}*{factors[-1]}")
            yield (
                letter,
                Formula(f"=MOD(MOD({'+'.join(terms)},{prime})*{weight},{prime})", Decimal(control.residues(typed)[i])),
            )

    def _typed(self, code: str) -> control.Typed:
        row, typed = self.form.by_code[code], self.typed
        return control.Typed(
            code=code,
            current=typed.get((code, layout.CURRENT)),
            state=_text(typed.get((code, layout.STATE))),
            previous=typed.get((code, layout.PREVIOUS)) if row.previous is None else None,
        )

    def _column(self, letter: str, *, sheet: bool = True) -> str:
        """The cells of all variables in one column of the hidden sheet."""
        prefix = f"'{layout.CALCULATION}'!" if sheet else ""
        return f"{prefix}${letter}$2:${letter}${len(self.form.by_code) + 1}"

    def _cell(self, row: int, column: int) -> str:
        letter = _letter(column)
        return f"INDEX('{layout.DATA}'!{letter}${self._first}:{letter}${self._last},{row - layout.HEADING_ROW + 1})"

    # -------------------------------------------------------------- results

    def _found(self, row: FormRow) -> Facts:
        code = _variable(row).code

        def typed(column: int) -> Value | None:
            return self.typed.get((code, column))

        return Facts(
            past=row.previous if row.previous is not None else typed(layout.PREVIOUS),
            now=typed(layout.CURRENT),
            state=control.state_number(_text(typed(layout.STATE))),
            source=bool(_text(typed(layout.SOURCE))),
            reason=bool(_text(typed(layout.REASON))),
        )

    @cached_property
    def own(self) -> Mapping[str, str]:
        """Variable -> what is wrong with its row by itself."""
        said = {}
        for code, row in self.form.by_code.items():
            v = _variable(row)
            checks = self._own_checks(row, v, self._facts[code], 0)
            end = "" if v.kind.numeric else SETTLED
            said[code] = next((check.said for check in checks if check.holds), end)
        return said

    def _usable(self, code: str) -> Decimal | None:
        """This year's number, if nothing is wrong with its row by itself; a true zero need not be typed."""
        facts = self._facts[code]
        if self.own[code] or not _variable(self.form.by_code[code]).kind.numeric:
            return None
        return facts.now if isinstance(facts.now, Decimal) else Decimal(0)

    def _usable_past(self, code: str) -> Decimal | None:
        """Last year's number as on record, or as typed if the variable allows it."""
        row, past = self.form.by_code[code], self._facts[code].past
        if not isinstance(past, Decimal):
            return None
        good = row.previous is not None or not any(b.breaks(past) for b in self._bounds(_variable(row), ""))
        return past if good else None

    @cached_property
    def across(self) -> Mapping[str, str]:
        """Variable -> what is wrong with its number beside others."""
        said = {}
        for code, row in self.form.by_code.items():
            said[code] = ""
            if self._usable(code) is not None:
                checks = self._across_checks(row, _variable(row), self._facts[code], 0)
                said[code] = next((check.said for check in checks if check.holds), "")
        return said

    @cached_property
    def shown(self) -> Mapping[str, str]:
        """Variable -> what ``Kiểm tra`` shows."""
        said = {}
        for code, row in self.form.by_code.items():
            facts, own = self._facts[code], self.own[code]
            if own:
                said[code] = {SETTLED: self._word["good"], OPTIONAL: ""}.get(own, own)
            elif self.across[code]:
                said[code] = self.across[code]
            else:
                lacking = _variable(row).kind.numeric and not facts.zero and not facts.source
                said[code] = self._word["source" if lacking else "good"]
        return said

    @cached_property
    def go(self) -> Mapping[str, str]:
        """Variable -> the address of the cell that wants a hand; empty for a row that is done."""
        go = {}
        for code, said in self.shown.items():
            done = said in ("", self._word["good"]) or said.startswith(self._beginning("rule_hint"))
            places = (column for key, column in reversed(_PLACES.items()) if said.startswith(self._beginning(key)))
            column = next(places, layout.CURRENT)
            go[code] = "" if done else layout.address(self.form.by_code[code].row, column)
        return go

    @cached_property
    def order(self) -> Mapping[str, int]:
        """Variable with a cell that wants a hand -> its turn."""
        unsourced = self._word["source"]
        turns = {code: line - 1 for code, line in self._line.items() if self.go[code]}
        return {code: turn + (LATER if self.shown[code] == unsourced else 0) for code, turn in turns.items()}

    # -------------------------------------------------------------- what is asked of a row

    def _own_checks(self, row: FormRow, v: Variable, facts: Facts, n: int) -> Iterator[Check]:
        """Whether the cells of row ``n`` of the hidden sheet go together and the figure is good by itself.

        The first that holds is said.
        """
        say = self._word
        past, x, state, source, reason = (f"${letter}{n}" for letter in (PAST, NOW, STATE, SOURCE, REASON))
        empty, now = _text(facts.now) == "", facts.now
        yield Check(f"ISERROR({past}&{x}&{state}&{source}&{reason})", False, say["error"])
        columns = (*layout.INPUTS, *((layout.PREVIOUS,) if row.previous is None else ()))
        formulas = ",".join(f"_xlfn.ISFORMULA({self._cell(row.row, column)})" for column in columns)
        yield Check(f"IFERROR(OR({formulas}),FALSE)", False, say["formula"])
        if row.previous is None and v.kind is not Kind.TEXT:
            number = f"IF({_is_number(past)},OR(FALSE{''.join(f',{b.condition}' for b in self._bounds(v, past))}),TRUE)"
            choice = f'AND(TRIM({past})<>"{YES}",TRIM({past})<>"{NO}")'
            yield Check(
                f'IF(TRIM({past})="",FALSE,{choice if v.kind is Kind.YES_NO else number})',
                _text(facts.past) != "" and self._is_bad(v, facts.past),
                say["previous"],
            )
        explain = f"AND({state}>={FIRST_REASON},{state}<={LAST_REASON})"
        yield Check(f'AND({explain},TRIM({x})<>"")', facts.explained_away and not empty, say["contradiction"])
        yield Check(f"AND({explain},{reason}=0)", facts.explained_away and not facts.reason, say["reason"])
        yield Check(explain, facts.explained_away, SETTLED)
        some = f'IF({_is_number(x)},{x}<>0,TRIM({x})<>"")' if v.kind.numeric else f'TRIM({x})<>""'
        contradicts = facts.zero and not empty and not (v.kind.numeric and now == 0)
        yield Check(f"AND({state}={ZERO},{some})", contradicts, say["contradiction"])
        yield Check(f"{state}={control.OTHER_STATE}", facts.state == control.OTHER_STATE, say["state"])
        if not v.required:
            yield Check(f'AND(TRIM({x})="",{state}=0)', empty and facts.state == 0, OPTIONAL)
        yield Check(f'AND(TRIM({x})="",{state}<>{ZERO})', empty and not facts.zero, say["missing"])
        given = f"{state}<>{ZERO}"
        if v.kind is Kind.YES_NO:
            wrong = not facts.zero and self._is_bad(v, now)
            yield Check(f'AND({given},TRIM({x})<>"{YES}",TRIM({x})<>"{NO}")', wrong, say["choice"])
        if v.kind.numeric:
            yield from self._number_checks(v, facts, n)

    def _number_checks(self, v: Variable, facts: Facts, n: int) -> Iterator[Check]:
        x, given, now = f"${NOW}{n}", f"${STATE}{n}<>{ZERO}", facts.now
        number = now if isinstance(now, Decimal) and not facts.zero else None
        wrong = not facts.zero and not isinstance(now, Decimal)
        yield Check(f"AND({given},NOT({_is_number(x)}))", wrong, self._word["number"])
        for bound in self._bounds(v, f"N({x})"):
            broken = number is not None and bound.breaks(number)
            yield Check(f"AND({given},{bound.condition})", broken, bound.said)
        past = f"${USABLE_PAST}{n}"
        near = f"SUMPRODUCT(--(ABS(N({x})/{past}/{_SCALES}-1.25)<=0.75))>0"
        before = self._usable_past(v.code)
        scaled = number is not None and before is not None and before >= SMALLEST and number > 0
        yield Check(
            f"IF(ISNUMBER({past}),IF(AND({past}>={SMALLEST},N({x})>0),{near}))",
            scaled and any(s / 2 <= number / before <= s * 2 for s in SCALES),  # type: ignore[operator]
            self._word["scale"],
        )

    def _across_checks(self, row: FormRow, v: Variable, facts: Facts, n: int) -> Iterator[Check]:
        """Whether a number that is good by itself goes with the others and with last year's; the first is said."""
        room, levels = ROOM, LEVELS
        broken: list[tuple[Level, Check]] = []
        for rule in self.rules_of.get(v.code, ()):
            condition = self._conditions[id(rule)]
            if expressions.excel_takes(condition, characters=room, levels=levels):
                room, levels = room - len(condition), levels - 1
                broken.append((rule.level, Check(condition, self._breaks(rule), self._mismatch(v.code, rule))))
        yield from (check for level, check in broken if level is Level.ERROR)
        now, past = f"${USABLE}{n}", f"${USABLE_PAST}{n}"
        number, before = self._usable(v.code), self._usable_past(v.code)
        leap = f"ROUND(ABS({now}-{past})/ABS({past})*100,8)>{row.change:f}"
        asked = f"{past}<>0,ABS({past})>={row.change_from:f}" if row.change_from else f"{past}<>0"
        yield Check(
            f"IF(AND(ISNUMBER({past}),${REASON}{n}=0,${STATE}{n}<>{ZERO}),IF(AND({asked}),{leap},FALSE),FALSE)",
            not facts.reason
            and not facts.zero
            and number is not None
            and before is not None
            and row.leaps(before, number),
            fill(self._word["change"], limit=format_number(row.change)),
        )
        yield from (check for level, check in broken if level is not Level.ERROR)

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
            return _text(value).casefold() not in (YES.casefold(), NO.casefold())
        return not isinstance(value, Decimal) or any(bound.breaks(value) for bound in self._bounds(v, ""))

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
    def _conditions(self) -> Mapping[int, str]:
        """Rule by identity -> true where all its numbers are there and it does not hold."""
        return {id(rule): self._broken(rule) for rule in self.rules}

    def _broken(self, rule: FormRule) -> str:
        there = ",".join(f"ISNUMBER({self._place(r)})" for r in rule.inputs)
        holds = expressions.to_excel(rule.expression, lambda r: f"N({self._place(r)})")
        return f"IFERROR(AND({there},NOT({holds})),FALSE)"

    def _place(self, reference: expressions.Reference) -> str:
        return f"${USABLE_PAST if reference.lag else USABLE}${self._line[reference.code]}"

    def _breaks(self, rule: FormRule) -> bool:
        def number(reference: expressions.Reference) -> Decimal | None:
            return self._usable_past(reference.code) if reference.lag else self._usable(reference.code)

        try:
            return expressions.evaluate(rule.expression, number) is False
        except expressions.NotComputable:
            return False

    def _mismatch(self, code: str, rule: FormRule) -> str:
        others = [c for c in dict.fromkeys(r.code for r in rule.inputs) if c != code] or [code]
        named = ", ".join(others[:2]) + ("…" if len(others) > 2 else "")
        return fill(self._word["rule" if rule.level is Level.ERROR else "rule_hint"], codes=named)


_PLACES = {
    "state": layout.STATE,
    "reason": layout.REASON,
    "change": layout.REASON,
    "previous": layout.PREVIOUS,
    "source": layout.SOURCE,
}
"""What ``Kiểm tra`` says -> the column that wants a hand, where it is not this year's figure; a later one wins."""


def _first_that_holds(checks: tuple[Check, ...], otherwise: str) -> str:
    parts = "".join(f"IF({check.condition},{_quoted(check.said)}," for check in checks)
    return f"={parts}{_quoted(otherwise)}" + ")" * len(checks)


def _is_number(x: str) -> str:
    """Whether ``x`` is a number; LibreOffice takes TRUE for one as well."""
    return f"AND(ISNUMBER({x}),NOT(ISLOGICAL({x})))"


def _sort_formula(x: str) -> str:
    """The sort of a cell for the control code."""
    number = f"IF(ABS({x})<{control.LARGE:f},IF({x}<0,{control.NEGATIVE},{control.POSITIVE}),"
    number += f"IF({x}<0,{control.LARGE_NEGATIVE},{control.LARGE_POSITIVE}))"
    other = f'IF(ISNUMBER({x}),{number},IF(TRIM({x})="",{control.BLANK},{control.TEXT}))'
    # LibreOffice takes TRUE for a number as well
    return f"=IF(ISERROR({x}),{control.ERROR},IF(ISLOGICAL({x}),{control.LOGICAL},{other}))"


def _size_formula(x: str, sort: str) -> str:
    """The size of a cell for the control code, once its sort is known."""
    n = control.CHARACTERS
    characters = f'UNICODE(MID(LEFT(TRIM({x})&REPT(" ",{n}),{n}),ROW($1:${n}),1))'
    text = f"IF({sort}={control.TEXT},SUMPRODUCT(_xlfn.{characters}*ROW($1:${n})),0)"
    small = f"IF({sort}<={control.NEGATIVE},ROUND(ABS({x})*{10**control.PLACES},0)"
    large = f"IF({sort}<={control.LARGE_NEGATIVE},MIN(ROUND(ABS({x}),0),{control.MOST}),"
    return f"=IF({sort}={control.BLANK},0,{small},{large}IF({sort}={control.LOGICAL},N({x}),{text}))))"


def _variable(row: FormRow) -> Variable:
    assert row.variable is not None
    return row.variable


def _letter(column: int) -> str:
    return layout.column_letters(column)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _text(value: Value | None) -> str:
    """A cell's text as ``TRIM`` leaves it."""
    return "" if value is None else trimmed(str(value))
