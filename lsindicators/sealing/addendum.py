"""What was signed and what is computed now in; out the report that supplements and corrects the signed one, in Word."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from msgspec import Struct

from lsindicators import files, papers, values
from lsindicators.errors import UnusableInputError
from lsindicators.model import Criterion, Dataset, Figure, Plan, Receipt
from lsindicators.papers.attached import attach
from lsindicators.sealing.differences import Shift, between

SHIPPED = "bao-cao-bo-sung.docx"
NO_FIGURE, NO_CHANGE = "Chưa có số liệu", "–"
NOT_THERE = "Không có trong báo cáo đã ký"
MINISTRY = "Bộ Khoa học và Công nghệ"

_ROW = dict.fromkeys(("number", "code", "name", "measure", "signed", "corrected", "change", "reason"), "")

TAGS: dict[str, Any] = {
    **papers.FIELDS,
    **dict.fromkeys(
        ("addressee", "year", "sign_year", "reference", "short_reference", "signed_on", "former", "why"), ""
    ),
    "criteria": [_ROW],
    "variables": [_ROW],
    "words": [dict.fromkeys(("number", "signed", "corrected"), "")],
    "kept": [""],
}
"""Every tag that the template may use."""

_REASONS = 3
"""So many reasons are told of one figure."""

_PART, _MARK = "customXml/lsi-bo-sung.xml", re.compile(rb'van-ban="([0-9a-f]{64})"')

Rows = list[dict[str, str]]


class Correction(Struct, frozen=True, kw_only=True):
    """What an addendum has to say: figures and words that are not as they were signed."""

    criteria: Rows
    variables: Rows
    words: Rows
    criteria_before: int  # criteria of the signed report
    resent: int  # units whose figures of another return count now
    documents: tuple[str, ...]  # by which the clerk decided since

    @property
    def is_empty(self) -> bool:
        return not (self.criteria or self.variables or self.words)


class Now(Struct, frozen=True, kw_only=True):
    """The province's table as it is computed now."""

    plan: Plan
    dataset: Dataset
    document: Mapping[str, Any]  # as ``merge --json``, with exact numbers
    sent: Mapping[str, Receipt]  # unit -> its return that counts


def correction(signed: Mapping[str, Any], now: Now, words: Iterable[tuple[str, str]] = ()) -> Correction:
    """What differs between the document that was sealed and the one of today, as it is printed, each with its reason."""
    shifts = between(signed, now.document)
    reasons = _Reasons(signed, now, shifts)
    rows = {kind: list(_rows(kind, signed, now, reasons)) for kind in ("criteria", "companions", "variables")}
    told = [{"signed": old or NOT_THERE, "corrected": new or "(bỏ)"} for old, new in words]
    return Correction(
        criteria=_numbered([*rows["criteria"], *rows["companions"]]),
        variables=_numbered(rows["variables"]),
        words=_numbered(told),
        criteria_before=len(signed.get("criteria") or ()),
        resent=len(reasons.resent),
        documents=tuple(reasons.documents),
    )


def _numbered(rows: Rows) -> Rows:
    return [{**row, "number": str(n)} for n, row in enumerate(rows, 1)]


def _rows(kind: str, signed: Mapping[str, Any], now: Now, reasons: _Reasons) -> Iterator[dict[str, str]]:
    """Rows of one section: this year's figure, and last year's where that was corrected."""
    before = {item["code"]: item for item in signed.get(kind) or ()}
    after = {item["code"]: item for item in now.document.get(kind) or ()}
    for code in dict.fromkeys((*after, *before)):
        old, new = before.get(code), after.get(code)
        name, measure, decimals = _named(now.plan, kind, code, new or old or {})
        year = now.plan.year
        for field, title in (("value", name), ("previous", f"{name} (năm {year - 1})")):
            if field == "previous" and (kind == "variables" or old is None or new is None):
                continue
            texts = tuple(_text(item, field, decimals) for item in (old, new))
            counts = tuple(_coverage(item) if field == "value" else "" for item in (old, new))
            if texts[0] == texts[1] and counts[0] == counts[1]:
                continue
            covered = counts[0] != counts[1] and all(counts)
            shown = [f"{t} ({c})" if covered else t for t, c in zip(texts, counts, strict=True)]
            yield {
                **_ROW,
                "code": code,
                "name": title,
                "measure": measure or NO_CHANGE,
                "signed": shown[0],
                "corrected": shown[1],
                "change": _difference(old, new, field, decimals),
                "reason": reasons.of(kind, code, old, new),
            }


def _named(plan: Plan, kind: str, code: str, item: Mapping[str, Any]) -> tuple[str, str, int | None]:
    if kind == "variables":
        v = plan.variable.get(code)
        return (f"{v.name} ({code})", v.measure, None) if v else (code, "", None)
    found: Criterion | None = next((c for c in (*plan.criteria, *plan.companions) if c.code == code), None)
    return (found.name, found.measure, found.decimals) if found else (str(item.get("name") or code), "", None)


