"""What other programs do to a form that is filled in: one row each, as in the catalogue of the rehearsal.

A row is a name, what happened (in Vietnamese, as there), what is done, what reading must say, and what it must not take.
The form is that of ``Campaign`` in ``test_catalogue``: ``C01_A`` stands in row 12, ``C01_B`` 13, ``C09_A`` 17, ``C09_B`` 18,
``C14_A`` 21, ``C14_B`` 22, ``C43_A`` 24, ``C43_B`` 25; last year's figure in E, this year's in F, then state, source, reason.
"""

from datetime import date, datetime
from typing import NamedTuple

from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.worksheet.formula import ArrayFormula

from lsindicators.layout import CALCULATION, DATA, GUIDE, HIDDEN, NARRATIVE, SCRATCH


class Damage(NamedTuple):
    id: str
    name: str
    do: tuple  # steps of ``desk.Desk``; cells to type; a function of an openpyxl workbook
    says: str = ""  # "F12 not-a-number; * sheet-renamed", ``*`` where it is about the sheet or the file as a whole
    loses: str = ""  # what is not taken: "C01_A C01_B@-1", or "all"
    kind: str = "xlsx"  # what the program saves
    password: str | None = None


FREE = ("unprotect", DATA)
"""The lock is taken off first: the forms have no password."""


def on(*steps):
    """Steps on the sheet of figures."""
    return tuple((name, DATA, *rest) for name, *rest in steps)


def free(*steps):
    return (FREE, *on(*steps))


OPEN = "* protection-removed"

