"""Formulas that name other criteria -> trees over variables alone: each criterion named stands for its own formula."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from lsindicators.errors import ExpressionError
from lsindicators.expressions.grammar import MOST_DEPTH, MOST_YEARS, parse
from lsindicators.expressions.tree import Expression, Reference, children, compares, references, with_children
from lsindicators.expressions.written import written

_MOST_NODES = 1000
"""So many numbers, codes and signs may stand in a formula once all criteria in it are replaced."""

Formulas = Mapping[str, str]
"""Code of a criterion or a companion -> its formula as typed: ``Plan.formulas``."""


class _Sized(NamedTuple):
    """A tree that shares its parts, with its size as if it did not."""

    tree: Expression
    nodes: int
    depth: int


def expand(text: str, formulas: Formulas) -> Expression:
    """The tree of a formula in which each criterion of ``formulas`` is replaced by its own formula, and so on.

    ``KQ07@-1`` moves every variable in the formula of ``KQ07`` a year back. Raises ``ExpressionError`` when a formula
    cannot be read, comes back to itself, reaches back too many years, grows beyond what Excel could take, or names for a
    number a criterion that only says yes or no.
    """
    tree = parse(text)
    ready: dict[Reference, _Sized] = {}
    waiting = [r for r in references(tree) if r.code in formulas]
    under_way: list[Reference] = []
    while waiting:
        at = waiting[-1]
        if at in ready:
            waiting.pop()
            continue
        own = parse(formulas[at.code])
        moved = (_shifted(r, at.lag) for r in references(own) if r.code in formulas)
        needed = [r for r in moved if r not in ready]
        if needed:
            way = [r.code for r in under_way]
            if at.code in way:
                raise ExpressionError(f"công thức đi vòng ({' → '.join([*way[way.index(at.code) :], at.code])})")
            under_way.append(at)
            waiting += needed
        else:
            ready[at] = _replaced(own, at.lag, ready)
            if under_way and under_way[-1] == at:
                under_way.pop()
    return _replaced(tree, 0, ready).tree if ready else tree


def codes(text: str, formulas: Formulas | None = None) -> tuple[str, ...]:
    """The codes of the variables that a formula names, also through criteria of ``formulas``, each once, in order.

    Raises ``ExpressionError`` when it cannot be read.
    """
    return tuple(dict.fromkeys(reference.code for reference in references(expand(text, formulas or {}))))


def inlined(text: str, formulas: Formulas) -> str:
    """A formula written without the criteria of ``formulas``, for a plan that does not have them; else as it is."""
    tree = expand(text, formulas)
    return text if tree == parse(text) else written(tree)


def circle(code: str, formulas: Formulas) -> tuple[str, ...]:
    """The shortest way on which the formula of ``code`` comes back to it, such as KQ07, KQ08, KQ07; empty: it does not.

    A formula that cannot be read leads nowhere.
    """
    ways: list[tuple[str, ...]] = [(code,)]
    seen: set[str] = set()
    for way in ways:
        for name in _named(formulas[way[-1]]):
            if name == code:
                return (*way, name)
            if name in formulas and name not in seen:
                seen.add(name)
                ways.append((*way, name))
    return ()


def _named(formula: str) -> tuple[str, ...]:
    try:
        return codes(formula)
    except ExpressionError:
        return ()


def _shifted(reference: Reference, lag: int) -> Reference:
    if reference.lag + lag < -MOST_YEARS:
        raise ExpressionError(f"{reference} của năm trước nữa lùi quá {MOST_YEARS} năm")
    return Reference(reference.code, reference.lag + lag) if lag else reference


def _replaced(node: Expression, lag: int, ready: Mapping[Reference, _Sized]) -> _Sized:
    """``node`` with the criteria that are ready put in their places, and all else ``lag`` years back."""
    if isinstance(node, Reference):
        shifted = _shifted(node, lag)
        return ready.get(shifted) or _Sized(shifted, 1, 1)
    parts = [_replaced(child, lag, ready) for child in children(node)]
    for child, part in zip(children(node), parts, strict=True):
        if isinstance(child, Reference) and compares(part.tree):
            raise ExpressionError(f"công thức của “{child.code}” là một phép so sánh, không dùng như một số được")
    nodes, depth = 1 + sum(p.nodes for p in parts), 1 + max((p.depth for p in parts), default=0)
    if nodes > _MOST_NODES or depth > MOST_DEPTH:
        raise ExpressionError(
            "công thức quá dài khi thay mã tiêu chí trong đó bằng công thức của tiêu chí ấy; viết ngắn lại theo mã số liệu"
        )
    return _Sized(with_children(node, tuple(p.tree for p in parts)), nodes, depth)
