"""The live checks of a form: the hidden sheet ``Tính``, ``Kiểm tra``, the progress line, the link and the control code.

Each is a formula and, beside it, its true result in Python. The hidden sheet alone looks at the inputs, through ranges
that begin and end in locked cells, ``INDEX(F$9:F$81,5)``: an input that is cut and pasted elsewhere does not drag them
along. Its rows hold one variable each; all else refers to its cells, which nobody can move. No function is younger than
Excel 2007 but ``UNICODE`` (2013), which only a text needs, and ``ISFORMULA`` (2013), without which nothing is lost but
one remark.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cached_property, partial

from msgspec import Struct, field

from lsindicators import control, layout
from lsindicators.forms import across, alone, control_code
from lsindicators.forms.across import FormRule
from lsindicators.forms.alone import (
    BEGINNING,
    CHECKED,
    CHECKED_WORDS,
    FIRST_LINE,
    NUMBERS,
    OPTIONAL,
    SETTLED,
    ZERO,
    Line,
)
from lsindicators.forms.formula import (
    ACROSS,
    GO,
    NOW,
    ORDER,
    OWN,
    PAST,
    REASON,
    SAID,
    SHOWN,
    SOURCE,
    STATE,
    USABLE,
    USABLE_PAST,
    Check,
    Formula,
    Result,
    bare,
    column_of,
    first_said,
    first_that_holds,
    is_blank,
    is_number,
    quoted,
)
from lsindicators.forms.look import Look, fill
from lsindicators.model import Plan, State, Value
from lsindicators.values import SHORTEST

SAYINGS = (
    "missing", "number", "whole", "low", "high", "choice", "state", "contradiction", "reason", "change", "error",
    "formula", "rule", "rule_hint", "scale", "source", "previous", "good",
)  # fmt: skip
"""What ``Kiểm tra`` can say: keys of the template's sentences, without ``check_``."""

LATER = 10000
"""The turn of a number without a source comes after all that must be mended."""

_PLACES = {
    "state": layout.STATE,
    "reason": layout.REASON,
    "change": layout.REASON,
    "previous": layout.PREVIOUS,
    "source": layout.SOURCE,
}
"""What ``Kiểm tra`` says -> the column that wants a hand, where it is not this year's figure; a later one wins."""

Typed = Mapping[tuple[str, int], Value]
"""(variable code, column of the data sheet) -> what stands in the input cell."""


class Alike(Struct):
    """What all forms of one shape have in common, made once: texts, which depend neither on the unit nor on what is typed."""

    formulas: dict[tuple[int, str], str] = field(default_factory=dict)
    """Row and column letter of the hidden sheet -> the formula there, as it stands in the XML."""
    longest: dict[str, str] = field(default_factory=dict)
    """Variable -> the longest text that ``Kiểm tra`` may show."""
    guards: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """Row of the data sheet -> what its figures take, in the XML."""
    rules: tuple[FormRule, ...] | None = None
    held: across.Holds | None = None


