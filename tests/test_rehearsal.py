"""The units are played: what they send is what units send, and every planted fault is found where it was planted."""

import unicodedata
import zipfile
from datetime import datetime
from decimal import Decimal
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import openpyxl
import pytest
from conftest import KEY, small_plan
from msgspec.structs import replace

from lsindicators import assignment, forms, layout, ledger, pipeline, rehearsal, workbook
from lsindicators.errors import UnusableInputError
from lsindicators.findings import Code
from lsindicators.model import HANOI, State, Unit
from lsindicators.rehearsal import Act, Answer, Way

EXAMPLES = Path(__file__).parent.parent / "examples"

VALUES = {
    "C01_A": Decimal(125), "C01_B": Decimal(17), "C09_A": Decimal(3), "C09_B": Decimal(1234),
    "C14_A": Decimal("28765.4"), "C14_B": Decimal(431234), "C43_A": "Có", "C43_B": "Biên bản số 4",
}  # fmt: skip


def crowd(ways):
    """The small plan with one unit for each of ``ways``; all of them owe every variable."""
    units = tuple(
        Unit(code=f"xa-{way.name.lower().replace('_', '-')}", name=f"Xã {way.value}", short=way.value, type="xa")
        for way in ways
    )
    plan = small_plan()
    lead, *others = (u.code for u in units)
    named = {
        "lead": (lead,),
        "supporting": tuple(others),
        "lead_written": lead,
        "supporting_written": "; ".join(others),
    }
    owed = tuple(replace(a, **named) for a in plan.assignments)
    return replace(plan, units=units, groups=(), assignments=owed, past=())


def answers(plan):
    """The same for every unit, last year a little less and on record but for one variable."""
    return tuple(
        Answer(
            unit=unit,
            variable=v.code,
            previous=(VALUES[v.code] * 9 / 10).quantize(Decimal(1)) if v.kind.numeric else None,
            asked=v.code == "C01_B",
            value=VALUES[v.code],
            state=None,
            source="Báo cáo năm",
            reason="",
        )
        for unit, variables in plan.owed.items()
        for v in variables
    )


def act(unit, way, file, day=20):
    return Act(unit=unit, sent=datetime(2026, 3, day, 9, 15, tzinfo=HANOI), file=file, way=way, words={})


def send_forms(plan, folder):
    folder.mkdir(parents=True)
    press = forms.press(plan)
    for unit in plan.owed:
        form = layout.form(plan, unit)
        (folder / f"{unit}.xlsx").write_bytes(press.form(form, layout.stamp(KEY, form)))
    return folder


def read(campaign, plan):
    """What reading the campaign's folder finds: file -> its entry in ``read --json``."""
    (campaign / "phan-cong.xlsx").write_bytes(assignment.write(plan))
    (campaign / ledger.FOLDER).mkdir(exist_ok=True)
    (campaign / ledger.FOLDER / ledger.KEY_FILE).write_text(KEY.hex(), encoding="utf-8")
    return {r["file"]: r for r in pipeline.receive(campaign).to_json()["returns"]}


def found(entry):
    return {(f["cell"], f["code"]) for f in entry["findings"]}


def serious(entry):
    return {(f["cell"], f["code"]) for f in entry["findings"] if f["severity"] in ("error", "question")}


GOOD = (Way.GOOD, Way.REWRITTEN, Way.HARMLESS)
PLANTED = tuple(w for w in Way if w not in (Way.SILENT, Way.SAVED, Way.COPY))
ON_A_CELL_ALONE = tuple(w for w in PLANTED if w not in (Way.OPEN, Way.ROW, Way.LOCKED))


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """One unit for each way; gives the folder's entries and what was planted."""
    campaign = tmp_path_factory.mktemp("ky")
    everybody = crowd(PLANTED)
    plan = rehearsal.staged(everybody, answers(everybody))
    acts = [act(f"xa-{w.name.lower().replace('_', '-')}", w, f"{w.name}.xlsx") for w in PLANTED]
    folder = send_forms(plan, campaign / "bieu-mau")
    sent = rehearsal.send(plan, folder, answers(plan), acts, campaign / "tra-ve", key=KEY)
    return read(campaign, plan), tuple(e for s in sent for e in s.expected)


