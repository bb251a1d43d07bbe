"""An oracle for the province's table: its own arithmetic over fractions, from what the units typed and the contract alone.

It reads ``phan-cong.xlsx`` with openpyxl and imports nothing of ours. A figure is a ``Fraction``, a text is a text,
what is not known is ``None``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import NamedTuple

import openpyxl

Value = Fraction | str

GIVEN, NONE_OCCURRED, NOT_YET, NOT_APPLICABLE, ELSEWHERE = (
    "Có số liệu", "Không phát sinh", "Chưa có số liệu", "Không áp dụng", "Đã tính ở đơn vị khác",
)  # fmt: skip

NUMBERS = ("số nguyên", "số thực", "tỷ lệ %")


class Said(NamedTuple):
    """What a unit said of a variable in a year: what stands there, and the state beside it."""

    value: Value | None = None
    state: str = ""


Typed = Mapping[tuple[str, str, int], Said]
"""(variable, unit, year) -> what was typed there and taken."""


# ------------------------------------------------------------------ the assignment as it stands in the workbook


def rows(sheet) -> list[dict[str, object]]:
    """The rows of a sheet whose first row holds the headings."""
    headings, *body = sheet.iter_rows(values_only=True)
    return [dict(zip(headings, row, strict=True)) for row in body if any(x is not None for x in row)]


def exact(found: object) -> Fraction:
    """A number of a cell: what its shortest decimal notation says, or a text such as ``1.234,5``."""
    return Fraction(found.replace(".", "").replace(",", ".") if isinstance(found, str) else repr(found))


@dataclass(frozen=True)
class Plan:
    """What the workbook says, as plain data."""

    year: int
    units: dict[str, str]  # code -> name, in the order of the sheet
    variables: dict[str, dict[str, object]]  # code -> row of Số liệu
    criteria: dict[str, dict[str, object]]  # code -> row of Tiêu chí or Chỉ tiêu phụ
    leads: dict[str, set[str]]
    named: dict[str, set[str]]  # leads and coordinating units
    past: dict[tuple[str, str | None, int], Value]
    threshold: Fraction = Fraction(100)

    @classmethod
    def read(cls, path: Path) -> Plan:
        """The plan of a campaign; units are named by code, name, abbreviation, other name or group phrase."""
        book = openpyxl.load_workbook(path, read_only=True)
        sheets = {name: rows(book[name]) for name in book.sheetnames}
        settings = {r["Khóa"]: r["Giá trị"] for r in sheets["Kỳ báo cáo"]}
        year = int(settings["Năm số liệu"])
        units = [r for r in sheets["Đơn vị"] if int(r.get("Đến năm") or year) >= year >= int(r.get("Từ năm") or year)]
        by_name: dict[str, set[str]] = {}
        for r in units:
            other = [r["Mã đơn vị"], r["Tên đơn vị"], r["Tên viết tắt"], *_split(r["Tên gọi khác"], "|")]
            for name in filter(None, other):
                by_name.setdefault(str(name).casefold(), set()).add(r["Mã đơn vị"])
        for r in sheets.get("Nhóm đơn vị", ()):
            kinds = set(_split(r["Gồm"], ";"))
            members = {u["Mã đơn vị"] for u in units if {u["Loại"], u["Mã đơn vị"]} & kinds}
            for phrase in _split(r["Cụm từ"], "|"):
                by_name.setdefault(phrase.casefold(), set()).update(members)

        def resolved(text: object) -> set[str]:
            return {code for name in _split(text, ";") for code in by_name[name.casefold()]}

        sides = {r["Mã số liệu"]: (resolved(r["Chủ trì"]), resolved(r["Phối hợp"])) for r in sheets["Phân công"]}
        variables = {r["Mã số liệu"]: r for r in sheets["Số liệu"]}
        nobody: tuple[set[str], set[str]] = (set(), set())
        number_of = {**dict.fromkeys((r["Mã tiêu chí"] for r in sheets["Tiêu chí"]), True)}
        number_of |= {code: r["Kiểu"] in NUMBERS for code, r in variables.items()}
        return cls(
            year=year,
            units={r["Mã đơn vị"]: r["Tên đơn vị"] for r in units},
            variables=variables,
            criteria={r.get("Mã tiêu chí"): r for r in sheets["Tiêu chí"]}
            | {r["Mã"]: r for r in sheets.get("Chỉ tiêu phụ", ())},
            leads={code: sides.get(code, nobody)[0] for code in variables},
            named={code: set.union(*sides.get(code, nobody)) for code in variables},
            past={
                (r["Mã số liệu"], r["Mã đơn vị"], int(r["Năm"])): exact(r["Giá trị"])
                if number_of.get(r["Mã số liệu"], True)
                else str(r["Giá trị"])
                for r in sheets.get("Năm trước", ())
            },
            threshold=exact(settings.get("Ngưỡng độ phủ (%)") or 100),
        )

    def numeric(self, code: str) -> bool:
        return self.variables[code]["Kiểu"] in NUMBERS


def _split(text: object, sign: str) -> list[str]:
    return [part.strip() for part in str(text or "").split(sign) if part.strip()]


# ------------------------------------------------------------------ totals


class Total(NamedTuple):
    """The province's figure, and on whom it rests."""

    value: Value | None
    expected: frozenset[str] = frozenset()
    reported: frozenset[str] = frozenset()

    @property
    def complete(self) -> bool:
        return self.reported == self.expected


