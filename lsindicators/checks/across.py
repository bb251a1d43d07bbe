"""Across cells and years: the figures of one return that look good one by one -> those that do not go together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from lsindicators import expressions, layout, values
from lsindicators.checks.cells import like_a_day
from lsindicators.expressions import NotComputable, Reference
from lsindicators.findings import Code, Finding, Severity
from lsindicators.layout import Form
from lsindicators.model import CellRef, CheckRule, Kind, Level, Plan


class Numbers(Struct, frozen=True, kw_only=True):
    """The numbers that one unit has given so far: variable -> number, and the cell of this year's."""

    form: Form
    now: Mapping[str, Decimal]
    before: Mapping[str, Decimal]  # on record, or typed in this return
    cells: Mapping[str, CellRef]
    cells_before: Mapping[str, CellRef]  # of last year's
    settled: frozenset[str]  # variables whose figure needs no more explanation: a reason is given, or it is a true zero
    checked: Mapping[str, str]  # variable -> the reason of a unit that has checked its figure against all appearance
    measures: Mapping[str, str]  # variable -> the measure that the sheet gives it, where it counts otherwise

    def value(self, reference: Reference) -> Decimal | None:
        if reference.lag == 0:
            return self.now.get(reference.code)
        return self.before.get(reference.code) if reference.lag == -1 else None


class Doubt(Struct, frozen=True):
    """A finding, and the figures that are not taken because of it."""

    finding: Finding
    untaken: tuple[Reference, ...]
    about: str = ""  # code of the rule that is broken


def other_measure(plan: Plan, numbers: Numbers) -> Iterator[Doubt]:
    """A figure beside a measure that counts in thousands or millions where the form does not, or the other way round.

    Where last year's figure is on record it tells by which of them this one was given: ``unit_scale`` asks then.
    """
    for code, found in numbers.measures.items():
        row = numbers.form.by_code[code]
        if row.variable is None or (isinstance(row.previous, Decimal) and row.previous >= layout.SMALLEST):
            continue
        typed = (0, numbers.now.get(code)), (-1, numbers.before.get(code) if row.previous is None else None)
        for lag, number in typed:
            if number:
                finding = Code.OTHER_MEASURE.at(
                    numbers.cells[code] if lag == 0 else numbers.cells_before[code],
                    variable=code,
                    found=number,
                    value=values.format_number(number),
                    other=values.short(found),
                    measure=row.variable.measure,
                )
                yield Doubt(finding, (Reference(code, lag),))


def unit_scale(plan: Plan, numbers: Numbers) -> Iterator[Doubt]:
    """About 10^3, 10^6 or 10^9 times last year's figure, or that part of it: half to double counts as about."""
    for code, number in numbers.now.items():
        previous = numbers.before.get(code)
        variable = numbers.form.by_code[code].variable
        if previous is None or variable is None:
            continue
        scale = layout.scale(previous, number)
        if scale is not None:
            places = 0 if variable.kind is Kind.WHOLE else None
            finding = Code.UNIT_SCALE_SUSPECT.at(
                numbers.cells[code],
                variable=code,
                found=number,
                value=values.format_number(number),
                times=f"gấp khoảng {values.format_number(scale)} lần"
                if scale > 1
                else f"chỉ bằng khoảng 1/{values.format_number(1 / scale)}",
                previous=values.format_number(previous),
                likely=f"{values.format_number(number / scale, places)} {variable.measure}".rstrip(),
                hint=like_a_day(number),
            )
            if code in numbers.checked:
                told = f"{finding.message}; đơn vị trả lời: {numbers.checked[code]}"
                yield Doubt(replace(finding, severity=Severity.INFO, message=told), ())
            else:
                yield Doubt(finding, (Reference(code),))


