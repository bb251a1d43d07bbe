"""Results in, the Word report out: content and charts are put into a Word template that a clerk can edit."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from lsindicators import files, papers
from lsindicators.errors import LsindicatorsError, UnusableInputError
from lsindicators.model import CellRef, Dataset, Plan, Result, Sending
from lsindicators.report import charts, content

__all__ = ["fill", "lint", "shipped_template", "to_pdf"]

SHIPPED = "bao-cao.docx"


def shipped_template() -> bytes:
    """The template of the package."""
    return papers.shipped(SHIPPED)


def lint(template: bytes, name: str) -> tuple[str, ...]:
    """What is wrong with the Word file ``name``, a Vietnamese sentence each with its place; empty when nothing is."""
    return papers.lint(template, content.TAGS, name)


def fill(
    plan: Plan,
    dataset: Dataset,
    results: Sequence[Result],
    sendings: Sequence[Sending],
    answers: Mapping[str, tuple[tuple[str, str, CellRef], ...]],
    today: date,
    template: bytes | None = None,
    *,
    name: str = SHIPPED,
) -> bytes:
    """The report as a .docx; same input, same bytes. ``name`` is the template's, for messages.

    Raises ``UnusableInputError`` with file and place when the template cannot be used.
    """
    drawn = shipped_template() if template is None else template
    faults = lint(drawn, name)
    if faults:
        more = f" (và {len(faults) - 1} lỗi khác; xem lsindicators report --check)" if len(faults) > 1 else ""
        raise UnusableInputError(f"{faults[0]}{more}")
    told = papers.plain(content.gather(plan, dataset, results, sendings, answers, today))
    return _render(drawn, name, plan, told, charts.draw(plan, results))


def _render(template: bytes, name: str, plan: Plan, told: dict[str, Any], pictures: Sequence[charts.Chart]) -> bytes:
    from docxtpl import DocxTemplate
    from jinja2 import TemplateError

    document = DocxTemplate(io.BytesIO(template))
    document.init_docx()
    told["charts"] = [
        {"picture": _picture(document, chart, number), "caption": chart.caption}
        for number, chart in enumerate(pictures, 1)
    ]
    try:
        document.render(told, papers.environment())
    except (TemplateError, ValueError, TypeError) as error:
        raise UnusableInputError(f"{name}: không điền được vào tệp mẫu ({error})") from error
    papers.sign(document.docx, plan, f"Báo cáo kết quả thực hiện Bộ tiêu chí năm {plan.year}")
    stream = io.BytesIO()
    document.save(stream)
    return files.steady(stream.getvalue(), plan.year)


def _picture(document: Any, chart: charts.Chart, number: int) -> Any:
    """The markup of ``chart`` in a run of its own, with its words for those who cannot see it."""
    from docx.shared import Mm
    from lxml import etree
    from markupsafe import Markup

    inline = document.docx.part.new_pic_inline(io.BytesIO(chart.png), width=Mm(charts.WIDTH_MM))
    inline.docPr.set("name", f"Biểu đồ {number}")
    inline.docPr.set("descr", chart.description)
    drawing = etree.tostring(inline, encoding="unicode")
    return Markup(f'</w:t></w:r><w:r><w:drawing>{drawing}</w:drawing></w:r><w:r><w:t xml:space="preserve">')


def to_pdf(document: Path, target: Path) -> Path:
    """Print ``document`` to ``target`` with LibreOffice; raises ``LsindicatorsError`` when there is none."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        raise LsindicatorsError(
            f"{document}: máy này chưa có LibreOffice nên chưa in được ra PDF; hãy mở tệp trong Word rồi chọn Lưu thành PDF"
        )
    with tempfile.TemporaryDirectory() as folder:
        profile = f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}"
        command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", folder, str(document)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        printed = Path(folder) / f"{document.stem}.pdf"
        if not printed.is_file():
            raise LsindicatorsError(f"{document}: LibreOffice không in được ra PDF ({_last_line(done.stderr)})")
        files.write(target, printed.read_bytes())
    return target


def _last_line(text: str) -> str:
    return (re.split(r"[\r\n]+", text.strip()) or [""])[-1] or "không rõ lý do"