class Oracle:
    """All figures of a campaign."""

    def __init__(self, plan: Plan, typed: Typed) -> None:
        self.plan, self.typed = plan, typed
        self._totals: dict[tuple[str, int], Total] = {}

    def said(self, code: str, unit: str, year: int) -> Said:
        """What a unit says; of a former year the figure on record, if there is one."""
        recorded = self.plan.past.get((code, unit, year)) if year < self.plan.year else None
        return self.typed.get((code, unit, year), Said()) if recorded is None else Said(recorded)

    def known(self, code: str, year: int) -> bool:
        """Whether anything at all is known of a variable in a year."""
        spoken = any(self.said(code, unit, year) != Said() for unit in self.plan.named[code])
        return spoken or year == self.plan.year or (code, None, year) in self.plan.past

    def total(self, code: str, year: int) -> Total:
        if (code, year) not in self._totals:
            self._totals[code, year] = self._total(code, year)
        return self._totals[code, year]

    def _total(self, code: str, year: int) -> Total:
        plan = self.plan
        if year < plan.year and (code, None, year) in plan.past:
            return Total(plan.past[code, None, year])
        how = str(plan.variables[code]["Cách tổng hợp"])
        expected = plan.leads[code] if how == "chủ trì" else plan.named[code]
        numeric = plan.numeric(code)
        reported, figures = set(), {}
        for unit in (u for u in plan.units if u in expected):
            said = self.said(code, unit, year)
            answer = said.value
            if said.state == NONE_OCCURRED and answer is None and numeric:
                answer = Fraction(0)
            weight = self._weight(how, unit, year) if how.startswith("bình quân theo") else None
            if answer is not None:
                if how.startswith("bình quân theo") and weight is None:
                    continue  # a figure without its weight cannot enter
                figures[unit] = answer
            if answer is not None or said.state in (NONE_OCCURRED, NOT_APPLICABLE, ELSEWHERE):
                reported.add(unit)
        value = self._aggregate(how, figures, year) if figures else None
        return Total(value, frozenset(expected), frozenset(reported))

    def _weight(self, how: str, unit: str, year: int) -> Fraction | None:
        said = self.said(how.removeprefix("bình quân theo").strip(), unit, year)
        value = Fraction(0) if said.state == NONE_OCCURRED and said.value is None else said.value
        return value if isinstance(value, Fraction) else None

    def _aggregate(self, how: str, figures: Mapping[str, Value], year: int) -> Value | None:
        values = list(figures.values())
        if how == "nối":
            return "\n".join(f"{self.plan.units[unit]}: {text}" for unit, text in figures.items())
        if how == "chủ trì":
            return values[0] if len(set(values)) == 1 else None
        if how == "tỷ lệ có":
            return Fraction(100 * values.count("Có"), len(values))
        if how == "tổng":
            return sum(values, Fraction(0))
        if how == "trung bình":
            return sum(values, Fraction(0)) / len(values)
        if how in ("lớn nhất", "nhỏ nhất"):
            return max(values) if how == "lớn nhất" else min(values)
        assert how.startswith("bình quân theo"), how
        weights = {unit: self._weight(how, unit, year) for unit in figures}
        whole = sum(weights.values(), Fraction(0))
        return sum((figures[u] * w for u, w in weights.items()), Fraction(0)) / whole if whole else None

    # -------------------------------------------------------------- criteria

    def input(self, code: str, lag: int = 0) -> Total:
        """An input of a criterion; of a year of which nothing is known, nobody of today's units has reported."""
        year = self.plan.year + lag
        if self.known(code, year):
            return self.total(code, year)
        return Total(None, self.total(code, self.plan.year).expected)

    def value(self, criterion: str, year: int | None = None, noise: Noise | None = None) -> Fraction | None:
        """A criterion in a year; of a former year the figure on record, if there is one."""
        plan = self.plan
        year = year or plan.year
        if year < plan.year and (criterion, None, year) in plan.past:
            recorded = plan.past[criterion, None, year]
            assert isinstance(recorded, Fraction)
            return recorded

        def get(code: str, lag: int) -> Fraction | None:
            found = self.total(code, year + lag).value if self.known(code, year + lag) else None
            return found if isinstance(found, Fraction) else None

        try:
            return evaluate(self.tree(criterion), get, noise)
        except (MissingError, ZeroDivisionError):
            return None

    def slack(self, criterion: str, year: int) -> Fraction | None:
        """How far a spreadsheet, which computes with floats, may be off; ``None`` where it need not even have a number.

        Found by blurring, several times over, whatever a float cannot hold exactly.
        """
        value = self.value(criterion, year)
        blurred = [self.value(criterion, year, Noise(seed)) for seed in range(8)]
        if any((other is None) != (value is None) for other in blurred):
            return None
        if value is None:
            return Fraction(0)
        return 10 * max(abs(other - value) for other in blurred) + abs(value) / 10**12 + Fraction(1, 10**15)

    def blur(self, code: str, year: int) -> Fraction:
        """How far a spreadsheet may be off in a total: it has fifteen digits of the largest figure in it."""
        figures = [self.total(code, year).value, *(self.said(code, u, year).value for u in self.plan.named[code])]
        return max((abs(f) for f in figures if isinstance(f, Fraction)), default=Fraction(0)) / 10**12

    def tree(self, criterion: str) -> tuple:
        """A criterion's formula; a criterion that it names is its own formula, of the year that is meant."""

        def over_variables(tree: tuple, back: int) -> tuple:
            kind, *parts = tree
            if kind == "number":
                return tree
            if kind == "code":
                code, lag = parts
                own = code in self.plan.criteria and code not in self.plan.variables
                return over_variables(self._parsed(code), back + lag) if own else ("code", code, back + lag)
            return (kind, *(over_variables(part, back) for part in parts))

        return over_variables(self._parsed(criterion), 0)

    def _parsed(self, criterion: str) -> tuple:
        return parsed(str(self.plan.criteria[criterion]["Công thức"]))

    def inputs(self, criterion: str) -> dict[str, Total]:
        """What a criterion's formula names -> its total."""
        named = dict.fromkeys(_codes(self.tree(criterion)))
        return {f"{code}@{lag}" if lag else code: self.input(code, lag) for code, lag in named}

    def coverage(self, criterion: str) -> tuple[Fraction, set[str]]:
        """The least coverage of the inputs, and how n/N may be written."""
        told = [(_share(t), f"{len(t.reported)}/{len(t.expected)}") for t in self.inputs(criterion).values()]
        least = min((share for share, _ in told), default=Fraction(1))
        return least, {text for share, text in told if share == least} or {"0/0"}

    def status(self, criterion: str) -> str:
        if self.value(criterion) is None:
            return "missing-inputs"
        return "partial-coverage" if self.coverage(criterion)[0] * 100 < self.plan.threshold else "computed"


