"""Plays the units: forms sent out, made-up answers and a cast of habits in; returned files out, as units send them.

Each planted fault comes with what reading must say of it, so that a rehearsal can tell whether every fault was caught.
"""

from __future__ import annotations

import csv
import io
import os
import re
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from enum import Enum, unique
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from lsindicators import files, layout, values
from lsindicators.errors import UnusableInputError
from lsindicators.findings import Code
from lsindicators.model import NEEDS_REASON, Kind, Level, PastFigure, Plan, State, Value

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

E = TypeVar("E", bound=Enum)

HANOI = timezone(timedelta(hours=7))

OTHER_KEY = b"lsindicators: another campaign   "[:32]
"""Signs the forms that come back from a campaign which is not ours."""


@unique
class Way(Enum):
    """``Cách điền``: what a unit does with its form."""

    GOOD = "đúng"
    SAVED = "tệp lưu sẵn"  # returned through another program; the file lies ready in the examples
    SILENT = "không gửi"
    EMPTY = "để trống cả biểu"
    COPY = "gửi trùng"  # the very bytes that the unit sent before, under another name
    # faults of a cell
    AS_TEXT = "gõ số dạng chữ"
    NOT_A_NUMBER = "chữ trong ô số"
    AMBIGUOUS = "số đọc được hai cách"
    ABOVE = "quá mức cao nhất"
    FRACTION = "số lẻ trong ô số nguyên"
    DATE = "ngày trong ô số"
    BLANK = "bỏ trống ô bắt buộc"
    NO_REASON = "thiếu giải trình"
    CONTRADICTION = "tình trạng trái số liệu"
    NOT_IN_LIST = "tình trạng ngoài danh sách"
    FORMULA = "công thức trong ô nhập"
    CELL_ERROR = "ô báo lỗi"
    # faults across cells and years, faults of the sheet
    RULE = "tử số lớn hơn mẫu số"
    SCALE = "sai đơn vị tính"
    LOCKED = "sửa ô khóa"
    ROW = "xóa dòng"
    # faults of the file
    OTHER_CAMPAIGN = "biểu của kỳ khác"
    FORGED = "sửa mã nhận dạng"
    STRANGER = "bảng tính khác"
    PDF = "PDF đổi đuôi"
    TORN = "tệp hỏng"
    OPEN = "tệp khóa tạm"  # what Excel leaves beside an open file; it is to be passed over


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a unit has to say of one variable."""

    unit: str
    variable: str
    previous: Value | None  # the year before
    asked: bool  # the year before is not on record and typed by the unit
    value: Value | None
    state: State | None
    source: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One file that a unit sends: when, under which name, filled in how."""

    unit: str
    sent: datetime | None  # None for a unit that never sends
    file: str  # below the folder of returns; "outer.zip!inner.xlsx" for a file in a container
    way: Way
    words: Mapping[str, str]  # question of the narrative sheet -> the unit's answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A planted fault: reading must find ``code`` in ``file``, at ``cell`` unless it is about the whole file."""

    file: str
    cell: str | None
    code: Code


# ------------------------------------------------------------------ the tables

ANSWER_COLUMNS = (
    "Mã đơn vị",
    "Mã số liệu",
    "Năm trước",
    "Tự điền năm trước",
    "Giá trị",
    "Tình trạng",
    "Nguồn số liệu",
    "Giải trình",
)
"""Headings of the table of answers; numbers with a decimal point."""

ACT_COLUMNS = ("Mã đơn vị", "Thời điểm gửi", "Tên tệp", "Cách điền")
WORDS = {
    "Khó khăn": layout.QUESTIONS[0],
    "Giải pháp": layout.QUESTIONS[2],
    "Kiến nghị": layout.QUESTIONS[3],
    "Mô hình": layout.QUESTIONS[4],
}
"""Headings of the table of acts; the words go into the narrative sheet under the question named beside them."""


