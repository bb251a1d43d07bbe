"""Word and Excel files from text tables, for use inside a test.

One line a row, cells apart by ``|``. A cell ``<`` is merged with the one on its left, ``^`` with the one above, ``.``
lies outside of the table (gridBefore, gridAfter). ``\\n`` starts a new paragraph, ``\\v`` a new line. Inside a cell
``{-…-}`` is deleted and ``{+…+}`` inserted by a tracked change, ``{.….}`` hidden, ``{fn}`` a footnote mark, ``{#}``
a number that Word counts by itself, ``{*…*}`` bold, ``{[…]}`` a content control. A row that starts with ``-|`` is
deleted by a tracked change. A line ``# text`` is a paragraph and ends the table.
"""

import io
import re
import zipfile
from xml.sax.saxutils import escape

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

MARKS = re.compile(r"(\{-.*?-\}|\{\+.*?\+\}|\{\..*?\.\}|\{\*.*?\*\}|\{\[.*?\]\}|\{fn\}|\\v)", re.S)
MADE = 'w:id="1" w:author="VP" w:date="2026-03-01T00:00:00Z"'


def grid(text):
    """The rows of a text table; each cell trimmed."""
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().split("\n") if line.strip()]


def _run(text, properties="", tag="t"):
    return (
        f'<w:r><w:rPr>{properties}</w:rPr><w:{tag} xml:space="preserve">{escape(text)}</w:{tag}></w:r>' if text else ""
    )


def _runs(text):
    """The runs of a paragraph, with the marks of the text carried out."""
    out = ""
    for piece in MARKS.split(text):
        inner = piece[2:-2]
        if piece.startswith("{-"):
            out += f"<w:del {MADE}>{_run(inner, tag='delText')}</w:del>"
        elif piece.startswith("{+"):
            out += f"<w:ins {MADE}>{_run(inner)}</w:ins>"
        elif piece.startswith("{."):
            out += _run(inner, "<w:vanish/>")
        elif piece.startswith("{*"):
            out += _run(inner, "<w:b/>")
        elif piece.startswith("{["):
            out += f"<w:sdt><w:sdtPr/><w:sdtContent>{_run(inner)}</w:sdtContent></w:sdt>"
        elif piece == "{fn}":
            out += '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="2"/></w:r>'
            out += _run("1", '<w:vertAlign w:val="superscript"/>')
        elif piece == "\\v":
            out += "<w:r><w:br/></w:r>"
        else:
            out += _run(piece)
    return out


def _paragraph(text):
    counted = text.startswith("{#}")
    properties = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>' if counted else ""
    return f"<w:p><w:pPr>{properties}</w:pPr>{_runs(text[3:] if counted else text)}</w:p>"


def _table(rows):
    width = max(map(len, rows))
    rows = [row + [""] * (width - len(row)) for row in rows]
    out = "<w:tbl><w:tblPr/><w:tblGrid>" + '<w:gridCol w:w="1200"/>' * width + "</w:tblGrid>"
    for y, row in enumerate(rows):
        properties, column = "", 0
        while row[column] == ".":
            column += 1
        if column:
            properties += f'<w:gridBefore w:val="{column}"/>'
        if rows[y][0] == "-":
            properties += f"<w:del {MADE}/>"
        out += f"<w:tr><w:trPr>{properties}</w:trPr>"
        while column < width:
            text, span = row[column], 1
            if rows[y][0] == "-":
                text = f"{{-{text}-}}"
            if text == ".":
                break
            while column + span < width and row[column + span] == "<":
                span += 1
            merge = "<w:vMerge/>" if text == "^" else ""
            if text != "^" and y + 1 < len(rows) and rows[y + 1][column] == "^":
                merge = '<w:vMerge w:val="restart"/>'
            shape = (f'<w:gridSpan w:val="{span}"/>' if span > 1 else "") + merge
            body = text if text.startswith("<w:") else "".join(
                _paragraph(p) for p in ("" if text == "^" else text).split("\\n")
            )  # fmt: skip
            out += f"<w:tc><w:tcPr>{shape}</w:tcPr>{body}</w:tc>"
            column += span
        out += "</w:tr>"
    return out + "</w:tbl>"


def body(text):
    """The content of a Word document: tables and, on lines that start with ``#``, paragraphs."""
    out, rows = "", []
    for line in [*text.strip().split("\n"), "#"]:
        if line.strip().startswith("#"):
            out += _table(rows) if rows else ""
            out += _paragraph(line.strip()[1:].strip())
            rows = []
        elif line.strip():
            rows += grid(line)
    return out


def package(parts):
    """A zip file of ``parts``: name -> text."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in parts.items():
            out.writestr(name, content)
    return stream.getvalue()


def docx(text, *, strict=False, prolog="", numbering=""):
    """A Word document of a text: bare XML, as it may come from any program."""
    space = STRICT if strict else W
    document = f'<w:document xmlns:w="{space}"><w:body>{body(text)}<w:sectPr/></w:body></w:document>'
    counted = numbering or (
        f'<w:numbering xmlns:w="{space}"><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        '<w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    return package(
        {
            "[Content_Types].xml": f'<Types xmlns="{types}"><Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{kind}.document.main+xml"/>'
            f'<Override PartName="/word/numbering.xml" ContentType="{kind}.numbering+xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{relations}"><Relationship Id="r1" Type="{REL}/officeDocument" '
            'Target="word/document.xml"/></Relationships>',
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{relations}"><Relationship Id="r1" '
            f'Type="{REL}/numbering" Target="numbering.xml"/></Relationships>',
            "word/document.xml": prolog + document,
            "word/numbering.xml": counted,
        }
    )


def spans(rows):
    """(top, left, bottom, right) of the merged cells of a text table, from 0."""
    for y, row in enumerate(rows):
        for x, text in enumerate(row):
            if text in ("<", "^"):
                continue
            right = x
            while right + 1 < len(row) and row[right + 1] == "<":
                right += 1
            bottom = y
            while bottom + 1 < len(rows) and x < len(rows[bottom + 1]) and rows[bottom + 1][x] == "^":
                bottom += 1
            if (bottom, right) != (y, x):
                yield y, x, bottom, right


def by_python_docx(text):
    """The same text table through python-docx."""
    import docx as word

    rows = grid(text)
    document = word.Document()
    document.add_paragraph("PHỤ LỤC")
    table = document.add_table(len(rows), max(map(len, rows)))
    for y, row in enumerate(rows):
        for x, value in enumerate(row):
            if value not in ("<", "^"):
                table.rows[y].cells[x].text = value.replace("\\n", "\n")
    for top, left, bottom, right in spans(rows):
        table.cell(top, left).merge(table.cell(bottom, right))
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def xlsx(text, *, title=""):
    """An Excel workbook of a text table, from row 1, or below a title."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Phụ lục"
    first = 1
    rows = grid(text)
    if title:
        sheet.cell(1, 1, title)
        sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=max(map(len, rows)))
        first = 4
    for y, row in enumerate(rows):
        for x, value in enumerate(row):
            if value not in ("<", "^", ""):
                sheet.cell(
                    first + y, 1 + x, float(value) if re.fullmatch(r"\d+", value) else value.replace("\\n", "\n")
                )
    for top, left, bottom, right in spans(rows):
        sheet.merge_cells(start_row=first + top, start_column=1 + left, end_row=first + bottom, end_column=1 + right)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
