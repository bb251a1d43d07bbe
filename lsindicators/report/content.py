"""Plan, Dataset and Results in; what the Word template may name out: plain texts and lists of them, nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from lsindicators import layout, papers, values
from lsindicators.model import (
    HANOI,
    LACKS,
    CellRef,
    Criterion,
    Dataset,
    Gap,
    Kind,
    Method,
    Plan,
    Result,
    Sending,
    Status,
    Total,
)
from lsindicators.report import sentences

Content = dict[str, Any]
Answers = Mapping[str, tuple[tuple[str, str, CellRef], ...]]

MINISTRY = "Bộ Khoa học và Công nghệ"
"""To whom a province's committee reports."""

FEW = 12
"""Up to so many different opinions stand in the text itself; more of them go to an annex."""
NAMED = 8
"""Up to so many units are named one by one in Phụ lục IV."""
ABSENT_NAMED = 3
"""Units that sent nothing are named in Phụ lục III; Phụ lục IV names up to so many of them again."""

_ROW = dict.fromkeys(
    ("number", "code", "name", "measure", "previous", "value", "change", "coverage", "note", "suppliers"), ""
)
_OPINIONS = {"lines": [""], "said": [{"units": "", "text": ""}]}

TAGS: Content = {
    **papers.FIELDS,
    **dict.fromkeys(
        (
            *("symbol", "addressee", "year", "previous", "sign_year", "unit_deadline", "report_deadline", "marked"),
            *("assigned", "overview", "comparison", "shortfall", "sending_summary"),
        ),
        "",
    ),
    "collection": [""],
    "groups": [
        {
            "number": "",
            "title": "",
            "sentence": "",
            "parts": [{"number": "", "title": "", "sentence": "", "rows": [{**_ROW, "companion": ""}]}],
        }
    ],
    **{name: [{"picture": "", "caption": ""}] for name in ("charts_coverage", "charts_groups", "charts_units")},
    **dict.fromkeys(("highlights", "difficulties", "causes", "solutions", "proposals"), _OPINIONS),
    "criteria_table": [{**_ROW, "companion": "", "group": "", "subgroup": ""}],
    "variables_table": [
        dict.fromkeys(("heading", "number", "code", "name", "measure", "previous", "value", "coverage"), "")
    ],
    "sending_table": [dict.fromkeys(("heading", "none", "number", "unit", "owed", "taken", "sent", "note"), "")],
    "gaps_table": [{**dict.fromkeys(("none", "number", "name", "coverage"), ""), "reasons": [""]}],
    "opinions_table": [dict.fromkeys(("heading", "number", "units", "text"), "")],
}
"""Every tag that a template may use: a text, a list (one example inside) or a group of named texts."""


def gather(
    plan: Plan,
    dataset: Dataset,
    results: Sequence[Result],
    sendings: Sequence[Sending],
    answers: Answers,
    today: date,
    sender: papers.Sender = papers.Sender.COMPILER,
) -> Content:
    """All that the template may print, shaped as ``TAGS``; the charts are left empty for the caller to fill."""
    settings, year = plan.settings, plan.year
    criteria = [r for r in results if r.criterion.parent is None]
    opinions = _opinions(plan, answers)
    return {
        **(head := papers.lines(settings, sender)),
        "symbol": f"BC-{head['symbol']}",
        "addressee": MINISTRY if sender is papers.Sender.COMMITTEE else settings.issuer,
        "year": str(year),
        "previous": str(year - 1),
        "sign_year": str(today.year),
        "unit_deadline": values.format_date(settings.unit_deadline),
        "report_deadline": values.format_date(settings.report_deadline),
        "marked": "có" if any(plan.mark(c) for c in plan.criteria) else "",
        "assigned": sentences.assigned(plan),
        "collection": sentences.collection(sendings),
        "overview": sentences.level(criteria, "Bộ tiêu chí áp dụng tại tỉnh", plan.settings.coverage),
        "comparison": " ".join(filter(None, (sentences.movement(criteria, year), sentences.carried(plan, results)))),
        "shortfall": sentences.shortfall(criteria, plan.settings.coverage),
        "groups": _groups(plan, results),
        **{name: [] for name in ("charts_coverage", "charts_groups", "charts_units")},
        **{name: {"lines": o["lines"], "said": o["said"]} for name, o in opinions.items()},
        "criteria_table": _criteria_table(plan, results),
        "variables_table": _variables_table(plan, dataset),
        "sending_summary": sentences.collection(sendings)[0].replace(" Chi tiết tại Phụ lục III kèm theo.", ""),
        "sending_table": _sending_table(plan, sendings),
        "gaps_table": _gaps_table(plan, dataset, criteria),
        "opinions_table": [row for o in opinions.values() for row in o["overflow"]],
    }


