"""Nghị định 30/2020/NĐ-CP: what we produce keeps it, by an independent reader too; and what breaks it is told, where."""

import io
import json
import re
import time
from copy import deepcopy
from datetime import date, datetime
from functools import cache

import docx
import pytest
import reports
import test_lint
import test_remind
import test_report
from campaigns import send
from click.testing import CliRunner
from conftest import KEY, small_plan
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from msgspec.structs import replace
from wordfile import changed, p, r, word

from lsindicators import decree, layout, letters, pipeline, release, report, summary
from lsindicators.appendix import printing
from lsindicators.cli import main
from lsindicators.decree.paper import Paper
from lsindicators.errors import UnusableInputError
from lsindicators.model import HANOI
from lsindicators.papers import Sender
from lsindicators.sealing import addendum


def signed(plan=None):
    plan = plan or small_plan()
    more = {"signer": "Trần Thị B", "authority": "KT. GIÁM ĐỐC", "position": "PHÓ GIÁM ĐỐC", "contact": "ông A"}
    committee = replace(plan.settings.committee, signer="Trần Văn C")
    return replace(plan, settings=replace(plan.settings, **more, committee=committee))


def sent():
    return letters.Sent(
        file="a.xlsx",
        sent_at=datetime(2026, 3, 20, tzinfo=HANOI),
        control="K7Q2-M9XD",
        taken=3,
        refused=False,
        remarks=(),
    )


@cache
def produced(name):
    """One of the papers that we make, of a small campaign."""
    plan = signed()
    form = layout.form(plan, "xa-hoa-tham")
    province = test_report.province()
    province["plan"] = signed(province["plan"])
    makers = {
        "bao-cao.docx": lambda: report.fill(**province),
        "bao-cao-ubnd.docx": lambda: report.fill(**province, sender=Sender.COMMITTEE),
        "cong-van-gui.docx": lambda: letters.transmittal(plan)(form, layout.stamp(KEY, form)),
        "cong-van-tra-lai.docx": lambda: letters.returned(plan)(form, layout.stamp(KEY, form), sent()),
        "phu-luc.docx": lambda: printing.print_out(plan),
        "bao-cao-bo-sung.docx": lambda: addendum.fill(plan, correction(), SIGNED, Sender.COMPILER, 2026),
        "bao-cao-bo-sung-ubnd.docx": lambda: addendum.fill(plan, correction(), SIGNED, Sender.COMMITTEE, 2026),
        "tom-tat.docx": lambda: release.brief.write(summary.of(*(province[k] for k in PROVINCE)), ()),
    }
    for number in (1, 2, 3):
        makers[f"don-doc-{number}.docx"] = lambda n=number: reminder(plan, n)[0]
        makers[f"don-doc-chung-{number}.docx"] = lambda n=number: reminder(plan, n)[1]
    return makers[name]()


PROVINCE = ("plan", "dataset", "results", "sendings")
SIGNED = addendum.Reference(document="12/BC-SKHCN ngày 09/4/2026")


def correction():
    row = {
        "number": "1",
        "code": "DV01",
        "name": "Tên",
        "measure": "%",
        "signed": "1",
        "corrected": "2",
        "change": "+1",
    }
    figures = [{**row, "reason": "Sở Y tế gửi lại ngày 02/5/2026"}]
    words = [{"number": "1", "signed": "Cũ", "corrected": "Mới"}]
    return addendum.Correction(
        criteria=figures, variables=figures, words=words, criteria_before=46, resent=1, documents=("45/SKHCN-QLKH",)
    )


def reminder(plan, number):
    """The letters of a round: to one unit, and to all of them."""
    gone = ("123/SKHCN-QLCN ngày 27/3/2026", "145/SKHCN-QLCN ngày 02/4/2026")[: number - 1]
    plan = replace(plan, settings=replace(plan.settings, reminded=gone))
    at = letters.occasion(plan.settings, date(2026, 3, 27 + number))
    one = test_remind.owing(plan)
    listed = [test_remind.owing(plan, unit, why) for unit in plan.owed for why in letters.Why]
    return letters.reminder(plan, at)(layout.form(plan, one.unit.code), one), letters.reminder_of_all(plan, at, listed)


REPORT, LETTER = "bao-cao.docx", "cong-van-gui.docx"
REMINDERS = tuple(f"don-doc{of_all}-{n}.docx" for of_all in ("", "-chung") for n in (1, 2, 3))
ADDENDA = ("bao-cao-bo-sung.docx", "bao-cao-bo-sung-ubnd.docx")
ALL = (REPORT, "bao-cao-ubnd.docx", *ADDENDA, LETTER, "cong-van-tra-lai.docx", *REMINDERS)


