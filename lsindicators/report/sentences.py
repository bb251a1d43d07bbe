"""The sentences of the report: counts and figures in, careful Vietnamese out. Nothing is said that the data do not say."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from lsindicators import succession, values
from lsindicators.model import WHOLE_COVERAGE, Criterion, Outcome, Plan, Result, Sending, Status

NO_FIGURE = "Chưa có số liệu"
NO_CHANGE = "–"
"""Stands in Tăng, giảm where one of the two years has no figure, or they rest on different units."""


def count(number: int) -> str:
    """A count in running text: ``05``, ``12``, ``1.200``; below 10 with a leading zero, as offices write it."""
    return f"{number:02d}" if 0 < number < 10 else values.format_number(Decimal(number), 0)


def listing(parts: Sequence[str]) -> str:
    """``a, b và c``."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} và {parts[-1]}"


def figure(value: Decimal | None, criterion: Criterion) -> str:
    """A criterion's value with exactly its decimals; where there is none, these words and never a zero."""
    return NO_FIGURE if value is None else values.format_number(value, criterion.decimals)


def change(result: Result) -> str:
    """This year less last year with its sign; a dash where the two cannot be compared."""
    if result.change is None or not result.comparable:
        return NO_CHANGE
    written = values.format_number(result.change, result.criterion.decimals)
    return written if written.startswith("-") or not _rounded(result.change, result.criterion) else f"+{written}"


def _rounded(value: Decimal, criterion: Criterion) -> bool:
    """Whether anything but zero is left of ``value`` when it is printed."""
    return any(sign in values.format_number(value, criterion.decimals) for sign in "123456789")


def coverage(reported: int, expected: int) -> str:
    """``63/65``; where nobody was named, these words."""
    return f"{reported}/{expected}" if expected else "Chưa phân công"


def note(result: Result, year: int) -> str:
    """What a reader must know of the figure beside it; how many units it rests on stands in Độ phủ."""
    notes = []
    if result.outcome is Outcome.MISSING and result.criterion.parent is None:
        notes.append("xem Phụ lục IV")
    short = [
        str(at)
        for at, of_some in (
            (year - 1, result.previous is not None and not result.previous_complete),
            (year, result.outcome is not Outcome.MISSING and not result.whole),
        )
        if of_some
    ]
    if short:
        notes.append(f"năm {listing(short)} chưa đủ đơn vị")
    if result.note:
        notes.append(result.note)
    if result.seam:
        notes.append(result.seam)
    return sentence_case("; ".join(notes))


def sentence_case(text: str) -> str:
    """``text`` with a capital first letter."""
    return text[:1].upper() + text[1:]


def level(results: Sequence[Result], subject: str, threshold: Decimal = WHOLE_COVERAGE) -> str:
    """How many criteria of a group were computed from all units, from enough, from some, not at all.

    ``threshold``: the percentage of the units from which the campaign takes a criterion as computed.
    """
    total = len(results)
    full, enough, part, none = _counted(results)
    ways = [
        (number, words)
        for number, words in (
            (full, "tính được từ số liệu của đủ các đơn vị"),
            (enough, f"tính trên số liệu của {_enough(threshold)}"),
            (part, "tính trên số liệu của một phần số đơn vị"),
            (none, "chưa đủ số liệu để tính"),
        )
        if number
    ]
    if len(ways) == 1:
        told = f"{'tất cả ' if total > 1 else ''}{ways[0][1]}"
    else:
        told = listing([f"{count(number)} tiêu chí {words}" for number, words in ways])
    return f"{subject} có {count(total)} tiêu chí: {told}."


def _counted(results: Sequence[Result]) -> tuple[int, int, int, int]:
    """From all units; not from all, but from as many as the campaign's threshold asks; from fewer; not at all."""
    full = sum(1 for r in results if r.whole)
    part, none = (sum(1 for r in results if r.outcome is o) for o in (Outcome.PARTIAL, Outcome.MISSING))
    return full, len(results) - full - part - none, part, none


def _enough(threshold: Decimal) -> str:
    return f"chưa đủ các đơn vị nhưng từ {values.format_number(threshold)}% trở lên"


def movement(results: Sequence[Result], year: int) -> str:
    """How many criteria rose, fell and stayed, of those with full figures in both years."""
    both = comparable(results)
    if not both:
        return f"Chưa có tiêu chí nào đủ số liệu của cả hai năm để so sánh với năm {year - 1}."
    if len(both) == 1:
        return f"So với năm {year - 1}, có 01 tiêu chí đủ số liệu của cả hai năm để so sánh: {both[0].criterion.code} {_moved(both[0])}."
    up = sum(1 for r in both if change(r).startswith("+"))
    down = sum(1 for r in both if change(r).startswith("-"))
    ways = [
        (number, word)
        for number, word in ((up, "tăng"), (down, "giảm"), (len(both) - up - down, "không thay đổi"))
        if number
    ]
    start = f"So với năm {year - 1},"
    if len(ways) == 1:
        told = f"{start} cả {count(len(both))} tiêu chí có đủ số liệu của hai năm đều {ways[0][1]}."
    else:
        moved = listing([f"{count(number)} tiêu chí {word}" for number, word in ways])
        told = f"{start} trong {count(len(both))} tiêu chí có đủ số liệu của cả hai năm, có {moved}."
    return f"{told} {_largest(both)}".strip()


