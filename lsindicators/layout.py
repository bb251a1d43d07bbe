"""Where things stand in a form: sheets, rows, columns, and the signed stamp. Writer and reader both ask here."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import count
from typing import NamedTuple

from msgspec import Struct

from lsindicators import control, lazily, succession
from lsindicators.model import NO, YES, Kind, Plan, Unit, Value, Variable
from lsindicators.values import clean_lines, format_number, sentence

LAYOUT_VERSION = "2"
"""Stamped into every form; raise it when a row, a column or a sheet moves."""

DATA, NARRATIVE, SCRATCH, GUIDE, HIDDEN = "Số liệu", "Khó khăn, kiến nghị", "Nháp", "Hướng dẫn", "Danh mục"
IDENTITY = ("Mã biểu mẫu", "Bản biểu mẫu", "Bố cục", "Năm số liệu", "Mã đơn vị", "Lần gửi")
"""What the hidden sheet of the lists says of the form itself, in its first two columns."""
CALCULATION = "Tính"
"""The hidden sheet of the live checks: a row for each variable, from the second row on."""
SHOWN = "K"
"""Its column with what ``Kiểm tra`` shows."""

COLUMNS = (
    "TT",
    "Mã số liệu",
    "Số liệu",
    "Đơn vị tính",
    "Năm {previous}",
    "Năm {year}",
    "Tình trạng",
    "Nguồn số liệu",
    "Giải trình",
    "Kiểm tra",
)
"""Headings of the data sheet, from column A; the years are filled in."""

NUMBER, KEY, LABEL, MEASURE, PREVIOUS, CURRENT, STATE, SOURCE, REASON, CHECK = range(10)
"""Columns of the data sheet, counted from 0."""

INPUTS = (CURRENT, STATE, SOURCE, REASON)
"""Columns that are unlocked in every row of a variable; PREVIOUS only where no figure is on record."""

TITLE_ROW, CAMPAIGN_ROW, UNIT_ROW, DEADLINE_ROW, PROGRESS_ROW, NOTE_ROW, ORIGIN_ROW, TOKEN_ROW = range(8)
HEADING_ROW = 8
FIRST_ROW = 9
"""Rows of the data sheet, counted from 0; the row of the origin stays empty for a unit without predecessors. The rows of
the stamp and of the headings are printed on every page."""

LINK, CONTROL = (PROGRESS_ROW, STATE), (TOKEN_ROW, STATE)
"""Where the link to the first open cell and the control code stand: row and column, counted from 0."""

TOKEN_NAME, TOKEN_CONSTANT = "LSI_MA_BIEU_MAU", "LSI_MA"
"""Defined names: one that points at the visible stamp, one that holds it as a constant."""

TOKEN_PROPERTY = "LSI_MA_BIEU_MAU"
"""Custom document property that holds the stamp."""

NARRATIVE_HEADING = ("Nội dung", "Ý kiến của đơn vị")
QUESTIONS = (
    "Khó khăn, vướng mắc trong việc thu thập, tổng hợp, cung cấp số liệu",
    "Nguyên nhân",
    "Giải pháp đơn vị đã thực hiện hoặc dự kiến thực hiện",
    "Kiến nghị, đề xuất với UBND tỉnh, Sở Khoa học và Công nghệ, Bộ Khoa học và Công nghệ",
    "Mô hình, kết quả nổi bật về khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số trong năm",
)
"""Column A of the narrative sheet, from its second table row on."""
NARRATIVE_HEADING_ROW = 2
NARRATIVE_FIRST_ROW = 3
ANSWER = 1
"""Column of the answers on the narrative sheet, counted from 0."""

SLIP = "Phiếu trả lại"
"""The sheet that stands first in a return slip; it comes back with the mended form and is no answer."""

SMALLEST = Decimal(10)
"""A figure of last year below this says nothing by being many times smaller or larger than this year's."""

SCALES = tuple(Decimal(10) ** n for n in (3, 6, 9, -3, -6, -9))
"""So many times last year's figure looks like another measure: đồng for triệu đồng."""

TEXT_LIMIT = 2000
"""Characters of a text that are kept of one input cell."""


@lru_cache(maxsize=8192)
def address(row: int, column: int) -> str:
    """A1 address of a cell; both counted from 0."""
    return f"{column_letters(column)}{row + 1}"


@lru_cache(maxsize=1024)
def column_letters(column: int) -> str:
    """Letters of a column counted from 0: A to Z, AA …"""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return letters


# ------------------------------------------------------------------ the data sheet of one unit


