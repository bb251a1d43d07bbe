"""Small plans drawn by lot: every kind and aggregation, several leads, odd bounds, rules of every shape."""

from decimal import Decimal
from random import Random

from conftest import small_plan
from msgspec.structs import replace

from lsindicators.model import (
    Aggregation,
    Assignment,
    CheckRule,
    Criterion,
    Kind,
    Level,
    Method,
    PastFigure,
    Standing,
    Unit,
    Variable,
)

RULES = (
    "{a} <= {b}",
    "{a} + {b} <= {c}",
    "{a} + {b} = {c}",
    "{a} + {b} = 100",
    "{a} <> 0",
    "{a} >= {a}@-1 * 0.5",
    "{a} <= {a}@-1 + {b}",
    "abs({a} - {b}) <= 10",
    "nếu({a} > 50; {b}; {b} + 1) <= {c}",
    "{a} * 2 <= {b} + {c}",
    "{a} / {b} <= 0.5",
    "{a} * {b} >= 100",
    "max({a}; {b}) < {c}",
    "round({a} / 10) * 10 <= {b}",
)

BOUNDS = (
    (0, 10**9),
    (0, 100),
    (1, 63),
    (0, 1),
    (-50, 100),
    (1, None),
    (None, None),
    (100, 2000),
    (5, 5),
    (-(10**6), 10**6),
)
NUMERIC = (Method.SUM, Method.SUM, Method.MEAN, Method.MAX, Method.MIN, Method.LEAD, Method.LEAD, Method.LEAD)


def drawn_plan(number):
    """The plan of this number: always the same."""
    chance = Random(f"plan {number}")
    units = tuple(
        Unit(code=f"don-vi-{i}", name=f"Sở Số {i}", short=f"S{i}", type="so") for i in range(chance.randint(1, 6))
    )
    codes = [u.code for u in units]
    criteria, variables, owed, past = [], [], [], []
    for n in range(chance.randint(3, 9)):
        code = f"C{n + 1:02d}_A"
        kind = (
            Kind.WHOLE
            if n == 0
            else chance.choice(
                (Kind.WHOLE, Kind.WHOLE, Kind.DECIMAL, Kind.DECIMAL, Kind.PERCENT, Kind.YES_NO, Kind.TEXT)
            )
        )
        low, high = chance.choice(BOUNDS) if kind.numeric else (None, None)
        method = {Kind.YES_NO: Method.SHARE_YES, Kind.TEXT: Method.JOIN}.get(kind) or chance.choice(NUMERIC)
        weighted = [v for v in variables if v.kind is Kind.WHOLE and v.aggregation.method is Method.SUM]
        aggregation = Aggregation(method)
        if kind is Kind.DECIMAL and weighted and chance.random() < 0.3:
            aggregation = Aggregation(Method.WEIGHTED, chance.choice(weighted).code)
        criteria.append(
            Criterion(
                code=f"TC{n + 1:02d}",
                group="Nhóm tiêu chí đầu vào",
                name=f"Tiêu chí thử nghiệm {WORDS[n]}",
                measure="",
                formula="C01_A" if kind is Kind.TEXT else code,
                decimals=1,
                standing=Standing.OFFICIAL,
            )
        )
        variables.append(
            Variable(
                code=code,
                criterion=f"TC{n + 1:02d}",
                name=f"Số {WORDS[n]}",
                measure=chance.choice(("người", "triệu đồng", "%", "")),
                kind=kind,
                low=None if low is None else Decimal(low),
                high=None if high is None else Decimal(high),
                required=chance.random() < 0.7,
                aggregation=aggregation,
                change=chance.choice((None, None, None, Decimal(10), Decimal(300))) if kind.numeric else None,
            )
        )
        named = chance.sample(codes, chance.randint(1, len(codes)))
        leads = chance.randint(1, min(len(named), 2))
        owed.append(
            Assignment(
                variable=code,
                lead=tuple(named[:leads]),
                supporting=tuple(named[leads:]),
                lead_written="; ".join(named[:leads]),
                supporting_written="; ".join(named[leads:]),
            )
        )
        top = 3000 if high is None else min(high, 3000)
        bottom = max(low or 0, 0)
        if kind.numeric:
            same = Decimal(chance.randint(bottom, top))
            past += [
                PastFigure(
                    variable=code,
                    unit=unit,
                    year=2024,
                    value=same if method is Method.LEAD else Decimal(chance.randint(bottom, top)),
                )
                for unit in named
                if chance.random() < 0.4
            ]
    numbers = [v.code for v in variables if v.kind.numeric]
    rules = []
    for n in range(chance.randint(0, 6) if len(numbers) >= 3 else 0):
        a, b, c = chance.sample(numbers, 3)
        rules.append(
            CheckRule(
                code=f"R{n + 1:02d}",
                expression=chance.choice(RULES).format(a=a, b=b, c=c),
                level=chance.choice((Level.ERROR, Level.ERROR, Level.WARNING)),
                message="Xem lại",
            )
        )
    plan = small_plan(units=units, groups=(), criteria=tuple(criteria), variables=tuple(variables), rules=tuple(rules))
    return replace(plan, assignments=tuple(owed), past=tuple(past))


WORDS = (
    "nhân lực",
    "kinh phí",
    "sáng chế",
    "doanh nghiệp",
    "hồ sơ trực tuyến",
    "chữ ký số",
    "hộ gia đình",
    "cáp quang",
    "hạ tầng",
)
