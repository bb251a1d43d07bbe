"""What the clerk sees after ``remind``: who is reminded and why, what was written, and what is to be done with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lsindicators import values
from lsindicators.screen.tables import table, tell

if TYPE_CHECKING:
    from lsindicators.pipeline import Nudge, Reminding


def show_reminded(done: Reminding, campaign: Path) -> None:
    """Print the reminders of a day."""
    tell((*done.told, *done.unread))
    at, settings = done.at, done.plan.settings
    deadline = f"hạn gửi trước ngày {values.format_date(at.deadline)}"
    left = f"đã quá hạn {-at.left} ngày" if at.overdue else f"còn {at.left} ngày"
    whose = settings.issuer if at.round > 2 else settings.compiler
    click.echo(f"Tính đến ngày {values.format_date(at.day)}: {deadline}, {left}.")
    if done.nudges:
        rows = [_row(n) for n in done.nudges]
        table(("Mã", "Đơn vị", "Vì sao", "Thiếu", "Cần sửa", "Kèm thư", "Gửi tới"), rows, numbers=(3, 4))
        click.echo(
            f"{len(rows)} đơn vị được đôn đốc, {done.at_peace} đơn vị không phải nhắc. Lần {at.round}: công văn của {whose}, "
            f"đề nghị gửi {at.by}."
        )
        click.echo(
            f"Đã ghi vào {campaign / done.folder}: mỗi đơn vị một công văn và một thư nháp (.eml); một công văn chung kèm danh sách."
        )
    else:
        click.echo(f"Không đơn vị nào phải nhắc ({done.at_peace} đơn vị đã gửi đủ); không ghi công văn nào.")
    for note in _notes(done):
        click.echo(f"Lưu ý: {note}.")
    if done.nudges:
        click.echo(f"Việc tiếp theo: {_next(done)}")


def _row(n: Nudge) -> tuple[str, ...]:
    one = n.reminded
    why = one.why.label + ("; chưa thống nhất số liệu" if one.disputes and one.why.value != "disputed" else "")
    return (
        one.unit.code,
        one.unit.name,
        why,
        str(len(one.missing) or ""),
        str(one.open or ""),
        "thiếu tệp" if n.lacks else _KINDS.get(n.attached.partition("/")[0], ""),
        one.unit.email or "chưa có",
    )


_KINDS = {"bieu-mau": "biểu mẫu", "phieu-tra-lai": "phiếu trả lại"}
"""Folder of what goes with an e-mail -> what it is."""

_NAMED = 5
"""So many units are named in a line."""


def _notes(done: Reminding) -> list[str]:
    """What the clerk should hear besides."""
    notes = []
    lacking = [n for n in done.nudges if n.lacks]
    if lacking:
        notes.append(
            f"{len(lacking)} thư chưa có tệp đính kèm, như {lacking[0].lacks}: lập lại bằng lsindicators generate (biểu mẫu) "
            "hoặc lsindicators read (phiếu trả lại), rồi chạy lại lệnh này"
        )
    if done.later:
        notes.append(
            f"{done.later} đơn vị gửi biểu sau ngày {values.format_date(done.at.day)} mà công văn đề ngày này; "
            "lập lại với --date là ngày ký công văn"
        )
    wrong = [n.reminded.unit for n in done.nudges if n.reminded.unit.email and not n.addressed]
    for unit in wrong:
        notes.append(f"{unit.name}: “{unit.email}” không phải địa chỉ thư; sửa ở trang Đơn vị của phan-cong.xlsx")
    without = sum(1 for n in done.nudges if not n.reminded.unit.email)
    if without:
        notes.append(f"{without} đơn vị chưa có Thư điện tử ở trang Đơn vị, thư nháp để trống người nhận")
    for path in done.kept:
        notes.append(f"{path} đã có người sửa nên giữ nguyên; muốn lập lại thì đổi tên hoặc xóa tệp này rồi chạy lại")
    for path in done.stale:
        notes.append(f"{path} không còn cần (đơn vị đã gửi đủ) nhưng đã có người sửa nên giữ nguyên; đừng gửi tệp này")
    if done.removed:
        notes.append(f"đã xóa {done.removed} tệp lập hôm nay của đơn vị đã gửi đủ")
    notes += done.held
    if done.promised:
        named = "; ".join(f"{u} ({', '.join(v.code for v in missing)})" for u, missing in done.promised[:_NAMED])
        more = f"; và {len(done.promised) - _NAMED} đơn vị khác" if len(done.promised) > _NAMED else ""
        notes.append(f"{len(done.promised)} đơn vị đã báo chưa có số liệu, kèm lý do, nên không đôn đốc: {named}{more}")
    for c in done.unasked:
        notes.append(
            f"{c.variable}: {c.message}; nhiều đơn vị cùng liên quan nên không đưa vào công văn, xem trang Đối chiếu của dieu-chinh.xlsx"
        )
    if done.nudges and not done.plan.settings.plan_document:
        notes.append(
            "công văn còn để trống số, ngày Kế hoạch của UBND tỉnh; điền khóa Kế hoạch ở trang Kỳ báo cáo rồi chạy lại"
        )
    if done.nudges and done.earlier and done.at.round < 3:  # the last round has no key: it stays the last
        notes.append(
            f"đã có {done.earlier} cho lần {done.at.round}; nếu công văn đó đã ban hành thì điền số, ngày vào trang Kỳ báo cáo để lần này "
            f"là lần {done.at.round + 1}"
        )
    return notes


def _next(done: Reminding) -> str:
    at = done.at
    sign = "lấy số, trình ký công văn (từng đơn vị, hoặc công văn chung)"
    if at.round > 2:
        return f"trình UBND tỉnh {sign}; mở từng thư nháp .eml bằng Outlook, đính kèm bản đã ký rồi gửi."
    return (
        f"{sign}; mở từng thư nháp .eml bằng Outlook, đính kèm bản đã ký rồi gửi; sau đó điền số, ngày công văn vào khóa "
        f"“Công văn đôn đốc lần {at.round}” ở trang Kỳ báo cáo của phan-cong.xlsx."
    )
