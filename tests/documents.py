"""The corpus: whole appendices as readable text, and the files that different programs make of them.

A document starts with ``key: value`` lines (``file``, ``about``, ``note``, ``nfd``), then an empty line. A line ``# text``
is a paragraph, a line with ``|`` a row of a table (cells as in ``tables``), an empty line ends the table (in a sheet it
is an empty row), ``#sheet name`` starts another sheet. Before a row stand ``-:`` deleted, ``+:`` inserted by a tracked
change, ``[:`` inside a content control, ``h:`` hidden, ``t:`` repeated on each page. Lines below a row say what must
come of it::

    => KQ01 : so-khcn : @xa @phuong           criterion, lead, supporting; + for one outside of the catalogue;
                                              "row 4 KQ01" where it is not the row above
    ?? open-group "các đơn vị" : a b          a question: its value and candidates ("…" at the end: there may be more)
    !! unknown-unit-name "UBND huyện X" : …   an error
    -- unknown-unit-name "Sở TT&TT"           a warning

A line ``{{name`` … ``}}`` holds a table that is drawn inside the cell ``{table name}``.
"""

import functools
import io
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

import tables

CORPUS = Path(__file__).parent / "corpus"
MARKS = ("-:", "+:", "[:", "h:", "t:")
SAID = {"??": "question", "!!": "error", "--": "warning"}


@dataclass
class Row:
    mark: str
    cells: list[str]
    number: int  # as the reader counts it


@dataclass
class Document:
    name: str
    head: dict[str, str]
    blocks: list = field(default_factory=list)  # str: paragraph; list of Row: table; None: empty line
    rows: list = field(default_factory=list)  # (row, criterion, lead, supporting)
    doubts: list = field(default_factory=list)  # (row, code, severity, value, candidates)
    inner: dict = field(default_factory=dict)

    @property
    def kind(self):
        return self.head["file"]


def load(path):
    """One document of the corpus."""
    lines = path.read_text(encoding="utf-8").split("\n")
    cut = lines.index("")
    document = Document(path.stem, dict(line.split(": ", 1) for line in lines[:cut]))
    sheet = document.kind in ("xlsx", "xls", "fods")
    at, table, inside = 0, None, None
    for raw in lines[cut + 1 :]:
        line = raw.strip()
        if inside is not None and line[:2] not in ("=>", *SAID):
            if line == "}}":
                inside = None
            else:
                at = len(document.inner[inside]) + 1
                document.inner[inside].append([c.strip() for c in line.split("|")])
        elif line.startswith("{{"):
            inside = line[2:].strip()
            document.inner[inside] = []
        elif line.startswith("=>"):
            code, lead, supporting = (part.strip() for part in f"{line[2:]} : : ".split(":")[:3])
            placed = re.fullmatch(r"row (\d+) (.+)", code)
            row, code = (int(placed[1]), placed[2]) if placed else (at, code)
            document.rows.append((row, code, units(lead), units(supporting)))
        elif line[:2] in SAID and not line.startswith("--|"):
            found = re.fullmatch(r'(\S+)(?: "(.*?)")?(?: : ?(.*))?', line[2:].strip())
            document.doubts.append((at, found[1], SAID[line[:2]], found[2], (found[3] or "").split()))
        elif "|" in line and not line.startswith("#"):
            mark = next((m for m in MARKS if line.startswith(m)), "")
            if table is None:
                table = []
                document.blocks.append(table)
                at = at if sheet else 0
            at += mark != "-:" and (sheet or mark != "h:")
            table.append(Row(mark, [c.strip() for c in line[len(mark) :].split("|")], at))
        else:
            table = None
            if line.startswith("#sheet"):
                at = 0
            else:
                at += sheet
            document.blocks.append(line if line.startswith("#sheet") else line[1:].strip() if line else None)
    while document.blocks and document.blocks[-1] is None:
        document.blocks.pop()
    return document


def documents():
    return [load(path) for path in sorted(CORPUS.glob("*.txt"))]


@functools.cache
def known_units():
    """The units of the built-in plan: read once, however many lines name them."""
    from lsindicators import assignment

    return assignment.builtin(2025).units


def units(text):
    """Codes and ``@types`` -> codes."""
    known = known_units()
    found = []
    for word in text.split():
        types = {"@sbn": ("so", "cq-ngang-so", "ban"), "@xp": ("xa", "phuong")}.get(word, (word[1:],))
        found += [u.code for t in types for u in known if u.type == t] if word.startswith("@") else [word]
        assert not word.startswith("@") or found
    assert {u for u in found if not word.startswith("@")} <= {u.code for u in known}, text
    return tuple(dict.fromkeys(found))


