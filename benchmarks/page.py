"""What was measured, as JSON and as the table of ``docs/benchmarks.md``."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks.race import Sample, middle
from benchmarks.table import Row

BEGIN, END = "<!-- benchmarks: begin -->", "<!-- benchmarks: end -->"
"""Between them ``--markdown`` writes; all else on the page is written by hand."""

PACKAGES = (
    "lsindicators", "click", "lxml", "openpyxl", "xlsxwriter", "python-calamine", "pandas", "frictionless", "docxtpl",
    "python-docx", "matplotlib",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A row and what came of it."""

    row: Row
    samples: tuple[Sample, ...] = ()
    failed: str = ""
    skipped: str = ""
    judged: bool = True  # at small size nothing is

    @property
    def verdict(self) -> str:
        """How the row stands; timings alone never end the command with an error."""
        if not self.samples:
            return f"failed: {_line(self.failed)}" if self.failed else f"not measured: {_line(self.skipped)}"
        if not self.judged:
            return "ran"
        value, row = middle(self.samples), self.row
        if row.must is not None and value > row.must:
            return "MISSED"
        if row.first_rate is None:
            return "met" if row.must is not None else "–"
        return "first-rate" if value <= row.first_rate else "met"


def _line(text: str) -> str:
    return (text.strip().splitlines() or [""])[-1][:200]


# ------------------------------------------------------------------ what it was measured with


def is_editable(package: str = "lsindicators") -> bool:
    """Whether the package is installed as a link to its source: each start then loads the finder of it as well."""
    try:
        told = metadata.distribution(package).read_text("direct_url.json") or ""
    except metadata.PackageNotFoundError:
        return False
    return bool(re.search(r'"editable":\s*true', told))


def facts(command: str) -> dict[str, Any]:
    """Date, versions and kind of machine; no name of it, and no path on it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return {
        "date": date.today().isoformat(),
        "command": command,
        "python": platform.python_version(),
        "packages": {name: version for name in PACKAGES if (version := _version(name))},
        "libreoffice": _office(),
        "editable": is_editable(),
        "machine": {
            "system": f"{platform.system()} {platform.machine()}",
            "processor": _processor(),
            "cores": os.cpu_count(),
            "memory_gb": round(memory, 1),
        },
    }


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _office() -> str:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        return ""
    told = subprocess.run([office, "--version"], capture_output=True, text=True, check=False).stdout.split()
    return told[1] if len(told) > 1 else ""


def _processor() -> str:
    listed = Path("/proc/cpuinfo")
    named = re.search(r"^model name\s*:\s*(.+)$", listed.read_text(), re.MULTILINE) if listed.is_file() else None
    return named[1].strip() if named else platform.processor()


# ------------------------------------------------------------------ JSON


def document(measured: Sequence[Measured], about: dict[str, Any]) -> dict[str, Any]:
    """All that was measured, every sample of it."""
    return about | {
        "rows": [
            {
                "name": m.row.name,
                "operation": m.row.operation,
                "peer": m.row.peer,
                "measure": m.row.measure or "ratio",
                "must": m.row.must,
                "first_rate": m.row.first_rate,
                "median": middle(m.samples) if m.samples else None,
                "verdict": m.verdict,
                "samples": [asdict(sample) for sample in m.samples],
            }
            for m in measured
        ]
    }


# ------------------------------------------------------------------ Markdown


def table(measured: Sequence[Measured]) -> str:
    """The rows as a table of Markdown."""
    lines = [
        "| | operation | peer | median (least to most, of how many) | must | first-rate | verdict |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for m in measured:
        row, aims = m.row, (m.row.must, m.row.first_rate)
        cells = (f"`{row.name}`", row.operation, row.peer, shown(m), *map(_aim, aims), m.verdict)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def shown(m: Measured) -> str:
    """Median, least and most of a row, and of how many pairs."""
    if not m.samples:
        return ""
    values = [sample.value for sample in m.samples]
    digits = 0 if m.row.measure else 2
    return f"{middle(m.samples):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f}, of {len(values)})"


def _aim(bound: float | None) -> str:
    return "" if bound is None else f"≤ {bound:g}"


def section(measured: Sequence[Measured], about: dict[str, Any]) -> str:
    """What stands between the markers: when, on what and how it was measured, the rows, and what the peers leave out."""
    machine, packages = about["machine"], ", ".join(f"{k} {v}" for k, v in about["packages"].items())
    office = f", LibreOffice {about['libreoffice']}" if about["libreoffice"] else ""
    editable = (
        " The package was installed as editable, which every start of ours pays for." if about["editable"] else ""
    )
    left = "\n".join(f"- `{m.row.name}`: {m.row.leaves_out}" for m in measured)
    return (
        f"Measured on {about['date']} with `{about['command']}`: {machine['system']}, {machine['processor']}, "
        f"{machine['cores']} cores, {machine['memory_gb']} GB; Python {about['python']}, {packages}{office}.{editable}\n\n"
        f"{table(measured)}\n\nWhat the peer leaves out:\n\n{left}"
    )


def rewritten(page: str, new: str) -> str:
    """The page with the section ``new`` between its markers. Raises ``ValueError`` where they are not there, once each."""
    if page.count(BEGIN) != 1 or page.count(END) != 1 or page.index(BEGIN) > page.index(END):
        raise ValueError(f"the page must hold {BEGIN} and {END}, once each and in this order")
    return f"{page[: page.index(BEGIN)]}{BEGIN}\n{new}\n{page[page.index(END) :]}"
