"""The figures of a return, packed, are what they were."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from lsindicators import memory
from lsindicators.model import HANOI, CellRef, Choice, Decision, Figure, Figures, State

MOMENT = datetime(2026, 3, 2, 8, tzinfo=HANOI)
SENT = {"unit": "so-a", "sha256": "ab" * 32, "read_at": MOMENT}


def sent(variable, value, row=12, **facts):
    given = {"state": State.GIVEN, "at": CellRef("tra-ve/a.xlsx", "Số liệu", f"F{row}"), **SENT, **facts}
    return Figure(variable=variable, year=given.pop("year", 2025), value=value, **given)


def corrected(value):
    at = CellRef("dieu-chinh.xlsx", "Số liệu", "H3")
    facts = {"unit": "so-a", "variable": "C02_A", "year": 2025, "reason": "gõ nhầm", "document": "12/SKHCN-KH"}
    return Decision(choice=Choice.CORRECT, sent=None, value=value, at=at, **facts).figure


RETURNS = {
    "nothing": (),
    "one": (sent("C01_A", Decimal("12.50")),),
    "all that a figure may be": (
        sent("C01_A", Decimal("1E+3")),
        sent("C01_A", Decimal("0.0"), year=2024, state=State.NONE_OCCURRED),
        sent("C02_A", "có", 13, source="Báo cáo năm", reason="đã kiểm tra"),
        sent("C03_A", None, 14, state=State.NOT_YET, reason="chưa tổng hợp"),
    ),
    "the clerk's among them": (sent("C01_A", Decimal(1)), corrected(Decimal("7.0")), sent("C03_A", Decimal(3), 14)),
    "two that the clerk wrote differently": (corrected(Decimal("7.0")), corrected(Decimal("7.00"))),
    "a moment of another zone": (sent("C01_A", Decimal(1)), sent("C02_A", Decimal(1), read_at=MOMENT.astimezone(UTC))),
    "texts like numbers": tuple(sent("C01_A", text) for text in ("12", "", "a\0b\tc", "\ud800", "NaN")),
    "numbers of any size": tuple(
        sent("C01_A", Decimal(text)) for text in ("-0", "0E-7", "1E+400", "123456789012345678.90")
    ),
    "no cell": (Figure(variable="C01_A", unit="so-a", year=2024, value=Decimal(5), state=State.GIVEN),),
}


@pytest.mark.parametrize("figures", RETURNS.values(), ids=RETURNS)
def test_packed_figures_are_the_figures(figures):
    for packed in (Figures(figures), memory.restored(memory.written(Figures(figures)))):
        assert packed == figures and figures == packed and packed == Figures(figures)
        assert repr(packed) == repr(figures)  # digits and zones, which equal numbers and moments do not tell
        assert (len(packed), hash(packed)) == (len(figures), hash(figures))
        assert packed.moments == {f.read_at for f in figures}
        assert packed.values(2025) == sum(f.year == 2025 and f.value is not None for f in figures)
        assert list(packed.of({"C02_A"})) == [f for f in figures if f.variable == "C02_A"]
        assert packed[1:] == figures[1:] and [f.at for f in packed] == [f.at for f in figures]


def test_other_figures_are_not_equal():
    one, other = (Figures([sent("C01_A", Decimal(n))]) for n in (1, 2))
    assert one != other and one != () and one != [*one]


def test_packed_figures_that_come_from_the_disk_share_what_they_have_in_common():
    """Thousands of returns are read again, and most of their rows are alike."""
    figures = RETURNS["all that a figure may be"]
    again = memory.restored(memory.written(Figures(figures)))
    assert all(one.place is other.place for one, other in zip(figures, again, strict=True))