def told(content, name="a.docx"):
    """(code, severity, place, text) of all that is told of a paper."""
    return [(f.code.word, f.severity.value, f.at.sheet, f.value) for f in decree.check(content, name)]


# ------------------------------------------------------------------ what we make keeps the decree


@pytest.mark.parametrize("name", ALL)
def test_what_we_make_breaks_no_rule(name):
    assert [f for f in decree.check(produced(name), name) if f.code.word != "format-blank"] == []


@pytest.mark.parametrize("name", ALL)
def test_only_what_a_person_fills_in_is_blank(name):
    left = [f.message for f in decree.check(produced(name), name)]
    assert len(left) == len([m for m in left if re.search("số văn bản|ngày, tháng|đơn vị soạn thảo|Ghi", m)])
    assert any("số văn bản" in m for m in left)


def test_the_summary_for_the_public_is_no_act_but_looks_like_one_of_us():
    """Of the decree it keeps paper, margins and letters; its pages are numbered at the foot."""
    found = [f for f in decree.check(produced("tom-tat.docx"), "") if f.code.word in (FONT, PAGE)]
    assert [f.message.partition(",")[0] for f in found] == ["số trang ở chân trang"]


def effective(paragraph, name):
    """A trait of the letters of a paragraph, from its runs or up the chain of its styles."""
    runs = {getattr(run.font, name) for run in paragraph.runs if run.text.strip()}
    assert len(runs) <= 1, paragraph.text
    found, style = (runs or {None}).pop(), paragraph.style
    while found is None and style is not None:
        found, style = getattr(style.font, name), style.base_style
    return found


def alignment(paragraph):
    found, style = paragraph.alignment, paragraph.style
    while found is None and style is not None:
        found, style = style.paragraph_format.alignment, style.base_style
    return found


def spaced(paragraph, name):
    found, style = getattr(paragraph.paragraph_format, name), paragraph.style
    while found is None and style is not None:
        found, style = getattr(style.paragraph_format, name), style.base_style
    return found


def every(document):
    for element in document.element.body.iter(qn("w:p")):
        yield docx.text.paragraph.Paragraph(element, document)


def paragraph(document, start):
    return next(q for q in every(document) if reports.written(q._p).startswith(start))


#  text, sizes, bold, italic, place on the line; None: not asked
HEAD = [
    ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", (12, 13), True, False, ALIGN.CENTER),
    ("Độc lập - Tự do - Hạnh phúc", (13, 14), True, False, ALIGN.CENTER),
    ("Số:", (13, 13), False, False, ALIGN.CENTER),
    ("Lạng Sơn, ngày", (13, 14), False, True, ALIGN.CENTER),
    ("Kính gửi:", (13, 14), False, False, None),
    ("Nơi nhận:", (12, 12), True, True, ALIGN.LEFT),
    ("- Như trên;", (11, 11), False, False, ALIGN.LEFT),
    ("- Lưu: VT", (11, 11), False, False, ALIGN.LEFT),
]
OF_COMPILER = [
    ("UBND TỈNH LẠNG SƠN", (12, 13), False, False, ALIGN.CENTER),
    ("SỞ KHOA HỌC VÀ CÔNG NGHỆ", (12, 13), True, False, ALIGN.CENTER),
    ("KT. GIÁM ĐỐC", (13, 14), True, False, ALIGN.CENTER),
    ("PHÓ GIÁM ĐỐC", (13, 14), True, False, ALIGN.CENTER),
    ("Trần Thị B", (13, 14), True, False, ALIGN.CENTER),
]
OF_COMMITTEE = [
    ("TM. ỦY BAN NHÂN DÂN", (13, 14), True, False, ALIGN.CENTER),
    ("Trần Văn C", (13, 14), True, False, ALIGN.CENTER),
]
OF_REPORT = [
    ("BÁO CÁO", (13, 14), True, False, ALIGN.CENTER),
    ("Kết quả thực hiện Bộ tiêu chí", (13, 14), True, False, ALIGN.CENTER),
    ("Thực hiện Quyết định số 2244/QĐ-TTg", (13, 14), False, False, ALIGN.JUSTIFY),
    ("I. ", (13, 14), True, False, None),
    ("II. ", (13, 14), True, False, None),
    ("1. ", (13, 14), True, False, None),
    ("Phụ lục I", (14, 14), True, False, ALIGN.CENTER),
    ("BẢNG TỔNG HỢP TIÊU CHÍ", (13, 14), True, False, ALIGN.CENTER),
    ("(Kèm theo Báo cáo số", (13, 14), False, True, ALIGN.CENTER),
]
OF_LETTER = [
    ("V/v ", (12, 13), False, False, ALIGN.CENTER),
    ("Thực hiện Quyết định số 2244/QĐ-TTg", (13, 14), False, False, ALIGN.JUSTIFY),
]
ELEMENTS = [
    (name, *row)
    for name, rows in {
        REPORT: [*HEAD, *OF_COMPILER, *OF_REPORT],
        "bao-cao-ubnd.docx": [*HEAD, *OF_COMMITTEE, *OF_REPORT],
        LETTER: [*HEAD, *OF_COMPILER, *OF_LETTER],
    }.items()
    for row in rows
]


