"""The lint of templates: each kind of fault at its place, what is healed is told, and a hostile template does nothing."""

import io
import time
import tracemalloc
import zipfile

import docx
import pytest
from conftest import small_plan
from msgspec.structs import replace
from wordfile import SPACES, changed, p, packed, r, rels, root, table, word

from lsindicators import annex, letters, papers, report
from lsindicators.errors import UnusableInputError
from lsindicators.papers import package, sound, tags
from lsindicators.papers.tags import texts
from lsindicators.release import brief
from lsindicators.report import content
from lsindicators.sealing import addendum

KNOWN = {
    **dict.fromkeys(("year", "place", "symbol", "made_up"), ""),
    "lines": [""],
    "units": [{"name": "", "rows": [{"value": "", "note": ""}]}],
}
TOLD = {
    "year": "2025",
    "place": "Lạng Sơn",
    "symbol": "BC-SKHCN",
    "made_up": "",
    "lines": ["một", "hai"],
    "units": [{"name": "A", "rows": [{"value": "1", "note": ""}, {"value": "2", "note": ""}]}],
}
LOOP = ["{%p for u in units %}", "{{ u.name }}", "{%p endfor %}"]
INS, DEL = '<w:ins w:id="1" w:author="a">', '<w:del w:id="1" w:author="a">'
BEGIN, END = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>', '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
SEPARATE = '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'


def code(text):
    return f"<w:r><w:instrText>{text}</w:instrText></w:r>"


def box(inner):
    """A text box as Word writes it: drawn twice."""
    drawn = f"<w:txbxContent>{inner}</w:txbxContent>"
    return f'<w:r><mc:AlternateContent><mc:Choice Requires="wps">{drawn}</mc:Choice><mc:Fallback>{drawn}</mc:Fallback></mc:AlternateContent></w:r>'


def control(inner, bound=False):
    return (
        f"<w:sdt><w:sdtPr>{'<w:dataBinding/>' if bound else ''}</w:sdtPr><w:sdtContent>{inner}</w:sdtContent></w:sdt>"
    )


def made(*body):
    return word(*(x if x.startswith("<") else p(x) for x in body))


def filled(template, told=TOLD):
    """The text of the paper, a line a paragraph."""
    ready = papers.ready(template, "mau.docx", small_plan(), "x")
    body = docx.Document(io.BytesIO(ready.filled(told))).element.body
    return [
        "".join(t.text or "" for t in q.iter() if t.tag.endswith("}t")) for q in body.iter() if q.tag.endswith("}p")
    ]


