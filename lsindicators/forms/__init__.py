"""Plan + one unit's form -> that unit's locked workbook; with what came back and the findings: its return slip.

``draft`` is the workbook in the making, a file beside it a sheet or a kind of sheets. The look and every sentence are
drawn in ``templates/xlsx/bieu-mau.xlsx`` (``look``); places come from ``layout``.
"""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from lsindicators.findings import Finding
from lsindicators.forms import data, hidden, look, prose, slip
from lsindicators.forms.alike import Alike
from lsindicators.forms.draft import Draft
from lsindicators.forms.package import QUICKLY, USUAL, Parts, pack
from lsindicators.forms.press import Press, shape
from lsindicators.layout import Form, Stamp
from lsindicators.model import Plan, Value


def write(plan: Plan, form: Form, stamp: Stamp, **shown: Any) -> bytes:
    """The workbook of ``form`` as .xlsx; the same input gives the same bytes. What is ``shown``: as ``Writer.write``."""
    return Writer(plan).write(form, stamp, **shown)


class Writer:
    """Writes forms and slips of one plan; the texts of the live checks are made once for all forms of one shape."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._alike: dict[Hashable, Alike] = {}

    def write(
        self,
        form: Form,
        stamp: Stamp,
        *,
        typed: Mapping[tuple[str, int], Value] | None = None,
        remarks: Sequence[Finding] = (),
        taken: int = 0,
        refused: bool = False,
        late: bool = False,
    ) -> bytes:
        """The workbook of ``form`` as .xlsx; the same input gives the same bytes.

        ``typed``: (variable code, layout column) -> what the input cell shows; a question of the narrative sheet with
        ``layout.ANSWER`` -> its answer. ``remarks``: findings whose ``at`` is a cell of this form, or the file as a
        whole; with any, the sheet ``Phiếu trả lại`` stands first. It tells that ``taken`` variables were answered, or that
        the return was ``refused`` as a whole, and asks for an answer by the deadline, or at once where what came was ``late``.
        """
        if (alike := self._alike.get(alike_are := shape(form))) is None:
            alike = self._alike[alike_are] = Alike(self._plan, form, look.load())
        draft = Draft(self._plan, form, stamp, typed or {}, tuple(remarks), taken, refused, late, alike)
        return pack(_parts(draft), QUICKLY if draft.remarks else USUAL)


def press(plan: Plan) -> Press:
    """Writes the empty forms of ``plan``: the same bytes as ``write`` gives, faster for many."""
    return Press(lambda form, stamp: _parts(Draft(plan, form, stamp)))


def _parts(draft: Draft) -> Parts:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # xlsxwriter warns of what it leaves out
        if draft.remarks:
            slip.add(draft)
        data.add(draft)
        prose.add(draft)
        hidden.add(draft)
        return draft.book.parts()
