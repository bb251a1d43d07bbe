"""The nouns of a trace: what a number rests on, down to the cells, and what was there before."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from msgspec import Struct

from lsindicators.model import CellRef, Choice, Conflict, Figure, Outcome, State, Total, Value, Variable
from lsindicators.provenance.aggregated import Aggregated
from lsindicators.provenance.worked import Step


class Record(Struct, frozen=True, kw_only=True):
    """A figure on record: a row of ``Năm trước``."""

    at: CellRef
    sha256: str  # of phan-cong.xlsx
    value: Value


class Part(Struct, frozen=True, kw_only=True):
    """The row of a former unit, from which a unit of today has its figure."""

    unit: str
    name: str
    percent: Decimal | None  # None: a part that nobody has measured
    record: Record | None  # None: nothing is on record


class Former(Struct, frozen=True, kw_only=True):
    """What another return of the unit has in the same place, or what the unit itself sent where the clerk decided."""

    value: Value | None
    state: State | None
    at: CellRef
    sha256: str
    sent_at: datetime
    read_at: datetime
    why: str  # it does not count


class Contribution(Struct, frozen=True, kw_only=True):
    """A unit's figure, or the place where one is lacking."""

    unit: str | None  # None: the figure of the province as a whole
    name: str
    value: Value | None
    state: State | None
    at: CellRef | None  # None: no cell holds it by itself (a sum of ``parts``), or there is nothing
    sha256: str = ""
    sent_at: datetime | None = None
    read_at: datetime | None = None
    source: str = ""
    reason: str = ""
    counts: bool = True  # it is an answer for good, so that it counts in n/N
    why: str = ""  # of a figure that is lacking: the word of ``Gap``, or ``no-weight``
    note: str = ""  # what is to be said of it
    weight: Figure | None = None  # of bình quân theo: the unit's figure of the weight
    parts: tuple[Part, ...] = ()  # of a figure on record of former units
    sent: Former | None = None  # what the unit sent, where the clerk corrected it or left it out
    former: tuple[Former, ...] = ()  # newest first


class Ruling(Struct, frozen=True, kw_only=True):
    """A row of ``dieu-chinh.xlsx`` that is about the figure."""

    what: str  # the sheet: "Số liệu", "Đối chiếu", "Bản gửi"
    unit: str
    year: int | None  # None: about a return as a whole
    choice: Choice
    sent: Value | None
    value: Value | None
    reason: str
    document: str
    dated: date | None
    state: str  # what becomes of it, in the words of Tình hình; empty: not known
    at: CellRef
    sha256: str  # of the dieu-chinh.xlsx


class Input(Struct, frozen=True, kw_only=True):
    """A variable of one year, as a formula names it."""

    code: str  # "C09_A", "C14_A@-1"
    variable: Variable
    year: int
    value: Value | None
    total: Total | None  # None: nothing is known of that year, or one unit alone is asked for
    expected: int
    reported: int
    aggregated: Aggregated
    contributions: tuple[Contribution, ...]  # what entered
    lacking: tuple[Contribution, ...] = ()  # units that are awaited and gave no number, each with why
    beside: tuple[
        Contribution, ...
    ] = ()  # figures that did not enter: of coordinating units under chủ trì, or not chosen
    rulings: tuple[Ruling, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


class Trace(Struct, frozen=True, kw_only=True):
    """A number of the province, or of a unit, with everything that it rests on."""

    asked: str  # "criterion", "variable", "figure"
    code: str  # "KQ07", "C09_A@-1", "so-khcn:C09_A"
    name: str
    measure: str
    year: int  # of the value
    decimals: int | None  # of a criterion: places when printed
    value: Value | None
    formula: str  # as typed; empty: none, the value is that of its one input
    expanded: str  # the same as people write it, over variables alone
    inputs: tuple[Input, ...]
    steps: tuple[Step, ...] = ()
    record: Record | None = None  # the value itself is on record
    outcome: Outcome | None = None  # of a criterion
    reported: int = 0
    expected: int = 0
    note: str = ""
    mark: str = ""  # "đề xuất": not confirmed yet
    unit: str = ""  # of a unit's figure

    @property
    def missing(self) -> tuple[str, ...]:
        """The inputs that have no value."""
        return tuple(i.code for i in self.inputs if i.value is None)

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """What is disagreed about, each once."""
        return tuple(dict.fromkeys(c for i in self.inputs for c in i.conflicts))
