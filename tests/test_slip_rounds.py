"""A slip goes out, comes back, goes out again: good values stay, marks are only where something is open, rounds count up."""

import io
import re
import shutil
import zipfile
from decimal import Decimal
from pathlib import Path

import docx
import openpyxl
import pytest
from campaigns import NUMBERS, answer, begun, send
from conftest import small_plan
from msgspec.structs import replace

from lsindicators import assignment, files, layout, pipeline
from lsindicators.errors import OutputLockedError

SLIP, LETTER = "phieu-tra-lai/so-khcn.xlsx", "phieu-tra-lai/so-khcn.docx"

WRONG = {"F12": "mười hai", "F13": 2.5, "G17": "đang rà soát", "F18": "1,234", "F24": "Có lẽ"}
"""What a hasty unit typed: each is an error or a question."""

RIGHT = {"F12": 125, "F13": 3, "G17": "Có số liệu", "F18": 1234, "F24": "Có"}


def read(campaign: Path) -> dict[str, dict]:
    """File -> its row in ``read --json``."""
    returned = pipeline.receive(campaign).to_json()["returns"]
    return {r["file"].removeprefix("tra-ve/"): r for r in returned}


def stops(row: dict) -> list[tuple[str | None, str]]:
    found = ((f["cell"], f["code"]) for f in row["findings"] if f["severity"] in ("error", "question"))
    return sorted(found, key=str)


def back(campaign: Path, name: str, **cells) -> Path:
    """The slip that lies in the campaign, with ``cells`` typed, sent back under ``name``."""
    book = openpyxl.load_workbook(campaign / SLIP)
    for cell, value in cells.items():
        book[layout.DATA][cell].value = value
    target = campaign / "tra-ve" / name
    book.save(target)
    return target


def first_sheet(campaign: Path, slip: str = SLIP) -> str:
    sheet = openpyxl.load_workbook(campaign / slip)[layout.SLIP]
    return "\n".join(" | ".join(str(v) for v in row if v is not None) for row in sheet.iter_rows(values_only=True))


def links(campaign: Path) -> set[str]:
    sheet = openpyxl.load_workbook(campaign / SLIP)[layout.SLIP]
    return {c.value for row in sheet.iter_rows() for c in row if c.hyperlink}


def todo(campaign: Path) -> dict[str, str]:
    """Cell -> what the first sheet tells to do there."""
    sheet = openpyxl.load_workbook(campaign / SLIP)[layout.SLIP]
    return {row[0].value: row[4].value for row in sheet.iter_rows() if row[0].hyperlink}


def letter(campaign: Path) -> str:
    return "\n".join(p.text for p in docx.Document(io.BytesIO((campaign / LETTER).read_bytes())).paragraphs)


def marked(campaign: Path, slip: str = SLIP) -> set[str]:
    """The cells of the data sheet that the slip colours by a rule of their own."""
    sheet = openpyxl.load_workbook(campaign / slip)[layout.DATA]
    return {str(block.sqref) for block in sheet.conditional_formatting if ":" not in str(block.sqref)}


def inputs(campaign: Path, slip: str = SLIP) -> dict[str, object]:
    """Address -> what stands in the inputs of the slip."""
    sheet = openpyxl.load_workbook(campaign / slip)[layout.DATA]
    cells = (c for row in sheet.iter_rows(min_row=10) for c in row if not c.protection.locked and c.value is not None)
    return {c.coordinate: c.value for c in cells}


# ------------------------------------------------------------------ round after round


def test_mended_and_accepted(campaign):
    send(campaign, "so-khcn", **WRONG)
    row = read(campaign)["so-khcn.xlsx"]
    assert {cell for cell, _ in stops(row)} == set(WRONG) == marked(campaign) == links(campaign)
    text = first_sheet(campaign)
    assert "(LẦN 2)" in text and "“so-khcn.xlsx”" in text and "5 chỗ" in text
    back(campaign, "da sua.xlsx", **RIGHT)
    row = read(campaign)["da sua.xlsx"]
    assert (row["status"], row["values"], stops(row)) == ("accepted", 7, [])
    assert not (campaign / SLIP).exists() and not (campaign / LETTER).exists()


