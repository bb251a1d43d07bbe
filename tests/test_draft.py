"""A report run again: the words of people stay, what changed is told, and what the new one has not is kept whole."""

import io
import json
import re
import zipfile

import docx
import drafts
import office
import pytest
from campaigns import NUMBERS, send
from click.testing import CliRunner
from drafts import NUMBER, PROMPT, TITLES, edited, paragraph, paragraphs, report, text_of, typed, write
from hypothesis import given, settings
from hypothesis import strategies as st

from lsindicators import cli, pipeline
from lsindicators.errors import UnusableInputError
from lsindicators.papers import places
from lsindicators.papers.opened import SPACE
from lsindicators.report import draft

HERE, THERE = TITLES
LATER = {"KQ07": "13,10", "DV01": "1.062"}


def words(revised):
    return {w.tag: w.words for w in revised.kept}


def stands(revised):
    """Place -> what has become of it."""
    return {w.tag: name for name in ("kept", "open", "deleted") for w in getattr(revised, name)}


def run(text, formats=""):
    return f'<w:r><w:rPr>{formats}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


# ------------------------------------------------------------------ words stay


def test_words_stay_with_their_paragraphs_and_formats():
    wrote = (
        '<w:p w:rsidR="00A1"><w:pPr><w:pStyle w:val="LsChoGhiThem"/><w:jc w:val="center"/></w:pPr>'
        f"{run('Kết quả ')}{run('nổi bật', '<w:b/>')}{run(' là', '<w:i/><w:u w:val=&quot;single&quot;/>'.replace('&quot;', chr(34)))}"
        f"{run('2', '<w:vertAlign w:val=' + chr(34) + 'superscript' + chr(34) + '/><w:sz w:val=' + chr(34) + '52' + chr(34) + '/>')}"
        "<w:r><w:br/><w:t>dòng dưới</w:t><w:tab/><w:t>sau</w:t></w:r></w:p>"
        f"<w:p/>{paragraph('Đoạn ba', 'Heading9')}"
    )
    revised = draft.revise(report(LATER), write(report(), HERE, wrote))
    assert words(revised) == {HERE: "Kết quả nổi bật là2\ndòng dưới\tsau\n\nĐoạn ba"}
    document = docx.Document(io.BytesIO(revised.content))
    first = next(
        p
        for p in document.element.iter(f"{{{SPACE}}}p")
        if "nổi bật" in "".join(p.itertext()) and "là" in "".join(p.itertext())
    )
    runs = [
        (r.text, bool(r.bold), bool(r.italic), bool(r.underline), bool(r.font.superscript), r.font.size)
        for r in docx.text.paragraph.Paragraph(first, None).runs
    ]
    assert runs == [
        ("Kết quả ", False, False, False, False, None),
        ("nổi bật", True, False, False, False, None),
        (" là", False, True, True, False, None),
        ("2", False, False, False, True, None),
        ("\ndòng dưới\tsau", False, False, False, False, None),
    ]
    assert '<w:pStyle w:val="LsNoiDung"/><w:jc w:val="center"/>' in text_of(revised.content)
    assert "Heading9" not in text_of(revised.content)


def test_a_list_and_a_table_stay_readable():
    numbering = (
        f'<w:numbering xmlns:w="{SPACE}">'
        '<w:abstractNum w:abstractNumId="4"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>'
        '<w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/><w:lvlText w:val="o"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="7"><w:abstractNumId w:val="4"/></w:num></w:numbering>'
    )
    item = (
        '<w:p><w:pPr><w:numPr><w:ilvl w:val="{}"/><w:numId w:val="7"/></w:numPr></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>'
    )
    wrote = item.format(0, "một") + item.format(1, "trong") + item.format(0, "hai")
    table = (
        '<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/></w:tblPr><w:tblGrid><w:gridCol w:w="900"/></w:tblGrid>'
        f'<w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{paragraph("ô")}</w:tc></w:tr></w:tbl>'
    )
    former = edited(write(report(), HERE, wrote + table), lambda xml: f"{xml} ", numbering=numbering)
    revised = draft.revise(report(LATER), former)
    assert words(revised) == {HERE: "1. một\n- trong\n2. hai\nô"}
    text = text_of(revised.content)
    assert "numPr" not in text and "TableGrid" not in text
    assert '<w:gridSpan w:val="2"/>' in text
    assert text.count("<w:insideH ") == 1  # a table without its style would have no lines


