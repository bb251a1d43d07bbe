"""The letter that goes with a form: what it says of each unit, that texts stay texts, its form by Nghị định 30."""

import io
import re
import zipfile
from datetime import date, datetime, timedelta

import docx
import office
import pytest
from conftest import KEY, small_plan
from docx.shared import Mm, Pt
from docxtpl import DocxTemplate
from msgspec.structs import replace

from lsindicators import assignment, files, layout, letters, papers, pipeline
from lsindicators.errors import UnusableInputError
from lsindicators.findings import Code
from lsindicators.model import HANOI, CellRef, Unit, UnitGroup


def planned(plan=None, unit="so-khcn", **changes):
    """The plan with other settings, and with the ``name`` of its ``unit`` if one is given."""
    plan = plan or small_plan()
    name = changes.pop("name", None)
    units = tuple(replace(u, name=name) if name and u.code == unit else u for u in plan.units)
    return replace(plan, units=units, settings=replace(plan.settings, **changes))


def letter(plan, unit="so-khcn", template=None):
    form = layout.form(plan, unit)
    return letters.transmittal(plan, template)(form, layout.stamp(KEY, form))


def lines(content: bytes) -> list[str]:
    """All paragraphs of the body, those of tables too, in their order, without the empty ones."""
    body = docx.Document(io.BytesIO(content)).element.body
    return [text for p in body.iter(f"{W}p") if (text := "".join(t.text or "" for t in p.iter(f"{W}t")).strip())]


W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def said(plan, unit="so-khcn", template=None) -> str:
    return "\n".join(lines(letter(plan, unit, template)))


def template(*paragraphs: str, header: str = "", footer: str = "") -> bytes:
    """A Word template of these paragraphs."""
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    document.sections[0].header.paragraphs[0].text = header
    document.sections[0].footer.paragraphs[0].text = footer
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


# ------------------------------------------------------------------ what it says


def test_whole_text_of_a_letter_to_a_commune():
    plan = planned(contact="ông Nguyễn Văn A, số máy 0205 3 812 345.", authority="KT. GIÁM ĐỐC",
                   position="Phó Giám đốc", signer="Trần Thị B")  # fmt: skip
    stamp = str(layout.stamp(KEY, layout.form(plan, "xa-hoa-tham")))
    found = lines(letter(plan, "xa-hoa-tham"))
    assert [re.sub(r"\s+", " ", line) for line in found[:7]] == [
        "UBND TỈNH LẠNG SƠN",
        "SỞ KHOA HỌC VÀ CÔNG NGHỆ",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Số: /SKHCN-………",
        "V/v gửi biểu mẫu cung cấp số liệu Bộ tiêu chí năm 2025",
        "Lạng Sơn, ngày tháng năm 2026",
    ]
    assert found[7] == "Kính gửi: Ủy ban nhân dân xã Hoa Thám."
    reason, first, code, second, third, contact, closing = found[8:15]
    assert reason.startswith("Thực hiện Quyết định số 2244/QĐ-TTg ngày 13/10/2025")
    assert "của Ủy ban nhân dân tỉnh Lạng Sơn" in reason and "số liệu năm 2025" in reason
    assert first.startswith("1. Điền 05 số liệu năm 2025 vào tệp xa-hoa-tham.xlsx")
    assert code.endswith(f": {stamp}")
    assert ".xlsx" in second
    assert "trước ngày 01 tháng 4 năm 2026" in third and "về Sở Khoa học và Công nghệ" in third
    assert contact.endswith("liên hệ: ông Nguyễn Văn A, số máy 0205 3 812 345.")
    assert closing.endswith("./.")
    assert found[15:] == [
        "Nơi nhận:", "- Như trên;", "- Lưu: VT.", "KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "Trần Thị B",
    ]  # fmt: skip


def test_it_speaks_of_the_form_in_the_forms_own_words():
    text = said(small_plan())
    assert f"“{layout.DATA}”" in text
    assert f"“{layout.GUIDE}”" in text
    assert f"“{layout.COLUMNS[layout.STATE]}”" in text


