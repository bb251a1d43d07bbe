"""What the clerk sees after ``status``: how the units stand; whose a signed paper is; whether the store is whole."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

import click

from lsindicators import values
from lsindicators.model import Status
from lsindicators.screen.provinces import home, too_many
from lsindicators.screen.tables import table, tell

if TYPE_CHECKING:
    from lsindicators.pipeline import Held, State, Verified


def show_state(state: State) -> None:
    """Print how each unit stands on a day."""
    tell(state.told)
    if too_many(state.plan, [s.unit for s in state.sendings]):
        _by_province(state)
    else:
        _one_by_one(state)
    for conflict in state.disputed:
        click.echo(f"Cần thống nhất: {conflict.variable}: {conflict.message}")
    c = state.summary
    click.echo(
        f"{c['units']} đơn vị: đã nhận {c['accepted']}, nhận một phần {c['partial']}, không nhận {c['rejected']}, "
        f"chưa gửi {c['missing']}; gửi muộn {c['late']}."
    )
    left = state.days_left
    deadline = values.format_date(state.plan.settings.unit_deadline)
    click.echo(
        f"Hạn gửi: trước ngày {deadline}; " + (f"còn {left} ngày." if left >= 0 else f"đã quá hạn {-left} ngày.")
    )


def _by_province(state: State) -> None:
    """A line a province: thousands of units have no room."""
    told: dict[str, Counter[str]] = {}
    for s in state.sendings:
        of = told.setdefault(home(state.plan, s.unit), Counter())
        of.update([s.status.value if s.status else "missing", "units", *(["late"] if s.late else [])])
    columns = ("units", *(x.value for x in Status if x is not Status.DUPLICATE), "missing", "late")
    rows = [(place, *(str(of[c]) for c in columns)) for place, of in told.items()]
    headings = ("Tỉnh", "Đơn vị", "Đã nhận", "Một phần", "Không nhận", "Chưa gửi", "Gửi muộn")
    table(headings, rows, numbers=tuple(range(1, len(headings))))
    click.echo("Từng đơn vị: trang Tình hình gửi của tong-hop.xlsx, hoặc lsindicators status --json.")


def _one_by_one(state: State) -> None:
    rows = [
        (
            state.plan.unit[s.unit].name,
            s.status.label if s.status else "Chưa gửi",
            f"{s.values}/{s.owed}",
            _count(s.open),
            f"{s.sent_at:%d/%m/%Y}" + (" (muộn)" if s.late else "") if s.sent_at else "",
        )
        for s in state.sendings
    ]
    table(("Đơn vị", "Tình hình", "Số liệu", "Cần sửa", "Ngày gửi"), rows, numbers=(2, 3))


def _count(number: int) -> str:
    return str(number) if number else ""


def show_held(held: Held) -> None:
    """Print whose return a signed paper belongs to."""
    for j, counts in held.returns:
        known = held.plan.any_unit.get(j.verdict.unit or "")
        unit = known.name if known else j.verdict.unit
        standing = "đang được tính cho đơn vị" if counts else "không phải bản đang được tính cho đơn vị"
        click.echo(
            f"{held.code}: {unit}, tệp {j.receipt.file} (gửi {j.receipt.sent_at:%d/%m/%Y %H:%M}), {j.verdict.status.label.lower()}, "
            f"{standing}."
        )
    if not held.returns:
        click.echo(
            f"{held.code}: không biểu nào đã đọc có mã này. Bản giấy và tệp gửi về không cùng số liệu, hoặc tệp chưa được đọc; "
            "xem lại mã, chạy lsindicators read, rồi hỏi đơn vị."
        )
    elif held.exit_code:
        click.echo("Đơn vị đã gửi bản khác sau bản này: cần bản giấy ký theo bản đang được tính.")


def show_verified(verified: Verified) -> None:
    """Print what is wrong with the store, and how much was looked at."""
    for trouble in verified.troubles:
        click.echo(f"Hỏng: {trouble.message}")
    for note in verified.notes:
        click.echo(f"Lưu ý: {note}.")
    size = values.format_number(Decimal(verified.bytes))
    click.echo(
        f"Đã kiểm tra {verified.receipts} biên nhận, {verified.originals} bản gốc ({size} byte), {verified.log} dòng nhật ký: "
        + (f"{len(verified.troubles)} chỗ hỏng." if verified.troubles else "không có chỗ hỏng nào.")
    )
