"""What is read out of a returned workbook: stamps, the rows by their codes, answers, and what it does with odd files."""

import subprocess
import sys
from datetime import datetime
from decimal import Decimal

import pytest
import sheets
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from office import convert, needs_libreoffice, type_into

from lsindicators import checks, inbox, layout, returns
from lsindicators.findings import Code, needs_person
from lsindicators.model import HANOI
from lsindicators.workbook import old

UNIT = "xa-hoa-tham"


def read(content, kind="xlsx"):
    ret, findings = returns.read(content, "tra-ve/a.xlsx", "0" * 64, kind)
    assert (ret is None) == needs_person(findings)
    return ret


def codes(content, kind="xlsx"):
    return [f.code.word for f in returns.read(content, "tra-ve/a.xlsx", "0" * 64, kind)[1]]


def inputs(ret):
    """Code -> value of this year, state, source, reason; only rows that hold any of them."""
    rows = {e.variable: tuple(c.value for c in (e.current, e.state, e.source, e.reason)) for e in ret.entries}
    return {code: row for code, row in rows.items() if any(v is not None for v in row)}


def at(plan, code, column=layout.CURRENT, unit=UNIT):
    return layout.address(layout.form(plan, unit).by_code[code].row, column)


def typed(plan):
    return {
        at(plan, "C01_A"): "12",
        at(plan, "C01_A", layout.SOURCE): "Báo cáo  số 5",
        at(plan, "C01_B", layout.STATE): "Không phát sinh",
        at(plan, "C09_A"): '"1.234"',
        at(plan, "C43_A"): "Có",
        at(plan, "C43_B"): "https://langson.gov.vn",
        at(plan, "C43_B", layout.REASON): '"=1+1"',
    }


AS_TYPED = {
    "C01_A": (Decimal(12), None, "Báo cáo số 5", None),
    "C01_B": (None, "Không phát sinh", None, None),
    "C09_A": ("1.234", None, None, None),
    "C43_A": ("Có", None, None, None),
    "C43_B": ("https://langson.gov.vn", None, None, "=1+1"),
}


# ------------------------------------------------------------------ a form as it should come back


def test_a_form_is_read_by_its_codes(plan, key):
    ret = read(sheets.form(plan, UNIT, key, typed(plan), narrative={0: "Thiếu người\nthiếu tiền", 3: 5}, scratch="1|2"))
    assert inputs(ret) == AS_TYPED
    assert [e.variable for e in ret.entries] == [v.code for v in plan.owed[UNIT]]
    assert [e.label for e in ret.entries] == [r.label for r in layout.form(plan, UNIT).variables]
    assert (ret.sheet, ret.heading_row, ret.year_heading, ret.protected) == ("Số liệu", 9, 2025, True)
    assert ret.entries[0].current.at.address == at(plan, "C01_A")
    assert ret.entries[0].key.address == at(plan, "C01_A", layout.KEY)
    assert [(q, a, ref.address) for q, a, ref in ret.answers] == [
        (layout.QUESTIONS[0], "Thiếu người\nthiếu tiền", "B4"),
        (layout.QUESTIONS[3], "5", "B7"),
    ]
    assert ret.sheets == (layout.DATA, layout.NARRATIVE, layout.SCRATCH, layout.GUIDE, layout.HIDDEN)


def test_every_cell_with_content_is_handed_on_but_the_scratch_sheet(plan, key):
    form = layout.form(plan, UNIT)
    ret = read(sheets.form(plan, UNIT, key, {**typed(plan), "K3": "bên lề"}, scratch="1|2"))
    assert set(ret.cells) == {layout.DATA, layout.NARRATIVE, layout.GUIDE, layout.HIDDEN}
    found = ret.cells[layout.DATA]
    assert {a: v for a, v in form.locked.items() if v != ""}.items() <= {a: c.value for a, c in found.items()}.items()
    assert found["K3"].value == "bên lề"
    assert set(found) == {a for a, v in form.locked.items() if v != ""} | set(typed(plan)) | {"K3", "A8"}


def test_the_stamp_is_found_in_five_places(plan, key):
    ret = read(sheets.form(plan, UNIT, key))
    stamp = str(layout.stamp(key, layout.form(plan, UNIT)))
    assert {(t.text, t.place) for t in ret.tokens} == {
        (stamp, place) for place in ("cell", "hidden", "footer", "name", "property")
    }
    assert len(ret.tokens) == 5


