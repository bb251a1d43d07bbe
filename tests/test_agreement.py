"""Python and LibreOffice agree on random formulas over random figures, missing and zero ones among them.

``LSI_FUZZ=5000 pytest tests/test_agreement.py`` makes that many formulas, ``LSI_FUZZ_SEED`` sets where they begin; a failure
prints its number: ``LSI_FUZZ_SEED=17 LSI_FUZZ=1`` does that one again.
"""

import math
import os
import random
from decimal import Decimal

from office import convert, needs_libreoffice

from lsindicators import expressions
from lsindicators.expressions import Call, Comparison, Negation, NotComputable, Number, Operation, Reference

FIRST, COUNT = int(os.environ.get("LSI_FUZZ_SEED", "1")), int(os.environ.get("LSI_FUZZ", "600"))
PLACES = {"A": "A", "B": "B", "C": "C", "A@-1": "D"}
"""Reference -> its column."""

APART = {"A": Decimal(1), "B": Decimal("-2.3"), "C": Decimal("1.7"), "A@-1": Decimal("-0.6")}
"""How far each is shaken, so that no noise cancels out."""

MISSING, NO_RESULT = "missing", "no result"


def figure(die):
    """A figure as units give them: small and large, negative, half-way, zero, or none at all."""
    kind = die.random()
    if kind < 0.08:
        return None
    if kind < 0.18:
        return Decimal(0)
    if kind < 0.3:
        return Decimal(die.randrange(-40, 40)) / 8
    digits, places = die.choice([(2, 0), (4, 2), (7, 1), (12, 3), (15, 0), (5, 9)])
    number = Decimal(die.randrange(10**digits)).scaleb(-places)
    return -number if die.random() < 0.3 else number


def literal(die):
    return Number(
        die.choice([Decimal(n) for n in ("0", "1", "2", "3", "100", "1000", "0.5", "0.25", "1000000", "12.75")])
    )


def number(die, depth):
    """A random tree that gives a number."""
    if depth <= 0 or die.random() < 0.15:
        if die.random() < 0.25:
            return literal(die)
        return die.choice([Reference("A"), Reference("B"), Reference("C"), Reference("A", -1)])

    def inner():
        return number(die, depth - 1 - die.randrange(2))

    match die.choice(
        ["+", "-", "*", "/", "+", "-", "*", "/", "^", "negative", "min", "max", "sum", "round", "abs", "if"]
    ):
        case "^":
            return Operation(
                "^", inner(), die.choice([*map(power, ("0", "1", "2", "3", "0.5", "1.5")), Negation(power("2"))])
            )
        case "negative":
            return Negation(inner())
        case "min" | "max" | "sum" as name:
            return Call(name, tuple(inner() for _ in range(die.randrange(1, 4))))
        case "round":
            places = Number(Decimal(die.randrange(4)))
            return Call("round", (inner(), Negation(places) if die.random() < 0.3 else places))
        case "abs":
            return Call("abs", (inner(),))
        case "if":
            return Call("if", (comparison(die, depth - 1), inner(), inner()))
        case sign:
            return Operation(sign, inner(), inner())


def power(text):
    return Number(Decimal(text))


def comparison(die, depth):
    return Comparison(die.choice(["=", "<>", "<", "<=", ">", ">="]), number(die, depth - 1), number(die, depth - 1))


def result(tree, inputs, shake=Decimal(0)):
    """The value, ``MISSING`` or ``NO_RESULT``; with ``shake`` over figures that differ by so much."""

    def lookup(reference):
        found = inputs[str(reference)]
        return None if found is None else found * (1 + shake * APART[str(reference)])

    try:
        found = expressions.evaluate(tree, lookup)
    except NotComputable:
        return NO_RESULT
    return MISSING if found is None else found


def binary(tree, inputs):
    """The number in binary arithmetic, which loses what it loses; not a number where there is none."""
    match tree:
        case Number(value):
            return float(value)
        case Reference():
            return float(inputs[str(tree)])
        case Call("if", (Comparison(sign, left, right), then, otherwise)):
            holds = result(Comparison(sign, left, right), inputs) is True
            return binary(then if holds else otherwise, inputs)
        case Call(name, arguments):
            parts = [binary(a, inputs) for a in arguments]
            if name == "round":
                return float(result(Call("round", (exactly(parts[0]), arguments[1])), inputs))
            return {"min": min, "max": max, "sum": sum, "abs": lambda p: abs(p[0])}[name](parts)
        case Negation(operand):
            return -binary(operand, inputs)
        case Operation(sign, left, right):
            a, b = binary(left, inputs), binary(right, inputs)
            try:
                return {"+": a.__add__, "-": a.__sub__, "*": a.__mul__, "/": a.__truediv__, "^": a.__pow__}[sign](b)
            except ArithmeticError:
                return math.nan
    return math.nan


def exactly(number):
    return Number(Decimal(number)) if math.isfinite(number) else Number(Decimal(0))


def steady(tree, inputs):
    """Whether binary numbers cannot lose the result: no near-ties, cancellations, half-way roundings."""
    exact, *others = (result(tree, inputs, Decimal(by)) for by in ("0", "1E-13", "-1E-13", "3E-13"))
    if isinstance(exact, Decimal) and not math.isclose(binary(tree, inputs), exact, rel_tol=1e-9, abs_tol=1e-300):
        return False
    if isinstance(exact, bool | str):
        return all(type(o) is type(exact) and o == exact for o in others)
    if not all(isinstance(o, Decimal) for o in others) or (
        exact and not Decimal("1E-200") < abs(exact) < Decimal("1E200")
    ):
        return False
    return all(abs(o - exact) <= abs(exact) * Decimal("1E-9") for o in others)


