"""The sheets of phan-cong.xlsx: their columns, what stands in them, and what a clerk is told about each."""

from __future__ import annotations

from msgspec import Struct

from lsindicators.model import SIDES, Kind, Level, Method, Standing


class Column(Struct, frozen=True, kw_only=True):
    """One column of a sheet."""

    heading: str
    width: int  # in characters
    note: str  # what goes there, told on the heading; at most 255 characters
    needed: bool = False  # a sheet without it was spoilt: what it held would be lost in silence
    choices: tuple[str, ...] = ()  # words of a drop-down
    strict: bool = True  # nothing but the choices may be typed
    codes_of: str = ""  # the sheet whose first column is offered as a drop-down
    number: bool = False
    centred: bool = False
    grey: bool = False  # for people alone, never read back
    suggested: bool = False  # the answer of the clerk: each row offers its own words
    sparse: bool = False  # a workbook that has nothing to put there does not show the column
    looked_up: int = 0  # a live formula that finds the code of column A on the sheet Số liệu, and takes this column


class Table(Struct, frozen=True, kw_only=True):
    """One sheet."""

    name: str
    columns: tuple[Column, ...]
    optional: bool = False  # a workbook without this sheet is whole
    colour: str = "#8EA9DB"

    @property
    def headings(self) -> tuple[str, ...]:
        return tuple(c.heading for c in self.columns)


YES, NO = "có", "không"
WHOLE_UNIT, PART_UNIT = "toàn bộ", "một phần"

LEVEL_LABELS = {"error": "Lỗi", "question": "Cần hỏi lại", "warning": "Lưu ý"}
"""Severities of a question, as officials read them."""

PROBLEM_LABELS = {
    "unknown-unit-name": "Không rõ đơn vị",
    "ambiguous-unit-name": "Nhiều đơn vị trùng tên",
    "open-group": "Cụm từ mở",
    "unmatched-criterion": "Tiêu chí chưa khớp",
    "unreadable-row": "Dòng khó đọc",
}
"""What a question is about: the word of its finding, and as officials read it."""

SKIP, AS_NEW, SEEN = "bỏ qua", "mới", "đã xem"
"""Answers that are no code and no name."""

_KINDS = tuple(k.value for k in Kind)
_METHODS = tuple(m.value for m in Method if m is not Method.WEIGHTED)
_STANDINGS = tuple(s.value for s in Standing)
_LEVELS = tuple(level.value for level in Level)

SETTINGS = Table(
    name="Kỳ báo cáo",
    colour="#C00000",
    columns=(
        Column(heading="Khóa", width=26, needed=True, note="Tên mục. Không sửa cột này; có thể thêm mục mới ở cuối."),
        Column(
            heading="Giá trị",
            width=60,
            needed=True,
            note="Điền nội dung của kỳ báo cáo. Ngày ghi dạng 01/4/2026. Nơi nhận gồm nhiều dòng, ngăn cách bằng dấu chấm phẩy.",
        ),
        Column(heading="Ghi chú", width=64, grey=True, note="Giải thích từng mục; không cần điền."),
    ),
)

UNITS = Table(
    name="Đơn vị",
    columns=(
        Column(
            heading="Mã đơn vị",
            width=20,
            needed=True,
            note="Chữ thường không dấu, số và gạch nối, ví dụ so-khcn, xa-hoa-tham. Mã cũng là tên tệp biểu mẫu. Không đổi mã giữa kỳ.",
        ),
        Column(heading="Tên đơn vị", width=38, needed=True, note="Tên đầy đủ, in trên biểu mẫu và báo cáo."),
        Column(heading="Tên viết tắt", width=18, needed=True, note="Tên ngắn để in trong bảng, ví dụ Sở KH&CN."),
        Column(
            heading="Loại",
            width=14,
            needed=True,
            note="Loại đơn vị: so, cq-ngang-so, ban, xa, phuong, tw-doc, truong-cao-dang… Trang Nhóm đơn vị gom theo loại này.",
        ),
        Column(
            heading="Tên gọi khác",
            width=54,
            needed=True,
            note="Các cách viết khác của tên đơn vị, ngăn cách bằng dấu |. Thêm vào đây khi một tên trong trang Phân công không được nhận ra.",
        ),
        Column(heading="Thư điện tử", width=20, needed=True, note="Hộp thư nhận biểu mẫu của đơn vị. Có thể để trống."),
        Column(
            heading="Từ năm",
            width=8,
            number=True,
            centred=True,
            note="Năm số liệu đầu tiên có đơn vị này. Để trống nếu đã có từ trước.",
        ),
        Column(
            heading="Đến năm",
            width=8,
            number=True,
            centred=True,
            note="Năm số liệu cuối cùng còn đơn vị này. Sau năm đó đơn vị không nhận biểu nữa; vẫn giữ dòng này để số năm trước còn chỗ dựa. Để trống nếu đang hoạt động.",
        ),
        Column(
            heading="Kế thừa từ",
            width=34,
            note="Mã các đơn vị cũ nhập vào đơn vị này, ngăn cách bằng dấu chấm phẩy; chỉ nhận một phần thì ghi tỷ lệ: xa-a; xa-b 40 %. Chưa biết tỷ lệ thì ghi: xa-b một phần. Đơn vị cũ phải có Đến năm.",
        ),
        Column(
            heading="Tỉnh",
            width=18,
            sparse=True,
            note="Chỉ điền khi một kỳ báo cáo gồm đơn vị của nhiều tỉnh, thành phố: tỉnh của đơn vị, ví dụ Lạng Sơn, Hà Nội. Tên in ra sẽ có thêm tên tỉnh. Để trống: tỉnh ở trang Kỳ báo cáo.",
        ),
    ),
)

