"""``merge`` beside a plain ``pandas.to_excel`` of its data sheet alone."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from benchmarks import inputs
from benchmarks.race import FEW, Bench, Cost, FailedError, Sample, aside, same

if TYPE_CHECKING:
    from lsindicators.model import Plan

TABLE, DATA = "tong-hop.xlsx", "Dữ liệu"
PLAIN = "plain.xlsx"
MERGE = (0, 1)
VARIABLES = 60
"""Of the made-up figures that the stage alone is given."""


def province(bench: Bench) -> Iterator[tuple[str, list[Sample]]]:
    """The whole command, from the ledger to the workbook."""
    received = inputs.received(bench, bench.province)

    def merged() -> tuple[Path, Cost]:
        campaign = bench.fresh(received)
        return campaign, bench.run(bench.ours("merge", campaign), MERGE)

    peer = beside(bench, bench.province, merged()[0])
    found = []
    for turn in bench.turns():
        (campaign, one), other = merged(), bench.run(peer)
        if turn.first:
            aside(compare, campaign / TABLE, bench.folder / PLAIN)
        if turn.counts:
            found.append(one.over(other))
    yield "merge-90", found


def beside(bench: Bench, units: int, merged: Path) -> list[str]:
    """The plain script with the rows of a campaign of so many units that has its table."""
    rows = bench.made(f"rows-{units}.pickle", lambda path: aside(take_rows, merged / TABLE, path))
    return bench.peer("write_pandas", rows, bench.folder / PLAIN)


def stage(bench: Bench) -> Iterator[tuple[str, list[Sample]]]:
    """From prepared figures of the whole country to the workbook: no ledger, no return."""
    folder = bench.made("figures", lambda path: aside(prepare, path, bench.country))
    plan, rows = folder / "plan.pickle", folder / "rows.pickle"
    ours = bench.stage("merge_rows", plan, rows, folder / "ours.xlsx")
    peer = bench.peer("write_pandas", rows, folder / PLAIN)
    found = []
    for turn in bench.turns(FEW, warm=False):
        found.append(bench.run(ours).over(bench.run(peer)))
        if turn.first:
            aside(compare, folder / "ours.xlsx", folder / PLAIN)
    yield "merge-3400-stage", found


# ------------------------------------------------------------------ the same rows


def take_rows(table: Path, target: Path) -> None:
    """The headings and rows of the data sheet of ours, as pandas is given them."""
    columns, *rows = data_rows(table)
    if not rows:
        raise FailedError(f"{table.name} has no figures")
    with target.open("wb") as stream:
        pickle.dump((columns, [tuple(row) for row in rows]), stream)


def data_rows(table: Path) -> list[list]:
    """The headings and rows of the data sheet."""
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_path(str(table)).get_sheet_by_name(DATA).to_python()


def compare(ours: Path, plain: Path) -> None:
    """Hold the data sheet of both workbooks to each other, cell by cell; times are told in two ways."""
    one, other = data_rows(ours), data_rows(plain)
    same(len(one), len(other), "rows of the data sheet")
    for n, (row, its) in enumerate(zip(one, other, strict=True), 1):
        same(row[:13], its[:13], f"row {n} of the data sheet")


def prepare(folder: Path, units: int) -> None:
    """A plan of so many units, each of which owes every variable, and a year's figures as the rows of the data sheet."""
    from lsindicators.exports.sheets.figures import COLUMNS
    from lsindicators.model import HANOI, Sending, State, Status

    made = plan(units, VARIABLES)
    dice, rows, sendings = Random(1), [], []
    cells = [f"F{12 + i}" for i in range(VARIABLES)]
    for n, unit in enumerate(made.units):
        digest, file = sha256(unit.code.encode()).hexdigest(), f"tra-ve/{unit.name} - biểu 2025.xlsx"
        read_at = datetime(2026, 3, 1, 8, tzinfo=HANOI) + timedelta(minutes=7 * n)
        shown_at = read_at.replace(tzinfo=None)
        sendings.append(
            Sending(unit=unit.code, owed=VARIABLES, status=Status.ACCEPTED, values=VARIABLES, open=0, sent_at=read_at,
                    late=False, file=file)
        )  # fmt: skip
        for i, v in enumerate(made.variables):
            value = dice.choice([dice.randrange(1000), dice.randrange(10**7) / 10, dice.randrange(50)])
            given = dice.random() > 0.04
            rows.append(
                (unit.code, unit.name, v.code, v.name, 2025, float(value) if given else None,
                 State.GIVEN.value if given else State.NOT_YET.value,
                 dice.choice(SOURCES) if given else "", "" if given else "Đang tổng hợp", file, "Số liệu", cells[i],
                 digest, shown_at)
            )  # fmt: skip
    place = {v.code: i for i, v in enumerate(made.variables)}
    rows.sort(key=lambda row: place[row[2]])
    folder.mkdir()
    with (folder / "plan.pickle").open("wb") as stream:
        pickle.dump((made, sendings), stream)
    with (folder / "rows.pickle").open("wb") as stream:
        pickle.dump(([column.heading for column in COLUMNS], rows), stream)


SOURCES = [f"Báo cáo số {n}/BC-UBND ngày {1 + n % 28:02}/02/2026 của Ủy ban nhân dân" for n in range(200)]


def plan(units: int, variables: int) -> Plan:
    """A plan whose every unit owes every variable; a criterion of every two variables."""
    from lsindicators import model
    from lsindicators.model import Aggregation, Criterion, Kind, Method, Standing, Unit, Variable

    methods = (Method.SUM, Method.SUM, Method.SUM, Method.MEAN, Method.MAX, Method.MIN)
    codes = [f"C{i:02}_{letter}" for i in range(1, variables // 2 + 1) for letter in "AB"]
    made = tuple(
        Variable(
            code=code, criterion=f"TC{code[1:-2]}", name=f"Số đơn vị, tổ chức, cá nhân có kết quả thuộc nội dung {code}",
            measure="người", kind=Kind.DECIMAL, low=None, high=None, required=True,
            aggregation=Aggregation(methods[n % len(methods)]),
        )
        for n, code in enumerate(codes)
    )  # fmt: skip
    criteria = tuple(
        Criterion(
            code=f"TC{code[1:-2]}", group=f"Nhóm {n % 4 + 1} / Lĩnh vực {n % 9 + 1}", name=f"Tỷ lệ của nội dung {code}",
            measure="%", formula=f"{code} / {code[:-1]}B * 100", decimals=2, standing=Standing.OFFICIAL,
        )
        for n, code in enumerate(codes[::2])
    )  # fmt: skip
    named = tuple(
        Unit(code=f"xa-{n:04}", name=f"Xã Hoa Thám số {n}", short=f"Hoa Thám {n}", type="phuong" if n % 10 else "xa")
        for n in range(units)
    )
    owed = tuple(u.code for u in named)
    settings = model.Settings(
        province="Lạng Sơn", year=2025, unit_deadline=date(2026, 4, 1), report_deadline=date(2026, 4, 10),
        issuer="Ủy ban nhân dân tỉnh", compiler="Sở Khoa học và Công nghệ", place="Lạng Sơn",
    )  # fmt: skip
    return model.Plan(
        settings=settings, units=named, groups=(), criteria=criteria, companions=(), variables=made, rules=(), past=(),
        assignments=tuple(model.Assignment(variable=v.code, lead=(), supporting=owed) for v in made),
    )  # fmt: skip
