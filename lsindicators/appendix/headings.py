"""What the heading of a table says of its columns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum, auto

from msgspec import Struct

from lsindicators import names
from lsindicators.appendix.grid import Grid


class Role(Enum):
    """What a column holds."""

    NUMBER = auto()
    DETAIL = auto()
    CODE = auto()
    GROUP = auto()
    CRITERION = auto()
    TASK = auto()
    MEASURE = auto()
    LEAD = auto()
    SUPPORTING = auto()
    BOTH = auto()  # one column for lead and supporting units
    SUPPLIER = auto()  # leads where no column is called chủ trì, else supports
    UNIT = auto()  # "Đơn vị": of measure, or the one that leads
    SOURCE = auto()
    PRODUCT = auto()
    DEADLINE = auto()
    NOTE = auto()
    OTHER = auto()


_CRITERION = r"(?:chi tieu|tieu chi|chi so|so lieu|thong tin)"
_TASK = r"(?:nhiem vu|cong viec|noi dung|hoat dong|dau viec|giai phap|dau muc)"
_WHO = r"(?:co quan|don vi|to chuc|so nganh|cap|noi|bo phan|cac don vi|cac co quan)"
_HEADINGS: tuple[tuple[Role, str], ...] = (
    (Role.DETAIL, r"(?:stt|tt|so tt|so) (?:chi tiet|con|nho)"),
    (Role.NUMBER, rf"(?:stt|tt|so tt|so thu tu|thu tu|so|no|(?:stt|tt) (?:{_CRITERION}|{_TASK}))"),
    (Role.CODE, rf"(?:ma|ma so|k[iy] hieu|ma hieu|so hieu)(?: {_CRITERION}| {_TASK})?"),
    (Role.MEASURE, r"(?:don vi tinh.*|dvt|dv tinh|don vi do(?: luong)?)"),
    (Role.UNIT, r"don vi"),
    (
        Role.OTHER,
        r"(?:can cu|l[iy] do|lanh dao|nguoi|muc |phan to|gia tri|nam \d|den |tam nhin|trong so|diem|cong thuc|cach tinh"
        r"|phuong phap|muc do|uu tien|chi tieu lien quan|tieu chi lien quan|nhiem vu lien quan|van ban lien quan|khai niem|dinh nghia|yeu cau).*",
    ),
    (Role.BOTH, r".*chu tri.*phoi hop.*|.*phoi hop.*chu tri.*"),
    (
        Role.SUPPORTING,
        rf".*phoi hop.*|{_WHO}(?: {_WHO})* (?:cung )?(?:tham gia|thuc hien cung|cung thuc hien|ho tro).*"
        rf"|{_WHO}(?: {_WHO})* cung (?:thuc hien|cung cap).*|(?:co quan|don vi)(?: co quan| don vi)* lien quan",
    ),
    (Role.OTHER, r".*lien quan"),
    (Role.LEAD, r"(?:.* )?chu tri(?: .*)?|(?:giao|phan cong)(?: cho)?|.*(?:chiu trach nhiem|thuc hien) chinh"),
    (Role.SOURCE, r"nguon.*|minh chung.*"),
    (
        Role.DEADLINE,
        r"(?:thoi gian|thoi han|thoi diem|han|hoan thanh|tien do|k[iy] (?:bao cao|cong bo|thu thap)|tan suat|moc|ngay).*",
    ),
    (Role.NOTE, r"ghi chu.*"),
    (
        Role.SUPPLIER,
        rf"{_WHO}(?: {_WHO})* (?:thuc hien|cung cap|bao cao|phu trach|dau moi|chiu trach nhiem|thu thap|theo doi|tong hop"
        rf"|duoc giao|duoc phan cong|quan ly|tham muu|gui).*|(?:phan cong|trach nhiem|dau moi)(?: .*)?|{_WHO}(?: {_WHO})+|co quan",
    ),
    (Role.PRODUCT, r"(?:ket qua )?san pham.*|ket qua.*"),
    (Role.GROUP, rf"(?:nhom|linh vuc|phan nhom|nhom linh vuc|nhom {_CRITERION}|nhom {_TASK}|linh vuc nhom)"),
    (Role.CRITERION, rf"(?:nhom )?(?:danh muc )?(?:ten )?(?:noi dung )?(?:cac )?{_CRITERION}(?: .*)?"),
    (Role.TASK, rf"(?:nhom )?(?:danh muc )?(?:ten )?(?:cac )?{_TASK}(?: .*)?"),
)
_PATTERNS = tuple((role, re.compile(pattern)) for role, pattern in _HEADINGS)
NAMES, LEADS = (Role.CRITERION, Role.TASK), (Role.LEAD, Role.BOTH, Role.SUPPLIER)
_HEADING_LENGTH, HEADING_ROWS, FIRST_ROWS = 90, 3, 40


def role_of(heading: str) -> Role | None:
    """What a heading says of its column; ``None`` when it says nothing we know."""
    key = names.ascii_key(heading)
    if not key or len(key) > _HEADING_LENGTH:
        return None
    return next((role for role, pattern in _PATTERNS if pattern.fullmatch(key)), None)


class Heading(Struct, frozen=True):
    """The heading of a table: where it ends, and for each role the columns of the grid."""

    first: int
    last: int
    columns: Mapping[Role, tuple[tuple[int, int], ...]]
    texts: tuple[str, ...]  # keys of the heading cells, to know the heading when it is repeated
    task: bool
    lead: str = ""  # who leads all rows, told above the table; it has no column of leads then

    def has(self, role: Role) -> bool:
        return role in self.columns


def heading_at(grid: Grid, row: int, lead: str = "") -> Heading | None:
    """The heading that starts at ``row``, over one to three rows; it needs no column of leads where ``lead`` is told."""
    for depth in range(1, HEADING_ROWS + 1):
        last = row + depth - 1
        if last >= len(grid.rows):
            return None
        roles = roles_at(grid, row, last)
        found = set(roles.values())
        leads = found & {Role.LEAD, Role.BOTH, Role.SUPPLIER, Role.UNIT}
        if found & set(NAMES) and (leads or (lead and len(found) > 2)):
            if depth > 1 and len(roles_at(grid, row, row)) < 2:
                return None  # a title stands in this row; the heading starts below it
            last = _extended(grid, row, last)
            return _settled(grid, row, last, roles_at(grid, row, last), lead)
    return None


def roles_at(grid: Grid, first: int, last: int) -> dict[tuple[int, int], Role]:
    """Column range -> role, read from the lowest heading cell upwards."""
    roles: dict[tuple[int, int], Role] = {}
    column = 0
    width = len(grid.widths)
    while column < width:
        stack = list(dict.fromkeys(b for r in range(last, first - 1, -1) if (b := grid.rows[r][column]) is not None))
        stack = [b for b in stack if b.text]
        low = stack[0] if stack else None
        end = min(low.right, width - 1) if low is not None else column
        if low is not None:
            joined = " ".join(b.text for b in reversed(stack))
            candidates = [low.text, joined, *(b.text for b in stack[1:])]
            role = next((r for t in candidates if (r := role_of(t)) is not None), None)
            if role is not None:
                roles[max(column, low.left), end] = role
        column = max(end, column) + 1
    return roles


def _extended(grid: Grid, first: int, last: int) -> int:
    """The last heading row: merged heading cells reach down to it, or a row of sub-headings follows."""
    while last + 1 < len(grid.rows) and last - first + 1 < HEADING_ROWS:
        if max((b.bottom for b in grid.boxes(last)), default=last) > last:
            last += 1
            continue
        above = roles_at(grid, first, last)
        new = [b for b in grid.boxes(last + 1) if b.top == last + 1 and b.text]
        spread = any(b.right > b.left for b in grid.boxes(last) if b.text)
        named = [span for span, role in above.items() if role in NAMES]
        if (
            new
            and spread
            and all(role_of(b.text) is not None for b in new)
            and not any(b.left <= right and left <= b.right for b in new for left, right in named)
        ):
            last += 1
            continue
        break
    return last


def _settled(grid: Grid, first: int, last: int, roles: dict[tuple[int, int], Role], lead: str = "") -> Heading | None:
    """Settle what one heading alone leaves open: Đơn vị, cơ quan thực hiện, two columns of names."""
    columns: dict[Role, list[tuple[int, int]]] = {}
    for span, role in roles.items():
        columns.setdefault(role, []).append(span)
    leads = Role.LEAD in columns or Role.BOTH in columns
    for span in columns.pop(Role.UNIT, []):
        leads_here = not leads and Role.SUPPLIER not in columns
        columns.setdefault(Role.LEAD if leads_here else Role.MEASURE, []).append(span)
        leads = leads or leads_here
    suppliers = columns.pop(Role.SUPPLIER, [])
    if suppliers and not leads:
        columns[Role.LEAD] = [suppliers.pop(0)]
    if suppliers:
        columns[Role.SUPPORTING] = [*columns.get(Role.SUPPORTING, []), *suppliers]
    task = Role.CRITERION not in columns
    named = columns.get(Role.TASK if task else Role.CRITERION, [])
    if not named or not (Role.LEAD in columns or Role.BOTH in columns or lead):
        return None
    lead = "" if Role.LEAD in columns or Role.BOTH in columns else lead
    if len(named) > 1 and _coarser(grid, last, named[0], named[1]):
        columns.setdefault(Role.GROUP, []).append(named[0])
        named = named[1:]
    columns[Role.TASK if task else Role.CRITERION] = named[:1]
    texts = tuple(names.ascii_key(b.text) for b in grid.boxes(last) if b.text)
    return Heading(first, last, {role: tuple(spans) for role, spans in columns.items()}, texts, task, lead)


def _coarser(grid: Grid, last: int, one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether the cells of column ``one`` reach over several cells of column ``other``."""
    below = range(last + 1, len(grid.rows))
    count = [len({grid.rows[r][span[0]] for r in below}) for span in (one, other)]
    return count[0] < count[1]
