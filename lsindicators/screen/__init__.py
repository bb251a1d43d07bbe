"""What people see after a command: its outcome in, lines and tables out. Nothing is decided here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsindicators import lazily

if TYPE_CHECKING:
    from lsindicators.screen.begun import show_begun
    from lsindicators.screen.explained import show_explained
    from lsindicators.screen.exported import show_exported
    from lsindicators.screen.inspected import show_inspected
    from lsindicators.screen.merged import compared, show_merged
    from lsindicators.screen.parts import WIDTH, show
    from lsindicators.screen.published import show_published
    from lsindicators.screen.received import account, note, show_received
    from lsindicators.screen.rehearsed import show_rehearsed
    from lsindicators.screen.reminded import show_reminded
    from lsindicators.screen.reported import show_reported
    from lsindicators.screen.sealed import show_after_seal, show_sealed, show_seals
    from lsindicators.screen.standing import show_held, show_state, show_verified
    from lsindicators.screen.tables import tell
    from lsindicators.screen.traced import show_traced

__all__ = [
    "WIDTH",
    "account",
    "compared",
    "note",
    "show",
    "show_after_seal",
    "show_begun",
    "show_explained",
    "show_exported",
    "show_held",
    "show_inspected",
    "show_merged",
    "show_published",
    "show_received",
    "show_rehearsed",
    "show_reminded",
    "show_reported",
    "show_sealed",
    "show_seals",
    "show_state",
    "show_traced",
    "show_verified",
    "tell",
]

__getattr__ = lazily.loader(
    __name__,
    {
        "begun": "show_begun",
        "explained": "show_explained",
        "exported": "show_exported",
        "inspected": "show_inspected",
        "merged": "compared show_merged",
        "parts": "WIDTH show",
        "published": "show_published",
        "received": "account note show_received",
        "rehearsed": "show_rehearsed",
        "reminded": "show_reminded",
        "reported": "show_reported",
        "sealed": "show_after_seal show_sealed show_seals",
        "standing": "show_held show_state show_verified",
        "tables": "tell",
        "traced": "show_traced",
    },
)
