"""What the clerk does next, told from what already lies in the campaign's folder."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import Path

from lsindicators import ledger
from lsindicators.errors import LsindicatorsError
from lsindicators.memory import Memory
from lsindicators.model import Receipt, Status
from lsindicators.pipeline import decide
from lsindicators.pipeline.campaign import (
    DECISIONS,
    EXPORTS,
    FORMS,
    LETTERS,
    MAILING,
    PLAN,
    PUBLIC,
    REPORT,
    RETURNS,
    SEALS,
    SLIPS,
    TABLE,
    is_campaign,
    read_plan,
    today,
)


def next_step(campaign: Path, day: date | None = None) -> str:
    """What the clerk does next, on a day; today where none is named."""
    if not is_campaign(campaign):
        return "Chưa có kỳ báo cáo ở đây. Bắt đầu: lsindicators init TEN-KY (ví dụ: lsindicators init ky-2025)"
    if not any((campaign / FORMS).glob("*.xlsx")):
        return f"Xem và sửa {PLAN} trong Excel, rồi lập biểu mẫu: lsindicators generate"
    if ledger.is_lost(campaign):
        return f"Không còn tệp {ledger.FOLDER}/{ledger.DATABASE}. Xem cách lấy lại: lsindicators status --verify"
    with ledger.reading(campaign) as book:
        receipts = book.receipts()
    if waiting := unread(campaign, receipts):
        return f"{len(waiting)} tệp trong {RETURNS}/ chưa đọc, như {waiting[0]}. Đọc: lsindicators read"
    if not (campaign / ledger.FOLDER / ledger.DATABASE).is_file():
        return (
            f"Diễn tập: lsindicators rehearse. Sau đó gửi mỗi đơn vị tệp của mình trong {FORMS}/ kèm công văn trong {LETTERS}/, theo {MAILING}; "
            f"biểu nhận về bỏ vào {RETURNS}/ rồi chạy: lsindicators read"
        ) + _waiting(campaign, day or today())
    return (_decided(campaign) or _made(campaign)) + _waiting(campaign, day or today())


NEAR = 5
"""Days left to the units' deadline from which on the clerk is told who has not answered."""


def _waiting(campaign: Path, day: date) -> str:
    """A sentence on units that have not answered, from shortly before their deadline until the report is due."""
    from lsindicators.pipeline.standing import standing

    try:
        memory = Memory(campaign)
        plan, _ = read_plan(campaign, memory)
        left = (plan.settings.unit_deadline - day).days - 1
        if left > NEAR or day >= plan.settings.report_deadline:
            return ""
        sendings = standing(campaign, plan, memory=memory).sendings()
    except LsindicatorsError:  # told by every command that needs it
        return ""
    waiting = sum(1 for s in sendings if s.status in (None, Status.REJECTED) or s.open)
    when = f"còn {left} ngày là hết hạn" if left >= 0 else f"đã quá hạn {-left} ngày"
    return f". {waiting} đơn vị chưa gửi đủ, {when}: lsindicators remind" if waiting else ""


def _decided(campaign: Path) -> str:
    """What is to be done with dieu-chinh.xlsx; empty: nothing."""
    from lsindicators import assignment

    try:
        waiting = decide.read(campaign, assignment.read(campaign / PLAN)[0], decide.content(campaign)).waiting
    except LsindicatorsError as error:  # every command would stop with it
        return str(error)
    if not waiting:
        return ""
    slips = any((campaign / SLIPS).glob("*.xlsx"))
    units = (
        f"gửi tệp trong {SLIPS}/ cho đơn vị sửa" if slips else "hỏi lại đơn vị; đơn vị gửi lại số đúng thì dòng tự mất"
    )
    return (
        f"{waiting} dòng trong {DECISIONS} chờ quyết định: chọn ở cột Quyết định, ghi Lý do và Số văn bản, lưu, đóng tệp, "
        f"rồi chạy lại: lsindicators read, merge. Hoặc {units}"
    )


def _made(campaign: Path) -> str:
    """Which product comes next."""
    if not (campaign / TABLE).is_file():
        return f"Xem ai chưa gửi: lsindicators status. Khi đã đủ biểu trong {RETURNS}/: lsindicators read, rồi lsindicators merge"
    if not (campaign / REPORT).is_file():
        return f"Xem {TABLE} (con số nào cần biết từ đâu ra: lsindicators trace), rồi lập báo cáo: lsindicators report"
    if not (campaign / EXPORTS).is_dir():
        return f"Đã có {TABLE} và {REPORT}. Lập biểu gửi Bộ, phiếu kết quả của đơn vị, dữ liệu mở: lsindicators export"
    sealed = any((campaign / SEALS).glob("*.zip"))
    seal = "" if sealed else " Báo cáo đã ký thì niêm phong: lsindicators report --seal."
    if not (campaign / PUBLIC).is_dir():
        return (
            f"Đã có {TABLE}, {REPORT} và {EXPORTS}/. Lập bản công khai cho người dân, báo chí: lsindicators publish.{seal} "
            "Nhận thêm biểu thì chạy lại: lsindicators read, merge, report, export"
        )
    return (
        f"Đã có {TABLE}, {REPORT}, {EXPORTS}/ và {PUBLIC}/.{seal} Nhận thêm biểu thì chạy lại: lsindicators read, merge, "
        "report, export, publish"
    )


def unread(campaign: Path, receipts: Collection[Receipt]) -> tuple[str, ...]:
    """The returns that lie in ``tra-ve/`` and were never read as they are now, told by their names and sizes."""
    from lsindicators import inbox

    known = {(r.file, r.size) for r in receipts} | {(r.file.partition("!")[0], None) for r in receipts if "!" in r.file}
    listed = inbox.listed(campaign / RETURNS, campaign)
    return tuple(name for name, size in listed if (name, size) not in known and (name, None) not in known)
