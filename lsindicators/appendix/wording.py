"""Wordings of criteria made comparable: abbreviations, slips of the pen, words that change nothing or everything."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable

from lsindicators import names

_SHORT = {
    "KH&CN": "khoa học và công nghệ",
    "KHCN": "khoa học công nghệ",
    "KH, CN": "khoa học công nghệ",
    "ĐMST": "đổi mới sáng tạo",
    "CĐS": "chuyển đổi số",
    "CNTT": "công nghệ thông tin",
    "TTHC": "thủ tục hành chính",
    "DVCTT": "dịch vụ công trực tuyến",
    "SHTT": "sở hữu trí tuệ",
    "DNNVV": "doanh nghiệp nhỏ và vừa",
    "DN": "doanh nghiệp",
    "TMĐT": "thương mại điện tử",
    "NSLĐ": "năng suất lao động",
    "CBCCVC": "cán bộ công chức viên chức",
    "GPHI": "giải pháp hữu ích",
}
PREFIX = re.compile(r"^(?:\s*\[[^\]]*\])+\s*|\s*\(đề xuất\)\s*$", re.IGNORECASE)
_ACRONYM = re.compile(r"\((?:[A-ZĐ][A-ZĐ&-]{1,6}|%)\)")
_NUMBERED = re.compile(
    r"^(?:(?:tiêu chí|chỉ tiêu)\s+(?:số\s+)?\d+(?:\.\d+)*|\d+(?:\.\d+)*[.)])\s*[:.–-]?\s*(?=\S)", re.IGNORECASE
)
_SMALL = "các những được có của cho về tại là với ở do bởi"
_LIGHT = (
    "cấp cho tổ chức, cá nhân Việt Nam",
    "của tổ chức, cá nhân Việt Nam",
    "cấp cho tổ chức, cá nhân",
    "của tổ chức, cá nhân",
    "của Việt Nam",
    "Việt Nam",
    "trên địa bàn tỉnh Lạng Sơn",
    "trên địa bàn tỉnh",
    "trên địa bàn",
    "của tỉnh",
    "tỉnh Lạng Sơn",
    "trong năm",
    "hằng năm",
    "hàng năm",
    "lượng",
)
"""Words that an appendix adds or drops without meaning another criterion; "số lượng" and "số" are one."""

_CONTRAST = (
    "tăng giảm trong ngoài quốc xuất nhập nam nữ không chưa xã huyện mới cũ đơn bằng hạng đăng cấp đầu cuối đã"
    " trước sau thu chi lớn nhỏ vừa"
)
_KINDS = (
    ("share", r"(?:tỷ lệ|tỷ trọng|tỷ suất|phần trăm)"),
    ("pace", r"(?:tốc độ|mức tăng|mức giảm)"),
    ("count", r"(?:số lượng|tổng số|số|lượng)"),
    ("worth", r"(?:tổng giá trị|giá trị|doanh thu|kinh phí|tổng mức)"),
)


_AND = names.key("và")
_SOUNDS = {"tr": "ch", "gi": "d", "r": "d", "s": "x", "l": "n"}
_ALIKE = re.compile("^(?:tr|gi|r|s|l)")
"""Beginnings of words that are said alike in the north, and therefore mixed up in writing."""


class Words:
    """A wording made comparable: abbreviations written out, prefixes, "và" and punctuation dropped."""

    def __init__(self) -> None:
        self.short = [(re.compile(rf"(?<!\S){re.escape(names.key(k))}(?!\S)"), names.key(v)) for k, v in _SHORT.items()]
        self.light = [re.compile(rf"(?<!\S){re.escape(self._bare(names.key(w)))}(?!\S)") for w in _LIGHT]
        self.contrast = {names.key(w) for w in _CONTRAST.split()}
        self.small = {names.key(w) for w in _SMALL.split()}
        self.kinds = [
            (kind, re.compile("|".join(rf"{re.escape(names.key(w))}(?!\S)" for w in p[3:-1].split("|"))))
            for kind, p in _KINDS
        ]

    def key(self, text: str) -> str:
        key = names.key(_ACRONYM.sub(" ", _NUMBERED.sub("", PREFIX.sub("", text))))
        for pattern, full in self.short:
            key = pattern.sub(full, key)
        return self._bare(key)

    @staticmethod
    def _bare(key: str) -> str:
        return " ".join(w for w in key.split() if w not in (_AND, "%"))

    def core(self, key: str) -> str:
        """A key without the words that change nothing; the whole key where nothing else is left."""
        bare = key
        for pattern in self.light:
            bare = pattern.sub(" ", bare)
        return " ".join(bare.split()) or key

    def kind(self, key: str) -> str:
        return next((kind for kind, pattern in self.kinds if pattern.match(key)), "")

    def apart(self, one: str, other: str) -> tuple[list[str], list[str]]:
        """The words that only one of two wordings has, small words and slips of the pen aside."""
        from rapidfuzz.distance import Levenshtein

        counts = Counter(one.split()), Counter(other.split())
        mine = [w for w in (counts[0] - counts[1]).elements() if w not in self.small]
        theirs = [w for w in (counts[1] - counts[0]).elements() if w not in self.small]
        for word in list(mine):
            near = next((w for w in theirs if self._slip(word, w, Levenshtein.distance)), None)
            if near is not None:
                mine.remove(word)
                theirs.remove(near)
        return mine, theirs

    def _slip(self, one: str, other: str, distance: Callable[[str, str], int]) -> bool:
        """Whether two words differ as by a slip: in accents, in one letter of a longer word, or as they sound alike."""
        if {one, other} & self.contrast:
            return False
        plain = names.ascii_key(one), names.ascii_key(other)
        sound = [_ALIKE.sub(lambda found: _SOUNDS[found[0]], word) for word in (one, other)]
        return plain[0] == plain[1] or sound[0] == sound[1] or (min(map(len, plain)) >= 4 and distance(*plain) == 1)

    def within(self, one: str, other: str) -> bool:
        """Whether the first wording is the second one cut short: three or more words, all of which stand there too."""
        mine = Counter(w for w in self.core(one).split() if w not in self.small)
        return mine.total() >= 3 and not mine - Counter(other.split())

    def turns(self, words: Iterable[str]) -> bool:
        """Whether one of the words turns the meaning of a name, or is a number."""
        return any(w in self.contrast or any(c.isdigit() for c in w) for w in words)
