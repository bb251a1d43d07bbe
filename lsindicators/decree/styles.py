"""The styles of a Word file in, how a run or a paragraph really looks out: whatever says so, and wherever it is said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from msgspec import Struct

from lsindicators.papers.package import Package, W

_OWN, _STYLE, _RUN, _LETTERS, _CHARACTER, _VAL = (
    f"{W}{name}" for name in ("pPr", "pStyle", "r", "rPr", "rStyle", "val")
)
_NAMING = {_OWN, f"{W}rPr", f"{W}pStyle", f"{W}rStyle"}

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"

Said = dict[str, Any]

_TOGGLES = ("b", "i", "caps", "smallCaps", "vanish")
"""Properties that two styles in one place take back from each other."""

_SIDES = {"start": "left", "end": "right", "distribute": "both"}

TWIP = 25.4 / 1440
"""A twentieth of a point, in millimetres."""


class Look(Struct, frozen=True):
    """How the letters of a run look."""

    fonts: tuple[str, ...]  # that of ASCII letters and that of the others, once if they are the same
    size: float  # in points
    bold: bool
    italic: bool
    underlined: bool
    capitals: bool
    hidden: bool
    colour: str  # "" for black


class Shape(Struct, frozen=True):
    """How a paragraph stands."""

    align: str  # left, center, right, both
    first_line: float  # in mm; negative: the other lines are indented
    left: float  # in mm
    before: float  # in points
    after: float
    close: bool  # no space to a paragraph of the same style
    line: float  # spacing of lines, in times of a single line; 0: fixed in points
    rule_above: bool
    rule_below: bool


class Named(NamedTuple):
    """What decides how a paragraph looks: its style, that of its table, and what it says of itself."""

    style: str | None
    table: str | None
    own: Any


class Styles:
    """What a file says of its styles."""

    def __init__(self, package: Package) -> None:
        kinds = dict(package.relations().values())
        root = _part(package, kinds.get("styles", "word/styles.xml"))
        self._theme = _theme(_part(package, kinds.get("theme", "word/theme/theme1.xml")))
        self._styles: dict[str, Any] = {}
        self._default: dict[str, str] = {}
        self._run_defaults: Said = {}
        self._paragraph_defaults: Said = {}
        self._runs: dict[str | None, Said] = {}
        self._paragraphs: dict[str | None, Said] = {}
        self._tables: dict[Any, str | None] = {}
        self._names: dict[str | None, str] = {}
        self._shapes: dict[tuple[str | None, str | None, str], Shape] = {}
        self._looks: dict[tuple[str | None, str | None, str | None, str], Look] = {}
        if root is None:
            return
        self._run_defaults = self._of_run(root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"))
        self._paragraph_defaults = of_paragraph(root.find(f"{W}docDefaults/{W}pPrDefault/{W}pPr"))
        for style in root.iter(f"{W}style"):
            name = style.get(f"{W}styleId", "")
            self._styles[name] = style
            if style.get(f"{W}default") in ("1", "true", "on"):
                self._default[style.get(f"{W}type", "")] = name

    def named(self, paragraph: Any, table: Any) -> Named:
        """The styles of ``paragraph`` in ``table`` or none, and what it says of itself."""
        own = _child(paragraph, _OWN)
        style = None if own is None else _child(own, _STYLE)
        of = self._default.get("paragraph") if style is None else style.get(_VAL)
        if table is not None and table not in self._tables:
            told = table.find(f"{W}tblPr/{W}tblStyle")
            self._tables[table] = None if told is None else told.get(f"{W}val")
        return Named(of, self._tables.get(table), own)

    def name(self, named: Named) -> str:
        """The name of a paragraph's style, as Word shows it."""
        found = self._names.get(named.style)
        if found is None:
            style = self._styles.get(named.style or "")
            told = None if style is None else style.find(f"{W}name")
            found = self._names[named.style] = "" if told is None else told.get(_VAL, "")
        return found

    def look(self, run: Any, named: Named) -> Look:
        """How the letters of ``run`` look in such a paragraph."""
        own = _child(run, _LETTERS) if run.tag == _RUN else None
        character = None if own is None else _child(own, _CHARACTER)
        keys = (named.style, None if character is None else character.get(_VAL), named.table)
        key = (*keys, _direct(own))
        found = self._looks.get(key)
        if found is None:
            found = self._looks[key] = self._looked(*keys, self._of_run(own))
        return found

    def _looked(self, paragraph: str | None, character: str | None, table: str | None, own: Said) -> Look:
        levels = [self._chain(name, self._runs, "rPr", self._of_run) for name in (table, paragraph, character)]
        said: Said = dict(self._run_defaults)
        for level in levels:
            said.update(level)
        for toggle in _TOGGLES:
            odd = sum(1 for level in levels if level.get(toggle)) % 2 == 1
            said[toggle] = bool(self._run_defaults.get(toggle)) or odd
        said.update(own)
        fonts = dict.fromkeys(str(said.get(side) or "") for side in ("ascii", "hAnsi"))
        return Look(
            fonts=tuple(font or "Times New Roman" for font in fonts),
            size=said.get("sz", 20) / 2,
            bold=bool(said.get("b")),
            italic=bool(said.get("i")),
            underlined=bool(said.get("u")),
            capitals=bool(said.get("caps") or said.get("smallCaps")),
            hidden=bool(said.get("vanish")),
            colour=said.get("color", ""),
        )

    def shape(self, named: Named) -> Shape:
        """How such a paragraph stands."""
        key = named.style, named.table, _direct(named.own)
        found = self._shapes.get(key)
        if found is None:
            found = self._shapes[key] = self._shaped(named)
        return found

    def _shaped(self, named: Named) -> Shape:
        said: Said = dict(self._paragraph_defaults)
        for name in (named.table, named.style):
            said.update(self._chain(name, self._paragraphs, "pPr", of_paragraph))
        said.update(of_paragraph(named.own))
        exact = said.get("lineRule", "auto") == "exact"
        at_least = said.get("lineRule") == "atLeast"
        return Shape(
            align=_SIDES.get(str(said.get("jc")), str(said.get("jc", "left"))),
            first_line=(said.get("firstLine", 0) - said.get("hanging", 0)) * TWIP,
            left=said.get("left", 0) * TWIP,
            before=said.get("before", 0) / 20,
            after=said.get("after", 0) / 20,
            close=bool(said.get("contextualSpacing")),
            line=0 if exact else 1 if at_least else said.get("line", 240) / 240,
            rule_above=bool(said.get("top")),
            rule_below=bool(said.get("bottom")),
        )

    def _chain(self, name: str | None, kept: dict[str | None, Said], part: str, read: Any) -> Said:
        """What a style says together with those that it is based on."""
        if name not in kept:
            said: Said = {}
            kept[name] = said  # a style that is based on itself says no more than this
            style = self._styles.get(name or "")
            if style is not None:
                based = style.find(f"{W}basedOn")
                if based is not None:
                    said.update(self._chain(based.get(f"{W}val"), kept, part, read))
                said.update(read(style.find(f"{W}{part}")))
        return kept[name]

    def _of_run(self, properties: Any) -> Said:
        said: Said = {}
        for element in () if properties is None else properties:
            name = str(element.tag).removeprefix(W)
            value = element.get(f"{W}val")
            if name in _TOGGLES:
                said[name] = value not in ("0", "false", "off")
            elif name == "sz":
                said[name] = number(value, 20)
            elif name == "u":
                said[name] = value not in ("none", None)
            elif name == "color":
                said[name] = "" if value in (None, "auto") or value.upper() == "000000" else value.upper()
            elif name == "rFonts":
                for side in ("ascii", "hAnsi"):
                    theme = element.get(f"{W}{side}Theme")
                    font = self._theme.get(theme[:5]) if theme else element.get(f"{W}{side}")
                    if font:
                        said[side] = font
        return said