@pytest.mark.parametrize(
    "text", ["{{ year }} & <w:p/> {% for %} {# a", "]]> &amp; \"'", "  giữa   chữ  ", "a\u00a0b\u2011c", "ệ" * 3000]
)
def test_no_text_is_taken_for_markup_or_a_tag(text):
    revised = draft.revise(report(LATER), write(report(), HERE, paragraph(text.replace("|", ""))))
    assert words(revised) == {HERE: text}


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.text(
            st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="|") | st.just(" "),
            max_size=40,
        ),
        min_size=1,
        max_size=4,
    )
)
def test_what_was_typed_comes_back_after_any_number_of_reports(lines):
    said = any(line.strip() for line in lines)
    document = write(report(), HERE, typed(*lines))
    for figure in ("1,10", "2,20", "3,30"):
        revised = draft.revise(report({"KQ07": figure}), document)
        document = revised.content
        assert not said or words(revised) == {HERE: "\n".join(lines)}


def test_a_line_end_within_the_markup_is_a_blank():
    revised = draft.revise(report(LATER), write(report(), HERE, paragraph("một\nhai\tba")))
    assert words(revised) == {HERE: "một hai ba"}


def test_what_points_out_of_the_text_is_left_and_told():
    wrote = (
        '<w:p><w:commentRangeStart w:id="1"/><w:hyperlink xmlns:r="urn:r" r:id="rId99"><w:r><w:t>trang </w:t></w:r></w:hyperlink>'
        '<w:ins w:id="3" w:author="B"><w:r><w:t>thêm</w:t></w:r></w:ins><w:del w:id="4"><w:r><w:delText>bớt</w:delText></w:r></w:del>'
        '<w:fldSimple w:instr="DATE"><w:r><w:t> hôm nay</w:t></w:r></w:fldSimple>'
        '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>INCLUDEPICTURE "http://a"</w:instrText></w:r><w:r><w:drawing/></w:r></w:p>'
        '<w:p><w:pPr><w:rPr><w:del w:id="9"/></w:rPr></w:pPr><w:r><w:t>liền</w:t></w:r></w:p><w:p><w:r><w:t> nhau</w:t></w:r></w:p>'
    )
    revised = draft.revise(report(LATER), write(report(), HERE, wrote))
    assert words(revised) == {HERE: "trang thêm hôm nay\nliền nhau"}
    assert not re.search(r"hyperlink|fldSimple|instrText|w:ins |w:del |drawing|comment", text_of(revised.content))
    assert sorted(revised.lost) == ["hình", "sửa đổi theo dõi (Track Changes)"]
    assert revised.aside


def test_an_untouched_place_shows_its_prompt_again():
    shown = '<w:p><w:r><w:rPr><w:rStyle w:val="PlaceholderText"/></w:rPr><w:t>Click or tap here to enter text.</w:t></w:r></w:p>'
    cleared = edited(
        report(),
        lambda xml: re.sub(
            r"(<w:showingPlcHdr/>.*?<w:sdtContent>).*?(</w:sdtContent>)", rf"\1{shown}\2", xml, count=1, flags=re.DOTALL
        ),
    )
    for former in (report(), cleared, write(report(), HERE, typed(PROMPT)), write(report(), HERE, typed("", " "))):
        revised = draft.revise(report(LATER), former)
        assert stands(revised)[HERE] == "open"
        assert paragraphs(revised.content).count(PROMPT) == 2


