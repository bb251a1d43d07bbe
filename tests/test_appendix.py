"""Appendices as text tables -> the rows, the units, the questions that come of them."""

import re

import office
import pytest
import tables
from msgspec.structs import replace

from lsindicators import appendix, assignment, names
from lsindicators.errors import UnusableInputError
from lsindicators.model import Kind, Method, Standing


def read(tmp_path, content, name="phu-luc.docx"):
    path = tmp_path / name
    path.write_bytes(content)
    return appendix.read(path)


def rows(found, *fields):
    """The fields of each row, as tuples."""
    return [tuple(getattr(row, f) for f in fields) for row in found.rows]


PLAIN = """
STT | Tiêu chí | Đơn vị tính | Cơ quan chủ trì | Cơ quan phối hợp | Thời hạn | Ghi chú
I | NHÓM TIÊU CHÍ ĐẦU VÀO | < | < | < | < | <
1 | Nhân lực khoa học, công nghệ | Người | Sở Khoa học và Công nghệ | Các sở, ban, ngành; UBND các xã, phường | Trước 01/4 | Hằng năm
2 | Chi cho khoa học, công nghệ | triệu đồng | Sở Tài chính | | ^ |
II | NHÓM TIÊU CHÍ KẾT QUẢ | < | < | < | < | <
II.1 | Nghiên cứu | < | < | < | < | <
3 | Số bài báo | bài | Sở KH&CN | | Trước 10/4 |
4 | Số đơn đăng ký | đơn | ^ | Sở Công Thương | | Mới
"""
PLAIN_ROWS = [
    (3, "1", "Nhân lực khoa học, công nghệ", "Người", "Sở Khoa học và Công nghệ",
     "Các sở, ban, ngành; UBND các xã, phường", "Trước 01/4", "Hằng năm", ("NHÓM TIÊU CHÍ ĐẦU VÀO",)),
    (4, "2", "Chi cho khoa học, công nghệ", "triệu đồng", "Sở Tài chính", "", "Trước 01/4", "",
     ("NHÓM TIÊU CHÍ ĐẦU VÀO",)),
    (7, "3", "Số bài báo", "bài", "Sở KH&CN", "", "Trước 10/4", "", ("NHÓM TIÊU CHÍ KẾT QUẢ", "Nghiên cứu")),
    (8, "4", "Số đơn đăng ký", "đơn", "Sở KH&CN", "Sở Công Thương", "", "Mới",
     ("NHÓM TIÊU CHÍ KẾT QUẢ", "Nghiên cứu")),
]  # fmt: skip
FIELDS = ("row", "number", "name", "measure", "lead", "supporting", "deadline", "note", "groups")


# ------------------------------------------------------------------ one table, many programs


@pytest.mark.parametrize("build", [tables.docx, tables.by_python_docx])
def test_plain_word_table(tmp_path, build):
    found = read(tmp_path, build(PLAIN))
    assert (found.source, found.findings, found.notes) == ("phu-luc.docx", (), ())
    assert rows(found, *FIELDS) == PLAIN_ROWS


def test_strict_word_table(tmp_path):
    assert rows(read(tmp_path, tables.docx(PLAIN, strict=True)), *FIELDS) == PLAIN_ROWS


def test_excel_table_below_a_title(tmp_path):
    found = read(tmp_path, tables.xlsx(PLAIN, title="PHỤ LỤC: PHÂN CÔNG CHỦ TRÌ CÁC TIÊU CHÍ"), "phu-luc.xlsx")
    assert rows(found, *FIELDS) == [(row + 3, *rest) for row, *rest in PLAIN_ROWS]
    assert found.rows[0].place == "Phụ lục"


@office.needs_libreoffice
def test_files_saved_by_libreoffice(tmp_path):
    """A Word table through .odt and back, and an Excel table as .xls; the old .doc is refused."""
    word, excel = tmp_path / "phu-luc.docx", tmp_path / "bang.xlsx"
    word.write_bytes(tables.docx(PLAIN))
    excel.write_bytes(tables.xlsx(PLAIN))
    back = office.convert(office.convert(word, "odt", tmp_path), "docx", tmp_path)
    assert rows(appendix.read(back), *FIELDS) == PLAIN_ROWS
    assert rows(appendix.read(office.convert(excel, "xls", tmp_path)), *FIELDS) == PLAIN_ROWS


# ------------------------------------------------------------------ layouts and their traps

HEAD = "STT | Tiêu chí | Cơ quan chủ trì | Cơ quan phối hợp\n"

