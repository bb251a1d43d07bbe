"""``export``: what others ask for, from the same figures as ``merge``: open data, the ministry's sheet, each unit's result."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from lsindicators import files, ledger
from lsindicators.errors import UnusableInputError
from lsindicators.pipeline.campaign import (
    EXPORTS,
    FORMS,
    LETTERS,
    RETURNS,
    SEALS,
    SLIPS,
    Json,
    Progress,
    at_work,
    quietly,
)
from lsindicators.pipeline.results import Merged, counted

OPEN_DATA = "du-lieu"


class Product(Struct, frozen=True, kw_only=True):
    """A file for others."""

    path: Path
    what: str  # "data", "package", "ministry" or "unit"; of the release for the public "page", "summary" or "data"
    size: int  # bytes
    sha256: str
    written: bool  # False: it was there already, byte by byte

    def to_json(self, folder: Path) -> Json:
        """The file as ``--json`` tells it, with its path below ``folder``."""
        return {
            "path": self.path.relative_to(folder).as_posix(),
            "what": self.what,
            "bytes": self.size,
            "sha256": self.sha256,
            "written": self.written,
        }


class Exported(Struct, frozen=True, kw_only=True):
    """All files for others, and what they were made of."""

    folder: Path
    merged: Merged
    products: tuple[Product, ...]
    strangers: tuple[Path, ...]  # result sheets of units that owe nothing any more

    @property
    def exit_code(self) -> int:
        return self.merged.exit_code

    def to_json(self) -> Json:
        return {
            "year": self.merged.plan.year,
            "folder": str(self.folder),
            "files": [p.to_json(self.folder) for p in self.products],
        }


def export(campaign: Path, to: Path | None = None, progress: Progress = quietly) -> Exported:
    """Write the files for others into ``to``, else into the campaign's own folder for them.

    Raises ``UnusableInputError`` where ``to`` is a file, or a folder whose content is not ours to change.
    """
    folder = campaign / EXPORTS if to is None else to
    with at_work(campaign) as memory:
        _refuse(campaign, folder)
        for place in (folder, folder / OPEN_DATA, folder / _units_folder()):
            files.sweep(place)
        merged = counted(campaign, progress, memory)
        products = tuple(_written(folder, merged, progress))
        files.settle(p.path for p in products if p.written)
    units = sorted((folder / _units_folder()).glob("[!~.]*.xlsx"))
    return Exported(
        folder=folder,
        merged=merged,
        products=products,
        strangers=tuple(path for path in units if path.stem not in merged.plan.owed),
    )


def _units_folder() -> str:
    from lsindicators.exports import unit

    return unit.FOLDER


def _refuse(campaign: Path, folder: Path) -> None:
    if folder.is_file():
        raise UnusableInputError(f"{folder}: đây là một tệp; ghi tên thư mục sau --to")
    for kept in (RETURNS, FORMS, SLIPS, LETTERS, SEALS, ledger.FOLDER):
        if folder.resolve().is_relative_to((campaign / kept).resolve()):
            raise UnusableInputError(
                f"{folder}: thư mục {kept} của kỳ báo cáo có việc riêng; chọn thư mục khác sau --to"
            )


def _written(folder: Path, merged: Merged, progress: Progress) -> Iterator[Product]:
    """Write each file; the descriptor of the data comes after all that it describes."""
    from lsindicators import compute
    from lsindicators.exports import database, ministry, package, tables, unit

    plan, dataset, results = merged.plan, merged.dataset, merged.results
    series = compute.series(plan, dataset)
    listed = tables.tables(plan, dataset, results, series)
    contents = {f"{table.name}.csv": package.to_csv(table) for table in listed}
    contents[package.DATA_JSON] = package.to_document(
        plan, dataset, results, series, merged.differences, merged.sendings
    )
    contents[package.DATABASE] = database.to_sqlite(plan, listed)
    for name, content in contents.items():
        yield put(folder / OPEN_DATA / name, content, "data")
    yield put(folder / OPEN_DATA / package.DESCRIPTOR, package.describe(plan, listed, contents), "package")
    yield put(folder / ministry.NAME, ministry.write(plan, dataset, results), "ministry")
    peers = unit.Peers(plan, dataset, results)
    for code in progress(tuple(plan.owed), "Lập phiếu kết quả"):
        yield put(folder / unit.FOLDER / f"{code}.xlsx", unit.write(peers, code), "unit")


def put(path: Path, content: bytes, what: str) -> Product:
    """Write a file for others; it is safe from a power failure once all are settled."""
    fresh = files.write(path, content, settled=False)
    return Product(path=path, what=what, size=len(content), sha256=files.sha256(content), written=fresh)
