"""A full disk is told as what it is, whichever library found it out, with what is free and what a run needs; and what else the
operating system refuses, as a sentence."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.files.refusal import reason
from pipelines.guard import Foreseen
from pipelines.store.folders import size_of

_NUMBERS = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_WORDS = ("no space left on device", "disk is full", "disk quota exceeded")  # of errors that carry no number


class DiskFull(Foreseen):
    """There was no room to write; the message, in Chinese, says how much is free and how much is needed."""


class WriteRefused(Foreseen):
    """The operating system refused to read or write; the message, in Chinese, says what and why."""


def is_disk_full(error: BaseException) -> bool:
    """Was this error, or one that it came of, a full disk? A guard hides the first error's text, not the error."""
    return any(_is_one(cause) for cause in _causes(error))


def disk_full(root: Path, last_run: Path | None) -> DiskFull:
    """The error that says so. ``last_run``: the folder of the last run, by whose size the need is estimated."""
    free = shutil.disk_usage(root).free
    workbooks = size_of(last_run / "workbooks") if last_run else 0  # once with the run, once in the outbox
    needed = size_of(last_run) + workbooks if last_run else 0
    about = f"，一次比对约需 {_megabytes(needed)}（按上次结果估计）" if needed else ""
    return DiskFull(f"磁盘已满：{root} 所在的磁盘还剩 {_megabytes(free)}{about}。请清理后重新运行；已有的结果未受影响")


@contextmanager
def refusals_explained() -> Iterator[None]:
    """Turns what the operating system refuses into a sentence that names the file; a full disk stays what it is."""
    try:
        yield
    except OSError as error:
        if is_disk_full(error):
            raise
        raise WriteRefused(f"无法读写 {error.filename or '数据文件夹'}（{reason(error)}）") from None


def _is_one(error: BaseException) -> bool:
    if isinstance(error, DiskFull) or (isinstance(error, OSError) and error.errno in _NUMBERS):
        return True
    return any(words in str(part).lower() for part in error.args for words in _WORDS)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        cause = waiting.pop()
        if cause is not None and id(cause) not in seen:
            seen.add(id(cause))
            yield cause
            waiting += [cause.__cause__, cause.__context__, getattr(cause, "orig", None)]


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB"
