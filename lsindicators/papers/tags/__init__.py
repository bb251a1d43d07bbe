"""A Word template in, what is wrong with it out: every tag is judged where it stands, and nothing is run.

A fault would spoil a paper, or could: it stops. A note tells of what is healed, or may be meant so.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from msgspec import Struct, field

from lsindicators.papers import compiled
from lsindicators.papers.package import Package, PackageError, tree
from lsindicators.papers.tags import blocks, grammar, inert, places, texts
from lsindicators.papers.tags.grammar import FILTERS

__all__ = ["FILTERS", "Judgement", "judge", "problems"]

MOST, TAGS, PART = 50, 3_000, 8 << 20
"""Most sentences that are told, most tags of a template, most bytes of a part that has tags."""

_NAMED = {"header": "đầu trang", "footer": "chân trang", "footnotes": "cước chú"}


class Judgement(Struct, frozen=True):
    """What is wrong with a template, and what is worth a look: Vietnamese sentences, each with its place."""

    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def problems(template: bytes, known: Mapping[str, Any], required: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """The faults of ``template``; empty when it can be filled."""
    return judge(template, known, required).faults


def judge(
    template: bytes,
    known: Mapping[str, Any],
    required: Mapping[str, str] | None = None,
    controls: Iterable[str] = (),
) -> Judgement:
    """All that can be said of ``template``.

    ``known`` holds every tag that it may use: a text, a list (one example inside) or a group of named texts.
    ``required`` holds what it must print: ``groups.parts.rows.value`` -> what that is in Vietnamese; of
    ``organ|organ_lines`` one is enough. ``controls`` are the tags of content controls that it should hold.
    """
    found = _Found()
    try:
        package = Package(template)
        refused = inert.carried(package)
        if refused:
            return Judgement((refused,))
        found.faults.extend(islice(_faults(package, known, found), MOST + 1))
        found.notes.extend(places.wanting(package, controls))
    except PackageError as error:
        return Judgement((str(error),))
    if not found.faults:
        found.faults.extend(_lacking(required or {}, found.used))
    faults = list(dict.fromkeys(found.faults))
    if len(faults) > MOST:
        faults[MOST:] = ["còn các lỗi khác; sửa các lỗi trên rồi kiểm tra lại"]
    return Judgement(tuple(faults), tuple(dict.fromkeys(found.notes))[:MOST])


class _Found(Struct):
    """What was gathered of all parts."""

    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    tags: int = 0


def _faults(package: Package, known: Mapping[str, Any], found: _Found) -> Iterator[str]:
    filled = sorted(name for name in package.names() if compiled.FILLED.fullmatch(name))
    filled.sort(key=lambda name: not name.endswith("document.xml"))  # the text first
    names = grammar.names(known)
    yield from inert.elsewhere(package, filled)
    for name in filled:
        part = package.read(name)
        if len(part) > PART:
            raise PackageError(f"tệp quá lớn khi giải nén ({len(part) >> 20} MB); hãy dùng tệp mẫu nhẹ hơn")
        kind = re.sub(r"\d*\.xml$", "", name).rpartition("/")[2]
        paragraphs = texts.paragraphs(tree(part), _NAMED.get(kind, ""))
        tags = list(islice((tag for paragraph in paragraphs for tag in blocks.tags(paragraph)), TAGS + 1))
        found.tags += len(tags)
        if found.tags > TAGS:
            raise PackageError(f"tệp có hơn {TAGS} thẻ; hãy dùng tệp mẫu nhẹ hơn")
        yield from inert.fields(paragraphs)
        yield from _written(paragraphs, names, found)
        stray = [tag for tag in tags if tag.fault]
        yield from (f"{tag.paragraph.where}: {tag.fault}" for tag in stray)
        if not stray:
            wrong = [*islice(blocks.judged(tags, names, found.used), MOST), *blocks.emptied(paragraphs, tags)]
            yield from wrong or _misplaced(part, tags, _NAMED.get(kind, ""))
            found.notes.extend(blocks.notes(tags))
            found.notes.extend(blocks.unused(tags))


_ALMOST = re.compile(
    r"(?<!\{)\{[ \u00a0]+[{%](?!\{)|(?:(?<![%}])\}|%)[ \u00a0]+\}(?!\})|(?<!\{)\{\s*([a-z]\w*(?:\.\w+)*)\s*\}(?!\})"
)


def _written(paragraphs: list[texts.Paragraph], names: grammar.Names, found: _Found) -> Iterator[str]:
    """What is no tag, but was surely meant as one; and what a reader of the template does not see."""
    tracked = ""
    for paragraph in paragraphs:
        for almost in _ALMOST.finditer(paragraph.text):
            if almost[1] is None:
                yield f"{paragraph.where}: dấu “{almost[0]}” có dấu cách ở giữa; gõ liền {{{{ tên }}}} hoặc {{% … %}}"
            elif almost[1].partition(".")[0] in names:
                yield f"{paragraph.where}: “{almost[0]}” thiếu dấu ngoặc; gõ {{{{ {almost[1]} }}}}"
        if texts.STRAY.search(paragraph.deleted):
            yield f"{paragraph.where}: có thẻ trong phần đã xóa (Track Changes); chấp nhận hoặc từ chối thay đổi rồi lưu"
        elif paragraph.deleted or any(
            kind in ("ins", "moveTo") for piece in paragraph.pieces for kind, _ in piece.around
        ):
            tracked = tracked or paragraph.where
    if tracked:
        found.notes.append(
            f"{tracked}: mẫu còn vết sửa (Track Changes), bản in ra cũng mang vết sửa; nên chấp nhận hoặc từ chối hết"
        )


def _misplaced(part: bytes, tags: list[blocks.Tag], where: str) -> Iterator[str]:
    """Tags that are filled though nobody sees them as text, and tags that are seen and not filled.

    What Jinja is given is held against what was judged, so that nothing is run that was not.
    """
    try:
        given = compiled.patched(part.decode())
    except UnicodeDecodeError as error:
        raise PackageError("không mở được tệp; nội dung bên trong không theo bảng mã UTF-8") from error
    run = Counter(_plain(given[begin:end]) for begin, end, _ in texts.tags(given))
    seen = Counter(_plain(f"{tag.raw[:2]} {tag.body} {tag.raw[-2:]}") for tag in tags)
    place = f"{where}, " if where else ""
    for tag in dict.fromkeys((*(run - seen), *(seen - run))):
        if tag in seen:
            told = next(t for t in tags if _plain(f"{t.raw[:2]} {t.body} {t.raw[-2:]}") == tag)
            yield (
                f"{told.paragraph.where}: thẻ này không ghép được ở đây (đoạn hoặc hàng có hộp văn bản, bảng con, ký hiệu lạ); "
                "gõ lại thẻ liền một mạch trong một đoạn riêng"
            )
        else:
            yield f"{place}thẻ “{tag[:60]}” nằm ngoài phần chữ (văn bản thay thế của hình, thuộc tính, ghi chú ẩn); không đặt thẻ ở đó"


def _plain(tag: str) -> str:
    """A tag, told in one way however it is written."""
    said = html.unescape(tag[2:-2]).translate(grammar.QUOTES)
    return f"{tag[:2]} {' '.join(said.strip().strip('-+').split())} {tag[-2:]}"


def _lacking(required: Mapping[str, str], used: set[str]) -> Iterator[str]:
    for paths, what in required.items():
        if used.isdisjoint(paths.split("|")):
            path = paths.partition("|")[0]
            *lists, last = path.split(".")
            how = f" trong vòng lặp qua {'.'.join(lists)}" if lists else ""
            yield f"mẫu không in {what}; thêm thẻ có “{last}”{how}"
