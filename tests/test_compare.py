"""Two plans -> what is told of their difference."""

from decimal import Decimal

import pytest
from conftest import small_plan, variable
from msgspec.structs import replace

from lsindicators import assignment, pipeline
from lsindicators.model import Aggregation, Kind, Level, Method, Standing, Unit, UnitGroup

BEFORE = small_plan()


def swapped(things, index, **changes):
    return (*things[:index], replace(things[index], **changes), *things[index + 1 :])


def told(plan, former=BEFORE):
    return [(c.section.name, c.action, c.codes, c.message) for c in assignment.compare(former, plan)]


CRITERIA, VARIABLES, ASSIGNMENTS = BEFORE.criteria, BEFORE.variables, BEFORE.assignments
HOA_THAM, KY_LUA = BEFORE.units[1], BEFORE.units[2]
NEW_UNIT = Unit(code="so-y-te", name="Sở Y tế", short="SYT", type="so")
TO_SYT = {"lead": ("so-y-te",), "lead_written": "Sở Y tế"}

CASES = {
    "nothing": ({}, []),
    "year and past": ({"settings": replace(BEFORE.settings, year=2026), "past": ()}, []),
    "another name": (
        {"criteria": swapped(CRITERIA, 0, name="Nhân lực số")},
        [("CRITERIA", "renamed", ("DV01",), "đổi tên “Nhân lực khoa học, công nghệ” thành “Nhân lực số”")],
    ),
    "formula, measure, standing": (
        {
            "criteria": swapped(
                CRITERIA, 1, formula="C09_A / C09_B", measure="lần", standing=Standing.OFFICIAL
            )
        },
        [
            ("CRITERIA", "changed", ("KQ07",), "đơn vị tính: % → lần"),
            ("CRITERIA", "changed", ("KQ07",), "công thức: C09_A / C09_B * 100 → C09_A / C09_B"),
            ("CRITERIA", "changed", ("KQ07",), "tính chất: đề xuất → chính thức"),
        ],
    ),
    "a criterion with its variables": (
        {"criteria": CRITERIA[:3], "variables": VARIABLES[:6], "assignments": ASSIGNMENTS[:6]},
        [("CRITERIA", "removed", ("TD26",), "bỏ “Có dữ liệu dùng chung được kết nối”")],
    ),
    "variables": (
        {
            "variables": (
                replace(VARIABLES[0], kind=Kind.DECIMAL, high=Decimal("1234.5"), aggregation=Aggregation(Method.MEAN), change=Decimal(30)),
                *VARIABLES[2:],
                variable("C01_C", "Số nữ", "người", Kind.WHOLE),
            ),
            "assignments": (ASSIGNMENTS[0], *ASSIGNMENTS[2:]),
        },
        [
            ("VARIABLES", "changed", ("C01_A",), "kiểu: số nguyên → số thực"),
            ("VARIABLES", "changed", ("C01_A",), "lớn nhất: 1.000.000.000 → 1.234,5"),
            ("VARIABLES", "changed", ("C01_A",), "biến động: để trống → 30"),
            ("VARIABLES", "changed", ("C01_A",), "cách tổng hợp: tổng → trung bình"),
            ("VARIABLES", "added", ("C01_C",), "thêm “Số nữ”"),
            ("VARIABLES", "removed", ("C01_B",), "bỏ “Số người quản lý”"),
        ],
    ),
    "the same change of several variables is told once": (
        {
            "units": (*BEFORE.units, NEW_UNIT),
            "assignments": (*(replace(a, **TO_SYT) for a in ASSIGNMENTS[:2]), *ASSIGNMENTS[2:]),
        },
        [
            ("ASSIGNMENTS", "changed", ("C01_A", "C01_B"), "Chủ trì: thêm Sở Y tế; bớt Sở KH&CN"),
            ("OWING", "added", (), "nay phải gửi: Sở Y tế"),
            ("UNITS", "added", ("so-y-te",), "thêm “Sở Y tế”"),
        ],
    ),
    "phrases stay phrases": (
        {"assignments": swapped(ASSIGNMENTS, 0, supporting=(), supporting_written="")},
        [("ASSIGNMENTS", "changed", ("C01_A",), "Phối hợp: bớt UBND các xã, phường")],
    ),
    "a phrase of which another is a part": (
        {"assignments": swapped(ASSIGNMENTS, 0, supporting=("phuong-ky-lua",), supporting_written="Phường Kỳ Lừa")},
        [("ASSIGNMENTS", "changed", ("C01_A",), "Phối hợp: thêm Phường Kỳ Lừa; bớt UBND các xã, phường")],
    ),
    "written otherwise": (
        {"assignments": swapped(ASSIGNMENTS, 0, lead_written="so-khcn", supporting_written="Các xã, phường")},
        [],
    ),
    "an open phrase that nobody resolved": (
        {"assignments": swapped(ASSIGNMENTS, 3, supporting_written="các cơ quan liên quan")},
        [("ASSIGNMENTS", "changed", ("C09_B",), "Phối hợp: thêm các cơ quan liên quan")],
    ),
    "a phrase that stands for other units": (
        {
            "groups": (UnitGroup(phrase="UBND các xã, phường", members=("xa",)),),
            "assignments": tuple(
                replace(a, supporting=("xa-hoa-tham",)) if a.supporting else a for a in ASSIGNMENTS
            ),
        },
        [
            ("ASSIGNMENTS", "changed", ("C01_A", "C01_B", "C09_A", "C43_A", "C43_B"), "Phối hợp: bớt Phường Kỳ Lừa"),
            ("OWING", "removed", (), "không còn phải gửi: Phường Kỳ Lừa"),
            ("GROUPS", "changed", ("UBND các xã, phường",), "nay là: xa; phuong → xa"),
        ],
    ),
    "units and rules": (
        {
            "units": (BEFORE.units[0], replace(HOA_THAM, name="Xã Hoa Thám mới"), KY_LUA),
            "rules": (replace(BEFORE.rules[0], level=Level.WARNING),),
        },
        [
            ("UNITS", "renamed", ("xa-hoa-tham",), "đổi tên “Xã Hoa Thám” thành “Xã Hoa Thám mới”"),
            ("RULES", "changed", ("R01",), "nay là: C09_A <= C09_B (lỗi) → C09_A <= C09_B (cảnh báo)"),
        ],
    ),
    "what change must be explained": (
        {
            "settings": replace(BEFORE.settings, change=Decimal("12.5")),
            "variables": swapped(VARIABLES, 0, change=Decimal(30)),
        },
        [
            ("VARIABLES", "changed", ("C01_A",), "biến động: để trống → 30"),
            ("SETTINGS", "changed", (), "biến động phải giải trình (%): 50 → 12,5"),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_is_told(case):
    changes, expected = CASES[case]
    assert told(small_plan(**changes)) == expected


def test_what_came_one_way_leaves_the_other():
    """Seen from the later plan, each thing added was removed, and so on."""
    turned = {"added": "removed", "removed": "added", "renamed": "renamed", "changed": "changed"}
    for changes, _ in CASES.values():
        plan = small_plan(**changes)
        there = sorted((s, a, c) for s, a, c, _ in told(plan))
        back = sorted((s, turned[a], c) for s, a, c, _ in told(BEFORE, plan))
        assert there == back


def test_many_units_are_told_by_some_names_and_a_number():
    plan = assignment.builtin(2025)
    rest = tuple(a for a in plan.assignments if not set(a.units) & set(plan.groups[0].members))
    bare = tuple(replace(a, supporting=(), supporting_written="") if "xã" in a.supporting_written else a for a in rest)
    lead = tuple(replace(a, lead=("so-khcn",), lead_written="") if "xã" in a.lead_written else a for a in bare)
    owing = [c for c in assignment.compare(plan, replace(plan, assignments=lead)) if c.section.name == "OWING"]
    assert len(owing) == 1
    assert len(owing[0].message) < 300 and "đơn vị khác" in owing[0].message


# ------------------------------------------------------------------ campaigns


@pytest.fixture
def campaigns(tmp_path):
    """Last year's campaign, and this year's with another lead for two variables."""
    later = CASES["the same change of several variables is told once"][0]
    for name, plan in (("cu", BEFORE), ("moi", small_plan(**later))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "phan-cong.xlsx").write_bytes(assignment.write(plan))
    return tmp_path / "cu", tmp_path / "moi"


def test_two_campaigns_are_compared_and_left_as_they_are(campaigns):
    former, campaign = campaigns
    before = {p: p.read_bytes() for folder in campaigns for p in folder.rglob("*") if p.is_file()}
    compared = pipeline.compare(campaign, former)
    assert [c["codes"] for c in compared.to_json()["changes"]] == [["C01_A", "C01_B"], [], ["so-y-te"]]
    assert pipeline.told(compared.changes)[0] == "  (phân công 2, đơn vị phải gửi biểu 1, đơn vị 1)"
    assert pipeline.told(compared.changes, most=1)[-1] == "    … và 2 thay đổi khác."
    assert pipeline.compare(former, campaign).exit_code == 0
    assert {p: p.read_bytes() for folder in campaigns for p in folder.rglob("*") if p.is_file()} == before
    assert pipeline.told(()) == ["  không có gì khác."]


def test_an_appendix_for_the_next_year_tells_what_it_changes(campaigns, tmp_path):
    former, campaign = campaigns
    target = tmp_path / "phu-luc.docx"
    pipeline.print_appendix(campaign, target)
    begun = pipeline.begin(tmp_path / "sau", previous=campaign, appendix_file=target)
    assert begun.changes == ()
    begun = pipeline.begin(tmp_path / "khac", previous=former, appendix_file=target)
    assert [c.codes for c in begun.changes if c.section.name == "ASSIGNMENTS"] == [("C01_A", "C01_B")]


def test_print_appendix_replaces_no_file(campaigns, tmp_path):
    _, campaign = campaigns
    target = tmp_path / "in" / "phu-luc.docx"
    first = pipeline.print_appendix(campaign, target)
    assert (first.exit_code, pipeline.print_appendix(campaign, target).path) == (0, target)
    assert first.to_json() == {"year": 2025, "file": str(target), "criteria": 4, "findings": []}
    target.write_bytes(b"signed")
    for path in (target, tmp_path, tmp_path / "a.pdf", tmp_path / "phan-cong.xlsx"):
        with pytest.raises(Exception, match=path.name):
            pipeline.print_appendix(campaign, path)
    assert target.read_bytes() == b"signed"