def test_no_tag_and_no_none_is_left():
    for plan in (small_plan(), planned(position="", issuer="", recipients=(), place=""), assignment.builtin(2025)):
        content = letter(plan)
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            for name in package.namelist():
                text = package.read(name).decode()
                assert not re.search(r"\{\{|\}\}|\{%|%\}|\bNone\b", text), name


def test_what_is_not_known_yet_is_left_blank_or_out():
    plan = planned(position="", signer="", contact="")
    text = said(plan)
    assert "liên hệ" not in text
    assert lines(letter(plan))[-2:] == [letters.BLANK] * 2


def test_made_up_figures_are_told():
    assert layout.MADE_UP not in said(small_plan())
    made_up = lines(letter(planned(made_up=True)))
    assert made_up.index(f"({layout.MADE_UP})") < made_up.index(next(x for x in made_up if x.startswith("Kính gửi")))


@pytest.mark.parametrize(
    ("name", "kind", "whom"),
    [
        ("Sở Y tế", "so", "Sở Y tế"),
        ("Xã Hoa Thám", "xa", "Ủy ban nhân dân xã Hoa Thám"),
        ("Phường Kỳ Lừa", "phuong", "Ủy ban nhân dân phường Kỳ Lừa"),
        ("Hoa Thám", "xa", "Ủy ban nhân dân xã Hoa Thám"),
        ("UBND xã Hoa Thám", "xa", "Ủy ban nhân dân xã Hoa Thám"),
        ("Uỷ ban nhân dân  Xã Hoa Thám", "xa", "Ủy ban nhân dân xã Hoa Thám"),
        ("Ủy ban nhân dân tỉnh Lạng Sơn", "ubnd-tinh", "Ủy ban nhân dân tỉnh Lạng Sơn"),
        ("Sở Khoa học và Công nghệ", "so", "Các phòng, đơn vị thuộc Sở Khoa học và Công nghệ"),
    ],
)
def test_addressee(name, kind, whom):
    unit = Unit(code="x", name=name, short="", type=kind)
    assert letters.addressee(unit, "Sở Khoa học và Công nghệ") == whom


def test_groups_that_get_letters_of_their_own_are_no_recipients():
    groups = (UnitGroup(phrase="UBND các xã, phường", aliases=("Các xã, phường",), members=("xa", "phuong")),)
    plan = replace(
        planned(recipients=("Lãnh đạo Sở", "UBND các xã, phường;", "- các xã, phường", "Lưu: VT, QLKH")), groups=groups
    )
    found = lines(letter(plan))
    at = found.index("Nơi nhận:")
    assert found[at + 1 : at + 4] == ["- Như trên;", "- Lãnh đạo Sở;", "- Lưu: VT, QLKH."]


# ------------------------------------------------------------------ texts stay texts


def test_markup_and_tags_in_names_are_printed_as_they_are():
    odd = 'Trung tâm A&B <c> "d" {{ year }} {% if x %}'
    plan = planned(name=odd, signer="Nguyễn <b>&amp; Cộng sự", contact="a@b.vn & <c>")
    text = said(plan)
    assert f"Kính gửi: {odd}." in text
    assert "Nguyễn <b>&amp; Cộng sự" in text
    assert "liên hệ: a@b.vn & <c>." in text


def test_control_characters_do_no_harm():
    plan = planned(name="Sở\x0b Y\x00 tế\u200b\n(cũ)", signer="A\x1fB")
    text = said(plan)
    assert "Kính gửi: Sở Y tế (cũ)." in text
    assert "AB" in text


# ------------------------------------------------------------------ the template


def test_the_shipped_template_has_no_fault():
    assert papers.lint(papers.shipped(letters.TRANSMITTAL), letters.TAGS, "") == ()


def test_every_tag_has_a_value():
    texts = [name for name, kind in letters.TAGS.items() if kind == ""]
    every = [f"{name}={{{{ {name} }}}}" for name in texts]
    lists = [f"{{% for x in {name} %}}{{{{ x }}}}{{% endfor %}}" for name, kind in letters.TAGS.items() if kind != ""]
    found = lines(
        letter(planned(contact="c", signer="s", made_up=True, plan_document="k"), template=template(*every, *lists))
    )
    assert [line.partition("=")[0] for line in found[: len(texts)]] == texts
    assert [line for line in found[: len(texts)] if not line.partition("=")[2]] == ["of_committee="]


