"""What is wrong at many lines in the same way, told once: at the first of them, with the number and places of the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from lsindicators.findings import Code, Finding, Severity
from lsindicators.model import CellRef

NAMED = 3
"""So many further places are named."""

SHOWN = 50
"""Characters of a line that a finding quotes."""


class Remark(Struct, frozen=True):
    """One thing wrong at one place."""

    code: Code
    place: str | None  # None: the file as a whole
    facts: dict[str, str] = field(default_factory=dict)
    severity: Severity | None = None
    text: str = ""  # what stands there

    @property
    def key(self) -> tuple[Code, Severity | None, tuple[str, ...]]:
        """Remarks with the same one are told together."""
        return self.code, self.severity, tuple(self.facts.values())


def findings(file: str, remarks: Iterable[Remark]) -> Iterator[Finding]:
    """The remarks as findings, in the order in which their first places stand."""
    groups: dict[tuple[Code, Severity | None, tuple[str, ...]], list[Remark]] = {}
    for remark in remarks:
        groups.setdefault(remark.key, []).append(remark)
    for alike in groups.values():
        first = alike[0]
        others = list(dict.fromkeys(r.place for r in alike if r.place and r.place != first.place))
        hint = ""
        if others:
            named = ", ".join(others[:NAMED]) + (" …" if len(others) > NAMED else "")
            hint = f" (và {len(others)} chỗ nữa: {named})"
        text = first.text if len(first.text) <= SHOWN else f"{first.text[: SHOWN - 1]}…"
        yield first.code.at(
            CellRef(file, first.place), found=text or None, severity=first.severity, hint=hint, **first.facts
        )
