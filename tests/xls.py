"""An .xls written by hand, record by record, so that a test can also spoil it: BIFF8 in a compound file.

A sheet is a mapping of (row, column) from 0 to a value: a number, a text, a boolean, ``Formula``, or the bytes of whole
records.
"""

import re
import struct
from typing import NamedTuple

import sheets

from lsindicators import layout

BOF, EOF, CONTINUE = 0x809, 0x0A, 0x3C
WORKBOOK, SHEET, CHART, MACROS = 0x05, 0x10, 0x20, 0x40
GENERAL, DAY, PERCENT, TENTH = range(4)
"""The cell styles there are."""

NONE: dict = {}

ERRORS = {"#REF!": 0x17, "#DIV/0!": 0x07, "#N/A": 0x2A}


class Styled(NamedTuple):
    value: object
    style: int


class Formula(NamedTuple):
    result: object


def record(kind, body=b""):
    return struct.pack("<HH", kind, len(body)) + body


def begin(of):
    return record(BOF, struct.pack("<HHHHII", 0x600, of, 0x0DBB, 0x07CC, 0, 6))


def string(text, count="<H"):
    return struct.pack(count, len(text)) + b"\1" + text.encode("utf-16-le")


def cell(row, column, value):
    """The records of one cell; texts by their place in the table of texts are made by ``book``."""
    value, style = value if isinstance(value, Styled) else (value, GENERAL)
    at = struct.pack("<HHH", row, column, style)
    match value:
        case bytes():
            return value
        case bool():
            return record(0x205, at + struct.pack("<BB", value, 0))
        case Formula(str() as text) if text in ERRORS:
            return record(0x06, at + struct.pack("<BBBBHHHIH", 2, 0, ERRORS[text], 0, 0, 0xFFFF, 0, 0, 0))
        case Formula(str() as text):
            kept = record(0x207, string(text)) if text else b""
            return record(0x06, at + struct.pack("<B5xHHIH", 0 if text else 3, 0xFFFF, 0, 0, 0)) + kept
        case Formula(number):
            return record(0x06, at + struct.pack("<dHIH", number, 0, 0, 0))
        case str() if value in ERRORS:
            return record(0x205, at + struct.pack("<BB", ERRORS[value], 1))
        case int() | float():
            return record(0x203, at + struct.pack("<d", value))
    raise TypeError(value)


def texts(listed, split):
    """The table of texts, cut into records wherever ``split`` characters are full: each piece says its width anew."""
    body, records = struct.pack("<II", len(listed), len(listed)), []
    for text in listed:
        body += struct.pack("<HB", len(text), 1)
        rest = text
        while True:
            piece, rest = rest[:split], rest[split:]
            body += piece.encode("utf-16-le")
            if not rest:
                break
            records.append(body)
            body = b"\1"
        if len(body) > 4_000:
            records.append(body)
            body = b""
    records += [body] if body else []
    return record(0xFC, records[0]) + b"".join(record(CONTINUE, more) for more in records[1:])


