"""Who is reminded and who is left in peace, by whom, until when; that letters and e-mails say what is so, and lose nothing."""

import email
import email.policy
import importlib
import io
import json
import re
import shutil
import zipfile
from datetime import date, datetime
from pathlib import Path

import docx
import office
import pytest
import settling
from campaigns import begun, send
from conftest import small_plan
from msgspec.structs import replace
from settling import run
from test_letters import MANY, lines, planned, remark, template

from lsindicators import assignment, files, inbox, layout, letters, papers, pipeline, summary
from lsindicators.findings import Code
from lsindicators.model import HANOI, CellRef, Conflict, Figure, Side, Signature, State, Unit
from lsindicators.papers import Sender

DAY = date(2026, 3, 27)
AFTER = 1_775_100_000  # 02/4/2026
remind = importlib.import_module("lsindicators.pipeline.reminding")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    campaign = begun(tmp_path_factory.mktemp("nhac") / "ky")
    send(campaign, "so-khcn")
    send(campaign, "xa-hoa-tham", F12="ba")
    run("read", campaign)
    return campaign


@pytest.fixture
def mixed(made, tmp_path):
    """One unit has answered, one has something to mend, one has sent nothing."""
    return Path(shutil.copytree(made, tmp_path / "ky"))


def told(campaign, day=DAY, code=None):
    """What ``remind --json`` says of a day."""
    exit_code, printed = run("remind", campaign, "--date", day.isoformat(), "--json")
    assert code is None or exit_code == code
    return json.loads(printed)


def body(campaign, path):
    return "\n".join(lines((campaign / path).read_bytes()))


# ------------------------------------------------------------------ who


def test_who_is_reminded_and_who_is_left_in_peace(mixed):
    found = told(mixed, code=0)
    folder = "don-doc/2026-03-27-lan-1"
    assert {k: v for k, v in found.items() if k != "units"} == {
        "date": "2026-03-27",
        "round": 1,
        "sender": "compiler",
        "until": "2026-04-01",
        "folder": folder,
        "letter": f"{folder}/cong-van-don-doc.docx",
        "at_peace": 1,
        "promised": [],
        "kept": [],
        "stale": [],
        "held": [],
    }
    mending, absent = found["units"]
    assert mending == {
        "unit": "xa-hoa-tham",
        "name": "Xã Hoa Thám",
        "why": "incomplete",
        "missing": ["C01_A"],
        "open": 1,
        "conflicts": [],
        "letter": f"{folder}/xa-hoa-tham.docx",
        "mail": f"{folder}/xa-hoa-tham.eml",
        "attached": "phieu-tra-lai/xa-hoa-tham.xlsx",
    }
    assert (absent["unit"], absent["why"], absent["open"]) == ("phuong-ky-lua", "no-return", 0)
    assert absent["missing"] == ["C01_A", "C01_B", "C09_A", "C43_A", "C43_B"]
    assert absent["attached"] == "bieu-mau/phuong-ky-lua.xlsx"
    assert sorted(p.name for p in (mixed / folder).iterdir()) == [
        *("cong-van-don-doc.docx", "phuong-ky-lua.docx", "phuong-ky-lua.eml", "xa-hoa-tham.docx", "xa-hoa-tham.eml")
    ]


def test_where_all_have_answered_nothing_is_written_however_late(mixed):
    send(mixed, "xa-hoa-tham", "hai.xlsx", AFTER)
    send(mixed, "phuong-ky-lua", moment=AFTER)
    run("read", mixed)
    found = told(mixed, date(2026, 4, 2), code=0)
    assert (found["units"], found["folder"], found["letter"], found["at_peace"]) == ([], None, None, 3)
    assert not (mixed / "don-doc").exists()
    assert "Không đơn vị nào phải nhắc (3 đơn vị đã gửi đủ)" in run("remind", mixed, "--date", "2/4/2026")[1]


def test_with_nothing_received_all_are_reminded(tmp_path):
    found = told(begun(tmp_path / "ky"), code=0)
    assert [u["why"] for u in found["units"]] == ["no-return"] * 3
    assert "chưa có cơ quan, đơn vị nào trong 03 cơ quan, đơn vị gửi biểu đầy đủ" in body(
        tmp_path / "ky", found["letter"]
    )


def test_a_reason_for_no_figure_yet_is_no_debt(mixed):
    send(mixed, "phuong-ky-lua", F12=None, G12="Chưa có số liệu", H12=None, I12="Đang rà soát, có vào tháng 4")
    run("read", mixed)
    found = told(mixed, code=0)
    assert [u["unit"] for u in found["units"]] == ["xa-hoa-tham"]
    assert found["promised"] == [{"unit": "phuong-ky-lua", "missing": ["C01_A"]}]
    assert "phuong-ky-lua (C01_A)" in run("remind", mixed, "--date", "27/3/2026")[1]
    send(
        mixed,
        "phuong-ky-lua",
        "hai.xlsx",
        AFTER,
        F12=None,
        G12="Chưa có số liệu",
        H12=None,
        I12="Đang rà soát",
        F13=None,
        H13=None,
    )
    run("read", mixed)
    owing = told(mixed)["units"][1]
    assert (owing["unit"], owing["missing"]) == ("phuong-ky-lua", ["C01_B"])
    assert "Đã báo chưa có số liệu: C01_A." in body(mixed, told(mixed)["letter"])


def test_a_return_of_which_nothing_can_be_used_is_told_as_one(mixed):
    blank = (mixed / "bieu-mau" / "phuong-ky-lua.xlsx").read_bytes()
    (mixed / "tra-ve" / "trong.xlsx").write_bytes(blank)
    run("read", mixed)
    found = told(mixed)["units"][1]
    assert (found["why"], len(found["missing"]), found["attached"]) == (
        "unusable",
        5,
        "phieu-tra-lai/phuong-ky-lua.xlsx",
    )
    said = body(mixed, found["letter"])
    assert "đã nhận tệp “trong.xlsx”" in said and "chưa lấy được số liệu nào, vì:\n- Biểu mẫu chưa điền ô nào." in said


