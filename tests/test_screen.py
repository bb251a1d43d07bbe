"""The clerk's screen after ``read``: who must mend what, whose file is nobody's, who is done, who is missing, what next."""

import re
import shutil
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from campaigns import NUMBERS, send
from click.testing import CliRunner
from rich.console import Console

from lsindicators import files, pipeline, screen
from lsindicators.cli import main
from lsindicators.errors import OutputLockedError
from lsindicators.screen import received

DAY = date(2026, 3, 28)


def shown(campaign, *paths, day=DAY, terminal=False, width=screen.WIDTH) -> str:
    received = pipeline.receive(campaign, paths)
    console = Console(file=StringIO(), width=width, force_terminal=terminal, highlight=False, emoji=False)
    for part in screen.account(received, Path("ky-2025"), day):
        console.print(part)
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines())


def words(text: str) -> str:
    """``text`` on one line."""
    return re.sub(r"\s+", " ", text)


def is_title(line: str) -> bool:
    return line[:2].isalpha() and line[:2].isupper()


def section(text: str, begin: str) -> str:
    """The heading that begins so, and the lines below it, up to the next one."""
    lines = text.splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith(begin))
    last = next((n for n, line in enumerate(lines) if n > first and is_title(line)), len(lines))
    return "\n".join(lines[first:last])


def test_the_whole_screen(campaign):
    send(campaign, "xa-hoa-tham", "UBND xã.xlsx", F12="ba người", F13=None)
    send(campaign, "so-khcn")
    shutil.copy(campaign / "tra-ve" / "so-khcn.xlsx", campaign / "tra-ve" / "z.xlsx")
    (campaign / "tra-ve" / "bao cao.pdf").write_bytes(b"%PDF-1.7\n1 0 obj")
    text = shown(campaign)
    assert [line for line in text.splitlines() if is_title(line)] == [
        "PHẢI SỬA HOẶC TRẢ LỜI: 1 đơn vị",
        "CHƯA BIẾT CỦA ĐƠN VỊ NÀO: 1 tệp, chưa lấy số nào",
        "KHÔNG TÍNH: 1 tệp của đơn vị đã có bản khác",
        "ĐÃ XONG: 1 đơn vị",
        "CHƯA GỬI: 1 đơn vị",
        "VIỆC TIẾP THEO",
    ]
    mend = section(text, "PHẢI SỬA")
    for piece in ("Xã Hoa Thám", "Nhận một phần", "UBND xã.xlsx", "2/5", "→ phieu-tra-lai/xa-hoa-tham.xlsx"):
        assert piece in mend
    row = next(line for line in mend.splitlines() if "Xã Hoa Thám" in line)
    assert re.search(r"2/5 +2 +Lỗi: F", row)
    assert "bao cao.pdf" in section(text, "CHƯA BIẾT") and "tệp PDF" in words(section(text, "CHƯA BIẾT"))
    assert "tra-ve/z.xlsx: Sở Khoa học và Công nghệ, trùng tệp đã nhận, đang tính so-khcn.xlsx" in text
    assert "7/8" in section(text, "ĐÃ XONG")
    assert "Phường Kỳ Lừa" in section(text, "CHƯA GỬI")
    assert "3 đơn vị: đã xong 1, phải sửa 1, chưa gửi 1. Hạn gửi: trước ngày 01/4/2026, còn 3 ngày." in words(text)
    steps = words(section(text, "VIỆC TIẾP THEO"))
    for command in (
        "ky-2025/phieu-tra-lai",
        "lsindicators status ky-2025",
        "lsindicators read ky-2025",
        "lsindicators merge ky-2025",
    ):
        assert command in steps
    assert "lsindicators read ky-2025 --explain TỆP" in steps


def test_a_hundred_columns_and_no_colour_codes_in_a_pipe(campaign):
    send(campaign, "xa-hoa-tham", f"{'rất dài ' * 20}.xlsx", F12="ba " * 80)
    send(campaign, "so-khcn", F12=90)
    done = CliRunner().invoke(main, ["read", str(campaign)])
    assert done.exit_code == 1
    assert max(map(len, done.output.splitlines())) <= screen.WIDTH
    assert "\x1b" not in done.output
    assert all(line == line.rstrip() for line in done.output.splitlines())


def test_a_terminal_has_colours_and_the_same_words(campaign):
    send(campaign, "xa-hoa-tham", F12="ba người")
    plain, coloured = shown(campaign), shown(campaign, terminal=True)
    assert "\x1b[" in coloured
    bare = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert [line.rstrip() for line in bare.splitlines()] == plain.splitlines()


