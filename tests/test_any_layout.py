"""Any layout of an appendix is read exactly: headings, columns, groups, merges and numbers drawn by a seeded die."""

import random
import re

import pytest
import tables

from lsindicators import appendix, assignment, names

PLAN = assignment.builtin(2025)
REGISTER = names.Register(PLAN.units, PLAN.groups, PLAN.former, PLAN.inactive)
HEADINGS = {
    "number": ("STT", "TT", "Số TT", "Stt", "Số thứ tự"),
    "name": ("Tên tiêu chí", "Tiêu chí", "Chỉ tiêu", "Nội dung tiêu chí", "Tên tiêu chí/chỉ tiêu", "Nhóm, tên chỉ tiêu"),
    "measure": ("Đơn vị tính", "ĐVT"),
    "lead": ("Cơ quan chủ trì", "Đơn vị chủ trì", "Chủ trì", "Cơ quan chủ trì cung cấp số liệu", "Đơn vị chủ trì theo dõi"),
    "supporting": ("Cơ quan phối hợp", "Đơn vị phối hợp", "Phối hợp", "Đơn vị phối hợp, cung cấp số liệu"),
    "deadline": ("Thời hạn", "Thời gian", "Thời hạn gửi", "Kỳ báo cáo", "Tần suất"),
    "other": ("Ghi chú", "Nguồn số liệu", "Phân tổ chủ yếu", "Mức phấn đấu", "Lý do đề xuất", "Sản phẩm"),
}  # fmt: skip
COMMUNES = [u for u in PLAN.units if u.type in ("xa", "phuong")]
OTHERS = [u for u in PLAN.units if u.type not in ("xa", "phuong", "ubnd-tinh")]
PHRASES = ("UBND các xã, phường", "Các sở, ban, ngành", "Các sở, ban, ngành; UBND các xã, phường")
ROMAN = ("I", "II", "III", "IV")


def bare(name):
    return re.sub(r"^\[[^\]]*\]\s*", "", name)


def unit(die):
    """(as written, code) of one unit."""
    u = die.choice(OTHERS + COMMUNES[:20])
    commune = u.type in ("xa", "phuong")
    return die.choice((u.name, u.name, f"UBND {u.name.lower()}" if commune else u.short)), u.code


def side(die):
    """(as written, codes) of a cell of coordinating units."""
    if die.random() < 0.3:
        return die.choice(("", "", "–", "Không")), ()
    parts, codes = [], []
    for _ in range(die.choice((1, 1, 1, 2, 3))):
        if die.random() < 0.2:
            parts.append(die.choice(PHRASES))
            codes += REGISTER.resolve(parts[-1]).units
        else:
            text, code = unit(die)
            parts.append(text)
            codes.append(code)
    between = die.choice(("; ", ";\\n", "\\n- "))
    return ("- " if between.startswith("\\n") else "") + between.join(parts), tuple(dict.fromkeys(codes))


def group_row(columns, number, text, style):
    """A heading over all columns, over all but the number, in two cells, or in the column of names."""
    if style == "merged" and columns[0] == "number":
        return [number, text] + ["<"] * (len(columns) - 2)
    if style in ("whole", "merged"):
        return [f"{number}. {text}"] + ["<"] * (len(columns) - 1)
    row = dict.fromkeys(columns, "")
    row["name"] = text if style == "numbered" else f"{number}. {text}"
    if style == "numbered":
        row["number"] = number
    return list(row.values())


def heading_rows(die, columns):
    head = {c: die.choice(HEADINGS[c]) for c in columns}
    at = sorted((columns.index("lead"), columns.index("supporting")))
    if die.random() < 0.3 and at[1] - at[0] == 1:
        top, low = list(head.values()), ["^"] * len(columns)
        top[at[0] : at[1] + 1] = ["Phân công thực hiện", "<"]
        low[at[0] : at[1] + 1] = [head[columns[at[0]]], head[columns[at[1]]]]
        rows = [top, low]
    else:
        rows = [list(head.values())]
    if die.random() < 0.2:
        rows.append([f"({i + 1})" for i in range(len(columns))])
    return rows, list(head.values())


def drawn(seed):
    """(text table, expected (criterion, lead, supporting) of each row)."""
    die = random.Random(seed)
    columns = ["number", "name", "measure", "lead", "supporting", *die.sample(("deadline", "other"), die.randint(0, 2))]
    if die.random() < 0.2:
        columns.remove("measure")
    if die.random() < 0.3:
        die.shuffle(columns)
    rows, again = heading_rows(die, columns)
    listed = sorted(die.sample(PLAN.criteria, die.randint(6, len(PLAN.criteria))), key=PLAN.criteria.index)
    style = die.choice(("merged", "whole", "numbered", "named", ""))
    restart, shape = die.random() < 0.3, die.choice(("{}", "{}.", "({})", "{:02d}"))
    expected, above = [], ("", "")
    count = upper_count = lower_count = 0
    lead = supporting = None
    for criterion in listed:
        upper, _, lower = criterion.group.partition(" / ")
        fresh = style and (upper, lower) != above
        if style and upper != above[0]:
            rows.append(group_row(columns, ROMAN[upper_count], die.choice((upper, upper.upper())), style))
            upper_count, lower_count = upper_count + 1, 0
        if fresh and lower:
            lower_count += 1
            rows.append(group_row(columns, f"{ROMAN[upper_count - 1]}.{lower_count}", lower, style))
        above, count = (upper, lower), 1 if fresh and restart else count + 1
        merged = not fresh and lead is not None
        if merged and die.random() < 0.3:
            lead = "^", lead[1]
        else:
            text, code = unit(die)
            lead = text, (code,)
        supporting = ("^", supporting[1]) if merged and die.random() < 0.25 else side(die)
        name = bare(criterion.name)
        name = die.choice((name, name, name, name.upper(), f"{name} (*)", name.replace("khoa học, công nghệ", "KH,CN")))
        cells = {
            "number": shape.format(count), "name": name, "measure": die.choice((criterion.measure, criterion.measure, "")),
            "lead": lead[0], "supporting": supporting[0], "deadline": die.choice(("Trước ngày 01/4", "Hằng năm", "")),
            "other": die.choice(("", "Theo dõi")),
        }  # fmt: skip
        rows.append([cells[c] for c in columns])
        expected.append((criterion.code, set(lead[1]), set(supporting[1]) - set(lead[1])))
        if die.random() < 0.06:  # a page ends: the heading comes again, and no merged cell goes over it
            rows.append(again)
            lead = None
    return "\n".join(" | ".join(row) for row in rows), expected


@pytest.mark.parametrize("seed", range(30))
def test_a_drawn_layout_is_read_exactly(tmp_path, seed):
    text, expected = drawn(seed)
    build, name = (
        (tables.docx, "phu-luc.docx"),
        (lambda t: tables.xlsx(t, title="PHỤ LỤC"), "phu-luc.xlsx"),
        (tables.by_python_docx, "phu-luc.docx"),
    )[seed % 3]
    path = tmp_path / name
    path.write_bytes(build(text))
    _, found, doubts = appendix.assign(appendix.read(path), PLAN, REGISTER)
    assert [(a.criterion, set(a.lead), set(a.supporting)) for a in found] == expected, text
    assert [d for d in doubts if d.severity.stops] == [], text