@pytest.mark.parametrize(
    ("paragraphs", "header", "told"),
    [
        (["a", "Kính gửi: {{ adressee }}"], "", "đoạn 2 “Kính gửi: {{ adressee }}”: không có thẻ tên “adressee”; có phải “addressee”?"),
        (["a"], "{{ yaer }}", "đầu trang, đoạn 1 “{{ yaer }}”: không có thẻ tên “yaer”; có phải “year”?"),
        (["{{ year }"], "", "dấu {{ lẻ"),
        (["{%p if contact %}", "a"], "", "chưa có thẻ đóng endif"),
        (["{{ year.__class__ }}"], "", "không có"),
        (["{{ cycler() }}"], "", "biểu thức không được phép"),
    ],
)  # fmt: skip
def test_a_faulty_template_is_one_sentence(paragraphs, header, told):
    with pytest.raises(UnusableInputError) as stopped:
        letters.transmittal(small_plan(), template(*paragraphs, header=header), name="mau.docx")
    assert str(stopped.value).startswith("mau.docx: ")
    assert told in str(stopped.value)
    assert "\n" not in str(stopped.value)


def test_several_faults_are_counted():
    with pytest.raises(UnusableInputError, match=r"và 1 lỗi khác"):
        letters.transmittal(small_plan(), template("{{ a }}", "{{ b }}"))


def test_a_file_that_is_no_word_file_is_refused():
    with pytest.raises(UnusableInputError, match=r"không phải tệp Word"):
        letters.transmittal(small_plan(), b"PK nothing")


def test_headers_and_footers_are_filled_and_tags_that_word_split_are_read_whole():
    signed = "{{ parent }}{{ organ }}{{ symbol }}{{ place }}{{ signer }}{{ made_up }}"
    lists = ("{% for x in signature %}{{ x }}{% endfor %}", "{% for x in recipients %}{{ x }}{% endfor %}")
    drawn = docx.Document(io.BytesIO(template(signed, *lists, header="Năm {{ year }}", footer="{{ file }}")))
    split = drawn.add_paragraph()
    for piece in ("{", "{ addr", "essee }", "}"):
        split.add_run(piece)
    stream = io.BytesIO()
    drawn.save(stream)
    found = docx.Document(io.BytesIO(letter(small_plan(), "xa-hoa-tham", stream.getvalue())))
    assert found.sections[0].header.paragraphs[0].text == "Năm 2025"
    assert found.sections[0].footer.paragraphs[0].text == "xa-hoa-tham.xlsx"
    assert found.paragraphs[-1].text == "Ủy ban nhân dân xã Hoa Thám"


# ------------------------------------------------------------------ the file


def test_same_plan_same_bytes():
    plan = small_plan()
    first = letter(plan)
    assert letter(small_plan()) == first
    assert letter(plan, "xa-hoa-tham") != first
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        names = package.namelist()
        assert package.testzip() is None
        assert names[0] == "[Content_Types].xml"
        assert len(names) == len(set(names))
        assert {i.date_time for i in package.infolist()} == {(2025, 1, 1, 0, 0, 0)}


def test_a_letter_is_packed_as_zipfile_packs_it():
    """The parts without tags are packed once, and copied into every letter."""
    plan = small_plan()
    write = letters.transmittal(plan)
    for unit in plan.owed:
        form = layout.form(plan, unit)
        made, stream = write(form, layout.stamp(KEY, form)), io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(made)) as source, zipfile.ZipFile(stream, "w") as target:
            for item in source.infolist():
                target.writestr(files.entry(item.filename, plan.year), source.read(item))
        assert made == stream.getvalue()


