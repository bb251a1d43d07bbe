"""Parts against totals: rules of the forms held against the province's totals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from lsindicators import expressions, values
from lsindicators.expressions import Call, Comparison, Expression, Negation, NotComputable, Number, Operation, Reference
from lsindicators.findings import Code
from lsindicators.model import (
    CheckRule,
    Conflict,
    Dataset,
    Figures,
    Kind,
    Level,
    Method,
    Plan,
    Side,
    Total,
)
from lsindicators.reconcile import words
from lsindicators.reconcile.limits import ROUNDED


class Whole(Struct, frozen=True):
    """A total that rules name, with the figures that it is made of packed: one rule may name a tenth of a country's."""

    total: Total  # without what it is made of
    made: Figures

    def unpacked(self) -> Total:
        """The total as it stands in the table."""
        return replace(self.total, contributions=tuple(self.made))


Wholes = Mapping[tuple[str, int], Whole]  # (variable, year)


def wholes(plan: Plan, dataset: Dataset) -> Wholes:
    """The totals of ``dataset``, which may be a part of the province's table, that rules are held against."""
    named = {(r.code, plan.year + r.lag) for rule in plan.rules for r in _named(rule)}
    totals = {place: t for place in named if (t := dataset.totals.get(place)) is not None and _is_whole(plan, t)}
    return {place: Whole(replace(t, contributions=()), Figures(t.contributions)) for place, t in totals.items()}


def broken_rules(plan: Plan, known: Wholes) -> Iterator[Conflict]:
    """A rule held against the province's totals, where the units' own figures could not show that it holds there.

    So where no unit owes all that it names; and, for a rule that may be added up, where its totals are not made of the
    same units: the parts of many and a lead's whole. Only over totals that are complete, sums or figures of leads.
    """
    for rule in plan.rules:
        named = _named(rule)
        held = {r: w for r in named if (w := known.get((r.code, plan.year + r.lag))) is not None}
        if not named or len(held) < len(named):
            continue
        expression = expressions.parse(rule.expression)
        owing = (set(plan.assignment[r.code].units) if r.code in plan.assignment else set() for r in named)
        some_unit = bool(set.intersection(*owing))
        if some_unit and (not _adds_up(expression) or _of_same_units(held.values())):
            continue
        apart = _apart(plan, expression, {r: w.total for r, w in held.items()})
        if apart is None:
            continue
        totals = {r: w.unpacked() for r, w in held.items()}
        listed = "; ".join(f"{r} = {words.shown(t)}" for r, t in totals.items())
        yield Conflict(
            code=Code.RULE_BROKEN.word,
            variable=next((r.code for r in named if r.lag == 0), named[0].code),
            year=plan.year,
            sides=tuple(
                Side(label=words.label(plan, r), value=t.value, figures=t.contributions) for r, t in totals.items()
            ),
            message=f"số toàn tỉnh không theo ràng buộc {rule.code}: {words.bare(rule.message)} ({rule.expression}: {listed}{apart})",
            question=(
                f"Đề nghị {words.givers(plan, totals.values())} xem lại các số trên (phạm vi, thời điểm, đơn vị tính); "
                "số nào chưa đúng thì sửa và gửi lại, nếu đều đúng thì cho biết lý do."
            ),
            severity="question" if rule.level is Level.ERROR else "warning",
            rule=rule.code,
        )


def _named(rule: CheckRule) -> tuple[Reference, ...]:
    return tuple(expressions.references(expressions.parse(rule.expression)))


def _of_same_units(held: Iterable[Whole]) -> bool:
    """Whether the figures of each unit were held against each other already, and are all that the totals are made of."""
    made = list(held)
    return len({w.made.units for w in made}) == 1 and not any(w.total.settled for w in made)


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


def _is_whole(plan: Plan, total: Total) -> bool:
    """Whether a total is one number for the whole province, of which a rule may speak."""
    additive = plan.variable[total.variable].aggregation.method in (Method.SUM, Method.LEAD)
    return additive and total.complete and isinstance(total.value, Decimal)


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