def _share(total: Total) -> Fraction:
    if not total.expected:
        return Fraction(total.value is not None)
    return Fraction(len(total.reported), len(total.expected))


# ------------------------------------------------------------------ formulas, by recursive descent


class MissingError(Exception):
    """A needed input is not known."""


class Noise:
    """Blurs what a float cannot hold: by some units of its fifteenth digit, drawn by lot."""

    def __init__(self, seed: int) -> None:
        self._dice = Random(seed)

    def __call__(self, value: Fraction) -> Fraction:
        return value if Fraction(float(value)) == value else value * (1 + Fraction(self._dice.uniform(-4e-15, 4e-15)))


Get = Callable[[str, int], Fraction | None]


def parsed(formula: str) -> tuple:
    """The tree of a formula: a kind, and its parts."""
    tokens = re.findall(r"\d+(?:\.\d+)?|[^\W\d]\w*(?:@-\d)?|<=|>=|<>|[-+*/^(),;=<>]", formula)
    assert "".join(tokens) == formula.replace(" ", ""), formula
    tree = _comparison(tokens)
    assert not tokens, formula
    return tree


def _codes(tree: tuple) -> Iterator[tuple[str, int]]:
    kind, *parts = tree
    if kind == "code":
        yield parts[0], parts[1]
    elif kind != "number":
        for part in parts:
            yield from _codes(part)


def evaluate(tree: tuple, get: Get, noise: Noise | None = None) -> Fraction:
    """The value of a formula. Raises ``MissingError``, or ``ZeroDivisionError`` when all that is needed is there."""
    value = _solved(tree, get, noise or (lambda exact: exact))
    assert isinstance(value, Fraction)
    return value


