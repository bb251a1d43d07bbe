"""The province's table -> what does not go together in it: one list, each row with both sources and a question to both.

It opens with the conflicts that ``merge`` found. All else is found here, over the whole province, where no unit alone could
have seen it; nothing of it changes a figure. A row that can be right as it stands is a warning.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from lsindicators import expressions, layout, names, settlement, values
from lsindicators.expressions import Call, Comparison, Expression, Negation, NotComputable, Number, Operation, Reference
from lsindicators.findings import Code
from lsindicators.model import (
    Choice,
    Conflict,
    Dataset,
    Figure,
    Kind,
    Level,
    Method,
    Plan,
    Settlement,
    Side,
    State,
    Total,
    Variable,
)

# ------------------------------------------------------------------ how much is too much

NOISE = Decimal("1e-9")
"""Relative: what typing and adding up decimals leaves. Whole numbers have none, and are compared to the last one."""

ROUNDED = Decimal("0.001")
"""Relative: what rounding leaves, where decimal figures of several sources meet, or a figure that was made public."""

LARGE_PARTS, FEWEST_PARTS = Decimal(30), 3
"""A figure that is the sum of all others is no accident from this size on, with at least so many others that are not 0."""

LIKE, FAR = 8, Decimal(300)
"""So many units of one type make a measure of what is usual; so many times their median is another measure."""

NEAR = Decimal(3)
"""Up to so many times, or that part of, 10^3, 10^6 or 10^9: units of one type differ, so no closer than that."""

NAMED = 3
"""So many units are named in a sentence; more are counted."""


def compare(plan: Plan, dataset: Dataset, settlements: Collection[Settlement] = ()) -> tuple[Conflict, ...]:
    """All rows: the dataset's own conflicts, then those of each rule in this file, in the plan's order.

    Where one unit's figure is seen to be far from its like, that is all that is asked of the change of the total.
    ``settlements``: a row that the clerk has accepted, with these very figures, stays in the list and is settled.
    """
    outliers = tuple(far_from_like(plan, dataset))
    told = {c.variable for c in outliers}
    found = (
        *broken_rules(plan, dataset),
        *(c for c in changed(plan, dataset) if c.variable not in told),
        *recorded(plan, dataset),
        *counted_twice(plan, dataset),
        *counted_nowhere(plan, dataset),
        *outliers,
    )
    return (*dataset.conflicts, *(_accepted(c, settlements) for c in found))


def _accepted(conflict: Conflict, settlements: Collection[Settlement]) -> Conflict:
    decided = settlement.holding(conflict, settlements)
    return replace(conflict, settled=decided) if decided is not None and decided.choice is Choice.ACCEPT else conflict


# ------------------------------------------------------------------ parts against totals


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
        listed = "; ".join(f"{r} = {_shown(t)}" for r, t in known.items())
        yield Conflict(
            code=Code.RULE_BROKEN.word,
            variable=next((r.code for r in named if r.lag == 0), named[0].code),
            year=plan.year,
            sides=tuple(Side(label=_label(plan, r), value=t.value, figures=t.contributions) for r, t in known.items()),
            message=f"số toàn tỉnh không theo ràng buộc {rule.code}: {_bare(rule.message)} ({rule.expression}: {listed}{apart})",
            question=(
                f"Đề nghị {_givers(plan, known.values())} xem lại các số trên (phạm vi, thời điểm, đơn vị tính); "
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


# ------------------------------------------------------------------ this year against last


def changed(plan: Plan, dataset: Dataset) -> Iterator[Conflict]:
    """A total that leapt since last year, on the same units, and nobody has said why; or looks like another measure."""
    for v in plan.variables:
        now, before = dataset.totals[v.code, plan.year], dataset.totals.get((v.code, plan.year - 1))
        if before is None or not _same_units(now, before):
            continue
        if not isinstance(now.value, Decimal) or not isinstance(before.value, Decimal):
            continue
        sides = (
            Side(label=_when(before), value=before.value, figures=before.contributions),
            Side(label=_when(now), value=now.value, figures=now.contributions),
        )
        shown = f"toàn tỉnh {_shown(now)}, năm {plan.year - 1} {_shown(before)}"
        scale = layout.scale(before.value, now.value)
        limit = plan.settings.change if v.change is None else v.change
        if scale is not None and not _explained(dataset, v, now, before, limit, checked=True):
            times = f"gấp khoảng {values.format_number(scale)} lần" if scale > 1 else _part(1 / scale)
            yield Conflict(
                code=Code.UNIT_SCALE_SUSPECT.word,
                variable=v.code,
                year=plan.year,
                sides=sides,
                message=f"{shown}: {times}, có thể một trong hai năm nhầm đơn vị tính (đơn vị tính: {v.measure or 'không ghi'})",
                question=(
                    f"Đề nghị {_givers(plan, [now])} kiểm tra đơn vị tính của {settlement.name(v)} cả hai năm; "
                    "số nào nhầm thì sửa, nếu đều đúng thì cho biết lý do."
                ),
                severity="warning",
            )
        if scale is None and _leaps(v, limit, before.value, now.value):
            if _explained(dataset, v, now, before, limit):
                continue
            up = now.value > before.value
            percent = abs(now.value - before.value) / abs(before.value) * 100
            yield Conflict(
                code=Code.LARGE_CHANGE.word,
                variable=v.code,
                year=plan.year,
                sides=sides,
                message=(
                    f"{shown}: {'tăng' if up else 'giảm'} {values.format_number(abs(now.value - before.value))} "
                    f"({values.format_number(percent, 1)}%), quá mức {values.format_number(limit)}% mà chưa có giải trình"
                ),
                question=(
                    f"Đề nghị {_givers(plan, [now])} cho biết vì sao {settlement.name(v)} {'tăng' if up else 'giảm'} nhiều so với "
                    f"năm {plan.year - 1}; số nào chưa đúng thì sửa."
                ),
                severity="warning",
            )


def _when(total: Total) -> str:
    return f"Năm {total.year}" if total.expected else f"Năm {total.year} theo số đã ghi nhận của tỉnh"


def _part(times: Decimal) -> str:
    return f"chỉ bằng khoảng 1/{values.format_number(times)}"


def _same_units(now: Total, before: Total) -> bool:
    """Whether two years rest on the same units; a province's figure on record rests on all."""
    if not before.expected:
        return now.complete and before.value is not None
    return set(now.reported) == set(before.reported)


