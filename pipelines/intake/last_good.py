"""The last run's sheets in the place of tonight's that cannot be trusted: the last good state stands in, and it is said so.

Three cases: a file is refused whole, or is but the beginning of the one before, and the sheets that the last run read and tonight's
files lack stand in; or a registry lost more than a third (``pipelines.intake.drift``), and the last run's sheets of that registry stand
in for all of tonight's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pandas as pd

from pipelines.files.refusal import Refusal
from pipelines.guard import Foreseen
from pipelines.intake.reading import Exports, sheet_of_snapshot
from pipelines.intake.row_keys import keys_of
from pipelines.intake.sheets import Sheet
from pipelines.intake.supersede import supersede
from pipelines.store.snapshots import Snapshots
from schemas.registry import Registry

_LEAST_LOST = 2  # rows: a list whose last row is gone may have lost that one person
_MOSTLY_KNOWN = 0.9  # of the rows of a list that was cut: since the last night children may have come to it
_TAKEN = ("read", "stale")  # status of the sheets that a run used
_ACCEPT = "确认今天的导出无误的，加 --accept-drift 重新运行"


class NothingToStandIn(Foreseen):
    """The export of a registry cannot be used, nor the last run's in its place; the message, in Chinese, says how to go on."""


def without_beginnings(
    exports: Exports, files: pd.DataFrame, snapshots: Snapshots, registries: Mapping[str, Registry]
) -> Exports:
    """The exports without the sheets that are but the beginning of one that the last run read (its table ``files``), row by row in the same
    order, with or without a few new rows: they were cut while they were copied, between two rows or within the last."""
    read = {(sheet.registry.key, sheet.file, sheet.sheet): sheet for sheet in exports.sheets}
    known = set(zip(files["registry"], files["file"], files["sheet"].fillna(""), strict=True))
    cut: dict[int, Refusal] = {}
    for _, row in files[files["status"].isin(_TAKEN)].iterrows():
        address = (row["registry"], row["file"], row["sheet"] or "")
        successors = [read[address]] if address in read else [s for a, s in read.items() if a[0] == address[0] and a not in known]
        most = (row["rows"] - _LEAST_LOST) / _MOSTLY_KNOWN
        shorter = [s for s in successors if s.sha256 != row["sha256"] and 1 < len(s.cells) <= most]
        for before in _last_good([row], snapshots, registries) if shorter else ():
            for sheet, there in ((s, _rows_there(s, before)) for s in shorter):
                if not there or there > len(before.cells) - _LEAST_LOST:
                    continue
                message = (
                    f"只有上次《{row['file']}》的前 {there:,} 行，后面的 {len(before.cells) - there:,} 行都没有了，"
                    f"多半是复制或下载中断，没有使用。请重新导出；{_ACCEPT}"
                )
                cut[id(sheet)] = Refusal(sheet.registry.key, sheet.file, sheet.sheet, "beginning_of_last", message)
    kept = tuple(sheet for sheet in exports.sheets if id(sheet) not in cut)
    return replace(exports, sheets=kept, refused=(*exports.refused, *cut.values())) if cut else exports


def _rows_there(sheet: Sheet, before: Sheet) -> int:
    """How many of the first rows of ``before`` the sheet has, in their order and none of the others, few new ones between them; 0 where it is not
    so. The last row may be cut."""
    keys = keys_of(sheet).fillna(sheet.cells["name"])[:-1].dropna()
    keys_before = keys_of(before).fillna(before.cells["name"]).dropna()
    known = {*keys_before}
    common = [key for key in keys if key in known]
    if not common or len(common) < _MOSTLY_KNOWN * len(keys) or common != [*keys_before[: len(common)]]:
        return 0
    cut_at = keys_before.index[len(common) : len(common) + 1]
    name, names_before = sheet.cells["name"].fillna("").iloc[-1], before.cells["name"].fillna("")[cut_at]
    return int(cut_at[0]) + 1 if names_before.str.startswith(name).any() else 0


