"""The campaign folder: its files, its plan, and who is at work in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

from lsindicators import files, ledger
from lsindicators.errors import ExpressionError, UnusableInputError, reason
from lsindicators.findings import Finding, Severity
from lsindicators.memory import Memory
from lsindicators.model import HANOI, Method, Plan, Sender

PLAN, FORMS, RETURNS, SLIPS = "phan-cong.xlsx", ledger.FORMS, "tra-ve", "phieu-tra-lai"
LETTERS, MAILING, REMINDERS = "cong-van", "danh-sach-gui.xlsx", "don-doc"
RECEIPTS = "bien-nhan.xlsx"
DECISIONS = "dieu-chinh.xlsx"
TABLE, REPORT = "tong-hop.xlsx", "bao-cao.docx"
REPORTS = {Sender.COMPILER: REPORT, Sender.COMMITTEE: "bao-cao-ubnd.docx"}
"""The reports of the chain: the department's to the committee, and the committee's to the ministry."""
SEALS = "niem-phong"
STATE = "tinh-hinh.xlsx"
EXPORTS, PUBLIC = "xuat", "cong-khai"

ISSUED = "issued"
"""What the files that ``generate`` makes of a plan were, in what is remembered."""

Json = dict[str, Any]
Progress = Callable[[Sequence[Any], str], Iterable[Any]]


def quietly(steps: Sequence[Any], label: str) -> Iterable[Any]:
    """The progress that shows nothing."""
    return steps


def today() -> date:
    """The day in Vietnam."""
    return datetime.now(HANOI).date()


def is_campaign(folder: Path) -> bool:
    """Whether ``folder`` holds a campaign."""
    return (folder / PLAN).is_file()


def require(campaign: Path) -> None:
    """Raise ``UnusableInputError`` when ``campaign`` is no campaign's folder."""
    if not is_campaign(campaign):
        around = next((p for p in campaign.absolute().parents if campaign.exists() and is_campaign(p)), None)
        if around is not None:
            raise UnusableInputError(
                f"{campaign}: không phải thư mục kỳ báo cáo mà nằm trong đó; ghi thư mục kỳ: {around}"
            )
        if campaign.is_file():
            raise UnusableInputError(
                f"{campaign}: đây là một tệp, không phải thư mục kỳ báo cáo; ghi thư mục kỳ trước tên tệp"
            )
        if inside := _campaigns_in(campaign):
            told = " hoặc ".join(map(str, inside[:3]))
            raise UnusableInputError(f"{campaign}: không phải thư mục kỳ báo cáo mà chứa nó; ghi thư mục kỳ: {told}")
        raise UnusableInputError(
            f"{campaign}: không phải thư mục kỳ báo cáo (không có {PLAN}); tạo kỳ bằng lệnh: {files.command('init', campaign)}"
        )


def _campaigns_in(folder: Path) -> list[Path]:
    try:
        return [path for path in sorted(folder.iterdir()) if is_campaign(path)]
    except OSError:
        return []


@contextmanager
def at_work(campaign: Path) -> Iterator[Memory]:
    """Be the only command that writes in the campaign; what a killed one left half written is cleared away first.

    Gives what is remembered in the campaign; what was worked out since is remembered at the end of the work.
    Raises ``BusyError`` when another command stays at work there.
    """
    require(campaign)
    with ledger.alone(campaign):
        store = campaign / ledger.FOLDER
        for folder in (
            campaign,
            store,
            store / ledger.ORIGINALS,
            store / ledger.DECISIONS,
            *(campaign / f for f in (FORMS, LETTERS, SLIPS, SEALS)),
            *(campaign / REMINDERS).glob("*/"),
        ):
            files.sweep(folder)
        memory = Memory(campaign)
        yield memory
        memory.settle()


def read_plan(campaign: Path, memory: Memory | None = None) -> tuple[Plan, tuple[Finding, ...]]:
    """The campaign's plan and the doubts in it, out of ``memory`` where it was read before.

    Raises ``UnusableInputError`` when it cannot be used.
    """
    require(campaign)
    path = campaign / PLAN
    if memory is not None and (known := _remembered(path, memory)) is not None:
        return known
    from lsindicators import assignment

    if memory is None:
        return assignment.read(path)
    content = assignment.load(path)
    found = assignment.understand(content, path)
    if assignment.stands_alone(found[0]):  # these bytes alone say what the plan is
        digest = files.sha256(content)
        memory.keep(found, PLAN, digest)
        memory.knows(found[0], digest)
    return found


