"""The person who is taken out: by which numbers, names and rows it is known in the store and in the published run."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.purge.rewriting import PurgeRefused
from schemas.memory_database import memory_database
from schemas.whereabouts import REASONS, WHEREABOUTS_NAME

_PERSON, _ID = re.compile(r"P\d{7,}"), re.compile(r"\d{15}|\d{17}[\dX]")
_SHORTEST_NUMBER = 10  # characters; a shorter one is not the person's alone
_READ = ("records", "identities", "persons", "unaccounted")  # of the run
_STATE = ("case_log", "person_keys", "person_events", "answers")  # of the store
_BY_ID = """
    select person_id from person_keys where key = 'id:' || $id
    union select person_id from persons where id_number = $id
    union select person_id from records join identities using (record_id) where $id in (upper(id_number), upper(id_raw), id_other)
    union select person_id from answers where id_number = $id and person_id is not null
    union select person_id from case_log where content->>'$.id_number' = $id
"""
_MERGED = """
    with recursive own as (
        select unnest($persons) as person_id
        union select e.person_id from person_events e join own on e.other_person_id = own.person_id where e.event = 'merged'
    ) select distinct person_id from own
"""
_NUMBERS = """
    select unnest([id_number, id_raw, id_other, certificate_number, student_number]) from own_records
    union select id_number from persons where person_id in (select unnest($persons))
    union select id_number from answers where person_id in (select unnest($persons))
    union select content->>'$.id_number' from case_log where person_id in (select unnest($persons))
    union select substr(key, 4) from person_keys where person_id in (select unnest($persons)) and starts_with(key, 'id:')
"""
_NAMES = """
    select unnest([name, name_raw, former_name]) from own_records
    union select name from persons where person_id in (select unnest($persons))
    union select name from answers where person_id in (select unnest($persons))
    union select content->>'$.name' from case_log where person_id in (select unnest($persons)) and kind = 'list'
"""
# How many rows of others hold the text, a name anywhere but among their household: it is then not the person's alone.
_ELSEWHERE = """
    select count(*) from records anti join own_records using (record_id) where contains(concat_ws('|', {columns}), $text)
"""
_OF_NUMBERS = "id_number, id_raw, id_other, certificate_number, student_number, phone"
_OF_NAMES = "name, name_raw, former_name, guardian, township, village, hamlet, address_raw, school"


@dataclass(frozen=True, slots=True)
class PurgedPerson:
    """``persons``: its number, the present one first, and those that were merged into it; ``numbers``: ID, certificate and student numbers that are
    its alone, in all forms; ``names``: names that nobody else has; ``shared``: names and numbers that others have, too; ``cases``, ``records``:
    their ids; ``rows``: (registry, file, sheet, row) of each record; ``listed``: is it on the list?"""

    persons: tuple[str, ...]
    numbers: tuple[str, ...]
    names: tuple[str, ...]
    shared: tuple[str, ...]
    cases: frozenset[str]
    records: frozenset[str]
    rows: tuple[tuple[str, str, str | None, int], ...]
    listed: bool

    @property
    def marks(self) -> tuple[str, ...]:
        """What may be found nowhere afterwards."""
        return (*self.numbers, *self.names)


def subject_of(run: Path, state: Mapping[str, pa.Table], asked: str, headings: Collection[str] = ()) -> PurgedPerson:
    """The person that is ``asked`` for by its number or by an ID number. ``run``: the folder of the current run; ``state``: the store's tables;
    ``headings``: of exports, which a broken row may have in the place of a name, and which are nobody's. Raises PurgeRefused where there is none,
    or several."""
    asked = asked.strip().upper()
    if not (_PERSON.fullmatch(asked) or _ID.fullmatch(asked)):
        raise PurgeRefused("请给人员编号（P0000001）或写全的身份证号；用 bidui find 可查到编号")
    with memory_database(run.parent.parent) as con:
        for table in _READ:
            con.read_parquet(str(run / f"{table}.parquet")).create_view(table)
        for table in _STATE:
            con.register(table, state[table])
        named = {asked} if _PERSON.fullmatch(asked) else set(_texts(con, _BY_ID, id=asked))
        persons = _now(con, named)
        if len(persons) > 1:
            raise PurgeRefused(f"这个证号现在属于 {len(persons)} 个人员编号，请逐个写编号：{'、'.join(persons)}")
        owners = [*persons, *sorted(set(_texts(con, _MERGED, persons=persons)) - {*persons})]
        return _known(con, owners, headings)


def _now(con: duckdb.DuckDBPyConnection, named: Iterable[str]) -> list[str]:
    """The numbers that these are now."""
    found = set()
    for person in named:
        while merged := _texts(
            con,
            "select other_person_id from person_events where event = 'merged' and person_id = $person and other_person_id <> $person",
            person=person,
        ):
            person = merged[0]
        found.add(person)
    return sorted(found)


def _known(con: duckdb.DuckDBPyConnection, persons: list[str], headings: Collection[str]) -> PurgedPerson:
    con.register("own", pa.table({"person_id": pa.array(persons, pa.string())}))
    con.execute(
        "create temp table own_records as select r.* from records r join identities i using (record_id) join own using (person_id)"
    )
    numbers = {n.strip() for n in _texts(con, _NUMBERS, persons=persons) if n and len(n.strip()) >= _SHORTEST_NUMBER}
    names = {n for n in _texts(con, _NAMES, persons=persons) if n and len(n) > 1}
    words = "|".join((*headings, *WHEREABOUTS_NAME.values(), *REASONS.values()))
    own_names = {name for name in names if name not in words and not _elsewhere(con, _OF_NAMES, name)}
    own_numbers = {number for number in numbers if not _elsewhere(con, _OF_NUMBERS, number)}
    shared = (names - own_names) | (numbers - own_numbers)
    cases = _texts(con, "select distinct case_id from case_log semi join own using (person_id)")
    rows = con.sql("select registry, file, sheet, row, record_id from own_records order by all").fetchall()
    if not (rows or cases or numbers):
        raise PurgeRefused("没有找到这个人，没有什么可清除。用 bidui find 可查到编号")
    listed = con.sql("select count(*) from unaccounted semi join own using (person_id)").fetchall() != [(0,)]
    return PurgedPerson(
        tuple(persons), _longest_first(own_numbers), _longest_first(own_names), _longest_first(shared), frozenset(cases),
        frozenset(row[4] for row in rows), tuple(row[:4] for row in rows), listed,
    )  # fmt: skip


def _elsewhere(con: duckdb.DuckDBPyConnection, columns: str, text: str) -> bool:
    return con.execute(_ELSEWHERE.format(columns=columns), {"text": text}).fetchall() != [(0,)]


def _longest_first(texts: set[str]) -> tuple[str, ...]:
    return tuple(sorted(texts, key=lambda text: (-len(text), text)))


def _texts(con: duckdb.DuckDBPyConnection, query: str, **values: object) -> list[str]:
    return [row[0] for row in con.execute(query, values).fetchall()]
