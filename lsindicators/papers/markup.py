"""Texts as they stand in XML. ``xml.sax.saxutils`` does the same, and loads the whole of ``urllib`` and ``http`` for it."""

from __future__ import annotations

import html

_BREAKS = str.maketrans({"\n": "&#10;", "\r": "&#13;", "\t": "&#9;", '"': "&quot;"})


def escape(text: str) -> str:
    """``text`` between two tags."""
    return html.escape(text, quote=False)


def quoteattr(text: str) -> str:
    """``text`` as the value of an attribute, in its quotes; a parser gives back every break of a line."""
    return f'"{escape(text).translate(_BREAKS)}"'
