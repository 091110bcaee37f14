"""Folders and files of a data folder: for their owner's eyes alone, and on the disk before anything points to them."""

import os
import shutil
from pathlib import Path


def private_folder(path: Path) -> Path:
    """The folder, made if need be, for its owner's eyes alone (0700), as are the folders above it that had to be made."""
    if not path.parent.exists():
        private_folder(path.parent)
    path.mkdir(exist_ok=True, mode=0o700)
    path.chmod(0o700)
    return path


def write_text(path: Path, text: str) -> None:
    """A private text file."""
    path.write_text(text + "\n", encoding="utf-8")
    path.chmod(0o600)


def replace_text(path: Path, text: str) -> None:
    """A private text file in the place of the one that is there, which a reader finds whole until then. A kill leaves a ``.part``."""
    part = path.with_name(f"{path.name}.part")
    write_text(part, text)
    sync(part)
    os.replace(part, path)


def sync(path: Path) -> None:
    """Wait until a file's content, or a folder's list of names, is on the disk. Windows has no such call for folders, and writes
    their names in order."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """The same for all that is in ``folder``, and for its own name."""
    for place, _, files in os.walk(folder):
        for name in files:
            sync(Path(place, name))
        sync(Path(place))
    sync(folder.parent)


def copy_folder(source: Path, target: Path) -> None:
    """Copy ``source`` as ``target``, which must not exist; private and on the disk when it returns. A kill leaves ``target`` absent."""
    part = target.with_name(target.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        for place, _, files in os.walk(source):  # shutil.copytree would make an error of its own of a full disk
            into = part / Path(place).relative_to(source)
            into.mkdir(mode=0o700)
            for name in files:
                shutil.copy2(Path(place, name), into / name)
        sync_tree(part)
        part.rename(target)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    sync(target.parent)


def size_of(folder: Path) -> int:
    """Bytes of the files under ``folder``; 0 where there is none."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
