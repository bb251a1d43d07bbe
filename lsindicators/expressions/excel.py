"""Tree -> the text of a formula that Excel and LibreOffice compute alike; and what has room in Excel."""

from __future__ import annotations

import re
from collections.abc import Callable

from lsindicators.expressions.sense import constant
from lsindicators.expressions.tree import Call, Expression, Negation, Number, Operation, Reference, weaker


def to_excel(expression: Expression, place: Callable[[Reference], str]) -> str:
    """The formula for Excel and LibreOffice: no leading ``=``, English functions, commas between arguments.

    ``place`` gives what stands for a variable, usable as one operand: ``F6``, ``$C$4``, ``IF(ISNUMBER(F6),F6,NA())``. With
    the last, a blank leads to #N/A exactly where ``evaluate`` gives ``None``; an empty cell by itself would count as 0.
    """
    if isinstance(expression, Number):
        return f"{expression.value:f}"
    if isinstance(expression, Reference):
        return place(expression)
    if isinstance(expression, Call):
        arguments = [to_excel(a, place) for a in expression.arguments]
        if expression.name == "round" and len(arguments) == 1:
            arguments.append("0")
        return f"{expression.name.upper()}({','.join(arguments)})"
    if isinstance(expression, Negation):
        return "-" + _bracketed(expression.operand, place, isinstance(expression.operand, Negation | Operation))
    left = _bracketed(expression.left, place, weaker(expression.left, expression.sign, left=True))
    right = _bracketed(expression.right, place, weaker(expression.right, expression.sign, left=False))
    text = f"{left}{expression.sign}{right}"
    if expression.sign == "^" and not constant(expression.right):
        return f"IF(AND({left}=0,{right}=0),1/0,{text})"  # 0^0 is no number to Excel and to us, but 1 to LibreOffice
    return text


_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")


def excel_takes(formula: str, *, characters: int = 8000, levels: int = 60) -> bool:
    """Whether ``formula`` has room in Excel, which refuses a file with more than 8192 characters, 64 levels or 255
    arguments in a formula; lower limits leave room for what is put around it."""
    if len(formula) > characters:
        return False
    arguments: list[int] = []  # of each call that is open
    for sign in re.findall("[(),]", _QUOTED.sub("", formula)):
        if sign == "(":
            arguments.append(1)
        elif sign == ")":
            arguments.pop()
        elif arguments:
            arguments[-1] += 1
        if len(arguments) > levels or max(arguments, default=0) > 255:
            return False
    return True


def _bracketed(operand: Expression, place: Callable[[Reference], str], brackets: bool) -> str:
    text = to_excel(operand, place)
    return f"({text})" if brackets else text
