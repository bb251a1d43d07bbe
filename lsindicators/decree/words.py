"""What the elements say: which are there, numbers and dates, addressees and recipients, the end of the text, rules, blanks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from lsindicators.decree.elements import TYPES, Elements, Part
from lsindicators.decree.gathered import Remark
from lsindicators.decree.paper import Line, Paper
from lsindicators.findings import Code, Severity

_TO_WHOM = ("BÁO CÁO", "TỜ TRÌNH")
"""Types of paper that say to whom they go; the others have recipients only."""

_HEAD = (Part.COUNTRY, Part.MOTTO, Part.ORGAN, Part.NUMBER, Part.DATE)
_WHERE = {
    Part.COUNTRY: "ở phía trên, bên phải trang đầu",
    Part.MOTTO: "ngay dưới Quốc hiệu",
    Part.ORGAN: "ở phía trên, bên trái trang đầu",
    Part.NUMBER: "dưới tên cơ quan ban hành",
    Part.DATE: "dưới Quốc hiệu và Tiêu ngữ",
    Part.RECIPIENTS: "dưới nội dung, bên trái",
    Part.AUTHORITY: "dưới nội dung, bên phải",
}


def _element(line: Line | None, what: str, how: str, severity: Severity | None = None) -> Remark:
    place, text = (None, "") if line is None else (line.place, line.text)
    return Remark(Code.FORMAT_ELEMENT, place, {"what": what, "how": how}, severity, text)


def _blank(line: Line, what: str, severity: Severity | None = None) -> Remark:
    return Remark(Code.FORMAT_BLANK, line.place, {"what": what}, severity, line.text)


def present(paper: Paper, elements: Elements) -> Iterator[Remark]:
    """Whether all that a paper must have is there, in its order."""
    if elements.annex_only:
        return
    kinds = set(elements.part.values())
    typed = next(elements.of(Part.TYPE), None)
    addressed = typed is None or typed.text.upper().rstrip(" .:") in _TO_WHOM
    for part in (*_HEAD, Part.RECIPIENTS, Part.AUTHORITY):
        if part not in kinds and not (part is Part.ORGAN and _untold(elements)):
            yield _element(None, f"không thấy {part.value}", f"thêm vào {_WHERE[part]}")
    if typed is None and Part.SUBJECT not in kinds:
        how = "thêm tên loại (BÁO CÁO …) và trích yếu ở giữa trang, hoặc V/v dưới số, ký hiệu nếu là công văn"
        yield _element(None, "không thấy tên loại văn bản, cũng không thấy dòng V/v", how)
    elif typed is not None and Part.ABSTRACT not in kinds:
        yield _element(typed, f"dưới “{typed.text}” không thấy trích yếu nội dung", "thêm trích yếu ngay dưới tên loại")
    if addressed and Part.ADDRESSED not in kinds:
        yield _element(None, "không thấy “Kính gửi:”", "thêm vào trước nội dung")
    order = [Part.COUNTRY, Part.MOTTO, Part.TYPE, Part.ABSTRACT, Part.ADDRESSED, Part.RECIPIENTS]
    places = [(n, part) for part in order for n in elements.places(part)[:1]]
    for (first, earlier), (second, later) in pairwise(places):
        if first > second:
            line = elements.lines[first]
            yield _element(
                line, f"{earlier.value} đứng sau {later.value}", "chuyển về đúng chỗ theo Phụ lục I Nghị định 30"
            )


def _untold(elements: Elements) -> bool:
    """Whether the head is no table, so that the lines of the issuing body cannot be told from others."""
    country = next(elements.of(Part.COUNTRY), None)
    return country is not None and country.table is None


# ------------------------------------------------------------------ number and symbol


_SYMBOL = re.compile(r"^[Ss]ố\s*(:?)\s*([\d…._]*)\s*/\s*(.*)$")


def symbol(paper: Paper, elements: Elements) -> Iterator[Remark]:
    """Whether number and symbol are written as ``Số: 05/BC-SKHCN``."""
    typed = next(elements.of(Part.TYPE), None)
    for line in elements.of(Part.NUMBER):
        read = _SYMBOL.match(line.text)
        if read is None:
            how = "gõ “Số:”, số, dấu “/” rồi ký hiệu, ví dụ Số: 05/BC-SKHCN"
            yield _element(line, f"“{line.text}” không đúng dạng số, ký hiệu", how)
            continue
        colon, number, rest = read.groups()
        if not colon:
            yield _element(line, "sau chữ “Số” thiếu dấu hai chấm", "gõ “Số:”")
        if not number.strip("….") or not number.isdigit():
            yield _blank(line, "số văn bản")
        elif len(number) == 1:
            yield _element(line, f"số văn bản {number} chưa thêm số 0 phía trước", f"gõ Số: 0{number}/…")
        mark, blank = re.subn(r"[….]{2,}", "", rest)
        if blank:
            yield _blank(line, "đơn vị soạn thảo trong ký hiệu văn bản")
        mark = mark.strip().strip("-")
        if re.search(r"\s", mark) or "–" in mark or "—" in mark:
            how = "viết liền, dùng “/” và “-”, ví dụ BC-SKHCN"
            yield _element(line, f"ký hiệu “{mark}” có dấu cách hoặc dấu gạch dài", how)
        kind = mark.split("-")[0].split("/")[-1]
        if mark != mark.upper() and not all(p in TYPES.values() or p == p.upper() for p in re.split("[-/]", mark)):
            yield _element(line, f"ký hiệu “{mark}” chưa in hoa", f"gõ {mark.upper()}")
        wanted = TYPES.get(typed.text.upper().rstrip(" .:")) if typed is not None else None
        if wanted is not None and mark and kind != wanted:
            how = f"ký hiệu bắt đầu bằng {wanted}-"
            yield _element(line, f"ký hiệu “{mark}” không có chữ viết tắt của loại văn bản {wanted}", how)
        if typed is None and mark.split("-")[0] in ("CV", *TYPES.values()) and Part.SUBJECT in elements.part.values():
            how = "ký hiệu công văn chỉ gồm tên viết tắt cơ quan và đơn vị soạn thảo, ví dụ SKHCN-VP"
            yield _element(line, f"ký hiệu công văn “{mark}” có chữ viết tắt loại văn bản", how)


# ------------------------------------------------------------------ dates


_LONG = re.compile(r"ngày (\d{1,2}) tháng (\d{1,2}) năm (\d{4})", re.IGNORECASE)
_SHORT = re.compile(r"(?<![\d/.])(\d{1,2})/(\d{1,2})/(\d{4})(?![\d/])")


def dates(paper: Paper, elements: Elements) -> Iterator[Remark]:
    """Whether days below 10 and the months 1 and 2 have a zero before them, and no other month has one."""
    for number, line in enumerate(elements.lines):
        part = elements.part.get(number)
        if part in (None, Part.CELL):
            continue
        head = part is Part.DATE
        if head:
            yield from _issued(line)
        for read in (*_LONG.finditer(line.text), *_SHORT.finditer(line.text)):
            day, month = read[1], read[2]
            if not (1 <= int(day) <= 31 and 1 <= int(month) <= 12):
                yield _element(line, f"“{read[0]}” không phải ngày có thật", "sửa lại ngày", Severity.WARNING)
                continue
            right = f"{int(day):02d}", f"{int(month):02d}" if int(month) < 3 else str(int(month))
            if (day, month) != right:
                good = read[0].replace(day, right[0], 1)
                at = good.rfind(month, 0, good.rfind(read[3]))
                good = good[:at] + right[1] + good[at + len(month) :]
                what = f"“{read[0]}”: ngày dưới 10 và tháng 1, 2 viết thêm số 0, tháng khác thì không"
                yield _element(line, what, f"gõ {good}", None if head else Severity.WARNING)


def _issued(line: Line) -> Iterator[Remark]:
    if not re.search(r"ngày \d", line.text, re.IGNORECASE) or not re.search(r"tháng \d", line.text, re.IGNORECASE):
        yield _blank(line, "ngày, tháng ban hành")
    place, comma, _ = line.text.partition(",")
    if not comma or "ngày" in place.lower():
        yield _element(
            line, "thiếu địa danh, hoặc thiếu dấu phẩy sau địa danh", "gõ như “Lạng Sơn, ngày 05 tháng 4 năm 2026”"
        )


# ------------------------------------------------------------------ to whom it goes


def addressed(paper: Paper, elements: Elements) -> Iterator[Remark]:
    """Whether one addressee stands behind “Kính gửi:”, and several stand below, a line each."""
    for line in elements.of(Part.ADDRESSED):
        if not line.text.lower().startswith("kính gửi:"):
            yield _element(line, "sau “Kính gửi” thiếu dấu hai chấm", "gõ “Kính gửi:”")
    listed = list(elements.of(Part.ADDRESSEE))
    for line in listed:
        wanted = "." if line is listed[-1] else ";"
        if not line.text.endswith(wanted):
            how = "mỗi nơi một dòng, cuối dòng dấu chấm phẩy, dòng cuối dấu chấm"
            yield _element(line, f"{Part.ADDRESSEE.value}: cuối dòng thiếu dấu “{wanted}”", how)


def recipients(paper: Paper, elements: Elements) -> Iterator[Remark]:
    """Whether the recipients begin with “- Như trên;” and end with “- Lưu: VT, …”."""
    listed = list(elements.of(Part.RECIPIENT))
    head = next(elements.of(Part.RECIPIENTS), None)
    if head is None:
        return
    if not listed:
        yield _element(head, "dưới “Nơi nhận:” không có nơi nào", "ghi mỗi nơi một dòng, bắt đầu bằng gạch đầu dòng")
        return
    if Part.ADDRESSED in elements.part.values() and not re.match(r"^[-–+]?\s*Như trên\s*[;,.]", listed[0].text):
        yield _element(
            listed[0], "dòng đầu của nơi nhận không phải “- Như trên;”", "thêm dòng “- Như trên;” ngay dưới “Nơi nhận:”"
        )
    if not re.match(r"^[-–+]?\s*Lưu\s*:\s*VT", listed[-1].text):
        how = "thêm dòng cuối “- Lưu: VT, <đơn vị soạn thảo>.”"
        yield _element(listed[-1], "dòng cuối của nơi nhận không phải “- Lưu: VT, …”", how)
    for line in listed:
        wanted = "." if line is listed[-1] else ";"
        if not line.text.startswith("-"):
            yield _element(line, "nơi nhận không bắt đầu bằng gạch đầu dòng", "gõ “- ” ở đầu dòng")
        if not line.text.endswith(wanted):
            how = "mỗi nơi nhận kết thúc bằng dấu chấm phẩy, dòng cuối bằng dấu chấm"
            yield _element(line, f"nơi nhận: cuối dòng thiếu dấu “{wanted}”", how)


# ------------------------------------------------------------------ the end of the text, and who signs


def ending(paper: Paper, elements: Elements) -> Iterator[Remark]:
    """Whether the text ends with ``./.``."""
    end = next(iter(elements.places(Part.RECIPIENTS, Part.AUTHORITY)), None)
    if end is None:
        return
    told = [n for n in elements.places(Part.BODY, Part.CLAUSE, Part.SECTION) if n < end]
    if told and not elements.lines[told[-1]].text.endswith("./."):
        yield _element(
            elements.lines[told[-1]], "nội dung chưa kết thúc bằng “./.”", "gõ “./.” vào cuối đoạn cuối cùng"
        )


_AUTHORITY = re.compile(r"^(?:(?:TM|KT|TL|TUQ|Q)\. ?)?[^.:;]+$")
_ABBREVIATED = re.compile(r"^(?:T/M|K/T|T/L|TUQ|TM|KT|TL)(?![.\w])", re.IGNORECASE)
_ACADEMIC = re.compile(r"^(?:TS|ThS|PGS|GS|BS|CN|KS|Ts|Ths)[.\s]")


def signed(paper: Paper, elements: Elements) -> Iterator[Remark]:
    """Whether authority and position are written as the decree asks, and a name stands below."""
    lines = list(elements.of(Part.AUTHORITY))
    texts = [line.text.upper() for line in lines]
    for line in lines:
        if _ABBREVIATED.match(line.text):
            yield _element(
                line, f"“{line.text}”: quyền hạn ký viết tắt chưa đúng", "gõ TM., KT., TL., TUQ. có dấu chấm"
            )
        if re.fullmatch(r"[….\s]+", line.text):
            yield _blank(line, "quyền hạn, chức vụ người ký")
    for at, text in enumerate(texts):
        if text.startswith("PHÓ ") and not (at and texts[at - 1].startswith("KT.")):
            yield _element(
                lines[at], f"“{lines[at].text}” ký mà phía trên không có “KT. …”", "thêm dòng KT. và chức vụ cấp trưởng"
            )
    names = list(elements.of(Part.SIGNER))
    if lines and not names:
        yield _blank(lines[-1], "họ tên người ký")
    for line in names:
        if re.fullmatch(r"[….\s]+", line.text):
            yield _blank(line, "họ tên người ký")
        if _ACADEMIC.match(line.text):
            yield _element(line, f"trước họ tên người ký có học hàm, học vị (“{line.text}”)", "chỉ ghi họ tên")


# ------------------------------------------------------------------ rules, appendices, blanks


_RULED = {
    Part.MOTTO: "Tiêu ngữ, dài bằng dòng chữ",
    Part.ORGAN: "tên cơ quan ban hành, dài 1/3 đến 1/2 dòng chữ",
    Part.ABSTRACT: "trích yếu nội dung, dài 1/3 đến 1/2 dòng chữ",
}


def ruled(paper: Paper, elements: Elements) -> Iterator[Remark]:
    """Whether a rule stands below motto, issuing body and abstract."""
    for part, where in _RULED.items():
        places = elements.places(part)
        if places and not _ruled(elements, places[-1]):
            yield _element(
                elements.lines[places[-1]], f"không thấy đường kẻ ngang dưới {where}", "Insert › Shapes › Line"
            )


def _ruled(elements: Elements, at: int) -> bool:
    own = elements.lines[at]
    near = [x for x in elements.lines[at : at + 3] if x.cell is own.cell]
    if own.cell is not None:  # a drawn line may hang at any paragraph of the cell
        near += [x for x in elements.lines[max(0, at - 12) : at] if x.cell is own.cell and x.drawn]
    for line in near:
        empty = line is not own and not line.text
        if line.drawn or (line is own and line.shape.rule_below) or (line is own and line.is_("underlined")):
            return True
        if empty and (line.shape.rule_above or line.shape.rule_below):
            return True
        if line is not own and re.fullmatch(r"[-–—_]{3,}", line.text):
            return True
    return False


def annexes(paper: Paper, elements: Elements) -> Iterator[Remark]:
    """Whether several appendices have Roman numerals in their order, and a single one none."""
    heads = [elements.lines[n] for n in elements.annexes]
    numerals = [(re.findall(r"^phụ lục\s+(?:số\s+)?(\S+?)\W*$", x.text, re.IGNORECASE) or [""])[0] for x in heads]
    for at, (line, numeral) in enumerate(zip(heads, numerals, strict=True), 1):
        if len(heads) == 1 and not elements.annex_only and numeral:
            yield _element(line, f"chỉ có một phụ lục mà ghi số “{numeral}”", "ghi “Phụ lục”", Severity.WARNING)
        elif len(heads) > 1 and numeral != roman(at):
            yield _element(line, f"phụ lục thứ {at} ghi là “{line.text}”", f"ghi “Phụ lục {roman(at)}”")
    wanted = dict.fromkeys(elements.annexes, False)
    for n, part in sorted(elements.part.items()):
        if part is Part.ANNEX_REFERENCE:
            begin = max((a for a in elements.annexes if a <= n), default=None)
            if begin is not None:
                wanted[begin] = True
    for n, there in wanted.items():
        if not there:
            how = "thêm dòng “(Kèm theo … số …/… ngày … tháng … năm … của …)” dưới tên phụ lục"
            yield _element(elements.lines[n], f"dưới tên “{elements.lines[n].text}” không có dòng “(Kèm theo …)”", how)


def roman(number: int) -> str:
    """``4`` -> ``IV``, up to 39."""
    return "X" * (number // 10) + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[number % 10]


_PROMPT = re.compile(r"\[[^\[\]]{3,}\]")


def blanks(paper: Paper, elements: Elements) -> Iterator[Remark]:
    """Places in which nobody has written yet, and tags that were not filled."""
    for line in elements.lines:
        text = line.text
        if "{" in text and any(begin in text and end in text for begin, end in (("{{", "}}"), ("{%", "%}"))):
            yield _element(line, f"còn thẻ chưa điền “{text[:40]}”", "lập lại văn bản từ mẫu, hoặc xóa thẻ")
        elif text and (line.placeholder or _PROMPT.match(text)):
            yield Remark(Code.FORMAT_BLANK, line.place, {"what": f"“{text[:70]}”"}, Severity.WARNING, text)
