"""``read`` beside tools that read or validate the same returns, and beside itself where something is wrong with them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import inputs
from benchmarks.race import Bench, FailedError, Sample, aside, same

READ = (0, 1)
"""Codes of ``read``: 1 where a return needs a person."""

FAR = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


def inside(bench: Bench) -> Iterator[tuple[str, list[Sample]]]:
    """A form's check alone."""
    campaign = inputs.issued(bench, bench.province)
    folder = inputs.returned(bench, bench.province)
    command = bench.stage("check_forms", campaign, folder)
    yield "check", [Sample(float(bench.run(command).said)) for _ in bench.turns(warm=False)]


def province(bench: Bench) -> Iterator[tuple[str, list[Sample]]]:
    """All returns of a province, once and again, and the plain reader."""
    folder = inputs.returned(bench, bench.province)
    aside(compare, folder)
    first, again, peaks = [], [], []
    for turn in bench.turns():
        campaign = bench.fresh(inputs.issued(bench, bench.province))
        ours = bench.run(bench.ours("read", campaign, folder))  # code 0: all are clean
        once_more = bench.run(bench.ours("read", campaign, folder))
        peer = bench.run(bench.peer("read_pandas", folder))
        if turn.counts:
            first.append(ours.over(peer))
            again.append(once_more.over(ours))
            peaks.append(Sample(ours.peak))
    yield "read-pandas", first
    yield "read-again", again
    yield "memory-read-90", peaks


def validators(bench: Bench) -> Iterator[tuple[str, list[Sample]]]:
    """A validator of one sheet."""
    folder = inputs.returned(bench, bench.province)
    expected, found = aside(words_for_numbers, folder), []
    for turn in bench.turns():
        ours = bench.run(bench.ours("read", bench.fresh(inputs.issued(bench, bench.province)), folder))
        peer = bench.run(bench.peer("read_frictionless", folder))
        same(expected, int(peer.said), "cells that hold a word where frictionless wants a number")
        if turn.counts:
            found.append(ours.over(peer))
    yield "read-frictionless", found


def slips(bench: Bench) -> Iterator[tuple[str, list[Sample]]]:
    """What a slip costs on top: returns that all need one, less the same returns without fault."""
    clean, issued = inputs.returned(bench, bench.province), inputs.issued(bench, bench.province)
    spoilt = bench.made("spoilt", lambda path: aside(inputs.fill, issued, path, True))
    found = []
    for turn in bench.turns():
        without = bench.run(bench.ours("read", bench.fresh(issued), clean), READ)
        campaign = bench.fresh(issued)
        with_slips = bench.run(bench.ours("read", campaign, spoilt), READ)
        made = sorted((campaign / "phieu-tra-lai").glob("*.xlsx"))
        same(len(made), bench.province, "slips")
        rows = bench.made("slips.jsonl", lambda path, made=made: aside(tell_rows, made, path))
        peer = bench.run(bench.peer("write_slips", rows, bench.empty("plain")))
        if turn.counts:
            found.append(with_slips.minus(without).per(len(made)).over(peer.per(len(made))))
    yield "slip", found


def far_cell(bench: Bench) -> Iterator[tuple[str, list[Sample]]]:
    """One form with a value in the last cell that Excel knows, among clean ones."""
    clean, issued = inputs.returned(bench, bench.province), inputs.issued(bench, bench.province)
    hostile = bench.made("hostile", lambda path: bench.fresh(clean).rename(path))
    spoilt = sorted(hostile.iterdir())[bench.province // 2]
    spoilt.write_bytes(_with_far_cell((clean / spoilt.name).read_bytes()))
    times, peaks = [], []
    for turn in bench.turns():
        without = bench.run(bench.ours("read", bench.fresh(issued), clean, "--json"), READ)
        among = bench.run(bench.ours("read", bench.fresh(issued), hostile, "--json"), READ)
        if turn.first:
            _same_but(spoilt.name, json.loads(without.said), json.loads(among.said))
        if turn.counts:
            times.append(among.over(without))
            peaks.append(among.peak_over(without))
    yield "far-cell", times
    yield "far-cell-memory", peaks


def _with_far_cell(form: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(form)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.infolist():
            part = source.read(item)
            if item.filename == "xl/worksheets/sheet1.xml":
                part = part.replace(b"</sheetData>", FAR + b"</sheetData>")
            target.writestr(item.filename, part)
    return stream.getvalue()


def _same_but(spoilt: str, without: dict, among: dict) -> None:
    """The outcome of all returns but one must be the same."""
    outcome = ("sha256", "unit", "status", "values", "findings")
    one, other = (
        {Path(r["file"]).name: [r[fact] for fact in outcome] for r in told["returns"]} for told in (without, among)
    )
    same(sorted(one), sorted(other), "returns that were read")
    for name in one:
        if name != spoilt:
            same(one[name], other[name], name)


# ------------------------------------------------------------------ the same cells


def compare(folder: Path) -> None:
    """Hold every cell that we read in the returns to what pandas reads there."""
    import pandas

    from lsindicators import workbook

    for path in sorted(folder.iterdir()):
        frames = pandas.read_excel(path, sheet_name=None, header=None, engine="calamine")
        for sheet in workbook.read(path.read_bytes(), path.name).sheets:
            frame = frames[sheet.name]
            for (row, column), cell in sheet.cells.items():
                if cell.value is None or cell.formula is not None:
                    continue  # a formula's result is never taken by us
                ours, theirs = _plain(cell.value), _plain(frame.iat[row, column])
                same(ours, theirs, (path.name, sheet.name, row, column))


def _plain(value: object) -> object:
    """A value in the same kind for both: a number to nine places, a text without its white space."""
    try:
        return round(float(value), 9)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return "".join(str(value).split())


def words_for_numbers(folder: Path) -> int:
    """How many cells of both years' columns hold a word in a row of figures."""
    from lsindicators import layout, workbook

    count = 0
    for path in sorted(folder.iterdir()):
        cells = next(s for s in workbook.read(path.read_bytes(), path.name).sheets if s.name == layout.DATA).cells
        for (row, column), cell in cells.items():
            if row > layout.HEADING_ROW and column in (layout.PREVIOUS, layout.CURRENT):
                count += isinstance(cell.value, str)
    return count


def tell_rows(slips: list[Path], target: Path) -> None:
    """The rows of each slip's data sheet, a file a line."""
    import pandas

    from lsindicators import layout

    if not slips:
        raise FailedError("there are no slips")
    with target.open("w", encoding="utf-8") as stream:
        for path in slips:
            frame = pandas.read_excel(path, sheet_name=layout.DATA, header=None, engine="calamine", na_filter=False)
            stream.write(json.dumps([path.name, frame.values.tolist()], ensure_ascii=False, default=str) + "\n")
