"""What only the household shows of a child: who its grown-ups are, and whether its ID is one of theirs."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from pipelines.store.conform import conform
from schemas.codes import HEAD_OF_HOUSEHOLD
from schemas.memory_database import memory_database

_MOST_KIN = 6
# In years. No pupil is this old, nor any child whose day of birth stands beside the ID: an ID that says so is a guardian's
# (about 0.3 % of children, docs/formats.md 4).
_OLDEST_PUPIL = 22

# Per record of a child: the grown-ups of its household beside the kin its row names, and the head as guardian where none is named.
_KIN_READS = ("registry", "household", "name", "birthdate", "relation", "kin", "guardian")
_KIN = """
with members as (
    select registry, household, name, birthdate, relation from records
    where household is not null and relation is not null and name is not null
), grown as (
    select registry, household, string_agg(distinct name, '|' order by name) as names,
        min(name) filter (relation in $head) as head
    from members
    where relation in $head or date_diff('year', birthdate, $as_of) >= $oldest
    group by all
)
select r.n, nullif(array_to_string(list_distinct(string_split(concat_ws('|', r.kin, g.names), '|'))[:$most], '|'), '') as kin,
    coalesce(r.guardian, g.head) as guardian
from records r join grown g using (registry, household)
where coalesce(date_diff('year', r.birthdate, $as_of), 0) < $oldest
order by r.n
"""

# Records whose ID is an adult's: (a) child and adult of one household share an ID; (b) the ID's year makes the pupil older than 22.
_BORROWED_READS = (
    *("registry", "household", "name", "id_number", "birthdate", "birthdate_from", "relation"),
    *("student_state", "aid_item", "hardship", "school_claim"),
)
_BORROWED = """
with shared as (
    select registry, household, id_number from records
    where household is not null and id_number is not null and relation is not null
    group by all having count(distinct name) > 1
)
select r.n from records r join shared s using (registry, household, id_number)
where regexp_matches(r.relation, '孙|子|女') and r.relation not in $head and exists (
    select 1 from records o where o.registry = r.registry and o.household = r.household and o.id_number = r.id_number
        and o.n <> r.n and (o.relation in $head or (regexp_matches(r.relation, '孙') and not regexp_matches(o.relation, '孙'))))
union
select n from records
where id_number is not null and (
        student_state is not null or aid_item is not null or hardship is not null or school_claim in ('primary', 'junior')
        or birthdate_from = 'column' and date_diff('year', birthdate, $as_of) < $oldest
    )
    and date_diff('year', try_strptime(substr(id_number, 7, 8), '%Y%m%d'), $as_of) > $oldest
order by 1
"""


def without_borrowed_ids(records: pd.DataFrame, as_of: date, spill: Path | None) -> pd.DataFrame:
    """The records without IDs that are a guardian's in the child's place: missing, with status ``borrowed``, and birthdate and
    sex missing where they were read off such an ID. Raw values stay. ``spill``: as for ``memory_database``."""
    out = records.reset_index(drop=True)
    with memory_database(spill) as con:
        _load(con, out, _BORROWED_READS)
        borrowed = (
            con.execute(_BORROWED, {"head": list(HEAD_OF_HOUSEHOLD), "as_of": as_of, "oldest": _OLDEST_PUPIL})
            .fetchnumpy()["n"]
            .tolist()
        )
    out.loc[borrowed, "id_number"] = None
    for field in ("birthdate", "sex"):
        read_off = out.index.isin(borrowed) & out[f"{field}_from"].eq("id").fillna(False)
        out.loc[read_off, [field, f"{field}_from"]] = None
    # Keep status bad_check or bad_date: the number is still removed because it belongs to an adult.
    whole = out.index.isin(borrowed) & ~out["id_status"].isin(["bad_check", "bad_date"])
    out.loc[whole, "id_status"] = "borrowed"
    return out


def with_household_kin(records: pd.DataFrame, as_of: date, spill: Path | None) -> pd.DataFrame:
    """The records with the grown-ups of a child's household as its kin, and the head as guardian where none was named. Records
    must be ``without_borrowed_ids``: a guardian's birthdate would make the child a grown-up. ``spill``: as for ``memory_database``."""
    # A column that no export has is all null and of no text.
    out = records.reset_index(drop=True).astype({"kin": "str", "guardian": "str"})
    with memory_database(spill) as con:
        _load(con, out, _KIN_READS)
        values = {"head": list(HEAD_OF_HOUSEHOLD), "as_of": as_of, "oldest": _OLDEST_PUPIL, "most": _MOST_KIN}
        kin = con.execute(_KIN, values).df().set_index("n")
    out.loc[kin.index, "kin"] = kin["kin"].astype("str")
    out.loc[kin.index, "guardian"] = kin["guardian"].astype("str")
    return out


def _load(con: duckdb.DuckDBPyConnection, records: pd.DataFrame, columns: Sequence[str]) -> None:
    """The table records of ``con``: these columns, and ``n``, the row's position."""
    con.register("frame", conform(records, "records", columns).append_column("n", pa.array(range(len(records)), pa.int32())))
    con.execute("create temp table records as select * from frame")