def test_a_unit_whose_figures_the_clerk_has_all_put_in_owes_nothing(tmp_path, monkeypatch):
    """A paper return that the clerk typed into dieu-chinh.xlsx is an answer."""
    current = campaign_standing(tmp_path, send_all=False)
    table = current.dataset()
    filled = replace(table, gaps=tuple(g for g in table.gaps if g.unit != "phuong-ky-lua"))
    monkeypatch.setattr(type(current), "dataset", lambda _: filled)
    listed, _, _ = remind.owing(current, {})
    assert "phuong-ky-lua" not in {one.unit.code for one in listed}


def campaign_standing(folder, send_all=True):
    from lsindicators.pipeline.campaign import read_plan
    from lsindicators.pipeline.standing import standing

    campaign = begun(folder / "ky")
    for unit in ("so-khcn", "xa-hoa-tham", "phuong-ky-lua")[: 3 if send_all else 2]:
        send(campaign, unit)
    run("read", campaign)
    return standing(campaign, read_plan(campaign)[0])


def test_units_that_disagree_are_written_to_on_both_sides(tmp_path):
    campaign = settling.campaign(tmp_path / "ky")
    settling.sent(campaign, "xa-hoa-tham", C14_B=431000)
    found = told(campaign)
    assert {u["unit"]: (u["why"], u["missing"], u["conflicts"], u["attached"]) for u in found["units"]} == {
        unit: ("disputed", [], ["C14_B"], None) for unit in settling.UNITS
    }
    said = body(campaign, found["units"][0]["letter"])
    assert (
        "C14_B Số lao động bình quân (năm 2025, người): Sở Khoa học và Công nghệ báo 430.000; Xã Hoa Thám báo 431.000"
        in said
    )
    assert "thống nhất số liệu nêu trên" in said and "phiếu trả lại" not in said
    assert "2. Gửi văn bản trả lời, hoặc tệp Excel đã sửa và bản in đã ký, đóng dấu" in said
    settling.fill(campaign, Quyết_định="Sửa thành", Giá_trị=430000)
    assert told(campaign)["units"] == []


def test_who_coordinates_many_is_asked_alone(tmp_path):
    current = campaign_standing(tmp_path)

    def figure(unit):
        return Figure(variable="C01_A", unit=unit, year=2025, value=None, state=State.GIVEN)

    def open_between(*sides):
        made = tuple(Side(label="x", value=None, figures=tuple(map(figure, units))) for units in sides)
        return Conflict(code="totals-disagree", variable="C01_A", year=2025, sides=made, message="lệch")

    many = ("xa-hoa-tham", "phuong-ky-lua", "a", "b")
    for sides, asked in (
        ((("so-khcn",), many), {"so-khcn"}),
        ((("so-khcn",), many[:3]), {"so-khcn", "xa-hoa-tham", "phuong-ky-lua"}),
        ((many, many), set()),
    ):
        listed, _, unasked = remind.owing(replace(current, differences=(open_between(*sides),)), {})
        assert ({one.unit.code for one in listed}, bool(unasked)) == (asked, not asked)


def test_the_counts_are_those_of_the_summary(mixed):
    from lsindicators.pipeline.campaign import read_plan
    from lsindicators.pipeline.standing import standing

    current = standing(mixed, read_plan(mixed)[0])
    collection = summary.collection(current.sendings())
    by_why = [u["why"] for u in told(mixed)["units"]]
    assert by_why.count("no-return") + by_why.count("unusable") == collection.absent == 1
    assert by_why.count("incomplete") == collection.to_mend == 1


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_former_folder_of_the_round_is_told_where_another_round_may_follow(number, mixed):
    (mixed / "phan-cong.xlsx").write_bytes(assignment.write(planned(reminded=(FIRST, SECOND)[: number - 1])))
    told(mixed, date(2026, 4, 2))
    said = run("remind", mixed, "--date", "3/4/2026")[1]
    assert (f"đã có don-doc/2026-04-02-lan-{number} cho lần {number}" in said) is (number < 3)
    assert "lần 4" not in said


def test_a_letter_of_a_day_before_a_return_came_is_told(mixed):
    def notes(day):
        return run("remind", mixed, "--date", day)[1]

    assert "1 đơn vị gửi biểu sau ngày 19/3/2026 mà công văn đề ngày này" in notes("19/3/2026")
    assert "mà công văn đề ngày này" not in notes("20/3/2026")  # it came on that day


def test_returns_that_nobody_has_read_need_a_person(mixed):
    send(mixed, "phuong-ky-lua")
    code, said = run("remind", mixed, "--date", "27/3/2026")
    assert (code, "1 tệp chưa đọc" in said) == (1, True)


def test_without_forms_nobody_can_be_reminded(tmp_path):
    campaign = tmp_path / "ky"
    campaign.mkdir()
    (campaign / "phan-cong.xlsx").write_bytes(assignment.write(small_plan()))
    code, said = run("remind", campaign)
    assert (code, "lsindicators generate" in said, said.count("Lỗi")) == (2, True, 1)


def test_where_nobody_owes_anything_nobody_is_reminded(tmp_path):
    campaign = tmp_path / "ky"
    campaign.mkdir()
    nobodys = tuple(
        replace(a, lead=(), supporting=(), lead_written="", supporting_written="") for a in small_plan().assignments
    )
    (campaign / "phan-cong.xlsx").write_bytes(assignment.write(small_plan(assignments=nobodys)))
    assert (told(campaign, code=0)["units"], told(campaign)["at_peace"]) == ([], 0)


