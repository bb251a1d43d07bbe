"""A rehearsal finds every fault that it planted and nothing else; a check that is missing, or raves, comes to light."""

import hashlib
import json
from collections import Counter
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import KEY, small_plan
from drawn import drawn_plan
from msgspec.structs import replace

from lsindicators import assignment, checks, cli, inbox, layout, merge, pipeline
from lsindicators.checks import across, cells
from lsindicators.findings import OF_PAPERS, Code, Severity
from lsindicators.model import HANOI, CellRef, Entry, FoundCell, Kind, Return, State, Status, Token, UnitGroup
from lsindicators.rehearsal import catalogue, figures, rules
from lsindicators.rehearsal.desk import Desk

MANY = range(25)


def campaign(folder, plan):
    folder.mkdir()
    (folder / "phan-cong.xlsx").write_bytes(assignment.write(plan))
    return folder


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return campaign(tmp_path_factory.mktemp("nho") / "ky", small_plan())


def snapshot(folder):
    return {p.relative_to(folder): hashlib.sha256(p.read_bytes()).digest() for p in folder.rglob("*") if p.is_file()}


# ------------------------------------------------------------------ made-up figures


def returned(plan, unit, desk):
    """The return that a form filled in as on ``desk`` is, without a workbook."""
    form = layout.form(plan, unit)
    stamp = str(layout.stamp(KEY, form))
    typed = {a: t for a, t in {**form.locked, **form.signature, **desk.cells}.items() if t not in ("", None)}
    typed[layout.address(layout.TOKEN_ROW, 0)] = stamp

    def cell(row, column):
        address = layout.address(row, column)
        value = typed.get(address)
        return FoundCell(at=CellRef("a.xlsx", layout.DATA, address), value=value, literal=str(value or ""))

    entries = tuple(
        Entry(
            variable=code,
            label=str(cell(row.row, layout.LABEL).value),
            key=CellRef("a.xlsx", layout.DATA, layout.address(row.row, layout.KEY)),
            previous=cell(row.row, layout.PREVIOUS),
            current=cell(row.row, layout.CURRENT),
            state=cell(row.row, layout.STATE),
            source=cell(row.row, layout.SOURCE),
            reason=cell(row.row, layout.REASON),
        )
        for code, row in form.by_code.items()
    )
    found = {a: FoundCell(at=CellRef("a.xlsx", layout.DATA, a), value=t, literal=str(t)) for a, t in typed.items()}
    questions = {f"A{i}": t for i, t in enumerate((*layout.NARRATIVE_HEADING, *layout.QUESTIONS), 1)}
    narrative = {a: FoundCell(at=CellRef("a.xlsx", layout.NARRATIVE, a), value=t) for a, t in questions.items()}
    return Return(
        file="a.xlsx",
        sha256="",
        tokens=(Token(text=stamp, place="cell"),),
        sheet=layout.DATA,
        heading_row=layout.HEADING_ROW + 1,
        year_heading=plan.year,
        entries=entries,
        cells={layout.DATA: found, layout.NARRATIVE: narrative},
        sheets=(layout.DATA, layout.NARRATIVE),
        protected=True,
        answers=(),
    )


def judged(plan, seed):
    """Every unit's form filled in for ``seed``: the verdicts, and the faults that nobody planted."""
    told = {}
    for answer in figures.answers(plan, seed):
        told.setdefault(answer.unit, {})[answer.variable] = answer
    verdicts, wrong = {}, []
    for unit, answers in told.items():
        desk = Desk(plan=plan, form=layout.form(plan, unit), answers=answers, words={})
        verdict = checks.judge(plan, KEY, returned(plan, unit, desk), datetime(2026, 3, 20, tzinfo=HANOI))
        wrong += [(unit, f) for f in verdict.findings if f.severity is not Severity.INFO]
        assert {(f.variable, f.year): (f.value, f.state) for f in verdict.figures} == desk.figures()
        verdicts[unit] = verdict
    return verdicts, wrong


@pytest.mark.parametrize("number", range(40))
def test_forms_of_any_plan_are_filled_in_well(number):
    plan = drawn_plan(number)
    for seed in range(4):
        verdicts, wrong = judged(plan, seed)
        assert wrong == []
        taken = [f for v in verdicts.values() for f in v.figures]
        dataset, _ = merge.combine(plan, taken, {}, verdicts.keys())
        assert [c.message for c in dataset.conflicts] == []
        assert {v.status for v in verdicts.values()} == {Status.ACCEPTED}