@pytest.mark.parametrize(("name", "start", "sizes", "bold", "italic", "align"), ELEMENTS)
def test_each_element_by_another_reader(name, start, sizes, bold, italic, align):
    found = paragraph(docx.Document(io.BytesIO(produced(name))), start)
    assert sizes[0] <= effective(found, "size").pt <= sizes[1]
    assert bool(effective(found, "bold")) is bold
    assert bool(effective(found, "italic")) is italic
    assert effective(found, "name") == "Times New Roman"
    assert align is None or (alignment(found) or ALIGN.LEFT) == align


@pytest.mark.parametrize("name", ALL)
def test_page_by_another_reader(name):
    document = docx.Document(io.BytesIO(produced(name)))
    for number, section in enumerate(document.sections):
        wide = section.orientation == WD_ORIENT.LANDSCAPE
        size = (section.page_height, section.page_width) if wide else (section.page_width, section.page_height)
        assert [round(side / Mm(1)) for side in size] == [210, 297]
        for side, low, high in (("top", 20, 25), ("bottom", 20, 25), ("left", 30, 35), ("right", 15, 20)):
            assert low - 0.1 <= getattr(section, f"{side}_margin") / Mm(1) <= high + 0.1, side
        shown = [q for q in section.header.paragraphs if "PAGE" in q._p.xml]
        assert len(shown) == 1
        assert alignment(shown[0]) == ALIGN.CENTER
        assert 13 <= effective(shown[0], "size").pt <= 14
        assert section.different_first_page_header_footer
        assert "PAGE" not in section.first_page_header._element.xml
        assert "PAGE" not in section.footer._element.xml
        if number:
            assert section._sectPr.find(qn("w:pgNumType")).get(qn("w:start")) == "1"


@pytest.mark.parametrize("name", [REPORT, LETTER])
def test_every_letter_is_black_times_new_roman_by_another_reader(name):
    document = docx.Document(io.BytesIO(produced(name)))
    for q in every(document):
        if q.text.strip():
            assert effective(q, "name") == "Times New Roman", q.text
            assert not any(run.font.color.rgb not in (None, RGBColor(0, 0, 0)) for run in q.runs), q.text


@pytest.mark.parametrize("name", [REPORT, LETTER])
def test_the_text_is_indented_and_spaced_by_another_reader(name):
    document = docx.Document(io.BytesIO(produced(name)))
    long = [q for q in document.paragraphs if len(q.text) > 120 and alignment(q) == ALIGN.JUSTIFY]
    long = [q for q in long if effective(q, "size").pt >= 13]
    assert long
    for q in long:
        assert 9.9 <= spaced(q, "first_line_indent") / Mm(1) <= 12.8
        assert spaced(q, "space_after").pt + spaced(q, "space_before").pt >= 6
        assert 1 <= spaced(q, "line_spacing") <= 1.5


@pytest.mark.parametrize("name", ALL)
def test_the_text_ends_and_the_recipients_stand_as_the_decree_asks(name):
    document = docx.Document(io.BytesIO(produced(name)))
    texts = [q.text for q in every(document)]
    assert sum(text.endswith("./.") for text in texts) == 1
    begin = texts.index("Nơi nhận:")
    listed = [t for t in texts[begin + 1 :] if t.startswith("- ")]
    listed = listed[: 1 + next(n for n, t in enumerate(listed) if t.startswith("- Lưu: VT"))]
    assert listed[0] == "- Như trên;"
    assert all(t.endswith(";") for t in listed[:-1])
    assert listed[-1].endswith(".")


# ------------------------------------------------------------------ what breaks the decree is told


def damaged(name, damage):
    """What is told of a paper after ``damage`` that was not told before, and where."""
    document = docx.Document(io.BytesIO(produced(name)))
    damage(document)
    stream = io.BytesIO()
    document.save(stream)
    return [x for x in told(stream.getvalue()) if (x[0], x[3]) not in known(name)]


@cache
def known(name):
    return {(code, text) for code, _, _, text in told(produced(name))}


def typed(start, text):
    """Give a paragraph another text, in the formatting that it has."""

    def change(document):
        found = paragraph(document, start)
        for run in found.runs[1:]:
            run._r.getparent().remove(run._r)
        found.runs[0].text = text

    return change