# ------------------------------------------------------------------ the criteria


def _levels(criterion: Criterion) -> tuple[str, str]:
    """Group and subgroup of a criterion; a third level stays with the second."""
    group, _, subgroup = criterion.group.partition(" / ")
    return group.strip(), subgroup.strip()


def _by_level(results: Sequence[Result]) -> dict[str, dict[str, list[Result]]]:
    """Group -> subgroup -> its results; a companion figure stays with the criterion that it explains."""
    tree: dict[str, dict[str, list[Result]]] = {}
    of_criterion = {r.criterion.code: _levels(r.criterion) for r in results}
    for r in results:
        group, subgroup = of_criterion.get(r.criterion.parent or "", of_criterion[r.criterion.code])
        tree.setdefault(group, {}).setdefault(subgroup, []).append(r)
    return tree


def _groups(plan: Plan, results: Sequence[Result]) -> list[Content]:
    groups = []
    numbers = _numbers(results)
    for g, (title, parts) in enumerate(_by_level(results).items(), 1):
        own = [r for part in parts.values() for r in part if r.criterion.parent is None]
        named = len(parts) > 1 or next(iter(parts)) != ""
        groups.append(
            {
                "number": str(g),
                "title": title or "Các tiêu chí",
                "sentence": _sentence(own, plan, "Nhóm", moved=not named),
                "parts": [
                    {
                        "number": f"{g}.{p}",
                        "title": (subtitle or "Các tiêu chí khác của nhóm") if named else "",
                        "sentence": _sentence(_own(members), plan, "Nội dung này", moved=True),
                        "rows": [_row(plan, r, numbers) for r in members],
                    }
                    for p, (subtitle, members) in enumerate(parts.items(), 1)
                ],
            }
        )
    return groups


def _sentence(results: Sequence[Result], plan: Plan, subject: str, *, moved: bool) -> str:
    """The words above a table; the movement is told once, where the table stands."""
    told = sentences.level(results, subject, plan.settings.coverage)
    return f"{told} {sentences.movement(results, plan.year)}" if moved else told


def _own(results: Iterable[Result]) -> list[Result]:
    return [r for r in results if r.criterion.parent is None]


def _numbers(results: Sequence[Result]) -> dict[str, str]:
    """Criterion -> STT, one count through the whole report."""
    return {r.criterion.code: str(i) for i, r in enumerate(_own(results), 1)}


def _row(plan: Plan, r: Result, numbers: Mapping[str, str]) -> Content:
    criterion = r.criterion
    companion = criterion.parent is not None
    mark = "" if companion else plan.mark(criterion)
    return {
        "companion": "có" if companion else "",
        "number": numbers.get(criterion.code, ""),
        "code": criterion.code,
        "name": f"{'- ' if companion else ''}{criterion.name}" + (f" ({mark})" if mark else ""),
        "measure": criterion.measure or sentences.NO_CHANGE,
        "previous": sentences.figure(r.previous, criterion),
        "value": sentences.figure(r.value, criterion),
        "change": sentences.change(r),
        "coverage": sentences.coverage(r.reported, r.expected),
        "note": sentences.note(r, plan.year),
        "suppliers": "" if companion else _suppliers(plan, criterion),
    }


def _suppliers(plan: Plan, criterion: Criterion) -> str:
    """The leads of the criterion's variables, as the assignment writes them, each once."""
    written = (
        a.lead_written for v in plan.variables if v.criterion == criterion.code and (a := plan.assignment.get(v.code))
    )
    named = dict.fromkeys(part.strip() for text in written for part in text.split(";") if part.strip())
    return "; ".join(plan.unit[name].name if name in plan.unit else name for name in named)


def _criteria_table(plan: Plan, results: Sequence[Result]) -> list[Content]:
    numbers = _numbers(results)
    blank = dict.fromkeys(TAGS["criteria_table"][0], "")
    rows: list[Content] = []
    for g, (group, parts) in enumerate(_by_level(results).items(), 1):
        rows.append({**blank, "group": f"{roman(g)}. {group or 'Các tiêu chí'}"})
        for p, (subgroup, members) in enumerate(parts.items(), 1):
            if subgroup:
                rows.append({**blank, "subgroup": f"{p}. {subgroup}"})
            rows.extend({**blank, **_row(plan, r, numbers)} for r in members)
    return rows


