"""Summary in; out what the web page and the two-page summary say: plain texts and lists of them, nothing else.

Only what stands for the whole province: no unit is named, and nothing that a unit wrote is repeated.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any

from lsindicators import expressions, layout, provenance, summary, values, wording
from lsindicators.expressions import Reference
from lsindicators.model import Criterion, Method, Outcome, Plan, Result, Settings, Total
from lsindicators.release import words
from lsindicators.summary import Section, Summary

Content = dict[str, Any]

CONTACT = "Liên hệ công khai"
"""The line of ``Kỳ báo cáo`` whose words the public may read; ``Đầu mối liên hệ`` is for the units alone."""

OTHERS = "Các tiêu chí khác của nhóm"


def gather(told: Summary, provisional: Collection[str]) -> Content:
    """All that the two papers share. ``provisional``: the criteria that rest on a figure which is still in doubt."""
    plan, settings, year = told.plan, told.plan.settings, told.plan.year
    return {
        "made_up": layout.MADE_UP if settings.made_up else "",
        "year": str(year),
        "previous": str(year - 1),
        "province": settings.province,
        "compiler": settings.compiler,
        "plan_document": settings.plan_document,
        "title": (
            "Kết quả thực hiện Bộ tiêu chí đánh giá hiệu quả của khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số "
            f"năm {year}"
        ),
        "updated": (
            f"Số liệu năm {year}, cập nhật theo báo cáo năm {settings.report_deadline.year} "
            f"(hạn báo cáo: {values.format_date(settings.report_deadline)})"
        ),
        "contact": contact(settings) or f"{settings.compiler}, tỉnh {settings.province}",
        "overview": words.level(told.tally, settings.coverage),
        "moved": words.moved(told.moves, year),
        "collected": _collected(told),
        "provisional": _provisional(told, provisional),
        "states": [{"name": name, "words": words.STATES[name]} for name in _states(told)],
        "cards": list(_cards(told)),
        "groups": [_group(told, section, provisional) for section in told.sections],
        "tallies": [*(_tally(s) for s in told.sections), {**_counts(told.tally), "number": "", "title": "Tất cả"}],
        "gaps": list(_gaps(told)),
        "proposed": words.count(sum(1 for r in told.criteria if plan.mark(r.criterion))),
    }


def contact(settings: Settings) -> str:
    """Whom the public may ask, as the campaign says; empty where it says nothing."""
    return values.clean(settings.raw.get(CONTACT, ""))


# ------------------------------------------------------------------ counts


def _collected(told: Summary) -> str:
    c = told.collection
    if not c.units:
        return "Chưa có đơn vị nào được phân công cung cấp số liệu."
    return f"{words.count(c.sent)}/{words.count(c.units)} đơn vị đã gửi số liệu dùng được."


def _provisional(told: Summary, provisional: Collection[str]) -> list[str]:
    """What makes the figures provisional, a sentence each; empty where nothing is open."""
    here = [r.criterion.code for r in told.criteria if r.criterion.code in provisional]
    lines = []
    if here:
        lines.append(
            f"{words.count(len(here))} tiêu chí có số liệu thành phần đang được đối chiếu, ghi “{words.PROVISIONAL}”: "
            f"{wording.listing(here)}."
        )
    if told.collection.to_mend:
        lines.append(
            f"{words.count(told.collection.to_mend)} đơn vị còn số liệu phải bổ sung, làm rõ; phần chưa rõ không được đưa "
            "vào tính toán."
        )
    return lines


def _states(told: Summary) -> list[str]:
    """What criteria can rest on: where the campaign asks for all units, none has enough of them and not all."""
    return [name for name in words.STATES if name != "enough" or told.tally.enough]


def _cards(told: Summary) -> Iterator[Content]:
    t, m, c = told.tally, told.moves, told.collection
    yield {
        "name": "criteria",
        "value": words.count(t.total),
        "label": "tiêu chí",
        "note": f"{words.count(t.computed)} tiêu chí đã có số",
    }
    yield {
        "name": "whole",
        "value": words.count(t.whole),
        "label": "tiêu chí tính trên đủ các đơn vị",
        "note": f"{words.count(t.enough + t.partial)} tiêu chí chưa đủ đơn vị",
    }
    yield {
        "name": "missing",
        "value": words.count(t.missing),
        "label": "tiêu chí chưa có số liệu",
        "note": "nêu rõ ở phần Còn thiếu" if t.missing else "không thiếu tiêu chí nào",
    }
    yield {
        "name": "sent",
        "value": f"{words.count(c.sent)}/{words.count(c.units)}",
        "label": "đơn vị đã gửi số liệu",
        "note": f"{words.count(c.absent)} đơn vị chưa gửi" if c.absent else "tất cả đã gửi",
    }
    yield {
        "name": "comparable",
        "value": words.count(m.comparable),
        "label": f"tiêu chí so được với năm {told.plan.year - 1}",
        "note": f"{words.count(len(m.risen))} tăng, {words.count(len(m.fallen))} giảm, {words.count(len(m.same))} không đổi",
    }


def _tally(section: Section) -> Content:
    return {
        **_counts(summary.tally(section.criteria)),
        "number": section.number,
        "title": section.title or "Các tiêu chí",
    }


def _counts(tally: summary.Tally) -> Content:
    return {"total": words.count(tally.total), **{name: words.count(getattr(tally, name)) for name in words.STATES}}


# ------------------------------------------------------------------ the criteria


def _group(told: Summary, section: Section, provisional: Collection[str]) -> Content:
    named = len(section.parts) > 1 or any(p.title for p in section.parts)
    return {
        "number": section.number,
        "title": section.title or "Các tiêu chí",
        "level": words.level(summary.tally(section.criteria), told.plan.settings.coverage),
        "moved": words.moved(summary.moves(section.criteria), told.plan.year),
        "parts": [
            {
                "number": part.number if named else section.number,
                "title": (part.title or OTHERS) if named else "",
                "rows": _rows(told, part, provisional),
            }
            for part in section.parts
        ],
    }


def _rows(told: Summary, part: Section, provisional: Collection[str]) -> list[Content]:
    """The criteria of a part, each with its companion figures."""
    rows: list[Content] = []
    for r in part.results:
        if r.criterion.parent is None:
            rows.append({**_row(told, r, provisional), "companions": []})
        else:
            rows[-1]["companions"].append(_row(told, r, provisional))
    return rows


def _row(told: Summary, r: Result, provisional: Collection[str]) -> Content:
    c, state = r.criterion, words.state(r)
    notes = list(_notes(told, r, provisional))
    return {
        "code": c.code,
        "name": c.name,
        "measure": c.measure or wording.NO_CHANGE,
        "previous": wording.figure(r.previous, c),
        "value": wording.figure(r.value, c),
        "change": (changed := wording.change(r)),
        "points": words.points(r) if changed != wording.NO_CHANGE else "",
        "coverage": wording.coverage(r.reported, r.expected, recorded=wording.recorded(r)),
        "state": state,
        "state_words": words.STATES[state],
        "marks": [mark for mark, _ in notes if mark],
        "notes": [f"{mark}: {text}" if mark else values.sentence(text) for mark, text in notes],
        "formula": _formula(told.plan, c),
        "inputs": _inputs(told, c),
        "sort_change": _plain(r.change) if summary.comparable(r) and c.measure == summary.PERCENT else "",
        "sort_coverage": _plain(Decimal(r.reported) / r.expected) if r.expected else "0",
    }


def _plain(number: Decimal | None) -> str:
    return "" if number is None else f"{round(number, 6):f}"


def _notes(told: Summary, r: Result, provisional: Collection[str]) -> Iterator[tuple[str, str]]:
    """What a reader must know of a figure: a short mark where there is one, and its sentence."""
    plan, c = told.plan, r.criterion
    if mark := plan.mark(c):
        what = "cách tính" if mark.startswith("cách tính") else "tên và cách tính"
        yield values.sentence(mark).rstrip("."), f"{what} là dự kiến, chờ hướng dẫn chính thức."
    if c.code in provisional:
        yield words.PROVISIONAL, "có số liệu thành phần đang được đối chiếu, con số có thể thay đổi."
    if any(_corrected(t) for t in _totals(told, r)):
        yield words.CORRECTED, "có số liệu thành phần lấy theo quyết định của cơ quan tổng hợp."
    if r.seam:
        yield words.BROKEN, "có đơn vị được sắp xếp lại, không so sánh thẳng được với năm trước."
    elif r.change is not None and not r.comparable:
        yield "", f"không so sánh với năm {plan.year - 1} vì hai năm không dựa trên cùng các đơn vị"
    elif r.previous is not None and not r.previous_complete:
        yield "", f"số năm {plan.year - 1} chưa đủ đơn vị"
    if r.note:
        yield "", r.note


def _totals(told: Summary, r: Result) -> Iterator[Total]:
    """This year's figures of the province that a criterion rests on."""
    for name in r.inputs:
        total = told.dataset.totals.get((name.partition("@")[0], told.plan.year))
        if total is not None and "@" not in name:
            yield total


