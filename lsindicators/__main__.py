"""Lets ``python -m lsindicators`` do what the command ``lsindicators`` does."""

from lsindicators.cli import main

if __name__ == "__main__":
    main()
