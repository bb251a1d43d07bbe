"""Plan, Dataset, Results and Series -> the open data of the release for the public: the province's figures, no unit's.

Cut out of the plain tables: nothing that a unit wrote, no file and no cell stands in what is left.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from lsindicators import files, summary, values
from lsindicators.exports import package, tables
from lsindicators.exports.tables import Cell, Field, Row, Table
from lsindicators.model import Dataset, Kind, Plan, Result, Sending, Series

DICTIONARY, ARCHIVE = "tu-dien.csv", "du-lieu-mo.zip"

KEPT = (tables.CRITERIA, tables.VARIABLES, tables.TOTALS, tables.SERIES)
"""The tables that the public gets; the others speak of units one by one."""

SEAM = "Có đơn vị được sắp xếp lại giữa hai năm nên không so sánh thẳng được với năm sau đó"
"""Stands for a break of the series, without the names of the units."""

PROVISIONAL = "Tạm tính: có số liệu thành phần đang được đối chiếu, có thể thay đổi"

_COUNTS = ("criteria", "moves", "collection", "groups")
"""What of the summary speaks of the province as a whole; the rest tells of units, one by one."""

_WHOLE_FILE = "(cả tệp)"

_ABOUT = (
    "Các tiêu chí và số liệu thành phần của toàn tỉnh, với số đơn vị phải báo và đã báo. Không có số liệu của từng đơn vị. "
    f"Ô trống là chưa có số, không phải số 0. {package.APOSTROPHE}"
)


def contents(
    plan: Plan,
    dataset: Dataset,
    results: Sequence[Result],
    series: Sequence[Series],
    sendings: Sequence[Sending],
    provisional: Collection[str],
) -> Mapping[str, bytes]:
    """Name of a file -> its bytes, the descriptor last. ``provisional``: criteria that rest on a figure still in doubt."""
    listed = [_cut(plan, t, provisional) for t in tables.tables(plan, dataset, results, series) if t.name in KEPT]
    made = {f"{t.name}.csv": package.to_csv(t) for t in listed}
    made[DICTIONARY] = package.to_csv(_dictionary(listed))
    made[package.PUBLIC_JSON] = package.to_json_file(_document(plan, dataset, results, sendings, provisional))
    return {**made, package.DESCRIPTOR: package.describe(plan, [*listed, _dictionary(listed)], made, _ABOUT)}


def zipped(made: Mapping[str, bytes], year: int) -> bytes:
    """The files in one package; same files, same bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in made.items():
            archive.writestr(files.entry(name, year), content)
    return stream.getvalue()


def _cut(plan: Plan, table: Table, provisional: Collection[str]) -> Table:
    """``table`` without texts of units, and without the names of those that lack something."""
    spoken = {v.code for v in plan.variables if v.kind is Kind.TEXT}
    column = {f.name: i for i, f in enumerate(table.fields)}

    def told(row: Row) -> Row:
        cells: list[Cell] = list(row)
        if table.name == tables.SERIES:
            if cells[column["dut_gay"]]:
                cells[column["dut_gay"]] = SEAM
            if cells[column["ma_tieu_chi"]] in provisional and cells[column["nam"]] == plan.year:
                notes = (PROVISIONAL, cells[column["ghi_chu"]])
                cells[column["ghi_chu"]] = "; ".join(str(n) for n in notes if n)
        return tuple(cells)

    of = column.get("ma_so_lieu")
    return replace(table, rows=tuple(told(row) for row in table.rows if of is None or row[of] not in spoken))


def _dictionary(listed: Sequence[Table]) -> Table:
    """What stands in which column of the other files, to be read by people."""
    return Table(
        name=DICTIONARY.removesuffix(".csv"),
        title="Từ điển dữ liệu",
        description="Mỗi dòng một cột của một tệp CSV.",
        fields=(
            Field("tep", "Tệp", needed=True),
            Field("cot", "Cột", description=f"{_WHOLE_FILE}: dòng nói về cả tệp.", needed=True),
            Field("ten", "Tên", needed=True),
            Field("kieu", "Kiểu"),
            Field("mo_ta", "Mô tả"),
        ),
        key=("tep", "cot"),
        rows=tuple(_words(listed)),
    )


def _words(listed: Sequence[Table]) -> Iterator[Row]:
    for t in listed:
        yield f"{t.name}.csv", _WHOLE_FILE, t.title, None, t.description
        for f in t.fields:
            yield f"{t.name}.csv", f.name, f.title, f.kind, f.description or None


def _document(
    plan: Plan,
    dataset: Dataset,
    results: Sequence[Result],
    sendings: Sequence[Sending],
    provisional: Collection[str],
) -> dict[str, Any]:
    counted = summary.of(plan, dataset, results, sendings).to_json()
    numeric = {v.code for v in plan.variables if v.kind is not Kind.TEXT}
    return {
        "notice": tables.notice(plan),
        "province": plan.settings.province,
        "year": plan.year,
        "summary": {name: counted[name] for name in _COUNTS},
        "criteria": [
            {
                "code": r.criterion.code,
                "parent": r.criterion.parent,
                "group": r.criterion.group,
                "name": r.criterion.name,
                "unit": r.criterion.measure,
                "value": values.plain(r.value),
                "previous": values.plain(r.previous),
                "decimals": r.criterion.decimals,
                "status": r.outcome.value,
                "provisional": r.criterion.code in provisional,
                "mark": plan.mark(r.criterion) or None,
                "coverage": {"reported": r.reported, "expected": r.expected},
                "formula": r.criterion.formula,
                "inputs": {name: values.plain(value) for name, value in r.inputs.items()},
            }
            for r in results
        ],
        "totals": [
            package.total(t) for t in sorted(dataset.totals.values(), key=lambda t: t.year) if t.variable in numeric
        ],
    }
