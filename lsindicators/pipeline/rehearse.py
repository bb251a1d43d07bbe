"""``rehearse``: the campaign played in a scratch folder with made-up returns, and every planted fault looked for."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lsindicators import files, ledger, values
from lsindicators.errors import UnusableInputError
from lsindicators.findings import Code, Finding, Severity
from lsindicators.model import CellRef, Method, Plan, State, Status, Value
from lsindicators.pipeline.campaign import FORMS, PLAN, RETURNS, SLIPS, Json, Progress, quietly, read_plan
from lsindicators.pipeline.generate import issue
from lsindicators.pipeline.read import Received, receive

if TYPE_CHECKING:
    from lsindicators.rehearsal import Cast, Expected, Sent
    from lsindicators.rehearsal.tables import Figures

MARK = "dien-tap.txt"
"""Stands in a folder that a rehearsal made, so that the next one may use it again."""

MARKED = "Thư mục diễn tập, số liệu giả định. Lệnh rehearse xóa và lập lại thư mục này.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A planted fault, and whether it was caught."""

    code: Code
    file: str
    sheet: str | None
    cell: str | None
    variable: str | None
    typed: str  # what was put there
    caught: bool
    said: str = ""  # of one that was not caught: what was said of the place instead


@dataclass(frozen=True, slots=True, kw_only=True)
class FalseAlarm:
    """What was said, or taken, without cause."""

    file: str
    cell: str | None
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """How a rehearsal went."""

    year: int
    seed: int
    forms: int
    files: int
    faults: tuple[Fault, ...]
    false_alarms: tuple[FalseAlarm, ...]
    not_planted: tuple[tuple[Code, str], ...]  # and why not
    folder: Path | None  # where the play lies, if it was kept

    @property
    def missed(self) -> tuple[Fault, ...]:
        return tuple(f for f in self.faults if not f.caught)

    @property
    def counts(self) -> Mapping[Code, tuple[int, int]]:
        """Code -> how often it was planted, and how often caught, in the order of the catalogue."""
        by_code = {code: [f.caught for f in self.faults if f.code is code] for code in Code}
        return {code: (len(caught), sum(caught)) for code, caught in by_code.items() if caught}

    @property
    def exit_code(self) -> int:
        return 1 if self.missed or self.false_alarms else 0

    def to_json(self) -> Json:
        def place(f: Fault) -> Json:
            return {
                "code": f.code.word,
                "file": f.file,
                "sheet": f.sheet,
                "cell": f.cell,
                "variable": f.variable,
                "caught": f.caught,
            }

        return {
            "year": self.year,
            "seed": self.seed,
            "forms": self.forms,
            "files": self.files,
            "planted": len(self.faults),
            "caught": len(self.faults) - len(self.missed),
            "faults": [place(f) for f in self.faults],
            "missed": [{**place(f), "put": f.typed, "said": f.said} for f in self.missed],
            "false_alarms": [
                {"file": a.file, "cell": a.cell, "code": a.code, "message": a.message} for a in self.false_alarms
            ],
            "not_planted": [{"code": code.word, "why": why} for code, why in self.not_planted],
            "folder": None if self.folder is None else str(self.folder),
        }


def rehearse(campaign: Path, seed: int = 1, keep: Path | None = None, progress: Progress = quietly) -> Rehearsed:
    """Play the campaign with made-up returns and look for every fault that was planted in them.

    The campaign's folder is only read. The play lies in a scratch folder that is taken away, unless ``keep`` names a
    folder for it or something was missed. Raises ``UnusableInputError`` when the plan or the folder cannot be used.
    """
    plan, findings = read_plan(campaign)
    errors = [f for f in findings if f.severity is Severity.ERROR]
    if errors:
        told = "\n".join(str(f) for f in errors)
        raise UnusableInputError(f"chưa diễn tập được vì còn {len(errors)} lỗi trong {PLAN}:\n{told}")
    if not plan.owed:
        raise UnusableInputError(f"{campaign / PLAN}: chưa đơn vị nào có số liệu phải gửi; xem trang Phân công")
    if keep is not None:
        _clear(keep, campaign)
        return _played(plan, keep, seed, progress, kept=keep)
    with _scratch() as folder:
        played = _played(plan, folder, seed, progress, kept=None)
        if played.exit_code:
            shutil.copytree(folder, saved := Path(tempfile.mkdtemp(prefix=_PREFIX)), dirs_exist_ok=True)
            played = replace(played, folder=saved)
    return played