def test_half_mended_and_asked_for_the_rest(campaign):
    send(campaign, "so-khcn", **WRONG)
    read(campaign)
    back(campaign, "nua.xlsx", **{c: RIGHT[c] for c in ("F12", "F13", "F24")})
    row = read(campaign)["nua.xlsx"]
    assert row["slip"] == SLIP
    assert {cell for cell, _ in stops(row)} == {"G17", "F18"} == marked(campaign) == links(campaign)
    assert "(LẦN 3)" in first_sheet(campaign) and "2 chỗ" in first_sheet(campaign)
    typed = inputs(campaign)
    assert {cell: typed[cell] for cell in ("F12", "F13", "F24")} == {c: RIGHT[c] for c in ("F12", "F13", "F24")}
    back(campaign, "het.xlsx", G17=None, F18=1234)
    assert read(campaign)["het.xlsx"]["status"] == "accepted"


def test_sent_back_as_it_is(campaign):
    send(campaign, "so-khcn", **WRONG)
    first = read(campaign)["so-khcn.xlsx"]
    typed, values = inputs(campaign), first["values"]
    shutil.copy(campaign / SLIP, campaign / "tra-ve" / "y nguyen.xlsx")
    again = read(campaign)["y nguyen.xlsx"]
    assert (stops(again), again["values"]) == (stops(first), values)
    assert inputs(campaign) == typed
    assert marked(campaign) == set(WRONG)
    assert "(LẦN 3)" in first_sheet(campaign)


def test_the_round_stands_in_the_file_too(campaign):
    send(campaign, "so-khcn", **WRONG)
    read(campaign)
    book = openpyxl.load_workbook(campaign / SLIP)
    assert book.properties.title == "Phiếu trả lại lần 2 – số liệu năm 2025 – Sở Khoa học và Công nghệ"
    assert all("lần 2" in book[name].oddHeader.left.text for name in (layout.SLIP, layout.DATA, layout.NARRATIVE))
    form = openpyxl.load_workbook(campaign / "bieu-mau" / "so-khcn.xlsx")
    assert form[layout.DATA].oddHeader.left.text is None


# ------------------------------------------------------------------ nothing was taken


def test_an_empty_form_gets_a_fresh_one_with_the_reason(campaign):
    shutil.copy(campaign / "bieu-mau" / "so-khcn.xlsx", campaign / "tra-ve" / "trong.xlsx")
    row = read(campaign)["trong.xlsx"]
    assert (row["status"], row["slip"], stops(row)) == ("rejected", SLIP, [(None, "empty-return")])
    text = first_sheet(campaign)
    assert "chưa lấy được số liệu nào" in text and "biểu mẫu mới" in text and "chưa điền ô nào" in text
    assert "bấm vào địa chỉ" not in text and links(campaign) == set()
    assert inputs(campaign) == {} and marked(campaign) == set()
    back(campaign, "y nguyen.xlsx")
    assert stops(read(campaign)["y nguyen.xlsx"]) == [(None, "empty-return")]
    assert "(LẦN 3)" in first_sheet(campaign)
    answer(campaign / SLIP, campaign / "tra-ve" / "da dien.xlsx", NUMBERS["so-khcn"])
    assert read(campaign)["da dien.xlsx"]["status"] == "accepted"
    assert not (campaign / SLIP).exists()


def test_without_the_data_sheet_a_fresh_form_goes_out(campaign):
    path = send(campaign, "so-khcn")
    book = openpyxl.load_workbook(path)
    del book[layout.DATA]
    book.save(path)
    row = read(campaign)["so-khcn.xlsx"]
    assert (row["status"], stops(row), row["slip"]) == ("rejected", [(None, "sheet-missing")], SLIP)
    assert "Không còn trang tính “Số liệu”. | Điền lại cho đúng vào tệp này rồi gửi lại." in first_sheet(campaign)
    assert inputs(campaign) == {}


