"""A criterion over the years: which years, which value wins, where the line breaks; and a chain of three campaigns."""

from decimal import Decimal

import pytest
from campaigns import answer, begun
from conftest import small_plan
from msgspec.structs import replace
from test_compute import criterion, figures
from test_succession import plan_of

from lsindicators import assignment, compute, merge, pipeline
from lsindicators.model import Figure, PastFigure, Share, State, Unit


def shown(series):
    """``2023 10 3/3``, a year a line; ``*`` on record, ``!`` a seam after it."""
    return [
        f"{p.year} {'-' if p.value is None else p.value} {p.reported}/{p.expected}"
        + ("*" if p.on_record else "")
        + ("!" if p.seam else "")
        for p in series.points
    ]


def points(formula, table, past=()):
    plan = small_plan(criteria=(criterion(formula),), past=tuple(PastFigure(variable=c, unit=u, year=y, value=Decimal(v)) for c, u, y, v in past))  # fmt: skip
    dataset, _ = merge.combine(plan, figures(table), {}, set())
    (found,) = compute.series(plan, dataset)
    return shown(found)


NOW = "C01_A 5 6 7"
CASES = [
    # formula, this campaign's figures, on record, points
    ("C01_A", NOW, [], ["2025 18 3/3"]),
    ("C01_A", "", [], ["2025 - 0/3"]),
    ("C01_A", NOW + "\nC01_A@-1 1 2 -", [], ["2024 3 2/3", "2025 18 3/3"]),
    ("C01_A", NOW, [("C01_A", "so-khcn", 2023, 1)], ["2023 1 1/3", "2024 - 0/3", "2025 18 3/3"]),
    ("C01_A", NOW, [("C01_A", None, 2023, 9)], ["2023 9 0/0*", "2024 - 0/3", "2025 18 3/3"]),
    ("C01_A", NOW, [("C01_A", None, 2024, 9), ("DV01", None, 2024, 8)], ["2024 8 0/0*", "2025 18 3/3"]),
    ("C01_A", NOW, [("DV01", None, 2021, 8)], ["2021 8 0/0*", "2022 - 0/3", "2023 - 0/3", "2024 - 0/3", "2025 18 3/3"]),
    # a figure of another criterion, and figures without which nothing can be computed, begin no series
    ("C01_A + C01_B", NOW, [("C01_A", None, 2022, 8), ("KQ07", None, 2021, 8)], ["2025 - 0/3"]),
    ("C01_A - C01_A@-1", NOW, [("C01_A", None, y, y) for y in (2022, 2023, 2024)], ["2023 1 0/0*", "2024 1 0/0*", "2025 -2006 3/3"]),
    # the year itself is never on record
    ("C01_A", NOW, [("C01_A", None, 2024, 9)], ["2024 9 0/0*", "2025 18 3/3"]),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "table", "past", "expected"), CASES)
def test_years_values_and_coverage(formula, table, past, expected):
    assert points(formula, table, past) == expected


def test_a_criterion_that_names_another_has_its_years_too():
    kq07, dv01 = criterion("C01_A", code="KQ07"), criterion("KQ07 - KQ07@-1")
    past = (PastFigure(variable="C01_A", unit=None, year=2024, value=Decimal(9)),)
    plan = small_plan(criteria=(kq07, dv01), past=past)
    dataset, _ = merge.combine(plan, figures(NOW), {}, set())
    one, other = compute.series(plan, dataset)
    assert (shown(one), shown(other)) == (["2024 9 0/0*", "2025 18 3/3"], ["2025 9 3/3"])