def test_letters_do_not_depend_on_those_before_them():
    plan = small_plan()
    write = letters.transmittal(plan)
    forms = [(form, layout.stamp(KEY, form)) for form in (layout.form(plan, unit) for unit in plan.owed)]
    assert [write(*f) for f in forms] == [write(*f) for f in reversed(forms)][::-1]
    assert [write(*f) for f in forms] == [letter(plan, unit) for unit in plan.owed]


def test_properties_are_those_of_the_plan():
    found = docx.Document(io.BytesIO(letter(planned(compiler="Sở A" * 100)))).core_properties
    assert found.title == "Công văn gửi biểu mẫu cung cấp số liệu năm 2025"
    assert found.author == ("Sở A" * 100)[:255]
    assert found.created.year == 2025


# ------------------------------------------------------------------ form by Nghị định 30/2020/NĐ-CP


def test_page_and_fonts():
    document = docx.Document(io.BytesIO(letter(small_plan())))
    (section,) = document.sections
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert Mm(19.9) <= section.top_margin <= Mm(25) and Mm(19.9) <= section.bottom_margin <= Mm(25)
    assert Mm(30) <= section.left_margin <= Mm(35)
    assert Mm(14.9) <= section.right_margin <= Mm(20)
    assert section.different_first_page_header_footer
    assert section.first_page_header._element.xpath("string(.)") == ""
    assert "PAGE" in section.header._element.xpath("string(.//@w:instr)")
    for style in document.styles:
        fonts = style.element.xpath("w:rPr/w:rFonts/@w:ascii")
        assert set(fonts) <= {"Times New Roman"}, style.name
        assert not style.element.xpath("w:rPr/w:color")


SIZES = [  # the paragraph that begins so, its size, bold, italic
    ("UBND TỈNH", 12, False, False),
    ("SỞ KHOA HỌC", 12, True, False),
    ("CỘNG HÒA", 12, True, False),
    ("Độc lập", 13, True, False),
    ("Số:", 13, False, False),
    ("Lạng Sơn,", 13, False, True),
    ("V/v", 12, False, False),
    ("Kính gửi:", 14, False, False),
    ("Thực hiện", 14, False, False),
    ("Mã biểu mẫu", 13, False, False),
    ("Nơi nhận:", 12, True, True),
    ("- Như trên", 11, False, False),
    ("GIÁM ĐỐC", 14, True, False),
    ("Trần Thị B", 14, True, False),
]


@pytest.mark.parametrize(("start", "size", "bold", "italic"), SIZES, ids=[s[0] for s in SIZES])
def test_sizes(start, size, bold, italic):
    document = docx.Document(io.BytesIO(letter(planned(signer="Trần Thị B"))))
    cells = [c for t in document.tables for row in t.rows for c in row.cells]
    (found,) = (
        p for p in [*document.paragraphs, *(p for c in cells for p in c.paragraphs)] if p.text.startswith(start)
    )
    assert all(r.font.size is None and r.font.bold is None for r in found.runs)

    def of(style, name):
        value = getattr(style.font, name)
        return value if value is not None or style.base_style is None else of(style.base_style, name)

    assert (of(found.style, "size"), bool(of(found.style, "bold")), bool(of(found.style, "italic"))) == (
        Pt(size), bold, italic,
    )  # fmt: skip


@office.needs_libreoffice
def test_it_prints_on_one_page(tmp_path):
    """For the longest name of the province's units, with all that a letter can say."""
    plan = assignment.builtin(2025)
    longest = max((plan.unit[code] for code in plan.owed), key=lambda u: len(u.name)).code
    full = planned(plan, made_up=True, unit_deadline=date(2026, 12, 31), authority="KT. GIÁM ĐỐC",
                   position="PHÓ GIÁM ĐỐC", signer="Nguyễn Thị Hoàng Ngân", contact="Phòng Quản lý Khoa học và Công "
                   "nghệ, ông Nguyễn Văn A, số máy 0205 3 812 345, thư điện tử qlkh-sokhcn@langson.gov.vn")  # fmt: skip
    paths = [tmp_path / f"{unit}.docx" for unit in (longest, "xa-hoa-tham")]
    for path in paths:
        path.write_bytes(letter(full, path.stem))
    for path in paths:
        printed = office.convert(path, "pdf", tmp_path).read_bytes()
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1, path.stem


