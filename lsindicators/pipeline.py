"""The order of the stages, on one page: what each command does, from the files of a campaign to its products.

Every function takes the campaign's folder and gives an outcome: what was done, for people and as JSON, and the
exit code. Stages are imported where they are needed, so that no command loads a library that it does not use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsindicators import files, layout, ledger
from lsindicators.errors import UnusableInputError, reason
from lsindicators.findings import Code, Finding, Severity, Verdict, needs_person, open_places
from lsindicators.model import HANOI, CellRef, Dataset, Plan, Receipt, Result, Sending, Status

if TYPE_CHECKING:
    from lsindicators.appendix import Doubt
    from lsindicators.rehearsal import Expected

PLAN, FORMS, RETURNS, SLIPS = "phan-cong.xlsx", "bieu-mau", "tra-ve", "phieu-tra-lai"
TABLE, REPORT, REPORT_PDF = "tong-hop.xlsx", "bao-cao.docx", "bao-cao.pdf"

Json = dict[str, Any]
Progress = Callable[[Sequence[Any], str], Iterable[Any]]


def quietly(steps: Sequence[Any], label: str) -> Iterable[Any]:
    """The progress that shows nothing."""
    return steps


# ------------------------------------------------------------------ init


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A campaign folder with its assignment workbook."""

    path: Path
    plan: Plan
    source: str
    written: bool
    assignments: tuple[Json, ...]
    doubts: tuple[Json, ...]
    notes: tuple[str, ...]  # what was left aside or read in a way that the clerk should know

    @property
    def exit_code(self) -> int:
        return 1 if any(Severity(d["severity"]).stops for d in self.doubts) else 0

    def to_json(self) -> Json:
        return {
            "year": self.plan.year,
            "source": self.source,
            "assignments": list(self.assignments),
            "findings": list(self.doubts),
        }


def begin(
    campaign: Path, *, year: int | None = None, appendix_file: Path | None = None, previous: Path | None = None
) -> Begun:
    """Make the campaign's folder and its ``phan-cong.xlsx``; a workbook that was edited since is never overwritten."""
    from lsindicators import assignment, names

    year = year or today().year - 1
    if not 2000 <= year <= 2100:
        raise UnusableInputError(f"Năm số liệu {year} không dùng được; gõ một năm như 2025")
    plan = assignment.builtin(year) if previous is None else following(previous, year)
    if appendix_file is None:
        source = "bo-tieu-chi.xlsx" if previous is None else f"{previous}/{PLAN}"
        rows = {c.code: i for i, c in enumerate(plan.criteria, 1)}
        assignments = tuple(_owed_by_criterion(plan, code, row) for code, row in rows.items())
        doubts: tuple[Json, ...] = ()
        notes: tuple[str, ...] = ()
    else:
        from lsindicators import appendix

        source = appendix_file.name
        read = appendix.read(appendix_file)
        notes = tuple(read.notes)
        register = names.Register(plan.units, plan.groups, plan.former)
        plan, matched, found = appendix.assign(read, plan, register)
        assignments = tuple(
            {
                "criterion": m.criterion,
                "name": m.name,
                "row": m.row,
                "lead": list(m.lead),
                "supporting": list(m.supporting),
            }
            for m in matched
        )
        doubts = tuple(_doubt_json(d) for d in found)
    content = assignment.write(plan)
    path = campaign / PLAN
    if path.is_file() and path.read_bytes() != content:
        raise UnusableInputError(
            f"{path}: đã có bản phân công của kỳ này, có thể anh/chị đã sửa nên không ghi đè; "
            "muốn lập lại từ đầu thì đổi tên hoặc chuyển tệp đó đi rồi chạy lại"
        )
    written = files.write(path, content)
    for folder in (FORMS, RETURNS):
        (campaign / folder).mkdir(exist_ok=True)
    ledger.key(campaign)
    return Begun(
        path=path, plan=plan, source=source, written=written, assignments=assignments, doubts=doubts, notes=notes
    )


