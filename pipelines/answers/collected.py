"""Returned files as they come in during the day: copied at once, so that an answer counts whatever becomes of its file before the night.

``curated/collected/<digest>/<name>`` holds the copy until a night has published; a mark beside it says that its receipt was sent.
"""

import hashlib
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipelines.answers.inbox import LEFT_BY_PROGRAMS
from pipelines.files.opening import read_file
from pipelines.files.refusal import FileRefused
from pipelines.files.walk import files_under
from pipelines.store.folders import private_folder

_COLLECTED = Path("curated", "collected")
_RECEIPTED, _UNFINISHED = ".receipted", ".unfinished"
_SETTLED = 60  # seconds without a change: a younger file may still be being copied


def collect(root: Path) -> list[Path]:
    """Copy what is new under ``root/inbox``; returns the copies whose receipts have not been sent, in order of the files' paths. Raises
    OSError."""
    waiting = []
    for path, digest in _inbox(root):
        copy = root / _COLLECTED / digest / path.name
        if (copy.parent / _RECEIPTED).exists():
            continue
        if not copy.exists():
            if time.time() - path.stat().st_mtime < _SETTLED:
                continue
            unfinished = private_folder(copy.parent) / _UNFINISHED
            shutil.copyfile(path, unfinished)
            unfinished.chmod(0o600)
            unfinished.replace(copy)
        waiting.append(copy)
    return waiting


def note_receipts(copies: Sequence[Path]) -> None:
    """The receipts of these copies were sent."""
    for copy in copies:
        (copy.parent / _RECEIPTED).touch(mode=0o600)


def kept_copies(root: Path) -> list[Path]:
    """The copies of files that are no longer in the inbox."""
    copies = [path for path in sorted((root / _COLLECTED).glob("*/*")) if path.name not in (_RECEIPTED, _UNFINISHED)]
    if not copies:
        return []
    there = {digest for _, digest in _inbox(root)}
    return [path for path in copies if path.parent.name not in there]


def release(root: Path, read: float) -> None:
    """After a night has published: the answers of copies made before it ``read`` (seconds since 1970) are in the store, so that these go; and
    what is no longer in the inbox may come anew."""
    if not (root / _COLLECTED).is_dir():
        return
    there = {digest for _, digest in _inbox(root)}
    for folder in (root / _COLLECTED).iterdir():
        for copy in folder.iterdir():
            if copy.name != _RECEIPTED and copy.stat().st_mtime < read:
                copy.unlink()
        if folder.name not in there and {path.name for path in folder.iterdir()} <= {_RECEIPTED}:
            shutil.rmtree(folder)


def _inbox(root: Path) -> Iterator[tuple[Path, str]]:
    """The files of the inbox with the digests of their contents; those that cannot be read are the night's to name."""
    inbox = root / "inbox"
    try:
        found = files_under(inbox, LEFT_BY_PROGRAMS) if inbox.is_dir() else []
    except FileRefused:
        return
    for path in found:
        try:
            yield path, hashlib.sha256(read_file(path)).hexdigest()
        except (OSError, FileRefused):
            continue
