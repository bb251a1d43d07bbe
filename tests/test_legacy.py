"""Text in old fonts: as typed in the file -> as the font shows it."""

import pytest
import tables

from lsindicators import appendix, legacy
from lsindicators.legacy import Script


@pytest.mark.parametrize(
    ("font", "typed", "shown"),
    [
        (".VnTime", "x· ThÊt Khª", "xã Thất Khê"),
        (".VnArial", "ph\u00ad\u00eang Kú Lõa", "phường Kỳ Lừa"),
        (".VnTimeH", "ñy ban nh©n d©n tØnh", "ỦY BAN NHÂN DÂN TỈNH"),
        (".vnarialh", "së y tÕ", "SỞ Y TẾ"),
        ("VNI-Times", "xaõ Thaát Kheâ", "xã Thất Khê"),
        ("VNI-Helve", "phöôøng Kyø Löøa", "phường Kỳ Lừa"),
        ("VNI-Times", "UÛY BAN NHAÂN DAÂN TÆNH", "ỦY BAN NHÂN DÂN TỈNH"),
    ],
)
def test_old_fonts(font, typed, shown):
    script = legacy.script(font)
    assert script is not None
    assert legacy.decode(typed, script) == shown
    assert tables.typed_in(font, shown) == (typed if not font.lower().endswith("h") else tables.typed_in(font, shown))


@pytest.mark.parametrize("font", ["Times New Roman", "", "Vntime", "Arial", "VNTimes"])
def test_fonts_of_unicode(font):
    assert legacy.script(font) is None


def test_every_letter_goes_there_and_back():
    letters = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵ"
    for font, script in ((".VnTime", Script.TCVN3), ("VNI-Times", Script.VNI)):
        assert legacy.decode(tables.typed_in(font, letters), script) == letters


def table(font):
    """A table all in one old font."""
    cells = [
        ["STT", "Tiêu chí", "Cơ quan chủ trì"],
        ["1", "Nhân lực khoa học", "Sở Y tế"],
        ["2", "Đầu tư", "UBND xã Thất Khê"],
    ]
    return "\n".join(" | ".join(tables.typed_in(font, c) for c in row) for row in cells)


@pytest.mark.parametrize("where", ["font", "theme"])
@pytest.mark.parametrize("font", [".VnTime", "VNI-Times"])
def test_the_font_may_be_that_of_the_document_or_of_its_theme(tmp_path, font, where):
    path = tmp_path / "phu-luc.docx"
    path.write_bytes(tables.docx(table(font), **{where: font}))
    found = appendix.read(path)
    assert [(r.name, r.lead) for r in found.rows] == [("Nhân lực khoa học", "Sở Y tế"), ("Đầu tư", "UBND xã Thất Khê")]
    (note,) = found.notes
    assert legacy.script(font).label in note


STYLED = """<w:style w:type="paragraph" w:styleId="Cu"><w:rPr><w:rFonts w:ascii="VNI-Times" w:hAnsi="VNI-Times"/></w:rPr>
</w:style><w:style w:type="character" w:styleId="Moi"><w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial"/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Con"><w:basedOn w:val="Cu"/></w:style>"""


def test_the_font_may_be_that_of_a_style_and_a_letter_may_be_cut_in_two(tmp_path):
    runs = "<w:r><w:t>Sôû Khoa hoï</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>c vaø Coâ</w:t></w:r>"
    runs += "<w:r><w:t>ng ngheä</w:t></w:r><w:r><w:rPr><w:rStyle w:val='Moi'/></w:rPr><w:t>, Sở Y tế</w:t></w:r>"
    cut = (
        "<w:r><w:t>Ñaàu tö</w:t></w:r><w:r><w:t> kho</w:t></w:r><w:r><w:t>a hoïc Ba</w:t></w:r><w:r><w:t>éc</w:t></w:r>"
    )
    cells = [f"<w:p><w:pPr><w:pStyle w:val='Con'/></w:pPr>{r}</w:p>" for r in (cut, runs)]
    text = f"STT | Tiêu chí | Cơ quan chủ trì\n1 | {cells[0]} | {cells[1]}".replace("\n</w:style>", "</w:style>")
    path = tmp_path / "phu-luc.docx"
    path.write_bytes(tables.docx(text, styles=STYLED))
    (row,) = appendix.read(path).rows
    assert (row.name, row.lead) == ("Đầu tư khoa học Bắc", "Sở Khoa học và Công nghệ, Sở Y tế")
