"""Units that end, begin, merge, split and are renamed: who is there, whose names lead where, what last year's figures are.

A unit is one line: code | name | years | Kế thừa từ. A figure is one line: variable | unit | year | value.
"""

import io
from datetime import datetime
from decimal import Decimal

import openpyxl
import pytest
from conftest import KEY, small_plan, variable
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from lsindicators import assignment, checks, compute, exports, forms, layout, merge, names, returns, succession
from lsindicators.assignment import reading, shares
from lsindicators.errors import UnusableInputError
from lsindicators.model import HANOI, Figure, FormerName, Kind, Method, PastFigure, Share, State, Unit, UnitGroup
from lsindicators.report import sentences
from lsindicators.report.content import notes

MERGED = """
    xa-an    | Xã An    |      -2024 |
    xa-binh  | Xã Bình  |      -2024 |
    xa-dong  | Xã Đông  |      -2024 |
    xa-cu    | Xã Cũ    |      -2024 |
    xa-chi   | Xã Chi   | 2025-      | xa-an; xa-binh; xa-dong 40 %
    xa-lap   | Xã Lập   | 2025-      | xa-dong 60 %
    xa-moi   | Xã Mới   | 2025-      | xa-cu
    xa-yen   | Xã Yên   |            |
"""


def lines(text):
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().split("\n") if line.strip()]


def year(text):
    return int(text) if text.strip() else None


def unit(code, name, years, took_over):
    first, _, last = years.partition("-")
    former = tuple(Share(unit=who, percent=shares.percent(part)) for who, part in shares.parts(took_over))
    return Unit(code=code, name=name, short=name, type="xa", first=year(first), last=year(last), took_over=former)


def plan_of(units=MERGED, figures="", at=2025, **changes):
    """A plan of the year ``at`` in which every commune owes the small plan's common variables."""
    base = small_plan()
    listed = [base.units[0], *(unit(*line) for line in lines(units))]
    there = tuple(u for u in listed if u.exists(at))
    communes = tuple(u.code for u in there[1:])
    variables = (
        variable("C01_A", "Số người nghiên cứu", "người", Kind.WHOLE),
        variable("C01_B", "Kinh phí", "triệu đồng", Kind.DECIMAL),
        variable("C09_A", "Tỷ lệ", "%", Kind.PERCENT, Method.MEAN),
        variable("C09_B", "Nhiều nhất", "việc", Kind.WHOLE, Method.MAX),
        variable("C14_A", "GRDP", "triệu đồng", Kind.DECIMAL, Method.LEAD),
        variable("C14_B", "Lao động", "người", Kind.WHOLE),
        variable("C43_A", "Có dữ liệu", "Có/Không", Kind.YES_NO, Method.SHARE_YES),
        variable("C43_B", "Đường dẫn", "", Kind.TEXT, Method.JOIN, required=False),
    )
    past = tuple(
        PastFigure(variable=c, unit=u or None, year=int(y), value=v if c.startswith("C43") else Decimal(v))
        for c, u, y, v in lines(figures)
    )
    fields = {
        "settings": replace(base.settings, year=at),
        "units": there,
        "inactive": tuple(u for u in listed if not u.exists(at)),
        "variables": variables,
        "assignments": tuple(
            replace(base.assignments[0], variable=v.code, supporting=communes, lead_written="Sở KH&CN")
            for v in variables
        ),
        "past": past,
    }
    return replace(base, **{**fields, **changes})


def known(plan, code, who, at=2024):
    return succession.figure(plan, code, who, at).value


# ------------------------------------------------------------------ last year's figures


