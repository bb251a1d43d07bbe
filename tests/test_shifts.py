"""Blocks that were pasted some rows or one column off: told at their cells, nothing of them taken; and no false alarm."""

import random
from decimal import Decimal

import pytest
from conftest import small_plan, variable
from msgspec.structs import replace
from test_checks import GIVEN, NOT_YET, UNIT, figures, judge, returned, told

from lsindicators import layout
from lsindicators.findings import Code, Severity
from lsindicators.model import Assignment, Kind, PastFigure, Status

PAST = (120, 15, 4800, 33, 900, 61, 20500, 240, 7300, 48, 1500, 26)
"""Last year's figures, each far from those beside it."""


def long_plan(past=PAST, kinds=Kind.WHOLE):
    """A plan whose one unit has a row for each figure of ``past``, half of them below a second criterion."""
    plan = small_plan()
    half = len(past) // 2
    codes = [f"{'C01' if n < half else 'C09'}_{chr(65 + n)}" for n in range(len(past))]
    return replace(
        plan,
        variables=tuple(variable(code, f"Số {code}", "người", kinds) for code in codes),
        assignments=tuple(Assignment(variable=code, lead=(UNIT,), supporting=()) for code in codes),
        rules=(),
        past=tuple(
            PastFigure(variable=code, unit=UNIT, year=2024, value=Decimal(n))
            for code, n in zip(codes, past, strict=True)
            if n is not None
        ),
    )


def rows(plan):
    """The rows of the variables, as they are numbered in the sheet."""
    return [r.row + 1 for r in layout.form(plan, UNIT).variables]


def grown(past=PAST, by="1.1"):
    return [None if n is None else Decimal(round(n * Decimal(by))) for n in past]


def typed(places, numbers, **columns):
    """Cells of this year's column, each with a source; ``columns``: letter -> text in every row with a figure."""
    filled = [(row, n) for row, n in zip(places, numbers, strict=True) if n is not None]
    cells = {f"F{row}": n for row, n in filled} | {f"H{row}": "BC" for row, _ in filled}
    return cells | {f"{letter}{row}": text for letter, text in columns.items() for row, _ in filled}


def moved(plan, cells):
    verdict = judge(plan, returned(plan, cells, good=False))
    found = [f for f in verdict.findings if f.code is Code.ROW_MOVED]
    assert all(f.severity is Severity.ERROR and f.variable in verdict.untaken for f in found)
    assert not {f.variable for f in found} & set(figures(verdict))
    return verdict, [f.at.address for f in found]


@pytest.fixture
def plan():
    return long_plan()


def test_the_rows_stand_below_two_headings(plan):
    assert rows(plan) == [12, 13, 14, 15, 16, 17, 21, 22, 23, 24, 25, 26]
    verdict, places = moved(plan, typed(rows(plan), grown()))
    assert (places, told(verdict), verdict.values(2025)) == ([], [], 12)


@pytest.mark.parametrize("by", [-2, -1, 1, 2])
def test_a_list_of_figures_that_begins_in_another_row(plan, by):
    """Copied from a table without headings, so that it runs on over those of the form."""
    numbers = grown()
    shifted = numbers[-by:] + [None] * -by if by < 0 else [None] * by + numbers[:-by]
    verdict, places = moved(plan, typed(rows(plan), shifted))
    assert places == [f"F{r}" for r, n in zip(rows(plan), shifted, strict=True) if n is not None]
    assert verdict.values(2025) == 0 and verdict.status is Status.PARTIAL
    way = f"{abs(by)} dòng {'xuống dưới' if by > 0 else 'lên trên'}"
    assert all(way in f.message for f in verdict.findings if f.code is Code.ROW_MOVED)
    # where no figure came the row is missing; nothing else follows
    assert {w for _, w in told(verdict)} == {"row-moved", "missing-value"}


def test_a_block_below_one_heading_and_the_good_rows_beside_it(plan):
    numbers = grown()
    numbers[1:6] = numbers[0:5]
    numbers[0] = Decimal(130)
    verdict, places = moved(plan, typed(rows(plan), numbers))
    assert places == ["F13", "F14", "F15", "F16", "F17"]
    assert set(figures(verdict)) == {"C01_A", *(f"C09_{c}" for c in "GHIJKL")}
    first = next(f for f in verdict.findings if f.code is Code.ROW_MOVED)
    assert "từ F13 đến F17 bị dán lệch 1 dòng xuống dưới" in first.message
    assert "ở F13 là 132, gần với số năm trước của “Số C01_A” (120) hơn là của dòng này (15)" in first.message
    assert {f.message for f in verdict.findings if f.code is Code.ROW_MOVED} == {first.message}


def test_a_block_with_the_gaps_of_the_headings(plan):
    """Pasted with the rows of the headings, one row too low in a sheet without its lock."""
    below = [r + 1 for r in rows(plan)]
    cells = typed(below, grown())
    cells = {a: t for a, t in cells.items() if a[1:] not in ("18", "27")}
    verdict, places = moved(plan, cells)
    assert places == [f"F{r}" for r in (13, 14, 15, 16, 17, 22, 23, 24, 25, 26)]
    assert verdict.values(2025) == 0