def test_figures_whose_years_nobody_knows_are_not_put_into_the_slip(campaign):
    """The headings of the years were exchanged: last year's figures would come back as this year's."""
    path = send(campaign, "so-khcn")
    book = openpyxl.load_workbook(path)
    data = book[layout.DATA]
    data["E9"].value, data["F9"].value = data["F9"].value, data["E9"].value
    book[layout.NARRATIVE]["B4"] = "Thiếu người"
    book.save(path)
    assert (read(campaign)["so-khcn.xlsx"]["values"], inputs(campaign)) == (0, {})
    assert openpyxl.load_workbook(campaign / SLIP)[layout.NARRATIVE]["B4"].value == "Thiếu người"
    assert "chưa lấy được số liệu nào" in first_sheet(campaign) and "biểu mẫu gốc" not in first_sheet(campaign)
    shutil.copy(campaign / SLIP, campaign / "tra-ve" / "y nguyen.xlsx")
    assert read(campaign)["y nguyen.xlsx"]["values"] == 0


def test_a_text_like_markup_of_rich_text_stays_a_text(campaign):
    """xlsxwriter writes such a text as it is into the package, and the slip could not be opened."""
    send(campaign, "xa-hoa-tham", F12="ba", I12="<r>&</r>", H12="<r><t>đậm</t></r>")
    pipeline.receive(campaign)
    sheet = openpyxl.load_workbook(campaign / "phieu-tra-lai/xa-hoa-tham.xlsx")["Số liệu"]
    assert (sheet["I12"].value.strip(), sheet["H12"].value.strip()) == ("<r>&</r>", "<r><t>đậm</t></r>")


def test_a_figure_beside_another_measure_is_asked_for_anew(campaign):
    """The slip asks by the right measure again: the same figure beside it would pass for one that was given by it."""
    path = send(campaign, "so-khcn")
    book = openpyxl.load_workbook(path)
    book[layout.DATA]["D13"], book[layout.DATA]["E13"] = "nghìn người", 8
    book.save(path)
    first = read(campaign)["so-khcn.xlsx"]
    assert stops(first) == [("E13", "unit-scale-suspect"), ("F13", "unit-scale-suspect")]
    assert {"F13", "E13"} <= links(campaign)
    assert not {"E13", "F13"} & inputs(campaign).keys() and "F12" in inputs(campaign)
    assert "gõ lại số theo người" in first_sheet(campaign).casefold()
    shutil.copy(campaign / SLIP, campaign / "tra-ve" / "y nguyen.xlsx")
    assert read(campaign)["y nguyen.xlsx"]["values"] == first["values"]


def test_figures_of_another_year_are_not_put_into_the_slip(campaign, tmp_path):
    """A form of last year with this campaign's key: whose it is is known, and none of its figures is of this year."""
    settings = replace(small_plan().settings, year=2024)
    old = begun(tmp_path / "cu", small_plan(settings=settings, past=()))
    shutil.copytree(campaign / "so-cai", old / "so-cai", dirs_exist_ok=True)
    pipeline.issue(old)
    answer(old / "bieu-mau" / "so-khcn.xlsx", campaign / "tra-ve" / "cu.xlsx", NUMBERS["so-khcn"])
    row = read(campaign)["cu.xlsx"]
    assert (row["status"], stops(row), row["slip"]) == ("rejected", [(None, "wrong-campaign")], SLIP)
    assert inputs(campaign) == {}
    assert "Cả tệp | Đây là biểu mẫu năm 2024, của kỳ báo cáo trước" in first_sheet(campaign)


def test_a_file_of_nobody_gets_no_slip(campaign):
    (campaign / "tra-ve" / "a.xlsx").write_bytes(b"PK\x03\x04")
    assert read(campaign)["a.xlsx"]["slip"] is None
    assert not list((campaign / "phieu-tra-lai").glob("*"))


# ------------------------------------------------------------------ forms that were worked on


