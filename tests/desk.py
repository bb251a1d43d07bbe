"""Run by the system's own Python, which knows UNO: one workbook in a running LibreOffice, and what a person does with it.

Stdin holds ``{"pipe": name, "open": address, "steps": [[name of a method, argument, …], …]}``; stdout gets the list of
what the steps gave. ``office`` starts it; it imports nothing of ours.
"""

import json
import os
import sys
import time

import uno
from com.sun.star.awt import Point  # noqa: F401  # makes the types of LibreOffice known
from com.sun.star.beans import PropertyValue

FILTERS = {"xlsx": "Calc MS Excel 2007 XML", "ods": "calc8", "xls": "MS Excel 97"}
CONTENT = 1 | 2 | 4 | 16
"""What the key Delete clears (CellFlags): numbers, dates, texts, formulas."""
DOWN = uno.Enum("com.sun.star.sheet.FillDirection", "TO_BOTTOM")


def connected(pipe):
    """The context of the LibreOffice that listens on ``pipe``."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(240):
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except Exception:  # whatever it is: it has not started yet
            time.sleep(0.25)
    raise SystemExit("LibreOffice does not answer")


def options(**values):
    found = []
    for name, value in values.items():
        made = PropertyValue()
        made.Name, made.Value = name, value
        found.append(made)
    return tuple(found)


class Desk:
    """An open workbook; each public method is a step."""

    def __init__(self, context, address):
        def make(name):
            return context.ServiceManager.createInstanceWithContext(f"com.sun.star.frame.{name}", context)

        self._dispatcher = make("DispatchHelper")
        self.book = make("Desktop").loadComponentFromURL(address, "_blank", 0, options(Hidden=True))
        self._view = self.book.CurrentController

    def _sheet(self, name):
        return self.book.Sheets.getByName(name)

    def _range(self, sheet, address):
        return self._sheet(sheet).getCellRangeByName(address)

    def _do(self, command, **how):
        self._dispatcher.executeDispatch(self._view.Frame, f".uno:{command}", "", 0, options(**how))

    def _select(self, sheet, address):
        self._view.setActiveSheet(self._sheet(sheet))
        self._view.select(self._range(sheet, address))

    # -------------------------------------------------------------- typing

    def enter(self, sheet, address, text):
        """Type ``text`` as a person does, in the language of the machine."""
        self._select(sheet, address)
        self._do("EnterString", StringName=text)

    def put(self, sheet, address, value):
        """Put in a number as a number, a text as a text, whatever it looks like; ``None`` empties the cell."""
        cell = self._range(sheet, address)
        if value is None:
            cell.clearContents(CONTENT)
        elif isinstance(value, str):
            cell.setString(value)
        else:
            cell.setValue(value)

    def calculate(self, automatically):
        """Compute after every step, or only now and when the workbook is saved."""
        self.book.enableAutomaticCalculation(automatically)
        self.book.calculateAll()

    # -------------------------------------------------------------- pasting, as the program's own commands do it

    def copy(self, sheet, address):
        self._select(sheet, address)
        self._do("Copy")

    def cut(self, sheet, address):
        self._select(sheet, address)
        self._do("Cut")

    def paste(self, sheet, address):
        self._select(sheet, address)
        self._do("Paste")

    def clear(self, sheet, address):
        self._select(sheet, address)
        self._do("ClearContents")

    def fill_down(self, sheet, address):
        self._select(sheet, address)
        self._do("FillDown")

    # -------------------------------------------------------------- the same by the interface for programs

    def copy_range(self, sheet, source, to_sheet, target):
        self._sheet(to_sheet).copyRange(
            self._range(to_sheet, target).CellAddress, self._range(sheet, source).RangeAddress
        )

    def move_range(self, sheet, source, target):
        self._sheet(sheet).moveRange(self._range(sheet, target).CellAddress, self._range(sheet, source).RangeAddress)

    def clear_range(self, sheet, address):
        self._range(sheet, address).clearContents(CONTENT)

    def format(self, sheet, address, code):
        """Give cells a number format, written as in English."""
        locale = uno.createUnoStruct("com.sun.star.lang.Locale", "en", "US", "")
        formats = self.book.NumberFormats
        key = formats.queryKey(code, locale, False)
        self._range(sheet, address).NumberFormat = formats.addNew(code, locale) if key == -1 else key

    # -------------------------------------------------------------- looking

    def see(self, sheet, address):
        """What a cell shows."""
        return self._range(sheet, address).String

    def formulas(self, sheet):
        """Address -> formula, of every cell that holds one."""
        found = {}
        for cell in self._cells(sheet, 16):
            found[cell.AbsoluteName.rpartition(".")[2].replace("$", "")] = cell.Formula
        return found

    def _cells(self, sheet, kind):
        walk = self._sheet(sheet).queryContentCells(kind).Cells.createEnumeration()
        while walk.hasMoreElements():
            yield walk.nextElement()

    def locks(self, sheet):
        """Whether a sheet is protected, and the ranges of unlocked cells among all that it has."""
        unlocked = []
        for kind in self._sheet(sheet).UniqueCellFormatRanges:
            if not kind.getByIndex(0).CellProtection.IsLocked:
                unlocked += kind.RangeAddressesAsString.replace(f"'{sheet}'.", "").replace(f"{sheet}.", "").split(";")
        return self._sheet(sheet).isProtected(), unlocked

    def locked(self, sheet, address):
        return self._range(sheet, address).CellProtection.IsLocked

    def heights(self, sheet):
        """Each used row: its height in points, and the height that LibreOffice would give it."""
        cursor = self._sheet(sheet).createCursor()
        cursor.gotoEndOfUsedArea(False)
        rows = self._sheet(sheet).Rows
        found = []
        for n in range(cursor.RangeAddress.EndRow + 1):
            row = rows.getByIndex(n)
            written = row.Height
            row.OptimalHeight = True
            found.append([written * 72 / 2540, row.Height * 72 / 2540])
        return found

    def save(self, address, kind):
        self.book.storeToURL(address, options(FilterName=FILTERS[kind]))


if __name__ == "__main__":
    job = json.load(sys.stdin)
    desk = Desk(connected(job["pipe"]), job["open"])
    try:
        json.dump([getattr(desk, name)(*rest) for name, *rest in job["steps"]], sys.stdout)
    finally:
        desk.book.close(True)
    sys.stdout.flush()
    os._exit(0)  # the bridge to LibreOffice may crash while Python takes itself apart