class FormRow(NamedTuple):
    """One row under the headings: a group (level 0, 1), a criterion (level 2) or a variable."""

    row: int  # counted from 0
    level: int | None  # None: a variable
    text: str  # the heading's text, or the variable's name
    variable: Variable | None = None
    detail: str = ""  # of a variable: what counts, where the figure is found, an example
    number: str = ""  # TT of a variable: the number of its criterion in the appendix, and its own below that
    previous: Value | None = None  # the figure on record for the year before; None: unknown, the unit is asked
    origin: str = ""  # the former units that gave it, or why they gave none; empty for a unit without predecessors
    change: Decimal = Decimal(0)  # in percent of last year's figure: a greater change must be explained
    change_from: Decimal = Decimal(0)  # last year's figures below this are too small for their change to mean much

    @property
    def label(self) -> str:
        """What stands in the column Số liệu: the name, and below it what explains it."""
        return f"{self.text}\n{self.detail}" if self.detail else self.text

    def known(self, previous: Value | None, origin: str = "") -> FormRow:
        """The row with what is on record of the year before."""
        row, level, text, variable, detail, number, _, _, *change = self
        return FormRow(row, level, text, variable, detail, number, previous, origin, *change)

    def leaps(self, before: Decimal, now: Decimal) -> bool:
        """Whether a figure has changed by more than the variable's limit since last year, up or down."""
        if not before or abs(before) < self.change_from:
            return False
        return round(abs(now - before) / abs(before) * 100, 8) > self.change


def scale(before: Decimal, now: Decimal) -> Decimal | None:
    """Which of ``SCALES`` a figure is of last year's, half to double counts as that; ``None``: of none."""
    if before < SMALLEST or now <= 0:
        return None
    times = now / before
    if _FAR_FROM_SCALES[0] < times < _FAR_FROM_SCALES[1]:
        return None
    return next((s for s in SCALES if s / 2 <= times <= s * 2), None)


_FAR_FROM_SCALES = max(s for s in SCALES if s < 1) * 2, min(s for s in SCALES if s > 1) / 2
"""Between these a figure is near to last year's, as most are."""


class Shape(Struct, frozen=True, dict=True):
    """The rows of all forms that ask for the same, without what is on record of one unit."""

    rows: tuple[FormRow, ...]

    @property
    def last_row(self) -> int:
        """The last row of the table, counted from 0."""
        return self.rows[-1].row

    @property
    def signed_row(self) -> int:
        """The first row of the signature block, counted from 0; the control code stands at its left."""
        return self.last_row + 2

    @cached_property
    def locked(self) -> Mapping[tuple[int, int], str]:
        """Row and column, counted from 0 -> the text of a locked cell of the table, where it has one."""
        cells: dict[tuple[int, int], str] = {}
        for r in self.rows:
            if r.variable is None:
                cells[r.row, 0] = r.text
            else:
                cells |= {(r.row, NUMBER): r.number, (r.row, KEY): r.variable.code}
                cells |= {(r.row, LABEL): r.label, (r.row, MEASURE): r.variable.measure}
        return {place: text for place, text in cells.items() if text}

    @cached_property
    def inputs(self) -> frozenset[tuple[int, int]]:
        """Where a unit may type whatever is on record of it: row and column, counted from 0."""
        return frozenset((r.row, column) for r in self.rows if r.variable is not None for column in INPUTS)

    @cached_property
    def shown(self) -> Mapping[str, str]:
        """Variable -> the cell of the hidden sheet that its ``Kiểm tra`` shows."""
        codes = (r.variable.code for r in self.rows if r.variable is not None)
        return {code: f"'{CALCULATION}'!${SHOWN}${line}" for line, code in enumerate(codes, 2)}

    @cached_property
    def checks(self) -> Mapping[tuple[int, int], str]:
        """Row and column, counted from 0 -> the formula of ours in a cell of ``Kiểm tra``."""
        return {(r.row, CHECK): self.shown[r.variable.code] for r in self.rows if r.variable is not None}

    @cached_property
    def summaries(self) -> frozenset[tuple[int, int]]:
        """Where other formulas of ours stand, which show what the hidden sheet has counted."""
        return frozenset({(PROGRESS_ROW, NUMBER), LINK, CONTROL, (self.signed_row, NUMBER)})

    @cached_property
    def formulas(self) -> frozenset[tuple[int, int]]:
        """Where formulas of ours stand: row and column, counted from 0."""
        return self.summaries | self.checks.keys()

    @cached_property
    def told(self) -> tuple[tuple[str, str, str], ...]:
        """What a unit sees of each row and may type there, as pieces of JSON: before and behind last year's figure, and
        behind its origin."""
        return tuple(map(_told, self.rows))

    @cached_property
    def blank(self) -> str:
        """The same of all rows where nothing is on record, as one piece of JSON."""
        return _all_told(self.rows, self)


