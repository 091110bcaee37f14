"""Which pairs are worth comparing: the union of several equality rules, each one join in DuckDB, out of core.

First the pairs that share an ID. Where such a pair is beyond doubt, its two records are *settled* in one another's source:
what else they resemble there needs no look. All other rules join the records that are not settled with the rest.
"""

from dataclasses import dataclass, field

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from matching.records import People


@dataclass(frozen=True, slots=True)
class BlockingRule:
    """Two records are candidates where they have a key of the rule in common. ``keys``: columns of ``People.keys`` that
    make up a key, one tuple for each key a record has, all of the same kind (a village and a township of one code are not the
    same place); a key of which a part is missing is none; of a list (kin, words) each element makes one. ``seeker``: SQL
    that one of the two records must satisfy."""

    name: str
    keys: tuple[tuple[str, ...], ...]
    survives: str
    seeker: str = "true"


BLOCKING_RULES = (
    BlockingRule("id", (("id",),), "anything but a damaged ID"),
    BlockingRule("older_id", (("id",), ("other_id",)), "an ID corrected since the student number was made"),
    BlockingRule("id_tail", (("id_tail", "surname"),), "the first ten digits damaged, birthdate with them"),
    BlockingRule(
        "name_birth", (("sound", "birth"), ("second_sound", "birth"), ("former_sound", "birth")), "ID and place unknown"
    ),
    BlockingRule("village_birth", (("village", "birth"),), "name changed, ID damaged"),
    BlockingRule("kin_birth", (("kin", "birth"),), "name changed, ID damaged, place unknown"),
    BlockingRule("phone_birth", (("phone", "birth"),), "name changed, ID damaged, place and kin unknown"),
    BlockingRule("village_kin", (("kin", "surname", "village"),), "given name, ID and birthdate damaged"),
    BlockingRule("village_name", (("village", "sound"), ("village", "second_sound")), "ID and birthdate damaged"),
    BlockingRule("kin_name", (("kin", "sound"),), "ID and birthdate damaged, place unknown"),
    BlockingRule("phone_name", (("phone", "sound"),), "ID and birthdate damaged, place and kin unknown"),
    BlockingRule("township_birth", (("township", "birth"),), "name changed, ID damaged, village wrong"),
    BlockingRule("surname_birth", (("surname", "birth"),), "given name and ID damaged, place unknown"),
    BlockingRule("id_head", (("id_head", "surname"),), "last digits of the ID and birthdate damaged, place unknown"),
    BlockingRule("township_name", (("township", "sound"),), "ID and birthdate damaged, village wrong"),
    BlockingRule("year_name", (("birth_year", "sound"),), "day and month wrong, nothing else known"),
    BlockingRule("day_name", (("birth_day", "sound"),), "year wrong, nothing else known"),
    BlockingRule("word_birth", (("words", "birth"),), "names in letters: one word damaged"),
    BlockingRule("word_village", (("words", "village"),), "names in letters: ID and birthdate damaged"),
    BlockingRule("word_township", (("words", "township"),), "names in letters: ID and birthdate damaged, village wrong"),
    BlockingRule("address_birth", (("address", "birth"),), "name and ID damaged"),
    BlockingRule("address_name", (("address", "surname"),), "ID, birthdate and half the name damaged"),
    BlockingRule(
        "word_address", (("words", "address_words"),), "names in letters: ID, birthdate and half of name and address damaged"
    ),
    BlockingRule("name_alone", (("sound",), ("second_sound",)), "nothing known but the name", "birth is null"),
)
LISTS = ("kin", "words", "address_words")
# A key shared by more records than this says nothing about any two of them (a village of namesakes born on 1 January).
LARGEST_BLOCK = 200
# No rule may cost more pairs than that: its largest blocks are left out until it does not. Lists larger than a county's make
# blocks that are larger and say less.
_PAIRS_AT_LEAST, _COUNTY = 5_000, 200_000  # pairs; records


def budget(records: int) -> float:
    """How many pairs one rule may cost: one per record, and of more than a county's records every third."""
    return _PAIRS_AT_LEAST + min(records, _COUNTY) + max(records - _COUNTY, 0) / 3


# Settled: one record of either source bears the ID, the names are equal, and so are the birthdates where both are known.
_SETTLE = """
with bearers as (select n, source, id, name, birth, implied from people where id is not null
    qualify count(*) over (partition by id, source) = 1)
select a.n as l, b.n as r, a.source as of_l, b.source as of_r from bearers a join bearers b using (id)
where a.source < b.source and a.name = b.name and (a.birth = b.birth or a.birth is null or b.birth is null)
"""
# Two records of one source, each settled in the same other source, are two persons. Of two records of two sources, one
# settled in the other's, the other can only be a repeat of its counterpart, and is found as that.
_UNSETTLED = """
case when a.source = b.source then a.settled & b.settled = 0
    else (a.settled >> b.source) & 1 = 0 and (b.settled >> a.source) & 1 = 0 end
"""


@dataclass(slots=True)
class Candidates:
    """``left``, ``right``: positions in the people, left < right, each pair once, ordered. ``settled``: per record the
    sources, as bits, in which its counterpart is beyond doubt. ``left_out``: per rule how many records stood in blocks too
    large to compare."""

    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    settled: npt.NDArray[np.uint64]
    left_out: dict[str, int] = field(default_factory=dict)