LIBREOFFICE = (
    # nothing wrong
    Damage("lo-saved", "mở ra rồi lưu lại", ()),
    Damage("lo-saved-ods", "lưu thành .ods", (), kind="ods"),
    Damage("lo-saved-xls", "lưu thành .xls", (), "* unsupported-format", kind="xls"),
    Damage("lo-coloured", "tô màu ô nhập", free(("colour", "A1:J30", 0xFFEEDD), ("protect", ""))),
    Damage("lo-other-password", "khóa lại bằng mật khẩu khác", free(("protect", "bimat"))),
    Damage("lo-hidden-rows", "ẩn dòng", free(("hide_rows", 12, 3), ("protect", ""))),
    Damage("lo-hidden-columns", "ẩn cột", free(("hide_column", "B"), ("hide_column", "E"), ("protect", ""))),
    Damage("lo-hidden-sheet", "ẩn trang Số liệu", on(("hide_sheet",))),
    Damage("lo-shown-sheets", "cho hiện trang ẩn", (("show_sheet", CALCULATION), ("show_sheet", HIDDEN))),
    Damage("lo-moved-sheet", "đưa trang Số liệu xuống cuối", on(("move_sheet", 9))),
    Damage("lo-empty-sheet", "thêm trang trống", (("add_sheet", "Sheet1", 0),)),
    Damage("lo-filter", "bật bộ lọc", free(("filter", "A9:J25"), ("protect", ""))),
    Damage("lo-text-format", "định dạng chữ cho ô có số", free(("format", "F12:F22", "@"), ("protect", ""))),
    Damage("lo-number-format", "định dạng hai số lẻ", free(("format", "F12:F22", "#,##0.00"), ("protect", ""))),
    Damage("lo-scratch", "viết ở trang Nháp", (("put", SCRATCH, "A1", 7), ("formula", SCRATCH, "A2", "=A1/0"))),
    Damage("lo-typed-again", "gõ lại đúng số", on(("enter", "F12", "125"), ("enter", "F21", "28765,4"))),
    Damage("lo-state-typed", "gõ tình trạng không dấu", on(("enter", "G12", "co so lieu"))),
    Damage("lo-source-replaced", "tìm và thay trong nguồn", free(("replace", "Báo cáo năm", "BC năm"), ("protect", ""))),
    # cells
    Damage("lo-word", "gõ chữ", on(("enter", "F12", "mười hai")), "F12 not-a-number", "C01_A"),
    Damage("lo-apostrophe", "gõ số sau dấu nháy", on(("enter", "F12", "'125")), "F12 number-as-text"),
    Damage("lo-date", "gõ 1/2", on(("enter", "F12", "1/2")), "F12 large-change", "C01_A"),
    Damage("lo-date-format", "định dạng ngày cho ô có số", on(("format", "F22", "DD/MM/YYYY")), "F22 date-as-number", "C14_B"),
    Damage("lo-percent", "gõ 12%", on(("enter", "F12", "12%")), "F12 not-an-integer", "C01_A"),
    Damage("lo-percent-format", "định dạng phần trăm cho ô có số", on(("format", "F12", "0%")), "F12 not-a-number", "C01_A"),
    Damage("lo-comma", "gõ 1,234 ở ô số nguyên", on(("enter", "F12", "1,234")), "F12 not-an-integer", "C01_A"),
    Damage("lo-american", "gõ 1234.5 ở ô số thực", on(("enter", "F21", "28765.4")), "F21 number-as-text"),
    Damage("lo-negative", "gõ số âm", on(("enter", "F12", "-5")), "F12 below-minimum", "C01_A"),
    Damage("lo-too-high", "thừa số không", on(("enter", "F12", "125000000000")), "F12 above-maximum", "C01_A"),
    Damage("lo-thousandfold", "gấp một nghìn lần", on(("enter", "F12", "125000")), "F12 unit-scale-suspect", "C01_A"),
    Damage("lo-sum", "gõ phép cộng", on(("enter", "F12", "=100+25")), "F12 formula-in-input", "C01_A"),
    Damage("lo-reference", "lấy số ở trang Nháp", (("put", SCRATCH, "A1", 125), *on(("formula", "F12", "=$Nháp.A1"))), "F12 formula-in-input", "C01_A"),
    Damage("lo-division", "chia cho không", on(("enter", "F12", "=1/0")), "F12 cell-error", "C01_A"),
    Damage("lo-cleared", "xóa ô bắt buộc", on(("clear", "F12")), "F12 missing-value", "C01_A"),
    Damage("lo-other-state", "tình trạng tự đặt", on(("enter", "G12", "Đã gửi Sở")), "G12 not-in-list", "C01_A"),
    Damage("lo-contradiction", "“Không phát sinh” mà có số", on(("enter", "G12", "Không phát sinh")), "F12 state-contradicts-value", "C01_A"),
    Damage("lo-no-reason", "“Chưa có số liệu”, không giải trình", on(("clear", "F12"), ("enter", "G12", "Chưa có số liệu")), "I12 missing-reason", "C01_A"),
    Damage("lo-no-source", "xóa nguồn", on(("clear", "H12")), "H12 missing-source"),
    Damage("lo-long", "cả báo cáo trong một ô", on(("put", "I12", "Báo cáo chi tiết. " * 150)), "I12 text-too-long"),
    # moving
    Damage("lo-cut", "cắt một ô, dán sang ô dưới", on(("cut", "F12"), ("paste", "F13")), "F12 missing-value; F13 large-change", "C01_A C01_B"),
    Damage("lo-copied-down", "kéo số xuống dòng dưới", on(("fill_down", "F12:F13")), "F13 large-change", "C01_B"),
    Damage("lo-moved", "kéo ô sang chỗ khác", on(("move_range", "F12", "F13")), "F12 missing-value; F13 large-change", "C01_A C01_B"),
    Damage("lo-row-put-in", "chèn hai dòng trống", free(("insert_rows", 13, 2)), OPEN),
    Damage("lo-row-put-in-head", "chèn một dòng ở đầu biểu", free(("insert_rows", 3, 1)), OPEN),
    Damage("lo-row-deleted", "xóa một dòng", free(("delete_rows", 18, 1)), f"{OPEN}; * row-missing", "C09_B"),
    Damage("lo-rows-deleted", "xóa ba dòng cuối", free(("delete_rows", 23, 3)), f"{OPEN}; * row-missing; A23 locked-cell-changed", "C43_A C43_B"),
    Damage("lo-heading-deleted", "xóa dòng tiêu đề cột", free(("delete_rows", 9, 1)), "* sheet-missing", "all"),
    Damage("lo-signature-deleted", "xóa chỗ ký", free(("delete_rows", 27, 3)), f"{OPEN}; A27 locked-cell-changed; A28 locked-cell-changed; A29 locked-cell-changed; H27 locked-cell-changed; H28 locked-cell-changed; H29 locked-cell-changed"),
    Damage("lo-column-put-in", "chèn một cột", free(("insert_columns", "F", 1)), OPEN),
    Damage("lo-column-deleted", "xóa cột Giải trình", free(("delete_columns", "I", 1)), f"{OPEN}; I9 locked-cell-changed"),
    Damage("lo-current-deleted", "xóa cột năm nay", free(("delete_columns", "F", 1)), f"{OPEN}; F12 missing-value; F13 missing-value; F17 missing-value; F18 missing-value; F21 missing-value; F22 missing-value; F24 missing-value; F9 locked-cell-changed", "C01_A C01_B C09_A C09_B C14_A C14_B C43_A C43_B"),
    Damage("lo-key-column-deleted", "xóa cột Mã số liệu", free(("delete_columns", "B", 1)), "* sheet-missing", "all"),
    Damage("lo-sorted-rows", "sắp xếp cả dòng theo tên", free(("sort", "A12:J13", 2, False)), OPEN),
    Damage("lo-sorted-without-keys", "sắp xếp không kèm mã", free(("sort", "C12:I13", 0, False)), f"{OPEN}; B12 row-moved; B13 row-moved; E12 locked-cell-changed", "C01_A C01_B C01_B@-1"),
    Damage("lo-sorted-figures", "chỉ sắp xếp cột số", free(("sort", "F17:F18", 0, False)), f"{OPEN}; F17 rule-broken", "C09_A C09_B"),
    Damage("lo-row-moved", "cắt cả dòng, dán xuống dưới", free(("move_range", "A18:J18", "A31")), OPEN),
    Damage("lo-row-copied", "chép dòng xuống dưới bảng", free(("copy_range", "A12:I12", DATA, "A26")), f"{OPEN}; B26 row-duplicated"),
    Damage("lo-row-copied-changed", "chép dòng rồi sửa số", free(("copy_range", "A12:I12", DATA, "A26"), ("put", "F26", 130)), f"{OPEN}; B12 row-duplicated; B26 row-duplicated", "C01_A"),
    Damage("lo-keys-exchanged", "đổi chỗ hai mã", free(("put", "B12", "C01_B"), ("put", "B13", "C01_A")), f"{OPEN}; B12 row-moved; B13 row-moved", "C01_A C01_B C01_B@-1"),
    # the sheet
    Damage("lo-unlocked", "bỏ khóa", (FREE,), OPEN),
    Damage("lo-merged", "gộp hai ô số liệu", free(("merge", "F12:F13")), f"{OPEN}; F12 cell-error; F13 cell-error", "C01_A C01_B"),
    Damage("lo-merged-label", "gộp tên với đơn vị tính", free(("merge", "C12:D12")), OPEN),
    Damage("lo-check-formula", "sửa công thức Kiểm tra", free(("formula", "J12", '="Đạt"')), f"{OPEN}; J12 locked-cell-changed"),
    Damage("lo-check-value", "gõ đè công thức Kiểm tra", free(("put", "J12", "Đạt")), f"{OPEN}; J12 locked-cell-changed"),
    Damage("lo-check-emptied", "xóa cả cột Kiểm tra", free(("clear_range", "J12:J25")), f"{OPEN}; J9 locked-cell-changed"),
    Damage("lo-measure", "sửa đơn vị tính", free(("put", "D21", "tỷ đồng")), f"{OPEN}; D21 locked-cell-changed"),
    Damage("lo-label", "sửa tên số liệu", free(("put", "C21", "GRDP giá hiện hành")), f"{OPEN}; C21 locked-cell-changed"),
    Damage("lo-record", "sửa số năm trước", free(("put", "E12", 118)), f"{OPEN}; E12 locked-cell-changed"),
    Damage("lo-year", "sửa tiêu đề năm nay", free(("put", "F9", "Năm nay")), f"{OPEN}; F9 locked-cell-changed"),
    Damage("lo-years-renewed", "đổi cả hai tiêu đề năm sang năm sau", free(("put", "E9", "Năm 2025"), ("put", "F9", "Năm 2026")), f"{OPEN}; E9 locked-cell-changed", "all"),
    Damage("lo-years-exchanged", "đổi chỗ hai tiêu đề năm", free(("put", "E9", "Năm 2025"), ("put", "F9", "Năm 2024")), f"{OPEN}; E9 locked-cell-changed", "all"),
    Damage("lo-stamp", "xóa mã nhận dạng nhìn thấy", free(("clear_range", "A8")), f"{OPEN}; A8 locked-cell-changed"),
    Damage("lo-measure-replaced", "tìm và thay đơn vị tính", free(("replace", "triệu đồng", "tỷ đồng")), f"{OPEN}; C21 locked-cell-changed; D21 locked-cell-changed"),
    Damage("lo-stray", "ghi bên phải bảng", free(("put", "M12", "đã đối chiếu")), f"{OPEN}; M12 stray-content"),
    Damage("lo-note", "thêm chú thích ô", free(("note", "F12", "Số này chưa chốt")), f"{OPEN}; F12 stray-content"),
    Damage("lo-own-sheet", "thêm trang có số", (("add_sheet", "Chi tiết", 2), ("put", "Chi tiết", "B2", 40)), "Chi tiết!B2 stray-content"),
    Damage("lo-renamed", "đổi tên trang Số liệu", on(("rename_sheet", "Sheet1")), "* sheet-renamed"),
    Damage("lo-renamed-narrative", "đổi tên trang Khó khăn, kiến nghị", (("rename_sheet", NARRATIVE, "Y kien"),), "* sheet-renamed"),
    Damage("lo-copied-sheet", "chép trang Số liệu", (("copy_sheet", DATA, "Số liệu (2)", 1),), "* row-duplicated"),
    Damage("lo-copied-sheet-changed", "chép trang Số liệu rồi sửa số ở bản chép", (("copy_sheet", DATA, "Số liệu (2)", 1), ("put", "Số liệu (2)", "F12", 126)), "* row-duplicated; B12 row-duplicated", "C01_A"),
    Damage("lo-no-narrative", "xóa trang Khó khăn, kiến nghị", (("delete_sheet", NARRATIVE),), "* sheet-missing"),
    Damage("lo-no-aside", "xóa trang Hướng dẫn và Nháp", (("delete_sheet", GUIDE), ("delete_sheet", SCRATCH))),
    Damage("lo-no-sheet", "xóa trang Số liệu", on(("delete_sheet",)), "* sheet-missing", "all"),
    Damage("lo-no-calculation", "xóa trang tính toán ẩn", (("delete_sheet", CALCULATION),), "A27 locked-cell-changed; A5 locked-cell-changed; G5 locked-cell-changed; G8 locked-cell-changed; J12 locked-cell-changed; J13 locked-cell-changed; J17 locked-cell-changed; J18 locked-cell-changed; J21 locked-cell-changed; J22 locked-cell-changed; J24 locked-cell-changed; J25 locked-cell-changed"),
    # the file
    Damage("lo-password", "đặt mật khẩu mở", (), "* encrypted-file", "all", password="123456"),
    Damage("lo-password-ods", "đặt mật khẩu mở tệp .ods", (), "* encrypted-file", "all", kind="ods", password="123456"),
    Damage("lo-password-xls", "đặt mật khẩu mở tệp .xls", (), "* encrypted-file", "all", kind="xls", password="123456"),
    Damage("lo-ods-word", "gõ chữ, lưu .ods", on(("enter", "F12", "mười hai")), "F12 not-a-number", "C01_A", kind="ods"),
    Damage("lo-ods-sum", "gõ phép cộng, lưu .ods", on(("enter", "F12", "=100+25")), "F12 formula-in-input", "C01_A", kind="ods"),
    Damage("lo-xls-word", "gõ chữ, lưu .xls", on(("enter", "F12", "mười hai")), "* unsupported-format; F12 not-a-number", "C01_A", kind="xls"),
)  # fmt: skip

