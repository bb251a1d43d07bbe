"""The bytes of a workbook -> its sheets, cell by cell as stored, in one guarded pass over the raw XML.

One bad cell spoils only itself; a hostile or damaged container is a ``WorkbookError``. Nothing is computed or followed.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import unquote
from xml.parsers import expat

from msgspec import Struct

from lsindicators.workbook import plain
from lsindicators.workbook.beside import Beside, find
from lsindicators.workbook.cells import DAMAGED, Cell, Sheet, formats, number, read_sheet, shared_strings
from lsindicators.workbook.container import (
    CELLS,
    KEPT,
    MERGES,
    OWN,
    PART,
    RATIO_FROM,
    RELATIONS,
    SHEETS,
    Allowance,
    Attributes,
    Package,
    PasswordNeededError,
    TooLargeError,
    WorkbookError,
    check,
    check_entries,
    directory,
    is_true,
    more_than,
    parse,
    prefixed,
    unpack,
    without_blank_rows,
)

__all__ = [
    "CELLS",
    "DAMAGED",
    "MERGES",
    "Cell",
    "Drawn",
    "PasswordNeededError",
    "Sheet",
    "TooLargeError",
    "Workbook",
    "WorkbookError",
    "check_entries",
    "directory",
    "drawn",
    "number",
    "read",
    "read_any",
    "unpack",
]


class Workbook(Struct, frozen=True, kw_only=True):
    """A workbook as stored."""

    sheets: tuple[Sheet, ...]
    names: Mapping[str, str]  # defined name -> what it stands for
    properties: Mapping[str, str]  # custom document properties
    macro: bool
    external: bool  # refers to a file outside: external link, data connection, picture by link, file: or UNC target
    beside: tuple[Beside, ...] = ()  # what stands on the sheets without being in a cell
    blind: bool = False  # formats, formulas, errors and protection could not be seen


PassedOver = Callable[[str, bool], bool]
"""(name of a sheet, whether it is hidden) -> whether its cells are of no interest."""


def read(
    content: bytes, file: str, passed_over: PassedOver = lambda name, hidden: False, *, own: bool = False
) -> Workbook:
    """The .xlsx or .xlsm workbook that ``content`` holds; ``file`` names it in the error. Raises ``WorkbookError``, and
    nothing else.

    A sheet that is ``passed_over`` has no cells; it is looked through for what no part may hold. ``own``: it is a
    workbook of the clerk, which may hold far more.
    """
    return _guarded(lambda: _workbook(Package(content), passed_over, Allowance(OWN if own else 1)), file)


def read_any(content: bytes, kind: str, file: str, passed_over: PassedOver = lambda name, hidden: False) -> Workbook:
    """The workbook of an ``xlsx``, ``ods`` or ``xls`` file, as ``read`` gives it."""
    if kind == "xlsx":
        return read(content, file, passed_over)
    return _guarded(lambda: (_read_open if kind == "ods" else _read_old)(content, passed_over), file)


def _read_open(content: bytes, passed_over: PassedOver) -> Workbook:
    from lsindicators.workbook import ods

    sheets, names, properties, macro, external, beside = ods.read(content, passed_over)
    return Workbook(sheets=sheets, names=names, properties=properties, macro=macro, external=external, beside=beside)


def _read_old(content: bytes, passed_over: PassedOver) -> Workbook:
    from lsindicators.workbook import old

    return old.read(content, passed_over)


def _guarded(make: Callable[[], Workbook], file: str) -> Workbook:
    try:
        return make()
    except WorkbookError as error:
        error.file = file
        raise
    except expat.ExpatError as error:
        raise WorkbookError("nội dung XML bên trong bị hỏng", file) from error
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise WorkbookError("tệp nén bị hỏng hoặc tải về chưa đủ", file) from error
    except (ValueError, LookupError, NotImplementedError, RecursionError, OverflowError, OSError) as error:
        raise WorkbookError("cấu trúc bên trong bị hỏng", file) from error


class Drawn(Struct, frozen=True):
    """The XML of a workbook that says how it looks; a part that is not there is empty."""

    sheets: Mapping[str, bytes]  # name -> part
    styles: bytes
    theme: bytes


def drawn(content: bytes, file: str) -> Drawn:
    """The parts of the workbook that ``content`` holds, none with a DOCTYPE. Raises ``WorkbookError``.

    For a template of ours: of what a unit sends nothing but ``read`` is asked.
    """
    read(content, file)  # under all limits
    package = Package(content)
    main, _ = _main_part(package)
    relations = _relations(package, main)
    by_id = {r.id: r.target for r in relations}
    by_kind = {r.kind: b"".join(package.chunks(r.target)) for r in relations if r.target in package}
    sheets: dict[str, bytes] = {}

    def start(tag: str, attributes: Attributes) -> None:
        if tag == "sheet":
            part = by_id[prefixed(attributes, "id") or ""]
            sheets[attributes.get("name", "")] = b"".join(package.chunks(part))

    parse(package.chunks(main), start)
    return Drawn(sheets, by_kind.get("styles", b""), by_kind.get("theme", b""))


# ------------------------------------------------------------------ the workbook


def _workbook(package: Package, passed_over: PassedOver, left: Allowance) -> Workbook:
    main, macro = _main_part(package)
    sheets: list[tuple[str, bool, str]] = []
    names: dict[str, str] = {}
    date1904 = False
    name: str | None = None
    local = False
    written: list[str] = []

    def start(tag: str, attributes: Attributes) -> None:
        nonlocal date1904, name, local
        if tag == "sheet":
            hidden = attributes.get("state", "visible") != "visible"
            sheets.append((attributes.get("name", ""), hidden, prefixed(attributes, "id") or ""))
        elif tag == "workbookPr":
            date1904 = is_true(attributes.get("date1904"))
        elif tag == "definedName":
            name, local = attributes.get("name", ""), "localSheetId" in attributes
            written.clear()

    def text(characters: str) -> None:
        if name is not None:
            written.append(characters)

    def end(tag: str) -> None:
        nonlocal name
        if tag == "definedName" and name is not None:
            if name not in names or not local:
                names[name] = "".join(written).strip()
            name = None

    parse(package.chunks(main), start, text=text, end=end)
    if not sheets:
        raise WorkbookError("không có trang tính nào")
    if len(sheets) > SHEETS:
        raise more_than(SHEETS, "trang tính")
    relations = _relations(package, main)
    by_id = {r.id: r for r in relations}
    shared = next((r.target for r in relations if r.kind == "sharedStrings" and r.target in package), None)
    styles = next((r.target for r in relations if r.kind == "styles" and r.target in package), None)
    texts = shared_strings(package, shared) if shared else {}
    shows = formats(package, styles) if styles else ()
    read_parts = {"[content_types].xml", main.casefold(), (shared or "").casefold(), (styles or "").casefold()}
    result: list[Sheet] = []
    seen: list[tuple[str, str]] = []  # name and part of the sheets that are read
    for sheet, hidden, relation in sheets:
        found = by_id.get(relation)
        if found is None or found.target not in package:
            raise WorkbookError(f"thiếu nội dung của trang tính “{sheet}”")
        if passed_over(sheet, hidden):
            result.append(Sheet(name=sheet, hidden=hidden))
            continue
        seen.append((sheet, found.target))
        if found.kind != "worksheet":
            result.append(Sheet(name=sheet, hidden=hidden))
            continue
        if found.target.casefold() in read_parts:
            raise WorkbookError("hai trang tính dùng chung một nội dung")
        read_parts.add(found.target.casefold())
        part = package.whole(found.target, plain.LARGEST)
        chunks = package.chunks(found.target, PART) if part is None else iter((part,))
        if package.size(found.target) > RATIO_FROM:
            chunks = without_blank_rows(chunks)
        stroke = None if part is None else plain.rows(part)
        result.append(read_sheet(sheet, hidden, chunks, texts, shows, date1904, left, stroke))
    external = _survey(package, read_parts)
    return Workbook(
        sheets=tuple(result),
        names=MappingProxyType(names),
        properties=MappingProxyType(_properties(package)),
        macro=macro,
        external=external,
        beside=find(package, seen, lambda part: ((r.kind, r.target) for r in _relations(package, part))),
    )


class _Relation(Struct, frozen=True):
    id: str
    kind: str  # last word of the type: "worksheet", "styles"
    target: str  # part name inside the package, or the outside target as written
    external: bool


def _relations(package: Package, part: str) -> tuple[_Relation, ...]:
    folder, _, name = part.rpartition("/")
    path = f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"
    return _read_relations(package, path, folder) if path in package else ()


def _read_relations(package: Package, path: str, folder: str) -> tuple[_Relation, ...]:
    part = package.whole(path, KEPT)
    return _listed(package.chunks(path, RELATIONS), folder) if part is None else _kept_relations(part, folder)


@lru_cache(maxsize=64)
def _kept_relations(part: bytes, folder: str) -> tuple[_Relation, ...]:
    return _listed(iter((part,)), folder)


def _listed(chunks: Iterator[bytes], folder: str) -> tuple[_Relation, ...]:
    relations: list[_Relation] = []

    def start(tag: str, attributes: Attributes) -> None:
        if tag == "Relationship":
            external = attributes.get("TargetMode", "").casefold() == "external"
            target = attributes.get("Target", "")
            if not external:
                target = posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip("/")
            kind = attributes.get("Type", "").rpartition("/")[2]
            relations.append(_Relation(attributes.get("Id", ""), kind, target, external))

    parse(chunks, start)
    return tuple(relations)


def _main_part(package: Package) -> tuple[str, bool]:
    """The one workbook part, the same by content types and by relationships; and whether macros are there."""
    if "[Content_Types].xml" not in package or "_rels/.rels" not in package:
        raise WorkbookError("không phải sổ tính Excel")
    macro = any(name.endswith("vbaproject.bin") for name in package.names())
    types = package.whole("[Content_Types].xml", KEPT)
    mains_by_type = _typed(package.chunks("[Content_Types].xml")) if types is None else _kept_typed(types)
    if any("spreadsheetml" not in kind and "ms-excel" not in kind for _, kind in mains_by_type):
        raise WorkbookError("không phải sổ tính Excel")
    macro = macro or any("macroenabled" in kind for _, kind in mains_by_type)
    typed = {name for name, _ in mains_by_type}
    mains = {r.target for r in _read_relations(package, "_rels/.rels", "") if r.kind == "officeDocument"}
    if len(mains) != 1 or (main := mains.pop()) not in package:
        raise WorkbookError("không phải sổ tính Excel")
    if typed and typed != {main.casefold()}:
        raise WorkbookError("tệp chỉ ra hai sổ tính khác nhau")
    return main, macro


@lru_cache(maxsize=16)
def _kept_typed(part: bytes) -> tuple[tuple[str, str], ...]:
    return _typed(iter((part,)))


def _typed(chunks: Iterator[bytes]) -> tuple[tuple[str, str], ...]:
    """(part, type) of all that the content types call the main part of a document."""
    typed: list[tuple[str, str]] = []

    def start(tag: str, attributes: Attributes) -> None:
        kind = attributes.get("ContentType", "").casefold()
        if tag == "Override" and kind.endswith(".main+xml"):
            typed.append((attributes.get("PartName", "").lstrip("/").casefold(), kind))

    parse(chunks, start)
    return tuple(typed)


def _survey(package: Package, already: set[str]) -> bool:
    """Look through the parts that are not read: refuse a DOCTYPE anywhere, tell whether anything points outside."""
    external = False
    for name in package.names():
        external = external or "/externallinks/" in name or name.endswith("/connections.xml")
        if name.endswith(".rels"):
            for relation in _read_relations(package, name, ""):
                web = relation.kind == "hyperlink" and not re.match(r"\\\\|//|file:", relation.target, re.IGNORECASE)
                external = external or (relation.external and not web)
        elif name.endswith((".xml", ".vml")) and name not in already:
            try:
                check(package, name)
            except expat.ExpatError:
                continue  # a damaged drawing or theme spoils no figure
    return external


def _properties(package: Package) -> dict[str, str]:
    root = _read_relations(package, "_rels/.rels", "")
    path = next((r.target for r in root if r.kind == "custom-properties"), "docProps/custom.xml")
    if path not in package:
        return {}
    properties: dict[str, str] = {}
    name: str | None = None
    written: list[str] = []

    def start(tag: str, attributes: Attributes) -> None:
        nonlocal name
        if tag == "property":
            name = attributes.get("name", "")
            written.clear()

    def end(tag: str) -> None:
        nonlocal name
        if tag == "property" and name is not None:
            properties[name] = "".join(written).strip()
            name = None

    try:
        parse(package.chunks(path), start, text=written.append, end=end)
    except expat.ExpatError:
        return properties
    return properties
