"""The exceptions that stop a command; each becomes one Vietnamese sentence in ``cli.py``."""

from __future__ import annotations

import errno


class LsindicatorsError(Exception):
    """Stops a command with exit code 2; its text is one clear Vietnamese sentence."""


class UnusableInputError(LsindicatorsError):
    """An input that cannot be used; the text names the file, and the sheet, cell or row."""


class OutputLockedError(LsindicatorsError):
    """An output file is open in another program; the former file is whole."""


class UnwritableError(LsindicatorsError):
    """The disk refuses what a command has to write: full, read-only, no permission; the former file is whole."""


class BusyError(LsindicatorsError):
    """Another command is at work on the same campaign."""


class ExpressionError(LsindicatorsError):
    """A formula or rule that cannot be parsed; the text quotes it and points at the place."""


def reason(error: OSError) -> str:
    """Why the system refused a file, in Vietnamese."""
    match error:
        case OSError(errno=errno.ENOSPC | errno.EDQUOT):
            return "ổ đĩa đã đầy"
        case OSError(errno=errno.EROFS):
            return "ổ đĩa chỉ cho đọc"
        case FileNotFoundError():
            return "không có tệp này"
        case FileExistsError():
            return "đã có một tệp trùng tên thư mục này"
        case IsADirectoryError() | NotADirectoryError():
            return "đường dẫn này không phải là tệp"
        case PermissionError():
            return "không có quyền, hoặc tệp đang mở trong chương trình khác"
        case _:
            return f"lỗi ổ đĩa: {error.strerror or error}"
