"""memory.py: what was worked out before is worked out no more, and is never anything else than what would be."""

import io
import json
import pickle
import shutil
from decimal import Decimal

import pytest
from campaigns import begun, send
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from lsindicators import assignment, ledger, memory, pipeline
from lsindicators.cli import main
from lsindicators.errors import UnusableInputError
from lsindicators.pipeline import campaign as folders
from lsindicators.pipeline import judging as rules
from lsindicators.pipeline import standing as rooms


@pytest.fixture(scope="module")
def _read(tmp_path_factory):
    """Three units have answered, one of them wrongly."""
    folder = begun(tmp_path_factory.mktemp("memory") / "ky")
    send(folder, "so-khcn")
    send(folder, "xa-hoa-tham", F12="ba")
    send(folder, "phuong-ky-lua")
    pipeline.receive(folder)
    return folder


@pytest.fixture
def campaign(_read, tmp_path):
    return shutil.copytree(_read, tmp_path / "ky")


def kept(campaign):
    return campaign / ledger.FOLDER / memory.FILE


def merged(campaign):
    """merge --json and the bytes of its workbook."""
    done = CliRunner().invoke(main, ["merge", str(campaign), "--json"])
    assert done.exit_code in (0, 1), done.output
    return json.loads(done.stdout), (campaign / "tong-hop.xlsx").read_bytes()


@pytest.fixture
def judging(monkeypatch):
    """The files that are judged, not remembered."""
    judged = []
    true = rules.judge

    def judge(basis, receipt, content):
        judged.append(receipt.file)
        return true(basis, receipt, content)

    monkeypatch.setattr(rules, "judge", judge)
    return judged


def test_the_same_figures_with_it_and_without(campaign):
    assert kept(campaign).is_file()
    with_it = merged(campaign)
    kept(campaign).unlink()
    assert merged(campaign) == with_it
    assert merged(campaign) == with_it


def test_nothing_is_judged_twice(campaign, judging):
    merged(campaign)
    pipeline.write_report(campaign)
    pipeline.state(campaign, folders.today())
    pipeline.explain(campaign, "so-khcn.xlsx")
    assert judging == []


def test_a_return_that_needs_a_slip_is_opened_again(campaign, judging):
    slip = campaign / "phieu-tra-lai" / "xa-hoa-tham.xlsx"
    before = slip.read_bytes()
    slip.unlink()
    received = pipeline.receive(campaign)
    assert judging == ["tra-ve/xa-hoa-tham.xlsx"]
    assert slip.read_bytes() == before
    assert list(received.slips.values()) == ["phieu-tra-lai/xa-hoa-tham.xlsx"]


def test_a_report_that_is_made_again_is_not_held_against_the_decree_again(campaign, monkeypatch):
    from lsindicators import decree

    def reported():
        made = pipeline.write_report(campaign)
        return [(w.form, w.path.read_bytes()) for w in made.written]

    first, true, checked = reported(), decree.check, []
    monkeypatch.setattr(decree, "check", lambda content, name: checked.append(name) or true(content, name))
    assert first[0][0] and reported() == first
    assert checked == []
    kept(campaign).unlink()
    assert reported() == first
    assert checked == ["bao-cao.docx", "bao-cao-ubnd.docx"]
    (campaign / "bao-cao.docx").unlink()
    send(campaign, "xa-hoa-tham", name="lan 2.xlsx", moment=1_774_100_000)
    pipeline.receive(campaign)
    assert reported() != first  # other figures, another paper
    assert len(checked) == 4


def test_a_new_return_is_judged_alone(campaign, judging):
    send(campaign, "xa-hoa-tham", name="lan 2.xlsx", moment=1_774_100_000)
    pipeline.receive(campaign)
    assert set(judging) == {"tra-ve/lan 2.xlsx", "tra-ve/xa-hoa-tham.xlsx"}
    judging.clear()
    merged(campaign)
    assert judging == []


def test_another_assignment_has_all_judged_anew(campaign, judging):
    from openpyxl import load_workbook

    book = load_workbook(campaign / "phan-cong.xlsx")
    sheet = book["Số liệu"]
    heads = {cell.value: cell.column for cell in sheet[1]}
    row = next(r for r in range(2, sheet.max_row + 1) if sheet.cell(r, heads["Mã số liệu"]).value == "C01_A")
    sheet.cell(row, heads["Lớn nhất"]).value = 100
    book.save(campaign / "phan-cong.xlsx")
    document, _ = merged(campaign)
    assert len(judging) == 3
    assert {"variable": "C01_A", "unit": "so-khcn", "why": "needs-mending"} in document["missing"]


