"""What is said when something cannot be taken in: a rule, an address and a Chinese sentence on how to mend it."""

import errno
from dataclasses import dataclass

RESAVE = "请在 Excel 或 WPS 中打开后另存为 .xlsx，再放回原文件夹"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refused file, sheet or row. Never carries a cell's value: messages end up in logs and terminals."""

    registry: str
    file: str
    sheet: str
    rule: str
    message: str
    row: int | None = None
    column: str | None = None


class FileRefused(Exception):
    """A file that cannot be read at all; ``rule`` and the message say why and how to mend it."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message


_REASONS = (
    (FileNotFoundError, "没有这个文件或文件夹"),
    (IsADirectoryError, "这是文件夹，不是文件"),
    (NotADirectoryError, "路径中有一段不是文件夹"),
    (PermissionError, "没有权限，或正被其他程序打开"),
)


_REASON_OF_NUMBER = {
    errno.ENOSPC: "磁盘已满",
    errno.EROFS: "磁盘是只读的",
    errno.ENAMETOOLONG: "文件名太长",
    errno.EIO: "磁盘读写出错",
}


def reason(error: OSError) -> str:
    """Why the operating system refused, in Chinese where it is a common reason."""
    known = next((words for kind, words in _REASONS if isinstance(error, kind)), None)
    return known or _REASON_OF_NUMBER.get(error.errno or 0) or error.strerror or type(error).__name__
