"""What ``lsindicators generate`` costs beside a plain xlsxwriter script that writes the same forms: ratios, never seconds.

    python benchmarks/bench_generate.py [PAIRS]

The calls that our writer makes on xlsxwriter are recorded beforehand, form by form; the plain script makes them again,
with nothing of ours. Both run as whole processes in turn; pytest does not collect this file.
"""

import json
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from contextlib import contextmanager
from copy import deepcopy
from decimal import Decimal
from functools import wraps
from io import BytesIO
from pathlib import Path
from statistics import median
from time import perf_counter

PLAIN = """
import sys
from datetime import datetime
from json import loads
from os.path import join
from time import perf_counter

from xlsxwriter import Workbook

recipes, target = sys.argv[1:]
loading = writing = 0.0
with open(recipes, encoding="utf-8") as stream:
    while True:
        begun = perf_counter()
        line = stream.readline()
        if not line:
            break
        name, options, calls = loads(line)
        loaded = perf_counter()
        book = Workbook(join(target, name), {**options, "in_memory": True})
        objects, formats = [book], []
        for at, method, args, named, drawn in calls:
            for place in drawn:
                if place == "format":
                    args[-1]["format"] = formats[args[-1]["format"]]
                else:
                    args[place] = formats[args[place]]
            if method == "set_properties":
                args[0]["created"] = datetime.fromisoformat(args[0]["created"])
            made = getattr(objects[at], method)(*args, **named)
            if method == "add_worksheet":
                objects.append(made)
            elif method == "add_format":
                formats.append(made)
        book.close()
        written = perf_counter()
        loading, writing = loading + loaded - begun, writing + written - loaded
print(loading, writing)
"""


# ------------------------------------------------------------------ the recipe


def record(campaign: Path, recipes: Path) -> None:
    """Write what our writer asks of xlsxwriter for each form of a campaign, a form a line."""
    from lsindicators import forms, layout, ledger
    from lsindicators.pipeline.campaign import read_plan

    plan, _ = read_plan(campaign)
    key = ledger.key(campaign)
    with recipes.open("w", encoding="utf-8") as stream:
        for unit in plan.owed:
            form = layout.form(plan, unit)
            with recorded() as recipe:
                forms.write(plan, form, layout.stamp(key, form))
            told = [f"{unit}.xlsx", recipe["options"], recipe["calls"]]
            stream.write(json.dumps(told, ensure_ascii=False, default=plainly) + "\n")


def plainly(value: object) -> object:
    """A value as JSON has it."""
    return float(value) if isinstance(value, Decimal) else value.isoformat()


@contextmanager
def recorded():
    """What is asked of the next workbook and of its sheets and formats from outside of xlsxwriter."""
    import xlsxwriter

    recipe: dict = {"options": {}, "calls": []}
    objects: list[object] = []
    formats: list[object] = []
    inside = 0

    def kept(value: object) -> object:
        return dict(value) if isinstance(value, dict) else value

    def told(args: tuple) -> tuple[list, list]:
        plain, drawn = [kept(value) for value in args], []
        for place, value in enumerate(plain):
            if isinstance(value, xlsxwriter.format.Format):
                plain[place] = formats.index(value)
                drawn.append(place)
            elif isinstance(value, dict) and "format" in value:
                value["format"] = formats.index(value["format"])
                drawn.append("format")
        return plain, drawn

    def listening(name, original):
        @wraps(original)
        def call(self, *args, **named):
            nonlocal inside
            if not inside and name not in ("__init__", "close"):
                plain, drawn = told(args)
                named_plainly = {key: value for key, value in named.items() if key != "worksheet_class"}
                recipe["calls"].append([objects.index(self), name, plain, named_plainly, drawn])
            elif not inside and name == "__init__":
                objects.append(self)
                recipe["options"] = deepcopy(args[1])  # xlsxwriter adds to it
            inside += 1
            try:
                made = original(self, *args, **named)
            finally:
                inside -= 1
            if not inside and name == "add_worksheet":
                objects.append(made)
            elif not inside and name == "add_format":
                formats.append(made)
            return made

        return call

    before = []
    for kind in (xlsxwriter.Workbook, xlsxwriter.worksheet.Worksheet):
        for name, original in list(vars(kind).items()):
            own = name == "__init__" and kind is xlsxwriter.Workbook
            if callable(original) and (own or not name.startswith("_")):
                before.append((kind, name, original))
                setattr(kind, name, listening(name, original))
    try:
        yield recipe
    finally:
        for kind, name, original in before:
            setattr(kind, name, original)


