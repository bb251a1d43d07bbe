"""Check forms inside one process, beside a bare read of theirs: check_forms.py CAMPAIGN FOLDER. Prints the ratio.

Nothing of starting, of loading or of the ledger is in it: what a form costs, and no more.
"""

import io
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from time import perf_counter

from python_calamine import CalamineWorkbook

from lsindicators import checks, files, inbox, ledger, returns
from lsindicators.__main__ import seldom_collect
from lsindicators.model import HANOI
from lsindicators.pipeline.campaign import read_plan


def bare(bodies: list[tuple[str, bytes]]) -> None:
    for _, content in bodies:
        book = CalamineWorkbook.from_object(io.BytesIO(content))
        for name in book.sheet_names:
            book.get_sheet_by_name(name).to_python()


def check(campaign: Path) -> Callable[[list[tuple[str, bytes]]], None]:
    plan, _ = read_plan(campaign)
    key, now = ledger.key(campaign), datetime.now(HANOI)

    def work(bodies: list[tuple[str, bytes]]) -> None:
        taken = 0
        for name, content in bodies:
            kind, _ = inbox.examine(content, name)
            ret, _ = returns.read(content, name, files.sha256(content), kind)
            taken += len(checks.judge(plan, key, ret, now).figures)
        if taken <= len(bodies):
            raise SystemExit(f"of {len(bodies)} forms {taken} figures were taken")

    return work


def seconds(work: Callable[[list[tuple[str, bytes]]], None], bodies: list[tuple[str, bytes]]) -> float:
    begun = perf_counter()
    work(bodies)
    return perf_counter() - begun


if __name__ == "__main__":
    seldom_collect()  # as every command of ours does
    ours = check(Path(sys.argv[1]))
    forms = [(path.name, path.read_bytes()) for path in sorted(Path(sys.argv[2]).iterdir())]
    bare(forms), ours(forms)
    by_calamine = seconds(bare, forms)
    print(seconds(ours, forms) / by_calamine)
