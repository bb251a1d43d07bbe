"""What other programs do to a form that is filled in: one row each, as in the catalogue of the rehearsal.

A row is a name, what happened (in Vietnamese, as there), what is done, what reading must say, and what it must not take.
The form is that of ``unit`` in ``test_catalogue``: ``C01_A`` stands in row 12, ``C01_B`` 13, ``C09_A`` 17, ``C09_B`` 18,
``C14_A`` 21, ``C14_B`` 22, ``C43_A`` 24, ``C43_B`` 25; last year's figure in E, this year's in F, then state, source, reason.
"""

from typing import NamedTuple

from lsindicators.layout import CALCULATION, DATA, GUIDE, HIDDEN, NARRATIVE, SCRATCH


class Damage(NamedTuple):
    id: str
    name: str
    do: tuple  # steps of ``desk.Desk``; cells to type; a function of an openpyxl workbook
    says: str = ""  # "F12 not-a-number; * sheet-renamed", ``*`` where it is about the sheet or the file as a whole
    loses: str = ""  # what is not taken: "C01_A C01_B@-1", or "all"
    gives: str = ""  # what is taken otherwise than it was filled in: "C01_A=126"
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
    Damage("lo-saved-xls", "lưu thành .xls", (), kind="xls"),
    Damage("lo-coloured", "tô màu ô nhập", free(("colour", "A1:J30", 0xFFEEDD), ("protect", "")), ""),
    Damage("lo-other-password", "khóa lại bằng mật khẩu khác", free(("protect", "bimat")), ""),
    Damage("lo-hidden-rows", "ẩn dòng", free(("hide_rows", 12, 3), ("protect", "")), ""),
    Damage("lo-hidden-columns", "ẩn cột", free(("hide_column", "B"), ("hide_column", "E"), ("protect", "")), ""),
    Damage("lo-hidden-sheet", "ẩn trang Số liệu", on(("hide_sheet",)), ""),
    Damage("lo-shown-sheets", "cho hiện trang ẩn", (("show_sheet", CALCULATION), ("show_sheet", HIDDEN)), ""),
    Damage("lo-moved-sheet", "đưa trang Số liệu xuống cuối", on(("move_sheet", 9)), ""),
    Damage("lo-empty-sheet", "thêm trang trống", (("add_sheet", "Sheet1", 0),), ""),
    Damage("lo-filter", "bật bộ lọc", free(("filter", "A9:J25"), ("protect", "")), ""),
    Damage("lo-text-format", "định dạng chữ cho ô có số", on(("format", "F12:F22", "@")), ""),
    Damage("lo-number-format", "định dạng hai số lẻ", on(("format", "F12:F22", "#,##0.00")), ""),
    Damage("lo-scratch", "viết ở trang Nháp", (("put", SCRATCH, "A1", 7), ("formula", SCRATCH, "A2", "=A1/0")), ""),
    Damage("lo-typed-again", "gõ lại đúng số", on(("enter", "F12", "125"), ("enter", "F21", "28765,4")), ""),
    Damage("lo-state-typed", "gõ tình trạng không dấu", on(("enter", "G12", "co so lieu")), ""),
    Damage("lo-source-replaced", "tìm và thay trong nguồn", free(("replace", "Báo cáo năm", "BC năm"), ("protect", "")), ""),
    # cells
    Damage("lo-word", "gõ chữ", on(("enter", "F12", "mười hai")), ""),
    Damage("lo-apostrophe", "gõ số sau dấu nháy", on(("enter", "F12", "'125")), ""),
    Damage("lo-date", "gõ 1/2", on(("enter", "F12", "1/2")), ""),
    Damage("lo-date-format", "định dạng ngày cho ô có số", on(("format", "F22", "DD/MM/YYYY")), ""),
    Damage("lo-percent", "gõ 12%", on(("enter", "F12", "12%")), ""),
    Damage("lo-percent-format", "định dạng phần trăm cho ô có số", on(("format", "F12", "0%")), ""),
    Damage("lo-comma", "gõ 1,234 ở ô số nguyên", on(("enter", "F12", "1,234")), ""),
    Damage("lo-american", "gõ 1234.5 ở ô số thực", on(("enter", "F21", "28765.4")), ""),
    Damage("lo-negative", "gõ số âm", on(("enter", "F12", "-5")), ""),
    Damage("lo-too-high", "thừa số không", on(("enter", "F12", "125000000000")), ""),
    Damage("lo-thousandfold", "gấp một nghìn lần", on(("enter", "F12", "125000")), ""),
    Damage("lo-sum", "gõ phép cộng", on(("enter", "F12", "=100+25")), ""),
    Damage("lo-reference", "lấy số ở trang Nháp", (("put", SCRATCH, "A1", 125), *on(("formula", "F12", "=$Nháp.A1"))), ""),
    Damage("lo-division", "chia cho không", on(("enter", "F12", "=1/0")), ""),
    Damage("lo-cleared", "xóa ô bắt buộc", on(("clear", "F12")), ""),
    Damage("lo-other-state", "tình trạng tự đặt", on(("enter", "G12", "Đã gửi Sở")), ""),
    Damage("lo-contradiction", "“Không phát sinh” mà có số", on(("enter", "G12", "Không phát sinh")), ""),
    Damage("lo-no-reason", "“Chưa có số liệu”, không giải trình", on(("clear", "F12"), ("enter", "G12", "Chưa có số liệu")), ""),
    Damage("lo-no-source", "xóa nguồn", on(("clear", "H12")), ""),
    Damage("lo-long", "cả báo cáo trong một ô", on(("put", "I12", "Báo cáo chi tiết. " * 150)), ""),
    # moving
    Damage("lo-cut", "cắt một ô, dán sang ô dưới", on(("cut", "F12"), ("paste", "F13")), ""),
    Damage("lo-copied-down", "kéo số xuống dòng dưới", on(("fill_down", "F12:F13")), ""),
    Damage("lo-moved", "kéo ô sang chỗ khác", on(("move_range", "F12", "F13")), ""),
    Damage("lo-row-put-in", "chèn hai dòng trống", free(("insert_rows", 13, 2)), ""),
    Damage("lo-row-put-in-head", "chèn một dòng ở đầu biểu", free(("insert_rows", 3, 1)), ""),
    Damage("lo-row-deleted", "xóa một dòng", free(("delete_rows", 18, 1)), ""),
    Damage("lo-rows-deleted", "xóa ba dòng cuối", free(("delete_rows", 23, 3)), ""),
    Damage("lo-heading-deleted", "xóa dòng tiêu đề cột", free(("delete_rows", 9, 1)), ""),
    Damage("lo-signature-deleted", "xóa chỗ ký", free(("delete_rows", 27, 3)), ""),
    Damage("lo-column-put-in", "chèn một cột", free(("insert_columns", "F", 1)), ""),
    Damage("lo-column-deleted", "xóa cột Giải trình", free(("delete_columns", "I", 1)), ""),
    Damage("lo-current-deleted", "xóa cột năm nay", free(("delete_columns", "F", 1)), ""),
    Damage("lo-key-column-deleted", "xóa cột Mã số liệu", free(("delete_columns", "B", 1)), ""),
    Damage("lo-sorted-rows", "sắp xếp cả dòng theo tên", free(("sort", "A12:J13", 2, False)), ""),
    Damage("lo-sorted-without-keys", "sắp xếp không kèm mã", free(("sort", "C12:I13", 0, False)), ""),
    Damage("lo-sorted-figures", "chỉ sắp xếp cột số", free(("sort", "F17:F18", 0, False)), ""),
    Damage("lo-row-moved", "cắt cả dòng, dán xuống dưới", free(("move_range", "A18:J18", "A31")), ""),
    Damage("lo-row-copied", "chép dòng xuống dưới bảng", free(("copy_range", "A12:I12", DATA, "A26")), ""),
    Damage("lo-row-copied-changed", "chép dòng rồi sửa số", free(("copy_range", "A12:I12", DATA, "A26"), ("put", "F26", 130)), ""),
    Damage("lo-keys-exchanged", "đổi chỗ hai mã", free(("put", "B12", "C01_B"), ("put", "B13", "C01_A")), ""),
    # the sheet
    Damage("lo-unlocked", "bỏ khóa", (FREE,), ""),
    Damage("lo-merged", "gộp hai ô số liệu", free(("merge", "F12:F13")), ""),
    Damage("lo-merged-label", "gộp tên với đơn vị tính", free(("merge", "C12:D12")), ""),
    Damage("lo-check-formula", "sửa công thức Kiểm tra", free(("formula", "J12", '="Đạt"')), ""),
    Damage("lo-check-value", "gõ đè công thức Kiểm tra", free(("put", "J12", "Đạt")), ""),
    Damage("lo-measure", "sửa đơn vị tính", free(("put", "D21", "tỷ đồng")), ""),
    Damage("lo-label", "sửa tên số liệu", free(("put", "C21", "GRDP giá hiện hành")), ""),
    Damage("lo-record", "sửa số năm trước", free(("put", "E12", 118)), ""),
    Damage("lo-year", "sửa tiêu đề năm nay", free(("put", "F9", "Năm nay")), ""),
    Damage("lo-years-exchanged", "đổi chỗ hai tiêu đề năm", free(("put", "E9", "Năm 2025"), ("put", "F9", "Năm 2024")), ""),
    Damage("lo-stamp", "xóa mã nhận dạng nhìn thấy", free(("clear_range", "A8")), ""),
    Damage("lo-measure-replaced", "tìm và thay đơn vị tính", free(("replace", "triệu đồng", "tỷ đồng")), ""),
    Damage("lo-stray", "ghi bên phải bảng", free(("put", "M12", "đã đối chiếu")), ""),
    Damage("lo-note", "thêm chú thích ô", free(("note", "F12", "Số này chưa chốt")), ""),
    Damage("lo-own-sheet", "thêm trang có số", (("add_sheet", "Chi tiết", 2), ("put", "Chi tiết", "B2", 40)), ""),
    Damage("lo-renamed", "đổi tên trang Số liệu", on(("rename_sheet", "Sheet1")), ""),
    Damage("lo-renamed-narrative", "đổi tên trang Khó khăn, kiến nghị", (("rename_sheet", NARRATIVE, "Y kien"),), ""),
    Damage("lo-no-narrative", "xóa trang Khó khăn, kiến nghị", (("delete_sheet", NARRATIVE),), ""),
    Damage("lo-no-aside", "xóa trang Hướng dẫn và Nháp", (("delete_sheet", GUIDE), ("delete_sheet", SCRATCH)), ""),
    Damage("lo-no-sheet", "xóa trang Số liệu", on(("delete_sheet",)), ""),
    Damage("lo-no-calculation", "xóa trang tính toán ẩn", (("delete_sheet", CALCULATION),), ""),
    # the file
    Damage("lo-password", "đặt mật khẩu mở", (), "", password="123456"),
    Damage("lo-password-ods", "đặt mật khẩu mở tệp .ods", (), "", kind="ods", password="123456"),
    Damage("lo-password-xls", "đặt mật khẩu mở tệp .xls", (), "", kind="xls", password="123456"),
    Damage("lo-ods-word", "gõ chữ, lưu .ods", on(("enter", "F12", "mười hai")), "", kind="ods"),
    Damage("lo-ods-sum", "gõ phép cộng, lưu .ods", on(("enter", "F12", "=100+25")), "", kind="ods"),
    Damage("lo-xls-word", "gõ chữ, lưu .xls", on(("enter", "F12", "mười hai")), "", kind="xls"),
)  # fmt: skip
