"""What people see after ``trace``: the number, how it was worked out, and below each input the cells that it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from lsindicators.provenance import Contribution, Input, words
from lsindicators.screen.parts import columns, heading, line, show
from lsindicators.screen.tables import tell

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from lsindicators.pipeline import Traced


def show_traced(traced: Traced) -> None:
    """Print where a number comes from."""
    show(parts(traced))
    tell(traced.told)
    if traced.path is not None:
        click.echo(f"Đã ghi {traced.path}")


def parts(traced: Traced) -> Iterator[RenderableType]:
    """Everything to show, from top to bottom."""
    t, plan = traced.trace, traced.plan
    yield line(words.title(plan, t), "bold")
    cover = words.coverage(t)
    yield line(f"Năm {t.year}: {words.printed(t)}" + (f"; độ phủ {cover}" if cover else ""))
    if t.formula:
        yield line(f"Công thức: {words.formula(t)}")
    yield heading("CÁCH TÍNH")
    for told in words.calculation(t):
        yield line(told, indent=True)
    for conflict in t.conflicts:
        style = "bold red" if conflict.open else "dim"
        yield line(f"{words.standing(conflict)}: {conflict.variable}: {conflict.message}", style, indent=True)
    for i in t.inputs:
        yield heading(words.heading(i))
        yield from _input(traced, i)


def _input(traced: Traced, i: Input) -> Iterator[RenderableType]:
    if i.contributions:
        yield _figures(i.contributions, "Đơn vị")
    if i.beside:
        yield _figures(i.beside, "Không cộng vào")
    if i.lacking:
        yield line(f"Không có số: {len(i.lacking)} đơn vị", indent=True)
        for why, units in words.absent(i):
            named = ", ".join(c.name for c in units)
            yield line(f"{named}: {why}" if len(units) == 1 else f"{why} ({len(units)}): {named}", indent=True)
            for told in words.details(units[0]) if len(units) == 1 else ():
                yield line(told, "dim", indent=True)
    if i.rulings:
        yield line("Quyết định của đầu mối:", indent=True)
        for r in i.rulings:
            yield line(f"{words.ruling(traced.plan, r)}", indent=True)


def _figures(contributions: Iterable[Contribution], who: str) -> Table:
    from rich.text import Text

    table = columns(
        (who, 26, "left"), ("Số liệu", 15, "right"), ("Tệp, trang!ô", None, "left"), ("Đọc lúc, SHA-256", 16, "left")
    )
    for c in contributions:
        place = f"{c.at.workbook}\n{c.at.sheet}!{c.at.address}" if c.at else "cộng từ các dòng sau"
        when = "\n".join(filter(None, (words.moment(c.read_at), words.short(c.sha256))))
        table.add_row(Text(c.name), Text(words.value(c)), Text(place), Text(when))
        for told in words.details(c):
            table.add_row(Text(""), Text(""), Text(told, style="dim"), Text(""))
    return table