# ------------------------------------------------------------------ the scratch folder

_PREFIX = "lsindicators-dien-tap-"


@contextmanager
def _scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as name:
        yield Path(name)


def _clear(folder: Path, campaign: Path) -> None:
    """Make ``folder`` ready for the play. Raises ``UnusableInputError`` where it holds anything that is not of one."""
    if folder.exists() and not folder.is_dir():
        raise UnusableInputError(f"{folder}: không phải thư mục; chọn tên thư mục mới cho bản diễn tập")
    if folder.resolve().is_relative_to(campaign.resolve()):
        raise UnusableInputError(f"{folder}: nằm trong thư mục kỳ {campaign}; chọn thư mục khác cho bản diễn tập")
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).is_file():
            raise UnusableInputError(f"{folder}: thư mục này đã có tệp khác; chọn tên thư mục mới cho bản diễn tập")
        for name in (FORMS, RETURNS, SLIPS, ledger.FOLDER):
            shutil.rmtree(folder / name, ignore_errors=True)


# ------------------------------------------------------------------ the play


def _played(plan: Plan, folder: Path, seed: int, progress: Progress, kept: Path | None) -> Rehearsed:
    from lsindicators import assignment, rehearsal

    files.write(folder / MARK, MARKED.encode())
    key = hashlib.sha256(f"lsindicators rehearsal {seed}".encode()).hexdigest()
    files.write(folder / ledger.FOLDER / ledger.KEY_FILE, key.encode())
    made_up = replace(plan, settings=replace(plan.settings, made_up=True))
    files.write(folder / PLAN, assignment.write(made_up))
    staged, _ = read_plan(folder)
    issued = issue(folder, (), progress)
    cast = rehearsal.cast(staged, seed)
    sent = rehearsal.send(staged, folder / FORMS, cast.answers, cast.acts, folder / RETURNS, key=bytes.fromhex(key))
    received = receive(folder, (), progress)
    _, noticed = received.standing.combined()
    found = {j.receipt.file: j.verdict.findings for j in received.returns}
    expected = [e for s in sent for e in s.expected]
    merging = tuple(_of_merging(staged, cast, sent))
    faults = (*(_looked_for(e, found.get(e.file, ())) for e in expected), *_in_merging(merging, noticed))
    alarms = (*_alarms(expected, found), *_merge_alarms(merging, noticed), *_taken_otherwise(received, sent, faults))
    return Rehearsed(
        year=plan.year,
        seed=seed,
        forms=len(issued.forms),
        files=len(received.returns),
        faults=tuple(faults),
        false_alarms=alarms,
        not_planted=tuple(_not_planted({f.code for f in faults})),
        folder=kept,
    )


# ------------------------------------------------------------------ what was planted, and what was found

Place = tuple[str | None, str | None, Code]
"""Sheet and address, or nothing of the whole file or sheet; and the code."""


def _place(finding: Finding) -> Place:
    return (finding.at.sheet if finding.at.address else None, finding.at.address, finding.code)


def _looked_for(expected: Expected, findings: Sequence[Finding]) -> Fault:
    caught = (expected.sheet, expected.cell, expected.code) in map(_place, findings)
    near = [f for f in findings if f.at.address == expected.cell] or list(findings)
    said = "" if caught else "; ".join(f"{f.code.word}: {f.message}" for f in near[:3]) or "không báo gì"
    return Fault(
        code=expected.code,
        file=expected.file,
        sheet=expected.sheet,
        cell=expected.cell,
        variable=expected.variable,
        typed=expected.typed,
        caught=caught,
        said=said,
    )


