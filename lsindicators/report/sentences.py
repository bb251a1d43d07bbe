"""The sentences of the report: counts and figures in, careful Vietnamese out. Nothing is said that the data do not say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from lsindicators import succession, summary, values
from lsindicators.model import WHOLE_COVERAGE, Criterion, Outcome, Plan, Result, Total, Unit, Variable
from lsindicators.summary import COMMUNES, Collection, Contribution, Summary
from lsindicators.wording import change, coverage, figure, listing

ALL_TOLD = 4
"""Up to so many criteria that can be compared are told one by one; of more, the counts and the largest moves."""
SHORT, LONGEST = 60, 120
"""Characters of a unit's name beyond which its abbreviation is used, and of a criterion's name before it is cut."""
APART = 3
"""Up to so many xã, phường are named in full; of more, their number and the bare names are told."""
MOST_NAMED = 200
"""Up to so many units are named one by one; more are counted by provinces, where there are several."""
MATTERS, ENOUGH = 20, 80
"""A largest share of at least so many per cent is told, where at least so many per cent of the units have answered."""
TOP, SUMS = 3, 2
"""So many of the largest are told, and of so many sums in a section."""


def count(number: int) -> str:
    """A count in running text: ``05``, ``12``, ``1.200``; below 10 with a leading zero, as offices write it."""
    return f"{number:02d}" if 0 < number < 10 else values.format_number(Decimal(number), 0)


def sentence_case(text: str) -> str:
    """``text`` with a capital first letter."""
    return text[:1].upper() + text[1:]


def whole(text: str) -> str:
    """``text`` as a sentence: a capital first letter and one full stop."""
    return f"{sentence_case(text.rstrip(' .;'))}."


def bare(text: str) -> str:
    """One line without the bullet before it and the stop behind it."""
    return values.clean(text).lstrip("-–•+* ").rstrip(" .;")


# ------------------------------------------------------------------ figures


def amount(written: str, measure: str) -> str:
    """``73,31%``, ``18 đơn``; the measure of an index is no word of a sentence."""
    if measure == summary.PERCENT:
        return f"{written}%"
    return written if measure.startswith("giá trị") else f"{written} {measure}".strip()


def named(criterion: Criterion, more: str = "") -> str:
    """``“Tỷ lệ thanh toán không dùng tiền mặt” (TD08)``, a long name cut between two words; ``more`` stands with the code."""
    return f"“{cut(criterion.name)}” ({', '.join(filter(None, (criterion.code, more)))})"


def cut(name: str) -> str:
    """A name on one line; of a long one what stands before the last word that has no room."""
    plain = values.clean(name)
    if len(plain) <= LONGEST:
        return plain
    return f"{(plain[:LONGEST].rpartition(' ')[0] or plain[:LONGEST]).rstrip(' ,;')}…"


def unit(plan: Plan, code: str) -> str:
    """A unit as it is called in a sentence: by its name, or by its abbreviation where that is long."""
    found: Unit | None = plan.any_unit.get(code)
    if found is None:
        return code
    return cut(found.short if len(found.name) > SHORT and 0 < len(found.short) < len(found.name) else found.name)


def units(plan: Plan, codes: Sequence[str]) -> str:
    """``Sở Y tế; Sở Nội vụ; 05 xã: Quý Hòa, Bình Gia, …``; of a whole country ``Hà Nội: 27 đơn vị; …``."""
    if len(codes) > MOST_NAMED and len(places := by_province(plan, codes)) > 1:
        return "; ".join(f"{place}: {count(len(of))} đơn vị" for place, of in places.items())
    told = [unit(plan, u) for u in codes if u not in plan.unit or plan.unit[u].type not in COMMUNES]
    for kind, word in zip(COMMUNES, ("xã", "phường"), strict=True):
        members = [plan.unit[u] for u in codes if u in plan.unit and plan.unit[u].type == kind]
        if len(members) <= APART:
            told.extend(u.name for u in members)
        else:
            names = [re.sub(rf"^{word} ", "", u.name, flags=re.IGNORECASE) for u in members]
            told.append(f"{count(len(members))} {word}: {', '.join(names)}")
    return "; ".join(told)


def by_province(plan: Plan, codes: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Province -> its units among these; a unit without one, or that is no longer in the plan, is the campaign's own."""
    found: dict[str, list[str]] = {}
    for code in codes:
        place = plan.unit[code].province if code in plan.unit else ""
        found.setdefault(place or plan.settings.province, []).append(code)
    return found


