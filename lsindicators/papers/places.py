"""The places of a Word paper where people write their own words: content controls with a tag, told by tag or bookmark.

Word keeps all of a control. LibreOffice drops its tag and moves all but its first paragraph out of it, but keeps alias
and bookmark; other programs may leave nothing but the words, and then what stood around them tells where they belong.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING

from msgspec import Struct

from lsindicators.papers import wording
from lsindicators.papers.cleaned import COMMENTS, Cleaner, Styles, Words, says_nothing
from lsindicators.papers.opened import SPACE, Opened, UnreadablePaperError, W, with_parts
from lsindicators.papers.wording import CONTENT, PROPERTIES, SDT, TC, Block, Line, P, R, Wording

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

PLACE = "@"
"""Begins the key of a place among the keys of lines."""
_SHOWN = f"{W}showingPlcHdr"
_START, _END, _ID, _NAME = f"{W}bookmarkStart", f"{W}bookmarkEnd", f"{W}id", f"{W}name"


class Standing(Enum):
    """What has become of a place."""

    FILLED = "filled"
    OPEN = "open"
    DELETED = "deleted"


class Place(Struct, frozen=True):
    """A place as a new paper offers it."""

    tag: str
    title: str
    prompt: str  # what stands in it until somebody writes
    bookmark: str
    inline: bool  # in the middle of a paragraph
    control: Element
    style: str  # of the paragraph that stands in it
    body: str  # the style that words in it get


class Offered(Struct, frozen=True, kw_only=True):
    """A new paper and its places, in its order."""

    paper: Opened
    places: tuple[Place, ...]
    styles: Styles


class Taken(Struct, frozen=True, kw_only=True):
    """What a former paper holds for the places of a new one, and what it says outside of them."""

    standing: Mapping[str, Standing]
    words: Mapping[str, Words]  # of the places that are filled
    lines: tuple[Line, ...]
    beside: tuple[Line, ...]
    lost: tuple[str, ...]  # what people put there that a new paper cannot take over


def offered(paper: Opened) -> Offered:
    """The places of a new paper."""
    styles = Styles(paper)
    return Offered(paper=paper, places=tuple(_places(paper.root, styles)), styles=styles)


def keys(new: Offered) -> tuple[list[str], list[str]]:
    """The keys of what a new paper says outside of its places, and of the places where they stand; and of what it says
    beside its text."""
    by_control = {p.control: p for p in new.places}
    told = Wording(new.paper, without=[p.control for p in new.places if p.inline])
    found: list[str] = []
    for block in told.blocks:
        own = next((PLACE + by_control[c].tag for c in block.controls if c in by_control), None)
        if own is None:
            found += [line.key for line in block.lines]
        elif own not in found[-1:]:
            found.append(own)
    return found, [line.key for line in told.beside]


def _places(root: Element, styles: Styles) -> Iterator[Place]:
    seen = set()
    for control in root.iter(SDT):
        tag, content = _said(control, "tag"), control.find(CONTENT)
        around = next(control.iterancestors(P, TC), None)  # in a cell only the text of a paragraph can be a place
        if not tag or tag in seen or content is None or (around is not None and around.tag == TC):
            continue
        seen.add(tag)
        first, start = content.find(P), next(content.iter(_START), None)
        named = None if first is None else first.find(f"{W}pPr/{W}pStyle")
        style = "" if named is None else str(named.get(f"{W}val") or "")
        yield Place(
            tag=tag,
            title=_said(control, "alias") or tag,
            prompt=_text(content),
            bookmark="" if start is None else str(start.get(_NAME) or ""),
            inline=around is not None,
            control=control,
            style=style,
            body=styles.next(style),
        )


def _said(control: Element, name: str) -> str:
    found = control.find(f"{PROPERTIES}/{W}{name}")
    return "" if found is None else str(found.get(f"{W}val") or "")


def _text(content: Element) -> str:
    return "".join(t.text or "" for t in content.iter(wording.T))


# ------------------------------------------------------------------ what a former paper holds


def taken(
    former: Opened, new: Offered, known: Sequence[str] = (), prompts: Mapping[str, str] = MappingProxyType({})
) -> Taken:
    """What ``former`` holds for the places of ``new``.

    ``known`` are the keys of the lines that it was made with, and ``prompts`` those of what stood in its places: nobody
    can tell without them whether somebody deleted a place, and whose words a paragraph is that stands beside one.
    """
    controls = {p.tag: _controls(former.root, p) for p in new.places}
    told = Wording(former, without=[c for p in new.places if p.inline for c in controls[p.tag]])
    for place in new.places:
        if not place.inline:
            _mark(told.blocks, place, controls[place.tag], _marked(former.root, told.blocks, place.bookmark))
    _spread(told.blocks, known, [p.tag for p in new.places])
    cleaner = Cleaner(former, new.styles)
    standing, words, lost = {}, {}, dict.fromkeys(_left_behind(former))
    for place in new.places:
        blocks = [b for b in told.blocks if b.place == place.tag]
        own = [c for c in controls[place.tag] if not _shows_prompt(c)]
        unsaid = {wording.key(place.prompt), prompts.get(place.tag, "")}
        if place.inline:
            content = own[0].find(CONTENT) if own else None
            found = Words("", ()) if content is None else cleaner.runs(content)
        else:
            found = cleaner.blocks(_written(blocks, unsaid), place.body, place.style)
        if (says_nothing(found) and not found.lost) or wording.key(found.text) in unsaid:
            gone = place.tag in prompts and not place.inline and not blocks and _gone(told.blocks, place.tag, known)
            standing[place.tag] = Standing.DELETED if gone else Standing.OPEN
        else:
            standing[place.tag], words[place.tag] = Standing.FILLED, found
            lost |= dict.fromkeys(found.lost)
    unwritten = set(prompts.values())  # of places that the new paper has no more
    lines = tuple(x for b in told.blocks if not b.place for x in _of_block(b) if x.key not in unwritten)
    return Taken(standing=standing, words=words, lines=lines, beside=told.beside, lost=tuple(lost))


def _of_block(block: Block) -> tuple[Line, ...]:
    if block.element.tag == f"{W}altChunk":
        return (Line("altChunk", "nội dung chèn từ tệp khác"),)
    return block.lines


def _controls(root: Element, place: Place) -> list[Element]:
    """The controls of a place: those with its tag, else those with its title, else one in the middle of the same words."""
    every = [c for c in root.iter(SDT) if c.find(CONTENT) is not None]
    named = [c for c in every if _said(c, "tag") == place.tag]
    untold = [c for c in every if not _said(c, "tag")]
    named = named or [c for c in untold if _said(c, "alias") == place.title]
    return (
        named if named or not place.inline else [c for c in untold if _words_around(c) == _words_around(place.control)]
    )


def _words_around(control: Element) -> str:
    """What a paragraph says beside a control in it; empty where none is in its middle."""
    paragraph = next(control.iterancestors(P), None)
    return "" if paragraph is None else wording.bare(wording.text(paragraph, [control]))


def _marked(root: Element, blocks: Sequence[Block], name: str) -> range:
    """The blocks from the beginning of a bookmark to its end; LibreOffice writes one that was parted twice."""
    starts = [s for s in root.iter(_START) if name and s.get(_NAME) == name]
    own = {s.get(_ID) for s in starts}
    at = {b.element: n for n, b in enumerate(blocks)}
    first = _block_of(starts[0], at, ahead=True) if starts else None
    ends = [_block_of(e, at, ahead=False) for e in root.iter(_END) if e.get(_ID) in own]
    return range(0) if first is None else range(first, max([first, *(e for e in ends if e is not None)]) + 1)


def _block_of(mark: Element, at: Mapping[Element, int], *, ahead: bool) -> int | None:
    """The number of the block that a mark stands in, or before or after."""
    for around in (mark, *mark.iterancestors()):
        if around in at:
            return at[around]
    for beside in mark.itersiblings(preceding=not ahead):
        inside = [at[e] for e in beside.iter(P, wording.TBL) if e in at]
        if inside:
            return inside[0] if ahead else inside[-1]
    return None


def _mark(blocks: Sequence[Block], place: Place, controls: Sequence[Element], bookmarked: range) -> None:
    """Say which blocks lie in a place; a control that still has its tag is whole, and needs no bookmark."""
    whole = any(_said(c, "tag") for c in controls)
    for n, block in enumerate(blocks):
        own = any(c in controls for c in block.controls)
        if block.element.tag != wording.PART and (own or (not whole and n in bookmarked)):
            block.place, block.marked = place.tag, True


def _spread(blocks: Sequence[Block], known: Sequence[str], tags: Collection[str]) -> None:
    """Give to each place of ``tags`` what stands beside it, or where it was, and is none of what the paper was made with."""
    ours = set(known)
    for tag in tags:
        own = [i for i, b in enumerate(blocks) if b.place == tag]
        first, last = _around(blocks, *_beside(tag, known), own)
        between = range(first + 1, last)
        strange = [i for i in between if blocks[i].place == tag or not _is_ours(blocks[i], ours)]
        said = [i for i in strange if blocks[i].place or blocks[i].lines]
        if len(strange) == len(between) and said:
            for i in range(said[0], said[-1] + 1):
                blocks[i].place = tag


def _beside(tag: str, known: Sequence[str]) -> tuple[str, str]:
    """The keys that stood before and after a place."""
    at = known.index(PLACE + tag) if PLACE + tag in known else -1
    return known[at - 1] if at > 0 else "", known[at + 1] if 0 <= at < len(known) - 1 else ""


def _around(blocks: Sequence[Block], before: str, after: str, own: Sequence[int]) -> tuple[int, int]:
    """The blocks between which a place lies by what it was made with; the place's own where one of them is not found."""
    starts = [i for i, b in enumerate(blocks) if b.lines and _ends(b, before, -1) and (not own or i < own[0])]
    if own:
        start = starts[-1] if starts else own[0] - 1
    elif len(starts) == 1:
        start = starts[0]
    else:
        return 0, 0
    ends = [i for i, b in enumerate(blocks) if i > (own[-1] if own else start) and _ends(b, after, 0)]
    if ends:
        return start, ends[0]
    return (start, own[-1] + 1) if own else (0, 0)


