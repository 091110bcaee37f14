"""Which of two files of the same persons is the newer state, and by what: asked before the time of the files, which a copy or saving again
changes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from pipelines.intake.row_keys import KEYS, all_keys, without_counterpart
from pipelines.intake.sheets import Sheet
from pipelines.intake.values import squeeze
from schemas.codes import TO_ACCOUNT_FOR, WORST_FIRST

_TONIGHT = (1_000_000, 1)  # when a file was taken in that no run has seen
_UNKNOWN = -1  # rank of a state that no code names: worse than all


@dataclass(frozen=True, slots=True)
class EarlierNights:
    """What the runs before saw. ``status``: fingerprint -> read, stale or superseded, of the last run; ``taken_in``: fingerprint -> when, of all
    runs whose tables are kept; ``contents``: returns the same by the rows (``content_of``), of files whose fingerprint tonight's do not have;
    called only where it is needed, because it reads them. When: the number of the run that took it in first, the oldest kept is 0, and
    whether it was used when it was seen last, 0 or 1."""

    status: Mapping[str, str] = field(default_factory=dict)
    taken_in: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    contents: Callable[[], Mapping[int, tuple[int, int]]] = dict


def older_of(a: Sequence[Sheet], b: Sequence[Sheet], states: Callable[[], pd.DataFrame], seen: EarlierNights) -> int | None:
    """0 or 1 where something beside the files' time says that file ``a``, or ``b``, is the older one; None where nothing does. ``states``
    returns what ``states_of`` gives; only where it is needed, because it takes time."""
    for asked in (
        lambda: _declared(a, b),
        lambda: _by_name(a, b),
        lambda: _by_state_dates(states()),
        lambda: _by_earlier_nights(a, b, seen),
    ):
        if (says := asked()) is not None:
            return says
    return None


def _declared(a: Sequence[Sheet], b: Sequence[Sheet]) -> int | None:
    """What the county's settings say."""
    named = [side[0].file in side[0].registry.older_files for side in (a, b)]
    return named.index(True) if sum(named) == 1 else None


def _by_name(a: Sequence[Sheet], b: Sequence[Sheet]) -> int | None:
    """The day in a file's name or title goes before; a file that has none is no newer than its own time."""
    (dated_a, from_a), (dated_b, from_b) = (max((s.dated, s.dated_from) for s in side) for side in (a, b))
    if dated_a == dated_b or "name" not in (from_a, from_b):
        return None
    older, of_older = (0, from_a) if dated_a < dated_b else (1, from_b)
    return older if from_a == from_b or of_older != "name" else None


def _by_state_dates(states: pd.DataFrame) -> int | None:
    """The dates of the states of persons whose states differ: the side that has the later ones throughout is the newer."""
    day_a, day_b = states["date_0"].fillna(""), states["date_1"].fillna("")
    later_a, later_b = int((day_a > day_b).sum()), int((day_b > day_a).sum())
    if not later_a + later_b or (later_a and later_b):
        return None
    return 1 if later_a else 0


def _by_earlier_nights(a: Sequence[Sheet], b: Sequence[Sheet], seen: EarlierNights) -> int | None:
    """Of two that the last run saw, its own decision stands. Else that one is older which was taken in on an earlier night, by its fingerprint
    or, saved again, by its rows; one that no run has seen is the newer."""
    prints = [side[0].sha256 for side in (a, b)]
    status = [seen.status.get(digest) for digest in prints]
    if None not in status:
        superseded = [known == "superseded" for known in status]
        return superseded.index(True) if sum(superseded) == 1 else None
    first, second = (
        seen.taken_in.get(digest) or _saved_again(side, seen) or _TONIGHT for digest, side in zip(prints, (a, b), strict=True)
    )
    return None if first == second else int(second < first)


def _saved_again(sheets: Sequence[Sheet], seen: EarlierNights) -> tuple[int, int] | None:
    """When a run took in these rows under another fingerprint; on a first night there is nothing to compare them with."""
    return seen.contents().get(content_of(sheets)) if seen.contents() else None


def content_of(sheets: Sequence[Sheet]) -> int:
    """A number that is the same for the same rows in whatever order."""
    hashes = [pd.util.hash_pandas_object(sheet.cells[sorted(_fields(sheet))].fillna(""), index=False) for sheet in sheets]
    return hash(np.sort(np.concatenate([h.to_numpy() for h in hashes])).tobytes())


def _fields(sheet: Sheet) -> Iterator[str]:
    return (column.field for column in sheet.registry.columns if column.field in sheet.cells)


