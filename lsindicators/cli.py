"""The commands: options, echo, exit code. Nothing is decided here, and no heavy library is loaded for ``--help``."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lsindicators import __version__, values
from lsindicators.errors import LsindicatorsError, reason
from lsindicators.findings import Severity
from lsindicators.model import Standing

if TYPE_CHECKING:
    from lsindicators.findings import Finding
    from lsindicators.model import Result
    from lsindicators.pipeline import (
        Begun,
        Explained,
        Exported,
        Held,
        Known,
        Merged,
        Received,
        Rehearsed,
        State,
        Verified,
    )


# ------------------------------------------------------------------ Vietnamese help and errors


class VietnameseCommand(click.Command):
    """A command whose help is wholly in Vietnamese."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the line that says how to call the command."""
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), "Cách dùng: ")

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """The words after the command's name."""
        return ["[TÙY CHỌN]" if p == self.options_metavar else p for p in super().collect_usage_pieces(ctx)]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options."""
        options = (p for p in self.get_params(ctx) if isinstance(p, click.Option))  # the usage line tells the arguments
        rows = [r for p in options if (r := p.get_help_record(ctx)) is not None]
        with formatter.section("Tùy chọn"):
            formatter.write_dl(rows)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The option ``--help`` with its Vietnamese text."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "Hiện hướng dẫn này rồi thoát."
        return option


class Commands(VietnameseCommand, click.Group):
    """The group of all commands: exceptions become one sentence here, and only here."""

    command_class = VietnameseCommand

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """The words after the program's name."""
        return ["[TÙY CHỌN]", "LỆNH …"]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then the commands in the order of the year's work."""
        VietnameseCommand.format_options(self, ctx, formatter)
        with formatter.section("Lệnh"):
            formatter.write_dl([(name, c.get_short_help_str(80)) for name, c in self.commands.items()])

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of the year's work."""
        return list(self.commands)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the program; what stops a command is said in one sentence, with exit code 2."""
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(encoding="utf-8", errors="replace")
        kwargs["standalone_mode"] = False
        seldom_collect()
        try:
            code = super().main(*args, **kwargs)
        except click.exceptions.Exit as stop:
            code = stop.exit_code
        except click.UsageError as error:
            code = _fail(_usage_sentence(error))
        except click.ClickException as error:
            code = _fail(error.format_message())
        except (click.Abort, KeyboardInterrupt):
            code = _fail("đã dừng theo yêu cầu; kết quả cũ vẫn còn nguyên")
        except LsindicatorsError as error:
            code = _fail(str(error))
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            code = _fail(f"{where}không đọc hoặc ghi được tệp ({reason(error)})")
        except Exception as error:  # a fault of ours: the clerk gets a sentence, and we get the trace
            code = _fail(f"công cụ gặp lỗi ngoài dự kiến ({type(error).__name__}: {error}); {_keep_trace()}")
        sys.exit(code if isinstance(code, int) else 0)


def seldom_collect() -> None:
    """Let the collector look for circles of objects less often: a command makes many objects, and hardly any circle."""
    gc.set_threshold(50_000, 20, 100)


def _fail(sentence: str) -> int:
    click.echo(f"Lỗi: {sentence}", err=True)
    return 2


def _keep_trace() -> str:
    """Put the trace of the exception at hand into a file; the half sentence that says where it is."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile(
        "w", prefix="lsindicators-loi-", suffix=".txt", encoding="utf-8", delete=False
    ) as log:
        traceback.print_exc(file=log)
    return f"kết quả cũ vẫn còn nguyên; gửi tệp {log.name} cho người phụ trách công cụ"