def test_a_merged_commune_has_the_sum_of_its_parts():
    plan = plan_of(figures="C01_A|xa-an|2024|3\n C01_A|xa-binh|2024|4\n C01_A|xa-dong|2024|10")
    assert known(plan, "C01_A", "xa-chi") == 11
    assert known(plan, "C01_A", "xa-lap") == 6
    told = succession.how(plan, "xa-chi", 2024, succession.figure(plan, "C01_A", "xa-chi", 2024))
    assert told == "Cộng số năm 2024 của Xã An (3); Xã Bình (4); 40 % Xã Đông (10)"
    told = succession.how(plan, "xa-lap", 2024, succession.figure(plan, "C01_A", "xa-lap", 2024))
    assert told == "60 % số 10 năm 2024 của Xã Đông"


def test_whole_numbers_stay_whole_and_others_are_exact():
    figures = "\n".join(
        f"{c}|{u}|2024|{v}" for c, v in [("C01_A", 7), ("C01_B", "0.7")] for u in ("xa-an", "xa-binh", "xa-dong")
    )
    plan = plan_of(figures=figures)
    assert [known(plan, "C01_A", u) for u in ("xa-chi", "xa-lap")] == [17, 4]  # 2,8 and 4,2: the larger fraction
    assert [str(known(plan, "C01_B", u)) for u in ("xa-chi", "xa-lap")] == ["1.68", "0.42"]


def test_of_equal_fractions_the_first_in_the_plan_takes_the_odd_one():
    half = "xa-a|Xã A|-2024|\n xa-b|Xã B|2025-|xa-a 50 %\n xa-c|Xã C|2025-|xa-a 50 %"
    plan = plan_of(half, "C01_A|xa-a|2024|7")
    assert [known(plan, "C01_A", u) for u in ("xa-b", "xa-c")] == [4, 3]
    minus = plan_of(half, "C01_A|xa-a|2024|-7")
    assert [known(minus, "C01_A", u) for u in ("xa-b", "xa-c")] == [-4, -3]


@pytest.mark.parametrize(
    ("code", "value"), [("C09_A", "12.5"), ("C09_B", "8"), ("C14_A", "1.5"), ("C43_A", "Có"), ("C43_B", "vb 12")]
)
def test_a_new_name_carries_any_figure_over_and_a_merger_none_that_does_not_add_up(code, value):
    plan = plan_of(figures="\n".join(f"{code}|{u}|2024|{value}" for u in ("xa-an", "xa-binh", "xa-dong", "xa-cu")))
    assert str(known(plan, code, "xa-moi")) == value
    for who in ("xa-chi", "xa-lap"):
        blank = succession.figure(plan, code, who, 2024)
        assert blank.value is None
        assert "không cộng được" in succession.how(plan, who, 2024, blank)


def test_a_missing_part_leaves_a_blank_that_names_it():
    plan = plan_of(figures="C01_A|xa-an|2024|3\n C01_A|xa-dong|2024|10")
    blank = succession.figure(plan, "C01_A", "xa-chi", 2024)
    assert blank.value is None
    assert succession.how(plan, "xa-chi", 2024, blank).endswith("thiếu số năm 2024 của Xã Bình")
    nothing = succession.figure(plan, "C01_B", "xa-chi", 2024)
    assert succession.how(plan, "xa-chi", 2024, nothing) == "Chưa có số năm 2024 của Xã An; Xã Bình; 40 % Xã Đông"


def test_a_part_that_nobody_measured_leaves_a_blank_and_what_is_measured_is_used():
    units = "xa-a|Xã A|-2024|\n xa-b|Xã B|2025-|xa-a 40 %\n xa-c|Xã C|2025-|xa-a một phần"
    plan = plan_of(units, "C01_A|xa-a|2024|10")
    assert [known(plan, "C01_A", u) for u in ("xa-b", "xa-c")] == [4, None]
    told = succession.how(plan, "xa-c", 2024, succession.figure(plan, "C01_A", "xa-c", 2024))
    assert told.endswith("chưa biết nhận bao nhiêu phần của Xã A")


