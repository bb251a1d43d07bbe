"""Plays the units: forms sent out, made-up answers and a cast of habits in; returned files out, as units send them.

Each planted fault comes with what reading must say of it, so that a rehearsal can tell whether every fault was caught.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from lsindicators import files, layout
from lsindicators.findings import Code
from lsindicators.model import Plan
from lsindicators.rehearsal import faults, packing
from lsindicators.rehearsal.tables import (
    ACT_COLUMNS,
    ANSWER_COLUMNS,
    WORDS,
    Act,
    Answer,
    Expected,
    Way,
    read_acts,
    read_answers,
    staged,
)

__all__ = [
    "ACT_COLUMNS",
    "ANSWER_COLUMNS",
    "WORDS",
    "Act",
    "Answer",
    "Expected",
    "Way",
    "play",
    "read_acts",
    "read_answers",
    "staged",
]

OTHER_KEY = b"lsindicators: another campaign   "[:32]
"""Signs the forms that come back from a campaign which is not ours."""

READABLE = frozenset((Way.GOOD, Way.REWRITTEN, Way.SAVED, *faults.CELL_FAULTS))
"""Ways after which at least something is taken, so that the next file of the unit is a resubmission."""


def play(
    plan: Plan,
    forms: Path,
    answers: Iterable[Answer],
    acts: Iterable[Act],
    out: Path,
    saved: Path | None = None,
) -> tuple[Expected, ...]:
    """Let the units fill in ``forms`` (one ``unit.xlsx`` each) and send them into the folder ``out``.

    ``saved`` holds the files of the acts ``tệp lưu sẵn``, under the same names as the forms. Gives what reading the
    folder must find. Same input, same bytes; a file's time is the moment at which it was sent.
    """
    told: dict[str, dict[str, Answer]] = {}
    for a in answers:
        told.setdefault(a.unit, {})[a.variable] = a
    expected: list[Expected] = []
    outers: dict[str, list[tuple[str, bytes, datetime]]] = {}
    planted: Planted
    last: dict[str, bytes] = {}
    for act in acts:
        if act.sent is None:
            continue
        if act.way is Way.COPY:
            content, planted = last[act.unit], [(None, Code.DUPLICATE_FILE)]
        elif act.way is Way.SAVED:
            if saved is None:
                continue
            content, planted = (saved / f"{act.unit}.xlsx").read_bytes(), []
        else:
            content, planted = _returned(plan, (forms / f"{act.unit}.xlsx").read_bytes(), told.get(act.unit, {}), act)
        if act.unit in last and act.way in READABLE:
            planted = [(None, Code.RESUBMISSION), *planted]
        if act.way in READABLE:
            last[act.unit] = content
        file = unicodedata.normalize("NFC", f"{out.name}/{act.file}")
        expected += [Expected(file=file, cell=cell, code=code) for cell, code in planted]
        outer, _, inner = act.file.partition("!")
        if inner:
            outers.setdefault(outer, []).append((inner, content, act.sent))
        else:
            _send(out / outer, content, act.sent)
    for outer, parts in outers.items():
        sent = max(moment for _, _, moment in parts)
        packed = packing.letter(outer, parts, sent) if outer.endswith(".eml") else packing.zipped(parts)
        _send(out / outer, packed, sent)
    return tuple(expected)


def _send(path: Path, content: bytes, sent: datetime) -> None:
    files.write(path, content)
    os.utime(path, (sent.timestamp(), sent.timestamp()))


Planted = list[tuple[str | None, Code]]


def _returned(plan: Plan, form: bytes, answers: Mapping[str, Answer], act: Act) -> tuple[bytes, Planted]:
    """What a unit makes of its form, and the faults that are in it then."""
    assert act.sent is not None
    if act.way is Way.OPEN:
        return b"\x0fV\xc4\x83n th\xc6\xb0".ljust(165, b" "), []
    if act.way is Way.PDF:
        return packing.PDF, [(None, Code.UNSUPPORTED_FORMAT)]
    if act.way is Way.STRANGER:
        return packing.stranger(act.sent), [(None, Code.NOT_A_FORM)]
    blank = layout.form(plan, act.unit)
    sheets = {} if act.way is Way.EMPTY else faults.filled(blank, answers, act.words)
    if act.way is Way.GOOD:
        return packing.typed(form, sheets, act.sent), []
    book = packing.open_book(form, sheets)
    planted: Planted = []
    if act.way is Way.EMPTY:
        planted = [(None, Code.EMPTY_RETURN)]
    elif act.way in faults.CELL_FAULTS:
        desk = faults.Desk(plan=plan, form=blank, sheet=book[layout.DATA], answers=answers)
        planted = list(faults.CELL_FAULTS[act.way](desk))
    content = packing.save_book(book, act.sent)
    if act.way is Way.TORN:
        return content[: len(content) * 2 // 3], [(None, Code.UNREADABLE_FILE)]
    if act.way is Way.FORGED:
        return packing.restamped(content, packing.forge), [(None, Code.FORGED_FORM)]
    if act.way is Way.OTHER_CAMPAIGN:
        former = replace(blank, year=plan.year - 1)
        stamp = str(layout.stamp(OTHER_KEY, former))
        return packing.restamped(content, lambda _: stamp), [(None, Code.WRONG_CAMPAIGN)]
    return content, planted
