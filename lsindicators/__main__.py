"""Where the command ``lsindicators`` begins, as does ``python -m lsindicators``."""

import atexit
import gc


def run() -> None:
    """Run the program."""
    seldom_collect()
    from lsindicators.cli import main  # after it: loading modules makes most objects of a short command

    main()


def seldom_collect() -> None:
    """Let the collector look for circles of objects less often: a command makes many objects, and hardly any circle.

    At a province's size it hardly ever looks, and at the end it need not, as all goes: that took a tenth of ``read``.
    """
    gc.set_threshold(200_000, 20, 100)
    atexit.register(gc.freeze)


if __name__ == "__main__":
    run()
