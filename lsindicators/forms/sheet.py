"""A worksheet and xlsxwriter's answers, made strict: nothing is swallowed in silence."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from decimal import Decimal
from functools import cached_property, lru_cache
from io import StringIO
from typing import Any, NamedTuple

from xlsxwriter.format import Format
from xlsxwriter.worksheet import ColumnInfo, Worksheet
from xlsxwriter.xmlwriter import XMLwriter

from lsindicators import layout, values
from lsindicators.errors import LsindicatorsError
from lsindicators.forms.formula import Formula, Result
from lsindicators.forms.package import Stream
from lsindicators.model import Value

LAST_COLUMN = 16383

_KEPT = 2048
"""So many pieces of XML of a kind are kept for the next form."""

HIGHEST = 400
"""Points of a row; Excel takes none above 409."""


class Cell(NamedTuple):
    """A cell of a row that is written as a whole, and that comes again in every form like this one."""

    letter: str
    column: int
    formula: str  # from its "=" on; empty: a constant
    xml: bytes  # what stands between the attributes and the result of a formula

    @classmethod
    def of(cls, letter: str, formula: str) -> Cell:
        """The cell in the column of one ``letter``."""
        return cls(letter, ord(letter) - ord("A"), formula, _formula(formula).encode() if formula else b"")


class Sheet(Worksheet):  # type: ignore[misc]  # xlsxwriter has no types
    """A worksheet that takes each value for what it is, and fails where Excel's limits would swallow it."""

    fh: Stream

    @cached_property
    def heights(self) -> dict[int, float]:
        """Rows whose height was set, in points."""
        return {}

    def put(self, row: int, column: int, value: Value | None, style: Format) -> None:
        """Write a number as a number and a text as a text, whatever it looks like."""
        if value is None or value == "":
            end = _BLANK
        elif isinstance(value, Decimal):
            end = f"><v>{value:.16G}</v></c>"
        elif len(text := values.unmarked(value)) <= self.xls_strmax // 2:
            end = f' t="s"><v>{self.str_table._get_shared_string_index(text)}</v></c>'
        elif not self._write_string(row, column, text, style):  # so long that it must be counted
            return
        else:
            raise LsindicatorsError(f"{self.name}!{layout.address(row, column)}: nội dung quá dài cho một ô Excel")
        sure(self._keep(row, column, style, end))

    def spread(self, row: int, first: int, last: int, value: Value | None, style: Format) -> None:
        """Write a value across columns of a row that nothing else is written to."""
        self.put(row, first, value, style)
        sure(self._check_dimensions(row, last))
        self.table[row].update(dict.fromkeys(range(first + 1, last + 1), (style, _BLANK)))
        self._merged.append(f"{layout.address(row, first)}:{layout.address(row, last)}")

    @cached_property
    def _merged(self) -> list[str]:
        return []

    def _write_merge_cells(self) -> None:
        if self._merged:
            cells = "".join([f'<mergeCell ref="{ref}"/>' for ref in self._merged])
            self.fh.write(f'<mergeCells count="{len(self._merged)}">{cells}</mergeCells>')

    def formula(self, row: int, column: int, formula: Formula, style: Format) -> None:
        """Write a formula with what it shows."""
        sure(self._keep(row, column, style, _shown(formula.result, _formula(formula.text))))

    def line(self, row: int, style: Format, cells: Sequence[Cell], results: Sequence[Result]) -> None:
        """Write a whole row of formulas and constants in one ``style``, with what each shows; it is kept as it is."""
        for cell in (cells[0], cells[-1]):  # those between are within Excel's limits as well
            sure(self._check_dimensions(row, cell.column))
        pieces: list[bytes] = []
        for cell, result in zip(cells, results, strict=True):
            if not cell.formula:
                kind, shown = self._constant(result)
            elif isinstance(result, str):
                kind, shown = (_TEXT, _encoded(result)) if result else (b"", b"")
            else:
                kind, shown = b"", b"%d" % result if isinstance(result, int) else _number(result).encode()
            pieces += (b"", kind, cell.xml, shown)
        self._lines[row] = _Line(style, cells, pieces)

    def _constant(self, value: Decimal | int | str) -> tuple[bytes, bytes]:
        """A cell without a formula: what it is, and what it shows."""
        if isinstance(value, str):
            return b' t="s"><v>', b"%d" % self.str_table._get_shared_string_index(values.unmarked(value))
        return b"><v>", f"{value:.16G}".encode()

    @cached_property
    def _lines(self) -> dict[int, _Line]:
        return {}

    def rich(self, row: int, column: int, first: str, second: str, small: Format, style: Format) -> None:
        """Write a text of two parts: the first as the cell's ``style`` says, the second ``small``."""
        runs = _run(first, "") + _run(second, self._font(small))
        number = self.str_table._get_shared_string_index(runs)
        sure(self._keep(row, column, style, f' t="s"><v>{number}</v></c>'))

    def _font(self, style: Format) -> str:
        """The font of a part of a text, in XML."""
        if (known := self._fonts.get(id(style))) is not None:
            return known
        self.rstring = XMLwriter()
        self.rstring._set_filehandle(font := StringIO())
        self._write_font(style)
        return self._fonts.setdefault(id(style), font.getvalue())

    @cached_property
    def _fonts(self) -> dict[int, str]:
        return {}

    def set_widths(self, pixels: tuple[int, ...], style: Format) -> None:
        """Set the widths of the first columns, and the ``style`` of all, those beyond them as well."""
        for column in (0, len(pixels)):
            sure(self._check_dimensions(0, column, ignore_row=True))
        self._widths = pixels, style

    _widths: tuple[tuple[int, ...], Format] | None = None

    def _write_cols(self) -> None:
        """Many sheets have the same columns: they are written by xlsxwriter once."""
        if self._widths is None:
            super()._write_cols()
            return
        pixels, style = self._widths
        key = pixels, style._get_xf_index()
        if key not in _COLUMNS:
            for column, width in enumerate(pixels):
                sure(self.set_column_pixels(column, column, width, style))
            sure(self.set_column(len(pixels), len(pixels), None, style))
            _keep_told(_COLUMNS, key, self._apart(super()._write_cols))
        self.fh.write(_COLUMNS[key])

    def _write_col_info(self, col_min: int, col_max: int, col_info: ColumnInfo) -> None:
        # xlsxwriter keeps a record for each column: 16384 of them for every sheet
        rest = self._widths is not None and col_max == len(self._widths[0])
        super()._write_col_info(col_min, LAST_COLUMN if rest else col_max, col_info)

    def _apart(self, write: Callable[..., object], *told: Any) -> bytes:
        """What ``write`` writes of the sheet, by itself."""
        whole, self.fh = self.fh, Stream()
        write(*told)
        alone, self.fh = self.fh.whole(), whole
        return alone

    def set_row(self, row: int, height: float | None) -> None:
        """Set the height of a row in points, within Excel's limit; ``None``: as the program likes."""
        if height is not None:
            self.heights[row] = height = min(height, HIGHEST)
        sure(self._check_dimensions(row, self.dim_colmin or 0))
        self.row_info[row] = _high(height)

    def _write_row(self, row: int, spans: str | None, row_info: _High | None = None, empty_row: bool = False) -> None:
        place = f' spans="{spans}"' if spans else ""
        self.fh.write(f'<row r="{row + 1}"{place}{row_info.xml if row_info else ""}{"/>" if empty_row else ">"}')

    def _escape_attributes(self, attribute: object) -> object:
        # xlsxwriter looks into a number as well, which raises an exception that it catches
        return attribute if type(attribute) is int else super()._escape_attributes(attribute)

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        # our formulas say _xlfn. themselves where they must: 29 regular expressions a formula are saved
        return formula.removeprefix("=")

    def guard(self, row: int, column: int, rule: dict[str, Any], last: int | None = None) -> bytes:
        """Guard one cell by ``rule``, or those down to row ``last``; what says so in the XML, for ``guards`` of a sheet like this."""
        sure(self.data_validation(row, column, row if last is None else last, column, rule))
        told = self._apart(self._write_data_validation, self.validations.pop())
        self.validations.append(told)
        return told

    def guards(self, told: Iterable[bytes]) -> None:
        """Guard the cells that an equal sheet guards, by what it ``told``."""
        self.validations.extend(told)

    def _write_data_validation(self, options: dict[str, Any] | bytes) -> None:
        if isinstance(options, bytes):
            self.fh.write(options)
            return
        key = repr(options)
        if key not in _VALIDATIONS:
            _keep_told(_VALIDATIONS, key, self._apart(super()._write_data_validation, options))
        self.fh.write(_VALIDATIONS[key])

    # -------------------------------------------------------------- cells
    #
    # xlsxwriter asks each formula by regular expressions what none of ours is, keeps each cell, and asks it again what it
    # is. Here a cell is kept as the end of its XML, made once. ``tests/test_sheet.py`` holds every kind of cell to what
    # xlsxwriter writes of the same.

    def _keep(self, row: int, column: int, style: Format, end: str) -> int:
        if row in self.table and self.dim_colmin <= column <= self.dim_colmax:  # within what was checked before
            self.table[row][column] = style, end
            return 0
        code: int = self._check_dimensions(row, column)
        if not code:
            self.table[row][column] = style, end
        return code

    def _write_rows(self) -> None:
        write, numbers, begins = self.fh.write, dict[int, str](), dict[int, str]()
        self._calculate_spans()
        for row in range(self.dim_rowmin, self.dim_rowmax + 1):
            cells, line = self.table.get(row), self._lines.get(row)
            info = self.row_info.get(row)
            if not cells and line is None:
                if info is not None:
                    self._write_empty_row(row, self.row_spans.get(row // 16), info)
                continue
            self._write_row(row, self.row_spans.get(row // 16), info)
            name = row + 1
            if line is not None:
                write(line.xml(name))
            for column in sorted(cells or ()):
                cell = cells[column]
                if type(cell) is not tuple:
                    self._write_cell(row, column, cell)
                    continue
                style, end = cell
                if (number := numbers.get(id(style))) is None:
                    number = numbers[id(style)] = f'" s="{style._get_xf_index()}"'
                if (letters := begins.get(column)) is None:
                    letters = begins[column] = f'<c r="{layout.column_letters(column)}'
                write(f"{letters}{name}{number}{end}")
            write("</row>")

    def _calculate_spans(self) -> None:
        """The first and the last column of each block of 16 rows."""
        columns: dict[int, set[int]] = {}
        for row, cells in self.table.items():
            if cells:
                columns.setdefault(row // 16, set()).update(cells)
        for row, line in self._lines.items():
            columns.setdefault(row // 16, set()).update((line.cells[0].column, line.cells[-1].column))
        self.row_spans = {block: f"{min(found) + 1}:{max(found) + 1}" for block, found in columns.items()}


class _Line(NamedTuple):
    """A row that is written as a whole; of each cell four pieces: its begin, filled in at last, its kind, formula and result."""

    style: Format
    cells: Sequence[Cell]
    pieces: list[bytes]

    def xml(self, row: int) -> bytes:
        """Its cells in the ``row`` that counts from 1."""
        letters = "".join([cell.letter for cell in self.cells])
        self.pieces[::4] = _begins(letters, row, self.style._get_xf_index())
        return b"".join(self.pieces) + _END


_END = b"</v></c>"
"""The end of a cell in which something stands."""

_TEXT = b' t="str"'
"""What a formula is that shows a text."""


@lru_cache(maxsize=_KEPT)
def _begins(letters: str, row: int, style: int) -> tuple[bytes, ...]:
    """The begins of all cells of a row, each with the end of the cell before it."""
    begins = [f'<c r="{letter}{row}" s="{style}"'.encode() for letter in letters]
    return (begins[0], *(_END + begin for begin in begins[1:]))


@lru_cache(maxsize=_KEPT)
def _encoded(text: str) -> bytes:
    """A text that a formula shows, in the XML of its cell."""
    return escaped(text).encode()


_BLANK = "/>"
"""The end of the XML of a cell in which nothing stands."""


class _High(NamedTuple):
    """The height of a row, as xlsxwriter keeps it and as it stands in the XML."""

    xml: str
    row_format: None = None


@lru_cache(maxsize=_KEPT)
def _high(height: float | None) -> _High:
    """The height of a row, in whole pixels; a row as high as Excel likes says nothing."""
    pixels = _USUAL if height is None else int(height * 4 / 3 + 0.5)
    return _High("" if pixels == _USUAL else f' ht="{pixels * 0.75:.16g}" customHeight="1"')


_USUAL = 20
"""Pixels of a row of which nothing is said."""


def _formula(formula: str) -> str:
    """What stands between the attributes and the result of a cell with a ``formula``, in XML."""
    return f"><f>{escaped(formula[1:])}</f><v>"


def _shown(result: Result, formula: str) -> str:
    """The end of the XML of a cell with a ``formula``, with what it shows."""
    if isinstance(result, str):
        kind = ' t="str"' if result else ""
        return f"{kind}{formula}{escaped(result)}</v></c>"
    if isinstance(result, int):
        return f"{formula}{result}</v></c>"
    return f"{formula}{_number(result)}</v></c>"


def _number(result: Decimal) -> str:
    """A number that a formula shows."""
    return str(int(result) if result == result.to_integral_value() else float(result))


def escaped(text: str) -> str:
    """``text`` in the XML of a cell, as xlsxwriter has it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@lru_cache(maxsize=_KEPT)
def _run(text: str, font: str) -> str:
    """A part of a text in the shared strings."""
    space = ' xml:space="preserve"' if text != text.strip() else ""
    return f"<r>{font}<t{space}>{XMLwriter._escape_control_characters(escaped(text))}</t></r>"


_VALIDATIONS: dict[str, bytes] = {}
"""What an input takes -> its XML; the forms of units that are alike have many in common."""

_COLUMNS: dict[tuple[tuple[int, ...], int], bytes] = {}
"""Widths of columns and the number of their style -> their XML."""


def _keep_told(known: dict[Any, bytes], key: Hashable, told: bytes) -> None:
    """Keep what was ``told`` of the ``key`` for the next sheet, and not more than enough of it."""
    if len(known) > _KEPT:
        known.clear()
    known[key] = told


def sure(code: int) -> None:
    """xlsxwriter tells by a number, not by an exception, that it wrote nothing."""
    if code:
        raise LsindicatorsError("không lập được biểu mẫu: nội dung vượt giới hạn của Excel")
