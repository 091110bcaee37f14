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
from pipelines.intake.beginnings import may_be_beginning, refusal_of_beginning
from pipelines.intake.reading import Exports, sheet_of_snapshot
from pipelines.intake.sheets import Sheet
from pipelines.intake.supersede import supersede
from pipelines.store.snapshots import Snapshots
from schemas.registry import Registry

_TAKEN = ("read", "stale")  # status of the sheets that a run used
_ACCEPT = "确认今天的导出无误的，加 --accept-drift 重新运行"


class NothingToStandIn(Foreseen):
    """The export of a registry cannot be used, nor the last run's in its place; the message, in Chinese, says how to go on."""


def without_beginnings(
    exports: Exports, files: pd.DataFrame, snapshots: Snapshots, registries: Mapping[str, Registry]
) -> Exports:
    """The exports without the sheets that are but the beginning of one that the last run read (its table ``files``) and that tonight's files lack."""
    read = {(sheet.registry.key, sheet.file, sheet.sheet): sheet for sheet in exports.sheets}
    # Reports of townships are made of the answers that are kept, and are never cut.
    made = [registry.key for registry in registries.values() if registry.role == "report"]
    taken = files[files["status"].isin(_TAKEN) & ~files["registry"].isin(made)]
    # A file that the last run refused is still the beginning of what it used.
    known = set(zip(taken["registry"], taken["file"], taken["sheet"].fillna(""), strict=True))
    cut: dict[int, Refusal] = {}
    for _, row in taken.iterrows():
        address = (row["registry"], row["file"], row["sheet"] or "")
        successors = [read[address]] if address in read else [s for a, s in read.items() if a[0] == address[0] and a not in known]
        shorter = [s for s in successors if s.sha256 != row["sha256"] and may_be_beginning(len(s.cells), row["rows"])]
        for before in _last_good([row], snapshots, registries) if shorter else ():
            for sheet in shorter:
                if refusal := refusal_of_beginning(sheet, before, "上次", _ACCEPT):
                    cut[id(sheet)] = refusal
    kept = tuple(sheet for sheet in exports.sheets if id(sheet) not in cut)
    return replace(exports, sheets=kept, refused=(*exports.refused, *cut.values())) if cut else exports


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