# ------------------------------------------------------------------ when, and by whom

FIRST, SECOND = "123/SKHCN-QLCN ngày 27/3/2026", "Công văn số 145/SKHCN-QLCN ngày 02/4/2026"


@pytest.mark.parametrize(
    ("day", "reminded", "round_", "by"),
    [
        (date(2026, 3, 1), (), 1, "trước ngày 01 tháng 4 năm 2026"),
        (date(2026, 3, 31), (), 1, "trước ngày 01 tháng 4 năm 2026"),
        (date(2026, 4, 1), (), 1, "chậm nhất là ngày 06 tháng 4 năm 2026"),  # Wednesday: Thursday, Friday, Monday
        (date(2026, 4, 2), (FIRST,), 2, "chậm nhất là ngày 07 tháng 4 năm 2026"),
        (date(2026, 4, 4), (FIRST,), 2, "chậm nhất là ngày 08 tháng 4 năm 2026"),  # a Saturday
        (
            date(2026, 4, 7),
            (FIRST, SECOND),
            3,
            "chậm nhất là ngày 09 tháng 4 năm 2026",
        ),  # the report is due before 10/4
        (date(2026, 4, 9), (FIRST, SECOND), 3, "ngay trong ngày 09 tháng 4 năm 2026"),
        (date(2026, 4, 10), (FIRST, SECOND), 3, "ngay trong ngày 10 tháng 4 năm 2026"),
        (date(2026, 11, 27), (), 1, "ngay trong ngày 27 tháng 11 năm 2026"),
        (date.max, (), 1, "ngay trong ngày 31 tháng 12 năm 9999"),
    ],
)
def test_the_round_follows_from_what_has_gone_out_and_the_words_from_the_day(day, reminded, round_, by):
    at = letters.occasion(replace(small_plan().settings, reminded=reminded), day)
    assert (at.round, at.by, at.sender) == (round_, by, Sender.COMMITTEE if round_ == 3 else Sender.COMPILER)


def test_a_report_that_is_due_on_a_monday_leaves_until_friday():
    at = letters.occasion(replace(small_plan().settings, report_deadline=date(2026, 4, 6)), date(2026, 4, 2))
    assert at.until == date(2026, 4, 3)


@pytest.mark.parametrize(
    ("day", "left", "words"),
    [
        (date(2026, 3, 27), 4, "Đến ngày 27/3/2026, còn 04 ngày là hết thời hạn, "),
        (date(2026, 3, 31), 0, "Hết ngày 31/3/2026 là hết thời hạn; đến nay, "),
        (date(2026, 4, 1), -1, "Đến ngày 01/4/2026, đã quá thời hạn 01 ngày, "),
        (date(2026, 4, 12), -12, "Đến ngày 12/4/2026, đã quá thời hạn 12 ngày, "),
    ],
)
def test_the_days_are_those_of_status(mixed, day, left, words):
    assert letters.occasion(small_plan().settings, day).left == left == pipeline.state(mixed, day).days_left
    found = told(mixed, day)
    for path in (found["letter"], *(u["letter"] for u in found["units"])):
        assert words in body(mixed, path)
    kind = "V/v nhắc thời hạn " if left >= 0 else "V/v đôn đốc "
    assert kind in body(mixed, found["letter"])


@pytest.mark.parametrize(
    ("typed", "cited"),
    [
        ("12/SKHCN ngày 27/3/2026", "Công văn số 12/SKHCN ngày 27/3/2026"),
        ("số 12/SKHCN ngày 27/3/2026.", "Công văn số 12/SKHCN ngày 27/3/2026"),
        ("công văn số 12/SKHCN", "Công văn số 12/SKHCN"),
        ("các công văn số 12 đến 40/SKHCN", "các công văn số 12 đến 40/SKHCN"),
    ],
)
def test_a_letter_that_went_out_is_cited_as_the_clerk_typed_it(typed, cited):
    assert letters.occasion(replace(small_plan().settings, reminded=(typed,)), DAY).cited == cited


def test_next_years_campaign_begins_without_the_reminders_of_this_one(mixed, tmp_path):
    plan = planned(reminded=(FIRST, SECOND))
    (mixed / "phan-cong.xlsx").write_bytes(assignment.write(plan))
    assert told(mixed)["round"] == 3
    pipeline.begin(tmp_path / "sau", previous=mixed)
    read, _ = assignment.read(tmp_path / "sau" / "phan-cong.xlsx")
    assert (read.settings.reminded, read.year) == ((), 2026)


@pytest.mark.parametrize(
    ("day", "tells"), [((3, 25), False), ((3, 26), True), ((4, 9), True), ((4, 10), False)], ids=str
)
def test_the_next_step_names_who_has_not_answered(mixed, day, tells):
    said = pipeline.next_step(mixed, date(2026, *day))
    assert ("2 đơn vị chưa gửi đủ" in said and said.endswith(": lsindicators remind")) is tells
    send(mixed, "xa-hoa-tham", "hai.xlsx", AFTER)
    send(mixed, "phuong-ky-lua")
    run("read", mixed)
    assert "remind" not in pipeline.next_step(mixed, date(2026, *day))


# ------------------------------------------------------------------ what the letters say


def owing(plan, unit="xa-hoa-tham", why=letters.Why.NO_RETURN, **facts):
    """A unit that owes all its figures, unless told otherwise."""
    owed = plan.owed[unit]
    usual = {"owed": len(owed), "answered": 0, "missing": owed, "sent_at": datetime(2026, 3, 20, 9, tzinfo=HANOI)}
    return letters.Reminded(unit=plan.unit[unit], why=why, **{**usual, **facts})


