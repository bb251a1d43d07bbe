"""``publish``: the release for the public, from the same figures as ``merge``: a web page, a summary, open data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lsindicators import files, ledger, summary
from lsindicators.errors import UnusableInputError
from lsindicators.pipeline.campaign import EXPORTS, FORMS, LETTERS, PUBLIC, RETURNS, SLIPS, Json, Progress, at_work, quietly
from lsindicators.pipeline.results import Merged, counted

PAGE, BRIEF = "index.html", "tom-tat.docx"


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A file for the public."""

    path: Path
    what: str  # "page", "summary" or "data"
    size: int  # bytes
    sha256: str
    written: bool  # False: it was there already, byte by byte


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """All files for the public, and what they were made of."""

    folder: Path
    merged: Merged
    products: tuple[Release, ...]
    provisional: frozenset[str]  # criteria and companions that rest on a figure still in doubt
    strangers: tuple[Path, ...]  # what lies in the folder and is none of ours

    @property
    def exit_code(self) -> int:
        return self.merged.exit_code

    @property
    def to_mend(self) -> int:
        """Units whose return counts and waits for mending or an answer."""
        return summary.collection(self.merged.sendings).to_mend

    @property
    def disputed(self) -> int:
        """Points about which figures do not go together, and nobody has decided."""
        return sum(1 for c in self.merged.differences if c.open)

    def to_json(self) -> Json:
        return {
            "year": self.merged.plan.year,
            "folder": str(self.folder),
            "provisional": [r.criterion.code for r in self.merged.results if r.criterion.code in self.provisional],
            "open": {"disputed": self.disputed, "units_to_mend": self.to_mend},
            "files": [
                {
                    "path": p.path.relative_to(self.folder).as_posix(),
                    "what": p.what,
                    "bytes": p.size,
                    "sha256": p.sha256,
                    "written": p.written,
                }
                for p in self.products
            ],
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
        made = _made(merged, provisional)  # all of them, before any is put
        products = tuple(_put(folder / name, content, what) for name, what, content in made)
        files.settle(p.path for p in products if p.written)
    ours = {p.path.name for p in products}
    others = sorted(path for path in folder.iterdir() if path.name not in ours)
    return Published(folder=folder, merged=merged, products=products, provisional=provisional, strangers=tuple(others))


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
    if folder.resolve() == campaign.resolve():
        raise UnusableInputError(
            f"{folder}: đây là thư mục của kỳ báo cáo, có những tệp không công khai; chọn thư mục khác sau --to"
        )
    for kept in (RETURNS, FORMS, SLIPS, LETTERS, EXPORTS, ledger.FOLDER):
        if folder.resolve().is_relative_to((campaign / kept).resolve()):
            raise UnusableInputError(
                f"{folder}: thư mục {kept} của kỳ báo cáo có việc riêng; chọn thư mục khác sau --to"
            )


def _made(merged: Merged, provisional: frozenset[str]) -> tuple[tuple[str, str, bytes], ...]:
    """Name, kind and bytes of each file."""
    from lsindicators import compute, release
    from lsindicators.exports import public, tables

    plan, dataset, results = merged.plan, merged.dataset, merged.results
    told = summary.of(plan, dataset, results, merged.sendings)
    data = public.contents(plan, dataset, results, compute.series(plan, dataset), merged.sendings, provisional)
    archive = public.zipped(data, plan.year)
    downloads = (
        _download(public.ARCHIVE, "Toàn bộ dữ liệu mở và từ điển dữ liệu", "application/zip", archive),
        *(
            _download(f"{name}.csv", title, "text/csv;charset=utf-8", data[f"{name}.csv"])
            for name, title in ((tables.SERIES, "Các tiêu chí qua các năm"), (tables.TOTALS, "Số liệu thành phần toàn tỉnh"))
        ),
    )
    return (
        (PAGE, "page", release.page.write(told, provisional, downloads)),
        (BRIEF, "summary", release.brief.write(told, provisional)),
        (public.ARCHIVE, "data", archive),
    )


def _download(name: str, title: str, media: str, content: bytes) -> object:
    from lsindicators import release

    return release.Download(name=name, title=title, media=media, content=content)


def _put(path: Path, content: bytes, what: str) -> Release:
    fresh = files.write(path, content, settled=False)
    return Release(path=path, what=what, size=len(content), sha256=files.sha256(content), written=fresh)
