"""A Word template, compiled once, and filled many times: of each paper only its text is made anew.

Neither python-docx nor docxtpl is loaded for it: what Jinja takes is made from the markup of the parts by the rules that
``tags`` judges a template by. A tag stands for a text, ``{%p`` for its paragraph, ``{%tr`` for its table row.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from lsindicators import files, values
from lsindicators.errors import UnusableInputError
from lsindicators.model import Plan
from lsindicators.papers.attached import Attachment, attach
from lsindicators.papers.markup import escape

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import SandboxedEnvironment

FILLED = re.compile(r"word/(document|header\d*|footer\d*|footnotes)\.xml")
"""Parts of a Word file that may hold tags."""

_PROPERTIES, _KINDS = "docProps/core.xml", "[Content_Types].xml"

_KIND = re.compile(
    rb"application/(?:vnd\.openxmlformats-officedocument\.wordprocessingml\.template"
    rb"|vnd\.ms-word\.(?:document|template)\.macroEnabled(?:Template)?)\.main\+xml"
)
_DOCUMENT = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
"""A .docx that calls itself a template (.dotx) or a bearer of macros (.docm) is not opened by Word."""


class Compiled(Struct, frozen=True):
    """A template that is ready to be filled."""

    name: str
    year: int
    base: bytes  # the parts without tags as they stand in the package, so that they are packed once
    packed: tuple[zipfile.ZipInfo, ...]  # these parts
    parts: tuple[tuple[str, Template], ...]

    def filled(self, told: Any, attachments: Sequence[Attachment] = ()) -> bytes:
        """The paper that says ``told``, plain texts and markup of ours only, with the parts that the markup names.

        Raises ``UnusableInputError`` where the template does not fit.
        """
        from jinja2 import TemplateError

        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as package:
            stream.write(self.base)
            package.filelist, package.start_dir = list(self.packed), len(self.base)
            for place, part in self.parts:
                try:
                    text = _mended(part.render(told))
                except (TemplateError, ValueError, TypeError) as error:
                    raise unfillable(self.name, error) from error
                package.writestr(files.entry(place, self.year), text)
        return attach(stream.getvalue(), attachments, self.year) if attachments else stream.getvalue()


def compile(template: bytes, name: str, plan: Plan, title: str, environment: SandboxedEnvironment) -> Compiled:
    """The template ``name``, ready to be filled; ``title`` goes into the properties of every paper made from it."""
    from jinja2 import TemplateError

    base, parts = io.BytesIO(), []
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as source, zipfile.ZipFile(base, "w") as target:
            for item in source.infolist():
                content = source.read(item)
                if item.filename == _PROPERTIES:
                    content = _properties(plan, title).encode()
                elif item.filename == _KINDS:
                    content = _KIND.sub(_DOCUMENT, content)
                if FILLED.fullmatch(item.filename) and b"{" in content:
                    parts.append((item.filename, _template(environment, content)))
                else:
                    target.writestr(files.entry(item.filename, plan.year), content)
            end, packed = target.start_dir, tuple(target.filelist)
    except (TemplateError, zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise unfillable(name, error) from error
    return Compiled(name, plan.year, base.getvalue()[:end], packed, tuple(parts))


@lru_cache(maxsize=8)
def _template(environment: SandboxedEnvironment, content: bytes) -> Template:
    """A part of a template; both reports of a campaign are filled from one."""
    return environment.from_string(patched(content.decode()))


_NO_PARAGRAPH = re.compile(r"(<w:tc>(?:\s*<w:tcPr>(?:(?!</w:tcPr>).)*</w:tcPr>|\s*<w:tcPr/>)?)\s*</w:tc>", re.DOTALL)
_NO_ROW = re.compile(r"<w:tbl>(?:(?!</?w:tbl>|<w:tr[ >]).)*</w:tbl>", re.DOTALL)


def _mended(xml: str) -> str:
    """The markup of a filled part without what Word calls damaged: a table that lost all its rows, an empty cell."""
    return _NO_PARAGRAPH.sub(r"\1<w:p/></w:tc>", _NO_ROW.sub("", xml))


def unfillable(name: str, error: Exception) -> UnusableInputError:
    """What stops a command when a template cannot be filled."""
    return UnusableInputError(f"{name}: không điền được vào tệp mẫu ({error})")


def _properties(plan: Plan, title: str) -> str:
    """Whose the document is and what; the dates are those of the plan, never of the clock."""
    who, moment = escape(values.clean(plan.settings.compiler)[:255]), f"{plan.year}-01-01T00:00:00Z"
    return (
        "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(values.clean(title))}</dc:title><dc:creator>{who}</dc:creator>"
        f"<cp:lastModifiedBy>{who}</cp:lastModifiedBy><cp:revision>1</cp:revision>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{moment}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{moment}</dcterms:modified>'
        "<dc:language>vi-VN</dc:language></cp:coreProperties>"
    )


# ------------------------------------------------------------------ the markup of a part -> what Jinja takes

_PARAGRAPH = re.compile(r"<w:p(?: [^>]*)?>(?:(?!<w:p[ >]).)*?</w:p>", re.DOTALL)
_ROW = re.compile(r"<w:tr(?: [^>]*)?>(?:(?!<w:tr[ >]).)*?</w:tr>", re.DOTALL)
_TEXT = re.compile(r"<w:t(?: [^>]*)?>([^<]*)</w:t>")
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_OF_PARAGRAPH = re.compile(r"(\{[{%])p (.*?[}%]\})", re.DOTALL)
_OF_ROW = re.compile(r"(\{[{%])tr (.*?[}%]\})", re.DOTALL)
_QUOTES = str.maketrans("“”‘’", "\"\"''")


def patched(xml: str) -> str:
    """The markup of a part with its tags whole and free of markup, and with those of a paragraph or row in its place."""
    return _ROW.sub(lambda row: _in_place(row[0], _OF_ROW), _PARAGRAPH.sub(_paragraph, xml))


def _paragraph(found: re.Match[str]) -> str:
    paragraph = found[0]
    return _in_place(_whole(paragraph), _OF_PARAGRAPH) if "{" in paragraph else paragraph


def _in_place(element: str, scope: re.Pattern[str]) -> str:
    """The tag that stands for the whole ``element``, where there is one."""
    tag = scope.search(element)
    return element if tag is None else f"{tag[1]} {tag[2]}"


def _whole(paragraph: str) -> str:
    """``paragraph`` with each tag in the text where it begins: Word parts a tag where its spelling was looked at."""
    texts = list(_TEXT.finditer(paragraph))
    joined = "".join(t[1] for t in texts)
    owner = [n for n, t in enumerate(texts) for _ in t[1]]
    pieces: list[list[str]] = [[] for _ in texts]
    at = 0
    for tag in _TAG.finditer(joined):
        for n in range(at, tag.start()):
            pieces[owner[n]].append(joined[n])
        pieces[owner[tag.start()]].append(html.unescape(tag[0]).translate(_QUOTES))
        at = tag.end()
    if not at:
        return paragraph
    for n in range(at, len(joined)):
        pieces[owner[n]].append(joined[n])
    told = iter(pieces)
    return _TEXT.sub(lambda _: f'<w:t xml:space="preserve">{"".join(next(told))}</w:t>', paragraph)
