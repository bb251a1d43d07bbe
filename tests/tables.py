"""Word and Excel files from text tables, for use inside a test.

One line a row, cells apart by ``|``. A cell ``<`` is merged with the one on its left, ``^`` with the one above, ``.``
lies outside of the table (gridBefore, gridAfter). ``\\n`` starts a new paragraph, ``\\v`` a new line. Inside a cell
``{-…-}`` is deleted and ``{+…+}`` inserted by a tracked change, ``{.….}`` hidden, ``{fn}`` a footnote mark, ``{#}``
a number that Word counts by itself, ``{*…*}`` bold, ``{[…]}`` a content control. A row that starts with ``-|`` is
deleted by a tracked change. A line ``# text`` is a paragraph and ends the table.

Rarer: ``{~…~}`` a simple and ``{=…=}`` a complex field that shows the text, ``{@…@}`` a hyperlink, ``{<…<}`` moved away
from here and ``{>…>}`` moved to here, ``{¶}`` before ``\\n``: the paragraph mark is deleted, ``{box:…}`` a text box,
``{font NAME:…}`` text in the code of an old font, ``{shy}`` a soft hyphen, ``{nb}`` a no-break space, ``{sym}`` a symbol,
``[[…]]`` around a whole cell: a content control around it, ``{table NAME}`` a table in the cell.
"""

import io
import re
import unicodedata
import zipfile
from xml.sax.saxutils import escape

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