FAULTS = [
    # names
    (["x", "{{ yaer }}"], "đoạn 2 “{{ yaer }}”", "không có thẻ tên “yaer”; có phải “year”?"),
    ([table("a", "{{ nope }}")], "bảng 1, hàng 2", "không có thẻ tên"),
    ([table("a"), "b", table("c", "d", "{{ nope }}")], "bảng 2, hàng 3", "không có thẻ tên"),
    ([table("a"), "{{ nope }}"], "đoạn 1", "không có thẻ tên"),
    ([table(table("{{ nope }}") + p(""))], "bảng 1, hàng 1", "không có thẻ tên"),
    ([control(p("a") + p("{{ nope }}"))], "đoạn 2", "không có thẻ tên"),
    ([p(r("a"), box(p("{{ nope }}")))], "đoạn 1, hộp văn bản", "không có thẻ tên"),
    (["{%p for u in units %}", "{{ u.nmae }}", "{%p endfor %}"], "đoạn 2", "có phải “name”?"),
    (["{{ u.name }}"], "đoạn 1", "không có thẻ tên “u”"),
    ([*LOOP, "{{ u.name }}"], "đoạn 4", "không có thẻ tên “u”"),
    (["{{ year.__class__ }}"], "đoạn 1", "không có trong số liệu"),
    (["{%p for u in units %}", "{{ u._x }}", "{%p endfor %}"], "đoạn 2", "không có trong số liệu"),
    (["{{ units }}"], "đoạn 1", "không in trực tiếp được"),
    # loops and conditions
    (["{%p for u in units %}", "{{ u.name }}"], "đoạn 1", "chưa có thẻ đóng endfor"),
    (["{%p if year %}"], "đoạn 1", "chưa có thẻ đóng endif"),
    (["{%p endfor %}"], "đoạn 1", "không có thẻ mở for"),
    (["{%p else %}"], "đoạn 1", "không có thẻ mở if"),
    (["{%p for u in units %}", "{%p if year %}", "{%p endfor %}", "{%p endif %}"], "đoạn 3", "không có thẻ mở for"),
    (["{%p for u in year %}", "{%p endfor %}"], "đoạn 1", "không phải danh sách"),
    (["{% for l in lines %}", "{{ l }}{% endfor %}"], "đoạn 2", "phải cùng loại và cùng chỗ"),
    ([table((p("{%p for l in lines %}") + p("{{ l }}"), p("a") + p("{%p endfor %}")))], "bảng 1, hàng 1", "cùng chỗ"),
    ([table("{%tr for l in lines %}", "{{ l }}"), table("{%tr endfor %}")], "bảng 2, hàng 1", "cùng chỗ"),
    ([table("{%tr for l in lines %}", "{{ l }}", p("a") + p("{%p endfor %}"))], "bảng 1, hàng 3", "cùng loại"),
    ([table(("{%tr if year %}", p("mất")), "{%tr endif %}")], "bảng 1, hàng 1", "đứng một mình trong hàng"),
    (["{%p if year %} mất", "{%p endif %}"], "đoạn 1", "đứng một mình trong đoạn"),
    (["{%tr if year %}", "{%tr endif %}"], "đoạn 1", "phải nằm trong một hàng"),
    (["{%p for a, b in units %}", "{%p endfor %}"], "đoạn 1", "vòng lặp phải viết"),
    (["{%p for u in units if u.name %}", "{%p endfor %}"], "đoạn 1", "vòng lặp phải viết"),
    (["{%p for year in units %}", "{{ year.name }}", "{%p endfor %}"], "đoạn 1", "không được đặt tên “year”"),
    (["{%p for u in units %}", "{%p for l in lines %}", "{{ u.name }}{{ l }}", "{%p endfor %}", "{%p endfor %}"],
     "đoạn 2", "chỉ được đi qua danh sách của chính vòng ngoài (u.…)"),
    (["{%p if year %}"] * 9 + ["x"] + ["{%p endif %}"] * 9, "đoạn 9", "lồng nhau quá 8 lớp"),
    (["{%p if year %}", "{%p else year %}", "{%p endif %}"], "đoạn 2", "dùng elif"),
    (["{%p if year %}", "x", "{%p endif year %}"], "đoạn 3", "không kèm gì thêm"),
    ([p('<w:pPr><w:sectPr/></w:pPr>', "{%p if year %}"), "x", "{%p endif %}"], "đoạn 1", "mang ngắt phần"),
    ([p("{%p if year %}", BEGIN), "x", "{%p endif %}", p(code("PAGE"), END)], "đoạn 1", "một nửa của trường"),
    ([control(p("{%p if made_up %}") + p("x") + p("{%p endif %}"))], "đoạn 1", "không còn đoạn nào"),
    ([control(p("{%p for l in lines %}") + p("{{ l }}") + p("{%p endfor %}"))], "đoạn 1", "không còn đoạn nào"),
    # braces
    (["{{ year "], "đoạn 1", "dấu {{ lẻ"),
    (["year }}"], "đoạn 1", "dấu }} lẻ"),
    (["{{ year", "}}"], "đoạn 1", "mở và đóng trong cùng một đoạn"),
    (["{{ {{ year }} }}"], "đoạn 1", "không lồng thẻ trong thẻ"),
    (["{{ year %}"], "đoạn 1", "dấu {{ lẻ"),
    (["{# ghi chú"], "đoạn 1", "dấu {# lẻ"),
    (["{ { year } }"], "đoạn 1", "có dấu cách ở giữa"),
    (["năm {year}"], "đoạn 1", "thiếu dấu ngoặc; gõ {{ year }}"),
    (["{{ }}"], "đoạn 1", "cú pháp thẻ sai"),
    # what is not allowed
    (["{{ year|safe }}"], "đoạn 1", "bộ lọc “safe” không được phép"),
    (["{{ lines|join(', ', '__class__') }}"], "đoạn 1", "không viết kèm tham số"),
    (["{{ units|join }}"], "đoạn 1", "không phải danh sách các dòng chữ"),
    (["{{ units|upper }}"], "đoạn 1", "không phải dòng chữ"),
    (["{{ year() }}"], "đoạn 1", "biểu thức không được phép"),
    (["{{ year[0] }}"], "đoạn 1", "biểu thức không được phép"),
    (["{{ 'x' * 999999999 }}"], "đoạn 1", "biểu thức không được phép"),
    (["{{ 10 ** 10 }}"], "đoạn 1", "biểu thức không được phép"),
    (["{{ year ~ year }}"], "đoạn 1", "biểu thức không được phép"),
    (["{{ self }}"], "đoạn 1", "không có thẻ tên “self”"),
    *[([f"{{% {word_} x %}}"], "đoạn 1", f"“{word_}” không được phép")
      for word_ in ("import", "include", "macro", "set", "raw", "extends", "block", "call", "filter", "do")],
    (["{{p year }}"], "đoạn 1", "gõ {{ year }}"),
    (["{%tc if year %}"], "đoạn 1", "không được hỗ trợ"),
    (["{{ „year“ }}"], "đoạn 1", "ký tự “„” không dùng được"),
    (["{{ \u200byear }}"], "đoạn 1", "ký tự “ẩn” không dùng được"),
    (["{{ year ! }}"], "đoạn 1", "cú pháp thẻ sai"),
    (["{{ " + "(" * 140 + "year" + ")" * 140 + " }}"], "đoạn 1", "lồng nhau quá sâu"),
    (["{{ " + "year or " * 50 + "year }}"], "đoạn 1", "dài quá"),
    # how a tag was set in Word
    ([p(INS + r("{{ ye") + "</w:ins>", "ar }}")], "đoạn 1", "cắt ngang bởi phần chèn thêm"),
    ([p('<w:hyperlink w:anchor="a">' + r("{{ ye") + "</w:hyperlink>", "ar }}")], "đoạn 1", "cắt ngang bởi liên kết"),
    ([p(control(r("{{ ye")), "ar }}")], "đoạn 1", "cắt ngang bởi điều khiển nội dung"),
    ([p("{{ ye", BEGIN, code(" PAGE "), END, "ar }}")], "đoạn 1", "cắt ngang bởi trường"),
    ([p(BEGIN, code(" REF a "), SEPARATE, "{{ year }}", END)], "đoạn 1", "kết quả của trường"),
    ([p('<w:fldSimple w:instr=" REF a ">' + r("{{ year }}") + "</w:fldSimple>")], "đoạn 1", "kết quả của trường"),
    ([p(control(r("{{ year }}"), bound=True))], "đoạn 1", "gắn với dữ liệu"),
    ([p("a", DEL + "<w:r><w:delText>{{ year }}</w:delText></w:r></w:del>")], "đoạn 1", "phần đã xóa"),
    ([p("a", '<w:moveFrom w:id="1">' + r("{{ year }}") + "</w:moveFrom>")], "đoạn 1", "phần đã xóa"),
    ([p(r("{{ year }}", "<w:vanish/>"))], "đoạn 1", "chữ ẩn"),
    # outside of the text
    ([p("a", '<w:r><w:drawing><wp:docPr id="1" name="x" descr="{{ year }}"/></w:drawing></w:r>')], "thẻ", "văn bản thay thế"),
    ([p("a", "<!-- {{ year }} -->")], "thẻ", "nằm ngoài phần chữ"),
    ([p(r("&#123;{ year }}"))], "đoạn 1", "không ghép được"),
    ([p(r("{{ ye"), r("ar }}"), box(p("b")))], "đoạn 1", "không ghép được"),
    ([p(BEGIN, code(" QUOTE {{ year }} "), END)], "đoạn 1", "không được phép"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "place", "said"), FAULTS, ids=range(len(FAULTS)))