def _remembered(path: Path, memory: Memory) -> tuple[Plan, tuple[Finding, ...]] | None:
    with suppress(OSError):  # told by who reads it
        digest = files.sha256(path.read_bytes())
        found: tuple[Plan, tuple[Finding, ...]] | None = memory.find(PLAN, digest)
        if found is not None:
            memory.knows(found[0], digest)
            memory.stays(ISSUED, digest)  # forms may be made again at any time
        return found
    return None


def know_formulas(plan: Plan, memory: Memory | None) -> None:
    """Understand the plan's formulas and rules out of ``memory``: parsing costs more than most commands."""
    from lsindicators import expressions

    digest = memory.digest(plan) if memory is not None else ""
    if memory is None or not digest:
        return
    known: Mapping[str, expressions.Expression] | None = memory.find("formulas", digest)
    if known is None:
        known = {}
        for text in (*plan.formulas.values(), *(r.expression for r in plan.rules)):
            with suppress(ExpressionError):  # told with the plan
                known[text] = expressions.parse(text)
        memory.keep(known, "formulas", digest)
    else:
        expressions.know(known)


def refuse_errors(findings: Iterable[Finding], undone: str) -> None:
    """Raise ``UnusableInputError`` with what is left ``undone`` while the plan has an error; questions may wait."""
    errors = [f for f in findings if f.severity is Severity.ERROR]
    if errors:
        told = "\n".join(str(f) for f in errors)
        raise UnusableInputError(f"{undone} vì còn {len(errors)} lỗi trong {PLAN}:\n{told}")


def oddities(plan: Plan) -> list[str]:
    """What a clerk has left open in the plan, or forgotten to change since last year."""
    from lsindicators import succession, values

    told = []
    nobodys = [a.variable for a in plan.assignments if not a.units]
    if nobodys:
        told.append(f"chưa giao cho đơn vị nào: {', '.join(nobodys)}; ghi đơn vị ở trang Phân công")
    led = {v.code for v in plan.variables if v.aggregation.method is Method.LEAD}
    leaderless = [a.variable for a in plan.assignments if a.variable in led and a.units and not a.lead]
    if leaderless:
        told.append(
            f"cách tổng hợp là “chủ trì” nhưng cột Chủ trì để trống: {', '.join(leaderless)}; tỉnh sẽ không có số này"
        )
    told += _unweighted(plan)
    settings = plan.settings
    for name, day in (("Hạn đơn vị gửi", settings.unit_deadline), ("Hạn báo cáo", settings.report_deadline)):
        if day.year <= plan.year:
            told.append(f"{name} {values.format_date(day)} chưa qua năm số liệu {plan.year}; xem lại trang Kỳ báo cáo")
    if settings.report_deadline < settings.unit_deadline:
        told.append("Hạn báo cáo trước Hạn đơn vị gửi; xem lại trang Kỳ báo cáo")
    return [*told, *succession.notes(plan), *_led_on(plan)]


def _unweighted(plan: Plan) -> Iterable[str]:
    """Figures of a weighted mean that could not enter it: who owes them does not owe the weight."""
    for v in plan.variables:
        if (weight := v.aggregation.weight) and v.code in plan.assignment and weight in plan.assignment:
            weighing = set(plan.assignment[weight].units)
            without = [plan.any_unit[u].name for u in plan.assignment[v.code].units if u not in weighing]
            if without:
                named = f"{', '.join(without[:3])}{f' và {len(without) - 3} đơn vị khác' if len(without) > 3 else ''}"
                yield f"{named} báo {v.code} mà không báo quyền số {weight}, nên số của các đơn vị này không tính được vào {v.code}; giao thêm {weight} ở trang Phân công"


def _led_on(plan: Plan) -> Iterable[str]:
    """Names of the assignment that are no unit's any more, and whose they are taken for."""
    if not plan.inactive:
        return ()
    from lsindicators import names

    register = names.Register(plan.units, plan.groups, plan.former, plan.inactive)
    written = dict.fromkeys(text for a in plan.assignments for text in (a.lead_written, a.supporting_written))
    return dict.fromkeys(f"trang Phân công: {note}" for text in written for note in register.resolve(text).notes)


def content(path: Path) -> bytes:
    """The bytes of a file that the clerk named. Raises ``UnusableInputError`` when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnusableInputError(f"{path}: không mở được tệp ({reason(error)})") from error
