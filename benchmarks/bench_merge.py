"""What the province's table costs beside a plain ``pandas.to_excel`` of its data sheet alone: ratios, never seconds.

    python benchmarks/bench_merge.py [PAIRS] [UNITS] [VARIABLES]

Without UNITS a province (90 units) and the whole country (3,400 units) take their turns, with 60 variables each. Both
programs are whole processes and begin with the same prepared file: the rows of ``Dữ liệu``, 14 columns, a row a figure.
The peer makes a DataFrame of them and writes one sheet. Ours makes its figures of them, merges, computes the criteria and
writes every sheet of ``tong-hop.xlsx``: what ``lsindicators merge`` does once the returns have been judged. In the
province a third process is the whole command, from the ledger to the workbook.
"""

import pickle
import sys
import tempfile
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from statistics import median

from bench_generate import aside, run
from bench_read import begin, fill

PLAIN = """
import pickle
import sys

import pandas

source, target = sys.argv[1:]
with open(source, "rb") as stream:
    columns, rows = pickle.load(stream)
pandas.DataFrame(rows, columns=columns).to_excel(target, sheet_name="Dữ liệu", index=False)
"""

OURS = """
import gc
import pickle
import sys
from decimal import Decimal
from functools import lru_cache

from lsindicators import compute, exports, merge
from lsindicators.model import CellRef, Figure, State

gc.set_threshold(50_000, 20, 100)  # as every command of ours does
plan, source, target = sys.argv[1:]
with open(plan, "rb") as stream:
    plan, sendings = pickle.load(stream)
with open(source, "rb") as stream:
    columns, rows = pickle.load(stream)
exactly = lru_cache(maxsize=4_096)(Decimal)  # as workbooks are read
states = {state.value: state for state in State}


def figures():
    rows.reverse()
    while rows:
        unit, _, code, _, year, value, state, origin, reason, file, sheet, cell, digest, read_at = rows.pop()
        at = CellRef(file, sheet, cell)
        number = None if value is None else exactly(repr(value))
        yield Figure(code, unit, year, number, states[state], origin, reason, at, digest, read_at)


returned = {sending.unit for sending in sendings if sending.status}
dataset, _ = merge.combine(plan, figures(), {}, returned)
results = compute.evaluate(plan, dataset)
with open(target, "wb") as stream:
    exports.save(stream, plan, dataset, results, sendings)
"""

TARGETS = {
    90: {"time": "at most 0.60"},
    3400: {"time": "at most 0.65", "peak memory": "at most 0.25"},
}
"""Size of a campaign in units -> what is to be reached."""


# ------------------------------------------------------------------ the same figures for both


def prepare(plan_file: Path, rows_file: Path, units: int, variables: int) -> None:
    """A plan of so many units and variables, and a year's figures of them as the rows of ``Dữ liệu``."""
    from lsindicators.exports.sheets.figures import COLUMNS
    from lsindicators.model import HANOI, Sending, State, Status

    made = plan(units, variables)
    dice, rows, sendings = Random(1), [], []
    cells = [f"F{12 + i}" for i in range(variables)]
    for n, unit in enumerate(made.units):
        digest, file = sha256(unit.code.encode()).hexdigest(), f"tra-ve/{unit.name} - biểu 2025.xlsx"
        read_at = datetime(2026, 3, 1, 8, tzinfo=HANOI) + timedelta(minutes=7 * n)
        shown_at = read_at.replace(tzinfo=None)
        sendings.append(
            Sending(unit=unit.code, owed=variables, status=Status.ACCEPTED, values=variables, open=0, sent_at=read_at,
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
    with plan_file.open("wb") as stream:
        pickle.dump((made, sendings), stream)
    with rows_file.open("wb") as stream:
        pickle.dump(([column.heading for column in COLUMNS], rows), stream)


SOURCES = [f"Báo cáo số {n}/BC-UBND ngày {1 + n % 28:02}/02/2026 của Ủy ban nhân dân" for n in range(200)]


def plan(units: int, variables: int):
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


def compare(ours: Path, plain: Path) -> None:
    """Hold the data sheet of both workbooks to each other, cell by cell; times and empty texts are told in two ways."""
    from openpyxl import load_workbook

    books = [load_workbook(path, read_only=True) for path in (ours, plain)]
    pairs = zip(*(book["Dữ liệu"].iter_rows(values_only=True) for book in books), strict=True)
    count = 0
    for one, other in pairs:
        shown = [[None if value == "" else value for value in row] for row in (one[:13], other[:13])]
        assert shown[0] == shown[1], shown
        count += len(one)
    print(f"{count} cells of Dữ liệu, the same in both", flush=True)


# ------------------------------------------------------------------ the race


def race(pairs: int, units: int, variables: int) -> None:
    """Run both in turn and print the medians of the ratios of each pair."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plan_file, rows_file = folder / "plan.pickle", folder / "rows.pickle"
        aside(prepare, plan_file, rows_file, units, variables)
        scripts = {}
        for which, text in (("ours", OURS), ("plain", PLAIN)):
            scripts[which] = folder / f"{which}.py"
            scripts[which].write_text(text, encoding="utf-8")
        ours = [sys.executable, str(scripts["ours"]), str(plan_file), str(rows_file), str(folder / "ours.xlsx")]
        plain = [sys.executable, str(scripts["plain"]), str(rows_file), str(folder / "plain.xlsx")]
        command = whole_command(folder) if units == PROVINCE else None
        run(ours), run(plain)  # what is not compiled yet is compiled now
        if units * variables <= 50_000:
            aside(compare, folder / "ours.xlsx", folder / "plain.xlsx")
        found: dict[str, list[float]] = {}
        for _ in range(pairs):
            (first, work, peak, _), (other, other_work, other_peak, _) = run(ours), run(plain)
            told = {
                "time": first / other,
                "time of the processor": work / other_work,
                "peak memory": peak / other_peak,
                "peak memory of ours, MB": peak,
                "peak memory of the peer, MB": other_peak,
            }
            if command:
                told["whole command merge, 90 returns in the ledger"] = run(command)[0] / other
            for what, value in told.items():
                found.setdefault(what, []).append(value)
        sizes = [(folder / f"{which}.xlsx").stat().st_size / 1e6 for which in scripts]
        print(f"{units} units x {variables} variables, median of {pairs} pairs (least to most), ours / pandas.to_excel")
        for what, values in found.items():
            aim = TARGETS.get(units, {}).get(what)
            end = f"   aim: {aim}" if aim else ""
            print(f"{what:50} {median(values):8.2f} ({min(values):.2f} to {max(values):.2f}){end}", flush=True)
        print(f"size of the workbook, MB: ours {sizes[0]:.1f}, every sheet; the peer's {sizes[1]:.1f}, one sheet")


PROVINCE = 90


def whole_command(folder: Path) -> list[str]:
    """A campaign of the built-in province with 90 returns read, and the command that merges them."""
    campaign, sent = folder / "ky", folder / "sent"
    aside(begin, campaign)
    aside(fill, campaign, sent, PROVINCE)
    run([sys.executable, "-m", "lsindicators", "read", str(campaign), str(sent)])
    return [sys.executable, "-m", "lsindicators", "merge", str(campaign)]


if __name__ == "__main__":
    asked = list(map(int, sys.argv[1:]))
    for size in asked[1:2] or (PROVINCE, 3400):
        race(asked[0] if asked else 5, size, asked[2] if len(asked) > 2 else 60)
