"""``python -m benchmarks [ROW …]``: measure the rows, print their table, and write it where asked."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter

from benchmarks import page, table
from benchmarks.race import Bench, FailedError, SkippedError
from benchmarks.table import ROWS, Race, Row


def main(words: Sequence[str] | None = None) -> int:
    """Exit code 1 where a script failed or results were not the same, 2 for wrong usage; a time never decides it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "rows", nargs="*", metavar="ROW", help="rows by name, or by its beginning; else all: see --list"
    )
    parser.add_argument("--list", action="store_true", help="name the rows and end")
    parser.add_argument("--pairs", type=int, metavar="N", help="run N pairs of each row")
    parser.add_argument("--small", action="store_true", help="few units and one pair: shows that everything runs")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything that was measured")
    parser.add_argument(
        "--markdown", type=Path, metavar="FILE", help="write the table between the markers of this page"
    )
    asked = parser.parse_args(words)
    if asked.small and asked.markdown:
        parser.error("--small shows that everything runs; its numbers are for no page")
    if asked.list:
        print("\n".join(f"{row.name:24} {row.operation} / {row.peer}" for row in ROWS))
        return 0
    try:
        rows = table.named(tuple(asked.rows))
        former = asked.markdown.read_text(encoding="utf-8") if asked.markdown else ""
        if asked.markdown:
            page.rewritten(former, "")
    except KeyError as error:
        parser.error(f"no row is called {error.args[0]}; --list names them")
    except (OSError, ValueError) as error:
        parser.error(f"{asked.markdown}: {error}")
    if page.is_editable():
        _tell("lsindicators is installed as editable, which every start pays for: measure with pip install '.[bench]'")
    begun = perf_counter()

    def tell(text: str) -> None:
        _tell(f"{(perf_counter() - begun) / 60:5.1f} min  {text}")

    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        bench = Bench(folder=Path(folder), small=asked.small, asked=asked.pairs, tell=tell)
        measured = measure(bench, rows)
    about = page.facts(_command(asked))
    print(page.table(measured))
    if asked.json:
        text = json.dumps(page.document(measured, about), ensure_ascii=False, indent=1)
        asked.json.write_text(text + "\n", encoding="utf-8")
    if asked.markdown:
        asked.markdown.write_text(page.rewritten(former, page.section(_all(measured), about)), encoding="utf-8")
    return 1 if any(m.failed for m in measured) else 0


def _all(measured: Sequence[page.Measured]) -> list[page.Measured]:
    """Every row of the table, also those that nobody asked for."""
    known = {m.row.name: m for m in measured}
    return [known.get(row.name) or page.Measured(row=row, skipped="left out of this run") for row in ROWS]


def _command(asked: argparse.Namespace) -> str:
    """The call that measures the same again."""
    options = [f"--pairs {asked.pairs}"] if asked.pairs else []
    return " ".join(["python -m benchmarks", *asked.rows, *options, *(["--small"] if asked.small else [])])


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def measure(bench: Bench, rows: Sequence[Row]) -> list[page.Measured]:
    """Run every race that one of the rows needs; what fails in one spoils no other."""
    found: dict[str, page.Measured] = {}
    for race in dict.fromkeys(row.race for row in rows):
        its = [row for row in rows if row.race is race]
        missing = sorted({name for row in its for name in row.needs if find_spec(name) is None})
        if missing:
            outcome = {"skipped": f"{', '.join(missing)} not installed: pip install '.[bench]'"}
        else:
            bench.racing = its[0].name if len(its) == 1 else f"{its[0].name} and {len(its) - 1} more"
            bench.tell(f"racing {', '.join(row.name for row in its)}")
            outcome = _raced(bench, race, its, found)
        for row in its:
            found.setdefault(row.name, page.Measured(row=row, **outcome))
    for m in found.values():
        if not m.samples:
            bench.tell(f"{m.row.name}: {'FAILED' if m.failed else 'skipped'}: {m.failed or m.skipped}")
    return [found[row.name] for row in rows]


def _raced(bench: Bench, race: Race, rows: Sequence[Row], found: dict[str, page.Measured]) -> dict[str, str]:
    """Put into ``found`` what the race gives; the outcome of the rows of which it gave nothing."""
    known = {row.name: row for row in rows}
    try:
        for name, samples in race(bench):
            if name in known:
                found[name] = page.Measured(row=known[name], samples=tuple(samples), judged=not bench.small)
                bench.tell(f"  {name}: {page.shown(found[name])} {found[name].verdict}")
    except SkippedError as error:
        return {"skipped": str(error)}
    except FailedError as error:
        return {"failed": str(error)}
    return {"failed": "the race gave no such row"}


if __name__ == "__main__":
    if sys.path[0] in ("", str(Path.cwd())):
        del sys.path[0]  # the installed package is measured, and not the checkout that this is started from
    sys.exit(main())