def test_words_below_a_prompt_that_is_still_shown_are_kept():
    shown = edited(
        report(),
        lambda xml: xml.replace(
            f"<w:r><w:t>{PROMPT}", f'<w:r><w:rPr><w:rStyle w:val="PlaceholderText"/></w:rPr><w:t>{PROMPT}'
        ),
    )
    former = edited(
        shown, lambda xml: xml.replace(paragraph("2. Giải pháp"), paragraph("Dưới") + paragraph("2. Giải pháp"))
    )
    assert words(draft.revise(report(LATER), former)) == {HERE: "Dưới"}
    reworded = edited(report(LATER), lambda xml: xml.replace(PROMPT, "[Ghi thêm]"))
    assert stands(draft.revise(reworded, report()))[HERE] == "open"


def test_a_deleted_place_stays_deleted():
    former = edited(
        report(), lambda xml: re.sub(r"<w:sdt>(?:(?!<w:sdt>).)*loi_giai_phap.*?</w:sdt>", "", xml, flags=re.DOTALL)
    )
    for figure in ("13,10", "14,10"):
        revised = draft.revise(report({"KQ07": figure}), former)
        former = revised.content
        assert stands(revised)[THERE] == "deleted"
        assert paragraphs(former).count(PROMPT) == 1
        assert not revised.by_hand


def test_a_place_that_the_template_has_gained_is_open():
    former = write(report(places=(HERE,)), HERE, typed("Lời cũ"))
    assert stands(draft.revise(report(LATER), former)) == {
        HERE: "kept",
        THERE: "open",
        NUMBER: "open",
        "ngay-ky": "open",
    }


def test_words_of_a_place_that_the_template_has_lost_are_kept_aside():
    revised = draft.revise(report(LATER, places=(THERE,)), write(report(), HERE, typed("Lời cũ")))
    assert revised.by_hand == ("Lời cũ",)
    assert not draft.revise(report(LATER, places=(THERE,)), report()).by_hand  # nobody wrote the prompt


def test_number_and_date_of_the_head_stay_where_they_were_typed():
    former = write(report(), NUMBER, "<w:r><w:rPr><w:b/></w:rPr><w:t>12</w:t></w:r>")
    revised = draft.revise(report(LATER, day="tháng 5"), former)
    assert words(revised) == {NUMBER: "12"}
    assert paragraphs(revised.content)[:2] == [
        "Số: 12/BC-SKHCN",
        "Lạng Sơn, ngày     tháng 5",
    ]  # nobody dated the former
    assert not revised.aside


# ------------------------------------------------------------------ what other programs leave


def bare(xml):
    """The text as a program leaves it that knows no content controls: their contents, and the bookmarks."""
    return re.sub(r"</?w:sdt>|<w:sdtPr>.*?</w:sdtPr>|</?w:sdtContent>", "", xml, flags=re.DOTALL)


def bookmarked(content):
    """Paragraphs with the bookmark of the place around them."""
    first, last = content.index("</w:pPr>") + 8, content.rindex("</w:p>")
    return f'{content[:first]}<w:bookmarkStart w:id="1" w:name="loi_noi_bat"/>{content[first:last]}<w:bookmarkEnd w:id="1"/>{content[last:]}'


def test_bookmarks_alone_tell_the_places():
    former = edited(write(report(), HERE, bookmarked(typed("Một", "Hai"))), bare)
    with_part = draft.revise(report(LATER), former)
    assert words(with_part) == {HERE: "Một\nHai"}
    assert stands(with_part)[THERE] == "open"
    assert "Số:/BC" not in with_part.by_hand[0]  # the number of the head had no bookmark: told, not lost
    foreign = without_part(former)
    revised = draft.revise(report(LATER), foreign)
    assert words(revised) == {HERE: "Một\nHai"}
    assert (revised.compared, revised.aside) == (False, True)


def without_part(document):
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as source, zipfile.ZipFile(stream, "w") as target:
        for item in source.infolist():
            if not item.filename.startswith("customXml/item1"):
                target.writestr(item.filename, source.read(item))
    return stream.getvalue()


