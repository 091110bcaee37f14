"""Files that users name or put somewhere, read whole: the one place that opens them; and how a file that they name is written.

A pipe or a device in the place of a file would keep the night waiting for ever, or never end: what is no plain file is refused before it
is opened.
"""

import os
import re
import stat
import tempfile
from pathlib import Path

from pipelines.files.refusal import FileRefused

_HALF = re.compile(r"[\ud800-\udfff]")


def read_file(path: Path) -> bytes:
    """The content of a plain file, or of what a link to one leads to. Raises FileRefused where it is none, and OSError."""
    check_plain(path)
    with open(path, "rb", opener=_without_waiting) as file:
        _refuse_special(os.fstat(file.fileno()).st_mode)  # it may have been exchanged meanwhile
        return file.read()


def check_plain(path: Path) -> None:
    """Raises FileRefused where there is a pipe, a device or a socket in the place of ``path``, and OSError where there is nothing."""
    _refuse_special(path.stat().st_mode)


def check_place(path: Path) -> None:
    """Raises FileRefused where no file can be written as ``path`` because there is something else already."""
    if path.exists():
        check_plain(path)


def write_private(path: Path, content: bytes) -> None:
    """Write a file for its owner's eyes alone, also where there is one already that others can read; whole or not at all."""
    handle, unfinished = tempfile.mkstemp(prefix=".", suffix=".partial", dir=path.absolute().parent)  # 0600
    try:
        with open(handle, "wb") as file:
            file.write(content)
        os.replace(unfinished, path)
    finally:
        Path(unfinished).unlink(missing_ok=True)


def readable_name(name: str) -> str:
    """The name of a file as text. Names that are no UTF-8 have half characters, which neither a table nor a terminal takes."""
    return _HALF.sub("�", name)


def check_name(name: str) -> None:
    """Raises FileRefused where the name is none that can be written as text."""
    if _HALF.search(name):
        raise FileRefused("unreadable_file", "文件名里有无法识别的字符（不是 UTF-8 编码），没有读取。请改名后放回")


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _refuse_special(mode: int) -> None:
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise FileRefused("unreadable_file", "这不是普通文件，是管道或设备。请换成文件本身")