def following(previous: Path, year: int) -> Plan:
    """The plan of ``year`` that starts from the campaign in ``previous``: its figures become last year's."""
    from lsindicators import assignment
    from lsindicators.model import PastFigure

    former, _ = _plan(previous)
    if former.year >= year:
        raise UnusableInputError(
            f"{previous / PLAN}: năm số liệu của kỳ cũ là {former.year}, không trước năm {year}; dùng --year để chọn năm"
        )
    dataset = _standing(previous, former).dataset()
    past = {(p.variable, p.unit, p.year): p for p in former.past}
    for f in dataset.figures:
        if f.year == former.year and f.value is not None:
            past[f.variable, f.unit, f.year] = PastFigure(variable=f.variable, unit=f.unit, year=f.year, value=f.value)
    for (code, at), total in dataset.totals.items():
        whole = at == former.year and total.complete and former.variable[code].kind.numeric
        if whole and total.contributions and total.value is not None:
            past[code, None, at] = PastFigure(variable=code, unit=None, year=at, value=total.value)
    return replace(assignment.for_year(former, year), past=tuple(past.values()))


def _owed_by_criterion(plan: Plan, criterion: str, row: int) -> Json:
    owed = [plan.assignment[v.code] for v in plan.variables if v.criterion == criterion and v.code in plan.assignment]
    lead = dict.fromkeys(unit for a in owed for unit in a.lead)
    supporting = dict.fromkeys(unit for a in owed for unit in a.supporting if unit not in lead)
    return {
        "criterion": criterion,
        "name": plan.criterion[criterion].name,
        "row": row,
        "lead": list(lead),
        "supporting": list(supporting),
    }


def _doubt_json(doubt: Doubt) -> Json:
    return {
        "code": doubt.code.word,
        "severity": doubt.severity.value,
        "row": doubt.row,
        "value": doubt.value,
        "candidates": list(doubt.candidates),
        "message": doubt.message,
    }


# ------------------------------------------------------------------ generate


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """The forms of a campaign."""

    forms: tuple[tuple[str, Path, int, bool], ...]  # unit, file, variables in it, whether the file was written
    strangers: tuple[Path, ...]  # forms in the folder that no unit of the plan owes any more
    findings: tuple[Finding, ...]

    @property
    def exit_code(self) -> int:
        return 1 if needs_person(self.findings) else 0


def issue(campaign: Path, units: Sequence[str] = (), progress: Progress = quietly) -> Issued:
    """Write one locked form for each unit that owes figures, or for ``units`` alone."""
    from lsindicators import forms

    plan, findings = _plan(campaign)
    key = ledger.key(campaign)
    for code in units:
        if code not in plan.owed:
            known = "có trong danh sách nhưng không phải gửi số liệu nào" if code in plan.unit else "không có"
            raise UnusableInputError(f"{PLAN}: đơn vị “{code}” {known}; xem trang Đơn vị và trang Phân công")
    issued = []
    for unit in progress(tuple(units or plan.owed), "Lập biểu mẫu"):
        form = layout.form(plan, unit)
        path = campaign / FORMS / f"{unit}.xlsx"
        written = files.write(path, forms.write(plan, form, layout.stamp(key, form)))
        issued.append((unit, path, len(form.variables), written))
    strangers = tuple(p for p in sorted((campaign / FORMS).glob("*.xlsx")) if p.stem not in plan.owed)
    return Issued(forms=tuple(issued), strangers=strangers, findings=findings)


