"""Word papers in, PDF out: LibreOffice prints all of them in one call, where this machine has it."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from lsindicators import files
from lsindicators.errors import LsindicatorsError
from lsindicators.papers import places


def to_pdf(documents: Sequence[Path], folder: Path) -> Mapping[Path, Path]:
    """Print each document into ``folder`` under its own name; document -> its PDF.

    LibreOffice gets them without content controls, in which it loses what is bold. Raises ``LsindicatorsError`` where
    there is no LibreOffice, or it prints not all of them; what it prints is put whole.
    """
    named = ", ".join(str(d) for d in documents)
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        raise LsindicatorsError(
            f"{named}: máy này chưa có LibreOffice nên chưa in được ra PDF; hãy mở tệp trong Word rồi chọn Lưu thành PDF"
        )
    with tempfile.TemporaryDirectory() as scratch:
        profile = f"-env:UserInstallation={(Path(scratch) / 'profile').as_uri()}"
        sources = []
        for document in documents:
            sources.append(Path(scratch) / document.name)
            sources[-1].write_bytes(places.bare(document.read_bytes()))
        command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", scratch, *map(str, sources)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        printed = {d: Path(scratch) / f"{d.stem}.pdf" for d in documents}
        for document, made in printed.items():
            if not made.is_file():
                raise LsindicatorsError(f"{document}: LibreOffice không in được ra PDF ({_last_line(done.stderr)})")
        for made in printed.values():
            files.write(folder / made.name, made.read_bytes())
    return {d: folder / made.name for d, made in printed.items()}


def _last_line(text: str) -> str:
    return (re.split(r"[\r\n]+", text.strip()) or [""])[-1] or "không rõ lý do"
