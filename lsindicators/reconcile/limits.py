"""How much is too much: the tolerances of the room, each with its reason."""

from __future__ import annotations

from decimal import Decimal

NOISE = Decimal("1e-9")
"""Relative: what typing and adding up decimals leaves. Whole numbers have none, and are compared to the last one."""

ROUNDED = Decimal("0.001")
"""Relative: what rounding leaves, where decimal figures of several sources meet, or a figure that was made public."""

LARGE_PARTS, FEWEST_PARTS = Decimal(30), 3
"""A figure that is the sum of all others is no accident from this size on, with at least so many others that are not 0."""

LIKE, FAR = 8, Decimal(300)
"""So many units of one type make a measure of what is usual; so many times their median is another measure."""

NEAR = Decimal(3)
"""Up to so many times, or that part of, 10^3, 10^6 or 10^9: units of one type differ, so no closer than that."""

NAMED = 3
"""So many units are named in a sentence; more are counted."""
