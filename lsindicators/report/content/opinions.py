"""What the units wrote beside their figures in; out each opinion once, with those who hold it, in its place of the report."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lsindicators import layout, values
from lsindicators.model import CellRef, Plan
from lsindicators.report import sentences

Content = dict[str, Any]
Answers = Mapping[str, tuple[tuple[str, str, CellRef], ...]]

OPINIONS: Content = {"lines": [""], "said": [{"units": "", "text": ""}]}
ROW: Content = dict.fromkeys(("heading", "number", "units", "text"), "")

FEW = 12
"""Up to so many different opinions stand in the text itself; more of them go to an annex."""

PLACES = (
    "highlights", "difficulties", "causes", "solutions", "proposals_ministry", "proposals_province", "proposals",
)  # fmt: skip
_ASKED = ("difficulties", "causes", "solutions", "proposals", "highlights")  # as layout.QUESTIONS
_INTRO = {
    "highlights": "Mô hình, kết quả nổi bật do các đơn vị nêu",
    "difficulties": "Khó khăn, vướng mắc do các đơn vị nêu",
    "causes": "Nguyên nhân do các đơn vị nêu",
    "solutions": "Giải pháp các đơn vị đã thực hiện hoặc dự kiến thực hiện",
    "proposals_ministry": "Kiến nghị của các đơn vị với bộ, ngành trung ương",
    "proposals_province": "Kiến nghị của các đơn vị với tỉnh",
    "proposals": "Kiến nghị khác của các đơn vị",
}
_NOTHING = frozenset(
    (
        *("khong", "khong co", "ko", "ko co", "k", "k co", "n a", "chua co", "khong phat sinh"),
        *("khong co y kien", "khong co kien nghi", "khong co kho khan", "khong co kho khan vuong mac"),
    )
)
_MINISTRY = re.compile(r"\bbộ (?:khoa học|kh)|\bcác bộ\b|\bbộ, ngành|chính phủ|trung ương|quốc hội")
_PROVINCE = re.compile(
    r"\b(?:ubnd|hđnd) tỉnh|(?:ủy ban|uỷ ban|hội đồng) nhân dân tỉnh|\bsở (?:khoa học|kh)|đề nghị tỉnh"
)


def gathered(plan: Plan, answers: Answers, *, by_committee: bool) -> tuple[dict[str, Content], list[Content]]:
    """Place in the report -> its lead-in and opinions; and the rows of the annex, for places with more than a few.

    What is asked of the province itself has no place in the committee's own report.
    """
    heard = _heard(plan, answers)
    if by_committee:
        heard["proposals_province"] = []
    places, rows = {}, list[Content]()
    for place in PLACES:
        said = heard[place]
        items = [{"units": sentences.units(plan, units), "text": text} for text, units in said]
        intro = f"{_INTRO[place]} ({sentences.count(len({u for _, units in said for u in units}))} đơn vị)"
        if len(items) <= FEW:
            places[place] = {"lines": [f"{intro}:"] if items else [], "said": items}
            continue
        places[place] = {"lines": [f"{intro}: tổng hợp tại Phụ lục V kèm theo."], "said": []}
        rows.append({**ROW, "heading": _INTRO[place]})
        rows.extend({**ROW, "number": str(n), **item} for n, item in enumerate(items, 1))
    if not heard["difficulties"]:
        places["difficulties"]["lines"] = ["Các đơn vị không nêu khó khăn, vướng mắc trong biểu gửi về."]
    return places, rows


def _heard(plan: Plan, answers: Answers) -> dict[str, list[tuple[str, list[str]]]]:
    """Place -> its opinions, those that say the same once, with all units that hold them, in the plan's order."""
    heard: dict[str, dict[str, tuple[str, list[str]]]] = {place: {} for place in PLACES}
    for unit in (*(u.code for u in plan.units), *(code for code in answers if code not in plan.unit)):
        for question, answer, _ in answers.get(unit, ()):
            for place, text in _placed(question, answer):
                units = heard[place].setdefault(_key(text), (text, []))[1]
                if unit not in units:
                    units.append(unit)
    return {place: list(said.values()) for place, said in heard.items()}


_PLACE_OF = {sentences.bare(q).casefold(): place for q, place in zip(layout.QUESTIONS, _ASKED, strict=True)}


def _placed(question: str, answer: str) -> Iterator[tuple[str, str]]:
    text = "; ".join(filter(None, map(sentences.bare, values.clean_lines(answer).split("\n"))))
    if not _key(text) or _key(text) in _NOTHING:
        return
    place = _PLACE_OF.get(sentences.bare(question).casefold())
    if place is None:
        yield "difficulties", f"{sentences.bare(question)}: {text}"
    elif place == "proposals":
        yield _addressed(text), sentences.sentence_case(text)
    else:
        yield place, sentences.sentence_case(text)


def _addressed(text: str) -> str:
    """To whom a proposal speaks: the ministry, the province, or, where it names both or neither, nobody in particular."""
    ministry, province = (bool(p.search(text.casefold())) for p in (_MINISTRY, _PROVINCE))
    if ministry is province:
        return "proposals"
    return "proposals_ministry" if ministry else "proposals_province"


def _key(text: str) -> str:
    """What two spellings of one opinion have in common: no accents, case, punctuation or spaces told apart."""
    return " ".join(re.findall(r"\w+", values.fold(text)))