def _usage_sentence(error: click.UsageError) -> str:
    """What is wrong with the words of a call, in Vietnamese."""
    hint = f" Xem: {error.ctx.command_path} --help" if error.ctx else ""
    match error:
        case click.NoSuchOption():
            told = f"không có tùy chọn {error.option_name}."
        case click.MissingParameter():
            name = error.param.make_metavar(error.ctx) if error.param and error.ctx else "tham số"
            told = f"còn thiếu {name}."
        case click.BadOptionUsage():
            told = f"tùy chọn {error.option_name} cần có giá trị đi kèm."
        case click.BadParameter():
            name = error.param.opts[0] if error.param else "tham số"
            whole = error.param is not None and error.param.type is click.INT
            told = f"giá trị của {name} không dùng được: {'cần một số nguyên' if whole else error.message}"
        case click.exceptions.NoArgsIsHelpError():
            told = "còn thiếu lệnh."
        case _ if error.message.startswith("No such command"):
            told = f"không có lệnh {error.message.split(maxsplit=3)[-1].rstrip('.')}."
        case _ if error.message.startswith("Got unexpected extra argument"):
            told = f"thừa tham số {error.message.partition('(')[2].removesuffix(')')}"
        case _:
            told = f"thừa hoặc sai tham số ({error.message})"
    return told + ("" if told.endswith(".") else ".") + hint


def _day(ctx: click.Context, param: click.Parameter, value: str | None) -> date | None:
    """A day typed as 25/3/2026 or 2026-03-25."""
    if value is None:
        return None
    day = values.parse_date(value)
    if day is None:
        raise click.BadParameter(f"“{value}” không phải ngày; gõ như 25/3/2026 hoặc 2026-03-25", ctx, param)
    return day


FILE = click.Path(path_type=Path)
KY = click.argument("ky", type=FILE, default=".", metavar="[KY]")
JSON = click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(
    __version__, prog_name="lsindicators", message="%(prog)s %(version)s", help="Hiện phiên bản rồi thoát."
)
@click.pass_context
def main(ctx: click.Context) -> int:
    """Bộ công cụ bảng tính cho báo cáo hằng năm 46 tiêu chí khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số.

    KY là thư mục của kỳ báo cáo; để trống là thư mục đang đứng.
    """
    if ctx.invoked_subcommand is None:
        from lsindicators import pipeline

        here = Path()
        if pipeline.is_campaign(here):
            click.echo(f"Việc tiếp theo: {pipeline.next_step(here)}")
        else:
            click.echo(ctx.get_help())
    return 0


# ------------------------------------------------------------------ the year's work, in its order


@main.command("init")
@click.argument("ky", type=FILE, metavar="KY")
@click.option(
    "--appendix",
    type=FILE,
    metavar="TỆP",
    help="Phụ lục phân công (.docx, .xlsx, .xls); không có thì dùng bộ 46 tiêu chí sẵn có.",
)
@click.option(
    "--year", type=int, metavar="NĂM", help="Năm số liệu, ví dụ 2025; mặc định là năm ngoái, hoặc năm sau của kỳ cũ."
)
@click.option("--previous", type=FILE, metavar="KY_CU", help="Kỳ năm trước: lấy lại phân công và số liệu năm trước.")
@click.option(
    "--print-appendix",
    "printed",
    type=FILE,
    metavar="TỆP.docx",
    help="In bản phân công của kỳ đã có thành phụ lục Word theo Nghị định 30; không sửa gì khác.",
)
@click.option(
    "--compare", "former", type=FILE, metavar="KY_CU", help="So bản phân công của kỳ đã có với kỳ cũ; không sửa gì."
)
@JSON
def init_command(
    ky: Path,
    appendix: Path | None,
    year: int | None,
    previous: Path | None,
    printed: Path | None,
    former: Path | None,
    as_json: bool,
) -> int:
    """Tạo thư mục kỳ báo cáo và bản phân công phan-cong.xlsx."""
    from lsindicators import pipeline

    if printed is not None or former is not None:
        making = {"--appendix": appendix, "--year": year, "--previous": previous}
        others = [name for name, value in making.items() if value is not None]
        mine = "--print-appendix" if printed is not None else "--compare"
        if printed is not None and former is not None:
            others.append("--compare")
        if others:
            raise click.UsageError(f"{mine} dùng riêng với kỳ đã có, không đi cùng {', '.join(others)}.")
        return _init_existing(ky, printed, former, as_json)
    begun = pipeline.begin(ky, year=year, appendix_file=appendix, previous=previous)
    if as_json:
        return _json(begun.to_json(), begun.exit_code)
    _show_begun(begun)
    first = "trả lời trang Cần xem lại. Sau đó: " if begun.exit_code else ""
    click.echo(f"Việc tiếp theo: {first}{pipeline.next_step(ky)}")
    return begun.exit_code


