"""What all forms of one shape have in common, made once: texts, which depend neither on the unit nor on what is typed."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import cached_property, partial
from typing import NamedTuple

from msgspec import Struct, field
from xlsxwriter.format import Format

from lsindicators import layout
from lsindicators.forms import across
from lsindicators.forms.across import FormRule
from lsindicators.forms.alone import FIRST_LINE, Check, Row
from lsindicators.forms.columns import Column, columns
from lsindicators.forms.look import Look, fill
from lsindicators.forms.sheet import Cell
from lsindicators.forms.styles import Style
from lsindicators.layout import Form
from lsindicators.model import Plan

SAYINGS = (
    "missing", "number", "whole", "low", "high", "choice", "state", "contradiction", "reason", "change", "error",
    "formula", "rule", "rule_hint", "scale", "source", "previous", "good",
)  # fmt: skip
"""What ``Kiểm tra`` can say: keys of the template's sentences, without ``check_``."""


class Locked(NamedTuple):
    """What stands in the locked cells of a variable's row, the same in all forms of one shape."""

    texts: tuple[tuple[int, str, str, Style], ...]  # column, text, what follows in small letters, style
    inputs: tuple[tuple[int, Style], ...]  # column and style of what is open
    height: float  # points that the longest of them needs


class Alike(Struct, frozen=True, dict=True):
    """Made of one ``form`` of the shape; nothing is taken from it that is of its unit alone."""

    plan: Plan
    form: Form
    look: Look
    guards: dict[int, tuple[bytes, ...]] = field(default_factory=dict)
    """Row of the data sheet -> what its figures take, in the XML."""
    columns_guarded: dict[int, tuple[bytes, ...]] = field(default_factory=dict)
    """Column of the data sheet that takes the same in every row -> what it takes, in the XML."""
    kinds: dict[Hashable, type[Format]] = field(default_factory=dict)
    """Style of the look and what is changed in it, as ``Draft.format`` knows them -> the kind of its formats."""
    locked: dict[int, Locked] = field(default_factory=dict)
    """Row of the data sheet -> what stands in it."""

    @cached_property
    def say(self) -> Mapping[str, str]:
        """What ``Kiểm tra`` can say."""
        say = {key: self.look.said(f"check_{key}")[1] for key in SAYINGS}
        return {**say, "previous": fill(say["previous"], previous=self.form.year - 1)}

    @cached_property
    def rules(self) -> tuple[FormRule, ...]:
        """The rules that a form of the shape can judge."""
        return across.rules(self.plan, self.form)

    @cached_property
    def rules_of(self) -> Mapping[str, tuple[FormRule, ...]]:
        """Variable -> the rules that hold this year's figure of it."""
        found: dict[str, list[FormRule]] = {}
        for rule in self.rules:
            for code in dict.fromkeys(r.code for r in rule.inputs if r.lag == 0):
                found.setdefault(code, []).append(rule)
        return {code: tuple(rules) for code, rules in found.items()}

    # -------------------------------------------------------------- the hidden sheet

    @cached_property
    def rows(self) -> Mapping[str, Row]:
        """Variable -> its row."""
        found = {}
        for n, (code, placed) in enumerate(self.form.by_code.items(), FIRST_LINE):
            assert placed.variable is not None
            found[code] = Row(placed, placed.variable, n, partial(_input, self.form.last_row, placed.row), self.say)
        return found

    @cached_property
    def beside(self) -> Mapping[str, tuple[Check, ...]]:
        """Variable -> what is asked of its number beside others."""
        held = across.held(self.form, self.rules_of, self.say)
        return {
            code: tuple(across.checks(row, held.get(code, ()))) if row.numeric else ()
            for code, row in self.rows.items()
        }

    @cached_property
    def columns(self) -> Mapping[str, tuple[Column, ...]]:
        """Variable -> the cells of its row, from left to right."""
        return {
            code: tuple(sorted(columns(row, self.beside[code]), key=lambda column: column.letter))
            for code, row in self.rows.items()
        }

    @cached_property
    def cells(self) -> Mapping[str, tuple[Cell, ...]]:
        """Variable -> the same as they are written."""
        return {
            code: tuple(Cell.of(c.letter, "" if c.formula is None else c.formula()) for c in row)
            for code, row in self.columns.items()
        }

    @cached_property
    def longest(self) -> Mapping[str, str]:
        """Variable -> the longest text that ``Kiểm tra`` may show."""
        return {code: max(self._sayings(code, row), key=len) for code, row in self.rows.items()}

    def _sayings(self, code: str, row: Row) -> list[str]:
        past = [row.past_check] if row.past_check else []
        return [check.said for check in (*row.checks, *self.beside[code], *past)]


def _input(last: int, row: int, column: int) -> str:
    """An input cell of a form whose table ends at ``last``, seen from the hidden sheet."""
    letter, first, end = layout.column_letters(column), layout.HEADING_ROW + 1, last + 2
    return f"INDEX('{layout.DATA}'!{letter}${first}:{letter}${end},{row - layout.HEADING_ROW + 1})"
