"""Figures that may be counted twice, or nowhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal

from lsindicators import names, settlement, values
from lsindicators.findings import Code
from lsindicators.model import (
    Conflict,
    Dataset,
    Figure,
    Kind,
    Method,
    Plan,
    Side,
    State,
    Variable,
)
from lsindicators.reconcile import words
from lsindicators.reconcile.limits import FEWEST_PARTS, LARGE_PARTS, NOISE


def counted_twice(plan: Plan, dataset: Dataset) -> Iterator[Conflict]:
    """One unit's figure is the sum of all the others': a province's figure added to its own parts."""
    for v in words.held(plan, dataset):
        total = dataset.totals[v.code, plan.year]
        if v.aggregation.method is not Method.SUM or v.kind is Kind.PERCENT or not isinstance(total.value, Decimal):
            continue
        number = max(map(words.amount, total.contributions))
        rest = total.value - number
        if number < LARGE_PARTS or abs(number - rest) > NOISE * number:
            continue
        figure = next(f for f in total.contributions if f.value == number)
        others = tuple(f for f in total.contributions if f is not figure)
        parts = [n for n in map(words.amount, others) if n]
        if len(parts) < FEWEST_PARTS or min(parts) < 0 or words.answered(figure):
            continue
        unit = plan.unit[figure.unit].name
        yield Conflict(
            code=Code.TOTALS_DISAGREE.word,
            variable=v.code,
            year=plan.year,
            sides=(
                Side(label=unit, value=number, figures=(figure,)),
                Side(label=f"{len(others)} đơn vị khác cộng lại", value=rest, figures=others),
            ),
            message=(
                f"số của {unit} ({values.format_number(number)}) đúng bằng tổng của {len(others)} đơn vị khác, "
                f"có thể tính hai lần; tổng toàn tỉnh đang là {words.shown(total)}"
            ),
            question=(
                f"Đề nghị {unit} cho biết số đã báo có gồm số của các đơn vị khác không; nếu có thì chỉ báo phần của mình."
            ),
            severity="warning",
        )


def counted_nowhere(plan: Plan, dataset: Dataset, register: Callable[[], names.Register]) -> Iterator[Conflict]:
    """Units say that their figure is counted at another one, and that one has answered without a figure, or is not asked.

    Only where a unit's reason names one unit: nothing is understood of any other. ``register`` gives the names, made
    when they are first asked for.
    """
    for v in words.held(plan, dataset):
        told = dataset.told(v.code, plan.year)
        pointing = [f for f in told.values() if f.state is State.ELSEWHERE]
        if not pointing or v.aggregation.method is not Method.SUM:
            continue
        total = dataset.totals[v.code, plan.year]
        told = {u: told[u] for u in total.expected if u in told}
        meant: dict[str, str] = {}
        named = {reason: register().mentioned(reason) for reason in {said.reason for said in pointing}}
        for said in pointing:
            if len(named[said.reason]) == 1:
                meant[said.unit] = named[said.reason][0]
        for unit in (u.code for u in plan.units if u.code in meant.values()):
            last = _led_on(unit, meant)
            keeper = told.get(last)
            awaited = keeper is None and last in total.expected  # Còn thiếu tells of it
            if awaited or (keeper is not None and (keeper.state is State.NOT_YET or keeper.value)):
                continue
            others = [told[u] for u in meant if meant[u] == unit and u != unit]
            if others and meant.get(unit) == others[0].unit and len(others) == 1 and unit > others[0].unit:
                continue  # two that name each other are one row
            yield _lost(plan, v, unit, told.get(unit), others)


def _led_on(unit: str, meant: Mapping[str, str]) -> str:
    """The unit at which a figure is counted after all, when one says that it is again counted elsewhere."""
    seen = {unit}
    while unit in meant and meant[unit] not in seen:
        unit = meant[unit]
        seen.add(unit)
    return unit


def _lost(plan: Plan, v: Variable, unit: str, keeper: Figure | None, others: Sequence[Figure]) -> Conflict:
    name, elsewhere = plan.unit[unit].name, f"“{State.ELSEWHERE.value}”"
    sides = (
        *((Side(label=words.units(plan, others), value=None, figures=tuple(others)),) if others else ()),
        Side(label=name, value=keeper.value if keeper else None, figures=(keeper,) if keeper is not None else ()),
    )
    if not others:
        told, asked = f"{name} báo {elsewhere} mà ghi chính đơn vị mình", name
    else:
        answer = f"lại báo “{keeper.state.value}”" if keeper is not None else "không được giao báo số liệu này"
        asked = f"{words.units(plan, others)} và {name}"
        told = f"{words.units(plan, others)} báo {elsewhere} là {name}, nhưng {name} {answer}"
    return Conflict(
        code=Code.TOTALS_DISAGREE.word,
        variable=v.code,
        year=plan.year,
        sides=sides,
        message=f"{told}: số có thể bị bỏ sót",
        question=f"Đề nghị {asked} cho biết đơn vị nào báo {settlement.name(v)} năm {plan.year}, rồi sửa và gửi lại biểu.",
        severity="warning",
    )
