"""LibreOffice as the stand-in for Excel and Word: convert, recalculate, type into cells. Skips where it is missing."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

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
<item oor:path="/org.openoffice.Setup/L10N">
<prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>vi-VN</value></prop></item>
</oor:items>
"""

PYTHON = "/usr/bin/python3"
"""The Python of the system, for which Debian packs UNO."""

DESK = Path(__file__).parent / "desk.py"

Step = tuple[object, ...]
"""A method of ``desk.Desk`` and its arguments."""

Work = Callable[[Path, Iterable[Step]], list[Any]]
"""Opens a workbook, takes the steps one after the other, and gives what each gave."""


def soffice() -> str:
    """The path of LibreOffice; skips the test when the machine has none."""
    if SOFFICE is None:
        pytest.skip("LibreOffice (soffice) is not installed on this machine")
    return SOFFICE


def profile(folder: Path) -> str:
    """A fresh user profile below ``folder`` that recalculates on load, as an option for the command line."""
    user = folder / "lo-profile" / "user"
    if not user.exists():
        user.mkdir(parents=True)
        (user / "registrymodifications.xcu").write_text(SETTINGS, encoding="utf-8")
    return f"-env:UserInstallation={(folder / 'lo-profile').as_uri()}"


def convert(source: Path, kind: str, folder: Path) -> Path:
    """Let LibreOffice open ``source``, recalculate, and save it as ``kind`` ("xlsx", "ods", "pdf" …) in ``folder``."""
    out = folder / "converted"
    out.mkdir(exist_ok=True)
    command = [soffice(), profile(folder), "--headless", "--convert-to", kind, "--outdir", str(out), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    target = out / f"{source.stem}.{kind.split(':')[0]}"
    assert target.exists(), done.stdout + done.stderr
    return target


def convert_all(sources: list[Path], kind: str, folder: Path) -> None:
    """``convert`` of several files at once; LibreOffice takes seconds to start and little more for each file."""
    out = folder / "converted"
    out.mkdir(exist_ok=True)
    web = ["--infilter=HTML (StarWriter)"] if sources[0].suffix == ".html" else []
    form = "docx:MS Word 2007 XML" if kind == "docx" else kind
    command = [soffice(), profile(folder), "--headless", *web, "--convert-to", form, "--outdir", str(out)]
    done = subprocess.run([*command, *map(str, sources)], capture_output=True, text=True, timeout=300, check=False)
    for source in sources:
        assert (out / f"{source.stem}.{kind}").exists(), done.stdout + done.stderr


@contextmanager
def running(folder: Path) -> Iterator[Work]:
    """LibreOffice, started once for many workbooks; its profile lies below ``folder``."""
    office = soffice()
    if subprocess.run([PYTHON, "-c", "import uno"], capture_output=True, check=False).returncode:
        pytest.skip("python3-uno is not installed on this machine")
    pipe = f"lsi{abs(hash(str(folder)))}"
    server = subprocess.Popen(
        [office, profile(folder), "--headless", "--norestore", f"--accept=pipe,name={pipe};urp;"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def work(source: Path, steps: Iterable[Step]) -> list[Any]:
        job = json.dumps({"pipe": pipe, "open": source.as_uri(), "steps": list(steps)})
        done = subprocess.run([PYTHON, DESK], input=job, capture_output=True, text=True, timeout=180, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    try:
        yield work
    finally:
        server.terminate()
        try:
            server.wait(60)
        except subprocess.TimeoutExpired:
            server.kill()


def type_into(source: Path, target: Path, typed: list[tuple[str, str, str | float]], folder: Path) -> Path:
    """Open ``source`` in LibreOffice, enter ``typed`` (sheet, address, text or number) as a person would, save as .xlsx."""
    steps = [("enter" if isinstance(text, str) else "put", sheet, address, text) for sheet, address, text in typed]
    with running(folder) as work:
        work(source, [*steps, ("save", target.as_uri(), "xlsx")])
    assert target.exists()
    return target
