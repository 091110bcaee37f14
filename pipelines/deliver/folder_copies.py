"""Workbooks into a recipient's folder, which may be a share: whole or not at all, and never over another file.

A file of that name may be the one that an officer is filling in. So a copy of other content gets a number behind its name.
"""

import errno
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from pipelines.deliver.failures import NotDelivered
from pipelines.guard import is_disk_full

_UNFINISHED = ".bidui-", ".partial"  # what a copy is called until it is whole
_LEFT_AFTER = 3600  # seconds, after which such a file is of a command that was killed
_MOST = 99  # files of one name
_LARGER = 100_000  # bytes that encryption adds, at the very most


def put_into(folder: Path, name: str, content: bytes, is_same: Callable[[bytes], bool]) -> str:
    """Write ``content`` into ``folder`` as ``name``, private (0600); returns the name it has there. Where a file of that name
    ``is_same``, nothing is written; where it is another, the new one gets a number: 名（2）.xlsx. Raises NotDelivered."""
    try:
        _clear_unfinished(folder)
        for path in _names(folder, name):
            if not path.exists():
                _write_new(path, content)
                return path.name
            if path.is_file() and path.stat().st_size <= len(content) + _LARGER and is_same(path.read_bytes()):
                return path.name
    except OSError as error:
        raise NotDelivered(_why(error)) from None
    raise NotDelivered("folder_failed")


def check_folder(folder: Path, root: Path) -> None:
    """Raises NotDelivered where it is known beforehand that nothing can be put into ``folder``. ``root``: the data folder, in which a copy
    would be read as an export or an answer."""
    try:
        if folder.resolve().is_relative_to(root.resolve()):
            raise NotDelivered("folder_of_data")
        if not folder.is_dir():
            raise NotDelivered("folder_missing")
    except OSError as error:
        raise NotDelivered(_why(error)) from None


def _names(folder: Path, name: str) -> Iterator[Path]:
    stem, ending = Path(name).stem, Path(name).suffix
    yield folder / name
    yield from (folder / f"{stem}（{number}）{ending}" for number in range(2, _MOST + 1))


def _write_new(path: Path, content: bytes) -> None:
    """Write a file that is not there yet. Raises FileExistsError where one has come meanwhile."""
    handle, unfinished = tempfile.mkstemp(prefix=_UNFINISHED[0], suffix=_UNFINISHED[1], dir=path.parent)  # 0600
    try:
        with open(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _name(unfinished, path)
    finally:
        Path(unfinished).unlink(missing_ok=True)


def _name(unfinished: str, path: Path) -> None:
    """Give the file its name, which must be free: a link and Windows' renaming refuse one that is taken; a share without links does not."""
    if os.name != "nt":
        try:
            os.link(unfinished, path)
            return
        except FileExistsError:
            raise
        except OSError:
            if path.exists():
                raise
    os.rename(unfinished, path)


def _clear_unfinished(folder: Path) -> None:
    """Remove what a command that was killed has left."""
    for path in folder.glob("*".join(_UNFINISHED)):
        if time.time() - path.stat().st_mtime > _LEFT_AFTER:
            path.unlink(missing_ok=True)


def _why(error: OSError) -> str:
    if is_disk_full(error):
        return "folder_full"
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return "folder_missing"
    return "folder_refused" if isinstance(error, PermissionError) or error.errno == errno.EROFS else "folder_failed"
