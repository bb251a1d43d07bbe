"""A Word template in, what is wrong with it out: every tag is judged where it stands, and nothing is run."""

from __future__ import annotations

import difflib
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import nodes

FILTERS = ("upper", "lower", "capitalize", "trim", "length", "join")
"""What a template may do to a text."""

_LOOP = dict.fromkeys(("index", "index0", "first", "last", "length"), "")
_LARGEST = 50_000_000
_TAG = re.compile(r"\{\{(.*?)\}\}|\{%(.*?)%\}|\{#(.*?)#\}", re.DOTALL)
_STRAY = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")
_QUOTES = str.maketrans("“”‘’", "\"\"''")
_CLOSES = {"endfor": "for", "endif": "if"}
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass(frozen=True, slots=True)
class _Tag:
    """One tag of a template: what it says, whether it stands for a text, a paragraph or a table row, and where."""

    body: str
    prints: bool
    scope: str  # "", "p", "tr"
    container: object  # an opening tag and its end must stand in the same one
    place: str
    alone: bool  # nothing else stands in its paragraph (p) or row (tr)


@dataclass(slots=True)
class _Block:
    """A loop or condition that is still open."""

    word: str
    tag: _Tag
    names: dict[str, Any] = field(default_factory=dict)


def problems(template: bytes, tags: Mapping[str, Any]) -> tuple[str, ...]:
    """What is wrong with ``template``, a Vietnamese sentence each with its place; empty when it can be filled."""
    refused = _unsafe(template)
    if refused:
        return (refused,)
    from docx import Document

    try:
        document = Document(io.BytesIO(template))
        parts = list(_parts(document))
    except Exception:
        return ("không mở được tệp; cần tệp Word .docx nguyên vẹn",)
    found = [f"thuộc tính tệp “{name}”: không đặt thẻ ở đây" for name in _tagged_properties(document)]
    for element, where in parts:
        found.extend(_part_problems(element, where, tags))
    return tuple(dict.fromkeys(found))


def _unsafe(template: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as package:
            items = package.infolist()
            names = {item.filename for item in items}
            if sum(item.file_size for item in items) > _LARGEST:
                return "tệp quá lớn khi giải nén; hãy dùng tệp mẫu nhẹ hơn"
            if "word/document.xml" not in names:
                return "không phải tệp Word .docx"
            if any("vbaproject" in name.lower() for name in names):
                return "tệp có macro; hãy lưu thành .docx không có macro"
            for name in names:
                if name.endswith(".rels") and re.search(rb'TargetMode\s*=\s*["\']External', package.read(name)):
                    kinds = re.findall(rb"<Relationship\b[^>]*External[^>]*>", package.read(name))
                    if any(b"/hyperlink" not in kind for kind in kinds):
                        return "tệp có liên kết tự động tới tệp ngoài; hãy gỡ liên kết rồi lưu lại"
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError):
        return "không phải tệp Word .docx"
    return ""


def _tagged_properties(document: Any) -> Iterator[str]:
    for name in ("author", "comments", "identifier", "language", "subject", "title"):
        if _STRAY.search(getattr(document.core_properties, name) or ""):
            yield name


def _parts(document: Any) -> Iterator[tuple[Any, str]]:
    """Every part of the document that is filled: the text, headers, footers, footnotes."""
    from docx.oxml import parse_xml

    yield document.element.body, ""
    for relation in document.part.rels.values():
        kind = relation.reltype.rpartition("/")[2]
        where = {"header": "đầu trang", "footer": "chân trang", "footnotes": "cước chú"}.get(kind)
        if where and not relation.is_external:
            yield parse_xml(relation.target_part.blob), where


# ------------------------------------------------------------------ the tags of one part


def _part_problems(element: Any, where: str, tags: Mapping[str, Any]) -> Iterator[str]:
    open_blocks: list[_Block] = []
    for item in _tags(element, where):
        if isinstance(item, str):
            yield item
        else:
            yield from _judge(item, open_blocks, tags)
    for block in open_blocks:
        yield f"{block.tag.place}: thẻ {{% {block.word} %}} chưa có thẻ đóng end{block.word}"


