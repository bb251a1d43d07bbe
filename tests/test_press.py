"""A copied form is the form that would have been written, part by part, whatever the units are called and had."""

from decimal import Decimal
from pathlib import Path

import pytest
from conftest import KEY, small_plan
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from lsindicators import assignment, forms, layout, rehearsal
from lsindicators.forms.press import Press
from lsindicators.model import PastFigure, Unit

EXAMPLES = Path(__file__).parent.parent / "examples"


def pressed(plan):
    """unit -> the parts as copied, and as written; and how many forms were written for that."""
    count = 0
    written = forms.press(plan)._write  # the one path that writes

    def write(form, stamp):
        nonlocal count
        count += 1
        return written(form, stamp)

    press = Press(write)
    both = {}
    for unit in plan.owed:
        form = layout.form(plan, unit)
        stamp = layout.stamp(KEY, form)
        both[unit] = press.parts(form, stamp), written(form, stamp)
    return both, count


def apart(both):
    return [(unit, name) for unit, (one, other) in both.items() for name in other if one.get(name) != other[name]]


def test_the_province_is_copied_part_by_part():
    builtin = assignment.builtin(2025)
    answers = rehearsal.read_answers(EXAMPLES / "so-lieu-gia-dinh.csv", builtin)
    both, count = pressed(rehearsal.staged(builtin, answers))
    assert apart(both) == []
    assert all(list(one) == list(other) for one, other in both.values())
    assert count < len(both) / 3


names = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn")), min_size=1, max_size=30)
figures = st.one_of(st.none(), st.decimals(-(10**12), 10**12, places=4, allow_nan=False))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(names, st.lists(figures, min_size=3, max_size=3)), min_size=2, max_size=4))
def test_any_names_and_figures_are_copied(drawn):
    plan = small_plan()
    units = tuple(
        Unit(code=f"xa-{n}", name=f"Xã {name}".strip(), short=f"X{n}", type="xa") for n, (name, _) in enumerate(drawn)
    )
    lead, *others = (u.code for u in units)
    owed = tuple(replace(a, lead=(lead,), supporting=tuple(others)) for a in plan.assignments)
    codes = ("C01_A", "C14_A", "C09_A")
    past = tuple(
        PastFigure(variable=code, unit=f"xa-{n}", year=2024, value=value)
        for n, (_, values) in enumerate(drawn)
        for code, value in zip(codes, values, strict=True)
        if value is not None
    )
    both, _ = pressed(replace(plan, units=units, groups=(), assignments=owed, past=past))
    assert apart(both) == []


def test_communes_alike_are_written_once():
    plan = small_plan()
    units = tuple(Unit(code=f"xa-{n}", name=f"Xã {n}", short=f"X{n}", type="xa") for n in range(9))
    lead, *others = (u.code for u in units)
    owed = tuple(replace(a, lead=(lead,), supporting=tuple(others)) for a in plan.assignments)
    past = tuple(PastFigure(variable="C01_A", unit=u.code, year=2024, value=Decimal(n)) for n, u in enumerate(units))
    both, count = pressed(replace(plan, units=units, groups=(), assignments=owed, past=past))
    assert (len(both), count) == (9, 1)
    assert apart(both) == []


@pytest.mark.parametrize("trouble", ["lsi-mau", "7100002"])
def test_a_mark_that_stands_elsewhere_too_makes_no_copy(trouble):
    """A name that holds what marks a place would be replaced with it: then each form is written."""
    plan = small_plan()
    named = replace(plan, variables=tuple(replace(v, explanation=f"x {trouble}17 {trouble} y") for v in plan.variables))
    both, count = pressed(named)
    assert apart(both) == []
    assert count > 2  # the shapes of these three units


def test_a_form_of_another_round_is_no_copy_of_the_first(plan):
    press = forms.press(plan)
    form = layout.form(plan, "so-khcn")
    for round_ in (1, 2):
        stamp = layout.stamp(KEY, form, round_)
        assert press.form(form, stamp) == forms.write(plan, form, stamp)


def test_a_round_trip_of_bytes(plan):
    press = forms.press(plan)
    for unit in plan.owed:
        form = layout.form(plan, unit)
        stamp = layout.stamp(KEY, form)
        assert press.form(form, stamp) == forms.write(plan, form, stamp)
