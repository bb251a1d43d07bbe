"""The catalogue of hostile.py, a group at a time in a process of its own: what is told, and what it may cost.

The limit is the memory; a time fails a case only where it is stopped as a hang. ``LSI_HOSTILE=all`` takes in the cases
that take long to be made.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import hostile
import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="each case runs in a process of its own")

QUICK = () if os.environ.get("LSI_HOSTILE") == "all" else ("--quick",)
MEGABYTES = 100


@pytest.mark.parametrize("group", hostile.GROUPS)
def test_each_is_told_what_it_is_and_the_good_form_beside_it_is_read(group):
    done = subprocess.run(
        [sys.executable, "hostile.py", group, "--json", *QUICK],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=True,
    )
    runs = json.loads(done.stdout)
    assert {name: wrong for name, wrong, *_ in runs if wrong} == {}
    assert {name: size for name, _, _, size in runs if size > MEGABYTES} == {}
    assert len(runs) > 10


def test_the_catalogue_is_as_large_as_it_should_be():
    names = [(c.group, c.name) for c in hostile.CASES]
    assert len(names) == len(set(names)) >= 140
    assert {c.name for c in hostile.CASES} >= hostile.HEAVY