def reworked(campaign: Path, change) -> dict:
    """The row in ``read --json`` of a form with one blank, after ``change`` of its data sheet."""
    path = send(campaign, "so-khcn", F13=None)
    book = openpyxl.load_workbook(path)
    sheet = book[layout.DATA]
    for merge in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(merge))
    change(sheet)
    book.save(path)
    return read(campaign)["so-khcn.xlsx"]


GOOD = {"F12": 130, "F17": 5, "F18": 40, "F21": 29000000.5, "F22": 430000, "F24": "Có"}


def test_good_values_of_an_unlocked_form_are_in_place(campaign):
    row = reworked(campaign, lambda sheet: sheet.protection.disable())
    typed = inputs(campaign)
    assert {c: typed.get(c) for c in GOOD} == GOOD
    assert marked(campaign) == {"F13"} == {c for c, _ in stops(row)}
    assert openpyxl.load_workbook(campaign / SLIP)[layout.DATA].protection.sheet


def test_good_values_of_a_form_whose_rows_were_sorted_are_in_place(campaign):
    """Rows 12 and 17 changed places as a whole: each value goes back to its key."""

    def change(sheet):
        for column in range(1, 11):
            a, b = sheet.cell(12, column), sheet.cell(17, column)
            a.value, b.value = b.value, a.value

    row = reworked(campaign, change)
    assert [code for _, code in stops(row)] == ["missing-value"]
    typed = inputs(campaign)
    assert {c: typed.get(c) for c in GOOD} == GOOD


def test_good_values_of_a_form_with_deleted_rows_are_in_place(campaign):
    row = reworked(campaign, lambda sheet: sheet.delete_rows(17))
    assert {code for _, code in stops(row)} == {"missing-value", "row-missing"}
    typed = inputs(campaign)
    good = {cell: value for cell, value in GOOD.items() if cell != "F17"}
    assert {c: typed.get(c) for c in GOOD} == {**good, "F17": None}
    assert marked(campaign) == {"F13", "F17"} == links(campaign)
    assert todo(campaign)["F17"].startswith("Điền số liệu vào phiếu trả lại (ô F17).")
    assert "gốc" not in first_sheet(campaign) and "gốc" not in letter(campaign)
    fixed = {"F13": 20, "F17": 5}
    back(campaign, "sua.xlsx", **fixed)
    assert read(campaign)["sua.xlsx"]["status"] == "accepted"


def test_rows_sorted_without_their_keys_are_filled_in_anew(campaign):
    """What came beside another key is shown as typed, not in place; of the locked cells beside it nothing is said."""

    def change(sheet):
        for column in range(3, 10):
            a, b = sheet.cell(17, column), sheet.cell(21, column)
            a.value, b.value = b.value, a.value

    row = reworked(campaign, change)
    assert {code for _, code in stops(row)} == {"missing-value", "row-moved"}
    assert "locked-cell-changed" in {f["code"] for f in row["findings"]}
    typed = inputs(campaign)
    assert "F17" not in typed and "F21" not in typed
    text = first_sheet(campaign)
    assert "F17 | C09_A – Số sáng chế được khai thác | 29.000.000,5 | " in text and "Ô khóa" not in text
    assert todo(campaign)["F21"].startswith("Điền số liệu vào phiếu trả lại (ô F21).")


def test_a_figure_in_the_column_of_the_states_is_marked_where_it_belongs(campaign):
    send(campaign, "so-khcn", F12=None, G12=130, H12="Có số liệu", I12="BC 5")
    assert stops(read(campaign)["so-khcn.xlsx"]) == [("G12", "row-moved")]
    assert marked(campaign) == {"F12"} == links(campaign)


def test_of_two_filled_sheets_each_row_that_differs_is_asked(campaign):
    path = send(campaign, "so-khcn")
    book = openpyxl.load_workbook(path)
    book.copy_worksheet(book[layout.DATA])["F12"] = 131
    book.save(path)
    read(campaign)
    assert "Còn 1 chỗ" in first_sheet(campaign) and "trang thừa" not in first_sheet(campaign)
    assert links(campaign) == {"F12"}
    assert todo(campaign)["F12"].startswith("Điền số liệu vào phiếu trả lại (ô F12).")


