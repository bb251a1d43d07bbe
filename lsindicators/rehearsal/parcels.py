"""What befalls a form after it was filled in: the file is damaged, wrapped or exchanged, or comes from somewhere else."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

from msgspec.structs import replace

from lsindicators import files, layout
from lsindicators.findings import Code
from lsindicators.rehearsal import packing
from lsindicators.rehearsal.desk import Desk, Parcel, Planted
from lsindicators.rehearsal.faults import Fault, Faults

Packing = Callable[[Parcel], bytes]

OTHER_KEY = b"lsindicators: another campaign   "[:32]
"""Signs the forms that come back from a campaign which is not ours."""


def useless(code: Code, make: Packing) -> Fault:
    """Nothing is taken of the file that arrives."""

    def spoil(desk: Desk) -> Faults:
        desk.useless = True
        desk.packing.append(make)
        yield Planted(code=code)

    return spoil


def kept(code: Code, make: Packing) -> Fault:
    """All is taken of the file that arrives."""

    def spoil(desk: Desk) -> Faults:
        desk.packing.append(make)
        yield Planted(code=code)

    return spoil


def harmless(make: Packing) -> Fault:
    """Nothing at all is to be said."""

    def leave(desk: Desk) -> Faults:
        desk.packing.append(make)
        yield from ()

    return leave


# ------------------------------------------------------------------ no workbook, or a broken one


def note_of(parcel: Parcel) -> str:
    """Tells the file of one unit from that of another."""
    return f"{parcel.form.unit.code} {parcel.sent:%Y-%m-%d %H:%M}"


def start_of(magic: bytes) -> Packing:
    """A file of another kind, of which only the start and what tells it from others are there."""
    return lambda parcel: magic + b"\0" * 64 + note_of(parcel).encode() + b"\0" * 512


def written(text: str) -> Packing:
    """A file of plain text with ``{note}`` in it."""
    return lambda parcel: text.format(note=note_of(parcel)).encode()


def cut(parts: int, of: int) -> Packing:
    """A download that broke off."""
    return lambda parcel: parcel.content[: len(parcel.content) * parts // of]


def zeroed(parcel: Parcel) -> bytes:
    """A stretch of the data sheet is nothing but zeros, as after a failure of the disk."""
    with zipfile.ZipFile(io.BytesIO(parcel.content)) as package:
        sheet = package.getinfo("xl/worksheets/sheet1.xml")
    middle = sheet.header_offset + 60 + sheet.compress_size // 2
    return parcel.content[: middle - 200] + bytes(400) + parcel.content[middle + 200 :]


def without_part(name: str) -> Packing:
    """A package with one part missing."""

    def make(parcel: Parcel) -> bytes:
        return packing.without(parcel.content, lambda part: part == name)

    return make


def part_cut(parcel: Parcel) -> bytes:
    """The XML of the data sheet ends in the middle."""
    return packing.changed(parcel.content, "xl/worksheets/sheet1.xml", lambda part: part[: len(part) // 2])


def with_doctype(parcel: Parcel) -> bytes:
    """A part declares a document type, as no program does."""
    declared = b'<!DOCTYPE worksheet [<!ENTITY a "a">]>'
    return packing.changed(
        parcel.content, "xl/worksheets/sheet1.xml", lambda part: part.replace(b"?>", b"?>" + declared, 1)
    )


def empty(parcel: Parcel) -> bytes:
    """No more than the start of a file: mail programs leave such behind."""
    return b"PK\x03\x04" + note_of(parcel).encode()


def word(parcel: Parcel) -> bytes:
    """A Word document called .xlsx."""
    return packing.zipped(
        (name, body.encode(), parcel.sent)
        for name, body in (
            ("[Content_Types].xml", "<Types/>"),
            ("word/document.xml", f"<w:document>{note_of(parcel)}</w:document>"),
        )
    )


def binary_book(parcel: Parcel) -> bytes:
    """A workbook saved as .xlsb."""
    return packing.zipped(
        (name, body.encode(), parcel.sent)
        for name, body in (
            ("[Content_Types].xml", "<Types/>"),
            ("xl/workbook.bin", note_of(parcel)),
        )
    )


def stranger(parcel: Parcel) -> bytes:
    """A workbook of the unit's own."""
    return packing.stranger(parcel.sent)


def copied_by_hand(parcel: Parcel) -> bytes:
    """The form with every stamp gone, as after its cells were typed into a new workbook."""
    return packing.restamped(parcel.content, lambda _: "")


def bare_book(parcel: Parcel) -> bytes:
    """A workbook without a single cell."""
    import openpyxl

    book = openpyxl.Workbook()
    book.properties.created = parcel.sent.replace(tzinfo=None)
    return packing.save_book(book, parcel.sent)


def locked_sheet(parcel: Parcel) -> bytes:
    """An OpenDocument sheet saved with a password."""
    manifest = '<manifest:manifest><manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/>'
    return packing.zipped(
        (name, body, parcel.sent)
        for name, body in (
            ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
            ("content.xml", files.sha256(parcel.content).encode() * 40),
            ("META-INF/manifest.xml", manifest.encode()),
        )
    )


def encrypted(parcel: Parcel) -> bytes:
    """A password to open the file."""
    return packing.encrypted(parcel.content)


def photograph(parcel: Parcel) -> bytes:
    """A photograph of 11 MB in the workbook."""
    return packing.huge(parcel.content)


