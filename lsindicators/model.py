"""The nouns of the trade: what a plan holds, what a return brings, what becomes of it.

Frozen structs without behaviour but what follows from their fields. Numbers are ``Decimal``, made once from the text
found; a blank is ``None`` and ``None`` is never zero.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from enum import Enum, unique
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, overload

from msgspec import Struct, field, msgpack

if TYPE_CHECKING:
    import pandas as pd

HANOI = timezone(timedelta(hours=7))
"""The time of Vietnam, all year round."""

Value = Decimal | str
"""A figure: a number, or for ``có/không`` and ``văn bản`` a text."""


@unique
class Kind(Enum):
    """``Kiểu``: what may be typed for a variable."""

    WHOLE = "số nguyên"
    DECIMAL = "số thực"
    PERCENT = "tỷ lệ %"
    YES_NO = "có/không"
    TEXT = "văn bản"

    def __init__(self, text: str) -> None:
        self.numeric = text not in ("có/không", "văn bản")


@unique
class Method(Enum):
    """``Cách tổng hợp``: how the units' figures become the province's."""

    SUM = "tổng"
    MEAN = "trung bình"
    MAX = "lớn nhất"
    MIN = "nhỏ nhất"
    LEAD = "chủ trì"
    WEIGHTED = "bình quân theo"
    SHARE_YES = "tỷ lệ có"
    JOIN = "nối"


class Aggregation(Struct, frozen=True):
    """A method, and for ``bình quân theo Cxx_y`` the code of the weight."""

    method: Method
    weight: str | None = None

    def __str__(self) -> str:
        return f"{self.method.value} {self.weight}" if self.weight else self.method.value


@unique
class State(Enum):
    """``Tình trạng``: what a unit says of a figure."""

    GIVEN = "Có số liệu"
    NONE_OCCURRED = "Không phát sinh"
    NOT_YET = "Chưa có số liệu"
    NOT_APPLICABLE = "Không áp dụng"
    ELSEWHERE = "Đã tính ở đơn vị khác"


NEEDS_REASON = (State.NOT_YET, State.NOT_APPLICABLE, State.ELSEWHERE)

YES, NO = "Có", "Không"


@unique
class Standing(Enum):
    """``Tính chất``: whether a text is official or still our proposal."""

    OFFICIAL = "chính thức"
    PROPOSED = "đề xuất"


@unique
class Level(Enum):
    """``Mức`` of a rule."""

    ERROR = "lỗi"
    WARNING = "cảnh báo"


@unique
class Sender(Enum):
    """Who sends a paper."""

    COMPILER = "compiler"  # Cơ quan tổng hợp: the department, under the province's committee
    COMMITTEE = "committee"  # Cơ quan ban hành: the province's committee itself


class CellRef(NamedTuple):
    """Where a thing stands: file, sheet, A1 address; ``None`` for the whole file or sheet."""

    workbook: str
    sheet: str | None = None
    address: str | None = None

    def __str__(self) -> str:
        if self.sheet is None:
            return self.workbook
        place = self.sheet if self.address is None else f"{self.sheet}!{self.address}"
        return f"{self.workbook} › {place}"


# ------------------------------------------------------------------ the plan


class Share(Struct, frozen=True, kw_only=True):
    """A former unit, or the part of it, that another unit took over."""

    unit: str  # code of the former unit
    percent: Decimal | None = Decimal(100)  # more than 0, up to 100; None: a part that nobody has measured


class Unit(Struct, frozen=True, kw_only=True):
    """A cơ quan, đơn vị that owes figures or may owe them."""

    code: str  # "so-khcn": lower-case ASCII, digits and hyphens
    name: str  # as printed: "Sở Khoa học và Công nghệ"
    short: str  # "Sở KH&CN"
    type: str  # "so", "xa", "phuong", "tw-doc", …
    aliases: tuple[str, ...] = ()
    email: str = ""
    first: int | None = None  # Từ năm: the first data year in which it exists; None: no bound
    last: int | None = None  # Đến năm: the last one
    took_over: tuple[Share, ...] = ()  # Kế thừa từ
    province: str = ""  # Tỉnh, as typed: "Lạng Sơn", "thành phố Hà Nội"; empty: the campaign's own

    def exists(self, year: int) -> bool:
        """Whether it is there in the data year ``year``."""
        return (self.first is None or self.first <= year) and (self.last is None or year <= self.last)


class UnitGroup(Struct, frozen=True, kw_only=True):
    """A phrase that stands for several units, such as ``UBND các xã, phường``."""

    phrase: str
    aliases: tuple[str, ...] = ()
    members: tuple[str, ...] = ()  # unit types and unit codes; empty: an open phrase, to be asked
    note: str = ""


class FormerName(Struct, frozen=True, kw_only=True):
    """A name no longer in use: an old commune, which is known by its district too, or an old agency."""

    name: str  # "Xã Tân Thanh", "Sở Thông tin và Truyền thông"
    unit: str  # code of the unit that took it over
    district: str = ""  # "Huyện Văn Lãng"; empty for an agency
    aliases: tuple[str, ...] = ()
    whole: bool = True  # False: only a part of it went to this unit, so the name alone decides nothing
    note: str = ""


class Criterion(Struct, frozen=True, kw_only=True):
    """A tiêu chí: a number computed from variables by ``formula``."""

    code: str  # "KQ07"
    group: str  # "Nhóm tiêu chí kết quả / Đánh giá kết quả nghiên cứu …": levels joined by " / "
    name: str
    measure: str  # đơn vị tính of the result: "%", "triệu đồng"
    formula: str  # "C09_A / C09_B * 100", as typed
    decimals: int  # places after the comma when printed
    standing: Standing
    basis: str = ""  # Căn cứ
    parent: str | None = None  # for a companion figure (sheet "Chỉ tiêu phụ"): the criterion it explains


class Variable(Struct, frozen=True, kw_only=True):
    """One số liệu of the assignment: what a unit fills in, and what may be filled in."""

    code: str  # "C09_A", never reused for another meaning
    criterion: str
    name: str
    measure: str  # đơn vị tính: "%", "triệu đồng"
    kind: Kind
    low: Decimal | None  # hard bounds, inclusive, in the measure above
    high: Decimal | None
    required: bool
    aggregation: Aggregation
    explanation: str = ""  # Giải thích
    source: str = ""  # Nguồn: where a unit finds the figure
    standing: Standing = Standing.PROPOSED
    change: Decimal | None = None  # Biến động (%): a greater change must be explained; None: the campaign's limit

    def __hash__(self) -> int:
        return hash(self.code)


class Assignment(Struct, frozen=True, kw_only=True):
    """Who owes a variable. Codes are resolved and in order; the ``as written`` texts keep the phrases."""

    variable: str
    lead: tuple[str, ...]
    supporting: tuple[str, ...]
    lead_written: str = ""
    supporting_written: str = ""
    note: str = ""

    @property
    def units(self) -> tuple[str, ...]:
        """All units named, leads first, each once."""
        return tuple(dict.fromkeys((*self.lead, *self.supporting)))


class CheckRule(Struct, frozen=True, kw_only=True):
    """A ràng buộc: a comparison between a unit's figures that must hold."""

    code: str
    expression: str  # "C09_A <= C09_B"
    level: Level
    message: str


