"""Units of measure: which can be of one quantity, and what is typed for a criterion that has one."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from lsindicators import names
from lsindicators.appendix.wording import Words
from lsindicators.model import Criterion, Kind, Method, Plan

if TYPE_CHECKING:
    from lsindicators.appendix.table import AppendixRow

_MONEY = {"đồng": 0, "vnđ": 0, "vnd": 0, "nghìn đồng": 3, "ngàn đồng": 3, "triệu đồng": 6, "tr đồng": 6, "trđ": 6,
          "tỷ đồng": 9, "usd": 20, "nghìn usd": 23, "triệu usd": 26}  # fmt: skip
_COUNTED = (
    "người bài đơn bằng văn hợp nhiệm sáng công doanh tổ cơ hộ hồ thủ giao thôn khối xã phường đề dự sản phần mô lượt"
    " lớp cuộc giống tài chi trường bệnh dịch điểm-cầu hệ kết giải sở thiết máy tàu cán học sinh hội tin"
)


def kind_of(measure: str) -> str:
    """``share``, ``money``, ``yes-no``, ``count``, ``""`` for none, else ``amount``."""
    key = names.key(measure)
    if not measure.strip():
        return ""
    if "%" in measure or key.startswith(names.key("tỷ lệ")) or names.key("phần trăm") in key:
        return "share"
    if key in {names.key("có/không"), names.key("có không")}:
        return "yes-no"
    if "/" in measure:
        return "amount"
    if _money(measure) is not None or names.key("đồng") in key.split() or "usd" in key.split():
        return "money"
    first = key.split()[0] if key else ""
    whole = {names.key(w) for w in _COUNTED.split()}
    if names.key("chỉ số") in key or names.key("hệ số") in key:
        return "amount"
    return "count" if first in whole else "amount"


def _money(measure: str) -> int | None:
    keys = {names.key(k): v for k, v in _MONEY.items()}
    return keys.get(names.key(measure))


def _measures(text: str) -> list[str]:
    return [m.strip() for m in re.split(r"[;|,]", text) if m.strip()]


def fits(measure: str, criterion: Criterion, catalogue: Plan) -> bool:
    """Whether a measure can be that of a criterion, or of the second figure that goes with it."""
    theirs = (criterion.measure, *(c.measure for c in catalogue.companions if c.parent == criterion.code))
    return any(same_measure(measure, other) for other in theirs)


def known_measures(catalogue: Plan) -> frozenset[str]:
    """The keys of all units of measure that the catalogue uses."""
    told = [c.measure for c in (*catalogue.criteria, *catalogue.companions)] + [v.measure for v in catalogue.variables]
    return frozenset(names.key(m) for text in told for m in _measures(text)) | {names.key(m) for m in _MONEY}


_IN_BRACKETS = re.compile(r"^(.+\S)\s*[(,;]\s*(?:(đơn vị tính|đvt)\s*:?\s*)?([^()]{1,30}?)\s*\)?$", re.IGNORECASE)


def split_measure(name: str, known: frozenset[str]) -> tuple[str, str]:
    """(name, unit of measure) of a name such as "Số đơn (đơn)" or "Tốc độ tăng (đơn vị tính: %)"."""
    found = _IN_BRACKETS.match(name)
    if found is None or not (found[2] or (name.endswith(")") and (found[3] == "%" or names.key(found[3]) in known))):
        return name, ""
    return found[1], found[3]


def same_measure(ours: str, theirs: str) -> bool:
    """Whether two units of measure can be of one quantity: neither is said, or one part of them is of the same kind."""
    if not ours.strip() or not theirs.strip():
        return True
    for one in _measures(ours):
        for other in _measures(theirs):
            kinds = {kind_of(one), kind_of(other)}
            if len(kinds) == 1:
                if "money" not in kinds or _money(one) is None or _money(one) == _money(other):
                    return True
            elif kinds == {"count", "amount"}:
                return True
    return False


def shape(row: AppendixRow) -> tuple[Kind, Method, Decimal | None, Decimal | None]:
    """What is typed for a criterion that the catalogue does not know, told by its unit of measure, else by its name."""
    words = Words()
    said = words.kind(words.key(row.name))
    kind = kind_of(row.measure)
    if kind == "yes-no":
        return Kind.YES_NO, Method.SHARE_YES, None, None
    if kind == "share" or (not kind and said in ("share", "pace")):
        share = said == "share"
        return Kind.PERCENT, Method.LEAD, Decimal(0) if share else None, Decimal(100) if share else None
    if kind == "money":
        return Kind.DECIMAL, Method.SUM, None, None
    if kind == "count" or (not kind and said == "count"):
        return Kind.WHOLE, Method.SUM, Decimal(0), None
    return Kind.DECIMAL, Method.LEAD, None, None
