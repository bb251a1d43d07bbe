"""The counts, rankings and shares that every paper tells: from small tables, and that they add up on any."""

from datetime import datetime
from decimal import Decimal

import pytest
from conftest import small_plan
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from reports import result, sending

from lsindicators import summary
from lsindicators.model import HANOI, Dataset, Figure, Outcome, State, Status, Total

PLAN = small_plan()
C = PLAN.criterion


def gave(*values):
    """A total of 2025 to which units a, b, … gave these figures."""
    figures = tuple(
        Figure(variable="C01_A", unit=unit, year=2025, value=None if v is None else Decimal(v), state=State.GIVEN)
        for unit, v in zip("abcdef", values, strict=False)
    )
    known = [f.value for f in figures if f.value is not None]
    return Total(
        variable="C01_A", year=2025, value=sum(known) if known else None, expected=tuple("abcdef"), reported=(), contributions=figures
    )  # fmt: skip


def test_criteria_are_counted_by_what_they_rest_on():
    full, part = result(C["DV01"], "1", "1"), result(C["KQ07"], "1", "1", Outcome.PARTIAL, reported=2)
    enough, none = result(C["HQ02"], "1", "1", reported=2), result(C["TD26"], None, "1", Outcome.MISSING, reported=0)
    told = summary.tally([full, part, enough, none])
    assert (told.whole, told.enough, told.partial, told.missing, told.total, told.computed) == (1, 1, 1, 1, 4, 3)


def test_only_whole_years_on_the_same_units_move():
    rose, fell = result(C["KQ07"], "12", "10.5"), result(C["HQ02"], "3", "4")
    same = result(C["TD26"], "3.001", "3")
    others = [
        result(C["KQ07"], "2", "1", Outcome.PARTIAL),
        result(C["KQ07"], "2", "1", previous_complete=False),
        result(C["KQ07"], "2", "1", comparable=False),
        result(C["KQ07"], "2", None),
    ]
    told = summary.moves([*others, fell, same, rose])
    assert (told.risen, told.fallen, told.same, told.comparable) == ((rose,), (fell,), (same,), 3)
    assert told.ranked == (rose, same, fell)


def test_what_is_not_in_percent_is_not_ranked():
    assert summary.moves([result(C["DV01"], "900", "1")]).ranked == ()


def test_units_are_counted_as_they_answered():
    late = replace(sending("a", late=True), sent_at=datetime(2026, 4, 2, tzinfo=HANOI))
    told = summary.collection(
        [late, sending("b", Status.PARTIAL, open=2), sending("c", None), sending("d", Status.REJECTED)]
    )
    assert (told.units, told.sent, told.punctual, told.late, told.absent) == (4, 2, 1, 1, 2)
    assert (told.unusable, told.to_mend, told.owed, told.taken) == (1, 1, 32, 16)


def test_who_gave_most_comes_first():
    told = summary.contributions(gave(1, 6, 3))
    assert [(c.unit, c.value, c.percent) for c in told] == [("b", 6, 60), ("c", 3, 30), ("a", 1, 10)]


def test_no_shares_of_what_is_no_sum():
    assert summary.contributions(gave(5)) == ()
    assert summary.contributions(gave(0, 0)) == ()
    assert summary.contributions(gave(3, -1)) == ()
    assert summary.contributions(gave()) == ()


@given(st.lists(st.integers(0, 10**9), min_size=2, max_size=6))
def test_shares_add_up(values):
    shares = summary.contributions(gave(*values))
    assert not shares or (sum(c.value for c in shares) == sum(values) and abs(sum(c.percent for c in shares) - 100) < 1)
    assert bool(shares) == (sum(values) > 0)


def test_sections_are_numbered_as_the_report_numbers_them():
    told = summary.of(
        PLAN,
        Dataset(year=2025, figures=(), totals={}, gaps=(), conflicts=()),
        [result(c, "1", "1") for c in PLAN.criteria],
        (),
    )
    listed = [r.criterion.code for s in told.sections for r in s.results]
    assert sorted(listed) == sorted(C)
    for section in told.sections:
        assert [r for p in section.parts for r in p.results] == list(section.results)
        assert [p.number for p in section.parts] == [f"{section.number}.{i}" for i in range(1, len(section.parts) + 1)]


def test_the_json_holds_every_count():
    told = summary.of(
        PLAN,
        Dataset(year=2025, figures=(), totals={("C01_A", 2025): gave(1, 3)}, gaps=(), conflicts=()),
        (),
        [sending("a")],
    )
    document = told.to_json()
    assert document["collection"]["sent"] == 1
    (kind,) = document["kinds"]
    assert kind == {"kind": summary.KINDS[-1], **document["collection"]}
    assert document["contributions"]["C01_A"][0] == {"unit": "b", "value": 3, "percent": 75}


@pytest.mark.parametrize(
    ("value", "previous", "percent"),
    [("1234", "1200", Decimal(34) * 100 / 1200), ("5", "0", None), ("5", "-5", None), ("5", None, None)],
)
def test_a_change_is_related_to_an_amount_above_zero(value, previous, percent):
    assert summary.relative(result(C["DV01"], value, previous)) == percent
    assert summary.relative(result(C["KQ07"], value, previous)) is None  # a rate moves in points


def test_what_is_told_in_words_is_in_the_json():
    told = summary.of(
        PLAN, Dataset(year=2025, figures=(), totals={}, gaps=(), conflicts=()), [], [sending("a")]
    ).to_json()
    assert told["collection"]["percent"] == 100
    moved = summary.of(
        PLAN, Dataset(year=2025, figures=(), totals={}, gaps=(), conflicts=()), [result(C["DV01"], "3", "2")], ()
    )
    assert moved.to_json()["moves"]["relative"] == {"DV01": 50}
    assert moved.to_json()["collection"]["percent"] is None