def _leaps(v: Variable, limit: Decimal, before: Decimal, now: Decimal) -> bool:
    """As ``layout.FormRow.leaps`` of one unit: small figures say little, but where the variable has its own limit."""
    smallest = layout.SMALLEST if v.change is None else Decimal(0)
    if not before or abs(before) < smallest:
        return False
    return abs(now - before) * 100 > limit * abs(before)


def _explained(
    dataset: Dataset, v: Variable, now: Total, before: Total, limit: Decimal, *, checked: bool = False
) -> bool:
    """Whether what units have explained is the change, up to the limit; of a mean or an extreme, whether any has.

    As in a unit's own form, a true zero needs no reason; with ``checked`` a reason must say that the figure has been
    checked. A figure that is counted at another unit explains nothing: there it should be again.
    """
    answers = values.says_checked if checked else values.says_something
    answered = [f for u in now.reported if (f := dataset.figure.get((v.code, u, now.year))) is not None]
    told = [
        f
        for f in answered
        if f.state is not State.ELSEWHERE
        and (f.decision is not None or f.state is State.NONE_OCCURRED or (f.reason and answers(f.reason)))
    ]
    if now.settled is not None or (told and v.aggregation.method is not Method.SUM):
        return True
    if not isinstance(now.value, Decimal) or not isinstance(before.value, Decimal):
        return False
    change = now.value - before.value
    for f in told:
        former = dataset.figure.get((v.code, f.unit, before.year))
        change -= _number(f) - (_number(former) if former is not None else 0)
    turned = (change > 0) != (now.value > before.value)
    return bool(told) and (turned or abs(change) * 100 <= limit * abs(before.value))


