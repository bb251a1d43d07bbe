"""The order of the stages: what each command does, from the files of a campaign to its products.

Every function takes the campaign's folder and gives an outcome: what was done, for people and as JSON, and the
exit code. Stages are imported where they are needed, so that no command loads a library that it does not use.
"""

from lsindicators.pipeline.advice import next_step
from lsindicators.pipeline.amend import AfterSeal
from lsindicators.pipeline.campaign import DECISIONS, FORMS, LETTERS, SLIPS, TABLE, is_campaign, today
from lsindicators.pipeline.demo import Played, play_year
from lsindicators.pipeline.existing import Compared, Printed, compare, print_appendix, told
from lsindicators.pipeline.explain import Explained, Known, explain
from lsindicators.pipeline.export import Exported, export
from lsindicators.pipeline.generate import Issued, issue
from lsindicators.pipeline.init import Begun, begin
from lsindicators.pipeline.inspect import Inspected, inspect
from lsindicators.pipeline.publish import Published, publish
from lsindicators.pipeline.read import Received, receive
from lsindicators.pipeline.rehearse import KINDS, Rehearsed, rehearse
from lsindicators.pipeline.remind import Nudge, Reminding, remind
from lsindicators.pipeline.report import Reported, Written, check_template, write_report
from lsindicators.pipeline.results import (
    Held,
    Merged,
    State,
    Stated,
    compile_table,
    hold,
    state,
    write_state,
)
from lsindicators.pipeline.seal import Sealing, seal
from lsindicators.pipeline.sealed import SealsVerified, verify_all, verify_package
from lsindicators.pipeline.trace import Traced, trace
from lsindicators.pipeline.verify import Verified, verify

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
