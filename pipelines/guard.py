"""Unforeseen errors without their text, which may quote a child's name or number; and what the operating system refuses, in a sentence."""

import errno
import os
import shutil
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

_Result = TypeVar("_Result")


class StepFailed(Exception):
    """A step broke off. Names the step, the kind of error and the place in the program, and nothing else of the error."""


class Foreseen(Exception):
    """An error whose message was written for whoever reads it: it passes a guard as it is.

    ``anywhere``: the message without what may not leave the data folder, such as the names of files; by default the message itself.
    ``passes``: whether the same may go well a little later, so that waiting helps."""

    passes = False
    anywhere: str | None = None


class SystemRefused(Foreseen):
    """The operating system refused to read or write; the message, in Chinese, says what and why. A share comes back, a file is closed."""

    passes = True


class DiskFull(SystemRefused):
    """There is no room to write; the message, in Chinese, says how much is free."""

    passes = False


_REASONS = (
    (FileNotFoundError, "没有这个文件或文件夹"),
    (IsADirectoryError, "这是文件夹，不是文件"),
    (NotADirectoryError, "路径中有一段不是文件夹"),
    (PermissionError, "没有权限，或正被其他程序打开"),
)
_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
_REASON_OF_NUMBER = {
    **dict.fromkeys(_FULL, "磁盘已满"),
    errno.EROFS: "磁盘是只读的",
    errno.ENAMETOOLONG: "文件名太长",
    errno.EIO: "磁盘读写出错",
    errno.EMFILE: "打开的文件太多",
    errno.ENFILE: "打开的文件太多",
    errno.EFBIG: "文件太大，超过了系统允许的大小",
}
# Libraries that report an error of the system in words of their own: DuckDB, SQLite, XlsxWriter.
_WORDS = {
    "no space left on device": errno.ENOSPC,
    "disk is full": errno.ENOSPC,
    "disk quota exceeded": errno.ENOSPC,
    "read-only file system": errno.EROFS,
    "permission denied": errno.EACCES,
    "too many open files": errno.EMFILE,
    "input/output error": errno.EIO,
}


def guarded(step: str, work: Callable[[], _Result]) -> _Result:
    """What ``work`` returns. Raises StepFailed for every error but those that are ``Foreseen`` or come from a guard within; SystemRefused
    for what the operating system refused; KeyboardInterrupt where a library made another error of an interruption. Nothing of the first
    error hangs on the one that is raised, neither as its cause nor as its context."""
    try:
        return work()
    except (Foreseen, StepFailed) as error:
        told: BaseException = _alone(error)
    except Exception as error:
        told = _told(step, error)
    raise told


def kind_and_place(error: BaseException) -> str:
    """The class of ``error`` and the innermost lines of the program that it came through: what may be shown of any error."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    place = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__} at {place}"


def reason(error: OSError) -> str:
    """Why the operating system refused, in Chinese where it is a common reason. Never the error's own text, which anybody may write."""
    known = next((words for kind, words in _REASONS if isinstance(error, kind)), None)
    number = error.errno or 0
    return known or _REASON_OF_NUMBER.get(number) or (os.strerror(number) if number else type(error).__name__)


def is_disk_full(error: BaseException) -> bool:
    """Was this error, or one that it came of, a full disk?"""
    return isinstance(error, DiskFull) or any(_number_of(cause) in _FULL for cause in _causes(error))


def disk_full(place: Path, needed: int | None, work: str = "") -> DiskFull:
    """The error that says so. ``place``: on the disk; ``needed``: about how many bytes ``work`` (in Chinese) needs, where that is known."""
    while not place.exists() and place != place.parent:
        place = place.parent
    about = f"，{work}约需 {_megabytes(needed)}（估计）" if needed else ""
    free = _megabytes(shutil.disk_usage(place).free)
    return DiskFull(f"磁盘已满：{place} 所在的磁盘还剩 {free}{about}。请清理后重试；已有的结果未受影响")


def refused_by_system(error: BaseException) -> SystemRefused | None:
    """The sentence about what the operating system refused, where ``error`` came of that; else None."""
    if isinstance(error, SystemRefused):
        return error
    if is_disk_full(error):
        return DiskFull("磁盘已满。请清理后重试；已有的结果未受影响")
    if (number := _number_of(error)) is None:
        return None
    why = reason(error if isinstance(error, OSError) else OSError(number, ""))
    named = getattr(error, "filename", None)
    without_name = f"读写失败（{why}）"
    refused = SystemRefused(f"无法读写 {os.fsdecode(named)}（{why}）" if isinstance(named, str | bytes) else without_name)
    refused.anywhere = without_name
    return refused


def _told(step: str, error: Exception) -> BaseException:
    if any(isinstance(cause, KeyboardInterrupt) or "KeyboardInterrupt" in str(cause) for cause in _causes(error)) or (
        str(error) == "Query interrupted" or type(error).__name__ == "InterruptException"
    ):
        return KeyboardInterrupt()
    return refused_by_system(error) or StepFailed(f"{step}: {kind_and_place(error)}")


def _alone(error: BaseException) -> BaseException:
    """The error without those that it came of."""
    error.__cause__ = error.__context__ = None
    return error


def _number_of(error: BaseException) -> int | None:
    """The number of the system's error that ``error`` is or speaks of."""
    if isinstance(error, OSError) and error.errno:
        return error.errno
    if not type(error).__module__.startswith(
        ("duckdb", "_duckdb", "pyarrow", "sqlalchemy", "sqlite3", "psycopg", "xlsxwriter", "lxml")
    ):
        return None
    text = " ".join(str(part).lower() for part in error.args)
    return next((number for words, number in _WORDS.items() if words in text), None)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and those that it came of."""
    seen, waiting = set[int](), [error]
    while waiting:
        cause = waiting.pop()
        if cause is not None and id(cause) not in seen:
            seen.add(id(cause))
            yield cause
            waiting += [cause.__cause__, cause.__context__, getattr(cause, "orig", None)]


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB"
