"""A workbook of xlsxwriter whose rows go straight into the package, a row at a time, each cell made once.

xlsxwriter keeps every cell of every sheet until the end, and all XML of a sheet beside it; here it draws only what
stands around the rows. ``tests/test_stream.py`` holds each kind of cell to what xlsxwriter itself writes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import BinaryIO

from msgspec import Struct
from xlsxwriter import Workbook
from xlsxwriter.packager import Packager
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from lsindicators import files, lazily

_ESCAPED = lazily.pattern("(_x[0-9a-fA-F]{4}_)")
_CONTROL = lazily.pattern(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_SPECIAL = re.compile(r"[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9a-fA-F]{4}_")

_SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def escaped(text: str) -> str:
    """``text`` as it stands in the XML of a cell: control characters as Excel spells them."""
    if not _SPECIAL.search(text):
        return text
    text = _CONTROL.sub(lambda found: f"_x{ord(found[0]):04X}_", _ESCAPED.sub(r"_x005F\1", text))
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _attribute(text: str) -> str:
    return escaped(text).replace('"', "&quot;").replace("\n", "&#xA;")


LEVEL = 4
"""How hard the parts are compressed: half the time of the usual 6, for a tenth more bytes."""

CELL_LIMIT = 32_767
"""Characters that Excel holds in one cell."""


def cut(text: str) -> str:
    """``text``, cut where Excel's cells end, without halves of surrogate pairs, such as a file name may hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-8", "replace").decode()
    return text if len(text) <= CELL_LIMIT else text[: CELL_LIMIT - 1] + "…"


class Pen:
    """Writes the end of a cell that holds a text, all that follows its address; equal texts are kept once."""

    def __init__(self) -> None:
        self.texts: dict[str, int] = {}  # text -> its number
        self.uses = 0

    def text(self, text: str, look: int) -> str:
        """A text as it is, which no program takes for a formula, a number or a link; what is too long is cut."""
        self.uses += 1
        number = self.texts.get(text)
        if number is None:
            text = cut(text)
            number = self.texts.setdefault(text, len(self.texts))
        return f'" s="{look}" t="s"><v>{number}</v></c>'

    def shared(self) -> Iterator[str]:
        """The part that holds the texts. A text is never taken for markup, whatever it begins with."""
        yield f'{_HEAD}<sst xmlns="{_SPREADSHEET}" count="{self.uses}" uniqueCount="{len(self.texts)}">'
        for text in map(escaped, self.texts):
            space = ' xml:space="preserve"' if text[0].isspace() or text[-1].isspace() else ""
            yield f"<si><t{space}>{text}</t></si>"
        yield "</sst>"


def number(value: float, look: int) -> str:
    """A number, with the digits that Excel keeps."""
    return f'" s="{look}"><v>{value:.16G}</v></c>'


def blank(look: int) -> str:
    """A cell with a look and nothing in it."""
    return f'" s="{look}"/>'


def formula(text: str, result: float | str, look: int) -> str:
    """A live formula, without its ``=``, and what it shows."""
    shown, kind = (
        (escaped(cut(result)), ' t="str"' if result else "") if isinstance(result, str) else (repr(result), "")
    )
    return f'" s="{look}"{kind}><f>{escaped(text)}</f><v>{shown}</v></c>'


Cells = Mapping[int, str]
"""Column -> the end of its cell."""


class Row(Struct, frozen=True):
    """One row of a sheet, counted from 0."""

    number: int
    cells: Cells
    height: float | None = None  # in points; None: as the program likes
    level: int = 0  # of the outline


class Link(Struct, frozen=True):
    """What a click on a cell opens: a file beside the workbook, a place in it, or a place in this workbook."""

    row: int
    column: int
    target: str  # a relative address, percent-encoded; empty: this workbook
    place: str  # "'Số liệu'!F12"; empty: the file as a whole


_LETTERS: list[str] = []


def _letter(column: int) -> str:
    while len(_LETTERS) <= column:
        _LETTERS.append(xl_col_to_name(len(_LETTERS)))
    return _LETTERS[column]