# ------------------------------------------------------------------ the letter that goes with a return slip


def asked(plan, *remarks, unit="so-khcn", round=2, template=None, **changes):
    facts = {"file": "tra-ve/V-v gửi số liệu.eml!Biểu mẫu.xlsx", "sent_at": datetime(2026, 3, 28, 9, 15, tzinfo=HANOI)}
    facts |= {"control": "K7Q2-M9XD", "taken": 5, "refused": False, "remarks": remarks}
    form = layout.form(plan, unit)
    sent = letters.Sent(**{**facts, **changes})
    return letters.returned(plan, template)(form, layout.stamp(KEY, form, round), sent)


def remark(plan, n, code=Code.NOT_A_NUMBER, unit="so-khcn", column=layout.CURRENT, value="mười hai"):
    """A finding at the cell of the ``n``-th variable of the unit's form; from the start again when they are used up."""
    rows = layout.form(plan, unit).variables
    row = rows[n % len(rows)]
    at = CellRef("tra-ve/x.xlsx", layout.DATA, layout.address(row.row, column))
    facts = dict.fromkeys(re.findall(r"\{(\w+)", code.value.text), "số nguyên")
    facts |= {"why": "", "origin": "", "guess": "", "example": "1234"}
    given = {name: fact for name, fact in facts.items() if name not in ("variable", "found")}
    return code.at(at, variable=row.variable.code, found=value, **{**given, "value": value})


def test_whole_text_of_a_letter_that_goes_with_a_slip():
    plan = planned(contact="ông Nguyễn Văn A.", signer="Trần Thị B")
    found = lines(asked(plan, remark(plan, 0), *(remark(plan, n, Code.MISSING_VALUE, value=None) for n in (2, 3))))
    assert found[5] == "V/v hoàn thiện biểu mẫu cung cấp số liệu Bộ tiêu chí năm 2025"
    assert found[7:17] == [
        "Kính gửi: Các phòng, đơn vị thuộc Sở Khoa học và Công nghệ.",
        "Ngày 28/3/2026, Sở Khoa học và Công nghệ nhận được tệp “Biểu mẫu.xlsx” của Quý cơ quan, đơn vị (mã kiểm soát "
        "K7Q2-M9XD) và đã ghi nhận 5/8 số liệu năm 2025. Còn 3 chỗ cần sửa hoặc trả lời:",
        "- F12 (C01_A Số người nghiên cứu): “mười hai” không phải là số; nhập số nguyên, ví dụ 1234.",
        "- 2 ô chưa có số liệu: F17 (C09_A), F18 (C09_B); nhập số liệu, hoặc chọn Tình trạng “Không phát sinh”, hoặc “Chưa có số liệu” kèm lý do.",
        "Sở Khoa học và Công nghệ đề nghị Quý cơ quan, đơn vị:",
        "1. Sửa ngay trong tệp so-khcn.xlsx gửi kèm (phiếu trả lại lần 2): các số đã nhận được điền sẵn, các ô cần sửa được "
        "tô màu, bấm vào ô để xem cách sửa.",
        "2. Gửi lại chính tệp đó, dạng .xlsx, và bản in đã ký, đóng dấu (hai bản cùng một mã kiểm soát) về Sở Khoa học và "
        "Công nghệ trước ngày 01 tháng 4 năm 2026.",
        "Cần hỏi thêm, đề nghị liên hệ: ông Nguyễn Văn A.",
        "Sở Khoa học và Công nghệ đề nghị Quý cơ quan, đơn vị quan tâm, phối hợp thực hiện./.",
        "Nơi nhận:",
    ]


def test_a_return_of_which_nothing_was_taken_is_answered_with_the_reason_and_a_fresh_form():
    empty = Code.EMPTY_RETURN.at(CellRef("tra-ve/x.xlsx"))
    text = "\n".join(lines(asked(small_plan(), empty, refused=True, control="", taken=0)))
    assert f"chưa lấy được số liệu nào, vì:\n- B{empty.message[1:]}." in text
    assert "Điền vào tệp so-khcn.xlsx gửi kèm: đó là biểu mẫu mới" in text
    assert "mã kiểm soát)" not in text.partition("1. ")[0]