class PastFigure(Struct, frozen=True, kw_only=True, eq=False):
    """A figure on record from a former year; ``unit`` is ``None`` for the province as a whole."""

    variable: str  # a variable code, or a criterion code with unit None
    unit: str | None
    year: int
    value: Decimal | str
    at: CellRef | None = None  # the cell of Giá trị, no part of what is on record; None: not read from a workbook

    @property
    def _record(self) -> tuple[str, str | None, int, Decimal | str]:
        return self.variable, self.unit, self.year, self.value

    def __eq__(self, other: object) -> bool:
        return self._record == other._record if isinstance(other, PastFigure) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._record)


SIDES = LEAD, SUPPORTING = "Chủ trì", "Phối hợp"
"""The two sides of an assignment, as the columns of Phân công are called."""


class Question(Struct, frozen=True, kw_only=True):
    """A doubt that an appendix left, and what the clerk answered: one row of sheet ``Cần xem lại``."""

    code: str  # the word of a finding: "ambiguous-unit-name", "unmatched-criterion", …
    severity: str  # "error", "question" or "warning"; a warning needs no answer
    row: int  # of the appendix
    value: str  # the appendix's own words
    message: str
    place: str = ""  # "Bảng 2", or the name of the sheet
    about: str = ""  # criterion, or variable, of this plan that the row is about; empty where it gave none
    side: str = ""  # "Chủ trì", "Phối hợp" where units are asked for
    candidates: tuple[str, ...] = ()  # codes of units, criteria or variables
    answer: str = ""  # as typed


CHANGE_LIMIT = Decimal(50)
"""Percent by which a figure may change from last year without a word, where the clerk has set nothing else."""


WHOLE_COVERAGE = Decimal(100)
"""Percent of the awaited units that must have answered before a criterion counts as whole: all, unless set lower."""


class Signature(Struct, frozen=True, kw_only=True):
    """How a paper is signed, and who gets a copy."""

    authority: str  # a line each: "TM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH"
    position: str  # "PHÓ CHỦ TỊCH"
    signer: str = ""
    recipients: tuple[str, ...] = ()


COMMITTEE = Signature(authority="TM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH", position="PHÓ CHỦ TỊCH")
"""How a vice-chairman signs for the committee, where the campaign does not say otherwise."""


