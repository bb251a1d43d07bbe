"""The benchmarks' table, arithmetic and page; whether they run at all is seen by ``python -m benchmarks --small``."""

import json
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT))

from benchmarks import generate, page, race, scaling, table  # noqa: E402
from benchmarks.__main__ import main, measure  # noqa: E402
from benchmarks.race import Bench, Cost, FailedError, Sample, SkippedError  # noqa: E402

PAGE = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")

TARGETS = {
    "help": (2.0, 1.4), "version": (2.0, 1.4), "usage-error": (2.0, 1.4), "status": (4, 2.5), "trace": (4, 2.5),
    "generate-90": (1.0, 0.45), "generate-3400": (1.0, 0.2), "generate-again": (None, 0.5), "form-size": (1.5, 1.15),
    "check": (4, 3.2), "read-pandas": (1.0, 0.5), "read-frictionless": (0.3, 0.15), "slip": (3, 1.5),
    "far-cell": (None, 1.05), "far-cell-memory": (1.5, None), "read-again": (0.6, 0.4), "merge-90": (0.9, 0.6),
    "merge-3400": (0.9, 0.65), "merge-3400-memory": (0.5, 0.25), "report": (1.3, 0.4), "report-pdf": (1.2, 1.05),
    "memory-generate-90": (100, 60), "memory-read-90": (100, 60), "memory-generate-3400": (1.5, 1.2),
    "memory-read-3400": (1.5, 1.2), "year": (0.5, 0.3),
    **{f"scaling-{c}-{n}": (12, 10.5) for c in ("generate", "read", "merge", "report") for n in (900, 3400)},
}  # fmt: skip
"""The targets of the release: row -> must, first-rate."""


def row(**changes):
    known = {
        "name": "x",
        "operation": "op",
        "peer": "peer",
        "must": 1.0,
        "first_rate": 0.5,
        "leaves_out": "All.",
        "race": None,
    }
    return table.Row(**(known | changes))


def measured(*values, **changes):
    return page.Measured(row=row(**changes), samples=tuple(map(Sample, values)))


# ------------------------------------------------------------------ the table


def test_every_target_is_a_row_with_its_bounds():
    rows = {r.name: (r.must, r.first_rate) for r in table.ROWS}
    assert {name: rows.get(name) for name in TARGETS} == TARGETS


def test_rows_are_called_differently_and_say_what_the_peer_leaves_out():
    assert len({r.name for r in table.ROWS}) == len(table.ROWS)
    assert all(r.leaves_out.endswith(".") for r in table.ROWS)


def test_the_page_holds_every_row_of_the_table_and_no_other():
    lines = re.findall(r"^\| `([a-z0-9-]+)` \| (.+?) \| ", PAGE, re.MULTILINE)
    assert lines == [(r.name, r.operation) for r in table.ROWS]


def test_rows_are_asked_for_by_name_or_by_how_they_begin():
    assert [r.name for r in table.named(("help",))] == ["help"]
    assert {r.name for r in table.named(("generate",))} == {
        n.name for n in table.ROWS if n.name.startswith("generate-")
    }
    assert table.named(()) == table.ROWS
    with pytest.raises(KeyError):
        table.named(("help", "gen"))


def test_a_wrong_row_and_a_page_without_markers_are_wrong_usage(tmp_path, capsys):
    bare = tmp_path / "page.md"
    bare.write_text("# no markers", encoding="utf-8")
    for words in (
        ["no-such-row"],
        ["help", "--markdown", str(bare)],
        ["help", "--markdown", str(tmp_path / "none.md")],
    ):
        with pytest.raises(SystemExit) as stopped:
            main(words)
        assert stopped.value.code == 2
    assert "no-such-row" in capsys.readouterr().err


# ------------------------------------------------------------------ the arithmetic


def test_the_ratio_is_of_each_pair_and_the_median_is_of_the_ratios():
    pairs = [(1, 2), (9, 3), (4, 4)]
    samples = [Cost(a, a, 10).over(Cost(b, 2 * b, 40)) for a, b in pairs]
    assert [s.value for s in samples] == [0.5, 3, 1]
    assert race.middle(samples) == 1
    assert samples[0] == Sample(0.5, 0.25, 10, 40)
    assert Cost(1, 1, 10).peak_over(Cost(9, 9, 40)).value == 0.25


def test_a_slip_costs_what_reading_costs_on_top():
    assert Cost(11, 11, 1).minus(Cost(5, 5, 1)).per(3) == Cost(2, 2, 1)


def test_scaling_is_the_time_of_ten_times_as_many_units():
    assert scaling.tenfold(Cost(30, 30, 5), 900, Cost(3, 3, 5), 90).value == pytest.approx(10)
    assert scaling.tenfold(Cost(340, 340, 5), 3400, Cost(3, 3, 5), 90).value == pytest.approx(30)


def test_at_small_size_nothing_is_judged():
    assert page.Measured(row=row(), samples=(Sample(9),), judged=False).verdict == "ran"


@pytest.mark.parametrize(
    ("values", "bounds", "verdict"),
    [
        ((0.4, 9, 0.5), (1, 0.5), "first-rate"),
        ((0.6,), (1, 0.5), "met"),
        ((1.01,), (1, 0.5), "MISSED"),
        ((7,), (None, 0.5), "met"),
        ((0.9,), (1, None), "met"),
        ((7,), (None, None), "–"),
    ],
)
def test_the_verdict_is_that_of_the_median(values, bounds, verdict):
    assert measured(*values, must=bounds[0], first_rate=bounds[1]).verdict == verdict