LAYOUTS = {
    # L1: two ways of counting, pure group rows, cells merged down, own values of children, a row broken over a page
    "L1 city plan": (
        """
        TT | STT chi tiết | Nội dung nhiệm vụ | Đơn vị chủ trì | Đơn vị phối hợp | Sản phẩm | Thời hạn
        1 | 1 | Hoàn thiện thể chế | | | |
        2 | 1a | Rà soát quy định | Sở Tài chính | Sở KH&CN | Báo cáo | 30/8/2026
        3 | 1b | Ban hành hướng dẫn | Sở Y tế | ^ | Văn bản | ^
        4 | 2 | Hạ tầng số | | | |
        5 | 2a | Phủ sóng 5G | Sở KH&CN | | | 30/7/2026
        6 | 2b | Nâng cấp trung tâm | Sở Nội vụ | | | 30/8/2026
         | | dữ liệu của tỉnh | | Công an tỉnh | |
        7 | 3 | Nền tảng số | Các Sở, ban, ngành; UBND các xã, phường | | |
        8 | 3a | Nền tảng họp | ^ | | |
        9 | 3b | Nền tảng học | ^ | | |
        10 | 4 | Báo cáo | Sở KH&CN | | |
        """,
        [
            (3, "1a", "Rà soát quy định", "Sở Tài chính", "Sở KH&CN", ("Hoàn thiện thể chế",)),
            (4, "1b", "Ban hành hướng dẫn", "Sở Y tế", "Sở KH&CN", ("Hoàn thiện thể chế",)),
            (6, "2a", "Phủ sóng 5G", "Sở KH&CN", "", ("Hạ tầng số",)),
            (7, "2b", "Nâng cấp trung tâm dữ liệu của tỉnh", "Sở Nội vụ", "Công an tỉnh", ("Hạ tầng số",)),
            (10, "3a", "Nền tảng họp", "Các Sở, ban, ngành; UBND các xã, phường", "", ("Nền tảng số",)),
            (11, "3b", "Nền tảng học", "Các Sở, ban, ngành; UBND các xã, phường", "", ("Nền tảng số",)),
            (12, "4", "Báo cáo", "Sở KH&CN", "", ()),
        ],
    ),
    "L2 wrapped unit names": (
        """
        STT | Nhiệm vụ | Cơ quan chủ trì | Cơ quan phối hợp | Thời hạn
        1 | Phủ sóng | Sở KHCN,\\nTập đoàn\\nViettel | Sở Tài chính | 2026
        """,
        [(2, "1", "Phủ sóng", "Sở KHCN,\nTập đoàn\nViettel", "Sở Tài chính", ())],
    ),
    # L3: a missing level, a numbering mistake, a label that names a lead but has no product
    "L3 dotted codes": (
        """
        STT | Nhiệm vụ | Cơ quan chủ trì | Cơ quan phối hợp | Sản phẩm
        N05 | Hạ tầng | Sở KH&CN | |
        N05.1.1 | Mạng | Sở Y tế | | Mạng
        N05.1.2 | Máy | Sở Nội vụ | | Máy
        122 | Việc một | Sở Y tế | | Báo cáo
        122 | Việc hai | Sở Nội vụ | | Báo cáo
        """,
        [
            (3, "N05.1.1", "Mạng", "Sở Y tế", "", ("Hạ tầng",)),
            (4, "N05.1.2", "Máy", "Sở Nội vụ", "", ("Hạ tầng",)),
            (5, "122", "Việc một", "Sở Y tế", "", ()),
            (6, "122", "Việc hai", "Sở Nội vụ", "", ()),
        ],
    ),
    "L4 group rows over all columns": (
        """
        STT | Tên nhiệm vụ | Cơ quan chủ trì | Cơ quan phối hợp | Kết quả/Sản phẩm | Thời gian | Ghi chú
        I. Chỉ đạo, điều hành | < | < | < | < | < | <
        1 | Ban hành kế hoạch | Sở KH&CN | | Kế hoạch | Tháng 3 |
        II. Tuyên truyền | < | < | < | < | < | <
        2 | Xây dựng chuyên mục | Báo và Phát thanh, Truyền hình Lạng Sơn | Sở KH&CN | | |
        """,
        [
            (3, "1", "Ban hành kế hoạch", "Sở KH&CN", "", ("Chỉ đạo, điều hành",)),
            (5, "2", "Xây dựng chuyên mục", "Báo và Phát thanh, Truyền hình Lạng Sơn", "Sở KH&CN", ("Tuyên truyền",)),
        ],
    ),
    "L5 issued": (
        """
        STT | Chỉ tiêu | Đến hết năm 2026 | Đến năm 2030 | Đơn vị chủ trì | Đơn vị phối hợp, cung cấp số liệu
        1 | Tỷ lệ hồ sơ trực tuyến | 60% | 80% | Văn phòng UBND tỉnh | UBND các xã, phường
        """,
        [(2, "1", "Tỷ lệ hồ sơ trực tuyến", "Văn phòng UBND tỉnh", "UBND các xã, phường", ())],
    ),
    "L5 draft": (
        """
        STT | Chỉ tiêu | Mức phấn đấu | Đơn vị chủ trì theo dõi | Đơn vị phối hợp | Nguồn số liệu/minh chứng | Thời hạn | Ghi chú | Căn cứ/lý do đề xuất chỉ tiêu - Cột này để giải trình, không phát hành
        1 | Tỷ lệ hồ sơ trực tuyến | 60% | Sở Nội vụ | | Hệ thống | Quý I | | Chỉ tiêu do Sở KH&CN chủ trì đề xuất
        """,
        [(2, "1", "Tỷ lệ hồ sơ trực tuyến", "Sở Nội vụ", "", ())],
    ),
    "L6 heading of two rows": (
        """
        STT | Mã số | Nhóm, tên chỉ tiêu | Phân tổ chủ yếu | Kỳ công bố | Đơn vị chịu trách nhiệm thu thập, tổng hợp | <
        ^ | ^ | ^ | ^ | ^ | Đơn vị chủ trì | Đơn vị phối hợp
        | | 01. CƠ SỞ HẠ TẦNG CHO KHOA HỌC VÀ CÔNG NGHỆ | | | |
        1 | 0101 | Số tổ chức khoa học và công nghệ (*) | Loại hình | Năm | Sở KH&CN | Sở Nội vụ;\\nThống kê tỉnh
        2 | 0102 | Số phòng thí nghiệm | | Năm | Sở KH&CN |
        | | 02. NHÂN LỰC | | | |
        3 | 0201 | Số người làm nghiên cứu | | Năm | Sở Nội vụ |
        """,
        [
            (4, "1", "Số tổ chức khoa học và công nghệ", "Sở KH&CN", "Sở Nội vụ;\nThống kê tỉnh",
             ("CƠ SỞ HẠ TẦNG CHO KHOA HỌC VÀ CÔNG NGHỆ",)),
            (5, "2", "Số phòng thí nghiệm", "Sở KH&CN", "", ("CƠ SỞ HẠ TẦNG CHO KHOA HỌC VÀ CÔNG NGHỆ",)),
            (7, "3", "Số người làm nghiên cứu", "Sở Nội vụ", "", ("NHÂN LỰC",)),
        ],
    ),
    "heading of two rows without merges below": (
        """
        STT | Tiêu chí | Cơ quan thực hiện | <
        | | Chủ trì | Phối hợp
        (1) | (2) | (3) | (4)
        1 | Một | Sở Y tế | Sở Nội vụ
        """,
        [(4, "1", "Một", "Sở Y tế", "Sở Nội vụ", ())],
    ),
    "L6b time before units": (
        """
        TT | Nội dung | Thời gian thực hiện | Đơn vị chủ trì | Đơn vị phối hợp | Ghi chú
        1 | Rà soát chuẩn đầu ra của các | Tháng 3 | P. KT&BĐCL | 03 khoa, P. HC-TH, |
        | chương trình đào tạo | | | P. KH-TC |
        2 | Báo cáo | Tháng 4 | P. HC-TH | |
        """,
        [
            (2, "1", "Rà soát chuẩn đầu ra của các chương trình đào tạo", "P. KT&BĐCL",
             "03 khoa, P. HC-TH,\nP. KH-TC", ()),
            (4, "2", "Báo cáo", "P. HC-TH", "", ()),
        ],
    ),
    "L7 restarting numbers, time merged down a group": (
        """
        STT | Tên tiêu chí/chỉ tiêu | Đơn vị tính | Cơ quan chủ trì | Cơ quan phối hợp | Nguồn số liệu | Thời hạn gửi | Ghi chú
        I | NHÓM TIÊU CHÍ ĐẦU VÀO | < | < | < | < | < | <
        (1) | Nhân lực | Người | Sở KH&CN | | | Hằng năm |
        (2) | Đầu tư | ^ | Sở Tài chính | | | ^ |
        II | NHÓM TIÊU CHÍ KẾT QUẢ | < | < | < | < | < | <
        II.1 | Đánh giá nghiên cứu | < | < | < | < | < | <
        (1) | Bài báo | bài | Sở KH&CN | | | |
        II.2 | Đánh giá chuyển giao | < | < | < | < | < | <
        (1) | Hợp đồng | | Sở KH&CN | | | |
        """,
        [
            (3, "(1)", "Nhân lực", "Sở KH&CN", "", ("NHÓM TIÊU CHÍ ĐẦU VÀO",)),
            (4, "(2)", "Đầu tư", "Sở Tài chính", "", ("NHÓM TIÊU CHÍ ĐẦU VÀO",)),
            (7, "(1)", "Bài báo", "Sở KH&CN", "", ("NHÓM TIÊU CHÍ KẾT QUẢ", "Đánh giá nghiên cứu")),
            (9, "(1)", "Hợp đồng", "Sở KH&CN", "", ("NHÓM TIÊU CHÍ KẾT QUẢ", "Đánh giá chuyển giao")),
        ],
    ),
    "L8 tasks under letters": (
        """
        TT | Nhiệm vụ | Cơ quan chủ trì | Cơ quan phối hợp | Sản phẩm | Thời gian hoàn thành
        A | TỔ CHỨC THỰC HIỆN | | | |
        1 | Gửi số liệu | Các sở, ban, ngành | | | Trước ngày 01/4
        B | TUYÊN TRUYỀN | | | |
        1 | Phổ biến kết quả | Sở KH&CN | Báo và Phát thanh, Truyền hình Lạng Sơn | | Thường xuyên
        """,
        [
            (3, "1", "Gửi số liệu", "Các sở, ban, ngành", "", ("TỔ CHỨC THỰC HIỆN",)),
            (5, "1", "Phổ biến kết quả", "Sở KH&CN", "Báo và Phát thanh, Truyền hình Lạng Sơn", ("TUYÊN TRUYỀN",)),
        ],
    ),
    "columns in another order": (
        """
        Cơ quan phối hợp | Thời hạn | Cơ quan chủ trì | Tên tiêu chí | TT
        Sở Y tế | 01/4 | Sở Nội vụ | Một | 1
        """,
        [(2, "1", "Một", "Sở Nội vụ", "Sở Y tế", ())],
    ),
    "heading without accents": (
        "STT | TIEU CHI | CO QUAN CHU TRI | CO QUAN PHOI HOP\n1 | Một | Sở Y tế | Sở Nội vụ",
        [(2, "1", "Một", "Sở Y tế", "Sở Nội vụ", ())],
    ),
    "heading repeated on each page": (
        HEAD + "1 | Một | Sở Y tế |\n" + HEAD + "2 | Hai | Sở Nội vụ |",
        [(2, "1", "Một", "Sở Y tế", "", ()), (4, "2", "Hai", "Sở Nội vụ", "", ())],
    ),
    "numbers that Word counts": (
        "STT | Tiêu chí | Cơ quan chủ trì\n{#} | Một | Sở Y tế\n{#} | Hai | Sở Nội vụ",
        [(2, "1.", "Một", "Sở Y tế", "", ()), (3, "2.", "Hai", "Sở Nội vụ", "", ())],
    ),
    "a group column merged down": (
        """
        Nhóm tiêu chí | TT | Tiêu chí | Cơ quan chủ trì
        Đầu vào | 1 | Một | Sở Y tế
        ^ | 2 | Hai | Sở Nội vụ
        Kết quả | 3 | Ba | Sở Tài chính
        """,
        [
            (2, "1", "Một", "Sở Y tế", "", ("Đầu vào",)),
            (3, "2", "Hai", "Sở Nội vụ", "", ("Đầu vào",)),
            (4, "3", "Ba", "Sở Tài chính", "", ("Kết quả",)),
        ],
    ),
    "one column for both": (
        """
        STT | Tiêu chí | Cơ quan chủ trì, phối hợp
        1 | Một | Chủ trì: Sở Y tế\\nPhối hợp: Sở Nội vụ; Công an tỉnh
        2 | Hai | Sở Tài chính chủ trì, phối hợp với Thuế tỉnh
        """,
        [
            (2, "1", "Một", "Sở Y tế", "Sở Nội vụ; Công an tỉnh", ()),
            (3, "2", "Hai", "Sở Tài chính", "Thuế tỉnh", ()),
        ],
    ),
    "a criterion over several rows": (
        """
        STT | Tiêu chí | Cơ quan chủ trì | Cơ quan phối hợp
        1 | Một | Sở Y tế | Sở Nội vụ
        ^ | ^ | Sở Tài chính | Thuế tỉnh
        2 | Hai | Công an tỉnh |
        """,
        [
            (2, "1", "Một", "Sở Y tế\nSở Tài chính", "Sở Nội vụ\nThuế tỉnh", ()),
            (4, "2", "Hai", "Công an tỉnh", "", ()),
        ],
    ),
    "gridBefore and gridAfter": (
        """
        STT | Tiêu chí | Cơ quan chủ trì | Cơ quan phối hợp
        1 | Một | Sở Y tế | .
        . | chuyển đổi số | | Sở Nội vụ
        """,
        [(2, "1", "Một chuyển đổi số", "Sở Y tế", "Sở Nội vụ", ())],
    ),
    "content controls, footnotes, hidden text": (
        HEAD + "1 | {[Nhân lực]} số{fn} | {[Sở Y tế]}{fn} | {.Sở Nội vụ.}Công an tỉnh",
        [(2, "1", "Nhân lực số", "Sở Y tế", "Công an tỉnh", ())],
    ),
    "tracked changes": (
        HEAD + "1 | Nhân lực {-cũ-}{+số+} | {-Sở Y tế-}{+Sở Nội vụ+} |\n-| Bỏ | Sở Y tế |\n2 | Hai | Sở Y tế |",
        [(2, "1", "Nhân lực số", "Sở Nội vụ", "", ()), (3, "2", "Hai", "Sở Y tế", "", ())],
    ),
    "no numbers at all": (
        "Tiêu chí | Đơn vị chủ trì\nNHÓM ĐẦU VÀO | <\nMột | Sở Y tế\nHai | Sở Nội vụ",
        [(3, "", "Một", "Sở Y tế", "", ("NHÓM ĐẦU VÀO",)), (4, "", "Hai", "Sở Nội vụ", "", ("NHÓM ĐẦU VÀO",))],
    ),
    "numbers inside the name": (
        "Tiêu chí | Đơn vị chủ trì\n1. Một | Sở Y tế\n2. Hai | Sở Nội vụ",
        [(2, "1", "Một", "Sở Y tế", "", ()), (3, "2", "Hai", "Sở Nội vụ", "", ())],
    ),
    "names that sound like headings": (
        HEAD + "1 | Chỉ số phát triển con người (HDI) | Cơ quan, đơn vị chủ trì nhiệm vụ | Các cơ quan, đơn vị liên quan",
        [(2, "1", "Chỉ số phát triển con người (HDI)", "Cơ quan, đơn vị chủ trì nhiệm vụ",
          "Các cơ quan, đơn vị liên quan", ())],
    ),
    "groups without numbers or merges": (
        """
        STT | Tiêu chí | Cơ quan chủ trì | Cơ quan phối hợp
        | Nhóm tiêu chí đầu vào | |
        1 | Một | Sở Y tế |
        | Nhóm tiêu chí kết quả | |
        | Đánh giá nghiên cứu | |
        2 | Hai | Sở Nội vụ |
        | Đánh giá chuyển giao | |
        3 | Ba | Sở Tài chính |
        """,
        [
            (3, "1", "Một", "Sở Y tế", "", ("Nhóm tiêu chí đầu vào",)),
            (6, "2", "Hai", "Sở Nội vụ", "", ("Nhóm tiêu chí kết quả", "Đánh giá nghiên cứu")),
            (8, "3", "Ba", "Sở Tài chính", "", ("Nhóm tiêu chí kết quả", "Đánh giá chuyển giao")),
        ],
    ),
    "groups over the first columns only": (
        """
        STT | Tiêu chí | Đơn vị | Chủ trì | Phối hợp
        I. Nhóm đầu vào | < | | |
        1 | Một | người | Sở Y tế |
        II. Nhóm kết quả | < | | |
        2 | Hai | bài | Sở Nội vụ |
        """,
        [(3, "1", "Một", "Sở Y tế", "", ("Nhóm đầu vào",)), (5, "2", "Hai", "Sở Nội vụ", "", ("Nhóm kết quả",))],
    ),
    "a merged lead that runs through a heading": (
        """
        STT | Chỉ tiêu | Đơn vị | Chủ trì | Phối hợp
        I | Đầu vào | | |
        1 | Một | người | Sở KH&CN | Sở Y tế
        II | Kết quả | | ^ | ^
        2 | Hai | bài | ^ | ^
        """,
        [
            (3, "1", "Một", "Sở KH&CN", "Sở Y tế", ("Đầu vào",)),
            (5, "2", "Hai", "Sở KH&CN", "Sở Y tế", ("Kết quả",)),
        ],
    ),
    "headings in three rows with column numbers": (
        """
        PHỤ LỤC PHÂN CÔNG THỰC HIỆN BỘ TIÊU CHÍ | < | < | < | < | <
        STT | Tiêu chí | Phân công thực hiện | < | Thời gian | <
        ^ | ^ | Cơ quan\\nchủ trì | Cơ quan\\nphối hợp | Bắt đầu | Kết thúc
        1 | 2 | 3 | 4 | 5 | 6
        A | Đầu vào | < | < | < | <
        1 | Một | Sở Y tế | Sở KH&CN | 1 | 2
        Đ | Kết quả | < | < | < | <
        2 | Hai | Sở Y tế | | 1 | 2
        """,
        [(6, "1", "Một", "Sở Y tế", "Sở KH&CN", ("Đầu vào",)), (8, "2", "Hai", "Sở Y tế", "", ("Kết quả",))],
    ),
    "a criterion of parts, a total, a remark": (
        """
        STT | Tiêu chí | Đơn vị tính | Cơ quan chủ trì | Cơ quan phối hợp
        1 | Nhân lực khoa học | | |
        a) | Số người nghiên cứu | người | Sở KH&CN |
        b) | Số người quản lý | người | Sở Nội vụ |
        2 | Bài báo | bài | Sở KH&CN | -
        | Tổng cộng | 3 | |
        Ghi chú: (*) theo Quyết định 2244 | < | < | < | <
        """,
        [
            (3, "a)", "Số người nghiên cứu", "Sở KH&CN", "", ("Nhân lực khoa học",)),
            (4, "b)", "Số người quản lý", "Sở Nội vụ", "", ("Nhân lực khoa học",)),
            (5, "2", "Bài báo", "Sở KH&CN", "", ()),
        ],
    ),
    "groups and rows both in figures": (
        """
        STT | Tiêu chí | Cơ quan chủ trì | Cơ quan phối hợp
        1. NHÓM ĐẦU VÀO | < | < | <
        1 | Một | Sở Y tế |
        2 | Hai | Sở Y tế |
        2. NHÓM KẾT QUẢ | < | < | <
        3 | Ba | Sở Y tế |
        """,
        [
            (3, "1", "Một", "Sở Y tế", "", ("NHÓM ĐẦU VÀO",)),
            (4, "2", "Hai", "Sở Y tế", "", ("NHÓM ĐẦU VÀO",)),
            (6, "3", "Ba", "Sở Y tế", "", ("NHÓM KẾT QUẢ",)),
        ],
    ),
    "roles in brackets": (
        """
        STT | Tiêu chí | Cơ quan thực hiện
        1 | Một | Sở Tài chính (chủ trì); Sở KH&CN, Thuế tỉnh (phối hợp)
        """,
        [(2, "1", "Một", "Sở Tài chính", "Sở KH&CN, Thuế tỉnh", ())],
    ),
    "a cell over lead and supporting": (
        """
        STT | Tiêu chí | Cơ quan chủ trì | Cơ quan phối hợp
        1 | Một | Sở Tài chính; Sở Y tế | <
        """,
        [(2, "1", "Một", "Sở Tài chính; Sở Y tế", "", ())],
    ),
    "the same as above": (
        """
        STT | Tiêu chí | Cơ quan chủ trì | Cơ quan phối hợp
        1 | Một | Sở Y tế | Sở Nội vụ
        2 | Hai | nt | -nt-
        3 | Ba | Như trên | "
        4 | Bốn | Sở Tài chính | -
        """,
        [
            (2, "1", "Một", "Sở Y tế", "Sở Nội vụ", ()),
            (3, "2", "Hai", "Sở Y tế", "Sở Nội vụ", ()),
            (4, "3", "Ba", "Sở Y tế", "Sở Nội vụ", ()),
            (5, "4", "Bốn", "Sở Tài chính", "", ()),
        ],
    ),
    "who supplies, who compiles": (
        """
        TT | Tiêu chí | Đơn vị cung cấp số liệu | Cơ quan tổng hợp
        1 | Một | Sở Y tế | Sở KH&CN
        """,
        [(2, "1", "Một", "Sở Y tế", "Sở KH&CN", ())],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_layout_of_a_word_table(tmp_path, name):
    text, expected = LAYOUTS[name]
    found = read(tmp_path, tables.docx("# KẾ HOẠCH\n" + text + "\n# Nơi nhận"))
    assert rows(found, "row", "number", "name", "lead", "supporting", "groups") == expected
    assert found.findings == ()


WORD_ONLY = re.compile(r"\{|^\s*\.|\| \.", re.M)


@pytest.mark.parametrize("name", [n for n, (text, _) in LAYOUTS.items() if not WORD_ONLY.search(text)])
def test_layout_of_an_excel_sheet(tmp_path, name):
    text, expected = LAYOUTS[name]
    found = read(tmp_path, tables.xlsx(text, title="PHỤ LỤC PHÂN CÔNG"), "phu-luc.xlsx")
    got = rows(found, "row", "number", "name", "lead", "supporting", "groups")
    assert got == [(row + 3, *rest) for row, *rest in expected]
    assert found.findings == ()


# ------------------------------------------------------------------ whole documents


def test_appendix_in_the_midst_of_a_plan(tmp_path):
    """Head table and signature table around it are left alone; rows count within their own table."""
    found = read(
        tmp_path,
        tables.docx(
            """
            ỦY BAN NHÂN DÂN\\nTỈNH LẠNG SƠN | CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\\nĐộc lập - Tự do - Hạnh phúc
            # KẾ HOẠCH
            Nội dung | Kinh phí
            Tuyên truyền | 10
            # PHỤ LỤC PHÂN CÔNG NHIỆM VỤ
            STT | Tiêu chí | Cơ quan chủ trì
            1 | Một | Sở Y tế
            # ./.
            Nơi nhận:\\n- Như trên | TM. ỦY BAN NHÂN DÂN\\nCHỦ TỊCH
            """
        ),
    )
    assert rows(found, "row", "place", "name", "lead") == [(2, "Bảng 3", "Một", "Sở Y tế")]


def test_several_tables_and_continuations(tmp_path):
    """A table with its own heading, and one without a heading whose numbers run on."""
    found = read(
        tmp_path,
        tables.docx(
            """
            STT | Tiêu chí | Cơ quan chủ trì | Cơ quan phối hợp
            1 | Một | Sở Y tế |
            2 | Hai | Sở Nội vụ |
            # (trang sau)
            3 | Ba | Công an tỉnh | Sở Y tế
            # Phụ lục II
            TT | Cơ quan chủ trì | Chỉ tiêu
            1 | Sở Tài chính | Bốn
            # Ký
            a | b | c | d
            """
        ),
    )
    assert rows(found, "place", "row", "number", "name", "lead", "supporting") == [
        ("Bảng 1", 2, "1", "Một", "Sở Y tế", ""),
        ("Bảng 1", 3, "2", "Hai", "Sở Nội vụ", ""),
        ("Bảng 2", 1, "3", "Ba", "Công an tỉnh", "Sở Y tế"),
        ("Bảng 3", 2, "1", "Bốn", "Sở Tài chính", ""),
    ]


def test_task_table_beside_criteria_is_told(tmp_path):
    found = read(
        tmp_path,
        tables.docx(
            """
            TT | Nhiệm vụ | Cơ quan chủ trì
            1 | Tuyên truyền | Sở Y tế
            # Phụ lục II
            TT | Tiêu chí | Cơ quan chủ trì
            1 | Một | Sở Tài chính
            """
        ),
    )
    assert rows(found, "name", "task") == [("Tuyên truyền", True), ("Một", False)]
    assert [r.name for r in found.assigning] == ["Một"]
    assert len(found.notes) == 1 and "Bảng 1" in found.notes[0]


def test_nested_tables(tmp_path):
    """A table in a cell is flattened; a table that only frames the real one is looked through."""
    inner = "<w:tbl><w:tblGrid/><w:tr><w:tc>{}</w:tc></w:tr><w:tr><w:tc>{}</w:tc></w:tr></w:tbl><w:p/>".format(
        *(f"<w:p><w:r><w:t>{t}</w:t></w:r></w:p>" for t in ("Sở Y tế", "Sở Nội vụ"))
    )
    assert "|" not in inner
    found = read(tmp_path, tables.docx(f"STT | Tiêu chí | Cơ quan chủ trì\n1 | Một | {inner}"))
    assert rows(found, "name", "lead") == [("Một", "Sở Y tế\nSở Nội vụ")]
    framed = tables.body("STT | Tiêu chí | Cơ quan chủ trì\n1 | Một | Sở Y tế").replace("\n", "")
    assert "|" not in framed
    found = read(tmp_path, tables.docx(f"{framed} | phụ lục"))
    assert rows(found, "name", "lead") == [("Một", "Sở Y tế")]


def test_two_tables_on_one_sheet_and_a_signature_below(tmp_path):
    found = read(
        tmp_path,
        tables.xlsx(
            """
            STT | Tiêu chí | Cơ quan chủ trì | Cơ quan phối hợp
            1 | Một | Sở Y tế | Sở Nội vụ
             | | |
            STT | Tiêu chí | Cơ quan phối hợp | Cơ quan chủ trì
            1 | Hai | Sở Tài chính | Công an tỉnh
             | Nơi nhận: | | TM. ỦY BAN NHÂN DÂN
             | - Như trên; | | CHỦ TỊCH
            """
        ),
        "phu-luc.xlsx",
    )
    assert rows(found, "row", "name", "lead", "supporting") == [
        (2, "Một", "Sở Y tế", "Sở Nội vụ"),
        (5, "Hai", "Công an tỉnh", "Sở Tài chính"),
    ]


def test_tracked_and_hidden_text_is_told(tmp_path):
    text = "STT | Tiêu chí | Cơ quan chủ trì\n1 | {-cũ-}Một | Sở Y tế{.!.}"
    assert len(read(tmp_path, tables.docx(text)).notes) == 2


# ------------------------------------------------------------------ what a row leaves open


@pytest.mark.parametrize(
    ("line", "row", "value"),
    [
        ("1 | Một | | Sở Y tế", 2, "Một"),  # nobody leads
        ("1 | | Sở Y tế | ", 2, "Sở Y tế"),  # no name
    ],
)
def test_unreadable_row(tmp_path, line, row, value):
    found = read(tmp_path, tables.docx(HEAD + line + "\n2 | Hai | Sở Nội vụ |"))
    assert [(f.code.word, f.at.address, f.value) for f in found.findings] == [("unreadable-row", str(row), value)]


BROKEN = """
STT | Tiêu chí | Cơ quan chủ trì | Cơ quan phối hợp
I | NHÓM ĐẦU VÀO | < | <
1 | Số đơn của tổ chức, cá nhân | Sở Y tế | Sở Nội vụ
{} | {} | | {}
2 | Hai | Sở Nội vụ |
"""


@pytest.mark.parametrize(
    ("number", "name", "supporting", "names", "asked"),
    [
        ("", "trong năm", "", ["Số đơn của tổ chức, cá nhân trong năm", "Hai"], []),
        ("", "Việt Nam", "", ["Số đơn của tổ chức, cá nhân Việt Nam", "Hai"], ["Việt Nam"]),
        ("", "Việt Nam", "Sở Y tế", ["Số đơn của tổ chức, cá nhân Việt Nam", "Hai"], ["Việt Nam"]),
        ("", "{*Đầu tư*}", "", ["Số đơn của tổ chức, cá nhân", "Hai"], []),  # bold: a heading
        ("", "Nhóm kết quả", "", ["Số đơn của tổ chức, cá nhân", "Hai"], []),
        ("A", "Đầu tư", "Sở Y tế", ["Số đơn của tổ chức, cá nhân", "Hai"], ["Đầu tư"]),
    ],
)
def test_row_without_a_number_after_a_row(tmp_path, number, name, supporting, names, asked):
    found = read(tmp_path, tables.docx(BROKEN.format(number, name, supporting)))
    assert [r.name for r in found.rows] == names
    assert [(f.at.address, f.value) for f in found.findings] == [("4", value) for value in asked]


def test_column_for_both_that_does_not_say(tmp_path):
    found = read(tmp_path, tables.docx("STT | Tiêu chí | Cơ quan chủ trì, phối hợp\n1 | Một | Sở Y tế; Sở Nội vụ"))
    assert rows(found, "lead", "supporting") == [("Sở Y tế; Sở Nội vụ", "")]
    assert [f.code.word for f in found.findings] == ["unreadable-row"]


# ------------------------------------------------------------------ files that cannot be used

OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "rỗng"),
        (OLE + "WordDocument".encode("utf-16-le"), ".doc"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "mật khẩu"),
        (OLE, "không phải"),
        (b"%PDF-1.7", "PDF"),
        (b"{\\rtf1", "RTF"),
        (b"<html><table>", "trang web"),
        (b"STT;Ti\xc3\xaau", "không phải"),
        (b"PK\x03\x04" + bytes(50), "hỏng"),
        (tables.package({"mimetype": "application/vnd.oasis.opendocument.text"}), ".odt"),
        (tables.package({"a.txt": "a"}), "không phải"),
        (tables.package({"word/document.xml": "<w/>"}), "hỏng"),
        (tables.docx(PLAIN)[:1500], "hỏng"),
        (tables.docx("# Không có bảng nào"), "không thấy bảng"),
        (tables.docx("STT | Nội dung | Kinh phí\n1 | Một | 10"), "không thấy bảng"),
        (tables.docx(HEAD), "không thấy bảng"),
        (tables.docx(PLAIN, prolog='<!DOCTYPE a [<!ENTITY b "c">]>'), "DOCTYPE"),
        (tables.docx(PLAIN, prolog='<!DOCTYPE a SYSTEM "http://example.org/a.dtd">'), "DOCTYPE"),
    ],
)
def test_file_that_cannot_be_used(tmp_path, content, word):
    with pytest.raises(UnusableInputError) as told:
        read(tmp_path, content)
    assert str(told.value).startswith("phu-luc.docx: ") and word in str(told.value)
    assert "\n" not in str(told.value)


