"""Random damage to returned files: no exception, no hang, and no wrong figure.

Of every figure that is taken holds: it is the one that was typed; or the damaged file really holds it there, as an
independent reader sees it; or something is told of it. A figure that was typed and is not taken is told.

Bounded by default; ``LSI_FUZZ=10000 pytest tests/test_fuzz.py`` does that many, ``LSI_FUZZ_SEED`` sets where they
begin. A failure prints its number: ``LSI_FUZZ_SEED=17 LSI_FUZZ=1`` does that one again.
"""

import io
import itertools
import os
import random
import re
import struct
import warnings
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from xml.sax.saxutils import escape

import hostile
import pytest
import sheets
import test_ods
import xls
from conftest import KEY, small_plan
from lxml import etree

from lsindicators import checks, forms, inbox, layout, returns
from lsindicators.findings import needs_person
from lsindicators.model import Status
from lsindicators.values import clean
from lsindicators.workbook import biff

PLAN = small_plan()
FIRST, COUNT = int(os.environ.get("LSI_FUZZ_SEED", "1")), int(os.environ.get("LSI_FUZZ", "400"))
BATCHES = 8
READ_AT = datetime(2026, 3, 28, tzinfo=UTC)

FIGURES = {"C01_A": Decimal(131), "C01_B": Decimal(17), "C09_A": Decimal(29), "C43_A": "Có"}
OTHERS = {"C01_A": Decimal(4001), "C01_B": Decimal(4003), "C09_A": Decimal(4007), "C43_A": "Không"}


def written(figures):
    """A form as our own writer makes it, filled in."""
    form = layout.form(PLAN, "xa-hoa-tham")
    typed = {(code, layout.CURRENT): value for code, value in figures.items()}
    typed |= {(code, layout.SOURCE): "Báo cáo năm" for code in figures}
    return forms.write(PLAN, form, layout.stamp(KEY, form, 1), typed=typed)


def plain(figures):
    """A form with inline texts, as some programs write it."""
    row = {code: r.row + 1 for code, r in layout.form(PLAN, "xa-hoa-tham").by_code.items()}
    typed = {f"F{row[code]}": str(value) for code, value in figures.items()}
    return sheets.form(PLAN, "xa-hoa-tham", KEY, typed | {f"H{row[code]}": "Báo cáo năm" for code in figures})


BASES = [(make(FIGURES), make(OTHERS)) for make in (written, plain)]


unzipped = hostile.unpacked


# ------------------------------------------------------------------ damages: (random numbers, form, another form) -> bytes


def bytes_changed(rng, content, _other):
    raw = bytearray(content)
    for _ in range(rng.randint(1, 8)):
        raw[rng.randrange(len(raw))] = rng.randrange(256)
    return bytes(raw)


def piece_changed(rng, content, _other):
    begin = rng.randrange(len(content))
    end = begin + rng.randint(0, 40)
    return (
        content[:begin] + rng.choice([b"", rng.randbytes(rng.randint(1, 40)), content[begin:end] * 2]) + content[end:]
    )


def truncated(rng, content, _other):
    return content[: rng.randrange(len(content))]


def joined(rng, content, other):
    return rng.choice([content + other, other + content, content[: rng.randrange(len(content))] + other])


def a_part(rng, parts):
    """Mostly a part that matters."""
    names = sorted(n for n in parts if n.endswith((".xml", ".rels")))
    weighty = [n for n in names if re.search(r"sheet1\.xml$|content\.xml|sharedStrings|workbook\.xml|styles", n)]
    return rng.choice(weighty if weighty and rng.random() < 0.7 else names)


def part_bytes_changed(rng, content, _other):
    parts = unzipped(content)
    name = a_part(rng, parts)
    parts[name] = piece_changed(rng, parts[name], b"") if rng.random() < 0.5 else bytes_changed(rng, parts[name], b"")
    return sheets.zipped(parts)


def part_swapped(rng, content, other):
    parts, others = unzipped(content), unzipped(other)
    name = a_part(rng, others)
    parts[rng.choice([name, name, rng.choice(sorted(parts))])] = others[name]
    return sheets.zipped(parts)