def _ends(block: Block, key: str, which: int) -> bool:
    if key.startswith(PLACE):
        return block.place == key[1:]
    return bool(block.lines) and not block.place and block.lines[which].key == key


def _is_ours(block: Block, ours: Collection[str]) -> bool:
    return bool(block.place) or block.element.tag == wording.PART or any(line.key in ours for line in block.lines)


def _gone(blocks: Sequence[Block], tag: str, known: Sequence[str]) -> bool:
    """Whether somebody deleted a place of which nothing is found: what stood around it is there, or other places are."""
    if any(b.marked for b in blocks):
        return True
    first, last = _around(blocks, *_beside(tag, known), ())
    return last > first


def _written(blocks: Sequence[Block], unsaid: Set[str]) -> list[Element]:
    """What people wrote in a place, without a prompt that still stands beside it."""
    written = [b for b in blocks if not any(_shows_prompt(c) for c in b.controls)]
    return [b.element for b in written if wording.key(_text(b.element)) not in unsaid - {""}]


def _shows_prompt(control: Element) -> bool:
    """Whether Word shows its own prompt in a control, as it does when all words were taken out of it."""
    texts = [r for r in control.iter(R) if _text(r).strip()]
    styles = (r.find(f"{W}rPr/{W}rStyle") for r in texts)
    named = all(s is not None and "placeholder" in str(s.get(f"{W}val")).casefold() for s in styles)
    return control.find(f"{PROPERTIES}/{_SHOWN}") is not None and named


