"""A letter in, out the e-mail that brings it: a draft (.eml) that Outlook and Thunderbird open, and nobody sends by itself.

It says what the letter says. The signed letter is attached by the clerk; the form or the slip is there already.
"""

from __future__ import annotations

import hashlib
import html
import io
import re
import zipfile
from collections.abc import Mapping

from lsindicators import values
from lsindicators.letters.occasion import Occasion
from lsindicators.letters.reminder import Reminded
from lsindicators.model import Plan
from lsindicators.papers import Sender

_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}"
)
_MARK, _NOTHING = b"=_lsi_", b"0" * 32
_BOUNDARY = re.compile(_MARK + rb"([0-9a-f]{32})")
_XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


def addresses(text: str) -> tuple[str, ...]:
    """The addresses that stand in a unit's ``Thư điện tử``, apart by ``;`` or ``,``; none where one of them is no address."""
    found = tuple(a for a in re.split(r"[;,\s]+", text) if a)
    return found if all(_ADDRESS.fullmatch(a) for a in found) else ()


def draft(plan: Plan, at: Occasion, one: Reminded, letter: bytes, attached: Mapping[str, bytes]) -> bytes:
    """The e-mail that brings ``letter`` to a unit, with files ``attached`` by name; same input, same bytes.

    It has no sender, date or number of its own: the program that sends it gives them.
    """
    from email.message import EmailMessage
    from email.policy import SMTP

    mail = EmailMessage(policy=SMTP)
    if to := addresses(one.unit.email):
        mail["To"] = ", ".join(to)
    subject = at.subject(plan.year, (one.why.wants,))
    mail["Subject"] = values.clean(subject[:1].upper() + subject[1:])
    mail["X-Unsent"] = "1"
    mail.set_content(_text(plan, at, letter, attached), charset="utf-8", cte="base64")
    mail.make_mixed()
    for name, content in attached.items():
        mail.add_attachment(content, *_XLSX, filename=name)
    mail.set_boundary((_MARK + _NOTHING).decode())
    content = mail.as_bytes()
    return content.replace(_MARK + _NOTHING, _MARK + _seal(content))


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
    said = _paragraphs(letter)
    first = said[0] if said and said[0].startswith("Kính gửi") else ""
    head = f"{compiler} gửi công văn {whose}(bản đã ký kèm theo thư này), nội dung như sau:"
    files = [f"Tệp kèm theo: {', '.join(attached)}."] if attached else []
    return "\n\n".join(filter(None, (first, head, *said[1 if first else 0 :], *files, compiler))) + "\n"


_TABLE = re.compile(r"<w:tbl>.*?</w:tbl>", re.DOTALL)
_PARAGRAPH = re.compile(r"<w:p(?: [^>]*)?>.*?</w:p>", re.DOTALL)
_PIECE = re.compile(r"<w:t(?: [^>]*)?>([^<]*)</w:t>")


def _paragraphs(letter: bytes) -> list[str]:
    """The paragraphs of a letter of ours, without those of its head and its foot, which stand in tables."""
    with zipfile.ZipFile(io.BytesIO(letter)) as package:
        xml = package.read("word/document.xml").decode()
    texts = ("".join(_PIECE.findall(p)) for p in _PARAGRAPH.findall(_TABLE.sub("", xml)))
    return [text for text in (values.clean(html.unescape(t)) for t in texts) if text]
