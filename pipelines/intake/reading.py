"""From the files under ``raw`` of the data folder to the sheets of registries that are in them."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd
import pyarrow.compute as pc

from pipelines.files.containers import sheets
from pipelines.files.grid import Grid
from pipelines.files.refusal import FileRefused, Refusal
from pipelines.guard import is_disk_full
from pipelines.intake.declared_counts import as_declared
from pipelines.intake.exports import Export, find_exports
from pipelines.intake.headings import LOOK_IN_ROWS, plain
from pipelines.intake.sheets import Sheet, take_sheet
from pipelines.intake.tables_in_sheet import tables_of
from pipelines.store.snapshots import Snapshots
from schemas.registry import Registry

_AT_A_TIME = 2  # files
_PERSON = ("name", "id_number")
_ONLY_AN_ID = r"^\s*'?\d{17}[\dXx]\s*$"
_SEVERAL = 2  # IDs
_DICTIONARY = 2  # columns at most, of a sheet of values for drop-down lists


@dataclass(frozen=True, slots=True)
class Exports:
    """What lay under raw/. ``sheets``: those that can be used; ``refused``: files and sheets that cannot;
    ``superseded``: sheets of older states of a newer export, as refusals too; ``stale``: (registry, file, sheet) -> why an earlier
    night's sheet stands in, in Chinese; ``undecided``: what is said of files of which nobody knows which is the newer."""

    sheets: tuple[Sheet, ...] = ()
    refused: tuple[Refusal, ...] = ()
    superseded: tuple[Refusal, ...] = ()
    stale: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    undecided: tuple[str, ...] = ()


def read_exports(
    raw: Path, registries: Mapping[str, Registry], snapshots: Snapshots | None = None, passwords: Sequence[str] = ()
) -> Exports:
    """Read all exports in ``raw/<registry>/`` and, recognised by their headings, those that lie loose in ``raw/``."""
    return read_files(find_exports(raw, registries), registries, snapshots, passwords)


def read_files(
    found: Iterable[Export | Refusal],
    registries: Mapping[str, Registry],
    snapshots: Snapshots | None = None,
    passwords: Sequence[str] = (),
) -> Exports:
    """The sheets of the files found, in their order. A file whose fingerprint ``snapshots`` knows is not read again; ``passwords`` are
    tried on those that have one."""
    outcomes = list(_side_by_side(lambda export: _outcome(export, registries, snapshots, passwords), found))
    usable = tuple(sheet for taken, _ in outcomes for sheet in taken)
    return Exports(usable, tuple(refusal for _, refused in outcomes for refusal in refused))


def _side_by_side(
    work: Callable[[Export | Refusal], tuple[list[Sheet], list[Refusal]]], found: Iterable[Export | Refusal]
) -> Iterator[tuple[list[Sheet], list[Refusal]]]:
    """``work`` of each file, in order, on few files at a time: the readers of workbooks and Arrow run beside Python, and no
    more files are in memory than are worked on."""
    with ThreadPoolExecutor(_AT_A_TIME) as threads:
        waiting: deque[Future[tuple[list[Sheet], list[Refusal]]]] = deque()
        for export in found:
            waiting.append(threads.submit(work, export))
            if len(waiting) > _AT_A_TIME:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _outcome(
    export: Export | Refusal, registries: Mapping[str, Registry], snapshots: Snapshots | None, passwords: Sequence[str]
) -> tuple[list[Sheet], list[Refusal]]:
    """(sheets that can be used, refusals) of one file."""
    if isinstance(export, Refusal):
        return [], [export]
    key = export.registry.key if export.registry else ""
    try:
        return _read_file(export, registries, snapshots, passwords)
    except FileRefused as error:
        return [], [Refusal(key, export.file, "", error.rule, error.message)]
    except Exception as error:  # no file may stop the others; a full disk stops them all
        if is_disk_full(error):
            raise
        return [], [unforeseen(key, export.file, "", error)]


def unforeseen(registry: str, file: str, sheet: str, error: Exception) -> Refusal:
    """The refusal of a file or sheet that the program did not expect. The error's own text may quote a cell: left out."""
    message = (
        f"文件里有程序没有料到的内容（{type(error).__name__}），没有读取。请在 Excel 或 WPS 中另存为 .xlsx 再放回，并告诉技术人员"
    )
    return Refusal(registry, file, sheet, "unforeseen", message)


def _read_file(
    export: Export, registries: Mapping[str, Registry], snapshots: Snapshots | None, passwords: Sequence[str]
) -> tuple[list[Sheet], list[Refusal]]:
    digest = export.sha256
    grids = snapshots.load(digest) if snapshots else None
    if grids is None:
        grids = list(sheets(export.content, passwords))
        if snapshots and grids:
            snapshots.save(digest, grids)
    grids = [table for grid in grids for table in tables_of(grid, export.registry, registries)]
    outcomes = [take_sheet(export.file, grid, export.registry, digest, export.modified, registries) for grid in grids]
    taken, refused = as_declared([outcome for outcome in outcomes if isinstance(outcome, Sheet)])
    for grid, outcome in zip(grids, outcomes, strict=True):
        if not isinstance(outcome, Refusal):
            continue
        if not taken or not _is_aside(grid, outcome, registries):
            refused.append(outcome)
        elif outcome.rule != "empty_sheet":
            notes = (*taken[0].notes, ("sheet_not_used", f"工作表“{grid.sheet}”没有表头，未使用"))
            taken[0] = replace(taken[0], notes=notes)
    return taken, refused


def _is_aside(grid: Grid, refusal: Refusal, registries: Mapping[str, Registry]) -> bool:
    """Is the sheet, beside a usable one, no more than a dictionary or an empty page, which nobody will miss?"""
    if refusal.rule == "empty_sheet":
        return True
    if _lists_persons(grid, registries):
        return False
    hidden = any(rule == "hidden_sheet" for rule, _ in grid.notes)
    return refusal.rule in ("no_headings", "unknown_registry") and (hidden or len(grid.columns) <= _DICTIONARY)


def _lists_persons(grid: Grid, registries: Mapping[str, Registry]) -> bool:
    """Has a row headings for both names and IDs, or do several cells hold nothing but an ID? An explanation may name both in a text of its own,
    and give an example."""
    headings = [{plain(h) for r in registries.values() for c in r.columns if c.field == f for h in c.headings} for f in _PERSON]
    rows = ({plain(cell) for cell in row} for row in grid.head(LOOK_IN_ROWS))
    ids = sum(int(pc.sum(pc.match_substring_regex(column, _ONLY_AN_ID)).as_py() or 0) for column in grid.columns)
    return ids >= _SEVERAL or any(all(row & spelled for spelled in headings) for row in rows)


def sheet_of_snapshot(row: pd.Series, grids: Sequence[Grid], registries: Mapping[str, Registry]) -> Sheet | None:
    """The sheet of ``row`` (of an earlier run's table ``files``) out of its snapshot; None where it can no longer be read
    as that registry's."""
    registry = registries.get(row["registry"])
    for table in (table for grid in grids for table in tables_of(grid, registry, registries)):
        if table.sheet == (row["sheet"] or ""):
            taken = take_sheet(row["file"], table, registry, row["sha256"], 0.0, registries)
            if isinstance(taken, Sheet) and taken.heading_row == row["heading_row"]:
                return replace(taken, dated=row["dated"])
    return None