def test_each_fault_is_told_at_its_place(body, place, said):
    problems = tags.problems(made(*body), KNOWN)
    assert any(told.startswith(place) and said in told for told in problems), problems
    assert len(problems) <= 3


GOOD = [
    (["{{ year }}, {{ place|upper }}"], ["2025, LẠNG SƠN"]),
    (LOOP, ["A"]),
    (["{%p for u in units %}", "{%p for x in u.rows %}", "{{ loop.index }}. {{ x.value }}", "{%p endfor %}", "{%p endfor %}"],
     ["1. 1", "2. 2"]),
    (["{%p if made_up %}", "{{ made_up }}", "{%p elif year == “2025” %}", "năm", "{%p else %}", "{%p endif %}"], ["năm"]),
    (["{{ lines|join(', ') }}{# ghi chú #}{% if not made_up %}.{% endif %}"], ["một, hai."]),
    ([table("{%tr for l in lines %}", "{{ l }}", "{%tr endfor %}")], ["một", "hai"]),
    ([table(p("{%p if made_up %}") + p("x") + p("{%p endif %}"))], [""]),
    ([table("{%tr if made_up %}", "x", "{%tr endif %}"), "sau"], ["sau"]),
    ([control(p("{%p if made_up %}") + p("x") + p("{%p else %}") + p("y") + p("{%p endif %}"))], ["y"]),
    ([p('<w:hyperlink w:anchor="a">' + r("{{ year }}") + "</w:hyperlink>")], ["2025"]),
    ([p("Trang ", BEGIN, code(" PA"), code("GE "), SEPARATE, r("1"), END)], ["Trang 1"]),
    (["{nháp} {year: 1} {a}"], ["{nháp} {year: 1} {a}"]),
]  # fmt: skip


