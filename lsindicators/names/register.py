"""Names of units as people write them -> unit codes, or what must be asked. Nothing is ever guessed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum, unique
from functools import cached_property

from msgspec import Struct, field
from msgspec.structs import replace

from lsindicators import values
from lsindicators.model import FormerName, Unit, UnitGroup
from lsindicators.names import provinces
from lsindicators.names.text import SIGNS, ascii_key, key
from lsindicators.names.tokens import (
    AND,
    EVERY,
    EXCEPT,
    HARD,
    NUMBERING,
    Token,
    Words,
    after_any,
    as_written,
    is_old,
    may_end,
    spells,
    tokens_of,
    without_all,
    words_of,
)


@unique
class Trouble(Enum):
    """Why a name gives no unit; the words are those of the findings."""

    UNKNOWN = "unknown-unit-name"
    AMBIGUOUS = "ambiguous-unit-name"
    OPEN = "open-group"


class Problem(Struct, frozen=True, kw_only=True):
    """A piece of a cell that gives no unit, as written, and the units that may be meant, likeliest first."""

    trouble: Trouble
    text: str
    candidates: tuple[str, ...] = ()
    why: str = ""  # a Vietnamese half sentence; empty where the trouble says all
    gone: bool = False  # it names a level of government that is no more: not a question but an error


class Resolution(Struct, frozen=True, kw_only=True):
    """What a cell names: unit codes in the order written, each once; what must be asked; what is worth knowing."""

    units: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


_COMMUNES, _EITHER = ("xa", "phuong"), "either"
_KINDS = {
    **dict.fromkeys([words_of("xã"), ("x",)], "xa"),
    **dict.fromkeys([words_of("phường"), ("p",)], "phuong"),
    **dict.fromkeys([words_of("thị trấn"), ("tt",)], "thi-tran"),
}
_DISTRICT_KINDS = (
    words_of("huyện"),
    words_of("thành phố"),
    words_of("thị xã"),
    words_of("quận"),
    ("h",),
    ("tp",),
    ("q",),
)
_RELATED = (words_of("liên quan"), words_of("khác"), words_of("lq"))
_MANY = (
    words_of("các"),
    words_of("cấp"),
    words_of("những"),
    words_of("một số"),
    words_of("toàn bộ"),
    words_of("tất cả"),
)
_HEADS = {key(w) for w in ("sở", "hội")}
_COUNTED = (
    (words_of("xã phường"), ("xa", "phuong")),
    (words_of("xã và phường"), ("xa", "phuong")),
    (words_of("phường xã"), ("xa", "phuong")),
    (words_of("xã"), ("xa",)),
    (words_of("phường"), ("phuong",)),
    (words_of("sở"), ("so",)),
)
_TOWNS = {"trấn"}
_PERSONS = tuple(
    words_of(w)
    for w in ("giám đốc", "chủ tịch", "thủ trưởng", "lãnh đạo", "người đứng đầu", "cục trưởng", "đồng chí", "chánh")
)
"""The head of an agency stands for the agency."""
_NO_DISTRICTS = "cấp huyện đã kết thúc hoạt động từ 01/7/2025; ghi rõ xã, phường nào"
_NOW, _OF, _INTO = key("nay"), key("thuộc"), ("là", "thuộc", "nhập vào", "sáp nhập vào", "đổi tên thành")
_PROVINCE, _HERE = key("tỉnh"), words_of("trên địa bàn")
_MERE_REMARKS = {words_of(w) for w in ("phối hợp", "chủ trì", "đầu mối", "toàn bộ", "tất cả", "toàn tỉnh")}
"""What may stand in a bracket after a group without meaning some of its units alone."""
_GENERIC = {key(w) for w in ["ban", "ngành", "sở", "cơ", "đơn", "địa", "tổ", "đoàn", "doanh", "đoàn", "lực"]}


class _Target(Struct, frozen=True):
    """What a known phrase stands for: a unit, a group, or an old agency."""

    unit: str | None = None
    group: UnitGroup | None = None
    former: FormerName | None = None


class _Found(Struct):
    """What has been understood of a cell so far."""

    units: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    literal: list[tuple[int, str, list[str]]] = field(default_factory=list)  # place in ``units``, as written, members
    head: str = ""  # the word that the names after it share: "các sở: Y tế, Nội vụ"
    heads_all: bool = False  # it stands before a list of names, and goes on past a semicolon


class Register:
    """All names under which units are known, and the answer to what a cell of an assignment names.

    The name and the code of a unit that is not there this year (``inactive``) are former names of the units that took
    it over; where the same name is borne by a unit of today, that one is meant.
    """

    def __init__(
        self,
        units: Sequence[Unit],
        groups: Sequence[UnitGroup],
        former: Sequence[FormerName] = (),
        inactive: Sequence[Unit] = (),
    ) -> None:
        self._units = {u.code: u for u in units}
        self._gone = {u.code: u for u in inactive}
        self._gone_targets: dict[str, list[_Target]] = {}
        self._known: dict[str, dict[Words, list[_Target]]] = {}
        self._communes: dict[tuple[str, Words], list[str]] = {}
        self._former: dict[tuple[str, Words], list[FormerName]] = {}
        self._districts: dict[Words, str] = {}
        places = dict.fromkeys(u.province for u in units if u.province)
        self._endings = tuple(dict.fromkeys(words for place in places for words in provinces.endings(place)))
        for unit in units:
            self._add_unit(unit)
        for group in groups:
            for phrase in (group.phrase, *group.aliases):
                self._add(phrase, _Target(group=group))
        for old in former:
            for known in self._today(old):
                self._add_former(known)
        for gone in inactive:
            self._add_gone(gone)
        told = (words_of(u.name) for u in units if not u.province)
        tails = Counter(words[words.index(_PROVINCE) :] for words in told if _PROVINCE in words[1:-1])
        self._tails = (
            _HERE,
            *(way for tail, _ in tails.most_common(1) for way in (tail, (*_HERE, *tail))),
            *self._endings,
        )
        self._longest = max((len(words) for _, words in (*self._communes, *self._former)), default=0)

    def _add(self, name: str, target: _Target) -> None:
        words = words_of(name)
        if words:
            targets = self._known.setdefault(words[0], {}).setdefault(words, [])
            if target not in targets:
                targets.append(target)

    def _add_unit(self, unit: Unit) -> None:
        target = _Target(unit=unit.code)
        kind, bare = _commune_name(unit.name)
        if unit.type in _COMMUNES and kind == unit.type:
            self._communes.setdefault((kind, self._without_province(bare, unit)), []).append(unit.code)
            names: tuple[str, ...] = (unit.name, *unit.aliases)  # the bare short name is for display only
        else:
            names = (unit.name, unit.short, *unit.aliases)
        for name in names:
            self._add(name, target)

    def _without_province(self, bare: Words, unit: Unit) -> Words:
        ends = (bare[: -len(words)] for words in provinces.endings(unit.province) if bare[-len(words) :] == words)
        return next((rest for rest in ends if rest), bare)

    def _add_gone(self, gone: Unit) -> None:
        """A unit that has ended, or not begun: what is called after it belongs to its successors."""
        kind, _ = _commune_name(gone.name)
        short = () if gone.type in _COMMUNES and kind == gone.type else (gone.short,)
        aliases = tuple(dict.fromkeys((*short, *gone.aliases)))
        for old in self._today(FormerName(name=gone.name, unit=gone.code, aliases=aliases)):
            self._gone_targets.setdefault(gone.code, []).append(_Target(former=old))
            self._add_former(old, listed=True)

    def _today(self, old: FormerName) -> Iterator[FormerName]:
        """``old``, led on from a unit that is not there this year to the units that are; ``unit`` is "" for nobody."""
        gone = self._gone.get(old.unit)
        if gone is None:
            yield old
            return
        heirs = self._heirs(gone)
        since = "" if gone.last is None else f"từ năm số liệu {gone.last + 1}"
        for code, whole in heirs:
            note = (old.note or since) if whole and old.whole else f"đơn vị này đã chia {since}".strip()
            yield replace(old, unit=code, whole=whole and old.whole, note=note)
        if not heirs:
            yield replace(old, unit="", whole=False, note=_only_then(gone))

    def _heirs(self, gone: Unit) -> list[tuple[str, bool]]:
        """The units of today that took over ``gone``, by however many steps, and whether all of it went that way."""
        found: list[tuple[str, bool]] = []
        for unit in (*self._units.values(), *self._gone.values()):
            for share in unit.took_over:
                if share.unit == gone.code:
                    whole = share.percent == 100
                    later = [(unit.code, True)] if unit.code in self._units else self._heirs(unit)
                    found += [(code, whole and all_of_it) for code, all_of_it in later]
        return list(dict(found).items())

    def _add_former(self, old: FormerName, *, listed: bool = False) -> None:
        """``listed``: the name of a unit that the plan still lists, so that no district needs to be named with it."""
        for name in (old.name, *old.aliases):
            kind, bare = _commune_name(name)
            if kind and (old.district or listed):
                self._former.setdefault((kind, bare), []).append(old)
            elif not (listed and any(t.unit for t in self._targets(name))):
                self._add(name, _Target(former=old))
        if old.district:
            words = words_of(old.district)
            self._districts.setdefault(after_any(words, _DISTRICT_KINDS) or words, old.district)

    def _targets(self, name: str) -> list[_Target]:
        words = words_of(name)
        return self._known.get(words[0], {}).get(words, []) if words else []

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of all units, in the plan's order."""
        return tuple(self._units)

    def name(self, code: str) -> str:
        """The printed name of a unit."""
        return self._units[code].name

    def mentioned(self, text: str) -> tuple[str, ...]:
        """The units of today whose name, abbreviation or code stands somewhere in a sentence, in the order of writing.

        Nothing is understood of the sentence: who needs one unit, and finds two, has to ask.
        """
        words = words_of(text)
        found: dict[str, None] = dict.fromkeys(w for w in re.split(r"[\s.,;:()]+", text) if w in self._units)
        at = 0
        while at < len(words):
            known = self._known.get(words[at], {})
            lengths = sorted({len(n) for n in known}, reverse=True)
            longest = next((n for length in lengths if (n := words[at : at + length]) in known), ())
            found |= dict.fromkeys(t.unit for t in known.get(longest, []) if t.unit is not None)
            at += max(len(longest), 1)
        return tuple(found)

    # -------------------------------------------------------------- reading

    def resolve(self, text: str) -> Resolution:
        """The units that a cell such as ``Sở KH&CN; UBND các xã, phường`` names, and what must be asked.

        A line break parts two names, or is one that the width of the cell made: the reading with fewer doubts holds.
        """
        lines = re.sub(r"\s*\n\s*(?=[(\[])", " ", values.clean_lines(text.replace("_x000D_", " ")).translate(SIGNS))
        parted = self._resolved(lines)
        if not parted.problems or "\n" not in lines:
            return parted
        wrapped = self._resolved(re.sub(r"\n(?!\s*[-+•·*])", " ", lines))
        return min(parted, wrapped, key=lambda r: len(r.problems))

    def _resolved(self, text: str) -> Resolution:
        found = _Found()
        for line in text.split("\n"):
            for part in HARD.split(line):
                numbered = NUMBERING.match(part)
                self._read(part[numbered.end() :] if numbered else part, found)
        self._settle_literal(found)
        return Resolution(
            units=tuple(dict.fromkeys(found.units)),
            problems=tuple(dict.fromkeys(found.problems)),
            notes=tuple(dict.fromkeys(found.notes)),
        )

    def _read(self, text: str, found: _Found) -> None:
        tokens = without_all(tokens_of(text))
        at, kind = 0, None
        found.head = found.head if found.heads_all else ""
        while at < len(tokens):
            if tokens[at].word == AND and len(tokens) > 1:
                at += 1
                continue
            person = next((words for words in _PERSONS if spells(tokens, at, words)), ())
            if person and at + len(person) < len(tokens) and not may_end(tokens, at + len(person)):
                at += len(person)
                continue
            start = self._list_under_head(tokens, at)
            if start:
                found.head, found.heads_all, kind, at = tokens[start - 1].word, True, None, start
                continue
            start = self._list_of_communes(tokens, at)
            if start:
                at, kind = start, _EITHER
                continue
            districts = self._districts_end(tokens, at)
            if districts:
                written = as_written(text, tokens, at, districts)
                found.problems.append(Problem(trouble=Trouble.OPEN, text=written, why=_NO_DISTRICTS, gone=True))
                at, kind = self._past_remark(tokens, districts), None
                continue
            end = self._open_run(tokens, at)
            if end is not None:
                written = as_written(text, tokens, at, end)
                found.problems.append(Problem(trouble=Trouble.OPEN, text=written))
                at, kind = end, None
                continue
            phrase_end, targets = self._phrase(text, tokens, at)
            if found.head:
                headed = self._headed(tokens, at, found.head)
                if headed[0] > phrase_end:
                    phrase_end, targets = headed
            counted = 0 if targets else self._counted_end(tokens, at)
            commune_end, listed = self._commune_end(tokens, at, kind)
            qualified = commune_end > 0 and (
                is_old(tokens, commune_end)
                or self._renamed_at(tokens, commune_end)
                or self._district_at(tokens, commune_end)
            )
            if targets and phrase_end >= commune_end and not qualified:
                meant = self._of_province([t.unit for t in targets if t.unit], tokens, phrase_end)
                targets = [t for t in targets if t.unit in meant] or targets
                narrowed = self._narrowed(text, tokens, at, phrase_end, targets, found)
                if narrowed:
                    at, kind = narrowed, None
                    continue
                self._take(as_written(text, tokens, at, phrase_end), targets, found)
                found.heads_all = found.heads_all and found.head != ""
                if not found.heads_all:
                    found.head = tokens[at].word if targets[0].unit and tokens[at].word in _HEADS else ""
                at, kind = self._past_remark(tokens, phrase_end), None
            elif counted:
                self._take_counted(text, tokens, at, counted, found)
                at, kind = counted, None
            elif commune_end:
                at = self._take_commune(text, tokens, at, kind, found)
                kind = listed or kind
            else:
                end = self._unknown_end(text, tokens, at)
                found.problems.append(self._unknown(as_written(text, tokens, at, end)))
                at, kind = end, None

    def _of_province(self, codes: Sequence[str], tokens: list[Token], at: int) -> Sequence[str]:
        """Of several units of one name those of the province that is named at ``at``; else all of them."""
        if len(codes) < 2 or not self._endings:
            return codes
        said = {words for words in self._endings if spells(tokens, at, words) and may_end(tokens, at + len(words))}
        return [code for code in codes if said & set(provinces.endings(self._units[code].province))] or codes

    def _narrowed(
        self, text: str, tokens: list[Token], at: int, end: int, targets: list[_Target], found: _Found
    ) -> int:
        """Where a group ends of which what follows leaves some units out; 0 where nothing narrows it.

        Units that are left out by name are taken away; any other remark that may mean some of them alone is asked.
        """
        if len(targets) != 1 or targets[0].group is None:
            return 0
        members = self._members(targets[0])
        after = self._tail_end(tokens, end)
        left_out = self._exception_end(tokens, after)
        past = left_out or self._past_remark(tokens, after)
        if past == after or not members:
            return 0
        starts = tokens[after].start
        if left_out:
            starts = tokens[after + next(len(w) for w in EXCEPT if spells(tokens, after, w))].start
        named = self._named_of(members, text[starts : tokens[past - 1].end])
        if left_out and named and named < set(members):
            found.units += [code for code in members if code not in named]
            return past
        words = tuple(t.word for t in tokens[after:past])
        if not left_out and (words in _MERE_REMARKS or named == set(members)):
            return 0
        if not left_out and words[0].isdecimal() and int(words[0]) == len(members):
            return 0
        why = "có đơn vị được trừ ra" if left_out else "phần trong ngoặc có thể chỉ nói một số đơn vị"
        candidates = tuple(code for code in members if code in named)
        written = as_written(text, tokens, at, past)
        found.problems.append(Problem(trouble=Trouble.OPEN, text=written, candidates=candidates, why=why))
        return past

    def _named_of(self, members: Sequence[str], text: str) -> set[str]:
        """Which of ``members`` a remark names, by any words that only one of them has in its name; empty: not clear."""
        resolution = self.resolve(text)
        named = set(resolution.units)
        for problem in resolution.problems:
            words = words_of(problem.text)
            meant = [code for code in members if any(_holds(words_of(n), words) for n in self._called(code))]
            if len(meant) != 1:
                return set()
            named.add(meant[0])
        return named

    def _called(self, code: str) -> tuple[str, ...]:
        unit = self._units[code]
        return (unit.name, unit.short, *unit.aliases)

    def _tail_end(self, tokens: list[Token], at: int) -> int:
        """Where the name of the province ends that follows a name at ``at``: ``tỉnh Lạng Sơn``; else ``at``."""
        past = max((at + len(tail) for tail in self._tails if spells(tokens, at, tail)), default=at)
        return past if may_end(tokens, past) else at

    def _ends(self, tokens: list[Token], at: int) -> bool:
        """Whether a name may end before ``at``: something new begins there, or the name of the province."""
        return may_end(tokens, at) or self._tail_end(tokens, at) > at

    def _phrase(self, text: str, tokens: list[Token], at: int) -> tuple[int, list[_Target]]:
        """Where the longest known phrase that begins at ``at`` ends, and what it stands for."""
        code = re.match(r"\w+(?:-\w+)*", text[tokens[at].start :])
        if code and (code[0].casefold() in self._units or code[0].casefold() in self._gone):
            past = tokens[at].start + code.end()
            end = next((i for i in range(at, len(tokens)) if tokens[i].start >= past), len(tokens))
            return end, self._gone_targets.get(code[0].casefold()) or [_Target(unit=code[0].casefold())]
        best: tuple[int, list[_Target]] = (0, [])
        starts = [at, at + 1] if tokens[at].word == "ubnd" and at + 1 < len(tokens) else [at]
        for start in starts:  # "UBND Hoa Thám": the unit is known by its bare name
            for words, targets in self._known.get(tokens[start].word, {}).items():
                end = start + len(words)
                if start > at and any(t.group is not None for t in targets):
                    continue
                if end > best[0] and spells(tokens, start, words) and self._ends(tokens, end):
                    best = end, targets
        return best

    def _take(self, written: str, targets: list[_Target], found: _Found) -> None:
        if len(targets) > 1:
            codes = [code for t in targets for code in self._members(t)]
            why = next((t.former.note for t in targets if t.former is not None and not t.former.whole), "")
            found.problems.append(_ambiguous(written, codes, why if all(t.former for t in targets) else ""))
            return
        target = targets[0]
        if target.group is not None:
            members = self._members(target)
            if not members and not any(code in self._gone for code in target.group.members):
                found.problems.append(Problem(trouble=Trouble.OPEN, text=written, why=target.group.note))
            elif target.group.members == ("xa",) and self._of_type("phuong"):
                found.literal.append((len(found.units), written, members))
                return
            elif _TOWNS & set(written.casefold().replace(",", " ").split()):
                found.notes.append(f"“{written}”: {target.group.note or 'nay không còn thị trấn'}")
            found.units += members
            for code in target.group.members:
                if code in self._gone:
                    self._take_gone(written, self._gone[code], found)
        elif target.former is not None:
            old = target.former
            if not old.whole:
                found.problems.append(_ambiguous(written, [old.unit] if old.unit else [], old.note))
                return
            found.units.append(old.unit)
            found.notes.append(self._now(written, old))
        elif target.unit is not None:
            found.units.append(target.unit)

    def _take_gone(self, phrase: str, gone: Unit, found: _Found) -> None:
        """A unit that a group names by its code, and that is not there this year: its successors, or nobody."""
        targets = self._gone_targets[gone.code]
        if any(t.former and t.former.unit for t in targets):
            self._take(gone.name, targets, found)
        else:
            found.notes.append(f"“{phrase}” không gồm {gone.name}: {_only_then(gone)}")

    def _members(self, target: _Target) -> list[str]:
        if target.group is None:
            code = target.unit or (target.former.unit if target.former else "")
            return [code] if code else []
        named: list[str] = []
        for member in target.group.members:
            if member in self._units:
                named.append(member)
            elif member not in self._gone:
                named += [u.code for u in self._units.values() if u.type == member]
        return list(dict.fromkeys(named))

    def _of_type(self, *types: str) -> list[str]:
        return [u.code for u in self._units.values() if u.type in types]

    def _settle_literal(self, found: _Found) -> None:
        """``UBND các xã`` leaves out the wards if it is meant to the letter: only beside all wards is it clear."""
        wards = set(self._of_type("phuong"))
        for place, written, members in reversed(found.literal):
            if wards <= set(found.units):
                found.units[place:place] = members
                continue
            why = (
                f"hiểu theo nghĩa chữ chỉ gồm {len(members)} xã, không gồm {len(wards)} phường; ghi “UBND các xã, phường” "
                f"nếu gồm cả phường, ghi “UBND {len(members)} xã” nếu chỉ gồm các xã"
            )
            found.problems.append(Problem(trouble=Trouble.OPEN, text=written, why=why))

    # -------------------------------------------------------------- lists, numbers, levels that are no more

    def _list_under_head(self, tokens: list[Token], at: int) -> int:
        """Where the names begin after ``các sở:``; 0 where no such list begins at ``at``."""
        start = at + 2
        if start >= len(tokens) or tokens[at].word != EVERY or tokens[at + 1].word not in _HEADS:
            return 0
        return start if self._headed(tokens, start, tokens[at + 1].word)[0] else 0

    def _headed(self, tokens: list[Token], at: int, head: str) -> tuple[int, list[_Target]]:
        """The longest name at ``at`` that is known with ``head`` before it: ``Nội vụ`` after ``Sở Y tế,``."""
        best: tuple[int, list[_Target]] = (0, [])
        for words, targets in self._known.get(head, {}).items():
            end = at + len(words) - 1
            single = len(targets) == 1 and targets[0].group is None
            if len(words) > 1 and single and end > best[0] and spells(tokens, at, words[1:]) and may_end(tokens, end):
                best = end, targets
        return best

    def _counted(self, tokens: list[Token], at: int) -> tuple[int, tuple[str, ...], int]:
        """(end, unit types, number said) of ``UBND 65 xã, phường``; the end is 0 where there is none."""
        start = at + (tokens[at].word == "ubnd")
        start += start < len(tokens) and tokens[start].word == EVERY
        if start < len(tokens) and tokens[start].word.isdecimal():
            for words, types in _COUNTED:
                end = start + 1 + len(words)
                if spells(tokens, start + 1, words) and may_end(tokens, end):
                    return end, types, int(tokens[start].word)
        return 0, (), 0

    def _counted_end(self, tokens: list[Token], at: int) -> int:
        return self._counted(tokens, at)[0]

    def _take_counted(self, text: str, tokens: list[Token], at: int, end: int, found: _Found) -> None:
        _, types, said = self._counted(tokens, at)
        members = self._of_type(*types)
        if len(members) == said:
            found.units += members
            return
        why = f"trong danh sách có {len(members)} đơn vị loại này, ở đây ghi {said}"
        found.problems.append(Problem(trouble=Trouble.OPEN, text=as_written(text, tokens, at, end), why=why))

    def _districts_end(self, tokens: list[Token], at: int) -> int:
        """Where a phrase such as ``UBND các huyện, thành phố`` or ``cấp huyện`` ends; 0 where none begins at ``at``."""
        end = at + (tokens[at].word == "ubnd")
        many = [words for words in _MANY[:2] if spells(tokens, end, words)]
        many += [(tokens[end].word,)] if end < len(tokens) and tokens[end].word.isdecimal() else []
        if not many:
            return 0
        end += len(many[0])
        if end < len(tokens) and tokens[end].word.isdecimal():
            end += 1
        begun = end
        while True:
            past = end + (end < len(tokens) and tokens[end].word == AND and end > begun)
            words = next((w for w in _DISTRICT_KINDS[:4] if spells(tokens, past, w)), None)
            if words is None:
                break
            end = past + len(words)
        return end if end > begun and may_end(tokens, end) else 0

    def _exception_end(self, tokens: list[Token], at: int) -> int:
        """Where ``(trừ Sở Ngoại vụ)`` ends that begins at ``at``; 0 where nothing is left out."""
        if not any(spells(tokens, at, words) for words in EXCEPT):
            return 0
        if not tokens[at].bracket:
            return len(tokens)
        return self._past_remark(tokens, at)

    def _now(self, written: str, old: FormerName) -> str:
        now = self._units[old.unit].name if old.unit in self._units else old.unit
        return f"“{written}” nay là {now}" + (f" ({old.note})" if old.note else "")

    # -------------------------------------------------------------- communes

    def _commune(self, tokens: list[Token], at: int, kind: str | None) -> tuple[str, int, int, bool] | None:
        """(kind, start and end of the bare name, whether a list of that kind goes on) of a commune at ``at``."""
        start = at + (tokens[at].word == "ubnd")
        plural = start < len(tokens) and (tokens[start].word == EVERY or tokens[start].word.isdecimal())
        start += plural
        for words, meant in (*_KINDS.items(), *((d, "district") for d in _DISTRICT_KINDS)):
            if spells(tokens, start, words):
                end = self._bare_end(tokens, start + len(words), meant)
                return (meant, start + len(words), end, plural) if end else None
        if kind == _EITHER:
            ends = [(self._bare_end(tokens, at, k), self._is_today(tokens, at, k), k) for k in _COMMUNES]
            end, _, kind = max(ends)
            return (kind, at, end, True) if end else None
        if kind is not None:
            end = self._bare_end(tokens, at, kind)
            return (kind, at, end, True) if end else None
        return None

    def _is_today(self, tokens: list[Token], at: int, kind: str) -> bool:
        bare = tuple(t.word for t in tokens[at : self._bare_end(tokens, at, kind)])
        return (kind, bare) in self._communes

    def _list_of_communes(self, tokens: list[Token], at: int) -> int:
        """Where the names begin after ``các xã, phường:``; 0 where no such list begins at ``at``."""
        start = at + (tokens[at].word == "ubnd")
        many = start < len(tokens) and (tokens[start].word == EVERY or tokens[start].word.isdecimal())
        start += many
        for words, types in _COUNTED:
            names_at = start + len(words)
            here = len(types) > 1 and spells(tokens, start, words) and names_at < len(tokens)
            if here and not tokens[names_at].soft and any(self._bare_end(tokens, names_at, k) for k in _COMMUNES):
                return names_at
        return 0

    def _bare_end(self, tokens: list[Token], start: int, kind: str) -> int:
        """Where the longest commune or district name of ``kind`` that begins at ``start`` ends; 0: there is none."""
        longest = max(self._longest, 4)
        for end in range(min(len(tokens), start + longest), start, -1):
            bare = tuple(t.word for t in tokens[start:end])
            if kind == "district":
                known = bare in self._districts
            else:
                known = (kind, bare) in self._communes or (kind, bare) in self._former
            if known and (self._ends(tokens, end) or is_old(tokens, end) or self._district_at(tokens, end)):
                return end
        return 0

    def _commune_end(self, tokens: list[Token], at: int, kind: str | None) -> tuple[int, str | None]:
        """Where the commune at ``at`` ends, 0 for none; and the kind that bare names after it inherit."""
        commune = self._commune(tokens, at, kind)
        if commune is None:
            return 0, None
        return commune[2], commune[0] if commune[3] else None

    def _district_at(self, tokens: list[Token], at: int) -> tuple[str, int] | None:
        """The old district that is named at ``at``, as in ``, huyện Văn Lãng`` or ``(Văn Lãng)``, and where it ends."""
        if at >= len(tokens):
            return None
        at += tokens[at].word == _OF and at + 1 < len(tokens)
        start = at
        for words in _DISTRICT_KINDS:
            if spells(tokens, at, words):
                start = at + len(words)
                break
        if start == at and not tokens[at].bracket:
            return None
        for words, name in self._districts.items():
            end = start + len(words)
            if spells(tokens, start, words):
                end += is_old(tokens, end)
                if may_end(tokens, end):
                    return name, end
        return None

    def _take_commune(self, text: str, tokens: list[Token], at: int, listed: str | None, found: _Found) -> int:
        commune = self._commune(tokens, at, listed)
        assert commune is not None  # asked before
        kind, start, end, _ = commune
        bare = tuple(t.word for t in tokens[start:end])
        old = is_old(tokens, end)
        end += old
        district = None
        if kind != "district" and (place := self._district_at(tokens, end)):
            district, end = place
        if self._renamed_at(tokens, end):
            past = self._past_remark(tokens, end)
            self._take_renamed(
                as_written(text, tokens, at, past), kind, bare, text[tokens[end].end : tokens[past - 1].end], found
            )
            return past
        written = as_written(text, tokens, at, end)
        if kind == "district":
            found.problems.append(self._abolished(written, self._districts[bare]))
        else:
            today = self._of_province(self._communes.get((kind, bare), []), tokens, end)
            self._decide(written, kind, bare, today, district, bool(old), found)
        return self._past_remark(tokens, end)

    @staticmethod
    def _renamed_at(tokens: list[Token], at: int) -> bool:
        """Whether a bracket at ``at`` says what the name before it is now."""
        return at < len(tokens) and bool(tokens[at].bracket) and tokens[at].word == _NOW

    def _take_renamed(self, written: str, kind: str, bare: Words, now: str, found: _Found) -> None:
        """``xã Hồng Phong (nay thuộc xã Đồng Đăng)``: the unit of today, if it did take over one of that name."""
        formers = self._former.get((kind, bare), [])
        today = self.resolve(re.sub(rf"^\s*(?:{'|'.join(_INTO)})\s+", "", now, flags=re.IGNORECASE))
        heirs = [old for old in formers if (old.unit,) == today.units and not today.problems]
        if heirs:
            found.units.append(heirs[0].unit)
            found.notes.append(self._now(written, heirs[0]))
        else:
            found.problems.append(_ambiguous(written, [*today.units, *(old.unit for old in formers)]))

    def _decide(
        self,
        written: str,
        kind: str,
        bare: Words,
        today: Sequence[str],
        district: str | None,
        old: bool,
        found: _Found,
    ) -> None:
        """One commune name: the commune of ``today``; the one that took it over; or a question."""
        formers = self._former.get((kind, bare), [])
        if district is not None:
            here = [f for f in formers if f.district == district]
            if not here and today and any(f.unit in today and f.district == district for f in self._all_former()):
                found.units += today
                return
            formers, today = here, [] if here else today
            if not here:
                found.problems.append(_ambiguous(written, today, f"không thấy tên này trong {district} cũ"))
                return
        elif len(today) == 1 and not old:
            found.units += today
            return
        listed = [] if district is not None else [f for f in formers if _Target(former=f) in self._listed]
        formers = listed or formers  # a unit of last year's list before one that went long ago
        successors = list(dict.fromkeys(f.unit for f in formers if f.unit))
        alike = [] if district is not None or listed else [c for c in self._alike(bare) if c not in successors]
        if len(successors) == 1 and all(f.whole for f in formers) and not alike:
            found.units += successors
            if (kind, bare) not in self._communes or successors != self._communes[kind, bare]:
                found.notes.append(self._now(written, formers[0]))
            return
        split = any(not f.whole for f in formers)
        why = "đơn vị cũ này đã chia cho nhiều xã" if split else "" if district is not None else "ghi rõ huyện cũ"
        if listed:
            why = next((f.note for f in listed if not f.whole), "")
        found.problems.append(_ambiguous(written, [*today, *alike, *successors], why))

    @cached_property
    def _listed(self) -> tuple[_Target, ...]:
        """The former names that come from units that the plan still lists."""
        return tuple(t for targets in self._gone_targets.values() for t in targets)

    def _all_former(self) -> Iterator[FormerName]:
        for formers in self._former.values():
            yield from formers

    def _alike(self, bare: Words) -> list[str]:
        """The communes of today whose name is the same without accents."""
        plain = ascii_key(" ".join(bare))
        return [c for (_, words), codes in self._communes.items() if ascii_key(" ".join(words)) == plain for c in codes]

    def _abolished(self, written: str, district: str) -> Problem:
        units = dict.fromkeys(f.unit for f in self._all_former() if f.unit and f.district == district)
        return Problem(trouble=Trouble.UNKNOWN, text=written, candidates=tuple(units), why=_NO_DISTRICTS, gone=True)

    # -------------------------------------------------------------- what is not known

    def _open_run(self, tokens: list[Token], at: int) -> int | None:
        """Where a run such as ``các sở, ngành và đơn vị liên quan`` ends; ``None`` when none begins at ``at``."""
        end = at
        while end < len(tokens):
            for words in _RELATED:
                if end > at and spells(tokens, end, words) and may_end(tokens, end + len(words)):
                    return end + len(words)
            begins = end > at and (may_end(tokens, end) or tokens[end - 1].word == AND)
            if begins and tokens[end].word != AND and tokens[end].word not in _GENERIC:
                return None
            if end == at and tokens[at].word not in (EVERY, *_GENERIC):
                return None
            end += 1
        return None

    def _past_remark(self, tokens: list[Token], at: int) -> int:
        """Skip the name of the province, and a bracket that only explains the name before it."""
        at = self._tail_end(tokens, at)
        if at < len(tokens) and tokens[at].bracket and (at == 0 or tokens[at - 1].bracket != tokens[at].bracket):
            inside = tokens[at].bracket
            while at < len(tokens) and tokens[at].bracket == inside:
                at += 1
        return at

    def _unknown_end(self, text: str, tokens: list[Token], at: int) -> int:
        """Where an unknown name ends: before the next known one, or where a new name clearly begins."""
        end = at + 1
        while end < len(tokens):
            if any(spells(tokens, end, words) for words in EXCEPT):
                return self._exception_end(tokens, end)  # what is left out must not be taken for what is meant
            begins = may_end(tokens, end) or tokens[end - 1].word == AND
            if begins and tokens[end].word != AND and not tokens[end].bracket:
                known = self._phrase(text, tokens, end)[0] or self._commune_end(tokens, end, None)[0]
                if known or (not tokens[end].dash and (tokens[end].word in self._known or tokens[end].soft)):
                    break
            end += 1
        longer = end
        while longer < len(tokens) and tokens[longer - 1].word == AND:  # "Sở Khoa hoc và Công nghệ" is one name
            longer += 1
            while longer < len(tokens) and not may_end(tokens, longer):
                longer += 1
            if not self._phrase(text, tokens, end)[0] and self._near(as_written(text, tokens, at, longer)):
                return longer
        while tokens[end - 1].word == AND and end - 1 > at:
            end -= 1
        return end

    def _unknown(self, written: str) -> Problem:
        plain = ascii_key(_without_ubnd(written))
        kind, bare = _commune_name(written)
        many = words_of(_without_ubnd(written))
        if any(many[: len(words)] == words for words in _MANY) or (many and many[0].isdecimal()):
            return Problem(trouble=Trouble.OPEN, text=written)
        same = dict.fromkeys(code for name, code in self._names if name == plain)
        same |= dict.fromkeys(self._alike(bare) if kind else ())
        if len(same) > 1:
            return _ambiguous(written, same)
        return Problem(trouble=Trouble.UNKNOWN, text=written, candidates=tuple(same) or self._near(written))

    def _near(self, written: str) -> tuple[str, ...]:
        """The units whose name is nearly the same, likeliest first, for a person to choose from."""
        from rapidfuzz import fuzz, process

        known = [name for name, _ in self._names]
        plain = ascii_key(_without_ubnd(written))
        hits = process.extract(plain, known, scorer=fuzz.ratio, score_cutoff=84, limit=12)
        return tuple(dict.fromkeys(self._names[index][1] for _, _, index in hits))[:5]

    @cached_property
    def _names(self) -> tuple[tuple[str, str], ...]:
        """(name without accents and without UBND, unit code), of all units and former names."""
        found: dict[tuple[str, str], None] = {}
        for by_words in self._known.values():
            for words, targets in by_words.items():
                for t in targets:
                    code = t.unit or (t.former.unit if t.former else "")
                    if code:
                        found[_plain(words), code] = None
        for (kind, words), codes in self._communes.items():
            for code in codes:
                found[_plain(words), code] = found[_plain((kind, *words)), code] = None
        for (kind, words), formers in self._former.items():
            for old in (f for f in formers if f.unit):
                found[_plain(words), old.unit] = found[_plain((*kind.split("-"), *words)), old.unit] = None
        return tuple(found)


