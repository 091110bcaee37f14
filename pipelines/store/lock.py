"""One run at a time works on a data folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from pipelines.guard import Foreseen
from pipelines.store.folders import private_folder
from schemas.memory_database import remove_spilled


class Busy(Foreseen):
    """Another run is at work on this folder, or another program holds a file that must be replaced; says which."""

    passes = True


@contextmanager
def exclusive(root: Path) -> Iterator[None]:
    """One run at a time per folder; the operating system frees the lock of a run that dies. Raises Busy."""
    lock = FileLock(private_folder(root / "curated") / ".lock", mode=0o600)
    try:
        with lock.acquire(timeout=0):
            remove_spilled(root / "curated")
            yield
    except Timeout:
        raise Busy("另一次比对正在进行，请稍后再试") from None