def states_of(a: pd.DataFrame, b: pd.DataFrame) -> pd.DataFrame:
    """The persons of both files whose states differ, one row each: row and sheet (its place) in the first (``row_0``, ``sheet_0``), the dates of
    the states (``date_0``, ``date_1``, yyyymmdd), all rows in the second (``rows_1``: sheet and row of each), and ``worse``: 0 or 1, whose state calls more
    for somebody to look. Of a person who has several rows in a file the worst counts. ``a``, ``b``: as ``ranked`` gives them."""
    pairs = []
    places = pd.Series([*zip(b["sheet"], b["row"], strict=True)], index=b.index, dtype=object)
    for key in KEYS:
        first, second = (_worst(side.dropna(subset=[key]), key) for side in (a, b))
        both = first.merge(second, on=key, suffixes=("_0", "_1"))
        both["rows_1"] = both[key].map(places.groupby(b[key]).agg(list))
        if key == "birth_key":  # two persons, where each has an ID of its own
            both = both[both["id_key_0"].isna() | both["id_key_1"].isna()]
        pairs.append(both.loc[:, ~both.columns.str.startswith(KEYS)])
        a = a[~a[key].isin(both[key])]
    both = pd.concat(pairs, ignore_index=True)
    worse = pd.Series(_UNKNOWN, index=both.index)
    for name in reversed([name for name in WORST_FIRST if {f"rank_{name}_0", f"rank_{name}_1"} <= {*both.columns}]):
        rank_0, rank_1 = both[f"rank_{name}_0"], both[f"rank_{name}_1"]
        worse = worse.mask(rank_0 < rank_1, 0).mask(rank_1 < rank_0, 1)
    return both.assign(worse=worse)[worse != _UNKNOWN]


@dataclass(frozen=True, slots=True)
class Contradictions:
    """What two files of the same persons say otherwise. ``persons``: of how many; ``of_older``: the rows (sheet, row) of the file older by its time
    that count, ``not_of_newer``: those of the other that do not."""

    persons: int
    of_older: pd.DataFrame
    not_of_newer: pd.DataFrame


def contradictions(older: Sequence[Sheet], a: pd.DataFrame, b: pd.DataFrame, states: pd.DataFrame, alike: bool) -> Contradictions:
    """What the file ``older`` (``a``: as ``ranked`` gives it) and the newer one (``b``) contradict each other in; ``states``: as ``states_of`` gives
    them. ``alike``: has the older one nearly all rows of the newer? Else it does not say of the others that they are gone.

    Whoever is in one of the files alone may have come or gone. Not to be in a list of pupils is the worse state, and to be in a
    list of persons whom the county must account for."""
    worse = states[states["worse"] == 0]
    of_older = worse[["sheet_0", "row_0"]].set_axis(["sheet", "row"], axis=1)
    not_of_newer = pd.DataFrame([pair for pairs in worse["rows_1"] for pair in pairs], columns=["sheet", "row"])
    gone, come = a[without_counterpart(a, b)], b[without_counterpart(b, a)] if alike else b[:0]
    come = come.dropna(subset=[*KEYS], how="all")  # of a row that says nothing of who it is nobody can say that it is new
    if older[0].registry.role in TO_ACCOUNT_FOR:
        of_older = pd.concat([of_older, gone[["sheet", "row"]]])
    else:
        not_of_newer = pd.concat([not_of_newer, come[["sheet", "row"]]])
    return Contradictions(len(states) + len(gone) + len(come), of_older, not_of_newer)


def _worst(rows: pd.DataFrame, key: str) -> pd.DataFrame:
    """Of the rows of each ``key`` the one whose state is the worst."""
    ranks = [f"rank_{name}" for name in WORST_FIRST if f"rank_{name}" in rows]
    return rows.sort_values(ranks, kind="stable").drop_duplicates(key) if ranks else rows.drop_duplicates(key)


def ranked(sheets: Sequence[Sheet]) -> pd.DataFrame:
    """The rows of one file: ``KEYS``, row, sheet (its place in ``sheets``), date (of the state) and per field of ``WORST_FIRST`` its rank, 0 the
    worst."""
    frames = []
    for place, sheet in enumerate(sheets):
        frame = all_keys(sheet).assign(row=sheet.cells["row"], sheet=place, date=_days(sheet))
        for name, order in WORST_FIRST.items():
            if name in sheet.cells:
                codes = sheet.registry.column(name).codes
                texts = sheet.cells[name].fillna("")
                rank = {text: _rank(codes.get(squeeze(text)), order) for text in texts.unique()}
                frame[f"rank_{name}"] = texts.map(rank).astype("int64")
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _rank(code: str | None, order: Sequence[str]) -> int:
    return order.index(code) if code in order else _UNKNOWN


def _days(sheet: Sheet) -> pd.Series:
    """The digits of the state's date, in the order year, month, day where the export has them so."""
    if "state_date" not in sheet.cells:
        return pd.Series(None, index=sheet.cells.index, dtype="str")
    digits = sheet.cells["state_date"].str.replace(r"\D", "", regex=True).str[:8]
    return digits.where(digits.str.fullmatch(r"20\d{6}").fillna(False).astype(bool))