def part_lost(rng, content, _other):
    parts = unzipped(content)
    del parts[rng.choice(sorted(parts))]
    return sheets.zipped(parts)


NUMBERS = ["-1", "0", "1", "2", "7", "99", "131.0", "1e3", "4294967296", "NaN", "", "1,5", "0x1", "1.234", "true"]


def xml_changed(rng, content, _other):
    """One to three changes that leave the XML well-formed."""
    parts = unzipped(content)
    name = a_part(rng, parts)
    root = etree.fromstring(parts[name])
    for _ in range(rng.randint(1, 3)):
        elements = [e for e in root.iter() if isinstance(e.tag, str)]
        one, two = rng.choice(elements), rng.choice(elements)
        match rng.randrange(9):
            case 0 if one.attrib:
                del one.attrib[rng.choice(sorted(one.attrib))]
            case 1 if one.attrib:
                one.set(rng.choice(sorted(one.attrib)), rng.choice([*NUMBERS, *two.attrib.values()]))
            case 2 if one.getparent() is not None:
                one.getparent().remove(one)
            case 3 if one.getparent() is not None:
                one.addnext(etree.fromstring(etree.tostring(one)))
            case 4 if one.getparent() is not None and one not in two.iterancestors() and one is not two:
                two.insert(rng.randint(0, len(two)), one)
            case 5:
                one.text, two.text = two.text, one.text
            case 6:
                one.text = rng.choice(NUMBERS)
            case 7 if one.attrib and two.attrib:
                for attribute in sorted({*one.attrib} & {*two.attrib}):
                    a, b = one.get(attribute), two.get(attribute)
                    one.set(attribute, b)
                    two.set(attribute, a)
            case 8:
                one.tag = two.tag
    parts[name] = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return sheets.zipped(parts)


def numbers_changed(rng, content, _other):
    """Cell values, indices of shared texts and of styles, shifted or swapped."""
    parts = unzipped(content)
    name = next(n for n in sorted(parts) if n.endswith("worksheets/sheet1.xml"))
    pattern = rng.choice([rb"<v>([^<]*)</v>", rb' s="([0-9]+)"', rb' r="([A-Z]*[0-9]+)"', rb' t="([a-zA-Z]+)"'])
    found = list(re.finditer(pattern, parts[name]))
    if not found:
        return content
    raw = parts[name]
    for m in sorted(rng.sample(found, min(len(found), rng.randint(1, 4))), key=lambda m: -m.start()):
        value = rng.choice([rng.choice(found)[1], rng.choice(NUMBERS).encode()])
        raw = raw[: m.start(1)] + value + raw[m.end(1) :]
    parts[name] = raw
    return sheets.zipped(parts)


def cells_changed(rng, content, _other):
    """What somebody might do by hand, through another program."""
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book[layout.DATA]
    for _ in range(rng.randint(1, 3)):
        row, column = rng.randint(8, 24), rng.randint(1, 10)
        match rng.randrange(8):
            case 0:
                cell = sheet.cell(row, column)
                if type(cell).__name__ == "Cell":
                    cell.value = rng.choice([None, "x", 5, 3.25, True, "=1+1", "1.234", "#REF!", datetime(2026, 3, 1)])
            case 1:
                sheet.insert_rows(row, rng.randint(1, 3))
            case 2:
                sheet.delete_rows(row, rng.randint(1, 2))
            case 3:
                sheet.insert_cols(column)
            case 4:
                sheet.delete_cols(column)
            case 5:
                sheet.move_range(f"F{row}:F{row + 3}", rows=rng.choice([-1, 1, 2]))
            case 6:
                sheet.merge_cells(f"E{row}:G{row + rng.randint(0, 2)}")
            case 7:
                copy = book.copy_worksheet(sheet)
                copy.title = f"Bản {rng.random()}"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def in_a_zip(rng, content, other):
    return piece_changed(rng, hostile.bundle({"a.xlsx": content, "b.pdf": b"%PDF" + other[:99]}), b"")