@pytest.mark.parametrize(
    ("table", "tokens"),
    [
        ("không có gì", []),
        ("LSI1 là gì", []),
        ("LSI1-ABCD-2025-XA-HOA-THAM-ABCDEFGH-R1-AAAAAA-BBBBBB-CCCCCC-DDDDDD", 1),
        ("lsi1-abcd-2025-xa-hoa-tham-abcdefgh-r1-aaaaaa-bbbbbb-cccccc-dddddd", 1),
        ("Mã: LSI1-ABCD-2025-XA-HOA-THAM-ABCDEFGH-R1-AAAAAA-BBBBBB.", 1),
        ("LSI1-AAAA-2025-X-1 | LSI1-AAAA-2025-Y-1 | LSI1-AAAA-2025-X-1", 2),
    ],
)
def test_stamps_whole_or_damaged(table, tokens):
    assert len(read(sheets.one(table)).tokens) == (tokens or 0)


def test_the_scratch_sheet_is_never_read(plan, key):
    stray = "Mã số liệu | Năm 2025\nC01_A | 99\nLSI1-ABCD-2025-XA-HOA-THAM-ABCDEFGH-R1-AAAAAA-BBBBBB-CCCCCC-DDDDDD"
    ret = read(sheets.workbook({" nháp ": stray}))
    assert (ret.sheet, ret.tokens, ret.cells, ret.entries) == (None, (), {}, ())
    assert ret.sheets == (" nháp ",)


# ------------------------------------------------------------------ where things stand


def columns(table):
    """Code -> this year's and last year's value of the form that ``table`` holds."""
    ret = read(sheets.one(table))
    return {e.variable: (e.current.value, e.previous.value) for e in ret.entries}


@pytest.mark.parametrize(
    "table",
    [
        "Mã số liệu | Số liệu | Năm 2024 | Năm 2025 | Tình trạng\nC01_A | x | 4 | 5 |",
        "Năm 2025 | Năm 2024 | Tình trạng | Mã số liệu\n5 | 4 | | C01_A",
        "x\n\n | | MÃ SỐ  LIỆU | năm  2025 | NĂM 2024\n | | C01_A | 5 | 4",
        "Mã số liệu | Năm 2024 | Năm 2025 | Năm 2023\nC01_A | 4 | 5 | 3",
        "Mã số liệu | Năm 2025 | Năm 2024 | Năm 2025\nC01_A | 5 | 4 | 99",
        "Mã số liệu | chỉ nhắc đến\n | \nMã số liệu | Năm 2025 | Năm 2024\nC01_A | 5 | 4",
        "Mã số liệu | Năm 2025 | Năm 2024\nA. Nhóm\n | 9\nMã số liệu | 9\nC01_A | 5 | 4\nNgười lập | 9\n12 | 9",
    ],
)
def test_rows_are_found_by_heading_and_code(table):
    assert columns(table) == {"C01_A": (Decimal(5), Decimal(4))}


def test_a_year_heading_that_was_overwritten_is_found_by_its_place(plan, key):
    heading = layout.address(layout.HEADING_ROW, layout.CURRENT)
    ret = read(sheets.form(plan, UNIT, key, {**typed(plan), heading: "số năm nay"}))
    assert inputs(ret) == AS_TYPED
    assert ret.year_heading is None
    both = {heading: "năm nay", layout.address(layout.HEADING_ROW, layout.PREVIOUS): "năm ngoái"}
    ret = read(sheets.form(plan, UNIT, key, {**typed(plan), **both}))
    assert inputs(ret) == AS_TYPED
    assert ret.year_heading is None


def test_a_year_that_stands_elsewhere_is_this_year_if_columns_have_moved():
    assert columns("x | Mã số liệu | Tình trạng | y | Năm 2025\n | C01_A | | | 5") == {"C01_A": (Decimal(5), None)}


def test_the_list_of_remarks_in_a_slip_is_no_data_sheet():
    head = "Mã số liệu | Tình trạng\nC01_A | x"
    assert read(sheets.workbook({layout.SLIP: head})).sheet is None