def test_a_decision_has_its_unit_judged_anew(campaign, judging):
    from openpyxl import load_workbook

    from lsindicators.decisions import sheets

    path = campaign / "dieu-chinh.xlsx"
    book = load_workbook(path)
    sheet = book[sheets.FIGURES]
    heads = [cell.value for cell in sheet[1]]
    said = {"Mã đơn vị": "so-khcn", "Mã số liệu": "C01_A", "Quyết định": "Sửa thành", "Giá trị": 131, "Lý do": "đã đối chiếu",
            "Số văn bản": "12/BC"}  # fmt: skip
    for heading, value in said.items():
        sheet.cell(2, heads.index(heading) + 1).value = value
    book.save(path)
    document, _ = merged(campaign)
    assert set(judging) == {"tra-ve/so-khcn.xlsx"}  # and once more by the file as merge has written it
    (variable,) = (v for v in document["variables"] if v["code"] == "C01_A")
    assert variable["value"] == 131 + 4
    assert merged(campaign)[0] == document  # the first has written into dieu-chinh.xlsx what became of the decision
    judging.clear()
    assert merged(campaign)[0] == document
    assert judging == []


def test_another_version_of_the_program_judges_anew(campaign, judging, monkeypatch):
    monkeypatch.setattr(memory, "_program", lambda: "another")
    merged(campaign)
    assert len(judging) == 3


def test_a_plan_into_which_last_years_was_looked_is_judged_by_what_it_is_now(campaign, judging, monkeypatch):
    kept(campaign).unlink()
    monkeypatch.setattr(assignment, "stands_alone", lambda plan: False)
    merged(campaign)
    true = assignment.understand
    high = lambda v: replace(v, high=Decimal(100)) if v.code == "C01_A" else v  # noqa: E731

    def otherwise(content, path):
        plan, doubts = true(content, path)
        return replace(plan, variables=tuple(map(high, plan.variables))), doubts

    monkeypatch.setattr(assignment, "understand", otherwise)
    document, _ = merged(campaign)
    assert {"variable": "C01_A", "unit": "so-khcn", "why": "needs-mending"} in document["missing"]


def test_a_package_that_changed_judges_anew(monkeypatch, tmp_path):
    before = memory._program.__wrapped__()
    (tmp_path / "site-packages").mkdir()
    monkeypatch.syspath_prepend(tmp_path / "site-packages")
    assert memory._program.__wrapped__() != before


def test_a_plan_that_was_altered_in_memory_is_not_mistaken_for_the_one_on_disk(campaign, judging):
    mind = memory.Memory(campaign)
    plan, _ = folders.read_plan(campaign, mind)
    rooms.standing(campaign, replace(plan, rules=()), memory=mind)
    assert len(judging) == 3


def test_a_damaged_original_is_told_all_the_same(campaign):
    merged(campaign)
    original = next((campaign / ledger.FOLDER / ledger.ORIGINALS).iterdir())
    original.write_bytes(b"x" + original.read_bytes()[1:])
    with pytest.raises(UnusableInputError, match="đã bị thay đổi"):
        pipeline.compile_table(campaign)


def test_only_what_is_alone_at_work_writes_it(campaign):
    kept(campaign).unlink()
    pipeline.state(campaign, folders.today())
    assert not kept(campaign).exists()


def test_what_is_of_no_use_any_more_goes(campaign):
    size = len(memory._places(kept(campaign)))
    book = campaign / "phan-cong.xlsx"
    content = book.read_bytes()
    from openpyxl import load_workbook

    opened = load_workbook(book)
    opened["Kỳ báo cáo"]["D1"] = "ghi chú"
    opened.save(book)
    merged(campaign)
    assert len(memory._places(kept(campaign))) == size
    book.write_bytes(content)
    pipeline.issue(campaign)  # asks for the plan alone, drops no verdict, and remembers what it made
    assert len(memory._places(kept(campaign))) == size + 3  # and the plan with its formulas
    for command in (merged, merged):  # and no other command drops that
        command(campaign)
        assert len(memory._places(kept(campaign))) == size + 1


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damaged_it_is_worked_out_anew(_read, judging, data):
    path = kept(_read)
    whole = path.read_bytes()
    if data.draw(st.booleans()):
        spoilt = whole[: data.draw(st.integers(0, len(whole) - 1))]
    else:
        at = data.draw(st.integers(0, len(whole) - 1))
        spoilt = whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :]
    judging.clear()
    try:
        right = rooms.standing(_read, folders.read_plan(_read)[0]).judged
        path.write_bytes(spoilt)
        mind = memory.Memory(_read)
        assert rooms.standing(_read, folders.read_plan(_read, mind)[0], memory=mind).judged == right
    finally:
        path.write_bytes(whole)


