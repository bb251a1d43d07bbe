"""A letter in, out the e-mail that brings it: a draft (.eml) that Outlook and Thunderbird open, and nobody sends by itself.

It says what the letter says. The signed letter is attached by the clerk; the form or the slip is there already.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from lsindicators import values
from lsindicators.letters.occasion import Occasion
from lsindicators.letters.page import paragraphs
from lsindicators.letters.reminder import Reminded
from lsindicators.model import Plan
from lsindicators.papers import Sender

_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}"
)
_MARK, _NOTHING = b"=_lsi_", b"0" * 32
_BOUNDARY = re.compile(_MARK + rb"([0-9a-f]{32})")
_XLSX = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def addresses(text: str) -> tuple[str, ...]:
    """The addresses that stand in a unit's ``Thư điện tử``, apart by ``;`` or ``,``; none where one of them is no address."""
    found = tuple(a for a in re.split(r"[;,\s]+", text) if a)
    return found if all(_ADDRESS.fullmatch(a) for a in found) else ()


def draft(plan: Plan, at: Occasion, one: Reminded, letter: bytes, attached: Mapping[str, bytes]) -> bytes:
    """The e-mail that brings ``letter`` to a unit, with files ``attached`` by name; same input, same bytes.

    It has no sender, date or number of its own: the program that sends it gives them.
    """
    from email.header import Header
    from email.mime.application import MIMEApplication
    from email.mime.multipart import MIMEMultipart
    from email.mime.text import MIMEText
    from email.policy import compat32

    mail = MIMEMultipart("mixed", boundary=(_MARK + _NOTHING).decode())
    if to := addresses(one.unit.email):
        mail["To"] = ", ".join(to)
    subject = values.clean(at.subject(plan.year, (one.why.wants,)))
    mail["Subject"] = Header(subject[:1].upper() + subject[1:], "utf-8", header_name="Subject").encode()
    mail["X-Unsent"] = "1"  # Outlook opens it as a letter to be written, not as one that came
    mail.attach(MIMEText(_text(plan, at, letter, attached).replace("\n", "\r\n"), "plain", "utf-8"))
    for name, content in attached.items():
        part = MIMEApplication(content, _XLSX)
        part.add_header("Content-Disposition", "attachment", filename=name)
        mail.attach(part)
    made = mail.as_bytes(policy=compat32.clone(linesep="\r\n"))
    return made.replace(_MARK + _NOTHING, _MARK + _seal(made))


def is_untouched(content: bytes) -> bool:
    """Whether an e-mail is as ``draft`` made it: its boundary is the seal of all else."""
    found = _BOUNDARY.search(content)
    return found is not None and _seal(content.replace(found[0], _MARK + _NOTHING)) == found[1]


def _seal(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest()[: len(_NOTHING)].encode()


def _text(plan: Plan, at: Occasion, letter: bytes, attached: Mapping[str, bytes]) -> str:
    """What the e-mail says: which letter it brings, the letter's own words, and what else is attached."""
    compiler = values.clean(plan.settings.compiler)
    whose = f"của {values.clean(plan.settings.issuer)} " if at.sender is Sender.COMMITTEE else ""
    said = paragraphs(letter)
    head = f"{compiler} gửi công văn {whose}(bản đã ký kèm theo thư này), nội dung như sau:"
    whom = next((n for n, text in enumerate(said, 1) if text.startswith("Kính gửi")), 0)
    files = [f"Tệp kèm theo: {', '.join(attached)}."] if attached else []
    return "\n\n".join((*said[:whom], head, *said[whom:], *files, compiler)) + "\n"