def test_merged_cells_are_typed_again_each(campaign):
    row = reworked(campaign, lambda sheet: sheet.merge_cells("F17:F18"))
    assert {"F17", "F18"} <= {cell for cell, _ in stops(row)}
    assert todo(campaign)["F18"].startswith("Gõ lại nội dung của riêng ô này.")


def test_a_long_answer_has_its_link(campaign):
    path = send(campaign, "so-khcn", F12="mười")
    book = openpyxl.load_workbook(path)
    book[layout.NARRATIVE]["B6"] = "dài " * 600
    book.save(path)
    read(campaign)
    assert links(campaign) == {"F12", "B6"}


def test_good_values_of_an_older_version_are_in_place(campaign):
    """The plan changed after the forms went out: another name, another order; keys carry the values."""
    send(campaign, "so-khcn", F13=None)
    plan = small_plan()
    first, *others = plan.variables
    changed = replace(plan, variables=(*others[:1], replace(first, name="Tên mới"), *others[1:]),
                      assignments=(plan.assignments[1], plan.assignments[0], *plan.assignments[2:]))  # fmt: skip
    (campaign / "phan-cong.xlsx").write_bytes(assignment.write(changed))
    row = read(campaign)["so-khcn.xlsx"]
    assert [code for _, code in stops(row)] == ["missing-value"]
    form = layout.form(assignment.read(campaign / "phan-cong.xlsx")[0], "so-khcn")
    typed = inputs(campaign)
    places = {code: layout.address(r.row, layout.CURRENT) for code, r in form.by_code.items()}
    assert places["C01_A"] == "F13" and places["C01_B"] == "F12"
    assert typed["F13"] == 130 and "F12" not in typed
    assert marked(campaign) == {"F12"}
    back(campaign, "sua.xlsx", F12=20)
    assert read(campaign)["sua.xlsx"]["status"] == "accepted"


def test_a_broken_rule_marks_both_cells_and_one_mended_is_enough(campaign):
    send(campaign, "so-khcn", F17=50)
    row = read(campaign)["so-khcn.xlsx"]
    assert [code for _, code in stops(row)] == ["rule-broken"]
    assert marked(campaign) == {"F17", "F18"} == links(campaign)
    assert "Còn 1 chỗ" in first_sheet(campaign) and "PHẢI SỬA (1)" in first_sheet(campaign)
    assert "Còn 1 chỗ" in letter(campaign)
    assert set(todo(campaign).values()) == {"Xem lại các số này, số nào sai thì sửa."}
    back(campaign, "sua.xlsx", F18=60)
    assert read(campaign)["sua.xlsx"]["status"] == "accepted"


# ------------------------------------------------------------------ what a slip shows of many and long things


def test_what_should_be_looked_at_has_one_line_for_all_its_cells(campaign):
    send(campaign, "so-khcn", F12="mười", H13=None, H17=None, H18=None, H21=None, H22=None)
    read(campaign)
    text = first_sheet(campaign)
    (line,) = (line for line in text.splitlines() if "chưa ghi nguồn" in line)
    assert line.startswith("H13 | ")
    assert "5 ô ở cột Nguồn số liệu chưa ghi nguồn: H13–H22." in line
    assert marked(campaign) == {"F12", "H13", "H17", "H18", "H21", "H22"}


def test_what_is_only_info_is_not_on_it(campaign):
    path = send(campaign, "so-khcn", F12="mười", K12="ghi chú riêng")
    book = openpyxl.load_workbook(path)
    book[layout.DATA].protection.disable()
    book.save(path)
    row = read(campaign)["so-khcn.xlsx"]
    assert {"stray-content", "protection-removed"} <= {f["code"] for f in row["findings"]}
    assert "ghi chú riêng" not in first_sheet(campaign) and "không còn khóa" not in first_sheet(campaign)


