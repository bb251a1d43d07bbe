"""What no template may bring along: macros, links that a program follows by itself, fields that fetch or run something."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lsindicators.papers.package import Package, tree
from lsindicators.papers.tags.texts import Paragraph

FIELDS = frozenset(
    (
        *("PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES", "PAGEREF", "REF", "NOTEREF", "STYLEREF", "SEQ", "TOC", "TC"),
        *("HYPERLINK", "SYMBOL", "EQ", "ADVANCE"),
    )
)
"""Fields that only look at the paper itself."""

_ACTIVE = {
    **dict.fromkeys(("vbaProject", "wordVbaData", "attachedToolbars", "keyMapCustomizations"), "macro"),
    **dict.fromkeys(("oleObject", "control", "activeXControlBinary"), "đối tượng nhúng (OLE, ActiveX)"),
    **dict.fromkeys(("aFChunk", "subDocument", "frame"), "tài liệu khác chèn vào"),
    **dict.fromkeys(("mailMergeSource", "mailMergeHeaderSource", "recipientData"), "nguồn trộn thư"),
}


def carried(package: Package) -> str:
    """The first thing in ``package`` that works by itself, as a sentence; empty where there is none."""
    if any("vbaproject" in name.lower() for name in package.names()):
        return "tệp có macro; hãy lưu thành .docx không có macro"
    for name in package.names():
        if not name.endswith(".rels"):
            continue
        for relation in package.tree(name).iter():
            kind = relation.get("Type", "").rpartition("/")[2]
            if kind in _ACTIVE:
                return f"tệp có {_ACTIVE[kind]}; hãy gỡ đi rồi lưu lại thành .docx"
            if relation.get("TargetMode") == "External" and kind != "hyperlink":
                return "tệp có liên kết tự động tới tệp ngoài; hãy gỡ liên kết rồi lưu lại"
    return ""


def fields(paragraphs: Iterable[Paragraph]) -> Iterator[str]:
    """Fields that would fetch, run or ask for something when the paper is opened."""
    for paragraph in paragraphs:
        for code in paragraph.fields:
            word = (re.findall(r"[^\s\\]+", code) or [""])[0].upper()
            if word not in FIELDS:
                shown = " ".join(code.split())[:40]
                yield f"{paragraph.where}: trường “{shown}” không được phép; chỉ dùng số trang, mục lục, tham chiếu, liên kết"


def elsewhere(package: Package, filled: Iterable[str]) -> Iterator[str]:
    """Tags in parts that are not filled: they would stand in the paper as they are."""
    known = set(filled)
    for name in package.names():
        if name in known or not name.endswith((".xml", ".rels")) or b"{" not in (part := package.read(name)):
            continue
        for text, inner in _texts(part):
            found = re.search(r"\{\{|\{%", text)
            if found:
                where = _PARTS.get(name, f"phần {name}") + (f" “{inner}”" if name.startswith("docProps") else "")
                seen = " ".join(text[max(0, found.start() - 10) : found.end() + 30].split())
                yield f"{where}: không đặt thẻ ở đây, thẻ sẽ không được điền (“{seen}”)"
                break


_PARTS = {
    **dict.fromkeys(("docProps/core.xml", "docProps/app.xml", "docProps/custom.xml"), "thuộc tính tệp"),
    "word/comments.xml": "bình luận",
    "word/endnotes.xml": "chú thích cuối",
    "word/settings.xml": "thiết lập của tệp",
}


def _texts(part: bytes) -> Iterator[tuple[str, str]]:
    """(text, whose) of all that a part says: each property by itself, a tag that is split into runs whole in the rest."""
    root = tree(part)
    for element in root:
        yield "".join(map(str, element.itertext())), str(element.tag).rpartition("}")[2]
    for element in root.iter():
        for value in element.attrib.values():
            if "{" in value:
                yield str(value), str(element.tag).rpartition("}")[2]