def _tags(element: Any, where: str) -> Iterator[_Tag | str]:
    tables: dict[Any, int] = {table: i for i, table in enumerate(element.iter(f"{_W}tbl"), 1)}
    paragraphs = 0
    for paragraph in element.iter(f"{_W}p"):
        paragraphs += 1
        text = _text(paragraph)
        if not _STRAY.search(text):
            continue
        row = _above(paragraph, "tr")
        table = None if row is None else _above(row, "tbl")
        place = f"đoạn {paragraphs}"
        if row is not None and table is not None:
            place = f"bảng {tables[table]}, hàng {list(table.iter(f'{_W}tr')).index(row) + 1}"
        place = f"{where + ', ' if where else ''}{place} “{_clip(text)}”"
        rest = _TAG.sub("", text)
        for stray in dict.fromkeys(_STRAY.findall(rest)):
            yield f"{place}: dấu {stray} lẻ; thẻ phải mở và đóng trong cùng một đoạn"
        for match in _TAG.finditer(text):
            prints, said, comment = match.groups()
            if comment is not None:
                continue
            body = (said if prints is None else prints).translate(_QUOTES)
            scope, body = _scope(body)
            outer: Any = paragraph
            alone = True
            if scope == "p":
                outer, alone = paragraph.getparent(), text.strip() == match.group()
            elif scope == "tr":
                outer, alone = table, row is not None and _text_below(row).strip() == match.group()
            yield _Tag(body, prints is not None, scope, outer, place, alone)


def _scope(body: str) -> tuple[str, str]:
    """The letters stuck to the opening brace say what goes with the tag: its paragraph or its table row."""
    found = re.match(r"(p|tr|tc|r)\s(.*)", body, re.DOTALL)
    scope, rest = (found.group(1), found.group(2)) if found else ("", body)
    return scope, rest.strip().strip("-+").strip()


def _judge(tag: _Tag, blocks: list[_Block], tags: Mapping[str, Any]) -> Iterator[str]:
    if tag.scope in ("tc", "r"):
        yield f"{tag.place}: thẻ loại {tag.scope} không được hỗ trợ; chỉ dùng thẻ thường, thẻ p (đoạn) và tr (hàng)"
        return
    if tag.scope == "tr" and tag.container is None:
        yield f"{tag.place}: thẻ tr phải nằm trong một hàng của bảng"
        return
    if not tag.alone:
        unit = "đoạn" if tag.scope == "p" else "hàng"
        yield f"{tag.place}: thẻ {tag.scope} phải đứng một mình trong {unit}, nội dung đi kèm sẽ bị mất"
    names = {**tags}
    for block in blocks:
        names.update(block.names)
    if tag.prints:
        yield from (f"{tag.place}: {text}" for text in _printed(tag.body, names))
        return
    word = (tag.body.split() or [""])[0]
    if word in ("for", "if"):
        block = _Block(word, tag)
        yield from (f"{tag.place}: {text}" for text in _opened(tag.body, block, names))
        blocks.append(block)
    elif word in _CLOSES or word in ("else", "elif"):
        yield from (f"{tag.place}: {text}" for text in _continued(tag, word, blocks, names))
    else:
        yield f"{tag.place}: thẻ “{word}” không được phép; chỉ dùng for, if, elif, else, endfor, endif"


def _continued(tag: _Tag, word: str, blocks: list[_Block], names: Mapping[str, Any]) -> Iterator[str]:
    wanted = _CLOSES.get(word, "if")
    if not blocks or (blocks[-1].word != wanted):
        yield f"thẻ {word} không có thẻ mở {wanted} tương ứng"
        return
    opened = blocks[-1]
    if opened.tag.scope != tag.scope or opened.tag.container is not tag.container:
        yield f"thẻ {word} phải cùng loại và cùng chỗ (đoạn, bảng) với thẻ mở tại {opened.tag.place}"
    if word in _CLOSES:
        blocks.pop()
    elif word == "elif":
        yield from _condition(tag.body[len("elif") :], names)
    elif tag.body.strip() != "else":
        yield "thẻ else không kèm điều kiện; dùng elif"


def _opened(body: str, block: _Block, names: Mapping[str, Any]) -> Iterator[str]:
    if block.word == "if":
        yield from _condition(body[len("if") :], names)
        return
    from jinja2 import nodes

    node = _parse("{% " + body + " %}{% endfor %}")
    if isinstance(node, str):
        yield node
        return
    loop = node.body[0]
    if not isinstance(loop, nodes.For) or not isinstance(loop.target, nodes.Name) or loop.test or loop.recursive:
        yield "vòng lặp phải viết: for tên in danh sách"
        return
    kind, found = _follow(loop.iter, names)
    yield from found
    if not found and not isinstance(kind, list):
        yield f"{_written(loop.iter)} không phải danh sách, không lặp được"
        kind = None
    block.names = {loop.target.name: kind[0] if isinstance(kind, list) else None, "loop": _LOOP}