def roman(number: int) -> str:
    """``4`` -> ``IV``; groups are few, so up to 39."""
    return "X" * (number // 10) + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[number % 10]


# ------------------------------------------------------------------ the variables


def _variables_table(plan: Plan, dataset: Dataset) -> list[Content]:
    blank = dict.fromkeys(TAGS["variables_table"][0], "")
    rows: list[Content] = []
    criterion = None
    for number, v in enumerate(plan.variables, 1):
        if v.criterion != criterion:
            criterion = v.criterion
            name = plan.criterion[criterion].name if criterion in plan.criterion else ""
            rows.append({**blank, "heading": f"{criterion}. {name}" if name else criterion})
        this, last = dataset.totals.get((v.code, plan.year)), dataset.totals.get((v.code, plan.year - 1))
        share = v.aggregation.method is Method.SHARE_YES
        expected = (
            len(this.expected) if this else len(plan.assignment[v.code].units) if v.code in plan.assignment else 0
        )
        rows.append(
            {
                **blank,
                "number": str(number),
                "code": v.code,
                "name": v.name,
                "measure": "% đơn vị có" if share else v.measure or sentences.NO_CHANGE,
                "previous": _total(last, v.aggregation.method, v.kind) if last else _past(plan, v.code),
                "value": _total(this, v.aggregation.method, v.kind),
                "coverage": sentences.coverage(len(this.reported) if this else 0, expected),
            }
        )
    return rows


def _past(plan: Plan, code: str) -> str:
    value = plan.past_value.get((code, None, plan.year - 1))
    return sentences.NO_FIGURE if value is None else values.format_value(value)


def _total(total: Total | None, method: Method, kind: Kind) -> str:
    """The province's figure: sums as exact as they are, means and shares with two decimals, texts as a count."""
    if total is None or total.value is None:
        return sentences.NO_FIGURE
    if isinstance(total.value, str) and kind is Kind.TEXT and len(total.value) > 60:
        return f"{len(total.contributions)} đơn vị có nội dung"
    if isinstance(total.value, Decimal) and method in (Method.MEAN, Method.WEIGHTED, Method.SHARE_YES):
        return values.format_number(total.value, 2)
    return values.format_value(total.value)


# ------------------------------------------------------------------ who has sent


def _sending_table(plan: Plan, sendings: Sequence[Sending]) -> list[Content]:
    blank = dict.fromkeys(TAGS["sending_table"][0], "")
    missing = [s for s in sendings if s.sent_at is None]
    late = [s for s in sendings if s.sent_at is not None and s.late]
    partly = [s for s in sendings if s.sent_at is not None and not s.late and (s.open or s.status is Status.PARTIAL)]
    rows: list[Content] = []
    for letter, title, members in (
        ("A", "Chưa gửi, hoặc tệp gửi chưa sử dụng được", missing),
        ("B", "Gửi quá hạn", late),
        ("C", "Gửi đúng hạn, còn số liệu cần bổ sung, làm rõ", partly),
    ):
        number = f": {sentences.count(len(members))} đơn vị" if members else ""
        rows.append({**blank, "heading": f"{letter}. {title}{number}"})
        if not members:
            rows.append({**blank, "none": "Không có."})
        for at, s in enumerate(members, 1):
            rows.append(
                {
                    **blank,
                    "number": str(at),
                    "unit": plan.unit[s.unit].name if s.unit in plan.unit else s.unit,
                    "owed": str(s.owed),
                    "taken": str(s.values),
                    "sent": values.format_date(s.sent_at.astimezone(HANOI).date()) if s.sent_at else "Chưa gửi",
                    "note": _sending_note(s),
                }
            )
    return rows


def _sending_note(s: Sending) -> str:
    if s.sent_at is None and s.status is not None:
        return "Tệp đã gửi chưa sử dụng được"
    return f"Còn {sentences.count(s.open)} ô cần sửa, làm rõ" if s.open else ""


# ------------------------------------------------------------------ what is missing


def _gaps_table(plan: Plan, dataset: Dataset, criteria: Sequence[Result]) -> list[Content]:
    blank = {**dict.fromkeys(TAGS["gaps_table"][0], ""), "reasons": []}
    gaps: dict[str, list[Gap]] = {}
    for gap in dataset.gaps:
        gaps.setdefault(gap.variable, []).append(gap)
    numbers = _numbers(criteria)
    rows: list[Content] = [
        {
            **blank,
            "number": numbers[r.criterion.code],
            "name": f"{r.criterion.code}. {r.criterion.name}",
            "coverage": sentences.coverage(r.reported, r.expected),
            "reasons": _reasons(plan, dataset, r, gaps),
        }
        for r in criteria
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
            reason = _bare(g.note) if why == "not-yet" else ""
            of_reason.setdefault(reason, []).append(plan.unit[g.unit].name if g.unit in plan.unit else g.unit)
        names = [
            f"{', '.join(members)} (lý do: {reason})" if reason else "; ".join(members)
            for reason, members in of_reason.items()
        ]
        if len(named) < len(units):
            names.append(f"và {sentences.count(len(units) - len(named))} đơn vị khác")
        told.append(f"{number}: {'; '.join(names)}")
    return told


# ------------------------------------------------------------------ what the units say

_PLACES = ("difficulties", "causes", "solutions", "proposals", "highlights")
_INTRO = {
    "highlights": "Mô hình, kết quả nổi bật do các đơn vị nêu",
    "difficulties": "Khó khăn, vướng mắc do các đơn vị nêu",
    "causes": "Nguyên nhân do các đơn vị nêu",
    "solutions": "Giải pháp các đơn vị đã thực hiện hoặc dự kiến thực hiện",
    "proposals": "Kiến nghị, đề xuất do các đơn vị nêu",
}
_EMPTY = {
    "highlights": "",
    "difficulties": "Các đơn vị không nêu khó khăn, vướng mắc trong biểu gửi về.",
    "causes": "",
    "solutions": "",
    "proposals": "Các đơn vị không nêu kiến nghị, đề xuất trong biểu gửi về.",
}
_NOTHING = frozenset(
    (
        "không",
        "không có",
        "khong",
        "khong co",
        "ko",
        "k",
        "-",
        "không có ý kiến",
        "không có kiến nghị",
        "không có khó khăn",
    )
)


def _opinions(plan: Plan, answers: Answers) -> dict[str, Content]:
    """Place in the report -> its lead-in, its opinions (equal ones once, with all units), and what goes to the annex."""
    heard: dict[str, dict[str, tuple[str, list[str]]]] = {place: {} for place in ("highlights", *_PLACES[:-1])}
    place_of = {_bare(q).casefold(): place for q, place in zip(layout.QUESTIONS, _PLACES, strict=True)}
    for unit in (*(u.code for u in plan.units), *(code for code in answers if code not in plan.unit)):
        for question, answer, _ in answers.get(unit, ()):
            text = _bare("; ".join(_bare(line) for line in values.clean_lines(answer).split("\n") if _bare(line)))
            if not text or text.casefold() in _NOTHING:
                continue
            place = place_of.get(_bare(question).casefold())
            if place is None:
                place, text = "difficulties", f"{_bare(question)}: {text}"
            name = plan.unit[unit].name if unit in plan.unit else unit
            heard[place].setdefault(text.casefold(), (text, []))[1].append(name)
    return {place: _placed(place, list(said.values())) for place, said in heard.items()}


def _placed(place: str, said: Sequence[tuple[str, list[str]]]) -> Content:
    if not said:
        return {"lines": [_EMPTY[place]] if _EMPTY[place] else [], "said": [], "overflow": []}
    intro = f"{_INTRO[place]} ({sentences.count(len({u for _, units in said for u in units}))} đơn vị)"
    items = [{"units": "; ".join(dict.fromkeys(units)), "text": f"{text}."} for text, units in said]
    if len(items) <= FEW:
        return {"lines": [f"{intro}:"], "said": items, "overflow": []}
    rows = [{"heading": "", "number": str(i), **item} for i, item in enumerate(items, 1)]
    heading = {"heading": _INTRO[place], "number": "", "units": "", "text": ""}
    return {"lines": [f"{intro}: tổng hợp tại Phụ lục V kèm theo."], "said": [], "overflow": [heading, *rows]}


def _bare(text: str) -> str:
    """One line without the bullet before it and the stop behind it."""
    return values.clean(text).lstrip("-–•+* ").rstrip(" .;")
