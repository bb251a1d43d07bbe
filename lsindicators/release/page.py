"""Summary and downloads in, ``index.html`` out: one page that needs no network, and no script for anything it says."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Collection, Sequence
from importlib import resources

from msgspec import Struct

from lsindicators import papers
from lsindicators.errors import UnusableInputError
from lsindicators.release import content, svg, words
from lsindicators.summary import Summary

SHIPPED = "cong-khai.html"

_INLINE = re.compile(r"<(style|script)>(.*?)</\1>", re.DOTALL)
_POLICY = "@@chinh-sach@@"


class Download(Struct, frozen=True):
    """A file that is taken out of the page itself."""

    name: str  # "tieu-chi.csv"
    title: str  # what it is, in words
    media: str  # "text/csv"
    content: bytes


def write(told: Summary, provisional: Collection[str], downloads: Sequence[Download]) -> bytes:
    """The page; same input, same bytes. ``provisional``: the criteria that rest on a figure which is still in doubt."""
    said = papers.plain(content.gather(told, provisional))
    for section, group in zip(told.sections, said["groups"], strict=True):
        for part, shown in zip(section.parts, group["parts"], strict=True):
            shown["chart"] = svg.years(part.criteria, told.plan.year, shown["title"] or group["title"])
    said |= {
        "coverage": svg.coverage(told.sections),
        "downloads": [_download(d) for d in downloads],
        "policy": _POLICY,
    }
    page = _rendered(said)
    return page.replace(_POLICY, _policy(page), 1).encode("utf-8", "replace")


def _download(d: Download) -> content.Content:
    data = base64.b64encode(d.content).decode()
    return {"name": d.name, "title": d.title, "size": _size(len(d.content)), "address": f"data:{d.media};base64,{data}"}


def _size(count: int) -> str:
    return f"{words.count(max(1, round(count / 1024)))} KB"


def _policy(page: str) -> str:
    """What the page may do: show itself, with the styles and the script that stand in it, and load nothing."""
    allowed: dict[str, list[str]] = {"style": [], "script": []}
    for kind, text in _INLINE.findall(page):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        allowed[kind].append(f"'sha256-{digest}'")
    rules = [f"{kind}-src {' '.join(hashes)}" for kind, hashes in allowed.items() if hashes]
    return "; ".join(["default-src 'none'", "img-src data:", *rules, "base-uri 'none'", "form-action 'none'"])


def _rendered(said: content.Content) -> str:
    """The page's template of the package, filled in the sandbox of our papers: every text is escaped."""
    from jinja2 import TemplateError

    drawn = (resources.files("lsindicators.templates") / "html" / SHIPPED).read_text(encoding="utf-8")
    environment = papers.environment().overlay(trim_blocks=True, lstrip_blocks=True)
    try:
        return environment.from_string(drawn).render(said)
    except (TemplateError, ValueError, TypeError) as error:
        raise UnusableInputError(f"{SHIPPED}: không dùng được tệp mẫu trang công khai ({error})") from error
