"""``Giải thích``: what each sheet shows, what the words, colours and links mean."""

from __future__ import annotations

from collections.abc import Sequence

from lsindicators.exports.book import BAD, CORRECTED, DOUBTFUL, GOOD, LINKED, Book, Column, Look
from lsindicators.exports.formulas import NO_FIGURE, NOT_AGREED, NOT_COMPUTABLE
from lsindicators.exports.parts import Spread
from lsindicators.exports.sheets.figures import every_row_linked
from lsindicators.exports.words import OUTCOMES, group_colours, top
from lsindicators.layout import MADE_UP
from lsindicators.model import WHOLE_COVERAGE, Dataset, Outcome
from lsindicators.values import format_number

_Row = tuple[str, str, Look]


def write(book: Book, dataset: Dataset, has_series: bool, spreads: Sequence[Spread] = ()) -> None:
    """One row a word; ``spreads`` are the tables for which one sheet has no room."""
    sheet = book.sheet("Giải thích", (Column("Mục", 30, wrap=True), Column("Giải thích", 110, wrap=True)))
    made_up: list[_Row] = [("Lưu ý", MADE_UP, BAD)] if book.plan.settings.made_up else []
    split: list[_Row] = [(f"Trang {s.sheets[0]} và các trang tiếp theo", str(s), DOUBTFUL) for s in spreads]
    rows = [*made_up, *split, *_criteria(book), *_overview(has_series), *_matrix(book), *_lists(dataset)]
    for row, (word, text, colour) in enumerate(rows, 1):
        sheet.text(row, 0, word, **{"bold": True, **colour})
        sheet.text(row, 1, text)
    sheet.finish()


def _criteria(book: Book) -> Sequence[_Row]:
    needed = book.plan.settings.coverage
    if needed == WHOLE_COVERAGE:
        partial = "chưa đủ đơn vị báo"
    else:
        partial = f"độ phủ dưới {format_number(needed)}% (Ngưỡng độ phủ ở trang Kỳ báo cáo của phan-cong.xlsx)"
    return (
        (
            "Trang Tiêu chí",
            "Mỗi dòng một tiêu chí. Giá trị là công thức Excel tính từ cột Toàn tỉnh của trang Số liệu. "
            "Bấm vào mã tiêu chí để tới số liệu đầu vào đầu tiên.",
            {},
        ),
        *(
            (f"Nhóm màu: {group}", _codes(book, group), {"bg_color": fill})
            for group, fill in group_colours(book.plan).items()
        ),
        (
            "Độ phủ",
            "Số đơn vị đã báo trên số đơn vị phải báo, của số liệu đầu vào có ít đơn vị báo nhất. "
            "Độ phủ bình quân của một nhóm là trung bình cộng độ phủ của các tiêu chí trong nhóm.",
            {},
        ),
        (OUTCOMES[Outcome.COMPUTED], "Có giá trị, đủ độ phủ.", GOOD),
        (OUTCOMES[Outcome.PARTIAL], f"Có giá trị, nhưng {partial}; luôn kèm số đơn vị n/N.", DOUBTFUL),
        (OUTCOMES[Outcome.MISSING], "Chưa có giá trị; ô ghi rõ lý do bằng chữ.", BAD),
        (
            "Tính chất",
            "Đề xuất: tên tiêu chí chưa được công bố chính thức. Cách tính đề xuất: tên đã chính thức, "
            "cách tính và số liệu thành phần còn là đề xuất.",
            {},
        ),
    )