@pytest.mark.parametrize("seed", range(6))
def test_forms_of_the_province_are_filled_in_well(seed):
    plan = assignment.builtin(2025)
    verdicts, wrong = judged(plan, seed)
    assert wrong == []
    taken = [f for v in verdicts.values() for f in v.figures]
    assert merge.combine(plan, taken, {}, verdicts.keys())[0].conflicts == ()
    states = Counter(f.state for f in taken if f.year == plan.year)
    assert set(states) == set(State)
    assert states[State.GIVEN] > len(taken) / 3
    rules = [f for f in taken if f.reason == figures.SILENCE]
    assert len(rules) < len(taken) / 100  # a figure is given up only where nothing else helps


def test_figures_depend_on_seed_and_nothing_else():
    plan = small_plan()
    assert figures.answers(plan, 3) == figures.answers(plan, 3)
    assert figures.answers(plan, 3) != figures.answers(plan, 4)


def test_figures_lie_near_those_on_record():
    plan = small_plan()
    for seed in MANY:
        for a in figures.answers(plan, seed):
            known = plan.past_value.get((a.variable, a.unit, 2024))
            if known is not None and a.value is not None:
                assert a.previous == known
                assert abs(a.value - known) <= known / 5


# ------------------------------------------------------------------ a whole rehearsal


def every(outcome):
    """What went wrong, to be shown by a test that fails."""
    missed = [(f.file, f.cell, f.code.word, f.typed, f.said) for f in outcome.missed]
    return missed, [(a.file, a.cell, a.code, a.message) for a in outcome.false_alarms]


def test_a_small_campaign_through_the_command(small, tmp_path):
    before = snapshot(small)
    run = CliRunner().invoke(cli.main, ["rehearse", str(small), "--seed", "5", "--json"])
    assert run.exit_code == 0, run.output
    told = json.loads(run.stdout)
    assert {k: told[k] for k in ("year", "seed", "forms", "missed", "false_alarms", "folder")} == {
        "year": 2025, "seed": 5, "forms": 3, "missed": [], "false_alarms": [], "folder": None,
    }  # fmt: skip
    assert told["caught"] == told["planted"] == len(told["faults"])
    assert {n["code"] for n in told["not_planted"]} == {
        "conflict", "totals-disagree", "ambiguous-unit-name", "formula-doubtful",
    }  # fmt: skip
    assert {f["code"] for f in told["faults"]} | {n["code"] for n in told["not_planted"]} == {
        c.word for c in Code if c not in OF_PAPERS
    }
    assert snapshot(small) == before


