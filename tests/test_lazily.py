"""lazily.py: what is made at first use is what would have been made at once."""

import re
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsindicators import lazily, pipeline, screen


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


@pytest.mark.parametrize("package", [pipeline, screen], ids=["pipeline", "screen"])
def test_no_name_of_a_package_is_that_of_a_file(package):
    """Once loaded, the file would stand where the name is looked for."""
    files = {path.stem for path in Path(package.__file__).parent.glob("*.py")}
    assert package.__all__
    assert not files & set(package.__all__)
    assert not any(isinstance(getattr(package, name), ModuleType) for name in package.__all__)


def test_what_a_package_does_not_have_is_told_as_always():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        pipeline.nothing  # noqa: B018 - that it is looked for is the test