def test_a_mere_mention_of_the_heading_is_no_form():
    ret = read(sheets.one("Mã số liệu | là gì\nC01_A | 5"))
    assert (ret.sheet, ret.heading_row, ret.entries) == (None, None, ())


def test_the_sheet_may_have_any_name_and_be_hidden():
    ret = read(sheets.workbook({"Bìa": "x", "Sheet1": "Mã số liệu | Năm 2025\nC01_A | 5"}, hidden=("Sheet1",)))
    assert (ret.sheet, len(ret.entries)) == ("Sheet1", 1)


def test_of_two_filled_sheets_both_come_to_light():
    head = "Mã số liệu | Năm 2025 | Tình trạng\n"
    ret = read(
        sheets.workbook(
            {"Số liệu": f"{head}C01_A | |\nC01_B | 1 |", "Số liệu (2)": f"{head}C01_A | 5 |\nC01_B | 2 |\nC09_A | |"}
        )
    )
    assert ret.sheet == "Số liệu (2)"
    assert [(e.variable, e.key.sheet) for e in ret.entries] == [
        ("C01_A", "Số liệu (2)"),
        ("C01_B", "Số liệu (2)"),
        ("C09_A", "Số liệu (2)"),
        ("C01_B", "Số liệu"),
    ]


def test_an_empty_copy_changes_nothing():
    head = "Mã số liệu | Năm 2025 | Tình trạng\n"
    ret = read(sheets.workbook({"Chép": f"{head}C01_A | |", "Số liệu": f"{head}C01_A | 5 |"}))
    assert (ret.sheet, [e.current.value for e in ret.entries]) == ("Số liệu", [Decimal(5)])


def test_a_code_that_stands_twice_is_handed_on_twice():
    ret = read(sheets.one("Mã số liệu | Năm 2025\nC01_A | 5\nC01_A | 6"))
    assert [(e.variable, e.current.at.address) for e in ret.entries] == [("C01_A", "B2"), ("C01_A", "B3")]


def test_the_kind_of_a_cell_is_kept(plan, key):
    ret = read(
        sheets.form(
            plan,
            UNIT,
            key,
            {
                at(plan, "C01_A"): "=A1+1 -> 7",
                at(plan, "C01_B"): "#REF!",
                at(plan, "C09_A"): "@46054",
                at(plan, "C43_A"): "TRUE",
                at(plan, "C43_B"): "%0.125",
            },
        )
    )
    found = {e.variable: e.current for e in ret.entries}
    assert (found["C01_A"].formula, found["C01_A"].value) == ("A1+1", Decimal(7))
    assert (found["C01_B"].error, found["C01_B"].value) == (True, "#REF!")
    assert (found["C09_A"].date_format, found["C09_A"].value) == (True, Decimal(46054))
    assert found["C43_A"].value is True
    assert (found["C43_B"].percent_format, found["C43_B"].value) == (True, Decimal("0.125"))


def test_a_control_character_is_gone_from_the_value_and_kept_in_the_literal(plan, key):
    place = at(plan, "C01_A", layout.REASON)
    parts = sheets.form_parts(plan, UNIT, key, {place: "a_x0007_b"})
    cell = next(e for e in read(sheets.zipped(parts)).entries if e.variable == "C01_A").reason
    assert (cell.value, cell.literal) == ("ab", "a\x07b")


def test_merged_inputs_are_flagged(plan, key):
    parts = sheets.form_parts(plan, UNIT, key, {at(plan, "C01_A"): "5"})
    merge = f'<mergeCells><mergeCell ref="{at(plan, "C01_A")}:{at(plan, "C01_B")}"/></mergeCells>'
    body = parts["xl/worksheets/sheet1.xml"].replace("<headerFooter>", f"{merge}<headerFooter>")
    ret = read(sheets.zipped({**parts, "xl/worksheets/sheet1.xml": body}))
    assert {e.variable for e in ret.entries if e.current.merged} == {"C01_A", "C01_B"}


def test_lost_protection_is_seen(plan, key):
    parts = sheets.form_parts(plan, UNIT, key)
    body = parts["xl/worksheets/sheet1.xml"].replace("<sheetProtection", "<sheetProtectionX")
    assert not read(sheets.zipped({**parts, "xl/worksheets/sheet1.xml": body})).protected


