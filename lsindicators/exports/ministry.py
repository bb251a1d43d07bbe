"""Dataset and Results -> ``bieu-bo-khcn.xlsx``: the criteria for Bộ Khoa học và Công nghệ, each with who gave it and from what.

No form of the ministry was found; this one follows the table of the report. What it shows is what the report prints.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from lsindicators import expressions, values, wording
from lsindicators.exports.book import Look
from lsindicators.exports.paper import Paper, PaperBook, shown
from lsindicators.exports.tables import open_to_all, printed
from lsindicators.model import HANOI, Criterion, Dataset, Figure, Outcome, Plan, Result

NAME = "bieu-bo-khcn.xlsx"
_SOURCES = 3
"""Up to so many different sources of a criterion are named."""

_CENTRE: Look = {"align": "center"}


def write(plan: Plan, dataset: Dataset, results: Sequence[Result]) -> bytes:
    """The workbook: sheet ``Biểu tiêu chí`` to be printed and signed, sheet ``Minh chứng`` with the returns behind it."""
    book = PaperBook(plan, f"Kết quả thực hiện bộ tiêu chí năm {plan.year}, tỉnh {plan.settings.province}")
    returns = _Returns(plan, dataset, results)
    _criteria(book, dataset, results, returns)
    _evidence(book, returns)
    return book.close()


def _criteria(book: PaperBook, dataset: Dataset, results: Sequence[Result], returns: _Returns) -> None:
    plan, settings = book.plan, book.plan.settings
    paper = Paper(book, "Biểu tiêu chí", (5, 10, 36, 11, 13, 13, 9, 32, 16, 24))
    signed = settings.report_deadline.year
    paper.head(
        ((settings.issuer.upper(), True),),
        f"{settings.place}, ngày      tháng      năm {signed}",
        (
            "KẾT QUẢ THỰC HIỆN BỘ TIÊU CHÍ ĐÁNH GIÁ HIỆU QUẢ CỦA KHOA HỌC, CÔNG NGHỆ,",
            f"ĐỔI MỚI SÁNG TẠO VÀ CHUYỂN ĐỔI SỐ NĂM {plan.year}",
        ),
        f"(Kèm theo Báo cáo số          ngày      tháng      năm {signed} của {settings.issuer} gửi Bộ Khoa học và Công nghệ)",
    )
    headings = ("TT", "Mã", "Tiêu chí", "Đơn vị tính", f"Năm {plan.year - 1}", f"Năm {plan.year}", "Độ phủ")
    paper.headings((*headings, "Đơn vị cung cấp, nguồn số liệu", "Minh chứng", "Ghi chú"), repeat=True)
    paper.raw.freeze_panes(paper.row, 3)
    group = ""
    for r in _in_groups(results):
        c = r.criterion
        if c.parent is None and c.group != group:
            group = c.group
            paper.band(group)
        previous, value = (shown(printed(v, c), c.decimals, wording.NO_FIGURE) for v in (r.previous, r.value))
        mark = plan.mark(c) if c.parent is None else ""
        paper.cells(
            (
                (plan.number.get(c.code, ""), _CENTRE),
                (c.code, {**_CENTRE, "font_size": 10}),
                (f"{'– ' if c.parent else ''}{c.name}{f' ({mark})' if mark else ''}", {"italic": bool(c.parent)}),
                (c.measure, _CENTRE),
                previous,
                (value[0], {**value[1], "bold": r.value is not None}),
                (wording.coverage(r.reported, r.expected, recorded=wording.recorded(r)), _CENTRE),
                ("" if c.parent else _supplied(plan, dataset, c), {"font_size": 10}),
                (returns.told(c), {**_CENTRE, "font_size": 10}),
                (_note(plan, dataset, r), {"font_size": 10}),
            )
        )
    paper.hold()
    paper.line(6, keep=True)
    paper.paragraph(
        "Độ phủ: số đơn vị đã báo trên số đơn vị phải báo, của số liệu đầu vào có ít đơn vị báo nhất. "
        "Minh chứng: số thứ tự biểu của đơn vị ở trang Minh chứng; bản gốc lưu theo mã SHA-256 tại cơ quan tổng hợp.",
        keep=True,
        font_size=10,
        italic=True,
    )
    if any(plan.mark(c) for c in plan.criteria):
        paper.paragraph(
            "(đề xuất), (cách tính đề xuất): tên hoặc cách tính của tiêu chí chưa được cơ quan có thẩm quyền công bố, "
            "còn là đề xuất của cơ quan tổng hợp.",
            keep=True,
            font_size=10,
            italic=True,
        )
    council = settings.issuer.lower().startswith(("ủy ban nhân dân", "uỷ ban nhân dân"))
    issuer = "TM. ỦY BAN NHÂN DÂN" if council else settings.issuer.upper()
    own = [line.upper() for line in (*settings.authority.split("\n"), *settings.position.split("\n")) if line.strip()]
    paper.signatures(
        (
            (0, 2, ("NGƯỜI LẬP BIỂU", "(Ký, ghi rõ họ tên)"), ""),
            (3, 6, (settings.compiler.upper(), *own), settings.signer),
            (7, 9, (issuer, "(Chức vụ, chữ ký, họ tên, đóng dấu)"), ""),
        )
    )
    paper.finish()


def _in_groups(results: Sequence[Result]) -> Iterator[Result]:
    """The results group by group, in the order in which the groups first come."""
    of = {r.criterion.code: r.criterion.group for r in results}
    place = {group: i for i, group in enumerate(dict.fromkeys(of.values()))}
    yield from sorted(results, key=lambda r: place[of.get(r.criterion.parent or "", r.criterion.group)])


def _supplied(plan: Plan, dataset: Dataset, criterion: Criterion) -> str:
    """The units that lead, how many others take part, and from which sources they say they have it."""
    duties = [plan.assignment[c] for c in expressions.codes(criterion.formula, plan.formulas) if c in plan.assignment]
    leads = dict.fromkeys(unit for a in duties for unit in a.lead)
    others = {unit for a in duties for unit in a.supporting} - set(leads)
    told = [_listing([plan.unit[u].name for u in leads])] if leads else []
    if others:
        told.append(f"{'và ' if told else ''}{len(others):02d} đơn vị{' phối hợp' if told else ''}")
    typed = (open_to_all(f.source.strip().rstrip(".")) for f in _figures(plan, dataset, criterion))
    cited = Counter(source for source in typed if source)
    ranked = sorted(cited, key=lambda s: (-cited[s], s))
    sources = [values.short(s, 80) for s in ranked[:_SOURCES]]
    if len(ranked) > _SOURCES:
        sources.append(f"và {len(ranked) - _SOURCES:02d} nguồn khác")
    return " ".join(told) + (f". Nguồn: {'; '.join(sources)}" if sources else "")


def _listing(names: Sequence[str]) -> str:
    return (
        "; ".join(names) if len(names) <= 3 else f"{'; '.join(names[:2])} và {len(names) - 2:02d} đơn vị chủ trì khác"
    )


def _figures(plan: Plan, dataset: Dataset, criterion: Criterion) -> Iterator[Figure]:
    """The figures of this year that entered the criterion."""
    for code in expressions.codes(criterion.formula, plan.formulas):
        total = dataset.totals.get((code, plan.year))
        yield from total.contributions if total is not None else ()


def _note(plan: Plan, dataset: Dataset, r: Result) -> str:
    year = plan.year
    told = [r.note] if r.note else []
    if r.value is not None and not r.whole:
        told.insert(0, f"tính trên {r.reported}/{r.expected} đơn vị")
    elif r.outcome is Outcome.MISSING and not r.note:
        told.append(f"chưa có số liệu {', '.join(r.missing)}")
    if (r.criterion.code, None, year - 1) in plan.past_value:
        told.append(f"năm {year - 1} theo số đã công bố")
    elif r.previous is not None and not r.previous_complete:
        told.append(f"năm {year - 1} chưa đủ đơn vị")
    told += [text for text in (r.seam,) if text]
    for code in expressions.codes(r.criterion.formula, plan.formulas):
        total = dataset.totals.get((code, year))
        if total is not None and total.settled is not None:
            told.append(f"{code} theo quyết định của {plan.settings.compiler} ({total.settled.cited})")
    sentence = "; ".join(told)
    return sentence[:1].upper() + sentence[1:]


# ------------------------------------------------------------------ evidence


class _Returns:
    """The files behind the criteria, numbered in the plan's order of units."""

    def __init__(self, plan: Plan, dataset: Dataset, results: Sequence[Result]) -> None:
        entered = {r.criterion.code: list(_figures(plan, dataset, r.criterion)) for r in results}
        order = {u.code: i for i, u in enumerate(plan.units)}
        found: dict[tuple[str, str, str], list[Figure]] = {}
        self._of: dict[str, dict[tuple[str, str, str], None]] = {}
        for code, figures in entered.items():
            for f in figures:
                if f.at is not None:
                    key = (f.unit, f.at.workbook, f.sha256)
                    found.setdefault(key, []).append(f)
                    self._of.setdefault(code, {})[key] = None
        self.files = {key: found[key] for key in sorted(found, key=lambda k: (order[k[0]], k[1], k[2]))}
        self._number = {key: i for i, key in enumerate(self.files, 1)}
        self._feeds: dict[tuple[str, str, str], list[str]] = {}
        for code, keys in self._of.items():
            for key in keys:
                self._feeds.setdefault(key, []).append(code)

    def told(self, criterion: Criterion) -> str:
        """The numbers of the files behind a criterion: ``Biểu số 1, 3–67``."""
        numbers = sorted(self._number[key] for key in self._of.get(criterion.code, ()))
        return f"Biểu số {', '.join(_runs(numbers))}" if numbers else ""

    def feeds(self, key: tuple[str, str, str]) -> list[str]:
        """The criteria that a file feeds."""
        return self._feeds[key]