# ------------------------------------------------------------------ how many criteria rest on what


def level(results: Sequence[Result], subject: str, threshold: Decimal = WHOLE_COVERAGE, *, names: bool = False) -> str:
    """How many criteria were computed from all units, from enough, from some, not at all; with ``names`` which ones.

    ``threshold``: the percentage of the units from which the campaign takes a criterion as computed.
    """
    tally = summary.tally(results)
    ways = [
        (number, words, found)
        for number, words, found in (
            (tally.whole, "được tính trên số liệu của đủ các đơn vị được phân công", ()),
            (tally.enough, f"được tính trên số liệu của {_enough(threshold)}", _resting(results, Outcome.COMPUTED)),
            (tally.partial, "mới được tính trên số liệu của một phần số đơn vị", _resting(results, Outcome.PARTIAL)),
            (tally.missing, "chưa đủ số liệu để tính", _resting(results, Outcome.MISSING)),
        )
        if number
    ]
    start = f"{subject} có {count(tally.total)} tiêu chí"
    if len(ways) == 1:
        number, words, found = ways[0]
        rests = f" ({_rests_on(found[0])})" if names and number == 1 and found and found[0].value is not None else ""
        return f"{start}, {'đều ' if number > 1 else ''}{words}{rests}."
    told = [f"{count(number)} tiêu chí {words}{_which(found) if names else ''}" for number, words, found in ways]
    return f"{start}: {listing(told)}."


def _resting(results: Sequence[Result], outcome: Outcome) -> tuple[Result, ...]:
    """Those that do not rest on all units, of one outcome."""
    return tuple(r for r in results if r.outcome is outcome and not r.whole)


def _which(found: Sequence[Result]) -> str:
    """`` là “…” (TD29)`` of one that rests on some units, or of a few that have no figure."""
    if len(found) == 1 and found[0].outcome is not Outcome.MISSING:
        return f" là {named(found[0].criterion, _rests_on(found[0]))}"
    if 0 < len(found) <= ALL_TOLD and found[0].outcome is Outcome.MISSING:
        return f" là {listing([named(r.criterion) for r in found])}"
    return ""


def _enough(threshold: Decimal) -> str:
    return f"chưa đủ các đơn vị nhưng từ {values.format_number(threshold)}% trở lên"


def lowest(results: Sequence[Result]) -> str:
    """Of several criteria that rest on some units, the one that rests on the smallest part; empty where one or none does."""
    short = [r for r in results if r.outcome is not Outcome.MISSING and not r.whole and r.expected]
    if len(short) < 2:
        return ""
    share = min(Decimal(r.reported) / r.expected for r in short)
    those = [r for r in short if Decimal(r.reported) / r.expected == share]
    told = [named(r.criterion, _rests_on(r)) for r in those[:ALL_TOLD]]
    if len(those) > ALL_TOLD:
        told.append(f"{count(len(those) - ALL_TOLD)} tiêu chí khác")
    return f"Độ phủ thấp nhất là {listing(told)}."


def _rests_on(result: Result) -> str:
    return f"{coverage(result.reported, result.expected)} đơn vị"


def shortfall(results: Sequence[Result], threshold: Decimal = WHOLE_COVERAGE) -> str:
    """Section III.2: what could not be computed, or only in part."""
    tally = summary.tally(results)
    if tally.whole == tally.total:
        return "Các tiêu chí đều đã có đủ số liệu để tính."
    told = []
    if tally.missing:
        which = _which(_resting(results, Outcome.MISSING))
        told.append(f"{count(tally.missing)} tiêu chí chưa đủ số liệu để tính{which}")
    if tally.enough:
        told.append(f"{count(tally.enough)} tiêu chí tính trên số liệu của {_enough(threshold)}")
    if tally.partial:
        told.append(
            f"{count(tally.partial)} tiêu chí mới tính trên số liệu của một phần số đơn vị, cần thận trọng khi sử dụng, so sánh"
        )
    return f"Còn {listing(told)}; số liệu còn thiếu và lý do nêu tại Phụ lục IV."


# ------------------------------------------------------------------ this year beside last year