def read_answers(path: Path, plan: Plan) -> tuple[Answer, ...]:
    """The table of answers. Raises ``UnusableInputError`` naming the line that does not fit ``plan``."""
    found = []
    for place, line in _table(path, ANSWER_COLUMNS):
        unit, code = line["Mã đơn vị"], line["Mã số liệu"]
        if not any(v.code == code for v in plan.owed.get(unit, ())):
            raise UnusableInputError(f"{place}: đơn vị {unit} không phải gửi số liệu {code} theo bản phân công")
        kind = plan.variable[code].kind
        found.append(
            Answer(
                unit=unit,
                variable=code,
                previous=_value(line["Năm trước"], kind, place),
                asked=bool(line["Tự điền năm trước"]),
                value=_value(line["Giá trị"], kind, place),
                state=_one_of(State, line["Tình trạng"], place) if line["Tình trạng"] else None,
                source=line["Nguồn số liệu"],
                reason=line["Giải trình"],
            )
        )
    return tuple(found)


def read_acts(path: Path) -> tuple[Act, ...]:
    """The table of acts, in the order in which the files are sent. File names are kept letter for letter."""
    found = []
    for place, line in _table(path, (*ACT_COLUMNS, *WORDS)):
        sent = line["Thời điểm gửi"]
        try:
            moment = datetime.fromisoformat(sent).replace(tzinfo=HANOI) if sent else None
        except ValueError as error:
            raise UnusableInputError(f"{place}: thời điểm “{sent}” không đọc được, ví dụ 2026-03-25 09:15") from error
        way = _one_of(Way, line["Cách điền"], place)
        words = {question: line[heading] for heading, question in WORDS.items() if line[heading]}
        found.append(Act(unit=line["Mã đơn vị"], sent=moment, file=line["Tên tệp"], way=way, words=words))
    never = datetime.max.replace(tzinfo=HANOI)
    return tuple(sorted(found, key=lambda act: act.sent or never))