# ------------------------------------------------------------------ files


def build(document):
    """The bytes of the file that is made without LibreOffice, and the ending of its name."""
    made = {
        "docx": lambda d: (docx(d), "docx"),
        "python-docx": lambda d: (python_docx(d), "docx"),
        "xlsx": lambda d: (xlsx(d), "xlsx"),
        "xls": lambda d: (xlsx(d), "xlsx"),
        "fods": lambda d: (flat(d, "spreadsheet"), "fods"),
        "odt": lambda d: (flat(d, "text"), "fodt"),
        "rtf": lambda d: (rtf(d), "rtf"),
        "html": lambda d: (html(d), "html"),
    }
    content, ending = made[document.kind](document)
    return content, ending


ASKED = {"xls": "xls", "fods": "xlsx", "odt": "docx", "rtf": "docx", "html": "docx"}
"""What LibreOffice makes of a kind before it is read."""


def _texts(rows):
    width = max(len(r.cells) for r in rows)
    return [r.cells + [""] * (width - len(r.cells)) for r in rows]


def _told(document, text):
    return unicodedata.normalize("NFD", text) if document.head.get("nfd") else text


def docx(document):
    out = ""
    for block in document.blocks:
        if isinstance(block, list):
            rows = [
                [_told(document, re.sub(r"\{table (\w+)\}", lambda m: m[0], c)) for c in cells]
                for cells in _texts(block)
            ]
            inner = {
                name: tables._table([[_told(document, c) for c in row] for row in rows_])
                for name, rows_ in document.inner.items()
            }
            out += tables._table(rows, [r.mark for r in block], inner)
        elif block == "---":
            out += (
                '<w:p><w:pPr><w:sectPr><w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/></w:sectPr></w:pPr></w:p>'
            )
        else:
            out += tables._paragraph(_told(document, block or ""))
    return tables.docx(out, body_made=True, font=document.head.get("font", ""), theme=document.head.get("theme", ""))


def python_docx(document):
    import docx as word

    out = word.Document()
    for block in document.blocks:
        if not isinstance(block, list):
            out.add_paragraph(block or "")
            continue
        rows = _texts(block)
        table = out.add_table(len(rows), len(rows[0]))
        for y, row in enumerate(rows):
            for x, text in enumerate(row):
                if text not in ("<", "^"):
                    table.rows[y].cells[x].text = _told(document, text.replace("\\n", "\n").replace("\\v", "\n"))
        for top, left, bottom, right in tables.spans(rows):
            table.cell(top, left).merge(table.cell(bottom, right))
    stream = io.BytesIO()
    out.save(stream)
    return stream.getvalue()


