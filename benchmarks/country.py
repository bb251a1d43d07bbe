"""A made-up campaign of the whole country: 34 provinces, 3,400 units, for the scale of a command.

    python benchmarks/country.py KY [UNITS]

makes the folder KY, ready for ``generate``. The provinces are those of today. Departments are those of the built-in plan
in every province; communes are made of common syllables, so that both repeat from province to province as names do.
``answer`` fills in every form of a campaign with made-up figures.
"""

import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count, product
from pathlib import Path

from msgspec.structs import replace

from lsindicators import assignment, layout, ledger, names
from lsindicators.model import HANOI, Aggregation, Assignment, Kind, Method, Plan, Unit, UnitGroup, Variable
from lsindicators.pipeline.campaign import FORMS, PLAN, RETURNS, read_plan
from lsindicators.rehearsal import figures, packing
from lsindicators.rehearsal.desk import Desk

PROVINCES = (
    "Hà Nội", "Huế", "Hải Phòng", "Đà Nẵng", "Hồ Chí Minh", "Cần Thơ", "Lai Châu", "Điện Biên", "Sơn La", "Lạng Sơn",
    "Quảng Ninh", "Thanh Hóa", "Nghệ An", "Hà Tĩnh", "Cao Bằng", "Tuyên Quang", "Lào Cai", "Thái Nguyên", "Phú Thọ",
    "Bắc Ninh", "Hưng Yên", "Ninh Bình", "Quảng Trị", "Quảng Ngãi", "Gia Lai", "Khánh Hòa", "Lâm Đồng", "Đắk Lắk",
    "Đồng Nai", "Tây Ninh", "Vĩnh Long", "Đồng Tháp", "Cà Mau", "An Giang",
)  # fmt: skip
SYLLABLES = (
    ("Tân", "Phú", "Bình", "An", "Hòa", "Vĩnh", "Đông", "Thanh"),
    ("Thanh", "Bình", "Hưng", "Lập", "Long", "Lợi", "Mỹ", "Phong", "Sơn", "Tiến", "Thịnh", "Xuân"),
)
DEPARTMENTS = 26
"""Of a hundred units so many are no communes, as in the built-in province."""

WARDS = 16
"""One commune of so many is a ward."""


# ------------------------------------------------------------------ the plan


def build(folder: Path, units: int) -> None:
    """A campaign of so many units in 34 provinces, ready for ``generate``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PLAN).write_bytes(assignment.write(plan(units)))
    for name in (FORMS, RETURNS):
        (folder / name).mkdir(exist_ok=True)
    ledger.key(folder)


def plan(units: int) -> Plan:
    """The built-in criteria, owed by units of every province in the same shares, however many there are."""
    known = assignment.builtin(2025)
    asked = {code for a in known.assignments for side in _sides(known, a) for code in side}
    kinds = [u for u in known.units if u.code in asked and u.type not in ("xa", "phuong")]
    listed = tuple(sorted(_units(units, kinds), key=lambda u: PROVINCES.index(u.province)))
    types = {u.type for u in known.units}
    groups = tuple(g for g in known.groups if g.members and set(g.members) <= types)
    everywhere = tuple(_everywhere(kind, listed) for kind in kinds)
    settings = replace(
        known.settings, province="Việt Nam", issuer="Bộ Khoa học và Công nghệ", compiler="Cục Thông tin, Thống kê",
        place="Hà Nội", position="CỤC TRƯỞNG", raw={},
    )  # fmt: skip
    variables = tuple(map(_national, known.variables))
    owed = tuple(_owed(known, known.assignment[v.code], kinds, everywhere) for v in variables)
    return replace(
        known, settings=settings, units=listed, groups=(*groups, *everywhere), variables=variables, assignments=owed,
        former=(), past=(), questions=(),
    )  # fmt: skip


def _units(number: int, kinds: list[Unit]) -> Iterator[Unit]:
    departments, communes = defaultdict[str, dict[str, None]](dict), defaultdict[str, Iterator[Unit]](_communes)
    for n in range(number):
        province = PROVINCES[n % len(PROVINCES)]
        of = names.ascii_key(province).replace(" ", "-")
        before, now = (m * DEPARTMENTS // 100 for m in (n, n + 1))
        turn = [*kinds[before % len(kinds) :], *kinds]
        kind = next((k for k in turn if k.code not in departments[province]), None) if before < now else None
        if kind is None:
            unit = next(communes[province])
            yield replace(unit, code=f"{unit.code}-{of}", province=province)
            continue
        departments[province][kind.code] = None
        names_of = [text.replace("Lạng Sơn", province) for text in (kind.name, kind.short, *kind.aliases)]
        yield replace(
            kind, code=f"{kind.code}-{of}", name=names_of[0], short=names_of[1], aliases=tuple(names_of[2:]),
            province=province,
        )  # fmt: skip


def _communes() -> Iterator[Unit]:
    """The communes of a province: in each the same names, beginning with the same; a number where there are no more."""
    for turn in count(1):
        for n, syllables in enumerate(product(*SYLLABLES)):
            bare = " ".join((*syllables, *([str(turn)] if turn > 1 else [])))
            type_, word = ("phuong", "Phường") if n % WARDS == 0 else ("xa", "Xã")
            code = f"{type_}-{names.ascii_key(bare).replace(' ', '-')}"
            aliases = tuple(f"{committee} {word.lower()} {bare}" for committee in ("UBND", "Ủy ban nhân dân"))
            yield Unit(code=code, name=f"{word} {bare}", short=bare, type=type_, aliases=aliases)


def _everywhere(kind: Unit, listed: tuple[Unit, ...]) -> UnitGroup:
    """The phrase for one department of every province."""
    members = tuple(u.code for u in listed if u.code.startswith(f"{kind.code}-") and u.type == kind.type)
    return UnitGroup(phrase=f"{kind.name.replace('Lạng Sơn', '').strip()} của các tỉnh, thành phố", members=members)


def _national(v: Variable) -> Variable:
    """No province's figure is the country's: what the province's lead gives is added, or is a mean."""
    if v.aggregation.method is not Method.LEAD:
        return v
    added = (v.kind is Kind.WHOLE and v.measure != "hạng") or v.measure in ("triệu đồng", "nghìn USD")
    return replace(v, aggregation=Aggregation(Method.SUM if added else Method.MEAN))