# ------------------------------------------------------------------ gnumeric: cells that are typed, then opened and saved there

GNUMERIC = (
    Damage("gn-saved", "mở ra rồi lưu lại", ()),
    Damage("gn-saved-ods", "lưu thành .ods", (), OPEN, kind="ods"),
    Damage("gn-word", "chữ trong ô số", ({"F12": "mười hai"},), "F12 not-a-number", "C01_A"),
    Damage("gn-text", "số gõ dạng chữ", ({"F22": "431.234 người"},), "F22 number-as-text"),
    Damage("gn-sum", "phép cộng", ({"F12": "=100+25"},), "F12 formula-in-input", "C01_A"),
    Damage("gn-division", "chia cho không", ({"F12": "=1/0"},), "F12 cell-error", "C01_A"),
    Damage("gn-date", "ngày trong ô số", ({"F12": date(2026, 2, 1)},), "F12 date-as-number", "C01_A"),
    Damage("gn-label", "sửa tên số liệu", ({"C21": "GRDP giá hiện hành"},), "C21 locked-cell-changed"),
    Damage("gn-ods-sum", "phép cộng, lưu .ods", ({"F12": "=100+25"},), f"{OPEN}; F12 formula-in-input", "C01_A", kind="ods"),
    Damage("gn-ods-word", "chữ trong ô số, lưu .ods", ({"F12": "chưa rõ"},), f"{OPEN}; F12 not-a-number", "C01_A", kind="ods"),
)  # fmt: skip