@pytest.mark.parametrize(
    ("name", "table", "wanted"),
    [
        (
            "Khó khăn, kiến nghị",
            "a\n\nNội dung | Ý kiến của đơn vị\nHỏi 1 | đáp 1\nHỏi 2 |\n | không hỏi",
            [("Hỏi 1", "đáp 1")],
        ),
        ("Đổi tên", "Nội dung | Ý kiến của đơn vị\nHỏi 1 | 1234.5", [("Hỏi 1", "1.234,5")]),
        ("khó khăn,  kiến nghị", "a\nb\nc\nHỏi 1 | TRUE", [("Hỏi 1", "Có")]),
        ("Trang khác", "Hỏi 1 | đáp 1", []),
    ],
)
def test_answers_stand_beside_their_questions(name, table, wanted):
    assert [(q, a) for q, a, _ in read(sheets.workbook({name: table})).answers] == wanted


# ------------------------------------------------------------------ files that are odd as a whole


def test_what_is_noticed_of_the_file_as_a_whole(plan, key):
    parts = sheets.form_parts(plan, UNIT, key)
    assert codes(sheets.zipped(parts)) == []
    assert codes(sheets.zipped({**parts, "xl/vbaProject.bin": "x"})) == ["macro-present"]
    assert codes(sheets.zipped({**parts, "xl/externalLinks/externalLink1.xml": "<a/>"})) == ["external-link"]
    assert codes(sheets.zipped({**parts, "xl/workbook.xml": "<a"})) == ["unreadable-file"]
    assert codes(sheets.zipped({**parts, "xl/media/a": b"\0" * (4 << 20)})) == ["too-large"]
    assert codes(b"nothing") == ["unreadable-file"]


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_a_damaged_old_or_open_document_is_unreadable(kind):
    assert codes(b"nothing at all", kind) == ["unreadable-file"]


def test_a_reader_that_takes_too_long_is_stopped(monkeypatch):
    def late(*arguments, **more):
        raise subprocess.TimeoutExpired("x", 1)

    monkeypatch.setattr(subprocess, "run", late)
    assert codes(b"x", "xls") == ["unreadable-file"]


def test_a_password_is_told(monkeypatch):
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess("x", 3))
    assert codes(b"x", "xls") == ["encrypted-file"]


def test_an_error_that_nobody_foresaw_is_a_finding(monkeypatch):
    monkeypatch.setattr(returns.workbook, "read_any", lambda *_: 1 / 0)
    assert codes(b"x") == ["unreadable-file"]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_gives_a_return_or_a_finding(plan, key, data):
    content = bytearray(sheets.form(plan, UNIT, key, typed(plan)))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    del content[data.draw(st.integers(1, len(content))) :]
    read(bytes(content))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_inside_the_xml_loses_no_good_cell_unseen(plan, key, data):
    """A part with changed bytes is refused, or each value read is what was put in or visibly something else."""
    parts = sheets.form_parts(plan, UNIT, key, typed(plan))
    name = data.draw(st.sampled_from(sorted(parts)))
    body = bytearray(parts[name].encode())
    for _ in range(data.draw(st.integers(1, 3))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.sampled_from(list(b'<>/"=& x0A')))
    read(sheets.zipped({**parts, name: bytes(body)}))


# ------------------------------------------------------------------ real forms, and other programs


@pytest.fixture
def real_form(plan, key):
    """A form as ``generate`` writes it, with the inputs of AS_TYPED filled in."""
    from lsindicators import forms

    form = layout.form(plan, UNIT)
    columns = (layout.CURRENT, layout.STATE, layout.SOURCE, layout.REASON)
    filled = {
        (code, column): value
        for code, row in AS_TYPED.items()
        for column, value in zip(columns, row, strict=True)
        if value is not None
    }
    return forms.write(plan, form, layout.stamp(key, form), typed=filled)


def test_a_real_form_is_read_back(plan, key, real_form):
    ret = read(real_form)
    assert inputs(ret) == AS_TYPED
    assert {t.text for t in ret.tokens} == {str(layout.stamp(key, layout.form(plan, UNIT)))}
    assert {t.place for t in ret.tokens} == {"cell", "hidden", "footer", "name", "property"}
    assert codes(real_form) == []
    found = ret.cells[layout.DATA]
    assert {a: v for a, v in layout.form(plan, UNIT).locked.items() if v != ""}.items() <= {
        a: c.value for a, c in found.items()
    }.items()


