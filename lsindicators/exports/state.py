"""``tinh-hinh.xlsx``: the page on which the Director sees how the figures come in; by units, by groups, by criteria."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from msgspec import Struct
from xlsxwriter.utility import xl_rowcol_to_cell

from lsindicators import summary, values
from lsindicators.exports.book import BAD, DOUBTFUL, FONT, GOOD, GREY, QUIET, Look
from lsindicators.exports.paper import HEADING, Paper, PaperBook
from lsindicators.exports.sheets.lists import LATE, status
from lsindicators.exports.words import COLOURS, OUTCOMES
from lsindicators.layout import MADE_UP
from lsindicators.model import HANOI, Dataset, Gap, Outcome, Plan, Result, Sending, Status
from lsindicators.summary import Delivery, kind

NAME = "tinh-hinh.xlsx"
SHEET, UNITS, GROUPS, CRITERIA = "Tình hình", "Đơn vị", "Nhóm tiêu chí", "Tiêu chí"

MOST = 10
"""So many units that lack most stand on the first page."""

NO_FIGURE = "Không có số riêng"
"""What a unit has answered without a figure: it does not apply to it, or is counted elsewhere."""

NAMED = 6
"""So many units are named of those that lack for a criterion."""

_CENTRE: Look = {"align": "center"}
_NUMBER: Look = {"num_format": "#,##0_)", "align": "right", "indent": 0}  # programs indent numbers unlike
_SHARE: Look = {"num_format": "0.0_)", "align": "right", "indent": 0}
_BOLD: Look = {"bold": True}
_COLOURS: Mapping[Status | None, Look] = {Status.ACCEPTED: GOOD, Status.PARTIAL: DOUBTFUL}

Cells = list[tuple[str | Decimal | None, Look]]


class Page(Struct, frozen=True, dict=True):
    """What is told, on a day."""

    plan: Plan
    dataset: Dataset
    results: Sequence[Result]
    sendings: Sequence[Sending]
    today: date
    days_left: int  # until the last day in time; negative: late

    @cached_property
    def summary(self) -> summary.Summary:
        return summary.of(self.plan, self.dataset, self.results, self.sendings)

    @cached_property
    def by_lack(self) -> tuple[Delivery, ...]:
        """The units, those first that lack most; of the same lack in the plan's order, those first that sent nothing."""
        return tuple(sorted(self.summary.deliveries, key=lambda d: (-d.missing, d.sending.sent_at is not None)))


def write(page: Page) -> bytes:
    """The bytes of the workbook; same input, same bytes."""
    plan = page.plan
    book = PaperBook(plan, f"Tình hình cung cấp số liệu năm {plan.year}, tỉnh {plan.settings.province}")
    _first(book, page)
    _units(book, page)
    _groups(book, page)
    _criteria(book, page)
    return book.close()


def _title(paper: Paper, page: Page, text: str, below: str) -> None:
    plan = page.plan
    title = f"{text} năm {plan.year}, tỉnh {plan.settings.province}".upper()
    paper.paragraph(title, keep=True, bold=True, align="center", font_size=14)
    paper.paragraph(below, keep=True, italic=True, align="center", font_size=12)
    if plan.settings.made_up:
        paper.paragraph(MADE_UP, keep=True, bold=True, align="center", font_color="#C00000")
    paper.line(6, keep=True)


def _as_of(page: Page) -> str:
    return f"Tính đến {values.long_date(page.today)}"


def _percent(part: int, whole: int) -> Decimal | str:
    return Decimal(100 * part) / whole if whole else ""


def _counted(number: int) -> tuple[Decimal, Look]:
    return Decimal(number), _NUMBER


def _shared(part: int, whole: int) -> tuple[Decimal | str, Look]:
    return _percent(part, whole), _SHARE


# ------------------------------------------------------------------ the first page

