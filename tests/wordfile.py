"""Small Word files from their markup, for use inside a test."""

import io
import zipfile

SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)
KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)


def rels(*links: tuple[str, str, str]) -> str:
    """Relations (id, kind, target); a target with a colon leads out of the package."""
    made = "".join(
        f'<Relationship Id="{name}" Type="{KINDS}{kind}" Target="{target}"'
        + (' TargetMode="External"/>' if ":" in target else "/>")
        for name, kind, target in links
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{made}</Relationships>'


def r(text: str, look: str = "") -> str:
    """A run."""
    return f'<w:r>{f"<w:rPr>{look}</w:rPr>" if look else ""}<w:t xml:space="preserve">{text}</w:t></w:r>'


def p(*inner: str) -> str:
    """A paragraph of runs, or of one text."""
    return f"<w:p>{''.join(x if x.startswith('<') else r(x) for x in inner)}</w:p>"


def table(*rows: object) -> str:
    """A table; a row is a text, or the contents of its cells."""
    made = ""
    for row in rows:
        cells = (
            (p(row),)
            if isinstance(row, str) and not row.startswith("<")
            else (row,)
            if isinstance(row, str)
            else [c if c.startswith("<") else p(c) for c in row]
        )
        made += f"<w:tr>{''.join(f'<w:tc>{c}</w:tc>' for c in cells)}</w:tr>"
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{made}</w:tbl>"


def root(name: str, inner: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:{name} {SPACES}>{inner}</w:{name}>'


def word(*body: str, **parts: object) -> bytes:
    """A Word file of these paragraphs and tables; ``parts``: path (``__`` for a slash, ``_`` for a dot) -> content."""
    named = {name.replace("__", "/").replace("_xml", ".xml"): content for name, content in parts.items()}
    return packed(
        {
            "[Content_Types].xml": TYPES,
            "_rels/.rels": rels(("rId1", "officeDocument", "word/document.xml")),
            "word/document.xml": root("document", f"<w:body>{''.join(body)}</w:body>"),
            **named,
        }
    )


def packed(parts: dict[str, object]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return stream.getvalue()


def changed(content: bytes, **edits: object) -> bytes:
    """A Word file with parts edited: path as in ``word`` -> a new content, or a function of the old text."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts: dict[str, object] = {item.filename: package.read(item) for item in package.infolist()}
    for name, edit in edits.items():
        path = name.replace("__", "/").replace("_xml", ".xml")
        old = parts.get(path, b"")
        new = edit(old.decode()) if callable(edit) else edit  # type: ignore[union-attr]
        assert new != (old.decode() if isinstance(new, str) else old), f"{path}: the edit changes nothing"
        parts[path] = new
    return packed(parts)
