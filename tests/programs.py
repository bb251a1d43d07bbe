"""Spreadsheet programs beside LibreOffice: gnumeric, exceljs and SheetJS. Skips where one is missing."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

MODULES = Path(__file__).parents[1] / ".ci" / "node_modules"
"""Where `npm install` in .ci puts exceljs and SheetJS."""

EXPORTERS = {"xlsx": "Gnumeric_Excel:xlsx2", "ods": "Gnumeric_OpenCalc:odf", "xls": "Gnumeric_Excel:excel_biff8"}

Cells = Mapping[str, Mapping[str, str | float]]
"""Sheet -> A1 address -> what is typed there."""


def by_gnumeric(sources: Iterable[Path], kind: str, folder: Path) -> None:
    """Let gnumeric open each of ``sources`` and save it as ``kind`` in ``folder``."""
    ssconvert = shutil.which("ssconvert")
    if ssconvert is None:
        pytest.skip("gnumeric (ssconvert) is not installed on this machine")
    for source in sources:
        target = folder / f"{source.stem}.{kind}"
        command = [ssconvert, "--export-type", EXPORTERS[kind], str(source), str(target)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert target.exists(), done.stdout + done.stderr


def by_node(program: str, jobs: Iterable[tuple[Path, Path, Cells]]) -> None:
    """Let ``exceljs`` or ``xlsx`` (SheetJS) open each first file, fill it in, and save it as the second one."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed on this machine")
    if not (MODULES / program).is_dir():
        pytest.skip(f"{program} is not installed: run `npm install` in .ci")
    files = [{"open": str(source), "save": str(target), "cells": cells} for source, target, cells in jobs]
    done = subprocess.run(
        [node, str(Path(__file__).with_name("programs.js"))],
        input=json.dumps({"program": program, "files": files}),
        env={**os.environ, "NODE_PATH": str(MODULES)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
