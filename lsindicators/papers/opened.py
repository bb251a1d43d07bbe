"""A Word paper that people had in their hands -> its parts as trees: nothing here trusts what it reads."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from lsindicators import files
from lsindicators.errors import LsindicatorsError
from lsindicators.workbook import container

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

SPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W = f"{{{SPACE}}}"
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_LARGEST, _MARKS = 16 << 20, 1_000_000
"""Most bytes of a part, and most tags in it; the report itself takes a thirtieth of either."""
_OLE = b"\xd0\xcf\x11\xe0"


class UnreadablePaperError(LsindicatorsError):
    """No Word paper that can be looked into; the text says why, to stand after the file's name."""


class Opened:
    """The parts of a Word paper, each parsed when it is asked for."""

    def __init__(self, content: bytes) -> None:
        """Raises ``UnreadablePaperError`` for what is no sound .docx."""
        if content.startswith(_OLE):
            raise UnreadablePaperError("tệp có mật khẩu, hoặc là tệp .doc đời cũ")
        try:
            self._package = container.Package(content)
        except container.WorkbookError as error:
            raise UnreadablePaperError("không phải tệp .docx" if content[:2] != b"PK" else str(error)) from error
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise UnreadablePaperError("tệp hỏng, không giải nén được") from error
        self._trees: dict[str, Element | None] = {}
        body = self.tree("word/document.xml")
        if body is None or body.tag != f"{W}document":
            raise UnreadablePaperError("không phải tệp Word .docx")
        self.root: Element = body

    def names(self, pattern: str) -> list[str]:
        """The parts whose whole name fits ``pattern``, in order."""
        return sorted(name for name in self._package.names() if re.fullmatch(pattern, name))

    def tree(self, name: str) -> Element | None:
        """The root of a part; ``None`` where the paper has no such part."""
        if name not in self._trees:
            self._trees[name] = _parsed(self._content(name)) if name in self._package else None
        return self._trees[name]

    def _content(self, name: str) -> bytes:
        try:
            return b"".join(self._package.chunks(name, _LARGEST))
        except container.WorkbookError as error:
            raise UnreadablePaperError(str(error)) from error
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
            raise UnreadablePaperError("tệp hỏng, không giải nén được") from error


def _parsed(content: bytes) -> Element:
    from lxml import etree

    if content.count(b"<") > _MARKS:
        raise UnreadablePaperError("nội dung bên trong quá lớn")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content.replace(_STRICT, SPACE.encode()), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadablePaperError("nội dung XML bên trong bị hỏng") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadablePaperError("nội dung XML bên trong có khai báo DOCTYPE, không được phép trong tệp Word")
    return root


def with_parts(package: bytes, parts: Mapping[str, bytes]) -> bytes:
    """``package`` of ours with these parts in the place of its own; all else, order and times too, as it was."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(stream, "w") as target:
        for item in source.infolist():
            content = parts.get(item.filename)
            year = item.date_time[0]
            target.writestr(files.entry(item.filename, year), source.read(item) if content is None else content)
    return stream.getvalue()