def written(plan, one, day=DAY, template=None):
    at = letters.occasion(plan.settings, day)
    return letters.reminder(plan, at, template)(layout.form(plan, one.unit.code), one)


def said(plan, one, day=DAY):
    return "\n".join(lines(written(plan, one, day)))


def of_all(plan, listed, day=DAY, template=None):
    return letters.reminder_of_all(plan, letters.occasion(plan.settings, day), listed, template)


def test_whole_text_of_the_first_letter_to_who_has_sent_nothing():
    plan = planned(contact="ông Nguyễn Văn A, số máy 0205 3 812 345.", plan_document="85/KH-UBND ngày 20/3/2026",
                   drafter="QLCN", signer="Trần Thị B")  # fmt: skip
    found = lines(written(plan, owing(plan)))
    assert [re.sub(r"\s+", " ", line) for line in found] == [
        "UBND TỈNH LẠNG SƠN",
        "SỞ KHOA HỌC VÀ CÔNG NGHỆ",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Số: /SKHCN-QLCN",
        "V/v nhắc thời hạn cung cấp số liệu Bộ tiêu chí năm 2025",
        "Lạng Sơn, ngày tháng 3 năm 2026",
        "Kính gửi: Ủy ban nhân dân xã Hoa Thám.",
        "Thực hiện Quyết định số 2244/QĐ-TTg ngày 13/10/2025 của Thủ tướng Chính phủ về việc ban hành Bộ tiêu chí đánh giá "
        "hiệu quả của khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số đối với phát triển kinh tế - xã hội và Kế hoạch "
        "số 85/KH-UBND ngày 20/3/2026 của Ủy ban nhân dân tỉnh Lạng Sơn, các cơ quan, đơn vị gửi số liệu năm 2025 về Sở "
        "Khoa học và Công nghệ trước ngày 01 tháng 4 năm 2026.",
        "Đến ngày 27/3/2026, còn 04 ngày là hết thời hạn, Sở Khoa học và Công nghệ chưa nhận được biểu số liệu của Quý cơ "
        "quan, đơn vị. Số liệu phải cung cấp (05 số liệu) gồm: C01_A Số người nghiên cứu; C01_B Số người quản lý; C09_A Số "
        "sáng chế được khai thác; C43_A Có dữ liệu kết nối, chia sẻ; C43_B Đường dẫn minh chứng.",
        "Sở Khoa học và Công nghệ đề nghị Quý cơ quan, đơn vị:",
        "1. Điền đủ số liệu vào tệp xa-hoa-tham.xlsx gửi kèm; số liệu không phát sinh, chưa có hoặc không áp dụng thì chọn ở "
        "cột “Tình trạng”, ghi lý do ở cột “Giải trình”, không để trống.",
        "2. Gửi tệp Excel và bản in đã ký, đóng dấu (hai bản cùng một mã kiểm soát) về Sở Khoa học và Công nghệ trước ngày "
        "01 tháng 4 năm 2026. Biểu đã gửi sau ngày 27/3/2026 thì không phải gửi lại.",
        "Cần hỏi thêm, đề nghị liên hệ: ông Nguyễn Văn A, số máy 0205 3 812 345.",
        "Đề nghị Quý cơ quan, đơn vị quan tâm, phối hợp thực hiện./.",
        "Nơi nhận:",
        "- Như trên;",
        "- Lưu: VT, QLCN.",
        "GIÁM ĐỐC",
        "Trần Thị B",
    ]


def test_of_who_has_sent_nothing_what_the_clerk_has_put_in_is_not_asked_for():
    plan = small_plan()
    assert "Số liệu phải cung cấp (01 số liệu) gồm: C01_B Số người quản lý." in said(
        plan, owing(plan, missing=plan.owed["xa-hoa-tham"][1:2])
    )


def test_what_must_be_mended_is_told_by_name_and_cell():
    plan = small_plan()
    remarks = (
        remark(plan, 0, unit="xa-hoa-tham"),
        *(remark(plan, n, Code.MISSING_VALUE, "xa-hoa-tham") for n in (1, 2)),
    )
    one = owing(plan, why=letters.Why.INCOMPLETE, answered=2, remarks=remarks, blanks=plan.owed["xa-hoa-tham"][3:4])
    text = said(plan, one)
    assert (
        "(gửi ngày 20/3/2026) và ghi nhận 02/05 số liệu; còn 04 chỗ cần bổ sung, sửa hoặc làm rõ (chi tiết tại phiếu trả lại kèm theo):\n"
        "- F12 (C01_A Số người nghiên cứu): “mười hai” không phải là số.\n"
        "- F13 (C01_B Số người quản lý): ô này chưa có số liệu.\n"
    ) in text
    assert "- Chưa có số liệu: C43_A Có dữ liệu kết nối, chia sẻ." in text
    assert "V/v nhắc thời hạn hoàn thiện số liệu" in text


def test_the_second_letter_cites_the_first_and_is_told_to_the_committee():
    plan = planned(reminded=(FIRST,), recipients=("Như trên", "Lãnh đạo Sở", "Lưu: VT"))
    for text in (
        said(plan, owing(plan), date(2026, 4, 2)),
        "\n".join(lines(of_all(plan, [owing(plan)], date(2026, 4, 2)))),
    ):
        assert "V/v đôn đốc cung cấp số liệu Bộ tiêu chí năm 2025 (lần 2)" in text
        assert "Sở Khoa học và Công nghệ đã có Công văn số 123/SKHCN-QLCN ngày 27/3/2026 đôn đốc" in text
        assert "báo cáo Ủy ban nhân dân tỉnh Lạng Sơn danh sách các cơ quan, đơn vị chưa thực hiện." in text
        assert "- Như trên;\n- UBND tỉnh (b/c);\n- Lãnh đạo Sở;\n- Lưu: VT." in text
    once = planned(reminded=(FIRST,), recipients=("Như trên", "UBND tỉnh (b/c)", "Lưu: VT"))
    assert said(once, owing(once)).count("- UBND tỉnh") == 1