class Settings(Struct, frozen=True, kw_only=True):
    """Sheet ``Kỳ báo cáo``. ``raw`` keeps every key as typed, unknown ones too."""

    province: str  # Tỉnh: "Lạng Sơn"
    year: int  # Năm số liệu
    unit_deadline: date  # Hạn đơn vị gửi: units answer BEFORE this day
    report_deadline: date  # Hạn báo cáo: the report goes out BEFORE this day
    issuer: str  # Cơ quan ban hành
    compiler: str  # Cơ quan tổng hợp
    place: str  # Địa danh
    authority: str = ""  # Quyền hạn ký: "KT. GIÁM ĐỐC"
    position: str = ""  # Chức vụ ký
    signer: str = ""  # Người ký
    recipients: tuple[str, ...] = ()  # Nơi nhận, separated by ";"
    contact: str = ""  # Đầu mối liên hệ
    plan_document: str = ""  # Kế hoạch: number and date of the plan that gives the units their shares
    drafter: str = ""  # Đơn vị soạn thảo: stands in the symbol of a letter behind the office, "SKHCN-CĐS"
    committee: Signature = COMMITTEE  # how the report of Cơ quan ban hành to the ministry is signed, and who gets it
    reminded: tuple[str, ...] = ()  # Công văn đôn đốc lần 1, 2: number and date of those that have gone out
    change: Decimal = CHANGE_LIMIT  # Biến động phải giải trình (%): of variables without a limit of their own
    coverage: Decimal = WHOLE_COVERAGE  # Ngưỡng độ phủ (%): a criterion below it is partial
    made_up: bool = False  # Số liệu giả định: every product is marked as not real
    raw: Mapping[str, str] = field(default_factory=dict)


class Plan(Struct, frozen=True, kw_only=True, dict=True):
    """The whole assignment workbook ``phan-cong.xlsx``, checked: every code that is named exists."""

    settings: Settings
    units: tuple[Unit, ...]  # those that exist in the plan's year
    groups: tuple[UnitGroup, ...]
    criteria: tuple[Criterion, ...]
    companions: tuple[Criterion, ...]
    variables: tuple[Variable, ...]
    assignments: tuple[Assignment, ...]  # one a variable, in the variables' order; both sides empty: nobody
    rules: tuple[CheckRule, ...]
    past: tuple[PastFigure, ...]
    former: tuple[FormerName, ...] = ()
    questions: tuple[Question, ...] = ()  # what the appendix left open, with the answers
    inactive: tuple[Unit, ...] = ()  # units that have ended, or not begun: they owe nothing, and have figures on record

    @property
    def year(self) -> int:
        return self.settings.year

    @cached_property
    def unit(self) -> Mapping[str, Unit]:
        return {u.code: u for u in self.units}

    @cached_property
    def any_unit(self) -> Mapping[str, Unit]:
        """Code -> unit, whether it exists in the plan's year or not."""
        return {u.code: u for u in (*self.units, *self.inactive)}

    @cached_property
    def successors(self) -> Mapping[str, tuple[tuple[str, Decimal | None], ...]]:
        """Code of a unit -> the units that took it over, each with its percentage, in the plan's order."""
        found: dict[str, tuple[tuple[str, Decimal | None], ...]] = {}
        for unit in self.any_unit.values():
            for share in unit.took_over:
                found[share.unit] = (*found.get(share.unit, ()), (unit.code, share.percent))
        return found

    @cached_property
    def variable(self) -> Mapping[str, Variable]:
        return {v.code: v for v in self.variables}

    @cached_property
    def criterion(self) -> Mapping[str, Criterion]:
        return {c.code: c for c in self.criteria}

    @cached_property
    def formulas(self) -> Mapping[str, str]:
        """Criterion or companion -> its formula as typed; other formulas may name it."""
        return {c.code: c.formula for c in (*self.criteria, *self.companions)}

    @cached_property
    def assignment(self) -> Mapping[str, Assignment]:
        return {a.variable: a for a in self.assignments}

    @cached_property
    def recorded_since(self) -> Mapping[str, int]:
        """Unit -> the first year of which any figure of its own is on record."""
        years: dict[str, int] = {}
        for p in self.past:
            if p.unit is not None:
                years[p.unit] = min(p.year, years.get(p.unit, p.year))
        return years

    @cached_property
    def past_value(self) -> Mapping[tuple[str, str | None, int], Value]:
        """(variable, unit or None for the province, year) -> the figure on record."""
        return {(p.variable, p.unit, p.year): p.value for p in self.past}

    def mark(self, criterion: Criterion) -> str:
        """What must stand beside a criterion as long as it is not confirmed; empty once all of it is.

        ``đề xuất`` where the name itself is a proposal, ``cách tính đề xuất`` where only its variables are.
        """
        if criterion.standing is Standing.PROPOSED:
            return "đề xuất"
        return "cách tính đề xuất" if (criterion.parent or criterion.code) in self._guessed else ""

    @cached_property
    def shapes(self) -> dict[tuple[str, ...], Any]:
        """What ``layout`` keeps for each list of variables that a unit owes: most communes owe the same."""
        return {}

    @cached_property
    def among(self) -> dict[tuple[str, ...], tuple[Any, ...]]:
        """The rules that ``checks`` finds to speak of no other variables, for each list of variables."""
        return {}

    @cached_property
    def _guessed(self) -> frozenset[str]:
        """The criteria of which a variable is a proposal."""
        return frozenset(v.criterion for v in self.variables if v.standing is Standing.PROPOSED)

    @cached_property
    def number(self) -> Mapping[str, str]:
        """Criterion or variable -> its number (TT): the appendix counts the criteria, and below them their figures."""
        parts: dict[str, list[str]] = {}
        for v in self.variables:
            parts.setdefault(v.criterion, []).append(v.code)
        numbers: dict[str, str] = {}
        for n, criterion in enumerate(dict.fromkeys((*self.criterion, *parts)), 1):
            codes = parts.get(criterion, [])
            numbers |= {code: f"{n}.{part}" if len(codes) > 1 else str(n) for part, code in enumerate(codes, 1)}
            numbers[criterion] = str(n)
        return numbers

    @cached_property
    def owed(self) -> Mapping[str, tuple[Variable, ...]]:
        """Unit -> the variables that its form holds, in the plan's order; only units that owe any."""
        by_unit: dict[str, list[Variable]] = {}
        for v in self.variables:
            if v.code in self.assignment:
                for unit in self.assignment[v.code].units:
                    by_unit.setdefault(unit, []).append(v)
        alike: dict[tuple[int, ...], tuple[Variable, ...]] = {}  # most communes owe the same

        def kept(owed: list[Variable]) -> tuple[Variable, ...]:
            return alike.setdefault(tuple(map(id, owed)), tuple(owed))

        return {u.code: kept(by_unit[u.code]) for u in self.units if u.code in by_unit}


