"""The catalogue of damages: all that a rehearsal may do to a form, one row each, under the way to which it belongs.

A row is a name for the program, the way, a name for people, and what is done; the first row of a way is the usual one.
What needs another program (LibreOffice, gnumeric, exceljs …) stands in the same form in ``tests/damages``.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from random import Random
from typing import NamedTuple

from msgspec.structs import replace

from lsindicators import layout
from lsindicators.findings import Code
from lsindicators.model import State
from lsindicators.rehearsal import faults, harmless, packing, parcels, shapes, structure
from lsindicators.rehearsal.desk import Desk, Planted
from lsindicators.rehearsal.faults import Fault
from lsindicators.rehearsal.packing import Broken, Formula
from lsindicators.rehearsal.parcels import kept, useless
from lsindicators.rehearsal.shapes import beside, choice, doubtful, emptied, figure, same, scaled, state
from lsindicators.rehearsal.tables import Way


class Damage(NamedTuple):
    """One thing that befalls a form."""

    id: str
    way: Way
    name: str  # what happened, for people
    do: Fault


WAIT = "Chờ số liệu chốt"

CATALOGUE = (
    # faults across cells and years, which find few rows to live in
    Damage("rule-part", Way.RULE, "bộ phận lớn hơn tổng thể", faults.rule_broken),
    Damage("rule-whole", Way.RULE, "tổng thể nhỏ hơn bộ phận", faults.rule_broken_by_the_whole),
    Damage("scale-3", Way.SCALE, "gấp 1.000 lần", faults.thousandfold),
    Damage("scale-6", Way.SCALE, "gấp 1.000.000 lần: đồng thay cho triệu đồng", scaled(Decimal(10) ** 6)),
    Damage("scale-minus-3", Way.SCALE, "bằng một phần nghìn", scaled(Decimal("0.001"))),
    Damage("change-up", Way.CHANGE, "gấp hơn ba lần, không giải trình", faults.large_change),
    Damage("change-down", Way.CHANGE, "còn một phần bảy, giải trình chỉ có dấu cách", shapes.fallen),
    Damage("measure-scaled", Way.MEASURE, "đổi đơn vị tính sang nghìn lần", structure.measured),
    # one cell
    Damage("above", Way.ABOVE, "thừa số không", faults.above),
    Damage("above-a-little", Way.ABOVE, "nhỉnh hơn mức cao nhất", figure(Code.ABOVE_MAXIMUM, shapes.over, shapes.has_high)),
    Damage("above-as-text", Way.ABOVE, "quá mức cao nhất, gõ dạng chữ", figure(Code.ABOVE_MAXIMUM, shapes.over_as_text, shapes.has_high)),
    Damage("below", Way.BELOW, "số âm", faults.below),
    Damage("below-a-little", Way.BELOW, "kém mức thấp nhất một chút", figure(Code.BELOW_MINIMUM, shapes.under, shapes.has_low)),
    Damage("below-as-text", Way.BELOW, "dưới mức thấp nhất, gõ dạng chữ", figure(Code.BELOW_MINIMUM, shapes.under_as_text, shapes.has_low)),
    Damage("fraction", Way.FRACTION, "nửa người", faults.fraction),
    Damage("fraction-small", Way.FRACTION, "lẻ một phần trăm", figure(Code.NOT_AN_INTEGER, lambda _, n: n + Decimal("0.01"), shapes.whole)),
    Damage("fraction-as-text", Way.FRACTION, "số lẻ gõ dạng chữ", figure(Code.NOT_AN_INTEGER, lambda _, n: f"{n:.0f},5", shapes.whole)),
    Damage("ambiguous", Way.AMBIGUOUS, "dấu ngăn cách hiểu được hai cách", faults.ambiguous),
    Damage("ambiguous-short", Way.AMBIGUOUS, "một chữ số trước dấu ngăn cách", figure(Code.AMBIGUOUS_NUMBER, doubtful("1|234"))),
    Damage("ambiguous-zero", Way.AMBIGUOUS, "số không đứng đầu", figure(Code.AMBIGUOUS_NUMBER, doubtful("012|345"))),
    Damage("ambiguous-spaces", Way.AMBIGUOUS, "nghìn cách bằng dấu cách, rồi ba chữ số", figure(Code.AMBIGUOUS_NUMBER, doubtful("1 234|567"))),
    Damage("about", Way.NOT_A_NUMBER, "“khoảng” trước số", faults.not_a_number),
    Damage("more-than", Way.NOT_A_NUMBER, "“trên” trước số", figure(Code.NOT_A_NUMBER, "trên {n}")),
    Damage("from-to", Way.NOT_A_NUMBER, "từ … đến …", figure(Code.NOT_A_NUMBER, "từ {n} đến {n}")),
    Damage("preliminary", Way.NOT_A_NUMBER, "“ước” sau số", figure(Code.NOT_A_NUMBER, "{n} (ước)")),
    Damage("in-words", Way.NOT_A_NUMBER, "số viết bằng chữ", figure(Code.NOT_A_NUMBER, "một trăm hai mươi")),
    Damage("question-mark", Way.NOT_A_NUMBER, "dấu hỏi", figure(Code.NOT_A_NUMBER, "?")),
    Damage("gathering", Way.NOT_A_NUMBER, "“đang tổng hợp”", figure(Code.NOT_A_NUMBER, "đang tổng hợp")),
    Damage("two-commas", Way.NOT_A_NUMBER, "hai dấu phẩy liền nhau", figure(Code.NOT_A_NUMBER, "12,,5")),
    Damage("letter-o", Way.NOT_A_NUMBER, "chữ O thay số 0", figure(Code.NOT_A_NUMBER, "1O5")),
    Damage("sum-in-text", Way.NOT_A_NUMBER, "phép cộng gõ thành chữ", figure(Code.NOT_A_NUMBER, "{n} + 0")),
    Damage("date", Way.DATE, "1/2 thành ngày", faults.a_date),
    Damage("date-text", Way.DATE, "ngày gõ dạng chữ", figure(Code.DATE_AS_NUMBER, "15/3/2026")),
    Damage("date-in-words", Way.DATE, "ngày viết đủ chữ", figure(Code.DATE_AS_NUMBER, "ngày 15 tháng 3 năm 2026")),
    Damage("date-iso", Way.DATE, "ngày kiểu máy", figure(Code.DATE_AS_NUMBER, "2026-03-15")),
    Damage("contradiction", Way.CONTRADICTION, "“Không phát sinh” mà có số", faults.contradiction),
    Damage("contradiction-not-yet", Way.CONTRADICTION, "“Chưa có số liệu” mà có số", state(Code.STATE_CONTRADICTS_VALUE, State.NOT_YET.value, WAIT)),
    Damage("contradiction-not-applicable", Way.CONTRADICTION, "“Không áp dụng” mà có số", state(Code.STATE_CONTRADICTS_VALUE, State.NOT_APPLICABLE.value, WAIT)),
    Damage("contradiction-elsewhere", Way.CONTRADICTION, "“Đã tính ở đơn vị khác” mà có số", state(Code.STATE_CONTRADICTS_VALUE, State.ELSEWHERE.value, "Sở Tài chính")),
    Damage("not-in-list", Way.NOT_IN_LIST, "tình trạng tự đặt", faults.not_in_list),
    Damage("not-in-list-number", Way.NOT_IN_LIST, "số ở cột Tình trạng", state(Code.NOT_IN_LIST, Decimal(7), column=layout.STATE)),
    Damage("not-in-list-two", Way.NOT_IN_LIST, "hai tình trạng một ô", state(Code.NOT_IN_LIST, "Có số liệu; Chưa có số liệu", column=layout.STATE)),
    Damage("not-in-list-choice", Way.NOT_IN_LIST, "không phải Có hay Không", choice("Đang xây dựng")),
    Damage("formula", Way.FORMULA, "phép cộng", faults.a_sum),
    Damage("formula-cell", Way.FORMULA, "lấy số ô khác", figure(Code.FORMULA_IN_INPUT, lambda row, _: Formula(f"={layout.address(row.row, layout.PREVIOUS)}*1.1"))),
    Damage("formula-scratch", Way.FORMULA, "lấy số ở trang Nháp", figure(Code.FORMULA_IN_INPUT, lambda _row, _: Formula(f"={layout.SCRATCH}!A1"))),
    Damage("formula-as-text", Way.FORMULA, "công thức gõ thành chữ", figure(Code.FORMULA_IN_INPUT, "=SUM(1;2)")),
    Damage("formula-state", Way.FORMULA, "công thức ở cột Tình trạng", state(Code.FORMULA_IN_INPUT, Formula('="Có số liệu"'), column=layout.STATE)),
    Damage("formula-source", Way.FORMULA, "công thức ở cột Nguồn số liệu", beside(Code.FORMULA_IN_INPUT, layout.SOURCE, Formula("=A1"))),
    Damage("cell-error", Way.CELL_ERROR, "#REF!", faults.cell_error),
    Damage("cell-error-division", Way.CELL_ERROR, "#DIV/0!", figure(Code.CELL_ERROR, lambda _row, _: Broken("#DIV/0!"))),
    Damage("cell-error-value", Way.CELL_ERROR, "#VALUE!", figure(Code.CELL_ERROR, lambda _row, _: Broken("#VALUE!"))),
    Damage("cell-error-name", Way.CELL_ERROR, "#NAME?", figure(Code.CELL_ERROR, lambda _row, _: Broken("#NAME?"))),
    Damage("cell-error-text", Way.CELL_ERROR, "#N/A gõ thành chữ", figure(Code.CELL_ERROR, "#N/A")),
    Damage("cell-error-state", Way.CELL_ERROR, "#N/A ở cột Tình trạng", state(Code.CELL_ERROR, Broken("#N/A"), column=layout.STATE)),
    Damage("cell-error-source", Way.CELL_ERROR, "#REF! ở cột Nguồn số liệu", beside(Code.CELL_ERROR, layout.SOURCE, Broken("#REF!"))),
    Damage("no-source", Way.NO_SOURCE, "bỏ trống nguồn", faults.no_source),
    Damage("no-source-spaces", Way.NO_SOURCE, "nguồn chỉ có dấu cách", beside(Code.MISSING_SOURCE, layout.SOURCE, "  \u00a0 ")),
    Damage("control", Way.CONTROL, "ký tự vô hình từ trang web", faults.invisible),
    Damage("control-direction", Way.CONTROL, "dấu đổi chiều chữ", beside(Code.CONTROL_CHARACTERS, layout.SOURCE, "Báo cáo \u202esố 15\u202c")),
    Damage("control-number", Way.CONTROL, "ký tự vô hình trong số", same("\u200b{n}\ufeff", also=(Code.CONTROL_CHARACTERS,))),
    Damage("control-state", Way.CONTROL, "ký tự vô hình trong tình trạng", beside(Code.CONTROL_CHARACTERS, layout.STATE, f"{State.GIVEN.value}\u200b")),
    Damage("long", Way.LONG, "cả báo cáo trong một ô", faults.too_long),
    Damage("long-reason", Way.LONG, "cả báo cáo ở cột Giải trình", shapes.long_reason),
    Damage("no-reason", Way.NO_REASON, "bỏ trống giải trình", faults.no_reason),
    Damage("no-reason-not-applicable", Way.NO_REASON, "“Không áp dụng”, không giải trình", state(Code.MISSING_REASON, State.NOT_APPLICABLE.value, value=False, column=layout.REASON)),
    Damage("no-reason-elsewhere", Way.NO_REASON, "“Đã tính ở đơn vị khác”, không nêu đơn vị", state(Code.MISSING_REASON, State.ELSEWHERE.value, " ", value=False, column=layout.REASON)),
    Damage("blank", Way.BLANK, "ba ô bắt buộc bỏ trống", faults.blank),
    Damage("blank-given", Way.BLANK, "“Có số liệu” mà không có số", emptied(None, State.GIVEN)),
    Damage("blank-spaces", Way.BLANK, "chỉ có dấu cách", emptied("   ")),
    Damage("blank-invisible", Way.BLANK, "chỉ có ký tự vô hình", emptied("\u00a0")),
    Damage("as-text", Way.AS_TEXT, "mọi số gõ dạng chữ", shapes.all_as_text),
    Damage("as-text-measure", Way.AS_TEXT, "đơn vị tính sau số", same(shapes.with_measure, shapes.has_measure)),
    Damage("as-text-spaces", Way.AS_TEXT, "nghìn cách bằng dấu cách", same(shapes.spaced, shapes.thousands)),
    Damage("as-text-american", Way.AS_TEXT, "số kiểu Mỹ", same(shapes.american, shapes.thousands)),
    Damage("as-text-wide", Way.AS_TEXT, "chữ số toàn khổ", same(shapes.wide)),
    Damage("as-text-plus", Way.AS_TEXT, "dấu cộng trước số", same("+{n}", shapes.positive)),
    Damage("as-text-nbsp", Way.AS_TEXT, "dấu cách không ngắt quanh số", same("\u00a0{n}\u00a0")),
    # the sheet
    Damage("unlocked", Way.UNLOCKED, "bỏ khóa trang tính", structure.unlocked),
    Damage("measure-rewritten", Way.LOCKED, "sửa đơn vị tính", structure.relabelled(layout.MEASURE, "nghìn lượt")),
    Damage("label-rewritten", Way.LOCKED, "sửa tên số liệu", structure.relabelled(layout.LABEL, "Số liệu theo cách gọi của đơn vị")),
    Damage("number-rewritten", Way.LOCKED, "sửa số thứ tự", structure.relabelled(layout.NUMBER, "IV.b")),
    Damage("record-rewritten", Way.LOCKED, "sửa số năm trước", structure.record),
    Damage("title-rewritten", Way.LOCKED, "sửa tiêu đề biểu", structure.typed_over(layout.TITLE_ROW, 0, "BÁO CÁO SỐ LIỆU")),
    Damage("unit-rewritten", Way.LOCKED, "sửa tên đơn vị", structure.typed_over(layout.UNIT_ROW, 0, "Đơn vị: Phòng Văn hóa - Xã hội")),
    Damage("heading-rewritten", Way.LOCKED, "sửa tiêu đề cột", structure.typed_over(layout.HEADING_ROW, layout.SOURCE, "Căn cứ")),
    Damage("year-rewritten", Way.LOCKED, "sửa tiêu đề cột năm", structure.typed_over(layout.HEADING_ROW, layout.CURRENT, "Thực hiện")),
    Damage("signature-rewritten", Way.LOCKED, "sửa chỗ ký", structure.signature),
    Damage("check-typed-over", Way.LOCKED, "gõ đè cột Kiểm tra", structure.check),
    Damage("row-deleted", Way.ROW, "xóa một dòng", structure.row_deleted),
    Damage("rows-deleted", Way.ROW, "xóa hai dòng cuối", structure.rows_deleted),
    Damage("key-cleared", Way.ROW, "xóa mã số liệu", structure.key_cleared),
    Damage("key-rewritten", Way.ROW, "sửa mã số liệu", structure.key_rewritten),
    Damage("sorted", Way.MOVED, "sắp xếp lệch hai dòng", structure.moved),
    Damage("twice", Way.TWICE, "chép trùng dòng, khác số", structure.twice),
    Damage("twice-same", Way.TWICE_SAME, "chép trùng dòng, cùng số", structure.twice_same),
    Damage("stray", Way.STRAY, "ghi chú bên phải bảng", structure.stray),
    Damage("stray-below", Way.STRAY, "ghi chú dưới chỗ ký", structure.strays({"B+7": "Ghi chú: số liệu tính đến 31/12"})),
    Damage("stray-total", Way.STRAY, "cộng thêm một dòng", structure.strays({"C+0": "Cộng", "F+0": Decimal(12345)})),
    Damage("stray-far", Way.STRAY, "số ở cột xa", structure.strays({"Z40": Decimal(7), "AB3": "x"})),
    Damage("locked-all", Way.LOCKED_ALL, "sửa tiêu đề, mã biểu, công thức kiểm tra", structure.locked_all),
    Damage("added", Way.ADDED, "thêm dòng và trang tính", structure.added),
    Damage("own-sheet", Way.ADDED, "thêm trang tính có bảng", structure.own_sheet),
    Damage("merged", Way.MERGED, "gộp ô số liệu với tình trạng", structure.merged),
    Damage("merged-down", Way.MERGED, "gộp hai dòng", structure.merged_down),
    Damage("merged-beside", Way.MERGED, "gộp nguồn với giải trình", structure.merged_beside),
    Damage("no-narrative", Way.NO_NARRATIVE, "xóa trang Khó khăn, kiến nghị", structure.no_narrative),
    Damage("no-sheet", Way.NO_SHEET, "xóa trang Số liệu", structure.no_sheet),
    Damage("no-headings", Way.NO_SHEET, "xóa dòng tiêu đề cột", structure.no_headings),
    Damage("renamed", Way.RENAMED, "đổi tên trang Số liệu", parcels.renamed(layout.DATA, "Sheet1")),
    Damage("renamed-ascii", Way.RENAMED, "tên trang không dấu", parcels.renamed(layout.DATA, "So lieu (2)")),
    Damage("renamed-narrative", Way.RENAMED, "đổi tên trang Khó khăn, kiến nghị", parcels.renamed(layout.NARRATIVE, "Ý kiến")),
    # the file: nothing is taken of it
    Damage("blank-form", Way.EMPTY, "để trống cả biểu", useless(Code.EMPTY_RETURN, parcels.blank)),
    Damage("blank-form-saved", Way.EMPTY, "để trống, lưu bằng chương trình khác", useless(Code.EMPTY_RETURN, parcels.blank_saved)),
    Damage("blank-form-spaces", Way.EMPTY, "mọi ô chỉ có dấu cách", useless(Code.EMPTY_RETURN, parcels.blank_spaces)),
    Damage("other-campaign", Way.OTHER_CAMPAIGN, "biểu năm trước của nơi khác", useless(Code.WRONG_CAMPAIGN, parcels.stamped(parcels.last_year, parcels.OTHER_KEY))),
    Damage("last-year", Way.OTHER_CAMPAIGN, "biểu năm trước", useless(Code.WRONG_CAMPAIGN, parcels.stamped(parcels.last_year))),
    Damage("other-province", Way.OTHER_CAMPAIGN, "biểu cùng năm của nơi khác", useless(Code.WRONG_CAMPAIGN, parcels.stamped(parcels.this_form, parcels.OTHER_KEY))),
    Damage("forged", Way.FORGED, "sửa một chữ của mã nhận dạng", useless(Code.FORGED_FORM, parcels.rewritten_stamp(lambda s: packing.forge(str(s))))),
    Damage("forged-unit", Way.FORGED, "mã đơn vị khác trong mã nhận dạng", useless(Code.FORGED_FORM, parcels.rewritten_stamp(lambda s: str(s).replace(s.unit.upper(), "XA-KHAC")))),
    Damage("forged-round", Way.FORGED, "lần gửi khác trong mã nhận dạng", useless(Code.FORGED_FORM, parcels.rewritten_stamp(lambda s: str(s).replace(f"-R{s.round}-", "-R9-")))),
    Damage("forged-cut", Way.FORGED, "mã nhận dạng bị cắt cụt", useless(Code.FORGED_FORM, parcels.rewritten_stamp(lambda s: str(s)[:-10]))),
    Damage("stranger", Way.STRANGER, "bảng tính khác", useless(Code.NOT_A_FORM, parcels.stranger)),
    Damage("copied-by-hand", Way.STRANGER, "biểu chép tay, mất mã nhận dạng", useless(Code.NOT_A_FORM, parcels.copied_by_hand)),
    Damage("no-cells", Way.STRANGER, "bảng tính không có gì", useless(Code.NOT_A_FORM, parcels.bare_book)),
    Damage("pdf", Way.PDF, "PDF đổi đuôi", useless(Code.UNSUPPORTED_FORMAT, lambda p: packing.pdf(parcels.note_of(p)))),
    Damage("word", Way.PDF, "văn bản Word đổi đuôi", useless(Code.UNSUPPORTED_FORMAT, parcels.word)),
    Damage("photo", Way.PDF, "ảnh chụp", useless(Code.UNSUPPORTED_FORMAT, parcels.start_of(b"\xff\xd8\xff\xe0"))),
    Damage("screenshot", Way.PDF, "ảnh màn hình", useless(Code.UNSUPPORTED_FORMAT, parcels.start_of(b"\x89PNG\r\n\x1a\n"))),
    Damage("rtf", Way.PDF, "văn bản RTF", useless(Code.UNSUPPORTED_FORMAT, parcels.start_of(b"{\\rtf1 "))),
    Damage("rar", Way.PDF, "tệp nén RAR", useless(Code.UNSUPPORTED_FORMAT, parcels.start_of(b"Rar!\x1a\x07\x00"))),
    Damage("html", Way.PDF, "trang web đổi đuôi", useless(Code.UNSUPPORTED_FORMAT, parcels.written("<html><body><table><tr><td>{note}</td></tr></table></body></html>"))),
    Damage("shortcut", Way.PDF, "lối tắt Google Trang tính", useless(Code.UNSUPPORTED_FORMAT, parcels.written('{{"doc_id": "1a", "note": "{note}"}}'))),
    Damage("xlsb", Way.PDF, "sổ tính .xlsb", useless(Code.UNSUPPORTED_FORMAT, parcels.binary_book)),
    Damage("torn", Way.TORN, "tải về chưa đủ", useless(Code.UNREADABLE_FILE, parcels.cut(2, 3))),
    Damage("torn-early", Way.TORN, "chỉ có phần đầu tệp", useless(Code.UNREADABLE_FILE, parcels.cut(1, 10))),
    Damage("zeroed", Way.TORN, "giữa tệp toàn số không", useless(Code.UNREADABLE_FILE, parcels.zeroed)),
    Damage("no-part", Way.TORN, "mất nội dung trang Số liệu", useless(Code.UNREADABLE_FILE, parcels.without_part("xl/worksheets/sheet1.xml"))),
    Damage("part-cut", Way.TORN, "nội dung trang Số liệu bị cụt", useless(Code.UNREADABLE_FILE, parcels.part_cut)),
    Damage("doctype", Way.TORN, "có khai báo DOCTYPE", useless(Code.UNREADABLE_FILE, parcels.with_doctype)),
    Damage("csv", Way.TORN, "CSV đổi đuôi", useless(Code.UNREADABLE_FILE, parcels.written("TT;Mã số liệu;Năm 2025\n1;C01_A;5\n{note};;\n"))),
    Damage("head-alone", Way.TORN, "gần như rỗng", useless(Code.UNREADABLE_FILE, parcels.empty)),
    Damage("nobody", Way.NOBODY, "đơn vị đã sáp nhập", useless(Code.UNKNOWN_UNIT, parcels.stamped(parcels.unit_called("{code}-cu")))),
    Damage("nobody-new", Way.NOBODY, "đơn vị mới, chưa có trong phân công", useless(Code.UNKNOWN_UNIT, parcels.stamped(parcels.unit_called("phong-moi-lap")))),
    Damage("nobody-second", Way.NOBODY, "mã đơn vị thêm số", useless(Code.UNKNOWN_UNIT, parcels.stamped(parcels.unit_called("{code}-2")))),
    Damage("encrypted", Way.ENCRYPTED, "đặt mật khẩu mở", useless(Code.ENCRYPTED_FILE, parcels.encrypted)),
    Damage("encrypted-ods", Way.ENCRYPTED, "tệp .ods đặt mật khẩu", useless(Code.ENCRYPTED_FILE, parcels.locked_sheet)),
    Damage("huge", Way.HUGE, "ảnh 11 MB", useless(Code.TOO_LARGE, parcels.photograph)),
    Damage("swollen", Way.HUGE, "giải nén ra quá lớn", useless(Code.TOO_LARGE, parcels.swollen)),
    Damage("large-scan", Way.HUGE, "bản quét PDF 11 MB", useless(Code.TOO_LARGE, parcels.large_scan)),
    # the file: all of it is taken
    Damage("old-version", Way.OLD_VERSION, "biểu bản cũ, ghi chú khác", kept(Code.WRONG_VERSION, parcels.stamped(parcels.former_note))),
    Damage("old-version-head", Way.OLD_VERSION, "biểu bản cũ, hạn khác", kept(Code.WRONG_VERSION, parcels.stamped(parcels.former_head))),
    Damage("old-version-title", Way.OLD_VERSION, "biểu bản cũ, tiêu đề khác", kept(Code.WRONG_VERSION, parcels.stamped(parcels.former_title))),
    Damage("macro", Way.MACRO, "tệp .xlsm có macro", kept(Code.MACRO_PRESENT, parcels.macro)),
    Damage("macro-in-xlsx", Way.MACRO, "macro trong tệp .xlsx", kept(Code.MACRO_PRESENT, parcels.macro_part)),
    Damage("macro-kind", Way.MACRO, "lưu kiểu .xlsm, không có macro", kept(Code.MACRO_PRESENT, parcels.macro_kind)),
    Damage("link", Way.LINK, "liên kết ra tệp khác", kept(Code.EXTERNAL_LINK, parcels.link)),
    Damage("connection", Way.LINK, "kết nối cơ sở dữ liệu", kept(Code.EXTERNAL_LINK, parcels.connection)),
    # what harms nothing
    Damage("resaved", Way.HARMLESS, "lưu bằng chương trình khác", harmless.saved(harmless.nothing)),
    Damage("restyled", Way.HARMLESS, "đổi phông, màu", harmless.saved(harmless.restyled)),
    Damage("widened", Way.HARMLESS, "đổi rộng cột, cao dòng", harmless.saved(harmless.widened)),
    Damage("zoomed", Way.HARMLESS, "thu phóng, bỏ cố định dòng", harmless.saved(harmless.zoomed)),
    Damage("printed-otherwise", Way.HARMLESS, "đổi khổ giấy, vùng in, chân trang", harmless.saved(harmless.printed_otherwise)),
    Damage("locked-again", Way.HARMLESS, "khóa lại bằng mật khẩu khác", harmless.saved(harmless.locked_again)),
    Damage("shown", Way.HARMLESS, "cho hiện các trang ẩn", harmless.saved(harmless.shown)),
    Damage("reordered", Way.HARMLESS, "đổi thứ tự trang tính", harmless.saved(harmless.reordered)),
    Damage("hidden-rows", Way.HARMLESS, "ẩn dòng, cột", harmless.saved(harmless.hidden_rows)),
    Damage("hidden-sheet", Way.HARMLESS, "ẩn trang Số liệu", harmless.saved(harmless.hidden_sheet)),
    Damage("filtered", Way.HARMLESS, "bật bộ lọc", harmless.saved(harmless.filtered)),
    Damage("scratched", Way.HARMLESS, "viết đầy trang Nháp", harmless.saved(harmless.scratched)),
    Damage("aside-deleted", Way.HARMLESS, "xóa trang Hướng dẫn, Nháp", harmless.saved(harmless.aside_deleted)),
    Damage("unguided", Way.HARMLESS, "mất danh sách chọn, tô màu", harmless.saved(harmless.unguided)),
    Damage("other-formats", Way.HARMLESS, "đổi định dạng số", harmless.saved(harmless.other_formats)),
    Damage("named", Way.HARMLESS, "đặt tên vùng", harmless.saved(harmless.named)),
    Damage("decomposed", Way.HARMLESS, "chữ Việt tổ hợp", harmless.typed(harmless.decomposed)),
    Damage("with-spaces", Way.HARMLESS, "thừa dấu cách", harmless.typed(harmless.with_spaces)),
    Damage("in-capitals", Way.HARMLESS, "gõ chữ hoa", harmless.typed(harmless.in_capitals)),
    Damage("said-aloud", Way.HARMLESS, "chọn “Có số liệu” ở mọi dòng có số", harmless.typed(harmless.said_aloud)),
    Damage("on-several-lines", Way.HARMLESS, "nguồn viết nhiều dòng", harmless.typed(harmless.on_several_lines)),
    Damage("quoted", Way.HARMLESS, "nguồn có ngày, số, dấu lạ", harmless.typed(harmless.quoted)),
    Damage("explained", Way.HARMLESS, "giải trình ở mọi dòng", harmless.typed(harmless.explained)),
    Damage("narrated", Way.HARMLESS, "ý kiến gạch đầu dòng, có số", harmless.typed(harmless.narrated)),
    Damage("padded", Way.HARMLESS, "số nguyên lưu kèm ,0", harmless.typed(harmless.padded)),
    Damage("no-properties", Way.HARMLESS, "mất thuộc tính tệp", parcels.harmless(parcels.without(r"docProps/.*"))),
    Damage("no-footer", Way.HARMLESS, "mất chân trang", parcels.harmless(parcels.in_xml(r"<headerFooter.*</headerFooter>", ""))),
    Damage("no-names", Way.HARMLESS, "mất tên vùng", parcels.harmless(parcels.in_xml(r"<definedNames>.*</definedNames>", "", "xl/workbook.xml"))),
    Damage("no-dimension", Way.HARMLESS, "mất kích thước vùng dữ liệu", parcels.harmless(parcels.in_xml(r"<dimension [^>]*/>|<sheetViews>.*</sheetViews>", ""))),
)  # fmt: skip

BY_ID: Mapping[str, Damage] = {d.id: d for d in CATALOGUE}

CELL_FAULTS = (
    Way.RULE, Way.SCALE, Way.CHANGE, Way.ABOVE, Way.BELOW, Way.FRACTION, Way.AMBIGUOUS, Way.NOT_A_NUMBER, Way.DATE,
    Way.CONTRADICTION, Way.NOT_IN_LIST, Way.FORMULA, Way.CELL_ERROR, Way.NO_SOURCE, Way.CONTROL, Way.LONG, Way.NO_REASON,
    Way.BLANK, Way.AS_TEXT,
)  # fmt: skip
"""Faults in the cells of a form, several of which go together."""

SHEET_FAULTS = (
    Way.MEASURE, Way.UNLOCKED, Way.LOCKED, Way.ROW, Way.MOVED, Way.TWICE, Way.TWICE_SAME, Way.STRAY, Way.LOCKED_ALL, Way.ADDED,
    Way.MERGED, Way.NO_NARRATIVE, Way.NO_SHEET,
)  # fmt: skip
"""Faults of the sheet as a whole."""

FILE_FAULTS = (
    Way.EMPTY, Way.OTHER_CAMPAIGN, Way.FORGED, Way.STRANGER, Way.PDF, Way.TORN, Way.NOBODY, Way.ENCRYPTED, Way.HUGE,
)  # fmt: skip
"""Nothing is taken of these files, so that a unit that has to stay without a return may send them too."""

HANDLED = (Way.OLD_VERSION, Way.MACRO, Way.LINK, Way.RENAMED)
"""Something befell the file, and all of it is taken."""

REJECTED = (*FILE_FAULTS, Way.NO_SHEET)
"""Nothing is taken of the file."""

ORDER: Mapping[Way, int] = {way: n for n, way in enumerate(dict.fromkeys(d.way for d in CATALOGUE))}
"""Several ways on one form are made in this order: those that find few rows to live in come first."""


def of(way: Way, die: Random | None = None) -> tuple[Damage, ...]:
    """The damages of ``way``, the usual one first; or in an order that ``die`` casts."""
    found = [d for d in CATALOGUE if d.way is way]
    return tuple(found if die is None else die.sample(found, len(found)))


def spoil(desk: Desk, ways: tuple[Way, ...], how: Mapping[Way, str]) -> tuple[Planted, ...] | None:
    """Make the faults of ``ways`` on one form, each as ``how`` says; ``None`` where one of them finds no place on it."""
    planted: list[Planted] = []
    for way in sorted(ways, key=ORDER.__getitem__):
        damage = BY_ID[how[way]] if way in how else of(way)[0]
        made = tuple(damage.do(desk))
        if not made and way is not Way.HARMLESS:
            return None
        planted += (p if p.typed else replace(p, typed=damage.name) for p in made)
    return tuple(dict.fromkeys(planted))
