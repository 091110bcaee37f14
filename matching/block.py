"""Blocking: which pairs are worth comparing. Several equality rules, each a join in DuckDB that may exceed the memory; the
candidate pairs are those that any rule brings up.

The rule for equal IDs comes first. Where such a pair is beyond doubt, its two records are *settled*, each in the source of the
other: no other record of that source needs to be compared with them. The other rules join only records that are not settled.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from matching.records import People
from schemas.memory_database import memory_database


@dataclass(frozen=True, slots=True)
class BlockingRule:
    """Two records are candidates if they have a key of the rule in common.

    ``keys``: one tuple per key that a record has; the tuple names the columns of ``People.keys`` that make up the key. All keys of a
    rule must be of the same kind, because they are compared with one another. A key with a missing part does not count. A column
    of lists (``LISTS``) gives one key per element.
    ``survives``: which damage the rule is for.
    ``seeker``: SQL condition that at least one of the two records must satisfy.
    """

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
    BlockingRule("household", (("kin", "village"),), "name, ID and birthdate damaged"),
    BlockingRule("village_name", (("village", "sound"), ("village", "second_sound")), "ID and birthdate damaged"),
    BlockingRule("village_given", (("village", "given"),), "surname, ID and birthdate damaged, kin unknown"),
    BlockingRule("village_year", (("village", "surname", "birth_year"),), "given name, ID and day of birth damaged, kin unknown"),
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
    BlockingRule(
        "word_birth_part",
        (("words", "birth_month"), ("words", "birth_year_day"), ("words", "birth_day")),
        "names in letters: one word damaged, and year, month or day of birth",
    ),
    BlockingRule("pair_year", (("latin_pair", "birth_year"),), "names in letters: each word damaged, day and month wrong"),
    BlockingRule("latin_name", (("latin_name",),), "names in letters: nothing known but the name, a rare one"),
    BlockingRule("address_word_birth", (("address_words", "birth"),), "names in letters: name and half of the address damaged"),
    BlockingRule("address_birth", (("address", "birth"),), "name and ID damaged"),
    BlockingRule("address_name", (("address", "surname"),), "ID, birthdate and half the name damaged"),
    BlockingRule(
        "word_address", (("words", "address_words"),), "names in letters: ID, birthdate and half of name and address damaged"
    ),
    BlockingRule("name_alone", (("sound",), ("second_sound",)), "nothing known but the name", "birth is null"),
)
LISTS = ("kin", "words", "address_words")
# A key that more records share is no evidence for any two of them (a village of namesakes born on 1 January).
LARGEST_BLOCK = 200
# A rule may bring up so many pairs always, and one more per record up to the size of a county. Beyond that its largest blocks are left
# out. In lists larger than a county's, blocks are larger and prove less, so the allowance grows more slowly.
_PAIRS_AT_LEAST, _COUNTY = 5_000, 200_000  # pairs; records
_MORE_IN_LETTERS = 5


def budget(records: int, in_letters: float = 0.0) -> float:
    """How many pairs a rule may bring up: one per record of a county, and one per three records beyond that. ``in_letters``: the share of
    names in Latin letters. Their lists have no ID that settles most records, and families fill the blocks of a surname and an
    address: they may have six times as many."""
    return _PAIRS_AT_LEAST + (min(records, _COUNTY) + max(records - _COUNTY, 0) / 3) * (1 + _MORE_IN_LETTERS * in_letters)


# Pairs to settle: exactly one record of each source has the ID, the names are equal, and so are the birthdates where both are known.
_SETTLE = """
with of_one_record as (select any_value(n) as n, source, id, any_value(name) as name, any_value(birth) as birth from people
    where id is not null group by id, source having count(*) = 1)
select a.n as l, b.n as r, a.source as of_l, b.source as of_r from of_one_record a join of_one_record b using (id)
where a.source < b.source and a.name = b.name and (a.birth = b.birth or a.birth is null or b.birth is null)
"""
# Skip pairs that cannot add a link. (a) Same source, both settled in a common source: two people. (b) Two sources, one record settled
# in the other's source: the other record can only be a duplicate of its counterpart, and duplicates are found within that source.
_UNSETTLED = """
case when a.source = b.source then a.settled & b.settled = 0
    else (a.settled >> b.source) & 1 = 0 and (b.settled >> a.source) & 1 = 0 end
