"""A trace in words, alike on the screen and in the Word annex."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from msgspec.structs import replace

from lsindicators import expressions, values
from lsindicators.model import HANOI, LACKS, Conflict, Outcome, Plan, State, Value
from lsindicators.provenance.nouns import Contribution, Former, Input, Part, Ruling, Trace
from lsindicators.provenance.worked import UNKNOWN, shown, written

WHY = {why: lack.told for why, lack in LACKS.items()} | {"not-on-record": "không có số đã ghi, đơn vị không điền"}
"""Why a unit's figure is lacking."""

_ASKED = {"criterion": "Tiêu chí", "variable": "Số liệu toàn tỉnh", "figure": "Số liệu của đơn vị"}

DIGITS = 12
"""Digits of a SHA-256 that tell a file among others."""


def title(plan: Plan, t: Trace) -> str:
    """What is traced: ``Tiêu chí KQ07: Tỷ lệ …``."""
    mark = f" ({t.mark})" if t.mark else ""
    unit = f", {plan.any_unit[t.unit].name}" if t.unit in plan.any_unit else ""
    return f"{_ASKED[t.asked]} {t.code}: {t.name}{mark}{unit}"


def printed(t: Trace) -> str:
    """The value as it is printed, with its measure; or that there is none."""
    if t.value is None:
        return "Chưa có số liệu"
    if isinstance(t.value, Decimal):
        return f"{rounded(t)} {t.measure}".strip()
    return "xem từng câu trả lời ở dưới" if t.asked == "variable" and "\n" in t.value else t.value


def rounded(t: Trace) -> str:
    """The value with exactly the places that the report prints; of a variable with all its digits."""
    return values.format_number(t.value, t.decimals) if isinstance(t.value, Decimal) else values.format_value(t.value)


def formula(t: Trace) -> str:
    """The formula as people write it; of one that names criteria, or of the year before, over the variables too."""
    typed = written(expressions.parse(t.formula))
    return typed if typed == t.expanded else f"{typed}, tức là {t.expanded}"


def coverage(t: Trace) -> str:
    """On how many units the value rests, of those that are awaited."""
    if not t.expected or t.asked == "figure":
        return ""
    state = ", chưa tính được" if t.outcome is Outcome.MISSING else ", chưa đủ" if t.reported < t.expected else ""
    return f"{t.reported}/{t.expected} đơn vị{state}"


def standing(conflict: Conflict) -> str:
    """What a row of the reconciliation asks for."""
    return "Cần thống nhất" if conflict.open else "Nên xem lại" if conflict.settled is None else "Đã quyết định"


def calculation(t: Trace) -> Iterator[str]:
    """The whole way from the units' figures to the printed number, a line each."""
    if t.record is not None:
        yield f"Số của toàn tỉnh đã ghi ở trang Năm trước: {values.format_value(t.record.value)} ({t.record.at})"
    for i in t.inputs:
        agrees = {
            True: "; tính lại từ bảng: khớp",
            False: "; TÍNH LẠI KHÔNG KHỚP, báo người phụ trách công cụ",
            None: "",
        }
        told = agrees[i.aggregated.agrees] if len(i.contributions) > 1 or not i.aggregated.agrees else ""
        yield f"{i.code} = {i.aggregated.text}{told}"
    for step in t.steps:
        if step.note == UNKNOWN:
            yield f"Thiếu {step.expression} nên không tính được"
        else:
            yield f"{step.expression} = {step}" if step.direct and not isinstance(step.result, bool) else str(step)
    if isinstance(t.value, Decimal) and t.decimals is not None:
        exact = t.value == round(t.value, t.decimals)
        places = f"với {t.decimals} số lẻ" if t.decimals else "không có số lẻ"
        yield f"In trong báo cáo {places}: {rounded(t)}" + ("" if exact else " (làm tròn)")
    if t.note:
        yield f"Lưu ý: {t.note}"