def test_no_such_file(tmp_path):
    with pytest.raises(UnusableInputError, match="khong-co"):
        appendix.read(tmp_path / "khong-co.docx")


def test_swollen_zip_is_refused(tmp_path):
    content = tables.package({"_rels/.rels": "<a/>", "word/document.xml": "<a>" + " " * 70_000_000 + "</a>"})
    with pytest.raises(UnusableInputError):
        read(tmp_path, content)


# ------------------------------------------------------------------ criteria and units


@pytest.fixture(scope="module")
def catalogue():
    return assignment.builtin(2025)


@pytest.fixture
def assign(tmp_path, catalogue):
    """A text table -> the plan, (row, criterion, lead, supporting), (code, row, value)."""

    def made(text):
        found = read(tmp_path, tables.docx(text))
        register = names.Register(catalogue.units, catalogue.groups, catalogue.former)
        plan, owed, doubts = appendix.assign(found, catalogue, register)
        triples = [(a.row, a.criterion, a.lead, a.supporting) for a in owed]
        return plan, triples, [(d.code.word, d.row, d.value) for d in doubts], doubts

    return made


def of_type(catalogue, *types):
    return tuple(u.code for t in types for u in catalogue.units if u.type == t)


CRITERIA = "STT | Tiêu chí | Đơn vị tính | Cơ quan chủ trì | Cơ quan phối hợp | Thời hạn | Ghi chú\n"


