"""The small formula language of ``phan-cong.xlsx``: parse once, evaluate over Decimal, print as an Excel formula.

``C09_A / C09_B * 100``, ``C14_A@-1`` (the year before), ``nếu(C09_B > 0; C09_A / C09_B; 0)``. Two readings of Excel are
not ours: ``-2^2`` is -4 as in mathematics (printed with brackets, so Excel agrees), and ``2^3^2`` must have brackets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsindicators import lazily
from lsindicators.expressions.arithmetic import CONTEXT, NotComputable, evaluate
from lsindicators.expressions.criteria import circle, codes, expand, inlined
from lsindicators.expressions.grammar import know, parse
from lsindicators.expressions.tree import (
    FUNCTIONS,
    Call,
    Comparison,
    Expression,
    Negation,
    Number,
    Operation,
    Reference,
    branches,
    compares,
    divides,
    references,
)
from lsindicators.expressions.written import written

if TYPE_CHECKING:
    from lsindicators.expressions.excel import excel_takes, to_excel
    from lsindicators.expressions.measures import Clash, Scale, misstated, scale, unlike
    from lsindicators.expressions.sense import dotted, impossible, settled

__all__ = [
    "CONTEXT",
    "FUNCTIONS",
    "Call",
    "Clash",
    "Comparison",
    "Expression",
    "Negation",
    "NotComputable",
    "Number",
    "Operation",
    "Reference",
    "Scale",
    "branches",
    "circle",
    "codes",
    "compares",
    "divides",
    "dotted",
    "evaluate",
    "excel_takes",
    "expand",
    "impossible",
    "inlined",
    "know",
    "misstated",
    "parse",
    "references",
    "scale",
    "settled",
    "to_excel",
    "unlike",
    "written",
]

__getattr__ = lazily.loader(
    __name__,
    {
        "excel": "excel_takes to_excel",
        "measures": "Clash Scale misstated scale unlike",
        "sense": "dotted impossible settled",
    },
)
"""Of use to who makes or judges a plan, and not to who computes."""
