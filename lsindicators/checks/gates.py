"""Whose return is it: the stamps of one return -> the unit's form and stamp, or the finding that stops it.

The stamp proves that we issued the form; the numbers in it are for the other rules.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from lsindicators import layout, values
from lsindicators.checks.grid import Place, by_place, stored
from lsindicators.findings import Code, Finding, Severity
from lsindicators.layout import Form, Stamp
from lsindicators.model import CellRef, Plan, Return, Token, Unit


class Identity(Struct, frozen=True, kw_only=True):
    """What the gates found out. Without ``form`` nothing of the return may be taken."""

    stamp: Stamp | None  # the stamp that counts, genuine; the highest round where there are several
    form: Form | None
    findings: tuple[Finding, ...]


def identify(plan: Plan, key: bytes, ret: Return) -> Identity:
    """Pass ``ret`` through the gates in their order: is it ours, whose, of which campaign, which version."""
    at = CellRef(ret.file)
    found = tuple((t, layout.find_stamp(t.text)) for t in ret.tokens)
    genuine = tuple((t, s) for t, s in found if s is not None and layout.genuine(s, key))
    if not genuine:
        return Identity(stamp=None, form=None, findings=(_stranger(plan, key, ret, [s for _, s in found if s]),))
    head = tuple(_head(ret))
    own = next((s for _, text in head if (s := layout.find_stamp(text)) is not None), None)  # genuine or not
    stamp = max((s for _, s in genuine), key=lambda s: (s.year == plan.year, s.round, s == own))
    if any(s.unit != stamp.unit for _, s in genuine):
        return Identity(stamp=None, form=None, findings=(_two_units(plan, at, genuine),))

    def stopped(finding: Finding) -> Identity:
        return Identity(stamp=stamp, form=None, findings=(finding,))

    if stamp.year != plan.year:
        return stopped(_other_campaign(plan, at, stamp))
    if own is not None and (own.key_id != stamp.key_id or (own in [s for _, s in genuine] and own.year != plan.year)):
        return stopped(_other_campaign(plan, at, own))  # the figures stand in a sheet from there
    if stamp.unit not in plan.owed:
        return stopped(Code.UNKNOWN_UNIT.at(at, unit=stamp.unit, found=stamp.unit))
    if ret.sheet is None or ret.heading_row is None:
        there = layout.DATA in ret.sheets  # but nobody can tell its columns any more
        column = layout.COLUMNS[layout.KEY]
        return stopped(Code.SHEET_MISSING.at(at, name=f"{layout.DATA}” với cột “{column}" if there else layout.DATA))
    if (other := _renamed(plan, ret, head, plan.unit[stamp.unit])) is not None:
        return Identity(stamp=None, form=None, findings=(other,))
    form = layout.form(plan, stamp.unit)
    old = () if stamp.digest == form.digest else (Code.WRONG_VERSION.at(at, found=str(stamp)),)
    damaged = tuple(t for t, s in found if s is None or (s.key_id == stamp.key_id and not layout.genuine(s, key)))
    told = (_damaged(at, damaged, [t for t, _ in genuine]),) if damaged else ()
    return Identity(stamp=stamp, form=form, findings=(*told, *old))


_PLACES = {
    "cell": "ô nhìn thấy",
    "footer": "chân trang in",
    "name": "vùng đặt tên",
    "hidden": "trang ẩn",
    "property": "thuộc tính tệp",
}
"""Where a stamp may stand -> how people call it."""


def _where(tokens: Iterable[Token]) -> str:
    return ", ".join(dict.fromkeys(_PLACES.get(t.place, t.place) for t in tokens))


def _two_units(plan: Plan, at: CellRef, genuine: Iterable[tuple[Token, Stamp]]) -> Finding:
    """Two units' stamps in one file: whose figures they are nobody can tell."""
    by_stamp: dict[str, list[Token]] = {}
    names: dict[str, str] = {}
    for token, stamp in genuine:
        by_stamp.setdefault(str(stamp), []).append(token)
        names[str(stamp)] = _name(plan, stamp)
    both = " và ".join(sorted(by_stamp))
    told = "; ".join(f"{names[text]} ({text}, ở {_where(by_stamp[text])})" for text in sorted(by_stamp))
    return Code.FORGED_FORM.at(
        at,
        found=both,
        what=f"tệp mang mã nhận dạng của nhiều đơn vị: {told}",
        how="không rõ số liệu của đơn vị nào nên không lấy số; mỗi đơn vị gửi lại số trong biểu mẫu của mình",
    )