def test_the_third_letter_is_the_committees():
    signed = Signature(authority="TM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH", position="PHÓ CHỦ TỊCH", signer="Lê Văn C")
    plan = planned(reminded=(FIRST, SECOND), committee=signed)
    for text in (
        said(plan, owing(plan), date(2026, 4, 7)),
        "\n".join(lines(of_all(plan, [owing(plan)], date(2026, 4, 7)))),
    ):
        assert text.startswith("ỦY BAN NHÂN DÂN\nTỈNH LẠNG SƠN\nCỘNG HÒA")
        assert re.search(r"Số:\s+/UBND-………\n", text)
        assert (
            "đã có Công văn số 123/SKHCN-QLCN ngày 27/3/2026 và Công văn số 145/SKHCN-QLCN ngày 02/4/2026 đôn đốc"
            in text
        )
        assert "- Chủ tịch, các PCT UBND tỉnh (b/c);\n- Sở Khoa học và Công nghệ;\n- Lưu: VT." in text
        assert "\nGiao Sở Khoa học và Công nghệ theo dõi, tổng hợp, báo cáo kết quả thực hiện.\n" in text
        assert "\nTM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH\nLê Văn C" in text
    assert "Ủy ban nhân dân tỉnh Lạng Sơn yêu cầu Ủy ban nhân dân xã Hoa Thám:" in said(plan, owing(plan))


def test_the_department_asks_and_the_committee_commands_only_who_is_under_it():
    central = Unit(code="thue-tinh", name="Thuế tỉnh Lạng Sơn", short="", type="tw-doc")
    base = small_plan()
    taxed = tuple(replace(a, supporting=(*a.supporting, "thue-tinh")) for a in base.assignments)
    plan = replace(base, units=(*base.units, central), assignments=taxed)
    every = [owing(plan, unit, why) for unit in ("thue-tinh", "xa-hoa-tham") for why in letters.Why]
    for reminded, day in (((), DAY), ((FIRST,), date(2026, 4, 2))):
        at = letters.occasion(replace(plan.settings, reminded=reminded), day)
        write = letters.reminder(plan, at)
        texts = [lines(write(layout.form(plan, one.unit.code), one)) for one in every]
        texts.append(lines(letters.reminder_of_all(plan, at, every)))
        assert not [line for text in texts for line in text if "yêu cầu" in line.lower()]
    third = replace(plan, settings=replace(plan.settings, reminded=(FIRST, SECOND)))
    assert "yêu cầu" not in said(third, owing(third, "thue-tinh"))
    assert "yêu cầu" in said(third, owing(third, "xa-hoa-tham"))
    both = "\n".join(lines(of_all(third, [owing(third, "thue-tinh"), owing(third)])))
    assert "yêu cầu các sở, ban, ngành, Ủy ban nhân dân các xã, phường và đề nghị các cơ quan, đơn vị khác" in both


@pytest.mark.parametrize(
    ("kinds", "absent", "sent"),
    [((letters.Why.NO_RETURN,), True, False), ((letters.Why.DISPUTED,), False, True), (letters.Why, True, True)],
)
def test_the_common_letter_asks_of_each_kind_of_unit_only_where_there_is_one(kinds, absent, sent):
    plan = small_plan()
    text = "\n".join(lines(of_all(plan, [owing(plan, why=why) for why in kinds])))
    assert ("Cơ quan, đơn vị chưa gửi biểu: điền đủ" in text) is absent
    assert ("Cơ quan, đơn vị đã gửi: bổ sung" in text) is sent
    assert text.count("\n1. Cơ quan, đơn vị") == 1


def test_the_list_has_a_row_for_each_unit_with_what_it_lacks():
    plan = small_plan()
    listed = [
        owing(plan, "so-khcn"),
        owing(plan, "xa-hoa-tham", letters.Why.INCOMPLETE, missing=plan.owed["xa-hoa-tham"][:1], blanks=plan.owed["xa-hoa-tham"][:1]),
        owing(plan, "phuong-ky-lua", letters.Why.UNUSABLE, remarks=(Code.EMPTY_RETURN.at(CellRef("x.xlsx")),)),
    ]  # fmt: skip
    content = of_all(plan, listed)
    document = docx.Document(io.BytesIO(content))
    table = document.tables[-1]
    assert [[c.text for c in row.cells] for row in table.rows] == [
        ["STT", "Cơ quan, đơn vị", "Tình trạng", "Số liệu còn thiếu", "Ghi chú"],
        ["1", "Sở Khoa học và Công nghệ", "Chưa gửi biểu", "Toàn bộ 08 số liệu", ""],
        ["2", "Xã Hoa Thám", "Đã gửi ngày 20/3/2026, còn 01 chỗ cần bổ sung, sửa hoặc làm rõ", "C01_A Số người nghiên cứu", ""],
        ["3", "Phường Kỳ Lừa", "Đã gửi ngày 20/3/2026, tệp chưa dùng được", "Toàn bộ 05 số liệu", "Biểu mẫu chưa điền ô nào."],
    ]  # fmt: skip
    assert all(row._tr.xpath("w:trPr/w:cantSplit") for row in table.rows)
    assert [bool(row._tr.xpath("w:trPr/w:tblHeader")) for row in table.rows] == [True, False, False, False]
    assert document.sections[-1]._sectPr.xpath("w:pgNumType/@w:start") == ["1"]
    text = "\n".join(lines(content))
    assert "Kính gửi: Các cơ quan, đơn vị tại danh sách kèm theo." in text
    assert "V/v nhắc thời hạn cung cấp, hoàn thiện số liệu" in text
    counted = "; 01 cơ quan, đơn vị chưa gửi biểu; 01 cơ quan, đơn vị gửi tệp chưa dùng được; 01 cơ quan, đơn vị gửi chưa đầy đủ"
    assert counted in text


