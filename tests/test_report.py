"""The Word report: what it prints of each figure, that texts stay texts, that a faulty template is refused."""

import io
import re
import subprocess
import zipfile
from decimal import Decimal
from pathlib import Path

import docx
import office
import pytest
from conftest import small_plan
from docx.shared import Mm, Pt
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from reports import AT, HOSTILE, TODAY, UNITS, filled, lines, plain, province, result, tables, text, written

from lsindicators import compute, layout, merge, report, values, wording
from lsindicators.errors import UnusableInputError
from lsindicators.model import Figure, State
from lsindicators.papers import Sender, initials, printing, tags
from lsindicators.report import content

GOLDEN = Path(__file__).parent / "golden" / "bao-cao.txt"
PAGE = Path(__file__).parents[1] / "docs" / "mau-bao-cao.md"

# ------------------------------------------------------------------ figures


def test_each_criterion_is_printed_with_its_decimals():
    _, annex, _ = tables(filled())
    assert annex["DV01"][4:8] == ["1.200", "1.234", "+34", "3/3"]
    assert annex["DV01_P"][2:8] == ["- Tỷ trọng người nghiên cứu", "%", "80,0", "81,0", "+1,0", "3/3"]
    assert annex["KQ07"][4:8] == ["11,20", "12,35", "+1,15", "2/3"]
    assert annex["HQ02"][4:8] == ["6,50", "Chưa có số liệu", "–", "0/3"]
    assert annex["TD26"][4:8] == ["Chưa có số liệu", "66,7", "–", "3/3"]
    assert annex["KQ07"][8] == "Sở KH&CN"


def test_each_criterion_stands_once_in_its_group_and_once_in_the_annex():
    second, annex, _ = tables(filled())
    found = [line.split(" | ")[1] for line in lines(filled()) if line.count(" | ") in (7, 8)]
    for criterion in small_plan().criteria:
        assert found.count(criterion.code) == 2
        assert second[criterion.code][2] == annex[criterion.code][2] == criterion.name
        assert second[criterion.code][3:8] == annex[criterion.code][3:8]


@pytest.mark.parametrize(
    ("value", "previous", "printed"),
    [
        ("5", "4", "+1,00"),
        ("4", "5", "-1,00"),
        ("5", "5", "0,00"),
        ("5.001", "5", "0,00"),
        ("5", "5.001", "0,00"),
        ("-3.5", "1", "-4,50"),
        ("5", None, "–"),
        (None, "5", "–"),
        ("1234567.5", "0", "+1.234.567,50"),
    ],
)
def test_change_is_this_year_less_last_year(value, previous, printed):
    assert wording.change(result(small_plan().criterion["KQ07"], value, previous)) == printed


@given(st.decimals(-(10**9), 10**9, places=6), st.integers(0, 6))
@settings(deadline=None)
def test_a_printed_value_has_exactly_its_decimals(value, decimals):
    criterion = replace(small_plan().criteria[0], decimals=decimals)
    _, _, fraction = wording.figure(value, criterion).partition(",")
    assert len(fraction) == decimals


def test_variables_show_totals_and_coverage():
    _, _, rows = tables(filled())
    assert rows["C01_A"][4:7] == ["950", "1.000", "3/3"]
    assert rows["C09_A"][5:7] == ["25", "2/3"]
    assert rows["C14_A"][4:7] == ["Chưa có số liệu", "Chưa có số liệu", "0/3"]
    assert rows["C43_A"][3:7] == ["% đơn vị có", "Chưa có số liệu", "66,67", "3/3"]
    assert rows["C09_B"][5:7] == ["Chưa có số liệu", "0/1"]


def test_figures_come_through_merge_and_compute():
    plan = small_plan()
    given = {
        ("so-khcn", "C09_A"): "3",
        ("xa-hoa-tham", "C09_A"): "4",
        ("phuong-ky-lua", "C09_A"): "0",
        ("so-khcn", "C09_B"): "11",
    }
    figures = [
        Figure(variable=v, unit=u, year=2025, value=Decimal(n), state=State.GIVEN) for (u, v), n in given.items()
    ]
    dataset, _ = merge.combine(plan, figures, {}, UNITS)
    results = compute.evaluate(plan, dataset)
    second, _, rows = tables(docx.Document(io.BytesIO(report.fill(plan, dataset, results, (), {}, TODAY))))
    assert second["KQ07"][5] == "63,64"
    assert second["DV01"][5] == "Chưa có số liệu"
    assert rows["C09_A"][5:7] == ["7", "3/3"]
    assert rows["C09_A"][7] == "Sở KH&CN: 3; Xã Hoa Thám: 4; Phường Kỳ Lừa: 0"
    assert rows["C09_B"][7] == "Sở KH&CN"


