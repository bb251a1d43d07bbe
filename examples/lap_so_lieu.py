"""Makes the made-up answers of the example campaign: so-lieu-gia-dinh.csv and khai-bao.csv, beside this file.

Run it again after a change of the built-in assignment: python examples/lap_so_lieu.py. The same assignment gives the
same figures; a figure depends on its unit and variable alone. Nothing here is a real figure of a real unit.
"""

import csv
import random
import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from lsindicators import assignment
from lsindicators.model import NO, YES, Kind, Plan, State, Unit, Variable
from lsindicators.rehearsal import ACT_COLUMNS, ANSWER_COLUMNS, WORDS, Way

YEAR = 2025
FOLDER = Path(__file__).parent

# How a figure comes about. 5/4: 5 and 4 the year before; 1-3: drawn from 1 to 3; people*, staff*, sum* (C01_A to
# C01_D), C28_B*: times that of the unit. "-", "?", "x" and a reason: counted elsewhere, not yet, not applicable.
COMMUNE = """
C01_B 1-3; C01_C 1-4; C01_D 0-2; C01_E 0-0.2; C01_F sum*0-0.25; C01_G sum*0.5-0.7; C01_H sum*0.3-0.6; C02_D 0-40;
C02_F people*0.03-0.09; C08_A 0-0.55; C12_A 0-4; C23_A people*0.0025-0.004; C27_A C27_B*0.45-0.85;
C27_B people*0.57-0.62; C28_A C28_B*0.55-0.96; C28_B people*0.235-0.26; C32_A C32_B*0.88-1; C32_B people*0.0018-0.0024;
C34_A C34_B*0.55-0.96; C34_B people*0.18-0.27; C36_A C36_B*0.62-0.97; C36_B people*0.6-1.3; C38_A C38_B*0.55-0.95;
C38_B people*0.5-0.6; C39_A C39_B*0.35-0.85; C39_B people*0.12-0.3; C40_A C40_B*0-0.015; C40_B C36_B*0.97-1;
C41_A C41_B*0.9-1; C41_B 1400-4200; C42_A C42_B*0.45-0.95; C42_B 34-62;
"""
OTHER = """
C01_A staff*0.05-0.3; C01_B staff*0.05-0.15; C01_C staff*0.05-0.2; C01_D staff*0.02-0.1; C01_E sum*0.01-0.06;
C01_F sum*0.2-0.3; C01_G sum*0.5-0.6; C01_H sum*0.3-0.55; C02_A 168400/151900; C02_B 92300/80450; C02_C 850-6200;
C02_D 0-450; C02_E 14850000/13920000; C02_F staff*28-160; C02_G 54212000/49480000; C03_A 1-9; C03_B 4-38; C04_A 11/9;
C04_B 7/6; C05_A 3/2; C05_B 2/2; C06_A 4/3; C06_B 0/0; C06_C 0/0; C07_A 2/2; C07_B 0/0; C07_C 0/0; C08_A 15/14; C08_B 27/25; C09_A 3-6;
C09_B 21/19; C10_A 6-16; C10_B 3/3; C11_A C10_A*850-1400; C12_A 9-30; C13_A 1019000/916400; C13_B 2387600/2214300;
C14_A 31872400.5/29484800.5; C14_B 478650/473920; C15_A 212480/187300; C15_B 96350/88200; C16_A C16_B*0.1-0.14;
C16_B 2810000/2570000; C17_A C17_B*0.01-0.03; C17_B 2240000/2090000; C18_A 8.1/7.6; C18_B 0.52/0.52; C18_C 7.9/7.5;
C18_D 0.48/0.48; C18_E 1.1/0.9; C19_A 6724300/5690200; C20_A 9840/8720; C20_B 172600/160300; C21_A 386/352;
C21_B 4418/4196; C22_A 14/13; C22_B 38/34; C23_B 4262/4051; C24_A 2148600/1893000; C24_B 29784000/27110000;
C25_A 438700/398500; C25_B 598400/594100; C26_A 561200/521800; C26_B 612900/608300; C29_A 742300/689400;
C29_B 812400/809100; C30_A 598/561; C30_B 642/645; C31_A 148200/141300; C31_B 486100/481900; C33_A 512400000/489700000;
C35_A C35_B*0.15-0.3; C35_B 90-140; C36_A C36_B*0.7-0.99; C36_B staff*40-150; C37_A 1184/1102; C37_B 1296/1290;
C38_A C38_B*0.65-0.98; C38_B staff*30-40; C39_A C39_B*0.5-0.95; C39_B staff*8-30; C40_A C40_B*0-0.008;
C40_B C36_B*0.97-1; C41_A C41_B*0.96-1; C41_B staff*35-90; C42_A C42_B*0.55-0.98; C42_B staff*0.95-1.05;
C44_A 34.62/33.18; C44_B 21/23; C45_A 0.7314/0.6961; C45_B 14/16; C46_A ? Trung ương chưa công bố HDI năm 2025 của tỉnh;
so-khcn:C02_C 21400/18900; kbnn-khu-vuc:C02_A 167950/151900; so-gddt:C42_B 13650/13580; so-y-te:C42_B 3480/3455;
so-cong-thuong:C16_B 9840000/8910000; so-cong-thuong:C17_A ? Chưa điều tra chi phí của doanh nghiệp công nghiệp;
so-cong-thuong:C17_B ? Chưa điều tra chi phí của doanh nghiệp công nghiệp;
lhh-khkt:C03_A - Đã tính trong số liệu của Sở Khoa học và Công nghệ;
lhh-khkt:C03_B - Đã tính trong số liệu của Sở Khoa học và Công nghệ;
"""
for code in ("C36_A", "C36_B", "C38_A", "C38_B", "C39_A", "C39_B", "C40_A", "C40_B"):
    OTHER += f"thanh-tra-tinh:{code} x Đơn vị không giải quyết thủ tục hành chính;\n"

