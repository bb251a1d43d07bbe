"""Every code that reading can give: a return that earns it, through the gate, the reader and the checks."""

import io
import warnings
from collections import Counter
from datetime import datetime

import openpyxl
import pytest
import sheets
from campaigns import send
from conftest import KEY, small_plan
from msgspec.structs import replace
from office import convert, needs_libreoffice
from test_checks import NUMBERS, OTHER_KEY, UNIT, typed_into
from test_inbox import ole
from test_pipeline import told as told_of

from lsindicators import checks, forms, inbox, layout, pipeline, returns
from lsindicators.findings import OF_PAPERS, Code, needs_person
from lsindicators.model import HANOI

READ_AT = datetime(2026, 3, 28, 9, 15, tzinfo=HANOI)
PLAN = small_plan()
FORM = layout.form(PLAN, UNIT)


def received(content, plan=PLAN):
    """(code, severity, sheet, cell) of all that is told of one file, as ``read`` goes about it."""
    kind, gate = inbox.examine(content, "tra-ve/a.xlsx")
    ret, noticed = (None, ()) if needs_person(gate) else returns.read(content, "tra-ve/a.xlsx", "0" * 64, kind)
    found = (*gate, *noticed)
    if ret is not None:
        found += checks.judge(plan, KEY, ret, READ_AT).findings
    return [(f.code.word, f.severity.value, f.at.sheet, f.at.address) for f in found]


def form(**typed):
    """A form of ours, filled in well but for ``typed``."""
    return typed_into(PLAN, {**NUMBERS, **typed})


