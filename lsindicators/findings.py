"""All that can be said about a file or a cell: Code, Severity, Finding. The wording stands beside the code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from enum import Enum, unique

from msgspec import Struct

from lsindicators import lazily
from lsindicators.model import CellRef, Decision, Figure, Figures, Status, Value


@unique
class Severity(Enum):
    """How much a finding weighs: error (not taken), question (not taken until answered),
    warning (taken, to be looked at), info (taken, nothing to do)."""

    ERROR = "error"
    QUESTION = "question"
    WARNING = "warning"
    INFO = "info"

    @property
    def label(self) -> str:
        """The word that officials read."""
        return {"error": "Lỗi", "question": "Cần hỏi lại", "warning": "Lưu ý", "info": "Thông tin"}[self.value]

    @property
    def stops(self) -> bool:
        """Whether the value is not taken until somebody mends or answers."""
        return self in (Severity.ERROR, Severity.QUESTION)


@unique
class NoNumber(Enum):
    """Why a text in a number cell is no number, as the unit reads it; empty where the text says it itself."""

    NOTHING = ""
    WORDS = "viết bằng chữ"
    ABOUT = "chỉ là số ước chừng"
    SEVERAL = "nhiều số trong một ô"
    MEASURE = "có chữ đi kèm"
    PERCENT = "có dấu %, mà ô này không tính theo %"
    POWER = "viết dạng lũy thừa, không đủ chữ số"
    SEPARATORS = "có dấu chấm, dấu phẩy, dấu cách hoặc dấu khác đặt sai chỗ"
    SIGNS = "có dấu cộng, dấu trừ, dấu % hoặc dấu ngoặc đặt sai chỗ"
    FRACTION = "phân số hoặc ngày tháng"
    TIME = "giờ giấc"
    PHONE = "giống số điện thoại"
    STRANGE_DIGITS = "có chữ số khác kiểu 0 đến 9"
    TOO_LONG = "có quá nhiều chữ số"
    REVERSED = "có ký tự ẩn làm đảo thứ tự chữ số"


class Rule(Struct, frozen=True):
    """What a code says of itself: its word in JSON, its severity, its Vietnamese sentence."""

    word: str
    severity: Severity
    text: str


_UNSEEN = lazily.pattern(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
"""What would spoil a line on a screen or turn it round, if a file or a sheet or a cell brought it along."""


def _seen(fact: object) -> object:
    """A text as it may stand in a sentence: on one line, without what nobody sees."""
    if not isinstance(fact, str) or (fact.isprintable() and "  " not in fact):
        return fact
    return " ".join(_UNSEEN.sub("", fact).split())


_CLAUSES = dict.fromkeys(("why", "origin", "hint", "guess"), "")
"""What a sentence may say or not."""

_E, _Q, _W, _I = Severity.ERROR, Severity.QUESTION, Severity.WARNING, Severity.INFO


@unique
class Code(Enum):
    """All that can be wrong. A code is printed and filed: it is never given another meaning."""

    # the file as a whole
    UNREADABLE_FILE = Rule(
        "unreadable-file", _E, "không mở được tệp này ({why}); đề nghị đơn vị gửi lại tệp .xlsx nguyên vẹn"
    )
    ENCRYPTED_FILE = Rule(
        "encrypted-file",
        _E,
        "tệp đang đặt mật khẩu mở; đề nghị đơn vị bỏ mật khẩu (Tệp › Thông tin › Bảo vệ sổ làm việc) rồi gửi lại",
    )
    UNSUPPORTED_FORMAT = Rule(
        "unsupported-format",
        _E,
        "đây là {kind}, không phải biểu mẫu Excel; đề nghị mở biểu mẫu, chọn Lưu thành .xlsx rồi gửi lại",
    )
    TOO_LARGE = Rule("too-large", _E, "tệp quá lớn ({size}); biểu mẫu chỉ khoảng 30 KB, đề nghị gửi lại đúng biểu mẫu")
    NOT_A_FORM = Rule(
        "not-a-form",
        _E,
        "tệp này không phải biểu mẫu đã gửi cho đơn vị (không có mã nhận dạng nào); đề nghị điền vào đúng biểu mẫu đó rồi gửi lại",
    )
    WRONG_CAMPAIGN = Rule(
        "wrong-campaign",
        _E,
        "{what} (mã nhận dạng {token}); đề nghị điền vào biểu mẫu năm {year} đã gửi cho đơn vị rồi gửi lại",
    )
    WRONG_VERSION = Rule(
        "wrong-version",
        _W,
        "biểu mẫu đơn vị gửi là bản cũ hơn bản phân công hiện tại; số liệu được lấy theo mã số liệu",
    )
    FORGED_FORM = Rule(
        "forged-form",
        _E,
        "{what}; {how}",
    )
    UNKNOWN_UNIT = Rule(
        "unknown-unit",
        _E,
        "đơn vị {unit} trong mã nhận dạng không có số liệu phải gửi theo phan-cong.xlsx; nếu phải gửi thì bổ sung ở trang Phân công",
    )
    MACRO_PRESENT = Rule("macro-present", _W, "tệp có chứa macro; macro không được chạy, số liệu vẫn được đọc")
    EXTERNAL_LINK = Rule("external-link", _W, "tệp có liên kết ra tệp ngoài; liên kết không được mở")
    DUPLICATE_FILE = Rule("duplicate-file", _I, "tệp này giống hệt {other} đã nhận trước đó; không tính thêm lần nữa")
    RESUBMISSION = Rule("resubmission", _I, "bản gửi lại, thay cho {other}; {changes}")
    EMPTY_RETURN = Rule("empty-return", _E, "biểu mẫu chưa điền ô nào; đề nghị đơn vị điền rồi gửi lại")

    # structure
    SHEET_MISSING = Rule("sheet-missing", _E, "không còn trang tính “{name}”; đề nghị điền vào phiếu trả lại")
    SHEET_RENAMED = Rule("sheet-renamed", _I, "trang tính “{name}” đã đổi tên thành “{found}”; nội dung vẫn đọc được")
    ROW_MISSING = Rule(
        "row-missing",
        _E,
        "dòng {variable} “{label}” không còn trong biểu; điền số liệu vào phiếu trả lại",
    )
    ROW_MOVED = Rule(
        "row-moved",
        _E,
        "mã {variable} đứng cạnh tên “{found}”, đúng ra là “{label}”, có thể do dòng đã bị sắp xếp lại nên không lấy số; điền số liệu vào phiếu trả lại",
    )
    ROW_DUPLICATED = Rule("row-duplicated", _E, "mã {variable} xuất hiện nhiều lần, {how}")
    LOCKED_CELL_CHANGED = Rule(
        "locked-cell-changed", _W, "ô khóa đã bị sửa: gốc là “{old}”, nay là “{new}”; số liệu vẫn lấy theo mã số liệu"
    )
    PROTECTION_REMOVED = Rule("protection-removed", _I, "trang tính không còn khóa; đã so từng ô với biểu mẫu gốc")
    STRAY_CONTENT = Rule("stray-content", _I, "nội dung ngoài ô nhập: “{value}”; không được tính")

    # one cell
    MISSING_VALUE = Rule(
        "missing-value",
        _E,
        "ô này chưa có số liệu; nhập số liệu, hoặc chọn Tình trạng “Không phát sinh”, hoặc “Chưa có số liệu” kèm lý do",
    )
    MISSING_REASON = Rule("missing-reason", _E, "Tình trạng “{state}” cần ghi lý do ở cột Giải trình (ô {where})")
    MISSING_SOURCE = Rule("missing-source", _W, "số liệu chưa ghi nguồn; ghi nguồn ở cột Nguồn số liệu (ô {where})")
    NOT_A_NUMBER = Rule("not-a-number", _E, "“{value}” không phải là số{why}; nhập {wanted}, ví dụ {example}")
    NOT_AN_INTEGER = Rule("not-an-integer", _E, "{value} có phần lẻ; ô này chỉ nhận số nguyên, ví dụ {example}")
    AMBIGUOUS_NUMBER = Rule(
        "ambiguous-number",
        _Q,
        "“{value}” có thể đọc là {first} hoặc {second}; gõ lại số, không dùng dấu ngăn cách nghìn",
    )
    NUMBER_AS_TEXT = Rule("number-as-text", _W, "số được gõ dưới dạng chữ “{value}”, đã đọc là {number}")
    DATE_AS_NUMBER = Rule(
        "date-as-number", _E, "ô này đang là ngày tháng ({value}){origin}, không phải số; gõ lại số, ví dụ {example}"
    )
    BELOW_MINIMUM = Rule(
        "below-minimum", _E, "{value} nhỏ hơn mức thấp nhất cho phép là {low}; kiểm tra lại số và đơn vị tính"
    )
    ABOVE_MAXIMUM = Rule(
        "above-maximum", _E, "{value} lớn hơn mức cao nhất cho phép là {high}{hint}; kiểm tra lại số và đơn vị tính"
    )
    CELL_ERROR = Rule("cell-error", _E, "ô đang báo lỗi {value}; xóa ô rồi gõ lại")
    FORMULA_IN_INPUT = Rule("formula-in-input", _E, "ô đang chứa công thức {value}; gõ thẳng kết quả")
    NOT_IN_LIST = Rule("not-in-list", _E, "“{value}” không có trong danh sách{guess}; chọn một trong: {allowed}")
    TEXT_TOO_LONG = Rule("text-too-long", _W, "nội dung dài {length} ký tự, chỉ giữ {limit} ký tự đầu")
    CONTROL_CHARACTERS = Rule("control-characters", _I, "nội dung có ký tự điều khiển; đã bỏ các ký tự đó")
    STATE_CONTRADICTS_VALUE = Rule(
        "state-contradicts-value",
        _E,
        "Tình trạng “{state}” nhưng ô số liệu lại có “{value}”; xóa số hoặc chọn lại Tình trạng",
    )

    # across cells and years
    RULE_BROKEN = Rule("rule-broken", _E, "{message} ({expression}: {values}); xem lại các số này, số nào sai thì sửa")
    LARGE_CHANGE = Rule(
        "large-change",
        _Q,
        "{value} {how} {change}% so với năm trước ({previous}), quá mức {limit}%{hint}; kiểm tra lại số, nếu đúng thì ghi lý do ở cột Giải trình cùng dòng",
    )
    UNIT_SCALE_SUSPECT = Rule(
        "unit-scale-suspect",
        _Q,
        "{value} {times} năm trước ({previous}), có thể là {likely}{hint}; kiểm tra đơn vị tính rồi gõ lại, nếu đúng số này thì ghi ở cột Giải trình cùng dòng: Đã kiểm tra, và lý do",
    )
    OTHER_MEASURE = Rule(
        "unit-scale-suspect",
        _Q,
        "đơn vị tính ghi cạnh số này là “{other}”, biểu mẫu hỏi theo “{measure}”, nên không rõ {value} theo đơn vị tính nào; gõ lại số theo {measure}",
    )

    # merge
    CONFLICT = Rule(
        "conflict", _E, "các đơn vị chủ trì báo khác nhau: {figures}; chưa có số của tỉnh cho đến khi thống nhất"
    )
    TOTALS_DISAGREE = Rule(
        "totals-disagree", _W, "tổng của các đơn vị phối hợp là {sum}, khác số của đơn vị chủ trì là {lead}"
    )
    NO_RETURN = Rule("no-return", _W, "đơn vị chưa gửi biểu")
    COVERAGE_LOW = Rule("coverage-low", _W, "mới có {reported}/{expected} đơn vị báo số liệu")

    # a finished Word paper, by Nghị định 30/2020/NĐ-CP
    FORMAT_PAGE = Rule("format-page", _E, "{what}; {how}")
    FORMAT_FONT = Rule("format-font", _E, "{what} dùng phông {seen}, cần Times New Roman{hint}; {how}")
    FORMAT_SIZE = Rule("format-size", _E, "{what} cỡ {seen}, cần {wanted}{hint}; {how}")
    FORMAT_STYLE = Rule("format-style", _E, "{what} {seen}, cần {wanted}{hint}; {how}")
    FORMAT_ELEMENT = Rule("format-element", _E, "{what}{hint}; {how}")
    FORMAT_BLANK = Rule("format-blank", _I, "còn để trống: {what}{hint}")

    # the formulas of phan-cong.xlsx
    FORMULA_DOUBTFUL = Rule("formula-doubtful", _W, "{what}")

    # the appendix
    UNKNOWN_UNIT_NAME = Rule(
        "unknown-unit-name",
        _Q,
        "không nhận ra đơn vị “{value}”; ghi lại tên, hoặc thêm tên này vào cột Tên gọi khác của trang Đơn vị",
    )
    AMBIGUOUS_UNIT_NAME = Rule("ambiguous-unit-name", _Q, "“{value}” có thể là: {candidates}; cần ghi rõ đơn vị nào")
    OPEN_GROUP = Rule("open-group", _Q, "“{value}” không nêu rõ đơn vị nào; cần chọn từng đơn vị")
    UNMATCHED_CRITERION = Rule(
        "unmatched-criterion",
        _Q,
        "“{value}” không có trong bộ 46 tiêu chí; tạm lập một tiêu chí mới với một số liệu",
    )
    UNREADABLE_ROW = Rule("unreadable-row", _Q, "không đọc được dòng này: {why}")

    @property
    def word(self) -> str:
        return self.value.word

    def at(
        self,
        cell: CellRef,
        *,
        variable: str | None = None,
        found: object = None,
        severity: Severity | None = None,
        **facts: object,
    ) -> Finding:
        """The finding that this code holds at ``cell``.

        ``found`` is the value as it stands in the cell; ``facts`` fill the places of the sentence,
        as do ``variable`` and ``found``.
        """
        return Finding(
            code=self,
            at=cell,
            message=self.value.text.format(
                **{n: _seen(f) for n, f in {**_CLAUSES, "variable": variable, "found": found, **facts}.items()}
            ),
            severity=severity or self.value.severity,
            variable=variable,
            value=found if isinstance(found, str | bool | Decimal) or found is None else str(found),
        )


OF_PAPERS = frozenset(code for code in Code if code.word.startswith("format-"))
"""What is said of a finished Word paper, and never of what a unit sends."""

OLD_FORMAT = (
    "tệp .xls đời cũ: giá trị đọc được, nhưng nội dung công thức, ghi chú và hình vẽ không nhìn thấy được nên không kiểm"
    " tra; lần sau nên lưu thành .xlsx"
)
BLIND_FORMAT = (
    "tệp .xls đời cũ: chỉ đọc được giá trị; công thức, ô báo lỗi, dạng phần trăm, khóa trang tính, ghi chú và hình vẽ không"
    " nhìn thấy được nên không kiểm tra; lần sau nên lưu thành .xlsx"
)
"""``unsupported-format`` as info: the file is read, with less certainty."""

HIDDEN_ERROR = "; nếu ô này trong tệp .xls đã gửi đang báo lỗi (#REF!, #DIV/0!…) thì gõ lại kết quả"
"""What is added to ``missing-value`` in such a file."""


class Finding(Struct, frozen=True, kw_only=True):
    """One thing noticed: which code, where, what stood there, and the sentence that says so."""

    code: Code
    at: CellRef
    message: str
    severity: Severity
    variable: str | None = None
    value: str | bool | Decimal | None = None

    def __str__(self) -> str:
        return f"{self.at}: {self.message}"

    @property
    def halves(self) -> tuple[str, str]:
        """What is wrong, and how to mend it; the second is empty where the sentence does not say."""
        _, parted, tail = self.code.value.text.rpartition("; ")
        if parted:
            begin = tail.partition("{")[0]
            why, parted, rest = self.message.rpartition(f"; {begin}")
            if parted:
                return why, begin + rest
        why, *todo = _OWN_WORDS.split(self.message, maxsplit=1)  # worded for a case of its own
        return why, "".join(todo)


_OWN_WORDS = lazily.pattern("; (?![^“”]*”)")
"""Where a sentence parts: a semicolon, but not within what it quotes."""

REFILL = "điền số liệu vào phiếu trả lại"
"""How to mend a row that has no cell in the file that came: the slip is a fresh form and has one."""


class Held(Struct, frozen=True, kw_only=True):
    """What stands in a cell for figures and is not taken."""

    variable: str
    year: int
    sent: Value  # the number where it can be read, else what a person sees in the cell
    figure: Figure | None  # what it would be; None: no figure can be read there
    finding: Finding  # why it is not taken


class Verdict(Struct, frozen=True, kw_only=True):
    """What the checks make of one return: how it stands, what is taken of it, and what was noticed."""

    file: str
    sha256: str
    unit: str | None  # None: it cannot be told whose return it is
    round: int  # of the stamp; 1 for a form, higher for a slip; 0 when there is no stamp
    status: Status
    figures: Sequence[Figure]  # accepted figures of this year and the year before
    untaken: Mapping[str, str]  # variable -> why what stands there was not taken
    answers: tuple[tuple[str, str, CellRef], ...]  # narrative: question, answer, cell
    findings: tuple[Finding, ...]
    control: str = ""  # the control code of what stands in the file, as its print shows it; empty: there is no form
    held: tuple[Held, ...] = ()  # what stands there and is not taken
    decisions: tuple[Decision, ...] = ()  # the clerk's decisions that hold for this return

    def values(self, year: int) -> int:
        """How many values of ``year`` were taken; a true zero counts, a state without a figure does not."""
        if isinstance(self.figures, Figures):
            return self.figures.values(year)
        return sum(1 for f in self.figures if f.year == year and f.value is not None)


def unclear_name(word: str, text: str, candidates: str, why: str, gone: bool) -> tuple[Code, Severity, str]:
    """(code, severity, sentence) about a name that gives no unit.

    ``word`` is the code's; ``text`` the name as written; ``candidates`` the units that may be meant, as a reader sees
    them; ``why`` a half sentence; ``gone``: it names a level of government that is no more.
    """
    code = next(c for c in Code if c.word == word)
    if gone:
        more = f"; trên địa bàn đó nay là: {candidates}" if candidates else ""
        return code, Severity.ERROR, f"“{text}”: {why}{more}"
    message = code.value.text.format(value=text, candidates=candidates or "chưa rõ đơn vị nào")
    message += f"; {why}" if why else ""
    if candidates and code is Code.UNKNOWN_UNIT_NAME:
        message += f"; có thể là: {candidates}"
    return code, code.value.severity, message


def needs_person(findings: Iterable[Finding]) -> bool:
    """Whether any of them stops a value from being taken."""
    for f in findings:  # noqa: SIM110 - most are empty: a generator costs more than the question
        if f.severity.stops:
            return True
    return False


def tally(findings: Iterable[Finding]) -> dict[Severity, int]:
    """How many findings there are of each severity."""
    counts = dict.fromkeys(Severity, 0)
    for finding in findings:
        counts[finding.severity] += 1
    return counts


def open_places(findings: Iterable[Finding]) -> int:
    """How many places need mending or an answer; several findings at one cell are one place."""
    return len({place(f) for f in findings if f.severity.stops})


def place(finding: Finding) -> tuple[CellRef, str | None]:
    """Where ``finding`` is: its cell; a row that has no cell any more is told by its variable."""
    return finding.at, None if finding.at.address else finding.variable