# ------------------------------------------------------------------ openpyxl, with which many tools of offices are made


def typed(**cells):
    """Values put into cells of the sheet of figures."""

    def change(book):
        for address, value in cells.items():
            book[DATA][address].value = value

    return change


def percentage(book):
    book[DATA]["F12"].value, book[DATA]["F12"].number_format = 0.125, "0.0%"


def linked(target):
    def change(book):
        book[DATA]["H12"].hyperlink = target
        book[DATA]["H12"].value = "Báo cáo năm"

    return change


def commented(book):
    book[DATA]["F12"].comment = Comment("Số này chưa chốt", "đơn vị")


def as_array(book):
    book[DATA]["F12"].value = ArrayFormula("F12", "=SUM(100,25)")


OPENPYXL = (
    Damage("op-saved", "mở ra rồi lưu lại", ()),
    Damage("op-rich", "nguồn có chữ đậm", (typed(H12=CellRichText("Báo cáo ", TextBlock(InlineFont(b=True), "năm"))),)),
    Damage("op-web-link", "nguồn có liên kết trang web", (linked("https://langson.gov.vn/bao-cao"),)),
    Damage("op-file-link", "nguồn có liên kết tệp trong máy", (linked("file:///D:/bao-cao.xlsx"),), "* external-link"),
    Damage("op-comment", "thêm chú thích ô", (commented,), "F12 stray-content"),
    Damage("op-true", "ĐÚNG trong ô số", (typed(F12=True),), "F12 not-a-number", "C01_A"),
    Damage("op-percentage", "phần trăm trong ô số người", (percentage,), "F12 not-a-number", "C01_A"),
    Damage("op-date", "ngày giờ trong ô số", (typed(F12=datetime(2026, 2, 1, 8, 30)),), "F12 date-as-number", "C01_A"),
    Damage("op-array", "công thức mảng", (as_array,), "F12 formula-in-input", "C01_A"),
    Damage("op-error", "#REF! trong ô số", (typed(F12="#REF!"),), "F12 cell-error", "C01_A"),
    Damage("op-choice", "“có lẽ” ở dòng Có/Không", (typed(F24="có lẽ"),), "F24 not-in-list", "C43_A"),
    Damage("op-last-year", "chữ ở năm trước", (typed(E13="không nhớ"),), "E13 not-a-number", "C01_B@-1"),
    Damage("op-key-small", "mã số liệu chữ thường", (typed(B12="c01_a"),), "B12 locked-cell-changed"),
    Damage("op-key-of-another", "mã của dòng khác", (typed(B12="C01_B"),), "* row-missing; B12 row-duplicated; B12 row-moved; B13 row-duplicated", "C01_A C01_B C01_B@-1"),
    Damage("op-other-unit", "tên đơn vị khác ở đầu biểu", (typed(A3="Đơn vị: Đơn vị op-saved"),), "A3 locked-cell-changed", "all"),
    Damage("op-row-put-in", "chèn dòng", (lambda book: book[DATA].insert_rows(13),)),
    Damage("op-row-deleted", "xóa dòng", (lambda book: book[DATA].delete_rows(13),), "* row-missing", "C01_B C01_B@-1"),
    Damage("op-column-put-in", "chèn cột đầu", (lambda book: book[DATA].insert_cols(1),)),
    Damage("op-check-deleted", "xóa cột Kiểm tra", (lambda book: book[DATA].delete_cols(10),), "J9 locked-cell-changed"),
    Damage("op-copied-sheet", "chép trang Số liệu", (lambda book: book.copy_worksheet(book[DATA]),), "* row-duplicated"),
    Damage("op-only-sheet", "chỉ giữ trang Số liệu và trang ẩn", (lambda book: [book.remove(book[n]) for n in (NARRATIVE, SCRATCH, GUIDE)],), "* sheet-missing"),
)  # fmt: skip


