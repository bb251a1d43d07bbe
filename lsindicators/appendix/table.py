"""Grids -> rows of the appendix: which columns mean what, which rows are headings, which are broken, as written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from lsindicators import names, values
from lsindicators.appendix import matrix
from lsindicators.appendix.grid import Box, Grid, lay
from lsindicators.appendix.headings import (
    FIRST_ROWS,
    LEADS,
    NAMES,
    Heading,
    Role,
    heading_at,
    role_of,
    roles_at,
)
from lsindicators.appendix.numbering import below, carries_on, rank, split_number
from lsindicators.findings import Code, Finding, Severity
from lsindicators.model import CellRef


class AppendixRow(Struct, frozen=True, kw_only=True):
    """One row of the appendix that assigns something, as written. Lines of a cell are joined by ``\\n``."""

    row: int  # Word: the row of its table from 1, heading rows counted; Excel: the row of the sheet
    number: str  # STT
    name: str  # on one line
    measure: str
    lead: str
    supporting: str
    deadline: str
    note: str
    groups: tuple[str, ...]  # the headings above it, outermost first, without their numbers
    place: str = ""  # "Bảng 2", or the name of the sheet
    code: str = ""  # Mã số, Mã tiêu chí
    source: str = ""  # Nguồn số liệu
    product: str = ""  # Sản phẩm
    task: bool = False  # its table lists tasks, not criteria
    tails: tuple[tuple[int, str], ...] = ()  # rows read as the rest of ``name`` that may be headings: row, text
    head: AppendixRow | None = None  # the row right above that this one is a part of: 2 of 2.1, 1 of 1a, a) or -


# ------------------------------------------------------------------ the heading


# ------------------------------------------------------------------ lines


class Line(Struct):
    """One row under a heading while it is being understood."""

    at: int  # row of the grid
    row: int
    cells: dict[Role, str]
    own: frozenset[Role]  # roles whose cell starts in this row
    shared: frozenset[Role]  # roles whose cell starts in this row and reaches further down
    whole: str | None  # the text of a cell over name and lead columns
    bold: bool
    lone: bool  # only one cell of the row has a text
    number: str = ""
    code: str = ""
    name: str = ""
    doubts: list[str] = field(default_factory=list)
    tails: list[tuple[int, str]] = field(default_factory=list)  # what may be headings, and is now part of the name

    def text(self, role: Role) -> str:
        return self.cells.get(role, "")


_FIRST = (Role.CRITERION, Role.TASK, Role.LEAD, Role.BOTH, Role.SUPPORTING)


def _line(grid: Grid, at: int, heading: Heading) -> Line:
    boxes = grid.boxes(at)
    cells: dict[Role, list[Box]] = {}
    for role, spans in heading.columns.items():
        cells[role] = [b for b in boxes if any(_belongs(grid, b, span) for span in spans)]
    name = Role.TASK if heading.task else Role.CRITERION
    lead = [b for role in (Role.LEAD, Role.BOTH) for b in cells.get(role, [])]
    if heading.lead:
        lead = [b for role, found in cells.items() if role is not name for b in found if b.right > b.left]
    whole = next((b for b in cells[name] if b in lead), None)
    given: set[Box] = set()  # a cell over several columns counts in one of them
    for role in sorted(cells, key=lambda r: _FIRST.index(r) if r in _FIRST else len(_FIRST)):
        cells[role] = [b for b in cells[role] if b not in given]
        given.update(cells[role])
    filled = [b for b in boxes if b.text]
    own = frozenset(role for role, found in cells.items() if any(b.top == at and b.text for b in found))
    line = Line(
        at=at,
        row=grid.numbers[at],
        cells={role: "\n".join(b.text for b in found if b.text) for role, found in cells.items()},
        own=own,
        shared=frozenset(role for role in own if any(b.top == at and b.bottom > at for b in cells[role])),
        whole=whole.text if whole is not None else None,
        bold=bool(cells[name]) and all(b.bold for b in cells[name] if b.text),
        lone=len(filled) == 1,
    )
    line.number = values.clean(line.text(Role.DETAIL) or line.text(Role.NUMBER))
    line.code = values.clean(line.text(Role.CODE))
    line.name = _one_line(line.text(name))
    return line


def _belongs(grid: Grid, box: Box, span: tuple[int, int]) -> bool:
    """Whether ``box`` stands under the heading over ``span``: it covers it, or most of it lies there."""
    left, right = span
    if box.right < left or box.left > right:
        return False
    common = _width(grid, max(left, box.left), min(right, box.right))
    if common * 10 >= _width(grid, left, right) * 6:
        return True
    return common * 2 > _width(grid, box.left, box.right)


def _width(grid: Grid, left: int, right: int) -> int:
    return sum(grid.widths[left : right + 1])


def _one_line(text: str) -> str:
    """A name on one line, without footnote marks."""
    return re.sub(r"\s*(?:\(\*+\)|\[\d+\]|\*+)+$", "", values.clean(text)).strip()


# ------------------------------------------------------------------ numbers of rows


# ------------------------------------------------------------------ a table


class _Group(Struct):
    rank: int
    text: str
    numbered: bool  # it is a heading because the numbers below it are deeper: a row as high as itself ends it
    row: AppendixRow | None = None  # the heading as a row, where it is not merged over name and units


class Taken(Struct, frozen=True):
    """The rows of one or more grids, what was noticed, and which grids were taken."""

    rows: tuple[AppendixRow, ...]
    findings: tuple[Finding, ...]
    grids: tuple[int, ...]


def take(grids: Sequence[Grid], file: str) -> Taken:
    """The rows of all tables that name a criterion or task and who leads it."""
    grids = [matrix.unfold(g, _is_name, _is_no_unit) or g for grid in grids for g in halves(grid)]
    taken = _take(grids, file, [list(_find(grid)) for grid in grids])
    if taken.rows:
        return taken
    return _take(grids, file, [list(_find(grid, told_above(grid.above) or _told_inside(grid))) for grid in grids])


def halves(grid: Grid) -> list[Grid]:
    """A table that is printed in two halves side by side, under one heading each: the halves, one after the other."""
    for row in range(min(len(grid.rows), FIRST_ROWS)):
        boxes = [b for b in grid.boxes(row) if b.text]
        keys = [names.ascii_key(b.text) for b in boxes]
        size = next((i for i in range(2, len(keys)) if keys[i] == keys[0]), 0)
        roles = {role_of(b.text) for b in boxes[:size]} if size else set()
        if not roles & set(NAMES) or not roles & set(LEADS):
            continue
        if len(keys) % size or keys != keys[:size] * (len(keys) // size):
            continue
        starts = [boxes[i].left for i in range(0, len(boxes), size)]
        ends = [*(left - 1 for left in starts[1:]), len(grid.widths) - 1]
        return [_cut(grid, left, right) for left, right in zip(starts, ends, strict=True)]
    return [grid]


def _cut(grid: Grid, left: int, right: int) -> Grid:
    inside = dict.fromkeys(b for line in grid.rows for b in line[left : right + 1] if b is not None)
    boxes = [replace(b, left=max(b.left, left) - left, right=min(b.right, right) - left) for b in inside]
    return lay(grid.place, boxes, grid.numbers, grid.widths[left : right + 1], grid.above)


_INSIDE = "*"
"""In place of the lead of a heading: it is told by the group that a row stands in."""


def _told_inside(grid: Grid) -> str:
    """Whether rows of their own, such as "I | Sở Y tế chủ trì", tell who leads the rows below them."""
    told = 0
    for row in range(len(grid.rows)):
        texts = [b.text for b in grid.boxes(row) if b.text]
        if 0 < len(texts) < 3 and (len(texts) == 1 or rank(texts[0]) is not None):
            told += bool(told_above(texts[-1]))
    return _INSIDE if told else ""


def _is_name(heading: str) -> bool:
    return role_of(heading) in NAMES


def _is_no_unit(heading: str) -> bool:
    return role_of(heading) is not None


_LED = re.compile(
    r"(?:.*?\b(?:đơn vị|cơ quan)\s+)?chủ trì\s*:\s*(?P<a>.+)|(?:do\s+)?(?P<b>.+?)\s+chủ trì(?:\s+(?:thực hiện|cung cấp).*)?"
    r"|(?:phân công|giao|nhiệm vụ giao)\s+(?:cho\s+)?(?P<c>.+)",
    re.IGNORECASE,
)
_AGENCY = re.compile(
    r"(?:so|ubnd|u[iy] ban|cong an|ban|bo|van phong|thanh tra|bao|thue|thong ke|chi cuc|cuc|kho bac|ngan hang|bhxh|truong|hoi"
    r"|tinh doan|lien doan|cac|toa an|vien|trung tam|cong t[iy]|vnpt|viettel|mobifone|buu dien|hai quan|kbnn|nhnn|xa|phuong)\b"
)
"""How the name of a unit begins, without accents."""
_LONGEST_NAME = 120


def told_above(text: str) -> str:
    """The units that a line above a table names as its lead: "1. Sở Y tế", "Đơn vị chủ trì: Sở Y tế"; else nothing."""
    bare = split_number(values.clean(text))[1].strip(" .:;")
    found = _LED.fullmatch(bare)
    told = next((part for part in found.groups() if part), "") if found else bare
    if len(told) > _LONGEST_NAME or not _AGENCY.match(names.ascii_key(told)):
        return ""
    return told.strip(" .:;")


def _take(grids: Sequence[Grid], file: str, found: Sequence[list[Heading]]) -> Taken:
    rows: list[AppendixRow] = []
    findings: list[Finding] = []
    taken: list[int] = []
    former: tuple[Heading, int] | None = None
    last = ""
    for index, (grid, headings) in enumerate(zip(grids, found, strict=True)):
        if not headings and former is not None and _continues(grid, former, last):
            headings = [replace(former[0], first=-1, last=-1)]
        if not headings:
            continue
        taken.append(index)
        reader = _Table(grid, file, rows)
        for i, heading in enumerate(headings):
            end = headings[i + 1].first if i + 1 < len(headings) else len(grid.rows)
            reader.read(heading, end)
        findings += reader.findings
        former = headings[-1], len(grid.widths)
        last = rows[-1].number if rows else ""
    return Taken(tuple(rows), tuple(findings), tuple(taken))


def _find(grid: Grid, lead: str = "") -> Iterator[Heading]:
    """All headings of a grid: one table may follow another on the same sheet."""
    row = 0
    known: Heading | None = None
    while row < len(grid.rows):
        heading = heading_at(grid, row, lead)
        if heading is not None and known is not None:
            again = heading.texts == known.texts and heading.columns == known.columns
            roles = set(roles_at(grid, row, row).values())
            sure = roles & {Role.LEAD, Role.BOTH} and roles & {Role.NUMBER, Role.SUPPORTING}
            if again or len(roles) < 3 or not sure:
                heading = None  # repeated on a new page, or a row that only sounds like a heading
        if heading is not None:
            yield heading
            known = heading
            row = heading.last
        row += 1


def _continues(grid: Grid, former: tuple[Heading, int], last: str) -> bool:
    """Whether a table without a heading goes on where the former one stopped: same columns, numbers that run on."""
    heading, width = former
    if len(grid.widths) != width or not heading.has(Role.NUMBER):
        return False
    lines = [_line(grid, at, heading) for at in range(len(grid.rows))]
    numbered = [line for line in lines if rank(line.number) is not None and line.name]
    if not numbered or len(numbered) * 2 < len([line for line in lines if line.whole is None]):
        return False
    first = numbered[0].number
    if last.isdigit() and first.isdigit():
        return int(first) == int(last) + 1 or (int(first) == 1 and any(line.whole for line in lines))
    return True


_FOOT = re.compile(
    r"(?:noi nhan|tm|kt|tl|tuq|nguoi lap|thu truong|chu tich|giam doc|ghi chu|luu y|tong cong)(?: .*)?"
    r"|(?:\w+ ){1,3}ngay(?: \d+)? thang(?: \d+)? nam(?: \d+)?"
)
_TOTAL = re.compile(r"(?:tong )?cong(?: \d+(?: (?:tieu chi|chi tieu|nhiem vu|dong|muc))?)?|tong so(?: \d+)?")
_SIGNED = re.compile(r"(?:tm|kt|tl|tuq|chu tich|pho chu tich|giam doc|nguoi lap|thu truong)\b")
_OTHERS = (Role.MEASURE, Role.LEAD, Role.SUPPORTING, Role.BOTH, Role.SOURCE, Role.PRODUCT, Role.DEADLINE, Role.NOTE)
_WHO_ROLES = (Role.LEAD, Role.BOTH)


class _Table:
    """Reads the rows of one grid into ``rows``."""

    def __init__(self, grid: Grid, file: str, rows: list[AppendixRow]) -> None:
        self.grid, self.file, self.rows = grid, file, rows
        self.findings: list[Finding] = []
        self.groups: list[_Group] = []
        self.over: list[AppendixRow] = []  # the rows since the last heading that the next may be a part of
        self.fresh = False  # the last line was a heading
        self.heading: Heading | None = None
        self.headed = False  # some headings are merged or numbered, so one that is neither would be odd

    def read(self, heading: Heading, end: int) -> None:
        self.heading = heading
        self._tell_unread(heading, end)
        lines = []
        for at in range(heading.last + 1, end):
            line = _line(self.grid, at, heading)
            counts = self._is_text(at, heading) and not self._repeats(at, heading)
            if counts and not self._is_total(line) and not _joins(line):
                lines.append(line)
        _mark_bullets(lines)
        self.headed = any(
            line.whole is not None or (line.number and line.name and not any(line.text(role) for role in _OTHERS))
            for line in lines
        )
        joined = self._joined(lines)
        joined = joined[: next((i for i, line in enumerate(joined) if self._is_foot(line, joined[i + 1 :])), None)]
        groups = [
            self._is_group(line, self._next(joined[i + 1 :]), joined[i + 1] if i + 1 < len(joined) else None)
            for i, line in enumerate(joined)
        ]
        for i, line in enumerate(joined):
            if groups[i]:
                if Role.SUPPORTING in line.own - line.shared and not any(line.text(role) for role in _WHO_ROLES):
                    self._doubt(line, line.name, "dòng nhóm có ghi cơ quan phối hợp nhưng không ghi cơ quan chủ trì")
                self._open(line, joined[i + 1 : i + 2], groups[i + 1 : i + 2] == [True])
            else:
                self._leaf(line)

    def _tell_unread(self, heading: Heading, end: int) -> None:
        """Ask about a column of units whose heading says nothing that we know."""
        read = {c for spans in heading.columns.values() for left, right in spans for c in range(left, right + 1)}
        for column in range(len(self.grid.widths)):
            head = self.grid.rows[max(heading.last, 0)][column]
            if column in read or heading.first < 0 or head is None or not head.text or role_of(head.text) is not None:
                continue
            below = [b.text for r in range(heading.last + 1, end) if (b := self.grid.rows[r][column]) is not None]
            below = [text for text in below if text]
            units = [text for text in below if _AGENCY.match(names.ascii_key(text))]
            if len(units) * 10 >= len(below) * 6 and units:
                why = f"cột “{_one_line(head.text)}” có tên đơn vị nhưng không rõ là chủ trì hay phối hợp nên không được đọc"
                at = CellRef(self.file, self.grid.place, str(self.grid.numbers[heading.last]))
                said = _one_line(head.text)
                self.findings.append(Code.UNREADABLE_ROW.at(at, found=said, severity=Severity.QUESTION, why=why))
                read.update(range(head.left, head.right + 1))

    # -- which rows count

    def _is_text(self, at: int, heading: Heading) -> bool:
        """Not empty, and not the row of column numbers (1) (2) (3)."""
        texts = [values.clean(b.text) for b in self.grid.boxes(at) if b.top == at and b.text]
        if not texts:
            return False
        if len(texts) < 3 or at > heading.last + 3:
            return True
        bare = [t.strip("()[]") for t in texts]
        figures = [int(t) for t in bare if t.isdigit()]
        letters = [t for t in bare if re.fullmatch("[A-Z]", t)]
        return not (len(figures) + len(letters) == len(bare) and len(figures) > 1 and figures == sorted(set(figures)))

    def _repeats(self, at: int, heading: Heading) -> bool:
        """A heading row that is repeated on each page: most of its cells say what the heading says."""
        texts = [names.ascii_key(b.text) for b in self.grid.boxes(at) if b.text]
        known = set(heading.texts) | {
            names.ascii_key(b.text) for r in range(max(heading.first, 0), heading.last + 1) for b in self.grid.boxes(r)
        }
        same = sum(1 for t in texts if t in known and role_of(t) is not None)
        return len(texts) > 1 and same * 10 >= len(texts) * 8

    def _is_total(self, line: Line) -> bool:
        """A row such as "Cộng | 46", wherever it stands."""
        name = names.ascii_key(f"{line.number} {line.name}")
        return bool(_TOTAL.fullmatch(name)) and not any(line.text(role) for role in _WHO_ROLES if role in line.own)

    def _is_foot(self, line: Line, rest: Sequence[Line]) -> bool:
        """The signature or the notes under the table of a sheet, with no numbered row after it."""
        if any(rank(r.number) is not None and r.text(Role.LEAD) for r in rest):
            return False
        name = names.ascii_key(f"{line.number} {line.name}") or names.ascii_key(" ".join(line.cells.values()))
        leads = " ".join(line.text(role) for role in _WHO_ROLES if role in line.own)
        if rank(line.number) is None and _SIGNED.match(names.ascii_key(leads)):
            return True
        return bool(_FOOT.fullmatch(name)) and (not leads or name.startswith("noi nhan"))

    # -- rows broken over pages

    def _joined(self, lines: Sequence[Line]) -> list[Line]:
        joined: list[Line] = []
        for line in lines:
            if joined and self._continues(line, joined[-1]):
                if self._could_stand_alone(line, joined[-1]):
                    why = "không có số thứ tự, đã đọc là phần tiếp của dòng trên; nếu là dòng riêng thì ghi thêm số thứ tự"
                    self._doubt(line, line.name, why)
                    if not any(line.text(role) for role in _OTHERS if role in line.own):
                        joined[-1].tails.append((line.row, line.name))
                self._join(joined[-1], line)
            else:
                joined.append(line)
        return joined

    def _continues(self, line: Line, former: Line) -> bool:
        if line.whole is not None or (line.number and Role.NUMBER in line.own | {Role.DETAIL} & line.own):
            return False
        if line.code and Role.CODE in line.own:
            return False
        name = self._name_role
        if line.number:  # a number cell that reaches down over several rows
            return name not in line.own or not line.name
        starts = [role for role in _OTHERS if role in line.own]
        if not (line.name and name in line.own):
            return bool(starts) and former.whole is None
        if former.whole is not None:
            return False
        if line.name[0].islower() or re.match(r"[-+•–,;)]", line.name):
            return True
        if any(line.text(role) and role in line.own for role in _WHO_ROLES):
            # a row of its own where the table has no numbers at all, or where the name starts anew
            return bool(former.number) and self._unfinished(former)
        if _FOOT.fullmatch(names.ascii_key(line.name)) or not former.number:
            return False
        if starts:
            return True
        leaf = any(former.text(role) for role in _OTHERS)  # else a heading, and below it another
        alone = self._could_stand_alone(line, former) and not leaf
        return self._unfinished(former) or (self.headed and not alone and not self._heads(line, former))

    def _could_stand_alone(self, line: Line, former: Line) -> bool:
        """Whether a row that was read as the rest of the one above may as well be a row, or a heading, of its own."""
        if not line.name or self._name_role not in line.own or line.number:
            return False
        return line.name[0].isupper() and not self._unfinished(former)

    def _heads(self, line: Line, former: Line) -> bool:
        """Whether a row with nothing but a name looks like the heading of a group."""
        told = names.ascii_key(line.name).startswith(("nhom ", "linh vuc "))
        return told or (line.bold and not former.bold) or line.name.isupper() or bool(split_number(line.name)[0])

    def _unfinished(self, line: Line) -> bool:
        """Whether the text of a name stops in the middle: at a comma, or at a word that wants another."""
        return bool(re.search(r"(?:[,&(-]|\b(?:và|của|các|hoặc|về|cho|trên|theo|từ|với))$", line.name))

    @property
    def _name_role(self) -> Role:
        return Role.TASK if self.heading is not None and self.heading.task else Role.CRITERION

    def _join(self, former: Line, line: Line) -> None:
        if line.name and self._name_role in line.own:
            former.name = _one_line(f"{former.name} {line.name}")
        for role in _OTHERS:
            if role in line.own and line.text(role):
                before = former.text(role)
                former.cells[role] = f"{before}\n{line.text(role)}" if before else line.text(role)

    # -- headings of groups

    def _next(self, rest: Sequence[Line]) -> Line | None:
        """The line that tells whether the one above ``rest`` is a heading: the first with more than a name."""
        more = (line for line in rest if line.number or line.code or any(line.text(role) for role in _OTHERS))
        return next(more, rest[0] if rest else None)

    def _is_group(self, line: Line, following: Line | None, after: Line | None) -> bool:
        """Whether a line is a heading; ``after`` is the next line, ``following`` the next that tells more than a name."""
        if line.whole is not None:
            return True
        if not line.name and line.lone and re.search(r"[^\W\d_]{3}", line.number):
            return True  # the text of the heading stands in the STT column
        if not line.name:
            return False
        lead = any(line.text(role) for role in _WHO_ROLES)
        own = any(role in line.own and role not in line.shared for role in _WHO_ROLES)
        child = following is not None and (
            below(line.number or line.code, following.number or following.code) if line.number or line.code else True
        )
        if after is not None and (after.whole is not None or after.lone) and (line.number or line.code):
            # a heading comes next: what is under it says nothing of this row
            inner = after.number or split_number(_one_line(after.whole if after.whole is not None else after.name))[0]
            child = below(line.number or line.code, inner) if inner else child and not lead
        if not lead:
            if line.number or line.code:
                return child or (self._looks_like_heading(line) and following is not None)
            assigns = Role.SUPPORTING in line.own and Role.SUPPORTING not in line.shared
            return following is not None and not assigns and (line.lone or not line.text(Role.MEASURE))
        if not child or following is None or line.text(Role.MEASURE):
            return False
        if not own:
            return True  # the lead's cell is merged with those of other rows: it is theirs
        label = [role for role in (Role.MEASURE, Role.PRODUCT) if self.heading is not None and self.heading.has(role)]
        return any(not line.text(role) and following.text(role) for role in label) and bool(line.number or line.code)

    def _looks_like_heading(self, line: Line) -> bool:
        return line.name.isupper() and len(line.name) > 3

    def _open(self, line: Line, following: Sequence[Line], over: bool) -> None:
        """Open the group that ``line`` heads; ``over``: the next row is a heading too."""
        text = line.whole if line.whole is not None else line.name or line.number
        number = line.number if line.name else ""
        inner, rest = split_number(_one_line(text))
        if inner and (not number or inner == number.rstrip(".)")):
            number, text = inner, rest
        text = _one_line(text)
        if not text:
            return
        depth = rank(number)
        if depth is None:
            depth = self._depth(text, over)
        while self.groups and self.groups[-1].rank >= depth:
            self.groups.pop()
        below = rank(following[0].number or following[0].code) if following else None
        numbered = line.whole is None and rank(number) is not None and below is not None and below > depth
        lead, supporting = ("", "") if line.whole is not None else self._who(line, told=False)
        row = None if line.whole is not None else self._row(line, number, text, lead, supporting)
        self.groups.append(_Group(depth, text, numbered, row))
        self.over.clear()
        self.fresh = True

    def _depth(self, text: str, over: bool) -> int:
        """How deep a heading without a number stands: told by capitals, by "Nhóm", and by the headings around it."""
        depth = 5 if text.isupper() else 10 if names.ascii_key(text).startswith("nhom ") else 15
        last = self.groups[-1].rank if self.groups else -1
        if self.fresh and last >= depth:
            return last + 1
        return max(depth, last) if depth == 15 and last > 15 and not over else depth

    # -- rows that assign

    def _leaf(self, line: Line) -> None:
        self.fresh = False
        number, name = line.number, line.name
        if not number:
            number, name = split_number(name)
            if not name:
                number, name = "", line.name
        if not name:
            rest = "; ".join(values.clean(t) for role, t in line.cells.items() if t and role is not Role.NUMBER)
            if rest:
                self._doubt(line, rest, "dòng này không có tên tiêu chí, nhiệm vụ")
            return
        lead, supporting = self._who(line)
        if not lead:
            self._doubt(line, name, "dòng này không ghi cơ quan chủ trì; cần ghi cơ quan nào")
        depth = rank(number)
        while depth is not None and self.groups and self.groups[-1].numbered and self.groups[-1].rank >= depth:
            self.groups.pop()
        while self.over and not carries_on(self.over[-1].number, number):
            self.over.pop()
        row = self._row(line, number, name, lead, supporting)
        self.rows.append(row)
        self.over.append(row)

    def _row(self, line: Line, number: str, name: str, lead: str, supporting: str) -> AppendixRow:
        """``line`` as a row, under the headings and below the row that are open now."""
        groups = [g.text for g in self.groups]
        column = _one_line(line.text(Role.GROUP))
        if column and column not in groups:
            groups.append(split_number(column)[1])
        return AppendixRow(
            row=line.row,
            number=number,
            name=name,
            measure=values.clean(line.text(Role.MEASURE)),
            lead=lead,
            supporting=supporting,
            deadline=values.clean(line.text(Role.DEADLINE)),
            note=values.clean(line.text(Role.NOTE)),
            groups=tuple(groups),
            place=self.grid.place,
            code=line.code,
            source=values.clean(line.text(Role.SOURCE)),
            product=values.clean(line.text(Role.PRODUCT)),
            task=self._name_role is Role.TASK,
            tails=tuple(line.tails),
            head=self.over[-1] if self.over else self.groups[-1].row if self.groups else None,
        )

    def _who(self, line: Line, *, told: bool = True) -> tuple[str, str]:
        """(lead, supporting) as written; a cell that names both is split at its own words. ``told``: so are doubts."""
        above = self.rows[-1] if self.rows and self.rows[-1].place == self.grid.place else None
        lead = _written(line.text(Role.LEAD), above.lead if above else "")
        if not lead and self.heading is not None and self.heading.lead:
            inside = next((above_it for g in reversed(self.groups) if (above_it := told_above(g.text))), "")
            lead = inside if self.heading.lead == _INSIDE else self.heading.lead
        supporting = _written(line.text(Role.SUPPORTING), above.supporting if above else "")
        both = _written(line.text(Role.BOTH), "")
        for text in (both, lead):
            parts = split_both(text)
            if parts is not None:
                lead = parts[0] if text is lead else "\n".join(t for t in (lead, parts[0]) if t)
                supporting = "\n".join(t for t in (parts[1], supporting) if t)
            elif text and text is both:
                lead = "\n".join(t for t in (lead, both) if t)
                why = "không rõ đơn vị nào chủ trì, đơn vị nào phối hợp; đã ghi cả vào Chủ trì"
                if told:
                    self._doubt(line, values.clean(both), why)
        return lead, supporting

    def _doubt(self, line: Line, value: str, why: str) -> None:
        at = CellRef(self.file, self.grid.place, str(line.row))
        self.findings.append(Code.UNREADABLE_ROW.at(at, found=value, severity=Severity.QUESTION, why=why))


def _joins(line: Line) -> bool:
    """Whether a row says no more than "Trong đó:"."""
    return line.lone and names.key(line.name) in _JOINING


_JOINING = {names.key(text) for text in ("trong đó", "bao gồm", "gồm", "trong đó gồm", "cụ thể", "trong tổng số")}

_BULLET = re.compile(r"[-+•–]\s*(?=\S)")


def _mark_bullets(lines: Sequence[Line]) -> None:
    """Give the rows "- Chi ngân sách | Sở Tài chính" below one that names no unit the number "-": they are its parts."""
    former: Line | None = None
    for line in lines:
        owing = any(line.text(role) and role in line.own for role in _WHO_ROLES)
        bullet = _BULLET.match(line.name)
        if former is not None and bullet and owing and not line.number and line.whole is None:
            parts = former.number == "-" or not any(former.text(role) for role in _WHO_ROLES)
            if parts and former.whole is None:
                line.number, line.name = "-", line.name[bullet.end() :]
        former = line


_NOBODY = {"", "…", "x", "0", *map(names.key, ("không", "không có"))}
"""Keys of what stands in a cell that names no unit; dashes and dots have an empty key."""

_DITTO = {names.key(text) for text in ("nt", "như trên", "như dòng trên", "như mục trên")}
_DITTO_SIGNS = {'"', "''", "〃", "”", "“", "″", "//", "-//-", "- // -", '-"-', '- " -', ",,"}


def _written(text: str, above: str) -> str:
    """What a cell of units says: nothing for a dash, the same as the row above for "như trên"."""
    if values.clean(text) in _DITTO_SIGNS or names.key(text) in _DITTO:
        return above
    return "" if names.key(text) in _NOBODY else values.clean_lines(text)


_MARKED = re.compile(
    r"(.*?\S)\s*\((?:(?:cơ quan|đơn vị)\s+)?(chủ trì|phối hợp|ct|ph)\)[\s;,.]*", re.IGNORECASE | re.DOTALL
)
_LABEL = re.compile(r"(?:(?:cơ quan|đơn vị)\s+)?(chủ trì|phối hợp)(?:\s+thực hiện)?\s*:", re.IGNORECASE)
_WITH = re.compile(
    r"^\W*(.+?)\s*,?\s+chủ trì\s*[,;]?\s*(?:và\s+)?phối hợp\s+(?:với|cùng)\s+(.+)$", re.IGNORECASE | re.DOTALL
)


_LEADING, _AROUND = ("chủ trì", "ct"), " \n;,.-+*•"


def split_both(text: str) -> tuple[str, str] | None:
    """(lead, supporting) of a cell such as "Chủ trì: Sở A; phối hợp: Sở B" or "Sở A (chủ trì), Sở B (phối hợp)"; else ``None``."""
    labels = list(_LABEL.finditer(text))
    if labels and any(found[1].lower() == "chủ trì" for found in labels):
        sides: dict[str, list[str]] = {"chủ trì": [], "phối hợp": []}
        for found, after in zip(labels, [*labels[1:], None], strict=True):
            part = text[found.end() : after.start() if after else len(text)].strip(_AROUND)
            sides[found[1].lower()].append(part)
        if not text[: labels[0].start()].strip(_AROUND):
            return "\n".join(filter(None, sides["chủ trì"])), "\n".join(filter(None, sides["phối hợp"]))
    marked = list(_MARKED.finditer(text))
    if marked and marked[-1].end() == len(text) and any(m[2].lower() in _LEADING for m in marked):
        lead = [m[1].strip(_AROUND) for m in marked if m[2].lower() in _LEADING]
        return "; ".join(lead), "; ".join(m[1].strip(_AROUND) for m in marked if m[2].lower() not in _LEADING)
    found_with = _WITH.match(text)
    return (found_with[1].strip(), found_with[2].strip()) if found_with else None
