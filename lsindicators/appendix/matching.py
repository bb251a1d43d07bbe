"""Rows of an appendix and the catalogue -> for each row the criterion, or the variable, that it is, if that is clear."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from lsindicators import expressions, names
from lsindicators.appendix.measures import fits, known_measures, same_measure, split_measure
from lsindicators.appendix.wording import Words
from lsindicators.model import Plan, Variable

if TYPE_CHECKING:
    from lsindicators.appendix.table import AppendixRow


class Match(Struct, frozen=True):
    """The criterion of the catalogue that a row is, if that is clear; else those that it may be."""

    code: str | None
    candidates: tuple[str, ...] = ()  # of a row below a criterion: the variables that it may name
    variable: str | None = None  # the row names this variable of the criterion, and no other


SURE, LIKELY, NEAR, MARGIN = 92, 80, 72, 4
"""Likeness of two wordings, 0 to 100: enough alone; enough if the number agrees too; worth a question; the lead
that the best must have over the second. Beyond that, no word may stand for another one."""
Place = tuple[str, int]
"""Of a row: the table, and the row in it."""


def recognize(rows: Sequence[AppendixRow], catalogue: Plan) -> tuple[list[Match], dict[Place, str]]:
    """For each row its match, and the headings above rows that are criteria of the catalogue.

    A criterion is given once, save for rows of the same wording; so is a variable of it.
    """
    words = Words()
    known = {c.code: words.key(c.name) for c in catalogue.criteria}
    by_key: dict[str, list[str]] = {}
    for code, key in known.items():
        by_key.setdefault(key, []).append(code)
    measures = known_measures(catalogue)
    subjects = tuple(
        replace(row, name=name, measure=row.measure or said)
        for row in (*rows, *_headings(rows))
        for name, said in [split_measure(row.name, measures)]
    )
    at = {(row.place, row.row): i for i, row in enumerate(subjects)}
    keys = [words.key(row.name) for row in subjects]
    exact = {i: by_key[key][0] for i, key in enumerate(keys) if len(by_key.get(key, ())) == 1}
    schemes = _trusted(subjects, exact, catalogue)
    parts = _parts(
        subjects[: len(rows)], {place: exact[i] for place, i in at.items() if i in exact}, exact, catalogue, words
    )
    taken_by_name = {code for i, code in exact.items() if i not in parts}
    free = {code: key for code, key in known.items() if code not in taken_by_name}
    near = {i: _near(key, free, words) for i, key in enumerate(keys) if i not in exact and i not in parts}
    chosen: dict[int, str] = {}
    for i, ranked in near.items():
        choice = _choice(subjects[i], keys[i], ranked, catalogue, schemes, words)
        if choice is not None:
            chosen[i] = choice
    taken = list(chosen.values())
    codes = {**exact, **{i: code for i, code in chosen.items() if taken.count(code) == 1}}
    parts = _parts(
        subjects[: len(rows)], {place: codes[i] for place, i in at.items() if i in codes}, codes, catalogue, words
    )
    matches = []
    for i in range(len(rows)):
        candidates = tuple(code for score, code in near.get(i, ()) if score >= NEAR)[:4]
        head = rows[i].head
        if not candidates and head is not None:  # the row above may be a criterion: then this is a number of it
            candidates = tuple(
                code for score, code in near.get(at.get((head.place, head.row), -1), ())[:1] if score >= LIKELY
            )
        part = parts.get(i)
        if part is not None and (part.variable is not None or i not in exact):
            matches.append(part)
        elif i in codes:
            matches.append(Match(codes[i]))
        else:
            matches.append(Match(None, candidates))
    return matches, {(row.place, row.row): codes[i] for i, row in enumerate(subjects) if i in codes and i >= len(rows)}


def _headings(rows: Sequence[AppendixRow]) -> tuple[AppendixRow, ...]:
    """The headings above rows that can be criteria: no row themselves, and numbered as criteria are, or not at all."""
    own = {(row.place, row.row) for row in rows}
    heads = {(row.head.place, row.head.row): row.head for row in rows if row.head is not None}
    return tuple(
        h for place, h in heads.items() if place not in own and (not h.number or h.number.strip("(")[:1].isdigit())
    )


def _parts(
    rows: Sequence[AppendixRow],
    above: Mapping[Place, str],
    codes: Mapping[int, str],
    catalogue: Plan,
    words: Words,
) -> dict[int, Match]:
    """The rows that name a variable of the criterion ``above`` them, or may name one of several."""
    below: dict[str, list[int]] = {}
    for i, row in enumerate(rows):
        if row.head is not None and (row.head.place, row.head.row) in above:
            below.setdefault(above[row.head.place, row.head.row], []).append(i)
    parts: dict[int, Match] = {}
    for code, listed in below.items():
        own = {v.code: _AMONG.sub("", words.key(v.name)) for v in variables_of(catalogue, code)}
        keys = {i: _AMONG.sub("", words.key(rows[i].name)) for i in listed}
        exact = {i: next(iter(same)) for i in listed if len(same := [v for v, k in own.items() if k == keys[i]]) == 1}
        free = {v: key for v, key in own.items() if v not in exact.values()}
        chosen: dict[int, str] = {}
        asked: dict[int, tuple[str, ...]] = {}
        for i in listed:
            if i in exact or (i in codes and words.key(catalogue.criterion[codes[i]].name) == words.key(rows[i].name)):
                continue  # the wording is that of a variable, or of another criterion
            ranked = _near(keys[i], free, words)
            asked[i] = tuple(v for score, v in ranked if score >= NEAR)
            if ranked:
                best = catalogue.variable[ranked[0][1]]
                numbered = names.key(rows[i].code) == names.key(best.code)
                fits = same_measure(rows[i].measure, best.measure)
                if fits and _sure(keys[i], ranked, best.name, numbered, words):
                    chosen[i] = best.code
        named = list(chosen.values())
        left = [v.code for v in catalogue.variables if v.criterion == code and v.code in free and v.code not in named]
        for i in listed:
            variable = exact.get(i) or chosen.get(i)
            if variable is not None and (i in exact or named.count(variable) == 1):
                parts[i] = Match(code, variable=variable)
            elif i in asked and (asked[i] or i not in codes):
                near = asked[i] or tuple(left)  # it stands among the numbers of this criterion: one that is left
                parts[i] = Match(None, (*near[:4], *([codes[i]] if i in codes else ())))
    return parts


_AMONG = re.compile(
    rf"^(?:{names.key('trong đó')}|{names.key('trong tổng số')}|{names.key('bao gồm')})\s+(?:{names.key('có')}\s+)?"
)


def variables_of(catalogue: Plan, code: str) -> tuple[Variable, ...]:
    """The variables of a criterion, and those that its formula borrows."""
    needed = set(expressions.codes(catalogue.criterion[code].formula, catalogue.formulas))
    needed |= {v.code for v in catalogue.variables if v.criterion == code}
    needed |= {weight for v in needed & set(catalogue.variable) if (weight := catalogue.variable[v].aggregation.weight)}
    return tuple(v for v in catalogue.variables if v.code in needed)


def _near(key: str, free: Mapping[str, str], words: Words) -> list[tuple[float, str]]:
    """(likeness, code) of the criteria that nobody took by their very name, the most alike first."""
    from rapidfuzz import fuzz

    def likeness(other: str) -> float:
        core = words.core(key), words.core(other)
        alike = max(fuzz.ratio(key, other), fuzz.token_sort_ratio(key, other), fuzz.ratio(*core))
        return max(alike, NEAR) if words.within(key, other) else alike

    return sorted(((likeness(other), code) for code, other in free.items()), key=lambda s: (-s[0], s[1]))


def _choice(
    row: AppendixRow,
    key: str,
    ranked: Sequence[tuple[float, str]],
    catalogue: Plan,
    schemes: Sequence[Mapping[str, str]],
    words: Words,
) -> str | None:
    if not ranked:
        return None
    code = ranked[0][1]
    criterion = catalogue.criterion[code]
    if not fits(row.measure, criterion, catalogue):
        return None
    numbered = _plain(row.number) != "" and any(s.get(code) == _plain(row.number) for s in schemes)
    numbered = numbered or names.key(row.code) == names.key(code)
    return code if _sure(key, ranked, criterion.name, numbered, words) else None


def _sure(key: str, ranked: Sequence[tuple[float, str]], name: str, numbered: bool, words: Words) -> bool:
    """Whether a wording, alone or with its number, means the best of ``ranked``, called ``name``."""
    score, second = ranked[0][0], ranked[1][0] if len(ranked) > 1 else 0.0
    other = words.key(name)
    if score - second < MARGIN or words.kind(key) != words.kind(other):
        return False
    more, less = words.apart(words.core(key), words.core(other))
    if words.turns((*more, *less)) or (more and less) or len(more) > 1:
        return False
    return score >= LIKELY if numbered else score >= SURE and len(less) <= 1


def _plain(number: str) -> str:
    digits = number.strip("(). ")
    return str(int(digits)) if digits.isdigit() else ""


def _trusted(rows: Sequence[AppendixRow], exact: Mapping[int, str], catalogue: Plan) -> list[dict[str, str]]:
    """The ways of numbering (through the list, or afresh in each group) that the rows known by name bear out."""
    through = {c.code: str(i) for i, c in enumerate(catalogue.criteria, 1)}
    restarting = []
    for depth in (1, 2):
        count: dict[str, int] = {}
        numbers = {}
        for c in catalogue.criteria:
            group = " / ".join(c.group.split(" / ")[:depth])
            count[group] = count.get(group, 0) + 1
            numbers[c.code] = str(count[group])
        restarting.append(numbers)
    trusted = []
    for scheme in (through, *restarting):
        agree = sum(1 for i, code in exact.items() if scheme[code] == _plain(rows[i].number))
        if agree * 10 >= len(exact) * 6 and (exact or scheme is through):
            trusted.append(scheme)
    return trusted
