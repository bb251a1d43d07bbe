"""What the clerk sees after ``read --explain``: everything known of one file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from lsindicators import values
from lsindicators.screen.tables import table, tell

if TYPE_CHECKING:
    from lsindicators.pipeline import Explained, Known


def show_explained(explained: Explained) -> None:
    """Print everything known of each file that was asked for."""
    plan = explained.plan
    tell(explained.empty)
    for i, known in enumerate(explained.known):
        if i:
            click.echo("")
        click.echo(f"SHA-256 {known.sha256}")
        for name in known.names:
            if name not in {r.file for r in known.receipts}:
                click.echo(f"  tệp trên đĩa: {name}")
        for r in known.receipts:
            click.echo(
                f"  biên nhận {r.order}: {r.file}, {r.size} byte, gửi {r.sent_at:%d/%m/%Y %H:%M}, nhận {r.read_at:%d/%m/%Y %H:%M}"
            )
        if known.judged is None:
            click.echo(f"  {known.why}.")
            continue
        verdict = known.judged.verdict
        unit = plan.any_unit.get(verdict.unit or "")
        named = f"{unit.name} ({unit.code})" if unit else verdict.unit or "chưa rõ đơn vị"
        click.echo(f"Đơn vị: {named}; vòng {verdict.round}; mã kiểm soát {verdict.control or 'không có'}")
        for text in dict.fromkeys(t.text for t in known.stamps):
            click.echo(f"Mã nhận dạng: {text}")
        click.echo(
            f"Kết quả: {verdict.status.label}, lấy {verdict.values(plan.year)} số liệu năm {plan.year}; {known.why}."
        )
        tell(verdict.findings)
        if known.former:
            click.echo(f"Thay cho bản trước của đơn vị: {known.former.receipt.file}")
        _show_taken(explained, known)
        if known.log:
            click.echo("Nhật ký (đã trả lời thế nào, theo bản phân công nào):")
            table(
                ("Thời điểm", "Kết quả", "Đang tính", "Số liệu", "Lỗi", "Hỏi lại", "Lưu ý", "SHA-256 phan-cong.xlsx"),
                [
                    (f"{line.told_at:%d/%m/%Y %H:%M}", line.status.label, "có" if line.counts else "không",
                     str(line.values), str(line.errors), str(line.questions), str(line.warnings), line.plan[:16] + "…")
                    for line in known.log
                ],
                numbers=(3, 4, 5, 6),
            )  # fmt: skip


def _show_taken(explained: Explained, known: Known) -> None:
    """The values of a return, beside those of the return that it replaced where there was one."""
    variable = explained.plan.variable
    headings = ["Mã số liệu", "Tên số liệu", "Năm", "Lấy được", "Tình trạng", "Ô"]
    rows = []
    for t in known.taken:
        name = variable[t.variable].name if t.variable in variable else ""
        now = values.format_value(t.figure.value) if t.figure else ""
        state = t.figure.state.value if t.figure else "không còn"
        place = (t.figure.at.address or "") if t.figure and t.figure.at else ""
        if t.figure and t.figure.at and t.figure.corrected:
            place = str(t.figure.at)  # in the clerk's own workbook
        row = [t.variable, name, str(t.year), now, state, place]
        rows.append([*row, values.format_value(t.former), "có" if t.changed else ""] if known.former else row)
    if rows:
        table([*headings, "Bản trước", "Thay đổi"] if known.former else headings, rows, numbers=(3, 6))
