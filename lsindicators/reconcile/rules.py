"""Parts against totals: rules of the forms held against the province's totals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from lsindicators import expressions, values
from lsindicators.expressions import Call, Comparison, Expression, Negation, NotComputable, Number, Operation, Reference
from lsindicators.findings import Code
from lsindicators.model import (
    Conflict,
    Dataset,
    Kind,
    Level,
    Method,
    Plan,
    Side,
    Total,
)
from lsindicators.reconcile import words
from lsindicators.reconcile.limits import ROUNDED


def broken_rules(plan: Plan, dataset: Dataset) -> Iterator[Conflict]:
    """A rule held against the province's totals, where the units' own figures could not show that it holds there.

    So where no unit owes all that it names; and, for a rule that may be added up, where its totals are not made of the
    same units: the parts of many and a lead's whole. Only over totals that are complete, sums or figures of leads.
    """
    for rule in plan.rules:
        expression = expressions.parse(rule.expression)
        named = expressions.references(expression)
        known = {r: t for r in named if (t := _whole(plan, dataset, r)) is not None}
        if not named or len(known) < len(named):
            continue
        owing = (set(plan.assignment[r.code].units) if r.code in plan.assignment else set() for r in named)
        some_unit = bool(set.intersection(*owing))
        if some_unit and (_of_same_units(known.values()) or not _adds_up(expression)):
            continue
        apart = _apart(plan, expression, known)
        if apart is None:
            continue
        listed = "; ".join(f"{r} = {words.shown(t)}" for r, t in known.items())
        yield Conflict(
            code=Code.RULE_BROKEN.word,
            variable=next((r.code for r in named if r.lag == 0), named[0].code),
            year=plan.year,
            sides=tuple(
                Side(label=words.label(plan, r), value=t.value, figures=t.contributions) for r, t in known.items()
            ),
            message=f"số toàn tỉnh không theo ràng buộc {rule.code}: {words.bare(rule.message)} ({rule.expression}: {listed}{apart})",
            question=(
                f"Đề nghị {words.givers(plan, known.values())} xem lại các số trên (phạm vi, thời điểm, đơn vị tính); "
                "số nào chưa đúng thì sửa và gửi lại, nếu đều đúng thì cho biết lý do."
            ),
            severity="question" if rule.level is Level.ERROR else "warning",
            rule=rule.code,
        )


def _of_same_units(totals: Iterable[Total]) -> bool:
    """Whether the figures of each unit were held against each other already, and are all that the totals are made of."""
    made = list(totals)
    return len({frozenset(f.unit for f in t.contributions) for t in made}) == 1 and not any(t.settled for t in made)


def _adds_up(expression: Expression) -> bool:
    """Whether what holds for each part holds for the sum: a comparison of sums, each figure at most times a number."""
    return isinstance(expression, Comparison) and _is_linear(expression.left) and _is_linear(expression.right)


def _is_linear(node: Expression) -> bool:
    match node:
        case Reference():
            return True
        case Number(value):
            return not value
        case Negation(operand):
            return _is_linear(operand)
        case Operation("+" | "-", left, right):
            return _is_linear(left) and _is_linear(right)
        case Operation("*", left, right):
            return (isinstance(left, Number) and _is_linear(right)) or (isinstance(right, Number) and _is_linear(left))
        case Operation("/", left, Number()):
            return _is_linear(left)
        case Call("sum", arguments):
            return all(map(_is_linear, arguments))
        case _:
            return False


def _whole(plan: Plan, dataset: Dataset, reference: Reference) -> Total | None:
    """The total that a rule names, where it is one number for the whole province."""
    total = dataset.totals.get((reference.code, plan.year + reference.lag))
    additive = plan.variable[reference.code].aggregation.method in (Method.SUM, Method.LEAD)
    ready = total is not None and total.complete and isinstance(total.value, Decimal)
    return total if additive and ready else None


def _apart(plan: Plan, expression: Expression, known: dict[Reference, Total]) -> str | None:
    """By how much a rule is broken, in words, perhaps none; ``None``: it holds, or cannot be told."""

    def number(reference: Reference) -> Decimal | None:
        value = known[reference].value
        return value if isinstance(value, Decimal) else None

    try:
        if expressions.evaluate(expression, number) is not False:
            return None
        if not isinstance(expression, Comparison):
            return ""
        left, right = (expressions.evaluate(side, number) for side in (expression.left, expression.right))
    except NotComputable:
        return None
    if not isinstance(left, Decimal) or not isinstance(right, Decimal):
        return ""
    whole = all(plan.variable[r.code].kind is Kind.WHOLE for r in known)
    loose = expression.sign in ("=", "<=", ">=") and not whole
    if loose and abs(left - right) <= ROUNDED * max(abs(left), abs(right)):
        return None
    return f"; lệch {values.format_number(abs(left - right))}" if left != right else ""
