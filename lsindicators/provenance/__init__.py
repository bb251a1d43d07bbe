"""Where a figure of the province comes from: the nouns of a trace, and its calculation told step by step."""

from __future__ import annotations

from lsindicators.provenance import words
from lsindicators.provenance.aggregated import Aggregated, aggregated
from lsindicators.provenance.nouns import Contribution, Former, Input, Part, Record, Ruling, Trace
from lsindicators.provenance.worked import UNKNOWN, Step, shifted, shown, worked, written

__all__ = [
    "UNKNOWN",
    "Aggregated",
    "Contribution",
    "Former",
    "Input",
    "Part",
    "Record",
    "Ruling",
    "Step",
    "Trace",
    "aggregated",
    "shifted",
    "shown",
    "words",
    "worked",
    "written",
]
