"""A workbook from a text table, for use inside a test: raw .xlsx XML, so that a test can also spoil it at will.

A table is rows of text with cells between bars; spaces around a cell do not count. ``12,5`` and words are texts, ``12.5``
is a number, ``=A1*2 -> 7`` a formula with its stored result, ``#REF!`` an error, ``TRUE`` a boolean, ``"5"`` a text in any
case, ``@46000`` a number shown as a date, ``%0.5`` one shown as a percentage.
"""

import io
import re
import zipfile
from xml.sax.saxutils import escape, quoteattr

from lsindicators import layout

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")

STYLES = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts>'
    '<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="10"/></cellXfs></styleSheet>'
)


def rows(table):
    """The cells of a text table: a list of lists of texts; an empty line is an empty row."""
    lines = table.strip("\n").split("\n")
    return [[cell.strip() for cell in line.split("|")] for line in lines]


def cell(address, text):
    """The XML of one cell in the notation above; ``None`` and the empty text are no cell."""
    if text is None or text == "":
        return ""
    if not isinstance(text, str):
        text = f"{text}" if not isinstance(text, bool) else str(text).upper()
    style = ""
    if text[0] in "@%" and NUMBER.fullmatch(text[1:]):
        style, text = f' s="{"@%".index(text[0]) + 1}"', text[1:]
    if text.startswith("="):
        formula, _, result = text[1:].partition(" -> ")
        inner = cell(address, result)
        stored = "" if not inner else re.sub(r' t="inlineStr"', ' t="str"', inner)
        stored = re.sub(r"<is><t[^>]*>(.*)</t></is>", r"<v>\1</v>", stored, flags=re.DOTALL)
        body = f"<f>{escape(formula.strip())}</f>"
        return stored.replace(">", f">{body}", 1) if stored else f'<c r="{address}">{body}</c>'
    if NUMBER.fullmatch(text):
        return f'<c r="{address}"{style}><v>{text}</v></c>'
    if text in ("TRUE", "FALSE"):
        return f'<c r="{address}" t="b"><v>{int(text == "TRUE")}</v></c>'
    if re.fullmatch(r"#[A-Z/0!?]+", text):
        return f'<c r="{address}" t="e"><v>{text}</v></c>'
    text = text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
    return f'<c r="{address}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def sheet(table, *, merges=(), protected=False, footer=""):
    """The XML of one sheet; ``table`` is a text table, or a mapping of A1 address to a text in cell notation."""
    placed = (
        table
        if isinstance(table, dict)
        else {layout.address(r, c): text for r, line in enumerate(rows(table)) for c, text in enumerate(line)}
    )
    by_row = {}
    for address, text in placed.items():
        by_row.setdefault(int(re.search("[0-9]+", address)[0]), []).append((len(address), address, text))
    body = "".join(
        f'<row r="{row}">{"".join(cell(address, text) for _, address, text in sorted(cells, key=lambda c: c[:2]))}</row>'
        for row, cells in sorted(by_row.items())
    )
    return sheet_xml(
        body,
        ('<sheetProtection sheet="1" objects="1"/>' if protected else "")
        + (f"<mergeCells>{''.join(f'<mergeCell ref={quoteattr(m)}/>' for m in merges)}</mergeCells>" if merges else "")
        + (f"<headerFooter><oddFooter>{escape(footer)}</oddFooter></headerFooter>" if footer else ""),
    )


def sheet_xml(body, after=""):
    """A sheet around the XML of its rows."""
    return f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData>{after}</worksheet>'


def parts(sheets, *, hidden=(), names=None, properties=None):
    """Part name -> XML of a whole workbook; ``sheets``: name -> text table, mapping of cells, or XML of the sheet."""
    xml = {n: s if isinstance(s, str) and s.startswith("<?xml") else sheet(s) for n, s in sheets.items()}
    told = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{i}" r:id="rId{i}"{" state=" + quoteattr("veryHidden") if name in hidden else ""}/>'
        for i, name in enumerate(xml, 1)
    )
    defined = "".join(f"<definedName name={quoteattr(n)}>{escape(t)}</definedName>" for n, t in (names or {}).items())
    numbered = {f"xl/worksheets/sheet{i}.xml": text for i, text in enumerate(xml.values(), 1)}
    types = "".join(
        f'<Override PartName="/{n}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        for n in numbered
    )
    result = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        f"{types}</Types>",
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/>'
        f'<Relationship Id="rId2" Type="{RELATIONS}/custom-properties" Target="docProps/custom.xml"/></Relationships>',
        "docProps/custom.xml": f'{HEAD}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
        'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
        + "".join(
            f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{i}" name={quoteattr(n)}>'
            f"<vt:lpwstr>{escape(t)}</vt:lpwstr></property>"
            for i, (n, t) in enumerate((properties or {}).items(), 2)
        )
        + "</Properties>",
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{told}</sheets>'
        f"{f'<definedNames>{defined}</definedNames>' if defined else ''}</workbook>",
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="rId{i}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{i}.xml"/>'
            for i in range(1, len(xml) + 1)
        )
        + f'<Relationship Id="rId{len(xml) + 1}" Type="{RELATIONS}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": STYLES,
    }
    return {**result, **numbered}


def zipped(content, *, method=zipfile.ZIP_DEFLATED):
    """A zip file of part name -> text or bytes, always the same bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, body in content.items():
            entry = zipfile.ZipInfo(name, (2026, 3, 1, 8, 0, 0))
            entry.compress_type = method
            archive.writestr(entry, body)
    return stream.getvalue()


def workbook(sheets, **more):
    """The bytes of a workbook; see ``parts``."""
    return zipped(parts(sheets, **more))


def one(table, **more):
    """The bytes of a workbook with one sheet ``Trang``."""
    return workbook({"Trang": sheet(table, **more)})


def form_parts(plan, unit, key, typed=None, *, narrative=None, scratch="", round=1):
    """The parts of a form as a unit sends it back: locked texts, five stamps, ``typed`` (A1 address -> cell notation)."""
    form = layout.form(plan, unit)
    token = str(layout.stamp(key, form, round))
    cells = {
        address: f'"{text}"' if isinstance(text, str) else str(text)
        for address, text in form.locked.items()
        if text != ""
    }
    cells[layout.address(layout.TOKEN_ROW, 0)] = f"Mã biểu mẫu: {token}"
    cells.update(typed or {})
    questions = {layout.address(layout.NARRATIVE_HEADING_ROW, i): t for i, t in enumerate(layout.NARRATIVE_HEADING)}
    for i, question in enumerate(layout.QUESTIONS):
        questions[layout.address(layout.NARRATIVE_FIRST_ROW + i, 0)] = question
        questions[layout.address(layout.NARRATIVE_FIRST_ROW + i, layout.ANSWER)] = (narrative or {}).get(i, "")
    return parts(
        {
            layout.DATA: sheet(cells, protected=True, footer=f"&L&8{token}&RTrang &P/&N"),
            layout.NARRATIVE: sheet(questions, protected=True),
            layout.SCRATCH: sheet(scratch),
            layout.GUIDE: sheet({"A1": "HƯỚNG DẪN"}),
            layout.HIDDEN: sheet({"A1": token}),
        },
        hidden=(layout.HIDDEN,),
        names={layout.TOKEN_NAME: f"'{layout.DATA}'!$A$5", layout.TOKEN_CONSTANT: f'"{token}"'},
        properties={layout.TOKEN_PROPERTY: token},
    )


def form(plan, unit, key, typed=None, **more):
    """The bytes of ``form_parts``."""
    return zipped(form_parts(plan, unit, key, typed, **more))
