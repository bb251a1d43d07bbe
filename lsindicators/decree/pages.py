"""The page: A4, its margins, and the numbers of pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lsindicators.decree.elements import Elements
from lsindicators.decree.gathered import Remark
from lsindicators.decree.looks import points
from lsindicators.decree.paper import Line, Paper, Section
from lsindicators.findings import Code, Severity

A4 = (210.0, 297.0)
MARGINS = {"top": (20, 25), "bottom": (20, 25), "left": (30, 35), "right": (15, 20)}
TURNED = {"top": (30, 35), "bottom": (15, 20), "left": (20, 25), "right": (20, 25)}
"""A page in landscape that is bound with the others along its upper edge."""

_SIDES = {"top": "trên", "bottom": "dưới", "left": "trái", "right": "phải"}
_SETUP = "Layout › Page Setup"
_NUMBERED = 25
"""A paper with so many lines surely has a second page."""


def size(paper: Paper, elements: Elements) -> Iterator[Remark]:
    """Whether every section is A4."""
    for number, section in enumerate(paper.sections, 1):
        sides = sorted((section.width, section.height))
        if any(abs(side - wanted) > 1 for side, wanted in zip(sides, A4, strict=True)):
            what = f"khổ giấy {section.width:.0f} × {section.height:.0f} mm, cần A4 (210 × 297 mm)"
            yield _at(paper, number, what, "Layout › Size › A4")


def margins(paper: Paper, elements: Elements) -> Iterator[Remark]:
    """Whether the margins of every section are those of the decree."""
    for number, section in enumerate(paper.sections, 1):
        if section.landscape and not any(_odd(section, TURNED)):
            continue
        for side in _odd(section, MARGINS):
            low, high = MARGINS[side]
            what = f"lề {_SIDES[side]} {points(round(getattr(section, side), 1))} mm, cần {low} đến {high} mm"
            yield _at(paper, number, what, f"{_SETUP} › Margins › {_SIDES[side].capitalize()} {low} mm")


def _odd(section: Section, wanted: dict[str, tuple[int, int]]) -> Iterator[str]:
    for side, (low, high) in wanted.items():
        if not low - 0.5 <= getattr(section, side) <= high + 0.5:
            yield side


def _at(paper: Paper, number: int, what: str, how: str, severity: Severity | None = None) -> Remark:
    place = f"phần {number}" if len(paper.sections) > 1 else None
    return Remark(Code.FORMAT_PAGE, place, {"what": what, "how": how}, severity)


# ------------------------------------------------------------------ the numbers of pages


def _numbers(lines: Sequence[Line]) -> list[Line]:
    return [x for x in lines if any(code.split()[:1] == ["PAGE"] for code in x.fields)]


def numbers(paper: Paper, elements: Elements) -> Iterator[Remark]:
    """Whether pages are numbered in the middle of the upper margin, and the first one shows none."""
    begun = {elements.lines[n].section for n in elements.annexes}
    long = len(elements.part) > _NUMBERED or bool(elements.annexes)
    for number, section in enumerate(paper.sections, 1):
        shown = _numbers(section.heads.get("default", ()))
        if _numbers(section.feet.get("default", ())):
            yield _at(paper, number, "số trang ở chân trang, cần ở giữa lề trên", "Insert › Page Number › Top of Page")
        elif not shown or (paper.even_heads and not _numbers(section.heads.get("even", ()))):
            certain = long and number == 1  # an appendix of one page shows no number
            severity = None if certain else Severity.WARNING
            yield _at(
                paper, number, "chưa có số trang ở lề trên", "Insert › Page Number › Top of Page, canh giữa", severity
            )
        for line in shown:
            yield from _shown(paper, number, line)
        if section.digits != "decimal":
            yield _at(paper, number, "số trang không phải chữ số Ả Rập", "Insert › Page Number › Format › 1, 2, 3")
        first = section.heads.get("first", ()) if section.own_first else section.heads.get("default", ())
        if number == 1:
            if shown and _numbers(first):
                how = "mở đầu trang 1, chọn Different First Page và xóa số trang ở trang 1"
                yield _at(paper, number, "trang 1 hiện số trang", how)
            if section.start not in (None, 1):
                yield _at(paper, number, "số trang không bắt đầu từ 1", "Insert › Page Number › Format › Start at 1")
        elif number - 1 in begun and section.start != 1:
            yield _at(paper, number, "số trang của phụ lục tiếp theo phần trước, cần đánh riêng từ 1", _RESTART)
    for n in elements.annexes:
        line = elements.lines[n]
        same = [m for m in elements.annexes if m < n and elements.lines[m].section == line.section]
        if n and (same or (line.section == 0 and any(elements.lines[m].text for m in elements.main))):
            what = f"“{line.text}” chưa được đánh số trang riêng vì không ở phần (section) riêng"
            yield Remark(
                Code.FORMAT_PAGE, line.place, {"what": what, "how": f"Layout › Breaks › Next Page; rồi {_RESTART}"}
            )


_RESTART = "Insert › Page Number › Format › Start at 1"


def _shown(paper: Paper, number: int, line: Line) -> Iterator[Remark]:
    how = "chọn số trang ở đầu trang, "
    if line.shape.align != "center":
        yield _at(paper, number, "số trang không ở giữa", f"{how}Ctrl+E")
    looks = [look for _, look in line.looks]
    if odd := sorted({look.size for look in looks if not 13 <= look.size <= 14}):
        yield _at(paper, number, f"số trang cỡ {points(odd[0])}, cần cỡ 13 đến 14", f"{how}Home › Font › cỡ 14")
    if any(look.bold or look.italic for look in looks):
        yield _at(paper, number, "số trang đậm hoặc nghiêng, cần chữ đứng, không đậm", f"{how}bỏ B và I")