def candidate_pairs(people: People, threads: int | None = None) -> Candidates:
    """Candidates within and between all sources."""
    left_out: dict[str, int] = {}
    with connection(people, threads) as con:
        con.execute("create table pairs (l int, r int)")
        con.execute("create view seekers as select *, 0::ubigint as settled, false as done from people")
        _join(con, BLOCKING_RULES[0], left_out, "true")
        _settle(con, len(people.sources))
        for rule in usable(people)[1:]:
            _join(con, rule, left_out, _UNSETTLED)
        found = con.sql("select distinct l, r from pairs order by l, r").to_arrow_table()
        settled = con.sql("select settled from settled_people order by n").to_arrow_table()["settled"].to_numpy()
    return Candidates(found["l"].to_numpy(), found["r"].to_numpy(), settled, left_out)


def candidates_of(people: People, seekers: npt.NDArray[np.bool_], source: int, threads: int | None = None) -> Candidates:
    """Candidates of the marked records in one source, settled or not: what there is nearest to a record without match."""
    left_out: dict[str, int] = {}
    with connection(people, threads) as con:
        con.register("marked", pa.table({"n": np.arange(len(people), dtype=np.int32), "seeks": seekers}))
        con.execute("create table pairs (l int, r int)")
        con.execute(
            f"""create table asked as select people.*, 0::ubigint as settled, not seeks as done
            from people join marked using (n) where seeks or source = {source}"""
        )
        con.execute("create view seekers as select * from asked")
        for rule in usable(people):
            _join(con, rule, left_out, f"a.done <> b.done and a.source <> b.source and {source} in (a.source, b.source)")
        found = con.sql("select distinct l, r from pairs order by l, r").to_arrow_table()
    return Candidates(found["l"].to_numpy(), found["r"].to_numpy(), np.zeros(len(people), np.uint64), left_out)


def usable(people: People) -> tuple[BlockingRule, ...]:
    """The rules of which some record can have a key, and the first."""
    empty = {name for name in people.keys.column_names if people.keys[name].null_count == len(people)}
    return (BLOCKING_RULES[0], *(rule for rule in BLOCKING_RULES[1:] if not all(empty & set(parts) for parts in rule.keys)))


def connection(people: People, threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """DuckDB with the people's keys as table ``people``; what does not fit into memory goes to its temporary folder."""
    con = duckdb.connect(config={"threads": threads} if threads else {})
    con.execute("set enable_progress_bar = false")
    con.register("keys_in", people.keys)
    con.execute("create table people as select * from keys_in")
    con.unregister("keys_in")
    return con


def keys_sql(rule: BlockingRule, table: str, columns: str, where: str = "true") -> str:
    """SQL: ``columns`` of ``table`` with one row per key of the rule."""
    selects = []
    for parts in rule.keys:
        lists = [part for part in parts if part in LISTS]
        names = [f"{part}_item" if part in lists else part for part in parts]
        source = table
        for part in lists:  # unnested in the select: as a lateral join it is twenty times slower
            source = f"(select *, unnest({part}) as {part}_item from {source} where {where})"
        known = " and ".join(f"{name} is not null" for name in names)
        key = f"hash({', '.join(names)})"
        selects.append(f"select {columns}, {key} as key from {source} where {known} and ({where})")
    return f"select distinct * from ({' union all '.join(selects)})" if len(selects) > 1 else selects[0]


def _join(con: duckdb.DuckDBPyConnection, rule: BlockingRule, left_out: dict[str, int], also: str) -> None:
    """Add the rule's pairs: records that are not done against all, block by block, the largest blocks left out."""
    con.execute(
        f"create temp table sought as select distinct key from ({keys_sql(rule, 'seekers', 'n', f'not done and {rule.seeker}')})"
    )
    con.execute(
        f"create temp table keyed as select * from ({keys_sql(rule, 'seekers', 'n, source, settled, done')}) semi join sought using (key)"
    )
    con.execute(
        "create temp table blocks as select key, count(*) as size, count(*) filter (not done) as open from keyed group by key having size > 1"
    )
    largest = _largest_block(con)
    (too_large,) = con.sql(f"select coalesce(sum(size), 0)::bigint from blocks where size > {largest}").fetchall()[0]
    if too_large:
        left_out[rule.name] = too_large
    con.execute(
        f"""insert into pairs
        with used as (select keyed.* from keyed semi join (select key from blocks where size <= {largest}) using (key))
        select least(a.n, b.n), greatest(a.n, b.n) from (select * from used where not done) a
        join used b on a.key = b.key and a.n <> b.n and (b.done or a.n < b.n) where {also}"""
    )
    for table in ("sought", "keyed", "blocks"):
        con.execute(f"drop table {table}")


def _largest_block(con: duckdb.DuckDBPyConnection) -> int:
    """The size of the largest blocks that are affordable: all smaller ones together keep to the budget. A person
    listed in every source, and twice in each, is always affordable."""
    sizes = con.sql(
        f"""select size, sum(open * (size - open) + open * (open - 1) / 2) as pairs from blocks where size <= {LARGEST_BLOCK}
        group by size order by size"""
    ).fetchall()
    records, sources = con.sql("select count(*), count(distinct source) from people").fetchall()[0]
    left, largest = budget(records), 2 * sources
    for size, pairs in sizes:
        left -= pairs
        if left < 0:
            break
        largest = max(size, largest)
    return int(largest)


def _settle(con: duckdb.DuckDBPyConnection, sources: int) -> None:
    """Mark records that are settled, as bits of the sources they are settled in; those settled everywhere are done."""
    con.execute(f"create table sure as {_SETTLE}")
    con.execute(
        f"""create or replace view seekers as select people.*, coalesce(bits, 0)::ubigint as settled,
            bit_count(coalesce(bits, 0)) >= {max(sources - 1, 1)} as done
        from people left join (select n, bit_or(1::ubigint << source) as bits
            from (select l as n, of_r as source from sure union all select r, of_l from sure) group by n) using (n)"""
    )
    con.execute("create table settled_people as select * from seekers")
    con.execute("create or replace view seekers as select * from settled_people")