def _overview(has_series: bool) -> Sequence[_Row]:
    series: Sequence[_Row] = (
        (
            "Trang Chuỗi năm",
            "Giá trị của tiêu chí qua các năm đã biết. Ô vàng có ghi chú: chuỗi bị ngắt ở năm đó (đơn vị sáp nhập, chia tách "
            "hoặc thiếu một phần), không so thẳng với năm sau.",
            {},
        ),
    )
    return (
        (
            "Trang Tổng quan",
            "Đếm tiêu chí theo nhóm và đơn vị theo khối bằng công thức trên trang Tiêu chí và Tình hình gửi; "
            "Tăng, Giảm chỉ nói số lớn lên hay nhỏ đi, không phải tốt lên hay kém đi, và chỉ đếm tiêu chí đủ số liệu của cả hai "
            "năm, như trong báo cáo. Đã gửi (%) không tính biểu không dùng được.",
            {},
        ),
        (
            "Trang Biểu đồ",
            "Vẽ từ các ô của trang Tổng quan và So hai năm. "
            "Chỉ các tiêu chí tính bằng % trong khoảng 0–100 được vẽ chung một trục; đơn vị tính khác nhau không vẽ chung.",
            {},
        ),
        *(series if has_series else ()),
    )


def _matrix(book: Book) -> Sequence[_Row]:
    return (
        (
            "Trang Số liệu",
            f"Số liệu năm {book.plan.year} của từng đơn vị; cột Toàn tỉnh là công thức theo Cách tổng hợp. "
            "Ô xám: đơn vị không phải báo. Các năm trước ở trang cùng tên có ghi năm. "
            "Màu của tên đơn vị theo khối; nút 1, 2 ở góc trên bên trái thu gọn hoặc mở các cột xã, phường.",
            {},
        ),
        ("Ô tím", "Số do đầu mối quyết định (dieu-chinh.xlsx), không phải số đơn vị gửi.", CORRECTED),
        (
            "Số 0 và ô chưa có số",
            "Số 0 là đơn vị báo không phát sinh. Ô chưa có số không bao giờ được tính là 0.",
            {},
        ),
        (
            "Đã báo",
            "Có số liệu, Không phát sinh, Không áp dụng, Đã tính ở đơn vị khác. Chưa có số liệu và ô để trống là chưa báo.",
            {},
        ),
        (NO_FIGURE, "Chưa đơn vị nào báo, hoặc thiếu số liệu đầu vào.", BAD),
        (NOT_AGREED, "Các đơn vị chủ trì báo khác nhau; xem trang Đối chiếu.", BAD),
        (NOT_COMPUTABLE, "Đủ số liệu nhưng phép tính không có kết quả, ví dụ mẫu số bằng 0.", BAD),
    )


def _lists(dataset: Dataset) -> Sequence[_Row]:
    rest = (
        "" if every_row_linked(len(dataset.figures)) else " Vì Excel có giới hạn, chỉ dòng đầu của mỗi tệp có liên kết."
    )
    return (
        ("Trang Dữ liệu", "Mỗi dòng một số của một đơn vị, kèm tệp, trang tính và ô đã đọc.", {}),
        (
            "Liên kết",
            "Bấm Tệp hoặc Ô: mở tệp đơn vị gửi trong tra-ve/ đúng ô đó (tệp nằm trong .zip, .eml không mở được bằng một lần bấm). "
            "Bấm SHA-256: mở bản gốc trong sổ cái so-cai/goc/; bản gốc mang tên là mã SHA-256, không có đuôi tệp, "
            "nên Windows hỏi mở bằng chương trình nào: chọn Excel. Liên kết chạy khi tệp này nằm trong thư mục kỳ báo cáo; "
            f"tệp trong tra-ve/ có thể đã bị sửa sau khi đọc, bản gốc thì không.{rest}",
            LINKED,
        ),
        (
            "Trang Đối chiếu",
            "Các số không khớp nhau, mỗi bên một dòng, kèm câu hỏi cho hai bên. Đỏ: chưa có số cho đến khi quyết định; "
            "vàng: cần xem lại; xanh: đã quyết định trong dieu-chinh.xlsx. Bên gồm nhiều đơn vị có dòng tổng, các đơn vị ở dưới.",
            {},
        ),
        ("Trang Còn thiếu", "Số liệu phải báo mà chưa có, và lý do.", {}),
        ("Trang Tình hình gửi", "Đơn vị nào đã gửi, nhận được bao nhiêu số liệu, đúng hạn hay không.", {}),
    )


def _codes(book: Book, group: str) -> str:
    codes = [c.code for c in book.plan.criteria if top(c) == group]
    return f"{len(codes)} tiêu chí: {', '.join(codes)}"