def test_it_runs_no_code_of_others(campaign, tmp_path):
    """Also where somebody who has the key has sealed it."""
    import os

    class Trap:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "caught"),)

    mind = memory.Memory(campaign)
    records = {}
    for key in memory._places(kept(campaign)):
        body = pickle.dumps(Trap())
        records[key] = mind._seal(key, body) + body
    content = b"".join(k + len(r).to_bytes(8, "big") + r for k, r in records.items())
    kept(campaign).write_bytes(content)
    merged(campaign)
    assert not (tmp_path / "caught").exists()


@pytest.mark.parametrize("name", ["os.system", "eval", "Figure.__init__", "dataclass", "annotations"])
def test_nothing_but_nouns_is_made(name):
    module, _, attribute = name.rpartition(".")
    with pytest.raises(pickle.UnpicklingError):
        memory._Reader(io.BytesIO()).find_class(module or "lsindicators.model", attribute)


def decide(campaign, **said):
    """Type a decision about C01_A of so-khcn into dieu-chinh.xlsx."""
    from openpyxl import load_workbook

    from lsindicators.decisions import sheets

    book = load_workbook(campaign / "dieu-chinh.xlsx")
    sheet = book[sheets.FIGURES]
    heads = [cell.value for cell in sheet[1]]
    row = {"Mã đơn vị": "so-khcn", "Mã số liệu": "C01_A", "Quyết định": "Sửa thành", "Giá trị": 131, "Lý do": "đã đối chiếu",
           "Số văn bản": "12/BC"} | said  # fmt: skip
    for heading, value in row.items():
        sheet.cell(2, heads.index(heading) + 1).value = value
    book.save(campaign / "dieu-chinh.xlsx")


@pytest.fixture
def settling(monkeypatch):
    """How often it was found out of single verdicts where the campaign stands."""
    settled = []
    true = rooms._settled
    monkeypatch.setattr(rooms, "_settled", lambda *told: settled.append(1) or true(*told))
    return settled


def stand(campaign, settling):
    """Where it stands by what is remembered, held against where it stands; and whether anything was worked out for it."""
    settling.clear()
    mind = memory.Memory(campaign)
    plan, _ = folders.read_plan(campaign, mind)
    found = rooms.standing(campaign, plan, memory=mind)
    told = rooms.gist(campaign, plan, mind)
    again = bool(settling)
    afresh = rooms.standing(campaign, folders.read_plan(campaign)[0])
    assert found == afresh
    assert told == rooms.gist_of(afresh)
    assert [list(found.current), list(found.stands)] == [list(afresh.current), list(afresh.stands)]
    return again


def test_where_a_campaign_stands_is_remembered_whole(campaign, judging, settling):
    assert not stand(campaign, settling)
    decide(campaign)
    assert stand(campaign, settling)
    pipeline.receive(campaign)
    assert not stand(campaign, settling)
    decide(campaign, **{"Giá trị": "nhiều"})  # a row that cannot be applied
    pipeline.receive(campaign)
    assert not stand(campaign, settling)
    send(campaign, "so-khcn", name="so-khcn-2.xlsx", F12="140")
    pipeline.receive(campaign)
    assert not stand(campaign, settling)
    pipeline.compile_table(campaign)
    assert not stand(campaign, settling)


def test_what_is_written_into_the_decisions_by_the_command_itself_is_known(campaign, settling):
    (campaign / "dieu-chinh.xlsx").unlink()
    kept(campaign).unlink()
    pipeline.receive(campaign)
    assert (campaign / "dieu-chinh.xlsx").exists()
    assert not stand(campaign, settling)


@pytest.mark.parametrize("name", ["dieu-chinh.ods", "so-cai/goc/" + "0" * 64])
def test_a_file_beside_them_is_another_matter(campaign, settling, name):
    (campaign / name).write_bytes(b"")
    assert stand(campaign, settling)