def test_a_figure_recorded_for_the_new_unit_wins():
    plan = plan_of(figures="C01_A|xa-an|2024|3\n C01_A|xa-binh|2024|4\n C01_A|xa-dong|2024|10\n C01_A|xa-chi|2024|99")
    assert known(plan, "C01_A", "xa-chi") == 99


@pytest.mark.parametrize("years", ["", "2020-"])
def test_a_unit_that_was_there_and_grew_adds_its_own_figure(years):
    units = f"xa-a|Xã A|-2024|\n xa-b|Xã B|{years}|xa-a"
    plan = plan_of(units, "C01_A|xa-a|2024|3\n C01_A|xa-b|2024|5\n C43_A|xa-a|2024|Có\n C43_A|xa-b|2024|Có")
    assert known(plan, "C01_A", "xa-b") == 8
    assert known(plan, "C43_A", "xa-b") is None  # its own row was a smaller unit's
    told = succession.how(plan, "xa-b", 2024, succession.figure(plan, "C01_A", "xa-b", 2024))
    assert told == "Cộng số năm 2024 của Xã B cũ (5); Xã A (3)"
    lacks = plan_of(units, "C01_A|xa-a|2024|3\n C01_B|xa-b|2024|5")
    assert known(lacks, "C01_A", "xa-b") is None


def test_only_years_up_to_the_end_of_the_former_unit_are_derived():
    units = "xa-a|Xã A|-2023|\n xa-b|Xã B|2024-|xa-a"
    plan = plan_of(units, "C01_A|xa-a|2023|3\n C01_A|xa-b|2024|5")
    assert [known(plan, "C01_A", "xa-b", y) for y in (2022, 2023, 2024)] == [None, 3, 5]


def test_a_chain_leads_back_to_the_first_units():
    units = """
        xa-a | Xã A |     -2023 |
        xa-b | Xã B |     -2023 |
        xa-c | Xã C | 2024-2024 | xa-a; xa-b
        xa-d | Xã D | 2025-     | xa-c 40 %
        xa-e | Xã E | 2025-     | xa-c 60 %
    """
    plan = plan_of(units, "C01_A|xa-a|2023|3\n C01_A|xa-b|2023|4\n C01_A|xa-c|2024|10")
    assert [known(plan, "C01_A", u, 2023) for u in ("xa-d", "xa-e")] == [3, 4]
    assert [known(plan, "C01_A", u, 2024) for u in ("xa-d", "xa-e")] == [4, 6]
    assert succession.origin(plan, "xa-d", 2023) == "40 % Xã A; 40 % Xã B"
    register = names.Register(plan.units, (), (), plan.inactive)
    (problem,) = register.resolve("Xã A").problems
    assert (problem.trouble, problem.candidates) == (names.Trouble.AMBIGUOUS, ("xa-d", "xa-e"))