"""


@dataclass(slots=True)
class Candidates:
    """``left``, ``right``: positions in ``People``, left < right, each pair once, sorted. ``settled``: per record the sources in which
    it is settled, one bit per source. ``left_out``: per rule how many records stood in blocks too large to compare; ``largest``: per
    such rule the size of the largest blocks that were compared."""

    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    settled: npt.NDArray[np.uint64]
    left_out: dict[str, int] = field(default_factory=dict)
    largest: dict[str, int] = field(default_factory=dict)


def candidate_pairs(people: People, threads: int | None = None) -> Candidates:
    """The candidate pairs within and between all sources. ``threads``: None for one per processor."""
    seekers = people.keys.append_column("done", pa.array(np.zeros(len(people), dtype=bool)))
    return _blocked(people, seekers, "true", threads, settles=True)


def candidates_of(people: People, seekers: npt.NDArray[np.bool_], source: int, threads: int | None = None) -> Candidates:
    """The candidates in ``source`` (its number) of the records marked in ``seekers``, whether settled or not: what comes nearest to
    records without match. In the result no record is settled."""
    asked = people.keys.append_column("done", pa.array(~seekers)).filter(pa.array(seekers | (people.source == source)))
    between = f"a.done <> b.done and a.source <> b.source and {source} in (a.source, b.source)"
    return _blocked(people, asked, between, threads, settles=False)


def _blocked(people: People, seekers: pa.Table, also: str, threads: int | None, settles: bool) -> Candidates:
    """The pairs that any rule brings up among ``seekers``, rows of ``People.keys`` with the column done: records that are done are not
    paired with one another. ``also``: SQL condition on the pair (a, b). ``settles``: pairs beyond doubt are settled after the first
    rule, and from then on pairs that cannot add a link are skipped."""
    left_out: dict[str, tuple[int, int]] = {}
    first, *others = usable(people)
    with connection(people, threads) as con:
        con.register("asked", seekers)
        con.execute("create table pairs (l int, r int)")
        # The records that are settled are stored soon.
        con.execute(f"create {'view' if settles else 'table'} seekers as select *, 0::ubigint as settled from asked")
        _join(con, people, first, left_out, also)
        if settles:
            _settle(con, len(people.sources))
            also = f"({also}) and {_UNSETTLED}"
        for rule in others:
            _join(con, people, rule, left_out, also)
        found = con.sql("select distinct l, r from pairs order by l, r").to_arrow_table()
        settled = np.zeros(len(people), dtype=np.uint64)
        if settles:
            settled = con.sql("select settled from seekers order by n").to_arrow_table()["settled"].to_numpy()
    records, largest = ({rule: pair[i] for rule, pair in left_out.items()} for i in (0, 1))
    return Candidates(found["l"].to_numpy(), found["r"].to_numpy(), settled, records, largest)


def usable(people: People) -> tuple[BlockingRule, ...]:
    """The first rule, and those for which at least one record can have a key."""
    empty = {name for name in people.keys.column_names if people.keys[name].null_count == len(people)}
    return (BLOCKING_RULES[0], *(rule for rule in BLOCKING_RULES[1:] if not all(empty & set(parts) for parts in rule.keys)))


@contextmanager
def connection(people: People, threads: int | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB connection that sees ``People.keys`` as ``people``. What does not fit into memory goes to ``People.spill``."""
    with memory_database(people.spill, threads) as con:
        con.register("people", people.keys)
        yield con


def keys_sql(rule: BlockingRule, table: str, columns: str, where: str = "true") -> str:
    """An SQL query for ``columns`` of ``table`` and the column key, with one row per record and key of the rule. Of a rule with
    several keys a row may come twice."""
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
    return " union all ".join(selects)


def _join(
    con: duckdb.DuckDBPyConnection, people: People, rule: BlockingRule, left_out: dict[str, tuple[int, int]], also: str
) -> None:
    """Add the pairs of a rule to the table ``pairs``. In each block records that are not done are paired with all others; the largest
    blocks are left out and counted in ``left_out``, with the size of the largest others. ``also``: SQL condition on the pair (a, b)."""
    once = "distinct" if len(rule.keys) > 1 else ""
    con.execute(
        f"""create or replace temp table keyed as
        with sought as (select distinct key from ({keys_sql(rule, "seekers", "n", f"not done and {rule.seeker}")}))
        select {once} * from ({keys_sql(rule, "seekers", "n, source, settled, done")}) semi join sought using (key)"""
    )
    con.execute(
        """create or replace temp table blocks as
        select key, count(*) as size, count(*) filter (not done) as open from keyed group by key having size > 1"""
    )
    sizes = con.sql(
        "select size, sum(open * (size - open) + open * (open - 1) / 2) from blocks group by size order by size"
    ).fetchall()
    if not sizes:
        return
    largest = _largest_block(sizes, people)
    if any(size > largest for size, _ in sizes):  # a record may stand in several blocks of a rule
        too_large = f"select key from blocks where size > {largest}"
        ((records,),) = con.sql(f"select count(distinct n) from keyed semi join ({too_large}) using (key)").fetchall()
        left_out[rule.name] = records, largest
    con.execute(
        f"""insert into pairs
        with used as (select keyed.* from keyed semi join (select key from blocks where size <= {largest}) using (key))
        select least(a.n, b.n), greatest(a.n, b.n) from (select * from used where not done) a
        join used b on a.key = b.key and a.n <> b.n and (b.done or a.n < b.n) where {also}"""
    )


def _largest_block(sizes: list[tuple[int, float]], people: People) -> int:
    """The largest size of blocks that keeps the pairs of this size and smaller within the budget; ``sizes``: each size, ascending,
    and the pairs of its blocks. Blocks of one person who is in every source twice always count."""
    left, largest = budget(len(people), float(people.in_letters.mean()) if len(people) else 0.0), 2 * len(people.sources)
    for size, pairs in sizes:
        left -= pairs
        if left < 0 or size > LARGEST_BLOCK:
            break
        largest = max(size, largest)
    return int(largest)


def _settle(con: duckdb.DuckDBPyConnection, sources: int) -> None:
    """Set ``settled`` of each record, one bit per source, and ``done`` where it is settled in every other source."""
    con.execute(f"create table sure as {_SETTLE}")
    con.execute(
        f"""create or replace view seekers as select people.*, coalesce(bits, 0)::ubigint as settled,
            bit_count(coalesce(bits, 0)) >= {max(sources - 1, 1)} as done
        from people left join (select n, bit_or(1::ubigint << source) as bits
            from (select l as n, of_r as source from sure union all select r, of_l from sure) group by n) using (n)"""
    )
    con.execute("create table settled_people as select * from seekers")
    con.execute("create or replace view seekers as select * from settled_people")
