"""Figures against each other in one line of text, and the decision that holds for them."""

from decimal import Decimal

import pytest

from lsindicators import settlement
from lsindicators.model import CellRef, Choice, Conflict, Figure, Settlement, Side, State


def figure(unit, value, variable="C01_A", state=State.GIVEN):
    return Figure(variable=variable, unit=unit, year=2025, value=value and Decimal(value), state=state)


def side(label, value, *figures):
    return Side(label=label, value=value and Decimal(value), figures=figures)


def conflict(*sides, **facts):
    return Conflict(**{"code": "conflict", "variable": "C01_A", "year": 2025, "message": "", "sides": sides, **facts})


SAID = [
    ((side("Sở A", "25", figure("so-a", "25")), side("Sở B", "1234.5", figure("so-b", "1234.5"))), "so-a: 25; so-b: 1.234,5"),
    (
        (side("Sở A", "25", figure("so-a", "25")), side("2 đơn vị cộng lại", "7", figure("x", "3"), figure("y", "4"))),
        "so-a: 25; 2 đơn vị cộng lại: 7",
    ),
    ((side("C01_A Số người", "9", figure("so-a", "9")), side("C01_B Số việc", "8", figure("so-b", "8", "C01_B"))),
     "C01_A Số người: 9; C01_B Số việc: 8"),
    ((side("Năm 2024", "9", figure("so-a", "9")), side("Năm 2025", "8", figure("so-a", "8"))), "Năm 2024: 9; Năm 2025: 8"),
    ((side("Xã A", None, figure("xa-a", None, state=State.ELSEWHERE)), side("Sở B", None)), "xa-a: Đã tính ở đơn vị khác; Sở B:"),
    ((side("Số của tỉnh", "25"), side("Xã   A ", "0", figure("xa-a", "0"))), "Số của tỉnh: 25; xa-a: 0"),
]  # fmt: skip


@pytest.mark.parametrize(("sides", "said"), SAID)
def test_what_stands_against_what(sides, said):
    assert settlement.said(conflict(*sides)) == said


def settle(**changes):
    facts = {
        "code": "conflict", "variable": "C01_A", "year": 2025, "rule": "", "said": SAID[0][1], "choice": Choice.TAKE,
        "unit": "so-a", "value": None, "reason": "Đã đối chiếu", "document": "15/BB", "dated": None,
        "at": CellRef("dieu-chinh.xlsx", "Đối chiếu", "H2"),
    }  # fmt: skip
    return Settlement(**{**facts, **changes})


def test_one_decision_holds_for_these_figures_alone():
    row, good = conflict(*SAID[0][0]), settle()
    stale = settle(said="so-a: 24; so-b: 1.234,5")
    assert settlement.holding(row, [stale, good]) is good
    assert settlement.about(stale, row) and not settlement.fits(stale, row)
    others = (settle(code="totals-disagree"), settle(variable="C01_B"), settle(year=2024), settle(rule="R01"))
    assert settlement.holding(row, others) is None
    assert settlement.holding(row, [good, settle(reason="Khác")]) is None  # two are none


def test_a_line_that_a_program_wrapped_is_the_same_line():
    assert settlement.fits(settle(said=" so-a: 25;\n so-b:\u00a01.234,5 "), conflict(*SAID[0][0]))


def test_a_decision_in_words():
    assert settlement.decided(settle()) == "lấy số của đơn vị so-a (15/BB; lý do: Đã đối chiếu)"
    corrected = settle(choice=Choice.CORRECT, unit="", value=Decimal("1234.5"))
    assert settlement.decided(corrected) == "sửa thành 1.234,5 (15/BB; lý do: Đã đối chiếu)"