def test_every_line_tells_what_to_type(campaign):
    send(campaign, "so-khcn", **WRONG, F21="#REF!", F22="=1+1")
    read(campaign)
    told = todo(campaign)
    assert set(told) == {*WRONG, "F21", "F22"}
    assert all(re.search(r"ví dụ|Ví dụ|chọn|Chọn", text) for text in told.values()), told
    assert told["F21"] == "Xóa ô rồi gõ lại. Ví dụ: gõ 1234,5 nghĩa là 1.234,5 triệu đồng."
    assert told["F22"] == "Gõ thẳng kết quả. Ví dụ: gõ 1234 nghĩa là 1.234 người."


def wide_plan():
    """Sixty more figures in the first criterion."""
    plan = small_plan()
    model = plan.variables[0]
    more = tuple(replace(model, code=f"C01_X{n}", name=f"Số người thuộc nhóm {n}") for n in range(60))
    given = tuple(replace(plan.assignments[0], variable=v.code) for v in more)
    return replace(plan, variables=(*plan.variables, *more), assignments=(*plan.assignments, *given))


def test_sixty_blanks_are_said_once_and_each_has_its_link(tmp_path):
    campaign = begun(tmp_path / "ky-2025", wide_plan())
    send(campaign, "so-khcn")
    row = read(campaign)["so-khcn.xlsx"]
    blank = {cell for cell, code in stops(row)}
    assert len(blank) == 60
    assert links(campaign) == blank == marked(campaign)
    text = first_sheet(campaign)
    assert "Còn 60 chỗ" in text and "PHẢI SỬA (60)" in text
    said = re.findall(r"60 ô chưa có số liệu: [^;]*; nhập số", text)
    assert len(said) == 1 and said[0].count(",") <= 2  # ranges, not sixty addresses
    assert text.count("chưa có số liệu") == 1
    assert text.count("Ví dụ: gõ 1234 nghĩa là 1.234 người.") == 60


def test_very_long_texts_keep_the_slip_whole(campaign):
    long = "một đoạn rất dài " * 300
    send(campaign, "so-khcn", F12=long, G17=long, I13=long, H18=long, F24=long)
    row = read(campaign)["so-khcn.xlsx"]
    book = openpyxl.load_workbook(campaign / SLIP)
    sheet = book[layout.SLIP]
    assert max(len(str(c.value)) for line in sheet.iter_rows() for c in line if c.value) < 800
    assert {"F12", "G17", "F24"} <= {cell for cell, _ in stops(row)}
    prompts = [v.prompt for v in book[layout.DATA].data_validations.dataValidation if v.prompt]
    assert max(map(len, prompts)) <= 255
    shutil.copy(campaign / SLIP, campaign / "tra-ve" / "y nguyen.xlsx")
    assert stops(read(campaign)["y nguyen.xlsx"]) == stops(row)


# ------------------------------------------------------------------ the files


def test_the_letter_lies_beside_the_slip_and_speaks_of_the_same(campaign):
    send(campaign, "so-khcn", **WRONG)
    row = read(campaign)["so-khcn.xlsx"]
    text = letter(campaign)
    assert f"mã kiểm soát {row['control']}" in text
    assert "Còn 5 chỗ" in text and "“so-khcn.xlsx”" in text and "phiếu trả lại lần 2" in text
    assert all(re.search(rf"\b{cell}\b", text) for cell in WRONG)
    taken = re.search(r"ghi nhận (\d+/\d+) số liệu", first_sheet(campaign))[1]
    assert f"ghi nhận {taken} số liệu" in text


def test_only_what_changed_is_written(campaign):
    send(campaign, "so-khcn", **WRONG)
    send(campaign, "xa-hoa-tham", F12=None)
    read(campaign)
    paths = sorted((campaign / "phieu-tra-lai").iterdir())
    assert [p.name for p in paths] == ["so-khcn.docx", "so-khcn.xlsx", "xa-hoa-tham.docx", "xa-hoa-tham.xlsx"]
    before = {p: (p.stat().st_mtime_ns, p.stat().st_ino) for p in paths}
    read(campaign)
    assert {p: (p.stat().st_mtime_ns, p.stat().st_ino) for p in paths} == before
    back(campaign, "nua.xlsx", F12=125)
    read(campaign)
    changed = {p.name for p in paths if (p.stat().st_mtime_ns, p.stat().st_ino) != before[p]}
    assert changed == {"so-khcn.docx", "so-khcn.xlsx"}