def stream(
    pages, *, hidden=(), protected=(), date1904=False, kinds=NONE, merges=NONE, split=4_000, listed=(), more=b""
):
    """The workbook's stream. ``kinds``: name -> kind of the sheets that are no worksheets; ``listed``: more names of
    sheets and where they begin; ``more``: more records of the workbook."""
    shared = {}
    bodies = []
    for name, cells in pages.items():
        body = begin(kinds.get(name, SHEET))
        body += record(0x12, b"\1\0") if name in protected else b""
        for (row, column), value in sorted(cells.items()):
            plain, style = value if isinstance(value, Styled) else (value, GENERAL)
            if isinstance(plain, str) and plain not in ERRORS:
                at = struct.pack("<HHHI", row, column, style, shared.setdefault(plain, len(shared)))
                body += record(0xFD, at)
            else:
                body += cell(row, column, value)
        areas = merges.get(name, ())
        if areas:
            corners = b"".join(struct.pack("<HHHH", top, bottom, left, right) for top, left, bottom, right in areas)
            body += record(0xE5, struct.pack("<H", len(areas)) + corners)
        bodies.append(body + record(EOF))
    head = begin(WORKBOOK) + record(0x42, b"\xb0\x04") + record(0x22, b"\1\0" if date1904 else b"\0\0")
    head += record(0x41E, struct.pack("<H", 164) + string("dd/mm/yyyy"))
    for number in (0, 164, 9, 10):
        head += record(0xE0, struct.pack("<HHH", 0, number, 0) + bytes(14))
    head += more
    tail = texts(list(shared) or [""], split) + record(EOF)
    places = [(name, len(name) * 2 + 12) for name in (*pages, *(name for name, _ in listed))]
    at = len(head) + sum(size for _, size in places) + len(tail)
    starts = []
    for body in bodies:
        starts.append(at)
        at += len(body)
    starts += [starts[place] for _, place in listed]
    told = b"".join(
        record(
            0x85,
            struct.pack("<IBB", start, name in hidden, {CHART: 2, MACROS: 1}.get(kinds.get(name), 0))
            + string(name, "<B"),
        )
        for (name, _), start in zip(places, starts, strict=True)
    )
    return head + told + tail + b"".join(bodies)


def compound(content, *, below_root=True):
    """A compound file that holds one stream, the workbook; not ``below_root`` it hangs on nothing."""
    content = content.ljust(max(4096, -(-len(content) // 512) * 512), b"\0")
    data = len(content) // 512
    tables = 1
    while tables * 128 < data + tables + 1:
        tables += 1
    last, free, table = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    fat = [*range(1, data), last, last, *[table] * tables]
    fat += [free] * (tables * 128 - len(fat))

    def entry(called, kind, start, length, child=free):
        raw = called.encode("utf-16-le") + b"\0\0"
        return raw.ljust(64, b"\0") + struct.pack(
            "<HBBIII36xIII", len(raw), kind, 1, free, free, child, start, length, 0
        )

    directory = (
        entry("Root Entry", 5, last, 0, 1 if below_root else free)
        + entry("Workbook", 2, 0, len(content))
        + entry("", 0, 0, 0) * 2
    )
    first = data + 1
    head = (
        bytes.fromhex("d0cf11e0a1b11ae1")
        + bytes(16)
        + struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, tables, data, 0, 4096, last, 0, last, 0)
    )
    held = [first + n for n in range(min(tables, 109))]
    assert tables <= 109
    head += struct.pack("<109I", *held, *[free] * (109 - len(held)))
    return head + content + directory + struct.pack(f"<{len(fat)}I", *fat)


def book(pages, **more):
    return compound(stream(pages, **more))


_CELL = re.compile(r'<c r="([A-Z]+[0-9]+)"[^>]*>(.*?)</c>', re.DOTALL)


def form_pages(parts):
    """The sheets of a form that ``sheets.form_parts`` made, as ``book`` takes them: texts and numbers."""
    names = re.findall('<sheet name="([^"]*)"', parts["xl/workbook.xml"])
    pages = {}
    for n, name in enumerate(names, 1):
        cells = {}
        for address, xml in _CELL.findall(parts[f"xl/worksheets/sheet{n}.xml"]):
            number = re.fullmatch("<v>(.*)</v>", xml)
            text = re.sub("<[^>]+>", "", xml).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
            cells[place(address)] = float(number[1]) if number else text
        pages[name] = cells
    return pages


def place(address):
    letters, row = re.fullmatch("([A-Z]+)([0-9]+)", address).groups()
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(row) - 1, column - 1


def form(plan, unit, key, typed=None, **more):
    """A form as an .xls; ``typed`` as in ``sheets.form``."""
    return book(
        form_pages(sheets.form_parts(plan, unit, key, typed)), hidden=(layout.HIDDEN,), protected=(layout.DATA,), **more
    )