def test_criteria_of_the_catalogue(assign, catalogue):
    plan, triples, asked, _ = assign(
        CRITERIA
        + """
        II | NHÓM TIÊU CHÍ KẾT QUẢ | < | < | < | < | <
        4 | Số đơn đăng ký sáng chế, GPHI | đơn | SKHCN | Uỷ ban nhân dân các xã, phường | 01/4 | Mới
        1 | NHÂN LỰC KH&CN, ĐMST VÀ CĐS | Người | Sở Văn hoá, Thể thao và Du lịch, Sở Y tế | | |
        """
    )
    assert asked == []
    communes = of_type(catalogue, "xa", "phuong")
    (row4, kq02, lead4, supporting4), dv01 = triples
    assert (row4, kq02, lead4, set(supporting4)) == (3, "KQ02", ("so-khcn",), set(communes))
    assert dv01 == (4, "DV01", ("so-vhttdl", "so-y-te"), ())
    assert [(c.code, c.name, c.group, c.standing) for c in plan.criteria] == [
        ("KQ02", "Số đơn đăng ký sáng chế, GPHI", "Nhóm tiêu chí kết quả", Standing.OFFICIAL),
        ("DV01", "NHÂN LỰC KH&CN, ĐMST VÀ CĐS", "Nhóm tiêu chí kết quả", Standing.OFFICIAL),
    ]
    assert plan.criterion["KQ02"].basis.startswith("Theo phụ lục phu-luc.docx, dòng 3")
    assert plan.criterion["DV01"].formula == catalogue.criterion["DV01"].formula
    assert {v.criterion for v in plan.variables} == {"KQ02", "DV01"}
    assert plan.mark(plan.criteria[0]) == "cách tính đề xuất"
    owed = plan.assignment["C04_A"]
    assert owed.supporting_written == "Uỷ ban nhân dân các xã, phường" and "Thời hạn: 01/4" in owed.note