def cases():
    """(number, tree, inputs, result) of so many seeds; those that are not steady make no case."""
    for n in range(FIRST, FIRST + COUNT):
        die = random.Random(n)
        tree = comparison(die, 4) if die.random() < 0.15 else number(die, 5)
        inputs = {code: figure(die) for code in PLACES}
        if expressions.excel_takes(expressions.to_excel(tree, lambda r: "IF(ISNUMBER(A1),A1,NA())")) and steady(
            tree, inputs
        ):
            yield n, tree, inputs, result(tree, inputs)


HALVES = [
    ("round({a}; 2)", ["2.675", "1.005", "-2.675", "0.125", "1.115", "10.235", "4.35", "-0.005", "1234567.885"]),
    ("round({a}; 0)", ["0.5", "1.5", "2.5", "-0.5", "-1.5", "-2.5", "0.49999999999999"]),
    ("round({a}; 1)", ["0.25", "0.35", "0.45", "-0.15", "8.85"]),
    ("round({a}; -2)", ["50", "150", "250", "-50", "49.999"]),
    ("round({a} / 3 * 1.5; 0)", ["1", "3", "5", "-1"]),
    ("round({a} * 0.1; 1)", ["0.5", "1.5", "2.5"]),
    ("{a} * 3 - {a} - {a} - {a}", ["0.1", "0.3", "1.1"]),
    ("{a} / 3 * 3 = {a}", ["0.1", "1", "7", "123456.789"]),
    ("{a} * 1.1 = {a} + {a} / 10", ["3", "0.3", "1.7"]),
    ("{a} = {a} * 1.000000000000001", ["1", "3", "12.3"]),
    ("{a} = {a} * 1.00000000000003", ["1", "3"]),
    ("{a} < {a} * 1.000000000000001", ["1", "3"]),
    ("{a} <= {a} * 0.999999999999999", ["1", "3"]),
    ("{a}^2", ["0", "-3", "1.5"]),
    ("-{a}^2", ["3", "-3"]),
    ("(-{a})^2", ["3"]),
    ("2^-{a}", ["1", "3", "0"]),
    ("{a}^0.5", ["4", "2", "0"]),
    ("2 * -3^{a}", ["2"]),
    ("({a}^3)^2", ["2", "-2"]),
    ("--{a}", ["2"]),
    ("10 - {a} - 3", ["4"]),
    ("100 / {a} / 5", ["10"]),
]
"""Where a spreadsheet's own habits show: halves, cancellations, ties, powers; over a figure in a cell."""

NO_NUMBER = [
    "{a}^0",
    "0^{a}",
    "1 / {a}",
    "{a} / {a}",
    "1 / ({a} * 5)",
    "{a}^-1",
    "round(1 / {a}; 2)",
    "min(1; 1 / {a})",
]
"""Over the figure 0."""


@needs_libreoffice
def test_libreoffice_computes_the_same(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    made = list(cases())
    for row, (_, tree, inputs, _) in enumerate(made, 1):
        for code, column in PLACES.items():
            if inputs[code] is not None:
                sheet[f"{column}{row}"] = float(inputs[code])

        def place(reference, row=row):
            cell = f"{PLACES[str(reference)]}{row}"
            return f"IF(ISNUMBER({cell}),{cell},NA())"

        sheet[f"E{row}"] = "=" + expressions.to_excel(tree, place)
    odd = [(text.format(a="A"), Decimal(a)) for text, figures in HALVES for a in figures]
    odd += [(text.format(a="A"), Decimal(0)) for text in NO_NUMBER]
    for row, (text, a) in enumerate(odd, 1):
        sheet[f"G{row}"] = float(a)
        sheet[f"H{row}"] = "=" + expressions.to_excel(expressions.parse(text), lambda _, row=row: f"G{row}")
    book.save(tmp_path / "cases.xlsx")
    found = openpyxl.load_workbook(convert(tmp_path / "cases.xlsx", "xlsx", tmp_path), data_only=True).active

    wrong = [
        f"LSI_FUZZ_SEED={n} LSI_FUZZ=1: {expressions.written(tree)} {inputs}: {expected}, there {found[f'E{row}'].value}"
        for row, (n, tree, inputs, expected) in enumerate(made, 1)
        if not same(found[f"E{row}"].value, expected, inputs)
    ]
    for row, (text, a) in enumerate(odd, 1):
        expected = result(expressions.parse(text), {"A": a})
        if not same(found[f"H{row}"].value, expected, {"A": a}):
            wrong.append(f"{text} over {a}: {expected}, there {found[f'H{row}'].value}")
    assert not wrong, f"{len(wrong)} differ:\n" + "\n".join(wrong[:30])
    kinds = {type(expected) if isinstance(expected, bool | Decimal) else expected for *_, expected in made}
    assert COUNT < 400 or (len(made) > COUNT * 0.6 and kinds == {bool, Decimal, MISSING, NO_RESULT})


def same(found, expected, inputs):
    if isinstance(expected, bool):
        return found is expected
    if isinstance(expected, str):
        # where a figure is missing and something is divided by zero too, a spreadsheet shows the error that comes first
        return isinstance(found, str) and found.startswith("#") and (expected == MISSING or found != "#N/A")
    if not isinstance(found, int | float) or isinstance(found, bool):
        return False
    size = max((abs(float(v)) for v in inputs.values() if v is not None), default=0)
    return math.isclose(found, float(expected), rel_tol=1e-8, abs_tol=0 if expected else size * 1e-12)