def _alarms(expected: Iterable[Expected], found: Mapping[str, tuple[Finding, ...]]) -> Iterator[FalseAlarm]:
    """Findings that weigh something where nothing was planted, and files that were read and never sent."""
    planted: dict[str, set[Place]] = {}
    for e in expected:
        planted.setdefault(e.file, set()).add((e.sheet, e.cell, e.code))
    for file, findings in found.items():
        for f in findings:
            if f.severity is not Severity.INFO and _place(f) not in planted.get(file, ()):
                yield FalseAlarm(file=file, cell=f.at.address, code=f.code.word, message=f.message)


def _taken_otherwise(received: Received, sent: Sequence[Sent], faults: Iterable[Fault]) -> Iterator[FalseAlarm]:
    """Good returns that are not accepted, figures that are not taken, or taken otherwise than they were put in."""
    missed = {(f.file, f.variable) for f in faults if not f.caught}
    judged = {j.receipt.file: j.verdict for j in received.returns}
    for s in sent:
        verdict = judged.get(s.file)
        if verdict is None:
            if s.expected or s.taken:
                yield FalseAlarm(file=s.file, cell=None, code="not-read", message="tệp đã gửi mà không được đọc")
            continue
        good = s.taken and all(e.code.value.severity is Severity.INFO for e in s.expected)
        if good and verdict.status is not Status.ACCEPTED:
            told = f"biểu không có lỗi nhưng kết quả là “{verdict.status.label}”"
            yield FalseAlarm(file=s.file, cell=None, code="not-accepted", message=told)
        if (s.file, None) in missed:
            continue
        taken = {(f.variable, f.year): (f.value, f.state) for f in verdict.figures}
        places = {(f.variable, f.year): f.at for f in verdict.figures}
        for place in sorted({*taken, *s.figures}):
            if taken.get(place) != s.figures.get(place) and (s.file, place[0]) not in missed:
                at = places.get(place)
                yield FalseAlarm(
                    file=s.file,
                    cell=at.address if at else None,
                    code="value-differs",
                    message=f"{place[0]} năm {place[1]}: đã điền {_shown(s.figures, place)}, lấy được {_shown(taken, place)}",
                )


def _shown(figures: Figures, place: tuple[str, int]) -> str:
    value, state = figures.get(place, (None, None))
    return values.format_value(value) or (state.value if state else "(không lấy)")


# ------------------------------------------------------------------ what only merging can find


@dataclass(frozen=True, slots=True, kw_only=True)
class Merging:
    """What merging must say: the code, about which variable or unit, and at which cell of which file."""

    code: Code
    about: str
    at: CellRef


def _of_merging(plan: Plan, cast: Cast, sent: Sequence[Sent]) -> Iterator[Merging]:
    """All that merging must say of the play, worked out from what the units put into the returns that count."""
    from lsindicators import layout

    current = {s.unit: s for s in sent if s.taken}
    year = plan.year
    for d in cast.disagreements:
        leads = [u.code for u in plan.units if u.code in plan.assignment[d.variable].lead]
        giving = [u for u in leads if _value(current, u, d.variable, year) is not None]
        if giving:
            row = layout.form(plan, giving[0]).by_code[d.variable].row
            cell = layout.address(row, layout.CURRENT)
            yield Merging(code=d.code, about=d.variable, at=CellRef(current[giving[0]].file, layout.DATA, cell))
    for unit in plan.owed:
        if unit not in current:
            yield Merging(code=Code.NO_RETURN, about=unit, at=CellRef(plan.unit[unit].name))
    for v in plan.variables:
        owed = plan.assignment.get(v.code)
        if owed is None:
            continue
        awaited = owed.lead if v.aggregation.method is Method.LEAD else owed.units
        weight = v.aggregation.weight
        for unit in awaited:
            told = current[unit].figures.get((v.code, year)) if unit in current else None
            light = weight is not None and told is not None and told[0] is not None
            if (
                told is None
                or told[1] is State.NOT_YET
                or (light and _value(current, unit, weight or "", year) is None)
            ):
                yield Merging(code=Code.COVERAGE_LOW, about=v.code, at=CellRef(f"{v.code} {v.name}"))
                break


