"""What the clerk sees after ``merge`` and ``report``: every criterion with its coverage, and what is to be settled."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import click

from lsindicators import values
from lsindicators.screen.tables import table, tell

if TYPE_CHECKING:
    from lsindicators.model import Result
    from lsindicators.pipeline import Merged


def show_merged(merged: Merged) -> None:
    """Print the criteria of the year and what is still lacking."""
    from lsindicators.pipeline import TABLE

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
    for conflict in merged.dataset.conflicts:
        click.echo(f"Cần thống nhất: {conflict.variable}: {conflict.message}")
    missing = sum(1 for s in merged.sendings if s.status is None)
    click.echo(
        f"{len(merged.sendings) - missing}/{len(merged.sendings)} đơn vị đã gửi; "
        f"còn thiếu {len(merged.dataset.gaps)} số liệu (trang Còn thiếu của {TABLE})."
    )


def _printed(value: Decimal | None, result: Result) -> str:
    return "" if value is None else values.format_number(value, result.criterion.decimals)