def test_what_stood_around_a_place_tells_it_where_nothing_else_does():
    former = edited(write(report(), HERE, typed("Một", "Hai")), lambda xml: re.sub(r"<w:bookmark[^>]*>", "", bare(xml)))
    revised = draft.revise(report(LATER), former)
    assert words(revised) == {HERE: "Một\nHai"}
    assert stands(revised)[THERE] == "open"


def test_a_title_alone_tells_a_place():
    untagged = edited(
        write(report(), HERE, typed("Một")), lambda xml: re.sub(r'<w:tag w:val="loi-[^>]*>|<w:bookmark[^>]*>', "", xml)
    )
    revised = draft.revise(report(LATER), without_part(untagged))
    assert words(revised) == {HERE: "Một"}
    assert stands(revised)[THERE] == "open"


def test_a_report_saved_in_the_strict_form_is_read():
    strict = edited(
        write(report(), HERE, typed("Một")),
        lambda xml: xml.replace(SPACE, "http://purl.oclc.org/ooxml/wordprocessingml/main"),
    )
    revised = draft.revise(report(LATER), strict)
    assert words(revised) == {HERE: "Một"}
    assert not revised.by_hand


def test_what_was_written_below_a_control_goes_with_it():
    former = edited(
        write(report(), HERE, typed("Một")),
        lambda xml: xml.replace(paragraph("2. Giải pháp"), paragraph("Hai") + paragraph("2. Giải pháp")),
    )
    revised = draft.revise(report(LATER), former)
    assert words(revised) == {HERE: "Một\nHai"}
    assert not revised.by_hand
    renamed = edited(former, lambda xml: xml.replace("2. Giải pháp", "2. Các giải pháp"))
    assert draft.revise(report(LATER), renamed).by_hand == ("Hai", "2. Các giải pháp")  # a line of ours, or theirs?


@office.needs_libreoffice
def test_words_stay_where_libreoffice_saved_the_report(tmp_path):
    wrote = typed("Một 12,50%") + paragraph("Hai {{ x }} &") + paragraph("")[:-6] + run("đậm", "<w:b/>") + "</w:p>"
    former = write(write(report(), HERE, wrote), NUMBER, "<w:r><w:t>12</w:t></w:r>")
    (tmp_path / "bao-cao.docx").write_bytes(former)
    saved = office.convert(tmp_path / "bao-cao.docx", "docx", tmp_path).read_bytes()
    assert 'w:tag w:val="loi-' not in text_of(saved)
    revised = draft.revise(report(LATER), saved)
    assert words(revised)[HERE] == "Một 12,50%\nHai {{ x }} &\nđậm"
    assert '<w:rPr><w:b/></w:rPr><w:t xml:space="preserve">đậm</w:t>' in text_of(revised.content)
    assert stands(revised)[THERE] == "open"
    assert [(c.code, c.former, c.now) for c in revised.changed] == [("KQ07", "12,50", "13,10")]
    assert words(revised).get(NUMBER) == "12"
    again = draft.revise(report(), saved)
    assert (again.content == saved, again.by_hand) == (True, ())  # saving it is no change


def test_what_is_printed_has_no_controls():
    former = write(report(), HERE, f"<w:p>{run('một ')}{run('đậm', '<w:b/>')}</w:p>")
    printed = text_of(places.bare(former))
    assert "w:sdt" not in printed
    assert paragraphs(places.bare(former)) == paragraphs(former)
    assert places.bare(b"no document") == b"no document"


# ------------------------------------------------------------------ what changed


