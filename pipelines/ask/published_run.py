"""The published run that a question is asked of; whether there is one."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.guard import Foreseen

if TYPE_CHECKING:  # loads libraries
    from pipelines.store.runs import Store


class NoResults(Foreseen):
    """Nothing was published under this folder yet; the message, in Chinese, says how to mend it."""


class TableMissing(NoResults):
    """What was published is of an older version, which did not write this table; the message, in Chinese, names it."""


def check_published(root: Path) -> None:
    """Raises NoResults where nothing was published under ``root``, and PermissionError where it cannot be read. Loads no library,
    so that a question without an answer is refused at once."""
    current = root / "curated" / "current"
    if any((root / "curated").glob("bidui.db")):  # the store knows more, and says it
        return
    try:
        with (current / "persons.parquet").open("rb"):
            pass
    except (FileNotFoundError, NotADirectoryError):
        raise _nothing(root) from None


def published_run(root: Path, tables: Iterable[str] = ()) -> "Store":
    """The run that is current now, from whose folder all is read. Raises NoResults where nothing was published under ``root``,
    TableMissing where the run has not all of these ``tables``, ResultsDamaged where one is not whole, and StoreRefused."""
    from pipelines.store.runs import Store

    check_published(root)
    store, tables = Store(root), list(tables)
    if not store.published:
        raise _nothing(root)
    store.check_whole("persons")
    if missing := [table for table in tables if not store.has(table)]:
        raise TableMissing(f"{store.run} 里的比对结果是旧版本生成的，缺少数据表 {'、'.join(missing)}，请重新运行 bidui run")
    store.check_whole(*tables)
    return store


def _nothing(root: Path) -> NoResults:
    place = root / "curated" / "current"
    return NoResults(f"{place} 下还没有比对结果，请先运行 bidui run；结果在别处的，请用 --root 指明文件夹")