def _condition(expression: str, names: Mapping[str, Any]) -> Iterator[str]:
    from jinja2 import nodes

    node = _parse("{% if " + expression + " %}{% endif %}")
    if isinstance(node, str):
        yield node
    elif isinstance(node.body[0], nodes.If):
        yield from _follow(node.body[0].test, names)[1]


def _printed(body: str, names: Mapping[str, Any]) -> Iterator[str]:
    from jinja2 import nodes

    node = _parse("{{ " + body + " }}")
    if isinstance(node, str):
        yield node
        return
    output = node.body[0] if node.body else None
    if not isinstance(output, nodes.Output) or len(output.nodes) != 1:
        yield "thẻ trống hoặc viết sai"
        return
    kind, found = _follow(output.nodes[0], names)
    yield from found
    if not found and isinstance(kind, list | dict):
        yield f"{_written(output.nodes[0])} là danh sách hoặc nhóm, không in trực tiếp được"


def _parse(source: str) -> nodes.Template | str:
    from jinja2 import Environment, TemplateSyntaxError

    try:
        return Environment(autoescape=True).parse(source)  # parsed, never run
    except TemplateSyntaxError as error:
        return f"cú pháp thẻ sai ({error.message})"


# ------------------------------------------------------------------ what an expression names


def _follow(node: Any, names: Mapping[str, Any]) -> tuple[Any, list[str]]:
    """What ``node`` stands for (a text, a list, a group; ``None``: unknown), and what is wrong with it."""
    from jinja2 import nodes

    match node:
        case nodes.Name(name=name):
            if name in names:
                return names[name], []
            return None, [f"không có thẻ tên “{name}”{_like(name, names)}"]
        case nodes.Getattr(node=inner, attr=attribute):
            kind, found = _follow(inner, names)
            if found or kind is None:
                return None, found
            if isinstance(kind, dict) and attribute in kind and not attribute.startswith("_"):
                return kind[attribute], []
            known = kind if isinstance(kind, dict) else {}
            return None, [f"“{_written(node)}” không có trong số liệu của văn bản{_like(attribute, known)}"]
        case nodes.Const():
            return "", []
        case nodes.TemplateData():
            return "", []
        case nodes.Not(node=inner):
            return "", _follow(inner, names)[1]
        case nodes.And(left=left, right=right) | nodes.Or(left=left, right=right):
            return "", [*_follow(left, names)[1], *_follow(right, names)[1]]
        case nodes.Compare(expr=inner, ops=operations):
            return "", [*_follow(inner, names)[1], *(text for o in operations for text in _follow(o.expr, names)[1])]
        case nodes.Filter(node=inner, name=name, args=arguments, kwargs=[], dyn_args=None, dyn_kwargs=None):
            if name not in FILTERS:
                return None, [f"bộ lọc “{name}” không được phép; chỉ dùng {', '.join(FILTERS)}"]
            return "", [*_follow(inner, names)[1], *(text for a in arguments for text in _follow(a, names)[1])]
        case _:
            return None, ["biểu thức không được phép; thẻ chỉ được gọi tên số liệu, so sánh và dùng bộ lọc cho phép"]


def _written(node: Any) -> str:
    from jinja2 import nodes

    match node:
        case nodes.Name(name=name):
            return str(name)
        case nodes.Getattr(node=inner, attr=attribute):
            return f"{_written(inner)}.{attribute}"
        case _:
            return "biểu thức"


def _like(name: str, names: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(name, names, 1)
    return f"; có phải “{near[0]}”?" if near else ""


# ------------------------------------------------------------------ the text of a paragraph


def _text(paragraph: Any) -> str:
    """The text of a paragraph without that of text boxes inside it."""
    return "".join(t.text or "" for t in paragraph.iter(f"{_W}t") if _above(t, "p") is paragraph)


def _text_below(row: Any) -> str:
    return "".join(t.text or "" for t in row.iter(f"{_W}t"))


def _above(element: Any, name: str) -> Any:
    above = element.getparent()
    while above is not None and above.tag != f"{_W}{name}":
        above = above.getparent()
    return above


def _clip(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"