def _text(item: Mapping[str, Any] | None, field: str, decimals: int | None) -> str:
    if item is None:
        return NOT_THERE
    value = _value(item, field)
    if value is None:
        return NO_FIGURE
    if isinstance(value, Decimal):
        return values.format_number(value, _places(value) if decimals is None else decimals)
    return values.short(value, 200)


def _value(item: Mapping[str, Any], field: str) -> Decimal | str | None:
    """A figure of the document with all its digits."""
    exact = (item.get("exact") or {}).get(field)
    value = item.get(field) if exact is None else Decimal(exact)
    return Decimal(value) if isinstance(value, int) else value


def _places(value: Decimal) -> int:
    """The places of a total that are printed: as many as it has, at most two."""
    exponent = value.normalize().as_tuple().exponent
    return min(max(-exponent, 0), 2) if isinstance(exponent, int) else 0


def _coverage(item: Mapping[str, Any] | None) -> str:
    if item is None:
        return ""
    told = item.get("coverage") or {"reported": item.get("reported_units"), "expected": item.get("expected_units")}
    return f"{told['reported']}/{told['expected']}"


def _difference(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None, field: str, decimals: int | None) -> str:
    """Between the figures as they are printed, so that a reader who subtracts finds it."""
    before, after = (_value(item, field) if item else None for item in (old, new))
    if not isinstance(before, Decimal) or not isinstance(after, Decimal):
        return NO_CHANGE
    places = max(_places(before), _places(after)) if decimals is None else decimals
    moved = values.rounded(after, places) - values.rounded(before, places)
    return f"{'+' if moved > 0 else ''}{values.format_number(moved, places)}" if moved else NO_CHANGE


# ------------------------------------------------------------------ why


