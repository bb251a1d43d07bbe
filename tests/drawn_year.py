"""What hypothesis draws for the oracle: small plans with every aggregation, and what their units type."""

from decimal import Decimal
from fractions import Fraction

from conftest import small_plan, variable
from hypothesis import strategies as st
from msgspec.structs import replace
from oracle import ELSEWHERE, GIVEN, NONE_OCCURRED, NOT_APPLICABLE, NOT_YET, Said

from lsindicators.model import Aggregation, Assignment, Criterion, Kind, Method, PastFigure, Standing, Unit

YEAR = 2025

NUMERIC = (Kind.WHOLE, Kind.DECIMAL, Kind.PERCENT)
OF_NUMBERS = (Method.SUM, Method.MEAN, Method.MAX, Method.MIN, Method.LEAD, Method.WEIGHTED)

SOME_WHOLE = ("0", "1", "2", "3", "7", "100", "99999", "123456789")
SOME_DECIMAL = ("0", "0.5", "2.675", "0.285", "1.005", "0.1", "0.2", "0.3", "12.5", "1234567.891", "98765432109876.5")
SOME_PERCENT = ("0", "0.25", "33.3", "50", "99.995", "100")

STATES = (NOT_YET, NOT_APPLICABLE, ELSEWHERE)


def literals(kind, negative):
    """Numbers as they are typed; some turn up again and again, so that leads agree and denominators vanish."""
    if kind is Kind.PERCENT:
        return st.sampled_from(SOME_PERCENT)
    if kind is Kind.WHOLE:
        drawn = st.sampled_from(SOME_WHOLE) | st.integers(0, 10**6).map(str)
    else:
        drawn = st.sampled_from(SOME_DECIMAL) | st.decimals(0, 10**6, places=3).map(lambda d: f"{d:f}")
    return drawn.flatmap(
        lambda text: st.sampled_from((text, f"-{text}")) if negative and text != "0" else st.just(text)
    )


@st.composite
def formulas(draw, codes, depth=2):
    """A formula over the codes; what is divided by is a figure, a number, or a sum or difference of two figures."""
    code = st.sampled_from(codes) | st.sampled_from(codes).map(lambda c: f"{c}@-1")
    atom = code | st.sampled_from(("100", "2", "0.5", "3"))
    if depth == 0:
        return draw(atom)
    part = formulas(codes, depth - 1)
    shape = draw(st.integers(0, 9))
    if shape <= 1:
        return draw(code)
    if shape <= 4:
        return f"({draw(part)} {draw(st.sampled_from('+-*'))} {draw(part)})"
    if shape <= 6:
        two = st.lists(code, min_size=2, max_size=2, unique=True)
        below = atom | st.tuples(two, st.sampled_from("+-")).map(lambda t: f"({t[0][0]} {t[1]} {t[0][1]})")
        return f"{draw(part)} / {draw(below)} * 100"
    if shape == 7:
        sign = draw(st.sampled_from(("<", "<=", ">", ">=", "=", "<>")))
        return f"nếu({draw(code)} {sign} {draw(atom)}; {draw(part)}; {draw(part)})"
    if shape == 8:
        return f"round({draw(part)}; {draw(st.integers(0, 3))})"
    return f"{draw(st.sampled_from(('min', 'max', 'sum')))}({draw(part)}; {draw(code)}) - abs({draw(part)})"


