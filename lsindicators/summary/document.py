"""The summary as ``merge --json`` prints it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from lsindicators import values
from lsindicators.summary import counts
from lsindicators.summary.nouns import Collection, Delivery, Moves, Section, Tally

if TYPE_CHECKING:
    from lsindicators.summary import Summary


def of(told: Summary) -> dict[str, Any]:
    """What is told in words: every count that the papers print can be found there."""
    return {
        "threshold": values.plain(told.plan.settings.coverage),
        "criteria": _tally_json(told.tally),
        "moves": _moves_json(told.moves),
        "collection": _collection_json(told.collection),
        "kinds": [{"kind": name, **_collection_json(c)} for name, c in told.kinds.items()],
        "delivery": {"communes": _bands_json(told.communes), "offices": _bands_json(told.offices)},
        "gaps": [{"variable": v, "why": why, "units": units} for (v, why), units in told.gaps.items()],
        "succession": dict(told.succession),
        "groups": [_section_json(s) for s in told.sections],
        "contributions": {
            code: [{"unit": c.unit, "value": values.plain(c.value), "percent": _six(c.percent)} for c in shares]
            for code, shares in told.contributions.items()
        },
        "suppliers": {
            code: {
                "named": list(given.named),
                "values": [values.plain(_given(told, code, unit)) for unit in given.named],
                "blocks": [
                    {
                        "communes": b.communes,
                        "expected": b.expected,
                        "reported": b.reported,
                        "value": values.plain(b.value),
                    }
                    for b in given.blocks
                ],
            }
            for code, given in told.suppliers.items()
        },
    }


def _given(told: Summary, variable: str, unit: str) -> Decimal | None:
    figure = told.dataset.figure.get((variable, unit, told.plan.year))
    return figure.value if figure is not None and isinstance(figure.value, Decimal) else None


def _collection_json(c: Collection) -> dict[str, Any]:
    return {
        **{name: getattr(c, name) for name in Collection.__struct_fields__},
        "punctual": c.punctual,
        "absent": c.absent,
        "percent": _six(c.percent),
    }


def _tally_json(t: Tally) -> dict[str, int]:
    return {"total": t.total, "whole": t.whole, "enough": t.enough, "partial": t.partial, "missing": t.missing}


def _moves_json(m: Moves) -> dict[str, Any]:
    return {
        "risen": [r.criterion.code for r in m.risen],
        "fallen": [r.criterion.code for r in m.fallen],
        "same": [r.criterion.code for r in m.same],
        "ranked": [r.criterion.code for r in m.ranked],
        "relative": {
            r.criterion.code: _six(percent)
            for r in (*m.risen, *m.fallen)
            if (percent := counts.relative(r)) is not None
        },
    }


def _six(number: Decimal | None) -> Any:
    return None if number is None else values.plain(round(number, 6))


def _bands_json(deliveries: Sequence[Delivery]) -> list[dict[str, Any]]:
    return [
        {"from": values.plain(b.least), "below": values.plain(b.below), "units": b.units}
        for b in counts.bands(deliveries)
    ]


def _section_json(s: Section) -> dict[str, Any]:
    told: dict[str, Any] = {
        "number": s.number,
        "title": s.title,
        "criteria": _tally_json(counts.tally(s.criteria)),
        "moves": _moves_json(counts.moves(s.criteria)),
        "codes": [r.criterion.code for r in s.results],
    }
    return {**told, "parts": [_section_json(p) for p in s.parts]} if s.parts else told