def pictures(paper: Opened) -> int:
    """How many pictures stand in the text of a paper."""
    blips = paper.root.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}blip", "{*}imagedata")
    return sum(1 for b in blips if next(b.iterancestors(wording.FALLBACK), None) is None)


def _left_behind(paper: Opened) -> Iterator[str]:
    """What a paper holds beside its text that people put there."""
    comments = paper.tree("word/comments.xml")
    if comments is not None and comments.find(f"{W}comment") is not None:
        yield COMMENTS


# ------------------------------------------------------------------ what a new paper is given


def filled(new: Offered, words: Mapping[str, Words], deleted: Collection[str]) -> bytes:
    """The text part of ``new`` with ``words`` in its places and without those that are ``deleted``."""
    from lxml import etree

    for place in new.places:
        control, found = place.control, words.get(place.tag)
        content = control.find(CONTENT)
        above = control.getparent()
        if place.tag in deleted and above is not None:
            above.remove(control)
        elif found is not None and content is not None:
            _put(content, etree.fromstring(f'<w:x xmlns:w="{SPACE}">{found.markup}</w:x>'), inline=place.inline)
            shown = control.find(f"{PROPERTIES}/{_SHOWN}")
            if shown is not None:
                shown.getparent().remove(shown)  # type: ignore[union-attr]
    return etree.tostring(new.paper.root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _put(content: Element, made: Element, *, inline: bool) -> None:
    start, end = next(content.iter(_START), None), next(content.iter(_END), None)
    for child in list(content):
        content.remove(child)
    content.extend(list(made))
    if inline or start is None or end is None:
        return
    start.tail = end.tail = None
    first, last = content[0], content[-1]
    at = 1 if first.tag == P and first.find(f"{W}pPr") is not None else 0
    (first if first.tag == P else content).insert(at, start)
    (last if last.tag == P else content).append(end)


def bare(document: bytes) -> bytes:
    """``document`` with what its controls hold, and without the controls; as it is where it has none or cannot be read."""
    from lxml import etree

    try:
        paper = Opened(document)
        controls = list(paper.root.iter(SDT))
    except UnreadablePaperError:
        return document
    for control in reversed(controls):  # those inside of others first
        content, above = control.find(CONTENT), control.getparent()
        if content is not None and above is not None:
            at = above.index(control)
            above[at : at + 1] = list(content)
    text = etree.tostring(paper.root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return with_parts(document, {"word/document.xml": text}) if controls else document
