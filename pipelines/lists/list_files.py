"""The files that an outcome of lists is written to: their endings, the room beside them, and how they are written: readable by their owner
alone, and there whole or not at all."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.guard import is_disk_full, reason
from pipelines.store.lock import Busy

WORKBOOK, PARQUET = ".xlsx", ".parquet"
KEEP_PRIVATE = "本表含未成年人信息，请妥善保管：不得转发，不得通过微信、QQ等传送，用后及时删除。"


def unlinked_files(out: Path, sides: Sequence[str]) -> tuple[Path, ...]:
    """Where the unlinked rows of each side go beside the Parquet file ``out``; nowhere where there is one list alone."""
    return tuple(out.with_name(f"{out.stem}.unlinked_{side}{PARQUET}") for side in sides) if len(sides) > 1 else ()


def unlinked_told(out: Path, sides: Sequence[str]) -> str:
    """What the analyst reads of ``unlinked_files``."""
    return f"未匹配的行：{'、'.join(path.name for path in unlinked_files(out, sides))}"


@contextmanager
def writing(out: Path) -> Iterator[None]:
    """While ``out`` is written: raises Busy where that is not possible, and OSError where the disk is full."""
    try:
        yield
    except OSError as error:
        if is_disk_full(error):
            raise
        raise Busy(f"无法写入 {out}（{reason(error)}），可能正被其他程序打开，请关闭后重试") from None


def write_parquet(files: Mapping[Path, pa.Table]) -> None:
    """Write each table to its path: all of them, or none."""
    unfinished = [path.with_name(path.name + ".partial") for path in files]
    try:
        for path, table in zip(unfinished, files.values(), strict=True):
            with open(path, "wb", opener=partial(os.open, mode=0o600)) as file:
                pq.write_table(table, file, compression="zstd")
            os.chmod(path, 0o600)
        for path, final in zip(unfinished, files, strict=True):
            os.replace(path, final)
    finally:
        for path in unfinished:
            path.unlink(missing_ok=True)