def _init_existing(ky: Path, printed: Path | None, former: Path | None, as_json: bool) -> int:
    """``init`` with a campaign that is there: print its appendix, or compare it with another."""
    from lsindicators import pipeline

    if printed is not None:
        done = pipeline.print_appendix(ky, printed)
        if as_json:
            return _json(done.to_json(), done.exit_code)
        _tell(done.findings)
        click.echo(f"Đã in phụ lục {len(done.plan.criteria)} tiêu chí: {done.path}")
        return done.exit_code
    assert former is not None
    compared = pipeline.compare(ky, former)
    if as_json:
        return _json(compared.to_json(), compared.exit_code)
    click.echo(f"Phân công năm {compared.plan.year} ({ky}) so với năm {compared.former.year} ({former}):")
    for line in pipeline.told(compared.changes):
        click.echo(line)
    return compared.exit_code


@main.command("generate")
@KY
@click.option("--unit", "units", multiple=True, metavar="MÃ", help="Chỉ lập biểu cho đơn vị này (dùng được nhiều lần).")
def generate_command(ky: Path, units: tuple[str, ...]) -> int:
    """Lập biểu mẫu Excel có khóa cho từng đơn vị, kèm công văn và danh sách gửi."""
    from lsindicators import pipeline

    issued = pipeline.issue(ky, units, _progress)
    fresh = sum(1 for *_, written in issued.forms if written)
    click.echo(f"{len(issued.forms)} biểu mẫu trong {ky / pipeline.FORMS} ({fresh} tệp mới hoặc thay đổi).")
    fresh = sum(1 for *_, written in issued.letters if written)
    lacking = f" ({issued.unaddressed} đơn vị chưa có địa chỉ thư điện tử)" if issued.unaddressed else ""
    click.echo(
        f"{len(issued.letters)} công văn trong {ky / pipeline.LETTERS} ({fresh} tệp mới hoặc thay đổi); "
        f"danh sách gửi {len(issued.parcels)} đơn vị: {issued.mailing}{lacking}."
    )
    for path in issued.strangers:
        click.echo(f"Lưu ý: {path} không còn trong phân công; đừng gửi tệp này.")
    for note in issued.notes:
        click.echo(f"Lưu ý: {note}.")
    _tell(issued.findings)
    if issued.exit_code:
        click.echo(
            "Còn câu hỏi chưa có câu trả lời: trả lời xong rồi chạy lại lsindicators generate, sau đó mới gửi biểu."
        )
    click.echo(f"Việc tiếp theo: {pipeline.next_step(ky)}")
    return issued.exit_code


@main.command("rehearse")
@KY
@click.option("--seed", type=int, default=1, metavar="N", help="Bản diễn tập thứ mấy; cùng số thì cùng kết quả.")
@click.option("--keep", type=FILE, metavar="THƯ MỤC", help="Giữ lại bản diễn tập trong thư mục này để xem.")
@JSON
def rehearse_command(ky: Path, seed: int, keep: Path | None, as_json: bool) -> int:
    """Diễn tập trên số liệu giả định có cài lỗi, xem công cụ có phát hiện hết không."""
    from lsindicators import pipeline

    rehearsed = pipeline.rehearse(ky, seed, keep, _progress)
    if as_json:
        return _json(rehearsed.to_json(), rehearsed.exit_code)
    _show_rehearsed(rehearsed)
    return rehearsed.exit_code