def font(start, /, **traits):
    def change(document):
        for run in paragraph(document, start).runs:
            for name, value in traits.items():
                setattr(run.font, name, value)

    return change


def form(start, /, **traits):
    def change(document):
        for name, value in traits.items():
            setattr(paragraph(document, start).paragraph_format, name, value)

    return change


def style(of, /, **traits):
    def change(document):
        for trait, value in traits.items():
            setattr(document.styles[of].font, trait, value)

    return change


def gone(start):
    def change(document):
        found = paragraph(document, start)._p
        found.getparent().remove(found)

    return change


def section(number, **traits):
    def change(document):
        for name, value in traits.items():
            setattr(document.sections[number], name, value)

    return change


def footer_number(document):
    header = document.sections[0].header
    number = next(q for q in header.paragraphs if "PAGE" in q._p.xml)
    document.sections[0].footer.paragraphs[0]._p.append(deepcopy(number._p[-1]))
    number._p.getparent().remove(number._p)


def counting_on(document):
    last = document.sections[-1]._sectPr.find(qn("w:pgNumType"))
    last.getparent().remove(last)


def default_font(document):
    """Take the font out of every style, and put another into the defaults of the document."""
    root = document.styles.element
    for fonts in list(root.iter(qn("w:rFonts"))):
        fonts.getparent().remove(fonts)
    properties = root.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    fonts = OxmlElement("w:rFonts")
    fonts.set(qn("w:asciiTheme"), "minorHAnsi")
    fonts.set(qn("w:hAnsiTheme"), "minorHAnsi")
    properties.insert(0, fonts)


def blue(document):
    paragraph(document, BODY).runs[0].font.color.rgb = RGBColor(0, 0, 255)


def without_rule(name):
    def change(document):
        for q in list(every(document)):
            if q.style.name == name:
                q.style = document.styles["LS Quốc hiệu"]

    return change


