"""The input cells of the sheet ``Số liệu``: the role of each, what Excel lets in and says of it, the colours that follow."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from lsindicators import layout
from lsindicators.findings import Code
from lsindicators.forms import remarks
from lsindicators.forms.draft import Draft
from lsindicators.forms.sheet import Sheet, sure
from lsindicators.forms.wording import PROMPT, cut, length
from lsindicators.layout import FormRow
from lsindicators.model import NO, YES, Kind, State, Value, Variable
from lsindicators.values import CHECKED, SHORTEST, format_number, sentence

TEXT: dict[str, Any] = {"validate": "length", "criteria": "<=", "value": layout.TEXT_LIMIT}
"""What a cell for text lets in."""

_COLUMNS: dict[int, tuple[dict[str, Any], str, str]] = {
    layout.STATE: ({"validate": "list", "source": [s.value for s in State]}, "state", "state"),
    layout.SOURCE: (TEXT, "source", "text"),
    layout.REASON: (TEXT, "reason", "text"),
}
"""Column -> what it lets in, in every row; the keys of its prompt and of its error message."""

_FARTHEST = Decimal(10) ** 15
"""Bound of a number whose variable has none: beyond it Excel keeps no whole numbers."""


def roles(row: FormRow, v: Variable) -> dict[int, str]:
    """The unlocked columns of a row, and the role that each plays."""
    figure = {
        Kind.WHOLE: "input_whole",
        Kind.DECIMAL: "input_decimal",
        Kind.PERCENT: "input_percent",
        Kind.YES_NO: "input_choice",
        Kind.TEXT: "input_text",
    }[v.kind]
    asked = {layout.PREVIOUS: figure} if row.previous is None else {}
    return {
        **asked,
        layout.CURRENT: figure,
        layout.STATE: "input_list",
        layout.SOURCE: "input_text",
        layout.REASON: "input_text",
    }


# ------------------------------------------------------------------ help while typing


def guard(draft: Draft, sheet: Sheet) -> None:
    """Every input takes what its variable allows, and tells so when it is chosen."""
    prompts = remarks.prompts(draft)
    guards = draft.alike.guards
    for row in draft.form.variables:
        if row.variable is None:
            continue
        if (row.row, layout.CURRENT) in prompts or (row.row, layout.PREVIOUS) in prompts:
            _figures(draft, sheet, row, row.variable, prompts)
        elif row.row in guards:
            sheet.guards(guards[row.row])
        else:
            guards[row.row] = _figures(draft, sheet, row, row.variable, {})
    marked, known = {column for _, column in prompts}, draft.alike.columns_guarded
    for column in _COLUMNS:
        if column in marked:
            _column(draft, sheet, column, prompts)
        elif column in known:
            sheet.guards(known[column])
        else:
            known[column] = _column(draft, sheet, column, {})


def _column(draft: Draft, sheet: Sheet, column: int, prompts: remarks.Prompts) -> tuple[bytes, ...]:
    """Guard all inputs of a column that takes the same in every row; what says so in the XML."""
    takes, prompt, error = _COLUMNS[column]
    rule, told = {**takes, **draft.told(prompt, error)}, []
    blocks = _blocks([r.row for r in draft.form.variables if (r.row, column) not in prompts])
    if blocks:
        first, *others = blocks
        more = [[start, column, end, column] for start, end in others]
        told.append(sheet.guard(first[0], column, {**rule, "other_cells": more}, first[1]))
    for r in draft.form.variables:
        if (r.row, column) in prompts:
            told.append(sheet.guard(r.row, column, {**rule, **prompts[r.row, column]}))
    return tuple(told)


def _figures(draft: Draft, sheet: Sheet, row: FormRow, v: Variable, prompts: remarks.Prompts) -> tuple[bytes, ...]:
    """Guard the figures of a row; what says so in the XML."""
    facts = {"code": v.code, "measure": v.measure or "–", "range": _range(draft, v)}
    kind = v.kind.name.lower()
    rule: dict[str, Any] = {
        Kind.WHOLE: {"validate": "integer", **_bounds(v)},
        Kind.DECIMAL: {"validate": "decimal", **_bounds(v)},
        Kind.PERCENT: {"validate": "decimal", **_bounds(v)},
        Kind.YES_NO: {"validate": "list", "source": [YES, NO]},
        Kind.TEXT: TEXT,
    }[v.kind]
    rule = {**rule, **draft.told(kind, kind, **facts)}
    notes = (sentence(r.message) for r in draft.alike.rules_of.get(v.code, ()))
    message = " ".join([rule["input_message"], *notes])
    now = {**rule, "input_message": cut(message, PROMPT), **prompts.get((row.row, layout.CURRENT), {})}
    told = [sheet.guard(row.row, layout.CURRENT, now)]
    if row.previous is None:
        before = {**rule, **draft.told("previous", kind, **facts)}
        if row.origin:
            before["input_message"] = cut(f"{sentence(row.origin)} {before['input_message']}", PROMPT)
        before |= prompts.get((row.row, layout.PREVIOUS), {})
        told.append(sheet.guard(row.row, layout.PREVIOUS, before))
    elif row.origin:  # a locked figure: no rule, only where it comes from
        title = draft.told("previous", kind, **facts)["input_title"]
        origin = {"validate": "any", "input_title": title, "input_message": cut(sentence(row.origin), PROMPT)}
        told.append(sheet.guard(row.row, layout.PREVIOUS, origin))
    return tuple(told)


def _range(draft: Draft, v: Variable) -> str:
    """“ từ 0 đến 100” as it stands in a prompt; empty when all numbers are allowed."""
    bounds = {"low": v.low, "high": v.high}
    known = {name: format_number(bound) for name, bound in bounds.items() if bound is not None}
    if not known:
        return ""
    return draft.look.word("range_both" if len(known) == 2 else f"range_{next(iter(known))}", **known)


def _bounds(v: Variable) -> dict[str, Any]:
    low = -_FARTHEST if v.low is None else v.low
    high = _FARTHEST if v.high is None else v.high
    return {"criteria": "between", "minimum": _literal(low), "maximum": _literal(high)}


def _literal(value: Decimal) -> str:
    """``value`` in a formula, as short and as exact as in a cell."""
    return f"{float(value):.16G}"


# ------------------------------------------------------------------ colours


def colour(draft: Draft, sheet: Sheet) -> None:
    """Colours that follow what is typed: the check, required cells that are empty, cells that came back."""
    form, live = draft.form, draft.live
    code_of = {row.row: code for code, row in form.by_code.items()}
    for remark, (row, column) in remarks.placed(draft):
        criteria = _still(row, column, draft.typed.get((code_of[row], column)))
        beside = _beside(remark.code, row, draft.typed.get((code_of[row], layout.STATE)))
        if beside:
            criteria = f"=AND({criteria[1:]},{beside})"
        rule = {"type": "formula", "criteria": criteria, "format": draft.tone(remarks.role(remark))}
        sure(sheet.conditional_format(row, column, row, column, rule))
    first, last = form.variables[0].row, form.last_row
    check = f"${layout.address(first, layout.CHECK)}"
    tones = [(f"OR({','.join(live.says(check, tone))})", tone) for tone in live.tones]
    for criteria, tone in (*tones, (f'{check}<>""', "tone_bad")):
        rule = {"type": "formula", "criteria": f"={criteria}", "format": draft.tone(tone), "stop_if_true": True}
        sure(sheet.conditional_format(first, layout.CHECK, last, layout.CHECK, rule))
    criteria = f'={check}="{draft.look.word("check_missing")}"'
    missing = {"type": "formula", "criteria": criteria, "format": draft.tone("tone_missing")}
    sure(sheet.conditional_format(first, layout.CURRENT, last, layout.CURRENT, missing))
    # a number without a fraction shows no bare decimal comma
    fractional = [r.row for r in form.variables if r.variable and r.variable.kind in (Kind.DECIMAL, Kind.PERCENT)]
    for start, end in _blocks(fractional):
        current = layout.address(start, layout.PREVIOUS)
        whole = {
            "type": "formula",
            "criteria": f"=IF(ISNUMBER({current}),{current}=INT({current}))",
            "format": draft.book.add_format({"num_format": "#,##0"}),
        }
        sure(sheet.conditional_format(start, layout.PREVIOUS, end, layout.CURRENT, whole))


def _still(row: int, column: int, value: Value | None) -> str:
    """True as long as a cell holds what came back in it: the colour goes when it is mended."""
    cell = layout.address(row, column)
    if value is None or value == "":
        return f'={cell}=""'
    if isinstance(value, Decimal):
        return f"={cell}={_literal(value)}"
    formula = f'=EXACT({cell},"{value.replace(chr(34), chr(34) * 2)}")'
    return formula if length(formula) <= PROMPT else f'={cell}<>""'


def _beside(code: Code, row: int, state: Value | None) -> str:
    """What must hold beside a cell that stays as it is: another cell of the row may mend it as well; empty: nothing."""
    said = f"TRIM({layout.address(row, layout.STATE)})"
    reason = layout.address(row, layout.REASON)
    match code:
        case Code.LARGE_CHANGE:  # a reason is enough, and the figure stays
            return f"LEN(TRIM({reason}))<{SHORTEST}"
        case Code.UNIT_SCALE_SUSPECT:  # so is the word that it was checked
            return f'ISERROR(SEARCH("{CHECKED}",{reason}))'
        case Code.MISSING_VALUE:  # a state that tells why there is no figure
            return f'OR({said}="",{said}="{State.GIVEN.value}")'
        case Code.STATE_CONTRADICTS_VALUE if isinstance(state, str) and state in {s.value for s in State}:
            return f'{said}="{state}"'
    return ""


def _blocks(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Runs of neighbouring rows: first and last of each."""
    blocks: list[tuple[int, int]] = []
    for row in rows:
        if blocks and blocks[-1][1] == row - 1:
            blocks[-1] = (blocks[-1][0], row)
        else:
            blocks.append((row, row))
    return blocks