ASKED = ("C12_A", "C32_A", "C32_B")  # the office has no figure of the year before; the unit types it
SOURCES = {
    "C01": "Danh sách công chức, viên chức năm 2025",
    "C02": "Báo cáo quyết toán năm 2025",
    "C36": "Hệ thống giải quyết TTHC của tỉnh",
    "C40": "Hệ thống giải quyết TTHC của tỉnh",
    "C41": "Phần mềm quản lý văn bản và điều hành",
}
NOT_YET = (
    "Chưa rà soát xong tại cơ sở, sẽ bổ sung trước ngày 05/4/2026",
    "Phần mềm chưa kết xuất được số liệu cả năm, đã đề nghị đơn vị cung cấp hỗ trợ",
)
TEXTS = {
    "C03_C": "Danh mục gửi kèm công văn, {} bài (tên bài, tạp chí, năm công bố)",
    "C43_B": "Biên bản kết nối, chia sẻ dữ liệu số {}/BB năm 2025",
}
SIGNS = {"-": State.ELSEWHERE, "?": State.NOT_YET, "x": State.NOT_APPLICABLE}
SAYINGS = (
    ("Khó khăn", "Chưa có cán bộ chuyên trách; một số số liệu phải tổng hợp thủ công từ các thôn."),
    ("Kiến nghị", "Đề nghị Sở Khoa học và Công nghệ tập huấn cách thu thập và thống nhất nguồn số liệu dùng chung."),
    ("Giải pháp", "Giao công chức văn phòng - thống kê làm đầu mối, lập sổ theo dõi hằng quý."),
    ("Mô hình", "Tổ công nghệ số cộng đồng hướng dẫn người dân nộp hồ sơ trực tuyến vào sáng thứ Bảy hằng tuần."),
)
NAMES = (
    "{name} - bieu mau {year}.xlsx", "Biểu mẫu KHCN {year} - {name}.xlsx", "{code}.xlsx", "{code} (1).xlsx",
    "BC so lieu KHCN_{plain}_{year}.xlsx", "{name}/{code}.xlsx",
)  # fmt: skip

