"""``DOC-TRUOC.txt``: how an auditor verifies a package by hand, with what every computer has."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from lsindicators import layout, values
from lsindicators.model import Settings


def read_me(name: str, documents: Mapping[str, str], settings: Settings, moment: datetime) -> str:
    """The text for a package of this name; lines end as Windows has them, with the mark by which Notepad knows letters."""
    papers = [
        f"  {file}: {'Báo cáo số ' + text if text else 'chưa ghi số văn bản'}" for file, text in documents.items()
    ]
    made_up = [f"LƯU Ý: {layout.MADE_UP}.", ""] if settings.made_up else []
    lines = [
        f"GÓI NIÊM PHONG BÁO CÁO NĂM {settings.year}, TỈNH {settings.province.upper()}",
        f"Tệp gói: {name}",
        f"Niêm phong lúc {moment:%H:%M} {values.long_date(moment.date())} (giờ Việt Nam), {settings.compiler}.",
        "",
        *made_up,
        "Văn bản đã ký được niêm phong:",
        *papers,
        "",
        "TRONG GÓI CÓ GÌ",
        "  bao-cao*.docx, *.pdf    báo cáo đúng như lúc niêm phong, cả lời người viết thêm; không lập lại",
        "  ban-ky/                 bản quét có chữ ký, con dấu, hoặc tệp đã ký số (nếu đã đưa vào)",
        "  du-lieu.json            mọi số liệu của đơn vị, của tỉnh và các tiêu chí",
        "  tong-hop.xlsx           bảng tổng hợp toàn tỉnh từ đúng các số đó",
        "  phan-cong.xlsx          bản phân công, công thức đã dùng",
        "  dieu-chinh.xlsx         quyết định của đầu mối đã dùng (nếu có)",
        "  bien-nhan.json          mọi biểu đơn vị đã gửi: tên tệp, SHA-256, ngày gửi, lúc nhận, có được tính không",
        "  niem-phong.json         bản khai: tên, độ dài, SHA-256 của mọi tệp; phiên bản công cụ; mã của gói trước",
        "  SHA256SUMS.txt          các mã SHA-256 đó, mỗi dòng một tệp",
        "  xac-thuc.txt            dấu của khóa kỳ báo cáo trên bản khai; chỉ đơn vị giữ khóa kiểm tra được",
        "Biểu gốc của đơn vị và khóa của kỳ báo cáo không nằm trong gói.",
        "",
        "TỰ KIỂM TRA, KHÔNG CẦN CÔNG CỤ",
        "1. Giải nén gói vào một thư mục riêng.",
        "2. Mã niêm phong là SHA-256 của tệp niem-phong.json. Mở cửa sổ lệnh tại thư mục đó rồi gõ:",
        "     Windows:   certutil -hashfile niem-phong.json SHA256",
        "     Linux:     sha256sum niem-phong.json",
        "   So với mã niêm phong đã ghi trong hồ sơ lưu khi ký. Khác một ký tự là bản khai đã bị sửa.",
        "3. Kiểm tra từng tệp như trên, ví dụ:",
        "     Windows:   certutil -hashfile bao-cao.docx SHA256",
        "   rồi so với dòng của tệp đó trong SHA256SUMS.txt. Linux kiểm tra tất cả bằng một lệnh:",
        "     sha256sum -c SHA256SUMS.txt",
        "4. SHA256SUMS.txt cũng có tên và mã trong niem-phong.json; hai nơi phải như nhau.",
        "5. Gói sau ghi mã niêm phong của gói trước (previous.sha256 trong niem-phong.json): so với mã tính ở bước 2 của gói trước.",
        "Chỉ mã ghi trong hồ sơ lưu (bước 2), dấu của khóa kỳ báo cáo, hoặc gói nối sau mới chứng tỏ được bản khai không bị làm lại.",
        "",
        "KIỂM TRA BẰNG CÔNG CỤ, TÍNH LẠI SỐ LIỆU TỪ BIỂU GỐC",
        f'     lsindicators report THU-MUC-KY --verify "{name}"',
        "So từng mã, nối chuỗi, biểu gốc trong sổ cái, rồi tính lại mọi con số từ đúng các biểu và quyết định của gói này.",
    ]
    return "\ufeff" + "\r\n".join(lines) + "\r\n"