@pytest.mark.parametrize("way", [w for w in PLANTED if w not in (*GOOD, Way.OPEN)])
def test_every_planted_fault_is_found(played, way):
    entries, expected = played
    file = f"tra-ve/{way.name}.xlsx"
    planted = {(e.cell, e.code.word) for e in expected if e.file == file}
    assert planted
    assert planted <= found(entries[file]), entries[file]["findings"]


@pytest.mark.parametrize("way", ON_A_CELL_ALONE)
def test_nothing_else_is_refused(played, way):
    entries, expected = played
    file = f"tra-ve/{way.name}.xlsx"
    planted = {(e.cell, e.code.word) for e in expected if e.file == file}
    assert serious(entries[file]) <= planted


@pytest.mark.parametrize("way", GOOD)
def test_good_form_is_accepted_whole(played, way):
    entries, expected = played
    entry = entries[f"tra-ve/{way.name}.xlsx"]
    assert entry["file"] not in {e.file for e in expected}
    assert (entry["status"], entry["values"], entry["findings"]) == ("accepted", len(VALUES), [])


def test_lock_file_is_passed_over(tmp_path, plan):
    out = tmp_path / "tra-ve"
    acts = [act("so-khcn", Way.OPEN, "~$So KHCN.xlsx"), act("so-khcn", Way.GOOD, "So KHCN.xlsx", 21)]
    rehearsal.play(plan, send_forms(plan, tmp_path / "bieu-mau"), answers(plan), acts, out)
    assert sorted(p.name for p in out.iterdir()) == ["So KHCN.xlsx", "~$So KHCN.xlsx"]
    assert list(read(tmp_path, plan)) == ["tra-ve/So KHCN.xlsx"]


def test_sending_again_and_twice_the_same(tmp_path, plan):
    acts = [
        act("so-khcn", Way.NOT_A_NUMBER, "So KHCN.xlsx"),
        act("so-khcn", Way.GOOD, "So KHCN gửi lại.xlsx", 21),
        act("so-khcn", Way.COPY, "So KHCN gửi lại_2.xlsx", 22),
    ]
    forms_folder = send_forms(plan, tmp_path / "bieu-mau")
    expected = rehearsal.play(plan, forms_folder, answers(plan), acts, tmp_path / "tra-ve")
    entries = read(tmp_path, plan)
    assert [(e.file, e.code) for e in expected[1:]] == [
        ("tra-ve/So KHCN gửi lại.xlsx", Code.RESUBMISSION),
        ("tra-ve/So KHCN gửi lại_2.xlsx", Code.DUPLICATE_FILE),
    ]
    for e in expected:
        assert (e.cell, e.code.word) in found(entries[e.file])
    assert entries["tra-ve/So KHCN gửi lại_2.xlsx"]["status"] == "duplicate"


def test_zip_and_mail_hold_what_the_inbox_names(tmp_path, plan):
    acts = [
        act("xa-hoa-tham", Way.GOOD, "Hoa Thám.zip!biểu.xlsx"),
        act("phuong-ky-lua", Way.GOOD, "thư.eml!Kỳ Lừa.xlsx", 24),
    ]
    out = tmp_path / "tra-ve"
    rehearsal.play(plan, send_forms(plan, tmp_path / "bieu-mau"), answers(plan), acts, out)
    with zipfile.ZipFile(out / "Hoa Thám.zip") as packed:
        assert packed.namelist() == ["biểu.xlsx"]
    letter = message_from_bytes((out / "thư.eml").read_bytes(), policy=default)
    assert [a.get_filename() for a in letter.iter_attachments()] == ["Kỳ Lừa.xlsx"]
    assert letter["Date"].datetime == datetime(2026, 3, 24, 9, 15, tzinfo=HANOI)
    entries = read(tmp_path, plan)
    assert {f: e["status"] for f, e in entries.items()} == {
        "tra-ve/Hoa Thám.zip!biểu.xlsx": "accepted",
        "tra-ve/thư.eml!Kỳ Lừa.xlsx": "accepted",
    }