def _child(element: Any, tag: str) -> Any:
    """The first child with that tag: what ``find`` gives, in a fifth of its time."""
    for child in element:
        if child.tag == tag:
            return child
    return None


def of_paragraph(properties: Any) -> Said:
    """What a paragraph, or its style, says of itself."""
    said: Said = {}
    for element in () if properties is None else properties:
        name = str(element.tag).removeprefix(W)
        if name == "jc":
            said[name] = element.get(f"{W}val", "left")
        elif name == "spacing":
            for key in ("before", "after", "line"):
                if element.get(f"{W}{key}") is not None:
                    said[key] = number(element.get(f"{W}{key}"), 0)
            for key in ("before", "after"):
                if element.get(f"{W}{key}Autospacing") in ("1", "true", "on"):
                    said[key] = 280
            if element.get(f"{W}lineRule") is not None:
                said["lineRule"] = element.get(f"{W}lineRule")
        elif name == "ind":
            for key, others in (("firstLine", ()), ("hanging", ()), ("left", ("start",))):
                value = next((v for k in (key, *others) if (v := element.get(f"{W}{k}")) is not None), None)
                if value is not None:
                    said[key] = number(value, 0)
            if element.get(f"{W}firstLine") is not None:
                said["hanging"] = 0
        elif name == "contextualSpacing":
            said[name] = element.get(f"{W}val") not in ("0", "false", "off")
        elif name == "pBdr":
            for side in ("top", "bottom"):
                line = element.find(f"{W}{side}")
                if line is not None:
                    said[side] = line.get(f"{W}val") not in ("nil", "none", None)
    return said


def number(text: str | None, otherwise: int) -> int:
    """A whole number of an attribute, also where it is none."""
    try:
        return round(float(text or ""))
    except (ValueError, OverflowError):
        return otherwise


def _direct(properties: Any) -> str:
    """All that a run or paragraph says of itself, as one text."""
    if properties is None:
        return ""
    return "".join([f"{e.tag}{e.items()}" for e in properties.iter() if e.tag not in _NAMING])


def _part(package: Package, name: str) -> Any:
    return package.tree(name) if name in package else None


def _theme(root: Any) -> Mapping[str, str]:
    """``minor`` and ``major`` -> the font of Latin letters."""
    found = {}
    for kind in ("minor", "major"):
        latin = None if root is None else root.find(f".//{A}{kind}Font/{A}latin")
        if latin is not None and latin.get("typeface"):
            found[kind] = latin.get("typeface", "")
    return found