@pytest.mark.parametrize(("body", "lines"), GOOD, ids=range(len(GOOD)))
def test_a_sound_template_passes_and_is_filled(body, lines):
    template = made(*body)
    assert tags.judge(template, KNOWN) == tags.Judgement()
    assert filled(template) == lines


HEALED = [
    ([p(r("{{ ye"), r("ar }}", "<w:b/>"))], "định dạng khác nhau", ["2025"]),
    (
        [p("{{ ye", '<w:bookmarkStart w:id="1" w:name="a"/>', "ar }}", '<w:bookmarkEnd w:id="1"/>')],
        "dấu trang",
        ["2025"],
    ),
    ([p("{{ ye", '<w:commentRangeStart w:id="1"/>', "ar }}")], "bình luận", ["2025"]),
    ([p(INS + r("{{ year }}") + "</w:ins>")], "chưa chấp nhận", ["2025"]),
    ([p("a"), p(DEL + "<w:r><w:delText>b</w:delText></w:r></w:del>", "c")], "vết sửa", ["a", "c"]),
    (["{%p for l in lines %}", "x", "{%p endfor %}"], "không dùng đến “l”", ["x", "x"]),
    ([p(r("a"), box(p("{{ year }}")))], "hộp văn bản", None),
]


@pytest.mark.parametrize(("body", "said", "lines"), HEALED, ids=range(len(HEALED)))
def test_what_is_healed_is_told_and_does_not_stop(body, said, lines):
    template = made(*body)
    judged = tags.judge(template, KNOWN)
    assert judged.faults == ()
    assert any(said in note for note in judged.notes), judged.notes
    assert lines is None or filled(template) == lines


def test_word_parts_a_tag_at_will_and_nothing_is_told():
    assert tags.judge(made(p(r("{"), '<w:proofErr w:type="spellStart"/>', r("{ ye", '<w:lang w:val="vi"/>'), r("ar }"), r("}"))), KNOWN) == tags.Judgement()  # fmt: skip


