"""What the clerk sees of sealings: what was frozen, what ``report`` did instead of writing, what a verification found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from lsindicators import files, values

if TYPE_CHECKING:
    from lsindicators.pipeline import AfterSeal, Sealing, SealsVerified


def show_sealed(sealed: Sealing) -> None:
    """Print where the package is, its code, and what was open in it."""
    package = sealed.package
    if not sealed.fresh:
        click.echo(f"Đã niêm phong từ trước, không có gì thay đổi nên không ghi thêm: {sealed.path}")
    else:
        kind = "báo cáo bổ sung" if package.is_addendum else "báo cáo"
        click.echo(f"Đã niêm phong {kind}: {sealed.path} ({len(package.manifest['members'])} tệp)")
        for name, text in package.manifest["documents"].items():
            click.echo(f"  {name}: {'số ' + text if text else 'chưa ghi số văn bản (--document)'}")
    for note in sealed.notes:
        click.echo(f"Lưu ý, đã ghi vào gói: {note}")
    click.echo(f"Mã niêm phong (ghi vào hồ sơ lưu): {package.code}")
    if sealed.fresh:
        click.echo(f"Sao gói này ra nơi khác (ổ lưu trữ, văn thư). Kiểm tra bất cứ lúc nào: {_verify(sealed)}")


def _verify(sealed: Sealing) -> str:
    return f"{files.command('report', sealed.path.parent.parent)} --verify"


def show_after_seal(after: AfterSeal) -> None:
    """Print what became of reports that were sealed."""
    for note in after.notes:
        click.echo(f"Lưu ý: {note}.")
    for a in after.answers:
        named = f"{a.path.name}{' (số ' + a.document + ')' if a.document else ''}"
        if a.addendum is None:
            click.echo(f"{named} đã niêm phong ({after.package}), số liệu và lời văn không khác: không ghi gì.")
            continue
        criteria, figures, paragraphs = a.corrected
        what = f"{criteria} tiêu chí, {figures} số liệu" + (f", {paragraphs} đoạn văn" if paragraphs else "")
        click.echo(f"{named} đã niêm phong ({after.package}) nên giữ nguyên; nay khác ở {what}.")
        click.echo(f"Đã ghi {a.addendum}" if a.fresh else f"Không đổi: {a.addendum}")
        if a.put_aside is not None:
            click.echo(f"Bản bổ sung trước có chữ người viết thêm được giữ ở {a.put_aside}")
        if a.pdf is not None:
            click.echo(f"Đã ghi {a.pdf}")
        click.echo("Xem, trình ký báo cáo bổ sung, rồi niêm phong tiếp: lsindicators report --seal")


def show_seals(verified: SealsVerified) -> None:
    """Print what each package is, and each thing that is wrong."""
    for c in verified.checked:
        for fault in c.faults:
            click.echo(f"Hỏng: {c.path.name}: {fault.message}")
        for note in c.notes:
            click.echo(f"Lưu ý: {c.path.name}: {note}.")
        if c.package is None:
            continue
        p = c.package
        when = f"niêm phong {p.sealed_at:%H:%M} ngày {values.format_date(p.sealed_at.date())}"
        made = "số liệu chưa tính lại" if c.figures is None else f"đã tính lại {c.figures} số liệu từ biểu gốc"
        sound = "còn nguyên" if not c.faults else f"{len(c.faults)} chỗ hỏng"
        click.echo(f"{c.path.name}: {when}, {len(p.manifest['members'])} tệp, {made}: {sound}.")
        click.echo(f"  Mã niêm phong: {p.code}")
    for trouble in verified.troubles:
        click.echo(f"Hỏng: {trouble.message}")
    if not verified.checked and not verified.troubles:
        click.echo("Kỳ này chưa niêm phong báo cáo nào (lsindicators report --seal).")