# A province of up to six old communes, each cut into per cent pieces that go to one of four new communes.
pieces = st.lists(st.integers(1, 100), min_size=1, max_size=4).map(
    lambda cuts: [Decimal(c * 10000 // sum(cuts)).scaleb(-2) for c in cuts]
)


@given(
    st.lists(st.tuples(pieces, st.integers(0, 10**12), st.integers(0, 6)), min_size=1, max_size=6),
    st.sampled_from(["C01_A", "C01_B", "C14_B"]),
)
def test_merging_and_splitting_leaves_the_provinces_sum_as_it_was(olds, code):
    """Whatever becomes of the communes, as long as each is given away whole."""
    took_over = {f"xa-{i}": [] for i in range(4)}
    text, figures, total = [], [], Decimal(0)
    for n, (parts, number, places) in enumerate(olds):
        parts = [*parts[:-1], Decimal(100) - sum(parts[:-1])]
        for i, percent in enumerate(parts):
            took_over[f"xa-{i}"].append(Share(unit=f"cu-{n}", percent=percent))
        value = Decimal(number) if code != "C01_B" else Decimal(number).scaleb(-places)
        total += value
        text.append(f"cu-{n}|Xã Cũ {n}|-2024|")
        figures.append(f"{code}|cu-{n}|2024|{value:f}")
    new = [f"{u}|Xã Mới {u}|2025-|{shares.written(tuple(s))}" for u, s in took_over.items() if s]
    plan = plan_of("\n".join(text + new), "\n".join(figures))
    dataset, _ = merge.combine(plan, (), {}, ())
    assert dataset.totals[code, 2024].value == total
    if code != "C01_B":
        assert all(f.value == f.value.to_integral_value() for f in dataset.figures)


# ------------------------------------------------------------------ what is shown


FIGURES = """
    C01_A | so-khcn | 2024 | 100
    C01_A | xa-an   | 2024 | 3
    C01_A | xa-binh | 2024 | 4
    C01_A | xa-dong | 2024 | 10
    C01_A | xa-cu   | 2024 | 5
    C01_A | xa-yen  | 2024 | 1
    C01_B | xa-an   | 2024 | 3
"""


def test_the_form_locks_what_is_derived_tells_its_origin_and_asks_for_the_rest():
    plan = plan_of(figures=FIGURES)
    form = layout.form(plan, "xa-chi")
    book = openpyxl.load_workbook(io.BytesIO(forms.write(plan, form, layout.stamp(KEY, form))))
    sheet = book[layout.DATA]
    derived, blank = (layout.address(form.by_code[c].row, layout.PREVIOUS) for c in ("C01_A", "C01_B"))
    assert (sheet[derived].value, sheet[derived].protection.locked) == (11, True)
    assert (sheet[blank].value, sheet[blank].protection.locked) == (None, False)
    prompts = {str(v.sqref): v.prompt for v in sheet.data_validations.dataValidation}
    assert prompts[derived] == "Cộng số năm 2024 của Xã An (3); Xã Bình (4); 40 % Xã Đông (10)."
    assert prompts[blank].startswith("Chưa lập được số năm 2024") and "thiếu số năm 2024 của Xã Bình" in prompts[blank]
    assert "Xã An; Xã Bình; 40 % Xã Đông" in sheet[layout.address(layout.ORIGIN_ROW, 0)].value
    assert layout.ORIGIN_ROW not in layout.form(plan, "xa-yen").head


def test_the_digest_follows_the_former_units():
    plan = plan_of(figures=FIGURES)
    other = plan_of(MERGED.replace("xa-dong 40 %", "xa-dong 30 %").replace("60 %", "70 %"), FIGURES)
    digests = [[layout.form(p, u).digest for u in ("xa-chi", "xa-yen")] for p in (plan, other)]
    assert digests[0][0] != digests[1][0]
    assert digests[0][1] == digests[1][1]
    turned = FIGURES.replace("xa-an   | 2024 | 3", "xa-an | 2024 | 4").replace(
        "xa-binh | 2024 | 4", "xa-binh | 2024 | 3"
    )
    assert layout.form(plan_of(figures=turned), "xa-chi").digest != digests[0][0]  # the same sum of other parts


def test_the_table_says_how_last_years_rows_were_made_and_counts_each_figure_once():
    plan = plan_of(figures=FIGURES)
    dataset, _ = merge.combine(plan, (), {}, ())
    assert dataset.totals["C01_A", 2024].value == 123
    rows = {(f.unit, f.variable): f.source for f in dataset.figures if f.year == 2024}
    assert rows["xa-moi", "C01_A"] == "Số năm 2024 của Xã Cũ"
    assert rows["xa-lap", "C01_A"] == "60 % số 10 năm 2024 của Xã Đông"
    assert rows["so-khcn", "C01_A"] == rows["xa-yen", "C01_A"] == ""
    assert ("xa-chi", "C01_B") not in rows
    results = compute.evaluate(plan, dataset)
    content = exports.write(plan, dataset, results, ())
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    listed = {(r[0], r[2]): r[7] for r in book["Dữ liệu"].iter_rows(min_row=2, values_only=True)}
    assert listed["xa-lap", "C01_A"] == "60 % số 10 năm 2024 của Xã Đông"
    notes = {r[0]: r[8] for r in book["Tiêu chí"].iter_rows(min_row=2, values_only=True)}
    assert "năm 2024 chưa có số của Xã Chi (mới sắp xếp)" in notes["DV01"].replace("Năm", "năm")
    assert results[0].parted == "số năm 2024 của Xã Chi, Xã Lập ước theo tỷ lệ chia tách"


def test_a_plain_merger_needs_no_word_and_a_figure_of_the_unit_heals_a_blank():
    units = "xa-a|Xã A|-2024|\n xa-b|Xã B|-2024|\n xa-c|Xã C|2025-|xa-a; xa-b"
    both = "C01_A|xa-a|2024|3\n C01_A|xa-b|2024|5\n C01_B|xa-a|2024|1"
    plan = plan_of(units, both)
    dataset, _ = merge.combine(plan, (), {}, ())
    assert succession.breaks(plan, dataset, [("C01_A", 2024)]) == ("", "")
    assert succession.breaks(plan, dataset, [("C01_B", 2024)])[0]
    typed = Figure(variable="C01_B", unit="xa-c", year=2024, value=Decimal(7), state=State.GIVEN)
    healed, _ = merge.combine(plan, (typed,), {}, ("xa-c",))
    assert healed.figure["C01_B", "xa-c", 2024].value == 7
    assert succession.breaks(plan, healed, [("C01_B", 2024)]) == ("", "")


def test_a_province_figure_on_record_knows_no_break():
    plan = plan_of(figures=FIGURES + "C01_A||2024|500")
    dataset, _ = merge.combine(plan, (), {}, ())
    assert dataset.totals["C01_A", 2024].value == 500
    assert succession.breaks(plan, dataset, [("C01_A", 2024)]) == ("", "")


def test_a_part_of_a_split_unit_that_is_in_no_total_matters():
    plan = plan_of(MERGED.replace("xa-dong 60 %", "xa-dong 50 %"), FIGURES)
    dataset, _ = merge.combine(plan, (), {}, ())
    matters, told = succession.breaks(plan, dataset, [("C01_A", 2024)])
    assert "phần còn lại không có trong tổng" in matters
    assert told == ""
    results = compute.evaluate(plan, dataset)
    assert "có ghi chú riêng" in sentences.carried(plan, results)
    assert any("phần còn lại" in note for note in notes.on_change(results[0]))


def test_the_report_tells_once_that_the_provinces_sum_is_what_it_was():
    both = "C01_A|xa-an|2024|3\n C01_A|xa-binh|2024|5\n C01_A|xa-dong|2024|10\n C01_A|xa-cu|2024|1"
    plan = plan_of(figures=both)
    dataset, _ = merge.combine(plan, (), {}, ())
    results = compute.evaluate(plan, dataset)
    assert sentences.carried(plan, results) == (
        "Số năm 2024 của 03 đơn vị mới sắp xếp được tính từ số của 04 đơn vị trước sắp xếp, trong đó 02 đơn vị ước "
        "theo tỷ lệ chia tách; tổng toàn tỉnh không thay đổi."
    )
    assert [r.seam for r in results] == ["", "", "", ""]
    assert not any("ước" in note for note in notes.on_change(results[0]))
    assert sentences.carried(small_plan(), ()) == ""


def test_a_long_share_of_a_number_is_no_changed_cell_when_it_comes_back():
    units = "xa-a|Xã A|-2024|\n xa-b|Xã B|2025-|xa-a 33,333333 %\n xa-c|Xã C|2025-|xa-a 66,666667 %"
    plan = plan_of(units, "C01_B|xa-a|2024|27500000.123457")
    form = layout.form(plan, "xa-b")
    content = forms.write(plan, form, layout.stamp(KEY, form))
    ret, told = returns.read(content, "tra-ve/xa-b.xlsx", "0" * 64, "xlsx")
    assert told == ()
    codes = [f.code.word for f in checks.judge(plan, KEY, ret, datetime(2026, 3, 1, tzinfo=HANOI)).findings]
    assert "locked-cell-changed" not in codes


# ------------------------------------------------------------------ names


GONE = """
    xa-an    | Xã An      |  -2024 |
    xa-dong  | Xã Đông    |  -2024 |
    xa-het   | Xã Hết     |  -2024 |
    xa-x     | Xã Trùng   |  -2024 |
    xa-x-2   | Xã Trùng   | 2025-  | xa-an; xa-x
    xa-lap   | Xã Lập     | 2025-  | xa-dong 60 %
    xa-phu   | Xã Phú     | 2025-  | xa-dong 40 %
    xa-sau   | Xã Sau Này | 2027-  |
"""


@pytest.mark.parametrize(
    ("written", "units", "asked"),
    [
        ("Xã An", ["xa-x-2"], []),
        ("UBND xã An", ["xa-x-2"], []),
        ("xa-an", ["xa-x-2"], []),
        ("các xã Lập, An và Trùng", ["xa-lap", "xa-x-2"], []),
        ("Xã Trùng", ["xa-x-2"], []),  # the unit of today wins
        ("Xã Đông", [], [("ambiguous-unit-name", ("xa-lap", "xa-phu"))]),
        ("xa-dong", [], [("ambiguous-unit-name", ("xa-lap", "xa-phu"))]),
        ("Xã Hết", [], [("ambiguous-unit-name", ())]),
        ("xa-het", [], [("ambiguous-unit-name", ())]),
        ("Xã Sau Này", [], [("ambiguous-unit-name", ())]),
        ("UBND các xã", ["xa-x-2", "xa-lap", "xa-phu"], []),
        ("các xã biên giới", ["xa-lap", "xa-x-2"], [("ambiguous-unit-name", ("xa-lap", "xa-phu"))]),
        ("Xã Hoa Thám, huyện Bình Gia", ["xa-x-2"], []),
    ],
)
def test_the_names_of_units_that_ended(written, units, asked):
    plan = plan_of(GONE)
    groups = (
        UnitGroup(phrase="UBND các xã", members=("xa",)),
        UnitGroup(phrase="các xã biên giới", members=("xa-an", "xa-lap", "xa-dong", "xa-het")),
    )
    former = (FormerName(name="Xã Hoa Thám", unit="xa-an", district="Huyện Bình Gia"),)
    register = names.Register(plan.units, groups, former, plan.inactive)
    found = register.resolve(written)
    assert list(found.units) == units
    assert [(p.trouble.value, p.candidates) for p in found.problems] == asked


def test_an_agency_of_today_wins_over_the_one_that_bore_its_name():
    old = Unit(code="so-cu", name="Sở Công Thương", short="Sở CT", type="so", last=2024)
    new = replace(old, code="so-moi", first=2025, last=None, took_over=(Share(unit="so-cu"),))
    other = replace(old, code="so-khac", name="Sở Khác", short="Sở K", last=None, took_over=())
    for heir in (new, replace(new, took_over=())):
        register = names.Register((heir, other), (), (), (old,))
        assert register.resolve("Sở Công Thương; Sở CT").units == ("so-moi",)
        assert register.resolve("Sở Công Thương; Sở CT").problems == ()


def test_what_is_told_of_a_name_that_was_led_on_or_ended():
    plan = plan_of(GONE)
    register = names.Register(plan.units, (), (), plan.inactive)
    assert register.resolve("Xã An").notes == ("“Xã An” nay là Xã Trùng (từ năm số liệu 2025)",)
    assert "đến năm số liệu 2024" in register.resolve("Xã Hết").problems[0].why
    assert "từ năm số liệu 2027" in register.resolve("Xã Sau Này").problems[0].why
    assert "đã chia" in register.resolve("Xã Đông").problems[0].why


def test_a_new_year_reads_the_assignment_again():
    units = "xa-a|Xã A|-2025|\n xa-b|Xã B|-2025|\n xa-c|Xã C|2026-|xa-a\n xa-d|Xã D||"
    plan = plan_of(units)
    written = tuple(replace(a, supporting_written="Xã A; Xã B; Xã D") for a in plan.assignments)
    for assignments in (written, tuple(replace(a, supporting_written="") for a in plan.assignments)):
        after = assignment.for_year(replace(plan, assignments=assignments), 2026)
        assert [u.code for u in after.units] == ["so-khcn", "xa-d", "xa-c"]
        assert set(after.assignments[0].supporting) == {"xa-c", "xa-d"}
        assert after.assignments[0].supporting_written == "Xã A; Xã B; Xã D"
        assert assignment.for_year(after, 2025).assignments[0].supporting == ("xa-a", "xa-b", "xa-d")


# ------------------------------------------------------------------ the workbook


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("", []),
        ("xa-a", [("xa-a", "100")]),
        ("xa-a; xa-b 40%", [("xa-a", "100"), ("xa-b", "40")]),
        ("xa-b: 40%;", [("xa-b", "40")]),
        ("xa-b 40 %", [("xa-b", "40")]),
        ("xa-b 0,4", [("xa-b", "40")]),
        ("xa-b (33,5 %)", [("xa-b", "33.5")]),
        ("xa-b\n xa-c 60", [("xa-b", "100"), ("xa-c", "60")]),
        ("xa-b 100%", [("xa-b", "100")]),
        ("xa-b 0,5 %", [("xa-b", "0.5")]),
        ("xa-b một phần", [("xa-b", None)]),
    ],
)
def test_shares_as_people_write_them(typed, read):
    found = [(who, shares.percent(part)) for who, part in shares.parts(typed)]
    assert [(who, None if p is None else str(p)) for who, p in found] == read
    again = shares.written(tuple(Share(unit=who, percent=p) for who, p in found))
    assert [(who, shares.percent(part)) for who, part in shares.parts(again)] == found