def test_a_formula_that_names_criteria_which_the_appendix_leaves_out(tmp_path, catalogue):
    """It is written over their variables, which come along; criteria that are there are named as before."""
    named = {"KQ02": "KQ03 / DV01 + KQ03@-1"}
    criteria = tuple(replace(c, formula=named.get(c.code, c.formula)) for c in catalogue.criteria)
    known = replace(catalogue, criteria=criteria)
    rows = (
        "4 | Số đơn đăng ký sáng chế, GPHI | đơn | SKHCN | | |\n1 | NHÂN LỰC KH&CN, ĐMST VÀ CĐS | Người | Sở Y tế | | |"
    )
    register = names.Register(known.units, known.groups, known.former)
    plan, *_ = appendix.assign(read(tmp_path, tables.docx(CRITERIA + rows)), known, register)
    assert plan.criterion["KQ02"].formula == "(C05_A + C05_B) / DV01 + (C05_A@-1 + C05_B@-1)"
    assert {"C05_A", "C05_B"} <= set(plan.variable)
    assert assignment.reading.read(assignment.write(plan), "x")[0].formulas == plan.formulas


ASKED = {
    "1 | Một việc mới | người | Sở Y tế | | |": [("unmatched-criterion", 2, "Một việc mới")],
    # the number of the catalogue is never enough
    "27 | Số mô hình dạy học | mô hình | Sở Y tế | | |": [("unmatched-criterion", 2, "Số mô hình dạy học")],
    # near misses that mean something else
    "28 | Số hộ gia đình có kết nối Internet băng rộng cáp quang | hộ | Sở Y tế | | |": [
        ("unmatched-criterion", 2, "Số hộ gia đình có kết nối Internet băng rộng cáp quang")
    ],
    "27 | Tỷ lệ học sinh được phổ cập kỹ năng số cơ bản | % | Sở GD&ĐT | | |": [
        ("unmatched-criterion", 2, "Tỷ lệ học sinh được phổ cập kỹ năng số cơ bản")
    ],
    "14 | Tốc độ giảm năng suất lao động | % | Sở Tài chính | | |": [
        ("unmatched-criterion", 2, "Tốc độ giảm năng suất lao động")
    ],
    # the same name, but in another measure
    "11 | Giá trị hợp đồng chuyển giao công nghệ | tỷ đồng | Sở KH&CN | | |": [
        ("unmatched-criterion", 2, "tỷ đồng")
    ],
    "10 | Số lượng hợp đồng chuyển giao công nghệ | | UBND xã Tân Thanh | các cơ quan, đơn vị liên quan; Sở Du lịch | |": [
        ("ambiguous-unit-name", 2, "UBND xã Tân Thanh"),
        ("open-group", 2, "các cơ quan, đơn vị liên quan"),
        ("unknown-unit-name", 2, "Sở Du lịch"),
    ],
    "10 | Số lượng hợp đồng chuyển giao công nghệ | | | Sở KH&CN | |": [
        ("unreadable-row", 2, "Số lượng hợp đồng chuyển giao công nghệ")
    ],
}  # fmt: skip


