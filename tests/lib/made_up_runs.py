"""Runs written by hand: every table, few rows, all of them marked with the number of the night, so that a mixture of two runs shows."""

from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.store.runs import write_report, write_tables
from schemas.tables import TABLES

FIRST = date(2020, 4, 15)
WORKBOOKS = ("全县.xlsx", "安阳镇.xlsx", "周报/安阳镇.xlsx")


def day_of(number: int) -> date:
    """The day of the night of that number, the first being 1."""
    return FIRST + timedelta(days=number - 1)


def write_run(run: Path, number: int) -> Path:
    """Fill the folder of a run as the night of that number would: state has grown by a row a night, and changed in one."""
    nights = range(1, number + 1)
    rows: dict[str, list[dict[str, object]]] = {
        "case_log": [{"entry": n, "as_of": day_of(n), "case_id": f"C{n:07d}", "event": "opened", "content": '{"名":"虚构"}'} for n in nights],
        "standings": [{"as_of": day_of(n), "township": "安阳镇", "listed": n, "open_share": 1 / n} for n in nights],
        "person_keys": [{"key": f"k{n}", "person_id": f"P{number if n == 1 else n:07d}"} for n in nights],
        "person_events": [{"as_of": day_of(n), "event": "split", "person_id": "P0000001", "keys": n} for n in nights],
        "verdicts": [{"side_a": f"[{n}]", "side_b": "[]", "verdict": "same", "pairs": 1, "said_on": day_of(n), "row": n} for n in reversed(nights)],
        "answers": [{"answer_id": f"A{n:012d}", "kind": "pair", "received_on": day_of(n), "row": n, "state": "accepted"} for n in nights],
        "persons": [{"person_id": f"P{number:07d}"}],
        "records": [{"record_id": f"r{number}"}],
    }  # fmt: skip
    write_tables(run, {name: pa.Table.from_pylist(rows.get(name, []), schema) for name, schema in TABLES.items()})
    for name in WORKBOOKS:
        path = run / "workbooks" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(str(number), encoding="utf-8")
    write_report(run, {"run": run.name, "as_of": day_of(number).isoformat()})
    return run


def night_of(run: Path) -> int:
    """The number of the night whose tables these are. Raises AssertionError where they are of more than one."""
    marks = {
        int(pq.read_table(run / f"{name}.parquet")[column][0].as_py()[1:])
        for name, column in (("persons", "person_id"), ("records", "record_id"))
    }
    marks |= {
        pq.read_metadata(run / f"{name}.parquet").num_rows
        for name in ("case_log", "standings", "person_keys", "person_events", "verdicts", "answers")
    }
    (mark,) = marks
    return mark
