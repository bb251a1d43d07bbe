"""What is counted of a year: the nouns of the summary."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from lsindicators.model import Result, Sending

PERCENT = "%"


class Tally(Struct, frozen=True, kw_only=True):
    """Criteria by what they rest on; companions are not counted."""

    whole: int  # on all units that are awaited
    enough: int  # on fewer, but on as many as the campaign's threshold asks
    partial: int  # on fewer than that
    missing: int  # not computed

    @property
    def total(self) -> int:
        return self.whole + self.enough + self.partial + self.missing

    @property
    def computed(self) -> int:
        """Criteria with a figure, on however many units."""
        return self.total - self.missing


class Moves(Struct, frozen=True, kw_only=True):
    """The criteria whose two years both rest on all units, by where they went; each in the plan's order."""

    risen: tuple[Result, ...]
    fallen: tuple[Result, ...]
    same: tuple[Result, ...]  # not moved as far as the criterion's decimals show

    @property
    def comparable(self) -> int:
        return len(self.risen) + len(self.fallen) + len(self.same)

    @property
    def ranked(self) -> tuple[Result, ...]:
        """Those in %, from the largest rise to the largest fall (điểm phần trăm): they alone can be ranked."""
        rates = [r for r in (*self.risen, *self.same, *self.fallen) if r.criterion.measure == PERCENT]
        return tuple(sorted(rates, key=lambda r: r.change or Decimal(0), reverse=True))


class Section(Struct, frozen=True, kw_only=True):
    """A group of criteria, or a part of one, as the report numbers it."""

    number: str  # "1", "4.2"
    title: str  # empty: the group has no parts, or a part has no name
    results: tuple[Result, ...]  # with companions, each behind the criterion that it explains
    parts: tuple[Section, ...] = ()  # of a group: its parts, at least one; of a part: none

    @property
    def criteria(self) -> tuple[Result, ...]:
        """The results without companions."""
        return tuple(r for r in self.results if r.criterion.parent is None)


class Contribution(Struct, frozen=True, kw_only=True):
    """What one unit gave to a summed variable."""

    unit: str
    value: Decimal  # in the variable's measure
    percent: Decimal  # of the province's figure, not rounded


class Block(Struct, frozen=True, kw_only=True):
    """Units that give a variable and are told together."""

    communes: bool  # xã, phường; False: the other units beside those that are told one by one
    expected: int
    reported: int
    value: Decimal | None  # what they gave together; None where the variable is no sum, or none of them gave a number


class Suppliers(Struct, frozen=True, kw_only=True):
    """Who gives a variable of the province: some units one by one, the others in blocks."""

    named: tuple[str, ...]
    blocks: tuple[Block, ...]


class Collection(Struct, frozen=True, kw_only=True):
    """How the units have answered."""

    units: int  # that owe figures
    sent: int  # of these, whose return could be used
    late: int  # of these, on or after the deadline
    unusable: int  # sent something, and nothing of it could be used; counted as absent too
    to_mend: int  # sent, with cells that wait for mending or an answer
    owed: int  # figures, over all units
    taken: int  # of these, the figures taken

    @property
    def punctual(self) -> int:
        return self.sent - self.late

    @property
    def absent(self) -> int:
        return self.units - self.sent

    @property
    def percent(self) -> Decimal | None:
        """Units that sent, of all, not rounded."""
        return Decimal(self.sent) * 100 / self.units if self.units else None


class Delivery(Struct, frozen=True, kw_only=True):
    """What has come of what one unit owes."""

    sending: Sending
    answered: int  # variables with a settled answer, be it a figure or that there is none

    @property
    def owed(self) -> int:
        return self.sending.owed

    @property
    def figures(self) -> int:
        return self.sending.values

    @property
    def without_figure(self) -> int:
        """Answers that there is none: not applicable, counted elsewhere."""
        return self.answered - self.figures

    @property
    def missing(self) -> int:
        return self.owed - self.answered


class Band(Struct, frozen=True, kw_only=True):
    """Units that have answered at least so many percent of what they owe, and less than so many."""

    least: Decimal  # 100: all; 0: some
    below: Decimal | None  # None: all; 0: nothing
    units: int
