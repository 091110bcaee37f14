"""Time and memory of reconciliation alone, by number of records: ``python -m benchmarks.reconcile_speed [--rows 310000 3000000]``.

A synthetic county is read and linked once (not timed). For more rows it is copied; each copy has its own IDs, household and person
numbers, so that no record of one copy belongs to a person of another.
"""

import argparse
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import fields, is_dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pandas as pd

from benchmarks.linkage_bidui import watch
from pipelines.demo.make_county import make_county
from pipelines.guard import Foreseen
from pipelines.night import job
from pipelines.reconcile.result_tables import reconcile

AS_OF = date(2020, 4, 15)
_SMALL = 1_000_000  # up to so many rows the step is timed three times
_KEYS = ["record_id", "record_id_l", "record_id_r", "person_id"]
# Numbers that begin with 45, the code of the province. A copy gets two other digits; all digits with a meaning for the rules stay.
_NUMBERS = ["id_number", "id_raw", "id_other", "id_known", "household", "certificate_number"]
_OTHERS = [str(n) for n in range(10, 100) if n != 45]


class _Enough(Foreseen):
    """Raised when the step to be timed is reached, to end the run there; foreseen, so that the job passes it on."""


def main() -> int:
    """Make a county, copy it, time the step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[310_000, 3_000_000])
    parser.add_argument("--children", type=int, default=100_000, help="of the county that is copied")
    parser.add_argument("--seed", type=int, default=9001)
    options = parser.parse_args()
    print(f"{'rows':>12} {'seconds':>9} {'rows/s':>10} {'GiB':>6} {'persons':>10} {'findings':>10}")
    peak = [0]
    threading.Thread(target=watch, args=(peak,), daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        county = linked_county(Path(folder), options.children, options.seed)
        for rows in options.rows:
            arguments = [copied(argument, round(rows / records_in(county)) or 1) for argument in county]
            records, peak[0] = records_in(arguments), 0
            spent, tables = timed(partial(reconcile, *arguments), 3 if records <= _SMALL else 1)
            persons, findings = (tables[name].num_rows for name in ("persons", "findings"))
            del arguments, tables  # so that they are not in memory beside the next
            memory = peak[0] / 2**30
            print(f"{records:12,} {spent:9.1f} {records / spent:10,.0f} {memory:6.1f} {persons:10,} {findings:10,}", flush=True)
    return 0


def linked_county(root: Path, children: int, seed: int) -> tuple[Any, ...]:
    """The arguments that the job passes to ``reconcile`` for a synthetic county."""
    make_county(root, children, seed, AS_OF)
    passed: list[tuple[Any, ...]] = []

    def note_arguments(*arguments: Any) -> None:
        passed.append(arguments)
        raise _Enough

    with suppress(_Enough), patch.object(job, reconcile.__name__, note_arguments):
        job.run_job(root, AS_OF, [])
    return passed[0]


def records_in(arguments: Sequence[Any]) -> int:
    """How many records the arguments of ``reconcile`` hold."""
    return next(len(tables) for argument in arguments if (tables := getattr(argument, "records", None)) is not None)


def copied(argument: Any, times: int) -> Any:
    """``argument`` with all tables of records or persons copied ``times`` times, also those within a step's result."""
    if isinstance(argument, pd.DataFrame):
        return copies(argument, times) if len(argument.columns.intersection(_KEYS)) else argument
    if is_dataclass(argument) and not isinstance(argument, type):
        frames = {f.name: value for f in fields(argument) if isinstance(value := getattr(argument, f.name), pd.DataFrame)}
        return replace(argument, **{name: copied(frame, times) for name, frame in frames.items()})
    return argument


def copies(frame: pd.DataFrame, times: int) -> pd.DataFrame:
    """``frame`` repeated ``times`` times, each copy with keys of its own."""
    parts = []
    for n in range(times):
        part = frame.copy(deep=False)
        for column in part.columns.intersection(_KEYS):
            part[column] = part[column] + (f"-{n}" if n else "")
        for column in part.columns.intersection(_NUMBERS) if n else ():
            part[column] = part[column].str.replace("^45", _OTHERS[n], regex=True)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def timed(work: Callable[[], Any], repeat: int) -> tuple[float, Any]:
    """Returns (median seconds of ``repeat`` calls, result of the last call)."""
    seconds = []
    for _ in range(repeat):
        out = None  # frees the result of the call before
        start = time.perf_counter()
        out = work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds), out


if __name__ == "__main__":
    raise SystemExit(main())
