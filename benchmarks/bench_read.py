"""What reading returned forms costs beside the tools that somebody would take instead: ratios, never seconds.

    python benchmarks/bench_read.py [PAIRS] [FORMS ...]

90 and 1,000 forms of the built-in province are filled in with the rehearsal's figures, no two of the same bytes; beyond the
number of its units a unit sends again. All tools read the same files in turn. frictionless is measured where it happens to
be installed (``pip install 'frictionless[excel]'``), for one sheet of each file.
"""

import shutil
import sys
import tempfile
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from bench_generate import aside, run

CALAMINE = """
import sys
from pathlib import Path

from python_calamine import CalamineWorkbook

for path in sorted(Path(sys.argv[1]).iterdir()):
    book = CalamineWorkbook.from_path(path)
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python()
"""

OPENPYXL = """
import sys
from pathlib import Path

from openpyxl import load_workbook

for path in sorted(Path(sys.argv[1]).iterdir()):
    load_workbook(path)
"""

PANDAS = """
import sys
from pathlib import Path

import pandas

for path in sorted(Path(sys.argv[1]).iterdir()):
    pandas.read_excel(path, sheet_name=None, header=None, engine="calamine")
"""

FRICTIONLESS = """
import sys
from pathlib import Path

from frictionless import Dialect, Resource, Schema, formats

kinds = ["string"] * 4 + ["number"] * 2 + ["string"] * 4
schema = Schema.from_descriptor({"fields": [{"name": f"c{n}", "type": kind} for n, kind in enumerate(kinds)]})
control = formats.ExcelControl(sheet="Số liệu")
for path in sorted(Path(sys.argv[1]).iterdir()):
    dialect = Dialect(header_rows=[9], controls=[control])
    Resource(path=path.name, basepath=str(path.parent), dialect=dialect, schema=schema).validate()
"""

INSIDE = """
import io
import sys
from datetime import datetime
from pathlib import Path
from statistics import median
from time import perf_counter

from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from lsindicators import checks, files, inbox, ledger, returns
from lsindicators.cli import seldom_collect
from lsindicators.model import HANOI
from lsindicators.pipeline.campaign import read_plan

campaign, folder, pairs = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
plan, _ = read_plan(campaign)
key, now = ledger.key(campaign), datetime.now(HANOI)
bodies = [(path.name, path.read_bytes()) for path in sorted(folder.iterdir())]


def bare():
    for _, content in bodies:
        book = CalamineWorkbook.from_object(io.BytesIO(content))
        for name in book.sheet_names:
            book.get_sheet_by_name(name).to_python()


def check():
    taken = 0
    for name, content in bodies:
        kind, _ = inbox.examine(content, name)
        ret, _ = returns.read(content, name, files.sha256(content), kind)
        taken += len(checks.judge(plan, key, ret, now).figures)
    assert taken > len(bodies)


def by_openpyxl():
    for _, content in bodies[::9]:
        load_workbook(io.BytesIO(content))


def seconds(work):
    begun = perf_counter()
    work()
    return perf_counter() - begun


seldom_collect()
check(), bare()
turns = [(seconds(bare), seconds(check), seconds(by_openpyxl) * len(bodies) / len(bodies[::9])) for _ in range(pairs)]
print(*(median(c / part for part, c in turn) for turn in ([(b, c) for b, c, _ in turns], [(o, c) for _, c, o in turns])))
"""

PEERS = {"calamine": CALAMINE, "openpyxl": OPENPYXL, "pandas": PANDAS, "frictionless": FRICTIONLESS}

TARGETS = {
    "full check / calamine, every sheet (in one process)": "3.2 (must: 4)",
    "full check / openpyxl.load_workbook (in one process)": "0.17",
    "read / pandas with calamine": "0.5 (must: 1.0)",
    "read / frictionless, one sheet": "0.15 (must: 0.3)",
    "read again, same bytes / read": "0.4 (must: 0.6)",
    "peak memory of read, MB": "60 at 90 forms (must: 100)",
}


# ------------------------------------------------------------------ the same forms


