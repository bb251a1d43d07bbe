"""What stands on a sheet without being in a cell is listed at its cell: comments, pictures, shapes, charts, objects."""

import io
from datetime import datetime
from decimal import Decimal

import pytest
import sheets
from conftest import KEY

from lsindicators import checks, forms, layout, returns, workbook
from lsindicators.findings import Code, Severity
from lsindicators.model import HANOI
from lsindicators.rehearsal import packing
from lsindicators.workbook import WorkbookError
from lsindicators.workbook.beside import CHART, COMMENT, OBJECT, PICTURE, SHAPE, Beside

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
THREADS = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"


def with_parts(added, names=("Trang",), relations=""):
    """A workbook whose first sheet refers to the parts ``added``: kind -> XML."""
    kinds = "".join(
        f'<Relationship Id="r{n}" Type="{THREADS if kind == "threadedComment" else f"{OFFICE}/{kind}"}"'
        f' Target="../{kind}.xml"/>'
        for n, kind in enumerate(added)
    )
    told = f'{sheets.HEAD}<Relationships xmlns="{sheets.PACKAGE}/relationships">{kinds}{relations}</Relationships>'
    parts = sheets.parts(dict.fromkeys(names, "5"))
    return sheets.zipped(
        {**parts, "xl/worksheets/_rels/sheet1.xml.rels": told, **{f"xl/{k}.xml": xml for k, xml in added.items()}}
    )


def found(added, **more):
    return [b[1:] for b in workbook.read(with_parts(added, **more), "tệp.xlsx").beside]


def comments(*entries, authors=("",)):
    listed = "".join(f"<author>{a}</author>" for a in authors)
    return (
        f"<comments><authors>{listed}</authors><commentList>"
        + "".join(f'<comment ref="{at}" authorId="{who}"><text>{text}</text></comment>' for at, who, text in entries)
        + "</commentList></comments>"
    )


def drawing(inner, corner="<xdr:from><xdr:col>2</xdr:col><xdr:colOff>9</xdr:colOff><xdr:row>4</xdr:row></xdr:from>"):
    return f'<xdr:wsDr xmlns:xdr="x" xmlns:a="a" xmlns:c="c" xmlns:mc="m"><xdr:twoCellAnchor>{corner}<xdr:to><xdr:col>7</xdr:col></xdr:to>{inner}</xdr:twoCellAnchor></xdr:wsDr>'


def legacy(kind, anchor="1, 15, 4, 2, 5, 1, 6, 1", text=""):
    return (
        f'<xml xmlns:v="v" xmlns:x="x"><v:shapetype/><v:shape><v:textbox><div>{text}</div></v:textbox>'
        f'<x:ClientData ObjectType="{kind}"><x:Anchor> {anchor}</x:Anchor></x:ClientData></v:shape></xml>'
    )


def test_comments_with_their_text():
    plain = comments(
        ("B3", "0", "<r><t>Người ghi:</t></r><r><t>\nxem _x0041_ lại</t></r><rPh><t>x</t></rPh>"),
        ("zz", "9", "<t>đâu đó</t>"),
    )
    assert found({"comments": plain}) == [
        ((2, 1), COMMENT, "Người ghi:\nxem A lại"),
        (None, COMMENT, "đâu đó"),
    ]


def test_conversations_are_told_once():
    threads = (
        '<ThreadedComments><threadedComment ref="B3"><text>Số này?</text></threadedComment>'
        '<threadedComment ref="B3"><text>Đúng</text></threadedComment></ThreadedComments>'
    )
    plain = comments(
        ("B3", "1", "<t>[Threaded comment] Số này?</t>"), ("C1", "0", "<t>khác</t>"), authors=("Ai", "tc={1}")
    )
    told = [((2, 1), COMMENT, "Số này?"), ((2, 1), COMMENT, "Đúng"), ((0, 2), COMMENT, "khác")]
    assert found({"comments": plain, "threadedComment": threads}) == told
    assert found({"comments": plain})[0] == ((2, 1), COMMENT, "[Threaded comment] Số này?")


@pytest.mark.parametrize(
    ("xml", "kind", "text"),
    [
        ("<xdr:pic><xdr:blipFill/></xdr:pic>", PICTURE, ""),
        ("<xdr:graphicFrame><a:graphic><a:graphicData><c:chart/></a:graphicData></a:graphic></xdr:graphicFrame>", CHART, ""),
        ("<xdr:graphicFrame><a:graphic><a:graphicData/></a:graphic></xdr:graphicFrame>", OBJECT, ""),
        ("<xdr:sp><xdr:txBody><a:p><a:r><a:t>một </a:t></a:r><a:r><a:t>hai</a:t></a:r></a:p><a:p><a:r><a:t>ba</a:t></a:r></a:p>"
         "</xdr:txBody></xdr:sp>", SHAPE, "một hai\nba"),
        ("<xdr:grpSp><xdr:cxnSp/><xdr:pic/></xdr:grpSp>", SHAPE, ""),
        ("<mc:AlternateContent><mc:Choice><xdr:sp><a:p><a:t>nút</a:t></a:p></xdr:sp></mc:Choice><mc:Fallback><xdr:pic/>"
         "<a:t>nút</a:t></mc:Fallback></mc:AlternateContent>", SHAPE, "nút"),
    ],
)  # fmt: skip
def test_what_is_drawn(xml, kind, text):
    assert found({"drawing": drawing(xml)}) == [((4, 2), kind, text)]
    assert found({"drawing": drawing(xml, corner="")}) == [(None, kind, text)]


