"""Campaigns on disk from a plan and a table of what the units type; run through the command line in this process."""

import json
import os
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from click.testing import CliRunner
from oracle import Said

from lsindicators import assignment, layout, pipeline, workbook
from lsindicators.cli import main
from lsindicators.model import HANOI, Plan
from lsindicators.rehearsal import packing

REASON = "Đã kiểm tra, số đúng theo sổ theo dõi của đơn vị"
"""Settles every doubt about a figure that is large, or much larger than last year's."""

MOMENT = 1_774_000_000

Save = Callable[[Path], Path]
"""Saves a filled form anew by some program; gives the file that is sent."""


def command(*arguments: object) -> tuple[int, str]:
    """A command of ours: its exit code and what it prints."""
    done = CliRunner().invoke(main, [str(a) for a in arguments])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout if done.exit_code in (0, 1) else done.stderr


def answered(*arguments: object) -> dict:
    """What a command prints as JSON."""
    code, printed = command(*arguments, "--json")
    assert code in (0, 1), (arguments, code, printed)
    return json.loads(printed)


def begun(folder: Path, plan: Plan | bytes) -> Path:
    """A campaign with its forms and nothing received; the plan as nouns, or as the workbook itself."""
    (folder / "tra-ve").mkdir(parents=True)
    (folder / "phan-cong.xlsx").write_bytes(plan if isinstance(plan, bytes) else assignment.write(plan))
    pipeline.issue(folder)
    return folder


def typed(value: Fraction | str | None) -> Decimal | str | None:
    """A value as it is typed: a number with as many places as it has."""
    if not isinstance(value, Fraction):
        return value
    found = Decimal(value.numerator) / Decimal(value.denominator)
    assert Fraction(found) == value, "no finite decimal"
    return found


def filled(form: bytes, unit: str, said: Mapping[tuple[str, str, int], Said], year: int) -> bytes:
    """The form with what ``unit`` says of each variable."""
    sheet = next(s for s in workbook.read(form, "").sheets if s.name == layout.DATA)
    cells: dict[str, object] = {}
    for (row, column), cell in sheet.cells.items():
        if column != layout.KEY or not isinstance(cell.value, str):
            continue
        now, before = said.get((cell.value, unit, year)), said.get((cell.value, unit, year - 1))
        if before is not None:
            cells[f"E{row + 1}"] = typed(before.value)
        if now is not None:
            cells |= {f"F{row + 1}": typed(now.value), f"G{row + 1}": now.state or None}
            cells |= {f"H{row + 1}": "Sổ theo dõi", f"I{row + 1}": REASON}
    return packing.typed(form, {layout.DATA: cells}, datetime.fromtimestamp(MOMENT, HANOI))


def sent(
    campaign: Path, unit: str, said: Mapping[tuple[str, str, int], Said], year: int, save: Save | None = None
) -> Path:
    """What ``unit`` sends, in the folder of returns."""
    target = campaign / "tra-ve" / f"{unit}.xlsx"
    target.write_bytes(filled((campaign / "bieu-mau" / f"{unit}.xlsx").read_bytes(), unit, said, year))
    target = save(target) if save else target
    os.utime(target, (MOMENT, MOMENT))
    return target


def played(
    folder: Path,
    plan: Plan,
    said: Mapping[tuple[str, str, int], Said],
    silent: Iterable[str] = (),
    save: Save | None = None,
    book: bytes | None = None,
) -> Path:
    """A campaign in which all units but the silent ones sent what they have to say, and all of it is read.

    ``book`` is the assignment workbook where it is not just the plan as we write it.
    """
    campaign = begun(folder, book or plan)
    for unit in sorted(set(plan.owed) - set(silent)):
        sent(campaign, unit, said, plan.year, save)
    command("read", campaign)
    return campaign