# ------------------------------------------------------------------ what comes back


class FoundCell(NamedTuple):
    """One cell of a returned sheet with content, as it stands in the file. Nothing is judged here."""

    at: CellRef
    value: Decimal | bool | str | None  # number, boolean, text (NFC, trimmed); None: empty
    literal: str = ""  # the raw literal of the file
    error: bool = False  # an error such as #REF!; its text is in value
    formula: str | None = None  # text of a formula; its stored result in value is never trusted
    date_format: bool = False  # the number is shown as a date
    percent_format: bool = False  # the number is shown as a percentage: 0.125 as 12,5 %
    merged: bool = False  # the cell lies in a merged range that spans several cells


class StoredCell(Protocol):
    """What is compared of a cell without regard to where it stands."""

    @property
    def value(self) -> Decimal | bool | str | None: ...
    @property
    def formula(self) -> str | None: ...
    @property
    def error(self) -> bool: ...
    @property
    def date_format(self) -> bool: ...
    @property
    def percent_format(self) -> bool: ...


class SheetCells(Mapping[str, FoundCell]):
    """The cells of one sheet by A1 address; and by row and column from 0, as they are stored."""

    stored: Mapping[tuple[int, int], StoredCell]

    @abstractmethod
    def at(self, row: int, column: int) -> FoundCell:
        """What stands in a cell, empty or not."""


class Entry(NamedTuple):
    """One row of the returned ``Số liệu`` sheet: a variable code and what stands beside it."""

    variable: str  # the key as found
    label: str  # text of the column Số liệu, the witness
    key: CellRef
    previous: FoundCell  # Năm {Y-1}
    current: FoundCell  # Năm {Y}
    state: FoundCell  # Tình trạng
    source: FoundCell  # Nguồn số liệu
    reason: FoundCell  # Giải trình


class Token(Struct, frozen=True, kw_only=True):
    """A stamp text found in a return, and where: ``cell``, ``name``, ``property``, ``footer``, ``hidden``."""

    text: str
    place: str


class Beside(Struct, frozen=True):
    """A comment, picture, shape, chart or embedded object on a sheet."""

    at: CellRef  # the cell where it begins; without an address where it hangs on no cell
    kind: str  # "comment", "picture", "shape", "chart", "object"
    text: str = ""  # what a comment or a text box says


class Return(Struct, frozen=True, kw_only=True):
    """One returned workbook as found: stamps, entries, narrative answers and all other cells."""

    file: str  # "tra-ve/So KHCN.xlsx", or "outer.zip!inner.xlsx"
    sha256: str
    tokens: tuple[Token, ...]
    sheet: str | None  # name of the sheet that holds the heading row; None: no such sheet
    heading_row: int | None  # 1-based row in the file
    year_heading: int | None  # Y of the column "Năm {Y}" as found
    entries: tuple[Entry, ...]
    cells: Mapping[str, Mapping[str, FoundCell]]  # sheet -> address -> cell, non-empty cells of all sheets
    sheets: tuple[str, ...]  # all sheet names in order
    protected: bool  # the data sheet still has its protection
    answers: tuple[tuple[str, str, CellRef], ...]  # narrative: question, answer, cell of the answer
    blind: bool = False  # an .xls of which formulas, errors and protection cannot be seen
    beside: tuple[Beside, ...] = ()  # what stands on the sheets without being in a cell


@unique
class Choice(Enum):
    """``Quyết định``: what the clerk says of one figure, of one return as a whole, or of figures that disagree."""

    KEEP = "Lấy số đã gửi"
    CORRECT = "Sửa thành"
    DROP = "Không lấy"
    PICK = "Tính bản này"
    LEAVE = "Bỏ bản này"
    TAKE = "Lấy số của đơn vị"
    ACCEPT = "Chấp nhận chênh lệch"


