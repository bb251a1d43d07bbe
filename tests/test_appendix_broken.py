"""Appendices whose XML was damaged at random: read, or refused with one sentence, never a traceback."""

import io
import random
import zipfile

import documents
import pytest
import tables

from lsindicators import appendix, assignment, names
from lsindicators.errors import UnusableInputError

PARTS = {
    "docx": ("word/document.xml", "word/numbering.xml"),
    "xlsx": ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml"),
}
ODD = ("", "0", "-1", "7", "99999", "1000000", "abc", "restart", "continue", "true", "A1:ZZ99999", "…")


@pytest.fixture(scope="module")
def catalogue():
    return assignment.builtin(2025)


def damaged(content, ending, seed):
    """``content`` with a few elements of its XML dropped, doubled, moved, emptied or given odd attributes."""
    from lxml import etree

    chance = random.Random(seed)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    name = chance.choices(PARTS[ending], [8, *[1] * (len(PARTS[ending]) - 1)])[0]
    if name not in parts:
        return content
    root = etree.fromstring(parts[name])
    for _ in range(chance.randint(1, 12)):
        nodes = [n for n in root.iter() if isinstance(n.tag, str) and n is not root]
        if not nodes:
            break
        node, other = chance.choice(nodes), chance.choice(nodes)
        match chance.randrange(6):
            case 0:
                node.getparent().remove(node)
            case 1:
                node.addnext(etree.fromstring(etree.tostring(node)))
            case 2:
                if other not in [node, *node.iterancestors(), *node.iterdescendants()]:
                    other.append(node)
            case 3:
                for attribute in list(node.attrib) or ["val"]:
                    node.set(attribute, chance.choice(ODD))
            case 4:
                space = node.nsmap.get("w", "")
                shape = f"{{{space}}}" if space else ""
                extra = etree.SubElement(
                    node, shape + chance.choice(["gridSpan", "vMerge", "gridBefore", "tbl", "tc", "c"])
                )
                extra.set(f"{shape}val", chance.choice(ODD))
            case 5:
                node.tag = other.tag
    parts[name] = etree.tostring(root)
    return tables.package(parts)


SOURCES = [d for d in documents.documents() if d.kind in ("docx", "xlsx") and len(d.rows) < 20]


@pytest.mark.parametrize("seed", range(36))
def test_a_damaged_file_is_read_or_refused(tmp_path, catalogue, seed):
    source = SOURCES[seed % len(SOURCES)]
    content, ending = documents.build(source)
    path = tmp_path / f"hong.{ending}"
    path.write_bytes(damaged(content, ending, seed))
    try:
        found = appendix.read(path)
    except UnusableInputError as error:
        assert str(error).startswith("hong.")
        assert "\n" not in str(error)
        return
    register = names.Register(catalogue.units, catalogue.groups, catalogue.former)
    appendix.assign(found, catalogue, register)