def with_last_good(exports: Exports, files: pd.DataFrame, snapshots: Snapshots, registries: Mapping[str, Registry]) -> Exports:
    """The exports and, where a file was refused whole tonight, those of the last run's sheets (its table ``files``) that tonight's files lack:
    of that file, and of files of its registry that are no longer there, which it may have been meant to replace. ``stale`` then says why. A
    sheet whose snapshot is no longer kept does not stand in."""
    refused = {(refusal.registry, refusal.file) for refusal in exports.refused if refusal.row is None}
    if not refused:
        return exports
    there = {(s.registry.key, s.file, s.sheet) for s in exports.sheets}
    there |= {(r.registry, r.file, r.sheet) for r in exports.superseded}
    read = {(s.registry.key, s.file) for s in exports.sheets}
    present = read | {(r.registry, r.file) for r in exports.superseded} | refused
    stand_ins: list[Sheet] = []
    for _, row in files[files["status"].isin(_TAKEN)].iterrows():
        key, file, name = row["registry"], row["file"], row["sheet"] or ""
        of_refused = (key, file) in refused or ("", file) in refused
        may_be_replaced = (key, file) not in present and any(registry == key for registry, _ in refused)
        if (key, file, name) not in there and (of_refused or may_be_replaced):
            stand_ins += _last_good([row], snapshots, registries)
    why = {(s.registry.key, s.file, s.sheet): _why_stale(s, (s.registry.key, s.file) in read) for s in stand_ins}
    if not why:
        return exports
    together = replace(exports, sheets=(*exports.sheets, *stand_ins), stale={**exports.stale, **why})
    return supersede(together, joined={sheet.file for sheet in stand_ins})


def _why_stale(sheet: Sheet, others_are_read: bool) -> str:
    missing = f"《{sheet.file}》的工作表“{sheet.sheet}”" if others_are_read else f"《{sheet.file}》"
    kept = "这张表" if others_are_read else "这份文件"
    return f"{sheet.registry.title}：没有可用的导出{missing}。本次仍用上次的{kept}（文件日期 {sheet.dated}）；{_ACCEPT}"


def stand_in(
    exports: Exports, drift: pd.DataFrame, files: pd.DataFrame, snapshots: Snapshots, registries: Mapping[str, Registry]
) -> Exports:
    """The exports with the last run's sheets (its table ``files``) in the place of tonight's for every registry of which
    ``drift`` holds an alarm, for which ``stale`` then says why; unchanged where there is none.

    Raises NothingToStandIn where the earlier sheets are no longer kept.
    """
    alarms = drift[drift["level"] == "alarm"].groupby("registry", sort=True)["message"].agg("；".join)
    for key, message in alarms.items():
        earlier = [row for _, row in files[(files["registry"] == key) & files["status"].isin(_TAKEN)].iterrows()]
        kept = _last_good(earlier, snapshots, registries)
        if not kept or len(kept) < len(earlier):
            raise NothingToStandIn(f"{message}。上次的数据已不在。请核对导出；确认无误的，加 --accept-drift 重新运行")
        day = max(sheet.dated for sheet in kept)
        why = f"{message}。本次仍用上次的文件（文件日期 {day}）；{_ACCEPT}"
        others = (sheet for sheet in exports.sheets if sheet.registry.key != key)
        stale = {address: reason for address, reason in exports.stale.items() if address[0] != key}
        stale |= {(sheet.registry.key, sheet.file, sheet.sheet): why for sheet in kept}
        exports = replace(exports, sheets=(*others, *kept), stale=stale)
    return exports


def _last_good(rows: Iterable[pd.Series], snapshots: Snapshots, registries: Mapping[str, Registry]) -> list[Sheet]:
    """The sheets of these rows of the last run's table files, as far as they are kept."""
    sheets = (sheet_of_snapshot(row, snapshots.load(row["sha256"]) or [], registries) for row in rows)
    return [sheet for sheet in sheets if sheet is not None]
