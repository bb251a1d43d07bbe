"""The shipped plan: the 46 criteria, the real units, and who answers for what."""

import re
from datetime import date

import pytest

from lsindicators import assignment, expressions, names
from lsindicators.model import Kind, Level, Method, Standing

OFFICIAL = ("DV01", "DV02", "KQ01", "KQ02", "KQ03", "KQ04", "KQ05")


@pytest.fixture(scope="module")
def plan():
    return assignment.builtin(2025)


def test_nothing_is_dropped(plan):
    assert (len(plan.criteria), len(plan.variables), len(plan.units)) == (46, 104, 113)
    assert [sum(u.type == t for u in plan.units) for t in ("xa", "phuong", "so")] == [61, 4, 12]
    assert {v.criterion for v in plan.variables} == set(plan.criterion)


def test_the_year_sets_the_deadlines():
    settings = assignment.builtin(2027).settings
    assert (settings.year, settings.unit_deadline, settings.report_deadline) == (
        2027,
        date(2028, 4, 1),
        date(2028, 4, 10),
    )
    assert (settings.province, settings.compiler, settings.position) == (
        "Lạng Sơn",
        "Sở Khoa học và Công nghệ",
        "GIÁM ĐỐC",
    )
    assert settings.signer == settings.contact == ""
    assert not settings.made_up


def test_only_quoted_names_count_as_official(plan):
    assert tuple(c.code for c in plan.criteria if c.standing is Standing.OFFICIAL) == OFFICIAL
    assert all(v.standing is Standing.PROPOSED for v in plan.variables)
    assert all(plan.mark(c) for c in plan.criteria)
    assert all(c.basis for c in plan.criteria)
    assert not any("[" in c.name for c in plan.criteria)


def test_equal_quantities_are_collected_once(plan):
    assert not {"C19_B", "C33_B", "C14_C", "C14_D"} & plan.variable.keys()
    for code in ("TD02", "TD16", "HQ02"):
        assert any(shared in plan.criterion[code].formula for shared in ("C02_G", "C14_A"))


def test_a_figure_of_a_formula_is_required_and_no_other(plan):
    used = set()
    for criterion in (*plan.criteria, *plan.companions):
        used |= {r.code for r in expressions.references(expressions.parse(criterion.formula))}
    assert {v.code for v in plan.variables if v.required} == used


def test_a_ratio_is_a_ratio_of_sums(plan):
    assert {v.aggregation.method for v in plan.variables} == {
        Method.SUM,
        Method.LEAD,
        Method.SHARE_YES,
        Method.JOIN,
    }


def test_every_figure_is_somebodys(plan):
    assert all(a.units for a in plan.assignments)
    assert [a.variable for a in plan.assignments] == [v.code for v in plan.variables]
    assert len(plan.owed) == 94
    assert all(u.code in plan.owed for u in plan.units if u.type in ("xa", "phuong", "so", "cq-ngang-so", "ban"))


def test_under_chu_tri_one_unit_leads(plan):
    led = [plan.assignment[v.code] for v in plan.variables if v.aggregation.method is Method.LEAD]
    assert all(len(a.lead) == 1 for a in led)


def test_numerator_and_denominator_of_communes_go_together(plan):
    """A sum over communes stands against a sum over the same communes."""
    for criterion in plan.criteria:
        codes = [r.code for r in expressions.references(expressions.parse(criterion.formula))]
        if "/" not in criterion.formula or any(plan.variable[c].aggregation.method is Method.LEAD for c in codes):
            continue
        assert len({plan.assignment[c].units for c in codes}) == 1, criterion.code


def test_phrases_stand_as_phrases(plan):
    written = " ".join(a.supporting_written for a in plan.assignments)
    assert "UBND các xã, phường" in written
    assert "Các sở, ban, ngành" in written


def test_open_groups_give_no_unit(plan):
    register = names.Register(plan.units, plan.groups, plan.former)
    for phrase in ("doanh nghiệp", "trường", "bệnh viện", "chủ bằng", "trạm y tế", "Công an xã", "tổ chức KH&CN"):
        assert register.resolve(phrase).units == ()


def test_every_variable_is_explained(plan):
    for v in plan.variables:
        assert 30 <= len(v.explanation) <= 255, v.code
        assert v.explanation.endswith("."), v.code
        assert v.source, v.code


def test_bounds_fit_the_kind(plan):
    for v in plan.variables:
        assert (v.low is not None and v.high is not None) == v.kind.numeric, v.code
    assert plan.variable["C34_A"].kind is Kind.DECIMAL
    assert plan.variable["C18_A"].low == -50


def test_rules_say_what_must_hold(plan):
    expressions_told = {r.expression for r in plan.rules}
    assert {
        "C09_A <= C09_B",
        "C18_B + C18_D = 1",
        "C02_F <= C02_A + C02_B",
        "C01_H <= C01_A + C01_B + C01_C + C01_D",
        "C19_A <= C02_G",
        "C13_B <> 0",
        "C10_B <= C10_A",
    } <= expressions_told
    assert all(r.level is Level.ERROR for r in plan.rules)
    for rule in plan.rules:
        assert set(re.findall(r"C\d\d_[A-Z]", rule.message)) <= plan.variable.keys()


def test_no_name_belongs_to_two(plan):
    register = names.Register(plan.units, plan.groups, plan.former)
    for phrase in (p for g in plan.groups for p in (g.phrase, *g.aliases)):
        assert all(p.trouble is names.Trouble.OPEN for p in register.resolve(phrase).problems), phrase
    for old in plan.former:
        if not old.district:
            for name in (old.name, *old.aliases):
                assert [p.candidates for p in register.resolve(name).problems] == ([] if old.whole else [(old.unit,)])


def test_every_old_commune_with_its_district_leads_to_its_successor(plan):
    register = names.Register(plan.units, plan.groups, plan.former)
    for old in plan.former:
        if old.district:
            found = register.resolve(f"{old.name}, {old.district}")
            successors = [f.unit for f in plan.former if (f.name, f.district) == (old.name, old.district)]
            given = list(found.units) or list(found.problems[0].candidates)
            assert given == successors, old
            assert bool(found.units) == old.whole