def heading(i: Input) -> str:
    """An input with what it is and on whom it rests."""
    cover = f"; {i.variable.aggregation}; {i.reported}/{i.expected} đơn vị" if i.total and i.expected else ""
    return f"{i.code}  {i.variable.name} ({i.variable.measure or i.variable.kind.value}), năm {i.year}{cover}"


def figure(value: Value | None) -> str:
    """A figure; nothing as a dash."""
    return "–" if value is None else values.format_value(value)


def value(c: Contribution) -> str:
    """A unit's figure, with its state where that is not the usual one."""
    if c.state in (None, State.GIVEN):
        return figure(c.value)
    assert c.state is not None
    return f"{figure(c.value)} ({c.state.value})" if c.value is not None else c.state.value


def moment(at: datetime | None) -> str:
    """``28/3/2026 09:15`` in Vietnam."""
    return f"{values.format_date(at.astimezone(HANOI))} {at.astimezone(HANOI):%H:%M}" if at else ""


def short(sha256: str) -> str:
    """The beginning of a SHA-256."""
    return sha256[:DIGITS]


def why(c: Contribution) -> str:
    """Why a unit has no figure here."""
    if not c.why:
        state = c.state.value if c.state else "không có số"
        return f"{state}" + (f" ({c.reason})" if c.reason else "") + ": tính là đã báo cáo"
    return WHY.get(c.why, c.why) + (f": {c.note}" if c.note else "")


def absent(i: Input) -> Iterator[tuple[str, tuple[Contribution, ...]]]:
    """The units of an input without a figure: why, and who; those of which nothing more is to be said together."""
    alike: dict[str, list[Contribution]] = {}
    for c in i.lacking:
        alike.setdefault(why(c), []).append(c)
    for told, units in alike.items():
        silent = tuple(c for c in units if not any(details(c)))
        if silent:
            yield told, silent
        yield from ((told, (c,)) for c in units if c not in silent)


def part(p: Part) -> str:
    """A row of a former unit."""
    share = "" if p.percent == 100 else "một phần của " if p.percent is None else f"{shown(p.percent)} % của "
    if p.record is None:
        return f"{share}{p.name}: không có số đã ghi"
    return f"{share}{p.name}: {figure(p.record.value)} ({p.record.at})"


def former(f: Former) -> str:
    """What stands in another return."""
    state = f" ({f.state.value})" if f.state not in (None, State.GIVEN) and f.state else ""
    told = f"{figure(f.value)}{state} ở {f.at}, SHA-256 {short(f.sha256)}…, gửi {moment(f.sent_at)}, đọc {moment(f.read_at)}"
    return f"{told}; {f.why}" if f.why else told


def details(c: Contribution) -> Iterator[str]:
    """What is to be said below a unit's line: of what its figure is made, what it sent, what was there before."""
    for p in c.parts:
        yield f"từ {part(p)}"
    if c.weight is not None:
        at = f" ({c.weight.at})" if c.weight.at else ""
        yield f"quyền số {c.weight.variable}: {figure(c.weight.value)}{at}"
    if c.note and not c.why and c.counts:
        yield c.note
    if c.sent is not None:
        yield f"đơn vị gửi: {former(replace(c.sent, why='') if c.sent.why in c.note else c.sent)}"
    for f in c.former:
        yield f"bản khác: {former(f)}"


def ruling(plan: Plan, r: Ruling) -> str:
    """A row of ``dieu-chinh.xlsx``."""
    unit = plan.any_unit[r.unit].name if r.unit in plan.any_unit else r.unit
    made = f" {figure(r.value)}" if r.value is not None else ""
    sent = f" (đã gửi: {figure(r.sent)})" if r.sent is not None else ""
    told = [
        f"{unit + ': ' if unit else ''}{r.choice.value}{made}{sent}",
        f"lý do: {r.reason}",
        f"văn bản: {r.document}",
    ]
    if r.dated is not None:
        told.append(f"ngày {values.format_date(r.dated)}")
    if r.state:
        told.append(r.state)
    told.append(f"{r.at}, SHA-256 {short(r.sha256)}…" if r.sha256 else str(r.at))
    return "; ".join(told)