_WIDTHS = (5, 44, 10, 10, 10, 10, 12, 12, 14, 14, 14)
_HEAD = 34
"""Height of the headings of a table, in points."""

_CARDS = ((0, 1), (2, 3), (4, 5), (6, 7), (8, 9), (10, 10))


def _first(book: PaperBook, page: Page) -> None:
    """Days left, how many have sent, bars by blocks of units, who lacks most: one page."""
    settings = page.plan.settings
    paper = Paper(book, SHEET, _WIDTHS)
    deadline, due = values.format_date(settings.unit_deadline), values.format_date(settings.report_deadline)
    told = f"{_as_of(page)}. Hạn đơn vị gửi: trước {deadline}. Hạn báo cáo: trước {due}"
    _title(paper, page, "Tình hình cung cấp số liệu", told)
    _cards(paper, page)
    _blocks(book, paper, page)
    _most(paper, page)
    paper.finish()
    paper.raw.fit_to_pages(1, 1)


def _cards(paper: Paper, page: Page) -> None:
    """A few figures that are read from afar."""
    c, left = page.summary.collection, page.days_left
    share = _percent(c.taken, c.owed)
    shown = f"{values.format_number(share, 1)}%" if isinstance(share, Decimal) else "–"
    cards: Sequence[tuple[str, str, Look]] = (
        (
            "Còn lại" if left >= 0 else "Đã quá hạn",
            f"{abs(left)} ngày",
            GOOD if left > 5 else DOUBTFUL if left >= 0 else BAD,
        ),
        ("Đơn vị đã gửi", f"{c.sent}/{c.units}", GOOD if c.sent == c.units else DOUBTFUL),
        ("Đúng hạn", str(c.punctual), GREY),
        ("Quá hạn", str(c.late), DOUBTFUL if c.late else GREY),
        ("Chưa gửi", str(c.absent), BAD if c.absent else GOOD),
        ("Số liệu đã nhận", shown, GOOD if c.owed and c.taken == c.owed else DOUBTFUL),
    )
    for height, size, at in ((18, 11, 0), (34, 22, 1)):
        row = paper.line(height, keep=True)
        for (first, last), card in zip(_CARDS, cards, strict=True):
            edge = {"top": 1, "left": 1, "right": 1} if at == 0 else {"bottom": 1, "left": 1, "right": 1}
            look = {
                **FONT,
                **card[2],
                **edge,
                "align": "center",
                "valign": "vcenter",
                "font_size": size,
                "bold": at == 1,
            }
            paper.span(row, first, last, str(card[at]), look | {"border_color": "#BFBFBF"})
    told = (
        f"Số liệu đã nhận {values.format_number(Decimal(c.taken))} trên {values.format_number(Decimal(c.owed))} phải báo; "
        f"{c.to_mend} đơn vị đã gửi còn chỗ phải sửa, làm rõ; {c.unusable} đơn vị gửi tệp chưa dùng được (tính là chưa gửi)."
    )
    later = sum(1 for s in page.sendings if s.sent_at and s.sent_at.astimezone(HANOI).date() > page.today)
    if later:
        told += f" Đã tính cả {values.format_number(Decimal(later))} biểu gửi sau ngày này."
    paper.paragraph(told, keep=True, italic=True)


def _blocks(book: PaperBook, paper: Paper, page: Page) -> None:
    """How each block of units has answered, and the same as bars."""
    paper.paragraph("Theo khối đơn vị", keep=True, **_BOLD)
    heads = ("TT", "Khối đơn vị", "Số đơn vị", "Đúng hạn", "Quá hạn", "Chưa gửi", "Đã gửi (%)", "Số liệu (%)")
    row = paper.line(_HEAD, keep=True)
    for column, text in enumerate(heads):
        paper.span(row, column, column, text, HEADING)
    first = paper.row
    kinds = page.summary.kinds
    for number, (name, own) in enumerate([*kinds.items(), ("", page.summary.collection)], 1):
        cells: Cells = [
            (str(number) if name else "", _CENTRE),
            (name or "Tất cả", {}),
            *(_counted(n) for n in (own.units, own.punctual, own.late, own.absent)),
            _shared(own.sent, own.units),
            _shared(own.taken, own.owed),
        ]
        _row(paper, cells, {} if name else _BOLD)
    last = paper.row - 2
    if kinds:
        _bars(book, paper, first, last)
    paper.line(8, keep=True)


