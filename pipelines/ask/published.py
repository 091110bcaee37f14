"""Whether anything was published. Loads no library, so that a question without an answer is refused at once."""

from collections.abc import Iterable
from pathlib import Path

from pipelines.guard import Foreseen


class NoResults(Foreseen):
    """Nothing was published under this folder yet; the message, in Chinese, says how to mend it."""


class TableMissing(NoResults):
    """What was published is of an older version, which did not write this table; the message, in Chinese, names it."""


def check_published(root: Path, tables: Iterable[str] = ()) -> None:
    """Raises NoResults where nothing was published under ``root``, TableMissing where the current run has not all of these
    ``tables``, and PermissionError where it cannot be read."""
    current = root / "curated" / "current"
    try:
        with (current / "persons.parquet").open("rb"):
            pass
    except (FileNotFoundError, NotADirectoryError):
        raise NoResults(f"{current} 下还没有比对结果，请先运行 bidui run；结果在别处的，请用 --root 指明文件夹") from None
    if missing := [table for table in tables if not (current / f"{table}.parquet").exists()]:
        raise TableMissing(f"{current} 下的比对结果是旧版本生成的，缺少数据表 {'、'.join(missing)}，请重新运行 bidui run")