BODY = "Thực hiện Quyết định số 2244"
PAGE, FONT, SIZE, STYLE, ELEMENT, BLANK = (
    f"format-{word_}" for word_ in ("page", "font", "size", "style", "element", "blank")
)
DAMAGES = [
    # the page
    (LETTER, section(0, left_margin=Mm(20)), PAGE, None),
    (LETTER, section(0, right_margin=Mm(25)), PAGE, None),
    (LETTER, section(0, top_margin=Mm(15)), PAGE, None),
    (LETTER, section(0, page_width=Mm(215.9), page_height=Mm(279.4)), PAGE, None),
    (LETTER, section(0, different_first_page_header_footer=False), PAGE, None),
    (LETTER, footer_number, PAGE, None),
    (REPORT, counting_on, PAGE, "phần 5"),
    (LETTER, style("LS Số trang", size=Pt(11)), PAGE, None),
    (LETTER, style("LS Số trang", bold=True), PAGE, None),
    # fonts, colours, sizes
    (LETTER, font(BODY, name="Arial"), FONT, "đoạn 2"),
    (LETTER, style("LS Nội dung", name="Calibri"), FONT, "đoạn 2"),
    (LETTER, default_font, FONT, "bảng 1, hàng 1"),
    (LETTER, blue, STYLE, "đoạn 2"),
    (LETTER, font(BODY, size=Pt(12)), SIZE, "đoạn 2"),
    (LETTER, style("LS Nội dung", size=Pt(16)), SIZE, "đoạn 2"),
    (LETTER, font("CỘNG HÒA", size=Pt(14)), SIZE, "bảng 1, hàng 1"),
    (LETTER, font("Độc lập", size=Pt(12)), SIZE, "bảng 1, hàng 1"),
    (LETTER, font("SỞ KHOA", size=Pt(14)), SIZE, "bảng 1, hàng 1"),
    (LETTER, font("Số:", size=Pt(14)), SIZE, "bảng 1, hàng 2"),
    (LETTER, font("Lạng Sơn, ngày", size=Pt(12)), SIZE, "bảng 1, hàng 2"),
    (LETTER, font("V/v", size=Pt(14)), SIZE, "bảng 1, hàng 2"),
    (LETTER, font("Nơi nhận:", size=Pt(14)), SIZE, "bảng 2, hàng 1"),
    (LETTER, font("- Như trên;", size=Pt(12)), SIZE, "bảng 2, hàng 1"),
    (LETTER, font("PHÓ GIÁM ĐỐC", size=Pt(12)), SIZE, "bảng 2, hàng 1"),
    (REPORT, font("BÁO CÁO", size=Pt(16)), SIZE, None),
    (REPORT, font("Phụ lục I", size=Pt(13)), SIZE, None),
    # bold, slanted, capitals, place on the line
    (LETTER, font("CỘNG HÒA", bold=False), STYLE, "bảng 1, hàng 1"),
    (LETTER, font("UBND TỈNH", bold=True), STYLE, "bảng 1, hàng 1"),
    (LETTER, font("Lạng Sơn, ngày", italic=False), STYLE, "bảng 1, hàng 2"),
    (LETTER, font("Nơi nhận:", italic=False), STYLE, "bảng 2, hàng 1"),
    (LETTER, font("Trần Thị B", bold=False), STYLE, "bảng 2, hàng 1"),
    (LETTER, typed("CỘNG HÒA", "Cộng hòa xã hội chủ nghĩa Việt Nam"), STYLE, "bảng 1, hàng 1"),
    (LETTER, form("Số:", alignment=ALIGN.LEFT), STYLE, "bảng 1, hàng 2"),
    (LETTER, form(BODY, alignment=ALIGN.LEFT), STYLE, "đoạn 2"),
    (LETTER, form(BODY, first_line_indent=Mm(0)), STYLE, "đoạn 2"),
    (LETTER, form(BODY, line_spacing=2.0), STYLE, "đoạn 2"),
    (LETTER, form(BODY, space_after=Pt(0)), STYLE, "đoạn 3"),
    (REPORT, font("BÁO CÁO", bold=False), STYLE, None),
    (REPORT, font("Kết quả thực hiện Bộ tiêu chí", bold=False), STYLE, None),
    (REPORT, font("I. CÔNG TÁC", bold=False), STYLE, None),
    (REPORT, typed("II. KẾT QUẢ", "II. Kết quả theo các nhóm tiêu chí"), STYLE, None),
    (REPORT, font("(Kèm theo", italic=False), STYLE, None),
    # what the elements say
    (LETTER, gone("Độc lập"), ELEMENT, None),
    (LETTER, gone("Kính gửi"), ELEMENT, None),
    (LETTER, gone("V/v"), ELEMENT, None),
    (LETTER, gone("Nơi nhận:"), ELEMENT, None),
    (REPORT, gone("Kết quả thực hiện Bộ tiêu chí"), ELEMENT, None),
    (LETTER, gone("- Như trên;"), ELEMENT, "bảng 2, hàng 1"),
    (LETTER, gone("- Lưu: VT"), ELEMENT, "bảng 2, hàng 1"),
    (LETTER, typed("- Như trên;", "- Như trên."), ELEMENT, "bảng 2, hàng 1"),
    (LETTER, typed("- Như trên;", "Như trên;"), ELEMENT, "bảng 2, hàng 1"),
    (LETTER, typed("Số:", "Số: 5/SKHCN-VP"), ELEMENT, "bảng 1, hàng 2"),
    (LETTER, typed("Số:", "Số: 12/CV-SKHCN"), ELEMENT, "bảng 1, hàng 2"),
    (LETTER, typed("Số:", "Số: 12/ SKHCN - VP"), ELEMENT, "bảng 1, hàng 2"),
    (LETTER, typed("Số:", "Số: 12/skhcn-vp"), ELEMENT, "bảng 1, hàng 2"),
    (REPORT, typed("Số:", "Số: 12/SKHCN"), ELEMENT, "bảng 1, hàng 2"),
    (LETTER, typed("Lạng Sơn, ngày", "Lạng Sơn, ngày 5 tháng 4 năm 2026"), ELEMENT, "bảng 1, hàng 2"),
    (LETTER, typed("Lạng Sơn, ngày", "Lạng Sơn, ngày 05 tháng 04 năm 2026"), ELEMENT, "bảng 1, hàng 2"),
    (LETTER, typed("Lạng Sơn, ngày", "Lạng Sơn, ngày 05 tháng 2 năm 2026"), ELEMENT, "bảng 1, hàng 2"),
    (LETTER, typed("Lạng Sơn, ngày", "Lạng Sơn ngày 05 tháng 4 năm 2026"), ELEMENT, "bảng 1, hàng 2"),
    (LETTER, typed("Sở Khoa học và Công nghệ đề nghị Quý", "Đề nghị phối hợp thực hiện."), ELEMENT, "đoạn 8"),
    (LETTER, typed("KT. GIÁM ĐỐC", "KT GIÁM ĐỐC"), ELEMENT, "bảng 2, hàng 1"),
    (LETTER, gone("KT. GIÁM ĐỐC"), ELEMENT, "bảng 2, hàng 1"),
    (LETTER, typed("Trần Thị B", "TS. Trần Thị B"), ELEMENT, "bảng 2, hàng 1"),
    (LETTER, typed("Trần Thị B", "……………"), BLANK, "bảng 2, hàng 1"),
    (LETTER, without_rule("LS Kẻ dưới tiêu ngữ"), ELEMENT, "bảng 1, hàng 1"),
    (LETTER, without_rule("LS Kẻ dưới cơ quan"), ELEMENT, "bảng 1, hàng 1"),
    (REPORT, without_rule("LS Kẻ dưới trích yếu"), ELEMENT, None),
    (REPORT, typed("Phụ lục II", "Phụ lục 2"), ELEMENT, None),
    (REPORT, gone("(Kèm theo"), ELEMENT, None),
    (LETTER, typed(BODY, "{{ year }}"), ELEMENT, "đoạn 2"),
    (LETTER, typed(BODY, "Theo văn bản ngày 1/3/2026, các đơn vị báo cáo như sau đây:"), ELEMENT, "đoạn 2"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "damage", "code", "place"), DAMAGES, ids=range(len(DAMAGES)))
