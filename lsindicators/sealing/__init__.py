"""The seal of a signed report: members -> a package that anybody can verify, and back; what changed since, as an addendum."""

from lsindicators.sealing.differences import Shift, between, printed
from lsindicators.sealing.package import (
    FORMAT,
    MANIFEST,
    READ_ME,
    SIGNATURE,
    SUMS,
    Fault,
    Package,
    is_signed,
    opened,
    pack,
)
from lsindicators.sealing.read_me import read_me

__all__ = [
    "FORMAT",
    "MANIFEST",
    "READ_ME",
    "SIGNATURE",
    "SUMS",
    "Fault",
    "Package",
    "Shift",
    "between",
    "is_signed",
    "opened",
    "pack",
    "printed",
    "read_me",
]