GROUPS = Table(
    name="Nhóm đơn vị",
    optional=True,
    columns=(
        Column(
            heading="Cụm từ",
            width=64,
            needed=True,
            note="Cụm từ chỉ nhiều đơn vị, ví dụ UBND các xã, phường. Các cách viết khác ghi tiếp, ngăn cách bằng dấu |.",
        ),
        Column(
            heading="Gồm",
            width=34,
            needed=True,
            note="Loại đơn vị và mã đơn vị, ngăn cách bằng dấu chấm phẩy, ví dụ xa; phuong. Để trống nếu cụm từ không xác định được đơn vị: khi gặp sẽ hỏi lại.",
        ),
        Column(heading="Ghi chú", width=56, note="Ghi chú cho người lập phân công."),
    ),
)

_CRITERION = (
    Column(heading="Đơn vị tính", width=11, needed=True, note="Đơn vị tính của kết quả, ví dụ %, người, triệu đồng."),
    Column(
        heading="Công thức",
        width=27,
        needed=True,
        note="Biểu thức trên mã số liệu (hoặc mã tiêu chí khác), ví dụ C09_A / C09_B * 100. C14_A@-1 là số của năm trước. Dùng + - * / ^ ( ) và nếu, min, max, round, abs, sum. Dấu thập phân là dấu chấm.",
    ),
    Column(
        heading="Số lẻ",
        width=6,
        needed=True,
        number=True,
        centred=True,
        note="Số chữ số sau dấu phẩy khi in, từ 0 đến 6.",
    ),
)

CRITERIA = Table(
    name="Tiêu chí",
    colour="#70AD47",
    columns=(
        Column(heading="Mã tiêu chí", width=8, needed=True, note="Mã ngắn, không trùng, ví dụ KQ07."),
        Column(
            heading="Nhóm",
            width=27,
            needed=True,
            note="Nhóm và phân nhóm, ngăn cách bằng “ / ”. Báo cáo và biểu mẫu chia mục theo cột này.",
        ),
        Column(heading="Tên tiêu chí", width=38, needed=True, note="Tên in trên biểu mẫu và báo cáo."),
        *_CRITERION,
        Column(
            heading="Tính chất",
            width=10,
            needed=True,
            choices=_STANDINGS,
            note="chính thức: tên đã có trong văn bản ban hành. đề xuất: chưa xác nhận; biểu mẫu và báo cáo sẽ ghi rõ “đề xuất”.",
        ),
        Column(
            heading="Căn cứ",
            width=52,
            needed=True,
            note="Điều gì đã chắc chắn, điều gì còn phải xác nhận; văn bản hoặc nguồn đã dùng.",
        ),
    ),
)

COMPANIONS = Table(
    name="Chỉ tiêu phụ",
    optional=True,
    colour="#70AD47",
    columns=(
        Column(heading="Mã", width=10, needed=True, note="Mã riêng, không trùng với mã tiêu chí, ví dụ DV02_TL."),
        Column(
            heading="Mã tiêu chí",
            width=10,
            needed=True,
            codes_of="Tiêu chí",
            note="Tiêu chí mà số này giải thích thêm; số phụ in ngay dưới tiêu chí đó.",
        ),
        Column(heading="Tên", width=60, needed=True, note="Tên in trên báo cáo."),
        *_CRITERION,
    ),
)