@pytest.mark.parametrize("width", [60, 80])
def test_a_narrow_window_loses_no_word(campaign, width):
    send(campaign, "xa-hoa-tham", F12="ba người")
    text = shown(campaign, width=width)
    assert max(map(len, text.splitlines())) <= width
    assert "lsindicators merge ky-2025" in words(text) and "Lỗi: F12" in words(text)


def test_square_brackets_in_names_are_no_markup(campaign):
    send(campaign, "xa-hoa-tham", "[bold]xã [1].xlsx", F12="[red]ba[/red]")
    send(campaign, "so-khcn", "[link=x]a.xlsx")
    shutil.copy(campaign / "tra-ve" / "[link=x]a.xlsx", campaign / "tra-ve" / "z[b].xlsx")
    text = words(shown(campaign))
    assert "[bold]xã [1].xlsx" in text
    assert "[red]ba[/red]" in text
    assert "z[b].xlsx" in text and "[link=x]a.xlsx" in text


def test_the_order_of_the_files_is_no_matter(campaign):
    for unit in NUMBERS:
        send(campaign, unit, F12=None)
    sources = sorted((campaign / "tra-ve").iterdir())
    first = shown(campaign, *sources)
    assert shown(campaign, *reversed(sources)) == first
    units = ("Sở Khoa học", "Xã Hoa Thám", "Phường Kỳ Lừa")  # the order of the plan
    assert sorted(units, key=first.index) == list(units)


def test_every_cell_to_mend_is_on_the_screen_or_the_screen_says_where(campaign):
    cells = {"F12": "x", "F13": 1.5, "F17": "=1+1", "F18": "1,234", "F21": "#REF!", "F24": "Có lẽ"}
    send(campaign, "so-khcn", **cells)
    received = pipeline.receive(campaign)
    (judged,) = received.returns
    stops = {f.at.address for f in judged.verdict.findings if f.severity.stops}
    assert len(stops) == 6
    text = words(shown(campaign))
    told = {cell for cell in stops if re.search(rf"\b{cell}\b", text)}
    left = int(re.search(r"… và (\d+) chỗ khác, xem phiếu trả lại", text)[1])
    assert len(told) + left == 6
    assert "--explain" in text and "--json" in text


def test_a_return_of_which_nothing_was_taken_has_its_reason_and_a_slip(campaign):
    shutil.copy(campaign / "bieu-mau" / "xa-hoa-tham.xlsx", campaign / "tra-ve" / "trong.xlsx")
    mend = section(shown(campaign), "PHẢI SỬA")
    assert "Không nhận" in mend and "chưa điền ô nào" in mend and "→ phieu-tra-lai/xa-hoa-tham.xlsx" in mend


def test_an_empty_form_after_a_good_one_is_told_in_a_line(campaign):
    send(campaign, "xa-hoa-tham", "tot.xlsx")
    shutil.copy(campaign / "bieu-mau" / "xa-hoa-tham.xlsx", campaign / "tra-ve" / "trong.xlsx")
    text = words(shown(campaign))
    assert re.search(r"tra-ve/trong\.xlsx: Xã Hoa Thám, không nhận \([^)]*chưa điền ô nào\), đang tính tot\.xlsx", text)
    assert "ĐÃ XONG: 1 đơn vị" in text


def test_what_other_readings_left_open_is_counted(campaign):
    send(campaign, "xa-hoa-tham", F12=None)
    shown(campaign)
    later = send(campaign, "so-khcn", F12=None)
    text = shown(campaign, later)
    assert "PHẢI SỬA HOẶC TRẢ LỜI: 1 đơn vị" in text
    assert "Còn 1 đơn vị khác phải sửa từ những lần đọc trước; xem: lsindicators status ky-2025" in text


def test_when_all_is_in_the_next_step_is_merge(campaign):
    for unit in NUMBERS:
        send(campaign, unit)
    text = shown(campaign)
    assert "1. Đã đủ biểu của mọi đơn vị. Tổng hợp: lsindicators merge ky-2025" in text
    assert "PHẢI SỬA" not in text and "CHƯA GỬI" not in text


def test_nothing_came(campaign):
    text = shown(campaign)
    assert "Đã đọc 0 tệp: không có tệp nào." in text
    assert "CHƯA GỬI: 3 đơn vị" in text


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2026, 3, 30), "còn 1 ngày"),
        (date(2026, 3, 31), "hôm nay là ngày cuối"),
        (date(2026, 4, 1), "đã quá hạn 1 ngày"),
    ],
)
def test_days_to_the_deadline(campaign, day, told):
    assert f"trước ngày 01/4/2026, {told}." in words(shown(campaign, day=day))