def _runs(numbers: Sequence[int]) -> Iterable[str]:
    """``1, 2, 3, 5`` -> ``1–3``, ``5``."""
    starts = [n for before, n in pairwise((-1, *numbers)) if n != before + 1]
    ends = [n for n, after in pairwise((*numbers, -1)) if after != n + 1]
    return (f"{a}–{b}" if b > a else str(a) for a, b in zip(starts, ends, strict=True))


def _evidence(book: PaperBook, returns: _Returns) -> None:
    plan = book.plan
    paper = Paper(book, "Minh chứng", (5, 32, 40, 36, 17, 9, 42))
    paper.paragraph(
        f"BẢNG KÊ BIỂU CỦA CÁC ĐƠN VỊ LÀM CĂN CỨ TÍNH CÁC TIÊU CHÍ NĂM {plan.year}",
        keep=True,
        bold=True,
        align="center",
        font_size=13,
    )
    paper.line(6, keep=True)
    headings = ("TT", "Đơn vị", "Tệp đã nhận", "SHA-256 của tệp", "Thời điểm đọc", "Số liệu dùng", "Tiêu chí")
    paper.headings(headings, repeat=True)
    for number, (key, figures) in enumerate(returns.files.items(), 1):
        unit, file, sha256 = key
        read = figures[0].read_at
        codes = {(f.variable, f.year) for f in figures}
        paper.cells(
            (
                (str(number), _CENTRE),
                (plan.unit[unit].name, {}),
                (open_to_all(f"{file} (quyết định của đầu mối)" if figures[0].corrected else file), {}),
                (f"{sha256[:32]}\n{sha256[32:]}" if sha256 else "", {"font_name": "Courier New", "font_size": 9}),
                (read.astimezone(HANOI).strftime("%d/%m/%Y %H:%M") if read else "", _CENTRE),
                (Decimal(len(codes)), {"num_format": "0", "align": "center"}),
                (", ".join(returns.feeds(key)), {"font_size": 10}),
            )
        )
    paper.finish()
