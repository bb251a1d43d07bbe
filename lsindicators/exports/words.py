"""The words and colours that several sheets of ``tong-hop.xlsx`` share."""

from __future__ import annotations

from lsindicators.exports.book import BAD, DOUBTFUL, GOOD, GROUPS, Look
from lsindicators.model import LACKS, Choice, Criterion, Outcome, Plan, Settlement
from lsindicators.values import format_value

GAPS = {why: lack.short for why, lack in LACKS.items()}
"""``Gap.why`` -> the words that stand in a unit's cell and in ``Còn thiếu``."""

OUTCOMES = {
    Outcome.COMPUTED: "Đã tính",
    Outcome.PARTIAL: "Tính một phần",
    Outcome.MISSING: "Chưa tính được",
}
COLOURS: dict[Outcome, Look] = {Outcome.COMPUTED: GOOD, Outcome.PARTIAL: DOUBTFUL, Outcome.MISSING: BAD}


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