class Decision(Struct, frozen=True, kw_only=True):
    """What the clerk decided about a figure of a unit: one row of ``dieu-chinh.xlsx``, with who says so."""

    unit: str
    variable: str
    year: int
    choice: Choice  # KEEP, CORRECT or DROP
    sent: Value | None  # Số đã gửi: holds only while this stands in the return; None: whatever stands there, or nothing
    value: Value | None  # of CORRECT
    reason: str
    document: str  # Số văn bản
    at: CellRef  # the cell of Quyết định; of CORRECT that of Giá trị
    sha256: str = ""  # of the dieu-chinh.xlsx that says so
    dated: date | None = None  # Ngày văn bản

    def __str__(self) -> str:
        return _decided(self, self.value)

    @property
    def cited(self) -> str:
        """The document with its date."""
        return _cited(self.document, self.dated)

    @property
    def figure(self) -> Figure:
        """The figure of CORRECT: it stands in dieu-chinh.xlsx, and no unit has sent it."""
        return Figure(
            variable=self.variable,
            unit=self.unit,
            year=self.year,
            value=self.value,
            state=State.GIVEN,
            source=self.cited,
            reason=self.reason,
            at=self.at,
            sha256=self.sha256,
            decision=self,
        )


class Selection(Struct, frozen=True, kw_only=True):
    """What the clerk decided about a return as a whole: one row of sheet ``Bản gửi``."""

    unit: str
    file: str
    sha256: str  # how that of the return begins; empty: known by its file alone
    choice: Choice  # PICK or LEAVE
    reason: str
    document: str
    at: CellRef
    dated: date | None = None

    def __str__(self) -> str:
        return _decided(self)


class Settlement(Struct, frozen=True, kw_only=True):
    """What the clerk decided about figures that disagree: one row of sheet ``Đối chiếu`` of ``dieu-chinh.xlsx``."""

    code: str  # the word of the finding: "conflict", "totals-disagree", …
    variable: str  # of a broken rule the first one that it names
    year: int
    rule: str  # code of the rule; empty where it is no rule
    said: str  # Các số đã báo: holds only while the same figures stand against each other
    choice: Choice  # TAKE, CORRECT or ACCEPT
    unit: str  # of TAKE: whose figure is the province's
    value: Value | None  # of CORRECT
    reason: str
    document: str  # Số văn bản
    dated: date | None  # Ngày văn bản
    at: CellRef  # the cell of Quyết định; of CORRECT that of Giá trị
    sha256: str = ""  # of the dieu-chinh.xlsx that says so

    def __str__(self) -> str:
        return _decided(self, self.value, self.unit)

    @property
    def cited(self) -> str:
        """The document with its date."""
        return _cited(self.document, self.dated)


def _decided(d: Decision | Selection | Settlement, value: Value | None = None, unit: str = "") -> str:
    what = " ".join(filter(None, (d.choice.value[:1].lower() + d.choice.value[1:], unit)))
    if isinstance(value, Decimal):
        whole, _, places = f"{value:,f}".partition(".")
        what += f" {whole.replace(',', '.')}" + (f",{places}" if places else "")
    elif value is not None:
        what += f" “{value}”"
    return f"đã quyết định: {what} ({_cited(d.document, d.dated)}; lý do: {d.reason})"


def _cited(document: str, dated: date | None) -> str:
    if dated is None:
        return document
    month = f"{dated.month:02d}" if dated.month < 3 else f"{dated.month}"  # as values.format_date has it
    return f"{document} ngày {dated.day:02d}/{month}/{dated.year}"


class _Place(NamedTuple):
    """What the same row of many returns has in common."""

    variable: str
    year: int
    state: State
    source: str
    reason: str
    address: str | None
    decision: Decision | None


class _Origin(NamedTuple):
    """What the figures of one return have in common."""

    unit: str
    workbook: str | None
    sheet: str | None
    sha256: str
    read_at: datetime | None


_place = lru_cache(maxsize=4096)(_Place)


def _placed(*facts: Any) -> _Place:
    """A decision, the last of ``facts``, is no key: its numbers may be equal and differently written."""
    return _place(*facts) if facts[-1] is None else _Place(*facts)


@lru_cache(maxsize=256)
def _origin(_zone: tzinfo | None, *facts: Any) -> _Origin:
    """The zone tells moments apart that are equal and differently written."""
    return _Origin(*facts)


class _Parts(NamedTuple):
    """What a figure is made of."""

    place: _Place
    origin: _Origin
    value: Value | None


