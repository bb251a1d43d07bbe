"""What the clerk sees after ``publish``: what was written, where it goes, and whether it can go out today."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from lsindicators.screen.merged import unanswered
from lsindicators.screen.parts import show
from lsindicators.screen.tables import tell

if TYPE_CHECKING:
    from lsindicators.pipeline import Published

_MADE = {
    "page": "Trang công khai",
    "summary": "Bản tóm tắt hai trang",
    "data": "Dữ liệu mở (cũng nằm sẵn trong trang công khai)",
}
_NAMED = 3


def show_published(published: Published) -> None:
    """Print each file with its place and size, what is lacking in it, and what must be looked at before it goes out."""
    merged = published.merged
    tell(merged.told)
    for p in published.products:
        size = f"{max(1, round(p.size / 1024))} KB"
        click.echo(f"{_MADE[p.what]}: {p.path} ({size}{'' if p.written else ', không đổi'}).")
    if published.kept is not None:
        click.echo(
            f"{published.kept} có lời của anh/chị nên được giữ nguyên; bản mới nằm cạnh đó. Số liệu trong bản cũ có thể đã khác."
        )
    for path in published.strangers[:_NAMED]:
        click.echo(f"Lưu ý: {path} không do lệnh này lập; xem kỹ trước khi đưa cả thư mục lên mạng.")
    if len(published.strangers) > _NAMED:
        click.echo(f"Lưu ý: và {len(published.strangers) - _NAMED} tệp khác như vậy trong thư mục đó.")
    if not published.contact:
        click.echo(
            "Chưa có dòng Liên hệ công khai ở trang Kỳ báo cáo nên trang chỉ ghi tên cơ quan tổng hợp; muốn có số điện "
            "thoại cho người dân hỏi thì thêm dòng đó rồi chạy lại."
        )
    show(unanswered(merged))
    if not published.exit_code and not merged.collection.sent:
        click.echo("Chưa nên công khai: chưa đơn vị nào gửi số liệu dùng được.")
        return
    if not published.exit_code and merged.told:
        click.echo("Chưa nên công khai: xử lý các lưu ý ở đầu rồi chạy lại lsindicators publish.")
        return
    if not published.exit_code:
        click.echo("Đưa cả thư mục lên trang thông tin điện tử, hoặc gửi riêng tệp index.html: một mình nó là đủ.")
        return
    to_mend = merged.collection.to_mend
    open_ = [
        text
        for number, text in (
            (published.disputed, f"{published.disputed} chỗ các số chưa thống nhất"),
            (to_mend, f"{to_mend} đơn vị còn số phải sửa, làm rõ"),
        )
        if number
    ]
    marked = sum(1 for r in merged.results if r.criterion.code in published.provisional and r.criterion.parent is None)
    click.echo(
        f"Chưa nên công khai: còn {' và '.join(open_) or 'chỗ cần người xem'}; "
        f"{marked} tiêu chí ghi “Tạm tính” trong trang. Chạy lsindicators merge, xử lý xong rồi chạy lại lsindicators publish."
    )