def _sides(known: Plan, given: Assignment) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who gives a figure: one that is added takes nothing from units that only held theirs against the lead's."""
    led = known.variable[given.variable].aggregation.method is Method.LEAD
    return given.lead, () if led else given.supporting


def _owed(known: Plan, given: Assignment, kinds: list[Unit], everywhere: tuple[UnitGroup, ...]) -> Assignment:
    """What the built-in plan gives to units of the province, given to those of every province."""
    phrases = {kind.code: group.phrase for kind, group in zip(kinds, everywhere, strict=True) if group.members}
    sides = []
    for side in _sides(known, given):
        types = {known.unit[code].type for code in side}
        written = [phrases[code] for code in side if code in phrases]
        if types >= {"xa", "phuong"}:
            written.append("UBND các xã, phường")
        sides.append("; ".join(written))
    return Assignment(
        variable=given.variable, lead=(), supporting=(), lead_written=sides[0], supporting_written=sides[1],
        note=given.note,
    )  # fmt: skip


# ------------------------------------------------------------------ the returns


def answer(campaign: Path, sent: Path) -> None:
    """Fill in every form of ``campaign`` into the folder ``sent``, one province after the other."""
    plan, _ = read_plan(campaign)
    sent.mkdir(parents=True, exist_ok=True)
    places = defaultdict[str, list[str]](list)
    for unit in plan.owed:
        places[plan.unit[unit].province].append(unit)
    moment = datetime(2026, 3, 2, 8, tzinfo=HANOI)
    for place, units in places.items():
        for a_unit in units:
            alone = _alone(plan, a_unit)
            told = {a.variable: a for a in figures.answers(alone, place)}
            words = {layout.QUESTIONS[0]: "Khó khăn về nguồn số liệu"}
            desk = Desk(plan=alone, form=layout.form(alone, a_unit), answers=told, words=words)
            form = (campaign / FORMS / f"{a_unit}.xlsx").read_bytes()
            moment += timedelta(minutes=13)
            path = sent / f"{a_unit}.xlsx"
            path.write_bytes(packing.typed(form, desk.sheets, moment))
            os.utime(path, (moment.timestamp(), moment.timestamp()))


def _alone(plan: Plan, unit: str) -> Plan:
    """The plan of one unit: its figures rest on no other's."""
    owed = tuple(Assignment(variable=v.code, lead=(unit,), supporting=()) for v in plan.owed[unit])
    return replace(plan, units=(plan.unit[unit],), assignments=owed, inactive=())


if __name__ == "__main__":
    build(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 3400)
