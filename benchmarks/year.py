"""The whole year: ``lsindicators demo`` beside one script that does it with the tools that one would take instead.

Both have the units, the rows and the returns of the demo. The script is given what it writes: nothing is judged there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from benchmarks import generate, report
from benchmarks.merge import TABLE, data_rows
from benchmarks.race import PAIRS, SMALL_PROVINCE, Bench, Cost, FailedError, Sample, aside, same

LETTERS, LETTER = "letters.json", "letter.docx"
DEMO = (0, 1)


def year(bench: Bench) -> Iterator[tuple[str, list[Sample]]]:
    """The demo and the script in turn; at small size the demo that the script's inputs come from is the one that counts."""
    costs: list[Cost] = []
    demo = bench.made("demo", lambda path: costs.append(bench.run(bench.ours("demo", path), DEMO)))
    given = bench.made("year", lambda path: aside(prepare, demo, path, SMALL_PROVINCE if bench.small else None))
    found = []
    for turn in bench.turns(PAIRS, warm=False):
        plain = bench.empty("plain")
        ours = costs[0] if bench.small else bench.run(bench.ours("demo", bench.empty("anew")), DEMO)
        found.append(ours.over(bench.run(bench.peer("year", given, plain))))
        if turn.first:
            aside(compare, demo, given, plain)
    yield "year", found


# ------------------------------------------------------------------ the same year


def prepare(demo: Path, folder: Path, units: int | None) -> None:
    """All that the script is given: a template and its cells, the returns that count, what papers say. ``units``: so many."""
    from lsindicators import pipeline

    generate.prepare_template(demo, folder, units)
    (folder / "returned").mkdir()
    for n, (unit, digest) in enumerate(sorted(_counted(demo))):
        original = (demo / "so-cai" / "goc" / digest).read_bytes()
        if original.startswith(b"PK") and (units is None or n < units):
            (folder / "returned" / f"{unit}.xlsx").write_bytes(original)
    merged = pipeline.compile_table(demo)
    (folder / report.TOLD).write_text(json.dumps(report.said(merged), ensure_ascii=False), encoding="utf-8")
    _tell_letters(demo, folder, units)


def _counted(demo: Path) -> set[tuple[str, str]]:
    """Unit and SHA-256 of every return that the province's table rests on."""
    return {(row["Mã đơn vị"], row["SHA-256"]) for row in _figures(demo) if row["SHA-256"]}


def _figures(demo: Path) -> list[dict]:
    columns, *rows = data_rows(demo / TABLE)
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _tell_letters(demo: Path, folder: Path, units: int | None) -> None:
    """What each reminder says, and the templates of letter and report."""
    from lsindicators import letters, papers, pipeline
    from lsindicators import report as ours
    from lsindicators.papers.compiled import Compiled

    told: dict[bytes, object] = {}
    filled = Compiled.filled

    def listening(self, says, *args):
        paper = filled(self, says, *args)
        told[paper] = says
        return paper

    (day,) = {path.name[:10] for path in (demo / "don-doc").iterdir()}
    Compiled.filled = listening
    try:
        reminding = pipeline.remind(demo, date.fromisoformat(day))
    finally:
        Compiled.filled = filled
    listed = [(Path(n.letter).name, told[(demo / n.letter).read_bytes()]) for n in reminding.nudges]
    if not listed:
        raise FailedError("the demo reminds nobody")
    (folder / LETTERS).write_text(json.dumps(listed[:units], ensure_ascii=False), encoding="utf-8")
    (folder / LETTER).write_bytes(papers.shipped(letters.REMINDER))
    (folder / report.TEMPLATE).write_bytes(ours.shipped_template())


def compare(demo: Path, given: Path, plain: Path) -> None:
    """Forms, both reports, the letters, and every number of the table that stood as a number in its form."""
    import pandas
    from docx import Document

    generate.compare_filled(demo, plain / "bieu-mau")
    report.compare(demo, plain)
    (round_,) = (demo / "don-doc").iterdir()
    for name, _ in json.loads((given / LETTERS).read_text(encoding="utf-8")):
        one, other = (report.texts(Document(str(folder / name))) for folder in (round_, plain / "don-doc"))
        same(one, other, name)
    theirs = pandas.read_excel(plain / TABLE)
    known = {(row.unit, row.code): row.value for row in theirs.itertuples()}
    alike = 0
    for row in _figures(demo):
        value = known.get((row["Mã đơn vị"], row["Mã số liệu"]))
        if row["Năm"] == 2025 and isinstance(row["Giá trị"], float) and isinstance(value, float | int):
            alike += round(float(value), 9) == round(row["Giá trị"], 9)
    same(alike >= 0.9 * len(known) > 0, True, f"{alike} of {len(known)} figures of the table")