def _number(figure: Figure) -> Decimal:
    return figure.value if isinstance(figure.value, Decimal) else Decimal(0)


# ------------------------------------------------------------------ last year on record


def recorded(plan: Plan, dataset: Dataset) -> Iterator[Conflict]:
    """Last year's figure of the province against the sum of the units' figures of that year, both on record.

    Equal once each unit of today has one, else not less; rows of units that owe the figure no more belong to it.
    """
    year = plan.year - 1
    rows: dict[str, dict[str, Decimal]] = {}
    for p in plan.past:
        if p.year == year and p.unit is not None and isinstance(p.value, Decimal):
            rows.setdefault(p.variable, {})[p.unit] = p.value
    for v in plan.variables:
        whole = plan.past_value.get((v.code, None, year))
        if v.aggregation.method is not Method.SUM or not isinstance(whole, Decimal):
            continue
        parts = rows.get(v.code, {}).values()
        assignment = plan.assignment.get(v.code)
        units = assignment.units if assignment is not None else ()
        own = [dataset.figure.get((v.code, u, year)) for u in units]
        complete = bool(units) and all(f is not None and f.at is None for f in own)
        summed = sum(parts, Decimal(0))
        excess = summed - whole
        if not parts or abs(excess) <= ROUNDED * max(abs(whole), abs(summed)) or (excess < 0 and not complete):
            continue
        yield Conflict(
            code=Code.TOTALS_DISAGREE.word,
            variable=v.code,
            year=year,
            sides=(
                Side(label=f"Năm {year} theo số đã ghi nhận của tỉnh", value=whole),
                Side(
                    label=f"{len(parts)} đơn vị năm {year} cộng lại",
                    value=summed,
                    figures=tuple(f for f in own if f is not None and f.at is None),
                ),
            ),
            message=(
                f"số năm {year} của tỉnh ghi nhận là {values.format_number(whole)}, {len(parts)} đơn vị cộng lại là "
                f"{values.format_number(summed)} ({'hơn' if excess > 0 else 'kém'} {values.format_number(abs(excess))})"
            ),
            question=(
                f"Đề nghị {plan.settings.compiler} và các đơn vị đối chiếu số năm {year} đã công bố của {settlement.name(v)}; "
                "số ghi nhận nào sai thì sửa ở trang Năm trước."
            ),
            severity="warning",
        )


# ------------------------------------------------------------------ counted twice, or not at all


def counted_twice(plan: Plan, dataset: Dataset) -> Iterator[Conflict]:
    """One unit's figure is the sum of all the others': a province's figure added to its own parts."""
    for v in plan.variables:
        total = dataset.totals[v.code, plan.year]
        if v.aggregation.method is not Method.SUM or v.kind is Kind.PERCENT or not isinstance(total.value, Decimal):
            continue
        number = max(map(_number, total.contributions))
        rest = total.value - number
        if number < LARGE_PARTS or abs(number - rest) > NOISE * number:
            continue
        figure = next(f for f in total.contributions if f.value == number)
        others = tuple(f for f in total.contributions if f is not figure)
        parts = [n for n in map(_number, others) if n]
        if len(parts) < FEWEST_PARTS or min(parts) < 0 or _answered(figure):
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
                f"có thể tính hai lần; tổng toàn tỉnh đang là {_shown(total)}"
            ),
            question=(
                f"Đề nghị {unit} cho biết số đã báo có gồm số của các đơn vị khác không; nếu có thì chỉ báo phần của mình."
            ),
            severity="warning",
        )