def _only_then(unit: Unit) -> str:
    """Why a listed unit that nobody took over can be given nothing this year."""
    years = "" if unit.first is None else f" từ năm số liệu {unit.first}"
    years += "" if unit.last is None else f" đến năm số liệu {unit.last}"
    heir = "" if unit.last is None else ", chưa có đơn vị nào kế thừa ở trang Đơn vị"
    return f"đơn vị này chỉ hoạt động{years}{heir}"


def _holds(words: Words, part: Words) -> bool:
    """Whether ``part`` stands in ``words``, one after the other."""
    return any(words[i : i + len(part)] == part for i in range(len(words) - len(part) + 1))


def _commune_name(name: str) -> tuple[str, Words]:
    """``UBND xã Hoa Thám`` -> ("xa", its bare words); the kind is empty where none is named."""
    words = words_of(name)
    words = words[1:] if words[:1] == ("ubnd",) else words
    for prefix, kind in _KINDS.items():
        if words[: len(prefix)] == prefix and len(words) > len(prefix):
            return kind, words[len(prefix) :]
    return "", words


def _ambiguous(written: str, candidates: Iterable[str], why: str = "") -> Problem:
    return Problem(trouble=Trouble.AMBIGUOUS, text=written, candidates=tuple(dict.fromkeys(candidates)), why=why)


def _without_ubnd(text: str) -> str:
    return " ".join(word for word in words_of(text) if word != "ubnd")


def _plain(words: Words) -> str:
    return ascii_key(" ".join(word for word in words if word != "ubnd"))