@pytest.mark.parametrize("line", ASKED)
def test_what_is_asked(assign, line):
    plan, _, asked, _ = assign(CRITERIA + line)
    assert asked == ASKED[line]
    assert plan.criteria[0].code.startswith("TC") is ("unmatched" in asked[0][0] and asked[0][2] != "tỷ đồng")


@pytest.mark.parametrize(
    ("number", "name", "code"),
    [
        ("10", "[TỔNG HỢP TỪ BÁO CHÍ - CHƯA KIỂM CHỨNG] Số lượng hợp đồng chuyển giao công nghệ", "KQ08"),
        ("99", "SỐ LƯỢNG HỢP ĐỒNG CHUYỂN GIAO CÔNG NGHỆ (*)", "KQ08"),
        ("", "Tiêu chí 10: Số hợp đồng chuyển giao công nghệ trên địa bàn tỉnh", "KQ08"),
        ("30", "Tỉ lệ cơ sở giáo dục sử dụng nền tảng quản trị và dạy học số", "TD13"),
        ("", "Tỷ lệ hộ gia đình có kết nối Internet cáp quang băng rộng", "TD11"),
        ("44", "Điểm số và xếp hạng Chỉ số đổi mới sáng tạo cấp địa phương", "TD27"),
        ("2", "Đầu tư cho KH, CN, ĐMST và CĐS", "DV02"),
        ("4", "Số đơn đăng ký sáng chế và giải pháp hữu ích", "KQ02"),
        ("5", "Số bằng độc quyền sáng chế, GPHI cấp cho tổ chức, cá nhân", "KQ03"),
    ],
)
def test_wordings_that_are_one_criterion(assign, number, name, code):
    _, triples, asked, _ = assign(CRITERIA + f"{number} | {name} | | Sở KH&CN | | |")
    assert ([t[1] for t in triples], asked) == ([code], [])