VARIABLES = Table(
    name="Số liệu",
    colour="#FFC000",
    columns=(
        Column(
            heading="Mã số liệu",
            width=8,
            needed=True,
            note="Mã không trùng, ví dụ C09_A. Không dùng lại mã cũ cho nghĩa mới.",
        ),
        Column(heading="Mã tiêu chí", width=8, needed=True, codes_of="Tiêu chí", note="Tiêu chí dùng số liệu này."),
        Column(heading="Tên số liệu", width=34, needed=True, note="Tên in trên biểu mẫu của đơn vị."),
        Column(heading="Đơn vị tính", width=10, needed=True, note="Đơn vị tính mà đơn vị phải dùng khi điền."),
        Column(
            heading="Kiểu",
            width=10,
            needed=True,
            choices=_KINDS,
            note="Loại nội dung được nhập: số nguyên, số thực, tỷ lệ %, có/không, văn bản.",
        ),
        Column(
            heading="Nhỏ nhất",
            width=12,
            needed=True,
            number=True,
            note="Mức thấp nhất được nhận; số nhỏ hơn là lỗi. Để trống nếu không giới hạn.",
        ),
        Column(
            heading="Lớn nhất",
            width=15,
            needed=True,
            number=True,
            note="Mức cao nhất được nhận; số lớn hơn là lỗi, thường do nhầm đơn vị tính. Để trống nếu không giới hạn.",
        ),
        Column(
            heading="Bắt buộc",
            width=8,
            needed=True,
            centred=True,
            choices=(YES, NO),
            note="có: ô bỏ trống là lỗi. không: được bỏ trống. Để trống được hiểu là không.",
        ),
        Column(
            heading="Cách tổng hợp",
            width=12,
            needed=True,
            choices=_METHODS,
            strict=False,
            note="Cách gộp số của các đơn vị. Ngoài danh sách, có thể ghi “bình quân theo” kèm mã số liệu làm quyền số, ví dụ: bình quân theo C14_B.",
        ),
        Column(
            heading="Giải thích",
            width=52,
            needed=True,
            note="Tính những gì, không tính những gì, thời điểm hay thời kỳ. In thành lời nhắc khi đơn vị chọn ô.",
        ),
        Column(heading="Nguồn", width=26, needed=True, note="Đơn vị lấy số này ở đâu: sổ sách, phần mềm, báo cáo nào."),
        Column(
            heading="Tính chất",
            width=9,
            choices=_STANDINGS,
            note="chính thức hoặc đề xuất. Để trống được hiểu là đề xuất.",
        ),
        Column(
            heading="Biến động (%)",
            width=9,
            number=True,
            note="Tăng hoặc giảm quá mức này so với năm trước thì đơn vị phải giải trình. Để trống: theo mức chung ở trang Kỳ báo cáo, và chỉ xét khi số năm trước từ 10 trở lên.",
        ),
    ),
)

ASSIGNMENTS = Table(
    name="Phân công",
    colour="#FFC000",
    columns=(
        Column(heading="Mã số liệu", width=9, needed=True, codes_of="Số liệu", note="Mỗi số liệu một dòng."),
        Column(
            heading="Chủ trì",
            width=34,
            needed=True,
            note="Mã, tên, tên viết tắt hoặc cụm từ, ngăn cách bằng dấu chấm phẩy. Với cách tổng hợp “chủ trì”, số của đơn vị này là số của tỉnh; nên chỉ ghi một đơn vị.",
        ),
        Column(
            heading="Phối hợp",
            width=38,
            needed=True,
            note="Đơn vị cùng cung cấp. Với “chủ trì”, tổng của các đơn vị này dùng để đối chiếu; với cách khác, mỗi đơn vị báo phần của mình và được cộng gộp.",
        ),
        Column(
            heading="Ghi chú",
            width=58,
            needed=True,
            note="Vì sao chọn đơn vị này, cách tránh tính trùng, điều cần xem lại. Không in ra biểu mẫu.",
        ),
        Column(
            heading="Tên số liệu",
            width=32,
            grey=True,
            looked_up=3,
            note="Tự lấy từ trang Số liệu để tiện đọc; không cần điền.",
        ),
        Column(
            heading="Cách tổng hợp",
            width=12,
            grey=True,
            looked_up=9,
            note="Tự lấy từ trang Số liệu: “chủ trì” lấy số của đơn vị chủ trì, cách khác gộp số của mọi đơn vị ở dòng này.",
        ),
    ),
)