@pytest.mark.parametrize(
    ("xml", "told"),
    [
        (legacy("Note"), []),
        (legacy("Pict"), [((4, 1), OBJECT, "")]),
        (legacy("Button", text="Gửi <b>số</b>"), [((4, 1), SHAPE, "Gửi số")]),
        (legacy("Checkbox", anchor="x"), [(None, SHAPE, "")]),
    ],
)
def test_shapes_of_old_programs(xml, told):
    assert found({"vmlDrawing": xml}) == told


def test_objects_are_told_where_nothing_shows_their_place():
    embedded = f'<Relationship Id="r9" Type="{OFFICE}/oleObject" Target="../embeddings/a.bin"/>'
    assert found({}, relations=embedded) == [(None, OBJECT, "")]
    assert found({"vmlDrawing": legacy("Pict")}, relations=embedded) == [((4, 1), OBJECT, "")]


def test_what_can_be_read_of_a_damaged_part_is_told():
    assert found({"comments": comments(("A1", "0", "<t>một</t>"))[:-20] + "<a>"}) == [((0, 0), COMMENT, "một")]
    assert found({"drawing": "<a>", "vmlDrawing": "<br>"}) == []


@pytest.mark.parametrize("part", ["comments", "drawing", "vmlDrawing", "threadedComment"])
def test_a_doctype_is_refused_there_too(part):
    with pytest.raises(WorkbookError, match="DOCTYPE"):
        found({part: '<!DOCTYPE a [<!ENTITY e "x">]><a/>'})


def test_a_sheet_that_is_passed_over_and_one_without_anything():
    content = with_parts({"comments": comments(("A1", "0", "<t>một</t>"))}, names=("Nháp", "Trang"))
    assert workbook.read(content, "", lambda name, hidden: name == "Nháp").beside == ()
    assert workbook.read(content, "").beside == (Beside("Nháp", (0, 0), COMMENT, "một"),)
    assert workbook.read(sheets.one("5"), "").beside == ()


# ------------------------------------------------------------------ what the clerk is told


def told(plan, content):
    ret, _ = returns.read(content, "a.xlsx", "0" * 64, "xlsx")
    verdict = checks.judge(plan, KEY, ret, datetime(2026, 3, 28, tzinfo=HANOI))
    return [
        (f.at.sheet, f.at.address, f.severity, f.message.split("“")[1].split("”")[0])
        for f in verdict.findings
        if f.code is Code.STRAY_CONTENT
    ]


@pytest.fixture
def form(plan):
    return layout.form(plan, "so-khcn")


def filled(plan, form, round=1, remarks=()):
    typed = {("C01_A", layout.CURRENT): Decimal(5), ("C01_A", layout.SOURCE): "BC"}
    return forms.write(plan, form, layout.stamp(KEY, form, round), typed=typed, remarks=remarks)


def test_comments_and_pictures_are_listed_at_their_cells(plan, form):
    from openpyxl.comments import Comment
    from openpyxl.drawing.image import Image
    from PIL import Image as Picture

    book = packing.open_book(filled(plan, form), {})
    sheet = book[layout.DATA]
    at = layout.address(form.by_code["C01_A"].row, layout.CURRENT)
    sheet[at].comment = Comment("Số này lấy của Sở Nội vụ", "Người ghi")
    stream = io.BytesIO()
    Picture.new("RGB", (4, 4)).save(stream, "PNG")
    sheet.add_image(Image(stream), "F20")
    for n in range(1, 9):
        book[layout.NARRATIVE][f"C{n}"].comment = Comment(f"ghi {n}", "")
    saved = io.BytesIO()
    book.save(saved)
    first = [(layout.NARRATIVE, f"C{n}", Severity.INFO, f"ghi chú: ghi {n}") for n in range(1, 5)]
    assert told(plan, saved.getvalue()) == [
        (layout.DATA, at, Severity.INFO, "ghi chú: Số này lấy của Sở Nội vụ"),
        (layout.DATA, "F20", Severity.INFO, "một hình ảnh"),
        *first,
        (layout.NARRATIVE, "C5", Severity.INFO, "ghi chú: ghi 5 … (và 3 ô khác)"),
    ]


def test_what_we_draw_ourselves_is_not_listed(plan, form):
    content = filled(plan, form)
    ret, _ = returns.read(content, "a.xlsx", "0" * 64, "xlsx")
    verdict = checks.judge(plan, KEY, ret, datetime(2026, 3, 28, tzinfo=HANOI))
    slip = filled(plan, form, 2, tuple(f for f in verdict.findings if f.at.sheet == layout.DATA))
    assert told(plan, content) == told(plan, slip) == []
