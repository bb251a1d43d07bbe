"""The column ``Kế thừa từ``: its text <-> shares of former units, and what cannot hold between the units of a plan."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from lsindicators import names, values
from lsindicators.assignment.sheets import PART_UNIT
from lsindicators.model import Share, Unit

FIRST, LAST, TOOK_OVER = "Từ năm", "Đến năm", "Kế thừa từ"
"""The columns of ``Đơn vị`` that say when a unit is there, and in whose place."""

_HUNDRED = Decimal(100)
_PART = re.compile(r"(?P<who>.+?)(?:\s*:\s*|\s*\(\s*|\s+)(?P<share>[-+]?\d[\d.,]*\s*%?|một phần|toàn bộ)\s*\)?", re.I)
_WORDS = re.compile(r"(?P<who>[a-z0-9]+(?:-[a-z0-9]+)*)(?:\s*[:(]\s*|\s+)(?P<rest>.+)", re.I)


def parts(text: str) -> Iterator[tuple[str, str]]:
    """``xa-a; xa-b 40%`` -> ("xa-a", ""), ("xa-b", "40%"): who, and the share as typed, number or not."""
    for piece in re.split(r"[;\n]", text):
        part = values.clean(piece)
        found = _PART.fullmatch(part) or _WORDS.fullmatch(part)
        if found:
            yield found[1], found[2].rstrip(" )") if found.re is _WORDS else found[2]
        elif part:
            yield part.rstrip(" :"), ""


def percent(typed: str) -> Decimal | None:
    """A share as people write it, in per cent: ``40%``, ``40 %``, ``40``, and ``0,4`` for 40 too.

    Raises ``ValueError`` for what is no number, or not more than 0 and up to 100. ``một phần`` is ``None``.
    """
    if not typed or names.key(typed) == names.key("toàn bộ"):
        return _HUNDRED
    if names.key(typed) == names.key(PART_UNIT):
        return None
    digits = typed.removesuffix("%").strip().replace(",", ".")
    if not re.fullmatch(r"[-+]?\d+(?:\.\d+)?", digits):
        raise ValueError("không phải là tỷ lệ; ghi dạng 40 %")
    number = Decimal(digits)
    if not typed.endswith("%") and abs(number) <= 1:
        number = Decimal(f"{number.scaleb(2):f}")
    if not 0 < number <= _HUNDRED:
        raise ValueError("nằm ngoài khoảng trên 0 % đến 100 %")
    return _plain(number)


def written(took_over: tuple[Share, ...]) -> str:
    """The text of the column, as ``parts`` and ``percent`` read it."""
    return "; ".join(f"{s.unit}{_written(s.percent)}" for s in took_over)


def _written(share: Decimal | None) -> str:
    if share is None:
        return f" {PART_UNIT}"
    return "" if share == _HUNDRED else f" {values.format_number(share)} %"


def _plain(number: Decimal) -> Decimal:
    """Without zeros behind the comma, so that a share is written as it was read."""
    short = number.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short


def faults(units: Mapping[str, Unit], year: int) -> Iterator[tuple[str, str, str]]:
    """What cannot hold between the units of a plan of the data year ``year``: unit, column, and what is wrong.

    A unit may take over another long after it began itself, and before the data year ends: both are told elsewhere.
    """
    heirs: dict[str, list[tuple[str, Decimal]]] = {}
    unmeasured: dict[str, str] = {}
    circles = tuple(_circles(units))
    for circle in circles:
        yield circle[0], TOOK_OVER, f"kế thừa vòng tròn: {' ← '.join((*circle, circle[0]))}; xóa một mã cho hết vòng"
    upside_down = {code for circle in circles for code in circle}  # one sentence for each is enough
    for unit in units.values():
        if unit.first is not None and unit.last is not None and unit.first > unit.last:
            upside_down.add(unit.code)
            yield (
                unit.code,
                LAST,
                f"đơn vị “{unit.code}” có Đến năm {unit.last} trước Từ năm {unit.first}; sửa lại một ô",
            )
        for share in unit.took_over:
            if unit.code not in upside_down:
                yield from ((unit.code, TOOK_OVER, what) for what in _too_early(unit, units[share.unit], year))
            if share.percent is None:
                unmeasured[share.unit] = unit.code
            else:
                heirs.setdefault(share.unit, []).append((unit.code, share.percent))
    for code, heir in unmeasured.items():
        if sum(p for _, p in heirs.get(code, ())) >= _HUNDRED:
            taken = ", ".join(h for h, _ in heirs[code])
            what = f"“{code}” đã thuộc cả về {taken}, không còn phần nào cho “{heir}”; ghi tỷ lệ của từng đơn vị"
            yield heir, TOOK_OVER, what
    for code, shares in heirs.items():
        if sum(p for _, p in shares) > _HUNDRED:
            told = ", ".join(f"{heir} {values.format_number(p)} %" for heir, p in shares)
            what = f"đơn vị “{code}” bị chia quá 100 % ({told}); ghi tỷ lệ từng đơn vị nhận, ví dụ {code} 40 %"
            yield shares[-1][0], TOOK_OVER, what


def _too_early(heir: Unit, former: Unit, year: int) -> Iterator[str]:
    if heir.code == former.code:
        yield f"đơn vị không thể kế thừa chính mình; xóa mã “{heir.code}” ở ô này"
    elif former.last is None:
        yield (
            f"“{former.code}” chưa có Đến năm nên vẫn đang hoạt động; ghi Đến năm của “{former.code}”, "
            f"là năm số liệu cuối cùng trước khi nhập vào “{heir.code}”"
        )
    elif heir.first is not None and former.last >= max(heir.first, year):
        yield (
            f"“{former.code}” còn đến năm {former.last}, mà “{heir.code}” đã có từ năm {heir.first}; "
            f"Đến năm của “{former.code}” phải trước Từ năm của “{heir.code}”"
        )
    elif heir.last is not None and former.last >= heir.last:
        yield f"“{former.code}” còn đến năm {former.last}, mà “{heir.code}” chỉ có đến năm {heir.last}; sửa lại Đến năm"


def _circles(units: Mapping[str, Unit]) -> Iterator[tuple[str, ...]]:
    """Each circle of units that took each other over, once; a unit that names itself is told apart."""
    told: set[frozenset[str]] = set()
    for start in units:
        way: tuple[str, ...] = (start,)
        ways = [way]
        seen: set[str] = set()
        while ways:
            way = ways.pop()
            for share in units[way[-1]].took_over:
                if share.unit == start and len(way) > 1 and frozenset(way) not in told:
                    told.add(frozenset(way))
                    yield way
                elif share.unit not in seen and share.unit != way[-1]:
                    seen.add(share.unit)
                    ways.append((*way, share.unit))
