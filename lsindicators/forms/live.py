"""The live checks of a form: the hidden sheet ``Tính``, ``Kiểm tra``, the progress line, the link and the control code.

Each is a formula and, beside it, its true result in Python. The hidden sheet alone looks at the inputs, through ranges
that begin and end in locked cells, ``INDEX(F$9:F$81,5)``: an input that is cut and pasted elsewhere does not drag them
along. Its rows hold one variable each; all else refers to its cells, which nobody can move. No function is younger than
Excel 2007 but ``UNICODE`` (2013), which only a text needs, and ``ISFORMULA`` (2013), without which nothing is lost but
one remark.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from lsindicators import layout
from lsindicators.forms import across, alone, control_code
from lsindicators.forms.across import FormRule
from lsindicators.forms.alike import Alike
from lsindicators.forms.alone import OPTIONAL, SETTLED, Line, first_said
from lsindicators.forms.columns import LATER, PLACES, Answer, beginning
from lsindicators.forms.formula import GO, ORDER, SHOWN, Formula, Result, column_of, quoted
from lsindicators.forms.look import Look, fill
from lsindicators.model import Plan, Value

Typed = Mapping[tuple[str, int], Value]
"""(variable code, column of the data sheet) -> what stands in the input cell."""


class Live:
    """The live formulas of one form, and what they show for what is ``typed`` into it; ``alike`` is known from another."""

    def __init__(
        self, plan: Plan, form: layout.Form, look: Look, typed: Typed | None = None, alike: Alike | None = None
    ) -> None:
        self.form = form
        self.alike = alike or Alike(plan, form, look)
        self._look = look
        self._word = self.alike.say
        broken: set[int] = set()
        self._lines = {
            code: alone.line(row, form.by_code[code].previous, typed or {}, broken)
            for code, row in self.alike.rows.items()
        }
        broken.update(id(rule) for rule in self.rules if across.broken(rule, self._lines))

    @property
    def rules(self) -> tuple[FormRule, ...]:
        """The rules that this form alone can judge."""
        return self.alike.rules

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
        return control_code.shown(self._look.word("control"), self._totals)

    @cached_property
    def _totals(self) -> list[int]:
        return control_code.totals(self.form, self._lines.values())

    def says(self, cell: str, tone: str) -> Iterator[str]:
        """Conditions, one of which holds where ``cell`` says something in ``tone``."""
        for text in self.tones[tone]:
            begin = text.removesuffix("…")
            yield f"{cell}={quoted(text)}" if begin == text else f"LEFT({cell},{len(begin)})={quoted(begin)}"

    @property
    def tones(self) -> Mapping[str, tuple[str, ...]]:
        """Tone -> what ``Kiểm tra`` says in it: whole texts, and as ``text…`` beginnings."""
        hint = beginning(self._word, "rule_hint")
        return {
            "tone_good": (self._word["good"],),
            "tone_open": (self._word["missing"], self._word["source"], f"{hint}…"),
        }

    # -------------------------------------------------------------- the hidden sheet

    def sums(self) -> Iterator[tuple[str, Formula]]:
        """The first row of the hidden sheet: (column letter, formula)."""
        return control_code.sums(self.form, self._totals)

    def results(self, code: str) -> list[Result]:
        """What the cells of a variable's row show, as ``alike`` has them."""
        answer = Answer(self.across[code], self.shown[code], self.go[code], self.order.get(code, ""))
        line = self._lines[code]
        return [column.shows(line, answer) for column in self.alike.columns[code]]

    def _column(self, letter: str) -> str:
        """The cells of all variables in one column of the hidden sheet, seen from another sheet."""
        return f"'{layout.CALCULATION}'!{column_of(letter, len(self._lines))}"

    # -------------------------------------------------------------- results

    @cached_property
    def across(self) -> Mapping[str, str]:
        """Variable -> what is wrong with its number beside others."""
        return {
            code: "" if line.usable is None else first_said(self.alike.beside[code], line, "")
            for code, line in self._lines.items()
        }

    @cached_property
    def shown(self) -> Mapping[str, str]:
        """Variable -> what ``Kiểm tra`` shows."""
        return {code: self._shown(code, line) for code, line in self._lines.items()}

    def _shown(self, code: str, line: Line) -> str:
        past = line.row.past_check
        if line.said not in ("", SETTLED, OPTIONAL):
            return line.said
        if past is not None and past.holds is not None and past.holds(line):
            return past.said
        if line.said:
            return self._word["good"] if line.said == SETTLED else ""
        lacking = line.row.numeric and not line.zero and not line.source
        return self.across[code] or self._word["source" if lacking else "good"]

    @cached_property
    def go(self) -> Mapping[str, str]:
        """Variable -> the address of the cell that wants a hand; empty for a row that is done."""
        return {code: self._go(code, said) for code, said in self.shown.items()}

    def _go(self, code: str, said: str) -> str:
        if said in ("", self._word["good"]) or said.startswith(beginning(self._word, "rule_hint")):
            return ""
        places = (column for key, column in reversed(PLACES.items()) if said.startswith(beginning(self._word, key)))
        return layout.address(self.form.by_code[code].row, next(places, layout.CURRENT))

    @cached_property
    def order(self) -> Mapping[str, int]:
        """Variable with a cell that wants a hand -> its turn."""
        unsourced = self._word["source"]
        turns = {code: line.row.n - 1 for code, line in self._lines.items() if self.go[code]}
        return {code: turn + (LATER if self.shown[code] == unsourced else 0) for code, turn in turns.items()}
