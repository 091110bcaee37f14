"""Cases: each listed child and each finding has a case with its own number, and its events are in a log that only grows.

The log (``case_log``) is carried from run to run; what a case is now, and what it was on any past night, follows from
its entries up to that night. A run for a day before the log's last one is a look back: it shows that night and adds no entry.
"""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from pipelines.reconcile.build_order import RELATIONS, parameters
from pipelines.store.conform import conform
from schemas.memory_database import memory_database
from schemas.relations import build
from schemas.settings import Settings
from schemas.tables import TABLES

if TYPE_CHECKING:
    import pandas as pd

_STATES = ("cases", "changes")


def whole_log(log: pa.Table) -> pa.Table:
    """``log`` with the declared columns of ``case_log``; those that an earlier version did not write are null."""
    for column in TABLES["case_log"]:
        if column.name not in log.column_names:
            log = log.append_column(column, pa.nulls(len(log), column.type))
    return conform(log, "case_log")


def listed_on(log: "pd.DataFrame", night: date) -> int:
    """How many children stood on the list at the end of ``night``. ``log``: the table ``case_log``."""
    entries = log[(log["kind"] == "list") & (log["as_of"] <= night)]
    last = entries.sort_values("entry").drop_duplicates("case_id", keep="last")
    return int((last["event"] != "closed").sum())


def state_of(log: pa.Table, as_of: date, settings: Settings, spill: Path | None) -> dict[str, pa.Table]:
    """``cases`` as they stood on the night ``as_of``, and the ``changes`` up to it since the run before and since the last report day. ``spill``: as for
    ``memory_database``."""
    with memory_database(spill) as con:
        con.register("case_log", whole_log(log))
        build(con, [relation for relation in RELATIONS if relation.name in _STATES], parameters(as_of, settings))
        return {name: con.table(name).to_arrow_table() for name in _STATES}
