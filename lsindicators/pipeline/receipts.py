"""What is kept and shown of every receipt: the log of what was told of it, and ``bien-nhan.xlsx`` for the file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from lsindicators import __version__, files, ledger
from lsindicators.errors import OutputLockedError, UnwritableError
from lsindicators.findings import Severity, tally
from lsindicators.model import Figure, Status, Told
from lsindicators.pipeline.campaign import PLAN, RECEIPTS, content
from lsindicators.pipeline.standing import Judged, Standing


def counting(current: Standing) -> frozenset[int]:
    """The orders of the receipts that count for their units: of each the one from which values are taken."""
    return frozenset(j.receipt.order for j in current.current.values() if j.verdict.status is not Status.REJECTED)


def keep_log(campaign: Path, current: Standing, now: datetime) -> None:
    """Add to the ledger's log what is told now, of each receipt of which something else was told before."""
    judged_by = files.sha256(content(campaign / PLAN)), current.paper.applied
    counts = counting(current)
    with ledger.opened(campaign) as book:
        book.log(_line(current.plan.year, j, now, *judged_by, j.receipt.order in counts) for j in current.judged)


def _line(year: int, judged: Judged, now: datetime, plan: str, decisions: str, counts: bool) -> Told:
    verdict = judged.verdict
    found = tally(verdict.findings)
    return Told(
        receipt=judged.receipt.order,
        told_at=now,
        tool=__version__,
        plan=plan,
        decisions=decisions,
        unit=verdict.unit,
        round=verdict.round,
        status=verdict.status,
        counts=counts,
        values=verdict.values(year),
        errors=found[Severity.ERROR],
        questions=found[Severity.QUESTION],
        warnings=found[Severity.WARNING],
        infos=found[Severity.INFO],
        control=verdict.control,
        figures=digest(verdict.figures),
    )


def digest(figures: Iterable[Figure]) -> str:
    """The SHA-256 of the values taken: a line each, variable, year, value and state, in the order of the alphabet."""
    lines = sorted(
        f"{place.variable}\t{place.year}\t{'' if value is None else str(value)}\t{place.state.value}"
        for place, _, value in figures
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def write_receipts(campaign: Path, current: Standing) -> tuple[str | None, tuple[str, ...]]:
    """Write ``bien-nhan.xlsx``, one row a receipt: its name, or none and the sentence why it could not be written.

    It is made anew at every reading, so a file that is open elsewhere waits for the next one.
    """
    from lsindicators import exports
    from lsindicators.exports.receipts import Row

    judged, counts = {j.receipt.order: j for j in current.judged}, counting(current)

    def save(into: BinaryIO) -> None:
        with ledger.reading(campaign) as book:
            filed = book.each()
            rows = (Row(receipt=r, verdict=judged[r.order].verdict, counts=r.order in counts) for r in filed)
            exports.receipts.save(into, current.plan, rows, len(judged))

    try:
        files.write_by(campaign / RECEIPTS, save)
    except (OutputLockedError, UnwritableError) as error:
        return None, (str(error),)
    return RECEIPTS, ()
