"""The commands: options, echo, exit code. Nothing is decided here, and no heavy library is loaded for ``--help``."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from lsindicators import __version__
from lsindicators.errors import LsindicatorsError, reason

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

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
    from lsindicators import values

    day = values.parse_date(value)
    if day is None:
        raise click.BadParameter(f"“{value}” không phải ngày; gõ như 25/3/2026 hoặc 2026-03-25", ctx, param)
    return day


class File(click.Path):
    """A file or a folder; what cannot be opened is told by who opens it, in Vietnamese."""

    def coerce_path_result(self, value: str | os.PathLike[str]) -> Path:
        """The path as typed."""
        return _path(value)


def _path(text: str | os.PathLike[str] = ".") -> Path:
    from pathlib import Path

    return Path(text)


FILE = File(readable=False)
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

        here = _path()
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
    from lsindicators import pipeline, screen

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
    screen.show_begun(begun)
    first = "trả lời trang Cần xem lại. Sau đó: " if begun.exit_code else ""
    click.echo(f"Việc tiếp theo: {first}{pipeline.next_step(ky)}")
    return begun.exit_code


def _init_existing(ky: Path, printed: Path | None, former: Path | None, as_json: bool) -> int:
    """``init`` with a campaign that is there: print its appendix, or compare it with another."""
    from lsindicators import pipeline, screen

    if printed is not None:
        done = pipeline.print_appendix(ky, printed)
        if as_json:
            return _json(done.to_json(), done.exit_code)
        screen.tell(done.findings)
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
    from lsindicators import pipeline, screen

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
    screen.tell(issued.findings)
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
    from lsindicators import pipeline, screen

    rehearsed = pipeline.rehearse(ky, seed, keep, _progress)
    if as_json:
        return _json(rehearsed.to_json(), rehearsed.exit_code)
    screen.show_rehearsed(rehearsed)
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
@click.option(
    "--scheduler",
    metavar="tcp://MÁY:CỔNG",
    help="Kiểm tra trên các máy tính phụ của một bộ điều phối dask có sẵn; chỉ đáng dùng khi có hàng nghìn biểu.",
)
@JSON
def read_command(ky: Path, paths: tuple[Path, ...], asked: str | None, scheduler: str | None, as_json: bool) -> int:
    """Đọc các biểu đơn vị gửi về, kiểm tra từng ô, lập phiếu trả lại."""
    from lsindicators import pipeline, screen

    if asked is not None:
        if paths or scheduler:
            raise click.UsageError(f"--explain dùng riêng, không đi cùng {paths[0] if paths else '--scheduler'}.")
        explained = pipeline.explain(ky, asked, _progress)
        if as_json:
            return _json(explained.to_json(), explained.exit_code)
        screen.show_explained(explained)
        return explained.exit_code
    here = _path()
    if not pipeline.is_campaign(ky) and ky.exists() and pipeline.is_campaign(here):
        ky, paths = here, (ky, *paths)
    received = pipeline.receive(ky, paths, _progress, scheduler)
    if as_json:
        screen.tell(received.standing.told, err=True)
        screen.note(received, err=True)
        return _json(received.to_json(), received.exit_code)
    screen.show_received(received, ky, pipeline.today())
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
    help="Kiểm tra sổ cái và các gói niêm phong: mọi bản gốc còn đủ và còn nguyên, không có tệp lạ; không sửa gì.",
)
@click.option("--xlsx", "page", is_flag=True, help="Ghi thêm tinh-hinh.xlsx: trang tình hình để lãnh đạo xem hoặc in.")
@JSON
def status_command(ky: Path, day: date | None, paper: str | None, audit: bool, page: bool, as_json: bool) -> int:
    """Xem đơn vị nào đã gửi, còn thiếu gì, còn mấy ngày; đối chiếu bản giấy với tệp; kiểm tra sổ cái."""
    from lsindicators import pipeline, screen

    if audit:
        given = {"--date": day, "--check": paper, "--xlsx": page or None}
        others = [name for name, value in given.items() if value is not None]
        if others:
            raise click.UsageError(f"--verify dùng riêng, không đi cùng {', '.join(others)}.")
        verified = pipeline.verify(ky)
        if as_json:
            return _json(verified.to_json(), verified.exit_code)
        screen.show_verified(verified)
        return verified.exit_code
    if paper is not None:
        if page:
            raise click.UsageError("--check dùng riêng, không đi cùng --xlsx.")
        held = pipeline.hold(ky, paper)
        if as_json:
            return _json(held.to_json(), held.exit_code)
        screen.show_held(held)
        return held.exit_code
    today = day or pipeline.today()
    written = pipeline.write_state(ky, today, _progress) if page else None
    state = pipeline.state(ky, today) if written is None else written.state
    if as_json:
        screen.tell(state.told, err=True)
        return _json(state.to_json(), state.exit_code)
    screen.show_state(state)
    if written is not None:
        click.echo(f"Đã ghi {written.path}" if written.fresh else f"Không đổi: {written.path}")
    return state.exit_code


@main.command("remind")
@KY
@click.option("--date", "day", callback=_day, metavar="NGÀY", help="Lập cho ngày này; mặc định là hôm nay.")
@JSON
def remind_command(ky: Path, day: date | None, as_json: bool) -> int:
    """Lập công văn đôn đốc và thư nháp cho đơn vị chưa gửi, gửi thiếu hoặc còn chỗ phải làm rõ."""
    from lsindicators import pipeline, screen

    reminding = pipeline.remind(ky, day or pipeline.today(), _progress)
    if as_json:
        screen.tell((*reminding.told, *reminding.unread), err=True)
        return _json(reminding.to_json(), reminding.exit_code)
    screen.show_reminded(reminding, ky)
    return reminding.exit_code


@main.command("merge")
@KY
@JSON
def merge_command(ky: Path, as_json: bool) -> int:
    """Tổng hợp số liệu toàn tỉnh, tính các tiêu chí, ghi tong-hop.xlsx."""
    from lsindicators import pipeline, screen

    merged = pipeline.compile_table(ky, _progress)
    if as_json:
        screen.tell(merged.told, err=True)
        return _json(merged.to_json(), merged.exit_code)
    screen.show_merged(merged)
    click.echo(f"Đã ghi {merged.path}")
    return merged.exit_code


@main.command("trace")
@click.argument("words", nargs=-1, metavar="[KY] MÃ")
@click.option(
    "--docx", type=FILE, metavar="TỆP.docx", help="Ghi thêm phụ lục truy nguyên bằng Word cho người kiểm tra."
)
@JSON
@click.pass_context
def trace_command(ctx: click.Context, words: tuple[str, ...], docx: Path | None, as_json: bool) -> int:
    """Truy nguyên một con số: cách tính, đơn vị, tệp, ô, thời điểm, quyết định.

    MÃ là tiêu chí (KQ07), số liệu toàn tỉnh (C09_A), số liệu của một đơn vị (so-khcn:C09_A); thêm @-1 là của năm trước.
    """
    from lsindicators import pipeline, screen

    ky, code = _traced(ctx, words)
    traced = pipeline.trace(ky, code, docx, _progress)
    if as_json:
        screen.tell(traced.told, err=True)
        return _json(traced.to_json(), traced.exit_code)
    screen.show_traced(traced)
    return traced.exit_code


def _traced(ctx: click.Context, words: tuple[str, ...]) -> tuple[Path, str]:
    """The campaign and the code; with one word alone the campaign is the current folder."""
    if len(words) > 2:
        raise click.UsageError(f"Got unexpected extra argument ({words[2]})", ctx)
    if not words or (len(words) == 1 and _path(words[0]).is_dir()):
        raise click.MissingParameter(ctx=ctx, param=ctx.command.params[0])
    if len(words) == 1:
        return _path(), words[0]
    ky, code = words
    if _path(code).is_dir() and not _path(ky).exists():
        ky, code = code, ky  # the other way round
    return _path(ky), code


@main.command("report")
@KY
@click.option("--template", type=FILE, metavar="TỆP.docx", help="Mẫu báo cáo riêng thay cho mẫu sẵn có.")
@click.option("--check", is_flag=True, help="Chỉ kiểm tra mẫu báo cáo, không lập báo cáo.")
@click.option("--pdf", is_flag=True, help="In thêm bao-cao.pdf (cần LibreOffice).")
@click.option(
    "--format",
    "finished",
    type=FILE,
    metavar="TỆP.docx",
    help="Chỉ kiểm tra thể thức một tệp Word đã có (báo cáo, công văn) theo Nghị định 30, không lập báo cáo.",
)
@click.option(
    "--seal",
    "sealing",
    is_flag=True,
    help="Niêm phong báo cáo đã ký đang nằm trong kỳ, với mọi thứ làm ra nó, vào niem-phong/; không lập lại báo cáo.",
)
@click.option(
    "--document",
    "documents",
    multiple=True,
    metavar="SỐ",
    help='Với --seal: số, ký hiệu, ngày của văn bản đã ký, như "12/BC-SKHCN ngày 09/4/2026" (dùng được nhiều lần).',
)
@click.option(
    "--signed",
    type=FILE,
    multiple=True,
    metavar="TỆP",
    help="Với --seal: bản quét có chữ ký, hoặc tệp đã ký số, cho vào gói (dùng được nhiều lần).",
)
@click.option(
    "--verify",
    "package",
    is_flag=False,
    flag_value="",
    default=None,
    metavar="[GÓI.zip]",
    help="Kiểm tra gói niêm phong và tính lại số liệu từ biểu gốc; không ghi tên gói thì kiểm tra mọi gói của kỳ.",
)
@JSON
def report_command(
    ky: Path,
    template: Path | None,
    check: bool,
    pdf: bool,
    finished: Path | None,
    sealing: bool,
    documents: tuple[str, ...],
    signed: tuple[Path, ...],
    package: str | None,
    as_json: bool,
) -> int:
    """Lập báo cáo Word bao-cao.docx từ số liệu đã tổng hợp; niêm phong báo cáo đã ký; kiểm tra bản niêm phong."""
    from lsindicators import pipeline, screen

    making = {"--template": template is not None, "--check": check, "--pdf": pdf}
    apart = {"--format": finished is not None, "--seal": sealing, "--verify": package is not None}
    asked = [name for name, given in apart.items() if given]
    others = [*asked[1:], *(name for name, given in making.items() if given)]
    if asked and others:
        raise click.UsageError(f"{asked[0]} dùng riêng, không đi cùng {', '.join(others)}.")
    if (documents or signed) and not sealing:
        raise click.UsageError("--document và --signed chỉ dùng với --seal.")
    if finished is not None:
        inspected = pipeline.inspect(finished)
        if as_json:
            return _json(inspected.to_json(), inspected.exit_code)
        screen.show_inspected(inspected)
        return inspected.exit_code
    if package is not None:
        return _verify_seals(ky, package, as_json)
    if sealing:
        sealed = pipeline.seal(ky, documents, signed, progress=_progress)
        if as_json:
            return _json(sealed.to_json(), sealed.exit_code)
        screen.show_sealed(sealed)
        return sealed.exit_code
    if check:
        judged = pipeline.check_template(template)
        for fault in judged.faults:
            click.echo(fault)
        for note in judged.notes:
            click.echo(f"Lưu ý: {note}")
        faults = len(judged.faults)
        click.echo("Mẫu báo cáo dùng được." if not faults else f"Mẫu báo cáo có {faults} chỗ cần sửa.")
        return 1 if faults else 0
    reported = pipeline.write_report(ky, template, pdf, _progress)
    if as_json:
        screen.tell(reported.merged.told, err=True)
        return _json(reported.to_json(), reported.exit_code)
    screen.show_reported(reported)
    return reported.exit_code


def _verify_seals(ky: Path, package: str, as_json: bool) -> int:
    """Go through the package that is named, or all of the campaign."""
    from lsindicators import pipeline, screen

    if package and _path(package).is_dir():  # the campaign was named behind the option
        ky, package = _path(package), ""
    verified = pipeline.verify_package(ky, _path(package)) if package else pipeline.verify_all(ky)
    if as_json:
        return _json(verified.to_json(), verified.exit_code)
    screen.show_seals(verified)
    return verified.exit_code


@main.command("export")
@KY
@click.option("--to", type=FILE, metavar="THƯ MỤC", help="Ghi vào thư mục này; mặc định là xuat/ trong kỳ báo cáo.")
@JSON
def export_command(ky: Path, to: Path | None, as_json: bool) -> int:
    """Xuất cho bên ngoài: dữ liệu mở, biểu gửi Bộ KH&CN, phiếu kết quả từng đơn vị."""
    from lsindicators import pipeline, screen

    exported = pipeline.export(ky, to, _progress)
    if as_json:
        screen.tell(exported.merged.told, err=True)
        return _json(exported.to_json(), exported.exit_code)
    screen.show_exported(exported)
    return exported.exit_code


@main.command("publish")
@KY
@click.option(
    "--to", type=FILE, metavar="THƯ MỤC", help="Ghi vào thư mục này; mặc định là cong-khai/ trong kỳ báo cáo."
)
@JSON
def publish_command(ky: Path, to: Path | None, as_json: bool) -> int:
    """Lập bản công khai cho người dân, báo chí: trang web một tệp, tóm tắt hai trang, dữ liệu mở."""
    from lsindicators import pipeline, screen

    published = pipeline.publish(ky, to, _progress)
    if as_json:
        screen.tell(published.merged.told, err=True)
        return _json(published.to_json(), published.exit_code)
    screen.show_published(published)
    return published.exit_code


@main.command("demo")
@click.argument("folder", type=FILE, default="demo-lang-son-2025", metavar="[DIR]")
def demo_command(folder: Path) -> int:
    """Chạy cả năm công việc trên số liệu giả định, bằng một lệnh."""
    from lsindicators import pipeline, screen

    demo = pipeline.play_year(folder, _progress, click.echo)
    screen.show_received(demo.received, folder, demo.day)
    screen.show_merged(demo.merged)
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


# ------------------------------------------------------------------ what every command does alike


def _json(document: dict[str, Any], code: int) -> int:
    import json

    click.echo(json.dumps(document, ensure_ascii=False, indent=1))
    return code


def _progress(steps: Sequence[Any], label: str) -> Iterable[Any]:
    """A progress bar on stderr when a person looks at it."""
    if not sys.stderr.isatty() or len(steps) < 5:
        return steps
    from rich.console import Console
    from rich.progress import track

    return track(steps, description=label, console=Console(stderr=True), transient=True)