class _Reasons:
    """Why a figure is not what was signed: who sent it again, or which document decided it."""

    def __init__(self, signed: Mapping[str, Any], now: Now, shifts: Iterable[Shift]) -> None:
        self._now, self._signed = now, signed
        self._before = {(f["variable"], f["unit"], int(f["year"])): f for f in signed.get("figures") or () if f["unit"]}
        self._by: dict[str, list[str]] = {}
        self.resent: dict[str, None] = {}  # units
        self.documents: dict[str, None] = {}
        seen = (s.key for s in shifts if s.section == "figures" and {"value", "state", ""} & set(s.fields))
        for variable, unit, year in dict.fromkeys(seen):
            self._by.setdefault(variable, []).append(self._figure(variable, unit, int(year)))

    def _figure(self, variable: str, unit: str, year: int) -> str:
        plan = self._now.plan
        figure: Figure | None = self._now.dataset.figure.get((variable, unit, year))
        known = plan.any_unit.get(unit)
        name = known.name if known else unit or f"Tỉnh {plan.settings.province}"
        if figure is not None and figure.decision is not None:
            self.documents[figure.decision.cited] = None
            return f"{name}: {figure.decision.cited} ({values.short(figure.decision.reason, 120)})"
        before, receipt = self._before.get((variable, unit, year)), self._now.sent.get(unit)
        if receipt is None or (before is not None and before.get("sha256") == receipt.sha256):
            return f"{name}: sửa trong bản phân công hoặc quyết định của đầu mối"
        self.resent[unit] = None
        again = "gửi" if before is None else "gửi lại"
        lost = " (chưa có số dùng được)" if figure is None else ""
        return f"{name} {again} số liệu ngày {values.format_date(receipt.sent_at.date())}{lost}"

    def of(self, kind: str, code: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> str:
        """The reasons of a row, the first few of them."""
        if old is None:
            return "Bổ sung trong bản phân công"
        if new is None:
            return "Không còn trong bản phân công"
        if kind == "variables":
            told = self._of_variable(code, old, new)
        else:
            told = ["Sửa công thức tính"] if old.get("formula") != new.get("formula") else []
            inputs = dict.fromkeys(name.partition("@")[0] for name in (*(old.get("inputs") or ()), *new["inputs"]))
            for variable in inputs:
                told += self._of_variable(variable, *(_item(d, variable) for d in (self._signed, self._now.document)))
        told = list(dict.fromkeys(told)) or ["Sửa trong bản phân công hoặc số liệu năm trước"]
        more = f"; và {len(told) - _REASONS} thay đổi khác" if len(told) > _REASONS else ""
        return "; ".join(told[:_REASONS]) + more

    def _of_variable(self, code: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> list[str]:
        settled = (new or {}).get("decision")
        if settled and settled != (old or {}).get("decision"):
            dated = settled.get("dated")
            day = f" ngày {values.format_date(date.fromisoformat(dated))}" if dated else ""
            self.documents[f"{settled['document']}{day}"] = None
            return [f"{settled['document']}{day} ({values.short(settled['reason'], 120)})"]
        return self._by.get(code, [])


def _item(document: Mapping[str, Any], code: str) -> Mapping[str, Any] | None:
    return next((v for v in document.get("variables") or () if v["code"] == code), None)


# ------------------------------------------------------------------ the paper


class Reference(Struct, frozen=True, kw_only=True):
    """The signed report that is corrected: number and date, where they are known, and the addenda since."""

    document: str  # "12/BC-SKHCN ngày 09/4/2026"; empty: not told
    former: Sequence[str] = ()  # numbers and dates of the addenda that were signed since


def fill(plan: Plan, of: Correction, reference: Reference, sender: papers.Sender, year: int) -> bytes:
    """The addendum of ``sender`` as a .docx, to be signed in ``year``; same input, same bytes."""
    template = papers.shipped(SHIPPED)
    if faults := papers.lint(template, TAGS, SHIPPED):
        raise UnusableInputError(faults[0])
    told = papers.plain(gather(plan, of, reference, sender, year))
    title = f"Báo cáo bổ sung, đính chính số liệu năm {plan.year}"
    body = papers.ready(template, SHIPPED, plan, title).filled(told)
    mark = f'<bo-sung xmlns="urn:lsindicators:bo-sung" van-ban="{_text_digest(body)}"/>'
    part = papers.Attachment(id="rIdBoSung", part=_PART, kind="customXml", content=mark.encode(), content_type="")
    return attach(body, (part,), plan.year)


def gather(plan: Plan, of: Correction, reference: Reference, sender: papers.Sender, year: int) -> dict[str, Any]:
    """All that the template may print, shaped as ``TAGS``."""
    head = papers.lines(plan.settings, sender)
    symbol = f"BC-{head['symbol']}"
    document, day = parsed(reference.document) or (f"\u2026\u2026/{symbol}", None)
    blank = f"ngày {_BLANK} tháng {_BLANK} năm {year}"
    return {
        **head,
        "symbol": symbol,
        "addressee": MINISTRY if sender is papers.Sender.COMMITTEE else plan.settings.issuer,
        "year": str(plan.year),
        "sign_year": str(year),
        "reference": f"{document} {values.long_date(day) if day else blank}",
        "short_reference": document,
        "signed_on": f"Ngày {values.format_date(day)}" if day else "Vừa qua",
        "former": _former(reference.former),
        "why": _why(of),
        "criteria": of.criteria,
        "variables": of.variables,
        "words": of.words,
        "kept": _kept(of),
    }


_BLANK = "\u2026"


def _former(documents: Sequence[str]) -> str:
    named = [f"Báo cáo số {d}" for d in documents]
    return f", đã được bổ sung, đính chính tại {'; '.join(named)}" if named else ""


def _why(of: Correction) -> str:
    """What has happened since the report was signed, in half a sentence."""
    parts = [f"{_count(of.resent)} đơn vị gửi lại hoặc gửi thêm số liệu"] if of.resent else []
    if of.documents:
        more = " và văn bản khác" if len(of.documents) > _REASONS else ""
        parts.append(f"số liệu được điều chỉnh theo {', '.join(of.documents[:_REASONS])}{more}")
    if not parts and (of.criteria or of.variables):
        parts.append("một số số liệu được rà soát, sửa lại")
    if of.words:
        parts.append("một số đoạn của báo cáo được rà soát, sửa lại")
    return "; ".join(parts)


def _kept(of: Correction) -> list[str]:
    """What stays as it was signed."""
    changed = len({row["code"] for row in of.criteria})
    left = max(of.criteria_before - changed, 0)
    told = []
    if not of.criteria:
        told.append(f"Số liệu của cả {_count(of.criteria_before)} tiêu chí không thay đổi.")
    elif left:
        told.append(
            f"Số liệu của {_count(left)} tiêu chí còn lại (trong {_count(of.criteria_before)} tiêu chí) không thay đổi. Nhận xét, bảng, biểu đồ, phụ lục "
            "của báo cáo đã ký có dùng các số liệu nêu trên được hiểu theo số đính chính."
        )
    return [*told, "Các nội dung khác của báo cáo đã ký giữ nguyên."]


def _count(number: int) -> str:
    return f"{number:02d}"


_DOCUMENT = re.compile(r"(?:báo cáo )?(?:số )?(?P<number>\d+/[^\s,;]+)(?:[\s,]+(?P<day>.+))?", re.IGNORECASE)
_OF_DAY = re.compile(r"ngày (?=\d{1,2}[/.-])", re.IGNORECASE)


def parsed(document: str) -> tuple[str, date | None] | None:
    """Number and symbol, and the date, of ``12/BC-SKHCN ngày 09/4/2026``; ``None`` for what is no such thing."""
    found = _DOCUMENT.fullmatch(values.clean(document))
    if found is None:
        return None
    if not found["day"]:
        return found["number"], None
    day = values.parse_date(_OF_DAY.sub("", found["day"]))
    return None if day is None else (found["number"], day)


# ------------------------------------------------------------------ a draft that a person has written in


def is_untouched(content: bytes) -> bool:
    """Whether the text of an addendum is still as we wrote it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            mark = _MARK.search(package.read(_PART))
        return mark is not None and mark[1].decode() == _text_digest(content)
    except (zipfile.BadZipFile, KeyError, OSError, ValueError):
        return False


def _text_digest(document: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(document)) as package:
        return files.sha256(package.read("word/document.xml"))
