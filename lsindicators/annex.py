"""A trace in, out the Word annex for who audits the number: how it was worked out, and every cell that it rests on.

What it looks like is drawn in ``templates/docx/truy-nguyen.docx``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from lsindicators import papers, values
from lsindicators.errors import UnusableInputError
from lsindicators.model import Plan
from lsindicators.provenance import Contribution, Input, Ruling, Trace, words

TEMPLATE = "truy-nguyen.docx"

_ROW = dict.fromkeys(("detail", "number", "unit", "value", "state", "file", "cell", "sha256", "sent", "read"), "")
_RULING = dict.fromkeys(("number", "cell", "about", "decision", "reason", "document", "state"), "")

TAGS: dict[str, Any] = {
    **papers.FIELDS,
    **dict.fromkeys(("symbol", "sign_year", "year", "code", "title", "original"), ""),
    "facts": [{"label": "", "text": ""}],
    "steps": [""],
    "inputs": [
        {"number": "", "title": "", "sentence": "", "rows": [_ROW], "beside": [_ROW], "lacking": [""], "rulings": [_RULING]}
    ],
    "files": [dict.fromkeys(("number", "file", "what", "sha256"), "")],
    "checks": [""],
}  # fmt: skip
"""Every tag that the template may use."""

_SHORT = 15
"""Characters of a text that stands among the figures."""

ORIGINALS, RECORDS = "so-cai/goc", "Năm trước"


def write(plan: Plan, trace: Trace, template: bytes | None = None, *, name: str = TEMPLATE) -> bytes:
    """The annex as a .docx; same input, same bytes. ``name`` is the template's, for messages.

    Raises ``UnusableInputError`` with file and place when the template cannot be used.
    """
    drawn = papers.shipped(name) if template is None else template
    faults = papers.lint(drawn, TAGS, name)
    if faults:
        more = f" (và {len(faults) - 1} lỗi khác)" if len(faults) > 1 else ""
        raise UnusableInputError(f"{faults[0]}{more}")
    ready = papers.ready(drawn, name, plan, f"Phụ lục truy nguyên số liệu {trace.code} năm {trace.year}")
    return ready.filled(papers.plain(gather(plan, trace)))


def gather(plan: Plan, trace: Trace) -> dict[str, Any]:
    """All that the template may print, shaped as ``TAGS``."""
    settings = plan.settings
    return {
        **papers.lines(settings),
        "symbol": f"BC-{papers.initials(settings.compiler)}",
        "sign_year": str(settings.report_deadline.year),
        "year": str(trace.year),
        "code": trace.code,
        "title": trace.name,
        "original": ORIGINALS,
        "facts": [{"label": label, "text": text} for label, text in _facts(plan, trace) if text],
        "steps": list(words.calculation(trace)),
        "inputs": [_input(plan, trace, n, i) for n, i in enumerate(trace.inputs, 1)],
        "files": [
            {"number": str(n), "file": file, "what": what, "sha256": sha256}
            for n, (sha256, (file, what)) in enumerate(_files(trace).items(), 1)
        ],
        "checks": list(_checks(trace)),
    }


def _facts(plan: Plan, t: Trace) -> Iterator[tuple[str, str]]:
    yield "Con số", words.title(plan, t)
    yield "Năm số liệu", str(t.year)
    yield "Giá trị", words.printed(t)
    if t.formula:
        yield "Công thức", f"{words.formula(t)} (trang Tiêu chí của phan-cong.xlsx)"
    yield "Độ phủ", words.coverage(t)
    yield "Còn thiếu", ", ".join(t.missing)
    for conflict in t.conflicts:
        yield words.standing(conflict), f"{conflict.variable}: {conflict.message}"


def _input(plan: Plan, t: Trace, number: int, i: Input) -> dict[str, Any]:
    measure = f" ({i.variable.measure})" if i.variable.measure else ""
    cover = f"; {i.reported}/{i.expected} đơn vị có số liệu" if i.total and i.expected else ""
    return {
        "number": f"3.{number}",
        "title": f"{i.code}: {i.variable.name}{measure}, năm {i.year}",
        "sentence": f"{i.code} = {i.aggregated.text}{cover}.",
        "rows": list(_rows(i.contributions)),
        "beside": list(_rows(i.beside)),
        "lacking": list(_lacking(i)),
        "rulings": [_ruling(plan, n, r) for n, r in enumerate(i.rulings, 1)],
    }


def _rows(contributions: Iterable[Contribution]) -> Iterator[dict[str, str]]:
    for number, c in enumerate(contributions, 1):
        at = c.at
        yield {
            **_ROW,
            "number": str(number),
            "unit": c.name,
            "value": "ở dòng dưới" if _is_long(c) else words.figure(c.value),
            "state": c.state.value if c.state else "",
            "file": at.workbook if at else "cộng từ các dòng dưới đây",
            "cell": f"{at.sheet}!{at.address}" if at else "",
            "sha256": words.short(c.sha256),
            "sent": words.moment(c.sent_at),
            "read": words.moment(c.read_at),
        }
        for detail in (*([words.figure(c.value)] if _is_long(c) else []), *words.details(c)):
            yield {**_ROW, "detail": values.sentence(detail)}


def _is_long(c: Contribution) -> bool:
    """Whether a text has no room in the column of figures."""
    return isinstance(c.value, str) and len(c.value) > _SHORT


def _lacking(i: Input) -> Iterator[str]:
    for why, units in words.absent(i):
        named = ", ".join(c.name for c in units)
        told = f"{named}: {why}" if len(units) == 1 else f"{len(units)} đơn vị {why}: {named}"
        more = "; ".join(words.details(units[0])) if len(units) == 1 else ""
        yield values.sentence("; ".join(filter(None, (told, more))))


def _ruling(plan: Plan, number: int, r: Ruling) -> dict[str, str]:
    unit = plan.any_unit[r.unit].name if r.unit in plan.any_unit else r.unit
    year = f"năm {r.year}" if r.year is not None else "cả bản gửi"
    sent = f"đã gửi: {words.figure(r.sent)}" if r.sent is not None else ""
    return {
        "number": str(number),
        "cell": f"{r.at.sheet}!{r.at.address}",
        "about": "; ".join(filter(None, (unit, year, sent))),
        "decision": r.choice.value + (f" {words.figure(r.value)}" if r.value is not None else ""),
        "reason": r.reason,
        "document": r.document + (f", {values.format_date(r.dated)}" if r.dated else ""),
        "state": r.state,
    }


def _files(t: Trace) -> dict[str, tuple[str, str]]:
    """SHA-256 -> the file and what it is, in the order in which the annex names them."""
    found: dict[str, tuple[str, str]] = {}

    def add(sha256: str, file: str, what: str) -> None:
        if sha256:
            found.setdefault(sha256, (file, what))

    if t.record is not None:
        add(t.record.sha256, t.record.at.workbook, "bản phân công")
    for i in t.inputs:
        for c in (*i.contributions, *i.beside, *i.lacking):
            if c.at is not None and c.read_at:
                add(c.sha256, c.at.workbook, "bản đơn vị gửi")
            elif c.at is not None and c.at.sheet != RECORDS:
                add(c.sha256, c.at.workbook, "quyết định của đầu mối")
            elif c.at is not None or c.parts:
                add(c.sha256, "phan-cong.xlsx", "bản phân công")
            for f in (*((c.sent,) if c.sent else ()), *c.former):
                add(f.sha256, f.at.workbook, "bản đơn vị gửi" if f is c.sent else "bản khác của đơn vị")
        for r in i.rulings:
            add(r.sha256, r.at.workbook, "quyết định của đầu mối")
    return found


def _checks(t: Trace) -> Iterator[str]:
    """How a person checks the number by hand."""
    yield (
        f"Lấy tệp bản gốc trong thư mục {ORIGINALS} của kỳ báo cáo: tên tệp là mã SHA-256 đầy đủ ở mục 4. Tính lại mã của tệp "
        "(Windows: certutil -hashfile TỆP SHA256; Linux: sha256sum TỆP): hai mã bằng nhau nghĩa là tệp còn nguyên như đơn vị gửi"
    )
    yield "Sao tệp ra chỗ khác, thêm đuôi .xlsx (.xls, .ods theo tên gốc), mở bằng Excel và xem đúng trang, đúng ô ghi ở mục 3"
    yield "Cộng (hoặc tính) lại các số ở mục 3 theo cách tổng hợp đã ghi, rồi thay vào công thức ở mục 1; kết quả phải bằng mục 2"
    if any(c.at is not None and not c.read_at for i in t.inputs for c in (*i.contributions, *i.beside)):
        yield (
            "Số năm trước và số do đầu mối quyết định: mở phan-cong.xlsx (trang Năm trước) và dieu-chinh.xlsx tại đúng ô đã "
            "ghi; các bản dieu-chinh.xlsx đã áp dụng được giữ trong so-cai/dieu-chinh"
        )
