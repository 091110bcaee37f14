"""Where a command and its processes keep temporary files, and for whose eyes new files are: the one door for every library.

While ``private_work`` lasts, temporary files lie in a folder of its own under ``curated/.temporary`` of the data folder, never in the
system's, where those of openpyxl were once left with children's IDs after a kill; and whatever is written is its owner's alone, whatever
the umask. A lock that the operating system frees tells folders of processes that were killed from those at work; the next command
removes the former.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

_TEMPORARY = Path("curated", ".temporary")
_FONTS = Path("curated", ".fonts")  # matplotlib's list of this machine's fonts: of no person, and slow to make
_PREFIX = "bidui-"
_LOCK = ".lock"
_VARIABLES = ("TMPDIR", "TEMP", "TMP")  # as POSIX and Windows name it; processes that are started inherit them
_FONT_VARIABLE = "MPLCONFIGDIR"
_UNLOCKED_FOR = 3600  # seconds, after which a folder without a lock is of a process killed before it took it


@contextmanager
def private_work(root: Path | None) -> Iterator[Path]:
    """The folder of temporary files, removed at the end. ``root``: the data folder; where there is none, or it cannot be written to, a
    private folder in the system's own. All this holds for the process, not only for this thread."""
    umask = os.umask(0o077)
    before, variables = tempfile.tempdir, {name: os.environ.get(name) for name in (*_VARIABLES, _FONT_VARIABLE)}
    folder, lock = _own_folder(root)
    try:
        tempfile.tempdir = str(folder)
        os.environ |= dict.fromkeys(_VARIABLES, str(folder))
        if variables[_FONT_VARIABLE] is None:
            fonts = root / _FONTS if root and folder.is_relative_to(root.absolute()) else folder
            os.environ[_FONT_VARIABLE] = str(fonts.absolute())
        yield folder
    finally:
        tempfile.tempdir = before
        for name, value in variables.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        lock.release()
        shutil.rmtree(folder, ignore_errors=True)
        os.umask(umask)


def _own_folder(root: Path | None) -> tuple[Path, FileLock]:
    system = Path(tempfile.gettempdir()).absolute()
    if root is None or not root.is_dir():
        return _folder_in(system)
    try:
        parent = root.absolute() / _TEMPORARY
        parent.mkdir(parents=True, exist_ok=True)
        parent.chmod(0o700)
        return _folder_in(parent)
    except OSError:
        return _folder_in(system)


def _folder_in(parent: Path) -> tuple[Path, FileLock]:
    _remove_left(parent)
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
        lock = FileLock(folder / _LOCK, mode=0o600)
        try:
            lock.acquire(timeout=0)
            return folder, lock
        except Timeout:  # another process took it for one that was left
            continue


def _remove_left(parent: Path) -> None:
    """Remove this user's folders whose process is no more."""
    for folder in parent.glob(f"{_PREFIX}*"):
        try:
            about = folder.lstat()
            if hasattr(os, "getuid") and about.st_uid != os.getuid():
                continue
            if not (folder / _LOCK).exists():
                if time.time() - about.st_mtime > _UNLOCKED_FOR:
                    shutil.rmtree(folder, ignore_errors=True)
                continue
            with FileLock(folder / _LOCK, mode=0o600).acquire(timeout=0):
                shutil.rmtree(folder, ignore_errors=True)
        except (OSError, Timeout):  # at work, or removed by another process meanwhile
            continue
