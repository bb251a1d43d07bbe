"""``generate`` beside scripts that write the same forms.

The calls that our writer makes on xlsxwriter are recorded beforehand, form by form; the plain script makes them again, with
nothing of ours. A template is filled by openpyxl with all that its forms say on their data sheets.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from decimal import Decimal
from functools import wraps
from io import BytesIO
from math import ceil
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING

from benchmarks import inputs
from benchmarks.race import Bench, FailedError, Sample, aside, same

if TYPE_CHECKING:
    from lsindicators.model import Plan

HELD = 100
"""Most forms of a large campaign that are held against those of the plain script, from all over it."""

EVERY = 10
"""Of the whole country the plain script writes the forms of one unit in so many: with all a pair would take ten minutes."""

ALIKE = 0.01
"""By so much at most may the figures that such a unit owes on average differ from those of all units."""


def province(bench: Bench) -> Iterator[tuple[str, list[Sample]]]:
    """First, again with nothing changed, and the plain script."""
    begun, calls = inputs.begun(bench, bench.province), recipes(bench, bench.province)
    first, again, peaks = [], [], []
    for turn in bench.turns():
        campaign, plain = bench.fresh(begun), bench.empty("plain")
        ours = bench.run(bench.ours("generate", campaign))
        before = written(campaign)
        once_more = bench.run(bench.ours("generate", campaign))
        same(written(campaign), before, "files and their times after generate with nothing changed")
        peer = bench.run(bench.peer("replay_xlsxwriter", calls, plain))
        if turn.first:
            aside(compare, campaign, plain)
        if turn.counts:
            first.append(ours.over(peer))
            again.append(once_more.over(ours))
            peaks.append(Sample(ours.peak))
    yield "generate-90", first
    yield "generate-again", again
    yield "memory-generate-90", peaks


def template(bench: Bench) -> Iterator[tuple[str, list[Sample]]]:
    """A template of the longest form, loaded for each unit anew."""
    campaign = inputs.issued(bench, bench.province)
    folder = bench.made("template", lambda path: aside(prepare_template, campaign, path))
    found = []
    begun = inputs.begun(bench, bench.province)
    for turn in bench.turns():
        plain = bench.empty("plain")
        ours = bench.run(bench.ours("generate", bench.fresh(begun)))
        peer = bench.run(bench.peer("fill_template", folder / TEMPLATE, folder / CELLS, plain))
        if turn.first:
            aside(compare_filled, campaign, plain)
        if turn.counts:
            found.append(ours.over(peer))
    yield "generate-template", found


def sizes(bench: Bench) -> Iterator[tuple[str, list[Sample]]]:
    """Each form's size beside the same form saved by openpyxl."""
    campaign, plain = inputs.issued(bench, bench.province), bench.empty("saved")
    forms = _forms(campaign)
    bench.run(bench.peer("save_openpyxl", forms[0].parent, plain))
    yield "form-size", [Sample(path.stat().st_size / (plain / path.name).stat().st_size) for path in forms]


def _forms(campaign: Path) -> list[Path]:
    return sorted((campaign / "bieu-mau").glob("*.xlsx"))


def written(campaign: Path) -> dict[str, int]:
    """Every file that is not of the ledger, and when it was written."""
    return {
        str(path.relative_to(campaign)): path.stat().st_mtime_ns
        for path in sorted(campaign.rglob("*"))
        if path.is_file() and "so-cai" not in path.parts
    }


# ------------------------------------------------------------------ the recipe


def recipes(bench: Bench, units: int, every: int = 1) -> Path:
    """What the plain script is told: the calls for the forms of so many units, or of every tenth of them."""
    begun = inputs.begun(bench, units)
    return bench.made(f"recipes-{units}.jsonl", lambda path: aside(record, begun, path, every))


def record(campaign: Path, target: Path, every: int = 1) -> None:
    """Write what our writer asks of xlsxwriter for each form of a campaign, or for every tenth, a form a line."""
    from lsindicators import forms, layout, ledger
    from lsindicators.pipeline.campaign import read_plan

    plan, _ = read_plan(campaign)
    key = ledger.key(campaign)
    with target.open("w", encoding="utf-8") as stream:
        for unit in standing_for_all(plan, every):
            form = layout.form(plan, unit)
            with asked_plainly(), recorded() as recipe:
                forms.write(plan, form, layout.stamp(key, form))
            told = [f"{unit}.xlsx", recipe["options"], recipe["calls"]]
            stream.write(json.dumps(told, ensure_ascii=False, default=plainly) + "\n")