def test_looking_says_the_same_with_and_without_it(campaign, settling):
    commands = (["status", "--json"], ["trace", "KQ07", "--json"], ["trace", "so-khcn:C01_A", "--json"])

    def told():
        done = (CliRunner().invoke(main, [name, str(campaign), *rest]) for name, *rest in commands)
        return [(d.exit_code, d.stdout, d.stderr) for d in done]

    remembered = told()
    assert not settling
    kept(campaign).unlink()
    assert told() == remembered
    assert settling


def test_a_damaged_original_is_told_by_who_only_looks(campaign):
    original = next((campaign / ledger.FOLDER / ledger.ORIGINALS).iterdir())
    original.write_bytes(b"x" + original.read_bytes()[1:])
    with pytest.raises(UnusableInputError, match="đã bị thay đổi"):
        pipeline.state(campaign, folders.today())
    with pytest.raises(UnusableInputError, match="đã bị thay đổi"):
        pipeline.trace(campaign, "KQ07")


def test_where_it_cannot_be_written_nothing_is_lost(campaign):
    kept(campaign).unlink()
    kept(campaign).mkdir()
    first, second = merged(campaign), merged(campaign)
    assert first == second


def test_a_country_stands_where_a_province_would(campaign, monkeypatch):
    """Compared in parts, remembered in pieces, and with what was kept for the next return let go of."""
    pipeline.receive(campaign)
    plan = folders.read_plan(campaign)[0]
    before = rooms.standing(campaign, plan)
    monkeypatch.setattr(rooms, "AT_ONCE", 0)
    monkeypatch.setattr(rooms, "FORGOTTEN", 1)
    monkeypatch.setattr(rooms, "_REMEMBERED_WHOLE", 0)
    monkeypatch.setattr(rooms, "_AT_A_TIME", 2)
    assert rooms.standing(campaign, plan) == before
    kept(campaign).unlink()
    mind = memory.Memory(campaign)
    plan = folders.read_plan(campaign, mind)[0]
    rooms.standing(campaign, plan, memory=mind)
    mind.settle()
    assert rooms.gist(campaign, plan, mind) == rooms.gist_of(before)


def test_a_gist_of_which_a_piece_is_gone_is_worked_out_again(campaign, monkeypatch):
    monkeypatch.setattr(rooms, "_AT_A_TIME", 1)
    pipeline.receive(campaign)
    mind = memory.Memory(campaign)
    plan = folders.read_plan(campaign, mind)[0]
    before = rooms.gist(campaign, plan, mind)
    find = memory.Memory.find
    lost = lambda self, *facts: None if facts[:2] == ("sendings", 1) else find(self, *facts)  # noqa: E731
    monkeypatch.setattr(memory.Memory, "find", lost)
    assert rooms.gist(campaign, plan, mind) == before


def test_what_is_kept_of_a_verdict_is_the_verdict(campaign):
    pipeline.receive(campaign)
    for judged in rooms.standing(campaign, folders.read_plan(campaign)[0]).judged:
        assert rooms._kept(judged.verdict) == judged.verdict


def test_what_was_remembered_stays_when_more_is(campaign):
    mind = memory.Memory(campaign)
    mind.complete = True
    mind.keep(("a", 1), "first")
    mind.settle()
    mind.keep(("b", 2), "second")
    mind.settle()
    again = memory.Memory(campaign)
    assert (again.find("first"), again.find("second")) == (("a", 1), ("b", 2))


def test_a_thing_is_remembered_as_it_is_written(campaign):
    mind = memory.Memory(campaign)
    thing = ("x" * 200_000, b"y" * 200_000, tuple(range(70_000)))
    mind.keep(thing, "piece by piece")
    mind.keep_record(memory.written(thing), "at once")
    assert mind.find("piece by piece") == mind.find("at once") == thing


def test_verifying_holds_it_against_the_originals(campaign):
    assert pipeline.verify(campaign).troubles == ()
    mind = memory.Memory(campaign)
    plan, _ = folders.read_plan(campaign, mind)
    known = rooms.standing(campaign, plan, memory=mind)
    (judged,) = (j for j in known.judged if j.receipt.file == "tra-ve/so-khcn.xlsx")
    facts = (mind.digest(plan), judged.receipt.file, judged.receipt.sha256, judged.receipt.read_at.isoformat())
    decided, verdict = mind.find(*facts)
    mind.keep((decided, replace(verdict, figures=verdict.figures[1:])), *facts)
    mind.settle()
    (trouble,) = pipeline.verify(campaign).troubles
    assert trouble.kind == "memory-damaged" and memory.FILE in trouble.message