def _corrected(total: Total) -> bool:
    return total.settled is not None or any(f.corrected for f in total.contributions)


def _inputs(told: Summary, c: Criterion) -> list[Content]:
    """What the formula is made of: each figure of the province with its name, and how it came about."""
    formula = expressions.expand(c.formula, told.plan.formulas)
    return [_input(told.plan, told.dataset.totals, r) for r in expressions.references(formula)]


def _formula(plan: Plan, c: Criterion) -> str:
    """The formula as people write it; figures of a former year carry their year, not our sign for it."""

    def place(node: expressions.Expression) -> str | None:
        return f"{node.code} (năm {plan.year + node.lag})" if isinstance(node, Reference) and node.lag else None

    return provenance.written(expressions.parse(c.formula), place)


def _input(plan: Plan, totals: Mapping[tuple[str, int], Total], reference: Reference) -> Content:
    v, year = plan.variable[reference.code], plan.year + reference.lag
    total = totals.get((v.code, year))
    method = v.aggregation.method
    value = words.total(None if total is None else total.value, method)
    measure = "%" if method is Method.SHARE_YES else v.measure
    return {
        "code": v.code,
        "name": v.name,
        "year": str(year),
        "value": f"{value} {measure}".strip() if value != wording.NO_FIGURE else value,
        "how": words.HOW[method],
        "coverage": wording.coverage(len(total.reported), len(total.expected)) if total and total.expected else "",
    }