def test_the_deadline_is_that_of_the_campaign_until_it_has_passed():
    plan = small_plan()
    late = "trong thời gian sớm nhất, vì đã quá hạn gửi (trước ngày 01 tháng 4 năm 2026)"
    days = {31: "trước ngày 01 tháng 4 năm 2026", 32: late}
    for day, by in days.items():
        sent = datetime(2026, 3, 1, 23, 30, tzinfo=HANOI) + timedelta(days=day - 1)
        assert f"về Sở Khoa học và Công nghệ {by}." in "\n".join(lines(asked(plan, remark(plan, 0), sent_at=sent)))


def test_what_should_be_looked_at_comes_after_what_must_be_mended():
    plan = small_plan()
    found = lines(asked(plan, remark(plan, 1, Code.MISSING_SOURCE, column=layout.SOURCE), remark(plan, 0)))
    items = [line for line in found if line.startswith("- ") and "Như trên" not in line and "Lưu" not in line]
    assert [item[:14] for item in items] == ["- F12 (C01_A S", "- Nên xem lại:"]
    assert "Còn 1 chỗ" in "\n".join(found)


def test_texts_of_a_unit_are_printed_as_they_are():
    plan = small_plan()
    odd = "<w:p>{{ year }} & “x”\x0b\n{% if %}"
    text = "\n".join(lines(asked(plan, remark(plan, 0, value=odd), file=f"tra-ve/{odd}.xlsx")))
    assert "<w:p>{{ year }} & “x” {% if %}" in text.replace("\x0b", "")


MANY = (
    *(Code.NOT_A_NUMBER, Code.MISSING_VALUE, Code.ABOVE_MAXIMUM, Code.CELL_ERROR, Code.FORMULA_IN_INPUT),
    *(Code.NOT_IN_LIST, Code.STATE_CONTRADICTS_VALUE, Code.LARGE_CHANGE, Code.UNIT_SCALE_SUSPECT, Code.RULE_BROKEN),
    *(Code.NOT_AN_INTEGER, Code.DATE_AS_NUMBER, Code.AMBIGUOUS_NUMBER, Code.BELOW_MINIMUM),
)


def sixty(plan, unit):
    """Sixty things to mend, of all kinds, with long texts."""
    codes = [MANY[n % len(MANY)] for n in range(60)]
    return [remark(plan, n, code, unit, value=f"một giá trị dài {n} " * 6) for n, code in enumerate(codes)]


def test_what_finds_no_room_is_counted():
    plan = assignment.builtin(2025)
    found = lines(asked(plan, *sixty(plan, "so-khcn")))
    more = next(line for line in found if "chỗ khác" in line)
    left = int(re.search(r"và (\d+) chỗ khác, xem trang “Phiếu trả lại” trong tệp kèm theo", more)[1])
    places = {f.at for f in sixty(plan, "so-khcn")}
    shown = {a for line in found for a in re.findall(r"\bF\d+\b", line)}
    assert 0 < left < 60
    assert len(shown) >= 5
    assert len(places) >= len(shown)


def test_the_template_of_the_letter_with_a_slip_has_no_fault():
    assert papers.lint(papers.shipped(letters.RETURNED), letters.RETURNED_TAGS, "") == ()


@pytest.mark.parametrize("name", [letters.RETURNED, letters.REMINDER, letters.REMINDER_OF_ALL])
def test_what_is_sent_later_is_judged_before_the_forms_go_out(name, monkeypatch, tmp_path):
    shipped = papers.shipped
    monkeypatch.setattr(papers, "shipped", lambda n: template("{{ signer }}") if n == name else shipped(n))
    (tmp_path / "phan-cong.xlsx").write_bytes(assignment.write(small_plan()))
    with pytest.raises(UnusableInputError, match=rf"^{name}: mẫu không in tên cơ quan chủ quản"):
        pipeline.issue(tmp_path)
    assert not (tmp_path / "bieu-mau").exists()