@main.command("read")
@KY
@click.argument("paths", nargs=-1, type=FILE, metavar="[PATH]…")
@click.option(
    "--explain",
    "asked",
    metavar="TỆP",
    help="Chỉ cho biết mọi điều về một tệp (tên tệp, hoặc 8 ký tự đầu của SHA-256 trở lên): nhận khi nào, của ai, lấy số "
    "nào, có được tính không; không đọc, không ghi gì.",
)
@JSON
def read_command(ky: Path, paths: tuple[Path, ...], asked: str | None, as_json: bool) -> int:
    """Đọc các biểu đơn vị gửi về, kiểm tra từng ô, lập phiếu trả lại."""
    from lsindicators import pipeline

    if asked is not None:
        if paths:
            raise click.UsageError(f"--explain dùng riêng, không đi cùng {paths[0]}.")
        explained = pipeline.explain(ky, asked, _progress)
        if as_json:
            return _json(explained.to_json(), explained.exit_code)
        _show_explained(explained)
        return explained.exit_code
    here = Path()
    if not pipeline.is_campaign(ky) and ky.exists() and pipeline.is_campaign(here):
        ky, paths = here, (ky, *paths)
    received = pipeline.receive(ky, paths, _progress)
    if as_json:
        _tell(received.standing.told, err=True)
        _note(received, err=True)
        return _json(received.to_json(), received.exit_code)
    _show_received(received, ky, pipeline.today())
    return received.exit_code


@main.command("status")
@KY
@click.option("--date", "day", callback=_day, metavar="NGÀY", help="Tính đến ngày này; mặc định là hôm nay.")
@click.option(
    "--check", "paper", metavar="MÃ", help="Mã kiểm soát in trên bản giấy đã ký: cho biết đó là biểu nào đã nhận."
)
@click.option(
    "--verify",
    "audit",
    is_flag=True,
    help="Kiểm tra sổ cái: mọi bản gốc còn đủ và còn nguyên, không có tệp lạ; không sửa gì.",
)
@JSON
def status_command(ky: Path, day: date | None, paper: str | None, audit: bool, as_json: bool) -> int:
    """Xem đơn vị nào đã gửi, còn thiếu gì, còn mấy ngày; đối chiếu bản giấy với tệp; kiểm tra sổ cái."""
    from lsindicators import pipeline

    if audit:
        others = [name for name, value in {"--date": day, "--check": paper}.items() if value is not None]
        if others:
            raise click.UsageError(f"--verify dùng riêng, không đi cùng {', '.join(others)}.")
        verified = pipeline.verify(ky)
        if as_json:
            return _json(verified.to_json(), verified.exit_code)
        _show_verified(verified)
        return verified.exit_code
    if paper is not None:
        held = pipeline.hold(ky, paper)
        if as_json:
            return _json(held.to_json(), held.exit_code)
        _show_held(held)
        return held.exit_code
    state = pipeline.state(ky, day or pipeline.today())
    if as_json:
        _tell(state.told, err=True)
        return _json(state.to_json(), state.exit_code)
    _show_state(state)
    return state.exit_code


@main.command("merge")
@KY
@JSON
def merge_command(ky: Path, as_json: bool) -> int:
    """Tổng hợp số liệu toàn tỉnh, tính các tiêu chí, ghi tong-hop.xlsx."""
    from lsindicators import pipeline

    merged = pipeline.compile_table(ky, _progress)
    if as_json:
        _tell(merged.told, err=True)
        return _json(merged.to_json(), merged.exit_code)
    _show_merged(merged)
    click.echo(f"Đã ghi {merged.path}")
    return merged.exit_code


@main.command("report")
@KY
@click.option("--template", type=FILE, metavar="TỆP.docx", help="Mẫu báo cáo riêng thay cho mẫu sẵn có.")
@click.option("--check", is_flag=True, help="Chỉ kiểm tra mẫu báo cáo, không lập báo cáo.")
@click.option("--pdf", is_flag=True, help="In thêm bao-cao.pdf (cần LibreOffice).")
def report_command(ky: Path, template: Path | None, check: bool, pdf: bool) -> int:
    """Lập báo cáo Word bao-cao.docx từ số liệu đã tổng hợp."""
    from lsindicators import pipeline

    if check:
        problems = pipeline.lint_template(template)
        for problem in problems:
            click.echo(problem)
        click.echo("Mẫu báo cáo dùng được." if not problems else f"Mẫu báo cáo có {len(problems)} chỗ cần sửa.")
        return 1 if problems else 0
    reported = pipeline.write_report(ky, template, pdf, _progress)
    _show_merged(reported.merged)
    click.echo(f"Đã ghi {reported.path}")
    if reported.pdf is not None:
        click.echo(f"Đã ghi {reported.pdf}")
    return reported.exit_code


