"""Which files lie under ``raw`` of the data folder, and what is in them: loose ones, those in folders, those in a .zip."""

import hashlib
import io
import re
import struct
import time
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from pipelines.files.opening import check_name, read_file, readable_name
from pipelines.files.refusal import FileRefused, Refusal, reason
from pipelines.files.walk import LEFT_ALONE, MOST_FILES, check_link, files_under
from schemas.calendar import CHINA
from schemas.registry import Registry

_TRIES, _WAIT = 3, 1.0  # seconds, for a file that is still being copied
_MOST_MEMBERS, _MOST_UNPACKED = 5_000, 4 << 30  # of a .zip
_BOMB_FROM, _BOMB_RATIO = 100 << 20, 200  # bytes unpacked; unpacked bytes per packed one
_OFFICE = ("[Content_Types].xml", "mimetype", "content.xml")  # what makes a zipped file a workbook or document


@dataclass(frozen=True, slots=True)
class Export:
    """One file taken up. ``file``: its base name; of a member of an archive 'archive.zip/member'. ``registry``: its
    folder's, None where it lies loose. ``modified``: seconds since 1970."""

    file: str
    registry: Registry | None
    content: bytes
    modified: float

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def find_exports(raw: Path, registries: Mapping[str, Registry]) -> Iterator[Export | Refusal]:
    """Every file under ``raw`` but those that programs leave about, in an order that does not hang on the disk's. Nothing is unpacked to
    disk or changed. The folder of a registry may be a link to a share; no other link is followed."""
    entries = sorted((path for path in raw.iterdir() if not LEFT_ALONE.match(path.name)), key=lambda p: p.name)
    loose = {path.name for path in entries if not path.is_dir()}
    if len(loose) > MOST_FILES:
        message = f"raw 里直接放着超过 {MOST_FILES:,} 个文件，不像系统导出的文件，都没有读取。请只放入系统导出的文件"
        yield Refusal("", raw.name, "", "too_large", message)
    for entry in entries:
        if entry.is_dir():
            yield from _of_folder(raw, entry, loose, registries)
        elif len(loose) <= MOST_FILES:
            yield from read_export(entry, entry.name, None)


def _of_folder(raw: Path, folder: Path, loose: Collection[str], registries: Mapping[str, Registry]) -> Iterator[Export | Refusal]:
    registry = registries.get(folder.name)
    folders, named = "、".join(f"raw/{key}" for key in registries), f"raw/{readable_name(folder.name)}"
    try:
        if registry is None and folder.is_symlink():
            raise FileRefused("symlink", f"{named} 是快捷方式（符号链接），不属于任何系统，没有读取。请改名为 {folders} 之一")
        check_link(folder, raw.parent)
        found = files_under(folder)
    except FileRefused as refused:
        yield Refusal(registry.key if registry else "", named, "", refused.rule, refused.message)
        return
    taken: set[str] = set()
    for path in found:
        name = path.name
        if name in taken or name in loose:
            name = path.relative_to(raw if path.parent == folder else folder).as_posix()
        taken.add(path.name)
        if registry is None:
            message = f"文件夹 {named} 不属于任何系统，请移到 {folders} 之一"
            yield Refusal("", readable_name(name), "", "unknown_folder", message)
        else:
            yield from read_export(path, name, registry)


def read_export(
    path: Path, name: str, registry: Registry | None, left_alone: re.Pattern[str] = LEFT_ALONE
) -> Iterator[Export | Refusal]:
    """One file, or the members of one .zip but those whose name, or whose folder's, is ``left_alone``, under ``name``."""
    key = registry.key if registry else ""
    try:
        check_name(name)
        content, modified = _read_whole(path)
        if _is_archive(content):
            yield from _members(name, content, registry, left_alone)
        else:
            yield Export(name, registry, content, modified)
    except FileRefused as refused:
        yield Refusal(key, readable_name(name), "", refused.rule, refused.message)


def _read_whole(path: Path) -> tuple[bytes, float]:
    """The file as it stood at one moment. Raises FileRefused."""
    try:
        if path.is_symlink():
            raise FileRefused("symlink", "这是快捷方式（符号链接），没有读取。请放入文件本身")
        if path.is_dir():
            raise FileRefused("unreadable_folder", "文件夹打不开（没有权限），里面的文件都没有读取。请检查权限后重新运行")
        for attempt in range(_TRIES):
            before = path.stat()
            content = read_file(path)
            after = path.stat()
            if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns) and len(content) == after.st_size:
                return content, after.st_mtime
            if attempt < _TRIES - 1:
                time.sleep(_WAIT)
    except OSError as error:
        raise FileRefused("unreadable_file", f"文件打不开（{reason(error)}），可能正被其他程序占用，请关闭后重试") from None
    raise FileRefused("file_changing", "文件在读取时还在变化，可能正在复制或保存。请等它完成后重新运行")


def _is_archive(content: bytes) -> bool:
    if not content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return not any(
                name in _OFFICE or name.replace("\\", "/").startswith(("xl/", "word/", "ppt/")) for name in archive.namelist()
            )
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False  # the reader of workbooks says that it is cut short


def _members(name: str, content: bytes, registry: Registry | None, left_alone: re.Pattern[str]) -> Iterator[Export | Refusal]:
    key = registry.key if registry else ""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [part for part in archive.infolist() if not part.filename.endswith("/")]
        unpacked, packed = sum(p.file_size for p in parts), sum(p.compress_size for p in parts)
        if not parts:
            raise FileRefused("empty_file", "压缩包是空的，请重新打包")
        if len(parts) > _MOST_MEMBERS or unpacked > _MOST_UNPACKED or unpacked > max(_BOMB_FROM, packed * _BOMB_RATIO):
            raise FileRefused("too_large", "压缩包解压后过大或文件过多（可能是压缩炸弹），已拒收。请只打包系统导出的文件")
        parts = [p for p in parts if not any(left_alone.match(step) for step in PurePosixPath(_member_name(p)).parts)]
        if not parts:
            raise FileRefused("empty_file", "压缩包里只有系统或程序的临时文件，没有表格，请重新打包")
        for part in sorted(parts, key=_member_name):
            inner = _member_name(part)
            file = f"{name}/{inner}"
            if part.flag_bits & 1:
                yield Refusal(key, file, "", "encrypted_file", "压缩包设有密码。请去掉密码重新打包，或解压后放入")
                continue
            try:
                member = archive.read(part)
                if len(member) < part.file_size:
                    raise EOFError
            except (zipfile.BadZipFile, zlib.error, struct.error, RuntimeError, ValueError, LookupError, OSError, EOFError):
                yield Refusal(key, file, "", "truncated_file", "压缩包里的这个文件不完整。请重新打包")
                continue
            if _is_archive(member):
                yield Refusal(key, file, "", "nested_archive", "压缩包里又有压缩包，没有读取。请解开后放入")
            else:
                yield Export(file, registry, member, _time_of(part))


def _member_name(part: zipfile.ZipInfo) -> str:
    """The member's path, its Chinese characters read as Windows writes them, without any way out of the archive."""
    name = part.filename
    if not part.flag_bits & 0x800:
        with suppress(UnicodeEncodeError, UnicodeDecodeError):
            name = part.filename.encode("cp437").decode("gb18030")
    steps = [s for s in re.split(r"[/\\]+", re.sub(r"^[A-Za-z]:", "", name)) if s not in ("", ".", "..")]
    return "/".join(steps) or "无名"


def _time_of(part: zipfile.ZipInfo) -> float:
    try:
        return datetime(*part.date_time, tzinfo=CHINA).timestamp()
    except ValueError:
        return 0.0