def movement(results: Sequence[Result], year: int, most: int = 1) -> str:
    """How the criteria moved whose two years both rest on all units; empty where there is none.

    Up to ``ALL_TOLD`` are told one by one; of more the counts, and of those in % the ``most`` that rose and fell farthest.
    """
    moves = summary.moves(results)
    start = f"So với năm {year - 1},"
    if moves.comparable <= ALL_TOLD:
        both = [r for r in results if summary.comparable(r)]
        told = "; ".join(f"{named(r.criterion)} là {_stands(r)}, {moved(r)}" for r in both)
        return f"{start} {told}." if told else ""
    ways = [
        (number, word)
        for number, word in (
            (len(moves.risen), "tăng"),
            (len(moves.fallen), "giảm"),
            (len(moves.same), "không thay đổi"),
        )
        if number
    ]
    if len(ways) == 1:
        told = f"{start} cả {count(moves.comparable)} tiêu chí có đủ số liệu của hai năm đều {ways[0][1]}."
    else:
        listed = listing([f"{count(number)} tiêu chí {word}" for number, word in ways])
        told = f"{start} trong {count(moves.comparable)} tiêu chí có đủ số liệu của hai năm, có {listed}."
    return f"{told} {_largest(moves.ranked, most)}".strip()


def _stands(result: Result) -> str:
    return amount(figure(result.value, result.criterion), result.criterion.measure)


def moved(result: Result) -> str:
    """``tăng 1,50 điểm phần trăm``, ``giảm 34 người (2,8%)``, ``không thay đổi``: never beside two figures that differ."""
    way = summary.direction(result)
    if not way or result.change is None:
        same = figure(result.value, result.criterion) == figure(result.previous, result.criterion)
        return "không thay đổi" if same else "gần như không thay đổi"
    measure, by = result.criterion.measure, values.format_number(abs(result.change), result.criterion.decimals)
    word = "tăng" if way > 0 else "giảm"
    if measure == summary.PERCENT:
        return f"{word} {by} điểm phần trăm"
    relative = summary.relative(result)
    share = "" if relative is None or measure == "hạng" else values.format_number(abs(relative), 1)
    share = f" ({share}%)" if share.strip("0,") else ""  # not: 1 of 100.000 more, 0,0%
    return f"{word} {by if measure == 'lần' else amount(by, measure)}{share}"


def _largest(ranked: Sequence[Result], most: int) -> str:
    """The strongest rises and falls among the criteria in %, by percentage points; they alone can be ranked."""
    if len(ranked) < 2:
        return ""
    ends = []
    for word, way, order in (("tăng", 1, ranked), ("giảm", -1, ranked[::-1])):
        far = [r for r in order if summary.direction(r) == way]
        if far:
            edge = change(far[min(most, len(far)) - 1])
            far = [r for n, r in enumerate(far) if n < most or change(r) == edge]
            named_far = [f"{named(r.criterion)} {_from_to(r)}" for r in far[: most + 2]]
            if len(far) > most + 2:
                named_far.append(f"{count(len(far) - most - 2)} tiêu chí khác cùng mức")
            ends.append(f"{word} nhiều nhất là {listing(named_far)}")
    return f"Trong số đó, xét các tiêu chí tính bằng %, {'; '.join(ends)}." if ends else ""


def _from_to(r: Result) -> str:
    """``từ 67,08% lên 73,31% (tăng 6,24 điểm phần trăm)``."""
    last = amount(figure(r.previous, r.criterion), r.criterion.measure)
    return f"từ {last} {'lên' if summary.direction(r) > 0 else 'xuống'} {_stands(r)} ({moved(r)})"


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


def no_former_year(results: Sequence[Result], year: int) -> str:
    """Section III.1 where nothing can be compared: that there is no former year, or no criterion with both."""
    if not any(r.previous is not None for r in results):
        return f"Năm {year - 1} chưa có số liệu nên chưa có căn cứ đánh giá tăng, giảm."
    return f"Chưa có tiêu chí nào đủ số liệu của cả hai năm để so sánh với năm {year - 1}."


# ------------------------------------------------------------------ who gave most


def contributors(told: Summary, results: Sequence[Result]) -> str:
    """Who gave most to the sums behind a section's criteria, of up to ``SUMS`` of them, where one unit stands out."""
    found = []
    for r in results:
        for v in told.plan.variables:
            if v.criterion == r.criterion.code and (sentence := _contributed(told, v)):
                found.append(sentence)
                break
    return " ".join(found[:SUMS])


