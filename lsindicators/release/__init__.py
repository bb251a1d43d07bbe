"""Summary in, the release for the public out: a web page that works alone, and a two-page summary in Word.

Both speak of the whole province: no unit's figure, no unit's words, no file is in them.
"""

from lsindicators.release import brief, page
from lsindicators.release.content import contact
from lsindicators.release.page import Download

__all__ = ["Download", "brief", "contact", "page"]