def standing_for_all(plan: Plan, every: int) -> list[str]:
    """Every tenth unit that owes figures. Raises ``FailedError`` where their forms are shorter or longer than those of all."""
    chosen = list(plan.owed)[::every]
    longer = mean(len(plan.owed[unit]) for unit in chosen) / mean(map(len, plan.owed.values()))
    if abs(longer - 1) > ALIKE:
        raise FailedError(f"one unit in {every} owes {longer:.3f} times the figures of all")
    return chosen


def plainly(value: object) -> object:
    """A value as JSON has it."""
    return float(value) if isinstance(value, Decimal) else value.isoformat()  # type: ignore[attr-defined]


@contextmanager
def asked_plainly() -> Iterator[None]:
    """Our writer keeps cells and copies formats itself; here it asks xlsxwriter for each, by the functions that anybody uses."""
    from xlsxwriter.worksheet import Worksheet

    from lsindicators.forms.formula import Formula
    from lsindicators.forms.package import Book
    from lsindicators.forms.sheet import HIGHEST, Sheet
    from lsindicators.values import unmarked

    def put(self, row, column, value, style):  # type: ignore[no-untyped-def]
        if value is None or value == "":
            self.write_blank(row, column, None, style)
        elif isinstance(value, Decimal):
            self.write_number(row, column, value, style)
        else:
            self.write_string(row, column, unmarked(value), style)

    def formula(self, row, column, formula, style, text=None):  # type: ignore[no-untyped-def]
        shown = formula.result
        if isinstance(shown, Decimal):
            shown = int(shown) if shown == shown.to_integral_value() else float(shown)
        self.write_formula(row, column, formula.text, style, shown)

    def rich(self, row, column, first, second, small, style):  # type: ignore[no-untyped-def]
        self.write_rich_string(row, column, first, small, second, style)

    def line(self, row, style, cells, results):  # type: ignore[no-untyped-def]
        for cell, shown in zip(cells, results, strict=True):
            if cell.formula:
                formula(self, row, cell.column, Formula(cell.formula, shown), style)
            else:
                put(self, row, cell.column, shown, style)

    def spread(self, row, first, last, value, style):  # type: ignore[no-untyped-def]
        self.merge_range(row, first, row, last, value or "", style)

    def set_row(self, row, height):  # type: ignore[no-untyped-def]
        if height is not None:
            self.heights[row] = height = min(height, HIGHEST)
        super(Sheet, self).set_row(row, height)

    def set_widths(self, pixels, style):  # type: ignore[no-untyped-def]
        for column, width in enumerate(pixels):
            self.set_column_pixels(column, column, width, style)
        self.set_column(len(pixels), len(pixels), None, style)
        self._widths = pixels, style

    def guard(self, row, column, rule, last=None):  # type: ignore[no-untyped-def]
        self.data_validation(row, column, row if last is None else last, column, rule)
        return row, column, rule, last

    def guards(self, told):  # type: ignore[no-untyped-def]
        for row, column, rule, last in told:
            guard(self, row, column, rule, last)

    def prepared(self):  # type: ignore[no-untyped-def]
        super(Book, self)._prepare_format_properties()
        self.drawn = object()  # no other workbook has its styles

    plain = {"put": put, "formula": formula, "rich": rich, "line": line, "spread": spread, "set_row": set_row}
    plain |= {"guard": guard, "guards": guards, "_write_row": Worksheet._write_row}
    plain |= {"set_widths": set_widths, "_write_cols": Worksheet._write_cols}
    changed = [*((Sheet, name, way) for name, way in plain.items()), (Book, "_prepare_format_properties", prepared)]
    changed += [
        (Book, "kind", lambda _, properties: properties),
        (Book, "drawn_as", lambda self, kind: self.add_format(kind)),
    ]
    before = [(kind, name, vars(kind)[name]) for kind, name, _ in changed] + [(Book, "add_format", Book.add_format)]
    for kind, name, way in changed:
        setattr(kind, name, way)
    del Book.add_format
    try:
        yield
    finally:
        for kind, name, ours in before:
            setattr(kind, name, ours)


