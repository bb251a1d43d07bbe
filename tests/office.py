"""LibreOffice as the stand-in for Excel and Word: convert, recalculate, type into cells. Skips where it is missing."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")

needs_libreoffice = pytest.mark.libreoffice

SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Setup/L10N">
<prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>vi-VN</value></prop></item>
</oor:items>
"""

TYPE = """
import json, sys, time, uno
from com.sun.star.beans import PropertyValue

def option(name, value):
    p = PropertyValue()
    p.Name, p.Value = name, value
    return p

source, target, port, typed = sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4])
local = uno.getComponentContext()
resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
for _ in range(120):
    try:
        context = resolver.resolve(f"uno:pipe,name={port};urp;StarOffice.ComponentContext")
        break
    except Exception:
        time.sleep(0.25)
desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
book = desktop.loadComponentFromURL(source, "_blank", 0, (option("Hidden", True),))
for sheet, address, text in typed:
    cell = book.Sheets.getByName(sheet).getCellRangeByName(address)
    if isinstance(text, (int, float)):
        cell.setValue(text)
    else:
        cell.setFormula(text) if text.startswith("=") else cell.setPropertyValue("FormulaLocal", text)
book.storeToURL(target, (option("FilterName", "Calc MS Excel 2007 XML"),))
book.close(True)
try:
    desktop.terminate()
except Exception:
    pass
"""


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


def type_into(source: Path, target: Path, typed: list[tuple[str, str, str | float]], folder: Path) -> Path:
    """Open ``source`` in LibreOffice, enter ``typed`` (sheet, address, text or number) as a person would, save as .xlsx."""
    office = soffice()
    python = "/usr/bin/python3"
    if subprocess.run([python, "-c", "import uno"], capture_output=True, check=False).returncode:
        pytest.skip("python3-uno is not installed on this machine")
    pipe = f"lsi{abs(hash(str(folder)))}"
    server = subprocess.Popen(
        [office, profile(folder), "--headless", "--norestore", f"--accept=pipe,name={pipe};urp;"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        arguments = [source.as_uri(), target.as_uri(), pipe, json.dumps(typed)]
        done = subprocess.run(
            [python, "-c", TYPE, *arguments], capture_output=True, text=True, timeout=180, check=False
        )
        assert done.returncode == 0, done.stderr
    finally:
        server.terminate()
        server.wait(30)
    assert target.exists(), sys.platform
    return target