@main.command("export")
@KY
@click.option("--to", type=FILE, metavar="THƯ MỤC", help="Ghi vào thư mục này; mặc định là xuat/ trong kỳ báo cáo.")
@JSON
def export_command(ky: Path, to: Path | None, as_json: bool) -> int:
    """Xuất cho bên ngoài: dữ liệu mở, biểu gửi Bộ KH&CN, phiếu kết quả từng đơn vị."""
    from lsindicators import pipeline

    exported = pipeline.export(ky, to, _progress)
    if as_json:
        _tell(exported.merged.told, err=True)
        return _json(exported.to_json(), exported.exit_code)
    _show_exported(exported)
    return exported.exit_code


@main.command("demo")
@click.argument("folder", type=FILE, default="demo-lang-son-2025", metavar="[DIR]")
def demo_command(folder: Path) -> int:
    """Chạy cả năm công việc trên số liệu giả định, bằng một lệnh."""
    from lsindicators import pipeline

    demo = pipeline.play_year(folder, _progress, click.echo)
    _show_received(demo.received, folder, demo.day)
    _show_merged(demo.merged)
    for fault in demo.uncaught:
        click.echo(f"Chưa phát hiện: {fault}")
    click.echo("\nXem kết quả:")
    for path, what in demo.products:
        click.echo(f"  {path}  –  {what}")
    click.echo(
        f"\nMã thoát {demo.exit_code}: "
        + ("ví dụ cố ý có biểu sai để xem phiếu trả lại." if demo.exit_code else "xong.")
    )
    return demo.exit_code


# ------------------------------------------------------------------ what is shown


def _json(document: dict[str, Any], code: int) -> int:
    click.echo(json.dumps(document, ensure_ascii=False, indent=1))
    return code


def _tell(findings: Iterable[Finding], err: bool = False) -> None:
    for finding in findings:
        click.echo(f"{finding.severity.label}: {finding}", err=err)


