"""Run by the system's own Python, which knows UNO: documents in a running LibreOffice, and what a person does with each.

Called with the name of the pipe on which LibreOffice listens. Each line of stdin is a job,
``{"open": address, "steps": [[name of a method, argument, …], …]}``; each line of stdout the answer to it: the list of
what the steps gave, or a text that says what went wrong. LibreOffice ends with it. ``office`` starts it; it imports
nothing of ours.
"""

import json
import os
import sys
import time
import traceback

import uno
from com.sun.star.awt import Point  # noqa: F401  # makes the types of LibreOffice known
from com.sun.star.beans import PropertyValue

FILTERS = {
    "xlsx": "Calc MS Excel 2007 XML",
    "ods": "calc8",
    "xls": "MS Excel 97",
    "docx": "MS Word 2007 XML",
    "odt": "writer8",
    "pdf": "writer_pdf_Export",
}
CONTENT = 1 | 2 | 4 | 16
"""What the key Delete clears (CellFlags): numbers, dates, texts, formulas."""

ERRORS = 4
"""Formulas that gave an error (FormulaResult)."""


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


def service(context, name):
    """A service of LibreOffice."""
    return context.ServiceManager.createInstanceWithContext(f"com.sun.star.frame.{name}", context)


def options(**values):
    found = []
    for name, value in values.items():
        made = PropertyValue()
        made.Name, made.Value = name, value
        found.append(made)
    return tuple(found)


class Desk:
    """An open document; each public method is a step."""

    def __init__(self, context, address):
        self._dispatcher = service(context, "DispatchHelper")
        how = {"FilterName": "HTML (StarWriter)"} if address.endswith(".html") else {}
        self.book = service(context, "Desktop").loadComponentFromURL(address, "_blank", 0, options(Hidden=True, **how))
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

    # -------------------------------------------------------------- the sheet as a whole

    def unprotect(self, sheet):
        self._sheet(sheet).unprotect("")

    def protect(self, sheet, password):
        self._sheet(sheet).protect(password)

    def insert_rows(self, sheet, row, count):
        """Put in empty rows before ``row``, counted from 1 as people do."""
        self._sheet(sheet).Rows.insertByIndex(row - 1, count)

    def delete_rows(self, sheet, row, count):
        self._sheet(sheet).Rows.removeByIndex(row - 1, count)

    def insert_columns(self, sheet, column, count):
        self._sheet(sheet).Columns.insertByIndex(self._column(sheet, column), count)

    def delete_columns(self, sheet, column, count):
        self._sheet(sheet).Columns.removeByIndex(self._column(sheet, column), count)

    def _column(self, sheet, letters):
        return self._range(sheet, f"{letters}1").CellAddress.Column

    def hide_rows(self, sheet, row, count):
        for n in range(row - 1, row - 1 + count):
            self._sheet(sheet).Rows.getByIndex(n).IsVisible = False

    def hide_column(self, sheet, column):
        self._sheet(sheet).Columns.getByIndex(self._column(sheet, column)).IsVisible = False

    def sort(self, sheet, address, column, ascending):
        """Sort the rows of a range by one of its columns, counted from 0."""
        key = uno.createUnoStruct("com.sun.star.table.TableSortField")
        key.Field, key.IsAscending = column, ascending
        keys = uno.Any("[]com.sun.star.table.TableSortField", (key,))
        self._range(sheet, address).sort(options(SortFields=keys, ContainsHeader=False))

    def merge(self, sheet, address):
        self._range(sheet, address).merge(True)

    def filter(self, sheet, address):
        """Switch the drop-down filter of a range on."""
        name = "loc"
        self.book.DatabaseRanges.addNewByName(name, self._range(sheet, address).RangeAddress)
        self.book.DatabaseRanges.getByName(name).AutoFilter = True

    def replace(self, sheet, old, new):
        """Find and replace in all cells of a sheet; gives the number of cells that were changed."""
        search = self._sheet(sheet).createReplaceDescriptor()
        search.SearchString, search.ReplaceString = old, new
        return self._sheet(sheet).replaceAll(search)

    def formula(self, sheet, address, text):
        """Put in a formula, written as in English."""
        self._range(sheet, address).setFormula(text)

    def note(self, sheet, address, text):
        """Put a comment on a cell."""
        self._sheet(sheet).Annotations.insertNew(self._range(sheet, address).CellAddress, text)

    def colour(self, sheet, address, colour):
        self._range(sheet, address).CellBackColor = colour

    # -------------------------------------------------------------- sheets

    def rename_sheet(self, sheet, name):
        self._sheet(sheet).setName(name)

    def copy_sheet(self, sheet, name, place):
        self.book.Sheets.copyByName(sheet, name, place)

    def move_sheet(self, sheet, place):
        self.book.Sheets.moveByName(sheet, place)

    def add_sheet(self, name, place):
        self.book.Sheets.insertNewByName(name, place)

    def delete_sheet(self, sheet):
        self.book.Sheets.removeByName(sheet)

    def hide_sheet(self, sheet):
        self._sheet(sheet).IsVisible = False

    def show_sheet(self, sheet):
        self._sheet(sheet).IsVisible = True

    # -------------------------------------------------------------- looking

    def see(self, sheet, address):
        """What a cell shows."""
        return self._range(sheet, address).String

    def values(self, sheet):
        """All used cells of a sheet, row by row: numbers, texts, and the words for an error; ``None`` without the sheet."""
        if not self.book.Sheets.hasByName(sheet):
            return None
        cursor = self._sheet(sheet).createCursor()
        cursor.gotoEndOfUsedArea(False)
        end = cursor.RangeAddress
        found = self._sheet(sheet).getCellRangeByPosition(0, 0, end.EndColumn, end.EndRow).DataArray
        found = [list(row) for row in found]
        wrong = self._sheet(sheet).queryFormulaCells(ERRORS).Cells.createEnumeration()
        while wrong.hasMoreElements():
            cell = wrong.nextElement()
            found[cell.CellAddress.Row][cell.CellAddress.Column] = cell.String
        return found

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

    def save(self, address, kind, password=None):
        secret = {} if password is None else {"Password": password}
        if secret and kind == "xlsx":  # which is encrypted in a way of its own
            words = []
            for name, word in (("CryptoType", "Standard"), ("OOXPassword", password)):
                words.append(uno.createUnoStruct("com.sun.star.beans.NamedValue", name, word))
            secret = {"EncryptionData": uno.Any("[]com.sun.star.beans.NamedValue", tuple(words))}
        self.book.storeToURL(address, options(FilterName=FILTERS[kind], **secret))


def done(context, job):
    """What the steps of a job gave."""
    desk = Desk(context, job["open"])
    try:
        return [getattr(desk, name)(*rest) for name, *rest in job["steps"]]
    finally:
        desk.book.close(True)


if __name__ == "__main__":
    office = connected(sys.argv[1])
    for line in sys.stdin:
        try:
            answer = done(office, json.loads(line))
        except Exception:  # whatever LibreOffice says: the next job may go well
            answer = traceback.format_exc()
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    service(office, "Desktop").terminate()
    os._exit(0)  # the bridge to LibreOffice may crash while Python takes itself apart