def _value(current: Mapping[str, Sent], unit: str, variable: str, year: int) -> Value | None:
    return current[unit].figures.get((variable, year), (None, None))[0] if unit in current else None


def _about(finding: Finding) -> str:
    """The variable, or the unit, that merging speaks of."""
    return finding.variable or str(finding.value or "")


def _in_merging(merging: Iterable[Merging], noticed: Iterable[Finding]) -> Iterator[Fault]:
    found = {(f.code, _about(f), f.at) for f in noticed}
    near = {_about(f): f"{f.code.word}: {f.message}" for f in noticed}
    for m in merging:
        caught = (m.code, m.about, m.at) in found
        yield Fault(
            code=m.code,
            file=m.at.workbook,
            sheet=m.at.sheet,
            cell=m.at.address,
            variable=None if m.code is Code.NO_RETURN else m.about,
            typed={Code.NO_RETURN: "không gửi biểu nào dùng được", Code.COVERAGE_LOW: "có đơn vị không báo"}.get(
                m.code, "hai bên báo khác nhau"
            ),
            caught=caught,
            said="" if caught else near.get(m.about, "không báo gì"),
        )


def _merge_alarms(merging: Iterable[Merging], noticed: Iterable[Finding]) -> Iterator[FalseAlarm]:
    """What merging says without cause. Figures on record that contradict each other do so without our doing."""
    planted = {(m.code, m.about) for m in merging}
    for f in noticed:
        if f.severity is not Severity.INFO and (f.code, _about(f)) not in planted and not _on_record(f):
            yield FalseAlarm(file=f.at.workbook, cell=f.at.address, code=f.code.word, message=f.message)


def _on_record(finding: Finding) -> bool:
    return finding.code is Code.CONFLICT and finding.at.sheet is None


# ------------------------------------------------------------------ what found no place

WHY: Mapping[Code, str] = {
    Code.ABOVE_MAXIMUM: "không có số liệu nào đặt mức Lớn nhất",
    Code.BELOW_MINIMUM: "không có số liệu nào đặt mức Nhỏ nhất",
    Code.NOT_AN_INTEGER: "không có số liệu nào kiểu số nguyên",
    Code.MISSING_VALUE: "không có số liệu nào bắt buộc",
    Code.RULE_BROKEN: "không có ràng buộc nào đơn vị có thể làm sai",
    Code.UNIT_SCALE_SUSPECT: "không có số năm trước từ 100 trở lên mà còn chỗ trong mức Lớn nhất",
    Code.LARGE_CHANGE: "không có số năm trước từ 100 trở lên, ngoài ràng buộc, mà còn chỗ trong mức Lớn nhất",
    Code.ROW_MISSING: "không có biểu nào đủ hai dòng có số",
    Code.ROW_MOVED: "không có biểu nào đủ hai dòng có số",
    Code.CONFLICT: "không có số liệu nào do nhiều đơn vị cùng chủ trì",
    Code.TOTALS_DISAGREE: "không có số liệu nào vừa có đơn vị chủ trì vừa có đơn vị phối hợp báo cùng một số",
    Code.NO_RETURN: "không có đơn vị nào để trống được",
    Code.COVERAGE_LOW: "mọi đơn vị đều báo đủ",
}


def _not_planted(planted: set[Code]) -> Iterator[tuple[Code, str]]:
    for code in Code:
        if code not in planted:
            yield code, WHY.get(code, "không có dòng nào trong biểu nhận được lỗi này")
