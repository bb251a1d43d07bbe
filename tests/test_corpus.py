"""Whole appendices, made by several programs -> exactly the assignments, questions, errors and warnings that they state."""

import documents
import office
import pytest

from lsindicators import appendix, assignment, names

CORPUS = documents.documents()


@pytest.fixture(scope="module")
def catalogue():
    return assignment.builtin(2025)


def made(document, folder):
    """The file of a document: as Python makes it, or saved by LibreOffice as the kind that is asked for."""
    content, ending = documents.build(document)
    path = folder / f"{document.name}.{ending}"
    path.write_bytes(content)
    return office.convert(path, documents.ASKED[document.kind], folder) if document.kind in documents.ASKED else path


def said(found, expected):
    """The doubts found, with those parts left out that the document leaves open."""
    left = []
    for told in sorted(found, key=lambda d: (d[0], d[1], d[2])):
        match = next((e for e in expected if _agrees(told, e)), None)
        if match is None:
            left.append(told)
        else:
            expected = [e for e in expected if e is not match]
    return left, expected


def _agrees(told, expected):
    row, code, severity, value, candidates = told
    if (row, code, severity) != expected[:3]:
        return False
    text = expected[3]
    if text is not None and not (value.startswith(text[:-1]) if text.endswith("…") else value == text):
        return False
    named = [c for c in expected[4] if c != "…"]
    return set(named) <= set(candidates) if "…" in expected[4] else not named or set(named) == set(candidates)


@pytest.mark.parametrize(
    "document",
    [pytest.param(d, id=d.name, marks=[office.needs_libreoffice] if d.kind in documents.ASKED else []) for d in CORPUS],
)
def test_document_is_read_exactly(document, catalogue, tmp_path):
    found = appendix.read(made(document, tmp_path))
    register = names.Register(catalogue.units, catalogue.groups, catalogue.former)
    _, assignments, doubts = appendix.assign(found, catalogue, register)
    rows = [
        (a.row, a.criterion if a.criterion in catalogue.criterion else "+", set(a.lead), set(a.supporting))
        for a in assignments
    ]
    expected = [(row, code, set(lead), set(supporting) - set(lead)) for row, code, lead, supporting in document.rows]
    assert rows == expected
    told = [(d.row, d.code.word, d.severity.value, d.value, d.candidates) for d in doubts]
    assert said(told, document.doubts) == ([], [])
    note = document.head.get("note", "")
    assert any(note in n for n in found.notes) if note else found.notes == ()


def test_the_corpus_is_large_and_varied():
    assert len(CORPUS) >= 24
    assert {d.kind for d in CORPUS} == {"docx", "python-docx", "xlsx", "xls", "fods", "odt", "rtf", "html"}
    assert sum(len(d.rows) for d in CORPUS) > 250