# ------------------------------------------------------------------ head, signature, recipients


def test_head_and_signature():
    plan = small_plan()
    signed = replace(plan.settings, authority="KT. GIÁM ĐỐC", position="PHÓ GIÁM ĐỐC", signer="Nguyễn Văn A")
    tables = filled(**province(small_plan(settings=signed))).tables
    head = ["\n".join(written(p._p) for p in c.paragraphs) for row in tables[0].rows for c in row.cells]
    assert head[0].split("\n")[:2] == ["UBND TỈNH LẠNG SƠN", "SỞ KHOA HỌC VÀ CÔNG NGHỆ"]
    assert head[2].endswith("/BC-SKHCN")
    assert values.clean(head[3]) == "Lạng Sơn, ngày tháng năm 2026"
    signature = next(t for t in tables if t.rows[0].cells[0].text.startswith("Nơi nhận"))
    left, right = signature.rows[0].cells
    assert left.text.split("\n") == ["Nơi nhận:", "- Như trên;", "- Lưu: VT."]
    assert right.text.split("\n") == ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "Nguyễn Văn A"]


@pytest.mark.parametrize(
    ("names", "printed"),
    [
        ((), ["- Như trên;", "- Lưu: VT."]),
        (("- Như trên;", " Lưu: VT."), ["- Như trên;", "- Lưu: VT."]),
        (("Lãnh đạo Sở", "", "Lưu: VT"), ["- Như trên;", "- Lãnh đạo Sở;", "- Lưu: VT."]),
    ],
)
def test_recipients(names, printed):
    plan = small_plan()
    told = content.gather(**province(small_plan(settings=replace(plan.settings, recipients=names))))
    assert told["recipients"] == printed


@pytest.mark.parametrize(
    ("name", "short"),
    [("Sở Khoa học và Công nghệ", "SKHCN"), ("Ủy ban nhân dân tỉnh", "UBNDT"), ("Đài Phát thanh", "ĐPT")],
)
def test_the_symbol_is_made_of_initials(name, short):
    assert initials(name) == short


# ------------------------------------------------------------------ form by Nghị định 30/2020/NĐ-CP


def test_page_and_fonts():
    document = filled()
    for section in document.sections:
        assert sorted((round(section.page_width.mm), round(section.page_height.mm))) == [210, 297]
        assert (section.top_margin, section.bottom_margin) == (pytest.approx(Mm(20), 0.01),) * 2
        assert section.left_margin == pytest.approx(Mm(30), 0.01)
        assert Mm(14.9) <= section.right_margin <= Mm(20.1)
        assert section.different_first_page_header_footer
        assert "PAGE" in section.header._element.xml
        assert "PAGE" not in section.first_page_header._element.xml
    used = {p.style.name for p in document.paragraphs}
    assert used
    for name in used:
        assert name.startswith("LS "), name
        assert document.styles[name].font.name == "Times New Roman"
    for name, size, bold in (("LS Tên loại", 14, True), ("LS Nội dung", 14, False), ("LS Cơ quan chủ quản", 12, False)):
        assert (document.styles[name].font.size, document.styles[name].font.bold) == (Pt(size), bold)


def test_tables_repeat_their_heading_and_rows_do_not_split():
    for table in filled().tables[1:]:
        rows = table._tbl.tr_lst
        assert all(r.trPr is not None and r.trPr.find(docx.oxml.ns.qn("w:cantSplit")) is not None for r in rows)
        if len(table.columns) > 2:
            assert rows[0].trPr.find(docx.oxml.ns.qn("w:tblHeader")) is not None


def test_no_formatting_by_hand_in_the_template():
    document = docx.Document(io.BytesIO(report.shipped_template()))
    xml = document.element.body.xml
    of_letters = {f'<w:rStyle w:val="{style}"/>' for style in ("LsDauChuThich", "LsLoiNhac")}
    assert set(re.findall(r"<w:rPr>\s*(<[^>]*>)", xml)) == of_letters
    assert "<w:jc " not in xml
    assert "<w:br" not in xml


def test_made_up_figures_are_marked_on_every_page_and_under_the_title():
    plan = small_plan()
    document = filled(**province(small_plan(settings=replace(plan.settings, made_up=True))))
    for section in document.sections:
        for header in (section.header, section.first_page_header):
            assert layout.MADE_UP in "\n".join(p.text for p in header.paragraphs)
    assert f"({layout.MADE_UP})" in text(document)
    honest = filled()
    assert layout.MADE_UP not in text(honest)
    assert all(layout.MADE_UP not in p.text for p in honest.sections[0].first_page_header.paragraphs)