# xa-chi of 2025 is xa-an and xa-binh whole, and 40 % of xa-dong; xa-lap is the rest of xa-dong
SEAMS = [
    # formula, on record (2023 and 2024), 2025's own figures, where the line breaks
    ("C01_A", "C01_A|xa-an|2024|3\nC01_A|xa-binh|2024|4\nC01_A|xa-dong|2024|10", ["2024 17 2/5", "2025 18 2/5"]),
    ("C01_A", "C01_A|xa-an|2024|3\nC01_A|xa-binh|2024|4", ["2025 18 2/5"]),
    ("C01_A", "C01_A|xa-an|2024|3\nC01_A|xa-yen|2024|4", ["2024 4 1/5!", "2025 18 2/5"]),
    # two years that lack the same go together
    (
        "C01_A",
        "C01_A|xa-an|2023|3\nC01_A|xa-yen|2023|4\nC01_A|xa-an|2024|3\nC01_A|xa-yen|2024|4",
        ["2023 4 1/5", "2024 4 1/5!", "2025 18 2/5"],
    ),
    # a gap between: the seam is with the next year that has a value
    ("C01_A", "C01_A|xa-an|2023|3\nC01_A|xa-yen|2023|4", ["2023 4 1/5!", "2024 - 0/5", "2025 18 2/5"]),
    # the year after lacks what this year, on record, does not
    (
        "C01_A",
        "C01_A||2023|30\nC01_A|xa-an|2024|3\nC01_A|xa-yen|2024|4",
        ["2023 30 0/0*!", "2024 4 1/5!", "2025 18 2/5"],
    ),
    # a sum on record is what it was; a mean over other units is not
    ("C01_A", "C01_A||2024|30", ["2024 30 0/0*", "2025 18 2/5"]),
    ("C09_A", "C09_A||2024|30", ["2024 30 0/0*!", "2025 9 2/5"]),
    ("C09_A", "DV01||2024|30", ["2024 30 0/0*!", "2025 9 2/5"]),
    ("C09_A", "C09_A||2022|30\nC09_A||2023|31", ["2022 30 0/0*", "2023 31 0/0*!", "2024 - 0/5", "2025 9 2/5"]),
]


@pytest.mark.parametrize(("formula", "past", "expected"), SEAMS)
def test_a_line_breaks_where_merged_units_make_it(formula, past, expected):
    plan = plan_of(figures=past, criteria=(criterion(formula),))
    told = [
        Figure(variable=v, unit=u, year=2025, value=Decimal(9), state=State.GIVEN)
        for v in ("C01_A", "C09_A")
        for u in ("xa-chi", "xa-yen")
    ]
    dataset, _ = merge.combine(plan, told, {}, set())
    (found,) = compute.series(plan, dataset)
    assert shown(found) == expected


def test_the_seam_names_year_and_units():
    plan = plan_of(
        figures="C01_A|xa-an|2024|3\nC01_A|xa-yen|2024|4\nC09_A||2024|5", criteria=(criterion("C01_A + C09_A"),)
    )
    told = [
        Figure(variable=v, unit="xa-chi", year=2025, value=Decimal(9), state=State.GIVEN) for v in ("C01_A", "C09_A")
    ]
    dataset, _ = merge.combine(plan, told, {}, set())
    (found,) = compute.series(plan, dataset)
    assert found.points[0].seam == (
        "năm 2024 chưa có số của Xã Chi (mới sắp xếp); "
        "sau năm 2024 Xã Chi, Xã Lập được sắp xếp lại, mà số này tính theo từng đơn vị"
    )


def test_a_unit_that_only_changed_its_name_breaks_nothing():
    units = "xa-cu|Xã Cũ|-2024|\nxa-moi|Xã Mới|2025-|xa-cu"
    plan = plan_of(units, "C09_A||2024|30", criteria=(criterion("C09_A"),))
    told = [Figure(variable="C09_A", unit="xa-moi", year=2025, value=Decimal(9), state=State.GIVEN)]
    dataset, _ = merge.combine(plan, told, {}, set())
    assert shown(compute.series(plan, dataset)[0]) == ["2024 30 0/0*", "2025 9 1/2"]


# ------------------------------------------------------------------ a chain of campaigns

UNITS = ("so-khcn", "xa-hoa-tham", "phuong-ky-lua")


def played(campaign, numbers, **more):
    """Forms, what each unit answers, and the reading of it. ``more``: unit -> cells typed besides."""
    pipeline.issue(campaign)
    (campaign / "tra-ve").mkdir(exist_ok=True)
    for unit, of in numbers.items():
        cells = more.get(unit.replace("-", "_"), {})
        answer(campaign / "bieu-mau" / f"{unit}.xlsx", campaign / "tra-ve" / f"{unit}.xlsx", of, **cells)
    pipeline.receive(campaign, ())
    return pipeline.compile_table(campaign)