def _row(paper: Paper, cells: Cells, more: Look, *, height: float = 19.0) -> int:
    """A row of a table that does not fill the width."""
    row = paper.line(height, keep=True)
    for column, (content, look) in enumerate(cells):
        indent = {} if look.get("align") == "center" else {"indent": 1}
        form = paper.book.format(
            **{**FONT, "border": 1, "valign": "vcenter", "text_wrap": True, **indent, **look, **more}
        )
        if isinstance(content, Decimal):
            paper.raw.write_number(row, column, float(content), form)
        elif content:
            paper.raw.write_string(row, column, values.unmarked(content), form)
        else:
            paper.raw.write_blank(row, column, None, form)
    return row


_SHADES = (("#1F4E79", "#FFFFFF"), ("#8EA9C8", "#000000"), ("#FFFFFF", "#000000"))
"""Fills of a bar from left to right, each another grey on paper, and the colours of the figures in them."""


def _bars(book: PaperBook, paper: Paper, first: int, last: int) -> None:
    """Units in time, late and absent, in the per cent of each block; beside its rows."""

    def cells(column: int) -> str:
        ends = (xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True) for row in (first, last))
        return f"='{SHEET}'!{':'.join(ends)}"

    chart = book.chart({"type": "bar", "subtype": "percent_stacked"})
    names = ("Đúng hạn", "Quá hạn", "Chưa gửi")
    for column, name, (fill, letters) in zip((3, 4, 5), names, _SHADES, strict=True):
        label = {
            "value": True,
            "num_format": "#,##0;;",
            "font": {"name": FONT["font_name"], "size": 9, "color": letters},
        }
        look: dict[str, Any] = {"border": {"color": "#404040", "width": 0.75}, "gap": 40, "data_labels": label}
        if fill == "#FFFFFF":
            look["pattern"] = {"pattern": "wide_upward_diagonal", "fg_color": "#7F7F7F", "bg_color": fill}
        else:
            look["fill"] = {"color": fill}
        chart.add_series({"name": name, "categories": cells(0), "values": cells(column), **look})
    font = {"name": FONT["font_name"], "size": 9}
    rows = last - first + 1
    height = _HEAD + 19 * (rows + 1)  # points, down to the row of all units
    chart.set_legend({"position": "top", "font": font})
    chart.set_y_axis({"reverse": True, "num_font": font, "line": {"color": "#7F7F7F"}, "major_tick_mark": "none"})
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
    chart.set_plotarea({"layout": {"x": 0.07, "y": _HEAD / height, "width": 0.9, "height": 19 * rows / height}})
    chart.set_size({"width": 3 * (7 * 14 + 5) - 8, "height": int(height * 4 / 3)})
    chart.set_chartarea({"border": {"none": True}})
    told = "Số đơn vị gửi đúng hạn, quá hạn, chưa gửi của từng khối, theo số thứ tự ở bảng bên trái"
    paper.raw.insert_chart(first - 1, 8, chart, {"x_offset": 6, "description": told, "object_position": 2})


