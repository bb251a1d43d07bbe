"""Packages whose files are loaded when something of them is asked for: a command loads its own file and no other's."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module


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
