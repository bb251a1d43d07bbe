"""``read --explain``: everything known of one file, by its name, its bytes or its SHA-256. Nothing is written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from lsindicators import files, ledger, values
from lsindicators.errors import UnusableInputError
from lsindicators.findings import Finding, Verdict
from lsindicators.memory import Memory
from lsindicators.model import Figure, Plan, Receipt, State, Status, Token, Told, Value
from lsindicators.pipeline.campaign import RETURNS, Json, Progress, quietly, read_plan
from lsindicators.pipeline.documents import decision_json, finding_json, tally_json
from lsindicators.pipeline.receipts import counting
from lsindicators.pipeline.standing import Judged, Standing, advantage, rivals, standing


class Taken(Struct, frozen=True, kw_only=True):
    """One value of a return, and what the return that it replaced had there."""

    variable: str
    year: int
    figure: Figure | None  # None: only the former return had a value
    former: Value | None
    changed: bool  # against the return that it replaced; without one nothing has changed


class Known(Struct, frozen=True, kw_only=True):
    """What is known of some bytes."""

    sha256: str
    names: tuple[str, ...]  # of the files on disk that were asked for and hold these bytes
    receipts: tuple[Receipt, ...]  # in the order of reading; none: they were never read
    judged: Judged | None
    stamps: tuple[Token, ...]
    counts: bool
    why: str  # it counts, or does not
    current: Judged | None  # the return that counts for the unit
    former: Judged | None  # the return that this one replaced
    taken: tuple[Taken, ...]
    log: tuple[Told, ...]

    def to_json(self) -> Json:
        verdict = self.judged.verdict if self.judged else None
        return {
            "sha256": self.sha256,
            "receipts": [
                {
                    "file": r.file,
                    "order": r.order,
                    "size": r.size,
                    "sent_at": r.sent_at.isoformat(),
                    "read_at": r.read_at.isoformat(),
                }
                for r in self.receipts
            ],
            "unit": verdict.unit if verdict else None,
            "stamps": [{"text": t.text, "place": t.place} for t in self.stamps],
            "round": verdict.round if verdict else None,
            "status": verdict.status.value if verdict else None,
            "control": (verdict.control or None) if verdict else None,
            "current": self.counts,
            "why": self.why,
            "current_file": self.current.receipt.file if self.current else None,
            "current_sha256": self.current.receipt.sha256 if self.current else None,
            "replaced_file": self.former.receipt.file if self.former else None,
            "counts": tally_json(verdict.findings if verdict else ()),
            "values": [_taken_json(t) for t in self.taken],
            "decisions": [decision_json(d) for d in verdict.decisions] if verdict else [],
            "untaken": dict(verdict.untaken) if verdict else {},
            "findings": [finding_json(f) for f in verdict.findings] if verdict else [],
            "log": [_told_json(line) for line in self.log],
        }


def _taken_json(taken: Taken) -> Json:
    figure = taken.figure
    return {
        "variable": taken.variable,
        "year": taken.year,
        "value": values.plain(figure.value) if figure else None,
        "state": figure.state.value if figure else None,
        "file": figure.at.workbook if figure and figure.at else None,
        "sheet": figure.at.sheet if figure and figure.at else None,
        "cell": figure.at.address if figure and figure.at else None,
        "former": values.plain(taken.former),
        "changed": taken.changed,
    }


def _told_json(line: Told) -> Json:
    return {
        "told_at": line.told_at.isoformat(),
        "tool": line.tool,
        "plan_sha256": line.plan,
        "decisions_sha256": line.decisions or None,
        "unit": line.unit,
        "round": line.round,
        "status": line.status.value,
        "current": line.counts,
        "values": line.values,
        "counts": {"error": line.errors, "question": line.questions, "warning": line.warnings, "info": line.infos},
        "control": line.control or None,
        "figures_sha256": line.figures,
    }


class Explained(Struct, frozen=True, kw_only=True):
    """All that a name, a file or a SHA-256 led to."""

    plan: Plan
    asked: str
    known: tuple[Known, ...]
    empty: tuple[Finding, ...]  # what a container holds besides, and has no bytes that could be known

    @property
    def exit_code(self) -> int:
        """1 where some of the bytes were never read, or could not be."""
        return 0 if all(k.receipts for k in self.known) and not self.empty else 1

    def to_json(self) -> Json:
        return {
            "year": self.plan.year,
            "asked": self.asked,
            "files": [k.to_json() for k in self.known],
            "empty": [{"file": f.at.workbook, **finding_json(f)} for f in self.empty],
        }


def explain(campaign: Path, asked: str, progress: Progress = quietly) -> Explained:
    """Everything known of the file ``asked``: a file on disk, a name as ``read`` lists it, or the digits of a SHA-256.

    Raises ``UnusableInputError`` when it is none of them.
    """
    memory = Memory(campaign)
    plan, _ = read_plan(campaign, memory)
    current = standing(campaign, plan, progress, memory=memory)
    with ledger.reading(campaign) as book:
        receipts, log = book.receipts(), book.told()
        names, empty = _on_disk(campaign, asked)
        digests = dict.fromkeys((*names, *_by_name(receipts, asked), *_by_digits(receipts, asked)))
        if not digests:
            raise UnusableInputError(
                f"{asked}: không có tệp này, và sổ cái không có tệp nào tên như vậy hay có SHA-256 bắt đầu như vậy; "
                "ghi tên đúng như lsindicators read in ra (ví dụ thu.zip!bieu.xlsx), hoặc ít nhất 8 ký tự của SHA-256"
            )
        known = (_known(book, current, receipts, log, digest, tuple(names.get(digest, ()))) for digest in digests)
        return Explained(plan=plan, asked=asked, known=tuple(known), empty=empty)


# ------------------------------------------------------------------ what was asked for


def _on_disk(campaign: Path, asked: str) -> tuple[dict[str, list[str]], tuple[Finding, ...]]:
    """(SHA-256 -> names, what has no bytes), of the file on disk, or of what it holds if it is a container."""
    from lsindicators import inbox

    found: dict[str, list[str]] = {}
    path = next((p for p in (Path(asked), campaign / asked, campaign / RETURNS / asked) if _is_there(p)), None)
    if path is None:
        return found, ()
    if path.is_dir():
        raise UnusableInputError(f"{path}: đây là thư mục; ghi tên một tệp")
    empty: list[Finding] = []
    for arrival in inbox.collect([path], campaign):
        if arrival.content:
            found.setdefault(files.sha256(arrival.content), []).append(arrival.file)
        else:
            empty += arrival.findings
    if empty and not found:
        raise UnusableInputError("; ".join(map(str, empty)))
    return found, tuple(empty)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # no name of a file
        return False


def _by_name(receipts: Sequence[Receipt], asked: str) -> Iterator[str]:
    """The bytes that came under a name, given whole or its end, or with the way to the campaign before it; of a
    container all that came in it."""
    wanted = unicodedata.normalize("NFC", asked.replace("\\", "/")).removeprefix("./")
    for r in receipts:
        if wanted and any(_is_called(name, wanted) for name in (r.file, r.file.partition("!")[0])):
            yield r.sha256


def _is_called(name: str, wanted: str) -> bool:
    return name == wanted or name.endswith((f"/{wanted}", f"!{wanted}")) or wanted.endswith(f"/{name}")


def _by_digits(receipts: Sequence[Receipt], asked: str) -> Iterator[str]:
    digits = asked.strip().rstrip(".…").lower()
    if re.fullmatch(r"[0-9a-f]{8,64}", digits):
        yield from (r.sha256 for r in receipts if r.sha256.startswith(digits))


# ------------------------------------------------------------------ what is known


def _known(
    book: ledger.Ledger,
    current: Standing,
    receipts: Sequence[Receipt],
    log: Sequence[Told],
    digest: str,
    names: tuple[str, ...],
) -> Known:
    came = tuple(r for r in receipts if r.sha256 == digest)
    orders = {r.order for r in came}
    judged = next((j for j in current.judged if j.receipt.sha256 == digest and _is_first(j)), None)
    queue = rivals(current, judged)
    at = next((i for i, j in enumerate(queue) if judged and j.receipt.order == judged.receipt.order), None)
    former = queue[at - 1] if at else None
    orders_counting = counting(current)
    of_unit = current.current.get(judged.verdict.unit or "") if judged else None
    if of_unit is not None and of_unit.receipt.order not in orders_counting:
        of_unit = None  # nothing was taken of it
    counts = judged is not None and judged.receipt.order in orders_counting
    return Known(
        sha256=digest,
        names=names,
        receipts=came,
        judged=judged,
        stamps=_stamps(book.original(digest, came[0].file), came[0].file, digest) if came else (),
        counts=counts,
        why=_why(judged, counts, of_unit, queue),
        current=of_unit,
        former=former,
        taken=_taken(judged.verdict, former.verdict if former else None) if judged else (),
        log=tuple(line for line in log if line.receipt in orders),
    )


def _is_first(judged: Judged) -> bool:
    return judged.verdict.status is not Status.DUPLICATE


def _stamps(content: bytes, file: str, digest: str) -> tuple[Token, ...]:
    from lsindicators import inbox, returns

    kind, _ = inbox.examine(content, file)
    ret, _ = returns.read(content, file, digest, kind) if kind else (None, ())
    return ret.tokens if ret else ()


def _why(judged: Judged | None, counts: bool, current: Judged | None, rivals: Sequence[Judged]) -> str:
    if judged is None:
        return "tệp này chưa được đọc: bỏ vào tra-ve/ rồi chạy lsindicators read"
    if judged.verdict.status is Status.REJECTED:
        other = f"; đơn vị đang được tính theo {current.receipt.file}" if current else ""
        return f"không lấy được số liệu nào từ tệp này{other}"
    if counts:
        others = [j for j in rivals if j.receipt.order != judged.receipt.order]
        if not others:
            return "đang được tính: là bản duy nhất dùng được của đơn vị"
        return f"đang được tính, thay cho {others[-1].receipt.file}: {advantage(judged, others[-1])}"
    if current is None:
        return "không được tính: không còn bản nào của đơn vị được tính"
    return f"không được tính: đã có {current.receipt.file} thay thế, {advantage(current, judged)}"


def _taken(verdict: Verdict, former: Verdict | None) -> tuple[Taken, ...]:
    """Every value of a return beside that of the one it replaced, in the order of the form, then what is there no more."""
    new = {(f.variable, f.year): f for f in verdict.figures}
    old = {(f.variable, f.year): f for f in former.figures} if former else {}
    return tuple(
        Taken(
            variable=place[0],
            year=place[1],
            figure=new.get(place),
            former=old[place].value if place in old else None,
            changed=former is not None and _said(new.get(place)) != _said(old.get(place)),
        )
        for place in (*new, *(p for p in old if p not in new))
    )


def _said(figure: Figure | None) -> tuple[Value | None, State] | None:
    return (figure.value, figure.state) if figure else None