RULES = Table(
    name="Ràng buộc",
    optional=True,
    columns=(
        Column(heading="Mã", width=7, needed=True, note="Mã không trùng, ví dụ R07."),
        Column(
            heading="Biểu thức",
            width=36,
            needed=True,
            note="Phép so sánh giữa các số của cùng một đơn vị, ví dụ C09_A <= C09_B. Chỉ xét với đơn vị phải báo đủ các số liệu trong biểu thức.",
        ),
        Column(
            heading="Mức",
            width=10,
            needed=True,
            choices=_LEVELS,
            note="lỗi: các ô liên quan chưa được lấy cho đến khi sửa. cảnh báo: vẫn lấy số, chỉ nhắc.",
        ),
        Column(heading="Thông báo", width=90, needed=True, note="Câu nhắc đơn vị khi biểu thức không đúng."),
    ),
)

PAST = Table(
    name="Năm trước",
    optional=True,
    columns=(
        Column(
            heading="Mã số liệu", width=13, needed=True, note="Mã số liệu; với số toàn tỉnh có thể ghi mã tiêu chí."
        ),
        Column(
            heading="Mã đơn vị", width=24, needed=True, note="Mã đơn vị đã báo số này; để trống là số của toàn tỉnh."
        ),
        Column(heading="Năm", width=9, needed=True, number=True, note="Năm của số liệu, ví dụ 2024."),
        Column(
            heading="Giá trị",
            width=24,
            needed=True,
            number=True,
            note="Số đã báo năm đó; in khóa bên cạnh ô nhập của năm nay.",
        ),
    ),
)

FORMER = Table(
    name="Tên cũ",
    optional=True,
    columns=(
        Column(
            heading="Tên cũ",
            width=48,
            needed=True,
            note="Tên xã, phường, thị trấn hoặc cơ quan trước khi sắp xếp. Các cách viết khác ngăn cách bằng dấu |.",
        ),
        Column(
            heading="Huyện, thành phố cũ",
            width=24,
            note="Chỉ với xã, phường, thị trấn: huyện hoặc thành phố trước ngày 01/7/2025.",
        ),
        Column(heading="Mã đơn vị mới", width=24, needed=True, codes_of="Đơn vị", note="Đơn vị đang thay tên cũ này."),
        Column(
            heading="Phạm vi",
            width=12,
            choices=(WHOLE_UNIT, PART_UNIT),
            note="một phần: tên cũ chia cho nhiều đơn vị, khi gặp sẽ hỏi lại. Để trống được hiểu là toàn bộ.",
        ),
        Column(heading="Ghi chú", width=70, note="Ghi chú."),
    ),
)

REVIEW = Table(
    name="Cần xem lại",
    optional=True,
    colour="#FF0000",
    columns=(
        Column(
            heading="Dòng",
            width=7,
            needed=True,
            number=True,
            note="Dòng của bảng trong phụ lục (tính cả dòng tiêu đề).",
        ),
        Column(
            heading="Mức",
            width=10,
            needed=True,
            choices=tuple(LEVEL_LABELS.values()),
            note="Lỗi: phải trả lời mới lập được biểu mẫu. Cần hỏi lại: chỗ này chưa được dùng cho đến khi trả lời. Lưu ý: đã hiểu được, chỉ để biết.",
        ),
        Column(
            heading="Vấn đề",
            width=16,
            needed=True,
            choices=tuple(PROBLEM_LABELS.values()),
            note="Loại vấn đề. Không sửa cột này.",
        ),
        Column(heading="Nguyên văn", width=30, needed=True, note="Chữ trong phụ lục, giữ nguyên."),
        Column(heading="Điều cần xem", width=52, note="Vì sao cần xem lại, và những gì giống với chỗ này."),
        Column(
            heading="Trả lời",
            width=24,
            needed=True,
            suggested=True,
            note="Đơn vị: mã, tên hoặc cụm từ, ngăn cách bằng dấu chấm phẩy, hoặc “bỏ qua”. Tiêu chí: mã tiêu chí, “mới” (giữ là tiêu chí mới) hoặc “bỏ qua” (bỏ dòng này). Dòng khác: “đã xem”. Lệnh chạy sau sẽ dùng câu trả lời.",
        ),
        Column(heading="Gợi ý", width=30, note="Các mã có thể là câu trả lời."),
        Column(heading="Mã", width=9, note="Tiêu chí hoặc số liệu trong bản phân công mà câu hỏi nói tới."),
        Column(heading="Cột", width=9, choices=SIDES, note="Cột của trang Phân công mà câu hỏi nói tới."),
        Column(heading="Nơi", width=10, note="Bảng (hoặc trang tính) của phụ lục."),
    ),
)

TABLES = (SETTINGS, REVIEW, UNITS, GROUPS, CRITERIA, COMPANIONS, VARIABLES, ASSIGNMENTS, RULES, PAST, FORMER)