def test_figures_lines_and_cells_that_changed_are_told():
    revised = draft.revise(report({"KQ07": "13,10", "DV01": "1.062", "TD05": "52"}), report())
    assert [(c.code, c.former, c.now) for c in revised.changed] == [("KQ07", "12,50", "13,10"), ("TD05", "", "52")]
    assert (revised.paragraphs, revised.cells) == (2, 4)
    fewer = draft.revise(report({"DV01": "1.062"}), report())
    assert [(c.code, c.former, c.now) for c in fewer.changed] == [("KQ07", "12,50", "")]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("tăng lên 12,50%, vượt kế hoạch", ["KQ07"]),
        ("đạt 12,5 %", ["KQ07"]),
        ("đạt 12.50%", ["KQ07"]),
        ("đạt 12,50", ["KQ07"]),
        ("đạt 112,50% và 12,505%", []),
        ("12,50% (DV09)", []),  # that is another figure, which is printed so
        ("có 25 đơn vị", []),
        ("có 25 sáng chế (TD05)", ["TD05"]),
        ("25 người được đào tạo", ["TD05"]),
        ("có 1062 người", ["DV01"]),
        ("năm 2024", []),
        ("năm 2024 (TD06)", ["TD06"]),
    ],
)
def test_words_that_name_a_figure_as_it_was_are_told(said, told):
    was = {"KQ07": "12,50", "DV01": "1.062", "TD05": "25", "TD06": "2.024", "DV09": "12,50"}
    now = {"KQ07": "13,10", "DV01": "1.063", "TD05": "26", "TD06": "2.025", "DV09": "12,50"}
    revised = draft.revise(report(now), write(report(was), HERE, typed(said)))
    assert [s.code for s in revised.stale] == told


def test_words_that_name_a_change_as_it_was_are_told():
    former = write(report(KQ07="-1,25", DV01="+30"), HERE, typed("giảm 1,25 điểm phần trăm; DV01 tăng 30 người"))
    revised = draft.revise(report(LATER, KQ07="-0,65", DV01="+31"), former)
    assert [(s.code, s.former, s.now) for s in revised.stale] == [("KQ07", "-1,25", "-0,65"), ("DV01", "+30", "+31")]


def test_a_stale_word_is_told_until_it_is_mended():
    document = write(report(), HERE, typed("tăng lên 12,50%"))
    for figure in ("13,10", "13,10", "14,00"):
        revised = draft.revise(report({"KQ07": figure, "DV01": "1.062"}), document)
        assert [(s.code, s.former, s.now) for s in revised.stale] == [("KQ07", "12,50", figure)]
        document = revised.content
    assert not draft.revise(report(), document).stale  # the figure is again as it was
    mended = write(document, HERE, typed("tăng lên 14,00%"))
    assert not draft.revise(report({"KQ07": "14,00", "DV01": "1.062"}), mended).stale


# ------------------------------------------------------------------ what people changed elsewhere


def test_nothing_new_leaves_the_file_of_people_alone():
    former = write(report(), HERE, typed("Lời"))
    revised = draft.revise(report(), former)
    assert revised.content == former
    assert not revised.aside


@pytest.mark.parametrize(
    ("change", "by_hand", "removed"),
    [
        (lambda xml: xml.replace("DV01 đạt 1.062.", "DV01 đạt 9.999."), ("DV01 đạt 9.999.",), 0),
        (lambda xml: xml.replace(paragraph("1.062"), paragraph("1.062*")), ("DV01 | Tiêu chí DV01 | 1.062*",), 0),
        (lambda xml: xml.replace(paragraph("II. KẾT QUẢ"), paragraph("II. KẾT QUẢ") + paragraph("Thêm")), ("Thêm",), 0),
        (lambda xml: xml.replace(paragraph("DV01 đạt 1.062."), ""), (), 1),
        (lambda xml: xml.replace("DV01 đạt 1.062.", " DV01</w:t></w:r><w:r><w:t> \u200bđạt  1.062."), (), 0),
        (
            lambda xml: xml.replace(
                "DV01 đạt 1.062.", "DV01</w:t></w:r><w:del><w:r><w:t> đạt 1.062.</w:t></w:r></w:del><w:r><w:t>"
            ),
            ("DV01",),
            0,
        ),
    ],
)
def test_what_is_changed_outside_the_places_is_found(change, by_hand, removed):
    revised = draft.revise(report(), edited(report(), change))
    assert (revised.by_hand, revised.removed) == (by_hand, removed)
    assert revised.aside == bool(by_hand or removed)
    assert not revised.aside or revised.content == report()


