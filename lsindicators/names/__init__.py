"""Names of units as people write them -> unit codes, or what must be asked. Nothing is ever guessed.

``clean`` only mends what nobody can want; ``key`` compares; ``ascii_key`` proposes, and a person decides. ``text`` makes
texts comparable, ``tokens`` cuts a cell into words, ``register`` knows the units.
"""

from lsindicators.names.provinces import printed
from lsindicators.names.register import Problem, Register, Resolution, Trouble
from lsindicators.names.text import ascii_key, clean, key, split_prefix

__all__ = ["Problem", "Register", "Resolution", "Trouble", "ascii_key", "clean", "key", "printed", "split_prefix"]