@needs_libreoffice
@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls"])
def test_a_form_saved_by_libreoffice_is_read_alike(plan, key, real_form, tmp_path, kind):
    source = tmp_path / "a.xlsx"
    source.write_bytes(real_form)
    content = convert(source, kind, tmp_path).read_bytes()
    assert inbox.examine(content, f"a.{kind}") == (kind, ())
    ret = read(content, kind)
    before = read(real_form)
    assert inputs(ret) == AS_TYPED
    assert (ret.sheet, ret.heading_row, ret.year_heading, ret.protected) == ("Số liệu", 9, 2025, True)
    assert {t.text for t in ret.tokens} == {t.text for t in before.tokens}
    places = {"cell", "hidden", "footer", "name", "property"} if kind != "xls" else {"cell", "hidden"}
    assert {t.place for t in ret.tokens} == places
    assert codes(content, kind) == (["unsupported-format"] if kind == "xls" else [])
    locked = {a: v for a, v in layout.form(plan, UNIT).locked.items() if v != ""}
    assert locked.items() <= {a: c.value for a, c in ret.cells[layout.DATA].items()}.items()
    assert [e.label for e in ret.entries] == [e.label for e in before.entries]


@needs_libreoffice
def test_what_is_typed_in_libreoffice_is_read_as_shown(plan, real_form, tmp_path):
    source = tmp_path / "a.xlsx"
    source.write_bytes(real_form)
    target = type_into(
        source,
        tmp_path / "b.xlsx",
        [
            (layout.DATA, at(plan, "C01_A"), "1.234,5"),
            (layout.DATA, at(plan, "C01_B"), "mười hai"),
            (layout.DATA, at(plan, "C09_A"), "1/2"),
            (layout.NARRATIVE, "B4", "Thiếu người"),
        ],
    )
    ret = read(target.read_bytes())
    found = {e.variable: e.current for e in ret.entries}
    assert found["C01_A"].value == Decimal("1234.5")
    assert found["C01_B"].value == "mười hai"
    assert found["C09_A"].value == Decimal(46054)  # 1 February 2026: the cell's own number format hides that
    assert [a for _, a, _ in ret.answers] == ["Thiếu người"]


# ------------------------------------------------------------------ .xls: the child that reads it


@pytest.mark.parametrize(
    "code",
    ["import os; os.abort()", "import time; time.sleep(60)", "print('rác')", "print('{}')", "print('[' * 10**6)",
     "import sys; sys.exit(1)", "print('{\"sheets\": [{}]}')", "print('{\"sheets\": [{\"name\": 1, \"cells\": [[0]]}]}')"],
)  # fmt: skip
def test_a_child_that_dies_hangs_or_talks_rubbish_harms_nobody(code, monkeypatch):
    monkeypatch.setattr(old, "COMMAND", (sys.executable, "-c", code))
    monkeypatch.setattr(old, "SECONDS", 2)
    assert codes(b"x", "xls") == ["unreadable-file"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of memory for a process")
def test_the_child_cannot_take_all_memory(monkeypatch):
    greedy = "from lsindicators.workbook import old; old._limit_memory(); print(len(bytearray(2 << 30)))"
    done = subprocess.run([sys.executable, "-c", greedy], capture_output=True, text=True, check=False)
    assert done.returncode != 0 and "MemoryError" in done.stderr


def test_an_xls_says_that_an_error_may_hide_behind_a_blank(plan, key):
    ret = read(sheets.form(plan, UNIT, key, {at(plan, "C01_A", layout.STATE): "Có số liệu"}))

    def missing(ret):
        verdict = checks.judge(plan, key, ret, datetime(2026, 3, 28, tzinfo=HANOI))
        return {f.variable: f.message for f in verdict.findings if f.code is Code.MISSING_VALUE}

    seen, unseen = missing(ret), missing(replace(ret, blind=True))
    assert seen.keys() == unseen.keys() >= {"C01_A", "C01_B"}
    assert all("#REF!" in text for text in unseen.values()) and not any("#REF!" in text for text in seen.values())
