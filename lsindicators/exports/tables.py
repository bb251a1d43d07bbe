"""Plan, Dataset, Results and Series -> plain tables for other programs: what stands in which column, with its meaning.

The CSV files, the SQLite database and the descriptor of the data package are all written from these tables.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from lsindicators import values
from lsindicators.exports.words import GAPS
from lsindicators.layout import MADE_UP
from lsindicators.model import (
    HANOI,
    LEAD,
    SUPPORTING,
    Criterion,
    Dataset,
    Figure,
    Gap,
    Outcome,
    Plan,
    Result,
    Series,
    State,
    Total,
    Value,
)

Cell = Decimal | int | bool | str | datetime | None
Row = tuple[Cell, ...]


class Field(Struct, frozen=True):
    """A column: its name for programs, what it is called, what it means, and what stands in it."""

    name: str
    title: str
    kind: str = "string"  # of Table Schema: string, integer, number, boolean, datetime
    description: str = ""
    needed: bool = False  # never empty
    words: tuple[str, ...] = ()  # all that can stand in it


class Link(NamedTuple):
    """Columns whose content stands in a column of another table (or of the same one)."""

    fields: tuple[str, ...]
    table: str
    to: tuple[str, ...]


class Table(Struct, frozen=True, kw_only=True):
    """A table with its rows; ``key`` names the columns that tell its rows apart."""

    name: str
    title: str
    description: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    links: tuple[Link, ...] = ()
    rows: tuple[Row, ...] = ()


UNITS, TOOK_OVER, CRITERIA, VARIABLES, DUTIES = (
    "danh-muc-don-vi",
    "danh-muc-ke-thua",
    "danh-muc-tieu-chi",
    "danh-muc-so-lieu",
    "danh-muc-phan-cong",
)
FIGURES, TOTALS, SERIES = "du-lieu", "so-lieu", "tieu-chi"

OUTCOMES = {
    Outcome.COMPUTED: "Đủ số liệu",
    Outcome.PARTIAL: "Tính trên một phần đơn vị",
    Outcome.MISSING: "Chưa tính được",
}
ENOUGH = "Đạt ngưỡng độ phủ, chưa đủ đơn vị"

_UNIT = Field("ma_don_vi", "Mã đơn vị", needed=True)
_VARIABLE = Field("ma_so_lieu", "Mã số liệu", needed=True)
_CRITERION = Field("ma_tieu_chi", "Mã tiêu chí", needed=True)
_YEAR = Field("nam", "Năm", "integer", "Năm số liệu.", needed=True)
_NOTICE = Field("luu_y", "Lưu ý", description="Để trống với số liệu thật; số liệu giả định thì ghi rõ ở mọi dòng.")
_NUMBER = Field(
    "gia_tri_so", "Giá trị (số)", "number", "Giá trị bằng số, đúng như đã báo hoặc tính được, không làm tròn."
)
_TEXT = Field("gia_tri_chu", "Giá trị (chữ)", description="Giá trị bằng chữ của số liệu kiểu có/không, văn bản.")
_BY_VARIABLE = Link(("ma_so_lieu",), VARIABLES, ("ma_so_lieu",))
_BY_UNIT = Link(("ma_don_vi",), UNITS, ("ma_don_vi",))
_BY_CRITERION = Link(("ma_tieu_chi",), CRITERIA, ("ma_tieu_chi",))


def tables(plan: Plan, dataset: Dataset, results: Sequence[Result], series: Sequence[Series]) -> tuple[Table, ...]:
    """All tables, those that others refer to first. No telephone number or e-mail is in any text of them."""
    listed = (
        _units(plan),
        _took_over(plan),
        _criteria(plan),
        _variables(plan),
        _duties(plan),
        _figures(plan, dataset),
        _totals(plan, dataset),
        _series(plan, results, series),
    )
    return tuple(replace(t, rows=tuple(tuple(map(_open, row)) for row in t.rows)) for t in listed)


# ------------------------------------------------------------------ what the plan says


def _units(plan: Plan) -> Table:
    return Table(
        name=UNITS,
        title="Danh mục đơn vị",
        description="Các cơ quan, đơn vị của bản phân công, kể cả đơn vị đã kết thúc mà còn số liệu các năm trước.",
        fields=(
            _UNIT,
            Field("ten_don_vi", "Tên đơn vị", needed=True),
            Field("ten_viet_tat", "Tên viết tắt"),
            Field("loai", "Loại", description="Loại đơn vị như ở trang Đơn vị của bản phân công."),
            Field("tu_nam", "Từ năm", "integer", "Năm số liệu đầu tiên của đơn vị; để trống là không giới hạn."),
            Field("den_nam", "Đến năm", "integer", "Năm số liệu cuối cùng của đơn vị; để trống là còn hoạt động."),
            Field("trong_ky", "Có trong kỳ", "boolean", "Đơn vị có trong năm số liệu của kỳ này.", needed=True),
        ),
        key=("ma_don_vi",),
        rows=tuple(
            (u.code, u.name, u.short or None, u.type or None, u.first, u.last, u.code in plan.unit)
            for u in plan.any_unit.values()
        ),
    )


def _took_over(plan: Plan) -> Table:
    return Table(
        name=TOOK_OVER,
        title="Kế thừa giữa các đơn vị",
        description="Đơn vị nào nhận lại đơn vị nào khi sáp nhập, chia tách, đổi tên.",
        fields=(
            _UNIT,
            Field("ma_don_vi_cu", "Mã đơn vị cũ", needed=True),
            Field("ty_le", "Tỷ lệ (%)", "number", "Phần của đơn vị cũ được nhận, theo %; để trống là chưa đo được."),
        ),
        key=("ma_don_vi", "ma_don_vi_cu"),
        links=(_BY_UNIT, Link(("ma_don_vi_cu",), UNITS, ("ma_don_vi",))),
        rows=tuple((u.code, s.unit, s.percent) for u in plan.any_unit.values() for s in u.took_over),
    )


def _criteria(plan: Plan) -> Table:
    return Table(
        name=CRITERIA,
        title="Danh mục tiêu chí",
        description="Các tiêu chí và chỉ tiêu phụ, với cách tính của kỳ này.",
        fields=(
            Field("tt", "TT", description="Số thứ tự trong phụ lục; chỉ tiêu phụ không có."),
            _CRITERION,
            Field("ma_tieu_chi_chinh", "Mã tiêu chí chính", description="Của chỉ tiêu phụ: tiêu chí mà nó bổ sung."),
            Field("nhom", "Nhóm"),
            Field("ten_tieu_chi", "Tên tiêu chí", needed=True),
            Field("don_vi_tinh", "Đơn vị tính"),
            Field("cong_thuc", "Công thức", description="Biểu thức trên mã số liệu; @-1 là năm trước.", needed=True),
            Field("so_le", "Số lẻ", "integer", "Số chữ số sau dấu phẩy khi in.", needed=True),
            Field("tinh_chat", "Tính chất", description="Chính thức, hoặc còn là đề xuất.", needed=True),
            Field("can_cu", "Căn cứ"),
        ),
        key=("ma_tieu_chi",),
        links=(Link(("ma_tieu_chi_chinh",), CRITERIA, ("ma_tieu_chi",)),),
        rows=tuple(
            (
                *(plan.number.get(c.code), c.code, c.parent, c.group or None, c.name, c.measure or None, c.formula),
                *(c.decimals, plan.mark(c) or c.standing.value, c.basis or None),
            )
            for c in (*plan.criteria, *plan.companions)
        ),
    )


def _variables(plan: Plan) -> Table:
    return Table(
        name=VARIABLES,
        title="Danh mục số liệu",
        description="Các số liệu thành phần mà đơn vị báo.",
        fields=(
            Field("tt", "TT", description="Số thứ tự trong phụ lục."),
            _VARIABLE,
            _CRITERION,
            Field("ten_so_lieu", "Tên số liệu", needed=True),
            Field("don_vi_tinh", "Đơn vị tính"),
            Field("kieu", "Kiểu", needed=True),
            Field("nho_nhat", "Nhỏ nhất", "number"),
            Field("lon_nhat", "Lớn nhất", "number"),
            Field("bat_buoc", "Bắt buộc", "boolean", needed=True),
            Field("cach_tong_hop", "Cách tổng hợp", needed=True),
            Field("tinh_chat", "Tính chất", needed=True),
            Field("giai_thich", "Giải thích"),
            Field("nguon", "Nguồn"),
        ),
        key=("ma_so_lieu",),
        links=(_BY_CRITERION,),
        rows=tuple(
            (
                *(plan.number.get(v.code), v.code, v.criterion, v.name, v.measure or None, v.kind.value, v.low, v.high),
                *(v.required, str(v.aggregation), v.standing.value, v.explanation or None, v.source or None),
            )
            for v in plan.variables
        ),
    )


def _duties(plan: Plan) -> Table:
    return Table(
        name=DUTIES,
        title="Phân công",
        description="Đơn vị nào báo số liệu nào.",
        fields=(
            _VARIABLE,
            _UNIT,
            Field("vai_tro", "Vai trò", needed=True, words=(LEAD, SUPPORTING)),
        ),
        key=("ma_so_lieu", "ma_don_vi"),
        links=(_BY_VARIABLE, _BY_UNIT),
        rows=tuple(
            (a.variable, unit, LEAD if unit in a.lead else SUPPORTING) for a in plan.assignments for unit in a.units
        ),
    )


# ------------------------------------------------------------------ what the units say


def _figures(plan: Plan, dataset: Dataset) -> Table:
    gaps = {(g.variable, g.unit): g for g in dataset.gaps if g.unit}
    rows = [
        (f.variable, f.unit, f.year, _figure(plan, f, gaps.pop((f.variable, f.unit), None) if f.year == plan.year else None))
        for f in dataset.figures
    ]  # fmt: skip
    rows += [(g.variable, g.unit, plan.year, _gap(plan, g)) for g in gaps.values()]
    place = {v.code: i for i, v in enumerate(plan.variables)} | {u.code: i for i, u in enumerate(plan.units)}
    rows.sort(key=lambda r: (place[r[0]], place[r[1]], r[2]))
    return Table(
        name=FIGURES,
        title="Số liệu của từng đơn vị",
        description=(
            "Mỗi dòng một số liệu của một đơn vị trong một năm, kể cả số phải báo mà chưa có. Ô trống không phải là số 0; "
            "số 0 là đơn vị báo không phát sinh hoặc báo số 0."
        ),
        fields=(
            _VARIABLE,
            _UNIT,
            _YEAR,
            _NUMBER,
            _TEXT,
            Field(
                "tinh_trang",
                "Tình trạng",
                description="Đơn vị nói gì về số này; để trống là không nói gì.",
                words=tuple(s.value for s in State),
            ),
            Field(
                "vi_sao_thieu", "Vì sao thiếu", description="Của số phải báo mà chưa có.", words=tuple(GAPS.values())
            ),
            Field("ghi_chu_thieu", "Ghi chú về số thiếu", description="Lý do của đơn vị, hoặc chỗ phải sửa."),
            Field(
                "nguon_so_lieu",
                "Nguồn số liệu",
                description="Như đơn vị ghi; với số của đơn vị cũ là cách lập ra số đó.",
            ),
            Field("giai_trinh", "Giải trình", description="Như đơn vị ghi."),
            Field("quyet_dinh", "Quyết định", description="Quyết định của đầu mối mà theo đó số này được lấy."),
            Field("tep", "Tệp", description="Tệp có số này; để trống là số ở trang Năm trước của bản phân công."),
            Field("trang_tinh", "Trang tính"),
            Field("o", "Ô"),
            Field("sha256", "SHA-256", description="Mã SHA-256 của tệp đó."),
            Field("thoi_diem_doc", "Thời điểm đọc", "datetime", "Khi tệp được đọc, giờ Việt Nam."),
            _NOTICE,
        ),
        key=("ma_so_lieu", "ma_don_vi", "nam"),
        links=(_BY_VARIABLE, _BY_UNIT),
        rows=tuple((code, unit, year, *cells) for code, unit, year, cells in rows),
    )


def _figure(plan: Plan, f: Figure, gap: Gap | None) -> Row:
    at = f.at
    return (
        *_split(f.value),
        f.state.value,
        GAPS[gap.why] if gap else None,
        *(text or None for text in (gap.note if gap else "", f.source, f.reason, str(f.decision or ""))),
        *((at.workbook, at.sheet, at.address) if at is not None else (None, None, None)),
        f.sha256 or None,
        f.read_at.astimezone(HANOI) if f.read_at else None,
        notice(plan),
    )


def _gap(plan: Plan, gap: Gap) -> Row:
    return (None, None, None, GAPS[gap.why], gap.note or None, *(None,) * 8, notice(plan))


# ------------------------------------------------------------------ what the province is


def _totals(plan: Plan, dataset: Dataset) -> Table:
    years = sorted(dataset.years)
    found = (dataset.totals.get((v.code, year)) for v in plan.variables for year in years)
    return Table(
        name=TOTALS,
        title="Số liệu toàn tỉnh",
        description=(
            "Mỗi dòng một số liệu của toàn tỉnh trong một năm, với số đơn vị phải báo và đã báo. Với cách tổng hợp tỷ lệ có, "
            "giá trị là % đơn vị trả lời Có trong số đơn vị trả lời."
        ),
        fields=(
            _VARIABLE,
            _YEAR,
            _NUMBER,
            _TEXT,
            Field("so_don_vi_phai_bao", "Số đơn vị phải báo", "integer", needed=True),
            Field("so_don_vi_da_bao", "Số đơn vị đã báo", "integer", needed=True),
            Field("cach_tong_hop", "Cách tổng hợp", needed=True),
            Field(
                "ghi_chu", "Ghi chú", description="Vì sao chưa có số, hoặc số này từ đâu khi không phải do tổng hợp."
            ),
            _NOTICE,
        ),
        key=("ma_so_lieu", "nam"),
        links=(_BY_VARIABLE,),
        rows=tuple(
            (
                *(t.variable, t.year, *_split(t.value), len(t.expected), len(t.reported)),
                *(str(plan.variable[t.variable].aggregation), _of_total(plan, t), notice(plan)),
            )
            for t in found
            if t is not None
        ),
    )


def _of_total(plan: Plan, t: Total) -> str | None:
    if t.settled is not None:
        return f"Theo quyết định của đầu mối ({t.settled.cited})"
    if t.conflict:
        return "Các đơn vị chủ trì chưa thống nhất"
    if not t.expected:
        return "Theo số đã công bố" if t.value is not None else GAPS["not-assigned"]
    return None


def _series(plan: Plan, results: Sequence[Result], series: Sequence[Series]) -> Table:
    outcome = {r.criterion.code: r for r in results}
    return Table(
        name=SERIES,
        title="Tiêu chí qua các năm",
        description="Mỗi dòng một tiêu chí trong một năm: mọi năm còn số liệu của các kỳ trước.",
        fields=(
            _CRITERION,
            _YEAR,
            Field("gia_tri", "Giá trị", "number", "Giá trị tính được, không làm tròn."),
            Field("gia_tri_in", "Giá trị in", "number", "Giá trị làm tròn theo Số lẻ, đúng như báo cáo in."),
            Field(
                "so_don_vi_da_bao",
                "Số đơn vị đã báo",
                "integer",
                "Của số liệu đầu vào có ít đơn vị báo nhất.",
                needed=True,
            ),
            Field("so_don_vi_phai_bao", "Số đơn vị phải báo", "integer", needed=True),
            Field("da_cong_bo", "Đã công bố", "boolean", "Số của toàn tỉnh ghi ở trang Năm trước.", needed=True),
            Field(
                "trang_thai",
                "Trạng thái",
                description="Chỉ của năm số liệu kỳ này.",
                words=(*OUTCOMES.values(), ENOUGH),
            ),
            Field("dut_gay", "Đứt gãy", description="Vì sao không so sánh thẳng được với giá trị của năm sau đó."),
            Field("ghi_chu", "Ghi chú"),
            Field("tinh_chat", "Tính chất", needed=True),
            _NOTICE,
        ),
        key=("ma_tieu_chi", "nam"),
        links=(_BY_CRITERION,),
        rows=tuple(
            (
                *(
                    s.criterion.code,
                    p.year,
                    p.value,
                    printed(p.value, s.criterion),
                    p.reported,
                    p.expected,
                    p.on_record,
                ),
                *_now(outcome.get(s.criterion.code) if p.year == plan.year else None, p.seam),
                *(plan.mark(s.criterion) or s.criterion.standing.value, notice(plan)),
            )
            for s in series
            for p in s.points
        ),
    )


def _now(result: Result | None, seam: str) -> Row:
    outcome = None if result is None else ENOUGH if _enough(result) else OUTCOMES[result.outcome]
    return outcome, seam or None, (result.note or None) if result else None


# ------------------------------------------------------------------ cells


def printed(value: Decimal | None, criterion: Criterion) -> Decimal | None:
    """A criterion's value as the report prints it: exactly its decimals, half rounded up."""
    return None if value is None else values.rounded(value, criterion.decimals)


def notice(plan: Plan) -> str | None:
    """What stands in every row where the figures are made up."""
    return MADE_UP if plan.settings.made_up else None


def _split(value: Value | None) -> tuple[Decimal | None, str | None]:
    """A number, or a text."""
    if isinstance(value, Decimal):
        return value, None
    return None, value or None


_E_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_TELEPHONE = re.compile(
    r"(?:(?<![\w.,])|(?<=ĐT))\(?(?:\+84|0)[ \u00a0.()–-]{0,2}[235789](?:[ \u00a0.()–-]{0,2}\d){8,9}(?!\w|/[^\W\d])"
)
"""Not the number of a document, such as 0912345678/BC."""


@lru_cache(maxsize=4_096)
def open_to_all(text: str) -> str | None:
    """A text that somebody typed, without the e-mail addresses and telephone numbers in it; ``None`` for nothing."""
    return _TELEPHONE.sub("[số điện thoại]", _E_MAIL.sub("[thư điện tử]", text)) or None


def _open(cell: Cell) -> Cell:
    return open_to_all(cell) if isinstance(cell, str) else cell


def _enough(result: Result) -> bool:
    """Whether so many units have answered that a criterion counts, and not all."""
    return result.outcome is Outcome.COMPUTED and not result.whole