def said(number, extra=()):
    common = {"C01_A": number, "C01_B": number, "C09_A": number}
    return {
        "so-khcn": {**common, "C09_B": 40, "C14_A": 1000 + number, "C14_B": 10},
        **dict.fromkeys((*UNITS[1:], *extra), common),
    }


def typed_last_year(form, number):
    """Cells of column Năm {Y-1}, wherever no figure is on record."""
    from lsindicators import layout, workbook

    cells = next(s for s in workbook.read(form.read_bytes(), "").sheets if s.name == layout.DATA).cells
    return {
        f"E{row + 1}": number
        for (row, column), cell in cells.items()
        if column == layout.KEY and cell.value in ("C01_A", "C01_B", "C09_A", "C09_B", "C14_B")
    }


def test_three_campaigns_carry_all_years(tmp_path):
    one, two, three = (tmp_path / f"ky-{y}" for y in (2023, 2024, 2025))
    base = small_plan()
    begun(one, replace(base, settings=replace(base.settings, year=2023), past=()))
    last = {u.replace("-", "_"): typed_last_year(one / "bieu-mau" / f"{u}.xlsx", 1) for u in UNITS}
    played(one, said(10), **last)

    pipeline.begin(two, previous=one)
    played(two, said(14))

    pipeline.begin(three, previous=two)
    plan, _ = assignment.read(three / "phan-cong.xlsx")
    gone = tuple(replace(u, last=2024) for u in plan.units if u.code in ("xa-hoa-tham", "phuong-ky-lua"))
    new = Unit(
        code="phuong-moi", name="Phường Mới", short="Mới", type="phuong", first=2025, took_over=tuple(Share(unit=u.code) for u in gone)
    )  # fmt: skip
    merged = replace(plan, units=(plan.units[0], new), inactive=gone)
    (three / "phan-cong.xlsx").write_bytes(assignment.write(merged))
    numbers = {"so-khcn": said(20)["so-khcn"], "phuong-moi": {"C01_A": 40, "C01_B": 40, "C09_A": 40}}
    done = played(three, numbers)

    found = {s.criterion.code: s for s in compute.series(done.plan, done.dataset)}
    years = ["2022", "2023", "2024", "2025"]
    assert [p.split()[:2] for p in shown(found["DV01"])] == [list(x) for x in zip(years, ("6", "60", "84", "120"), strict=True)]  # fmt: skip
    assert not any(p.seam for p in found["DV01"].points)
    assert [p.year for p in found["HQ02"].points] == [2024, 2025]  # of 2022 nobody gave GRDP
    share = found["TD26"]
    assert [(p.year, p.value) for p in share.points] == [(2023, 100), (2024, 100), (2025, 100)]
    assert [bool(p.seam) for p in share.points] == [False, True, False]
    units = {(f.unit, f.year): f.value for f in done.dataset.figures if f.variable == "C01_A"}
    assert units == {
        ("so-khcn", 2022): 1, ("so-khcn", 2023): 10, ("so-khcn", 2024): 14, ("so-khcn", 2025): 20,
        ("phuong-moi", 2022): 2, ("phuong-moi", 2023): 20, ("phuong-moi", 2024): 28, ("phuong-moi", 2025): 40,
    }  # fmt: skip


def test_a_figure_of_the_province_that_the_clerk_decided_is_carried_over():
    from lsindicators.model import CellRef, Choice, Settlement
    from lsindicators.pipeline.init import _on_record

    plan = small_plan(past=())
    dataset, _ = merge.combine(plan, figures("C09_B 40"), {}, set())
    decided = Settlement(
        code="conflict", variable="C14_B", year=2025, rule="", said="", choice=Choice.CORRECT, unit="", value=Decimal(7),
        reason="rà soát", document="12/KH", dated=None, at=CellRef("dieu-chinh.xlsx"),
    )  # fmt: skip
    total = replace(dataset.totals["C14_B", 2025], value=Decimal(7), settled=decided)
    dataset = replace(dataset, totals={**dataset.totals, ("C14_B", 2025): total})
    carried = {(p.variable, p.unit): p.value for p in _on_record(plan, dataset) if p.unit is None}
    assert carried == {("C09_B", None): 40, ("C14_B", None): 7}
