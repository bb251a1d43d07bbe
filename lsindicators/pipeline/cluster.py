"""``read --scheduler``: returns are judged on the machines of an existing dask.distributed scheduler."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import lsindicators
from lsindicators.errors import UnusableInputError
from lsindicators.pipeline.judging import Elsewhere, OtherVersionError, other_version

CONNECT = 10
"""Seconds in which a scheduler must answer."""


@contextmanager
def connected(address: str) -> Iterator[Elsewhere]:
    """The engine behind the scheduler at ``address``. Raises ``UnusableInputError`` where it cannot be used: then nothing
    was read yet."""
    try:
        from distributed import Client
    except ImportError as error:
        raise UnusableInputError(
            "--scheduler cần dask.distributed: cài bằng pip install 'lsindicators[cluster]' trên máy này và mọi máy tính phụ"
        ) from error
    try:
        client = Client(address, timeout=CONNECT, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise UnusableInputError(
            f"--scheduler {address}: không nối được với bộ điều phối dask ({type(error).__name__}); xem lại địa chỉ, như "
            "tcp://10.0.0.5:8786, và bộ điều phối đang chạy; hoặc bỏ --scheduler để đọc trên máy này. Chưa đọc tệp nào"
        ) from error
    try:
        workers = client.get_versions(packages=["lsindicators"])["workers"]
        if not workers:
            raise UnusableInputError(
                f"--scheduler {address}: bộ điều phối chưa có máy tính phụ nào; chạy dask worker {address} trên các máy đó"
            )
        for found in workers.values():
            if (theirs := found["packages"]["lsindicators"]) != lsindicators.__version__:
                raise OtherVersionError(f"--scheduler {address}: {other_version(theirs)}")
        yield Elsewhere(client.get_executor(pure=False), lambda: bool(client.nthreads()))
    finally:
        client.close(timeout=CONNECT)