def test_nothing_unresolved_is_dropped(assign):
    plan, triples, asked, doubts = assign(
        CRITERIA + "10 | Số lượng hợp đồng chuyển giao công nghệ | | Sở KHCN,\\nTập đoàn\\nViettel | Sở Y tê | |"
    )
    assert triples == [(2, "KQ08", ("so-khcn",), ())]
    assert asked == [("unknown-unit-name", 2, "Tập đoàn Viettel"), ("unknown-unit-name", 2, "Sở Y tê")]
    assert doubts[1].candidates == ("so-y-te",)
    owed = plan.assignment["C10_A"]
    assert (owed.lead_written, owed.supporting_written) == ("Sở KHCN, Tập đoàn Viettel", "Sở Y tê")


@pytest.mark.parametrize(
    ("cell", "units"),
    [
        ("Sở Tài chính\\nSở Y tế", ("so-tai-chinh", "so-y-te")),
        ("- Sở Tài chính\\n- UBND phường\\nKỳ Lừa", ("so-tai-chinh", "phuong-ky-lua")),
        ("Sở Văn hóa,\\nThể thao và\\nDu lịch", ("so-vhttdl",)),
        ("Sở Văn hóa,\\vThể thao và Du lịch\\vSở Y tế", ("so-vhttdl", "so-y-te")),
        ("Báo và Phát thanh,\\nTruyền hình Lạng Sơn; Sở Y tế.", ("bao-ptth", "so-y-te")),
    ],
)
def test_line_breaks_of_a_cell(assign, cell, units):
    _, triples, asked, _ = assign(CRITERIA + f"10 | Số lượng hợp đồng chuyển giao công nghệ | | {cell} | | |")
    assert (triples, asked) == ([(2, "KQ08", units, ())], [])


@pytest.mark.parametrize(
    ("name", "measure", "kind", "method", "low", "high"),
    [
        ("Số mô hình mới", "mô hình", Kind.WHOLE, Method.SUM, 0, None),
        ("Số lượng việc mới", "", Kind.WHOLE, Method.SUM, 0, None),
        ("Tỷ lệ việc mới", "%", Kind.PERCENT, Method.LEAD, 0, 100),
        ("Tỷ lệ việc mới", "", Kind.PERCENT, Method.LEAD, 0, 100),
        ("Tốc độ tăng việc mới", "%", Kind.PERCENT, Method.LEAD, None, None),
        ("Kinh phí việc mới", "triệu đồng", Kind.DECIMAL, Method.SUM, None, None),
        ("Năng suất mới", "triệu đồng/người", Kind.DECIMAL, Method.LEAD, None, None),
        ("Chỉ số mới", "điểm", Kind.DECIMAL, Method.LEAD, None, None),
        ("Có cổng dữ liệu mới", "Có/Không", Kind.YES_NO, Method.SHARE_YES, None, None),
    ],
)
def test_new_criterion_is_typed_by_its_measure(assign, name, measure, kind, method, low, high):
    plan, triples, _, _ = assign(CRITERIA + f"1 | {name} | {measure} | UBND các xã, phường | Sở Y tế | |")
    assert triples[0][1] == "TC01" and triples[0][3] == ("so-y-te",)
    (v,) = plan.variables
    assert (v.code, v.kind, v.aggregation.method, v.low, v.high) == ("TC01_A", kind, method, low, high)
    (c,) = plan.criteria
    assert (c.formula, c.standing, v.standing) == ("TC01_A", Standing.PROPOSED, Standing.PROPOSED)


