"""``demo``: a whole reporting year from the Word appendix, the real units and the made-up figures of ``examples/``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from lsindicators import files, ledger, papers, values
from lsindicators.errors import UnusableInputError
from lsindicators.model import HANOI
from lsindicators.pipeline.campaign import (
    FORMS,
    LETTERS,
    MAILING,
    PLAN,
    PUBLIC,
    REPORT,
    REPORTS,
    RETURNS,
    SLIPS,
    TABLE,
    Progress,
    quietly,
)
from lsindicators.pipeline.generate import issue
from lsindicators.pipeline.publishing import PAGE, publish
from lsindicators.pipeline.read import Received, receive
from lsindicators.pipeline.rehearsing import looked_for
from lsindicators.pipeline.reminding import remind
from lsindicators.pipeline.report import write_report
from lsindicators.pipeline.results import Merged, compile_table

if TYPE_CHECKING:
    from lsindicators.rehearsal import Expected


class Played(Struct, frozen=True, kw_only=True):
    """A whole year on made-up figures."""

    received: Received
    merged: Merged
    planted: int  # faults that were put into the returns
    uncaught: tuple[str, ...]  # those of them that reading did not find
    products: tuple[tuple[Path, str], ...]  # where to look, and what is there

    @property
    def day(self) -> date:
        """The day on which the play ends: that of the last return."""
        return _day(self.received)

    @property
    def exit_code(self) -> int:
        return max(self.received.exit_code, self.merged.exit_code, 1 if self.uncaught else 0)


def _day(received: Received) -> date:
    return max(j.receipt.sent_at for j in received.returns).astimezone(HANOI).date()


def play_year(campaign: Path, progress: Progress = quietly, say: Callable[[str], object] = str) -> Played:
    """Play a reporting year in the folder ``campaign``: the example appendix, the real units, made-up figures."""
    from importlib.resources import files as resources

    from lsindicators import appendix, assignment, names, rehearsal

    examples = Path(str(resources("lsindicators.examples")))
    key = (examples / "khoa-ky.txt").read_bytes()
    if campaign.exists() and any(campaign.iterdir()) and not _is_demo(campaign, key):
        raise UnusableInputError(f"{campaign}: thư mục này đã có tệp khác; chọn tên thư mục mới cho bản chạy thử")
    catalogue = assignment.builtin(DEMO_YEAR)
    answers = rehearsal.read_answers(examples / "so-lieu-gia-dinh.csv", catalogue)
    files.write(campaign / APPENDIX, (examples / APPENDIX).read_bytes())
    register = names.Register(catalogue.units, catalogue.groups, catalogue.former)
    assigned, owed, doubts = appendix.assign(appendix.read(campaign / APPENDIX), catalogue, register)
    plan = rehearsal.staged(assigned, answers)
    say(
        f"1. Đọc phụ lục Word ví dụ {campaign / APPENDIX}: {len(owed)} dòng phân công, {len(plan.criteria)} tiêu chí, "
        f"{len(doubts)} chỗ phải hỏi lại."
    )
    say(f"   Lập kỳ báo cáo năm {DEMO_YEAR} trên các đơn vị của tỉnh {plan.settings.province}: {campaign / PLAN}")
    files.write(campaign / ledger.FOLDER / ledger.KEY_FILE, key)
    files.write(campaign / PLAN, assignment.write(plan))
    issued = issue(campaign, (), progress)
    say(f"2. Lập {len(issued.forms)} biểu mẫu có khóa, mỗi đơn vị một tệp: {campaign / FORMS}")
    acts = rehearsal.read_acts(examples / "khai-bao.csv")
    forms, sent = campaign / FORMS, campaign / RETURNS
    expected = rehearsal.play(plan, forms, answers, acts, sent, examples / "libreoffice")
    say(f"3. Các đơn vị điền số liệu GIẢ ĐỊNH và gửi về, có {len(expected)} chỗ cố ý sai hoặc khác thường: {sent}")
    received = receive(campaign, (), progress)
    uncaught = _uncaught(expected, received)
    say(f"4. Đọc và kiểm tra từng ô: phát hiện {len(expected) - len(uncaught)}/{len(expected)} chỗ đã cài.")
    merged = compile_table(campaign, progress)
    write_report(campaign, None, False, progress)
    reminding = remind(campaign, _day(received), progress)
    publish(campaign, None, progress)
    say(f"5. Tổng hợp toàn tỉnh, tính {len(plan.criteria)} tiêu chí, điền báo cáo, lập bản công khai.\n")
    products = (
        (campaign / APPENDIX, "phụ lục Word của Kế hoạch (ví dụ), từ đó có bản phân công"),
        (campaign / PLAN, "bản phân công: tiêu chí, số liệu, đơn vị, ai báo số nào"),
        (forms / "so-khcn.xlsx", "một biểu mẫu như đơn vị nhận được"),
        (campaign / LETTERS / "so-khcn.docx", "công văn gửi kèm biểu mẫu, để lấy số và ký"),
        (campaign / MAILING, "danh sách gửi: đơn vị, địa chỉ, tệp, mã SHA-256"),
        (sent, "biểu các đơn vị gửi về"),
        (campaign / SLIPS, "phiếu trả lại: biểu của đơn vị với các ô cần sửa được đánh dấu, và công văn gửi kèm"),
        (
            campaign / reminding.folder,
            f"công văn đôn đốc và thư nháp, {len(reminding.nudges)} đơn vị, lập ngày {values.format_date(reminding.at.day)}",
        ),
        (campaign / TABLE, "bảng tổng hợp toàn tỉnh, công thức sống"),
        (campaign / REPORT, "báo cáo Word của Sở gửi UBND tỉnh, để in và ký"),
        (campaign / REPORTS[papers.Sender.COMMITTEE], "báo cáo của UBND tỉnh gửi Bộ, từ cùng một bảng số liệu"),
        (campaign / PUBLIC / PAGE, "trang web cho người dân, báo chí: mở bằng trình duyệt, không cần mạng"),
    )
    return Played(received=received, merged=merged, planted=len(expected), uncaught=uncaught, products=products)


DEMO_YEAR = 2025
APPENDIX = "phu-luc.docx"


def _is_demo(campaign: Path, key: bytes) -> bool:
    """Whether the folder was made by a former ``demo``: it holds the key of the example."""
    path = campaign / ledger.FOLDER / ledger.KEY_FILE
    return path.is_file() and path.read_bytes() == key


def _uncaught(expected: Iterable[Expected], received: Received) -> tuple[str, ...]:
    """The planted faults that no finding tells of."""
    found = {j.receipt.file: j.verdict.findings for j in received.returns}
    faults = (looked_for(e, found.get(e.file, ())) for e in expected)
    return tuple(f"{f.file} {f.cell or ''} {f.code.word}" for f in faults if not f.caught)
