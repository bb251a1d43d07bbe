"""What the clerk sees after ``merge`` and ``report``: every criterion with its coverage, and what is to be settled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import click

from lsindicators import settlement, values
from lsindicators.findings import Severity
from lsindicators.screen.parts import heading, line, show
from lsindicators.screen.received import ITEMS, LISTED
from lsindicators.screen.tables import table, tell

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lsindicators.model import Conflict, Result
    from lsindicators.pipeline import Merged


def show_merged(merged: Merged) -> None:
    """Print the criteria of the year and what is still lacking."""
    from lsindicators.pipeline import DECISIONS, TABLE

    tell(merged.told)
    rows = []
    for r in merged.results:
        mark = merged.plan.mark(r.criterion)
        rows.append(
            (
                r.criterion.code,
                f"{r.criterion.name} ({mark})" if mark else r.criterion.name,
                r.criterion.measure,
                _printed(r.previous, r),
                _printed(r.value, r) or r.note or "Chưa có số liệu",
                f"{r.reported}/{r.expected}",
            )
        )
    year = merged.plan.year
    table(("Mã", "Tiêu chí", "Đơn vị tính", str(year - 1), str(year), "Độ phủ"), rows, numbers=(3, 4, 5))
    show(compared(merged))
    sent = merged.collection
    apart = f" (không kể {sent.unusable} đơn vị gửi tệp chưa sử dụng được)" if sent.unusable else ""
    sheet = f" (trang Còn thiếu của {TABLE})" if merged.made else ""
    click.echo(f"{sent.sent}/{sent.units} đơn vị đã gửi{apart}; còn thiếu {len(merged.dataset.gaps)} số liệu{sheet}.")
    for told in merged.spread:
        click.echo(f"{TABLE}: {told}")
    if merged.waiting:
        click.echo(
            f"{merged.waiting} dòng trong {DECISIONS} chờ quyết định: hỏi lại đơn vị, hoặc quyết định ở đó rồi chạy lại "
            "lsindicators merge."
        )


def _printed(value: Decimal | None, result: Result) -> str:
    return "" if value is None else values.format_number(value, result.criterion.decimals)


def compared(merged: Merged) -> Iterator[RenderableType]:
    """What a person must know of the province's table: what does not go together, and what it does not rest on."""
    rows = merged.differences
    waiting = [c for c in rows if c.open]
    if waiting:
        yield heading(f"PHẢI THỐNG NHẤT HOẶC TRẢ LỜI: {len(waiting)} chỗ")
        yield from _rows(waiting, _doubt)
    noted = [c for c in rows if c.settled is None and not c.open]
    if noted:
        yield heading(f"NÊN XEM LẠI KHI ĐỐI CHIẾU: {len(noted)} chỗ, số vẫn được tính")
        yield from _rows(noted, _doubt)
    decided = [c for c in rows if c.settled is not None]
    if decided:
        yield heading(f"ĐÃ QUYẾT ĐỊNH: {len(decided)} chỗ")
        yield from _rows(decided, _decided)
    yield line("")
    yield from unanswered(merged)
    yield from _uncovered(merged)


def unanswered(merged: Merged) -> Iterator[RenderableType]:
    """The first of what is open in the plan, and how much more there is."""
    asked = [f for f in merged.findings if f.severity.stops and f.code.word not in _CONFLICTS]
    for finding in asked[:ITEMS]:
        yield line(f"{finding.severity.label}: {finding}")
    if len(asked) > ITEMS:
        yield line(f"… và {len(asked) - ITEMS} chỗ khác phải trả lời trong bản phân công.")


_CONFLICTS = ("conflict", "totals-disagree")


def _rows(rows: Sequence[Conflict], text: Callable[[Conflict], str]) -> Iterator[RenderableType]:
    for c in rows[:LISTED]:
        yield line(text(c), indent=True)
    if len(rows) > LISTED:
        yield line(f"… và {len(rows) - LISTED} chỗ khác, xem trang Đối chiếu", "dim", indent=True)


def _doubt(c: Conflict) -> str:
    return f"{Severity(c.severity).label}: {c.variable}: {c.message}"


def _decided(c: Conflict) -> str:
    assert c.settled is not None
    return f"{c.variable}: {settlement.said(c)}; {settlement.decided(c.settled)}"


def _uncovered(merged: Merged) -> Iterator[RenderableType]:
    """One line for all figures that too few units have given."""
    plan, totals = merged.plan, merged.dataset.totals
    short = [t for v in plan.variables if not (t := totals[v.code, plan.year]).covers(plan.settings.coverage)]
    if short:
        least = sorted(short, key=lambda t: Fraction(len(t.reported), len(t.expected)))[:ITEMS]
        named = ", ".join(f"{t.variable} {len(t.reported)}/{len(t.expected)}" for t in least)
        yield line(
            f"{len(short)}/{len(plan.variables)} số liệu có độ phủ dưới {values.format_number(plan.settings.coverage)}%, "
            f"thấp nhất: {named}" + ("; đủ cả ở trang Còn thiếu." if merged.made else ".")
        )