def carried(plan: Plan, results: Sequence[Result]) -> str:
    """Once for the whole report: whose figures stand for last year's of units that merged, split or were renamed."""
    year = plan.year - 1
    heirs = succession.heirs(plan, year)
    former = {code for unit in heirs for code, _ in succession.before(plan, unit.code, year)}
    if not any(p.unit in former and p.year == year for p in plan.past):
        return ""
    told = (
        f"Số năm {year} của {count(len(heirs))} đơn vị mới sắp xếp được tính từ số của {count(len(former))} đơn vị "
        "trước sắp xếp"
    )
    shared = sum(1 for u in heirs if any(p != 100 for _, p in succession.before(plan, u.code, year)))
    if shared:
        told = f"{told}, trong đó {count(shared)} đơn vị ước theo tỷ lệ chia tách"
    if any(r.seam for r in results):
        return f"{told}; tiêu chí nào chưa đủ số của các đơn vị này thì có ghi chú riêng."
    return f"{told}; tổng toàn tỉnh không thay đổi." if succession.is_whole(plan, year) else f"{told}."


def _moved(result: Result) -> str:
    """``tăng 1,50 điểm phần trăm``, ``giảm 34 người``, ``không thay đổi``."""
    moved, measure = change(result), result.criterion.measure
    word = {"+": "tăng", "-": "giảm"}.get(moved[0])
    if word is None:
        return "không thay đổi"
    return f"{word} {moved[1:]} {'điểm phần trăm' if measure == '%' else measure}".strip()


def comparable(results: Sequence[Result]) -> list[Result]:
    """The criteria whose two years both rest on all units."""
    whole = (r for r in results if r.whole and r.previous_complete)
    return [r for r in whole if r.comparable and r.change is not None]


def _largest(both: Sequence[Result]) -> str:
    """The strongest rise and fall among the criteria in %, by percentage points; they alone can be ranked."""
    rates = [(r.change, r) for r in both if r.criterion.measure == "%" and r.change is not None]
    if len(rates) < 2:
        return ""
    ends = [
        f"{word} nhiều nhất là {r.criterion.code} ({_moved(r)})"
        for (_, r), word, sign in ((max(rates, key=_by_change), "tăng", "+"), (min(rates, key=_by_change), "giảm", "-"))
        if change(r).startswith(sign)
    ]
    return f"Trong các tiêu chí tính bằng %, {listing(ends)}." if ends else ""


def _by_change(rate: tuple[Decimal, Result]) -> Decimal:
    return rate[0]


def assigned(plan: Plan) -> str:
    """How much was asked of how many."""
    return (
        f"Theo phân công, {count(len(plan.owed))} cơ quan, đơn vị cung cấp {count(len(plan.variables))} số liệu thành "
        f"phần để tính {count(len(plan.criteria))} tiêu chí, gửi về {plan.settings.compiler} trước ngày "
        f"{values.format_date(plan.settings.unit_deadline)}."
    )


def collection(sendings: Sequence[Sending]) -> list[str]:
    """Section I.2: who has sent, on time or late, and who has not."""
    total = len(sendings)
    if not total:
        return ["Chưa có đơn vị nào được phân công cung cấp số liệu."]
    sent = [s for s in sendings if s.sent_at is not None]
    if not sent:
        told = [f"Chưa có đơn vị nào trong tổng số {count(total)} đơn vị được phân công gửi số liệu sử dụng được."]
    else:
        late = sum(1 for s in sent if s.late)
        share = values.format_number(Decimal(len(sent)) * 100 / total, 1)
        punctual = [
            f"{count(number)} đơn vị gửi {word}"
            for number, word in ((len(sent) - late, "đúng hạn"), (late, "quá hạn"))
            if number
        ]
        missing = total - len(sent)
        rest = f"; còn {count(missing)} đơn vị chưa gửi" if missing else ""
        told = [f"Có {len(sent)}/{total} đơn vị đã gửi số liệu (đạt {share}%), gồm {listing(punctual)}{rest}."]
    mend = sum(1 for s in sent if s.open or s.status is Status.PARTIAL)
    unusable = sum(1 for s in sendings if s.sent_at is None and s.status is not None)
    if mend:
        told.append(
            f"Trong số đã gửi, {count(mend)} đơn vị còn số liệu cần bổ sung hoặc làm rõ; phần chưa rõ không được đưa vào tính toán."
        )
    if unusable:
        told.append(f"Có {count(unusable)} đơn vị đã gửi tệp nhưng chưa sử dụng được, tính là chưa gửi.")
    if mend or len(sent) < total or any(s.late for s in sent):
        told.append("Chi tiết tại Phụ lục III kèm theo.")
    return [" ".join(told)]


def shortfall(results: Sequence[Result], threshold: Decimal = WHOLE_COVERAGE) -> str:
    """Section III.2: what could not be computed, or only in part."""
    full, enough, part, none = _counted(results)
    if full == len(results):
        return "Các tiêu chí đều đã có đủ số liệu để tính."
    told = []
    if none:
        told.append(f"{count(none)} tiêu chí chưa đủ số liệu để tính")
    if enough:
        told.append(f"{count(enough)} tiêu chí tính trên số liệu của {_enough(threshold)}")
    if part:
        told.append(
            f"{count(part)} tiêu chí mới tính trên số liệu của một phần số đơn vị, cần thận trọng khi sử dụng, so sánh"
        )
    return f"Còn {listing(told)} (chi tiết tại Phụ lục IV)."
