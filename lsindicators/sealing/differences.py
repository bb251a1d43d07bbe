"""Two documents of ``merge --json`` with their units' figures -> what differs between them, value by value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from msgspec import Struct

from lsindicators import values

_LISTS = {
    "criteria": ("code",),
    "companions": ("code",),
    "variables": ("code",),
    "figures": ("variable", "unit", "year"),
}
"""What is compared one by one, and by which fields an item is known."""

_WORDS = {
    "value": "số",
    "previous": "số năm trước",
    "status": "kết quả tính",
    "coverage": "độ phủ",
    "inputs": "số liệu đầu vào",
    "expected_units": "số đơn vị phải báo",
    "reported_units": "số đơn vị đã báo",
    "state": "tình trạng",
    "decision": "quyết định",
    "formula": "công thức",
    "name": "tên",
    "unit": "đơn vị tính",
    "aggregation": "cách tổng hợp",
    "exact": "số với đủ chữ số",
    "source": "nguồn",
    "reason": "giải trình",
}

Pair = tuple[Any, Any]


class Shift(Struct, frozen=True, kw_only=True):
    """One criterion, variable or figure of a unit that differs, or a section of the document as a whole."""

    section: str  # "criteria", "companions", "variables", "figures"; else the name of the section
    key: tuple[str, ...]  # code; of a figure variable, unit, year; empty: the section as a whole
    fields: Mapping[str, Pair]  # field -> before and after

    def __str__(self) -> str:
        what = " ".join(self.key) or f"phần “{self.section}”"
        if not self.key:
            return f"{what} khác"
        if None in (whole := self.fields.get("", (0, 0))):
            return f"{what}: {'không có trong gói' if whole[0] is None else 'không còn khi tính lại'}"
        told = (
            f"{_WORDS.get(field, field)} đã niêm phong {printed(before)}, tính lại {printed(after)}"
            for field, (before, after) in self.fields.items()
            if field != "exact" or set(self.fields) == {"exact"}
        )
        return f"{what}: {'; '.join(told)}"


def between(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Shift, ...]:
    """What differs, in the order of ``before``. What only ``after`` tells is no difference: a later version may say more."""
    found: list[Shift] = []
    for section in before:
        if section in _LISTS:
            found += _items(section, before[section], after.get(section) or [])
        elif not _holds(before[section], after.get(section)):
            found.append(Shift(section=section, key=(), fields={}))
    return tuple(found)


def _items(section: str, before: list[Any], after: list[Any]) -> Iterator[Shift]:
    known = {_key(section, item): item for item in after}
    told = {_key(section, item): item for item in before}
    for key, item in told.items():
        other = known.get(key)
        if other is None:
            yield Shift(section=section, key=key, fields={"": (item, None)})
            continue
        fields = {name: (value, other.get(name)) for name, value in item.items() if not _holds(value, other.get(name))}
        if fields:
            yield Shift(section=section, key=key, fields=fields)
    for key, item in known.items():
        if key not in told:
            yield Shift(section=section, key=key, fields={"": (None, item)})


def _key(section: str, item: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(item.get(name)) for name in _LISTS[section])


def _holds(before: Any, after: Any) -> bool:
    """Whether ``after`` says all that ``before`` says."""
    match before, after:
        case dict(), dict():
            return all(_holds(value, after.get(name)) for name, value in before.items())
        case list(), list():
            return len(before) == len(after) and all(map(_holds, before, after))
        case (None, None) | (bool(), bool()) | (str(), str()):
            return bool(before == after)
        case ((int() | Decimal()), (int() | Decimal())):
            return not isinstance(before, bool) and not isinstance(after, bool) and before == after
        case _:
            return False


def printed(value: Any) -> str:
    """A value of the document as a person reads it."""
    match value:
        case None:
            return "chưa có"
        case bool():
            return "có" if value else "không"
        case int() | Decimal():
            return values.format_number(Decimal(value))
        case dict() if set(value) == {"reported", "expected"}:
            return f"{value['reported']}/{value['expected']}"
        case dict():
            return ", ".join(f"{name} {printed(part)}" for name, part in value.items())
        case list():
            return ", ".join(map(printed, value))
        case _:
            return f"“{values.short(str(value))}”"