@pytest.mark.parametrize(
    ("part", "content", "place"),
    [
        ("word__header1_xml", root("hdr", p("a") + p("{{ yaer }}")), "đầu trang, đoạn 2 “{{ yaer }}”"),
        ("word__footer1_xml", root("ftr", table("{{ yaer }}") + p("")), "chân trang, bảng 1, hàng 1"),
        ("word__footnotes_xml",
         root("footnotes", f'<w:footnote w:type="separator">{p("")}</w:footnote><w:footnote>{p("a")}</w:footnote><w:footnote>{p("{{ yaer }}")}</w:footnote>'),
         "cước chú 2, đoạn 1"),
        ("word__endnotes_xml", root("endnotes", f"<w:endnote>{p('{{ year }}')}</w:endnote>"), "chú thích cuối: không đặt thẻ"),
        ("word__comments_xml", root("comments", f"<w:comment>{p(r('{'), r('{ year }}'))}</w:comment>"), "bình luận: không đặt thẻ"),
        ("docProps__core_xml", "<c:p xmlns:c='c'><c:title>{{ year }}</c:title></c:p>", "thuộc tính tệp “title”"),
        ("docProps__app_xml", "<c:p xmlns:c='c'><c:Company>{% x %}</c:Company></c:p>", "thuộc tính tệp “Company”"),
        ("word__header1_xml", root("hdr", p("{%p if year %}") + p("{%p endif %}")), "đầu trang, đoạn 1"),
    ],
)  # fmt: skip
def test_parts_beside_the_text(part, content, place):
    problems = tags.problems(word(p("a"), **{part: content}), KNOWN)
    assert [told for told in problems if told.startswith(place)], problems


# ------------------------------------------------------------------ what a paper must print


NEEDED = {"symbol": "ký hiệu", "place|year": "địa danh", "units.rows.value": "giá trị"}


@pytest.mark.parametrize(
    ("body", "lacking"),
    [
        ([], ["ký hiệu", "địa danh", "giá trị"]),
        (["{{ symbol }} {{ year }}"], ["giá trị"]),
        (["{% if symbol %}{{ place }}{% endif %}"], ["ký hiệu", "giá trị"]),
        (["{{ symbol }}{{ place }}", *LOOP], ["giá trị"]),
        (["{{ symbol }}{{ place }}", "{%p for u in units %}", "{% for x in u.rows %}{{ x.value }}{% endfor %}", "{%p endfor %}"], []),
    ],
)  # fmt: skip
def test_what_must_be_printed(body, lacking):
    problems = tags.problems(made("a", *body), KNOWN, NEEDED)
    assert [told.partition("không in ")[2].partition(";")[0] for told in problems] == lacking


def test_a_required_tag_in_hidden_text_is_not_printed():
    assert any("chữ ẩn" in t for t in tags.problems(made(p(r("{{ symbol }}", "<w:vanish/>"))), KNOWN, {"symbol": "x"}))


@pytest.mark.parametrize(
    ("name", "known"),
    [
        (letters.TRANSMITTAL, letters.TAGS),
        (letters.RETURNED, letters.RETURNED_TAGS),
        (letters.REMINDER, letters.REMINDER_TAGS),
        (letters.REMINDER_OF_ALL, letters.ALL_TAGS),
    ],
)
def test_every_letter_prints_what_a_signed_paper_needs(name, known):
    assert papers.judge(papers.shipped(name), known, name, papers.NEEDED).faults == ()


SHIPPED = (
    (report.SHIPPED, content.TAGS, None),
    (letters.TRANSMITTAL, letters.TAGS, papers.NEEDED),
    (letters.RETURNED, letters.RETURNED_TAGS, papers.NEEDED),
    (letters.REMINDER, letters.REMINDER_TAGS, papers.NEEDED),
    (letters.REMINDER_OF_ALL, letters.ALL_TAGS, papers.NEEDED),
    (brief.SHIPPED, brief.TAGS, None),
    (addendum.SHIPPED, addendum.TAGS, None),
    (annex.TEMPLATE, annex.TAGS, None),
)
"""Every template that a command fills: the tags that it may use, and what it must print."""


def test_what_is_shipped_is_sound_and_so_is_not_judged_by_every_command(monkeypatch):
    assert report.lint(report.shipped_template(), report.SHIPPED) == ()
    for name, known, required in SHIPPED:
        assert papers.judge(papers.shipped(name), known, name, required).faults == ()
    right = [sound.fingerprint(papers.shipped(name), known, required) for name, known, required in SHIPPED]
    assert sorted(sound.SHIPPED) == sorted(right), f"papers/sound.py must say: {right}"
    monkeypatch.setattr(tags, "judge", None)
    assert all(papers.lint(papers.shipped(name), *rest, required) == () for name, *rest, required in named())


def named():
    return [(name, known, name, required) for name, known, required in SHIPPED]