def in_a_mail(rng, content, _other):
    return piece_changed(rng, hostile.mail(hostile.attached(hostile.FILE, content)), b"")


OFTEN = (bytes_changed, piece_changed, part_bytes_changed, part_swapped, xml_changed, xml_changed, xml_changed, numbers_changed, numbers_changed)  # fmt: skip
SELDOM = (truncated, joined, part_lost, in_a_zip, in_a_mail, cells_changed)


# ------------------------------------------------------------------ .ods and .xls


def pages(figures):
    """The sheets of a form, each a mapping of places to texts and numbers."""
    return xls.form_pages(unzipped_texts(plain(figures)))


def unzipped_texts(content):
    return {name: body.decode() for name, body in unzipped(content).items()}


def as_ods(figures):
    """A form as an .ods, with what is alike side by side or one below the other written once."""
    found = pages(figures)
    tables = []
    for name, cells in found.items():
        rows = []
        for row in range(max((row for row, _ in cells), default=-1) + 2):
            line = [cells.get((row, column)) for column in range(12)]
            rows.append("".join(ods_cell(value, len(list(alike))) for value, alike in itertools.groupby(line)))
        body = "".join(
            f'<table:table-row table:number-rows-repeated="{len(list(alike))}">{row}</table:table-row>'
            for row, alike in itertools.groupby(rows)
        )
        style = ' table:style-name="ẩn"' if name == layout.HIDDEN else ""
        tables.append(f'<table:table table:name="{name}"{style} table:protected="true">{body}</table:table>')
    return sheets.zipped(test_ods.parts("".join(tables)))


def ods_cell(value, times):
    repeated = f' table:number-columns-repeated="{times}"' if times > 1 else ""
    if value is None:
        return f"<table:table-cell{repeated}/>"
    if isinstance(value, float):
        told = f'office:value-type="float" office:value="{value:g}"'
        return f"<table:table-cell {told}{repeated}><text:p>{value:g}</text:p></table:table-cell>"
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in value.split("\n"))
    return f'<table:table-cell office:value-type="string"{repeated}>{lines}</table:table-cell>'


def as_xls(figures):
    """A form as an .xls, with texts cut over many records."""
    return xls.book(pages(figures), hidden=(layout.HIDDEN,), protected=(layout.DATA,), split=500)


def attributes_changed(rng, content, _other):
    """Values, kinds and repetitions of an .ods, changed or exchanged."""
    parts = unzipped(content)
    raw = parts["content.xml"]
    name = rng.choice([b"office:value", b"office:value-type", b"number-columns-repeated", b"number-rows-repeated"])
    found = list(re.finditer(name + b'="([^"]*)"', raw))
    for m in sorted(rng.sample(found, min(len(found), rng.randint(1, 4))), key=lambda m: -m.start()):
        value = rng.choice([rng.choice(found)[1], rng.choice(NUMBERS).encode(), b"string", b"date"])
        raw = raw[: m.start(1)] + value + raw[m.end(1) :]
    parts["content.xml"] = raw
    return sheets.zipped(parts)


def stream_of(content):
    return biff._stream(content)


def records_of(stream):
    found, at = [], 0
    while at + 4 <= len(stream):
        end = at + 4 + int.from_bytes(stream[at + 2 : at + 4], "little")
        found.append((at, end))
        at = end
    return found


def record_changed(rng, content, _other):
    """Bytes within some records: references, styles, values, characters, lengths of texts."""
    stream = bytearray(stream_of(content))
    for begin, end in rng.sample(records_of(stream), rng.randint(1, 4)):
        if end > begin + 4:
            stream[rng.randrange(begin + 4, end)] = rng.choice([0, 1, 0xFF, rng.randrange(256)])
    return xls.compound(bytes(stream))


