"""A former report and a new one -> the new one with the words that people wrote into the former, and what is not as it was.

Every report carries what it was made with: its figures as printed, and a key of each line of its text. So the next one can
tell what changed in figures, what people changed by hand, and which of their words speak of a figure that is no more.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from lsindicators import files
from lsindicators.papers import places
from lsindicators.papers.attached import Attachment, attach
from lsindicators.papers.cleaned import Words
from lsindicators.papers.markup import escape, quoteattr
from lsindicators.papers.opened import Opened, UnreadablePaperError, with_parts
from lsindicators.papers.places import PLACE, Offered, Standing, Taken
from lsindicators.papers.wording import key

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_SPACE = "urn:lsindicators:draft:1"
UNMARKED = (
    "bản cũ không mang dấu của lệnh report (lập bằng bản cũ của công cụ, hoặc lưu bằng phần mềm làm mất dấu đó), nên không so "
    "được số liệu, không biết đã sửa tay những gì"
)
_ITEM = "{1F6B1B0E-6D0A-4E53-9C44-7B1D5C2F7A10}"
"""By which Word knows the part that is ours."""


class Figure(Struct, frozen=True):
    """A figure as a report prints it."""

    code: str
    text: str
    change: str  # against last year
    measure: str
    coverage: str
    name: str


_FIELDS = tuple(Figure.__struct_fields__)


class Change(Struct, frozen=True):
    """A figure that is printed otherwise than in the former report; empty where it was not printed, or is no more."""

    code: str
    name: str
    former: str
    now: str


class Stale(Struct, frozen=True):
    """Words that name a figure as it was printed before."""

    tag: str
    title: str
    text: str  # what stands around the figure
    code: str
    former: str
    now: str


class Written(Struct, frozen=True):
    """A place of the report for words of people, and the words in it: in an open one those that ask for some."""

    tag: str
    title: str
    words: str = ""
    inline: bool = False  # number and date, which stand in a line of the head


class Revised(Struct, frozen=True, kw_only=True):
    """A new report with the words of the former one."""

    content: bytes
    kept: tuple[Written, ...] = ()
    open: tuple[Written, ...] = ()
    deleted: tuple[Written, ...] = ()
    compared: bool = False  # the former report told what it was made with
    changed: tuple[Change, ...] = ()
    coverage: int = 0  # figures printed as before, that rest on other units now
    paragraphs: int = 0  # of the text that are new or read otherwise
    cells: int = 0
    stale: tuple[Stale, ...] = ()
    by_hand: tuple[str, ...] = ()  # what people changed outside the places: how it reads in the former report
    removed: int = 0  # lines that people took out there
    lost: tuple[str, ...] = ()  # what else of the former report is not in the new one, and why

    @property
    def aside(self) -> bool:
        """Whether the former report holds something that the new one does not."""
        return bool(self.by_hand or self.removed or self.lost)


# ------------------------------------------------------------------ what a report was made with


class _Made(Struct, frozen=True, kw_only=True):
    """What a report was made with."""

    digest: str  # of the report before anything was put into it
    figures: Mapping[str, Figure]
    prompts: Mapping[str, str]  # of its places: tag -> key of what stood there
    lines: tuple[str, ...]
    beside: tuple[str, ...]
    pictures: int
    before: tuple[tuple[str, str], ...] = ()  # code and former text of figures that kept words still name


def stamped(report: bytes, told: Mapping[str, Any], year: int) -> bytes:
    """``report`` with a part that tells what it was made with."""
    new = places.offered(Opened(report))
    lines, beside = places.keys(new)
    rows = [r for r in (*told["criteria_table"], *told["variables_table"]) if r["code"]]
    made = _Made(
        digest=files.sha256(report),
        figures={r["code"]: _figure(r) for r in rows},
        prompts={p.tag: key(p.prompt) for p in new.places},
        lines=tuple(lines),
        beside=tuple(beside),
        pictures=places.pictures(new.paper),
    )
    return attach(report, _attachments(new.paper, _told(made)), year)


def _figure(row: Mapping[str, str]) -> Figure:
    return Figure(row["code"], row["value"], row.get("change", ""), row["measure"], row["coverage"], row["name"])


def _attachments(paper: Opened, content: bytes) -> list[Attachment]:
    """The part, with its rels and its properties, under a number that a template has not taken."""
    number = 1
    while f"customxml/item{number}.xml" in paper.names("customxml/.*"):
        number += 1
    item, kind = f"customXml/item{number}.xml", "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    properties = (
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
        f'<ds:datastoreItem xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml" ds:itemID="{_ITEM}">'
        f'<ds:schemaRefs><ds:schemaRef ds:uri="{_SPACE}"/></ds:schemaRefs></ds:datastoreItem>'
    )
    rels = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{kind}customXmlProps" Target="itemProps{number}.xml"/></Relationships>'
    )
    typed = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
    return [
        Attachment(id="rIdDraft", part=item, kind="customXml", content=content, content_type=""),
        Attachment(
            id="", part=f"customXml/itemProps{number}.xml", kind="", content=properties.encode(), content_type=typed
        ),
        Attachment(
            id="", part=f"customXml/_rels/item{number}.xml.rels", kind="", content=rels.encode(), content_type=""
        ),
    ]


def _told(made: _Made) -> bytes:
    figures = "".join(
        f"<figure {' '.join(f'{name}={quoteattr(getattr(f, name))}' for name in _FIELDS)}/>"
        for f in made.figures.values()
    )
    tags = "".join(f"<place tag={quoteattr(t)} prompt={quoteattr(k)}/>" for t, k in made.prompts.items())
    before = "".join(f"<before code={quoteattr(c)} text={quoteattr(t)}/>" for c, t in made.before)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<draft xmlns="{_SPACE}" made="{made.digest}" pictures="{made.pictures}">{figures}{tags}{before}'
        f"<lines>{escape(' '.join(made.lines))}</lines><beside>{escape(' '.join(made.beside))}</beside></draft>"
    ).encode()


def _made(paper: Opened) -> tuple[str, _Made] | None:
    """The part of ours in a report, and its name; ``None`` where it has none that can be read."""
    for name in paper.names(r"customxml/item\d+\.xml"):
        try:
            tree = paper.tree(name)
        except UnreadablePaperError:
            continue
        if tree is not None and tree.tag == f"{{{_SPACE}}}draft":
            return name, _read(tree)
    return None


def _read(tree: Element) -> _Made:
    def all_of(name: str) -> list[Element]:
        return list(tree.iterchildren(f"{{{_SPACE}}}{name}"))

    def words(name: str) -> tuple[str, ...]:
        return tuple(" ".join(x.text or "" for x in all_of(name)).split())

    def of(element: Element, name: str) -> str:
        return str(element.get(name) or "")

    figures = [Figure(*(of(f, name) for name in _FIELDS)) for f in all_of("figure")]
    pictures = of(tree, "pictures")
    return _Made(
        digest=of(tree, "made"),
        figures={f.code: f for f in figures},
        prompts={of(p, "tag"): of(p, "prompt") for p in all_of("place")},
        lines=words("lines"),
        beside=words("beside"),
        pictures=int(pictures) if re.fullmatch(r"\d{1,4}", pictures) else 0,
        before=tuple((of(b, "code"), of(b, "text")) for b in all_of("before")),
    )


# ------------------------------------------------------------------ a new report over a former one


def revise(report: bytes, former: bytes | None) -> Revised:
    """``report``, just made, with the words that people wrote into ``former``, and what is not as it was there.

    Where nothing but words in their places has changed, the former report stays as it is, byte by byte.
    """
    new = places.offered(Opened(report))
    fresh = Revised(content=report, open=tuple(Written(p.tag, p.title, p.prompt, p.inline) for p in new.places))
    if former is None:
        return fresh
    if former == report:
        return replace(fresh, compared=True)
    mine = _made(new.paper)
    if mine is None:
        raise ValueError("no report that was stamped")
    part, made = mine
    try:
        old = Opened(former)
        was = _made(old)
        known = was[1] if was else None
        taken = places.taken(old, new, known.lines if known else (), known.prompts if known else {})
        gone = _gone(old, known, taken)
    except (UnreadablePaperError, RecursionError) as error:
        why = str(error) if isinstance(error, UnreadablePaperError) else "nội dung bên trong lồng nhau quá sâu"
        lost = (f"không đọc được bản cũ ({why}), nên lời đã viết trong đó chưa có ở bản mới",)
        return replace(fresh, lost=lost)
    by_hand, removed = _by_hand(known, taken) if known else ((), 0)
    found = Revised(
        content=former,
        compared=known is not None,
        **_standing(new, taken),
        **(_compared(known, made) if known else {}),
        stale=tuple(_stale(new, taken.words, known, made)) if known else (),
        by_hand=by_hand,
        removed=removed,
        lost=gone,
    )
    if known is not None and known.digest == made.digest and not by_hand and not removed:
        return replace(found, lost=())  # nothing is taken from the former report
    before = tuple(dict.fromkeys((s.code, s.former) for s in found.stale))
    parts = {}
    deleted = [w.tag for w in found.deleted]
    if taken.words or deleted:
        parts["word/document.xml"] = places.filled(new, taken.words, deleted)
    if before:
        parts[_as_written(part)] = _told(replace(made, before=before))
    return replace(found, content=with_parts(report, parts) if parts else report)


def _as_written(part: str) -> str:
    return part.replace("customxml/", "customXml/")


def _standing(new: Offered, taken: Taken) -> dict[str, Any]:
    def those(standing: Standing) -> tuple[Written, ...]:
        return tuple(
            Written(p.tag, p.title, taken.words[p.tag].text if p.tag in taken.words else p.prompt, p.inline)
            for p in new.places
            if taken.standing[p.tag] is standing
        )

    return {"kept": those(Standing.FILLED), "open": those(Standing.OPEN), "deleted": those(Standing.DELETED)}


def _gone(old: Opened, known: _Made | None, taken: Taken) -> tuple[str, ...]:
    """What of a former report is in no new one, beside what was changed by hand."""
    told = list(taken.lost)
    if known is None:
        return (UNMARKED, *told)
    if places.pictures(old) > known.pictures and "hình" not in told:
        told.append("hình")
    return tuple(told)


# ------------------------------------------------------------------ what has changed


def _compared(former: _Made, made: _Made) -> dict[str, Any]:
    codes = dict.fromkeys((*made.figures, *former.figures))
    nothing = Figure("", "", "", "", "", "")
    changed, coverage = [], 0
    for code in codes:
        was, now = former.figures.get(code, nothing), made.figures.get(code, nothing)
        if was.text != now.text:
            changed.append(Change(code, now.name or was.name, was.text, now.text))
        elif was.coverage != now.coverage:
            coverage += 1
    paragraphs = cells = 0
    ours, theirs = ([k for k in m.lines if not k.startswith(PLACE)] for m in (made, former))
    for was_keys, now_keys in _differences(theirs, ours):
        paragraphs += sum(1 for line in now_keys if "." not in line)
        was_rows, now_rows = ([k.split(".")[:-1] for k in keys if "." in k] for keys in (was_keys, now_keys))
        for n, row in enumerate(now_rows):
            near = was_rows[max(0, n - _NEAR) : n + _NEAR + 1]
            cells += min((_unlike(row, other) for other in near), default=_unlike(row, []))
    return {"changed": tuple(changed), "coverage": coverage, "paragraphs": paragraphs, "cells": cells}


_MOST_PAIRS = 2_000_000
_NEAR = 3
"""So many rows up or down may a row have moved to be known again."""


def _unlike(row: Sequence[str], other: Sequence[str]) -> int:
    """How many cells of a row say something else than those of another."""
    return sum(1 for cell, was in zip_longest(row, other[: len(row)], fillvalue="") if cell and cell != was)


def _differences(former: Sequence[str], now: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """The runs of keys that differ."""
    shared = min(len(former), len(now))
    start = next((i for i in range(shared) if former[i] != now[i]), shared)
    end = next((i for i in range(shared - start) if former[-1 - i] != now[-1 - i]), shared - start)
    was, new = former[start : len(former) - end], now[start : len(now) - end]
    often = Counter(new)
    if sum(often[k] for k in was) > _MOST_PAIRS:  # nothing of ours is told over and over
        yield was, new
        return
    for kind, a, b, c, d in SequenceMatcher(None, was, new, autojunk=False).get_opcodes():
        if kind != "equal":
            yield was[a:b], new[c:d]


def _by_hand(known: _Made, taken: Taken) -> tuple[tuple[str, ...], int]:
    """How lines read that people changed or added outside the places, and how many they took out."""
    texts = {line.key: line.text for line in (*taken.lines, *taken.beside)}
    changed: list[str] = []
    removed = 0
    for was, now in _differences([k for k in known.lines if not k.startswith(PLACE)], [x.key for x in taken.lines]):
        changed += [texts[k] for k in now]
        removed += max(0, len(was) - len(now))
    changed += [texts[x.key] for x in taken.beside if x.key not in known.beside]
    return tuple(dict.fromkeys(changed)), removed + len(set(known.beside) - {x.key for x in taken.beside})


# ------------------------------------------------------------------ words that name a figure of the former report

_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*")
_SIGNS = ("+", "-", "–", "−")


def _stale(new: Offered, words: Mapping[str, Words], former: _Made, made: _Made) -> Iterator[Stale]:
    """Where kept words name a figure as it was printed when they were written, and it is printed otherwise now."""
    moved: dict[Decimal, list[tuple[str, str]]] = {}  # number -> code and text of what was printed so
    was = ((f.code, text) for f in former.figures.values() for text in (f.text, f.change))
    for code, text in dict.fromkeys((*former.before, *was)):
        if (value := _number(text)) and _now(made, code, text) != text:  # a zero is told of many things
            moved.setdefault(value, []).append((code, text))
    standing: dict[Decimal, list[str]] = {}
    for f in made.figures.values():
        for text in (f.text, f.change) if moved else ():
            if (value := _number(text)) is not None:
                standing.setdefault(value, []).append(f.code)
    for place in new.places if moved else ():
        for line in words[place.tag].lines if place.tag in words else ():
            for said in _NUMBER.finditer(line):
                value = _number(said[0])
                if value not in moved or _names(line, standing.get(value, ())):
                    continue
                told = set()
                for code, text in _meant(line, said, moved[value], former, made):
                    now = _now(made, code, text)
                    if now not in told:  # a criterion and the figure that it is made of say the same
                        yield Stale(place.tag, place.title, _around(line, said), code, text, now)
                    told.add(now)


def _now(made: _Made, code: str, text: str) -> str:
    """What is printed now where a figure, or its change, was printed as ``text``; empty where nothing is."""
    figure = made.figures.get(code)
    if figure is None:
        return ""
    return figure.change if text.startswith(_SIGNS) and not figure.text.startswith("-") else figure.text


def _meant(
    line: str, said: re.Match[str], candidates: Sequence[tuple[str, str]], former: _Made, made: _Made
) -> Sequence[tuple[str, str]]:
    """Which of the figures that were printed so a number means: those named beside it, or of the measure behind it;
    a number that might count anything means none of them without that."""
    named = [c for c in candidates if _names(line, [c[0]])]
    if named:
        return named
    after = line[said.end() :].lstrip().casefold()
    measured = []
    for code, text in candidates:
        figure = former.figures.get(code) or made.figures.get(code)
        if figure is not None and figure.measure and after.startswith(figure.measure.casefold()):
            measured.append((code, text))
    if measured:
        return measured
    return candidates if _telling(said[0]) else ()


def _telling(number: str) -> bool:
    """Whether a number is hardly another one by chance: it has decimals or four digits, and is no year."""
    if re.search(r",\d|\.\d{1,2}$", number):
        return True
    digits = re.sub(r"\D", "", number)
    return len(digits) > 3 and not re.fullmatch(r"(19|20)\d\d", number)


def _names(line: str, codes: Sequence[str]) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(code)}(?!\w)", line) for code in codes)


def _number(text: str) -> Decimal | None:
    """The number of a text as the report prints it, or as people write it, without its sign, for which words stand
    (“giảm 1,25”); ``None`` for what is no number."""
    plain = text.strip().lstrip("".join(_SIGNS))
    if re.fullmatch(r"\d{1,3}(\.\d{3})+(,\d+)?|\d+(,\d+)?", plain):
        return Decimal(plain.replace(".", "").replace(",", "."))
    return Decimal(plain) if re.fullmatch(r"\d+\.\d{1,2}", plain) else None


def _around(line: str, said: re.Match[str]) -> str:
    start, end = max(0, said.start() - 40), min(len(line), said.end() + 30)
    start = line.find(" ", start, said.start()) + 1 if start else 0
    end = cut if end < len(line) and (cut := line.rfind(" ", said.end(), end)) > 0 else end
    return f"{'…' if start else ''}{line[start:end].strip()}{'…' if end < len(line) else ''}"