def xlsx(document):
    """The whole document on sheets, as offices do: the head above, the signature below, the table in between."""
    import datetime

    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    sheet, at = None, 0
    if not any(isinstance(b, str) and b.startswith("#sheet") for b in document.blocks):
        sheet = book.create_sheet("Phụ lục")
    for block in document.blocks:
        if isinstance(block, str) and block.startswith("#sheet"):
            name = block[6:].strip()
            sheet, at = book.create_sheet(name.removesuffix(" (ẩn)")), 0
            if name.endswith(" (ẩn)"):
                sheet.sheet_state = "hidden"
            continue
        if not isinstance(block, list):
            at += 1
            if block:
                sheet.cell(at, 1, block.replace("\\n", "\n"))
                sheet.merge_cells(start_row=at, start_column=1, end_row=at, end_column=6)
            continue
        rows = _texts(block)
        for y, (row, cells) in enumerate(zip(block, rows, strict=True)):
            if row.mark == "h:":
                sheet.row_dimensions[at + y + 1].hidden = True
            for x, text in enumerate(cells):
                if text in ("<", "^", ""):
                    continue
                cell = sheet.cell(at + y + 1, x + 1)
                if re.fullmatch(r"\d+(\.\d+)?", text) and not re.match(r"0\d", text):
                    cell.value = float(text)
                elif re.fullmatch(r"\d{4}-\d\d-\d\d", text):
                    cell.value = datetime.date.fromisoformat(text)
                    cell.number_format = "dd/mm/yyyy"
                else:
                    cell.value = text.replace("\\n", "\n")
                    cell.data_type = "s"
        for top, left, bottom, right in tables.spans(rows):
            sheet.merge_cells(
                start_row=at + 1 + top, start_column=1 + left, end_row=at + 1 + bottom, end_column=1 + right
            )
        if document.head.get("filter"):
            sheet.auto_filter.ref = f"A{at + 1}:{openpyxl.utils.get_column_letter(len(rows[0]))}{at + len(rows)}"
        for letter in document.head.get("hidden columns", "").split():
            sheet.column_dimensions[letter].hidden = True
        at += len(block)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _spans(rows):
    return {(top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in tables.spans(rows)}


def flat(document, kind):
    """Flat OpenDocument: one readable XML file."""
    spaces = " ".join(
        f'xmlns:{p}="urn:oasis:names:tc:opendocument:xmlns:{p}:1.0"' for p in ("office", "table", "text", "style")
    )
    out, number, opened = "", 0, False
    for block in document.blocks:
        if isinstance(block, list):
            rows = _texts(block)
            spans = _spans(rows)
            made = (
                "" if kind == "spreadsheet" else f'<table:table-column table:number-columns-repeated="{len(rows[0])}"/>'
            )
            for y, row in enumerate(rows):
                made += "<table:table-row>"
                for x, text in enumerate(row):
                    if text in ("<", "^"):
                        made += "<table:covered-table-cell/>"
                        continue
                    down, across = spans.get((y, x), (1, 1))
                    lines = "".join(
                        f"<text:p>{escape(t).replace(chr(92) + 'v', '<text:line-break/>')}</text:p>"
                        for t in text.split("\\n")
                    )
                    made += (
                        f'<table:table-cell office:value-type="string" table:number-columns-spanned="{across}" '
                        f'table:number-rows-spanned="{down}">{lines}</table:table-cell>'
                    )
                made += "</table:table-row>"
            number += 1
            out += made if kind == "spreadsheet" else f'<table:table table:name="T{number}">{made}</table:table>'
        elif kind == "spreadsheet":
            if not opened:
                out, opened = out + '<table:table table:name="Phụ lục">', True
            made = f"<text:p>{escape(block or '')}</text:p>"
            out += (
                '<table:table-row><table:table-cell office:value-type="string">'
                f"{made}</table:table-cell></table:table-row>"
            )
        else:
            out += f"<text:p>{escape(block or '')}</text:p>"
    out += "</table:table>" if opened else ""
    mime = f"application/vnd.oasis.opendocument.{kind}"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {spaces} office:version="1.2" '
        f'office:mimetype="{mime}"><office:body><office:{kind}>{out}</office:{kind}></office:body></office:document>'
    ).encode()


def _rtf(text):
    out = ""
    for c in text:
        out += c if c.isascii() and c not in "\\{}" else f"\\u{ord(c) if ord(c) < 32768 else ord(c) - 65536}?"
    return out


def rtf(document):
    out = "{\\rtf1\\ansi\\uc1\\deff0{\\fonttbl{\\f0 Times New Roman;}}\n"
    for block in document.blocks:
        if not isinstance(block, list):
            out += f"\\pard {_rtf(block or '')}\\par\n"
            continue
        rows = _texts(block)
        spans = _spans(rows)
        for y, row in enumerate(rows):
            shapes, texts = "", ""
            x = 0
            while x < len(row):
                width = 1
                while x + width < len(row) and row[x + width] == "<":
                    width += 1
                down = "\\clvmrg" if row[x] == "^" else "\\clvmgf" if spans.get((y, x), (1, 1))[0] > 1 else ""
                shapes += f"{down}\\cellx{(x + width) * 1500}"
                text = "" if row[x] == "^" else "\\par ".join(_rtf(t) for t in row[x].split("\\n"))
                texts += f"\\pard\\intbl {text}\\cell "
                x += width
            out += f"\\trowd{shapes}\n{texts}\\row\n"
    return (out + "}").encode("ascii")


def html(document):
    out = '<html><head><meta charset="utf-8"></head><body>\n'
    for block in document.blocks:
        if not isinstance(block, list):
            out += f"<p>{escape(block or '')}</p>\n"
            continue
        rows = _texts(block)
        spans = _spans(rows)
        out += '<table border="1">\n'
        for y, row in enumerate(rows):
            out += "<tr>"
            for x, text in enumerate(row):
                if text not in ("<", "^"):
                    down, across = spans.get((y, x), (1, 1))
                    shown = escape(text).replace("\\n", "</p><p>").replace("\\v", "<br>")
                    out += f'<td rowspan="{down}" colspan="{across}"><p>{shown}</p></td>'
            out += "</tr>\n"
        out += "</table>\n"
    return (out + "</body></html>").encode()