def test_warnings_of_a_unit_that_is_done_are_counted(campaign):
    send(campaign, "xa-hoa-tham", H12=None, H13=None)
    assert "Có lưu ý, số vẫn được lấy: Xã Hoa Thám (2)." in words(shown(campaign))


def test_a_slip_that_is_open_in_excel_is_told_first(campaign, monkeypatch):
    send(campaign, "xa-hoa-tham", F12=None)
    real = files.write

    def refuse(path, content, **how):
        if path.suffix == ".xlsx" and path.parent.name == "phieu-tra-lai":
            raise OutputLockedError(f"{path}: tệp đang mở trong Excel hoặc Word; hãy đóng rồi chạy lại")
        return real(path, content, **how)

    monkeypatch.setattr(files, "write", refuse)
    text = words(shown(campaign))
    assert "chưa ghi được phiếu trả lại" in text
    assert "1. Đóng tệp rồi chạy lại lsindicators read ky-2025: " in text
    assert "xa-hoa-tham.xlsx:tệpđangmở" in text.replace(" ", "")


def test_after_merge_what_does_not_go_together_and_what_is_covered():
    from decimal import Decimal

    from conftest import small_plan
    from msgspec.structs import replace

    from lsindicators import merge
    from lsindicators.model import CellRef, Choice, Conflict, Settlement, Side
    from lsindicators.pipeline.results import Merged

    plan = small_plan()
    plan = replace(plan, settings=replace(plan.settings, coverage=Decimal(90)))
    dataset, findings = merge.combine(plan, [], {}, set())
    decided = Settlement(
        code="conflict", variable="C14_B", year=2025, rule="", said="so-a: 5; so-b: 6", choice=Choice.TAKE, unit="so-b",
        value=None, reason="Đã đối chiếu", document="15/BB", dated=date(2026, 4, 2), at=CellRef("dieu-chinh.xlsx"),
    )  # fmt: skip
    sides = (Side(label="so-a", value=Decimal(5)), Side(label="so-b", value=Decimal(6)))
    row = Conflict(code="conflict", variable="C14_B", year=2025, sides=sides, message="khác nhau")
    doubts = tuple(
        replace(row, code="large-change", variable=f"C{i:02d}_A", severity="warning", message="tăng") for i in range(15)
    )
    merged = Merged(
        path=Path("tong-hop.xlsx"), plan=plan, dataset=dataset, results=(), sendings=(), findings=findings, answers={},
        mending=False, differences=(row, replace(row, settled=decided), *doubts),
    )  # fmt: skip
    console = Console(file=StringIO(), width=screen.WIDTH, highlight=False, emoji=False)
    for part in screen.compared(merged):
        console.print(part)
    text = console.file.getvalue()
    assert [line for line in text.splitlines() if is_title(line)] == [
        "PHẢI THỐNG NHẤT HOẶC TRẢ LỜI: 1 chỗ",
        "NÊN XEM LẠI KHI ĐỐI CHIẾU: 15 chỗ, số vẫn được tính",
        "ĐÃ QUYẾT ĐỊNH: 1 chỗ",
    ]
    assert "Lỗi: C14_B: khác nhau" in section(text, "PHẢI")
    assert "… và 3 chỗ khác, xem trang Đối chiếu" in section(text, "NÊN")
    told = "C14_B: so-a: 5; so-b: 6; lấy số của đơn vị so-b (15/BB ngày 02/4/2026; lý do: Đã đối chiếu)"
    assert told in words(section(text, "ĐÃ"))
    assert "8/8 số liệu có độ phủ dưới 90%, thấp nhất: C01_A 0/3, C01_B 0/3, C09_A 0/3" in words(text)
    assert merged.exit_code == 1
    assert replace(merged, differences=merged.differences[1:]).exit_code == 0


@pytest.mark.parametrize(("width", "across"), [(100, 4), (99, 4), (98, 3), (60, 2), (30, 1)])
def test_names_stand_side_by_side_as_far_as_there_is_room(width, across):
    cells = [("Sở KH&CN", "48/53"), ("Thuế tỉnh Lạng Sơn", "1/2"), ("Xã Hoa Thám", "27/34"), ("Công an tỉnh", "2/2")]
    console = Console(file=StringIO(), width=width, highlight=False)
    console.print(received._Names(cells))
    lines = [line.rstrip() for line in console.file.getvalue().splitlines()]
    told = [f"{name:<18} {figure:>5}" for name, figure in cells]
    assert lines == [" ".join(told[n : n + across]) for n in range(0, len(told), across)]