def test_the_workbook_holds_them_all_and_a_workbook_of_before_is_whole():
    plan = plan_of(figures=FIGURES)
    former = (FormerName(name="Xã Rất Cũ", unit="xa-an", district="Huyện Bình Gia"),)
    plan = replace(plan, former=former)
    again, findings = reading.read(assignment.write(plan), "phan-cong.xlsx")
    assert findings == ()
    assert (again.units, again.inactive, again.past) == (plan.units, plan.inactive, plan.past)
    assert again.former == former
    assert assignment.write(again) == assignment.write(plan)
    book = openpyxl.load_workbook(io.BytesIO(assignment.write(small_plan())))
    book["Đơn vị"].delete_cols(7, 3)
    stream = io.BytesIO()
    book.save(stream)
    assert reading.read(stream.getvalue(), "phan-cong.xlsx")[0].units == small_plan().units


def edited(changes, units=MERGED, figures=""):
    """The workbook of ``plan_of`` after somebody typed ``changes`` (cell of Đơn vị -> value), or what it is told."""
    book = openpyxl.load_workbook(io.BytesIO(assignment.write(plan_of(units, figures))))
    for address, value in changes.items():
        sheet, _, cell = address.rpartition("!")
        book[sheet or "Đơn vị"][cell].value = value
    stream = io.BytesIO()
    book.save(stream)
    return reading.read(stream.getvalue(), "phan-cong.xlsx")[0]