def test_the_year_before_is_typed_only_where_it_is_asked(tmp_path, plan):
    staged = rehearsal.staged(plan, answers(plan))
    out = tmp_path / "tra-ve"
    rehearsal.play(
        staged, send_forms(staged, tmp_path / "bieu-mau"), answers(plan), [act("so-khcn", Way.GOOD, "a.xlsx")], out
    )
    sheet = openpyxl.load_workbook(out / "a.xlsx")[layout.DATA]
    rows = layout.form(staged, "so-khcn").by_code
    assert staged.settings.made_up
    assert rows["C01_B"].previous is None
    assert rows["C01_A"].previous == Decimal(112)
    assert sheet[layout.address(rows["C01_B"].row, layout.PREVIOUS)].value == 15
    assert sheet[layout.address(rows["C01_A"].row, layout.PREVIOUS)].value == 112


def test_words_stand_beside_their_question(tmp_path, plan):
    out = tmp_path / "tra-ve"
    said = {layout.QUESTIONS[3]: "Đề nghị tập huấn"}
    acts = [replace(act("so-khcn", Way.GOOD, "a.xlsx"), words=said)]
    rehearsal.play(plan, send_forms(plan, tmp_path / "bieu-mau"), answers(plan), acts, out)
    sheet = openpyxl.load_workbook(out / "a.xlsx")[layout.NARRATIVE]
    assert ("Đề nghị tập huấn",) in [
        row[1:2] for row in sheet.iter_rows(values_only=True) if row[0] == layout.QUESTIONS[3]
    ]


def test_a_filled_form_holds_no_result_of_before(tmp_path, plan):
    out = tmp_path / "tra-ve"
    folder = send_forms(plan, tmp_path / "bieu-mau")
    rehearsal.play(plan, folder, answers(plan), [act("so-khcn", Way.GOOD, "a.xlsx")], out)
    for path, stored in ((folder / "so-khcn.xlsx", True), (out / "a.xlsx", False)):
        book = openpyxl.load_workbook(path, data_only=True)
        assert (book[layout.DATA]["A5"].value is not None) is stored
        assert any(c.value for c in book[layout.CALCULATION][layout.SHOWN]) is stored


def test_same_input_same_bytes_and_the_time_of_sending(tmp_path, plan):
    folder = send_forms(plan, tmp_path / "bieu-mau")
    acts = [
        act("so-khcn", Way.GOOD, "a.xlsx"),
        act("xa-hoa-tham", Way.ROW, "b.zip!b.xlsx"),
        act("phuong-ky-lua", Way.FORGED, "c.eml!c.xlsx"),
        act("so-khcn", Way.STRANGER, "d/d.xlsx", 21),
    ]
    both = [tmp_path / "1" / "tra-ve", tmp_path / "2" / "tra-ve"]
    for out in both:
        rehearsal.play(plan, folder, answers(plan), acts, out)
    files = [{p.relative_to(out): p.read_bytes() for p in out.rglob("*") if p.is_file()} for out in both]
    assert files[0] == files[1]
    assert sorted(p.as_posix() for p in files[0]) == ["a.xlsx", "b.zip", "c.eml", "d/d.xlsx"]
    assert (both[0] / "a.xlsx").stat().st_mtime == datetime(2026, 3, 20, 9, 15, tzinfo=HANOI).timestamp()


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("so-khcn,C14_A,,,mười,,,", "mười"),
        ("xa-hoa-tham,C14_A,,,1,,,", "C14_A"),
        ("so-khcn,C01_A,,,,Có,,", "Có"),
    ],
)
def test_a_line_that_does_not_fit_is_named(tmp_path, plan, line, word):
    table = tmp_path / "bang.csv"
    table.write_text(",".join(rehearsal.ANSWER_COLUMNS) + "\n" + line + "\n", encoding="utf-8-sig")
    with pytest.raises(UnusableInputError, match=f"bang.csv, dòng 2: .*{word}"):
        rehearsal.read_answers(table, plan)


# ------------------------------------------------------------------ the example campaign


@pytest.fixture(scope="module")
def builtin():
    return assignment.builtin(2025)


@pytest.fixture(scope="module")
def told(builtin):
    return rehearsal.read_answers(EXAMPLES / "so-lieu-gia-dinh.csv", builtin)


@pytest.fixture(scope="module")
def cast():
    return rehearsal.read_acts(EXAMPLES / "khai-bao.csv")


IN_THE_EXAMPLE = {*Way} - {*list(Way)[list(Way).index(Way.BELOW) :]}
"""The others are played by ``rehearse`` alone."""

