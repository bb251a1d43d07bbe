"""Many forms of one plan: those that differ only in what a unit is called and what it had last year are copied.

One form of each shape is written, with marks in the places that differ; for each unit the marks are replaced in the
parts of the package. What comes out is, part by part, what ``forms.write`` would have written.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from decimal import Decimal
from html import escape

from msgspec import Struct
from msgspec.structs import replace

from lsindicators import control, layout
from lsindicators.forms.package import Parts, pack
from lsindicators.layout import Form, Stamp

Write = Callable[[Form, Stamp], Parts]
"""Writes the parts of an empty form."""

_TIMES = {"token": 7, "digest": 1, "code": 1}
"""How often a mark stands in a form; the others stand there twice, a figure where it is shown and where it counts."""

_UNIT, _CODE = "⟦đơn vị⟧", "lsi-mau"


class _Model(Struct, frozen=True):
    """The parts of a form, cut at its marks."""

    whole: Parts  # parts without marks
    cut: Mapping[str, tuple[list[bytes], list[str]]]  # the texts between the marks, and the marks between them
    order: tuple[str, ...]

    def filled(self, texts: Mapping[str, str]) -> Parts:
        parts: dict[str, bytes] = {}
        for name in self.order:
            if name in self.cut:
                between, marks = self.cut[name]
                filled = (*(texts[mark].encode() for mark in marks), b"")
                parts[name] = b"".join(piece for pair in zip(between, filled, strict=True) for piece in pair)
            else:
                parts[name] = self.whole[name]
        return parts


class Press:
    """Writes forms of one plan, as many as are asked for."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._models: dict[Hashable, _Model | None] = {}

    def parts(self, form: Form, stamp: Stamp) -> Parts:
        """The parts of the empty ``form``."""
        alike = shape(form), stamp.round
        if alike not in self._models:
            self._models[alike] = self._model(form, stamp)
        model = self._models[alike]
        return self._write(form, stamp) if model is None else model.filled(_texts(form, stamp))

    def form(self, form: Form, stamp: Stamp) -> bytes:
        """The workbook of the empty ``form``, as .xlsx."""
        return pack(self.parts(form, stamp))

    def _model(self, form: Form, stamp: Stamp) -> _Model | None:
        """One form of the shape, with marks; ``None`` where a mark stands elsewhere too, so that nothing can be copied."""
        unit = replace(form.unit, code=_CODE, name=_UNIT)
        head = {
            row: text.replace(form.unit.name, _UNIT) if row == layout.UNIT_ROW else text
            for row, text in form.head.items()
        }
        rows = tuple(
            row._replace(previous=Decimal(f"71{n:05d}17")) if isinstance(row.previous, Decimal) else row
            for n, row in enumerate(form.rows)
        )
        marked = replace(form, unit=unit, head=head, rows=rows)
        token = replace(stamp, key_id="0000", unit=_CODE, digest=marked.digest, mac="-".join(["000000"] * 4))
        marks = {text.encode(): mark for mark, text in _texts(marked, token).items()}
        # longer marks first: the token holds the code of the unit and the digest
        pattern = re.compile(b"(%s)" % b"|".join(map(re.escape, sorted(marks, key=len, reverse=True))))
        whole, cut = {}, {}
        parts = self._write(marked, token)
        for name, xml in parts.items():
            pieces = pattern.split(xml)
            if len(pieces) == 1:
                whole[name] = xml
            else:
                cut[name] = pieces[::2], [marks[text] for text in pieces[1::2]]
        found = Counter(mark for _, between in cut.values() for mark in between)
        if any(found[mark] != _TIMES.get(mark, 2) for mark in marks.values()):
            return None
        return _Model(whole, cut, tuple(parts))


def shape(form: Form) -> Hashable:
    """What two forms of one plan have in common when they differ in what a unit is called and what it had last year alone."""
    rows = tuple(
        (
            *(r.row, r.level, r.label, r.number, r.variable and r.variable.code, r.origin, r.change, r.change_from),
            isinstance(r.previous, Decimal) or r.previous,
        )
        for r in form.rows
    )
    head = tuple((row, text) for row, text in form.head.items() if row != layout.UNIT_ROW)
    return form.year, form.headings, head, rows


def _texts(form: Form, stamp: Stamp) -> dict[str, str]:
    """Mark -> the text in its place, as it stands in the XML."""
    first, second = control.seeds(form.unit.code, form.year)
    texts = {
        "token": str(stamp),
        "digest": form.digest,
        "unit": escape(form.unit.name, quote=False),
        "code": form.unit.code,
        "first": str(first),
        "second": str(second),
        "control": control.compute((), form.unit.code, form.year),
    }
    figures = ((n, row.previous) for n, row in enumerate(form.rows) if isinstance(row.previous, Decimal))
    return texts | {f"row {n}": f"{value:.16G}" for n, value in figures}