def records_exchanged(rng, content, _other):
    """Records lost, doubled or exchanged with others of the same length, so that all else stays where it is told."""
    stream = stream_of(content)
    pieces = [stream[begin:end] for begin, end in records_of(stream)]
    for _ in range(rng.randint(1, 3)):
        one = rng.randrange(len(pieces))
        alike = [n for n, piece in enumerate(pieces) if len(piece) == len(pieces[one])]
        two = rng.choice(alike)
        match rng.randrange(3):
            case 0:
                pieces[one], pieces[two] = pieces[two], pieces[one]
            case 1:
                pieces[one] = pieces[two]
            case 2:
                pieces[one] = b"\x99\0" + pieces[one][2:]  # a record that nobody knows
    return xls.compound(b"".join(pieces))


def stream_changed(rng, content, other):
    return xls.compound(piece_changed(rng, stream_of(content), other))


OTHER_KINDS = {
    "ods": (
        [(as_ods(FIGURES), as_ods(OTHERS))],
        (bytes_changed, part_bytes_changed, part_swapped, part_lost, attributes_changed, attributes_changed, xml_changed, xml_changed, truncated),
    ),
    "xls": (
        [(as_xls(FIGURES), as_xls(OTHERS))],
        (bytes_changed, piece_changed, record_changed, record_changed, records_exchanged, records_exchanged, stream_changed, truncated, joined),
    ),
}  # fmt: skip
"""Kind -> forms of that kind, and what may befall them."""


def damaged_as(kind, number):
    rng = random.Random(number)
    bases, damages = OTHER_KINDS[kind]
    content, other = rng.choice(bases)
    damage = rng.choice(damages)
    return damage, damage(rng, content, other)


# ------------------------------------------------------------------ the law


def seen_elsewhere(content, at):
    """What openpyxl or calamine sees in a cell, with all that stands in the same row; ``None`` where it cannot open the file."""
    import openpyxl
    import python_calamine

    try:
        if inbox.examine(content, "")[0] == "xlsx":
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                sheet = openpyxl.load_workbook(io.BytesIO(content))[at.sheet]
            cell = sheet[at.address]
            return cell.value, {clean(str(c.value)) for c in sheet[cell.row]}
        book = python_calamine.CalamineWorkbook.from_object(io.BytesIO(content))
        row, column = xls.place(at.address)
        line = book.get_sheet_by_name(at.sheet).to_python(skip_empty_area=False)[row]
        return line[column], {clean(str(value)) for value in line}
    except (Exception, pyo3_panic()):
        return None


def pyo3_panic():
    """What calamine raises where it breaks down: no ``Exception``."""
    return next((c for c in BaseException.__subclasses__() if c.__name__ == "PanicException"), Exception)


def same(ours, theirs):
    if isinstance(ours, Decimal):
        try:
            return ours == Decimal(str(theirs)) and not isinstance(theirs, bool)
        except InvalidOperation:
            return False
    return clean(str(theirs)).casefold() == str(ours).casefold()


def stands_somewhere(value, content):
    """Whether a value stands in the file at all, a number in whatever way it is written."""
    if not content.startswith(b"PK"):
        written = struct.pack("<d", value) if isinstance(value, Decimal) else value.encode("utf-16-le")
        return written in content
    text = "".join(part.decode("utf-8", "replace") for part in unzipped(content).values())
    numbers = re.findall('<v>([^<]*)</v>|office:value="([^"]*)"', text)
    return str(value) in text or any(same(value, written.strip()) for pair in numbers for written in pair)


def broken(content, verdict):
    """Which law the verdict breaks; empty for none."""
    wanted = FIGURES
    figures = {f.variable: f for f in verdict.figures if f.year == PLAN.settings.year}
    told = {f.variable for f in verdict.findings} | {f.at.address for f in verdict.findings if f.at.address}
    for variable, figure in figures.items():
        if variable in wanted and figure.value == wanted[variable]:
            continue
        if variable in told or figure.at.address in told:
            continue
        there = seen_elsewhere(content, figure.at)
        if there is not None and not (same(figure.value, there[0]) and variable in there[1]):
            return f"{variable} is {figure.value} at {figure.at}, where {there[0]} stands beside {there[1]}"
        if there is None and not stands_somewhere(figure.value, content):
            return f"{variable} is {figure.value} at {figure.at}, which stands nowhere"
    if verdict.status is not Status.REJECTED and not needs_person(verdict.findings):
        for variable in wanted.keys() - figures.keys() - verdict.untaken.keys():
            return f"{variable} is gone and nothing is told: {sorted(told - {None})}"
    return ""