def test_a_faulty_template_of_it_is_one_sentence_with_its_place():
    with pytest.raises(UnusableInputError, match=r"đoạn 1 “\{\{ adressee \}\}”: không có thẻ tên “adressee”"):
        asked(small_plan(), template=template("{{ adressee }}"))
    with pytest.raises(UnusableInputError, match="chưa có thẻ đóng endif"):
        asked(small_plan(), template=template("{%p if contact %}", "a"))


def test_same_return_same_bytes():
    plan = small_plan()
    first = asked(plan, remark(plan, 0))
    assert asked(small_plan(), remark(plan, 0)) == first
    assert asked(plan, remark(plan, 0), round=3) != first
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        assert {i.date_time for i in package.infolist()} == {(2025, 1, 1, 0, 0, 0)}
    document = docx.Document(io.BytesIO(first))
    assert document.core_properties.title == "Công văn trả lại biểu mẫu cung cấp số liệu năm 2025"
    assert document.core_properties.author == "Sở Khoa học và Công nghệ"


def test_a_template_is_compiled_as_docxtpl_would():
    """What Jinja gets from our templates and from one that Word has cut to pieces prints the same text."""
    drawn = docx.Document(
        io.BytesIO(template("{%p for x in signature %}", "{{ x }}{% if x == “a” %}!{% endif %}", "{%p endfor %}"))
    )
    split = drawn.add_paragraph()
    for piece in ("a {", "{ place", " }", "} b"):
        split.add_run(piece)
    table = drawn.add_table(4, 2)
    for row, texts in zip(table.rows, ("x", "{%tr for x in recipients %}", "{{ x }}", "{%tr endfor %}"), strict=True):
        row.cells[0].text = texts
    stream = io.BytesIO()
    drawn.save(stream)
    told = {"signature": ["a", "b"], "recipients": ["1", "2"], "place": "P&Q"}
    made = papers.ready(stream.getvalue(), "x.docx", small_plan(), "t").filled(told)
    other = DocxTemplate(io.BytesIO(stream.getvalue()))
    other.render(told, papers.environment())
    saved = io.BytesIO()
    other.save(saved)
    assert lines(made) == lines(saved.getvalue()) == ["a!", "b", "a P&Q b", "x", "1", "2"]


@office.needs_libreoffice
def test_the_letter_with_a_slip_prints_on_one_page(tmp_path):
    """For the longest name of a unit and an office with a long name, with sixty things to mend and all it can say."""
    plan = assignment.builtin(2025)
    contact = "ông Nguyễn Văn A, Phòng Quản lý công nghệ và chuyển đổi số, số máy 0205 3 812 345, thư điện tử a@langson.gov.vn"
    recipients = (*plan.settings.recipients, "Giám đốc Sở (để b/c)", "Các Phó Giám đốc Sở", "Phòng Quản lý công nghệ")
    full = planned(plan, contact=contact, authority="KT. GIÁM ĐỐC", position="Phó Giám đốc", signer="Trần Thị B",
                   made_up=True, recipients=recipients)  # fmt: skip
    longest = max((plan.unit[code] for code in plan.owed), key=lambda u: len(u.name)).name
    name = (
        "Biểu mẫu cung cấp số liệu khoa học công nghệ đổi mới sáng tạo và chuyển đổi số năm 2025 (gửi lại lần 3).xlsx"
    )
    late = {"file": f"tra-ve/{name}", "sent_at": datetime(2026, 4, 9, tzinfo=HANOI)}
    named = planned(full, "so-khcn", name=longest)
    papers_ = {
        "nhieu": asked(named, *sixty(named, "so-khcn"), **late),
        "mot": asked(small_plan(), remark(small_plan(), 0)),
        "khong": asked(small_plan(), Code.EMPTY_RETURN.at(CellRef("x.xlsx")), refused=True, control=""),
    }
    for stem, content in papers_.items():
        (tmp_path / f"{stem}.docx").write_bytes(content)
        printed = office.convert(tmp_path / f"{stem}.docx", "pdf", tmp_path).read_bytes()
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1, stem