def test_rows_without_a_figure_on_record_go_with_the_block():
    past = (120, None, 4800, None, 900, 61, 20500, None, 7300, 48, 1500, None)
    plan = long_plan(past)
    numbers = grown([n or 77 for n in past])
    verdict, places = moved(plan, typed(rows(plan), [Decimal(10), *numbers[:-1]]))
    assert places == [f"F{r}" for r in rows(plan)]
    assert verdict.values(2025) == 0


def test_last_years_figures_that_the_unit_typed_are_witnesses_too():
    plan = replace(long_plan(), past=())
    cells = typed(rows(plan), [None, *grown()[:-1]]) | {f"E{r}": n for r, n in zip(rows(plan), PAST, strict=True)}
    assert moved(plan, cells)[1] == [f"F{r}" for r in rows(plan)[1:]]


def test_figures_typed_as_text_are_figures_too(plan):
    numbers = [None, *grown()[:-1]]
    assert len(moved(plan, typed(rows(plan), [n if n is None else f"{n}" for n in numbers]))[1]) == 11


def test_a_reason_or_a_state_settles_a_row(plan):
    """Who says why is believed, and the form does not lock a unit out whose figures are really such."""
    assert moved(plan, typed(rows(plan), [None, *grown()[:-1]], I="Sáp nhập"))[1] == []
    assert moved(plan, typed(rows(plan), [None, *grown()[:-1]], G=NOT_YET))[1] == []
    assert len(moved(plan, typed(rows(plan), [None, *grown()[:-1]], G=GIVEN))[1]) == 11


@pytest.mark.parametrize(
    "numbers",
    [
        grown(by="3"),  # a unit that took over others
        grown(by="10"),
        grown(by="1000"),
        list(map(Decimal, PAST)),  # nothing has changed
        [Decimal(5)] * 12,
        [Decimal(0)] * 12,
        [Decimal(n) for n in reversed(PAST)],  # pasted upside down: no shift
        [None] * 12,
        [*grown()[:3], *grown()[2:5], *grown()[6:]],  # three rows off by one: too few to be sure
    ],
)
def test_what_is_no_shift(plan, numbers):
    assert moved(plan, typed(rows(plan), numbers))[1] == []


def test_equal_figures_tell_nothing():
    plan = long_plan((120,) * 12)
    assert moved(plan, typed(rows(plan), [Decimal(400), *[Decimal(130)] * 11]))[1] == []


@pytest.mark.parametrize("seed", range(30))
def test_no_false_alarm_over_figures_that_vary_as_they_like(seed):
    die = random.Random(seed)
    past = [die.choice((None, round(10 ** die.uniform(0, 6)))) for _ in range(16)]
    plan = long_plan(past)
    numbers = [Decimal(round((n or 50) * 10 ** die.gauss(0, 0.4))) for n in past]
    assert moved(plan, typed(rows(plan), numbers))[1] == []


# ------------------------------------------------------------------ one column off


def test_figures_in_the_column_of_the_states(plan):
    cells = {f"{c}{r}": t for r, n in zip(rows(plan), grown(), strict=True) for c, t in (("G", n), ("I", "BC 5"))}
    verdict, places = moved(plan, cells)
    assert places == [f"G{r}" for r in rows(plan)] and verdict.values(2025) == 0
    assert {w for _, w in told(verdict)} == {"row-moved"}
    one = {"G12": 130, "H12": GIVEN, "I12": "BC 5"}  # the state beside it makes one row sure
    assert moved(plan, {**typed(rows(plan)[1:], grown()[1:]), **one})[1] == ["G12"]
    alone = {"G12": 130}
    verdict, places = moved(plan, {**typed(rows(plan)[1:], grown()[1:]), **alone})
    assert (places, told(verdict)) == ([], [("G12", "not-in-list")])


def test_figures_in_last_years_column():
    """Where last year's figure is asked it would pass for one."""
    plan = replace(long_plan(), past=())
    cells = {}
    for r, n in zip(rows(plan), grown(), strict=True):
        cells |= {f"E{r}": n, f"F{r}": GIVEN, f"G{r}": "BC 5"}
    verdict, places = moved(plan, cells)
    assert places == [f"F{r}" for r in rows(plan)]
    assert verdict.figures == ()
    without_state = {a: t for a, t in cells.items() if a[0] != "F"}
    verdict, places = moved(plan, without_state)
    assert len(places) == 12 and verdict.figures == ()
    # one row without a state is no proof: the number may be last year's
    verdict, places = moved(plan, {**typed(rows(plan)[1:], grown()[1:]), "E12": 7, "G12": "Đang rà soát"})
    assert places == [] and figures(verdict, 2024) == {"C01_A": 7}