def test_at_small_size_one_pair_is_run_and_the_first_turn_counts(tmp_path):
    small, full = Bench(folder=tmp_path, small=True), Bench(folder=tmp_path)
    assert list(small.turns()) == [(True, True)]
    assert list(full.turns(2)) == [(True, False), (False, True), (False, True)]
    assert list(full.turns(2, warm=False)) == [(True, True), (False, True)]
    assert (full.pairs(race.FEW), Bench(folder=tmp_path, asked=7).pairs(race.FEW)) == (race.FEW, 7)
    assert small.country < 90 < full.country


def test_each_pair_is_told_with_its_row(tmp_path):
    said = []
    bench = Bench(folder=tmp_path, tell=said.append, racing="merge-90")
    list(bench.turns(2))
    assert said == ["merge-90: a turn that does not count", "merge-90: pair 1 of 2", "merge-90: pair 2 of 2"]


def test_every_tenth_unit_stands_for_all_only_where_it_owes_as_much():
    plan = SimpleNamespace(owed={str(n): [1] * (20 + n % 2) for n in range(100)})
    assert generate.standing_for_all(plan, 1) == [*plan.owed]
    assert generate.standing_for_all(plan, 3) == [str(n) for n in range(0, 100, 3)]
    with pytest.raises(FailedError, match=r"one unit in 2 owes 0\.976 times"):
        generate.standing_for_all(plan, 2)


# ------------------------------------------------------------------ running


def test_a_process_is_measured_and_its_failure_told(tmp_path):
    bench = Bench(folder=tmp_path)
    cost = bench.run([sys.executable, "-c", "print('xong')"])
    assert cost.said == "xong\n"
    assert cost.seconds > 0 < cost.processor
    assert cost.peak > 1  # the system counts what its parent takes, which is a test run here
    with pytest.raises(FailedError, match="ended with 3: vì sao"):
        bench.run([sys.executable, "-X", "utf8", "-c", "import sys; sys.stderr.write('vì sao'); sys.exit(3)"])
    assert bench.run([sys.executable, "-c", "raise SystemExit(1)"], (0, 1)).said == ""


def test_work_aside_gives_its_result_or_says_what_failed():
    assert race.aside(sum, (1, 2)) == 3
    with pytest.raises(FailedError, match="not the same in both: rows: 1 and 2"):
        race.aside(race.same, 1, 2, "rows")


def test_what_fails_or_lacks_spoils_no_other_row(tmp_path):
    def whole(bench):
        yield "a", [Sample(1)]

    def half(bench):
        yield "b", [Sample(1)]
        raise FailedError("nổ")

    def none(bench):
        raise SkippedError("no LibreOffice")
        yield

    rows = [
        row(name="b", race=half), row(name="c", race=half), row(name="d", race=none), row(name="a", race=whole),
        row(name="e", race=whole, needs=("no_such_module",)),
    ]  # fmt: skip
    found = {m.row.name: m for m in measure(Bench(folder=tmp_path), rows)}
    assert {name: m.verdict for name, m in found.items()} == {
        "b": "met",
        "c": "failed: nổ",
        "d": "not measured: no LibreOffice",
        "a": "not measured: no_such_module not installed: pip install '.[bench]'",
        "e": "not measured: no_such_module not installed: pip install '.[bench]'",
    }
    assert [m.row.name for m in found.values()] == ["b", "c", "d", "a", "e"]


# ------------------------------------------------------------------ the page


def test_only_what_stands_between_the_markers_is_written_anew():
    text = f"by hand\n{page.BEGIN}\nold\n{page.END}\nby hand, too\n"
    assert page.rewritten(text, "new") == f"by hand\n{page.BEGIN}\nnew\n{page.END}\nby hand, too\n"
    for broken in ("", page.BEGIN, page.END + page.BEGIN, text + page.BEGIN):
        with pytest.raises(ValueError, match="once each"):
            page.rewritten(broken, "new")


def test_the_section_says_when_on_what_and_how_and_tells_no_path_of_the_machine():
    about = page.facts("python -m benchmarks")
    section = page.section([measured(0.4, 0.6, 0.5), measured(must=1.0)], about)
    assert f"Measured on {about['date']} with `python -m benchmarks`" in section
    assert "| `x` | op | peer | 0.50 (0.40 to 0.60, of 3) | ≤ 1 | ≤ 0.5 | first-rate |" in section
    assert "| `x` | op | peer |  | ≤ 1 | ≤ 0.5 | not measured: |" in section.replace("measured:  |", "measured: |")
    assert "- `x`: All." in section
    told = section + json.dumps(about)
    assert str(ROOT) not in told
    assert not re.search(r"(?<![\w<])/(home|root|tmp|usr|opt)\b", told)


def test_the_document_holds_every_sample():
    (told,) = page.document([measured(0.4, 0.6)], {"date": "2026-11-28"})["rows"]
    assert told["median"] == 0.5
    assert [s["value"] for s in told["samples"]] == [0.4, 0.6]
    assert json.loads(json.dumps(told)) == told