def test_texts_of_units_are_printed_as_they_are():
    odd = 'Trung tâm A&B <c> "d" {{ year }} {% if x %}\x0b\nx'
    plan = planned(name=odd, unit="xa-hoa-tham", signer="<b>&amp;", contact="a & <c>", reminded=("{{ x }} <w:p/>",))
    wanted = 'Trung tâm A&B <c> "d" {{ year }} {% if x %} x'
    for day in (DAY, date(2026, 4, 7)):
        for content in (written(plan, owing(plan), day), of_all(plan, [owing(plan)], day)):
            text = "\n".join(lines(content))
            assert wanted in text and "<b>&amp;" in text and "Công văn số {{ x }} <w:p/>" in text


def test_no_tag_and_no_none_is_left():
    bare = planned(position="", signer="", contact="", recipients=(), issuer="", place="")
    for reminded in ((), (FIRST,), (FIRST, SECOND)):
        plan = replace(bare, settings=replace(bare.settings, reminded=reminded))
        every = [owing(plan, why=why, sent_at=None) for why in letters.Why]
        for content in (*(written(plan, one) for one in every), of_all(plan, every)):
            with zipfile.ZipFile(io.BytesIO(content)) as package:
                for name in package.namelist():
                    assert not re.search(r"\{\{|\}\}|\{%|%\}|\bNone\b", package.read(name).decode()), name


# ------------------------------------------------------------------ the templates


def test_the_shipped_templates_have_no_fault():
    assert papers.lint(papers.shipped(letters.REMINDER), letters.REMINDER_TAGS, "") == ()
    assert papers.lint(papers.shipped(letters.REMINDER_OF_ALL), letters.ALL_TAGS, "") == ()


@pytest.mark.parametrize("of", [letters.REMINDER_TAGS, letters.ALL_TAGS], ids=["one", "all"])
def test_every_tag_has_a_value(of):
    texts = [f"{name}={{{{ {name} }}}}" for name, kind in of.items() if kind == ""]
    loops = [
        f"{{% for x in {name} %}}{{{{ {'x.unit' if name == 'rows' else 'x'} }}}}{{% endfor %}}"
        for name, kind in of.items()
        if kind != ""
    ]
    drawn, plan = (
        template(*texts, *loops),
        planned(contact="c", signer="s", made_up=True, plan_document="k", reminded=("1", "2")),
    )
    unit = plan.owed["xa-hoa-tham"]
    remarks = tuple(remark(plan, n, code, "xa-hoa-tham") for n, code in enumerate(MANY))
    ones = [owing(plan, file="a.xlsx"), owing(plan, why=letters.Why.UNUSABLE, remarks=remarks)]
    ones += [owing(plan, why=letters.Why.INCOMPLETE, remarks=remarks, blanks=unit, disputes=(clash(plan),)),
             owing(plan, missing=unit * 99, why=letters.Why.DISPUTED), owing(plan, missing=unit * 99)]  # fmt: skip
    empty = set(of)
    for day in (date(2026, 3, 31), date(2026, 4, 2)):
        made = (
            [of_all(plan, ones[:-2] + ones[-2:], day, drawn)]
            if "rows" in of
            else [written(plan, one, day, drawn) for one in ones]
        )
        for content in made:
            empty &= {line.removesuffix("=") for line in lines(content) if line.endswith("=")}
    assert empty <= {"parent", "complete"}  # a committee has no body above it; here nobody has answered


def clash(plan, unit="so-khcn"):
    sides = tuple(Side(label=u.name, value=plan.year, figures=()) for u in plan.units)
    return Conflict(code="conflict", variable="C14_B", year=2025, sides=sides, message="khác nhau")


def test_a_faulty_template_is_one_sentence_with_its_place():
    with pytest.raises(files.UnusableInputError, match=r"đoạn 1 “\{\{ adressee \}\}”: không có thẻ tên “adressee”"):
        written(small_plan(), owing(small_plan()), template=template("{{ adressee }}"))


def test_styles_are_those_of_the_other_letters():
    """``test_letters`` holds these to Nghị định 30."""

    def styles(name):
        with zipfile.ZipFile(io.BytesIO(papers.shipped(name))) as package:
            xml = package.read("word/styles.xml").decode()
        return {s[1]: s[0] for s in re.finditer(r'<w:style [^>]*w:styleId="(\w+)".*?</w:style>', xml, re.DOTALL)}

    known = {**styles("bao-cao.docx"), **styles(letters.RETURNED)}
    for name in (letters.REMINDER, letters.REMINDER_OF_ALL):
        assert styles(name).items() <= known.items()
        document = docx.Document(io.BytesIO(papers.shipped(name)))
        assert {
            r.font.size
            for p in document.element.body.iter()
            if p.tag.endswith("}p")
            for r in docx.text.paragraph.Paragraph(p, document).runs
        } == {None}


