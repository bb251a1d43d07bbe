"""lazily.py: what is made at first use is what would have been made at once."""

import re

from hypothesis import given
from hypothesis import strategies as st

from lsindicators import lazily


@given(st.text(alphabet="aA1 ;", max_size=12))
def test_a_pattern_finds_what_re_finds(text):
    for written, flags in ((r"a+|(1)", 0), (r"a(?P<n>1?)", re.IGNORECASE)):
        lazy, plain = lazily.pattern(written, flags), re.compile(written, flags)
        for _ in range(2):  # compiled now, and known then
            assert lazy.sub("-", text) == plain.sub("-", text)
            assert lazy.split(text) == plain.split(text)
            assert (lazy.fullmatch(text) is None) == (plain.fullmatch(text) is None)
            assert [m.groups() for m in lazy.finditer(text)] == [m.groups() for m in plain.finditer(text)]
        assert (lazy.pattern, lazy.flags, lazy.groupindex) == (plain.pattern, plain.flags, plain.groupindex)


def test_a_pattern_is_compiled_at_first_use_and_once(monkeypatch):
    made = []
    true = re.compile
    monkeypatch.setattr(re, "compile", lambda *told: made.append(told) or true(*told))
    found = lazily.pattern("a|b")
    assert made == []
    assert found.search("b") and found.search("a")
    assert len(made) == 1
