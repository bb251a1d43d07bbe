"""Saves the examples' LibreOffice returns anew: python tests/resave_examples.py

They are made here and not at demo time, because the machine of the demo may lack LibreOffice. They stay valid as long
as the forms of their units do: the demo's key is fixed. Run this when test_rehearsal.py says that they are out of date.
"""

import sys
import tempfile
from decimal import Decimal
from pathlib import Path

from office import type_into

from lsindicators import assignment, forms, layout, rehearsal

EXAMPLES = Path(__file__).parent.parent / "examples"


def main() -> None:
    plan = assignment.builtin(2025)
    answers = rehearsal.read_answers(EXAMPLES / "so-lieu-gia-dinh.csv", plan)
    plan = rehearsal.staged(plan, answers)
    key = bytes.fromhex((EXAMPLES / "khoa-ky.txt").read_text(encoding="utf-8"))
    for act in rehearsal.read_acts(EXAMPLES / "khai-bao.csv"):
        if act.way is rehearsal.Way.SAVED:
            form = layout.form(plan, act.unit)
            typed = cells(form, {a.variable: a for a in answers if a.unit == act.unit})
            with tempfile.TemporaryDirectory() as scratch:
                sent = Path(scratch) / f"{act.unit}.xlsx"
                sent.write_bytes(forms.write(plan, form, layout.stamp(key, form)))
                target = EXAMPLES / "libreoffice" / sent.name
                target.parent.mkdir(exist_ok=True)
                type_into(sent, target, typed)
                sys.stdout.write(f"{target}: {len(typed)} cells\n")


def cells(form: layout.Form, answers: dict[str, rehearsal.Answer]) -> list[tuple[str, str, str | float]]:
    """What is typed where."""
    typed: list[tuple[str, str, str | float]] = []
    for row in form.variables:
        answer = answers[row.variable.code]
        columns = (
            (layout.PREVIOUS, answer.previous if row.previous is None else None),
            (layout.CURRENT, answer.value),
            (layout.STATE, answer.state.value if answer.state else None),
            (layout.SOURCE, answer.source or None),
            (layout.REASON, answer.reason or None),
        )
        for column, value in columns:
            if value is not None:
                shown = float(value) if isinstance(value, Decimal) else value
                typed.append((layout.DATA, layout.address(row.row, column), shown))
    return typed


if __name__ == "__main__":
    main()