class Figure(_Parts):
    """An accepted value of one unit: taken over as it is into the province's table.

    A country has them by the hundred thousand, so that what they have in common is kept once: with all in a tuple of
    its own a figure takes more than twice as much.
    """

    __slots__ = ()

    def __new__(
        cls,
        variable: str,
        unit: str,
        year: int,
        value: Value | None,  # None where the state says why there is none; Decimal(0) for Không phát sinh
        state: State,
        source: str = "",
        reason: str = "",
        at: CellRef | None = None,  # None: from sheet Năm trước of phan-cong.xlsx
        sha256: str = "",
        read_at: datetime | None = None,
        decision: Decision | None = None,  # by which it is taken; with CORRECT it is the clerk's, not the unit's
    ) -> Figure:
        workbook, sheet, address = (None, None, None) if at is None else at
        place = _placed(variable, year, state, source, reason, address, decision)
        zone = None if read_at is None else read_at.tzinfo
        return tuple.__new__(cls, (place, _origin(zone, unit, workbook, sheet, sha256, read_at), value))

    @property
    def variable(self) -> str:
        return self.place.variable

    @property
    def unit(self) -> str:
        return self.origin.unit

    @property
    def year(self) -> int:
        return self.place.year

    @property
    def state(self) -> State:
        return self.place.state

    @property
    def source(self) -> str:
        return self.place.source

    @property
    def reason(self) -> str:
        return self.place.reason

    @property
    def at(self) -> CellRef | None:
        workbook = self.origin.workbook
        return None if workbook is None else CellRef(workbook, self.origin.sheet, self.place.address)

    @property
    def sha256(self) -> str:
        return self.origin.sha256

    @property
    def read_at(self) -> datetime | None:
        return self.origin.read_at

    @property
    def decision(self) -> Decision | None:
        return self.place.decision

    @property
    def corrected(self) -> bool:
        """Whether it is the clerk's figure in place of the unit's."""
        return self.decision is not None and self.decision.choice is Choice.CORRECT

    def __getnewargs__(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in _FIELDS)

    def __repr__(self) -> str:
        return f"Figure({', '.join(f'{name}={getattr(self, name)!r}' for name in _FIELDS)})"

    def _replace(self, **changes: Any) -> Figure:
        return Figure(**{**{name: getattr(self, name) for name in _FIELDS}, **changes})


class Figures(Sequence[Figure]):
    """The figures of one return, as a tuple of them that is packed: each is made when it is asked for.

    They take a fifth of the memory, and are written to the disk and read again in a fifth of the time.
    """

    __slots__ = ("_origins", "_places", "_values")

    def __init__(self, figures: Iterable[Figure]) -> None:
        listed = tuple(figures)
        origins = tuple(f.origin for f in listed)
        alike = all(origin is origins[0] for origin in origins)  # not so where the clerk has put in figures
        self._origins = origins[:1] if alike else origins
        self._places = tuple(f.place for f in listed)
        self._values = msgpack.encode([_packed(f.value) for f in listed])

    def of(self, variables: Collection[str]) -> Iterator[Figure]:
        """The figures of these variables alone."""
        for place, origin, value in self._parts():
            if place.variable in variables:
                yield _figure((place, origin, Decimal(value) if type(value) is str else _unpacked(value)))

    def values(self, year: int) -> int:
        """How many values of ``year`` there are; none is made for it."""
        told = zip(self._places, msgpack.decode(self._values), strict=True)
        return sum(1 for place, value in told if value is not None and place.year == year)

    @property
    def units(self) -> frozenset[str]:
        """Whose they are."""
        return frozenset(origin.unit for origin in self._origins)

    @property
    def moments(self) -> frozenset[datetime | None]:
        """When they were read."""
        return frozenset(origin.read_at for origin in self._origins)

    def _parts(self) -> Iterator[tuple[_Place, _Origin, str | bytes | None]]:
        origins = self._origins * len(self._places) if len(self._origins) == 1 else self._origins
        return zip(self._places, origins, msgpack.decode(self._values), strict=True)

    def __iter__(self) -> Iterator[Figure]:
        return (_figure((place, origin, _unpacked(value))) for place, origin, value in self._parts())

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> Figure: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Figure, ...]: ...
    def __getitem__(self, index: int | slice) -> Figure | tuple[Figure, ...]:
        return tuple(self)[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Figures | tuple) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))

    def __getstate__(self) -> tuple[Any, ...]:
        """Column by column: what comes again in every row is written once."""
        return self._origins, tuple(zip(*self._places, strict=True)), self._values

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self._origins, columns, self._values = state
        alike = columns and not any(columns[-1])  # no decision among them
        self._places = tuple(map(_place if alike else _placed, *columns)) if columns else ()


def _packed(value: Value | None) -> str | bytes | None:
    """A number by its digits, a text as bytes."""
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else None if value is None else str(value)


def _unpacked(value: str | bytes | None) -> Value | None:
    return (
        value.decode("utf-8", "surrogatepass")
        if isinstance(value, bytes)
        else None
        if value is None
        else Decimal(value)
    )


_figure = partial(tuple.__new__, Figure)
"""Makes a figure of its parts."""

_FIELDS = (
    "variable", "unit", "year", "value", "state", "source", "reason", "at", "sha256", "read_at", "decision",
)  # fmt: skip


@unique
class Status(Enum):
    """What became of a return as a whole."""

    ACCEPTED = "accepted"
    PARTIAL = "partial"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"

    @property
    def label(self) -> str:
        """The words that officials read."""
        return _STATUS_LABELS[self.value]


_STATUS_LABELS = {
    "accepted": "Đã nhận",
    "partial": "Nhận một phần",
    "rejected": "Không nhận",
    "duplicate": "Trùng tệp đã nhận",
}


# ------------------------------------------------------------------ the province