def test_each_damage_is_told(name, damage, code, place):
    found = damaged(name, damage)
    assert any(c == code and (place in (None, at) or (text or "").startswith(place)) for c, _, at, text in found), found
    assert len(found) <= 4 or damage is default_font


@pytest.mark.parametrize("severity", ["error", "warning", "info"])
def test_a_rule_weighs_as_it_is_certain(severity):
    """The decree's own rules are errors, practice is a warning or a note."""
    damages = {
        "error": font("BÁO CÁO", size=Pt(16)),
        "warning": typed("Thực hiện Quyết định", "Theo văn bản ngày 1/3/2026 của Ủy ban nhân dân tỉnh, như sau:"),
        "info": style("LS Bảng", size=Pt(9)),
    }
    assert {s for _, s, _, _ in damaged(REPORT, damages[severity])} == {severity}


def test_the_same_fault_is_told_once_with_its_places():
    found = next(
        f for f in decree.check(edited(LETTER, style("LS Nội dung", name="Arial")), "a.docx") if "Arial" in f.message
    )
    assert re.search(r"và \d chỗ nữa: đoạn 3", found.message)


def edited(name, change):
    document = docx.Document(io.BytesIO(produced(name)))
    change(document)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


# ------------------------------------------------------------------ appendices that stand by themselves


def test_the_printed_appendix_keeps_the_decree():
    found = decree.check(produced("phu-luc.docx"), "phu-luc.docx")
    assert [f for f in found if f.severity.value != "info"] == []
    document = docx.Document(io.BytesIO(produced("phu-luc.docx")))
    (only,) = document.sections
    assert only.orientation == WD_ORIENT.LANDSCAPE
    assert effective(document.paragraphs[0], "size").pt == 14
    assert effective(document.paragraphs[1], "bold")
    assert effective(document.paragraphs[2], "italic")


def test_the_annex_of_a_trace_keeps_the_decree(campaign, tmp_path):
    send(campaign, "so-khcn", F12=120000)
    pipeline.receive(campaign)
    target = tmp_path / "truy-nguyen.docx"
    assert CliRunner().invoke(main, ["trace", str(campaign), "DV01", "--docx", str(target)]).exit_code in (0, 1)
    assert [f for f in decree.check(target.read_bytes(), "truy-nguyen.docx") if f.severity.value != "info"] == []


# ------------------------------------------------------------------ what people write freely in Word


SZ = '<w:sz w:val="{}"/>'
TIMES = '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman"/>'
MIDDLE = '<w:pPr><w:jc w:val="center"/></w:pPr>'
PLAIN = '<w:pPr><w:spacing w:before="120"/><w:ind w:firstLine="720"/><w:jc w:val="both"/></w:pPr>'
SECTION = (
    '<w:sectPr><w:headerReference w:type="default" r:id="rId9"/><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1134" w:right="851" w:bottom="1134" w:left="1701"/><w:titlePg/></w:sectPr>'
)
RULE = "<w:r><w:pict/></w:r>"


def written(text, size, look="", shape=MIDDLE, more=""):
    return p(shape, r(text, TIMES + look + SZ.format(2 * size)), more)


def free(*body, section_=SECTION):
    """A paper as somebody writes it in Word: everything by hand, no style by name."""
    from wordfile import rels, root

    number = p(MIDDLE, '<w:fldSimple w:instr=" PAGE ">' + r("2", TIMES + SZ.format(28)) + "</w:fldSimple>")
    return word(*body, section_, **{
        "word__header1_xml": root("hdr", number),
        "word___rels__document_xml.rels": rels(("rId9", "header", "header1.xml")),
    })  # fmt: skip


def cells(*columns):
    return f"<w:tbl><w:tblPr/><w:tr>{''.join(f'<w:tc>{c}</w:tc>' for c in columns)}</w:tr></w:tbl>"


B, I_ = "<w:b/>", "<w:i/>"