def counted_nowhere(plan: Plan, dataset: Dataset) -> Iterator[Conflict]:
    """Units say that their figure is counted at another one, and that one has answered without a figure, or is not asked.

    Only where a unit's reason names one unit: nothing is understood of any other.
    """
    pointing: dict[str, list[Figure]] = {}
    for away in dataset.figures:
        if away.state is State.ELSEWHERE and away.year == plan.year:
            pointing.setdefault(away.variable, []).append(away)
    if not pointing:
        return
    register = names.Register(plan.units, plan.groups, plan.former, plan.inactive)
    for v in (v for v in plan.variables if v.code in pointing and v.aggregation.method is Method.SUM):
        total = dataset.totals[v.code, plan.year]
        told = {u: f for u in total.expected if (f := dataset.figure.get((v.code, u, plan.year))) is not None}
        meant: dict[str, str] = {}
        for said in pointing[v.code]:
            named = register.mentioned(said.reason)
            meant |= {said.unit: named[0]} if len(named) == 1 else {}
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
        *((Side(label=_units(plan, others), value=None, figures=tuple(others)),) if others else ()),
        Side(label=name, value=keeper.value if keeper else None, figures=(keeper,) if keeper is not None else ()),
    )
    if not others:
        told, asked = f"{name} báo {elsewhere} mà ghi chính đơn vị mình", name
    else:
        answer = f"lại báo “{keeper.state.value}”" if keeper is not None else "không được giao báo số liệu này"
        asked = f"{_units(plan, others)} và {name}"
        told = f"{_units(plan, others)} báo {elsewhere} là {name}, nhưng {name} {answer}"
    return Conflict(
        code=Code.TOTALS_DISAGREE.word,
        variable=v.code,
        year=plan.year,
        sides=sides,
        message=f"{told}: số có thể bị bỏ sót",
        question=f"Đề nghị {asked} cho biết đơn vị nào báo {settlement.name(v)} năm {plan.year}, rồi sửa và gửi lại biểu.",
        severity="warning",
    )


def _answered(figure: Figure) -> bool:
    """Whether the unit, or the clerk for it, has said something to its figure already."""
    return figure.decision is not None or values.says_checked(figure.reason)


# ------------------------------------------------------------------ a unit far from its like


def far_from_like(plan: Plan, dataset: Dataset) -> Iterator[Conflict]:
    """A figure some power of 1000 above what units of its type have, of a unit that has no last year to tell it by."""
    types = {u.code: u.type for u in plan.units}
    sized = {v.code for v in plan.variables if v.kind in (Kind.WHOLE, Kind.DECIMAL) and v.measure.strip() != "%"}
    alike: dict[tuple[str, str], list[tuple[Decimal, Figure]]] = {}
    for f in dataset.figures:
        if f.year == plan.year and f.variable in sized and isinstance(f.value, Decimal) and f.value > 0:
            alike.setdefault((f.variable, types[f.unit]), []).append((f.value, f))
    for (variable, _), told in alike.items():
        numbers = [n for n, _ in told]
        much = max(numbers) / FAR
        if len(told) < LIKE or 2 * sum(n <= much for n in numbers) <= len(told):
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
    return compared or _answered(figure)


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


# ------------------------------------------------------------------ words


def _shown(total: Total) -> str:
    return values.format_value(total.value)


def _label(plan: Plan, reference: Reference) -> str:
    year = f" năm {plan.year + reference.lag}" if reference.lag else ""
    return f"{reference.code} {plan.variable[reference.code].name}{year}"


def _bare(text: str) -> str:
    return values.clean(text).rstrip(" .;")


def _givers(plan: Plan, totals: Iterable[Total]) -> str:
    """The units that gave the figures, a few by name."""
    given = {f.unit: f for t in totals for f in t.contributions}
    return _units(plan, given.values()) if given else "các đơn vị báo số"


def _units(plan: Plan, figures: Iterable[Figure]) -> str:
    given = {f.unit for f in figures}
    named = [u.name for u in plan.units if u.code in given]
    return ", ".join(named) if len(named) <= NAMED else f"{len(named)} đơn vị"
