"""What the clerk is told to do next, and that returns which nobody has read are no secret."""

import pytest
from msgspec.structs import replace
from settling import PAPER, begun, fill, plan, run, said, sent

from lsindicators import assignment, pipeline


@pytest.fixture
def issued(tmp_path):
    return begun(tmp_path / "ky", plan())


@pytest.fixture
def disputed(issued):
    for unit in ("so-khcn", "xa-hoa-tham", "phuong-ky-lua"):
        said(issued, unit, **({"C14_B": 431000} if unit == "xa-hoa-tham" else {}))
    run("read", issued)
    return issued


def test_returns_that_were_not_read_are_told(issued):
    said(issued, "so-khcn")
    (issued / "tra-ve" / "~$so-khcn.xlsx").write_bytes(b"x")
    assert pipeline.next_step(issued).startswith("1 tệp trong tra-ve/ chưa đọc, như tra-ve/so-khcn.xlsx.")
    for command in ("merge", "report", "export", "status"):
        code, told = run(command, issued)
        assert (code, "1 tệp chưa đọc nên chưa được tính: tra-ve/so-khcn.xlsx" in told) == (0, True)
    run("read", issued)
    assert "chưa đọc" not in pipeline.next_step(issued) + run("merge", issued)[1]
    said(issued, "so-khcn", C01_A=131313)  # over the former
    assert "1 tệp trong tra-ve/ chưa đọc" in pipeline.next_step(issued)


def test_slips_are_named_only_where_there_are_any(disputed):
    told = pipeline.next_step(disputed)
    assert told.startswith("1 dòng trong dieu-chinh.xlsx") and "phieu-tra-lai" not in told and "hỏi lại đơn vị" in told
    sent(disputed, "so-khcn", C01_A=130000)
    assert "phieu-tra-lai/" in pipeline.next_step(disputed)


def test_one_product_after_the_other(disputed):
    fill(disputed, Quyết_định="Sửa thành", Giá_trị=430000)
    for command, following in (
        ("merge", "trace"),
        ("report", "export"),
        ("export", "publish"),
        ("publish", "read, merge, report, export, publish"),
    ):
        assert run(command, disputed)[0] == 0
        assert following in pipeline.next_step(disputed)


def test_decisions_that_are_gone_come_before_all_else(disputed):
    fill(disputed, Quyết_định="Sửa thành", Giá_trị=430000)
    run("merge", disputed)
    (disputed / PAPER).rename(disputed / "khac.xlsx")
    told = pipeline.next_step(disputed)
    assert "dieu-chinh.xlsx: không còn tệp này" in told and "so-cai/dieu-chinh/" in told


@pytest.mark.parametrize("command", ["merge", "report", "export"])
def test_a_name_that_nobody_has_cleared_up_needs_a_person(issued, command):
    path = issued / "phan-cong.xlsx"
    small = plan()
    first = small.assignments[0]
    unclear = replace(first, lead=(), lead_written="Sở Không Có Thật")
    path.write_bytes(assignment.write(replace(small, assignments=(unclear, *small.assignments[1:]))))
    code, told = run(command, issued)
    assert (code, "Sở Không Có Thật" in told) == (1, True)


def test_after_a_report_that_is_not_certain_the_next_thing_is_told(disputed):
    code, told = run("report", disputed)
    assert (code, "trước khi trình ký" in told) == (1, True)
    assert "trang Còn thiếu của tong-hop.xlsx" not in told  # nobody has made it yet
    run("merge", disputed)
    assert "trang Còn thiếu của tong-hop.xlsx" in run("report", disputed)[1]


@pytest.mark.parametrize("typed", ["so-khcn", "Sở KH&CN", "so-khcn:"])
def test_a_unit_alone_is_no_number(issued, typed):
    code, told = run("trace", issued, typed)
    assert (code, told) == (
        2,
        f"Lỗi: “{typed}” là một đơn vị; ghi thêm dấu hai chấm và mã số liệu, ví dụ so-khcn:C01_A",
    )


def test_the_code_may_stand_before_the_campaign(issued):
    assert run("trace", "KQ07", issued) == run("trace", issued, "KQ07")


def test_beside_a_campaign_its_folder_is_named(issued):
    code, told = run("merge", issued.parent)
    assert code == 2 and told.endswith(f"ghi thư mục kỳ: {issued}")