class Form(Struct, frozen=True, kw_only=True, dict=True):
    """The data sheet of one unit's form: every locked text and every input, with its place."""

    year: int
    unit: Unit
    shape: Shape
    head: Mapping[int, str]  # row from 0 -> text of column A above the headings (stamp and progress are not in it)
    headings: tuple[str, ...]
    rows: tuple[FormRow, ...]  # of the shape, with what is on record of the unit

    @cached_property
    def variables(self) -> tuple[FormRow, ...]:
        return tuple(r for r in self.rows if r.variable is not None)

    @cached_property
    def by_code(self) -> Mapping[str, FormRow]:
        return {r.variable.code: r for r in self.rows if r.variable is not None}

    @property
    def shown(self) -> Mapping[str, str]:
        """Variable -> the cell of the hidden sheet that its ``Kiểm tra`` shows."""
        return self.shape.shown

    @property
    def last_row(self) -> int:
        """The last row of the table, counted from 0."""
        return self.shape.last_row

    @cached_property
    def locked(self) -> Mapping[str, Value]:
        """A1 address -> what a locked cell of the table holds: texts, TT, and last year's figures on record."""
        cells: dict[str, Value] = {address(row, 0): text for row, text in self.head.items() if text}
        for column, heading in enumerate(self.headings):
            cells[address(HEADING_ROW, column)] = heading
        for r in self.rows:
            if r.variable is None:
                cells[address(r.row, 0)] = r.text
                continue
            cells[address(r.row, NUMBER)] = r.number
            cells[address(r.row, KEY)] = r.variable.code
            cells[address(r.row, LABEL)] = r.label
            cells[address(r.row, MEASURE)] = r.variable.measure
            if r.previous is not None:
                cells[address(r.row, PREVIOUS)] = r.previous
        return cells

    @property
    def signed_row(self) -> int:
        """The first row of the signature block, counted from 0; the control code stands at its left."""
        return self.shape.signed_row

    @property
    def formulas(self) -> frozenset[tuple[int, int]]:
        """Where formulas of ours stand: row and column, counted from 0."""
        return self.shape.formulas

    @cached_property
    def signature(self) -> Mapping[str, str]:
        """A1 address -> text of the signature block below the table; locked, and empty paper to the reader."""
        top = self.signed_row
        return {
            address(top, SOURCE): f"……………, ngày …… tháng …… năm {self.year + 1}",
            address(top + 1, NUMBER): "NGƯỜI LẬP BIỂU",
            address(top + 1, SOURCE): "THỦ TRƯỞNG ĐƠN VỊ",
            address(top + 2, NUMBER): "(Ký, ghi rõ họ tên)",
            address(top + 2, SOURCE): "(Ký tên, đóng dấu)",
        }

    @cached_property
    def digest(self) -> str:
        """Eight letters that change when anything that the unit sees or may type changes."""
        head = _json([LAYOUT_VERSION, self.year, self.unit.code, sorted(self.head.items()), self.headings])
        rows = self.shape.blank if self.rows == self.shape.rows else _all_told(self.rows, self.shape)
        return _letters(hashlib.sha256(f"{head[:-1]}, {rows}]".encode()).digest()[:5])


_json = json.JSONEncoder(ensure_ascii=False).encode
_BLANK = _json("")


def _all_told(rows: Iterable[FormRow], shape: Shape) -> str:
    """What a unit sees of all rows and may type there, as JSON."""
    told = (
        f"{before}{_BLANK if r.previous is None else _json(str(r.previous))}{behind}"
        + (f", {_json(r.origin)}{end}" if r.origin else end)
        for r, (before, behind, end) in zip(rows, shape.told, strict=True)
    )
    return f"[{', '.join(told)}]"


def _told(r: FormRow) -> tuple[str, str, str]:
    """Numbers are told as they are spelt: 5 and 5.0 are equal, and are told apart."""
    v = r.variable
    asked = [v.code, v.measure, v.kind.value, str(v.low), str(v.high), v.required] if v else None
    change = _json(str(r.change) if v else None)
    return f"[{r.row}, {_json(r.number + r.label)}, ", f", {_json(asked)}", f", {change}]"


