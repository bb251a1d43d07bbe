"""A Word paper and parts that belong to it (pictures, charts, data) in, the paper that holds them out."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from msgspec import Struct

from lsindicators import files
from lsindicators.papers.markup import quoteattr

_KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_TYPES, _LINKS = "[Content_Types].xml", "word/_rels/document.xml.rels"


class Attachment(Struct, frozen=True, kw_only=True):
    """A part of a Word package that the text names by ``id``, or that lies there for programs."""

    id: str  # relationship of word/document.xml: "rIdChart1"; empty: another part names it
    part: str  # "word/charts/chart1.xml"
    kind: str  # the last word of the relationship's type: "chart", "image", "customXml"
    content: bytes
    content_type: str  # empty: by its extension, or none is needed


def attach(document: bytes, attachments: Sequence[Attachment], year: int) -> bytes:
    """``document`` with its ``attachments``, under their names; same input, same bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as source, zipfile.ZipFile(stream, "w") as target:
        for item in source.infolist():
            content = source.read(item)
            if item.filename == _TYPES:
                content = _before(content, b"</Types>", "".join(map(_type, attachments)))
            elif item.filename == _LINKS:
                content = _before(content, b"</Relationships>", "".join(map(_link, attachments)))
            target.writestr(files.entry(item.filename, year), content)
        for a in attachments:
            target.writestr(files.entry(a.part, year), a.content)
    return stream.getvalue()


def _before(content: bytes, end: bytes, added: str) -> bytes:
    head, found, tail = content.rpartition(end)
    return head + added.encode() + found + tail


def _type(a: Attachment) -> str:
    if not a.content_type:
        return ""
    return f"<Override PartName={quoteattr('/' + a.part)} ContentType={quoteattr(a.content_type)}/>"


def _link(a: Attachment) -> str:
    if not a.id:
        return ""
    target = a.part.removeprefix("word/") if a.part.startswith("word/") else f"../{a.part}"
    return f"<Relationship Id={quoteattr(a.id)} Type={quoteattr(_KINDS + a.kind)} Target={quoteattr(target)}/>"
