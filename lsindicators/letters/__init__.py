"""Plan and what a unit got or sent in, out the công văn that goes to it, in the form of Nghị định 30/2020/NĐ-CP.

One letter goes with a form (``transmittal``), one with a return slip (``returned``), one reminds who has not answered
(``reminder``, ``reminder_of_all``) and has an e-mail to go with (``mail``).
What a letter says is drawn in ``templates/docx/``. A template is compiled once; of each letter only its text is made anew.
"""

from lsindicators.letters.judged import judged
from lsindicators.letters.mail import addresses, draft, is_untouched
from lsindicators.letters.occasion import Occasion, occasion
from lsindicators.letters.page import BLANK, addressee
from lsindicators.letters.reminder import (
    ALL_TAGS,
    REMINDER,
    REMINDER_OF_ALL,
    REMINDER_TAGS,
    Reminded,
    Why,
    reminder,
    reminder_of_all,
)
from lsindicators.letters.returned import RETURNED, RETURNED_TAGS, Sent, returned
from lsindicators.letters.transmittal import TAGS, TRANSMITTAL, transmittal

__all__ = [
    "ALL_TAGS",
    "BLANK",
    "REMINDER",
    "REMINDER_OF_ALL",
    "REMINDER_TAGS",
    "RETURNED",
    "RETURNED_TAGS",
    "TAGS",
    "TRANSMITTAL",
    "Occasion",
    "Reminded",
    "Sent",
    "Why",
    "addressee",
    "addresses",
    "draft",
    "is_untouched",
    "judged",
    "occasion",
    "reminder",
    "reminder_of_all",
    "returned",
    "transmittal",
]