def _table(path: Path, columns: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        lines = csv.DictReader(stream)
        missing = [c for c in columns if c not in (lines.fieldnames or ())]
        if missing:
            raise UnusableInputError(f"{path}: thiếu cột {', '.join(missing)}")
        for line in lines:
            yield f"{path}, dòng {lines.line_num}", {c: line[c] or "" for c in columns}


def _value(text: str, kind: Kind, place: str) -> Value | None:
    if not text or not kind.numeric:
        return text or None
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise UnusableInputError(f"{place}: “{text}” không phải là số, ví dụ 1234.5") from error


def _one_of(choices: type[E], text: str, place: str) -> E:
    try:
        return choices(text)
    except ValueError as error:
        raise UnusableInputError(f"{place}: “{text}” không nằm trong: {', '.join(c.value for c in choices)}") from error


def year_before(plan: Plan, answers: Iterable[Answer]) -> tuple[PastFigure, ...]:
    """The figures of the year before that are on record, for ``Plan.past``."""
    return tuple(
        PastFigure(variable=a.variable, unit=a.unit, year=plan.year - 1, value=a.previous)
        for a in answers
        if a.previous is not None and not a.asked
    )


# ------------------------------------------------------------------ the play


def play(
    plan: Plan,
    forms: Path,
    answers: Iterable[Answer],
    acts: Iterable[Act],
    out: Path,
    saved: Path | None = None,
) -> tuple[Expected, ...]:
    """Let the units fill in ``forms`` (one ``unit.xlsx`` each) and send them into the folder ``out``.

    ``saved`` holds the files of the acts ``tệp lưu sẵn``, under the same names as the forms. Gives what reading the
    folder must find. Same input, same bytes; a file's time is the moment at which it was sent.
    """
    told: dict[str, dict[str, Answer]] = {}
    for a in answers:
        told.setdefault(a.unit, {})[a.variable] = a
    expected: list[Expected] = []
    outers: dict[str, list[tuple[str, bytes, datetime]]] = {}
    faults: Faults
    last: dict[str, bytes] = {}
    for act in acts:
        if act.sent is None:
            continue
        if act.way is Way.COPY:
            content, faults = last[act.unit], [(None, Code.DUPLICATE_FILE)]
        elif act.way is Way.SAVED:
            if saved is None:
                continue
            content, faults = (saved / f"{act.unit}.xlsx").read_bytes(), []
        else:
            content, faults = _returned(plan, (forms / f"{act.unit}.xlsx").read_bytes(), told.get(act.unit, {}), act)
        if act.unit in last and act.way in READABLE:
            faults = [(None, Code.RESUBMISSION), *faults]
        if act.way in READABLE:
            last[act.unit] = content
        expected += [Expected(file=f"{out.name}/{act.file}", cell=cell, code=code) for cell, code in faults]
        outer, _, inner = act.file.partition("!")
        if inner:
            outers.setdefault(outer, []).append((inner, content, act.sent))
        else:
            _send(out / outer, content, act.sent)
    for outer, parts in outers.items():
        sent = max(moment for _, _, moment in parts)
        packed = _letter(outer, parts, sent) if outer.endswith(".eml") else _zip(parts)
        _send(out / outer, packed, sent)
    return tuple(expected)


def _send(path: Path, content: bytes, sent: datetime) -> None:
    files.write(path, content)
    os.utime(path, (sent.timestamp(), sent.timestamp()))


Faults = list[tuple[str | None, Code]]


def _returned(plan: Plan, form: bytes, answers: Mapping[str, Answer], act: Act) -> tuple[bytes, Faults]:
    """What a unit makes of its form, and the faults that are in it then."""
    assert act.sent is not None
    if act.way is Way.OPEN:
        return b"\x0fV\xc4\x83n th\xc6\xb0".ljust(165, b" "), []
    if act.way is Way.PDF:
        return PDF, [(None, Code.UNSUPPORTED_FORMAT)]
    if act.way is Way.STRANGER:
        return _stranger(act.sent), [(None, Code.NOT_A_FORM)]
    book = _open(form)
    faults: Faults = []
    if act.way is Way.EMPTY:
        faults = [(None, Code.EMPTY_RETURN)]
    else:
        desk = Desk(plan=plan, form=layout.form(plan, act.unit), sheet=book[layout.DATA], answers=answers)
        desk.fill()
        narrative = book[layout.NARRATIVE]
        for row in narrative.iter_rows(min_row=layout.NARRATIVE_FIRST_ROW + 1, max_col=2):
            if (words := act.words.get(str(row[0].value))) is not None:
                row[1].value = words
        if act.way in CELL_FAULTS:
            faults = list(CELL_FAULTS[act.way](desk))
    content = _save(book, act.sent)
    if act.way is Way.TORN:
        return content[: len(content) * 2 // 3], [(None, Code.UNREADABLE_FILE)]
    if act.way is Way.FORGED:
        return _restamped(content, _forge), [(None, Code.FORGED_FORM)]
    if act.way is Way.OTHER_CAMPAIGN:
        former = replace(layout.form(plan, act.unit), year=plan.year - 1)
        stamp = str(layout.stamp(OTHER_KEY, former))
        return _restamped(content, lambda _: stamp), [(None, Code.WRONG_CAMPAIGN)]
    return content, faults


# ------------------------------------------------------------------ a form on a unit's desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A form that is being filled in."""

    plan: Plan
    form: layout.Form
    sheet: Worksheet
    answers: Mapping[str, Answer]

    def fill(self) -> None:
        """Type every answer into its cells, numbers as numbers."""
        for row in self.form.variables:
            assert row.variable is not None
            answer = self.answers.get(row.variable.code)
            if answer is None:
                continue
            if row.previous is None and answer.previous is not None:
                self.type(row, layout.PREVIOUS, answer.previous)
            self.type(row, layout.CURRENT, answer.value)
            self.type(row, layout.STATE, answer.state.value if answer.state else None)
            self.type(row, layout.SOURCE, answer.source or None)
            self.type(row, layout.REASON, answer.reason or None)

    def type(self, row: layout.FormRow, column: int, value: object) -> None:
        """Put ``value`` into one cell; a text that starts with ``=`` is a formula, ``#REF!`` an error."""
        self.sheet.cell(row.row + 1, column + 1).value = value  # type: ignore[assignment]

    def numbers(self) -> Iterator[tuple[layout.FormRow, Decimal]]:
        """The rows that hold a number this year, from a row that differs from unit to unit."""
        rows = self.form.variables
        start = sum(self.form.unit.code.encode()) % len(rows)
        for row in (*rows[start:], *rows[:start]):
            assert row.variable is not None
            answer = self.answers.get(row.variable.code)
            if row.variable.kind.numeric and answer is not None and isinstance(answer.value, Decimal):
                yield row, answer.value

    def number(self, *wishes: Callable[[layout.FormRow, Decimal], bool]) -> tuple[layout.FormRow, Decimal] | None:
        """The first row with a number that meets the first of ``wishes`` that any row meets."""
        for wish in wishes:
            for row, value in self.numbers():
                if wish(row, value):
                    return row, value
        return None


def _cell(row: layout.FormRow, column: int = layout.CURRENT) -> str:
    return layout.address(row.row, column)


def _any(row: layout.FormRow, value: Decimal) -> bool:
    return True


def _as_text(desk: Desk) -> Iterator[tuple[str, Code]]:
    """Every number typed as text, as it is written in Vietnam."""
    for row, value in desk.numbers():
        assert row.variable is not None
        decimals = 0 if row.variable.kind is Kind.WHOLE else max(1, -int(value.as_tuple().exponent))
        desk.type(row, layout.CURRENT, values.format_number(value, decimals))
        yield _cell(row), Code.NUMBER_AS_TEXT


def _not_a_number(desk: Desk) -> Iterator[tuple[str, Code]]:
    if found := desk.number(_any):
        desk.type(found[0], layout.CURRENT, f"khoảng {values.format_number(found[1])}")
        yield _cell(found[0]), Code.NOT_A_NUMBER


def _ambiguous(desk: Desk) -> Iterator[tuple[str, Code]]:
    """One separator and three digits: a thousand more or less."""
    if found := desk.number(lambda _, value: 1000 <= value < 1_000_000, _any):
        row, value = found
        assert row.variable is not None
        whole = int(value) if value >= 1000 else 1234
        separator = "," if row.variable.kind is Kind.WHOLE else "."
        desk.type(row, layout.CURRENT, f"{whole // 1000}{separator}{whole % 1000:03d}")
        yield _cell(row), Code.AMBIGUOUS_NUMBER


def _above(desk: Desk) -> Iterator[tuple[str, Code]]:
    """Zeros too many."""

    def bounded(row: layout.FormRow, value: Decimal) -> bool:
        return row.variable is not None and row.variable.high is not None and value > 0

    if found := desk.number(lambda row, value: bounded(row, value) and _kind(row) is Kind.PERCENT, bounded):
        row, value = found
        assert row.variable is not None and row.variable.high is not None
        while value <= row.variable.high:
            value *= 10
        desk.type(row, layout.CURRENT, value)
        yield _cell(row), Code.ABOVE_MAXIMUM


def _kind(row: layout.FormRow) -> Kind | None:
    return row.variable.kind if row.variable else None


def _fraction(desk: Desk) -> Iterator[tuple[str, Code]]:
    if found := desk.number(lambda row, _: _kind(row) is Kind.WHOLE):
        desk.type(found[0], layout.CURRENT, found[1] + Decimal("0.5"))
        yield _cell(found[0]), Code.NOT_AN_INTEGER


def _date(desk: Desk) -> Iterator[tuple[str, Code]]:
    """``1/2`` typed for a half: Excel makes a date of it."""
    if found := desk.number(_any):
        desk.type(found[0], layout.CURRENT, date(desk.plan.year + 1, 2, 1))
        yield _cell(found[0]), Code.DATE_AS_NUMBER


def _blank(desk: Desk) -> Iterator[tuple[str, Code]]:
    """The first three required numbers left out, and nothing said."""
    needed = [row for row, _ in desk.numbers() if row.variable is not None and row.variable.required]
    for row in needed[:3]:
        desk.type(row, layout.CURRENT, None)
        desk.type(row, layout.STATE, None)
        yield _cell(row), Code.MISSING_VALUE


def _no_reason(desk: Desk) -> Iterator[tuple[str, Code]]:
    """The reasons given are struck out; a unit that gave none says ``Chưa có số liệu`` of one row."""
    rows = [(r, a) for r in desk.form.variables if r.variable and (a := desk.answers.get(r.variable.code))]
    silent = [row for row, a in rows if a.state in NEEDS_REASON]
    if not silent and (found := desk.number(_any)):
        desk.type(found[0], layout.CURRENT, None)
        desk.type(found[0], layout.STATE, State.NOT_YET.value)
        silent = [found[0]]
    for row in silent:
        desk.type(row, layout.REASON, None)
        yield _cell(row, layout.REASON), Code.MISSING_REASON


def _contradiction(desk: Desk) -> Iterator[tuple[str, Code]]:
    if found := desk.number(lambda _, value: value > 0):
        desk.type(found[0], layout.STATE, State.NONE_OCCURRED.value)
        yield _cell(found[0], layout.STATE), Code.STATE_CONTRADICTS_VALUE


def _not_in_list(desk: Desk) -> Iterator[tuple[str, Code]]:
    if found := desk.number(_any):
        desk.type(found[0], layout.STATE, "Đang rà soát")
        yield _cell(found[0], layout.STATE), Code.NOT_IN_LIST


def _formula(desk: Desk) -> Iterator[tuple[str, Code]]:
    if found := desk.number(_any):
        row, value = found
        desk.type(row, layout.CURRENT, f"=SUM({value // 2},{value - value // 2})")
        yield _cell(row), Code.FORMULA_IN_INPUT


def _cell_error(desk: Desk) -> Iterator[tuple[str, Code]]:
    if found := desk.number(_any):
        desk.type(found[0], layout.CURRENT, "#REF!")
        yield _cell(found[0]), Code.CELL_ERROR


_AT_MOST = re.compile(r"\s*(\w+)\s*<=\s*(\w+)\s*")


def _rule(desk: Desk) -> Iterator[tuple[str, Code]]:
    """A part that is larger than its whole."""
    held = {row.variable.code: (row, value) for row, value in desk.numbers() if row.variable}
    for rule in desk.plan.rules:
        sides = _AT_MOST.fullmatch(rule.expression)
        if rule.level is Level.ERROR and sides and sides[1] in held and sides[2] in held:
            row, whole = held[sides[1]][0], held[sides[2]][1]
            desk.type(row, layout.CURRENT, whole + max(Decimal(1), whole // 20))
            yield _cell(row), Code.RULE_BROKEN
            return


def _scale(desk: Desk) -> Iterator[tuple[str, Code]]:
    """A thousand times the figure: thousands of đồng where millions are asked, and the like."""
    ruled = " ".join(rule.expression for rule in desk.plan.rules)

    def roomy(row: layout.FormRow, value: Decimal) -> bool:
        high = row.variable.high if row.variable else None
        return value > 0 and isinstance(row.previous, Decimal) and (high is None or value * 1000 <= high)

    if found := desk.number(
        lambda row, value: roomy(row, value) and row.variable is not None and row.variable.code not in ruled, roomy
    ):
        desk.type(found[0], layout.CURRENT, found[1] * 1000)
        yield _cell(found[0]), Code.UNIT_SCALE_SUSPECT


def _locked(desk: Desk) -> Iterator[tuple[str | None, Code]]:
    """The lock taken off and a đơn vị tính rewritten."""
    desk.sheet.protection.disable()
    row = next(iter(desk.numbers()))[0]
    desk.type(row, layout.MEASURE, "nghìn lượt")
    yield _cell(row, layout.MEASURE), Code.LOCKED_CELL_CHANGED
    yield None, Code.PROTECTION_REMOVED


def _row(desk: Desk) -> Iterator[tuple[str | None, Code]]:
    """The lock taken off and a row deleted, so that all below moves up."""
    desk.sheet.protection.disable()
    at = next(iter(desk.numbers()))[0].row + 1
    below = [r for r in desk.sheet.merged_cells.ranges if r.min_row > at]
    for merged in below:
        desk.sheet.unmerge_cells(merged.coord)
    desk.sheet.delete_rows(at)
    for merged in below:
        merged.shift(row_shift=-1)
        desk.sheet.merge_cells(merged.coord)
    yield None, Code.ROW_MISSING
    yield None, Code.PROTECTION_REMOVED


CELL_FAULTS: Mapping[Way, Callable[[Desk], Iterable[tuple[str | None, Code]]]] = {
    Way.AS_TEXT: _as_text,
    Way.NOT_A_NUMBER: _not_a_number,
    Way.AMBIGUOUS: _ambiguous,
    Way.ABOVE: _above,
    Way.FRACTION: _fraction,
    Way.DATE: _date,
    Way.BLANK: _blank,
    Way.NO_REASON: _no_reason,
    Way.CONTRADICTION: _contradiction,
    Way.NOT_IN_LIST: _not_in_list,
    Way.FORMULA: _formula,
    Way.CELL_ERROR: _cell_error,
    Way.RULE: _rule,
    Way.SCALE: _scale,
    Way.LOCKED: _locked,
    Way.ROW: _row,
}

READABLE = frozenset((Way.GOOD, Way.SAVED, *CELL_FAULTS))
"""Ways after which at least something is taken, so that the next file of the unit is a resubmission."""


# ------------------------------------------------------------------ bytes


def _open(content: bytes) -> Workbook:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl says which extensions it drops; a unit's program may drop them too
        return openpyxl.load_workbook(io.BytesIO(content))


def _save(book: Workbook, sent: datetime) -> bytes:
    """The workbook's bytes, saved at the moment ``sent``: openpyxl alone would write the present time."""
    stream = io.BytesIO()
    book.save(stream)
    moment = sent.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()

    def timed(name: str, part: bytes) -> bytes:
        return (
            re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + moment, part) if name.endswith("core.xml") else part
        )

    return _rewritten(stream.getvalue(), timed, sent)


def _rewritten(content: bytes, change: Callable[[str, bytes], bytes], sent: datetime | None = None) -> bytes:
    """The same zip with every part passed through ``change``."""
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        parts = [(part.filename, change(part.filename, old.read(part)), part.date_time) for part in old.infolist()]
    return _packed((name, body, sent.timetuple()[:6] if sent else time) for name, body, time in parts)


def _packed(parts: Iterable[tuple[str, bytes, tuple[int, ...]]]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as new:
        for name, body, time in parts:
            info = zipfile.ZipInfo(name, time)  # type: ignore[arg-type]
            info.external_attr = 0o644 << 16
            new.writestr(info, body, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _zip(parts: Iterable[tuple[str, bytes, datetime]]) -> bytes:
    return _packed((name, body, sent.timetuple()[:6]) for name, body, sent in parts)


def _letter(name: str, parts: Iterable[tuple[str, bytes, datetime]], sent: datetime) -> bytes:
    """An e-mail as a mail program saves it, with ``parts`` attached."""
    from email.message import EmailMessage
    from email.utils import format_datetime

    letter: Any = EmailMessage()
    letter["From"] = "van-thu@don-vi.example"
    letter["To"] = "tong-hop@so-khcn.example"
    letter["Subject"] = "V/v gửi biểu mẫu số liệu"
    letter["Date"] = format_datetime(sent)
    letter.set_content("Kính gửi biểu mẫu số liệu của đơn vị (tệp kèm theo).\n")
    for inner, body, _ in parts:
        letter.add_attachment(
            body,
            maintype="application",
            subtype="vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            filename=inner,
        )
    letter.set_boundary(f"=_{files.sha256(name.encode())[:24]}")
    return bytes(letter)


def _restamped(content: bytes, change: Callable[[str], str]) -> bytes:
    """The same workbook with its stamp changed wherever it stands."""

    def swap(_: str, part: bytes) -> bytes:
        found = layout.find_stamp(part.decode("utf-8", "replace"))
        return part.replace(str(found).encode(), change(str(found)).encode()) if found else part

    return _rewritten(content, swap)


def _forge(stamp: str) -> str:
    """A stamp with the last letter of its signature changed."""
    return stamp[:-1] + ("0" if stamp[-1] != "0" else "1")


def _stranger(sent: datetime) -> bytes:
    """A workbook of the unit's own."""
    import openpyxl

    book = openpyxl.Workbook()
    book.properties.created = sent.replace(tzinfo=None)
    sheet = book.worksheets[0]
    for line in (("TT", "Nội dung", "Số lượng"), (1, "Máy tính xách tay", 12), (2, "Máy in", 4)):
        sheet.append(line)
    return _save(book, sent)


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
"""An empty document, as a scanner would save it under a wrong name."""