def handwritten(**other):
    """A công văn of a commune, in order."""
    parts = {
        "head": cells(
            written("ỦY BAN NHÂN DÂN", 13, B) + written("XÃ HOA THÁM", 13, B, more=RULE) + written("Số: 05/UBND-VP", 13)
            + written("V/v cung cấp số liệu", 12),
            written("CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", 13, B) + written("Độc lập - Tự do - Hạnh phúc", 14, B, more=RULE)
            + written("Hoa Thám, ngày 05 tháng 4 năm 2026", 14, I_),
        ),
        "to": written("Kính gửi: Sở Khoa học và Công nghệ.", 14),
        "text": written("Thực hiện văn bản của Sở Khoa học và Công nghệ, Ủy ban nhân dân xã gửi số liệu kèm theo đây./.", 14, shape=PLAIN),
        "foot": cells(
            written("Nơi nhận:", 12, B + I_, "<w:pPr/>") + written("- Như trên;", 11, "", "<w:pPr/>")
            + written("- Lưu: VT.", 11, "", "<w:pPr/>"),
            written("TM. ỦY BAN NHÂN DÂN", 14, B) + written("CHỦ TỊCH", 14, B) + p("") + written("Hoàng Văn D", 14, B),
        ),
        "end": p(""),
    }  # fmt: skip
    return free(*{**parts, **other}.values())


def test_a_letter_written_by_hand_in_order_is_in_order():
    assert told(handwritten()) == []


def head(*left, right=None):
    return cells("".join(left), right or written("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12, B)
                 + written("Độc lập - Tự do - Hạnh phúc", 13, B, more=RULE) + written("Hoa Thám, ngày 05 tháng 4 năm 2026", 13, I_))  # fmt: skip


SUBJECT = written("Số: 05/UBND-VP", 13) + written("V/v cung cấp số liệu", 12)
BY_HAND = [
    ({"text": written("Nội dung văn bản viết bằng phông khác, dài quá một dòng để canh đều được hai lề./.", 14, shape=PLAIN).replace("Times New Roman", ".VnTime")}, FONT, "Nội dung văn bản"),
    ({"text": written("Đoạn chữ nghiêng hết cả đoạn thì không đúng với thể thức của nội dung văn bản hành chính./.", 14, I_, PLAIN)}, STYLE, "Đoạn chữ"),
    ({"to": written("Kính gửi:", 14) + written("- Sở Y tế;", 14) + written("- Sở Nội vụ;", 14)}, ELEMENT, "- Sở Nội vụ;"),
    ({"to": written("Kính gửi Sở Y tế", 14)}, ELEMENT, "Kính gửi Sở Y tế"),
    ({"head": head(written("UBND TỈNH LẠNG SƠN", 12, B), written("SỞ Y TẾ", 12, B, more=RULE), SUBJECT)}, STYLE, "UBND TỈNH"),
    ({"head": head(written("UBND TỈNH LẠNG SƠN", 12), written("SỞ Y TẾ", 12, more=RULE), SUBJECT)}, STYLE, "SỞ Y TẾ"),
    ({"head": head(written("ỦY BAN NHÂN DÂN", 12, B), written("XÃ HOA THÁM", 12, B), SUBJECT)}, ELEMENT, "XÃ HOA THÁM"),
    ({"end": written("Phụ lục I", 14, B) + written("SỐ LIỆU", 14, B) + written("(Kèm theo Công văn số 05/UBND-VP)", 14, I_)}, PAGE, "đoạn 3"),
    ({"end": written("Phụ lục", 13, B) + written("SỐ LIỆU", 14, B) + written("(Kèm theo Công văn số 05/UBND-VP)", 14, I_)}, SIZE, "Phụ lục"),
]  # fmt: skip


@pytest.mark.parametrize(("other", "code", "place"), BY_HAND, ids=range(len(BY_HAND)))
def test_a_letter_written_by_hand_is_judged_by_what_it_says(other, code, place):
    found = told(handwritten(**other))
    assert any(c == code and place in (at, (text or "")[: len(place)]) for c, _, at, text in found), found
    assert len(found) <= 4, found


STYLED = '<w:style w:type="paragraph" w:default="1" w:styleId="N"><w:rPr><w:b/><w:sz w:val="28"/></w:rPr></w:style>'
CHARACTER = '<w:style w:type="character" w:styleId="C"><w:rPr><w:b/></w:rPr></w:style>'
THEME = (
    '<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:fontScheme><a:minorFont>'
    '<a:latin typeface="Cambria"/></a:minorFont></a:fontScheme></a:theme>'
)
DEFAULTS = '<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:asciiTheme="minorHAnsi" w:hAnsiTheme="minorHAnsi"/><w:sz w:val="22"/></w:rPr></w:rPrDefault></w:docDefaults>'


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        (r("x"), ("Cambria", 14, True)),  # defaults, theme, and the style of every paragraph
        (r("x", '<w:rStyle w:val="C"/>'), ("Cambria", 14, False)),  # bold of two styles takes itself back
        (r("x", '<w:rStyle w:val="C"/><w:b/>'), ("Cambria", 14, True)),  # its own word counts
        (r("x", '<w:b w:val="0"/><w:sz w:val="24"/>'), ("Cambria", 12, False)),
        (r("x", '<w:rFonts w:ascii="Arial" w:hAnsi="Arial"/>'), ("Arial", 14, True)),
    ],
)
def test_what_a_run_looks_like_whoever_says_so(run, expected):
    from wordfile import root

    paper = Paper(
        word(p(run), word__styles_xml=root("styles", DEFAULTS + STYLED + CHARACTER), word__theme__theme1_xml=THEME)
    )
    ((_, look),) = paper.lines[0].looks
    assert (look.fonts[0], look.size, look.bold) == expected


