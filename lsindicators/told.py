"""A verdict's findings in, out what a person would say of them: the same trouble at many cells is one sentence.

No cell of an error or a question is ever left out; whoever needs every single finding takes the findings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct

from lsindicators import layout, lazily
from lsindicators.findings import Code, Finding, Severity, place
from lsindicators.values import clean, format_value


class Told(Struct, frozen=True, kw_only=True):
    """One thing to say: one kind of trouble, and every place of it."""

    code: Code
    severity: Severity
    where: str  # "H12–H15, H20", "dòng C28_A", or empty for the file as a whole
    what: str  # the sentence without its places
    text: str  # the sentence with its places
    findings: tuple[Finding, ...]

    @property
    def places(self) -> int:
        """How many places it speaks of; several findings at one cell are one place, and so are the cells of a rule."""
        return places((self,))


def places(items: Iterable[Told]) -> int:
    """How many places all ``items`` speak of."""
    counted = (f for t in items for f in (t.findings[:1] if t.code is Code.RULE_BROKEN else t.findings))
    return len({place(f) for f in counted})


def group(
    findings: Iterable[Finding], names: Mapping[str, str] | None = None, rows: Iterable[int] = ()
) -> tuple[Told, ...]:
    """What a person would say of ``findings``: errors first, then questions, warnings, and what is only to be known.

    ``names``: variable -> what it is called. ``rows``: the rows of the sheet that hold variables, counted from 1, so
    that cells with nothing but a heading between them are one range.
    """
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        groups.setdefault(_kind(finding), []).append(finding)
    order = list(Severity)
    turn = {row: n for n, row in enumerate(sorted(set(rows)))}
    told = [_told(tuple(same), names or {}, turn) for same in groups.values()]
    return tuple(sorted(told, key=lambda t: order.index(t.severity)))


# ------------------------------------------------------------------ what is the same trouble

_MANY: Mapping[Code, str] = {
    Code.ROW_MISSING: "{n} dòng không còn trong biểu",
    Code.ROW_MOVED: "{n} dòng có mã đứng cạnh tên của dòng khác, có thể đã bị sắp xếp lại nên không lấy số",
    Code.ROW_DUPLICATED: "{n} dòng có mã xuất hiện nhiều lần",
    Code.LOCKED_CELL_CHANGED: "{n} ô khóa đã bị sửa",
    Code.PROTECTION_REMOVED: "{n} trang tính không còn khóa",
    Code.STRAY_CONTENT: "{n} ô có nội dung ngoài ô nhập",
    Code.MISSING_VALUE: "{n} ô chưa có số liệu",
    Code.MISSING_REASON: "{n} ô ở cột Giải trình chưa ghi lý do, mà Tình trạng đã chọn cần có lý do",
    Code.MISSING_SOURCE: "{n} ô ở cột Nguồn số liệu chưa ghi nguồn",
    Code.NOT_A_NUMBER: "{n} ô không phải là số",
    Code.NOT_AN_INTEGER: "{n} ô chỉ nhận số nguyên mà có phần lẻ",
    Code.AMBIGUOUS_NUMBER: "{n} ô có số đọc được hai cách",
    Code.NUMBER_AS_TEXT: "{n} số được gõ dưới dạng chữ, đã đọc được",
    Code.DATE_AS_NUMBER: "{n} ô đang là ngày tháng, không phải số",
    Code.BELOW_MINIMUM: "{n} ô nhỏ hơn mức thấp nhất cho phép",
    Code.ABOVE_MAXIMUM: "{n} ô lớn hơn mức cao nhất cho phép",
    Code.CELL_ERROR: "{n} ô đang báo lỗi",
    Code.FORMULA_IN_INPUT: "{n} ô đang chứa công thức",
    Code.NOT_IN_LIST: "{n} ô không có trong danh sách",
    Code.TEXT_TOO_LONG: "{n} ô có nội dung quá dài, chỉ giữ phần đầu",
    Code.CONTROL_CHARACTERS: "{n} ô có ký tự điều khiển",
    Code.STATE_CONTRADICTS_VALUE: "{n} ô có số mà Tình trạng lại nói không có",
    Code.LARGE_CHANGE: "{n} số tăng hoặc giảm quá mức cho phép so với năm trước",
    Code.UNIT_SCALE_SUSPECT: "{n} số gấp khoảng nghìn, triệu hay tỷ lần năm trước, hoặc ngược lại",
}
"""What is said of several cells with the same trouble; a code that is not here is said of each cell by itself."""

_WORTH_SEEING = {
    Code.NOT_A_NUMBER, Code.NOT_AN_INTEGER, Code.AMBIGUOUS_NUMBER, Code.DATE_AS_NUMBER, Code.BELOW_MINIMUM,
    Code.ABOVE_MAXIMUM, Code.CELL_ERROR, Code.FORMULA_IN_INPUT, Code.NOT_IN_LIST, Code.STATE_CONTRADICTS_VALUE,
    Code.LARGE_CHANGE, Code.UNIT_SCALE_SUSPECT, Code.NUMBER_AS_TEXT, Code.STRAY_CONTENT,
}  # fmt: skip
"""What stood in the cell says more than where it is."""

_PLAIN = {Code.MISSING_SOURCE, Code.MISSING_REASON, Code.NOT_AN_INTEGER}
"""What is said of several cells tells already what is to be done."""

FEW = 4
"""Up to so many cells are each told with what stands in them, or whose they are."""

_CELL = lazily.pattern(r" ?\(ô [A-Z]{1,3}\d{1,7}\)")
_EXAMPLE = lazily.pattern(r",? ví dụ [^;]*")
_PLACE = lazily.pattern(r"\{[^}]*\}")
_PARTICULAR = lazily.pattern(r"“[^”]*”|\b[A-Z]+\d+_\w+|\d[\d.,]*")


def _kind(finding: Finding) -> tuple[object, ...]:
    """Findings of one kind are said in one sentence."""
    code, message = finding.code, clean(finding.message)
    if code not in _MANY:
        return finding.severity, code, message
    sheet = finding.at.sheet if finding.variable is None else ""
    if not _usual(finding):  # worded for a case of its own
        return finding.severity, code, sheet, _PARTICULAR.sub("", _CELL.sub("", message))
    return finding.severity, code, sheet, "" if code in _PLAIN else _remedy(finding, bare=True)


def _usual(finding: Finding) -> bool:
    """Whether the sentence is the one that stands beside the code."""
    pieces = _PLACE.split(finding.code.value.text)
    return all(clean(piece) in clean(finding.message) for piece in pieces if len(piece) > FEW)


def _remedy(finding: Finding, *, bare: bool = False) -> str:
    """The half of the sentence that says how to mend it; ``bare``: without an example."""
    told = _CELL.sub("", clean(finding.halves[1]))
    return _EXAMPLE.sub("", told) if bare else told


# ------------------------------------------------------------------ how it is said


def _told(same: tuple[Finding, ...], names: Mapping[str, str], turn: Mapping[int, int]) -> Told:
    first = same[0]
    cells = tuple(dict.fromkeys(f.at.address for f in same if f.at.address))
    one = first.code not in _MANY or len({place(f) for f in same}) == 1
    if one or not (cells or all(f.variable for f in same)):
        where, what = _where(same, cells, names, turn), _CELL.sub("", clean(first.message))
        whole = bool(where) and not (where.startswith("dòng ") and where.split()[1] in what)
        text = f"{where}: {what}" if whole else what
    elif not _usual(first):
        where, what = _where(same, cells, names, turn), _CELL.sub("", clean(first.message))
        text = f"{max(len(cells), len(same))} chỗ tương tự ({where}), ví dụ: {what}"
    else:
        where = _shown(same) or _where(same, cells, names, turn)
        remedies = {"" if f.code in _PLAIN else _remedy(f) for f in same}
        remedy = next(iter(remedies)) if len(remedies) == 1 else _remedy(first, bare=True)
        head = _MANY[first.code].format(n=max(len(cells), len({f.variable for f in same if f.variable})))
        what = f"{head}; {remedy}" if remedy else head
        text = f"{head}: {where}" + (f"; {remedy}" if remedy else "")
    return Told(code=first.code, severity=first.severity, where=where, what=what, text=text, findings=same)


def _where(same: Sequence[Finding], cells: Sequence[str], names: Mapping[str, str], turn: Mapping[int, int]) -> str:
    codes = tuple(dict.fromkeys(f.variable for f in same if f.variable))
    if not cells:
        return f"dòng {', '.join(codes)}" if codes else ""
    sheet = same[0].at.sheet
    elsewhere = f"trang “{sheet}”, ô " if sheet and not codes and sheet != layout.DATA else ""
    if len(codes) == len(cells) == 1:
        name = names.get(codes[0], "")
        return f"{cells[0]} ({codes[0]}{' ' + short(name) if name else ''})"
    if codes and len(cells) <= FEW:
        at = {f.at.address: f.variable for f in same}
        return ", ".join(f"{cell} ({code})" if (code := at[cell]) else cell for cell in cells)
    return elsewhere + ranges(cells, turn)


def _shown(same: Sequence[Finding]) -> str:
    """The few cells with what stood in each; empty where that says nothing, or there are too many."""
    if (
        same[0].code not in _WORTH_SEEING
        or len({f.at.address for f in same}) > FEW
        or any(not f.at.address for f in same)
    ):
        return ""
    seen = {
        f.at.address: short(clean(format_value(f.value) if not isinstance(f.value, bool) else str(f.value).upper()), 24)
        for f in same
    }
    return ", ".join(f"{cell} (“{value}”)" if value else str(cell) for cell, value in seen.items())


def ranges(cells: Iterable[str], turn: Mapping[int, int] | None = None) -> str:
    """``H12, H13, H14, H20`` -> ``H12–H14, H20``; ``turn``: row -> its place among the rows that count."""
    turn_of: Callable[[int], int] = (lambda row: turn.get(row, -2 * row)) if turn else (lambda row: row)
    columns: dict[str, list[int]] = {}
    for cell in cells:
        letters = cell.rstrip("0123456789")
        columns.setdefault(letters, []).append(int(cell[len(letters) :]))
    told = []
    for letters, rows in columns.items():
        runs: list[list[int]] = []
        for row in sorted(set(rows)):
            if runs and turn_of(row) == turn_of(runs[-1][-1]) + 1:
                runs[-1].append(row)
            else:
                runs.append([row])
        told += [f"{letters}{run[0]}" + (f"–{letters}{run[-1]}" if len(run) > 1 else "") for run in runs]
    return ", ".join(told)


def short(text: str, limit: int = 60) -> str:
    """``text`` within ``limit`` characters, ended at a word with “…” when it is longer."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    return (head.rpartition(" ")[0] or head).rstrip(" ,;:") + "…"


_INSIDE = lazily.pattern(r"^.*\.(?:zip|eml)!", re.IGNORECASE | re.DOTALL)


def file_name(file: str) -> str:
    """The name of a file as its sender knows it: without the folder, the archive or the e-mail in which it lay."""
    return clean(_INSIDE.sub("", file).rpartition("/")[2])