@pytest.fixture
def scratch(monkeypatch, tmp_path):
    """Where the scratch folders are made."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tam"))
    (tmp_path / "tam").mkdir()
    return tmp_path / "tam"


def test_it_is_told_in_words_and_the_scratch_folder_goes_when_all_is_well(small, scratch):
    run = CliRunner().invoke(cli.main, ["rehearse", str(small)])
    assert run.exit_code == 0
    assert list(scratch.iterdir()) == []
    assert "Không cài được conflict" in run.output
    assert "ambiguous-number" in run.output
    assert "Mọi lỗi đã cài đều được phát hiện" in run.output


def test_every_kind_has_a_name():
    assert set(pipeline.KINDS) == set(Code) - OF_PAPERS


@pytest.fixture(scope="module")
def thrice(small, tmp_path_factory):
    """Two seeds, the first of them twice: what came of each, where it was kept, and what was sent."""
    folders = [tmp_path_factory.mktemp("ba") / "dien-tap" for _ in range(3)]
    outcomes = [pipeline.rehearse(small, seed, folder) for seed, folder in zip((11, 11, 12), folders, strict=True)]
    return outcomes, folders, [snapshot(folder / "tra-ve") for folder in folders]


def test_the_same_seed_is_the_same_play(thrice):
    (one, two, other), _, sent = thrice
    assert {**one.to_json(), "folder": None} == {**two.to_json(), "folder": None}
    assert one.to_json()["faults"] != other.to_json()["faults"]
    assert sent[0] == sent[1] != sent[2]


def test_a_small_campaign(thrice):
    assert [every(outcome) for outcome in thrice[0]] == [([], [])] * 3


@pytest.mark.parametrize("number", [1, 2, 3, 5, 8, 13])
def test_campaigns_drawn_by_lot(tmp_path, number):
    outcome = pipeline.rehearse(campaign(tmp_path / "ky", drawn_plan(number)), number)
    assert every(outcome) == ([], [])


def test_numbers_that_leave_a_workbook_no_room_for_a_fraction(tmp_path):
    plan = small_plan(rules=(), past=())
    huge = {"low": Decimal(10) ** 14, "high": Decimal(10) ** 15}
    large = tuple(replace(v, **huge) if v.kind is Kind.WHOLE else v for v in plan.variables)
    outcome = pipeline.rehearse(campaign(tmp_path / "ky", replace(plan, variables=large)))
    assert every(outcome) == ([], [])
    assert Code.NOT_AN_INTEGER in dict(outcome.not_planted)


@pytest.fixture(scope="module")
def province(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tinh")
    pipeline.begin(folder / "ky", year=2025)
    return pipeline.rehearse(folder / "ky", 4, folder / "dien-tap"), folder / "dien-tap"


def test_the_whole_province(province):
    outcome, _ = province
    assert every(outcome) == ([], [])
    assert outcome.exit_code == 0
    assert [code for code, _ in outcome.not_planted] == [
        Code.CONFLICT,
        Code.FORMULA_DOUBTFUL,
    ]  # the built-in plan has one lead each
    planted = outcome.counts
    assert outcome.forms == 94
    for way in catalogue.CELL_FAULTS:
        code = CODE_OF.get(way.name) or Code[way.name]
        assert planted[code][0] >= 3, code
        assert len({f.file for f in outcome.faults if f.code is code}) >= 3, code


CODE_OF = {
    "RULE": Code.RULE_BROKEN, "SCALE": Code.UNIT_SCALE_SUSPECT, "CHANGE": Code.LARGE_CHANGE, "ABOVE": Code.ABOVE_MAXIMUM,
    "BELOW": Code.BELOW_MINIMUM, "FRACTION": Code.NOT_AN_INTEGER, "AMBIGUOUS": Code.AMBIGUOUS_NUMBER,
    "DATE": Code.DATE_AS_NUMBER, "CONTRADICTION": Code.STATE_CONTRADICTS_VALUE, "FORMULA": Code.FORMULA_IN_INPUT,
    "NO_SOURCE": Code.MISSING_SOURCE, "CONTROL": Code.CONTROL_CHARACTERS, "LONG": Code.TEXT_TOO_LONG,
    "NO_REASON": Code.MISSING_REASON, "BLANK": Code.MISSING_VALUE, "AS_TEXT": Code.NUMBER_AS_TEXT,
}  # fmt: skip


def test_files_come_in_many_ways(province):
    _, folder = province
    names = [p.name for p in (folder / "tra-ve").iterdir()]
    for ending in (".xlsx", ".xlsm", ".zip", ".eml"):
        assert any(name.endswith(ending) for name in names), ending
    assert any(name.startswith("~$") for name in names)
    assert "GIẢ ĐỊNH" in (folder / "dien-tap.txt").read_text(encoding="utf-8").upper()
    assert assignment.read(folder / "phan-cong.xlsx")[0].settings.made_up


def test_what_finds_no_place_is_said_and_is_no_miss(tmp_path):
    plan = small_plan()
    words = tuple(v for v in plan.variables if v.code in ("C43_A", "C43_B"))
    alone = tuple(
        replace(a, supporting=(), supporting_written="") for a in plan.assignments if a.variable in ("C43_A", "C43_B")
    )
    criteria = tuple(c for c in plan.criteria if c.code == "TD26")
    poor = replace(plan, variables=words, assignments=alone, criteria=criteria, rules=(), past=())
    outcome = pipeline.rehearse(campaign(tmp_path / "ky", poor))
    assert every(outcome) == ([], [])
    why = dict(outcome.not_planted)
    assert {Code.ABOVE_MAXIMUM, Code.RULE_BROKEN, Code.NO_RETURN, Code.NOT_AN_INTEGER, Code.UNREADABLE_ROW} <= set(why)
    assert all(why.values())
    assert outcome.exit_code == 0


def test_an_error_of_the_plan_is_exit_2(tmp_path):
    first, *others = small_plan().assignments
    gone = replace(first, supporting=(), supporting_written="UBND các huyện, thành phố")
    groups = (*small_plan().groups, UnitGroup(phrase="UBND các huyện, thành phố"))
    folder = campaign(tmp_path / "ky", replace(small_plan(), assignments=(gone, *others), groups=groups))
    _, found = assignment.read(folder / "phan-cong.xlsx")
    assert [f.severity for f in found] == [Severity.ERROR]
    run = CliRunner().invoke(cli.main, ["rehearse", str(folder)])
    assert run.exit_code == 2
    assert "chưa diễn tập được vì còn 1 lỗi" in run.stderr


# ------------------------------------------------------------------ where a rule begins to be broken


@pytest.mark.parametrize(
    ("expression", "border"),
    [
        ("C01_A <= C01_B", "40"),
        ("C01_A + C01_B = 100", "60"),
        ("C01_A * 2 <= C01_B + C09_A", "25"),
        ("C01_A * C01_A <= C01_B * 10", "20"),
        ("C01_A / C01_B <= 0.5", "20"),
    ],
)
def test_the_border_of_a_rule(plan, expression, border):
    ruled = replace(plan, rules=(replace(plan.rules[0], expression=expression),))
    (bound,) = rules.binding(ruled, layout.form(ruled, "so-khcn"))
    numbers = {"C01_A": Decimal(7), "C01_B": Decimal(40), "C09_A": Decimal(10)}

    def lookup(reference):
        return numbers[reference.code]

    proposed = [round(p, 6) for p in rules.proposals(bound, plan.variable["C01_A"], Decimal(7), lookup)]
    assert Decimal(border) in proposed


# ------------------------------------------------------------------ the folder


def test_a_kept_play_can_be_looked_at_and_used_again(small, thrice):
    (first, *_), (keep, *_), _ = thrice
    assert first.folder == keep
    again = pipeline.rehearse(small, 11, keep)
    assert again == first
    assert pipeline.receive(keep).summary[Status.REJECTED]  # it is a campaign like any other


def test_a_folder_with_something_else_in_it_is_refused(small, tmp_path):
    (tmp_path / "của tôi.txt").write_text("quan trọng", encoding="utf-8")
    for folder in (tmp_path, small, small / "thu"):
        run = CliRunner().invoke(cli.main, ["rehearse", str(small), "--keep", str(folder)])
        assert run.exit_code == 2
        assert run.stdout == ""
    assert [p.name for p in tmp_path.iterdir()] == ["của tôi.txt"]
    assert [p.name for p in small.iterdir()] == ["phan-cong.xlsx"]


def test_no_campaign_is_exit_2(tmp_path):
    run = CliRunner().invoke(cli.main, ["rehearse", str(tmp_path)])
    assert run.exit_code == 2
    assert "không phải thư mục kỳ báo cáo" in run.stderr


# ------------------------------------------------------------------ it finds what is wrong with us


def test_a_lost_check_and_a_lost_rule_are_found_out_and_the_play_is_kept(small, monkeypatch, scratch):
    monkeypatch.setattr(cells, "RULES", tuple(r for r in cells.RULES if r is not cells.limits))
    monkeypatch.setattr(across, "RULES", tuple(r for r in across.RULES if r is not across.broken_rules))
    outcome = pipeline.rehearse(small)
    assert outcome.exit_code == 1
    limits = {Code.ABOVE_MAXIMUM, Code.BELOW_MINIMUM, Code.NOT_AN_INTEGER}
    assert {f.code for f in outcome.missed} == limits | {Code.RULE_BROKEN}
    assert outcome.folder in scratch.iterdir()
    assert (outcome.folder / outcome.missed[0].file).is_file()
    assert outcome.to_json()["missed"][0]["put"]


def test_a_check_that_raves_is_a_false_alarm(small, monkeypatch, scratch):
    def raving(a):
        if a.variable.code != "C01_B" or a.value is None:
            return None
        return Code.ABOVE_MAXIMUM.at(a.entry.current.at, variable="C01_B", value=a.value, high=0, hint="")

    monkeypatch.setattr(cells, "RULES", (*cells.RULES, raving))
    run = CliRunner().invoke(cli.main, ["rehearse", str(small), "--json"])
    assert run.exit_code == 1
    told = json.loads(run.stdout)
    assert {a["code"] for a in told["false_alarms"]} >= {"above-maximum", "not-accepted", "value-differs"}
    assert Path(told["folder"]).is_dir()


def test_a_value_that_is_read_wrong_is_a_false_alarm(small, monkeypatch, scratch):
    figure = cells._figure
    monkeypatch.setattr(
        cells, "_figure", lambda a, y, m: figure(a, y, lambda **f: m(**{**f, "source": "", **_half(f)}))
    )
    outcome = pipeline.rehearse(small)
    assert {a.code for a in outcome.false_alarms} >= {"value-differs"}
    assert (outcome.missed, outcome.exit_code) == ((), 1)


def _half(facts):
    return {"value": facts["value"] / 2} if facts["variable"] == "C14_A" and facts["value"] else {}


def test_a_file_that_is_not_read_is_a_false_alarm(small, monkeypatch, scratch):
    collect = inbox.collect
    monkeypatch.setattr(inbox, "collect", lambda *told: list(collect(*told))[1:])
    assert "not-read" in {a.code for a in pipeline.rehearse(small).false_alarms}