def _comparison(tokens: list[str]) -> tuple:
    left = _sum(tokens)
    if tokens and tokens[0] in ("<", "<=", ">", ">=", "=", "<>"):
        return (tokens.pop(0), left, _sum(tokens))
    return left


def _sum(tokens: list[str]) -> tuple:
    left = _product(tokens)
    while tokens and tokens[0] in "+-":
        left = (tokens.pop(0), left, _product(tokens))
    return left


def _product(tokens: list[str]) -> tuple:
    left = _signed(tokens)
    while tokens and tokens[0] in "*/":
        left = (tokens.pop(0), left, _signed(tokens))
    return left


def _signed(tokens: list[str]) -> tuple:
    if tokens[0] in "+-":
        return ("neg" if tokens.pop(0) == "-" else "pos", _signed(tokens))
    left = _operand(tokens)
    if tokens and tokens[0] == "^":
        tokens.pop(0)
        return ("^", left, _signed(tokens))
    return left


def _operand(tokens: list[str]) -> tuple:
    token = tokens.pop(0)
    if token == "(":
        inner = _comparison(tokens)
        assert tokens.pop(0) == ")"
        return inner
    if token[0].isdigit():
        return ("number", token)
    if tokens and tokens[0] == "(":
        arguments = []
        while tokens.pop(0) != ")":
            arguments.append(_comparison(tokens))
        return (token.lower(), *arguments)
    code, _, lag = token.partition("@")
    return ("code", code, int(lag or 0))


def _solved(tree: tuple, get: Get, blur: Callable[[Fraction], Fraction]) -> Fraction | bool:
    kind, *parts = tree
    if kind == "number":
        return Fraction(parts[0])
    if kind == "code":
        found = get(*parts)
        if found is None:
            raise MissingError
        return blur(found)
    if kind in ("nếu", "if"):
        return _solved(parts[1] if _solved(parts[0], get, blur) else parts[2], get, blur)
    values, fault = [], None
    for part in parts:  # what is missing outweighs what cannot be computed
        try:
            values.append(_solved(part, get, blur))
        except ZeroDivisionError as error:
            fault = error
    if fault:
        raise fault
    found = DOES[kind](*values)
    return found if isinstance(found, bool) else blur(found)


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    assert exponent.denominator == 1, "the oracle knows whole powers alone"
    if not base and not exponent:
        raise ZeroDivisionError
    return Fraction(base**exponent.numerator)


def half_up(value: Fraction, places: Fraction | int = 0) -> Fraction:
    """``value`` with so many places, half rounded away from zero."""
    scale = Fraction(10) ** int(places)
    whole, rest = divmod(abs(value) * scale, 1)
    return (whole + (rest >= Fraction(1, 2))) / scale * (-1 if value < 0 else 1)


DOES: dict[str, Callable] = {
    "neg": lambda a: -a, "pos": lambda a: a, "+": lambda a, b: a + b, "-": lambda a, b: a - b,
    "*": lambda a, b: a * b, "/": lambda a, b: a / b, "^": _power, "abs": abs, "round": half_up,
    "min": lambda *a: min(a), "max": lambda *a: max(a), "sum": lambda *a: sum(a, Fraction(0)),
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b, "<>": lambda a, b: a != b,
}  # fmt: skip


# ------------------------------------------------------------------ in print


def vietnamese(value: Fraction, decimals: int) -> str:
    """A figure as it must be printed, rounded half away from zero: ``-1.234,50``."""
    scaled = abs(half_up(value, decimals)) * 10**decimals
    digits = str(scaled.numerator).rjust(decimals + 1, "0")
    head, tail = (digits[:-decimals], digits[-decimals:]) if decimals else (digits, "")
    head = re.sub(r"(?<=\d)(?=(\d{3})+$)", ".", head)
    return ("-" if value < 0 and scaled else "") + head + ("," + tail if decimals else "")


def annex(tables: Iterable) -> dict[str, dict[str, str]]:
    """The report's annex of criteria: code -> heading -> text, without the marks that lead to notes."""
    for table in tables:
        headings, *body = [[unmarked(cell) for cell in row.cells] for row in table.rows]
        if headings[:3] == ["STT", "Mã", "Tiêu chí"] and headings[-1].startswith("Nguồn số liệu"):
            return {row[1]: dict(zip(headings, row, strict=True)) for row in body if len(set(row)) > 1}
    raise AssertionError("the report has no annex of criteria")


def unmarked(cell) -> str:
    """What a cell of the report says, without the marks that lead to the notes under the table."""
    runs = (run for paragraph in cell.paragraphs for run in paragraph.runs)
    return "".join(run.text for run in runs if run.style.style_id != "LsDauChuThich").strip()
