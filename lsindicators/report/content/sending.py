"""Sendings and gaps in; out Phụ lục III, how the units have answered, and Phụ lục IV, what is wanting and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from lsindicators import values, wording
from lsindicators.model import HANOI, LACKS, Dataset, Gap, Plan, Result, Sending, Status
from lsindicators.report import sentences
from lsindicators.summary import Summary

Content = dict[str, Any]

SENDING_ROW: Content = dict.fromkeys(("heading", "none", "number", "unit", "owed", "taken", "sent", "note"), "")
GAPS_ROW: Content = {**dict.fromkeys(("none", "number", "name", "coverage"), ""), "reasons": [""]}

NAMED = 8
"""Up to so many units are named one by one in Phụ lục IV."""
ABSENT_NAMED = 3
"""Units that sent nothing are named in Phụ lục III; Phụ lục IV names up to so many of them again."""


# ------------------------------------------------------------------ who has sent


def table(plan: Plan, sendings: Sequence[Sending]) -> list[Content]:
    """The units by what is wanting of them; those of which nothing is are only named."""
    missing = [s for s in sendings if s.sent_at is None]
    late = [s for s in sendings if s.sent_at is not None and s.late]
    punctual = [s for s in sendings if s.sent_at is not None and not s.late]
    partly = [s for s in punctual if _to_mend(s)]
    done = [s for s in punctual if not _to_mend(s)]
    rows: list[Content] = []
    for letter, title, members in (
        ("A", "Chưa gửi, hoặc tệp gửi chưa sử dụng được", missing),
        ("B", "Gửi quá hạn", late),
        ("C", "Gửi đúng hạn, còn số liệu cần bổ sung, làm rõ", partly),
        ("D", "Gửi đúng hạn, không còn số liệu phải sửa, làm rõ", done),
    ):
        number = f": {sentences.count(len(members))} đơn vị" if members else ""
        rows.append({**SENDING_ROW, "heading": f"{letter}. {title}{number}"})
        if not members:
            rows.append({**SENDING_ROW, "none": "Không có."})
        elif len(members) > sentences.MOST_NAMED and len(places := _places(plan, members)) > 1:
            rows.extend(_province(place, of, at) for at, (place, of) in enumerate(places.items(), 1))
        elif members is done:
            rows.append({**SENDING_ROW, "none": f"{sentences.units(plan, [s.unit for s in done])}."})
        else:
            rows.extend(_row(plan, s, at) for at, s in enumerate(members, 1))
    return rows


def _places(plan: Plan, members: Sequence[Sending]) -> Mapping[str, Sequence[Sending]]:
    of = {s.unit: s for s in members}
    return {place: [of[u] for u in units] for place, units in sentences.by_province(plan, list(of)).items()}


def _province(place: str, members: Sequence[Sending], number: int) -> Content:
    """One row for the units of a province."""
    cells = sum(s.open for s in members)
    return {
        **SENDING_ROW,
        "number": str(number),
        "unit": f"{place}: {sentences.count(len(members))} đơn vị",
        "owed": str(sum(s.owed for s in members)),
        "taken": str(sum(s.values for s in members)),
        "note": f"Còn {sentences.count(cells)} ô cần sửa, làm rõ" if cells else "",
    }


def _to_mend(s: Sending) -> bool:
    return bool(s.open) or s.status is Status.PARTIAL


def _row(plan: Plan, s: Sending, number: int) -> Content:
    return {
        **SENDING_ROW,
        "number": str(number),
        "unit": plan.unit[s.unit].name if s.unit in plan.unit else s.unit,
        "owed": str(s.owed),
        "taken": str(s.values),
        "sent": values.format_date(s.sent_at.astimezone(HANOI).date()) if s.sent_at else "Chưa gửi",
        "note": _note(s),
    }


def _note(s: Sending) -> str:
    if s.sent_at is None and s.status is not None:
        return "Tệp đã gửi chưa sử dụng được"
    return f"Còn {sentences.count(s.open)} ô cần sửa, làm rõ" if s.open else ""


# ------------------------------------------------------------------ what is missing


def gaps(told: Summary, numbers: Mapping[str, str]) -> list[Content]:
    """The criteria that do not rest on all units, with what is wanting."""
    by_variable: dict[str, list[Gap]] = {}
    for gap in told.dataset.gaps:
        by_variable.setdefault(gap.variable, []).append(gap)
    blank = {**GAPS_ROW, "reasons": []}
    rows: list[Content] = [
        {
            **blank,
            "number": numbers[r.criterion.code],
            "name": f"{r.criterion.code}. {r.criterion.name}",
            "coverage": wording.coverage(r.reported, r.expected, recorded=wording.recorded(r)),
            "reasons": _reasons(told.plan, told.dataset, r, by_variable),
        }
        for r in told.criteria
        if not r.whole
    ]
    return rows or [{**blank, "none": "Không có: các tiêu chí đều đã đủ số liệu."}]


def _reasons(plan: Plan, dataset: Dataset, r: Result, gaps: Mapping[str, Sequence[Gap]]) -> list[str]:
    """What is wanting for a criterion, a sentence or two for the inputs that want the same; several go by code alone."""
    former, inputs_of = [], defaultdict[str, list[str]](list)  # what is wanting -> the inputs that want it
    for written in dict.fromkeys((*r.inputs, *r.missing)):
        code, _, lag = written.partition("@")
        year = plan.year + int(lag or 0)
        total = dataset.totals.get((code, year))
        if year != plan.year:
            if written in r.missing:
                former.append(f"{_label(plan, [code])}: chưa có số liệu năm {year}.")
            elif total is not None and not total.complete:
                coverage = f"{len(total.reported)}/{len(total.expected)}"
                former.append(f"{_label(plan, [code])}: năm {year} mới có {coverage} đơn vị.")
            continue
        why = ["các đơn vị chủ trì báo số khác nhau, chờ thống nhất"] if total is not None and total.conflict else []
        why.extend(_why(plan, gaps.get(code, ())))
        if written in r.missing and not why:
            why.append("chưa có số liệu")
        for text in why:
            inputs_of[text].append(code)
    texts_of = defaultdict[tuple[str, ...], list[str]](list)
    for text, codes in inputs_of.items():
        texts_of[tuple(codes)].append(text)
    told = [f"{sentences.sentence_case(r.note)}."] if r.note else []
    for inputs, texts in texts_of.items():
        told.append(f"{_label(plan, inputs)}: {'. '.join((texts[0], *map(sentences.sentence_case, texts[1:])))}.")
    return [*told, *former] or ["Chưa đủ số liệu thành phần."]


def _label(plan: Plan, codes: Sequence[str]) -> str:
    """One variable by code and name; several by their codes, whose names stand in Phụ lục II."""
    if len(codes) == 1 and codes[0] in plan.variable:
        return f"{codes[0]} ({plan.variable[codes[0]].name})"
    return ", ".join(codes)


def _why(plan: Plan, gaps: Sequence[Gap]) -> list[str]:
    """The gaps of one variable by cause: few units by name, with their own reason; many by number."""
    told = []
    if any(g.why == "not-assigned" for g in gaps):
        told.append("chưa phân công đơn vị cung cấp")
    for why, lack in LACKS.items():
        units = [g for g in gaps if g.why == why and g.unit]
        if not units:
            continue
        number = f"{sentences.count(len(units))} đơn vị {lack.told}"
        if why == "no-return" and len(units) > ABSENT_NAMED:
            told.append(f"{number} (xem mục A Phụ lục III)")
            continue
        named = units if len(units) <= NAMED + 1 else units[:NAMED]
        of_reason: dict[str, list[str]] = {}
        for g in named:
            reason = sentences.bare(g.note) if why == "not-yet" else ""
            of_reason.setdefault(reason, []).append(sentences.unit(plan, g.unit))
        names = [
            f"{', '.join(members)} (lý do: {reason})" if reason else ", ".join(members)
            for reason, members in of_reason.items()
        ]
        if len(named) < len(units):
            names.append(f"và {sentences.count(len(units) - len(named))} đơn vị khác")
        told.append(f"{number}: {'; '.join(names)}")
    return told