# ------------------------------------------------------------------ programs in JavaScript: cells that are typed

EXCELJS = (
    Damage("ex-saved", "điền bằng trang web", ({},)),
    Damage("ex-rich", "nguồn có chữ đậm", ({"H12": {"richText": [{"text": "Báo cáo "}, {"text": "năm"}]}},)),
    Damage("ex-link", "nguồn có liên kết trang web", ({"H12": {"text": "Báo cáo năm", "hyperlink": "https://langson.gov.vn"}},)),
    Damage("ex-word", "chữ trong ô số", ({"F12": "mười hai"},), "F12 not-a-number", "C01_A"),
    Damage("ex-text", "số gõ dạng chữ", ({"F12": "125"},), "F12 number-as-text"),
    Damage("ex-sum", "phép cộng có kết quả", ({"F12": {"formula": "100+25", "result": 125}},), "F12 formula-in-input", "C01_A"),
    Damage("ex-error", "#REF! trong ô số", ({"F12": {"error": "#REF!"}},), "F12 cell-error", "C01_A"),
    Damage("ex-true", "ĐÚNG trong ô số", ({"F12": True},), "F12 not-a-number", "C01_A"),
    Damage("ex-empty", "bỏ trống ô bắt buộc", ({"F12": None},), "F12 missing-value", "C01_A"),
    Damage("ex-state", "tình trạng tự đặt", ({"G12": "Đang làm"},), "G12 not-in-list", "C01_A"),
    Damage("ex-measure", "sửa đơn vị tính", ({"D21": "tỷ đồng"},), "D21 locked-cell-changed"),
)  # fmt: skip

