"""The files of a folder and its folders, within bounds: a link to a whole disk must not keep the night busy for ever."""

import os
import re
from pathlib import Path

from pipelines.files.refusal import FileRefused

MOST_FILES = 10_000  # of a registry; a county's systems give a few dozen
MOST_ENTRIES = 100_000  # names looked at
DEEPEST = 12  # folders in folders

# What programs leave about, downloads and saving that are not finished and copies of before among it, and the answers of ``bidui check``.
LEFT_ALONE = re.compile(
    r"^(?:~\$.*|\..*|.*\.(?:bak|tmp|crdownload)|thumbs\.db|desktop\.ini|__macosx|检查结果_.*\.xlsx)$", re.IGNORECASE
)


def files_under(folder: Path, left_alone: re.Pattern[str] = LEFT_ALONE) -> list[Path]:
    """The files in the folder and its folders, but those whose name, or whose folder's, is ``left_alone``, in an order that does not hang
    on the disk's; folders that cannot be looked into and links to folders, which are not followed, are among them. ``folder`` itself may
    be a link.

    Raises FileRefused where there are too many, or folders lie too deep in one another: then none of them is an export's.
    """
    found: list[Path] = []
    looked_at = 0
    closed = lambda error: found.append(Path(error.filename))  # noqa: E731
    for place, folders, files in os.walk(folder, onerror=closed):
        folders[:] = sorted(name for name in folders if not left_alone.match(name))
        links = [name for name in folders if Path(place, name).is_symlink()]
        found += [Path(place, name) for name in (*files, *links) if not left_alone.match(name)]
        looked_at += len(folders) + len(files)
        depth = len(Path(place).relative_to(folder).parts)
        if len(found) > MOST_FILES or looked_at > MOST_ENTRIES or (depth >= DEEPEST and folders):
            raise FileRefused(
                "too_large",
                f"文件夹里的文件或层数太多（最多 {MOST_FILES:,} 个文件、{DEEPEST} 层），不像系统导出的文件，里面的文件都没有读取。"
                "若是快捷方式（符号链接），请检查它指向哪里；否则请只放入系统导出的文件",
            )
    return sorted(found)


def check_link(folder: Path, own: Path) -> None:
    """Raises FileRefused where ``folder`` is a link to the data folder ``own`` itself, to what it is in or to what is in it."""
    if not folder.is_symlink():
        return
    target, own = folder.resolve(), own.resolve()
    if own.is_relative_to(target) or target.is_relative_to(own):
        raise FileRefused(
            "symlink", "这个快捷方式（符号链接）指向数据文件夹自身，没有读取。请改为指向导出文件所在的文件夹，或放入文件本身"
        )
