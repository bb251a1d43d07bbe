"""``rehearse``: the campaign played in a scratch folder with made-up returns, and every planted fault looked for."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from lsindicators import files, ledger, values
from lsindicators.errors import UnusableInputError
from lsindicators.findings import OF_PAPERS, Code, Finding, Severity
from lsindicators.model import CellRef, Method, Plan, State, Status, Value
from lsindicators.pipeline.campaign import (
    FORMS,
    PLAN,
    RETURNS,
    SLIPS,
    Json,
    Progress,
    quietly,
    read_plan,
    refuse_errors,
)
from lsindicators.pipeline.read import Received, receive

if TYPE_CHECKING:
    from lsindicators.appendix import Doubt
    from lsindicators.rehearsal import Cast, Doubtful, Expected, Sent
    from lsindicators.rehearsal.tables import Figures

MARK = "dien-tap.txt"
"""Stands in a folder that a rehearsal made, so that the next one may use it again."""

MARKED = "Thư mục diễn tập, số liệu giả định. Lệnh rehearse xóa và lập lại thư mục này.\n"


class Fault(Struct, frozen=True, kw_only=True):
    """A planted fault, and whether it was caught."""

    code: Code
    file: str
    sheet: str | None
    cell: str | None
    variable: str | None
    typed: str  # what was put there
    caught: bool
    said: str = ""  # of one that was not caught: what was said of the place instead


class FalseAlarm(Struct, frozen=True, kw_only=True):
    """What was said, or taken, without cause."""

    file: str
    cell: str | None
    code: str
    message: str


class Rehearsed(Struct, frozen=True, kw_only=True):
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
    def exit_code(self) -> int:
        return 1 if self.missed or self.false_alarms else 0

    @property
    def missed(self) -> tuple[Fault, ...]:
        return tuple(f for f in self.faults if not f.caught)

    @property
    def counts(self) -> Mapping[Code, tuple[int, int]]:
        """Code -> how often it was planted, and how often caught, in the order of the catalogue."""
        by_code = {code: [f.caught for f in self.faults if f.code is code] for code in Code}
        return {code: (len(caught), sum(caught)) for code, caught in by_code.items() if caught}

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
    refuse_errors(findings, "chưa diễn tập được")
    if not plan.owed:
        raise UnusableInputError(f"{campaign / PLAN}: chưa đơn vị nào có số liệu phải gửi; xem trang Phân công")
    if keep is not None:
        _clear(keep, campaign)
        return _played(plan, keep, seed, progress, kept=keep)
    folder = Path(tempfile.mkdtemp(prefix="lsindicators-dien-tap-"))
    kept = False
    try:
        played = _played(plan, folder, seed, progress, kept=None)
        kept = bool(played.exit_code)
    finally:
        if not kept:
            shutil.rmtree(folder, ignore_errors=True)
    return replace(played, folder=folder) if kept else played


# ------------------------------------------------------------------ the scratch folder


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
        for path in folder.glob(APPENDIX.format(code="*")):
            path.unlink()


# ------------------------------------------------------------------ the play


def _played(plan: Plan, folder: Path, seed: int, progress: Progress, kept: Path | None) -> Rehearsed:
    from lsindicators import assignment, forms, layout, rehearsal

    files.write(folder / MARK, MARKED.encode())
    key = hashlib.sha256(f"lsindicators rehearsal {seed}".encode()).digest()
    files.write(folder / ledger.FOLDER / ledger.KEY_FILE, key.hex().encode())
    made_up = replace(plan, settings=replace(plan.settings, made_up=True))
    files.write(folder / PLAN, assignment.write(made_up))
    staged, _ = read_plan(folder)
    press = forms.press(staged)
    for unit in progress(tuple(staged.owed), "Lập biểu mẫu"):
        form = layout.form(staged, unit)
        files.write(folder / FORMS / f"{unit}.xlsx", press.form(form, layout.stamp(key, form)))
    cast = rehearsal.cast(staged, seed)
    sent = rehearsal.send(staged, folder / FORMS, cast.answers, cast.acts, folder / RETURNS, key=key)
    received = receive(folder, (), progress)
    _, noticed = received.standing.combined()
    found = {j.receipt.file: j.verdict.findings for j in received.returns}
    expected = [e for s in sent for e in s.expected]
    merging = tuple(_of_merging(staged, cast, sent))
    appendices = [_of_appendix(staged, one, folder) for one in rehearsal.doubtful(staged, seed)]
    faults = (
        *(looked_for(e, found.get(e.file, ())) for e in expected),
        *_in_merging(merging, noticed),
        *(fault for fault, _ in appendices),
    )
    alarms = (
        *_alarms(expected, found),
        *_merge_alarms(merging, noticed),
        *_taken_otherwise(received, sent, faults),
        *(alarm for _, alarms in appendices for alarm in alarms),
    )
    return Rehearsed(
        year=plan.year,
        seed=seed,
        forms=len(staged.owed),
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


def looked_for(expected: Expected, findings: Sequence[Finding]) -> Fault:
    """Whether any of the ``findings`` about a file tells of what was planted in it."""
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


class Merging(Struct, frozen=True, kw_only=True):
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


# ------------------------------------------------------------------ the appendix


def _of_appendix(plan: Plan, one: Doubtful, folder: Path) -> tuple[Fault, tuple[FalseAlarm, ...]]:
    """Print an appendix with a doubt in it, read it, and look for the doubt."""
    file = APPENDIX.format(code=one.code.word)
    sound, _ = _doubts(plan, one.sound, folder / file)
    asked_anyhow = {(d.code, d.row, d.value) for d in sound}
    doubts, rows = _doubts(plan, one.plan, folder / file)
    row = rows.get(one.name)
    caught = any((d.code, d.row) == (one.code, row) for d in doubts)
    alarms = tuple(
        FalseAlarm(file=file, cell=_row(d.row), code=d.code.word, message=d.message)
        for d in doubts
        if (d.code, d.row) != (one.code, row) and (d.code, d.row, d.value) not in asked_anyhow
    )
    said = "" if caught else "; ".join(f"{d.code.word}: {d.message}" for d in doubts[:3]) or "không hỏi gì"
    fault = Fault(
        code=one.code,
        file=file,
        sheet=None,
        cell=_row(row),
        variable=None,
        typed=one.typed,
        caught=caught,
        said=said,
    )
    return fault, alarms


APPENDIX = "phu-luc-{code}.docx"


def _row(number: int | None) -> str | None:
    return None if number is None else f"dòng {number}"


def _doubts(plan: Plan, printed: Plan, path: Path) -> tuple[tuple[Doubt, ...], Mapping[str, int]]:
    """What is asked about the appendix of ``printed``, and the row of each name in it."""
    from lsindicators import appendix, names

    files.write(path, appendix.print_out(printed))
    read = appendix.read(path)
    _, _, doubts = appendix.assign(read, plan, names.Register(plan.units, plan.groups, plan.former, plan.inactive))
    return doubts, {values.clean(r.name): r.row for r in read.rows}


# ------------------------------------------------------------------ in words

KINDS: Mapping[Code, str] = {
    Code.UNREADABLE_FILE: "tệp hỏng",
    Code.ENCRYPTED_FILE: "tệp đặt mật khẩu",
    Code.UNSUPPORTED_FORMAT: "không phải tệp bảng tính",
    Code.TOO_LARGE: "tệp quá lớn",
    Code.NOT_A_FORM: "bảng tính khác, không phải biểu mẫu",
    Code.WRONG_CAMPAIGN: "biểu của kỳ khác",
    Code.WRONG_VERSION: "biểu bản cũ",
    Code.FORGED_FORM: "mã nhận dạng bị sửa",
    Code.UNKNOWN_UNIT: "đơn vị không có trong phân công",
    Code.MACRO_PRESENT: "có macro",
    Code.EXTERNAL_LINK: "có liên kết ngoài",
    Code.DUPLICATE_FILE: "gửi trùng",
    Code.RESUBMISSION: "gửi lại",
    Code.EMPTY_RETURN: "biểu để trống",
    Code.SHEET_MISSING: "mất trang tính",
    Code.SHEET_RENAMED: "đổi tên trang tính",
    Code.ROW_MISSING: "mất dòng",
    Code.ROW_MOVED: "dòng bị sắp xếp lệch",
    Code.ROW_DUPLICATED: "dòng chép trùng",
    Code.LOCKED_CELL_CHANGED: "sửa ô khóa",
    Code.PROTECTION_REMOVED: "bỏ khóa trang tính",
    Code.STRAY_CONTENT: "ghi ngoài ô nhập",
    Code.MISSING_VALUE: "bỏ trống ô bắt buộc",
    Code.MISSING_REASON: "thiếu giải trình",
    Code.MISSING_SOURCE: "thiếu nguồn số liệu",
    Code.NOT_A_NUMBER: "chữ trong ô số",
    Code.NOT_AN_INTEGER: "số lẻ trong ô số nguyên",
    Code.AMBIGUOUS_NUMBER: "số đọc được hai cách",
    Code.NUMBER_AS_TEXT: "số gõ dạng chữ",
    Code.DATE_AS_NUMBER: "ngày trong ô số",
    Code.BELOW_MINIMUM: "dưới mức thấp nhất",
    Code.ABOVE_MAXIMUM: "quá mức cao nhất",
    Code.CELL_ERROR: "ô báo lỗi",
    Code.FORMULA_IN_INPUT: "công thức trong ô nhập",
    Code.NOT_IN_LIST: "ngoài danh sách",
    Code.TEXT_TOO_LONG: "nội dung quá dài",
    Code.CONTROL_CHARACTERS: "ký tự điều khiển",
    Code.STATE_CONTRADICTS_VALUE: "tình trạng trái số liệu",
    Code.RULE_BROKEN: "trái ràng buộc",
    Code.LARGE_CHANGE: "thay đổi lớn không giải trình",
    Code.UNIT_SCALE_SUSPECT: "nghi sai đơn vị tính",
    Code.OTHER_MEASURE: "số theo đơn vị tính khác",
    Code.CONFLICT: "các đơn vị chủ trì báo khác nhau",
    Code.TOTALS_DISAGREE: "tổng các đơn vị phối hợp khác số chủ trì",
    Code.NO_RETURN: "đơn vị không gửi",
    Code.COVERAGE_LOW: "số liệu chưa đủ đơn vị báo",
    Code.UNKNOWN_UNIT_NAME: "phụ lục: đơn vị lạ",
    Code.AMBIGUOUS_UNIT_NAME: "phụ lục: tên hiểu được hai cách",
    Code.OPEN_GROUP: "phụ lục: cụm từ mở",
    Code.UNMATCHED_CRITERION: "phụ lục: tiêu chí lạ",
    Code.UNREADABLE_ROW: "phụ lục: dòng thiếu cơ quan chủ trì",
    Code.FORMULA_DOUBTFUL: "công thức cần xem lại",
}
"""What each kind of fault is called on the screen."""


# ------------------------------------------------------------------ what found no place

WHY: Mapping[Code, str] = {
    Code.ABOVE_MAXIMUM: "không có số liệu nào đặt mức Lớn nhất",
    Code.BELOW_MINIMUM: "không có số liệu nào đặt mức Nhỏ nhất",
    Code.NOT_AN_INTEGER: "không có số liệu nào kiểu số nguyên",
    Code.MISSING_VALUE: "không có số liệu nào bắt buộc",
    Code.RULE_BROKEN: "không có ràng buộc nào đơn vị có thể làm sai",
    Code.UNIT_SCALE_SUSPECT: "không có số năm trước từ 100 trở lên mà còn chỗ trong mức Lớn nhất",
    Code.OTHER_MEASURE: "mọi số có đơn vị tính đều đã có số năm trước",
    Code.LARGE_CHANGE: "không có số năm trước từ 100 trở lên, ngoài ràng buộc, mà còn chỗ trong mức Lớn nhất",
    Code.ROW_MISSING: "không có biểu nào đủ hai dòng có số",
    Code.ROW_MOVED: "không có biểu nào đủ hai dòng có số",
    Code.FORMULA_DOUBTFUL: "công thức do đầu mối viết, được soát mỗi khi mở phan-cong.xlsx",
    Code.CONFLICT: "không có số liệu nào do nhiều đơn vị cùng chủ trì",
    Code.TOTALS_DISAGREE: "không có số liệu nào vừa có đơn vị chủ trì vừa có đơn vị phối hợp báo cùng một số",
    Code.NO_RETURN: "không có đơn vị nào để trống được",
    Code.COVERAGE_LOW: "mọi đơn vị đều báo đủ",
    Code.AMBIGUOUS_UNIT_NAME: "không có tên cũ nào mà hai đơn vị hiện nay cùng nhận",
    Code.OPEN_GROUP: "mọi cụm từ mở đều đã ghi rõ đơn vị ở trang Nhóm đơn vị",
    Code.UNKNOWN_UNIT_NAME: "không có tiêu chí nào có đơn vị chủ trì để lập phụ lục thử",
    Code.UNMATCHED_CRITERION: "không có tiêu chí nào có đơn vị chủ trì để lập phụ lục thử",
    Code.UNREADABLE_ROW: "phụ lục thử cần ít nhất hai tiêu chí có đơn vị chủ trì",
}


def _not_planted(planted: set[Code]) -> Iterator[tuple[Code, str]]:
    for code in Code:
        if code not in planted and code not in OF_PAPERS:
            yield code, WHY.get(code, "không có dòng nào trong biểu nhận được lỗi này")
