"""A finished report in, every number that it prints out, with its sentence, row or chart: read with lxml alone.

And what ``merge --json`` knows, by what a number can be said of: a criterion, a variable, a unit, or the province as a
whole. Nothing of the package is used here, so that a mistake of ours cannot hide itself.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import NamedTuple

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
MEASURES = ("trung bình", "bình quân", "tỷ lệ có")  # aggregations whose totals are printed with two decimals


PARAGRAPH = "đoạn văn"


# ------------------------------------------------------------------ what the paper says


@dataclass(frozen=True)
class Line:
    """A paragraph, a cell of a table or a label of a chart, and where it stands."""

    where: str
    text: str
    row: tuple[str, ...] = ()  # all cells of its row; of a label its chart's caption and the name of its bar
    head: tuple[str, ...] = ()  # the cells of the first row of its table
    column: int = -1
    section: str = ""  # the title of the group or part of criteria below whose heading it stands

    @property
    def about(self) -> str:
        return " | ".join(self.row) or self.text


def lines(document: bytes, titles: Collection[str] = ()) -> Iterator[Line]:
    """All that people read in a Word file, a line each, in reading order; fields such as page numbers are left out.

    ``titles`` are those of the groups and parts of criteria: what stands below such a heading tells of it.
    """
    section = ""
    for line in _lines(document):
        heading = re.fullmatch(r"\d+(?:\.\d+)*\.? (.*)", line.text)
        if line.where == PARAGRAPH and heading and heading[1] in titles:
            section = heading[1]
        elif line.where == PARAGRAPH and re.match(r"[IVX]+\. |Phụ lục", line.text):
            section = ""
        yield replace(line, section=section)


def _lines(document: bytes) -> Iterator[Line]:
    with zipfile.ZipFile(io.BytesIO(document)) as package:
        names = package.namelist()
        links = etree.fromstring(package.read("word/_rels/document.xml.rels"))
        targets = {link.get("Id"): link.get("Target") for link in links}
        body = etree.fromstring(package.read("word/document.xml"))[0]
        tables = 0
        drawn: list[tuple[str, str]] = []
        for block in _blocks(body):
            if block.tag == f"{W}tbl":
                tables += 1
                yield from _table(block, f"bảng {tables}")
                continue
            text = _text(block)
            yield Line(PARAGRAPH, text)
            for part, words in drawn:  # their caption is the paragraph behind them
                yield from _chart(package.read(part), text)
                for piece in re.split(r"(?<=[.;]) ", words):  # a row of the chart each
                    yield Line("văn bản thay thế", piece, (text, piece.partition(" (")[0]))
            words = [p.get("descr") or "" for p in block.iter("{*}docPr")]
            parts = [f"word/{targets[c.get(f'{R}id')]}" for c in block.iter(f"{C}chart")]
            drawn = list(zip(parts, words, strict=True))
        for name in names:
            if re.fullmatch(r"word/(header|footer)\d*\.xml|word/(footnotes|endnotes)\.xml", name):
                for paragraph in etree.fromstring(package.read(name)).iter(f"{W}p"):
                    yield Line(name, _text(paragraph))


def _blocks(parent: etree._Element) -> Iterator[etree._Element]:
    """Paragraphs and tables in reading order, those in content controls too."""
    for child in parent:
        if child.tag in (f"{W}p", f"{W}tbl"):
            yield child
        elif child.tag in (f"{W}sdt", f"{W}sdtContent"):
            yield from _blocks(child)


def _table(table: etree._Element, name: str) -> Iterator[Line]:
    head: tuple[str, ...] = ()
    for n, row in enumerate(table.iter(f"{W}tr"), 1):
        cells = tuple("\n".join(_text(p) for p in cell.iter(f"{W}p")) for cell in row.iter(f"{W}tc"))
        head = head or cells
        for column, text in enumerate(cells):
            for piece in re.split(r"; |\n", text):
                yield Line(f"{name}, hàng {n}, cột {column + 1}", piece, cells, head, column)


def _text(paragraph: etree._Element) -> str:
    told, deep = [], 0
    for node in paragraph.iter():
        if node.tag == f"{W}fldChar":
            deep += {"begin": 1, "end": -1}.get(node.get(f"{W}fldCharType"), 0)
        elif node.tag == f"{W}t" and not deep and not any(p.tag == f"{W}fldSimple" for p in node.iterancestors()):
            told.append(node.text or "")
        elif node.tag in (f"{W}tab", f"{W}br"):
            told.append(" ")
    return re.sub(r"\s+", " ", "".join(told)).strip()


def _chart(content: bytes, caption: str) -> Iterator[Line]:
    chart = etree.fromstring(content)
    names = [v.text or "" for v in chart.find(f".//{C}cat").iter(f"{C}v")]
    for name in names:
        yield Line("tên hàng của biểu đồ", name, (caption, name))
    for series in chart.iter(f"{C}ser"):
        yield Line("chú giải của biểu đồ", series.findtext(f"{C}tx//{C}v") or "")
        for label in series.iter(f"{C}dLbl"):
            name = names[int(label.find(f"{C}idx").get("val"))]
            yield Line("nhãn của biểu đồ", "".join(t.text or "" for t in label.iter(f"{A}t")), (caption, name))


# ------------------------------------------------------------------ what merge --json knows


def vietnamese(value: object, decimals: int | None = None) -> str:
    """A number of the JSON in Vietnamese form, half rounded up; all its digits where no decimals are asked for."""
    number = Decimal(str(value))
    with localcontext() as context:
        context.prec, context.rounding = 60, ROUND_HALF_UP
        if decimals is not None:
            number = number.quantize(Decimal(1).scaleb(-decimals))
        elif number == number.to_integral_value():
            number = number.to_integral_value()
        else:
            number = number.normalize()
        written = f"{number:,f}".translate(str.maketrans(",.", ".,"))
    return written.removeprefix("-") if not number else written


@dataclass
class Known:
    """What may be said of something: figures as they are printed, counts by what is counted, and n/N."""

    figures: set[str] = field(default_factory=set)
    counts: dict[str, set[int]] = field(default_factory=dict)  # a word of ``NOUNS`` -> how many
    pairs: set[tuple[int, int]] = field(default_factory=set)
    days: set[date] = field(default_factory=set)

    def add(self, value: object, *decimals: int | None) -> None:
        """A figure, printed with so many decimals; a fall may be told without its sign."""
        if value is not None and not isinstance(value, str):
            for places in decimals:
                self.figures |= {vietnamese(value, places), vietnamese(abs(Decimal(str(value))), places)}

    def count(self, noun: str, *numbers: int) -> None:
        self.counts.setdefault(noun, set()).update(numbers)

    def __or__(self, other: Known) -> Known:
        counts = {n: self.counts.get(n, set()) | other.counts.get(n, set()) for n in {*self.counts, *other.counts}}
        return Known(self.figures | other.figures, counts, self.pairs | other.pairs, self.days | other.days)


CRITERIA, UNITS, OTHERS, VARIABLES, CELLS = NOUNS = ("tiêu chí", "đơn vị", "đơn vị khác", "số liệu", "ô")


class Json:
    """``merge --json``, sorted by what its numbers belong to."""

    def __init__(self, document: dict) -> None:
        self.document, told = document, document["summary"]
        results = [*document["criteria"], *document["companions"]]
        groups = [*told["groups"], *(p for g in told["groups"] for p in g.get("parts", ()))]
        self.variables = {v["code"]: self._variable(v) for v in document["variables"]}
        self.shares = {code: self._shares(shares) for code, shares in told["contributions"].items()}
        self.criteria = {r["code"]: self._criterion(r) for r in results}
        self.units = {u["unit"]: self._unit(u) for u in document["sendings"]}
        self.given: dict[tuple[str, str], Known] = {}  # variable, and unit or the words for a block of them
        for code, givers in told.get("suppliers", {}).items():
            for unit, value in zip(givers["named"], givers["values"], strict=True):
                self.given[code, unit] = Known()
                self.given[code, unit].add(value, None)
            for block in givers["blocks"]:
                known = Known(pairs={(block["reported"], block["expected"])})
                known.add(block["value"], None)
                self.given[code, "xã, phường" if block["communes"] else "đơn vị khác"] = known
        self.sections: dict[str, Known] = {}
        for g in groups:
            self.sections[g["title"]] = self.sections.get(g["title"], Known()) | self._section(g)
        self.names = {
            **{title: ("sections", title) for title in self.sections if title},
            **{r["name"]: ("criteria", r["code"]) for r in results},
            **{u[name]: ("units", u["unit"]) for name in ("short", "name") for u in document["sendings"] if u[name]},
        }
        self.province = self._province(told)
        self.anything = Known()  # where a sentence does not say of what a figure is
        for of in (*self.criteria.values(), *self.variables.values(), *self.shares.values()):
            self.anything |= Known(figures=of.figures, pairs=of.pairs)

    def _province(self, told: dict) -> Known:
        known, document, collection = self._section(told), self.document, told["collection"]
        known.count(CRITERIA, len(document["criteria"]))
        known.count(
            VARIABLES, len(document["variables"]), len(document["missing"]), collection["owed"], collection["taken"]
        )
        known.count(VARIABLES, collection["owed"] - collection["taken"])
        known.count(
            UNITS, *(collection[k] for k in ("units", "sent", "late", "unusable", "to_mend", "punctual", "absent"))
        )
        known.count(UNITS, *told["succession"].values())
        known.count(CELLS, sum(u["open"] for u in document["sendings"]))
        known.pairs |= {(collection[k], collection["units"]) for k in ("sent", "punctual", "late", "absent", "to_mend")}
        known.pairs |= {(collection[k], collection["sent"]) for k in ("punctual", "late", "to_mend")}
        known.pairs.add((collection["taken"], collection["owed"]))
        known.add(told["threshold"], None)
        known.add(collection["percent"], 0, 1, 2)
        for bands in told["delivery"].values():
            known.count(UNITS, sum(band["units"] for band in bands), *(band["units"] for band in bands))
            for band in bands:
                known.add(band["from"], None)
                known.add(band["below"], None)
        return known

    def _section(self, g: dict) -> Known:
        """The counts of a group, a part, or of all criteria."""
        known, tally, moves = Known(), g["criteria"], g["moves"]
        numbers = [*tally.values(), tally["total"] - tally["missing"], *(len(codes) for codes in moves.values())]
        numbers += [sum(len(moves[way]) for way in ("risen", "fallen", "same"))]
        known.count(CRITERIA, *numbers)
        known.figures |= {str(tally[k]) for k in ("whole", "enough", "partial", "missing")}  # bare labels of a chart
        known.pairs |= {(n, tally["total"]) for n in numbers}
        return known

    def _variable(self, v: dict) -> Known:
        known = Known()
        places = (None, 2) if v["aggregation"].startswith(MEASURES) else (None,)
        for value in (v["value"], v["previous"]):
            known.add(value, *places)
        lacking = [g["units"] for g in self.document["summary"]["gaps"] if g["variable"] == v["code"]]
        known.count(UNITS, v["contributing_units"], v["expected_units"], v["reported_units"], *lacking, sum(lacking))
        known.count(UNITS, v["expected_units"] - v["reported_units"])
        known.count(OTHERS, *(units - named for units in lacking for named in range(1, 20)))
        known.pairs |= {
            (v["reported_units"], v["expected_units"]),
            (v["previous_reported_units"], v["previous_expected_units"]),
        }
        return known

    def _shares(self, shares: list[dict]) -> Known:
        """Who gave what to a sum: each, all others, and the first together."""
        known = Known()
        for n, share in enumerate(shares):
            known.add(share["value"], None)
            known.add(share["percent"], 0, 1, 2)
            for some in (shares[n:], shares[: n + 1]):
                known.add(sum(Decimal(str(s["value"])) for s in some), None)
                known.add(sum(Decimal(str(s["percent"])) for s in some), 0, 1, 2)
        giving = sum(1 for s in shares if s["value"])
        known.count(UNITS, len(shares), giving, *range(1, 6))  # “05 đơn vị đứng đầu”
        known.count(OTHERS, *range(1, giving))
        return known

    def _criterion(self, r: dict) -> Known:
        known, coverage = Known(), r["coverage"]
        known.add(r["value"], r["decimals"])
        known.add(r["previous"], r["decimals"])
        if r["change"] is not None:
            known.add(r["change"], r["decimals"])
            known.figures.add("+" + vietnamese(r["change"], r["decimals"]))
            if r["previous"]:  # the growth of what is not counted in %
                known.add(Decimal(str(r["change"])) * 100 / Decimal(str(r["previous"])), 0, 1, 2)
        known.pairs.add((coverage["reported"], coverage["expected"]))
        known.count(UNITS, *coverage.values(), coverage["expected"] - coverage["reported"])
        return known

    def _unit(self, u: dict) -> Known:
        known = Known(pairs={(u["taken"], u["owed"]), (u["answered"], u["owed"])})
        numbers = [u[k] for k in ("owed", "taken", "answered", "without_figure", "missing")]
        known.figures |= {str(n) for n in (*numbers, u["open"])}
        known.count(VARIABLES, *numbers)
        known.count(CELLS, u["open"])
        if u["sent_at"]:
            known.days.add(datetime.fromisoformat(u["sent_at"]).date())
        return known

    # -------------------------------------------------------------- what a line is about

    def about(self, line: Line) -> Known:
        """All that may be said in a line.

        A row or a label tells of what it names and of nothing else. A sentence tells of the province too; but its counts of
        criteria are those of the group below whose heading it stands, and its figures those of what it names.
        """
        if line.head and (given := self._of_giver(line)) is not None:
            return given
        found: list[Known] = []
        for code in re.findall(r"[^\W_]+(?:_\w+)?", line.about):
            if code in self.criteria:
                found += self._with_inputs(code)
            elif code in self.variables:
                found.append(self.variables[code])
            if code in self.shares and not line.head:  # no table tells of single units
                found.append(self.shares[code])
        for kind, code in self._named(line):
            found += self._with_inputs(code) if kind == "criteria" else [getattr(self, kind)[code]]
        known = Known()
        for of in found:
            known |= of
        if found and line.row:
            return known
        known = known | self.province if known.figures else self.province | self.anything
        if line.section:
            known.counts[CRITERIA] = self.sections[line.section].counts[CRITERIA]
        return known

    def _of_giver(self, line: Line) -> Known | None:
        """What one unit, or a block of them, gave to the variable of a row: “Sở Y tế: 34”, “57/65 xã, phường: 120”."""
        code = next((cell for cell in line.row if cell in self.variables), None)
        giver = re.match(r"(?:\d+/\d+ )?(.+?)(?:: |$)", line.text)
        if code is None or giver is None:
            return None
        kind, unit = self.names.get(giver[1], ("", giver[1]))
        return self.given.get((code, unit)) if kind in ("", "units") else None

    def _named(self, line: Line) -> Iterator[tuple[str, str]]:
        """What is named in full: in a cell or label by its name alone, which may be cut there, else within the sentence."""
        if not line.row:
            text = line.text.casefold()
            yield from (of for name, of in self.names.items() if len(name) > 12 and name.casefold() in text)
        for cell in (re.sub(AROUND, "", cell) for cell in line.row):
            if cell in self.names:
                yield self.names[cell]
            elif cell.endswith("…"):
                yield from (of for name, of in self.names.items() if name.startswith(cell[:-1]))

    def _with_inputs(self, code: str) -> list[Known]:
        result = next(r for r in (*self.document["criteria"], *self.document["companions"]) if r["code"] == code)
        inputs = sorted({name.partition("@")[0] for name in result["inputs"]} & self.variables.keys())
        return [self.criteria[code], *(self.variables[v] for v in inputs)]


AROUND = r"^- |^[IVX\d]+\. |\([a-zđ]{1,2}(?:, ?[a-zđ]{1,2})*\)$| \((?:cách tính )?đề xuất\).*| \((?:chưa gửi|\d+ tiêu chí)\)$"
"""What stands around a name in its cell or label."""


# ------------------------------------------------------------------ what is no figure

DOCUMENT = r"\b\d+(?:/\d{4})?/[A-ZĐ][\w&]*(?:-[\w&]+)*(?:\s+ngày\s+\d{1,2}/\d{1,2}/\d{4})?"
NO_FIGURE = (
    r"ngày\s+\d{1,2}\s+tháng\s+\d{1,2}\s+năm\s+\d{4}",  # dates
    r"tháng\s+\d{1,2}\b",
    r"(?<![\d.,])[12]\d{3}\b(?![.,/]\d)",  # years: a figure of four digits has a dot
    r"\b(?:Phụ lục|Biểu đồ|Bảng|Mục|mục|Phần|khoản|điểm|Điều|lần)\s+\d+(?:\.\d+)*",  # of the paper itself, and of laws
    r"^\s*\d+(?:\.\d+)*\.?\s+(?=\D)",  # headings
    r"^\s*(?:Số|số):?\s+\d+",  # Số … of the paper
)
DAY = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
DAY_AND_MONTH = re.compile(r"\b\d{1,2}/\d{1,2}\b(?= hằng năm| hàng năm)")
PAIR = re.compile(r"(?<![\w.,/])(\d+)/(\d+)(?![\w/])")
NUMBER = re.compile(r"(?<![\w.,])[+−-]?\d+(?:\.\d{3})*(?:,\d+)?(?![\w])")
COUNTED = re.compile(r"\s*(?:[^\W\d]+\s+){0,2}?(tiêu chí|đơn vị khác|đơn vị|cơ quan|xã|phường|số liệu|ô)\b")
"""What is counted, behind a number: 05 tiêu chí, 94 cơ quan, đơn vị."""


LISTED = re.compile(r"((\d+) (?:xã|phường|đơn vị): ([^;:()]+))")
"""So many units, and their names: “05 xã: Tân Tiến, …”. The count is right if as many are named."""


class Number(NamedTuple):
    """A number that may be a figure."""

    kind: str  # "day", "pair" (n/N), "number"
    text: str
    noun: str = ""  # a word of ``NOUNS``


def figures(line: Line, names: list[str] | tuple[str, ...] = ()) -> Iterator[Number]:
    """Each number in ``line`` that may be a figure.

    What is none is blotted out first: ``names`` (of units, criteria, offices, what people wrote) and ``NO_FIGURE``.
    """
    text = line.text
    first = line.head[0].strip() if line.head else ""
    if line.column == 0 and first in ("STT", "TT") and re.fullmatch(r"\d+(?:\.\d+)*", text):
        return  # the row's own number
    if line.head and all(re.fullmatch(r"\(\d+\)", c) for c in line.row if c):
        return  # the row that numbers the columns
    for name in names:
        text = text.replace(name, BLOT)
        for beginning in re.findall(rf"{re.escape(name[:12])}[^…]*(?=…)", text) if "…" in text else ():
            if name.startswith(beginning):  # a name that was cut
                text = text.replace(beginning, BLOT)
    text = re.sub(DOCUMENT, BLOT, text)
    for told in LISTED.finditer(text):
        if int(told[2]) == len(told[3].split(", ")):
            text = text.replace(told[1], BLOT)
    for day in DAY.finditer(text):
        yield Number("day", day[0])
    text = DAY_AND_MONTH.sub(BLOT, DAY.sub(BLOT, text))
    for pattern in NO_FIGURE:
        text = re.sub(pattern, BLOT, text)
    for pair in PAIR.finditer(text):
        yield Number("pair", pair[0])
    text = PAIR.sub(BLOT, text)
    for number in NUMBER.finditer(text):
        counted = COUNTED.match(text, number.end())
        noun = {"cơ quan": UNITS, "xã": UNITS, "phường": UNITS}.get(counted[1], counted[1]) if counted else ""
        yield Number("number", number[0].replace("−", "-"), noun)


BLOT = " ¤ "


def unexplained(document: bytes, told: Json, names: list[str], beside: Known) -> list[str]:
    """Each number of a report that ``merge --json`` does not know in its place, with the place and the sentence.

    ``beside``: what may be said besides: days of the campaign, how many units wrote an opinion.
    """
    return [
        f"{line.where}: {number.text} trong “{line.about[:300]}”"
        for line, number, known in said(document, told, names)
        if not explained(number, line, known if line.row else known | beside)
    ]


def said(document: bytes, told: Json, names: list[str]) -> Iterator[tuple[Line, Number, Known]]:
    """Each number that may be a figure, its line, and what may be said there."""
    blotted = sorted({n for n in names if any(c.isdigit() for c in n)}, key=len, reverse=True)
    for line in lines(document, told.sections.keys()):
        numbers = list(figures(line, blotted))
        known = told.about(line) if numbers else None
        for number in numbers:
            yield line, number, known


def explained(number: Number, line: Line, known: Known) -> bool:
    """Whether the JSON has just this number for this place."""
    if number.kind == "day":
        day, month, year = map(int, DAY.fullmatch(number.text).groups())
        return date(year, month, day) in known.days
    if number.kind == "pair":
        n, of = map(int, number.text.split("/"))
        return (n, of) in known.pairs
    whole = number.text.isdigit() or re.fullmatch(r"\d{1,3}(?:\.\d{3})+", number.text)
    counted = int(number.text.replace(".", "")) if whole else None
    if number.noun:
        return counted in known.counts.get(number.noun, set()) or number.text in known.figures
    if number.text in known.figures:
        return True
    alone = (
        re.sub(r"\([a-zđ, ]+\)$", "", line.text) == number.text
    )  # a cell or label that is a number and nothing else is a figure
    return not alone and counted is not None and any(counted in numbers for numbers in known.counts.values())
