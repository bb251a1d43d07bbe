"""A unit's figure far from those of its like."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from lsindicators import layout, settlement, values
from lsindicators.findings import Code
from lsindicators.model import (
    Conflict,
    Dataset,
    Figure,
    Kind,
    Plan,
    Side,
    Variable,
)
from lsindicators.reconcile import words
from lsindicators.reconcile.limits import FAR, LIKE, NEAR


def far_from_like(plan: Plan, dataset: Dataset) -> Iterator[Conflict]:
    """A figure some power of 1000 above what units of its type have, of a unit that has no last year to tell it by."""
    types = {u.code: u.type for u in plan.units}
    alike: dict[tuple[str, str], list[tuple[Decimal, Figure]]] = {}
    for v in words.held(plan, dataset):
        if v.kind in (Kind.WHOLE, Kind.DECIMAL) and v.measure.strip() != "%":
            for unit, f in dataset.told(v.code, plan.year).items():
                if isinstance(f.value, Decimal) and f.value > 0:
                    alike.setdefault((v.code, types[unit]), []).append((f.value, f))
    for (variable, _), told in alike.items():
        if len(told) < LIKE:
            continue
        numbers = [n for n, _ in told]
        much = max(numbers) / FAR
        if 2 * sum(n <= much for n in numbers) <= len(told):
            continue  # half of them are too near the largest: no need to sort
        usual = sorted(numbers)[len(told) // 2]
        for n, f in told:
            if _far(usual, n) and not _known(plan, dataset, f):
                yield _outlier(plan, plan.variable[variable], f, usual, tuple(g for _, g in told if g is not f))


def _far(usual: Decimal, number: Decimal) -> bool:
    """Whether a figure is 300 times the usual or more, and not far from 10^3, 10^6 or 10^9 times it."""
    times = number / usual
    near = any(s > 1 and s / NEAR <= times <= s * NEAR for s in layout.SCALES)
    return usual >= layout.SMALLEST and times >= FAR and near


def _known(plan: Plan, dataset: Dataset, figure: Figure) -> bool:
    """Whether last year's figure stood there to tell it by, or somebody has checked this one."""
    before = dataset.figure.get((figure.variable, figure.unit, plan.year - 1))
    compared = before is not None and isinstance(before.value, Decimal) and before.value >= layout.SMALLEST
    return compared or words.answered(figure)


def _outlier(plan: Plan, v: Variable, figure: Figure, usual: Decimal, rest: tuple[Figure, ...]) -> Conflict:
    name = plan.unit[figure.unit].name
    assert isinstance(figure.value, Decimal)
    times = values.format_number(figure.value / usual, 0)
    return Conflict(
        code=Code.UNIT_SCALE_SUSPECT.word,
        variable=v.code,
        year=plan.year,
        sides=(
            Side(label=name, value=figure.value, figures=(figure,)),
            Side(label=f"Mức giữa của {len(rest) + 1} đơn vị cùng loại", value=usual, figures=rest),
        ),
        message=(
            f"{name} báo {values.format_number(figure.value)}, gấp khoảng {times} lần mức giữa của {len(rest) + 1} đơn vị "
            f"cùng loại ({values.format_number(usual)}), có thể nhầm đơn vị tính (phải tính theo {v.measure or 'đơn vị tính của biểu'})"
        ),
        question=f"Đề nghị {name} kiểm tra đơn vị tính của {settlement.name(v)}; nếu số đúng thì ghi “Đã kiểm tra” và lý do ở cột Giải trình.",
        severity="warning",
    )