REMAKE = "bản phân công đã đổi, lập lại bảng: python examples/lap_so_lieu.py"


def test_every_owed_row_has_an_answer(builtin, told):
    owed = [(unit, v.code) for unit, variables in builtin.owed.items() for v in variables]
    assert [(a.unit, a.variable) for a in told] == owed, REMAKE


def test_every_unit_has_a_part(builtin, cast):
    assert {a.unit for a in cast} == set(builtin.owed), REMAKE
    assert {a.way for a in cast} == IN_THE_EXAMPLE
    names = [a.file.partition("!")[0].casefold() for a in cast if a.sent]
    assert len(set(names)) == len(names)
    assert any(not unicodedata.is_normalized("NFC", name) for name in names)
    late = {a.unit for a in cast if a.sent and a.sent.date() >= builtin.settings.unit_deadline}
    assert 5 <= len(late) <= 12
    assert 3 <= sum(a.way is Way.SILENT for a in cast) <= 4


def test_answers_stay_within_what_may_be_typed(builtin, told):
    states = {a.state for a in told}
    assert states == {None, *State}
    for a in told:
        v = builtin.variable[a.variable]
        for value in (a.value, a.previous):
            if isinstance(value, Decimal):
                assert v.low is None or value >= v.low, a
                assert v.high is None or value <= v.high, a
        if v.required:
            assert a.value is not None or a.state is not None, a


def test_saved_returns_are_those_of_the_present_forms(builtin, told, cast):
    plan = rehearsal.staged(builtin, told)
    key = bytes.fromhex((EXAMPLES / "khoa-ky.txt").read_text(encoding="utf-8"))
    saved = [a.unit for a in cast if a.way is Way.SAVED]
    assert saved
    for unit in saved:
        cells = workbook.read((EXAMPLES / "libreoffice" / f"{unit}.xlsx").read_bytes(), unit).sheets[0].cells
        stamps = {str(s) for c in cells.values() if isinstance(c.value, str) and (s := layout.find_stamp(c.value))}
        form = layout.form(plan, unit)
        assert stamps == {str(layout.stamp(key, form))}, "biểu mẫu đã đổi, lưu lại: python tests/resave_examples.py"
        for row in form.variables:
            wanted = next(a.value for a in told if a.unit == unit and a.variable == row.variable.code)
            found = cells.get((row.row, layout.CURRENT))
            assert (found.value if found else None) == wanted, (unit, row.variable.code)


@pytest.fixture(scope="module")
def year(tmp_path_factory, builtin, told, cast):
    """The example campaign, played and read; gives the entries, what was planted, and who sent which file how."""
    campaign = tmp_path_factory.mktemp("nam")
    plan = rehearsal.staged(builtin, told)
    (campaign / "phan-cong.xlsx").write_bytes(assignment.write(plan))
    (campaign / ledger.FOLDER).mkdir()
    (campaign / ledger.FOLDER / ledger.KEY_FILE).write_bytes((EXAMPLES / "khoa-ky.txt").read_bytes())
    pipeline.issue(campaign)
    expected = rehearsal.play(plan, campaign / "bieu-mau", told, cast, campaign / "tra-ve", EXAMPLES / "libreoffice")
    return {r["file"]: r for r in pipeline.receive(campaign).to_json()["returns"]}, expected


def test_every_fault_of_the_example_year_is_found(year, cast):
    entries, expected = year
    planted = {e.file for e in expected}
    assert {f"tra-ve/{unicodedata.normalize('NFC', a.file)}" for a in cast if a.way in SPOILT} <= planted
    assert [e for e in expected if (e.cell, e.code.word) not in found(entries[e.file])] == []


def test_every_other_return_of_the_example_year_is_accepted(year, cast):
    entries, _ = year
    for a in cast:
        if a.way in (Way.GOOD, Way.REWRITTEN, Way.SAVED, Way.AS_TEXT):
            entry = entries[f"tra-ve/{unicodedata.normalize('NFC', a.file)}"]
            assert serious(entry) == set(), (a, entry["findings"])
            assert entry["status"] == "accepted"


SPOILT = [w for w in Way if w not in (*GOOD, Way.SAVED, Way.SILENT, Way.OPEN)]