# Who does what else than to send a good form; each (way, file) in turn, a day later each. All others send one good form.
CAST: dict[str, tuple[tuple[Way, str], ...]] = {
    "so-khcn": ((Way.GOOD, "So KHCN_bieu mau 2025.xlsx"),),
    "so-y-te": ((Way.AS_TEXT, "Sở Y tế - biểu mẫu 2025.xlsx"),),
    "so-noi-vu": ((Way.BLANK, "SNV bieu mau.xlsx"), (Way.GOOD, "SNV bieu mau (bổ sung).xlsx")),
    "so-tai-chinh": ((Way.SAVED, "Sở Tài chính_2025.xlsx"),),
    "phuong-tam-thanh": ((Way.SAVED, "UBND phường Tam Thanh.xlsx"),),
    "xa-dong-dang": ((Way.SAVED, "UBND xã Đồng Đăng.xlsx"),),
    "xa-hoa-tham": ((Way.NOT_A_NUMBER, "UBND xã Hoa Thám.xlsx"), (Way.GOOD, "UBND xã Hoa Thám - gửi lại.xlsx")),
    "xa-that-khe": ((Way.AMBIGUOUS, "UBND xã Thất Khê.xlsx"),),
    "xa-na-sam": ((Way.ABOVE, "UBND xã Na Sầm.xlsx"),),
    "xa-binh-gia": ((Way.RULE, "UBND xã Bình Gia.xlsx"),),
    "xa-bac-son": ((Way.BLANK, "UBND xã Bắc Sơn.xlsx"),),
    "xa-huu-lung": ((Way.NO_REASON, "UBND xã Hữu Lũng.xlsx"),),
    "xa-chi-lang": ((Way.CONTRADICTION, "UBND xã Chi Lăng.xlsx"),),
    "xa-loc-binh": ((Way.FORMULA, "UBND xã Lộc Bình.xlsx"),),
    "xa-dinh-lap": ((Way.CELL_ERROR, "UBND xã Đình Lập.xlsx"),),
    "xa-van-quan": ((Way.LOCKED, "UBND xã Văn Quan.xlsx"),),
    "xa-cao-loc": ((Way.ROW, "UBND xã Cao Lộc.xlsx"),),
    "xa-diem-he": ((Way.FRACTION, "UBND xã Điềm He.xlsx"),),
    "xa-na-duong": ((Way.SCALE, "UBND xã Na Dương.xlsx"),),
    "xa-tan-thanh": ((Way.DATE, "UBND xã Tân Thành.xlsx"),),
    "xa-vu-le": ((Way.NOT_IN_LIST, "UBND xã Vũ Lễ.xlsx"),),
    "phuong-ky-lua": ((Way.AS_TEXT, "UBND phường Kỳ Lừa.xlsx"),),
    "xa-mau-son": ((Way.EMPTY, "UBND xã Mẫu Sơn.xlsx"),),
    "xa-yen-phuc": ((Way.OTHER_CAMPAIGN, "UBND xã Yên Phúc.xlsx"),),
    "xa-tri-le": ((Way.FORGED, "UBND xã Tri Lễ.xlsx"),),
    "xa-hoi-hoan": ((Way.STRANGER, "Bao cao xa Hoi Hoan.xlsx"),),
    "xa-kien-moc": ((Way.PDF, "UBND xã Kiên Mộc (bản scan).xlsx"), (Way.GOOD, "UBND xã Kiên Mộc.xlsx")),
    "xa-chau-son": ((Way.TORN, "UBND xã Châu Sơn.xlsx"),),
    "xa-van-lang": ((Way.GOOD, "UBND xã Văn Lãng.xlsx"), (Way.COPY, "UBND xã Văn Lãng_gửi lần 2.xlsx")),
    "xa-quy-hoa": ((Way.OPEN, "~$UBND xã Quý Hòa.xlsx"), (Way.GOOD, "UBND xã Quý Hòa.xlsx")),
    "xa-ba-son": ((Way.GOOD, "Xã Ba Sơn.zip!Biểu mẫu xã Ba Sơn.xlsx"),),
    "xa-cong-son": ((Way.GOOD, "V-v gửi biểu mẫu (UBND xã Công Sơn).eml!xa-cong-son.xlsx"),),
    **dict.fromkeys(("xa-quoc-viet", "xa-thien-long", "xa-loi-bac", "bql-kktck"), ((Way.SILENT, ""),)),
}
LATE = ("xa-hong-phong", "xa-vu-lang", "xa-xuan-duong", "xa-quan-son", "so-vhttdl", "xa-thien-thuat", "xa-na-sam")
DECOMPOSED = ("phuong-dong-kinh", "xa-trang-dinh", "xa-tan-tri", "so-gddt")  # names as a Mac writes them


def draw(*words: str) -> random.Random:
    """Chance that depends on ``words`` alone."""
    return random.Random("/".join(words))


def recipe(unit: Unit, variable: str) -> str:
    """How the unit's figure comes about."""
    table = COMMUNE if unit.type in ("xa", "phuong") else OTHER
    found = re.search(rf"{unit.code}:{variable} ([^;]+);", table) or re.search(rf"\b{variable} ([^;]+);", table)
    if found is None:
        raise SystemExit(f"{unit.code} owes {variable}, and nothing says how it comes about")
    return found[1]


