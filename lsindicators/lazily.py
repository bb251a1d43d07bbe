"""What is made when it is first asked for: the files of a package, so that a command loads its own and no other's; patterns."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, AnyStr, cast


def loader(package: str, files: Mapping[str, str]) -> Callable[[str], object]:
    """The ``__getattr__`` of ``package``: file -> the names that are taken from it, with blanks between.

    No name may be that of a file, or the file would stand in its place once it is loaded.
    """
    homes = {name: file for file, names in files.items() for name in names.split()}

    def find(name: str) -> object:
        if name in files:
            return import_module(f"{package}.{name}")
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found = getattr(import_module(f"{package}.{homes[name]}"), name)
        setattr(sys.modules[package], name, found)
        return found

    return find


class _Pattern:
    """Stands for a pattern; at its first use it is compiled, and what is used of it stands here from then on."""

    def __init__(self, text: Any, flags: int) -> None:
        self._made = text, flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(*self._made), name)
        setattr(self, name, found)
        return found


def pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """As ``re.compile``, which takes longer than all else in the loading of a file that has many of them."""
    return cast("re.Pattern[AnyStr]", _Pattern(text, flags))