def test_formula_borrows_what_the_appendix_leaves_out(assign, catalogue):
    """TD16 divides by the GRDP of HQ02, which is not in this appendix: the figure is asked of TD16's lead."""
    plan, _, asked, _ = assign(CRITERIA + "33 | Mức tiêu hao năng lượng trên một đơn vị GRDP | | Sở Công Thương | | |")
    assert asked == []
    assert [(v.code, v.criterion) for v in plan.variables] == [("C33_A", "TD16"), ("C14_A", "TD16")]
    assert plan.assignment["C14_A"].lead == ("so-cong-thuong",)
    assert "HQ02" in plan.assignment["C14_A"].note


def test_criterion_named_twice(assign):
    plan, triples, asked, _ = assign(
        CRITERIA
        + "10 | Số lượng hợp đồng chuyển giao công nghệ | | Sở KH&CN | | |\n"
        + "11 | Số lượng hợp đồng chuyển giao công nghệ | | Sở Y tế | Sở KH&CN | |"
    )
    assert [t[1] for t in triples] == ["KQ08", "KQ08"]
    assert asked == [("unreadable-row", 3, "Số lượng hợp đồng chuyển giao công nghệ")]
    assert (plan.assignment["C10_A"].lead, plan.assignment["C10_A"].supporting) == (("so-khcn", "so-y-te"), ())


def test_task_beside_criteria_is_left_out(assign):
    plan, triples, asked, _ = assign(
        "TT | Nhiệm vụ | Cơ quan chủ trì\n1 | Tuyên truyền | Sở Y tế\n# Phụ lục II\n"
        + CRITERIA
        + "10 | Số lượng hợp đồng chuyển giao công nghệ | | Sở KH&CN | | |"
    )
    assert ([t[1] for t in triples], asked, len(plan.criteria)) == (["KQ08"], [], 1)


def whole_appendix(catalogue):
    """All criteria of the catalogue under their groups, with cells merged down as an office would."""
    lines, group = [CRITERIA], ("", "")
    for number, c in enumerate(catalogue.criteria, 1):
        upper, _, lower = c.group.partition(" / ")
        for depth, text in ((0, upper), (1, lower)):
            if text and group[depth] != text:
                lines.append(f"{'I' * (depth + 1)} | {text.upper() if depth == 0 else text} | < | < | < | < | <")
        merged = "^" if (upper, lower) == group else "Sở KH&CN"
        group = upper, lower
        time = "Hằng năm" if merged != "^" else "^"
        lines.append(f"{number} | {c.name} | {c.measure} | {merged} | UBND các xã, phường; Sở Tài chính | {time} |")
    return "\n".join(lines)


def test_all_criteria_from_a_word_table_with_merged_cells(assign, catalogue, tmp_path):
    plan, triples, asked, _ = assign(whole_appendix(catalogue))
    assert asked == []
    assert [t[1] for t in triples] == [c.code for c in catalogue.criteria]
    assert {t[2] for t in triples} == {("so-khcn",)}
    assert {len(t[3]) for t in triples} == {1 + len(of_type(catalogue, "xa", "phuong"))}
    assert [v.code for v in plan.variables] == [v.code for v in catalogue.variables]
    assert (len(plan.companions), len(plan.rules)) == (len(catalogue.companions), len(catalogue.rules))
    path = tmp_path / "phan-cong.xlsx"
    path.write_bytes(assignment.write(plan))
    again, doubts = assignment.read(path)
    assert doubts == ()
    assert again.assignments == plan.assignments
    assert again.criteria == plan.criteria


def test_question_names_its_table_where_there_are_several(assign):
    line = "1 | Số lượng hợp đồng chuyển giao công nghệ | | Sở Du lịch | | |"
    other = "2 | Giá trị hợp đồng chuyển giao công nghệ | | Sở KH&CN | | |"
    *_, doubts = assign(f"{CRITERIA}{other}\n# Bảng sau\n{CRITERIA}{line}")
    assert [(d.place, d.row) for d in doubts] == [("Bảng 2", 2)]


def test_old_name_of_a_unit_is_found_and_told(assign):
    """Not a question: the unit is clear, but a person should see that the appendix uses a name of the past."""
    _, triples, _, doubts = assign(CRITERIA + "10 | Số lượng hợp đồng chuyển giao công nghệ | | UBND xã Hưng Đạo | | |")
    assert triples[0][2] == ("xa-hoa-tham",)
    assert [(d.code.word, d.severity.value) for d in doubts] == [("unknown-unit-name", "warning")]


def test_headings_without_a_number_end_no_name_that_the_catalogue_knows(tmp_path):
    """Headings that are neither merged nor numbered stand between the criteria, under each other and under merged ones."""
    plan = assignment.builtin(2025)
    one, two, three = (plan.criterion[code] for code in ("DV01", "KQ01", "KQ06"))
    table = f"""
STT | Tiêu chí | Đơn vị tính | Cơ quan chủ trì | Cơ quan phối hợp
I | Nhóm tiêu chí đầu vào | | |
1 | {one.name} | người | Sở KH&CN | UBND các xã, phường
II | Nhóm tiêu chí kết quả | | |
 | Đánh giá kết quả nghiên cứu | | |
2 | {two.name} | bài | Sở KH&CN |
 | Đánh giá kết quả chuyển giao | | |
3 | [ĐỀ XUẤT - CHƯA CHÍNH THỨC] {three.name} | % | Sở KH&CN |
"""
    found = read(tmp_path, tables.xlsx(table), "phu-luc.xlsx")
    register = names.Register(plan.units, plan.groups, plan.former)
    _, assigned, doubts = appendix.assign(found, plan, register)
    assert [(a.criterion, a.row) for a in assigned] == [("DV01", 3), ("KQ01", 6), ("KQ06", 8)]
    assert [a.name for a in assigned][:2] == [one.name, two.name]
    assert doubts == ()
    assert found.rows[1].groups == ("Nhóm tiêu chí kết quả", "Đánh giá kết quả nghiên cứu")
