"""What a reader must know of a figure, told once under its table: cells refer to a note by its mark."""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from msgspec import Struct, field

from lsindicators.model import DISAGREEMENTS, Criterion, Dataset, Outcome, Plan, Result
from lsindicators.report import sentences

PROPOSED = (
    "Tiêu chí đề xuất: tên gọi, cách tính do cơ quan tổng hợp dự kiến, chờ văn bản hướng dẫn chính thức của cơ quan có "
    "thẩm quyền."
)
METHOD_PROPOSED = (
    "Cách tính đề xuất: tên gọi của tiêu chí là chính thức; số liệu thành phần, cách tính do cơ quan tổng hợp dự kiến."
)
UNLIKE = "Hai năm tính trên số liệu của các đơn vị khác nhau nên không so sánh."
SAME_PART = "Tăng, giảm tính trên cùng các đơn vị đã báo đủ hai năm, chưa phải của toàn tỉnh."
MISSING = "Lý do chưa có số liệu nêu tại Phụ lục IV."
RECORDED = "Tính từ số liệu toàn tỉnh đã có trong hồ sơ, không chờ đơn vị nào gửi."


class Notes(Struct):
    """The notes under one table, in the order in which its cells first refer to them."""

    _marks: dict[str, str] = field(default_factory=dict)

    def mark(self, *texts: str) -> str:
        """``(a,c)`` for these notes; empty where there is nothing to note."""
        marks = {self._marks.setdefault(text, _letters(len(self._marks))) for text in texts if text}
        return f"({','.join(sorted(marks, key=lambda m: (len(m), m)))})" if marks else ""

    def listed(self) -> list[dict[str, str]]:
        """The notes as a template prints them."""
        return [{"mark": f"({mark})", "text": text} for text, mark in self._marks.items()]


def _letters(number: int) -> str:
    """``a`` to ``z``, then ``aa``: letters, as a digit beside a figure would be read as a part of it."""
    after, letter = divmod(number, len(string.ascii_lowercase))
    return (_letters(after - 1) if after else "") + string.ascii_lowercase[letter]


class Doubts(Struct, frozen=True, kw_only=True):
    """What was decided, or still disagrees, of the figures of the province: (variable, year) -> notes."""

    of: Mapping[tuple[str, int], tuple[str, ...]]

    def told(self, inputs: Iterable[tuple[str, int]]) -> tuple[str, ...]:
        """The notes on some variables, each once."""
        return tuple(dict.fromkeys(text for key in inputs for text in self.of.get(key, ())))


def doubts(dataset: Dataset) -> Doubts:
    """All that must be noted of single figures: corrections with their document, and open disagreements."""
    found: dict[tuple[str, int], dict[str, None]] = {}
    for f in dataset.figures:
        if f.corrected and f.decision is not None:
            said = f"Có số liệu thành phần được sửa theo quyết định tại văn bản {f.decision.cited}."
            found.setdefault((f.variable, f.year), {})[said] = None
    for key, total in dataset.totals.items():
        if total.settled is not None:
            said = f"Các đơn vị chủ trì báo số khác nhau; lấy số theo quyết định tại văn bản {total.settled.cited}."
            found.setdefault(key, {})[said] = None
    for conflict in dataset.conflicts:
        key = conflict.variable, conflict.year
        of = dataset.totals.get(key)
        if conflict.open and of is not None and of.value is not None:
            what = DISAGREEMENTS.get(conflict.code, "chưa khớp").lower()
            found.setdefault(key, {})[f"Có số liệu thành phần đang được đối chiếu, làm rõ ({what})."] = None
    return Doubts(of={key: tuple(texts) for key, texts in found.items()})


# ------------------------------------------------------------------ a criterion's cells


def on_name(plan: Plan, criterion: Criterion) -> str:
    """That the criterion, or the way in which it is computed, is still a proposal."""
    if criterion.parent is not None:
        return ""
    return {"đề xuất": PROPOSED, "cách tính đề xuất": METHOD_PROPOSED}.get(plan.mark(criterion), "")


def on_value(plan: Plan, r: Result, known: Doubts) -> Iterator[str]:
    """What this year's figure rests on."""
    if r.outcome is Outcome.MISSING:
        yield MISSING if r.criterion.parent is None else ""
        return
    if not r.whole and r.expected:
        yield f"Năm {plan.year}: tính trên số liệu của một phần số đơn vị được phân công, ghi ở cột Độ phủ."
    if r.note:
        yield sentences.whole(r.note)
    yield from known.told(_inputs(r, plan.year))


def on_previous(plan: Plan, dataset: Dataset, r: Result, known: Doubts) -> Iterator[str]:
    """What last year's figure rests on."""
    if r.previous is None:
        return
    year = plan.year - 1
    totals = [dataset.totals.get(key) for key in _inputs(r, year)]
    published = isinstance(plan.past_value.get((r.criterion.code, None, year)), Decimal)
    if published or (totals and all(t is not None and not t.expected for t in totals)):
        yield on_record(year)
    elif not r.previous_complete:
        yield f"Năm {year}: tính trên số liệu của một phần số đơn vị được phân công."
    if not published:
        yield from known.told(_inputs(r, year))


def on_record(year: int) -> str:
    """A figure of a former year that is the province's own, not made of the units' figures."""
    return f"Số năm {year} là số toàn tỉnh đã có trong hồ sơ, không cộng từ biểu của các đơn vị."


def on_change(r: Result) -> Iterator[str]:
    """Why two figures are not compared though both are there, or what their difference does not say."""
    if r.seam:
        yield sentences.whole(r.seam)
    if r.change is None:
        return
    if not r.comparable:
        yield UNLIKE
    elif not r.whole or not r.previous_complete:
        yield SAME_PART


def _inputs(r: Result, year: int) -> Iterator[tuple[str, int]]:
    """The variables behind a result, and the years of which they are."""
    for written in r.inputs:
        code, _, lag = written.partition("@")
        yield code, year + int(lag or 0)