# ------------------------------------------------------------------ texts stay texts


def test_hostile_texts_stay_text():
    plan = small_plan()
    named = small_plan(
        criteria=tuple(replace(c, name=f"{c.name} {HOSTILE}", group=f"{c.group} {HOSTILE}") for c in plan.criteria),
        variables=tuple(replace(v, name=HOSTILE, measure=HOSTILE) for v in plan.variables),
        units=tuple(replace(u, name=f"{u.name} {HOSTILE}") for u in plan.units),
        settings=replace(plan.settings, signer=HOSTILE, place=HOSTILE, recipients=(HOSTILE,)),
    )
    answers = {"so-khcn": tuple((q, f"{i} {HOSTILE}\nhai", AT) for i, q in enumerate((*layout.QUESTIONS, HOSTILE)))}
    document = docx.Document(io.BytesIO(report.fill(**{**province(named), "answers": answers})))
    told = text(document)
    assert told.count("{{ 7*7 }}") > 20
    assert "49" not in told.replace("749", "")
    assert "<b>&amp;</b>" in told
    assert document.inline_shapes


@given(st.text(max_size=60))
@settings(deadline=None, max_examples=15)
def test_any_answer_gives_a_sound_document(answer):
    told = text(filled(answers={"so-khcn": ((layout.QUESTIONS[3], answer, AT),)}))
    assert "KIẾN NGHỊ, ĐỀ XUẤT" in told


# ------------------------------------------------------------------ the package


def test_same_input_same_bytes():
    assert report.fill(**province()) == plain()


def test_package_bears_no_clock():
    with zipfile.ZipFile(io.BytesIO(plain())) as package:
        assert {i.date_time for i in package.infolist()} == {(2025, 1, 1, 0, 0, 0)}
    assert filled().core_properties.author == "Sở Khoa học và Công nghệ"


def test_a_compiler_of_any_length_signs_the_package():
    plan = small_plan()
    plan = replace(plan, settings=replace(plan.settings, compiler="Sở Khoa học và Công nghệ " * 20))
    assert len(filled(plan=plan).core_properties.author) == 255


# ------------------------------------------------------------------ the template


def test_the_shipped_template_is_clean():
    assert report.lint(report.shipped_template(), "bao-cao.docx") == ()


def fits(told, wanted):
    """Whether ``told`` has the shape that templates are judged by; an empty list has any."""
    match wanted:
        case dict():
            return (
                isinstance(told, dict) and told.keys() == wanted.keys() and all(fits(told[k], wanted[k]) for k in told)
            )
        case list():
            return isinstance(told, list) and all(fits(item, wanted[0]) for item in told)
        case _:
            return isinstance(told, str)


def test_what_is_gathered_has_the_shape_that_templates_are_judged_by():
    told = content.gather(**province())
    assert fits(told, content.TAGS)


def test_no_tag_is_hidden_by_a_method_of_dict():
    def names(told):
        if isinstance(told, dict):
            yield from told
        for inner in told.values() if isinstance(told, dict) else told if isinstance(told, list) else ():
            yield from names(inner)

    assert not [name for name in names(content.TAGS) if hasattr(dict, name)]