def begin(campaign: Path) -> None:
    """A campaign of the built-in province, and its forms."""
    from lsindicators import pipeline

    pipeline.begin(campaign, year=2025)
    pipeline.issue(campaign, ())


def fill(campaign: Path, folder: Path, count: int) -> None:
    """``count`` forms filled in, all different."""
    from lsindicators import layout
    from lsindicators.model import HANOI
    from lsindicators.pipeline.campaign import FORMS, read_plan
    from lsindicators.rehearsal import figures, packing
    from lsindicators.rehearsal.desk import Desk

    plan, _ = read_plan(campaign)
    folder.mkdir()
    units, seed = list(plan.owed), 0
    while count > 0:
        seed += 1
        told: dict = {unit: {} for unit in units}
        for answer in figures.answers(plan, seed):
            told[answer.unit][answer.variable] = answer
        for unit in units[:count]:
            words = {layout.QUESTIONS[0]: f"Khó khăn về số liệu, bản thứ {seed}"}
            desk = Desk(plan=plan, form=layout.form(plan, unit), answers=told[unit], words=words)
            sent = datetime(2026, 1, 1, 8, tzinfo=HANOI) + timedelta(days=seed)
            content = packing.typed((campaign / FORMS / f"{unit}.xlsx").read_bytes(), desk.sheets, sent)
            (folder / f"{seed:02d}-{unit}.xlsx").write_bytes(content)
        count -= len(units)


# ------------------------------------------------------------------ the race


def race(pairs: int, count: int) -> None:
    """Let all read ``count`` forms in turn and print the medians of the ratios of each pair."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        begun, campaign, sent = folder / "begun", folder / "ky", folder / "sent"
        aside(begin, begun)
        aside(fill, begun, sent, count)
        assert len({path.read_bytes() for path in sent.iterdir()}) == count
        scripts = {
            peer: folder / f"read_by_{peer}.py"
            for peer in PEERS
            if find_spec(peer.replace("calamine", "python_calamine"))
        }
        for peer, script in scripts.items():
            script.write_text(PEERS[peer], encoding="utf-8")
        inside = folder / "inside.py"
        inside.write_text(INSIDE, encoding="utf-8")
        read = [sys.executable, "-m", "lsindicators", "read", str(campaign), str(sent)]

        def afresh() -> None:
            shutil.rmtree(campaign, ignore_errors=True)
            shutil.copytree(begun, campaign)

        def turn() -> dict[str, float]:
            afresh()
            first, _, peak, _ = run(read)
            again, *_ = run(read)
            took = {peer: run([sys.executable, str(script), str(sent)]) for peer, script in scripts.items()}
            *_, told = run([sys.executable, str(inside), str(begun), str(sent), "1"])
            by_calamine, by_openpyxl = map(float, told.split())
            found = {
                "full check / calamine, every sheet (in one process)": by_calamine,
                "full check / openpyxl.load_workbook (in one process)": by_openpyxl,
                "read / calamine, every sheet": first / took["calamine"][0],
                "read / openpyxl.load_workbook": first / took["openpyxl"][0],
                "read / pandas with calamine": first / took["pandas"][0],
                "read again, same bytes / read": again / first,
                "peak memory of read, MB": peak,
            }
            if "frictionless" in took:
                found["read / frictionless, one sheet"] = first / took["frictionless"][0]
            return found | {f"peak memory of {peer}, MB": told[2] for peer, told in took.items()}

        turn()  # what is not compiled yet is compiled now
        turns = [turn() for _ in range(pairs)]
        print(f"{count} forms, median of {pairs} turns (least to most)")
        for what in turns[0]:
            values = [found[what] for found in turns]
            aim = f"   aim: {TARGETS[what]}" if what in TARGETS else ""
            print(f"{what:55} {median(values):7.2f} ({min(values):.2f} to {max(values):.2f}){aim}", flush=True)
        if "frictionless" not in scripts:
            print("frictionless is not installed and was left out")


if __name__ == "__main__":
    asked = list(map(int, sys.argv[1:]))
    for forms in asked[1:] or (90, 1000):
        race(asked[0] if asked else 5, forms)