def test_a_shipped_template_is_judged_where_it_has_changed_or_must_serve_for_something_else():
    shipped = papers.shipped(letters.REMINDER)
    wrong = changed(shipped, word__document_xml=lambda t: t.replace("{{ signer }}", "{{ singer }}"))
    assert any("singer" in fault for fault in papers.lint(wrong, letters.REMINDER_TAGS, "", papers.NEEDED))
    assert papers.lint(shipped, annex.TAGS, "") != ()
    assert papers.lint(shipped, letters.REMINDER_TAGS, "", {**papers.NEEDED, "rows.value": "giá trị"}) != ()


ODD = (
    p("một", r("hai"), "ba"),
    p(r("một") + "<w:r><w:tab/><w:t>hai</w:t></w:r>"),
    p(BEGIN + code("PAGE") + SEPARATE + r("7") + END),
    p(INS + r("thêm") + "</w:ins>" + DEL + "<w:r><w:delText>bớt</w:delText></w:r></w:del>"),
    p("<w:r><!-- lời --><w:t>một</w:t><w:t/><w:t> hai</w:t></w:r>"),
    p("<w:t>không có run</w:t>"),
    table(("a", "{{ year }}"), ("", "b")),
)


@pytest.mark.parametrize("body", ODD)
def test_a_paragraph_of_plain_runs_is_read_as_any_other(body, monkeypatch):
    def read(content):
        told = texts.paragraphs(package.tree(content), "")
        return [(x.place, x.text, x.deleted, x.fields, x.open_fields, x.boxed, pieces(x)) for x in told]

    def pieces(paragraph):
        return [(x.text, x.run.tag, x.look, x.hidden, x.around, x.follows) for x in paragraph.pieces]

    parts = [word(body)] + [papers.shipped(name) for name, *_ in SHIPPED]
    trees = [zipfile.ZipFile(io.BytesIO(part)).read("word/document.xml") for part in parts]
    quick = [read(tree) for tree in trees]
    monkeypatch.setattr(texts, "_plain", lambda element, into: False)
    assert [read(tree) for tree in trees] == quick


KINDS = (
    "application/vnd.openxmlformats-officedocument.wordprocessingml.template",
    "application/vnd.ms-word.document.macroEnabled",
    "application/vnd.ms-word.template.macroEnabledTemplate",
)


@pytest.mark.parametrize("kind", KINDS, ids=["dotx", "docm", "dotm"])
def test_what_is_made_from_a_word_template_is_a_document(kind):
    """Word does not open a .docx that says it is a .dotx."""
    usual = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    with zipfile.ZipFile(io.BytesIO(papers.shipped(annex.TEMPLATE))) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    kinds = parts["[Content_Types].xml"].decode()
    assert usual in kinds
    template = packed({**parts, "[Content_Types].xml": kinds.replace(usual, f"{kind}.main+xml")})
    assert papers.lint(template, annex.TAGS, "") == ()
    without_tags = replace(papers.ready(template, "mau.dotx", small_plan(), "x"), parts=()).filled({})
    assert usual in zipfile.ZipFile(io.BytesIO(without_tags)).read("[Content_Types].xml").decode()


def test_a_report_without_a_tag_that_it_needs_is_refused():
    template = changed(
        report.shipped_template(), word__document_xml=lambda t: t.replace("{{ signer }}", "Nguyễn Văn A")
    )
    with pytest.raises(UnusableInputError, match=r"mau\.docx: mẫu không in họ tên người ký"):
        report.usable(template, "mau.docx")


# ------------------------------------------------------------------ places for people's own words


def place(name, mark=True, tag="loi-a"):
    mark_ = ('<w:bookmarkStart w:id="7" w:name="loi_a"/>', '<w:bookmarkEnd w:id="7"/>') if mark else ("", "")
    return f'<w:sdt><w:sdtPr><w:tag w:val="{tag}"/></w:sdtPr><w:sdtContent><w:p>{mark_[0]}{r(name)}{mark_[1]}</w:p></w:sdtContent></w:sdt>'