def test_a_style_that_is_based_on_itself_does_no_harm():
    from wordfile import root

    loop = '<w:style w:type="paragraph" w:default="1" w:styleId="N"><w:basedOn w:val="N"/><w:rPr><w:sz w:val="30"/></w:rPr></w:style>'
    assert Paper(word(p("x"), word__styles_xml=root("styles", loop))).lines[0].looks[0][1].size == 15


# ------------------------------------------------------------------ files that are no papers


UNREADABLE = ("zip bomb", "two documents", "external entity", "many entities", "utf-16", "broken xml", "too deep",
              "old .doc or password", "no zip", "many paragraphs without an end", "other encoding")  # fmt: skip


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_no_paper_is_one_sentence(name):
    with pytest.raises(UnusableInputError, match=r"^a\.docx: ") as stopped:
        decree.check(test_lint.HOSTILE[name](), "a.docx")
    assert "\n" not in str(stopped.value)


@pytest.mark.parametrize("name", [n for n in test_lint.HOSTILE if n not in UNREADABLE])
def test_what_works_by_itself_is_not_started_here(name):
    decree.check(test_lint.HOSTILE[name](), "a.docx")


def test_a_broken_part_beside_the_text_is_one_sentence():
    with pytest.raises(UnusableInputError, match=r"^a\.docx: "):
        decree.check(changed(produced(LETTER), word__styles_xml="<w:styles>"), "a.docx")


def test_an_empty_file_lacks_everything():
    assert {c for c, *_ in told(word())} >= {PAGE, ELEMENT}


def test_a_long_report_is_judged_in_no_time():
    rows = "".join(
        written(f"Đoạn {n} nói về tiêu chí, dài hơn một dòng, để có cái mà đo thời gian.", 14, shape=PLAIN)
        for n in range(3000)
    )
    content = handwritten(text=rows + written("Hết./.", 14, shape=PLAIN))
    start = time.process_time()
    decree.check(content, "a.docx")
    assert time.process_time() - start < 3  # of a machine at work; alone it is a tenth


# ------------------------------------------------------------------ the command


def test_the_command_tells_places_and_ends_with_1(tmp_path):
    paper = tmp_path / "cong-van.docx"
    paper.write_bytes(edited(LETTER, font("Độc lập", size=Pt(12))))
    done = CliRunner().invoke(main, ["report", "--format", str(paper)])
    assert done.exit_code == 1
    assert "Lỗi: bảng 1, hàng 1 “Độc lập - Tự do - Hạnh phúc”: Tiêu ngữ cỡ 12, cần cỡ 13 đến 14" in done.output
    assert "Cần người ghi: bảng 1, hàng 2: còn để trống: số văn bản" in done.output
    paper.write_bytes(produced(LETTER))
    assert CliRunner().invoke(main, ["report", "--format", str(paper)]).exit_code == 0


def test_the_command_speaks_json(tmp_path):
    paper = tmp_path / "cong-van.docx"
    paper.write_bytes(edited(LETTER, font("Độc lập", size=Pt(12))))
    done = CliRunner().invoke(main, ["report", "--format", str(paper), "--json"])
    document = json.loads(done.output)
    assert done.exit_code == 1
    assert document["summary"]["error"] == 1
    assert document["findings"][0]["code"] == SIZE
    assert document["findings"][0]["sheet"] == "bảng 1, hàng 1"


@pytest.mark.parametrize(
    "arguments",
    [["--format", "none.docx"], ["--format", "a.docx", "--check"], ["--format", "a.docx", "--pdf"], ["--json"]],
)
def test_a_wrong_call_is_one_sentence(arguments, tmp_path):
    done = CliRunner().invoke(main, ["report", str(tmp_path), *arguments])
    assert done.exit_code == 2
    assert len(done.output.strip().splitlines()) == 1