class Total(Struct, frozen=True, kw_only=True):
    """A variable of the province in one year: the aggregated value and on whom it rests."""

    variable: str
    year: int
    value: Value | None  # None: nobody reported, or the leads disagree
    expected: tuple[str, ...]  # units whose answer is awaited: the leads under chủ trì, else all named
    reported: tuple[str, ...]  # of these, the units with a settled answer
    contributions: tuple[Figure, ...]  # the figures that entered, in the plan's order of units
    conflict: bool = False  # leads disagree: no figure until the clerk decides
    settled: Settlement | None = None  # the clerk's decision that gave the value where the leads disagree

    @property
    def complete(self) -> bool:
        return len(self.reported) == len(self.expected)

    def same_units(self, before: Total) -> bool:
        """Whether it rests on the units of an earlier year; a province's figure on record, with nobody awaited, on all."""
        return self.complete if not before.expected else set(self.reported) == set(before.reported)

    def covers(self, threshold: Decimal) -> bool:
        """Whether at least ``threshold`` percent of the units awaited have answered; exact, nothing is rounded."""
        return 100 * len(self.reported) >= threshold * len(self.expected)


class Gap(Struct, frozen=True, kw_only=True):
    """A figure that is owed and not there."""

    variable: str
    unit: str  # empty: assigned to nobody
    why: str  # a key of ``LACKS``: needs-mending was found, but not taken; left-out was decided by the clerk
    note: str = ""  # the unit's own reason, or what must be mended; of no-weight the weight's code


class Lack(NamedTuple):
    """Why a figure is lacking, as people read it."""

    short: str  # in a cell
    told: str  # in a sentence


LACKS: Mapping[str, Lack] = {
    "no-return": Lack("Chưa gửi", "chưa gửi biểu"),
    "not-reported": Lack("Để trống", "gửi biểu nhưng để trống"),
    "not-yet": Lack(State.NOT_YET.value, "báo chưa có số liệu"),
    "needs-mending": Lack("Cần sửa", "có số liệu cần sửa, làm rõ"),
    "no-weight": Lack("Thiếu quyền số", "có số liệu nhưng thiếu quyền số để tính bình quân"),
    "left-out": Lack("Không lấy", "có số liệu không được lấy theo quyết định của đầu mối"),
    "not-assigned": Lack("Chưa giao", "chưa giao cho đơn vị nào"),
}
"""``Gap.why`` -> its words: all that it can be, in the order in which causes are told."""


class Side(Struct, frozen=True, kw_only=True):
    """One of the values that are held against each other."""

    label: str  # "Sở Tài chính", "65 đơn vị phối hợp cộng lại", "Năm 2024 theo số đã công bố"
    value: Value | None
    figures: tuple[Figure, ...] = ()  # what it is made of, in the plan's order of units; empty for a figure on record


DISAGREEMENTS: Mapping[str, str] = {
    "conflict": "Chủ trì báo khác nhau",
    "totals-disagree": "Tổng không khớp",
    "rule-broken": "Trái ràng buộc",
    "large-change": "Tăng, giảm nhiều so với năm trước",
    "unit-scale-suspect": "Nghi sai đơn vị tính",
}
"""``Conflict.code`` -> how people read it: all that it can be. Behind a broken rule stands its code."""


class Conflict(Struct, frozen=True, kw_only=True):
    """Values that do not go together, with both sources and what must be asked."""

    code: str  # the word of a finding: "conflict", "totals-disagree", "rule-broken", "large-change", …
    variable: str  # of a broken rule the first one that it names
    year: int
    sides: tuple[Side, ...]
    message: str  # what disagrees, and by how much
    question: str = ""  # what both sides are asked
    severity: str = (
        "error"  # "error": no figure until decided; "question": decided or mended; "warning": to be looked at
    )
    rule: str = ""  # code of the rule that is broken
    settled: Settlement | None = None  # the clerk's decision that holds for these very figures

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The units' figures of all sides, each once."""
        return tuple(dict.fromkeys(f for side in self.sides for f in side.figures))

    @property
    def open(self) -> bool:
        """Whether a person must still decide."""
        return self.settled is None and self.severity in ("error", "question")

    @property
    def outstanding(self) -> bool:
        """Whether it is open and ends commands with 1: a rule of the units' forms that the totals break does not."""
        return self.open and not self.rule


class _Figures(Mapping[tuple[str, str, int], Figure]):
    """Figures by their keys, which are kept for a variable and a year together: of a country's figures each key by
    itself would take as much as the figure."""

    def __init__(self, figures: Iterable[Figure]) -> None:
        self._units: dict[tuple[str, int], dict[str, Figure]] = {}
        for f in figures:
            key = f.place.variable, f.place.year
            units = self._units.get(key)
            if units is None:
                units = self._units[key] = {}
            units[f.origin.unit] = f

    def of(self, variable: str, year: int) -> Mapping[str, Figure]:
        """Unit -> figure."""
        return self._units.get((variable, year), {})

    def __getitem__(self, key: tuple[str, str, int]) -> Figure:
        variable, unit, year = key
        return self._units[variable, year][unit]

    def __iter__(self) -> Iterator[tuple[str, str, int]]:
        return ((code, unit, year) for (code, year), units in self._units.items() for unit in units)

    def __len__(self) -> int:
        return sum(map(len, self._units.values()))