def _progress(steps: Sequence[Any], label: str) -> Iterable[Any]:
    """A progress bar on stderr when a person looks at it."""
    if not sys.stderr.isatty() or len(steps) < 5:
        return steps
    from rich.console import Console
    from rich.progress import track

    return track(steps, description=label, console=Console(stderr=True), transient=True)


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[int] = ()) -> None:
    """Print a table; columns in ``numbers`` are right-aligned."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for i, heading in enumerate(headings):
        table.add_column(heading, justify="right" if i in numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*(cell.replace("[", r"\[") for cell in row))
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 140, highlight=False)
    console.print(table)


_SHOWN = 20
"""So many questions are shown on the screen; all of them stand on the sheet."""


def _show_begun(begun: Begun) -> None:
    plan = begun.plan
    click.echo(f"{'Đã lập' if begun.written else 'Đã có sẵn, không đổi'}: {begun.path}")
    if begun.rows:
        click.echo(
            f"Phụ lục {begun.source}: {begun.rows} dòng giao nhiệm vụ; {len(plan.criteria) - begun.new} tiêu chí khớp với "
            f"bộ tiêu chí, {begun.new} tiêu chí mới."
        )
    click.echo(
        f"Năm số liệu {plan.year}: {len(plan.criteria)} tiêu chí, {len(plan.variables)} số liệu, "
        f"{len(plan.owed)} trên {len(plan.units)} đơn vị có số liệu phải gửi."
    )
    names = sum(1 for c in plan.criteria if c.standing is Standing.PROPOSED)
    variables = sum(1 for v in plan.variables if v.standing is Standing.PROPOSED)
    if names or variables:
        click.echo(
            f"Chưa xác nhận: {names} tên tiêu chí và {variables} số liệu thành phần còn là đề xuất; "
            "đối chiếu với văn bản chính thức rồi sửa cột Tính chất."
        )
    if begun.changes:
        from lsindicators.pipeline import told

        click.echo(f"So với phân công của kỳ cũ, phụ lục khác ở {len(begun.changes)} chỗ:")
        for line in told(begun.changes, most=12):
            click.echo(line)
        click.echo(f"Xem đủ: lsindicators init {begun.path.parent} --compare {begun.previous}")
    for note in begun.notes:
        click.echo(f"Lưu ý: {note}")
    if not begun.questions:
        return
    levels = [Severity(q.severity) for q in begun.questions]
    counted = ", ".join(f"{n} {s.label.lower()}" for s in Severity if (n := levels.count(s)))
    click.echo(f"Cần xem lại ({counted}): mở {begun.path}, trang “Cần xem lại”, ghi vào cột Trả lời:")
    for question, level in list(zip(begun.questions, levels, strict=True))[:_SHOWN]:
        place = f"{question.place}, " if question.place else ""
        click.echo(f"  {level.label}, {place}dòng {question.row}: {question.message}")
    if len(levels) > _SHOWN:
        click.echo(f"  … và {len(levels) - _SHOWN} chỗ khác.")


def _show_rehearsed(rehearsed: Rehearsed) -> None:
    from lsindicators.pipeline import KINDS

    counts = rehearsed.counts
    rows = [(code.word, KINDS[code], str(planted), str(caught)) for code, (planted, caught) in counts.items()]
    _table(("Mã", "Kiểu lỗi", "Số chỗ cài", "Phát hiện"), rows, numbers=(2, 3))
    for code, why in rehearsed.not_planted:
        click.echo(f"Không cài được {code.word} ({KINDS[code]}): {why}.")
    if rehearsed.missed:
        click.echo("Chưa phát hiện:")
        missed = [(f.file, f.cell or "", f.code.word, f.typed, f.said) for f in rehearsed.missed]
        _table(("Tệp", "Ô", "Mã", "Đã cài", "Công cụ nói"), missed)
    if rehearsed.false_alarms:
        click.echo("Báo sai:")
        _table(
            ("Tệp", "Ô", "Mã", "Công cụ nói"),
            [(a.file, a.cell or "", a.code, a.message) for a in rehearsed.false_alarms],
        )
    planted, missed_ = len(rehearsed.faults), len(rehearsed.missed)
    click.echo(
        f"Diễn tập năm {rehearsed.year}, bản số {rehearsed.seed}: {rehearsed.forms} biểu mẫu, {rehearsed.files} tệp gửi về trên "
        f"số liệu giả định; cài {planted} chỗ thuộc {len(counts)} kiểu, phát hiện {planted - missed_}, báo sai "
        f"{len(rehearsed.false_alarms)}."
    )
    if rehearsed.folder is not None:
        click.echo(f"Bản diễn tập nằm ở {rehearsed.folder}")
    click.echo(
        "Chưa nên gửi biểu: báo cho người phụ trách công cụ."
        if rehearsed.exit_code
        else "Mọi lỗi đã cài đều được phát hiện, không chỗ nào báo sai: có thể gửi biểu cho đơn vị."
    )


def _show_received(received: Received, ky: Path, today: date) -> None:
    from lsindicators import screen

    screen.show(screen.received(received, ky, today))
    _note(received)


def _note(received: Received, err: bool = False) -> None:
    """What happened besides: originals put right, the book of receipts, an empty folder."""
    for sha256 in received.healed:
        click.echo(f"Lưu ý: bản gốc {sha256} trong sổ cái bị hỏng hoặc mất, đã chép lại từ tệp nhận được.", err=err)
    for note in received.notes:
        click.echo(f"Lưu ý: {note}.", err=err)
    for text in received.held if err else ():
        click.echo(f"Lưu ý: {text}", err=True)
    if received.book is not None and not err:
        click.echo(f"Biên nhận mọi tệp đã nhận: {received.book}")


def _show_explained(explained: Explained) -> None:
    plan = explained.plan
    _tell(explained.empty)
    for i, known in enumerate(explained.known):
        if i:
            click.echo("")
        click.echo(f"SHA-256 {known.sha256}")
        for name in known.names:
            if name not in {r.file for r in known.receipts}:
                click.echo(f"  tệp trên đĩa: {name}")
        for r in known.receipts:
            click.echo(
                f"  biên nhận {r.order}: {r.file}, {r.size} byte, gửi {r.sent_at:%d/%m/%Y %H:%M}, nhận {r.read_at:%d/%m/%Y %H:%M}"
            )
        if known.judged is None:
            click.echo(f"  {known.why}.")
            continue
        verdict = known.judged.verdict
        unit = plan.any_unit.get(verdict.unit or "")
        named = f"{unit.name} ({unit.code})" if unit else verdict.unit or "chưa rõ đơn vị"
        click.echo(f"Đơn vị: {named}; vòng {verdict.round}; mã kiểm soát {verdict.control or 'không có'}")
        for text in dict.fromkeys(t.text for t in known.stamps):
            click.echo(f"Mã nhận dạng: {text}")
        click.echo(
            f"Kết quả: {verdict.status.label}, lấy {verdict.values(plan.year)} số liệu năm {plan.year}; {known.why}."
        )
        _tell(verdict.findings)
        if known.former:
            click.echo(f"Thay cho bản trước của đơn vị: {known.former.receipt.file}")
        _show_taken(explained, known)
        if known.log:
            click.echo("Nhật ký (đã trả lời thế nào, theo bản phân công nào):")
            _table(
                ("Thời điểm", "Kết quả", "Đang tính", "Số liệu", "Lỗi", "Hỏi lại", "Lưu ý", "SHA-256 phan-cong.xlsx"),
                [
                    (f"{line.told_at:%d/%m/%Y %H:%M}", line.status.label, "có" if line.counts else "không",
                     str(line.values), str(line.errors), str(line.questions), str(line.warnings), line.plan[:16] + "…")
                    for line in known.log
                ],
                numbers=(3, 4, 5, 6),
            )  # fmt: skip


def _show_taken(explained: Explained, known: Known) -> None:
    """The values of a return, beside those of the return that it replaced where there was one."""
    variable = explained.plan.variable
    headings = ["Mã số liệu", "Tên số liệu", "Năm", "Lấy được", "Tình trạng", "Ô"]
    rows = []
    for t in known.taken:
        name = variable[t.variable].name if t.variable in variable else ""
        now = values.format_value(t.figure.value) if t.figure else ""
        state = t.figure.state.value if t.figure else "không còn"
        place = (t.figure.at.address or "") if t.figure and t.figure.at else ""
        if t.figure and t.figure.at and t.figure.corrected:
            place = str(t.figure.at)  # in the clerk's own workbook
        row = [t.variable, name, str(t.year), now, state, place]
        rows.append([*row, values.format_value(t.former), "có" if t.changed else ""] if known.former else row)
    if rows:
        _table([*headings, "Bản trước", "Thay đổi"] if known.former else headings, rows, numbers=(3, 6))


def _count(number: int) -> str:
    return str(number) if number else ""


def _show_state(state: State) -> None:
    _tell(state.told)
    rows = [
        (
            state.plan.unit[s.unit].name,
            s.status.label if s.status else "Chưa gửi",
            f"{s.values}/{s.owed}",
            _count(s.open),
            f"{s.sent_at:%d/%m/%Y}" + (" (muộn)" if s.late else "") if s.sent_at else "",
        )
        for s in state.sendings
    ]
    _table(("Đơn vị", "Tình hình", "Số liệu", "Cần sửa", "Ngày gửi"), rows, numbers=(2, 3))
    c = state.summary
    click.echo(
        f"{c['units']} đơn vị: đã nhận {c['accepted']}, nhận một phần {c['partial']}, không nhận {c['rejected']}, "
        f"chưa gửi {c['missing']}; gửi muộn {c['late']}."
    )
    left = state.days_left
    deadline = values.format_date(state.plan.settings.unit_deadline)
    click.echo(
        f"Hạn gửi: trước ngày {deadline}; " + (f"còn {left} ngày." if left >= 0 else f"đã quá hạn {-left} ngày.")
    )


def _show_held(held: Held) -> None:
    for j, counts in held.returns:
        known = held.plan.any_unit.get(j.verdict.unit or "")
        unit = known.name if known else j.verdict.unit
        standing = "đang được tính cho đơn vị" if counts else "không phải bản đang được tính cho đơn vị"
        click.echo(
            f"{held.code}: {unit}, tệp {j.receipt.file} (gửi {j.receipt.sent_at:%d/%m/%Y %H:%M}), {j.verdict.status.label.lower()}, "
            f"{standing}."
        )
    if not held.returns:
        click.echo(
            f"{held.code}: không biểu nào đã đọc có mã này. Bản giấy và tệp gửi về không cùng số liệu, hoặc tệp chưa được đọc; "
            "xem lại mã, chạy lsindicators read, rồi hỏi đơn vị."
        )
    elif held.exit_code:
        click.echo("Đơn vị đã gửi bản khác sau bản này: cần bản giấy ký theo bản đang được tính.")


def _show_verified(verified: Verified) -> None:
    for trouble in verified.troubles:
        click.echo(f"Hỏng: {trouble.message}")
    for note in verified.notes:
        click.echo(f"Lưu ý: {note}.")
    size = values.format_number(Decimal(verified.bytes))
    click.echo(
        f"Đã kiểm tra {verified.receipts} biên nhận, {verified.originals} bản gốc ({size} byte), {verified.log} dòng nhật ký: "
        + (f"{len(verified.troubles)} chỗ hỏng." if verified.troubles else "không có chỗ hỏng nào.")
    )


def _show_merged(merged: Merged) -> None:
    from lsindicators.pipeline import TABLE

    _tell(merged.told)
    rows = []
    for r in merged.results:
        mark = merged.plan.mark(r.criterion)
        rows.append(
            (
                r.criterion.code,
                f"{r.criterion.name} ({mark})" if mark else r.criterion.name,
                r.criterion.measure,
                _printed(r.previous, r),
                _printed(r.value, r) or r.note or "Chưa có số liệu",
                f"{r.reported}/{r.expected}",
            )
        )
    year = merged.plan.year
    _table(("Mã", "Tiêu chí", "Đơn vị tính", str(year - 1), str(year), "Độ phủ"), rows, numbers=(3, 4, 5))
    for conflict in merged.dataset.conflicts:
        click.echo(f"Cần thống nhất: {conflict.variable}: {conflict.message}")
    missing = sum(1 for s in merged.sendings if s.status is None)
    click.echo(
        f"{len(merged.sendings) - missing}/{len(merged.sendings)} đơn vị đã gửi; "
        f"còn thiếu {len(merged.dataset.gaps)} số liệu (trang Còn thiếu của {TABLE})."
    )


def _show_exported(exported: Exported) -> None:
    _tell(exported.merged.told)
    made = {
        "data": "tệp dữ liệu (CSV, JSON, SQLite)",
        "package": "tệp mô tả dữ liệu (datapackage.json)",
        "ministry": "biểu gửi Bộ Khoa học và Công nghệ",
        "unit": "phiếu kết quả của đơn vị",
    }
    for what, words in made.items():
        products = [p for p in exported.products if p.what == what]
        fresh = sum(1 for p in products if p.written)
        if products:
            place = products[0].path if len(products) == 1 else products[0].path.parent
            click.echo(f"{len(products)} {words}: {place} ({fresh} tệp mới hoặc thay đổi).")
    for path in exported.strangers:
        click.echo(f"Lưu ý: {path} là của đơn vị không còn trong phân công; đừng gửi tệp này.")
    merged = exported.merged
    missing = sum(1 for s in merged.sendings if s.status is None)
    click.echo(
        f"{len(merged.sendings) - missing}/{len(merged.sendings)} đơn vị đã gửi; còn thiếu {len(merged.dataset.gaps)} số liệu."
    )
    for conflict in merged.dataset.conflicts:
        click.echo(f"Cần thống nhất: {conflict.variable}: {conflict.message}")
    if exported.exit_code:
        click.echo("Còn chỗ cần người xem: xem lsindicators merge, xử lý xong rồi xuất lại trước khi gửi đi.")


def _printed(value: Decimal | None, result: Result) -> str:
    return "" if value is None else values.format_number(value, result.criterion.decimals)