def large_change(plan: Plan, numbers: Numbers) -> Iterator[Doubt]:
    """A figure that has changed since last year by more than the variable's limit, and nobody says why."""
    for code, number in numbers.now.items():
        previous = numbers.before.get(code)
        row = numbers.form.by_code[code]
        if previous is None or code in numbers.settled:
            continue
        fraction = row.variable is not None and row.variable.kind is Kind.PERCENT and _is_hundredth(previous, number)
        if not fraction and not row.leaps(previous, number):
            continue
        change = abs(number - previous) / abs(previous) * 100
        rounded = (change.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) for places in range(9))
        # never 50 % over 50 %, nor a fall by 100 % to a figure that is none
        told = next((r for r in rounded if r > row.change and (r == change or r != 100)), change)
        finding = Code.LARGE_CHANGE.at(
            numbers.cells[code],
            variable=code,
            found=number,
            value=values.format_number(number),
            how="tăng" if number > previous else "giảm",
            change=values.format_number(told),
            previous=values.format_number(previous),
            limit=values.format_number(row.change),
            hint=_zeros(previous, number) + like_a_day(number),
        )
        if fraction:
            percent = values.format_number(number * 100)
            told_so = (
                f"{values.format_number(number)} chỉ bằng khoảng 1/100 năm trước ({values.format_number(previous)}); "
                f"nếu là {percent}% thì gõ {percent}, không kèm dấu %; nếu số đúng thì ghi lý do ở cột Giải trình cùng dòng"
            )
            finding = replace(finding, message=told_so)
        yield Doubt(finding, (Reference(code),))


@lru_cache(maxsize=1024)
def _understood(text: str) -> tuple[expressions.Expression, tuple[Reference, ...]]:
    """A rule's expression, and what it names."""
    expression = expressions.parse(text)
    return expression, expressions.references(expression)


def _speaking_of(
    plan: Plan, codes: tuple[str, ...]
) -> tuple[tuple[CheckRule, expressions.Expression, tuple[Reference, ...]], ...]:
    """The plan's rules that speak of these variables alone."""
    found = plan.among.get(codes)
    if found is None:
        there = frozenset(codes)
        understood = ((rule, *_understood(rule.expression)) for rule in plan.rules)
        found = plan.among[codes] = tuple(u for u in understood if u[2] and there.issuperset(r.code for r in u[2]))
    return found


def _is_hundredth(previous: Decimal, number: Decimal) -> bool:
    """Whether a percentage was given as a fraction, as a program keeps ``12,5%``: 0.125."""
    return previous >= 1 and 0 < number <= 1 and previous / 2 <= number * 100 <= previous * 2


_ZEROS = {Decimal(10): "một số 0", Decimal(100): "hai số 0"}


def _zeros(previous: Decimal, number: Decimal) -> str:
    """What to say of a figure that is about 10 or 100 times last year's, or that part of it."""
    for times, zeros in _ZEROS.items():
        for scale, word in ((times, "thừa"), (1 / times, "thiếu")):
            if scale * Decimal("0.8") <= number / previous <= scale * Decimal("1.25"):
                told = f"gấp khoảng {times} lần" if scale > 1 else f"chỉ bằng khoảng 1/{times}"
                return f" ({told}, có thể {word} {zeros})"
    return ""


def broken_rules(plan: Plan, numbers: Numbers) -> Iterator[Doubt]:
    """The plan's rules that do not hold between this unit's numbers; a rule with a number missing says nothing."""
    for rule, expression, named in _speaking_of(plan, tuple(numbers.form.by_code)):
        try:
            holds = expressions.evaluate(expression, numbers.value)
        except NotComputable:
            continue
        if holds is not False:
            continue
        first = next((r for r in named if r.lag == 0), named[0])
        finding = Code.RULE_BROKEN.at(
            numbers.cells[first.code],
            variable=first.code,
            found=numbers.value(first),
            severity=Severity.ERROR if rule.level is Level.ERROR else Severity.WARNING,
            message=rule.message,
            expression=rule.expression,
            values="; ".join(f"{r} = {values.format_value(numbers.value(r))}" for r in named),
        )
        yield Doubt(finding, named if rule.level is Level.ERROR else (), rule.code)


RULES = (other_measure, unit_scale, broken_rules, large_change)
"""Each takes what those before it have left."""