# ------------------------------------------------------------------ what is lacking


def _gaps(told: Summary) -> Iterator[Content]:
    """The criteria without a figure, then those that rest on some of the units."""
    for outcome in (Outcome.MISSING, Outcome.PARTIAL, Outcome.COMPUTED):
        for r in told.criteria:
            if r.outcome is outcome and not r.whole:
                yield {
                    "code": r.criterion.code,
                    "name": r.criterion.name,
                    "state_words": words.STATES[words.state(r)],
                    "coverage": wording.coverage(r.reported, r.expected),
                    "why": " ".join(_why(told, r)),
                }


def _why(told: Summary, r: Result) -> Iterator[str]:
    if r.outcome is not Outcome.MISSING:
        yield f"{words.count(r.expected - r.reported)} đơn vị chưa có số liệu."
        return
    disputed = [t for t in _totals(told, r) if t.conflict and t.value is None]
    if disputed:
        yield "Các cơ quan chủ trì báo số khác nhau, chờ thống nhất."
    known = {t.variable for t in disputed}
    lacking = [name for name in r.missing if name not in known]
    names = [told.plan.variable[name.partition("@")[0]].name for name in lacking]
    if names:
        yield f"Thiếu: {'; '.join(dict.fromkeys(names))}."
    if r.note:
        yield values.sentence(r.note)
