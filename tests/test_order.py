"""The order of returns, the order of rows in the assignment, the program that saved a return, and the machine on which
the command runs change nothing.
"""

import io
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import openpyxl
import programs
import pytest
from drawn_year import YEAR, years
from hypothesis import given
from hypothesis import strategies as st
from office import convert, needs_libreoffice
from oracle import Said
from played import MOMENT, answered, begun, command, filled, played
from test_kinds import UNITS, the_plan, what_is_typed
from test_oracle import drawn

from lsindicators import assignment

FEW = drawn(0.25)


def by_code(merged: dict) -> dict:
    """What was merged, without the order of anything, and without the files and cells in which it stood."""

    def value(found):
        return sorted(found.split("\n")) if isinstance(found, str) else found

    def sides(conflict):
        return sorted((v["unit"], v["year"], value(v["value"])) for v in conflict["values"])

    return {
        "criteria": {
            c["code"]: {**c, "inputs": {k: value(v) for k, v in c["inputs"].items()}} for c in merged["criteria"]
        },
        "variables": {v["code"]: {**v, "value": value(v["value"])} for v in merged["variables"]},
        "missing": sorted((m["variable"], m["unit"] or "", m["why"]) for m in merged["missing"]),
        "conflicts": sorted((c["code"], c["variable"], sides(c)) for c in merged["conflicts"]),
    }


# ------------------------------------------------------------------ rows of the assignment