def _xml(row: Row) -> str:
    line = row.number + 1
    height = "" if row.height is None else f' ht="{row.height:.16g}" customHeight="1"'
    level = f' outlineLevel="{row.level}"' if row.level else ""
    cells = row.cells
    if cells:
        _letter(max(cells))
    letters = _LETTERS
    body = "".join([f'<c r="{letters[column]}{line}{cells[column]}' for column in sorted(cells)])
    return f'<row r="{line}"{height}{level}>{body}</row>'


class StreamedSheet(Worksheet):  # type: ignore[misc]  # xlsxwriter has no types
    """A sheet that asks for its rows and links when it is written."""

    rows: Callable[[], Iterable[Row]] = tuple
    links: list[Link]

    def __init__(self) -> None:
        super().__init__()
        self.links = []

    def reaches(self, row: int, column: int) -> None:
        """Make sure that the sheet's extent holds a cell."""
        self._check_dimensions(row, column)

    def _write_sheet_data(self) -> None:
        self.fh.write("<sheetData>")
        for row in self.rows():
            self.fh.write(_xml(row))
        self.fh.write("</sheetData>")

    def _write_hyperlinks(self) -> None:
        """All links to one file share one relation."""
        if not self.links:
            return
        known: dict[str, int] = {}
        self.fh.write("<hyperlinks>")
        for link in self.links:
            if link.target and link.target not in known:
                self.rel_count += 1
                known[link.target] = self.rel_count
                self.external_hyper_links.append(["/hyperlink", link.target, "External"])
            to = f' r:id="rId{known[link.target]}"' if link.target else ""
            place = f' location="{_attribute(link.place)}"' if link.place else ""
            self.fh.write(f'<hyperlink ref="{_letter(link.column)}{link.row + 1}"{to}{place}/>')
        self.fh.write("</hyperlinks>")
        self.links.clear()  # there may be many


class _Packager(Packager):  # type: ignore[misc]
    """Packs each part as soon as it is made."""

    package: zipfile.ZipFile

    def _create_package(self) -> list[object]:
        super()._create_package()
        self._pack()
        return []

    def _pack(self) -> None:
        for stream, name, binary in self.filenames:
            content = stream.getvalue()
            self.package.writestr(files.entry(name, 1980), content if binary else content.encode(), compresslevel=LEVEL)
        self.filenames.clear()

    def _part(self, name: str) -> io.TextIOWrapper:
        self._pack()
        part = self.package.open(name, "w")  # with the time 1980-01-01 of ``files.entry``, and the level of the package
        return io.TextIOWrapper(part, encoding="utf-8", newline="\n")

    def _write_worksheet_files(self) -> None:
        for number_, sheet in enumerate(self.workbook.worksheets(), 1):
            with self._part(f"xl/worksheets/sheet{number_}.xml") as part:
                sheet._set_filehandle(part)
                sheet._assemble_xml_file()

    def _write_shared_strings_file(self) -> None:
        with self._part("xl/sharedStrings.xml") as part:
            part.writelines(self.workbook.pen.shared())


class StreamedWorkbook(Workbook):  # type: ignore[misc]
    """A workbook whose texts are all shared and whose rows come from its sheets' ``rows``."""

    def __init__(self, look: Mapping[str, object] | None = None) -> None:
        """``look`` is the format of cells that have none, by whose font programs measure the columns."""
        super().__init__(
            io.BytesIO(), {"in_memory": True, **({"default_format_properties": dict(look)} if look else {})}
        )
        self.pen = Pen()
        self.str_table.count = 1  # there always are texts: without this their part would not be told of

    def pack(self, into: BinaryIO) -> None:
        """Close the workbook and write its package, part by part."""
        with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as package:
            self._package = package
            self.close()
        self.pen.texts.clear()  # the workbook is a circle of objects, which the collector finds late
        for sheet in self.worksheets():
            sheet.rows = tuple

    def _get_packager(self) -> _Packager:
        packager = _Packager()
        packager.package = self._package
        return packager
