"""One small plan, built in code: three units, four criteria, every kind and most aggregations; and a campaign on it."""

import gc
import os
import shutil
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, settings

from lsindicators.model import (
    Aggregation,
    Assignment,
    CheckRule,
    Criterion,
    Kind,
    Level,
    Method,
    PastFigure,
    Plan,
    Settings,
    Standing,
    Unit,
    UnitGroup,
    Variable,
)

LONG = (
    "test_catalogue", "test_rehearse", "test_interrupted", "test_typed", "test_oracle", "test_trace", "test_year",
    "test_years", "test_hostile", "test_any_layout", "test_report", "test_untouched", "test_order",
    "test_publish", "test_seal", "test_draft", "test_decree", "test_report_numbers", "test_remind",
)  # fmt: skip
"""The files that take longest."""

settings.register_profile("without a clock", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("without a clock")
"""A timing never decides a test."""

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
"""The tests start our programs hundreds of times: each would compile all of ours anew where nothing compiled is kept."""

os.sync = os.fsync = lambda *_: None
"""Waiting for the disk is for a power failure, of which no test is; ``os.sync`` waits for what all other programs wrote too.

That they are called, and what is told where they fail, ``test_files`` and ``test_interrupted`` see.
"""


def pytest_collection_finish():
    """Thousands of collected tests stay to the end: the garbage collector need not go through them again and again.

    It still runs, over what the tests themselves leave.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_collection_modifyitems(items):
    """A file goes to one worker as a whole, so that what its tests share is made once; the long ones are begun first."""
    items.sort(key=lambda item: LONG.index(item.path.stem) if item.path.stem in LONG else len(LONG))


def variable(code, name, measure, kind, aggregation=Method.SUM, **more):
    """A variable with bounds 0 to 1 000 000 000 and required, unless told otherwise."""
    numeric = kind.numeric
    facts = {
        "criterion": more.pop("criterion", None) or CRITERION_OF[code.split("_")[0]],
        "low": Decimal(0) if numeric else None,
        "high": (Decimal(100) if kind is Kind.PERCENT else Decimal(10) ** 9) if numeric else None,
        "required": True,
        "aggregation": aggregation if isinstance(aggregation, Aggregation) else Aggregation(aggregation),
    }
    return Variable(code=code, name=name, measure=measure, kind=kind, **{**facts, **more})


CRITERION_OF = {"C01": "DV01", "C09": "KQ07", "C14": "HQ02", "C43": "TD26"}


def small_plan(**changes) -> Plan:
    """The plan of the ``plan`` fixture; ``changes`` replace whole fields."""
    inputs, results, impact = "Nhóm tiêu chí đầu vào", "Nhóm tiêu chí kết quả / Chuyển giao", "Nhóm tiêu chí tác động"
    fields = {
        "settings": Settings(
            province="Lạng Sơn",
            year=2025,
            unit_deadline=date(2026, 4, 1),
            report_deadline=date(2026, 4, 10),
            issuer="Ủy ban nhân dân tỉnh Lạng Sơn",
            compiler="Sở Khoa học và Công nghệ",
            place="Lạng Sơn",
            position="GIÁM ĐỐC",
            recipients=("Như trên", "Lưu: VT"),
        ),
        "units": (
            Unit(code="so-khcn", name="Sở Khoa học và Công nghệ", short="Sở KH&CN", type="so", aliases=("Sở KH&CN",)),
            Unit(code="xa-hoa-tham", name="Xã Hoa Thám", short="Hoa Thám", type="xa", aliases=("UBND xã Hoa Thám",)),
            Unit(code="phuong-ky-lua", name="Phường Kỳ Lừa", short="Kỳ Lừa", type="phuong"),
        ),
        "groups": (UnitGroup(phrase="UBND các xã, phường", members=("xa", "phuong")),),
        "criteria": (
            Criterion(
                code="DV01",
                group=inputs,
                name="Nhân lực khoa học, công nghệ",
                measure="người",
                formula="C01_A + C01_B",
                decimals=0,
                standing=Standing.OFFICIAL,
                basis="Quyết định 2244/QĐ-TTg",
            ),
            Criterion(
                code="KQ07",
                group=results,
                name="Tỷ lệ sáng chế được khai thác thương mại",
                measure="%",
                formula="C09_A / C09_B * 100",
                decimals=2,
                standing=Standing.PROPOSED,
            ),
            Criterion(
                code="HQ02",
                group=impact,
                name="Tốc độ tăng năng suất lao động",
                measure="%",
                formula="(C14_A / C14_B / (C14_A@-1 / C14_B@-1) - 1) * 100",
                decimals=2,
                standing=Standing.PROPOSED,
            ),
            Criterion(
                code="TD26",
                group=impact,
                name="Có dữ liệu dùng chung được kết nối",
                measure="%",
                formula="C43_A",
                decimals=1,
                standing=Standing.PROPOSED,
            ),
        ),
        "companions": (),
        "variables": (
            variable("C01_A", "Số người nghiên cứu", "người", Kind.WHOLE),
            variable("C01_B", "Số người quản lý", "người", Kind.WHOLE),
            variable("C09_A", "Số sáng chế được khai thác", "sáng chế", Kind.WHOLE),
            variable("C09_B", "Tổng số sáng chế còn hiệu lực", "sáng chế", Kind.WHOLE, Method.LEAD),
            variable("C14_A", "GRDP theo giá so sánh", "triệu đồng", Kind.DECIMAL, Method.LEAD),
            variable("C14_B", "Số lao động bình quân", "người", Kind.WHOLE, Method.LEAD),
            variable("C43_A", "Có dữ liệu kết nối, chia sẻ", "Có/Không", Kind.YES_NO, Method.SHARE_YES),
            variable("C43_B", "Đường dẫn minh chứng", "", Kind.TEXT, Method.JOIN, required=False),
        ),
        "assignments": tuple(
            Assignment(
                variable=code,
                lead=("so-khcn",),
                supporting=supporting,
                lead_written="Sở KH&CN",
                supporting_written="UBND các xã, phường" if supporting else "",
            )
            for code, supporting in [
                ("C01_A", ("xa-hoa-tham", "phuong-ky-lua")),
                ("C01_B", ("xa-hoa-tham", "phuong-ky-lua")),
                ("C09_A", ("xa-hoa-tham", "phuong-ky-lua")),
                ("C09_B", ()),
                ("C14_A", ()),
                ("C14_B", ()),
                ("C43_A", ("xa-hoa-tham", "phuong-ky-lua")),
                ("C43_B", ("xa-hoa-tham", "phuong-ky-lua")),
            ]
        ),
        "rules": (
            CheckRule(
                code="R01",
                expression="C09_A <= C09_B",
                level=Level.ERROR,
                message="Số sáng chế được khai thác không thể lớn hơn tổng số sáng chế còn hiệu lực",
            ),
        ),
        "past": (
            PastFigure(variable="C01_A", unit="so-khcn", year=2024, value=Decimal(120)),
            PastFigure(variable="C14_A", unit="so-khcn", year=2024, value=Decimal("27500000.5")),
        ),
    }
    return Plan(**{**fields, **changes})


@pytest.fixture
def plan() -> Plan:
    return small_plan()


KEY = bytes(range(32))


@pytest.fixture
def key() -> bytes:
    return KEY


@pytest.fixture(scope="session")
def issued(tmp_path_factory):
    """The campaign of ``campaign``, which nobody may touch."""
    from campaigns import begun

    return begun(tmp_path_factory.mktemp("issued") / "ky-2025")


@pytest.fixture
def campaign(issued, tmp_path):
    """A campaign on the small plan with its forms, and nothing received."""
    return shutil.copytree(issued, tmp_path / "ky-2025")