def _most(paper: Paper, page: Page) -> None:
    """The units that lack most."""
    lacking = [d for d in page.by_lack if d.missing]
    if not lacking:
        paper.paragraph("Không đơn vị nào còn thiếu số liệu.", **_BOLD)
        return
    more = f" ({min(MOST, len(lacking))} trên {len(lacking)} đơn vị còn thiếu; đủ ở trang {UNITS})"
    paper.paragraph(f"Đơn vị còn thiếu nhiều nhất{more if len(lacking) > MOST else ''}", keep=True, **_BOLD)
    row = paper.line(_HEAD, keep=True)
    for first, last, text in (
        (0, 0, "TT"),
        (1, 3, "Đơn vị"),
        (4, 6, "Tình hình"),
        (7, 7, "Phải báo"),
        (8, 8, "Đã nhận"),
        (9, 9, NO_FIGURE),
        (10, 10, "Còn thiếu"),
    ):
        paper.span(row, first, last, text, HEADING)
    body: Look = {**FONT, "border": 1, "valign": "vcenter"}
    for number, d in enumerate(lacking[:MOST], 1):
        s = d.sending
        row = paper.line(19, keep=True)
        paper.span(row, 0, 0, str(number), {**body, **_CENTRE})
        paper.span(row, 1, 3, page.plan.unit[s.unit].name, {**body, "indent": 1, "shrink": True})
        paper.span(row, 4, 6, _how(s), {**body, **_CENTRE, **_COLOURS.get(s.status, BAD)})
        for column, count in enumerate((d.owed, d.figures, d.without_figure, d.missing), 7):
            paper.count(row, column, column, count, {**body, **_NUMBER, "align": "center"})


def _how(s: Sending) -> str:
    return f"{status(s)} ({LATE.lower()})" if s.late else status(s)


# ------------------------------------------------------------------ the tables behind it


def _table(paper: Paper, heads: Sequence[str], frozen: int) -> None:
    paper.headings(heads, repeat=True)
    paper.raw.freeze_panes(paper.row, frozen)


def _units(book: PaperBook, page: Page) -> None:
    """Every unit, those first that lack most."""
    paper = Paper(book, UNITS, (5, 36, 32, 20, 12, 9, 9, 11, 9, 9, 9))
    _title(paper, page, "Tình hình gửi của từng đơn vị", f"{_as_of(page)}; đơn vị còn thiếu nhiều nhất đứng trước")
    heads = (
        "TT",
        "Đơn vị",
        "Khối",
        "Tình hình",
        "Ngày gửi",
        "Phải báo",
        "Đã nhận",
        NO_FIGURE,
        "Còn thiếu",
        "Ô cần sửa",
        "Đã nhận (%)",
    )
    _table(paper, heads, 2)
    for number, d in enumerate(page.by_lack, 1):
        s = d.sending
        unit = page.plan.unit[s.unit]
        sent = values.format_date(s.sent_at.astimezone(HANOI).date()) if s.sent_at else ""
        paper.cells(
            [
                (str(number), _CENTRE),
                (unit.name, {}),
                (kind(unit.type), {}),
                (_how(s), {**_CENTRE, **_COLOURS.get(s.status, BAD)}),
                (sent, {**_CENTRE, **(DOUBTFUL if s.late else {})}),
                *(_counted(n) for n in (d.owed, d.figures, d.without_figure, d.missing, s.open)),
                _shared(s.values, s.owed),
            ]
        )
    paper.finish()


def _groups(book: PaperBook, page: Page) -> None:
    """The groups of criteria and their parts, counted."""
    paper = Paper(book, GROUPS, (6, 66, 12, 15, 15, 15, 15, 14))
    _title(paper, page, "Kết quả tính tiêu chí theo nhóm", _as_of(page))
    heads = (
        "TT",
        "Nhóm, lĩnh vực",
        "Số tiêu chí",
        "Đủ đơn vị",
        "Đạt ngưỡng độ phủ",
        "Dưới ngưỡng độ phủ",
        "Chưa tính được",
        "Đã tính (%)",
    )
    _table(paper, heads, 2)
    for section in page.summary.sections:
        _tallied(paper, section.number, section.title or "Các tiêu chí", section.criteria, {**_BOLD, **GREY})
        for part in section.parts:
            if part.title or len(section.parts) > 1:
                _tallied(paper, part.number, part.title or "Các tiêu chí khác của nhóm", part.criteria, {})
    _tallied(paper, "", "Cả bộ tiêu chí", page.summary.criteria, _BOLD)
    coverage = values.format_number(Decimal(page.plan.settings.coverage))
    paper.paragraph(
        f"Đủ đơn vị: mọi đơn vị phải báo đều đã báo. Ngưỡng độ phủ của kỳ: {coverage}% số đơn vị.", italic=True
    )
    paper.finish()


