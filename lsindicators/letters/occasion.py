"""Settings and a day in, out the occasion of a reminder: the how manieth it is, who sends it, and until when.

The round follows from what has gone out (``Công văn đôn đốc lần 1``, ``lần 2``), the words from the day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from msgspec import Struct

from lsindicators import values
from lsindicators.letters.page import cited
from lsindicators.model import Settings
from lsindicators.papers import Sender

WORKING_DAYS = 3
"""Working days that a unit is given once the deadline has passed; Saturdays and Sundays are none, holidays are not known."""

LAST = 3
"""The round in which the province's committee writes itself."""


class Occasion(Struct, frozen=True, kw_only=True):
    """When units are reminded, by whom, and until when they are to answer."""

    day: date
    deadline: date  # units answer BEFORE this day
    until: date  # the day that the letter names
    reminded: tuple[str, ...]  # the letters that have gone out before, as the clerk typed them

    @property
    def round(self) -> int:
        """1, 2, 3: after two letters it is the committee's, however often."""
        return min(len(self.reminded) + 1, LAST)

    @property
    def sender(self) -> Sender:
        return Sender.COMMITTEE if self.round == LAST else Sender.COMPILER

    @property
    def left(self) -> int:
        """Days until the last day on which an answer is in time; negative: so many days late."""
        return (self.deadline - self.day).days - 1

    @property
    def overdue(self) -> bool:
        return self.left < 0

    @property
    def by(self) -> str:
        """Until when, in the letter's words."""
        if not self.overdue:
            return f"trước {values.long_date(self.until)}"
        if self.until == self.day:
            return f"ngay trong {values.long_date(self.until)}"
        return f"chậm nhất là {values.long_date(self.until)}"

    @property
    def cited(self) -> str:
        """The letters that have gone out, as a text cites them; empty where there is none."""
        return " và ".join(cited("Công văn số", text) for text in self.reminded)

    def subject(self, year: int, wants: Sequence[str]) -> str:
        """What the letter is about, behind ``V/v``; ``wants`` are the verbs for what is to be done with the figures."""
        verb = "đôn đốc" if self.overdue or self.round > 1 else "nhắc thời hạn"
        again = " (lần 2)" if self.round == 2 else ""
        return f"{verb} {', '.join(wants)} số liệu Bộ tiêu chí năm {year}{again}"


def occasion(settings: Settings, day: date) -> Occasion:
    """The reminder of the day ``day``.

    Before the deadline it names the deadline itself; then three working days, but a working day before the report is due;
    and when that is past, the very day.
    """
    until = settings.unit_deadline
    if day >= until:
        last = _working(settings.report_deadline, -1)
        until = min(_working(day, WORKING_DAYS), last) if day < last else day
    return Occasion(day=day, deadline=settings.unit_deadline, until=until, reminded=settings.reminded)


def _working(day: date, days: int) -> date:
    """The working day that lies so many after ``day``, or before it."""
    step = timedelta(1 if days > 0 else -1)
    while days:
        day += step
        if day.weekday() < 5:
            days -= 1 if days > 0 else -1
    return day
