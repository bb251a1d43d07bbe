"""A worksheet and xlsxwriter's answers, made strict: nothing is swallowed in silence."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property

from xlsxwriter.format import Format
from xlsxwriter.worksheet import ColumnInfo, Worksheet

from lsindicators import layout, values
from lsindicators.errors import LsindicatorsError
from lsindicators.forms.formula import Formula
from lsindicators.model import Value

LAST_COLUMN = 16383

HIGHEST = 400
"""Points of a row; Excel takes none above 409."""


class Sheet(Worksheet):  # type: ignore[misc]  # xlsxwriter has no types
    """A worksheet that takes each value for what it is, and fails where Excel's limits would swallow it."""

    _rest = -1

    @cached_property
    def heights(self) -> dict[int, float]:
        """Rows whose height was set, in points."""
        return {}

    def put(self, row: int, column: int, value: Value | None, style: Format) -> None:
        """Write a number as a number and a text as a text, whatever it looks like."""
        if value is None or value == "":
            code = self.write_blank(row, column, None, style)
        elif isinstance(value, Decimal):
            code = self.write_number(row, column, value, style)
        else:
            code = self.write_string(row, column, values.unmarked(value), style)
        if code:
            raise LsindicatorsError(f"{self.name}!{layout.address(row, column)}: nội dung quá dài cho một ô Excel")

    def formula(self, row: int, column: int, formula: Formula, style: Format) -> None:
        """Write a formula with what it shows."""
        shown: str | int | float
        if isinstance(formula.result, str):
            shown = formula.result
        else:
            whole = formula.result == formula.result.to_integral_value()
            shown = int(formula.result) if whole else float(formula.result)
        sure(self.write_formula(row, column, formula.text, style, shown))

    def rich(self, row: int, column: int, first: str, second: str, small: Format, style: Format) -> None:
        """Write a text of two parts: the first as the cell's ``style`` says, the second ``small``."""
        sure(self.write_rich_string(row, column, first, small, second, style))

    def set_rest(self, column: int, style: Format | None) -> None:
        """Give ``style`` to ``column`` and all columns beyond it."""
        sure(self.set_column(column, column, None, style))
        self._rest = column

    def _write_col_info(self, col_min: int, col_max: int, col_info: ColumnInfo) -> None:
        # xlsxwriter keeps a record for each column: 16384 of them for every sheet
        super()._write_col_info(col_min, LAST_COLUMN if col_max == self._rest else col_max, col_info)

    def set_row(self, row: int, height: float | None) -> None:
        """Set the height of a row in points, within Excel's limit; ``None``: as the program likes."""
        if height is not None:
            self.heights[row] = height = min(height, HIGHEST)
        sure(super().set_row(row, height))

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        # our formulas say _xlfn. themselves where they must: 29 regular expressions a formula are saved
        return formula.removeprefix("=")


def sure(code: int) -> None:
    """xlsxwriter tells by a number, not by an exception, that it wrote nothing."""
    if code:
        raise LsindicatorsError("không lập được biểu mẫu: nội dung vượt giới hạn của Excel")