def _tallied(paper: Paper, number: str, title: str, results: Sequence[Result], look: Look) -> None:
    t = summary.tally(results)
    red = BAD if t.missing else {}
    counts: Sequence[tuple[int, Look]] = (
        (t.total, {}),
        (t.whole, {}),
        (t.enough, {}),
        (t.partial, DOUBTFUL if t.partial else {}),
        (t.missing, red),
    )
    paper.cells(
        [
            (number, {**_CENTRE, **look}),
            (title, look),
            *((Decimal(n), {**_NUMBER, **look, **colour}) for n, colour in counts),
            (_percent(t.computed, t.total), {**_SHARE, **look}),
        ]
    )


def _criteria(book: PaperBook, page: Page) -> None:
    """Every criterion with its coverage, and who is missing."""
    paper = Paper(book, CRITERIA, (5, 9, 56, 16, 10, 10, 60))
    _title(paper, page, "Độ phủ của từng tiêu chí", f"{_as_of(page)}; n/N: số đơn vị đã báo trên số đơn vị phải báo")
    _table(paper, ("TT", "Mã", "Tiêu chí", "Kết quả", "n/N", "Độ phủ (%)", "Còn thiếu ở"), 3)
    absent: dict[str, list[Gap]] = {}
    for gap in page.dataset.gaps:
        absent.setdefault(gap.variable, []).append(gap)
    number = 0
    for section in page.summary.sections:
        paper.band(f"{section.number}. {section.title or 'Các tiêu chí'}", font_size=11)
        for r in section.criteria:
            number += 1
            paper.cells(
                [
                    (str(number), _CENTRE),
                    (r.criterion.code, _CENTRE),
                    (r.criterion.name, {}),
                    (_outcome(r), {**_CENTRE, **(COLOURS[r.outcome] if not r.whole else GOOD)}),
                    (f"{r.reported}/{r.expected}" if r.expected else "–", _CENTRE),
                    _shared(r.reported, r.expected),
                    (_missing(page.plan, r, absent), {} if not r.whole else QUIET),
                ]
            )
    paper.finish()


def _outcome(r: Result) -> str:
    return "Đủ đơn vị" if r.whole else "Đạt ngưỡng" if r.outcome is Outcome.COMPUTED else OUTCOMES[r.outcome]


def _missing(plan: Plan, r: Result, absent: Mapping[str, Iterable[Gap]]) -> str:
    """The units that lack for this year's inputs of a criterion, in the plan's order."""
    inputs = [name for name in r.inputs if "@" not in name]
    units = {gap.unit for name in inputs for gap in absent.get(name, ()) if gap.unit}
    nobodys = [name for name in inputs if any(not gap.unit for gap in absent.get(name, ()))]
    names = [u.name for u in plan.units if u.code in units]
    more = f" và {len(names) - NAMED} đơn vị khác" if len(names) > NAMED else ""
    told = [f"{', '.join(names[:NAMED])}{more}"] if names else []
    told += [f"chưa giao cho đơn vị nào: {', '.join(nobodys)}"] if nobodys else []
    past = dict.fromkeys(name.partition("@")[0] for name in r.missing if "@" in name)
    told += [f"chưa có số năm trước: {', '.join(past)}"] if past else []
    return "; ".join([*told, *([r.note] if r.note and r.outcome is Outcome.MISSING else [])])