PROVINCE, YEAR, UNIT_DEADLINE, REPORT_DEADLINE = "Tỉnh", "Năm số liệu", "Hạn đơn vị gửi", "Hạn báo cáo"
ISSUER, COMPILER, PLACE, AUTHORITY = "Cơ quan ban hành", "Cơ quan tổng hợp", "Địa danh", "Quyền hạn ký"
POSITION, SIGNER, RECIPIENTS, CONTACT = "Chức vụ ký", "Người ký", "Nơi nhận", "Đầu mối liên hệ"
PLAN_DOCUMENT, DRAFTER = "Kế hoạch", "Đơn vị soạn thảo"
COMMITTEE_AUTHORITY, COMMITTEE_POSITION = "Quyền hạn ký của UBND", "Chức vụ ký của UBND"
COMMITTEE_SIGNER, COMMITTEE_RECIPIENTS = "Người ký của UBND", "Nơi nhận của UBND"
REMINDED = ("Công văn đôn đốc lần 1", "Công văn đôn đốc lần 2")
"""Of one year alone: next year's campaign begins without them."""
CHANGE, MADE_UP = "Biến động phải giải trình (%)", "Số liệu giả định"
COVERAGE = "Ngưỡng độ phủ (%)"
PREVIOUS = "Kỳ trước"
"""The folder of last year's campaign, seen from this one's; only where ``init --previous`` made it."""

KEYS = {
    PROVINCE: "",
    YEAR: "Năm của số liệu cần thu thập, không phải năm gửi báo cáo.",
    UNIT_DEADLINE: "Đơn vị gửi biểu trước ngày này.",
    REPORT_DEADLINE: "Sở gửi báo cáo UBND tỉnh trước ngày này.",
    ISSUER: "In ở đầu báo cáo, phía trên cơ quan tổng hợp.",
    COMPILER: "Cơ quan nhận biểu và lập báo cáo; in trên biểu mẫu, báo cáo, công văn đôn đốc.",
    PLACE: "In trước ngày tháng của báo cáo.",
    AUTHORITY: "Chỉ điền khi ký thay, ví dụ KT. GIÁM ĐỐC.",
    POSITION: "Ví dụ GIÁM ĐỐC, PHÓ GIÁM ĐỐC.",
    SIGNER: "Họ tên người ký báo cáo.",
    RECIPIENTS: "Mỗi nơi nhận cách nhau bằng dấu chấm phẩy.",
    CONTACT: "Họ tên, điện thoại, thư điện tử của người nhận biểu; in trên biểu mẫu để đơn vị liên hệ.",
    PLAN_DOCUMENT: "Số, ngày Kế hoạch của UBND tỉnh, ví dụ 85/KH-UBND ngày 20/3/2026; in ở phần căn cứ của báo cáo, công văn.",
    DRAFTER: "Chữ viết tắt của phòng soạn thảo, ví dụ QLCN; đứng sau ký hiệu của Sở trong số công văn. Có thể để trống.",
    COMMITTEE_AUTHORITY: "Báo cáo của UBND tỉnh gửi Bộ KH&CN; mỗi dòng cách nhau bằng dấu chấm phẩy. Chủ tịch tự ký: TM. ỦY BAN NHÂN DÂN.",
    COMMITTEE_POSITION: "Báo cáo của UBND tỉnh gửi Bộ KH&CN: PHÓ CHỦ TỊCH hoặc CHỦ TỊCH.",
    COMMITTEE_SIGNER: "Họ tên người ký báo cáo của UBND tỉnh. Có thể để trống.",
    COMMITTEE_RECIPIENTS: "Nơi nhận báo cáo của UBND tỉnh, cách nhau bằng dấu chấm phẩy.",
    REMINDED[
        0
    ]: "Điền khi công văn đã ban hành: số, ngày, ví dụ 123/SKHCN-QLCN ngày 26/3/2026. Lần remind sau sẽ là đôn đốc lần 2 và dẫn số này.",
    REMINDED[1]: "Như trên. Đã có cả hai thì lần remind sau là công văn của UBND tỉnh.",
    CHANGE: "Số tăng hoặc giảm quá mức này so với năm trước thì đơn vị phải giải trình; để trống là 50.",
    COVERAGE: "Tiêu chí có tỷ lệ đơn vị đã báo thấp hơn mức này thì ghi là mới tính một phần. Lớn hơn 0, không quá 100; để trống là 100. Số đơn vị đã báo luôn được in kèm.",
    MADE_UP: "có: mọi sản phẩm ghi rõ là số liệu giả định, chỉ dùng để chạy thử. không: số liệu thật.",
}
"""Keys of the sheet Kỳ báo cáo that mean something to the program, and what a clerk is told; others are kept as they are."""