def fullest(**changes):
    """The longest name of a unit, with all that a letter can say: (round, why) -> the letter."""
    plan = assignment.builtin(2025)
    contact = "ông Nguyễn Văn A, Phòng Quản lý công nghệ và chuyển đổi số, số máy 0205 3 812 345, thư điện tử a@langson.gov.vn"
    recipients = (*plan.settings.recipients, "Giám đốc Sở (để b/c)", "Các Phó Giám đốc Sở", "Phòng Quản lý công nghệ")
    longest = max((plan.unit[code] for code in plan.owed), key=lambda u: len(u.name)).name
    full = planned(plan, "so-khcn", name=longest, contact=contact, authority="KT. GIÁM ĐỐC", position="Phó Giám đốc",
                   signer="Trần Thị B", recipients=recipients, plan_document="85/KH-UBND ngày 20/3/2026", **changes)  # fmt: skip
    remarks = tuple(
        remark(full, n, MANY[n % len(MANY)], "so-khcn", value=f"một giá trị dài {n} " * 6) for n in range(60)
    )
    clashes = {"disputes": (clash(full),) * 5}
    facts = {
        letters.Why.NO_RETURN: {"sent_at": None},
        letters.Why.UNUSABLE: {"remarks": remarks, "file": "tra-ve/" + "một tên tệp dài " * 9},
        letters.Why.INCOMPLETE: {"remarks": remarks, "blanks": full.owed["so-khcn"], **clashes},
        letters.Why.DISPUTED: clashes,
    }
    for reminded in ((FIRST,), (FIRST, SECOND)):
        late = replace(full, settings=replace(full.settings, reminded=reminded))
        for why in letters.Why:
            yield len(reminded) + 1, why, written(late, owing(late, "so-khcn", why, **facts[why]), date(2026, 4, 2))


def test_something_of_what_must_be_mended_is_always_told():
    for round_, why, content in fullest():
        said = [x for x in lines(content) if x.startswith("- ")]
        told_ = [x for x in said if x.startswith(("- C14_B", "- F"))]
        assert why is letters.Why.NO_RETURN or told_, (round_, why)
        assert why is letters.Why.NO_RETURN or any(x.startswith("- … và ") for x in said), (round_, why)


@office.needs_libreoffice
def test_letters_print_on_one_page(tmp_path):
    for round_, why, content in fullest(made_up=True):
        path = tmp_path / f"{round_}-{why.value}.docx"
        path.write_bytes(content)
        printed = office.convert(path, "pdf", tmp_path).read_bytes()
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1, path.stem


# ------------------------------------------------------------------ the e-mails


def mail(content):
    found = email.message_from_bytes(content, policy=email.policy.default)
    assert not found.defects
    return found


def drafted(plan, one, attached=None, day=DAY):
    at = letters.occasion(plan.settings, day)
    return letters.draft(plan, at, one, written(plan, one, day), attached or {})


def test_an_e_mail_says_what_the_letter_says_and_brings_the_form(mixed):
    plan = small_plan()
    units = tuple(
        replace(u, email="kyluа@langson.gov.vn" if u.code == "xa-hoa-tham" else "a@langson.gov.vn; b@langson.gov.vn")
        for u in plan.units
    )
    (mixed / "phan-cong.xlsx").write_bytes(assignment.write(replace(plan, units=units)))
    mending, absent = told(mixed, code=1)["units"]  # one address has a Cyrillic letter in it
    content = (mixed / absent["mail"]).read_bytes()
    found = mail(content)
    assert sorted(found.keys()) == ["Content-Type", "MIME-Version", "Subject", "To", "X-Unsent"]
    assert (found["To"], found["X-Unsent"]) == ("a@langson.gov.vn, b@langson.gov.vn", "1")
    assert found["Subject"] == "Nhắc thời hạn cung cấp số liệu Bộ tiêu chí năm 2025"
    (form,) = found.iter_attachments()
    assert form.get_filename() == "phuong-ky-lua.xlsx"
    assert form.get_content() == (mixed / "bieu-mau" / "phuong-ky-lua.xlsx").read_bytes()
    text = found.get_body().get_content().replace("\r\n", "\n")
    assert text.startswith(
        "Kính gửi: Ủy ban nhân dân phường Kỳ Lừa.\n\nSở Khoa học và Công nghệ gửi công văn (bản đã ký kèm theo thư này)"
    )
    for line in lines((mixed / absent["letter"]).read_bytes())[8:14]:
        assert line in text
    assert all(len(line) <= 998 and line.endswith(b"\r") for line in content.split(b"\n")[:-1])
    other = mail((mixed / mending["mail"]).read_bytes())
    assert other["To"] is None
    assert next(other.iter_attachments()).get_content() == (mixed / mending["attached"]).read_bytes()
    assert "không phải địa chỉ thư; sửa ở trang Đơn vị" in run("remind", mixed, "--date", "27/3/2026")[1]


def test_our_own_inbox_reads_the_form_out_of_it(mixed):
    path = mixed / told(mixed)["units"][1]["mail"]
    (found,) = inbox.collect([path], mixed)
    assert (found.kind, found.findings) == ("xlsx", ())
    assert found.content == (mixed / "bieu-mau" / "phuong-ky-lua.xlsx").read_bytes()


@pytest.mark.parametrize(
    "typed",
    [
        "a@b.vn\r\nBcc: c@d.vn", "a@b.vn, x", "<a@b.vn>", '"a@b.vn"', "a@b", "a b@c.vn", "a@b.vn\x00", "a..b@c.vn",
        "Sở Y tế <a@b.vn>", "@b.vn", "a@@b.vn", "a@-", ";;",
    ],
)  # fmt: skip
def test_what_is_no_address_goes_into_no_header(typed):
    plan = planned(name="Sở\r\nBcc: x@y.vn", unit="xa-hoa-tham", contact="a\r\n.\r\nBcc: x@y.vn")
    unit = replace(plan.unit["xa-hoa-tham"], email=typed)
    found = mail(drafted(plan, replace(owing(plan), unit=unit), {"xa-hoa-tham.xlsx": b"PK"}))
    assert (found["To"], found["Bcc"]) == (None, None)
    assert sorted(found.keys()) == ["Content-Type", "MIME-Version", "Subject", "X-Unsent"]


