"""The order of the stages: what each command does, from the files of a campaign to its products.

Every function takes the campaign's folder and gives an outcome: what was done, for people and as JSON, and the
exit code. Stages are imported where they are needed, so that no command loads a library that it does not use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsindicators import lazily

if TYPE_CHECKING:
    from lsindicators.pipeline.advice import next_step
    from lsindicators.pipeline.amend import AfterSeal
    from lsindicators.pipeline.campaign import DECISIONS, FORMS, LETTERS, SLIPS, TABLE, is_campaign, today
    from lsindicators.pipeline.demo import Played, play_year
    from lsindicators.pipeline.existing import Compared, Printed, compare, print_appendix, told
    from lsindicators.pipeline.explaining import Explained, Known, explain
    from lsindicators.pipeline.exporting import Exported, export
    from lsindicators.pipeline.generate import Issued, issue
    from lsindicators.pipeline.init import Begun, begin
    from lsindicators.pipeline.inspecting import Inspected, inspect
    from lsindicators.pipeline.publishing import Published, publish
    from lsindicators.pipeline.read import Received, receive
    from lsindicators.pipeline.rehearsing import KINDS, Rehearsed, rehearse
    from lsindicators.pipeline.reminding import Nudge, Reminding, remind
    from lsindicators.pipeline.report import Reported, Written, check_template, write_report
    from lsindicators.pipeline.results import Held, Merged, compile_table, hold
    from lsindicators.pipeline.sealed import SealsVerified, verify_all, verify_package
    from lsindicators.pipeline.sealing import Sealing, seal
    from lsindicators.pipeline.status import State, Stated, state, write_state
    from lsindicators.pipeline.tracing import Traced, trace
    from lsindicators.pipeline.verifying import Verified, verify

__all__ = [
    "DECISIONS",
    "FORMS",
    "KINDS",
    "LETTERS",
    "SLIPS",
    "TABLE",
    "AfterSeal",
    "Begun",
    "Compared",
    "Explained",
    "Exported",
    "Held",
    "Inspected",
    "Issued",
    "Known",
    "Merged",
    "Nudge",
    "Played",
    "Printed",
    "Published",
    "Received",
    "Rehearsed",
    "Reminding",
    "Reported",
    "Sealing",
    "SealsVerified",
    "State",
    "Stated",
    "Traced",
    "Verified",
    "Written",
    "begin",
    "check_template",
    "compare",
    "compile_table",
    "explain",
    "export",
    "hold",
    "inspect",
    "is_campaign",
    "issue",
    "next_step",
    "play_year",
    "print_appendix",
    "publish",
    "receive",
    "rehearse",
    "remind",
    "seal",
    "state",
    "today",
    "told",
    "trace",
    "verify",
    "verify_all",
    "verify_package",
    "write_report",
    "write_state",
]

__getattr__ = lazily.loader(
    __name__,
    {
        "advice": "next_step",
        "amend": "AfterSeal",
        "campaign": "DECISIONS FORMS LETTERS SLIPS TABLE is_campaign today",
        "demo": "Played play_year",
        "existing": "Compared Printed compare print_appendix told",
        "explaining": "Explained Known explain",
        "exporting": "Exported export",
        "generate": "Issued issue",
        "init": "Begun begin",
        "inspecting": "Inspected inspect",
        "publishing": "Published publish",
        "read": "Received receive",
        "rehearsing": "KINDS Rehearsed rehearse",
        "reminding": "Nudge Reminding remind",
        "report": "Reported Written check_template write_report",
        "results": "Held Merged compile_table hold",
        "sealing": "Sealing seal",
        "sealed": "SealsVerified verify_all verify_package",
        "status": "State Stated state write_state",
        "tracing": "Traced trace",
        "verifying": "Verified verify",
    },
)
