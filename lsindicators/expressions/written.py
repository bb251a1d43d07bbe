"""Tree -> text of the formula language itself, as a clerk would type it: for sentences, and for formulas put together."""

from __future__ import annotations

from lsindicators.expressions.tree import Call, Expression, Negation, Number, Operation, Reference, weaker


def written(expression: Expression) -> str:
    """The text that ``parse`` reads as this very tree."""
    if isinstance(expression, Number):
        return f"{expression.value:f}"
    if isinstance(expression, Reference):
        return str(expression)
    if isinstance(expression, Call):
        name = "nếu" if expression.name == "if" else expression.name
        return f"{name}({'; '.join(map(written, expression.arguments))})"
    if isinstance(expression, Negation):
        return "-" + _bracketed(expression.operand, isinstance(expression.operand, Negation | Operation))
    left = _bracketed(expression.left, weaker(expression.left, expression.sign, left=True))
    right = _bracketed(expression.right, weaker(expression.right, expression.sign, left=False))
    return f"{left}^{right}" if expression.sign == "^" else f"{left} {expression.sign} {right}"


def _bracketed(operand: Expression, brackets: bool) -> str:
    return f"({written(operand)})" if brackets else written(operand)
