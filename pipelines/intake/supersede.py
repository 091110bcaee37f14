"""Which exports are older states of newer ones.

The rule: of two files of one registry, the older is superseded if the newer holds at least nineteen in twenty of its rows, by
their keys and names (``pipelines.intake.row_keys``); a row without either is in no other file. The limit separates a weekly re-export from last
term's file, which still holds pupils who have left. Files of several schools or townships share no rows and
all stay. Both files remain on disk.

Which is the newer one is asked in this order (``pipelines.intake.newer_state``): what the county's settings say; the day in the name or in a
title above the headings; the dates of the states in the rows; what the runs before saw; and the time of the files at last. A copy, or saving
again, gives an old state a new time: where states contradict one another and the time alone decides, of each such
person the row counts whose state calls more for somebody to look, and ``Exports.undecided`` says so. Not to be in one of the files is a
state as well. A newer file that is but the beginning of the older supersedes nothing: it was cut.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as of_class
from functools import cache

import numpy as np
import pandas as pd

from pipelines.files.refusal import Refusal
from pipelines.intake.beginnings import refusal_of_beginning
from pipelines.intake.newer_state import Contradictions, EarlierNights, content_of, contradictions, older_of, ranked, states_of
from pipelines.intake.reading import Exports, sheet_of_snapshot
from pipelines.intake.row_keys import all_keys, rows_shared
from pipelines.intake.sheets import Sheet
from pipelines.store.snapshots import Snapshots
from schemas.registry import Registry

_MOSTLY = 0.95
_USED = ("read", "stale")  # status of a file that counted
_NO_NIGHTS = EarlierNights()


@dataclass(slots=True)
class _Outcome:
    """``gone``: id() of a superseded sheet -> its refusal, ``cut`` of one that is but the beginning of another; ``changed``: id() of a sheet of
    which some rows count -> what counts of it; ``undecided``: as in ``Exports``."""

    gone: dict[int, Refusal] = of_class(default_factory=dict)
    cut: dict[int, Refusal] = of_class(default_factory=dict)
    changed: dict[int, Sheet] = of_class(default_factory=dict)
    undecided: list[str] = of_class(default_factory=list)


def supersede(exports: Exports, seen: EarlierNights = _NO_NIGHTS, joined: Collection[str] | None = None) -> Exports:
    """The exports without the sheets of superseded files, which stand under ``superseded`` instead. ``seen``: what the runs before saw;
    ``joined``: the files that have joined the others, which are not compared again among themselves."""
    by_registry: dict[str, dict[str, list[Sheet]]] = defaultdict(lambda: defaultdict(list))
    for sheet in exports.sheets:
        by_registry[sheet.registry.key][sheet.file].append(sheet)
    outcome = _Outcome()
    for files in by_registry.values():
        if len(files) > 1:
            _supersede(files, seen, joined, outcome)
    left_out = outcome.gone.keys() | outcome.cut.keys()
    return replace(
        exports,
        sheets=tuple(outcome.changed.get(id(sheet), sheet) for sheet in exports.sheets if id(sheet) not in left_out),
        refused=(*exports.refused, *outcome.cut.values()),
        superseded=(*exports.superseded, *outcome.gone.values()),
        undecided=(*exports.undecided, *outcome.undecided),
    )


def seen_before(
    exports: Exports, runs: Sequence[pd.DataFrame], snapshots: Snapshots, registries: Mapping[str, Registry]
) -> EarlierNights:
    """What the runs before saw. ``runs``: their tables ``files``, the oldest first, the last run's last."""
    if not runs:
        return EarlierNights()
    history = pd.concat([files.assign(night=night) for night, files in enumerate(runs)]).dropna(subset=["sha256"])
    history = history.assign(used=history["status"].isin(_USED).astype(int))
    last = history[history["night"] == len(runs) - 1]
    nights = history.groupby("sha256").agg({"night": "min", "used": "last"})
    taken_in = dict(zip(nights.index, zip(nights["night"], nights["used"], strict=True), strict=True))

    @cache
    def contents() -> dict[int, tuple[int, int]]:
        rows: dict[tuple[str, str], int] = defaultdict(int)
        for sheet in exports.sheets:
            rows[sheet.registry.key, sheet.file] += len(sheet.cells)
        wanted = {(key, count) for (key, _), count in rows.items()}
        there = {sheet.sha256 for sheet in exports.sheets}
        found: dict[int, tuple[int, int]] = {}
        of_runs = history[(history["used"] == 1) & ~history["sha256"].isin(there & {*last["sha256"]})]
        for _, of_file in of_runs.groupby(["sha256", "registry", "file", "night"]):
            digest, key, night = of_file.iloc[0][["sha256", "registry", "night"]]
            # Read only what may be the same; of a file of the last run a part may have counted.
            if night < len(runs) - 1 and (key, of_file["rows"].sum()) not in wanted:
                continue
            sheets = [sheet_of_snapshot(row, snapshots.load(digest) or [], registries) for _, row in of_file.iterrows()]
            if whole := [sheet for sheet in sheets if sheet is not None]:
                content = content_of(whole)
                found[content] = min(found.get(content, taken_in[digest]), taken_in[digest])
        return found

    return EarlierNights(dict(zip(last["sha256"], last["status"], strict=True)), taken_in, contents)