# ------------------------------------------------------------------ read


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One receipt and what the checks make of it."""

    receipt: Receipt
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where the campaign stands: every receipt judged, and the return of each unit that counts."""

    plan: Plan
    judged: tuple[Judged, ...]
    current: Mapping[str, Judged]  # unit -> its newest return that was not rejected, else its newest one

    def dataset(self) -> Dataset:
        """The province's table of the returns that count."""
        return self.combined()[0]

    def combined(self) -> tuple[Dataset, tuple[Finding, ...]]:
        """The province's table, and what was noticed on the way."""
        from lsindicators import merge

        taken = {unit: j.verdict for unit, j in self.current.items() if j.verdict.status is not Status.REJECTED}
        figures = [
            replace(f, read_at=self.current[unit].receipt.read_at) for unit, v in taken.items() for f in v.figures
        ]
        untaken = {(unit, variable): why for unit, v in taken.items() for variable, why in v.untaken.items()}
        return merge.combine(self.plan, figures, untaken, taken.keys())

    def sendings(self) -> tuple[Sending, ...]:
        """How each unit that owes figures stands, in the plan's order."""
        return tuple(self._sending(unit) for unit in self.plan.owed)

    def _sending(self, unit: str) -> Sending:
        owed = len(self.plan.owed[unit])
        judged = self.current.get(unit)
        if judged is None:
            return Sending(unit=unit, owed=owed, status=None, values=0, open=0, sent_at=None, late=False)
        verdict = judged.verdict
        good = [
            j.receipt.sent_at
            for j in self.judged
            if j.verdict.unit == unit and j.verdict.status in (Status.ACCEPTED, Status.PARTIAL)
        ]
        sent_at = min(good) if good else None
        return Sending(
            unit=unit,
            owed=owed,
            status=verdict.status,
            values=verdict.values(self.plan.year),
            open=open_places(verdict.findings),
            sent_at=sent_at,
            late=sent_at is not None and sent_at.astimezone(HANOI).date() >= self.plan.settings.unit_deadline,
            file=judged.receipt.file,
        )

    def answers(self) -> dict[str, tuple[tuple[str, str, CellRef], ...]]:
        """Unit -> what it wrote of difficulties and proposals."""
        return {
            unit: judged.verdict.answers
            for unit, judged in self.current.items()
            if judged.verdict.answers and judged.verdict.status is not Status.REJECTED
        }

    @property
    def exit_code(self) -> int:
        """1 when a return that counts needs mending."""
        return 1 if any(j.verdict.status is not Status.ACCEPTED for j in self.current.values()) else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What became of the files that were read."""

    plan: Plan
    returns: tuple[Judged, ...]
    slips: Mapping[int, str]  # order of a receipt -> its slip, relative to the campaign
    findings: tuple[Finding, ...]  # of the plan

    @property
    def summary(self) -> dict[Status, int]:
        return {s: sum(1 for j in self.returns if j.verdict.status is s) for s in Status}

    @property
    def exit_code(self) -> int:
        bad = self.summary[Status.REJECTED] or self.summary[Status.PARTIAL]
        return 1 if bad or needs_person(self.findings) else 0

    def to_json(self) -> Json:
        return {
            "year": self.plan.year,
            "returns": [
                {
                    "file": j.receipt.file,
                    "sha256": j.receipt.sha256,
                    "unit": j.verdict.unit,
                    "status": j.verdict.status.value,
                    "values": j.verdict.values(self.plan.year),
                    "slip": self.slips.get(j.receipt.order),
                    "findings": [finding_json(f) for f in j.verdict.findings],
                }
                for j in self.returns
            ],
            "summary": {status.value: count for status, count in self.summary.items()},
        }


def finding_json(finding: Finding) -> Json:
    """A finding as other programs read it."""
    return {
        "code": finding.code.word,
        "severity": finding.severity.value,
        "sheet": finding.at.sheet,
        "cell": finding.at.address,
        "variable": finding.variable,
        "value": number(finding.value) if isinstance(finding.value, Decimal) else finding.value,
        "message": finding.message,
    }


def number(value: Decimal) -> int | float:
    """A number as JSON has it: whole where it is whole."""
    return int(value) if value == value.to_integral_value() else float(value)


def receive(campaign: Path, paths: Sequence[Path] = (), progress: Progress = quietly) -> Received:
    """Read returned files, file them in the ledger, judge every cell, and write a slip for each that needs mending."""
    from lsindicators import inbox

    plan, findings = _plan(campaign)
    sources = tuple(paths) or (campaign / RETURNS,)
    (campaign / RETURNS).mkdir(exist_ok=True)
    for path in paths:
        if not path.exists():
            raise UnusableInputError(f"{path}: không có tệp hoặc thư mục này")
    now = datetime.now(HANOI).replace(microsecond=0)
    unread: list[Judged] = []
    orders: dict[int, None] = {}
    with ledger.opened(campaign) as book:
        for a in progress(tuple(inbox.collect(sources, campaign)), "Nhận tệp"):
            if a.content:
                orders[book.receive(a.file, a.content, a.sent_at, now).order] = None
            else:  # nothing to file: an empty file, or one that another program holds
                receipt = Receipt(order=0, file=a.file, sha256="", size=0, sent_at=a.sent_at, read_at=now)
                unread.append(Judged(receipt=receipt, verdict=_verdict(receipt, Status.REJECTED, a.findings)))
    standing = _standing(campaign, plan, progress)
    judged = {j.receipt.order: j for j in standing.judged}
    return Received(
        plan=plan,
        returns=(*(judged[order] for order in orders), *unread),
        slips=_write_slips(campaign, standing, progress),
        findings=findings,
    )


def _write_slips(campaign: Path, standing: Standing, progress: Progress) -> dict[int, str]:
    """One slip for each unit whose return needs mending; a slip that is no longer needed is taken away."""
    from lsindicators import returns, slips

    key = ledger.key(campaign)
    needed = {u: j for u, j in standing.current.items() if u in standing.plan.owed and needs_person(j.verdict.findings)}
    written: dict[int, str] = {}
    with ledger.opened(campaign) as book:
        for unit, judged in progress(tuple(needed.items()), "Lập phiếu trả lại"):
            from lsindicators import forms, inbox

            content = book.original(judged.receipt.sha256)
            kind, _ = inbox.examine(content, judged.receipt.file)
            ret, _ = returns.read(content, judged.receipt.file, judged.receipt.sha256, kind)
            if ret is None:
                continue
            form = layout.form(standing.plan, unit)
            slip = slips.compose(form, ret, judged.verdict)
            stamp = layout.stamp(key, form, judged.verdict.round + 1)
            body = forms.write(standing.plan, form, stamp, typed=slip.typed, remarks=slip.remarks)
            name = f"{SLIPS}/{unit}.xlsx"
            files.write(campaign / name, body)
            written[judged.receipt.order] = name
    for old in (campaign / SLIPS).glob("*.xlsx"):
        if old.stem in standing.plan.unit and f"{SLIPS}/{old.name}" not in written.values():
            old.unlink()
    return written


def _standing(campaign: Path, plan: Plan, progress: Progress = quietly) -> Standing:
    """Judge every receipt of the ledger afresh and find the return of each unit that counts."""
    key = ledger.key(campaign)
    with ledger.opened(campaign) as book:
        receipts = book.receipts()
        first = {r.sha256: r for r in reversed(receipts)}
        verdicts: dict[int, Verdict] = {}
        for r in progress(receipts, "Kiểm tra từng ô"):
            original = first[r.sha256]
            if original.order == r.order:
                verdicts[r.order] = _judge(plan, key, r, book.original(r.sha256))
            else:
                verdicts[r.order] = _duplicate(r, original, verdicts[original.order])
    queues: dict[str, list[Judged]] = {}
    for r in receipts:
        v = verdicts[r.order]
        if v.unit is not None and v.status is not Status.DUPLICATE:
            queues.setdefault(v.unit, []).append(Judged(receipt=r, verdict=v))
    current: dict[str, Judged] = {}
    for unit, queue in queues.items():
        queue.sort(key=lambda j: (j.verdict.round, j.receipt.sent_at, j.receipt.order))
        taken = [j for j in queue if j.verdict.status is not Status.REJECTED]
        for former, newer in pairwise(taken):
            verdicts[newer.receipt.order] = _resubmitted(plan, former, newer)
        newest = (taken or queue)[-1]
        current[unit] = Judged(receipt=newest.receipt, verdict=verdicts[newest.receipt.order])
    judged = tuple(Judged(receipt=r, verdict=verdicts[r.order]) for r in receipts)
    return Standing(plan=plan, judged=judged, current={u: current[u] for u in plan.unit if u in current})


def _judge(plan: Plan, key: bytes, receipt: Receipt, content: bytes) -> Verdict:
    from lsindicators import checks, inbox, returns

    kind, gate = inbox.examine(content, receipt.file)
    ret, told = (None, ()) if needs_person(gate) else returns.read(content, receipt.file, receipt.sha256, kind)
    if ret is None:
        return _verdict(receipt, Status.REJECTED, (*gate, *told))
    verdict = checks.judge(plan, key, ret, receipt.read_at)
    return replace(verdict, findings=(*gate, *told, *verdict.findings))


def _duplicate(receipt: Receipt, original: Receipt, verdict: Verdict) -> Verdict:
    found = Code.DUPLICATE_FILE.at(CellRef(receipt.file), other=original.file)
    return replace(_verdict(receipt, Status.DUPLICATE, (found,)), unit=verdict.unit, round=verdict.round)


def _verdict(receipt: Receipt, status: Status, findings: tuple[Finding, ...]) -> Verdict:
    """The verdict on a file of which nothing is taken."""
    return Verdict(
        file=receipt.file,
        sha256=receipt.sha256,
        unit=None,
        round=0,
        status=status,
        figures=(),
        untaken={},
        answers=(),
        findings=findings,
    )


def _resubmitted(plan: Plan, former: Judged, newer: Judged) -> Verdict:
    """The newer verdict, with a word on which values changed."""
    from lsindicators import values

    old = {(f.variable, f.year): (f.value, f.state) for f in former.verdict.figures}
    new = {(f.variable, f.year): (f.value, f.state) for f in newer.verdict.figures}
    changed = [
        f"{code} {values.format_value(old.get((code, year), (None,))[0]) or 'trống'}"
        f" → {values.format_value(new.get((code, year), (None,))[0]) or 'trống'}"
        for code, year in sorted(old.keys() | new.keys())
        if old.get((code, year)) != new.get((code, year))
    ]
    told = f"thay đổi {len(changed)} số liệu: {'; '.join(changed)}" if changed else "không số liệu nào thay đổi"
    found = Code.RESUBMISSION.at(CellRef(newer.receipt.file), other=former.receipt.file, changes=told)
    return replace(newer.verdict, findings=(found, *newer.verdict.findings))


# ------------------------------------------------------------------ status


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Who has sent what, on a given day."""

    plan: Plan
    today: date
    sendings: tuple[Sending, ...]

    @property
    def days_left(self) -> int:
        """Days until the last day on which a return is in time (the day before the deadline); negative: late."""
        return (self.plan.settings.unit_deadline - self.today).days - 1

    @property
    def exit_code(self) -> int:
        return 1 if any(s.status in (Status.PARTIAL, Status.REJECTED) for s in self.sendings) else 0

    @property
    def summary(self) -> dict[str, int]:
        counts = {s.value: sum(1 for x in self.sendings if x.status is s) for s in Status if s is not Status.DUPLICATE}
        missing = sum(1 for s in self.sendings if s.status is None)
        late = sum(1 for s in self.sendings if s.late)
        return {"units": len(self.sendings), **counts, "missing": missing, "late": late}

    def to_json(self) -> Json:
        return {
            "year": self.plan.year,
            "date": self.today.isoformat(),
            "deadline": self.plan.settings.unit_deadline.isoformat(),
            "days_left": self.days_left,
            "units": [
                {
                    "unit": s.unit,
                    "name": self.plan.unit[s.unit].name,
                    "status": s.status.value if s.status else "missing",
                    "values": s.values,
                    "owed": s.owed,
                    "open": s.open,
                    "sent_at": s.sent_at.isoformat() if s.sent_at else None,
                    "late": s.late,
                    "file": s.file or None,
                }
                for s in self.sendings
            ],
            "summary": self.summary,
        }


