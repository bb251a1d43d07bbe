"""The bytes of a Word file in, its parts as trees of XML out, under limits: nothing here trusts what it reads."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lsindicators.errors import LsindicatorsError
from lsindicators.workbook import WorkbookError, container

if TYPE_CHECKING:
    from lxml.etree import _Element

    Element = _Element

ENTRIES, PART = 2_000, 16 << 20
"""Most parts of a package, and most bytes of one that is read."""

DOCUMENT = "word/document.xml"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"

_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCODING = re.compile(rb"""^(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']""")


class PackageError(LsindicatorsError):
    """No readable Word file; the text says why, to stand after the file's name."""


class Package:
    """The parts of a Word file; each is unpacked on demand."""

    def __init__(self, content: bytes) -> None:
        if content.startswith(_OLD):
            raise PackageError(
                "không phải tệp Word .docx mở được: tệp .doc đời cũ, hoặc đang đặt mật khẩu; mở bằng Word, bỏ mật khẩu "
                "(Tệp › Thông tin › Bảo vệ tài liệu) và lưu thành .docx"
            )
        if not content.startswith(b"PK\x03\x04"):
            raise PackageError("không phải tệp Word .docx")
        self._content = content
        try:
            entries = container.directory(content, ENTRIES)
            container.check_entries(entries)
        except WorkbookError as error:
            raise PackageError(f"không mở được tệp Word: {error}") from error
        except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError) as error:
            raise PackageError("không phải tệp Word .docx nguyên vẹn") from error
        self._entries = {entry.filename: entry for entry in entries if not entry.is_dir()}
        if len({name.replace("\\", "/").casefold() for name in self._entries}) < sum(not e.is_dir() for e in entries):
            raise PackageError("không mở được tệp Word: có hai phần trùng tên bên trong")
        if DOCUMENT not in self._entries:
            raise PackageError("không phải tệp Word .docx")

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def names(self) -> Iterator[str]:
        return iter(self._entries)

    def read(self, name: str) -> bytes:
        """The bytes of a part."""
        entry = self._entries[name]
        if entry.file_size > PART:
            raise PackageError(f"tệp quá lớn khi giải nén ({entry.file_size >> 20} MB); hãy dùng tệp nhẹ hơn")
        try:
            return b"".join(container.unpack(self._content, entry))
        except (zipfile.BadZipFile, zlib.error, EOFError, IndexError) as error:
            raise PackageError("không mở được tệp; cần tệp Word .docx nguyên vẹn") from error

    def tree(self, name: str) -> _Element:
        """The XML of a part: UTF-8, without a DOCTYPE and so without entities."""
        return tree(self.read(name))

    def relations(self, part: str = DOCUMENT) -> dict[str, tuple[str, str]]:
        """Id -> (the last word of its kind, the part that it leads to); what leads out of the package is left out."""
        folder, _, name = part.rpartition("/")
        links = f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"
        if links not in self:
            return {}
        found = {}
        for relation in self.tree(links).iter(RELATION):
            if relation.get("TargetMode") != "External":
                target = relation.get("Target", "")
                whole = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}".lstrip("/")
                found[relation.get("Id", "")] = (relation.get("Type", "").rpartition("/")[2], _plain(whole))
        return found


def _plain(path: str) -> str:
    """``word/../docProps/app.xml`` -> ``docProps/app.xml``."""
    out: list[str] = []
    for part in path.split("/"):
        if part == "..":
            out = out[:-1]
        elif part != ".":
            out.append(part)
    return "/".join(out)


def tree(part: bytes) -> _Element:
    """The XML of ``part``. Raises ``PackageError`` where it is broken, nests too deeply, or declares anything."""
    from lxml import etree

    encoding = _ENCODING.match(part)
    if b"<!DOCTYPE" in part or b"<![CDATA[" in part or b"\x00" in part[:200]:
        raise PackageError("không mở được tệp; bên trong có khai báo mà Word không bao giờ ghi")
    if encoding is not None and encoding[1].upper() != b"UTF-8":
        raise PackageError("không mở được tệp; nội dung bên trong không theo bảng mã UTF-8")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(part, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise PackageError("không mở được tệp; cần tệp Word .docx nguyên vẹn") from error
