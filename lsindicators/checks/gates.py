"""Whose return is it: the stamps of one return -> the unit's form and stamp, or the finding that stops it.

The stamp proves that we issued the form; the numbers in it are for the other rules.
"""

from __future__ import annotations

from dataclasses import dataclass

from lsindicators import layout
from lsindicators.findings import Code, Finding
from lsindicators.layout import Form, Stamp
from lsindicators.model import CellRef, Plan, Return


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What the gates found out. Without ``form`` nothing of the return may be taken."""

    stamp: Stamp | None  # the stamp that counts, genuine; the highest round where there are several
    form: Form | None
    findings: tuple[Finding, ...]


def identify(plan: Plan, key: bytes, ret: Return) -> Identity:
    """Pass ``ret`` through the gates in their order: is it ours, whose, of which campaign, which version."""
    at = CellRef(ret.file)
    stamps = tuple(s for t in ret.tokens if (s := layout.find_stamp(t.text)) is not None)
    genuine = sorted((s for s in stamps if layout.genuine(s, key)), key=lambda s: (s.year == plan.year, s.round))
    if not genuine:
        return Identity(stamp=None, form=None, findings=(_stranger(plan, key, ret, stamps),))
    stamp = genuine[-1]
    others = [s for s in genuine if s.unit != stamp.unit]

    def stopped(finding: Finding) -> Identity:
        return Identity(stamp=stamp, form=None, findings=(finding,))

    if others:
        both = " và ".join(sorted({str(stamp), str(others[-1])}))
        return Identity(stamp=None, form=None, findings=(Code.FORGED_FORM.at(at, token=both, found=both),))
    if stamp.year != plan.year:
        return stopped(Code.WRONG_CAMPAIGN.at(at, token=stamp, year=plan.year, found=str(stamp)))
    if stamp.unit not in plan.owed:
        return stopped(Code.UNKNOWN_UNIT.at(at, unit=stamp.unit, found=stamp.unit))
    if ret.sheet is None or ret.heading_row is None:
        there = layout.DATA in ret.sheets  # but nobody can tell its columns any more
        column = layout.COLUMNS[layout.KEY]
        return stopped(Code.SHEET_MISSING.at(at, name=f"{layout.DATA}” với cột “{column}" if there else layout.DATA))
    form = layout.form(plan, stamp.unit)
    old = () if stamp.digest == form.digest else (Code.WRONG_VERSION.at(at, found=str(stamp)),)
    return Identity(stamp=stamp, form=form, findings=old)


def genuine_texts(key: bytes, ret: Return) -> frozenset[str]:
    """The genuine stamps among all that ``ret`` carries, as they are printed."""
    stamps = (layout.find_stamp(t.text) for t in ret.tokens)
    return frozenset(str(s) for s in stamps if s is not None and layout.genuine(s, key))


def _stranger(plan: Plan, key: bytes, ret: Return, stamps: tuple[Stamp, ...]) -> Finding:
    """The finding for a return without a genuine stamp."""
    at = CellRef(ret.file)
    if not ret.tokens:
        return Code.NOT_A_FORM.at(at)
    ours = layout.key_id(key)
    if stamps and all(s.key_id != ours for s in stamps):
        return Code.WRONG_CAMPAIGN.at(at, token=stamps[0], year=plan.year, found=str(stamps[0]))
    text = next((str(s) for s in stamps if s.key_id == ours), ret.tokens[0].text)
    return Code.FORGED_FORM.at(at, token=text, found=text)