def state(campaign: Path, today: date) -> State:
    """How the units of a campaign stand on the day ``today``."""
    plan, _ = _plan(campaign)
    return State(plan=plan, today=today, sendings=_standing(campaign, plan).sendings())


# ------------------------------------------------------------------ merge, report


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The province's table, computed."""

    path: Path
    plan: Plan
    dataset: Dataset
    results: tuple[Result, ...]
    sendings: tuple[Sending, ...]
    findings: tuple[Finding, ...]
    answers: Mapping[str, tuple[tuple[str, str, CellRef], ...]]
    mending: bool  # a return that counts needs mending

    @property
    def exit_code(self) -> int:
        return 1 if self.mending or self.dataset.conflicts else 0

    def to_json(self) -> Json:
        from lsindicators import exports

        return exports.to_json(self.plan, self.dataset, self.results)


def compile_table(campaign: Path, progress: Progress = quietly) -> Merged:
    """Merge all returns that count, compute the criteria, and write ``tong-hop.xlsx``."""
    from lsindicators import exports

    merged = _computed(campaign, progress)
    files.write(merged.path, exports.write(merged.plan, merged.dataset, merged.results, merged.sendings))
    return merged


def _computed(campaign: Path, progress: Progress) -> Merged:
    from lsindicators import compute

    plan, doubts = _plan(campaign)
    standing = _standing(campaign, plan, progress)
    dataset, findings = standing.combined()
    return Merged(
        path=campaign / TABLE,
        plan=plan,
        dataset=dataset,
        results=compute.evaluate(plan, dataset),
        sendings=standing.sendings(),
        findings=(*doubts, *findings),
        answers=standing.answers(),
        mending=bool(standing.exit_code),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """The Word report, and its PDF when that was asked for."""

    path: Path
    pdf: Path | None
    merged: Merged

    @property
    def exit_code(self) -> int:
        return self.merged.exit_code


def write_report(
    campaign: Path, template: Path | None = None, pdf: bool = False, progress: Progress = quietly
) -> Reported:
    """Fill ``bao-cao.docx`` from the same figures as ``tong-hop.xlsx``, and print it to PDF when asked."""
    from lsindicators import report

    merged = _computed(campaign, progress)
    body = report.fill(
        merged.plan,
        merged.dataset,
        merged.results,
        merged.sendings,
        merged.answers,
        merged.plan.settings.report_deadline,
        None if template is None else _content(template),
        name=REPORT if template is None else template.name,
    )
    path = campaign / REPORT
    files.write(path, body)
    return Reported(path=path, pdf=report.to_pdf(path, campaign / REPORT_PDF) if pdf else None, merged=merged)


def lint_template(template: Path | None) -> tuple[str, ...]:
    """What is wrong with a report template, a sentence each; the shipped one when none is given."""
    from lsindicators import report

    if template is None:
        return report.lint(report.shipped_template(), "bao-cao.docx")
    return report.lint(_content(template), template.name)


# ------------------------------------------------------------------ demo


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A whole year on made-up figures."""

    received: Received
    merged: Merged
    planted: int  # faults that were put into the returns
    uncaught: tuple[str, ...]  # those of them that reading did not find
    products: tuple[tuple[Path, str], ...]  # where to look, and what is there

    @property
    def exit_code(self) -> int:
        return max(self.received.exit_code, self.merged.exit_code, 1 if self.uncaught else 0)


def play_year(campaign: Path, progress: Progress = quietly, say: Callable[[str], object] = str) -> Played:
    """Play a reporting year on the real units and made-up figures of ``examples/`` in the folder ``campaign``."""
    from importlib.resources import files as resources

    from lsindicators import assignment, rehearsal

    examples = Path(str(resources("lsindicators.examples")))
    key = (examples / "khoa-ky.txt").read_bytes()
    if campaign.exists() and any(campaign.iterdir()) and not _is_demo(campaign, key):
        raise UnusableInputError(f"{campaign}: thư mục này đã có tệp khác; chọn tên thư mục mới cho bản chạy thử")
    catalogue = assignment.builtin(DEMO_YEAR)
    answers = rehearsal.read_answers(examples / "so-lieu-gia-dinh.csv", catalogue)
    plan = rehearsal.staged(catalogue, answers)
    say(f"1. Lập kỳ báo cáo năm {DEMO_YEAR} trên các đơn vị của tỉnh {plan.settings.province}: {campaign / PLAN}")
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
    say(f"5. Tổng hợp toàn tỉnh, tính {len(plan.criteria)} tiêu chí, điền báo cáo.\n")
    products = (
        (campaign / PLAN, "bản phân công: tiêu chí, số liệu, đơn vị, ai báo số nào"),
        (forms / "so-khcn.xlsx", "một biểu mẫu như đơn vị nhận được"),
        (sent, "biểu các đơn vị gửi về"),
        (campaign / SLIPS, "phiếu trả lại: biểu của đơn vị với các ô cần sửa được đánh dấu"),
        (campaign / TABLE, "bảng tổng hợp toàn tỉnh, công thức sống"),
        (campaign / REPORT, "báo cáo Word để in và ký"),
    )
    return Played(received=received, merged=merged, planted=len(expected), uncaught=uncaught, products=products)


DEMO_YEAR = 2025


def _is_demo(campaign: Path, key: bytes) -> bool:
    """Whether the folder was made by a former ``demo``: it holds the key of the example."""
    path = campaign / ledger.FOLDER / ledger.KEY_FILE
    return path.is_file() and path.read_bytes() == key


def _uncaught(expected: Iterable[Expected], received: Received) -> tuple[str, ...]:
    """The planted faults that no finding tells of."""
    found = {(j.receipt.file, f.at.address, f.code) for j in received.returns for f in j.verdict.findings}
    anywhere = {(file, code) for file, _, code in found}
    return tuple(
        f"{e.file} {e.cell or ''} {e.code.word}"
        for e in expected
        if ((e.file, e.cell, e.code) not in found if e.cell else (e.file, e.code) not in anywhere)
    )


# ------------------------------------------------------------------ the campaign folder


def today() -> date:
    """The day in Vietnam."""
    return datetime.now(HANOI).date()


def next_step(campaign: Path) -> str:
    """What the clerk does next, told from what already lies in the campaign's folder."""
    if not (campaign / PLAN).is_file():
        return "Chưa có kỳ báo cáo ở đây. Bắt đầu: lsindicators init TEN-KY (ví dụ: lsindicators init ky-2025)"
    if not any((campaign / FORMS).glob("*.xlsx")):
        return f"Xem và sửa {PLAN} trong Excel, rồi lập biểu mẫu: lsindicators generate"
    if not (campaign / ledger.FOLDER / ledger.DATABASE).is_file():
        return f"Gửi các tệp trong {FORMS}/ cho đơn vị; biểu nhận về bỏ vào {RETURNS}/ rồi chạy: lsindicators read"
    if not (campaign / TABLE).is_file():
        return f"Xem ai chưa gửi: lsindicators status. Khi đã đủ biểu trong {RETURNS}/: lsindicators read, rồi lsindicators merge"
    if not (campaign / REPORT).is_file():
        return f"Xem {TABLE}, rồi lập báo cáo: lsindicators report"
    return f"Đã có {TABLE} và {REPORT}. Nhận thêm biểu thì chạy lại: lsindicators read, merge, report"


def is_campaign(folder: Path) -> bool:
    """Whether ``folder`` holds a campaign."""
    return (folder / PLAN).is_file()


def _plan(campaign: Path) -> tuple[Plan, tuple[Finding, ...]]:
    from lsindicators import assignment

    if not is_campaign(campaign):
        raise UnusableInputError(
            f"{campaign}: không phải thư mục kỳ báo cáo (không có {PLAN}); tạo kỳ bằng lệnh: lsindicators init {campaign}"
        )
    return assignment.read(campaign / PLAN)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnusableInputError(f"{path}: không mở được tệp ({reason(error)})") from error