def form(plan: Plan, unit: str) -> Form:
    """The data sheet that ``unit`` gets under ``plan``. Raises ``KeyError`` when it owes nothing."""
    settings, before = plan.settings, plan.year - 1
    inherits = bool(succession.before(plan, unit, before))
    shape = _shape(plan, plan.owed[unit])
    rows = tuple(_known(plan, unit, row, inherits=inherits) for row in shape.rows)
    deadline = settings.unit_deadline
    head = {
        TITLE_ROW: f"BIỂU MẪU CUNG CẤP SỐ LIỆU NĂM {plan.year}",
        CAMPAIGN_ROW: "Bộ tiêu chí đánh giá hiệu quả của khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số "
        "(Quyết định số 2244/QĐ-TTg ngày 13/10/2025 của Thủ tướng Chính phủ)",
        UNIT_ROW: f"Đơn vị: {plan.unit[unit].name}",
        DEADLINE_ROW: f"Gửi về {settings.compiler} trước ngày {deadline:%d}/{_month(deadline.month)}/{deadline.year}"
        + (f"; đầu mối: {settings.contact}" if settings.contact else ""),
        NOTE_ROW: _note(plan),
    }
    origin = succession.origin(plan, unit, plan.year - 1)
    if origin:
        head[ORIGIN_ROW] = (
            f"Số năm {plan.year - 1} tính theo các đơn vị trước sắp xếp: {origin}. Bấm vào ô để xem cách tính; "
            "ô còn nền sáng thì đơn vị nhập giúp số chung."
        )
    headings = tuple(h.format(year=plan.year, previous=plan.year - 1) for h in COLUMNS)
    return Form(year=plan.year, unit=plan.unit[unit], shape=shape, head=head, headings=headings, rows=rows)


def _known(plan: Plan, unit: str, row: FormRow, *, inherits: bool) -> FormRow:
    """A row with what is on record of ``unit`` for the year before; ``inherits``: of its predecessors."""
    v, before = row.variable, plan.year - 1
    if v is None:
        return row
    if inherits:
        figure = succession.figure(plan, v.code, unit, before)
        return row.known(figure.value, succession.how(plan, unit, before, figure))
    value = plan.past_value.get((v.code, unit, before))
    return row if value is None else row.known(value)


def _shape(plan: Plan, owed: tuple[Variable, ...]) -> Shape:
    """The shape of a form that holds ``owed``."""
    codes = tuple(v.code for v in owed)
    if codes not in plan.shapes:
        plan.shapes[codes] = Shape(tuple(_rows(plan, owed)))
    found: Shape = plan.shapes[codes]
    return found


def _rows(plan: Plan, owed: Iterable[Variable]) -> Iterator[FormRow]:
    numbers, rows = plan.number, count(FIRST_ROW)
    last_group: tuple[str, ...] = ()
    last_criterion = None
    for v in owed:
        criterion = plan.criterion.get(v.criterion)
        if criterion is not None and v.criterion != last_criterion:
            group = tuple(part for part in criterion.group.split(" / ") if part)
            for level, part in enumerate(group):
                if group[: level + 1] != last_group[: level + 1]:
                    yield FormRow(row=next(rows), level=min(level, 1), text=part)
            last_group, last_criterion = group, v.criterion
            mark = plan.mark(criterion)
            text = f"{numbers[criterion.code]}. {criterion.name} ({', '.join(filter(None, (criterion.code, mark)))})"
            yield FormRow(row=next(rows), level=2, text=text)
        yield FormRow(
            row=next(rows),
            level=None,
            text=v.name,
            variable=v,
            detail=_detail(v),
            number=numbers[v.code],
            change=plan.settings.change if v.change is None else v.change,
            change_from=SMALLEST if v.change is None else Decimal(0),
        )


_EXAMPLES = {
    Kind.WHOLE: ("1234", "12", "3", "1", "0"),
    Kind.DECIMAL: ("1234.5", "12.5", "0.75", "-0.5"),
    Kind.PERCENT: ("12.5", "0.5"),
}


def example(v: Variable) -> Decimal | None:
    """A number that may be typed for ``v``; ``None`` where it is no number or its bounds allow none of the usual ones."""
    usual = map(Decimal, _EXAMPLES.get(v.kind, ()))
    return next((n for n in usual if (v.low is None or n >= v.low) and (v.high is None or n <= v.high)), None)