class Dataset(Struct, frozen=True, kw_only=True, dict=True):
    """The province's table: every figure of every unit, the totals, the gaps, the conflicts."""

    year: int
    figures: tuple[Figure, ...]  # of all years, by variable, then unit, then year
    totals: Mapping[tuple[str, int], Total]  # (variable, year)
    gaps: tuple[Gap, ...]
    conflicts: tuple[Conflict, ...]

    @property
    def figure(self) -> Mapping[tuple[str, str, int], Figure]:
        """(variable, unit, year) -> figure."""
        return self._figure

    @cached_property
    def _figure(self) -> _Figures:
        return _Figures(self.figures)

    def told(self, variable: str, year: int) -> Mapping[str, Figure]:
        """Unit -> its figure of a variable in a year, in the plan's order of units."""
        return self._figure.of(variable, year)

    @property
    def years(self) -> tuple[int, ...]:
        """The years that have totals, newest first."""
        return tuple(sorted({year for _, year in self.totals}, reverse=True))

    def to_frame(self, plan: Plan | None = None) -> pd.DataFrame:
        """All figures and gaps as a tidy pandas frame, one row a value: see ``frames.tidy`` for columns and dtypes."""
        from lsindicators import frames

        return frames.tidy(self, plan)

    def to_wide(self, year: int | None = None, plan: Plan | None = None) -> pd.DataFrame:
        """The figures of one year, variables down and units across: see ``frames.wide``."""
        from lsindicators import frames

        return frames.wide(self, year, plan)


@unique
class Outcome(Enum):
    """What became of a criterion."""

    COMPUTED = "computed"
    PARTIAL = "partial-coverage"
    MISSING = "missing-inputs"


class Result(Struct, frozen=True, kw_only=True):
    """A criterion's value in the year and the year before, not rounded, in the criterion's measure."""

    criterion: Criterion
    value: Decimal | None
    previous: Decimal | None
    outcome: Outcome
    inputs: Mapping[str, Value | None]  # "C09_A" or "C14_A@-1" -> the total's value
    missing: tuple[str, ...]  # the inputs that have no value
    reported: int  # the weakest of the inputs: n of n/N
    expected: int  # N of n/N
    previous_complete: bool  # the year before rests on all its units, or is a province figure on record
    note: str = ""  # e.g. "mẫu số bằng 0, không tính được"
    comparable: bool = True  # both years rest on the same units, so that their difference means something
    seam: str = ""  # where the series breaks: units whose former parts are lacking in the province's figure
    parted: str = ""  # units whose part of a former figure is an estimate by shares; the sum is what it was

    @property
    def whole(self) -> bool:
        """Whether it rests on all units that are awaited: with a lower threshold ``COMPUTED`` alone does not say so."""
        return self.outcome is Outcome.COMPUTED and self.reported == self.expected

    @property
    def change(self) -> Decimal | None:
        """This year less last year, in the criterion's measure (for %: điểm phần trăm)."""
        if self.value is None or self.previous is None:
            return None
        return self.value - self.previous


class Point(Struct, frozen=True, kw_only=True):
    """A criterion in one year of its series."""

    year: int
    value: Decimal | None  # not rounded, in the criterion's measure
    reported: int  # n of n/N of the weakest input; 0/0 where the value itself is on record
    expected: int
    on_record: bool = False  # the province's figure of that year stands in Năm trước
    seam: str = ""  # why it cannot simply be compared with the year after: units merged, split, or a part is lacking


class Series(Struct, frozen=True, kw_only=True):
    """A criterion over the years that are known, oldest first, the plan's own year last."""

    criterion: Criterion
    points: tuple[Point, ...]


class Receipt(Struct, frozen=True, kw_only=True):
    """One file that came in: a fact of the ledger."""

    order: int  # order of reading, from 1
    file: str
    sha256: str
    size: int  # bytes
    sent_at: datetime  # the e-mail's date, else the file's modification time
    read_at: datetime


class Sealed(Struct, frozen=True, kw_only=True):
    """One sealing of a signed report: a fact of the ledger."""

    number: int  # in the chain, from 1
    file: str  # of the package, in niem-phong/
    code: str  # SHA-256 of its niem-phong.json
    sealed_at: datetime


class Told(Struct, frozen=True, kw_only=True):
    """A line of the ledger's log: what was told of a receipt when it was judged. History, never an input."""

    receipt: int  # its order
    told_at: datetime
    tool: str  # version of lsindicators
    plan: str  # SHA-256 of phan-cong.xlsx
    decisions: str  # SHA-256 of dieu-chinh.xlsx where it decided anything, else empty
    unit: str | None
    round: int
    status: Status
    counts: bool  # it was the return that counted for its unit
    values: int  # this year's values taken
    errors: int
    questions: int
    warnings: int
    infos: int
    control: str
    figures: str  # SHA-256 of the values taken, a line each

    @property
    def outcome(self) -> tuple[object, ...]:
        """All but the moment and what it was judged by."""
        findings = self.errors, self.questions, self.warnings, self.infos
        return self.unit, self.round, self.status, self.counts, self.values, findings, self.control, self.figures


class Sending(Struct, frozen=True, kw_only=True):
    """How a unit stands with its return, for Tình hình gửi, status and the report."""

    unit: str
    owed: int  # variables in its form
    status: Status | None  # None: nothing came
    values: int  # this year's values taken
    open: int  # cells that need mending or an answer
    sent_at: datetime | None  # first return that was not rejected
    late: bool  # first sent on or after the deadline
    file: str = ""
