"""LibreOffice as the stand-in for Excel and Word: convert, recalculate, type into cells. Skips where it is missing.

It takes seconds to start, so it is started once, when it is first needed, and serves all tests of the process.
"""

import atexit
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from threading import Timer
from typing import Any

import openpyxl
import pytest

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")

needs_libreoffice = pytest.mark.libreoffice

SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Input">
<prop oor:name="ReplaceCellsWarning" oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Save/Document">
<prop oor:name="GenerateThumbnail" oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Setup/L10N">
<prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>vi-VN</value></prop></item>
</oor:items>
"""

PYTHON = "/usr/bin/python3"
"""The Python of the system, for which Debian packs UNO."""

DESK = Path(__file__).parent / "desk.py"

Step = tuple[object, ...]
"""A method of ``desk.Desk`` and its arguments."""


def soffice() -> str:
    """The path of LibreOffice; skips the test when the machine has none."""
    if SOFFICE is None:
        pytest.skip("LibreOffice (soffice) is not installed on this machine")
    return SOFFICE


@cache
def desk() -> subprocess.Popen[str]:
    """The program that works with LibreOffice, which is started too; skips the test when the machine has none."""
    command = [soffice(), "--headless", "--norestore"]
    if subprocess.run([PYTHON, "-c", "import uno"], capture_output=True, check=False).returncode:
        pytest.skip("python3-uno is not installed on this machine")
    folder = Path(tempfile.mkdtemp(prefix="lsindicators-office-"))
    (folder / "user").mkdir()
    (folder / "user" / "registrymodifications.xcu").write_text(SETTINGS, encoding="utf-8")
    office = subprocess.Popen(
        [*command, f"-env:UserInstallation={folder.as_uri()}", f"--accept=pipe,name={folder.name};urp;"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    desk = subprocess.Popen([PYTHON, DESK, folder.name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def end() -> None:
        desk.communicate()  # it has no more to do, and ends LibreOffice
        try:
            office.wait(60)
        except subprocess.TimeoutExpired:
            office.kill()
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(end)
    return desk


def work(source: Path, steps: Iterable[Step]) -> list[Any]:
    """Open a document, take the steps one after the other, and give what each gave."""
    at = desk()
    print(json.dumps({"open": source.as_uri(), "steps": list(steps)}), file=at.stdin, flush=True)
    hangs = Timer(180, at.kill)
    hangs.start()
    answer = at.stdout.readline()
    hangs.cancel()
    assert answer, "LibreOffice hangs, or the program that works with it has gone"
    gave = json.loads(answer)
    assert isinstance(gave, list), gave
    return gave


def convert(source: Path, kind: str, folder: Path) -> Path:
    """Let LibreOffice open ``source``, recalculate, and save it as ``kind`` ("xlsx", "ods", "pdf" …) in ``folder``."""
    out = folder / "converted"
    out.mkdir(exist_ok=True)
    target = out / f"{source.stem}.{kind}"
    work(source, [("save", target.as_uri(), kind)])
    return target


def recalculated(source: Path, *sheets: str) -> openpyxl.Workbook:
    """What ``sheets``, those of them that there are, show once LibreOffice has opened ``source`` and computed all anew.

    The values as LibreOffice has them, in a workbook: much sooner there than by ``convert``, which saves every sheet.
    """
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, values in zip(sheets, work(source, [("values", name) for name in sheets]), strict=True):
        if values is not None:
            sheet = book.create_sheet(name)
            for row, texts in enumerate(values, 1):
                for column, value in enumerate(texts, 1):
                    cell = sheet.cell(row, column, None if value == "" else value)
                    if isinstance(value, str) and value:
                        cell.data_type = "s"  # also where it looks like a formula
    return book


def type_into(source: Path, target: Path, typed: list[tuple[str, str, str | float]]) -> Path:
    """Open ``source`` in LibreOffice, enter ``typed`` (sheet, address, text or number) as a person would, save as .xlsx."""
    steps = [("enter" if isinstance(text, str) else "put", sheet, address, text) for sheet, address, text in typed]
    work(source, [*steps, ("save", target.as_uri(), "xlsx")])
    return target