def test_a_comment_is_not_lost_without_a_word():
    note = f'<w:comments xmlns:w="{SPACE}"><w:comment w:id="1"><w:p/></w:comment></w:comments>'
    former = edited(report(), lambda xml: f"{xml} ", comments=note)
    assert draft.revise(report(LATER), former).lost == ("ý kiến bên lề",)
    assert not draft.revise(report(), former).aside  # it is still there


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 broken",
        b"\xd0\xcf\x11\xe0" + bytes(600),
        report()[:-400],
        drafts.package({"word/other.xml": "<a/>"}),
        drafts.package({"word/document.xml": f'<!DOCTYPE a [<!ENTITY b "c">]><w:document xmlns:w="{SPACE}"><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>'}),
        drafts.package({"word/document.xml": f'<w:document xmlns:w="{SPACE}"><w:body><w:p>'}),
        drafts.package({"word/document.xml": f'<w:document xmlns:w="{SPACE}"><w:body>{"<w:sdt><w:sdtContent>" * 80}{"</w:sdtContent></w:sdt>" * 80}</w:body></w:document>'}),
        drafts.package({"word/document.xml": f'<w:document xmlns:w="{SPACE}"><w:body>{"<w:p/>" * 1_100_000}</w:body></w:document>'}),
        drafts.package({"word/document.xml": f'<w:document xmlns:w="{SPACE}"><w:body><w:p><w:r><w:t>{"a" * 50_000_000}</w:t></w:r></w:p></w:body></w:document>'}),
    ],
    ids=["empty", "broken", "password", "cut", "no text", "doctype", "no end", "deep", "many", "large"],
)  # fmt: skip
def test_what_cannot_be_read_is_kept_aside(content):
    revised = draft.revise(report(), content)
    assert revised.content == report()
    assert revised.aside
    assert [text[:21] for text in revised.lost] == ["không đọc được bản cũ"]


# ------------------------------------------------------------------ the command


@pytest.fixture
def drafted(campaign, tmp_path):
    """A campaign with its first reports, and the template that they are made from."""
    from lsindicators import papers

    for unit in NUMBERS:
        send(campaign, unit)
    pipeline.receive(campaign)
    template = tmp_path / "mau.docx"
    template.write_bytes(papers.shipped("bao-cao.docx"))
    first = pipeline.write_report(campaign, template)
    assert [(w.fresh, w.aside, [x.tag for x in w.revised.open if x.tag == HERE]) for w in first.written] == [
        (True, None, [HERE])
    ] * 2
    return campaign, template


def test_words_survive_new_figures_in_both_reports(drafted):
    campaign, template = drafted
    former = campaign / "bao-cao.docx"
    former.write_bytes(write(former.read_bytes(), HERE, typed("Sở đạt 20,00% {{ year }}", "Đoạn hai")))
    saved = former.read_bytes()
    same = pipeline.write_report(campaign, template)
    assert [w.fresh for w in same.written] == [False, False]
    assert former.read_bytes() == saved
    send(campaign, "xa-hoa-tham", name="lai.xlsx", moment=1_774_100_000, F17="3")
    pipeline.receive(campaign)
    reported = pipeline.write_report(campaign, template)
    ours, theirs = reported.to_json()["files"]
    assert {k["place"]: k["words"] for k in ours["kept"]} == {HERE: "Sở đạt 20,00% {{ year }}\nĐoạn hai"}
    assert HERE in {p["place"] for p in theirs["open"]}
    assert ("KQ07", "20,00") in {(c["code"], c["former"]) for c in ours["changed"]}
    assert [(s["code"], s["former"]) for s in ours["stale"]] == [("KQ07", "20,00")]
    assert reported.exit_code == 1
    moment = former.stat().st_mtime_ns
    again = pipeline.write_report(campaign, template)
    assert ([w.fresh for w in again.written], former.stat().st_mtime_ns, again.exit_code) == ([False, False], moment, 1)
    assert not list(campaign.glob("*bản đã sửa*"))