MARKS = re.compile(
    r"(\{-.*?-\}|\{\+.*?\+\}|\{\..*?\.\}|\{\*.*?\*\}|\{\[.*?\]\}|\{~.*?~\}|\{=.*?=\}|\{@.*?@\}|\{<.*?<\}|\{>.*?>\}"
    r"|\{box:.*?\}|\{font .*?:.*?\}|\{fn\}|\{shy\}|\{nb\}|\{sym\}|\\v)",
    re.S,
)
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
        elif piece.startswith("{~"):
            out += f'<w:fldSimple w:instr=" REF muc ">{_run(inner)}</w:fldSimple>'
        elif piece.startswith("{="):
            out += '<w:r><w:fldChar w:fldCharType="begin"/></w:r>' + _run(" MERGEFIELD ten ", tag="instrText")
            out += f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{_run(inner)}'
            out += '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        elif piece.startswith("{@"):
            out += f'<w:hyperlink w:anchor="a">{_run(inner)}</w:hyperlink>'
        elif piece.startswith("{<"):
            out += f"<w:moveFrom {MADE}>{_run(inner)}</w:moveFrom>"
        elif piece.startswith("{>"):
            out += f"<w:moveTo {MADE}>{_run(inner)}</w:moveTo>"
        elif piece.startswith("{box:"):
            box = f"<w:txbxContent>{_paragraph(piece[5:-1])}</w:txbxContent>"
            out += f'<w:r><mc:AlternateContent xmlns:mc="{MC}"><mc:Choice Requires="wps"><w:drawing>{box}</w:drawing>'
            out += f"</mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        elif piece.startswith("{font "):
            name, _, said = piece[6:-1].partition(":")
            out += _run(typed_in(name, said), f'<w:rFonts w:ascii="{name}" w:hAnsi="{name}"/>')
        elif piece == "{sym}":
            out += '<w:r><w:sym w:font="Symbol" w:char="F0B7"/></w:r>'
        elif piece in ("{shy}", "{nb}"):
            out += "<w:r><w:softHyphen/></w:r>" if piece == "{shy}" else _run("\u00a0")
        elif piece == "\\v":
            out += "<w:r><w:br/></w:r>"
        else:
            out += _run(piece)
    return out


def _paragraph(text):
    counted = text.startswith("{#}")
    properties = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>' if counted else ""
    if text.endswith("{¶}"):
        text, properties = text[:-3], f"{properties}<w:rPr><w:del {MADE}/></w:rPr>"
    return f"<w:p><w:pPr>{properties}</w:pPr>{_runs(text[3:] if counted else text)}</w:p>"


def typed_in(font, text):
    """``text`` in the letters of an old font: what the file holds, not what it shows."""
    text = unicodedata.normalize("NFC", text)
    if font.lower().startswith(".vn"):
        letters = text.lower() if font.endswith("H") else text
        return "".join(TCVN3.get(c, c) for c in letters)
    out = ""
    for c in text:
        low = VNI.get(c.lower())
        out += c if low is None else low.upper() if c.isupper() else low
    return out


TCVN3 = dict(zip(
    "àảãáạằẳẵắặăâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵĂÂĐÊÔƠƯ",
    "µ¶·¸¹»¼½¾Æ¨©ÇÈÉÊË®ÌÎÏÐÑªÒÓÔÕÖ×ØÜÝÞßáâãä«åæçèé¬êëìíîïñòóô\u00adõö÷øùúûüýþ¡¢§£¤¥¦",
    strict=True,
))  # fmt: skip
VNI = {
    "đ": "ñ", "ơ": "ô", "ư": "ö", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î", "ì": "ì", "í": "í",
    **{c: base + mark for base, letters in {
        "a": "áàảãạâấầẩẫậăắằẳẵặ", "e": "éèẻẽẹêếềểễệ", "o": "óòỏõọôốồổỗộ", "ơ": "ớờởỡợ", "u": "úùủũụ", "ư": "ứừửữự",
        "y": "ýỳỷỹ",
    }.items() for c, mark in zip(letters, "ùøûõïâáàåãäêéèúüë", strict=False)},
}  # fmt: skip
for _c in "ớờởỡợứừửữự":
    VNI[_c] = {"ơ": "ô", "ư": "ö"}[VNI[_c][0]] + VNI[_c][1]


def _table(rows, marks=(), inner=None):
    marks = list(marks) or [""] * len(rows)
    width = max(map(len, rows))
    rows = [row + [""] * (width - len(row)) for row in rows]
    out = "<w:tbl><w:tblPr/><w:tblGrid>" + '<w:gridCol w:w="1200"/>' * width + "</w:tblGrid>"
    for y, row in enumerate(rows):
        properties, column = "", 0
        while row[column] == ".":
            column += 1
        if column:
            properties += f'<w:gridBefore w:val="{column}"/>'
        gone = rows[y][0] == "-" or marks[y] == "-:"
        properties += f"<w:del {MADE}/>" if gone else f"<w:ins {MADE}/>" if marks[y] == "+:" else ""
        properties += {"h:": "<w:hidden/>", "t:": "<w:tblHeader/>"}.get(marks[y], "")
        out += "<w:sdt><w:sdtPr/><w:sdtContent>" if marks[y] == "[:" else ""
        out += f"<w:tr><w:trPr>{properties}</w:trPr>"
        while column < width:
            text, span = row[column], 1
            if gone and text not in ("<", "^", "."):
                text = f"{{-{text}-}}"
            if text == ".":
                break
            while column + span < width and row[column + span] == "<":
                span += 1
            merge = "<w:vMerge/>" if text == "^" else ""
            if text != "^" and y + 1 < len(rows) and rows[y + 1][column] == "^":
                merge = '<w:vMerge w:val="restart"/>'
            shape = (f'<w:gridSpan w:val="{span}"/>' if span > 1 else "") + merge
            wrapped = text.startswith("[[")
            text = text[2:-2] if wrapped else text
            nested = re.fullmatch(r"\{table (\w+)\}", text)
            body = text if text.startswith("<w:") else inner[nested[1]] + "<w:p/>" if nested else "".join(
                _paragraph(p) for p in ("" if text == "^" else text).split("\\n")
            )  # fmt: skip
            out += "<w:sdt><w:sdtPr/><w:sdtContent>" if wrapped else ""
            out += f"<w:tc><w:tcPr>{shape}</w:tcPr>{body}</w:tc>"
            out += "</w:sdtContent></w:sdt>" if wrapped else ""
            column += span
        out += "</w:tr>" + ("</w:sdtContent></w:sdt>" if marks[y] == "[:" else "")
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


def docx(text, *, strict=False, prolog="", numbering="", body_made=False, font="", theme="", styles=""):
    """A Word document of a text: bare XML, as it may come from any program; ``font`` or ``theme``: all of it in that font."""
    space = STRICT if strict else W
    made = text if body_made else body(text)
    document = f'<w:document xmlns:w="{space}"><w:body>{made}<w:sectPr/></w:body></w:document>'
    counted = numbering or (
        f'<w:numbering xmlns:w="{space}"><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        '<w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    named = f'w:ascii="{font}" w:hAnsi="{font}"' if font else 'w:asciiTheme="minorHAnsi" w:hAnsiTheme="minorHAnsi"'
    fonts = f"<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts {named}/></w:rPr></w:rPrDefault></w:docDefaults>"
    drawing = "http://schemas.openxmlformats.org/drawingml/2006/main"
    extra = {}
    if font or theme or styles:
        extra["word/styles.xml"] = f'<w:styles xmlns:w="{space}">{fonts if font or theme else ""}{styles}</w:styles>'
    if theme:
        extra["word/theme/theme1.xml"] = (
            f'<a:theme xmlns:a="{drawing}"><a:themeElements><a:fontScheme name="x"><a:minorFont>'
            f'<a:latin typeface="{theme}"/></a:minorFont></a:fontScheme></a:themeElements></a:theme>'
        )
    return package(
        {
            **extra,
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