def _supersede(files: dict[str, list[Sheet]], seen: EarlierNights, joined: Collection[str] | None, outcome: _Outcome) -> None:
    """Put into ``outcome`` what becomes of the ``files`` of one registry."""
    names = sorted(files, key=lambda name: _age(files[name]))  # the oldest first, by the day of the export, then the file's time
    rows = [pd.concat([all_keys(sheet) for sheet in files[name]], ignore_index=True) for name in names]
    holds = rows_shared(rows) >= _MOSTLY * np.array([len(of_file) for of_file in rows])[:, None]  # [i, j]: j has nearly all of i
    of_file = cache(lambda i: ranked(files[names[i]]))
    # (older, newer) file -> what nobody can decide of the two.
    pairs: dict[tuple[int, int], Contradictions | None] = {}
    for j in range(1, len(names)):
        for i in range(j):
            if not (holds[i, j] or holds[j, i]) or (joined is not None and {names[i], names[j]}.isdisjoint(joined)):
                continue
            states = cache(lambda i=i, j=j: states_of(of_file(i), of_file(j)))
            older = older_of(files[names[i]], files[names[j]], states, seen)
            if older == 1 and holds[j, i]:
                pairs[j, i] = None
            elif older != 1 and holds[i, j]:
                pairs[i, j] = (
                    contradictions(files[names[i]], of_file(i), of_file(j), states(), holds[j, i]) if older is None else None
                )
    cut = {newer for older, newer in pairs if _is_beginning(files[names[newer]], files[names[older]], outcome)}
    newest: dict[int, int] = {}  # superseded file -> the newest that has its rows
    for older, newer in pairs:
        if newer not in cut and (newer > older or older not in newest):
            newest[older] = newer
    for i in _in_circles(newest):
        del newest[i]
    for i, j in newest.items():
        undecided = pairs[i, j]
        if undecided is None or not undecided.persons:
            _gone(files[names[i]], files[names[j]], outcome)
        else:
            _by_state(files[names[i]], files[names[j]], undecided, outcome)


def _is_beginning(newer: Sequence[Sheet], older: Sequence[Sheet], outcome: _Outcome) -> bool:
    """Is a sheet of the newer file but the beginning of the older one's? Its refusal goes into ``outcome``."""
    of_name = {sheet.sheet: sheet for sheet in older}
    if len(newer) == len(older) == 1:
        of_name = {newer[0].sheet: older[0]}
    remedy = "确实少了这些行的，请移走较早的那份"
    pairs = [(sheet, of_name[sheet.sheet]) for sheet in newer if sheet.sheet in of_name]
    found = {id(sheet): refusal_of_beginning(sheet, whole, "较早的", remedy) for sheet, whole in pairs}
    outcome.cut |= {key: refusal for key, refusal in found.items() if refusal}
    return any(found.values())


def _in_circles(newer: Mapping[int, int]) -> set[int]:
    """Files that supersede themselves by way of others, because one was judged by its name and another by its states: the last of each circle,
    which stays, for else none of its persons would count."""
    kept: set[int] = set()
    for start in newer:
        circle, place = [], start
        while place in newer and place not in kept and place not in circle:
            circle.append(place)
            place = newer[place]
        if place in circle:
            kept.add(max(circle[circle.index(place) :]))
    return kept


def _gone(older: Sequence[Sheet], newer: Sequence[Sheet], outcome: _Outcome) -> None:
    by = f"《{newer[0].file}》（{newer[0].dated}）"
    for sheet in older:
        message = f"已被较新的{by}取代，没有使用；文件仍在原处。两份都要用的，请确认内容不是同一批人"
        outcome.gone[id(sheet)] = Refusal(sheet.registry.key, sheet.file, sheet.sheet, "superseded", message, sha256=sheet.sha256)


def _by_state(older: Sequence[Sheet], newer: Sequence[Sheet], undecided: Contradictions, outcome: _Outcome) -> None:
    """Of each person whose states differ the worse one counts; ``older`` and ``newer`` by the time of the files alone."""
    for place, sheet in enumerate(older):
        counting = _among(sheet, place, undecided.of_older)
        if not counting.any():
            _gone([sheet], newer, outcome)
            continue
        note = f"与《{newer[0].file}》新旧无法判断：只用了其中 {int(counting.sum()):,} 行，其余 {int((~counting).sum()):,} 行用的是那一份的"
        cells = sheet.cells[counting].reset_index(drop=True)
        outcome.changed[id(sheet)] = replace(sheet, cells=cells, notes=(*sheet.notes, ("partly_superseded", note)))
    for place, sheet in enumerate(newer):
        better = _among(sheet, place, undecided.not_of_newer)
        if better.any():
            before = outcome.changed.get(id(sheet), sheet)
            outcome.changed[id(sheet)] = replace(
                before, cells=before.cells.assign(contradicted=better | before.cells["contradicted"])
            )
    title, key = newer[0].registry.title, newer[0].registry.key
    outcome.undecided.append(
        f"{title}：《{older[0].file}》与《{newer[0].file}》是同一批人，{undecided.persons:,} 人的状态不同或只在一份里，"
        "哪份较新只能看文件时间，而复制、另存会改变它。"
        f'这些人都按须核查的那种情形计。请移走旧的一份，或把导出日期写进文件名，或在 county.toml 的 [{key}] 写 older_files = ["旧文件名"]'
    )


def _among(sheet: Sheet, place: int, rows: pd.DataFrame) -> pd.Series:
    """Which rows of the sheet, the one at ``place`` in its file, are among ``rows`` (sheet, row)."""
    return sheet.cells["row"].isin(rows.loc[rows["sheet"] == place, "row"])


def _age(sheets: list[Sheet]) -> tuple:
    return (max(s.dated for s in sheets), max(s.modified for s in sheets), sheets[0].file)
