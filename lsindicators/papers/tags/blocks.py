"""The tags of a part in, what is wrong with how they stand to each other and to the paragraphs, rows and cells out."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any

from msgspec import Struct, field

from lsindicators.papers.package import W
from lsindicators.papers.tags import grammar, texts
from lsindicators.papers.tags.grammar import Name, Names
from lsindicators.papers.tags.texts import Paragraph, Piece

DEEPEST = 8
"""Most loops and conditions within each other."""

_CLOSES = {"endfor": "for", "endif": "if"}
_SPLIT = {
    "ins": "phần chèn thêm (Track Changes)",
    "moveTo": "phần chuyển đến (Track Changes)",
    "hyperlink": "liên kết",
    "fldSimple": "trường (field)",
    "field": "trường (field)",
    "sdt": "điều khiển nội dung",
    "bound": "điều khiển nội dung",
}


class Tag(Struct, frozen=True):
    """One tag of a template, and where it stands; of a brace without its fellow the fault."""

    raw: str
    scope: str  # what goes with it: "" nothing, "p" its paragraph, "tr" its row
    body: str
    paragraph: Paragraph
    pieces: tuple[Piece, ...]
    fault: str
    alone: bool  # nothing else stands in its paragraph (p) or row (tr)

    @property
    def prints(self) -> bool:
        return self.raw.startswith("{{")

    @property
    def word(self) -> str:
        """What a tag does that prints nothing."""
        return (self.body.split() or [""])[0]

    @property
    def container(self) -> Any:
        """An opening tag and its end must stand in the same one."""
        element = self.paragraph.element
        return self.paragraph.table if self.scope == "tr" else element.getparent() if self.scope == "p" else element

    def tell(self, fault: str) -> str:
        return f"{self.paragraph.where}: {fault}"


class _Block(Struct):
    """A loop or condition that is still open."""

    tag: Tag
    names: dict[str, Name] = field(default_factory=dict)
    target: str = ""  # what a loop calls each member


def tags(paragraph: Paragraph) -> Iterator[Tag]:
    """The tags of a paragraph, in their order."""
    text = paragraph.text
    if "{" not in text and "}" not in text:
        return
    ends = list(accumulate(len(piece.text) for piece in paragraph.pieces))
    for begin, end, fault in texts.tags(text):
        raw = text[begin:end]
        scope, body = ("", "") if fault else grammar.body(raw)
        alone = True
        if scope == "p":
            alone = text.strip() == raw
        elif scope == "tr" and paragraph.row is not None:
            alone = _only(paragraph.row, raw)
        pieces = paragraph.pieces[bisect_right(ends, begin) : bisect_left(ends, end) + 1]
        yield Tag(raw, scope, body, paragraph, tuple(pieces), fault, alone)


def _only(row: Any, raw: str) -> bool:
    """Whether a row says nothing but ``raw``."""
    said = ""
    for text in row.iter(f"{W}t"):
        said = (said + (text.text or "")).lstrip()
        if len(said.rstrip()) > len(raw):
            return False
    return said.rstrip() == raw


# ------------------------------------------------------------------ what they say


def judged(found: Sequence[Tag], names: Names, used: set[str]) -> Iterator[str]:
    """What is wrong with the tags of a part; what they print is put into ``used``."""
    blocks: list[_Block] = []
    for tag in found:
        if not tag.raw.startswith("{#"):
            yield from (tag.tell(fault) for fault in (*_set(tag), *_judge(tag, blocks, names, used)))
    for block in blocks:
        yield block.tag.tell(f"thẻ {{% {block.tag.word} %}} chưa có thẻ đóng end{block.tag.word}")


def _set(tag: Tag) -> Iterator[str]:
    """What is wrong with how a tag was set."""
    every = {holder for piece in tag.pieces for holder in piece.around}
    split = {kind for kind, number in every if any((kind, number) not in piece.around for piece in tag.pieces)}
    around = {kind for kind, _ in tag.pieces[0].around}
    if len(tag.pieces) > 1 and split:
        named = ", ".join(sorted({_SPLIT.get(kind, kind) for kind in split}))
        yield f"thẻ bị cắt ngang bởi {named}; xóa đi và gõ lại thẻ liền một mạch"
    elif len(tag.pieces) > 1 and any("trường (field)" in piece.follows for piece in tag.pieces[1:]):
        yield "thẻ bị cắt ngang bởi trường (field); xóa đi và gõ lại thẻ liền một mạch"
    elif around & {"field", "fldSimple"}:
        yield "thẻ nằm trong kết quả của trường (field), Word sẽ ghi đè khi cập nhật trường; gõ thẻ ngoài trường"
    elif "bound" in around:
        yield "thẻ nằm trong điều khiển nội dung gắn với dữ liệu, Word sẽ ghi đè; gõ thẻ ngoài điều khiển đó"
    if tag.prints and any(piece.hidden for piece in tag.pieces):
        yield "thẻ in ra chữ ẩn (Hidden), người đọc sẽ không thấy; bỏ định dạng chữ ẩn"


def _judge(tag: Tag, blocks: list[_Block], known: Names, used: set[str]) -> Iterator[str]:
    if tag.scope in ("tc", "r"):
        yield f"thẻ loại {tag.scope} không được hỗ trợ; chỉ dùng thẻ thường, thẻ p (đoạn) và tr (hàng)"
        return
    if tag.scope and tag.prints:
        yield f"thẻ in ra chữ không viết kèm {tag.scope}; gõ {{{{ {tag.body} }}}}"
        return
    if tag.scope == "tr" and tag.container is None:
        yield "thẻ tr phải nằm trong một hàng của bảng"
        return
    if not tag.alone:
        unit = "đoạn" if tag.scope == "p" else "hàng"
        yield f"thẻ {tag.scope} phải đứng một mình trong {unit}, nội dung đi kèm sẽ bị mất"
    if tag.scope == "p":
        yield from _lost(tag)
    names = dict(known)
    for block in blocks:
        names.update(block.names)
    if tag.prints:
        told = grammar.printed(tag.body, names)
        if not any(piece.hidden for piece in tag.pieces):
            used |= told.used
        yield from told.faults
    elif tag.word in ("for", "if"):
        block = _Block(tag)
        yield from _opened(block, blocks, names)
        blocks.append(block)
    elif tag.word in _CLOSES or tag.word in ("else", "elif"):
        yield from _continued(tag, blocks, names)
    else:
        yield f"thẻ “{tag.word}” không được phép; chỉ dùng for, if, elif, else, endfor, endif"


def _lost(tag: Tag) -> Iterator[str]:
    """What would vanish together with the paragraph of a tag."""
    paragraph = tag.paragraph
    if paragraph.element.find(f"{W}pPr/{W}sectPr") is not None:
        yield "đoạn này mang ngắt phần (section break), sẽ mất cùng thẻ; chuyển thẻ sang đoạn khác"
    if paragraph.open_fields:
        yield "đoạn này chứa một nửa của trường (field), sẽ mất cùng thẻ; chuyển thẻ sang đoạn khác"


def _opened(block: _Block, blocks: Sequence[_Block], names: Names) -> Iterator[str]:
    tag = block.tag
    if len(blocks) >= DEEPEST:
        yield f"thẻ lồng nhau quá {DEEPEST} lớp"
    if tag.word == "if":
        yield from grammar.condition(tag.body[len("if") :], names).faults
        return
    block.target, told = grammar.loop(tag.body, names)
    yield from told.faults
    shape = told.name.shape
    around = next((b for b in reversed(blocks) if b.target), None)
    if around is not None and not told.faults and not told.name.path.startswith(f"{around.names[around.target].path}."):
        yield (
            f"vòng lặp trong vòng lặp chỉ được đi qua danh sách của chính vòng ngoài ({around.target}.…); "
            "viết như thế này sẽ in lặp lại nhiều lần"
        )
    member = shape[0] if isinstance(shape, list) and not told.faults else None
    if block.target:
        block.names = {block.target: Name(member, told.name.path), "loop": grammar.LOOP}


def _continued(tag: Tag, blocks: list[_Block], names: Names) -> Iterator[str]:
    word = tag.word
    wanted = _CLOSES.get(word, "if")
    if not blocks or blocks[-1].tag.word != wanted:
        yield f"thẻ {word} không có thẻ mở {wanted} tương ứng"
        return
    opened = blocks[-1].tag
    if opened.scope != tag.scope or opened.container is not tag.container:
        yield f"thẻ {word} phải cùng loại và cùng chỗ (đoạn, bảng) với thẻ mở tại {opened.paragraph.where}"
    if word in _CLOSES:
        blocks.pop()
    elif word == "elif":
        yield from grammar.condition(tag.body[len("elif") :], names).faults
    if word != "elif" and tag.body.strip() != word:
        yield "thẻ else không kèm điều kiện; dùng elif" if word == "else" else f"thẻ {word} không kèm gì thêm"


# ------------------------------------------------------------------ what would be left empty


_HOLDERS = {
    "sdtContent": "điều khiển nội dung này",
    "txbxContent": "hộp văn bản này",
    "hdr": "đầu trang này",
    "ftr": "chân trang này",
    "footnote": "cước chú này",
}


def emptied(paragraphs: Sequence[Paragraph], found: Sequence[Tag]) -> Iterator[str]:
    """What holds paragraphs and might be left without one: Word calls that damaged. Cells are mended when they are filled."""
    scoped = {tag.paragraph.element: tag for tag in found if tag.scope == "p" and not tag.prints}
    holders: dict[Any, Paragraph] = {}
    for paragraph in paragraphs:
        holders.setdefault(paragraph.element.getparent(), paragraph)
    for holder, first in holders.items():
        named = _HOLDERS.get(holder.tag.rpartition("}")[2])
        if named and not _kept(holder.findall(f"{W}p"), scoped):
            yield (
                f"{first.where}: khi điều kiện sai hoặc danh sách trống, {named} không còn đoạn nào và Word báo tệp hỏng; "
                "thêm một đoạn ngoài các thẻ p"
            )


def _kept(members: Sequence[Any], scoped: dict[Any, Tag]) -> bool:
    """Whether one of ``members`` surely stays: outside of every block, or in each branch of a condition with ``else``."""
    branches: list[list[bool]] = [[False]]
    ends: list[bool] = []  # of each open block: whether one of its branches is always taken
    for member in members:
        tag = scoped.get(member)
        word = tag.word if tag is not None else ""
        if tag is None:
            branches[-1][-1] = True
        elif word in ("for", "if"):
            branches.append([False])
            ends.append(False)
        elif word in ("elif", "else") and ends:
            branches[-1].append(False)
            ends[-1] = word == "else"
        elif word in _CLOSES and ends:
            inner, always = branches.pop(), ends.pop()
            branches[-1][-1] = branches[-1][-1] or (always and all(inner))
    return branches[0][0]


# ------------------------------------------------------------------ what is worth a look


def notes(found: Sequence[Tag]) -> Iterator[str]:
    """Tags that are filled rightly, though perhaps not as they were meant."""
    for tag in found:
        if len({piece.look for piece in tag.pieces}) > 1 and tag.prints:
            yield tag.tell("các phần của thẻ có định dạng khác nhau; giá trị lấy định dạng của phần đầu")
        between = sorted(set().union(*(piece.follows for piece in tag.pieces[1:])) - {"trường (field)"})
        if between:
            yield tag.tell(f"trong thẻ có {', '.join(between)}; nên gõ lại thẻ liền một mạch")
        if {"ins", "moveTo"} & {kind for kind, _ in tag.pieces[0].around}:
            yield tag.tell("thẻ nằm trong phần chèn thêm chưa chấp nhận (Track Changes)")
        if tag.paragraph.boxed:
            yield tag.tell("thẻ trong hộp văn bản; Word giữ hai bản của hộp, nên đặt thẻ ngoài hộp")


def unused(found: Sequence[Tag]) -> Iterator[str]:
    """Loops whose members are not used: they would print the same again and again."""
    open_: list[tuple[Tag, str, set[str]]] = []
    for tag in found:
        words = set(tag.body.replace(".", " ").replace("|", " ").split())
        for _, _, said in open_:
            said |= words
        if not tag.prints and tag.word == "for" and len(tag.body.split()) > 1:
            open_.append((tag, tag.body.split()[1], set()))
        elif not tag.prints and tag.word == "endfor" and open_:
            opened, target, said = open_.pop()
            if target not in said:
                yield opened.tell(f"vòng lặp không dùng đến “{target}”, sẽ in cùng một nội dung nhiều lần")
