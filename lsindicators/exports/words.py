"""The words and colours that several sheets of ``tong-hop.xlsx`` share."""

from __future__ import annotations

from lsindicators.exports.book import BAD, DOUBTFUL, GOOD, GROUPS, Look
from lsindicators.model import Choice, Criterion, Outcome, Plan, Settlement, State
from lsindicators.values import format_value

GAPS = {
    "no-return": "Chưa gửi",
    "needs-mending": "Cần sửa",
    "left-out": "Không lấy",
    "not-yet": State.NOT_YET.value,
    "no-weight": "Thiếu quyền số",
    "not-reported": "Để trống",
    "not-assigned": "Chưa giao",
}
"""``Gap.why`` -> the words that stand in a unit's cell and in ``Còn thiếu``."""

OUTCOMES = {
    Outcome.COMPUTED: "Đã tính",
    Outcome.PARTIAL: "Tính một phần",
    Outcome.MISSING: "Chưa tính được",
}
COLOURS: dict[Outcome, Look] = {Outcome.COMPUTED: GOOD, Outcome.PARTIAL: DOUBTFUL, Outcome.MISSING: BAD}

_KINDS = {
    "Sở, ban, ngành": ("so", "cq-ngang-so", "ban", "ubnd-tinh", "cq-hdnd"),
    "Xã": ("xa",),
    "Phường": ("phuong",),
    "Đảng, Mặt trận, đoàn thể": ("dang", "mttq", "to-chuc-ctxh", "hoi"),
    "Cơ quan Trung ương, tư pháp, lực lượng vũ trang": ("tw-doc", "tu-phap", "luc-luong-vu-trang"),
}
_OTHERS = "Đơn vị sự nghiệp, doanh nghiệp, đơn vị khác"
KINDS = (*_KINDS, _OTHERS)
"""Kinds of units, in the order in which they are shown."""


def kind(unit_type: str) -> str:
    """The kind of units that a type (``Loại``) belongs to."""
    return next((name for name, types in _KINDS.items() if unit_type in types), _OTHERS)


def top(criterion: Criterion) -> str:
    """The group of a criterion."""
    return criterion.group.split(" / ")[0]


def field(criterion: Criterion) -> str:
    """The part of its group that a criterion belongs to; empty where the group has no parts."""
    return " / ".join(criterion.group.split(" / ")[1:])


def group_colours(plan: Plan) -> dict[str, str]:
    """A soft fill for each group of criteria, in the plan's order."""
    groups = dict.fromkeys(top(c) for c in plan.criteria)
    return {group: GROUPS[i % len(GROUPS)] for i, group in enumerate(groups)}


def decided(plan: Plan, s: Settlement) -> str:
    """What the clerk decided about values that disagree, why, and by which document."""
    what = s.choice.value
    if s.choice is Choice.TAKE:
        what += f" {plan.any_unit[s.unit].name if s.unit in plan.any_unit else s.unit}"
    elif s.value is not None:
        what += f" {format_value(s.value)}"
    dated = f" ngày {s.dated:%d/%m/%Y}" if s.dated else ""
    return f"{what}. Lý do: {s.reason} ({s.document}{dated})"
