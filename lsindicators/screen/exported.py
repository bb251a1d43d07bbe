"""What the clerk sees after ``export``: what was written where, and whether it can go out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from lsindicators.screen.merged import unanswered
from lsindicators.screen.parts import show
from lsindicators.screen.tables import tell

if TYPE_CHECKING:
    from lsindicators.pipeline import Exported

_MADE = {
    "data": "tệp dữ liệu (CSV, JSON, SQLite)",
    "package": "tệp mô tả dữ liệu (datapackage.json)",
    "ministry": "biểu gửi Bộ Khoa học và Công nghệ",
    "unit": "phiếu kết quả của đơn vị",
}


def show_exported(exported: Exported) -> None:
    """Print each kind of product with its place, and what must be looked at before it is sent."""
    tell(exported.merged.told)
    for what, words in _MADE.items():
        products = [p for p in exported.products if p.what == what]
        fresh = sum(1 for p in products if p.written)
        if products:
            place = products[0].path if len(products) == 1 else products[0].path.parent
            click.echo(f"{len(products)} {words}: {place} ({fresh} tệp mới hoặc thay đổi).")
    for path in exported.strangers:
        click.echo(f"Lưu ý: {path} là của đơn vị không còn trong phân công; đừng gửi tệp này.")
    merged = exported.merged
    sent = merged.collection
    click.echo(
        f"{sent.sent}/{sent.units} đơn vị đã gửi số liệu dùng được; còn thiếu {len(merged.dataset.gaps)} số liệu."
    )
    for conflict in merged.differences:
        if conflict.open:
            click.echo(f"Cần thống nhất: {conflict.variable}: {conflict.message}")
    show(unanswered(merged))
    if exported.exit_code:
        click.echo("Còn chỗ cần người xem: chạy lsindicators merge, xử lý xong rồi xuất lại trước khi gửi đi.")
