"""``publish``: the release for the public, from the same figures as ``merge``: a web page, a summary, open data."""

from __future__ import annotations

import zipfile
from pathlib import Path

from msgspec import Struct

from lsindicators import files, summary
from lsindicators.errors import UnusableInputError
from lsindicators.pipeline.campaign import (
    PUBLIC,
    Json,
    Progress,
    at_work,
    content,
    is_campaign,
    quietly,
)
from lsindicators.pipeline.exporting import Product, put
from lsindicators.pipeline.results import Merged, counted

PAGE, BRIEF = "index.html", "tom-tat.docx"
MARK = b'<meta name="generator" content="lsindicators">'
"""Stands in every page of ours; no other page is written over."""
FRESH = "tom-tat-moi.docx"
"""Where the summary goes when a person has written into the one that is there."""


class Published(Struct, frozen=True, kw_only=True):
    """All files for the public, and what they were made of."""

    folder: Path
    merged: Merged
    products: tuple[Product, ...]
    provisional: frozenset[str]  # criteria and companions that rest on a figure still in doubt
    strangers: tuple[Path, ...]  # what lies in the folder and is none of ours
    kept: Path | None = None  # the summary in which somebody has written: it is as it was

    @property
    def exit_code(self) -> int:
        return self.merged.exit_code

    @property
    def contact(self) -> str:
        """What the campaign says the public may ask; empty where it says nothing."""
        from lsindicators import release

        return release.contact(self.merged.plan.settings)

    @property
    def disputed(self) -> int:
        """Points about which figures do not go together, and nobody has decided."""
        return sum(1 for c in self.merged.differences if c.open)

    def to_json(self) -> Json:
        return {
            "year": self.merged.plan.year,
            "folder": str(self.folder),
            "kept": None if self.kept is None else str(self.kept),
            "provisional": [r.criterion.code for r in self.merged.results if r.criterion.code in self.provisional],
            "open": {"disputed": self.disputed, "units_to_mend": self.merged.collection.to_mend},
            "files": [p.to_json(self.folder) for p in self.products],
        }


def publish(campaign: Path, to: Path | None = None, progress: Progress = quietly) -> Published:
    """Write the release into ``to``, else into the campaign's own folder for it.

    Raises ``UnusableInputError`` where ``to`` is a file, or a folder whose content is not ours to change.
    """
    folder = campaign / PUBLIC if to is None else to
    with at_work(campaign) as memory:
        _refuse(campaign, folder)
        files.sweep(folder)
        merged = counted(campaign, progress, memory)
        provisional = doubtful(merged)
        ready = made(merged, provisional)  # all of them, before any is put
        if kept := _kept(folder):
            ready = tuple((FRESH if name == BRIEF else name, what, body) for name, what, body in ready)
        products = tuple(put(folder / name, body, what) for name, what, body in ready)
        files.settle(p.path for p in products if p.written)
    ours = {BRIEF, *(p.path.name for p in products)}
    others = sorted(path for path in folder.iterdir() if path.name not in ours)
    return Published(
        folder=folder,
        merged=merged,
        products=products,
        provisional=provisional,
        strangers=tuple(others),
        kept=folder / BRIEF if kept else None,
    )


def doubtful(merged: Merged) -> frozenset[str]:
    """The criteria with a figure that rests on one about which a question is open."""
    asked = {code for c in merged.differences if c.open for code in (c.variable, *(f.variable for f in c.figures))}
    return frozenset(
        r.criterion.code
        for r in merged.results
        if r.value is not None and any(name.partition("@")[0] in asked for name in r.inputs)
    )


def _refuse(campaign: Path, folder: Path) -> None:
    if folder.is_file():
        raise UnusableInputError(f"{folder}: đây là một tệp; ghi tên thư mục sau --to")
    place, ours = folder.resolve(), campaign.resolve()
    if is_campaign(place) or (place.is_relative_to(ours) and not place.is_relative_to(ours / PUBLIC)):
        raise UnusableInputError(
            f"{folder}: trong thư mục kỳ báo cáo có những tệp không công khai; chỉ ghi được vào {PUBLIC}/, hoặc chọn thư mục "
            "khác sau --to"
        )
    page = folder / PAGE
    if page.exists() and (page.is_dir() or MARK not in content(page)):
        raise UnusableInputError(
            f"{page}: đã có tệp này và không phải do lệnh này lập, nên không ghi đè; chọn thư mục khác sau --to"
        )


def made(merged: Merged, provisional: frozenset[str]) -> tuple[tuple[str, str, bytes], ...]:
    """Name, kind and bytes of each file."""
    from lsindicators import compute, release
    from lsindicators.exports import public, tables

    plan, dataset, results = merged.plan, merged.dataset, merged.results
    told = summary.of(plan, dataset, results, merged.sendings)
    data = public.contents(plan, dataset, results, compute.series(plan, dataset), merged.sendings, provisional)
    archive = public.zipped(data, plan.year)
    downloads = [release.Download(public.ARCHIVE, "Toàn bộ dữ liệu mở và từ điển dữ liệu", "application/zip", archive)]
    for name, title in ((tables.SERIES, "Các tiêu chí qua các năm"), (tables.TOTALS, "Số liệu thành phần toàn tỉnh")):
        file = f"{name}.csv"
        downloads.append(release.Download(file, title, "text/csv;charset=utf-8", data[file]))
    return (
        (PAGE, "page", release.page.write(told, provisional, downloads)),
        (BRIEF, "summary", release.brief.write(told, provisional)),
        (public.ARCHIVE, "data", archive),
    )


def _kept(folder: Path) -> bool:
    """Whether a person has saved words of their own in the summary: then it is left as it is.

    A program that saves a package gives its parts other times than ``files.entry`` does.
    """
    path = folder / BRIEF
    if not path.is_file():
        return False
    try:
        with zipfile.ZipFile(path) as package:
            return any(i.date_time[0] == 1980 or i.date_time[1:] != (1, 1, 0, 0, 0) for i in package.infolist())
    except (OSError, zipfile.BadZipFile):
        return True
