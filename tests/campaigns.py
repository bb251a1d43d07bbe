"""A small campaign on disk: three units, their forms, and what they send."""

import os
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from conftest import small_plan

from lsindicators import assignment, layout, ledger, memory, pipeline, workbook
from lsindicators.model import HANOI
from lsindicators.rehearsal import packing

NUMBERS = {
    "so-khcn": {"C01_A": 130, "C01_B": 20, "C09_A": 5, "C09_B": 40, "C14_A": 29000000.5, "C14_B": 430000},
    "xa-hoa-tham": {"C01_A": 3, "C01_B": 2, "C09_A": 1},
    "phuong-ky-lua": {"C01_A": 4, "C01_B": 3, "C09_A": 2},
}


def begun(folder: Path, plan=None) -> Path:
    """A campaign with its forms and nothing received, on the small plan where none is named."""
    folder.mkdir()
    (folder / "phan-cong.xlsx").write_bytes(assignment.write(plan or small_plan()))
    pipeline.issue(folder)
    (folder / "tra-ve").mkdir()
    return folder


def answer(form: Path, target: Path, numbers: dict[str, object], moment: int = 1_774_000_000, **more: object) -> Path:
    """Fill a form: numbers in column F, a source in H; ``more`` are cells of the data sheet. Sent at ``moment``."""
    blank = form.read_bytes()
    cells: dict[str, object] = {}
    for (row, column), cell in next(s for s in workbook.read(blank, "").sheets if s.name == layout.DATA).cells.items():
        if column == layout.KEY and cell.value in numbers:
            cells |= {f"F{row + 1}": numbers[cell.value], f"H{row + 1}": "Báo cáo năm"}
        elif column == layout.KEY and cell.value == "C43_A":
            cells |= {f"F{row + 1}": "Có", f"H{row + 1}": "Hệ thống"}
    typed = {address: _typed(value) for address, value in {**cells, **more}.items()}
    sent = datetime.fromtimestamp(moment, HANOI)
    if any(address[0] > "J" for address in typed):  # beside the form, where there is no cell to type into
        content = packing.save_book(packing.open_book(blank, {layout.DATA: typed}), sent)
    else:
        content = packing.typed(blank, {layout.DATA: typed}, sent)
    target.write_bytes(content)
    os.utime(target, (moment, moment))
    return target


def _typed(value: object) -> packing.Input:
    if isinstance(value, str) and value.startswith("="):
        return packing.Formula(value)
    if isinstance(value, str) and value.startswith("#"):
        return packing.Broken(value)
    return Decimal(str(value)) if isinstance(value, int | float) else value


def send(campaign: Path, unit: str, name: str | None = None, moment: int = 1_774_000_000, **cells: object) -> Path:
    """Put what a unit says into the folder of returns; ``cells`` are said otherwise."""
    target = campaign / "tra-ve" / (name or f"{unit}.xlsx")
    return answer(campaign / "bieu-mau" / f"{unit}.xlsx", target, NUMBERS[unit], moment, **cells)


def remembered(campaign: Path) -> list[str]:
    """What a campaign remembers, as it is read: the same nouns have other bytes where two of them share a text, or not."""
    path = campaign / ledger.FOLDER / memory.FILE
    content, places = path.read_bytes(), memory._places(path).values()
    return sorted(repr(memory.restored(content[start + memory._DIGEST : start + length])) for start, length in places)
