"""Which pairs are worth comparing: the union of several equality rules, each one join in DuckDB.

A rule is a name and a SQL expression per record that yields a list of keys (a record may have several guardians).
Two records are a candidate pair where one rule gives them a common key.
"""

import duckdb
import pyarrow as pa

# Each rule survives another kind of damage; what it lives on is said beside it.
RULES = {
    "id": "[id_number]",
    "older_id": "[id_number, id_other]",  # a student number may carry the ID a child had before it was corrected
    "id_tail": "[right(id_number, 8)]",  # ID damaged in its first ten digits, birthdate with it
    "name_birth": "[sound || birthdate]",  # ID and places unknown
    "village_birth": "[village || '/' || township || birthdate]",  # name changed, ID damaged
    "kin_birth": "list_transform(kin, lambda k: k || birthdate)",  # name changed, village unknown
    "village_kin": "list_transform(kin, lambda k: k || left(name, 1) || village || '/' || township)",  # given name, ID, birthdate
    "phone_birth": "[phone || birthdate]",
    "village_name": "[village || '/' || township || sound]",  # ID and birthdate damaged
    "kin_name": "list_transform(kin, lambda k: k || sound)",
    "phone_name": "[phone || sound]",
    "former_birth": "[sound || birthdate, former_sound || birthdate]",
}
# A key shared by more records than this says nothing about any two of them (a village of namesakes born on 1 January).
LARGEST_BLOCK = 200


def candidate_pairs(people: pa.Table, threads: int = 2) -> pa.Table:
    """Columns ``l``, ``r`` (int32 positions in ``people``, l < r), each pair once, ordered.

    ``people`` has the columns of ``matching.link.PEOPLE`` plus ``sound`` and ``former_sound``.
    """
    with duckdb.connect(config={"threads": threads}) as con:
        con.register("people_in", people)
        con.execute("create temp table people as select (row_number() over () - 1)::int as n, * from people_in")
        con.execute("create temp table pairs (l int, r int)")
        for rule, keys in RULES.items():
            con.execute(
                f"""
                insert into pairs
                with keys as materialized (
                    select distinct n, unnest({keys}) as key from people
                ), used as materialized (
                    select n, key from keys where key is not null
                    qualify count(*) over (partition by key) between 2 and {LARGEST_BLOCK}
                )
                select distinct a.n, b.n from used a join used b on a.key = b.key and a.n < b.n
                """
                + ("" if rule == "id" else "except select l, r from pairs")
            )
        return con.sql("select distinct l, r from pairs order by l, r").to_arrow_table()