def _contributed(told: Summary, v: Variable) -> str:
    shares = told.contributions.get(v.code, ())
    total = told.dataset.totals.get((v.code, told.plan.year))
    if total is None or not total.covers(Decimal(ENOUGH)) or not shares or shares[0].percent < MATTERS:
        return ""
    leading = [s for s in shares[:TOP] if 2 * s.percent >= MATTERS]
    while len(leading) < len(shares) and shares[len(leading)].value == leading[-1].value:
        leading = [s for s in leading if s.value > leading[-1].value]  # of several that gave as much none is left out
        if not leading:
            return ""
    among = "" if total.complete else f"trong số đã báo của {_counted(total)} đơn vị, "
    listed = listing([_share(told.plan, v, s) for s in leading])
    most = "lớn nhất là" if len(leading) < len(shares) else "gồm"
    return f"Về “{cut(v.name)}” ({v.code}), {among}số do các đơn vị cung cấp {most}: {listed}."


def _counted(total: Total) -> str:
    return coverage(len(total.reported), len(total.expected))


def _share(plan: Plan, v: Variable, share: Contribution) -> str:
    given = amount(values.format_number(share.value), v.measure)
    return f"{unit(plan, share.unit)} {given} ({values.format_number(share.percent, 1)}%)"


# ------------------------------------------------------------------ how the figures came in


def assigned(plan: Plan, *, by_committee: bool) -> str:
    """How much was asked of how many, and by whom."""
    settings = plan.settings
    owed = (
        f"{count(len(plan.owed))} cơ quan, đơn vị cung cấp {count(len(plan.variables))} số liệu thành phần để tính "
        f"{count(len(plan.criteria))} tiêu chí, gửi {settings.compiler} tổng hợp trước ngày "
        f"{values.format_date(settings.unit_deadline)}."
    )
    return f"UBND tỉnh đã phân công {owed}" if by_committee else f"Theo phân công của UBND tỉnh, {owed}"


def reminders(plan: Plan) -> str:
    """The reminders that have gone out; empty where there is none."""
    letters = [f"Công văn số {bare_number(text)}" for text in plan.settings.reminded]
    return f"Việc cung cấp số liệu đã được đôn đốc tại {listing(letters)}." if letters else ""


def bare_number(document: str) -> str:
    """``85/KH-UBND ngày 20/3/2026``, whatever of ``Kế hoạch số`` was typed before it."""
    text = values.clean(document).rstrip(" .;")
    for word in ("kế hoạch", "công văn", "số:", "số"):
        if text.casefold().startswith(f"{word} "):
            text = text[len(word) :].lstrip()
    return text


def collection(told: Collection) -> list[str]:
    """Section I.2: who has sent, on time or late, and who has not."""
    if not told.units:
        return ["Chưa có đơn vị nào được phân công cung cấp số liệu."]
    return [" ".join(_collection(told))]


def _collection(told: Collection) -> Iterator[str]:
    if not told.sent or told.percent is None:
        yield f"Chưa có đơn vị nào trong tổng số {count(told.units)} đơn vị được phân công gửi số liệu sử dụng được."
    else:
        ways = [
            f"{count(number)} đơn vị gửi {word}"
            for number, word in ((told.punctual, "đúng hạn"), (told.late, "quá hạn"))
            if number
        ]
        rest = f"; còn {count(told.absent)} đơn vị chưa gửi" if told.absent else ""
        share = values.format_number(told.percent, 1)
        yield f"Có {told.sent}/{told.units} đơn vị đã gửi số liệu (đạt {share}%), gồm {listing(ways)}{rest}."
        taken = f"{values.format_number(Decimal(told.taken), 0)}/{values.format_number(Decimal(told.owed), 0)}"
        yield f"Số liệu đã nhận là {taken} số liệu phải cung cấp."
    if told.to_mend:
        yield (
            f"Trong số đã gửi, {count(told.to_mend)} đơn vị còn số liệu cần bổ sung hoặc làm rõ; phần chưa rõ không được "
            "đưa vào tính toán."
        )
    if told.unusable:
        yield f"Có {count(told.unusable)} đơn vị đã gửi tệp nhưng chưa sử dụng được, tính là chưa gửi."
    yield "Chi tiết tại Phụ lục III kèm theo."


def counted(plan: Plan) -> str:
    """What the table of Phụ lục III counts."""
    return (
        "Đơn vị được tính là đã gửi khi biểu gửi về sử dụng được; đúng hạn là gửi trước ngày "
        f"{values.format_date(plan.settings.unit_deadline)}. Cột “Đã nhận” là số dòng có số liệu đưa vào tính toán, kể cả "
        "không phát sinh (bằng 0); không gồm dòng chưa có số liệu, không áp dụng, đã tính ở đơn vị khác và dòng còn phải "
        "sửa, làm rõ."
    )
