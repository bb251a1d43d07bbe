"""Plays the units: forms sent out, made-up answers and a cast of habits in; returned files out, as units send them.

Each planted fault comes with what reading must say of it, so that a rehearsal can tell whether every fault was caught.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from msgspec import Struct, field

from lsindicators import files, layout
from lsindicators.findings import Code
from lsindicators.model import Plan
from lsindicators.rehearsal import catalogue, packing
from lsindicators.rehearsal.appendices import Doubtful, doubtful
from lsindicators.rehearsal.cast import Cast, Disagreement, cast
from lsindicators.rehearsal.desk import Desk, Parcel, Planted
from lsindicators.rehearsal.parcels import OTHER_KEY
from lsindicators.rehearsal.tables import (
    ACT_COLUMNS,
    ANSWER_COLUMNS,
    WORDS,
    Act,
    Answer,
    Expected,
    Figures,
    Sent,
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
    "Cast",
    "Disagreement",
    "Doubtful",
    "Expected",
    "Sent",
    "Way",
    "cast",
    "doubtful",
    "play",
    "read_acts",
    "read_answers",
    "send",
    "staged",
]

UNTAKEN = frozenset((*catalogue.REJECTED, Way.SILENT, Way.COPY, Way.OPEN))
"""Ways after which nothing is taken; after any other the next file of the unit is a resubmission."""


def play(
    plan: Plan,
    forms: Path,
    answers: Iterable[Answer],
    acts: Iterable[Act],
    out: Path,
    saved: Path | None = None,
) -> tuple[Expected, ...]:
    """``send``, and of it only what reading the folder must find."""
    return tuple(e for sent in send(plan, forms, answers, acts, out, saved) for e in sent.expected)


def send(
    plan: Plan,
    forms: Path,
    answers: Iterable[Answer],
    acts: Iterable[Act],
    out: Path,
    saved: Path | None = None,
    key: bytes = OTHER_KEY,
) -> tuple[Sent, ...]:
    """Let the units fill in ``forms`` (one ``unit.xlsx`` each) and send them into the folder ``out``.

    ``saved`` holds the files of the acts ``tệp lưu sẵn``, under the same names as the forms; ``key`` is the campaign's,
    for forms of a former version of it. Gives what reading the folder must find. Same input, same bytes; a file's time
    is the moment at which it was sent.
    """
    told: dict[str, dict[str, Answer]] = {}
    for a in answers:
        told.setdefault(a.unit, {})[a.variable] = a
    sent: list[Sent] = []
    outers: dict[str, list[tuple[str, bytes, datetime]]] = {}
    last: dict[str, bytes] = {}
    for act in acts:
        if act.sent is None or (act.way is Way.SAVED and saved is None):
            continue
        if act.way is Way.COPY:
            made = Made(last[act.unit], (Planted(code=Code.DUPLICATE_FILE, typed="gửi trùng"),))
        elif act.way is Way.SAVED and saved is not None:
            made = Made((saved / f"{act.unit}.xlsx").read_bytes())
        else:
            made = _returned(plan, (forms / f"{act.unit}.xlsx").read_bytes(), told.get(act.unit, {}), act, key)
        taken, planted = act.way not in UNTAKEN, made.planted
        if act.unit in last and taken:
            planted = (Planted(code=Code.RESUBMISSION, typed="gửi lại"), *planted)
        if taken:
            last[act.unit] = made.content
        file = unicodedata.normalize("NFC", f"{out.name}/{act.file}")
        sent.append(
            Sent(
                file=file,
                unit=act.unit,
                expected=tuple(_expected(file, p) for p in planted),
                figures=made.figures,
                taken=taken,
            )
        )
        outer, _, inner = act.file.partition("!")
        if inner:
            outers.setdefault(outer, []).append((inner, made.content, act.sent))
        else:
            _deliver(out / outer, made.content, act.sent)
    for outer, parts in outers.items():
        moment = max(m for _, _, m in parts)
        packed = packing.letter(outer, parts, moment) if outer.endswith(".eml") else packing.zipped(parts)
        _deliver(out / outer, packed, moment)
    return tuple(sent)


def _expected(file: str, planted: Planted) -> Expected:
    return Expected(
        file=file,
        cell=planted.cell,
        code=planted.code,
        sheet=planted.sheet if planted.cell else None,
        variable=planted.variable,
        typed=planted.typed,
    )


def _deliver(path: Path, content: bytes, sent: datetime) -> None:
    files.write(path, content)
    os.utime(path, (sent.timestamp(), sent.timestamp()))


class Made(Struct, frozen=True):
    """What a unit makes of its form: the file, the faults that are in it, and the figures to take of it."""

    content: bytes
    planted: tuple[Planted, ...] = ()
    figures: Figures = field(default_factory=dict)


def _returned(plan: Plan, form: bytes, answers: Mapping[str, Answer], act: Act, key: bytes) -> Made:
    assert act.sent is not None
    if act.way is Way.OPEN:
        return Made(b"\x0fV\xc4\x83n th\xc6\xb0".ljust(165, b" "))
    desk = Desk(plan=plan, form=layout.form(plan, act.unit), answers=answers, words=act.words)
    ways = tuple(w for w in (act.way, *act.also) if w in catalogue.ORDER)
    planted = catalogue.spoil(desk, ways, act.how) or ()
    content = _filled(form, desk, act.sent, rewritten=act.way is Way.REWRITTEN)
    for befall in desk.packing:
        parcel = Parcel(content=content, blank=form, form=desk.form, key=key, sent=act.sent)
        content = befall(parcel)
    planted += tuple(p for p in desk.breaches() if p not in planted)
    return Made(content, planted, desk.figures())


def _filled(form: bytes, desk: Desk, sent: datetime, *, rewritten: bool) -> bytes:
    if not desk.surgery and not rewritten:
        return packing.typed(form, desk.sheets, sent)
    book = packing.open_book(form, desk.sheets)
    for operate in desk.surgery:
        operate(book)
    return packing.save_book(book, sent)