# rows: 2 so-khcn, 3 xa-chi, 4 xa-lap, 5 xa-moi, 6 xa-yen, 7 xa-an, 8 xa-binh, 9 xa-dong, 10 xa-cu
@pytest.mark.parametrize(
    ("changes", "place", "words"),
    [
        ({"I3": "xa-ann; xa-binh"}, "I3", "có phải là “xa-an”"),
        ({"I3": "xa-khong-co"}, "I3", "giữ cả dòng"),
        ({"I3": "Xã An"}, "I3", "ghi mã “xa-an”"),
        ({"I3": "xa-an; xa-dong bốn mươi"}, "I3", "“bốn mươi” của “xa-dong” không phải là tỷ lệ"),
        ({"I3": "xa-dong 140 %"}, "I3", "ngoài khoảng"),
        ({"I3": "xa-dong -5%"}, "I3", "ngoài khoảng"),
        ({"I3": "xa-dong 0"}, "I3", "ngoài khoảng"),
        ({"I3": "xa-an; xa-an 40 %"}, "I3", "hai lần"),
        ({"I3": "xa-dong 50 %"}, "I4", "quá 100 % (xa-chi 50 %, xa-lap 60 %)"),
        ({"I3": "xa-an; xa-cu một phần"}, "I3", "không còn phần nào cho “xa-chi”"),
        ({"I3": "xa-chi"}, "I3", "chính mình"),
        ({"I7": "xa-chi"}, "I3", "vòng tròn"),
        ({"G3": 2025, "H3": 2024}, "H3", "trước Từ năm"),
        ({"G3": "hai nghìn"}, "G3", "không phải là số"),
        ({"G3": 25}, "G3", "từ 1990 đến 2100"),
        ({"H7": None}, "I3", "chưa có Đến năm"),
        ({"H7": 2025}, "I3", "còn đến năm 2025"),
        ({"I6": "xa-an", "I3": "xa-binh", "H6": 2024}, "I6", "chỉ có đến năm 2024"),
        ({"Năm trước!B2": "xa-la"}, "Năm trước!B2", "ghi Đến năm, không xóa"),
        ({"Năm trước!C2": 2024, "Năm trước!B2": "xa-an", "H7": 2023}, "Năm trước!C2", "Đến năm"),
        ({f"G{r}": 2030 for r in range(2, 7)} | {"I3": None, "I4": None, "I5": None}, "Đơn vị", "không đơn vị nào"),
    ],
)
def test_a_slip_is_one_sentence_with_its_cell(changes, place, words):
    with pytest.raises(UnusableInputError) as told:
        edited(changes, figures="C01_A|so-khcn|2024|3")
    sheet, _, cell = place.rpartition("!")
    where = f"phan-cong.xlsx › {sheet or 'Đơn vị'}!{cell} (" if cell != "Đơn vị" else "phan-cong.xlsx › Đơn vị:"
    assert [line for line in str(told.value).split("\n") if where in line and words in line], str(told.value)
    assert len(str(told.value).split("\n")) == 1, str(told.value)


def test_what_can_stand_and_may_not_be_meant_so_is_a_note():
    plan = edited({"I4": "xa-dong 50 %", "I5": None}, figures="C01_A|xa-cu|2024|3")
    told = "\n".join(succession.notes(plan))
    assert "Xã Đông (xa-dong) mới chia 90 %" in told
    assert "Xã Cũ (xa-cu) đã kết thúc mà chưa ghi đơn vị nào kế thừa" in told
    ahead = plan_of("xa-a|Xã A|-2025|\n xa-b|Xã B||xa-a")
    assert [u.code for u in ahead.units] == ["so-khcn", "xa-a", "xa-b"]
    assert list(succession.notes(ahead)) == ["Xã A (xa-a) còn hoạt động đến năm 2025; Xã B kế thừa từ năm 2026"]
    open_start = plan_of("xa-a|Xã A|-2024|\n xa-b|Xã B||xa-a")
    (note,) = succession.notes(open_start)
    assert "được hiểu là đơn vị mới" in note
    assert list(succession.notes(plan_of())) == []
