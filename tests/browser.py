"""Chromium as the reader's browser, driven by its command line. Skips where it is missing."""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def chromium(page: Path, *options: str) -> tuple[str, str]:
    """Open a page without a window: what is printed on stdout, and what the page said on the console, a line each."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed on this machine")
    with tempfile.TemporaryDirectory(prefix="lsindicators-browser-") as profile:
        done = subprocess.run(
            [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", f"--user-data-dir={profile}", "--enable-logging=stderr", *options, page.as_uri()],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=240,
            check=True,
        )  # fmt: skip
    return done.stdout, "\n".join(re.findall(r"CONSOLE.*", done.stderr))