def test_a_report_changed_by_hand_is_kept_aside_once(drafted):
    campaign, template = drafted
    path = campaign / "bao-cao.docx"
    generated = path.read_bytes()
    for number, title in ((1, "BÁO CÁO TÓM TẮT"), (1, "BÁO CÁO TÓM TẮT"), (2, "DỰ THẢO BÁO CÁO")):
        by_hand = edited(generated, lambda xml, title=title: xml.replace("BÁO CÁO", title, 1))
        path.write_bytes(by_hand)
        reported = pipeline.write_report(campaign, template)
        aside = campaign / f"bao-cao (bản đã sửa {number}).docx"
        assert [w.aside for w in reported.written] == [aside, None]
        assert (aside.read_bytes(), path.read_bytes()) == (by_hand, generated)
        assert reported.exit_code == 1
    assert len(list(campaign.glob("*bản đã sửa*"))) == 2
    assert pipeline.write_report(campaign, template).exit_code == 0


def test_a_former_report_that_cannot_be_read_stops_the_command(drafted):
    campaign, template = drafted
    path = campaign / "bao-cao.docx"
    path.unlink()
    path.mkdir()
    with pytest.raises(UnusableInputError, match=r"bao-cao\.docx: không đọc được báo cáo đã có"):
        pipeline.write_report(campaign, template)


def test_the_terminal_and_json_tell_the_same(drafted):
    campaign, template = drafted
    path = campaign / "bao-cao.docx"
    path.write_bytes(write(path.read_bytes(), HERE, typed("Đạt 20,00%")))
    send(campaign, "xa-hoa-tham", name="lai.xlsx", moment=1_774_100_000, F17="3")
    pipeline.receive(campaign)
    before = path.read_bytes()
    seen = CliRunner().invoke(cli.main, ["report", str(campaign), "--template", str(template)])
    assert seen.exit_code == 1
    assert "Giữ nguyên lời đã viết ở 1 chỗ: kết quả nổi bật." in seen.stdout
    assert "KQ07 20,00 → " in seen.stdout
    assert "nêu 20,00, là KQ07 của bản trước" in seen.stdout
    path.write_bytes(before)
    told = CliRunner().invoke(cli.main, ["report", str(campaign), "--template", str(template), "--json"])
    assert (told.exit_code, [s["code"] for s in json.loads(told.stdout)["files"][0]["stale"]]) == (1, ["KQ07"])


def test_the_form_of_what_was_written_is_told(drafted):
    campaign, template = drafted
    path = campaign / "bao-cao.docx"
    font = '<w:r><w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri"/></w:rPr>'
    words = typed("Đạt kết quả tốt").replace("<w:r>", font) + typed("[xem lại]")
    numbered = write(path.read_bytes(), NUMBER, '<w:r><w:t xml:space="preserve"> 05</w:t></w:r>')
    path.write_bytes(write(numbered, HERE, words))
    run = CliRunner().invoke(cli.main, ["report", str(campaign), "--template", str(template)])
    ours, theirs = run.stdout.split("Không đổi: ")[1:]
    assert "“Đạt kết quả tốt”: Nội dung dùng phông Calibri, cần Times New Roman" in ours
    assert "  Còn để trống: ngày, tháng ban hành; họ tên người ký; “[xem lại]” ở đoạn " in ours
    assert ("Chưa ai viết ở 6 chỗ" in ours, "Calibri" in theirs) == (True, False)
    assert "  Còn để trống: số văn bản; ngày, tháng ban hành; họ tên người ký.\n" in theirs
    told = CliRunner().invoke(cli.main, ["report", str(campaign), "--template", str(template), "--json"])
    found = [f["format"] for f in json.loads(told.stdout)["files"]]
    assert [f["summary"]["error"] for f in found] == [1, 0]
    assert {f["code"] for f in found[1]["findings"]} == {"format-blank"}
    assert (run.exit_code, told.exit_code) == (1, 1)
