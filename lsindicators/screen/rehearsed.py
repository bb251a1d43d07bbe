"""What the clerk sees after ``rehearse``: every kind of fault, planted and found, and whether the forms may go out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from lsindicators.screen.tables import table

if TYPE_CHECKING:
    from lsindicators.pipeline import Rehearsed


def show_rehearsed(rehearsed: Rehearsed) -> None:
    """Print what a rehearsal has planted, found and missed."""
    from lsindicators.pipeline import KINDS

    counts = rehearsed.counts
    rows = [(code.word, KINDS[code], str(planted), str(caught)) for code, (planted, caught) in counts.items()]
    table(("Mã", "Kiểu lỗi", "Số chỗ cài", "Phát hiện"), rows, numbers=(2, 3))
    for code, why in rehearsed.not_planted:
        click.echo(f"Không cài được {code.word} ({KINDS[code]}): {why}.")
    if rehearsed.missed:
        click.echo("Chưa phát hiện:")
        missed = [(f.file, f.cell or "", f.code.word, f.typed, f.said) for f in rehearsed.missed]
        table(("Tệp", "Ô", "Mã", "Đã cài", "Công cụ nói"), missed)
    if rehearsed.false_alarms:
        click.echo("Báo sai:")
        table(
            ("Tệp", "Ô", "Mã", "Công cụ nói"),
            [(a.file, a.cell or "", a.code, a.message) for a in rehearsed.false_alarms],
        )
    planted, missed_ = len(rehearsed.faults), len(rehearsed.missed)
    click.echo(
        f"Diễn tập năm {rehearsed.year}, bản số {rehearsed.seed}: {rehearsed.forms} biểu mẫu, {rehearsed.files} tệp gửi về trên "
        f"số liệu giả định; cài {planted} chỗ thuộc {len(counts)} kiểu, phát hiện {planted - missed_}, báo sai "
        f"{len(rehearsed.false_alarms)}."
    )
    if rehearsed.folder is not None:
        click.echo(f"Bản diễn tập nằm ở {rehearsed.folder}")
    click.echo(
        "Chưa nên gửi biểu: báo cho người phụ trách công cụ."
        if rehearsed.exit_code
        else "Mọi lỗi đã cài đều được phát hiện, không chỗ nào báo sai: có thể gửi biểu cho đơn vị."
    )
