"""Headings, lines and tables of a hundred columns; without colours nothing is lost. ``rich`` is loaded when one is made."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from lsindicators import files

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

WIDTH = 100
"""Columns where nobody looks at a terminal, and the most that are used on one."""


def show(parts: Iterable[RenderableType]) -> None:
    """Print ``parts`` on stdout."""
    import sys

    from rich.console import Console

    if sys.stdout.isatty():
        console = Console(file=sys.stdout, highlight=False, emoji=False)
        console.width = min(console.width, WIDTH)
        for part in parts:
            console.print(part)
        return
    console = Console(file=sys.stdout, width=WIDTH, highlight=False, emoji=False, no_color=True, force_terminal=False)
    with console.capture() as printed:
        for part in parts:
            console.print(part)
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in printed.get().splitlines()))


def heading(text: str) -> Text:
    """The heading of a section."""
    from rich.text import Text

    return Text(f"\n{text}", style="bold")


def line(text: str, style: str = "", *, indent: bool = False) -> RenderableType:
    """A text on lines of its own."""
    from rich.text import Text

    line = Text(text, style=style)
    if not indent:
        return line
    from rich.padding import Padding

    return Padding(line, (0, 0, 0, 2))


def columns(*columns: tuple[str, int | None, str]) -> Table:
    """A table with these headings, widths and alignments; a text that is too wide goes on in the next line."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_lines=False, padding=(0, 1, 0, 0), expand=True)
    for heading, width, justify in columns:
        right = justify == "right"
        table.add_column(
            heading, width=width, ratio=None if width else 1, justify="right" if right else "left", overflow="fold"
        )
    return table


def call(command: str, campaign: Path) -> str:
    """A command as it is typed for ``campaign``."""
    return files.command(command, *(() if campaign == Path() else (campaign,)))