def swollen(parcel: Parcel) -> bytes:
    """A part that unpacks to many times its size."""
    return packing.with_part(parcel.content, "xl/media/image2.bmp", bytes(60 << 20))


def large_scan(parcel: Parcel) -> bytes:
    """Pages that were scanned, in one large file."""
    return packing.pdf(note_of(parcel)) + bytes(11 << 20)


def blank(parcel: Parcel) -> bytes:
    """The form as it was sent out; the file knows when it was saved."""
    return packing.typed(parcel.blank, {}, parcel.sent)


def blank_saved(parcel: Parcel) -> bytes:
    """The same, saved by another program."""
    return packing.save_book(packing.open_book(parcel.blank, {}), parcel.sent)


def blank_spaces(parcel: Parcel) -> bytes:
    """Every input holds a space."""
    cells = {layout.address(r.row, c): " " for r in parcel.form.variables for c in layout.INPUTS}
    return packing.typed(parcel.blank, {layout.DATA: cells}, parcel.sent)


# ------------------------------------------------------------------ whose it is


def stamped(change: Callable[[layout.Form], layout.Form], key: bytes | None = None) -> Packing:
    """The form with the stamp of another one; by default signed by this campaign."""

    def make(parcel: Parcel) -> bytes:
        stamp = str(layout.stamp(key or parcel.key, change(parcel.form)))
        return packing.restamped(parcel.content, lambda _: stamp)

    return make


def last_year(form: layout.Form) -> layout.Form:
    """The form of the year before."""
    return replace(form, year=form.year - 1)


def this_form(form: layout.Form) -> layout.Form:
    """The very form."""
    return form


def unit_called(code: str) -> Callable[[layout.Form], layout.Form]:
    """The form of a unit that nobody knows; ``code`` holds ``{code}`` for that of the unit that sends it."""
    return lambda form: replace(form, unit=replace(form.unit, code=code.format(code=form.unit.code)))


def former_note(form: layout.Form) -> layout.Form:
    """A former version with another note."""
    return replace(form, head={**form.head, layout.NOTE_ROW: "Bản gửi lần đầu"})


def former_title(form: layout.Form) -> layout.Form:
    """A former version under another title."""
    return replace(form, head={**form.head, layout.TITLE_ROW: "BIỂU MẪU DỰ THẢO"})


def former_head(form: layout.Form) -> layout.Form:
    """A former version with another deadline."""
    return replace(form, head={**form.head, layout.DEADLINE_ROW: "Gửi trước ngày 15/3"})


def rewritten_stamp(change: Callable[[layout.Stamp], str]) -> Packing:
    """The stamp typed over wherever it stands."""

    def make(parcel: Parcel) -> bytes:
        def other(text: str) -> str:
            stamp = layout.find_stamp(text)
            assert stamp is not None
            return change(stamp)

        return packing.restamped(parcel.content, other)

    return make


# ------------------------------------------------------------------ what came along


def macro(parcel: Parcel) -> bytes:
    """An .xlsm with a macro."""
    return packing.with_macro(parcel.content)


def macro_part(parcel: Parcel) -> bytes:
    """A macro left in a workbook that calls itself an .xlsx."""
    return packing.with_part(parcel.content, "xl/vbaProject.bin", b"Sub Auto_Open()")


def macro_kind(parcel: Parcel) -> bytes:
    """A workbook that calls itself one with macros, and holds none."""
    return packing.changed(
        parcel.content,
        "[Content_Types].xml",
        lambda part: part.replace(
            b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        ),
    )


def link(parcel: Parcel) -> bytes:
    """A link to another workbook."""
    return packing.with_link(parcel.content)


def connection(parcel: Parcel) -> bytes:
    """A connection to a database left in the workbook."""
    body = b'<?xml version="1.0"?><connections><connection id="1" name="CSDL" type="1"/></connections>'
    return packing.with_part(parcel.content, "xl/connections.xml", body)


def renamed(sheet: str, name: str) -> Fault:
    """A sheet goes by another name."""
    return kept(Code.SHEET_RENAMED, lambda parcel: packing.renamed(parcel.content, sheet, name))


# ------------------------------------------------------------------ what harms nothing


def in_xml(pattern: str, text: str, parts: str = r"xl/worksheets/sheet\d+\.xml") -> Packing:
    """The XML of ``parts`` with every match of ``pattern`` replaced."""

    def make(parcel: Parcel) -> bytes:
        def change(name: str, part: bytes) -> bytes:
            return re.sub(pattern.encode(), text.encode(), part) if re.fullmatch(parts, name) else part

        return packing.rewritten(parcel.content, change)

    return make


def without(parts: str) -> Packing:
    """The package without the parts of these names, and without the relationships that lead to them."""

    def make(parcel: Parcel) -> bytes:
        gone = packing.without(parcel.content, lambda name: re.fullmatch(parts, name) is not None)
        names = set(zipfile.ZipFile(io.BytesIO(gone)).namelist())

        def change(name: str, part: bytes) -> bytes:
            if name == "[Content_Types].xml":
                return re.sub(rb'<Override PartName="/([^"]+)"[^>]*/>', lambda m: _if(m, names), part)
            if name == "_rels/.rels":
                return re.sub(rb'<Relationship [^>]*Target="([^"]+)"[^>]*/>', lambda m: _if(m, names), part)
            return part

        return packing.rewritten(gone, change)

    return make


def _if(found: re.Match[bytes], names: set[str]) -> bytes:
    """What was found, where the part that it names is there."""
    return found[0] if found[1].decode() in names else b""
