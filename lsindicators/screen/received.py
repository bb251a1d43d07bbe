"""What the clerk sees after ``read``: who must mend what, which files are nobody's, who is done, who is missing, what next.

Received returns in, what ``rich`` prints out. A hundred columns are enough; without colours nothing is lost. What has no
room says where to see it: ``read --explain``, ``--json``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lsindicators import told, values
from lsindicators.findings import Severity, needs_person
from lsindicators.model import Status, Unit
from lsindicators.screen.parts import call, columns, heading, line, show
from lsindicators.screen.provinces import counted, too_many
from lsindicators.told import Told

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
    from rich.table import Table
    from rich.text import Text

    from lsindicators.pipeline import Received
    from lsindicators.pipeline.standing import Judged

ITEMS, LENGTH, LISTED = 3, 170, 12
"""So many things to mend are told of a return, each within so many characters; so many short lines are listed."""

_NAME, _FIGURE = 18, 5
"""Columns of a name and of the figure beside it, where names stand side by side."""

_COLOURS = {
    Severity.ERROR: "bold red",
    Severity.QUESTION: "bold yellow",
    Severity.WARNING: "cyan",
    Severity.INFO: "dim",
}


def account(read: Received, campaign: Path, today: date) -> Iterator[RenderableType]:
    """Everything to show of ``read`` on the day ``today``, from top to bottom."""
    plan, current = read.plan, read.standing.current
    touched = {j.verdict.unit for j in read.returns}
    owing = {unit: current[unit] for unit in plan.owed if unit in current}
    mending = {unit: j for unit, j in owing.items() if needs_person(j.verdict.findings)}
    done = [unit for unit in owing if unit not in mending]
    waiting = [unit for unit in plan.owed if unit not in owing]
    shown = {unit: j for unit, j in mending.items() if unit in touched}
    counting = {j.receipt.order for j in current.values()}
    strangers = [
        j for j in read.returns if j.verdict.unit not in plan.owed and j.verdict.status is not Status.DUPLICATE
    ]
    others = [j for j in read.returns if j.receipt.order not in counting and j not in strangers and j.receipt.order]
    if shown:
        yield heading(f"PHẢI SỬA HOẶC TRẢ LỜI: {len(shown)} đơn vị")
        yield _mending(read, shown)
        rest = len(mending) - len(shown)
        if rest:
            yield line(f"Còn {rest} đơn vị khác phải sửa từ những lần đọc trước; xem: {call('status', campaign)}")
    if strangers:
        yield heading(f"CHƯA BIẾT CỦA ĐƠN VỊ NÀO: {len(strangers)} tệp, chưa lấy số nào")
        yield _reasons(strangers)
    if others:
        yield heading(f"KHÔNG TÍNH: {len(others)} tệp của đơn vị đã có bản khác")
        yield from _replaced(read, others)
    if done:
        if too_many(plan, done):
            yield heading(f"ĐÃ XONG: {len(done)} đơn vị, theo tỉnh")
            yield _Names([(told.short(place, _NAME), str(n)) for place, n in counted(plan, done).items()])
        else:
            yield heading(f"ĐÃ XONG: {len(done)} đơn vị")
            yield _Names([(_short(plan.unit[u], _NAME), _taken(read, owing[u])) for u in done])
        noted = [(u, n) for u in done if (n := _warnings(owing[u]))]
        if noted:
            names = [f"{_short(plan.unit[u], 30)} ({n})" for u, n in noted[:LISTED]]
            more = f" và {len(noted) - LISTED} đơn vị khác" if len(noted) > LISTED else ""
            yield line(f"Có lưu ý, số vẫn được lấy: {', '.join(names)}{more}.")
    if waiting:
        yield heading(f"CHƯA GỬI: {len(waiting)} đơn vị")
        places = [f"{place} {n}" for place, n in counted(plan, waiting).items()]
        yield line(", ".join(places if too_many(plan, waiting) else [plan.unit[u].name for u in waiting]) + ".")
    yield line("")
    for finding in read.findings:
        yield line(f"{finding.severity.label}: {finding}")
    yield from _counts(read, len(done), len(mending), len(waiting), today)
    yield heading("VIỆC TIẾP THEO")
    for n, step in enumerate(_next(read, campaign, mending, strangers, waiting), 1):
        yield line(f"{n}. {step}")
    if shown or strangers or others:
        look = f"{call('read', campaign)} --explain TỆP"
        yield line(f"Xem đủ mọi điều của một tệp: {look}; của mọi tệp: {call('read', campaign)} --json", "dim")


def show_received(read: Received, ky: Path, today: date) -> None:
    """Print what there is to show of ``read``."""
    show(account(read, ky, today))
    note(read)


def note(received: Received, err: bool = False) -> None:
    """What happened besides: originals put right, the book of receipts, an empty folder."""
    for sha256 in received.healed:
        click.echo(f"Lưu ý: bản gốc {sha256} trong sổ cái bị hỏng hoặc mất, đã chép lại từ tệp nhận được.", err=err)
    for note in received.notes:
        click.echo(f"Lưu ý: {note}.", err=err)
    for text in received.held if err else ():
        click.echo(f"Lưu ý: {text}", err=True)
    if received.book is not None and not err:
        click.echo(f"Biên nhận mọi tệp đã nhận: {received.book}")


# ------------------------------------------------------------------ the sections


def _mending(read: Received, shown: dict[str, Judged]) -> Table:
    """Each unit that must mend or answer something, with what, and its slip."""
    from rich.text import Text

    table = columns(
        ("Đơn vị và tệp", 27, "left"), ("Số liệu", 7, "right"), ("Cần sửa", 7, "right"), ("Sửa gì", None, "left")
    )
    names = {v.code: v.name for v in read.plan.variables}
    for unit, judged in shown.items():
        verdict = judged.verdict
        who = Text(read.plan.unit[unit].name, style="bold")
        who.append(f"\n{verdict.status.label}", style="red" if verdict.status is Status.REJECTED else "yellow")
        who.append(f"\n{told.file_name(judged.receipt.file)}", style="dim")
        items = told.group((f for f in verdict.findings if f.severity.stops), names)
        what = Text("\n").join(_items(items))
        slip = read.slips.get(judged.receipt.order)
        what.append(
            f"\n→ {slip}" if slip else "\n→ chưa ghi được phiếu trả lại, xem ở dưới", style="green" if slip else "red"
        )
        table.add_row(who, _taken(read, judged), str(told.places(items)), what)
    return table


def _items(items: Sequence[Told]) -> Iterator[Text]:
    from rich.text import Text

    for item in items[:ITEMS]:
        line = Text(f"{item.severity.label}: ", style=_COLOURS[item.severity])
        line.append(told.short(item.text, LENGTH), style="not bold default")
        yield line
    if len(items) > ITEMS:
        yield Text(f"… và {told.places(items[ITEMS:])} chỗ khác, xem phiếu trả lại", style="dim")


def _reasons(strangers: Sequence[Judged]) -> Table:
    """Each file that cannot be given to a unit, and why."""
    from rich.text import Text

    table = columns(("Tệp", 44, "left"), ("Vì sao", None, "left"))
    for judged in strangers:
        items = told.group(f for f in judged.verdict.findings if f.severity.stops)
        why = "; ".join(told.short(t.text, LENGTH + 60) for t in items[:2])
        table.add_row(Text(judged.receipt.file), Text(why))
    return table


def _replaced(read: Received, others: Sequence[Judged]) -> Iterator[RenderableType]:
    """A line for each file that counts no more, or did never: replaced, the same again, or refused beside a good one."""
    for judged in others[:LISTED]:
        verdict = judged.verdict
        unit = read.plan.unit.get(verdict.unit or "")
        counts = read.standing.current.get(verdict.unit or "")
        counted = f", đang tính {told.file_name(counts.receipt.file)}" if counts else ""
        why = {Status.DUPLICATE: "trùng tệp đã nhận", Status.REJECTED: "không nhận"}.get(
            verdict.status, "đã thay bằng bản khác"
        )
        if verdict.status is Status.REJECTED:
            why += f" ({next((t.text.partition(';')[0] for t in told.group(verdict.findings)), '')})"
        yield line(f"{judged.receipt.file}: {unit.name if unit else verdict.unit}, {why}{counted}", indent=True)
    if len(others) > LISTED:
        yield line(f"… và {len(others) - LISTED} tệp khác", "dim", indent=True)


def _counts(read: Received, done: int, mending: int, waiting: int, today: date) -> Iterator[RenderableType]:
    by_status = ", ".join(f"{s.label.lower()} {n}" for s, n in read.summary.items() if n)
    yield line(f"Đã đọc {len(read.returns)} tệp: {by_status or 'không có tệp nào'}.", "bold")
    deadline = read.plan.settings.unit_deadline
    left = (deadline - today).days - 1
    days = f"còn {left} ngày" if left > 0 else "hôm nay là ngày cuối" if left == 0 else f"đã quá hạn {-left} ngày"
    yield line(
        f"{done + mending + waiting} đơn vị: đã xong {done}, phải sửa {mending}, chưa gửi {waiting}. "
        f"Hạn gửi: trước ngày {values.format_date(deadline)}, {days}.",
        "bold",
    )


def _next(
    read: Received, campaign: Path, mending: dict[str, Judged], strangers: Sequence[Judged], waiting: Sequence[str]
) -> Iterator[str]:
    """What the clerk does now, with the command or the path."""
    from lsindicators.pipeline import DECISIONS, SLIPS

    for text in read.held:
        yield f"Đóng tệp rồi chạy lại {call('read', campaign)}: {text}"
    if read.slips:
        yield (
            f"Gửi lại cho {len(read.slips)} đơn vị tệp mang mã của mình trong {campaign / SLIPS}: phiếu trả lại .xlsx, kèm "
            "công văn .docx cùng tên (lấy số, ký)."
        )
    if read.waiting:
        yield (
            f"Số nào đầu mối biết chắc thì quyết định trong {campaign / DECISIONS} ({read.waiting} dòng đang chờ) rồi chạy "
            f"lại {call('read', campaign)}; số còn lại chờ đơn vị."
        )
    if strangers:
        yield f"Hỏi lại người gửi {len(strangers)} tệp chưa biết của đơn vị nào."
    if waiting:
        yield f"Nhắc {len(waiting)} đơn vị chưa gửi; danh sách và ngày gửi: {call('status', campaign)}"
    merge = call("merge", campaign)
    if mending or waiting:
        yield f"Biểu gửi thêm bỏ vào {campaign / 'tra-ve'} rồi chạy: {call('read', campaign)}. Khi đã đủ: {merge}"
    else:
        yield f"Đã đủ biểu của mọi đơn vị. Tổng hợp: {merge}"


# ------------------------------------------------------------------ small parts


def _taken(read: Received, judged: Judged) -> str:
    """Values taken, of those that are owed."""
    unit = judged.verdict.unit or ""
    return f"{judged.verdict.values(read.plan.year)}/{len(read.plan.owed.get(unit, ()))}"


def _warnings(judged: Judged) -> int:
    return told.places([t for t in told.group(judged.verdict.findings) if t.severity is Severity.WARNING])


def _short(unit: Unit, limit: int) -> str:
    """What the unit is called where there is little room."""
    for name in (unit.name, unit.short):
        if 0 < len(name) <= limit:
            return name
    return told.short(unit.short or unit.name, limit)


class _Names:
    """Names with a figure each, read from left to right: as many in a line as there is room for, four in a hundred columns.

    A table of ``rich`` measures every cell several times, which took longer than all else on the screen together.
    """

    def __init__(self, cells: Iterable[tuple[str, str]]) -> None:
        self._cells = [f"{name:<{_NAME}} {figure:>{_FIGURE}}" for name, figure in cells]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.text import Text

        across = max(1, (options.max_width + 1) // (_NAME + _FIGURE + 2))
        lines = (" ".join(self._cells[n : n + across]) for n in range(0, len(self._cells), across))
        yield Text("\n".join(lines), no_wrap=True)