@st.composite
def plans(draw):
    """Two to six units, three to six variables, a criterion for each."""
    units = tuple(
        Unit(code=f"so-{i}", name=f"Sở Số {i}", short=f"S{i}", type="so") for i in range(draw(st.integers(2, 6)))
    )
    codes = [u.code for u in units]
    variables, owed = [], []
    for n in range(draw(st.integers(3, 6))):
        method = draw(st.sampled_from(tuple(Method))) if n else Method.SUM
        kind = draw(st.sampled_from(NUMERIC)) if n else Kind.WHOLE
        if method in (Method.SHARE_YES, Method.JOIN):
            kind = Kind.YES_NO if method is Method.SHARE_YES else Kind.TEXT
        elif method is Method.LEAD:
            kind = draw(st.sampled_from((*NUMERIC, Kind.YES_NO, Kind.TEXT)))
        weight = None
        if method is Method.WEIGHTED:
            weight = draw(
                st.sampled_from([v.code for v in variables if v.kind.numeric and v.low is not None] or [None])
            )
            method = method if weight else Method.MEAN
        negative = n > 0 and kind in (Kind.WHOLE, Kind.DECIMAL) and draw(st.booleans())
        variables.append(
            variable(
                f"C{n:02d}_A", f"Số liệu thứ {n}", "người", kind, Aggregation(method, weight),
                criterion=f"TC{n:02d}", low=None if negative or not kind.numeric else Decimal(0),
                high=Decimal(100) if kind is Kind.PERCENT else None, required=draw(st.booleans()),
            )
        )  # fmt: skip
        named = draw(st.lists(st.sampled_from(codes), min_size=1, unique=True))
        leads = draw(st.integers(1, min(2, len(named))))
        owed.append(Assignment(variable=f"C{n:02d}_A", lead=tuple(named[:leads]), supporting=tuple(named[leads:])))
    numbers = [v.code for v in variables if v.kind.numeric or v.aggregation.method is Method.SHARE_YES]
    criteria = tuple(
        Criterion(
            code=v.criterion, group=f"Nhóm {n % 2}", name=f"Tiêu chí thử {n}", measure="%",
            formula=draw(formulas([*numbers, *(f"TC{i:02d}" for i in range(n))])),  # also over criteria before it
            decimals=draw(st.integers(0, 4)), standing=Standing.OFFICIAL,
        )
        for n, v in enumerate(variables)
    )  # fmt: skip
    past = []
    for v, a in zip(variables, owed, strict=True):
        if v.kind.numeric:
            number = literals(v.kind, v.low is None).map(Decimal)
            recorded = draw(st.lists(st.sampled_from(a.units), unique=True))
            past += [PastFigure(variable=v.code, unit=u, year=YEAR - 1, value=draw(number)) for u in recorded]
            if draw(st.integers(0, 5)) == 0:
                past.append(PastFigure(variable=v.code, unit=None, year=YEAR - 1, value=draw(number)))
        if draw(st.integers(0, 7)) == 0:
            past.append(PastFigure(variable=v.criterion, unit=None, year=YEAR - 1, value=Decimal("11.25")))
    coverage = Decimal(draw(st.sampled_from(("100", "100", "75", "50", "33.3"))))
    return small_plan(
        settings=replace(small_plan().settings, coverage=coverage), units=units, groups=(), criteria=criteria, variables=tuple(variables), assignments=tuple(owed), rules=(),
        past=tuple(past),
    )  # fmt: skip


@st.composite
def years(draw):
    """A plan, what its units type, and which of them send nothing."""
    plan = draw(plans())
    recorded = {(p.variable, p.unit) for p in plan.past}
    said = {}
    silent = draw(st.lists(st.sampled_from(sorted(plan.owed)), max_size=1, unique=True))
    for unit in sorted(set(plan.owed) - set(silent)):
        for v in plan.owed[unit]:
            what = draw(st.integers(0, 9))
            if what <= 6:
                state = draw(st.sampled_from(("", GIVEN)))
                said[v.code, unit, YEAR] = Said(_value(draw, v), state)
            elif what == 7:
                said[v.code, unit, YEAR] = Said(None, NONE_OCCURRED)
            elif what == 8:
                said[v.code, unit, YEAR] = Said(None, draw(st.sampled_from(STATES)))
            if (v.code, unit) not in recorded and draw(st.booleans()):
                said[v.code, unit, YEAR - 1] = Said(_value(draw, v))
    return plan, said, tuple(silent)


def _value(draw, v):
    if v.kind is Kind.YES_NO:
        return draw(st.sampled_from(("Có", "Không")))
    if v.kind is Kind.TEXT:
        return draw(st.sampled_from(("Đã kết nối", "=1+1", "Trang https://langson.gov.vn", "12")))
    return Fraction(draw(literals(v.kind, v.low is None)))