def _name(plan: Plan, stamp: Stamp) -> str:
    return plan.unit[stamp.unit].name if stamp.unit in plan.unit else stamp.unit


def _damaged(at: CellRef, damaged: Iterable[Token], genuine: Iterable[Token]) -> Finding:
    """Some of the stamps are none of ours: the genuine ones decide, and the others are named."""
    by_text: dict[str, list[Token]] = {}
    for token in damaged:
        by_text.setdefault(token.text, []).append(token)
    told = "; ".join(f"{_where(tokens)} ghi “{values.short(text, 90)}”" for text, tokens in by_text.items())
    return Code.FORGED_FORM.at(
        at,
        found="; ".join(by_text),
        severity=Severity.WARNING,
        what=f"có mã nhận dạng đã bị sửa: {told}",
        how=f"vẫn nhận theo mã còn đúng ở {_where(genuine)}",
    )


def _head(ret: Return) -> Iterable[tuple[Place, str]]:
    """The texts above the table of figures, and where each stands."""
    if ret.sheet is None or ret.heading_row is None:
        return
    for place, cell in stored(ret.cells.get(ret.sheet, {})).items():
        if place[0] < ret.heading_row - 1 and isinstance(cell.value, str):
            yield place, cell.value


_HEAD = "Đơn vị:"
"""How the line begins that names the unit."""


def _renamed(plan: Plan, ret: Return, head: Iterable[tuple[Place, str]], unit: Unit) -> Finding | None:
    """Another unit of the plan was written over the unit that the form was issued to."""
    as_sent = f"{_HEAD} {unit.name}"
    for place, text in head:
        if text == as_sent:
            continue
        begin, colon, name = text.partition(":")
        if not colon or values.fold(begin) != values.fold(_HEAD):
            continue
        written = values.fold(name)
        if written in _spellings(unit):
            continue
        other = next((u for u in plan.units if written in _spellings(u)), None)
        if other is None:
            continue
        found = Code.LOCKED_CELL_CHANGED.at(
            by_place(ret.cells[ret.sheet or ""])[place].at,
            found=text,
            severity=Severity.ERROR,
            old=as_sent,
            new=text,
        )
        told = (
            f"biểu mẫu này cấp cho “{unit.name}”, nhưng tên đơn vị đã sửa thành “{values.short(name)}”; "
            f"không lấy số nào: {other.name} điền vào biểu mẫu đã gửi cho đơn vị mình rồi gửi lại"
        )
        return replace(found, message=told)
    return None


def _spellings(unit: Unit) -> set[str]:
    return {values.fold(name) for name in (unit.name, unit.short, *unit.aliases) if name}


def genuine_texts(key: bytes, ret: Return) -> frozenset[str]:
    """The genuine stamps among all that ``ret`` carries, as they are printed."""
    stamps = (layout.find_stamp(t.text) for t in ret.tokens)
    return frozenset(str(s) for s in stamps if s is not None and layout.genuine(s, key))


def _stranger(plan: Plan, key: bytes, ret: Return, stamps: list[Stamp]) -> Finding:
    """The finding for a return without a genuine stamp."""
    at = CellRef(ret.file)
    if not ret.tokens:
        return Code.NOT_A_FORM.at(at)
    ours = layout.key_id(key)
    if stamps and all(s.key_id != ours for s in stamps):
        return _other_campaign(plan, at, stamps[0])
    text = next((str(s) for s in stamps if s.key_id == ours), ret.tokens[0].text)
    return Code.FORGED_FORM.at(
        at,
        found=text,
        what=f"mã nhận dạng {values.short(text, 90)} đã bị sửa, không phải mã mà kỳ báo cáo này cấp",
        how="đề nghị điền lại vào biểu mẫu gốc đã gửi cho đơn vị rồi gửi lại",
    )


def _other_campaign(plan: Plan, at: CellRef, stamp: Stamp) -> Finding:
    """A form of another year, or of the same year but from elsewhere."""
    if stamp.year < plan.year:
        what = f"đây là biểu mẫu năm {stamp.year}, của kỳ báo cáo trước"
    elif stamp.year > plan.year:
        what = f"đây là biểu mẫu năm {stamp.year}, sau kỳ báo cáo này"
    else:
        what = f"đây là biểu mẫu năm {stamp.year} do nơi khác cấp: của tỉnh khác hoặc của một thư mục kỳ báo cáo khác"
    return Code.WRONG_CAMPAIGN.at(at, found=str(stamp), what=what, token=stamp, year=plan.year)