@contextmanager
def recorded() -> Iterator[dict]:
    """What is asked of the next workbook and of its sheets and formats from outside of xlsxwriter."""
    import xlsxwriter

    recipe: dict = {"options": {}, "calls": []}
    objects: list[object] = []
    formats: list[object] = []
    inside = 0

    def kept(value: object) -> object:
        return dict(value) if isinstance(value, dict) else value

    def told(args: tuple) -> tuple[list, list]:
        plain, drawn = [kept(value) for value in args], []
        for place, value in enumerate(plain):
            if isinstance(value, xlsxwriter.format.Format):
                plain[place] = formats.index(value)
                drawn.append(place)
            elif isinstance(value, dict) and "format" in value:
                value["format"] = formats.index(value["format"])
                drawn.append("format")
        return plain, drawn

    def listening(name, original):
        @wraps(original)
        def call(self, *args, **named):
            nonlocal inside
            if not inside and name not in ("__init__", "close"):
                plain, drawn = told(args)
                named_plainly = {key: value for key, value in named.items() if key != "worksheet_class"}
                recipe["calls"].append([objects.index(self), name, plain, named_plainly, drawn])
            elif not inside and name == "__init__":
                objects.append(self)
                recipe["options"] = deepcopy(args[1])  # xlsxwriter adds to it
            inside += 1
            try:
                made = original(self, *args, **named)
            finally:
                inside -= 1
            if not inside and name == "add_worksheet":
                objects.append(made)
            elif not inside and name == "add_format":
                formats.append(made)
            return made

        return call

    before = []
    for kind in (xlsxwriter.Workbook, xlsxwriter.worksheet.Worksheet):
        for name, original in list(vars(kind).items()):
            own = name == "__init__" and kind is xlsxwriter.Workbook
            if callable(original) and (own or not name.startswith("_")):
                before.append((kind, name, original))
                setattr(kind, name, listening(name, original))
    try:
        yield recipe
    finally:
        for kind, name, original in before:
            setattr(kind, name, original)


def compare(campaign: Path, plain: Path, every: int = 1) -> None:
    """Hold forms of a campaign to those of the plain script: every cell as read, then part by part.

    ``every``: the plain script wrote those of every tenth unit, or so.
    Two things alone are ours and left out: the columns beyond the last, and which formats name their lock.
    """
    from lsindicators import workbook

    known, written = _forms(campaign), {path.name for path in plain.iterdir()}
    forms = [path for path in known if path.name in written]
    same(
        (ceil(len(known) / every), len(forms)), (len(written), len(written)), "forms that were written, and known to us"
    )
    for path in forms[:: max(1, len(forms) // HELD)]:
        pair = path.read_bytes(), (plain / path.name).read_bytes()
        one, other = (workbook.read(content, path.name) for content in pair)
        same((one.names, one.properties), (other.names, other.properties), path.name)
        for sheet, its in zip(one.sheets, other.sheets, strict=True):
            same(sheet, its, (path.name, sheet.name))
        first, second = map(_parts, pair)
        same([part for part in first if first[part] != second.get(part)], [], (path.name, "parts that differ"))


def _parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(content)) as package:
        found = {name: package.read(name).decode() for name in package.namelist()}
    lock = r' applyProtection="1"|<protection [^>]*/>|</xf>|/(?=>)'
    found["xl/styles.xml"] = re.sub(lock, "", found["xl/styles.xml"])
    return {name: re.sub("<col [^>]*>", "", xml) if "/sheet" in name else xml for name, xml in found.items()}


# ------------------------------------------------------------------ the template

TEMPLATE, CELLS = "template.xlsx", "cells.jsonl"


def prepare_template(campaign: Path, folder: Path, units: int | None = None) -> None:
    """The longest form as a template, without its merged cells, and what each unit's data sheet says otherwise.

    ``units``: of so many forms.
    """
    from openpyxl import load_workbook

    from lsindicators import layout

    folder.mkdir()
    forms = {path.name: _values(path) for path in _forms(campaign)[:units]}
    longest = max(forms, key=lambda name: len(forms[name]))
    book = load_workbook(campaign / "bieu-mau" / longest)
    sheet = book[layout.DATA]
    for merged in list(sheet.merged_cells.ranges):
        if merged.min_row > layout.HEADING_ROW + 1:
            sheet.unmerge_cells(str(merged))
    book.save(folder / TEMPLATE)
    with (folder / CELLS).open("w", encoding="utf-8") as stream:
        for name, cells in forms.items():
            blank = dict.fromkeys(forms[longest])
            changed = {at: value for at, value in (blank | cells).items() if value != forms[longest].get(at)}
            stream.write(json.dumps([name, layout.DATA, changed], ensure_ascii=False) + "\n")


def _values(path: Path) -> dict[str, object]:
    """The cells of a form's data sheet, formulas as such."""
    from openpyxl import load_workbook

    from lsindicators import layout

    rows = load_workbook(path)[layout.DATA].iter_rows()
    cells = (cell for row in rows for cell in row if cell.value is not None)
    return {cell.coordinate: getattr(cell.value, "text", cell.value) for cell in cells}


def compare_filled(campaign: Path, plain: Path) -> None:
    """Hold the data sheets of the filled templates to those of our forms."""
    forms = sorted(plain.iterdir())
    if not forms:
        raise FailedError("no template was filled")
    for path in forms:
        same(_values(campaign / "bieu-mau" / path.name), _values(path), path.name)