INLINE = f'<w:sdt><w:sdtPr><w:tag w:val="loi-a"/></w:sdtPr><w:sdtContent>{r("a")}</w:sdtContent></w:sdt>'


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ([place("[Ghi thêm]")], []),
        (["a"], ["không còn ô ghi thêm “loi-a”"]),
        ([place("a"), place("b")], ["có 2 ô ghi thêm “loi-a”"]),
        ([place("a", mark=False)], ["không còn dấu trang “loi_a”"]),
        ([f"<w:p>{INLINE}</w:p>"], ["trọn đoạn văn"]),
    ],
)
def test_places_are_told_where_they_are_not_whole(body, said):
    judged = tags.judge(made(*body), KNOWN, controls=("loi-a",))
    assert judged.faults == ()
    assert len(judged.notes) == len(said)
    assert all(s in note for s, note in zip(said, judged.notes, strict=True))


# ------------------------------------------------------------------ hostile templates


def bomb():
    return packed({"[Content_Types].xml": "x", "word/document.xml": root("document", " " * 30_000_000)})


def twice():
    stream = io.BytesIO(made("a"))
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(stream, "a") as package:
        package.writestr("word/document.xml", root("document", f"<w:body>{p('{{ year }}')}</w:body>"))
    return stream.getvalue()


ENTITY = '<?xml version="1.0"?><!DOCTYPE w:document [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
LAUGHS = '<?xml version="1.0"?><!DOCTYPE w:document [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
BODY = f"<w:document {SPACES}><w:body><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:body></w:document>"
HOSTILE = {
    "zip bomb": bomb,
    "two documents": twice,
    "external entity": lambda: word(word__document_xml=ENTITY + BODY),
    "many entities": lambda: word(word__document_xml=LAUGHS + BODY.replace("&x;", "&b;")),
    "utf-16": lambda: word(word__document_xml=root("document", "").replace("UTF-8", "UTF-16").encode("utf-16")),
    "other encoding": lambda: word(word__document_xml=root("document", "").replace("UTF-8", "ISO-8859-1")),
    "broken xml": lambda: word(word__document_xml="<w:document>"),
    "too deep": lambda: made(p("<w:r>" * 5000 + "</w:r>" * 5000)),
    "old .doc or password": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "no zip": lambda: b"PK\x03\x04" + b"x" * 99,
    "macro": lambda: word(p("a"), word__vbaProject_bin=b"x"),
    **{
        kind: (lambda kind=kind: word(p("a"), **{"word___rels__document_xml.rels": rels(("rId9", kind, "http://x/y"))}))
        for kind in ("attachedTemplate", "image", "oleObject", "frame", "subDocument", "hyperlinks")
    },
    "ole inside": lambda: word(p("a"), **{"word___rels__document_xml.rels": rels(("rId9", "oleObject", "e.bin"))}),
    "alt chunk": lambda: word(p("a"), **{"word___rels__document_xml.rels": rels(("rId9", "aFChunk", "a.html"))}),
    **{
        name: (lambda name=name: made(p(BEGIN, code(f" {name[:2]}"), code(f"{name[2:]} a b "), END)))
        for name in (
            "DDE",
            "DDEAUTO",
            "INCLUDETEXT",
            "INCLUDEPICTURE",
            "LINK",
            "DATABASE",
            "MACROBUTTON",
            "QUOTE",
            "RD",
        )
    },
    "field of one piece": lambda: made(p('<w:fldSimple w:instr="DDEAUTO a b"/>')),
    "loops over loops": lambda: made(
        *[f"{{%p for v{n} in {'lines' if n % 2 else 'units'} %}}" for n in range(7)], "x", *["{%p endfor %}"] * 7
    ),
    "many braces": lambda: made("{{" * 200_000),
    "many tags": lambda: made("{{ year }}" * 100_000),
    "many faults": lambda: made(*[f"{{{{ yaer{n * n} }}}}" for n in range(4_000)]),
    "many paragraphs without an end": lambda: word(word__document_xml="<w:p>" * 300_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_template_does_nothing(name):
    template = HOSTILE[name]()
    tracemalloc.start()
    start = time.process_time()
    problems = tags.problems(template, KNOWN)
    took = time.process_time() - start
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 1 <= len(problems) <= 51
    assert all(len(told) < 400 for told in problems)
    assert took < 3  # of a machine at work; alone it is a tenth
    assert peak < 200_000_000
