"""What the clerk sees after ``report``: whose words were kept, which figures changed, and what to look at before signing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import click

from lsindicators import values
from lsindicators.findings import Finding, Severity
from lsindicators.screen.inspected import faults
from lsindicators.screen.merged import show_merged
from lsindicators.screen.sealed import show_after_seal

if TYPE_CHECKING:
    from lsindicators.pipeline import Reported, Written

_NAMED, _QUOTED = 8, 3
"""So many figures are listed, and so many paragraphs quoted."""


def show_reported(reported: Reported) -> None:
    """Print what was written, and what is not as in the former reports."""
    show_merged(reported.merged)
    show_after_seal(reported.after)
    for written in reported.written:
        click.echo(f"Đã ghi {written.path}" if written.fresh else f"Không đổi: {written.path}")
        for line in _told(written):
            click.echo(f"  {line}")
        if written.pdf is not None:
            click.echo(f"Đã ghi {written.pdf}")
    if any(w.revised.stale for w in reported.written):
        click.echo("Lời đã viết còn nêu số cũ: mở báo cáo, sửa lại câu đó, rồi chạy lại lệnh này.")
    if any(w.misformed for w in reported.written):
        click.echo(
            "Chưa đúng thể thức theo Nghị định 30/2020/NĐ-CP: sửa lời đã viết trong báo cáo (hoặc tệp mẫu của mình) bằng Word, "
            "rồi chạy lại lệnh này."
        )
    if reported.merged.exit_code:
        click.echo("Còn chỗ cần người xem: chạy lsindicators merge, xử lý xong rồi lập lại báo cáo trước khi trình ký.")


def _told(written: Written) -> Iterator[str]:
    r = written.revised
    if r.kept:
        yield f"Giữ nguyên lời đã viết ở {len(r.kept)} chỗ: {_listed(w.title for w in r.kept)}."
    unsaid = [w.title for w in r.open if not w.inline]
    if unsaid:
        yield (
            f"Chưa ai viết ở {len(unsaid)} chỗ (lời nhắc trong ngoặc vuông sẽ in ra nếu không viết mà cũng không xóa khung): "
            f"{_listed(unsaid)}."
        )
    blanks = [_blank(f) for f in written.blanks]
    if blanks:
        yield f"Còn để trống: {'; '.join(blanks)}."
    if r.deleted:
        yield f"Đã bị xóa trong bản trước nên không in lại: {_listed(w.title for w in r.deleted)}."
    if r.changed or r.paragraphs or r.cells or r.coverage:
        moved = [f"{c.code} {c.former or '(chưa in)'} → {c.now or '(không còn)'}" for c in r.changed]
        counted = [
            f"{number} {what}"
            for number, what in (
                (r.coverage, "số liệu giữ nguyên trị số nhưng khác độ phủ"),
                (r.paragraphs, "đoạn văn"),
                (r.cells, "ô bảng"),
            )
            if number
        ]
        listed = [*_few(moved, _NAMED, "số liệu"), ", ".join(counted)]
        yield f"{'Số liệu' if moved else 'Nội dung'} đã đổi so với bản trước: {'; '.join(filter(None, listed))}."
    for s in r.stale:
        now = f"nay là {s.now}" if s.now else "nay không còn"
        yield f"Cần sửa ở {_name(s.title)}: “{s.text}” nêu {s.former}, là {s.code} của bản trước, {now}."
    yield from faults(written.form)
    if written.aside is not None:
        yield f"Bản trước được giữ nguyên ở {written.aside}, vì bản mới không có:"
        if r.by_hand:
            quoted = _few([f"“{values.short(text, 70)}”" for text in r.by_hand], _QUOTED, "đoạn, dòng bảng")
            yield f"  phần đã sửa tay ngoài các chỗ ghi thêm: {'; '.join(quoted)}"
        if r.removed:
            yield f"  việc xóa {r.removed} đoạn hoặc dòng bảng do phần mềm lập"
        for lost in r.lost:
            yield f"  {lost}"


def _blank(finding: Finding) -> str:
    """``còn để trống: số văn bản`` -> ``số văn bản``; with its place where that is no part of the head or foot."""
    what = finding.message.partition(": ")[2]
    return what if finding.severity is Severity.INFO else f"{what} ở {finding.at.sheet}"


def _listed(titles: Iterable[str]) -> str:
    return "; ".join(map(_name, titles))


def _name(title: str) -> str:
    """``Lời ghi thêm: giải pháp`` -> ``giải pháp``."""
    return title.partition(": ")[2] or title


def _few(items: Sequence[str], most: int, what: str) -> list[str]:
    more = [f"và {len(items) - most} {what} khác"] if len(items) > most else []
    return [*items[:most], *more]