def shuffled(book: bytes, dice) -> bytes:
    """The assignment workbook with the rows of its tables in another order."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        opened = openpyxl.load_workbook(io.BytesIO(book))
    for name in ("Đơn vị", "Tiêu chí", "Số liệu", "Phân công", "Năm trước"):
        sheet = opened[name]
        table = [[c.value for c in row] for row in sheet.iter_rows(min_row=2)]
        table = [row for row in table if any(value is not None for value in row)]
        dice.shuffle(table)
        for row, values in enumerate(table, 2):
            for column, value in enumerate(values, 1):
                sheet.cell(row, column).value = value
    out = io.BytesIO()
    opened.save(out)
    return out.getvalue()


@given(years(), st.randoms(use_true_random=False))
@FEW
def test_order_of_rows_in_the_assignment(year, dice):
    plan, said, silent = year
    with tempfile.TemporaryDirectory() as folder:
        book = assignment.write(plan)
        one = answered("merge", played(Path(folder) / "a", plan, said, silent))
        other = answered("merge", played(Path(folder) / "b", plan, said, silent, book=shuffled(book, dice)))
        assert by_code(one) == by_code(other)


class UpsideDown:
    """In place of dice: the last row comes first."""

    def shuffle(self, rows: list) -> None:
        rows.reverse()


def test_rows_upside_down(as_typed, tmp_path):
    """Every aggregation and each kind of missing, with the leads that disagree."""
    typed, _ = what_is_typed()
    book = shuffled(assignment.write(the_plan()), UpsideDown())
    campaign = played(tmp_path / "ky", the_plan(), typed, UNITS[3:], book=book)
    assert by_code(answered("merge", campaign)) == as_typed


# ------------------------------------------------------------------ returns


@given(years(), st.randoms(use_true_random=False))
@FEW
def test_order_of_returns(year, dice):
    """Names, days and the run of ``read`` that takes a file up are no matter; of two answers the later one counts."""
    plan, said, silent = year
    sending = sorted(set(plan.owed) - set(silent))
    again = dice.choice(sending) if sending else ""
    former = {key: Said(None, "Chưa có số liệu") for key in said if key[1:] == (again, YEAR)}
    with tempfile.TemporaryDirectory() as folder:
        start = begun(Path(folder) / "ky", plan)
        found = []
        for turn in range(2):
            campaign = shutil.copytree(start, Path(folder) / f"lan-{turn}")
            days = {unit: MOMENT + 86_400 * dice.randrange(1, 9) for unit in sending}
            files = [(unit, said, day) for unit, day in days.items()]
            files += [(again, former, MOMENT)] if former else []
            dice.shuffle(files)
            paths = []
            for number, (unit, words, day) in enumerate(files):
                form = (campaign / "bieu-mau" / f"{unit}.xlsx").read_bytes()
                path = campaign / "tra-ve" / f"{dice.randrange(10**6):06} bieu mau ({number}).xlsx"
                path.write_bytes(filled(form, unit, words, plan.year))
                os.utime(path, (day, day))
                paths.append(path)
            half = dice.randrange(len(paths) + 1)
            for part in (paths[:half], paths[half:]):  # what was read before stays read
                if part:
                    command("read", campaign, *part)
            found.append(by_code(answered("merge", campaign)))
        assert found[0] == found[1]


# ------------------------------------------------------------------ programs


def by_openpyxl(path: Path) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        openpyxl.load_workbook(path).save(path)
    return path


def by_libreoffice(kind: str):
    def save(path: Path) -> Path:
        made = convert(path, kind, path.parent.parent)
        path.unlink()
        return made.replace(path.with_suffix(f".{kind}"))

    return save


def by_gnumeric(path: Path) -> Path:
    out = path.parent.parent / "gnumeric"
    out.mkdir(exist_ok=True)
    programs.by_gnumeric([path], "xlsx", out)
    return (out / path.name).replace(path)


@pytest.fixture(scope="module")
def as_typed(tmp_path_factory):
    """What is merged of the forms as they were typed."""
    typed, _ = what_is_typed()
    return by_code(answered("merge", played(tmp_path_factory.mktemp("typed") / "ky", the_plan(), typed, UNITS[3:])))


@pytest.mark.parametrize(
    "save",
    [
        pytest.param(by_openpyxl, id="openpyxl"),
        pytest.param(by_gnumeric, id="gnumeric"),
        *(
            pytest.param(by_libreoffice(k), id=f"libreoffice-{k}", marks=needs_libreoffice)
            for k in ("xlsx", "ods", "xls")
        ),
    ],
)
def test_the_program_that_saved_a_return(save, as_typed, tmp_path):
    typed, _ = what_is_typed()
    campaign = played(tmp_path / "ky", the_plan(), typed, UNITS[3:], save=save)
    assert by_code(answered("merge", campaign)) == as_typed


# ------------------------------------------------------------------ machines


MACHINES = [
    {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C", "LANG": "C"},
    {"PYTHONHASHSEED": "4242", "TZ": "America/New_York", "LC_ALL": "vi_VN.UTF-8", "LANG": "vi_VN.UTF-8"},
    {
        "PYTHONHASHSEED": "77",
        "TZ": "Asia/Ho_Chi_Minh",
        "LC_ALL": "tr_TR.UTF-8",
        "LANG": "tr_TR.UTF-8",
        "PYTHONUTF8": "1",
    },
]


def test_the_machine(tmp_path):
    """Hash seed, time zone, language, folder, name of the folder, what is remembered: the same bytes."""
    typed, _ = what_is_typed()
    start = played(tmp_path / "ky", the_plan(), typed, UNITS[3:])
    found = []
    for number, machine in enumerate(MACHINES):
        campaign = shutil.copytree(start, tmp_path / f"kỳ {number}")
        if number == 1:
            (campaign / "so-cai" / "nho-tam.bin").unlink(missing_ok=True)
        for command_ in ("merge", "report"):
            words = [sys.executable, "-m", "lsindicators", command_, *([] if number else [str(campaign)])]
            at = campaign if number else Path("/")
            done = subprocess.run(words, cwd=at, env={**os.environ, **machine}, capture_output=True, check=False)
            assert done.returncode in (0, 1), done.stderr
        found.append([(campaign / name).read_bytes() for name in ("tong-hop.xlsx", "bao-cao.docx")])
    assert found[0] == found[1] == found[2]
