"""Plan and what a unit got or sent in, out the công văn that goes to it, in the form of Nghị định 30/2020/NĐ-CP.

One letter goes with a form (``transmittal``), another with a return slip (``returned``).
What a letter says is drawn in ``templates/docx/``. A template is compiled once; of each letter only its text is made anew.
"""

from lsindicators.letters.page import BLANK, addressee
from lsindicators.letters.returned import RETURNED, RETURNED_TAGS, Sent, judged, returned
from lsindicators.letters.transmittal import TAGS, TRANSMITTAL, transmittal

__all__ = [
    "BLANK",
    "RETURNED",
    "RETURNED_TAGS",
    "TAGS",
    "TRANSMITTAL",
    "Sent",
    "addressee",
    "judged",
    "returned",
    "transmittal",
]