# ------------------------------------------------------------------ the same forms


def compare(campaign: Path, plain: Path) -> None:
    """Hold the forms of a campaign to those of the plain script: every cell as read, then part by part.

    Two things alone are ours and left out: the columns beyond the last, and which formats name their lock.
    """
    from lsindicators import workbook
    from lsindicators.pipeline.campaign import FORMS

    cells = 0
    names = sorted(path.name for path in (campaign / FORMS).iterdir())
    assert names == sorted(path.name for path in plain.iterdir())
    for name in names:
        pair = [(folder / name).read_bytes() for folder in (campaign / FORMS, plain)]
        one, other = (workbook.read(content, name) for content in pair)
        assert (one.names, one.properties) == (other.names, other.properties), name
        assert one.sheets == other.sheets, name
        cells += sum(len(sheet.cells) for sheet in one.sheets)
        first, second = map(parts, pair)
        assert first == second, (name, [part for part in first if first[part] != second.get(part)])
    print(f"{len(names)} forms, {cells} cells, the same in both", flush=True)


def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(content)) as package:
        found = {name: package.read(name).decode() for name in package.namelist()}
    lock = r' applyProtection="1"|<protection [^>]*/>|</xf>|/(?=>)'
    found["xl/styles.xml"] = re.sub(lock, "", found["xl/styles.xml"])
    return {name: re.sub("<col [^>]*>", "", xml) if "/sheet" in name else xml for name, xml in found.items()}


# ------------------------------------------------------------------ the race


def aside(work, *args) -> None:
    """Do some work in a process of its own: what it loads would count as memory of every process to come."""
    process = multiprocessing.get_context("fork").Process(target=work, args=args)
    process.start()
    process.join()
    assert process.exitcode == 0


COMPILED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""An installed program keeps what was compiled: without this all of ours would be compiled at each start."""


def run(command: list[str]) -> tuple[float, float, float, str]:
    """Of a whole process: seconds on the clock, seconds of the processor, peak memory in MB, and what it printed."""
    with tempfile.TemporaryFile("w+") as stream:
        begun = perf_counter()
        process = subprocess.Popen(command, stdout=stream, stderr=subprocess.DEVNULL, env=COMPILED)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, command
        stream.seek(0)
        return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, stream.read()


def race(pairs: int) -> None:
    """Run both in turn and print the medians of the ratios of each pair."""
    with tempfile.TemporaryDirectory() as folder:
        begun, campaign, plain, recipes = (Path(folder) / name for name in ("begun", "ky", "plain", "recipes.jsonl"))
        script = Path(folder) / "plain.py"
        script.write_text(PLAIN, encoding="utf-8")
        generate = [sys.executable, "-m", "lsindicators", "generate", str(campaign)]
        replay = [sys.executable, str(script), str(recipes), str(plain)]

        def afresh() -> None:
            shutil.rmtree(campaign, ignore_errors=True)
            shutil.rmtree(plain, ignore_errors=True)
            shutil.copytree(begun, campaign)
            plain.mkdir()

        run([sys.executable, "-m", "lsindicators", "init", str(begun), "--year", "2025"])
        aside(record, begun, recipes)
        afresh()
        run(generate), run(replay)  # what is not compiled yet is compiled now
        aside(compare, campaign, plain)
        found: dict[str, list[float]] = {}
        for _ in range(pairs):
            afresh()
            first, first_work, peak, _ = run(generate)
            again, *_ = run(generate)
            whole, plain_work, plain_peak, told = run(replay)
            loading, writing = map(float, told.split())
            for name, value in {
                "generate / plain script, whole processes": first / whole,
                "generate / plain script without the reading of its recipe": first / (whole - loading),
                "generate / plain script's writing alone": first / writing,
                "generate / plain script, time of the processor": first_work / plain_work,
                "generate again, nothing changed / first run": again / first,
                "peak memory of generate, MB": peak,
                "peak memory of the plain script, MB": plain_peak,
            }.items():
                found.setdefault(name, []).append(value)
        print(f"median of {pairs} pairs (least to most)")
        for name, values in found.items():
            print(f"{name}: {median(values):.2f} ({min(values):.2f} to {max(values):.2f})")


if __name__ == "__main__":
    race(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
