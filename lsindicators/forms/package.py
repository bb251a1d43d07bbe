"""The parts of a workbook as xlsxwriter makes them, before they are packed; and the packing."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Hashable, Mapping
from functools import lru_cache
from itertools import groupby
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.packager import Packager
from xlsxwriter.sharedstrings import SharedStrings

from lsindicators import files

Parts = Mapping[str, bytes]
"""Name of a part -> its XML, in the order of the package. Letters of Vietnamese take half the room in bytes."""

STYLES = "xl/styles.xml"
_XF = re.compile(r"<xf ([^>]*?)(?:/>|>(.*?)</xf>)", re.DOTALL)


class Stream(io.StringIO):
    """A part in the making: of what comes again in other workbooks its bytes are written, of all else its text.

    To encode a text of Vietnamese takes ten times as long as to copy its bytes.
    """

    write: Callable[[str | bytes], None]  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[str | bytes] = []
        self.write = self._pieces.append

    def whole(self) -> bytes:
        """The bytes of the part."""
        runs = groupby(self._pieces, type)
        return b"".join([b"".join(run) if kind is bytes else "".join(run).encode() for kind, run in runs])  # type: ignore[arg-type]


class _Packager(Packager):  # type: ignore[misc]  # xlsxwriter has no types
    """Keeps the parts and hands on nothing to be written."""

    parts: Parts

    def _create_package(self) -> list[object]:
        self.parts = {name: stream.whole() for stream, name, _ in super()._create_package()}
        return []

    def _write_content_types_file(self) -> None:
        self._write_once("[Content_Types].xml", super()._write_content_types_file)

    def _write_root_rels_file(self) -> None:
        self._write_once("_rels/.rels", super()._write_root_rels_file)

    def _write_workbook_rels_file(self) -> None:
        self._write_once("xl/_rels/workbook.xml.rels", super()._write_workbook_rels_file)

    def _write_app_file(self) -> None:
        self._write_once("docProps/app.xml", super()._write_app_file)

    def _write_once(self, name: str, write: Callable[[], None]) -> None:
        """Write a part that tells what the workbook consists of: it is the same for all that have the same sheets."""
        book = self.workbook
        sheets = tuple((sheet.name, sheet.hidden) for sheet in book.worksheets())
        told = tuple(book.doc_properties.get(key) for key in ("manager", "company", "hyperlink_base"))
        counts = bool(book.str_table.count), len(book.custom_properties)
        key = name, sheets, tuple(self.named_ranges), told, counts
        if key not in _OUTLINES:
            write()
            stream, *_ = self.filenames.pop()
            if len(_OUTLINES) >= _STYLES_KEPT:
                _OUTLINES.clear()
            _OUTLINES[key] = stream.whole()
        self._filename(name).write(_OUTLINES[key])

    def _filename(self, xml_filename: str) -> Stream:
        stream = Stream()
        self.filenames.append((stream, xml_filename, False))
        return stream

    def _write_styles_file(self) -> None:
        """Few forms differ in their formats: the part is made once for all that have the same in the same order."""
        drawn = self.workbook.drawn
        if drawn not in _STYLES:
            super()._write_styles_file()
            stream, *_ = self.filenames.pop()
            if len(_STYLES) >= _STYLES_KEPT:
                _STYLES.clear()
            _STYLES[drawn] = locked_explicitly(stream.whole().decode()).encode()
        self._filename(STYLES).write(_STYLES[drawn])

    def _write_shared_strings_file(self) -> None:
        if not self.workbook.str_table.count:
            return
        texts = _Texts()
        texts.string_table = self.workbook.str_table
        texts._set_xml_writer(self._filename("xl/sharedStrings.xml"))
        texts._assemble_xml_file()


class _Texts(SharedStrings):  # type: ignore[misc]
    """The texts of a workbook; what one looks like is found once for all workbooks."""

    def _write_si(self, string: str) -> None:
        self.fh.write(_text(string))


@lru_cache(maxsize=4096)
def _text(string: str) -> bytes:
    plain = SharedStrings()
    plain._set_xml_writer(stream := Stream())
    plain._write_si(string)
    return stream.whole()


@lru_cache(maxsize=512)
def _drawn(properties: tuple[tuple[str, Any], ...]) -> type[Format]:
    """A kind of format: each of seventy properties is set by a function of its own; here they are set once, for all of the kind."""
    drawn = Format(dict(properties))
    drawn._get_format_key()  # is kept in it
    kind: Any = type("Drawn", (Format,), {**vars(drawn), "__init__": object.__init__})
    kind.drawn = kind  # its formats are known by it
    made: type[Format] = kind
    return made


_STYLES: dict[Hashable, bytes] = {}
"""The formats of a workbook, those of cells and those of conditions, each in order -> the part that tells them."""

_OUTLINES: dict[Hashable, bytes] = {}
"""A part, and the sheets and names of a workbook -> the part that tells of them."""

_STYLES_KEPT = 64


class Book(Workbook):  # type: ignore[misc]
    """A workbook that gives its parts instead of writing a file."""

    def _get_packager(self) -> _Packager:
        self._packager = _Packager()
        return self._packager

    def _prepare_format_properties(self) -> None:
        """Give each format its numbers in the styles, unless these are written already: nothing else asks for them."""
        self._prepare_formats()
        self.drawn = tuple(f.drawn for f in self.xf_formats), tuple(f.drawn for f in self.dxf_formats)
        if self.drawn not in _STYLES:
            super()._prepare_format_properties()

    def add_format(self, properties: Mapping[str, Any] | None = None) -> Format:
        return self.drawn_as(self.kind(properties or {}))

    def kind(self, properties: Mapping[str, Any]) -> type[Format]:
        """The kind of format that has these ``properties``, for all workbooks with the same default."""
        return _drawn(tuple({**self.default_format_properties, **properties}.items()))

    def drawn_as(self, kind: type[Format]) -> Format:
        """A format of its own of the ``kind``."""
        made = kind()
        made.xf_format_indices, made.dxf_format_indices = self.xf_format_indices, self.dxf_format_indices
        self.formats.append(made)
        return made

    def parts(self) -> Parts:
        """Close the workbook; all of its parts."""
        self.close()
        parts = self._packager.parts
        for sheet in self.worksheets():  # what refers to itself would wait for the next sweep, some megabytes a form
            sheet.__dict__.clear()
        self.__dict__.clear()
        return parts


def locked_explicitly(styles: str) -> str:
    """The style Normal unlocked, and every format of a cell locked or unlocked by its own word.

    A text pasted from a web page or from Word takes the style Normal in Excel: so an input stays unlocked all the same.
    """
    normal, cells, rest = re.split("(<cellXfs.*?</cellXfs>)", styles, maxsplit=1, flags=re.DOTALL)
    normal = normal.replace("<cellStyleXfs", "\0", 1)
    before, _, after = normal.partition("\0")
    return (
        before
        + "<cellStyleXfs"
        + _XF.sub(lambda xf: _with_lock(xf, "0"), after, 1)
        + _XF.sub(lambda xf: _with_lock(xf, "1"), cells)
        + rest
    )


def _with_lock(xf: re.Match[str], locked: str) -> str:
    attributes, content = xf[1], xf[2] or ""
    if "<protection" in content:
        return xf[0]
    return f'<xf {attributes} applyProtection="1">{content}<protection locked="{locked}"/></xf>'


SMALL = 16384
"""Bytes of a part that is compressed once where many packages have it."""

USUAL, QUICKLY = 6, 3
"""Levels of compression of large parts: that of a form, and that of a slip, which takes half of the time for a tenth more
bytes."""


def pack(parts: Parts, level: int = USUAL) -> bytes:
    """The package of ``parts``, the large ones compressed at ``level``; the same parts give the same bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, xml in parts.items():
            # as ``writestr`` does, which compresses by itself
            item = files.entry(name, 1980)
            item.external_attr = 0o600 << 16
            item.CRC, deflated = _known(xml) if len(xml) <= SMALL else _deflated(xml, level)
            item.file_size, item.compress_size, item.header_offset = len(xml), len(deflated), stream.tell()
            stream.write(item.FileHeader())
            stream.write(deflated)
            package.filelist.append(item)
        package.start_dir = stream.tell()
    return stream.getvalue()


def _deflated(part: bytes, level: int = USUAL) -> tuple[int, bytes]:
    """The checksum of ``part``, and the part as it stands in a package."""
    deflate = zlib.compressobj(level, zlib.DEFLATED, -15)
    return zlib.crc32(part), deflate.compress(part) + deflate.flush()


_known = lru_cache(maxsize=64)(_deflated)
