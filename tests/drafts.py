"""A small report with places for words of people, and what Word and other programs leave of it when it is edited."""

import io
import re
import zipfile
from xml.sax.saxutils import escape

from lsindicators.papers.opened import SPACE
from lsindicators.report import draft

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STYLES = (
    f'{HEAD}<w:styles xmlns:w="{SPACE}">'
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="LsNoiDung"><w:name w:val="Ls Nội dung"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="LsChoGhiThem"><w:name w:val="Ls Chỗ ghi thêm"/><w:next w:val="LsNoiDung"/></w:style>'
    "</w:styles>"
)
TITLES = {"loi-noi-bat": "Lời ghi thêm: kết quả nổi bật", "loi-giai-phap": "Lời ghi thêm: giải pháp"}
PROMPT = "[Viết thêm ở đây]"
NUMBER, DAY = "so-van-ban", "ngay-ky"


def paragraph(text, style="LsNoiDung"):
    """A paragraph, each part of ``text`` between bars a run of its own."""
    runs = "".join(f'<w:r><w:t xml:space="preserve">{escape(part)}</w:t></w:r>' for part in text.split("|"))
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{runs}</w:p>'


def place(tag, number):
    """A place that nobody has filled in."""
    name = tag.replace("-", "_")
    return (
        f'<w:sdt><w:sdtPr><w:alias w:val="{TITLES[tag]}"/><w:tag w:val="{tag}"/><w:id w:val="{number}"/>'
        f'<w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:p><w:pPr><w:pStyle w:val="LsChoGhiThem"/></w:pPr>'
        f'<w:bookmarkStart w:id="{number}" w:name="{name}"/><w:r><w:t>{PROMPT}</w:t></w:r>'
        f'<w:bookmarkEnd w:id="{number}"/></w:p></w:sdtContent></w:sdt>'
    )


def inline(tag, text, number):
    """A place in the middle of a paragraph."""
    return (
        f'<w:sdt><w:sdtPr><w:alias w:val="{tag}"/><w:tag w:val="{tag}"/><w:id w:val="{number}"/></w:sdtPr><w:sdtContent>'
        f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:sdtContent></w:sdt>'
    )


def report(figures=None, places=tuple(TITLES), day="tháng 4", **changes):
    """The report that tells ``figures`` (code -> printed text) and ``changes``, as ``report.fill`` gives it."""
    figures = {"KQ07": "12,50", "DV01": "1.062"} if figures is None else figures
    rows = [
        {"code": code, "value": text, "measure": "%" if "," in text else "người", "coverage": "3/3", "change": changes.get(code, "–"), "name": f"Tiêu chí {code}"}
        for code, text in figures.items()
    ]  # fmt: skip
    cells = "".join(
        f"<w:tr>{''.join(f'<w:tc><w:tcPr/>{paragraph(text)}</w:tc>' for text in (r['code'], r['name'], r['value']))}</w:tr>"
        for r in rows
    )
    lines = [f"{code} đạt {text}." for code, text in figures.items()]
    head = (
        f"<w:p><w:r><w:t>Số: </w:t></w:r>{inline(NUMBER, '      ', 11)}<w:r><w:t>/BC-SKHCN</w:t></w:r></w:p>"
        f"<w:p><w:r><w:t>Lạng Sơn, </w:t></w:r>{inline(DAY, f'ngày     {day}', 12)}</w:p>"
    )
    body = [
        head,
        paragraph("II. KẾT QUẢ"),
        *map(paragraph, lines),
        f"<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/><w:gridCol/><w:gridCol/></w:tblGrid>{cells}</w:tbl>",
        paragraph("1. Kết quả nổi bật"),
        *(place(tag, 1) for tag in places if tag == "loi-noi-bat"),
        paragraph("2. Giải pháp"),
        *(place(tag, 2) for tag in places if tag == "loi-giai-phap"),
        paragraph("Trên đây là báo cáo./."),
        '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr>',
    ]
    document = f'{HEAD}<w:document xmlns:w="{SPACE}"><w:body>{"".join(body)}</w:body></w:document>'
    told = {"criteria_table": rows, "variables_table": []}
    return draft.stamped(package({"word/document.xml": document, "word/styles.xml": STYLES}), told, 2025)


def package(parts):
    """A .docx of these parts."""
    kinds = {"document": "main", "numbering": "numbering", "comments": "comments"}
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.'
        f'{"document.main" if stem == "document" else stem}+xml"/>'
        for name in parts
        if (stem := name.split("/")[-1].removesuffix(".xml")) in {*kinds, "styles"}
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{KIND}/{name.split("/")[-1].removesuffix(".xml")}" Target="{name.removeprefix("word/")}"/>'
        for n, name in enumerate(parts, 1)
        if name.startswith("word/") and name != "word/document.xml" and name.endswith(".xml")
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in {
            "[Content_Types].xml": f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>',
            "_rels/.rels": f'{HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="{KIND}/officeDocument" Target="word/document.xml"/></Relationships>',
            "word/_rels/document.xml.rels": f'{HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{links}</Relationships>',
            **parts,
        }.items():
            target.writestr(zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0)), content)
    return stream.getvalue()


def text_of(document):
    """The text part of a .docx."""
    with zipfile.ZipFile(io.BytesIO(document)) as source:
        return source.read("word/document.xml").decode()


def edited(document, change, **parts):
    """The .docx with its text part as ``change`` makes it of the former one, and more ``parts`` under ``word/``."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.infolist():
            content = source.read(item)
            if item.filename == "word/document.xml":
                before = content.decode()
                after = change(before)
                assert after != before, "the edit found nothing to change"
                content = after.encode()
            target.writestr(zipfile.ZipInfo(item.filename, (2025, 1, 1, 0, 0, 0)), content)
        for name, content in parts.items():
            target.writestr(f"word/{name}.xml", content)
    return stream.getvalue()


def write(document, tag, content):
    """What Word leaves when a person types paragraphs (markup) into a place: the control has a tag, but no bookmark."""
    control = re.compile(
        rf'(<w:sdt><w:sdtPr>(?:(?!</w:sdtPr>).)*<w:tag w:val="{tag}"/>(?:(?!</w:sdtPr>).)*</w:sdtPr><w:sdtContent>).*?(</w:sdtContent>)',
        re.DOTALL,
    )

    def typed(xml):
        whole = control.search(xml)
        made = f"{whole[1].replace('<w:showingPlcHdr/>', '')}{content}{whole[2]}"
        return xml.replace(whole[0], made)

    return edited(document, typed)


def typed(*lines):
    """Paragraphs as Word makes them of what is typed into a place."""
    return "".join(paragraph(line, "LsChoGhiThem") for line in lines)


def paragraphs(document):
    """The text of every paragraph, in order."""
    found = re.findall(r"<w:p(?: [^>]*)?>.*?</w:p>", text_of(document), re.DOTALL)
    return ["".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", p)) for p in found]
