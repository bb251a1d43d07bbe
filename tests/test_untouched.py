"""A sheet that is just as it was sent passes the rules about locked cells unread: they must have nothing to tell of it."""

from datetime import datetime
from decimal import Decimal

import pytest
from msgspec.structs import replace

from lsindicators import checks, forms, layout, returns
from lsindicators.checks import grid, structure
from lsindicators.model import HANOI
from lsindicators.rehearsal import packing

NOW = datetime(2026, 3, 20, tzinfo=HANOI)


def typed(form):
    """What a unit types: a number, a state and a source, a doubtful text, a reason."""
    first, second, third, *_ = (row.row for row in form.variables)
    return {
        layout.address(first, layout.CURRENT): Decimal(121),
        layout.address(first, layout.STATE): "Có số liệu",
        layout.address(first, layout.SOURCE): "Sổ theo dõi",
        layout.address(second, layout.CURRENT): "1,234",
        layout.address(third, layout.REASON): "vì thế",
    }


@pytest.fixture
def sent(plan, key):
    form = layout.form(plan, "so-khcn")
    return forms.write(plan, form, layout.stamp(key, form))


def judged(plan, key, content):
    ret, _ = returns.read(content, "tra-ve/a.xlsx", "0" * 64, "xlsx")
    return checks.judge(plan, key, ret, NOW)


def both(monkeypatch, plan, key, content):
    """The verdict, and the verdict where all rules are gone through in any case."""
    one = judged(plan, key, content)
    with monkeypatch.context() as patch:
        patch.setattr(structure, "WHEN_UNTOUCHED", structure.RULES)
        return one, judged(plan, key, content)


def test_a_form_that_was_only_filled_in_is_untouched(plan, key, sent, monkeypatch):
    form = layout.form(plan, "so-khcn")
    content = packing.typed(sent, {layout.DATA: typed(form)}, NOW)
    one, other = both(monkeypatch, plan, key, content)
    assert one == other and one.figures and one.findings
    ret, _ = returns.read(content, "tra-ve/a.xlsx", "0" * 64, "xlsx")
    table = grid.Table(form, ret, layout.stamp(key, form), frozenset({str(layout.stamp(key, form))}))
    assert table.untouched
    assert not [f for rule in structure.RULES if rule not in structure.WHEN_UNTOUCHED for f in rule(table)]
    other_stamp = replace(layout.stamp(key, form), round=2)
    assert not grid.Table(form, ret, other_stamp, frozenset({str(other_stamp)})).untouched


def test_whatever_is_changed_all_rules_see_it(plan, key, sent, monkeypatch):
    """Each cell of the sheet typed over, emptied, and made a formula."""
    form = layout.form(plan, "so-khcn")
    ret, _ = returns.read(sent, "a", "0" * 64, "xlsx")
    blank = [layout.address(form.rows[0].row, column) for column in range(layout.LABEL, layout.CHECK)]
    told = 0
    for address in (*ret.cells[layout.DATA], *blank):
        for value in ("khác", None, packing.Formula("=1+1"), Decimal(7)):
            content = packing.typed(sent, {layout.DATA: {**typed(form), address: value}}, NOW)
            one, other = both(monkeypatch, plan, key, content)
            assert one == other, (address, value)
            told += len(one.findings)
    assert told > len(form.locked)
