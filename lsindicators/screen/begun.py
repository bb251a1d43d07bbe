"""What the clerk sees after ``init``: the campaign that was made, and what its assignment leaves open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from lsindicators.findings import Severity
from lsindicators.model import Standing

if TYPE_CHECKING:
    from lsindicators.pipeline import Begun

_SHOWN = 20
"""So many questions are shown on the screen; all of them stand on the sheet."""


def show_begun(begun: Begun) -> None:
    """Print what ``init`` has made, and its questions."""
    plan = begun.plan
    click.echo(f"{'Đã lập' if begun.written else 'Đã có sẵn, không đổi'}: {begun.path}")
    if begun.rows:
        click.echo(
            f"Phụ lục {begun.source}: {begun.rows} dòng giao nhiệm vụ; {len(plan.criteria) - begun.new} tiêu chí khớp với "
            f"bộ tiêu chí, {begun.new} tiêu chí mới."
        )
    click.echo(
        f"Năm số liệu {plan.year}: {len(plan.criteria)} tiêu chí, {len(plan.variables)} số liệu, "
        f"{len(plan.owed)} trên {len(plan.units)} đơn vị có số liệu phải gửi."
    )
    names = sum(1 for c in plan.criteria if c.standing is Standing.PROPOSED)
    variables = sum(1 for v in plan.variables if v.standing is Standing.PROPOSED)
    if names or variables:
        click.echo(
            f"Chưa xác nhận: {names} tên tiêu chí và {variables} số liệu thành phần còn là đề xuất; "
            "đối chiếu với văn bản chính thức rồi sửa cột Tính chất."
        )
    if begun.changes:
        from lsindicators.pipeline import told

        click.echo(f"So với phân công của kỳ cũ, phụ lục khác ở {len(begun.changes)} chỗ:")
        for line in told(begun.changes, most=12):
            click.echo(line)
        click.echo(f"Xem đủ: lsindicators init {begun.path.parent} --compare {begun.previous}")
    for note in begun.notes:
        click.echo(f"Lưu ý: {note}")
    if not begun.questions:
        return
    levels = [Severity(q.severity) for q in begun.questions]
    counted = ", ".join(f"{n} {s.label.lower()}" for s in Severity if (n := levels.count(s)))
    click.echo(f"Cần xem lại ({counted}): mở {begun.path}, trang “Cần xem lại”, ghi vào cột Trả lời:")
    for question, level in list(zip(begun.questions, levels, strict=True))[:_SHOWN]:
        place = f"{question.place}, " if question.place else ""
        click.echo(f"  {level.label}, {place}dòng {question.row}: {question.message}")
    if len(levels) > _SHOWN:
        click.echo(f"  … và {len(levels) - _SHOWN} chỗ khác.")
