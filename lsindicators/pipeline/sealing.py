"""``report --seal``: the signed report and all that it rests on, frozen as a link of a chain."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from lsindicators import decisions, decree, files, ledger, papers, sealing
from lsindicators.errors import UnusableInputError
from lsindicators.findings import Code, Severity
from lsindicators.model import HANOI
from lsindicators.pipeline import advice, amend, decide, sealed
from lsindicators.pipeline.campaign import (
    DECISIONS,
    PLAN,
    REPORT,
    REPORTS,
    SEALS,
    TABLE,
    Json,
    Progress,
    at_work,
    content,
    quietly,
    read_plan,
)
from lsindicators.pipeline.results import Merged, computed
from lsindicators.pipeline.standing import Standing, standing
from lsindicators.sealing import addendum, word

SIGNED_LIMIT = 128 * 2**20
"""Bytes that the signed files of one sealing may have together."""

_NAMED = 3
"""So many things of a kind are named in a sentence."""

_ACCOUNTLESS = (KeyError, OSError, ImportError)


# ------------------------------------------------------------------ report --seal


class Sealing(Struct, frozen=True, kw_only=True):
    """What ``report --seal`` has frozen, or that nothing was to be sealed."""

    path: Path
    package: sealing.Package
    fresh: bool  # it was made now
    notes: tuple[str, ...]  # what is open in the figures that were sealed, and what a person should know
    merged: Merged

    @property
    def exit_code(self) -> int:
        return self.merged.exit_code

    def to_json(self) -> Json:
        return {
            "year": self.merged.plan.year,
            "path": str(self.path),
            "written": self.fresh,
            "number": self.package.number,
            "kind": self.package.manifest["kind"],
            "code": self.package.code,
            "sealed_at": self.package.manifest["sealed_at"],
            "documents": dict(self.package.manifest["documents"]),
            "members": list(self.package.manifest["members"]),
            "notes": list(self.notes),
        }


def seal(
    campaign: Path,
    documents: Sequence[str] = (),
    signed: Sequence[Path] = (),
    now: datetime | None = None,
    progress: Progress = quietly,
) -> Sealing:
    """Freeze the reports as they lie there with all that they rest on, as the next link of the campaign's chain.

    ``documents`` are numbers and dates of what was signed, ``signed`` scans or signed files. Raises
    ``UnusableInputError`` that says what to do first, where what lies there is not what would be computed now.
    """
    moment = (now or datetime.now(HANOI)).astimezone(HANOI).replace(microsecond=0)
    with at_work(campaign) as memory:
        newest = sealed.latest(campaign)
        plan, doubts = read_plan(campaign, memory)
        current = standing(campaign, plan, progress, memory=memory)
        decide.keep(campaign, current.paper)
        merged = computed(campaign, doubts, current)
        _refuse_open(campaign, merged, current)
        due = () if newest is None else amend.due(campaign, newest, current, merged)
        numbered = _numbered(campaign, newest, due, documents)
        _refuse_stale(campaign, newest, due, numbered, merged)
        scans = _scans(signed)
        if newest is not None and _is_sealed(newest, due, numbered, scans, campaign):
            with ledger.opened(campaign) as book:
                book.file_seal(sealed.entry(newest))  # a run that was killed may have left it unnoted
            path = campaign / SEALS / newest.name
            return Sealing(path=path, package=newest, fresh=False, notes=(), merged=merged)
        return _sealed(campaign, newest, due, numbered, scans, moment, current, merged)


def _sealed(
    campaign: Path,
    newest: sealing.Package | None,
    due: Sequence[amend.Due],
    numbered: Mapping[str, str],
    scans: Mapping[str, bytes],
    moment: datetime,
    current: Standing,
    merged: Merged,
) -> Sealing:
    """Write the package, then note it in the ledger: where that is broken off, the next sealing finds it as it lies."""
    plan, key = merged.plan, ledger.key(campaign)
    number = 1 if newest is None else newest.number + 1
    known = {} if newest is None else newest.documents
    new = next((text for paper, text in numbered.items() if text and text != known.get(paper)), "")
    name = f"{number:02d}-{_slug(new) or f'{moment:%Y-%m-%d}'}.zip"
    with ledger.reading(campaign) as book:
        filed = book.receipts()
    members = {
        **_papers(campaign, numbered),
        **scans,
        **_basis(campaign, merged, current.paper),
        sealed.RECEIPTS: sealed.json_bytes(sealed.listed(current, filed)),
        sealing.READ_ME: sealing.read_me(name, numbered, plan.settings, moment).encode(),
    }
    settings, notes = plan.settings, _notes(campaign, merged, numbered)
    facts = {
        "number": number,
        "kind": "addendum" if due else "report",
        "year": plan.year,
        "province": settings.province,
        "sealed_at": moment.isoformat(),
        "sealed_by": {
            "office": settings.compiler,
            "position": settings.position,
            "signer": settings.signer,
            "account": _account(),
        },
        "documents": {n: text or None for n, text in numbered.items()},
        "previous": None if newest is None else {"file": newest.name, "sha256": newest.code},
        "versions": dict(sealed.versions()),
        "open": list(notes),
    }
    body = sealing.pack(facts, members, key, plan.year)
    package, faults = sealing.opened(body, name)
    if package is None or faults:  # what we could not open ourselves is not put down as sealed
        raise UnusableInputError(f"{campaign / SEALS / name}: chưa niêm phong được ({faults[0].message})")
    path = campaign / SEALS / name
    if changed := sealing.between(sealed.data(package), sealed.remade(campaign, package)):
        raise UnusableInputError(
            f"{path}: chưa niêm phong vì tính lại từ gói không ra đúng số ({changed[0]}); {PLAN} có thể vừa được lưu trong lúc "
            "chạy: đóng tệp đó rồi chạy lại"
        )
    files.write(path, body)
    with ledger.opened(campaign) as book:
        if newest is not None:
            book.file_seal(sealed.entry(newest))
        book.file_seal(sealed.entry(package))
    return Sealing(path=path, package=package, fresh=True, notes=notes, merged=merged)


def _papers(campaign: Path, numbered: Mapping[str, str]) -> dict[str, bytes]:
    """The reports and addenda as they lie there, with their PDF where there is one."""
    named = dict.fromkeys((*REPORTS.values(), *numbered))
    paths = [campaign / n for name in named for n in (name, f"{Path(name).stem}.pdf")]
    return {path.name: content(path) for path in paths if path.is_file()}


def _basis(campaign: Path, merged: Merged, paper: decisions.Paper) -> dict[str, bytes]:
    """What the figures come from, and the table that they make."""
    from lsindicators import compute, exports

    series = compute.series(merged.plan, merged.dataset)
    of = merged.plan, merged.dataset, merged.results, merged.sendings, merged.differences, series
    return {
        PLAN: content(campaign / PLAN),
        **({DECISIONS: paper.content} if paper.content else {}),
        TABLE: exports.write(*of, present={}),
        sealed.DATA: sealed.json_bytes(sealed.document(merged)),
    }


def _account() -> str:
    """Under which account the command ran; empty where the system knows of none."""
    import getpass

    try:
        return getpass.getuser()
    except _ACCOUNTLESS:
        return ""


def _slug(document: str) -> str:
    """``12/BC-SKHCN ngày 09/4/2026`` -> ``12-BC-SKHCN``."""
    number = (addendum.parsed(document) or ("", None))[0].replace("Đ", "D").replace("đ", "d")
    plain = "".join(c for c in unicodedata.normalize("NFD", number) if not unicodedata.combining(c))
    return re.sub(r"[^0-9A-Za-z]+", "-", plain).strip("-")[:60]


# ------------------------------------------------------------------ what stops a sealing


def _refuse_open(campaign: Path, merged: Merged, current: Standing) -> None:
    """A report may be signed with gaps, which it tells; not while returns lie unread or leads disagree."""
    waiting = advice.unread(campaign, [j.receipt for j in current.judged])
    if waiting:
        raise UnusableInputError(
            f"chưa niêm phong: {len(waiting)} tệp trong tra-ve/ chưa đọc ({_few(waiting)}); chạy lsindicators read, merge, "
            "report, xem lại số liệu rồi niêm phong; tệp không thuộc kỳ này thì chuyển ra khỏi tra-ve/"
        )
    disputed = [c for c in merged.dataset.conflicts if c.open and c.code == decisions.sheets.LEADS]
    if disputed:
        raise UnusableInputError(
            f"chưa niêm phong: {len(disputed)} số liệu có các đơn vị chủ trì báo khác nhau mà chưa có quyết định "
            f"({_few([c.variable for c in disputed])}); quyết định ở trang Đối chiếu của {DECISIONS}, chạy lại lsindicators merge, report"
        )


def _few(names: Sequence[str]) -> str:
    more = f" và {len(names) - _NAMED} mục khác" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _refuse_stale(
    campaign: Path,
    newest: sealing.Package | None,
    due: Sequence[amend.Due],
    numbered: Mapping[str, str],
    merged: Merged,
) -> None:
    """Every paper that is sealed is there, closed, and shows the figures that are computed now."""
    before = amend.signed_by(newest)
    fresh = [s for s, name in REPORTS.items() if name in numbered and s not in before]
    for name in (*(REPORTS[s] for s in fresh), *(d.file for d in due)):
        path = campaign / name
        if not path.is_file():
            what = "chưa có báo cáo này" if name in REPORTS.values() else "số liệu hoặc lời văn đã khác bản niêm phong"
            raise UnusableInputError(
                f"{path}: {what}; chạy lsindicators report, xem lại, trình ký rồi mới niêm phong ({_asked(due) or name})"
            )
        if lock := _open_in_word(path):
            raise UnusableInputError(f"{path}: tệp đang mở trong Word (có tệp {lock}); lưu, đóng lại rồi niêm phong")
    for sender in fresh:
        path = campaign / REPORTS[sender]
        if missing := stale(content(path), str(path), merged, sender):
            raise UnusableInputError(
                f"{path}: báo cáo cũ hơn số liệu: {len(missing)} dòng không có số đang tính ({_few(missing)}); chạy lại "
                "lsindicators report, xem chỗ thay đổi, trình ký bản đó rồi niêm phong"
            )
    for d in due:
        path = campaign / d.file
        if missing := amend.lacks(content(path), path, d):
            raise UnusableInputError(
                f"{path}: báo cáo bổ sung cũ hơn số liệu: thiếu {len(missing)} dòng ({_few(missing)}); chạy lại lsindicators "
                "report, trình ký bản đó rồi niêm phong"
            )


def _asked(due: Sequence[amend.Due]) -> str:
    names = [row["code"] for d in due[:1] for row in (*d.correction.criteria, *d.correction.variables)]
    return f"khác ở {_few(names)}" if names else ""


def _open_in_word(path: Path) -> str:
    """The file that Word or LibreOffice leaves beside a document that is open; empty: it is closed."""
    names = (f".~lock.{path.name}#", *(f"~${path.name[n:]}" for n in range(3)))
    return next((name for name in names if (path.parent / name).exists()), "")


def stale(report: bytes, name: str, merged: Merged, sender: papers.Sender) -> tuple[str, ...]:
    """Criteria and figures of which a report that lies there does not show what is computed now, in any of its tables.

    The one place that holds a Word report against the figures: rows are found by code or name, whatever the template.
    """
    from lsindicators.report import content as told

    of = merged.plan, merged.dataset, merged.results, merged.sendings, merged.answers
    made = told.gather(*of, merged.plan.settings.report_deadline, sender)
    shown, found = word.read(report, name), list[str]()
    for table in ("criteria_table", "variables_table"):
        rows = [{field: row[field] for field in _HELD if field in row} for row in made[table] if row["code"]]
        names = [row[key] for row in rows for key in _KEYS]
        if table == "criteria_table" or word.knows(shown, names):  # a template of one's own may leave out the parts
            found += word.lacking(shown, rows, _KEYS, ("value",))
    return tuple(found)


_KEYS = ("code", "name")
_HELD = (*_KEYS, "previous", "value", "coverage")


def _numbered(
    campaign: Path, newest: sealing.Package | None, due: Sequence[amend.Due], documents: Iterable[str]
) -> dict[str, str]:
    """Every paper that is sealed -> number and date of the signed document: as told, or as they stand in its head."""
    known = {} if newest is None else {n: t or "" for n, t in newest.manifest["documents"].items()}
    numbered = {REPORT: ""} | known
    pending = {d.sender: d.file for d in due}
    numbered |= dict.fromkeys(pending.values(), "")
    for text in documents:
        found = addendum.parsed(text)
        if found is None:
            raise UnusableInputError(
                f'--document “{text}”: chưa hiểu số văn bản; ghi như "12/BC-SKHCN ngày 09/4/2026" (số, ký hiệu, ngày)'
            )
        committee = "UBND" in found[0].partition("/")[2].upper()
        sender = papers.Sender.COMMITTEE if committee else papers.Sender.COMPILER
        numbered[pending.get(sender, REPORTS[sender])] = " ".join(text.split())
    return {n: text or ("" if n in known else _in_head(campaign / n)) for n, text in numbered.items()}


def _in_head(paper: Path) -> str:
    """Number and date as a paper that lies there tells them; empty where one is blank, or nothing lies there."""
    text = word.numbered(word.read(content(paper), str(paper))) if paper.is_file() else ""
    return text if addendum.parsed(text) else ""


def _scans(signed: Sequence[Path]) -> dict[str, bytes]:
    """The signed files, under ``ban-ky/``."""
    found: dict[str, bytes] = {}
    for path in signed:
        name = f"{sealed.SIGNED}/{unicodedata.normalize('NFC', path.name)}"
        if not path.is_file():
            raise UnusableInputError(f"--signed {path}: không có tệp này")
        if name in found:
            raise UnusableInputError(f"--signed {path}: hai tệp đã ký trùng tên; đổi tên một tệp")
        found[name] = content(path)
        if not found[name]:
            raise UnusableInputError(f"--signed {path}: tệp rỗng")
    if sum(map(len, found.values())) > SIGNED_LIMIT:
        raise UnusableInputError(
            f"--signed: các tệp đã ký dài hơn {SIGNED_LIMIT // 2**20} MB; quét lại ở độ phân giải thấp hơn (300 dpi, đen trắng)"
        )
    return found


def _is_sealed(
    newest: sealing.Package,
    due: Sequence[amend.Due],
    numbered: Mapping[str, str],
    scans: Mapping[str, bytes],
    campaign: Path,
) -> bool:
    """Whether all that would be sealed now is in the chain already."""
    known = {d for path in sealed.packages(campaign).values() for d in sealed.signed_digests(path)}
    return (
        not due
        and numbered == {name: text or "" for name, text in newest.manifest["documents"].items()}
        and all(files.sha256(scan) in known for scan in scans.values())
    )


def _notes(campaign: Path, merged: Merged, numbered: Mapping[str, str]) -> tuple[str, ...]:
    """What is open in figures that are sealed all the same: gaps that the report tells, and what waits for a person."""
    told = [f"chưa thống nhất: {c.variable}: {c.message}" for c in merged.differences if c.outstanding]
    units = [merged.plan.unit[s.unit].name for s in merged.sendings if s.open]
    told += [f"{len(units)} đơn vị còn số liệu phải sửa: {_few(units)}"] if units else []
    for paper, document in numbered.items():
        path = campaign / paper
        if path.is_file():
            told += _open_in(path, document)
        pdf = path.with_suffix(".pdf")
        if path.is_file() and pdf.is_file() and pdf.stat().st_mtime < path.stat().st_mtime:
            told.append(f"{pdf.name} cũ hơn {paper}, có thể không phải là bản in của nó")
    return tuple(told)


def _open_in(path: Path, document: str) -> list[str]:
    """What a paper that is sealed still asks for, breaks of the decree, or tells otherwise than was told of it."""
    try:
        found, head = decree.check(content(path), path.name), _in_head(path)
    except UnusableInputError as error:  # it is sealed as it lies there, whatever Word makes of it
        return [str(error)]
    asking = [f for f in found if f.code is Code.FORMAT_BLANK and f.severity is not Severity.INFO]
    wrong = [f for f in found if f.severity is Severity.ERROR]
    told = (
        [f"{path.name}: còn {len(asking)} chỗ trong ngoặc vuông chưa ai viết: {_few([str(f.value) for f in asking])}"]
        if asking
        else []
    )
    if wrong:
        told.append(f"{path.name}: {len(wrong)} chỗ chưa đúng thể thức (xem lsindicators report --format {path.name})")
    if head and addendum.parsed(head) != addendum.parsed(document):
        told.append(f"{path.name} ghi số {head}, khác số đã khai là {document}")
    return told
