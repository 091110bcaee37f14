"""Nights that were dated wrong, taken out of the history.

A run for a day in 2062 writes its events under that day, and every later night is then a look back, which adds nothing. To forget what
lies after a day takes these entries out of effect: the log goes on from that day, as if the run had not been. They are kept in
``curated/forgotten``. Person ids stay as they are, and so do answers about cases that were known by that day: an id is never given twice, and
an answer is dropped only with its case.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.store.conform import conform

FORGETTABLE = ("case_log", "standings")  # tables of the history, whose nights are in as_of
# What did happen, on another day: table -> the column of its day.
_DATED = {"person_events": "as_of", "answers": "received_on"}
FORGOTTEN = Path("curated", "forgotten")
_CASES = pa.schema([("case_id", pa.string())])


@dataclass(frozen=True, slots=True)
class Forgetting:
    """``after``: the last day that is kept; ``confirmed``: whoever asked has read what will be taken out."""

    after: date
    confirmed: bool = False


def without_later(table: str, rows: pd.DataFrame, after: date, as_of: date) -> pd.DataFrame:
    """The rows of a table of earlier runs that stay in effect when what lies after the day ``after`` is forgotten by the run for ``as_of``:
    of ``FORGETTABLE`` those up to that day, and under that day later answers about cases that were known by then; of ``person_events``
    and ``answers`` all, later ones under ``as_of``; of any other table all."""
    if table in FORGETTABLE:
        kept = rows[(rows["as_of"] <= after) | _answers_that_stay(table, rows, after)]
        return kept.assign(as_of=kept["as_of"].where(kept["as_of"] <= after, after)).reset_index(drop=True)
    if table in _DATED:
        day = _DATED[table]
        return rows.assign(**{day: rows[day].where(rows[day] <= after, as_of)})
    return rows


def later(table: str, rows: pd.DataFrame, after: date) -> pd.DataFrame:
    """The rows of a table in ``FORGETTABLE`` that are forgotten with what lies after the day ``after``."""
    return rows[(rows["as_of"] > after) & ~_answers_that_stay(table, rows, after)].reset_index(drop=True)


def _answers_that_stay(table: str, rows: pd.DataFrame, after: date) -> pd.Series:
    """Which rows are answers that came in later about cases that stay: what a township found out holds whatever the run was dated."""
    if table != "case_log":
        return pd.Series(False, index=rows.index)
    known = set(rows["case_id"][rows["as_of"] <= after])
    return (rows["event"] == "answered") & (rows["as_of"] > after) & rows["case_id"].isin(known)


def nights_of_history(earlier: Callable[[str], pd.DataFrame]) -> list[date]:
    """The nights of the history in order, also those on which no case changed. ``earlier``: gives a table of the runs before."""
    return sorted({night for table in FORGETTABLE for night in earlier(table)["as_of"].dropna()})


def keep_forgotten(root: Path, run: str, tables: Mapping[str, pd.DataFrame]) -> Path:
    """Write what the run ``run`` forgets, a Parquet file a table (0600), and return its folder (0700)."""
    folder = root / FORGOTTEN / run
    for place in (folder.parent, folder):
        place.mkdir(parents=True, exist_ok=True)
        place.chmod(0o700)
    for name, rows in tables.items():
        path = folder / f"{name}.parquet"
        pq.write_table(conform(rows, name), path, compression="zstd")
        path.chmod(0o600)
    return folder


def forgotten_cases(root: Path, log: pd.DataFrame) -> pa.Table:
    """The numbers of cases of which an entry was ever forgotten (case_id): none of them is given again, for it may stand in a workbook that
    was sent out. ``log``: entries of the case log that are forgotten by this run."""
    files = sorted((root / FORGOTTEN).glob("*/case_log.parquet"))
    tables = [pq.read_table(file, columns=["case_id"]).cast(_CASES) for file in files]
    return pa.concat_tables([*tables, pa.Table.from_pandas(log[["case_id"]], _CASES, preserve_index=False)])
