"""Dataset and Results -> ``tong-hop.xlsx``, the province's workbook with live formulas, and ``merge --json``.

``mailing`` writes ``danh-sach-gui.xlsx``: what is sent to whom; ``receipts`` writes ``bien-nhan.xlsx``: what came in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsindicators import lazily

if TYPE_CHECKING:
    from lsindicators.exports import mailing, receipts
    from lsindicators.exports.province import save, spreads, write
    from lsindicators.exports.view import to_json

__all__ = ["mailing", "receipts", "save", "spreads", "to_json", "write"]

__getattr__ = lazily.loader(
    __name__, {"mailing": "", "receipts": "", "province": "save spreads write", "view": "to_json"}
)