class Live:
    """The live formulas of one form, and what they show for what is ``typed`` into it; ``alike`` is known from another."""

    def __init__(
        self, plan: Plan, form: layout.Form, look: Look, typed: Typed | None = None, alike: Alike | None = None
    ) -> None:
        self.form = form
        self._alike = alike = alike or Alike()
        if alike.rules is None:
            alike.rules = across.rules(plan, form)
        self.rules = alike.rules
        self._look = look
        self._word = {key: look.said(f"check_{key}")[1] for key in SAYINGS}
        self._word["previous"] = fill(self._word["previous"], previous=form.year - 1)
        self._lines = {
            code: alone.line(row, n, partial(self._input, row.row), self._word, typed or {})
            for n, (code, row) in enumerate(form.by_code.items(), FIRST_LINE)
        }

    # -------------------------------------------------------------- what other sheets show

    def check(self, code: str) -> Formula:
        """``Kiểm tra`` of a variable."""
        return Formula(f"={self.form.shown[code]}", self.shown[code])

    def progress(self, text: str) -> Formula:
        """The line that counts; ``text`` holds ``{n}``, ``{total}`` and ``{m}``."""
        shown, order = self._column(SHOWN), self._column(ORDER)
        open_ = f'COUNTIF({order},"<{LATER}")'
        missing, done = quoted(self._word["missing"]), self._look.word("progress_done")
        counted = {
            "n": f'"&SUMPRODUCT(({shown}<>"")*({shown}<>{missing}))&"',
            "total": str(len(self._lines)),
            "m": f'"&{open_}&"',
        }
        formula = f'="{fill(text.replace(chr(34), chr(34) * 2), **counted)}"'
        formula += f'&IF({open_}=0,{quoted(done)},"")'
        given = sum(1 for said in self.shown.values() if said and said != self._word["missing"])
        waiting = sum(1 for order in self.order.values() if order < LATER)
        line = fill(text, n=given, total=len(self._lines), m=waiting)
        return Formula(formula, line if waiting else line + done)

    def link(self) -> Formula:
        """The link to the first cell that wants a hand, else to the first number without a source, else nothing."""
        go, order = self._column(GO), self._column(ORDER)
        first, address = f"MIN({order})", f"INDEX({go},MOD(MIN({order}),{LATER}))"
        told = f"IF({first}>{LATER},{quoted(self._look.word('link_source'))},{quoted(self._look.word('link_open'))})"
        formula = f'=IF(COUNT({order})=0,"",HYPERLINK("#\'{layout.DATA}\'!"&{address},{told}&{address}))'
        if not self.order:
            return Formula(formula, "")
        code = min(self.order, key=lambda code: self.order[code])
        key = "link_source" if self.order[code] > LATER else "link_open"
        return Formula(formula, self._look.word(key) + self.go[code])

    @cached_property
    def control_code(self) -> Formula:
        """The control code, after its name."""
        return control_code.shown(self._look.word("control"), self.form, self._lines.values())

    def longest(self, code: str) -> str:
        """The longest text that ``Kiểm tra`` of a variable may show."""
        if (known := self._alike.longest.get(code)) is not None:
            return known
        line = self._lines[code]
        checks = [*line.checks, *self._across[code], *([line.past_check] if line.past_check else [])]
        return self._alike.longest.setdefault(code, max((check.said for check in checks), key=len))

    def says(self, cell: str, tone: str) -> Iterator[str]:
        """Conditions, one of which holds where ``cell`` says something in ``tone``."""
        for text in self.tones[tone]:
            begin = text.removesuffix("…")
            yield f"{cell}={quoted(text)}" if begin == text else f"LEFT({cell},{len(begin)})={quoted(begin)}"

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
        return control_code.sums(self.form, tuple(self._lines.values()))

    def line(self, code: str) -> Iterator[tuple[str, Formula | Result]]:
        """The row of a variable: (column letter, formula or constant), from column A."""
        line = self._lines[code]
        n = line.n
        yield "A", code
        asked = ((PAST, layout.PREVIOUS, line.past),) if line.asked_before else ()
        for letter, column, value in (*asked, (NOW, layout.CURRENT, line.now)):
            yield letter, Formula(partial(_copied, line, column), "" if value is None else value)
        yield STATE, Formula(lambda: _state(line.input(layout.STATE)), Decimal(line.state_number))
        source = Decimal(1 if line.source else 0)
        yield SOURCE, Formula(lambda: f"=IF({is_blank(line.input(layout.SOURCE))},0,1)", source)
        yield SAID, Formula(lambda: f"={bare(line.input(layout.REASON), BEGINNING)}", line.reason_begins)
        yield REASON, Formula(lambda: _reason(f"${SAID}{n}"), Decimal(line.reason_number))
        yield OWN, Formula(lambda: f"={first_that_holds(line.checks, quoted(line.otherwise))}", line.said)
        if line.numeric:
            yield from self._number(line)
        yield SHOWN, Formula(lambda: self._shown_formula(line), self.shown[code])
        yield GO, Formula(lambda: self._go_formula(line), self.go[code])
        turn = Decimal(self.order[code]) if code in self.order else ""
        yield ORDER, Formula(lambda: self._turn(n), turn)
        yield from control_code.parts(line)

    def _turn(self, n: int) -> str:
        source = f"${SHOWN}{n}={quoted(self._word['source'])}"
        return f'=IF(${GO}{n}="","",IF({source},{LATER + n - 1},{n - 1}))'

    def _number(self, line: Line) -> Iterator[tuple[str, Formula | Result]]:
        """The numbers that rules may use, and what they say."""
        n, code = line.n, line.variable.code
        usable = "" if line.usable is None else line.usable
        yield USABLE, Formula(lambda: f'=IF(${OWN}{n}="",N(${NOW}{n}),"")', usable)
        if isinstance(line.row.previous, Decimal):
            yield USABLE_PAST, line.row.previous
        else:
            past = "" if line.usable_past is None else line.usable_past
            yield USABLE_PAST, Formula(lambda: _usable_past(line), past)
        yield ACROSS, Formula(lambda: self._across_formula(line), self.across[code])

    def _across_formula(self, line: Line) -> str:
        formula = first_that_holds(self._across[line.variable.code], quoted(""))
        return f'=IF(ISNUMBER(${USABLE}{line.n}),{formula},"")'

    def _shown_formula(self, line: Line) -> str:
        n, good = line.n, quoted(self._word["good"])
        rest = good
        if line.numeric:
            source = f"IF(AND(${STATE}{n}<>{ZERO},${SOURCE}{n}=0),{quoted(self._word['source'])},{good})"
            rest = f'IF(${ACROSS}{n}<>"",${ACROSS}{n},{source})'
        rest = f'IF(${OWN}{n}="{SETTLED}",{good},IF(${OWN}{n}="{OPTIONAL}","",{rest}))'
        if line.past_check is not None:
            rest = first_that_holds((line.past_check,), rest)
        return f'=IF(OR(${OWN}{n}="",${OWN}{n}="{SETTLED}",${OWN}{n}="{OPTIONAL}"),{rest},${OWN}{n})'

    def _go_formula(self, line: Line) -> str:
        said = f"${SHOWN}{line.n}"
        hint = self._beginning("rule_hint")
        closed = f'{said}="",{said}={quoted(self._word["good"])},LEFT({said},{len(hint)})={quoted(hint)}'
        row = line.row.row
        where = quoted(layout.address(row, layout.CURRENT))
        for key, column in _PLACES.items():
            begin = self._beginning(key)
            where = f'IF(LEFT({said},{len(begin)})={quoted(begin)},"{layout.address(row, column)}",{where})'
        return f'=IF(OR({closed}),"",{where})'

    def _beginning(self, key: str) -> str:
        return self._word[key].partition("{")[0]

    def _column(self, letter: str) -> str:
        """The cells of all variables in one column of the hidden sheet, seen from another sheet."""
        return f"'{layout.CALCULATION}'!{column_of(letter, len(self._lines))}"

    def _input(self, row: int, column: int) -> str:
        """An input cell, seen from the hidden sheet."""
        letter, first, last = layout.column_letters(column), layout.HEADING_ROW + 1, self.form.last_row + 2
        return f"INDEX('{layout.DATA}'!{letter}${first}:{letter}${last},{row - layout.HEADING_ROW + 1})"

    # -------------------------------------------------------------- results

    @cached_property
    def rules_of(self) -> Mapping[str, tuple[FormRule, ...]]:
        """Variable -> the rules that hold this year's figure of it."""
        found: dict[str, list[FormRule]] = {}
        for rule in self.rules:
            for code in dict.fromkeys(r.code for r in rule.inputs if r.lag == 0):
                found.setdefault(code, []).append(rule)
        return {code: tuple(rules) for code, rules in found.items()}

    @cached_property
    def _across(self) -> Mapping[str, tuple[Check, ...]]:
        """Variable -> what is asked of its number beside others."""
        broken = {id(rule): across.broken(rule, self._lines) for rule in self.rules}
        held = self._held
        return {
            code: tuple(across.checks(line, ((h, broken[id(h.rule)]) for h in held.get(code, ()))))
            if line.numeric
            else ()
            for code, line in self._lines.items()
        }

    @property
    def _held(self) -> across.Holds:
        if self._alike.held is None:
            self._alike.held = across.held(self.form, self.rules_of, self._word)
        return self._alike.held

    @cached_property
    def across(self) -> Mapping[str, str]:
        """Variable -> what is wrong with its number beside others."""
        return {
            code: "" if line.usable is None else first_said(self._across[code], "")
            for code, line in self._lines.items()
        }

    @cached_property
    def shown(self) -> Mapping[str, str]:
        """Variable -> what ``Kiểm tra`` shows."""
        said = {}
        for code, line in self._lines.items():
            if line.said not in ("", SETTLED, OPTIONAL):
                said[code] = line.said
            elif line.past_check is not None and line.past_check.holds:
                said[code] = line.past_check.said
            elif line.said:
                said[code] = self._word["good"] if line.said == SETTLED else ""
            elif self.across[code]:
                said[code] = self.across[code]
            else:
                lacking = line.numeric and not line.zero and not line.source
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
            go[code] = "" if done else layout.address(self._lines[code].row.row, column)
        return go

    @cached_property
    def order(self) -> Mapping[str, int]:
        """Variable with a cell that wants a hand -> its turn."""
        unsourced = self._word["source"]
        turns = {code: line.n - 1 for code, line in self._lines.items() if self.go[code]}
        return {code: turn + (LATER if self.shown[code] == unsourced else 0) for code, turn in turns.items()}


# ------------------------------------------------------------------ texts of the hidden sheet


def _copied(line: Line, column: int) -> str:
    found = line.input(column)
    return f'=IF({is_blank(found)},"",{found})'


def _state(found: str) -> str:
    known = f"(TRIM({found})={{{','.join(quoted(s.value) for s in State)}}})"
    numbers = f"SUMPRODUCT({known}*{{{','.join(map(str, NUMBERS.values()))}}})"
    other = f"IF({numbers}=0,{control.OTHER_STATE},{numbers})"
    return f"=IF(ISERROR({found}),{control.OTHER_STATE},IF({is_blank(found)},0,{other}))"


def _reason(said: str) -> str:
    checked = ",".join(f"LEFT({said},{len(words)})={quoted(words)}" for words in CHECKED_WORDS)
    return f"=IF(LEN({said})<{SHORTEST},0,IF(OR({checked}),{CHECKED},1))"


def _usable_past(line: Line) -> str:
    past = f"${PAST}{line.n}"
    return f'=IF({is_number(past)},IF({line.outside(past)},"",{past}),"")'