def test_what_the_clerk_put_there_is_left_alone(campaign):
    folder = campaign / "phieu-tra-lai"
    folder.mkdir(exist_ok=True)
    mine = [folder / "ghi chu.docx", folder / "~$so-khcn.xlsx", folder / "so-khcn.pdf"]
    for path in mine:
        path.write_bytes(b"x")
    send(campaign, "so-khcn")
    read(campaign)
    assert all(path.read_bytes() == b"x" for path in mine)


@pytest.mark.parametrize("ending", ["xlsx", "docx"])
def test_one_that_is_open_stays_whole_and_the_others_are_written(campaign, monkeypatch, ending):
    send(campaign, "so-khcn", **WRONG)
    read(campaign)
    former = (campaign / f"phieu-tra-lai/so-khcn.{ending}").read_bytes()
    back(campaign, "nua.xlsx", F12=125)
    send(campaign, "xa-hoa-tham", F12=None)
    real = files.write

    def refuse(path, content, **how):
        if path.name == f"so-khcn.{ending}" and path.parent.name == "phieu-tra-lai":
            raise OutputLockedError(f"{path}: tệp đang mở trong Excel hoặc Word; hãy đóng rồi chạy lại")
        return real(path, content, **how)

    monkeypatch.setattr(files, "write", refuse)
    received = pipeline.receive(campaign)
    assert (campaign / f"phieu-tra-lai/so-khcn.{ending}").read_bytes() == former
    assert len(received.held) == 1 and f"so-khcn.{ending}: tệp đang mở" in received.held[0]
    assert received.exit_code == 1
    rows = {r["file"]: r["slip"] for r in received.to_json()["returns"]}
    assert rows["tra-ve/xa-hoa-tham.xlsx"] == "phieu-tra-lai/xa-hoa-tham.xlsx"
    assert rows["tra-ve/nua.xlsx"] == (None if ending == "xlsx" else SLIP)  # never a slip of a former return
    monkeypatch.undo()
    assert not pipeline.receive(campaign).held
    assert "(LẦN 3)" in first_sheet(campaign)


def test_one_that_is_no_longer_needed_and_open_is_told(campaign, monkeypatch):
    send(campaign, "so-khcn", **WRONG)
    read(campaign)
    back(campaign, "da sua.xlsx", **RIGHT)
    real = Path.unlink

    def refuse(path, missing_ok=False):
        if path.name == "so-khcn.xlsx" and path.parent.name == "phieu-tra-lai":
            raise PermissionError(13, "in use")
        real(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    (told,) = pipeline.receive(campaign).held
    assert "so-khcn.xlsx: không còn cần nhưng đang mở" in told
    monkeypatch.undo()
    assert not pipeline.receive(campaign).held
    assert not (campaign / SLIP).exists()


def test_same_returns_same_bytes(campaign, tmp_path):
    (tmp_path / "b").mkdir()
    send(campaign, "so-khcn", **WRONG)
    again = shutil.copytree(campaign, tmp_path / "b" / "ky-2025")
    made = []
    for folder in (campaign, again):
        read(folder)
        made.append([(folder / path).read_bytes() for path in (SLIP, LETTER)])
    assert made[0] == made[1]
    assert all(zipfile.is_zipfile(io.BytesIO(content)) for content in made[0])


def test_the_cells_hold_numbers_not_texts(campaign):
    send(campaign, "so-khcn", F12="mười")
    read(campaign)
    typed = inputs(campaign)
    assert isinstance(typed["F21"], float) and Decimal(str(typed["F21"])) == Decimal("29000000.5")