def law(content, name, tmp_path):
    """Read ``content`` as ``read`` does; which law is broken, or empty."""
    for old in tmp_path.iterdir():
        old.unlink()
    (tmp_path / name).write_bytes(content)
    for arrival in inbox.collect([tmp_path], tmp_path):
        assert bool(arrival.kind) != needs_person(arrival.findings)
        if not arrival.kind:
            continue
        ret, told = returns.read(arrival.content, arrival.file, "00", arrival.kind)
        assert (ret is None) == needs_person(told)
        for finding in told:
            assert not re.search(r"bị hỏng: \w+(Error|Exception)?\)", finding.message), finding.message
        if ret is None:
            continue
        verdict = checks.judge(PLAN, KEY, ret, READ_AT)
        if wrong := broken(arrival.content, verdict):
            return wrong
    return ""


def damaged(number):
    rng = random.Random(number)
    content, other = BASES[rng.random() < 0.4]
    damage = rng.choice(OFTEN if rng.random() < 0.85 else SELDOM)
    name = {in_a_zip: "a.zip", in_a_mail: "a.eml"}.get(damage, "a.xlsx")
    return damage, damage(rng, content, other), name


@pytest.mark.parametrize("batch", range(BATCHES))
def test_random_damage_gives_no_wrong_figure(batch, tmp_path):
    for number in range(FIRST + batch, FIRST + COUNT, BATCHES):
        damage, content, name = damaged(number)
        try:
            wrong = law(content, name, tmp_path)
        except Exception as error:
            raise AssertionError(f"LSI_FUZZ_SEED={number} LSI_FUZZ=1: {damage.__name__} stops the reading") from error
        assert not wrong, f"LSI_FUZZ_SEED={number} LSI_FUZZ=1: {damage.__name__}: {wrong}"


@pytest.mark.parametrize("kind", OTHER_KINDS)
def test_random_damage_to_other_formats_gives_no_wrong_figure(kind, tmp_path):
    for number in range(FIRST, FIRST + max(40, COUNT // 4)):
        damage, content = damaged_as(kind, number)
        where = f"LSI_FUZZ_SEED={number} LSI_FUZZ=1: {kind}: {damage.__name__}"
        try:
            wrong = law(content, f"a.{kind}", tmp_path)
        except Exception as error:
            raise AssertionError(f"{where} stops the reading") from error
        assert not wrong, f"{where}: {wrong}"


@pytest.mark.parametrize("kind", OTHER_KINDS)
def test_the_undamaged_bases_are_taken_whole(kind, tmp_path):
    for content, other in OTHER_KINDS[kind][0]:
        for wanted, form in ((FIGURES, content), (OTHERS, other)):
            ret, _ = returns.read(form, f"a.{kind}", "00", kind)
            verdict = checks.judge(PLAN, KEY, ret, READ_AT)
            assert {f.variable: f.value for f in verdict.figures if f.year == PLAN.settings.year} == wanted


def test_the_law_finds_a_wrong_figure(monkeypatch, tmp_path):
    """Whoever reads a figure in the next row is found out."""
    content, _ = BASES[1]
    assert law(content, "a.xlsx", tmp_path) == ""
    monkeypatch.setitem(FIGURES, "C01_A", Decimal(130))
    wrong = sheets.zipped({n: b.replace(b"<v>131</v>", b"<v>17</v>") for n, b in unzipped(content).items()})
    assert law(wrong, "a.xlsx", tmp_path) == ""
    monkeypatch.setattr("test_fuzz.seen_elsewhere", lambda *_: (Decimal(16), {"C01_A"}))
    assert "C01_A" in law(wrong, "a.xlsx", tmp_path)