def test_same_reminder_same_bytes_and_a_changed_e_mail_is_known():
    plan = small_plan()
    first = drafted(plan, owing(plan), {"a.xlsx": b"PK1"})
    assert drafted(small_plan(), owing(plan), {"a.xlsx": b"PK1"}) == first
    assert written(plan, owing(plan)) == written(small_plan(), owing(plan))
    assert of_all(plan, [owing(plan)]) == of_all(small_plan(), [owing(plan)])
    assert letters.is_untouched(first)
    for changed in (first.replace(b"X-Unsent: 1", b"X-Unsent: 0"), first[:-9], first + b"x", b"", b"boundary"):
        assert not letters.is_untouched(changed)


def test_two_files_of_one_day_bear_different_seals():
    plan = small_plan()
    assert drafted(plan, owing(plan), {"a.xlsx": b"PK1"}) != drafted(plan, owing(plan), {"a.xlsx": b"PK2"})


# ------------------------------------------------------------------ nothing is lost


def changed(path: Path) -> bytes:
    """A person opens a letter and changes a word."""
    document = docx.Document(path)
    document.paragraphs[2].runs[0].text = "Sửa tay"
    document.save(path)
    return path.read_bytes()


def test_the_same_day_gives_the_same_files_and_another_day_others(mixed):
    first = told(mixed)
    there = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in (mixed / "don-doc").rglob("*.*") if p.is_file()}
    assert told(mixed) == first
    second = told(mixed, date(2026, 3, 30))
    assert second["folder"] == "don-doc/2026-03-30-lan-1"
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in there} == there
    assert "đã có don-doc/2026-03-27-lan-1 cho lần 1" in run("remind", mixed, "--date", "30/3/2026")[1]
    assert "đã có don-doc" not in run("remind", mixed, "--date", "27/3/2026")[1]


def test_what_a_person_changed_stays_and_is_told(mixed):
    found = told(mixed)
    letter, draft = (mixed / found["units"][0][what] for what in ("letter", "mail"))
    mine = changed(letter)
    draft.write_bytes(draft.read_bytes() + b"PS\r\n")
    again = told(mixed, code=1)
    assert letter.read_bytes() == mine
    assert draft.read_bytes().endswith(b"PS\r\n")
    assert again["kept"] == [found["units"][0]["letter"], found["units"][0]["mail"]]
    assert (
        f"{found['units'][0]['letter']} đã có người sửa nên giữ nguyên"
        in run("remind", mixed, "--date", "27/3/2026")[1]
    )


def test_what_is_as_we_made_it_follows_the_ledger(mixed):
    found = told(mixed)
    before = (mixed / found["units"][0]["letter"]).read_bytes()
    send(mixed, "xa-hoa-tham", "hai.xlsx", AFTER, F12="ba", F13="hai")
    run("read", mixed)
    assert told(mixed, code=0)["kept"] == []
    assert (mixed / found["units"][0]["letter"]).read_bytes() != before
    send(mixed, "xa-hoa-tham", "ba.xlsx", AFTER + 9)
    run("read", mixed)
    said = run("remind", mixed, "--date", "27/3/2026")[1]
    assert "đã xóa 2 tệp lập hôm nay của đơn vị đã gửi đủ" in said
    assert not (mixed / found["units"][0]["letter"]).exists()
    assert (mixed / found["units"][1]["letter"]).exists()


def test_a_changed_letter_of_a_unit_that_has_answered_stays_and_must_not_go_out(mixed):
    found = told(mixed)
    mine = changed(mixed / found["units"][0]["letter"])
    for unit, name in (("xa-hoa-tham", "hai.xlsx"), ("phuong-ky-lua", "ky-lua.xlsx")):
        send(mixed, unit, name, AFTER)
    run("read", mixed)
    now = told(mixed, code=1)
    assert (now["units"], now["stale"]) == ([], [found["units"][0]["letter"]])
    assert [p.read_bytes() for p in (mixed / found["folder"]).iterdir()] == [mine]
    assert "đừng gửi tệp này" in run("remind", mixed, "--date", "27/3/2026")[1]


def test_what_is_not_ours_in_the_folder_is_left_alone(mixed):
    folder = mixed / told(mixed)["folder"]
    for name in ("xa-hoa-tham.pdf", "ghi-chu.docx", "so-khcn.txt"):
        (folder / name).write_bytes(b"x")
    half = folder / ".~lsi-x.tmp"
    half.write_bytes(b"x")
    told(mixed, code=0)
    assert not half.exists()
    assert all((folder / name).exists() for name in ("xa-hoa-tham.pdf", "ghi-chu.docx", "so-khcn.txt"))


def test_a_letter_that_is_open_in_word_is_told_and_the_others_are_written(mixed, monkeypatch):
    found = told(mixed)
    send(mixed, "xa-hoa-tham", "hai.xlsx", AFTER, F12="ba", F13="hai")
    run("read", mixed)
    monkeypatch.setattr(files, "WAITS", (0,))
    replaced = Path.replace

    def locked(self, target):
        if Path(target).name == "xa-hoa-tham.docx":
            raise PermissionError(13, "in use")
        return replaced(self, target)

    monkeypatch.setattr(Path, "replace", locked)
    mail_ = mixed / found["units"][0]["mail"]
    before = mail_.read_bytes()
    now = told(mixed, code=1)
    assert len(now["held"]) == 1 and "xa-hoa-tham.docx: tệp đang mở trong Excel hoặc Word" in now["held"][0]
    assert mail_.read_bytes() != before


def test_an_attachment_that_is_gone_is_told(mixed):
    (mixed / "phieu-tra-lai" / "xa-hoa-tham.xlsx").unlink()
    found = told(mixed, code=1)["units"][0]
    assert found["attached"] is None
    assert list(mail((mixed / found["mail"]).read_bytes()).iter_attachments()) == []
    assert "như phieu-tra-lai/xa-hoa-tham.xlsx: lập lại" in run("remind", mixed, "--date", "27/3/2026")[1]