@lru_cache(maxsize=4096)
def _detail(v: Variable) -> str:
    """What counts as ``v``, where it is found, and how it is typed."""
    told = [sentence(v.explanation), sentence(f"Nguồn: {v.source}") if v.source else ""]
    number = example(v)
    if number is not None:
        plain, grouped = f"{number:f}".replace(".", ","), format_number(number)
        measure = "%" if v.kind is Kind.PERCENT or v.measure == "%" else f" {v.measure}"
        told.append(
            f"Ví dụ: {grouped}{measure}".rstrip()
            + (f" thì gõ {plain}." if plain != grouped or v.kind is Kind.PERCENT else ".")
        )
    elif v.kind is Kind.YES_NO:
        told.append(f"Chọn {YES} hoặc {NO}.")
    if not v.required:
        told.append("Không bắt buộc.")
    return clean_lines(" ".join(filter(None, told)))


MADE_UP = "SỐ LIỆU GIẢ ĐỊNH ĐỂ MINH HỌA, KHÔNG CÓ GIÁ TRỊ SỬ DỤNG"
"""Stands on every product of a campaign whose figures are made up."""


def _note(plan: Plan) -> str:
    note = "Chỉ nhập vào ô nền sáng, viền đậm. Tiêu chí ghi “đề xuất” và các số liệu thành phần là dự kiến, chờ hướng dẫn chính thức."
    return f"{MADE_UP}. {note}" if plan.settings.made_up else note


def _month(month: int) -> str:
    """Months 1 and 2 with a leading zero, the others without (Nghị định 30/2020/NĐ-CP)."""
    return f"{month:02d}" if month < 3 else str(month)


# ------------------------------------------------------------------ the stamp

_TOKEN = lazily.pattern(
    r"LSI1-([0-9A-Z]{4})-(\d{4})-([0-9A-Z]+(?:-[0-9A-Z]+)*?)-([0-9A-Z]{8})-R(\d{1,2})-([0-9A-Z]{6}(?:-[0-9A-Z]{6}){3})"
)


class Stamp(Struct, frozen=True, kw_only=True):
    """What a form says of itself: campaign key, year, unit, form digest, round, and the signature over all that."""

    key_id: str
    year: int
    unit: str
    digest: str
    round: int
    mac: str

    def __str__(self) -> str:
        return f"LSI1-{self.key_id}-{self.year}-{self.unit.upper()}-{self.digest}-R{self.round}-{self.mac}"


def stamp(key: bytes, form: Form, round: int = 1) -> Stamp:
    """The stamp of ``form``; ``round`` is 1 for a form and grows with each slip."""
    mac = _mac(key, form.year, form.unit.code, form.digest, round)
    return Stamp(key_id=key_id(key), year=form.year, unit=form.unit.code, digest=form.digest, round=round, mac=mac)


@lru_cache(maxsize=16)
def key_id(key: bytes) -> str:
    """Four letters that tell one campaign's key from another's, and say nothing of the key."""
    return _letters(hashlib.sha256(b"lsindicators key id" + key).digest()[:5])[:4]


@lru_cache(maxsize=1024)
def find_stamp(text: str) -> Stamp | None:
    """The first stamp in ``text``, genuine or not; ``None`` when there is none."""
    found = _TOKEN.search(text.upper())
    if found is None:
        return None
    key, year, unit, digest, round_, mac = found.groups()
    return Stamp(
        key_id=_unconfused(key),
        year=int(year),
        unit=unit.lower(),
        digest=_unconfused(digest),
        round=int(round_),
        mac=_unconfused(mac),
    )


def genuine(stamp: Stamp, key: bytes) -> bool:
    """Whether this campaign's key signed the stamp. It proves that we issued the form, and nothing of its numbers."""
    expected = _mac(key, stamp.year, stamp.unit, stamp.digest, stamp.round)
    return hmac.compare_digest(expected, stamp.mac) and stamp.key_id == key_id(key)


@lru_cache(maxsize=1024)
def _mac(key: bytes, year: int, unit: str, digest: str, round_: int) -> str:
    told = "\n".join(["LSI1", str(year), unit, digest, str(round_)]).encode()
    letters = _letters(hmac.new(key, told, hashlib.sha256).digest()[:15])
    return "-".join(letters[i : i + 6] for i in range(0, 24, 6))


def _letters(content: bytes) -> str:
    """Base 32 in letters that are not mistaken for each other; ``len(content)`` a multiple of 5."""
    number = int.from_bytes(content, "big")
    return "".join(control.LETTERS[number >> shift & 31] for shift in range(len(content) * 8 - 5, -1, -5))


def _unconfused(letters: str) -> str:
    return letters.translate(control.MISREAD)
