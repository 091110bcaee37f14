"""Resolve: clusters of records -> persons whose ids stay the same from night to night.

A person id is a number in order of first appearance, never derived from the ID number: a hash of one could be undone
by trying all of a county's IDs.

- A cluster keeps the person id that most of its keys had before.
- Of two clusters that claim one id the one with more keys keeps it; keys that came to the id by a merger count last. The
  other cluster gets back the id it had before a merger, else a new one.
- A cluster none of whose keys is known (its ID was corrected or lost) takes the id of a person who otherwise would be gone
  and had the same name, birthdate and village; else of one who on the night before had the same guardian and village and the same name,
  birthdate or all but one digit of the ID, or the same cells. A cluster without these is known by its row.
- An id is never given twice.

Each of these is a relation in the folder ``relations``.
"""

from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path

import pandas as pd
import pyarrow as pa

from pipelines.store.conform import conform
from schemas.memory_database import memory_database
from schemas.relations import build, by_needs, read_relations
from schemas.tables import TABLES

_FOLDER = files("pipelines.persons")
_USED = (
    *("record_id", "registry", "file", "sheet", "row", "source_key"),
    *("id_number", "name", "birthdate", "township", "village", "guardian", "school"),
)
# Tables of the run before from which a row is known again, with the columns that are needed.
EARLIER_ROWS = {
    "records": ("record_id", *(column for column in _USED if column not in ("record_id", "file", "sheet", "row"))),
    "identities": ("person_id", "record_id"),
}
_REGISTERED = ("records", "clusters", "known_keys", "earlier_events", "earlier_records", "earlier_identities")


@dataclass(frozen=True, slots=True)
class Persons:
    """``identities``: the person of each record; ``keys``: every key a person was ever known by; ``events``: merges and splits
    of persons, and persons known again without their numbers. Each is a table of ``schemas.tables``
    (identities, person_keys, person_events)."""

    identities: pd.DataFrame
    keys: pd.DataFrame
    events: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Known:
    """What the runs before knew of persons: the tables ``keys`` (person_keys) and ``events`` (person_events), and of the last run the
    ``records`` and ``identities``, as far as ``EARLIER_ROWS`` names them. Each is without rows where there is none."""

    keys: pd.DataFrame
    events: pd.DataFrame
    records: pa.Table
    identities: pa.Table


def resolve(records: pd.DataFrame, clusters: pd.DataFrame, known: Known, as_of: date, spill: Path | None) -> Persons:
    """Persons of the clusters (``clusters``: record_id, cluster), given what is ``known``. ``spill``: as for ``memory_database``."""
    relations = by_needs(read_relations(_FOLDER / "relations").values(), _REGISTERED)
    with memory_database(spill) as con:
        con.execute((_FOLDER / "macros.sql").read_text(encoding="utf-8"))
        con.register("records", conform(records, "records", _USED))
        con.register("clusters", pa.Table.from_pandas(clusters[["record_id", "cluster"]], preserve_index=False))
        con.register("known_keys", conform(known.keys.reindex(columns=TABLES["person_keys"].names), "person_keys"))
        con.register("earlier_events", conform(known.events, "person_events"))
        con.register("earlier_records", conform(known.records, "records", EARLIER_ROWS["records"]))
        con.register("earlier_identities", conform(known.identities, "identities", EARLIER_ROWS["identities"]))
        build(con, relations, {"as_of": as_of})
        tables = {
            name: con.sql(query).to_arrow_table().to_pandas()
            for name, query in {
                "identities": "from identities order by person_id, record_id",
                "keys": "from person_keys order by key",
                "events": "from person_events",
            }.items()
        }
    return Persons(**tables)