def figure(plan: Plan, unit: Unit, code: str, ago: int = 0) -> Decimal:
    """The number of this year, or of the year before; 0 where the recipe holds none."""
    how, chance = recipe(unit, code), draw(unit.code, code)
    kind = plan.variable[code].kind
    if how[0] in SIGNS:
        return Decimal(0)
    if fixed := re.fullmatch(r"([\d.]+)/([\d.]+)", how):
        return Decimal(fixed[2] if ago else fixed[1])
    base, low, high = re.fullmatch(r"(?:(\w+)\*)?([\d.]+)-([\d.]+)", how).groups()
    share = chance.uniform(float(low), float(high)) * (chance.uniform(0.9, 0.99) if ago else 1)
    if base == "people":
        size = Decimal(round(draw(unit.code).triangular(4000, 25000, 8500) * (0.994 if ago else 1)))
    elif base == "staff":
        size = Decimal(draw(unit.code).randint(45, 130))
    elif base == "sum":
        owed = [v.code for v in plan.owed[unit.code]]
        size = sum((figure(plan, unit, c, ago) for c in ("C01_A", "C01_B", "C01_C", "C01_D") if c in owed), Decimal(0))
    else:
        size = figure(plan, unit, base, ago) if base else Decimal(1)
    places = Decimal(1) if kind is Kind.WHOLE else Decimal("0.1")
    return (size * Decimal(share)).quantize(places, ROUND_HALF_UP)


def answer(plan: Plan, unit: Unit, v: Variable) -> Sequence[str]:
    """One row of so-lieu-gia-dinh.csv."""
    chance = draw(unit.code, v.code, "state")
    asked, state, reason, value, before = "", "", "", "", ""
    source = SOURCES.get(v.code[:3], "Sổ theo dõi của đơn vị năm 2025")
    if v.kind is Kind.YES_NO:
        value, before = (YES if chance.random() < share else NO for share in (0.72, 0.6))
    elif v.kind is Kind.TEXT:
        value = TEXTS[v.code].format(chance.randint(2, 40)) if chance.random() < 0.5 else ""
    else:
        value, before = (f"{figure(plan, unit, v.code, ago).normalize():f}" for ago in (0, 1))
        how = recipe(unit, v.code)
        asked = "x" if v.code in ASKED and how[0] not in SIGNS else ""
        if how[0] in SIGNS:
            state, reason, value, before = SIGNS[how[0]].value, how[2:], "", ""
        elif value == "0":
            state, value = State.NONE_OCCURRED.value, ""
        elif "/" not in how and chance.random() < 0.02:
            state, value, reason = State.NOT_YET.value, "", chance.choice(NOT_YET)
        elif chance.random() < 0.3:
            state = State.GIVEN.value
    if not value or chance.random() < 0.01:
        source = ""
    return unit.code, v.code, before, asked, value, state, source, reason


def acts(plan: Plan) -> Iterator[Sequence[str]]:
    """The rows of khai-bao.csv."""
    for code in plan.owed:
        unit, chance = plan.unit[code], draw(code, "act")
        name = f"UBND {unit.name[0].lower()}{unit.name[1:]}" if unit.type in ("xa", "phuong") else unit.name
        plain = (
            unicodedata.normalize("NFD", unit.short.replace("Đ", "D").replace("đ", "d"))
            .encode("ascii", "ignore")
            .decode()
            .replace(" ", "")
        )
        file = (NAMES[1] if code in DECOMPOSED else chance.choice(NAMES)).format(
            name=name, code=code, plain=plain, year=YEAR
        )
        first = datetime(YEAR + 1, 3, 9) + timedelta(days=7 * chance.randint(0, 2) + chance.randint(0, 4))
        if code in LATE:
            first = datetime(YEAR + 1, 4, 2) + timedelta(days=chance.choice((0, 1, 4, 5, 6)))
        parts = CAST.get(code, ((Way.REWRITTEN if chance.random() < 0.2 else Way.GOOD, file),))
        for day, (way, given) in enumerate(parts):
            sent = first + timedelta(days=day, hours=chance.randint(8, 16), minutes=chance.randint(0, 59))
            said = dict(chance.sample(SAYINGS, 2)) if chance.random() < 0.15 and Way.SILENT not in dict(parts) else {}
            shown = unicodedata.normalize("NFD" if code in DECOMPOSED else "NFC", given)
            moment = "" if way is Way.SILENT else f"{sent:%Y-%m-%d %H:%M}"
            yield code, moment, shown, way.value, *(said.get(word, "") for word in WORDS)


def write(name: str, headings: Sequence[str], rows: Iterator[Sequence[str]]) -> None:
    """A table that Excel opens in the right letters."""
    with (FOLDER / name).open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows((headings, *rows))


def main() -> None:
    plan = assignment.builtin(YEAR)
    owed = ((plan.unit[unit], v) for unit, variables in plan.owed.items() for v in variables)
    write("so-lieu-gia-dinh.csv", ANSWER_COLUMNS, (answer(plan, unit, v) for unit, v in owed))
    write("khai-bao.csv", (*ACT_COLUMNS, *WORDS), acts(plan))


if __name__ == "__main__":
    main()
