"""What people do not see: what the form says of itself to a program, its lists, the live checks, its properties."""

from __future__ import annotations

from datetime import datetime

from lsindicators import layout
from lsindicators.forms.draft import Draft
from lsindicators.forms.sheet import sure
from lsindicators.forms.wording import PROMPT
from lsindicators.model import NO, YES, State


def add(draft: Draft) -> None:
    """Write the two hidden sheets, the names and the properties."""
    _lists(draft)
    _calculation(draft)
    _identity(draft)


def _lists(draft: Draft) -> None:
    """What the form says of itself to a program, and the lists that its cells choose from."""
    sheet = draft.sheet(layout.HIDDEN, None)
    plain = draft.format(draft.look.font)
    stamp, form = draft.stamp, draft.form
    told = (str(stamp), form.digest, layout.LAYOUT_VERSION, str(form.year), form.unit.code, str(stamp.round))
    for row, (key, value) in enumerate(zip(layout.IDENTITY, told, strict=True)):
        sheet.put(row, 0, key, plain)
        sheet.put(row, 1, value, plain)
    for column, choices in ((3, [s.value for s in State]), (4, [YES, NO])):
        for row, choice in enumerate(choices):
            sheet.put(row, column, choice, plain)
    sheet.very_hidden()


def _calculation(draft: Draft) -> None:
    """The sheet of the live checks."""
    sheet = draft.sheet(layout.CALCULATION, None)
    plain = draft.format(draft.look.font)
    for letter, content in draft.live.sums():  # of this unit alone
        sheet.formula(0, ord(letter) - ord("A"), content, plain)
    for row, (code, cells) in enumerate(draft.alike.cells.items(), 1):
        sheet.line(row, plain, cells, draft.live.results(code))
    sheet.very_hidden()


def _identity(draft: Draft) -> None:
    """The stamp where people do not see it, and the properties of the document."""
    token, book, settings = str(draft.stamp), draft.book, draft.plan.settings
    place = f"'{layout.DATA}'!$A${layout.TOKEN_ROW + 1}"
    sure(book.define_name(layout.TOKEN_NAME, f"={place}"))
    sure(book.define_name(layout.TOKEN_CONSTANT, f'="{token}"'))
    sure(book.set_custom_property(layout.TOKEN_PROPERTY, token, "text"))
    book.set_properties(
        {
            "title": draft.look.word("slip_title" if draft.remarks else "document_title", **draft.facts)[:PROMPT],
            "author": settings.compiler,
            "company": settings.issuer,
            "comments": layout.MADE_UP if settings.made_up else "",
            "created": datetime(draft.form.year + 1, 1, 1),
        }
    )
