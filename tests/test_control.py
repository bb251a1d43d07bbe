"""The control code: the same on paper, where a spreadsheet computes it, and here, from the file."""

import random
from datetime import datetime
from decimal import Decimal

import office
import pytest
from conftest import KEY, small_plan, variable
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from lsindicators import checks, control, forms, layout, returns, workbook
from lsindicators.control import Typed
from lsindicators.layout import CURRENT, DATA, PREVIOUS, REASON, SOURCE, STATE
from lsindicators.model import HANOI, Assignment, Criterion, Kind, Standing, State

UNIT = "so-khcn"


def code(*rows, unit=UNIT, year=2025):
    return control.compute(rows, unit, year)


def row(name, current=None, state="", **more):
    value = Decimal(str(current)) if isinstance(current, int | float) and not isinstance(current, bool) else current
    return Typed(code=name, current=value, state=state, **more)


def test_a_code_is_two_groups_of_four_letters_that_nobody_mistakes():
    first, second = code(row("C01_A", 12)).split("-")
    assert len(first) == len(second) == 4
    assert set(first + second) <= set(control.LETTERS) and not set(control.LETTERS) & set("ILOU")
    assert len(set(control.LETTERS)) == 32


@pytest.mark.parametrize(
    ("current", "expected"),
    [
        (None, (0, 0)),
        ("", (0, 0)),
        ("   ", (0, 0)),
        (0, (1, 0)),
        (12, (1, 120000)),
        (12.5, (1, 125000)),
        (-12.5, (2, 125000)),
        (0.00004, (1, 0)),
        (0.00005, (1, 1)),
        (Decimal("12.300000000000001"), (1, 123000)),  # the noise of a program that stores 17 digits
        (9999999999.9999, (1, 99999999999999)),
        (10**10, (3, 10**10)),
        (-(10**10), (4, 10**10)),
        (Decimal("12345678901.5"), (3, 12345678902)),
        (Decimal("1E300"), (3, control.MOST)),
        (True, (7, 1)),
        (False, (7, 0)),
        ("a", (6, 97 + 32 * (200 * 201 // 2 - 1))),
        (" a ", (6, 97 + 32 * (200 * 201 // 2 - 1))),
        ("đ" * 500, (6, ord("đ") * 200 * 201 // 2)),
    ],
)
def test_the_size_of_a_cell(current, expected):
    assert control.magnitude(row("C01_A", current).current) == expected


@pytest.mark.parametrize(
    ("copied", "code"),
    [
        ("K7Q2-M9XD", "K7Q2-M9XD"),
        ("k7q2 m9xd", "K7Q2-M9XD"),
        ("K7Q2–M9XD", "K7Q2-M9XD"),
        ("Mã kiểm soát: K7Q2-M9XD", "K7Q2-M9XD"),
        ("KOQ2-M9IL", "K0Q2-M911"),  # letters that people read for figures
        ("K7Q2-M9XU", None),
        ("K7Q2-M9X", None),
        ("K7Q2-M9XDD", None),
        ("", None),
    ],
)
def test_a_code_is_known_as_people_copy_it(copied, code):
    assert control.typed(copied) == code


def test_an_error_is_a_sort_of_its_own():
    assert control.magnitude("#REF!", error=True) == (control.ERROR, 0)


def test_blank_rows_and_the_order_of_rows_are_no_matter():
    rows = [row("C01_A", 12), row("C01_B", None, "Không phát sinh"), row("C09_A", "Có")]
    assert code(*rows) == code(*reversed(rows), row("C99_A"), row("C99_B", ""))


@pytest.mark.parametrize(
    "changed",
    [
        row("C01_A", 13),
        row("C01_A", -12),
        row("C01_A", "12"),
        row("C01_A", 12.0001),
        row("C01_A", 12, State.GIVEN.value),
        row("C01_A", 12, previous=Decimal(12)),
        row("C01_B", 12),
        row("C01_A"),
    ],
)
def test_whatever_is_typed_otherwise_changes_the_code(changed):
    assert code(changed) != code(row("C01_A", 12))


def test_units_and_years_have_codes_of_their_own():
    codes = {code(row("C01_A", 12), unit=unit, year=year) for unit in ("so-khcn", "so-y-te") for year in (2025, 2026)}
    assert len(codes) == 4


numbers = st.decimals(-(10**14), 10**14, places=4, allow_nan=False)


@given(numbers, numbers)
def test_one_number_changed_is_always_seen(one, other):
    same = control.magnitude(one) == control.magnitude(other)
    assert (code(row("C01_A", one)) == code(row("C01_A", other))) is same


@given(st.dictionaries(st.sampled_from([f"C{i:02d}_A" for i in range(46)]), numbers, min_size=2))
def test_exchanged_numbers_are_seen(typed):
    names = list(typed)
    first, second = names[:2]
    if control.magnitude(typed[first]) == control.magnitude(typed[second]):
        return
    exchanged = {**typed, first: typed[second], second: typed[first]}
    assert code(*(row(n, v) for n, v in typed.items())) != code(*(row(n, v) for n, v in exchanged.items()))


# ------------------------------------------------------------------ on paper


def crowded(rows, seed):
    """A unit with ``rows`` rows, and whatever anybody may have typed into them."""
    dice = random.Random(seed)
    kinds = (Kind.WHOLE, Kind.DECIMAL, Kind.PERCENT, Kind.YES_NO, Kind.TEXT)
    variables = tuple(
        variable(f"C01_{chr(65 + n // 26)}{chr(65 + n % 26)}", f"Dòng {n}", "người", kinds[n % 5]) for n in range(rows)
    )
    criterion = Criterion(
        code="DV01", group="Nhóm", name="Tiêu chí", measure="", formula="1", decimals=0, standing=Standing.PROPOSED
    )
    plan = small_plan(
        criteria=(criterion,),
        variables=variables,
        assignments=tuple(Assignment(variable=v.code, lead=(UNIT,), supporting=()) for v in variables),
        rules=(),
        past=(),
    )

    def figure():
        digits = dice.choice((1, 3, 6, 9, 12, 14))
        number = Decimal(dice.randrange(-(10**digits), 10**digits))
        texts = (
            "Có",
            "không",
            "  hai  ba ",
            "1.234,5",
            "Nguyễn Văn Ệ\nhai dòng",
            "ữ" * 300,
            "=1+1",
            "x*?~",
            "\xa0",
            "\n",
            " \t\u200b",
        )
        places = Decimal(dice.randrange(10**4)).scaleb(-dice.choice((1, 2, 4)))
        small = number + places if abs(number) < 10**9 else number
        return dice.choice((None, number, small, places, dice.choice(texts)))

    typed = {}
    for v in variables:
        entered = {
            PREVIOUS: figure(),
            CURRENT: figure(),
            STATE: dice.choice((None, *(s.value for s in State), "có SỐ liệu ", "Không biết", "\xa0")),
            SOURCE: dice.choice((None, "BC", "\n")),
            REASON: dice.choice((None, "Vì thế", "\xa0 ")),
        }
        typed |= {(v.code, column): value for column, value in entered.items() if value is not None}
    return plan, typed


def shown(content):
    """Every formula of a workbook -> what it shows."""
    return {
        (s.name, layout.address(*place)): c.value or ""
        for s in workbook.read(content, "x").sheets
        for place, c in s.cells.items()
        if c.formula is not None
    }


def read_code(plan, content, kind="xlsx"):
    ret, _ = returns.read(content, "tra-ve/a.xlsx", "0" * 64, kind)
    return checks.judge(plan, KEY, ret, datetime(2026, 3, 28, 9, 15, tzinfo=HANOI)).control


@pytest.mark.libreoffice
@pytest.mark.parametrize("seed", range(3))
def test_libreoffice_prints_the_code_that_reading_finds(tmp_path, seed):
    plan, typed = crowded(150, seed)
    form = layout.form(plan, UNIT)
    content = forms.write(plan, form, layout.stamp(KEY, form), typed=typed)
    source = tmp_path / "bieu.xlsx"
    source.write_bytes(content)
    computed = shown(office.convert(source, "xlsx", tmp_path).read_bytes())
    assert computed == shown(content)
    places = [layout.address(*layout.CONTROL), layout.address(form.signed_row, 0)]
    (printed,) = {computed[DATA, place] for place in places}
    assert printed == f"Mã kiểm soát: {read_code(plan, content)}"
    for kind in ("xlsx", "ods", "xls"):
        again = office.convert(source, kind, tmp_path).read_bytes()
        assert printed.endswith(read_code(plan, again, kind)), kind


@pytest.mark.libreoffice
def test_what_is_typed_anew_changes_the_printed_code(tmp_path, plan):
    form = layout.form(plan, UNIT)
    source = tmp_path / "bieu.xlsx"
    source.write_bytes(forms.write(plan, form, layout.stamp(KEY, form)))
    at = {code: row.row for code, row in form.by_code.items()}
    entered = [
        (DATA, layout.address(at["C01_A"], CURRENT), 131.0),
        (DATA, layout.address(at["C14_A"], CURRENT), "28875000,75"),
        (DATA, layout.address(at["C01_B"], PREVIOUS), "40"),
        (DATA, layout.address(at["C09_A"], STATE), "Không phát sinh"),
        (DATA, layout.address(at["C43_B"], CURRENT), "Đường dẫn: ữ"),
    ]
    saved = office.type_into(source, tmp_path / "gui.xlsx", entered).read_bytes()
    printed = shown(saved)[DATA, layout.address(*layout.CONTROL)]
    assert printed == f"Mã kiểm soát: {read_code(plan, saved)}"
    blank = shown(source.read_bytes())[DATA, layout.address(*layout.CONTROL)]
    assert printed != blank


@pytest.mark.libreoffice
def test_half_of_the_last_place_is_rounded_alike(tmp_path):
    """21.27275 triệu đồng: times 10000 it is a little less than a half in binary."""
    plan, _ = crowded(150, 0)
    form = layout.form(plan, UNIT)
    dice = random.Random(7)
    halves = [
        Decimal(dice.randrange(10 ** dice.choice((1, 2, 3, 5, 8)))) + Decimal(10 * dice.randrange(10**4) + 5).scaleb(-5)
        for _ in form.variables
    ]
    numbers = [Decimal("21.27275"), Decimal("12.34565"), *halves]
    typed = {(r.variable.code, CURRENT): n for r, n in zip(form.variables, numbers, strict=False)}
    source = tmp_path / "bieu.xlsx"
    source.write_bytes(forms.write(plan, form, layout.stamp(KEY, form), typed=typed))
    computed = shown(office.convert(source, "xlsx", tmp_path).read_bytes())
    assert computed == shown(source.read_bytes())


def test_an_older_version_with_the_same_rows_has_the_same_code(plan):
    form = layout.form(plan, UNIT)
    typed = {("C01_A", CURRENT): Decimal(131), ("C01_A", SOURCE): "BC"}
    content = forms.write(plan, form, layout.stamp(KEY, form), typed=typed)
    newer = replace(plan, variables=(replace(plan.variables[0], explanation="Tính tại 31/12"), *plan.variables[1:]))
    assert read_code(newer, content) == read_code(plan, content)
