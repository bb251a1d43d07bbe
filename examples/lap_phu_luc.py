"""Makes the example plan with its appendix, from which the demo starts: phu-luc.docx, beside this file.

Run it again after a change of the built-in assignment: python examples/lap_phu_luc.py. The appendix is the built-in
assignment as ``init --print-appendix`` prints it; around it stands what a plan has: the table at its head, some
paragraphs, the signature. It is no document of anybody, and says so.
"""

import io
from copy import deepcopy
from pathlib import Path

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table
from msgspec.structs import replace

from lsindicators import appendix, assignment, files
from lsindicators.appendix import printing

YEAR = 2025
WIDTHS = Mm(65), Mm(100)
TARGET = Path(__file__).parent / "phu-luc.docx"

HEAD = (
    (("ỦY BAN NHÂN DÂN", "b"), ("TỈNH LẠNG SƠN", "b"), ("Số:        /KH-UBND", "")),
    (
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "b"),
        ("Độc lập - Tự do - Hạnh phúc", "b"),
        ("Lạng Sơn, ngày      tháng      năm 2026", "i"),
    ),
)
TITLE = (
    (printing.MADE_UP, "b"),
    ("KẾ HOẠCH", "b"),
    (
        "Thu thập, cung cấp số liệu Bộ tiêu chí đánh giá hiệu quả của khoa học, công nghệ, đổi mới sáng tạo và "
        "chuyển đổi số năm 2025",
        "b",
    ),
)
BODY = (
    ("I. MỤC ĐÍCH, YÊU CẦU", "b"),
    ("1. Thu thập đầy đủ, chính xác, đúng thời hạn số liệu của các tiêu chí theo Quyết định số 2244/QĐ-TTg.", ""),
    ("2. Mỗi số liệu có một cơ quan chủ trì; cơ quan phối hợp báo phần số liệu thuộc phạm vi quản lý của mình.", ""),
    ("II. TỔ CHỨC THỰC HIỆN", "b"),
    (
        "1. Cơ quan chủ trì, cơ quan phối hợp tại Phụ lục gửi số liệu về Sở Khoa học và Công nghệ trước ngày 01/4 hằng "
        "năm theo biểu mẫu do Sở gửi.",
        "",
    ),
    ("2. Sở Khoa học và Công nghệ tổng hợp, tham mưu Ủy ban nhân dân tỉnh báo cáo trước ngày 10/4 hằng năm./.", ""),
)
FOOT = (
    (
        ("Nơi nhận:", "bi"),
        ("- Các sở, ban, ngành;", ""),
        ("- UBND các xã, phường;", ""),
        ("- Lưu: VT, Sở KH&CN.", ""),
    ),
    (
        ("TM. ỦY BAN NHÂN DÂN", "b"),
        ("KT. CHỦ TỊCH", "b"),
        ("PHÓ CHỦ TỊCH", "b"),
        ("", ""),
        ("(Ví dụ, không có chữ ký)", "i"),
    ),
)


def main() -> None:
    plan = assignment.builtin(YEAR)
    plan = replace(plan, settings=replace(plan.settings, made_up=True))
    document = docx.Document(io.BytesIO(appendix.print_out(plan)))
    first = document.paragraphs[0]._p
    for part in (
        table(document, HEAD, Pt(12)),
        *(paragraph(document, text, look, ALIGN.CENTER) for text, look in (("", ""), *TITLE, ("", ""))),
        *(paragraph(document, text, look, ALIGN.JUSTIFY) for text, look in BODY),
        paragraph(document, "", "", ALIGN.LEFT),
        table(document, FOOT, Pt(12)),
        section_end(document),
    ):
        first.addprevious(part)
    stream = io.BytesIO()
    document.save(stream)
    TARGET.write_bytes(files.steady(stream.getvalue(), YEAR))


def write(target: docx.text.paragraph.Paragraph, text: str, look: str, size: Pt) -> None:
    run = target.add_run(text)
    run.bold, run.italic, run.font.size = "b" in look or None, "i" in look or None, size


def paragraph(document: docx.document.Document, text: str, look: str, align: ALIGN) -> object:
    """A paragraph of the plan, taken out of the document again."""
    made = document.add_paragraph()
    made.alignment = align
    if align is ALIGN.JUSTIFY:
        made.paragraph_format.first_line_indent = Mm(12.7)
        made.paragraph_format.space_before = Pt(6)
    write(made, text, look, Pt(14))
    return made._p


def table(document: docx.document.Document, columns: tuple, size: Pt) -> object:
    """A table without borders, of one row and two cells."""
    made: Table = document.add_table(1, 2)
    made.autofit = False
    for cell, lines, width in zip(made.rows[0].cells, columns, WIDTHS, strict=True):
        cell.width = width
        for i, (text, look) in enumerate(lines):
            line = cell.paragraphs[0] if i == 0 else cell.add_paragraph()
            line.alignment = ALIGN.LEFT if text.startswith(("-", "Nơi nhận")) else ALIGN.CENTER
            write(line, text, look, size)
    for column, width in zip(made._tbl.tblGrid.iterchildren(), WIDTHS, strict=True):
        column.set(qn("w:w"), str(round(width.twips)))
    return made._tbl


def section_end(document: docx.document.Document) -> object:
    """The paragraph that ends the plan's upright pages; the appendix counts its pages from 1 again."""
    whole = document.sections[-1]._sectPr
    upright = deepcopy(whole)
    size, margins = upright.find(qn("w:pgSz")), upright.find(qn("w:pgMar"))
    size.set(qn("w:w"), str(round(Mm(210).twips)))
    size.set(qn("w:h"), str(round(Mm(297).twips)))
    size.attrib.pop(qn("w:orient"), None)
    for side, width in (("top", 20), ("bottom", 20), ("left", 30), ("right", 15)):
        margins.set(qn(f"w:{side}"), str(round(Mm(width).twips)))
    numbers = OxmlElement("w:pgNumType")
    numbers.set(qn("w:start"), "1")
    whole.find(qn("w:pgMar")).addnext(numbers)
    made = document.add_paragraph()
    made.paragraph_format.line_spacing = Pt(1)
    made._p.get_or_add_pPr().append(upright)
    return made._p


if __name__ == "__main__":
    main()