def edited(change, **typed):
    """A form whose workbook was changed in a program."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(form(**typed)))
    change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def parts(**changes):
    """A form with parts put in or changed."""
    return sheets.zipped({**sheets.form_parts(PLAN, UNIT, KEY, NUMBERS), **changes})


def stamped(token):
    stamp = str(layout.stamp(KEY, FORM))
    content = sheets.form_parts(PLAN, UNIT, KEY, {"F12": "5"})
    return sheets.zipped({name: body.replace(stamp, token) for name, body in content.items()})


def data(change):
    return lambda **typed: edited(lambda book: change(book[layout.DATA]), **typed)


def copied_row(sheet):
    for column in range(1, 11):
        sheet.cell(30, column).value = sheet.cell(12, column).value
    sheet["F30"] = 126


def swapped(sheet):
    for column in range(3, 10):
        one, two = sheet.cell(17, column), sheet.cell(18, column)
        one.value, two.value = two.value, one.value


def deleted_row(sheet):
    sheet.delete_rows(13)


def owes_nothing():
    return replace(PLAN, assignments=tuple(replace(a, lead=("xa-hoa-tham",)) for a in PLAN.assignments))


def changed_plan():
    return replace(PLAN, settings=replace(PLAN.settings, compiler="Sở KH&CN"))


FILE = None, None
CASES = {
    # code: (what makes the content, (sheet, cell))
    Code.UNREADABLE_FILE: (lambda: form()[:4000], FILE),
    Code.ENCRYPTED_FILE: (lambda: ole("Root Entry", "EncryptionInfo", "EncryptedPackage"), FILE),
    Code.UNSUPPORTED_FORMAT: (lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", FILE),
    Code.TOO_LARGE: (lambda: b"PK\3\4" + b"0" * (10 << 20), FILE),
    Code.NOT_A_FORM: (lambda: sheets.one("Danh sách | 5"), FILE),
    Code.WRONG_CAMPAIGN: (lambda: stamped(str(layout.stamp(OTHER_KEY, FORM))), FILE),
    Code.FORGED_FORM: (lambda: stamped("LSI1-ABCD-2025-SO-KHCN-ABCDEFGH-R1-AAAAAA-BBBBBB-CCCCC"), FILE),
    Code.MACRO_PRESENT: (lambda: parts(**{"xl/vbaProject.bin": "x"}), FILE),
    Code.EXTERNAL_LINK: (lambda: parts(**{"xl/externalLinks/externalLink1.xml": "<a/>"}), FILE),
    Code.EMPTY_RETURN: (lambda: forms.write(PLAN, FORM, layout.stamp(KEY, FORM)), FILE),
    Code.SHEET_MISSING: (lambda: edited(lambda book: book.remove(book[layout.DATA])), FILE),
    Code.SHEET_RENAMED: (lambda: edited(lambda b: setattr(b[layout.DATA], "title", "Biểu 1")), ("Biểu 1", None)),
    Code.ROW_MISSING: (data(deleted_row), (layout.DATA, None)),
    Code.ROW_MOVED: (data(swapped), (layout.DATA, "B17")),
    Code.ROW_DUPLICATED: (data(copied_row), (layout.DATA, "B30")),
    Code.LOCKED_CELL_CHANGED: (lambda: form(D12="lượt người"), (layout.DATA, "D12")),
    Code.PROTECTION_REMOVED: (data(lambda sheet: sheet.protection.disable()), (layout.DATA, None)),
    Code.STRAY_CONTENT: (lambda: form(L12="đã trình"), (layout.DATA, "L12")),
    Code.MISSING_VALUE: (lambda: form(F12=None), (layout.DATA, "F12")),
    Code.MISSING_REASON: (lambda: form(F12=None, G12="Chưa có số liệu"), (layout.DATA, "I12")),
    Code.MISSING_SOURCE: (lambda: form(H12=None), (layout.DATA, "H12")),
    Code.NOT_A_NUMBER: (lambda: form(F12="mười hai"), (layout.DATA, "F12")),
    Code.NOT_AN_INTEGER: (lambda: form(F12=125.5), (layout.DATA, "F12")),
    Code.AMBIGUOUS_NUMBER: (lambda: form(F12="1,234"), (layout.DATA, "F12")),
    Code.NUMBER_AS_TEXT: (lambda: form(F12="125 người"), (layout.DATA, "F12")),
    Code.DATE_AS_NUMBER: (lambda: form(F12=datetime(2026, 2, 1)), (layout.DATA, "F12")),
    Code.BELOW_MINIMUM: (lambda: form(F12=-1), (layout.DATA, "F12")),
    Code.ABOVE_MAXIMUM: (lambda: form(F13=10**9 + 1), (layout.DATA, "F13")),
    Code.CELL_ERROR: (data(lambda sheet: sheet.merge_cells("F12:F13")), (layout.DATA, "F12")),
    Code.FORMULA_IN_INPUT: (lambda: form(F12="=120+5"), (layout.DATA, "F12")),
    Code.NOT_IN_LIST: (lambda: form(G12="Đang rà soát"), (layout.DATA, "G12")),
    Code.TEXT_TOO_LONG: (lambda: form(I12="dài " * 600), (layout.DATA, "I12")),
    Code.CONTROL_CHARACTERS: (lambda: form(H12="Báo\u200b cáo"), (layout.DATA, "H12")),
    Code.STATE_CONTRADICTS_VALUE: (lambda: form(G12="Không phát sinh"), (layout.DATA, "F12")),
    Code.RULE_BROKEN: (lambda: form(F17=30), (layout.DATA, "F17")),
    Code.LARGE_CHANGE: (lambda: form(F12=500), (layout.DATA, "F12")),
    Code.UNIT_SCALE_SUSPECT: (lambda: form(F12=120_000), (layout.DATA, "F12")),
    Code.OTHER_MEASURE: (lambda: form(D13="nghìn người"), (layout.DATA, "F13")),
}
"""A return, and the place at which its code is told."""

OF_THE_PLAN = {Code.UNKNOWN_UNIT: owes_nothing, Code.WRONG_VERSION: changed_plan}
"""The good return under a plan that was edited after the forms went out."""

OF_SEVERAL = (Code.DUPLICATE_FILE, Code.RESUBMISSION)
ELSEWHERE = {
    Code.CONFLICT, Code.TOTALS_DISAGREE, Code.NO_RETURN, Code.COVERAGE_LOW, Code.UNKNOWN_UNIT_NAME,
    Code.AMBIGUOUS_UNIT_NAME, Code.OPEN_GROUP, Code.UNMATCHED_CRITERION, Code.UNREADABLE_ROW,
    Code.FORMULA_DOUBTFUL, *OF_PAPERS,
}  # fmt: skip
"""Given by merging, by reading an appendix or an assignment, and by looking at a finished paper."""


def test_no_code_is_left_out():
    counted = Counter([*CASES, *OF_THE_PLAN, *OF_SEVERAL, *ELSEWHERE])
    assert set(counted.values()) == {1} and set(counted) == set(Code)


@pytest.mark.parametrize("code", CASES, ids=lambda c: c.word)
def test_a_return_that_earns_the_code(code):
    content, place = CASES[code]
    found = received(content())
    assert (code.word, *place) in [(word, sheet, cell) for word, _, sheet, cell in found]
    # and nothing else stops a value, but where one thing is told at several places
    assert {word for word, weight, _, _ in found if weight in ("error", "question")} <= {code.word}


@pytest.mark.parametrize("code", OF_THE_PLAN, ids=lambda c: c.word)
def test_a_good_return_under_another_plan(code):
    assert [word for word, *_ in received(form(), OF_THE_PLAN[code]())] == [code.word]


def test_a_good_return_earns_none():
    assert received(form()) == []


def test_codes_of_several_returns(campaign):
    first = send(campaign, UNIT)
    (campaign / "tra-ve" / "bản sao.xlsx").write_bytes(first.read_bytes())
    send(campaign, UNIT, "lan 2.xlsx", moment=1_774_100_000, F12="150")
    codes = {name: found[3] for name, found in told_of(pipeline.receive(campaign)).items()}
    assert sorted(word for found in codes.values() for word in found if word != "number-as-text") == sorted(
        code.word for code in OF_SEVERAL
    )


# ------------------------------------------------------------------ what programs do to sheets


def figures(content):
    """Variable -> the number or text taken for this year."""
    kind, _ = inbox.examine(content, "a.xlsx")
    ret, _ = returns.read(content, "a.xlsx", "0" * 64, kind)
    return {f.variable: f.value for f in checks.judge(PLAN, KEY, ret, READ_AT).figures if f.year == PLAN.year}


def told_at(content):
    return [(sheet, cell, word, weight) for word, weight, sheet, cell in received(content)]


def copied(book, name="Số liệu (2)", **typed):
    sheet = book.copy_worksheet(book[layout.DATA])
    sheet.title = name
    sheet.protection.enable()
    for address, value in typed.items():
        sheet[address] = value


def test_a_copy_of_the_filled_sheet_is_told_once():
    assert told_at(edited(copied)) == [("Số liệu (2)", None, "row-duplicated", "warning")]
    assert told_at(edited(lambda book: copied(book, F12=126))) == [
        ("Số liệu (2)", None, "row-duplicated", "error"),
        (layout.DATA, "B12", "row-duplicated", "error"),
    ]


def test_an_empty_copy_of_the_sheet_is_no_finding():
    blank = dict.fromkeys(NUMBERS)
    assert told_at(edited(lambda book: copied(book, **blank))) == []


def test_hidden_sheets_and_rows_are_read_alike():
    def hide(book):
        book.active = book.sheetnames.index(layout.NARRATIVE)
        book[layout.DATA].sheet_state = "hidden"
        book[layout.DATA].row_dimensions[12].hidden = True
        book[layout.DATA].column_dimensions["F"].hidden = True

    assert received(edited(hide)) == []


def test_rows_sorted_with_their_keys_are_read():
    def sort(sheet):
        for column in range(1, 11):
            one, two = sheet.cell(17, column), sheet.cell(18, column)
            one.value, two.value = two.value, one.value

    content = data(sort)()
    assert received(content) == []
    assert figures(content) == figures(form())


def test_the_sheet_of_one_unit_in_the_workbook_of_another():
    """Its visible stamp is the one's, the hidden sheet and the names are the other's."""
    other = layout.form(PLAN, "xa-hoa-tham")
    theirs = str(layout.stamp(KEY, other))
    mine = layout.address(layout.TOKEN_ROW, 0)
    content = form(**{mine: f"Mã biểu mẫu: {theirs}"})
    assert told_at(content) == [(None, None, "forged-form", "error")]
    kind, _ = inbox.examine(content, "a.xlsx")
    ret, _ = returns.read(content, "a.xlsx", "0" * 64, kind)
    (finding,) = checks.judge(PLAN, KEY, ret, READ_AT).findings
    for text in ("Sở Khoa học và Công nghệ", "Xã Hoa Thám", "ô nhìn thấy", "trang ẩn", "vùng đặt tên", theirs):
        assert text in finding.message


def test_a_program_that_keeps_no_names_and_properties_is_no_finding():
    def strip(book):
        for name in list(book.defined_names):
            if name.startswith("LSI"):
                del book.defined_names[name]
        for name in [p.name for p in book.custom_doc_props.props]:
            del book.custom_doc_props[name]

    assert received(edited(strip)) == []


def test_one_damaged_witness_is_a_warning():
    def rub(book):
        sheet = book[layout.HIDDEN]
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith("LSI1-"):
                    cell.value = cell.value[:-1] + ("A" if cell.value[-1] != "A" else "B")

    assert told_at(edited(rub)) == [(None, None, "forged-form", "warning")]


@needs_libreoffice
def test_doubts_of_identity_in_other_formats(tmp_path):
    """The five answers and a good form, saved as .ods and .xls."""
    stamp = layout.address(layout.TOKEN_ROW, 0)

    def foreign(key, **changes):
        made = replace(FORM, **changes)
        mine, theirs = str(layout.stamp(KEY, FORM)), str(layout.stamp(key, made))

        def change(book):
            for sheet in book:
                for cells in sheet.iter_rows():
                    for cell in cells:
                        if isinstance(cell.value, str) and mine in cell.value:
                            cell.value = cell.value.replace(mine, theirs)

        return edited(change)

    hoa_tham = f"Mã biểu mẫu: {layout.stamp(KEY, layout.form(PLAN, 'xa-hoa-tham'))}"
    cases = {
        "good": (form(), []),
        "blank": (forms.write(PLAN, FORM, layout.stamp(KEY, FORM)), ["empty-return"]),
        "lastyear": (foreign(OTHER_KEY, year=2024), ["wrong-campaign"]),
        "elsewhere": (foreign(OTHER_KEY), ["wrong-campaign"]),
        "another": (form(**{stamp: hoa_tham}), ["forged-form"]),
        "name": (form(A3="Đơn vị: Xã Hoa Thám"), ["locked-cell-changed"]),
        "older": (form(), ["wrong-version"]),
    }
    for name, (content, expected) in cases.items():
        source = tmp_path / f"{name}.xlsx"
        source.write_bytes(content)
        for kind in ("ods", "xls"):
            saved = convert(source, kind, tmp_path).read_bytes()
            found = received(saved, changed_plan() if name == "older" else PLAN)
            told = [word for word, *_ in found if word != "unsupported-format"]  # of an .xls not all can be seen
            assert (kind, name, told) == (kind, name, expected)