def test_the_clerks_page_explains_every_tag_and_no_other():
    def names(told):
        for name, inner in told.items():
            yield name
            if isinstance(inner, list) and isinstance(inner[0], dict):
                yield from names(inner[0])
            elif isinstance(inner, dict):
                yield from names(inner)

    rows = [line.split("|") for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    told = {name for row in rows for name in re.findall(r"`(\w+)`", row[1])}
    places = {name for name in told if name.startswith("loi_") or name in ("so_van_ban", "ngay_ky")}
    needed = {name for row in rows if row[-3].strip() == "có" for name in re.findall(r"^ `(\w+)`", row[1])}
    assert needed == {name for path in report.NEEDED for name in re.split(r"[.|]", path)} & {
        name for row in rows if len(row) == 6 for name in re.findall(r"^ `(\w+)`", row[1])
    }
    assert told - places == set(names(content.TAGS)) - {"lines", "said", "picture", "caption", "mark"}


def test_the_clerks_page_names_every_place_of_the_template():
    xml = docx.Document(io.BytesIO(report.shipped_template())).element.body.xml
    tags_ = re.findall(r'<w:tag w:val="([^"]+)"', xml)
    assert (
        tags_
        == ["so-van-ban", "ngay-ky", *report.CONTROLS]
        == re.findall(r"^\| `([a-z-]+)` \| `\w+` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    )
    for tag in tags_:
        name = tag.replace("-", "_")
        (number,) = re.findall(rf'<w:bookmarkStart w:id="(\d+)" w:name="{name}"/>', xml)
        assert xml.count(f'<w:bookmarkEnd w:id="{number}"/>') == 1


def template(*paragraphs, table=(), header="", title=""):
    """A Word file with these paragraphs and, if any, a table of one column with these rows."""
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if table:
        grid = document.add_table(rows=0, cols=1)
        for row in table:
            grid.add_row().cells[0].text = row
    document.sections[0].header.paragraphs[0].text = header
    document.core_properties.title = title
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    "good",
    [
        ["{{ province }} {{ province|upper }} {{year}}"],
        ["{%p for g in groups %}", "{{ g.title }}: {{ loop.index }}", "{%p endfor %}"],
        [
            "{%p if made_up and not marked %}",
            "{{ made_up }}",
            "{%p elif marked == “có” %}",
            "x",
            "{%p else %}",
            "{%p endif %}",
        ],
        ["{% if made_up %}a{% else %}b{% endif %}", "{# ghi chú #}"],
        ["{{ recipients|join(', ') }}", "{{ groups|length }}"],
    ],
)
def test_good_templates_pass_and_are_filled(good):
    drawn = template(*good)
    assert tags.problems(drawn, content.TAGS) == ()
    assert report.fill(**province(), template=drawn)


@pytest.mark.parametrize(
    ("bad", "place", "told"),
    [
        (["x", "{{ provinse }}"], "đoạn 2 “{{ provinse }}”", "có phải “province”?"),
        (["{{ settings.signer }}"], "đoạn 1", "không có thẻ tên “settings”"),
        (["{{ groups.name }}"], "đoạn 1", "“groups.name” không có"),
        (["{{ groups }}"], "đoạn 1", "không in trực tiếp được"),
        (["{%p for g in groups %}", "{{ g.titel }}", "{%p endfor %}"], "đoạn 2", "có phải “title”?"),
        (["{%p for g in groups %}", "{{ g.title }}"], "đoạn 1", "chưa có thẻ đóng endfor"),
        (["{%p for c in province %}", "{%p endfor %}"], "đoạn 1", "không phải danh sách"),
        (["{%p for g in groups %}", "{%p endif %}"], "đoạn 2", "không có thẻ mở if"),
        (["{%p endfor %}"], "đoạn 1", "không có thẻ mở for"),
        (["{%p if made_up %}", "{% endif %}"], "đoạn 2", "phải cùng loại và cùng chỗ"),
        (["{% if made_up %}", "{% endif %}"], "đoạn 2", "phải cùng loại và cùng chỗ"),
        (["{%p if made_up %} chữ bị mất", "{%p endif %}"], "đoạn 1", "đứng một mình"),
        (["{{ province "], "đoạn 1", "dấu {{ lẻ"),
        (["province }}"], "đoạn 1", "dấu }} lẻ"),
        (["{{ }}"], "đoạn 1", "thẻ"),
        (["{{ province | safe }}"], "đoạn 1", "bộ lọc “safe” không được phép"),
        (["{{ province.__class__ }}"], "đoạn 1", "không có"),
        (["{{ ''.__class__.__mro__ }}"], "đoạn 1", "không có"),
        (["{{ groups.append(1) }}"], "đoạn 1", "biểu thức không được phép"),
        (["{{ range(9999999) }}"], "đoạn 1", "biểu thức không được phép"),
        (["{{ 'a' * 999999999 }}"], "đoạn 1", "biểu thức không được phép"),
        (["{{ groups[0] }}"], "đoạn 1", "biểu thức không được phép"),
        (["{{ province ~ province }}"], "đoạn 1", "biểu thức không được phép"),
        (["{% set x = 1 %}"], "đoạn 1", "“set” không được phép"),
        (["{% include 'x' %}"], "đoạn 1", "“include” không được phép"),
        (["{%p for a, b in groups %}", "{%p endfor %}"], "đoạn 1", "vòng lặp phải viết"),
        (["{{ province !! }}"], "đoạn 1", "cú pháp"),
        (["{%tr for r in groups %}", "{%tr endfor %}"], "đoạn 1", "phải nằm trong một hàng"),
        (["{%tc if made_up %}"], "đoạn 1", "không được hỗ trợ"),
    ],
)
def test_faults_are_found_where_they_stand(bad, place, told):
    drawn = template(*bad)
    problems = report.lint(drawn, "mau.docx")
    assert any(p.startswith(f"mau.docx: {place}") and told in p for p in problems), problems
    with pytest.raises(UnusableInputError, match=r"mau\.docx: đoạn"):
        report.fill(**province(), template=drawn, name="mau.docx")


def test_faults_in_tables_headers_and_properties():
    assert "bảng 1, hàng 2" in tags.problems(template(table=["a", "{{ nope }}"]), content.TAGS)[0]
    assert "đầu trang" in tags.problems(template(header="{{ nope }}"), content.TAGS)[0]
    assert "title" in tags.problems(template(title="{{ 7*7 }}"), content.TAGS)[0]
    lost = tags.problems(template(table=["{%tr for r in groups %}", "{{ r.title }}"]), content.TAGS)
    assert "bảng 1, hàng 1" in lost[0]


def test_a_tag_split_by_word_into_runs_is_read_whole():
    document = docx.Document()
    paragraph = document.add_paragraph("{{ pro")
    paragraph.add_run("vince").bold = True
    paragraph.add_run(" }}")
    stream = io.BytesIO()
    document.save(stream)
    assert tags.problems(stream.getvalue(), content.TAGS) == ()
    filled_in = docx.Document(io.BytesIO(report.fill(**province(), template=stream.getvalue())))
    assert "Lạng Sơn" in filled_in.paragraphs[0].text


@pytest.mark.parametrize("content_", [b"", b"PK\x03\x04", b"<html>", b"\xd0\xcf\x11\xe0" * 100])
def test_what_is_no_word_file_is_refused(content_):
    with pytest.raises(UnusableInputError, match=r"mau\.docx: không phải tệp Word"):
        report.fill(**province(), template=content_, name="mau.docx")


@pytest.mark.parametrize(
    ("part", "added"),
    [
        ("word/vbaProject.bin", b"x"),
        (
            "word/_rels/settings.xml.rels",
            b'<Relationship Id="a" Type="t/attachedTemplate" Target="http://x" TargetMode="External"/>',
        ),
    ],
)
def test_macros_and_links_to_other_files_are_refused(part, added):
    stream = io.BytesIO(template("{{ province }}"))
    with zipfile.ZipFile(stream, "a") as package:
        package.writestr(part, added)
    assert len(tags.problems(stream.getvalue(), content.TAGS)) == 1


# ------------------------------------------------------------------ the whole


def dump(document):
    return "\n".join(values.clean(line) for line in lines(document)) + "\n"


def test_golden_text():
    assert dump(filled()) == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.libreoffice
def test_it_prints(tmp_path):
    office.soffice()
    source = tmp_path / "bao-cao.docx"
    source.write_bytes(plain())
    printed = printing.to_pdf([source], tmp_path)[source]
    told = subprocess.run(
        ["pdftotext", "-layout", str(printed), "-"], capture_output=True, text=True, check=True
    ).stdout
    pages = told.split("\f")
    assert len(pages) - 1 >= 7
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in pages[0]
    assert re.match(r"\s*2\n", pages[1])
    assert sum(p.lstrip().startswith("Phụ lục") for p in pages) == 4
    assert "12,35" in told


def test_the_committee_reports_in_its_own_name():
    document = docx.Document(io.BytesIO(report.fill(**province(), sender=Sender.COMMITTEE)))
    told = text(document)
    assert "Kính gửi: Bộ Khoa học và Công nghệ." in told
    assert "Ủy ban nhân dân tỉnh Lạng Sơn báo cáo kết quả thực hiện năm 2025 như sau:" in told
    assert "UBND tỉnh đã phân công 03 cơ quan, đơn vị" in told
    assert "Đối với Ủy ban nhân dân" not in told
    assert told.count("năm 2026 của Ủy ban nhân dân tỉnh Lạng Sơn)") == 4
    assert "UBND tỉnh trân trọng báo cáo Bộ Khoa học và Công nghệ./." in told
    head = [cell.text for cell in document.tables[0].rows[0].cells]
    assert head[0].split("\n")[:2] == ["ỦY BAN NHÂN DÂN", "TỈNH LẠNG SƠN"]
    assert document.tables[0].rows[1].cells[0].text.endswith("/BC-UBND")
    signature = next(t for t in document.tables if t.rows[0].cells[0].text.startswith("Nơi nhận"))
    left, right = signature.rows[0].cells
    assert right.text.split("\n")[:3] == ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]
    assert left.text.split("\n")[1] == "- Như trên;"
    assert "- Thường trực HĐND tỉnh (b/c);" in left.text
    assert left.text.endswith("- Lưu: VT.")