KEPT_LESS = f"{OPEN}; J25 locked-cell-changed"
"""SheetJS keeps no protection, and no formula that shows nothing: that of the row which may stay empty."""

SHEETJS = (
    Damage("sj-saved", "điền bằng trang web khác", ({},), KEPT_LESS),
    Damage("sj-saved-ods", "lưu thành .ods", ({},), KEPT_LESS, kind="ods"),
    Damage("sj-saved-xls", "lưu thành .xls", ({},), "* unsupported-format", kind="xls"),
    Damage("sj-word", "chữ trong ô số", ({"F12": "mười hai"},), f"{KEPT_LESS}; F12 not-a-number", "C01_A"),
    Damage("sj-text", "số gõ dạng chữ", ({"F21": "28.765,4"},), f"{KEPT_LESS}; F21 number-as-text"),
    Damage("sj-fraction", "số lẻ ở ô số nguyên", ({"F12": 125.5},), f"{KEPT_LESS}; F12 not-an-integer", "C01_A"),
    Damage("sj-ods-word", "chữ trong ô số, lưu .ods", ({"F12": "mười hai"},), f"{KEPT_LESS}; F12 not-a-number", "C01_A", kind="ods"),
    Damage("sj-stray", "ghi ngoài bảng", ({"C26": "đã đối chiếu"},), f"{KEPT_LESS}; C26 stray-content"),
)  # fmt: skip

BY_PROGRAM = {
    "libreoffice": LIBREOFFICE,
    "gnumeric": GNUMERIC,
    "openpyxl": OPENPYXL,
    "exceljs": EXCELJS,
    "sheetjs": SHEETJS,
}
